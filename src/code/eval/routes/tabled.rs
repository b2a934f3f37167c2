//! Routes of a map of paths: what stands under a path answers there, or a map of methods does.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Map, Modelled, Spot, Value};
use super::forest::{Entry, Methods};
use crate::domain::method::is_method;

/// Paths of one map.
const MOST_PATHS: usize = 4_000;

impl Machine<'_> {
    /// Registers what a map of paths says. A page that is bundled is none.
    pub(in crate::code::eval) fn table_of_paths(&mut self, table: &str, model: &Modelled, bound: &Rc<Map>, spot: Spot) {
        let map = match self.argument_at(bound, table, spot) {
            Value::Map(map) => map,
            given if given.is_nothing() => return,
            _ => return self.note(spot, "the table of routes that is served here is not known"),
        };
        if map.partial.get() {
            self.note(spot, "not all routes that are served here are known");
        }
        for (path, answer) in map.pairs().into_iter().take(MOST_PATHS) {
            let answer = self.force(answer);
            let (methods, at) = match &answer {
                Value::Unknown(from) if from.ends_with(".html") || from.ends_with(".html.default") => continue,
                Value::Map(answers) => (methods_of(answers), self.stands_at(answers, spot)),
                Value::Function(closure) => {
                    let at = Spot { module: closure.scope.module, line: closure.function.pos.line };
                    (Vec::new(), at)
                }
                _ => (Vec::new(), spot),
            };
            let methods = if methods.is_empty() { vec!["ANY".to_owned()] } else { methods };
            let path = self.viewed(model, path);
            self.effects += 1;
            self.forest.nodes[model.node].entries.push(Entry::Route {
                path,
                methods: Methods::Fixed(methods),
                handler: Value::Undefined,
                spot: at,
                chain: Vec::new(),
                conditional: self.conditional > 0,
                paths: None,
                library: None,
            });
        }
    }

    /// Where the first function of a map stands.
    fn stands_at(&mut self, answers: &Map, otherwise: Spot) -> Spot {
        let functions = answers.pairs().into_iter().map(|(_, answer)| self.force(answer));
        let found = functions.collect::<Vec<_>>().into_iter().find_map(|answer| match answer {
            Value::Function(closure) => Some(Spot { module: closure.scope.module, line: closure.function.pos.line }),
            _ => None,
        });
        found.unwrap_or(otherwise)
    }
}

/// The methods among the keys of a map.
fn methods_of(answers: &Map) -> Vec<String> {
    let keys = answers.pairs().into_iter().filter_map(|(key, _)| key.as_text());
    keys.map(|key| key.to_uppercase()).filter(|key| is_method(key)).collect()
}
