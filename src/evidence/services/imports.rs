//! Who imports whose files: a look at the imports of Python, Go, JavaScript and TypeScript, where a path names a file of the
//! repository. Other languages say in their manifests what they use of it.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::{MAX_BYTES, counts};
use crate::code::{self, under};
use crate::domain::folders::{folder_of, is_below};
use crate::evidence::env::naming::stem;
use crate::repo::Repo;

/// Endings of code whose imports name files.
const ENDS: &[&str] = &["cjs", "cts", "go", "js", "jsx", "mjs", "mts", "py", "ts", "tsx"];

/// Those of some projects that files of others import.
pub(super) fn depended_on(repo: &Repo, projects: &BTreeSet<&str>) -> BTreeSet<String> {
    let places = Places::of(repo);
    let owner = |path: &str| projects.iter().filter(|folder| is_below(path, folder)).max_by_key(|folder| folder.len());
    let used = |path: &str| {
        let content = repo.read(path, MAX_BYTES).ok()?;
        let own = owner(path);
        let targets = code::imports(path, &content.lossy());
        let targets = targets.iter().filter_map(|import| places.named(path, import));
        let others = targets.filter_map(|target| owner(&target)).filter(|project| Some(*project) != own);
        Some(others.map(|project| (*project).to_owned()).collect::<BTreeSet<String>>())
    };
    let files = repo.files().par_iter();
    let read = files.filter(|entry| !entry.link && is_read(&entry.path) && counts(&entry.path));
    read.filter_map(|entry| used(&entry.path)).flatten().collect()
}

fn is_read(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| ENDS.contains(&end))
}

/// What imports may name.
struct Places<'r> {
    /// Files of code, without endings.
    files: BTreeSet<&'r str>,
    /// The folders that packages of Go are.
    packages: BTreeSet<&'r str>,
    /// Modules of Go, each with its folder.
    modules: Vec<(String, &'r str)>,
}

impl<'r> Places<'r> {
    fn of(repo: &'r Repo) -> Self {
        let mut places = Self { files: BTreeSet::new(), packages: BTreeSet::new(), modules: Vec::new() };
        for entry in repo.files() {
            if is_read(&entry.path) {
                places.files.insert(stem(&entry.path));
            }
            if entry.path.ends_with(".go") {
                places.packages.insert(folder_of(&entry.path));
            }
            if entry.path.rsplit('/').next() == Some("go.mod") {
                let content = repo.read(&entry.path, MAX_BYTES).ok();
                let module = content.and_then(|content| super::manifests::module(&content.lossy()));
                places.modules.extend(module.map(|module| (module, folder_of(&entry.path))));
            }
        }
        places
    }

    /// The place that an import in a file names.
    fn named(&self, file: &str, import: &str) -> Option<String> {
        let folder = folder_of(file);
        match file.rsplit('.').next() {
            Some("py") => self.python(folder, import),
            Some("go") => {
                let rest =
                    |module: &str| import.strip_prefix(module).filter(|rest| rest.is_empty() || rest.starts_with('/'));
                let within =
                    self.modules.iter().filter_map(|(module, folder)| Some((module.len(), folder, rest(module)?)));
                let (_, folder, rest) = within.max()?;
                Some(under(folder, rest.trim_start_matches('/'))).filter(|path| self.packages.contains(&**path))
            }
            _ => {
                let path = import.starts_with('.').then(|| under(folder, import))?;
                Some(stem(&path).to_owned()).filter(|path| self.files.contains(&**path))
            }
        }
    }

    /// A module of Python: from the file's own package where it is relative, else from the innermost folder around that has it.
    fn python(&self, folder: &str, import: &str) -> Option<String> {
        let path = import.trim_start_matches('.');
        let level = import.len() - path.len();
        let path = path.replace('.', "/");
        if level > 0 {
            let from = (1..level).fold(folder, |folder, _| folder_of(folder));
            return Some(under(from, &path)).filter(|path| self.files.contains(&**path));
        }
        let mut around = Some(folder);
        while let Some(folder) = around {
            let whole = under(folder, &path);
            if self.files.contains(&*whole) {
                return Some(whole);
            }
            around = (!folder.is_empty()).then(|| folder_of(folder));
        }
        None
    }
}
