//! What the page shows, ready to be printed: sorted, counted, bounded.

mod exhibits;

use serde::Serialize;

use crate::domain::change::{ChangeStatus, Changes};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Section};
use crate::domain::provenance::Source;
use crate::domain::units::count;
use crate::verdict::{Report, RuleResult, Verdict};

use super::super::{parts, undecided};
use exhibits::{Coverage, Env, Image, Routes};

/// Findings of one rule, risks, files of the change: more are counted and not listed, so that a page stays one.
const SHOWN: usize = 300;

/// A page that says that nothing was judged.
#[derive(Serialize)]
pub(super) struct Unjudged<'a> {
    pub(super) message: &'a str,
    pub(super) at: &'a str,
    pub(super) exit_code: u8,
}

/// The page.
#[derive(Serialize)]
pub(super) struct Page {
    verdict: &'static str,
    sentence: &'static str,
    headline: String,
    stage: &'static str,
    at: String,
    agent: String,
    base: Option<String>,
    exit_code: u8,
    dod: Vec<String>,
    outcomes: Vec<Tally>,
    steps: Vec<Step>,
    sections: Vec<SectionShown>,
    names: Vec<&'static str>,
    rules: usize,
    change: Option<ChangeShown>,
    coverage: Option<Coverage>,
    routes: Option<Routes>,
    env: Option<Env>,
    images: Vec<Image>,
    notes: Vec<String>,
}

/// How many rules came to an outcome, with the place of its part in a bar of 1000.
#[derive(Serialize)]
struct Tally {
    key: &'static str,
    name: &'static str,
    count: usize,
    from: usize,
    width: usize,
}

/// The smallest step for one thing that is open.
#[derive(Serialize)]
struct Step {
    key: &'static str,
    name: &'static str,
    anchor: Option<String>,
    title: String,
    decides: bool,
    text: Vec<Span>,
}

/// A stretch of a text, as prose or as code.
#[derive(Serialize)]
struct Span {
    code: bool,
    text: String,
}

/// A text with what stands between backticks as code; one that is never closed is prose.
fn spans(text: &str) -> Vec<Span> {
    let parts: Vec<&str> = text.split('`').collect();
    let closed = if parts.len() % 2 == 1 { parts.len() } else { parts.len() - 1 };
    let mut spans: Vec<Span> = parts[..closed]
        .iter()
        .enumerate()
        .map(|(index, part)| Span { code: index % 2 == 1, text: (*part).to_owned() })
        .collect();
    if let Some(rest) = parts.get(closed) {
        spans.push(Span { code: false, text: format!("`{rest}") });
    }
    spans
}

#[derive(Serialize)]
struct SectionShown {
    title: String,
    name: &'static str,
    rules: Vec<RuleShown>,
}

#[derive(Serialize)]
struct RuleShown {
    id: String,
    title: Option<String>,
    key: &'static str,
    outcome: &'static str,
    severity: &'static str,
    decides: bool,
    check: String,
    level: u8,
    stage: &'static str,
    short: String,
    required: String,
    measured: String,
    next_step: Vec<Span>,
    help: Option<String>,
    demanded_at: String,
    findings: Vec<FindingShown>,
    more: usize,
    known: Vec<FindingShown>,
    more_known: usize,
    waived: Vec<WaivedShown>,
    evidence: Vec<Source>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct FindingShown {
    place: Option<String>,
    message: String,
}

#[derive(Serialize)]
struct WaivedShown {
    place: Option<String>,
    message: String,
    reason: String,
    by: Option<String>,
    until: Option<String>,
}

#[derive(Serialize)]
struct ChangeShown {
    base: Option<String>,
    created: usize,
    changed: usize,
    deleted: usize,
    files: Vec<FileChange>,
    more_files: usize,
    risks: Vec<RiskShown>,
    more_risks: usize,
    approval: Option<String>,
    ways_back: Vec<String>,
}

#[derive(Serialize)]
struct FileChange {
    sign: &'static str,
    path: String,
    from: Option<String>,
}

#[derive(Serialize)]
struct RiskShown {
    level: &'static str,
    kind: String,
    place: String,
    why: String,
}

impl Page {
    /// The page of a report.
    pub(super) fn of(report: &Report) -> Self {
        let shown = &report.exhibits;
        Self {
            verdict: report.verdict.name(),
            sentence: match report.verdict {
                Verdict::Complete => "Done, and here is the proof.",
                Verdict::Failed => "Not done: something is wrong.",
                Verdict::Blocked => "Not done: proof is missing.",
                Verdict::NeedsApproval => "A person has to decide.",
            },
            headline: report.headline(),
            stage: report.stage.name(),
            at: report.completed_at.clone(),
            agent: report.task.agent.clone(),
            base: report.changes.as_ref().and_then(|changes| changes.base.as_deref()).map(short),
            exit_code: report.exit_code(),
            dod: report.dod_files.iter().map(|(path, _)| path.clone()).collect(),
            outcomes: tallies(report),
            steps: steps(report),
            sections: parts(report)
                .into_iter()
                .map(|(title, _, section, rules)| SectionShown {
                    title,
                    name: section.name(),
                    rules: rules.into_iter().map(RuleShown::of).collect(),
                })
                .collect(),
            names: Section::ALL
                .into_iter()
                .filter(|section| report.rules.iter().any(|rule| rule.section == *section))
                .map(Section::name)
                .collect(),
            rules: report.rules.len(),
            change: report.changes.as_ref().map(ChangeShown::of),
            coverage: shown.coverage.as_ref().map(Coverage::of),
            routes: shown.routes.as_ref().map(Routes::of),
            env: shown.env.as_ref().map(Env::of),
            images: shown.images.iter().map(Image::of).collect(),
            notes: report.notes.clone(),
        }
    }
}

/// An outcome as a class of the style sheet, and in a word.
fn outcome(rule: &RuleResult) -> (&'static str, &'static str) {
    match rule.outcome {
        _ if rule.off => ("off", "off"),
        Outcome::Pass => ("pass", "pass"),
        Outcome::Fail => ("fail", "fails"),
        Outcome::NoEvidence => ("noproof", "no proof"),
        Outcome::NeedsAttestation => ("waits", "waits"),
        Outcome::Waived => ("waived", "waived"),
        Outcome::NotApplicable => ("na", "not due"),
        Outcome::Error => ("error", "error"),
    }
}

/// The outcomes in the order of their gravity.
const ORDER: [(&str, &str); 8] = [
    ("fail", "fails"),
    ("error", "error"),
    ("noproof", "no proof"),
    ("waits", "waits for a person"),
    ("waived", "waived"),
    ("pass", "pass"),
    ("na", "not due"),
    ("off", "off"),
];

fn tallies(report: &Report) -> Vec<Tally> {
    let all = report.rules.len().max(1);
    let mut before = 0;
    let mut tallies = Vec::new();
    for (key, name) in ORDER {
        let count = report.rules.iter().filter(|rule| outcome(rule).0 == key).count();
        let from = before * 1000 / all;
        before += count;
        if count > 0 {
            tallies.push(Tally { key, name, count, from, width: before * 1000 / all - from });
        }
    }
    tallies
}

/// What to do, the gravest first.
fn steps(report: &Report) -> Vec<Step> {
    let mut open: Vec<&RuleResult> = report
        .rules
        .iter()
        .filter(|rule| match rule.outcome {
            Outcome::Fail | Outcome::NoEvidence | Outcome::NeedsAttestation | Outcome::Error => true,
            Outcome::Pass | Outcome::Waived | Outcome::NotApplicable => false,
        })
        .collect();
    let gravity = |rule: &RuleResult| ORDER.iter().position(|(key, _)| *key == outcome(rule).0);
    open.sort_by_key(|rule| (!rule.severity.decides(), gravity(rule), std::cmp::Reverse(rule.severity)));
    let rules = open.into_iter().map(|rule| Step {
        key: outcome(rule).0,
        name: outcome(rule).1,
        anchor: Some(rule.id.clone()),
        title: if rule.title.is_empty() { rule.id.clone() } else { rule.title.clone() },
        decides: rule.severity.decides(),
        text: spans(&rule.next_step.clone().unwrap_or_else(|| undecided(rule))),
    });
    let risks = report.open_risks();
    let risks = (!risks.is_empty()).then(|| Step {
        key: "waits",
        name: "waits",
        anchor: None,
        title: format!("{} in the change that nobody approved", count(risks.len(), "risk")),
        decides: true,
        text: spans("look at them under “The change”; `donegate attest risk --by WHO --note TEXT` approves them"),
    });
    let mut steps: Vec<Step> = rules.collect();
    let decided = steps.iter().take_while(|step| step.decides).count();
    steps.splice(decided..decided, risks);
    steps
}

fn place(at: &Location) -> String {
    at.line.map_or_else(|| at.file.clone(), |line| format!("{}:{line}", at.file))
}

fn short(commit: &str) -> String {
    let hash = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hash { commit[..12].to_owned() } else { commit.to_owned() }
}

impl RuleShown {
    fn of(rule: &RuleResult) -> Self {
        let (key, name) = outcome(rule);
        let finding = |finding: &Finding| FindingShown {
            place: finding.location.as_ref().map(place),
            message: finding.message.clone(),
        };
        let told =
            rule.reason.as_ref().unwrap_or(if rule.measured.is_empty() { &rule.required } else { &rule.measured });
        Self {
            id: rule.id.clone(),
            title: (rule.title != rule.id).then(|| rule.title.clone()),
            key,
            outcome: name,
            severity: rule.severity.name(),
            decides: rule.severity.decides(),
            check: rule.check.clone(),
            level: rule.level,
            stage: rule.stage.name(),
            short: told.clone(),
            required: rule.required.clone(),
            measured: rule.measured.clone(),
            next_step: rule.next_step.as_deref().map(spans).unwrap_or_default(),
            help: rule.help.clone(),
            demanded_at: rule.demanded_at.clone(),
            findings: rule.findings.iter().take(SHOWN).map(finding).collect(),
            more: rule.findings.len().saturating_sub(SHOWN),
            known: rule.known.iter().take(SHOWN).map(finding).collect(),
            more_known: rule.known.len().saturating_sub(SHOWN),
            waived: rule
                .waived
                .iter()
                .map(|one| WaivedShown {
                    place: one.finding.location.as_ref().map(place),
                    message: one.finding.message.clone(),
                    reason: one.reason.clone(),
                    by: one.by.clone(),
                    until: one.until.clone(),
                })
                .collect(),
            evidence: rule.evidence.clone(),
            notes: rule.notes.clone(),
        }
    }
}

impl ChangeShown {
    fn of(changes: &Changes) -> Self {
        let count = |wanted: &[ChangeStatus]| changes.files.iter().filter(|file| wanted.contains(&file.status)).count();
        let files = changes.files.iter().take(SHOWN).map(|file| FileChange {
            sign: match file.status {
                ChangeStatus::Added => "added",
                ChangeStatus::Modified => "modified",
                ChangeStatus::Deleted => "deleted",
                ChangeStatus::Renamed => "renamed",
            },
            path: file.path.clone(),
            from: file.from.clone(),
        });
        let risks = changes.risks.iter().take(SHOWN).map(|risk| RiskShown {
            level: risk.level.name(),
            kind: risk.kind.clone(),
            place: risk.line.map_or_else(|| risk.file.clone(), |line| format!("{}:{line}", risk.file)),
            why: risk.why.clone(),
        });
        Self {
            base: changes.base.as_deref().map(short),
            created: count(&[ChangeStatus::Added]),
            changed: count(&[ChangeStatus::Modified, ChangeStatus::Renamed]),
            deleted: count(&[ChangeStatus::Deleted]),
            files: files.collect(),
            more_files: changes.files.len().saturating_sub(SHOWN),
            risks: risks.collect(),
            more_risks: changes.risks.len().saturating_sub(SHOWN),
            approval: changes.approval.as_ref().map(|by| format!("{}, {}: {}", by.by, by.at, by.note)),
            ways_back: changes.ways_back.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code() {
        let told = |text: &str| -> String {
            spans(text)
                .iter()
                .map(|span| if span.code { format!("<{}>", span.text) } else { span.text.clone() })
                .collect()
        };
        for (text, wanted) in [("run `a b` now", "run <a b> now"), ("`a` `b`", "<a> <b>"), ("a ` b", "a ` b"), ("", "")]
        {
            assert_eq!(wanted, told(text));
        }
        assert_eq!("<a> b ` c", told("`a` b ` c"));
    }
}
