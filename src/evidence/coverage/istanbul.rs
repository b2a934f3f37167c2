//! Istanbul's coverage-final.json and coverage-summary.json (jest, nyc, c8, vitest).
//!
//! A line's hits are the most of the statements that start on it; branches are every element of every array in `b`. Ids need
//! not be contiguous, and they mean the same in two reports only where the maps are equal: so places are the names.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use super::record::Record;

/// Whether a count is above 0. Any number will do; some tools write floats.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count(pub(super) bool);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = Count;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a count")
    }

    fn visit_u64<E: de::Error>(self, count: u64) -> Result<Count, E> {
        Ok(Count(count > 0))
    }

    fn visit_i64<E: de::Error>(self, count: i64) -> Result<Count, E> {
        Ok(Count(count > 0))
    }

    fn visit_f64<E: de::Error>(self, count: f64) -> Result<Count, E> {
        Ok(Count(count > 0.0))
    }
}

/// A file of coverage-final.json.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct File {
    pub(super) path: Option<String>,
    pub(super) statement_map: Option<BTreeMap<String, Place>>,
    pub(super) fn_map: Option<BTreeMap<String, Function>>,
    pub(super) branch_map: Option<BTreeMap<String, Branch>>,
    pub(super) s: Option<BTreeMap<String, Count>>,
    pub(super) f: Option<BTreeMap<String, Count>>,
    pub(super) b: Option<BTreeMap<String, Vec<Count>>>,
}

/// A place: both ends may lack their parts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    start: Point,
    end: Point,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Point {
    line: Option<u32>,
    column: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Function {
    name: Option<String>,
    decl: Option<Place>,
    loc: Option<Place>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Branch {
    loc: Option<Place>,
    line: Option<u32>,
    r#type: Option<String>,
    locations: Vec<Place>,
}

impl Place {
    /// What reports of the same source agree on.
    fn key(&self) -> [Option<i64>; 4] {
        let (start, end) = (&self.start, &self.end);
        [start.line.map(i64::from), start.column, end.line.map(i64::from), end.column]
    }
}

/// Reads a file.
pub(super) fn record(path: &str, file: File) -> Result<Record, String> {
    let candidates = file.path.iter().map(String::as_str).chain([path]).map(str::to_owned).collect();
    let mut record = Record { candidates, ..Record::default() };
    let missing = |key: &str| format!("`{key}` is missing");
    let hits = file.s.ok_or_else(|| missing("s"))?;
    for (id, place) in file.statement_map.ok_or_else(|| missing("statementMap"))? {
        let hit = hits.get(&id).ok_or_else(|| format!("statement {id} has no count"))?.0;
        let line = place.start.line.ok_or_else(|| format!("statement {id} has no place"))?;
        record.lines.add(line, hit);
        record.statement(place.key(), hit, 1);
    }
    let hits = file.f.ok_or_else(|| missing("f"))?;
    for (id, function) in file.fn_map.ok_or_else(|| missing("fnMap"))? {
        let hit = hits.get(&id).ok_or_else(|| format!("function {id} has no count"))?.0;
        let place = function.decl.or(function.loc).unwrap_or_default();
        record.function(place.start.line.unwrap_or(0), (id, function.name, place.key()), hit);
    }
    let hits = file.b.ok_or_else(|| missing("b"))?;
    for (id, branch) in file.branch_map.ok_or_else(|| missing("branchMap"))? {
        let taken = hits.get(&id).ok_or_else(|| format!("branch {id} has no counts"))?;
        let place = branch.loc.unwrap_or_default();
        let line = place.start.line.or(branch.line).unwrap_or(0);
        for (index, hit) in taken.iter().enumerate() {
            let own = branch.locations.get(index).map(Place::key);
            record.branch(line, (&id, index, &branch.r#type, place.key(), own), hit.0);
        }
    }
    Ok(record)
}

/// A line of coverage-summary.json.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) lines: Option<Counted>,
    pub(super) branches: Option<Counted>,
    pub(super) functions: Option<Counted>,
    pub(super) statements: Option<Counted>,
}

/// A measure of the summary; its `pct` may be a number or a word and is not looked at.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Counted {
    pub(super) total: u64,
    pub(super) covered: u64,
}

/// Reads a line of the summary.
pub(super) fn summary(path: &str, summary: &Summary) -> Result<Record, String> {
    let mut record = Record::at(path);
    let measures = [summary.lines, summary.branches, summary.functions, summary.statements];
    for (slot, measure) in record.totals.iter_mut().zip(measures) {
        let Some(Counted { total, covered }) = measure else { continue };
        if covered > total {
            return Err(format!("it covers {covered} of {total}"));
        }
        *slot = (total > 0).then_some((covered, total));
    }
    Ok(record)
}
