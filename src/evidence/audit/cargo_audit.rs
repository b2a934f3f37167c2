//! `cargo audit --json`. Warnings (unmaintained, unsound, yanked, notice) are informational and not counted.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, finding, severity, text, texts};

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    let list = json
        .pointer("/vulnerabilities/list")
        .and_then(Value::as_array)
        .ok_or_else(|| Failure::unreadable("`vulnerabilities.list` is missing: the audit failed"))?;
    let examined = json.pointer("/lockfile/dependency-count").and_then(Value::as_u64);
    if json.pointer("/database/advisory-count").and_then(Value::as_u64) == Some(0) {
        return Err(Failure::unreadable("its advisory database was empty"));
    }
    if list.is_empty() && examined == Some(0) {
        return Err(Failure::empty("no dependency was examined"));
    }
    let claimed = json.pointer("/vulnerabilities/count").and_then(Value::as_u64);
    if claimed.is_some_and(|count| count != list.len() as u64) {
        return Err(Failure::unreadable("its count and its list of vulnerabilities differ"));
    }
    let mut findings = list.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    for (kind, warning) in warnings(json) {
        let Ok(mut one) = entry(warning) else {
            let package = warning.get("package").unwrap_or(&Value::Null);
            let mut yanked = finding(
                kind,
                text(package, "name").unwrap_or("?"),
                AuditSeverity::Info,
                ScanKind::Dependency,
                "cargo-audit",
            );
            yanked.version = text(package, "version").map(str::to_owned);
            yanked.informational = Some(kind.to_owned());
            findings.push(yanked);
            continue;
        };
        one.severity = AuditSeverity::Info;
        one.informational = Some(kind.to_owned());
        findings.push(one);
    }
    let looked = Looked { ecosystem: Some("cargo".to_owned()), examined, ..Looked::at(ScanKind::Dependency) };
    Ok(Report::of("cargo-audit-json", "cargo-audit", looked, findings))
}

/// Warnings by kind; old versions wrote a list whose entries name theirs.
fn warnings(json: &Value) -> Vec<(&str, &Value)> {
    match json.get("warnings") {
        Some(Value::Object(map)) => map
            .iter()
            .flat_map(|(kind, list)| list.as_array().into_iter().flatten().map(move |one| (kind.as_str(), one)))
            .collect(),
        Some(Value::Array(list)) => list.iter().map(|one| (text(one, "kind").unwrap_or("notice"), one)).collect(),
        _ => Vec::new(),
    }
}

fn entry(one: &Value) -> Result<Vulnerability, Failure> {
    let part = |at: &str| one.pointer(at).and_then(Value::as_str);
    let wrong = |why: &str| Failure::unreadable(format!("a vulnerability without {why}"));
    let id = part("/advisory/id").ok_or_else(|| wrong("an id"))?;
    let package = part("/package/name").ok_or_else(|| wrong("a package"))?;
    let severity = part("/advisory/cvss").and_then(severity::vector).unwrap_or(AuditSeverity::Unknown);
    let mut new = finding(id, package, severity, ScanKind::Dependency, "cargo-audit");
    new.version = part("/package/version").map(str::to_owned);
    new.title = part("/advisory/title").map(str::to_owned);
    new.aliases = texts(&one["advisory"], "aliases");
    new.fixed_in = texts(&one["versions"], "patched");
    Ok(new)
}
