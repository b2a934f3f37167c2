//! Copies of frameworks' own source within a repository: crates that have the name of one that a model describes. What stands
//! in them is the library's, and no code of the service.

use std::collections::BTreeSet;

use crate::repo::Repo;

use super::models::Models;

/// A manifest that is larger is none that a person writes.
const MOST_BYTES: u64 = 1 << 20;

/// The folders of such crates, each with a slash at its end. A program that happens to have such a name is no copy.
pub(super) fn folders(repo: &Repo, models: &Models) -> Vec<String> {
    let paths: BTreeSet<&str> = repo.files().iter().map(|entry| &*entry.path).collect();
    let is_library = |path: &str| {
        let folder = path.strip_suffix("Cargo.toml").unwrap_or_default();
        let has = |file: &str| paths.contains(&*format!("{folder}src/{file}"));
        has("lib.rs") && !has("main.rs")
    };
    let manifests = repo.files().iter().filter(|entry| !entry.link && entry.path.ends_with("/Cargo.toml"));
    let libraries = manifests.filter(|entry| is_library(&entry.path));
    let copies = libraries.filter(|entry| {
        let content = repo.read(&entry.path, MOST_BYTES).ok();
        let text = content.as_ref().and_then(|content| content.text().ok());
        let manifest = text.and_then(|text| toml::from_str::<toml::Value>(text).ok());
        let name = manifest.as_ref().and_then(|manifest| manifest.get("package")?.get("name")?.as_str());
        name.is_some_and(|name| models.is_crate(&name.replace('-', "_")))
    });
    copies.filter_map(|entry| entry.path.strip_suffix("Cargo.toml").map(str::to_owned)).collect()
}
