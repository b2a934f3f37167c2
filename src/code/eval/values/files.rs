//! What code asks the file system for, answered from the tree: the files that a folder's routes are loaded from by name.
//! Absolute paths of the program stand for the tree's root.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, Map, Native, Spot, Value};
use crate::code::holes::has_hole;
use crate::code::resolve::join_paths;

/// The most entries that a listing gives.
pub(in crate::code::eval) const MOST_ENTRIES: usize = 2_000;

impl Machine<'_> {
    /// A function of Node's file system or of a library that lists files; none where it is not one of these.
    pub(crate) fn files_builtin(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        if path == "process.cwd" {
            return Some(Value::text(format!("/{}", self.working_folder(spot))));
        }
        if let Some(value) = self.loaded_folder(path, args, spot) {
            return Some(value);
        }
        if let Some(value) = self.globbed(path, args, spot) {
            return Some(value);
        }
        if let Some(value) = self.parsed_file(path, args, spot) {
            return Some(value);
        }
        if let Some(value) = self.composed_server(path, args, spot) {
            return Some(value);
        }
        let (base, leaf) = path.rsplit_once('.')?;
        let base = base.trim_end_matches(".default").trim_end_matches(".promises");
        if !matches!(base, "fs" | "fs/promises" | "fs-extra" | "graceful-fs") {
            return None;
        }
        let place = self.inside(&args.at(0), spot);
        let listing = matches!(leaf, "readdirSync" | "readdir");
        let opened = Value::map(vec![(Value::text("withFileTypes"), Value::Bool(true))]);
        let value = match (leaf, place) {
            ("readdirSync" | "readdir", Some(folder)) if self.tree.has_folder(&folder) => {
                self.listing(&folder, &args.at(1))
            }
            ("opendirSync" | "opendir", Some(folder)) if self.tree.has_folder(&folder) => {
                self.listing(&folder, &opened)
            }
            ("realpathSync" | "realpath", Some(place)) => Value::text(format!("/{place}")),
            // A document, for those that read it.
            ("readFileSync" | "readFile", Some(file)) if is_document(&file) && self.tree.has(&file) => {
                super::super::env::text_of(&Value::text(file))
            }
            ("existsSync" | "pathExistsSync" | "pathExists", Some(place))
                if self.tree.has(&place) || self.tree.has_folder(&place) =>
            {
                Value::Bool(true)
            }
            ("statSync" | "lstatSync" | "stat" | "lstat", Some(place)) => match self.tree.has_folder(&place) {
                false if !self.tree.has(&place) => Value::unknown(),
                folder => entry(&place, folder),
            },
            _ => Value::unknown(),
        };
        match args.list.last() {
            Some(callback) if listing && callback.is_callable() => {
                self.call(&callback.clone(), Args::of(vec![Value::Null, value]), spot);
                Some(Value::unknown())
            }
            _ => Some(value),
        }
    }

    /// What a library reads out of the text of a document, or out of the one that is named.
    fn parsed_file(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let (base, leaf) = path.rsplit_once('.')?;
        // What a file is asked for that was opened.
        if let ("json", Some(file)) = (leaf, super::super::env::file_of(&Value::from_path(base))) {
            return Some(self.settings_file(file, spot));
        }
        let base = base.trim_end_matches(".default");
        let named = match (base, leaf) {
            ("JSON" | "yaml" | "json5", "parse") | ("js-yaml", "load" | "safeLoad") => false,
            ("yamljs", "parse") => false,
            ("yamljs", "load") => true,
            _ => return None,
        };
        let given = args.at(0);
        let file = match super::super::env::file_of(&given) {
            Some(file) => file.to_owned(),
            None if named => self.inside(&given, spot).filter(|file| is_document(file))?,
            None => return None,
        };
        Some(self.settings_file(&file, spot))
    }

    /// The folder in which the program of a place runs: that of its package.
    pub(in crate::code::eval) fn working_folder(&self, spot: Spot) -> &str {
        self.tree.package_of(self.file(spot)).unwrap_or_default()
    }

    /// A path of the running program as one of the tree.
    pub(in crate::code::eval) fn inside(&self, path: &Value, spot: Spot) -> Option<String> {
        let path = path.as_whole_text().filter(|path| !has_hole(path))?;
        let path = path.strip_prefix("file://").unwrap_or(&path);
        let around = if path.starts_with('/') { "" } else { self.working_folder(spot) };
        let joined = join_paths(&[around, path]);
        Some(joined.trim_start_matches('/').to_owned())
    }

    fn listing(&self, folder: &str, options: &Value) -> Value {
        let (files, folders) = self.tree.entries(folder);
        let typed = matches!(options, Value::Map(map) if matches!(map.named("withFileTypes"), Some(Value::Bool(true))));
        let deep = matches!(options, Value::Map(map) if matches!(map.named("recursive"), Some(Value::Bool(true))));
        let mut all: Vec<(String, bool)> = files.into_iter().map(|name| (name, false)).collect();
        all.extend(folders.into_iter().map(|name| (name, true)));
        if deep {
            let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
            let below = self.tree.files().filter_map(|path| path.strip_prefix(&prefix));
            all.extend(below.filter(|rest| rest.contains('/')).map(|rest| (rest.to_owned(), false)));
        }
        all.sort();
        let partial = all.len() > MOST_ENTRIES;
        all.truncate(MOST_ENTRIES);
        let named = |(name, is_folder): (String, bool)| match typed {
            true => {
                let value = entry(&name, is_folder);
                if let Value::Map(map) = &value {
                    map.put("parentPath", Value::text(format!("/{folder}")));
                    map.put("path", Value::text(format!("/{folder}")));
                }
                value
            }
            false => Value::text(name),
        };
        Value::list_of(super::super::value::ListKind::List, all.into_iter().map(named).collect(), partial)
    }

    /// JavaScript's metadata by reflection: what decorators note under a key on a class or on a member of it.
    pub(crate) fn reflected(&mut self, path: &str, args: &Args) -> Option<Value> {
        let leaf = path.strip_prefix("Reflect.")?;
        let (key, target, member) = match leaf {
            "defineMetadata" => (args.at(0), args.at(2), args.at(3)),
            "getMetadata" | "getOwnMetadata" | "hasMetadata" | "hasOwnMetadata" => (args.at(0), args.at(1), args.at(2)),
            _ => return None,
        };
        let unknown = Some(Value::unknown());
        let Some(key) = key.key() else { return unknown };
        let member = member.as_whole_text();
        let target = match self.force(target) {
            Value::Object(object) => object.class.clone().map_or(Value::Object(object), Value::Class),
            other => other,
        };
        if leaf == "defineMetadata" {
            if let Some(identity) = target.identity() {
                self.metadata.insert((key, identity, member), (target, args.at(1)));
            }
            return Some(Value::Undefined);
        }
        let lookups = match &target {
            Value::Class(class) if !leaf.contains("Own") => self.ancestors(class),
            Value::Unknown(_) | Value::Alt(_) | Value::Lazy(_) => return unknown,
            other => vec![other.clone()],
        };
        let found = lookups.iter().filter_map(Value::identity).find_map(|identity| {
            self.metadata.get(&(key.clone(), identity, member.clone())).map(|(_, value)| value.clone())
        });
        Some(match leaf.starts_with("has") {
            true => Value::Bool(found.is_some()),
            false => found.unwrap_or(Value::Undefined),
        })
    }
}

/// Whether a file holds data that libraries read as a whole.
fn is_document(path: &str) -> bool {
    [".json", ".yaml", ".yml"].iter().any(|ending| path.ends_with(ending))
}

/// A directory entry or the state of a file.
fn entry(path: &str, folder: bool) -> Value {
    let map = Map::default();
    let gives = |truth| Value::Native(Rc::new(Native::Gives(Value::Bool(truth))));
    map.put("name", Value::text(path.rsplit('/').next().unwrap_or(path)));
    map.put("isDirectory", gives(folder));
    map.put("isFile", gives(!folder));
    Value::Map(Rc::new(map))
}
