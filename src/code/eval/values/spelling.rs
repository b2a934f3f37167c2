//! Texts in other spellings.

use super::super::value::{Args, Value};
use super::nouns;
use super::strings::headed;
use crate::code::holes::{has_hole, hole};
use crate::code::models::Computes;

/// A text as a function spells it; none where it is no function of texts.
pub(in crate::code::eval) fn spelt(what: Computes, text: &str, args: &Args) -> Option<Value> {
    let great = |word: &str| headed(word, |c| c.to_uppercase().collect());
    let titled = |word: &String| great(&word.to_lowercase());
    let joined = |between: &str| words(text).iter().map(|word| word.to_lowercase()).collect::<Vec<_>>().join(between);
    let pascal = || words(text).iter().map(titled).collect::<String>();
    let set: Vec<char> =
        args.at(1).as_whole_text().map_or_else(|| vec![' ', '\t', '\n', '\r'], |it| it.chars().collect());
    let spelt = match what {
        Computes::Camel => headed(&pascal(), |c| c.to_lowercase().collect()),
        Computes::Pascal => pascal(),
        Computes::Kebab => joined("-"),
        Computes::Snake => joined("_"),
        Computes::Spaced => joined(" "),
        Computes::Dotted => joined("."),
        Computes::Pathed => joined("/"),
        Computes::Train => words(text).iter().map(titled).collect::<Vec<_>>().join("-"),
        Computes::Constant => joined("_").to_uppercase(),
        Computes::Start => words(text).iter().map(|word| great(word)).collect::<Vec<_>>().join(" "),
        Computes::UpperFirst => great(text),
        Computes::LowerFirst => headed(text, |c| c.to_lowercase().collect()),
        Computes::Capitalize => great(&text.to_lowercase()),
        Computes::Underscored => parted(text, '_'),
        Computes::Dashed => parted(text, '-'),
        Computes::Humped => humped(text),
        Computes::Slug | Computes::Slugged => {
            return Some(slug(what, text, args).map_or_else(Value::unknown, Value::text));
        }
        Computes::Plural => match args.at(1) {
            Value::Int(1) => nouns::singular(text),
            _ => nouns::plural(text),
        },
        Computes::Singular => nouns::singular(text),
        Computes::Table => nouns::plural(&parted(text, '_')),
        Computes::ClassName => great(&humped(&nouns::singular(text))),
        // These leave what is not known as it is.
        Computes::JoinUrl => return Some(joined_url(&args.list)),
        Computes::Slashes => {
            let stays = matches!(args.at(1), Value::Bool(false));
            return Some(Value::text(slashes(text, stays)));
        }
        Computes::Forward => return Some(Value::text(text.replace('\\', "/"))),
        Computes::Trim => return Some(Value::text(text.trim_matches(&set[..]))),
        Computes::TrimStart => return Some(Value::text(text.trim_start_matches(&set[..]))),
        Computes::TrimEnd => return Some(Value::text(text.trim_end_matches(&set[..]))),
        _ => return None,
    };
    Some(if has_hole(text) { Value::unknown() } else { Value::text(spelt) })
}

/// A text in small letters with a sign before each word that begins greatly, and for dashes, underscores and blanks.
fn parted(text: &str, sign: char) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in text.trim().chars() {
        let gap = matches!(c, '-' | '_') || c.is_whitespace();
        if (gap || (c.is_uppercase() && (before.is_lowercase() || before.is_numeric()))) && !out.ends_with(sign) {
            out.push(sign);
        }
        if !gap {
            out.extend(c.to_lowercase());
        }
        before = c;
    }
    out
}

/// A text without dashes, underscores and blanks, each word behind one beginning greatly.
fn humped(text: &str) -> String {
    let mut out = String::new();
    let mut begins = false;
    for c in text.trim().chars() {
        match c {
            '-' | '_' | ' ' => begins = true,
            c if begins => {
                out.extend(c.to_uppercase());
                begins = false;
            }
            c => out.push(c),
        }
    }
    out
}

/// What stands in an address for a text; none where letters are written in others' stead.
fn slug(what: Computes, text: &str, args: &Args) -> Option<String> {
    let kept = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c.is_whitespace();
    if has_hole(text) || !text.chars().all(kept) {
        return None;
    }
    let (mut between, mut small) = ("-".into(), what == Computes::Slug);
    match args.at(1) {
        Value::Str(given) => between = given,
        Value::Map(said) => {
            small |= matches!(said.named("lower"), Some(Value::Bool(true)));
            if let Some(given) = said.named("replacement").and_then(|given| given.as_whole_text()) {
                between = given;
            }
        }
        _ => {}
    }
    let parts: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == '-').filter(|part| !part.is_empty()).collect();
    let made = parts.join(&*between);
    Some(if small { made.to_lowercase() } else { made })
}

/// Parts of an address with one slash between each two.
fn joined_url(given: &[Value]) -> Value {
    let mut parts = Vec::new();
    for one in given {
        match one {
            Value::List(list) if !list.partial.get() => parts.extend(list.items.borrow().iter().cloned()),
            one => parts.push(one.clone()),
        }
    }
    let last = parts.len().saturating_sub(1);
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        let text = part.as_text().map_or_else(|| hole("x"), |text| text.to_string());
        let text = if at > 0 { text.trim_start_matches('/') } else { &text };
        let text = if at < last { text.trim_end_matches('/') } else { text };
        if text.is_empty() && at < last && at > 0 {
            continue;
        }
        if at > 0 && !out.ends_with('/') && !text.starts_with(['?', '#']) {
            out.push('/');
        }
        out.push_str(text);
    }
    Value::text(out)
}

/// A path with one slash where several stand, and none at its end unless that stays.
fn slashes(path: &str, stays: bool) -> String {
    let mut out = String::new();
    for c in path.chars().map(|c| if c == '\\' { '/' } else { c }) {
        if c != '/' || !out.ends_with('/') {
            out.push(c);
        }
    }
    if !stays && out.len() > 1 && out.ends_with('/') {
        out.pop();
    }
    out
}

/// The words of a text: parted by what is neither letter nor digit, by great letters behind small ones, and by digits.
pub(in crate::code::eval) fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().filter(|c| *c != '\'').collect();
    let mut all = vec![String::new()];
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let small_behind = chars.get(at + 1).is_some_and(|c| c.is_lowercase());
        let begins = before.is_some_and(|before| {
            let rises = c.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && small_behind));
            rises || (before.is_alphanumeric() && before.is_numeric() != c.is_numeric())
        });
        if !c.is_alphanumeric() || begins {
            all.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = all.last_mut()
        {
            word.push(*c);
        }
    }
    all.retain(|word| !word.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parted_as_lodash_does() {
        for (text, expected) in [
            ("fooBar", "foo bar"),
            ("--foo-bar--", "foo bar"),
            ("XMLHttpRequest2", "xml http request 2"),
            ("user_id", "user id"),
        ] {
            let found = words(text).iter().map(|word| word.to_lowercase()).collect::<Vec<_>>().join(" ");
            assert_eq!(expected, found);
        }
    }

    #[test]
    fn parts_of_addresses_are_joined() {
        for (parts, expected) in [
            (&["/api/", "/v1", "users/"][..], "/api/v1/users/"),
            (&["", "v1"], "/v1"),
            (&["http://x/", "", "a"], "http://x/a"),
        ] {
            let parts: Vec<Value> = parts.iter().map(|part| Value::text(*part)).collect();
            assert_eq!(Some(expected), joined_url(&parts).as_text().as_deref());
        }
    }

    #[test]
    fn what_parts_no_words_stays() {
        assert_eq!("/api/v1/user_groups", parted("/api/v1/UserGroups", '_').replace("/_", "/"));
        assert_eq!("user-groups", parted("userGroups", '-'));
        assert_eq!("userGroups", humped("user_groups"));
        assert_eq!("/a/b", slashes("//a\\b//", false));
    }
}
