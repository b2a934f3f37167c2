//! `attestation`: what only a person or another system can say.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{PathGlob, texts};
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::units::Span;
use crate::facts::attestations::{Attestation, AttestationQuery};
use crate::facts::{Facts, Need};

/// The check.
pub const ATTESTATION: CheckOf<AttestationRule> = CheckOf {
    name: "attestation",
    page: include_str!("attestation.md"),
    stage: Stage::Release,
    parameters: PhantomData,
};

/// What somebody must state.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AttestationRule {
    /// What is stated.
    statement: String,
    /// The files that it speaks of: when they change, it lapses.
    covers: Vec<PathGlob>,
    /// How long it holds.
    valid_for: Option<Span>,
}

impl AttestationRule {
    fn query(&self, rule: &RuleContext<'_>) -> AttestationQuery {
        AttestationQuery { rule: rule.id.to_owned(), covers: texts(&self.covers), digest: None }
    }

    /// Why a statement does not count today.
    fn void(&self, given: &Attestation, today: &str) -> Option<String> {
        if let Some(why) = &given.void {
            return Some(why.clone());
        }
        let limit = self.valid_for?;
        let made: jiff::Timestamp = given.at.parse().ok()?;
        let today: jiff::civil::Date = today.parse().ok()?;
        let made = made.strftime("%Y-%m-%d").to_string().parse::<jiff::civil::Date>().ok()?;
        let days = made.until(today).map_or(0, |span| span.get_days());
        (i64::from(days).saturating_mul(86_400) > i64::try_from(limit.seconds()).unwrap_or(i64::MAX))
            .then(|| format!("it was made on {made} and holds for {limit}"))
    }
}

impl Judge for AttestationRule {
    fn needs(&self, rule: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Attestation(self.query(rule))]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let required = if self.statement.is_empty() { "somebody attests it" } else { self.statement.as_str() };
        let Some(answer) = facts.attestation(&self.query(rule)) else {
            return Judgement::new(Outcome::Error, required, "").next("this is a bug: attestations were not read");
        };
        let today = facts.today.as_deref().unwrap_or_default();
        let voids: Vec<(&Attestation, Option<String>)> =
            answer.given.iter().map(|given| (given, self.void(given, today))).collect();
        if let Some((given, _)) = voids.iter().find(|(_, void)| void.is_none()) {
            let measured = format!("{} on {}: {}", given.by, given.at.get(..10).unwrap_or(&given.at), given.note);
            let mut judgement = Judgement::new(Outcome::Pass, required, measured);
            judgement.evidence.push(given.source.clone());
            return judgement;
        }
        let findings = voids.iter().filter_map(|(given, void)| {
            let why = void.as_ref()?;
            let message = format!("the attestation by {} does not count: {why}", given.by);
            Some(Finding::new(rule.id, &given.by, message, Some(Location::file(&given.source.path))))
        });
        let unread = answer.problems.iter().map(|problem| {
            let at = Location { file: problem.path.clone(), line: problem.line, column: None };
            Finding::new(rule.id, &problem.path, problem.why.clone(), Some(at))
        });
        let outcome = if answer.problems.is_empty() { Outcome::NeedsAttestation } else { Outcome::NoEvidence };
        let mut judgement = Judgement::new(outcome, required, "");
        judgement.findings = findings.chain(unread).collect();
        let step = if answer.problems.is_empty() {
            format!("somebody who knows says so: `donegate attest {} --by NAME --note TEXT`", rule.id)
        } else {
            "mend the file of attestations at the place that is named".to_owned()
        };
        judgement.next(step)
    }
}
