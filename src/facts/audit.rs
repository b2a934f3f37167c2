//! What scanners found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Findings of scanners.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Audit {
    /// Findings by severity.
    pub counts: Counts,
    /// One finding per distinct (advisory, package, version), aliases merged; for code, secret and iac one per result. By
    /// severity (gravest first), package, id.
    pub findings: Vec<Vulnerability>,
    /// What scanners say beside that is no vulnerability (unmaintained, unsound, yanked, deprecated), in the same order.
    pub notices: Vec<Vulnerability>,
    /// Which reports examined what: one for each kind and ecosystem of a report, by path.
    pub scans: Vec<Scan>,
    /// The ecosystems whose lockfile is in the repository, by name and lockfile.
    pub ecosystems: Vec<Ecosystem>,
}

/// Findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names are the documentation")]
pub struct Counts {
    pub critical: u64,
    pub high: u64,
    pub medium: u64,
    pub low: u64,
    pub info: u64,
    pub unknown: u64,
}

/// How severe a weakness is. `unknown` is its own: never info, never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum AuditSeverity {
    Critical,
    High,
    Medium,
    Low,
    Info,
    Unknown,
}

impl AuditSeverity {
    /// Its name in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            AuditSeverity::Critical => "critical",
            AuditSeverity::High => "high",
            AuditSeverity::Medium => "medium",
            AuditSeverity::Low => "low",
            AuditSeverity::Info => "info",
            AuditSeverity::Unknown => "unknown",
        }
    }
}

/// What a scanner looks at. A clean report of one kind is no proof of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum ScanKind {
    Dependency,
    Code,
    Secret,
    Container,
    Iac,
}

impl ScanKind {
    /// Its name in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ScanKind::Dependency => "dependency",
            ScanKind::Code => "code",
            ScanKind::Secret => "secret",
            ScanKind::Container => "container",
            ScanKind::Iac => "iac",
        }
    }
}

/// Which installation a dependency belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum Scope {
    Runtime,
    Dev,
}

/// How near a weakness is to what the code does. The order is nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reachability {
    /// The code calls the weak function.
    Called,
    /// The code imports the weak package, and no call of the weak function is known.
    Imported,
    /// Only a requirement names the module.
    Required,
}

impl Reachability {
    /// Its name in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Reachability::Called => "called",
            Reachability::Imported => "imported",
            Reachability::Required => "required",
        }
    }
}

/// A weakness that a scanner found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Vulnerability {
    /// The advisory or rule.
    pub id: String,
    /// Its other names, sorted.
    pub aliases: Vec<String>,
    /// The package; the rule's file for code.
    pub package: String,
    /// The installed version, where told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How severe.
    pub severity: AuditSeverity,
    /// What kind of scanner says so.
    pub kind: ScanKind,
    /// Versions that mend it, where told.
    pub fixed_in: Vec<String>,
    /// The scanner.
    pub scanner: String,
    /// What it is, in one line, where told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The report that says so.
    pub report: String,
    /// Where in the repository, for code, secret and iac.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line there, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Runtime or dev, where told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Whether the package is a direct dependency, where told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct: Option<bool>,
    /// Whether the code calls it, where told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reachability: Option<Reachability>,
    /// Of a notice: which (`unmaintained`, `unsound`, `yanked`, `notice`, `deprecated`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub informational: Option<String>,
    /// A statement that it is not affected (VEX), or the report's own suppression, with its justification: shown as waived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<String>,
}

/// One report's scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Scan {
    /// The report.
    pub path: String,
    /// The scanner.
    pub scanner: String,
    /// What it looks at.
    pub kind: ScanKind,
    /// The ecosystem, where the report is bound to one: `npm`, `pypi`, `cargo`, `go`; none where it covers any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecosystem: Option<String>,
    /// The lockfile that was read, where told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How many packages or files were examined, where told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examined: Option<u64>,
    /// Whether the report is what a command of the DoD printed in this run: it cannot be stale.
    #[serde(skip)]
    pub ran: bool,
}

/// An ecosystem of dependencies that the repository uses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Ecosystem {
    /// `npm`, `pypi`, `cargo`, `go`, `maven`, `rubygems`, `packagist`.
    pub name: String,
    /// The lockfile that tells: one for each folder that has one.
    pub lockfile: String,
    /// The dependency reports that speak of it.
    pub covered_by: Vec<String>,
}
