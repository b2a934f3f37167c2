//! The repository wall against real folders and a real git.

use std::fs;
use std::path::Path;

use donegate::domain::change::ChangeStatus;
use donegate::repo::{Freshness, Repo};

use super::support::{self, git, write};

fn committed(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "first"]);
    folder
}

fn paths(repo: &Repo) -> Vec<&str> {
    repo.files().iter().map(|entry| &*entry.path).collect()
}

#[test]
fn lists_what_git_would_track_with_and_without_git() {
    let plain = tempfile::tempdir().expect("a folder");
    for (path, text) in [(".gitignore", "build/\n"), ("src/a.py", "1"), ("build/out.py", "2"), (".env.example", "A=\n")]
    {
        write(plain.path(), path, text);
    }
    let expected = vec![".env.example", ".gitignore", "src/a.py"];
    assert_eq!(expected, paths(&Repo::open(plain.path()).expect("a tree")));
    git(plain.path(), &["init", "-q"]);
    assert_eq!(expected, paths(&Repo::open(plain.path()).expect("a tree")));
}

#[test]
fn a_tracked_file_counts_though_it_is_ignored() {
    let folder = committed(&[("a.py", "1"), (".env", "SECRET=1\n")]);
    write(folder.path(), ".gitignore", ".env\n");
    let repo = Repo::open(folder.path()).expect("a tree");
    assert!(repo.file(".env").is_some());
    assert_eq!(Some(true), repo.is_tracked(".env"));
}

#[cfg(unix)]
#[test]
fn nothing_outside_is_read() {
    let outside = tempfile::tempdir().expect("a folder");
    write(outside.path(), "secret", "x");
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "inside", "x");
    std::os::unix::fs::symlink(outside.path().join("secret"), folder.path().join("out")).expect("a link");
    std::os::unix::fs::symlink("inside", folder.path().join("in")).expect("a link");
    std::os::unix::fs::symlink("nowhere", folder.path().join("broken")).expect("a link");
    let repo = Repo::open(folder.path()).expect("a tree");
    assert_eq!(vec!["in", "inside"], paths(&repo));
    assert_eq!(2, repo.skipped().len(), "{:?}", repo.skipped());
    for path in ["out", "../secret", "/etc/hostname", "a/../../secret", ""] {
        assert!(repo.read(path, 100).is_err(), "{path}");
    }
    assert!(repo.read("in", 100).is_ok());
}

#[test]
fn the_change_set_has_every_kind_of_change_with_its_lines() {
    let body: String = (1..=40).map(|line| format!("line {line}\n")).collect();
    let folder = committed(&[("keep.py", "1\n2\n3\n"), ("old.py", &body), ("gone.py", "x\n")]);
    write(folder.path(), "keep.py", "1\ntwo\n3\nfour\n");
    git(folder.path(), &["mv", "old.py", "new.py"]);
    git(folder.path(), &["rm", "-q", "gone.py"]);
    write(folder.path(), "fresh.py", "a\n");
    let repo = Repo::open(folder.path()).expect("a tree");
    let changes = repo.changes(None, false).expect("a change set");
    let told: Vec<_> = changes.files.iter().map(|file| (file.path.as_str(), file.status)).collect();
    assert_eq!(
        vec![
            ("fresh.py", ChangeStatus::Added),
            ("gone.py", ChangeStatus::Deleted),
            ("keep.py", ChangeStatus::Modified),
            ("new.py", ChangeStatus::Renamed),
        ],
        told
    );
    assert_eq!(vec![(2, 2), (4, 4)], changes.files[2].lines);
    let staged = repo.changes(None, true).expect("a change set");
    assert_eq!(vec!["gone.py", "new.py"], staged.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>());
}

#[test]
fn an_unknown_base_is_an_error_that_says_what_to_do() {
    let folder = committed(&[("a.py", "1\n")]);
    let repo = Repo::open(folder.path()).expect("a tree");
    let error = repo.changes(Some("no-such-branch"), false).expect_err("unknown");
    assert!(error.contains("no-such-branch"), "{error}");
    assert!(repo.changes(Some("--output=/tmp/x"), false).is_err(), "an option is no revision");
}

#[test]
fn a_clean_default_branch_is_compared_with_the_commit_before() {
    let folder = committed(&[("a.py", "1\n")]);
    write(folder.path(), "b.py", "2\n");
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "second"]);
    let repo = Repo::open(folder.path()).expect("a tree");
    let changes = repo.changes(None, false).expect("a change set");
    assert_eq!(vec!["b.py"], changes.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>());
}

#[test]
fn a_configured_filter_or_monitor_is_never_run() {
    let folder = committed(&[("a.txt", "1\n"), (".gitattributes", "*.txt filter=evil\n")]);
    let outside = tempfile::tempdir().expect("a folder");
    let marker = outside.path().join("ran");
    let evil = format!("sh -c 'touch {}; cat'", marker.display());
    for key in ["filter.evil.clean", "filter.evil.smudge", "core.pager", "diff.external"] {
        git(folder.path(), &["config", key, &evil]);
    }
    write(folder.path(), "a.txt", "changed\n");
    git(folder.path(), &["config", "core.fsmonitor", &evil]);
    let repo = Repo::open(folder.path()).expect("a tree");
    let changes = repo.changes(None, false).expect("a change set");
    assert!(changes.files.iter().any(|file| file.path == "a.txt"));
    assert!(!matches!(repo.freshness("a.txt", ["a.txt"]), Freshness::Unknown(_)));
    assert!(!marker.exists(), "git ran a program that the repository names");
}

#[test]
fn evidence_is_stale_when_what_it_speaks_of_is_newer() {
    let folder =
        committed(&[("a.py", "1\n"), ("README.md", "x\n"), (".gitignore", "*.info\n"), ("kept.xml", "<a/>\n")]);
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    write(folder.path(), "cov.info", "x");
    let touch = |path: &str, at| {
        fs::File::options()
            .write(true)
            .open(folder.path().join(path))
            .expect("a file")
            .set_modified(at)
            .expect("a time");
    };
    let fresh = Repo::open(folder.path()).expect("a tree");
    assert_eq!(Freshness::Fresh, fresh.freshness("cov.info", ["a.py"]));
    assert_eq!(Freshness::Fresh, fresh.freshness("kept.xml", ["a.py"]), "both are of one commit");
    touch("cov.info", old);
    let stale = Repo::open(folder.path()).expect("a tree");
    assert_eq!(Freshness::Stale(vec!["a.py".to_owned()]), stale.freshness("cov.info", ["a.py"]));
    write(folder.path(), "README.md", "changed\n");
    write(folder.path(), "cov.info", "y");
    let edited = Repo::open(folder.path()).expect("a tree");
    assert_eq!(Freshness::Fresh, edited.freshness("cov.info", ["a.py"]), "the README is not what it speaks of");
    write(folder.path(), "a.py", "2\n");
    let modified = Repo::open(folder.path()).expect("a tree");
    assert_eq!(Freshness::Stale(vec!["a.py".to_owned()]), modified.freshness("kept.xml", ["a.py"]), "without margin");
}

#[test]
fn staged_is_what_a_commit_would_hold() {
    let folder = committed(&[("src/a.js", "committed"), ("src/gone.js", "kept"), ("report.xml", "old")]);
    let at = folder.path();
    write(at, "src/a.js", "staged");
    git(at, &["add", "src/a.js"]);
    write(at, "src/a.js", "not staged");
    fs::remove_file(at.join("src/gone.js")).expect("gone");
    write(at, "src/new.js", "untracked");
    write(at, "report.xml", "new");
    let mut repo = Repo::open_staged(at).expect("a repository");
    repo.leave_to_working_tree(&["*.xml".to_owned()]).expect("a glob");
    assert_eq!(vec!["report.xml", "src/a.js", "src/gone.js"], paths(&repo));
    let text = |path: &str| repo.read(path, 99).expect("a file").text().expect("text").to_owned();
    assert_eq!("staged", text("src/a.js"));
    assert_eq!("kept", text("src/gone.js"));
    assert_eq!("new", text("report.xml"), "evidence is read from the working tree");
    assert!(repo.exists("src/gone.js"));
    assert_eq!(Some(6), repo.file("src/a.js").map(|entry| entry.bytes));
    assert!(repo.read("src/a.js", 3).is_err(), "limits hold for the index too");
}

const BASE_REPORT: &str = "SF:src/a.js\nDA:1,1\nDA:2,1\nDA:3,1\nDA:4,0\nend_of_record\n";

/// What judging a coverage rule comes to against the last commit: the rule of the report.
fn judged(folder: &Path, rule: &str, more: &[&str]) -> serde_json::Value {
    write(folder, "donegate.yaml", format!("version: 1\nrules:\n  cov: {{ coverage: {rule} }}\n"));
    git(folder, &["add", "donegate.yaml"]);
    let output = support::donegate(
        folder,
        &[&["check", "--format", "json", "--base", "HEAD", "--evidence", "coverage=cov.info"], more].concat(),
    );
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
    report["rules"][0].clone()
}

#[test]
fn coverage_is_held_against_what_the_base_committed() {
    let folder = committed(&[
        ("src/a.js", "1\n2\n3\n4\n"),
        ("src/old.js", "1\n2\n"),
        ("cov.info", BASE_REPORT),
        ("base.info", "SF:src/a.js\nDA:1,1\nDA:2,0\nend_of_record\nSF:src/old.js\nDA:1,0\nDA:2,0\nend_of_record\n"),
    ]);
    git(folder.path(), &["rm", "-q", "src/old.js"]);
    write(folder.path(), "cov.info", "SF:src/a.js\nDA:1,1\nDA:2,1\nDA:3,0\nDA:4,0\nend_of_record\n");
    // A baseline that the change lowers is read as the base has it.
    write(folder.path(), "base.info", "SF:src/a.js\nDA:1,0\nend_of_record\n");
    let fell = judged(folder.path(), "{ no-drop: true }", &[]);
    assert_eq!(
        ("fail", "lines 75.00 % at the base"),
        (fell["outcome"].as_str().expect("one"), fell["measured"].as_str().expect("one"))
    );
    assert!(fell["next_step"].as_str().expect("one").starts_with("cover 1 more of these 2 lines (src/a.js:3-4)"));
    let kept = judged(folder.path(), "{ no-drop: base.info }", &[]);
    assert_eq!(
        ("pass", "lines 25.00 % at the base"),
        (kept["outcome"].as_str().expect("one"), kept["measured"].as_str().expect("one"))
    );
    assert_eq!("no-evidence", judged(folder.path(), "{ no-drop: none.info }", &[])["outcome"]);
}

#[test]
fn changed_lines_are_told_through_renames_and_hunks_and_of_unknown_files() {
    let body = |lines: &[&str]| lines.join("\n") + "\n";
    let old: Vec<String> = (1..=30).map(|line| format!("call({line});")).collect();
    let mut new: Vec<&str> = old.iter().map(String::as_str).collect();
    let folder = committed(&[("src/a.js", &body(&new)), ("README.md", "x\n")]);
    new[2] = "changed(3);";
    new[19] = "changed(20);";
    new.push("added(31);");
    git(folder.path(), &["mv", "src/a.js", "src/b.js"]);
    write(folder.path(), "src/b.js", body(&new));
    write(folder.path(), "src/new.js", "one();\n\n// two\nthree();\n");
    write(folder.path(), "README.md", "y\n");
    git(folder.path(), &["add", "-A"]);
    write(folder.path(), "src/untracked.js", "five();\n");
    let lines: String = (1..=31).map(|line| format!("DA:{line},{}\n", u8::from(line != 20))).collect();
    write(folder.path(), "cov.info", format!("SF:/ci/src/b.js\n{lines}end_of_record\n"));
    let all = judged(folder.path(), "{ changed-lines: 100 }", &[]);
    assert_eq!("changed lines 33.33 % (2 of 6)", all["measured"]);
    let staged = judged(folder.path(), "{ changed-lines: 40 }", &["--staged"]);
    assert_eq!(
        ("pass", "changed lines 40.00 % (2 of 5)"),
        (staged["outcome"].as_str().expect("one"), staged["measured"].as_str().expect("one"))
    );
}

#[test]
fn evidence_is_found_through_every_kind_of_glob() {
    let folder =
        committed(&[("a/b/c/x.xml", "1"), ("a/x.xml", "1"), ("d/e/x.xml", "1"), ("d/y.json", "1"), ("x.xml", "1")]);
    let repo = Repo::open(folder.path()).expect("a tree");
    let found = |glob: &str| {
        let found = repo.find(&[glob.to_owned()], false).expect("a glob");
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    for (glob, expected) in [
        ("*/x.xml", "a/x.xml"),
        ("*/*/x.xml", "d/e/x.xml"),
        ("*/b/*/x.xml", "a/b/c/x.xml"),
        ("**/x.xml", "a/b/c/x.xml a/x.xml d/e/x.xml x.xml"),
        ("a/**/x.xml", "a/b/c/x.xml a/x.xml"),
        ("{a,d/e}/x.xml", "a/x.xml d/e/x.xml"),
        ("[ad]/?.*", "a/x.xml d/y.json"),
        ("./d/*", "d/y.json"),
    ] {
        assert_eq!(expected, found(glob), "{glob}");
    }
    let folders = repo.find(&["*/e".to_owned()], true).expect("a glob");
    assert_eq!(vec!["d/e"], folders.iter().map(|path| &**path).collect::<Vec<_>>());
}
