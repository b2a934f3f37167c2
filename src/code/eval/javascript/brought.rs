//! Routes that imports of modules bring by themselves: what a library answers for a service, by what it is given about it.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Methods};
use super::super::value::{Args, Map, Noted, Value};
use crate::code::models::RouteWord;

impl Machine<'_> {
    /// Registers what imports of modules bring on an app, or on what stands beside it without its prefix.
    pub(super) fn plant_brought(&mut self, brought: &[Rc<Noted>], (app, bare): (usize, usize)) {
        for note in brought {
            let Some(route) = &note.action.route else { continue };
            let bound = self.brought_with(route, note);
            if !self.is_wanted(route, &bound, note.spot) {
                continue;
            }
            let prefixed = route.prefixed.as_ref().map(|word| self.argument_at(&bound, word, note.spot));
            let node = match prefixed {
                None | Some(Value::Bool(true)) => app,
                Some(Value::Undefined | Value::Null | Value::Bool(false)) => bare,
                Some(_) => {
                    self.note(note.spot, "whether the app's prefix stands before what is imported here is not known");
                    continue;
                }
            };
            let path = self.given_path(route, false, &bound, &Args::default(), note.spot);
            self.forest.nodes[node].entries.push(Entry::Route {
                path,
                methods: Methods::Fixed(route.method.clone()),
                handler: Value::Undefined,
                spot: note.spot,
                chain: Vec::new(),
                conditional: note.conditional,
                paths: None,
                library: route.library.clone(),
            });
        }
    }

    /// What an import of a module is given, where that may be what a function gives.
    fn brought_with(&mut self, route: &RouteWord, note: &Noted) -> Rc<Map> {
        let Some((function, name)) = &route.result else { return note.bound.clone() };
        let function = self.argument_at(&note.bound, function, note.spot);
        let given = match function.is_callable() {
            true => self.call(&function, Args::unknown(), note.spot),
            false => Value::unknown(),
        };
        let bound = Map::default();
        bound.put(name, given);
        Rc::new(bound)
    }
}
