//! GitHub's Dependabot alerts: the REST list (`gh api --paginate` writes pages one after another) and GraphQL's
//! `vulnerabilityAlerts`. An empty list may also mean that alerts are off, so it proves nothing; fixed alerts are no findings,
//! dismissed ones are suppressed.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Scope, Vulnerability};

use super::{Failure, Looked, Report, entries, finding, line_of, list, needed, severity, text};

/// A page of this many alerts may have another after it.
const FULL_PAGES: &[usize] = &[30, 50, 100];

/// Whether a value is a page of REST alerts.
pub(super) fn is_page(value: &Value) -> bool {
    value.as_array().is_some_and(|alerts| {
        !alerts.is_empty()
            && alerts.iter().all(|alert| alert.get("security_advisory").is_some() && alert.get("state").is_some())
    })
}

pub(super) fn read_pages(pages: &[Value]) -> Result<Report, Failure> {
    let mut findings = Vec::new();
    let alerts: Vec<&Value> = pages.iter().filter_map(Value::as_array).flatten().collect();
    for alert in &alerts {
        let advisory = alert.get("security_advisory").unwrap_or(&Value::Null);
        let range = alert.get("security_vulnerability").unwrap_or(&Value::Null);
        let id = text(advisory, "ghsa_id").or(text(advisory, "cve_id"));
        let id = id.ok_or_else(|| Failure::unreadable("an alert without an advisory's id"))?;
        let package = alert.pointer("/dependency/package").or_else(|| range.get("package")).unwrap_or(&Value::Null);
        let name = needed(package, "name", id)?;
        let word =
            text(range, "severity").or(text(advisory, "severity")).map_or(AuditSeverity::Unknown, severity::word);
        let vector = advisory.pointer("/cvss/vector_string").and_then(Value::as_str).and_then(severity::vector);
        let severity = if word == AuditSeverity::Unknown { vector.unwrap_or(word) } else { word };
        let mut new = finding(id, name, severity, ScanKind::Dependency, "dependabot");
        new.aliases = text(advisory, "cve_id").filter(|cve| *cve != id).map(str::to_owned).into_iter().collect();
        new.title = text(advisory, "summary").map(line_of);
        let fix = range.pointer("/first_patched_version/identifier").and_then(Value::as_str);
        new.fixed_in = fix.map(str::to_owned).into_iter().collect();
        new.scope = match alert.pointer("/dependency/scope").and_then(Value::as_str) {
            Some("runtime") => Some(Scope::Runtime),
            Some("development") => Some(Scope::Dev),
            _ => None,
        };
        new.direct = match alert.pointer("/dependency/relationship").and_then(Value::as_str) {
            Some("direct") => Some(true),
            Some("transitive") => Some(false),
            _ => None,
        };
        new.file = alert.pointer("/dependency/manifest_path").and_then(Value::as_str).map(str::to_owned);
        let why = text(alert, "dismissed_comment").or(text(alert, "dismissed_reason"));
        if state(text(alert, "state").unwrap_or_default(), why, &mut new) {
            findings.push(new);
        }
    }
    let mut report = Report::of("dependabot-alerts", "dependabot", Looked::at(ScanKind::Dependency), findings);
    let last = pages.last().and_then(Value::as_array).map_or(0, Vec::len);
    if pages.len() == 1 && FULL_PAGES.contains(&last) {
        if report.findings.iter().all(|one| one.suppressed.is_some()) {
            return Err(Failure::unreadable(format!(
                "{last} alerts, none open: a full page that others may follow; fetch all (`gh api --paginate`)"
            )));
        }
        report.partial.push(format!("{last} alerts are a full page: others may follow"));
    }
    Ok(report)
}

/// Whether an alert's state makes it a finding, suppressed where it was dismissed.
fn state(state: &str, why: Option<&str>, new: &mut Vulnerability) -> bool {
    match state.to_ascii_lowercase().as_str() {
        "fixed" => false,
        "dismissed" | "auto_dismissed" => {
            let why = why.map_or(String::new(), |why| format!(": {}", line_of(why)));
            new.suppressed = Some(format!("{}{why}", state.replace('_', " ")));
            true
        }
        _ => true,
    }
}

pub(super) fn read_graphql(json: &Value) -> Result<Report, Failure> {
    if let Some(error) = entries(json, "errors").next() {
        let said = text(error, "message").unwrap_or("it does not say why");
        return Err(Failure::unreadable(format!("the service answered with an error: {}", line_of(said))));
    }
    let alerts = json.pointer("/data/repository/vulnerabilityAlerts");
    let alerts = alerts.ok_or_else(|| Failure::unreadable("it has no `vulnerabilityAlerts`"))?;
    if alerts.pointer("/pageInfo/hasNextPage") == Some(&Value::Bool(true)) {
        return Err(Failure::unreadable("it is one page of several: fetch them all"));
    }
    let nodes = list(alerts, "nodes")?;
    if nodes.is_empty() {
        return Err(Failure::empty("no alert was ever raised, which is also so where alerts are off"));
    }
    let total = alerts.get("totalCount").and_then(Value::as_u64);
    if total.is_some_and(|total| total > nodes.len() as u64) {
        return Err(Failure::unreadable("it lists fewer alerts than it counts: fetch all pages"));
    }
    let mut findings = Vec::new();
    for node in nodes {
        let weak = node.get("securityVulnerability").unwrap_or(&Value::Null);
        let advisory = weak.get("advisory").or_else(|| node.get("securityAdvisory")).unwrap_or(&Value::Null);
        let id = needed(advisory, "ghsaId", "an alert")?;
        let name = weak.get("package").and_then(|package| text(package, "name"));
        let name = name.ok_or_else(|| Failure::unreadable(format!("{id} without a package")))?;
        let word = text(weak, "severity").or(text(advisory, "severity")).map_or(AuditSeverity::Unknown, severity::word);
        let mut new = finding(id, name, word, ScanKind::Dependency, "dependabot");
        let aliases =
            entries(advisory, "identifiers").filter_map(|one| text(one, "value")).filter(|other| *other != id);
        new.aliases = aliases.map(str::to_owned).collect();
        new.title = text(advisory, "summary").map(line_of);
        let fix = weak.pointer("/firstPatchedVersion/identifier").and_then(Value::as_str);
        new.fixed_in = fix.map(str::to_owned).into_iter().collect();
        new.scope = match text(node, "dependencyScope") {
            Some("RUNTIME") => Some(Scope::Runtime),
            Some("DEVELOPMENT") => Some(Scope::Dev),
            _ => None,
        };
        let told = text(node, "state").map(str::to_owned).unwrap_or_else(|| {
            let at = |key: &str| text(node, key).is_some();
            let word = if at("fixedAt") {
                "fixed"
            } else if at("dismissedAt") {
                "dismissed"
            } else {
                "open"
            };
            word.to_owned()
        });
        if state(&told, text(node, "dismissReason"), &mut new) {
            findings.push(new);
        }
    }
    Ok(Report::of("dependabot-alerts-graphql", "dependabot", Looked::at(ScanKind::Dependency), findings))
}
