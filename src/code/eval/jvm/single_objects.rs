//! Kotlin's `object`s below a library's class: what they inherit of it. An `object` stands for itself, so what the library makes of
//! its instances is kept beside it.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::class::is_object;
use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, Map, Object, Spot, Value};
use crate::code::form::Name;

/// The name under which an `object` holds what its library makes of it: no name of the language.
const BASE: &str = "<base>";

impl Machine<'_> {
    /// Calls a member that an `object` inherits of a library's class; none where that has no such member.
    pub(in crate::code::eval) fn call_of_base(
        &mut self,
        this: &Value,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let Value::Class(class) = this else { return None };
        if !is_object(this) || !self.has_packages(&class.scope) || self.class_member(class, name).is_some() {
            return None;
        }
        let base = self.base_of_object(class)?;
        let model = base.model.borrow().clone()?;
        let name = self.member_meant(&model, name, scope)?;
        self.call_modelled(&base, &Value::Object(base.clone()), &name, args, spot)
    }

    /// What the library makes of an `object`, once.
    pub(in crate::code::eval) fn base_of_object(&mut self, class: &Rc<ClassValue>) -> Option<Rc<Object>> {
        if let Some(Value::Object(known)) = class.members.named(BASE) {
            return Some(known);
        }
        let model = self.modelled_base(class)?;
        let base = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
        self.become_object(&base, model);
        class.members.put(BASE, Value::Object(base.clone()));
        Some(base)
    }
}
