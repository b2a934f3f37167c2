//! `npm audit --json`: version 2 (npm 7 and later) and version 1 (npm 6; `pnpm audit --json` writes the same).

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Report, finding, severity, text, texts};

fn report(format: &'static str, scanner: &str, examined: Option<u64>, findings: Vec<Vulnerability>) -> Report {
    Report {
        format,
        scanner: scanner.to_owned(),
        kind: ScanKind::Dependency,
        ecosystem: Some("npm"),
        examined,
        findings,
        partial: Vec::new(),
    }
}

/// Version 2: advisories are the objects in `via`; its strings point at other packages and are none. No installed version.
pub(super) fn read_v2(json: &Value) -> Result<Report, Failure> {
    let packages = json
        .get("vulnerabilities")
        .and_then(Value::as_object)
        .ok_or_else(|| Failure::unreadable("`vulnerabilities` is no map: the audit failed"))?;
    let total = json.pointer("/metadata/dependencies/total").and_then(Value::as_u64);
    if packages.is_empty() && total == Some(0) {
        return Err(Failure::empty("no dependency was examined"));
    }
    if packages.is_empty() && json.pointer("/metadata/vulnerabilities").is_none() {
        return Err(Failure::unreadable("`metadata` is missing: the report is not whole"));
    }
    let mut findings: Vec<Vulnerability> = Vec::new();
    for (package, entry) in packages {
        let wrong = |why: &str| Failure::unreadable(format!("the entry `{package}`: {why}"));
        let via = entry.get("via").and_then(Value::as_array).ok_or_else(|| wrong("`via` is no list"))?;
        for advisory in via.iter().filter(|item| !item.is_string()) {
            let id = advisory_id(advisory).ok_or_else(|| wrong("an advisory without an id"))?;
            let name = text(advisory, "dependency").or_else(|| text(advisory, "name")).unwrap_or(package);
            let severity = advisory_severity(advisory);
            let mut new = finding(&id, name, severity, ScanKind::Dependency, "npm");
            new.title = text(advisory, "title").map(str::to_owned);
            new.direct = entry.get("isDirect").and_then(Value::as_bool);
            if let Some(fix) = entry.get("fixAvailable").filter(|fix| text(fix, "name") == Some(name)) {
                new.fixed_in = text(fix, "version").map(str::to_owned).into_iter().collect();
            } else if let Some(range) = text(advisory, "range").and_then(|range| range.strip_prefix('<')) {
                let plain = range.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
                new.fixed_in = plain.then(|| range.to_owned()).into_iter().collect();
            }
            if !findings.iter().any(|old| old.id == new.id && old.package == new.package) {
                findings.push(new);
            }
        }
    }
    let claimed = json.pointer("/metadata/vulnerabilities/total").and_then(Value::as_u64).unwrap_or(0);
    if findings.is_empty() && claimed > 0 {
        return Err(Failure::unreadable(format!("it claims {claimed} vulnerable packages and lists no advisory")));
    }
    Ok(report("npm-audit-v2", "npm", total, findings))
}

/// Version 1: one finding for each installed version of an advisory.
pub(super) fn read_v1(json: &Value) -> Result<Report, Failure> {
    let advisories = json
        .get("advisories")
        .and_then(Value::as_object)
        .ok_or_else(|| Failure::unreadable("`advisories` is no map: the audit failed"))?;
    let metadata = |key: &str| json.pointer(&format!("/metadata/{key}")).and_then(Value::as_u64);
    let sum =
        ["dependencies", "devDependencies", "optionalDependencies"].iter().filter_map(|key| metadata(key)).sum::<u64>();
    let total = metadata("totalDependencies").or((sum > 0).then_some(sum));
    if advisories.is_empty() && total.unwrap_or(0) == 0 {
        return Err(Failure::empty("no dependency was examined"));
    }
    let scanner = if json.get("actions").is_some() || json.get("muted").is_some() { "npm" } else { "pnpm" };
    let mut findings = Vec::new();
    for (number, advisory) in advisories {
        let wrong = |why: &str| Failure::unreadable(format!("the advisory {number}: {why}"));
        let package = text(advisory, "module_name").ok_or_else(|| wrong("no `module_name`"))?;
        let id = advisory_id(advisory).unwrap_or_else(|| number.clone());
        let severity = advisory_severity(advisory);
        let fixed = text(advisory, "patched_versions").filter(|range| *range != "<0.0.0");
        let installed = advisory.get("findings").and_then(Value::as_array).ok_or_else(|| wrong("no `findings`"))?;
        let mut versions: Vec<Option<&str>> = installed.iter().map(|one| text(one, "version")).collect();
        versions.sort_unstable();
        versions.dedup();
        if versions.is_empty() {
            versions.push(None);
        }
        for version in versions {
            let mut new = finding(&id, package, severity, ScanKind::Dependency, scanner);
            new.version = version.map(str::to_owned);
            new.title = text(advisory, "title").map(str::to_owned);
            new.aliases = texts(advisory, "cves");
            new.fixed_in = fixed.map(|range| range.trim_start_matches(">=").trim().to_owned()).into_iter().collect();
            findings.push(new);
        }
    }
    Ok(report("npm-audit-v1", scanner, total, findings))
}

fn advisory_severity(advisory: &Value) -> AuditSeverity {
    let word = text(advisory, "severity").map_or(AuditSeverity::Unknown, severity::word);
    let vector = advisory.pointer("/cvss/vectorString").and_then(Value::as_str).and_then(severity::vector);
    if word == AuditSeverity::Unknown { vector.unwrap_or(word) } else { word }
}

/// The GHSA id, from its own key or the URL's end; else the number.
fn advisory_id(advisory: &Value) -> Option<String> {
    let own = text(advisory, "github_advisory_id").map(str::to_owned);
    let from_url = || {
        let last = text(advisory, "url")?.trim_end_matches('/').rsplit('/').next()?;
        last.starts_with("GHSA-").then(|| last.to_owned())
    };
    let number = || {
        let number = advisory.get("source").or_else(|| advisory.get("id"))?;
        number.as_u64().map(|number| number.to_string()).or_else(|| number.as_str().map(str::to_owned))
    };
    own.or_else(from_url).or_else(number)
}
