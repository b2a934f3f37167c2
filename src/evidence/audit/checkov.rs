//! `checkov -o json`: one object, a list with one for each framework, or a bare summary where nothing was checked. Severities
//! are null without the vendor's platform.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, entries, finding, line_of, list, needed, number, severity, text};

/// Whether an object is a framework's report, or the bare summary.
pub(super) fn is_report(json: &Value) -> bool {
    let framework = json.get("check_type").is_some() && json.get("results").is_some();
    framework || (json.get("resource_count").is_some() && json.get("checkov_version").is_some())
}

pub(super) fn read(frameworks: &[Value]) -> Result<Report, Failure> {
    let (mut findings, mut looked) = (Vec::new(), Vec::new());
    for one in frameworks {
        let Some(name) = text(one, "check_type") else { continue };
        let kind = match name {
            "secrets" => ScanKind::Secret,
            "sca_package" => ScanKind::Dependency,
            "sca_image" => ScanKind::Container,
            name if name.starts_with("sast") => ScanKind::Code,
            _ => ScanKind::Iac,
        };
        let results = one.get("results").unwrap_or(&Value::Null);
        let summary = one.get("summary").unwrap_or(&Value::Null);
        let count = |key: &str| number(summary, key);
        if let Some(unread) = entries(results, "parsing_errors").next() {
            let file = line_of(unread.as_str().unwrap_or("a file"));
            return Err(Failure::unreadable(format!("{file} was not checked: it does not parse")));
        }
        let broken = count("parsing_errors").unwrap_or(0);
        if broken > 0 {
            return Err(Failure::unreadable(format!("{broken} files were not checked: they do not parse")));
        }
        let failed = list(results, "failed_checks")?;
        if count("failed").is_some_and(|claimed| claimed != failed.len() as u64) {
            return Err(Failure::unreadable("its summary and its list of failed checks differ"));
        }
        for check in failed {
            findings.push(entry(check, kind)?);
        }
        for check in entries(results, "skipped_checks") {
            let mut new = entry(check, kind)?;
            let why = check.pointer("/check_result/suppress_comment").and_then(Value::as_str);
            new.suppressed = Some(why.map_or("skipped, without a word why".to_owned(), line_of));
            findings.push(new);
        }
        let checks = count("passed").unwrap_or(0).saturating_add(failed.len() as u64);
        if checks > 0 {
            let ecosystem = (kind == ScanKind::Dependency).then(|| "other".to_owned());
            looked.push(Looked { ecosystem, examined: Some(checks), ..Looked::at(kind) });
        }
    }
    if looked.is_empty() {
        return Err(Failure::empty("nothing was checked"));
    }
    let mut report = Report::of("checkov-json", "checkov", Looked::at(ScanKind::Iac), findings);
    report.looked = looked;
    Ok(report)
}

fn entry(check: &Value, kind: ScanKind) -> Result<Vulnerability, Failure> {
    let id = needed(check, "check_id", "a check")?;
    let file = text(check, "repo_file_path").or(text(check, "file_path"));
    let file = file.ok_or_else(|| Failure::unreadable(format!("{id} without a file")))?.trim_start_matches('/');
    let word = text(check, "severity").map_or(AuditSeverity::Unknown, severity::word);
    let mut new = finding(id, file, word, kind, "checkov");
    new.title = text(check, "check_name").map(line_of);
    new.file = Some(file.to_owned());
    let line = check.pointer("/file_line_range/0").and_then(Value::as_u64);
    new.line = line.and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0);
    Ok(new)
}
