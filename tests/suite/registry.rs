//! The list of checks, tested as a whole: every check has a legal name, a page and its fixtures, and every fixture comes to
//! what it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use donegate::checks::CHECKS;
use serde::Deserialize;
use serde_json::Value;

use super::support::{DONEGATE, copy, git, of_the_package};

/// What a case says of itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The outcome of `the-rule`.
    outcome: String,
    /// The exit code.
    exit: i32,
    /// Further arguments of `donegate check`.
    #[serde(default)]
    args: Vec<String>,
    /// The files of the repository: ignore rules like to hide some.
    files: Vec<String>,
    /// The files that are committed before the rest is there; none where there is no git.
    #[serde(default)]
    base: Vec<String>,
}

fn fixtures() -> PathBuf {
    of_the_package("fixtures")
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(of)
        .unwrap_or_else(|error| panic!("{}: {error}", of.display()))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    all.sort();
    all
}

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

/// Commits files of a folder; nothing where there are none.
fn commit(folder: &Path, files: &[String]) {
    if files.is_empty() {
        return;
    }
    git(folder, &["init", "-q"]);
    let mut add = vec!["add", "--"];
    add.extend(files.iter().map(String::as_str));
    git(folder, &add);
    git(folder, &["commit", "-qm", "base"]);
}

#[test]
fn names_are_legal_and_unique() {
    let mut seen = BTreeSet::new();
    for check in CHECKS {
        let name = check.name();
        assert!(seen.insert(name), "{name} is listed twice");
        assert!(!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
        assert_eq!(Some(name), donegate::checks::by_name(name).map(|found| found.name()));
    }
}

#[test]
fn checks_that_may_ask_only_for_what_is_new_are_checks() {
    for name in donegate::checks::COMPARABLE {
        assert!(donegate::checks::by_name(name).is_some(), "{name}");
    }
}

#[test]
fn every_check_has_its_four_fixtures() {
    for check in CHECKS {
        let cases: Vec<String> = folders(&fixtures().join(check.name())).iter().map(|path| name(path)).collect();
        for wanted in ["pass", "fail", "absent", "malformed"] {
            assert!(cases.iter().any(|case| case == wanted), "{} has no fixture `{wanted}`", check.name());
        }
    }
}

#[test]
fn every_fixture_comes_to_what_it_says() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for check in CHECKS {
        for folder in folders(&fixtures().join(check.name())) {
            let shown = format!("{}/{}", check.name(), name(&folder));
            let case: Case = serde_json::from_slice(&fs::read(folder.join("case.json")).expect("a case.json"))
                .unwrap_or_else(|error| panic!("{shown}: {error}"));
            for file in &case.files {
                assert!(folder.join("repo").join(file).is_file(), "{shown}: {file} is missing from the fixture");
            }
            let named_pass = name(&folder).starts_with("pass");
            assert_eq!(named_pass, case.outcome == "pass", "{shown}: its name contradicts its outcome");
            let place = tempfile::tempdir().expect("a folder");
            copy(&folder, place.path());
            commit(&place.path().join("repo"), &case.base);
            let output = Command::new(DONEGATE)
                .current_dir(place.path().join("repo"))
                .env_clear()
                .env("PATH", std::env::var_os("PATH").unwrap_or_default())
                .env("HOME", place.path())
                .args(["check", "--format", "json"])
                .args(&case.args)
                .output()
                .expect("the program runs");
            let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            let rules = report["rules"].as_array();
            let outcome = rules
                .and_then(|rules| rules.iter().find(|rule| rule["id"] == "the-rule"))
                .map(|rule| rule["outcome"].as_str().unwrap_or_default().to_owned());
            if outcome.as_deref() != Some(&case.outcome) || output.status.code() != Some(case.exit) {
                wrong.push(format!(
                    "{shown}: {outcome:?}, exit {:?}; expected {}, exit {}\n    {}",
                    output.status.code(),
                    case.outcome,
                    case.exit,
                    String::from_utf8_lossy(&output.stderr)
                ));
            }
            count += 1;
        }
    }
    assert!(count >= CHECKS.len() * 4);
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
