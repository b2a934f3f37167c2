//! Stores of settings: what the code puts into them and asks them for, and packages that give what the files of a folder say.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, ListKind, Map, Modelled, Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::models::{AskWord, StoreModel, SupplyWord};
use crate::code::resolve::{Given, folder_of, join_paths};
use crate::domain::change::is_test;
use crate::domain::node;

/// Under this name an object's arguments hold what was put into it.
const SOURCES: &str = "sources";
/// Sources that one store may have.
const MOST_SOURCES: usize = 64;
/// So many files of settings are looked at for one key.
const MOST_FILES: usize = 8;
/// How deep a file of settings is read.
const MOST_DEPTH: usize = 40;
/// How files of settings end, the first that is there.
const ENDINGS: &[&str] = &["json", "yaml", "yml", "js", "cjs", "mjs", "ts"];

/// What files of settings say, as far as it was asked.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    /// To packages, by path.
    packages: BTreeMap<String, Value>,
    /// To stores that are asked for single keys, by path: nothing is ever written to these.
    read: BTreeMap<String, Value>,
    /// To programs of Java's, by the folders of their modules, in the files that they name.
    pub(in crate::code::eval) programs: BTreeMap<String, Option<Value>>,
    /// The files that a store's name for one may mean.
    meant: BTreeMap<String, Rc<[Rc<Given>]>>,
}

impl Machine<'_> {
    /// What was put into an object under a key; all of it where there is none.
    pub(in crate::code::eval) fn asked(
        &mut self,
        word: &AskWord,
        model: &Modelled,
        bound: &Rc<Map>,
        spot: Spot,
    ) -> Option<Value> {
        let key = match &word.key {
            Some(key) => Some(self.argument_at(bound, key, spot)).filter(|key| !key.is_nothing()),
            None => None,
        };
        let Some(key) = key else { return Some(self.all_sources(model)) };
        let key = key.as_whole_text()?;
        for source in self.sources(model) {
            if let Some(found) = self.inner(source, &key, &word.separator, spot) {
                return Some(found);
            }
        }
        None
    }

    /// Puts values into an object.
    pub(in crate::code::eval) fn supply(&mut self, word: &SupplyWord, model: &Modelled, bound: &Rc<Map>, spot: Spot) {
        let mut source = word.values.as_ref().map_or(Value::Undefined, |values| self.argument_at(bound, values, spot));
        if let Some(key) = &word.key {
            let Some(key) = self.argument_at(bound, key, spot).as_whole_text() else { return };
            for part in split(&key, &word.separator).into_iter().rev() {
                source = Value::map(vec![(Value::text(part), source)]);
            }
        }
        if let Some(file) = &word.file {
            let Some(path) = self.argument_at(bound, file, spot).as_whole_text() else { return };
            source = self.settings_file(&join_paths(&[path.trim_start_matches('/')]), spot);
        }
        if !matches!(source, Value::Map(_)) {
            return;
        }
        let held = model.args.named(SOURCES).unwrap_or_else(|| Value::list(Vec::new()));
        if let Value::List(list) = &held {
            let mut items = list.items.borrow_mut();
            if items.len() >= MOST_SOURCES {
                list.partial.set(true);
            } else if word.first {
                items.insert(0, source);
            } else {
                items.push(source);
            }
        }
        model.args.put(SOURCES, held);
    }

    /// What was put into an object, the first to be asked first; what its maker made of its schema comes last.
    fn sources(&self, model: &Modelled) -> Vec<Value> {
        let mut all = match model.args.named(SOURCES) {
            Some(Value::List(list)) => list.items.borrow().clone(),
            _ => Vec::new(),
        };
        all.extend(model.args.named("values"));
        all
    }

    fn all_sources(&mut self, model: &Modelled) -> Value {
        let map = Map::default();
        for source in self.sources(model).iter().rev() {
            self.merge_map(&map, source);
        }
        map.partial.set(true);
        Value::Map(Rc::new(map))
    }

    /// What a key leads to within a value; none where it leads nowhere that is known.
    pub(in crate::code::eval) fn inner(
        &mut self,
        mut value: Value,
        key: &str,
        separator: &str,
        spot: Spot,
    ) -> Option<Value> {
        let scope = self.modules[spot.module.0].scope.clone();
        for part in split(key, separator) {
            value = self.index_read(&value, &Value::text(part), &scope, spot.line);
        }
        (!matches!(value, Value::Unknown(_) | Value::Undefined)).then_some(value)
    }

    /// What a file of settings says.
    pub(in crate::code::eval) fn settings_file(&mut self, path: &str, spot: Spot) -> Value {
        if !self.tree.has(path) {
            return Value::unknown();
        }
        match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "json" => self.data(path),
            "toml" => {
                let text = self.tree.text(path).unwrap_or_default();
                let read = toml::from_str::<serde_json::Value>(&text).ok();
                read.map_or_else(Value::unknown, |read| super::super::module::from_json(&read, 0))
            }
            "yaml" | "yml" => {
                let text = self.tree.text(path).unwrap_or_default();
                crate::yaml::parse_foreign(path, &text).map_or_else(|_| Value::unknown(), |root| from_node(&root, 0))
            }
            "js" | "cjs" | "mjs" | "ts" => {
                let id = self.module_of(&Name::from(path), Language::JavaScript);
                self.load(id);
                let exports = self.module_member(id, &"default".into());
                match self.force(exports) {
                    value @ Value::Map(_) => value,
                    _ => {
                        let scope = self.modules[spot.module.0].scope.clone();
                        self.required(&format!("/{path}"), &scope)
                    }
                }
            }
            _ => Value::unknown(),
        }
    }

    /// What a file of data says, read once, for who looks into it and gives none of it to the code.
    pub(in crate::code::eval) fn settings_read(&mut self, path: &str, spot: Spot) -> Value {
        if let Some(known) = self.stored.read.get(path) {
            return known.clone();
        }
        let value = self.settings_file(path, spot);
        self.stored.read.insert(path.to_owned(), value.clone());
        value
    }

    /// The files of settings that a store's name for one may mean; where there is none, those that show how to write it.
    pub(in crate::code::eval) fn files_of_settings(&mut self, name: &str) -> Rc<[Rc<Given>]> {
        let name = name.trim_start_matches("./").trim_start_matches('/');
        if let Some(known) = self.stored.meant.get(name) {
            return known.clone();
        }
        let means = |path: &Name| {
            let Some((stem, ending)) = path.rsplit_once('.') else { return false };
            let ends = |whole: &str| whole == name || whole.strip_suffix(name).is_some_and(|rest| rest.ends_with('/'));
            matches!(ending, "yaml" | "yml" | "json" | "toml") && (ends(path) || ends(stem)) && !is_test(path)
        };
        let all = self.tree.settings_files();
        let mut found: Vec<_> = all.iter().filter(|file| means(&file.path)).take(MOST_FILES).collect();
        if found.is_empty() {
            found = all.iter().filter(|file| file.shows.as_ref().is_some_and(means)).take(MOST_FILES).collect();
        }
        let found: Rc<[Rc<Given>]> = found.into_iter().cloned().collect();
        self.stored.meant.insert(name.to_owned(), found.clone());
        found
    }

    /// What the files of a package's folder say; none where the package is no store or there is no such folder.
    fn store(&mut self, word: &'static StoreModel, spot: Spot) -> Option<Value> {
        let file = self.modules[spot.module.0].path.clone();
        let mut folder = folder_of(&file);
        loop {
            let within = join_paths(&[folder, &word.folder, &word.stem]);
            for ending in ENDINGS {
                let path = format!("{within}.{ending}");
                if !self.tree.has(&path) {
                    continue;
                }
                if let Some(known) = self.stored.packages.get(&path) {
                    return Some(known.clone());
                }
                // What the file itself asks the package for is not there yet.
                self.stored.packages.insert(path.clone(), Value::unknown());
                let value = self.settings_file(&path, spot);
                self.stored.packages.insert(path, value.clone());
                return Some(value);
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder_of(folder);
        }
    }

    /// A member of a package that gives what a folder says.
    pub(in crate::code::eval) fn stored_member(&mut self, path: &str, name: &str, spot: Spot) -> Option<Value> {
        let models = self.models;
        let word = models.stores.iter().copied().find(|word| word.package == path)?;
        if word.own.iter().chain(&word.asks).any(|own| own == name) || name == "default" {
            return None;
        }
        let all = self.store(word, spot)?;
        self.inner(all, name, "", spot)
    }

    /// Asks a package for what a folder says under a key.
    pub(in crate::code::eval) fn ask_stored(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let (package, member) = path.rsplit_once('.')?;
        let models = self.models;
        let word = models.stores.iter().copied().find(|word| word.package == package)?;
        if !word.asks.iter().any(|asks| asks == member) {
            return None;
        }
        let key = args.at(0).as_whole_text()?;
        let all = self.store(word, spot)?;
        self.inner(all, &key, &word.separator, spot)
    }
}

fn split<'k>(key: &'k str, separator: &str) -> Vec<&'k str> {
    if separator.is_empty() { vec![key] } else { key.split(separator).collect() }
}

fn from_node(node: &node::Node, depth: usize) -> Value {
    if depth > MOST_DEPTH {
        return Value::unknown();
    }
    match &node.value {
        node::Value::Null => Value::Null,
        node::Value::Bool(truth) => Value::Bool(*truth),
        node::Value::Int(number) => Value::Int(*number),
        node::Value::Float(number) => Value::Float(*number),
        node::Value::Str(text) if text.contains(crate::code::holes::HOLE) => Value::unknown(),
        node::Value::Str(text) => Value::text(text.as_str()),
        node::Value::List(all) => {
            Value::list_of(ListKind::List, all.iter().map(|one| from_node(one, depth + 1)).collect(), false)
        }
        node::Value::Map(all) => Value::map(
            all.iter().map(|(key, one)| (Value::text(key.name.as_str()), from_node(one, depth + 1))).collect(),
        ),
    }
}
