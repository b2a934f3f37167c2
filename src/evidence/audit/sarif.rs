//! SARIF 2.1.0 of any tool. A run that failed, or whose notifications tell of errors, proves nothing; suppressed results are
//! told apart. A numeric `security-severity` of the rule outranks the level.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, finding, severity, text};

/// Tools whose results speak of dependencies, secrets and infrastructure; every other tool's speak of code.
const KINDS: &[(&str, ScanKind)] = &[
    ("cargo-audit", ScanKind::Dependency),
    ("cargo-deny", ScanKind::Dependency),
    ("osv-scanner", ScanKind::Dependency),
    ("pip-audit", ScanKind::Dependency),
    ("govulncheck", ScanKind::Dependency),
    ("snyk open source", ScanKind::Dependency),
    ("dependency-check", ScanKind::Dependency),
    ("grype", ScanKind::Container),
    ("trivy", ScanKind::Container),
    ("snyk container", ScanKind::Container),
    ("gitleaks", ScanKind::Secret),
    ("trufflehog", ScanKind::Secret),
    ("detect-secrets", ScanKind::Secret),
    ("checkov", ScanKind::Iac),
    ("hadolint", ScanKind::Iac),
    ("tfsec", ScanKind::Iac),
    ("kics", ScanKind::Iac),
    ("terrascan", ScanKind::Iac),
];

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    let runs = json.get("runs").and_then(Value::as_array).filter(|runs| !runs.is_empty());
    let runs = runs.ok_or_else(|| Failure::unreadable("it has no run"))?;
    let mut findings = Vec::new();
    let mut scanner = None;
    let mut looked = Vec::new();
    for run in runs {
        let driver = run.pointer("/tool/driver").unwrap_or(&Value::Null);
        let name = text(driver, "name").ok_or_else(|| Failure::unreadable("a run without a tool"))?;
        failed(run)?;
        let results = run.get("results").and_then(Value::as_array);
        let results =
            results.ok_or_else(|| Failure::unreadable(format!("the run of {name} has no results: it did not look")))?;
        let lower = name.to_ascii_lowercase();
        let kind = KINDS.iter().find(|(known, _)| lower.contains(known)).map_or(ScanKind::Code, |(_, kind)| *kind);
        scanner.get_or_insert(name.to_owned());
        looked.push(looked_at(&lower, kind));
        for result in results {
            findings.extend(entry(run, result, name, kind)?);
        }
    }
    let scanner = scanner.ok_or_else(|| Failure::unreadable("it has no run"))?;
    let mut report = Report::of("sarif", &scanner, Looked::at(ScanKind::Code), findings);
    report.looked = looked;
    Ok(report)
}

/// What a tool of a kind looked at.
fn looked_at(tool: &str, kind: ScanKind) -> Looked {
    let tools = [("cargo", "cargo"), ("pip-audit", "pypi"), ("govulncheck", "go")];
    let ecosystem = tools.iter().find(|(name, _)| tool.contains(name)).map(|(_, name)| (*name).to_owned());
    Looked { ecosystem, ..Looked::at(kind) }
}

/// Whether a run says that it failed.
fn failed(run: &Value) -> Result<(), Failure> {
    for invocation in run.get("invocations").and_then(Value::as_array).into_iter().flatten() {
        if invocation.get("executionSuccessful").and_then(Value::as_bool) == Some(false) {
            return Err(Failure::unreadable("the scan says that it did not succeed"));
        }
        for key in ["toolExecutionNotifications", "toolConfigurationNotifications"] {
            let notes = invocation.get(key).and_then(Value::as_array).into_iter().flatten();
            if let Some(note) = notes.into_iter().find(|note| text(note, "level") == Some("error")) {
                let said = note.pointer("/message/text").and_then(Value::as_str).unwrap_or("it does not say what");
                let said: String = said.lines().next().unwrap_or_default().chars().take(200).collect();
                return Err(Failure::unreadable(format!("the scan tells of an error: {said}")));
            }
        }
    }
    Ok(())
}

/// A result, unless it is no failure.
fn entry(run: &Value, result: &Value, tool: &str, kind: ScanKind) -> Result<Option<Vulnerability>, Failure> {
    if matches!(text(result, "kind"), Some("pass" | "notApplicable" | "informational" | "open" | "review"))
        || text(result, "baselineState") == Some("absent")
    {
        return Ok(None);
    }
    let index = result.get("ruleIndex").or_else(|| result.pointer("/rule/index")).and_then(Value::as_u64);
    let rules = run.pointer("/tool/driver/rules").and_then(Value::as_array);
    let by_index = index.and_then(|index| rules?.get(usize::try_from(index).ok()?));
    let named = text(result, "ruleId").or_else(|| result.pointer("/rule/id").and_then(Value::as_str));
    let id = named.or_else(|| by_index.and_then(|rule| text(rule, "id")));
    let id = id.ok_or_else(|| Failure::unreadable("a result without a rule"))?;
    let rule = by_index.or_else(|| rules?.iter().find(|rule| text(rule, "id") == Some(id))).unwrap_or(&Value::Null);
    let place = result.pointer("/locations/0/physicalLocation").unwrap_or(&Value::Null);
    let file = place.pointer("/artifactLocation/uri").and_then(Value::as_str);
    let mut new = finding(id, file.unwrap_or(tool), level(result, rule), kind, tool);
    new.title = result
        .pointer("/message/text")
        .and_then(Value::as_str)
        .map(|text| text.lines().next().unwrap_or_default().chars().take(160).collect());
    new.file = file.map(|file| file.trim_start_matches("file://").trim_start_matches("./").to_owned());
    new.line = place.pointer("/region/startLine").and_then(Value::as_u64).and_then(|line| u32::try_from(line).ok());
    let suppressions = result.get("suppressions").and_then(Value::as_array).filter(|list| !list.is_empty());
    new.suppressed = suppressions
        .and_then(|list| list.first())
        .map(|one| text(one, "justification").unwrap_or("suppressed in the report, without a word why").to_owned());
    Ok(Some(new))
}

fn level(result: &Value, rule: &Value) -> AuditSeverity {
    let score =
        rule.pointer("/properties/security-severity").or_else(|| result.pointer("/properties/security-severity"));
    let score = score.and_then(|score| score.as_f64().or_else(|| score.as_str()?.trim().parse().ok()));
    if let Some(severity) = score.and_then(severity::score) {
        return severity;
    }
    let own = text(result, "level");
    let standing = || rule.pointer("/defaultConfiguration/level").and_then(Value::as_str);
    match own.or_else(standing).unwrap_or("warning") {
        "error" => AuditSeverity::High,
        "warning" => AuditSeverity::Medium,
        "note" => AuditSeverity::Low,
        "none" => AuditSeverity::Info,
        _ => AuditSeverity::Unknown,
    }
}
