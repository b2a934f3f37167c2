//! Python's modules: packages, relative names, source layouts.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::{Target, Tree, folder_of, under};
use crate::code::form::Name;

/// Modules of the standard library after which files of a project are called, too.
const STANDARD: &[&str] = &[
    "abc",
    "array",
    "ast",
    "asyncio",
    "base64",
    "bisect",
    "calendar",
    "cmd",
    "code",
    "codecs",
    "collections",
    "concurrent",
    "contextlib",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "email",
    "enum",
    "functools",
    "gettext",
    "glob",
    "hashlib",
    "hmac",
    "html",
    "http",
    "importlib",
    "inspect",
    "io",
    "itertools",
    "json",
    "locale",
    "logging",
    "mailbox",
    "math",
    "numbers",
    "operator",
    "os",
    "pathlib",
    "pickle",
    "platform",
    "profile",
    "queue",
    "random",
    "re",
    "resource",
    "sched",
    "secrets",
    "select",
    "shutil",
    "signal",
    "site",
    "socket",
    "sqlite3",
    "ssl",
    "statistics",
    "string",
    "struct",
    "subprocess",
    "sys",
    "tempfile",
    "test",
    "textwrap",
    "threading",
    "time",
    "token",
    "tokenize",
    "trace",
    "traceback",
    "types",
    "typing",
    "unittest",
    "urllib",
    "uuid",
    "warnings",
    "weakref",
    "xml",
    "zipfile",
    "zoneinfo",
];

/// Files that say how a distribution is built.
const BUILDS: &[&str] = &["pyproject.toml", "setup.cfg", "setup.py"];
/// Files that declare dependencies.
const MANIFESTS: &[&str] = &["Pipfile", "environment.yml", "pyproject.toml", "setup.cfg", "setup.py"];

/// Where absolute names start.
#[derive(Debug, Default)]
pub(super) struct Roots {
    /// The words of the files that declare dependencies.
    declared: OnceCell<BTreeSet<String>>,
    /// The folders where a package lies that the repository builds a distribution of, by the package's name.
    built: OnceCell<BTreeMap<String, BTreeSet<String>>>,
}

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
                // `from app import api` in app/app.py means the folder: only a package takes something from itself.
                && !matches!(&found, Target::File(file) if **file == *from && !from.ends_with("__init__.py"))
            {
                return found;
            }
        }
        let found = self.beside(tree, from, source).or_else(|| self.built(tree, source, &dotted));
        found.unwrap_or_else(|| Target::Outside(source.into()))
    }

    /// What another distribution of the repository has under a name, where a manifest names that one and no other has it.
    fn built(&self, tree: &Tree<'_>, source: &str, dotted: &str) -> Option<Target> {
        let first = source.split('.').next().unwrap_or(source);
        let built = self.built.get_or_init(|| {
            let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for path in tree.files().filter(|path| BUILDS.contains(&path.rsplit('/').next().unwrap_or(path))) {
                let own = folder_of(path);
                for root in [own.to_owned(), under(own, "src")] {
                    let (_, folders) = if tree.has_folder(&root) { tree.entries(&root) } else { continue };
                    for folder in folders {
                        let name = folder.rsplit('/').next().unwrap_or(&folder).to_owned();
                        if tree.has(&under(&under(&root, &name), "__init__.py")) {
                            all.entry(name).or_default().insert(root.clone());
                        }
                    }
                }
            }
            all
        });
        let roots = built.get(first).filter(|roots| roots.len() == 1)?;
        if STANDARD.contains(&first) || !self.declared(tree).contains(&word(first)) {
            return None;
        }
        at(tree, &under(roots.first()?, dotted))
    }

    /// What lies beside a file, or beside a package around it, where that is run in its own folder (`python api/main.py`): the
    /// folder is where names start then, though it is a package. A library of the same name is none of it.
    fn beside(&self, tree: &Tree<'_>, from: &str, source: &str) -> Option<Target> {
        let first = source.split('.').next().unwrap_or(source);
        if STANDARD.contains(&first) {
            return None;
        }
        let path = source.replace('.', "/");
        let mut folder = folder_of(from);
        while !folder.is_empty() {
            let found = at(tree, &under(folder, &path)).filter(|_| tree.has(&under(folder, "__init__.py")));
            let itself = matches!(&found, Some(Target::File(file)) if **file == *from);
            if found.is_some() && !itself {
                return found.filter(|_| !self.declared(tree).contains(&word(first)));
            }
            folder = folder_of(folder);
        }
        None
    }

    /// Whether the project's manifests name a library as a module's name begins.
    pub(super) fn asks_for(&self, tree: &Tree<'_>, source: &str) -> bool {
        self.declared(tree).contains(&word(source.split('.').next().unwrap_or(source)))
    }

    fn declared(&self, tree: &Tree<'_>) -> &BTreeSet<String> {
        self.declared.get_or_init(|| {
            let declares = |path: &&Name| {
                let name = path.rsplit('/').next().unwrap_or(path);
                MANIFESTS.contains(&name)
                    || (name.contains("requirements") || path.contains("requirements/"))
                        && [".txt", ".in"].iter().any(|end| name.ends_with(end))
            };
            let texts = tree.files().filter(declares).filter_map(|path| tree.text(path));
            let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            texts.flat_map(|text| text.split(|c| !is_part(c)).map(word).collect::<Vec<_>>()).collect()
        })
    }
}

/// A name as registries compare it.
fn word(name: &str) -> String {
    name.to_ascii_lowercase().replace(['-', '.'], "_")
}

/// The folders where absolute names may start: those around the file that are no packages, nearest first, and those where
/// Django's programs are run.
fn roots(tree: &Tree<'_>, from: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut folder = folder_of(from);
    loop {
        let run = || tree.has(&under(folder, "manage.py"));
        if !tree.has(&under(folder, "__init__.py")) || folder.is_empty() || run() {
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
pub(crate) fn at(tree: &Tree<'_>, path: &str) -> Option<Target> {
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

/// The names of the modules that a file may import, by a quick look at its lines: `a.b` and, for what is taken from it,
/// `a.b.c`; a dot for each level where it is relative.
pub(crate) fn imported(text: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    // What a file imports is ASCII in every encoding that Python's sources are written in.
    let text = String::from_utf8_lossy(text);
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let text = joined.as_str();
    let name =
        |text: &str| text.split_whitespace().next().unwrap_or_default().trim_matches([',', '\\', ';']).to_owned();
    let mut rest = text;
    while let Some(end) = rest.find('\n').or((!rest.is_empty()).then_some(rest.len())) {
        let line = rest[..end].trim_start();
        let behind = rest.get(end + 1..).unwrap_or_default();
        if let Some(names) = line.strip_prefix("import ") {
            out.extend(names.split(',').map(name));
        } else if let Some((module, names)) = line.strip_prefix("from ").and_then(|line| line.split_once(" import ")) {
            let module = module.trim();
            let listed = match names.trim_start().strip_prefix('(') {
                Some(first) => format!("{first}\n{}", behind.get(..behind.find(')').unwrap_or(0)).unwrap_or_default()),
                None => names.to_owned(),
            };
            let listed = listed.lines().flat_map(|line| line.split('#').next().unwrap_or_default().split(','));
            let of = if module.ends_with('.') { module.to_owned() } else { format!("{module}.") };
            out.extend(
                listed
                    .map(name)
                    .filter(|name| !name.is_empty())
                    .map(|name| format!("{of}{}", name.trim_matches(['(', ')']))),
            );
            out.push(module.to_owned());
        }
        rest = behind;
    }
    out.retain(|name| !name.is_empty() && name.len() < 200);
    out
}

#[cfg(test)]
mod tests {
    use super::imported;

    #[test]
    fn names_of_modules_are_seen_without_parsing() {
        let text = b"import a.b as x, c\nfrom .d import (\n    e,  # why\n    f as g,\n)\n    from h.i import j\nfrom . import k\nfrom l import \\\n    m, n\n";
        let mut names = imported(text);
        names.sort();
        assert_eq!(names, [".", ".d", ".d.e", ".d.f", ".k", "a.b", "c", "h.i", "h.i.j", "l", "l.m", "l.n"]);
        // A source in Latin-1.
        assert_eq!(imported(b"# caf\xe9\nimport a.b\n"), ["a.b"]);
    }
}
