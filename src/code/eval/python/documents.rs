//! What a Python program reads out of the documents of its repository: settings in JSON, YAML and TOML, by the paths of their files.

use std::rc::Rc;

use super::super::env::{file_of, text_of};
use super::super::machine::Machine;
use super::super::value::{Args, EnvValue, ListKind, Map, Spot, Value};
use crate::code::resolve::{folder_of, join_paths, under};
use crate::domain::change::is_test;

/// The largest document that is read.
const MOST_BYTES: usize = 256 * 1024;
/// Values within values of a document.
const MOST_DEPTH: usize = 12;

impl Machine<'_> {
    /// A file that is opened, or what is read out of one.
    pub(in crate::code::eval) fn document_builtin(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let given = args.at(0);
        match path {
            "open" | "io.open" | "codecs.open" => {
                self.document_at(&given, spot).map(|file| text_of(&Value::text(file)))
            }
            "json.load" | "json.loads" | "yaml.safe_load" | "yaml.load" | "yaml.full_load" | "tomllib.load"
            | "tomllib.loads" | "tomli.load" | "tomli.loads" | "toml.load" | "toml.loads" => {
                let file = match file_of(&given) {
                    Some(file) => file.to_owned(),
                    None => self.document_at(&given, spot)?,
                };
                let small = self.tree.text(&file).is_some_and(|text| text.len() <= MOST_BYTES);
                let said = if small { self.settings_file(&file, spot) } else { Value::unknown() };
                Some(supposed(&said, 0))
            }
            _ => None,
        }
    }

    /// The document of the repository that a path names.
    pub(in crate::code::eval) fn document_at(&self, given: &Value, spot: Spot) -> Option<String> {
        let given = given.as_whole_text()?;
        let ending = given.rsplit_once('.').map_or("", |(_, ending)| ending);
        if !matches!(ending, "json" | "yaml" | "yml" | "toml") {
            return None;
        }
        self.around(&given, spot, |path| self.tree.has(path)).or_else(|| self.copied(&given))
    }

    /// The only document that ends in the folder and the name of one that is not there: what sets the program up copies it.
    fn copied(&self, given: &str) -> Option<String> {
        let given = join_paths(&[given.trim_start_matches('/')]);
        let (before, name) = given.rsplit_once('/')?;
        let folder = before.rsplit('/').next().filter(|folder| !folder.is_empty() && *folder != "..")?;
        let tail = format!("/{folder}/{name}");
        let mut found = self.tree.files().filter(|file| file.ends_with(&tail) && !is_test(file));
        let only = found.next()?;
        found.next().is_none().then(|| only.to_string())
    }

    /// A path from where the program runs as one of the tree: from the root, or from a folder around the file.
    pub(in crate::code::eval) fn around(
        &self,
        given: &str,
        spot: Spot,
        is_there: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let given = join_paths(&[given.trim_start_matches('/')]);
        let mut folder = folder_of(self.file(spot));
        loop {
            let path = under(folder, &given);
            if !given.is_empty() && is_there(&path) {
                return Some(path);
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder_of(folder);
        }
    }
}

/// What a document says, as what holds unless something else is said where the program runs: it decides no branch.
pub(in crate::code::eval) fn supposed(value: &Value, depth: usize) -> Value {
    if depth > MOST_DEPTH {
        return Value::unknown();
    }
    match value {
        Value::Str(_) | Value::Int(_) | Value::Float(_) => {
            Value::Env(Rc::new(EnvValue { reads: Vec::new(), default: Some(value.clone()) }))
        }
        Value::List(list) => {
            let items = list.items.borrow().iter().map(|item| supposed(item, depth + 1)).collect();
            Value::list_of(ListKind::List, items, list.partial.get())
        }
        Value::Map(map) => {
            let out = Map::default();
            for (key, value) in map.pairs() {
                if let Some(at) = key.key() {
                    out.set(at, key, supposed(&value, depth + 1));
                }
            }
            out.partial.set(map.partial.get());
            Value::Map(Rc::new(out))
        }
        _ => Value::unknown(),
    }
}
