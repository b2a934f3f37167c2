//! Points: how long each request took, and whether it failed.

use crate::facts::performance::{Percentile, Run};

/// The percentiles that are computed where points are known.
const COMPUTED: [f64; 8] = [0.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 100.0];

/// Points of one load test, gathered one by one.
#[derive(Debug, Default)]
pub(super) struct Sample {
    /// Milliseconds.
    durations: Vec<f32>,
    failed: u64,
    /// Milliseconds since 1970, the first begin and the last end.
    span: Option<(f64, f64)>,
}

impl Sample {
    /// A request that took so many milliseconds, begun at `at` (milliseconds since 1970) where that is told.
    pub(super) fn add(&mut self, took: f64, failed: bool, at: Option<f64>) -> Result<(), String> {
        if !took.is_finite() || took < 0.0 {
            return Err(format!("{took} is no duration"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "seven digits of a duration are enough")]
        self.durations.push(took as f32);
        self.failed += u64::from(failed);
        if let Some(at) = at {
            let (first, last) = self.span.unwrap_or((at, at + took));
            self.span = Some((first.min(at), last.max(at + took)));
        }
        Ok(())
    }

    /// What the points come to.
    pub(super) fn finish(mut self) -> Run {
        self.durations.sort_unstable_by(f32::total_cmp);
        let requests = self.durations.len() as u64;
        let percentiles = COMPUTED.iter().filter_map(|percent| {
            let ms = interpolated(&self.durations, *percent)?;
            Some(Percentile { percent: *percent, ms })
        });
        let seconds = self.span.map(|(first, last)| (last - first) / 1_000.0).filter(|seconds| *seconds > 0.0);
        Run {
            requests: Some(requests),
            failed: Some(self.failed),
            rps: seconds.map(|seconds| count(requests) / seconds),
            error_rate: share(self.failed, requests),
            percentiles: percentiles.collect(),
            ..Run::default()
        }
    }
}

/// A percentile of sorted values, linear between the nearest two.
pub(super) fn interpolated(sorted: &[f32], percent: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = percent / 100.0 * count(last as u64);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and the length")]
    let low = (at.floor() as usize).min(last);
    let (below, above) = (f64::from(sorted[low]), f64::from(sorted[(low + 1).min(last)]));
    Some(below + (above - below) * (at - at.floor()))
}

/// A share; none of nothing.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| count(part) / count(whole))
}

/// A count as a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "counts of requests are far below 2^53")]
pub(super) fn count(count: u64) -> f64 {
    count as f64
}

/// A run whose failed and made requests are known.
pub(super) fn counted(requests: u64, failed: u64, rps: Option<f64>, percentiles: Vec<Percentile>) -> Run {
    let failed = failed.min(requests);
    Run {
        requests: Some(requests),
        failed: Some(failed),
        rps: rps.filter(|rps| rps.is_finite() && *rps >= 0.0),
        error_rate: share(failed, requests),
        percentiles: sorted(percentiles),
        ..Run::default()
    }
}

/// Percentiles by percent; what is no duration is left out.
pub(super) fn sorted(mut all: Vec<Percentile>) -> Vec<Percentile> {
    all.retain(|one| one.ms.is_finite() && one.ms >= 0.0 && (0.0..=100.0).contains(&one.percent));
    all.sort_by(|one, other| one.percent.total_cmp(&other.percent));
    all.dedup_by(|one, other| one.percent == other.percent);
    all
}
