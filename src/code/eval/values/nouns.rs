//! English nouns as of one and as of many, as libraries make paths of names.

/// Nouns whose forms follow no rule: as of one, as of many.
const IRREGULAR: &[(&str, &str)] = &[
    ("alumnus", "alumni"),
    ("analysis", "analyses"),
    ("axis", "axes"),
    ("cache", "caches"),
    ("child", "children"),
    ("cookie", "cookies"),
    ("crisis", "crises"),
    ("criterion", "criteria"),
    ("datum", "data"),
    ("diagnosis", "diagnoses"),
    ("foot", "feet"),
    ("goose", "geese"),
    ("half", "halves"),
    ("hero", "heroes"),
    ("knife", "knives"),
    ("leaf", "leaves"),
    ("life", "lives"),
    ("man", "men"),
    ("matrix", "matrices"),
    ("medium", "media"),
    ("mouse", "mice"),
    ("movie", "movies"),
    ("niche", "niches"),
    ("person", "people"),
    ("potato", "potatoes"),
    ("quiz", "quizzes"),
    ("shelf", "shelves"),
    ("thesis", "theses"),
    ("tomato", "tomatoes"),
    ("tooth", "teeth"),
    ("wife", "wives"),
    ("woman", "women"),
];
/// Nouns that have one form.
const ALIKE: &[&str] = &[
    "advice",
    "equipment",
    "fish",
    "information",
    "luggage",
    "money",
    "news",
    "rice",
    "series",
    "sheep",
    "species",
    "staff",
    "traffic",
];
/// Ends of nouns as of many that lose `es` and not `s` alone.
const HISSING: &[&str] = &["sses", "shes", "ches", "xes", "zzes"];

/// Ends that look like those.
const SILENT: &[&str] = &["auses", "cuses", "fuses", "ouses"];

/// A noun, or the last one of a name, as of many.
pub(in crate::code::eval) fn plural(text: &str) -> String {
    let lower = text.to_lowercase();
    if !text.is_ascii() || is_alike(&lower) || IRREGULAR.iter().any(|(_, many)| ends_so(&lower, many)) {
        return text.to_owned();
    }
    if let Some((one, many)) = IRREGULAR.iter().find(|(one, _)| ends_so(&lower, one)) {
        return in_place(text, one, many);
    }
    let before = lower.chars().rev().nth(1);
    let vowel = before.is_none_or(|c| "aeiou".contains(c));
    match lower.chars().last() {
        // It is as of many.
        Some('s') if !["ss", "us", "is"].iter().any(|end| lower.ends_with(end)) => text.to_owned(),
        Some('y') if !vowel => format!("{}ies", &text[..text.len() - 1]),
        _ if lower.ends_with("sis") => format!("{}es", &text[..text.len() - 2]),
        Some('s' | 'x' | 'z') => format!("{text}es"),
        _ if lower.ends_with("sh") || lower.ends_with("ch") => format!("{text}es"),
        Some(_) => format!("{text}s"),
        None => String::new(),
    }
}

/// A noun, or the last one of a name, as of one.
pub(in crate::code::eval) fn singular(text: &str) -> String {
    let lower = text.to_lowercase();
    if !text.is_ascii() || is_alike(&lower) || IRREGULAR.iter().any(|(one, _)| ends_so(&lower, one)) {
        return text.to_owned();
    }
    if let Some((one, many)) = IRREGULAR.iter().find(|(_, many)| ends_so(&lower, many)) {
        return in_place(text, many, one);
    }
    let cut = |count: usize| &text[..text.len() - count];
    match () {
        () if lower.ends_with("ies") && lower.len() > 4 => format!("{}y", cut(3)),
        () if SILENT.iter().any(|end| lower.ends_with(end)) => cut(1).to_owned(),
        () if HISSING.iter().any(|end| lower.ends_with(end)) || lower.ends_with("uses") => cut(2).to_owned(),
        () if ["ss", "us", "is"].iter().any(|end| lower.ends_with(end)) || !lower.ends_with('s') => text.to_owned(),
        () => cut(1).to_owned(),
    }
}

fn is_alike(lower: &str) -> bool {
    ALIKE.iter().any(|one| ends_so(lower, one))
}

/// Whether a name is a noun or ends in it as a word: `women` does not end in `men`.
fn ends_so(lower: &str, noun: &str) -> bool {
    lower.strip_suffix(noun).is_some_and(|before| before.chars().last().is_none_or(|c| !c.is_alphabetic()))
}

/// A name with its last noun in the other form; the first letter stays as great as it is.
fn in_place(text: &str, from: &str, to: &str) -> String {
    let (before, noun) = text.split_at(text.len() - from.len());
    let great = noun.starts_with(char::is_uppercase);
    let to = if great { super::strings::headed(to, |c| c.to_uppercase().collect()) } else { to.to_owned() };
    format!("{before}{to}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_are_made_of_many_and_of_one() {
        for (one, many) in [
            ("user", "users"),
            ("category", "categories"),
            ("day", "days"),
            ("box", "boxes"),
            ("class", "classes"),
            ("status", "statuses"),
            ("dish", "dishes"),
            ("Person", "People"),
            ("user-child", "user-children"),
            ("woman", "women"),
            ("series", "series"),
            ("house", "houses"),
            ("size", "sizes"),
            ("cookie", "cookies"),
            ("case", "cases"),
            ("/api/article", "/api/articles"),
        ] {
            assert_eq!(many, plural(one), "{one}");
            assert_eq!(many, plural(many), "{many}");
            assert_eq!(one, singular(many), "{many}");
        }
    }
}
