//! `gosec -fmt=json`. Packages that do not compile stand under `Golang errors`.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, entries, finding, line_at, line_of, needed, number, place, severity, text};

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    if let Some(file) = json.get("Golang errors").and_then(Value::as_object).and_then(|errors| errors.keys().next()) {
        return Err(Failure::unreadable(format!("{} was not scanned: it does not compile", line_of(file))));
    }
    if !matches!(json.get("Issues"), Some(Value::Array(_) | Value::Null)) {
        return Err(Failure::unreadable("`Issues` is no list: the scan failed"));
    }
    let stats = json.get("Stats").unwrap_or(&Value::Null);
    let findings = entries(json, "Issues").map(entry).collect::<Result<Vec<_>, _>>()?;
    let examined = number(stats, "files");
    if findings.is_empty() && examined.unwrap_or(0) == 0 {
        return Err(Failure::empty("no file was scanned"));
    }
    let claimed = number(stats, "found").unwrap_or(0);
    if findings.is_empty() && claimed > 0 {
        return Err(Failure::unreadable(format!("it claims {claimed} issues and lists none")));
    }
    let looked = Looked { examined, ..Looked::at(ScanKind::Code) };
    Ok(Report::of("gosec-json", "gosec", looked, findings))
}

fn entry(one: &Value) -> Result<Vulnerability, Failure> {
    let id = needed(one, "rule_id", "an issue")?;
    let file = place(needed(one, "file", "an issue")?);
    let word = text(one, "severity").map_or(AuditSeverity::Unknown, severity::word);
    let mut new = finding(id, &file, word, ScanKind::Code, "gosec");
    new.title = text(one, "details").map(line_of);
    new.line = line_at(one, "line");
    new.file = Some(file);
    let told = entries(one, "suppressions").next().map(|one| text(one, "justification").unwrap_or("an inline #nosec"));
    let marked = (one.get("nosec") == Some(&Value::Bool(true))).then_some("an inline #nosec");
    new.suppressed = told.or(marked).map(line_of);
    Ok(new)
}
