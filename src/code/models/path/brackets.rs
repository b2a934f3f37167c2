//! Parameters between brackets: `{id}`, `<int:id>`, and what libraries write within them.

use super::{closing, is_word};
use crate::code::holes::HOLE;

pub(super) fn brace(raw: &str) -> String {
    let text: Vec<char> = raw.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < text.len() {
        if text[at] == '{' {
            let end = closing(&text, at, '{', '}').unwrap_or(text.len() - 1);
            let inner: String = text[at + 1..end.max(at + 1)].iter().collect();
            let (name, rule) = inner.split_once(':').unwrap_or((inner.as_str(), ""));
            let bare = name.trim_start_matches('*').trim_end_matches("...").trim_end_matches('*').trim();
            // actix also writes the star behind the brackets: `{tail}*`.
            let starred = text.get(end + 1..).is_some_and(|rest| rest == ['*']);
            let wild = starred
                || matches!(rule.trim(), "path" | ".*" | ".+")
                || name.starts_with('*')
                || name.ends_with(['.', '*']);
            out.push('{');
            if wild {
                out.push('*');
            }
            out.push_str(bare);
            out.push('}');
            at = end + 1 + usize::from(starred);
        } else if text[at] == '*' && at + 1 == text.len() {
            out.push_str("{*}");
            at += 1;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

/// `{name?}` as the last segment is two templates, and each such segment before it one more.
pub(super) fn optional(template: String) -> Vec<String> {
    let Some(with) = template.strip_suffix("?}") else { return vec![template] };
    match with.rsplit_once('{') {
        Some((before, _)) if before.is_empty() || before.ends_with('/') => {
            let mut out = optional(before.trim_end_matches('/').to_owned());
            out.push(format!("{}}}", with.replace("?}", "}")));
            out
        }
        _ => vec![template],
    }
}

/// A pattern of Go's `ServeMux`, without its method: one that ends in a slash takes in all below it.
pub(super) fn pattern(raw: &str) -> String {
    let start = raw.find(['/', HOLE]).unwrap_or(0);
    let path = raw.get(start..).unwrap_or(raw);
    match path.strip_suffix("{$}") {
        Some(exact) => brace(exact),
        None if path.ends_with('/') => format!("{}{{*}}", brace(path)),
        None => brace(path),
    }
}

/// A URI template with what frameworks write for it.
pub(super) fn template(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inner, behind)) = within_braces(after) else { break };
        out.push_str(before);
        // What its value has to look like stands behind a colon.
        let named = |said: &str| said.find(':').unwrap_or(said.len());
        match inner.split_at_checked(1) {
            Some(("?" | "&" | "#", _)) => {}
            Some(("/", name)) => out.extend(["/{", name.get(..named(name)).unwrap_or(name), "?}"]),
            Some(("+", name)) => out.extend(["{", name.get(..named(name)).unwrap_or(name), "...}"]),
            _ => out.extend(["{", inner, "}"]),
        }
        rest = behind;
    }
    out + rest
}

/// What stands before the brace that closes one that has just opened, braces within it aside, and what stands behind.
fn within_braces(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some((text.get(..at)?, text.get(at + 1..)?)),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A rule stands behind a colon or a bar; stars before the name take in the rest, also with `+` or `?` behind them.
pub(super) fn angle_or_brace(raw: &str) -> String {
    let text: Vec<char> = raw.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < text.len() {
        let close = match text[at] {
            '<' => '>',
            '{' => '}',
            c => {
                out.push(c);
                at += 1;
                continue;
            }
        };
        let end = closing(&text, at, text[at], close).unwrap_or(text.len() - 1);
        let inner: String = text[at + 1..end.max(at + 1)].iter().collect();
        let name = inner.split([':', '|']).next().unwrap_or_default().trim();
        let wild = if name.starts_with('*') { "*" } else { "" };
        let bare = name.trim_start_matches(['*', '+', '?']);
        out.extend(["{", wild, bare, "}"]);
        at = end + 1;
    }
    out
}

pub(super) fn angle(raw: &str, name_first: bool) -> String {
    let text: Vec<char> = raw.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < text.len() {
        // What follows is a query, which is no part of the path.
        if text[at] == '?' {
            break;
        }
        let end = if text[at] == '<' { text[at..].iter().position(|&c| c == '>').map(|i| at + i) } else { None };
        let Some(end) = end else {
            out.push(text[at]);
            at += 1;
            continue;
        };
        let inner: String = text[at + 1..end].iter().collect();
        let name = match name_first {
            true => inner.split_once(':').map_or(inner.as_str(), |(name, _)| name),
            false => inner.rsplit_once(':').map_or(inner.as_str(), |(_, name)| name),
        };
        let (name, wild) = match name.trim().strip_suffix("..") {
            Some(name) => (name, "*"),
            None => (name.trim(), ""),
        };
        out.push('{');
        out.push_str(wild);
        out.push_str(name);
        out.push('}');
        at = end + 1;
    }
    out
}

/// `/users/:id`, as older versions spell what is `/users/<id>` now.
pub(super) fn old_names(raw: &str) -> String {
    let named = |segment: &str| match segment.strip_prefix(':') {
        Some(name) if !name.is_empty() && name.chars().all(is_word) => format!("<{name}>"),
        _ => segment.to_owned(),
    };
    raw.split('/').map(named).collect::<Vec<_>>().join("/")
}
