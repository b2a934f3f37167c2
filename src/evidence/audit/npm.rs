//! `npm audit --json`: version 2 (npm 7 and later) and version 1 (npm 6; `pnpm audit --json` writes the same).

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, finding, severity, text, texts};
use crate::facts::audit::Scope;

/// What the auditors of npm's registry look at.
pub(super) fn looked(examined: Option<u64>) -> Looked {
    Looked { ecosystem: Some("npm".to_owned()), examined, ..Looked::at(ScanKind::Dependency) }
}

fn report(format: &'static str, scanner: &str, examined: Option<u64>, findings: Vec<Vulnerability>) -> Report {
    Report::of(format, scanner, looked(examined), findings)
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
            } else {
                new.fixed_in = text(advisory, "range").and_then(below).into_iter().collect();
            }
            findings.push(new);
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
    let total = total(json.get("metadata").unwrap_or(&Value::Null));
    if advisories.is_empty() && total.unwrap_or(0) == 0 {
        return Err(Failure::empty("no dependency was examined"));
    }
    let scanner = if json.get("actions").is_some() || json.get("muted").is_some() { "npm" } else { "pnpm" };
    let mut findings = Vec::new();
    for (number, advisory) in advisories {
        findings.extend(installed(number, advisory, scanner)?);
    }
    let claimed: u64 = json
        .pointer("/metadata/vulnerabilities")
        .and_then(Value::as_object)
        .map_or(0, |counts| counts.values().filter_map(Value::as_u64).fold(0, u64::saturating_add));
    if findings.is_empty() && claimed > 0 {
        return Err(Failure::unreadable(format!("it claims {claimed} vulnerable paths and lists no advisory")));
    }
    let format = if scanner == "npm" { "npm-audit-v1" } else { "pnpm-audit" };
    Ok(report(format, scanner, total, findings))
}

/// The first version after a range of weak ones, where the range ends below one: `>=1.0.0 <1.2.3`.
pub(super) fn below(range: &str) -> Option<String> {
    let last = range.rsplit("||").next()?.split_whitespace().last()?;
    let version = last.strip_prefix('<')?;
    let plain = version.starts_with(|c: char| c.is_ascii_digit())
        && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
    plain.then(|| version.to_owned())
}

/// How many dependencies a summary says that were examined.
pub(super) fn total(summary: &Value) -> Option<u64> {
    let metadata = |key: &str| summary.get(key).and_then(Value::as_u64);
    let parts = ["dependencies", "devDependencies", "optionalDependencies"];
    let sum = parts.iter().filter_map(|key| metadata(key)).fold(0, u64::saturating_add);
    metadata("totalDependencies").or((sum > 0).then_some(sum))
}

/// An advisory of version 1: one finding for each installed version.
pub(super) fn installed(number: &str, advisory: &Value, scanner: &str) -> Result<Vec<Vulnerability>, Failure> {
    let wrong = |why: &str| Failure::unreadable(format!("the advisory {number}: {why}"));
    let package = text(advisory, "module_name").ok_or_else(|| wrong("no `module_name`"))?;
    let id = advisory_id(advisory).unwrap_or_else(|| number.to_owned());
    let severity = advisory_severity(advisory);
    let fixed = text(advisory, "patched_versions").filter(|range| *range != "<0.0.0");
    let installed = advisory.get("findings").and_then(Value::as_array).ok_or_else(|| wrong("no `findings`"))?;
    let mut versions: Vec<(Option<&str>, Option<Scope>)> = Vec::new();
    for one in installed {
        let version = text(one, "version");
        let scope = one.get("dev").and_then(Value::as_bool).map(|dev| if dev { Scope::Dev } else { Scope::Runtime });
        match versions.iter_mut().find(|(known, _)| *known == version) {
            Some((_, known)) => *known = if *known == scope { scope } else { Some(Scope::Runtime) },
            None => versions.push((version, scope)),
        }
    }
    if versions.is_empty() {
        versions.push((None, None));
    }
    let one = |(version, scope): (Option<&str>, Option<Scope>)| {
        let mut new = finding(&id, package, severity, ScanKind::Dependency, scanner);
        new.version = version.map(str::to_owned);
        new.scope = scope;
        new.title = text(advisory, "title").map(str::to_owned);
        new.aliases = texts(advisory, "cves");
        new.fixed_in = fixed.map(|range| range.trim_start_matches(">=").trim().to_owned()).into_iter().collect();
        new
    };
    Ok(versions.into_iter().map(one).collect())
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
