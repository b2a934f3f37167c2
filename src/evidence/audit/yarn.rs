//! `yarn audit --json` (yarn 1) and `yarn npm audit --json` (yarn 2 and later): one JSON object a line.
//!
//! Yarn 1 repeats an advisory for every path and ends with a summary; without it the stream is cut. Yarn 2 has no summary and
//! writes nothing at all when all is well, as it does when it crashes.

use serde_json::Value;

use crate::facts::audit::{ScanKind, Scope};

use super::{Failure, Report, finding, line_of, needed, npm, severity, text, texts};

/// Whether a line is one of yarn 1.
pub(super) fn is_classic(line: &Value) -> bool {
    line.get("type").is_some_and(Value::is_string) && line.get("data").is_some()
}

pub(super) fn read_classic(lines: &[Value]) -> Result<Report, Failure> {
    let mut findings = Vec::new();
    let mut summary = None;
    for line in lines {
        let data = line.get("data").unwrap_or(&Value::Null);
        match text(line, "type").unwrap_or_default() {
            "auditAdvisory" => {
                let advisory = data.get("advisory").unwrap_or(&Value::Null);
                let number = data.pointer("/resolution/id").map(Value::to_string).unwrap_or_default();
                let dev = data.pointer("/resolution/dev").and_then(Value::as_bool);
                for mut new in npm::installed(&number, advisory, "yarn")? {
                    new.scope = dev.map(|dev| if dev { Scope::Dev } else { Scope::Runtime });
                    findings.push(new);
                }
            }
            "auditSummary" => summary = Some(data),
            "info" | "warning" | "step" | "tree" | "progressStart" | "progressTick" | "progressFinish" | "finished"
            | "auditAction" | "activityStart" | "activityTick" | "activityEnd" => {}
            "error" => {
                let said = line_of(data.as_str().unwrap_or("it does not say why"));
                return Err(Failure::unreadable(format!("the scan failed: {said}")));
            }
            other => return Err(Failure::unreadable(format!("a line of the unknown type `{}`", line_of(other)))),
        }
    }
    let summary = summary.ok_or_else(|| Failure::unreadable("it has no `auditSummary`: the scan did not end"))?;
    let total = npm::total(summary);
    if findings.is_empty() && total.unwrap_or(0) == 0 {
        return Err(Failure::empty("no dependency was examined"));
    }
    let counts = summary.get("vulnerabilities").and_then(Value::as_object);
    let counts = counts.ok_or_else(|| Failure::unreadable("its summary counts nothing: the report is not whole"))?;
    let claimed = counts.values().filter_map(Value::as_u64).fold(0, u64::saturating_add);
    if findings.is_empty() && claimed > 0 {
        return Err(Failure::unreadable(format!("it claims {claimed} vulnerabilities and lists none")));
    }
    Ok(Report::of("yarn1-audit-ndjson", "yarn", npm::looked(total), findings))
}

/// Whether a line is one of yarn 2 and later.
pub(super) fn is_berry(line: &Value) -> bool {
    line.get("value").is_some_and(Value::is_string) && line.pointer("/children/ID").is_some()
}

pub(super) fn read_berry(lines: &[Value]) -> Result<Report, Failure> {
    let mut findings = Vec::new();
    for line in lines {
        let package = needed(line, "value", "a line")?;
        let entry = line.get("children").unwrap_or(&Value::Null);
        let number = entry.get("ID").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        let number = number.filter(|id| !id.is_empty() && id != "null");
        let number = number.ok_or_else(|| Failure::unreadable(format!("an advisory of {package} without an id")))?;
        let from_url = text(entry, "URL").and_then(|url| url.rsplit('/').next()).filter(|id| id.starts_with("GHSA-"));
        let notice = number.ends_with("(deprecation)");
        let id = from_url.map_or_else(|| number.clone(), str::to_owned);
        let severity = severity::word(text(entry, "Severity").unwrap_or_default());
        let mut versions = texts(entry, "Tree Versions").into_iter().map(Some).collect::<Vec<_>>();
        if versions.is_empty() {
            versions.push(None);
        }
        for version in versions {
            let mut new = finding(&id, package, severity, ScanKind::Dependency, "yarn");
            new.version = version;
            new.title = text(entry, "Issue").map(line_of);
            new.informational = notice.then(|| "deprecated".to_owned());
            new.fixed_in = text(entry, "Vulnerable Versions").and_then(npm::below).into_iter().collect();
            findings.push(new);
        }
    }
    Ok(Report::of("yarn4-npm-audit-ndjson", "yarn", npm::looked(None), findings))
}
