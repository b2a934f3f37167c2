//! What is registered where nobody sees behind what it is served, and what generated code registers besides.

use std::collections::BTreeSet;

use super::forest::{Entry, Found};
use super::machine::Machine;
use super::value::{Spot, Value};
use crate::code::form::Language;

impl Machine<'_> {
    /// Leaves out what controllers say that generated code registers.
    pub(super) fn leave_generated(&self, found: &mut BTreeSet<Found>) {
        let generating: BTreeSet<&str> =
            self.models.objects.values().filter(|model| model.generates).map(|model| model.framework()).collect();
        let by_code: BTreeSet<(String, String)> = found
            .iter()
            .filter(|one| !generating.contains(one.framework.as_str()))
            .map(|one| (one.method.clone(), one.path.clone()))
            .collect();
        found.retain(|one| {
            !generating.contains(one.framework.as_str()) || !by_code.contains(&(one.method.clone(), one.path.clone()))
        });
    }

    /// Whether what is registered on an object that a library holds for all stands in a function that nobody called: who
    /// calls it, and behind what, is not known.
    pub(super) fn is_astray(&self, node: usize, spot: Spot) -> bool {
        let script = self.modules[spot.module.0].language == Language::JavaScript;
        let held = |value: &Value| {
            let Value::Object(object) = value else { return false };
            object.model.borrow().as_ref().is_some_and(|model| model.node == node)
        };
        script && self.uncalled && self.shared.values().any(held)
    }

    /// The languages in which an app mounts something of which nothing is known.
    pub(super) fn mounts_unknown(&mut self) -> Vec<Language> {
        let mut out = Vec::new();
        for node in 0..self.forest.nodes.len() {
            if !self.forest.nodes[node].model.served {
                continue;
            }
            for index in 0..self.forest.nodes[node].entries.len() {
                let Entry::Mount { child, spot, .. } = &self.forest.nodes[node].entries[index] else { continue };
                let (child, language) = (child.clone(), self.modules[spot.module.0].language);
                if !out.contains(&language) && self.held_by(&child).unknown {
                    out.push(language);
                }
            }
        }
        out
    }
}
