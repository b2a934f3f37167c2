//! Streams of events, a line of JSON each: `go test -json` (test2json), cargo's `--format json` (libtest), and nextest's
//! `--message-format libtest-json`, which tells the result of a test that ran again under its name and the attempt (`a#2`).
//!
//! Lines that are no JSON are what compilers print among them. A package or suite that has begun and tells no result is a
//! stream that was cut; one that fails without a failing test did not build, or crashed.

use std::collections::BTreeMap;
use std::io::BufRead;

use serde::Deserialize;

use super::Failure;
use super::results::{Case, Report, Result as Outcome};
use crate::evidence::stream::each_line;

/// A line over this many bytes is refused.
const MAX_LINE: u64 = 16 << 20;

/// Which program writes the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Go,
    Libtest,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Event {
    // Go's.
    #[serde(rename = "Action")]
    action: Option<String>,
    #[serde(rename = "Package", alias = "ImportPath")]
    package: Option<String>,
    #[serde(rename = "Test")]
    test: Option<String>,
    #[serde(rename = "Output")]
    output: Option<String>,
    // libtest's.
    r#type: Option<String>,
    event: Option<String>,
    name: Option<String>,
    stdout: Option<String>,
    message: Option<String>,
    reason: Option<String>,
    passed: Option<u64>,
    failed: Option<u64>,
    ignored: Option<u64>,
}

/// Tells the program by the first line that is an event.
pub(super) fn kind(head: &str) -> Option<Kind> {
    head.lines().filter(|line| line.starts_with('{')).find_map(|line| {
        let event: Event = serde_json::from_str(line).ok()?;
        match (event.action, event.package, event.r#type, event.event) {
            (Some(_), Some(_), _, _) => Some(Kind::Go),
            (None, _, Some(kind), Some(_)) if matches!(kind.as_str(), "suite" | "test") => Some(Kind::Libtest),
            _ => None,
        }
    })
}

pub(super) fn read(kind: Kind, input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut go = Go::default();
    let mut libtest = Libtest::default();
    each_line(input, MAX_LINE, |line, whole| {
        if !line.starts_with('{') {
            return match (kind, line.strip_prefix("FAIL\t")) {
                (Kind::Go, Some(rest)) => {
                    let name = rest.split_whitespace().next().unwrap_or_default();
                    go.packages.entry(name.to_owned()).or_default().failed = Some(true);
                    Ok(())
                }
                _ => Ok(()),
            };
        }
        let event: Event = serde_json::from_str(line).map_err(|error| {
            if whole { format!("no event: {error}") } else { "it is cut: the last line is not whole".to_owned() }
        })?;
        match kind {
            Kind::Go => go.take(event),
            Kind::Libtest => libtest.take(event)?,
        }
        Ok(())
    })?;
    match kind {
        Kind::Go => go.finish(),
        Kind::Libtest => libtest.finish(),
    }
    .map_err(Failure::new)
}

#[derive(Default)]
struct Go {
    packages: BTreeMap<String, Package>,
}

#[derive(Default)]
struct Package {
    /// Whether it failed in the end; none while it has no result.
    failed: Option<bool>,
    /// By name, in the end; none while a test runs.
    tests: BTreeMap<String, GoTest>,
    /// The last line that it said itself.
    said: String,
}

#[derive(Default)]
struct GoTest {
    result: Option<Outcome>,
    failed_before: bool,
    said: String,
}

impl Go {
    fn take(&mut self, event: Event) {
        let Some(name) = event.package else { return };
        // `pkg [pkg.test]` is the package's own test binary.
        let name = name.split_once(' ').map_or(name.as_str(), |(name, _)| name).to_owned();
        let package = self.packages.entry(name).or_default();
        let action = event.action.unwrap_or_default();
        match event.test {
            Some(test) => package.tests.entry(test).or_default().take(&action, event.output),
            None => match action.as_str() {
                "pass" | "skip" => package.failed = Some(false),
                "fail" | "build-fail" => package.failed = Some(true),
                "start" => package.failed = None,
                _ => {
                    let line = event.output.unwrap_or_default();
                    if !line.trim().is_empty() {
                        package.said = line;
                    }
                }
            },
        }
    }

    fn finish(self) -> Result<Report, String> {
        let mut report = Report::default();
        for (name, package) in self.packages {
            let Some(failed) = package.failed else {
                return Err(format!("it is cut: the package {name} tells no result"));
            };
            let mut blamed = false;
            for (test, run) in package.tests {
                let result = match run.result {
                    Some(Outcome::Passed) if run.failed_before => {
                        if failed {
                            Outcome::Failed
                        } else {
                            Outcome::Flaky
                        }
                    }
                    Some(result) => result,
                    // It began and did not end: the package crashed, or ran out of time.
                    None if failed => Outcome::Errored,
                    None => return Err(format!("it is cut: the test {test} of {name} tells no result")),
                };
                blamed |= matches!(result, Outcome::Failed | Outcome::Errored);
                report.add(result, Case::new(&name, test).says(&run.said));
            }
            if failed && !blamed {
                report.add(Outcome::Errored, Case::new(&name, "the package itself").says(&package.said));
            }
        }
        Ok(report)
    }
}

impl GoTest {
    fn take(&mut self, action: &str, output: Option<String>) {
        match action {
            "pass" => self.result = Some(Outcome::Passed),
            "skip" => self.result = Some(Outcome::Skipped),
            "fail" => {
                self.result = Some(Outcome::Failed);
                self.failed_before = true;
            }
            "run" => self.result = None,
            "output" => {
                let line = output.unwrap_or_default();
                let line = line.trim();
                let frame = line.is_empty() || ["===", "---"].iter().any(|start| line.starts_with(start));
                if self.said.is_empty() && !frame {
                    line.clone_into(&mut self.said);
                }
            }
            _ => {}
        }
    }
}

#[derive(Default)]
struct Libtest {
    report: Report,
    /// Suites that have begun and not ended.
    open: u64,
    running: BTreeMap<String, ()>,
    /// A suite failed, so that what was running may have been ended.
    failed: bool,
    claimed: u64,
    counted: u64,
}

impl Libtest {
    fn take(&mut self, event: Event) -> Result<(), String> {
        let name = event.name.unwrap_or_default();
        match (event.r#type.as_deref(), event.event.as_deref()) {
            (Some("suite"), Some("started")) => self.open += 1,
            (Some("suite"), Some(result @ ("ok" | "failed"))) => {
                self.open = self.open.checked_sub(1).ok_or("a suite ends that has not begun")?;
                self.failed |= result == "failed";
                // Of a run that stops at the first failure some never end.
                if let Some(test) = self.running.keys().next().filter(|_| !self.failed) {
                    return Err(format!("the test {test} tells no result"));
                }
                let parts = [event.passed, event.failed, event.ignored];
                self.claimed = parts.into_iter().flatten().fold(self.claimed, u64::saturating_add);
            }
            (Some("test"), Some("started")) => {
                self.running.insert(name, ());
            }
            (Some("test"), Some(result @ ("ok" | "failed" | "ignored"))) => {
                let mut again = false;
                let name = match name.rsplit_once('#') {
                    Some((first, attempt)) if attempt.parse::<u32>().is_ok() && self.running.contains_key(first) => {
                        again = attempt != "1";
                        first.to_owned()
                    }
                    _ => name,
                };
                self.running.remove(&name);
                self.counted += 1;
                let said = event.message.or(event.reason).or(event.stdout).unwrap_or_default();
                let result = match result {
                    "ok" if again => Outcome::Flaky,
                    "ok" => Outcome::Passed,
                    "failed" => Outcome::Failed,
                    _ => Outcome::Skipped,
                };
                let (module, name) = name.rsplit_once("::").unwrap_or(("", &name));
                self.report.add(result, Case::new(module, name).says(&said));
            }
            // Benchmarks, doc tests' own reports, tests that take long.
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Report, String> {
        if self.open > 0 {
            return Err("it is cut: a suite tells no result".to_owned());
        }
        let (claimed, counted) = (self.claimed, self.counted);
        self.report.compare("tests", Some(claimed), counted);
        for name in self.running.into_keys() {
            let (module, name) = name.rsplit_once("::").unwrap_or(("", &name));
            self.report.add(Outcome::Errored, Case::new(module, name).says("it was running when the run was ended"));
        }
        Ok(self.report)
    }
}
