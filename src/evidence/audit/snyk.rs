//! `snyk test --json`: one object, a list of them (`--all-projects`), or a container's with its applications. A vulnerability
//! has an entry for every path to it. `snyk iac test --json` lists issues of infrastructure; `snyk code` writes SARIF.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{
    Failure, Looked, Report, entries, finding, line_at, line_of, list, needed, number, place, purl, severity, text,
    texts,
};

/// Package managers of operating systems.
const SYSTEMS: &[&str] = &["deb", "rpm", "apk", "linux", "dockerfile"];

/// Whether an object is a project's result, a failed one included.
pub(super) fn is_project(json: &Value) -> bool {
    let failed = json.get("ok") == Some(&Value::Bool(false)) && json.get("error").is_some();
    let tested =
        json.get("vulnerabilities").is_some() && (json.get("ok").is_some() || json.get("uniqueCount").is_some());
    failed || tested || json.get("infrastructureAsCodeIssues").is_some()
}

pub(super) fn read(projects: &[Value]) -> Result<Report, Failure> {
    let (mut looked, mut findings, mut partial) = (Vec::new(), Vec::new(), Vec::new());
    for project in projects {
        let inner = entries(project, "applications");
        for one in [project].into_iter().chain(inner) {
            match self::project(one, &mut findings)? {
                Some(at) => looked.push(at),
                None => {
                    partial.push(format!("{} has no dependency", text(one, "displayTargetFile").unwrap_or("a project")))
                }
            }
        }
    }
    if looked.is_empty() {
        return Err(Failure::empty("no dependency was examined"));
    }
    let mut report = Report::of("snyk-json", "snyk", Looked::at(ScanKind::Dependency), findings);
    (report.looked, report.partial) = (looked, partial);
    Ok(report)
}

/// A project's findings; none where it had nothing to examine.
fn project(json: &Value, findings: &mut Vec<Vulnerability>) -> Result<Option<Looked>, Failure> {
    if let Some(error) = json.get("error").filter(|error| !error.is_null()) {
        let said = error.as_str().or_else(|| error.get("message")?.as_str()).unwrap_or("it does not say why");
        return Err(Failure::unreadable(format!("the scan failed: {}", line_of(said))));
    }
    if json.get("infrastructureAsCodeIssues").is_some() {
        let file = text(json, "targetFile").unwrap_or("infrastructure");
        for one in list(json, "infrastructureAsCodeIssues")? {
            let id = needed(one, "id", "an issue")?;
            let mut new =
                finding(id, file, severity::word(text(one, "severity").unwrap_or_default()), ScanKind::Iac, "snyk");
            new.title = text(one, "title").map(line_of);
            new.file = Some(place(file));
            new.line = line_at(one, "lineNumber");
            findings.push(new);
        }
        return Ok(Some(Looked::at(ScanKind::Iac)));
    }
    let manager = text(json, "packageManager").unwrap_or_default();
    let container = json.get("docker").is_some() || SYSTEMS.contains(&manager);
    let kind = if container { ScanKind::Container } else { ScanKind::Dependency };
    let listed = list(json, "vulnerabilities")?;
    let unique = number(json, "uniqueCount").unwrap_or(0);
    if listed.is_empty() && (unique > 0 || json.get("ok") == Some(&Value::Bool(false))) {
        return Err(Failure::unreadable("it says that it is not well and lists no vulnerability"));
    }
    let examined = number(json, "dependencyCount");
    if listed.is_empty() && examined == Some(0) {
        return Ok(None);
    }
    for one in listed.iter().filter(|one| text(one, "type") != Some("license")) {
        findings.push(entry(one, kind)?);
    }
    for ignored in json.get("filtered").into_iter().flat_map(|filtered| entries(filtered, "ignore")) {
        let mut new = entry(ignored, kind)?;
        let why = ignored.pointer("/filtered/ignored/0/reason").and_then(Value::as_str);
        new.suppressed = Some(why.unwrap_or("ignored in .snyk, without a word why").to_owned());
        findings.push(new);
    }
    let ecosystem = (kind == ScanKind::Dependency).then(|| purl::ecosystem(manager).unwrap_or("other").to_owned());
    let target = text(json, "displayTargetFile").or(text(json, "targetFile")).map(place);
    Ok(Some(Looked { kind, ecosystem, target: target.filter(|_| !container), examined }))
}

fn entry(one: &Value, kind: ScanKind) -> Result<Vulnerability, Failure> {
    let id = needed(one, "id", "a vulnerability")?;
    let name = text(one, "packageName").or(text(one, "moduleName")).or(text(one, "name"));
    let name = name.ok_or_else(|| Failure::unreadable(format!("{id} without a package")))?;
    let word = severity::word(text(one, "severity").unwrap_or_default());
    let vector = text(one, "CVSSv3").and_then(severity::vector);
    let score = one.get("cvssScore").and_then(Value::as_f64).and_then(severity::score);
    let severity = if word == AuditSeverity::Unknown { vector.or(score).unwrap_or(word) } else { word };
    let mut new = finding(id, name, severity, kind, "snyk");
    new.version = text(one, "version").map(str::to_owned);
    new.title = text(one, "title").map(line_of);
    if let Some(identifiers) = one.get("identifiers") {
        new.aliases = ["CVE", "GHSA"].iter().flat_map(|key| texts(identifiers, key)).collect();
    }
    new.fixed_in = texts(one, "fixedIn");
    let path = texts(one, "from").len();
    new.direct = (path >= 2).then_some(path == 2);
    Ok(new)
}
