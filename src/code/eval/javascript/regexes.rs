//! JavaScript's regular expressions, tried on strings that are known whole.
//!
//! Flags stand before the source as a group: `(?gi)x` is `/x/gi`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use regex::{Captures, Regex};

use super::super::machine::Machine;
use super::super::value::{Args, Spot, Value};
use crate::code::form::Name;
use crate::code::holes::{has_hole, hole};

/// The longest string and the longest source that are tried.
const LONGEST: (usize, usize) = (8_192, 400);

/// The most matches that a function is called with.
const MOST_MATCHES: usize = 64;

/// So many expressions are kept compiled: a program that asks one for a thousand paths asks few.
const MOST_KEPT: usize = 256;

thread_local! {
    /// The expressions that were asked for, by their sources. A machine runs on one thread, and so do its expressions.
    static KEPT: RefCell<BTreeMap<String, Option<Compiled>>> = const { RefCell::new(BTreeMap::new()) };
}

/// An expression, and whether it is for all matches.
#[derive(Clone)]
pub(in crate::code::eval) struct Compiled {
    regex: Regex,
    all: bool,
}

/// The expression of a source; none where it has what is not tried.
pub(in crate::code::eval) fn compiled(source: &str) -> Option<Compiled> {
    if source.len() > LONGEST.1 {
        return None;
    }
    if let Some(known) = KEPT.with_borrow(|kept| kept.get(source).cloned()) {
        return known;
    }
    let made = compile(source);
    KEPT.with_borrow_mut(|kept| {
        if kept.len() < MOST_KEPT {
            kept.insert(source.to_owned(), made.clone());
        }
    });
    made
}

fn compile(source: &str) -> Option<Compiled> {
    let flags = source.strip_prefix("(?").and_then(|rest| rest.split_once(')'));
    let (flags, source) = match flags {
        Some((flags, rest)) if !flags.is_empty() && flags.chars().all(|flag| "gims".contains(flag)) => (flags, rest),
        _ => ("", source),
    };
    let regex = regex::RegexBuilder::new(&as_ours(source))
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .size_limit(1 << 18)
        .build()
        .ok()?;
    Some(Compiled { regex, all: flags.contains('g') })
}

/// A source as it is spelt here: braces that count nothing stand for themselves, and so do brackets within brackets.
fn as_ours(source: &str) -> String {
    let mut out = String::new();
    let (mut within, mut escaped) = (false, false);
    for (at, c) in source.char_indices() {
        let counts = || {
            let count = source[at + 1..].split_once('}').map_or("", |(count, _)| count);
            count.starts_with(|c: char| c.is_ascii_digit()) && count.chars().all(|c| c.is_ascii_digit() || c == ',')
        };
        match c {
            _ if escaped => {}
            '[' if within => out.push('\\'),
            '[' => within = true,
            ']' => within = false,
            '{' if !within && !counts() && !source[..at].ends_with("\\u") => out.push('\\'),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

/// A replacement as it is spelt here.
fn replacement(with: &str) -> String {
    let mut out = String::new();
    let mut rest = with;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let digits = after.chars().take_while(char::is_ascii_digit).count().min(2);
        let named = after.strip_prefix('<').and_then(|name| name.split_once('>'));
        rest = match (after.chars().next(), named) {
            (Some('$'), _) => {
                out.push_str("$$");
                &after[1..]
            }
            (Some('&'), _) => {
                out.push_str("${0}");
                &after[1..]
            }
            (_, Some((name, behind))) => {
                out.extend(["${", name, "}"]);
                behind
            }
            _ if digits > 0 => {
                out.extend(["${", &after[..digits], "}"]);
                &after[digits..]
            }
            _ => {
                out.push_str("$$");
                after
            }
        };
    }
    out + rest
}

/// The text with what matches replaced: the first match where the expression is not for all.
pub(in crate::code::eval) fn replaced(text: &str, source: &str, with: &str, all: bool) -> Value {
    match compiled(source).filter(|_| text.len() <= LONGEST.0) {
        Some(it) => {
            let most = usize::from(!(it.all || all));
            Value::text(it.regex.replacen(text, most, replacement(with).as_str()).into_owned())
        }
        None => Value::text(hole("x")),
    }
}

/// The text with all that matches replaced, as Python spells a replacement: `\1`, `\g<name>`.
pub(in crate::code::eval) fn replaced_in_python(text: &str, source: &str, with: &str) -> Value {
    let mut out = String::new();
    let mut rest = with;
    while let Some(at) = rest.find(['\\', '$']) {
        let (before, sign) = rest.split_at(at);
        out.push_str(before);
        let after = &sign[1..];
        if sign.starts_with('$') {
            out.push_str("$$");
            rest = after;
            continue;
        }
        let digits = after.chars().take_while(char::is_ascii_digit).count().min(2);
        let named = after.strip_prefix("g<").and_then(|name| name.split_once('>'));
        rest = match (named, after.chars().next()) {
            (Some((name, behind)), _) => {
                out.extend(["${", name, "}"]);
                behind
            }
            _ if digits > 0 => {
                out.extend(["${", &after[..digits], "}"]);
                &after[digits..]
            }
            (None, Some('\\')) => {
                out.push('\\');
                &after[1..]
            }
            _ => return Value::text(hole("x")),
        };
    }
    out.push_str(rest);
    match compiled(source).filter(|_| text.len() <= LONGEST.0) {
        Some(it) => Value::text(it.regex.replace_all(text, out.as_str()).into_owned()),
        None => Value::text(hole("x")),
    }
}

/// A method of a string that is given an expression; none where it is not one of these.
pub(in crate::code::eval) fn searched(text: &str, name: &str, source: &str, args: &Args) -> Option<Value> {
    if !matches!(name, "search" | "match" | "matchAll" | "split" | "test" | "exec") {
        return None;
    }
    let Some(it) = compiled(source).filter(|_| text.len() <= LONGEST.0) else { return Some(Value::unknown()) };
    Some(match name {
        "test" => Value::Bool(it.regex.is_match(text)),
        "search" => match it.regex.find(text) {
            Some(found) => count_of(&text[..found.start()]),
            None => Value::Int(-1),
        },
        "match" if it.all => {
            let all: Vec<Value> = it.regex.find_iter(text).map(|found| Value::text(found.as_str())).collect();
            if all.is_empty() { Value::Null } else { Value::list(all) }
        }
        "match" | "exec" => it.regex.captures(text).map_or(Value::Null, |found| Value::list(groups(&found))),
        "matchAll" => Value::list(it.regex.captures_iter(text).map(|found| Value::list(groups(&found))).collect()),
        _ => {
            let most = match args.at(1) {
                Value::Int(most) => usize::try_from(most).unwrap_or(usize::MAX),
                _ => usize::MAX,
            };
            Value::list(it.pieces(text).into_iter().take(most.min(1_000)).collect())
        }
    })
}

/// Whether an expression matches somewhere in a text; none where it has what is not tried.
pub(super) fn finds(source: &str, text: &str) -> Option<bool> {
    compiled(source).filter(|_| text.len() <= LONGEST.0).map(|it| it.regex.is_match(text))
}

impl Compiled {
    /// What stands between matches, and what groups of the expression caught there.
    fn pieces(&self, text: &str) -> Vec<Value> {
        let mut out = Vec::new();
        let mut from = 0;
        for found in self.regex.captures_iter(text) {
            let Some(whole) = found.get(0) else { continue };
            if whole.is_empty() && (whole.start() == 0 || whole.end() == text.len()) {
                continue;
            }
            out.push(Value::text(&text[from..whole.start()]));
            out.extend(groups(&found).into_iter().skip(1));
            from = whole.end();
        }
        out.push(Value::text(&text[from..]));
        out
    }
}

fn groups(found: &Captures<'_>) -> Vec<Value> {
    found.iter().map(|group| group.map_or(Value::Undefined, |group| Value::text(group.as_str()))).collect()
}

/// How many characters a piece of a string has.
pub(in crate::code::eval) fn count_of(text: &str) -> Value {
    Value::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX))
}

impl Machine<'_> {
    /// `text.replace(what, function)`.
    pub(in crate::code::eval) fn replaced_by(&mut self, text: &Name, name: &str, args: &Args, spot: Spot) -> Value {
        let (given, callee) = (args.at(0), args.at(1));
        let found: Option<Vec<(usize, usize, Vec<Value>)>> = match &given {
            Value::Regex(source) => compiled(source).map(|it| {
                let most = if it.all || name == "replaceAll" { MOST_MATCHES } else { 1 };
                let all = it.regex.captures_iter(text).take(most);
                all.filter_map(|found| found.get(0).map(|it| (it.start(), it.end(), groups(&found)))).collect()
            }),
            Value::Str(part) if !part.is_empty() && !has_hole(part) => {
                let most = if name == "replaceAll" { MOST_MATCHES } else { 1 };
                let all = text.match_indices(&**part).take(most);
                Some(all.map(|(at, it)| (at, at + it.len(), vec![Value::text(it)])).collect())
            }
            _ => None,
        };
        let Some(found) = found.filter(|_| text.len() <= LONGEST.0 && !has_hole(text)) else {
            self.let_go(args);
            return Value::text(hole("x"));
        };
        let mut all = Value::text("");
        let mut from = 0;
        for (start, end, groups) in found {
            let made = self.call(&callee, Args::of(groups), spot);
            let piece = self.shown(&made, "x");
            all = self.concat(&all, &Value::text(&text[from..start]));
            all = self.concat(&all, &piece);
            from = end;
        }
        self.concat(&all, &Value::text(&text[from..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_spelt_as_ours() {
        for (source, ours) in
            [(r"{(\w+)}", r"\{(\w+)}"), ("a{2,3}", "a{2,3}"), ("[[a]", r"[\[a]"), (r"\{a}", r"\{a}"), ("a{x", r"a\{x")]
        {
            assert_eq!(ours, as_ours(source));
            assert!(compiled(source).is_some(), "{source}");
        }
        assert!(compiled("(?=x)").is_none());
    }

    #[test]
    fn replacements_of_python_name_groups() {
        let cases = [
            ("VillagePoint", "(.)([A-Z][a-z]+)", r"\1-\2", "Village-Point"),
            ("a_b", "(?P<x>_)", r"\g<x>$", "a_$b"),
            ("a b c", r"\s+", "-", "a-b-c"),
        ];
        for (text, source, with, expected) in cases {
            assert_eq!(Some(expected), replaced_in_python(text, source, with).as_text().as_deref(), "{source}");
        }
    }

    #[test]
    fn replacements_name_groups() {
        let cases = [
            ("/a/{id}/{x}", "(?g){(\\w+)}", ":$1x", "/a/:idx/:xx"),
            ("/a/{id}/{x}", "{(?<n>\\w+)}", ":$<n>", "/a/:id/{x}"),
            ("aXb", "(?i)x", "$$1$&$", "a$1X$b"),
        ];
        for (text, source, with, expected) in cases {
            assert_eq!(Some(expected), replaced(text, source, with, false).as_text().as_deref(), "{source}");
        }
    }
}
