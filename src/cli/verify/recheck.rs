//! A report that donegate printed earlier, checked again: its evidence is hashed again, its rules are judged again.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::compare::{Agrees, Line};
use crate::domain::outcome::Stage;
use crate::verdict::Report;

/// What keeps a JSON object from being a report.
pub(super) fn mistakes(claim: &Map<String, Value>) -> Vec<String> {
    let mut wrong = Vec::new();
    if claim.get("version").and_then(Value::as_u64) != Some(1) {
        wrong.push("`version` is not 1: this donegate does not know the report's shape".to_owned());
    }
    if claim.get("verdict").and_then(Value::as_str).is_none() {
        wrong.push("`verdict` is no text: where nothing was judged there is nothing to check again".to_owned());
    }
    if let Err(why) = stage(claim) {
        wrong.push(why);
    }
    match claim.get("rules").and_then(Value::as_array) {
        None => wrong.push("`rules` is no list".to_owned()),
        Some(rules) => wrong.extend(rules.iter().enumerate().filter_map(|(index, rule)| {
            let whole = rule["id"].is_string() && rule["outcome"].is_string() && rule["evidence"].is_array();
            (!whole).then(|| format!("`rules[{index}]` has no id, no outcome or no evidence"))
        })),
    }
    if claim.get("partial").is_some_and(Value::is_string) {
        wrong.push("the report is partial: it claims nothing about the rules that were left out".to_owned());
    }
    wrong
}

/// The stage that a report speaks of.
///
/// # Errors
/// It names none that is known.
pub(super) fn stage(claim: &Map<String, Value>) -> Result<Stage, String> {
    let named = claim.get("stage").and_then(Value::as_str);
    [Stage::Commit, Stage::Ci, Stage::Release]
        .into_iter()
        .find(|stage| Some(stage.name()) == named)
        .ok_or_else(|| "`stage` is none of commit, ci, release".to_owned())
}

/// Every rule and every piece of evidence of a report against a new one.
pub(super) fn lines(claim: &Map<String, Value>, report: &Report) -> Vec<Line> {
    let mut lines = vec![line("verdict", text(claim.get("verdict")), report.verdict.name(), &report.headline())];
    let files: BTreeMap<&str, &str> =
        report.dod_files.iter().map(|(path, sha256)| (path.as_str(), sha256.as_str())).collect();
    for file in claim.get("dod").and_then(|dod| dod["files"].as_array()).into_iter().flatten() {
        let path = text(file.get("path"));
        let now = files.get(path).copied().unwrap_or("not there");
        lines.push(line(path, text(file.get("sha256")), now, "the Definition of Done"));
    }
    let judged: BTreeMap<&str, _> = report.rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    for claimed in claim.get("rules").and_then(Value::as_array).into_iter().flatten() {
        let id = text(claimed.get("id"));
        let Some(rule) = judged.get(id) else {
            lines.push(line(id, text(claimed.get("outcome")), "no such rule", "the Definition of Done"));
            continue;
        };
        let proof =
            if rule.measured.is_empty() { rule.next_step.clone().unwrap_or_default() } else { rule.measured.clone() };
        lines.push(line(id, text(claimed.get("outcome")), rule.outcome.name(), &proof));
        let hashes: BTreeMap<&str, &str> =
            rule.evidence.iter().map(|source| (source.path.as_str(), source.sha256.as_str())).collect();
        for source in claimed["evidence"].as_array().into_iter().flatten() {
            let path = text(source.get("path"));
            let now = hashes.get(path).copied().unwrap_or("not there");
            lines.push(line(&format!("{id}: {path}"), text(source.get("sha256")), now, "sha256 of the evidence"));
        }
    }
    let known = |id: &str| {
        claim.get("rules").and_then(Value::as_array).into_iter().flatten().any(|rule| text(rule.get("id")) == id)
    };
    for rule in report.rules.iter().filter(|rule| !known(&rule.id)) {
        lines.push(line(&rule.id, "not claimed", rule.outcome.name(), "the Definition of Done"));
    }
    lines
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

fn line(key: &str, claimed: &str, measured: &str, proof: &str) -> Line {
    Line {
        key: key.to_owned(),
        claimed: claimed.to_owned(),
        measured: measured.to_owned(),
        proof: proof.to_owned(),
        agrees: if claimed == measured { Agrees::Yes } else { Agrees::No },
    }
}
