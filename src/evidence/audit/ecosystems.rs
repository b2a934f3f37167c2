//! Which ecosystems of dependencies the repository uses, told by their lockfiles.

use std::collections::BTreeMap;

use crate::facts::audit::Ecosystem;
use crate::repo::Repo;

/// A file's name and the ecosystem that it tells.
const LOCKFILES: &[(&str, &str)] = &[
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
    ("pnpm-lock.yaml", "npm"),
    ("yarn.lock", "npm"),
    ("bun.lock", "npm"),
    ("bun.lockb", "npm"),
    ("Cargo.lock", "cargo"),
    ("poetry.lock", "pypi"),
    ("Pipfile.lock", "pypi"),
    ("uv.lock", "pypi"),
    ("pdm.lock", "pypi"),
    ("requirements.txt", "pypi"),
    ("go.sum", "go"),
    ("Gemfile.lock", "rubygems"),
    ("composer.lock", "packagist"),
    ("gradle.lockfile", "maven"),
    ("pom.xml", "maven"),
];

/// Folders whose lockfiles are not the project's own.
const FOREIGN: &[&str] = &[
    "node_modules",
    "vendor",
    "third_party",
    "fixtures",
    "testdata",
    "__fixtures__",
    "examples",
    "example",
    "docs",
    "tests",
    "test",
];

/// One for each ecosystem, with the lockfile nearest to the root.
pub(super) fn of(repo: &Repo) -> Vec<Ecosystem> {
    let mut found: BTreeMap<&str, &str> = BTreeMap::new();
    for entry in repo.files() {
        let (folders, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
        let Some((_, ecosystem)) = LOCKFILES.iter().find(|(file, _)| *file == name) else { continue };
        if folders.split('/').any(|folder| FOREIGN.contains(&folder)) {
            continue;
        }
        let depth = |path: &str| path.matches('/').count();
        let slot = found.entry(ecosystem).or_insert(&entry.path);
        if depth(&entry.path) < depth(slot) {
            *slot = &entry.path;
        }
    }
    found
        .into_iter()
        .map(|(name, lockfile)| Ecosystem { name: name.to_owned(), lockfile: lockfile.to_owned() })
        .collect()
}
