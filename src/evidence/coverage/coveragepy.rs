//! coverage.py's JSON. Lines are executed and missing ones; its percentages mix branches in and are not looked at; the
//! sections by function and class repeat the lines.

use serde_json::{Map, Value};

use super::{Failure, Record, Report};

pub(super) fn read(map: &Map<String, Value>) -> Result<Report, Failure> {
    let files = map.get("files").and_then(Value::as_object).ok_or_else(|| Failure::new("`files` is no map"))?;
    let mut report = Report::default();
    for (path, file) in files {
        report.files.push(record(path, file).map_err(|why| Failure::new(format!("{path}: {why}")))?);
    }
    Ok(report)
}

fn record(path: &str, file: &Value) -> Result<Record, String> {
    let mut record = Record { candidates: vec![path.to_owned()], ..Record::default() };
    for (key, hit) in [("executed_lines", true), ("missing_lines", false)] {
        let lines = file.get(key).and_then(Value::as_array).ok_or_else(|| format!("`{key}` is missing"))?;
        for line in lines {
            let line = line.as_u64().and_then(|line| u32::try_from(line).ok());
            let line = line.ok_or_else(|| format!("`{key}` has what is no line number"))?;
            *record.lines.entry(line).or_default() |= hit;
        }
    }
    for (key, hit) in [("executed_branches", 1), ("missing_branches", 0)] {
        for branch in file.get(key).and_then(Value::as_array).into_iter().flatten() {
            let ends: Vec<i64> = branch.as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
            let [from, to] = ends.as_slice() else { return Err(format!("`{key}` has what is no branch")) };
            let line = u32::try_from(from.unsigned_abs()).unwrap_or(u32::MAX);
            let slot = record.branches.entry((line, to.to_string())).or_insert((0, 1));
            slot.0 = slot.0.max(hit);
        }
    }
    let counted = |key: &str| file.pointer(&format!("/summary/{key}")).and_then(Value::as_u64);
    if record.branches.is_empty() {
        record.totals[1] = counted("covered_branches").zip(counted("num_branches"));
    }
    record.totals[3] = counted("covered_lines").zip(counted("num_statements"));
    Ok(record)
}
