//! `pattern`: text that must or must not stand in files.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{PathGlob, Pattern, texts};
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::facts::files::{FileAnswer, FileQuery};
use crate::facts::{Facts, Need};

/// The check.
pub const PATTERN: CheckOf<PatternRule> =
    CheckOf { name: "pattern", page: include_str!("pattern.md"), stage: Stage::Commit, parameters: PhantomData };

/// What a rule asks of text.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PatternRule {
    /// The files that are searched.
    files: Vec<PathGlob>,
    /// Matches nowhere in them.
    forbid: Option<Pattern>,
    /// Matches in each of them.
    require: Option<Pattern>,
}

impl PatternRule {
    fn query(&self, pattern: &Pattern) -> FileQuery {
        FileQuery { globs: texts(&self.files), find: Some(pattern.0.clone()), headings: false }
    }

    fn required(&self) -> String {
        let forbid = self.forbid.as_ref().map(|pattern| format!("no /{}/", pattern.0));
        let require = self.require.as_ref().map(|pattern| format!("/{}/ in each file", pattern.0));
        let parts: Vec<String> = forbid.into_iter().chain(require).collect();
        format!("{} in {}", parts.join(" and "), texts(&self.files).join(", "))
    }
}

impl Judge for PatternRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        self.forbid.iter().chain(&self.require).map(|pattern| Need::Files(self.query(pattern))).collect()
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        if self.files.is_empty() || (self.forbid.is_none() && self.require.is_none()) {
            return Judgement::new(Outcome::Error, "a pattern", "").next("give `files`, and `forbid` or `require`");
        }
        let answer = |pattern: &Pattern| facts.files(&self.query(pattern));
        let mut findings = Vec::new();
        if let Some(answer) = self.forbid.as_ref().and_then(answer) {
            findings.extend(answer.files.iter().flat_map(|file| {
                file.matches.iter().map(|(line, text)| {
                    let at = Location::line(&file.source.path, *line);
                    Finding::new(rule.id, text, format!("`{text}` is forbidden here"), Some(at))
                })
            }));
        }
        if let Some((pattern, answer)) = self.require.as_ref().and_then(|pattern| Some((pattern, answer(pattern)?))) {
            findings.extend(answer.files.iter().filter(|file| file.matches.is_empty()).map(|file| {
                let message = format!("nothing matches /{}/", pattern.0);
                Finding::new(rule.id, &pattern.0, message, Some(Location::file(&file.source.path)))
            }));
        }
        let answers: Vec<&FileAnswer> = self.forbid.iter().chain(&self.require).filter_map(answer).collect();
        let searched = answers.iter().map(|answer| answer.files.len()).max().unwrap_or(0);
        let problems: Vec<_> = answers.iter().flat_map(|answer| &answer.problems).collect();
        let mut judgement =
            Judgement::new(Outcome::Pass, self.required(), format!("{} places in {searched} files", findings.len()));
        if !findings.is_empty() {
            judgement.outcome = Outcome::Fail;
            judgement.next_step = Some(format!("mend the {} places that are listed", findings.len()));
        } else if !problems.is_empty() {
            judgement.outcome = Outcome::NoEvidence;
            judgement.next_step =
                Some("make the files readable, or leave them out with a glob that starts with `!`".to_owned());
        } else if searched == 0 {
            judgement.outcome = Outcome::NoEvidence;
            judgement.measured = String::new();
            judgement.next_step = Some(format!("{} matches no file: mend the globs", texts(&self.files).join(", ")));
        }
        findings.extend(problems.into_iter().map(|problem| {
            Finding::new(rule.id, &problem.path, problem.why.clone(), Some(Location::file(&problem.path)))
        }));
        judgement.findings = findings;
        judgement.evidence = answers.iter().flat_map(|answer| &answer.files).map(|file| file.source.clone()).collect();
        judgement.evidence.sort();
        judgement.evidence.dedup();
        judgement
    }
}
