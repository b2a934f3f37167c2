//! path-to-regexp's spelling: `/users/:id`, `:id?`, `:id(\d+)`, `*`, optional groups.

use super::{MOST, closing, is_word, spread};

pub(super) fn colon(raw: &str) -> Vec<String> {
    let text: Vec<char> = raw.chars().collect();
    let mut outs = vec![String::new()];
    let mut at = 0;
    let mut wild = 0_usize;
    while at < text.len() {
        let c = text[at];
        if c == '\\' && at + 1 < text.len() {
            spread(&mut outs, &[text[at + 1].to_string()]);
            at += 2;
        } else if c == ':' && text.get(at + 1) == Some(&':') {
            spread(&mut outs, &[":".to_owned()]);
            at += 2;
        } else if c == ':' && text.get(at + 1).copied().is_some_and(is_word) {
            at = colon_parameter(&text, at + 1, &mut outs);
        } else if c == '{' && text[at..].contains(&'}') {
            at = colon_group(&text, at, &mut outs);
        } else if c == '*' && text.get(at + 1) == Some(&'*') {
            // One star says as much as two.
            at += 1;
        } else if c == '*' {
            let end = (at + 1..).find(|&i| !text.get(i).copied().is_some_and(is_word)).unwrap_or(at + 1);
            let name: String = text[at + 1..end].iter().collect();
            wild += 1;
            let name = if name.is_empty() { String::new() } else { name };
            spread(&mut outs, &[format!("{{*{name}}}")]);
            at = end;
        } else if c == '(' {
            at = colon_unnamed(&text, at, wild, &mut outs);
            wild += 1;
        } else if c == '?' {
            optional_last(&mut outs);
            at += 1;
        } else {
            spread(&mut outs, &[c.to_string()]);
            at += 1;
        }
    }
    outs
}

/// A template without the kinds of its parameters, `?` behind those that may be left out.
pub(super) fn without_kinds(raw: &str) -> String {
    let segments = raw.split('/').map(|segment| {
        let (left_out, rest) = match segment.strip_prefix('?') {
            Some(rest) if rest.starts_with(':') => ("?", rest),
            _ => ("", segment),
        };
        let kinds = [":int", ":string"].into_iter();
        let bare = kinds.filter(|_| rest.starts_with(':')).find_map(|kind| rest.strip_suffix(kind));
        format!("{}{left_out}", bare.filter(|bare| !bare.is_empty()).unwrap_or(rest))
    });
    segments.collect::<Vec<_>>().join("/")
}

/// `:name`, `:name(…)`, `:name?`, `:name*`, `:name+`; gives where it ends.
fn colon_parameter(text: &[char], start: usize, outs: &mut Vec<String>) -> usize {
    let mut at = start;
    while text.get(at).copied().is_some_and(is_word) {
        at += 1;
    }
    let name: String = text[start..at].iter().collect();
    let mut wild = false;
    if text.get(at) == Some(&'(') {
        let end = closing(text, at, '(', ')').unwrap_or(text.len() - 1);
        let inner: String = text[at + 1..end].iter().collect();
        wild = matches!(inner.as_str(), ".*" | ".+");
        at = end + 1;
    } else if let Some((end, inner)) = rule_at(text, at) {
        wild = matches!(inner.as_str(), ".*" | ".+");
        at = end + 1;
    }
    // Fiber's constraints: `:id<int>`, `:id<min(1);max(9)>`.
    if text.get(at) == Some(&'<') {
        at = text[at..].iter().position(|&c| c == '>').map_or(at, |end| at + end + 1);
    }
    let piece = if wild { format!("{{*{name}}}") } else { format!("{{{name}}}") };
    match text.get(at) {
        Some('?') => {
            let without: Vec<String> = outs.iter().map(|out| out.trim_end_matches('/').to_owned()).collect();
            let with: Vec<String> = outs.iter().map(|out| format!("{out}{piece}")).collect();
            *outs = without.into_iter().chain(with).take(MOST).collect();
            at + 1
        }
        Some('*') => {
            let without: Vec<String> = outs.iter().map(|out| out.trim_end_matches('/').to_owned()).collect();
            let with: Vec<String> = outs.iter().map(|out| format!("{out}{{*{name}}}")).collect();
            *outs = without.into_iter().chain(with).take(MOST).collect();
            at + 1
        }
        Some('+') => {
            spread(outs, &[format!("{{*{name}}}")]);
            at + 1
        }
        _ => {
            spread(outs, &[piece]);
            at
        }
    }
}

/// What stands in brackets behind a name (`:id{[0-9]+}`), and where that ends; none where it is a group that may be left out.
fn rule_at(text: &[char], at: usize) -> Option<(usize, String)> {
    if text.get(at) != Some(&'{') {
        return None;
    }
    let end = closing(text, at, '{', '}').unwrap_or(text.len() - 1);
    let inner: String = text[at + 1..end].iter().collect();
    (!is_group(&inner)).then_some((end, inner))
}

/// Whether what stands in brackets is a piece of a path and no rule: it has a parameter in it, or begins with a sign and goes on
/// with words.
fn is_group(inner: &str) -> bool {
    let mut before = ' ';
    let parameter = inner.chars().any(|c| std::mem::replace(&mut before, c) == ':' && is_word(c));
    let begins = inner.starts_with(['.', '/', '-']) && inner.chars().nth(1).is_some_and(is_word);
    let rule = inner.contains(['[', ']', '(', ')', '\\', '+', '|', '^', '$']);
    !rule && (parameter || begins)
}

/// `{…}`: an optional group of path-to-regexp 8, unless it reads like a parameter.
fn colon_group(text: &[char], start: usize, outs: &mut Vec<String>) -> usize {
    let end = closing(text, start, '{', '}').unwrap_or(text.len() - 1);
    let inner: String = text[start + 1..end].iter().collect();
    if inner.contains([':', '/', '*']) || is_group(&inner) {
        let mut pieces = vec![String::new()];
        pieces.extend(colon(&inner));
        let optional = text.get(end + 1) == Some(&'?') || text.get(end + 1).is_none_or(|c| *c != '+');
        spread(outs, if optional { &pieces } else { &pieces[1..] });
    } else {
        spread(outs, &[format!("{{{inner}}}")]);
    }
    end + 1 + usize::from(text.get(end + 1) == Some(&'?'))
}

/// `(…)` without a name.
fn colon_unnamed(text: &[char], start: usize, wild: usize, outs: &mut Vec<String>) -> usize {
    let Some(end) = closing(text, start, '(', ')') else {
        spread(outs, &["(".to_owned()]);
        return start + 1;
    };
    let inner: String = text[start + 1..end].iter().collect();
    // A group that may be absent as a whole: `(.html)?`, `(/:id)?`.
    let optional = text.get(end + 1) == Some(&'?');
    if optional && !inner.starts_with("?:") {
        let mut pieces = vec![String::new()];
        pieces.extend(inner.split('|').flat_map(colon));
        spread(outs, &pieces);
        return end + 2;
    }
    let plain = |part: &str| part.chars().all(|c| is_word(c) || matches!(c, '-' | '/' | '.'));
    if matches!(inner.as_str(), ".*" | ".+") {
        spread(outs, &["{*}".to_owned()]);
    } else if inner.split('|').all(plain) {
        let pieces: Vec<String> = inner.split('|').map(str::to_owned).collect();
        spread(outs, &pieces);
    } else {
        spread(outs, &[format!("{{{wild}}}")]);
    }
    end + 1
}

/// The character before a `?` may be absent.
fn optional_last(outs: &mut Vec<String>) {
    let mut without: Vec<String> = outs.clone();
    for out in &mut without {
        out.pop();
    }
    without.append(outs);
    without.truncate(MOST);
    *outs = without;
}
