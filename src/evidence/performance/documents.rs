//! Results that are one JSON document, told apart by their keys: k6's summaries, autocannon, vegeta's report, oha, Artillery,
//! Gatling's and JMeter's statistics, Locust, siege.

use std::io::BufRead;

use serde_json::Value;

use super::sample::{count, counted, sorted};
use super::{Failure, Told, gatling, k6, locust, vegeta};
use crate::evidence::json;
use crate::facts::performance::{Percentile, Run};

/// Reads a document.
pub(super) fn read(input: &mut dyn BufRead) -> Result<(&'static str, Told), Failure> {
    let document = json::document(input)?;
    let has = |key: &str| document.get(key).is_some();
    let (name, told) = if document.is_array() {
        ("locust-json", locust::document(&document))
    } else if has("metrics") {
        ("k6-summary", k6::document(&document))
    } else if has("latency") && has("requests") {
        ("autocannon", autocannon(&document))
    } else if has("latencies") && has("requests") {
        ("vegeta-json", vegeta::document(&document))
    } else if has("latencyPercentiles") && has("summary") {
        ("oha-json", oha(&document))
    } else if has("aggregate") {
        ("artillery", artillery(&document))
    } else if has("numberOfRequests") || document.pointer("/stats/numberOfRequests").is_some() {
        ("gatling-json", gatling::document(&document))
    } else if document.pointer("/Total/sampleCount").is_some() {
        ("jmeter-statistics", jmeter(&document))
    } else if has("transactions") && has("failed_transactions") && has("availability") {
        ("siege", siege(&document))
    } else {
        return Err(Failure::new("JSON, and no load test that is known"));
    };
    told.map(|told| (name, told)).map_err(Failure::new)
}

/// A number that must be there.
pub(super) fn number(document: &Value, pointer: &str) -> Result<f64, String> {
    let value = document.pointer(pointer).and_then(Value::as_f64);
    value.ok_or_else(|| format!("`{}` is no number", pointer.trim_start_matches('/').replace('/', ".")))
}

/// A count that must be there.
pub(super) fn whole(document: &Value, pointer: &str) -> Result<u64, String> {
    let value = number(document, pointer)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just before")]
    let rounded = (0.0..=1e15).contains(&value).then_some(value as u64);
    rounded.ok_or_else(|| format!("`{pointer}` is no count"))
}

/// Percentiles of an object, by the keys that name them, in units of so many milliseconds.
pub(super) fn percentiles(of: Option<&Value>, names: &[(&str, f64)], unit: f64) -> Vec<Percentile> {
    let one =
        |(name, percent): &(&str, f64)| Some(Percentile { percent: *percent, ms: of?.get(name)?.as_f64()? * unit });
    sorted(names.iter().filter_map(one).collect())
}

/// autocannon (`-j`). It tells p90 and p97.5 and no p95. Sockets' errors are no responses; timeouts are among them in most
/// versions. `non2xx` counts redirects too. A connection that the server closes is opened again and what was sent on it counted
/// nowhere: of what was sent and not answered only as much as was under way at the end is no failure.
fn autocannon(document: &Value) -> Result<Told, String> {
    let responses = whole(document, "/requests/total")?;
    let under_way =
        whole(document, "/connections").unwrap_or(u64::MAX).saturating_mul(whole(document, "/pipelining").unwrap_or(1));
    let lost = whole(document, "/requests/sent").unwrap_or(0).saturating_sub(responses).saturating_sub(under_way);
    let errors = whole(document, "/errors")?.max(whole(document, "/timeouts").unwrap_or(0)).max(lost);
    let refused = whole(document, "/non2xx")?;
    let names = [
        ("min", 0.0),
        ("p1", 1.0),
        ("p10", 10.0),
        ("p25", 25.0),
        ("p50", 50.0),
        ("p75", 75.0),
        ("p90", 90.0),
        ("p97_5", 97.5),
        ("p99", 99.0),
        ("p99_9", 99.9),
        ("max", 100.0),
    ];
    let told = if responses == 0 { Vec::new() } else { percentiles(document.get("latency"), &names, 1.0) };
    let rps = number(document, "/requests/average").ok();
    Ok(Told::of(counted(responses.saturating_add(errors), errors.saturating_add(refused), rps, told)))
}

/// oha (`--output-format json`). Seconds. `successRate` counts any response as a success, so statuses are looked at.
fn oha(document: &Value) -> Result<Told, String> {
    let (requests, failed) = statuses(document.get("statusCodeDistribution"));
    let (errors, _) = statuses(document.get("errorDistribution"));
    let names = [
        ("p10", 10.0),
        ("p25", 25.0),
        ("p50", 50.0),
        ("p75", 75.0),
        ("p90", 90.0),
        ("p95", 95.0),
        ("p99", 99.0),
        ("p99.9", 99.9),
        ("p99.99", 99.99),
    ];
    let mut told = percentiles(document.get("latencyPercentiles"), &names, 1_000.0);
    told.extend(percentiles(document.get("summary"), &[("fastest", 0.0), ("slowest", 100.0)], 1_000.0));
    let rps = number(document, "/summary/requestsPerSec").ok();
    Ok(Told::of(counted(requests.saturating_add(errors), failed.saturating_add(errors), rps, told)))
}

/// How many there are in a map of counts, and how many of them under a status of 400 and above.
pub(super) fn statuses(of: Option<&Value>) -> (u64, u64) {
    let entries = of.and_then(Value::as_object).into_iter().flatten();
    entries.fold((0, 0), |sum: (u64, u64), (status, count)| {
        let count = count.as_u64().unwrap_or(0);
        let failed = status.parse::<u16>().is_ok_and(is_failure);
        (sum.0.saturating_add(count), sum.1.saturating_add(if failed { count } else { 0 }))
    })
}

/// Whether a status says that a request failed; 0 stands for no response at all.
pub(super) fn is_failure(status: u16) -> bool {
    !(100..400).contains(&status)
}

/// Artillery's JSON report. Version 2 has counters and summaries, version 1 `latency`, `codes` and `errors`. Requests that got
/// no response are counted as errors alone.
fn artillery(document: &Value) -> Result<Told, String> {
    let aggregate = document.get("aggregate").ok_or("`aggregate` is missing")?;
    if let Some(latency) = aggregate.get("latency") {
        return Ok(artillery_one(aggregate, latency));
    }
    let counters = aggregate.get("counters").and_then(Value::as_object).ok_or("`aggregate.counters` is missing")?;
    let sum = |of: &dyn Fn(&str) -> bool| {
        let counts = counters.iter().filter(|(key, _)| of(key)).filter_map(|(_, value)| value.as_u64());
        counts.fold(0, u64::saturating_add)
    };
    let requests = sum(&|key| key == "http.requests");
    let status = |key: &str| key.strip_prefix("http.codes.").and_then(|code| code.parse::<u16>().ok());
    let failed = sum(&|key| status(key).is_some_and(is_failure));
    // Each request without a response is one error; errors of captures and expectations speak of ones that had a response.
    let lost = requests.saturating_sub(sum(&|key| key == "http.responses"));
    let summaries = aggregate.get("summaries").or_else(|| aggregate.get("histograms"));
    let times = summaries.and_then(|all| all.get("http.response_time"));
    let first = number(aggregate, "/firstCounterAt").or_else(|_| number(aggregate, "/firstMetricAt"));
    let last = number(aggregate, "/lastCounterAt").or_else(|_| number(aggregate, "/lastMetricAt"));
    let seconds = first.ok().zip(last.ok()).map(|(first, last)| (last - first) / 1_000.0);
    let rps = seconds.filter(|seconds| *seconds > 0.0).map(|seconds| count(requests) / seconds);
    let rps = rps.or_else(|| aggregate.get("rates").and_then(|rates| rates.get("http.request_rate")?.as_f64()));
    Ok(Told::of(counted(requests, failed.saturating_add(lost), rps, percentiles(times, &ARTILLERY, 1.0))))
}

const ARTILLERY: [(&str, f64); 9] = [
    ("min", 0.0),
    ("p50", 50.0),
    ("median", 50.0),
    ("p75", 75.0),
    ("p90", 90.0),
    ("p95", 95.0),
    ("p99", 99.0),
    ("p999", 99.9),
    ("max", 100.0),
];

fn artillery_one(aggregate: &Value, latency: &Value) -> Told {
    let (responses, failed) = statuses(aggregate.get("codes"));
    let (errors, _) = statuses(aggregate.get("errors"));
    let rps = number(aggregate, "/rps/mean").ok();
    let requests = responses.saturating_add(errors);
    Told::of(counted(requests, failed.saturating_add(errors), rps, percentiles(Some(latency), &ARTILLERY, 1.0)))
}

/// JMeter's dashboard statistics. `pct1` to `pct3` are 90, 95 and 99 unless JMeter is told otherwise.
fn jmeter(document: &Value) -> Result<Told, String> {
    let total = document.get("Total").ok_or("`Total` is missing")?;
    let names = [
        ("minResTime", 0.0),
        ("medianResTime", 50.0),
        ("pct1ResTime", 90.0),
        ("pct2ResTime", 95.0),
        ("pct3ResTime", 99.0),
        ("maxResTime", 100.0),
    ];
    let run: Run = counted(
        whole(total, "/sampleCount")?,
        whole(total, "/errorCount")?,
        number(total, "/throughput").ok(),
        percentiles(Some(total), &names, 1.0),
    );
    Ok(Told::of(run))
}

/// siege (`-j`). Seconds, rounded to hundredths; its transactions are those that did not fail. It tells no percentiles.
fn siege(document: &Value) -> Result<Told, String> {
    let failed = whole(document, "/failed_transactions")?;
    let requests = whole(document, "/transactions")?.saturating_add(failed);
    let names = [("shortest_transaction", 0.0), ("longest_transaction", 100.0)];
    let rps = number(document, "/transaction_rate").ok();
    Ok(Told::of(counted(requests, failed, rps, percentiles(Some(document), &names, 1_000.0))))
}
