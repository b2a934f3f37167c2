//! `composer audit --format=json`: advisories by package; `{}` or `[]` when there is none. Abandoned packages are notices.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind};

use super::{Failure, Looked, Report, entries, finding, line_of, needed, severity, text, texts};

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    if let Some(repository) = texts(json, "unreachable-repositories").first() {
        let said = line_of(repository);
        return Err(Failure::unreadable(format!("the advisories of {said} could not be asked for")));
    }
    let mut findings = Vec::new();
    for (package, advisory) in by_package(json, "advisories")? {
        let id = needed(advisory, "advisoryId", "an advisory")?;
        let word = text(advisory, "severity").map_or(AuditSeverity::Unknown, severity::word);
        let mut new =
            finding(id, text(advisory, "packageName").unwrap_or(package), word, ScanKind::Dependency, "composer");
        let others = entries(advisory, "sources").filter_map(|source| text(source, "remoteId"));
        new.aliases =
            text(advisory, "cve").into_iter().chain(others).filter(|other| *other != id).map(str::to_owned).collect();
        new.aliases.sort();
        new.aliases.dedup();
        new.title = text(advisory, "title").map(line_of);
        findings.push(new);
    }
    for (package, advisory) in by_package(json, "ignored-advisories").unwrap_or_default() {
        let id = needed(advisory, "advisoryId", "an advisory")?;
        let mut new = finding(id, package, AuditSeverity::Unknown, ScanKind::Dependency, "composer");
        let why =
            text(advisory, "ignoreReason").map_or("ignored in composer.json, without a word why".to_owned(), line_of);
        new.suppressed = Some(why);
        findings.push(new);
    }
    for package in json.get("abandoned").and_then(Value::as_object).into_iter().flat_map(|map| map.keys()) {
        let mut new = finding("abandoned", package, AuditSeverity::Info, ScanKind::Dependency, "composer");
        new.informational = Some("unmaintained".to_owned());
        findings.push(new);
    }
    let looked = Looked { ecosystem: Some("packagist".to_owned()), ..Looked::at(ScanKind::Dependency) };
    Ok(Report::of("composer-audit", "composer", looked, findings))
}

/// The advisories under a key: a map of packages to lists (PHP writes maps with gaps for lists), or an empty list.
fn by_package<'a>(json: &'a Value, key: &str) -> Result<Vec<(&'a str, &'a Value)>, Failure> {
    let wrong = || Failure::unreadable(format!("`{key}` is no map of packages: the audit failed"));
    match json.get(key) {
        Some(Value::Array(list)) if list.is_empty() => Ok(Vec::new()),
        Some(Value::Object(map)) => {
            let mut all = Vec::new();
            for (package, advisories) in map {
                match advisories {
                    Value::Array(list) => all.extend(list.iter().map(|one| (package.as_str(), one))),
                    Value::Object(map) => all.extend(map.values().map(|one| (package.as_str(), one))),
                    _ => return Err(wrong()),
                }
            }
            Ok(all)
        }
        _ => Err(wrong()),
    }
}
