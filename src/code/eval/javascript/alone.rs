//! Functions that stand where middleware does, below a path, and answer there: those that cannot hand their request on.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::Methods;
use super::super::value::{Closure, Spot, Value};
use crate::code::form::{Name, Param, ParamKind, Pattern};

/// Members of a request by which a function tells apart what it is asked for below its path.
const TELLING: &[&str] = &["baseUrl", "originalUrl", "params", "path", "url"];
/// What sends a file: one that is asked for by its path is no route.
const FILE: &str = "sendFile";

impl Machine<'_> {
    /// Registers the functions among what a router gets as middleware that answer below its path and hand nothing on: at the path,
    /// and for all below it where they tell what is there apart.
    pub(in crate::code::eval) fn answer_alone(&mut self, node: usize, at: &Value, given: &Value, spot: Spot) {
        let (mut places, mut all) = (Vec::new(), Vec::new());
        self.flatten(at, &mut places, 0);
        places.retain(|place| place.as_text().is_some_and(|path| is_place(&path)));
        if places.is_empty() {
            return;
        }
        self.flatten(given, &mut all, 0);
        for one in all {
            let closure = match &one {
                Value::Function(closure) => closure.clone(),
                Value::Bound(bound) => match &bound.callee {
                    Value::Function(closure) => closure.clone(),
                    _ => continue,
                },
                _ => continue,
            };
            if !self.is_alone(&closure) || self.is_for_files(at, &one, spot) {
                continue;
            }
            let mut methods = self.guarded_methods(&closure);
            if methods.is_empty() {
                methods.push("ANY".to_owned());
            }
            let mentions = self.mentions_of(&closure);
            let tells = mentions.members.iter().any(|name| TELLING.contains(&&**name));
            if tells && mentions.members.contains(FILE) {
                self.because(spot, "serves files");
                continue;
            }
            for place in &places {
                let below = self.concat(place, &Value::text("/*"));
                for path in std::iter::once(place.clone()).chain(tells.then_some(below)) {
                    self.effects += 1;
                    let entry = self.route_entry(path, Methods::Fixed(methods.clone()), one.clone(), spot);
                    self.forest.nodes[node].entries.push(entry);
                }
            }
        }
    }

    /// Whether a function answers each request that it gets, as far as it is not refused, and leads to no router.
    fn is_alone(&mut self, closure: &Rc<Closure>) -> bool {
        let params: Vec<Option<&Name>> = closure.function.params.iter().map(name_of).collect();
        let mentions = self.mentions_of(closure);
        let mentioned = |name: &&Name| mentions.names.contains(*name);
        let (answer, next) = match params.as_slice() {
            [_, Some(answer)] => (answer, None),
            [_, Some(answer), Some(next)] => (answer, Some(next)),
            _ => return false,
        };
        mentioned(answer)
            && !next.is_some_and(mentioned)
            && !mentions.names.contains("arguments")
            && self.answers_at_all(closure)
            && !self.may_register(closure)
    }
}

/// The name that a parameter binds by its place.
fn name_of(param: &Param) -> Option<&Name> {
    match &param.target {
        Pattern::Name(name, _) if param.kind == ParamKind::Plain => Some(name),
        _ => None,
    }
}

/// Whether a path names a place of its own: what stands before everything, or below a wildcard, is none.
fn is_place(path: &str) -> bool {
    let literal = |segment: &str| !segment.is_empty() && !segment.starts_with([':', '{']);
    !path.contains(['*', '(', '?']) && path.split('/').any(literal)
}

#[cfg(test)]
mod tests {
    use super::is_place;

    #[test]
    fn what_stands_before_everything_is_no_place() {
        for path in ["/health", "health", "/:tenant/health", "/api/"] {
            assert!(is_place(path), "{path}");
        }
        for path in ["", "/", "*", "/*", "/api/*", "/:id", "/{*splat}", "/api/{*splat}", "(.*)"] {
            assert!(!is_place(path), "{path}");
        }
    }
}
