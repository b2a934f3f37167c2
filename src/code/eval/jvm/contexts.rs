//! Where a program of Java's deploys what it serves: the paths of servlet contexts that it makes itself, in an embedded server.

use std::collections::BTreeSet;

use super::super::machine::Machine;
use super::super::value::{ClassValue, ModuleId, Spot, Value};
use crate::code::form::ClassKind;
use crate::code::holes::{has_hole, hole};
use crate::code::resolve::{Home, based};

/// A context that a program makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::code::eval) struct Context {
    /// Where it is made.
    pub(in crate::code::eval) origin: Origin,
    /// Its path without slashes around it; none where it is not known.
    pub(in crate::code::eval) path: Option<String>,
}

/// Where something is done, and where what does it was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::code::eval) struct Origin {
    /// Where what makes it was begun: the service's own module, where the code that makes it is shared.
    pub(in crate::code::eval) begun: ModuleId,
    /// Whether a program's start led there: else whatever depends on that module may.
    pub(in crate::code::eval) started: bool,
    /// Where it is done.
    pub(in crate::code::eval) spot: Spot,
}

impl Machine<'_> {
    /// Keeps the path of a context: of several texts that are given the last one, of an address its path. What a server is given
    /// besides says nothing.
    pub(in crate::code::eval) fn note_context(&mut self, given: &Value, node: Option<usize>, spot: Spot) {
        let all = match given {
            Value::List(list) => list.items.borrow().clone(),
            one => vec![one.clone()],
        };
        let all: Vec<Value> = all.into_iter().map(|one| self.force(one)).collect();
        // Where nothing is said it stands at the root, until something else says more.
        let Some(said) = all.iter().rev().find(|one| may_be_a_path(one)) else { return };
        let path = match texts(said).unwrap_or_default().as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        };
        let path = path.map(|path| based(&path)).filter(|path| !has_hole(path));
        let path = path.map(|path| path.strip_suffix("/*").unwrap_or(&path).trim_matches('/').to_owned());
        // What a base makes that nothing starts says nothing of what is served.
        if path.is_none() && self.is_in_a_base(spot) {
            return;
        }
        if let Some(node) = node {
            self.context_nodes.insert(node, path.clone());
        }
        let origin = self.origin(spot);
        self.contexts.insert(Context { origin, path });
        self.effects += 1;
    }

    /// Where the code was begun that does something at a place.
    pub(super) fn origin(&self, spot: Spot) -> Origin {
        let first = self.frames.first().and_then(|frame| frame.closure.as_ref());
        let begun = first.map_or(spot.module, |closure| closure.scope.module);
        let started = first.is_some_and(|closure| closure.function.name.as_deref() == Some("main"));
        Origin { begun, started, spot }
    }

    /// Whether a place is in an abstract class or an interface of which no instance is at work.
    pub(super) fn is_in_a_base(&self, spot: Spot) -> bool {
        let Some(frame) = self.frames.iter().rev().find(|frame| frame.home.is_some()) else { return false };
        let is_base = |class: &ClassValue| matches!(class.class.kind, ClassKind::Abstract | ClassKind::Interface);
        let own = match &frame.this {
            Value::Object(it) => it.class.clone(),
            _ => frame.home.clone(),
        };
        !self.forest.begun && own.is_some_and(|class| class.spot.module == spot.module && is_base(&class))
    }

    /// Those that count for the code of these modules: what was begun there, else what is there, else what is in a module that runs
    /// with `home`.
    pub(super) fn nearest<'a, T>(
        &self,
        all: impl Iterator<Item = &'a T> + Clone,
        origin: impl Fn(&T) -> &Origin,
        folders: &[&str],
        home: Option<&Home>,
    ) -> Vec<&'a T> {
        let within = |module: ModuleId| folders.contains(&self.tree.module_of(&self.modules[module.0].path));
        let begun = |one: &Origin| within(one.begun);
        let made = |one: &Origin| within(one.spot.module);
        let around = home.map(|home| self.tree.dependents_of(&home.folder)).unwrap_or_default();
        let shared = |one: &Origin| {
            let begun = self.tree.module_of(&self.modules[one.begun.0].path);
            let open = || self.tree.dependents_of(begun).iter().any(|other| around.contains(other));
            around.contains(begun) || (!one.started && open())
        };
        let ways: [&dyn Fn(&Origin) -> bool; 3] = [&begun, &made, &shared];
        let found = ways.into_iter().map(|way| all.clone().filter(|one| way(origin(one))).collect::<Vec<_>>());
        found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// What stands before everything that the code of these modules answers; none where no context is made there, nor in a module
    /// that runs with `home`. Where there are several, the one that is not at the root of the server cannot be told.
    pub(in crate::code::eval) fn context_of(&mut self, folders: &[&str], home: Option<&Home>) -> Option<String> {
        let found = self.nearest(self.contexts.iter(), |one| &one.origin, folders, home);
        let paths: BTreeSet<&Option<String>> = found.into_iter().map(|one| &one.path).collect();
        let root = paths.iter().any(|path| path.as_deref() == Some(""));
        match paths.into_iter().collect::<Vec<_>>().as_slice() {
            [] => None,
            [Some(path)] => Some(format!("/{path}")),
            [None] => Some(hole("context path")),
            _ if root => None,
            _ => Some(hole("context path")),
        }
    }
}

/// The texts that a value may be.
fn texts(value: &Value) -> Option<Vec<String>> {
    let all = value.each();
    let known: BTreeSet<String> = all.iter().filter_map(|one| one.as_text().map(|text| text.to_string())).collect();
    (!known.is_empty() && all.iter().all(|one| one.as_text().is_some())).then(|| known.into_iter().collect())
}

/// Where the constants are declared that say something else of a context than its path.
const SERVERS: &[&str] = &["org.eclipse.jetty."];

/// Types that a field or parameter may state, of which a path is.
const TEXTS: &[&str] = &["String", "CharSequence"];

/// Whether something that is not known may be the path: no constant of the server's, and nothing that a library makes. A
/// constant of the program's own may well be one.
fn may_be_a_path(value: &Value) -> bool {
    value.each().iter().any(|one| match one {
        Value::Unknown(path) => {
            let last = path.rsplit('.').next().unwrap_or(path);
            let constant = SERVERS.iter().any(|server| path.starts_with(server))
                && last.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '_' | '0'..='9'));
            let made = last
                .strip_suffix("()")
                .is_some_and(|made| made.starts_with(char::is_uppercase) && !TEXTS.contains(&made));
            !constant && !made
        }
        Value::Env(_) | Value::Str(_) => true,
        _ => false,
    })
}
