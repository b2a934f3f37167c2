//! Facts: what is true of the repository, area by area, each with its evidence. Plain data.
//!
//! The serialised form of each area is a contract (`donegate facts AREA --format json`): keys may be added, never
//! renamed; a number that is not known is absent, never 0. What only the checks need is skipped in it.

pub mod attestations;
pub mod audit;
pub mod commands;
pub mod coverage;
pub mod dependencies;
pub mod dockerfiles;
pub mod env;
pub mod files;
pub mod images;
pub mod openapi;
pub mod performance;
pub mod probes;
pub mod routes;
pub mod secrets;
pub mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::domain::change::Changes;
pub use crate::domain::provenance::Source;

/// The areas of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum AreaName {
    Routes,
    Env,
    Coverage,
    Audit,
    Tests,
    Performance,
    Openapi,
    Dockerfiles,
    Images,
    Changes,
}

impl AreaName {
    /// Every area, in the order of DESIGN.
    pub const ALL: [AreaName; 10] = [
        AreaName::Routes,
        AreaName::Env,
        AreaName::Coverage,
        AreaName::Audit,
        AreaName::Tests,
        AreaName::Performance,
        AreaName::Openapi,
        AreaName::Dockerfiles,
        AreaName::Images,
        AreaName::Changes,
    ];

    /// Its name on the command line and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            AreaName::Routes => "routes",
            AreaName::Env => "env",
            AreaName::Coverage => "coverage",
            AreaName::Audit => "audit",
            AreaName::Tests => "tests",
            AreaName::Performance => "performance",
            AreaName::Openapi => "openapi",
            AreaName::Dockerfiles => "dockerfiles",
            AreaName::Images => "images",
            AreaName::Changes => "changes",
        }
    }
}

/// Whether evidence is there, and what keeps it from being proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is there, readable, not empty, not older than what it speaks of.
    Found,
    /// Nothing lies where it was looked for.
    Absent,
    /// Something lies there that cannot be read, or that is the report of a failed run.
    Unreadable,
    /// It is well-formed and says nothing: no line, no test, no dependency examined.
    Empty,
    /// It is older than what it speaks of, or speaks of nothing that is here.
    Stale,
    /// It is of a kind that donegate does not read.
    Unsupported,
}

impl State {
    /// Its name in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::Found => "found",
            State::Absent => "absent",
            State::Unreadable => "unreadable",
            State::Empty => "empty",
            State::Stale => "stale",
            State::Unsupported => "unsupported",
        }
    }
}

/// Something that keeps evidence from being proof, or that a reader of it should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// The file, relative to the repository's root.
    pub path: String,
    /// The line, from 1, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Why, in words for a person.
    pub why: String,
}

/// The evidence of an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Whether it is proof.
    pub state: State,
    /// What was read, by path.
    pub reports: Vec<Source>,
    /// What is wrong with it, by path and line.
    pub problems: Vec<Problem>,
    /// Where it was looked for: globs.
    pub looked_for: Vec<String>,
    /// What brings it in this repository, where it is no proof and that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bring: Option<String>,
}

impl Evidence {
    /// Evidence of a state, with nothing read yet.
    #[must_use]
    pub fn new(state: State, looked_for: Vec<String>) -> Self {
        Self { state, reports: Vec::new(), problems: Vec::new(), looked_for, bring: None }
    }
}

/// An area's facts with their evidence. Absence is a value: only [`Area::proven`] leads to a pass.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Area<T> {
    /// What was read. Also there when the state is not `found` and something could be read all the same: it is shown, and
    /// proves nothing. Its keys stand beside `evidence` in JSON.
    #[serde(flatten)]
    pub facts: Option<T>,
    /// Where it comes from.
    pub evidence: Evidence,
}

impl<T> Area<T> {
    /// Facts that are proven by evidence.
    pub fn found(facts: T, evidence: Evidence) -> Self {
        debug_assert_eq!(State::Found, evidence.state);
        Self { facts: Some(facts), evidence }
    }

    /// No facts, and why.
    #[must_use]
    pub fn missing(evidence: Evidence) -> Self {
        debug_assert_ne!(State::Found, evidence.state);
        Self { facts: None, evidence }
    }

    /// The facts, if the evidence is proof; else the evidence that says why not.
    ///
    /// # Errors
    /// The evidence, whose state is never `found` then.
    pub fn proven(&self) -> Result<&T, &Evidence> {
        match (&self.facts, self.evidence.state) {
            (Some(facts), State::Found) => Ok(facts),
            (
                _,
                State::Found | State::Absent | State::Unreadable | State::Empty | State::Stale | State::Unsupported,
            ) => Err(&self.evidence),
        }
    }
}

/// What a rule asks to be known before it can be judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// An area's facts.
    Area(AreaName),
    /// The paths in the repository that match globs, with their content's answers.
    Files(files::FileQuery),
    /// The dependencies that the project's manifests declare.
    Dependencies,
    /// The attestations given for a rule.
    Attestation(attestations::AttestationQuery),
    /// Which routes tests reach, in the facts of the routes.
    RouteTests,
    /// What the running service answers, where the command line says where it runs.
    Probe(probes::ProbeQuery),
    /// Coverage beyond the area's own facts.
    Coverage(coverage::CoverageQuery),
    /// What a command comes to.
    Command(commands::CommandQuery),
    /// The secrets that are committed.
    Secrets(secrets::SecretQuery),
    /// An example file for environment variables, beside those with a usual name.
    EnvExample(String),
}

/// Everything that was collected for one run. An area that no rule needs is not collected and is `None`.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "each field is the area of its name")]
pub struct Facts {
    pub routes: Option<Area<routes::Routes>>,
    pub env: Option<Area<env::Env>>,
    pub coverage: Option<Area<coverage::Coverage>>,
    pub audit: Option<Area<audit::Audit>>,
    pub tests: Option<Area<tests::Tests>>,
    pub performance: Option<Area<performance::Performance>>,
    pub openapi: Option<Area<openapi::OpenApi>>,
    pub dockerfiles: Option<Area<dockerfiles::Dockerfiles>>,
    pub images: Option<Area<images::Images>>,
    pub changes: Option<Area<Changes>>,
    pub dependencies: Option<Area<dependencies::Dependencies>>,
    /// The answers to the file queries that rules asked.
    pub files: Vec<(files::FileQuery, files::FileAnswer)>,
    /// The answers to the attestation queries that rules asked.
    pub attestations: Vec<(attestations::AttestationQuery, attestations::AttestationAnswer)>,
    /// What the running service answered; none where it was not asked.
    pub probes: Option<probes::Probes>,
    /// The answers to what rules asked of coverage.
    pub coverage_answers: Vec<(coverage::CoverageQuery, Area<coverage::Coverage>)>,
    /// What the commands that rules name came to.
    pub commands: Vec<(commands::CommandQuery, commands::CommandAnswer)>,
    /// The answers to the searches for secrets that rules asked for.
    pub secrets: Vec<(secrets::SecretQuery, secrets::SecretAnswer)>,
    /// Today, in the time zone UTC, by the real clock: what lapses, lapses by it.
    pub today: Option<String>,
}

impl Facts {
    /// The answer to a file query, if it was collected.
    #[must_use]
    pub fn files(&self, query: &files::FileQuery) -> Option<&files::FileAnswer> {
        self.files.iter().find(|(asked, _)| asked == query).map(|(_, answer)| answer)
    }

    /// The answer to a query about coverage, if it was collected.
    #[must_use]
    pub fn coverage_answer(&self, query: &coverage::CoverageQuery) -> Option<&Area<coverage::Coverage>> {
        self.coverage_answers.iter().find(|(asked, _)| asked == query).map(|(_, answer)| answer)
    }

    /// What a command came to, if it was asked.
    #[must_use]
    pub fn command(&self, query: &commands::CommandQuery) -> Option<&commands::CommandAnswer> {
        self.commands.iter().find(|(asked, _)| asked == query).map(|(_, answer)| answer)
    }

    /// The secrets that a search found, if it was made.
    #[must_use]
    pub fn secrets(&self, query: &secrets::SecretQuery) -> Option<&secrets::SecretAnswer> {
        self.secrets.iter().find(|(asked, _)| asked == query).map(|(_, answer)| answer)
    }

    /// The answer to an attestation query, if it was collected.
    #[must_use]
    pub fn attestation(&self, query: &attestations::AttestationQuery) -> Option<&attestations::AttestationAnswer> {
        self.attestations.iter().find(|(asked, _)| asked == query).map(|(_, answer)| answer)
    }
}
