//! k6's stream of points (`--out json=FILE`): a line each for a metric's definition and for each of its points.
//!
//! Points hold values and no verdicts: percentiles and thresholds are computed as k6 computes them at the end of a run. A
//! submetric's thresholds are not in the stream, so they stay undecided.

use std::collections::BTreeMap;
use std::io::BufRead;

use serde::Deserialize;

use super::k6::percent;
use super::sample::{Sample, count, interpolated, share};
use super::{Failure, Told};
use crate::evidence::stream::each_line;
use crate::facts::performance::{PerformanceThreshold, Run};

/// A line over this many bytes is refused.
const MAX_LINE: u64 = 1 << 20;

/// Whether a stream of points begins so.
pub(super) fn begins(line: &str) -> bool {
    let parsed: Result<Line, _> = serde_json::from_str(line);
    parsed.is_ok_and(|line| matches!(line.kind.as_str(), "Metric" | "Point"))
}

#[derive(Deserialize)]
struct Line {
    metric: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    // Of a definition.
    #[serde(rename = "type")]
    kind: Option<String>,
    thresholds: Option<Vec<String>>,
    submetrics: Option<Vec<Submetric>>,
    // Of a point.
    time: Option<String>,
    value: Option<f64>,
}

#[derive(Deserialize)]
struct Submetric {
    name: String,
}

/// What is kept of a metric.
#[derive(Default)]
struct Metric {
    kind: String,
    thresholds: Vec<String>,
    sum: f64,
    count: u64,
    nonzero: u64,
    last: f64,
    /// The values of a trend that has thresholds.
    values: Vec<f32>,
}

/// Reads a stream.
pub(super) fn read(input: &mut dyn BufRead) -> Result<Told, Failure> {
    let mut metrics: BTreeMap<String, Metric> = BTreeMap::new();
    let mut sample = Sample::default();
    let mut undecided = Vec::new();
    each_line(input, MAX_LINE, |line, whole| {
        let parsed: Line = serde_json::from_str(line).map_err(|error| {
            if whole { format!("no line of k6's: {error}") } else { "it is cut: the last line is not whole".to_owned() }
        })?;
        let metric = metrics.entry(parsed.metric.clone()).or_default();
        if parsed.kind == "Metric" {
            metric.kind = parsed.data.kind.unwrap_or_default();
            metric.thresholds = parsed.data.thresholds.unwrap_or_default();
            // k6 makes this one itself; another is made for a threshold of its own.
            let own = |one: &Submetric| !one.name.ends_with("{expected_response:true}");
            undecided.extend(parsed.data.submetrics.into_iter().flatten().filter(own).map(|one| one.name));
            return Ok(());
        }
        let value = parsed.data.value.ok_or("a point without a value")?;
        if parsed.metric == "http_req_duration" {
            let end = parsed.data.time.as_deref().and_then(millis_since_1970);
            sample.add(value, false, end.map(|end| end - value))?;
        }
        metric.take(value);
        Ok(())
    })?;
    let mut run = sample.finish();
    if let Some(failures) = metrics.get("http_req_failed").filter(|metric| metric.count > 0) {
        // A script may ask k6 not to judge some requests.
        run.failed = (Some(failures.count) == run.requests).then_some(failures.nonzero);
        run.error_rate = share(failures.nonzero, failures.count);
    } else {
        (run.failed, run.error_rate) = (None, None);
    }
    judge(&mut metrics, &mut run, &mut undecided);
    undecided.sort();
    undecided.dedup();
    run.undecided = undecided;
    Ok(Told::of(run))
}

impl Metric {
    fn take(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
        self.nonzero += u64::from(value != 0.0);
        self.last = value;
        if self.kind == "trend" && !self.thresholds.is_empty() {
            #[expect(clippy::cast_possible_truncation, reason = "seven digits of a duration are enough")]
            self.values.push(value as f32);
        }
    }

    /// What a threshold speaks of.
    fn statistic(&self, name: &str) -> Option<f64> {
        match (self.kind.as_str(), name) {
            ("rate", "rate") => share(self.nonzero, self.count),
            ("counter", "count") => Some(self.sum),
            ("gauge", "value") => Some(self.last),
            ("trend", "avg") => (self.count > 0).then(|| self.sum / count(self.count)),
            ("trend", "count") => Some(count(self.count)),
            ("trend", name) => interpolated(&self.values, percent(name)?),
            _ => None,
        }
    }
}

fn judge(metrics: &mut BTreeMap<String, Metric>, run: &mut Run, undecided: &mut Vec<String>) {
    for (name, metric) in metrics {
        metric.values.sort_unstable_by(f32::total_cmp);
        for expr in &metric.thresholds {
            match holds(expr, metric) {
                Some(ok) => run.thresholds.push(PerformanceThreshold { name: name.clone(), expr: expr.clone(), ok }),
                None => undecided.push(format!("{name}: {expr}")),
            }
        }
    }
    run.thresholds.sort();
}

/// Whether `p(95)<100` holds; none where it is no such expression or its statistic is not known.
fn holds(expr: &str, metric: &Metric) -> Option<bool> {
    let at = expr.find(['<', '>', '=', '!'])?;
    let end = expr[at..].find(|c: char| !matches!(c, '<' | '>' | '=' | '!')).map(|end| at + end)?;
    let value = metric.statistic(expr[..at].trim())?;
    let limit: f64 = expr[end..].trim().parse().ok()?;
    match &expr[at..end] {
        "<" => Some(value < limit),
        "<=" => Some(value <= limit),
        ">" => Some(value > limit),
        ">=" => Some(value >= limit),
        "==" | "===" => Some(value == limit),
        "!=" => Some(value != limit),
        _ => None,
    }
}

/// `2026-11-23T01:13:33.539854133Z`, also with a zone.
pub(super) fn millis_since_1970(text: &str) -> Option<f64> {
    let at: jiff::Timestamp = text.parse().ok()?;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
    let millis = at.as_millisecond() as f64;
    Some(millis)
}
