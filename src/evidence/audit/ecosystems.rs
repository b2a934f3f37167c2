//! Which ecosystems of dependencies the repository uses, told by their lockfiles, and which reports speak of each.
//!
//! A lockfile stands for its folder: a workspace has one at its top, and two folders with one each are two projects, which a
//! tool that reads one lockfile audits one at a time.

use std::collections::BTreeMap;

use crate::domain::folders::{Role, lies_in};
use crate::domain::folders::{folder_of, is_below};
use crate::facts::audit::{Audit, Ecosystem, Scan, ScanKind};
use crate::repo::Repo;

/// A file's name and the ecosystem that it tells. In a folder with several the first of these speaks for it.
const LOCKFILES: &[(&str, &str)] = &[
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
    ("pnpm-lock.yaml", "npm"),
    ("yarn.lock", "npm"),
    ("bun.lock", "npm"),
    ("bun.lockb", "npm"),
    ("Cargo.lock", "cargo"),
    ("poetry.lock", "pypi"),
    ("uv.lock", "pypi"),
    ("pdm.lock", "pypi"),
    ("Pipfile.lock", "pypi"),
    ("requirements.txt", "pypi"),
    ("go.sum", "go"),
    ("Gemfile.lock", "rubygems"),
    ("composer.lock", "packagist"),
    ("gradle.lockfile", "maven"),
    ("pom.xml", "maven"),
];

/// Manifests whose folders' descendants are modules of the same project.
const NESTING: &[&str] = &["pom.xml", "gradle.lockfile"];

/// Folders whose lockfiles are not the project's own.
const FOREIGN: &[Role] = &[Role::Vendored, Role::Fixture, Role::Docs, Role::Examples, Role::Sample, Role::Test];

/// One for each ecosystem and folder, by name and then the folder nearest to the root.
pub(super) fn of(repo: &Repo) -> Vec<Ecosystem> {
    let mut found: BTreeMap<(&str, usize, &str), (usize, &str)> = BTreeMap::new();
    for entry in repo.files() {
        let (folder, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
        let Some((rank, ecosystem)) = rank(name) else { continue };
        if lies_in(&entry.path, FOREIGN) {
            continue;
        }
        let depth = if folder.is_empty() { 0 } else { folder.split('/').count() };
        let slot = found.entry((ecosystem, depth, folder)).or_insert((rank, &entry.path));
        if rank < slot.0 {
            *slot = (rank, &entry.path);
        }
    }
    let all: Vec<(&str, &str, &str)> =
        found.into_iter().map(|((name, _, folder), (_, lockfile))| (name, folder, lockfile)).collect();
    let module = |name: &str, folder: &str, lockfile: &str| {
        NESTING.iter().any(|manifest| lockfile.ends_with(manifest))
            && all.iter().any(|(other, outer, _)| *other == name && *outer != folder && is_below(folder, outer))
    };
    all.iter()
        .filter(|(name, folder, lockfile)| !module(name, folder, lockfile))
        .map(|(name, _, lockfile)| Ecosystem {
            name: (*name).to_owned(),
            lockfile: (*lockfile).to_owned(),
            covered_by: Vec::new(),
        })
        .collect()
}

/// How a file's name ranks among lockfiles, and its ecosystem.
fn rank(name: &str) -> Option<(usize, &'static str)> {
    if let Some(rank) = LOCKFILES.iter().position(|(file, _)| *file == name) {
        return Some((rank, LOCKFILES[rank].1));
    }
    let other = name.starts_with("requirements") && (name.ends_with(".txt") || name.ends_with(".lock"));
    other.then_some((LOCKFILES.len(), "pypi"))
}

/// Notes at each lockfile the reports that speak of it. A scan of everything speaks of all; one that names its lockfile of
/// that; any other of one project: the one in whose folder its report lies, else one that has no report yet.
pub(super) fn cover(audit: &mut Audit) {
    let Audit { scans, ecosystems, .. } = audit;
    let scans: Vec<&Scan> = scans.iter().filter(|scan| scan.kind == ScanKind::Dependency).collect();
    let of = |scan: &Scan, one: &Ecosystem| scan.ecosystem.as_deref().is_none_or(|name| name == one.name);
    let mut unplaced: Vec<&Scan> = Vec::new();
    for scan in scans {
        let named = scan.target.as_deref().map(|target| folder_of(target).to_owned());
        let mut placed = false;
        for one in ecosystems.iter_mut().filter(|one| of(scan, one)) {
            let folder = folder_of(&one.lockfile);
            let here = match &named {
                Some(named) => named == folder,
                None => scan.ecosystem.is_none(),
            };
            if here {
                note(one, &scan.path);
                placed = true;
            }
        }
        if !placed {
            unplaced.push(scan);
        }
    }
    let mut later: Vec<&Scan> = Vec::new();
    for scan in unplaced {
        let inside = |one: &&mut Ecosystem| {
            let folder = folder_of(&one.lockfile);
            of(scan, one) && !folder.is_empty() && is_below(&scan.path, folder)
        };
        match ecosystems.iter_mut().filter(inside).max_by_key(|one| one.lockfile.matches('/').count()) {
            Some(one) => note(one, &scan.path),
            None => later.push(scan),
        }
    }
    for scan in later {
        let mut free = ecosystems.iter_mut().filter(|one| of(scan, one));
        if let Some(one) = free.find(|one| one.covered_by.is_empty()) {
            note(one, &scan.path);
        } else if let Some(one) = ecosystems.iter_mut().find(|one| of(scan, one)) {
            note(one, &scan.path);
        }
    }
}

fn note(one: &mut Ecosystem, path: &str) {
    if !one.covered_by.iter().any(|known| known == path) {
        one.covered_by.push(path.to_owned());
    }
}
