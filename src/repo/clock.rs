//! Two clocks: the printed one, which `SOURCE_DATE_EPOCH` sets, and the real one, by which waivers and attestations lapse.

use jiff::Timestamp;

/// The clocks of a run.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    printed: Timestamp,
    real: Timestamp,
}

impl Clock {
    /// The system's clock, with `SOURCE_DATE_EPOCH` (seconds since 1970) honoured for what is printed.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the environment for the time")]
    pub fn system() -> Self {
        let real = Timestamp::now();
        let printed = std::env::var("SOURCE_DATE_EPOCH")
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .unwrap_or(real);
        Self { printed, real }
    }

    /// Both clocks stopped at `seconds` since 1970: for tests.
    #[must_use]
    pub fn fixed(seconds: i64) -> Self {
        let at = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        Self { printed: at, real: at }
    }

    /// The time that outputs print: RFC 3339, UTC, whole seconds.
    #[must_use]
    pub fn printed(&self) -> String {
        self.printed.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// Today by the real clock, UTC: `2026-11-24`. Dates in this form compare as text.
    #[must_use]
    pub fn today(&self) -> String {
        self.real.strftime("%Y-%m-%d").to_string()
    }

    /// Now by the real clock, in seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.real.as_second()
    }
}
