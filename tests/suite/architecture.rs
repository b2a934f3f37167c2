//! Who may import whom. One package has no compiler wall between its modules, so this is the wall: every `crate::` path
//! under `src/` is read, and an edge that the table lacks fails.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::support::of_the_package;

/// A module and what it may import. `domain` stands first: nothing of ours is below it.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("facts", &["domain"]),
    ("repo", &["domain"]),
    ("verdict", &["domain"]),
    ("yaml", &["domain"]),
    ("code", &["repo", "yaml", "domain"]),
    ("evidence", &["facts", "code", "repo", "yaml", "domain"]),
    ("checks", &["facts", "domain"]),
    ("dod", &["checks", "facts", "repo", "yaml", "domain"]),
    ("report", &["verdict", "domain"]),
    ("engine", &["dod", "evidence", "checks", "verdict", "facts", "repo", "yaml", "domain"]),
    ("cli", &["engine", "report", "dod", "checks", "evidence", "code", "verdict", "facts", "repo", "yaml", "domain"]),
];

/// The modules that `text` names behind `crate::`, with the line.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            if let Some(group) = rest.strip_prefix('{') {
                for part in group.split([',', '}']) {
                    let name: String = part.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    found.push((number + 1, name));
                }
            } else {
                found.push((number + 1, rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()));
            }
        }
    }
    found.retain(|(_, name)| !name.is_empty());
    found
}

/// The edges of one file that the table does not allow.
fn forbidden(module: &str, text: &str) -> Vec<(usize, String)> {
    let allowed = LAYERS.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
    let known: BTreeSet<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    imports(text)
        .into_iter()
        .filter(|(_, name)| name != module && known.contains(name.as_str()))
        .filter(|(_, name)| !allowed.is_some_and(|allowed| allowed.contains(&name.as_str())))
        .collect()
}

fn rust_files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn imports_point_downwards() {
    let root = of_the_package("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    let mut wrong = Vec::new();
    for file in &files {
        let inner = file.strip_prefix(&root).expect("under src");
        let first = inner.components().next().expect("a name").as_os_str().to_string_lossy();
        let module = first.trim_end_matches(".rs").to_owned();
        if module == "main" || module == "lib" {
            continue;
        }
        assert!(LAYERS.iter().any(|(name, _)| *name == module), "src/{module} has no place in the table of layers");
        let text = fs::read_to_string(file).expect("a source file");
        for (line, name) in forbidden(&module, &text) {
            wrong.push(format!("src/{}:{line}: {module} may not import {name}", inner.display()));
        }
    }
    assert!(files.len() > 20, "the sources were not found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_the_evaluator_stands_on_does_not_know_it() {
    for part in ["form", "lower", "models", "resolve", "requests"] {
        let mut files = Vec::new();
        rust_files(&of_the_package("src/code").join(part), &mut files);
        assert!(!files.is_empty(), "src/code/{part} was not found");
        for file in files {
            let text = fs::read_to_string(&file).expect("a source file");
            let named = text.lines().find(|line| !line.trim_start().starts_with("//") && line.contains("eval::"));
            assert_eq!(None, named, "{} imports what stands above it", file.display());
        }
    }
}

#[test]
fn the_table_has_no_cycle() {
    for (position, (module, allowed)) in LAYERS.iter().enumerate() {
        for name in *allowed {
            let below = LAYERS.iter().position(|(other, _)| other == name).expect("a module of the table");
            assert!(below < position, "{module} imports {name}, which stands above it");
        }
    }
}

#[test]
fn a_planted_upward_import_is_found() {
    let planted =
        "use crate::repo::Repo;\nfn f() { crate::{facts::Facts, cli::run}; }\n// crate::engine in a comment\n";
    let found: Vec<(usize, String)> = forbidden("checks", planted);
    assert_eq!(vec![(1, "repo".to_owned()), (2, "cli".to_owned())], found);
}
