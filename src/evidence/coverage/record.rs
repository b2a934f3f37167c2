//! What a reader brings: files, each with what one report tells of it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::facts::coverage::{FileCoverage, LineHits, Measure};

use super::list::List;
use super::packed::Packed;

/// A report.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) files: Vec<Record>,
    /// Contradictions within the file: the lines stand, and it is said.
    pub(super) warnings: Vec<String>,
    /// Shares that it tells without counts, by measure.
    pub(super) stated: BTreeMap<String, f64>,
}

/// One file of one report.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// Where it may lie, as the report tells it, the likeliest first.
    pub(super) candidates: Vec<String>,
    /// The module of a build that it belongs to, where the report tells it.
    pub(super) module: Option<String>,
    pub(super) lines: LineHits,
    /// Lines that ran or did not, of formats that do not measure lines.
    pub(super) marks: LineHits,
    /// By line and name: covered and all.
    pub(super) branches: List<(u32, u64), (u32, u32)>,
    /// By line and name: hit or not.
    pub(super) functions: List<(u32, u64), bool>,
    /// By place: hit or not, and how many statements it stands for.
    pub(super) statements: List<u64, (bool, u64)>,
    /// Where a format tells totals alone: lines, branches, functions, statements.
    pub(super) totals: [Option<(u64, u64)>; 4],
    /// Branches, functions and statements while nobody looks at them.
    pub(super) packed: Packed,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            candidates: Vec::new(),
            module: None,
            lines: LineHits::default(),
            marks: LineHits::default(),
            branches: List::new(|one: (u32, u32), other| (one.0.max(other.0), one.1.max(other.1))),
            functions: List::new(|one, other| one || other),
            statements: List::new(|one: (bool, u64), other| (one.0 || other.0, one.1)),
            totals: [None; 4],
            packed: Packed::default(),
        }
    }
}

impl Report {
    /// Takes a file that was read to its end.
    pub(super) fn push(&mut self, mut record: Record) {
        record.pack();
        self.files.push(record);
    }
}

/// The name of a branch as a number: two small numbers (block and branch, as most tools count them) stay small.
pub(super) fn branch_id(name: &str) -> u64 {
    let small = name.split_once(',').and_then(|(block, branch)| {
        let (block, branch): (u64, u64) = (block.parse().ok()?, branch.parse().ok()?);
        // 0 stands for branches that are told as counts alone.
        (block < 1 << 24 && branch < 1 << 8).then_some((block << 8 | branch) + 1)
    });
    small.unwrap_or_else(|| id(name) | 1 << 63)
}

/// A name as a number: names are only compared, and reports of millions of branches have to stay small.
pub(super) fn id(name: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl Record {
    /// A file at the first of these places that is there.
    pub(super) fn at(path: impl Into<String>) -> Self {
        Self { candidates: vec![path.into()], ..Self::default() }
    }

    /// Lists one branch.
    pub(super) fn branch(&mut self, line: u32, name: impl Hash, hit: bool) {
        self.branch_numbered(line, id(name) | 1 << 63, hit);
    }

    /// Lists one branch by its number.
    pub(super) fn branch_numbered(&mut self, line: u32, number: u64, hit: bool) {
        self.branches.push((line, number), (u32::from(hit), 1));
    }

    /// Lists the branches of a line that are told as counts alone.
    pub(super) fn branch_counts(&mut self, line: u32, covered: u32, total: u32) {
        self.branches.push((line, 0), (covered, total));
    }

    /// Lists one function.
    pub(super) fn function(&mut self, line: u32, name: impl Hash, hit: bool) {
        self.function_numbered(line, id(name), hit);
    }

    /// Lists one function by the number of its name.
    pub(super) fn function_numbered(&mut self, line: u32, number: u64, hit: bool) {
        // Names are compared within a line alone: half of the number is enough.
        self.functions.push((line, number & u64::from(u32::MAX)), hit);
    }

    /// Lists what stands at one place and counts as `weight` statements.
    pub(super) fn statement(&mut self, place: impl Hash, hit: bool, weight: u64) {
        self.statements.push(id(place), (hit, weight));
    }

    /// Adds what another report, or another part of the same one, tells of the file.
    pub(super) fn union(&mut self, mut other: Record) {
        other.pack();
        self.lines.merge(&other.lines);
        self.marks.merge(&other.marks);
        other.packed.branches().for_each(|(key, value)| self.branches.push(key, value));
        other.packed.functions().for_each(|(key, value)| self.functions.push(key, value));
        other.packed.statements().for_each(|(key, value)| self.statements.push(key, value));
        for (slot, new) in self.totals.iter_mut().zip(other.totals) {
            // Totals alone cannot be merged: the report that covers more stands.
            *slot = (*slot).max(new);
        }
        self.pack();
    }

    /// How many branches are covered and how many there are, of a record that is packed; none where none is listed.
    pub(super) fn branch_counts_all(&self) -> Option<(u64, u64)> {
        self.packed.branches().fold(None, |sum, (_, (covered, total))| {
            let (before, of) = sum.unwrap_or((0, 0));
            Some((before + u64::from(covered), of + u64::from(total)))
        })
    }

    /// Whether it lists more than any source has, so that some was left out.
    pub(super) fn over(&self) -> bool {
        self.branches.over || self.functions.over || self.statements.over
    }

    /// The file's coverage; what is measured by items counts by them, else by totals.
    pub(super) fn finish(mut self, path: String, present: bool) -> FileCoverage {
        self.pack();
        let count = |pair: Option<(u64, u64)>| pair.and_then(|(covered, total)| Measure::new(covered, total));
        let lines = if self.lines.is_empty() { self.totals[0] } else { Some(self.lines.counts()) };
        // Items where there are any, else the totals.
        let counted = |sum: Option<(u64, u64)>, (covered, total): (u64, u64)| {
            let (before, of) = sum.unwrap_or((0, 0));
            Some((before + covered, of + total))
        };
        let branches = self.branch_counts_all().or(self.totals[1]);
        let functions = self.packed.functions().map(|(_, hit)| (u64::from(hit), 1)).fold(None, counted);
        let statements = self.packed.statements().map(|(_, (hit, weight))| (if hit { weight } else { 0 }, weight));
        let (functions, statements) = (functions.or(self.totals[2]), statements.fold(None, counted).or(self.totals[3]));
        FileCoverage {
            path,
            present,
            lines: count(lines),
            branches: count(branches),
            functions: count(functions),
            statements: count(statements),
            hits: if self.lines.is_empty() { self.marks } else { self.lines },
        }
    }
}

/// How many lines the ranges of one report may come to: a range is a few bytes, and hostile ones are long.
const MAX_RANGED: u64 = 50_000_000;

/// Lists ranges of lines, within bounds.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    spent: u64,
}

impl Ranges {
    /// Lists every line from `first` to `last`.
    ///
    /// # Errors
    /// The range is reversed, or the ranges are longer than any source.
    pub(super) fn add(&mut self, lines: &mut LineHits, first: u32, last: u32, hit: bool) -> Result<(), String> {
        let length = last.checked_sub(first).ok_or_else(|| format!("lines {first} to {last} are no range"))?;
        self.spent = self.spent.saturating_add(u64::from(length) + 1);
        if self.spent > MAX_RANGED {
            return Err("its ranges of lines are longer than any source".to_owned());
        }
        for line in first..=last {
            lines.add(line, hit);
        }
        Ok(())
    }
}
