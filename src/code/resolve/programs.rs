//! Which files of a JavaScript package are programs that somebody starts, as manifests, images and the like say it.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

use super::javascript::{Packages, built};
use super::{Tree, folder_of, under};
use crate::code::form::Name;
use crate::code::select;

/// What `rules/programs.yaml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    /// Scripts that start what a package is for.
    starts: Vec<String>,
    /// What runs the file that is named behind it.
    runners: Vec<String>,
    /// Endings of files that say what is run, files of JSON that do, and beginnings of others.
    naming: Vec<String>,
    manifests: Vec<String>,
    begun: Vec<String>,
    /// Endings of what is loaded and is no source.
    pub(super) beside: Vec<String>,
    /// Words of paths to what need not be in the repository.
    pub(super) apart: Vec<String>,
}

pub(super) static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let node = crate::yaml::parse("rules/programs.yaml", include_str!("../../../rules/programs.yaml"));
    node.and_then(|node| node.read()).expect("the lists are valid: a test reads them")
});

const SOURCE: &[&str] = &[".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"];
/// How far scripts are followed that run others.
const MOST_RUNS: usize = 4;

/// The files that a package is started with: by its scripts, as what it is for others, in an image or on a platform.
pub(super) fn started(tree: &Tree<'_>, packages: &Packages, folder: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    if let Some(manifest) = packages.manifest(folder) {
        for name in &LISTS.starts {
            started_by(tree, (folder, manifest), name, 0, &mut out);
        }
        let main = manifest.get("main").and_then(Json::as_str);
        out.extend(main.and_then(|main| built(tree, folder, main)));
    }
    for name in ["Procfile", "Dockerfile"] {
        let text = tree.text(&under(folder, name)).unwrap_or_default();
        let runs = |line: &&str| ["CMD", "ENTRYPOINT", "web:"].iter().any(|word| line.trim_start().starts_with(word));
        for line in text.lines().filter(runs) {
            run_in(tree, folder, line, &mut out);
        }
    }
    out.retain(|file| select::is_own_source(file));
    out.sort();
    out.dedup();
    out
}

/// The files that a script runs, by itself and by others that it runs.
fn started_by(tree: &Tree<'_>, of: (&str, &Json), name: &str, depth: usize, out: &mut Vec<String>) {
    let (folder, manifest) = of;
    let Some(script) = manifest.get("scripts").and_then(|all| all.get(name)?.as_str()) else { return };
    run_in(tree, folder, script, out);
    let words: Vec<&str> = words(script).collect();
    for pair in words.windows(2).filter(|_| depth < MOST_RUNS) {
        if matches!(pair[0], "run" | "yarn" | "pnpm") {
            started_by(tree, of, pair[1], depth + 1, out);
        }
    }
}

/// The files that a command names to be run, from a folder.
fn run_in(tree: &Tree<'_>, folder: &str, command: &str, out: &mut Vec<String>) {
    let mut run = false;
    for word in words(command) {
        let named = SOURCE.iter().any(|ending| word.ends_with(ending));
        if named || (run && !word.starts_with('-')) {
            // An image's folder is that of the package.
            let parts: Vec<&str> = word.split('/').collect();
            let most = if word.starts_with('/') { parts.len().min(4) } else { 1 };
            let places = (0..most).map(|cut| parts[cut..].join("/")).filter(|place| !place.starts_with('/'));
            let mut found = places.filter_map(|place| built(tree, folder, &place));
            out.extend(found.next());
        }
        run = is_runner(word) || (run && (word.starts_with('-') || word == "start"));
    }
}

fn is_runner(word: &str) -> bool {
    LISTS.runners.iter().any(|runner| runner == word)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '[' | ']' | '=' | ';' | '&' | '|' | '(' | ')')
    })
    .filter(|word| !word.is_empty())
}

/// Whether a manifest, or any other file that says what is run, may name a file.
pub(super) fn is_named(tree: &Tree<'_>, file: &str) -> bool {
    let (folder, name) = (folder_of(file), file.rsplit('/').next().unwrap_or(file));
    let stem = SOURCE.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    let around = folder.rsplit('/').next().unwrap_or("");
    let naming = |path: &&Name| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let lock = name.contains("lock");
        let said = LISTS.naming.iter().any(|end| name.ends_with(end.as_str()))
            || LISTS.manifests.iter().any(|manifest| manifest == name)
            || name.contains("ocker")
            || LISTS.begun.iter().any(|start| name.starts_with(start.as_str()));
        said && !lock && !path.contains("node_modules/")
    };
    tree.files().filter(naming).any(|path| {
        let Some(text) = tree.text(path) else { return false };
        let mut before = "";
        let names = words(&text).any(|word| {
            let last = word.rsplit('/').next().unwrap_or(word);
            let runs = is_runner(before);
            before = word;
            // A package's name.
            if word.starts_with('@') {
                return false;
            }
            let ended = SOURCE.iter().find_map(|ending| last.strip_suffix(ending));
            ended == Some(stem) && is_at(word, file) || (runs && last == stem) || (word.contains('/') && last == stem)
        });
        let own = folder_of(path);
        let above =
            own.is_empty() || folder == own || folder.strip_prefix(own).is_some_and(|rest| rest.starts_with('/'));
        let near = own == folder || around.is_empty() || select::has_word(&text, around);
        names && near && (above || !path.ends_with(".json"))
    })
}

/// Whether a path as it is written may be that of a file: its folders are those of the file as far as both are known.
fn is_at(word: &str, file: &str) -> bool {
    let built = ["dist", "build", "lib", "out", "src"];
    let plain = |path: &str| -> Vec<String> {
        let parts =
            path.split('/').rev().skip(1).filter(|part| !matches!(*part, "" | "." | "..") && !built.contains(part));
        parts.map(str::to_owned).collect()
    };
    plain(word).iter().zip(plain(file)).all(|(written, own)| *written == own || word.starts_with('/'))
}
