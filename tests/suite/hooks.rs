//! Hooks of agents and of git.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::support::{self, DONEGATE, IDENTITY};

/// A program that finds the one under test where hooks look for it.
fn command(folder: &Path, program: &str, args: &[&str]) -> Command {
    let mut command = support::command(folder, program, args);
    let own = Path::new(DONEGATE).parent().expect("a folder");
    let path = std::env::var("PATH").expect("a path");
    command.env("PATH", format!("{}:{path}", own.display()));
    command
}

fn donegate(folder: &Path, args: &[&str]) -> Output {
    command(folder, DONEGATE, args).output().expect("the program runs")
}

fn git(folder: &Path, args: &[&str]) -> Output {
    command(folder, "git", &[IDENTITY, args].concat()).output().expect("git runs")
}

/// A folder whose DoD asks for a README.
fn folder(readme: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let dod = "version: 1\nrules:\n  readme: { file: { exists: [README.md] }, severity: blocker }\n";
    fs::write(folder.path().join("donegate.yaml"), dod).expect("a file");
    if readme {
        fs::write(folder.path().join("README.md"), "# It\n").expect("a file");
    }
    folder
}

fn ask(agent: &str, folder: &Path, event: &str) -> (Option<i32>, String) {
    let mut child = command(folder, DONEGATE, &["hook", agent])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child.stdin.take().expect("a pipe").write_all(event.as_bytes()).expect("the event is read");
    let output = child.wait_with_output().expect("it ends");
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn an_agent_that_is_not_done_is_kept_with_its_next_steps() {
    let open = folder(false);
    for agent in ["claude", "codex"] {
        let event = json!({ "hook_event_name": "Stop", "stop_hook_active": false, "cwd": open.path() });
        let (code, out) = ask(agent, open.path(), &event.to_string());
        let decision: Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!((Some(0), "block"), (code, decision["decision"].as_str().expect("a decision")));
        let reason = decision["reason"].as_str().expect("a reason");
        assert!(reason.contains("readme (fail): add README.md") && reason.len() < 6_000, "{reason}");
        assert_eq!(2, decision.as_object().map_or(0, serde_json::Map::len), "nothing else is understood by both");
    }
}

#[test]
fn it_never_loops_and_is_silent_where_all_is_done() {
    let open = folder(false);
    let active = json!({ "stop_hook_active": true, "cwd": open.path() }).to_string();
    assert_eq!((Some(0), String::new()), ask("claude", open.path(), &active));
    let done = folder(true);
    assert_eq!((Some(0), String::new()), ask("codex", done.path(), &json!({ "cwd": done.path() }).to_string()));
}

#[test]
fn what_is_wrong_with_donegate_blocks_nobody() {
    let broken = folder(true);
    fs::write(broken.path().join("donegate.yaml"), "version: 1\nrules: { x: { fil: {} } }\n").expect("a file");
    for event in [json!({ "cwd": broken.path() }).to_string(), "no json".to_owned(), "[]".to_owned(), String::new()] {
        let (code, out) = ask("claude", broken.path(), &event);
        let decision: Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!(Some(0), code);
        assert!(decision["decision"].is_null() && decision["systemMessage"].is_string(), "{out}");
    }
    let wrong = donegate(broken.path(), &["hook", "claude", "--no-such-option"]);
    assert_eq!(Some(1), wrong.status.code(), "2 would block");
}

#[test]
fn git_runs_the_hook_that_is_installed() {
    let open = folder(false);
    let at = open.path();
    assert!(git(at, &["init", "-q"]).status.success());
    assert_eq!(Some(0), donegate(at, &["hook", "install"]).status.code());
    assert_eq!(Some(0), donegate(at, &["hook", "install"]).status.code(), "twice is once");
    assert!(git(at, &["add", "-A"]).status.success());
    let refused = git(at, &["commit", "-qm", "x"]);
    assert!(!refused.status.success(), "{refused:?}");
    assert!(
        String::from_utf8_lossy(&refused.stdout).contains("README.md")
            || String::from_utf8_lossy(&refused.stderr).contains("README.md")
    );
    fs::write(at.join("README.md"), "# It\n").expect("a file");
    assert!(!git(at, &["commit", "-qm", "x"]).status.success(), "it is there and not staged");
    assert!(git(at, &["add", "-A"]).status.success());
    let taken = git(at, &["commit", "-qm", "x"]);
    assert!(taken.status.success(), "{taken:?}");
    fs::write(at.join(".git/hooks/pre-commit"), "#!/bin/sh\n").expect("a file");
    assert_eq!(Some(2), donegate(at, &["hook", "install"]).status.code(), "another's hook stays");
    assert_eq!(Some(0), donegate(at, &["hook", "install", "--force"]).status.code());
}
