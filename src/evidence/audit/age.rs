//! An audit of dependencies speaks of the lockfiles that it covers, and ages: advisories appear daily.

use std::collections::BTreeSet;

use crate::domain::units::Span;
use crate::evidence::stale;
use crate::facts::Problem;
use crate::facts::audit::{Audit, ScanKind};
use crate::repo::Repo;

/// The reports that are too old, with why.
pub(super) fn problems(repo: &Repo, audit: &Audit, max_age: Span) -> Vec<Problem> {
    let scans = audit.scans.iter().filter(|scan| scan.kind == ScanKind::Dependency && !scan.ran);
    let reports: BTreeSet<&str> = scans.map(|scan| scan.path.as_str()).collect();
    reports.into_iter().filter_map(|report| problem(repo, audit, report, max_age)).collect()
}

fn problem(repo: &Repo, audit: &Audit, report: &str, max_age: Span) -> Option<Problem> {
    let locks = audit.ecosystems.iter().filter(|one| one.covered_by.iter().any(|path| path == report));
    if let Some(problem) = stale(repo, report, locks.map(|one| one.lockfile.as_str())) {
        return Some(problem);
    }
    let limit = i64::try_from(max_age.seconds()).unwrap_or(i64::MAX);
    let age = repo.clock.now().saturating_sub(repo.content_time(report)?);
    (age > limit).then(|| {
        let why = format!("{} days old: advisories appear daily, so an audit holds for {max_age}", age / 86_400);
        Problem { path: report.to_owned(), line: None, why }
    })
}
