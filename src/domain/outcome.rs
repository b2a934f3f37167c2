//! What a rule came to, how grave it is, and when it is due.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a rule came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The evidence shows that the rule is met.
    Pass,
    /// The evidence shows that it is not.
    Fail,
    /// There is no evidence, or none that can be read, or it is empty or stale.
    NoEvidence,
    /// Only a person can say, and nobody has.
    NeedsAttestation,
    /// It fails, and a waiver permits that.
    Waived,
    /// It is not due at this stage, or its `when` does not hold.
    NotApplicable,
    /// It could not be evaluated.
    Error,
}

impl Outcome {
    /// Every outcome, in the order in which reports count them.
    pub const ALL: [Outcome; 7] = [
        Outcome::Pass,
        Outcome::Fail,
        Outcome::NoEvidence,
        Outcome::NeedsAttestation,
        Outcome::Waived,
        Outcome::NotApplicable,
        Outcome::Error,
    ];

    /// Its name in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::NoEvidence => "no-evidence",
            Outcome::NeedsAttestation => "needs-attestation",
            Outcome::Waived => "waived",
            Outcome::NotApplicable => "not-applicable",
            Outcome::Error => "error",
        }
    }
}

/// How grave a rule's failure is. `blocker` and `major` decide the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Shown only.
    Info,
    /// Shown, does not decide.
    Minor,
    /// Decides.
    #[default]
    Major,
    /// Decides, and is told first.
    Blocker,
}

impl Severity {
    /// Whether a rule of this severity decides the verdict.
    #[must_use]
    pub fn decides(self) -> bool {
        self >= Severity::Major
    }

    /// Its name in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Minor => "minor",
            Severity::Major => "major",
            Severity::Blocker => "blocker",
        }
    }
}

/// When a rule is due. Stages accumulate: at `ci` the rules of `commit` are judged too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// In a pre-commit hook: what the tree alone tells.
    Commit,
    /// In CI: what reports tell.
    Ci,
    /// Before a release: what people attest.
    Release,
}

impl Stage {
    /// Its name in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Stage::Commit => "commit",
            Stage::Ci => "ci",
            Stage::Release => "release",
        }
    }
}

/// The part of a Definition of Done that a rule belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum Section {
    Implementation,
    Testing,
    Security,
    Performance,
    Documentation,
    Deployment,
    Handoff,
}

impl Section {
    /// Every section, in the order of a Definition of Done.
    pub const ALL: [Section; 7] = [
        Section::Implementation,
        Section::Testing,
        Section::Security,
        Section::Performance,
        Section::Documentation,
        Section::Deployment,
        Section::Handoff,
    ];

    /// Its name in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Section::Implementation => "Implementation",
            Section::Testing => "Testing",
            Section::Security => "Security",
            Section::Performance => "Performance",
            Section::Documentation => "Documentation",
            Section::Deployment => "Deployment",
            Section::Handoff => "Handoff",
        }
    }
}
