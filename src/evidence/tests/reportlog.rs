//! pytest's report log (`--report-log`): a line of JSON for each phase of each test, and for the session's begin and end. A
//! log without the end is cut: pytest was killed, or a test ended the process.
//!
//! A test is what its phases come to: an error of its set-up or tear-down is an error of the test, a subtest that failed fails
//! it, and one that passed after it was run again is flaky.

use std::collections::BTreeMap;
use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;

use super::Failure;
use super::results::{Case, Report, Result as Outcome};
use crate::evidence::stream::each_line;

/// A line over this many bytes is refused: it holds what the test printed.
const MAX_LINE: u64 = 16 << 20;

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "$report_type")]
    kind: String,
    #[serde(default)]
    nodeid: String,
    outcome: Option<String>,
    when: Option<String>,
    longrepr: Option<Value>,
    location: Option<(String, Option<u32>, String)>,
    exitstatus: Option<u64>,
    pytest_version: Option<String>,
}

/// Whether a log begins so.
pub(super) fn begins(line: &str) -> bool {
    serde_json::from_str::<Entry>(line).is_ok_and(|entry| entry.kind == "SessionStart")
}

#[derive(Default)]
struct Log {
    report: Report,
    tests: BTreeMap<String, Test>,
    /// The session's exit status, once it has ended.
    ended: Option<u64>,
}

/// A test, as far as it is told.
#[derive(Default)]
struct Test {
    /// What its phases came to; none while none tells a result.
    result: Option<Outcome>,
    again: bool,
    said: String,
    line: Option<u32>,
}

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut log = Log::default();
    each_line(input, MAX_LINE, |line, whole| {
        let entry: Entry = serde_json::from_str(line).map_err(|error| {
            if whole { format!("no entry: {error}") } else { "it is cut: the last line is not whole".to_owned() }
        })?;
        log.take(entry)
    })?;
    log.finish().map_err(Failure::new)
}

impl Log {
    fn take(&mut self, entry: Entry) -> Result<(), String> {
        let outcome = entry.outcome.as_deref().unwrap_or_default();
        match entry.kind.as_str() {
            "SessionStart" => {
                self.report.tool = entry.pytest_version.map(|version| format!("pytest {version}"));
                // Another session in the same log has an end of its own.
                self.ended = None;
            }
            "SessionFinish" => self.ended = Some(entry.exitstatus.ok_or("`exitstatus` is no number")?),
            "CollectReport" if outcome == "failed" => {
                let case = Case::new("", entry.nodeid).says(&said(entry.longrepr.as_ref()));
                self.report.add(Outcome::Errored, case);
            }
            "TestReport" | "SubTestReport" => {
                let sub = entry.kind == "SubTestReport";
                let call = sub || entry.when.as_deref() == Some("call");
                let result = match outcome {
                    "passed" if call && !sub => Some(Outcome::Passed),
                    "passed" => None,
                    "failed" if call => Some(Outcome::Failed),
                    "failed" => Some(Outcome::Errored),
                    "skipped" if !sub => Some(Outcome::Skipped),
                    "skipped" | "rerun" => None,
                    other => return Err(format!("`{other}` is no outcome of a test")),
                };
                let test = self.tests.entry(entry.nodeid).or_default();
                if outcome == "rerun" {
                    *test = Test { again: true, ..Test::default() };
                }
                if rank(result) > rank(test.result) {
                    test.result = result;
                    test.said = said(entry.longrepr.as_ref());
                }
                test.line = entry.location.and_then(|(_, line, _)| line).map(|line| line.saturating_add(1));
            }
            // Warnings, and whatever plugins write.
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Report, String> {
        let code = self.ended.ok_or("it is cut: the session does not end")?;
        for (id, test) in self.tests {
            let result = match test.result {
                Some(Outcome::Passed) if test.again => Outcome::Flaky,
                Some(result) => result,
                None => Outcome::Errored,
            };
            let (file, name) = id.split_once("::").unwrap_or(("", &id));
            let mut case = Case::new(file, name).says(&test.said);
            case.file = Some(file.to_owned()).filter(|file| !file.is_empty());
            case.line = test.line;
            self.report.add(result, case);
        }
        let failing = self.report.tests.failed + self.report.tests.errored;
        match code {
            0 | 5 => {}
            1 | 2 if failing > 0 => {}
            1 => {
                let said = "pytest ended with the exit status 1 and no test tells why: a plugin's limit was missed";
                self.report.add(Outcome::Errored, Case::new("", "the run itself").says(said));
            }
            code => return Err(format!("pytest ended with the exit status {code}")),
        }
        Ok(self.report)
    }
}

/// Of several phases the worst counts.
fn rank(result: Option<Outcome>) -> u8 {
    match result {
        None => 0,
        Some(Outcome::Passed | Outcome::Flaky) => 1,
        Some(Outcome::Skipped) => 2,
        Some(Outcome::Failed) => 3,
        Some(Outcome::Errored) => 4,
    }
}

/// What went wrong: the crash's message, or the text of it.
fn said(longrepr: Option<&Value>) -> String {
    let text = longrepr.and_then(|told| told.pointer("/reprcrash/message").or(Some(told))).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(when: &str, outcome: &str) -> String {
        format!(
            r#"{{"$report_type":"TestReport","nodeid":"t.py::a","when":"{when}","outcome":"{outcome}","location":["t.py",1,"a"],"longrepr":{{"reprcrash":{{"message":"no"}}}}}}"#
        )
    }

    fn came_to(entries: &[String], status: u64) -> Result<[u64; 5], String> {
        let all = entries.join("\n");
        let text = format!(
            "{{\"$report_type\":\"SessionStart\",\"pytest_version\":\"9\"}}\n{all}\n{{\"$report_type\":\"SessionFinish\",\"exitstatus\":{status}}}\n"
        );
        let tests = read(&mut text.as_bytes()).map_err(|failure| failure.why)?.tests;
        Ok([tests.passed, tests.failed, tests.errored, tests.skipped, tests.flaky])
    }

    #[test]
    fn a_test_is_what_its_phases_come_to() {
        let sub = entry("call", "failed").replace("\"TestReport\"", "\"SubTestReport\"");
        for (entries, told) in [
            (vec![entry("setup", "passed"), entry("call", "passed"), entry("teardown", "passed")], [1, 0, 0, 0, 0]),
            (vec![entry("setup", "failed"), entry("teardown", "passed")], [0, 0, 1, 0, 0]),
            (vec![entry("call", "passed"), entry("teardown", "failed")], [0, 0, 1, 0, 0]),
            (vec![entry("setup", "skipped"), entry("teardown", "passed")], [0, 0, 0, 1, 0]),
            (vec![entry("call", "rerun"), entry("teardown", "passed"), entry("call", "passed")], [1, 0, 0, 0, 1]),
            (vec![sub, entry("call", "passed")], [0, 1, 0, 0, 0]),
            (vec![entry("setup", "passed")], [0, 0, 1, 0, 0]),
        ] {
            assert_eq!(Ok(told), came_to(&entries, u64::from(told[1] + told[2] > 0)), "{entries:?}");
        }
    }

    #[test]
    fn how_the_session_ended_counts() {
        let passed = [entry("call", "passed")];
        assert_eq!(Ok([1, 0, 1, 0, 0]), came_to(&passed, 1), "no test tells why");
        for status in [2, 3, 4] {
            assert!(came_to(&passed, status).is_err(), "{status}");
        }
        assert_eq!(Ok([0; 5]), came_to(&[], 5));
        let again = [entry("call", "passed"), r#"{"$report_type":"SessionFinish","exitstatus":0}"#.to_owned()];
        let begun = |more: &str| [again.to_vec(), vec![more.to_owned()]].concat().join("\n");
        let log = |more: &str| {
            let text = format!("{{\"$report_type\":\"SessionStart\",\"pytest_version\":\"9\"}}\n{}\n", begun(more));
            read(&mut text.as_bytes()).is_ok()
        };
        assert!(log("") && !log(r#"{"$report_type":"SessionStart"}"#), "the second session does not end");
    }
}
