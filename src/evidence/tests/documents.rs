//! Results that are one JSON document, told apart by their keys: Jest and Vitest, mocha, Playwright, RSpec, pytest's
//! json-report. A run that was interrupted or crashed is refused; what fails outside of a test is an error.

use std::io::BufRead;

use serde_json::Value;

use super::Failure;
use super::results::{Case, Report, Result as Outcome};
use crate::evidence::json;

/// Suites may nest this deep.
const MAX_DEPTH: usize = 64;

pub(super) fn read(input: &mut dyn BufRead) -> Result<(&'static str, Report), Failure> {
    let document = json::document(input)?;
    let has = |key: &str| document.get(key).is_some();
    let (name, report) = if has("testResults") && has("numTotalTests") {
        ("jest-json", jest(&document))
    } else if has("stats") && has("passes") && has("failures") {
        ("mocha-json", mocha(&document))
    } else if has("suites") && has("config") {
        ("playwright-json", playwright(&document))
    } else if has("examples") && has("summary") {
        ("rspec-json", rspec(&document))
    } else if has("exitcode") && has("summary") {
        ("pytest-json-report", pytest(&document))
    } else {
        return Err(Failure::new("JSON, and no test results that are known"));
    };
    report.map(|report| (name, report)).map_err(Failure::new)
}

fn word<'a>(of: &'a Value, key: &str) -> &'a str {
    of.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn number(of: &Value, key: &str) -> Option<u64> {
    of.get(key).and_then(Value::as_u64)
}

fn list<'a>(of: &'a Value, key: &str) -> Result<&'a [Value], String> {
    of.get(key).and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| format!("`{key}` is no list"))
}

fn line(of: &Value, pointer: &str) -> Option<u32> {
    of.pointer(pointer).and_then(Value::as_u64).and_then(|line| u32::try_from(line).ok())
}

/// Jest (`--json`) and Vitest (`--reporter=json`), which writes the same. A file that fails without a failing test did not
/// run.
fn jest(document: &Value) -> Result<Report, String> {
    if document.get("wasInterrupted") == Some(&Value::Bool(true)) {
        return Err("the run was interrupted".to_owned());
    }
    let mut report = Report::default();
    for file in list(document, "testResults")? {
        let path = word(file, "name");
        let mut blamed = false;
        for test in list(file, "assertionResults")? {
            let again = test.get("retryReasons").and_then(Value::as_array).is_some_and(|reasons| !reasons.is_empty());
            let result = match word(test, "status") {
                "passed" if again => Outcome::Flaky,
                "passed" => Outcome::Passed,
                "failed" => Outcome::Failed,
                "pending" | "skipped" | "todo" | "disabled" | "focused" => Outcome::Skipped,
                other => return Err(format!("`{other}` is no status of a test")),
            };
            blamed |= result == Outcome::Failed;
            let messages = test.get("failureMessages").and_then(|all| all.get(0)).and_then(Value::as_str);
            let suites = test.get("ancestorTitles").and_then(Value::as_array).into_iter().flatten();
            let class = suites.filter_map(Value::as_str).collect::<Vec<_>>().join(" > ");
            let mut case = Case::new(class, word(test, "title")).says(messages.unwrap_or_default());
            case.file = Some(path.to_owned()).filter(|path| !path.is_empty());
            case.line = line(test, "/location/line");
            report.add(result, case);
        }
        if word(file, "status") == "failed" && !blamed {
            report.add(Outcome::Errored, Case::new("", path).says(word(file, "message")));
        }
    }
    if document.get("success") == Some(&Value::Bool(false)) && report.tests.failed + report.tests.errored == 0 {
        return Err("the run failed, and no test of it did".to_owned());
    }
    let counted = report.counted() - report.tests.errored;
    report.compare("tests", number(document, "numTotalTests"), counted);
    if counted < number(document, "numTotalTests").unwrap_or(0) {
        report.hidden(number(document, "numFailedTests"));
    }
    Ok(report)
}

/// mocha (`--reporter json`). Hooks that fail stand among the failures and are no tests.
fn mocha(document: &Value) -> Result<Report, String> {
    let mut report = Report::default();
    let case = |test: &Value| {
        let (full, title) = (word(test, "fullTitle"), word(test, "title"));
        let class = full.strip_suffix(title).unwrap_or_default().trim();
        let said = test.pointer("/err/message").and_then(Value::as_str).unwrap_or_default();
        let mut case = Case::new(class, title).says(said);
        case.file = Some(word(test, "file").to_owned()).filter(|file| !file.is_empty());
        case
    };
    for test in list(document, "passes")? {
        let again = number(test, "currentRetry").is_some_and(|retries| retries > 0);
        report.add(if again { Outcome::Flaky } else { Outcome::Passed }, case(test));
    }
    for test in list(document, "failures")? {
        let hook = word(test, "title").starts_with('"') && word(test, "title").contains("\" hook");
        report.add(if hook { Outcome::Errored } else { Outcome::Failed }, case(test));
    }
    for test in list(document, "pending")? {
        report.add(Outcome::Skipped, case(test));
    }
    let stats = document.get("stats").unwrap_or(&Value::Null);
    let passed = report.tests.passed;
    report.compare("passes", number(stats, "passes"), passed);
    report.hidden(number(stats, "failures"));
    Ok(report)
}

/// Playwright (`--reporter=json`). Each project runs a spec as a test of its own; errors outside of tests stand in `errors`.
fn playwright(document: &Value) -> Result<Report, String> {
    let mut report = Report::default();
    suites(list(document, "suites")?, "", 0, &mut report)?;
    for error in document.get("errors").and_then(Value::as_array).into_iter().flatten() {
        report.add(Outcome::Errored, Case::new("", "outside of tests").says(word(error, "message")));
    }
    let stats = document.get("stats").unwrap_or(&Value::Null);
    let claimed = ["expected", "unexpected", "flaky", "skipped"].map(|key| number(stats, key));
    let claimed: Option<Vec<u64>> = claimed.into_iter().collect();
    let counted = report.counted() - report.tests.errored;
    report.compare("tests", claimed.map(|parts| parts.into_iter().sum()), counted);
    Ok(report)
}

fn suites(all: &[Value], class: &str, depth: usize, report: &mut Report) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err("suites nest too deep".to_owned());
    }
    for suite in all {
        let title = word(suite, "title");
        let class = if class.is_empty() { title.to_owned() } else { format!("{class} > {title}") };
        for spec in suite.get("specs").and_then(Value::as_array).into_iter().flatten() {
            for test in list(spec, "tests")? {
                let result = match word(test, "status") {
                    "expected" => Outcome::Passed,
                    "unexpected" => Outcome::Failed,
                    "flaky" => Outcome::Flaky,
                    "skipped" => Outcome::Skipped,
                    other => return Err(format!("`{other}` is no status of a test")),
                };
                let runs = test.get("results").and_then(Value::as_array).into_iter().flatten();
                let said = runs.filter_map(|run| run.pointer("/error/message")?.as_str()).next();
                let mut case = Case::new(&class, word(spec, "title")).says(said.unwrap_or_default());
                case.file = Some(word(spec, "file").to_owned()).filter(|file| !file.is_empty());
                case.line = line(spec, "/line");
                report.add(result, case);
            }
        }
        if let Some(inner) = suite.get("suites").and_then(Value::as_array) {
            suites(inner, &class, depth + 1, report)?;
        }
    }
    Ok(())
}

/// RSpec (`--format json`). Errors outside of examples (a file that does not load) are counted in the summary alone.
fn rspec(document: &Value) -> Result<Report, String> {
    let mut report = Report::default();
    for example in list(document, "examples")? {
        let result = match word(example, "status") {
            "passed" => Outcome::Passed,
            "failed" => Outcome::Failed,
            "pending" => Outcome::Skipped,
            other => return Err(format!("`{other}` is no status of an example")),
        };
        let (full, own) = (word(example, "full_description"), word(example, "description"));
        let said = example.pointer("/exception/message").and_then(Value::as_str).unwrap_or_default();
        let mut case = Case::new(full.strip_suffix(own).unwrap_or_default().trim(), own).says(said);
        case.file =
            Some(word(example, "file_path").trim_start_matches("./").to_owned()).filter(|file| !file.is_empty());
        case.line = line(example, "/line_number");
        report.add(result, case);
    }
    let summary = document.get("summary").unwrap_or(&Value::Null);
    let counted = report.counted();
    report.compare("examples", number(summary, "example_count"), counted);
    report.hidden(number(summary, "failure_count"));
    for _ in 0..number(summary, "errors_outside_of_examples_count").unwrap_or(0).min(1_000) {
        report.add(Outcome::Errored, Case::new("", "outside of examples"));
    }
    Ok(report)
}

/// pytest's json-report. Exit codes 3 and 4 are pytest's own failure; 2 is an interruption, or errors while collecting, which
/// stand among the collectors. Of a test with subtests the last one's outcome is told and none of the others': that one of them
/// failed shows in the exit code alone.
fn pytest(document: &Value) -> Result<Report, String> {
    let mut report = Report::default();
    for collector in document.get("collectors").and_then(Value::as_array).into_iter().flatten() {
        if word(collector, "outcome") == "failed" {
            report.add(Outcome::Errored, Case::new("", word(collector, "nodeid")).says(word(collector, "longrepr")));
        }
    }
    let code = number(document, "exitcode").ok_or("`exitcode` is no number")?;
    match code {
        0 | 1 | 5 => {}
        2 if report.tests.errored > 0 => {}
        code => return Err(format!("pytest ended with the exit code {code}")),
    }
    for test in document.get("tests").and_then(Value::as_array).into_iter().flatten() {
        let call = test.get("call").map_or("", |call| word(call, "outcome"));
        let result = match word(test, "outcome") {
            "passed" | "xpassed" | "subtests passed" => Outcome::Passed,
            "failed" | "subtests failed" => Outcome::Failed,
            "error" => Outcome::Errored,
            "skipped" | "xfailed" | "deselected" | "subtests skipped" => Outcome::Skipped,
            // It ran again; its last run stands in the stages, and one that failed then is told as such.
            "rerun" if call == "passed" => Outcome::Flaky,
            "rerun" => Outcome::Errored,
            other => return Err(format!("`{other}` is no outcome of a test")),
        };
        let (file, name) = word(test, "nodeid").split_once("::").unwrap_or(("", word(test, "nodeid")));
        let crash = |stage: &str| test.pointer(&format!("/{stage}/crash/message")).and_then(Value::as_str);
        let said = ["call", "setup", "teardown"].into_iter().find_map(crash).unwrap_or_default();
        let mut case = Case::new(file, name).says(said);
        case.file = Some(file.to_owned()).filter(|file| !file.is_empty());
        case.line = line(test, "/lineno").map(|line| line.saturating_add(1));
        report.add(result, case);
    }
    let summary = document.get("summary").unwrap_or(&Value::Null);
    let counted = document.get("tests").and_then(Value::as_array).map_or(0, |tests| tests.len() as u64);
    report.compare("tests", number(summary, "total"), counted);
    if code == 1 && report.tests.failed + report.tests.errored == 0 {
        let said =
            "pytest ended with the exit code 1 and no test tells why: a subtest failed, or a plugin's limit was missed";
        report.add(Outcome::Errored, Case::new("", "the run itself").says(said));
    }
    Ok(report)
}
