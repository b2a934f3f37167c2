//! What a call or a constructor mounts: a child, a map of them by prefix, a list whose tuples are routes.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ClassValue, ListKind, Map, Modelled, Native, Object, Spot, Value};
use super::attributes::{holds_router, method_of};
use super::forest::{Entry, Methods, Sees};
use crate::code::form::{Language, Yields};
use crate::code::models::{MountWord, ObjectModel};
use crate::domain::method::METHODS;

/// Whether a value is what Rust gives where it gives nothing; a router may be none, what answers may not.
fn is_unit(value: &Value, answers: bool) -> bool {
    match value {
        Value::Undefined => true,
        Value::Null => answers,
        Value::List(list) => list.kind == ListKind::Tuple && list.items.borrow().is_empty() && !list.partial.get(),
        _ => false,
    }
}

/// What a route keeps its handler under.
const HANDLER: &str = "handler";
/// What says that there is nothing at a path.
const NOTHING: &[&str] = &["NotFound", "not_found", "NOT_FOUND", "MethodNotAllowed", "METHOD_NOT_ALLOWED"];

impl Machine<'_> {
    /// Registers the tuples of a list as routes and gives the rest of it.
    pub(in crate::code::eval) fn take_tuples(
        &mut self,
        it: &Modelled,
        given: Value,
        places: (usize, usize),
        spot: Spot,
    ) -> Value {
        let scope = self.modules[spot.module.0].scope.clone();
        if given.is_nothing() {
            return given;
        }
        let (items, partial) = self.walk(&given, Yields::Elements, &scope);
        let mut rest = Vec::new();
        for item in items {
            let parts = match &item {
                Value::List(tuple) if !tuple.partial.get() => tuple.items.borrow().clone(),
                _ => Vec::new(),
            };
            let (Some(path), Some(handler)) = (parts.get(places.0), parts.get(places.1)) else {
                rest.push(item);
                continue;
            };
            let entry = self.route_entry(path.clone(), Methods::Default(Vec::new()), handler.clone(), spot);
            self.forest.nodes[it.node].entries.push(entry);
        }
        Value::list_of(ListKind::List, rest, partial)
    }

    /// Paths and what answers there, one behind the other in a list (web.py): a class or its name, or a router.
    pub(in crate::code::eval) fn take_flat(&mut self, it: &Modelled, given: Value, spot: Spot) -> Value {
        let scope = self.modules[spot.module.0].scope.clone();
        let (items, partial) = self.walk(&given, Yields::Elements, &scope);
        for pair in items.chunks_exact(2) {
            let [path, named] = pair else { continue };
            let handler = match named.as_whole_text() {
                Some(name) if scope.own(&name).is_some() => self.name(&name, &scope),
                Some(name) if !name.contains(' ') => self.load_dotted(&name, &scope),
                _ => named.clone(),
            };
            let handler = self.force(handler);
            let methods = match &handler {
                Value::Object(_) => {
                    self.mount(it.node, path.clone(), handler, (false, false), spot);
                    continue;
                }
                Value::Class(class) => self.upper_methods(class),
                // `redirect /elsewhere`.
                Value::Str(_) => Methods::Fixed(vec!["GET".to_owned()]),
                _ => Methods::Unknown(Vec::new()),
            };
            self.effects += 1;
            let entry = self.route_entry(path.clone(), methods, handler, spot);
            self.forest.nodes[it.node].entries.push(entry);
        }
        if partial { Value::unknown() } else { Value::Undefined }
    }

    /// A router of Rust's that is mounted on itself is a copy that was made before: what stands on it by now is what is mounted.
    pub(in crate::code::eval) fn as_it_was(&mut self, node: usize, child: Value, spot: Spot) -> Value {
        let Value::Object(object) = &child else { return child };
        if self.modules[spot.module.0].language != Language::Rust {
            return child;
        }
        let own = object.model.borrow().clone().filter(|it| it.node == node);
        let Some(it) = own else { return child };
        let entries = self.forest.nodes[node].entries.clone();
        self.made_with(it.ty, entries)
    }

    /// What is put where all below a path is answered: of what answers by itself, at no path of its own, it is all below.
    pub(in crate::code::eval) fn answers_below(&mut self, below: &str, child: Value) -> Value {
        let Value::Object(object) = &child else { return child };
        let part = object.model.borrow().clone().filter(|it| it.ty.part);
        let Some(it) = part else { return child };
        let bare = |path: &Value| path.is_nothing() || path.as_whole_text().is_some_and(|path| path.is_empty());
        let mut entries = self.forest.nodes[it.node].entries.clone();
        if !entries.iter().all(|entry| matches!(entry, Entry::Route { path, .. } if bare(path))) {
            return child;
        }
        for entry in &mut entries {
            if let Entry::Route { path, .. } = entry {
                *path = Value::text(below);
            }
        }
        self.forest.nodes[it.node].listed = true;
        self.made_with(it.ty, entries)
    }

    /// A router of a model's with what stands on it.
    pub(in crate::code::eval) fn made_with(&mut self, model: &'static ObjectModel, entries: Vec<Entry>) -> Value {
        let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
        self.become_object(&object, model);
        if let Some(it) = object.model.borrow().as_ref() {
            self.forest.nodes[it.node].entries = entries;
        }
        Value::Object(object)
    }

    /// The methods of HTTP that a class has members of the very names of.
    fn upper_methods(&mut self, class: &Rc<ClassValue>) -> Methods {
        let mut names: Vec<String> = Vec::new();
        for one in self.ancestors(class) {
            let Value::Class(one) = one else { continue };
            for (name, _) in one.members.pairs() {
                let known = name.as_text().and_then(|name| METHODS.iter().find(|method| ***method == *name));
                names.extend(known.map(|method| (*method).to_owned()));
            }
        }
        names.sort();
        names.dedup();
        if names.is_empty() { Methods::Unknown(names) } else { Methods::Fixed(names) }
    }

    /// The first of each pair in lists. One that is a method is a route without a path.
    pub(in crate::code::eval) fn take_pairs(
        &mut self,
        it: &Modelled,
        value: &Value,
        spot: Spot,
        depth: usize,
    ) -> Value {
        match self.force(value.clone()) {
            Value::List(list) if list.kind == ListKind::Tuple => {
                let first = list.items.borrow().first().cloned().unwrap_or(Value::Undefined);
                let first = self.force(first);
                let Some(method) = method_of(&first).filter(|_| first.is_unknown()) else { return first };
                let entry = self.route_entry(
                    Value::text(""),
                    Methods::Fixed(vec![method]),
                    list.items.borrow().get(1).cloned().unwrap_or(Value::Undefined),
                    spot,
                );
                self.effects += 1;
                self.forest.nodes[it.node].entries.push(entry);
                Value::Undefined
            }
            Value::List(list) if depth < 4 => {
                let items = list.items.borrow().clone();
                let items = items.iter().map(|item| self.take_pairs(it, item, spot, depth + 1)).collect();
                Value::list_of(list.kind, items, list.partial.get())
            }
            other => other,
        }
    }

    /// Where a router answers routes, it stands in their places, for their methods alone.
    pub(in crate::code::eval) fn answered_by(&mut self, node: usize, given: &Value) {
        let is_router = matches!(given, Value::Object(it) if it.model.borrow().is_some());
        if !is_router {
            return;
        }
        let entries = std::mem::take(&mut self.forest.nodes[node].entries);
        for entry in entries {
            let Entry::Route { path, methods, spot, conditional, .. } = entry else {
                self.forest.nodes[node].entries.push(entry);
                continue;
            };
            if let Methods::Fixed(all) = methods {
                self.forest.nodes[node].only.extend(all);
            }
            let (child, loose) = (given.clone(), false);
            let mount = Entry::Mount { at: path, child, replaces: false, loose, sees: Sees::Rest, spot, conditional };
            self.forest.nodes[node].entries.push(mount);
        }
    }

    /// Whether a value may hold routers: where an object may be a route or a mount, this tells.
    pub(in crate::code::eval) fn is_mountable(&mut self, value: &Value, called: &[String]) -> bool {
        let last = |path: &str| path.rsplit('.').next().is_some_and(|last| called.iter().any(|name| name == last));
        match self.force(value.clone()) {
            Value::List(_) | Value::Module(_) | Value::Lazy(_) => true,
            Value::Object(object) => object.model.borrow().is_some(),
            Value::Alt(all) => all.iter().any(|one| self.is_mountable(one, called)),
            Value::Unknown(path) => self.models.brings.contains_key(&*path) || last(&path),
            _ => false,
        }
    }

    /// Puts more behind a router's prefix, until the context that this gives ends.
    pub(in crate::code::eval) fn prefixed(&mut self, node: usize, more: &Value) -> Value {
        let old = self.forest.nodes[node].prefix.clone();
        let base = if old.is_nothing() { Value::text("") } else { old.clone() };
        self.forest.nodes[node].prefix = self.concat(&base, more);
        Value::Native(Rc::new(Native::Until { node, prefix: old }))
    }

    /// The block ends whose contexts these are.
    pub(in crate::code::eval) fn end_contexts(&mut self, contexts: &[Value]) {
        for context in contexts.iter().rev() {
            if let Value::Native(native) = context
                && let Native::Until { node, prefix } = &**native
            {
                self.forest.nodes[*node].prefix = prefix.clone();
            }
        }
    }

    /// Whether an entry answers what nothing else does on a router that nothing else stands on: its own path is among that.
    pub(in crate::code::eval) fn answers_all(&self, node: usize, index: usize) -> bool {
        let node = &self.forest.nodes[node];
        let other = |(at, entry): (usize, &Entry)| at != index && !matches!(entry, Entry::Mount { loose: true, .. });
        node.leftover == Some(index) && !node.entries.iter().enumerate().any(other)
    }

    /// Whether what answers says that there is nothing, as far as its handler is known: by its name, or by what it mentions.
    fn refuses(&mut self, child: &Value) -> bool {
        let Value::Object(it) = child else { return false };
        let handler = it.model.borrow().as_ref().and_then(|it| it.args.named(HANDLER));
        let says = |name: &str| NOTHING.contains(&name.trim_end_matches("()").rsplit('.').next().unwrap_or_default());
        match handler.map(|handler| self.force(handler)) {
            Some(Value::Function(closure)) => {
                let mentions = self.mentions_of(&closure);
                closure.function.name.as_deref().is_some_and(says)
                    || mentions.names.iter().chain(&mentions.members).any(|name| says(name))
            }
            Some(Value::Unknown(path)) => says(&path),
            _ => false,
        }
    }

    /// Mounts what a call gives: a child or a map of them.
    pub(in crate::code::eval) fn mount_action(
        &mut self,
        word: &MountWord,
        model: Option<&Modelled>,
        bound: &Rc<Map>,
        spot: Spot,
    ) {
        let target = self.meant_by(word.on.as_deref(), model, bound, spot);
        let Some(model) = &target else { return };
        let how = (word.replaces, word.loose);
        if let Some(table) = &word.table {
            match self.argument_at(bound, table, spot) {
                Value::Map(map) => {
                    for (prefix, child) in map.pairs() {
                        let prefix = self.viewed(model, prefix);
                        self.mount(model.node, prefix, child, how, spot);
                    }
                }
                Value::Undefined | Value::Null => {}
                _ => self.note(spot, "what is mounted here is not known"),
            }
            return;
        }
        let at = word.at.as_ref().map_or(Value::Undefined, |at| self.argument_at(bound, at, spot));
        let mut child = self.acted_on(&word.child, bound, spot);
        // What gives nothing answers nothing: a macro makes something of it.
        let given = bound.named(&word.child).is_some();
        if given && is_unit(&child, word.otherwise.is_some()) && self.modules[spot.module.0].language == Language::Rust
        {
            child = Value::unknown();
        }
        if let (true, Some(dotted)) = (word.dotted, child.as_whole_text()) {
            let scope = self.modules[spot.module.0].scope.clone();
            child = self.load_dotted(&dotted, &scope);
        }
        child = self.carried(model.ty, child);
        if let Some(places) = model.ty.tuples {
            let first = |list: &super::super::value::List| {
                list.items.borrow().first().is_some_and(|one| one.as_text().is_some())
            };
            child = match child {
                Value::List(one) if first(&one) => Value::list(vec![Value::List(one)]),
                others => others,
            };
            child = self.take_tuples(model, child, places, spot);
            if matches!(&child, Value::List(rest) if rest.items.borrow().is_empty() && !rest.partial.get()) {
                return;
            }
        }
        if model.ty.pairs {
            child = self.take_pairs(model, &child, spot, 0);
        }
        if word.leftover && self.refuses(&child) {
            return;
        }
        let whole = word.whole && holds_router(&child, 0);
        let child = self.answering(word, model.ty, child, spot);
        let child = match &word.below {
            Some(below) => self.answers_below(below, child),
            None => child,
        };
        let prefixed = self.viewed(model, at);
        if word.loose {
            self.keep_middleware(model.node, &prefixed, &child, spot);
        }
        if word.alone {
            self.answer_alone(model.node, &prefixed, &child, spot);
        }
        match &word.plain {
            Some(plain) => self.mount_handler(model, prefixed, &child, plain, spot),
            None => {
                let first = self.forest.nodes[model.node].entries.len();
                self.mount(model.node, prefixed, child, how, spot);
                if word.leftover {
                    self.forest.nodes[model.node].leftover = Some(first);
                }
                self.name_as(model.node, first, word.name.as_ref(), bound, spot);
                self.front_entries(model.node, first, bound);
                for entry in self.forest.nodes[model.node].entries.iter_mut().skip(first).filter(|_| whole) {
                    if let Entry::Mount { sees, .. } = entry {
                        *sees = Sees::Same;
                    }
                }
            }
        }
    }
}
