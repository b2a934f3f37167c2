//! Texts in other spellings.

use super::strings::headed;
use super::value::{Args, Value};
use crate::code::holes::has_hole;
use crate::code::models::Computes;

/// A text as a function spells it; none where it is no function of texts.
pub(super) fn spelt(what: Computes, text: &str, args: &Args) -> Option<Value> {
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
        Computes::Constant => joined("_").to_uppercase(),
        Computes::Start => words(text).iter().map(|word| great(word)).collect::<Vec<_>>().join(" "),
        Computes::UpperFirst => great(text),
        Computes::LowerFirst => headed(text, |c| c.to_lowercase().collect()),
        Computes::Capitalize => great(&text.to_lowercase()),
        Computes::Trim => text.trim_matches(&set[..]).to_owned(),
        Computes::TrimStart => text.trim_start_matches(&set[..]).to_owned(),
        Computes::TrimEnd => text.trim_end_matches(&set[..]).to_owned(),
        _ => return None,
    };
    Some(if has_hole(text) { Value::unknown() } else { Value::text(spelt) })
}

/// The words of a text: parted by what is neither letter nor digit, by great letters behind small ones, and by digits.
fn words(text: &str) -> Vec<String> {
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
}
