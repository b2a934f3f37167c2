//! Registrations that take more than one route at once, or that depend on what is given.

use std::rc::Rc;

use super::machine::Machine;
use super::value::{Args, Map, Modelled, Spot, Value};
use crate::code::form::Yields;
use crate::code::models::RouteWord;

impl Machine<'_> {
    /// Registers the route of a call, or one for each element where it is given a list of them.
    pub(super) fn route_all(&mut self, word: &RouteWord, model: &Modelled, bound: &Rc<Map>, args: &Args, spot: Spot) {
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
    pub(super) fn route_on(
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

    /// Whether what a route depends on is there: not false, and given where it must be.
    pub(super) fn is_wanted(&mut self, word: &RouteWord, bound: &Rc<Map>, spot: Spot) -> bool {
        let off = word.unless_false.as_ref().map(|unless| self.argument_at(bound, unless, spot));
        let given = word.given.as_ref().map(|given| self.argument_at(bound, given, spot));
        !matches!(off, Some(Value::Bool(false)))
            && !matches!(given, Some(Value::Bool(false) | Value::Undefined | Value::Null))
    }

    /// The text that an argument is, or the first one of a list; empty where there is none.
    pub(super) fn first_text(&mut self, bound: &Rc<Map>, word: &str, spot: Spot) -> Value {
        let given = self.argument_at(bound, word, spot);
        let mut all = Vec::new();
        self.flatten(&given, &mut all, 0);
        all.into_iter().find(|one| one.as_text().is_some()).unwrap_or_else(|| Value::text(""))
    }

    /// The path of a route: what is given, else what holds where nothing is. A map stands for its keys.
    pub(super) fn given_path(
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
                Value::list_of(super::value::ListKind::List, paths.collect(), map.partial.get())
            }
            (path, _) => path,
        }
    }
}
