//! `osv-scanner --format json`. Severity: the database's own word, else the highest of the CVSS vectors, else the group's
//! score, else unknown. Without a result nothing was examined.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Scope, Vulnerability};

use super::{Failure, Looked, Report, entries, finding, severity, text, texts};

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    let results =
        json.get("results").and_then(Value::as_array).ok_or_else(|| Failure::unreadable("`results` is no list"))?;
    let mut findings: Vec<Vulnerability> = Vec::new();
    let mut examined = 0;
    for result in results {
        let packages = result.get("packages").and_then(Value::as_array);
        let packages = packages
            .ok_or_else(|| Failure::unreadable("a result without `packages`: this is no report of OSV-Scanner"))?;
        for package in packages {
            examined += 1;
            let listed = entries(package, "vulnerabilities").count();
            if listed == 0 && entries(package, "groups").count() > 0 {
                return Err(Failure::unreadable("a package with groups of vulnerabilities and none listed"));
            }
            for one in package.get("vulnerabilities").and_then(Value::as_array).into_iter().flatten() {
                findings.push(entry(package, one)?);
            }
        }
    }
    if examined == 0 {
        return Err(Failure::empty("no package was examined"));
    }
    // With its default settings the report lists vulnerable packages alone, so how many were examined is not told.
    Ok(Report::of("osv-scanner-json", "osv-scanner", Looked::at(ScanKind::Dependency), findings))
}

fn entry(package: &Value, one: &Value) -> Result<Vulnerability, Failure> {
    let part = |at: &str| package.pointer(at).and_then(Value::as_str);
    let name = part("/package/name").ok_or_else(|| Failure::unreadable("a package without a name"))?;
    let id =
        text(one, "id").ok_or_else(|| Failure::unreadable(format!("a vulnerability of `{name}` without an id")))?;
    let word = one.pointer("/database_specific/severity").and_then(Value::as_str).map(severity::word);
    let vectors = one.get("severity").and_then(Value::as_array).into_iter().flatten();
    let vector = vectors.filter_map(|one| text(one, "score").and_then(severity::vector)).min();
    let groups = package.get("groups").and_then(Value::as_array).into_iter().flatten();
    let own = groups.filter(|group| texts(group, "ids").iter().any(|known| known == id));
    let score = own.filter_map(|group| text(group, "max_severity")?.parse::<f64>().ok()).find_map(severity::score);
    let severity =
        word.filter(|word| *word != AuditSeverity::Unknown).or(vector).or(score).unwrap_or(AuditSeverity::Unknown);
    let mut new = finding(id, name, severity, ScanKind::Dependency, "osv-scanner");
    new.version = part("/package/version").map(str::to_owned);
    new.aliases = texts(one, "aliases");
    new.title = text(one, "summary").map(str::to_owned);
    let groups = texts(package, "dependency_groups");
    let dev = |group: &String| matches!(group.as_str(), "dev" | "develop" | "development" | "test");
    new.scope = (!groups.is_empty()).then(|| if groups.iter().all(dev) { Scope::Dev } else { Scope::Runtime });
    let events = one.get("affected").and_then(Value::as_array).into_iter().flatten();
    let ranges = events.flat_map(|affected| affected.get("ranges").and_then(Value::as_array).into_iter().flatten());
    let fixes = ranges.flat_map(|range| range.get("events").and_then(Value::as_array).into_iter().flatten());
    new.fixed_in = fixes.filter_map(|event| text(event, "fixed").map(str::to_owned)).collect();
    Ok(new)
}
