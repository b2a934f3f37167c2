//! Test results: JUnit XML in its dialects, TRX, TAP, the JSON of Go, cargo, nextest, Jest, Vitest, mocha, Playwright, RSpec and pytest;
//! told apart by content. Test cases are counted; what suites claim is only compared.

mod documents;
mod events;
mod junit;
mod reportlog;
mod results;
mod tap;
mod trx;

use std::io::BufRead;
use std::sync::Arc;

use crate::domain::provenance::Source;
use crate::facts::tests::{TestFailure, Tests};
use crate::facts::{Area, AreaName, Evidence, Problem, State};
use crate::repo::Repo;

use super::{Collected, Collector, Command, Context, Failure, stale, stream};
use results::Report;

/// Reads test results.
#[derive(Debug)]
pub struct TestsCollector;

/// Where test results lie unless the DoD says otherwise.
const PLACES: &[&str] = &[
    "junit.xml",
    "junit*.xml",
    "test-results.xml",
    "test-results/**/*.xml",
    "reports/junit.xml",
    "reports/junit*.xml",
    "reports/*junit*.xml",
    "reports/junit/**/*.xml",
    "reports/tests/**/*.xml",
    "target/surefire-reports/*.xml",
    "**/target/surefire-reports/TEST-*.xml",
    "build/test-results/**/*.xml",
    "**/build/test-results/**/TEST-*.xml",
    "target/nextest/**/junit.xml",
    "TestResults/*.trx",
    "**/TestResults/*.trx",
    "reports/go-test*.json",
    "reports/tests/**/*.json",
    "reports/tests/**/*.tap",
    "reports/*jest*.json",
    "reports/*vitest*.json",
    "reports/*mocha*.json",
    "reports/*playwright*.json",
    "reports/*rspec*.json",
    "reports/*pytest*.{json,jsonl}",
    "reports/*.tap",
];

impl Collector for TestsCollector {
    fn area(&self) -> AreaName {
        AreaName::Tests
    }

    fn looks_for(&self) -> &'static [&'static str] {
        PLACES
    }

    fn collect(&self, context: &Context<'_>) -> Collected {
        let named = context.places.contains_key(&AreaName::Tests);
        Collected::Tests(collect(context.repo, context.globs(self), named, context.commands_of(self.area())))
    }
}

/// Tells the format and reads it.
fn tell(head: &str, input: &mut dyn BufRead) -> Result<(&'static str, Report), Failure> {
    let start = head.trim_start();
    let first = start.lines().next().unwrap_or_default();
    if start.starts_with('<') {
        // TRX has a namespace of its own beside its root; everything else is held against JUnit.
        let trx = start.contains("<TestRun");
        return if trx {
            trx::read(input).map(|report| ("trx", report))
        } else {
            junit::read(input).map(|report| ("junit", report))
        };
    }
    if tap::begins(first) {
        return tap::read(input).map(|report| ("tap", report));
    }
    if reportlog::begins(first) {
        return reportlog::read(input).map(|report| ("pytest-report-log", report));
    }
    if let Some(kind) = events::kind(start) {
        let name = match kind {
            events::Kind::Go => "go-test-json",
            events::Kind::Libtest => "libtest-json",
        };
        return events::read(kind, input).map(|report| (name, report));
    }
    if start.starts_with('{') || start.starts_with('[') {
        return documents::read(input);
    }
    Err(Failure::new("it holds no test results that are known"))
}

/// Runners write the same run in several formats side by side. Where places are the defaults and there is XML, that is read, so
/// that no test counts twice; the others, second, are only asked whether they tell of failures that it does not.
fn families(found: Vec<Arc<str>>, named: bool) -> (Vec<Arc<str>>, Vec<Arc<str>>) {
    let is_xml = |path: &Arc<str>| path.ends_with(".xml") || path.ends_with(".trx");
    if named || !found.iter().any(is_xml) {
        return (found, Vec::new());
    }
    found.into_iter().partition(is_xml)
}

fn collect(repo: &Repo, globs: Vec<String>, named: bool, commands: &[Command]) -> Area<Tests> {
    let mut evidence = Evidence::new(State::Absent, globs);
    let found = match repo.find(&evidence.looked_for, false) {
        Ok(found) => found,
        Err(why) => {
            evidence.state = State::Unreadable;
            evidence.problems.push(Problem { path: evidence.looked_for.join(", "), line: None, why });
            return Area::missing(evidence);
        }
    };
    let mut tests = Tests::default();
    let (mut broken, mut old) = (false, false);
    let sources: Vec<&str> = repo.files().iter().map(|entry| &*entry.path).filter(|path| is_code(path)).collect();
    let (found, others) = families(found, named);
    for path in found {
        match stream::read(repo, &path, tell) {
            Ok((mut source, report)) => {
                source.tool.clone_from(&report.tool);
                take(&mut tests, &mut evidence, source, report);
                if let Some(problem) = stale(repo, &path, sources.iter().copied()) {
                    old = true;
                    evidence.problems.push(problem);
                }
            }
            Err(failure) => {
                broken = true;
                let problem = Problem { path: path.to_string(), line: failure.line, why: failure.why };
                evidence.problems.push(problem);
            }
        }
    }
    if tests.failed + tests.errored == 0 {
        let fresh = |path: &Arc<str>| stale(repo, path, sources.iter().copied()).is_none();
        for path in others.iter().filter(|path| fresh(path)) {
            let Ok((source, mut report)) = stream::read(repo, path, tell) else { continue };
            if report.tests.failed + report.tests.errored > 0 {
                // The tests that both tell are counted already.
                report.tests = Tests { passed: 0, skipped: 0, flaky: 0, ..report.tests };
                report.warnings = vec!["it tells of failures, and the XML beside it of none: they count".to_owned()];
                take(&mut tests, &mut evidence, source, report);
            }
        }
    }
    // What was printed in this run is not stale.
    for (source, report) in commands.iter().filter_map(|command| stream::printed(command, tell)) {
        take(&mut tests, &mut evidence, source, report);
    }
    tests.failures.sort();
    let ran = tests.passed + tests.failed + tests.errored + tests.skipped;
    if !evidence.reports.is_empty() && ran == 0 && !broken {
        let path = evidence.reports[0].path.clone();
        evidence.problems.push(Problem { path, line: None, why: "no test ran".to_owned() });
    }
    evidence.state = match (broken, evidence.reports.is_empty(), ran, old) {
        (true, _, _, _) => State::Unreadable,
        (false, true, _, _) => State::Absent,
        (false, false, 0, _) => State::Empty,
        (false, false, _, true) => State::Stale,
        (false, false, _, false) => State::Found,
    };
    Area { facts: (ran > 0).then_some(tests), evidence }
}

/// Adds a report.
fn take(tests: &mut Tests, evidence: &mut Evidence, source: Source, report: Report) {
    let path = source.path.clone();
    evidence.reports.push(source);
    let note = |why: String| Problem { path: path.clone(), line: None, why };
    evidence.problems.extend(report.warnings.into_iter().map(note));
    tests.passed += report.tests.passed;
    tests.failed += report.tests.failed;
    tests.errored += report.tests.errored;
    tests.skipped += report.tests.skipped;
    tests.flaky += report.tests.flaky;
    let of = |one: TestFailure| TestFailure { report: path.clone(), ..one };
    tests.failures.extend(report.tests.failures.into_iter().map(of));
}

/// What test results speak of: source and tests, wherever they lie.
fn is_code(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let code = [
        "js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "py", "go", "rs", "java", "kt", "kts",
        "scala", "rb", "php", "cs", "c", "cc", "cpp", "h", "hpp", "swift", "ex", "exs",
    ];
    code.contains(&ending)
}

#[cfg(test)]
mod formats;
#[cfg(test)]
#[path = "tests.rs"]
mod unit;
