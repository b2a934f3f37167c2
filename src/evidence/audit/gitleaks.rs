//! `gitleaks --report-format json`: a list of places, with the old (`rule`, `lineNumber`) or the new field names. An empty list
//! does not say whose it is. Values are never kept.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind};

use super::{Failure, Looked, Report, finding, line_at, line_of, place, text};

/// Whether an entry is one of gitleaks.
pub(super) fn is_entry(item: &Value) -> bool {
    (item.get("RuleID").is_some() && item.get("File").is_some())
        || (item.get("rule").is_some() && item.get("file").is_some())
}

pub(super) fn read(items: &[Value]) -> Result<Report, Failure> {
    let mut findings = Vec::new();
    for one in items {
        let id = text(one, "RuleID").or(text(one, "rule"));
        let id = id.ok_or_else(|| Failure::unreadable("an entry without a rule"))?;
        let file = place(text(one, "File").or(text(one, "file")).unwrap_or("a commit"));
        let mut new = finding(id, &file, AuditSeverity::Unknown, ScanKind::Secret, "gitleaks");
        new.title = text(one, "Description").map(line_of);
        new.line = line_at(one, "StartLine").or_else(|| line_at(one, "lineNumber"));
        new.file = Some(file);
        findings.push(new);
    }
    Ok(Report::of("gitleaks-json", "gitleaks", Looked::at(ScanKind::Secret), findings))
}
