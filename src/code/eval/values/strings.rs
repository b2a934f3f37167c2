//! What is asked of strings that are known whole: where something stands in them, and what parts of them are. Places are
//! counted in characters over all languages, as slices are.

use super::super::javascript::regexes::{compiled, count_of, replaced};
use super::super::value::{Args, ListKind, Value};
use crate::code::form::{Language, Name};
use crate::code::holes::has_hole;

/// The longest string that is padded.
const LONGEST: usize = 1_000;

/// The most parts that a string is split into.
const MOST_PARTS: usize = 1_000;

/// A method of a string that is known whole; none where it is not one of these. What depends on what is not known is not
/// known either.
pub(in crate::code::eval) fn asked_of(language: Language, text: &str, name: &str, args: &Args) -> Option<Value> {
    let it = Asked { text, name, args };
    let found = match language {
        Language::JavaScript => it.of_javascript(),
        Language::Python => it.of_python(),
        Language::Java => it.of_java(),
        Language::Rust => it.of_rust(),
        Language::Go => None,
    };
    found.map(|value| value.unwrap_or_else(Value::unknown))
}

/// A question: none where it is another's, nothing in it where the answer is not known.
type Answer = Option<Option<Value>>;

struct Asked<'a> {
    text: &'a str,
    name: &'a str,
    args: &'a Args,
}

impl Asked<'_> {
    fn of_javascript(&self) -> Answer {
        let Self { text, .. } = self;
        Some(match self.name {
            "indexOf" => self.place(1).map(Value::Int),
            "lastIndexOf" => self.last_place(1).map(Value::Int),
            "charAt" => self.number(0, 0).map(|at| Value::text(character(text, at).unwrap_or_default())),
            "at" => self.number(0, 0).map(|at| {
                let length = if at < 0 { length(text) } else { 0 };
                character(text, at + length).map_or(Value::Undefined, Value::text)
            }),
            "charCodeAt" | "codePointAt" => self.number(0, 0).and_then(|at| {
                let c = usize::try_from(at).ok().and_then(|at| text.chars().nth(at))?;
                Some(Value::Int(i64::from(u32::from(c))))
            }),
            "substring" => self.number(0, 0).zip(self.number(1, length(text))).map(|(from, to)| {
                let (from, to) = (from.max(0), to.max(0));
                Value::text(part(text, from.min(to), from.max(to)))
            }),
            "substr" => self.number(0, 0).zip(self.number(1, length(text))).map(|(from, count)| {
                let from = if from < 0 { (length(text) + from).max(0) } else { from };
                Value::text(part(text, from, from.saturating_add(count)))
            }),
            "padStart" => self.padded(true, " "),
            "padEnd" => self.padded(false, " "),
            "startsWith" | "includes" if self.args.list.len() > 1 => self.number(1, 0).and_then(|from| {
                let (wanted, rest) = (self.given(0)?, part(text, from, i64::MAX));
                let found = if self.name == "includes" { rest.contains(&*wanted) } else { rest.starts_with(&*wanted) };
                Some(Value::Bool(found))
            }),
            "endsWith" if self.args.list.len() > 1 => self.number(1, 0).and_then(|to| {
                let wanted = self.given(0)?;
                Some(Value::Bool(part(text, 0, to).ends_with(&*wanted)))
            }),
            "split" => match self.args.at(0) {
                Value::Undefined => Some(Value::list(vec![Value::text(*text)])),
                _ => self.given(0).zip(self.number(1, i64::MAX)).map(|(separator, most)| {
                    let most = usize::try_from(most).unwrap_or(usize::MAX);
                    Value::list(pieces(text, &separator).into_iter().take(most).collect())
                }),
            },
            "trimLeft" => Some(Value::text(text.trim_start())),
            "trimRight" => Some(Value::text(text.trim_end())),
            "toLocaleLowerCase" => Some(Value::text(text.to_lowercase())),
            "toLocaleUpperCase" => Some(Value::text(text.to_uppercase())),
            "localeCompare" => None,
            _ => return None,
        })
    }

    fn of_python(&self) -> Answer {
        let Self { text, .. } = self;
        let is = |wanted: fn(char) -> bool| Some(Value::Bool(!text.is_empty() && text.chars().all(wanted)));
        Some(match self.name {
            "find" => self.place(1).map(Value::Int),
            "index" => self.place(1).filter(|at| *at >= 0).map(Value::Int),
            "rfind" => self.last_place(usize::MAX).map(Value::Int),
            "rindex" => self.last_place(usize::MAX).filter(|at| *at >= 0).map(Value::Int),
            "count" => self.given(0).filter(|part| !part.is_empty()).map(|part| times(text, &part)),
            "split" | "rsplit" => self.python_split(),
            "splitlines" => Some(Value::list(text.lines().map(Value::text).collect())),
            "partition" | "rpartition" => self.given(0).map(|separator| {
                let first = self.name == "partition";
                let parts = if first { text.split_once(&*separator) } else { text.rsplit_once(&*separator) };
                let [a, b, c] = match parts {
                    Some((before, behind)) => [before, &*separator, behind],
                    None if first => [*text, "", ""],
                    None => ["", "", *text],
                };
                tuple(vec![Value::text(a), Value::text(b), Value::text(c)])
            }),
            "zfill" => self.number(0, 0).map(|width| padded(text, width, "0", true)),
            "rjust" => self.padded(true, " "),
            "ljust" => self.padded(false, " "),
            "title" => Some(Value::text(titled(text))),
            "swapcase" => Some(Value::text(text.chars().map(swapped).collect::<String>())),
            "isdigit" | "isdecimal" | "isnumeric" => is(char::is_numeric),
            "isalpha" => is(char::is_alphabetic),
            "isalnum" => is(char::is_alphanumeric),
            "isspace" => is(char::is_whitespace),
            "islower" => Some(Value::Bool(text.chars().any(char::is_alphabetic) && text.to_lowercase() == **text)),
            "isidentifier" => {
                let word = text.chars().all(|c| c.is_alphanumeric() || c == '_');
                Some(Value::Bool(word && text.starts_with(|c: char| !c.is_numeric())))
            }
            "startswith" | "endswith" if matches!(self.args.at(0), Value::List(_)) => self.begins_or_ends(),
            "replace" if self.args.list.len() > 2 => {
                let (from, to) = self.given(0).zip(self.given(1))?;
                let most = self.number(2, -1).map(|most| usize::try_from(most).unwrap_or(usize::MAX));
                most.map(|most| Value::text(text.replacen(&*from, &to, most)))
            }
            _ => return None,
        })
    }

    fn of_java(&self) -> Answer {
        let Self { text, .. } = self;
        let missing = || match self.args.list.get(1) {
            None => Some(Name::from(*text)),
            Some(_) => self.given(1),
        };
        let found = |cut: &dyn Fn(&str) -> Option<String>| {
            let cut = self.given(0).map(|at| cut(&at));
            cut.and_then(|cut| cut.map(Value::text).or_else(|| missing().map(Value::Str)))
        };
        Some(match self.name {
            "indexOf" => self.place(1).map(Value::Int),
            "lastIndexOf" => self.last_place(1).map(Value::Int),
            "charAt" => self.number(0, 0).and_then(|at| character(text, at)).map(Value::text),
            "first" if self.args.list.is_empty() => character(text, 0).map(Value::text),
            "last" if self.args.list.is_empty() => character(text, length(text) - 1).map(Value::text),
            "isEmpty" => Some(Value::Bool(text.is_empty())),
            "isNotEmpty" => Some(Value::Bool(!text.is_empty())),
            "isBlank" | "isNullOrBlank" => Some(Value::Bool(text.trim().is_empty())),
            "isNullOrEmpty" => Some(Value::Bool(text.is_empty())),
            "isNotBlank" => Some(Value::Bool(!text.trim().is_empty())),
            "length" => Some(count_of(text)),
            "equals" | "contentEquals" => self.given(0).map(|other| Value::Bool(*other == **text)),
            "equalsIgnoreCase" => self.given(0).map(|other| Value::Bool(other.to_lowercase() == text.to_lowercase())),
            "substringBefore" => found(&|at| text.split_once(at).map(|(before, _)| before.to_owned())),
            "substringAfter" => found(&|at| text.split_once(at).map(|(_, behind)| behind.to_owned())),
            "substringBeforeLast" => found(&|at| text.rsplit_once(at).map(|(before, _)| before.to_owned())),
            "substringAfterLast" => found(&|at| text.rsplit_once(at).map(|(_, behind)| behind.to_owned())),
            "take" => self.number(0, 0).map(|count| Value::text(part(text, 0, count))),
            "drop" => self.number(0, 0).map(|count| Value::text(part(text, count, i64::MAX))),
            "takeLast" => self.number(0, 0).map(|count| Value::text(part(text, length(text) - count, i64::MAX))),
            "dropLast" => self.number(0, 0).map(|count| Value::text(part(text, 0, length(text) - count))),
            "removeSurrounding" => self.given(0).map(|around| {
                let inner = text.strip_prefix(&*around).and_then(|rest| rest.strip_suffix(&*around));
                Value::text(inner.unwrap_or(text))
            }),
            "padStart" => self.padded(true, " "),
            "padEnd" => self.padded(false, " "),
            "capitalize" => Some(Value::text(headed(text, |c| c.to_uppercase().collect()))),
            "decapitalize" => Some(Value::text(headed(text, |c| c.to_lowercase().collect()))),
            "trim" | "trimStart" | "trimEnd" if !self.args.list.is_empty() => self.given(0).map(|_| self.trimmed()),
            "orEmpty" | "intern" | "strip" | "trimIndent" => Some(Value::text(text.trim_matches('\n'))),
            "lines" | "lineSequence" => Some(Value::list(text.lines().map(Value::text).collect())),
            // Java's takes an expression, Kotlin's a string: an expression shows.
            "split" => self.given(0).and_then(|separator| {
                if is_expression(&separator) {
                    return super::super::javascript::regexes::searched(text, "split", &separator, &Args::default());
                }
                Some(Value::list(pieces(text, &separator)))
            }),
            "replaceAll" | "replaceFirst" => self.given(0).zip(self.given(1)).map(|(from, to)| {
                let (all, first) = (self.name == "replaceAll", self.name == "replaceFirst");
                match is_expression(&from) || from.contains(['^', '$', '+', '*']) {
                    true => replaced(text, &from, &to, all),
                    false if first => Value::text(text.replacen(&*from, &to, 1)),
                    false => Value::text(text.replace(&*from, &to)),
                }
            }),
            "matches" => self.given(0).and_then(|source| compiled(&format!("^(?:{source})$")).zip(Some(source))).map(
                |(_, source)| {
                    let whole = format!("^(?:{source})$");
                    super::super::javascript::regexes::searched(text, "test", &whole, &Args::default())
                        .unwrap_or_else(Value::unknown)
                },
            ),
            _ => return None,
        })
    }

    fn of_rust(&self) -> Answer {
        let Self { text, .. } = self;
        Some(match self.name {
            "is_empty" => Some(Value::Bool(text.is_empty())),
            "len" => Some(count_of(text)),
            "trim_start" => Some(Value::text(text.trim_start())),
            "trim_end" => Some(Value::text(text.trim_end())),
            "trim_matches" | "trim_start_matches" | "trim_end_matches" | "trim_left_matches" | "trim_right_matches" => {
                self.given(0).map(|_| self.trimmed())
            }
            "replacen" => {
                let (from, to) = self.given(0).zip(self.given(1))?;
                let most = self.number(2, 0).and_then(|most| usize::try_from(most).ok());
                most.map(|most| Value::text(text.replacen(&*from, &to, most)))
            }
            "eq_ignore_ascii_case" => self.given(0).map(|other| Value::Bool(other.eq_ignore_ascii_case(text))),
            "lines" => Some(Value::list(text.lines().map(Value::text).collect())),
            "split_whitespace" => Some(Value::list(text.split_whitespace().map(Value::text).collect())),
            "rsplit" => self.given(0).map(|separator| {
                let mut parts = pieces(text, &separator);
                parts.reverse();
                Value::list(parts)
            }),
            "splitn" => self.number(0, 0).and_then(|most| usize::try_from(most).ok()).and_then(|most| {
                let separator = self.given(1)?;
                Some(Value::list(text.splitn(most.min(MOST_PARTS), &*separator).map(Value::text).collect()))
            }),
            "split" => self.given(0).map(|separator| Value::list(pieces(text, &separator))),
            _ => return None,
        })
    }

    /// A string that is given, known whole.
    fn given(&self, at: usize) -> Option<Name> {
        match self.args.at(at) {
            Value::Str(text) if !has_hole(&text) && !self.args.partial => Some(text),
            _ => None,
        }
    }

    /// A number that is given.
    fn number(&self, at: usize, default: i64) -> Option<i64> {
        match self.args.at(at) {
            Value::Int(number) => Some(number),
            Value::Undefined | Value::Null if !self.args.partial => Some(default),
            _ => None,
        }
    }

    /// Where the first argument stands, from where another one says; -1 where it is not.
    fn place(&self, from: usize) -> Option<i64> {
        let (wanted, from) = (self.given(0)?, self.number(from, 0)?.max(0));
        let skipped: usize = self.text.chars().take(usize::try_from(from).ok()?).map(char::len_utf8).sum();
        let found = self.text.get(skipped..)?.find(&*wanted);
        Some(found.map_or(-1, |at| length(&self.text[..skipped + at])))
    }

    /// Where it stands last, no further than where another one says.
    fn last_place(&self, to: usize) -> Option<i64> {
        let (wanted, to) = (self.given(0)?, self.number(to, i64::MAX)?);
        let end = to.saturating_add(length(&wanted));
        Some(part(self.text, 0, end).rfind(&*wanted).map_or(-1, |at| length(&self.text[..at])))
    }

    fn padded(&self, before: bool, fill: &str) -> Option<Value> {
        let fill = match self.args.list.get(1) {
            None => fill.into(),
            Some(_) => self.given(1)?,
        };
        Some(padded(self.text, self.number(0, 0)?, &fill, before))
    }

    /// Without what is given at its ends: any of the characters; the string itself in Rust where it is one of more.
    fn trimmed(&self) -> Value {
        let cut: Vec<String> =
            self.args.list.iter().filter_map(Value::as_whole_text).map(|it| it.to_string()).collect();
        let head = !matches!(self.name, "trimEnd" | "trim_end_matches" | "trim_right_matches");
        let tail = !matches!(self.name, "trimStart" | "trim_start_matches" | "trim_left_matches");
        let mut text = self.text;
        for _ in 0..LONGEST {
            let before = text;
            for one in cut.iter().filter(|one| !one.is_empty()) {
                text = text.strip_prefix(one.as_str()).filter(|_| head).unwrap_or(text);
                text = text.strip_suffix(one.as_str()).filter(|_| tail).unwrap_or(text);
            }
            if text.len() == before.len() {
                break;
            }
        }
        Value::text(text)
    }

    fn python_split(&self) -> Option<Value> {
        let most = match self.args.get(1, "maxsplit") {
            Some(Value::Int(most)) => usize::try_from(most).unwrap_or(MOST_PARTS).min(MOST_PARTS),
            None => MOST_PARTS,
            Some(_) => return None,
        };
        let parts: Vec<&str> = match self.args.get(0, "sep") {
            None | Some(Value::Null | Value::Undefined) => self.text.split_whitespace().collect(),
            Some(Value::Str(separator)) if !has_hole(&separator) && !separator.is_empty() => {
                if self.name == "rsplit" {
                    let mut parts: Vec<&str> = self.text.rsplitn(most + 1, &*separator).collect();
                    parts.reverse();
                    parts
                } else {
                    self.text.splitn(most + 1, &*separator).collect()
                }
            }
            Some(_) => return None,
        };
        Some(Value::list(parts.into_iter().map(Value::text).collect()))
    }

    fn begins_or_ends(&self) -> Option<Value> {
        let Value::List(all) = self.args.at(0) else { return None };
        let all: Vec<Name> = all.items.borrow().iter().map(Value::as_whole_text).collect::<Option<_>>()?;
        let text = self.text;
        let holds =
            |part: &Name| if self.name == "startswith" { text.starts_with(&**part) } else { text.ends_with(&**part) };
        Some(Value::Bool(all.iter().any(holds)))
    }
}

/// A function of Go's `strings`; none where it is not one of these, or what it is given is not known.
pub(in crate::code::eval) fn of_go(path: &str, args: &Args) -> Option<Value> {
    if let "regexp.MustCompile" | "regexp.MustCompilePOSIX" = path {
        return args.at(0).as_whole_text().map(Value::Regex);
    }
    if path == "flag.String" {
        return args.at(1).as_whole_text().map(|text| Value::Str(text).fallback());
    }
    let name = path.strip_prefix("strings.")?;
    let whole = |at: usize| match args.at(at) {
        Value::Str(text) if !has_hole(&text) && !args.partial => Some(text),
        _ => None,
    };
    let text = whole(0)?;
    Some(match name {
        "TrimSpace" => Value::text(text.trim()),
        "Fields" => Value::list(text.split_whitespace().map(Value::text).collect()),
        "Title" => Value::text(
            text.split(' ').map(|it| headed(it, |c| c.to_uppercase().collect())).collect::<Vec<_>>().join(" "),
        ),
        "Repeat" => match args.at(1) {
            Value::Int(times) if (0..100).contains(&times) && text.len() < 100 => {
                Value::text(text.repeat(usize::try_from(times).ok()?))
            }
            _ => return None,
        },
        _ => of_go_two(name, &text, &whole(1)?, args)?,
    })
}

/// The same for those that are given two strings.
fn of_go_two(name: &str, text: &str, other: &str, args: &Args) -> Option<Value> {
    let place = |at: Option<usize>| Value::Int(at.map_or(-1, |at| length(&text[..at])));
    let set: Vec<char> = other.chars().collect();
    Some(match name {
        "Index" => place(text.find(other)),
        "LastIndex" => place(text.rfind(other)),
        "IndexByte" | "IndexRune" => place(text.find(other)),
        "Contains" => Value::Bool(text.contains(other)),
        "ContainsAny" => Value::Bool(text.contains(&set[..])),
        "HasPrefix" => Value::Bool(text.starts_with(other)),
        "HasSuffix" => Value::Bool(text.ends_with(other)),
        "EqualFold" => Value::Bool(text.to_lowercase() == other.to_lowercase()),
        "Count" if !other.is_empty() => times(text, other),
        "Trim" => Value::text(text.trim_matches(&set[..])),
        "TrimLeft" => Value::text(text.trim_start_matches(&set[..])),
        "TrimRight" => Value::text(text.trim_end_matches(&set[..])),
        "Split" => Value::list(pieces(text, other)),
        "SplitN" => match args.at(2) {
            Value::Int(most) if most > 0 && !other.is_empty() => {
                let most = usize::try_from(most).ok()?.min(MOST_PARTS);
                Value::list(text.splitn(most, other).map(Value::text).collect())
            }
            _ => return None,
        },
        "CutPrefix" | "CutSuffix" => {
            let rest = if name == "CutPrefix" { text.strip_prefix(other) } else { text.strip_suffix(other) };
            tuple(vec![Value::text(rest.unwrap_or(text)), Value::Bool(rest.is_some())])
        }
        "Cut" => {
            let (before, behind, found) = match text.split_once(other) {
                Some((before, behind)) => (before, behind, true),
                None => (text, "", false),
            };
            tuple(vec![Value::text(before), Value::text(behind), Value::Bool(found)])
        }
        _ => return None,
    })
}

/// Whether a string that Java takes for an expression is more than itself.
fn is_expression(text: &str) -> bool {
    text.contains(['\\', '['])
}

fn tuple(items: Vec<Value>) -> Value {
    Value::list_of(ListKind::Tuple, items, false)
}

fn times(text: &str, part: &str) -> Value {
    Value::Int(i64::try_from(text.matches(part).count()).unwrap_or(i64::MAX))
}

fn pieces(text: &str, separator: &str) -> Vec<Value> {
    if separator.is_empty() {
        return text.chars().take(MOST_PARTS).map(|c| Value::text(c.to_string())).collect();
    }
    text.split(separator).take(MOST_PARTS).map(Value::text).collect()
}

fn length(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

fn character(text: &str, at: i64) -> Option<String> {
    text.chars().nth(usize::try_from(at).ok()?).map(|c| c.to_string())
}

/// The characters from one place to another.
fn part(text: &str, from: i64, to: i64) -> String {
    let place = |at: i64| usize::try_from(at.max(0)).unwrap_or(usize::MAX);
    let (from, to) = (place(from), place(to));
    text.chars().skip(from).take(to.saturating_sub(from)).collect()
}

fn padded(text: &str, width: i64, fill: &str, before: bool) -> Value {
    let wanted = usize::try_from(width).unwrap_or(0).min(LONGEST);
    let missing = wanted.saturating_sub(text.chars().count());
    let fill: String = fill.chars().cycle().take(missing).collect();
    Value::text(if before { format!("{fill}{text}") } else { format!("{text}{fill}") })
}

/// The string with its first character changed.
pub(in crate::code::eval) fn headed(text: &str, change: impl Fn(char) -> String) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |head| change(head) + chars.as_str())
}

/// Python's `title`: a letter behind one is small, any other is great.
fn titled(text: &str) -> String {
    let mut within = false;
    let mut out = String::new();
    for c in text.chars() {
        if within {
            out.extend(c.to_lowercase())
        } else {
            out.extend(c.to_uppercase())
        }
        within = c.is_alphabetic();
    }
    out
}

fn swapped(c: char) -> String {
    if c.is_uppercase() { c.to_lowercase().collect() } else { c.to_uppercase().collect() }
}
