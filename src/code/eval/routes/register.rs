//! Registrations of routes and mounts, of one or of more at once, and what they depend on.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, Map, Modelled, Spot, Value};
use super::attributes::method_of;
use super::filters::segments;
use super::forest::{Entry, Methods, Sees};
use crate::code::form::Yields;
use crate::code::models::RouteWord;

impl Machine<'_> {
    /// Registers the route of a call, or one for each element where it is given a list of them.
    pub(in crate::code::eval) fn route_all(
        &mut self,
        word: &RouteWord,
        model: &Modelled,
        bound: &Rc<Map>,
        args: &Args,
        spot: Spot,
    ) {
        let given = word.each.as_ref().map_or(Value::Undefined, |each| self.argument_at(bound, each, spot));
        let (Some(each), Value::List(_)) = (&word.each, &given) else {
            return self.route(word, model, bound, args, spot);
        };
        let scope = self.modules[spot.module.0].scope.clone();
        let (items, partial) = self.walk(&given, Yields::Elements, &scope);
        if partial {
            self.note(spot, "not all routes that are registered here are known");
        }
        for item in items.into_iter().take(self.limits.elements) {
            let one = Map::default();
            for (key, value) in bound.pairs() {
                if let Some(at) = key.key() {
                    one.set(at, key, value);
                }
            }
            one.put(each, item);
            self.route(word, model, &Rc::new(one), args, spot);
        }
    }

    /// Registers the route of a call on the object, or on what the call is given.
    pub(in crate::code::eval) fn route_on(
        &mut self,
        word: &RouteWord,
        model: Option<&Modelled>,
        bound: &Rc<Map>,
        args: &Args,
        spot: Spot,
    ) {
        let target = match &word.on {
            None => model.cloned(),
            Some(on) => match self.argument_at(bound, on, spot) {
                Value::Object(it) => it.model.borrow().clone(),
                Value::Undefined | Value::Null => None,
                _ => return self.note(spot, "the app that this registers on is not known"),
            },
        };
        if let Some(model) = &target {
            self.route_all(word, model, bound, args, spot);
        }
    }

    /// Whether what a route depends on is there: neither false nor true where it may not be that, and given where it must be.
    pub(in crate::code::eval) fn is_wanted(&mut self, word: &RouteWord, bound: &Rc<Map>, spot: Spot) -> bool {
        let off = word.unless_false.as_ref().map(|unless| self.argument_at(bound, unless, spot));
        let given = word.given.as_ref().map(|given| self.argument_at(bound, given, spot));
        let on = word.unless.as_ref().map(|unless| self.argument_at(bound, unless, spot));
        !matches!(off, Some(Value::Bool(false)))
            && !matches!(on, Some(Value::Bool(true)))
            && !matches!(given, Some(Value::Bool(false) | Value::Undefined | Value::Null))
    }

    /// Whether what answers a route was taken for a function and may be none, which is told.
    fn is_doubted(&mut self, word: &RouteWord, bound: &Rc<Map>, spot: Spot) -> bool {
        let (Some(handler), false) = (&word.handler, self.views.doubted.is_empty()) else { return false };
        match self.argument_at(bound, handler, spot) {
            Value::Unknown(path) if self.views.doubted.contains(&path) => {
                self.note(spot, format!("whether `{path}`, which is to answer here, is a function is not known"));
                true
            }
            _ => false,
        }
    }

    /// The text that an argument is, or the first one of a list; empty where there is none.
    pub(in crate::code::eval) fn first_text(&mut self, bound: &Rc<Map>, word: &str, spot: Spot) -> Value {
        let given = self.argument_at(bound, word, spot);
        let mut all = Vec::new();
        self.flatten(&given, &mut all, 0);
        all.into_iter().find(|one| one.as_text().is_some()).unwrap_or_else(|| Value::text(""))
    }

    /// The path of a route: what is given, else what holds where nothing is. A map stands for its keys.
    pub(in crate::code::eval) fn given_path(
        &mut self,
        word: &RouteWord,
        needed: bool,
        bound: &Rc<Map>,
        args: &Args,
        spot: Spot,
    ) -> Value {
        let path = match &word.path {
            Some(path) => self.argument_at(bound, path, spot),
            None if needed || word.path_default.is_some() => Value::Null,
            None => Value::text(""),
        };
        match (path, &word.path_default) {
            (Value::Undefined | Value::Null | Value::Bool(_), Some(default)) => Value::text(default.as_str()),
            (Value::Undefined | Value::Null, None) if args.partial => Value::unknown(),
            (Value::Map(map), _) => {
                let keys = map.pairs().into_iter().map(|(key, _)| key);
                let paths = keys.filter(|key| key.as_text().is_some_and(|text| text.starts_with('/')));
                Value::list_of(super::super::value::ListKind::List, paths.collect(), map.partial.get())
            }
            (path, _) => path,
        }
    }

    /// Registers routes.
    pub(crate) fn route(
        &mut self,
        word: &crate::code::models::RouteWord,
        model: &Modelled,
        bound: &Rc<Map>,
        args: &Args,
        spot: Spot,
    ) {
        if !self.is_wanted(word, bound, spot) || self.is_doubted(word, bound, spot) {
            return;
        }
        if !word.answers.is_empty() {
            return self.route_answers(word, model, bound, args, spot);
        }
        if let Some(each) = word.described.as_ref().and_then(|name| self.each_described(name, bound, spot)) {
            return each.iter().for_each(|bound| self.route(word, model, bound, args, spot));
        }
        let mut path = self.given_path(word, model.ty.needs_path, bound, args, spot);
        let of = word.of.as_ref().map_or(Value::Undefined, |of| self.argument_at(bound, of, spot));
        let of = if word.of.is_some() && of.is_nothing() { self.taken_by_block(args) } else { of };
        if let (Some(attribute), false) = (&word.typed, of.is_nothing()) {
            let given = word.path.as_ref().map(|given| self.argument_at(bound, given, spot));
            // A type that has no path is that of the body.
            let none = matches!(&of, Value::Unknown(path) if path.trim_start_matches("kotlin.") == "Unit");
            let is_body = given.is_some_and(|given| !given.is_nothing())
                || none
                || self.is_plain_class(&of, attribute)
                || self.is_of_body(&of, word, spot);
            if !is_body {
                path = self.resource_path(&of, attribute, 0);
            }
        } else if let (Some(attribute), Some(handler)) = (&word.typed, &word.handler) {
            let handler = self.argument_at(bound, handler, spot);
            path = self.typed_path(&handler, attribute);
        }
        if let Some(tokens) = &word.segments {
            let tokens = self.argument_at(bound, tokens, spot);
            path = tokens.as_text().map_or_else(Value::unknown, |tokens| Value::text(segments(&tokens)));
        }
        if word.above
            && let Some(text) = path.as_whole_text()
        {
            path = Value::text(text.trim_end_matches('/').rsplit_once('/').map_or("", |(above, _)| above));
        }
        if let Some(prefix) = &word.prefix {
            let before = self.first_text(bound, prefix, spot);
            let shown = self.shown(&path, "path");
            path = self.concat(&before, &shown);
        }
        if !word.suffix.is_empty() {
            let shown = if path.is_nothing() { Value::text("") } else { self.shown(&path, "path") };
            path = self.concat(&shown, &Value::text(word.suffix.as_str()));
        }
        if word.awaits.is_some() {
            return self.await_view(word, model, bound, &path, spot);
        }
        let handler = word.handler.as_ref().map_or(Value::Undefined, |handler| self.argument_at(bound, handler, spot));
        let scope = self.modules[spot.module.0].scope.clone();
        if model.ty.framework() == "net-http" {
            if self.saw_subtree(model.node, &path, &handler, spot) {
                return;
            }
            path = self.go_narrowed(path, &handler, spot);
        }
        if self.mount_led(model, &path, &handler, spot) || self.is_for_files(&path, &handler, spot) {
            return;
        }
        let methods = if let Some(pattern) = &word.responds {
            let suffix = word.responds_suffix.as_ref().map(|suffix| self.argument_at(bound, suffix, spot));
            self.responders(&handler, pattern, suffix.and_then(|suffix| suffix.as_whole_text()).as_deref())
        } else if !word.method.is_empty() {
            Methods::Fixed(word.method.clone())
        } else {
            let given = word.methods.as_ref().map_or(Value::Undefined, |given| self.argument_at(bound, given, spot));
            let handled = word.handled && (given.is_callable() || matches!(given, Value::Object(_) | Value::Method(_)));
            self.given_methods(if handled { &Value::Undefined } else { &given }, &word.default, &scope)
        };
        if self.is_astray(model.node, spot) {
            return self.note(spot, "registered in a function that nothing calls");
        }
        if self.note_outside(model, &path, spot) {
            return;
        }
        let mut paths = Vec::new();
        self.flatten(&path, &mut paths, 0);
        let first = self.forest.nodes[model.node].entries.len();
        for path in paths {
            let path = self.viewed(model, path);
            self.effects += 1;
            let entry = Entry::Route {
                path,
                methods: methods.clone(),
                handler: handler.clone(),
                spot,
                chain: self.chain(),
                conditional: self.conditional > 0,
                paths: word.paths,
                library: word.library.clone(),
            };
            self.forest.nodes[model.node].entries.push(entry);
        }
        self.name_as(model.node, first, word.name.as_ref(), bound, spot);
        self.front_entries(model.node, first, bound);
    }

    /// The methods that an argument names.
    pub(crate) fn given_methods(&mut self, given: &Value, default: &[String], scope: &ScopeRef) -> Methods {
        let listed = match given {
            Value::Undefined | Value::Null => return Methods::Default(default.to_vec()),
            // `GET,POST`
            Value::Str(text) if text.contains(',') => {
                (text.split(',').map(|one| Value::text(one.trim())).collect(), false)
            }
            one if method_of(one).is_some() => (vec![one.clone()], false),
            Value::Str(_) | Value::Alt(_) | Value::Env(_) => (given.each(), false),
            other => self.walk(other, Yields::Elements, scope),
        };
        let (items, partial) = listed;
        let methods: Vec<String> = items.iter().filter_map(method_of).collect();
        if partial || methods.len() != items.len() || methods.is_empty() {
            Methods::Unknown(methods)
        } else {
            Methods::Fixed(methods)
        }
    }

    pub(crate) fn flatten(&mut self, value: &Value, out: &mut Vec<Value>, depth: usize) {
        match self.force(value.clone()) {
            Value::List(list) if depth < 4 => {
                let items = list.items.borrow().clone();
                for item in items {
                    self.flatten(&item, out, depth + 1);
                }
                if list.partial.get() {
                    out.push(Value::unknown());
                }
            }
            Value::Alt(all) => out.extend(all.iter().cloned()),
            other => out.push(other),
        }
    }

    /// A route as it is registered now: with the calls that led here, and whether a condition stands before it.
    pub(in crate::code::eval) fn route_entry(
        &self,
        path: Value,
        methods: Methods,
        handler: Value,
        spot: Spot,
    ) -> Entry {
        let (chain, conditional) = (self.chain(), self.conditional > 0);
        Entry::Route { path, methods, handler, spot, chain, conditional, paths: None, library: None }
    }

    /// Mounts a child or children.
    pub(crate) fn mount(&mut self, node: usize, at: Value, child: Value, how: (bool, bool), spot: Spot) {
        self.effects += 1;
        if self.is_astray(node, spot) {
            return;
        }
        let (replaces, loose) = how;
        let child = self.as_it_was(node, child, spot);
        let mut places = Vec::new();
        match &at {
            Value::List(_) | Value::Alt(_) => self.flatten(&at, &mut places, 0),
            _ => places.push(at),
        }
        for at in places {
            let entry = Entry::Mount {
                at,
                child: child.clone(),
                replaces,
                loose,
                sees: Sees::Rest,
                spot,
                conditional: self.conditional > 0,
            };
            self.forest.nodes[node].entries.push(entry);
        }
    }
}
