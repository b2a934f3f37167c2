//! `file`: which files are there, which are not, and what they say.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{PathGlob, Pattern, texts};
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::units::ByteSize;
use crate::facts::files::{FileAnswer, FileQuery};
use crate::facts::{Facts, Need};

/// The check.
pub const FILE: CheckOf<FileRule> =
    CheckOf { name: "file", page: include_str!("file.md"), stage: Stage::Commit, parameters: PhantomData };

/// What a rule asks of files.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FileRule {
    /// Each of these globs matches a file.
    exists: Vec<PathGlob>,
    /// None of these globs matches a file.
    absent: Vec<PathGlob>,
    /// At least one of the files that `exists` matches has text that matches.
    contains: Option<Pattern>,
    /// Markdown headings that the files together have; letters' case is free, and a part of a heading is enough.
    headings: Vec<String>,
    /// The largest size of each file.
    max_bytes: Option<ByteSize>,
}

impl FileRule {
    fn query(&self, globs: &[PathGlob]) -> FileQuery {
        let find = self.contains.as_ref().map(|pattern| pattern.0.clone());
        FileQuery { globs: texts(globs), find, headings: !self.headings.is_empty() }
    }

    /// One question for each glob of `exists`, so that each must match, and one for all of `absent`.
    fn queries(&self) -> Vec<FileQuery> {
        self.exists.iter().map(|glob| self.query(std::slice::from_ref(glob))).collect()
    }

    fn absent_query(&self) -> FileQuery {
        FileQuery { globs: texts(&self.absent), find: None, headings: false }
    }

    fn required(&self) -> String {
        let mut parts = Vec::new();
        if !self.exists.is_empty() {
            parts.push(format!("{} is there", texts(&self.exists).join(", ")));
        }
        if !self.absent.is_empty() {
            parts.push(format!("{} is not there", texts(&self.absent).join(", ")));
        }
        parts.extend(self.contains.as_ref().map(|pattern| format!("has /{}/", pattern.0)));
        if !self.headings.is_empty() {
            parts.push(format!("has the headings {}", self.headings.join(", ")));
        }
        parts.extend(self.max_bytes.map(|limit| format!("at most {limit}")));
        parts.join("; ")
    }
}

impl Judge for FileRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        let absent = (!self.absent.is_empty()).then(|| self.absent_query());
        self.queries().into_iter().chain(absent).map(Need::Files).collect()
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        if self.exists.is_empty() && self.absent.is_empty() {
            return Judgement::new(Outcome::Error, "a file", "").next("name files under `exists` or `absent`");
        }
        let answers: Vec<(FileQuery, &FileAnswer)> =
            self.queries().into_iter().filter_map(|query| facts.files(&query).map(|answer| (query, answer))).collect();
        let mut findings = Vec::new();
        let mut steps = Vec::new();
        for (query, answer) in &answers {
            if answer.files.is_empty() && answer.problems.is_empty() {
                let glob = query.globs.join(", ");
                findings.push(Finding::new(rule.id, glob.clone(), format!("{glob} matches no file"), None));
                steps.push(format!("add {glob}"));
            }
        }
        self.judge_text(rule, &answers, &mut findings, &mut steps);
        if let Some(answer) = (!self.absent.is_empty()).then(|| facts.files(&self.absent_query())).flatten() {
            for file in &answer.files {
                let at = Location::file(&file.source.path);
                findings.push(Finding::new(rule.id, &file.source.path, "this file must not be there", Some(at)));
                steps.push(format!("remove {}", file.source.path));
            }
        }
        let problems: Vec<_> = answers.iter().flat_map(|(_, answer)| &answer.problems).collect();
        let count: usize = answers.iter().map(|(_, answer)| answer.files.len()).sum();
        let measured = if count == 1 { "1 file matches".to_owned() } else { format!("{count} files match") };
        let mut judgement = Judgement::new(Outcome::Pass, self.required(), measured);
        if !findings.is_empty() {
            judgement.outcome = Outcome::Fail;
            judgement.next_step = Some(steps.join("; "));
        } else if !problems.is_empty() {
            judgement.outcome = Outcome::NoEvidence;
            judgement.next_step =
                Some("make the files readable: UTF-8 text, regular files inside the repository".to_owned());
        }
        findings.extend(problems.into_iter().map(|problem| {
            Finding::new(rule.id, &problem.path, problem.why.clone(), Some(Location::file(&problem.path)))
        }));
        judgement.findings = findings;
        judgement.evidence =
            answers.iter().flat_map(|(_, answer)| &answer.files).map(|file| file.source.clone()).collect();
        judgement.evidence.dedup();
        judgement
    }
}

impl FileRule {
    fn judge_text(
        &self,
        rule: &RuleContext<'_>,
        answers: &[(FileQuery, &FileAnswer)],
        findings: &mut Vec<Finding>,
        steps: &mut Vec<String>,
    ) {
        let files: Vec<_> = answers.iter().flat_map(|(_, answer)| &answer.files).collect();
        let Some(first) = files.first() else { return };
        let unread = answers.iter().any(|(_, answer)| !answer.problems.is_empty());
        if let Some(pattern) =
            self.contains.as_ref().filter(|_| !unread && files.iter().all(|file| file.matches.is_empty()))
        {
            let message = format!("no text matches /{}/", pattern.0);
            findings.push(Finding::new(rule.id, &pattern.0, message, Some(Location::file(&first.source.path))));
            steps.push(format!("add text that matches /{}/ to {}", pattern.0, first.source.path));
        }
        let has = |wanted: &str| {
            let wanted = wanted.to_lowercase();
            files.iter().flat_map(|file| &file.headings).any(|(_, heading)| heading.to_lowercase().contains(&wanted))
        };
        for heading in self.headings.iter().filter(|heading| !unread && !has(heading)) {
            let message = format!("the heading \"{heading}\" is missing");
            findings.push(Finding::new(rule.id, heading, message, Some(Location::file(&first.source.path))));
            steps.push(format!("add a section \"{heading}\" to {}", first.source.path));
        }
        for file in files.iter().filter(|file| self.max_bytes.is_some_and(|limit| file.source.bytes > limit.0)) {
            let message = format!("{} is over the limit", ByteSize(file.source.bytes));
            findings.push(Finding::new(rule.id, &file.source.path, message, Some(Location::file(&file.source.path))));
            steps.push(format!("shorten {}", file.source.path));
        }
    }
}
