//! `bundle-audit check --format json`: unpatched gems and insecure sources.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, finding, line_of, list, needed, severity, text, texts};

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    needed(json, "version", "a report of bundler-audit")?;
    let findings = list(json, "results")?.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    let looked = Looked { ecosystem: Some("rubygems".to_owned()), ..Looked::at(ScanKind::Dependency) };
    Ok(Report::of("bundler-audit", "bundler-audit", looked, findings))
}

fn entry(one: &Value) -> Result<Vulnerability, Failure> {
    let Some(gem) = one.get("gem") else {
        let source = needed(one, "source", "a result")?;
        let kind = text(one, "type").unwrap_or("insecure_source");
        return Ok(finding(kind, source, AuditSeverity::Unknown, ScanKind::Dependency, "bundler-audit"));
    };
    let name = needed(gem, "name", "a gem")?;
    let advisory = one.get("advisory").unwrap_or(&Value::Null);
    let id = needed(advisory, "id", "an advisory")?;
    let word = text(advisory, "criticality").map_or(AuditSeverity::Unknown, severity::word);
    let number =
        |key: &str| advisory.get(key).and_then(|score| score.as_f64().or_else(|| score.as_str()?.parse().ok()));
    let score = number("cvss_v3").or_else(|| number("cvss_v2")).and_then(severity::score);
    let severity = if word == AuditSeverity::Unknown { score.unwrap_or(word) } else { word };
    let mut new = finding(id, name, severity, ScanKind::Dependency, "bundler-audit");
    new.version = text(gem, "version").map(str::to_owned);
    new.title = text(advisory, "title").map(line_of);
    let named = [("CVE-", "cve"), ("GHSA-", "ghsa")];
    let aliases = named.iter().filter_map(|(start, key)| {
        let id = text(advisory, key)?;
        Some(if id.starts_with(start) { id.to_owned() } else { format!("{start}{id}") })
    });
    new.aliases = aliases.filter(|alias| alias != id).collect();
    new.fixed_in = texts(advisory, "patched_versions");
    Ok(new)
}
