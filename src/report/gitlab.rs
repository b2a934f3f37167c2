//! `--format gitlab`: GitLab's code quality report, which a merge request shows beside the lines.
//!
//! The form is described in GitLab's "Code Quality", "Implement a custom tool": a list of issues with `description`,
//! `check_name`, `fingerprint`, `severity` and `location`. GitLab compares fingerprints between branches, so each stays the
//! same while unrelated lines move, and none stands twice.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::finding::Location;
use crate::domain::outcome::{Outcome, Severity};
use crate::domain::provenance::hex;
use crate::verdict::{Report, RuleResult};

use super::{NotJudged, demanded, undecided};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// The file that an issue without a file of its own is shown at.
const DOD: &str = "donegate.yaml";

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut issues = Vec::new();
    for rule in &report.rules {
        match rule.outcome {
            Outcome::Fail | Outcome::NoEvidence | Outcome::NeedsAttestation | Outcome::Error => {
                of_rule(rule, &mut issues)
            }
            Outcome::Pass | Outcome::Waived | Outcome::NotApplicable => {}
        }
    }
    for risk in report.open_risks() {
        let at = Location { file: risk.file.clone(), line: risk.line, column: None };
        let text = format!("{} that nobody approved: {}", risk.kind, risk.why);
        let key = format!("{}\n{}\n{}", risk.kind, risk.file, risk.why);
        issues.push(issue(&risk.kind, text, &key, "critical", Some(&at)));
    }
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for issue in &mut issues {
        let times = seen.entry(issue.fingerprint.clone()).or_default();
        if *times > 0 {
            issue.fingerprint = digest(&format!("{}\n{times}", issue.fingerprint));
        }
        *times += 1;
    }
    super::json::line(&issues, out)
}

pub(super) fn write_not_judged(why: NotJudged<'_>, out: &mut dyn Write) -> io::Result<()> {
    let text = format!("donegate judged nothing: {}", why.message);
    super::json::line(&[issue("donegate", text, why.message, "blocker", None)], out)
}

fn of_rule(rule: &RuleResult, issues: &mut Vec<Issue>) {
    let severity = match rule.severity {
        Severity::Blocker => "blocker",
        Severity::Major => "major",
        Severity::Minor => "minor",
        Severity::Info => "info",
    };
    let step = rule.next_step.as_deref().map(|step| format!(" (next: {step})")).unwrap_or_default();
    for finding in &rule.findings {
        let text = format!("{}{step}", finding.message);
        let at = finding.location.clone().or_else(|| demanded(rule));
        let key = format!("{}\n{}", rule.id, finding.fingerprint);
        issues.push(issue(&rule.id, text, &key, severity, at.as_ref()));
    }
    if rule.findings.is_empty() {
        let text = format!("{}{step}", undecided(rule));
        issues.push(issue(&rule.id, text, &rule.id, severity, demanded(rule).as_ref()));
    }
}

fn issue(check: &str, description: String, key: &str, severity: &'static str, at: Option<&Location>) -> Issue {
    let place = Place {
        path: at.map_or_else(|| DOD.to_owned(), |at| at.file.clone()),
        lines: Lines { begin: at.and_then(|at| at.line).unwrap_or(1) },
    };
    Issue { description, check_name: check.to_owned(), fingerprint: digest(key), severity, location: place }
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
