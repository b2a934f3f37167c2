//! What a reader brings: files, each with what one report tells of it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::facts::coverage::{FileCoverage, LineHits, Measure};

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
#[derive(Debug, Default, Clone)]
pub(super) struct Record {
    /// Where it may lie, as the report tells it, the likeliest first.
    pub(super) candidates: Vec<String>,
    /// The module of a build that it belongs to, where the report tells it.
    pub(super) module: Option<String>,
    pub(super) lines: LineHits,
    /// Lines that ran or did not, of formats that do not measure lines.
    pub(super) marks: LineHits,
    /// By line and name: covered and all.
    pub(super) branches: BTreeMap<(u32, u64), (u32, u32)>,
    /// By line and name: hit or not.
    pub(super) functions: BTreeMap<(u32, u64), bool>,
    /// By place: hit or not, and how many statements it stands for.
    pub(super) statements: BTreeMap<u64, (bool, u64)>,
    /// Where a format tells totals alone: lines, branches, functions, statements.
    pub(super) totals: [Option<(u64, u64)>; 4],
    /// Branches, functions and statements while nobody looks at them.
    pub(super) packed: Packed,
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
        let slot = self.branches.entry((line, number)).or_insert((0, 1));
        slot.0 = slot.0.max(u32::from(hit));
    }

    /// Lists the branches of a line that are told as counts alone.
    pub(super) fn branch_counts(&mut self, line: u32, covered: u32, total: u32) {
        let slot = self.branches.entry((line, 0)).or_insert((0, 0));
        *slot = (slot.0.max(covered), slot.1.max(total));
    }

    /// Lists one function.
    pub(super) fn function(&mut self, line: u32, name: impl Hash, hit: bool) {
        *self.functions.entry((line, id(name))).or_default() |= hit;
    }

    /// Lists what stands at one place and counts as `weight` statements.
    pub(super) fn statement(&mut self, place: impl Hash, hit: bool, weight: u64) {
        self.statements.entry(id(place)).or_insert((false, weight)).0 |= hit;
    }

    /// Adds what another report, or another part of the same one, tells of the file.
    pub(super) fn union(&mut self, mut other: Record) {
        self.unpack();
        other.unpack();
        self.lines.merge(&other.lines);
        self.marks.merge(&other.marks);
        for (key, (covered, total)) in other.branches {
            let slot = self.branches.entry(key).or_insert((0, 0));
            *slot = (slot.0.max(covered), slot.1.max(total));
        }
        for (key, hit) in other.functions {
            *self.functions.entry(key).or_default() |= hit;
        }
        for (key, (hit, weight)) in other.statements {
            self.statements.entry(key).or_insert((false, weight)).0 |= hit;
        }
        for (slot, new) in self.totals.iter_mut().zip(other.totals) {
            // Totals alone cannot be merged: the report that covers more stands.
            *slot = (*slot).max(new);
        }
        self.pack();
    }

    /// The file's coverage; what is measured by items counts by them, else by totals.
    pub(super) fn finish(mut self, path: String, present: bool) -> FileCoverage {
        self.unpack();
        let count = |pair: Option<(u64, u64)>| pair.and_then(|(covered, total)| Measure::new(covered, total));
        let lines = if self.lines.is_empty() { self.totals[0] } else { Some(self.lines.counts()) };
        let branches = match self.branches.len() {
            0 => self.totals[1],
            _ => Some(
                self.branches.values().fold((0, 0), |sum, one| (sum.0 + u64::from(one.0), sum.1 + u64::from(one.1))),
            ),
        };
        let functions = match self.functions.len() {
            0 => self.totals[2],
            total => Some((self.functions.values().filter(|hit| **hit).count() as u64, total as u64)),
        };
        let statements = match self.statements.len() {
            0 => self.totals[3],
            _ => Some(
                self.statements
                    .values()
                    .fold((0, 0), |sum, (hit, weight)| (sum.0 + if *hit { *weight } else { 0 }, sum.1 + weight)),
            ),
        };
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
