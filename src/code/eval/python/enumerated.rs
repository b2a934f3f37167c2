//! Python's enums: members that hold more than a text are instances of their class, with a value and a name.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, ListKind, Map, Object, Spot, Value};

/// The classes whose subclasses are enums.
const ENUMS: [&str; 7] =
    ["enum.Enum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "aenum.Enum", "strenum.StrEnum", "enum.ReprEnum"];
/// Members of one enum that are made.
const MOST: usize = 400;

impl Machine<'_> {
    /// Makes the members of an enum. What is a text stays one, unless the class says more of it.
    pub(in crate::code::eval) fn make_members(&mut self, class: &Rc<ClassValue>) {
        let ancestors = self.ancestors(class);
        let is_enum = |one: &Value| matches!(one, Value::Unknown(path) if ENUMS.contains(&&**path));
        let is_text = |one: &Value| matches!(one, Value::Unknown(path) if matches!(&**path, "str" | "enum.StrEnum"));
        if !ancestors.iter().any(is_enum) || ancestors.iter().any(is_text) {
            return;
        }
        let pairs = class.members.pairs();
        let says_more = pairs.iter().any(|(_, member)| matches!(member, Value::Function(_)));
        // What the mixed-in class takes.
        let mut fields = Vec::new();
        for ancestor in ancestors.iter().rev() {
            if let Value::Class(ancestor) = ancestor
                && !Rc::ptr_eq(ancestor, class)
            {
                fields.extend(ancestor.class.fields.iter().map(|field| field.name.clone()));
            }
        }
        let own_making = self.class_member(class, "__new__").is_some();
        for (key, member) in pairs.into_iter().take(MOST) {
            let Some(name) = key.as_text().filter(|name| !name.starts_with('_')) else { continue };
            let holds = match &member {
                Value::Object(it) => it.class.is_some(),
                Value::List(_) | Value::Map(_) => true,
                Value::Str(_) => says_more,
                _ => false,
            };
            if !holds || own_making {
                continue;
            }
            let object =
                Rc::new(Object { class: Some(class.clone()), members: Map::default(), model: RefCell::default() });
            object.members.put("name", Value::Str(name));
            object.members.put("value", member.clone());
            object.members.put("_value_", member.clone());
            let given = match &member {
                Value::List(list) if list.kind == ListKind::Tuple => list.items.borrow().clone(),
                one => vec![one.clone()],
            };
            for (field, value) in fields.iter().zip(&given) {
                object.members.put(field, value.clone());
            }
            let value = Value::Object(object);
            if let Some((init @ Value::Function(_), home)) = self.class_member(class, "__init__")
                && Rc::ptr_eq(&home, class)
            {
                let spot = Spot { module: class.spot.module, line: class.spot.line };
                self.call(&Self::bound(init, value.clone()), Args::of(given), spot);
            }
            if let Some(at) = key.key() {
                class.members.set(at, key, value);
            }
        }
    }
}
