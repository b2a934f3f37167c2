//! Files that name no library themselves, but import what was made with one: the file that mounts routers, the list of
//! controllers, the server. They are found by their imports, round by round, and loaded.

use std::collections::{BTreeMap, BTreeSet};

use super::machine::{Machine, Progress};
use super::value::{Lazy, ModuleId, Native, Value};
use crate::code::form::{Language, Name};
use crate::code::resolve::Target;

/// Rounds: a file that imports such a file may be one too.
const ROUNDS: usize = 8;

impl Machine<'_> {
    /// Loads the files among `rest` (each with the names that it imports) that import what a library made or what the
    /// environment is read by, and leaves the others.
    pub(crate) fn load_importers(&mut self, rest: &mut Vec<&(Name, Vec<String>)>) {
        let mut outside = BTreeMap::new();
        for _ in 0..ROUNDS {
            // What was hot before has been held against all of them.
            let mut hot = self.hot_files();
            hot.retain(|path| self.reached.hot.insert(path.clone()));
            if hot.is_empty() {
                return;
            }
            let stems: BTreeSet<&str> = hot.iter().flat_map(|path| stems_of(path)).collect();
            let all = std::mem::take(rest);
            let (now, later): (Vec<_>, Vec<_>) = all.into_iter().partition(|(path, names)| {
                names.iter().any(|name| self.leads_to(path, name, &hot, &stems, &mut outside))
            });
            *rest = later;
            if now.is_empty() || self.exhausted() {
                return;
            }
            let paths: Vec<Name> = now.iter().map(|(path, _)| path.clone()).collect();
            self.tree.lower_all(&paths);
            for path in &paths {
                let language = Language::of(path).unwrap_or(Language::JavaScript);
                let id = self.module_of(path, language);
                self.load(id);
            }
        }
    }

    /// Whether a name leads from a file to one of the hot files. Names of packages are looked up once for each part of
    /// the tree.
    fn leads_to(
        &self,
        path: &Name,
        name: &str,
        hot: &BTreeSet<Name>,
        stems: &BTreeSet<&str>,
        outside: &mut BTreeMap<(String, String), bool>,
    ) -> bool {
        if Language::of(path) == Some(Language::Python) {
            return self.python_leads_to(path, name, hot, stems);
        }
        let relative = name.starts_with('.');
        let last = name.rsplit('/').next().unwrap_or(name);
        let bare = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
        let anywhere = matches!(last, "." | ".." | "" | "index" | "dist" | "build" | "lib" | "out");
        if relative && !anywhere && !stems.contains(last) && !stems.contains(bare) {
            return false;
        }
        let part: String = path.split('/').take(2).collect::<Vec<_>>().join("/");
        if !relative && outside.get(&(part.clone(), name.to_owned())) == Some(&true) {
            return false;
        }
        match self.tree.resolve(Language::JavaScript, path, name, 0) {
            Target::File(found) => hot.contains(&found),
            Target::Outside(_) if !relative => {
                outside.insert((part, name.to_owned()), true);
                false
            }
            Target::Folder(_) | Target::Data(_) | Target::Outside(_) => false,
        }
    }

    /// The same for the name of a Python module, with a dot for each level where it is relative.
    fn python_leads_to(&self, path: &Name, name: &str, hot: &BTreeSet<Name>, stems: &BTreeSet<&str>) -> bool {
        let bare = name.trim_start_matches('.');
        let level = u32::try_from(name.len() - bare.len()).unwrap_or(0);
        let last = bare.rsplit('.').next().unwrap_or(bare);
        if !last.is_empty() && !stems.contains(last) {
            return false;
        }
        match self.tree.resolve(Language::Python, path, bare, level) {
            Target::File(found) => hot.contains(&found),
            Target::Folder(_) | Target::Data(_) | Target::Outside(_) => false,
        }
    }

    /// The files of the modules that make, hold or pass on what libraries make.
    fn hot_files(&self) -> BTreeSet<Name> {
        let mut hot: Vec<ModuleId> = Vec::new();
        let mut passing: BTreeMap<ModuleId, Vec<ModuleId>> = BTreeMap::new();
        for id in (0..self.modules.len()).map(ModuleId) {
            match self.warmth(id) {
                Warmth::Hot => hot.push(id),
                Warmth::Passes(from) => from.into_iter().for_each(|from| passing.entry(from).or_default().push(id)),
            }
        }
        // A file that passes on what a hot one exports is hot.
        let mut found: BTreeSet<ModuleId> = BTreeSet::new();
        while let Some(id) = hot.pop() {
            if found.insert(id) {
                hot.extend(passing.remove(&id).unwrap_or_default());
            }
        }
        found.iter().map(|id| self.modules[id.0].path.clone()).collect()
    }

    /// Whether a module makes or holds what libraries make, else whose things it passes on.
    fn warmth(&self, id: ModuleId) -> Warmth {
        let module = &self.modules[id.0];
        let mut from = BTreeSet::new();
        if module.progress != Progress::Done {
            return Warmth::Passes(from);
        }
        match module.language {
            Language::JavaScript => {}
            // What a Python module names is what it exports.
            Language::Python => {
                if module.scope.names.borrow().values().any(|value| self.is_hot(value, 0, &mut from)) {
                    return Warmth::Hot;
                }
            }
            Language::Go | Language::Java | Language::Rust => return Warmth::Passes(from),
        }
        let makes = |value: &Value| matches!(value, Value::Unknown(path) if self.models.makers.contains_key(&**path));
        let gives_on = |library: &Name| self.models.speaks_of(Language::JavaScript, library);
        if self.is_reader(id)
            || module.libraries.iter().any(gives_on)
            || module.scope.names.borrow().values().any(makes)
            || module.exports.pairs().iter().any(|(_, value)| self.is_hot(value, 0, &mut from))
            || module.common.named("exports").is_some_and(|value| self.is_hot(&value, 0, &mut from))
        {
            return Warmth::Hot;
        }
        from.extend(module.stars.iter().copied());
        Warmth::Passes(from)
    }

    /// Whether a value is, or holds, what a library made; the modules that it comes from otherwise go to `from`.
    fn is_hot(&self, value: &Value, depth: usize, from: &mut BTreeSet<ModuleId>) -> bool {
        match value {
            Value::Object(object) => {
                object.model.borrow().is_some()
                    || (depth < 2
                        && object.members.pairs().iter().any(|(_, inner)| self.is_hot(inner, depth + 2, from)))
            }
            Value::Method(method) => self.is_hot(&method.0, depth + 1, from),
            Value::Native(native) => matches!(&**native, Native::Noted(_)),
            Value::Class(class) => {
                from.insert(class.spot.module);
                class.notes.borrow().iter().any(|note| note.action.controller.is_some())
                    || class.bases.iter().any(|base| depth < 4 && self.is_hot(base, depth + 1, from))
            }
            Value::Map(map) => {
                depth < 3 && map.pairs().iter().take(64).any(|(_, inner)| self.is_hot(inner, depth + 1, from))
            }
            Value::List(list) => {
                depth < 3 && list.items.borrow().iter().take(64).any(|inner| self.is_hot(inner, depth + 1, from))
            }
            Value::Lazy(lazy) => match &**lazy {
                Lazy::Export(module, _) => {
                    from.insert(*module);
                    false
                }
                Lazy::Declared(..) | Lazy::Path(..) | Lazy::Class(..) | Lazy::Static(..) => false,
                Lazy::Local(scope, name) => {
                    depth < 6 && scope.own(name).is_some_and(|inner| self.is_hot(&inner, depth + 1, from))
                }
            },
            Value::Module(module) => {
                from.insert(*module);
                false
            }
            Value::Unknown(path) => self.models.sources.contains_key(&**path),
            _ => false,
        }
    }
}

/// What a module has to do with what libraries make.
enum Warmth {
    /// It makes or holds some.
    Hot,
    /// It may pass on what these modules export.
    Passes(BTreeSet<ModuleId>),
}

/// The last parts of names that may lead to a file: its own without its ending, its folder's where it is an index.
fn stems_of(path: &str) -> Vec<&str> {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let folder = if matches!(stem, "index" | "__init__") { parts.next() } else { None };
    std::iter::once(stem).chain(folder).collect()
}
