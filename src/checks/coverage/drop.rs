//! `no-drop`: coverage is not less than the base's report tells.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::places::{enough, first_place, shown};
use super::{CoverageRule, Gathered, MEASURES, Of};
use crate::checks::RuleContext;
use crate::domain::finding::Finding;
use crate::facts::Facts;
use crate::facts::coverage::{CoverageQuery, FileCoverage, Measure};

/// Files that a drop names.
const WORST: usize = 5;

/// What coverage is held against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum NoDrop {
    /// Nothing.
    #[default]
    Off,
    /// The report at the same place, as the base has it.
    Report,
    /// The report at this path, as the base has it.
    File(String),
}

impl NoDrop {
    pub(super) fn asked(&self) -> bool {
        *self != NoDrop::Off
    }

    pub(super) fn query(&self) -> Option<CoverageQuery> {
        match self {
            NoDrop::Off => None,
            NoDrop::Report => Some(CoverageQuery::Base(None)),
            NoDrop::File(path) => Some(CoverageQuery::Base(Some(path.clone()))),
        }
    }
}

struct NoDropVisitor;

impl Visitor<'_> for NoDropVisitor {
    type Value = NoDrop;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("true, false or the path of a committed report")
    }

    fn visit_bool<E: de::Error>(self, asked: bool) -> Result<NoDrop, E> {
        Ok(if asked { NoDrop::Report } else { NoDrop::Off })
    }

    fn visit_str<E: de::Error>(self, path: &str) -> Result<NoDrop, E> {
        let outside = path.starts_with('/') || path.contains('\\') || path.split('/').any(|part| part == "..");
        if outside || path.trim().is_empty() || path.contains(['*', '?', ':']) {
            return Err(E::custom(format!("`{path}` is no path of a file in the repository")));
        }
        Ok(NoDrop::File(path.trim_start_matches("./").to_owned()))
    }
}

impl<'de> Deserialize<'de> for NoDrop {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NoDropVisitor)
    }
}

impl JsonSchema for NoDrop {
    fn schema_name() -> Cow<'static, str> {
        "NoDrop".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["boolean", "string"], "description": "true, or the path of a committed report" })
    }
}

fn sum(files: &[&FileCoverage], of: Of) -> Option<Measure> {
    let all = files.iter().filter_map(|file| of(file));
    let (covered, total) = all.fold((0, 0), |sum, one| (sum.0 + one.covered, sum.1 + one.total));
    Measure::new(covered, total)
}

/// Whether one share is less than another, by exact integers.
fn less(now: Measure, then: Measure) -> bool {
    u128::from(now.covered) * u128::from(then.total) < u128::from(then.covered) * u128::from(now.total)
}

/// How many more must be covered so that a share is not less.
fn missing(now: Measure, then: Measure) -> u64 {
    let wanted = (u128::from(then.covered) * u128::from(now.total)).div_ceil(u128::from(then.total.max(1)));
    u64::try_from(wanted).unwrap_or(u64::MAX).saturating_sub(now.covered)
}

impl CoverageRule {
    /// Holds every measure that the rule names, and lines (statements, where lines are not told) in any case, against the base.
    pub(super) fn judge_drop(&self, rule: &RuleContext<'_>, now: &[&FileCoverage], facts: &Facts, all: &mut Gathered) {
        let Some(query) = self.no_drop.query() else { return };
        let base = match facts.coverage_answer(&query).map(|area| area.proven()) {
            Some(Ok(coverage)) => coverage,
            Some(Err(evidence)) => {
                let why = evidence.problems.first().map_or_else(
                    || format!("none of {} is committed at the base", evidence.looked_for.join(", ")),
                    |problem| format!("{}: {}", problem.path, problem.why),
                );
                all.wanting.push(format!("commit a coverage report to hold this against: {why}"));
                return;
            }
            None => {
                all.wanting.push("coverage at the base is not collected".to_owned());
                return;
            }
        };
        let then = self.counted(base);
        let told = sum(now, |file| file.lines).is_some() && sum(&then, |file| file.lines).is_some();
        for ((name, of), limit) in MEASURES.iter().zip(self.totals()) {
            let always = if told { *name == "lines" } else { *name == "statements" };
            if !always && limit.is_none() {
                continue;
            }
            let (Some(before), Some(after)) = (sum(&then, *of), sum(now, *of)) else {
                all.unknown.push(format!("{name} at the base and now"));
                continue;
            };
            all.measured.push(format!("{name} {} at the base", shown(before)));
            if less(after, before) {
                let message = format!("{name} fell from {} to {}", shown(before), shown(after));
                all.findings.push(Finding::new(rule.id, format!("drop {name}"), message, None));
                let more = missing(after, before);
                all.steps.push(format!("cover {} to reach the base's {}", enough(name, more, now, of), shown(before)));
                fallen(rule, name, *of, &then, now, all);
            }
        }
    }
}

/// Names the files that fell, those with the most that is newly open first.
fn fallen(
    rule: &RuleContext<'_>,
    name: &str,
    of: Of,
    then: &[&FileCoverage],
    now: &[&FileCoverage],
    all: &mut Gathered,
) {
    let by_path: BTreeMap<&str, &FileCoverage> = then.iter().map(|file| (file.path.as_str(), *file)).collect();
    let mut files: Vec<(&FileCoverage, Measure, Measure)> = now
        .iter()
        .filter_map(|file| {
            let before = by_path.get(file.path.as_str())?;
            Some((*file, of(before)?, of(file)?))
        })
        .filter(|(_, before, after)| less(*after, *before))
        .collect();
    files.sort_by_key(|(file, before, after)| (std::cmp::Reverse(missing(*after, *before)), file.path.as_str()));
    for (file, before, after) in files.into_iter().take(WORST) {
        let message = format!("{name} fell from {} to {} in this file", shown(before), shown(after));
        let at = Some(first_place(file));
        all.findings.push(Finding::new(rule.id, format!("drop {name} {}", file.path), message, at));
    }
}
