//! What becomes of an image's files over its layers: what a later layer deletes and still counts, what holds secrets, and how
//! much of it is the base.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::contents::Contents;
use super::model::Step;
use crate::facts::images::{Deleted, SecretFile};

/// Deleted files that are named.
const NAMED: usize = 10;

/// The largest files that a later layer deletes: largest first.
pub(super) fn deleted(layers: &[Option<Arc<Contents>>]) -> Vec<Deleted> {
    // From the top down: what each layer sees above it.
    let mut gone: BTreeSet<&str> = BTreeSet::new();
    let mut emptied: BTreeSet<&str> = BTreeSet::new();
    let mut found: Vec<Deleted> = Vec::new();
    for (index, contents) in layers.iter().enumerate().rev() {
        let Some(contents) = contents else { continue };
        for (bytes, path) in contents.largest.iter().rev() {
            let above = || path.match_indices('/').map(|(at, _)| &path[..at]);
            if gone.contains(path.as_str()) || above().any(|folder| gone.contains(folder) || emptied.contains(folder)) {
                found.push(Deleted { path: path.clone(), bytes: *bytes, layer: index + 1 });
            }
        }
        gone.extend(contents.deleted.iter().map(String::as_str));
        emptied.extend(contents.emptied.iter().map(String::as_str));
    }
    found.sort_by(|a, b| (std::cmp::Reverse(a.bytes), &a.path).cmp(&(std::cmp::Reverse(b.bytes), &b.path)));
    found.truncate(NAMED);
    found
}

/// The files that hold secrets, in whichever layer, by path.
pub(super) fn secret_files(layers: &[Option<Arc<Contents>>]) -> Vec<SecretFile> {
    let mut found: Vec<SecretFile> = Vec::new();
    for (index, contents) in layers.iter().enumerate() {
        let paths = contents.iter().flat_map(|contents| &contents.secrets);
        found.extend(paths.map(|path| SecretFile { path: path.clone(), layer: index + 1 }));
    }
    found.sort();
    found
}

/// How many of the layers are the base's: nothing says so, but a base ends in the CMD that its own Dockerfile gave it, with
/// more layers on it. None where the history has no such place.
pub(super) fn base_layers(history: &[Step]) -> Option<usize> {
    let top = history.iter().rposition(|step| !step.empty_layer)?;
    let is_start = |step: &Step| {
        let by = step.created_by.as_deref().unwrap_or_default();
        let by = by.trim_start_matches("/bin/sh -c #(nop)").trim_start();
        step.empty_layer && (by.starts_with("CMD") || by.starts_with("ENTRYPOINT"))
    };
    let end = history[..top].iter().rposition(is_start)?;
    Some(history[..end].iter().filter(|step| !step.empty_layer).count()).filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(by: &str, empty: bool) -> Step {
        Step { created_by: Some(by.to_owned()), empty_layer: empty }
    }

    #[test]
    fn the_base_ends_in_its_own_cmd() {
        let mut history =
            vec![step("ADD rootfs", false), step("/bin/sh -c #(nop)  CMD [\"bash\"]", true), step("COPY . .", false)];
        assert_eq!(Some(1), base_layers(&history));
        history.push(step("CMD [\"x\"]", true));
        assert_eq!(Some(1), base_layers(&history), "the image's own CMD is no base's");
        assert_eq!(None, base_layers(&history[2..]));
    }
}
