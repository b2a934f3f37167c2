//! JSON as tools write it: one value, several one after another, or one a line. A key that stands twice in one map is refused
//! (two readers would disagree on what the report says), long texts are cut, values are counted, and what no reader asks for is
//! left out, so that a report of many megabytes stays small.

use std::cell::Cell;
use std::fmt;
use std::io::{BufRead, BufReader};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::stream::{Failed, json_failure};

/// Bytes of a text that are kept: titles and messages are cut shorter, and nothing else is as long.
const MAX_TEXT: usize = 1_000;

/// Values of a report; a small one is a byte or two of text and takes sixteen times as much of memory.
const MAX_VALUES: usize = 8_000_000;

/// The values of a text, in order. Of entries of lists the keys in `without` are left out, and where a severity is told in a
/// word the vectors that would tell it too: a map whose keys are data (packages, files) may have such a name in it.
pub(super) fn documents(input: &mut dyn BufRead, without: &[&str]) -> Result<Vec<Value>, Failed> {
    // The reader takes byte by byte, which only a buffer of its own makes quick.
    let mut reader = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, input));
    let left = Cell::new(MAX_VALUES);
    let mut documents = Vec::new();
    loop {
        // Nothing but blanks is left.
        if reader.end().is_ok() {
            return Ok(documents);
        }
        let build = Build { in_list: false, without, left: &left };
        documents.push(build.deserialize(&mut reader).map_err(|error| json_failure(&error))?);
    }
}

/// The one value of a text.
pub(super) fn document(input: &mut dyn BufRead) -> Result<Value, Failed> {
    let mut all = documents(input, &[])?;
    match (all.pop(), all.is_empty()) {
        (Some(value), true) => Ok(value),
        (Some(_), false) => Err(Failed::new("several JSON values, where one was expected")),
        (None, _) => Err(Failed::new("it is empty")),
    }
}

/// Builds a value.
#[derive(Clone, Copy)]
struct Build<'a> {
    /// The value is an entry of a list.
    in_list: bool,
    without: &'a [&'a str],
    /// How many values there may still be.
    left: &'a Cell<usize>,
}

impl Build<'_> {
    fn inside(self, in_list: bool) -> Self {
        Self { in_list, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for Build<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.ok_or_else(|| D::Error::custom("more values than a report has"))?);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Build<'_> {
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
        Ok(Value::String(cut(value, MAX_TEXT).to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.inside(true))? {
            list.push(item);
        }
        list.shrink_to_fit();
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if self.in_list && self.without.contains(&key.as_str()) {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = entries.next_value_seed(self.inside(false))?;
            if map.contains_key(&key) {
                return Err(Error::custom(format_args!("the key `{}` stands twice", cut(&key, 100))));
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

/// Whether it is a word for a severity that is known.
fn told(word: &str) -> bool {
    ["CRITICAL", "HIGH", "MEDIUM", "LOW"].contains(&word)
}

/// The first bytes of a text, at most `limit`, whole characters alone.
pub(super) fn cut(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        assert!(documents(&mut r#"{"a":1,"a":2}"#.as_bytes(), &[]).is_err());
        assert_eq!(3, documents(&mut "{\"a\":1}\n[2] {}".as_bytes(), &[]).expect("three values").len());
    }

    #[test]
    fn values_without_end_are_refused() {
        let text = format!("[{}0]", "0,".repeat(MAX_VALUES));
        let why = documents(&mut text.as_bytes(), &[]).expect_err("refused").why;
        assert!(why.contains("more values"), "{why}");
        assert!(document(&mut "{} {}".as_bytes()).is_err() && document(&mut " ".as_bytes()).is_err());
    }

    #[test]
    fn only_entries_of_lists_lose_their_bulk() {
        let value =
            &documents(&mut r#"{"references":{"via":[{"references":["x"],"id":"i"}]}}"#.as_bytes(), &["references"])
                .expect("JSON")[0];
        assert_eq!(serde_json::json!({"references":{"via":[{"id":"i"}]}}), *value);
    }
}
