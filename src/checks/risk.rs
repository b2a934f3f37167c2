//! `risk`: what is risky in the change waits for a person.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::change::{Risk, RiskLevel};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::facts::{AreaName, Facts, Need};

/// The check.
pub const RISK: CheckOf<RiskRule> =
    CheckOf { name: "risk", page: include_str!("risk.md"), stage: Stage::Ci, parameters: PhantomData };

/// From which level on a risk waits for a person.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RiskRule {
    /// The level from which on somebody must approve.
    approve_at: Level,
}

/// A level of risk.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    Medium,
    #[default]
    High,
    Critical,
}

impl Level {
    fn of(self) -> RiskLevel {
        match self {
            Level::Low => RiskLevel::Low,
            Level::Medium => RiskLevel::Medium,
            Level::High => RiskLevel::High,
            Level::Critical => RiskLevel::Critical,
        }
    }
}

impl Judge for RiskRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Area(AreaName::Changes)]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let from = self.approve_at.of();
        let required = format!("somebody approves every risk of level {} and above", from.name());
        let Some(area) = &facts.changes else {
            return Judgement::new(Outcome::Error, required, "").next("this is a bug: the change set was not read");
        };
        let changes = match area.proven() {
            Ok(changes) => changes,
            Err(evidence) => {
                let step = "judge a git repository with the commit that the change is compared with";
                return Judgement::no_evidence(rule, required, evidence, step);
            }
        };
        let open: Vec<&Risk> = changes.risks.iter().filter(|risk| risk.level >= from).collect();
        if open.is_empty() {
            let measured = format!("{} files changed, no risk of that level", changes.files.len());
            return Judgement::new(Outcome::Pass, required, measured);
        }
        let mut judgement = match &changes.approval {
            Some(approval) => {
                let day = approval.at.get(..10).unwrap_or(&approval.at);
                let measured = format!("{} risks, approved by {} on {day}: {}", open.len(), approval.by, approval.note);
                Judgement::new(Outcome::Pass, required, measured)
            }
            None => {
                let step = "somebody who may decide says so: `donegate attest risk --by NAME --note TEXT`, in a file that lies outside the change (--attestations)";
                Judgement::new(Outcome::NeedsAttestation, required, format!("{} risks", open.len())).next(step)
            }
        };
        judgement.findings = open.iter().map(|risk| finding(rule, risk)).collect();
        judgement.notes.clone_from(&changes.void_approvals);
        judgement
    }
}

fn finding(rule: &RuleContext<'_>, risk: &Risk) -> Finding {
    let at = Location { file: risk.file.clone(), line: risk.line, column: None };
    let message = format!("{} ({}): {}", risk.kind, risk.level.name(), risk.why);
    Finding::new(rule.id, format!("{} {}", risk.kind, risk.why), message, Some(at))
}
