//! What a library's object is told to hold as settings (`app.config`), and asked for: entries of maps, and the members in capitals
//! of classes and modules.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{ClassValue, Map, Object, Spot, Value};
use super::documents::supposed;
use crate::code::form::Name;

/// The member that tells that something unknown may have been set. No name of the language.
pub(in crate::code::eval) const OPEN: &str = "<open>";
/// Settings that are taken of one class, module or map.
const MOST_SETTINGS: usize = 2000;

impl Machine<'_> {
    /// Sets members of an object to what it is given: a map's entries, the members in capitals of a class, an instance, a module
    /// or what a dotted name leads to, and everything that the call names.
    pub(in crate::code::eval) fn configure(&mut self, it: &Rc<Object>, given: &str, bound: &Rc<Map>, spot: Spot) {
        let values = self.argument_at(bound, given, spot);
        for (name, value) in bound.pairs() {
            if let Some(name) = name.as_whole_text().filter(|name| is_setting(name)) {
                it.members.put(&name, value);
            }
        }
        if values.is_nothing() {
            return;
        }
        let mut told: Vec<(Name, Vec<Value>)> = Vec::new();
        for one in values.each() {
            let (pairs, open) = self.settings_held(&one, spot);
            if open {
                it.members.put(&Name::from(OPEN), Value::Bool(true));
            }
            for (name, value) in pairs {
                match told.iter_mut().find(|(other, _)| *other == name) {
                    Some((_, values)) => values.push(value),
                    None => told.push((name, vec![value])),
                }
            }
        }
        for (name, values) in told {
            it.members.put(&name, Value::any_of(values));
        }
    }

    /// What an object holds under a name; else what is given for its absence, where nothing unknown may have been set.
    pub(in crate::code::eval) fn configured(&mut self, it: &Rc<Object>, name: &Value, default: Value) -> Value {
        let Some(name) = name.as_whole_text() else { return Value::unknown() };
        match it.members.named(&name) {
            Some(value) => self.force(value),
            None if it.members.named(OPEN).is_some() => Value::unknown(),
            None => default,
        }
    }

    /// The settings that a value holds, and whether there may be more.
    fn settings_held(&mut self, values: &Value, spot: Spot) -> (Vec<(Name, Value)>, bool) {
        let value = match (self.document_at(values, spot), self.force(values.clone())) {
            (Some(file), _) => {
                let said = self.settings_file(&file, spot);
                supposed(&said, 0)
            }
            (None, Value::Str(dotted)) => {
                let scope = self.modules[spot.module.0].scope.clone();
                let found = self.load_dotted(&dotted, &scope);
                self.force(found)
            }
            (None, other) => other,
        };
        let (names, open): (Vec<Name>, bool) = match &value {
            Value::Map(map) => {
                let names = map.pairs().iter().filter_map(|(key, _)| key.as_whole_text()).collect();
                (names, map.partial.get())
            }
            Value::Class(class) => (self.settings_in(class), false),
            Value::Object(it) => {
                let own = it.members.pairs().into_iter().filter_map(|(key, _)| key.as_whole_text());
                let own: Vec<Name> = own.filter(|name| is_setting(name)).collect();
                let of_class = it.class.as_ref().map(|class| self.settings_in(class)).unwrap_or_default();
                (own.into_iter().chain(of_class).collect(), it.class.is_none())
            }
            Value::Module(id) => {
                let names = self.modules[id.0].scope.names.borrow().keys().cloned().collect::<Vec<Name>>();
                (names.into_iter().filter(|name| is_setting(name)).collect(), false)
            }
            _ => (Vec::new(), true),
        };
        let scope = self.modules[spot.module.0].scope.clone();
        let open = open || names.len() > MOST_SETTINGS;
        let names = names.into_iter().take(MOST_SETTINGS);
        (names.map(|name| (name.clone(), self.item_of(&value, &name, &scope, spot))).collect(), open)
    }

    /// A setting of a map, or a member of anything else.
    fn item_of(&mut self, value: &Value, name: &Name, scope: &ScopeRef, spot: Spot) -> Value {
        match value {
            Value::Map(_) => self.index_read(value, &Value::Str(name.clone()), scope, spot.line),
            _ => self.member(value, name, scope, spot.line),
        }
    }

    /// The members in capitals of a class and of its bases, each once.
    fn settings_in(&mut self, class: &Rc<ClassValue>) -> Vec<Name> {
        let mut out: Vec<Name> = Vec::new();
        for one in self.ancestors(class) {
            let Value::Class(one) = one else { continue };
            let names = one.members.pairs().into_iter().filter_map(|(key, _)| key.as_whole_text());
            let new: Vec<Name> = names.filter(|name| is_setting(name) && !out.contains(name)).collect();
            out.extend(new);
        }
        out
    }
}

/// Whether a name is one of a setting: in capitals.
fn is_setting(name: &str) -> bool {
    name.chars().any(|c| c.is_ascii_uppercase()) && !name.chars().any(|c| c.is_ascii_lowercase())
}
