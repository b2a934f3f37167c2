//! `semgrep --json`. A file that could not be scanned is an error of level `error`, and the tool exits 0 all the same.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, entries, finding, line_at, line_of, list, needed, place, severity, text};

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    let mut partial = Vec::new();
    for error in list(json, "errors")? {
        let said = line_of(text(error, "message").or(text(error, "long_msg")).unwrap_or("it does not say why"));
        if text(error, "level") == Some("warn") {
            partial.push(format!("not wholly scanned: {said}"));
        } else {
            return Err(Failure::unreadable(format!("the scan tells of an error: {said}")));
        }
    }
    let skipped = entries(json, "skipped_rules").count();
    if skipped > 0 {
        partial.push(format!("{skipped} rules were not used: this version of semgrep does not know what they ask for"));
    }
    let scanned = json.pointer("/paths/scanned").and_then(Value::as_array).map(|paths| paths.len() as u64);
    let findings = list(json, "results")?.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    if findings.is_empty() && scanned.unwrap_or(0) == 0 {
        return Err(Failure::empty("no file was scanned"));
    }
    let looked = Looked { examined: scanned, ..Looked::at(ScanKind::Code) };
    let mut report = Report::of("semgrep-json", "semgrep", looked, findings);
    report.partial = partial;
    Ok(report)
}

fn entry(one: &Value) -> Result<Vulnerability, Failure> {
    let id = needed(one, "check_id", "a result")?;
    let file = place(needed(one, "path", "a result")?);
    let extra = one.get("extra").unwrap_or(&Value::Null);
    let severity = match text(extra, "severity").unwrap_or_default() {
        "ERROR" => AuditSeverity::High,
        "WARNING" => AuditSeverity::Medium,
        "INFO" | "INVENTORY" | "EXPERIMENT" => AuditSeverity::Low,
        other => severity::word(other),
    };
    let mut new = finding(id, &file, severity, ScanKind::Code, "semgrep");
    new.title = text(extra, "message").map(line_of);
    new.line = one.get("start").and_then(|start| line_at(start, "line"));
    new.file = Some(file);
    let ignored = extra.get("is_ignored") == Some(&Value::Bool(true));
    new.suppressed = ignored.then(|| "an inline nosemgrep".to_owned());
    Ok(new)
}

/// Shared by the readers of linters: what an entry of another tool's list says it lacks.
pub(super) fn errors(json: &Value, key: &str, file: &str, why: &str) -> Result<(), Failure> {
    match entries(json, key).next() {
        None => Ok(()),
        Some(one) => {
            let (file, why) = (text(one, file).unwrap_or("a file"), text(one, why).unwrap_or("it does not say why"));
            Err(Failure::unreadable(format!("{} was not scanned: {}", line_of(file), line_of(why))))
        }
    }
}
