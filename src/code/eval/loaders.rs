//! Libraries that load every module of a folder: what each exports is given to a function, and all of it given back.

use super::machine::Machine;
use super::scope::ScopeRef;
use super::value::{Args, Map, Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::holes::{HOLE, HOLE_END, has_hole};
use crate::code::resolve::{ended_by, folder_of, join_paths};
use crate::code::select;

/// The most modules that a folder gives.
const MOST_MODULES: usize = 500;

impl Machine<'_> {
    /// What a module loads that speaks of a framework may register anything. Whether that was told.
    pub(super) fn unknown_load(&mut self, scope: &ScopeRef, spot: Spot) -> bool {
        let path = self.modules[scope.module.0].path.clone();
        if self.language(scope) != Language::JavaScript {
            return false;
        }
        let text = self.tree.text(&path).unwrap_or_default();
        let frameworks = select::tokens().found(Language::JavaScript, text.as_bytes()).unwrap_or_default();
        if !frameworks.is_empty() {
            self.note(spot, "what is loaded here is not known");
        }
        !frameworks.is_empty()
    }

    /// What is loaded, as it is named. Behind a folder that is not known (`ROOT + '/lib/users'`) it is the one file of the
    /// repository that is called so, where there is one.
    pub(super) fn source_of(&self, given: &Value, scope: &ScopeRef) -> Option<Name> {
        let text = given.as_text()?;
        if !has_hole(&text) {
            return Some(text);
        }
        let (_, tail) = text.strip_prefix(HOLE)?.split_once(HOLE_END)?;
        let tail = tail.strip_prefix('/').filter(|tail| !has_hole(tail) && !tail.is_empty())?;
        let named = ended_by(self.tree, &join_paths(&[tail]));
        match &named[..] {
            [file] if self.language(scope) == Language::JavaScript => Some(format!("/{file}").into()),
            _ => None,
        }
    }

    /// A function that loads a folder; none where it is not one of these.
    pub(super) fn loaded_folder(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let (given, options) = match path {
            "require-directory" => (args.at(1), args.at(2)),
            "require-all" | "require-dir" | "requireindex" => (args.at(0), args.at(1)),
            _ => return None,
        };
        let named = |value: &Value, name: &str| match value {
            Value::Map(map) => map.named(name).unwrap_or(Value::Undefined),
            _ => Value::Undefined,
        };
        let visit = [&options, &given].map(|value| named(value, "visit")).into_iter().find(Value::is_callable);
        let resolve = named(&given, "resolve");
        let given = match &given {
            Value::Map(map) => map.named("dirname").unwrap_or(Value::Undefined),
            _ => given,
        };
        let own = self.modules[spot.module.0].path.clone();
        let folder = match self.force(given) {
            Value::Undefined | Value::Null => folder_of(&own).to_owned(),
            Value::Str(text) if !has_hole(&text) => match text.strip_prefix('/') {
                Some(absolute) => join_paths(&[absolute.trim_start_matches('/')]),
                None => join_paths(&[folder_of(&own), &text]),
            },
            _ => {
                self.note(spot, "the folder that is loaded here is not known");
                return Some(Value::unknown());
            }
        };
        let folder = folder.trim_matches('/').to_owned();
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let files: Vec<String> = self
            .tree
            .files()
            .filter(|file| file.starts_with(&prefix) && ***file != *own && select::is_own(file))
            .filter(|file| Language::of(file) == Some(Language::JavaScript))
            .take(MOST_MODULES)
            .map(ToString::to_string)
            .collect();
        let scope = self.modules[spot.module.0].scope.clone();
        let all = Map::default();
        for file in files {
            let mut value = self.required(&format!("/{file}"), &scope);
            if let Some(visit) = &visit {
                let place = Value::text(format!("/{file}"));
                let name = Value::text(file.rsplit('/').next().unwrap_or_default());
                self.call(visit, Args::of(vec![value.clone(), place, name]), spot);
            }
            if resolve.is_callable() {
                value = self.call(&resolve, Args::of(vec![value]), spot);
            }
            let name = file.strip_prefix(&prefix).unwrap_or(&file);
            let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            put_below(&all, name, value);
        }
        Some(Value::Map(std::rc::Rc::new(all)))
    }
}

/// Puts a value into maps within a map, one for each folder on the way.
fn put_below(map: &Map, name: &str, value: Value) {
    match name.split_once('/') {
        None => map.put(name, value),
        Some((folder, rest)) => {
            let inner = match map.named(folder) {
                Some(Value::Map(inner)) => inner,
                _ => {
                    let inner = std::rc::Rc::new(Map::default());
                    map.put(folder, Value::Map(inner.clone()));
                    inner
                }
            };
            put_below(&inner, rest, value);
        }
    }
}
