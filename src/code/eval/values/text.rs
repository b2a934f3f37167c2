//! Strings: the methods whose result is worth knowing, over all languages.

use super::super::javascript::regexes::replaced;
use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, Spot, Value};
use crate::code::form::{Language, Name, Yields};
use crate::code::holes::{HOLE, HOLE_END, fill_holes, has_hole, hole};

/// The longest string that is computed.
const LONGEST: usize = 8_192;

impl Machine<'_> {
    /// `text.name(…)`.
    pub(crate) fn text_method(&mut self, text: &Name, name: &str, args: &Args, scope: &ScopeRef, spot: Spot) -> Value {
        match name {
            "format" if self.language(scope) == Language::Python => return self.format(text, args),
            "format" | "formatted" if self.language(scope) == Language::Java => {
                return self.percent_format(text, &Value::list(args.list.clone()));
            }
            "plus" if self.language(scope) == Language::Java => {
                let piece = self.shown(&args.at(0), "x");
                return self.concat(&Value::Str(text.clone()), &piece);
            }
            "join" => return self.join_text(text, &args.at(0), scope),
            "forEach" | "map" => {
                self.let_go(args);
                return Value::unknown();
            }
            "concat" => {
                return args.list.iter().fold(Value::Str(text.clone()), |all, piece| {
                    let piece = self.shown(piece, "x");
                    self.concat(&all, &piece)
                });
            }
            _ => {}
        }
        if name == "replaceFirstChar" && args.at(0).is_callable() {
            return self.first_replaced(text, &args.at(0), spot);
        }
        if matches!(name, "replace" | "replaceAll") && args.at(1).is_callable() {
            return self.replaced_by(text, name, args, spot);
        }
        // What a setting holds by default is put in as it is.
        let replaces = matches!(name, "replace" | "replaceAll" | "replaceFirst");
        if replaces && args.list.iter().any(|arg| matches!(arg, Value::Env(_)) && arg.as_whole_text().is_some()) {
            let plain = |arg: &Value| match arg {
                Value::Env(_) => arg.as_text().map_or_else(Value::unknown, Value::Str),
                other => other.clone(),
            };
            let args = Args { list: args.list.iter().map(plain).collect(), ..args.clone() };
            return self.text_method(text, name, &args, scope, spot);
        }
        if self.language(scope) == Language::Python
            && let Some(value) = self.path_method(text, name, args)
        {
            return value;
        }
        if matches!(args.at(0), Value::Alt(_)) {
            return Value::unknown();
        }
        let language = self.language(scope);
        let made = pure_method(language, text, name, args);
        self.suppose_method(text, name, made, |pattern| pure_method(language, pattern, name, args))
    }

    /// A text with what a function gives for its first character (Kotlin).
    fn first_replaced(&mut self, text: &Name, function: &Value, spot: Spot) -> Value {
        let mut rest = text.chars();
        let Some(first) = rest.next() else { return Value::Str(text.clone()) };
        if text.starts_with(HOLE) {
            return Value::text(hole("x"));
        }
        let made = self.call(function, Args::of(vec![Value::text(first.to_string())]), spot);
        let made = self.shown(&made, "x");
        self.concat(&made, &Value::text(rest.as_str()))
    }

    fn join_text(&mut self, separator: &str, list: &Value, scope: &ScopeRef) -> Value {
        let (items, partial) = self.walk(list, Yields::Elements, scope);
        if partial {
            return Value::text(hole("join"));
        }
        self.join_items(separator, &items)
    }

    /// The elements as one string.
    pub(crate) fn join_items(&mut self, separator: &str, items: &[Value]) -> Value {
        let mut all = Value::text("");
        for (at, item) in items.iter().take(256).enumerate() {
            if at > 0 {
                all = self.concat(&all, &Value::text(separator));
            }
            let piece = if item.is_nothing() { Value::text("") } else { self.shown(item, "x") };
            all = self.concat(&all, &piece);
        }
        all
    }

    /// Python's `"…".format(…)`.
    pub(crate) fn format(&mut self, text: &str, args: &Args) -> Value {
        let mut all = Value::text("");
        let mut next = 0_usize;
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            all = self.concat(&all, &Value::text(before));
            if from.starts_with("{{") || from.starts_with("}}") {
                all = self.concat(&all, &Value::text(&from[..1]));
                rest = &from[2..];
                continue;
            }
            let Some((field, after)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) else {
                rest = &from[1..];
                continue;
            };
            let key = field.split([':', '!', '.', '[']).next().unwrap_or("");
            let value = match key.parse::<usize>() {
                Ok(index) => args.at(index),
                Err(_) if key.is_empty() => {
                    next += 1;
                    args.at(next - 1)
                }
                Err(_) => {
                    let named = args.named.iter().find(|(name, _)| &**name == key);
                    named.map_or_else(Value::unknown, |(_, value)| value.clone())
                }
            };
            let piece = self.shown(&value, key);
            all = self.concat(&all, &piece);
            rest = after;
        }
        self.concat(&all, &Value::text(rest))
    }

    /// `"…%s…" % values`, also Go's `Sprintf`.
    pub(crate) fn percent_format(&mut self, text: &str, given: &Value) -> Value {
        let values = match given {
            Value::List(list) => list.items.borrow().clone(),
            other => vec![other.clone()],
        };
        let mut all = Value::text("");
        let mut next = values.iter();
        let mut rest = text;
        while let Some((before, from)) = rest.split_once('%') {
            all = self.concat(&all, &Value::text(before));
            if let Some(after) = from.strip_prefix('%') {
                all = self.concat(&all, &Value::text("%"));
                rest = after;
                continue;
            }
            if let Some((key, after)) = from.strip_prefix('(').and_then(|from| from.split_once(')'))
                && let Value::Map(map) = given
            {
                let value = map.named(key).unwrap_or_else(Value::unknown);
                let piece = self.shown(&value, key);
                all = self.concat(&all, &piece);
                rest = after.get(1..).unwrap_or("");
                continue;
            }
            let verb =
                from.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-' | '#' | ' '));
            let value = next.next().cloned().unwrap_or_else(Value::unknown);
            let piece = self.shown(&value, "x");
            all = self.concat(&all, &piece);
            let mut chars = verb.chars();
            chars.next();
            rest = chars.as_str();
        }
        self.concat(&all, &Value::text(rest))
    }
}

/// Methods that need nothing but the string and plain arguments.
fn pure_method(language: Language, text: &Name, name: &str, args: &Args) -> Value {
    if !has_hole(text) {
        let searched = match args.at(0) {
            Value::Regex(source) => super::super::javascript::regexes::searched(text, name, &source, args),
            _ => super::strings::asked_of(language, text, name, args),
        };
        if let Some(value) = searched {
            return value;
        }
    }
    let first = args.at(0).as_text();
    let second = args.at(1).as_text();
    let first = first.as_deref();
    match name {
        "toRegex" if language == Language::Java => Value::Regex(text.clone()),
        "toLowerCase" | "lowercase" | "lower" | "casefold" | "to_lowercase" | "ToLower" | "to_ascii_lowercase" => {
            Value::text(outside_holes(text, str::to_lowercase))
        }
        "toUpperCase" | "uppercase" | "upper" | "to_uppercase" | "ToUpper" | "to_ascii_uppercase" => {
            Value::text(outside_holes(text, str::to_uppercase))
        }
        "capitalize" => {
            let mut chars = text.chars();
            let head = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            Value::text(format!("{head}{}", chars.as_str().to_lowercase()))
        }
        "toString" | "valueOf" | "to_string" | "to_owned" | "into" | "as_str" | "clone" | "String" | "encode"
        | "decode" | "as_ref" | "normalize" | "removeprefix" | "removesuffix" | "removePrefix" | "removeSuffix"
        | "trim_start_matches" | "trim_end_matches" | "strip" | "lstrip" | "rstrip" | "trim" | "trimStart"
        | "trimEnd" => trimmed(text, name, first),
        "replace" | "replaceAll" | "replaceFirst" => match (args.at(0), &second) {
            (Value::Regex(pattern), Some(with)) => {
                let all = name == "replaceAll" || (name == "replace" && language == Language::Java);
                replaced(text, &pattern, with, all)
            }
            (Value::Str(from), Some(with)) if !from.is_empty() && text.len() < LONGEST => {
                let first = language == Language::JavaScript && name == "replace";
                Value::text(text.replacen(&*from, with, if first { 1 } else { usize::MAX }))
            }
            _ => Value::text(hole("x")),
        },
        _ if has_hole(text) => match name {
            "startsWith" | "startswith" | "starts_with" => {
                let head = text.split(HOLE).next().unwrap_or("");
                match first {
                    Some(prefix) if head.starts_with(prefix) => Value::Bool(true),
                    Some(prefix) if !prefix.starts_with(head) => Value::Bool(false),
                    _ => Value::unknown(),
                }
            }
            "endsWith" | "endswith" | "ends_with" => {
                let tail = text.rsplit(HOLE_END).next().unwrap_or("");
                match first {
                    Some(suffix) if tail.ends_with(suffix) => Value::Bool(true),
                    Some(suffix) if !suffix.ends_with(tail) => Value::Bool(false),
                    _ => Value::unknown(),
                }
            }
            _ => Value::unknown(),
        },
        "startsWith" | "startswith" | "starts_with" => {
            first.map_or_else(Value::unknown, |prefix| Value::Bool(text.starts_with(prefix)))
        }
        "endsWith" | "endswith" | "ends_with" => {
            first.map_or_else(Value::unknown, |suffix| Value::Bool(text.ends_with(suffix)))
        }
        "includes" | "contains" => first.map_or_else(Value::unknown, |part| Value::Bool(text.contains(part))),
        "slice" | "substring" => slice(&Value::Str(text.clone()), Some(&args.at(0)), Some(&args.at(1))),
        "repeat" => match args.at(0) {
            Value::Int(times) if (0..100).contains(&times) && text.len() < 100 => {
                Value::text(text.repeat(usize::try_from(times).unwrap_or(0)))
            }
            _ => Value::unknown(),
        },
        "isupper" => Value::Bool(text.chars().any(char::is_alphabetic) && text.to_uppercase() == **text),
        _ => Value::unknown(),
    }
}

fn trimmed(text: &str, name: &str, given: Option<&str>) -> Value {
    let set: Option<Vec<char>> = given.map(|given| given.chars().collect());
    let out = match (name, set) {
        ("strip", Some(set)) => text.trim_matches(&set[..]),
        ("lstrip", Some(set)) => text.trim_start_matches(&set[..]),
        ("rstrip", Some(set)) => text.trim_end_matches(&set[..]),
        ("trim_start_matches", Some(set)) => text.trim_start_matches(&set[..]),
        ("trim_end_matches", Some(set)) => text.trim_end_matches(&set[..]),
        ("removeprefix" | "removePrefix", Some(_)) => given.and_then(|given| text.strip_prefix(given)).unwrap_or(text),
        ("removesuffix" | "removeSuffix", Some(_)) => given.and_then(|given| text.strip_suffix(given)).unwrap_or(text),
        ("strip" | "trim", None) => text.trim(),
        ("lstrip" | "trimStart", None) => text.trim_start(),
        ("rstrip" | "trimEnd", None) => text.trim_end(),
        _ => text,
    };
    Value::text(out)
}

/// Applies a change to the text between holes.
fn outside_holes(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(HOLE) {
        out.push_str(&change(before));
        let (hint, tail) = after.split_once(HOLE_END).unwrap_or((after, ""));
        out.push_str(&hole(hint));
        rest = tail;
    }
    out.push_str(&change(rest));
    out
}

/// `object[from:to]`.
pub(in crate::code::eval) fn slice(object: &Value, from: Option<&Value>, to: Option<&Value>) -> Value {
    let bounds = |length: usize| -> Option<(usize, usize)> {
        let length = i64::try_from(length).ok()?;
        let place = |bound: Option<&Value>, default: i64| match bound {
            None | Some(Value::Null | Value::Undefined) => Some(default),
            Some(Value::Int(at)) if *at < 0 => Some(length.saturating_add(*at).max(0)),
            Some(Value::Int(at)) => Some((*at).min(length)),
            Some(_) => None,
        };
        let (from, to) = (place(from, 0)?, place(to, length)?);
        Some((usize::try_from(from).ok()?, usize::try_from(to.max(from)).ok()?))
    };
    match object {
        Value::List(list) => {
            let items = list.items.borrow();
            match bounds(items.len()) {
                Some((from, to)) => Value::list_of(list.kind, items[from..to].to_vec(), list.partial.get()),
                None => Value::unknown(),
            }
        }
        Value::Str(text) if !has_hole(text) => {
            let chars: Vec<char> = text.chars().collect();
            match bounds(chars.len()) {
                Some((from, to)) => Value::text(chars[from..to].iter().collect::<String>()),
                None => Value::unknown(),
            }
        }
        Value::Env(env) => env.default.as_ref().map_or_else(Value::unknown, |it| slice(it, from, to)),
        _ => Value::unknown(),
    }
}

/// A pattern for people: holes as `*`.
pub(crate) fn pattern_of(text: &str) -> String {
    fill_holes(text, |_| "*".to_owned())
}
