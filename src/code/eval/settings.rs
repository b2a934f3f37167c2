//! Stores of settings whose keys may be variables of the environment: bound one by one, or all of them once the store is told
//! so. What a key is called in the environment is known when everything has run.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::env::Read;
use super::machine::Machine;
use super::value::{Map, Modelled, Spot, Value};
use crate::code::form::Yields;
use crate::code::models::SettingsWord;

/// A store.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// Every key is a variable.
    automatic: bool,
    /// What stands before every name.
    prefix: String,
    /// What is replaced in keys.
    replaced: Vec<(String, String)>,
    /// The keys that were asked for, where, within which calls.
    keys: Vec<(String, Spot, Vec<Spot>)>,
    /// Keys that have a default.
    defaults: BTreeSet<String>,
}

impl Machine<'_> {
    /// Does what a call of a store's member does.
    pub(super) fn settings(&mut self, word: &SettingsWord, model: &Modelled, bound: &Rc<Map>, spot: Spot) -> Value {
        let text = |machine: &mut Self, argument: &Option<String>| {
            let argument = argument.as_ref()?;
            machine.argument_at(bound, argument, spot).as_whole_text().map(|text| text.to_string())
        };
        let scope = self.modules[spot.module.0].scope.clone();
        let chain = self.chain();
        if let Some(names) = &word.names {
            let given = self.argument_at(bound, names, spot);
            let (names, _) = self.walk(&given, Yields::Elements, &scope);
            if !names.is_empty() {
                names.iter().for_each(|name| {
                    self.read_env(name, spot, true);
                });
                return Value::unknown();
            }
        }
        let key = text(self, &word.key);
        let prefix = text(self, &word.prefix);
        let file = text(self, &word.file);
        let default = text(self, &word.default);
        let pairs = word.replacer.as_ref().map(|replacer| {
            let given = self.argument_at(bound, replacer, spot);
            let (items, _) = self.walk(&given, Yields::Elements, &scope);
            let texts: Vec<String> = items.iter().filter_map(Value::as_whole_text).map(|it| it.to_string()).collect();
            texts.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect::<Vec<_>>()
        });
        let mut keys: Vec<(String, Spot)> = key.iter().map(|key| (key.clone(), spot)).collect();
        if let (Some(target), Some(tag)) = (&word.target, &word.tag) {
            let target = self.argument_at(bound, target, spot);
            keys.extend(self.setting_keys(&target, tag, "", 0));
            // What the store writes into it comes from files: what was zero is not known any more.
            self.go_filled(&target.each());
        }
        self.effects += 1;
        let store = self.stores.entry(model.node).or_default();
        store.automatic |= word.automatic || file.is_some_and(|file| is_dotenv(&file));
        if let Some(prefix) = prefix {
            store.prefix = format!("{}_", prefix.to_uppercase());
        }
        store.replaced.extend(pairs.into_iter().flatten());
        store.defaults.extend(default.map(|key| key.to_lowercase()));
        if word.bound {
            let names: Vec<String> = keys.iter().map(|(key, _)| store.named(key)).collect();
            for name in names {
                self.read_env(&Value::text(name), spot, true);
            }
        } else {
            store.keys.extend(keys.into_iter().map(|(key, spot)| (key, spot, chain.clone())));
        }
        Value::unknown()
    }

    /// Reads the variables that the keys of every store are.
    pub(super) fn read_stores(&mut self) {
        let stores = std::mem::take(&mut self.stores);
        for store in stores.into_values().filter(|store| store.automatic) {
            for (key, spot, chain) in &store.keys {
                let name = store.named(key);
                let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                if plain && !self.reads.iter().any(|read| read.name == name && read.spot == *spot) {
                    let read = Read { spot: *spot, chain: chain.clone(), tolerated: true, ..Read::of(name) };
                    self.reads.push(read);
                }
            }
        }
    }
}

impl Store {
    /// What a key is called in the environment.
    fn named(&self, key: &str) -> String {
        let replaced = self.replaced.iter().fold(key.to_owned(), |key, (from, to)| key.replace(from, to));
        format!("{}{}", self.prefix, replaced.to_uppercase())
    }
}

/// Whether a file of settings holds variables of the environment.
fn is_dotenv(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.starts_with(".env") || name.ends_with(".env") || name == "env" || name == "dotenv"
}
