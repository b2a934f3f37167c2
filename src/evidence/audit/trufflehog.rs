//! `trufflehog --json` (version 3): one JSON object a line, none when all is well. Its messages (`level`, `msg`) go to stderr;
//! where they are in the file too, the last one tells how much was scanned. Values are never kept.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind};

use super::{Failure, Looked, Report, finding, line_at, line_of, needed, number, place, text};

/// Whether a line is a secret that was found.
pub(super) fn is_result(line: &Value) -> bool {
    line.get("SourceMetadata").is_some() && line.get("DetectorName").is_some()
}

/// Whether a line is the message with which a scan ends.
pub(super) fn is_summary(line: &Value) -> bool {
    text(line, "msg") == Some("finished scanning")
}

pub(super) fn read(lines: &[Value]) -> Result<Report, Failure> {
    let mut findings = Vec::new();
    let mut examined = None;
    for line in lines {
        if is_summary(line) {
            examined = number(line, "chunks");
        } else if is_result(line) {
            let id = needed(line, "DetectorName", "a result")?;
            let data = line.pointer("/SourceMetadata/Data").and_then(Value::as_object);
            let at = data.and_then(|data| data.values().next()).unwrap_or(&Value::Null);
            let file = place(text(at, "file").or(text(at, "link")).unwrap_or("a commit"));
            let mut new = finding(id, &file, AuditSeverity::Unknown, ScanKind::Secret, "trufflehog");
            let verified = line.get("Verified") == Some(&Value::Bool(true));
            new.title = Some(if verified { "verified: it works" } else { "not verified" }.to_owned());
            new.line = line_at(at, "line");
            new.file = Some(file);
            findings.push(new);
        } else if matches!(text(line, "level"), Some("error" | "fatal")) {
            let said = line_of(text(line, "msg").unwrap_or("it does not say why"));
            return Err(Failure::unreadable(format!("the scan tells of an error: {said}")));
        } else if text(line, "msg").is_none() {
            return Err(Failure::unreadable("a line that is neither a result nor a message"));
        }
    }
    if findings.is_empty() && examined.unwrap_or(0) == 0 {
        return Err(Failure::empty("nothing was scanned"));
    }
    let looked = Looked { examined, ..Looked::at(ScanKind::Secret) };
    Ok(Report::of("trufflehog-ndjson", "trufflehog", looked, findings))
}
