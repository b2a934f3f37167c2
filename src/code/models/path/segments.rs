//! Spellings that are told by what a segment begins with: a colon, a star, or none of both.

use super::brackets::brace;
use super::closing;

/// A name behind a colon or a star goes on to the next slash.
pub(super) fn segment(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some(at) = rest.find([':', '*', '#', '\\']) {
        let (before, sign) = rest.split_at(at);
        // go-json-rest's parameter that may hold a dot.
        if sign.starts_with('#') && !before.ends_with('/') {
            out.push_str(before);
            out.push('#');
            rest = &sign[1..];
            continue;
        }
        let after = sign.get(1..).unwrap_or_default();
        out.push_str(before);
        if sign.starts_with('\\') {
            let mut escaped = after.chars();
            out.extend(escaped.next());
            rest = escaped.as_str();
            continue;
        }
        let (name, tail) = after.split_at(after.find('/').unwrap_or(after.len()));
        match (sign.starts_with('*'), name) {
            (true, name) => out.extend(["{*", name, "}"]),
            (false, "") => out.push(':'),
            (false, name) => out.extend(["{", name, "}"]),
        }
        rest = tail;
    }
    out + rest
}

pub(super) fn either(raw: &str) -> String {
    let segment = |segment: &str| match (segment.strip_prefix(':'), segment.strip_prefix('*')) {
        (Some(name), _) if !name.is_empty() => format!("{{{name}}}"),
        (_, Some(name)) => format!("{{*{name}}}"),
        _ => match segment.strip_prefix('<').and_then(|segment| segment.strip_suffix('>')) {
            Some(name) => format!("{{*{name}}}"),
            None => segment.to_owned(),
        },
    };
    brace(&raw.replace("{:", "{")).split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// A rule behind a parameter's colon never reaches over a slash; stars are wildcards.
pub(super) fn ant(raw: &str) -> String {
    let text: Vec<char> = raw.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            '{' => {
                let end = closing(&text, at, '{', '}').unwrap_or(text.len() - 1);
                let inner: String = text[at + 1..end.max(at + 1)].iter().collect();
                let name = inner.split(':').next().unwrap_or_default().trim();
                out.extend(['{'].into_iter().chain(name.chars()).chain(['}']));
                at = end + 1;
            }
            '*' => {
                while text.get(at) == Some(&'*') {
                    at += 1;
                }
                out.push_str("{*}");
            }
            c => {
                out.push(c);
                at += 1;
            }
        }
    }
    out
}
