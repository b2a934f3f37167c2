//! A claim held against what was measured, key by key.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::domain::change::ChangeStatus;
use crate::verdict::{Proof, Report};

/// What holding one key came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agrees {
    Yes,
    No,
    /// It could be measured, and the proof is not there.
    Unproven,
    /// Nothing measures it.
    NotMeasured,
}

/// One key of a claim.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) key: String,
    pub(super) claimed: String,
    pub(super) measured: String,
    pub(super) proof: String,
    pub(super) agrees: Agrees,
}

/// Keys that say of a claim who and when, or that no program can measure.
const SAID: [&str; 11] = [
    "nextTaskId",
    "dependencies",
    "blockers",
    "errorDetails",
    "rollbackSteps",
    "approvalReason",
    "summary",
    "notes",
    "knowledgeStored",
    "learnings",
    "rollbackRequired",
];

/// Every key of a claim of the right shape against a report.
pub(super) fn lines(claim: &Map<String, Value>, report: &Report) -> Vec<Line> {
    let mut lines = vec![value_line(
        "status",
        claim["status"].as_str().unwrap_or_default(),
        report.verdict.name(),
        &report.headline(),
    )];
    for (key, wanted) in [
        ("filesChanged", [ChangeStatus::Modified, ChangeStatus::Renamed]),
        ("filesCreated", [ChangeStatus::Added, ChangeStatus::Added]),
        ("filesDeleted", [ChangeStatus::Deleted, ChangeStatus::Deleted]),
    ] {
        let measured = report.changes.as_ref().map(|changes| {
            let files = changes.files.iter().filter(|file| wanted.contains(&file.status));
            files.map(|file| file.path.as_str()).collect()
        });
        lines.extend(claim.get(key).map(|claimed| paths_line(key, claimed, measured, report)));
    }
    let added = report.changes.as_ref().map(|_| report.metrics.tests_added.iter().map(String::as_str).collect());
    lines.extend(claim.get("testsAdded").map(|claimed| paths_line("testsAdded", claimed, added, report)));
    if let Some(claimed) = claim.get("testsPassed").and_then(Value::as_bool) {
        let measured = report.metrics.tests_passed;
        lines.push(proven_line(
            "testsPassed",
            claimed.to_string(),
            measured.map(|passed| (passed.to_string(), passed == claimed)),
            &report.metrics.tests_proof,
        ));
    }
    if let Some(claimed) = claim.get("testCoverage") {
        let measured = report.metrics.line_coverage;
        lines.push(proven_line(
            "testCoverage",
            claimed.to_string(),
            measured.map(|percent| (percent.to_string(), same_percent(claimed, percent))),
            &report.metrics.coverage_proof,
        ));
    }
    if let Some(claimed) = claim.get("approvalNeeded").and_then(Value::as_bool) {
        let needed = crate::report::approval_needed(report);
        lines.push(value_line("approvalNeeded", &claimed.to_string(), &needed.to_string(), "open decisions and risks"));
    }
    if let Some(claimed) = claim.get("riskLevel").and_then(Value::as_str) {
        let risks = report.changes.iter().flat_map(|changes| &changes.risks);
        let measured = risks.max_by_key(|risk| risk.level);
        let proof = measured.map_or_else(
            || "the change set has no risk".to_owned(),
            |risk| {
                format!("{}{}: {}", risk.file, risk.line.map(|line| format!(":{line}")).unwrap_or_default(), risk.why)
            },
        );
        lines.push(value_line("riskLevel", claimed, measured.map_or("none", |risk| risk.level.name()), &proof));
    }
    for key in SAID {
        lines.extend(claim.get(key).map(|claimed| Line {
            key: key.to_owned(),
            claimed: claimed.to_string(),
            measured: String::new(),
            proof: "nothing measures this".to_owned(),
            agrees: Agrees::NotMeasured,
        }));
    }
    lines
}

fn value_line(key: &str, claimed: &str, measured: &str, proof: &str) -> Line {
    Line {
        key: key.to_owned(),
        claimed: claimed.to_owned(),
        measured: measured.to_owned(),
        proof: proof.to_owned(),
        agrees: if claimed == measured { Agrees::Yes } else { Agrees::No },
    }
}

fn proven_line(key: &str, claimed: String, measured: Option<(String, bool)>, proof: &Proof) -> Line {
    let proof = match proof {
        Proof::Reports(paths) => paths.join(", "),
        Proof::Missing(why) => why.clone(),
        Proof::NotAsked => "it was not collected".to_owned(),
    };
    match measured {
        Some((measured, same)) => {
            Line { key: key.to_owned(), claimed, measured, proof, agrees: if same { Agrees::Yes } else { Agrees::No } }
        }
        None => {
            Line { key: key.to_owned(), claimed, measured: "not known".to_owned(), proof, agrees: Agrees::Unproven }
        }
    }
}

fn paths_line(key: &str, claimed: &Value, measured: Option<BTreeSet<&str>>, report: &Report) -> Line {
    let claimed: BTreeSet<&str> = claimed.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let count = |paths: &BTreeSet<&str>| format!("{} files", paths.len());
    let Some(measured) = measured else {
        let why = report.notes.iter().find(|note| note.contains("change set")).cloned();
        return Line {
            key: key.to_owned(),
            claimed: count(&claimed),
            measured: "not known".to_owned(),
            proof: why.unwrap_or_else(|| "the change set is not known".to_owned()),
            agrees: Agrees::Unproven,
        };
    };
    let base = report.changes.as_ref().and_then(|changes| changes.base.clone()).unwrap_or_default();
    let mut proof = vec![format!("git, against {}", base.get(..12).unwrap_or(&base))];
    let list = |paths: Vec<&str>| paths.join(", ");
    let extra: Vec<&str> = claimed.difference(&measured).copied().collect();
    let missed: Vec<&str> = measured.difference(&claimed).copied().collect();
    if !extra.is_empty() {
        proof.push(format!("claimed and not so: {}", list(extra)));
    }
    if !missed.is_empty() {
        proof.push(format!("so and not claimed: {}", list(missed)));
    }
    Line {
        key: key.to_owned(),
        claimed: count(&claimed),
        measured: count(&measured),
        agrees: if claimed == measured { Agrees::Yes } else { Agrees::No },
        proof: proof.join("; "),
    }
}

/// Whether a claimed percentage is the measured one, cut or rounded to as many decimals as the claim has.
fn same_percent(claimed: &Value, measured: f64) -> bool {
    let text = claimed.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len().min(9));
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    let claimed = claimed.as_f64().unwrap_or(f64::NAN) * scale;
    let near = |value: f64| (claimed - value).abs() < 1e-6;
    near((measured * scale).floor()) || near((measured * scale).round()) || near(measured * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_agrees_to_the_decimals_that_it_has() {
        for (claimed, agrees) in [
            ("94", true),
            ("95", true),
            ("94.7", true),
            ("94.68", true),
            ("94.69", false),
            ("96", false),
            ("93", false),
        ] {
            let value: Value = serde_json::from_str(claimed).expect("a number");
            assert_eq!(agrees, same_percent(&value, 94.681), "{claimed}");
        }
    }
}
