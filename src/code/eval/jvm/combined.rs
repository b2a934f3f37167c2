//! What Spring makes of a class's pattern and a method's path together (`AntPathMatcher.combine`, `PathPattern.combine`).

use crate::code::models::{Syntax, put_together, spell};

use super::super::value::Value;

/// A pattern of a class that has wildcards and no parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wide {
    /// What stands before the class's own path.
    before: String,
    /// The pattern as it is written, with a slash before it.
    pattern: String,
}

/// For each path of a class in the one form the pattern that it was made of, where that has wildcards and no parameter.
pub(super) fn wide(paths: &[Value], spelled: &[String], before: &str) -> Vec<Option<Wide>> {
    let written: Vec<String> =
        paths.iter().flat_map(Value::each).filter_map(|path| path.as_text()).map(|text| text.to_string()).collect();
    let patterns: Vec<&String> = written.iter().filter(|path| path.contains('*') && !path.contains('{')).collect();
    let of = |path: &String| {
        let pattern = patterns.iter().find(|pattern| spell(Syntax::Ant, pattern).contains(path))?;
        Some(Wide { before: before.to_owned(), pattern: format!("/{}", pattern.trim_start_matches('/')) })
    };
    spelled.iter().map(of).collect()
}

impl Wide {
    /// The whole path of a method: its own alone where the pattern matches it, else it takes the place of a last star. None where
    /// both are put together as others are.
    pub(super) fn with(&self, path: &str) -> Option<String> {
        if path.is_empty() {
            return None;
        }
        let own = format!("/{}", path.trim_start_matches('/'));
        if matches(&self.pattern, &own) {
            return Some(put_together(Default::default(), &self.before, path));
        }
        let stem = self.pattern.strip_suffix("/*")?;
        let stem = spell(Syntax::Ant, stem).into_iter().next().unwrap_or_default();
        Some(put_together(Default::default(), &put_together(Default::default(), &self.before, &stem), path))
    }
}

/// Whether a pattern matches a path: `*` within a segment, `**` over any number of them.
fn matches(pattern: &str, path: &str) -> bool {
    let parts = |text: &str| text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (pattern, path) = (parts(pattern), parts(path));
    // Which ends of the path are reached by the segments of the pattern so far.
    let mut reached: Vec<bool> = (0..=path.len()).map(|at| at == 0).collect();
    for part in &pattern {
        let reaches = |at: usize| match at.checked_sub(1) {
            _ if part == "**" => reached.iter().take(at + 1).any(|it| *it),
            Some(last) => reached.get(last) == Some(&true) && path.get(last).is_some_and(|it| within(part, it)),
            None => false,
        };
        let next = (0..=path.len()).map(reaches).collect();
        reached = next;
    }
    reached.last() == Some(&true)
}

/// Whether a segment of a pattern matches one of a path.
fn within(pattern: &str, segment: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = segment.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else { return rest.is_empty() };
    for piece in middle {
        match rest.split_once(piece) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_the_class_matches_stands_alone() {
        let cases = [
            ("/**", "/a/b", Some("/p/a/b")),
            ("/*", "/a", Some("/p/a")),
            ("/*", "/a/b", Some("/p/a/b")),
            ("/shop/*", "/a", Some("/p/shop/a")),
            ("/shop/*", "/shop/a", Some("/p/shop/a")),
            ("/shop/**", "/a", None),
            ("/shop/**", "/shop/a/{id}", Some("/p/shop/a/{id}")),
            ("/*.do", "/a.do", Some("/p/a.do")),
            ("/**", "", None),
        ];
        for (pattern, path, expected) in cases {
            let wide = Wide { before: "/p".to_owned(), pattern: pattern.to_owned() };
            assert_eq!(wide.with(path).as_deref(), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn stars_match_within_segments() {
        assert!(matches("/a/**/c", "/a/c") && matches("/a/**/c", "/a/b/b/c") && !matches("/a/**/c", "/a/b"));
        assert!(within("a*b*c", "axbxc") && !within("a*b*c", "axc") && within("*", "{id}") && !within("a", "ab"));
    }
}
