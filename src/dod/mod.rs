//! The Definition of Done, in phases: what was written, merged over what it extends, validated
//! and planned. Each phase has its own type, and every mistake of a phase is told at once.

mod extend;
mod plan;
mod written;

use std::collections::BTreeMap;

use crate::checks::{Check, Judge};
use crate::domain::expression::Expression;
use crate::domain::node::{Mistake, Place};
use crate::domain::outcome::{Section, Severity, Stage};
use crate::domain::units::Span;
use crate::facts::AreaName;
use crate::repo::Repo;
use crate::yaml;

pub use plan::schema;

/// The profiles that ship in the binary: name and text.
pub const PROFILES: &[(&str, &str)] = &[
    ("backend", include_str!("../../rules/profiles/backend.yaml")),
    ("library", include_str!("../../rules/profiles/library.yaml")),
    ("minimal", include_str!("../../rules/profiles/minimal.yaml")),
    ("service", include_str!("../../rules/profiles/service.yaml")),
];

/// Where a DoD comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DodSource {
    /// A file of the repository, relative to its root.
    File(String),
    /// A profile that ships in the binary.
    Profile(String),
}

/// A DoD that can be judged.
#[derive(Default)]
pub struct Plan {
    /// The agent's name for the TaskOutput.
    pub agent: Option<String>,
    /// Whether a change may attest itself, if the base's DoD says so too.
    pub self_attest: bool,
    /// How old audits and load tests may be.
    pub max_age: Option<Span>,
    /// Where evidence lies.
    pub evidence: BTreeMap<AreaName, EvidencePlaces>,
    /// The service that rules with a probe may ask.
    pub serve: Option<Serve>,
    /// Globs of the folders that are components; none for every folder with a DoD of its own.
    pub components: Option<Vec<String>>,
    /// An earlier report in the repository, for rules that ask only for what is new.
    pub baseline: Option<String>,
    /// The rules, in the order in which they were first written, inherited ones first.
    pub rules: Vec<PlannedRule>,
    /// The waivers in order.
    pub waivers: Vec<Waiver>,
    /// The files that it was read from, the one that was asked for last.
    pub files: Vec<DodFile>,
}

/// Where an area's evidence lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvidencePlaces {
    /// Globs.
    pub globs: Vec<String>,
    /// Commands that print or write it, each an argument list.
    pub run: Vec<Vec<String>>,
}

/// A service that can be started for rules that ask a running one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serve {
    /// The argument list; no shell.
    pub run: Vec<String>,
    /// The URL that answers once it is ready: on this machine.
    pub ready: String,
    /// How long that may take.
    pub within: Span,
}

/// A file that a DoD was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DodFile {
    /// Its path, or `profile:NAME`.
    pub path: String,
    /// SHA-256 of its bytes in lower-case hex.
    pub sha256: String,
    /// Its text.
    pub text: String,
}

/// A rule, ready to be judged.
pub struct PlannedRule {
    /// Its id.
    pub id: String,
    /// Its title; the id where it has none.
    pub title: String,
    /// The part of the DoD that it belongs to.
    pub section: Section,
    /// 1 code quality, 2 integration, 3 business.
    pub level: u8,
    /// How grave its failure is.
    pub severity: Severity,
    /// The earliest stage at which it is judged.
    pub stage: Stage,
    /// The condition under which it applies.
    pub when: Option<Expression>,
    /// The team's own word on it.
    pub help: Option<String>,
    /// Its check.
    pub check: &'static dyn Check,
    /// The check with its parameters.
    pub judge: Box<dyn Judge>,
    /// Its parameters as they are after merging, as JSON: for `explain`.
    pub parameters: serde_json::Value,
    /// Only findings that the base does not have count.
    pub new_only: bool,
    /// Switched off.
    pub off: bool,
    /// Where it is demanded: the file that was asked for where it speaks of it, else where it is inherited from.
    pub place: Place,
}

/// A dated, reasoned, named permission for findings to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The rule.
    pub rule: String,
    /// Which of its findings: a subject, a file or a fingerprint; none for all.
    pub matches: Option<String>,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// Until when: a date, `2026-12-31`.
    pub until: String,
    /// Where it stands.
    pub place: Place,
}

/// Why there is no plan: every mistake, with the texts that they stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The mistakes, by file, line and column.
    pub mistakes: Vec<Mistake>,
    /// The files that were read.
    pub files: Vec<DodFile>,
}

impl Refusal {
    /// The mistakes for a person: file:line:column, the source line, what to do.
    #[must_use]
    pub fn render(&self) -> String {
        let text = |file: &str| self.files.iter().find(|one| one.path == file).map(|one| one.text.as_str());
        yaml::render(&self.mistakes, text)
    }
}

impl Plan {
    /// A plan without rules, for collecting facts alone.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }
}

/// Reads a DoD and everything it extends.
///
/// # Errors
/// Every mistake that could be found.
pub fn load(source: &DodSource, repo: &Repo) -> Result<Plan, Refusal> {
    let mut files = Vec::new();
    let merged = extend::resolve(source, repo, &mut files);
    let planned = merged.and_then(|merged| plan::plan(&merged));
    match planned {
        Ok(mut plan) => {
            plan.files = files;
            Ok(plan)
        }
        Err(mut mistakes) => {
            mistakes.sort();
            mistakes.dedup();
            Err(Refusal { mistakes, files })
        }
    }
}
