//! Coverage reports: told apart by content, merged by file and line, mapped to files of the repository.
//!
//! Merging: a line, branch or function is covered if any report covers it, and it is counted if any report lists it. Where a
//! format tells branches as counts for a line (Cobertura), the larger count of each line stands; of several formats, lines merge
//! and of the rest the format that covers the most stands. Totals are never added, percentages never averaged. What a format does not measure is absent, and nothing of nothing is never 100 %.

mod base;
mod changed;
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
mod list;
mod llvm;
mod merge;
mod opencover;
mod packed;
mod paths;
mod record;
mod simplecov;
mod sonar;

use std::sync::Arc;

use crate::facts::coverage::Coverage;
use crate::facts::{Area, AreaName, Evidence, Problem, State};
use crate::repo::Repo;

pub(crate) use base::answer;

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
    "TestResults/*/coverage.cobertura.xml",
    "*/TestResults/*/coverage.cobertura.xml",
    "*/*/TestResults/*/coverage.cobertura.xml",
    "*/*/TestResults/*/coverage.opencover.xml",
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
    let paths = Paths::new(repo, &[]);
    let mut broken = false;
    for path in first_family(found, named) {
        match stream::read(repo, &path, input::tell) {
            Ok((source, report)) => {
                let note = |why: &String| Problem { path: path.to_string(), line: None, why: why.clone() };
                evidence.problems.extend(report.warnings.iter().map(note));
                merged.take(&paths, &path, &source.format, report);
                evidence.reports.push(source);
            }
            Err(failure) => {
                broken = true;
                let line = failure.line;
                evidence.problems.push(Problem { path: path.to_string(), line, why: failure.why });
            }
        }
    }
    let mut printed = 0;
    for (source, report) in
        context.commands_of(AreaName::Coverage).iter().filter_map(|command| stream::printed(command, input::tell))
    {
        merged.take(&paths, &source.path, &source.format, report);
        evidence.reports.push(source);
        printed += 1;
    }
    if let Some(path) = merged.over() {
        broken = true;
        let why = "the reports list more branches or functions of it than any source has".to_owned();
        evidence.problems.push(Problem { path: path.to_owned(), line: None, why });
    }
    let mut coverage = merged.finish();
    evidence.state = state(repo, &coverage, &mut evidence, broken, printed);
    coverage.changed_lines = context.changes.map(|changes| changed::lines(repo, &coverage, changes));
    coverage.unlisted = changed::unlisted(repo, &coverage);
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

/// The state of the area; the last `printed` reports are what commands printed in this run, and not stale.
fn state(repo: &Repo, coverage: &Coverage, evidence: &mut Evidence, broken: bool, printed: usize) -> State {
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
    let files = evidence.reports.len() - printed;
    let old: Vec<Problem> = evidence.reports[..files]
        .iter()
        .filter_map(|report| stale(repo, &report.path, present.iter().copied()))
        .collect();
    if old.is_empty() {
        return State::Found;
    }
    evidence.problems.extend(old);
    State::Stale
}

#[cfg(test)]
mod formats;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tools;
