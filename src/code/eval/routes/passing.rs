//! Middleware that passes its request on to a router: that answers where the middleware stands.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::super::machine::Machine;
use super::super::value::{Args, Closure, Spot, Value};
use crate::code::form::Language;

/// So many functions that are given as middleware are kept.
const MOST: usize = 4_000;

/// Where middleware stands.
#[derive(Debug, Clone)]
struct Place {
    node: usize,
    at: Value,
    spot: Spot,
}

/// What is known of middleware.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Where functions stand as middleware.
    places: BTreeMap<usize, Vec<Place>>,
    /// The places of the one that runs.
    running: Vec<Vec<Place>>,
    /// The functions that answer what is asked of routes of a wildcard.
    wild: BTreeSet<usize>,
}

impl Machine<'_> {
    /// Keeps where functions stand that a router gets as middleware.
    pub(in crate::code::eval) fn keep_middleware(&mut self, node: usize, at: &Value, given: &Value, spot: Spot) {
        if self.modules[spot.module.0].language != Language::JavaScript || self.passing.places.len() >= MOST {
            return;
        }
        let mut all = Vec::new();
        self.flatten(given, &mut all, 0);
        for one in all {
            // With four it is given an error.
            if let Value::Function(closure) = &one
                && matches!(closure.function.params.len(), 2 | 3)
            {
                let place = Place { node, at: at.clone(), spot };
                self.passing.places.entry(Rc::as_ptr(closure).addr()).or_default().push(place);
            }
        }
    }

    /// Runs a function as the middleware that it is, if it is one.
    pub(in crate::code::eval) fn as_middleware(&mut self, closure: &Rc<Closure>, run: impl FnOnce(&mut Self)) {
        let places = self.passing.places.get(&Rc::as_ptr(closure).addr()).cloned().unwrap_or_default();
        self.passing.running.push(places);
        run(self);
        self.passing.running.pop();
    }

    /// The router that unseen code gets in a function that says that it gives one: who wraps a router gives it back.
    pub(in crate::code::eval) fn passed_through(&mut self, args: &Args) -> Option<Value> {
        let closure = self.frames.last()?.closure.clone()?;
        let returns = closure.function.returns.clone()?;
        if self.language(&closure.scope) != Language::JavaScript {
            return None;
        }
        let Value::Unknown(path) = self.type_value(&returns, &closure.scope) else { return None };
        let model = self.models.types.get(&*path).copied()?;
        let is_one = |value: &&Value| match value {
            Value::Object(it) => {
                it.model.borrow().as_ref().is_some_and(|it| it.ty.framework() == model.framework() && !it.ty.part)
            }
            _ => false,
        };
        let mut routers = args.list.iter().filter(is_one);
        routers.next().cloned().filter(|_| routers.next().is_none())
    }

    /// Keeps that a function answers what is asked of a route of a wildcard.
    pub(in crate::code::eval) fn keep_wild(&mut self, handler: &Value) {
        let callee = match handler {
            Value::Bound(bound) => &bound.callee,
            handler => handler,
        };
        if let Value::Function(closure) = callee
            && self.passing.wild.len() < MOST
        {
            self.passing.wild.insert(Arc::as_ptr(&closure.function).addr());
        }
    }

    /// Tells that such a function hands what it is asked on to where the request says.
    pub(in crate::code::eval) fn handed_on(&mut self, by: &Value, spot: Spot) {
        let wild = |closure: &Rc<Closure>| self.passing.wild.contains(&Arc::as_ptr(&closure.function).addr());
        if by.as_text().is_none() && self.frames.iter().any(|frame| frame.closure.as_ref().is_some_and(wild)) {
            self.note(spot, "requests are handed on from here by what they ask for");
        }
    }

    /// A router is called with a request by the middleware that runs: it is mounted there.
    pub(in crate::code::eval) fn passed_on(&mut self, router: &Value, args: &Args) -> bool {
        let Value::Object(object) = router else { return false };
        let Some(model) = object.model.borrow().clone() else { return false };
        let mounts = model.ty.members.contains_key("use");
        let places = self.passing.running.last().cloned().unwrap_or_default();
        if !mounts || places.is_empty() || !matches!(args.list.len(), 2 | 3) {
            return false;
        }
        for place in places.into_iter().filter(|place| place.node != model.node) {
            self.mount(place.node, place.at, router.clone(), (false, true), place.spot);
        }
        true
    }
}
