//! What a model says that a call does, done: it registers, mounts, makes, hands on, reads.

use std::cell::RefCell;
use std::rc::Rc;

use super::machine::Machine;
use super::routes::attributes::method_of;
use super::value::{Args, ListKind, Map, Modelled, Native, Object, Spot, Value};
use crate::code::form::{Language, Name, Yields};
use crate::code::models::{Action, ObjectModel, RouteWord, SetWord};
use crate::code::resolve::{folder_of, under};

/// What a schema made of the environment, among an action's arguments.
pub(super) const READ: &str = "read";
/// Under this name an object's arguments hold what it was made by.
const MAKER: &str = "<maker>";

impl Machine<'_> {
    /// Does what a model says that a call does.
    pub(crate) fn act(
        &mut self,
        action: &'static Action,
        name: &Name,
        receiver: Option<(&Rc<Object>, &Value)>,
        args: &Args,
        spot: Spot,
    ) -> Value {
        if action.at_most.is_some_and(|most| args.list.len() + args.named.len() > most) {
            self.note(spot, format!("what a function called `{name}` of another library registers here is not known"));
            return Value::unknown();
        }
        if let Some(bare) = action.bare.as_deref().filter(|_| args.list.is_empty() && args.named.is_empty()) {
            return self.act(bare, name, receiver, args, spot);
        }
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
        if let Some(word) = &action.describes {
            return self.describes(word, &bound, spot);
        }
        if let Some(service) = &action.service {
            let given = self.argument_at(&bound, service, spot);
            self.describe_service(&given, spot);
        }
        if let Some(lookup) = &action.lookup
            && let Some(found) = self.looked_up(lookup, &bound, spot)
        {
            return found;
        }
        if let (Some(ask), Some(model)) = (&action.ask, &model)
            && let Some(found) = self.asked(ask, model, &bound, spot)
        {
            return found;
        }
        if let (Some(name), Value::Object(it)) = (&action.configured, &this) {
            let name = self.argument_at(&bound, name, spot);
            let default = self.argument_at(&bound, "default", spot);
            let given = self.configured(it, &name, default);
            if action.set.is_some()
                && let Some(name) = name.as_whole_text()
            {
                it.members.put(&name, given.clone());
            }
            return given;
        }
        if let Some(word) = &action.resolves {
            if let Some(model) = model.as_ref().filter(|_| word.tree) {
                self.tell_tree(model);
            }
            return self.resolves(word, &bound, spot);
        }
        if let Some(word) = &action.injects {
            let given = self.resolves(word, &bound, spot);
            return Value::Native(Rc::new(Native::Gives(given)));
        }
        if let (Some(word), Some(model)) = (&action.binds, &model) {
            self.binds(word, model, &bound, spot);
        }
        if let Some(word) = &action.installs {
            let of = self.argument_at(&bound, &word.of, spot);
            self.install(word, &of, spot);
        }
        if let (Some(supply), Some(model)) = (&action.supply, &model) {
            self.supply(supply, model, &bound, spot);
        }
        if let Some(keys) = action.env.as_ref().and_then(|env| env.keys.as_ref()) {
            let value = self.read_keys(keys, model.as_ref(), &this, &bound, spot);
            if action.namespace.is_none() && action.make.is_none() && action.set.is_none() {
                return value;
            }
            bound.put(READ, value);
        } else if let Some(env) = &action.env {
            return self.env_action(env, model.as_ref(), &bound, spot);
        }
        if let Some(word) = &action.make
            && let Some(made_model) = self.models.objects.get(&word.object).copied()
        {
            made = self.make(word, made_model, model.as_ref(), args, &bound, spot);
            note_maker(&made, &this);
        }
        if let Some(word) = &action.pages {
            self.pages(word, model.as_ref(), &made, &bound, spot);
        }
        if let Some(word) = &action.tags {
            self.fill(word, &bound, spot);
        }
        if let Some(word) = action.settings.as_ref().filter(|word| word.declares.is_some()) {
            self.declare_flag(word, &bound, spot);
            return Value::unknown();
        }
        if let (Some(word), Some(model)) = (&action.settings, &model) {
            return self.settings(word, model, &bound, spot);
        }
        if let Some(word) = &action.filled {
            return self.filled_of(word, &bound, model.as_ref(), spot);
        }
        if let (Some(word), Some(model)) = (&action.layers, &model)
            && let Some(value) = self.layers(word, model, &bound, spot)
        {
            return value;
        }
        if let (Some(word), Some(model)) = (&action.library, &model) {
            self.library(word, model, &bound, spot);
        }
        if let Some(word) = &action.contract {
            self.contract(word, model.as_ref(), &bound, spot);
        }
        if let (Some(word), Some(model)) = (&action.rpc, &model) {
            self.service(word, model, name, &bound, spot);
        }
        if let Some(build) = &action.build {
            let given = build.of.as_ref().map(|of| self.argument_at(&bound, of, spot));
            let own = if made.is_nothing() { &this } else { &made };
            self.build(build, given.as_ref().unwrap_or(own), &bound, spot);
            if let (Some(Value::Object(route)), Some(model)) = (&given, &model) {
                self.placed_by_address(&build.address, model, route);
            }
        }
        // What a function of the library makes is what it registers on.
        let model = match (&receiver, &made) {
            (None, Value::Object(object)) => object.model.borrow().clone(),
            _ => model,
        };
        // On what has no members nothing is registered either.
        let empty = |made: &Value| matches!(made, Value::Object(it) if it.model.borrow().as_ref().is_some_and(|it| it.ty.members.is_empty()));
        // What a container is told asks the container.
        let calls = (action.hand.is_none() || empty(&made)) && action.binds.is_none();
        if calls && receiver.is_some() && self.modules[spot.module.0].language == Language::Java {
            self.given_to_call(args);
        }
        let idle = action.route.as_ref().is_some_and(|route| !args.partial && args.list.len() < route.at_least);
        // `app.get("setting")` gives that; a call of a path's own without a handler goes on.
        if idle && made.is_nothing() && !args.list.is_empty() {
            return Value::unknown();
        }
        let routes = |route: &&RouteWord| !idle && (model.is_some() || route.on.is_some());
        if let Some(route) = action.route.as_deref().filter(routes) {
            let handler = route.handler.as_ref().map(|handler| self.argument_at(&bound, handler, spot));
            if route.decorates && handler.is_none_or(|handler| handler.is_nothing()) {
                let (member, args) = (name.clone(), args.clone());
                return Value::Native(Rc::new(Native::Decorator { action, member, receiver: this, args, spot }));
            }
            let own = match &made {
                Value::Object(it) if route.made => it.model.borrow().clone(),
                _ => None,
            };
            self.route_on(route, own.as_ref().or(model.as_ref()), &bound, args, spot);
        }
        if let Some(route) = action.also.as_deref().filter(routes) {
            self.route_on(route, model.as_ref(), &bound, args, spot);
        }
        if let Some(view) = &action.view {
            let handler =
                view.handler.as_ref().map_or(Value::Undefined, |handler| self.argument_at(&bound, handler, spot));
            self.note_view(view, &handler, &bound, spot);
        }
        if let (Some(publishes), Some(model)) = (&action.publishes, &model) {
            self.publish(publishes, model, &bound, spot);
        }
        if let Some(exposes) = &action.exposes {
            self.expose(exposes, model.as_ref(), &bound, spot);
        }
        if let (Some(expands), Some(model)) = (&action.expands, &model) {
            self.expand(expands, model, &bound, spot);
        }
        if let (Some(word), Some(model)) = (&action.controls, &model) {
            self.control(word, model, &bound, spot);
        }
        if let (Some(word), Some(model)) = (&action.handed, &model) {
            self.hand_in(word, model, &bound, spot);
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
            if mount.on.as_deref() == Some("made") {
                bound.put("made", made.clone());
            }
            self.mount_action(mount, model.as_ref(), &bound, spot);
        }
        if let (Some(plugin), Some(model)) = (&action.plugin, &model) {
            self.plugin(plugin, model, &this, &bound, spot);
        }
        if let (Some(set), Value::Object(it)) = (&action.set, &this)
            && let Some(member) = self.set_name(set, &bound, spot)
        {
            let value = self.argument_at(&bound, &set.value, spot);
            it.members.put(&member, value);
        }
        if let (Some(given), Value::Object(it)) = (&action.configures, &this) {
            self.configure(it, given, &bound, spot);
        }
        if let Some(word) = &action.compiles {
            self.compiles(word, &bound, spot);
        }
        if let Some(before) = &action.before {
            let path = self.argument_at(&bound, &before.path, spot);
            let when = self.argument_at(&bound, &before.when, spot);
            let framework = model.as_ref().map_or("", |model| model.ty.framework()).to_owned();
            self.effects += 1;
            self.befores.push((framework, spot, path, when));
        }
        if let Some(context) = &action.context {
            let given = self.argument_at(&bound, context, spot);
            let node = match &made {
                Value::Object(it) => it.model.borrow().as_ref().map(|it| it.node),
                _ => model.as_ref().map(|model| model.node),
            };
            self.note_context(&given, node, spot);
        }
        if let Some(maps) = &action.maps {
            self.note_servlet(maps, model.as_ref(), &bound, spot);
        }
        if let Some(attach) = &action.attach {
            let parent = if attach == "made" { made.clone() } else { self.argument_at(&bound, attach, spot) };
            let at = action.attach_at.as_ref().map_or(Value::text(""), |at| self.argument_at(&bound, at, spot));
            self.attach(&parent, &this, at, spot);
        }
        if let (Some(join), Some(model)) = (&action.join, &model) {
            return self.joined(join, model, &this, &bound, spot);
        }
        if let (Some(spares), Some(model)) = (&action.spares, &model) {
            self.let_go(args);
            return self.spared(spares, model, &this, &bound, spot);
        }
        if let Some(serves) = &action.serves {
            let given = self.argument_at(&bound, serves, spot);
            self.serves(action, &given, spot);
        }
        if let (Some(restrict), Some(model)) = (&action.restrict, &model) {
            let given = self.argument_at(&bound, restrict, spot);
            let (methods, _) = self.methods_in(&given, spot);
            self.forest.nodes[model.node].only.extend(methods);
        }
        if let (Some(answers), Some(model)) = (&action.answers, &model) {
            let given = self.argument_at(&bound, answers, spot);
            self.answered_by(model.node, &given);
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
            let to = if hand.receiver && !args.named.is_empty() { with_named_blocks(to, args) } else { to };
            match (&hand.behind, &this) {
                (None, Value::Object(it)) if hand.instead => {
                    let outer = Self::put_instead(it, &made);
                    self.hand(hand, &to, &given, spot);
                    it.model.replace(outer);
                }
                (Some(behind), Value::Object(it)) => {
                    let outer = self.seen_behind(it, behind, &bound, spot);
                    let before = model.as_ref().map(|model| self.forest.nodes[model.node].entries.len());
                    self.hand(hand, &to, &given, spot);
                    if let (Some(model), Some(before)) = (&model, before) {
                        self.note_unfilled(model.node, before, &to);
                    }
                    it.model.replace(outer);
                }
                (Some(_) | None, _) => self.hand(hand, &to, &given, spot),
            }
        }
        if let Some(mark) = &action.mark {
            let target = mark.on.as_ref().map(|on| self.argument_at(&bound, on, spot));
            let target = target.map(|target| self.apart(target));
            if let (Some(on), Some(target)) = (&mark.on, &target)
                && bound.named(on).is_some()
            {
                bound.put(on, target.clone());
            }
            let marked = |target: &Value| !mark.decorates || target.is_callable() || matches!(target, Value::Class(_));
            match target.filter(marked) {
                Some(target) => self.mark(mark, &target, &bound, spot),
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
        if let Some(patterns) = &action.patterns {
            return self.listed_patterns(patterns, &bound, spot);
        }
        if let Some(skip) = action.lists {
            let items = args.list.iter().skip(skip).cloned().collect();
            return Value::list_of(ListKind::List, items, args.partial);
        }
        if let Some(alone) = &action.alone {
            let handler = self.argument_at(&bound, alone, spot);
            self.saw_alone(&handler);
        }
        if action.callbacks {
            let fills = usize::from(action.mount.is_some());
            self.blocks.filling += fills;
            self.let_go(args);
            self.blocks.filling -= fills;
        }
        if let Some(why) = &action.unresolved {
            self.note(spot, why.clone());
        }
        if let Some(by) = &action.hands_on {
            let by = self.argument_at(&bound, by, spot);
            self.handed_on(&by, spot);
        }
        if let Some(container) = &action.container {
            self.go_container(container, &bound, spot);
        }
        if let Some(notes) = &action.notes {
            return self.go_noted(notes, &bound, spot);
        }
        self.keep(action, model.as_ref(), &bound, spot);
        if action.settled
            && let Some(settings) = self.named_settings(spot)
        {
            return settings;
        }
        if let Some(text) = &action.gives {
            return self.given_text(text, &bound, spot);
        }
        match action.returns.as_deref() {
            Some("self") => this,
            Some("made") => made,
            Some("maker") => model.and_then(|model| model.args.named(MAKER)).unwrap_or_else(Value::unknown),
            // What the block gives that stands last.
            Some("block") => match args.list.last().cloned() {
                Some(block) if block.is_callable() => self.call(&block, Args::unknown(), spot),
                _ => Value::unknown(),
            },
            Some("pair") => Self::tuple(vec![this, Value::unknown()]),
            Some(wanted) => match wanted.split_once(' ') {
                Some(("view", at)) => self.view(&this, at, &bound, spot),
                // What is done with both is done with each.
                Some(("either", other)) => Value::any_of(vec![this, self.argument_at(&bound, other, spot)]),
                Some(("result", function)) => {
                    // One that the call is not given was given when the object was made.
                    let from = if bound.named(function).is_none() { model.as_ref().map(|it| &it.args) } else { None };
                    let function = self.argument_at(from.unwrap_or(&bound), function, spot);
                    self.call(&function, Args::default(), spot)
                }
                Some(("partial", function)) => {
                    let callee = Value::from_path(function);
                    Value::Native(Rc::new(Native::Partial { callee, args: args.clone() }))
                }
                Some(("text", file)) => {
                    let file = self.argument_at(&bound, file, spot);
                    match super::env::text_of(&file) {
                        Value::Unknown(path) if path.is_empty() => Value::from_path(format!("{name}()")),
                        text => text,
                    }
                }
                // The path is told from where the code stands.
                Some(("included", file)) => {
                    let file = self.argument_at(&bound, file, spot).as_whole_text();
                    let folder = folder_of(self.file(spot));
                    file.map_or_else(Value::unknown, |file| super::env::text_of(&Value::text(under(folder, &file))))
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

    /// The member that is set: the name that is given, else the usual one.
    fn set_name(&mut self, set: &SetWord, bound: &Rc<Map>, spot: Spot) -> Option<Name> {
        match self.argument_at(bound, &set.name, spot) {
            Value::Undefined if !set.usual.is_empty() => Some(set.usual.as_str().into()),
            given => given.as_whole_text(),
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

    fn make(
        &mut self,
        word: &crate::code::models::MakeWord,
        made_model: &'static ObjectModel,
        parent: Option<&Modelled>,
        args: &Args,
        bound: &Rc<Map>,
        spot: Spot,
    ) -> Value {
        let kind = word.by.as_ref().map(|by| self.argument_at(bound, by, spot));
        let other = kind
            .is_some_and(|kind| !matches!(kind, Value::Unknown(path) if word.kinds.iter().any(|kind| **kind == *path)));
        let otherwise = self.models.objects.get(&word.otherwise).copied().filter(|_| other);
        let made_model = otherwise.unwrap_or(made_model);
        let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
        self.become_object(&object, made_model);
        if !made_model.args.is_empty() {
            self.init_object(&object, args, spot);
        }
        let value = Value::Object(object);
        let prefix = word.prefix.as_ref().map_or(Value::text(""), |prefix| self.argument_at(bound, prefix, spot));
        let prefix = match &word.typed {
            Some(attribute) => self.resource_path(&prefix, attribute, 0),
            None => prefix,
        };
        if let (true, Some(parent)) = (word.mounted && !other, parent) {
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
}

/// Notes on an object whose members may give it back what it was made by.
fn note_maker(made: &Value, maker: &Value) {
    let Value::Object(object) = made else { return };
    if let Some(it) = object.model.borrow().as_ref().filter(|it| gives_maker(it.ty)) {
        it.args.put(MAKER, maker.clone());
    }
}

fn gives_maker(model: &ObjectModel) -> bool {
    model.members.values().any(|action| action.returns.as_deref() == Some("maker"))
}

/// What is handed something, and with a list of the rest the blocks that are given by their names (Kotlin).
fn with_named_blocks(to: Value, args: &Args) -> Value {
    let blocks = args.named.iter().map(|(_, value)| value).filter(|value| matches!(value, Value::Function(_)));
    match &to {
        Value::List(rest) => Value::list(rest.items.borrow().iter().chain(blocks).cloned().collect()),
        _ => to,
    }
}
