//! Merging by file, line, branch and function.

use std::collections::BTreeMap;

use crate::facts::coverage::{Coverage, FileCoverage, Measure};

use super::paths::Paths;
use super::{Record, Report};

/// Files by path, with whether the repository has them.
#[derive(Debug, Default)]
pub(super) struct Merged {
    files: BTreeMap<String, (bool, Record)>,
    stated: BTreeMap<String, f64>,
}

impl Merged {
    /// Adds a report, its files mapped to those of the repository.
    pub(super) fn take(&mut self, paths: &Paths<'_>, report_path: &str, report: Report) {
        let roots = paths.roots(report_path, &report.files);
        for record in report.files {
            let (path, present) = paths.resolve(report_path, &roots, &record);
            match self.files.get_mut(&path) {
                None => {
                    self.files.insert(path, (present, record));
                }
                Some((_, old)) => old.union(record),
            }
        }
        self.stated.extend(report.stated);
    }

    /// The whole.
    pub(super) fn finish(self) -> Coverage {
        let files: Vec<FileCoverage> =
            self.files.into_iter().map(|(path, (present, record))| record.finish(path, present)).collect();
        let sum = |of: fn(&FileCoverage) -> Option<Measure>| {
            let all = files.iter().filter_map(of);
            let (covered, total) = all
                .fold((0_u64, 0_u64), |sum, one| (sum.0.saturating_add(one.covered), sum.1.saturating_add(one.total)));
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
            percent_stated: self.stated,
        }
    }
}
