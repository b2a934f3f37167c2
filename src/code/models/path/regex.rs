//! Regular expressions as templates.

use super::{closing, spread};
use crate::code::holes::{HOLE, HOLE_END};

/// A regular expression reduced to templates: groups become parameters, alternatives several paths.
pub(super) fn regex(raw: &str) -> Vec<String> {
    let cleaned = raw.replace("\\A", "^").replace("\\Z", "$").replace("\\z", "$");
    let text: Vec<char> = cleaned.chars().collect();
    let mut outs = vec![String::new()];
    let mut at = 0;
    let mut unnamed = 0_usize;
    while at < text.len() {
        if matches!(text[at], '^' | '$') {
            at += 1;
            continue;
        }
        if let Some(after) = anything_first(&text, at) {
            at = after;
            continue;
        }
        let (mut atom, mut next) = regex_atom(&text, at, &mut unnamed);
        if let Some(&quantifier) = text.get(next)
            && matches!(quantifier, '?' | '*' | '+')
        {
            next += 1;
            if text.get(next) == Some(&'?') {
                next += 1;
            }
            if quantifier == '?' && atom != ["/"] {
                atom.insert(0, String::new());
            }
        } else if text.get(next) == Some(&'{') && text.get(next + 1).is_some_and(char::is_ascii_digit) {
            next = closing(&text, next, '{', '}').map_or(text.len(), |end| end + 1);
        }
        spread(&mut outs, &atom);
        at = next.max(at + 1);
    }
    outs
}

/// Where a pattern goes on that begins with anything at all and a slash behind it: what stands before the slash may be nothing.
fn anything_first(text: &[char], at: usize) -> Option<usize> {
    let first = text[..at].iter().all(|c| *c == '^');
    let lazy = usize::from(text.get(at + 2) == Some(&'?'));
    let slash = at + 2 + lazy;
    let follows = text.get(slash) == Some(&'/') && text.get(slash + 1).is_some();
    (first && text[at..].starts_with(&['.', '*']) && follows).then_some(slash)
}

/// The spellings of the atom at `at` and where it ends.
fn regex_atom(text: &[char], at: usize, unnamed: &mut usize) -> (Vec<String>, usize) {
    match text[at] {
        HOLE => {
            let end = text[at..].iter().position(|&c| c == HOLE_END).map_or(text.len() - 1, |i| at + i);
            (vec![text[at..=end].iter().collect()], end + 1)
        }
        '(' => regex_group(text, at, unnamed),
        '[' => {
            let end = (at + 2..text.len()).find(|&i| text[i] == ']').unwrap_or(text.len() - 1);
            (vec!["{x}".to_owned()], end + 1)
        }
        '\\' => match text.get(at + 1) {
            Some(c) if c.is_alphanumeric() => (vec!["{x}".to_owned()], at + 2),
            Some(c) => (vec![c.to_string()], at + 2),
            None => (vec![String::new()], at + 1),
        },
        '.' if matches!(text.get(at + 1), Some('*' | '+')) => (vec!["{*}".to_owned()], at + 1),
        c => (vec![c.to_string()], at + 1),
    }
}

fn regex_group(text: &[char], at: usize, unnamed: &mut usize) -> (Vec<String>, usize) {
    let end = closing(text, at, '(', ')').unwrap_or(text.len() - 1);
    let inner: String = text[at + 1..end.max(at + 1)].iter().collect();
    let named =
        inner.strip_prefix("?P<").or_else(|| inner.strip_prefix("?<").filter(|rest| !rest.starts_with(['=', '!'])));
    if let Some((name, body)) = named.and_then(|rest| rest.split_once('>')) {
        let spelling = if is_literal(body) { body.replace('\\', "") } else { format!("{{{name}}}") };
        return (vec![spelling], end + 1);
    }
    if let Some(body) = inner.strip_prefix("?:") {
        let mut pieces = Vec::new();
        let mut depth = 0_i32;
        let mut part = String::new();
        for c in body.chars() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            if c == '|' && depth == 0 {
                pieces.extend(regex(&part));
                part.clear();
            } else {
                part.push(c);
            }
        }
        pieces.extend(regex(&part));
        return (pieces, end + 1);
    }
    if inner.starts_with('?') {
        return (vec![String::new()], end + 1);
    }
    if is_literal(&inner) {
        return (vec![inner.replace('\\', "")], end + 1);
    }
    *unnamed += 1;
    (vec![format!("{{{unnamed}}}")], end + 1)
}

/// Whether a group captures one text alone: `/(profile)/` is no parameter, and a dot between letters is one in `(robots.txt)`.
fn is_literal(body: &str) -> bool {
    let word = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    !body.is_empty() && body.split(['.']).all(|part| !part.is_empty() && word(part.trim_end_matches('\\')))
}
