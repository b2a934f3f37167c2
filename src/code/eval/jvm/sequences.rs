//! What Kotlin's library has for lists and other things with elements besides what all languages have.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, List, ListKind, Map, Spot, Value};
use crate::code::form::Name;
use crate::code::holes::hole;

impl Machine<'_> {
    /// A function of Kotlin's library on a list; none where it is none that is known, or one that all languages have.
    pub(in crate::code::eval) fn sequence_method(
        &mut self,
        list: &Rc<List>,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let this = Value::List(list.clone());
        if let Some(value) = self.run_with(&this, name, args, spot) {
            return Some(value);
        }
        let items: Vec<Value> = list.items.borrow().iter().take(self.limits.elements).cloned().collect();
        let whole = !list.partial.get();
        let first = args.at(0);
        let said = first.is_callable();
        let place = |at: usize| Value::Int(i64::try_from(at).unwrap_or(i64::MAX));
        let of = |items: Vec<Value>| Value::list_of(list.kind, items, !whole);
        Some(match &**name {
            "first" | "firstOrNull" | "single" | "singleOrNull" | "last" | "lastOrNull" => {
                let ordered: Vec<Value> =
                    if name.starts_with("last") { items.into_iter().rev().collect() } else { items };
                self.one_of_them(ordered, whole, name.ends_with("OrNull"), &first, said, spot)
            }
            "any" | "none" | "all" if said => {
                let wanted = &**name != "all";
                let held = self.some_hold(&items, &first, wanted, whole, scope, spot);
                match held {
                    Some(held) => Value::Bool(held == (&**name == "any")),
                    None => Value::unknown(),
                }
            }
            "any" | "isNotEmpty" if !items.is_empty() || whole => Value::Bool(!items.is_empty()),
            "none" | "isEmpty" if !items.is_empty() || whole => Value::Bool(items.is_empty()),
            "count" if args.list.is_empty() && whole => place(items.len()),
            "forEachIndexed" | "onEachIndexed" | "mapIndexed" => {
                let mut out = Vec::new();
                for (at, item) in items.into_iter().enumerate() {
                    out.push(self.call(&first, Args::of(vec![place(at), item]), spot));
                }
                if !whole {
                    self.perhaps_called(&first, vec![Value::unknown(), Value::unknown()], spot);
                }
                match &**name {
                    "mapIndexed" => of(out),
                    "onEachIndexed" => this,
                    _ => Value::Null,
                }
            }
            "onEach" => {
                for item in items {
                    self.call(&first, Args::of(vec![item]), spot);
                }
                if !whole {
                    self.perhaps_called(&first, vec![Value::unknown()], spot);
                }
                this
            }
            "filterNot" => {
                let mut out = Vec::new();
                for item in items {
                    let result = self.call(&first, Args::of(vec![item.clone()]), spot);
                    if self.truth(&result, scope) != Some(true) {
                        out.push(item);
                    }
                }
                of(out)
            }
            "filterNotNull" => of(items.into_iter().filter(|item| !item.is_nothing()).collect()),
            "fold" => {
                let mut all = first;
                for item in items {
                    all = self.call(&args.at(1), Args::of(vec![all, item]), spot);
                }
                if whole { all } else { Value::unknown() }
            }
            "associate" | "associateBy" | "associateWith" | "groupBy" => {
                self.associated(&items, whole, name, args, spot)
            }
            "toMap" => {
                let map = pairs_of(&items);
                map.partial.set(map.partial.get() || !whole);
                Value::Map(Rc::new(map))
            }
            "joinToString" => self.joined_to_string(&items, whole, args, spot),
            "withIndex" => {
                let pairs = items.into_iter().enumerate().map(|(at, item)| Self::tuple(vec![place(at), item]));
                of(pairs.collect())
            }
            "zip" => match &first {
                Value::List(other) if !said => {
                    let others = other.items.borrow().clone();
                    let pairs = items.into_iter().zip(others);
                    let partial = !whole || other.partial.get();
                    Value::list_of(ListKind::List, pairs.map(|(a, b)| Self::tuple(vec![a, b])).collect(), partial)
                }
                _ => return None,
            },
            "reversed" | "asReversed" => of(items.into_iter().rev().collect()),
            "sorted" | "sortedBy" | "sortedByDescending" | "sortedDescending" | "sortedWith" | "shuffled"
            | "distinct" | "distinctBy" | "asSequence" | "asIterable" | "asList" | "toMutableList" | "toSet"
            | "toMutableSet" | "toTypedArray" | "toHashSet" | "toSortedSet" | "toImmutableList" | "orEmpty" => {
                self.let_go(args);
                of(items)
            }
            "plus" | "plusElement" => match &first {
                Value::List(more) => {
                    let all = items.into_iter().chain(more.items.borrow().iter().cloned()).collect();
                    Value::list_of(list.kind, all, !whole || more.partial.get())
                }
                Value::Unknown(_) | Value::Alt(_) | Value::Env(_) => Value::list_of(list.kind, items, true),
                one => of(items.into_iter().chain([one.clone()]).collect()),
            },
            "addAll" => {
                for more in &args.list {
                    self.extend_list(&this, more);
                }
                list.note_opened(spot);
                Value::unknown()
            }
            "take" | "drop" | "takeLast" | "dropLast" if whole => {
                let Value::Int(count) = first else { return None };
                let count = usize::try_from(count).ok()?.min(items.len());
                let rest = items.len() - count;
                of(match &**name {
                    "take" => items.into_iter().take(count).collect(),
                    "drop" => items.into_iter().skip(count).collect(),
                    "takeLast" => items.into_iter().skip(rest).collect(),
                    _ => items.into_iter().take(rest).collect(),
                })
            }
            "getOrNull" | "elementAtOrNull" | "elementAt" | "component1" | "component2" | "component3" => {
                let at = match name.strip_prefix("component").and_then(|at| at.parse::<usize>().ok()) {
                    Some(at) => at - 1,
                    None => match first {
                        Value::Int(at) => usize::try_from(at).ok()?,
                        _ => return None,
                    },
                };
                match items.get(at) {
                    Some(item) => item.clone(),
                    None if whole && name.ends_with("OrNull") => Value::Null,
                    None => Value::unknown(),
                }
            }
            "flatten" => {
                let mut out = Vec::new();
                let mut partial = !whole;
                for item in items {
                    match item {
                        Value::List(more) => {
                            out.extend(more.items.borrow().iter().cloned());
                            partial |= more.partial.get();
                        }
                        _ => partial = true,
                    }
                }
                Value::list_of(ListKind::List, out, partial)
            }
            _ => return None,
        })
    }

    /// A function of Kotlin's library on a map; none where it is none that is known, or one that all languages have.
    pub(in crate::code::eval) fn entries_method(
        &mut self,
        map: &Rc<Map>,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let this = Value::Map(map.clone());
        if let Some(value) = self.run_with(&this, name, args, spot) {
            return Some(value);
        }
        let entries = || map.pairs().into_iter().map(|(key, value)| Self::tuple(vec![key, value])).collect();
        Some(match &**name {
            "map"
            | "flatMap"
            | "mapNotNull"
            | "any"
            | "all"
            | "none"
            | "onEach"
            | "toList"
            | "asSequence"
            | "isEmpty"
            | "isNotEmpty"
            | "firstNotNullOf"
            | "firstNotNullOfOrNull"
            | "count"
            | "asIterable" => {
                let entries = Value::list_of(ListKind::List, entries(), map.partial.get());
                let result = self.call_member(&entries, name, args.clone(), scope, spot);
                if &**name == "onEach" { this } else { result }
            }
            "getValue" => self.index_read(&this, &args.at(0), scope, spot.line),
            "mapValues" | "mapKeys" | "filter" | "filterNot" | "filterKeys" | "filterValues" => {
                let out = Map::default();
                out.partial.set(map.partial.get());
                for (key, value) in map.pairs() {
                    let value = self.force(value);
                    let given = match &**name {
                        "filterKeys" => key.clone(),
                        "filterValues" => value.clone(),
                        _ => Self::tuple(vec![key.clone(), value.clone()]),
                    };
                    let made = self.call(&args.at(0), Args::of(vec![given]), spot);
                    let (key, value) = match &**name {
                        "mapValues" => (key, made),
                        "mapKeys" => (made, value),
                        filter => match self.truth(&made, scope) {
                            Some(truth) if truth == (filter == "filterNot") => continue,
                            _ => (key, value),
                        },
                    };
                    match key.key() {
                        Some(at) => out.set(at, key, value),
                        None => out.partial.set(true),
                    }
                }
                Value::Map(Rc::new(out))
            }
            "toMap" | "toMutableMap" | "toSortedMap" | "orEmpty" => self.copy_of(&this),
            "plus" => {
                let copy = self.copy_of(&this);
                if let Value::Map(copy) = &copy {
                    match &args.at(0) {
                        pair @ Value::List(list) if list.kind == ListKind::Tuple => {
                            let more = Value::Map(Rc::new(pairs_of(std::slice::from_ref(pair))));
                            self.merge_map(copy, &more);
                        }
                        more => self.merge_map(copy, more),
                    }
                }
                copy
            }
            _ => return None,
        })
    }

    /// A property of Kotlin's maps.
    pub(in crate::code::eval) fn entries_member(
        &mut self,
        map: &Rc<Map>,
        name: &str,
        scope: &ScopeRef,
    ) -> Option<Value> {
        if !self.has_packages(scope) || map.environment.get() || map.named(name).is_some() {
            return None;
        }
        if matches!(name, "entries" | "keys" | "values") {
            self.walks_early(&Value::Map(map.clone()), scope);
        }
        let list = |items: Vec<Value>| Value::list_of(ListKind::List, items, map.partial.get());
        Some(match name {
            "entries" => list(map.pairs().into_iter().map(|(key, value)| Self::tuple(vec![key, value])).collect()),
            "keys" => list(map.pairs().into_iter().map(|(key, _)| key).collect()),
            "values" => {
                let values = map.pairs().into_iter().map(|(_, value)| self.force(value)).collect();
                list(values)
            }
            "size" if !map.partial.get() => Value::Int(i64::try_from(map.len()).unwrap_or(i64::MAX)),
            _ => return None,
        })
    }

    /// Calls a function with what nobody knows, as it may be called for elements that are not known.
    fn perhaps_called(&mut self, callee: &Value, given: Vec<Value>, spot: Spot) {
        self.conditional += 1;
        self.call(callee, Args::of(given), spot);
        self.conditional -= 1;
    }

    /// The first of some elements, or the first that a function says yes to.
    fn one_of_them(
        &mut self,
        items: Vec<Value>,
        whole: bool,
        or_null: bool,
        asked: &Value,
        said: bool,
        spot: Spot,
    ) -> Value {
        if said {
            let list = Value::list_of(ListKind::List, items.clone(), !whole);
            let numbered = items.into_iter().zip((0_i64..).map(Value::Int)).collect();
            let args = Args::of(vec![asked.clone()]);
            return match self.walk_each(numbered, (&list, !whole), "find", &args, spot) {
                Value::Undefined if or_null => Value::Null,
                Value::Undefined => Value::unknown(),
                found => found,
            };
        }
        match items.into_iter().next() {
            Some(item) if whole => item,
            None if whole && or_null => Value::Null,
            _ => Value::unknown(),
        }
    }

    /// Whether a function says so of some elements; none where that is not known.
    fn some_hold(
        &mut self,
        items: &[Value],
        asked: &Value,
        wanted: bool,
        whole: bool,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<bool> {
        let mut sure = whole;
        for item in items {
            let result = self.call(asked, Args::of(vec![item.clone()]), spot);
            match self.truth(&result, scope) {
                Some(truth) if truth == wanted => return Some(true),
                Some(_) => {}
                None => sure = false,
            }
        }
        sure.then_some(false)
    }

    /// A map of elements by what functions make of each.
    fn associated(&mut self, items: &[Value], whole: bool, name: &str, args: &Args, spot: Spot) -> Value {
        let map = Map::default();
        map.partial.set(!whole);
        for item in items {
            let made = self.call(&args.at(0), Args::of(vec![item.clone()]), spot);
            let (key, value) = match name {
                "associateWith" => (item.clone(), made),
                "associate" => match &made {
                    Value::List(pair) if pair.items.borrow().len() == 2 => {
                        let pair = pair.items.borrow();
                        (pair[0].clone(), pair[1].clone())
                    }
                    _ => (Value::unknown(), made),
                },
                _ => match args.list.get(1) {
                    Some(function) => {
                        let function = function.clone();
                        (made, self.call(&function, Args::of(vec![item.clone()]), spot))
                    }
                    None => (made, item.clone()),
                },
            };
            match key.key() {
                Some(at) if name == "groupBy" => match map.get(&at) {
                    Some(Value::List(group)) => group.items.borrow_mut().push(value),
                    _ => map.set(at, key, Value::list_of(ListKind::List, vec![value], !whole)),
                },
                Some(at) => map.set(at, key, value),
                None => {
                    map.partial.set(true);
                    self.escape(&value);
                }
            }
        }
        Value::Map(Rc::new(map))
    }

    /// `joinToString(separator, prefix, postfix, …) { … }`.
    fn joined_to_string(&mut self, items: &[Value], whole: bool, args: &Args, spot: Spot) -> Value {
        let shown = args.list.iter().find(|value| value.is_callable()).cloned();
        let texts: Vec<&Value> = args.list.iter().filter(|value| !value.is_callable()).collect();
        let given = |at: usize, name: &str| {
            let named = args.named.iter().find(|(own, _)| &**own == name).map(|(_, value)| value);
            named.or_else(|| texts.get(at).copied()).cloned()
        };
        if !whole {
            return Value::text(hole("join"));
        }
        let separator = match given(0, "separator") {
            Some(separator) => separator.as_text(),
            None => Some(", ".into()),
        };
        let Some(separator) = separator else { return Value::text(hole("join")) };
        let shown = shown.or_else(|| given(5, "transform"));
        let items: Vec<Value> = match shown {
            Some(shown) => items.iter().map(|item| self.call(&shown, Args::of(vec![item.clone()]), spot)).collect(),
            None => items.to_vec(),
        };
        let inner = self.join_items(&separator, &items);
        let before = given(1, "prefix").unwrap_or_else(|| Value::text(""));
        let after = given(2, "postfix").unwrap_or_else(|| Value::text(""));
        let (before, after) = (self.shown(&before, "x"), self.shown(&after, "x"));
        let all = self.concat(&before, &inner);
        self.concat(&all, &after)
    }
}

/// A map of pairs.
fn pairs_of(items: &[Value]) -> Map {
    let map = Map::default();
    for item in items {
        let pair = match item {
            Value::List(pair) => pair.items.borrow().clone(),
            _ => Vec::new(),
        };
        match (pair.as_slice(), pair.first().and_then(Value::key)) {
            ([key, value], Some(at)) => map.set(at, key.clone(), value.clone()),
            _ => map.partial.set(true),
        }
    }
    map
}
