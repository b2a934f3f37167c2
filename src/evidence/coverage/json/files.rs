//! Documents that list their files: coverage.py (a map), gcovr and its summary, Coveralls (lists).
//!
//! coverage.py: lines are executed and missing ones; its percentages mix branches in and are not looked at; the sections by
//! function and class repeat the lines. gcovr, and gcov itself: a line that several instantiations list counts once. Coveralls: a line is its
//! index and one more, null is no code, branches are quadruples of line, block, branch and hits.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::super::istanbul::Count;
use super::super::record::Record;
use super::{Found, Kind, once};

/// The value of `files`.
pub(super) struct Files<'a>(pub(super) &'a mut Found);

impl<'de> DeserializeSeed<'de> for Files<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Files<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("files by path, or a list of files")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.is(Kind::CoveragePy).map_err(de::Error::custom)?;
        let mut paths = HashSet::new();
        while let Some((path, file)) = map.next_entry::<String, PyFile>()? {
            once(&mut paths, &path).map_err(de::Error::custom)?;
            let record = file.record(&path).map_err(|why| de::Error::custom(format!("{path}: {why}")))?;
            self.0.report.push(record);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(file) = list.next_element::<GcovrFile>()? {
            let (kind, record) = file.record().map_err(de::Error::custom)?;
            self.0.is(kind).map_err(de::Error::custom)?;
            self.0.report.push(record);
        }
        // A list without a file: nothing was measured, and the state says so.
        if self.0.kind.is_none() {
            self.0.kind = Some(Kind::Gcovr);
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct PyFile {
    executed_lines: Vec<u32>,
    missing_lines: Vec<u32>,
    #[serde(default)]
    executed_branches: Vec<(i64, i64)>,
    #[serde(default)]
    missing_branches: Vec<(i64, i64)>,
    #[serde(default)]
    summary: PySummary,
}

#[derive(Deserialize, Default)]
struct PySummary {
    covered_lines: Option<u64>,
    num_statements: Option<u64>,
    covered_branches: Option<u64>,
    num_branches: Option<u64>,
}

impl PyFile {
    fn record(self, path: &str) -> Result<Record, String> {
        let mut record = Record::at(path);
        for (lines, hit) in [(&self.executed_lines, true), (&self.missing_lines, false)] {
            for line in lines {
                record.lines.add(*line, hit);
            }
        }
        for (branches, hit) in [(&self.executed_branches, true), (&self.missing_branches, false)] {
            for (from, to) in branches {
                let line = u32::try_from(from.unsigned_abs()).map_err(|_| format!("{from} is no line number"))?;
                record.branch(line, to, hit);
            }
        }
        let known = |pair: &(u64, u64)| pair.0 <= pair.1 && pair.1 > 0;
        let summary = &self.summary;
        record.totals[1] = summary.covered_branches.zip(summary.num_branches).filter(known);
        record.totals[3] = summary.covered_lines.zip(summary.num_statements).filter(known);
        Ok(record)
    }
}

/// A file of gcovr's report, or of its summary.
#[derive(Deserialize)]
struct GcovrFile {
    file: Option<String>,
    lines: Option<Vec<GcovrLine>>,
    #[serde(default)]
    functions: Vec<GcovrFunction>,
    filename: Option<String>,
    line_covered: Option<u64>,
    line_total: Option<u64>,
    branch_covered: Option<u64>,
    branch_total: Option<u64>,
    function_covered: Option<u64>,
    function_total: Option<u64>,
}

#[derive(Deserialize)]
struct GcovrLine {
    line_number: u32,
    // What is excluded may have none.
    count: Option<Count>,
    #[serde(default)]
    branches: Vec<GcovrBranch>,
    #[serde(rename = "gcovr/noncode", default)]
    noncode: bool,
    #[serde(rename = "gcovr/excluded", default)]
    excluded: bool,
}

#[derive(Deserialize)]
struct GcovrBranch {
    count: Count,
    branchno: Option<u64>,
    #[serde(rename = "gcovr/excluded", default)]
    excluded: bool,
}

#[derive(Deserialize)]
struct GcovrFunction {
    name: Option<String>,
    // gcovr tells one of the names, gcov both.
    demangled_name: Option<String>,
    #[serde(alias = "start_line")]
    lineno: u32,
    execution_count: Option<Count>,
    #[serde(rename = "gcovr/excluded", default)]
    excluded: bool,
}

impl GcovrFile {
    fn record(self) -> Result<(Kind, Record), String> {
        if let (Some(path), Some(lines)) = (&self.file, self.lines) {
            let mut record = Record::at(path);
            for line in lines.into_iter().filter(|line| !line.noncode && !line.excluded) {
                let count = line.count.ok_or_else(|| format!("{path}: line {} has no count", line.line_number))?;
                record.lines.add(line.line_number, count.0);
                let branches = (0_u64..).zip(line.branches).filter(|(_, branch)| !branch.excluded);
                for (index, branch) in branches {
                    record.branch(line.line_number, branch.branchno.unwrap_or(index), branch.count.0);
                }
            }
            for function in self.functions.into_iter().filter(|function| !function.excluded) {
                let name = function.name.or(function.demangled_name);
                let name = name.ok_or_else(|| format!("{path}: a function without a name"))?;
                let count = function.execution_count.ok_or_else(|| format!("{path}: {name} has no count"))?;
                record.function(function.lineno, name, count.0);
            }
            return Ok((Kind::Gcovr, record));
        }
        let path = self.filename.ok_or("a file without lines and without counts: no format that is known")?;
        let mut record = Record::at(&path);
        if self.line_covered.is_none() || self.line_total.is_none() {
            return Err(format!("{path}: `line_total` or `line_covered` is missing"));
        }
        let told = [
            (self.line_covered, self.line_total),
            (self.branch_covered, self.branch_total),
            (self.function_covered, self.function_total),
        ];
        for (slot, (covered, total)) in record.totals.iter_mut().zip(told) {
            *slot = covered.zip(total).filter(|(_, total)| *total > 0);
            if let Some((covered, total)) = slot.filter(|(covered, total)| covered > total) {
                return Err(format!("{path}: it covers {covered} of {total}"));
            }
        }
        Ok((Kind::GcovrSummary, record))
    }
}

/// The value of Coveralls' `source_files`.
pub(super) struct SourceFiles<'a>(pub(super) &'a mut Found);

impl<'de> DeserializeSeed<'de> for SourceFiles<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

#[derive(Deserialize)]
struct SourceFile {
    name: String,
    coverage: Vec<Option<Count>>,
    #[serde(default)]
    branches: Option<Vec<u64>>,
}

impl<'de> Visitor<'de> for SourceFiles<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of source files")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.0.is(Kind::Coveralls).map_err(de::Error::custom)?;
        while let Some(file) = list.next_element::<SourceFile>()? {
            let mut record = Record::at(&file.name);
            for (line, count) in (1..).zip(&file.coverage) {
                if let Some(count) = count {
                    record.lines.add(line, count.0);
                }
            }
            let branches = file.branches.unwrap_or_default();
            if branches.len() % 4 != 0 {
                return Err(de::Error::custom(format!("{}: branches are no quadruples", file.name)));
            }
            for quadruple in branches.chunks_exact(4) {
                let line = u32::try_from(quadruple[0]);
                let line = line.map_err(|_| de::Error::custom(format!("{} is no line number", quadruple[0])))?;
                record.branch(line, (quadruple[1], quadruple[2]), quadruple[3] > 0);
            }
            self.0.report.push(record);
        }
        Ok(())
    }
}
