//! `donegate verify`: nobody's word is taken.

use std::path::Path;

use serde_json::{Value, json};

use super::support::{donegate, git, write};

/// A repository whose last commit changes one file and adds a test; its report covers 3 of 4 lines.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "src/a.js", "one();\n");
    write(at, "README.md", "# It\n");
    write(at, ".gitignore", "coverage/\nclaim.json\nreport.json\n");
    write(at, "donegate.yaml", "version: 1\nrules:\n  readme: { file: { exists: [README.md] } }\n");
    git(at, &["init", "-q"]);
    git(at, &["add", "-A"]);
    git(at, &["commit", "-qm", "first"]);
    write(at, "src/a.js", "one();\ntwo();\nthree();\nfour();\n");
    write(at, "src/a.test.js", "test();\n");
    git(at, &["add", "-A"]);
    git(at, &["commit", "-qm", "second"]);
    write(at, "coverage/lcov.info", "TN:\nSF:src/a.js\nDA:1,1\nDA:2,1\nDA:3,1\nDA:4,0\nend_of_record\n");
    folder
}

fn claim() -> Value {
    json!({
        "taskId": "abeeb908-21e4-5192-989e-50e59a499a79", "agentName": "builder", "status": "complete",
        "completedAt": "2026-01-02T03:04:05Z", "filesChanged": ["src/a.js"], "filesCreated": ["src/a.test.js"],
        "testsAdded": ["src/a.test.js"], "testCoverage": 75, "rollbackRequired": false, "approvalNeeded": false,
        "summary": "all done",
    })
}

fn verify(folder: &Path, claim: &Value) -> (Option<i32>, Value, String) {
    write(folder, "claim.json", claim.to_string());
    let output = donegate(folder, &["verify", "claim.json", "--format", "json"]);
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), json, String::from_utf8_lossy(&output.stderr).into_owned())
}

fn agrees(json: &Value, key: &str) -> String {
    let keys = json["keys"].as_array().expect("keys");
    let line = keys.iter().find(|line| line["key"] == key).unwrap_or_else(|| panic!("no {key} in {json:#}"));
    line["agrees"].as_str().expect("a word").to_owned()
}

#[test]
fn a_true_claim_agrees() {
    let folder = repository();
    let (code, json, _) = verify(folder.path(), &claim());
    assert_eq!(Some(0), code, "{json:#}");
    assert_eq!("not measured", agrees(&json, "summary"));
}

#[test]
fn every_false_word_is_found_with_its_proof() {
    let folder = repository();
    for (key, value) in [
        ("status", json!("needs_approval")),
        ("filesChanged", json!([])),
        ("filesChanged", json!(["src/a.js", "src/never.js"])),
        ("filesCreated", json!([])),
        ("testsAdded", json!([])),
        ("testCoverage", json!(94)),
        ("approvalNeeded", json!(true)),
        ("riskLevel", json!("low")),
    ] {
        let mut lie = claim();
        lie[key] = value;
        let (code, json, _) = verify(folder.path(), &lie);
        assert_eq!(Some(1), code, "{key}: {json:#}");
        assert_eq!("no", agrees(&json, key));
    }
}

#[test]
fn what_has_no_proof_is_not_believed() {
    let folder = repository();
    let mut unproven = claim();
    unproven["testsPassed"] = json!(true);
    let (code, json, _) = verify(folder.path(), &unproven);
    assert_eq!(Some(3), code, "{json:#}");
    assert_eq!("unproven", agrees(&json, "testsPassed"));
}

#[test]
fn what_is_no_claim_is_told_in_full() {
    let folder = repository();
    let mut wrong = claim();
    wrong["testCoverage"] = json!("94%");
    wrong["taskId"] = json!("task 7");
    wrong.as_object_mut().expect("an object").remove("summary");
    let (code, json, said) = verify(folder.path(), &wrong);
    assert_eq!(Some(2), code);
    assert_eq!(3, json["mistakes"].as_array().map_or(0, Vec::len), "{json:#}");
    assert!(said.contains("`testCoverage` is \"94%\": expected a number from 0 to 100"), "{said}");
    let (code, _, said) = verify(folder.path(), &json!([1]));
    assert_eq!(Some(2), code);
    assert!(said.contains("expected a JSON object"), "{said}");
}

#[test]
fn an_earlier_report_is_checked_again() {
    let folder = repository();
    let at = folder.path();
    let rules = "  readme: { file: { exists: [README.md] } }\n  covered: { coverage: { lines: 70 } }\n";
    write(at, "donegate.yaml", format!("version: 1\nrules:\n{rules}"));
    let made = donegate(at, &["check", "--output", "json=report.json"]);
    assert_eq!(Some(0), made.status.code(), "{made:?}");
    assert_eq!(Some(0), donegate(at, &["verify", "report.json"]).status.code());
    write(at, "coverage/lcov.info", "TN:\nSF:src/a.js\nDA:1,1\nDA:2,0\nend_of_record\n");
    let output = donegate(at, &["verify", "report.json"]);
    assert_eq!(Some(1), output.status.code(), "{output:?}");
    let again = donegate(at, &["verify", "report.json", "--format", "json"]);
    let json: Value = serde_json::from_slice(&again.stdout).expect("JSON");
    assert_eq!("no", agrees(&json, "covered: coverage/lcov.info"), "{json:#}");
    assert_eq!("no", agrees(&json, "covered"));
    assert_eq!("yes", agrees(&json, "donegate.yaml"));
}
