//! `coverage`: how much the tests cover.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{PathGlob, texts};
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::units::{Percent, Threshold};
use crate::facts::coverage::{Coverage, FileCoverage, Measure};
use crate::facts::{AreaName, Facts, Need};

/// The check.
pub const COVERAGE: CheckOf<CoverageRule> =
    CheckOf { name: "coverage", page: include_str!("coverage.md"), stage: Stage::Ci, parameters: PhantomData };

/// What is demanded where a rule names no threshold at all: 80 % of lines.
const DEFAULT_LINES: Threshold = Threshold { percent: Percent::whole(80), strict: false };
/// Files that a failing measure names.
const WORST: usize = 5;

/// What a rule demands.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CoverageRule {
    /// Of lines; 80 where no threshold is named at all.
    lines: Option<Threshold>,
    /// Of branches.
    branches: Option<Threshold>,
    /// Of functions.
    functions: Option<Threshold>,
    /// Of statements.
    statements: Option<Threshold>,
    /// Of the lines that the change adds or changes.
    changed_lines: Option<Threshold>,
    /// Of each file.
    per_file: PerFile,
    /// Not less than at the base (not built yet).
    no_drop: bool,
    /// The files that count; all where none is named.
    paths: Vec<PathGlob>,
    /// Files that do not count.
    exclude: Vec<PathGlob>,
    /// What source files come to that no report mentions.
    unlisted: Unlisted,
}

/// What is demanded of each file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct PerFile {
    /// Of lines.
    lines: Option<Threshold>,
    /// Of branches.
    branches: Option<Threshold>,
    /// Of functions.
    functions: Option<Threshold>,
    /// Of statements.
    statements: Option<Threshold>,
}

/// What source files come to that no report mentions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Unlisted {
    /// They are told.
    #[default]
    Warn,
    /// They count as not covered: the rule cannot pass on what the reports leave out.
    Count,
    /// Each is a finding.
    Fail,
}

type Of = fn(&FileCoverage) -> Option<Measure>;

/// The measures by name.
const MEASURES: [(&str, Of); 4] = [
    ("lines", |file| file.lines),
    ("branches", |file| file.branches),
    ("functions", |file| file.functions),
    ("statements", |file| file.statements),
];

/// What judging gathers.
#[derive(Default)]
struct Gathered {
    measured: Vec<String>,
    findings: Vec<Finding>,
    steps: Vec<String>,
    /// Demanded and not told by any report.
    unknown: Vec<String>,
}

impl CoverageRule {
    fn totals(&self) -> [Option<Threshold>; 4] {
        let named = [self.lines, self.branches, self.functions, self.statements];
        let file = &self.per_file;
        let any = named
            .iter()
            .chain(&[self.changed_lines, file.lines, file.branches, file.functions, file.statements])
            .any(Option::is_some);
        if any || self.no_drop || self.unlisted == Unlisted::Fail {
            named
        } else {
            [Some(DEFAULT_LINES), None, None, None]
        }
    }

    fn each(&self) -> [Option<Threshold>; 4] {
        [self.per_file.lines, self.per_file.branches, self.per_file.functions, self.per_file.statements]
    }

    fn required(&self) -> String {
        let totals =
            MEASURES.iter().zip(self.totals()).filter_map(|((name, _), limit)| Some(format!("{name} {}", limit?)));
        let changed = self.changed_lines.map(|limit| format!("changed lines {limit}"));
        let each = MEASURES
            .iter()
            .zip(self.each())
            .filter_map(|((name, _), limit)| Some(format!("{name} of each file {}", limit?)));
        let unlisted = (self.unlisted == Unlisted::Fail).then(|| "every source file is in a report".to_owned());
        totals.chain(changed).chain(each).chain(unlisted).collect::<Vec<_>>().join(", ")
    }

    /// The files that count: here, within `paths`, not excluded.
    fn counted<'a>(&self, coverage: &'a Coverage) -> Vec<&'a FileCoverage> {
        let meant = self.meant();
        coverage.files.iter().filter(|file| file.present && meant(&file.path)).collect()
    }

    fn meant(&self) -> impl Fn(&str) -> bool {
        let set = |globs: &[PathGlob]| {
            let mut builder = globset::GlobSetBuilder::new();
            for glob in texts(globs) {
                if let Ok(glob) = globset::GlobBuilder::new(&glob).literal_separator(true).build() {
                    builder.add(glob);
                }
            }
            builder.build().unwrap_or_default()
        };
        let (paths, exclude, all) = (set(&self.paths), set(&self.exclude), self.paths.is_empty());
        move |path: &str| (all || paths.is_match(path)) && !exclude.is_match(path)
    }

    fn judge_totals(&self, rule: &RuleContext<'_>, files: &[&FileCoverage], unlisted: &[&str], all: &mut Gathered) {
        for ((name, of), limit) in MEASURES.iter().zip(self.totals()) {
            let Some(limit) = limit else { continue };
            let (covered, total) = files
                .iter()
                .filter_map(|file| of(file))
                .fold((0, 0), |sum, one| (sum.0 + one.covered, sum.1 + one.total));
            let Some(measure) = Measure::new(covered, total) else {
                all.unknown.push((*name).to_owned());
                continue;
            };
            all.measured.push(format!("{name} {} ({covered} of {total})", shown(measure)));
            // What the reports leave out counts as not covered: one more than nothing is enough to say so.
            let left_out = self.unlisted == Unlisted::Count && !unlisted.is_empty();
            if limit.met(covered, total) && !left_out {
                continue;
            }
            if left_out && limit.met(covered, total) {
                let message =
                    format!("{} source files are in no report, so {name} are not known to be covered", unlisted.len());
                all.findings.push(Finding::new(
                    rule.id,
                    format!("{name} unlisted"),
                    message,
                    Some(Location::file(unlisted[0])),
                ));
                all.steps.push(format!("let the coverage tool list every source file ({} is missing)", unlisted[0]));
                continue;
            }
            all.findings.push(Finding::new(rule.id, *name, format!("{name} {}, not {limit}", shown(measure)), None));
            all.steps.push(step(name, limit, covered, total, files, *of));
            let mut worst: Vec<(&FileCoverage, Measure)> =
                files.iter().filter_map(|file| Some((*file, of(file)?))).collect();
            worst.retain(|(_, one)| one.covered < one.total);
            worst.sort_by_key(|(file, one)| (std::cmp::Reverse(one.total - one.covered), file.path.as_str()));
            for (file, one) in worst.into_iter().take(WORST) {
                let message =
                    format!("{} of {} {name} not covered{}", one.total - one.covered, one.total, places(file));
                all.findings.push(Finding::new(
                    rule.id,
                    format!("{name} {}", file.path),
                    message,
                    Some(first_place(file)),
                ));
            }
        }
    }

    fn judge_each(&self, rule: &RuleContext<'_>, files: &[&FileCoverage], all: &mut Gathered) {
        for ((name, of), limit) in MEASURES.iter().zip(self.each()) {
            let Some(limit) = limit else { continue };
            if files.iter().all(|file| of(file).is_none()) {
                all.unknown.push(format!("{name} of each file"));
                continue;
            }
            let below = files
                .iter()
                .filter_map(|file| of(file).filter(|one| !limit.met(one.covered, one.total)).map(|one| (*file, one)));
            let mut count = 0_u64;
            for (file, one) in below {
                let message = format!("{name} {}, not {limit}{}", shown(one), places(file));
                all.findings.push(Finding::new(
                    rule.id,
                    format!("file {name} {}", file.path),
                    message,
                    Some(first_place(file)),
                ));
                let more = limit.missing(one.covered, one.total).unwrap_or(one.total - one.covered);
                if count < 3 {
                    all.steps.push(format!("cover {more} more {name} of {}", file.path));
                }
                count += 1;
            }
            all.measured.push(format!("{count} files below {limit} of {name}"));
        }
    }

    fn judge_changed(&self, rule: &RuleContext<'_>, coverage: &Coverage, all: &mut Gathered) {
        let Some(limit) = self.changed_lines else { return };
        let Some(changed) = &coverage.changed_lines else {
            all.unknown.push("changed lines (the change set is not known)".to_owned());
            return;
        };
        if let Some(first) = changed.untold.first() {
            all.unknown.push(format!("changed lines (the reports tell only totals of {first})"));
        }
        let Some(measure) = Measure::new(changed.covered, changed.total) else {
            all.measured.push("no changed line can be covered".to_owned());
            return;
        };
        all.measured.push(format!("changed lines {} ({} of {})", shown(measure), changed.covered, changed.total));
        if limit.met(changed.covered, changed.total) {
            return;
        }
        let more = limit.missing(changed.covered, changed.total).unwrap_or(changed.total - changed.covered);
        let open: u64 = changed.uncovered.iter().map(|one| one.lines.len() as u64).sum();
        let named: Vec<String> = changed
            .uncovered
            .iter()
            .take(3)
            .map(|one| format!("{}:{}", one.path, ranges(one.lines.iter().copied())))
            .collect();
        all.steps
            .push(format!("cover {more} more of these {open} changed lines ({}) to reach {limit}", named.join(", ")));
        for one in &changed.uncovered {
            let message =
                format!("{} changed lines not covered: {}", one.lines.len(), ranges(one.lines.iter().copied()));
            let at = Location { file: one.path.clone(), line: one.lines.first().copied(), column: None };
            all.findings.push(Finding::new(rule.id, format!("changed {}", one.path), message, Some(at)));
        }
    }
}

/// A share with two decimals, cut: 89.996 % is shown as 89.99 %.
fn shown(measure: Measure) -> String {
    let hundredths = u128::from(measure.covered) * 10_000 / u128::from(measure.total.max(1));
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

/// "cover 7 more of these 11 lines (src/a.ts:12-18, 30) to reach 90 %".
fn step(name: &str, limit: Threshold, covered: u64, total: u64, files: &[&FileCoverage], of: Of) -> String {
    let Some(more) = limit.missing(covered, total) else { return format!("no number of covered {name} is {limit}") };
    let mut open: Vec<(&FileCoverage, u64)> =
        files.iter().filter_map(|file| of(file).map(|one| (*file, one.total - one.covered))).collect();
    open.retain(|(_, open)| *open > 0);
    open.sort_by_key(|(file, open)| (std::cmp::Reverse(*open), file.path.as_str()));
    let mut chosen = Vec::new();
    let mut sum = 0;
    for (file, open) in open {
        if sum >= more || chosen.len() == 4 {
            break;
        }
        sum += open;
        let lines = ranges(file.hits.missed());
        chosen.push(if name == "lines" && !lines.is_empty() {
            format!("{}:{lines}", file.path)
        } else {
            file.path.clone()
        });
    }
    format!("cover {more} more of these {sum} {name} ({}) to reach {limit}", chosen.join(", "))
}

fn first_place(file: &FileCoverage) -> Location {
    let line = file.hits.missed().next();
    Location { file: file.path.clone(), line, column: None }
}

fn places(file: &FileCoverage) -> String {
    let lines = ranges(file.hits.missed());
    if lines.is_empty() { String::new() } else { format!(": lines {lines}") }
}

/// Line numbers as ranges: `12-18, 30`; at most eight of them.
fn ranges(lines: impl Iterator<Item = u32>) -> String {
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

impl Judge for CoverageRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Area(AreaName::Coverage)]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let required = self.required();
        if self.no_drop {
            return Judgement::new(Outcome::Error, required, "")
                .next("`no-drop` is not built yet: name a threshold instead");
        }
        let Some(area) = &facts.coverage else {
            return Judgement::new(Outcome::NoEvidence, required, "").next("coverage is not collected");
        };
        let coverage = match area.proven() {
            Ok(coverage) => coverage,
            Err(evidence) => {
                let step = "run the tests with coverage and leave the report there, as lcov, Cobertura, Istanbul, coverage.py JSON or a Go profile";
                return Judgement::no_evidence(rule, required, evidence, step);
            }
        };
        let files = self.counted(coverage);
        let meant = self.meant();
        let unlisted: Vec<&str> = coverage.unlisted.iter().map(String::as_str).filter(|path| meant(path)).collect();
        let mut all = Gathered::default();
        self.judge_totals(rule, &files, &unlisted, &mut all);
        self.judge_each(rule, &files, &mut all);
        self.judge_changed(rule, coverage, &mut all);
        if self.unlisted == Unlisted::Fail {
            all.findings.extend(unlisted.iter().map(|path| {
                Finding::new(
                    rule.id,
                    format!("unlisted {path}"),
                    "no report mentions this file",
                    Some(Location::file(*path)),
                )
            }));
            if let Some(first) = unlisted.first() {
                all.steps.push(format!("let the coverage tool list every source file ({first} is missing)"));
            }
        }
        let outcome = match (all.findings.is_empty(), all.unknown.is_empty()) {
            (false, _) => Outcome::Fail,
            (true, false) => Outcome::NoEvidence,
            (true, true) => Outcome::Pass,
        };
        if !all.unknown.is_empty() {
            let names = all.unknown.join(", ");
            let known: Vec<&str> = MEASURES
                .iter()
                .filter(|(_, of)| files.iter().any(|file| of(file).is_some()))
                .map(|(name, _)| *name)
                .collect();
            all.steps.push(format!(
                "the reports tell no {names} (they tell {}): let the tool measure that, or demand what it measures",
                known.join(", ")
            ));
        }
        let mut judgement = Judgement::new(outcome, required, all.measured.join(", "));
        judgement.next_step = (outcome != Outcome::Pass).then(|| all.steps.join("; "));
        judgement.findings = all.findings;
        judgement.evidence = area.evidence.reports.clone();
        judgement.notes =
            area.evidence.problems.iter().map(|problem| format!("{}: {}", problem.path, problem.why)).collect();
        if self.unlisted == Unlisted::Warn && !unlisted.is_empty() {
            let named = unlisted.iter().take(3).copied().collect::<Vec<_>>().join(", ");
            judgement.notes.push(format!("{} source files are in no report: {named}", unlisted.len()));
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::facts::{Area, Evidence, State};

    fn file(path: &str, covered: u32, total: u32) -> FileCoverage {
        let hits = (1..=total).map(|line| (line, line <= covered)).collect();
        let lines = Measure::new(covered.into(), total.into());
        FileCoverage { path: path.to_owned(), present: true, lines, hits, ..FileCoverage::default() }
    }

    fn judged(rule: &CoverageRule, files: Vec<FileCoverage>) -> Judgement {
        let coverage = Coverage { files, ..Coverage::default() };
        let area = Area::found(coverage, Evidence::new(State::Found, Vec::new()));
        let facts = Facts { coverage: Some(area), ..Facts::default() };
        rule.judge(&RuleContext { id: "cov" }, &facts)
    }

    fn lines(text: &str) -> CoverageRule {
        CoverageRule { lines: Threshold::parse(text).ok(), ..CoverageRule::default() }
    }

    #[test]
    fn a_threshold_is_exact() {
        assert_eq!(Outcome::Pass, judged(&lines("90"), vec![file("a", 9, 10)]).outcome);
        assert_eq!(Outcome::Fail, judged(&lines(">90"), vec![file("a", 9, 10)]).outcome);
        let nearly = judged(&lines("90"), vec![file("a", 8_999, 10_000)]);
        assert_eq!((Outcome::Fail, "lines 89.99 % (8999 of 10000)"), (nearly.outcome, nearly.measured.as_str()));
    }

    #[test]
    fn the_next_step_is_arithmetic() {
        let judgement = judged(&lines("90"), vec![file("src/a.ts", 5, 10), file("src/b.ts", 10, 10)]);
        assert_eq!(
            Some("cover 3 more of these 5 lines (src/a.ts:6-10) to reach >= 90 %"),
            judgement.next_step.as_deref()
        );
    }

    #[test]
    fn a_measure_that_no_report_tells_is_no_proof() {
        let rule = CoverageRule { branches: Threshold::parse("50").ok(), ..CoverageRule::default() };
        assert_eq!(Outcome::NoEvidence, judged(&rule, vec![file("a", 10, 10)]).outcome);
    }

    #[test]
    fn each_file_has_its_own_limit() {
        let rule = CoverageRule {
            per_file: PerFile { lines: Threshold::parse("60").ok(), ..PerFile::default() },
            ..CoverageRule::default()
        };
        let judgement = judged(&rule, vec![file("a", 5, 10), file("b", 10, 10)]);
        assert_eq!((Outcome::Fail, 1), (judgement.outcome, judgement.findings.len()));
    }

    #[test]
    fn a_rule_without_a_threshold_still_demands_something() {
        assert_eq!(Outcome::Fail, judged(&CoverageRule::default(), vec![file("a", 1, 10)]).outcome);
    }

    #[test]
    fn files_that_are_not_here_do_not_count() {
        let away = FileCoverage { present: false, ..file("away", 0, 100) };
        assert_eq!(Outcome::Pass, judged(&lines("90"), vec![file("a", 10, 10), away]).outcome);
    }
}
