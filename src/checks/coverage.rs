//! `coverage`: how much the tests cover.

mod drop;
mod places;

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{PathGlob, texts};
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::units::{Percent, Threshold};
use crate::facts::coverage::{Coverage, CoverageQuery, FileCoverage, Measure, UncoveredLines};
use crate::facts::{AreaName, Facts, Need};
use drop::NoDrop;
use places::{first_place, places, ranges, shown, step};

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
    /// Not less than the base's report tells: `true` compares with the report at the same place, a path with the report there;
    /// either as it is committed at the base.
    no_drop: NoDrop,
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
    /// What has to be there before a demand can be judged.
    wanting: Vec<String>,
}

impl CoverageRule {
    fn totals(&self) -> [Option<Threshold>; 4] {
        let named = [self.lines, self.branches, self.functions, self.statements];
        let file = &self.per_file;
        let any = named
            .iter()
            .chain(&[self.changed_lines, file.lines, file.branches, file.functions, file.statements])
            .any(Option::is_some);
        if any || self.no_drop.asked() || self.unlisted == Unlisted::Fail {
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
        let kept = self.no_drop.asked().then(|| "not less than at the base".to_owned());
        totals.chain(changed).chain(each).chain(kept).chain(unlisted).collect::<Vec<_>>().join(", ")
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
            // Lines of what the reports leave out are counted already; of the rest it is not known how much there is.
            let left_out = self.unlisted == Unlisted::Count && !unlisted.is_empty() && *name != "lines";
            if limit.met(covered, total) {
                if left_out {
                    let first = unlisted[0];
                    let message = format!(
                        "{} source files are in no report, so {name} are not known to be covered",
                        unlisted.len()
                    );
                    let at = Some(Location::file(first));
                    all.findings.push(Finding::new(rule.id, format!("{name} unlisted"), message, at));
                    all.steps.push(format!("let the coverage tool list every source file ({first} is missing)"));
                }
                continue;
            }
            all.findings.push(Finding::new(rule.id, *name, format!("{name} {}, not {limit}", shown(measure)), None));
            all.steps.push(step(name, limit, (covered, total), files, of));
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
        if let Some(first) = changed.untold.iter().find(|path| self.meant()(path)) {
            all.unknown.push(format!("changed lines (the reports tell only totals of {first})"));
        }
        let meant = self.meant();
        let by_file = changed.by_file.iter().filter(|(path, _)| meant(path)).map(|(_, counts)| counts);
        let (covered, total) = by_file.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let open: Vec<&UncoveredLines> = changed.uncovered.iter().filter(|one| meant(&one.path)).collect();
        let Some(measure) = Measure::new(covered, total) else {
            all.measured.push("no changed line can be covered".to_owned());
            return;
        };
        all.measured.push(format!("changed lines {} ({covered} of {total})", shown(measure)));
        if limit.met(covered, total) {
            return;
        }
        let more = limit.missing(covered, total).unwrap_or(total - covered);
        let count: u64 = open.iter().map(|one| one.lines.len() as u64).sum();
        let named: Vec<String> =
            open.iter().take(3).map(|one| format!("{}:{}", one.path, ranges(one.lines.iter().copied()))).collect();
        let rest = if open.len() > 3 { format!(" and {} more files", open.len() - 3) } else { String::new() };
        let named = named.join(", ");
        all.steps.push(format!("cover {more} more of these {count} changed lines ({named}{rest}) to reach {limit}"));
        for one in open {
            let message =
                format!("{} changed lines not covered: {}", one.lines.len(), ranges(one.lines.iter().copied()));
            let at = Location { file: one.path.clone(), line: one.lines.first().copied(), column: None };
            all.findings.push(Finding::new(rule.id, format!("changed {}", one.path), message, Some(at)));
        }
    }
}

impl Judge for CoverageRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        let base = self.no_drop.query().map(Need::Coverage);
        let unlisted = (self.unlisted == Unlisted::Count).then_some(Need::Coverage(CoverageQuery::Unlisted));
        [Need::Area(AreaName::Coverage)].into_iter().chain(base).chain(unlisted).collect()
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let required = self.required();
        let Some(area) = &facts.coverage else {
            return Judgement::new(Outcome::NoEvidence, required, "").next("coverage is not collected");
        };
        let coverage = match area.proven() {
            Ok(coverage) => coverage,
            Err(evidence) => {
                let step = "run the tests with coverage and leave the report there: lcov, Cobertura, JaCoCo, Clover, Istanbul, or another that `donegate explain` names";
                return Judgement::no_evidence(rule, required, evidence, step);
            }
        };
        let left_out = facts.coverage_answer(&CoverageQuery::Unlisted).and_then(|area| area.facts.as_ref());
        let left_out = left_out.filter(|_| self.unlisted == Unlisted::Count);
        let mut files = self.counted(coverage);
        files.extend(left_out.map(|coverage| self.counted(coverage)).unwrap_or_default());
        let meant = self.meant();
        let unlisted: Vec<&str> = coverage.unlisted.iter().map(String::as_str).filter(|path| meant(path)).collect();
        let mut all = Gathered::default();
        self.judge_totals(rule, &files, &unlisted, &mut all);
        self.judge_each(rule, &files, &mut all);
        self.judge_changed(rule, coverage, &mut all);
        self.judge_drop(rule, &files, facts, &mut all);
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
        let outcome = match (all.findings.is_empty(), all.unknown.is_empty() && all.wanting.is_empty()) {
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
        all.steps.append(&mut all.wanting);
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
mod tests;
