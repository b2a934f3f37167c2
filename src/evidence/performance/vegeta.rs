//! vegeta's results (`vegeta encode`, a line of JSON each) and its report as JSON. Nanoseconds. A status from 200 to 399 is a
//! success; 0 stands for no response.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;

use super::documents::{is_failure, number, percentiles, statuses, whole};
use super::k6_points::millis_since_1970;
use super::sample::{Sample, counted};
use super::{Failure, Told};
use crate::evidence::stream::each_line;

/// A line over this many bytes is refused: it holds the body of a response.
const MAX_LINE: u64 = 16 << 20;

#[derive(Deserialize)]
struct Point {
    code: u16,
    timestamp: String,
    /// Nanoseconds.
    latency: u64,
    #[serde(default)]
    error: String,
}

/// Whether a stream of results begins so.
pub(super) fn begins(line: &str) -> bool {
    serde_json::from_str::<Point>(line).is_ok()
}

/// Reads a stream of results.
pub(super) fn read_points(input: &mut dyn BufRead) -> Result<Told, Failure> {
    let mut sample = Sample::default();
    each_line(input, MAX_LINE, |line, whole| {
        if !whole {
            return Err("it is cut: the last line is not whole".to_owned());
        }
        let point: Point = serde_json::from_str(line).map_err(|error| format!("no result of vegeta's: {error}"))?;
        let failed = is_failure(point.code) || !point.error.is_empty();
        sample.add(super::sample::count(point.latency) / 1e6, failed, millis_since_1970(&point.timestamp))
    })?;
    Ok(Told::of(sample.finish()))
}

/// Reads a report.
pub(super) fn document(document: &Value) -> Result<Told, String> {
    let requests = whole(document, "/requests")?;
    let (told, failed) = statuses(document.get("status_codes"));
    if told != requests {
        return Err(format!("it tells of {requests} requests and of the status of {told}"));
    }
    let names = [("min", 0.0), ("50th", 50.0), ("90th", 90.0), ("95th", 95.0), ("99th", 99.0), ("max", 100.0)];
    let told = percentiles(document.get("latencies"), &names, 1e-6);
    Ok(Told::of(counted(requests, failed, number(document, "/rate").ok(), told)))
}
