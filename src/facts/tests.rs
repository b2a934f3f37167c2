//! What the tests came to.

use schemars::JsonSchema;
use serde::Serialize;

/// Test results over all reports. Test cases are counted; what suites claim is only compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tests {
    /// Passed, flaky ones included.
    pub passed: u64,
    /// Failed an assertion.
    pub failed: u64,
    /// Ended in an error.
    pub errored: u64,
    /// Skipped or disabled.
    pub skipped: u64,
    /// Passed after failing.
    pub flaky: u64,
    /// Those that failed or ended in an error, by report, class and name.
    pub failures: Vec<TestFailure>,
}

/// A test that failed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct TestFailure {
    /// The report.
    pub report: String,
    /// Class or suite.
    pub class: String,
    /// The test's name.
    pub name: String,
    /// The first line of what it says.
    pub message: String,
    /// The test's file, where told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line there, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}
