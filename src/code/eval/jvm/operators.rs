//! Operators that mean functions (Kotlin): what `to`, `/` and `+=` do where a library or the project defines them.

use std::rc::Rc;

use super::super::class::is_object;
use super::super::machine::Machine;
use super::super::scope::{ScopeRef, find_local};
use super::super::value::{Args, ListKind, Map, Spot, Value};
use super::overloads::takes;
use crate::code::form::{ExprKind, FunctionKind, Name, Pattern};

/// The function that makes a pair, where nothing nearer has its name.
const PAIRS: &str = "to";
/// The member that a call of a value means.
const INVOKES: &str = "invoke";

impl Machine<'_> {
    /// What `a to b` comes to: a pair, unless the first is an object of a model that has such a member.
    pub(in crate::code::eval) fn paired(&mut self, pair: Value, scope: &ScopeRef, line: u32) -> Value {
        let Value::List(list) = &pair else { return pair };
        let items = list.items.borrow().clone();
        let [first @ Value::Object(object), second] = items.as_slice() else { return pair };
        if list.kind != ListKind::Tuple || !self.has_packages(scope) {
            return pair;
        }
        let name = Name::from(PAIRS);
        let has = object.model.borrow().as_ref().is_some_and(|model| model.ty.members.contains_key(PAIRS));
        let given = Args::of(vec![second.clone()]);
        let made = has
            .then(|| self.call_modelled(object, first, &name, &given, Spot { module: scope.module, line }))
            .flatten();
        made.unwrap_or(pair)
    }

    /// What calling an instance, an object or a class comes to where its member says so that calls mean; a class's constructor goes
    /// before it.
    pub(in crate::code::eval) fn invoked(&mut self, callee: &Value, args: &Args, spot: Spot) -> Option<Value> {
        let (class, alone) = match callee {
            Value::Class(class) => (class.clone(), is_object(callee)),
            Value::Object(object) => (object.class.clone()?, true),
            _ => return None,
        };
        if !self.has_packages(&class.scope) {
            return None;
        }
        let name = Name::from(INVOKES);
        let (Value::Function(member), _) = self.class_member(&class, &name)? else { return None };
        if !alone {
            let made = match class.members.named("constructor") {
                Some(Value::Function(constructor)) => {
                    takes(&constructor, args) && self.fits(&constructor, args).is_some()
                }
                _ => args.list.is_empty() && args.named.is_empty(),
            };
            if made || member.function.kind != FunctionKind::Static {
                return None;
            }
        }
        let scope = self.modules[spot.module.0].scope.clone();
        Some(self.call_member(callee, &name, args.clone(), &scope, spot))
    }

    /// A text in which `$name` stands for an argument.
    pub(in crate::code::eval) fn given_text(&mut self, text: &str, bound: &Rc<Map>, spot: Spot) -> Value {
        let Some((before, rest)) = text.split_once('$') else { return Value::text(text) };
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let given = self.argument_at(bound, name, spot);
        let shown = self.shown(&given, name);
        let so_far = self.concat(&Value::text(before), &shown);
        let behind = self.given_text(behind, bound, spot);
        self.concat(&so_far, &behind)
    }

    /// `list += value` where the value is one thing, a pair too, and no list of them.
    pub(in crate::code::eval) fn adds_one(&mut self, list: &Value, value: &Value, scope: &ScopeRef) -> bool {
        let Value::List(list) = list else { return false };
        let value = self.force(value.clone());
        let one = match &value {
            Value::List(pair) => pair.kind == ListKind::Tuple,
            Value::Object(it) => it.class.is_some() && it.model.borrow().is_none(),
            value => matches!(value, Value::Function(_) | Value::Bound(_) | Value::Class(_) | Value::Str(_)),
        };
        if !one || list.kind == ListKind::Tuple || !self.has_packages(scope) {
            return false;
        }
        list.age.written();
        list.items.borrow_mut().push(value);
        true
    }

    /// `target += value` where the target is a property of a model's object that takes in what is added; false where it is none.
    pub(in crate::code::eval) fn takes_in(
        &mut self,
        target: &Pattern,
        value: &Value,
        scope: &ScopeRef,
        spot: Spot,
    ) -> bool {
        if !self.has_packages(scope) {
            return false;
        }
        let (name, owners) = match target {
            Pattern::Name(name, _) if find_local(scope, name).is_none() => (name, self.receivers(scope)),
            Pattern::Place(place) => match &place.kind {
                ExprKind::Member(object, name) => (name, vec![self.eval_place(object, scope)]),
                _ => return false,
            },
            _ => return false,
        };
        let member = Name::from(format!("{name}+="));
        let takes = |owner: &&Value| match owner {
            Value::Object(it) => {
                it.model.borrow().as_ref().is_some_and(|model| model.ty.members.contains_key(&*member))
            }
            _ => false,
        };
        let Some(owner @ Value::Object(object)) = owners.iter().find(takes) else { return false };
        self.call_modelled(object, owner, &member, &Args::of(vec![value.clone()]), spot);
        true
    }
}
