//! Libraries that load every module of a folder: what each exports is given to a function, and all of it given back.

use super::super::machine::{Machine, Progress};
use super::super::scope::ScopeRef;
use super::super::value::{Args, Map, Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::holes::{HOLE, HOLE_END, has_hole};
use crate::code::resolve::{ended_by, fitting, folder_of, join_paths};
use crate::code::select;

/// The most modules that a folder gives.
const MOST_MODULES: usize = 500;

/// The most files that fit a name of which a part is not known.
const MOST_FITTING: usize = 40;

/// Folders of a package below which its sources stand.
const ROOTS: &[&str] = &["", "src", "dist", "build", "lib", "app", "server"];

/// So many of them are told apart in all that is done with them.
const MOST_TOGETHER: usize = 8;

/// What may be loaded.
#[derive(Debug)]
pub(in crate::code::eval) enum Sources {
    /// This.
    One(Name),
    /// Any of these.
    Any(Vec<Name>),
}

impl Machine<'_> {
    /// What a module loads that speaks of a framework may register anything. Whether that was told.
    pub(in crate::code::eval) fn unknown_load(&mut self, scope: &ScopeRef, spot: Spot) -> bool {
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
    /// repository that is called so; where a name within is not known (`'./' + name`), any of the files that fit.
    pub(in crate::code::eval) fn sources_of(&self, given: &Value, scope: &ScopeRef) -> Option<Sources> {
        let text = given.as_text()?;
        let Some((before, rest)) = text.split_once(HOLE) else { return Some(Sources::One(text)) };
        let after = rest.split_once(HOLE_END).map_or("", |(_, after)| after);
        if has_hole(after) || self.language(scope) != Language::JavaScript {
            return None;
        }
        if before.is_empty() {
            let tail = after.strip_prefix('/').filter(|tail| !tail.is_empty())?;
            return match &ended_by(self.tree, &join_paths(&[tail]))[..] {
                [file] => Some(Sources::One(format!("/{file}").into())),
                _ => None,
            };
        }
        let own = &self.modules[scope.module.0].path;
        let (folder, name) = before.rsplit_once('/')?;
        let around = if before.starts_with('/') { "" } else { folder_of(own) };
        if !before.starts_with(['/', '.']) {
            return None;
        }
        let folder = join_paths(&[around, folder]);
        let folder = folder.trim_matches('/');
        // Below the root of a package or of its sources, what is not known is a path rather than a name.
        let package = self.tree.package_of(own).unwrap_or_default();
        let below = folder.strip_prefix(package).map(|rest| rest.trim_start_matches('/'));
        if !before.starts_with("./") && below.is_some_and(|below| ROOTS.contains(&below)) {
            return None;
        }
        let start = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        // What is being loaded itself is not what is meant.
        let runs = |file: &Name| {
            let id = self.by_path.get(file);
            *file == *own || id.is_some_and(|id| self.modules[id.0].progress == Progress::Running)
        };
        let fitting: Vec<Name> = fitting(self.tree, &start, after).into_iter().filter(|file| !runs(file)).collect();
        let few = !fitting.is_empty() && fitting.len() <= MOST_FITTING;
        few.then(|| Sources::Any(fitting.iter().map(|file| format!("/{file}").into()).collect()))
    }

    /// What a function that every file has gives for a name: what the framework calls so, else what a module exports.
    pub(in crate::code::eval) fn asked_by_name(
        &mut self,
        loader: &Name,
        args: &Args,
        scope: &ScopeRef,
    ) -> Option<Value> {
        let asked = args.at(0).as_whole_text()?;
        let full = format!("{}{asked}", self.models.loaders.get(&**loader)?);
        let known = self.models.shared.contains_key(&full) || self.models.speaks_of(Language::JavaScript, &full);
        Some(if known { Value::from_path(full) } else { self.required(&asked, scope) })
    }

    /// What modules give that are loaded, the one that is or any of them.
    pub(in crate::code::eval) fn loaded(&mut self, all: Vec<Sources>, scope: &ScopeRef, spot: Spot) -> Option<Value> {
        let mut perhaps = Vec::new();
        let mut sure = Vec::new();
        for one in all {
            match one {
                Sources::One(source) => sure.push(self.required(&source, scope)),
                Sources::Any(sources) => {
                    self.conditional += 1;
                    perhaps.extend(sources.iter().map(|source| self.required(source, scope)));
                    self.conditional -= 1;
                }
            }
        }
        if perhaps.is_empty() {
            return Some(Value::any_of(sure));
        }
        // More than travel on together once a member of theirs is taken.
        if perhaps.len() > MOST_TOGETHER {
            self.unknown_load(scope, spot);
        }
        Some(Value::Alt(perhaps.into_iter().chain(sure).collect()))
    }

    /// A function that loads a folder; none where it is not one of these.
    pub(in crate::code::eval) fn loaded_folder(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
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
