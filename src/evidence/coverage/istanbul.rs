//! Istanbul's coverage-final.json and coverage-summary.json (jest, nyc, c8, vitest).
//!
//! A line's hits are the most of the statements that start on it; branches are every element of every array in `b`.

use serde_json::{Map, Value};

use super::{Failure, Record, Report};

pub(super) fn read(map: &Map<String, Value>) -> Result<Report, Failure> {
    let mut report = Report::default();
    for (path, file) in map {
        let file = file.get("data").unwrap_or(file);
        report.files.push(record(path, file).map_err(|why| Failure::new(format!("{path}: {why}")))?);
    }
    Ok(report)
}

fn record(path: &str, file: &Value) -> Result<Record, String> {
    let object = |key: &str| file.get(key).and_then(Value::as_object).ok_or_else(|| format!("`{key}` is missing"));
    let own = file.get("path").and_then(Value::as_str);
    let candidates = own.into_iter().chain([path]).map(str::to_owned).collect();
    let mut record = Record { candidates, ..Record::default() };
    let (statement_map, hits) = (object("statementMap")?, object("s")?);
    for (id, place) in statement_map {
        let hit = count(hits.get(id)).ok_or_else(|| format!("statement {id} has no count"))? > 0;
        let at = start(place).ok_or_else(|| format!("statement {id} has no place"))?;
        *record.lines.entry(at.0).or_default() |= hit;
        record.statements.insert(key(place), (hit, 1));
    }
    let (function_map, hits) = (object("fnMap")?, object("f")?);
    for (id, function) in function_map {
        let hit = count(hits.get(id)).ok_or_else(|| format!("function {id} has no count"))? > 0;
        let place = function.get("decl").or_else(|| function.get("loc")).unwrap_or(&Value::Null);
        let line = start(place).map_or(0, |at| at.0);
        *record.functions.entry((line, format!("{id} {}", key(place)))).or_default() |= hit;
    }
    let (branch_map, hits) = (object("branchMap")?, object("b")?);
    for (id, branch) in branch_map {
        let taken = hits.get(id).and_then(Value::as_array).ok_or_else(|| format!("branch {id} has no counts"))?;
        let line = start(branch.get("loc").unwrap_or(&Value::Null)).map_or(0, |at| at.0);
        for (index, value) in taken.iter().enumerate() {
            let hit = count(Some(value)).ok_or_else(|| format!("branch {id} has a count that is no number"))? > 0;
            let slot = record.branches.entry((line, format!("{id}.{index}"))).or_insert((0, 1));
            slot.0 = slot.0.max(u64::from(hit));
        }
    }
    Ok(record)
}

fn count(value: Option<&Value>) -> Option<u64> {
    let value = value?;
    value.as_u64().or_else(|| value.as_f64().filter(|count| count.is_finite()).map(|count| u64::from(count > 0.0)))
}

/// Line and column where a place starts.
fn start(place: &Value) -> Option<(u32, u64)> {
    let line = place.pointer("/start/line")?.as_u64()?;
    Some((u32::try_from(line).ok()?, place.pointer("/start/column").and_then(Value::as_u64).unwrap_or(0)))
}

/// A place as text: what reports of the same source agree on.
fn key(place: &Value) -> String {
    let part = |at: &str| place.pointer(at).and_then(Value::as_u64).unwrap_or(0);
    format!("{}:{}-{}:{}", part("/start/line"), part("/start/column"), part("/end/line"), part("/end/column"))
}

pub(super) fn read_summary(map: &Map<String, Value>) -> Result<Report, Failure> {
    let mut report = Report::default();
    for (path, file) in map.iter().filter(|(path, _)| *path != "total") {
        report.files.push(summary(path, file).map_err(|why| Failure::new(format!("{path}: {why}")))?);
    }
    if report.files.is_empty() {
        let total = map.get("total").and_then(|total| total.pointer("/lines/total")).and_then(Value::as_u64);
        if total != Some(0) {
            return Err(Failure::new("it tells a total and no file, so nothing says what it speaks of"));
        }
    }
    Ok(report)
}

fn summary(path: &str, file: &Value) -> Result<Record, String> {
    let mut record = Record { candidates: vec![path.to_owned()], ..Record::default() };
    for (slot, key) in ["lines", "branches", "functions", "statements"].into_iter().enumerate() {
        let Some(measure) = file.get(key) else { continue };
        let part =
            |name: &str| measure.get(name).and_then(Value::as_u64).ok_or_else(|| format!("`{key}` has no `{name}`"));
        let (covered, total) = (part("covered")?, part("total")?);
        if covered > total {
            return Err(format!("`{key}` covers {covered} of {total}"));
        }
        record.totals[slot] = Some((covered, total));
    }
    Ok(record)
}
