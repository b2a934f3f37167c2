//! Contexts: the values that they carry, and what a wrapper of a router is asserted to be.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, Map, Value};
use crate::code::models::ObjectModel;

/// The keys of what a context is made of; no program's own map has them.
const PARENT: &str = "\u{0}parent";
const KEY: &str = "\u{0}key";
const CARRIED: &str = "\u{0}carried";
/// Contexts within contexts.
const DEEPEST: usize = 32;

impl Machine<'_> {
    /// What functions of the package `context` make of a context.
    pub(super) fn go_context(&self, path: &str, args: &Args) -> Option<Value> {
        let parent = args.list.first()?.clone();
        let carries = |value: &Value| matches!(value, Value::Map(map) if map.named(KEY).is_some());
        match path {
            "context.WithValue" if args.list.len() == 3 => {
                let map = Map::default();
                map.put(PARENT, parent);
                map.put(KEY, args.at(1));
                map.put(CARRIED, args.at(2));
                Some(Value::Map(Rc::new(map)))
            }
            "context.WithCancel"
            | "context.WithTimeout"
            | "context.WithDeadline"
            | "os/signal.NotifyContext"
            | "golang.org/x/sync/errgroup.WithContext"
                if carries(&parent) =>
            {
                let group = path.ends_with("errgroup.WithContext");
                let other = Value::from_path(format!("{path}()"));
                Some(Self::tuple(if group { vec![other, parent] } else { vec![parent, other] }))
            }
            _ => None,
        }
    }

    /// `ctx.Value(key)` of a context that carries values; none where it is none, or where it may carry others.
    pub(super) fn go_carried(&self, context: &Rc<Map>, name: &str, key: &Value) -> Option<Value> {
        context.named(KEY).filter(|_| name == "Value")?;
        let mut at = Some(Value::Map(context.clone()));
        for _ in 0..DEEPEST {
            let Some(Value::Map(map)) = at else { return None };
            match same_key(&map.named(KEY)?, key) {
                Some(true) => return map.named(CARRIED),
                Some(false) => at = map.named(PARENT),
                None => return None,
            }
        }
        None
    }

    /// The router that a wrapper is asserted to be: the one of that type that it leads to.
    pub(in crate::code::eval) fn go_asserted(&mut self, value: &Value, model: &'static ObjectModel) -> Option<Value> {
        let all = self.led_to(value);
        let is_one = |value: &Value| match value {
            Value::Object(it) => it.model.borrow().as_ref().is_some_and(|it| std::ptr::eq(it.ty, model)),
            _ => false,
        };
        let mut found = all.into_iter().filter(|(value, stripped)| stripped.is_none() && is_one(value));
        let (one, _) = found.next()?;
        found.next().is_none().then_some(one)
    }
}

/// Whether two keys of contexts are the same: two empty structs are where they are of one type.
fn same_key(one: &Value, other: &Value) -> Option<bool> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => match (&one.class, &other.class) {
            (Some(class), Some(also)) if class.class.fields.is_empty() => Some(Rc::ptr_eq(class, also)),
            _ => None,
        },
        _ => one.same(other),
    }
}
