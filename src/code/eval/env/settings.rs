//! Stores of settings whose keys may be variables of the environment: bound one by one, or all of them once the store is told
//! so. What a key is called in the environment is known when everything has run.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::env::Read;
use super::super::machine::Machine;
use super::super::python::documents::supposed;
use super::super::value::{Map, Modelled, Spot, Value};
use super::tags::tagged;
use crate::code::form::{Field, Yields};
use crate::code::given::is_settings;
use crate::code::models::SettingsWord;

/// So many flags are kept.
const MOST_FLAGS: usize = 2_000;
/// Types within types that are filled.
const MOST_NESTED: usize = 6;

/// A store, as one program sets it up.
#[derive(Debug, Default, Clone)]
pub(crate) struct Store {
    /// Every key is a variable.
    automatic: bool,
    /// It reads a file of variables.
    dotenv: bool,
    /// The files of settings that it reads: patterns of their names, and where that is said.
    files: Vec<(String, Spot)>,
    /// Whether the file that is read now is one of variables; none where none was named yet.
    reads: Option<bool>,
    /// What stands before every name.
    prefix: String,
    /// What is replaced in keys.
    replaced: Vec<(String, String)>,
    /// The keys that were asked for.
    keys: Vec<Key>,
    /// Keys that have a default.
    defaults: BTreeSet<String>,
    /// The defaults, as far as they are known.
    given: BTreeMap<String, Value>,
    /// Every flag of the program is a key.
    flags: bool,
}

/// A key that was asked for.
#[derive(Debug, Clone)]
struct Key {
    name: String,
    spot: Spot,
    chain: Vec<Spot>,
    /// It is a field of a type that is filled with what the store knows: alone it makes no variable known.
    filled: bool,
    /// It is only given a default, or a flag.
    declared: bool,
    /// Whether what was read when it was asked for is a file of variables.
    of_variables: Option<bool>,
}

impl Machine<'_> {
    /// Does what a call of a store's member does.
    pub(in crate::code::eval) fn settings(
        &mut self,
        word: &SettingsWord,
        model: &Modelled,
        bound: &Rc<Map>,
        spot: Spot,
    ) -> Value {
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
        // Where one of several may be named, each of them may be it.
        let named = word.file.as_ref().map_or(Value::Undefined, |file| self.argument_at(bound, file, spot));
        let named = named.each().into_iter().filter_map(|one| one.as_whole_text());
        let named: Vec<String> = named.map(|file| file.to_string()).collect();
        let default = text(self, &word.default);
        let given = word.value.as_ref().map(|value| self.argument_at(bound, value, spot));
        let asked = key.clone().filter(|_| default.is_none() && word.target.is_none() && !word.bound);
        let filled = word.target.as_ref().zip(word.tag.as_ref()).map(|(target, tag)| {
            let before = key.as_ref().map_or_else(String::new, |key| format!("{key}."));
            (self.argument_at(bound, target, spot), tag.clone(), before)
        });
        let pairs = word.replacer.as_ref().map(|replacer| {
            let given = self.argument_at(bound, replacer, spot);
            let (items, _) = self.walk(&given, Yields::Elements, &scope);
            let texts: Vec<String> = items.iter().filter_map(Value::as_whole_text).map(|it| it.to_string()).collect();
            texts.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect::<Vec<_>>()
        });
        let mut keys: Vec<Key> = Vec::new();
        if let (Some(target), Some(tag)) = (&word.target, &word.tag) {
            let target = self.argument_at(bound, target, spot);
            let before = key.as_ref().map_or_else(String::new, |key| format!("{key}."));
            let fields = self.setting_keys(&target, tag, &before, 0);
            let filled = |(name, spot)| Key {
                name,
                spot,
                chain: chain.clone(),
                filled: true,
                declared: false,
                of_variables: None,
            };
            keys.extend(fields.into_iter().map(filled));
            // What the store writes into it comes from files: what was zero is not known any more.
            self.go_filled(&target.each());
        } else if let Some(name) = key {
            let declared = default.is_some();
            keys.push(Key { name, spot, chain: chain.clone(), filled: false, declared, of_variables: None });
        }
        self.effects += 1;
        let in_doubt = self.conditional > 0;
        let at = (model.node, self.go.program);
        let store = self.stores.entry(at).or_default();
        store.automatic |= word.automatic;
        store.flags |= word.flags;
        self.structs_asked |= word.structs;
        for file in named {
            let variables = is_dotenv(&file);
            match variables {
                true => store.dotenv = true,
                false => store.files.push((file, spot)),
            }
            // What is named where another cannot be read does not take its place.
            if !in_doubt || store.reads != Some(true) {
                store.reads = Some(variables);
            }
        }
        let of_variables = store.reads;
        keys.iter_mut().for_each(|key| key.of_variables = of_variables);
        if let Some(prefix) = prefix {
            store.prefix = format!("{}_", prefix.to_uppercase());
        }
        store.replaced.extend(pairs.into_iter().flatten());
        store.given.extend(default.as_ref().zip(given).map(|(key, value)| (key.to_lowercase(), value)));
        store.defaults.extend(default.map(|key| key.to_lowercase()));
        if word.bound {
            let set_up = self.set_up(model.node, self.go.program);
            let names: Vec<String> = keys.iter().map(|key| set_up.named(&key.name)).collect();
            for name in names {
                self.read_env(&Value::text(name), spot, true);
            }
        } else if let Some(store) = self.stores.get_mut(&at) {
            store.keys.extend(keys);
        }
        if let Some((target, tag, before)) = filled {
            let node = model.node;
            let says = |machine: &mut Self, key: &str| machine.said_by_store(node, key, spot);
            target.each().iter().for_each(|one| self.fill_said(&says, one, &tag, &before, 0));
        }
        asked.and_then(|key| self.said_by_store(model.node, &key, spot)).unwrap_or_else(Value::unknown)
    }

    /// What a store says under a key: the one value that the repository's files of that name have, else the default.
    fn said_by_store(&mut self, node: usize, key: &str, spot: Spot) -> Option<Value> {
        let store = self.set_up(node, self.go.program);
        let mut found: Vec<Value> = Vec::new();
        for (name, _) in &store.files {
            for file in self.files_of_settings(name).iter() {
                let all = self.settings_read(&file.path, spot);
                let said = self.inner(all.clone(), key, ".", spot);
                let said = said.or_else(|| self.inner(all, &key.to_lowercase(), ".", spot));
                // Keys are the same whatever the case of their letters.
                let said = said.or_else(|| {
                    // What shows how another is written may be of no format that is read.
                    let texts = is_settings(&file.path).then(|| file.texts(self.tree))?;
                    texts.get(&key.to_lowercase()).map(|text| Value::text(text.as_str()))
                });
                found.extend(said.filter(|one| matches!(one, Value::Str(_))));
            }
        }
        match found.split_first() {
            Some((first, rest)) if rest.iter().all(|one| one.same(first) == Some(true)) => Some(supposed(first, 0)),
            Some(_) => None,
            None => match store.given.get(&key.to_lowercase()) {
                Some(value @ (Value::Str(_) | Value::Int(_))) => Some(supposed(value, 0)),
                Some(value @ Value::Env(_)) => Some(value.clone()),
                _ => None,
            },
        }
    }

    /// Fills the fields of a value with what is said under their keys.
    pub(in crate::code::eval) fn fill_said(
        &mut self,
        says: &dyn Fn(&mut Self, &str) -> Option<Value>,
        value: &Value,
        tag: &str,
        prefix: &str,
        depth: usize,
    ) {
        let Value::Object(object) = value else { return };
        let Some(class) = object.class.clone().filter(|_| depth < MOST_NESTED) else { return };
        let written = class.class.clone();
        for field in &written.fields {
            let (own, flat) = key_of_field(field, tag);
            let inner = field.ty.as_ref().map(|ty| self.type_value(ty, &class.scope.clone()));
            match inner {
                Some(Value::Class(inner)) if !inner.class.fields.is_empty() => {
                    let below = if flat { prefix.to_owned() } else { format!("{prefix}{own}.") };
                    if let Some(held) = self.held_instance(object, field, &inner, true) {
                        self.fill_said(says, &held, tag, &below, depth + 1);
                        // What nobody says may be said elsewhere.
                        self.go_filled(std::slice::from_ref(&held));
                        object.members.put(&field.name, held);
                    }
                }
                _ => {
                    let said = says(self, &format!("{prefix}{own}"));
                    if let Some(said) = said.filter(|said| said.as_text().is_some()) {
                        object.members.put(&field.name, said);
                    }
                }
            }
        }
    }

    /// Notes a flag.
    pub(in crate::code::eval) fn declare_flag(&mut self, word: &SettingsWord, bound: &Rc<Map>, spot: Spot) {
        let name = word.declares.as_ref().and_then(|name| self.argument_at(bound, name, spot).as_whole_text());
        if let Some(name) = name.filter(|name| !name.is_empty() && self.flags.len() < MOST_FLAGS) {
            self.effects += 1;
            let chain = self.chain();
            self.flags.entry((self.go.program, name.to_string())).or_insert((spot, chain));
        }
    }

    /// The keys that flags are, where a store takes them for such: one that asks for a key itself has it already.
    fn flag_keys(&self, keys: &[Key], program: usize) -> Vec<Key> {
        let known: BTreeSet<&str> = keys.iter().filter(|key| !key.filled).map(|key| key.name.as_str()).collect();
        let flags = self.flags.iter().filter(|((of, name), _)| *of == program && !known.contains(name.as_str()));
        let key = |((_, name), (spot, chain)): (&(usize, String), &(Spot, Vec<Spot>))| Key {
            name: name.clone(),
            spot: *spot,
            chain: chain.clone(),
            filled: false,
            declared: true,
            of_variables: None,
        };
        flags.map(key).collect()
    }

    /// A store as a program sets it up, and what is not of one program alone; where the program does not, as all of them do.
    fn set_up(&self, node: usize, program: usize) -> Store {
        let own = self.stores.get(&(node, program)).filter(|store| store.is_set_up());
        let all = self.stores.range((node, 0)..=(node, usize::MAX));
        let mut out = Store::default();
        for (_, store) in all.filter(|((_, of), _)| own.is_none() || *of == program || *of == 0) {
            out.automatic |= store.automatic;
            out.dotenv |= store.dotenv;
            out.flags |= store.flags;
            out.files.extend(store.files.iter().cloned());
            out.replaced.extend(store.replaced.iter().cloned());
            out.defaults.extend(store.defaults.iter().cloned());
            out.given.extend(store.given.iter().map(|(key, value)| (key.clone(), value.clone())));
            if out.prefix.is_empty() || !store.prefix.is_empty() {
                out.prefix.clone_from(&store.prefix);
            }
        }
        out
    }

    /// Reads the variables that the keys of every store are. What a file of settings gives a value for, or the code where
    /// there are such files, may be given by a variable and need not; so may what is filled only where it is known.
    pub(in crate::code::eval) fn read_stores(&mut self) {
        let stores: Vec<((usize, usize), Vec<Key>)> =
            self.stores.iter_mut().map(|(at, store)| (*at, std::mem::take(&mut store.keys))).collect();
        for ((node, program), mut keys) in stores {
            let mut store = self.set_up(node, program);
            if store.flags {
                let flags = self.flag_keys(&keys, program);
                store.defaults.extend(flags.iter().map(|key| key.name.to_lowercase()));
                keys.extend(flags);
            }
            if !store.automatic && !store.dotenv {
                continue;
            }
            let mut written = BTreeSet::new();
            for (file, spot) in store.files.iter().filter(|_| !store.dotenv) {
                let name = file.trim_start_matches("./").trim_start_matches('/');
                written.extend(self.keys_of_files(name, *spot));
                if !name.contains('/') {
                    written.extend(self.keys_of_files(&format!("*/{name}"), *spot));
                }
            }
            let layered = !store.files.is_empty() && !store.dotenv;
            let idle = idle_keys(&keys);
            for key in &keys {
                let name = store.named(&key.name);
                if key.name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                    continue;
                }
                let of_variables = key.of_variables.unwrap_or(store.dotenv);
                if !store.automatic && !of_variables {
                    continue;
                }
                let lower = key.name.to_lowercase();
                let coded = store.defaults.contains(&lower);
                let given = written.contains(&lower) || (layered && coded);
                if given || idle.contains(&lower) || (key.filled && !of_variables && !coded && !self.structs_asked) {
                    self.may_be_given(name, key.spot);
                } else if !self.reads.iter().any(|read| read.name == name && read.spot == key.spot) {
                    let read = Read { spot: key.spot, chain: key.chain.clone(), tolerated: true, ..Read::of(name) };
                    self.reads.push(read);
                }
            }
        }
    }
}

/// Keys with a default that nothing asks for: no call, and no field of the types that are filled. Where most of those with a
/// default are none of the fields, what the fields are is not known.
fn idle_keys(keys: &[Key]) -> BTreeSet<String> {
    let names = |declared: bool| -> BTreeSet<String> {
        keys.iter().filter(|key| key.declared == declared).map(|key| key.name.to_lowercase()).collect()
    };
    let (declared, asked) = (names(true), names(false));
    let idle: BTreeSet<String> = declared.difference(&asked).cloned().collect();
    let known = keys.iter().any(|key| key.filled) && idle.len() * 2 < declared.len();
    if known { idle } else { BTreeSet::new() }
}

impl Store {
    /// Whether a program says where its settings come from.
    fn is_set_up(&self) -> bool {
        self.automatic || self.dotenv || !self.files.is_empty() || !self.prefix.is_empty()
    }

    /// What a key is called in the environment.
    fn named(&self, key: &str) -> String {
        let replaced = self.replaced.iter().fold(key.to_owned(), |key, (from, to)| key.replace(from, to));
        format!("{}{}", self.prefix, replaced.to_uppercase())
    }
}

/// What a field is called in files of settings, by its tag or its own name, and whether what it holds stands beside it.
pub(in crate::code::eval) fn key_of_field(field: &Field, tag: &str) -> (String, bool) {
    let named = field.tag.as_deref().and_then(|text| tagged(text, tag)).unwrap_or_default();
    let mut parts = named.split(',');
    let own = parts.next().filter(|own| !own.is_empty()).unwrap_or(&field.name).to_owned();
    (own, parts.any(|part| part == "squash" || part == "inline"))
}

/// Whether a file of settings holds variables of the environment.
fn is_dotenv(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.starts_with(".env") || name.ends_with(".env") || name == "env" || name == "dotenv"
}
