//! Elements of values: `object[index]`, read.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, MOST_NAMES, Spot, Value};
use super::text::slice;
use crate::code::form::{Language, Name};
use crate::code::holes::has_hole;

/// A key that is not known may be any of those of a map of so many.
const MOST_ENTRIES: usize = 8;

/// Whether an entry of a table is a variable's name, or holds one.
fn names_variables(entry: &Value) -> bool {
    match entry {
        Value::Map(map) => map.pairs().iter().any(|(_, value)| value.is_shouted()),
        other => other.is_shouted(),
    }
}

impl Machine<'_> {
    /// `object[from:to]`. A list of Python's up to something that is not known is that list, and what is left of it is not.
    pub(crate) fn slice_read(
        &self,
        object: &Value,
        from: Option<&Value>,
        to: Option<&Value>,
        scope: &ScopeRef,
    ) -> Value {
        let open = matches!(to, Some(Value::Unknown(_))) && self.language(scope) == Language::Python;
        match slice(object, from, if open { None } else { to }) {
            Value::List(list) if open => {
                list.partial.set(true);
                Value::List(list)
            }
            _ if open => Value::unknown(),
            taken => taken,
        }
    }

    /// `object[index]`, read.
    pub(crate) fn index_read(&mut self, object: &Value, index: &Value, scope: &ScopeRef, line: u32) -> Value {
        let object = self.force(object.clone());
        match (&object, index) {
            // A generic function with its types.
            (Value::Function(_) | Value::Bound(_), _) if self.language(scope) == Language::Go => object.clone(),
            (Value::Unknown(_), Value::Class(class)) if self.is_go(class.spot.module) => {
                let args = Args { named: vec![("[]".into(), index.clone())], ..Args::default() };
                Value::Native(Rc::new(super::super::value::Native::Partial { callee: object.clone(), args }))
            }
            // The modules that are loaded (Python).
            (Value::Unknown(path), Value::Str(name)) if &**path == "sys.modules" && !has_hole(name) => {
                self.load_dotted(name, &scope.clone())
            }
            (Value::Alt(all), _) => {
                let values = all.iter().map(|one| self.index_read(one, index, scope, line)).collect();
                Value::any_of(values)
            }
            (_, Value::Alt(all)) => {
                let values = all.iter().map(|one| self.index_read(&object, one, scope, line)).collect();
                Value::any_of(values)
            }
            (Value::List(list), Value::Int(at)) => {
                let items = list.items.borrow();
                let index = if *at < 0 { i64::try_from(items.len()).unwrap_or(0).saturating_add(*at) } else { *at };
                match usize::try_from(index).ok().and_then(|index| items.get(index)) {
                    Some(value) => value.clone(),
                    None if list.partial.get() => Value::unknown(),
                    None => Value::Undefined,
                }
            }
            (Value::Map(map), _) => match index.key() {
                Some(key) => match map.get(&key) {
                    Some(value) => self.force(value),
                    None if map.factory.borrow().is_some() => self.made_entry(map, &key, index, scope, line),
                    None if map.environment.get() => self.read_copy(map, index, Spot { module: scope.module, line }),
                    None if map.partial.get() => Value::unknown(),
                    None => Value::Undefined,
                },
                None if map.environment.get() => self.read_copy(map, index, Spot { module: scope.module, line }),
                None => {
                    let values = map.pairs().into_iter().map(|(_, value)| value).collect::<Vec<_>>();
                    if values.len() <= MOST_ENTRIES && !values.is_empty() {
                        Value::any_of(values)
                    } else if values.len() <= MOST_NAMES && values.iter().all(names_variables) {
                        Value::Alt(values.into())
                    } else {
                        Value::unknown()
                    }
                }
            },
            // A library's generic class with its types.
            (Value::Unknown(path), _)
                if self.language(scope) == Language::Python && self.models.makers.contains_key(&**path) =>
            {
                object.clone()
            }
            (Value::Unknown(path), _) if self.models.sources.contains_key(&**path) => {
                self.read_source(path, index, Spot { module: scope.module, line })
            }
            (Value::Object(object_ref), Value::Str(name))
                if object_ref.model.borrow().is_none() || self.has_packages(scope) =>
            {
                self.item_member(&object, name, scope, line)
            }
            (Value::Class(class), Value::Str(name))
                if self.has_packages(scope) && self.class_member(class, "get").is_some() =>
            {
                self.item_member(&object, name, scope, line)
            }
            (_, Value::Str(name)) if !has_hole(name) => self.member(&object, name, scope, line),
            (Value::Unknown(_), _) => self.element_of(&object),
            (Value::Str(text), Value::Int(at)) if !has_hole(text) && self.language(scope) == Language::Go => {
                let byte = usize::try_from(*at).ok().and_then(|at| text.as_bytes().get(at));
                byte.map_or_else(Value::unknown, |byte| Value::Int(i64::from(*byte)))
            }
            (Value::Str(text), Value::Int(at)) if !has_hole(text) => {
                match usize::try_from(*at).ok().and_then(|at| text.chars().nth(at)) {
                    Some(c) => Value::text(c.to_string()),
                    None if self.language(scope) == Language::JavaScript => Value::Undefined,
                    None => Value::unknown(),
                }
            }
            (Value::Class(_), _) => object.clone(),
            (Value::Object(it), _) if it.model.borrow().is_some() && it.class.is_none() => {
                Value::Method(Rc::new((object.clone(), super::super::routes::registered::UNKNOWN_MEMBER.into())))
            }
            _ => Value::unknown(),
        }
    }

    fn item_member(&mut self, object: &Value, name: &Name, scope: &ScopeRef, line: u32) -> Value {
        let spot = Spot { module: scope.module, line };
        // Kotlin's `a[b]` is `a.get(b)`.
        if self.has_packages(scope) && self.has_member(object, "get") {
            return self.call_member(object, &"get".into(), Args::of(vec![Value::Str(name.clone())]), scope, spot);
        }
        if let Value::Object(it) = object
            && let Some(class) = it.class.clone()
            && let Some((getter @ Value::Function(_), _)) = self.class_member(&class, "__getitem__")
        {
            return self.call(&Self::bound(getter, object.clone()), Args::of(vec![Value::Str(name.clone())]), spot);
        }
        self.member(object, name, scope, line)
    }

    fn made_entry(
        &mut self,
        map: &Rc<super::super::value::Map>,
        key: &super::super::value::Key,
        index: &Value,
        scope: &ScopeRef,
        line: u32,
    ) -> Value {
        let factory = map.factory.borrow().clone();
        let Some(factory) = factory else { return Value::Undefined };
        let made = self.call(&factory, Args::default(), Spot { module: scope.module, line });
        map.set(key.clone(), index.clone(), made.clone());
        made
    }
}
