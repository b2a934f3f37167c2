//! `donegate fix env`, as a person runs it.

use std::fs;
use std::path::Path;

use super::support::{donegate, write};

fn fix(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = donegate(folder, &[&["fix", "env"], args].concat());
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn missing_keys_are_appended_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "app.js", "const a = process.env.ALPHA;\nconst b = process.env.BETA || 1;\nprocess.env.HOME;\n");
    write(at, ".env.example", "GAMMA=1");
    let expected = "GAMMA=1\n\n# required; read in app.js:1\nALPHA=\n# optional; read in app.js:2\nBETA=\n";
    assert_eq!((Some(0), "added to .env.example: ALPHA, BETA\n".to_owned()), fix(at, &[]));
    assert_eq!(expected, fs::read_to_string(at.join(".env.example")).expect("it is there"));
    let (code, out) = fix(at, &[]);
    assert!(code == Some(0) && out.contains("nothing to add"), "{out}");
    assert_eq!(expected, fs::read_to_string(at.join(".env.example")).expect("it is there"));
}

#[test]
fn a_dry_run_tells_the_lines_and_writes_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "app.js", "const a = process.env.ALPHA;\n");
    let (code, out) = fix(at, &["--dry-run"]);
    let expected = "would make .env.example:\n# required; read in app.js:1\nALPHA=\n\n";
    assert_eq!((Some(0), expected), (code, out.as_str()));
    assert!(!at.join(".env.example").exists());
    write(at, ".env.example", "BETA=1\n");
    assert!(fix(at, &["--dry-run"]).1.starts_with("would add to .env.example:\n"));
    assert_eq!("BETA=1\n", fs::read_to_string(at.join(".env.example")).expect("it is there"));
    write(at, ".env.example", "ALPHA=1\n");
    let (code, out) = fix(at, &["--dry-run"]);
    assert!(code == Some(0) && out.contains("nothing to add"), "{out}");
}

#[test]
fn each_workspace_gets_its_own_and_lines_end_as_they_did() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    for name in ["api", "web"] {
        write(at, &format!("{name}/package.json"), "{}");
        write(at, &format!("{name}/index.js"), "process.env.SHARED;\nprocess.env.OWN;\n");
    }
    write(at, ".env.example", "SHARED=s3cr3t\n");
    write(at, "api/.env.example", "OWN=1\n");
    write(at, "web/.env.example", "OTHER=2\r\n");
    assert_eq!((Some(0), "added to web/.env.example: OWN\n".to_owned()), fix(at, &[]));
    let read = |file: &str| fs::read_to_string(at.join(file)).expect("it is there");
    assert_eq!("OTHER=2\r\n\r\n# required; read in web/index.js:2\r\nOWN=\r\n", read("web/.env.example"));
    assert_eq!(("SHARED=s3cr3t\n".to_owned(), "OWN=1\n".to_owned()), (read(".env.example"), read("api/.env.example")));
    assert!(fix(at, &[]).1.contains("nothing to add"));
}

#[test]
fn the_file_that_the_dod_names_is_made_and_what_it_ignores_is_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "app.js", "const a = process.env.ALPHA, b = process.env.OLD_ONE;\n");
    let dod = "version: 1\nrules:\n  env: { env: { example: config/variables.txt, ignore: [\"OLD_*\"] } }\n";
    write(at, "donegate.yaml", dod);
    assert_eq!((Some(0), "made config/variables.txt: ALPHA\n".to_owned()), fix(at, &[]));
    assert!(fix(at, &[]).1.contains("nothing to add"), "the file is read although its name is unusual");
    assert_eq!(Some(2), fix(at, &["--example", "../out"]).0);
    assert!(!at.join(".env.example").exists());
}

#[test]
fn where_no_source_is_read_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "README.md", "nothing\n");
    assert_eq!(Some(3), fix(folder.path(), &[]).0);
    assert!(!folder.path().join(".env.example").exists());
}
