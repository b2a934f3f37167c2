//! Enums: their variants without fields are values of their type, each with the type's methods.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ClassValue, Map, Object, Value};
use crate::code::form::{ClassKind, Name};

/// What libraries call the function that gives all variants.
const ALL: &[&str] = &["iter", "variants", "into_enum_iter", "all_variants"];

/// A variant without fields.
pub(crate) fn variant(class: &Rc<ClassValue>) -> Value {
    let object = Object { class: Some(class.clone()), members: Map::default(), model: RefCell::default() };
    Value::Object(Rc::new(object))
}

impl Machine<'_> {
    /// All variants of an enum, where what is asked for is a function that only a derive can have written.
    pub(crate) fn all_variants(&mut self, class: &Rc<ClassValue>, name: &Name) -> Option<Value> {
        if class.class.kind != ClassKind::Enum || !ALL.contains(&&**name) {
            return None;
        }
        let plain = class.class.fields.iter().map(|field| class.members.named(&field.name));
        let all: Option<Vec<Value>> = plain.map(|one| one.filter(|one| matches!(one, Value::Object(_)))).collect();
        all.map(Value::list)
    }
}
