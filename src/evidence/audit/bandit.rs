//! `bandit -f json`. Files that do not parse stand under `errors`, and the tool exits 0 all the same.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, finding, line_at, line_of, list, needed, place, semgrep, severity, text};

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    semgrep::errors(json, "errors", "filename", "reason")?;
    let findings = list(json, "results")?.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    let metrics = json.get("metrics").and_then(Value::as_object);
    let metrics = metrics.ok_or_else(|| Failure::unreadable("`metrics` is no map: the report is not whole"))?;
    let examined = metrics.keys().filter(|file| *file != "_totals").count() as u64;
    if findings.is_empty() && examined == 0 {
        return Err(Failure::empty("no file was scanned"));
    }
    let looked = Looked { examined: Some(examined), ..Looked::at(ScanKind::Code) };
    Ok(Report::of("bandit-json", "bandit", looked, findings))
}

fn entry(one: &Value) -> Result<Vulnerability, Failure> {
    let id = needed(one, "test_id", "a result")?;
    let file = place(needed(one, "filename", "a result")?);
    let word = text(one, "issue_severity").map_or(AuditSeverity::Unknown, severity::word);
    let mut new = finding(id, &file, word, ScanKind::Code, "bandit");
    new.title = text(one, "issue_text").map(line_of);
    new.line = line_at(one, "line_number");
    new.file = Some(file);
    Ok(new)
}
