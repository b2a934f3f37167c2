//! Schemas of the environment: the keys of a map, or what its entries name, are the variables.

use std::rc::Rc;

use super::machine::Machine;
use super::value::{Map, Modelled, Spot, Value};
use crate::code::holes::has_hole;
use crate::code::models::KeysWord;

/// How deep schemas are followed into one another.
const DEPTH: usize = 8;

/// How many variables a schema may have.
const MOST: usize = 2_000;

impl Machine<'_> {
    /// Reads what a schema names; `this` is the object that is called.
    pub(crate) fn read_keys(
        &mut self,
        word: &KeysWord,
        model: Option<&Modelled>,
        this: &Value,
        bound: &Rc<Map>,
        spot: Spot,
    ) -> Value {
        if let (Some(adds), Some(model)) = (&word.adds, model) {
            let more = self.argument_at(bound, adds, spot);
            let held = model.args.pairs().len();
            if held < MOST {
                model.args.put(&format!("+{held}"), more);
            }
            return this.clone();
        }
        if let Some(input) = &word.input {
            let input = self.argument_at(bound, input, spot);
            if !self.is_environment(&input) {
                return Value::unknown();
            }
        }
        let mut found = Vec::new();
        for path in &word.of {
            let shape = match path.as_str() {
                "self" => this.clone(),
                path => self.argument_at(bound, path, spot),
            };
            self.gather(word, &shape, 0, &mut found);
        }
        for (name, optional) in found {
            self.read_env(&name, spot, optional);
        }
        Value::unknown()
    }

    /// Whether a value is the environment as a whole, or a copy of it.
    pub(super) fn is_environment(&mut self, value: &Value) -> bool {
        match self.force(value.clone()) {
            Value::Unknown(path) => self.models.sources.contains_key(&*path),
            Value::Map(map) => map.environment.get(),
            Value::Alt(all) => all.iter().any(|one| self.is_environment(one)),
            _ => false,
        }
    }

    /// The variables of a shape, and whether each is optional.
    fn gather(&mut self, word: &KeysWord, shape: &Value, depth: usize, found: &mut Vec<(Value, bool)>) {
        if depth > DEPTH || found.len() >= MOST {
            return;
        }
        match self.force(shape.clone()) {
            Value::Object(it) => {
                let held = it.model.borrow().as_ref().map(|model| model.args.pairs()).unwrap_or_default();
                for (_, value) in held {
                    self.gather(word, &value, depth + 1, found);
                }
            }
            Value::Map(map) => {
                for (key, value) in map.pairs() {
                    let value = self.force(value);
                    match &word.named {
                        None => found.push((key, self.is_optional(word, &value))),
                        Some(named) => self.gather_named(word, named, &value, depth, found),
                    }
                }
            }
            Value::Alt(all) => all.iter().for_each(|one| self.gather(word, one, depth + 1, found)),
            _ => {}
        }
    }

    /// An entry that names its variable under a key, or holds entries that do.
    fn gather_named(
        &mut self,
        word: &KeysWord,
        named: &str,
        entry: &Value,
        depth: usize,
        found: &mut Vec<(Value, bool)>,
    ) {
        let Value::Map(map) = entry else { return };
        match map.named(named).map(|name| self.force(name)) {
            Some(Value::Str(name)) if !has_hole(&name) => {
                let optional = self.is_optional(word, entry);
                found.push((Value::Str(name), optional));
            }
            _ => self.gather(word, entry, depth + 1, found),
        }
    }

    /// Whether a shape's entry lets its variable be absent: by a call in its chain, or by a key of its own.
    fn is_optional(&self, word: &KeysWord, value: &Value) -> bool {
        match value {
            Value::Unknown(path) => word.optional.iter().any(|call| path.contains(&format!(".{call}()"))),
            Value::Map(map) => word.optional.iter().any(|key| map.named(key).is_some()),
            // What it was made with says so.
            Value::Object(it) => {
                let held = it.model.borrow().as_ref().map(|model| model.args.pairs()).unwrap_or_default();
                held.iter().any(|(_, value)| matches!(value, Value::Map(_)) && self.is_optional(word, value))
            }
            _ => false,
        }
    }
}
