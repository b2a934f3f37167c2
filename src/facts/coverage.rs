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
    /// Shares that a report tells without counts (SimpleCov's last run), by measure: shown, and no proof.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub percent_stated: BTreeMap<String, f64>,
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
    pub hits: LineHits,
}

/// Lines, each hit or not. Sixty-four neighbours share a slot, so that a report of millions of lines stays small.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineHits {
    /// By line divided by 64: which are listed, which are hit.
    slots: BTreeMap<u32, (u64, u64)>,
}

impl LineHits {
    /// Lists a line; hit once is hit.
    pub fn add(&mut self, line: u32, hit: bool) {
        let bit = 1_u64 << (line % 64);
        let slot = self.slots.entry(line / 64).or_default();
        slot.0 |= bit;
        slot.1 |= if hit { bit } else { 0 };
    }

    /// Takes a line out.
    pub fn remove(&mut self, line: u32) {
        if let Some(slot) = self.slots.get_mut(&(line / 64)) {
            let others = !(1_u64 << (line % 64));
            *slot = (slot.0 & others, slot.1 & others);
        }
    }

    /// Lists what the other lists.
    pub fn merge(&mut self, other: &Self) {
        for (at, (listed, hit)) in &other.slots {
            let slot = self.slots.entry(*at).or_default();
            *slot = (slot.0 | listed, slot.1 | hit);
        }
    }

    /// Whether a line is hit; none where it is not listed.
    #[must_use]
    pub fn get(&self, line: u32) -> Option<bool> {
        let (listed, hit) = self.slots.get(&(line / 64))?;
        let bit = 1_u64 << (line % 64);
        (listed & bit != 0).then_some(hit & bit != 0)
    }

    /// Whether no line is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.values().all(|(listed, _)| *listed == 0)
    }

    /// How many are hit, and how many are listed.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        let ones = |bits: u64| u64::from(bits.count_ones());
        self.slots.values().fold((0, 0), |sum, (listed, hit)| (sum.0 + ones(*hit), sum.1 + ones(*listed)))
    }

    /// Every listed line, in order, and whether it is hit.
    pub fn iter(&self) -> impl Iterator<Item = (u32, bool)> {
        self.slots.iter().flat_map(|(at, (listed, hit))| {
            let bits = (0..64).filter(move |bit| listed >> bit & 1 == 1);
            bits.map(move |bit| (at * 64 + bit, hit >> bit & 1 == 1))
        })
    }

    /// The listed lines that are not hit, in order.
    pub fn missed(&self) -> impl Iterator<Item = u32> {
        self.iter().filter(|(_, hit)| !hit).map(|(line, _)| line)
    }
}

impl FromIterator<(u32, bool)> for LineHits {
    fn from_iter<I: IntoIterator<Item = (u32, bool)>>(lines: I) -> Self {
        let mut all = Self::default();
        for (line, hit) in lines {
            all.add(line, hit);
        }
        all
    }
}

/// What a rule asks of coverage beyond the area's own facts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CoverageQuery {
    /// Coverage as the base's reports tell it: of the report at a path, or of those at the places where evidence lies.
    Base(Option<String>),
    /// The source files that no report mentions, with their lines, none of them covered.
    Unlisted,
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
    /// Changed files of which the reports tell totals alone, by path: which of their lines ran is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub untold: Vec<String>,
    /// By path: how many of a file's changed lines are covered, and how many there are.
    #[serde(skip)]
    pub by_file: BTreeMap<String, (u64, u64)>,
}

/// Lines of a file that are not covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UncoveredLines {
    /// The file.
    pub path: String,
    /// The lines, from 1, sorted.
    pub lines: Vec<u32>,
}
