//! Code that oapi-codegen makes of an OpenAPI document and that is not in the repository: what its functions register is what
//! the document lists.

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Methods};
use super::super::value::{Args, Map, Spot, Value};
use crate::code::form::Name;
use crate::code::models::Syntax;
use crate::code::resolve::operations;

/// The functions that register on what they get, or make a router.
const FUNCTIONS: [&str; 7] = [
    "RegisterHandlers",
    "RegisterHandlersWithBaseURL",
    "RegisterHandlersWithOptions",
    "HandlerFromMux",
    "HandlerFromMuxWithBaseURL",
    "HandlerWithOptions",
    "Handler",
];
/// The routers that they make where they get none, by a word of what the tool is told.
const ROUTERS: [(&str, &str); 3] =
    [("chi", "chi.router"), ("gorilla", "gorilla-mux.router"), ("std-http", "net-http.mux")];

impl Machine<'_> {
    /// A function by its path that a build generates of a document, where that is known.
    pub(crate) fn go_generated_path(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let (source, name) = path.rsplit_once('.')?;
        if !self.is_go(spot.module) || !FUNCTIONS.contains(&name) || !self.tree.owns_go(path) {
            return None;
        }
        let folder = self.tree.go_place(source)?;
        self.go_generated(&folder, name, args, spot)
    }

    /// The same of a package of which other files are there.
    pub(super) fn go_generated_in(&mut self, package: &Value, name: &Name, args: &Args, spot: Spot) -> Option<Value> {
        let Value::Module(id) = package else { return None };
        if !FUNCTIONS.contains(&&**name) {
            return None;
        }
        self.go_load(*id);
        if self.modules[id.0].scope.own(name).is_some() {
            return None;
        }
        let folder = self.modules[id.0].path.trim_end_matches('/').to_owned();
        self.go_generated(&folder, name, args, spot)
    }

    fn go_generated(&mut self, folder: &str, name: &str, args: &Args, spot: Spot) -> Option<Value> {
        let (file, how) = self.tree.go_document(folder)?;
        let (all, _) = operations(&self.tree.text(&file)?, &file).ok()?;
        let options = args.list.iter().find_map(|value| match value {
            Value::Map(map) => Some(map.clone()),
            _ => None,
        });
        let of = |name: &str| options.as_ref().and_then(|map: &std::rc::Rc<Map>| map.named(name));
        let base = match args.list.get(2).filter(|_| name.ends_with("WithBaseURL")) {
            Some(base) => base.clone(),
            None => of("BaseURL").unwrap_or_else(|| Value::text("")),
        };
        let given = args.list.iter().cloned().chain(of("BaseRouter"));
        let given: Vec<Value> = given.map(|value| self.force(value)).collect();
        let router = given.into_iter().find_map(|value| match &value {
            Value::Object(it) => it.model.borrow().as_ref().map(|model| model.node).map(|node| (value.clone(), node)),
            _ => None,
        });
        let (value, node) = match router {
            Some(router) => router,
            None => {
                let (_, model) = ROUTERS.iter().find(|(word, _)| how.contains(word))?;
                let value = self.made_router(model)?;
                let node = match &value {
                    Value::Object(it) => it.model.borrow().as_ref()?.node,
                    _ => return None,
                };
                (value, node)
            }
        };
        self.effects += 1;
        for operation in all {
            let path = self.concat(&base, &Value::text(operation.path));
            let mut entry = self.route_entry(path, Methods::Fixed(vec![operation.method]), Value::Undefined, spot);
            if let Entry::Route { paths, .. } = &mut entry {
                *paths = Some(Syntax::Brace);
            }
            self.forest.nodes[node].entries.push(entry);
        }
        Some(value)
    }
}
