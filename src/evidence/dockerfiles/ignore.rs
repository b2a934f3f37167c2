//! Ignore files of build contexts: which apply to a Dockerfile, and what they keep out.

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobMatcher};

use super::findings::Finds;
use crate::repo::Repo;

/// Patterns of one ignore file that are looked at.
const MAX_PATTERNS: usize = 2_000;

/// Files that say which dependencies a project has, and the folders that these are put into; any one of them will do.
const DEPENDENCIES: &[(&[&str], &[&str])] = &[
    (&["package.json"], &["node_modules"]),
    (&["requirements.txt", "pyproject.toml", "Pipfile"], &[".venv", "venv", "env"]),
    (&["composer.json"], &["vendor"]),
    (&["Cargo.toml"], &["target"]),
];

/// What is known of build contexts.
#[derive(Debug, Default)]
pub(super) struct Contexts {
    files: BTreeMap<String, Patterns>,
    /// What stands at the top of each folder that may be a context, as far as it matters.
    present: BTreeSet<String>,
    /// Whether the source holds what Go's modules depend on, so that a build fetches nothing.
    pub(super) vendors: bool,
    /// The contexts that compose files name, by Dockerfile.
    pub(super) named: BTreeMap<String, String>,
}

/// The patterns of an ignore file.
#[derive(Debug, Default)]
struct Patterns(Vec<(bool, GlobMatcher)>);

impl Patterns {
    fn of(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let pattern = |line: &str| {
            let (keeps, line) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest.trim()));
            let line = line.trim_start_matches("./").trim_matches('/');
            let glob = GlobBuilder::new(if line == "." { "**" } else { line }).literal_separator(true).build().ok()?;
            Some((keeps, glob.compile_matcher()))
        };
        Self(lines.take(MAX_PATTERNS).filter_map(pattern).collect())
    }

    /// Whether a path is kept out: the last pattern that fits it, or a folder above it, says so.
    fn keep_out(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let places: Vec<&str> = ends.map(|end| &path[..end]).collect();
        let fits = |glob: &GlobMatcher| places.iter().any(|place| glob.is_match(place));
        self.0.iter().rev().find(|(_, glob)| fits(glob)).is_some_and(|(keeps, _)| !keeps)
    }
}

impl Contexts {
    /// Reads the ignore files of the tree.
    pub(super) fn read(repo: &Repo) -> Self {
        let mut contexts = Self::default();
        for entry in repo.files() {
            let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
            if name.ends_with(".dockerignore") || name == ".containerignore" {
                let text =
                    repo.read(&entry.path, 1 << 20).ok().and_then(|content| content.text().ok().map(str::to_owned));
                contexts.files.insert(entry.path.to_string(), Patterns::of(&text.unwrap_or_default()));
            }
            contexts.vendors |= entry.path.ends_with("vendor/modules.txt");
            if DEPENDENCIES.iter().any(|(manifests, _)| manifests.contains(&name)) {
                contexts.present.insert(entry.path.to_string());
            }
            // Dependencies that are part of the repository belong into the context.
            for (at, _) in entry.path.match_indices('/') {
                let folder = &entry.path[..at];
                let last = folder.rsplit('/').next().unwrap_or(folder);
                if DEPENDENCIES.iter().any(|(_, folders)| folders.contains(&last)) {
                    contexts.present.insert(format!("{folder}/"));
                }
            }
        }
        contexts
    }

    /// Says what the ignore file of a Dockerfile's context does not keep out.
    pub(super) fn judge(&self, path: &str, line: u32, finds: &mut Finds) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let contexts: Vec<&str> = match self.named.get(path) {
            Some(context) => vec![context.as_str()],
            None => vec![folder, ""],
        };
        let mut places = vec![(format!("{path}.dockerignore"), contexts[0])];
        for context in contexts {
            places.push((inside(context, ".dockerignore"), context));
            places.push((inside(context, ".containerignore"), context));
        }
        let found = places.iter().find_map(|(place, context)| Some((place, self.files.get(place)?, *context)));
        let Some((place, patterns, context)) = found else {
            let message = "there is no .dockerignore, so everything goes into the build context";
            finds.add(
                line,
                "dockerignore",
                "",
                message,
                "add a .dockerignore with .git, .env and installed dependencies",
            );
            return;
        };
        let mut wanted: Vec<&[&str]> = vec![&[".git"], &[".env"]];
        for (manifests, folders) in DEPENDENCIES {
            let has = manifests.iter().any(|name| self.present.contains(&inside(context, name)));
            let own = folders.iter().any(|name| self.present.contains(&format!("{}/", inside(context, name))));
            if has && !own {
                wanted.push(folders);
            }
        }
        for names in wanted {
            let kept_out = |name: &&str| patterns.keep_out(name) || patterns.keep_out(&format!("{name}/any"));
            if !names.iter().any(kept_out) {
                let message = format!("{place} does not keep out {}", names[0]);
                finds.add(line, "dockerignore", "", message, format!("add {} to {place}", names[0]));
            }
        }
    }
}

fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pattern_that_fits_counts() {
        for (text, path, out) in [
            (".git", ".git", true),
            ("/.git/", ".git", true),
            ("**/.env", ".env", true),
            ("*", ".env", true),
            ("*\n!.env", ".env", false),
            ("**\n!src", ".git", true),
            (".env.local", ".env", false),
            (".env*\n!.env.example", ".env", true),
            ("node_modules", "web/node_modules", false),
            ("**/node_modules", "web/node_modules", true),
            ("# .git", ".git", false),
        ] {
            assert_eq!(out, Patterns::of(text).keep_out(path), "{text:?} and {path}");
        }
    }
}
