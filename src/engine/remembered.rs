//! What a hook found out before: routes and variables are a function of the code, so a commit that changes none of it need not have
//! it evaluated again. Only for `--staged`, where git knows the content of everything that is read by its blobs; kept in git's own
//! folder, which no change brings.
//!
//! What is kept holds for the same program, the same content of every file that may be code or configuration, and the same
//! example files; whatever cannot be read or written is as if nothing were kept.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::provenance::hex;
use crate::evidence::Collected;
use crate::facts::env::Env;
use crate::facts::routes::Routes;
use crate::facts::{Area, AreaName, Evidence, Facts};
use crate::repo::{Repo, host};

/// The file that it is kept in.
const NAME: &str = "hook-facts.json";
/// What that file may have at the most: 64 MiB.
const MAX_BYTES: u64 = 64 << 20;

/// Endings of what is neither code nor configuration.
const PROSE: &[&str] = &[
    "md", "markdown", "rst", "adoc", "png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "avif", "pdf", "woff", "woff2",
    "ttf", "otf", "eot", "mp3", "mp4", "webm", "mov",
];

#[derive(Serialize, Deserialize)]
struct Kept<T> {
    facts: Option<T>,
    evidence: Evidence,
}

#[derive(Deserialize)]
struct Read {
    key: String,
    routes: Option<Kept<Routes>>,
    env: Option<Kept<Env>>,
}

#[derive(Serialize)]
struct Written<'a> {
    key: &'a str,
    routes: Option<Kept<&'a Routes>>,
    env: Option<Kept<&'a Env>>,
}

/// What was kept of an earlier run over the same content.
pub(super) struct Remembered {
    key: Option<String>,
    kept: Vec<Collected>,
}

impl Remembered {
    /// Looks for what is kept of `areas`.
    pub(super) fn of(repo: &Repo, staged: bool, areas: &BTreeSet<AreaName>, examples: &[String]) -> Self {
        let wanted = areas.contains(&AreaName::Routes) || areas.contains(&AreaName::Env);
        let key = (staged && wanted).then(|| key(repo, examples)).flatten();
        let mut kept = Vec::new();
        if let Some(read) = key.as_ref().and_then(|key| read(repo).filter(|read| read.key == *key)) {
            if let Some(routes) = read.routes.filter(|_| areas.contains(&AreaName::Routes)) {
                kept.push(Collected::Routes(Area { facts: routes.facts, evidence: routes.evidence }));
            }
            if let Some(env) = read.env.filter(|_| areas.contains(&AreaName::Env)) {
                kept.push(Collected::Env(Area { facts: env.facts, evidence: env.evidence }));
            }
        }
        Self { key, kept }
    }

    /// Takes what is kept, with the areas that it answers.
    pub(super) fn take(&mut self) -> Vec<Collected> {
        std::mem::take(&mut self.kept)
    }

    /// Keeps what was found out, unless all of it was kept already.
    pub(super) fn keep(&self, repo: &Repo, facts: &Facts, evaluated: bool) {
        let (Some(key), true) = (&self.key, evaluated) else { return };
        let written = Written { key, routes: facts.routes.as_ref().map(of), env: facts.env.as_ref().map(of) };
        if let Ok(bytes) = serde_json::to_vec(&written) {
            // Where nothing can be kept, the next hook evaluates again.
            let _ = repo.keep_in_git(NAME, &bytes);
        }
    }
}

fn of<T>(area: &Area<T>) -> Kept<&T> {
    Kept { facts: area.facts.as_ref(), evidence: area.evidence.clone() }
}

fn read(repo: &Repo) -> Option<Read> {
    serde_json::from_slice(&repo.kept_in_git(NAME, MAX_BYTES)?).ok()
}

/// The digest of everything that the facts are a function of.
fn key(repo: &Repo, examples: &[String]) -> Option<String> {
    let mut hash = Sha256::new();
    hash.update(host::own_build()?.as_bytes());
    for (path, blob) in repo.staged_blobs()? {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
        if !PROSE.contains(&ending.as_str()) {
            hash.update(format!("{path}\0{blob}\0"));
        }
    }
    for example in examples {
        hash.update(format!("example {example}\0"));
    }
    Some(hex(&hash.finalize()))
}
