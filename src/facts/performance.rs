//! What load tests measured.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

/// Load test results over all reports. Of several the worst stands: percentiles and errors at their highest, the rate at its
/// lowest; what one of them does not tell is not known of the whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Performance {
    /// Median in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<f64>,
    /// 95th percentile in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95_ms: Option<f64>,
    /// 99th percentile in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_ms: Option<f64>,
    /// Requests per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rps: Option<f64>,
    /// Share of failed requests, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<f64>,
    /// Requests over all reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<u64>,
    /// The tool's own thresholds.
    pub thresholds: Vec<PerformanceThreshold>,
    /// The reports one by one, by path.
    pub runs: Vec<Run>,
}

/// One load test's results.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Run {
    /// The report.
    pub report: String,
    /// How many requests were made, failed ones included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<u64>,
    /// How many of them failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<u64>,
    /// Requests per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rps: Option<f64>,
    /// Share of failed requests, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<f64>,
    /// What is known of how long requests took, by percent: 0 is the shortest, 100 the longest.
    pub percentiles: Vec<Percentile>,
    /// The tool's own thresholds.
    pub thresholds: Vec<PerformanceThreshold>,
    /// Thresholds of which the report does not tell whether they held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<String>,
    /// The names of the requests, where the report lists them: a run that is told twice has the same ones.
    #[serde(skip)]
    pub names: BTreeSet<String>,
}

/// So many percent of the requests took at most so long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Percentile {
    /// 0 to 100.
    pub percent: f64,
    /// Milliseconds.
    pub ms: f64,
}

/// A threshold that the load test itself states.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct PerformanceThreshold {
    /// The metric.
    pub name: String,
    /// The condition.
    pub expr: String,
    /// Whether it held.
    pub ok: bool,
}

impl Run {
    /// The percentile, where the report tells it.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        self.percentiles.iter().find(|one| one.percent == percent).map(|one| one.ms)
    }

    /// Between what a percentile lies: the next lower one that is told, and the next higher one. Both are the percentile
    /// itself where it is told.
    #[must_use]
    pub fn bounds(&self, percent: f64) -> (Option<f64>, Option<f64>) {
        let below = self.percentiles.iter().filter(|one| one.percent <= percent);
        let above = self.percentiles.iter().filter(|one| one.percent >= percent);
        let by_percent = |one: &&Percentile, other: &&Percentile| one.percent.total_cmp(&other.percent);
        (below.max_by(by_percent).map(|one| one.ms), above.min_by(by_percent).map(|one| one.ms))
    }
}

impl Performance {
    /// The whole of several runs.
    #[must_use]
    pub fn of(runs: Vec<Run>) -> Self {
        let every = |of: &dyn Fn(&Run) -> Option<f64>, pick: fn(f64, f64) -> f64| {
            let told: Option<Vec<f64>> = runs.iter().map(of).collect();
            told?.into_iter().reduce(pick)
        };
        let requests: Option<Vec<u64>> = runs.iter().map(|run| run.requests).collect();
        let mut thresholds: Vec<PerformanceThreshold> =
            runs.iter().flat_map(|run| run.thresholds.iter().cloned()).collect();
        thresholds.sort();
        thresholds.dedup();
        Self {
            p50_ms: every(&|run| run.percentile(50.0), f64::max),
            p95_ms: every(&|run| run.percentile(95.0), f64::max),
            p99_ms: every(&|run| run.percentile(99.0), f64::max),
            rps: every(&|run| run.rps, f64::min),
            error_rate: every(&|run| run.error_rate, f64::max),
            requests: requests.filter(|all| !all.is_empty()).map(|all| all.into_iter().fold(0, u64::saturating_add)),
            thresholds,
            runs,
        }
    }
}
