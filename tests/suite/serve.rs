//! A service that the DoD names: started with `--run` alone, only if the base's DoD has it, and stopped whatever happens.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::{DONEGATE, git};

const RULE: &str = "rules:\n  health: { route: { path: /health, probe: {} } }\n";

/// What the other tests start: this program once more, with nothing but this.
#[test]
#[ignore = "the server that the other tests start"]
fn the_server() {
    let port = std::env::var("TEST_PORT").expect("a port");
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).expect("a free port");
    for stream in listener.incoming() {
        let mut stream = stream.expect("a stream");
        let mut request = [0; 1024];
        let _ = stream.read(&mut request);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

fn dod(run: &str, port: u16, within: &str) -> String {
    format!("version: 1\nserve: {{ run: {run}, ready: \"http://127.0.0.1:{port}/health\", within: {within} }}\n{RULE}")
}

/// The argument list of the server.
fn server() -> String {
    let program = std::env::current_exe().expect("this program");
    format!("[\"{}\", --ignored, --exact, serve::the_server]", program.display())
}

fn program(place: &Path, port: u16, arguments: &[&str]) -> Command {
    let mut command = Command::new(DONEGATE);
    command
        .current_dir(place)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TEST_PORT", port.to_string())
        .args(["check", "--format", "json"])
        .args(arguments);
    command
}

fn check(place: &Path, port: u16, arguments: &[&str]) -> (String, String, Output) {
    let output = program(place, port, arguments).output().expect("the program runs");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let rule = &report["rules"][0];
    let text = |key: &str| rule[key].as_str().unwrap_or_default().to_owned();
    (text("outcome"), text("next_step"), output)
}

fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Whether a process whose id stands in a file is there.
fn lives(file: &Path) -> bool {
    let id = fs::read_to_string(file).unwrap_or_default();
    let asked = Command::new("kill").args(["-0", id.trim()]).stderr(Stdio::null()).status();
    !id.trim().is_empty() && asked.is_ok_and(|status| status.success())
}

fn until(mut holds: impl FnMut() -> bool) -> bool {
    let limit = Instant::now() + Duration::from_secs(20);
    while Instant::now() < limit {
        if holds() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    holds()
}

#[test]
fn it_is_started_asked_and_stopped_with_run_alone() {
    let place = tempfile::tempdir().expect("a folder");
    let port = free_port();
    fs::write(place.path().join("donegate.yaml"), dod(&server(), port, "30s")).expect("a file");
    let (outcome, step, output) = check(place.path(), port, &["--run"]);
    assert_eq!(("pass", Some(0)), (outcome.as_str(), output.status.code()), "{step}");
    assert!(!listens(port), "it is stopped");
    let (outcome, _, _) = check(place.path(), port, &[]);
    assert_eq!("no-evidence", outcome, "without --run nothing is started");
    let taken = TcpListener::bind(("127.0.0.1", port)).expect("the port");
    thread::spawn(move || {
        for stream in taken.incoming() {
            let mut stream = stream.expect("a stream");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    let (outcome, step, _) = check(place.path(), port, &["--run"]);
    assert_eq!("no-evidence", outcome, "what answers is not what was started");
    assert!(step.contains("answers before the service is started"), "{step}");
}

#[test]
fn a_change_cannot_bring_its_own() {
    let place = tempfile::tempdir().expect("a folder");
    let (port, path) = (free_port(), place.path().join("donegate.yaml"));
    git(place.path(), &["init", "-q"]);
    fs::write(&path, format!("version: 1\n{RULE}")).expect("a file");
    git(place.path(), &["add", "."]);
    git(place.path(), &["commit", "-q", "-m", "one"]);
    fs::write(&path, dod(&server(), port, "30s")).expect("a file");
    let (outcome, step, _) = check(place.path(), port, &["--run"]);
    assert_eq!("no-evidence", outcome);
    assert!(step.contains("the base's DoD does not have it"), "{step}");
    git(place.path(), &["add", "."]);
    git(place.path(), &["commit", "-q", "-m", "two"]);
    git(place.path(), &["checkout", "-q", "-b", "change"]);
    fs::write(place.path().join("a.txt"), "x").expect("a file");
    let (outcome, step, _) = check(place.path(), port, &["--run"]);
    assert_eq!("pass", outcome, "{step}");
}

#[test]
fn what_ends_or_is_late_is_no_evidence_and_leaves_nothing() {
    let place = tempfile::tempdir().expect("a folder");
    let (port, path) = (free_port(), place.path().join("donegate.yaml"));
    fs::write(&path, dod("[sh, -c, \"echo boom >&2; exit 3\"]", port, "30s")).expect("a file");
    let (outcome, step, _) = check(place.path(), port, &["--run"]);
    assert_eq!("no-evidence", outcome);
    assert!(step.contains("boom") && step.contains("ended before it was ready"), "{step}");
    fs::write(&path, dod("[no-such-program-here]", port, "30s")).expect("a file");
    let (outcome, step, _) = check(place.path(), port, &["--run"]);
    assert!(outcome == "no-evidence" && step.contains("no such program"), "{step}");
    let script = "[sh, -c, \"trap '' TERM; sleep 300 & echo $! > child; wait; sleep 300\"]";
    fs::write(&path, dod(script, port, "500ms")).expect("a file");
    let started = Instant::now();
    let (outcome, step, _) = check(place.path(), port, &["--run"]);
    assert!(outcome == "no-evidence" && step.contains("did not answer within 500ms"), "{step}");
    assert!(started.elapsed() < Duration::from_secs(60));
    assert!(until(|| !lives(&place.path().join("child"))), "its whole group ends");
}

#[test]
fn a_signal_that_ends_the_program_ends_it_too() {
    let place = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let script = "[sh, -c, \"echo $$ > child; sleep 300\"]";
    fs::write(place.path().join("donegate.yaml"), dod(script, port, "60s")).expect("a file");
    let mut run = program(place.path(), port, &["--run"]).stdout(Stdio::null()).spawn().expect("the program runs");
    let child = place.path().join("child");
    assert!(until(|| lives(&child)), "it is started");
    let told = Command::new("kill").args(["-TERM", &run.id().to_string()]).status().expect("kill");
    assert!(told.success());
    assert!(!run.wait().expect("it ends").success());
    assert!(until(|| !lives(&child)), "it ends with the program");
}

#[test]
fn what_is_no_service_is_wrong_use() {
    let place = tempfile::tempdir().expect("a folder");
    for serve in [
        "[]",
        "{ run: [], ready: \"http://localhost:1/\" }",
        "{ ready: \"http://localhost:1/\" }",
        "{ run: [a] }",
        "{ run: [a], ready: \"http://example.com/\" }",
        "{ run: a, ready: \"http://localhost:1/\" }",
        "{ run: [a], ready: \"http://localhost:1/\", shell: true }",
    ] {
        fs::write(place.path().join("donegate.yaml"), format!("version: 1\nserve: {serve}\n{RULE}")).expect("a file");
        let (_, _, output) = check(place.path(), 1, &[]);
        assert_eq!(Some(2), output.status.code(), "{serve}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
