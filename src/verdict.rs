//! The verdict: a pure fold over outcomes, and the report that every output is a function of.

pub mod exhibits;

use crate::domain::change::{Changes, Risk, RiskLevel};
use crate::domain::finding::Finding;
use crate::domain::outcome::{Outcome, Section, Severity, Stage};
use crate::domain::provenance::Source;
use exhibits::Exhibits;

/// The verdict of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every rule that decides and is due passes, by proof.
    Complete,
    /// A rule that decides fails.
    Failed,
    /// A rule that decides lacks proof, or could not be evaluated.
    Blocked,
    /// A person's decision is open.
    NeedsApproval,
}

impl Verdict {
    /// Its name in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Complete => "complete",
            Verdict::Failed => "failed",
            Verdict::Blocked => "blocked",
            Verdict::NeedsApproval => "needs_approval",
        }
    }
}

/// The exit codes, the same for every format.
pub mod exit {
    /// Complete.
    pub const COMPLETE: u8 = 0;
    /// Failed.
    pub const FAILED: u8 = 1;
    /// The command line or the DoD is wrong; nothing was judged.
    pub const WRONG_USE: u8 = 2;
    /// Blocked: proof is missing.
    pub const BLOCKED: u8 = 3;
    /// A person's decision is open.
    pub const NEEDS_APPROVAL: u8 = 4;
    /// A bug in donegate.
    pub const BUG: u8 = 70;
}

/// The exit code of a verdict.
#[must_use]
pub fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Complete => exit::COMPLETE,
        Verdict::Failed => exit::FAILED,
        Verdict::Blocked => exit::BLOCKED,
        Verdict::NeedsApproval => exit::NEEDS_APPROVAL,
    }
}

/// One rule's result.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleResult {
    /// The rule's id.
    pub id: String,
    /// The component that it judges; none for the root.
    pub component: Option<String>,
    /// Its title; the id where it has none.
    pub title: String,
    /// The part of the DoD that it belongs to.
    pub section: Section,
    /// 1 code quality, 2 integration, 3 business.
    pub level: u8,
    /// How grave its failure is.
    pub severity: Severity,
    /// The check.
    pub check: String,
    /// The stage at which it is due.
    pub stage: Stage,
    /// Where the DoD demands it: `donegate.yaml:12:3`.
    pub demanded_at: String,
    /// What it came to.
    pub outcome: Outcome,
    /// Switched off in the DoD; its outcome is `not-applicable`.
    pub off: bool,
    /// Why it is `not-applicable`: not due, `when` does not hold, off.
    pub reason: Option<String>,
    /// What it demands.
    pub required: String,
    /// What was measured.
    pub measured: String,
    /// The smallest next step.
    pub next_step: Option<String>,
    /// The rule's own help from the DoD.
    pub help: Option<String>,
    /// What is wrong; those that a waiver excuses are in `waived`.
    pub findings: Vec<Finding>,
    /// Findings that the base has too and that do not count, where the rule asks only for what is new.
    pub known: Vec<Finding>,
    /// Findings that a waiver or the evidence itself excuses.
    pub waived: Vec<WaivedFinding>,
    /// The proof.
    pub evidence: Vec<Source>,
    /// What a reader should know beside that.
    pub notes: Vec<String>,
}

/// A finding that is permitted to stand.
#[derive(Debug, Clone, PartialEq)]
pub struct WaivedFinding {
    /// The finding.
    pub finding: Finding,
    /// Why.
    pub reason: String,
    /// Who permits it; none for the evidence's own suppression.
    pub by: Option<String>,
    /// Until when (a date).
    pub until: Option<String>,
}

/// Everything that a run found out; each output is a pure function of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// The rules in DoD order.
    pub rules: Vec<RuleResult>,
    /// The stage that was judged.
    pub stage: Stage,
    /// Which rules were left out by `--only` or `--skip`: the report is partial then.
    pub partial: Option<String>,
    /// The DoD's files: path and sha256; `profile:NAME` for built-in ones.
    pub dod_files: Vec<(String, String)>,
    /// The change set with its risks.
    pub changes: Option<Changes>,
    /// Measured figures that the TaskOutput carries.
    pub metrics: Metrics,
    /// What was measured, for outputs that show more than what rules came to.
    pub exhibits: Exhibits,
    /// Identity of the task.
    pub task: Task,
    /// When it was judged: RFC 3339, UTC.
    pub completed_at: String,
    /// What a reader should know: no git, files left out for their size, routes unresolved.
    pub notes: Vec<String>,
}

/// Measured figures; none where there is no proof.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metrics {
    /// Percent of lines covered.
    pub line_coverage: Option<f64>,
    /// Whether all tests passed and there were some.
    pub tests_passed: Option<bool>,
    /// 95th percentile in milliseconds.
    pub p95_ms: Option<f64>,
    /// Share of failed requests, 0 to 1.
    pub error_rate: Option<f64>,
    /// Paths of new test files in the change set.
    pub tests_added: Vec<String>,
    /// What the coverage comes from.
    pub coverage_proof: Proof,
    /// What the test results come from.
    pub tests_proof: Proof,
}

/// What a figure comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proof {
    /// These reports, by path.
    Reports(Vec<String>),
    /// There is none, and why.
    Missing(String),
    /// Nothing asked for it.
    #[default]
    NotAsked,
}

/// Identity of the task, for the TaskOutput.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// A UUID.
    pub id: String,
    /// The agent's name.
    pub agent: String,
    /// Passed through.
    pub next: Option<String>,
    /// Passed through.
    pub depends_on: Vec<String>,
}

/// Folds outcomes and risks to a verdict: a deciding rule's fail, else missing proof or error, else an open decision of a
/// person, else complete.
#[must_use]
pub fn fold(rules: &[RuleResult], changes: Option<&Changes>) -> Verdict {
    let has = |wanted: &[Outcome]| rules.iter().any(|rule| rule.severity.decides() && wanted.contains(&rule.outcome));
    let risky = changes.is_some_and(|changes| !open_risks(changes).is_empty());
    if has(&[Outcome::Fail]) {
        Verdict::Failed
    } else if has(&[Outcome::NoEvidence, Outcome::Error]) {
        Verdict::Blocked
    } else if has(&[Outcome::NeedsAttestation]) || risky {
        Verdict::NeedsApproval
    } else {
        Verdict::Complete
    }
}

/// How many rules came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the outcome of its name")]
pub struct Counts {
    pub pass: u64,
    pub fail: u64,
    pub no_evidence: u64,
    pub needs_attestation: u64,
    pub waived: u64,
    pub not_applicable: u64,
    pub error: u64,
    /// Switched off; not counted under `not_applicable`.
    pub off: u64,
}

impl Report {
    /// How many rules came to what.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for rule in &self.rules {
            let slot = match rule.outcome {
                _ if rule.off => &mut counts.off,
                Outcome::Pass => &mut counts.pass,
                Outcome::Fail => &mut counts.fail,
                Outcome::NoEvidence => &mut counts.no_evidence,
                Outcome::NeedsAttestation => &mut counts.needs_attestation,
                Outcome::Waived => &mut counts.waived,
                Outcome::NotApplicable => &mut counts.not_applicable,
                Outcome::Error => &mut counts.error,
            };
            *slot += 1;
        }
        counts
    }

    /// The exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        exit_code(self.verdict)
    }

    /// One sentence with an honest denominator: of the rules that are due, how many are decided by proof; then the rest.
    #[must_use]
    pub fn headline(&self) -> String {
        let counts = self.counts();
        let due =
            counts.pass + counts.fail + counts.no_evidence + counts.needs_attestation + counts.waived + counts.error;
        let mut parts = vec![format!("{} of {due} due rules pass by proof", counts.pass)];
        let mut say = |count: u64, one: &str, many: &str| {
            if count > 0 {
                parts.push(format!("{count} {}", if count == 1 { one } else { many }));
            }
        };
        say(counts.fail, "fails", "fail");
        say(counts.no_evidence, "lacks proof", "lack proof");
        say(counts.error, "could not be evaluated", "could not be evaluated");
        say(counts.needs_attestation, "waits for a person", "wait for a person");
        if counts.waived > 0 {
            let until = self.rules.iter().flat_map(|rule| &rule.waived).filter_map(|one| one.until.as_deref()).min();
            parts.push(match until {
                Some(date) => format!("{} waived (the nearest until {date})", counts.waived),
                None => format!("{} waived", counts.waived),
            });
        }
        let risks = self.open_risks().len();
        if risks > 0 {
            parts.push(format!("{risks} {} nobody approved", if risks == 1 { "risk that" } else { "risks that" }));
        }
        let mut aside = |count: u64, text: &str| {
            if count > 0 {
                parts.push(format!("{count} {text}"));
            }
        };
        aside(counts.not_applicable, "not due or not applicable");
        aside(counts.off, "switched off");
        let partial = self.partial.as_ref().map(|which| format!("partial ({which}): ")).unwrap_or_default();
        format!("{partial}{}", parts.join(", "))
    }

    /// The risks that make the verdict `needs_approval` until somebody approves them.
    #[must_use]
    pub fn open_risks(&self) -> Vec<&Risk> {
        self.changes.as_ref().map(open_risks).unwrap_or_default()
    }
}

/// The risks of a change set that wait for a person.
fn open_risks(changes: &Changes) -> Vec<&Risk> {
    let grave = changes.risks.iter().filter(|risk| risk.level >= RiskLevel::High);
    if changes.approval.is_some() { Vec::new() } else { grave.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Approval;

    fn rule(outcome: Outcome, severity: Severity) -> RuleResult {
        RuleResult {
            id: "r".to_owned(),
            component: None,
            title: "r".to_owned(),
            section: Section::Testing,
            level: 1,
            severity,
            check: "file".to_owned(),
            stage: Stage::Ci,
            demanded_at: "donegate.yaml:1:1".to_owned(),
            outcome,
            off: false,
            reason: None,
            required: String::new(),
            measured: String::new(),
            next_step: None,
            help: None,
            findings: Vec::new(),
            known: Vec::new(),
            waived: Vec::new(),
            evidence: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn folded(outcomes: &[Outcome]) -> Verdict {
        let rules: Vec<RuleResult> = outcomes.iter().map(|outcome| rule(*outcome, Severity::Major)).collect();
        fold(&rules, None)
    }

    #[test]
    fn the_gravest_outcome_decides() {
        use Outcome::{Error, Fail, NeedsAttestation, NoEvidence, NotApplicable, Pass, Waived};
        assert_eq!(Verdict::Complete, folded(&[Pass, Waived, NotApplicable]));
        assert_eq!(Verdict::NeedsApproval, folded(&[Pass, NeedsAttestation]));
        assert_eq!(Verdict::Blocked, folded(&[Pass, NeedsAttestation, NoEvidence]));
        assert_eq!(Verdict::Blocked, folded(&[Error, NeedsAttestation]));
        assert_eq!(Verdict::Failed, folded(&[Error, NoEvidence, Fail, NeedsAttestation]));
    }

    #[test]
    fn what_is_minor_never_decides() {
        for outcome in Outcome::ALL {
            assert_eq!(Verdict::Complete, fold(&[rule(outcome, Severity::Minor), rule(outcome, Severity::Info)], None));
        }
    }

    #[test]
    fn a_grave_risk_waits_for_a_person() {
        let risk = |level| Risk {
            kind: "schema-change".to_owned(),
            level,
            file: "m.sql".to_owned(),
            line: Some(1),
            why: String::new(),
        };
        let changes = |level| Changes { risks: vec![risk(level)], ..Changes::default() };
        assert_eq!(Verdict::NeedsApproval, fold(&[], Some(&changes(RiskLevel::High))));
        assert_eq!(Verdict::Complete, fold(&[], Some(&changes(RiskLevel::Medium))));
        let approval = Approval { by: "jo".to_owned(), at: String::new(), note: String::new() };
        let approved = Changes { approval: Some(approval), ..changes(RiskLevel::High) };
        assert_eq!(Verdict::Complete, fold(&[], Some(&approved)));
    }

    #[test]
    fn every_verdict_has_its_exit_code() {
        let codes = [Verdict::Complete, Verdict::Failed, Verdict::Blocked, Verdict::NeedsApproval].map(exit_code);
        assert_eq!([0, 1, 3, 4], codes);
    }
}
