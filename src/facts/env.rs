//! Which environment variables the code reads, and which the example file documents.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Problem;
use crate::domain::folders::{folder_of, is_below};
pub use crate::domain::stars::fits;

/// Environment variables, read and documented.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Env {
    /// Read by source that is no test, by name.
    pub used: Vec<Used>,
    /// What the example files document, by file and line.
    pub documented: Vec<Documented>,
    /// Read, neither active nor commented in the example, not provided by the platform; by name.
    pub missing: Vec<String>,
    /// Documented and read by nothing; by name.
    pub unused: Vec<String>,
    /// Reads whose name is not known, by file and line.
    pub dynamic: Vec<Dynamic>,
    /// Keys that an example file defines more than once, malformed lines, values that look like real secrets (the value
    /// is never in here), committed .env files.
    pub irregular: Vec<Irregular>,
    /// The folders that are projects of their own beside one that the repository's root is, with an example there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<String>,
    /// The folders that are no project, in which an example lies beside what it may be for: code, a compose file, scripts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// The files among those that read variables which only developers run: in a folder of scripts or tools, started by nothing
    /// that starts, builds or deploys the service and used by none of its code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scripts: Vec<String>,
}

/// A variable that is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Used {
    /// Its name.
    pub name: String,
    /// Whether the program does without: false where every read has a default or tolerates absence explicitly.
    pub required: bool,
    /// Where it is read, by file and line.
    pub sites: Vec<Site>,
    /// Provided by the platform (`PATH`, `HOME`, …) or set by what deploys the service, so that no example needs to name it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub platform: bool,
    /// Names any of which will do in its place, this one among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
}

/// A place in the code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Site {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// A key of an example file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Documented {
    /// The key.
    pub name: String,
    /// The example file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// Whether it stands behind `#`: an optional one.
    pub commented: bool,
    /// The folder of the workspace that the file documents; none where it speaks for the whole repository.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub workspace: String,
    /// Nothing that the file speaks for reads it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unused: bool,
}

/// A variable that is read and that no example which speaks for the place documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap<'a> {
    /// The variable.
    pub used: &'a Used,
    /// The example that it belongs into; none where there is no example.
    pub example: Option<&'a str>,
    /// Where it is read there.
    pub sites: Vec<&'a Site>,
}

impl Gap<'_> {
    /// Whether it is the one to name of those any of which will do.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.used.one_of.first().is_none_or(|first| *first == self.used.name)
    }
}

/// A name as it is compared: without regard to case, as libraries of settings do, but for one that is written in capitals
/// with a slip in it (`WRITE_lOG`), which is another variable to whoever asks for `WRITE_LOG`.
#[must_use]
pub fn compared(name: &str) -> String {
    let mut words = name.split('_').filter(|word| word.chars().any(char::is_alphabetic));
    let capitals = |word: &str| word.len() > 1 && !word.contains(|c: char| c.is_ascii_lowercase());
    let slipped = words.next().is_some_and(capitals) && name.contains(|c: char| c.is_ascii_lowercase());
    if slipped { name.to_owned() } else { name.to_ascii_lowercase() }
}

impl Env {
    /// What is read and documented nowhere that speaks for the place, by name and example; `counts` says which entries count.
    /// What developers' scripts read is none of it.
    ///
    /// A workspace with an example of its own is held against that one and those of the folders around it, the project that
    /// is the root itself among them; what lies in none, against all but those of folders that are parts of something with an
    /// example of its own.
    #[must_use]
    pub fn gaps(&self, counts: impl Fn(&Documented) -> bool) -> Vec<Gap<'_>> {
        let documented: Vec<&Documented> = self.documented.iter().filter(|entry| counts(entry)).collect();
        let spaces = self.spaces(&documented);
        let mut known: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (entry, space) in documented.iter().zip(&spaces) {
            known.entry(compared(&entry.name)).or_default().insert(space);
        }
        let workspaces: BTreeSet<&str> = spaces.iter().copied().collect();
        let read: BTreeSet<&str> = self.used.iter().map(|used| used.name.as_str()).collect();
        // What starts the services is handed the file beside it, and none of a service's own.
        let general: Vec<&Documented> = documented
            .iter()
            .zip(&spaces)
            .filter(|(entry, space)| space.is_empty() && is_general(&entry.file))
            .map(|(entry, _)| *entry)
            .collect();
        let (whole, own) = (!general.is_empty(), general.iter().any(|entry| !entry.file.contains('/')));
        let is_apart = |space: &str| whole && self.parts.iter().any(|part| part == space);
        let speaks = |name: &str, home: &str| {
            let spaces = known.get(&compared(name));
            let hears = |space: &str| if home.is_empty() { !is_apart(space) } else { is_below(home, space) };
            spaces.is_some_and(|spaces| spaces.iter().any(|space| hears(space)))
        };
        let handed = |name: &str, site: &Site, home: &str| {
            let spaces = known.get(&compared(name));
            let apart = (whole && is_compose(&site.file)) || (own && self.is_of_the_root(&site.file));
            speaks(name, home) && (!apart || !home.is_empty() || spaces.is_some_and(|spaces| spaces.contains("")))
        };
        let mut gaps = Vec::new();
        for used in self.used.iter().filter(|used| !used.platform) {
            // A file that holds the value is another way to give a variable that is read itself, or documented.
            let held = used.name.strip_suffix("_FILE");
            let mut lacking: BTreeMap<&str, Vec<&Site>> = BTreeMap::new();
            for site in used.sites.iter().filter(|site| !self.scripts.contains(&site.file)) {
                let home = home_of(&site.file, &workspaces);
                let given = held.is_some_and(|name| read.contains(name) || speaks(name, home));
                let documented =
                    handed(&used.name, site, home) || used.one_of.iter().any(|name| handed(name, site, home));
                if !given && !documented {
                    lacking.entry(home).or_default().push(site);
                }
            }
            gaps.extend(lacking.into_iter().map(|(home, sites)| Gap {
                used,
                example: example_of(&documented, &spaces, home),
                sites,
            }));
        }
        gaps
    }

    /// What each entry's example speaks for: its workspace, or the folder that it lies in where that is a part of something
    /// with an example of its own.
    fn spaces<'a>(&self, documented: &[&'a Documented]) -> Vec<&'a str> {
        let own: BTreeSet<&str> =
            documented.iter().map(|entry| folder_of(&entry.file)).filter(|folder| !folder.is_empty()).collect();
        let space = |entry: &&'a Documented| {
            let (folder, workspace) = (folder_of(&entry.file), entry.workspace.as_str());
            let part = self.parts.iter().any(|part| part == folder);
            if part && (workspace.is_empty() || own.contains(workspace)) { folder } else { workspace }
        };
        documented.iter().map(space).collect()
    }

    /// Whether a file lies in the project that the root itself is, where others are beside it.
    fn is_of_the_root(&self, file: &str) -> bool {
        !self.projects.is_empty() && !self.projects.iter().any(|project| is_below(file, project))
    }

    /// Whether a workspace's entry is read by something that it speaks for: not by another workspace that has an example of
    /// its own.
    #[must_use]
    pub fn is_read_from(&self, entry: &Documented, site: &Site) -> bool {
        let workspaces: BTreeSet<&str> = self.documented.iter().map(|entry| entry.workspace.as_str()).collect();
        let home = home_of(&site.file, &workspaces);
        is_below(home, &entry.workspace) || is_below(&entry.workspace, home)
    }
}

/// The deepest workspace that a file lies in; empty for none.
fn home_of<'a>(file: &str, workspaces: &BTreeSet<&'a str>) -> &'a str {
    workspaces.iter().copied().filter(|space| is_below(file, space)).max_by_key(|space| space.len()).unwrap_or("")
}

/// Whether a file tells compose which services there are.
fn is_compose(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file).to_ascii_lowercase();
    name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml"))
}

/// Whether an example is called as one of everything is, and not after one part: `relay.env.example`.
fn is_general(file: &str) -> bool {
    const WORDS: &[&str] = &[
        "compose",
        "default",
        "defaults",
        "dev",
        "development",
        "dist",
        "docker",
        "dotenv",
        "env",
        "environment",
        "example",
        "examples",
        "local",
        "prod",
        "production",
        "sample",
        "staging",
        "template",
        "tmpl",
        "tpl",
    ];
    let name = file.rsplit('/').next().unwrap_or(file).to_ascii_lowercase();
    name.split(['.', '-', '_']).all(|word| word.is_empty() || WORDS.contains(&word))
}

/// The example that a variable belongs into which a workspace reads: its own, else one around it; the plainest name first.
fn example_of<'a>(documented: &[&'a Documented], spaces: &[&str], home: &str) -> Option<&'a str> {
    let around = documented.iter().zip(spaces).filter(|(_, space)| is_below(home, space));
    let best = around.max_by_key(|(entry, space)| (space.len(), std::cmp::Reverse((entry.file.len(), &entry.file))));
    let any = || documented.iter().min_by_key(|entry| (entry.file.len(), &entry.file));
    best.map(|(entry, _)| entry).or_else(any).map(|entry| entry.file.as_str())
}

/// A read whose name is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Dynamic {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What is known of the name, `*` for what is not: `TENANT_*_KEY`.
    pub pattern: String,
}

/// Something wrong in an example file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Irregular {
    /// `duplicate`, `malformed`, `secret` or `committed`.
    pub kind: String,
    /// The key, where there is one.
    pub name: Option<String>,
    /// Where, and what is wrong.
    pub problem: Problem,
}
