//! k6's summaries: what `handleSummary` is given, and the older file of `--summary-export`.
//!
//! Traps: in the older file a threshold's boolean says that it was *crossed*; `http_req_failed` is a rate of failures, so its
//! `passes` are failed requests; p(99) is only there when the script asks for it.

use serde_json::Value;

use super::Told;
use super::sample::{counted, sorted};
use crate::facts::performance::{Percentile, PerformanceThreshold};

/// Reads a summary.
pub(super) fn document(document: &Value) -> Result<Told, String> {
    let metrics = document.get("metrics").and_then(Value::as_object).ok_or("`metrics` is no map")?;
    let newer = metrics.values().any(|metric| metric.get("values").is_some());
    let values = |name: &str| metrics.get(name).map(|metric| metric.get("values").unwrap_or(metric));
    let duration = values("http_req_duration").or_else(|| values("grpc_req_duration"));
    let known = metrics.contains_key("iterations") || metrics.contains_key("iteration_duration") || duration.is_some();
    if !known {
        return Err("JSON with `metrics`, and no summary of k6".to_owned());
    }
    let mut thresholds = Vec::new();
    for (name, metric) in metrics {
        for (expr, held) in metric.get("thresholds").and_then(Value::as_object).into_iter().flatten() {
            let ok = match (newer, held) {
                (true, Value::Object(held)) => held.get("ok").and_then(Value::as_bool),
                (false, Value::Bool(crossed)) => Some(!crossed),
                _ => None,
            };
            let ok = ok.ok_or_else(|| format!("the threshold `{expr}` of {name} is neither held nor crossed"))?;
            thresholds.push(PerformanceThreshold { name: name.clone(), expr: expr.clone(), ok });
        }
    }
    thresholds.sort();
    let number = |of: Option<&Value>, key: &str| of.and_then(|of| of.get(key)).and_then(Value::as_f64);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, checked to be in range")]
    let whole = |value: f64| if (0.0..1e15).contains(&value) { value as u64 } else { 0 };
    let (reqs, failures) = (values("http_reqs"), values("http_req_failed"));
    let requests = number(reqs, "count").map_or(0, whole);
    let mut run = counted(requests, 0, number(reqs, "rate"), durations(duration));
    run.failed = number(failures, "passes").map(whole).filter(|failed| *failed <= requests);
    let rate = number(failures, "rate").or_else(|| number(failures, "value"));
    run.error_rate = match run.failed {
        Some(failed) => super::sample::share(failed, requests),
        None => rate.filter(|rate| (0.0..=1.0).contains(rate)),
    };
    run.thresholds = thresholds;
    Ok(Told::of(run))
}

/// The percentiles of a trend: `med`, `min`, `max` and every `p(N)`.
fn durations(trend: Option<&Value>) -> Vec<Percentile> {
    let entries = trend.and_then(Value::as_object).into_iter().flatten();
    let told = entries.filter_map(|(name, value)| Some(Percentile { percent: percent(name)?, ms: value.as_f64()? }));
    sorted(told.collect())
}

/// The percent that a statistic of a trend stands for.
pub(super) fn percent(statistic: &str) -> Option<f64> {
    match statistic {
        "min" => Some(0.0),
        "med" => Some(50.0),
        "max" => Some(100.0),
        other => other.strip_prefix("p(")?.strip_suffix(')')?.trim().parse().ok(),
    }
}
