//! What the tests cover.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// Covered and coverable of one measure. Never both 0: a measure without anything to cover is absent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Measure {
    /// How many are covered.
    pub covered: u64,
    /// How many there are.
    pub total: u64,
    /// `100 * covered / total`, cut to six decimals; for showing and expressions, never compared by thresholds.
    pub percent: f64,
}

impl Measure {
    /// A measure; none where there is nothing to cover.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share in millionths of a percent is below 2^53")]
    pub fn new(covered: u64, total: u64) -> Option<Self> {
        let millionths = (u128::from(covered) * 100_000_000).checked_div(u128::from(total))?;
        Some(Self { covered, total, percent: millionths as f64 / 1_000_000.0 })
    }
}

/// Coverage over all files of the reports, merged by file and line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Coverage {
    /// Lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Measure>,
    /// Branches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branches: Option<Measure>,
    /// Functions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub functions: Option<Measure>,
    /// Statements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statements: Option<Measure>,
    /// The files, by path.
    pub files: Vec<FileCoverage>,
    /// Coverage of the lines that the change set adds or changes, where the change set is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_lines: Option<ChangedLines>,
    /// Source files in the repository that no report mentions, by path.
    pub unlisted: Vec<String>,
}

/// One file's coverage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct FileCoverage {
    /// Its path: in the repository where it is present there, else as the report names it.
    pub path: String,
    /// Whether the repository has it.
    pub present: bool,
    /// Lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Measure>,
    /// Branches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branches: Option<Measure>,
    /// Functions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub functions: Option<Measure>,
    /// Statements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statements: Option<Measure>,
    /// Line number to hit or not, where the format tells lines; empty where it tells only totals.
    #[serde(skip)]
    pub hits: BTreeMap<u32, bool>,
}

/// Coverage of the changed lines.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct ChangedLines {
    /// How many changed lines are covered.
    pub covered: u64,
    /// How many changed lines the reports list, and all lines of changed source files that no report mentions.
    pub total: u64,
    /// Their share; none where no changed line is coverable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// The changed lines that are not covered, by path.
    pub uncovered: Vec<UncoveredLines>,
}

/// Lines of a file that are not covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UncoveredLines {
    /// The file.
    pub path: String,
    /// The lines, from 1, sorted.
    pub lines: Vec<u32>,
}
