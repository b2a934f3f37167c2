//! Running what the DoD names: only where `--run` was given, and only what the base's DoD has too, so that a change cannot bring
//! a command of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::dod::Plan;
use crate::domain::units::Span;
use crate::evidence::{Collected, Command, Commands};
use crate::facts::commands::{CommandAnswer, CommandQuery, shown};
use crate::facts::{AreaName, Problem, State};
use crate::repo::Repo;

use super::serve;

/// How long a command may take that brings evidence.
const WITHIN: Span = Span::of_seconds(600);
/// What a command may print that brings evidence: 128 MiB.
const MAX_REPORT: u64 = 128 << 20;
/// What any other command may print: 16 MiB.
const MAX_OUTPUT: u64 = 16 << 20;

/// Which commands may be run.
pub(super) enum Leave {
    /// None, and why.
    None(String),
    /// All: there is no base whose DoD could lack one.
    All,
    /// Those that the base's DoD has.
    These(BTreeSet<Vec<String>>),
}

impl Leave {
    /// What a run may run. `base` is the commit that the change set is made against.
    pub(super) fn new(repo: &Repo, plan: &Plan, asked: bool, base: Option<&str>) -> Self {
        if !asked {
            return Leave::None("commands are run with --run alone".to_owned());
        }
        if argument_lists(plan).is_empty() || !repo.has_git() {
            return Leave::All;
        }
        let Some(base) = base else {
            return Leave::None("there is no base whose DoD has it: name one with --base".to_owned());
        };
        Leave::These(serve::at_base(repo, plan, base).as_ref().map(argument_lists).unwrap_or_default())
    }

    /// Why a command may not be run; none where it may.
    fn refusal(&self, argv: &[String]) -> Option<String> {
        match self {
            Leave::None(why) => Some(why.clone()),
            Leave::All => None,
            Leave::These(known) => (!known.contains(argv))
                .then(|| "the base's DoD does not have it: a change cannot bring its own".to_owned()),
        }
    }

    /// Runs the commands that bring evidence of areas, one after another. What was not run is told for each area.
    pub(super) fn evidence(
        &self,
        repo: &Repo,
        areas: &BTreeSet<AreaName>,
        runs: &BTreeMap<AreaName, Vec<Vec<String>>>,
    ) -> (Commands, Vec<(AreaName, Problem)>) {
        let (mut ran, mut notes) = (Commands::new(), Vec::new());
        for (area, argv) in areas.iter().flat_map(|area| runs.get(area).into_iter().flatten().map(|argv| (*area, argv)))
        {
            match self.refusal(argv) {
                Some(why) => {
                    notes.push((area, Problem { path: shown(argv), line: None, why: format!("not run: {why}") }));
                }
                None => {
                    let result = repo.run(argv, WITHIN.duration(), MAX_REPORT);
                    ran.entry(area).or_default().push(Command { argv: argv.clone(), ran: result });
                }
            }
        }
        (ran, notes)
    }

    /// What a command of a rule comes to.
    pub(super) fn command(&self, repo: &Repo, query: &CommandQuery) -> CommandAnswer {
        if let Some(why) = self.refusal(&query.argv) {
            return CommandAnswer::NotRun(why);
        }
        let ran = match repo.run(&query.argv, query.within.duration(), MAX_OUTPUT) {
            Ok(ran) => ran,
            Err(why) => return CommandAnswer::NotStarted(why),
        };
        if ran.timed_out {
            return CommandAnswer::GivenUp(format!("it did not end within {} and was ended", query.within));
        }
        if ran.cut {
            return CommandAnswer::GivenUp(format!("it printed more than {MAX_OUTPUT} bytes and was ended"));
        }
        let (status, said) = (ran.status, ran.last_line());
        let command = Command { argv: query.argv.clone(), ran: Ok(ran) };
        let source = match &command.ran {
            Ok(ran) => crate::evidence::command_source(&command, &ran.stdout),
            Err(_) => crate::evidence::command_source(&command, &[]),
        };
        CommandAnswer::Ended { status, said, source }
    }
}

/// Tells an area that lacks proof what brings it in this repository.
pub(super) fn tell_step(collected: &mut Collected, repo: &Repo) {
    let area = area_of(collected);
    let evidence = collected.evidence_mut();
    if matches!(area, AreaName::Coverage | AreaName::Tests | AreaName::Audit) && evidence.state != State::Found {
        evidence.bring = crate::evidence::stacks::step(repo, area, &evidence.looked_for);
    }
}

/// Tells an area of its commands: those that were not run are noted. One that failed leaves no proof, whatever reports lie
/// there, unless its status is the word of a tool for what the area's reports tell: tests that failed, thresholds that were
/// missed. The audit's collector reads its commands' statuses itself.
pub(super) fn note(collected: &mut Collected, commands: &Commands, notes: &[(AreaName, Problem)]) {
    let area = area_of(collected);
    let told = tells_of_failure(collected);
    let evidence = collected.evidence_mut();
    evidence.problems.extend(notes.iter().filter(|(of, _)| *of == area).map(|(_, problem)| problem.clone()));
    if area == AreaName::Audit {
        return;
    }
    for command in commands.get(&area).into_iter().flatten() {
        let mut note = |why: String| evidence.problems.push(Problem { path: shown(&command.argv), line: None, why });
        let why = match &command.ran {
            Ok(ran) if ran.timed_out || ran.cut => {
                "it took longer, or printed more, than it may, and was ended".to_owned()
            }
            Ok(ran) if ran.status == Some(0) => {
                if evidence.reports.is_empty() {
                    note(
                        "it ended well, and neither printed a report nor left one where reports are looked for"
                            .to_owned(),
                    );
                }
                continue;
            }
            Ok(ran) if told && ran.status.is_some_and(|status| says_failure(&command.argv, status)) => continue,
            Ok(ran) => format!(
                "it ended with {}: {}",
                ran.status.map_or("a signal".to_owned(), |status| status.to_string()),
                ran.last_line()
            ),
            Err(why) => why.clone(),
        };
        note(why);
        evidence.state = State::Unreadable;
    }
}

/// Whether an area's reports tell of tests that failed or thresholds that were missed.
fn tells_of_failure(collected: &Collected) -> bool {
    match collected {
        Collected::Tests(area) => area.facts.as_ref().is_some_and(|tests| tests.failed + tests.errored > 0),
        Collected::Performance(area) => area.facts.as_ref().is_some_and(|run| {
            run.thresholds.iter().any(|threshold| !threshold.ok) || run.error_rate.is_some_and(|rate| rate > 0.0)
        }),
        Collected::Routes(_)
        | Collected::Env(_)
        | Collected::Coverage(_)
        | Collected::Audit(_)
        | Collected::Openapi(_)
        | Collected::Dockerfiles(_)
        | Collected::Images(_)
        | Collected::Changes(_) => false,
    }
}

/// The statuses by which tools say that the run ended and something in it failed, where that is not 1: by words that stand in
/// the argument list in this order.
const FAILED: &[(&[&str], i32)] =
    &[(&["cargo", "nextest"], 100), (&["cargo", "test"], 101), (&["ctest"], 8), (&["k6", "run"], 99)];

fn says_failure(argv: &[String], status: i32) -> bool {
    let mut names = argv.iter().map(|word| word.rsplit('/').next().unwrap_or(word));
    let named = FAILED.iter().find(|(words, _)| {
        let mut names = names.clone();
        words.iter().all(|word| names.any(|name| name == *word))
    });
    // mocha counts the tests that failed.
    let counts = names.any(|name| name == "mocha");
    named.map_or(status == 1 || counts, |(_, failed)| status == *failed)
}

pub(super) fn area_of(collected: &Collected) -> AreaName {
    match collected {
        Collected::Routes(_) => AreaName::Routes,
        Collected::Env(_) => AreaName::Env,
        Collected::Coverage(_) => AreaName::Coverage,
        Collected::Audit(_) => AreaName::Audit,
        Collected::Tests(_) => AreaName::Tests,
        Collected::Performance(_) => AreaName::Performance,
        Collected::Openapi(_) => AreaName::Openapi,
        Collected::Dockerfiles(_) => AreaName::Dockerfiles,
        Collected::Images(_) => AreaName::Images,
        Collected::Changes(_) => AreaName::Changes,
    }
}

/// Every argument list that a plan would run.
fn argument_lists(plan: &Plan) -> BTreeSet<Vec<String>> {
    let evidence = plan.evidence.values().flat_map(|places| places.run.iter().cloned());
    let rules = plan.rules.iter().filter(|rule| rule.check.name() == "command").filter_map(|rule| {
        let words = rule.parameters.get("run")?.as_array()?;
        Some(words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect())
    });
    evidence.chain(rules).collect()
}
