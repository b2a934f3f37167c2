//! What was registered on a router, read off it as a list to be registered again elsewhere; and registrations by a method
//! that is not known.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, Map, Object, Spot, Value};
use super::forest::{Entry, Methods};
use crate::code::form::Name;
use crate::code::models::put_together;

/// The name of a member that is not known.
pub(in crate::code::eval) const UNKNOWN_MEMBER: &str = "[]";

impl Machine<'_> {
    /// The routes on a router as a list: of each its path with the router's prefix, its methods and its handlers.
    pub(in crate::code::eval) fn registered(&mut self, node: usize) -> Value {
        self.forest.nodes[node].listed = true;
        let router = &self.forest.nodes[node];
        let (join, prefix) = (router.model.join.unwrap_or_default(), router.prefix.clone());
        let prefix = if prefix.is_nothing() { Some(Name::from("")) } else { prefix.as_text() };
        let mut rows = Vec::new();
        let mut whole = true;
        for entry in &router.entries {
            let Entry::Route { path, methods, handler, .. } = entry else {
                whole &= !matches!(entry, Entry::Mount { .. });
                continue;
            };
            let row = Map::default();
            let full = prefix.as_ref().zip(path.as_text()).map(|(prefix, path)| put_together(join, prefix, &path));
            row.put("path", full.map_or_else(Value::unknown, Value::text));
            let (known, open) = match methods {
                Methods::Fixed(all) | Methods::Default(all) => (all, false),
                Methods::Unknown(all) => (all, true),
            };
            let known = known.iter().map(|method| Value::text(method.as_str())).collect();
            row.put("methods", Value::list_of(super::super::value::ListKind::List, known, open));
            row.put("stack", Value::list(vec![handler.clone()]));
            rows.push(Value::Map(Rc::new(row)));
        }
        Value::list_of(super::super::value::ListKind::List, rows, !whole)
    }

    /// A member of a router whose name is not known is called like one that registers.
    pub(in crate::code::eval) fn call_unnamed_member(&mut self, it: &Rc<Object>, args: &Args, spot: Spot) {
        let registers = it
            .model
            .borrow()
            .as_ref()
            .is_some_and(|model| model.ty.members.values().any(|action| action.route.is_some()));
        let path = matches!(args.at(0), Value::Str(_) | Value::Unknown(_) | Value::Env(_) | Value::Alt(_));
        if registers && path && args.list.len() > 1 {
            self.note(spot, "the method of what is registered here is not known");
        }
    }
}
