//! Locust's statistics: `*_stats.csv` (`--csv`) and `--json`.
//!
//! Only the row `Aggregated` counts: the others are parts of it. Percentiles are rounded to two digits by Locust; `N/A` is
//! not known. The JSON has no such row and histograms in the place of percentiles. The history, failures and exceptions that
//! stand beside the statistics hold no totals.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use serde_json::Value;

use super::documents::{number, whole};
use super::sample::{count, counted};
use super::{Failure, Told};
use crate::evidence::stream::each_row;
use crate::facts::performance::{Percentile, Run};

/// Names of requests that are kept.
const MAX_NAMES: usize = 10_000;

/// Which of Locust's files it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Stats,
    Beside,
}

/// Tells Locust's files by their first line.
pub(super) fn kind(header: &str) -> Option<Kind> {
    if header.starts_with("Type,Name,Request Count,") {
        return Some(Kind::Stats);
    }
    let beside = ["Timestamp,User Count,", "Method,Name,Error,Occurrences", "Count,Message,Traceback,Nodes"];
    beside.iter().any(|start| header.starts_with(start)).then_some(Kind::Beside)
}

/// Reads one of the CSV files.
pub(super) fn read_rows(kind: Kind, input: &mut dyn BufRead) -> Result<Told, Failure> {
    match kind {
        Kind::Stats => {}
        Kind::Beside => return Ok(Told::Companion("it stands beside Locust's statistics and holds no totals")),
    }
    let mut header: Option<Vec<String>> = None;
    let mut run: Option<Run> = None;
    let mut names_of = BTreeSet::new();
    each_row(input, ',', |row, whole| {
        let Some(names) = &header else {
            header = Some(row.to_vec());
            return Ok(());
        };
        if row.len() != names.len() || !whole {
            return Err("it is cut: a row is not whole".to_owned());
        }
        let fields: BTreeMap<&str, &str> =
            names.iter().map(String::as_str).zip(row.iter().map(String::as_str)).collect();
        let name = fields.get("Name").copied().unwrap_or_default();
        if run.is_some() {
            return Err("a row behind `Aggregated`: it holds several runs".to_owned());
        }
        if name == "Aggregated" {
            run = Some(aggregated(&fields)?);
        } else if names_of.len() < MAX_NAMES {
            names_of.insert(name.to_owned());
        }
        Ok(())
    })?;
    let run = run.map(|run| Run { names: names_of, ..run });
    run.map(Told::of).ok_or_else(|| Failure::new("it is cut: the row `Aggregated` is missing"))
}

fn aggregated(fields: &BTreeMap<&str, &str>) -> Result<Run, String> {
    let get = |key: &str| fields.get(key).copied().unwrap_or_default();
    let number = |key: &str| get(key).parse::<u64>().map_err(|_| format!("`{key}` is no count"));
    let percentiles = fields.iter().filter_map(|(name, value)| {
        Some(Percentile { percent: name.strip_suffix('%')?.parse().ok()?, ms: value.parse().ok()? })
    });
    let shortest = get("Min Response Time").parse().ok().map(|ms| Percentile { percent: 0.0, ms });
    let all = percentiles.chain(shortest).collect();
    Ok(counted(number("Request Count")?, number("Failure Count")?, get("Requests/s").parse().ok(), all))
}

/// Reads the JSON.
pub(super) fn document(document: &Value) -> Result<Told, String> {
    let entries = document.as_array().ok_or("no list")?;
    if entries.is_empty() {
        return Ok(Told::Empty("no request was made".to_owned()));
    }
    let mut histogram: BTreeMap<u64, u64> = BTreeMap::new();
    let (mut requests, mut failed) = (0_u64, 0_u64);
    let mut span: Option<(f64, f64)> = None;
    let names = entries.iter().filter_map(|entry| entry.get("name")?.as_str()).take(MAX_NAMES);
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    for entry in entries {
        requests = requests.saturating_add(whole(entry, "/num_requests")?);
        failed = failed.saturating_add(whole(entry, "/num_failures")?);
        let times = entry.get("response_times").and_then(Value::as_object).ok_or("`response_times` is no map")?;
        for (ms, times) in times {
            // Milliseconds, rounded; Locust writes them with or without decimals.
            let ms: f64 = ms.parse().map_err(|_| format!("`{ms}` is no duration"))?;
            let ms = whole(&Value::from(ms.round()), "").map_err(|_| format!("`{ms}` is no duration"))?;
            let slot = histogram.entry(ms).or_default();
            *slot = slot.saturating_add(times.as_u64().ok_or("a count of response times is no number")?);
        }
        if let (Ok(first), Ok(last)) = (number(entry, "/start_time"), number(entry, "/last_request_timestamp")) {
            let (begin, end) = span.unwrap_or((first, last));
            span = Some((begin.min(first), end.max(last)));
        }
    }
    let seconds = span.map(|(first, last)| last - first).filter(|seconds| *seconds > 0.0);
    let rps = seconds.map(|seconds| count(requests) / seconds);
    let percents = [0.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 100.0];
    // The histogram is rounded; the shortest is told as it was.
    let shortest = entries.iter().filter_map(|entry| number(entry, "/min_response_time").ok()).reduce(f64::min);
    let told = percents.iter().filter_map(|percent| {
        let ms = shortest.filter(|_| *percent == 0.0).or_else(|| ranked(&histogram, *percent))?;
        Some(Percentile { percent: *percent, ms })
    });
    Ok(Told::of(Run { names, ..counted(requests, failed, rps, told.collect()) }))
}

/// How far the CSV's last row may lie behind the end of a run, in seconds: Locust writes it once a second.
const BEHIND: f64 = 2.0;

/// Of Locust's CSV reports those that a JSON in the same folder tells too, each JSON for one of them. Locust writes the JSON
/// when the run has ended and the CSV's last row up to a second before, so that it may lack a good part of a short run, or all
/// of it: the JSON has the same requests and those of that second.
pub(super) fn told_twice(csv: &[&Run], json: &[&Run]) -> Vec<String> {
    let folder = |run: &Run| run.report.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let later = |json: &Run, csv: &Run| {
        let (Some(all), Some(some), Some(rate)) = (json.requests, csv.requests, json.rps) else { return false };
        let wider = |percent: f64, holds: fn(&f64, &f64) -> bool| {
            json.percentile(percent).zip(csv.percentile(percent)).is_none_or(|(json, csv)| holds(&json, &csv))
        };
        folder(json) == folder(csv)
            && csv.names.is_subset(&json.names)
            && json.failed >= csv.failed
            && all.checked_sub(some).is_some_and(|more| count(more) <= BEHIND * rate)
            && wider(0.0, f64::le)
            && wider(100.0, f64::ge)
    };
    let mut left = json.to_vec();
    let again = csv.iter().filter(|csv| {
        let at = left.iter().position(|json| later(json, csv));
        at.map(|at| left.swap_remove(at)).is_some()
    });
    again.map(|csv| csv.report.clone()).collect()
}

/// The least duration that so many percent do not exceed.
fn ranked(histogram: &BTreeMap<u64, u64>, percent: f64) -> Option<f64> {
    let total = histogram.values().fold(0_u64, |sum, times| sum.saturating_add(*times));
    let wanted = count(total) * percent / 100.0;
    let mut seen = 0_u64;
    for (ms, times) in histogram {
        seen = seen.saturating_add(*times);
        if count(seen) >= wanted {
            return Some(count(*ms));
        }
    }
    None
}
