//! Model objects: what calling a library does to them, by the vocabulary of the model files.

use std::cell::RefCell;
use std::rc::Rc;

use super::call::registers;
use super::machine::Machine;
use super::routes::attributes::method_of;
use super::value::{Args, ClassValue, ListKind, Map, Modelled, Object, Spot, Value};
use crate::code::form::{ClassKind, Language, Name};
use crate::code::holes::hole;
use crate::code::models::{HandWord, ObjectModel};

impl Machine<'_> {
    /// An object of which only the type is known.
    pub(crate) fn placeholder(&mut self, model: &'static ObjectModel) -> Value {
        let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
        self.become_object(&object, model);
        if let Some(it) = object.model.borrow().as_ref() {
            self.forest.nodes[it.node].unbound = !model.given;
        }
        Value::Object(object)
    }

    /// Makes an object one of a model's kind.
    pub(crate) fn become_object(&mut self, object: &Rc<Object>, model: &'static ObjectModel) {
        self.effects += 1;
        let node = self.forest.add(model, self.conditional > 0);
        self.forest.nodes[node].unbound = self.go_alone();
        self.forest.nodes[node].uncalled = self.uncalled;
        let args = Rc::new(Map::default());
        self.forest.nodes[node].args = Some(args.clone());
        object.model.replace(Some(Modelled { ty: model, node, view: None, args }));
    }

    /// Gives a model object its constructor's arguments.
    pub(crate) fn init_object(&mut self, object: &Rc<Object>, args: &Args, spot: Spot) {
        let Some(it) = object.model.borrow().clone() else { return };
        let bound = self.bind_names(&it.ty.args, args);
        for (key, value) in bound.pairs() {
            if let Some(at) = key.key() {
                it.args.set(at, key, value);
            }
        }
        self.forest.nodes[it.node].made.get_or_insert(spot.module);
        self.note_layers(&it, spot);
        if let Some(prefix) = &it.ty.prefix {
            self.forest.nodes[it.node].prefix = self.argument_at(&bound, prefix, spot);
        }
        if self.forest.nodes[it.node].prefix.is_nothing()
            && let Some(prefix) = self.filed_prefix(it.ty, Some(spot))
        {
            self.forest.nodes[it.node].prefix = prefix;
        }
        if let (Some(default), Value::Undefined | Value::Null) =
            (&it.ty.prefix_default, &self.forest.nodes[it.node].prefix)
        {
            let mut text = default.clone();
            for (key, value) in bound.pairs() {
                let value = match &value {
                    // A router stands for its own prefix.
                    Value::Object(other) => {
                        let node = other.model.borrow().as_ref().map(|it| it.node);
                        node.and_then(|node| match &self.forest.nodes[node].prefix {
                            Value::Undefined | Value::Null => Some("".into()),
                            prefix => prefix.as_text(),
                        })
                    }
                    value => value.as_text(),
                };
                if let Value::Str(key) = key {
                    // What is not known is no name of a parameter.
                    let shown = value.map_or_else(|| hole(&key), |value| value.to_string());
                    text = text.replace(&format!("{{{key}}}"), &shown);
                }
            }
            if bound.partial.get() {
                for name in it.ty.args.clone() {
                    text = text.replace(&format!("{{{name}}}"), &hole(&name));
                }
            }
            self.forest.nodes[it.node].prefix = Value::text(text);
        }
        if let Some(takes) = &it.ty.takes {
            let mut child = self.argument_at(&bound, takes, spot);
            child = self.carried(it.ty, child);
            if it.ty.pairs {
                child = self.take_pairs(&it, &child, spot, 0);
            }
            if let Some(places) = it.ty.tuples {
                child = self.take_tuples(&it, child, places, spot);
            }
            if it.ty.flat {
                child = self.take_flat(&it, child, spot);
            }
            if !child.is_nothing() {
                self.mount(it.node, Value::text(""), child, (false, false), spot);
            }
        }
        if let Some(record) = &it.ty.record {
            let value = self.argument_at(&bound, record, spot);
            self.record(object, &it, &value, spot);
        }
        if let Some(library) = &it.ty.library {
            self.library(library, &it, &bound, spot);
        }
        if let Some(table) = &it.ty.table {
            self.table_of_paths(table, &it, &bound, spot);
            self.let_go(args);
        }
        if let Some(contract) = &it.ty.contract {
            self.contract(contract, Some(&it), &bound, spot);
        }
        let mounts = it.ty.holds.as_ref().is_some_and(|holds| {
            holds.child.split('|').any(|name| {
                let child = self.argument_at(&bound, name.trim(), spot);
                let open = it.ty.strict && child.is_unknown() && method_of(&child).is_none();
                it.ty.entry.is_none() || open || self.is_mountable(&child, &holds.called)
            })
        });
        if let (Some(entry), false) = (&it.ty.entry, mounts) {
            self.route_on(entry, Some(&it), &bound, args, spot);
        }
        if let Some(space) = &it.ty.name_space {
            self.forest.nodes[it.node].space = self.argument_at(&bound, space, spot);
        }
        if let (Some(holds), true) = (&it.ty.holds, mounts) {
            let first = self.forest.nodes[it.node].entries.len();
            let at = holds.at.as_ref().map_or(Value::text(""), |at| self.argument_at(&bound, at, spot));
            for name in holds.child.split('|') {
                let child = self.argument_at(&bound, name.trim(), spot);
                if !child.is_nothing() {
                    self.mount(it.node, at.clone(), child, (holds.replaces, holds.loose), spot);
                }
            }
            self.name_as(it.node, first, holds.name.as_ref(), &bound, spot);
        }
        if let Some(hands) = &it.ty.hands {
            let to = self.argument_at(&bound, hands, spot);
            self.hand(&HandWord::default(), &to, &Value::Object(object.clone()), spot);
        }
        if let Some(attach) = &it.ty.attach {
            let parent = self.argument_at(&bound, attach, spot);
            self.attach(&parent, &Value::Object(object.clone()), Value::text(""), spot);
        }
    }

    pub(super) fn attach(&mut self, parent: &Value, child: &Value, at: Value, spot: Spot) {
        if let Value::Object(parent) = parent
            && let Some(it) = parent.model.borrow().clone()
        {
            let at = self.viewed(&it, at);
            self.mount(it.node, at, child.clone(), (false, false), spot);
        }
    }

    /// `new path(…)`.
    pub(crate) fn construct_path(&mut self, path: &Name, args: Args, spot: Spot) -> Value {
        if let Some(model) = self.models.makers.get(&**path).copied() {
            let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
            self.become_object(&object, model);
            self.init_object(&object, &args, spot);
            return Value::Object(object);
        }
        self.call_path(path, args, spot)
    }

    /// A call of what is known by its path alone.
    pub(crate) fn call_path(&mut self, path: &Name, args: Args, spot: Spot) -> Value {
        if path.is_empty() {
            self.let_go(&args);
            let script = self.modules[spot.module.0].language == Language::JavaScript;
            if script && args.list.iter().any(registers) {
                self.note(spot, "what is registered here is not known: the function is not in the repository");
            }
            return if self.is_go(spot.module) { self.go_unseen(path, &args) } else { Value::unknown() };
        }
        if self.models.makers.contains_key(&**path) {
            return self.construct_path(path, args, spot);
        }
        // Without a name it gives the environment as a whole, where it is known to.
        if args.list.is_empty() && self.models.functions.contains_key(&**path) {
            let whole = format!("{path}()");
            if self.models.sources.contains_key(&whole) {
                return Value::from_path(whole);
            }
        }
        match self.models.functions.get(&**path).copied() {
            Some(action) if action.only_computes() => {
                if let Some(value) = self.computed((action, path), &args, spot) {
                    return value;
                }
            }
            Some(action) => return self.act(action, path, None, &args, spot),
            None => {}
        }
        if let ("run", [Value::Function(block)], Language::Java) =
            (&**path, args.list.as_slice(), self.modules[spot.module.0].language)
        {
            return self.enter_surely(&block.clone(), None, Args::default(), spot);
        }
        if let Some(value) = self.enum_asked(path, &args).or_else(|| self.loaded_services(path, &args, spot)) {
            return value;
        }
        if self.modules[spot.module.0].language == Language::Java {
            let made = self.block_builtin(path, &args, spot).or_else(|| self.made_component(path, spot));
            if let Some(value) = made {
                return value;
            }
        }
        if let Some(value) = self.pure(path, &args, spot) {
            return value;
        }
        if let Some(value) = self.ask_stored(path, &args, spot) {
            return value;
        }
        if let Some(value) = self.go_tag(path, &args.at(0)) {
            return value;
        }
        if let Some(value) = self.call_named(path, &args, spot) {
            return value;
        }
        if let Some(value) = self.read_by_helper(path, &args, spot) {
            return value;
        }
        if let Some(class) = path.strip_suffix(".as_view") {
            return self.view_of(Value::from_path(class), &args);
        }
        if let Some(value) = self.init_by_class(path, &args, spot) {
            return value;
        }
        if let Some(value) = self.go_generated_path(path, &args, spot) {
            return value;
        }
        if let Some(value) = self.go_called_path(path, &args, spot) {
            return value;
        }
        self.saw_given(path, &args, spot);
        self.saw_path_given(path, &args, spot);
        self.let_go(&args);
        let registered = args.list.iter().any(registers);
        if registered && self.modules[spot.module.0].language == Language::JavaScript && is_loaded(path) {
            self.note(spot, "what is registered here is not known: the module that is loaded is not");
        }
        if registered && (self.is_missing(path, spot) || self.go_registers(path, spot)) {
            self.note(spot, format!("what `{path}` registers here is not known: it is not in the repository"));
        }
        if let ([one @ (Value::Function(_) | Value::Class(_) | Value::Native(_))], true) =
            (&args.list[..], args.named.is_empty())
            && self.modules[spot.module.0].language == Language::Python
        {
            // What nobody knows and what wraps one function or class changes nothing, as a decorator does.
            return one.clone();
        }
        if self.is_go(spot.module) {
            return self.go_unseen(path, &args);
        }
        if self.modules[spot.module.0].language == Language::Rust
            && let Some(held) = self.held_routers(&args)
        {
            self.saw_filters(path, &args, spot);
            self.saw_more(path, &args, spot);
            return held;
        }
        match self.passed_through(&args) {
            Some(router) => router,
            None => Value::from_path(format!("{path}()")),
        }
    }

    /// A call of a member of something unknown.
    pub(crate) fn call_unknown_member(
        &mut self,
        object: &Value,
        callee: &Value,
        name: &Name,
        args: Args,
        spot: Spot,
    ) -> Value {
        if let Some(framework) = self.models.serving.get(&**name) {
            for one in &args.list {
                if let Value::Object(it) = one
                    && let Some(it) = it.model.borrow().as_ref().filter(|it| it.ty.framework() == framework)
                {
                    self.forest.nodes[it.node].served = true;
                }
            }
        }
        if let Some(found) = self.scanned_for(name, &args, spot).or_else(|| self.given_by_class(name, &args, spot)) {
            return found;
        }
        let result = matches!(object, Value::Unknown(path) if path.is_empty() || path.contains("()"));
        if self.is_go(spot.module) && result && looks_like_registration(name, &args) {
            self.note(spot, "registered on something that is not known");
        }
        match (object, callee) {
            (Value::Unknown(path), _) if path.is_empty() => {
                if &**name == "then" || &**name == "catch" {
                    let given = Args::starting(vec![Value::unknown()]);
                    return self.call(&args.at(0), given, spot);
                }
                self.saw_handed(name, &args, spot);
                self.let_go(&args);
                if self.is_go(spot.module) { self.go_unseen(path, &args) } else { Value::unknown() }
            }
            (_, callee) => self.call(callee, args, spot),
        }
    }

    /// A member of a class that nothing in the repository defines.
    pub(crate) fn class_call(&mut self, class: &Rc<ClassValue>, name: &Name, args: Args, spot: Spot) -> Value {
        if &**name == "as_view" {
            return self.view_of(Value::Class(class.clone()), &args);
        }
        if &**name == "default"
            && self.language(&class.scope) == Language::Rust
            && let Some(made) = self.rust_default(class, spot, 0)
        {
            return made;
        }
        if self.language(&class.scope) == Language::Rust
            && let Some(made) = self.all_variants(class, name).or_else(|| self.derived_instance(class, 0))
        {
            return made;
        }
        let scope = self.modules[spot.module.0].scope.clone();
        if let Some(value) = self.call_of_base(&Value::Class(class.clone()), name, &args, &scope, spot) {
            return value;
        }
        let base = self.ancestors(class).into_iter().find_map(|one| match one {
            Value::Unknown(path) if !path.is_empty() => Some(path),
            _ => None,
        });
        match base {
            Some(base) => {
                let path = format!("{base}.{name}");
                let args = self.given_itself(&path, class, args);
                self.call_path(&path.into(), args, spot)
            }
            None => {
                self.let_go(&args);
                Value::unknown()
            }
        }
    }

    /// A member of a model object that is read.
    pub(crate) fn modelled_member(&mut self, it: &Rc<Object>, object: &Value, name: &Name) -> Option<Value> {
        let model = it.model.borrow().clone()?;
        if let Some(constant) = model.ty.constants.get(&**name) {
            return Some(Value::text(constant.as_str()));
        }
        if let Some(argument) = model.ty.values.get(&**name) {
            if argument == "self" {
                return Some(object.clone());
            }
            if argument == "registered" {
                return Some(self.registered(model.node));
            }
            if let Some(path) = argument.strip_prefix("from ") {
                return Some(Value::from_path(path));
            }
            if let Some(config) = argument.strip_prefix("configured ") {
                return Some(self.package_configuration(config));
            }
            if let Some(name) = argument.strip_prefix("new ") {
                let file = model.ty.name.split('.').next().unwrap_or_default();
                let made = self.models.objects.get(&format!("{file}.{name}")).copied()?;
                let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
                self.become_object(&object, made);
                let object = Value::Object(object);
                it.members.put(name, object.clone());
                return Some(object);
            }
            if argument == "prefix" && model.args.named("prefix").is_none() {
                return Some(self.forest.nodes[model.node].prefix.clone());
            }
            let (argument, default) =
                argument.split_once("|/").map_or((&**argument, None), |(it, rest)| (it, Some(rest)));
            let given = self.argument_at(&model.args, argument, Spot::nowhere());
            return Some(match default {
                Some(default) if given.is_nothing() => Value::text(format!("/{default}")),
                _ => given,
            });
        }
        if model.ty.cradle {
            return self.cradle_member(name, Spot::nowhere());
        }
        model.ty.members.contains_key(&**name).then(|| Value::Method(Rc::new((object.clone(), name.clone()))))
    }

    /// Calls a member of a model object; none where the model has no such member.
    pub(crate) fn call_modelled(
        &mut self,
        it: &Rc<Object>,
        object: &Value,
        name: &Name,
        args: &Args,
        spot: Spot,
    ) -> Option<Value> {
        let model = it.model.borrow().clone()?;
        let scope = self.modules[spot.module.0].scope.clone();
        // A library's function that is called on the object is written by its own name.
        let library = !model.ty.members.contains_key(&**name) && self.has_packages(&scope);
        let meant = if library { self.member_meant(&model, name, &scope) } else { None };
        let name = meant.as_ref().unwrap_or(name);
        match model.ty.members.get(&**name) {
            Some(action) => Some(self.act(action, name, Some((it, object)), args, spot)),
            None if model.ty.values.contains_key(&**name) => None,
            // What was promised.
            None if &**name == "then" => Some(self.call(&args.at(0), Args::of(vec![object.clone()]), spot)),
            None => {
                if &**name == super::routes::registered::UNKNOWN_MEMBER {
                    self.call_unnamed_member(it, args, spot);
                }
                if self.modules[spot.module.0].language == Language::Java && registers(object) {
                    self.tell_foreign(name, args, spot);
                }
                self.let_go(args);
                Some(if model.ty.chains { object.clone() } else { Value::unknown() })
            }
        }
    }

    /// `super.name(…)` where the base is a model.
    pub(crate) fn call_super_model(&mut self, this: &Value, name: &Name, args: &Args, spot: Spot) -> Value {
        let Value::Object(it) = this else { return Value::unknown() };
        if matches!(&**name, "__init__" | "constructor") {
            self.init_object(it, args, spot);
            return Value::Null;
        }
        self.call_modelled(it, this, name, args, spot).unwrap_or_else(Value::unknown)
    }

    /// Arguments by the names of parameters.
    pub(crate) fn bind_names(&mut self, names: &[String], args: &Args) -> Rc<Map> {
        let map = Map::default();
        let mut next = 0;
        for name in names {
            if let Some(name) = name.strip_prefix('*') {
                let rest = args.list.get(next..).unwrap_or_default().to_vec();
                next = args.list.len();
                map.put(name, Value::list_of(ListKind::List, rest, args.partial));
            } else if let Some(first) = name.strip_prefix('&') {
                let told = |value: &&Value| {
                    args.list.len() > next + 1 && !matches!(value, Value::Function(_)) && !is_of_java(value)
                };
                if let Some(value) = args.list.get(next).filter(told) {
                    map.put(first, value.clone());
                    next += 1;
                }
            } else if let Some(optional) = name.strip_prefix(['?', '~']) {
                let left = args.list.len().saturating_sub(next);
                let behind = args.list.get(next + 1).is_some_and(|value| looks_like_path(value, left > 2));
                // What stands before a written path, with more behind that, is its name whatever it comes to.
                let written = matches!(args.list.get(next + 1), Some(Value::Str(_) | Value::Regex(_)));
                let named = name.starts_with('~') && left > 2 && written;
                // A path that is written is none's name where what follows it is not.
                let slashed = |value: &Value| matches!(value, Value::Str(text) if text.starts_with('/'));
                if let Some(value) = args.list.get(next)
                    && (name.starts_with('?') || written || !slashed(value))
                    && (named || (looks_like_path(value, left > 1) && (behind || name.starts_with('?'))))
                {
                    map.put(optional, value.clone());
                    next += 1;
                }
            } else if let Some(value) = args.list.get(next) {
                map.put(name, value.clone());
                next += 1;
            }
        }
        for (name, value) in &args.named {
            map.put(name, value.clone());
        }
        map.partial.set(args.partial);
        Rc::new(map)
    }

    /// The object that a call is about: the one in an argument where a model names that, else the one that it is called on.
    pub(super) fn meant_by(
        &mut self,
        on: Option<&str>,
        model: Option<&Modelled>,
        bound: &Rc<Map>,
        spot: Spot,
    ) -> Option<Modelled> {
        let Some(on) = on else { return model.cloned() };
        match self.argument_at(bound, on, spot) {
            Value::Object(it) => it.model.borrow().clone(),
            _ => None,
        }
    }

    /// The value that an argument's path leads to.
    pub(crate) fn argument_at(&mut self, bound: &Rc<Map>, path: &str, spot: Spot) -> Value {
        if let Some((first, rest)) = path.split_once('|') {
            let value = self.argument_at(bound, first, spot);
            return if value.is_nothing() { self.argument_at(bound, rest, spot) } else { value };
        }
        if path == "?" {
            return Value::unknown();
        }
        if let Some(text) = path.strip_prefix('=') {
            return Value::text(text);
        }
        if let Some(list) = path.strip_prefix('*') {
            return self.first_text(bound, list, spot);
        }
        let mut parts = path.split('.');
        let first = parts.next().unwrap_or(path);
        let mut value = match bound.named(first) {
            Some(value) => value,
            None if bound.partial.get() => return Value::unknown(),
            None => return Value::Undefined,
        };
        let scope = self.modules[spot.module.0].scope.clone();
        for part in parts {
            value = match self.force(value) {
                Value::Undefined
                | Value::Null
                | Value::Bool(_)
                | Value::Str(_)
                | Value::List(_)
                | Value::Function(_) => return Value::Undefined,
                value => self.index_read(&value, &Value::text(part), &scope, spot.line),
            };
        }
        self.force(value)
    }

    /// A path as the object sees it: behind the prefix of its view.
    pub(super) fn viewed(&mut self, model: &Modelled, at: Value) -> Value {
        match &model.view {
            Some(view) if at.is_nothing() => Value::Str(view.clone()),
            Some(view) => self.concat(&Value::text(format!("{view}/")), &at),
            None => at,
        }
    }

    /// A value goes to code that nobody sees: a router among it may be served there.
    pub(crate) fn served(&mut self, value: &Value) {
        if let Value::Object(object) = value
            && let Some(it) = object.model.borrow().as_ref()
        {
            self.forest.nodes[it.node].handed = true;
        }
    }
}

/// Whether a value is an instance of a class of the project's in Java or Kotlin: no path and no name.
fn is_of_java(value: &Value) -> bool {
    let Value::Object(object) = value else { return false };
    object.model.borrow().is_none() && object.class.as_ref().is_some_and(|class| class.class.kind == ClassKind::Class)
}

/// Whether a call on something unknown is one that routers have: a method's name, a path, and what handles it.
pub(super) fn looks_like_registration(name: &str, args: &Args) -> bool {
    let verb = matches!(
        name.to_ascii_uppercase().as_str(),
        "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS" | "ANY" | "ALL" | "HANDLE" | "HANDLEFUNC"
    );
    let path = matches!(args.list.first(), Some(Value::Str(text)) if text.starts_with('/'));
    let handler = args.list.iter().skip(1).any(|value| match value {
        Value::Function(_) | Value::Bound(_) => true,
        Value::Unknown(path) => path.rsplit('.').next().is_some_and(|name| name.contains("Handler")),
        Value::Object(it) => it.class.as_ref().is_some_and(|class| class.members.named("ServeHTTP").is_some()),
        _ => false,
    });
    verb && path && handler
}

/// Whether it is what a module that is not known gives, or a member of that.
fn is_loaded(path: &str) -> bool {
    path.strip_prefix("require()").or_else(|| path.strip_prefix("import()")).is_some_and(|rest| !rest.contains('('))
}

/// What members are called that hold paths.
const PATHS: &[&str] = &["endpoint", "path", "pattern", "route", "uri", "url"];

/// Whether an argument is a path: text, a pattern, a list of them; something unknown where more follows.
fn looks_like_path(value: &Value, more: bool) -> bool {
    match value {
        Value::Str(_) | Value::Regex(_) => true,
        Value::List(list) => {
            let items = list.items.borrow();
            !items.is_empty() && items.iter().all(|item| matches!(item, Value::Str(_) | Value::Regex(_)))
        }
        Value::Alt(all) => all.iter().all(|one| looks_like_path(one, more)),
        Value::Env(_) => more,
        // What a call gives is middleware; what it has under such a name is none.
        Value::Unknown(path) => {
            let last = path.rsplit('.').next().unwrap_or(path);
            more && (!path.contains("()") || PATHS.contains(&last))
        }
        _ => false,
    }
}
