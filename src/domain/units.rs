//! Bounded values as they stand in a DoD: percentages, sizes, durations. Each reads itself strictly and says what it wants.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A share in millionths of a percent, exact: 90.5 % is 90_500_000. Never compared as a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u64);

impl Percent {
    /// Millionths of a percent in one percent.
    const SCALE: u64 = 1_000_000;

    /// A whole number of percent, from 0 to 100.
    #[must_use]
    pub const fn whole(percent: u64) -> Self {
        Self(percent * Self::SCALE)
    }

    /// Reads `90`, `90.5`, `90%`, `90.5 %`: 0 to 100, at most six decimals.
    ///
    /// # Errors
    /// What is wrong, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let digits = text.trim().trim_end_matches('%').trim_end();
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let well_formed = !whole.is_empty()
            && whole.len() <= 3
            && decimals.len() <= 6
            && !digits.ends_with('.')
            && whole.bytes().chain(decimals.bytes()).all(|byte| byte.is_ascii_digit());
        let value = well_formed
            .then(|| format!("{whole}{decimals:0<6}").parse::<u64>().ok())
            .flatten()
            .ok_or_else(|| format!("`{text}` is no percentage: write a number from 0 to 100"))?;
        if value > 100 * Self::SCALE {
            return Err(format!("`{text}` is over 100 %"));
        }
        Ok(Self(value))
    }

    /// In percent, for comparing with what is only told as a float.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most 10^8, far below 2^53")]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }

    /// Whether `covered` of `total` reaches this share, by exact integers. Nothing of nothing reaches no share.
    #[must_use]
    pub fn reached(self, covered: u64, total: u64) -> bool {
        total > 0 && u128::from(covered) * 100 * u128::from(Self::SCALE) >= u128::from(self.0) * u128::from(total)
    }

    /// Whether `covered` of `total` is more than this share, by exact integers.
    #[must_use]
    pub fn exceeded(self, covered: u64, total: u64) -> bool {
        total > 0 && u128::from(covered) * 100 * u128::from(Self::SCALE) > u128::from(self.0) * u128::from(total)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / Self::SCALE, self.0 % Self::SCALE);
        if rest == 0 {
            write!(out, "{whole} %")
        } else {
            let decimals = format!("{rest:06}");
            write!(out, "{whole}.{} %", decimals.trim_end_matches('0'))
        }
    }
}

/// A limit from below: `90` means at least, `">90"` more than.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// The share.
    pub percent: Percent,
    /// Whether the share itself is not enough.
    pub strict: bool,
}

impl Threshold {
    /// Reads `90`, `>90`, `>=90`, each with or without `%`.
    ///
    /// # Errors
    /// What is wrong, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (strict, number) = match text.strip_prefix(">=") {
            Some(rest) => (false, rest),
            None => text.strip_prefix('>').map_or((false, text), |rest| (true, rest)),
        };
        Ok(Self { percent: Percent::parse(number)?, strict })
    }

    /// Whether `covered` of `total` meets it. Nothing of nothing never does.
    #[must_use]
    pub fn met(self, covered: u64, total: u64) -> bool {
        if self.strict { self.percent.exceeded(covered, total) } else { self.percent.reached(covered, total) }
    }

    /// How many more of `total` must be covered. None where no number of them is enough (more than 100 %, nothing to cover).
    #[must_use]
    pub fn missing(self, covered: u64, total: u64) -> Option<u64> {
        // `met` is monotone in `covered`, so the least one that meets it is found by bisection.
        if !self.met(total, total) {
            return None;
        }
        let (mut low, mut high) = (0, total);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.met(middle, total) { high = middle } else { low = middle + 1 }
        }
        Some(low.saturating_sub(covered))
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", if self.strict { ">" } else { ">=" }, self.percent)
    }
}

/// A size in bytes: `500MB` (10^6), `512MiB` (2^20), `1.5GB`, `200000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

impl ByteSize {
    /// Reads a number with or without a unit (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB; letters' case is free).
    ///
    /// # Errors
    /// What is wrong, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no size: write 500MB or 512MiB");
        let trimmed = text.trim();
        let split = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(split);
        let scale: u64 = match unit.trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "k" | "kb" => 1_000,
            "m" | "mb" => 1_000_000,
            "g" | "gb" => 1_000_000_000,
            "t" | "tb" => 1_000_000_000_000,
            "kib" => 1 << 10,
            "mib" => 1 << 20,
            "gib" => 1 << 30,
            "tib" => 1 << 40,
            _ => return Err(wrong()),
        };
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        if decimals.is_empty() || decimals.len() > 9 {
            return Err(wrong());
        }
        let whole: u128 = whole.parse().map_err(|_| wrong())?;
        let fraction: u128 = decimals.parse().map_err(|_| wrong())?;
        let power = 10_u128.pow(u32::try_from(decimals.len()).map_err(|_| wrong())?);
        let bytes = whole
            .checked_mul(u128::from(scale))
            .and_then(|bytes| bytes.checked_add(fraction * u128::from(scale) / power))
            .ok_or_else(wrong)?;
        u64::try_from(bytes).map(Self).map_err(|_| wrong())
    }
}

impl fmt::Display for ByteSize {
    /// Decimal units, one decimal, cut and not rounded: 499.9 MB is never shown as 500 MB.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scale, unit) = match self.0 {
            0..1_000 => return write!(out, "{} B", self.0),
            1_000..1_000_000 => (1_000, "kB"),
            1_000_000..1_000_000_000 => (1_000_000, "MB"),
            _ => (1_000_000_000, "GB"),
        };
        write!(out, "{}.{} {unit}", self.0 / scale, self.0 % scale / (scale / 10))
    }
}

/// A duration: `100ms`, `2s`, `1.5s`, `5m`, `1h`, `30d`. Held in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    micros: u64,
}

impl Span {
    /// A span of days.
    #[must_use]
    pub const fn days(days: u64) -> Self {
        Self { micros: days * 86_400_000_000 }
    }

    /// A span of seconds.
    #[must_use]
    pub const fn of_seconds(seconds: u64) -> Self {
        Self { micros: seconds * 1_000_000 }
    }

    /// In milliseconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "durations in a DoD are far below 2^53 microseconds")]
    pub fn millis(self) -> f64 {
        self.micros as f64 / 1_000.0
    }

    /// In whole seconds, cut.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.micros / 1_000_000
    }

    /// As the standard library's duration.
    #[must_use]
    pub fn duration(self) -> std::time::Duration {
        std::time::Duration::from_micros(self.micros)
    }

    /// Reads a number with a unit (us, ms, s, m, h, d).
    ///
    /// # Errors
    /// What is wrong, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no duration: write 100ms, 2s, 5m, 1h or 30d");
        let trimmed = text.trim();
        let split = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
        let (number, unit) = trimmed.split_at(split);
        let scale: u64 = match unit.trim() {
            "us" | "µs" => 1,
            "ms" => 1_000,
            "s" => 1_000_000,
            "m" | "min" => 60_000_000,
            "h" => 3_600_000_000,
            "d" => 86_400_000_000,
            _ => return Err(wrong()),
        };
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        if decimals.is_empty() || decimals.len() > 6 {
            return Err(wrong());
        }
        let whole: u64 = whole.parse().map_err(|_| wrong())?;
        let fraction: u64 = decimals.parse().map_err(|_| wrong())?;
        let power = 10_u64.pow(u32::try_from(decimals.len()).map_err(|_| wrong())?);
        let part = u64::try_from(u128::from(fraction) * u128::from(scale) / u128::from(power)).map_err(|_| wrong())?;
        let micros = whole.checked_mul(scale).and_then(|micros| micros.checked_add(part)).ok_or_else(wrong)?;
        Ok(Self { micros })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (scale, unit) in
            [(86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s"), (1_000, "ms")]
        {
            if self.micros >= scale && self.micros.is_multiple_of(scale) {
                return write!(out, "{}{unit}", self.micros / scale);
            }
        }
        write!(out, "{}us", self.micros)
    }
}

/// A positive number with at most three decimals, held in thousandths.
fn thousandths(number: &str) -> Option<u64> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 3 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let part: u64 = format!("{decimals:0<3}").parse().ok()?;
    whole.checked_mul(1_000)?.checked_add(part).filter(|value| *value > 0 && *value < 1 << 50)
}

fn show_thousandths(value: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let decimals = format!("{:03}", value % 1_000);
    match decimals.trim_end_matches('0') {
        "" => write!(out, "{}", value / 1_000),
        decimals => write!(out, "{}.{decimals}", value / 1_000),
    }
}

/// How often something happens: `50`, `50/s`, `12.5 rps`; per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate {
    thousandths: u64,
}

impl Rate {
    /// Reads a number above 0, with or without `/s` or `rps`.
    ///
    /// # Errors
    /// What is wrong, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        let number = trimmed.strip_suffix("/s").or_else(|| trimmed.strip_suffix("rps")).unwrap_or(trimmed).trim_end();
        let value = thousandths(number).ok_or_else(|| format!("`{text}` is no rate: write 50 or 50/s"))?;
        Ok(Self { thousandths: value })
    }

    /// Per second.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "bounded when it is read, below 2^53")]
    pub fn per_second(self) -> f64 {
        self.thousandths as f64 / 1_000.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        show_thousandths(self.thousandths, out)
    }
}

/// How many times: `3x`, `2.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Factor {
    thousandths: u64,
}

impl Factor {
    /// Reads a number above 0, with or without `x`.
    ///
    /// # Errors
    /// What is wrong, as a fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let number = text.trim().trim_end_matches(['x', 'X']).trim_end();
        let value = thousandths(number).ok_or_else(|| format!("`{text}` is no factor: write 3x"))?;
        Ok(Self { thousandths: value })
    }

    /// So many times a number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "bounded when it is read, below 2^53")]
    pub fn times(self, number: f64) -> f64 {
        self.thousandths as f64 * number / 1_000.0
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        show_thousandths(self.thousandths, out)
    }
}

/// Reads a unit from a string or a plain number, with the error at the value's own place.
struct UnitVisitor<T> {
    expecting: &'static str,
    parse: fn(&str) -> Result<T, String>,
}

impl<T> Visitor<'_> for UnitVisitor<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.expecting)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        (self.parse)(&number.to_string()).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        (self.parse)(&number.to_string()).map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        (self.parse)(&number.to_string()).map_err(E::custom)
    }
}

macro_rules! unit {
    ($type:ty, $name:literal, $expecting:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(UnitVisitor { expecting: $expecting, parse: Self::parse })
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": ["string", "number"], "description": $expecting })
            }
        }
    };
}

unit!(Percent, "Percent", "a percentage such as 90 or 90.5%");
unit!(Threshold, "Threshold", "a percentage: 90 means at least, \">90\" more than");
unit!(ByteSize, "ByteSize", "a size such as 500MB or 512MiB");
unit!(Span, "Span", "a duration such as 100ms, 2s or 30d");
unit!(Rate, "Rate", "a rate per second such as 50 or 50/s");
unit!(Factor, "Factor", "a factor such as 3x");

/// A number of things with the noun for one of them: `1 route`, `2 routes`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_compare_exactly() {
        let at_least = Threshold::parse("90").expect("a threshold");
        assert!(at_least.met(90, 100));
        assert!(!at_least.met(89_996, 100_000), "89.996 % is not 90 %");
        assert!(!Threshold::parse(">90").expect("a threshold").met(90, 100));
        assert!(!at_least.met(0, 0), "nothing of nothing is no proof");
        assert_eq!(Some(7), at_least.missing(83, 100));
        assert_eq!(None, Threshold::parse(">100%").expect("a threshold").missing(3, 3));
    }

    #[test]
    fn what_is_no_unit_is_refused() {
        for text in ["", "-1", "101", "9O", "1e2", "90.", "0x10", "NaN"] {
            assert!(Percent::parse(text).is_err(), "{text}");
        }
        for text in ["", "MB", "1.MB", "5XB", "-5", "99999999999TB"] {
            assert!(ByteSize::parse(text).is_err(), "{text}");
        }
        for text in ["", "100", "ms", "1y", "-1s"] {
            assert!(Span::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rates_and_factors_are_above_nothing() {
        assert_eq!(("12.5".to_owned(), 12.5), {
            let rate = Rate::parse("12.50/s").expect("a rate");
            (rate.to_string(), rate.per_second())
        });
        assert_eq!(150.0, Factor::parse("3x").expect("a factor").times(50.0));
        for text in ["", "0", "-1", "x", "1e3", "1.2345", "NaN", "99999999999999999999"] {
            assert!(Rate::parse(text).is_err() && Factor::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_know_both_families_of_units() {
        assert_eq!(ByteSize(500_000_000), ByteSize::parse("500MB").expect("a size"));
        assert_eq!(ByteSize(524_288_000), ByteSize::parse("500 MiB").expect("a size"));
        assert_eq!(ByteSize(1_500_000_000), ByteSize::parse("1.5GB").expect("a size"));
    }

    #[test]
    fn one_thing_has_no_plural() {
        assert_eq!(["0 files", "1 file", "2 files"].map(str::to_owned), [0, 1, 2].map(|number| count(number, "file")));
    }
}
