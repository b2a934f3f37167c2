//! Schemas of the environment: the keys of a map, or what its entries name, are the variables.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, Map, Modelled, Spot, Value};
use crate::code::form::{Expr, ExprKind};
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
        let input = word.input.as_ref().map(|input| self.argument_at(bound, input, spot));
        let own = match &input {
            Some(Value::Map(map)) => Some(map.clone()),
            _ => None,
        };
        let environment = input.as_ref().is_none_or(|input| self.is_environment(input));
        if !environment && own.is_none() {
            return Value::unknown();
        }
        let provided = match &input {
            Some(Value::Unknown(path)) => self.models.sources.get(&**path).map_or(&[][..], Vec::as_slice),
            _ => &[],
        };
        let mut check = Check { word, own, provided, spot, left: MOST, told: false };
        let value = open_map();
        for path in &word.of {
            let shape = match path.as_str() {
                "self" => this.clone(),
                path => self.argument_at(bound, path, spot),
            };
            let layer = match &check.own {
                Some(own) if !environment => {
                    let own = Value::Map(own.clone());
                    self.checked(&mut check, &shape, own, 0)
                }
                _ => self.read_shape(&mut check, &shape, None, 0),
            };
            if word.of.len() == 1 {
                return given_under(word, layer);
            }
            self.merge_map(&value, &layer);
        }
        given_under(word, Value::Map(value))
    }

    /// Whether a value is the environment as a whole, or a copy of it.
    pub(in crate::code::eval) fn is_environment(&mut self, value: &Value) -> bool {
        match self.force(value.clone()) {
            Value::Unknown(path) => self.models.sources.contains_key(&*path),
            Value::Map(map) => map.environment.get(),
            Value::Alt(all) => all.iter().any(|one| self.is_environment(one)),
            _ => false,
        }
    }

    /// What a schema makes of the environment: reads what it names; or of a map that is given: what it lets through, with the
    /// defaults of what is not there.
    fn read_shape(&mut self, check: &mut Check<'_>, shape: &Value, given: Option<&Rc<Map>>, depth: usize) -> Value {
        let map = open_map();
        if let Some(given) = given {
            self.merge_map(&map, &Value::Map(given.clone()));
        }
        let mut value = Value::Map(map);
        if depth > DEPTH {
            return value;
        }
        for layer in self.parts_of(shape) {
            match layer {
                Value::Map(entries) => {
                    for (key, entry) in entries.pairs() {
                        if !self.goes_on(check) {
                            break;
                        }
                        let entry = self.force(entry);
                        let made = match (given, &check.word.named) {
                            (Some(given), _) => self.check_entry(check, &key, &entry, given, depth),
                            (None, None) => self.read_variable(check, &key, &entry),
                            (None, Some(named)) => self.read_named(check, named, &entry, depth),
                        };
                        put(&value, key, made);
                    }
                }
                inner @ (Value::Object(_) | Value::Alt(_)) => {
                    for one in inner.each() {
                        value = self.read_inner(check, &one, given.is_some(), value, depth + 1);
                    }
                }
                change if change.is_callable() => value = self.call(&change, Args::of(vec![value]), check.spot),
                _ => {}
            }
        }
        value
    }

    /// A schema within another one, over what the others came to.
    fn read_inner(&mut self, check: &mut Check<'_>, shape: &Value, of_map: bool, before: Value, depth: usize) -> Value {
        if of_map {
            return self.checked(check, shape, before, depth);
        }
        let more = self.read_shape(check, shape, None, depth);
        if let Value::Map(map) = &before {
            self.merge_map(map, &more);
        }
        before
    }

    /// Whether one more entry may be looked at. What is left out is told once, as reads of names that are not known.
    fn goes_on(&mut self, check: &mut Check<'_>) -> bool {
        match check.left.checked_sub(1) {
            Some(left) => check.left = left,
            None if !check.told => {
                check.told = true;
                self.read_env(&Value::unknown(), check.spot, true);
            }
            None => {}
        }
        !check.told
    }

    /// What a schema is made of, in order: maps of entries, other schemas, functions that change what comes of it.
    fn parts_of(&mut self, shape: &Value) -> Vec<Value> {
        let held = match self.force(shape.clone()) {
            Value::Object(it) => it.model.borrow().as_ref().map(|model| model.args.pairs()).unwrap_or_default(),
            other => return other.each(),
        };
        held.into_iter().map(|(_, value)| self.force(value)).collect()
    }

    /// A variable under its own name.
    fn read_variable(&mut self, check: &Check<'_>, key: &Value, entry: &Value) -> Value {
        let own = check.own.as_ref().zip(key.key()).and_then(|(own, key)| own.get(&key));
        let provided = || key.as_text().is_some_and(|key| check.provided.contains(&key.to_string()));
        let value = match own {
            Some(own) => own,
            None if provided() => Value::unknown(),
            None => {
                let optional = self.is_optional(check.word, entry);
                match check.own.as_ref().filter(|own| !own.renamed.borrow().is_empty()) {
                    Some(copy) => {
                        let value = self.read_copy(copy, key, check.spot);
                        if optional {
                            self.tolerate(&value);
                        }
                        value
                    }
                    None => self.read_env(key, check.spot, optional),
                }
            }
        };
        self.settled(check, entry, value)
    }

    /// An entry that names its variable under a key, or says its value alone, or holds entries that do.
    fn read_named(&mut self, check: &mut Check<'_>, named: &str, entry: &Value, depth: usize) -> Value {
        let Value::Map(map) = entry else { return self.read_shape(check, entry, None, depth + 1) };
        match map.named(named).map(|name| self.force(name)) {
            Some(Value::Str(name)) if !has_hole(&name) => {
                let optional = self.is_optional(check.word, entry);
                let value = self.read_env(&Value::Str(name), check.spot, optional);
                self.settled(check, entry, value)
            }
            _ => match self.default_of(check, entry) {
                Some(default) => default,
                None => self.read_shape(check, entry, None, depth + 1),
            },
        }
    }

    /// What a schema lets through of a value.
    fn checked(&mut self, check: &mut Check<'_>, shape: &Value, value: Value, depth: usize) -> Value {
        match &value {
            Value::Map(given) => self.read_shape(check, shape, Some(given), depth),
            _ => value,
        }
    }

    /// What an entry of a schema lets through of a map that is given.
    fn check_entry(
        &mut self,
        check: &mut Check<'_>,
        key: &Value,
        entry: &Value,
        given: &Rc<Map>,
        depth: usize,
    ) -> Value {
        let own = key.key().and_then(|key| given.get(&key)).map_or(Value::Undefined, |own| self.force(own));
        let inner = self.checked(check, entry, own, depth + 1);
        self.settled(check, entry, inner)
    }

    /// A value behind an entry: its default where it is absent, changed as the entry says.
    fn settled(&mut self, check: &Check<'_>, entry: &Value, value: Value) -> Value {
        let default = self.default_of(check, entry);
        let mut value = match (value, default) {
            (value, None) => value,
            (Value::Undefined | Value::Null, Some(default)) => default,
            (value @ (Value::Env(_) | Value::Unknown(_)), Some(default)) => self.env_or(value, default),
            (value, Some(_)) => value,
        };
        // What a map of entries is changed by was called for the map.
        if !matches!(value, Value::Map(_)) && matches!(entry, Value::Object(_)) {
            for change in self.parts_of(entry).into_iter().filter(Value::is_callable) {
                value = self.call(&change, Args::of(vec![value]), check.spot);
            }
        }
        value
    }

    /// What an entry says that its value is where none is given.
    fn default_of(&mut self, check: &Check<'_>, entry: &Value) -> Option<Value> {
        let said = match entry {
            Value::Object(it) => it.model.borrow().as_ref()?.args.clone(),
            Value::Map(map) => map.clone(),
            _ => return None,
        };
        for path in &check.word.defaults {
            match self.argument_at(&said, path, check.spot) {
                Value::Undefined | Value::Null | Value::Unknown(_) => {}
                default if default.is_callable() => return Some(self.call(&default, Args::default(), check.spot)),
                default => return Some(default),
            }
        }
        None
    }

    /// Whether a shape's entry lets its variable be absent: by a call in its chain, or by a key of its own.
    fn is_optional(&self, word: &KeysWord, value: &Value) -> bool {
        match value {
            Value::Unknown(path) => word.optional.iter().any(|call| path.contains(&format!(".{call}()"))),
            Value::Map(map) => word.optional.iter().any(|key| map.named(key).is_some()),
            // One of several schemas.
            Value::List(all) => all.items.borrow().iter().any(|one| self.is_optional(word, one)),
            // What it was made with says so.
            Value::Object(it) => {
                let Some(held) = it.model.borrow().as_ref().map(|model| model.args.clone()) else { return false };
                let said = |value: &Value| matches!(value, Value::Map(_)) && self.is_optional(word, value);
                word.optional.iter().any(|key| held.named(key).is_some())
                    || held.pairs().iter().any(|(_, value)| said(value))
                    || ["of", "or"].iter().filter_map(|key| held.named(key)).any(|one| self.is_optional(word, &one))
            }
            _ => false,
        }
    }
}

/// A schema that is gone through.
struct Check<'a> {
    word: &'a KeysWord,
    /// What is gone through, where that is a map of the program's own.
    own: Option<Rc<Map>>,
    /// What the environment that is gone through has besides variables.
    provided: &'static [String],
    spot: Spot,
    /// Entries that may still be looked at.
    left: usize,
    /// That there are more was told.
    told: bool,
}

/// A map of which more may be there.
fn open_map() -> Rc<Map> {
    let map = Map::default();
    map.partial.set(true);
    Rc::new(map)
}

fn put(map: &Value, key: Value, value: Value) {
    if let (Value::Map(map), Some(at)) = (map, key.key()) {
        map.set(at, key, value);
    }
}

/// What comes of a schema, as its call gives it.
fn given_under(word: &KeysWord, value: Value) -> Value {
    match &word.under {
        None => value,
        Some(member) => {
            let map = open_map();
            map.put(member, value);
            Value::Map(map)
        }
    }
}

/// Whether an expression tells where a check failed (`issue.path.join(".")`): what stands in for it where that is empty is
/// a word for people, and no name.
pub(in crate::code::eval) fn tells_place(expr: &Expr) -> bool {
    let is_path = |expr: &Expr| matches!(&expr.kind, ExprKind::Member(_, name) if &**name == "path");
    match &expr.kind {
        ExprKind::Call(call) => {
            matches!(&call.callee.kind, ExprKind::Member(path, name) if &**name == "join" && is_path(path))
        }
        ExprKind::Index(path, _) => is_path(path),
        _ => false,
    }
}
