//! Merging by file, line, branch and function.

use std::collections::BTreeMap;

use crate::facts::coverage::{Coverage, FileCoverage, LineHits, Measure};

use super::paths::Paths;
use super::{Record, Report};

/// By format what its reports tell of a file: one format as a rule, for which a map would take the room of eleven.
type Told = Vec<(String, Record)>;

/// Files by path, with whether the repository has them, and by format what its reports tell of each.
#[derive(Debug, Default)]
pub(super) struct Merged {
    files: BTreeMap<String, (bool, Told)>,
    stated: BTreeMap<String, f64>,
}

impl Merged {
    /// Adds a report, its files mapped to those of the repository.
    pub(super) fn take(&mut self, paths: &Paths<'_>, report_path: &str, format: &str, report: Report) {
        let roots = paths.roots(report_path, &report.files);
        for record in report.files {
            let (path, present) = paths.resolve(report_path, &roots, &record);
            let (_, told) = self.files.entry(path).or_insert_with(|| (present, Vec::with_capacity(1)));
            match told.iter_mut().find(|(of, _)| of == format) {
                Some((_, old)) => old.union(record),
                None => told.push((format.to_owned(), record)),
            }
        }
        self.stated.extend(report.stated);
    }

    /// A file of which more is listed than can be kept.
    pub(super) fn over(&self) -> Option<&str> {
        let over = |told: &Told| told.iter().any(|(_, record)| record.over());
        self.files.iter().find(|(_, (_, told))| over(told)).map(|(path, _)| path.as_str())
    }

    /// The whole.
    pub(super) fn finish(self) -> Coverage {
        let files: Vec<FileCoverage> =
            self.files.into_iter().map(|(path, (present, told))| combined(&path, present, told)).collect();
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

/// A file as reports of several formats tell it. Lines are lines in all of them; what one calls a branch, a function or a
/// statement no other names alike, so of these the format that covers the most stands.
fn combined(path: &str, present: bool, mut told: Told) -> FileCoverage {
    told.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut each: Vec<FileCoverage> =
        told.into_iter().map(|(_, record)| record.finish(path.to_owned(), present)).collect();
    if each.len() == 1 {
        return each.swap_remove(0);
    }
    let most = |of: fn(&FileCoverage) -> Option<Measure>| {
        each.iter().filter_map(of).max_by_key(|measure| (measure.covered, measure.total))
    };
    let mut hits = LineHits::default();
    let counts = |file: &FileCoverage| Measure::new(file.hits.counts().0, file.hits.counts().1);
    for file in each.iter().filter(|file| file.lines.is_some() && file.lines == counts(file)) {
        hits.merge(&file.hits);
    }
    let listed = Measure::new(hits.counts().0, hits.counts().1);
    if listed.is_none() {
        each.iter().for_each(|file| hits.merge(&file.hits));
    }
    FileCoverage {
        path: path.to_owned(),
        present,
        lines: listed.or_else(|| most(|file| file.lines)),
        branches: most(|file| file.branches),
        functions: most(|file| file.functions),
        statements: most(|file| file.statements),
        hits,
    }
}
