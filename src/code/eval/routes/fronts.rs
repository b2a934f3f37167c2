//! What stands before whole paths, whatever prefixes they have: versions that a router, a route or what mounts them are given.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Map, Value};
use super::reading::Reading;
use crate::code::models::{FrontWord, Join, put_together};

/// A version, and what stands before it, as far as they are given at one place.
#[derive(Debug, Clone)]
pub(crate) struct Front {
    word: &'static FrontWord,
    version: Value,
    before: Value,
}

impl Machine<'_> {
    /// What is given at one place; none where nothing is.
    fn front_given(&mut self, word: &'static FrontWord, given: &Rc<Map>) -> Option<Front> {
        let asked = |machine: &mut Self, argument: &str| match given.named(argument) {
            Some(value) => machine.force(value),
            None => Value::Undefined,
        };
        let (version, before) = (asked(self, &word.version), asked(self, &word.before));
        let any = !version.is_nothing() || !before.is_nothing();
        any.then_some(Front { word, version, before })
    }

    /// Keeps what the entries of a router from a place on are given.
    pub(in crate::code::eval) fn front_entries(&mut self, node: usize, first: usize, bound: &Rc<Map>) {
        let Some(word) = self.forest.nodes[node].model.front.as_ref() else { return };
        if let Some(front) = self.front_given(word, bound) {
            for index in first..self.forest.nodes[node].entries.len() {
                self.forest.nodes[node].fronts.insert(index, front.clone());
            }
        }
    }

    /// Enters what a router's constructor was given; how much there was before.
    pub(in crate::code::eval) fn enter_front(&mut self, node: usize, reading: &mut Reading) -> usize {
        let before = reading.fronts.len();
        let it = &self.forest.nodes[node];
        if let (Some(word), Some(args)) = (it.model.front.as_ref(), it.args.clone()) {
            reading.fronts.extend(self.front_given(word, &args));
        }
        before
    }

    /// Enters what an entry was given; how much there was before.
    pub(in crate::code::eval) fn enter_entry_front(&self, node: usize, index: usize, reading: &mut Reading) -> usize {
        let before = reading.fronts.len();
        reading.fronts.extend(self.forest.nodes[node].fronts.get(&index).cloned());
        before
    }

    /// A path behind its version, where it has one: the innermost that is given.
    pub(in crate::code::eval) fn fronted(&mut self, path: String, reading: &Reading) -> String {
        let given = reading.fronts.iter().rev().find(|front| !front.version.is_nothing());
        let Some(Front { word, version, .. }) = given else { return path };
        let usual = |before: &Value| before.as_text().is_some_and(|text| *text == *word.usual);
        let before = reading.fronts.iter().rev().map(|front| &front.before).find(|it| !it.is_nothing() && !usual(it));
        let before = before.cloned().unwrap_or_else(|| Value::text(word.usual.as_str()));
        let version = match version.as_text() {
            Some(text) => Value::text(text.trim_matches('/').trim_start_matches('v')),
            None => self.shown(&version.clone(), "version"),
        };
        let before = self.shown(&before, "version");
        let front = self.concat(&before, &version);
        match front.as_text() {
            Some(front) => put_together(Join::Slash, &front, &path),
            None => path,
        }
    }
}
