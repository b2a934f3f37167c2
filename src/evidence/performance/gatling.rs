//! Gatling: the text form of simulation.log (up to 3.10) and the statistics of its report (`global_stats.json`, `stats.json`).
//!
//! A record REQUEST has a number of columns that depends on the version: begin, end and OK or KO stand side by side in all.
//! Percentiles of the statistics are 50, 75, 95 and 99 unless Gatling is told otherwise. Later versions write simulation.log
//! in a binary form that is not read.

use std::io::BufRead;

use serde_json::Value;

use super::documents::{number, percentiles, whole};
use super::sample::{Sample, counted};
use super::{Failure, Told};
use crate::evidence::stream::each_line;
use crate::facts::performance::Percentile;

/// A line over this many bytes is refused.
const MAX_LINE: u64 = 1 << 20;

/// Reads simulation.log.
pub(super) fn read_log(input: &mut dyn BufRead) -> Result<Told, Failure> {
    let mut sample = Sample::default();
    each_line(input, MAX_LINE, |line, whole| {
        if !whole {
            return Err("it is cut: the last line is not whole".to_owned());
        }
        let fields: Vec<&str> = line.split('\t').collect();
        match fields.first().copied() {
            Some("REQUEST") => {
                let (begin, end, failed) = request(&fields).ok_or("a request without begin, end and result")?;
                sample.add(end - begin, failed, Some(begin))
            }
            Some("RUN" | "USER" | "GROUP" | "ERROR" | "ASSERTION" | "ACTION") => Ok(()),
            other => Err(format!("`{}` is no record of Gatling's", other.unwrap_or_default())),
        }
    })?;
    Ok(Told::of(sample.finish()))
}

fn request(fields: &[&str]) -> Option<(f64, f64, bool)> {
    fields.windows(3).find_map(|three| {
        let failed = match *three.get(2)? {
            "OK" => false,
            "KO" => true,
            _ => return None,
        };
        Some((three[0].parse().ok()?, three[1].parse().ok()?, failed))
    })
}

/// Reads the statistics.
pub(super) fn document(document: &Value) -> Result<Told, String> {
    let stats = document.get("stats").unwrap_or(document);
    let names = [
        ("minResponseTime", 0.0),
        ("percentiles1", 50.0),
        ("percentiles2", 75.0),
        ("percentiles3", 95.0),
        ("percentiles4", 99.0),
        ("maxResponseTime", 100.0),
    ];
    let told: Vec<Percentile> =
        names.iter().flat_map(|(name, percent)| percentiles(stats.get(name), &[("total", *percent)], 1.0)).collect();
    let rps = number(stats, "/meanNumberOfRequestsPerSecond/total").ok();
    let (requests, failed) = (whole(stats, "/numberOfRequests/total")?, whole(stats, "/numberOfRequests/ko")?);
    Ok(Told::of(counted(requests, failed, rps, told)))
}
