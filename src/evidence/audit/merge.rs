//! Several reports' findings to one list: the same weakness of the same package in the same version is one finding, whatever
//! name a report gives it.

use std::collections::{BTreeSet, HashMap};

use crate::facts::audit::{Audit, AuditSeverity, Counts, Scan, ScanKind, Scope, Vulnerability};

use super::Report;

/// The findings so far, by each of their names.
#[derive(Debug, Default)]
pub(super) struct Merger {
    pub(super) audit: Audit,
    /// Places in the list by kind, name and package.
    by_name: HashMap<(ScanKind, String, String), Vec<usize>>,
}

impl Merger {
    /// Takes a report in.
    pub(super) fn add(&mut self, path: &str, report: Report) {
        for looked in report.looked {
            self.audit.scans.push(Scan {
                path: path.to_owned(),
                scanner: report.scanner.clone(),
                kind: looked.kind,
                ecosystem: looked.ecosystem,
                target: looked.target,
                examined: looked.examined,
                ran: report.ran,
            });
        }
        for mut new in report.findings {
            path.clone_into(&mut new.report);
            let package = normal(&new.package);
            let known = self.same(&new, &package);
            let names: Vec<String> = new.aliases.iter().cloned().chain([new.id.clone()]).collect();
            let kind = new.kind;
            let at = match known {
                Some(at) => {
                    join(&mut self.audit.findings[at], new);
                    at
                }
                None => {
                    self.audit.findings.push(new);
                    self.audit.findings.len() - 1
                }
            };
            for name in names {
                let places = self.by_name.entry((kind, name, package.clone())).or_default();
                if !places.contains(&at) {
                    places.push(at);
                }
            }
        }
    }

    /// The finding that a new one repeats. Within one report only the same advisory does (the report's own counting stands);
    /// over several any common name does. A version that is not told fits any.
    fn same(&self, new: &Vulnerability, package: &str) -> Option<usize> {
        if !matches!(new.kind, ScanKind::Dependency | ScanKind::Container) {
            return None;
        }
        let names = [&new.id].into_iter().chain(&new.aliases);
        let places = names.flat_map(|name| self.by_name.get(&(new.kind, name.clone(), package.to_owned())));
        places.flatten().copied().find(|at| {
            let old = &self.audit.findings[*at];
            if old.report == new.report {
                let same = old.id == new.id && old.version == new.version;
                return same && (old.version.is_some() || old.title == new.title);
            }
            match (&old.version, &new.version) {
                (Some(old), Some(new)) => old.trim_start_matches('v') == new.trim_start_matches('v'),
                _ => true,
            }
        })
    }

    /// Sorts, sets notices apart and counts.
    pub(super) fn finish(mut self) -> Audit {
        self.audit.findings.sort_by(|a, b| {
            let key = |one: &Vulnerability| {
                let place = (one.file.clone(), one.line, one.report.clone());
                (one.severity, one.package.clone(), one.id.clone(), one.version.clone(), place)
            };
            key(a).cmp(&key(b))
        });
        let all = std::mem::take(&mut self.audit.findings);
        (self.audit.notices, self.audit.findings) = all.into_iter().partition(|one| one.informational.is_some());
        let mut counts = Counts::default();
        for finding in self.audit.findings.iter().filter(|one| one.suppressed.is_none()) {
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
        self.audit.counts = counts;
        self.audit
    }
}

/// A package's name as all ecosystems compare it: PyPI takes `Foo_Bar` and `foo-bar` for the same.
pub(super) fn normal(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace(['_', '.'], "-")
}

/// What two tell of the same weakness. The graver word stands, and what one of them suppresses and the other does not, stands.
fn join(old: &mut Vulnerability, new: Vulnerability) {
    let mut aliases: BTreeSet<String> = old.aliases.drain(..).chain(new.aliases).chain([new.id]).collect();
    aliases.remove(&old.id);
    old.aliases = aliases.into_iter().collect();
    // The order of severities is gravest first, `unknown` last: what is known stands before what is not.
    old.severity = old.severity.min(new.severity);
    old.fixed_in.extend(new.fixed_in);
    old.fixed_in.sort();
    old.fixed_in.dedup();
    old.version = old.version.take().or(new.version);
    old.title = old.title.take().or(new.title);
    old.scope = match (old.scope, new.scope) {
        (Some(Scope::Runtime), _) | (_, Some(Scope::Runtime)) => Some(Scope::Runtime),
        (one, other) => one.or(other),
    };
    old.direct = match (old.direct, new.direct) {
        (Some(old), Some(new)) => Some(old || new),
        (one, other) => one.or(other),
    };
    // The order of reachability is nearest first.
    old.reachability = match (old.reachability, new.reachability) {
        (Some(old), Some(new)) => Some(old.min(new)),
        (one, other) => one.or(other),
    };
    old.informational = old.informational.take().filter(|_| new.informational.is_some());
    old.suppressed = old.suppressed.take().filter(|_| new.suppressed.is_some());
}
