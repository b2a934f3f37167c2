//! `donegate hook`: answers the stop hooks of agents, and installs a git hook.
//!
//! Claude Code and the Codex CLI agree in what matters here: the event's JSON comes on stdin; `{"decision": "block",
//! "reason": …}` on stdout keeps the agent working, with the reason as its next instruction, which must not be empty; no
//! output lets it stop; `systemMessage` is shown to the person; `stop_hook_active` says that a hook has kept it working
//! already. Exit code 2 would block too, so no error of ours ends with it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::outcome::Outcome;
use crate::engine::{self, Request};
use crate::repo::{Repo, host};
use crate::report::printable;
use crate::verdict::{Report, Verdict, exit};

use super::args::{self, AgentHook, HookOf};
use super::{Stop, print, request};

/// How long an agent is kept waiting.
const PATIENCE: Duration = Duration::from_millis(1_800);

/// Steps that one answer names, and characters that each may have.
const MOST_STEPS: usize = 12;
const LONGEST_STEP: usize = 400;

pub(super) fn run(arguments: &args::Hook) -> Result<u8, Stop> {
    match &arguments.of {
        HookOf::Claude(agent) | HookOf::Codex(agent) => answer(agent),
        HookOf::Install { path, force } => install(path, *force),
    }
}

/// Whether the command line is an agent's hook, however wrong the rest of it is.
pub(super) fn is_agents(arguments: &[OsString]) -> bool {
    let is = |index: usize, words: &[&str]| arguments.get(index).is_some_and(|it| words.iter().any(|word| it == word));
    is(1, &["hook"]) && is(2, &["claude", "codex"])
}

fn answer(agent: &AgentHook) -> Result<u8, Stop> {
    let decision = match event() {
        Ok(event) if event["stop_hook_active"] == true => return Ok(exit::COMPLETE),
        Ok(event) => decide(agent, &event),
        Err(why) => Some(told(&format!("donegate could not read the hook's event: {why}"))),
    };
    match decision {
        Some(decision) => print(&format!("{decision}\n")),
        None => Ok(exit::COMPLETE),
    }
}

/// The event on stdin.
fn event() -> Result<Value, String> {
    let text = host::read_named("-".as_ref()).map_err(|error| error.to_string())?;
    let event: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    if event.is_object() { Ok(event) } else { Err("expected a JSON object".to_owned()) }
}

/// What the agent is told; none lets it stop.
fn decide(agent: &AgentHook, event: &Value) -> Option<Value> {
    let folder = agent.path.clone().or_else(|| event["cwd"].as_str().map(PathBuf::from));
    let root = engine::root_of(&folder.unwrap_or_else(|| PathBuf::from(".")));
    let mut request = request(root, &agent.dod);
    request.stage = agent.stage.into();
    request.attestations.clone_from(&agent.attestations);
    match judged(request) {
        Ok(report) => decision(&report),
        Err(why) => Some(told(&why)),
    }
}

/// The report, or why there is none in time.
fn judged(request: Request) -> Result<Report, String> {
    let (sender, receiver) = mpsc::channel();
    let work = move || {
        // Whoever waits no longer hears no answer.
        let _ = sender.send(engine::check(&request));
    };
    std::thread::Builder::new().spawn(work).map_err(|error| format!("donegate could not start: {error}"))?;
    match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(refusal)) => Err(format!("donegate judged nothing: {}", refusal.message.trim_end())),
        Err(_) => Err("donegate could not judge within two seconds: run `donegate check`".to_owned()),
    }
}

fn decision(report: &Report) -> Option<Value> {
    let headline = format!("{}: {}", report.verdict.name(), report.headline());
    match report.verdict {
        Verdict::Complete => None,
        // No agent can decide for a person, so keeping it at work would only turn in a circle.
        Verdict::NeedsApproval => Some(told(&format!("donegate: {headline}"))),
        Verdict::Failed | Verdict::Blocked => Some(json!({ "decision": "block", "reason": reason(report, &headline) })),
    }
}

/// The next steps, the gravest first; never empty, never long.
fn reason(report: &Report, headline: &str) -> String {
    let mut open: Vec<_> = report
        .rules
        .iter()
        .filter(|rule| {
            rule.severity.decides() && matches!(rule.outcome, Outcome::Fail | Outcome::NoEvidence | Outcome::Error)
        })
        .collect();
    open.sort_by_key(|rule| (rule.outcome != Outcome::Fail, std::cmp::Reverse(rule.severity)));
    let mut lines = vec![format!("The Definition of Done is not met. {headline}"), "Next steps:".to_owned()];
    for rule in open.iter().take(MOST_STEPS) {
        let step = rule.next_step.as_deref().unwrap_or(&rule.required);
        let step: String = printable(step).chars().take(LONGEST_STEP).collect();
        lines.push(format!("- {} ({}): {step}", printable(&rule.id), rule.outcome.name()));
    }
    if open.len() > MOST_STEPS {
        lines.push(format!("- and {} more rules", open.len() - MOST_STEPS));
    }
    lines.push("`donegate check` tells the whole.".to_owned());
    lines.join("\n")
}

fn told(message: &str) -> Value {
    json!({ "systemMessage": printable(message) })
}

const SCRIPT: &str = "\
#!/bin/sh
# Written by `donegate hook install`: judges what is staged, by what the tree alone tells.
exec donegate check --staged --stage commit
";

fn install(path: &std::path::Path, force: bool) -> Result<u8, Stop> {
    let folder = Repo::hooks_of(path).map_err(|why| Stop::Wrong(format!("cannot install a git hook: {why}")))?;
    let hook = folder.join("pre-commit");
    let shown = hook.display();
    if let Ok(text) = host::read_named(&hook) {
        if text == SCRIPT {
            return print(&format!("{shown} is there already\n"));
        }
        if !force {
            return Err(Stop::Wrong(format!(
                "{shown} is another hook: add the line `donegate check --staged --stage commit` to it, or replace it with --force"
            )));
        }
    }
    host::write_program(&hook, SCRIPT.as_bytes())
        .map_err(|error| Stop::Wrong(format!("cannot write {shown}: {error}")))?;
    print(&format!("wrote {shown}: every commit is judged by `donegate check --staged --stage commit`\n"))
}
