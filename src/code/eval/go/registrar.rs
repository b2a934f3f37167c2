//! Routers of the project's own: what their functions are told to register (`r.add("GET", "/users", list)`), for where what such a
//! router answers is not found by what it compares.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Methods};
use super::super::value::{Args, Closure, Spot, Value};
use crate::code::form::Name;
use crate::code::models::Syntax;
use crate::code::resolve::folder_of;
use crate::domain::method::is_method;

/// The most that is kept.
const MOST: usize = 4_000;

/// A function of the project's own was told a method, a path and what answers there.
#[derive(Debug, Clone)]
pub(crate) struct Registration {
    /// The package of the function, and the program that ran.
    folder: String,
    program: usize,
    /// The type whose method the function is.
    of: Option<Name>,
    method: String,
    path: Value,
    spot: Spot,
    chain: Vec<Spot>,
    /// How many were known before, and how many routes of libraries' routers.
    before: usize,
    routes: usize,
}

impl Machine<'_> {
    /// What a call of a function of the project's own tells to register; none where it tells nothing of the kind.
    pub(crate) fn go_registration(&self, closure: &Closure, args: &Args, spot: Spot) -> Option<Registration> {
        let before = self.go.registrations.len();
        if args.list.len() < 2 || before >= MOST {
            return None;
        }
        let path = args.list.iter().find(|one| one.as_whole_text().is_some_and(|text| text.starts_with('/')))?;
        let answers = |one: &Value| match one {
            Value::Object(it) => it.class.is_some() && it.model.borrow().is_none(),
            one => one.is_callable(),
        };
        if !args.list.iter().any(answers) {
            return None;
        }
        let upper = |text: &str| text.chars().all(|c| c.is_ascii_uppercase());
        let given = args.list.iter().filter_map(Value::as_whole_text).find(|text| upper(text) && is_method(text));
        let named = || closure.function.name.as_ref().map(|name| name.to_uppercase()).filter(|name| is_method(name));
        let method = given.map(|text| text.to_string()).or_else(named)?;
        Some(Registration {
            folder: folder_of(self.file(Spot { module: closure.scope.module, line: 1 })).to_owned(),
            program: self.go.program,
            of: closure.home.borrow().as_ref().and_then(|class| class.class.name.clone()),
            method,
            path: path.clone(),
            spot,
            chain: self.chain(),
            before,
            routes: self.entries_so_far(),
        })
    }

    fn entries_so_far(&self) -> usize {
        self.forest.nodes.iter().map(|node| node.entries.len()).sum()
    }

    /// Keeps what was told, unless what it called meanwhile was told the same with more before the path, or told it to a library.
    pub(crate) fn go_registered(&mut self, told: Registration) {
        if self.go.registrations.len() == told.before && self.entries_so_far() == told.routes {
            self.effects += 1;
            self.go.registrations.push(told);
        }
    }

    /// Registers on a router what the functions of a handler's package were told; whether that is more than is found by what the
    /// handler compares.
    pub(super) fn registered_by_own(&mut self, node: Option<usize>, handler: &Rc<Closure>, compared: usize) -> bool {
        let folder = folder_of(self.file(Spot { module: handler.scope.module, line: 1 })).to_owned();
        let program = self.go.program;
        let home = handler.home.borrow().clone();
        // What a handler's type has is told, too: `Engine{ router *router }`.
        let own = |of: &Name| {
            home.as_ref().is_some_and(|home| {
                let held =
                    |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == &**of);
                let fields = &home.class.fields;
                home.class.name.as_ref() == Some(of)
                    || fields.iter().any(|field| field.ty.as_ref().is_some_and(|ty| held(&ty.text)))
            })
        };
        let of_package = |it: &&Registration| {
            let fits = it.of.as_ref().map_or(compared == 0, own);
            fits && it.folder == folder && it.program == program
        };
        let told: Vec<Registration> = self.go.registrations.iter().filter(of_package).cloned().collect();
        if told.len() <= compared {
            return false;
        }
        let Some(node) = node.or_else(|| self.router_of_comparing()) else { return false };
        self.effects += 1;
        for one in told {
            let pattern = one.path.as_text().is_some_and(|text| text.contains(['(', '[']));
            self.forest.nodes[node].entries.push(Entry::Route {
                path: one.path,
                methods: Methods::Fixed(vec![one.method]),
                handler: Value::Undefined,
                spot: one.spot,
                chain: one.chain,
                conditional: self.conditional > 0,
                paths: Some(if pattern { Syntax::Regex } else { Syntax::Either }),
                library: None,
            });
        }
        true
    }
}
