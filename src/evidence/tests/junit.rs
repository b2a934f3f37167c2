//! JUnit XML, streamed: surefire, Gradle, pytest, jest-junit, gotestsum, nextest, PHPUnit, Playwright, mocha and others. The root is
//! `testsuites` or a `testsuite`; suites nest. Surefire's `flakyFailure` and `flakyError` mark a test that passed in the end,
//! `rerunFailure` and `rerunError` one that did not.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::facts::tests::{TestFailure, Tests};

use super::Failure;

/// Elements may nest this deep.
const MAX_DEPTH: usize = 256;
/// Failures that are kept.
const MAX_FAILURES: usize = 10_000;

/// What a file tells.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) tests: Tests,
    pub(super) tool: Option<String>,
    pub(super) warnings: Vec<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Report, Failure> {
    let decoded = decode(bytes)?;
    let text = decoded.trim_start_matches('\u{feff}');
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut state = State::default();
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let line = || {
            let before = text.as_bytes().get(..at.min(text.len())).unwrap_or_default();
            u32::try_from(before.iter().filter(|byte| **byte == b'\n').count() + 1).ok()
        };
        let wrong = |why: String| Failure { line: line(), why };
        match reader.read_event().map_err(|error| wrong(format!("broken XML: {error}")))? {
            Event::Start(element) => {
                let name = element.local_name().as_ref().to_owned();
                state.open(&name, &element).map_err(wrong)?;
                state.path.push(name);
                if state.path.len() > MAX_DEPTH {
                    return Err(wrong("elements nest too deep".to_owned()));
                }
            }
            Event::Empty(element) => {
                let name = element.local_name().as_ref().to_owned();
                state.open(&name, &element).map_err(wrong)?;
                state.close(&name);
            }
            Event::End(_) => {
                if let Some(name) = state.path.pop() {
                    state.close(&name);
                }
            }
            Event::Text(said) => state.said(&said),
            Event::CData(said) => state.said(&said),
            Event::DocType(declared) if declared.to_ascii_uppercase().contains("<!ENTITY") => {
                return Err(wrong("it declares entities, which are never read".to_owned()));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    state.finish()
}

fn decode(bytes: &[u8]) -> Result<String, Failure> {
    let failure = |why: &str| Failure { line: None, why: why.to_owned() };
    let encoding = match bytes {
        [] => return Err(failure("it is empty")),
        [0xff, 0xfe, ..] => encoding_rs::UTF_16LE,
        [0xfe, 0xff, ..] => encoding_rs::UTF_16BE,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => return Ok(text.to_owned()),
            // A declared encoding such as ISO-8859-1; anything else is no XML.
            Err(_) => declared(bytes).ok_or_else(|| failure("not UTF-8 text, and no other encoding is declared"))?,
        },
    };
    let (text, _, wrong) = encoding.decode(bytes);
    if wrong { Err(failure("its bytes are not of the encoding that it declares")) } else { Ok(text.into_owned()) }
}

fn declared(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let declaration = head.strip_prefix("<?xml")?.split("?>").next()?;
    let (_, label) = declaration.split_once("encoding")?;
    let label: String = label
        .chars()
        .skip_while(|c| matches!(c, ' ' | '=' | '"' | '\''))
        .take_while(|c| !matches!(c, '"' | '\''))
        .collect();
    encoding_rs::Encoding::for_label(label.as_bytes())
}

#[derive(Default)]
struct State {
    path: Vec<String>,
    report: Report,
    saw_root: bool,
    suites: Vec<String>,
    case: Option<Case>,
    /// What the outermost suites claim.
    claimed: u64,
    counted: u64,
}

#[derive(Default)]
struct Case {
    class: String,
    name: String,
    file: Option<String>,
    line: Option<u32>,
    failed: bool,
    errored: bool,
    skipped: bool,
    flaky: bool,
    message: String,
}

fn attributes(element: &BytesStart<'_>) -> Result<BTreeMap<String, String>, String> {
    let mut all = BTreeMap::new();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| format!("broken XML: {error}"))?;
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|error| format!("broken XML: {error}"))?;
        all.insert(attribute.key.local_name().as_ref().to_owned(), value.into_owned());
    }
    Ok(all)
}

impl State {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), String> {
        if self.path.is_empty() {
            if !matches!(name, "testsuites" | "testsuite") {
                return Err(format!("XML with the root `{name}` holds no test results that are known"));
            }
            self.saw_root = true;
        }
        let mut given = attributes(element)?;
        let mut take = |key: &str| given.remove(key).unwrap_or_default();
        match name {
            "testsuite" => {
                if self.suites.is_empty() {
                    self.claimed += take("tests").trim().parse::<u64>().unwrap_or(0);
                }
                self.suites.push(take("name"));
            }
            "testcase" if self.case.is_none() => {
                let class = Some(take("classname")).filter(|class| !class.is_empty());
                let status = take("status").to_lowercase();
                let result = take("result").to_lowercase();
                self.case = Some(Case {
                    class: class.or_else(|| self.suites.last().cloned()).unwrap_or_default(),
                    name: take("name"),
                    file: Some(take("file")).filter(|file| !file.is_empty()),
                    line: take("line").trim().parse().ok(),
                    skipped: matches!(status.as_str(), "skipped" | "disabled" | "notrun") || result == "skipped",
                    failed: status == "failed",
                    ..Case::default()
                });
            }
            _ => {
                let Some(case) = &mut self.case else { return Ok(()) };
                match name {
                    "failure" | "rerunFailure" => case.failed = true,
                    "error" | "rerunError" => case.errored = true,
                    "skipped" => case.skipped = true,
                    "flakyFailure" | "flakyError" => case.flaky = true,
                    _ => return Ok(()),
                }
                let message = take("message");
                if case.message.is_empty() {
                    case.message = message.lines().next().unwrap_or_default().chars().take(300).collect();
                }
            }
        }
        Ok(())
    }

    /// Text within a failure tells what went wrong where no attribute does.
    fn said(&mut self, text: &str) {
        let within = self.path.last().is_some_and(|name| matches!(name.as_str(), "failure" | "error"));
        if let Some(case) = self.case.as_mut().filter(|case| within && case.message.is_empty()) {
            let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            case.message = line.chars().take(300).collect();
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "testsuite" => {
                self.suites.pop();
            }
            "testcase" if !self.path.iter().any(|open| open == "testcase") => {
                if let Some(case) = self.case.take() {
                    self.count(case);
                }
            }
            _ => {}
        }
    }

    fn count(&mut self, case: Case) {
        self.counted += 1;
        let tests = &mut self.report.tests;
        if case.errored && !case.failed {
            tests.errored += 1;
        } else if case.failed {
            tests.failed += 1;
        } else if case.skipped {
            tests.skipped += 1;
        } else {
            tests.passed += 1;
            tests.flaky += u64::from(case.flaky);
        }
        if (case.failed || case.errored) && tests.failures.len() < MAX_FAILURES {
            tests.failures.push(TestFailure {
                report: String::new(),
                class: case.class,
                name: case.name,
                message: case.message,
                file: case.file,
                line: case.line,
            });
        }
    }

    fn finish(mut self) -> Result<Report, Failure> {
        if !self.saw_root || !self.path.is_empty() {
            return Err(Failure { line: None, why: "it is cut: the XML ends before its root does".to_owned() });
        }
        if self.claimed > self.counted {
            // Fewer cases than a suite claims: some runners claim what they selected and did not run.
            let warning = format!("its suites claim {} tests, it lists {}: those count", self.claimed, self.counted);
            self.report.warnings.push(warning);
        }
        Ok(self.report)
    }
}
