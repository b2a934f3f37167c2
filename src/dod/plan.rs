//! Validated and planned: the merged tree to typed rules, every mistake at its place.

use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use crate::checks::{self, CHECKS, Check};
use crate::domain::expression::Expression;
use crate::domain::node::{Key, Mistake, Node, Value, nearest};
use crate::domain::outcome::{Section, Severity, Stage};
use crate::domain::units::Span;
use crate::facts::AreaName;
use crate::repo::http;

use super::extend::{Merged, OFF, is_off};
use super::written::{KEYS, unknown};
use super::{EvidencePlaces, Plan, PlannedRule, Serve, Waiver};

/// The names that `when` may use: what the tree alone tells, never evidence.
pub(super) const WHEN: &[&str] = &["languages", "frameworks", "files"];

/// The keys of a rule beside its check.
const RULE_KEYS: &[&str] = &["title", "section", "level", "severity", "stage", "when", "help", "new-only"];
const SERVE_KEYS: &[&str] = &["run", "ready", "within"];
const WAIVER_KEYS: &[&str] = &["rule", "match", "reason", "by", "until"];
/// The areas whose evidence a DoD can place, by the names that it uses.
const EVIDENCE: &[(&str, AreaName)] = &[
    ("coverage", AreaName::Coverage),
    ("tests", AreaName::Tests),
    ("audit", AreaName::Audit),
    ("image", AreaName::Images),
    ("performance", AreaName::Performance),
    ("openapi", AreaName::Openapi),
];

/// Validates a merged DoD.
pub(super) fn plan(merged: &Merged) -> Result<Plan, Vec<Mistake>> {
    let root = &merged.root;
    let mut mistakes = Vec::new();
    let mut plan = Plan {
        agent: optional(root, "agent", &mut mistakes),
        max_age: optional::<Span>(root, "max-age", &mut mistakes),
        self_attest: self_attest(root, &mut mistakes),
        evidence: evidence(root, &mut mistakes),
        serve: serve(root, &mut mistakes),
        baseline: baseline(root, &mut mistakes),
        components: components(root, &mut mistakes),
        rules: rules(root, &mut mistakes),
        ..Plan::default()
    };
    let known = rule_ids(root);
    plan.waivers = waivers(root, &known, &mut mistakes);
    if mistakes.is_empty() && plan.rules.iter().all(|rule| rule.off) {
        let place = root.get("rules").map_or(&root.place, |node| &node.place);
        mistakes.push(
            Mistake::new(place, "no rule is left to judge")
                .with_help("add a rule under `rules:`, or `extends: [service]`"),
        );
    }
    if mistakes.is_empty() { Ok(plan) } else { Err(mistakes) }
}

fn optional<T: DeserializeOwned>(node: &Node, key: &str, mistakes: &mut Vec<Mistake>) -> Option<T> {
    match node.get(key).map(Node::read::<T>)? {
        Ok(value) => Some(value),
        Err(mistake) => {
            mistakes.push(mistake);
            None
        }
    }
}

fn self_attest(root: &Node, mistakes: &mut Vec<Mistake>) -> bool {
    match root.get("self-attest").map(|node| (node, node.as_str())) {
        Some((_, Some("allow"))) => true,
        Some((_, Some("forbid"))) | None => false,
        Some((node, _)) => {
            mistakes.push(Mistake::new(&node.place, "`self-attest` is `allow` or `forbid`"));
            false
        }
    }
}

/// The folders that are components.
fn components(root: &Node, mistakes: &mut Vec<Mistake>) -> Option<Vec<String>> {
    let globs: Vec<String> = optional(root, "components", mistakes)?;
    let at = &root.get("components")?.place;
    for glob in &globs {
        if glob.starts_with('/') || glob.split('/').any(|part| part == "..") || glob.trim().is_empty() {
            mistakes.push(
                Mistake::new(at, format!("`{glob}` is no folder of the repository"))
                    .with_help("name folders with a donegate.yaml: `components: [services/*, web]`"),
            );
        } else if let Err(error) = globset::Glob::new(glob) {
            mistakes.push(Mistake::new(at, format!("`{glob}` is no glob: {}", error.kind())));
        }
    }
    Some(globs)
}

/// The earlier report that says what was wrong before.
fn baseline(root: &Node, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let path: String = optional(root, "baseline", mistakes)?;
    let outside = path.starts_with('/') || path.split('/').any(|part| part == "..") || path.contains("://");
    if outside || path.trim().is_empty() {
        mistakes.push(
            Mistake::new(&root.get("baseline")?.place, format!("`{path}` is no file of the repository"))
                .with_help("name a report of `donegate check --format json` inside of it, or give one by --baseline"),
        );
        return None;
    }
    Some(path)
}

/// The service that can be started. Its URL is one of this machine: what is asked is what was started.
fn serve(root: &Node, mistakes: &mut Vec<Mistake>) -> Option<Serve> {
    let node = root.get("serve")?;
    let before = mistakes.len();
    match &node.value {
        Value::Map(entries) => {
            for (key, _) in entries.iter().filter(|(key, _)| !SERVE_KEYS.contains(&key.name.as_str())) {
                mistakes.push(unknown(key, "`serve`", SERVE_KEYS));
            }
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::List(_) => {
            mistakes.push(Mistake::new(&node.place, format!("`serve` is a map, found {}", node.describe())));
        }
    }
    let run: Vec<String> = optional(node, "run", mistakes).unwrap_or_default();
    let ready: String = optional(node, "ready", mistakes).unwrap_or_default();
    let within = optional(node, "within", mistakes).or_else(|| Span::parse("30s").ok())?;
    if before == mistakes.len() && run.is_empty() {
        mistakes.push(
            Mistake::new(&node.place, "`serve` lacks `run`")
                .with_help("an argument list: `run: [node, dist/server.js]`"),
        );
    }
    if before == mistakes.len() && (http::base(&ready).is_err() || !http::is_local(&ready)) {
        let place = node.get("ready").map_or(&node.place, |ready| &ready.place);
        mistakes.push(
            Mistake::new(place, "`serve` wants as `ready` a URL of this machine")
                .with_help("`ready: http://localhost:8080/health`"),
        );
    }
    (before == mistakes.len()).then_some(Serve { run, ready, within })
}

fn evidence(root: &Node, mistakes: &mut Vec<Mistake>) -> BTreeMap<AreaName, EvidencePlaces> {
    let mut all = BTreeMap::new();
    let Some(node) = root.get("evidence") else { return all };
    let Value::Map(entries) = &node.value else {
        mistakes.push(Mistake::new(&node.place, format!("`evidence` is a map of areas, found {}", node.describe())));
        return all;
    };
    let names: Vec<&str> = EVIDENCE.iter().map(|(name, _)| *name).collect();
    for (key, node) in entries {
        let Some((_, area)) = EVIDENCE.iter().find(|(name, _)| *name == key.name) else {
            mistakes.push(unknown(key, "`evidence`", &names));
            continue;
        };
        let items: Vec<&Node> = match &node.value {
            Value::List(items) => items.iter().collect(),
            _ => vec![node],
        };
        let mut places = EvidencePlaces::default();
        for item in items {
            place(*area, item, &mut places, mistakes);
        }
        if places.globs.is_empty() && places.run.is_empty() {
            mistakes.push(Mistake::new(&node.place, format!("no place is given for `{}`", key.name)));
        }
        all.insert(*area, places);
    }
    all
}

fn place(area: AreaName, item: &Node, places: &mut EvidencePlaces, mistakes: &mut Vec<Mistake>) {
    match &item.value {
        Value::Str(glob) => {
            let outside = glob.starts_with('/') || glob.split('/').any(|part| part == "..");
            if glob.starts_with("docker://") && area == AreaName::Images {
                places.globs.push(glob.clone());
            } else if glob.contains("://") {
                mistakes.push(
                    Mistake::new(&item.place, format!("`{glob}` is no place in the repository"))
                        .with_help("only `image` takes an engine's image: `image: docker://NAME:TAG`"),
                );
            } else if outside || glob.trim().is_empty() {
                mistakes.push(
                    Mistake::new(&item.place, format!("`{glob}` lies outside the repository"))
                        .with_help("name a place inside of it"),
                );
            } else if let Err(error) = globset::Glob::new(glob) {
                mistakes.push(Mistake::new(&item.place, format!("no glob: {}", error.kind())));
            } else {
                places.globs.push(glob.clone());
            }
        }
        Value::Map(entries) => {
            for (key, _) in entries.iter().filter(|(key, _)| key.name != "run") {
                mistakes.push(unknown(key, "a place of evidence", &["run"]));
            }
            match item.get("run").map(Node::read::<Vec<String>>) {
                Some(Ok(argv)) if !argv.is_empty() => places.run.push(argv),
                Some(Ok(_)) | None => mistakes.push(
                    Mistake::new(&item.place, "expected a glob or `run:` with an argument list")
                        .with_help("for example `run: [npm, audit, --json]`"),
                ),
                Some(Err(mistake)) => mistakes.push(mistake),
            }
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::List(_) => {
            mistakes.push(Mistake::new(&item.place, format!("expected a glob, found {}", item.describe())));
        }
    }
}

fn rule_ids(root: &Node) -> Vec<String> {
    match root.get("rules").map(|node| &node.value) {
        Some(Value::Map(entries)) => entries.iter().map(|(key, _)| key.name.clone()).collect(),
        _ => Vec::new(),
    }
}

fn rules(root: &Node, mistakes: &mut Vec<Mistake>) -> Vec<PlannedRule> {
    let Some(node) = root.get("rules") else { return Vec::new() };
    let Value::Map(entries) = &node.value else {
        if node.value != Value::Null {
            let message = format!("`rules` is a map from an id to a rule, found {}", node.describe());
            mistakes.push(Mistake::new(&node.place, message));
        }
        return Vec::new();
    };
    entries.iter().filter_map(|(key, node)| rule(key, node, mistakes)).collect()
}

fn rule(key: &Key, node: &Node, mistakes: &mut Vec<Mistake>) -> Option<PlannedRule> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if key.name.is_empty() || !key.name.chars().all(legal) {
        let message = format!("`{}` is no id: use lower-case letters, digits, `-`, `_` and `.`", key.name);
        mistakes.push(Mistake::new(&key.place, message));
    }
    if is_off(node) {
        mistakes.push(
            Mistake::new(&node.place, format!("`{}` is switched off and is not inherited", key.name))
                .with_help("remove it, or give the rule that is meant"),
        );
        return None;
    }
    let Value::Map(entries) = &node.value else {
        let message = format!("the rule `{}` is a map with a check, or `off`; found {}", key.name, node.describe());
        mistakes.push(Mistake::new(&node.place, message));
        return None;
    };
    let before = mistakes.len();
    let mut found: Vec<(&'static dyn Check, &Key, &Node)> = Vec::new();
    for (name, value) in entries {
        match checks::by_name(&name.name) {
            Some(check) => found.push((check, name, value)),
            None if RULE_KEYS.contains(&name.name.as_str()) || name.name == OFF => {}
            None => mistakes.push(unknown_in_rule(name)),
        }
    }
    let (check, judge, parameters) = match found.as_slice() {
        [(check, _, value)] => match check.parse(value) {
            Ok(judge) => (*check, judge, value.to_json()),
            Err(wrong) => {
                mistakes.extend(wrong);
                return None;
            }
        },
        [] => {
            if mistakes.len() == before {
                let names: Vec<&str> = CHECKS.iter().map(|check| check.name()).collect();
                let help = format!("add one of {}", names.join(", "));
                mistakes
                    .push(Mistake::new(&key.place, format!("the rule `{}` has no check", key.name)).with_help(help));
            }
            return None;
        }
        [_, (_, second, _), ..] => {
            let message = format!("the rule `{}` has a second check: `{}`", key.name, second.name);
            mistakes
                .push(Mistake::new(&second.place, message).with_help("a rule has exactly one check; make two rules"));
            return None;
        }
    };
    let level = optional::<u8>(node, "level", mistakes).unwrap_or(1);
    if let (Some(at), false) = (node.get("level"), (1..=3).contains(&level)) {
        mistakes.push(Mistake::new(&at.place, "`level` is 1 (code quality), 2 (integration) or 3 (business)"));
    }
    let new_only = optional::<bool>(node, "new-only", mistakes).unwrap_or(false);
    if let (Some(at), true) = (node.get("new-only"), new_only && !checks::COMPARABLE.contains(&check.name())) {
        let message =
            format!("`new-only` is not for `{}`: it demands a figure, not that findings are absent", check.name());
        mistakes
            .push(Mistake::new(&at.place, message).with_help(format!("it is for {}", checks::COMPARABLE.join(", "))));
    }
    let rule = PlannedRule {
        id: key.name.clone(),
        title: optional(node, "title", mistakes).unwrap_or_else(|| key.name.clone()),
        section: optional::<Section>(node, "section", mistakes).unwrap_or_else(|| section_of(check.name())),
        level,
        severity: optional::<Severity>(node, "severity", mistakes).unwrap_or_default(),
        stage: optional::<Stage>(node, "stage", mistakes).unwrap_or_else(|| check.stage()),
        when: when(node, mistakes),
        help: optional(node, "help", mistakes),
        check,
        judge,
        parameters,
        new_only,
        off: node.get(OFF).is_some(),
        place: key.place.clone(),
    };
    (mistakes.len() == before).then_some(rule)
}

/// The section of a rule that names none: where a Definition of Done asks for its check.
fn section_of(check: &str) -> Section {
    match check {
        "coverage" | "tests" | "route-tests" => Section::Testing,
        "audit" | "secrets" => Section::Security,
        "performance" => Section::Performance,
        "env" | "openapi" => Section::Documentation,
        "route" | "dockerfile" | "image" => Section::Deployment,
        "attestation" => Section::Handoff,
        _ => Section::Implementation,
    }
}

fn unknown_in_rule(key: &Key) -> Mistake {
    let names: Vec<&str> = CHECKS.iter().map(|check| check.name()).chain(RULE_KEYS.iter().copied()).collect();
    let later = ["route-tests", "openapi", "secrets", "command", "risk"];
    let mistake = Mistake::new(&key.place, format!("there is no check `{}`", key.name));
    if later.contains(&key.name.as_str()) {
        return mistake.with_help("it is planned and not built yet; an `attestation` rule can stand for it today");
    }
    match nearest(&key.name, names.iter().copied()) {
        Some(name) => mistake.with_help(format!("did you mean `{name}`?")),
        None => mistake.with_help(format!("it knows {}", names.join(", "))),
    }
}

fn when(node: &Node, mistakes: &mut Vec<Mistake>) -> Option<Expression> {
    let at = node.get("when")?;
    let source: String = optional(node, "when", mistakes)?;
    match Expression::compile(&source, WHEN) {
        Ok(expression) => Some(expression),
        Err((why, column)) => {
            let mut place = at.place.clone();
            place.column = place.column.saturating_add(column.unwrap_or(1).saturating_sub(1));
            mistakes.push(Mistake::new(&place, why));
            None
        }
    }
}

fn waivers(root: &Node, known: &[String], mistakes: &mut Vec<Mistake>) -> Vec<Waiver> {
    let Some(node) = root.get("waivers") else { return Vec::new() };
    match &node.value {
        Value::Null => Vec::new(),
        Value::List(items) => items.iter().filter_map(|item| waiver(item, known, mistakes)).collect(),
        _ => {
            mistakes.push(Mistake::new(&node.place, format!("`waivers` is a list, found {}", node.describe())));
            Vec::new()
        }
    }
}

fn waiver(item: &Node, known: &[String], mistakes: &mut Vec<Mistake>) -> Option<Waiver> {
    let Value::Map(entries) = &item.value else {
        mistakes.push(Mistake::new(&item.place, format!("a waiver is a map, found {}", item.describe())));
        return None;
    };
    let before = mistakes.len();
    for (key, _) in entries.iter().filter(|(key, _)| !WAIVER_KEYS.contains(&key.name.as_str())) {
        mistakes.push(unknown(key, "a waiver", WAIVER_KEYS));
    }
    for key in ["rule", "reason", "by", "until"] {
        let empty = item
            .get(key)
            .is_some_and(|node| node.value == Value::Null || node.as_str().is_some_and(|text| text.trim().is_empty()));
        if item.get(key).is_none() || empty {
            let message = format!("a waiver without `{key}`");
            mistakes.push(
                Mistake::new(&item.place, message)
                    .with_help("a waiver has a rule, a reason, a name (by) and a date (until)"),
            );
        }
    }
    let waiver = Waiver {
        rule: optional(item, "rule", mistakes).unwrap_or_default(),
        matches: optional(item, "match", mistakes),
        reason: optional(item, "reason", mistakes).unwrap_or_default(),
        by: optional(item, "by", mistakes).unwrap_or_default(),
        until: optional(item, "until", mistakes).unwrap_or_default(),
        place: item.place.clone(),
    };
    if let Some(at) = item.get("rule").filter(|_| !waiver.rule.is_empty() && !known.contains(&waiver.rule)) {
        let mistake = Mistake::new(&at.place, format!("there is no rule `{}` to waive", waiver.rule));
        mistakes.push(match nearest(&waiver.rule, known.iter().map(String::as_str)) {
            Some(name) => mistake.with_help(format!("did you mean `{name}`?")),
            None => mistake,
        });
    }
    if let Some(at) = item.get("until").filter(|_| !waiver.until.is_empty()) {
        let date = waiver.until.parse::<jiff::civil::Date>();
        if !date.is_ok_and(|date| date.to_string() == waiver.until) {
            let message = format!("`{}` is no date: write 2026-12-31", waiver.until);
            mistakes.push(Mistake::new(&at.place, message));
        }
    }
    (mistakes.len() == before).then_some(waiver)
}

/// The JSON Schema (2020-12) of a DoD, made of the list of checks.
#[must_use]
pub fn schema() -> Json {
    let mut generator = SchemaGenerator::default();
    let mut rule = serde_json::Map::new();
    for check in CHECKS {
        rule.insert(check.name().to_owned(), check.schema(&mut generator).to_value());
    }
    for (key, text) in [
        ("title", "What it demands, in a sentence"),
        ("help", "The team's own word on it"),
        ("when", "A CEL expression over languages, frameworks and files"),
    ] {
        rule.insert(key.to_owned(), json!({ "type": "string", "description": text }));
    }
    rule.insert("section".to_owned(), generator.subschema_for::<Section>().to_value());
    rule.insert("severity".to_owned(), generator.subschema_for::<Severity>().to_value());
    rule.insert("stage".to_owned(), generator.subschema_for::<Stage>().to_value());
    rule.insert("level".to_owned(), json!({ "type": "integer", "minimum": 1, "maximum": 3 }));
    let new_only = "Only findings that the base does not have count";
    rule.insert("new-only".to_owned(), json!({ "type": "boolean", "description": new_only }));
    let place = json!({ "anyOf": [
        { "type": "string" },
        { "type": "object", "properties": { "run": { "type": "array", "items": { "type": "string" }, "minItems": 1 } }, "required": ["run"], "additionalProperties": false },
    ] });
    let evidence: serde_json::Map<String, Json> = EVIDENCE
        .iter()
        .map(|(name, _)| ((*name).to_owned(), json!({ "anyOf": [place, { "type": "array", "items": place }] })))
        .collect();
    let text = json!({ "type": "string", "minLength": 1 });
    debug_assert!(KEYS.contains(&"rules"));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Definition of Done",
        "type": "object",
        "required": ["version"],
        "additionalProperties": false,
        "properties": {
            "version": { "const": 1 },
            "extends": { "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] },
            "agent": { "type": "string" },
            "max-age": generator.subschema_for::<Span>().to_value(),
            "baseline": text,
            "components": { "type": "array", "items": text },
            "self-attest": { "enum": ["allow", "forbid"] },
            "evidence": { "type": "object", "properties": evidence, "additionalProperties": false },
            "serve": {
                "type": "object",
                "properties": {
                    "run": { "type": "array", "items": { "type": "string" }, "minItems": 1 },
                    "ready": { "type": "string" },
                    "within": generator.subschema_for::<Span>().to_value(),
                },
                "required": ["run", "ready"],
                "additionalProperties": false,
            },
            "rules": { "type": ["object", "null"], "additionalProperties": { "anyOf": [
                { "enum": ["off", false] },
                { "type": "object", "properties": rule, "additionalProperties": false },
            ] } },
            "waivers": { "type": ["array", "null"], "items": {
                "type": "object",
                "properties": { "rule": text, "match": text, "reason": text, "by": text, "until": { "type": "string", "format": "date" } },
                "required": ["rule", "reason", "by", "until"],
                "additionalProperties": false,
            } },
        },
        "$defs": generator.take_definitions(true),
    })
}
