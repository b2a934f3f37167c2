//! The only module that knows the YAML crate: text to [`Node`]s with places.
//!
//! Strict where YAML is lax, because a gate gets weakened by what is taken in silence: one document, no duplicate keys, no
//! merge keys, no unknown tags, only `true` and `false` are truth values, and size, depth and aliases are bounded.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use crate::domain::node::{Key, Mistake, Node, Place, Value};

/// A document over this size is refused: 4 MiB.
const MAX_BYTES: usize = 4 << 20;
/// Nesting over this depth is refused.
const MAX_DEPTH: usize = 64;
/// A document that was written for another program and is over this size is refused: 16 MiB.
const MAX_FOREIGN_BYTES: usize = 16 << 20;
/// Nesting over this depth is refused in a document that was written for another program.
const MAX_FOREIGN_DEPTH: usize = 128;

/// Reads one YAML document. `file` is how it is shown to a person.
///
/// # Errors
/// The first thing that is no YAML, or none that is taken here, at its place.
pub fn parse(file: &str, text: &str) -> Result<Node, Mistake> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::Error,
        merge_keys: serde_saphyr::MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_documents: 1,
            max_nodes: 200_000,
            max_events: 500_000,
        },
    };
    read(file, text, MAX_BYTES, options, Numbers::Exact)
}

/// Reads one YAML document that was written for another program: merge keys and tags are what that program takes them for,
/// a number of any size is a number. Duplicate keys are refused here too: programs disagree on which one counts.
///
/// # Errors
/// The first thing that is no YAML, at its place.
pub fn parse_foreign(file: &str, text: &str) -> Result<Node, Mistake> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::Error,
        merge_keys: serde_saphyr::MergeKeyPolicy::Merge,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        budget: serde_saphyr::budget! {
            max_depth: MAX_FOREIGN_DEPTH,
            max_documents: 1,
            max_nodes: 1_000_000,
            max_events: 2_500_000,
        },
    };
    read(file, text, MAX_FOREIGN_BYTES, options, Numbers::Any)
}

/// What becomes of numbers that no integer and no exact float holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// They are refused.
    Exact,
    /// They lose digits.
    Any,
}

fn read(
    file: &str,
    text: &str,
    limit: usize,
    options: serde_saphyr::Options,
    numbers: Numbers,
) -> Result<Node, Mistake> {
    let file: Arc<str> = file.into();
    let start = Place { file: file.clone(), line: 1, column: 1 };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > limit {
        return Err(Mistake::new(&start, format!("{} bytes are over the limit of {limit}", text.len())));
    }
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options) {
        Ok(raw) => node(raw, &file, numbers),
        Err(error) => {
            let at = error.location().filter(|at| at.line() > 0);
            let place = at.map_or(start, |at| place(&file, at));
            Err(Mistake::new(&place, message(&error)))
        }
    }
}

/// Mistakes for a person: each with file:line:column, the source line where `text` knows the file, and what to do.
pub fn render<'a>(mistakes: &[Mistake], text: impl Fn(&str) -> Option<&'a str>) -> String {
    let renderer = Renderer::plain();
    let blocks = mistakes.iter().map(|mistake| {
        let place = &mistake.place;
        let line = usize::try_from(place.line).unwrap_or(1);
        let source = text(&place.file).map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
        let shown = source.and_then(|source| source.lines().nth(line.saturating_sub(1)));
        let Some(shown) = shown.filter(|shown| shown.len() <= MAX_SHOWN) else {
            let help = mistake.help.as_ref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
            return format!("error: {}\n --> {place}{help}", mistake.message);
        };
        let start = shown.char_indices().nth(usize::try_from(place.column).unwrap_or(1).saturating_sub(1));
        let start = start.map_or(shown.len(), |(at, _)| at);
        let word = shown[start..].find([' ', ',', ':', '}', ']']).filter(|length| *length > 0);
        let end = start + word.unwrap_or(shown.len() - start);
        let snippet = Snippet::source(shown)
            .path(&*place.file)
            .line_start(line)
            .annotation(AnnotationKind::Primary.span(start..end));
        let mut group = Level::ERROR.primary_title(&mistake.message).element(snippet);
        if let Some(help) = &mistake.help {
            group = group.element(Level::HELP.message(help));
        }
        renderer.render(&[group])
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}

/// A source line over this many bytes is not shown.
const MAX_SHOWN: usize = 1_000;

/// What the YAML crate says, without its own place.
fn message(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let text = text.split(" at line ").next().unwrap_or(&text).trim_end_matches([',', ':', ' ']);
    text.lines().next().unwrap_or("not YAML").to_owned()
}

fn place(file: &Arc<str>, at: Location) -> Place {
    let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX).max(1);
    Place { file: file.clone(), line: number(at.line()), column: number(at.column()) }
}

/// A value as the crate gives it, every part with its span.
enum Raw {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// A number that loses digits as a float, as that float.
    Wide(f64),
    Str(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn node(raw: Spanned<Raw>, file: &Arc<str>, numbers: Numbers) -> Result<Node, Mistake> {
    let place_of = |at| place(file, at);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(value) => Value::Bool(value),
        Raw::Int(value) => Value::Int(value),
        Raw::Float(value) => Value::Float(value),
        Raw::Wide(value) if numbers == Numbers::Any => Value::Float(value),
        Raw::Wide(_) => {
            let place = place_of(raw.referenced);
            return Err(Mistake::new(&place, "a number must be finite and below 2^53, or an integer below 2^63"));
        }
        Raw::Str(value) => Value::Str(value),
        Raw::List(items) => {
            Value::List(items.into_iter().map(|item| node(item, file, numbers)).collect::<Result<_, _>>()?)
        }
        Raw::Map(entries) => {
            let mut map: Vec<(Key, Node)> = Vec::with_capacity(entries.len());
            let mut seen: HashMap<String, u32> = HashMap::with_capacity(entries.len());
            for (key, value) in entries {
                let key = Key { name: key.value, place: place_of(key.referenced) };
                if let Some(first) = seen.insert(key.name.clone(), key.place.line) {
                    let help = format!("the first one stands at line {first}; keep one");
                    return Err(
                        Mistake::new(&key.place, format!("the key `{}` stands twice", key.name)).with_help(help)
                    );
                }
                map.push((key, node(value, file, numbers)?));
            }
            Value::Map(map)
        }
    };
    Ok(Node { value, place: place_of(raw.referenced) })
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a YAML value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Int(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Raw, E> {
        #[expect(clippy::cast_precision_loss, reason = "that it loses digits is what `Wide` says")]
        Ok(i64::try_from(value).map_or(Raw::Wide(value as f64), Raw::Int))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Raw, E> {
        // Whole numbers that fit no integer arrive here too, and would lose digits.
        let exact = value.is_finite() && value.abs() < 9_007_199_254_740_992.0;
        Ok(if exact { Raw::Float(value) } else { Raw::Wide(value) })
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Str(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Str(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key()? {
            entries.push((key, access.next_value()?));
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Node {
        parse("f.yaml", text).expect("YAML")
    }

    fn refused(text: &str) -> Mistake {
        parse("f.yaml", text).expect_err("refused")
    }

    #[test]
    fn every_key_and_value_has_its_place() {
        let root = read("a:\n  - x\n  - {k: 1, s: 'é'}\nb: off\n");
        let list = root.get("a").expect("a");
        let Value::List(items) = &list.value else { panic!("a list") };
        assert_eq!((2, 5), (items[0].place.line, items[0].place.column));
        assert_eq!((3, 9), (items[1].get("k").expect("k").place.line, items[1].get("k").expect("k").place.column));
        assert_eq!(Some("off"), root.get("b").and_then(Node::as_str));
        let Value::Map(entries) = &root.value else { panic!("a map") };
        assert_eq!((4, 1), (entries[1].0.place.line, entries[1].0.place.column));
    }

    #[test]
    fn duplicates_are_refused_at_the_second_one() {
        let mistake = refused("a: 1\nb: 2\na: 3\n");
        assert_eq!(3, mistake.place.line, "{mistake:?}");
        assert_eq!(3, refused("r:\n  x: {}\n  x: {}\n").place.line);
    }

    #[test]
    fn what_looks_like_a_number_stays_what_was_written() {
        let root = read("a: 010\nb: 1_000\nc: yes\nd: true\ne: 12\nf: 1.5\n");
        assert_eq!(Some("010"), root.get("a").and_then(Node::as_str));
        assert_eq!(Some("1_000"), root.get("b").and_then(Node::as_str));
        assert_eq!(Some("yes"), root.get("c").and_then(Node::as_str));
        assert_eq!(Some(&Value::Bool(true)), root.get("d").map(|node| &node.value));
        assert_eq!(Some(&Value::Int(12)), root.get("e").map(|node| &node.value));
    }

    #[test]
    fn what_is_lax_is_refused() {
        for text in [
            "a: &x {k: 1}\nb:\n  <<: *x\n",
            "a: !secret x\n",
            "a: 1\n---\nb: 2\n",
            "a: [1\n",
            "a: 99999999999999999999999\n",
            &"[".repeat(100_000),
            &format!("a: {}", "[".repeat(100)),
        ] {
            refused(text);
        }
        let layer = |level: i32| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", "));
        let bomb: String = (1..9).map(layer).collect();
        refused(&format!("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n{bomb}"));
    }

    #[test]
    fn what_other_programs_take_is_taken_for_theirs() {
        let text = "b: &x {k: 1, l: 2}\na:\n  <<: *x\n  l: 3\nn: 18446744073709551615\nf: 1.7e308\nt: !Ref x\n200: x\n";
        let root = parse_foreign("f.yaml", text).expect("YAML");
        let merged = root.get("a").expect("a");
        assert_eq!(Some(&Value::Int(1)), merged.get("k").map(|node| &node.value));
        assert_eq!(Some(&Value::Int(3)), merged.get("l").map(|node| &node.value));
        assert!(root.get("200").is_some());
        assert_eq!(3, parse_foreign("f.yaml", "a: 1\nb: 2\na: 3\n").expect_err("twice").place.line);
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_are_nothing() {
        let root = read("\u{feff}a: 1\r\nb: x\r\n");
        assert_eq!(Some("x"), root.get("b").and_then(Node::as_str));
        assert_eq!(2, root.get("b").expect("b").place.line);
    }
}
