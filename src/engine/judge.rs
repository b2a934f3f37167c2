//! Which rules are due, and what judging each came to.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::checks::{Judgement, RuleContext};
use crate::dod::{Plan, PlannedRule};
use crate::domain::node::nearest;
use crate::domain::outcome::Outcome;
use crate::facts::{Facts, Need};
use crate::verdict::{RuleResult, WaivedFinding};

use super::collect::Inputs;
use super::{Refusal, Request};

/// A rule with whether it is judged.
pub(super) struct Due<'a> {
    rule: &'a PlannedRule,
    /// Why it is not; none where it is.
    reason: Option<String>,
    /// Why its `when` could not be evaluated.
    error: Option<String>,
}

impl Due<'_> {
    /// What must be known to judge it; nothing where it is not judged.
    pub(super) fn needs(&self) -> Vec<Need> {
        if self.reason.is_some() || self.error.is_some() {
            return Vec::new();
        }
        self.rule.judge.needs(&RuleContext { id: &self.rule.id })
    }
}

/// The ids of the rules that `--only` and `--skip` leave.
pub(super) fn choose<'a>(plan: &'a Plan, request: &Request) -> Result<BTreeSet<&'a str>, Refusal> {
    let known: Vec<&str> = plan.rules.iter().map(|rule| rule.id.as_str()).collect();
    for id in request.only.iter().chain(&request.skip) {
        if !known.contains(&id.as_str()) {
            let help = nearest(id, known.iter().copied())
                .map_or_else(|| "`donegate rules` lists them".to_owned(), |name| format!("did you mean `{name}`?"));
            return Err(Refusal::new(format!("there is no rule `{id}`: {help}")));
        }
    }
    let chosen: BTreeSet<&str> = known
        .into_iter()
        .filter(|id| request.only.is_empty() || request.only.iter().any(|only| only == id))
        .filter(|id| !request.skip.iter().any(|skip| skip == id))
        .collect();
    if plan.rules.iter().all(|rule| rule.off || !chosen.contains(rule.id.as_str())) {
        return Err(Refusal::new("no rule is left to judge"));
    }
    Ok(chosen)
}

/// What is said of a run that judged only some rules.
pub(super) fn partial(request: &Request) -> Option<String> {
    let list = |name: &str, ids: &[String]| (!ids.is_empty()).then(|| format!("{name} {}", ids.join(", ")));
    let parts: Vec<String> =
        [list("only", &request.only), list("without", &request.skip)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The chosen rules in DoD order, each with whether it is due.
pub(super) fn due<'a>(plan: &'a Plan, chosen: &BTreeSet<&str>, request: &Request, inputs: &Inputs<'_>) -> Vec<Due<'a>> {
    let rules = plan.rules.iter().filter(|rule| chosen.contains(rule.id.as_str()));
    rules
        .map(|rule| {
            let mut due = Due { rule, reason: None, error: None };
            if rule.off {
                due.reason = Some("switched off in the DoD".to_owned());
            } else if rule.stage > request.stage {
                due.reason = Some(format!("due at stage {}", rule.stage.name()));
            } else if let Some(when) = &rule.when {
                match when.holds(inputs.world()) {
                    Ok(true) => {}
                    Ok(false) => due.reason = Some(format!("its `when` does not hold: {}", when.source())),
                    Err(why) => due.error = Some(format!("its `when` cannot be evaluated: {why}")),
                }
            }
            due
        })
        .collect()
}

/// Judges every due rule; results are in DoD order whatever the number of threads.
pub(super) fn judge(plan: &Plan, due: Vec<Due<'_>>, facts: &Facts) -> Vec<RuleResult> {
    debug_assert!(due.len() <= plan.rules.len());
    due.into_par_iter().map(|due| result(&due, facts)).collect()
}

fn result(due: &Due<'_>, facts: &Facts) -> RuleResult {
    let rule = due.rule;
    let judgement = if let Some(why) = &due.error {
        Judgement::new(Outcome::Error, String::new(), String::new()).next(format!("mend the expression: {why}"))
    } else if due.reason.is_some() {
        Judgement::new(Outcome::NotApplicable, String::new(), String::new())
    } else {
        rule.judge.judge(&RuleContext { id: &rule.id }, facts)
    };
    RuleResult {
        id: rule.id.clone(),
        component: None,
        title: rule.title.clone(),
        section: rule.section,
        level: rule.level,
        severity: rule.severity,
        check: rule.check.name().to_owned(),
        stage: rule.stage,
        demanded_at: rule.place.to_string(),
        outcome: judgement.outcome,
        off: rule.off,
        reason: due.reason.clone(),
        required: judgement.required,
        measured: judgement.measured,
        next_step: judgement.next_step,
        help: rule.help.clone(),
        findings: judgement.findings,
        known: Vec::new(),
        waived: judgement
            .suppressed
            .into_iter()
            .map(|(finding, reason)| WaivedFinding { finding, reason, by: None, until: None })
            .collect(),
        evidence: judgement.evidence,
        notes: judgement.notes,
    }
}
