//! A claim's shape: the keys of DESIGN's TaskOutput and what each must be. Every mistake is told as text that goes back to
//! whoever made the claim.

use serde_json::{Map, Value};

use crate::domain::node::nearest;

/// What a key must be.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Uuid,
    Uuids,
    Text,
    Words(&'static [&'static str]),
    Time,
    Paths,
    Texts,
    Truth,
    Percent,
    Error,
}

/// Every key: its name, what it must be, whether it must be there.
const KEYS: &[(&str, Kind, bool)] = &[
    ("taskId", Kind::Uuid, true),
    ("agentName", Kind::Text, true),
    ("status", Kind::Words(&["complete", "blocked", "failed", "needs_approval"]), true),
    ("completedAt", Kind::Time, true),
    ("filesChanged", Kind::Paths, true),
    ("filesCreated", Kind::Paths, false),
    ("filesDeleted", Kind::Paths, false),
    ("testsAdded", Kind::Paths, false),
    ("testsPassed", Kind::Truth, false),
    ("testCoverage", Kind::Percent, false),
    ("nextTaskId", Kind::Uuid, false),
    ("dependencies", Kind::Uuids, false),
    ("blockers", Kind::Texts, false),
    ("errorDetails", Kind::Error, false),
    ("rollbackRequired", Kind::Truth, true),
    ("rollbackSteps", Kind::Texts, false),
    ("approvalNeeded", Kind::Truth, true),
    ("approvalReason", Kind::Text, false),
    ("riskLevel", Kind::Words(LEVELS), false),
    ("summary", Kind::Text, true),
    ("notes", Kind::Text, false),
    ("knowledgeStored", Kind::Truth, false),
    ("learnings", Kind::Texts, false),
];

const LEVELS: &[&str] = &["low", "medium", "high", "critical"];

/// The keys of `errorDetails`, all of which must be there.
const ERROR_KEYS: &[(&str, Kind)] = &[
    ("type", Kind::Text),
    ("message", Kind::Text),
    ("stackTrace", Kind::Text),
    ("component", Kind::Text),
    ("severity", Kind::Words(LEVELS)),
];

/// Every mistake in a claim's shape, in the order of its keys; none where it is a TaskOutput.
pub(super) fn mistakes(claim: &Map<String, Value>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, kind, required) in KEYS {
        match claim.get(*name) {
            Some(value) => check(name, *kind, value, &mut wrong),
            None if *required => wrong.push(format!("`{name}` is missing: expected {}", expected(*kind))),
            None => {}
        }
    }
    let names = KEYS.iter().map(|(name, _, _)| *name);
    for key in claim.keys().filter(|key| !names.clone().any(|name| name == *key)) {
        let help = nearest(key, names.clone()).map(|name| format!(": did you mean `{name}`?")).unwrap_or_default();
        wrong.push(format!("`{key}` is no key of a TaskOutput{help}"));
    }
    for (status, key) in [("blocked", "blockers"), ("failed", "errorDetails")] {
        if claim.get("status").and_then(Value::as_str) == Some(status) && !claim.contains_key(key) {
            wrong.push(format!("`{key}` is missing: it is there whenever the status is {status}"));
        }
    }
    wrong.extend(overlaps(claim));
    wrong
}

/// Changed, created and deleted files are disjoint.
fn overlaps(claim: &Map<String, Value>) -> Vec<String> {
    let paths = |key: &str| -> Vec<&str> {
        claim.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let mut wrong = Vec::new();
    for (one, other) in
        [("filesChanged", "filesCreated"), ("filesChanged", "filesDeleted"), ("filesCreated", "filesDeleted")]
    {
        let there = paths(other);
        for path in paths(one).into_iter().filter(|path| there.contains(path)) {
            wrong.push(format!("`{path}` stands in `{one}` and in `{other}`: a file is in one of them"));
        }
    }
    wrong
}

fn expected(kind: Kind) -> String {
    match kind {
        Kind::Uuid => "a UUID".to_owned(),
        Kind::Uuids => "a list of UUIDs".to_owned(),
        Kind::Text => "a text".to_owned(),
        Kind::Words(words) => format!("one of {}", words.join(", ")),
        Kind::Time => "a time in UTC such as 2026-01-31T12:00:00Z".to_owned(),
        Kind::Paths => "a list of paths relative to the repository's root, with `/`".to_owned(),
        Kind::Texts => "a list of texts".to_owned(),
        Kind::Truth => "true or false".to_owned(),
        Kind::Percent => "a number from 0 to 100".to_owned(),
        Kind::Error => "an object with type, message, stackTrace, component and severity".to_owned(),
    }
}

fn check(name: &str, kind: Kind, value: &Value, wrong: &mut Vec<String>) {
    if let (Kind::Error, Value::Object(details)) = (kind, value) {
        for (key, kind) in ERROR_KEYS {
            let full = format!("{name}.{key}");
            match details.get(*key) {
                Some(value) => check(&full, *kind, value, wrong),
                None => wrong.push(format!("`{full}` is missing: expected {}", expected(*kind))),
            }
        }
        for key in details.keys().filter(|key| !ERROR_KEYS.iter().any(|(name, _)| name == key)) {
            wrong.push(format!("`{name}.{key}` is no key of `{name}`"));
        }
        return;
    }
    if !fits(kind, value) {
        wrong.push(format!("`{name}` is {}: expected {}", shown(value), expected(kind)));
    }
}

fn fits(kind: Kind, value: &Value) -> bool {
    let all = |fits: fn(&str) -> bool| {
        value.as_array().is_some_and(|items| items.iter().all(|item| item.as_str().is_some_and(fits)))
    };
    match kind {
        Kind::Uuid => value.as_str().is_some_and(is_uuid),
        Kind::Uuids => all(is_uuid),
        Kind::Text => value.is_string(),
        Kind::Words(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Kind::Time => value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
        Kind::Paths => all(is_path),
        Kind::Texts => all(|_| true),
        Kind::Truth => value.is_boolean(),
        Kind::Percent => value.as_f64().is_some_and(|percent| (0.0..=100.0).contains(&percent)),
        Kind::Error => false,
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::parse_str(text).is_ok()
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('/') && !text.contains('\\') && !text.split('/').any(|part| part == "..")
}

/// A value in a few words.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        text
    } else {
        format!("{}…", text.chars().take(LONGEST).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim() -> Map<String, Value> {
        let text = r#"{"taskId": "abeeb908-21e4-5192-989e-50e59a499a79", "agentName": "a", "status": "complete",
            "completedAt": "2026-01-02T03:04:05Z", "filesChanged": ["src/a.js"], "rollbackRequired": false,
            "approvalNeeded": false, "summary": "done"}"#;
        serde_json::from_str(text).expect("an object")
    }

    fn with(key: &str, value: &str) -> Vec<String> {
        let mut claim = claim();
        claim.insert(key.to_owned(), serde_json::from_str(value).expect("a value"));
        mistakes(&claim)
    }

    #[test]
    fn a_task_output_has_no_mistakes() {
        assert_eq!(Vec::<String>::new(), mistakes(&claim()));
        assert_eq!(Vec::<String>::new(), with("testCoverage", "94.2"));
    }

    #[test]
    fn each_wrong_key_says_what_was_expected() {
        for (key, value, said) in [
            ("taskId", "\"task-1\"", "expected a UUID"),
            ("status", "\"done\"", "expected one of complete"),
            ("completedAt", "\"yesterday\"", "expected a time"),
            ("filesChanged", "[\"/etc/passwd\"]", "relative"),
            ("filesChanged", "\"a\"", "a list of paths"),
            ("testCoverage", "\"94%\"", "a number from 0 to 100"),
            ("testCoverage", "940", "a number from 0 to 100"),
            ("testsPassed", "\"yes\"", "true or false"),
            ("filesCreate", "[]", "did you mean `filesCreated`?"),
            ("status", "\"blocked\"", "`blockers` is missing"),
            ("errorDetails", "{\"type\": 1}", "`errorDetails.type` is 1"),
            ("filesDeleted", "[\"src/a.js\"]", "a file is in one of them"),
        ] {
            let wrong = with(key, value);
            assert!(wrong.iter().any(|one| one.contains(said)), "{key}: {wrong:?}");
        }
        let mut short = claim();
        short.remove("summary");
        assert_eq!(vec!["`summary` is missing: expected a text".to_owned()], mistakes(&short));
    }
}
