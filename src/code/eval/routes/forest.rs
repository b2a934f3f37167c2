//! The forest: routers and what is registered and mounted on them; routes are read off it with their full prefixes.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Map, ModuleId, Spot, Value};
use super::reading::Reading;
use crate::code::form::{Language, Name};
use crate::code::holes::partly_known;
use crate::code::models::{LibraryWord, ObjectModel, Syntax, TableModel};

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
    /// It may be served itself where another that has it mounted may be, too.
    pub(crate) beside: bool,
    /// Its registrations were read off it, to be made elsewhere.
    pub(crate) listed: bool,
    /// It was made of what no router was given, to be told.
    pub(crate) forgotten: bool,
    /// Only its type is known: a parameter of a function that nobody called.
    pub(crate) unbound: bool,
    /// It stands for a variable of which nobody knows whether anything has been assigned to it: it may be absent.
    pub(crate) absent: bool,
    /// What it is put together of, where it is one route.
    pub(crate) built: Built,
    /// It was made while a program's entry ran.
    pub(crate) begun: bool,
    /// The methods that it answers at all; empty for every one.
    pub(crate) only: Vec<String>,
    /// What its entries are asked for by, or what stands before the names of those below, by their place.
    pub(crate) names: BTreeMap<usize, Vec<Value>>,
    /// What stands before the whole paths of its entries, by their place.
    pub(crate) fronts: BTreeMap<usize, super::fronts::Front>,
    /// What stands before the names of its routes.
    pub(crate) space: Value,
    /// The module whose code made it.
    pub(crate) made: Option<super::super::value::ModuleId>,
    /// It was made where a function ran that nobody calls.
    pub(crate) uncalled: bool,
    /// The places of entries that are left out, and told.
    pub(crate) left: BTreeSet<usize>,
    /// The entry that answers what no other one does.
    pub(crate) leftover: Option<usize>,
}

/// What a route that is put together has so far; its path is the node's prefix.
#[derive(Debug, Clone, Default)]
pub(crate) struct Built {
    /// The methods.
    pub(crate) methods: Option<Methods>,
    /// Whether it has a handler.
    pub(crate) handled: bool,
    /// The handler.
    pub(crate) handler: Option<Value>,
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
    Index { methods: Vec<String>, library: Option<String>, spot: Spot },
    /// Routes that a library has of its own.
    Library { word: &'static LibraryWord, path: Value, prefix: Value, spot: Spot, conditional: bool },
    /// A service of remote calls, with the methods that the code lists.
    Service { name: Value, methods: Vec<String>, http: bool, spot: Spot, conditional: bool },
    /// Other routers.
    Mount { at: Value, child: Value, replaces: bool, loose: bool, sees: Sees, spot: Spot, conditional: bool },
}

impl Entry {
    /// Where it was put.
    pub(in crate::code::eval) fn spot(&self) -> Spot {
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

/// What a child sees of a path.
#[derive(Debug, Clone)]
pub(crate) enum Sees {
    /// What is behind where it is mounted.
    Rest,
    /// What is behind this prefix of the whole path, and nothing of where it is mounted.
    Behind(Value),
    /// What the router sees that it is mounted on.
    Same,
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
            beside: false,
            listed: false,
            unbound: false,
            absent: false,
            built: Built::default(),
            begun: self.begun,
            forgotten: false,
            only: Vec::new(),
            names: BTreeMap::new(),
            fronts: BTreeMap::new(),
            space: Value::Undefined,
            made: None,
            uncalled: false,
            left: BTreeSet::new(),
            leftover: None,
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
    /// The file of the class that answers, where a base or an interface in another one tells the route.
    pub(crate) by: Option<ModuleId>,
}

/// A router that a mount holds.
#[derive(Debug)]
pub(crate) struct HeldNode {
    /// The router.
    pub(crate) node: usize,
    /// What stands before the names of its routes.
    pub(in crate::code::eval) spaces: Vec<Vec<String>>,
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
    /// There is something among it that is known and is no router.
    pub(crate) other: bool,
    /// Where that came in.
    pub(crate) opened: Option<Spot>,
    /// What comes from outside the repository, by path.
    pub(crate) outside: Vec<Name>,
}

impl Machine<'_> {
    /// Reads every route that is served; what is not known goes under unresolved.
    pub(crate) fn read_routes(&mut self) -> Vec<Found> {
        self.plant_trees();
        self.leave_unloaded();
        self.leave_outside();
        let children = self.mounted();
        // What an adapter serves by itself answers there too, though another router has it in it.
        let apart = |node: &usize| {
            let node = &self.forest.nodes[*node];
            node.beside || (node.model.adapted && node.served)
        };
        let roots: Vec<usize> =
            (0..self.forest.nodes.len()).filter(|node| !children.contains(node) || apart(node)).collect();
        let is_app = |machine: &Self, node: &usize| {
            let node = &machine.forest.nodes[*node];
            (node.model.served || node.served || (node.begun && !node.model.part)) && !node.unbound
        };
        let mut served: Vec<usize> = roots.iter().copied().filter(|node| is_app(self, node)).collect();
        served.retain(|node| !self.is_unused(*node) && !self.is_unadapted(*node));
        let idle: Vec<usize> = served.iter().copied().filter(|node| self.is_held_idle(*node, &served)).collect();
        served.retain(|node| !idle.contains(node));
        let surely = |node: &Node| node.model.served || node.served;
        served.retain(|node| surely(&self.forest.nodes[*node]) || !self.is_left_aside(*node, &children));
        let unstarted = self.unstarted(&served);
        served.retain(|node| !unstarted.contains(node));
        let broken = self.unstartable(&served);
        served.retain(|node| !broken.contains_key(node));
        let mut reading = Reading::default();
        let (handed, apart) = self.handed_filters(&roots);
        served.extend(handed.iter().filter(|_| !apart));
        for root in &served {
            self.read(*root, vec![String::new()], self.forest.nodes[*root].beside, None, &mut reading);
        }
        // A language of which nothing is served has its roots read all the same; a service in another beside it changes nothing.
        let places = reading.found.iter().map(|found| found.spot);
        let places = places.chain(reading.notes.iter().chain(&reading.partial).map(|(spot, _)| *spot));
        let told: Vec<Language> = places.map(|spot| self.modules[spot.module.0].language).collect();
        let astray = self.mounts_unknown();
        let aside = |node: usize| {
            self.forest.nodes[node].model.part || self.forest.nodes[node].forgotten || broken.contains_key(&node)
        };
        let rest = roots.iter().filter(|root| !served.contains(root) && !aside(**root));
        let rest = rest.filter(|root| !self.is_parameter(**root));
        let rest: Vec<usize> = rest.copied().collect();
        let hollow = self.go_left_hollow(&served);
        for root in rest {
            let language = self.forest.nodes[root].entries.first().map(|it| self.modules[it.spot().module.0].language);
            if hollow && language == Some(Language::Go) && self.forest.nodes[root].unbound {
                continue;
            }
            if language.is_some_and(|language| !told.contains(&language)) && !self.is_stray(root, &children, &astray) {
                self.read(root, vec![String::new()], self.forest.nodes[root].beside, None, &mut reading);
            }
        }
        let mut lost = Vec::new();
        // What a function registers that is also called with a router of its own is told there.
        let nodes = self.forest.nodes.iter().enumerate();
        let reached = nodes.filter(|(node, _)| reading.reached.contains(node)).flat_map(|(_, node)| &node.entries);
        let elsewhere: BTreeSet<Spot> = reached.map(Entry::spot).collect();
        for root in roots.iter().filter(|root| !reading.reached.contains(root)) {
            let node = &self.forest.nodes[*root];
            // A part that something else has taken in answers there; whether unseen code serves one is not known.
            let why = if handed.contains(root) {
                "handed to code that is not in the repository: whether that serves it is not known"
            } else if unstarted.contains(root) {
                "registered on an app that nothing starts: another one of its package is started"
            } else {
                "registered on a router that is never mounted"
            };
            if broken.contains_key(root) {
                continue;
            }
            if node.listed || node.model.sockets || (node.model.part && node.handed && !handed.contains(root)) {
                continue;
            }
            let mounts = node.entries.iter().any(|entry| matches!(entry, Entry::Mount { .. }));
            for entry in &node.entries {
                match entry {
                    Entry::Route { path, .. } if node.model.needs_path && path.is_nothing() => {}
                    // A library's own is no loss of the service.
                    Entry::Route { library: Some(_), .. } if node.model.part => {}
                    Entry::Route { spot, .. }
                    | Entry::Library { spot, .. }
                    | Entry::Service { spot, .. }
                    | Entry::Resource { spot, .. }
                        if elsewhere.contains(spot) => {}
                    Entry::Route { spot, .. }
                    | Entry::Library { spot, .. }
                    | Entry::Service { spot, .. }
                    | Entry::Resource { spot, .. } => {
                        reading.notes.push((*spot, why.to_owned()));
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
            // Nor is what is not known of it known there.
            let partial = aside.partial.into_iter().map(|(spot, path)| (spot, partly_known(&path)));
            reading.notes.extend(aside.notes.into_iter().chain(partial).filter(|(spot, _)| !told.contains(spot)));
        }
        for (spot, path) in &reading.partial {
            self.note_path(*spot, path);
        }
        self.explain_unstartable(&broken, &reading);
        for (spot, reason) in reading.notes {
            self.note(spot, reason);
        }
        self.tell_unknown_routers();
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

    /// Whether a root is known to stand elsewhere, or may: where an app, or a router that it does not mount, mounts what is not
    /// known, that may be any router; and where all that stands on it stands on one like it that is mounted elsewhere, the same
    /// code made both, and that one is meant.
    fn is_stray(&mut self, root: usize, children: &BTreeSet<usize>, astray: &[(Language, usize, bool)]) -> bool {
        let mut aside = Reading::default();
        self.read(root, vec![String::new()], false, None, &mut aside);
        let language = self.forest.nodes[root].entries.first().map(|it| self.modules[it.spot().module.0].language);
        let elsewhere = |(of, node, app): &(Language, usize, bool)| {
            Some(*of) == language && (*app || !aside.reached.contains(node))
        };
        if !self.forest.nodes[root].model.served && astray.iter().any(elsewhere) {
            return true;
        }
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
        let mut edges: Vec<Vec<usize>> = Vec::new();
        for node in 0..self.forest.nodes.len() {
            let mut own = Vec::new();
            for index in 0..self.forest.nodes[node].entries.len() {
                let Entry::Mount { child, .. } = &self.forest.nodes[node].entries[index] else { continue };
                if self.forest.nodes[node].left.contains(&index) {
                    continue;
                }
                let child = child.clone();
                let held = self.held_by(&child);
                let others = held.nodes.iter().map(|held| held.node).filter(|child| *child != node);
                own.extend(others.clone());
                children.extend(others);
            }
            edges.push(own);
        }
        break_circles(&mut children, &edges);
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
                    // What the project's own class of such routers serves is not read.
                    let own = it.ty.strict && object.class.is_some();
                    out.unknown |= own && self.forest.nodes[it.node].entries.is_empty();
                    // What was registered through a view has the view's prefix already.
                    out.nodes.push(HeldNode { node: it.node, spaces: out.spaces.clone() });
                } else {
                    out.other = true;
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
            Value::Undefined | Value::Null => {}
            _ => out.other = true,
        }
    }
}

/// Takes routers out of those that are mounted which only those mount that they mount themselves: of each such circle the one
/// that was made first.
fn break_circles(children: &mut BTreeSet<usize>, edges: &[Vec<usize>]) {
    let reached = |from: Vec<usize>, seen: &mut BTreeSet<usize>| {
        let mut open = from;
        while let Some(node) = open.pop() {
            if seen.insert(node) {
                open.extend(edges.get(node).into_iter().flatten());
            }
        }
    };
    let mut seen = BTreeSet::new();
    reached((0..edges.len()).filter(|node| !children.contains(node)).collect(), &mut seen);
    for node in 0..edges.len() {
        let mut own = BTreeSet::new();
        if !seen.contains(&node) {
            reached(edges.get(node).cloned().unwrap_or_default(), &mut own);
        }
        if own.contains(&node) {
            children.remove(&node);
            seen.insert(node);
            seen.append(&mut own);
        }
    }
}
