//! Plugins: functions that get a child of an object, and folders of them.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, Map, Modelled, Object, Spot, Value};
use crate::code::form::Language;
use crate::code::models::{AutoloadWord, PluginWord};
use crate::code::resolve::{Target, join_paths};

impl Machine<'_> {
    /// Whether what a path leads to belongs to the repository and is not in it: its name is one that no package can have, or below
    /// one that is the repository's own.
    pub(in crate::code::eval) fn is_missing(&self, path: &str, spot: Spot) -> bool {
        let module = &self.modules[spot.module.0];
        match module.language {
            Language::JavaScript => {
                path.starts_with(['#', '~']) || path.starts_with("@/") || path.starts_with("virtual:")
            }
            Language::Go => self.tree.owns_go(path),
            Language::Python => {
                let own = path.split_once('.').filter(|(first, _)| !self.is_modelled(first, Language::Python));
                let found = own.map(|(first, _)| self.tree.resolve(Language::Python, &module.path, first, 0));
                matches!(found, Some(Target::File(_) | Target::Folder(_)))
            }
            Language::Rust | Language::Java => false,
        }
    }

    /// Calls a plugin with a child of the object, or with the object itself where the plugin is flat.
    pub(crate) fn plugin(&mut self, word: &PluginWord, model: &Modelled, this: &Value, bound: &Rc<Map>, spot: Spot) {
        let plugin = self.argument_at(bound, &word.plugin, spot);
        let options = self.argument_at(bound, &word.options, spot);
        let prefix = self.argument_at(bound, &word.prefix, spot);
        for plugin in plugin.each() {
            match self.force(plugin) {
                Value::List(list) if !word.within.is_empty() => {
                    let items = list.items.borrow().clone();
                    for one in items {
                        self.plug_described(word, model, this, one, (&options, &prefix), spot);
                    }
                }
                one => self.plug_described(word, model, this, one, (&options, &prefix), spot),
            }
        }
    }

    /// Calls a plugin that may be described: a map that leads to the function, options and prefix beside it.
    fn plug_described(
        &mut self,
        word: &PluginWord,
        model: &Modelled,
        this: &Value,
        given: Value,
        besides: (&Value, &Value),
        spot: Spot,
    ) {
        let (mut plugin, mut options, mut prefix) = (given, besides.0.clone(), besides.1.clone());
        for member in &word.within {
            let holder = match &plugin {
                Value::Module(id) => Some(self.module_member(*id, &member.as_str().into())),
                Value::Map(map) => map.named(member),
                _ => None,
            };
            let Some(inner) = holder.filter(|inner| !inner.is_nothing()) else { continue };
            if let Value::Map(map) = &plugin {
                if let Some(given) = map.named("options") {
                    options = given;
                }
                let bound = map.clone();
                let within = word.prefix.split_once('.').map_or("", |(_, rest)| rest);
                let given = self.argument_at(&bound, within, spot);
                if !given.is_nothing() {
                    prefix = given;
                }
            }
            plugin = self.force(inner);
        }
        self.plug(word, model, this, &plugin, (&options, &prefix), spot);
    }

    fn plug(
        &mut self,
        word: &PluginWord,
        model: &Modelled,
        this: &Value,
        plugin: &Value,
        given: (&Value, &Value),
        spot: Spot,
    ) {
        let scope = self.modules[spot.module.0].scope.clone();
        let (options, prefix) = given;
        let plugin = match self.force(plugin.clone()) {
            Value::Module(id) => self.module_member(id, &"default".into()),
            Value::Map(map) => map.named("default").unwrap_or(Value::Map(map)),
            other => other,
        };
        let plugin = self.force(plugin);
        match &plugin {
            Value::Unknown(path) => {
                let action = self.models.functions.get(&**path).copied();
                if let Some(autoload) = action.and_then(|action| action.autoload.as_ref()) {
                    self.autoload(word, autoload, model, this, options, spot);
                } else if let Some(route) = action.and_then(|action| action.route.as_ref()) {
                    let bound = Map::default();
                    bound.put("options", options.clone());
                    self.route_all(route, model, &Rc::new(bound), &Args::default(), spot);
                } else if self.models.makers.contains_key(&**path) {
                    let instance = self.child(model, this, prefix.clone(), spot);
                    self.call(&plugin, Args::starting(vec![instance, options.clone()]), spot);
                } else if action.is_some_and(|action| action.env.is_some()) {
                    self.call(&plugin, Args::starting(vec![this.clone(), options.clone()]), spot);
                } else if path.is_empty() || self.is_missing(path, spot) {
                    self.note(spot, "the plugin that is registered here is not known");
                }
            }
            Value::Function(closure) => {
                let flat = word.flat.iter().any(|mark| {
                    closure.marks.named(mark).is_some()
                        || closure.attributes.named(mark).is_some_and(|value| self.truth(&value, &scope) == Some(true))
                });
                let options = match options {
                    Value::Function(_) => self.call(options, Args::starting(vec![this.clone()]), spot),
                    Value::Undefined => Value::map(Vec::new()),
                    options => options.clone(),
                };
                let instance = if flat { this.clone() } else { self.child(model, this, prefix.clone(), spot) };
                self.call(&plugin, Args::starting(vec![instance, options]), spot);
            }
            other if other.is_callable() => {
                let instance = self.child(model, this, prefix.clone(), spot);
                self.call(other, Args::starting(vec![instance, options.clone()]), spot);
            }
            _ => {}
        }
    }

    /// A child of an object: it inherits the members that were set.
    fn child(&mut self, model: &Modelled, this: &Value, prefix: Value, spot: Spot) -> Value {
        let members = Map::default();
        if let Value::Object(this) = this {
            for (key, value) in this.members.pairs() {
                if let Some(at) = key.key() {
                    members.set(at, key, value);
                }
            }
        }
        let object = Rc::new(Object { class: None, members, model: std::cell::RefCell::default() });
        self.become_object(&object, model.ty);
        let full = match this {
            Value::Object(this) => this.model.borrow().as_ref().and_then(|it| it.args.named("prefix")),
            _ => None,
        };
        let prefix = if prefix.is_nothing() { Value::text("") } else { prefix };
        let whole = self.concat(&full.unwrap_or_else(|| Value::text("")), &prefix);
        if let Some(it) = object.model.borrow().as_ref() {
            it.args.put("prefix", whole);
        }
        let child = Value::Object(object);
        self.mount(model.node, prefix, child.clone(), (false, false), spot);
        child
    }

    /// Registers every plugin of a folder.
    fn autoload(
        &mut self,
        word: &PluginWord,
        autoload: &AutoloadWord,
        model: &Modelled,
        this: &Value,
        options: &Value,
        spot: Spot,
    ) {
        let bound = Map::default();
        bound.put("options", options.clone());
        let bound = Rc::new(bound);
        let dir = self.argument_at(&bound, &autoload.dir, spot).as_whole_text();
        let folder = dir.map(|dir| join_paths(&[dir.trim_start_matches('/')]));
        let Some(folder) = folder.filter(|folder| self.tree.has_folder(folder)) else {
            self.note(spot, "the folder whose plugins are loaded here is not known");
            return;
        };
        let prefix = self.argument_at(&bound, &autoload.prefix, spot);
        let prefix = if prefix.is_nothing() { Value::text("") } else { prefix };
        let inner = self.argument_at(&bound, &autoload.options, spot);
        let named = self.argument_at(&bound, "options.dirNameRoutePrefix", spot);
        let by_name = !matches!(named, Value::Bool(false));
        let parameters = matches!(self.argument_at(&bound, "options.routeParams", spot), Value::Bool(true));
        let mut queue = vec![(folder, prefix, 0_usize)];
        while let Some((folder, prefix, depth)) = queue.pop() {
            let (files, folders) = self.tree.entries(&folder);
            let usable: Vec<&String> = files.iter().filter(|file| is_plugin_file(file)).collect();
            let index: Vec<&String> = usable.iter().copied().filter(|file| is_index(file)).collect();
            for file in if index.is_empty() { &usable } else { &index } {
                let path = if folder.is_empty() { (*file).clone() } else { format!("{folder}/{file}") };
                let id = self.module_of(&path.into(), Language::JavaScript);
                let plugin = self.exported(id, &"default".into()).unwrap_or_else(Value::unknown);
                let plugin = self.force(plugin);
                let own = self.autoload_prefix(id, &plugin, &prefix);
                let options = Map::default();
                self.merge_map(&options, &inner);
                options.put("prefix", own.clone());
                let options = Value::Map(Rc::new(options));
                if plugin.is_callable() {
                    self.plug(word, model, this, &plugin, (&options, &own), spot);
                }
            }
            for inner_folder in folders.iter().rev() {
                if depth > 12 || matches!(inner_folder.as_str(), "node_modules" | "test" | "tests" | "__tests__") {
                    continue;
                }
                let segment = match inner_folder.strip_prefix('_') {
                    Some(name) if parameters => format!(":{}", name.trim_start_matches('_')),
                    _ => inner_folder.clone(),
                };
                let piece = if by_name { format!("/{segment}") } else { String::new() };
                let next = self.concat(&prefix, &Value::text(piece));
                queue.push((format!("{folder}/{inner_folder}"), next, depth + 1));
            }
        }
    }

    /// The prefix that a plugin of a folder has: the folder's, with its own or instead.
    fn autoload_prefix(&mut self, id: super::super::value::ModuleId, plugin: &Value, prefix: &Value) -> Value {
        let attribute = |machine: &mut Self, name: &str| {
            let exported = machine.module_member(id, &name.into());
            let exported = machine.force(exported);
            match (exported.as_text(), plugin) {
                (Some(text), _) => Some(Value::Str(text)),
                (None, Value::Function(closure)) => closure.attributes.named(name),
                (None, _) => None,
            }
        };
        if let Some(whole) = attribute(self, "prefixOverride") {
            return whole;
        }
        match attribute(self, "autoPrefix") {
            Some(own) => {
                let slash = own.as_text().is_some_and(|text| !text.starts_with('/'));
                let own = if slash { self.concat(&Value::text("/"), &own) } else { own };
                self.concat(prefix, &own)
            }
            None => prefix.clone(),
        }
    }
}

fn is_plugin_file(name: &str) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    matches!(ending, "js" | "ts" | "mjs" | "cjs" | "mts" | "cts")
        && !stem.ends_with(".d")
        && !stem.ends_with(".test")
        && !stem.ends_with(".spec")
        && !stem.contains("autohooks")
}

fn is_index(name: &str) -> bool {
    name.starts_with("index.") || name.starts_with("plugin.")
}
