//! Groups that nothing fills: what code registers that nobody was seen to call may belong on them.

use super::super::machine::Machine;
use super::super::routes::forest::Entry;
use super::super::value::Value;

impl Machine<'_> {
    /// Whether a router that is served has a group with a path of its own that is empty: a parameter of which only the type is
    /// known may be that group, and what stands on it is not known to answer at the root.
    pub(in crate::code::eval) fn go_left_hollow(&mut self, served: &[usize]) -> bool {
        for node in served {
            for index in 0..self.forest.nodes[*node].entries.len() {
                let Entry::Mount { at, child, spot, .. } = &self.forest.nodes[*node].entries[index] else { continue };
                let (at, child, spot) = (at.clone(), child.clone(), *spot);
                if !self.is_go(spot.module) {
                    continue;
                }
                let has_path = |value: &Value| value.as_text().is_some_and(|text| !matches!(&*text, "" | "/"));
                let held = self.held_by(&child);
                let empty = held.nodes.iter().map(|held| &self.forest.nodes[held.node]);
                if empty.into_iter().any(|child| child.entries.is_empty() && (has_path(&at) || has_path(&child.prefix)))
                {
                    return true;
                }
            }
        }
        false
    }
}
