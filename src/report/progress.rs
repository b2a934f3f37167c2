//! `--format progress`: the progress report that a supervisor shows. A metric without proof is absent; none is made up.

use std::io::{self, Write};

use serde::Serialize;

use crate::domain::outcome::{Outcome, Section};
use crate::verdict::{Report, RuleResult};

use super::{NotJudged, undecided};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    backend_agent_report: Progress,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    date: String,
    current_task: String,
    progress: u64,
    completed: Vec<String>,
    metrics: MetricsJson,
    quality_gates: Gates,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct MetricsJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    api_response_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_coverage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    security_score: Option<String>,
}

#[derive(Serialize)]
struct Gates {
    level1: String,
    level2: String,
    level3: String,
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let due: Vec<&RuleResult> = report.rules.iter().filter(|rule| is_due(rule)).collect();
    let passed = |rule: &&&RuleResult| rule.outcome == Outcome::Pass;
    let done: Vec<String> = due.iter().filter(passed).map(|rule| rule.title.clone()).collect();
    let open = due.iter().filter(|rule| !matches!(rule.outcome, Outcome::Pass | Outcome::Waived));
    let next = open.max_by_key(|rule| rule.severity);
    let current_task = next.map_or_else(
        || "nothing that is due is open".to_owned(),
        |rule| format!("{}: {}", rule.title, rule.next_step.clone().unwrap_or_else(|| undecided(rule))),
    );
    let security: Vec<&&RuleResult> = due.iter().filter(|rule| rule.section == Section::Security).collect();
    let metrics = MetricsJson {
        api_response_time: report.metrics.p95_ms.map(|p95| format!("{}ms p95", number(p95))),
        error_rate: report.metrics.error_rate.map(|rate| format!("{}%", number(rate * 100.0))),
        test_coverage: report.metrics.line_coverage.map(|percent| format!("{}%", number(percent))),
        security_score: (!security.is_empty()).then(|| {
            let passed = security.iter().filter(|rule| rule.outcome == Outcome::Pass).count();
            format!("{passed}/{}", security.len())
        }),
    };
    emit(
        Progress {
            date: report.completed_at.clone(),
            current_task,
            progress: percent(done.len(), due.len()),
            completed: done,
            metrics,
            quality_gates: Gates { level1: gate(&due, 1), level2: gate(&due, 2), level3: gate(&due, 3) },
        },
        out,
    )
}

pub(super) fn write_not_judged(why: NotJudged<'_>, out: &mut dyn Write) -> io::Result<()> {
    let pending = || "Pending - nothing was judged".to_owned();
    emit(
        Progress {
            date: why.at.to_owned(),
            current_task: format!("nothing was judged: {}", why.message),
            progress: 0,
            completed: Vec::new(),
            metrics: MetricsJson::default(),
            quality_gates: Gates { level1: pending(), level2: pending(), level3: pending() },
        },
        out,
    )
}

fn emit(progress: Progress, out: &mut dyn Write) -> io::Result<()> {
    super::json::line(&Envelope { backend_agent_report: progress }, out)
}

fn is_due(rule: &RuleResult) -> bool {
    !rule.off && rule.outcome != Outcome::NotApplicable
}

/// Whole percent, cut: what is not done is never rounded up to 100.
fn percent(part: usize, whole: usize) -> u64 {
    (part * 100).checked_div(whole).and_then(|percent| u64::try_from(percent).ok()).unwrap_or(0)
}

/// At most two decimals, cut and not rounded.
fn number(value: f64) -> String {
    let text = format!("{:.2}", (value * 100.0 + 1e-9).floor() / 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn gate(due: &[&RuleResult], level: u8) -> String {
    let of: Vec<&&RuleResult> = due.iter().filter(|rule| rule.level == level).collect();
    let passed = of.iter().filter(|rule| matches!(rule.outcome, Outcome::Pass | Outcome::Waived)).count();
    let failed = of.iter().filter(|rule| rule.outcome == Outcome::Fail).count();
    let told = format!("{passed} of {} due rules pass, {failed} fail", of.len());
    if of.is_empty() {
        "Pending - no rule of this level is due".to_owned()
    } else if passed == of.len() {
        format!("Passed - {told}")
    } else if passed + failed == 0 {
        format!("Pending - {told}")
    } else {
        format!("In Progress - {told}")
    }
}
