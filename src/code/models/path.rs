//! How libraries spell path templates, reduced to one form: `{name}` for a parameter, `{*name}` for a wildcard.

use std::borrow::Cow;

use serde::Deserialize;

use crate::code::holes::{HOLE, HOLE_END, has_hole};

/// How path templates are spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Syntax {
    /// `/users/:id`, `:id?`, `:id(\d+)`, `*`.
    #[default]
    Colon,
    /// `/users/:user-id`, `/files/*path`: a name goes on to the next slash, as in gin, echo and httprouter; `\\:` is a colon.
    Segment,
    /// `/users/{id}`, `{id:path}`.
    Brace,
    /// `/users/{id}`, `{id:[0-9]+}` within one segment, `*`, `**`, `{*rest}`.
    Ant,
    /// `/users/<int:id>`, `<path..>`; a query behind `?` is left out.
    Angle,
    /// `/users/{id}` and `/users/:id`, `/{*rest}`, `/*rest` and `/<rest>`.
    Either,
    /// `/users/<id:int>`, `/users/:id`.
    AngleName,
    /// `/users/<id:num>` and `/users/{id:num}`, `{id|[0-9]+}`, `{**rest}`.
    AngleOrBrace,
    /// A regular expression.
    Regex,
    /// Go's patterns: `/users/{id}`, `/files/{path...}`, `/exact/{$}`, `/tree/`; behind a host.
    Pattern,
    /// `/users/{id}`, `{/id}` that may be left out, `{+rest}`; a query in `{?a,b}` is left out.
    Template,
    /// `google.api.http`'s templates: `/v1/{name=shelves/*/books/*}:move`, `/v1/{path=**}`.
    /// Source: <https://github.com/googleapis/googleapis/blob/master/google/api/http.proto>.
    HttpRule,
    /// As it stands.
    Plain,
}

/// How prefix and path are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Join {
    /// With exactly one slash.
    #[default]
    Slash,
    /// As they stand.
    Concat,
    /// Prefixes with exactly one slash between them; the path of a route behind them as it stands.
    Abut,
    /// With a dot between names that are no paths.
    Dot,
}

impl Join {
    /// How prefixes are put together.
    pub(crate) fn of_prefixes(self) -> Self {
        if self == Join::Abut { Join::Slash } else { self }
    }
}

/// The most spellings that one template may stand for.
const MOST: usize = 16;

/// The template in the one form; several where a parameter is optional. Holes stay.
pub(crate) fn spell(syntax: Syntax, raw: &str) -> Vec<String> {
    let raw = &*name_holes(syntax, raw);
    match syntax {
        Syntax::Colon => colon(raw),
        Syntax::Segment => vec![segment(raw)],
        Syntax::Brace => optional(brace(raw)),
        Syntax::Template => optional(brace(&template(raw))),
        Syntax::Pattern => vec![pattern(raw)],
        Syntax::Ant => vec![ant(raw)],
        Syntax::Angle => vec![angle(raw, false)],
        Syntax::AngleName => vec![angle(&old_names(raw), true)],
        Syntax::AngleOrBrace => vec![angle_or_brace(raw)],
        Syntax::Either => vec![either(raw)],
        Syntax::Regex => super::path::regex(raw),
        Syntax::HttpRule => vec![http_rule(raw)],
        Syntax::Plain => vec![raw.to_owned()],
    }
}

/// A URI template with what frameworks write for it.
fn template(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inner, behind)) = after.split_once('}') else { break };
        out.push_str(before);
        match inner.split_at_checked(1) {
            Some(("?" | "&" | "#", _)) => {}
            Some(("/", name)) => out.extend(["/{", name, "?}"]),
            Some(("+", name)) => out.extend(["{", name, "...}"]),
            _ => out.extend(["{", inner, "}"]),
        }
        rest = behind;
    }
    out + rest
}

/// A parameter is one whatever its name: a hole between a parameter's brackets, or behind its colon, is a name.
fn name_holes(syntax: Syntax, raw: &str) -> Cow<'_, str> {
    let brackets: &[(char, char)] = match syntax {
        Syntax::Brace | Syntax::Template | Syntax::Ant | Syntax::Pattern | Syntax::HttpRule => &[('{', '}')],
        Syntax::Angle | Syntax::AngleName => &[('<', '>')],
        Syntax::Either | Syntax::AngleOrBrace => &[('{', '}'), ('<', '>')],
        Syntax::Colon | Syntax::Segment => &[],
        Syntax::Regex | Syntax::Plain => return Cow::Borrowed(raw),
    };
    if !has_hole(raw) {
        return Cow::Borrowed(raw);
    }
    let colon = matches!(syntax, Syntax::Colon | Syntax::Segment | Syntax::Either);
    let mut out = String::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once(HOLE) {
        out.push_str(before);
        let (hint, tail) = after.split_once(HOLE_END).unwrap_or((after, ""));
        let head = out.rsplit('/').next().unwrap_or_default();
        let foot = tail.split('/').next().unwrap_or_default();
        let within = brackets.iter().any(|(open, close)| {
            let opened = head.rfind(*open).is_some_and(|at| !head[at..].contains(*close));
            opened && foot.find(*close).is_some_and(|at| !foot[..at].contains(*open))
        });
        if within || (colon && head == ":") {
            out.push_str(hint);
        } else {
            out.extend([HOLE].into_iter().chain(hint.chars()).chain([HOLE_END]));
        }
        rest = tail;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Where the bracket that opens at `at` closes.
fn closing(text: &[char], at: usize, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    let mut index = at;
    while index < text.len() {
        let c = text[index];
        if c == '\\' {
            index += 2;
            continue;
        }
        if c == open {
            depth += 1;
        } else if c == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(index);
            }
        }
        index += 1;
    }
    None
}

/// Appends one of several pieces to each spelling.
fn spread(outs: &mut Vec<String>, pieces: &[String]) {
    let mut next = Vec::new();
    for out in outs.iter() {
        for piece in pieces {
            if next.len() < MOST {
                next.push(format!("{out}{piece}"));
            }
        }
    }
    *outs = next;
}

fn colon(raw: &str) -> Vec<String> {
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

/// A name behind a colon or a star goes on to the next slash.
fn segment(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some(at) = rest.find([':', '*', '\\']) {
        let (before, sign) = rest.split_at(at);
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
    } else if text.get(at) == Some(&'{') {
        let end = closing(text, at, '{', '}').unwrap_or(text.len() - 1);
        let inner: String = text[at + 1..end].iter().collect();
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

/// `{…}`: an optional group of path-to-regexp 8, unless it reads like a parameter.
fn colon_group(text: &[char], start: usize, outs: &mut Vec<String>) -> usize {
    let end = closing(text, start, '{', '}').unwrap_or(text.len() - 1);
    let inner: String = text[start + 1..end].iter().collect();
    if inner.contains([':', '/', '*']) {
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

fn brace(raw: &str) -> String {
    let text: Vec<char> = raw.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < text.len() {
        if text[at] == '{' {
            let end = closing(&text, at, '{', '}').unwrap_or(text.len() - 1);
            let inner: String = text[at + 1..end.max(at + 1)].iter().collect();
            let (name, rule) = inner.split_once(':').unwrap_or((inner.as_str(), ""));
            let bare = name.trim_start_matches('*').trim_end_matches("...").trim_end_matches('*').trim();
            let wild =
                matches!(rule.trim(), "path" | ".*" | ".+") || name.starts_with('*') || name.ends_with(['.', '*']);
            out.push('{');
            if wild {
                out.push('*');
            }
            out.push_str(bare);
            out.push('}');
            at = end + 1;
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

/// `{name?}` at the end is two templates.
fn optional(template: String) -> Vec<String> {
    match template.strip_suffix("?}").and_then(|with| Some((with.rsplit_once("/{")?.0.to_owned(), with.to_owned()))) {
        Some((without, with)) => vec![without, format!("{with}}}")],
        None => vec![template],
    }
}

/// A pattern of Go's `ServeMux`, without its method: one that ends in a slash takes in all below it.
fn pattern(raw: &str) -> String {
    let start = raw.find(['/', HOLE]).unwrap_or(0);
    let path = raw.get(start..).unwrap_or(raw);
    match path.strip_suffix("{$}") {
        Some(exact) => brace(exact),
        None if path.ends_with('/') => format!("{}{{*}}", brace(path)),
        None => brace(path),
    }
}

/// A rule stands behind a colon or a bar; stars before the name take in the rest, also with `+` or `?` behind them.
fn angle_or_brace(raw: &str) -> String {
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

fn either(raw: &str) -> String {
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
fn ant(raw: &str) -> String {
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

/// The segments that a variable takes up stand for it, each star among them a parameter.
fn http_rule(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('{') {
        let (variable, tail) = after.split_once('}').unwrap_or((after, ""));
        let (field, taken) = variable.split_once('=').unwrap_or((variable, "*"));
        out.push_str(&starred(before, ""));
        out.push_str(&starred(taken, field.trim()));
        rest = tail;
    }
    out + &starred(rest, "")
}

/// Segments with parameters for stars: `*` is one segment, `**` any number.
fn starred(segments: &str, field: &str) -> String {
    let mut stars = 0;
    let mut spelt = |segment: &str| match segment {
        "*" if field.is_empty() => "{*}".to_owned(),
        "*" => {
            stars += 1;
            if stars == 1 { format!("{{{field}}}") } else { format!("{{{field}_{stars}}}") }
        }
        "**" => format!("{{*{field}}}"),
        literal => literal.to_owned(),
    };
    segments.split('/').map(&mut spelt).collect::<Vec<_>>().join("/")
}

/// `/users/:id`, as older versions spell what is `/users/<id>` now.
fn old_names(raw: &str) -> String {
    let named = |segment: &str| match segment.strip_prefix(':') {
        Some(name) if !name.is_empty() && name.chars().all(is_word) => format!("<{name}>"),
        _ => segment.to_owned(),
    };
    raw.split('/').map(named).collect::<Vec<_>>().join("/")
}

fn angle(raw: &str, name_first: bool) -> String {
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

/// A regular expression reduced to templates: groups become parameters, alternatives several paths.
pub(crate) fn regex(raw: &str) -> Vec<String> {
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
    if let Some((name, _)) = named.and_then(|rest| rest.split_once('>')) {
        return (vec![format!("{{{name}}}")], end + 1);
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
    *unnamed += 1;
    (vec![format!("{{{unnamed}}}")], end + 1)
}

/// Prefix and path as one, before the final cleaning.
pub(crate) fn put_together(join: Join, prefix: &str, path: &str) -> String {
    match join {
        Join::Concat | Join::Abut => format!("{prefix}{path}"),
        Join::Dot if prefix.is_empty() || path.is_empty() || prefix.ends_with('.') => format!("{prefix}{path}"),
        Join::Dot => format!("{prefix}.{path}"),
        Join::Slash if path.is_empty() => prefix.to_owned(),
        Join::Slash => format!("{}/{}", prefix.trim_end_matches('/'), path.trim_start_matches('/')),
    }
}

/// The final form: one leading slash, none doubled, none at the end.
pub(crate) fn tidy(path: &str) -> String {
    let mut out = String::from("/");
    for c in path.chars() {
        if c == '/' && out.ends_with('/') {
            continue;
        }
        out.push(c);
    }
    while out.len() > 1 && out.ends_with('/') {
        out.pop();
    }
    out
}
