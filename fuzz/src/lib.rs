//! What the targets share: one file in a repository in memory, and the collector that reads it.

use std::collections::BTreeMap;

use donegate::domain::change::{ChangeStatus, ChangedFile, Changes};
use donegate::evidence::{Collected, Context};
use donegate::facts::AreaName;
use donegate::repo::Repo;

/// Lets the collector of an area read a file at `path`.
///
/// # Panics
/// An area without a collector.
#[must_use]
pub fn collect(area: AreaName, path: &str, bytes: &[u8]) -> Collected {
    let repo = Repo::in_memory_bytes(&[(path, bytes)]);
    let places = BTreeMap::from([(area, vec![path.to_owned()])]);
    donegate::evidence::of(area).expect("a collector").collect(&Context::new(&repo, &places, None))
}

/// Reads the routes and the environment out of one source file.
pub fn code(path: &str, bytes: &[u8]) {
    let repo = Repo::in_memory_bytes(&[(path, bytes)]);
    let _ = donegate::code::analyse(&repo);
    let _ = donegate::code::lower::lower(path, &String::from_utf8_lossy(bytes));
}

/// Looks for what is risky in a file that a change adds.
pub fn added(path: &str, bytes: &[u8]) {
    let repo = Repo::in_memory_bytes(&[(path, bytes)]);
    let lines = vec![(1, u32::MAX)];
    let file = ChangedFile { path: path.to_owned(), status: ChangeStatus::Added, from: None, lines };
    let changes = Changes { files: vec![file], ..Changes::default() };
    let _ = donegate::evidence::risks::collect(&repo, &changes);
}
