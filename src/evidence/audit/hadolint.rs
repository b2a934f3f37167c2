//! `hadolint -f json`: a list of places. DL1000 says that a Dockerfile did not parse, so it was not linted.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind};

use super::{Failure, Looked, Report, finding, line_at, line_of, needed, place, severity, text};

/// Whether an entry is one of hadolint.
pub(super) fn is_entry(item: &Value) -> bool {
    item.get("code").is_some() && item.get("level").is_some() && item.get("file").is_some()
}

pub(super) fn read(items: &[Value]) -> Result<Report, Failure> {
    let (mut findings, mut partial) = (Vec::new(), Vec::new());
    for one in items {
        let id = needed(one, "code", "an entry")?;
        let file = place(needed(one, "file", "an entry")?);
        let severity = match text(one, "level").unwrap_or_default() {
            "error" => AuditSeverity::High,
            "warning" => AuditSeverity::Medium,
            "style" => AuditSeverity::Info,
            other => severity::word(other),
        };
        if id == "DL1000" {
            partial.push(format!("{file} was not linted: it does not parse"));
        }
        let mut new = finding(id, &file, severity, ScanKind::Iac, "hadolint");
        new.title = text(one, "message").map(line_of);
        new.line = line_at(one, "line");
        new.file = Some(file);
        findings.push(new);
    }
    let mut report = Report::of("hadolint-json", "hadolint", Looked::at(ScanKind::Iac), findings);
    report.partial = partial;
    Ok(report)
}
