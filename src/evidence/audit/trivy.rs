//! `trivy --format json`, schema 2 and the bare list before it. A result is the packages of an image or of a lockfile, a
//! configuration or a file with secrets; one without findings lacks their key. No `Results` at all: nothing was recognised.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, entries, finding, line_at, line_of, needed, place, purl, severity, text};

/// The lists of findings that a result may have, and the lists that are none.
const LISTS: &[&str] = &[
    "Vulnerabilities",
    "Misconfigurations",
    "Secrets",
    "Licenses",
    "Packages",
    "CustomResources",
    "ModifiedFindings",
    "ExperimentalModifiedFindings",
];

/// Types of targets that are operating systems, told where `Class` is not.
const SYSTEMS: &[&str] = &[
    "alpine",
    "debian",
    "ubuntu",
    "redhat",
    "centos",
    "rocky",
    "alma",
    "amazon",
    "oracle",
    "photon",
    "suse",
    "opensuse",
    "wolfi",
    "chainguard",
    "cbl-mariner",
    "azurelinux",
    "fedora",
];

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    if json.get("Resources").is_some() || json.get("ClusterName").is_some() {
        return Err(Failure::unreadable("a report over a cluster, which is not read: it names no lockfile or image"));
    }
    let image = text(json, "ArtifactType") == Some("container_image");
    match json.get("Results") {
        Some(Value::Array(results)) => of(results, image),
        Some(Value::Null) | None => Err(Failure::empty("no `Results`: nothing was recognised")),
        Some(_) => Err(Failure::unreadable("`Results` is no list")),
    }
}

/// Schema 1: the results without a frame.
pub(super) fn read_bare(results: &[Value]) -> Result<Report, Failure> {
    let image = results.iter().any(system);
    of(results, image)
}

fn system(result: &Value) -> bool {
    let named = text(result, "Type").is_some_and(|kind| SYSTEMS.iter().any(|system| kind.starts_with(system)));
    text(result, "Class") == Some("os-pkgs") || (named && text(result, "Class").is_none())
}

fn of(results: &[Value], image: bool) -> Result<Report, Failure> {
    if results.is_empty() {
        return Err(Failure::empty("no `Results`: nothing was recognised"));
    }
    let mut looked = Vec::new();
    let mut findings = Vec::new();
    for result in results {
        let target = needed(result, "Target", "a result")?;
        for (key, value) in result.as_object().into_iter().flatten() {
            let known = LISTS.contains(&key.as_str());
            if value.is_array() && !known {
                return Err(Failure::unreadable(format!("the result {target} has an unknown list `{key}`")));
            }
            if known && !(value.is_array() || value.is_null()) {
                return Err(Failure::unreadable(format!("`{key}` of the result {target} is no list")));
            }
        }
        let at = looked_at(result, target, image);
        findings.extend(packages(result, &at)?);
        findings.extend(others(result, target)?);
        if !looked.contains(&at) {
            looked.push(at);
        }
    }
    let mut report = Report::of("trivy-json", "trivy", Looked::at(ScanKind::Container), findings);
    report.looked = looked;
    Ok(report)
}

fn looked_at(result: &Value, target: &str, image: bool) -> Looked {
    match text(result, "Class").unwrap_or_default() {
        "config" => return Looked::at(ScanKind::Iac),
        "secret" => return Looked::at(ScanKind::Secret),
        _ if image || system(result) => return Looked::at(ScanKind::Container),
        _ => {}
    }
    let kind = text(result, "Type").unwrap_or_default();
    let ecosystem = purl::ecosystem(kind).unwrap_or("other").to_owned();
    Looked { ecosystem: Some(ecosystem), target: Some(place(target)), ..Looked::at(ScanKind::Dependency) }
}

fn packages(result: &Value, at: &Looked) -> Result<Vec<Vulnerability>, Failure> {
    let mut found = Vec::new();
    for one in entries(result, "Vulnerabilities") {
        found.push(package(one, at.kind)?);
    }
    let modified = entries(result, "ModifiedFindings").chain(entries(result, "ExperimentalModifiedFindings"));
    for one in modified.filter(|one| text(one, "Type") == Some("vulnerability")) {
        let mut new = package(one.get("Finding").unwrap_or(&Value::Null), at.kind)?;
        let status = text(one, "Status").unwrap_or("suppressed");
        new.suppressed = Some(text(one, "Statement").map_or(status.to_owned(), |why| format!("{status}: {why}")));
        found.push(new);
    }
    Ok(found)
}

fn package(one: &Value, kind: ScanKind) -> Result<Vulnerability, Failure> {
    let id = needed(one, "VulnerabilityID", "a vulnerability")?;
    let name = needed(one, "PkgName", id)?;
    let word = severity::word(text(one, "Severity").unwrap_or_default());
    let scores = || {
        let sources = one.get("CVSS").and_then(Value::as_object)?;
        let vectors = sources.values().flat_map(|by| {
            ["V40Vector", "V3Vector", "V2Vector"].into_iter().find_map(|key| severity::vector(text(by, key)?))
        });
        vectors.min()
    };
    let severity = if word == AuditSeverity::Unknown { scores().unwrap_or(word) } else { word };
    let mut new = finding(id, name, severity, kind, "trivy");
    new.version = text(one, "InstalledVersion").map(str::to_owned);
    new.title = text(one, "Title").or(text(one, "Description")).map(line_of);
    let fixes = text(one, "FixedVersion").unwrap_or_default();
    new.fixed_in = fixes.split(',').map(str::trim).filter(|fix| !fix.is_empty()).map(str::to_owned).collect();
    Ok(new)
}

/// Misconfigurations that did not pass, and secrets.
fn others(result: &Value, target: &str) -> Result<Vec<Vulnerability>, Failure> {
    let mut found = Vec::new();
    let file = place(target);
    for one in entries(result, "Misconfigurations").filter(|one| text(one, "Status") != Some("PASS")) {
        let id = text(one, "ID")
            .or(text(one, "AVDID"))
            .ok_or_else(|| Failure::unreadable("a misconfiguration without `ID`"))?;
        let word = severity::word(text(one, "Severity").unwrap_or_default());
        let mut new = finding(id, &file, word, ScanKind::Iac, "trivy");
        new.title = text(one, "Title").or(text(one, "Message")).map(line_of);
        new.file = Some(file.clone());
        new.line = one.get("CauseMetadata").and_then(|cause| line_at(cause, "StartLine"));
        new.suppressed = (text(one, "Status") == Some("EXCEPTION")).then(|| "an exception of its policy".to_owned());
        found.push(new);
    }
    for one in entries(result, "Secrets") {
        let id = needed(one, "RuleID", "a secret")?;
        let word = severity::word(text(one, "Severity").unwrap_or_default());
        let mut new = finding(id, &file, word, ScanKind::Secret, "trivy");
        new.title = text(one, "Title").map(line_of);
        new.file = Some(file.clone());
        new.line = line_at(one, "StartLine");
        found.push(new);
    }
    Ok(found)
}
