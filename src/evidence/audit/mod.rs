//! Scanners' reports: told apart by content; a failed, partial or empty scan is never a clean one.
//!
//! One finding per (advisory, package, version) within a report; over several reports the same weakness under another name
//! (aliases) is one. For code, secret and iac reports each result is a finding.

mod cargo_audit;
mod ecosystems;
mod npm;
mod osv;
mod pip_audit;
mod sarif;
mod severity;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::units::Span;
use crate::facts::audit::{Audit, AuditSeverity, Counts, Scan, ScanKind, Vulnerability};
use crate::facts::{Area, AreaName, Evidence, Problem, State};
use crate::repo::{Content, Repo};

use super::{Collected, Collector, Context, stale};

/// Reads audits.
#[derive(Debug)]
pub struct AuditCollector;

/// A report over this size is refused: 128 MiB.
const MAX_BYTES: u64 = 128 << 20;

/// Where audits lie unless the DoD says otherwise.
const PLACES: &[&str] = &[
    "npm-audit.json",
    "cargo-audit.json",
    "pip-audit.json",
    "osv.json",
    "osv-scanner.json",
    "reports/*audit*.json",
    "reports/audit/*.json",
    "reports/osv*.json",
    "reports/*.sarif",
    "*.sarif",
    "security/*.sarif",
    "security/*audit*.json",
];

impl Collector for AuditCollector {
    fn area(&self) -> AreaName {
        AreaName::Audit
    }

    fn looks_for(&self) -> &'static [&'static str] {
        PLACES
    }

    fn collect(&self, context: &Context<'_>) -> Collected {
        Collected::Audit(collect(context.repo, context.globs(self), context.max_age))
    }
}

/// What a reader brings.
#[derive(Debug)]
struct Report {
    format: &'static str,
    scanner: String,
    kind: ScanKind,
    ecosystem: Option<&'static str>,
    examined: Option<u64>,
    findings: Vec<Vulnerability>,
    /// Parts that were not looked at: shown.
    partial: Vec<String>,
}

/// Why a report proves nothing.
#[derive(Debug, PartialEq, Eq)]
enum Failure {
    /// The scan failed, or this is no report.
    Unreadable(Option<u32>, String),
    /// It examined nothing.
    Empty(String),
}

impl Failure {
    fn unreadable(why: impl Into<String>) -> Self {
        Failure::Unreadable(None, why.into())
    }

    fn empty(why: impl Into<String>) -> Self {
        Failure::Empty(why.into())
    }
}

fn collect(repo: &Repo, globs: Vec<String>, max_age: Span) -> Area<Audit> {
    let mut evidence = Evidence::new(State::Absent, globs);
    let found = match repo.find(&evidence.looked_for, false) {
        Ok(found) => found,
        Err(why) => {
            evidence.state = State::Unreadable;
            evidence.problems.push(Problem { path: evidence.looked_for.join(", "), line: None, why });
            return Area::missing(evidence);
        }
    };
    let mut audit = Audit { ecosystems: ecosystems::of(repo), ..Audit::default() };
    let (mut broken, mut empty, mut old) = (false, false, false);
    for path in found {
        let read = repo.read(&path, MAX_BYTES).map_err(|error| Failure::unreadable(error.to_string()));
        match read.and_then(|content| Ok((self::read(&content)?, content))) {
            Ok((report, content)) => {
                let mut source = content.source(report.format);
                source.kind = Some(report.kind.name().to_owned());
                source.tool = Some(report.scanner.clone());
                evidence.reports.push(source);
                let note = |why: String| Problem { path: path.to_string(), line: None, why };
                evidence.problems.extend(report.partial.iter().cloned().map(note));
                if let Some(problem) = freshness(repo, &path, &report, &audit, max_age) {
                    old = true;
                    evidence.problems.push(problem);
                }
                merge(&mut audit, &path, report);
            }
            Err(Failure::Unreadable(line, why)) => {
                broken = true;
                evidence.problems.push(Problem { path: path.to_string(), line, why });
            }
            Err(Failure::Empty(why)) => {
                empty = true;
                evidence.problems.push(Problem { path: path.to_string(), line: None, why });
            }
        }
    }
    finish(&mut audit);
    evidence.state = match (broken, empty, old, evidence.reports.is_empty()) {
        (true, _, _, _) => State::Unreadable,
        (false, true, _, _) => State::Empty,
        (false, false, true, _) => State::Stale,
        (false, false, false, true) => State::Absent,
        (false, false, false, false) => State::Found,
    };
    Area { facts: Some(audit), evidence }
}

/// An audit of dependencies speaks of the lockfiles of its ecosystem, and ages.
fn freshness(repo: &Repo, path: &str, report: &Report, audit: &Audit, max_age: Span) -> Option<Problem> {
    let limit = i64::try_from(max_age.seconds()).unwrap_or(i64::MAX);
    if report.kind != ScanKind::Dependency {
        return None;
    }
    let locks = audit.ecosystems.iter().filter(|one| report.ecosystem.is_none_or(|name| name == one.name));
    let problem = stale(repo, path, locks.map(|one| one.lockfile.as_str()));
    let age = || repo.content_time(path).map(|time| repo.clock.now().saturating_sub(time));
    problem.or_else(|| {
        age().filter(|age| *age > limit).map(|age| {
            let why = format!("{} days old: advisories appear daily, so an audit holds for {max_age}", age / 86_400);
            Problem { path: path.to_owned(), line: None, why }
        })
    })
}

fn read(content: &Content) -> Result<Report, Failure> {
    let text = content.text().map_err(|offset| Failure::unreadable(format!("not UTF-8 text (byte {offset})")))?;
    if text.trim().is_empty() {
        return Err(Failure::unreadable("it is empty: a scan that ended well would have written something"));
    }
    if text.trim_start().starts_with('<') {
        return Err(Failure::unreadable("it is a web page or XML, and no audit report that is known"));
    }
    let json: Value = serde_json::from_str(text).map_err(|error| {
        let line = u32::try_from(error.line()).ok();
        Failure::Unreadable(line, format!("no JSON: {error}"))
    })?;
    tell(&json)
}

/// The format, by its keys.
fn tell(json: &Value) -> Result<Report, Failure> {
    let has = |key: &str| json.get(key).is_some();
    if has("runs") && (has("version") || has("$schema")) {
        return sarif::read(json);
    }
    if json.get("error").is_some_and(|error| !error.is_null()) {
        return Err(Failure::unreadable(format!("the scan failed: {}", error_text(json))));
    }
    if has("auditReportVersion") {
        return npm::read_v2(json);
    }
    if has("advisories") && has("metadata") {
        return npm::read_v1(json);
    }
    if has("vulnerabilities") && (has("lockfile") || has("database")) {
        return cargo_audit::read(json);
    }
    if has("dependencies") && json.get("dependencies").is_some_and(Value::is_array) {
        return pip_audit::read(json);
    }
    if has("results") && json.get("results").is_some_and(Value::is_array) && !has("errors") {
        return osv::read(json);
    }
    match json.as_array() {
        Some(items)
            if items.iter().all(|item| {
                item.get("name").is_some() && (item.get("vulns").is_some() || item.get("skip_reason").is_some())
            }) && !items.is_empty() =>
        {
            pip_audit::read(json)
        }
        Some(items) if items.is_empty() => Err(Failure::empty("an empty list says nothing of what was examined")),
        _ => Err(Failure::unreadable("JSON, and no audit report that is known")),
    }
}

fn error_text(json: &Value) -> String {
    let texts = ["/error/summary", "/error/message", "/error/code", "/error/detail", "/message", "/error"];
    let said = texts.iter().filter_map(|at| json.pointer(at).and_then(Value::as_str)).find(|text| !text.is_empty());
    said.unwrap_or("it does not say why").lines().next().unwrap_or_default().chars().take(200).collect()
}

fn merge(audit: &mut Audit, path: &str, report: Report) {
    audit.scans.push(Scan {
        path: path.to_owned(),
        scanner: report.scanner,
        kind: report.kind,
        ecosystem: report.ecosystem.map(str::to_owned),
        examined: report.examined,
    });
    for mut new in report.findings {
        path.clone_into(&mut new.report);
        let names = |one: &Vulnerability| one.aliases.iter().cloned().chain([one.id.clone()]).collect::<BTreeSet<_>>();
        let same = |old: &&mut Vulnerability| {
            let place =
                old.package.eq_ignore_ascii_case(&new.package) && old.version == new.version && old.kind == new.kind;
            let within = old.report == new.report;
            let dependency = new.kind == ScanKind::Dependency || new.kind == ScanKind::Container;
            place
                && dependency
                && if within {
                    old.id == new.id && old.title == new.title
                } else {
                    !names(old).is_disjoint(&names(&new))
                }
        };
        match audit.findings.iter_mut().find(same) {
            Some(old) => {
                let mut aliases = names(old);
                aliases.extend(names(&new));
                aliases.remove(&old.id);
                old.aliases = aliases.into_iter().collect();
                // The order of severities is gravest first, `unknown` last: what is known stands before what is not.
                old.severity = old.severity.min(new.severity);
                old.fixed_in.extend(new.fixed_in);
                old.fixed_in.sort();
                old.fixed_in.dedup();
            }
            None => audit.findings.push(new),
        }
    }
}

fn finish(audit: &mut Audit) {
    audit.findings.sort_by(|a, b| {
        let key = |one: &Vulnerability| {
            (one.severity, one.package.clone(), one.id.clone(), one.version.clone(), one.file.clone(), one.line)
        };
        key(a).cmp(&key(b))
    });
    let mut counts = Counts::default();
    for finding in audit.findings.iter().filter(|one| one.informational.is_none() && one.suppressed.is_none()) {
        let slot = match finding.severity {
            AuditSeverity::Critical => &mut counts.critical,
            AuditSeverity::High => &mut counts.high,
            AuditSeverity::Medium => &mut counts.medium,
            AuditSeverity::Low => &mut counts.low,
            AuditSeverity::Info => &mut counts.info,
            AuditSeverity::Unknown => &mut counts.unknown,
        };
        *slot += 1;
    }
    audit.counts = counts;
}

/// A finding with what every format tells.
fn finding(id: &str, package: &str, severity: AuditSeverity, kind: ScanKind, scanner: &str) -> Vulnerability {
    Vulnerability {
        id: id.to_owned(),
        aliases: Vec::new(),
        package: package.to_owned(),
        version: None,
        severity,
        kind,
        fixed_in: Vec::new(),
        scanner: scanner.to_owned(),
        title: None,
        report: String::new(),
        file: None,
        line: None,
        scope: None,
        direct: None,
        informational: None,
        suppressed: None,
    }
}

/// The text under a key.
fn text<'a>(json: &'a Value, key: &str) -> Option<&'a str> {
    json.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The texts of a list under a key.
fn texts(json: &Value, key: &str) -> Vec<String> {
    let items = json.get(key).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
