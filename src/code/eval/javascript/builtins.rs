//! Functions of JavaScript and Node that are worth computing, by the path that reaches them.

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ListKind, Spot, Value};
use super::super::values::paths::parent_of;
use crate::code::form::{Name, Yields, with_flags};
use crate::code::holes::has_hole;
use crate::code::resolve::join_paths;

impl Machine<'_> {
    /// A function of JavaScript itself or of Node; none where it is not one of these.
    pub(in crate::code::eval) fn javascript_builtin(
        &mut self,
        path: &str,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let first = self.force(args.at(0));
        Some(match path {
            "Object.keys" | "Object.getOwnPropertyNames" | "Reflect.ownKeys" => {
                self.object_list(&first, Yields::Keys, scope)
            }
            "Object.values" => match self.object_list(&first, Yields::Pairs, scope) {
                Value::List(list) => {
                    let pairs = list.items.borrow().clone();
                    let values = pairs.iter().map(|pair| match pair {
                        Value::List(pair) => pair.items.borrow().get(1).cloned().unwrap_or(Value::Undefined),
                        other => other.clone(),
                    });
                    let values = values.collect::<Vec<_>>();
                    let values = values.into_iter().map(|value| self.force(value)).collect();
                    Value::list_of(ListKind::List, values, list.partial.get())
                }
                other => other,
            },
            "Object.entries" | "Object.fromEntries" if self.is_environment(&first) => self.copy_of(&first),
            // What is left out of a copy, or changed in it, is asked for by its name all the same.
            "lodash.pickBy"
            | "lodash.omitBy"
            | "lodash.mapValues"
            | "lodash.cloneDeep"
            | "lodash.default.pickBy"
            | "lodash.default.omitBy"
            | "lodash.default.mapValues"
            | "lodash.default.cloneDeep"
                if self.is_environment(&first) =>
            {
                self.copy_of(&first)
            }
            "lodash.mapKeys" | "lodash.default.mapKeys" if self.is_environment(&first) => self.copy_of(&first),
            "Object.entries" => self.object_list(&first, Yields::Pairs, scope),
            "Object.assign" => {
                if let Value::Map(map) = &first {
                    for more in args.list.iter().skip(1) {
                        self.merge_map(map, more);
                    }
                } else if let Value::Function(_) | Value::Object(_) = &first {
                    for more in args.list.iter().skip(1) {
                        if let Value::Map(more) = more {
                            for (key, value) in more.pairs() {
                                if let Value::Str(name) = key {
                                    self.write_member(&first, &name, value);
                                }
                            }
                        }
                    }
                }
                first
            }
            // What a proxy gives is its target's where that is more than a place to keep things.
            "Proxy" if !matches!(&first, Value::Map(map) if !map.environment.get()) => first,
            "Object.freeze" | "Object.seal" | "Promise.resolve" | "Promise.all" | "Promise.allSettled"
            | "structuredClone" => first,
            "Object.fromEntries" => {
                let (items, partial) = self.walk(&first, Yields::Elements, scope);
                let mut entries = Vec::new();
                for item in items {
                    if let Value::List(pair) = item
                        && let [key, value, ..] = &pair.items.borrow()[..]
                    {
                        entries.push((key.clone(), value.clone()));
                    }
                }
                let map = Value::map(entries);
                if let Value::Map(map) = &map {
                    map.partial.set(map.partial.get() || partial);
                }
                map
            }
            "Object.defineProperty" => {
                if let (Some(name), Value::Map(descriptor)) = (args.at(1).as_whole_text(), args.at(2))
                    && let Some(value) = descriptor.named("value")
                    && &*name != "__esModule"
                {
                    self.write_member(&first, &name, value);
                } else if let (Some(name), Value::Map(descriptor)) = (args.at(1).as_whole_text(), args.at(2))
                    && let Some(getter) = descriptor.named("get")
                {
                    let value = self.call(&getter, Args::default(), spot);
                    self.write_member(&first, &name, value);
                }
                first
            }
            "Array.isArray" => match &first {
                Value::List(_) => Value::Bool(true),
                Value::Unknown(_) | Value::Alt(_) | Value::Env(_) | Value::Lazy(_) => Value::unknown(),
                _ => Value::Bool(false),
            },
            "Array.from" => {
                let (items, partial) = self.walk(&first, Yields::Elements, scope);
                let callee = args.at(1);
                let items = if callee.is_callable() {
                    items.into_iter().map(|item| self.call(&callee, Args::starting(vec![item]), spot)).collect()
                } else {
                    items
                };
                Value::list_of(ListKind::List, items, partial)
            }
            "Array.of" => Value::list(args.list.clone()),
            "Array" => Value::list_of(ListKind::List, args.list.clone(), args.list.len() == 1),
            "String" | "decodeURI" | "encodeURI" | "encodeURIComponent" => self.shown_whole(&first),
            "Number" | "parseInt" | "parseFloat" => match &first {
                Value::Str(text) if !has_hole(text) => text.parse().map_or_else(|_| Value::unknown(), Value::Int),
                Value::Int(_) | Value::Env(_) => first,
                _ => Value::unknown(),
            },
            "Boolean" => {
                self.ask_about(&first);
                self.truth(&first, scope).map_or_else(Value::unknown, Value::Bool)
            }
            "Map" | "WeakMap" => {
                let map = match &first {
                    Value::List(_) => self.javascript_builtin("Object.fromEntries", args, scope, spot)?,
                    _ => Value::map(Vec::new()),
                };
                if let Value::Map(map) = &map {
                    map.keyed.set(true);
                }
                map
            }
            "Set" | "WeakSet" => {
                let (items, partial) = self.walk(&first, Yields::Elements, scope);
                Value::list_of(ListKind::Set, items, partial)
            }
            "RegExp" => match (&first, args.at(1).as_whole_text().unwrap_or_else(|| "".into())) {
                (Value::Regex(_), _) => first,
                (_, flags) => first
                    .as_whole_text()
                    .map_or_else(Value::unknown, |source| Value::Regex(with_flags(&source, &flags).into())),
            },
            "Symbol.for" | "Symbol" => match first.as_whole_text() {
                Some(text) => Value::text(format!("Symbol({text})")),
                None => Value::unknown(),
            },
            "url.fileURLToPath" | "fileURLToPath" | "url.pathToFileURL" | "pathToFileURL" => first,
            "require.resolve" | "import.meta.resolve" => match self.target(&first.as_whole_text()?, 0, scope) {
                Value::Module(id) => Value::text(format!("/{}", self.modules[id.0].path)),
                _ => Value::unknown(),
            },
            "app-root-path.toString" => Value::text(format!("/{}", self.working_folder(spot))),
            "app-root-path.resolve" | "app-root-path.require" => {
                let below = join_paths(&["/", self.working_folder(spot), &first.as_whole_text()?]);
                if path.ends_with("require") { self.required(&below, scope) } else { Value::text(below) }
            }
            "Object.getPrototypeOf" | "Reflect.getPrototypeOf" => match &first {
                Value::Object(object) => object.class.clone().map_or(first, Value::Class),
                _ => Value::unknown(),
            },
            "desm" | "desm.join" | "desm.default" => {
                let mut parts: Vec<Name> = Vec::new();
                for part in &args.list {
                    parts.push(part.as_whole_text()?);
                }
                let first = parts.first().map_or("", |url| parent_of(url)).to_owned();
                let parts: Vec<&str> =
                    std::iter::once(first.as_str()).chain(parts.iter().skip(1).map(|p| &**p)).collect();
                Value::text(join_paths(&parts))
            }
            "url.URL" | "URL" => match (first.as_whole_text(), args.at(1).as_whole_text()) {
                (Some(relative), Some(base)) => Value::text(join_paths(&[parent_of(&base), &relative])),
                // What a module says of its own place.
                (Some(own), None) if own.starts_with('/') => Value::Str(own),
                _ => Value::unknown(),
            },
            "setImmediate" | "setTimeout" | "process.nextTick" | "queueMicrotask" => {
                self.call(&first, Args::default(), spot);
                Value::unknown()
            }
            _ => return self.flow(path, args, spot),
        })
    }

    fn object_list(&mut self, value: &Value, yields: Yields, scope: &ScopeRef) -> Value {
        match value {
            Value::Unknown(path) if self.models.sources.contains_key(&**path) => Value::unknown(),
            Value::Map(_) | Value::List(_) => {
                let (items, partial) = self.walk(value, yields, scope);
                Value::list_of(ListKind::List, items, partial)
            }
            Value::Object(object) => {
                let map = Value::map(object.members.pairs());
                self.object_list(&map, yields, scope)
            }
            Value::Class(class) => {
                let map = Value::map(class.members.pairs());
                self.object_list(&map, yields, scope)
            }
            Value::Module(id) => {
                let exports = self.all_exports(*id);
                let map = Value::map(exports.into_iter().map(|(name, value)| (Value::Str(name), value)).collect());
                self.object_list(&map, yields, scope)
            }
            _ => Value::list_of(ListKind::List, Vec::new(), true),
        }
    }
}
