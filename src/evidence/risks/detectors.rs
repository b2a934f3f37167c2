//! The vocabulary of detectors, and the built-in ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, OnceLock};

use globset::GlobSet;
use regex::Regex;
use serde::Deserialize;

use crate::domain::change::{ChangeStatus, ChangedFile, RiskLevel, is_test};
use crate::domain::node::Mistake;

use super::brackets;

/// Every built-in file of detectors: its name and its text.
const FILES: &[(&str, &str)] = &[
    ("risks/weakened-gate.yaml", include_str!("../../../rules/risks/weakened-gate.yaml")),
    ("risks/auth-change.yaml", include_str!("../../../rules/risks/auth-change.yaml")),
    ("risks/schema-change.yaml", include_str!("../../../rules/risks/schema-change.yaml")),
    ("risks/data-deletion.yaml", include_str!("../../../rules/risks/data-deletion.yaml")),
];

/// A file of detectors of one kind of risk.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DetectorFile {
    kind: String,
    detectors: Vec<WrittenDetector>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDetector {
    /// Its name, unique in the file.
    id: String,
    /// How grave what it finds is.
    level: Level,
    /// What it looks at.
    on: On,
    /// The files it looks at; all where none is given.
    #[serde(default)]
    files: Vec<String>,
    /// Whether it looks at tests alone, or at everything but tests.
    #[serde(default)]
    tests: Option<bool>,
    /// What an added line must match.
    #[serde(default)]
    line: Option<String>,
    /// What the call that begins in that line must match too, over all of its lines.
    #[serde(default)]
    also: Option<String>,
    /// What makes the call harmless.
    #[serde(default)]
    unless: Option<String>,
    /// What a call around it must match, in the line that opens it.
    #[serde(default)]
    inside: Option<String>,
    /// Where the call names its table: one that the same migration makes has no rows yet.
    #[serde(default)]
    subject: Option<String>,
    /// Its first line in a file stands for all.
    #[serde(default)]
    once: bool,
    /// Why it is a risk.
    why: String,
    /// What would make it safe.
    #[serde(default)]
    safe: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Low,
    Medium,
    High,
    Critical,
}

impl From<Level> for RiskLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Low => RiskLevel::Low,
            Level::Medium => RiskLevel::Medium,
            Level::High => RiskLevel::High,
            Level::Critical => RiskLevel::Critical,
        }
    }
}

/// What a detector looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum On {
    /// The lines that a change adds.
    Added,
    /// The files that it takes away.
    Deleted,
}

/// An expression that is compiled when a line is first held against it: most changes touch nothing that most detectors look at,
/// and a hook has no time for what it does not need.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    made: OnceLock<Regex>,
}

impl Pattern {
    fn new(text: String) -> Self {
        Self { text, made: OnceLock::new() }
    }

    fn regex(&self) -> &Regex {
        self.made.get_or_init(|| Regex::new(&self.text).expect("a built-in expression: a test compiles them all"))
    }
}

/// A detector.
#[derive(Debug)]
pub(super) struct Detector {
    pub(super) kind: String,
    pub(super) level: RiskLevel,
    pub(super) on: On,
    /// Shared by the detectors that look at the same files.
    files: Option<Arc<GlobSet>>,
    tests: Option<bool>,
    line: Option<Pattern>,
    also: Option<Pattern>,
    unless: Option<Pattern>,
    inside: Option<Pattern>,
    subject: Option<Pattern>,
    pub(super) once: bool,
    pub(super) why: String,
    pub(super) safe: Option<String>,
}

impl Detector {
    /// Whether it looks at a file at all.
    pub(super) fn fits(&self, file: &ChangedFile) -> bool {
        let status = (self.on == On::Deleted) == (file.status == ChangeStatus::Deleted);
        status
            && self.tests.is_none_or(|tests| tests == is_test(&file.path))
            && self.files.as_ref().is_none_or(|files| files.is_match(&file.path))
    }

    /// Whether a line of a text is what it looks for; `new` are the tables that the text makes.
    pub(super) fn finds(&self, lines: &[&str], at: usize, new: &BTreeSet<String>) -> bool {
        if !self.line.as_ref().is_some_and(|line| line.regex().is_match(lines[at])) {
            return false;
        }
        if self.also.is_none() && self.unless.is_none() && self.subject.is_none() && self.inside.is_none() {
            return true;
        }
        let call = brackets::call(lines, at);
        let fits = self.also.as_ref().is_none_or(|also| also.regex().is_match(&call))
            && !self.unless.as_ref().is_some_and(|unless| unless.regex().is_match(&call))
            && self
                .inside
                .as_ref()
                .is_none_or(|inside| brackets::around(lines, at).iter().any(|one| inside.regex().is_match(one)));
        let name = || {
            let groups = self.subject.as_ref()?.regex().captures(&call)?;
            groups.iter().skip(1).flatten().next().map(|name| name.as_str().to_lowercase())
        };
        fits && !name().is_some_and(|name| new.contains(&name))
    }
}

static BUILTIN: LazyLock<Vec<Detector>> =
    LazyLock::new(|| load(FILES).expect("the built-in detectors are valid: a test reads them all"));

/// The built-in detectors.
pub(super) fn builtin() -> &'static [Detector] {
    &BUILTIN
}

fn load(files: &[(&str, &str)]) -> Result<Vec<Detector>, Mistake> {
    let mut all = Vec::new();
    let mut globs = BTreeMap::new();
    for (name, text) in files {
        let node = crate::yaml::parse(name, text)?;
        let file: DetectorFile = node.read()?;
        let mut seen: Vec<String> = Vec::new();
        for written in file.detectors {
            let id = written.id.clone();
            let twice = seen.contains(&id).then(|| "it stands twice".to_owned());
            let made = twice.map_or_else(|| made(&file.kind, written, &mut globs), Err);
            all.push(made.map_err(|why| Mistake::new(&node.place, format!("`{id}`: {why}")))?);
            seen.push(id);
        }
    }
    Ok(all)
}

fn made(
    kind: &str,
    written: WrittenDetector,
    globs: &mut BTreeMap<Vec<String>, Arc<GlobSet>>,
) -> Result<Detector, String> {
    if (written.on == On::Added) != written.line.is_some() {
        return Err("an `added` detector has a `line`, a `deleted` one has none".to_owned());
    }
    let files = match globs.get(&written.files) {
        _ if written.files.is_empty() => None,
        Some(set) => Some(Arc::clone(set)),
        None => {
            let set = Arc::new(crate::repo::glob_set(&written.files)?);
            globs.insert(written.files, Arc::clone(&set));
            Some(set)
        }
    };
    Ok(Detector {
        kind: kind.to_owned(),
        level: written.level.into(),
        on: written.on,
        files,
        tests: written.tests,
        line: written.line.map(Pattern::new),
        also: written.also.map(Pattern::new),
        unless: written.unless.map(Pattern::new),
        inside: written.inside.map(Pattern::new),
        subject: written.subject.map(Pattern::new),
        once: written.once,
        why: written.why,
        safe: written.safe,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_detectors_are_valid() {
        let all = load(FILES).unwrap_or_else(|mistake| panic!("{}: {}", mistake.place, mistake.message));
        assert!(all.len() > 5);
        for one in &all {
            for pattern in [&one.line, &one.also, &one.unless, &one.inside, &one.subject].into_iter().flatten() {
                Regex::new(&pattern.text).unwrap_or_else(|error| panic!("{}: {error}", one.why));
            }
        }
    }

    #[test]
    fn a_detector_that_looks_at_nothing_is_refused() {
        let text = "kind: x\ndetectors:\n  - { id: a, level: high, on: added, why: w }\n";
        assert!(load(&[("risks/x.yaml", text)]).is_err());
    }
}
