//! `dependency`: what the project's manifests must or must not declare.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::facts::dependencies::Dependency;
use crate::facts::{Facts, Need};

/// The check.
pub const DEPENDENCY: CheckOf<DependencyRule> =
    CheckOf { name: "dependency", page: include_str!("dependency.md"), stage: Stage::Commit, parameters: PhantomData };

/// What a rule asks of manifests.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct DependencyRule {
    /// At least one of these is declared.
    any_of: Vec<String>,
    /// None of these is declared.
    none_of: Vec<String>,
}

/// Whether a declaration is of that name: letters' case, `-` and `_` are one; a Go module's major version and a Maven
/// group may be left out.
fn is(item: &Dependency, name: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let (declared, wanted) = (plain(&item.name), plain(name));
    declared == wanted
        || declared.rsplit(':').next() == Some(wanted.as_str())
        || declared.strip_prefix(&wanted).is_some_and(|rest| {
            rest.strip_prefix("/v")
                .is_some_and(|major| !major.is_empty() && major.bytes().all(|byte| byte.is_ascii_digit()))
        })
}

impl Judge for DependencyRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Dependencies]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let any = (!self.any_of.is_empty()).then(|| format!("one of {}", self.any_of.join(", ")));
        let none = (!self.none_of.is_empty()).then(|| format!("none of {}", self.none_of.join(", ")));
        let required = any.into_iter().chain(none).collect::<Vec<_>>().join("; ");
        if required.is_empty() {
            return Judgement::new(Outcome::Error, "a dependency", "")
                .next("name packages under `any-of` or `none-of`");
        }
        let Some(area) = &facts.dependencies else {
            return Judgement::new(Outcome::Error, required, "").next("this is a bug: manifests were not read");
        };
        let declared = match area.proven() {
            Ok(declared) => declared,
            Err(evidence) => {
                return Judgement::no_evidence(
                    rule,
                    required,
                    evidence,
                    "declare the project's dependencies in a manifest",
                );
            }
        };
        let met: Vec<&Dependency> =
            declared.items.iter().filter(|item| self.any_of.iter().any(|name| is(item, name))).collect();
        let mut findings: Vec<Finding> = declared
            .items
            .iter()
            .filter(|item| self.none_of.iter().any(|name| is(item, name)))
            .map(|item| {
                let at = Location { file: item.file.clone(), line: item.line, column: None };
                Finding::new(rule.id, &item.name, format!("{} must not be declared", item.name), Some(at))
            })
            .collect();
        let mut steps: Vec<String> = findings.iter().map(|finding| format!("remove {}", finding.subject)).collect();
        if met.is_empty() && !self.any_of.is_empty() {
            let names = self.any_of.join(", ");
            findings.push(Finding::new(rule.id, names.clone(), format!("none of {names} is declared"), None));
            steps.push(format!("add one of {names}"));
        }
        let measured = match met.first() {
            Some(item) => format!("{} in {}", item.name, item.file),
            None => format!("{} dependencies in {} manifests", declared.items.len(), area.evidence.reports.len()),
        };
        let outcome = if findings.is_empty() { Outcome::Pass } else { Outcome::Fail };
        let mut judgement = Judgement::new(outcome, required, measured);
        judgement.next_step = (!steps.is_empty()).then(|| steps.join("; "));
        judgement.findings = findings;
        judgement.evidence = area.evidence.reports.clone();
        judgement
    }
}
