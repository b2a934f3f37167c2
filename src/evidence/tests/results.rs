//! What every format of test results comes to.

use crate::facts::tests::{TestFailure, Tests};

/// Failures that are kept.
const MAX_FAILURES: usize = 10_000;

/// What a file tells.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) tests: Tests,
    pub(super) tool: Option<String>,
    pub(super) warnings: Vec<String>,
}

/// What one test came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Result {
    Passed,
    Failed,
    Errored,
    Skipped,
    /// Passed in the end.
    Flaky,
}

/// One test.
#[derive(Debug, Default, Clone)]
pub(super) struct Case {
    pub(super) class: String,
    pub(super) name: String,
    pub(super) message: String,
    pub(super) file: Option<String>,
    pub(super) line: Option<u32>,
}

impl Case {
    /// A test of a class or suite.
    pub(super) fn new(class: impl Into<String>, name: impl Into<String>) -> Self {
        Self { class: class.into(), name: name.into(), ..Self::default() }
    }

    /// The first line of what it says.
    pub(super) fn says(mut self, text: &str) -> Self {
        let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        self.message = line.chars().take(300).collect();
        self
    }
}

impl Report {
    /// Counts a test.
    pub(super) fn add(&mut self, result: Result, case: Case) {
        let tests = &mut self.tests;
        match result {
            Result::Passed => tests.passed += 1,
            Result::Failed => tests.failed += 1,
            Result::Errored => tests.errored += 1,
            Result::Skipped => tests.skipped += 1,
            Result::Flaky => {
                tests.passed += 1;
                tests.flaky += 1;
            }
        }
        if matches!(result, Result::Failed | Result::Errored) && tests.failures.len() < MAX_FAILURES {
            let Case { class, name, message, file, line } = case;
            tests.failures.push(TestFailure { report: String::new(), class, name, message, file, line });
        }
    }

    /// How many tests were counted.
    pub(super) fn counted(&self) -> u64 {
        let tests = &self.tests;
        tests.passed + tests.failed + tests.errored + tests.skipped
    }

    /// Failures that the report claims and no test of it tells are an error: what it lists is not all.
    pub(super) fn hidden(&mut self, claimed: Option<u64>) {
        let failing = self.tests.failed + self.tests.errored;
        self.compare("failures", claimed, failing);
        if failing == 0
            && let Some(claimed) = claimed.filter(|claimed| *claimed > 0)
        {
            let case = Case::new("", "what the report claims").says(&format!("{claimed} failures that no test tells"));
            self.add(Result::Errored, case);
        }
    }

    /// Says where what the report claims is not what it lists.
    pub(super) fn compare(&mut self, what: &str, claimed: Option<u64>, counted: u64) {
        if let Some(claimed) = claimed.filter(|claimed| *claimed != counted) {
            self.warnings.push(format!("it claims {claimed} {what} and lists {counted}: what it lists counts"));
        }
    }
}
