//! Functions of languages and standard libraries that are worth computing, by the path that reaches them.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ListKind, Map, Native, Object, Spot, Value};
use crate::code::form::{Call, ExprKind, Language, Name, Yields};
use crate::code::holes::{has_hole, hole};

/// The types of Python's own data.
const DATA: &[&str] = &["str", "int", "float", "bool", "bytes", "list", "tuple", "set", "frozenset", "dict"];

impl Machine<'_> {
    /// Calls whose meaning depends on where they stand.
    pub(crate) fn special_call(&mut self, name: &Name, call: &Call, scope: &ScopeRef, spot: Spot) -> Option<Value> {
        // A module of the other kind may make itself the function that loads one.
        let made = |value: Value| matches!(&value, Value::Unknown(path) if &**path == "module.createRequire()");
        if super::super::scope::find(scope, name, true).is_some()
            && !(&**name == "require" && made(self.name(name, scope)))
        {
            return None;
        }
        match (&**name, self.language(scope)) {
            ("require" | "import" | "__import__", _) => {
                let args = self.arguments(&call.args, scope);
                let all = args.at(0).each().iter().map(|one| self.sources_of(one, scope)).collect::<Option<Vec<_>>>();
                let Some(all) = all else {
                    return self.unknown_load(scope, spot).then(|| Value::from_path("loaded()"));
                };
                self.loaded(all, scope, spot)
            }
            (_, Language::JavaScript) if self.models.loaders.contains_key(&**name) => {
                let args = self.arguments(&call.args, scope);
                self.asked_by_name(name, &args, scope)
            }
            ("with", Language::Java) => {
                let mut args = self.arguments(&call.args, scope);
                if args.list.len() != 2 {
                    return None;
                }
                let object = args.list.remove(0);
                self.run_with(&object, "with", &args, spot)
            }
            ("super", Language::Python) => {
                for arg in &call.args {
                    if let ExprKind::Call(_) = arg.value.kind {
                        self.eval(&arg.value, scope);
                    }
                }
                Some(self.super_value(scope))
            }
            ("make" | "new", Language::Go) => {
                let first = call.args.first()?;
                let ExprKind::Type(ty) = &first.value.kind else { return None };
                let mut ty = ty.clone();
                ty.text = ty.text.trim_start_matches('*').into();
                Some(self.go_zero(&ty, scope))
            }
            ("globals" | "locals" | "vars", Language::Python) if call.args.is_empty() => {
                let names = super::super::scope::top_of(scope).names.borrow().clone();
                Some(Value::map(names.into_iter().map(|(name, value)| (Value::Str(name), value)).collect()))
            }
            _ => {
                let _ = spot;
                None
            }
        }
    }

    /// A function by its path; none where it is not one of these.
    pub(crate) fn pure(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let scope = self.modules[spot.module.0].scope.clone();
        let language = self.modules[spot.module.0].language;
        let found = match language {
            Language::Python => self
                .folder_builtin(path, args, spot)
                .or_else(|| self.document_builtin(path, args, spot))
                .or_else(|| self.reflecting_builtin(path, args, spot))
                .or_else(|| self.python_builtin(path, args, &scope, spot)),
            Language::JavaScript => self.javascript_builtin(path, args, &scope, spot),
            Language::Rust => self
                .foreign_function(path, args, spot)
                .or_else(|| self.rust_builtin(path, args))
                .or_else(|| self.other_builtin(path, args, &scope)),
            Language::Java => self.class_builtin(path, args).or_else(|| self.other_builtin(path, args, &scope)),
            Language::Go => match (path, args.at(0)) {
                ("len", Value::Str(text)) if !has_hole(&text) => i64::try_from(text.len()).ok().map(Value::Int),
                _ => super::strings::of_go(path, args)
                    .or_else(|| gateway_pattern(path, args))
                    .or_else(|| self.other_builtin(path, args, &scope)),
            },
        };
        let found = found.or_else(|| self.paths_builtin(path, args, spot));
        match found {
            None if language == Language::JavaScript => {
                self.files_builtin(path, args, spot).or_else(|| self.reflected(path, args))
            }
            found => found,
        }
    }

    fn python_builtin(&mut self, path: &str, args: &Args, scope: &ScopeRef, spot: Spot) -> Option<Value> {
        let first = args.at(0);
        let listed = |machine: &mut Self, kind: ListKind, value: &Value| {
            if matches!(value, Value::Undefined) {
                return Value::list_of(kind, Vec::new(), false);
            }
            let (items, partial) = machine.walk(value, Yields::Elements, scope);
            Value::list_of(kind, items, partial)
        };
        Some(match path {
            "list" | "iter" | "sorted" => listed(self, ListKind::List, &first),
            "tuple" => listed(self, ListKind::Tuple, &first),
            // The first step of a path is a name, the others lead into its value.
            "pydantic.AliasPath" | "pydantic.aliases.AliasPath" => first,
            "pydantic.AliasChoices" => Value::list_of(ListKind::List, args.list.clone(), args.partial),
            "set" | "frozenset" => listed(self, ListKind::Set, &first),
            "reversed" => match listed(self, ListKind::List, &first) {
                Value::List(list) => {
                    let items = list.items.borrow().iter().rev().cloned().collect();
                    Value::list_of(ListKind::List, items, list.partial.get())
                }
                other => other,
            },
            "dict"
            | "collections.OrderedDict"
            | "pydantic_settings.SettingsConfigDict"
            | "pydantic.ConfigDict"
            | "pydantic.SettingsConfigDict"
            | "types.SimpleNamespace"
            | "argparse.Namespace" => {
                let map = Map::default();
                match &first {
                    Value::Undefined => {}
                    Value::List(list) => {
                        for pair in list.items.borrow().iter() {
                            if let Value::List(pair) = pair
                                && let [key, value] = &pair.items.borrow()[..]
                                && let Some(at) = key.key()
                            {
                                map.set(at, key.clone(), value.clone());
                            }
                        }
                    }
                    other => self.merge_map(&map, other),
                }
                for (name, value) in &args.named {
                    map.put(name, value.clone());
                }
                Value::Map(Rc::new(map))
            }
            "collections.defaultdict" => {
                let map = Map::default();
                map.factory.replace(Some(first));
                Value::Map(Rc::new(map))
            }
            "enumerate" => {
                let (items, partial) = self.walk(&first, Yields::Elements, scope);
                let start = match args.get(1, "start") {
                    Some(Value::Int(start)) => start,
                    _ => 0,
                };
                let pairs = items.into_iter().zip(start..).map(|(item, at)| Self::tuple(vec![Value::Int(at), item]));
                Value::list_of(ListKind::List, pairs.collect(), partial)
            }
            "zip" => self.zip(args, scope),
            "range" => range(args),
            "len" => match &first {
                Value::List(list) if !list.partial.get() => {
                    Value::Int(i64::try_from(list.items.borrow().len()).unwrap_or(i64::MAX))
                }
                Value::Map(map) if !map.partial.get() => Value::Int(i64::try_from(map.len()).unwrap_or(i64::MAX)),
                Value::Str(text) if !has_hole(text) => Value::Int(i64::try_from(text.chars().count()).unwrap_or(0)),
                Value::Env(_) if self.language(scope) == Language::Go => first,
                _ => Value::unknown(),
            },
            "str" => self.shown_whole(&first),
            "int" | "float" | "bool" => match &first {
                Value::Str(text) if !has_hole(text) && path == "int" => {
                    text.trim().parse().map_or_else(|_| Value::unknown(), Value::Int)
                }
                Value::Int(_) | Value::Float(_) | Value::Env(_) => first,
                other if path == "bool" => self.truth(other, scope).map_or_else(Value::unknown, Value::Bool),
                _ => Value::unknown(),
            },
            "getattr" => {
                let Some(name) = args.at(1).as_whole_text() else { return Some(Value::unknown()) };
                let value = self.member(&first, &name, scope, spot.line);
                let default = args.list.get(2).cloned();
                match (value, default) {
                    (Value::Undefined, Some(default)) => default,
                    (value @ Value::Unknown(_), Some(default)) => value.join(default),
                    (value, _) => value,
                }
            }
            "setattr" => {
                if let Some(name) = args.at(1).as_whole_text() {
                    self.write_member(&first, &name, args.at(2));
                }
                Value::Null
            }
            "hasattr" => match args.at(1).as_whole_text() {
                Some(name) => match self.member(&first, &name, scope, spot.line) {
                    Value::Undefined => Value::Bool(false),
                    Value::Unknown(_) => Value::unknown(),
                    _ => Value::Bool(true),
                },
                None => Value::unknown(),
            },
            "map" => {
                let (items, partial) = self.walk(&args.at(1), Yields::Elements, scope);
                let out = items.into_iter().map(|item| self.call(&first, Args::starting(vec![item]), spot)).collect();
                Value::list_of(ListKind::List, out, partial)
            }
            "filter" => {
                let (items, partial) = self.walk(&args.at(1), Yields::Elements, scope);
                let mut out = Vec::new();
                for item in items {
                    let result = if first.is_nothing() {
                        item.clone()
                    } else {
                        self.call(&first, Args::starting(vec![item.clone()]), spot)
                    };
                    if self.truth(&result, scope) != Some(false) {
                        out.push(item);
                    }
                }
                Value::list_of(ListKind::List, out, partial)
            }
            "sum" => {
                let (items, partial) = self.walk(&first, Yields::Elements, scope);
                let start = args.get(1, "start").unwrap_or(Value::Int(0));
                let all =
                    items.into_iter().fold(start, |all, item| self.binary(crate::code::form::BinaryOp::Add, all, item));
                if partial { Value::unknown() } else { all }
            }
            "next" => {
                let (items, _) = self.walk(&first, Yields::Elements, scope);
                items.into_iter().next().unwrap_or_else(|| args.at(1))
            }
            "type" => match &first {
                Value::Object(object) => object.class.clone().map_or_else(Value::unknown, Value::Class),
                _ => Value::unknown(),
            },
            "isinstance" => self.isinstance(&first, &args.at(1)),
            "issubclass" => self.issubclass(&first, &args.at(1)),
            "cast" | "typing.cast" => args.at(1),
            "print" | "super" => Value::Null,
            "functools.partial" => {
                let mut rest = args.clone();
                if rest.list.is_empty() {
                    return Some(Value::unknown());
                }
                let callee = rest.list.remove(0);
                Value::Native(Rc::new(Native::Partial { callee, args: rest }))
            }
            "functools.wraps" => Value::Native(Rc::new(Native::Wraps(first))),
            "itertools.chain" => {
                let mut out = Vec::new();
                let mut partial = false;
                for list in &args.list {
                    let (more, open) = self.walk(list, Yields::Elements, scope);
                    out.extend(more);
                    partial |= open;
                }
                Value::list_of(ListKind::List, out, partial)
            }
            "pathlib.Path" | "Path" | "pathlib.PurePath" | "pathlib.PosixPath" | "pathlib.PurePosixPath" => {
                if args.list.len() < 2 { first } else { self.path_method("", "joinpath", args)? }
            }
            // What a field has where nothing is given.
            "pydantic.Field"
            | "pydantic.fields.Field"
            | "pydantic.v1.Field"
            | "sqlmodel.Field"
            | "dataclasses.field"
            | "attr.ib"
            | "attr.field"
            | "attrs.field" => {
                let position = if path.ends_with("Field") { 0 } else { usize::MAX };
                let made = args.get(usize::MAX, "default_factory").or_else(|| args.get(usize::MAX, "factory"));
                match (args.get(position, "default"), made) {
                    (Some(default), _) if !default.is_unknown() => default,
                    (None, Some(factory)) if factory.is_callable() => self.call(&factory, Args::default(), spot),
                    _ => return None,
                }
            }
            "re.compile" | "re.match" | "re.fullmatch" | "re.search" => {
                super::super::python::matching::asked(path, args)?
            }
            "re.sub" => match (args.at(0), args.at(2)) {
                (Value::Str(source), Value::Str(text))
                    if args.list.len() == 3
                        && args.named.is_empty()
                        && ![&source, &text].iter().any(|it| has_hole(it))
                        && !args.at(1).is_callable() =>
                {
                    // Where it is not known what stands in its place, what is around it is.
                    let with = args.at(1).as_whole_text().unwrap_or_else(|| hole("sub").into());
                    super::super::javascript::regexes::replaced_in_python(&text, &source, &with)
                }
                _ => return None,
            },
            // Programs run where their repository's paths start.
            "os.getcwd" | "pathlib.Path.cwd" => Value::text(""),
            _ => return None,
        })
    }

    fn isinstance(&mut self, value: &Value, class: &Value) -> Value {
        let classes = match class {
            Value::List(list) => list.items.borrow().clone(),
            other => vec![other.clone()],
        };
        // What an import names of a library that has a model is none of the instances that it makes.
        let library = |path: &str| self.models.speaks_of(Language::Python, path.split('.').next().unwrap_or(path));
        let named = matches!(value, Value::Unknown(path) if !path.contains("()") && library(path));
        let mut sure = named || !value.is_unknown();
        for class in &classes {
            let hit = match (class, value) {
                (Value::Unknown(name), Value::Str(_)) => Some(&**name == "str"),
                (Value::Unknown(name), Value::List(list)) => Some(match list.kind {
                    ListKind::List => &**name == "list",
                    ListKind::Tuple => &**name == "tuple",
                    ListKind::Set => &**name == "set",
                }),
                (Value::Unknown(name), Value::Map(_)) => Some(&**name == "dict"),
                (Value::Unknown(name), Value::Int(_)) => Some(&**name == "int"),
                (Value::Class(class), Value::Object(object)) => match object.class.clone() {
                    Some(own) => {
                        let target = Value::Class(class.clone());
                        Some(self.ancestors(&own).iter().any(|one| one.same(&target) == Some(true)))
                    }
                    None => None,
                },
                (Value::Unknown(_), Value::Unknown(_)) if named => Some(false),
                (Value::Unknown(name), Value::Object(object)) if DATA.contains(&&**name) => self.is_plain(object),
                (Value::Unknown(name), Value::Object(object)) => self.is_made_by(name, object),
                (Value::Unknown(name), Value::Function(_) | Value::Module(_) | Value::Class(_))
                    if self.models.makers.contains_key(&**name) =>
                {
                    Some(false)
                }
                (Value::Class(_), Value::Str(_) | Value::List(_) | Value::Map(_) | Value::Int(_)) => Some(false),
                // What is code of the project's is none of the language's data.
                (Value::Unknown(name), Value::Function(_) | Value::Bound(_) | Value::Class(_))
                    if DATA.contains(&&**name) =>
                {
                    Some(false)
                }
                _ => None,
            };
            match hit {
                Some(true) => return Value::Bool(true),
                Some(false) => {}
                None => sure = false,
            }
        }
        if sure { Value::Bool(false) } else { Value::unknown() }
    }

    /// That an instance is none of the language's data, where it is of a class that extends nothing that is not known.
    fn is_plain(&mut self, object: &Rc<Object>) -> Option<bool> {
        let class = object.class.clone()?;
        let known =
            |one: &Value| matches!(one, Value::Class(_)) || matches!(one, Value::Unknown(path) if &**path == "object");
        self.ancestors(&class).iter().all(known).then_some(false)
    }

    /// Whether an instance is one of a class of a library that has a model: it made it, or the instance's class extends it.
    fn is_made_by(&mut self, name: &Name, object: &Rc<Object>) -> Option<bool> {
        let maker = *self.models.makers.get(&**name)?;
        let extends = object.class.clone().is_some_and(|class| {
            self.ancestors(&class).iter().any(|one| matches!(one, Value::Unknown(path) if path == name))
        });
        let model = object.model.borrow();
        Some(extends || model.as_ref().is_some_and(|model| std::ptr::eq(model.ty, maker)))
    }

    fn zip(&mut self, args: &Args, scope: &ScopeRef) -> Value {
        let mut lists = Vec::new();
        let mut open = false;
        for list in &args.list {
            let (items, partial) = self.walk(list, Yields::Elements, scope);
            open |= partial;
            lists.push(items);
        }
        let shortest = lists.iter().map(Vec::len).min().unwrap_or(0);
        let rows = (0..shortest).map(|at| Self::tuple(lists.iter().map(|list| list[at].clone()).collect()));
        Value::list_of(ListKind::List, rows.collect(), open)
    }

    fn other_builtin(&mut self, path: &str, args: &Args, scope: &ScopeRef) -> Option<Value> {
        let first = args.at(0);
        let rest = || Value::list(args.list.iter().skip(1).cloned().collect());
        Some(match path {
            "fmt.Sprintf" | "String.format" => {
                let text = first.as_text()?;
                self.percent_format(&text, &rest())
            }
            "strings.ToLower" => {
                self.text_method(&first.as_text()?, "lower", &Args::default(), scope, Spot::default_in(scope))
            }
            "strings.ToUpper" => {
                self.text_method(&first.as_text()?, "upper", &Args::default(), scope, Spot::default_in(scope))
            }
            "strings.TrimSuffix" => {
                let (text, cut) = (first.as_text()?, args.at(1).as_text()?);
                Value::text(text.strip_suffix(&*cut).unwrap_or(&text))
            }
            "strings.TrimPrefix" => {
                let (text, cut) = (first.as_text()?, args.at(1).as_text()?);
                Value::text(text.strip_prefix(&*cut).unwrap_or(&text))
            }
            "strings.ReplaceAll" | "strings.Replace" => {
                let (text, from, to) = (first.as_text()?, args.at(1).as_whole_text()?, args.at(2).as_text()?);
                match args.list.get(3) {
                    None => Value::text(text.replace(&*from, &to)),
                    Some(Value::Int(most)) => {
                        let most = usize::try_from(*most).unwrap_or(usize::MAX);
                        Value::text(text.replacen(&*from, &to, most))
                    }
                    Some(_) => return None,
                }
            }
            "cmp.Or" => args.list.iter().skip(1).fold(first, |all, one| match &all {
                Value::Env(_) => self.env_or(all, one.clone()),
                _ => all.join(one.clone()),
            }),
            "strings.Join" => {
                let separator = args.at(1).as_text()?;
                let (items, partial) = self.walk(&first, Yields::Elements, scope);
                if partial { Value::text(hole("join")) } else { self.join_items(&separator, &items) }
            }
            "strings.NewReplacer" => Value::list(args.list.clone()),
            "append" => {
                let out = match &first {
                    Value::List(list) => Value::list_of(list.kind, list.items.borrow().clone(), list.partial.get()),
                    Value::Null | Value::Undefined => Value::list(Vec::new()),
                    _ => Value::list_of(ListKind::List, Vec::new(), true),
                };
                if let Value::List(list) = &out {
                    list.items.borrow_mut().extend(args.list.iter().skip(1).cloned());
                    list.partial.set(list.partial.get() || args.partial);
                }
                out
            }
            "strconv.Itoa" | "fmt.Sprint" if args.list.len() == 1 => self.shown_whole(&first),
            "String.from" | "string" | "Some" | "Ok" | "Box.new" | "Arc.new" | "Rc.new" | "std.sync.Arc.new"
            | "String.valueOf" => first,
            "List.of" | "Arrays.asList" | "Set.of" => Value::list(args.list.clone()),
            _ => return None,
        })
    }

    pub(in crate::code::eval) fn shown_whole(&mut self, value: &Value) -> Value {
        match value {
            Value::Env(_) | Value::Str(_) => value.clone(),
            Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Object(_) => self.shown(value, "x"),
            _ => Value::unknown(),
        }
    }
}

impl Spot {
    /// No place in particular.
    pub(crate) fn nowhere() -> Self {
        Spot { module: super::super::value::ModuleId(0), line: 0 }
    }

    /// The start of a scope's module.
    pub(crate) fn default_in(scope: &ScopeRef) -> Self {
        Spot { module: scope.module, line: 0 }
    }
}

fn range(args: &Args) -> Value {
    let bounds = match (args.at(0), args.at(1), args.at(2)) {
        (Value::Int(end), Value::Undefined, _) => Some((0, end, 1)),
        (Value::Int(start), Value::Int(end), Value::Undefined) => Some((start, end, 1)),
        (Value::Int(start), Value::Int(end), Value::Int(step)) if step > 0 => Some((start, end, step)),
        _ => None,
    };
    match bounds {
        Some((start, end, step)) => {
            let step = usize::try_from(step).unwrap_or(1);
            Value::list((start..end).step_by(step).take(2_000).map(Value::Int).collect())
        }
        None => Value::unknown(),
    }
}

/// The template of a pattern that grpc-gateway generates: its operations put segments on a stack and name what they capture.
fn gateway_pattern(path: &str, args: &Args) -> Option<Value> {
    if path != "github.com/grpc-ecosystem/grpc-gateway/runtime.NewPattern" {
        return None;
    }
    let (Value::List(operations), Value::List(pool)) = (args.at(1), args.at(2)) else { return Some(Value::unknown()) };
    let operations: Vec<usize> = operations.items.borrow().iter().filter_map(small).collect();
    let pool: Vec<String> =
        pool.items.borrow().iter().filter_map(|one| one.as_whole_text().map(|text| text.to_string())).collect();
    let mut stack: Vec<String> = Vec::new();
    for pair in operations.chunks(2) {
        let (operation, operand) = (pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0));
        match operation {
            1 => stack.push("*".to_owned()),
            2 => stack.push(pool.get(operand).cloned().unwrap_or_default()),
            3 => stack.push("**".to_owned()),
            4 => {
                let at = stack.len().saturating_sub(operand);
                let joined = stack.split_off(at).join("/");
                stack.push(joined);
            }
            5 => {
                let taken = stack.pop().unwrap_or_default();
                stack.push(format!("{{{}={taken}}}", pool.get(operand).map_or("", String::as_str)));
            }
            _ => {}
        }
    }
    let verb = args.at(3).as_whole_text().filter(|verb| !verb.is_empty());
    let verb = verb.map_or_else(String::new, |verb| format!(":{verb}"));
    Some(Value::text(format!("/{}{verb}", stack.join("/"))))
}

fn small(value: &Value) -> Option<usize> {
    match value {
        Value::Int(number) => usize::try_from(*number).ok(),
        _ => None,
    }
}
