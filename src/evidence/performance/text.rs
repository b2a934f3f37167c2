//! Results as text for people: wrk, hey (and oha, which prints alike), ab, vegeta's report. Each has a line that comes last:
//! without it the text is cut. Units differ from line to line.

use std::io::BufRead;

use super::clock::{millis, scale};
use super::documents::is_failure;
use super::sample::{Sample, count, counted};
use super::{Failure, Told};
use crate::evidence::stream::each_row;
use crate::facts::performance::{Percentile, Run};

/// Tells which tool printed it, and reads it.
pub(super) fn read(text: &str) -> Result<(&'static str, Told), Failure> {
    // What comes last in each of the tools' outputs, or once.
    for once in ["Requests/sec:", "Requests per second:", "Success       [ratio]"] {
        if text.lines().filter(|line| line.trim_start().starts_with(once)).count() > 1 {
            return Err(Failure::new("it holds several runs: write each to a file of its own"));
        }
    }
    let has = |start: &str| text.lines().any(|line| line.trim_start().starts_with(start));
    let (name, told) = if has("Running ") && text.contains(" test @ ") {
        ("wrk", wrk(text))
    } else if has("This is ApacheBench") || has("Server Software:") || has("Document Path:") {
        ("ab", ab(text))
    } else if has("Requests") && has("Latencies") && has("Duration") {
        ("vegeta-text", vegeta(text))
    } else if has("Summary:") && has("Requests/sec:") {
        ("hey", hey(text))
    } else {
        return Err(Failure::new("it is no load test that is known, or one that is cut"));
    };
    told.map(|told| (name, told)).map_err(Failure::new)
}

const CUT: &str = "it is cut: what comes last is missing";

/// What stands behind a label, in the first line that begins with it.
fn after<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim)
}

fn first_number(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text[..end].parse().ok()
}

fn first_count(text: &str) -> Option<u64> {
    text.split(|c: char| !c.is_ascii_digit()).find(|word| !word.is_empty())?.parse().ok()
}

/// wrk, with and without `--latency`. Without, only the longest is told.
fn wrk(text: &str) -> Result<Told, String> {
    let transfer = after(text, "Transfer/sec:").is_some_and(|rest| rest.ends_with('B'));
    let rps = after(text, "Requests/sec:").and_then(first_number).filter(|_| transfer).ok_or(CUT)?;
    let made = text.lines().find_map(|line| line.trim().split_once(" requests in ")).ok_or(CUT)?.0;
    let responses: u64 = made.parse().map_err(|_| format!("`{made}` is no count"))?;
    let mut told = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [percent, ms] if percent.ends_with('%') => {
                let percent = percent.trim_end_matches('%').parse::<f64>().ok();
                told.extend(percent.zip(millis(ms)).map(|(percent, ms)| Percentile { percent, ms }));
            }
            ["Latency", _, _, longest, ..] => {
                told.extend(millis(longest).map(|ms| Percentile { percent: 100.0, ms }));
            }
            _ => {}
        }
    }
    let refused = after(text, "Non-2xx or 3xx responses:").and_then(first_count).unwrap_or(0);
    let sockets = after(text, "Socket errors:").unwrap_or_default();
    let errors = sockets.split(',').filter_map(first_count).fold(0, u64::saturating_add);
    let requests = responses.saturating_add(errors);
    Ok(Told::of(counted(requests, refused.saturating_add(errors), Some(rps), told)))
}

/// ab. Its failed requests include answers of another length than the first, and do not include answers of another status.
fn ab(text: &str) -> Result<Told, String> {
    let counted_by = |label: &str| after(text, label).and_then(first_count);
    let complete = counted_by("Complete requests:").ok_or(CUT)?;
    let failed = counted_by("Failed requests:").ok_or(CUT)?;
    let rps = after(text, "Requests per second:").and_then(first_number);
    if complete == 0 {
        return Ok(Told::Empty("no request was made".to_owned()));
    }
    let mut told = Vec::new();
    let mut whole = false;
    for line in text.lines() {
        let Some((percent, ms)) = line.trim().split_once('%') else { continue };
        let (Ok(percent), Some(ms)) = (percent.parse::<f64>(), first_number(ms.trim())) else { continue };
        whole |= percent == 100.0 && line.contains("(longest request)");
        told.push(Percentile { percent, ms });
    }
    if !whole && complete > 1 {
        return Err(CUT.to_owned());
    }
    let refused = counted_by("Non-2xx responses:").unwrap_or(0);
    Ok(Told::of(counted(complete, failed.max(refused), rps, told)))
}

/// vegeta's text report: each row names its columns in brackets.
fn vegeta(text: &str) -> Result<Told, String> {
    if !text.lines().any(|line| line.trim_start().starts_with("Error Set:")) {
        return Err(CUT.to_owned());
    }
    let row = |label: &str| {
        let (names, values) = after(text, label)?.strip_prefix('[')?.split_once(']')?;
        let values: Vec<String> = values.split(',').map(|value| value.trim().to_owned()).collect();
        Some((names.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>(), values))
    };
    let (names, values) = row("Requests").ok_or(CUT)?;
    let at = |name: &str| names.iter().position(|one| one == name).and_then(|index| values.get(index));
    let requests: u64 = at("total").and_then(|text| text.parse().ok()).ok_or("`Requests` has no total")?;
    let rps = at("rate").and_then(|text| text.parse().ok());
    let (names, values) = row("Latencies").ok_or(CUT)?;
    let told = names.iter().zip(&values).filter_map(|(name, value)| {
        let percent = match name.as_str() {
            "min" => 0.0,
            "max" => 100.0,
            other => other.parse().ok()?,
        };
        Some(Percentile { percent, ms: millis(value)? })
    });
    let told = told.collect();
    let (_, codes) = row("Status Codes").ok_or(CUT)?;
    let mut failed = 0_u64;
    let mut answered = 0_u64;
    for word in codes.iter().flat_map(|codes| codes.split_whitespace()) {
        let (status, times) = word.split_once(':').ok_or_else(|| format!("`{word}` is no status and count"))?;
        let (Ok(status), Ok(times)) = (status.parse::<u16>(), times.parse::<u64>()) else {
            return Err(format!("`{word}` is no status and count"));
        };
        answered = answered.saturating_add(times);
        failed = failed.saturating_add(if is_failure(status) { times } else { 0 });
    }
    if answered != requests {
        return Err(format!("it tells of {requests} requests and of the status of {answered}"));
    }
    Ok(Told::of(counted(requests, failed, rps, told)))
}

/// hey and oha. Requests are those with a status and those in the error distribution; the rate and the time say how many there
/// must be, which shows a text that is cut.
fn hey(text: &str) -> Result<Told, String> {
    let total = after(text, "Total:").and_then(seconds);
    let rps = after(text, "Requests/sec:").and_then(first_number).ok_or(CUT)?;
    let mut told = Vec::new();
    let (mut requests, mut failed) = (0_u64, 0_u64);
    let mut section = "";
    for line in text.lines() {
        let line = line.trim();
        if let Some(name) = line.strip_suffix(':') {
            section = name;
        } else if let Some((percent, took)) = line.split_once("% in ") {
            let percent = percent.trim().parse().ok();
            told.extend(percent.zip(seconds(took)).map(|(percent, s)| Percentile { percent, ms: s * 1_000.0 }));
        } else if let Some((inside, rest)) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            let (status, times) = match section {
                "Status code distribution" => {
                    let times = rest.trim().strip_suffix(" responses").ok_or(CUT)?;
                    (inside.trim().parse::<u16>().ok(), times.trim().parse::<u64>().ok())
                }
                "Error distribution" => (Some(0), inside.trim().parse::<u64>().ok()),
                _ => continue,
            };
            let (status, times) = status.zip(times).ok_or_else(|| format!("`{line}` is no status and count"))?;
            requests = requests.saturating_add(times);
            failed = failed.saturating_add(if is_failure(status) { times } else { 0 });
        }
    }
    let must_be = total.map(|seconds| seconds * rps).ok_or(CUT)?;
    if requests == 0 && must_be < 0.5 {
        return Ok(Told::Empty("no request was made".to_owned()));
    }
    // Both are printed with four decimals.
    let rounding = 0.000_05 * (rps + total.unwrap_or(0.0)) + 0.5;
    if (count(requests) - must_be).abs() > rounding {
        return Err(format!("it is cut: it tells the result of {requests} requests, and made {must_be:.0}"));
    }
    for (label, percent) in [("Fastest:", 0.0), ("Slowest:", 100.0)] {
        told.extend(after(text, label).and_then(seconds).map(|s| Percentile { percent, ms: s * 1_000.0 }));
    }
    Ok(Told::of(counted(requests, failed, Some(rps), told)))
}

/// `0.1207 secs`, `1.2 ms`.
fn seconds(text: &str) -> Option<f64> {
    let mut words = text.split_whitespace();
    let number: f64 = words.next()?.trim_end_matches(',').parse().ok()?;
    Some(number * scale(words.next()?)? / 1_000.0)
}

/// hey's rows (`-o csv`): seconds. Only requests with an answer are in them, so how many failed is not known, unless all did.
pub(super) fn hey_rows(input: &mut dyn BufRead) -> Result<Told, Failure> {
    let mut sample = Sample::default();
    let mut columns: Option<(usize, usize)> = None;
    each_row(input, ',', |row, whole| {
        let Some((status, begin)) = columns else {
            let find = |name: &str| row.iter().position(|column| column == name);
            columns = Some((find("status-code").ok_or(CUT)?, find("offset").ok_or(CUT)?));
            return Ok(());
        };
        let field = |index: usize| row.get(index).map_or("", String::as_str);
        let (took, status, begin) =
            (field(0).parse::<f64>(), field(status).parse::<u16>(), field(begin).parse::<f64>());
        let (Ok(took), Ok(status), Ok(begin), true) = (took, status, begin, whole) else { return Err(CUT.to_owned()) };
        sample.add(took * 1_000.0, is_failure(status), Some(begin * 1_000.0))
    })?;
    let run = sample.finish();
    let error_rate = run.error_rate.filter(|rate| *rate >= 1.0);
    Ok(Told::of(Run { failed: None, error_rate, ..run }))
}
