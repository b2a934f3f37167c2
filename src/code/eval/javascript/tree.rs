//! Trees of modules: an app serves the controllers of the modules that its root module imports. Controllers are classes,
//! their routes are what decorators noted on their methods, inherited ones among them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Methods};
use super::super::value::{ClassValue, Map, Modelled, Native, Noted, Spot, Value};
use super::under_paths::excludes;
use crate::code::form::Name;
use crate::code::models::{ObjectModel, PlacesWord, RouteWord, TreeWord};

/// Modules within modules.
const MOST_DEPTH: usize = 60;

/// What a walk over a tree of modules found.
#[derive(Default)]
pub(super) struct Walk {
    /// Controllers, with the module that has them.
    pub(super) controllers: Vec<(Rc<ClassValue>, Option<usize>)>,
    /// Routes that imports bring themselves.
    imported: Vec<Rc<Noted>>,
    /// Modules seen.
    seen: BTreeSet<usize>,
    /// Prefixes of modules.
    pub(super) places: BTreeMap<usize, Value>,
    /// Lists that are known in part only.
    pub(super) open: Vec<Spot>,
    /// The app whose container is told what the modules provide.
    telling: Option<Modelled>,
}

/// What holds for all controllers of an app.
pub(super) struct App {
    node: usize,
    /// The app without its prefix, for what is excluded from it.
    bare: usize,
    excluded: Vec<(String, String)>,
    /// What stands before a version, where versions stand in the path.
    versions: Option<String>,
    default_version: Value,
    neutral: String,
}

impl Machine<'_> {
    /// Registers the routes of every app's controllers on the app.
    pub(crate) fn plant_trees(&mut self) {
        let mut planted = BTreeSet::new();
        for node in 0..self.forest.nodes.len() {
            let model = self.forest.nodes[node].model;
            if self.forest.nodes[node].unbound {
                continue;
            }
            if let (Some(tree), Some(args)) = (&model.tree, self.forest.nodes[node].args.clone()) {
                self.plant(node, tree, &args, &mut planted);
            }
        }
        self.plant_rest(&planted);
    }

    /// Tells containers what the modules of an app's tree provide.
    pub(in crate::code::eval) fn tell_tree(&mut self, model: &Modelled) {
        let Some(tree) = model.ty.tree.as_ref().filter(|tree| tree.provides.is_some()) else { return };
        if !self.trees_told.insert(model.node) {
            return;
        }
        let root = self.argument_at(&model.args, &tree.root, Spot::nowhere());
        let mut walk = Walk { telling: Some(model.clone()), ..Walk::default() };
        self.module(&root, tree, None, &mut walk, 0);
    }

    /// Controllers of no tree: where there is no app at all they are read as they stand.
    fn plant_rest(&mut self, planted: &BTreeSet<usize>) {
        let mut bases = BTreeSet::new();
        for class in self.classes.clone() {
            for ancestor in self.ancestors(&class).iter().skip(1) {
                bases.extend(ancestor.identity());
            }
            bases.extend(self.within_of(&class));
        }
        for class in self.classes.clone() {
            let address = Rc::as_ptr(&class).addr();
            if planted.contains(&address) || bases.contains(&address) {
                continue;
            }
            let Some(framework) = self.controls_for(&class) else { continue };
            let model = self.models.objects.values().copied();
            let Some(model) = model.into_iter().find(|model| model.tree.is_some() && model.framework() == framework)
            else {
                continue;
            };
            let of_framework = |node: &super::super::routes::forest::Node| {
                node.model.tree.is_some() && node.model.framework() == framework
            };
            if self.forest.nodes.iter().any(of_framework) && !planted.is_empty() {
                self.note(class.spot, "a controller of no module that is served");
                continue;
            }
            let app = self.bare_app(model);
            if let Some(tree) = &model.tree
                && !self.is_bare(&class)
            {
                self.forest.nodes[app.node].prefix = self.tree_setting(tree, &class);
            }
            self.controller(&class, None, &app);
            self.leave_uncompiled(&class, app.node);
        }
    }

    fn bare_app(&mut self, model: &'static ObjectModel) -> App {
        let node = self.forest.add(model, false);
        self.forest.nodes[node].served = true;
        App {
            node,
            bare: node,
            excluded: Vec::new(),
            versions: None,
            default_version: Value::Undefined,
            neutral: String::new(),
        }
    }

    fn plant(&mut self, node: usize, tree: &TreeWord, args: &Rc<Map>, planted: &mut BTreeSet<usize>) {
        let mut walk = Walk::default();
        let root = self.argument_at(args, &tree.root, Spot::nowhere());
        if !matches!(root, Value::Unknown(_) | Value::Undefined) {
            self.module(&root, tree, None, &mut walk, 0);
        }
        // What is not known, or named by folder and pattern, is every controller that there is.
        let named = !walk.controllers.is_empty() || !walk.imported.is_empty() || !walk.open.is_empty();
        if matches!(root, Value::Unknown(_) | Value::Undefined | Value::Map(_)) && !named {
            let framework = self.forest.nodes[node].model.framework();
            let classes = self.classes.clone();
            let own = |class: &Rc<ClassValue>| self.controls_for(class).as_deref() == Some(framework);
            let mut own: Vec<_> = classes.into_iter().filter(own).collect();
            if tree.imported {
                let (left, kept) = own.into_iter().partition(|class| self.is_imported_by_none(class.spot.module));
                own = kept;
                left.iter().for_each(|class: &Rc<ClassValue>| {
                    self.note(class.spot, "a controller whose module nothing imports")
                });
            }
            walk.controllers = own.into_iter().map(|class| (class, None)).collect();
        }
        let app = self.app(node, tree, args);
        for spot in std::mem::take(&mut walk.open) {
            self.note(spot, "not all modules and controllers that stand here are known");
        }
        self.plant_brought(&walk.imported, (app.node, app.bare));
        let mut done = BTreeSet::new();
        for (class, module) in walk.controllers {
            let address = Rc::as_ptr(&class).addr();
            planted.insert(address);
            if done.insert((address, module)) {
                let place = module.and_then(|module| walk.places.get(&module)).cloned();
                self.controller(&class, place, &app);
            }
        }
    }

    fn app(&mut self, node: usize, tree: &TreeWord, args: &Rc<Map>) -> App {
        let model = self.forest.nodes[node].model;
        let bare = self.forest.add(model, self.forest.nodes[node].conditional);
        self.forest.nodes[bare].served = true;
        let exclude = self.argument_at(args, &tree.exclude, Spot::nowhere());
        let mut excluded = Vec::new();
        for one in self.listed(&exclude, &mut None) {
            match &one {
                Value::Str(path) => excluded.push(("ANY".to_owned(), path.to_string())),
                Value::Map(map) => {
                    let path = map.named("path").and_then(|path| path.as_text());
                    let method = map.named("method").map_or("ANY".to_owned(), |method| last_word(&method));
                    excluded.extend(path.map(|path| (method.replace("ALL", "ANY"), path.to_string())));
                }
                _ => {}
            }
        }
        let given = self.argument_at(args, &tree.versions, Spot::nowhere());
        let mut versions = None;
        let mut default_version = Value::Undefined;
        if let Value::Map(map) = &given {
            let kind = map.named(&tree.kind.0).map(|kind| last_word(&self.force(kind)));
            if kind.is_none_or(|kind| tree.kind.1.contains(&kind)) {
                versions = Some(match map.named(&tree.version_prefix.0) {
                    Some(Value::Str(prefix)) => prefix.to_string(),
                    Some(Value::Bool(false)) => String::new(),
                    _ => tree.version_prefix.1.clone(),
                });
            }
            default_version = map.named(&tree.default_version).unwrap_or(Value::Undefined);
        } else if !matches!(given, Value::Undefined) {
            versions = Some(tree.version_prefix.1.clone());
        }
        App { node, bare, excluded, versions, default_version, neutral: tree.neutral.clone() }
    }

    /// Walks over a module: a class, what is given about one, or several.
    fn module(&mut self, value: &Value, tree: &TreeWord, owner: Option<usize>, walk: &mut Walk, depth: usize) {
        if depth > MOST_DEPTH {
            return;
        }
        match self.force(value.clone()) {
            Value::Class(class) => {
                let address = Rc::as_ptr(&class).addr();
                if !walk.seen.insert(address) {
                    return;
                }
                let notes = class.notes.borrow().clone();
                // A controller may stand where modules do.
                if controller_note(&class).is_some() && !notes.iter().any(|note| note.action.module.is_some()) {
                    walk.controllers.push((class.clone(), owner));
                }
                for note in notes {
                    if let Some(module) = &note.action.module {
                        let about = self.argument_at(&note.bound, module, note.spot);
                        self.about(&about, tree, (Some(address), note.spot), walk, depth);
                    }
                }
            }
            Value::Map(map) => {
                let class = map.named(&tree.module).map(|class| self.force(class));
                let mut spot = Spot::nowhere();
                let mut address = owner;
                if let Some(Value::Class(class)) = &class {
                    spot = class.spot;
                    address = Some(Rc::as_ptr(class).addr());
                    self.module(&Value::Class(class.clone()), tree, address, walk, depth + 1);
                }
                self.about(&Value::Map(map), tree, (address, spot), walk, depth);
            }
            Value::Native(native) => {
                if let Native::Noted(note) = &*native
                    && let Some(places) = &note.action.places
                {
                    let list = self.argument_at(&note.bound, &places.list, note.spot);
                    self.places(&list, places, &Value::text(""), walk, 0);
                }
                if let Native::Noted(note) = &*native
                    && note.action.route.is_some()
                {
                    walk.imported.push(note.clone());
                }
            }
            list @ (Value::List(_) | Value::Alt(_)) => {
                for one in self.listed(&list, &mut None) {
                    self.module(&one, tree, owner, walk, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// Reads what is given about a module.
    fn about(&mut self, about: &Value, tree: &TreeWord, of: (Option<usize>, Spot), walk: &mut Walk, depth: usize) {
        let (owner, spot) = of;
        for about in about.each() {
            let Value::Map(map) = self.force(about) else { continue };
            let mut open = None;
            self.under_paths(&map, tree, spot, walk);
            if let Some(imports) = map.named(&tree.imports) {
                for one in self.listed(&imports, &mut open) {
                    self.module(&one, tree, None, walk, depth + 1);
                }
            }
            if let Some(controllers) = map.named(&tree.controllers) {
                for one in self.listed(&controllers, &mut open) {
                    if let Value::Class(class) = one {
                        walk.controllers.push((class, owner));
                    }
                }
            }
            if let (Some(model), Some(word)) = (walk.telling.clone(), &tree.provides)
                && let Some(providers) = map.named(&tree.providers)
            {
                for one in self.listed(&providers, &mut None) {
                    if let Value::Map(one) = one {
                        self.binds(word, &model, &one, spot);
                    }
                }
            }
            if open.is_some() || map.partial.get() {
                walk.open.push(spot);
            }
        }
    }

    fn places(&mut self, list: &Value, word: &PlacesWord, under: &Value, walk: &mut Walk, depth: usize) {
        for entry in self.listed(list, &mut None) {
            match entry {
                Value::Class(class) => {
                    walk.places.insert(Rc::as_ptr(&class).addr(), under.clone());
                }
                Value::Map(map) if depth < 12 => {
                    let path = map.named(&word.path).map_or(Value::Undefined, |path| self.force(path));
                    let whole = self.behind(&[under.clone(), path]);
                    if let Some(Value::Class(class)) = map.named(&word.module).map(|class| self.force(class)) {
                        walk.places.insert(Rc::as_ptr(&class).addr(), whole.clone());
                    }
                    if let Some(children) = map.named(&word.children) {
                        self.places(&children, word, &whole, walk, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    /// The elements of a list, lists within it and alternatives taken apart; `open` where there may be more.
    pub(super) fn listed(&mut self, value: &Value, open: &mut Option<()>) -> Vec<Value> {
        let mut out = Vec::new();
        let mut queue = vec![(value.clone(), 0)];
        while let Some((value, depth)) = queue.pop() {
            match self.force(value) {
                Value::List(list) if depth < 8 => {
                    if list.partial.get() {
                        *open = Some(());
                    }
                    queue.extend(list.items.borrow().iter().rev().map(|item| (item.clone(), depth + 1)));
                }
                Value::Alt(all) if depth < 8 => queue.extend(all.iter().rev().map(|one| (one.clone(), depth + 1))),
                Value::Unknown(path) if path.is_empty() && depth < 2 => *open = Some(()),
                other => out.push(other),
            }
        }
        out
    }

    /// The framework that a class is a controller for.
    fn controls_for(&mut self, class: &Rc<ClassValue>) -> Option<String> {
        if let Some(note) = controller_note(class) {
            return Some(note.action.framework.clone());
        }
        for (_, member) in class.members.pairs() {
            let Value::Function(method) = self.force(member) else { continue };
            let notes = method.notes.borrow();
            let unmarked = |note: &&Rc<Noted>| note.action.route.as_ref().is_some_and(|route| route.unmarked);
            if let Some(note) = notes.iter().find(unmarked) {
                return Some(note.action.framework.clone());
            }
        }
        None
    }

    /// Registers the routes of a controller, those that it inherits among them.
    pub(super) fn controller(&mut self, class: &Rc<ClassValue>, place: Option<Value>, app: &App) {
        let ancestors: Vec<Rc<ClassValue>> = self
            .ancestors(class)
            .into_iter()
            .filter_map(|ancestor| match ancestor {
                Value::Class(class) => Some(class),
                _ => None,
            })
            .collect();
        let note = ancestors.iter().find_map(controller_note);
        let (path, own) = match note.as_ref().and_then(|note| Some((note, note.action.controller.as_ref()?))) {
            Some((note, word)) => {
                let path = match self.argument_at(&note.bound, &word.path, note.spot) {
                    // Options that say nothing of a path.
                    Value::Map(map) if !map.partial.get() => Value::Undefined,
                    path => path,
                };
                (path, self.argument_at(&note.bound, &word.version, note.spot))
            }
            None => (Value::Undefined, Value::Undefined),
        };
        self.children(note.as_ref(), (&path, place.as_ref()), app);
        let own = self.version_of(&class.notes.borrow().clone()).unwrap_or(own);
        let usual: Vec<Rc<Noted>> = ancestors.iter().flat_map(|one| one.notes.borrow().clone()).collect();
        for said in usual.iter().filter(|said| said.action.rows.is_some()) {
            self.usual_routes(said, (&path, &Value::Undefined, place.as_ref(), &own), said.conditional, app);
        }
        let mut names: BTreeSet<Name> = BTreeSet::new();
        for one in &ancestors {
            for (name, member) in one.members.pairs() {
                let (Some(name), Value::Function(method)) = (name.as_text(), self.force(member)) else { continue };
                if !names.insert(name) {
                    continue;
                }
                let notes = method.notes.borrow().clone();
                let version = self.version_of(&notes).unwrap_or_else(|| own.clone());
                // A path of the method's own may stand in another decorator than the method.
                let before = notes.iter().rev().find_map(|note| Some((note, note.action.controller.as_ref()?)));
                let before = before
                    .map_or(Value::Undefined, |(note, word)| self.argument_at(&note.bound, &word.path, note.spot));
                let conditional = note.as_ref().is_some_and(|note| note.conditional);
                let several = self.forest.nodes[app.node].model.tree.as_ref().is_some_and(|tree| tree.several);
                let said = notes.iter().rev().filter(|note| note.action.route.is_some());
                for route in said.take(if several { usize::MAX } else { 1 }) {
                    self.method_route(route, (&path, &before, place.as_ref(), &version), conditional, app);
                }
            }
        }
    }

    /// Registers the routes that a decorator of a controller says are usual for things of a kind.
    fn usual_routes(
        &mut self,
        note: &Rc<Noted>,
        at: (&Value, &Value, Option<&Value>, &Value),
        conditional: bool,
        app: &App,
    ) {
        let Some(word) = note.action.rows.as_ref().filter(|rows| rows.decorates) else { return };
        let choose = note.action.choose.clone().unwrap_or_default();
        let mut names = |given: &Option<String>| {
            let given = given.as_ref().map(|given| self.argument_at(&note.bound, given, note.spot))?;
            let Value::List(list) = given else { return None };
            let items = list.items.borrow().clone();
            Some(items.iter().filter_map(Value::as_whole_text).collect::<Vec<_>>())
        };
        let (only, except) = (names(&choose.only), names(&choose.except));
        for row in &word.all {
            let mut words = row.split_whitespace();
            let (Some(name), Some(method)) = (words.next(), words.next()) else { continue };
            let named = |all: &Vec<Name>| all.iter().any(|one| &**one == name);
            if only.as_ref().is_some_and(|only| !named(only)) || except.as_ref().is_some_and(named) {
                continue;
            }
            let path = words.next().map_or(Value::Undefined, Value::text);
            let methods = [method.to_owned()];
            let what = (methods.as_slice(), Methods::Fixed(methods.to_vec()), &RouteWord::default());
            self.place_method(note, what, path, at, conditional, app);
        }
    }

    fn version_of(&mut self, notes: &[Rc<Noted>]) -> Option<Value> {
        let note = notes.iter().rev().find(|note| note.action.version.is_some())?;
        let version = note.action.version.as_ref()?;
        Some(self.argument_at(&note.bound, version, note.spot))
    }

    fn method_route(
        &mut self,
        note: &Rc<Noted>,
        at: (&Value, &Value, Option<&Value>, &Value),
        conditional: bool,
        app: &App,
    ) {
        let Some(route) = &note.action.route else { return };
        if let Some(each) = route.described.as_ref().and_then(|name| self.each_described(name, &note.bound, note.spot))
        {
            for bound in each {
                let one = Noted { action: note.action, bound, spot: note.spot, conditional: note.conditional };
                self.method_route(&Rc::new(one), at, conditional, app);
            }
            return;
        }
        let methods = match &route.methods {
            Some(given) => {
                let given = self.argument_at(&note.bound, given, note.spot);
                let scope = self.modules[note.spot.module.0].scope.clone();
                self.given_methods(&given, &route.default, &scope)
            }
            None => Methods::Fixed(route.method.clone()),
        };
        let path = route.path.as_ref().map_or(Value::Undefined, |path| self.argument_at(&note.bound, path, note.spot));
        self.place_method(note, (route.method.as_slice(), methods, route), path, at, conditional, app);
    }

    /// Registers a method of a controller on its app, behind what stands before it.
    fn place_method(
        &mut self,
        note: &Rc<Noted>,
        what: (&[String], Methods, &RouteWord),
        path: Value,
        at: (&Value, &Value, Option<&Value>, &Value),
        conditional: bool,
        app: &App,
    ) {
        let (controller, before, place, version) = at;
        let (names, methods, route) = what;
        let place = place.cloned().unwrap_or(Value::Undefined);
        for version in self.segments(version, app) {
            for controller in self.paths_of(controller) {
                for path in self.paths_of(&path) {
                    let tail = self.behind(&[place.clone(), controller.clone(), before.clone(), path]);
                    let whole = self.behind(&[version.clone(), tail.clone()]);
                    let bare = names.iter().any(|method| {
                        let out = |text: Option<Name>| {
                            text.is_some_and(|text| app.excluded.iter().any(|one| excludes(one, method, &text)))
                        };
                        out(tail.as_text()) || out(whole.as_text())
                    });
                    let node = if bare { app.bare } else { app.node };
                    self.effects += 1;
                    self.forest.nodes[node].entries.push(Entry::Route {
                        path: whole,
                        methods: methods.clone(),
                        handler: Value::Undefined,
                        spot: note.spot,
                        chain: Vec::new(),
                        conditional: note.conditional || conditional,
                        paths: route.paths,
                        library: route.library.clone(),
                    });
                }
            }
        }
    }

    /// The paths that a value stands for: one that is empty where there is none.
    fn paths_of(&mut self, value: &Value) -> Vec<Value> {
        match self.listed(value, &mut None) {
            all if all.is_empty() && !matches!(value, Value::Unknown(_)) => vec![Value::Undefined],
            all if all.is_empty() => vec![value.clone()],
            all => all,
        }
    }

    /// The segments that versions are in the path.
    fn segments(&mut self, version: &Value, app: &App) -> Vec<Value> {
        let none = vec![Value::Undefined];
        let Some(prefix) = &app.versions else { return none };
        let version = if version.is_nothing() { app.default_version.clone() } else { version.clone() };
        if version.is_nothing() {
            return none;
        }
        let walked = self.listed(&version, &mut None);
        let all: Vec<Value> = if walked.is_empty() { vec![version] } else { walked };
        all.iter()
            .map(|one| match one {
                Value::Unknown(path) if path.ends_with(app.neutral.as_str()) => Value::Undefined,
                one => {
                    let shown = self.shown(one, "version");
                    self.concat(&Value::text(prefix.as_str()), &shown)
                }
            })
            .collect()
    }

    /// Paths behind each other with slashes between them; what is not there is left out.
    pub(super) fn behind(&mut self, parts: &[Value]) -> Value {
        let mut all = Value::text("");
        for part in parts.iter().filter(|part| !part.is_nothing()) {
            let shown = self.shown(part, "path");
            if shown.as_text().is_some_and(|text| text.trim_matches('/').is_empty()) {
                continue;
            }
            all = self.concat(&all, &Value::text("/"));
            all = self.concat(&all, &shown);
        }
        all
    }
}

/// What a decorator says that makes a class a controller.
pub(in crate::code::eval) fn controller_note(class: &Rc<ClassValue>) -> Option<Rc<Noted>> {
    class.notes.borrow().iter().rev().find(|note| note.action.controller.is_some()).cloned()
}

/// The last word of a constant's path, or the text or number that it is.
fn last_word(value: &Value) -> String {
    match value {
        Value::Unknown(path) => path.rsplit('.').next().unwrap_or_default().to_owned(),
        Value::Str(text) => text.to_string(),
        Value::Int(number) => number.to_string(),
        _ => String::new(),
    }
}
