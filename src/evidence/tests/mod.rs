//! Test results: JUnit XML in its dialects. Test cases are counted; what suites claim is only compared.

mod junit;

use crate::facts::tests::Tests;
use crate::facts::{Area, AreaName, Evidence, Problem, State};
use crate::repo::Repo;

use super::{Collected, Collector, Context, stale};

/// Reads test results.
#[derive(Debug)]
pub struct TestsCollector;

/// A results file over this size is refused: 256 MiB.
const MAX_BYTES: u64 = 256 << 20;

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
];

impl Collector for TestsCollector {
    fn area(&self) -> AreaName {
        AreaName::Tests
    }

    fn looks_for(&self) -> &'static [&'static str] {
        PLACES
    }

    fn collect(&self, context: &Context<'_>) -> Collected {
        Collected::Tests(collect(context.repo, context.globs(self)))
    }
}

/// Why a file cannot be read.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    line: Option<u32>,
    why: String,
}

fn collect(repo: &Repo, globs: Vec<String>) -> Area<Tests> {
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
    for path in found {
        let read = repo.read(&path, MAX_BYTES).map_err(|error| Failure { line: None, why: error.to_string() });
        match read.and_then(|content| Ok((junit::read(&content.bytes)?, content))) {
            Ok((report, content)) => {
                let mut source = content.source("junit");
                source.tool = report.tool;
                evidence.reports.push(source);
                let note = |why: String| Problem { path: path.to_string(), line: None, why };
                evidence.problems.extend(report.warnings.into_iter().map(note));
                tests.passed += report.tests.passed;
                tests.failed += report.tests.failed;
                tests.errored += report.tests.errored;
                tests.skipped += report.tests.skipped;
                tests.flaky += report.tests.flaky;
                tests.failures.extend(report.tests.failures.into_iter().map(|mut one| {
                    one.report = path.to_string();
                    one
                }));
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
#[path = "tests.rs"]
mod unit;
