//! Merging by file, line, branch and function.

use std::collections::BTreeMap;

use crate::facts::Problem;
use crate::facts::coverage::{Coverage, FileCoverage, Measure};

use super::Record;

/// Files by path, with whether the repository has them.
#[derive(Debug, Default)]
pub(super) struct Merged {
    files: BTreeMap<String, (bool, Record)>,
}

impl Merged {
    /// Adds a report's file at the place it was mapped to.
    pub(super) fn add(&mut self, (path, present): (String, bool), record: Record) {
        match self.files.get_mut(&path) {
            None => {
                self.files.insert(path, (present, record));
            }
            Some((_, old)) => union(old, record),
        }
    }

    /// Notes what a report contradicts itself in.
    pub(super) fn warn(&self, path: &str, warnings: Vec<String>, problems: &mut Vec<Problem>) {
        problems.extend(warnings.into_iter().map(|why| Problem { path: path.to_owned(), line: None, why }));
    }

    /// The whole.
    pub(super) fn finish(self) -> Coverage {
        let files: Vec<FileCoverage> =
            self.files.into_iter().map(|(path, (present, record))| record.finish(path, present)).collect();
        let sum = |of: fn(&FileCoverage) -> Option<Measure>| {
            let all = files.iter().filter_map(of);
            let (covered, total) = all.fold((0, 0), |sum, one| (sum.0 + one.covered, sum.1 + one.total));
            Measure::new(covered, total)
        };
        Coverage {
            lines: sum(|file| file.lines),
            branches: sum(|file| file.branches),
            functions: sum(|file| file.functions),
            statements: sum(|file| file.statements),
            files,
            changed_lines: None,
            unlisted: Vec::new(),
        }
    }
}

fn union(old: &mut Record, new: Record) {
    for (line, hit) in new.lines {
        *old.lines.entry(line).or_default() |= hit;
    }
    for (key, (covered, total)) in new.branches {
        let slot = old.branches.entry(key).or_insert((0, 0));
        *slot = (slot.0.max(covered), slot.1.max(total));
    }
    for (key, hit) in new.functions {
        *old.functions.entry(key).or_default() |= hit;
    }
    for (key, (hit, weight)) in new.statements {
        let slot = old.statements.entry(key).or_insert((false, weight));
        slot.0 |= hit;
    }
    for (slot, new) in old.totals.iter_mut().zip(new.totals) {
        // Totals alone cannot be merged: the report that covers more stands.
        *slot = (*slot).max(new);
    }
}
