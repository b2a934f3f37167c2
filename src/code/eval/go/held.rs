//! Objects that a library holds for all: what stands on one answers only where code serves it.

use super::super::machine::Machine;
use super::super::value::Value;
use crate::code::form::Language;
use crate::code::models::HeldWord;
use crate::code::select;

/// How far behind a word another one is closely behind it.
const NEAR: usize = 200;

impl Machine<'_> {
    /// Whether a root is held for all and served by nobody, while others of its language answer. Code that may serve it and was
    /// not run leaves that open.
    pub(in crate::code::eval) fn is_held_idle(&self, node: usize, served: &[usize]) -> bool {
        let it = &self.forest.nodes[node];
        let Some(word) = it.model.held.as_ref().filter(|_| !it.served && !it.handed && !it.entries.is_empty()) else {
            return false;
        };
        let is_it = |held: &Value| match held {
            Value::Object(object) => object.model.borrow().as_ref().is_some_and(|model| model.node == node),
            _ => false,
        };
        let answers = |other: &usize| {
            let first = self.forest.nodes[*other].entries.first();
            *other != node && first.is_some_and(|entry| self.is_go(entry.spot().module))
        };
        self.shared.values().any(is_it) && served.iter().any(answers) && !self.may_serve(word)
    }

    fn may_serve(&self, word: &HeldWord) -> bool {
        let own = self.tree.files().filter(|file| Language::of(file) == Some(Language::Go) && select::is_own(file));
        own.filter_map(|file| self.tree.text(file)).any(|text| word.is_said(&text))
    }
}

impl HeldWord {
    /// Whether a text may serve it.
    fn is_said(&self, text: &str) -> bool {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let near = |(word, behind): (&String, &Vec<String>)| {
            text.match_indices(word.as_str()).any(|(at, _)| {
                let rest: String = text[at..].chars().take(NEAR).collect();
                behind.iter().any(|other| rest.contains(other.as_str()))
            })
        };
        let count = |word: &String| text.matches(word.as_str()).count();
        let more = |(word, others): (&String, &Vec<String>)| count(word) > others.iter().map(count).sum();
        self.words.iter().any(|word| text.contains(word.as_str()))
            || self.behind.iter().any(near)
            || self.without.iter().any(more)
    }
}
