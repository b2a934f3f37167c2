//! What Cargo says of a manifest, where Cargo is there. It is run in an empty folder, offline and without dependencies, so
//! that no configuration of the repository (a toolchain file, an alias, a runner) is honoured.

use cargo_metadata::{CargoOpt, DependencyKind, MetadataCommand};

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Backend, Repo, disk};

/// Tells the empty folders of one process apart.
static CALLS: AtomicU64 = AtomicU64::new(0);

impl Repo {
    /// The dependencies that the package of a Cargo manifest declares, workspace inheritance resolved: name, and whether
    /// it is for development or building alone. None where there is no Cargo or it cannot tell.
    #[must_use]
    pub fn cargo_dependencies(&self, manifest: &str) -> Option<Vec<(String, bool)>> {
        let Backend::Disk { root, .. } = &self.backend else { return None };
        let (real, meta) = disk::open_place(root, manifest).ok()?;
        if !meta.is_file() {
            return None;
        }
        let call = CALLS.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("donegate-cargo-{}-{call}", std::process::id()));
        std::fs::create_dir_all(&folder).ok()?;
        let mut command = MetadataCommand::new();
        command.current_dir(&folder).manifest_path(&real).no_deps().other_options(["--offline".to_owned()]);
        command.features(CargoOpt::SomeFeatures(Vec::new()));
        let metadata = command.exec();
        // A folder that stays behind in the system's temporary place is harmless.
        let _ = std::fs::remove_dir(&folder);
        let metadata = metadata.ok()?;
        let package = metadata.packages.iter().find(|package| package.manifest_path.as_std_path() == real);
        let declared = package.map(|package| {
            package.dependencies.iter().map(|item| (item.name.clone(), item.kind != DependencyKind::Normal)).collect()
        });
        declared.filter(|list: &Vec<_>| !list.is_empty())
    }
}
