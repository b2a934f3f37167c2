//! The gate guards itself, and risky changes wait for a person: a repository with history, and branches that try.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::support::{commit, donegate, git, write};

const DOD: &str = "version: 1\nrules:\n  readme: { file: { exists: [README.md] } }\n  small: { file: { exists: [src/a.js], max-bytes: 100 } }\n";

/// A repository whose main branch is green, and a branch `work` of it.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "donegate.yaml", DOD);
    write(at, "README.md", "# It\n");
    write(at, "src/a.js", "one();\n");
    write(at, "test/a.test.js", "test('one', () => {});\n");
    git(at, &["init", "-q"]);
    git(at, &["add", "-A"]);
    git(at, &["commit", "-qm", "first"]);
    git(at, &["checkout", "-qb", "work"]);
    folder
}

/// The exit code and the risks as `kind file:line why`.
fn check(folder: &Path, args: &[&str]) -> (Option<i32>, Vec<String>) {
    let all = [&["check", "--format", "json"][..], args].concat();
    let output = donegate(folder, &all);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let risks = report["changes"]["risks"].as_array().into_iter().flatten();
    let told = risks.map(|risk| {
        let text = |key: &str| risk[key].as_str().unwrap_or_default().to_owned();
        format!("{} {}:{} {}", text("kind"), text("file"), risk["line"], text("why"))
    });
    (output.status.code(), told.collect())
}

#[test]
fn a_change_that_asks_nothing_less_is_complete() {
    let folder = repository();
    write(folder.path(), "src/b.js", "two();\n");
    write(folder.path(), "donegate.yaml", DOD.replace("max-bytes: 100", "max-bytes: 50"));
    commit(folder.path());
    assert_eq!((Some(0), Vec::new()), check(folder.path(), &[]));
}

#[test]
fn a_gate_that_its_own_change_lowers_waits_for_a_person() {
    for (dod, said) in [
        (DOD.replace("max-bytes: 100", "max-bytes: 900"), "`small` asks less: max-bytes 100 -> 900"),
        (DOD.replace("  small: { file: { exists: [src/a.js], max-bytes: 100 } }\n", ""), "the rule `small` is gone"),
        (DOD.replace("max-bytes: 100 }", "max-bytes: 100 }, severity: minor"), "decides no more"),
        (DOD.replace("max-bytes: 100 }", "max-bytes: 100 }, stage: release"), "is due later"),
        (DOD.replace("max-bytes: 100 }", "max-bytes: 100 }, when: \"'go' in languages\""), "applies only when"),
    ] {
        let folder = repository();
        write(folder.path(), "donegate.yaml", &dod);
        commit(folder.path());
        let (code, risks) = check(folder.path(), &[]);
        assert_eq!(Some(4), code, "{said}: {risks:?}");
        assert!(risks.iter().any(|risk| risk.starts_with("weakened-gate") && risk.contains(said)), "{said}: {risks:?}");
    }
}

#[test]
fn a_gate_that_is_taken_away_waits_for_a_person() {
    let folder = repository();
    fs::remove_file(folder.path().join("donegate.yaml")).expect("gone");
    commit(folder.path());
    let (code, risks) = check(folder.path(), &[]);
    assert_eq!(Some(4), code, "{risks:?}");
    assert!(risks.iter().any(|risk| risk.contains("the Definition of Done is gone")), "{risks:?}");
}

#[test]
fn tests_that_vanish_or_are_skipped_wait_for_a_person() {
    let folder = repository();
    fs::remove_file(folder.path().join("test/a.test.js")).expect("gone");
    write(folder.path(), "test/b.test.js", "ok();\ntest.skip('two', () => {});\n");
    commit(folder.path());
    let (code, risks) = check(folder.path(), &[]);
    assert_eq!(Some(4), code);
    assert!(risks.iter().any(|risk| risk.starts_with("weakened-gate test/a.test.js:null")), "{risks:?}");
    assert!(risks.iter().any(|risk| risk.starts_with("weakened-gate test/b.test.js:2")), "{risks:?}");
}

#[test]
fn an_approval_from_outside_counts_until_the_next_edit() {
    let folder = repository();
    let outside = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "test/a.test.js", "test.skip('one', () => {});\n");
    commit(at);
    assert_eq!(Some(4), check(at, &[]).0);
    let file = outside.path().join("approved.yaml");
    let file = file.to_str().expect("UTF-8");
    let attest = ["attest", "risk", "--by", "jo", "--note", "flaky, mended next week", "--to", file];
    assert_eq!(Some(0), donegate(at, &attest).status.code());
    assert_eq!(Some(0), check(at, &["--attestations", file]).0);
    write(at, "src/a.js", "one();\n\n");
    commit(at);
    assert_eq!(Some(4), check(at, &["--attestations", file]).0, "one more edit: the approval has lapsed");
}

#[test]
fn a_change_does_not_approve_itself() {
    let folder = repository();
    let at = folder.path();
    write(at, "test/a.test.js", "test.skip('one', () => {});\n");
    commit(at);
    assert_eq!(Some(0), donegate(at, &["attest", "risk", "--by", "me", "--note", "fine"]).status.code());
    commit(at);
    let output = donegate(at, &["check"]);
    assert_eq!(Some(4), output.status.code());
    let told = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("the approval by me does not count"), "{told}");
}

/// A service with a table and a document, and a branch `work` that drops a column, a route and a property.
fn service() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "donegate.yaml", "version: 1\nrules:\n  readme: { file: { exists: [README.md] } }\n");
    write(at, "README.md", "# It\n");
    write(at, "package.json", "{\"dependencies\": {\"express\": \"4\"}}\n");
    write(at, "src/app.js", APP);
    write(at, "openapi.yaml", DOCUMENT);
    write(at, "db/migrations/0001_users.up.sql", "CREATE TABLE users (id bigint, email text);\n");
    git(at, &["init", "-q"]);
    git(at, &["add", "-A"]);
    git(at, &["commit", "-qm", "first"]);
    git(at, &["checkout", "-qb", "work"]);
    write(at, "src/app.js", APP.replace("app.get('/users', list);\n", ""));
    write(at, "openapi.yaml", DOCUMENT.replace("                  email: { type: string }\n", ""));
    write(at, "db/migrations/0002_email.up.sql", "-- nobody reads it\nALTER TABLE users\n  DROP COLUMN email;\n");
    write(at, "db/migrations/0002_email.down.sql", "ALTER TABLE users ADD COLUMN email text;\n");
    commit(at);
    folder
}

const APP: &str = "const express = require('express');\nconst app = express();\napp.get('/users', list);\napp.get('/health', ok);\napp.listen(3000);\n";

const DOCUMENT: &str = "openapi: 3.0.3
info: { title: t, version: '1' }
paths:
  /health:
    get:
      responses:
        '200':
          description: fine
          content:
            application/json:
              schema:
                type: object
                properties:
                  email: { type: string }
                  state: { type: string }
";

#[test]
fn a_dropped_column_and_a_removed_route_wait_for_a_person() {
    let folder = service();
    let at = folder.path();
    let (code, risks) = check(at, &[]);
    assert_eq!(Some(4), code, "{risks:?}");
    for place in [
        "schema-change db/migrations/0002_email.up.sql:3 ",
        "data-deletion db/migrations/0002_email.up.sql:3 ",
        "breaking-api src/app.js:3 the route GET /users is gone",
        "breaking-api openapi.yaml:14 GET /health 200.email is gone",
    ] {
        assert!(risks.iter().any(|risk| risk.starts_with(place)), "{place}: {risks:?}");
    }
    assert_eq!(4, risks.len(), "{risks:?}");
    let output = donegate(at, &["check", "--format", "task-output"]);
    let task: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let steps: Vec<&str> = task["rollbackSteps"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert_eq!("run db/migrations/0002_email.down.sql", steps[0]);
    assert!(steps[1].starts_with("git revert --no-edit "), "{steps:?}");

    let outside = tempfile::tempdir().expect("a folder");
    let file = outside.path().join("approved.yaml");
    let file = file.to_str().expect("UTF-8");
    let attest = ["attest", "risk", "--by", "jo", "--note", "clients moved over", "--to", file];
    assert_eq!(Some(0), donegate(at, &attest).status.code());
    assert_eq!(Some(0), check(at, &["--attestations", file]).0);
    write(at, "src/app.js", APP.replace("app.get('/users', list);\n", "").trim_end());
    commit(at);
    assert_eq!(Some(4), check(at, &["--attestations", file]).0, "one more edit: the approval has lapsed");
}

const NEW_ONLY: &str =
    "version: 1\nrules:\n  calm: { pattern: { files: [\"src/**\"], forbid: debugger }, new-only: true }\n";

/// The outcome of the only rule, the lines of what counts, and how many do not.
fn calm(folder: &Path, args: &[&str]) -> (String, Vec<String>, usize) {
    let output = donegate(folder, &[&["check", "--format", "json"][..], args].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let rule = &report["rules"][0];
    let findings = rule["findings"].as_array().expect("findings").iter();
    let places = findings.map(|one| format!("{}:{}", one["file"].as_str().unwrap_or_default(), one["line"]));
    let known = rule["known"].as_array().map_or(0, Vec::len);
    (rule["outcome"].as_str().unwrap_or_default().to_owned(), places.collect(), known)
}

fn legacy() -> tempfile::TempDir {
    let folder = repository();
    let at = folder.path();
    git(at, &["checkout", "-q", "main"]);
    write(at, "donegate.yaml", NEW_ONLY);
    let old: String = (0..20).map(|n| format!("call({n});\n")).collect();
    write(at, "src/old.js", format!("debugger;\n{old}debugger;\n"));
    commit(at);
    git(at, &["branch", "-qD", "work"]);
    git(at, &["checkout", "-qb", "work"]);
    folder
}

#[test]
fn what_the_base_has_too_does_not_count_where_only_what_is_new_is_asked_for() {
    let folder = legacy();
    let at = folder.path();
    // Moved lines and a new name are nothing new.
    let text = fs::read_to_string(at.join("src/old.js")).expect("a file");
    fs::remove_file(at.join("src/old.js")).expect("a file");
    write(at, "src/renamed.js", format!("first();\n\n{text}"));
    commit(at);
    assert_eq!(("pass".to_owned(), Vec::new(), 2), calm(at, &[]));
    // One more of the same in the same file is.
    write(at, "src/renamed.js", format!("first();\ndebugger;\n{text}"));
    commit(at);
    assert_eq!(("fail".to_owned(), vec!["src/renamed.js:2".to_owned()], 2), calm(at, &[]));
    write(at, "src/renamed.js", "none();\n");
    commit(at);
    assert_eq!(("pass".to_owned(), Vec::new(), 0), calm(at, &[]));
}

#[test]
fn a_change_does_not_bring_its_own_baseline() {
    let folder = legacy();
    let at = folder.path();
    write(at, "src/new.js", "debugger;\n");
    let outside = tempfile::tempdir().expect("a folder");
    let saved = outside.path().join("base.json");
    let saved = saved.to_str().expect("a path");
    donegate(at, &["check", "-q", "--output", &format!("json={saved}")]);
    assert_eq!(("fail".to_owned(), vec!["src/new.js:1".to_owned()], 2), calm(at, &[]));
    assert_eq!(("pass".to_owned(), Vec::new(), 3), calm(at, &["--baseline", saved]), "given from outside");
    write(at, "base.json", fs::read_to_string(saved).expect("a report"));
    write(at, "donegate.yaml", format!("baseline: base.json\n{NEW_ONLY}"));
    commit(at);
    assert_eq!(("fail".to_owned(), vec!["src/new.js:1".to_owned()], 2), calm(at, &[]), "brought by the change");
    let (code, risks) = check(at, &[]);
    assert_eq!(Some(1), code);
    assert!(risks.iter().any(|risk| risk.contains("another baseline")), "{risks:?}");
    // On the next branch it is the base's.
    git(at, &["checkout", "-qb", "next"]);
    write(at, "src/next.js", "calm();\n");
    commit(at);
    assert_eq!(("pass".to_owned(), Vec::new(), 3), calm(at, &["--base", "work"]));
}

#[test]
fn asking_only_for_what_is_new_is_asking_less() {
    let folder = repository();
    let at = folder.path();
    write(at, "donegate.yaml", DOD.replace("exists: [README.md] } }", "exists: [README.md] }, new-only: true }"));
    commit(at);
    let (code, risks) = check(at, &[]);
    assert_eq!(Some(4), code, "{risks:?}");
    assert!(risks[0].contains("`readme` counts only what is new"), "{risks:?}");
}
