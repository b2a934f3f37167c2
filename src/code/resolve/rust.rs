//! Rust's crates: the packages of a workspace, the files that their crates start with, and what a crate's name leads to.

use std::collections::{BTreeMap, BTreeSet};

use toml::Value as Toml;

use super::{Name, Tree, folder_of, under};
use crate::domain::folders::{Role, lies_in};

/// The packages of a tree.
#[derive(Debug, Default)]
pub(super) struct Crates {
    /// By folder.
    packages: BTreeMap<String, Package>,
    /// The library crates by name.
    libraries: BTreeMap<String, Name>,
    /// Every file that a crate starts with.
    roots: BTreeSet<Name>,
}

/// A package.
#[derive(Debug, Default)]
struct Package {
    /// Its library's root.
    library: Option<Name>,
    /// Its own name as a crate.
    name: String,
    /// Its programs' roots.
    programs: Vec<Name>,
    /// Dependencies under another name than their own, or by path.
    renamed: BTreeMap<String, Renamed>,
}

/// What a dependency's name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Renamed {
    /// The package in this folder.
    Folder(String),
    /// The crate of this name.
    Crate(String),
}

impl Crates {
    /// Reads the manifests of a tree.
    pub(super) fn read(tree: &Tree<'_>) -> Self {
        let mut manifests = BTreeMap::new();
        for path in tree.files().filter(|path| &***path == "Cargo.toml" || path.ends_with("/Cargo.toml")) {
            let vendored = lies_in(path, &[Role::Vendored, Role::Built]);
            if let Some(text) = tree.text(path).filter(|_| !vendored)
                && let Ok(manifest) = toml::from_str::<Toml>(&text)
            {
                manifests.insert(folder_of(path).to_owned(), manifest);
            }
        }
        let mut crates = Crates::default();
        for (folder, manifest) in &manifests {
            let Some(name) = manifest.get("package").and_then(|package| package.get("name")).and_then(Toml::as_str)
            else {
                continue;
            };
            let package = package(tree, folder, name, manifest, &manifests);
            if let Some(library) = &package.library {
                crates.libraries.entry(package.name.clone()).or_insert_with(|| library.clone());
                crates.roots.insert(library.clone());
            }
            crates.roots.extend(package.programs.iter().cloned());
            crates.packages.insert(folder.clone(), package);
        }
        // Without a manifest around it a file tells by its name that a crate starts there.
        for path in tree.files() {
            let name = path.rsplit('/').next().unwrap_or(path);
            if matches!(name, "main.rs" | "lib.rs") && crates.package_of(path).is_none() {
                crates.roots.insert(path.clone());
            }
        }
        crates
    }

    /// The files that the crates start with.
    pub(super) fn roots(&self) -> impl Iterator<Item = &Name> {
        self.roots.iter()
    }

    /// Whether a crate starts with a file.
    pub(super) fn is_root(&self, path: &str) -> bool {
        self.roots.contains(path)
    }

    fn package_of(&self, path: &str) -> Option<&Package> {
        let mut folder = folder_of(path);
        loop {
            if let Some(package) = self.packages.get(folder) {
                return Some(package);
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder_of(folder);
        }
    }

    /// What a crate's name leads to from a file: a root, or the name that the library is known by.
    pub(super) fn named(&self, from: &str, name: &str) -> Result<Name, String> {
        let own = self.package_of(from);
        match own.and_then(|package| package.renamed.get(name)) {
            Some(Renamed::Folder(folder)) => {
                if let Some(library) = self.packages.get(folder).and_then(|package| package.library.clone()) {
                    return Ok(library);
                }
            }
            Some(Renamed::Crate(real)) => {
                return self.libraries.get(real).cloned().ok_or_else(|| real.clone());
            }
            None => {}
        }
        if let Some(own) = own.filter(|own| own.name == name)
            && let Some(library) = &own.library
        {
            return Ok(library.clone());
        }
        self.libraries.get(name).cloned().ok_or_else(|| name.to_owned())
    }
}

impl Tree<'_> {
    /// The files that Rust's crates start with.
    pub(crate) fn crate_roots(&self) -> Vec<Name> {
        self.rust.roots().cloned().collect()
    }

    /// Whether a Rust crate starts with a file.
    pub(crate) fn is_crate_root(&self, path: &str) -> bool {
        self.rust.is_root(path)
    }

    /// What the name of a Rust crate leads to: its root's file, or the name that the library is known by.
    pub(crate) fn crate_named(&self, from: &str, name: &str) -> Result<Name, String> {
        self.rust.named(from, name)
    }

    /// The files that may declare the Rust module that a file is, and the name that they declare it by.
    pub(crate) fn module_parents(&self, path: &str) -> (Vec<Name>, String) {
        let folder = folder_of(path);
        let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
        let (folder, name) = match stem {
            "mod" => (folder_of(folder), folder.rsplit('/').next().unwrap_or(folder)),
            stem => (folder, stem),
        };
        let roots = self.rust.roots().filter(|root| folder_of(root) == folder && ***root != *path);
        let mut parents: Vec<Name> = roots.cloned().collect();
        for beside in [format!("{folder}.rs"), under(folder, "mod.rs")] {
            if self.has(&beside) && beside != path {
                parents.push(beside.into());
            }
        }
        (parents, name.to_owned())
    }
}

fn package(tree: &Tree<'_>, folder: &str, name: &str, manifest: &Toml, all: &BTreeMap<String, Toml>) -> Package {
    let text = |table: Option<&Toml>, key: &str| {
        table.and_then(|table| table.get(key)).and_then(Toml::as_str).map(str::to_owned)
    };
    let there = |path: String| tree.has(&path).then(|| Name::from(path));
    let library = manifest.get("lib");
    let path = text(library, "path").unwrap_or_else(|| "src/lib.rs".to_owned());
    let mut package = Package {
        name: text(library, "name").unwrap_or_else(|| name.to_owned()).replace('-', "_"),
        library: there(under(folder, &path)),
        ..Package::default()
    };
    let mut programs: Vec<String> = Vec::new();
    for program in manifest.get("bin").and_then(Toml::as_array).into_iter().flatten() {
        let path = text(Some(program), "path");
        programs.extend(path.or_else(|| text(Some(program), "name").map(|name| format!("src/bin/{name}.rs"))));
    }
    programs.push("src/main.rs".to_owned());
    let (files, folders) = tree.entries(&under(folder, "src/bin"));
    programs.extend(files.iter().filter(|file| file.ends_with(".rs")).map(|file| format!("src/bin/{file}")));
    programs.extend(folders.iter().map(|inner| format!("src/bin/{inner}/main.rs")));
    for program in programs {
        if let Some(path) = there(under(folder, &program))
            && !package.programs.contains(&path)
        {
            package.programs.push(path);
        }
    }
    package.renamed = renamed(folder, manifest, all);
    package
}

/// The dependencies that are reached by path or under another name.
fn renamed(folder: &str, manifest: &Toml, all: &BTreeMap<String, Toml>) -> BTreeMap<String, Renamed> {
    let mut out = BTreeMap::new();
    let tables = manifest.get("target").and_then(Toml::as_table).into_iter().flat_map(|targets| targets.values());
    for table in std::iter::once(manifest).chain(tables) {
        for (name, wanted) in table.get("dependencies").and_then(Toml::as_table).into_iter().flatten() {
            let inherited = wanted.get("workspace").and_then(Toml::as_bool).unwrap_or(false);
            let found =
                if inherited { workspace_dependency(folder, name, all) } else { Some((folder.to_owned(), wanted)) };
            let Some((base, wanted)) = found else { continue };
            let key = name.replace('-', "_");
            if let Some(path) = wanted.get("path").and_then(Toml::as_str) {
                out.insert(key, Renamed::Folder(under(&base, path)));
            } else if let Some(real) = wanted.get("package").and_then(Toml::as_str) {
                out.insert(key, Renamed::Crate(real.replace('-', "_")));
            }
        }
    }
    out
}

/// What the workspace around a package says of a dependency, with the workspace's folder.
fn workspace_dependency<'t>(folder: &str, name: &str, all: &'t BTreeMap<String, Toml>) -> Option<(String, &'t Toml)> {
    let mut at = folder;
    loop {
        if let Some(workspace) = all.get(at).and_then(|manifest| manifest.get("workspace")) {
            let wanted = workspace.get("dependencies")?.get(name)?;
            return Some((at.to_owned(), wanted));
        }
        if at.is_empty() {
            return None;
        }
        at = folder_of(at);
    }
}
