//! The gate guards itself: what the head's DoD asks less than the base's, difference by difference.
//!
//! Which way a parameter grows stricter is told by its name. What has changed and has no direction is shown too, at a level
//! that waits for nobody.

use serde_json::Value as Json;

use crate::dod::{Plan, PlannedRule, Waiver};
use crate::domain::change::{Risk, RiskLevel};

/// The kind of these risks.
pub(super) const KIND: &str = "weakened-gate";

/// More is stricter: demands of at least so much.
const AT_LEAST: &[&str] = &[
    "lines",
    "branches",
    "functions",
    "statements",
    "changed-lines",
    "min-passed",
    "min-rps",
    "documented",
    "implemented",
    "reached",
    "load-factor",
];

/// Less is stricter: demands of at most so much.
const AT_MOST: &[&str] = &[
    "max-failed",
    "max-skipped",
    "critical",
    "high",
    "medium",
    "low",
    "info",
    "unknown",
    "max-size",
    "p50",
    "p95",
    "p99",
    "error-rate",
    "max-bytes",
    "within",
    "valid-for",
];

/// Lists that demand: what is taken away is demanded no more.
const DEMANDS: &[&str] = &["require", "exists", "absent", "headings", "covers", "files", "scope", "needs", "none-of"];

/// Lists and switches that excuse: what is added is excused.
const EXCUSES: &[&str] = &["exclude", "ignore", "allow", "any-of", "allow-unused", "only-fixable"];

/// Words from the laxest to the strictest.
const SCALES: &[(&str, &[&str])] = &[
    ("unlisted", &["warn", "count", "fail"]),
    ("measure", &["compressed", "unpacked"]),
    ("approve-at", &["critical", "high", "medium", "low"]),
    ("committed-env", &["allow", "forbid"]),
];

/// What the head's plan asks less than the base's.
pub(super) fn weakened(base: &Plan, head: &Plan) -> Vec<Risk> {
    let file = head.files.last().map_or("donegate.yaml", |file| file.path.as_str());
    let mut risks = Vec::new();
    for old in base.rules.iter().filter(|rule| !rule.off) {
        match head.rules.iter().find(|rule| rule.id == old.id) {
            None => risks.push(risk(file, None, RiskLevel::High, format!("the rule `{}` is gone", old.id))),
            Some(new) => compare(old, new, file, &mut risks),
        }
    }
    for waiver in head.waivers.iter().filter(|waiver| !is_old(waiver, &base.waivers)) {
        let what = waiver.matches.as_deref().map(|matches| format!(" for {matches}")).unwrap_or_default();
        let why = format!("a new waiver of `{}`{what} until {} ({})", waiver.rule, waiver.until, waiver.reason);
        risks.push(risk(&waiver.place.file, Some(waiver.place.line), RiskLevel::High, why));
    }
    if head.self_attest && !base.self_attest {
        risks.push(risk(file, None, RiskLevel::High, "`self-attest` lets a change approve itself".to_owned()));
    }
    if head.baseline != base.baseline && head.rules.iter().any(|rule| rule.new_only) {
        let shown = |plan: &Plan| plan.baseline.as_deref().unwrap_or("the base's tree").to_owned();
        let why = format!("what is new is told by another baseline: {} -> {}", shown(base), shown(head));
        risks.push(risk(file, None, RiskLevel::High, why));
    }
    let longer = match (base.max_age, head.max_age) {
        (Some(old), Some(new)) => new.seconds() > old.seconds(),
        (None, Some(new)) => new.seconds() > crate::domain::units::Span::days(30).seconds(),
        _ => false,
    };
    if longer {
        risks.push(risk(file, None, RiskLevel::High, "`max-age` takes older evidence".to_owned()));
    }
    risks
}

/// What a DoD that is gone asked for.
pub(super) fn removed(base: &Plan, path: &str) -> Risk {
    let rules = base.rules.iter().filter(|rule| !rule.off).count();
    risk(path, None, RiskLevel::High, format!("the Definition of Done is gone, and its {rules} rules with it"))
}

fn risk(file: &str, line: Option<u32>, level: RiskLevel, why: String) -> Risk {
    Risk { kind: KIND.to_owned(), level, file: file.to_owned(), line, why }
}

fn is_old(waiver: &Waiver, base: &[Waiver]) -> bool {
    base.iter().any(|old| old.rule == waiver.rule && old.matches == waiver.matches && old.until >= waiver.until)
}

fn compare(old: &PlannedRule, new: &PlannedRule, file: &str, risks: &mut Vec<Risk>) {
    let own = !new.place.file.starts_with("profile:");
    let (at, line) = if own { (&*new.place.file, Some(new.place.line)) } else { (file, None) };
    let id = &old.id;
    let mut say = |level: RiskLevel, why: String| risks.push(risk(at, line, level, why));
    if new.off {
        say(RiskLevel::High, format!("the rule `{id}` is switched off"));
        return;
    }
    if old.check.name() != new.check.name() {
        say(RiskLevel::High, format!("`{id}` was a `{}` rule and is a `{}` rule", old.check.name(), new.check.name()));
        return;
    }
    if old.severity.decides() && !new.severity.decides() {
        let (from, to) = (old.severity.name(), new.severity.name());
        say(RiskLevel::High, format!("`{id}` decides no more: severity {from} -> {to}"));
    }
    if new.stage > old.stage {
        say(RiskLevel::High, format!("`{id}` is due later: stage {} -> {}", old.stage.name(), new.stage.name()));
    }
    let when = |rule: &PlannedRule| rule.when.as_ref().map(|when| when.source().to_owned());
    match (when(old), when(new)) {
        (None, Some(new)) => say(RiskLevel::High, format!("`{id}` applies only when {new}")),
        (Some(old), Some(new)) if old != new => say(RiskLevel::High, format!("`{id}` applies when {old} -> {new}")),
        _ => {}
    }
    if new.new_only && !old.new_only {
        say(RiskLevel::High, format!("`{id}` counts only what is new"));
    }
    let mut found = Vec::new();
    parameters("", &old.parameters, &new.parameters, &mut found);
    for (level, difference) in found {
        say(level, format!("`{id}` {difference}"));
    }
}

/// Differences of parameters that make a rule weaker, or that have no direction.
fn parameters(path: &str, old: &Json, new: &Json, found: &mut Vec<(RiskLevel, String)>) {
    if old == new {
        return;
    }
    let key = path.rsplit('.').next().unwrap_or(path);
    let shown = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let tell = format!("asks less: {path} {} -> {}", shown(old), shown(new));
    if let (Json::Object(before), Json::Object(after)) = (old, new) {
        for (name, value) in before {
            let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            match after.get(name) {
                Some(now) => parameters(&inner, value, now, found),
                None if EXCUSES.contains(&name.as_str()) => {}
                None => found.push((RiskLevel::High, format!("asks less: {inner} {} is gone", shown(value)))),
            }
        }
        for (name, value) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
            if EXCUSES.contains(&name.as_str()) && *value != Json::Bool(false) {
                let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                found.push((RiskLevel::High, format!("excuses more: {inner} {}", shown(value))));
            }
        }
        return;
    }
    let weaker = match weaker(key, old, new) {
        Some(true) => (RiskLevel::High, tell),
        Some(false) => return,
        None => (RiskLevel::Medium, format!("asks for something else: {path} {} -> {}", shown(old), shown(new))),
    };
    found.push(weaker);
}

/// Whether the new value of a parameter asks less; none where that cannot be told.
fn weaker(key: &str, old: &Json, new: &Json) -> Option<bool> {
    if let Some((_, scale)) = SCALES.iter().find(|(name, _)| *name == key) {
        let rank = |value: &Json| scale.iter().position(|word| value.as_str() == Some(word));
        return Some(rank(new)? < rank(old)?);
    }
    let list = |value: &Json| -> Vec<Json> {
        match value {
            Json::Array(items) => items.clone(),
            other => vec![other.clone()],
        }
    };
    if DEMANDS.contains(&key) {
        let after = list(new);
        return Some(list(old).iter().any(|item| !after.contains(item)));
    }
    if EXCUSES.contains(&key) {
        let before = list(old);
        return Some(*new != Json::Bool(false) && list(new).iter().any(|item| !before.contains(item)));
    }
    if let (Json::Bool(before), Json::Bool(after)) = (old, new) {
        return Some(*before && !*after);
    }
    let (before, after) = (amount(old)?, amount(new)?);
    if AT_LEAST.contains(&key) {
        return Some(after < before);
    }
    AT_MOST.contains(&key).then_some(after > before)
}

/// A number with its unit; `>90` lies just above 90.
fn amount(value: &Json) -> Option<f64> {
    let text = match value {
        Json::Number(number) => return number.as_f64(),
        Json::String(text) => text.trim(),
        _ => return None,
    };
    let above = text.starts_with('>') && !text.starts_with(">=");
    let text = text.trim_start_matches(['>', '<', '=']).trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    let factor = match text[end..].trim() {
        "" | "%" | "B" | "ms" | "x" => 1.0,
        "kB" | "KB" | "s" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "KiB" => 1_024.0,
        "MiB" => 1_048_576.0,
        "GiB" => 1_073_741_824.0,
        "m" | "min" => 6e4,
        "h" => 3.6e6,
        "d" => 8.64e7,
        _ => return None,
    };
    Some(number.mul_add(factor, if above { 1e-9 } else { 0.0 }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(old: &Json, new: &Json) -> Vec<RiskLevel> {
        let mut found = Vec::new();
        parameters("", old, new, &mut found);
        found.into_iter().map(|(level, _)| level).collect()
    }

    #[test]
    fn what_asks_less_is_grave_and_what_asks_more_is_nothing() {
        for (old, new, weaker) in [
            (json!({"lines": 90}), json!({"lines": 80}), true),
            (json!({"lines": 80}), json!({"lines": 90}), false),
            (json!({"lines": ">90"}), json!({"lines": 90}), true),
            (json!({"lines": 90, "branches": 80}), json!({"lines": 90}), true),
            (json!({"per-file": {"lines": 60}}), json!({"per-file": {"lines": 50}}), true),
            (json!({"max": {"high": 0}}), json!({"max": {"high": 3}}), true),
            (json!({"max": {"high": 3}}), json!({"max": {"high": 0}}), false),
            (json!({"max-size": "500MB"}), json!({"max-size": "1GB"}), true),
            (json!({"max-size": "1GB"}), json!({"max-size": "500MB"}), false),
            (json!({"p95": "100ms"}), json!({"p95": "1s"}), true),
            (json!({"require": ["a", "b"]}), json!({"require": ["a"]}), true),
            (json!({"require": ["a"]}), json!({"require": ["a", "b"]}), false),
            (json!({"lines": 90}), json!({"lines": 90, "exclude": ["src/**"]}), true),
            (json!({"exclude": ["a"]}), json!({"exclude": ["a", "b"]}), true),
            (json!({"exclude": ["a", "b"]}), json!({"exclude": ["a"]}), false),
            (json!({"no-drop": true}), json!({"no-drop": false}), true),
            (json!({"unlisted": "fail"}), json!({"unlisted": "warn"}), true),
        ] {
            let expected = if weaker { vec![RiskLevel::High] } else { Vec::new() };
            assert_eq!(expected, told(&old, &new), "{old} -> {new}");
        }
    }

    #[test]
    fn what_has_no_direction_is_shown() {
        assert_eq!(vec![RiskLevel::Medium], told(&json!({"path": "/health"}), &json!({"path": "/"})));
    }
}
