//! Records: maps whose entries are endpoints and routers, registered under their keys.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Modelled, Native, Noted, Object, Spot, Value};
use super::forest::{Entry, Methods};
use crate::code::form::Name;

/// Maps within maps.
const MOST_DEPTH: usize = 12;

impl Machine<'_> {
    /// Registers what a record holds, and gives the object its entries as members.
    pub(crate) fn record(&mut self, object: &Rc<Object>, it: &Modelled, value: &Value, spot: Spot) {
        for one in value.each() {
            match self.force(one) {
                Value::Map(map) => {
                    for (key, value) in map.pairs() {
                        if let Some(key) = key.as_text() {
                            object.members.put(&key, value);
                        }
                    }
                    self.entries(it.node, "", &Value::Map(map), spot, 0);
                }
                Value::Undefined | Value::Null => {}
                other => self.entries(it.node, "", &other, spot, 0),
            }
        }
    }

    fn entries(&mut self, node: usize, at: &str, value: &Value, spot: Spot, depth: usize) {
        let Value::Map(map) = value else {
            self.note(spot, "what this record holds is not known");
            return;
        };
        if map.partial.get() || depth > MOST_DEPTH {
            self.note(spot, "not all that this record holds is known");
        }
        for (key, value) in map.pairs().into_iter().filter(|_| depth <= MOST_DEPTH) {
            let Some(key) = key.as_text() else { continue };
            let path: Name = if at.is_empty() { key } else { format!("{at}.{key}").into() };
            for one in value.each() {
                self.entry(node, &path, one, spot, depth);
            }
        }
    }

    fn entry(&mut self, node: usize, path: &Name, value: Value, spot: Spot, depth: usize) {
        match self.force(value) {
            Value::Native(native) => {
                if let Native::Noted(noted) = &*native {
                    self.endpoint(node, path, noted);
                }
            }
            Value::Map(map) if map.len() > 0 => self.entries(node, path, &Value::Map(map), spot, depth + 1),
            child @ (Value::Object(_) | Value::Lazy(_)) => {
                self.mount(node, Value::Str(path.clone()), child, (false, true), spot);
            }
            Value::Unknown(_) => self.note(spot, format!("what stands under `{path}` here is not known")),
            _ => {}
        }
    }

    fn endpoint(&mut self, node: usize, path: &Name, noted: &Rc<Noted>) {
        let Some(route) = &noted.action.route else { return };
        self.effects += 1;
        let (chain, conditional) = (self.chain(), noted.conditional || self.conditional > 0);
        self.forest.nodes[node].entries.push(Entry::Route {
            path: Value::Str(path.clone()),
            methods: Methods::Fixed(route.method.clone()),
            handler: Value::Undefined,
            spot: noted.spot,
            chain,
            conditional,
            paths: None,
            library: None,
        });
    }
}
