//! `--run`: commands of the DoD are run where it is asked for, and only those that the base's DoD has too.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::support::{DONEGATE, git};

const REPORT: &str = r#"{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"total":0},"dependencies":{"total":9}}}"#;

fn dod(argv: &str) -> String {
    format!("version: 1\nevidence:\n  audit:\n    - run: {argv}\nrules:\n  deps: {{ audit: {{}} }}\n")
}

fn commit(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        fs::write(folder.join(path), text).expect("a file");
    }
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", "one"]);
}

/// A repository whose DoD runs `argv`, with a commit after it.
fn repository(argv: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    git(folder.path(), &["init", "-q"]);
    let dod = dod(argv);
    commit(folder.path(), &[("donegate.yaml", dod.as_str()), ("scan.json", REPORT), ("package-lock.json", "{}")]);
    commit(folder.path(), &[("README.md", "text")]);
    folder
}

/// The rule's outcome, the exit code and the whole report as text.
fn check(folder: &Path, arguments: &[&str]) -> (String, i32, String) {
    let output = Command::new(DONEGATE)
        .current_dir(folder)
        .args(["check", "--format", "json"])
        .args(arguments)
        .output()
        .expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let report: Value = serde_json::from_str(&text).unwrap_or_default();
    let outcome = report["rules"][0]["outcome"].as_str().unwrap_or_default().to_owned();
    (outcome, output.status.code().unwrap_or(-1), text)
}

#[test]
fn a_command_brings_evidence_only_where_it_is_asked_to() {
    let folder = repository("[cat, scan.json]");
    let (outcome, code, text) = check(folder.path(), &["--run"]);
    assert_eq!(("pass", 0), (outcome.as_str(), code), "{text}");
    assert!(text.contains("cat scan.json"), "the evidence is the command: {text}");
    let (outcome, code, text) = check(folder.path(), &[]);
    assert_eq!(("no-evidence", 3), (outcome.as_str(), code), "{text}");
    assert!(text.contains("--run"), "{text}");
}

#[test]
fn a_command_that_the_base_does_not_have_is_not_run() {
    let folder = repository("[cat, scan.json]");
    let changed = dod("[sh, -c, \"touch ran; cat scan.json\"]");
    commit(folder.path(), &[("donegate.yaml", changed.as_str())]);
    let (outcome, code, text) = check(folder.path(), &["--run"]);
    assert!(!folder.path().join("ran").exists(), "it was run");
    assert_eq!(("no-evidence", 3), (outcome.as_str(), code), "{text}");
    assert!(text.contains("the base's DoD does not have it"), "{text}");
}

#[test]
fn a_command_of_a_rule_is_held_to_the_base_too() {
    let folder = tempfile::tempdir().expect("a folder");
    git(folder.path(), &["init", "-q"]);
    let rule = |argv: &str| format!("version: 1\nrules:\n  one: {{ command: {{ run: {argv} }} }}\n");
    commit(folder.path(), &[("donegate.yaml", rule("[git, --version]").as_str())]);
    commit(folder.path(), &[("README.md", "text")]);
    assert_eq!("pass", check(folder.path(), &["--run"]).0);
    commit(folder.path(), &[("donegate.yaml", rule("[touch, ran]").as_str())]);
    assert_eq!("no-evidence", check(folder.path(), &["--run"]).0);
    assert!(!folder.path().join("ran").exists(), "it was run");
}

#[test]
fn a_scan_that_fails_is_no_evidence() {
    for argv in ["[cat, no-such-file]", "[sh, -c, \"exit 0\"]", "[no-such-program-at-all]", "[echo, done]"] {
        let folder = repository(argv);
        let (outcome, code, text) = check(folder.path(), &["--run"]);
        assert_eq!(("no-evidence", 3), (outcome.as_str(), code), "{argv}: {text}");
    }
}

/// A repository with one source file whose tests are run by `script`.
fn tested(script: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    git(folder.path(), &["init", "-q"]);
    let dod = "version: 1\nevidence:\n  tests:\n    - reports/junit.xml\n    - run: [sh, run.sh]\nrules:\n  unit: { tests: {} }\n";
    commit(folder.path(), &[("donegate.yaml", dod), ("run.sh", script), ("a.js", "1\n"), (".gitignore", "reports\n")]);
    commit(folder.path(), &[("README.md", "text")]);
    folder
}

#[test]
fn tests_that_failed_are_told_and_a_run_that_failed_is_none() {
    let junit = |inside: &str| {
        format!(
            "mkdir -p reports; echo '<testsuite><testcase name=\"a\">{inside}</testcase></testsuite>' > reports/junit.xml"
        )
    };
    let failed = "<failure message=\"no\"/>";
    for (script, outcome, code) in [
        (junit(""), "pass", 0),
        (format!("{}; exit 1", junit(failed)), "fail", 1),
        (format!("{}; exit 3", junit(failed)), "no-evidence", 3),
        (format!("{}; exit 1", junit("")), "no-evidence", 3),
        ("exit 1".to_owned(), "no-evidence", 3),
        ("echo all is well".to_owned(), "no-evidence", 3),
        ("echo 'ok 1 - a'; echo 1..1".to_owned(), "pass", 0),
        ("echo 'not ok 1 - a'; echo 1..1; exit 1".to_owned(), "fail", 1),
        ("echo 'ok 1 - a'; echo 1..2".to_owned(), "no-evidence", 3),
    ] {
        let folder = tested(&script);
        let (found, exit, text) = check(folder.path(), &["--run"]);
        assert_eq!((outcome, code), (found.as_str(), exit), "{script}: {text}");
    }
}

#[test]
fn the_container_engine_is_asked_for_facts_only_where_that_is_allowed() {
    let folder = tempfile::tempdir().expect("a folder");
    let facts = |arguments: &[&str]| {
        let output = Command::new(DONEGATE)
            .current_dir(folder.path())
            .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
            .args(["facts", "images", "--evidence", "images=docker://app:1"])
            .args(arguments)
            .output()
            .expect("the program runs");
        (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
    };
    let (text, code) = facts(&[]);
    assert!(text.contains("only with --run"), "{text}");
    assert_eq!(Some(3), code);
    let (text, code) = facts(&["--run"]);
    assert!(!text.contains("only with --run") && text.contains("docker://app:1"), "it was asked: {text}");
    assert_eq!(Some(3), code);
}
