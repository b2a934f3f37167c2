//! The evaluator: runs lowered code symbolically and partially, so that the values a program computes (paths, prefixes, lists
//! of routes, names of variables) are computed and not matched. It is arithmetic over a syntax tree: nothing of the
//! repository is executed.

mod act;
mod age;
mod attempts;
mod bind;
mod call;
mod choices;
mod class;
mod construct;
mod early;
mod env;
mod escape;
mod exports;
mod expr;
mod go;
mod importers;
mod inject;
mod javascript;
mod jvm;
mod loops;
pub(crate) mod machine;
mod member;
mod member_call;
mod module;
mod notes;
mod objects;
mod python;
mod reach;
pub(crate) mod routes;
mod rust;
mod scope;
mod stmt;
pub(crate) mod value;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use machine::{Limits, Machine};
use value::{Args, ClassValue, Closure, Spot, Value};

use super::form::{ClassKind, FunctionKind, Language, Name};
use super::models::{Models, ObjectModel};
use super::resolve::Tree;
use super::{EnvRead, Trace};

/// What a run found.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Routes: what was found, and the file.
    pub(crate) routes: Vec<(routes::forest::Found, String)>,
    /// What explains places that look like registrations, where it was asked for.
    pub(crate) trace: Trace,
    /// The files that were evaluated.
    pub(crate) evaluated: BTreeSet<Name>,
    /// What could not be evaluated: file, line, reason.
    pub(crate) unresolved: Vec<(String, u32, String)>,
    /// The paths that such may have, where a part of them is known: a star stands for what is not.
    pub(crate) partial: BTreeMap<(String, u32, String), BTreeSet<String>>,
    /// Reads of the environment, and whether each one's name is a pattern.
    pub(crate) reads: Vec<(EnvRead, bool)>,
    /// Whether it ended before all was evaluated.
    pub(crate) cut_short: bool,
    /// What paths are asked for by, and the paths.
    pub(crate) names: BTreeSet<(String, String)>,
    /// Files that are routes by their place, in packages of the service's own.
    pub(crate) placed: BTreeSet<Name>,
    /// Names that functions build of what they are given: file, line, pattern.
    pub(crate) built: Vec<(String, u32, String)>,
    /// Variables that settings may be given by which have a value without: name, file, line.
    pub(crate) settings: Vec<(String, String, u32)>,
}

/// Rounds of entering what nobody called: each may make functions that nobody called.
const ROUNDS: usize = 4;

/// Runs the modules of `files`, then what nothing called in them.
///
/// `idle` are files that name no library, with the names that they import.
pub(crate) fn run(
    tree: &Tree<'_>,
    models: &'static Models,
    files: &[(Name, Language)],
    idle: &[(Name, Vec<String>)],
    limits: Limits,
    traced: bool,
) -> Outcome {
    let mut machine = Machine::new(tree, models, limits);
    machine.tracing = traced.then(machine::Tracing::default);
    if files.iter().any(|(_, language)| *language == Language::Rust) {
        for root in tree.crate_roots() {
            let id = machine.module_of(&root, Language::Rust);
            machine.load(id);
        }
    }
    machine.find_settings(files);
    let mut loaded: Vec<&(Name, Language)> = files.iter().filter(|(_, language)| *language != Language::Go).collect();
    // Scripts that lie beside a service in another language compute most.
    loaded.sort_by_key(|(_, language)| match language {
        Language::Rust => 0,
        Language::Java => 1,
        Language::Python => 2,
        Language::Go => 3,
        Language::JavaScript => 4,
    });
    let mut last = None;
    for (path, language) in loaded {
        if last.is_some_and(|last| last != *language) {
            machine.refuel();
        }
        last = Some(*language);
        let id = machine.module_of(path, *language);
        machine.load(id);
    }
    machine.load_mains(files, idle);
    machine.refuel();
    machine.hear_given();
    machine.enter_entries();
    machine.enter_listed();
    machine.refuel();
    let go: Vec<Name> =
        files.iter().filter(|(_, language)| *language == Language::Go).map(|(path, _)| path.clone()).collect();
    machine.run_go(&go);
    machine.refuel();
    let mut idle: Vec<_> = idle.iter().collect();
    machine.note_readers();
    machine.load_importers(&mut idle);
    machine.load_callers(&mut idle);
    machine.run_commands();
    machine.read_configured();
    machine.load_implementations();
    machine.load_conventional();
    for _ in 0..ROUNDS {
        machine.uncalled = true;
        machine.hear_given();
        machine.begin_instances();
        let any = machine.enter_uncalled();
        machine.uncalled = false;
        if !any {
            break;
        }
        machine.go_readers();
        machine.note_readers();
        machine.load_importers(&mut idle);
        machine.load_callers(&mut idle);
    }
    machine.enter_again();
    machine.refuel();
    machine.read_services();
    machine.tell_macros();
    machine.carry_the_rest();
    machine.serve_roots();
    machine.read_stores();
    machine.read_layers();
    machine.read_folders();
    machine.read_gateways();
    machine.read_contents();
    machine.read_annotated();
    machine.publish_roots();
    machine.join_views();
    let mut found = machine.read_routes();
    found.append(&mut machine.annotated);
    let found = machine.settle(found);
    let mut libraries = machine.library_routes();
    let mut described = machine.descriptor_routes();
    described.extend(machine.bean_routes());
    libraries.append(&mut machine.settle(described));
    libraries.append(&mut machine.mapped_routes());
    libraries.append(&mut machine.listed_actions());
    libraries.append(&mut machine.generated_routes());
    let names = std::mem::take(&mut machine.names);
    machine.go_reads_by_tag();
    let found = found.into_iter().chain(libraries);
    let placed = std::mem::take(&mut machine.placed);
    let mut outcome = Outcome { trace: machine.trace(), names, placed, ..Outcome::default() };
    let done = machine.modules.iter().filter(|module| module.progress == machine::Progress::Done);
    outcome.evaluated = done.flat_map(|module| module.files.iter().cloned()).collect();
    for route in found {
        let file = machine.file(route.spot).to_owned();
        outcome.routes.push((route, file));
    }
    for (name, spot) in machine.layers.take_given() {
        outcome.settings.push((name, machine.file(spot).to_owned(), spot.line));
    }
    for (spot, it) in &machine.unresolved {
        let place = (machine.file(*spot).to_owned(), spot.line, it.reason.clone());
        if let Some(paths) = &it.paths {
            outcome.partial.insert(place.clone(), paths.clone());
        }
        outcome.unresolved.push(place);
    }
    for read in machine.reads.iter().filter(|read| !machine.is_defined(read)) {
        // A helper's line reads many variables: there the caller's line is the one that names this one.
        let helper = read.chain.first().filter(|_| {
            machine
                .reads
                .iter()
                .any(|other| other.spot == read.spot && other.name != read.name && other.chain != read.chain)
        });
        let spot = helper.copied().unwrap_or(read.spot);
        let dynamic = read.dynamic;
        // A helper that its callers enter with names was read with those; what it reads for nobody is no read.
        let idle =
            dynamic && read.name == "*" && machine.reads.iter().any(|other| other.spot == read.spot && !other.dynamic);
        if !idle {
            let found = EnvRead {
                name: read.name.clone(),
                file: machine.file(spot).to_owned(),
                line: spot.line,
                required: read.demanded || !read.tolerated,
                supposed: read.supposed.clone(),
                peers: read.peers.clone(),
            };
            outcome.reads.push((found, dynamic));
        }
        if let Some(pattern) = &read.built {
            outcome.built.push((machine.file(read.spot).to_owned(), read.spot.line, pattern.clone()));
        }
    }
    if machine.exhausted() || machine.spent {
        outcome.cut_short = true;
        let file = files.first().map_or_else(String::new, |(path, _)| path.to_string());
        outcome.unresolved.push((
            file,
            1,
            "the code computes more than is evaluated here: what is behind is not known".to_owned(),
        ));
    }
    outcome
}

/// The instance of a class among what its constructor gives; one of which nothing is known where it gives something else.
fn instance_of(class: &Rc<ClassValue>, made: Value) -> Value {
    let own =
        |one: &Value| matches!(one, Value::Object(it) if it.class.as_ref().is_some_and(|of| Rc::ptr_eq(of, class)));
    if let Some(found) = made.each().into_iter().find(own) {
        return found;
    }
    let (members, model) = Default::default();
    Value::Object(Rc::new(value::Object { class: Some(class.clone()), members, model }))
}

impl Machine<'_> {
    /// What explains places that look like registrations.
    fn trace(&mut self) -> Trace {
        let Some(tracing) = self.tracing.take() else { return Trace::default() };
        let place = |spot: Spot| (self.file(spot).to_owned(), spot.line);
        let mut trace = Trace::default();
        for entry in self.forest.nodes.iter().flat_map(|node| &node.entries) {
            match entry {
                routes::forest::Entry::Route { spot, chain, .. } => {
                    trace.registrations.insert(place(*spot));
                    trace.registrations.extend(chain.iter().map(|spot| place(*spot)));
                }
                routes::forest::Entry::Mount { spot, .. }
                | routes::forest::Entry::Library { spot, .. }
                | routes::forest::Entry::Service { spot, .. }
                | routes::forest::Entry::Resource { spot, .. }
                | routes::forest::Entry::Index { spot, .. } => {
                    trace.registrations.insert(place(*spot));
                }
            }
        }
        trace.seen = tracing.seen.into_iter().map(|(spot, what)| (place(spot), what)).collect();
        trace.left = tracing.left.into_iter().map(|(spot, why)| (place(spot), why)).collect();
        trace.reasons = tracing.reasons.into_iter().map(|(spot, why)| (place(spot), why)).collect();
        let done = self.modules.iter().filter(|module| module.progress == machine::Progress::Done);
        trace.loaded = done.flat_map(|module| &module.files).map(ToString::to_string).collect();
        trace
    }

    /// Enters the functions that programs start with: what they make and mount nowhere is served.
    fn enter_entries(&mut self) {
        self.forest.begun = true;
        for entry in self.rust_entries() {
            if !entry.entered.get() {
                self.enter_alone(&entry, None);
            }
        }
        let mains: Vec<_> = self
            .closures
            .iter()
            .filter(|it| it.function.name.as_deref() == Some("main") && self.language(&it.scope) == Language::Java)
            .cloned()
            .collect();
        for main in mains {
            // Where Kotlin's programs start is told by the name alone, whatever the file names.
            let starts = main.home.borrow().is_none() && self.modules[main.scope.module.0].path.ends_with(".kt");
            if !main.entered.get() && (starts || self.worth_entering(main.scope.module)) {
                self.enter_alone(&main, None);
            }
        }
        self.forest.begun = false;
    }

    /// Enters functions and makes instances that nothing did; whether there was any.
    fn enter_uncalled(&mut self) -> bool {
        let is_go = |class: &ClassValue| self.is_go(class.spot.module);
        let classes: Vec<_> = self.classes.iter().filter(|class| !class.made.get() && !is_go(class)).cloned().collect();
        let mut any = false;
        for class in classes {
            if class.made.get() {
                continue;
            }
            any = true;
            class.made.set(true);
            // A constructor of Python's that an instance of another class has run is a base's.
            let begun = |init: Value| matches!(init, Value::Function(init) if init.entered.get());
            if self.language(&class.scope) == Language::Python && class.members.named("__init__").is_some_and(begun) {
                continue;
            }
            if !self.worth_entering(class.spot.module) || !self.class_may_reach(&class) {
                continue;
            }
            let args = Args { partial: true, ..Args::default() };
            let spot = class.spot;
            // Where a container hands out one instance to all, it is this one.
            let address = Rc::as_ptr(&class).addr();
            let shared = self.language(&class.scope) == Language::JavaScript;
            let object = match self.injected.get(&address) {
                Some(known @ Value::Object(_)) if shared => known.clone(),
                _ if class::is_object(&Value::Class(class.clone())) => {
                    self.make_object(&class);
                    Value::Class(class.clone())
                }
                // Which of its variants it is nobody says: an instance would be none of them.
                _ if class.class.kind == ClassKind::Enum && self.language(&class.scope) == Language::Rust => {
                    Value::unknown()
                }
                _ => self.instantiate(&Value::Class(class.clone()), args, spot),
            };
            let object = if shared && !object.is_nothing() { instance_of(&class, object) } else { object };
            if shared {
                self.injected.entry(address).or_insert_with(|| object.clone());
            }
            for (_, member) in class.members.pairs() {
                let Value::Function(method) = self.force(member) else { continue };
                let waits = !method.entered.get() && !matches!(method.function.kind, FunctionKind::Constructor);
                let waits = waits && !self.is_apart(&method);
                if waits && (self.may_reach(&method) || self.holder_of(&method).is_some()) {
                    let most = self.most_alone(&method);
                    let receiver = self.receiver_of(&method, Some(object.clone()));
                    let receiver = receiver.or_else(|| self.unlisted_receiver(&method));
                    self.sliced(most, |machine| machine.enter_alone(&method, receiver));
                }
            }
        }
        let closures: Vec<_> = self.closures.iter().filter(|closure| !closure.entered.get()).cloned().collect();
        for closure in closures {
            let stated = self.stated.contains_key(&std::sync::Arc::as_ptr(&closure.function).addr());
            let holder = self.holder_of(&closure);
            if !stated && holder.is_none() && !self.may_reach(&closure) && self.called_with(&closure).is_none() {
                continue;
            }
            let idle = self.is_abstract(&closure) || !self.is_worth(&closure) || self.is_stub(&closure);
            let idle = idle || self.is_apart(&closure);
            if closure.entered.get() || idle || !self.worth_entering(closure.scope.module) {
                continue;
            }
            any = true;
            let receiver = self.last_instance(&closure).or_else(|| self.instance_of_home(&closure)).or(holder);
            let receiver = self.receiver_of(&closure, receiver).or_else(|| self.unlisted_receiver(&closure));
            let receiver = if stated { self.stated_receiver(&closure).or(receiver) } else { receiver };
            let most = self.most_alone(&closure);
            self.as_middleware(&closure.clone(), |machine| {
                machine.sliced(most, |machine| machine.enter_alone(&closure, receiver));
            });
        }
        any && !self.exhausted()
    }

    /// What a member of an instance is called on. One that is a function for another type has two receivers: the instance is not
    /// what it is called on.
    fn receiver_of(&mut self, closure: &Closure, instance: Option<Value>) -> Option<Value> {
        let extends = closure.function.receiver.is_some() && self.has_packages(&closure.scope);
        if !extends {
            return instance;
        }
        self.dispatch = instance;
        None
    }

    /// The first instance that was made of a method's class, where its code calls other methods of it without saying on what.
    fn instance_of_home(&self, closure: &Closure) -> Option<Value> {
        let home = closure.home.borrow().clone().filter(|_| closure.function.kind == FunctionKind::Method)?;
        let known = self.has_packages(&home.scope).then(|| self.injected.get(&Rc::as_ptr(&home).addr()))?;
        known.filter(|value| matches!(value, Value::Object(_))).cloned()
    }

    /// Whether a function is one that a protocol compiler wrote for who wants it: called by nobody it registers nothing.
    fn is_stub(&self, closure: &Closure) -> bool {
        let path = &self.modules[closure.scope.module.0].path;
        [".pb.go", ".pb.gw.go", ".connect.go"].iter().any(|ending| path.ends_with(ending))
    }

    /// Whether a method makes a router that the library of its class's base keeps for itself: for errors, say.
    fn is_apart(&mut self, closure: &Closure) -> bool {
        let (Some(home), Some(name)) = (closure.home.borrow().clone(), closure.function.name.clone()) else {
            return false;
        };
        let models = self.models;
        self.ancestors(&home).iter().any(|one| match one {
            Value::Unknown(path) => {
                models.classes.get(&**path).is_some_and(|model| model.apart.iter().any(|it| **it == *name))
            }
            _ => false,
        })
    }

    /// Whether what nobody called in a module may register or read something: where annotations tell the routes, a file
    /// without one of the models' hints does neither.
    fn worth_entering(&self, id: value::ModuleId) -> bool {
        let module = &self.modules[id.0];
        if module.language != Language::Java || self.is_caller(id) {
            return true;
        }
        *module.hinted.get_or_init(|| {
            let text = self.tree.text(&module.path).unwrap_or_default();
            self.models.is_hinted(&text)
        })
    }

    /// What a library calls a method with that its class has for it.
    fn called_with(&mut self, closure: &Rc<Closure>) -> Option<&'static ObjectModel> {
        let (home, name) = (closure.home.borrow().clone()?, closure.function.name.clone()?);
        let models = self.models;
        let object = self.ancestors(&home).into_iter().find_map(|one| match one {
            Value::Unknown(path) => models.classes.get(&*path).and_then(|model| model.calls.get(&*name)),
            _ => None,
        })?;
        models.objects.get(object).copied()
    }

    /// Enters a function with nothing known of its arguments but their stated types.
    pub(super) fn enter_alone(&mut self, closure: &Rc<Closure>, receiver: Option<Value>) {
        let spot = Spot { module: closure.scope.module, line: closure.function.pos.line };
        let mut list = Vec::new();
        let own = usize::from(
            self.language(&closure.scope) == Language::Python && closure.function.kind == FunctionKind::Method,
        );
        let skip = if receiver.is_some() { own } else { 0 };
        for (index, param) in closure.function.params.iter().enumerate().skip(skip) {
            let given = self.environment_by_default(closure, index);
            let given = match self.has_packages(&closure.scope) {
                true => given.or_else(|| self.injected_by(&param.decorators, &closure.scope)),
                false => given,
            };
            let typed = given.or_else(|| param.ty.as_ref().and_then(|ty| self.typed(ty, &closure.scope)));
            let called = if index == own { self.called_with(closure) } else { None };
            let typed = typed.or_else(|| called.map(|model| self.placeholder(model)));
            list.push(typed.unwrap_or_else(Value::unknown));
        }
        let stated = self.stated.get(&std::sync::Arc::as_ptr(&closure.function).addr()).copied();
        if let (Some(model), Some(first @ Value::Unknown(_))) = (stated, list.first_mut()) {
            *first = self.placeholder(model);
        }
        let args = Args::of(list);
        self.enter(closure, receiver, args, spot);
        if self.frames.is_empty() {
            self.walked_in_time(closure);
        }
    }
}
