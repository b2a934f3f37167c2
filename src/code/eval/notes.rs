//! What models' calls leave behind: marks and notes on functions and classes, what is kept on an object, what is named to
//! be looked up, and views of an object.

use std::cell::RefCell;
use std::rc::Rc;

use super::machine::Machine;
use super::python::names::DECORATED;
use super::routes::forest::{Entry, Sees};
use super::value::{Args, Closure, Map, Modelled, Noted, Object, Spot, Value};
use crate::code::form::{Language, Name, Yields};
use crate::code::models::{Action, NamespaceWord};

/// What stands for the environment as a whole.
const ENVIRONMENT: &str = "process.env";

impl Machine<'_> {
    /// Notes arguments on the object, its prefix among them; names what a function gives.
    pub(super) fn keep(&mut self, action: &'static Action, model: Option<&Modelled>, bound: &Rc<Map>, spot: Spot) {
        if let (Some(prefix), Some(model)) = (&action.prefix, model) {
            let given = self.argument_at(bound, prefix, spot);
            let old = std::mem::replace(&mut self.forest.nodes[model.node].prefix, Value::Undefined);
            self.forest.nodes[model.node].prefix = match old.is_nothing() {
                true => given,
                false => self.concat(&given, &old),
            };
        }
        if let (Some(append), Some(model)) = (&action.append, model) {
            let given = self.argument_at(bound, append, spot);
            let old = std::mem::replace(&mut self.forest.nodes[model.node].prefix, Value::Undefined);
            self.forest.nodes[model.node].prefix = match old.is_nothing() {
                true => given,
                false => {
                    let old = self.concat(&old, &Value::text("/"));
                    self.concat(&old, &given)
                }
            };
        }
        if let (Some(alternative), Some(model)) = (&action.alternative, model) {
            let given = self.argument_at(bound, alternative, spot);
            let is_it = |child: &Value| match child {
                Value::Object(it) => it.model.borrow().as_ref().is_some_and(|it| it.node == model.node),
                _ => false,
            };
            for entry in self.forest.nodes.iter_mut().flat_map(|node| &mut node.entries) {
                if let Entry::Mount { at, child, .. } = entry
                    && is_it(child)
                {
                    *at = Value::any_of(vec![at.clone(), given.clone()]);
                }
            }
        }
        for (name, argument) in &action.keep {
            let value = self.argument_at(bound, argument, spot);
            if let Some(model) = model {
                model.args.put(name, value);
            }
        }
        for (name, argument) in &action.gathers {
            let mut more = self.argument_at(bound, argument, spot);
            if let Some(model) = model {
                if model.ty.tree.as_ref().is_some_and(|tree| tree.controllers == *name) {
                    more = self.controllers_given(model, &more, spot);
                }
                let before = model.args.named(name).filter(|before| !before.is_nothing());
                let all: Vec<Value> = before.into_iter().chain([more]).collect();
                model.args.put(name, Value::list(all));
            }
        }
        if let Some(word) = &action.namespace {
            self.name_values(word, bound, spot);
        }
    }

    /// The controllers that an app is given, dotted names among them; what libraries have stands on the app as it is.
    fn controllers_given(&mut self, model: &Modelled, given: &Value, spot: Spot) -> Value {
        let (mut all, mut out) = (Vec::new(), Vec::new());
        self.flatten(given, &mut all, 0);
        let scope = self.modules[spot.module.0].scope.clone();
        for one in all {
            let found = match one.as_whole_text() {
                Some(dotted) => self.load_dotted(&dotted, &scope),
                None => one,
            };
            match self.force(found) {
                child @ Value::Unknown(_) => {
                    self.effects += 1;
                    let (at, conditional) = (Value::text(""), self.conditional > 0);
                    let (replaces, loose, sees) = (false, false, Sees::Rest);
                    let mount = Entry::Mount { at, child, replaces, loose, sees, spot, conditional };
                    self.forest.nodes[model.node].entries.push(mount);
                }
                known => out.push(known),
            }
        }
        Value::list(out)
    }

    /// Names what functions give: each under its name, or all of them at the root where there is none.
    fn name_values(&mut self, word: &NamespaceWord, bound: &Rc<Map>, spot: Spot) {
        let name = self.argument_at(bound, &word.name, spot).as_whole_text();
        if let Some(read) = bound.named(super::act::READ) {
            self.name_all(&read);
        }
        if let Some(checks) = &word.checks {
            let check = self.argument_at(bound, checks, spot);
            if check.is_callable() {
                let environment = Value::from_path(ENVIRONMENT);
                let value = self.call(&check, Args::of(vec![environment]), spot);
                self.name_all(&value);
            }
        }
        let of = self.argument_at(bound, &word.of, spot);
        let scope = self.modules[spot.module.0].scope.clone();
        let functions = match &of {
            Value::List(_) => self.walk(&of, Yields::Elements, &scope).0,
            one => one.each(),
        };
        for function in functions.iter().filter(|function| function.is_callable()) {
            let value = self.call(function, Args::default(), spot);
            match &name {
                Some(name) => {
                    self.namespaces.insert(name.clone(), value);
                }
                None => self.name_all(&value),
            }
        }
    }

    /// Names every entry of a map.
    fn name_all(&mut self, value: &Value) {
        if let Value::Map(map) = value {
            for (key, value) in map.pairs() {
                self.namespaces.extend(key.as_text().map(|key| (key, value)));
            }
        }
    }

    /// What a dotted name leads to among what was named.
    pub(super) fn looked_up(&mut self, name: &str, bound: &Rc<Map>, spot: Spot) -> Option<Value> {
        let name = self.argument_at(bound, name, spot).as_whole_text()?;
        let mut parts = name.split('.');
        let mut value = self.namespaces.get(parts.next()?).cloned()?;
        let scope = self.modules[spot.module.0].scope.clone();
        for part in parts {
            value = self.index_read(&value, &Value::text(part), &scope, spot.line);
        }
        (!matches!(value, Value::Unknown(_) | Value::Undefined)).then_some(value)
    }

    /// The object itself, seen under a prefix.
    pub(super) fn view(&mut self, this: &Value, at: &str, bound: &Rc<Map>, spot: Spot) -> Value {
        let Value::Object(it) = this else { return Value::unknown() };
        let Some(mut model) = it.model.borrow().clone() else { return Value::unknown() };
        let at = self.argument_at(bound, at, spot);
        let shown = self.shown(&at, "prefix");
        model.view = self.viewed(&model, shown).as_text();
        let object = Object { class: it.class.clone(), members: Map::default(), model: RefCell::new(Some(model)) };
        Value::Object(Rc::new(object))
    }

    /// From here on the object itself is seen under a prefix: gives what is to be put back.
    pub(super) fn seen_behind(&mut self, it: &Rc<Object>, at: &str, bound: &Rc<Map>, spot: Spot) -> Option<Modelled> {
        let outer = it.model.borrow().clone();
        if let Some(model) = &outer {
            let at = self.argument_at(bound, at, spot);
            let shown = if at.is_nothing() { at } else { self.shown(&at, "prefix") };
            let view = self.viewed(model, shown).as_text();
            it.model.replace(Some(Modelled { view, ..model.clone() }));
        }
        outer
    }

    /// What a container gives for a class: an instance of it.
    pub(super) fn given_instance(&mut self, class: &Value, spot: Spot) -> Value {
        match class {
            Value::Class(_) => self.instantiate(class, Args::unknown(), spot),
            Value::Unknown(path) => match self.models.types.get(&**path).copied() {
                Some(model) => self.placeholder(model),
                None => Value::unknown(),
            },
            _ => Value::unknown(),
        }
    }

    /// What a call says, kept for later.
    pub(crate) fn noted(&mut self, action: &'static Action, bound: Rc<Map>, spot: Spot) -> Rc<Noted> {
        self.effects += 1;
        self.because(spot, "what it describes is on nothing that is served");
        Rc::new(Noted { action, bound, spot, conditional: self.conditional > 0 })
    }

    /// A function of Python's that a name leads to, as it is where a decorator is called with it: who calls it by its name sees
    /// nothing of what is noted on that. Everything else as it is.
    pub(super) fn apart(&mut self, target: Value) -> Value {
        let Value::Function(it) = &target else { return target };
        let scope = &it.scope;
        let name = it.function.name.as_ref().filter(|_| self.language(scope) == Language::Python);
        let known = name.and_then(|name| scope.own(name));
        if !matches!(&known, Some(Value::Function(known)) if Rc::ptr_eq(known, it)) {
            return target;
        }
        let copied = |from: &Map| {
            let to = Map::default();
            for (key, value) in from.pairs() {
                if let Some(name) = key.as_whole_text() {
                    to.put(&name, value);
                }
            }
            to
        };
        Value::Function(Rc::new(Closure {
            function: it.function.clone(),
            scope: it.scope.clone(),
            this: it.this.clone(),
            home: RefCell::clone(&it.home),
            defaults: it.defaults.clone(),
            attributes: copied(&it.attributes),
            marks: copied(&it.marks),
            notes: RefCell::clone(&it.notes),
            entered: it.entered.clone(),
        }))
    }

    /// Notes something on a function or class.
    pub(super) fn mark(&mut self, mark: &crate::code::models::MarkWord, target: &Value, bound: &Rc<Map>, spot: Spot) {
        let mut value = match mark.value.as_deref() {
            Some("*") => {
                for (name, said) in &mark.with {
                    bound.put(name, Value::Bool(*said));
                }
                Value::Map(bound.clone())
            }
            Some(value) => self.argument_at(bound, value, spot),
            None => Value::Undefined,
        };
        if value.is_nothing() && !mark.default.is_empty() {
            value = Value::list(mark.default.iter().map(|one| Value::text(one.as_str())).collect());
        }
        if value.is_nothing() {
            value = Value::Bool(true);
        }
        for one in target.each() {
            match one {
                Value::Function(it) => it.marks.put(&mark.name, value.clone()),
                Value::Class(it) => it.marks.put(&mark.name, value.clone()),
                Value::Bound(it) => {
                    if let Value::Function(it) = &it.callee {
                        it.marks.put(&mark.name, value.clone());
                    }
                }
                Value::Native(it) => {
                    if let super::value::Native::View(it) = &*it {
                        it.marks.put(&mark.name, value.clone());
                    }
                }
                _ => {}
            }
        }
    }

    /// A decorator of a model meets what it decorates.
    pub(crate) fn decorate_with(
        &mut self,
        action: &'static Action,
        _member: &Name,
        receiver: &Value,
        args: &Args,
        target: &Value,
        spot: Spot,
    ) {
        let bound = self.bind_names(&action.args, args);
        if let Some(mark) = &action.mark {
            self.mark(mark, target, &bound, spot);
        }
        if let Some(view) = &action.view {
            self.note_view(view, target, &bound, spot);
        }
        let Value::Object(it) = receiver else {
            if action.is_decorator() {
                let noted = self.noted(action, bound, spot);
                note_on(target, &noted);
            }
            return;
        };
        let Some(model) = it.model.borrow().clone() else { return };
        if let Some(route) = &action.route {
            if let Some(handler) = &route.handler {
                bound.put(handler, target.clone());
            }
            bound.put(DECORATED, target.clone());
            self.route(route, &model, &bound, args, spot);
        }
        if let Some(route) = &action.also {
            self.route(route, &model, &bound, args, spot);
        }
    }
}

/// Leaves a note on functions and classes.
fn note_on(target: &Value, noted: &Rc<Noted>) {
    for one in target.each() {
        match one {
            Value::Function(it) => it.notes.borrow_mut().push(noted.clone()),
            Value::Class(it) => it.notes.borrow_mut().push(noted.clone()),
            Value::Bound(it) => note_on(&it.callee, noted),
            _ => {}
        }
    }
}

/// What a value is to somebody who asks why a call on it registers nothing; none where nothing is known of it.
pub(super) fn described(object: &Value, depth: usize) -> Option<String> {
    match object {
        Value::Unknown(path) if path.is_empty() => None,
        Value::Unknown(path) => Some(format!("called on `{path}`, which is no router that is known")),
        Value::Object(it) => match it.model.borrow().as_ref() {
            Some(model) => Some(format!("a call of `{}` that registers nothing", model.ty.name)),
            None => Some("a method of the project's own".to_owned()),
        },
        Value::Alt(all) if depth < 3 => all.iter().find_map(|one| described(one, depth + 1)),
        Value::Undefined | Value::Null | Value::Lazy(_) | Value::Alt(_) => None,
        Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::Regex(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Env(_) => Some("called on a plain value".to_owned()),
        Value::Function(_)
        | Value::Bound(_)
        | Value::Method(_)
        | Value::Native(_)
        | Value::Class(_)
        | Value::Super(_)
        | Value::Module(_) => Some("code of the project's own".to_owned()),
    }
}
