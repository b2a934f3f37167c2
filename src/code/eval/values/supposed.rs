//! Strings that functions of letter case make, and what is built of them.
//!
//! `f"SHARD_{name.upper()}_DSN"` names one variable for each thing that the program may be told of: the names that the
//! evaluator sees are some of them. So a read of a name that is built of such a piece carries the pattern too, in which
//! the piece is open; a name that is such a piece as a whole (`os.environ[key.upper()]`) is what the program says.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::machine::Machine;
use super::super::value::Value;
use super::text::pattern_of;
use crate::code::form::Name;
use crate::code::holes::{has_hole, hole};

/// So many strings are remembered; what is built later counts as known.
const MOST: usize = 20_000;

/// The shortest argument that is looked for in a name that a function builds.
const SHORTEST: usize = 2;

/// Strings with the patterns of which they are cases, by their address; the string stays alive with it.
#[derive(Debug, Default)]
pub(crate) struct Supposed(BTreeMap<usize, (Name, Name)>);

impl Supposed {
    fn of(&self, text: &Name) -> Option<&Name> {
        self.0.get(&address(text)).map(|(_, pattern)| pattern)
    }

    fn note(&mut self, text: &Name, pattern: Name) {
        if self.0.len() < MOST {
            self.0.insert(address(text), (text.clone(), pattern));
        }
    }
}

fn address(text: &Name) -> usize {
    Arc::as_ptr(text).cast::<u8>().addr()
}

/// Whether a method changes the case of letters.
fn is_of_case(name: &str) -> bool {
    matches!(
        name,
        "toLowerCase"
            | "lower"
            | "casefold"
            | "to_lowercase"
            | "ToLower"
            | "to_ascii_lowercase"
            | "toUpperCase"
            | "upper"
            | "to_uppercase"
            | "ToUpper"
            | "to_ascii_uppercase"
            | "toLocaleUpperCase"
            | "uppercase"
            | "lowercase"
    )
}

impl Machine<'_> {
    /// Remembers what a method of a string came to, where it changes case or the string was made so; `again` is the method
    /// on another string.
    pub(in crate::code::eval) fn suppose_method(
        &mut self,
        text: &Name,
        name: &str,
        made: Value,
        again: impl Fn(&Name) -> Value,
    ) -> Value {
        let Value::Str(out) = &made else { return made };
        if is_of_case(name) {
            if !has_hole(out) {
                self.supposed.note(out, hole("case").into());
            }
        } else if let Some(pattern) = self.supposed.of(text).cloned()
            && let Value::Str(pattern) = again(&pattern)
        {
            self.supposed.note(out, pattern);
        }
        made
    }

    /// Remembers that a string is two others, where one of them was made by case.
    pub(in crate::code::eval) fn suppose_joined(&mut self, left: &Name, right: &Name, whole: &Value) {
        if self.supposed.0.is_empty() {
            return;
        }
        let (before, behind) = (self.supposed.of(left), self.supposed.of(right));
        if before.is_none() && behind.is_none() {
            return;
        }
        let pattern = format!("{}{}", before.unwrap_or(left), behind.unwrap_or(right));
        if let Value::Str(whole) = whole {
            self.supposed.note(whole, pattern.into());
        }
    }

    /// The pattern of which a name is one case; none where the program names it as a whole.
    pub(in crate::code::eval) fn supposed_pattern(&self, name: &Name) -> Option<String> {
        let pattern = pattern_of(self.supposed.of(name)?);
        (pattern != "*").then_some(pattern)
    }

    /// The pattern of a name that the running function builds of what it is given.
    pub(in crate::code::eval) fn given_pattern(&self, name: &str) -> Option<String> {
        let given = &self.frames.last()?.given;
        let mut pattern = name.to_owned();
        for text in given.iter().filter(|text| text.len() >= SHORTEST && ***text != *name) {
            pattern = pattern.replace(&**text, "*");
        }
        (pattern != name && pattern.chars().any(|c| c.is_ascii_alphanumeric())).then_some(pattern)
    }
}
