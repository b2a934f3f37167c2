//! Durations as the tools write them.

/// `4.5ms`, `120us`, `1.2s`, `90.438129ms`, `1m3.5s`, `2h` in milliseconds, as Go and wrk write them.
pub(super) fn millis(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    if rest == "0" {
        return Some(0.0);
    }
    let mut total = 0.0;
    let mut any = false;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        total += number * scale(rest[digits..unit].trim())?;
        rest = &rest[unit..];
        any = true;
    }
    any.then_some(total)
}

/// Milliseconds of a unit.
pub(super) fn scale(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-6,
        "us" | "µs" | "μs" => 1e-3,
        "ms" => 1.0,
        "s" | "sec" | "secs" => 1_000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        _ => return None,
    })
}
