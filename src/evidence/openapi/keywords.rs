//! Keywords of JSON Schema that say more than type, values and bounds, and what stands beside schemas: whether a change of
//! them refuses what a client sent, or sends what it does not know.

use super::breaking::text;
use super::contract::{Compare, Sent};
use crate::domain::change::RiskLevel;
use crate::domain::node::{Node, Value};

/// Keywords that only ever narrow what a schema takes: with one more it takes less, with one less it takes more.
const NARROWING: &[&str] = &[
    "const",
    "contains",
    "contentSchema",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "multipleOf",
    "not",
    "patternProperties",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];

/// Keywords by which a value is read: another one, and both sides misread each other.
const READING: &[&str] = &["contentEncoding", "contentMediaType", "prefixItems"];

/// What a vendor says of how settled an operation is, from the least.
const STABILITY: [&str; 4] = ["draft", "alpha", "beta", "stable"];

impl Compare<'_> {
    /// Compares the keywords of two schemas.
    pub(super) fn keywords(&mut self, sent: Sent, base: &Node, head: &Node, at: &str) {
        for key in NARROWING {
            let (old, new) = (given(base, key), given(head, key));
            let place = head.get(key).map_or(&head.place, |node| &node.place).clone();
            let what = match (sent, old, new) {
                (_, None, None) => continue,
                (_, Some(old), Some(new)) if old == new => continue,
                (Sent::ByClient, None, Some(_)) => format!("{at} must also meet `{key}` now"),
                (Sent::ByClient, Some(_), Some(_)) => format!("{at} must meet another `{key}`"),
                (Sent::ByService, Some(_), None) => format!("{at} need not meet `{key}` any more"),
                (Sent::ByService, Some(_), Some(_)) => format!("{at} meets another `{key}`"),
                (Sent::ByClient, Some(_), None) | (Sent::ByService, None, Some(_)) => continue,
            };
            self.say(RiskLevel::High, &place, what);
        }
        for key in READING {
            let (old, new) = (given(base, key), given(head, key));
            if old.is_some() && old != new {
                let place = head.get(key).map_or(&head.place, |node| &node.place).clone();
                self.say(RiskLevel::High, &place, format!("{at} is written another way: its `{key}` changed"));
            }
        }
        if sent == Sent::ByClient {
            let (old, new) = (given(base, "default"), given(head, "default"));
            if old != new {
                let word = |value: &Option<serde_json::Value>| {
                    value.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)
                };
                let what = format!("the default of {at} was {} and is {}", word(&old), word(&new));
                self.say(RiskLevel::Medium, &head.place, what);
            }
        }
    }

    /// Compares how settled an operation says it is.
    pub(super) fn stability(&mut self, base: &Node, head: &Node, name: &str) {
        let rank = |node: &Node| {
            let level = text(node, "x-stability-level");
            level.map_or(Some(STABILITY.len() - 1), |level| STABILITY.iter().position(|one| *one == level))
        };
        if let (Some(old), Some(new)) = (rank(base), rank(head))
            && new < old
        {
            let what = format!("{name} is less settled: {} -> {}", STABILITY[old], STABILITY[new]);
            self.say(RiskLevel::Medium, &head.place, what);
        }
    }
}

/// A keyword's value; none where it is absent or takes everything.
fn given(schema: &Node, key: &str) -> Option<serde_json::Value> {
    let node = schema.get(key)?;
    match (&node.value, key) {
        (Value::Bool(false), "uniqueItems") => None,
        (Value::Bool(true), key) if key != "uniqueItems" && key != "const" && key != "default" => None,
        _ => Some(node.to_json()),
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::change::{ChangeStatus, ChangedFile};
    use crate::repo::Repo;

    const BASE: &str = "openapi: 3.1.0
info: { title: t, version: '1' }
paths:
  /a:
    post:
      x-stability-level: beta
      requestBody:
        content:
          application/json: { schema: { type: object, properties: { sent: { type: array, items: {} } } } }
          text/plain: {}
      responses:
        '200':
          description: d
          headers:
            X-Left: { required: true, schema: { type: integer } }
          content:
            application/json: { schema: { type: object, properties: { got: { type: array, contains: { type: string } } } } }
webhooks:
  told: { post: { responses: { '200': { description: d } } } }
";

    fn said(from: &str, to: &str) -> Vec<String> {
        assert!(BASE.contains(from), "{from}");
        let base = Repo::in_memory(&[("openapi.yaml", BASE)]);
        let head = Repo::in_memory(&[("openapi.yaml", &BASE.replacen(from, to, 1))]);
        let file = ChangedFile {
            path: "openapi.yaml".to_owned(),
            status: ChangeStatus::Modified,
            from: None,
            lines: vec![(1, u32::MAX)],
        };
        let risks = super::super::breaking(&base, &head, &[file]);
        risks.iter().map(|risk| risk.why.split(';').next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn keywords_bind_who_sends() {
        let sent = "sent: { type: array, items: {} }";
        for (key, value) in [
            ("contains", "{ type: string }"),
            ("uniqueItems", "true"),
            ("unevaluatedItems", "false"),
            ("not", "{ type: string }"),
            ("const", "[1]"),
            ("if", "{ minItems: 2 }"),
        ] {
            let said = said(sent, &format!("sent: {{ type: array, items: {{}}, {key}: {value} }}"));
            assert_eq!(vec![format!("POST /a body.sent must also meet `{key}` now")], said);
        }
        assert!(said(sent, "sent: { type: array, items: {}, uniqueItems: false }").is_empty());
        let got = "contains: { type: string }";
        assert_eq!(vec!["POST /a 200.got meets another `contains`"], said(got, "contains: { type: integer }"));
        assert_eq!(vec!["POST /a 200.got need not meet `contains` any more"], said(&format!(", {got}"), ""));
        assert!(said(got, &format!("{got}, uniqueItems: true")).is_empty(), "the service may promise more");
        assert_eq!(1, said(sent, "sent: { type: array, items: {}, minContains: 2 }").len());
        assert_eq!(
            vec!["the default of POST /a body.sent was none and is []"],
            said(sent, "sent: { type: array, items: {}, default: [] }")
        );
    }

    #[test]
    fn what_stands_beside_schemas_breaks_too() {
        for (from, to, expected) in [
            ("x-stability-level: beta", "x-stability-level: alpha", "POST /a is less settled: beta -> alpha"),
            ("x-stability-level: beta", "x-stability-level: stable", ""),
            (
                "text/plain: {}",
                "text/plain: { schema: { type: string } }",
                "POST /a body has a schema to meet now (text/plain)",
            ),
            ("required: true, ", "", "the header `X-Left` of POST /a 200 may be missing now"),
            (
                "schema: { type: integer }",
                "schema: { type: string }",
                "the type of the header `X-Left` of POST /a 200 was integer and is string",
            ),
            ("  told:", "  asked:", "the webhook `told` is gone"),
        ] {
            let said = said(from, to);
            match expected {
                "" => assert!(said.is_empty(), "{from} -> {to}: {said:?}"),
                _ => assert_eq!(vec![expected.to_owned()], said, "{from} -> {to}"),
            }
        }
    }
}
