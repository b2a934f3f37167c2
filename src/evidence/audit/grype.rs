//! `grype -o json`. `ignoredMatches` are suppressed; a match repeats for each place and matcher.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, entries, finding, line_of, list, needed, severity, text, texts};

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    let kind = match json.pointer("/source/type").and_then(Value::as_str) {
        Some("image") => ScanKind::Container,
        Some("directory" | "file" | "sbom" | "purl") => ScanKind::Dependency,
        _ => return Err(Failure::unreadable("it does not say what was scanned: `source.type` is missing")),
    };
    let db = json.pointer("/descriptor/db").unwrap_or(&Value::Null);
    let status = db.get("status").unwrap_or(db);
    let said = text(status, "error").or(text(db, "error"));
    if said.is_some() || status.get("valid") == Some(&Value::Bool(false)) {
        let said = line_of(said.unwrap_or("it is not valid"));
        return Err(Failure::unreadable(format!("its vulnerability database could not be used: {said}")));
    }
    let mut findings = Vec::new();
    for one in list(json, "matches")? {
        findings.push(entry(one, kind)?);
    }
    for one in entries(json, "ignoredMatches") {
        let mut new = entry(one, kind)?;
        let rule = one.pointer("/appliedIgnoreRules/0").unwrap_or(&Value::Null);
        let why = text(rule, "reason").or(text(rule, "vex-justification")).or(text(rule, "vex-status"));
        new.suppressed = Some(why.unwrap_or("ignored by a rule of grype, without a word why").to_owned());
        findings.push(new);
    }
    Ok(Report::of("grype-json", "grype", Looked::at(kind), findings))
}

fn entry(one: &Value, kind: ScanKind) -> Result<Vulnerability, Failure> {
    let weak = one.get("vulnerability").unwrap_or(&Value::Null);
    let artifact = one.get("artifact").unwrap_or(&Value::Null);
    let id = needed(weak, "id", "a match")?;
    let name = needed(artifact, "name", id)?;
    let word = severity::word(text(weak, "severity").unwrap_or_default());
    let vector = entries(weak, "cvss").filter_map(|cvss| severity::vector(text(cvss, "vector")?)).min();
    let severity = if word == AuditSeverity::Unknown { vector.unwrap_or(word) } else { word };
    let mut new = finding(id, name, severity, kind, "grype");
    new.version = text(artifact, "version").map(str::to_owned);
    new.title = text(weak, "description").map(line_of);
    new.aliases =
        entries(one, "relatedVulnerabilities").filter_map(|other| text(other, "id")).map(str::to_owned).collect();
    new.aliases.retain(|alias| alias != id);
    new.aliases.sort();
    new.aliases.dedup();
    new.fixed_in = weak.get("fix").map(|fix| texts(fix, "versions")).unwrap_or_default();
    Ok(new)
}
