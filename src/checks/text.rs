//! Regular expressions and globs as parameters: refused where they are written if they are malformed.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};

use crate::domain::template::Template;

/// A regular expression (the syntax of the `regex` crate: linear time, no look-around).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(pub String);

/// A glob over paths: `*` and `?` stay within a segment, `**` crosses them; a leading `!` takes out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathGlob(pub String);

/// A glob over the paths of routes: `*` and `?` stay within a segment, `**` crosses them. Braces are those of parameters,
/// whose names make no difference.
#[derive(Debug, Clone)]
pub struct RouteGlob {
    text: String,
    glob: globset::GlobMatcher,
}

impl RouteGlob {
    /// Reads `/internal/**`, `/users/{id}`.
    ///
    /// # Errors
    /// What is wrong, as a fragment.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with('/') {
            return Err(format!("`{text}` is no path of a route: it starts with `/`"));
        }
        let plain = text.replace('{', "[{]").replace('}', "[}]");
        let glob = globset::GlobBuilder::new(&plain).literal_separator(true).build();
        let glob = glob.map_err(|error| format!("no glob: {}", error.kind()))?.compile_matcher();
        Ok(Self { text: text.to_owned(), glob })
    }

    /// Whether a path is meant. `/x/**` means `/x` too.
    pub(super) fn matches(&self, path: &str) -> bool {
        self.glob.is_match(path)
            || self.text.strip_suffix("/**").is_some_and(|start| start == path)
            || Template::parse(&self.text) == Template::parse(path)
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        regex::RegexBuilder::new(text).multi_line(true).size_limit(4 << 20).build().map_err(|error| {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or("malformed").trim_start_matches("error: ").to_owned();
            format!("no regular expression: {last}")
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl PathGlob {
    fn parse(text: &str) -> Result<Self, String> {
        let plain = text.strip_prefix('!').unwrap_or(text);
        if plain.is_empty() {
            return Err("an empty glob".to_owned());
        }
        if plain.starts_with('/') || plain.split('/').any(|part| part == "..") {
            return Err(format!("`{text}` lies outside the repository: name a place inside of it"));
        }
        globset::Glob::new(plain).map_err(|error| format!("no glob: {}", error.kind()))?;
        Ok(Self(text.to_owned()))
    }
}

/// The text of globs.
pub(super) fn texts(globs: &[PathGlob]) -> Vec<String> {
    globs.iter().map(|glob| glob.0.clone()).collect()
}

struct TextVisitor<T> {
    expecting: &'static str,
    parse: fn(&str) -> Result<T, String>,
}

impl<T> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.expecting)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).map_err(E::custom)
    }
}

macro_rules! text {
    ($type:ty, $name:literal, $expecting:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(TextVisitor { expecting: $expecting, parse: Self::parse })
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "description": $expecting })
            }
        }
    };
}

text!(Pattern, "Pattern", "a regular expression");
text!(PathGlob, "PathGlob", "a glob such as src/**/*.ts");
text!(RouteGlob, "RouteGlob", "a glob over the paths of routes such as /internal/**");
