//! Waivers, applied in one place: dated, reasoned, named permissions for findings to stand. They excuse findings, never
//! missing evidence. One that has lapsed or that excuses nothing is a finding itself.

use crate::dod::{Plan, Waiver};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::Outcome;
use crate::verdict::{RuleResult, WaivedFinding};

/// Applies the plan's waivers to the results. Dates compare by the real clock.
pub(super) fn apply(plan: &Plan, rules: &mut [RuleResult], today: &str) {
    for waiver in &plan.waivers {
        let Some(rule) = rules.iter_mut().find(|rule| rule.id == waiver.rule) else { continue };
        let lapsed = waiver.until.as_str() < today;
        let excused = if lapsed { 0 } else { excuse(rule, waiver) };
        let judged = matches!(rule.outcome, Outcome::Pass | Outcome::Fail | Outcome::Waived);
        if lapsed {
            remark(rule, waiver, format!("the waiver by {} lapsed on {}: {}", waiver.by, waiver.until, waiver.reason));
        } else if excused == 0 && judged {
            remark(rule, waiver, format!("the waiver by {} excuses nothing: remove it", waiver.by));
        }
    }
    for rule in rules {
        let stands = rule.findings.iter().any(|finding| !is_remark(finding));
        if rule.outcome == Outcome::Fail
            && !stands
            && !rule.waived.is_empty()
            && rule.waived.iter().any(|one| one.by.is_some())
        {
            rule.outcome = Outcome::Waived;
            rule.next_step = None;
        }
    }
}

/// Moves the findings that a waiver matches; how many they are.
fn excuse(rule: &mut RuleResult, waiver: &Waiver) -> usize {
    if rule.outcome != Outcome::Fail {
        return 0;
    }
    let (excused, kept): (Vec<Finding>, Vec<Finding>) = std::mem::take(&mut rule.findings)
        .into_iter()
        .partition(|finding| !is_remark(finding) && matches(waiver, finding));
    rule.findings = kept;
    let count = excused.len();
    rule.waived.extend(excused.into_iter().map(|finding| WaivedFinding {
        finding,
        reason: waiver.reason.clone(),
        by: Some(waiver.by.clone()),
        until: Some(waiver.until.clone()),
    }));
    count
}

/// Without `match` a waiver speaks of every finding of its rule; with it, of those whose subject, file or fingerprint is
/// that, or whose file matches it as a glob.
fn matches(waiver: &Waiver, finding: &Finding) -> bool {
    let Some(wanted) = &waiver.matches else { return true };
    let file = finding.location.as_ref().map(|at| at.file.as_str());
    finding.subject == *wanted
        || finding.fingerprint == *wanted
        || file == Some(wanted)
        || file.is_some_and(|file| globset::Glob::new(wanted).is_ok_and(|glob| glob.compile_matcher().is_match(file)))
}

const REMARK: &str = "waiver";

/// Whether a finding speaks of a waiver and not of the repository.
pub(super) fn is_remark(finding: &Finding) -> bool {
    finding.subject == REMARK
}

fn remark(rule: &mut RuleResult, waiver: &Waiver, message: String) {
    let at = Location {
        file: waiver.place.file.to_string(),
        line: Some(waiver.place.line),
        column: Some(waiver.place.column),
    };
    rule.findings.push(Finding::new(&rule.id, REMARK, message, Some(at)));
}
