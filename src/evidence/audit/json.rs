//! JSON as scanners write it: one value, several one after another, or one a line. A key that stands twice in one map is
//! refused (two readers would disagree on what the report says), long texts are cut, and what no reader asks for is left out,
//! so that a report of many megabytes stays small.

use std::fmt;
use std::io::{BufRead, BufReader};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::facts::audit::AuditSeverity;

use super::{Failure, severity};

/// Bytes of a text that are kept: titles and messages are cut shorter, and nothing else is as long.
const MAX_TEXT: usize = 1_000;

/// Long parts of the entries of lists that no reader asks for. They are left out there alone: a map whose keys are data
/// (packages, files) may have such a name in it.
const BULKY: &[&str] = &[
    "references",
    "References",
    "Layer",
    "Layers",
    "CweIDs",
    "VendorIDs",
    "VendorSeverity",
    "Code",
    "Traces",
    "cpes",
    "urls",
    "credit",
    "functions",
    "functions_new",
    "patches",
    "semver",
    "matchDetails",
    "upgradePath",
    "symbols",
    "PkgID",
    "PkgIdentifier",
    "PrimaryURL",
    "SeveritySource",
    "DataSource",
    "PublishedDate",
    "LastModifiedDate",
];

/// The values of a text, in order.
pub(super) fn documents(input: &mut dyn BufRead) -> Result<Vec<Value>, Failure> {
    let mut documents = Vec::new();
    // The reader takes byte by byte, which only a buffer of its own makes quick.
    let buffered = BufReader::with_capacity(1 << 16, input);
    for value in serde_json::Deserializer::from_reader(buffered).into_iter::<Lean>() {
        let Lean(value) = value.map_err(|error| {
            let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
            Failure::Unreadable(line, format!("no JSON: {error}"))
        })?;
        documents.push(value);
    }
    Ok(documents)
}

/// A value without what no reader asks for.
struct Lean(Value);

impl<'de> Deserialize<'de> for Lean {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Build { in_list: false }.deserialize(deserializer).map(Lean)
    }
}

#[derive(Clone, Copy)]
struct Build {
    /// The value is an entry of a list.
    in_list: bool,
}

impl<'de> DeserializeSeed<'de> for Build {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Build {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(super::cut(value, MAX_TEXT).to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Build { in_list: true })? {
            list.push(item);
        }
        list.shrink_to_fit();
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if self.in_list && BULKY.contains(&key.as_str()) {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = entries.next_value_seed(Build { in_list: false })?;
            if map.contains_key(&key) {
                return Err(Error::custom(format_args!("the key `{}` stands twice", super::line_of(&key))));
            }
            map.insert(key, value);
        }
        // Where the severity is told in a word, the vectors that would tell it are not asked for.
        if self.in_list && map.get("Severity").and_then(Value::as_str).is_some_and(told) {
            map.remove("CVSS");
        }
        Ok(Value::Object(map))
    }
}

fn told(word: &str) -> bool {
    severity::word(word) != AuditSeverity::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        assert!(documents(&mut r#"{"a":1,"a":2}"#.as_bytes()).is_err());
        assert_eq!(3, documents(&mut "{\"a\":1}\n[2] {}".as_bytes()).expect("three values").len());
    }

    #[test]
    fn only_entries_of_lists_lose_their_bulk() {
        let value =
            &documents(&mut r#"{"references":{"via":[{"references":["x"],"id":"i"}]}}"#.as_bytes()).expect("JSON")[0];
        assert_eq!(serde_json::json!({"references":{"via":[{"id":"i"}]}}), *value);
    }
}
