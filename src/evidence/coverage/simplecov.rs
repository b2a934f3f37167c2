//! SimpleCov's `.resultset.json` (commands, each with files) and `.last_run.json` (shares alone).
//!
//! Commands merge by SimpleCov's own rule: a line that any command hit is covered; one that is null in one command and 0 in
//! another is no code, because a file that was only tracked has 0 on lines that hold none.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::istanbul::Count;
use super::record::Record;

/// What commands tell of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Hit,
    Missed,
    /// No code, or left out by a comment.
    Nothing,
}

impl Line {
    fn merged(self, other: Self) -> Self {
        match (self, other) {
            (Line::Hit, _) | (_, Line::Hit) => Line::Hit,
            (Line::Missed, Line::Missed) => Line::Missed,
            (Line::Nothing, _) | (_, Line::Nothing) => Line::Nothing,
        }
    }
}

/// Files by path, merged over the commands.
#[derive(Debug, Default)]
pub(super) struct ResultSet {
    files: BTreeMap<String, (Vec<Line>, Record)>,
}

impl ResultSet {
    /// The files as records.
    pub(super) fn finish(&mut self) -> Vec<Record> {
        let files = std::mem::take(&mut self.files).into_values();
        files
            .map(|(lines, mut record)| {
                for (number, line) in (1..).zip(lines) {
                    match line {
                        Line::Hit => record.lines.add(number, true),
                        Line::Missed => record.lines.add(number, false),
                        Line::Nothing => {}
                    }
                }
                record
            })
            .collect()
    }

    fn add(&mut self, path: String, file: File) {
        let (lines, record) = self.files.entry(path.clone()).or_insert_with(|| (Vec::new(), Record::at(path)));
        let new = file.lines.len().max(lines.len());
        let before = lines.len();
        lines.resize(new, Line::Nothing);
        for (index, (slot, line)) in lines.iter_mut().zip(file.lines).enumerate() {
            *slot = if index < before { slot.merged(line.0) } else { line.0 };
        }
        for (condition, arms) in file.branches {
            let line = field(&condition, 2);
            for (arm, count) in arms {
                record.branch(line, (&condition, arm), count.0);
            }
        }
        for (method, count) in file.methods {
            record.function(0, method, count.0);
        }
    }
}

/// A field of a key such as `[:if, 0, 3, 6, 6, 10]`.
fn field(key: &str, index: usize) -> u32 {
    let fields = key.trim_matches(['[', ']']).split(',');
    fields.map(str::trim).nth(index).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// The value of a command's `coverage`.
pub(super) struct Command<'a>(pub(super) &'a mut ResultSet);

impl<'de> DeserializeSeed<'de> for Command<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Command<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("files by path")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((path, file)) = map.next_entry::<String, File>()? {
            self.0.add(path, file);
        }
        Ok(())
    }
}

/// A file: `{"lines": […]}`, or in the old form the list alone.
#[derive(Default)]
struct File {
    lines: Vec<Told>,
    branches: BTreeMap<String, BTreeMap<String, Count>>,
    methods: BTreeMap<String, Count>,
}

/// A line as written: null, a count, or a word such as `ignored`.
struct Told(Line);

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ToldVisitor)
    }
}

struct ToldVisitor;

impl Visitor<'_> for ToldVisitor {
    type Value = Told;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("null or a count")
    }

    fn visit_u64<E: de::Error>(self, count: u64) -> Result<Told, E> {
        Ok(Told(if count > 0 { Line::Hit } else { Line::Missed }))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Told, E> {
        Ok(Told(Line::Nothing))
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Told, E> {
        Ok(Told(Line::Nothing))
    }
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FileVisitor)
    }
}

struct FileVisitor;

impl<'de> Visitor<'de> for FileVisitor {
    type Value = File;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the lines of a file")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<File, A::Error> {
        let mut file = File::default();
        while let Some(line) = list.next_element()? {
            file.lines.push(line);
        }
        Ok(file)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<File, A::Error> {
        let mut file = File::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "lines" => file.lines = map.next_value()?,
                "branches" => file.branches = map.next_value()?,
                "methods" => file.methods = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(file)
    }
}

/// The shares of the last run by our names. They are cut to two decimals and bound to no file, so they prove nothing.
pub(super) fn stated(shares: BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let name = |key: String| match key.as_str() {
        "line" | "covered_percent" => "lines".to_owned(),
        "branch" => "branches".to_owned(),
        "method" => "functions".to_owned(),
        _ => key,
    };
    shares.into_iter().map(|(key, share)| (name(key), share)).collect()
}
