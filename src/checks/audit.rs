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

/// The command that audits a lockfile's ecosystem, run in its folder, and the report that it writes, as seen from the root.
#[must_use]
pub fn command(ecosystem: &str, lockfile: &str) -> (String, String) {
    let (folder, file) = lockfile.rsplit_once('/').unwrap_or((".", lockfile));
    let (tool, report) = match (ecosystem, file) {
        ("npm", "pnpm-lock.yaml") => ("pnpm audit --json", "pnpm-audit.json"),
        ("npm", "yarn.lock") => ("yarn audit --json", "yarn-audit.ndjson"),
        ("npm", "package-lock.json" | "npm-shrinkwrap.json") => ("npm audit --json", "npm-audit.json"),
        ("cargo", _) => ("cargo audit --json", "cargo-audit.json"),
        ("pypi", file) if file.starts_with("requirements") => {
            return in_folder(folder, &format!("pip-audit -r {file} -f json"), "pip-audit.json");
        }
        ("go", _) => ("govulncheck -json ./...", "govulncheck.json"),
        ("rubygems", _) => ("bundle-audit check --format json", "bundler-audit.json"),
        ("packagist", _) => ("composer audit --format=json", "composer-audit.json"),
        _ => {
            let report = "reports/osv.json";
            return (format!("osv-scanner --format json --lockfile {lockfile} > {report}"), report.to_owned());
        }
    };
    in_folder(folder, tool, report)
}

fn in_folder(folder: &str, tool: &str, report: &str) -> (String, String) {
    match folder {
        "." => (format!("{tool} > reports/{report}"), format!("reports/{report}")),
        _ => (format!("cd {folder} && {tool} > reports/{report}"), format!("{folder}/reports/{report}")),
    }
}

/// The step that audits a lockfile's ecosystem, so that its report lies where the DoD looks.
fn step(ecosystem: &str, lockfile: &str, looked_for: &[String]) -> String {
    let (command, report) = command(ecosystem, lockfile);
    let mut set = globset::GlobSetBuilder::new();
    for glob in looked_for {
        // A glob that is malformed is refused where it is written.
        if let Ok(glob) = globset::GlobBuilder::new(glob).literal_separator(true).build() {
            set.add(glob);
        }
    }
    let found = set.build().is_ok_and(|set| set.is_match(&report));
    if found { format!("run `{command}`") } else { format!("run `{command}` and name {report} under `evidence`") }
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
            && (!self.only_fixable || !one.fixed_in.is_empty())
            && (self.scope.is_empty() || one.scope.is_none_or(|scope| self.scope.contains(&scope)))
    }

    /// The lockfiles that no report covers, with their ecosystem.
    fn missing<'a>(&self, audit: &'a Audit) -> Vec<(&'a str, &'a str)> {
        if self.kind() != ScanKind::Dependency {
            return Vec::new();
        }
        let all = audit.ecosystems.iter().filter(|one| one.covered_by.is_empty());
        all.map(|one| (one.name.as_str(), one.lockfile.as_str())).collect()
    }
}

fn message(one: &Vulnerability) -> String {
    let version = one.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let title = one.title.as_deref().map(|title| format!(": {title}")).unwrap_or_default();
    let reach = one.reachability.map(|reach| format!(" ({})", reach.name())).unwrap_or_default();
    format!("{} {} in {}{version}{reach}{title}", one.severity.name(), one.id, one.package)
}

fn as_finding(rule: &RuleContext<'_>, one: &Vulnerability) -> Finding {
    let file = one.file.as_deref().unwrap_or(&one.report);
    let at = Location { file: file.to_owned(), line: one.line, column: None };
    let mut finding = Finding::new(rule.id, one.id.clone(), message(one), Some(at));
    let package = format!("{} {} {}", one.id, one.package, one.version.as_deref().unwrap_or_default());
    finding.fingerprint = Finding::new(rule.id, package, String::new(), None).fingerprint;
    finding
}

/// The steps that mend findings: one for each installed package, to the lowest version that mends all of its findings.
fn steps(over: &[&Vulnerability]) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    let mut done: Vec<(&str, Option<&str>)> = Vec::new();
    for one in over {
        let key = (one.package.as_str(), one.version.as_deref());
        if one.kind != ScanKind::Dependency && one.kind != ScanKind::Container {
            steps.push(format!("mend {}", message(one)));
            continue;
        }
        if done.contains(&key) {
            continue;
        }
        done.push(key);
        let same: Vec<&Vulnerability> =
            over.iter().copied().filter(|other| (other.package.as_str(), other.version.as_deref()) == key).collect();
        let version = one.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        let fixes = same.iter().map(|one| fix(one));
        match fixes
            .collect::<Option<Vec<&str>>>()
            .and_then(|all| all.into_iter().max_by(|a, b| numbers(a).cmp(&numbers(b))))
        {
            Some(fix) => steps.push(format!("raise {}{version} to {fix}", one.package)),
            None => {
                let unmended =
                    same.iter().find(|one| one.fixed_in.is_empty()).map_or(one.id.as_str(), |one| one.id.as_str());
                steps.push(format!("replace {}{version}: no version is known to mend {unmended}", one.package));
            }
        }
    }
    steps
}

/// The lowest version above the installed one that mends a finding; else the highest that does.
fn fix(one: &Vulnerability) -> Option<&str> {
    let bare = |text: &str| -> usize { text.find(|c: char| c.is_ascii_digit()).unwrap_or(0) };
    let installed = one.version.as_deref().map(numbers);
    let fixes: Vec<&str> = one
        .fixed_in
        .iter()
        .map(|range| range[bare(range)..].split([',', ' ', '|']).next().unwrap_or_default())
        .filter(|version| !version.is_empty())
        .collect();
    let above = fixes.iter().filter(|fix| installed.as_ref().is_none_or(|installed| numbers(fix) > *installed));
    above
        .min_by(|a, b| numbers(a).cmp(&numbers(b)))
        .or_else(|| fixes.iter().max_by(|a, b| numbers(a).cmp(&numbers(b))))
        .copied()
}

/// The numbers of a version, for comparing two of one package.
fn numbers(version: &str) -> Vec<u64> {
    let parts = version.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().unwrap_or(u64::MAX)).collect()
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
                missing.iter().map(|(name, lock)| step(name, lock, &area.evidence.looked_for)).collect();
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
                // What the lockfiles tell is nearer than what the stack does.
                let mut evidence = evidence.clone();
                evidence.bring = evidence.bring.filter(|_| known.is_empty());
                return Judgement::no_evidence(rule, required, &evidence, &commands(&known));
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
        let mut steps = steps(&over);
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
