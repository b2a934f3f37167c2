//! Python's modules: packages, relative names, source layouts.

use super::{Target, Tree, folder_of, under};

/// Where absolute names start.
#[derive(Debug, Default)]
pub(super) struct Roots;

impl Roots {
    /// What a module's name leads to from a file.
    pub(super) fn resolve(&self, tree: &Tree<'_>, from: &str, source: &str, level: u32) -> Target {
        let dotted = source.replace('.', "/");
        if level > 0 {
            let mut base = folder_of(from);
            for _ in 1..level {
                base = folder_of(base);
            }
            return at(tree, &under(base, &dotted)).unwrap_or_else(|| Target::Outside("".into()));
        }
        for root in roots(tree, from) {
            let path = under(&root, &dotted);
            if !path.is_empty()
                && path != root
                && let Some(found) = at(tree, &path)
            {
                return found;
            }
        }
        Target::Outside(source.into())
    }
}

/// The folders where absolute names may start: those around the file that are no packages, nearest first.
fn roots(tree: &Tree<'_>, from: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut folder = folder_of(from);
    loop {
        if !tree.has(&under(folder, "__init__.py")) || folder.is_empty() {
            out.push(folder.to_owned());
        }
        let source = under(folder, "src");
        if tree.has_folder(&source) && !out.contains(&source) {
            out.push(source);
        }
        if folder.is_empty() {
            return out;
        }
        folder = folder_of(folder);
    }
}

/// The package or module at a path without its ending.
fn at(tree: &Tree<'_>, path: &str) -> Option<Target> {
    let package = under(path, "__init__.py");
    if tree.has(&package) {
        return Some(Target::File(package.into()));
    }
    let module = format!("{path}.py");
    if !path.is_empty() && tree.has(&module) {
        return Some(Target::File(module.into()));
    }
    let (files, folders) = if tree.has_folder(path) { tree.entries(path) } else { return None };
    let python = files.iter().any(|file| file.ends_with(".py")) || !folders.is_empty();
    python.then(|| Target::Folder(path.into()))
}
