//! `tests`: that tests ran, and what they came to.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{PathGlob, texts};
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::facts::{AreaName, Facts, Need};

/// The check.
pub const TESTS: CheckOf<TestsRule> =
    CheckOf { name: "tests", page: include_str!("tests.md"), stage: Stage::Ci, parameters: PhantomData };

/// What a rule demands.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct TestsRule {
    /// Tests that may fail or end in an error.
    max_failed: u64,
    /// Tests that must pass.
    min_passed: u64,
    /// Tests that may be skipped; any number where it is not named.
    max_skipped: Option<u64>,
    /// The reports that must be among those that were read: globs.
    paths: Vec<PathGlob>,
}

impl Default for TestsRule {
    fn default() -> Self {
        Self { max_failed: 0, min_passed: 1, max_skipped: None, paths: Vec::new() }
    }
}

impl Judge for TestsRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Area(AreaName::Tests)]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let skipped = self.max_skipped.map(|limit| format!(", at most {limit} skipped")).unwrap_or_default();
        let required = format!("at least {} passed, at most {} failed{skipped}", self.min_passed, self.max_failed);
        let Some(area) = &facts.tests else {
            return Judgement::new(Outcome::NoEvidence, required, "").next("test results are not collected");
        };
        let tests = match area.proven() {
            Ok(tests) => tests,
            Err(evidence) => {
                let step = "run the tests with a JUnit XML report and leave it there";
                return Judgement::no_evidence(rule, required, evidence, step);
            }
        };
        for glob in texts(&self.paths) {
            let matcher = globset::Glob::new(&glob).map(|glob| glob.compile_matcher());
            if !area.evidence.reports.iter().any(|report| matcher.as_ref().is_ok_and(|one| one.is_match(&report.path)))
            {
                let step = format!("no report matches {glob}: run those tests and leave their report there");
                return Judgement::new(Outcome::NoEvidence, required, "").next(step);
            }
        }
        let failed = tests.failed + tests.errored;
        let mut steps = Vec::new();
        let mut findings = Vec::new();
        if failed > self.max_failed {
            findings.extend(tests.failures.iter().map(|one| {
                let name =
                    if one.class.is_empty() { one.name.clone() } else { format!("{} > {}", one.class, one.name) };
                let said = if one.message.is_empty() { String::new() } else { format!(": {}", one.message) };
                let file = one.file.clone().unwrap_or_else(|| one.report.clone());
                let at = Location { file, line: one.line, column: None };
                Finding::new(rule.id, name.clone(), format!("{name} failed{said}"), Some(at))
            }));
            let named: Vec<&str> = tests.failures.iter().take(3).map(|one| one.name.as_str()).collect();
            steps.push(format!("mend {} failing tests ({})", failed - self.max_failed, named.join(", ")));
        }
        if tests.passed < self.min_passed {
            let message = format!("{} tests passed, not {}", tests.passed, self.min_passed);
            findings.push(Finding::new(rule.id, "min-passed", message, None));
            steps.push(format!("run {} more tests that pass", self.min_passed - tests.passed));
        }
        if let Some(limit) = self.max_skipped.filter(|limit| tests.skipped > *limit) {
            let message = format!("{} tests are skipped, more than {limit}", tests.skipped);
            findings.push(Finding::new(rule.id, "max-skipped", message, None));
            steps.push(format!("run {} of the skipped tests", tests.skipped - limit));
        }
        let flaky = if tests.flaky > 0 { format!(", {} flaky", tests.flaky) } else { String::new() };
        let measured = format!("{} passed, {failed} failed, {} skipped{flaky}", tests.passed, tests.skipped);
        let outcome = if findings.is_empty() { Outcome::Pass } else { Outcome::Fail };
        let mut judgement = Judgement::new(outcome, required, measured);
        judgement.next_step = (!steps.is_empty()).then(|| steps.join("; "));
        judgement.findings = findings;
        judgement.evidence = area.evidence.reports.clone();
        judgement.notes =
            area.evidence.problems.iter().map(|problem| format!("{}: {}", problem.path, problem.why)).collect();
        judgement
    }
}
