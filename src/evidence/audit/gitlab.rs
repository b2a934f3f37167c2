//! GitLab's security reports: dependency scanning, container scanning, SAST and secret detection, by `scan.type`.

use serde_json::Value;

use crate::facts::audit::{ScanKind, Vulnerability};

use super::{Failure, Looked, Report, entries, finding, line_at, line_of, list, needed, place, purl, severity, text};

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    let weak = list(json, "vulnerabilities")?;
    let scan = json.get("scan").unwrap_or(&Value::Null);
    match text(scan, "status") {
        Some("success") | None => {}
        Some(status) => return Err(Failure::unreadable(format!("the scan's status is `{}`", line_of(status)))),
    }
    if let Some(said) = entries(scan, "messages").find(|said| matches!(text(said, "level"), Some("error" | "fatal"))) {
        let said = line_of(text(said, "value").unwrap_or("it does not say why"));
        return Err(Failure::unreadable(format!("the scan tells of an error: {said}")));
    }
    let category = text(scan, "type").or_else(|| weak.first().and_then(|one| text(one, "category")));
    let scanner = scan.pointer("/scanner/id").or_else(|| scan.pointer("/analyzer/id")).and_then(Value::as_str);
    let scanner = scanner.unwrap_or("gitlab");
    let kind = match category {
        Some("dependency_scanning") => ScanKind::Dependency,
        Some("container_scanning" | "cluster_image_scanning") => ScanKind::Container,
        Some("sast") if scanner == "kics" => ScanKind::Iac,
        Some("sast") => ScanKind::Code,
        Some("secret_detection") => ScanKind::Secret,
        Some(other) => return Err(Failure::unreadable(format!("scans of the type `{}` are not read", line_of(other)))),
        None => return Err(Failure::unreadable("it does not say what was scanned: `scan.type` is missing")),
    };
    let findings = weak.iter().map(|one| entry(one, kind, scanner)).collect::<Result<Vec<_>, _>>()?;
    let looked = if kind == ScanKind::Dependency { files(json, &findings)? } else { vec![Looked::at(kind)] };
    let mut report = Report::of("gitlab-report", scanner, Looked::at(kind), findings);
    report.looked = looked;
    Ok(report)
}

/// The lockfiles that a dependency scan names.
fn files(json: &Value, findings: &[Vulnerability]) -> Result<Vec<Looked>, Failure> {
    let mut looked = Vec::new();
    for file in entries(json, "dependency_files") {
        let manager = text(file, "package_manager").unwrap_or_default();
        looked.push(Looked {
            kind: ScanKind::Dependency,
            ecosystem: Some(purl::ecosystem(manager).unwrap_or("other").to_owned()),
            target: text(file, "path").map(place),
            examined: Some(entries(file, "dependencies").count() as u64),
        });
    }
    if looked.is_empty() {
        if findings.is_empty() {
            return Err(Failure::empty("it names no lockfile that was examined"));
        }
        // Without a word of the lockfiles it is known of its findings' files alone.
        let mut files: Vec<&str> = findings.iter().filter_map(|one| one.file.as_deref()).collect();
        files.sort_unstable();
        files.dedup();
        looked.extend(files.into_iter().map(|file| Looked {
            ecosystem: Some("other".to_owned()),
            target: Some(file.to_owned()),
            ..Looked::at(ScanKind::Dependency)
        }));
        if looked.is_empty() {
            looked.push(Looked { ecosystem: Some("other".to_owned()), ..Looked::at(ScanKind::Dependency) });
        }
    }
    Ok(looked)
}

fn entry(one: &Value, kind: ScanKind, scanner: &str) -> Result<Vulnerability, Failure> {
    let mut names: Vec<String> = entries(one, "identifiers")
        .filter_map(|other| text(other, "value").or(text(other, "name")))
        .map(str::to_owned)
        .collect();
    if names.is_empty() {
        names.push(needed(one, "id", "a vulnerability")?.to_owned());
    }
    let id = names.remove(0);
    let at = one.get("location").unwrap_or(&Value::Null);
    let file = text(at, "file").or(text(at, "image"));
    let dependency = at.get("dependency").unwrap_or(&Value::Null);
    let package = dependency.pointer("/package/name").and_then(Value::as_str);
    let word = severity::word(text(one, "severity").unwrap_or_default());
    let mut new = finding(&id, package.or(file).unwrap_or("?"), word, kind, scanner);
    if matches!(kind, ScanKind::Dependency | ScanKind::Container) {
        let known =
            |name: &String| ["CVE-", "GHSA-", "PYSEC-", "GO-", "RUSTSEC-"].iter().any(|start| name.starts_with(start));
        new.aliases = names.into_iter().filter(known).collect();
    }
    new.version = text(dependency, "version").map(str::to_owned);
    new.direct = dependency.get("direct").and_then(Value::as_bool);
    new.title = text(one, "name").or(text(one, "message")).map(line_of);
    new.file = text(at, "file").map(place);
    new.line = line_at(at, "start_line");
    Ok(new)
}
