//! Methods of one name of a class: a call means the one that fits it best (Java, Kotlin).

use std::rc::Rc;
use std::sync::Arc;

use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, Closure, Spot, Value};
use super::fits::Fit;
use super::overloads::{MOST_MEANINGS, declared, is_router, takes};
use crate::code::form::{Language, Name};

/// The most parameters of a method that are left to their defaults.
const MOST_DEFAULTS: usize = 8;
/// The name of the member that constructors are.
const CONSTRUCTOR: &str = "constructor";

impl Machine<'_> {
    /// Keeps a method of a class by how many parameters it has, beside others that have as many.
    pub(crate) fn keep_overload(&mut self, class: &Rc<ClassValue>, name: &str, made: Value) {
        let Value::Function(closure) = &made else { return };
        let key = overloaded(name, closure.function.params.len());
        if let Some(before) = class.members.named(&key) {
            let mut all = alike(class, &key);
            if all.len() < MOST_MEANINGS {
                all.push(before);
                class.members.put(&declared(&key), Value::list(all));
            }
        }
        class.members.put(&key, made);
    }

    /// The method that a call of so many arguments means, where several have the name; something unknown where it cannot be told which,
    /// and routes may hang on it.
    pub(crate) fn overload(&mut self, class: &Rc<ClassValue>, name: &str, args: &Args, spot: Spot) -> Option<Value> {
        if self.modules[class.spot.module.0].language != Language::Java {
            return None;
        }
        let key = overloaded(name, args.list.len());
        let (last, home) = match self.class_member(class, &key) {
            Some(found) => found,
            None if name == CONSTRUCTOR => (self.roomier(class, args).pop()?, class.clone()),
            None => return self.overload_of_others(class, name, args, spot),
        };
        Some(self.overload_of(&home, name, last, args, spot))
    }

    /// The same of a class's constructors.
    pub(crate) fn own_constructor(
        &mut self,
        class: &Rc<ClassValue>,
        name: &str,
        args: &Args,
        spot: Spot,
    ) -> Option<Value> {
        match class.members.named(&overloaded(name, args.list.len())) {
            Some(last) => Some(self.overload_of(class, name, last, args, spot)),
            None => self.roomier(class, args).pop().or_else(|| class.members.named(name)),
        }
    }

    /// A class's constructors that have more parameters than are given, where the others have defaults.
    fn roomier(&self, class: &ClassValue, args: &Args) -> Vec<Value> {
        let given = args.list.len();
        let mut out = Vec::new();
        for count in given + 1..=given + MOST_DEFAULTS {
            let key = overloaded(CONSTRUCTOR, count);
            let all = class.members.named(&key).into_iter().chain(alike(class, &key));
            out.extend(all.filter(|one| matches!(one, Value::Function(closure) if takes(closure, args))));
        }
        out
    }

    fn overload_of(&mut self, class: &ClassValue, name: &str, last: Value, args: &Args, spot: Spot) -> Value {
        let mut all = vec![last.clone()];
        all.extend(alike(class, &overloaded(name, args.list.len())));
        if name == CONSTRUCTOR {
            all.extend(self.roomier(class, args));
            // None of them goes on to itself.
            let running = self.frames.last().and_then(|frame| frame.closure.clone());
            let same = |one: &Value| match (one, &running) {
                (Value::Function(one), Some(running)) => Arc::ptr_eq(&one.function, &running.function),
                _ => false,
            };
            all.retain(|one| !same(one));
        }
        if let [one] = all.as_slice() {
            return one.clone();
        }
        self.fittest_of(all, class, None, (name, args), spot).unwrap_or(last)
    }

    /// The method that a call means of those that have other numbers of parameters than it has arguments: some have defaults, or
    /// one takes as many as are given. None where the class has but one of the name.
    fn overload_of_others(&mut self, class: &Rc<ClassValue>, name: &str, args: &Args, spot: Spot) -> Option<Value> {
        let mut all = self.methods_named(class, name, args);
        if all.len() < 2 {
            return None;
        }
        all.retain(|one| matches!(one, Value::Function(method) if takes(method, args)));
        match all.as_slice() {
            [one] => Some(one.clone()),
            _ => self.fittest_of(all, class, None, (name, args), spot),
        }
    }

    /// All methods of a name that a class has: of those with as many parameters the ones of the nearest class.
    fn methods_named(&mut self, class: &Rc<ClassValue>, name: &str, args: &Args) -> Vec<Value> {
        let mut keys: Vec<Name> = (0..=args.list.len() + MOST_DEFAULTS).map(|count| overloaded(name, count)).collect();
        let mut out = Vec::new();
        for home in self.ancestors(class) {
            let Value::Class(home) = home else { continue };
            if home.members.named(name).is_none() {
                continue;
            }
            keys.retain(|key| {
                let Some(last) = home.members.named(key) else { return true };
                out.push(last);
                out.extend(alike(&home, key));
                false
            });
        }
        out
    }

    /// The one of several methods that fits a call best; none where none does, and something unknown where that cannot be told and
    /// routes may hang on it.
    fn fittest_of(
        &mut self,
        all: Vec<Value>,
        class: &ClassValue,
        object: Option<&Value>,
        (name, args): (&str, &Args),
        spot: Spot,
    ) -> Option<Value> {
        let mut fitting = Vec::new();
        for one in all {
            if let Value::Function(closure) = &one
                && let Some(fits) = self.fits(closure, args)
            {
                fitting.push((one, fits));
            }
        }
        match self.fittest(fitting) {
            Ok(one) => one,
            Err(all) => {
                let scope = class.scope.clone();
                let holds = args.list.iter().any(holds_router);
                match holds || self.may_hang_on(&all, object, args, &scope) {
                    true => Some(self.note_several(name, args, &scope, spot)),
                    false => None,
                }
            }
        }
    }

    /// The function for a type that is declared elsewhere which a call on an object means of those that a class has under a name.
    pub(super) fn extension_of(
        &mut self,
        class: &Rc<ClassValue>,
        (object, args): (&Value, &Args),
        name: &str,
        spot: Spot,
    ) -> Option<Rc<Closure>> {
        let mut all = self.methods_named(class, name, args);
        if all.len() > 1 {
            all.retain(|one| match one {
                Value::Function(method) => {
                    let ty = method.function.receiver.as_ref().and_then(|receiver| receiver.ty.clone());
                    takes(method, args) && ty.is_some_and(|ty| self.fit(object, &ty, &method.scope) != Fit::Not)
                }
                _ => false,
            });
        }
        let found = match all.as_slice() {
            [one] => one.clone(),
            _ => self.fittest_of(all, class, Some(object), (name, args), spot)?,
        };
        if let Value::Function(method) = found { Some(method) } else { None }
    }
}

/// The name under which a class holds a method of so many parameters.
pub(in crate::code::eval) fn overloaded(name: &str, count: usize) -> Name {
    format!("{name}#{count}").into()
}

/// The methods of a class that it holds beside one of as many parameters.
pub(in crate::code::eval) fn alike(class: &ClassValue, key: &str) -> Vec<Value> {
    match class.members.named(&declared(key)) {
        Some(Value::List(list)) => list.items.borrow().clone(),
        _ => Vec::new(),
    }
}

/// Whether an object of the project's own has a router among its fields.
fn holds_router(value: &Value) -> bool {
    let Value::Object(object) = value else { return false };
    object.class.is_some() && object.members.pairs().iter().any(|(_, held)| is_router(held))
}
