//! Lists of URL patterns as Django's `patterns()` made them: tuples are patterns, and what stands before the names of views is
//! said once.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::Entry;
use super::super::value::{Args, ListKind, Map, Spot, Value};
use crate::code::models::PatternsWord;

impl Machine<'_> {
    /// The list of patterns that a call gives.
    pub(in crate::code::eval) fn listed_patterns(&mut self, word: &PatternsWord, bound: &Rc<Map>, spot: Spot) -> Value {
        let prefix = self.argument_at(bound, &word.prefix, spot).as_whole_text().unwrap_or_else(|| "".into());
        let Value::List(all) = self.argument_at(bound, &word.of, spot) else { return Value::unknown() };
        let items = all.items.borrow().clone();
        let mut out = Vec::new();
        for item in items {
            let item = self.force(item);
            let made = match &item {
                Value::List(tuple) if tuple.kind == ListKind::Tuple && !tuple.partial.get() => {
                    let args = Args::of(tuple.items.borrow().clone());
                    self.construct_path(&word.make.as_str().into(), args, spot)
                }
                _ => item,
            };
            self.name_views(&made, &prefix, spot);
            out.push(made);
        }
        Value::list_of(ListKind::List, out, all.partial.get())
    }

    /// Finds the views that the routes of a pattern name by texts.
    fn name_views(&mut self, pattern: &Value, prefix: &str, spot: Spot) {
        let Value::Object(object) = pattern else { return };
        let Some(node) = object.model.borrow().as_ref().map(|it| it.node) else { return };
        let scope = self.modules[spot.module.0].scope.clone();
        for index in 0..self.forest.nodes[node].entries.len() {
            let Entry::Route { handler, .. } = &self.forest.nodes[node].entries[index] else { continue };
            let Some(name) = handler.as_whole_text().filter(|name| !name.is_empty()) else { continue };
            let dotted = if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") };
            let found = self.load_dotted(&dotted, &scope);
            let found = self.force(found);
            if let Entry::Route { handler, .. } = &mut self.forest.nodes[node].entries[index] {
                *handler = found;
            }
        }
    }
}
