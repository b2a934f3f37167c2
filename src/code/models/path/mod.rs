//! How libraries spell path templates, reduced to one form: `{name}` for a parameter, `{*name}` for a wildcard.

mod brackets;
mod colon;
mod http_rule;
mod regex;
mod segments;

use std::borrow::Cow;

use serde::Deserialize;

use crate::code::holes::{HOLE, HOLE_END, has_hole};
use brackets::{angle, angle_or_brace, brace, old_names, optional, pattern, template};

/// How path templates are spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Syntax {
    /// `/users/:id`, `:id?`, `:id(\d+)`, `*`.
    #[default]
    Colon,
    /// As `colon`, with the kind of a parameter behind its name, `:id:int`, and `?:id` where it may be left out.
    ColonKind,
    /// `/users/:user-id`, `/files/*path`: a name goes on to the next slash, as in gin, echo and httprouter; `\\:` is a colon.
    Segment,
    /// `/users/{id}`, `{id:path}`.
    Brace,
    /// `/users/{id}`, `{int:id}`: what a parameter is stands before its name.
    KindBrace,
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
        Syntax::Colon => colon::colon(raw),
        Syntax::ColonKind => colon::colon(&colon::without_kinds(raw)),
        Syntax::Segment => vec![segments::segment(raw)],
        Syntax::Brace => optional(brace(raw)),
        Syntax::KindBrace => vec![angle(&raw.replace('{', "<").replace('}', ">"), false)],
        Syntax::Template => optional(brace(&template(raw))),
        Syntax::Pattern => vec![pattern(raw)],
        Syntax::Ant => vec![segments::ant(raw)],
        Syntax::Angle => vec![angle(raw, false)],
        Syntax::AngleName => vec![angle(&old_names(raw), true)],
        Syntax::AngleOrBrace => vec![angle_or_brace(raw)],
        Syntax::Either => optional(segments::either(&raw.replace("}?", "?}"))),
        Syntax::Regex => regex::regex(raw),
        Syntax::HttpRule => vec![http_rule::http_rule(raw)],
        Syntax::Plain => vec![raw.to_owned()],
    }
}

/// A parameter is one whatever its name: a hole between a parameter's brackets, or behind its colon, is a name.
fn name_holes(syntax: Syntax, raw: &str) -> Cow<'_, str> {
    let brackets: &[(char, char)] = match syntax {
        Syntax::Brace | Syntax::KindBrace | Syntax::Template | Syntax::Ant | Syntax::Pattern | Syntax::HttpRule => {
            &[('{', '}')]
        }
        Syntax::Angle | Syntax::AngleName => &[('<', '>')],
        Syntax::Either | Syntax::AngleOrBrace => &[('{', '}'), ('<', '>')],
        Syntax::Colon | Syntax::ColonKind | Syntax::Segment => &[],
        Syntax::Regex | Syntax::Plain => return Cow::Borrowed(raw),
    };
    if !has_hole(raw) {
        return Cow::Borrowed(raw);
    }
    let colon = matches!(syntax, Syntax::Colon | Syntax::ColonKind | Syntax::Segment | Syntax::Either);
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
