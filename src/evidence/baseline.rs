//! An earlier report of donegate's own (`--format json`), for what was wrong before the change: the findings of each rule
//! that was decided, by fingerprint.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::facts::Problem;

/// A report over this size is refused: 256 MiB.
pub const MAX_BYTES: u64 = 256 << 20;

/// How often each fingerprint stands, by rule. A rule that is not in it was not decided.
pub type Known = BTreeMap<String, BTreeMap<String, usize>>;

#[derive(Deserialize)]
struct Report {
    version: u64,
    verdict: Option<String>,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    id: String,
    outcome: String,
    #[serde(default)]
    findings: Vec<One>,
    #[serde(default)]
    known: Vec<One>,
    #[serde(default)]
    waivers: Vec<Waived>,
}

#[derive(Deserialize)]
struct One {
    fingerprint: String,
}

#[derive(Deserialize)]
struct Waived {
    finding: One,
}

/// Reads a report.
///
/// # Errors
/// It is no report, or one of a run that judged nothing.
pub fn read(path: &str, bytes: &[u8]) -> Result<Known, Problem> {
    let problem = |line: Option<u32>, why: String| Problem { path: path.to_owned(), line, why };
    let report: Report = serde_json::from_slice(bytes).map_err(|error| {
        let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
        problem(line, format!("no report of `donegate check --format json`: {error}"))
    })?;
    if report.version != 1 {
        return Err(problem(None, format!("a report of version {}: this donegate reads version 1", report.version)));
    }
    if report.verdict.is_none() {
        return Err(problem(None, "the report of a run that judged nothing".to_owned()));
    }
    let mut known = Known::new();
    for rule in report.rules {
        if !matches!(rule.outcome.as_str(), "pass" | "fail" | "waived") {
            continue;
        }
        let prints: &mut BTreeMap<String, usize> = known.entry(rule.id).or_default();
        let waived = rule.waivers.into_iter().map(|one| one.finding);
        for one in rule.findings.into_iter().chain(rule.known).chain(waived) {
            *prints.entry(one.fingerprint).or_default() += 1;
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rules_that_were_decided_are_a_baseline() {
        let text = r#"{"version": 1, "verdict": "failed", "rules": [
            {"id": "a", "outcome": "fail", "findings": [{"fingerprint": "1"}, {"fingerprint": "1"}],
             "known": [{"fingerprint": "2"}], "waivers": [{"finding": {"fingerprint": "3"}}]},
            {"id": "b", "outcome": "no-evidence", "findings": [{"fingerprint": "1"}]},
            {"id": "c", "outcome": "pass"}]}"#;
        let known = read("r.json", text.as_bytes()).expect("a report");
        assert_eq!(vec!["a", "c"], known.keys().collect::<Vec<_>>());
        assert_eq!(
            vec![("1", 2), ("2", 1), ("3", 1)],
            known["a"].iter().map(|(k, n)| (k.as_str(), *n)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn what_is_no_report_is_refused_with_its_line() {
        for text in ["", "{}", "[]", "{\"version\": 2, \"verdict\": \"failed\", \"rules\": []}"] {
            read("r.json", text.as_bytes()).expect_err(text);
        }
        read("r.json", br#"{"version": 1, "verdict": null, "rules": []}"#).expect_err("nothing was judged");
        let problem = read("r.json", b"{\n  \"version\": x}").expect_err("no JSON");
        assert_eq!(Some(2), problem.line);
    }
}
