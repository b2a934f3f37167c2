//! What is registered where nobody sees behind what it is served, and what generated code registers besides.

use std::collections::{BTreeMap, BTreeSet};

use super::super::machine::Machine;
use super::super::value::{Modelled, Spot, Value};
use super::forest::{Entry, Found, Node};
use crate::code::form::{Language, Name};

/// What is known of blocks that fill an object which a library holds for all (`path("v1") { … }`).
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    /// The objects that a block behind a prefix registered nothing on: what it calls was not seen.
    unfilled: BTreeSet<usize>,
    /// What functions that nobody called registered where no app was being filled, and on what.
    outside: BTreeSet<(usize, Spot)>,
    /// What was registered while an app was being filled: on what, where, and the paths with those of the blocks around.
    inside: BTreeMap<(usize, Spot), BTreeSet<Option<Name>>>,
    /// So many calls that fill an app (`app.routes { … }`) are under way.
    pub(in crate::code::eval) filling: usize,
}

impl Machine<'_> {
    /// Notes that a block behind a prefix came to nothing, where code stands in it.
    pub(in crate::code::eval) fn note_unfilled(&mut self, node: usize, before: usize, block: &Value) {
        let any = matches!(block, Value::Function(closure) if !closure.function.body.is_empty());
        if any && self.forest.nodes[node].entries.len() == before {
            self.blocks.unfilled.insert(node);
        }
    }

    /// Notes a registration in a function that nobody called. What fills an app after all was registered for nothing before, or
    /// is now: whether it is.
    pub(in crate::code::eval) fn note_outside(&mut self, model: &Modelled, path: &Value, spot: Spot) -> bool {
        let path = self.viewed(model, path.clone()).as_text();
        if self.blocks.filling > 0 {
            self.blocks.inside.entry((model.node, spot)).or_default().insert(path);
            if self.blocks.outside.remove(&(model.node, spot)) {
                self.forest.nodes[model.node].entries.retain(|entry| entry.spot() != spot);
            }
        } else if self.uncalled {
            let inside = self.blocks.inside.get(&(model.node, spot));
            if inside.is_some_and(|known| known.iter().any(|known| is_end_of(path.as_deref(), known.as_deref()))) {
                return true;
            }
            self.blocks.outside.insert((model.node, spot));
        }
        false
    }

    /// Leaves out what functions registered that nobody called, where a block stands that calls something which was not seen:
    /// it may be them, behind that block's prefix.
    pub(in crate::code::eval) fn leave_outside(&mut self) {
        let blocks = std::mem::take(&mut self.blocks);
        for (node, spot) in blocks.outside.into_iter().filter(|(node, _)| blocks.unfilled.contains(node)) {
            self.forest.nodes[node].entries.retain(|entry| entry.spot() != spot);
            self.note(spot, "what calls the function that registers this, and behind which prefix, is not known");
        }
    }

    /// Leaves out what controllers say that generated code registers.
    pub(in crate::code::eval) fn leave_generated(&self, found: &mut BTreeSet<Found>) {
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
    pub(in crate::code::eval) fn is_astray(&self, node: usize, spot: Spot) -> bool {
        let script = self.modules[spot.module.0].language == Language::JavaScript;
        let held = |value: &Value| {
            let Value::Object(object) = value else { return false };
            object.model.borrow().as_ref().is_some_and(|model| model.node == node)
        };
        script && self.uncalled && self.shared.values().any(held)
    }

    /// Whether a root is merely what a function takes that nobody called, beside an app that code builds: who calls it, and behind
    /// what, is not known.
    pub(in crate::code::eval) fn is_parameter(&self, root: usize) -> bool {
        let java = |node: &Node| {
            node.entries.first().is_some_and(|it| self.modules[it.spot().module.0].language == Language::Java)
        };
        let node = &self.forest.nodes[root];
        let app = |node: &Node| node.model.served && node.entries.iter().any(|it| matches!(it, Entry::Mount { .. }));
        node.unbound && !node.model.served && java(node) && self.forest.nodes.iter().any(|node| app(node) && java(node))
    }

    /// The languages in which something of which nothing is known is mounted, each with the router that mounts it and whether
    /// that is an app. On a router that is none it counts behind a prefix alone: without one it may as well be middleware.
    pub(in crate::code::eval) fn mounts_unknown(&mut self) -> Vec<(Language, usize, bool)> {
        let mut out = Vec::new();
        for node in 0..self.forest.nodes.len() {
            let app = self.forest.nodes[node].model.served;
            for index in 0..self.forest.nodes[node].entries.len() {
                let Entry::Mount { at, child, spot, .. } = &self.forest.nodes[node].entries[index] else { continue };
                let (at, child, language) = (at.clone(), child.clone(), self.modules[spot.module.0].language);
                let found = (language, node, app);
                if out.contains(&found) {
                    continue;
                }
                let held = self.held_by(&child);
                let behind = !at.is_nothing() && at.as_text().is_none_or(|at| !matches!(&*at, "" | "/"));
                let nameless = |name: &Name| language == Language::JavaScript && !self.is_of_library(name);
                let alone = held.nodes.is_empty() && (held.unknown || held.outside.iter().any(nameless));
                if (app && held.unknown) || (behind && alone) {
                    out.push(found);
                }
            }
        }
        out
    }

    /// Whether a path leads into a library that a package of the repository asks for, or into one of the platform's.
    fn is_of_library(&self, path: &str) -> bool {
        let cut = if path.starts_with('@') { path.find('/').map_or(0, |at| at + 1) } else { 0 };
        let end = path[cut..].find(['.', '(', '/', ':']).map_or(path.len(), |at| cut + at);
        end < path.len() || !self.tree.packages_with(&path[..end]).is_empty()
    }
}

/// Whether a path is another one's end, by whole segments: what is not known is the end of what is not known alone.
fn is_end_of(end: Option<&str>, whole: Option<&str>) -> bool {
    let (Some(end), Some(whole)) = (end, whole) else { return end == whole };
    let (end, whole) = (end.trim_matches('/'), whole.trim_matches('/'));
    whole.strip_suffix(end).is_some_and(|before| before.is_empty() || end.is_empty() || before.ends_with('/'))
}
