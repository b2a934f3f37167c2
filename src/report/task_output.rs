//! `--format task-output`: what a supervisor queries. Exactly these keys, in camel case, and none besides.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::change::{ChangeStatus, RiskLevel};
use crate::domain::finding::Finding;
use crate::domain::outcome::{Outcome, Severity, Stage};
use crate::verdict::{Report, RuleResult, Verdict, exit};

use super::NotJudged;

/// The TaskOutput.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct TaskOutput {
    /// The task.
    #[schemars(extend("format" = "uuid"))]
    task_id: String,
    /// Who worked on it.
    #[schemars(length(min = 1))]
    agent_name: String,
    /// What it came to.
    status: Status,
    /// When it was judged: ISO 8601, UTC.
    #[schemars(extend("format" = "date-time"))]
    completed_at: String,
    /// Modified and renamed files.
    files_changed: Vec<String>,
    /// New files.
    #[serde(skip_serializing_if = "Option::is_none")]
    files_created: Option<Vec<String>>,
    /// Files that are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    files_deleted: Option<Vec<String>>,
    /// New test files.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests_added: Option<Vec<String>>,
    /// Whether all tests passed; absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests_passed: Option<bool>,
    /// Percent of lines covered; absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 100.0))]
    test_coverage: Option<f64>,
    /// Passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "uuid"))]
    next_task_id: Option<String>,
    /// Passed through: UUIDs.
    #[serde(skip_serializing_if = "Option::is_none")]
    dependencies: Option<Vec<String>>,
    /// What proof is missing and the step that brings it; present when blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    blockers: Option<Vec<String>>,
    /// The gravest failing rule; present when failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_details: Option<ErrorDetails>,
    /// Whether what was released must be taken back.
    rollback_required: bool,
    /// How, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    rollback_steps: Option<Vec<String>>,
    /// Whether a person's decision is open.
    approval_needed: bool,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval_reason: Option<String>,
    /// The highest risk in the change set.
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_level: Option<Level>,
    /// The headline.
    summary: String,
    /// The waived, the partial, the unresolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    /// Passed through, never invented.
    #[serde(skip_serializing_if = "Option::is_none")]
    knowledge_stored: Option<bool>,
    /// Passed through, never invented.
    #[serde(skip_serializing_if = "Option::is_none")]
    learnings: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Complete,
    Blocked,
    Failed,
    NeedsApproval,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
struct ErrorDetails {
    /// The check that failed.
    r#type: String,
    /// What is wrong and what to do.
    message: String,
    /// The findings, a line each.
    stack_trace: String,
    /// The rule.
    component: String,
    /// How grave.
    severity: Level,
}

/// Findings that a stack trace lists.
const MAX_FINDINGS: usize = 50;

impl From<&Report> for TaskOutput {
    fn from(report: &Report) -> Self {
        let of = |wanted: &[ChangeStatus]| -> Option<Vec<String>> {
            let files = report.changes.as_ref()?.files.iter().filter(|file| wanted.contains(&file.status));
            Some(files.map(|file| file.path.clone()).collect())
        };
        let approval = approval(report);
        let rollback_required = report.stage == Stage::Release && report.verdict == Verdict::Failed;
        Self {
            task_id: report.task.id.clone(),
            agent_name: report.task.agent.clone(),
            status: match report.verdict {
                Verdict::Complete => Status::Complete,
                Verdict::Failed => Status::Failed,
                Verdict::Blocked => Status::Blocked,
                Verdict::NeedsApproval => Status::NeedsApproval,
            },
            completed_at: report.completed_at.clone(),
            files_changed: of(&[ChangeStatus::Modified, ChangeStatus::Renamed]).unwrap_or_default(),
            files_created: of(&[ChangeStatus::Added]),
            files_deleted: of(&[ChangeStatus::Deleted]),
            tests_added: report.changes.as_ref().map(|_| report.metrics.tests_added.clone()),
            tests_passed: report.metrics.tests_passed,
            test_coverage: report.metrics.line_coverage,
            next_task_id: report.task.next.clone(),
            dependencies: (!report.task.depends_on.is_empty()).then(|| report.task.depends_on.clone()),
            blockers: (report.verdict == Verdict::Blocked).then(|| blockers(report)),
            error_details: (report.verdict == Verdict::Failed).then(|| error_details(report)).flatten(),
            rollback_required,
            rollback_steps: rollback(report, rollback_required),
            approval_needed: approval.is_some(),
            approval_reason: approval,
            risk_level: risk_level(report),
            summary: format!("{}: {}", report.verdict.name(), report.headline()),
            notes: notes(report),
            knowledge_stored: None,
            learnings: None,
        }
    }
}

impl From<NotJudged<'_>> for TaskOutput {
    fn from(why: NotJudged<'_>) -> Self {
        let kind = if why.exit_code == exit::BUG { "bug" } else { "wrong-use" };
        Self {
            task_id: why.task_id.to_owned(),
            agent_name: why.agent.to_owned(),
            status: Status::Failed,
            completed_at: why.at.to_owned(),
            files_changed: Vec::new(),
            files_created: None,
            files_deleted: None,
            tests_added: None,
            tests_passed: None,
            test_coverage: None,
            next_task_id: None,
            dependencies: None,
            blockers: None,
            error_details: Some(ErrorDetails {
                r#type: kind.to_owned(),
                message: why.message.to_owned(),
                stack_trace: String::new(),
                component: "donegate".to_owned(),
                severity: Level::Critical,
            }),
            rollback_required: false,
            rollback_steps: None,
            approval_needed: false,
            approval_reason: None,
            risk_level: None,
            summary: "nothing was judged".to_owned(),
            notes: None,
            knowledge_stored: None,
            learnings: None,
        }
    }
}

fn deciding<'a>(report: &'a Report, outcomes: &'a [Outcome]) -> impl Iterator<Item = &'a RuleResult> {
    report.rules.iter().filter(|rule| rule.severity.decides() && outcomes.contains(&rule.outcome))
}

fn blockers(report: &Report) -> Vec<String> {
    deciding(report, &[Outcome::NoEvidence, Outcome::Error])
        .map(|rule| format!("{}: {}", rule.id, rule.next_step.as_deref().unwrap_or("no proof")))
        .collect()
}

/// The gravest failing rule; of equals the first in the DoD.
fn error_details(report: &Report) -> Option<ErrorDetails> {
    let gravest = deciding(report, &[Outcome::Fail]).fold(None::<&RuleResult>, |best, rule| match best {
        Some(best) if best.severity >= rule.severity => Some(best),
        _ => Some(rule),
    })?;
    let step = gravest.next_step.as_deref().map(|step| format!("; {step}")).unwrap_or_default();
    Some(ErrorDetails {
        r#type: gravest.check.clone(),
        message: format!("{}: required {}, measured {}{step}", gravest.title, gravest.required, gravest.measured),
        stack_trace: trace(&gravest.findings),
        component: gravest.id.clone(),
        severity: match gravest.severity {
            Severity::Blocker => Level::Critical,
            Severity::Major => Level::High,
            Severity::Minor => Level::Medium,
            Severity::Info => Level::Low,
        },
    })
}

fn trace(findings: &[Finding]) -> String {
    let line = |finding: &Finding| match &finding.location {
        Some(at) => match at.line {
            Some(line) => format!("{}:{line}: {}", at.file, finding.message),
            None => format!("{}: {}", at.file, finding.message),
        },
        None => finding.message.clone(),
    };
    let mut lines: Vec<String> = findings.iter().take(MAX_FINDINGS).map(line).collect();
    if findings.len() > MAX_FINDINGS {
        lines.push(format!("and {} more", findings.len() - MAX_FINDINGS));
    }
    lines.join("\n")
}

/// Why a person's decision is open.
pub(super) fn approval(report: &Report) -> Option<String> {
    let waiting = deciding(report, &[Outcome::NeedsAttestation]).map(|rule| format!("{}: {}", rule.id, rule.required));
    let risks = report.open_risks().into_iter().map(|risk| match risk.line {
        Some(line) => format!("{} at {}:{line}: {}", risk.kind, risk.file, risk.why),
        None => format!("{} in {}: {}", risk.kind, risk.file, risk.why),
    });
    let all: Vec<String> = waiting.chain(risks).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// How to take the change back, newest first: its migrations, then its commits. Said where it must be taken back, and
/// wherever it changes a database, which a revert does not bring back.
fn rollback(report: &Report, required: bool) -> Option<Vec<String>> {
    let changes = report.changes.as_ref()?;
    if !required && changes.ways_back.is_empty() {
        return None;
    }
    let mut steps = changes.ways_back.clone();
    if let (Some(base), Some(head)) = (&changes.base, &changes.head)
        && base != head
    {
        steps.push(format!("git revert --no-edit {base}..{head}"));
    }
    (!steps.is_empty()).then_some(steps)
}

fn risk_level(report: &Report) -> Option<Level> {
    let highest = report.changes.as_ref()?.risks.iter().map(|risk| risk.level).max()?;
    Some(match highest {
        RiskLevel::Low => Level::Low,
        RiskLevel::Medium => Level::Medium,
        RiskLevel::High => Level::High,
        RiskLevel::Critical => Level::Critical,
    })
}

fn notes(report: &Report) -> Option<String> {
    let partial = report.partial.iter().map(|which| format!("partial: {which}"));
    let each = report.rules.iter().flat_map(|rule| rule.waived.iter().map(move |one| (rule, one)));
    let waived = each.map(|(rule, one)| {
        let by = one.by.as_deref().unwrap_or("the evidence itself");
        let until = one.until.as_deref().map(|date| format!(" until {date}")).unwrap_or_default();
        format!("waived by {by}{until} ({}): {}: {}", one.reason, rule.id, one.finding.message)
    });
    let all: Vec<String> = partial.chain(waived).chain(report.notes.iter().cloned()).collect();
    (!all.is_empty()).then(|| all.join("\n"))
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    super::json::line(&TaskOutput::from(report), out)
}

pub(super) fn write_not_judged(why: NotJudged<'_>, out: &mut dyn Write) -> io::Result<()> {
    super::json::line(&TaskOutput::from(why), out)
}

/// The JSON Schema of the TaskOutput.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(TaskOutput).to_value()
}
