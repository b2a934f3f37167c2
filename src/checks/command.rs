//! `command`: a program that must end well.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::Finding;
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::units::Span;
use crate::facts::commands::{CommandAnswer, CommandQuery};
use crate::facts::{Facts, Need};

/// The check.
pub const COMMAND: CheckOf<CommandRule> =
    CheckOf { name: "command", page: include_str!("command.md"), stage: Stage::Ci, parameters: PhantomData };

/// What a rule runs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CommandRule {
    /// The program and its arguments; no shell reads them.
    run: Vec<String>,
    /// The exit status that is wanted.
    exit: i32,
    /// How long it may take; 60 seconds where it is not said.
    within: Option<Span>,
}

impl CommandRule {
    fn query(&self) -> CommandQuery {
        CommandQuery { argv: self.run.clone(), within: self.within.unwrap_or(Span::of_seconds(60)) }
    }
}

impl Judge for CommandRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        if self.run.is_empty() { Vec::new() } else { vec![Need::Command(self.query())] }
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let query = self.query();
        if self.run.first().is_none_or(|program| program.trim().is_empty()) {
            return Judgement::new(Outcome::Error, "a command", "").next("give `run` as an argument list");
        }
        let shown = query.shown();
        let required = format!("`{shown}` ends with {} within {}", self.exit, query.within);
        let blocked = |why: &str, step: String| {
            let mut judgement = Judgement::new(Outcome::NoEvidence, required.clone(), "").next(step);
            judgement.findings.push(Finding::new(rule.id, &shown, why.to_owned(), None));
            judgement
        };
        let fail = |measured: String, step: String| {
            let mut judgement = Judgement::new(Outcome::Fail, required.clone(), measured.clone()).next(step);
            judgement.findings.push(Finding::new(rule.id, &shown, format!("`{shown}`: {measured}"), None));
            judgement
        };
        match facts.command(&query) {
            None => blocked("it was not run", "run donegate with --run".to_owned()),
            Some(CommandAnswer::NotRun(why)) => blocked(why, format!("not run: {why}")),
            Some(CommandAnswer::NotStarted(why)) => {
                blocked(why, format!("make `{}` runnable here: {why}", self.run[0]))
            }
            Some(CommandAnswer::GivenUp(why)) => {
                fail(why.clone(), "make it end sooner, or give it more with `within`".to_owned())
            }
            Some(CommandAnswer::Ended { status, said, source }) => {
                let ended = status.map_or("ended by a signal".to_owned(), |status| format!("ended with {status}"));
                let mut judgement = if *status == Some(self.exit) {
                    Judgement::new(Outcome::Pass, required.clone(), ended)
                } else {
                    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
                    fail(format!("{ended}{said}"), format!("run `{shown}` and mend what it says"))
                };
                judgement.evidence.push(source.clone());
                judgement
            }
        }
    }
}
