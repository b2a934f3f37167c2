//! A repository of several components, each with its own DoD: one verdict, told from the root.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::support::{commit, donegate, git, write};

const ROOT: &str = "version: 1\nrules:\n  readme: { file: { exists: [README.md] } }\n";
const API: &str =
    "version: 1\nextends: [../../shared/dod.yaml]\nrules:\n  size: { file: { exists: [src/a.js], max-bytes: 20 } }\n";
const SHARED: &str = "version: 1\nrules:\n  calm: { pattern: { files: [\"src/**\"], forbid: debugger } }\n";

/// A root, two services that share rules, and a fixture with a DoD that is no component.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "donegate.yaml", ROOT);
    write(at, "README.md", "# It\n");
    write(at, "shared/dod.yaml", SHARED);
    write(at, "services/api/donegate.yaml", API);
    write(at, "services/api/src/a.js", "one();\n");
    write(at, "services/web/donegate.yaml", "version: 1\nextends: [../../shared/dod.yaml]\n");
    write(at, "services/web/src/w.js", "two();\n");
    write(at, "tests/fixtures/x/donegate.yaml", "version: 1\nrules: { no: { file: { exists: [never] } } }\n");
    git(at, &["init", "-q"]);
    commit(at);
    git(at, &["checkout", "-qb", "work"]);
    folder
}

fn check(folder: &Path, args: &[&str]) -> (Option<i32>, Value) {
    let output = donegate(folder, &[&["check", "-q", "--format", "json"][..], args].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    (output.status.code(), report)
}

fn outcomes(report: &Value) -> Vec<String> {
    let rules = report["rules"].as_array().expect("rules").iter();
    rules
        .map(|rule| format!("{} {}", rule["id"].as_str().unwrap_or("?"), rule["outcome"].as_str().unwrap_or("?")))
        .collect()
}

#[test]
fn the_root_folds_what_its_components_came_to() {
    let folder = repository();
    let at = folder.path();
    let (code, report) = check(at, &[]);
    let all = ["readme pass", "services/api/calm pass", "services/api/size pass", "services/web/calm pass"];
    assert_eq!((Some(0), all.map(str::to_owned).to_vec()), (code, outcomes(&report)));
    assert_eq!("services/api", report["rules"][1]["component"]);
    assert!(report["notes"].to_string().contains("tests/fixtures/x"), "what is no component is said");
    write(at, "services/web/src/w.js", "two();\ndebugger;\n");
    let (code, report) = check(at, &[]);
    assert_eq!(Some(1), code);
    let web = &report["rules"][3];
    assert_eq!(
        ("services/web/calm", "fail"),
        (web["id"].as_str().expect("id"), web["outcome"].as_str().expect("outcome"))
    );
    assert_eq!("services/web/src/w.js", web["findings"][0]["file"], "paths are told from the root");
    assert_eq!("shared/dod.yaml:3:3", web["demanded_at"]);
    assert_eq!("services/web/src/w.js", web["evidence"][0]["path"]);
    let files = report["task_output"]["filesChanged"].as_array().expect("files");
    assert_eq!(1, files.len(), "the change is told once: {files:?}");
    // The outputs say which component.
    let junit = donegate(at, &["check", "-q", "--format", "junit"]);
    let junit = String::from_utf8(junit.stdout).expect("XML");
    assert!(junit.contains("classname=\"donegate.services/web.Implementation\""), "{junit}");
}

#[test]
fn one_component_is_judged_alone_and_told_the_same_way() {
    let folder = repository();
    let at = folder.path();
    write(at, "services/web/src/w.js", "debugger;\n");
    for name in ["services/api", "services/api/", "./services/api"] {
        let (code, report) = check(at, &["--component", name]);
        assert_eq!(Some(0), code, "{name}");
        assert_eq!(vec!["services/api/calm pass", "services/api/size pass"], outcomes(&report));
    }
    let (code, report) = check(at, &["--component", "services/web"]);
    assert_eq!(
        (Some(1), "services/web/src/w.js"),
        (code, report["rules"][0]["findings"][0]["file"].as_str().expect("file"))
    );
    assert_eq!(Some(2), check_code(at, &["--component", "services/none"]));
    // From within its folder it is told from there, and may extend what lies above all the same.
    let (code, report) = check(&at.join("services/web"), &[]);
    assert_eq!((Some(1), vec!["calm fail".to_owned()]), (code, outcomes(&report)));
    assert_eq!("src/w.js", report["rules"][0]["findings"][0]["file"]);
}

fn check_code(folder: &Path, args: &[&str]) -> Option<i32> {
    donegate(folder, &[&["check", "-q"][..], args].concat()).status.code()
}

#[test]
fn rules_are_chosen_by_their_name_or_by_their_component_s() {
    let folder = repository();
    let at = folder.path();
    let of = |args: &[&str]| outcomes(&check(at, args).1);
    assert_eq!(vec!["services/api/calm pass", "services/web/calm pass"], of(&["--only", "calm"]));
    assert_eq!(vec!["services/web/calm pass"], of(&["--only", "services/web/calm"]));
    assert_eq!(vec!["readme pass", "services/api/size pass"], of(&["--skip", "calm"]));
    assert_eq!(Some(2), check_code(at, &["--only", "clam"]));
}

#[test]
fn what_is_staged_is_what_is_judged_in_a_component_too() {
    let folder = repository();
    let at = folder.path();
    write(at, "services/web/src/w.js", "debugger;\n");
    git(at, &["add", "-A"]);
    write(at, "services/web/src/w.js", "calm();\n");
    let (code, report) = check(at, &["--staged", "--stage", "commit"]);
    assert_eq!((Some(1), "services/web/calm fail"), (code, outcomes(&report)[3].as_str()));
}

#[test]
fn a_component_guards_its_own_gate() {
    let folder = repository();
    let at = folder.path();
    write(at, "services/api/donegate.yaml", API.replace("max-bytes: 20", "max-bytes: 200"));
    commit(at);
    let (code, report) = check(at, &[]);
    assert_eq!(Some(4), code);
    let risk = &report["changes"]["risks"][0];
    assert_eq!(
        ("weakened-gate", "services/api/donegate.yaml"),
        (risk["kind"].as_str().expect("kind"), risk["file"].as_str().expect("file"))
    );
    assert!(risk["why"].as_str().is_some_and(|why| why.contains("max-bytes")), "{risk}");
}

#[test]
fn a_component_does_not_vanish_in_silence() {
    for how in ["delete", "move", "list", "all"] {
        let folder = repository();
        let at = folder.path();
        match how {
            "delete" => fs::remove_file(at.join("services/web/donegate.yaml")).expect("a file"),
            "move" => git(at, &["mv", "services/web", "examples"]),
            "list" => write(at, "donegate.yaml", format!("components: [services/api]\n{ROOT}")),
            _ => {
                fs::remove_file(at.join("services/web/donegate.yaml")).expect("a file");
                fs::remove_file(at.join("services/api/donegate.yaml")).expect("a file");
            }
        }
        if how == "move" {
            write(at, "examples/donegate.yaml", "version: 1\nextends: [../shared/dod.yaml]\n");
        }
        commit(at);
        let (code, report) = check(at, &[]);
        assert_eq!(Some(4), code, "{how}: {report:#}");
        let risks = report["changes"]["risks"].to_string();
        assert!(risks.contains("the component `services/web` is judged no more"), "{how}: {risks}");
    }
}

#[test]
fn a_root_without_a_dod_folds_its_components() {
    let folder = repository();
    let at = folder.path();
    git(at, &["rm", "-q", "donegate.yaml"]);
    git(at, &["commit", "-qm", "gone"]);
    git(at, &["branch", "-qf", "main"]);
    git(at, &["checkout", "-qb", "next"]);
    write(at, "services/web/src/w.js", "three();\n");
    let (code, report) = check(at, &[]);
    let all = ["services/api/calm pass", "services/api/size pass", "services/web/calm pass"];
    assert_eq!((Some(0), all.map(str::to_owned).to_vec()), (code, outcomes(&report)));
    write(at, "donegate.yaml", format!("components: [services/none]\n{ROOT}"));
    assert_eq!(Some(2), check_code(at, &[]), "a component that is named has a DoD");
}
