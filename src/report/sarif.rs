//! `--format sarif`: SARIF 2.1.0 (OASIS), for code scanning.
//!
//! A result for each finding of a rule that is no pass, and one for the rule itself where it has none. What a waiver excuses
//! is there as suppressed. `executionSuccessful` is true only where every deciding rule could be judged: a run that lacks
//! proof must not be read as a clean one.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Severity};
use crate::verdict::{Report, RuleResult, WaivedFinding};

use super::{NotJudged, demanded, undecided, uri};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Value,
    invocations: [Value; 1],
    column_kind: &'static str,
    results: Vec<Outgoing>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outgoing {
    rule_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Value,
    locations: Vec<Value>,
    partial_fingerprints: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Value; 1]>,
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut results = Vec::new();
    for (index, rule) in report.rules.iter().enumerate() {
        of_rule(rule, index, &mut results);
    }
    for risk in report.open_risks() {
        let at = Location { file: risk.file.clone(), line: risk.line, column: None };
        results.push(Outgoing {
            rule_id: format!("risk/{}", risk.kind),
            rule_index: None,
            level: "error",
            message: json!({ "text": format!("{} that nobody approved: {}", risk.kind, risk.why) }),
            locations: vec![location(&at)],
            partial_fingerprints: fingerprint(&format!("{}:{}:{}", risk.kind, risk.file, risk.why)),
            baseline_state: None,
            suppressions: None,
        });
    }
    let unjudged: Vec<&RuleResult> = report
        .rules
        .iter()
        .filter(|rule| rule.severity.decides() && matches!(rule.outcome, Outcome::NoEvidence | Outcome::Error))
        .collect();
    let notifications: Vec<Value> = unjudged
        .iter()
        .map(|rule| json!({ "level": "error", "message": { "text": format!("{}: {}", rule.id, undecided(rule)) } }))
        .collect();
    let invocation = json!({
        "executionSuccessful": unjudged.is_empty(),
        "exitCode": report.exit_code(),
        "endTimeUtc": report.completed_at,
        "toolExecutionNotifications": notifications,
    });
    emit(report.rules.iter().map(descriptor).collect(), invocation, results, out)
}

pub(super) fn write_not_judged(why: NotJudged<'_>, out: &mut dyn Write) -> io::Result<()> {
    let invocation = json!({
        "executionSuccessful": false,
        "exitCode": why.exit_code,
        "endTimeUtc": why.at,
        "toolExecutionNotifications": [{ "level": "error", "message": { "text": why.message } }],
    });
    emit(Vec::new(), invocation, Vec::new(), out)
}

fn emit(rules: Vec<Value>, invocation: Value, results: Vec<Outgoing>, out: &mut dyn Write) -> io::Result<()> {
    let driver = json!({ "name": "donegate", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let run =
        Run { tool: json!({ "driver": driver }), invocations: [invocation], column_kind: "unicodeCodePoints", results };
    super::json::line(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] }, out)
}

fn descriptor(rule: &RuleResult) -> Value {
    let mut value = json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "defaultConfiguration": { "level": level(rule) },
        "properties": { "section": rule.section.name(), "severity": rule.severity.name(), "check": rule.check,
                        "outcome": rule.outcome.name() },
    });
    if let Some(component) = &rule.component {
        value["properties"]["component"] = json!(component);
    }
    if let Some(help) = &rule.help {
        value["help"] = json!({ "text": help });
    }
    value
}

/// GitHub shows `error`, `warning` and `note` only, so what lacks proof or waits for a person has a level too.
fn level(rule: &RuleResult) -> &'static str {
    match rule.severity {
        Severity::Blocker | Severity::Major => "error",
        Severity::Minor => "warning",
        Severity::Info => "note",
    }
}

fn of_rule(rule: &RuleResult, index: usize, results: &mut Vec<Outgoing>) {
    let step = rule.next_step.as_deref().map(|step| format!("\nnext: {step}")).unwrap_or_default();
    let mut add = |finding: Option<&Finding>, text: String, suppressed: Option<Value>, state: Option<&'static str>| {
        let at = finding.and_then(|finding| finding.location.clone()).or_else(|| demanded(rule));
        let print = finding.map_or_else(|| rule.id.clone(), |finding| format!("{}:{}", rule.id, finding.fingerprint));
        results.push(Outgoing {
            rule_id: rule.id.clone(),
            rule_index: Some(index),
            level: level(rule),
            message: json!({ "text": text }),
            locations: at.iter().map(location).collect(),
            partial_fingerprints: fingerprint(&print),
            baseline_state: state,
            suppressions: suppressed.map(|one| [one]),
        });
    };
    for one in &rule.waived {
        add(Some(&one.finding), one.finding.message.clone(), Some(suppression(one)), None);
    }
    for finding in &rule.known {
        // Readers that do not know of baselines know of suppressions.
        let why = json!({ "kind": "external", "status": "accepted", "justification": "the base has it too" });
        add(Some(finding), finding.message.clone(), Some(why), Some("unchanged"));
    }
    let new = (!rule.known.is_empty()).then_some("new");
    match rule.outcome {
        Outcome::Fail | Outcome::NoEvidence | Outcome::NeedsAttestation | Outcome::Error => {}
        Outcome::Pass | Outcome::Waived | Outcome::NotApplicable => return,
    }
    for finding in &rule.findings {
        add(Some(finding), format!("{}{step}", finding.message), None, new);
    }
    if rule.findings.is_empty() {
        add(None, format!("{}{step}", undecided(rule)), None, None);
    }
}

fn suppression(one: &WaivedFinding) -> Value {
    let by = one.by.as_deref().map(|by| format!("; by {by}")).unwrap_or_default();
    let until = one.until.as_deref().map(|date| format!("; until {date}")).unwrap_or_default();
    json!({ "kind": "external", "status": "accepted", "justification": format!("{}{by}{until}", one.reason) })
}

fn location(at: &Location) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&at.file), "uriBaseId": "%SRCROOT%" } });
    if let Some(line) = at.line {
        physical["region"] = json!({ "startLine": line });
        if let Some(column) = at.column {
            physical["region"]["startColumn"] = json!(column);
        }
    }
    json!({ "physicalLocation": physical })
}

fn fingerprint(text: &str) -> Map<String, Value> {
    Map::from_iter([("donegate/v1".to_owned(), Value::from(text))])
}
