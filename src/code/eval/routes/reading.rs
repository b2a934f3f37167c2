//! Reading the forest: the routes of a router with what stands before them, and what is not known of them.

use std::collections::BTreeSet;

use super::super::machine::Machine;
use super::super::value::{Spot, Value};
use super::forest::{Entry, Found, HeldNode, Methods, Sees};
use super::resource::Row;
use crate::code::form::Language;
use crate::code::holes::{has_hole, has_unknown, hole};
use crate::code::models::{BroughtModel, Join, Syntax, put_together, spell, tidy};

/// Routes that one forest may give.
const MOST_ROUTES: usize = 200_000;
/// Routers within routers.
const MOST_DEPTH: usize = 40;

/// Reading in progress.
#[derive(Debug, Default)]
pub(in crate::code::eval) struct Reading {
    pub(in crate::code::eval) found: BTreeSet<Found>,
    pub(in crate::code::eval) notes: Vec<(Spot, String)>,
    /// Paths that have a part that is not known.
    pub(in crate::code::eval) partial: Vec<(Spot, String)>,
    pub(in crate::code::eval) reached: BTreeSet<usize>,
    pub(in crate::code::eval) stack: Vec<usize>,
    /// What has been taken off the paths, for each of the stack.
    pub(in crate::code::eval) bases: Vec<Vec<String>>,
    /// Below what whole paths stand, for each of the stack.
    pub(in crate::code::eval) below: Vec<Vec<String>>,
    /// The methods that those around leave.
    pub(in crate::code::eval) methods: Vec<Vec<String>>,
    /// The methods that the routers around answer alone.
    pub(in crate::code::eval) only: Vec<Vec<String>>,
    /// What stands before whole paths, of the routers and mounts around.
    pub(in crate::code::eval) fronts: Vec<super::fronts::Front>,
    /// What stands before the names of routes, of the routers around.
    pub(in crate::code::eval) spaces: Vec<Vec<String>>,
    /// What paths are asked for by, and the paths.
    pub(in crate::code::eval) names: BTreeSet<(String, String)>,
}

/// A router being read, and what stands before its own paths.
struct Place<'a> {
    node: usize,
    prefixes: &'a [String],
    conditional: bool,
    syntax: Syntax,
    /// How prefixes are put together, and how the paths of its own routes are put behind them.
    join: Join,
    own: Join,
    framework: &'a str,
}

/// What the routes of one entry have in common.
pub(in crate::code::eval) struct Tag<'a> {
    /// The framework.
    pub(in crate::code::eval) framework: &'a str,
    /// Where they are registered.
    pub(in crate::code::eval) spot: Spot,
    /// Under a condition that is not known.
    pub(in crate::code::eval) conditional: bool,
    /// By a library.
    pub(in crate::code::eval) library: Option<String>,
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
            by: None,
        }
    }
}

impl Machine<'_> {
    pub(in crate::code::eval) fn read(
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
        let (syntax, own_join) = (model.paths.unwrap_or_default(), model.join.unwrap_or_default());
        let join = own_join.of_prefixes();
        let conditional = conditional || self.forest.nodes[node].conditional;
        let prefix = own.cloned().unwrap_or_else(|| self.forest.nodes[node].prefix.clone());
        let prefixes = self.extended(&prefixes, &prefix, syntax, join);
        self.read_built(node, &prefixes, conditional, reading);
        let around = reading.spaces.len();
        let space = self.forest.nodes[node].space.clone();
        reading.spaces.extend(self.space_of(&[space]));
        let at = Place { node, prefixes: &prefixes, conditional, syntax, join, own: own_join, framework };
        let fronts = self.enter_front(node, reading);
        for index in 0..self.forest.nodes[node].entries.len() {
            let fronts = self.enter_entry_front(node, index, reading);
            self.read_entry(&at, index, reading);
            reading.fronts.truncate(fronts);
        }
        reading.fronts.truncate(fronts);
        reading.spaces.truncate(around);
        reading.stack.pop();
        if narrowed {
            reading.methods.pop();
        }
        reading.only.pop();
    }

    fn read_entry(&mut self, at: &Place<'_>, index: usize, reading: &mut Reading) {
        let framework = at.framework;
        if self.forest.nodes[at.node].left.contains(&index) {
            return;
        }
        if let Entry::Route { handler: Value::Unknown(path), .. } = &self.forest.nodes[at.node].entries[index]
            && self.models.assets.contains(&**path)
        {
            return;
        }
        match &self.forest.nodes[at.node].entries[index] {
            Entry::Route { path, methods, handler, spot, chain, conditional, paths, library } => {
                let spelt = paths.unwrap_or(at.syntax);
                let place = self.telling_line(at.node, *spot, (path, chain));
                let library = library.clone();
                let tag = Tag { framework, spot: place, conditional: at.conditional || *conditional, library };
                let (path, methods, handler, spot) = (path.clone(), methods.clone(), handler.clone(), *spot);
                let (own, path) = if at.syntax == Syntax::Pattern { own_method(&path) } else { (None, path) };
                let methods = own.map_or(methods, Methods::Fixed);
                if (self.forest.nodes[at.node].model.needs_path && path.is_nothing()) || self.answers_sockets(&handler)
                {
                    return;
                }
                let methods = self.methods(&methods, &handler, spot, reading);
                let methods = reading.only.iter().fold(methods, |methods, only| left(methods, only));
                let names = self.names_of(at.node, index);
                for path in self.extended(at.prefixes, &path, spelt, at.own) {
                    let path = self.fronted(path, reading);
                    let found = tag.found(&path, at.join);
                    reading.call(&names, &found.path);
                    add(reading, &found, &methods);
                }
            }
            Entry::Mount { at: prefix, child, replaces, loose, sees, spot, conditional } => {
                let tag = Tag { framework, spot: *spot, conditional: at.conditional || *conditional, library: None };
                let mount = (prefix.clone(), child.clone(), sees.clone());
                let how = (*replaces, *loose);
                let names = self.names_of(at.node, index);
                let around = reading.spaces.len();
                reading.spaces.extend((!names.is_empty()).then_some(names));
                if self.answers_all(at.node, index) {
                    let own = (Value::Undefined, mount.1.clone(), mount.2.clone());
                    self.read_mount(at, own, how, Tag { library: None, ..tag }, reading);
                }
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
                // What is kept on the router later says where they are, too.
                let args = self.forest.nodes[at.node].args.as_ref();
                let kept = word.prefix.as_ref().and_then(|name| args?.named(name));
                let (word, path, prefix) = (*word, path.clone(), kept.unwrap_or_else(|| prefix.clone()));
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
            Entry::Index { methods, library, spot } => {
                let tag = Tag { framework, spot: *spot, conditional: at.conditional, library: library.clone() };
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
        (prefix, child, sees): (Value, Value, Sees),
        (replaces, loose): (bool, bool),
        tag: Tag<'_>,
        reading: &mut Reading,
    ) {
        let held = self.held_by(&child);
        let strict = self.forest.nodes[at.node].model.strict && !loose;
        // Of what is made at once, one on which nothing stands is known by its type alone.
        let bare = |held: &HeldNode| {
            let node = &self.forest.nodes[held.node];
            node.model.strict && node.unbound && node.entries.is_empty()
        };
        let lost = strict && (held.other || held.nodes.iter().any(bare));
        if (held.unknown && !loose) || lost {
            let spot = held.opened.unwrap_or(tag.spot);
            reading.notes.push((spot, "what is mounted here is not known".to_owned()));
        }
        let given = !prefix.is_nothing();
        let own = (replaces && given).then_some(&prefix);
        for HeldNode { node: child, spaces } in held.nodes {
            let around = reading.spaces.len();
            reading.spaces.extend(spaces);
            let mut places = match own {
                Some(_) => at.prefixes.to_vec(),
                None => self.extended(at.prefixes, &prefix, at.syntax, at.join),
            };
            let base = match &sees {
                Sees::Rest => None,
                Sees::Behind(prefix) => {
                    let base = reading.bases.last().cloned().unwrap_or_else(|| vec![String::new()]);
                    Some(self.extended(&base, prefix, Syntax::Plain, at.join))
                }
                Sees::Same => Some(at.prefixes.to_vec()),
            };
            let deeper = usize::from(base.is_some());
            if let Some(base) = base {
                // It sees whole paths: those that do not begin as what leads to it never get there.
                let pattern = if at.syntax == Syntax::Pattern { own_method(&prefix).1 } else { prefix.clone() };
                reading.below.push(self.extended(at.prefixes, &pattern, at.syntax, at.own));
                places.clone_from(&base);
                reading.bases.push(base);
            }
            self.read(child, places, tag.conditional, own, reading);
            reading.bases.truncate(reading.bases.len() - deeper);
            reading.below.truncate(reading.below.len() - deeper);
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
                None if loose
                    || !(python || strict)
                    || self.models.functions.contains_key(name.trim_end_matches("()")) => {}
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
    pub(in crate::code::eval) fn extended(
        &mut self,
        prefixes: &[String],
        path: &Value,
        syntax: Syntax,
        join: Join,
    ) -> Vec<String> {
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
            Value::Env(ref env) => match &env.default {
                Some(default) => self.spelled(&default.clone(), syntax, depth + 1),
                None => match self.deployed_value(env) {
                    Some(said) => self.spelled(&said, syntax, depth + 1),
                    None => vec![hole("env")],
                },
            },
            Value::Unknown(path) => vec![hole(path.rsplit('.').next().unwrap_or_default())],
            _ => vec![hole("")],
        }
    }

    pub(in crate::code::eval) fn methods(
        &mut self,
        methods: &Methods,
        handler: &Value,
        spot: Spot,
        reading: &mut Reading,
    ) -> Vec<String> {
        let known = match methods {
            // What gets every method in Go may refuse some itself.
            Methods::Fixed(all) if self.is_go(spot.module) && all.iter().all(|one| one == "ANY") => {
                let answered = if reading.methods.is_empty() { self.go_let_through(handler) } else { Vec::new() };
                if answered.is_empty() { all.clone() } else { answered }
            }
            Methods::Fixed(all) => all.clone(),
            Methods::Default(all) => {
                let mut own = self.handler_methods(handler, 0);
                if own.is_empty() && all.is_empty() {
                    own = if self.is_go(spot.module) && reading.methods.is_empty() {
                        self.go_let_through(handler)
                    } else {
                        self.let_through(handler)
                    };
                }
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

pub(in crate::code::eval) fn add(reading: &mut Reading, found: &Found, methods: &[String]) {
    if has_unknown(&found.path) {
        return reading.partial.push((found.spot, found.path.clone()));
    }
    let path = match reading.below.last() {
        Some(below) => below.iter().find_map(|pattern| below_pattern(&found.path, pattern)),
        None => Some(found.path.clone()),
    };
    let Some(path) = path else {
        let reason = format!("what stands before {} where its router is mounted is not known", found.path);
        return reading.notes.push((found.spot, reason));
    };
    for method in methods {
        reading.found.insert(Found { method: method.clone(), path: path.clone(), ..found.clone() });
    }
}

/// A path as it is reached through a pattern: itself below it, the pattern where it takes all in; none where no request gets there.
fn below_pattern(path: &str, pattern: &str) -> Option<String> {
    let fixed = pattern.split('{').next().unwrap_or_default();
    let fixed = if has_hole(fixed) { "" } else { fixed };
    if path.starts_with(fixed) || path == fixed.trim_end_matches('/') {
        return Some(path.to_owned());
    }
    let open = path.strip_suffix("{*}").filter(|before| !before.contains('{') && fixed.starts_with(before));
    open.map(|_| tidy(&format!("{}/{{*}}", fixed.trim_end_matches('/'))))
}
