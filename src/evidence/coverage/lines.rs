//! Numbers as text reports write them.

/// The beginning of a text that is shown in an error.
pub(super) fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A line number.
pub(super) fn number(field: &str) -> Result<u32, String> {
    field.trim().parse().map_err(|_| format!("`{}` is no line number", short(field)))
}

/// Whether a count of hits is above 0. Some tools write counts with decimals or an exponent, and some a negative one for
/// "none".
pub(super) fn is_hit(field: &str) -> Result<bool, String> {
    let field = field.trim();
    let wrong = || format!("`{}` is no count", short(field));
    match field.parse::<u64>() {
        Ok(count) => Ok(count > 0),
        Err(_) if field.bytes().all(|byte| byte.is_ascii_digit()) && !field.is_empty() => Ok(true),
        Err(_) => {
            let number: f64 = field.parse().map_err(|_| wrong())?;
            if number.is_finite() { Ok(number > 0.0) } else { Err(wrong()) }
        }
    }
}

/// Counts of a measure, covered and all, as attributes tell them; none where they are absent or 0.
pub(super) fn counts(covered: Option<&str>, total: Option<&str>) -> Result<Option<(u64, u64)>, String> {
    let parse = |text: &str| text.trim().parse::<u64>().map_err(|_| format!("`{}` is no count", short(text)));
    let (Some(covered), Some(total)) = (covered, total) else { return Ok(None) };
    match (parse(covered)?, parse(total)?) {
        (covered, total) if covered > total => Err(format!("it covers {covered} of {total}")),
        (_, 0) => Ok(None),
        pair => Ok(Some(pair)),
    }
}
