//! JUnit XML, streamed: surefire, Gradle, pytest, jest-junit, gotestsum, nextest, PHPUnit, Playwright, mocha and others. The root is
//! `testsuites` or a `testsuite`; suites nest. A case that failed and passed when it ran again (surefire's and nextest's
//! `flakyFailure`, a rerun without a `failure`) is flaky; one with a `failure` beside its reruns failed in the end.
//!
//! Some tools write what failed as if it had not: CTest a program that it cannot start as skipped, nose2 a success that was not
//! expected, and Vitest what a crashed run never came to as a case without a result, in a file that took no time at all.
//!
//! Cases are counted; what suites claim is only compared. A failure that a suite claims and no case has is an error: a suite
//! that crashed lists none. So is one that stands in a suite outside of any case.

use std::borrow::Cow;
use std::io::BufRead;

use super::Failure;
use super::results::{Case, Report, Result as Outcome};
use crate::evidence::xml::{self, Attributes, Names, Sink};

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut state = State::default();
    xml::walk(input, &mut state)?;
    Ok(state.finish())
}

#[derive(Default)]
struct State {
    report: Report,
    suites: Vec<String>,
    case: Option<Open>,
    /// What the outermost suites claim: tests, failures and errors; none where none says.
    claimed: [Option<u64>; 2],
    /// Vitest wrote it.
    vitest: bool,
    /// The suite took no time at all.
    timeless: bool,
}

/// A case that is open.
#[derive(Default)]
struct Open {
    case: Case,
    failed: bool,
    errored: bool,
    skipped: bool,
    rerun: bool,
    /// Not to be finished yet: what fails of it is expected to (node's runner).
    todo: bool,
    /// CTest says that it did not run.
    not_run: bool,
    /// It tells no result, where the tool tells one of every test that ran.
    untold: bool,
}

impl Sink for State {
    fn open(&mut self, above: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String> {
        if above.depth() == 0 && !matches!(name, "testsuites" | "testsuite") {
            return Err(format!("XML with the root `{name}` holds no test results that are known"));
        }
        match name {
            "testsuites" => self.vitest = attributes.text("name")? == "vitest tests",
            "testsuite" => self.suite(attributes)?,
            "testcase" if self.case.is_none() => self.case = Some(self.begin(attributes)?),
            "failure" | "error" | "skipped" | "rerunFailure" | "rerunError" | "flakyFailure" | "flakyError"
            | "rerun" => {
                let [message, kind] = attributes.read(["message", "type"])?;
                let message = message.unwrap_or_default();
                if let Some(open) = &mut self.case {
                    open.todo |= name == "skipped" && kind.as_deref() == Some("todo");
                    open.failed |= name == "skipped" && message == "test passes unexpectedly";
                    // What a test asked for says so; anything else is why it could not be started.
                    open.errored |= name == "skipped"
                        && open.not_run
                        && !(message.is_empty() || message.starts_with("SKIP_") || message == "Disabled");
                    open.take(name, &message);
                } else if matches!(name, "failure" | "error") && above.up(0) == "testsuite" {
                    let suite = self.suites.last().cloned().unwrap_or_default();
                    self.report.add(Outcome::Errored, Case::new(suite, "the suite itself").says(&message));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, above: &Names, name: &str) -> Result<(), String> {
        match name {
            "testsuite" => {
                self.suites.pop();
            }
            "testcase" if !above.has("testcase") => {
                if let Some(mut open) = self.case.take() {
                    if open.untold {
                        open.errored = true;
                        open.case = open.case.says("it tells no result and took no time: the run ended before it");
                    }
                    let result = open.result();
                    self.report.add(result, open.case);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Text within a failure tells what went wrong where no attribute does.
    fn text(&mut self, within: &Names, text: &str) {
        if let ("failure" | "error", Some(open)) = (within.up(0), &mut self.case)
            && open.case.message.is_empty()
        {
            open.case = std::mem::take(&mut open.case).says(text);
        }
    }
}

impl State {
    fn suite(&mut self, attributes: Attributes<'_>) -> Result<(), String> {
        let [name, tests, failures, errors, time] = attributes.read(["name", "tests", "failures", "errors", "time"])?;
        self.timeless = time.as_deref() == Some("0");
        if self.suites.is_empty() {
            let number = |text: &Option<Cow<'_, str>>| text.as_deref().and_then(|text| text.trim().parse::<u64>().ok());
            let add = |slot: &mut Option<u64>, more: Option<u64>| {
                if let Some(more) = more {
                    *slot = Some(slot.unwrap_or(0).saturating_add(more));
                }
            };
            add(&mut self.claimed[0], number(&tests));
            add(&mut self.claimed[1], number(&failures));
            add(&mut self.claimed[1], number(&errors));
        }
        self.suites.push(name.unwrap_or_default().into_owned());
        Ok(())
    }

    fn begin(&self, attributes: Attributes<'_>) -> Result<Open, String> {
        let [name, class, file, line] = attributes.read(["name", "classname", "file", "line"])?;
        let [status, result, time] = attributes.read(["status", "result", "time"])?;
        let class = class.filter(|class| !class.is_empty()).map(Cow::into_owned);
        let suite = || self.suites.last().cloned().unwrap_or_default();
        let mut case = Case::new(class.unwrap_or_else(suite), name.unwrap_or_default());
        case.file = file.filter(|file| !file.is_empty()).map(Cow::into_owned);
        case.line = line.and_then(|line| line.trim().parse().ok());
        let status = status.unwrap_or_default().to_lowercase();
        let result = result.unwrap_or_default().to_lowercase();
        Ok(Open {
            case,
            skipped: matches!(status.as_str(), "skipped" | "disabled" | "notrun")
                || matches!(result.as_str(), "skipped" | "suppressed"),
            failed: matches!(status.as_str(), "failed" | "failure" | "fail"),
            errored: status == "error",
            not_run: status == "notrun" && result.is_empty(),
            // In a browser the clock is coarse, and a quick test may take no time; a file that ran does.
            untold: self.vitest && self.timeless && time.as_deref() == Some("0"),
            rerun: false,
            todo: false,
        })
    }

    fn finish(mut self) -> Report {
        let counted = self.report.counted();
        self.report.compare("tests", self.claimed[0], counted);
        self.report.hidden(self.claimed[1]);
        self.report
    }
}

impl Open {
    fn take(&mut self, name: &str, message: &str) {
        self.untold = false;
        match name {
            "failure" => self.failed = true,
            "error" => self.errored = true,
            "skipped" => self.skipped = true,
            _ => self.rerun = true,
        }
        if self.case.message.is_empty() {
            self.case = std::mem::take(&mut self.case).says(message);
        }
    }

    fn result(&self) -> Outcome {
        match self {
            Open { todo: true, .. } => Outcome::Skipped,
            Open { failed: true, .. } => Outcome::Failed,
            Open { errored: true, .. } => Outcome::Errored,
            Open { skipped: true, .. } => Outcome::Skipped,
            Open { rerun: true, .. } => Outcome::Flaky,
            Open { .. } => Outcome::Passed,
        }
    }
}
