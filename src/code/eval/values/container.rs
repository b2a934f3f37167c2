//! Lists and maps: their methods, over all languages.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, List, ListKind, Map, Spot, Value};
use crate::code::form::{Language, Name, Yields};

/// What objects of JSON are asked by for what they have under a key (Java, Kotlin).
const ASKED: &[&str] =
    &["getString", "getJsonObject", "getJsonArray", "getValue", "getInteger", "getLong", "getDouble", "getBoolean"];

impl Machine<'_> {
    /// `list.name(…)`.
    pub(crate) fn list_method(
        &mut self,
        list: &Rc<List>,
        name: &Name,
        args: Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Value {
        let this = Value::List(list.clone());
        if walks(name) {
            self.walks_early(&this, scope);
        }
        if self.has_packages(scope)
            && let Some(value) = self.sequence_method(list, name, &args, scope, spot)
        {
            return value;
        }
        match &**name {
            name if walks(name) => self.list_walk(list, name, &args, spot),
            "push" | "append" | "add" | "unshift" | "insert" => {
                list.age.written();
                let mut items = list.items.borrow_mut();
                let front = &**name == "unshift" || (&**name == "insert" && matches!(args.at(0), Value::Int(0)));
                let skip = usize::from(&**name == "insert" && args.list.len() > 1);
                let given = args.list.iter().skip(skip).cloned();
                if items.len() >= self.limits.elements {
                    list.partial.set(true);
                } else if front {
                    let old = std::mem::take(&mut *items);
                    items.extend(given.chain(old));
                } else {
                    items.extend(given);
                }
                list.partial.set(list.partial.get() || args.partial);
                if &**name == "add" { this.clone() } else { Value::Null }
            }
            "extend" | "update" | "extend_from_slice" => {
                self.extend_list(&this, &args.at(0));
                list.note_opened(spot);
                Value::Null
            }
            "concat" | "union" | "chain" => {
                self.spend(list.items.borrow().len());
                let out = Value::list_of(list.kind, list.items.borrow().clone(), list.partial.get());
                for more in &args.list {
                    match more {
                        Value::List(_) | Value::Unknown(_) | Value::Alt(_) => {
                            self.extend_list(&out, more);
                        }
                        one => {
                            if let Value::List(out) = &out {
                                out.items.borrow_mut().push(one.clone());
                            }
                        }
                    }
                }
                out
            }
            "join" => {
                if list.partial.get() {
                    return Value::text(crate::code::holes::hole("join"));
                }
                let separator = args.at(0).as_text().unwrap_or_else(|| ",".into());
                let items = list.items.borrow().clone();
                self.join_items(&separator, &items)
            }
            "entries" | "enumerate" | "iter_enumerate" => {
                let (items, partial) = self.walk(&this, Yields::Pairs, scope);
                Value::list_of(ListKind::List, items, partial)
            }
            "keys" => {
                let (items, partial) = self.walk(&this, Yields::Keys, scope);
                Value::list_of(ListKind::List, items, partial)
            }
            "slice" => super::text::slice(&this, Some(&args.at(0)), Some(&args.at(1))),
            "flat" => self.flat(list, scope),
            "reverse" | "toReversed" => {
                let items = list.items.borrow().iter().rev().cloned().collect();
                Value::list_of(list.kind, items, list.partial.get())
            }
            "pop" | "shift" => {
                list.age.written();
                let mut items = list.items.borrow_mut();
                let first = &**name == "shift" || matches!(args.at(0), Value::Int(0));
                if items.is_empty() {
                    Value::unknown()
                } else if first {
                    items.remove(0)
                } else {
                    items.pop().unwrap_or_else(Value::unknown)
                }
            }
            "includes" | "contains" | "has" => self.contains(&args.at(0), &this, true, scope, spot.line),
            "at" | "get" => self.index_read(&this, &args.at(0), scope, spot.line),
            "value" if self.language(scope) == Language::JavaScript => this,
            "values" | "iter" | "into_iter" | "to_vec" | "copy" | "clone" | "cloned" | "sort" | "toSorted"
            | "collect" | "as_slice" | "iter_mut" | "toArray" | "stream" | "toList" | "copied" => this,
            "remove" | "discard" | "clear" | "delete" | "splice" => {
                list.partial.set(true);
                Value::unknown()
            }
            "then" => self.call(&args.at(0), Args::of(vec![this]), spot),
            _ => match super::super::env::whole::entry_method(list, name).filter(|_| self.has_packages(scope)) {
                Some(part) => part,
                None => {
                    self.let_go(&args);
                    Value::unknown()
                }
            },
        }
    }

    fn flat(&mut self, list: &Rc<List>, scope: &ScopeRef) -> Value {
        let mut out = Vec::new();
        let mut partial = list.partial.get();
        let items = list.items.borrow().clone();
        for item in items {
            match &item {
                Value::List(_) => {
                    let (more, open) = self.walk(&item, Yields::Elements, scope);
                    out.extend(more);
                    partial |= open;
                }
                _ => out.push(item),
            }
        }
        Value::list_of(ListKind::List, out, partial)
    }

    /// Methods that call a function for each element.
    fn list_walk(&mut self, list: &Rc<List>, name: &str, args: &Args, spot: Spot) -> Value {
        let mut items: Vec<Value> = list.items.borrow().iter().take(self.limits.elements).cloned().collect();
        let partial = list.partial.get();
        if partial && items.is_empty() {
            items.push(Value::unknown());
        }
        let places = (0_i64..).map(Value::Int);
        self.walk_each(items.into_iter().zip(places).collect(), (&Value::List(list.clone()), partial), name, args, spot)
    }

    /// The same over elements with their places or keys, of a list or map that may have more.
    pub(in crate::code::eval) fn walk_each(
        &mut self,
        mut items: Vec<(Value, Value)>,
        whole: (&Value, bool),
        name: &str,
        args: &Args,
        spot: Spot,
    ) -> Value {
        let (callee, (whole, partial)) = (args.at(0), whole);
        if let "reduce" | "reduceRight" = name {
            let mut all = args.list.get(1).cloned();
            if name == "reduceRight" {
                items.reverse();
            }
            for (item, index) in items {
                all = Some(match all {
                    None => item,
                    Some(all) => self.call(&callee, Args::starting(vec![all, item, index]), spot),
                });
            }
            return all.unwrap_or_else(Value::unknown);
        }
        let scope = self.modules[spot.module.0].scope.clone();
        let mut out = Vec::new();
        let mut sure = true;
        for (item, index) in items {
            if self.exhausted() {
                return Value::unknown();
            }
            let result = self.said_of(&callee, vec![item.clone(), index, whole.clone()], spot);
            match name {
                "map" => out.push(result),
                "find_map" | "filter_map" | "mapNotNull" | "firstNotNullOf" | "firstNotNullOfOrNull" => {
                    out.extend(Some(result).filter(|result| !result.is_nothing()));
                }
                "flatMap" => match &result {
                    Value::List(more) => out.extend(more.items.borrow().iter().cloned()),
                    _ => out.push(result),
                },
                "filter" if self.truth(&result, &scope) != Some(false) => out.push(item),
                "find" | "findLast" | "some" => match self.truth(&result, &scope) {
                    Some(true) if name == "some" => return Value::Bool(true),
                    Some(true) if sure => return item,
                    Some(true) | None => {
                        sure = false;
                        out.push(item);
                    }
                    Some(false) => {}
                },
                _ => {}
            }
        }
        match name {
            "map" | "flatMap" | "filter" | "filter_map" | "mapNotNull" => Value::list_of(ListKind::List, out, partial),
            "find" | "findLast" | "find_map" | "firstNotNullOf" | "firstNotNullOfOrNull" if !out.is_empty() => {
                self.first_of(&out);
                Value::any_of(out)
            }
            "find" | "findLast" if !partial => Value::Undefined,
            "some" if sure && !partial => Value::Bool(false),
            "forEach" | "for_each" => Value::Null,
            _ => Value::unknown(),
        }
    }

    /// `map.name(…)`.
    pub(crate) fn map_method(&mut self, map: &Rc<Map>, name: &Name, args: Args, scope: &ScopeRef, spot: Spot) -> Value {
        let this = Value::Map(map.clone());
        let python = self.language(scope) == Language::Python;
        if self.has_packages(scope)
            && let Some(value) = self.entries_method(map, name, &args, scope, spot)
        {
            return value;
        }
        match &**name {
            name if name == "get" || name == "getOrDefault" || (ASKED.contains(&name) && self.has_packages(scope)) => {
                let found = self.index_read(&this, &args.at(0), scope, spot.line);
                let default = args.get(1, "default").unwrap_or(if python { Value::Null } else { Value::Undefined });
                match found {
                    Value::Undefined => default,
                    Value::Unknown(_) if !default.is_nothing() => found.join(default),
                    Value::Env(_) if default.is_nothing() => {
                        self.tolerate(&found);
                        found
                    }
                    Value::Env(_) => self.env_or(found, default),
                    found => found,
                }
            }
            "set" | "put" | "insert" => {
                match args.at(0).key() {
                    Some(key) => map.set(key, args.at(0), args.at(1)),
                    None => {
                        map.partial.set(true);
                        self.write_any(map, &args.at(0), &args.at(1));
                    }
                }
                this
            }
            "putAll" => {
                self.merge_map(map, &args.at(0));
                Value::Null
            }
            "has" | "hasOwnProperty" | "contains_key" | "containsKey" => {
                self.contains(&args.at(0), &this, true, scope, spot.line)
            }
            "items" | "entries" | "iter" => {
                let (items, partial) = self.walk(&this, Yields::Pairs, scope);
                Value::list_of(ListKind::List, items, partial)
            }
            "keys" => {
                let (items, partial) = self.walk(&this, Yields::Keys, scope);
                Value::list_of(ListKind::List, items, partial)
            }
            "values" => {
                let items = map.pairs().into_iter().map(|(_, value)| self.force(value)).collect();
                Value::list_of(ListKind::List, items, map.partial.get())
            }
            "update" => {
                self.merge_map(map, &args.at(0));
                for (key, value) in args.named {
                    map.put(&key, value);
                }
                Value::Null
            }
            "setdefault" => match args.at(0).key() {
                Some(key) => match map.get(&key) {
                    Some(value) => value,
                    None => {
                        map.set(key, args.at(0), args.at(1));
                        args.at(1)
                    }
                },
                None => Value::unknown(),
            },
            "copy" | "clone" => {
                let copy = Map::default();
                self.merge_map(&copy, &this);
                Value::Map(Rc::new(copy))
            }
            "pop" | "delete" | "remove" => match args.at(0).key() {
                Some(key) => map.remove(&key).unwrap_or_else(|| args.at(1)),
                None => Value::unknown(),
            },
            "forEach" => {
                let packages = self.has_packages(scope);
                for (key, value) in map.pairs() {
                    let value = self.force(value);
                    let one = matches!(&args.at(0), Value::Function(it) if it.function.params.len() == 1);
                    let given = match (packages, one) {
                        (true, true) => vec![Self::tuple(vec![key, value])],
                        (true, false) => vec![key, value],
                        (false, _) => vec![value, key],
                    };
                    self.call(&args.at(0), Args::starting(given), spot);
                }
                Value::Null
            }
            "then" => self.call(&args.at(0), Args::of(vec![this]), spot),
            "clear" => {
                map.partial.set(true);
                Value::Null
            }
            _ => {
                self.let_go(&args);
                if map.partial.get() || args.list.is_empty() { Value::unknown() } else { Value::Undefined }
            }
        }
    }
}

/// Methods that call a function for each element.
pub(in crate::code::eval) fn walks(name: &str) -> bool {
    matches!(
        name,
        "forEach"
            | "for_each"
            | "map"
            | "flatMap"
            | "filter"
            | "find"
            | "some"
            | "every"
            | "reduce"
            | "reduceRight"
            | "findLast"
            | "findIndex"
            | "find_map"
            | "filter_map"
            | "mapNotNull"
            | "firstNotNullOf"
            | "firstNotNullOfOrNull"
    )
}
