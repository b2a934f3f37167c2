//! `donegate query` answers one thing about a report, and says so where it cannot.

use std::io::Write;
use std::process::{Command, Stdio};

use super::support::DONEGATE;

fn query(expression: &str, report: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(DONEGATE)
        .args(["query", expression])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child.stdin.take().expect("a pipe").write_all(report.as_bytes()).expect("the report is read");
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

const REPORT: &str = r#"{"verdict": "failed", "counts": {"pass": 2}, "rules": [{"id": "a", "outcome": "fail"}]}"#;

#[test]
fn a_text_is_bare_and_everything_else_is_json() {
    assert_eq!((Some(0), "failed\n".to_owned(), String::new()), query("verdict", REPORT));
    assert_eq!("2\n", query("counts.pass", REPORT).1);
    assert_eq!("[\"a\"]\n", query("rules.filter(r, r.outcome == 'fail').map(r, r.id)", REPORT).1);
    assert_eq!("true\n", query("verdict != 'complete'", REPORT).1);
}

#[test]
fn what_is_not_there_is_an_error_and_never_null() {
    for (expression, report, said) in [
        ("verdct", REPORT, "did you mean `verdict`?"),
        ("counts.fail", REPORT, "`fail` is not known"),
        ("verdict +", REPORT, "cannot be read"),
        ("verdict", "[]", "expected a JSON object"),
        ("verdict", "", "is no JSON"),
    ] {
        let (code, out, error) = query(expression, report);
        assert_eq!((Some(2), ""), (code, out.as_str()), "{expression}");
        assert!(error.contains(said), "{expression}: {error}");
    }
}
