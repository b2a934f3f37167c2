//! Attestations: what named people and systems have stated, and why a statement does not count.

use sha2::{Digest, Sha256};

use serde::Deserialize;

use crate::domain::node::Value;
use crate::domain::provenance::{Source, hex};
use crate::facts::Problem;
use crate::facts::attestations::{Attestation, AttestationAnswer, AttestationQuery};
use crate::repo::{Content, ReadError, Repo};
use crate::yaml;

/// Where a repository keeps its attestations.
pub const PLACE: &str = ".donegate/attestations.yaml";
/// A file of attestations over this size is refused: 4 MiB.
const MAX_BYTES: u64 = 4 << 20;

/// One entry of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    by: String,
    at: String,
    note: String,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    covers: Vec<String>,
    #[serde(default)]
    digest: Option<String>,
}

/// What is asked of attestations beside the rule.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// A file given from outside the tree: always counts.
    pub outside: Option<&'a Content>,
    /// The commit that the change is compared with; what it has was not made by the change.
    pub base: Option<&'a str>,
    /// The base's DoD says that a change may attest itself.
    pub self_attest: bool,
}

/// The statements of every attestation file, read once.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Vec<(Entry, Source, Origin)>,
    problems: Vec<Problem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Outside,
    Base,
    Change,
}

impl Ledger {
    /// Reads the attestations of the tree, and those given from outside.
    #[must_use]
    pub fn read(repo: &Repo, rules: Rules<'_>) -> Self {
        let mut ledger = Self::default();
        if let Some(content) = rules.outside {
            ledger.add(content, |_| Origin::Outside);
        }
        match repo.read(PLACE, MAX_BYTES) {
            Ok(content) => {
                let earlier = rules.base.and_then(|base| repo.at_commit(base, PLACE));
                let earlier = earlier.and_then(|bytes| String::from_utf8(bytes).ok());
                let earlier = earlier.and_then(|text| entries(PLACE, &text).ok()).unwrap_or_default();
                let known = |entry: &Entry| {
                    let same = |other: &Entry| {
                        (&other.rule, &other.by, &other.at, &other.note, &other.until, &other.covers, &other.digest)
                            == (
                                &entry.rule,
                                &entry.by,
                                &entry.at,
                                &entry.note,
                                &entry.until,
                                &entry.covers,
                                &entry.digest,
                            )
                    };
                    if rules.self_attest || earlier.iter().any(same) { Origin::Base } else { Origin::Change }
                };
                ledger.add(&content, known);
            }
            Err(ReadError::Absent) => {}
            Err(error) => ledger.problems.push(Problem { path: PLACE.to_owned(), line: None, why: error.to_string() }),
        }
        ledger
    }

    fn add(&mut self, content: &Content, origin: impl Fn(&Entry) -> Origin) {
        let path = content.path.to_string();
        let Ok(text) = content.text() else {
            self.problems.push(Problem { path, line: None, why: "not UTF-8 text".to_owned() });
            return;
        };
        match entries(&path, text) {
            Ok(entries) => {
                let source = content.source("attestations");
                self.entries.extend(entries.into_iter().map(|entry| {
                    let origin = origin(&entry);
                    (entry, source.clone(), origin)
                }));
            }
            Err(problem) => self.problems.push(problem),
        }
    }

    /// The rules that statements speak of, sorted: those that no rule asks for are worth a word.
    #[must_use]
    pub fn rules(&self) -> Vec<&str> {
        let mut rules: Vec<&str> = self.entries.iter().map(|(entry, _, _)| entry.rule.as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// What was stated for one rule, newest first.
    #[must_use]
    pub fn answer(&self, repo: &Repo, query: &AttestationQuery) -> AttestationAnswer {
        let mut given: Vec<Attestation> = self
            .entries
            .iter()
            .filter(|(entry, _, _)| entry.rule == query.rule)
            .map(|(entry, source, origin)| Attestation {
                by: entry.by.clone(),
                at: entry.at.clone(),
                note: entry.note.clone(),
                until: entry.until.clone(),
                source: source.clone(),
                void: void(repo, query, entry, *origin),
            })
            .collect();
        given.sort_by(|a, b| b.at.cmp(&a.at));
        AttestationAnswer { given, problems: self.problems.clone() }
    }
}

/// Why a statement does not count.
fn void(repo: &Repo, query: &AttestationQuery, entry: &Entry, origin: Origin) -> Option<String> {
    if entry.by.trim().is_empty() || entry.note.trim().is_empty() {
        return Some("it has no name or no note".to_owned());
    }
    let Ok(at) = entry.at.parse::<jiff::Timestamp>() else {
        return Some(format!("its time `{}` is no RFC 3339 time", entry.at));
    };
    if at.as_second() > repo.clock.now().saturating_add(86_400) {
        return Some(format!("its time {} lies in the future", entry.at));
    }
    if let Some(until) = &entry.until {
        match until.parse::<jiff::civil::Date>() {
            Ok(date) if date.to_string() < repo.clock.today() => return Some(format!("it lapsed on {until}")),
            Ok(_) => {}
            Err(_) => return Some(format!("its `until: {until}` is no date")),
        }
    }
    let covers = covered(&query.covers, &entry.covers);
    if let Some(digest) = &query.digest {
        if entry.digest.as_ref() != Some(digest) {
            return Some("what it covers has changed since".to_owned());
        }
    } else if !covers.is_empty() {
        match (digest(repo, &covers), &entry.digest) {
            (Ok(now), Some(then)) if now == *then => {}
            (Ok(_), Some(_)) => return Some("what it covers has changed since".to_owned()),
            (Ok(_), None) => return Some("it has no digest of what it covers".to_owned()),
            (Err(why), _) => return Some(why),
        }
    }
    (origin == Origin::Change)
        .then(|| "it was made in the change that it would approve; give it from outside with --attestations".to_owned())
}

/// What an attestation is bound to: what its rule covers and what it names itself, each glob once.
#[must_use]
pub fn covered(rule: &[String], entry: &[String]) -> Vec<String> {
    let mut all: Vec<String> = rule.iter().chain(entry).cloned().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The digest of the files that globs match: SHA-256 over each file's path and SHA-256, in path order. The attestation
/// file itself is left out, or no attestation could cover the whole tree.
///
/// # Errors
/// A glob is malformed, matches nothing, or a file cannot be read.
pub fn digest(repo: &Repo, covers: &[String]) -> Result<String, String> {
    let files = super::files::matching(repo, covers)?;
    let mut hash = Sha256::new();
    let mut count = 0_u64;
    for entry in files.into_iter().filter(|entry| &*entry.path != PLACE) {
        let inner = repo.sha256(&entry.path).map_err(|error| format!("{}: {error}", entry.path))?;
        hash.update((entry.path.len() as u64).to_le_bytes());
        hash.update(entry.path.as_bytes());
        hash.update(inner);
        count += 1;
    }
    if count == 0 {
        return Err(format!("{} matches no file, so there is nothing that it speaks of", covers.join(", ")));
    }
    Ok(format!("sha256:{}", hex(&hash.finalize())))
}

fn entries(path: &str, text: &str) -> Result<Vec<Entry>, Problem> {
    let problem = |mistake: crate::domain::node::Mistake| Problem {
        path: path.to_owned(),
        line: Some(mistake.place.line),
        why: mistake.message,
    };
    let node = yaml::parse(path, text).map_err(problem)?;
    let list = node.get("attestations").unwrap_or(&node);
    match &list.value {
        Value::Null => Ok(Vec::new()),
        Value::List(items) => items.iter().map(|item| item.read::<Entry>().map_err(problem)).collect(),
        _ => Err(Problem {
            path: path.to_owned(),
            line: Some(list.place.line),
            why: format!("expected a list of attestations, found {}", list.describe()),
        }),
    }
}
