//! What a package's configuration file mounts: apps and functions at paths, by themselves or by the files that give them.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::Methods;
use super::super::routes::keyed::line_of;
use super::super::value::{Args, Map, ModuleId, Object, Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::models::{ConfiguredWord, ObjectModel};
use crate::code::resolve::{Target, under};

/// Endings of configuration files.
const ENDINGS: &[&str] = &["js", "ts", "mjs", "cjs", "mts"];
/// What a function may be given to hand a request on with.
const ANSWERS: usize = 2;

/// What modules add is kept under this name, and so many modules are asked at most.
const ADDED: &str = "added";
const MOST_MODULES: usize = 200;

/// Where what a configuration lists is mounted.
struct Place {
    word: &'static ConfiguredWord,
    node: usize,
    /// The package's folder, and that of its sources.
    package: String,
    sources: String,
    /// What stands before every path.
    base: Value,
    config: ModuleId,
    text: String,
}

impl Machine<'_> {
    /// Mounts what configuration files of packages list.
    pub(in crate::code::eval) fn read_configured(&mut self) {
        for (word, model) in &self.models.configured {
            let mut packages: Vec<String> = word.packages.iter().flat_map(|one| self.tree.packages_with(one)).collect();
            packages.sort();
            packages.dedup();
            for package in packages {
                self.read_configuration(word, model, package);
            }
        }
    }

    fn read_configuration(&mut self, word: &'static ConfiguredWord, model: &'static ObjectModel, package: String) {
        let files = ENDINGS.iter().map(|ending| under(&package, &format!("{}.{ending}", word.config)));
        let Some(file) = files.into_iter().find(|file| self.tree.has(file)) else { return };
        let said = |text: &String| {
            text.contains(&word.setting) || word.modules.iter().any(|setting| text.contains(setting.as_str()))
        };
        let Some(text) = self.tree.text(&file).filter(said) else { return };
        let listed = self.package_setting((&word.config, &word.setting), &package);
        let mut setting = |name: &str| match name.is_empty() {
            true => Value::Undefined,
            false => self.package_setting((&word.config, name), &package),
        };
        let (base, sources) = (setting(&word.base), setting(&word.sources));
        let sources = sources.as_whole_text().map_or_else(|| package.clone(), |folder| under(&package, &folder));
        let config = self.module_of(&file.into(), Language::JavaScript);
        let node = self.forest.add(model, false);
        self.forest.nodes[node].served = true;
        let place = Place { word, node, package, sources, base, config, text };
        match self.force(listed) {
            Value::Map(map) => {
                for (path, handler) in map.pairs() {
                    self.listed_in_settings(&place, Some(path), handler);
                }
            }
            Value::Undefined | Value::Null => {}
            listed => {
                let mut all = Vec::new();
                self.flatten(&listed, &mut all, 0);
                for one in all {
                    self.listed_in_settings(&place, None, one);
                }
            }
        }
        self.mount_added(place);
    }

    /// Mounts what modules add that the configuration lists.
    fn mount_added(&mut self, mut place: Place) {
        let word = place.word;
        let mut modules = Vec::new();
        for setting in &word.modules {
            if let Value::List(list) = self.package_setting((&word.config, setting), &place.package) {
                modules.extend(list.items.borrow().iter().take(MOST_MODULES).cloned());
            }
        }
        let file =
            self.models.configured.iter().find(|(one, _)| std::ptr::eq(*one, word)).map(|(_, model)| &model.name);
        let file = file.and_then(|name| name.split('.').next()).unwrap_or_default();
        let Some(adder) = self.models.objects.get(&format!("{file}.{}", word.adder)).copied() else { return };
        let (config, text) = (place.config, place.text.clone());
        for module in modules {
            let (module, options) = match self.force(module) {
                Value::List(pair) => {
                    let pair = pair.items.borrow();
                    (pair.first().cloned().unwrap_or(Value::Undefined), pair.get(1).cloned())
                }
                one => (one, None),
            };
            (place.config, place.text) = (config, text.clone());
            let given = match self.force(module) {
                Value::Str(name) => self.configured_file(&place, &name).unwrap_or(Value::Undefined),
                other => other,
            };
            if let Value::Module(id) = &given {
                let path = self.modules[id.0].path.clone();
                (place.config, place.text) = (*id, self.tree.text(&path).unwrap_or_default());
            }
            let (function, _) = self.given_by_module(word, given);
            if !matches!(function, Value::Function(_)) {
                continue;
            }
            let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
            self.become_object(&object, adder);
            let receiver = Value::Object(object.clone());
            let spot = Spot { module: place.config, line: 1 };
            let bound = Self::bound(function, receiver);
            self.call(&bound, Args::starting(vec![options.unwrap_or_else(|| Value::map(Vec::new()))]), spot);
            let added = object.model.borrow().as_ref().and_then(|it| it.args.named(ADDED));
            for one in added.iter().flat_map(Value::each) {
                let mut all = Vec::new();
                self.flatten(&one, &mut all, 0);
                for one in all {
                    self.listed_in_settings(&place, None, one);
                }
            }
        }
    }

    /// Mounts one of what is listed.
    fn listed_in_settings(&mut self, at: &Place, path: Option<Value>, given: Value) {
        let word = at.word;
        let given = self.force(given);
        let spot = self.configured_at(at, &given);
        let (given, said) = match &given {
            Value::Map(map) if path.is_none() => match self.one_of(map, &word.handler) {
                Some(handler) => (handler, Some(map.clone())),
                None => return self.note(spot, "what is mounted here is not known"),
            },
            _ => (given, None),
        };
        let answers = match &given {
            Value::Str(name) => match self.configured_file(at, name) {
                Some(value) => value,
                // What a package outside gives is no part of the service.
                None if !name.starts_with('.') && !self.is_below(at, name) => return,
                None => return self.note(spot, "what is mounted here is not known"),
            },
            Value::Unknown(name) if name.is_empty() => return self.note(spot, "what is mounted here is not known"),
            other => other.clone(),
        };
        let (answers, own) = self.given_by_module(word, answers);
        let maps: Vec<Rc<Map>> = said.into_iter().chain(own).collect();
        let path = path.or_else(|| maps.iter().find_map(|map| self.one_of(map, &word.path)));
        let off = |machine: &mut Self, name: &str, truth: bool| {
            let said = maps.iter().find_map(|map| map.named(name)).map(|value| machine.force(value));
            !name.is_empty() && matches!(said, Some(Value::Bool(is)) if is == truth)
        };
        if off(self, &word.middleware, true) {
            return;
        }
        let path = path.unwrap_or(Value::Undefined);
        let base = if off(self, &word.unless_false, false) { Value::Undefined } else { at.base.clone() };
        let whole = match (base.is_nothing(), path.is_nothing()) {
            (true, _) => path.clone(),
            (false, true) => base,
            (false, false) => self.put_behind(&base, &path),
        };
        let method = maps.iter().find_map(|map| map.named(&word.method)).and_then(|method| method.as_whole_text());
        self.configured_mount(at, (path, whole), method, answers, spot);
    }

    fn configured_mount(
        &mut self,
        at: &Place,
        paths: (Value, Value),
        method: Option<Name>,
        answers: Value,
        spot: Spot,
    ) {
        let (path, whole) = paths;
        // Where handlers alone are listed, what a library makes of a function is one.
        let handler = !at.word.middleware.is_empty() && self.held_by(&answers).nodes.is_empty();
        if !answers.is_callable() && !handler {
            return self.mount(at.node, whole, answers, (false, true), spot);
        }
        let root = path.as_whole_text().is_none_or(|path| path.trim_matches('/').is_empty());
        let alone = match &answers {
            Value::Function(closure) => closure.function.params.len() <= ANSWERS && !self.may_reach(closure),
            _ => false,
        };
        // A function that may hand requests on, or stands before everything, is no route; what it calls may be a router.
        if root || !(alone || handler || method.is_some()) {
            self.keep_middleware(at.node, &whole, &answers, spot);
            return self.mount(at.node, whole, answers, (false, true), spot);
        }
        let methods = vec![method.map_or_else(|| "ANY".to_owned(), |method| method.to_uppercase())];
        let entry = self.route_entry(whole, Methods::Fixed(methods), answers, spot);
        self.effects += 1;
        self.forest.nodes[at.node].entries.push(entry);
    }

    /// Two paths, one behind the other.
    fn put_behind(&mut self, base: &Value, path: &Value) -> Value {
        let slash = self.concat(base, &Value::text("/"));
        self.concat(&slash, path)
    }

    fn one_of(&mut self, map: &Rc<Map>, names: &[String]) -> Option<Value> {
        let found = names.iter().find_map(|name| map.named(name))?;
        Some(self.force(found)).filter(|value| !value.is_nothing())
    }

    /// What a module gives that answers, and the map that says more of it where it gives one.
    fn given_by_module(&mut self, word: &ConfiguredWord, value: Value) -> (Value, Option<Rc<Map>>) {
        let mut value = self.force(value);
        for _ in 0..2 {
            let inner = match &value {
                Value::Module(id) => self.exported(*id, &"default".into()),
                Value::Map(map) => map.named("default"),
                _ => None,
            };
            match inner {
                Some(inner) => value = self.force(inner),
                None => break,
            }
        }
        if let Value::Map(map) = &value
            && word.given
            && let Some(handler) = self.one_of(map, &word.handler)
        {
            return (handler, Some(map.clone()));
        }
        (value, None)
    }

    /// Whether a name begins as one that stands for a folder of the package.
    fn is_below(&self, at: &Place, name: &str) -> bool {
        at.word.below.iter().chain(&at.word.within).any(|start| name.starts_with(start.as_str()))
    }

    /// What the file of a name gives.
    fn configured_file(&mut self, at: &Place, name: &str) -> Option<Value> {
        let cut = |starts: &[String]| starts.iter().find_map(|start| name.strip_prefix(start.as_str()));
        let places = match (cut(&at.word.below), cut(&at.word.within)) {
            (Some(rest), _) => vec![under(&at.package, rest)],
            (None, Some(rest)) => vec![under(&at.sources, rest), under(&at.package, rest)],
            (None, None) => vec![under(&at.package, name), under(&at.sources, name)],
        };
        let config = self.modules[at.config.0].path.clone();
        let found = places.iter().find_map(|place| {
            match self.tree.resolve(Language::JavaScript, &config, &format!("/{place}"), 0) {
                Target::File(file) => Some(file),
                _ => None,
            }
        })?;
        let id = self.module_of(&found, Language::JavaScript);
        self.load(id);
        Some(self.namespace(id))
    }

    /// Where the configuration lists something: by the name of its file, or by its path.
    fn configured_at(&mut self, at: &Place, given: &Value) -> Spot {
        let named = match given {
            Value::Map(map) => {
                let said = self.one_of(map, &at.word.handler).and_then(|one| one.as_whole_text());
                said.or_else(|| self.one_of(map, &at.word.path).and_then(|path| path.as_whole_text()))
            }
            other => other.as_whole_text(),
        };
        let line = named.and_then(|name| line_of(&at.text, &name, 0)).or_else(|| {
            let before = at.text.split(at.word.setting.as_str()).next()?;
            u32::try_from(before.matches('\n').count() + 1).ok()
        });
        Spot { module: at.config, line: line.unwrap_or(1) }
    }
}
