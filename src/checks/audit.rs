//! `audit`: what scanners found, and whether they looked at all.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::facts::audit::{Audit, AuditSeverity, ScanKind, Scope, Vulnerability};
use crate::facts::{AreaName, Facts, Need};

/// The check.
pub const AUDIT: CheckOf<AuditRule> =
    CheckOf { name: "audit", page: include_str!("audit.md"), stage: Stage::Ci, parameters: PhantomData };

/// What a rule allows.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AuditRule {
    /// How many findings of each severity may stand.
    max: Max,
    /// What kind of scan is meant: `dependency` where none is given.
    kind: Option<ScanKind>,
    /// Only findings that a known version mends.
    only_fixable: bool,
    /// Only findings of these installations; all where none is given.
    scope: Vec<Scope>,
}

/// How many findings may stand; no limit for a severity that is not named, but critical and high, which may have none.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Max {
    critical: Option<u64>,
    high: Option<u64>,
    medium: Option<u64>,
    low: Option<u64>,
    info: Option<u64>,
    /// Of findings whose severity nobody tells; as for high where it is not named.
    unknown: Option<u64>,
}

impl Max {
    fn of(&self, severity: AuditSeverity) -> Option<u64> {
        match severity {
            AuditSeverity::Critical => Some(self.critical.unwrap_or(0)),
            AuditSeverity::High => Some(self.high.unwrap_or(0)),
            AuditSeverity::Medium => self.medium,
            AuditSeverity::Low => self.low,
            AuditSeverity::Info => self.info,
            AuditSeverity::Unknown => Some(self.unknown.or(self.high).unwrap_or(0)),
        }
    }
}

const SEVERITIES: [AuditSeverity; 6] = [
    AuditSeverity::Critical,
    AuditSeverity::High,
    AuditSeverity::Medium,
    AuditSeverity::Low,
    AuditSeverity::Info,
    AuditSeverity::Unknown,
];

/// The command that audits an ecosystem.
fn command(ecosystem: &str, lockfile: &str) -> String {
    match ecosystem {
        "npm" if lockfile.ends_with("pnpm-lock.yaml") => "pnpm audit --json > reports/pnpm-audit.json".to_owned(),
        "npm" => "npm audit --json > reports/npm-audit.json".to_owned(),
        "cargo" => "cargo audit --json > reports/cargo-audit.json".to_owned(),
        "pypi" => "pip-audit -f json -o reports/pip-audit.json".to_owned(),
        _ => "osv-scanner --format json . > reports/osv.json".to_owned(),
    }
}

impl AuditRule {
    fn kind(&self) -> ScanKind {
        self.kind.unwrap_or(ScanKind::Dependency)
    }

    fn required(&self) -> String {
        let limits = SEVERITIES.iter().filter_map(|severity| Some((severity, self.max.of(*severity)?)));
        let limits: Vec<String> = limits.map(|(severity, limit)| format!("{limit} {}", severity.name())).collect();
        format!("{} findings: at most {}", self.kind().name(), limits.join(", "))
    }

    fn counts(&self, one: &Vulnerability) -> bool {
        one.kind == self.kind()
            && one.informational.is_none()
            && (!self.only_fixable || !one.fixed_in.is_empty())
            && (self.scope.is_empty() || one.scope.is_none_or(|scope| self.scope.contains(&scope)))
    }

    /// The ecosystems that no report covers.
    fn missing<'a>(&self, audit: &'a Audit) -> Vec<(&'a str, &'a str)> {
        if self.kind() != ScanKind::Dependency {
            return Vec::new();
        }
        let covers = |name: &str| {
            let scans = audit.scans.iter().filter(|scan| scan.kind == ScanKind::Dependency);
            scans.clone().any(|scan| scan.ecosystem.as_deref().is_none_or(|one| one == name))
        };
        let all = audit.ecosystems.iter().filter(|one| !covers(&one.name));
        all.map(|one| (one.name.as_str(), one.lockfile.as_str())).collect()
    }
}

fn message(one: &Vulnerability) -> String {
    let version = one.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let title = one.title.as_deref().map(|title| format!(": {title}")).unwrap_or_default();
    format!("{} {} in {}{version}{title}", one.severity.name(), one.id, one.package)
}

fn as_finding(rule: &RuleContext<'_>, one: &Vulnerability) -> Finding {
    let file = one.file.as_deref().unwrap_or(&one.report);
    let at = Location { file: file.to_owned(), line: one.line, column: None };
    let mut finding = Finding::new(rule.id, one.id.clone(), message(one), Some(at));
    let package = format!("{} {} {}", one.id, one.package, one.version.as_deref().unwrap_or_default());
    finding.fingerprint = Finding::new(rule.id, package, String::new(), None).fingerprint;
    finding
}

/// "raise lodash 4.17.20 to 4.17.21".
fn raise(one: &Vulnerability) -> String {
    let version = one.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    match one.fixed_in.last() {
        Some(fix) => format!("raise {}{version} to {fix}", one.package),
        None if one.kind == ScanKind::Dependency => {
            format!("replace {}{version}: no version mends {}", one.package, one.id)
        }
        None => format!("mend {}", message(one)),
    }
}

impl Judge for AuditRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Area(AreaName::Audit)]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let required = self.required();
        let Some(area) = &facts.audit else {
            return Judgement::new(Outcome::NoEvidence, required, "").next("audits are not collected");
        };
        let commands = |missing: &[(&str, &str)]| {
            let all: Vec<String> =
                missing.iter().map(|(name, lock)| format!("run `{}`", command(name, lock))).collect();
            if all.is_empty() {
                format!("leave a {} scanner's report there", self.kind().name())
            } else {
                all.join(" and ")
            }
        };
        let audit = match area.proven() {
            Ok(audit) => audit,
            Err(evidence) => {
                let known = area.facts.as_ref().map(|audit| self.missing(audit)).unwrap_or_default();
                return Judgement::no_evidence(rule, required, evidence, &commands(&known));
            }
        };
        let missing = self.missing(audit);
        if !missing.is_empty() || !audit.scans.iter().any(|scan| scan.kind == self.kind()) {
            let what: Vec<String> = missing.iter().map(|(name, lock)| format!("{name} ({lock})")).collect();
            let why = if what.is_empty() {
                format!("no report of kind {} was found", self.kind().name())
            } else {
                format!("no report covers {}", what.join(", "))
            };
            let mut judgement = Judgement::new(Outcome::NoEvidence, required, "");
            judgement.evidence = area.evidence.reports.clone();
            return judgement.next(format!("{why}: {}", commands(&missing)));
        }
        let all: Vec<&Vulnerability> = audit.findings.iter().filter(|one| self.counts(one)).collect();
        let (suppressed, standing): (Vec<&Vulnerability>, Vec<&Vulnerability>) =
            all.into_iter().partition(|one| one.suppressed.is_some());
        let over: Vec<&Vulnerability> = SEVERITIES
            .iter()
            .filter_map(|severity| {
                let of: Vec<&Vulnerability> =
                    standing.iter().copied().filter(|one| one.severity == *severity).collect();
                (of.len() as u64 > self.max.of(*severity)?).then_some(of)
            })
            .flatten()
            .collect();
        let counted: Vec<String> = SEVERITIES
            .iter()
            .map(|severity| (severity.name(), standing.iter().filter(|one| one.severity == *severity).count()))
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        let scanners: Vec<String> = audit
            .scans
            .iter()
            .filter(|scan| scan.kind == self.kind())
            .map(|scan| match scan.examined {
                Some(examined) => format!("{} examined {examined}", scan.scanner),
                None => scan.scanner.clone(),
            })
            .collect();
        let found = if counted.is_empty() { "none".to_owned() } else { counted.join(", ") };
        let outcome = if over.is_empty() { Outcome::Pass } else { Outcome::Fail };
        let mut judgement = Judgement::new(outcome, required, format!("{found} ({})", scanners.join(", ")));
        judgement.findings = over.iter().map(|one| as_finding(rule, one)).collect();
        judgement.suppressed =
            suppressed.iter().map(|one| (as_finding(rule, one), one.suppressed.clone().unwrap_or_default())).collect();
        let mut steps: Vec<String> = over.iter().map(|one| raise(one)).collect();
        steps.dedup();
        let more = steps.len().saturating_sub(4);
        steps.truncate(4);
        if more > 0 {
            steps.push(format!("and {more} more"));
        }
        judgement.next_step = (!over.is_empty()).then(|| steps.join("; "));
        judgement.evidence = area.evidence.reports.clone();
        judgement.notes =
            area.evidence.problems.iter().map(|problem| format!("{}: {}", problem.path, problem.why)).collect();
        judgement
    }
}
