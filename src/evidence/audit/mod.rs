//! Scanners' reports: told apart by content; a failed, partial or empty scan is never a clean one.
//!
//! One finding per (advisory, package, version) within a report; over several reports the same weakness under another name
//! (aliases) is one. For code, secret and iac reports each result is a finding.

mod age;
mod bandit;
mod bundler;
mod cargo_audit;
mod cargo_deny;
mod checkov;
mod composer;
mod cyclonedx;
mod dependabot;
mod dependency_check;
mod detect_secrets;
mod ecosystems;
mod gitlab;
mod gitleaks;
mod gosec;
mod govulncheck;
mod grype;
mod hadolint;
mod input;
mod merge;
mod npm;
mod osv;
mod pip_audit;
mod purl;
mod ran;
mod sarif;
mod semgrep;
mod severity;
mod snyk;
mod tell;
mod trivy;
mod trufflehog;
mod vex;
mod xml;
mod yarn;

use serde_json::Value;

use crate::domain::units::Span;
use crate::facts::audit::{Audit, AuditSeverity, ScanKind, Vulnerability};
use crate::facts::commands::shown;
use crate::facts::{Area, AreaName, Evidence, Problem, State};
use crate::repo::Repo;

use super::json::cut;
use super::{Collected, Collector, Command, Context, stream};
use merge::Merger;
use vex::Statement;

/// Reads audits.
#[derive(Debug)]
pub struct AuditCollector;

/// Where audits lie unless the DoD says otherwise.
const PLACES: &[&str] = &[
    "{npm,pnpm,yarn,composer,bundler,cargo,pip}-audit.{json,ndjson}",
    "cargo-deny.{json,ndjson}",
    "{osv,osv-scanner,govulncheck,trivy,grype,snyk,dependabot,semgrep,bandit,gosec}.json",
    "{osv,osv-scanner,govulncheck,trivy,grype,snyk,dependabot,semgrep,bandit,gosec}-{report,results}.json",
    "gl-*-report.json",
    "reports/*audit*.{json,ndjson,xml}",
    "reports/audit/*.{json,ndjson,xml}",
    "reports/security/*.{json,ndjson,xml}",
    "reports/{osv,cargo-deny,govulncheck,trivy,grype,snyk,dependabot,semgrep,bandit,gosec,gitleaks,checkov,hadolint}*.{json,ndjson}",
    "reports/dependency-check-report.{json,xml}",
    "reports/*.sarif",
    "*.sarif",
    "security/*.sarif",
    "security/*audit*.json",
    "*.openvex.json",
    "{.,security,reports}/*.vex.json",
    ".vex/*.json",
];

impl Collector for AuditCollector {
    fn area(&self) -> AreaName {
        AreaName::Audit
    }

    fn looks_for(&self) -> &'static [&'static str] {
        PLACES
    }

    fn collect(&self, context: &Context<'_>) -> Collected {
        let commands = context.commands_of(self.area());
        Collected::Audit(collect(context.repo, context.globs(self), context.max_age, commands))
    }
}

/// What a reader brings.
#[derive(Debug)]
struct Report {
    format: &'static str,
    scanner: String,
    /// What was looked at: never nothing.
    looked: Vec<Looked>,
    findings: Vec<Vulnerability>,
    /// Parts that were not looked at: shown.
    partial: Vec<String>,
    /// What it says of other reports' findings.
    statements: Vec<Statement>,
    /// A command of the DoD printed it in this run.
    ran: bool,
}

/// Something that a scan looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Looked {
    kind: ScanKind,
    /// Which ecosystem; none where it is all that are there.
    ecosystem: Option<String>,
    /// Which lockfile, where told.
    target: Option<String>,
    /// How many packages or files, where told.
    examined: Option<u64>,
}

impl Looked {
    fn at(kind: ScanKind) -> Self {
        Self { kind, ecosystem: None, target: None, examined: None }
    }
}

impl Report {
    /// The report of a scanner that looks at one thing.
    fn of(format: &'static str, scanner: &str, looked: Looked, findings: Vec<Vulnerability>) -> Self {
        let scanner = scanner.to_owned();
        Self {
            format,
            scanner,
            looked: vec![looked],
            findings,
            partial: Vec::new(),
            statements: Vec::new(),
            ran: false,
        }
    }
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

/// What was read so far.
#[derive(Default)]
struct Gathered {
    merger: Merger,
    statements: Vec<(String, Statement)>,
    broken: bool,
    empty: bool,
}

fn collect(repo: &Repo, globs: Vec<String>, max_age: Span, commands: &[Command]) -> Area<Audit> {
    let mut evidence = Evidence::new(State::Absent, globs);
    let found = match repo.find(&evidence.looked_for, false) {
        Ok(found) => found,
        Err(why) => {
            evidence.state = State::Unreadable;
            evidence.problems.push(Problem { path: evidence.looked_for.join(", "), line: None, why });
            return Area::missing(evidence);
        }
    };
    let mut state = Gathered::default();
    state.merger.audit.ecosystems = ecosystems::of(repo);
    for path in found {
        let read = stream::read(repo, &path, input::tell).map_err(input::failure);
        match read.and_then(|(source, report)| Ok((source, report?))) {
            Ok((mut source, report)) => {
                source.kind = kinds(&report);
                source.tool = Some(report.scanner.clone());
                evidence.reports.push(source);
                let note = |why: String| Problem { path: path.to_string(), line: None, why };
                evidence.problems.extend(report.partial.iter().cloned().map(note));
                state.take(&path, report);
            }
            Err(failure) => evidence.problems.push(state.refuse(&path, failure)),
        }
    }
    for command in commands {
        let path = shown(&command.argv);
        match ran::read(command) {
            Ok((report, mut source)) => {
                source.kind = kinds(&report);
                source.tool = Some(report.scanner.clone());
                evidence.reports.push(source);
                state.take(&path, report);
            }
            Err(failure) => evidence.problems.push(state.refuse(&path, failure)),
        }
    }
    state.finish(repo, evidence, max_age)
}

impl Gathered {
    fn take(&mut self, path: &str, mut report: Report) {
        let statements = std::mem::take(&mut report.statements);
        self.statements.extend(statements.into_iter().map(|statement| (path.to_owned(), statement)));
        self.merger.add(path, report);
    }

    fn refuse(&mut self, path: &str, failure: Failure) -> Problem {
        let (line, why) = match failure {
            Failure::Unreadable(line, why) => {
                self.broken = true;
                (line, why)
            }
            Failure::Empty(why) => {
                self.empty = true;
                (None, why)
            }
        };
        Problem { path: path.to_owned(), line, why }
    }

    fn finish(mut self, repo: &Repo, mut evidence: Evidence, max_age: Span) -> Area<Audit> {
        let today = repo.clock.today();
        vex::apply(&self.statements, &mut self.merger.audit.findings, &today, &mut evidence.problems);
        let mut audit = self.merger.finish();
        ecosystems::cover(&mut audit);
        let old: Vec<Problem> = age::problems(repo, &audit, max_age);
        evidence.state = match (self.broken, self.empty, !old.is_empty(), audit.scans.is_empty()) {
            (true, _, _, _) => State::Unreadable,
            (false, true, _, _) => State::Empty,
            (false, false, true, _) => State::Stale,
            (false, false, false, true) => State::Absent,
            (false, false, false, false) => State::Found,
        };
        evidence.problems.extend(old);
        Area { facts: Some(audit), evidence }
    }
}

/// The kinds of scan in a report, in words.
fn kinds(report: &Report) -> Option<String> {
    let mut kinds: Vec<ScanKind> = report.looked.iter().map(|looked| looked.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let names: Vec<&str> = kinds.into_iter().map(ScanKind::name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Reads bytes that are held already.
fn read(bytes: &[u8]) -> Result<Report, Failure> {
    stream::read_bytes("", bytes, input::tell).map_err(input::failure)?.1
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
        reachability: None,
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
    entries(json, key).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The entries of a list under a key; none where there is no list.
fn entries<'a>(json: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    json.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The list under a key.
fn list<'a>(json: &'a Value, key: &str) -> Result<&'a [Value], Failure> {
    let list = json.get(key).and_then(Value::as_array).map(Vec::as_slice);
    list.ok_or_else(|| Failure::unreadable(format!("`{key}` is no list: the scan failed, or the report is not whole")))
}

/// The text under a key without which an entry says nothing.
fn needed<'a>(json: &'a Value, key: &str, of: &str) -> Result<&'a str, Failure> {
    text(json, key).ok_or_else(|| Failure::unreadable(format!("{of} without `{key}`")))
}

/// The whole number under a key.
fn number(json: &Value, key: &str) -> Option<u64> {
    json.get(key).and_then(Value::as_u64)
}

/// The line under a key: a number, or a text that begins with one (`12-14`).
fn line_at(json: &Value, key: &str) -> Option<u32> {
    let value = json.get(key)?;
    let first = |text: &str| text.split('-').next().and_then(|line| line.trim().parse::<u64>().ok());
    let line = value.as_u64().or_else(|| first(value.as_str()?))?;
    u32::try_from(line).ok().filter(|line| *line > 0)
}

/// The first line of a text, cut to 160 characters.
fn line_of(text: &str) -> String {
    text.trim().lines().next().unwrap_or_default().chars().take(160).collect()
}

/// A path as the repository names it.
fn place(path: &str) -> String {
    path.trim_start_matches("file://").trim_start_matches("./").to_owned()
}

/// The ecosystems of dependencies that lockfiles tell, each with its lockfile.
#[must_use]
pub fn lockfiles(repo: &Repo) -> Vec<(String, String)> {
    ecosystems::of(repo).into_iter().map(|one| (one.name, one.lockfile)).collect()
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod written;
