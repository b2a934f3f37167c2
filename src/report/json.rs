//! `--format json`: the whole report, a frozen shape of its own. Keys are added, never renamed.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::change::Changes;
use crate::domain::finding::Finding;
use crate::domain::provenance::Source;
use crate::verdict::{Report, RuleResult, WaivedFinding};

use super::NotJudged;
use super::task_output::TaskOutput;

/// The report.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ReportJson {
    /// The version of this shape.
    version: u8,
    /// `complete`, `failed`, `blocked` or `needs_approval`; null where nothing was judged.
    verdict: Option<&'static str>,
    /// The exit code.
    exit_code: u8,
    /// One sentence.
    headline: String,
    /// Why nothing was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The stage that was judged.
    stage: Option<&'static str>,
    /// Which rules were left out; the report is partial then.
    #[serde(skip_serializing_if = "Option::is_none")]
    partial: Option<String>,
    /// Rules by outcome.
    counts: CountsJson,
    /// What was judged by.
    dod: Dod,
    /// The rules in DoD order.
    rules: Vec<RuleJson>,
    /// The change set.
    changes: Option<Changes>,
    /// What a reader should know.
    notes: Vec<String>,
    /// The TaskOutput of the same run.
    task_output: TaskOutput,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct CountsJson {
    pass: u64,
    fail: u64,
    no_evidence: u64,
    needs_attestation: u64,
    waived: u64,
    not_applicable: u64,
    error: u64,
    off: u64,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Dod {
    files: Vec<DodFile>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DodFile {
    path: String,
    sha256: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RuleJson {
    id: String,
    /// The folder of the component that it judges, where it is not the root's.
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<String>,
    title: String,
    section: &'static str,
    level: u8,
    severity: &'static str,
    stage: &'static str,
    check: String,
    outcome: &'static str,
    off: bool,
    demanded_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    required: String,
    measured: String,
    next_step: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    findings: Vec<FindingJson>,
    /// What the base has too and what does not count, where the rule asks only for what is new.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    known: Vec<FindingJson>,
    evidence: Vec<Source>,
    waivers: Vec<WaiverJson>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FindingJson {
    message: String,
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    fingerprint: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WaiverJson {
    finding: FindingJson,
    reason: String,
    by: Option<String>,
    until: Option<String>,
}

impl From<&Finding> for FindingJson {
    fn from(finding: &Finding) -> Self {
        let at = finding.location.as_ref();
        Self {
            message: finding.message.clone(),
            file: at.map(|at| at.file.clone()),
            line: at.and_then(|at| at.line),
            column: at.and_then(|at| at.column),
            fingerprint: finding.fingerprint.clone(),
        }
    }
}

impl From<&WaivedFinding> for WaiverJson {
    fn from(waived: &WaivedFinding) -> Self {
        Self {
            finding: (&waived.finding).into(),
            reason: waived.reason.clone(),
            by: waived.by.clone(),
            until: waived.until.clone(),
        }
    }
}

impl From<&RuleResult> for RuleJson {
    fn from(rule: &RuleResult) -> Self {
        Self {
            id: rule.id.clone(),
            component: rule.component.clone(),
            title: rule.title.clone(),
            section: rule.section.name(),
            level: rule.level,
            severity: rule.severity.name(),
            stage: rule.stage.name(),
            check: rule.check.clone(),
            outcome: rule.outcome.name(),
            off: rule.off,
            demanded_at: rule.demanded_at.clone(),
            reason: rule.reason.clone(),
            required: rule.required.clone(),
            measured: rule.measured.clone(),
            next_step: rule.next_step.clone(),
            help: rule.help.clone(),
            findings: rule.findings.iter().map(FindingJson::from).collect(),
            known: rule.known.iter().map(FindingJson::from).collect(),
            evidence: rule.evidence.clone(),
            waivers: rule.waived.iter().map(WaiverJson::from).collect(),
            notes: rule.notes.clone(),
        }
    }
}

impl From<&Report> for ReportJson {
    fn from(report: &Report) -> Self {
        let counts = report.counts();
        let dod_file = |(path, sha256): &(String, String)| DodFile { path: path.clone(), sha256: sha256.clone() };
        Self {
            version: 1,
            verdict: Some(report.verdict.name()),
            exit_code: report.exit_code(),
            headline: report.headline(),
            error: None,
            stage: Some(report.stage.name()),
            partial: report.partial.clone(),
            counts: CountsJson {
                pass: counts.pass,
                fail: counts.fail,
                no_evidence: counts.no_evidence,
                needs_attestation: counts.needs_attestation,
                waived: counts.waived,
                not_applicable: counts.not_applicable,
                error: counts.error,
                off: counts.off,
            },
            dod: Dod { files: report.dod_files.iter().map(dod_file).collect() },
            rules: report.rules.iter().map(RuleJson::from).collect(),
            changes: report.changes.clone(),
            notes: report.notes.clone(),
            task_output: report.into(),
        }
    }
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    line(&ReportJson::from(report), out)
}

pub(super) fn write_not_judged(why: NotJudged<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = ReportJson {
        version: 1,
        verdict: None,
        exit_code: why.exit_code,
        headline: "nothing was judged".to_owned(),
        error: Some(why.message.to_owned()),
        stage: None,
        partial: None,
        counts: CountsJson::default(),
        dod: Dod::default(),
        rules: Vec::new(),
        changes: None,
        notes: Vec::new(),
        task_output: why.into(),
    };
    line(&report, out)
}

/// A value as indented JSON with a line end.
pub(super) fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// The JSON Schema of the report.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(ReportJson).to_value()
}
