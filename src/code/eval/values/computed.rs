//! What functions of libraries compute of collections and of what is in them, as models say.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, ListKind, Map, Native, Spot, Value};
use crate::code::form::Name;
use crate::code::models::{Action, Computes};

/// How deep maps are followed into one another.
const DEPTH: usize = 12;

impl Machine<'_> {
    /// What a function of a library computes of what it is given; none where that is not known.
    pub(in crate::code::eval) fn computed(
        &mut self,
        (action, path): (&'static Action, &Name),
        args: &Args,
        spot: Spot,
    ) -> Option<Value> {
        let turned;
        let args = match action.last {
            Some(count) if args.list.len() < count && !args.partial => {
                let callee = Value::Unknown(path.clone());
                return Some(Value::Native(Rc::new(Native::Partial { callee, args: args.clone() })));
            }
            Some(count) if args.list.len() >= count => {
                let mut all = args.clone();
                all.list.truncate(count);
                all.list.rotate_right(1);
                turned = all;
                &turned
            }
            Some(_) => return None,
            None => args,
        };
        let first = match self.force(args.at(0)) {
            // A text is spelt as the setting's default is.
            Value::Env(env) if action.computes.is_some() && env.default.as_ref().is_some_and(is_text) => {
                env.default.clone().unwrap_or(Value::Undefined)
            }
            first => first,
        };
        if self.is_environment(&first) {
            return None;
        }
        if let Some(function) = &action.function {
            return self.pure(function, args, spot);
        }
        if let Some(method) = &action.method {
            return self.library_method(&first, &method.as_str().into(), args, spot);
        }
        let what = action.computes?;
        if what == Computes::JoinUrl && !args.partial {
            return super::spelling::spelt(what, "", args);
        }
        if let Value::Str(text) = &first
            && let Some(made) = super::spelling::spelt(what, text, args)
        {
            return Some(made);
        }
        let found = self.compute_list(what, &first, args, spot);
        found.or_else(|| self.compute_map(what, &first, args, spot)).or_else(|| answered(what, &first))
    }

    /// A method of a list, of a text, or of the list of a map's values, whose places are the keys.
    fn library_method(&mut self, first: &Value, method: &Name, args: &Args, spot: Spot) -> Option<Value> {
        let scope = self.modules[spot.module.0].scope.clone();
        let mut rest = args.clone();
        if !rest.list.is_empty() {
            rest.list.remove(0);
        }
        match first {
            // Lists of Go have no methods of their own.
            Value::List(list) if self.is_go(spot.module) => Some(self.list_method(list, method, rest, &scope, spot)),
            Value::List(_) | Value::Str(_) => Some(self.call_member(first, method, rest, &scope, spot)),
            Value::Null | Value::Undefined if !args.list.is_empty() => Some(Value::list(Vec::new())),
            Value::Alt(all) => {
                self.conditional += 1;
                let made: Vec<Value> =
                    all.iter().filter_map(|one| self.library_method(one, method, args, spot)).collect();
                self.conditional -= 1;
                Some(Value::any_of(made))
            }
            _ => {
                let (entries, partial) = self.entries_of(first, spot)?;
                match super::container::walks(method) {
                    true => {
                        let pairs = entries.into_iter().map(|(key, value)| (value, key)).collect();
                        Some(self.walk_each(pairs, (first, partial), method, &rest, spot))
                    }
                    false => {
                        let values = entries.into_iter().map(|(_, value)| value).collect();
                        let values = Value::list_of(ListKind::List, values, partial);
                        Some(self.call_member(&values, method, rest, &scope, spot))
                    }
                }
            }
        }
    }

    /// Keys and values of a map, an instance or a module, and whether there may be more.
    fn entries_of(&mut self, whole: &Value, spot: Spot) -> Option<(Vec<(Value, Value)>, bool)> {
        match whole {
            Value::Map(map) if self.is_go(spot.module) => return Some((map.pairs(), map.partial.get())),
            Value::Map(_) | Value::Module(_) | Value::Class(_) => {}
            Value::Object(it) if it.model.borrow().is_none() => {}
            _ => return None,
        }
        let listed = self.pure("Object.entries", &Args::of(vec![whole.clone()]), spot)?;
        let Value::List(list) = listed else { return None };
        let items = list.items.borrow().clone();
        let pairs = items.into_iter().filter_map(|pair| match pair {
            Value::List(pair) => match &pair.items.borrow()[..] {
                [key, value] => Some((key.clone(), value.clone())),
                _ => None,
            },
            _ => None,
        });
        let pairs: Vec<(Value, Value)> = pairs.collect();
        let pairs = pairs.into_iter().map(|(key, value)| (key, self.force(value))).collect();
        Some((pairs, list.partial.get()))
    }

    /// What a function says of an element; a name stands for the member, a map for whether it is in the element.
    pub(in crate::code::eval) fn said_of(&mut self, callee: &Value, given: Vec<Value>, spot: Spot) -> Value {
        let item = given.first().cloned().unwrap_or(Value::Undefined);
        match callee {
            Value::Str(_) | Value::Int(_) => self.followed(&item, callee, spot).unwrap_or_else(Value::unknown),
            Value::Undefined => item,
            Value::Map(shape) => {
                let mut sure = true;
                for (key, wanted) in shape.pairs() {
                    let found = self.followed(&item, &key, spot).unwrap_or_else(Value::unknown);
                    match found.same(&wanted) {
                        Some(true) => {}
                        Some(false) => return Value::Bool(false),
                        None => sure = false,
                    }
                }
                if sure { Value::Bool(true) } else { Value::unknown() }
            }
            callee => self.call(callee, Args::starting(given), spot),
        }
    }

    /// What a path of names leads to: `a.b[0]`, or a list of them.
    fn followed(&mut self, from: &Value, path: &Value, spot: Spot) -> Option<Value> {
        let scope = self.modules[spot.module.0].scope.clone();
        if let (Value::Map(map), Some(key)) = (from, path.key())
            && let Some(value) = map.get(&key)
        {
            return Some(self.force(value));
        }
        let mut value = from.clone();
        for part in parts_of(path)? {
            value = match value {
                Value::Undefined | Value::Null => return Some(Value::Undefined),
                value => self.index_read(&value, &part, &scope, spot.line),
            };
        }
        Some(value)
    }

    fn compute_list(&mut self, what: Computes, first: &Value, args: &Args, spot: Spot) -> Option<Value> {
        let scope = self.modules[spot.module.0].scope.clone();
        if let (Computes::Times, Value::Int(times)) = (what, first) {
            let most = i64::try_from(self.limits.elements).unwrap_or(i64::MAX);
            let made = (0..(*times).min(most)).map(|at| self.call(&args.at(1), Args::of(vec![Value::Int(at)]), spot));
            return Some(Value::list(made.collect()));
        }
        let (items, partial) = match first {
            Value::List(list) => (list.items.borrow().clone(), list.partial.get()),
            Value::Undefined | Value::Null if !args.partial => (Vec::new(), false),
            _ => return None,
        };
        self.spend(items.len());
        let list = |items: Vec<Value>| Value::list_of(ListKind::List, items, partial);
        let count = || match args.at(1) {
            Value::Undefined => Some(1),
            Value::Int(count) => usize::try_from(count).ok(),
            _ => None,
        };
        Some(match what {
            Computes::Same => first.clone(),
            Computes::Compact => {
                list(items.into_iter().filter(|item| self.truth(item, &scope) != Some(false)).collect())
            }
            Computes::Flat | Computes::Deep => {
                let (mut out, mut open) = (Vec::new(), partial);
                let depth = if what == Computes::Deep { DEPTH } else { 1 };
                flattened(items, depth, &mut out, &mut open);
                Value::list_of(ListKind::List, out, open)
            }
            Computes::Unique => list(once(items)),
            Computes::Union => {
                let (mut all, mut open) = (items, partial);
                for more in args.list.iter().skip(1) {
                    match more {
                        Value::List(more) => {
                            all.extend(more.items.borrow().iter().cloned());
                            open |= more.partial.get();
                        }
                        _ => open = true,
                    }
                }
                Value::list_of(ListKind::List, once(all), open)
            }
            Computes::Without => {
                let mut given = Vec::new();
                flattened(args.list.iter().skip(1).cloned().collect(), 1, &mut given, &mut false);
                let out = |item: &Value| given.iter().any(|one| one.same(item) == Some(true));
                list(items.into_iter().filter(|item| !out(item)).collect())
            }
            Computes::First if partial && items.is_empty() => return None,
            Computes::First => items.into_iter().next().unwrap_or(Value::Undefined),
            Computes::Last if partial => return None,
            Computes::Last => items.into_iter().next_back().unwrap_or(Value::Undefined),
            Computes::Tail => list(items.into_iter().skip(count()?).collect()),
            Computes::Initial => {
                let most = items.len().saturating_sub(count()?);
                list(items.into_iter().take(most).collect())
            }
            Computes::Take => list(items.into_iter().take(count()?).collect()),
            Computes::Pairs => return self.pure("Object.fromEntries", args, spot),
            Computes::Zip => {
                let (values, open) = self.walk(&args.at(1), crate::code::form::Yields::Elements, &scope);
                let values = values.into_iter().chain(std::iter::repeat(Value::Undefined));
                opened(Value::map(items.into_iter().zip(values).collect()), partial || open)
            }
            Computes::KeyBy | Computes::GroupBy => {
                let map = Map::default();
                map.partial.set(partial);
                for item in items {
                    let key = self.said_of(&args.at(1), vec![item.clone()], spot);
                    match (key.key(), what) {
                        (None, _) => map.partial.set(true),
                        (Some(at), Computes::KeyBy) => map.set(at, key, item),
                        (Some(at), _) => match map.get(&at) {
                            Some(Value::List(group)) => group.items.borrow_mut().push(item),
                            _ => map.set(at, key, Value::list(vec![item])),
                        },
                    }
                }
                Value::Map(Rc::new(map))
            }
            _ => return None,
        })
    }

    fn compute_map(&mut self, what: Computes, first: &Value, args: &Args, spot: Spot) -> Option<Value> {
        let second = args.at(1);
        match what {
            Computes::Get => {
                let found = self.followed(first, &second, spot)?;
                return Some(match (found, args.at(2)) {
                    (Value::Undefined, default) => default,
                    (found @ Value::Unknown(_), default) if !default.is_nothing() => found.join(default),
                    (found @ Value::Env(_), default) if !default.is_nothing() => self.env_or(found, default),
                    (found, _) => found,
                });
            }
            Computes::Has => {
                return Some(match self.followed(first, &second, spot)? {
                    Value::Undefined => Value::Bool(false),
                    Value::Unknown(_) | Value::Env(_) | Value::Alt(_) => return None,
                    _ => Value::Bool(true),
                });
            }
            Computes::Set => return self.put_at(first, &second, args.at(2), spot),
            Computes::Copy => return Some(self.deep_copy(first, 0)),
            Computes::Merge | Computes::Merged => return self.merged(what, first, args, spot),
            Computes::Defaults => {
                let Value::Map(into) = first else { return None };
                for more in args.list.iter().skip(1) {
                    self.put_defaults(into, more, 0);
                }
                return Some(first.clone());
            }
            _ => {}
        }
        let (entries, partial) = self.entries_of(first, spot)?;
        if let Computes::Keys | Computes::Values = what {
            let one = |(key, value)| if what == Computes::Keys { key } else { value };
            return Some(Value::list_of(ListKind::List, entries.into_iter().map(one).collect(), partial));
        }
        let scope = self.modules[spot.module.0].scope.clone();
        let mut out = Vec::new();
        let mut open = partial;
        match what {
            Computes::Pick => {
                let keys = strings(args.list.iter().skip(1), &mut open);
                for key in keys {
                    match self.followed(first, &Value::Str(key.clone()), spot)? {
                        Value::Undefined => {}
                        value => out.push((Value::Str(key), value)),
                    }
                }
            }
            Computes::Omit => {
                let keys = strings(args.list.iter().skip(1), &mut open);
                let left = |key: &Value| key.as_text().is_none_or(|key| !keys.contains(&key));
                out.extend(entries.into_iter().filter(|(key, _)| left(key)));
            }
            Computes::MapValues | Computes::MapKeys | Computes::PickBy | Computes::OmitBy => {
                for (key, value) in entries {
                    let said = self.said_of(&second, vec![value.clone(), key.clone()], spot);
                    match what {
                        Computes::MapValues => out.push((key, said)),
                        Computes::MapKeys => out.push((said, value)),
                        _ if self.truth(&said, &scope) == Some(what == Computes::OmitBy) => {}
                        _ => out.push((key, value)),
                    }
                }
            }
            Computes::Compact | Computes::Same => out = entries,
            _ => return None,
        }
        Some(opened(Value::map(out), open))
    }

    /// Puts a value where a path of names leads, with maps on the way where there is nothing.
    fn put_at(&mut self, whole: &Value, path: &Value, value: Value, spot: Spot) -> Option<Value> {
        let scope = self.modules[spot.module.0].scope.clone();
        let mut parts = parts_of(path)?;
        let last = parts.pop()?;
        let mut at = whole.clone();
        for part in parts {
            let inner = match self.index_read(&at, &part, &scope, spot.line) {
                Value::Undefined | Value::Null => {
                    let inner = Value::map(Vec::new());
                    self.write_index(&at, &part, inner.clone());
                    inner
                }
                inner => inner,
            };
            at = inner;
        }
        self.write_index(&at, &last, value);
        Some(whole.clone())
    }

    /// Maps written into the first one, or into a copy of it; a function behind them says what else comes of two values.
    fn merged(&mut self, what: Computes, first: &Value, args: &Args, spot: Spot) -> Option<Value> {
        let whole = if what == Computes::Merged { self.deep_copy(first, 0) } else { first.clone() };
        let Value::Map(into) = &whole else { return None };
        let mut more: Vec<Value> = args.list.iter().skip(1).cloned().collect();
        let by = if more.len() > 1 && more.last().is_some_and(Value::is_callable) { more.pop() } else { None };
        for one in &more {
            self.merge_deep(into, one, (by.as_ref(), what == Computes::Merged, spot), 0);
        }
        into.partial.set(into.partial.get() || args.partial);
        Some(whole.clone())
    }

    fn merge_deep(&mut self, into: &Rc<Map>, from: &Value, how: (Option<&Value>, bool, Spot), depth: usize) {
        let (by, joins, spot) = how;
        let Value::Map(from) = self.force(from.clone()) else { return self.merge_map(into, from) };
        if from.environment.get() || depth > DEPTH {
            return self.merge_map(into, &Value::Map(from));
        }
        into.partial.set(into.partial.get() || from.partial.get());
        self.spend(from.len());
        for (key, value) in from.pairs() {
            let Some(at) = key.key() else { continue };
            let (value, old) = (self.force(value), into.get(&at).map_or(Value::Undefined, |old| self.force(old)));
            let said = by.map(|by| self.call(by, Args::of(vec![old.clone(), value.clone(), key.clone()]), spot));
            match (said, &old, &value) {
                (Some(said), ..) if !said.is_nothing() && !said.is_unknown() => into.set(at, key, said),
                (_, Value::Map(old), Value::Map(_)) => self.merge_deep(old, &value, how, depth + 1),
                (_, Value::List(a), Value::List(b)) => {
                    let (a_items, b_items) = (a.items.borrow().clone(), b.items.borrow().clone());
                    let rest = if joins { 0 } else { b_items.len() };
                    let mut all = if joins { a_items.clone() } else { b_items.clone() };
                    all.extend(if joins { b_items } else { a_items.into_iter().skip(rest).collect() });
                    let open = a.partial.get() || b.partial.get();
                    into.set(at, key, Value::list_of(ListKind::List, all, open));
                }
                (_, _, Value::Undefined) => {}
                _ => into.set(at, key, value),
            }
        }
    }

    fn put_defaults(&mut self, into: &Rc<Map>, from: &Value, depth: usize) {
        let Value::Map(from) = self.force(from.clone()) else {
            into.partial.set(true);
            return;
        };
        into.partial.set(into.partial.get() || from.partial.get());
        for (key, value) in from.pairs() {
            let Some(at) = key.key() else { continue };
            match into.get(&at).map(|old| self.force(old)) {
                None | Some(Value::Undefined) => into.set(at, key, value),
                Some(Value::Map(old)) if depth < DEPTH => self.put_defaults(&old, &value, depth + 1),
                Some(old @ (Value::Unknown(_) | Value::Env(_))) => {
                    let either = self.env_or(old, value);
                    into.set(at, key, either);
                }
                Some(_) => {}
            }
        }
    }

    fn deep_copy(&mut self, value: &Value, depth: usize) -> Value {
        match self.force(value.clone()) {
            Value::Map(map) if depth < DEPTH => {
                let copy = Map::default();
                self.merge_map(&copy, &Value::Map(map.clone()));
                copy.keyed.set(map.keyed.get());
                for (key, inner) in copy.pairs() {
                    if let (Some(at), Value::Map(_) | Value::List(_)) = (key.key(), &inner) {
                        let inner = self.deep_copy(&inner, depth + 1);
                        copy.set(at, key, inner);
                    }
                }
                Value::Map(Rc::new(copy))
            }
            Value::List(list) if depth < DEPTH => {
                let items = list.items.borrow().clone();
                self.spend(items.len());
                let items = items.iter().map(|item| self.deep_copy(item, depth + 1)).collect();
                Value::list_of(list.kind, items, list.partial.get())
            }
            other => other,
        }
    }
}

fn is_text(value: &Value) -> bool {
    matches!(value, Value::Str(_))
}

/// What a question about a value comes to.
fn answered(what: Computes, value: &Value) -> Option<Value> {
    if matches!(value, Value::Unknown(_) | Value::Env(_) | Value::Alt(_) | Value::Lazy(_)) {
        return None;
    }
    let function =
        matches!(value, Value::Function(_) | Value::Bound(_) | Value::Method(_) | Value::Native(_) | Value::Class(_));
    Some(Value::Bool(match what {
        Computes::IsEmpty => match value {
            Value::List(list) if list.partial.get() && list.items.borrow().is_empty() => return None,
            Value::Map(map) if map.partial.get() && map.len() == 0 => return None,
            Value::List(list) => list.items.borrow().is_empty(),
            Value::Map(map) => map.len() == 0,
            Value::Str(text) => text.is_empty(),
            Value::Object(_) | Value::Module(_) => return None,
            _ => true,
        },
        Computes::IsText => matches!(value, Value::Str(_)),
        Computes::IsFunction => function,
        Computes::IsMap => matches!(value, Value::Map(_)),
        Computes::IsObject => {
            function || matches!(value, Value::Map(_) | Value::List(_) | Value::Object(_) | Value::Module(_))
        }
        Computes::IsNothing => value.is_nothing(),
        _ => return None,
    }))
}

fn flattened(items: Vec<Value>, depth: usize, out: &mut Vec<Value>, open: &mut bool) {
    for item in items {
        match &item {
            Value::List(list) if depth > 0 => {
                *open |= list.partial.get();
                let inner = list.items.borrow().clone();
                flattened(inner, depth - 1, out, open);
            }
            _ => out.push(item),
        }
    }
}

fn once(items: Vec<Value>) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::new();
    for item in items {
        if !out.iter().take(DEPTH * DEPTH).any(|one| one.same(&item) == Some(true)) {
            out.push(item);
        }
    }
    out
}

fn opened(map: Value, open: bool) -> Value {
    if let Value::Map(map) = &map {
        map.partial.set(map.partial.get() || open);
    }
    map
}

/// Texts, one by one or in lists.
fn strings<'v>(given: impl Iterator<Item = &'v Value>, open: &mut bool) -> Vec<Name> {
    let mut all = Vec::new();
    flattened(given.cloned().collect(), 1, &mut all, open);
    let texts: Vec<Name> = all.iter().filter_map(Value::as_whole_text).collect();
    *open |= texts.len() != all.len();
    texts
}

/// The names of a path: `a.b[0]`, or a list of them.
fn parts_of(path: &Value) -> Option<Vec<Value>> {
    match path {
        Value::Int(_) => Some(vec![path.clone()]),
        Value::List(list) if !list.partial.get() => {
            let items = list.items.borrow();
            items.iter().map(|item| item.key().map(|_| item.clone())).collect()
        }
        path => {
            let path = path.as_whole_text()?;
            let parts = path.split(['.', '[', ']']).filter(|part| !part.is_empty());
            Some(parts.map(|part| part.parse().map_or_else(|_| Value::text(part), Value::Int)).collect())
        }
    }
}
