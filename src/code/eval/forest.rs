//! The forest: routers and what is registered and mounted on them; routes are read off it with their full prefixes.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::machine::Machine;
use super::resource::Row;
use super::value::{Map, Spot, Value, fill_holes, has_hole, hole};
use crate::code::form::{Language, Name};
use crate::code::models::{
    BroughtModel, Join, LibraryWord, ObjectModel, Syntax, TableModel, put_together, spell, tidy,
};

/// A router.
#[derive(Debug)]
pub(crate) struct Node {
    /// What it is.
    pub(crate) model: &'static ObjectModel,
    /// Its own prefix.
    pub(crate) prefix: Value,
    /// What its constructor got, and what is kept on it.
    pub(crate) args: Option<Rc<Map>>,
    /// What is registered and mounted on it, in order.
    pub(crate) entries: Vec<Entry>,
    /// Made under an unknown condition.
    pub(crate) conditional: bool,
    /// Code serves it.
    pub(crate) served: bool,
    /// It was given to code that is not seen.
    pub(crate) handed: bool,
    /// Its registrations were read off it, to be made elsewhere.
    pub(crate) listed: bool,
    /// Only its type is known: a parameter of a function that nobody called.
    pub(crate) unbound: bool,
    /// What it is put together of, where it is one route.
    pub(crate) built: Built,
    /// It was made while a program's entry ran.
    pub(crate) begun: bool,
    /// The methods that it answers at all; empty for every one.
    pub(crate) only: Vec<String>,
    /// What its entries are asked for by, or what stands before the names of those below, by their place.
    pub(crate) names: BTreeMap<usize, Vec<Value>>,
    /// What stands before the names of its routes.
    pub(crate) space: Value,
}

/// What a route that is put together has so far; its path is the node's prefix.
#[derive(Debug, Clone, Default)]
pub(crate) struct Built {
    /// The methods.
    pub(crate) methods: Option<Methods>,
    /// Whether it has a handler.
    pub(crate) handled: bool,
    /// The path goes on in any way.
    pub(crate) wild: bool,
    /// Where it began, and the calls around.
    pub(crate) place: Option<(Spot, Vec<Spot>)>,
}

/// What stands on a router.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// A route.
    Route {
        path: Value,
        methods: Methods,
        handler: Value,
        spot: Spot,
        chain: Vec<Spot>,
        conditional: bool,
        /// How the path is spelt, where it differs from the router's.
        paths: Option<Syntax>,
        /// The library that registers it.
        library: Option<String>,
    },
    /// A class as a whole.
    Resource { path: Value, class: Value, table: &'static TableModel, spot: Spot, conditional: bool },
    /// The router's own page.
    Index { methods: Vec<String>, spot: Spot },
    /// Routes that a library has of its own.
    Library { word: &'static LibraryWord, path: Value, prefix: Value, spot: Spot, conditional: bool },
    /// A service of remote calls, with the methods that the code lists.
    Service { name: Value, methods: Vec<String>, http: bool, spot: Spot, conditional: bool },
    /// Other routers.
    /// A child that is `stripped` sees what is behind that prefix of the whole path, and nothing of where it is mounted.
    Mount {
        at: Value,
        child: Value,
        replaces: bool,
        loose: bool,
        stripped: Option<Value>,
        spot: Spot,
        conditional: bool,
    },
}

impl Entry {
    /// Where it was put.
    fn spot(&self) -> Spot {
        match self {
            Entry::Route { spot, .. }
            | Entry::Library { spot, .. }
            | Entry::Service { spot, .. }
            | Entry::Resource { spot, .. }
            | Entry::Index { spot, .. }
            | Entry::Mount { spot, .. } => *spot,
        }
    }
}

/// The methods of a route.
#[derive(Debug, Clone)]
pub(crate) enum Methods {
    /// These.
    Fixed(Vec<String>),
    /// Those of the handler where it is a class, else these; ANY where there are none.
    Default(Vec<String>),
    /// These at least; not all are known.
    Unknown(Vec<String>),
}

/// All routers.
#[derive(Debug, Default)]
pub(crate) struct Forest {
    /// The routers, in the order in which they were made.
    pub(crate) nodes: Vec<Node>,
    /// Whether a program's entry runs.
    pub(crate) begun: bool,
}

impl Forest {
    /// A new router.
    pub(crate) fn add(&mut self, model: &'static ObjectModel, conditional: bool) -> usize {
        self.nodes.push(Node {
            model,
            prefix: Value::Undefined,
            args: None,
            entries: Vec::new(),
            conditional,
            served: false,
            handed: false,
            listed: false,
            unbound: false,
            built: Built::default(),
            begun: self.begun,
            only: Vec::new(),
            names: BTreeMap::new(),
            space: Value::Undefined,
        });
        self.nodes.len() - 1
    }
}

/// A route as read off the forest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    /// The full path in the one form.
    pub(crate) path: String,
    /// The method in upper case.
    pub(crate) method: String,
    /// The framework.
    pub(crate) framework: String,
    /// Where it is registered.
    pub(crate) spot: Spot,
    /// Registered under a condition that is not known.
    pub(crate) conditional: bool,
    /// The library that registers it, where it is not the code's own.
    pub(crate) library: Option<String>,
}

/// Routes that one forest may give.
const MOST_ROUTES: usize = 200_000;
/// Routers within routers.
const MOST_DEPTH: usize = 40;

/// Reading in progress.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) found: BTreeSet<Found>,
    pub(super) notes: Vec<(Spot, String)>,
    reached: BTreeSet<usize>,
    stack: Vec<usize>,
    /// What has been taken off the paths, for each of the stack.
    bases: Vec<Vec<String>>,
    /// The methods that those around leave.
    pub(super) methods: Vec<Vec<String>>,
    /// The methods that the routers around answer alone.
    only: Vec<Vec<String>>,
    /// What stands before the names of routes, of the routers around.
    pub(super) spaces: Vec<Vec<String>>,
    /// What paths are asked for by, and the paths.
    pub(super) names: BTreeSet<(String, String)>,
}

/// A router that a mount holds.
#[derive(Debug)]
pub(crate) struct HeldNode {
    /// The router.
    pub(crate) node: usize,
    /// The prefix of the view.
    view: Option<String>,
    /// What stands before the names of its routes.
    spaces: Vec<Vec<String>>,
}

/// What a mount holds.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// Routers.
    pub(crate) nodes: Vec<HeldNode>,
    /// The names of the lists that are being looked through.
    spaces: Vec<Vec<String>>,
    /// There is something among it of which nothing is known.
    pub(crate) unknown: bool,
    /// Where that came in.
    pub(crate) opened: Option<Spot>,
    /// What comes from outside the repository, by path.
    pub(crate) outside: Vec<Name>,
}

/// A router being read, and what stands before its own paths.
struct Place<'a> {
    node: usize,
    prefixes: &'a [String],
    conditional: bool,
    syntax: Syntax,
    join: Join,
    framework: &'a str,
}

/// What the routes of one entry have in common.
pub(super) struct Tag<'a> {
    /// The framework.
    pub(super) framework: &'a str,
    /// Where they are registered.
    pub(super) spot: Spot,
    /// Under a condition that is not known.
    pub(super) conditional: bool,
    /// By a library.
    pub(super) library: Option<String>,
}

impl Tag<'_> {
    /// A route at a path, its method still to be said.
    fn found(&self, path: &str, join: Join) -> Found {
        Found {
            path: if join == Join::Dot { path.to_owned() } else { tidy(path) },
            method: String::new(),
            framework: self.framework.to_owned(),
            spot: self.spot,
            conditional: self.conditional,
            library: self.library.clone(),
        }
    }
}

impl Machine<'_> {
    /// Reads every route that is served; what is not known goes under unresolved.
    pub(crate) fn read_routes(&mut self) -> Vec<Found> {
        self.plant_trees();
        let children = self.mounted();
        let roots: Vec<usize> = (0..self.forest.nodes.len()).filter(|node| !children.contains(node)).collect();
        let is_app = |machine: &Self, node: &usize| {
            let node = &machine.forest.nodes[*node];
            (node.model.served || node.served || (node.begun && !node.model.part)) && !node.unbound
        };
        let served: Vec<usize> = roots.iter().copied().filter(|node| is_app(self, node)).collect();
        let mut reading = Reading::default();
        for root in &served {
            self.read(*root, vec![String::new()], false, None, &mut reading);
        }
        // A language of which nothing is served has its roots read all the same; a service in another beside it changes nothing.
        let told: Vec<Language> =
            reading.found.iter().map(|found| self.modules[found.spot.module.0].language).collect();
        let astray = self.mounts_unknown();
        let rest = roots.iter().filter(|root| !served.contains(root) && !self.forest.nodes[**root].model.part);
        for root in rest.copied().collect::<Vec<_>>() {
            let language = self.forest.nodes[root].entries.first().map(|it| self.modules[it.spot().module.0].language);
            // Where an app mounts what is not known, that may be any router: none is known to stand at its root.
            let lost =
                language.is_some_and(|language| astray.contains(&language)) && !self.forest.nodes[root].model.served;
            if language.is_some_and(|language| !told.contains(&language)) && !lost && !self.is_stray(root, &children) {
                self.read(root, vec![String::new()], false, None, &mut reading);
            }
        }
        let mut lost = Vec::new();
        // What a function registers that is also called with a router of its own is told there.
        let nodes = self.forest.nodes.iter().enumerate();
        let reached = nodes.filter(|(node, _)| reading.reached.contains(node)).flat_map(|(_, node)| &node.entries);
        let elsewhere: BTreeSet<Spot> = reached.map(Entry::spot).collect();
        for root in roots.iter().filter(|root| !reading.reached.contains(root)) {
            let node = &self.forest.nodes[*root];
            // A part that something else has taken in answers there.
            if (node.model.part && node.handed) || node.listed || node.model.sockets {
                continue;
            }
            let mounts = node.entries.iter().any(|entry| matches!(entry, Entry::Mount { .. }));
            for entry in &node.entries {
                match entry {
                    Entry::Route { path, .. } if node.model.needs_path && path.is_nothing() => {}
                    Entry::Route { spot, .. }
                    | Entry::Library { spot, .. }
                    | Entry::Service { spot, .. }
                    | Entry::Resource { spot, .. }
                        if elsewhere.contains(spot) => {}
                    Entry::Route { spot, .. }
                    | Entry::Library { spot, .. }
                    | Entry::Service { spot, .. }
                    | Entry::Resource { spot, .. } => {
                        reading.notes.push((*spot, "registered on a router that is never mounted".to_owned()));
                    }
                    Entry::Mount { .. } | Entry::Index { .. } => {}
                }
            }
            if mounts {
                lost.push(*root);
            }
        }
        // What stands on others that only such a one mounts is served nowhere either.
        for root in lost {
            let mut aside = Reading::default();
            self.read(root, vec![String::new()], false, None, &mut aside);
            let told: BTreeSet<Spot> = reading.found.iter().map(|found| found.spot).collect();
            for found in aside.found.iter().filter(|found| !told.contains(&found.spot)) {
                reading.notes.push((found.spot, "registered on a router that is never mounted".to_owned()));
            }
        }
        for (spot, reason) in reading.notes {
            self.note(spot, reason);
        }
        self.leave_generated(&mut reading.found);
        // What is registered for sure as well as under a condition is sure.
        let sure = |one: &Found| Found { conditional: false, ..one.clone() };
        let twins: Vec<Found> =
            reading.found.iter().filter(|one| one.conditional && reading.found.contains(&sure(one))).cloned().collect();
        for twin in twins {
            reading.found.remove(&twin);
        }
        self.names = reading.names;
        reading.found.into_iter().collect()
    }

    /// Whether all that stands on a root stands on one like it that is mounted elsewhere too: the same code made both, and that
    /// one is meant.
    fn is_stray(&mut self, root: usize, children: &BTreeSet<usize>) -> bool {
        let mut aside = Reading::default();
        self.read(root, vec![String::new()], false, None, &mut aside);
        let node = &self.forest.nodes[root];
        let like = |child: &&usize| {
            let child = &self.forest.nodes[**child];
            std::ptr::eq(child.model, node.model) && !child.entries.is_empty()
        };
        let others = children.iter().filter(|child| !aside.reached.contains(child)).filter(like);
        let mounted: BTreeSet<Spot> =
            others.flat_map(|child| &self.forest.nodes[*child].entries).map(Entry::spot).collect();
        node.entries.iter().all(|entry| mounted.contains(&entry.spot()))
    }

    /// Every router that is mounted somewhere.
    fn mounted(&mut self) -> BTreeSet<usize> {
        let mut children = BTreeSet::new();
        for node in 0..self.forest.nodes.len() {
            for index in 0..self.forest.nodes[node].entries.len() {
                let Entry::Mount { child, .. } = &self.forest.nodes[node].entries[index] else { continue };
                let child = child.clone();
                let held = self.held_by(&child);
                children.extend(held.nodes.iter().map(|held| held.node).filter(|child| *child != node));
            }
        }
        children
    }

    /// The routers in a value.
    pub(crate) fn held_by(&mut self, value: &Value) -> Held {
        let mut held = Held::default();
        self.routers(value, &mut held, 0);
        held
    }

    fn routers(&mut self, value: &Value, out: &mut Held, depth: usize) {
        if depth > 6 {
            return;
        }
        match self.force(value.clone()) {
            Value::Object(object) => {
                // An instance that merely holds a router is none.
                if let Some(it) = object.model.borrow().as_ref() {
                    let (view, spaces) = (it.view.as_ref().map(ToString::to_string), out.spaces.clone());
                    out.nodes.push(HeldNode { node: it.node, view, spaces });
                }
            }
            Value::List(list) => {
                let items = list.items.borrow().clone();
                let around = out.spaces.len();
                out.spaces.extend(self.space_of(&list.names.borrow()));
                items.iter().for_each(|item| self.routers(item, out, depth + 1));
                out.spaces.truncate(around);
                out.unknown |= list.partial.get();
                out.opened = out.opened.or(list.opened.get());
            }
            Value::Alt(all) => all.iter().for_each(|one| self.routers(one, out, depth + 1)),
            Value::Map(map) => {
                if let Some(inner) = map.named("default").or_else(|| map.named("router")) {
                    self.routers(&inner, out, depth + 1);
                }
            }
            Value::Module(id) => {
                let inner = self.module_member(id, &"default".into());
                if !matches!(inner, Value::Module(_)) {
                    self.routers(&inner, out, depth + 1);
                }
            }
            Value::Unknown(path) if path.is_empty() => out.unknown = true,
            Value::Unknown(path) => out.outside.push(path),
            _ => {}
        }
    }

    fn read(
        &mut self,
        node: usize,
        prefixes: Vec<String>,
        conditional: bool,
        own: Option<&Value>,
        reading: &mut Reading,
    ) {
        if reading.stack.contains(&node) || reading.stack.len() > MOST_DEPTH || reading.found.len() > MOST_ROUTES {
            return;
        }
        reading.reached.insert(node);
        reading.stack.push(node);
        // What a library registers is of the framework that it is mounted on.
        let frameworks = reading.stack.iter().rev().map(|node| self.forest.nodes[*node].model.framework());
        let framework = frameworks.into_iter().find(|framework| !framework.is_empty()).unwrap_or("");
        let narrowed = self.narrowed(node, reading);
        reading.only.push(self.forest.nodes[node].only.clone());
        let model = self.forest.nodes[node].model;
        let (syntax, join) = (model.paths.unwrap_or_default(), model.join.unwrap_or_default());
        let conditional = conditional || self.forest.nodes[node].conditional;
        let prefix = own.cloned().unwrap_or_else(|| self.forest.nodes[node].prefix.clone());
        let prefixes = self.extended(&prefixes, &prefix, syntax, join);
        self.read_built(node, &prefixes, conditional, reading);
        let around = reading.spaces.len();
        let space = self.forest.nodes[node].space.clone();
        reading.spaces.extend(self.space_of(&[space]));
        let at = Place { node, prefixes: &prefixes, conditional, syntax, join, framework };
        for index in 0..self.forest.nodes[node].entries.len() {
            self.read_entry(&at, index, reading);
        }
        reading.spaces.truncate(around);
        reading.stack.pop();
        if narrowed {
            reading.methods.pop();
        }
        reading.only.pop();
    }

    fn read_entry(&mut self, at: &Place<'_>, index: usize, reading: &mut Reading) {
        let framework = at.framework;
        match &self.forest.nodes[at.node].entries[index] {
            Entry::Route { path, methods, handler, spot, chain, conditional, paths, library } => {
                let spelt = paths.unwrap_or(at.syntax);
                let place = self.telling_line(at.node, *spot, (path, chain));
                let library = library.clone();
                let tag = Tag { framework, spot: place, conditional: at.conditional || *conditional, library };
                let (path, methods, handler, spot) = (path.clone(), methods.clone(), handler.clone(), *spot);
                let (own, path) = if at.syntax == Syntax::Pattern { own_method(&path) } else { (None, path) };
                let methods = own.map_or(methods, Methods::Fixed);
                if self.forest.nodes[at.node].model.needs_path && path.is_nothing() {
                    return;
                }
                let methods = self.methods(&methods, &handler, spot, reading);
                let methods = reading.only.iter().fold(methods, |methods, only| left(methods, only));
                let names = self.names_of(at.node, index);
                for path in self.extended(at.prefixes, &path, spelt, at.join) {
                    let found = tag.found(&path, at.join);
                    reading.call(&names, &found.path);
                    add(reading, &found, &methods);
                }
            }
            Entry::Mount { at: prefix, child, replaces, loose, stripped, spot, conditional } => {
                let tag = Tag { framework, spot: *spot, conditional: at.conditional || *conditional, library: None };
                let mount = (prefix.clone(), child.clone(), stripped.clone());
                let how = (*replaces, *loose);
                let names = self.names_of(at.node, index);
                let around = reading.spaces.len();
                reading.spaces.extend((!names.is_empty()).then_some(names));
                self.read_mount(at, mount, how, tag, reading);
                reading.spaces.truncate(around);
            }
            Entry::Resource { path, class, table, spot, conditional } => {
                let tag = Tag { framework, spot: *spot, conditional: at.conditional || *conditional, library: None };
                let (path, class, table) = (path.clone(), class.clone(), *table);
                let bases = self.extended(at.prefixes, &path, at.syntax, at.join);
                let (rows, open) = self.resource_routes(&class, table);
                if open {
                    reading.notes.push((tag.spot, "the methods of what is registered here are not known".to_owned()));
                }
                let names = self.resource_names(at.node, index, &class, table);
                for Row { path, methods, name } in rows {
                    let methods = self.methods(&methods, &Value::Undefined, tag.spot, reading);
                    let names: Vec<String> = names.iter().map(|base| format!("{base}-{name}")).collect();
                    for path in self.extended(&bases, &path, at.syntax, at.join) {
                        let found = tag.found(&path, at.join);
                        reading.call(&names, &found.path);
                        add(reading, &found, &methods);
                    }
                }
            }
            Entry::Library { word, path, prefix, spot, conditional } => {
                let (word, path, prefix) = (*word, path.clone(), prefix.clone());
                if word.served && !self.forest.nodes[at.node].served {
                    return;
                }
                let place = (*spot, at.conditional || *conditional);
                let model = self.forest.nodes[at.node].model;
                let prefixes = self.extended(at.prefixes, &prefix, at.syntax, at.join);
                self.read_library(word, &path, &prefixes, (model, place), reading);
            }
            Entry::Service { name, methods, http, spot, conditional } => {
                let (name, methods, http) = (name.clone(), methods.clone(), *http);
                let place = (*spot, at.conditional || *conditional);
                let model = self.forest.nodes[at.node].model;
                if http {
                    self.read_rules(&name, at.prefixes, (model, place), reading);
                } else {
                    self.read_service(&name, &methods, (model, place), reading);
                }
            }
            Entry::Index { methods, spot } => {
                let tag = Tag { framework, spot: *spot, conditional: at.conditional, library: None };
                let methods = methods.clone();
                let names = self.names_of(at.node, index);
                for prefix in at.prefixes {
                    let found = tag.found(prefix, at.join);
                    reading.call(&names, &found.path);
                    add(reading, &found, &methods);
                }
            }
        }
    }

    fn read_mount(
        &mut self,
        at: &Place<'_>,
        (prefix, child, stripped): (Value, Value, Option<Value>),
        (replaces, loose): (bool, bool),
        tag: Tag<'_>,
        reading: &mut Reading,
    ) {
        let held = self.held_by(&child);
        if held.unknown && !loose {
            let spot = held.opened.unwrap_or(tag.spot);
            reading.notes.push((spot, "what is mounted here is not known".to_owned()));
        }
        let given = !prefix.is_nothing();
        let own = (replaces && given).then_some(&prefix);
        for HeldNode { node: child, view, spaces } in held.nodes {
            let around = reading.spaces.len();
            reading.spaces.extend(spaces);
            let mut places = match own {
                Some(_) => at.prefixes.to_vec(),
                None => self.extended(at.prefixes, &prefix, at.syntax, at.join),
            };
            if let Some(view) = view {
                places = places.iter().map(|place| put_together(at.join, place, &view)).collect();
            }
            let base = stripped.as_ref().map(|prefix| {
                let base = reading.bases.last().cloned().unwrap_or_else(|| vec![String::new()]);
                self.extended(&base, prefix, Syntax::Plain, at.join)
            });
            let deeper = usize::from(base.is_some());
            if let Some(base) = base {
                places.clone_from(&base);
                reading.bases.push(base);
            }
            self.read(child, places, tag.conditional, own, reading);
            reading.bases.truncate(reading.bases.len() - deeper);
            reading.spaces.truncate(around);
        }
        // Elsewhere what is mounted may as well be middleware.
        let python = self.modules[tag.spot.module.0].language == Language::Python;
        for name in held.outside {
            match self.models.brings.get(&*name).copied() {
                Some(BroughtModel { unresolved: Some(why), .. }) => reading.notes.push((tag.spot, why.clone())),
                Some(library) => {
                    let places = self.extended(at.prefixes, &prefix, at.syntax, at.join);
                    library_routes(library, &places, at.join, &tag, reading);
                }
                None if loose || !python || self.models.functions.contains_key(name.trim_end_matches("()")) => {}
                None => {
                    let reason = format!("what `{name}` registers here is not known");
                    reading.notes.push((tag.spot, reason));
                }
            }
        }
    }

    /// The line that tells most of a route: where one line registers several paths, that of the call that tells them apart.
    fn telling_line(&self, node: usize, spot: Spot, (path, chain): (&Value, &[Spot])) -> Spot {
        let own = path.as_text();
        let apart = self.forest.nodes[node].entries.iter().filter_map(|entry| match entry {
            Entry::Route { spot: other, chain: calls, path, .. } if *other == spot && path.as_text() != own => {
                let same = chain.iter().zip(calls).take_while(|(a, b)| a == b).count();
                (same < chain.len()).then_some(same)
            }
            _ => None,
        });
        apart.max().and_then(|depth| chain.get(depth)).copied().unwrap_or(spot)
    }

    /// Each prefix with each spelling of a path behind it.
    pub(super) fn extended(&mut self, prefixes: &[String], path: &Value, syntax: Syntax, join: Join) -> Vec<String> {
        let spelled = self.spelled(path, syntax, 0);
        prefixes
            .iter()
            .flat_map(|prefix| spelled.iter().map(move |path| put_together(join, prefix, path)))
            .take(64)
            .collect()
    }

    fn spelled(&mut self, path: &Value, syntax: Syntax, depth: usize) -> Vec<String> {
        match self.force(path.clone()) {
            Value::Undefined | Value::Null => vec![String::new()],
            Value::Str(text) => spell(syntax, &text),
            Value::Regex(text) => spell(Syntax::Regex, &text),
            Value::Int(number) => vec![number.to_string()],
            // A setting beside what is known: that is its default.
            Value::Alt(all) if depth < 3 => {
                let bare = |one: &Value| matches!(one, Value::Env(env) if env.default.is_none());
                let known = all.iter().any(|one| one.as_whole_text().is_some());
                let told = all.iter().filter(|one| !known || !bare(one));
                told.flat_map(|one| self.spelled(one, syntax, depth + 1)).collect()
            }
            Value::List(list) if depth < 3 => {
                let items = list.items.borrow().clone();
                items.iter().flat_map(|one| self.spelled(one, syntax, depth + 1)).collect()
            }
            Value::Env(env) => match &env.default {
                Some(default) => self.spelled(&default.clone(), syntax, depth + 1),
                None => vec![hole("env")],
            },
            Value::Unknown(path) => vec![hole(path.rsplit('.').next().unwrap_or_default())],
            _ => vec![hole("")],
        }
    }

    pub(super) fn methods(
        &mut self,
        methods: &Methods,
        handler: &Value,
        spot: Spot,
        reading: &mut Reading,
    ) -> Vec<String> {
        let known = match methods {
            Methods::Fixed(all) => all.clone(),
            Methods::Default(all) => {
                let own = self.handler_methods(handler, 0);
                if own.is_empty() { all.clone() } else { own }
            }
            Methods::Unknown(all) => {
                reading.notes.push((spot, "the methods of this route are not all known".to_owned()));
                all.clone()
            }
        };
        match (known.is_empty(), methods) {
            (true, Methods::Unknown(_)) => Vec::new(),
            (true, Methods::Fixed(_) | Methods::Default(_)) => {
                reading.methods.last().cloned().unwrap_or_else(|| vec!["ANY".to_owned()])
            }
            (false, _) => known,
        }
    }
}

/// The method at the start of a pattern, and the pattern without it.
fn own_method(path: &Value) -> (Option<Vec<String>>, Value) {
    let Some(text) = path.as_text() else { return (None, path.clone()) };
    match text.split_once([' ', '\t']) {
        Some((method, rest)) if !method.is_empty() && method.chars().all(|c| c.is_ascii_uppercase()) => {
            (Some(vec![method.to_owned()]), Value::text(rest.trim_start()))
        }
        _ => (None, path.clone()),
    }
}

/// The methods that are left where a router answers some alone.
fn left(methods: Vec<String>, only: &[String]) -> Vec<String> {
    if only.is_empty() {
        return methods;
    }
    if methods.iter().any(|method| method == "ANY") {
        return only.to_vec();
    }
    let both: Vec<String> = methods.iter().filter(|method| only.contains(method)).cloned().collect();
    if both.is_empty() { methods } else { both }
}

/// The routes that a library brings.
fn library_routes(library: &BroughtModel, places: &[String], join: Join, tag: &Tag<'_>, reading: &mut Reading) {
    let tag = Tag { library: Some(library.library.clone()), framework: tag.framework, ..*tag };
    for route in &library.routes {
        let (method, path) = route.split_once(' ').unwrap_or((route, ""));
        let (path, name) = path.split_once(' ').unwrap_or((path, ""));
        let names: Vec<String> = (!name.is_empty()).then(|| name.to_owned()).into_iter().collect();
        for path in spell(library.paths, path) {
            for place in places {
                let found = tag.found(&put_together(join, place, &path), join);
                reading.call(&names, &found.path);
                add(reading, &found, &[method.to_owned()]);
            }
        }
    }
}

pub(super) fn add(reading: &mut Reading, found: &Found, methods: &[String]) {
    if has_hole(&found.path) {
        let shown = fill_holes(&found.path, |hint| format!("<{hint}>"));
        reading.notes.push((found.spot, format!("the path {shown} has a part that is not known")));
        return;
    }
    for method in methods {
        reading.found.insert(Found { method: method.clone(), ..found.clone() });
    }
}
