//! Coverage reports: told apart by content, merged by file and line, mapped to files of the repository.
//!
//! Merging: a line, branch or function is covered if any report covers it, and it is counted if any report lists it. Where a
//! format tells branches as counts for a line (Cobertura), the larger count of each line stands. Totals are never added,
//! percentages never averaged. What a format does not measure is absent, and nothing of nothing is never 100 %.

mod clover;
mod cobertura;
mod dotnet;
mod gocover;
mod input;
mod istanbul;
mod jacoco;
mod json;
mod lcov;
mod lines;
mod llvm;
mod merge;
mod opencover;
mod paths;
mod record;
mod simplecov;
mod sonar;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::change::{ChangeStatus, Changes, is_test};
use crate::facts::coverage::{ChangedLines, Coverage, Measure, UncoveredLines};
use crate::facts::{Area, AreaName, Evidence, Problem, State};
use crate::repo::Repo;

use super::{Collected, Collector, Context, Failure, stale, stream};
use merge::Merged;
use paths::Paths;
use record::{Record, Report};

/// Reads coverage.
#[derive(Debug)]
pub struct CoverageCollector;

/// Where coverage reports lie unless the DoD says otherwise.
const PLACES: &[&str] = &[
    "coverage/lcov.info",
    "coverage/coverage-final.json",
    "coverage/cobertura-coverage.xml",
    "coverage/coverage-summary.json",
    "coverage/cobertura.xml",
    "coverage.xml",
    "coverage.json",
    "lcov.info",
    "cover.out",
    "coverage.out",
    "coverage.txt",
    "cobertura.xml",
    "coverage/clover.xml",
    "clover.xml",
    "build/logs/clover.xml",
    "coverage/.resultset.json",
    "coverage.cobertura.xml",
    "coverage.opencover.xml",
    "**/TestResults/*/coverage.cobertura.xml",
    "**/TestResults/*/coverage.opencover.xml",
    "target/site/jacoco/jacoco.xml",
    "*/target/site/jacoco/jacoco.xml",
    "build/reports/jacoco/test/jacocoTestReport.xml",
    "*/build/reports/jacoco/test/jacocoTestReport.xml",
    "coverage/.last_run.json",
    "reports/coverage/*.xml",
    "reports/coverage/*.info",
    "reports/coverage/*.json",
    "reports/coverage.xml",
    "reports/lcov.info",
    "target/llvm-cov/lcov.info",
    "packages/*/coverage/lcov.info",
    "apps/*/coverage/lcov.info",
];

impl Collector for CoverageCollector {
    fn area(&self) -> AreaName {
        AreaName::Coverage
    }

    fn looks_for(&self) -> &'static [&'static str] {
        PLACES
    }

    fn collect(&self, context: &Context<'_>) -> Collected {
        Collected::Coverage(collect(context, context.globs(self)))
    }
}

fn collect(context: &Context<'_>, globs: Vec<String>) -> Area<Coverage> {
    let repo = context.repo;
    let mut evidence = Evidence::new(State::Absent, globs);
    let found = match repo.find(&evidence.looked_for, false) {
        Ok(found) => found,
        Err(why) => {
            evidence.state = State::Unreadable;
            evidence.problems.push(Problem { path: evidence.looked_for.join(", "), line: None, why });
            return Area::missing(evidence);
        }
    };
    let named = context.places.contains_key(&AreaName::Coverage);
    let mut merged = Merged::default();
    let paths = Paths::new(repo);
    let mut broken = false;
    for path in first_family(found, named) {
        match stream::read(repo, &path, input::tell) {
            Ok((source, report)) => {
                let note = |why: &String| Problem { path: path.to_string(), line: None, why: why.clone() };
                evidence.problems.extend(report.warnings.iter().map(note));
                evidence.reports.push(source);
                merged.take(&paths, &path, report);
            }
            Err(failure) => {
                broken = true;
                let line = failure.line;
                evidence.problems.push(Problem { path: path.to_string(), line, why: failure.why });
            }
        }
    }
    let mut coverage = merged.finish();
    evidence.state = state(repo, &coverage, &mut evidence, broken);
    coverage.changed_lines = context.changes.map(|changes| changed_lines(repo, &coverage, changes));
    coverage.unlisted = unlisted(repo, &coverage);
    let any = !coverage.files.is_empty() || !coverage.percent_stated.is_empty();
    Area { facts: any.then_some(coverage), evidence }
}

/// Tools write the same run in several formats side by side. Where places are the defaults, only the first of those in one
/// folder is read, so that a summary does not hide behind a stale twin of another format.
fn first_family(found: Vec<Arc<str>>, named: bool) -> Vec<Arc<str>> {
    if named {
        return found;
    }
    let rank = |path: &str| PLACES.iter().position(|place| *place == path).unwrap_or(usize::MAX);
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let ending = |path: &str| path.rsplit_once('.').map(|(_, ending)| ending.to_owned());
    let mut kept: Vec<Arc<str>> = Vec::new();
    for path in found {
        match kept.iter_mut().find(|other| folder(other) == folder(&path)) {
            Some(other) if rank(&path) < rank(other) => *other = path,
            // Files that one pattern finds side by side, such as two suites in `reports/coverage/*.info`.
            Some(other) if rank(other) == usize::MAX && ending(other) == ending(&path) => kept.push(path),
            Some(_) => {}
            None => kept.push(path),
        }
    }
    kept
}

fn state(repo: &Repo, coverage: &Coverage, evidence: &mut Evidence, broken: bool) -> State {
    if broken {
        return State::Unreadable;
    }
    if evidence.reports.is_empty() {
        return State::Absent;
    }
    let measured = [coverage.lines, coverage.branches, coverage.functions, coverage.statements];
    if measured.iter().all(Option::is_none) && !coverage.percent_stated.is_empty() {
        let path = evidence.reports[0].path.clone();
        let why = "it tells shares alone, without counts and files: nothing says what they speak of; read the report \
                   that has lines (SimpleCov's is `.resultset.json`)";
        evidence.problems.push(Problem { path, line: None, why: why.to_owned() });
        return State::Unsupported;
    }
    if measured.iter().all(Option::is_none) {
        let path = evidence.reports[0].path.clone();
        evidence.problems.push(Problem { path, line: None, why: "it lists nothing that could be covered".to_owned() });
        return State::Empty;
    }
    let present: Vec<&str> = coverage.files.iter().filter(|file| file.present).map(|file| file.path.as_str()).collect();
    if present.is_empty() {
        let path = evidence.reports[0].path.clone();
        let why = format!("it speaks of {} files, and none of them is here", coverage.files.len());
        evidence.problems.push(Problem { path, line: None, why });
        return State::Stale;
    }
    let old: Vec<Problem> =
        evidence.reports.iter().filter_map(|report| stale(repo, &report.path, present.iter().copied())).collect();
    if old.is_empty() {
        return State::Found;
    }
    evidence.problems.extend(old);
    State::Stale
}

/// The endings of the files that the reports speak of.
fn endings(coverage: &Coverage) -> BTreeSet<&str> {
    coverage.files.iter().filter_map(|file| file.path.rsplit_once('.').map(|(_, ending)| ending)).collect()
}

/// Whether a path names source that tests could cover: of an ending that the reports know, no test, no configuration.
fn is_coverable(path: &str, endings: &BTreeSet<&str>) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let configuration =
        name.contains(".config.") || name.starts_with('.') || matches!(name, "setup.py" | "conftest.py" | "build.rs");
    let foreign = path.split('/').any(|part| {
        matches!(
            part,
            "node_modules"
                | "vendor"
                | "third_party"
                | "dist"
                | "build"
                | "coverage"
                | "fixtures"
                | "__mocks__"
                | "docs"
                | "examples"
                | "benches"
        )
    });
    endings.contains(ending) && !is_test(path) && !configuration && !foreign && !name.ends_with(".d.ts")
}

fn unlisted(repo: &Repo, coverage: &Coverage) -> Vec<String> {
    let endings = endings(coverage);
    let listed: BTreeSet<&str> = coverage.files.iter().map(|file| file.path.as_str()).collect();
    let files = repo.files().iter().filter(|entry| !entry.link && entry.bytes > 0);
    files
        .map(|entry| &*entry.path)
        .filter(|path| is_coverable(path, &endings) && !listed.contains(path))
        .map(str::to_owned)
        .collect()
}

/// Coverage of the lines that the change adds: those that a report lists; of coverable files that no report mentions, every
/// line that is not blank counts as uncovered.
fn changed_lines(repo: &Repo, coverage: &Coverage, changes: &Changes) -> ChangedLines {
    let endings = endings(coverage);
    let mut all = ChangedLines::default();
    for changed in changes.files.iter().filter(|file| file.status != ChangeStatus::Deleted) {
        let within = |line: u32| changed.lines.iter().any(|(first, last)| (*first..=*last).contains(&line));
        let known = coverage.files.iter().find(|file| file.present && file.path == changed.path);
        let uncovered: Vec<u32> = match known {
            Some(file) if !file.hits.is_empty() => {
                let counted: Vec<(u32, bool)> = file.hits.iter().filter(|(line, _)| within(*line)).collect();
                all.total += counted.len() as u64;
                all.covered += counted.iter().filter(|(_, hit)| *hit).count() as u64;
                counted.into_iter().filter(|(_, hit)| !hit).map(|(line, _)| line).collect()
            }
            // Only totals are told of it: which of its lines ran is not known.
            Some(file) if file.lines.is_some() || file.statements.is_some() => {
                all.untold.push(changed.path.clone());
                continue;
            }
            // The report knows the file and there is nothing in it to cover.
            Some(_) => continue,
            None if is_coverable(&changed.path, &endings) => {
                let lines: Vec<u32> =
                    written_lines(repo, &changed.path).into_iter().filter(|line| within(*line)).collect();
                all.total += lines.len() as u64;
                lines
            }
            None => continue,
        };
        if !uncovered.is_empty() {
            all.uncovered.push(UncoveredLines { path: changed.path.clone(), lines: uncovered });
        }
    }
    all.percent = Measure::new(all.covered, all.total).map(|measure| measure.percent);
    all
}

/// The numbers of a file's lines that are neither blank nor a comment alone.
fn written_lines(repo: &Repo, path: &str) -> Vec<u32> {
    let Ok(content) = repo.read(path, crate::repo::MAX_SOURCE_BYTES) else { return Vec::new() };
    let Ok(text) = content.text() else { return Vec::new() };
    let counts = |line: &str| {
        let line = line.trim();
        line.len() > 1 && !["//", "#", "*", "/*"].iter().any(|comment| line.starts_with(comment))
    };
    (1..).zip(text.lines()).filter(|(_, line)| counts(line)).map(|(number, _)| number).collect()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "packed reports lie on disk")]
mod formats;
#[cfg(test)]
mod tests;
