//! Model objects: what calling a library does to them, by the vocabulary of the model files.

use std::cell::RefCell;
use std::rc::Rc;

use super::attributes::method_of;
use super::call::registers;
use super::filters::segments;
use super::forest::{Entry, Methods};
use super::machine::Machine;
use super::scope::ScopeRef;
use super::value::{Args, ClassValue, ListKind, Map, Modelled, Native, Object, Spot, Value};
use crate::code::form::{Language, Name, Yields};
use crate::code::models::{Action, HandWord, ObjectModel, RouteWord};

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
        if let Some(prefix) = &it.ty.prefix {
            self.forest.nodes[it.node].prefix = self.argument_at(&bound, prefix, spot);
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
                        node.map(|node| self.forest.nodes[node].prefix.as_text().unwrap_or_else(|| "".into()))
                    }
                    value => value.as_text(),
                };
                if let (Value::Str(key), Some(value)) = (key, value) {
                    text = text.replace(&format!("{{{key}}}"), &value);
                }
            }
            self.forest.nodes[it.node].prefix = Value::text(text);
        }
        if let Some(takes) = &it.ty.takes {
            let mut child = self.argument_at(&bound, takes, spot);
            child = self.carried(it.ty, child);
            if it.ty.pairs {
                child = self.firsts(&child, 0);
            }
            if let Some(places) = it.ty.tuples {
                child = self.take_tuples(&it, child, places, spot);
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
        let mounts = it.ty.holds.as_ref().is_some_and(|holds| {
            holds.child.split('|').any(|name| {
                let child = self.argument_at(&bound, name.trim(), spot);
                it.ty.entry.is_none() || self.is_mountable(&child)
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

    fn attach(&mut self, parent: &Value, child: &Value, at: Value, spot: Spot) {
        if let Value::Object(parent) = parent
            && let Some(it) = parent.model.borrow().clone()
        {
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
        if let Some(action) = self.models.functions.get(&**path).copied() {
            return self.act(action, path, None, &args, spot);
        }
        if let Some(value) = self.pure(path, &args, spot) {
            return value;
        }
        if let Some(value) = self.go_tag(path, &args.at(0)) {
            return value;
        }
        if let Some(value) = self.call_named(path, &args, spot) {
            return value;
        }
        if let Some(class) = path.strip_suffix(".as_view") {
            return self.view_of(Value::from_path(class), &args);
        }
        self.let_go(&args);
        if self.is_missing(path, spot) && args.list.iter().any(registers) {
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
            return held;
        }
        Value::from_path(format!("{path}()"))
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
        let base = self.ancestors(class).into_iter().find_map(|one| match one {
            Value::Unknown(path) if !path.is_empty() => Some(path),
            _ => None,
        });
        match base {
            Some(base) => self.call_path(&format!("{base}.{name}").into(), args, spot),
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
            if let Some(name) = argument.strip_prefix("new ") {
                let file = model.ty.name.split('.').next().unwrap_or_default();
                let made = self.models.objects.get(&format!("{file}.{name}")).copied()?;
                let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
                self.become_object(&object, made);
                return Some(Value::Object(object));
            }
            if argument == "prefix" && model.args.named("prefix").is_none() {
                return Some(self.forest.nodes[model.node].prefix.clone());
            }
            return Some(model.args.named(argument).unwrap_or(Value::Undefined));
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
        match model.ty.members.get(&**name) {
            Some(action) => Some(self.act(action, name, Some((it, object)), args, spot)),
            None if model.ty.values.contains_key(&**name) => None,
            // What was promised.
            None if &**name == "then" => Some(self.call(&args.at(0), Args::of(vec![object.clone()]), spot)),
            None => {
                if &**name == super::registered::UNKNOWN_MEMBER {
                    self.call_unnamed_member(it, args, spot);
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
                if let Some(value) = args.list.get(next).filter(|_| args.list.len() > next + 1) {
                    map.put(first, value.clone());
                    next += 1;
                }
            } else if let Some(optional) = name.strip_prefix(['?', '~']) {
                let left = args.list.len().saturating_sub(next);
                let behind = args.list.get(next + 1).is_some_and(|value| looks_like_path(value, left > 2));
                if let Some(value) = args.list.get(next)
                    && looks_like_path(value, left > 1)
                    && (behind || name.starts_with('?'))
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

    /// The value that an argument's path leads to.
    pub(crate) fn argument_at(&mut self, bound: &Rc<Map>, path: &str, spot: Spot) -> Value {
        if let Some((first, rest)) = path.split_once('|') {
            let value = self.argument_at(bound, first, spot);
            return if value.is_nothing() { self.argument_at(bound, rest, spot) } else { value };
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

    /// Does what a model says that a call does.
    pub(crate) fn act(
        &mut self,
        action: &'static Action,
        name: &Name,
        receiver: Option<(&Rc<Object>, &Value)>,
        args: &Args,
        spot: Spot,
    ) -> Value {
        let bound = self.bind_names(&action.args, args);
        let held = action.on.as_ref().map(|on| self.acted_on(on, &bound, spot));
        let receiver = match &held {
            Some(value @ Value::Object(it)) => Some((it, value)),
            Some(_) => return Value::unknown(),
            None => receiver,
        };
        let model = receiver.and_then(|(it, _)| it.model.borrow().clone());
        let this = receiver.map_or(Value::Undefined, |(_, value)| value.clone());
        let mut made = Value::Undefined;
        if let Some(wrap) = &action.wrap {
            return self.wrap(wrap, &bound, spot);
        }
        if receiver.is_none() {
            if action.is_decorator() {
                let (member, args) = (name.clone(), args.clone());
                return Value::Native(Rc::new(Native::Decorator { action, member, receiver: this, args, spot }));
            }
            if let Some(group) = &action.group {
                let scope = self.modules[spot.module.0].scope.clone();
                let all = self.argument_at(&bound, group, spot);
                return Value::Native(Rc::new(Native::Group(self.walk(&all, Yields::Elements, &scope).0)));
            }
        }
        if action.places.is_some() || action.route.as_ref().is_some_and(|route| route.keyed) {
            self.let_go(args);
            return Value::Native(Rc::new(Native::Noted(self.noted(action, bound, spot))));
        }
        if let Some(lookup) = &action.lookup
            && let Some(found) = self.looked_up(lookup, &bound, spot)
        {
            return found;
        }
        if let Some(keys) = action.env.as_ref().and_then(|env| env.keys.as_ref()) {
            let value = self.read_keys(keys, model.as_ref(), &this, &bound, spot);
            if action.namespace.is_none() {
                return value;
            }
        } else if let Some(env) = &action.env {
            return self.env_action(env, model.as_ref(), &bound, spot);
        }
        if let Some(word) = &action.make
            && let Some(made_model) = self.models.objects.get(&word.object).copied()
        {
            made = self.make(word, made_model, model.as_ref(), args, &bound, spot);
        }
        if let Some(word) = &action.tags {
            self.fill(word, &bound, spot);
        }
        if let (Some(word), Some(model)) = (&action.settings, &model) {
            return self.settings(word, model, &bound, spot);
        }
        if let (Some(word), Some(model)) = (&action.library, &model) {
            self.library(word, model, &bound, spot);
        }
        if let (Some(word), Some(model)) = (&action.rpc, &model) {
            self.service(word, model, name, &bound, spot);
        }
        if let Some(build) = &action.build {
            self.build(build, if made.is_nothing() { &this } else { &made }, &bound, spot);
        }
        // What a function of the library makes is what it registers on.
        let model = match (&receiver, &made) {
            (None, Value::Object(object)) => object.model.borrow().clone(),
            _ => model,
        };
        let idle = action.route.as_ref().is_some_and(|route| args.list.len() < route.at_least);
        if idle && made.is_nothing() {
            return Value::unknown();
        }
        let routes = |route: &&RouteWord| !idle && (model.is_some() || route.on.is_some());
        if let Some(route) = action.route.as_ref().filter(routes) {
            let handler = route.handler.as_ref().map(|handler| self.argument_at(&bound, handler, spot));
            if route.decorates && handler.is_none_or(|handler| handler.is_nothing()) {
                let (member, args) = (name.clone(), args.clone());
                return Value::Native(Rc::new(Native::Decorator { action, member, receiver: this, args, spot }));
            }
            self.route_on(route, model.as_ref(), &bound, args, spot);
        }
        if let Some(route) = action.also.as_ref().filter(routes) {
            self.route_on(route, model.as_ref(), &bound, args, spot);
        }
        if let (Some(resource), Some(model)) = (&action.resource, &model) {
            self.resource(resource, model, &bound, spot);
        }
        if let Some(rows) = &action.rows {
            self.rows(rows, &made, &bound, spot);
        }
        if let (Some(choose), Some(model)) = (&action.choose, &model) {
            self.choose(choose, model, &bound, spot);
        }
        if let Some(mount) = &action.mount {
            self.mount_action(mount, model.as_ref(), &bound, spot);
        }
        if let (Some(plugin), Some(model)) = (&action.plugin, &model) {
            self.plugin(plugin, model, &this, &bound, spot);
        }
        if let (Some(set), Value::Object(it)) = (&action.set, &this)
            && let Some(member) = self.argument_at(&bound, &set.name, spot).as_whole_text()
        {
            let value = self.argument_at(&bound, &set.value, spot);
            it.members.put(&member, value);
        }
        if let Some(before) = &action.before {
            let path = self.argument_at(&bound, &before.path, spot);
            let when = self.argument_at(&bound, &before.when, spot);
            let framework = model.as_ref().map_or("", |model| model.ty.framework()).to_owned();
            self.effects += 1;
            self.befores.push((framework, spot, path, when));
        }
        if let Some(attach) = &action.attach {
            let parent = self.argument_at(&bound, attach, spot);
            let at = action.attach_at.as_ref().map_or(Value::text(""), |at| self.argument_at(&bound, at, spot));
            self.attach(&parent, &this, at, spot);
        }
        if let (Some(join), Some(model)) = (&action.join, &model) {
            return self.joined(join, model, &this, &bound, spot);
        }
        if let Some(serves) = &action.serves {
            for one in self.argument_at(&bound, serves, spot).each() {
                if let Value::Object(object) = one
                    && let Some(it) = object.model.borrow().as_ref()
                {
                    self.forest.nodes[it.node].served = true;
                }
            }
        }
        if let (Some(restrict), Some(model)) = (&action.restrict, &model) {
            let given = self.argument_at(&bound, restrict, spot);
            let (methods, _) = self.methods_in(&given, spot);
            self.forest.nodes[model.node].only.extend(methods);
        }
        if let (Some(handler), Some(model)) = (&action.serve_without, &model)
            && self.argument_at(&bound, handler, spot).is_nothing()
        {
            self.forest.nodes[model.node].served = true;
        }
        if let (true, Some(model)) = (action.serve, &model) {
            self.forest.nodes[model.node].served = true;
        }
        if let Some(hand) = &action.hand {
            let given = match hand.what.as_str() {
                "made" => made.clone(),
                "self" => this.clone(),
                argument => self.argument_at(&bound, argument, spot),
            };
            let to = self.argument_at(&bound, &hand.to, spot);
            match (&hand.behind, &this) {
                (None, Value::Object(it)) if hand.instead => {
                    let outer = Self::put_instead(it, &made);
                    self.hand(hand, &to, &given, spot);
                    it.model.replace(outer);
                }
                (Some(behind), Value::Object(it)) => {
                    let outer = self.seen_behind(it, behind, &bound, spot);
                    self.hand(hand, &to, &given, spot);
                    it.model.replace(outer);
                }
                (Some(_) | None, _) => self.hand(hand, &to, &given, spot),
            }
        }
        if let Some(mark) = &action.mark {
            match &mark.on {
                Some(on) => {
                    let target = self.argument_at(&bound, on, spot);
                    self.mark(mark, &target, &bound, spot);
                }
                None => {
                    let (member, args) = (name.clone(), args.clone());
                    return Value::Native(Rc::new(Native::Decorator { action, member, receiver: this, args, spot }));
                }
            }
        }
        if let (Some(within), Some(model)) = (&action.within, &model) {
            let more = self.argument_at(&bound, within, spot);
            return self.prefixed(model.node, &more);
        }
        if let Some(load) = &action.load {
            let Some(dotted) = self.argument_at(&bound, load, spot).as_whole_text() else { return Value::unknown() };
            let scope = self.modules[spot.module.0].scope.clone();
            return self.load_dotted(&dotted, &scope);
        }
        if let Some(include) = &action.include {
            return self.include_named(include, &bound, spot);
        }
        if let Some(skip) = action.lists {
            let items = args.list.iter().skip(skip).cloned().collect();
            return Value::list_of(ListKind::List, items, args.partial);
        }
        if action.callbacks {
            self.let_go(args);
        }
        if let Some(why) = &action.unresolved {
            self.note(spot, why.clone());
        }
        if let Some(provides) = &action.provides {
            let given = self.argument_at(&bound, provides, spot);
            self.go_provides(&given);
        }
        if let Some(invokes) = &action.invokes {
            let given = self.argument_at(&bound, invokes, spot);
            self.go_invokes(&given);
        }
        self.keep(action, model.as_ref(), &bound, spot);
        match action.returns.as_deref() {
            Some("self") => this,
            Some("made") => made,
            Some("pair") => Self::tuple(vec![this, Value::unknown()]),
            Some(wanted) => match wanted.split_once(' ') {
                Some(("view", at)) => self.view(&this, at, &bound, spot),
                Some(("result", function)) => {
                    let function = self.argument_at(&bound, function, spot);
                    self.call(&function, Args::default(), spot)
                }
                Some(("instance", class)) => {
                    let class = self.argument_at(&bound, class, spot);
                    self.given_instance(&class, spot)
                }
                _ => self.argument_at(&bound, wanted, spot),
            },
            None if receiver.is_none() => Value::from_path(format!("{name}()")),
            None => Value::unknown(),
        }
    }

    /// What is done with an object is done with another from here on; gives what it was.
    fn put_instead(it: &Object, made: &Value) -> Option<Modelled> {
        let other = match made {
            Value::Object(made) => made.model.borrow().as_ref().map(|made| made.node),
            _ => None,
        };
        let outer = it.model.borrow().clone();
        let inner = outer.clone().zip(other).map(|(own, node)| Modelled { node, view: None, ..own });
        if inner.is_some() {
            it.model.replace(inner);
        }
        outer
    }

    fn hand(&mut self, word: &crate::code::models::HandWord, to: &Value, given: &Value, spot: Spot) {
        for one in to.each() {
            match self.force(one) {
                Value::Unknown(_) if self.is_go(spot.module) => self.note(spot, "what fills this group is not known"),
                Value::List(list) => {
                    let items = list.items.borrow().clone();
                    for item in items {
                        self.hand(word, &item, given, spot);
                    }
                }
                callee if callee.is_callable() || matches!(callee, Value::Class(_)) => {
                    let args = Args::starting(vec![given.clone()]);
                    let result = match &callee {
                        Value::Function(closure) if word.receiver => {
                            self.enter(closure, Some(given.clone()), args, spot)
                        }
                        callee => self.call(callee, args, spot),
                    };
                    if word.mounts && result.identity() != given.identity() {
                        self.attach(given, &result, Value::text(""), spot);
                    }
                }
                other => {
                    if word.mounts && matches!(other, Value::Object(_)) {
                        self.attach(given, &other, Value::text(""), spot);
                    }
                }
            }
        }
    }

    fn make(
        &mut self,
        word: &crate::code::models::MakeWord,
        made_model: &'static ObjectModel,
        parent: Option<&Modelled>,
        args: &Args,
        bound: &Rc<Map>,
        spot: Spot,
    ) -> Value {
        let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
        self.become_object(&object, made_model);
        if !made_model.args.is_empty() {
            self.init_object(&object, args, spot);
        }
        let value = Value::Object(object);
        let prefix = word.prefix.as_ref().map_or(Value::text(""), |prefix| self.argument_at(bound, prefix, spot));
        if let (true, Some(parent)) = (word.mounted, parent) {
            let prefix = self.viewed(parent, prefix);
            self.mount(parent.node, prefix, value.clone(), (false, false), spot);
        } else if let (Some(_), Value::Object(object)) = (&word.prefix, &value)
            && let Some(it) = object.model.borrow().as_ref()
        {
            self.forest.nodes[it.node].prefix = prefix;
        }
        if let (Some(only), Value::Object(object)) = (&word.only, &value)
            && let Some(it) = object.model.borrow().as_ref()
        {
            let scope = self.modules[spot.module.0].scope.clone();
            let given = self.argument_at(bound, only, spot);
            let methods: Vec<String> =
                self.walk(&given, Yields::Elements, &scope).0.iter().filter_map(method_of).collect();
            self.forest.nodes[it.node].only.extend(methods);
        }
        value
    }

    /// A path as the object sees it: behind the prefix of its view.
    pub(super) fn viewed(&mut self, model: &Modelled, at: Value) -> Value {
        match &model.view {
            Some(view) if at.is_nothing() => Value::Str(view.clone()),
            Some(view) => self.concat(&Value::text(format!("{view}/")), &at),
            None => at,
        }
    }

    /// Registers routes.
    pub(crate) fn route(
        &mut self,
        word: &crate::code::models::RouteWord,
        model: &Modelled,
        bound: &Rc<Map>,
        args: &Args,
        spot: Spot,
    ) {
        if !self.is_wanted(word, bound, spot) {
            return;
        }
        let mut path = self.given_path(word, model.ty.needs_path, bound, args, spot);
        let of = word.of.as_ref().map_or(Value::Undefined, |of| self.argument_at(bound, of, spot));
        if let (Some(attribute), false) = (&word.typed, of.is_nothing()) {
            path = self.resource_path(&of, attribute, 0);
        } else if let (Some(attribute), Some(handler)) = (&word.typed, &word.handler) {
            let handler = self.argument_at(bound, handler, spot);
            path = self.typed_path(&handler, attribute);
        }
        if let Some(tokens) = &word.segments {
            let tokens = self.argument_at(bound, tokens, spot);
            path = tokens.as_text().map_or_else(Value::unknown, |tokens| Value::text(segments(&tokens)));
        }
        if word.above
            && let Some(text) = path.as_whole_text()
        {
            path = Value::text(text.trim_end_matches('/').rsplit_once('/').map_or("", |(above, _)| above));
        }
        if let Some(prefix) = &word.prefix {
            let before = self.first_text(bound, prefix, spot);
            let shown = self.shown(&path, "path");
            path = self.concat(&before, &shown);
        }
        if !word.suffix.is_empty() {
            let shown = if path.is_nothing() { Value::text("") } else { self.shown(&path, "path") };
            path = self.concat(&shown, &Value::text(word.suffix.as_str()));
        }
        let handler = word.handler.as_ref().map_or(Value::Undefined, |handler| self.argument_at(bound, handler, spot));
        let scope = self.modules[spot.module.0].scope.clone();
        if self.mount_led(model, &handler, spot) {
            return;
        }
        let methods = if let Some(pattern) = &word.responds {
            let suffix = word.responds_suffix.as_ref().map(|suffix| self.argument_at(bound, suffix, spot));
            self.responders(&handler, pattern, suffix.and_then(|suffix| suffix.as_whole_text()).as_deref())
        } else if !word.method.is_empty() {
            Methods::Fixed(word.method.clone())
        } else {
            let given = word.methods.as_ref().map_or(Value::Undefined, |given| self.argument_at(bound, given, spot));
            self.given_methods(&given, &word.default, &scope)
        };
        if self.is_astray(model.node, spot) {
            return self.note(spot, "registered in a function that nothing calls");
        }
        let mut paths = Vec::new();
        self.flatten(&path, &mut paths, 0);
        let first = self.forest.nodes[model.node].entries.len();
        for path in paths {
            let path = self.viewed(model, path);
            self.effects += 1;
            let entry = Entry::Route {
                path,
                methods: methods.clone(),
                handler: handler.clone(),
                spot,
                chain: self.chain(),
                conditional: self.conditional > 0,
                paths: word.paths,
                library: word.library.clone(),
            };
            self.forest.nodes[model.node].entries.push(entry);
        }
        self.name_as(model.node, first, word.name.as_ref(), bound, spot);
    }

    /// The methods that an argument names.
    pub(crate) fn given_methods(&mut self, given: &Value, default: &[String], scope: &ScopeRef) -> Methods {
        let listed = match given {
            Value::Undefined | Value::Null => return Methods::Default(default.to_vec()),
            one if method_of(one).is_some() => (vec![one.clone()], false),
            Value::Str(_) | Value::Alt(_) | Value::Env(_) => (given.each(), false),
            other => self.walk(other, Yields::Elements, scope),
        };
        let (items, partial) = listed;
        let methods: Vec<String> = items.iter().filter_map(method_of).collect();
        if partial || methods.len() != items.len() || methods.is_empty() {
            Methods::Unknown(methods)
        } else {
            Methods::Fixed(methods)
        }
    }

    pub(crate) fn flatten(&mut self, value: &Value, out: &mut Vec<Value>, depth: usize) {
        match self.force(value.clone()) {
            Value::List(list) if depth < 4 => {
                let items = list.items.borrow().clone();
                for item in items {
                    self.flatten(&item, out, depth + 1);
                }
                if list.partial.get() {
                    out.push(Value::unknown());
                }
            }
            Value::Alt(all) => out.extend(all.iter().cloned()),
            other => out.push(other),
        }
    }

    /// Mounts a child or children.
    pub(crate) fn mount(&mut self, node: usize, at: Value, child: Value, how: (bool, bool), spot: Spot) {
        self.effects += 1;
        if self.is_astray(node, spot) {
            return;
        }
        let (replaces, loose) = how;
        let mut places = Vec::new();
        match &at {
            Value::List(_) | Value::Alt(_) => self.flatten(&at, &mut places, 0),
            _ => places.push(at),
        }
        for at in places {
            let entry = Entry::Mount {
                at,
                child: child.clone(),
                replaces,
                loose,
                stripped: None,
                spot,
                conditional: self.conditional > 0,
            };
            self.forest.nodes[node].entries.push(entry);
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
        _ => false,
    });
    verb && path && handler
}

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
        Value::Unknown(path) => more && !path.contains("()"),
        _ => false,
    }
}
