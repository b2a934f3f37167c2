//! Build arguments and variables in a Dockerfile's words: `$X`, `${X}`, `${X:-default}`, `${X:+other}`.

use std::collections::BTreeMap;

/// How deep a default may hold variables of its own.
const MAX_DEPTH: usize = 8;

/// A longer result is not needed for a name.
const MAX_LENGTH: usize = 4096;

/// `text` with its variables replaced; none where one has no value.
pub(super) fn expand(text: &str, values: &BTreeMap<String, String>) -> Option<String> {
    inner(text, values, MAX_DEPTH)
}

fn inner(text: &str, values: &BTreeMap<String, String>, depth: usize) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if out.len() > MAX_LENGTH {
            return None;
        }
        if let Some(braced) = rest.strip_prefix('{') {
            let end = closing(braced)?;
            out.push_str(&substitute(&braced[..end], values, depth.checked_sub(1)?)?);
            rest = &braced[end + 1..];
        } else {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            if end == 0 {
                out.push('$');
                continue;
            }
            out.push_str(values.get(&rest[..end])?);
            rest = &rest[end..];
        }
    }
    out.push_str(rest);
    (out.len() <= MAX_LENGTH).then_some(out)
}

/// Where the brace closes that is open before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' if open == 0 => return Some(at),
            '}' => open -= 1,
            _ => {}
        }
    }
    None
}

/// What stands between braces.
fn substitute(text: &str, values: &BTreeMap<String, String>, depth: usize) -> Option<String> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (name, operator) = text.split_at(end);
    let value = values.get(name);
    let set = value.filter(|value| !value.is_empty());
    if operator.is_empty() {
        return value.cloned();
    }
    if let Some(default) = operator.strip_prefix(":-") {
        return set.cloned().or_else(|| inner(default, values, depth));
    }
    if let Some(default) = operator.strip_prefix('-') {
        return value.cloned().or_else(|| inner(default, values, depth));
    }
    if let Some(other) = operator.strip_prefix(":+").or_else(|| operator.strip_prefix('+')) {
        return if set.is_some() { inner(other, values, depth) } else { Some(String::new()) };
    }
    // `${X:?message}` and patterns: the value is all that can be told.
    if operator.starts_with(":?") || operator.starts_with('?') { set.cloned() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values() -> BTreeMap<String, String> {
        [("A", "1"), ("E", "")].map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    #[test]
    fn variables_are_replaced_by_values_or_defaults() {
        for (text, expected) in [
            ("x:$A-y", "x:1-y"),
            ("${A}", "1"),
            ("${B:-2}", "2"),
            ("${E:-2}", "2"),
            ("${E-2}", ""),
            ("${B:-${A}}", "1"),
            ("${A:+z}", "z"),
            ("${B:+z}", ""),
            ("a$", "a$"),
        ] {
            assert_eq!(Some(expected), expand(text, &values()).as_deref(), "{text}");
        }
        for text in ["$B", "${B}", "${", "${A%x}", "${B:?no}"] {
            assert_eq!(None, expand(text, &values()), "{text}");
        }
    }

    #[test]
    fn nesting_ends() {
        let deep = format!("{}x{}", "${B:-".repeat(50_000), "}".repeat(50_000));
        assert_eq!(None, expand(&deep, &values()));
    }

    proptest! {
        #[test]
        fn any_text_is_expanded_or_not(text in "[${}:A-Z+é-]{0,60}") {
            let _ = expand(&text, &values());
        }
    }
}
