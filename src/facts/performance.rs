//! What load tests measured.

use schemars::JsonSchema;
use serde::Serialize;

/// Load test results.
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
    /// The tool's own thresholds.
    pub thresholds: Vec<PerformanceThreshold>,
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
