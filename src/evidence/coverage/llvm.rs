//! llvm-cov's JSON export (`llvm-cov export`, `cargo llvm-cov --json`). The summary of a file is what llvm-cov prints;
//! `functions` counts source functions and `instantiations` their copies; branches of count 0 were not measured. Regions are
//! no statements.
//!
//! Lines follow from the segments by llvm-cov's own rule (LineCoverageStats). Where they come to what the summary says they
//! are the measure and can be merged; else (closures, generics, headers) the summary is, and they only tell which lines ran.
//! `-summary-only` has no segments.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::record::{Ranges, Record};
use crate::facts::coverage::LineHits;

/// Where files go as they are read.
pub(super) trait Sink {
    /// An export begins.
    fn export(&mut self) -> Result<(), String>;
    /// A file of it.
    fn take(&mut self, file: File) -> Result<(), String>;
}

/// The value of `data`: exports.
pub(super) struct Exports<'a>(pub(super) &'a mut dyn Sink);

impl<'de> DeserializeSeed<'de> for Exports<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Exports<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the exports of llvm-cov")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Export(self.0))?.is_some() {}
        Ok(())
    }
}

struct Export<'a>(&'a mut dyn Sink);

impl<'de> DeserializeSeed<'de> for Export<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Export<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an export of llvm-cov")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "files" {
                self.0.export().map_err(de::Error::custom)?;
                map.next_value_seed(Files(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Files<'a>(&'a mut dyn Sink);

impl<'de> DeserializeSeed<'de> for Files<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Files<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of files")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(file) = list.next_element::<File>()? {
            self.0.take(file).map_err(de::Error::custom)?;
        }
        Ok(())
    }
}

/// A file.
#[derive(Debug, Deserialize)]
pub(super) struct File {
    filename: String,
    summary: Summary,
    #[serde(default)]
    segments: Vec<Segment>,
    /// Two places, how often true, how often false, and ids.
    #[serde(default)]
    branches: Vec<Vec<u64>>,
}

#[derive(Debug, Deserialize)]
struct Summary {
    lines: Counted,
    branches: Option<Counted>,
    functions: Option<Counted>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Counted {
    count: u64,
    covered: u64,
}

impl Counted {
    fn pair(self) -> Result<Option<(u64, u64)>, String> {
        match (self.covered, self.count) {
            (covered, count) if covered > count => Err(format!("it covers {covered} of {count}")),
            (_, 0) => Ok(None),
            pair => Ok(Some(pair)),
        }
    }
}

/// Line, column, count, whether there is a count, whether a region begins, whether it is a gap (of later versions).
#[derive(Debug)]
struct Segment {
    line: u32,
    hit: bool,
    counted: bool,
    entry: bool,
    gap: bool,
}

impl<'de> Deserialize<'de> for Segment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(SegmentVisitor)
    }
}

struct SegmentVisitor;

impl<'de> Visitor<'de> for SegmentVisitor {
    type Value = Segment;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a segment: line, column, count, has count, is entry, is gap")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Segment, A::Error> {
        let short = |index: usize| de::Error::invalid_length(index, &"five or six fields");
        let line = list.next_element()?.ok_or_else(|| short(0))?;
        list.next_element::<u32>()?.ok_or_else(|| short(1))?;
        let hit = list.next_element::<u64>()?.ok_or_else(|| short(2))? > 0;
        let counted = list.next_element()?.ok_or_else(|| short(3))?;
        let entry = list.next_element()?.ok_or_else(|| short(4))?;
        let gap = list.next_element()?.unwrap_or(false);
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Segment { line, hit, counted, entry, gap })
    }
}

/// Reads a file.
pub(super) fn record(file: File, ranges: &mut Ranges) -> Result<Record, String> {
    let wrong = |why: String| format!("{}: {why}", file.filename);
    let mut record = Record::at(&file.filename);
    record.totals[0] = file.summary.lines.pair().map_err(wrong)?;
    record.totals[1] = file.summary.branches.map_or(Ok(None), Counted::pair).map_err(wrong)?;
    record.totals[2] = file.summary.functions.map_or(Ok(None), Counted::pair).map_err(wrong)?;
    let lines = lines_of(&file.segments, ranges).map_err(wrong)?;
    if Some(lines.counts()) == record.totals[0] {
        record.lines = lines;
    } else {
        record.marks = lines;
    }
    let mut branches = Record::default();
    for fields in &file.branches {
        let [line, column, _, _, yes, no, ..] = fields.as_slice() else {
            return Err(wrong("a branch of too few fields".to_owned()));
        };
        let at = u32::try_from(*line).map_err(|_| wrong(format!("{line} is no line number")))?;
        branches.branch(at, (column, true), *yes > 0);
        branches.branch(at, (column, false), *no > 0);
    }
    branches.pack();
    if branches.branch_counts_all() == record.totals[1] {
        record.packed = branches.packed;
    }
    Ok(record)
}

/// The lines of segments: a line is mapped where a counted region holds or begins on it, and hit if any of these is.
fn lines_of(segments: &[Segment], ranges: &mut Ranges) -> Result<LineHits, String> {
    let mut lines = LineHits::default();
    let mut wrapped: Option<&Segment> = None;
    for on_line in segments.chunk_by(|one, next| one.line == next.line) {
        let (first, last) = (&on_line[0], &on_line[on_line.len() - 1]);
        if let Some(before) = wrapped.filter(|before| before.counted)
            && first.line > before.line + 1
        {
            ranges.add(&mut lines, before.line + 1, first.line - 1, before.hit)?;
        }
        if wrapped.is_some_and(|before| before.line >= first.line) {
            return Err("its segments are out of order".to_owned());
        }
        let begins = |one: &&Segment| one.counted && one.entry && !one.gap;
        let skipped = !first.counted && first.entry;
        let mapped = !skipped
            && (wrapped.is_some_and(|before| before.counted) || on_line.iter().any(|one| begins(&one)))
            || on_line.iter().any(|one| one.entry && one.counted);
        if mapped {
            let held = wrapped.is_some_and(|before| before.hit);
            lines.add(first.line, held || on_line.iter().filter(begins).any(|one| one.hit));
        }
        wrapped = Some(last);
    }
    Ok(lines)
}
