//! Where what is not covered lies, in words.

use crate::domain::finding::Location;
use crate::domain::units::Threshold;
use crate::facts::coverage::{FileCoverage, Measure};

/// Files that a step names.
const NAMED: usize = 4;

/// A share with two decimals, cut: 89.996 % is shown as 89.99 %.
pub(super) fn shown(measure: Measure) -> String {
    let hundredths = u128::from(measure.covered) * 10_000 / u128::from(measure.total.max(1));
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

/// "cover 7 more of these 11 lines (src/a.ts:12-18, 30) to reach 90 %": the fewest files that are enough, the worst first.
pub(super) fn step(
    name: &str,
    limit: Threshold,
    (covered, total): (u64, u64),
    files: &[&FileCoverage],
    of: impl Fn(&FileCoverage) -> Option<Measure>,
) -> String {
    match limit.missing(covered, total) {
        None => format!("no number of covered {name} is {limit}"),
        Some(more) => format!("cover {} to reach {limit}", enough(name, more, files, of)),
    }
}

/// "7 more of these 11 lines (src/a.ts:12-18, 30)".
pub(super) fn enough(
    name: &str,
    more: u64,
    files: &[&FileCoverage],
    of: impl Fn(&FileCoverage) -> Option<Measure>,
) -> String {
    let mut open: Vec<(&FileCoverage, u64)> =
        files.iter().filter_map(|file| of(file).map(|one| (*file, one.total - one.covered))).collect();
    open.retain(|(_, open)| *open > 0);
    open.sort_by_key(|(file, open)| (std::cmp::Reverse(*open), file.path.as_str()));
    let (mut named, mut sum, mut unnamed) = (Vec::new(), 0, 0_u64);
    for (file, open) in open {
        if sum >= more {
            break;
        }
        sum += open;
        let lines = ranges(file.hits.missed());
        if named.len() == NAMED {
            unnamed += 1;
        } else if name == "lines" && !lines.is_empty() {
            named.push(format!("{}:{lines}", file.path));
        } else {
            named.push(file.path.clone());
        }
    }
    let rest = if unnamed > 0 { format!(" and {unnamed} more files") } else { String::new() };
    format!("{more} more of these {sum} {name} ({}{rest})", named.join(", "))
}

pub(super) fn first_place(file: &FileCoverage) -> Location {
    let line = file.hits.missed().next();
    Location { file: file.path.clone(), line, column: None }
}

pub(super) fn places(file: &FileCoverage) -> String {
    let lines = ranges(file.hits.missed());
    if lines.is_empty() { String::new() } else { format!(": lines {lines}") }
}

/// Line numbers as ranges: `12-18, 30`; at most eight of them.
pub(super) fn ranges(lines: impl Iterator<Item = u32>) -> String {
    let mut all: Vec<(u32, u32)> = Vec::new();
    for line in lines {
        match all.last_mut() {
            Some((_, last)) if last.saturating_add(1) == line => *last = line,
            _ => all.push((line, line)),
        }
    }
    let more = all.len() > 8;
    let shown =
        all.into_iter().take(8).map(|(from, to)| if from == to { from.to_string() } else { format!("{from}-{to}") });
    let text = shown.collect::<Vec<_>>().join(", ");
    if more { format!("{text}, …") } else { text }
}
