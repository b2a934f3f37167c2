//! What a hook keeps of an earlier run never says anything else than a run that keeps nothing.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::support::{DONEGATE, command, git, write};

const KEPT: &str = ".git/donegate/hook-facts.json";

fn stage(folder: &Path, path: &str, text: &str) {
    write(folder, path, text);
    git(folder, &["add", "-A"]);
}

/// The report of the hook, as bytes: first with what is kept, then with nothing; they are the same.
fn check(folder: &Path) -> Value {
    let hook = || {
        let args = ["check", "--staged", "--stage", "commit", "-q", "--format", "json"];
        command(folder, DONEGATE, &args)
            .env("SOURCE_DATE_EPOCH", "1700000000")
            .output()
            .expect("the program runs")
            .stdout
    };
    let with = hook();
    let kept = fs::read(folder.join(KEPT)).expect("something is kept");
    fs::remove_file(folder.join(KEPT)).expect("a file");
    let without = hook();
    assert_eq!(String::from_utf8_lossy(&without), String::from_utf8_lossy(&with));
    fs::write(folder.join(KEPT), kept).expect("a file");
    serde_json::from_slice(&with).expect("a report")
}

fn outcome(report: &Value, id: &str) -> String {
    let rules = report["rules"].as_array().expect("rules");
    let rule = rules.iter().find(|rule| rule["id"] == id).expect("the rule");
    rule["outcome"].as_str().expect("an outcome").to_owned()
}

#[test]
fn what_is_kept_says_what_the_code_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    git(at, &["init", "-q"]);
    stage(
        at,
        "donegate.yaml",
        "version: 1\nrules:\n  health: { route: { method: GET, path: /health } }\n  env: { env: {} }\n",
    );
    stage(at, "package.json", "{\"dependencies\": {\"express\": \"4\"}}");
    let app = "const app = require('express')();\napp.get('/health', (q, s) => s.end(process.env.NAME));\n";
    stage(at, "src/app.js", app);
    stage(at, ".env.example", "NAME=\n");
    git(at, &["commit", "-qm", "first"]);
    let green = check(at);
    assert_eq!(("pass", "pass"), (&*outcome(&green, "health"), &*outcome(&green, "env")));
    // Prose changes nothing, and what is kept stays.
    let before = fs::read(at.join(KEPT)).expect("something is kept");
    stage(at, "README.md", "# It\n");
    assert_eq!("pass", outcome(&check(at), "health"));
    assert_eq!(before, fs::read(at.join(KEPT)).expect("something is kept"));
    // Code, the example and the tree do.
    stage(at, ".env.example", "OTHER=\n");
    assert_eq!("fail", outcome(&check(at), "env"));
    stage(at, "src/app.js", &app.replace("/health", "/gone"));
    assert_eq!("fail", outcome(&check(at), "health"));
    stage(at, "src/app.js", app);
    assert_eq!("pass", outcome(&check(at), "health"));
    // What cannot be read is as if nothing were kept.
    fs::write(at.join(KEPT), "{").expect("a file");
    assert_eq!("pass", outcome(&check(at), "health"));
}
