//! `donegate stamp` binds reports to content: what no clock can tell then is told by digests.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, SystemTime};

use super::support::{donegate, write};

const LCOV: &str = "TN:\nSF:src/a.js\nDA:1,1\nDA:2,1\nend_of_record\n";

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "src/a.js", "one();\ntwo();\n");
    write(at, "new.info", LCOV);
    write(at, "donegate.yaml", "version: 1\nrules:\n  covered: { coverage: { lines: 90 } }\n");
    folder
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// The report's time lies an hour before what it speaks of.
fn age(folder: &Path) {
    let file = fs::File::options().write(true).open(folder.join("coverage/lcov.info")).expect("the report");
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).expect("a time");
}

const STAMP: [&str; 6] = ["stamp", "coverage", "--", "sh", "-c", "mkdir -p coverage && cp new.info coverage/lcov.info"];

#[test]
fn a_stamp_holds_while_the_content_does() {
    let folder = repository();
    let at = folder.path();
    let stamped = donegate(at, &STAMP);
    assert_eq!(Some(0), code(&stamped), "{stamped:?}");
    age(at);
    assert_eq!(Some(0), code(&donegate(at, &["check"])), "the time is old and the stamp holds");
    fs::write(at.join("src/a.js"), "one();\nthree();\n").expect("a file");
    assert_eq!(Some(3), code(&donegate(at, &["check"])), "what it speaks of has changed");
    fs::write(at.join("src/a.js"), "one();\ntwo();\n").expect("a file");
    age(at);
    assert_eq!(Some(0), code(&donegate(at, &["check"])), "and has changed back");
}

#[test]
fn a_stamp_is_for_the_report_that_was_written() {
    let folder = repository();
    let at = folder.path();
    assert_eq!(Some(0), code(&donegate(at, &STAMP)));
    fs::write(at.join("coverage/lcov.info"), LCOV.replace("DA:2,1", "DA:2,9")).expect("another report");
    age(at);
    assert_eq!(Some(3), code(&donegate(at, &["check"])));
}

#[test]
fn nothing_written_is_nothing_stamped() {
    let folder = repository();
    let at = folder.path();
    let idle = donegate(at, &["stamp", "coverage", "--", "true"]);
    assert_eq!(Some(3), code(&idle), "{idle:?}");
    assert!(!at.join(".donegate/stamps.json").exists());
    let failed = donegate(at, &["stamp", "coverage", "--", "sh", "-c", "exit 7"]);
    assert_eq!(Some(7), code(&failed), "the command's own code");
}

#[test]
fn stamps_that_cannot_be_read_bind_nothing_and_are_told() {
    let folder = repository();
    let at = folder.path();
    assert_eq!(Some(0), code(&donegate(at, &STAMP)));
    age(at);
    fs::write(at.join(".donegate/stamps.json"), "{\"version\":1,").expect("a file");
    let output = donegate(at, &["check"]);
    assert_eq!(Some(3), code(&output));
    let all = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(all.contains(".donegate/stamps.json"), "{all}");
}
