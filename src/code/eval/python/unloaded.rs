//! What modules of Python register on what another module made, where nothing loads them: who runs the service never runs them.
//!
//! Whoever may load a module counts as one who does: an import anywhere, a load by a name that is put together, a file that is
//! run by itself, a file of settings that names it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::machine::Machine;
use super::super::value::{ModuleId, Value};
use crate::code::form::{Language, Name};
use crate::code::resolve::{Target, python};
use crate::code::select;
use crate::domain::change::is_test;

/// Files that are run, or that a framework loads by their names.
const RUN: &[&str] = &[
    "__init__",
    "__main__",
    "admin",
    "api",
    "app",
    "application",
    "apps",
    "asgi",
    "autoapp",
    "cli",
    "conftest",
    "index",
    "lambda_function",
    "main",
    "manage",
    "models",
    "run",
    "server",
    "serve",
    "settings",
    "signals",
    "start",
    "tasks",
    "urls",
    "wsgi",
];
/// What a file says that is run by itself.
pub(super) const RUNS: &[&str] =
    &["__main__", ".run(", "run_app(", "serve(", "serve_forever(", "mangum", "Mangum", "WSGI", "wsgi"];
/// What loads modules by names that may be put together.
const LOADERS: &[&str] = &[
    "__import__(",
    "autodiscover",
    "entry_points",
    "exec(compile",
    "exec(open",
    "find_modules",
    "import_attr",
    "import_module",
    "import_string",
    "iter_modules",
    "load_module",
    "runpy",
    "spec_from_file_location",
    "walk_packages",
];
/// Endings of files that may name what is run.
pub(super) const NAMING: &[&str] = &[
    "Procfile",
    "Dockerfile",
    "Makefile",
    ".cfg",
    ".conf",
    ".env",
    ".flaskenv",
    ".ini",
    ".json",
    ".service",
    ".sh",
    ".toml",
    ".yaml",
    ".yml",
];

/// What the Python files of a tree import, and whether some load modules by names that are put together.
pub(super) struct Imports {
    files: Vec<(Name, Vec<String>)>,
    /// Lines on which an import stands behind something else.
    odd: Vec<String>,
    open: bool,
}

impl Machine<'_> {
    /// Leaves out, and tells, what modules that nothing loads register on what another one made.
    pub(in crate::code::eval) fn leave_unloaded(&mut self) {
        let mut asked: BTreeMap<ModuleId, bool> = BTreeMap::new();
        let mut imports = None;
        for node in 0..self.forest.nodes.len() {
            for index in 0..self.forest.nodes[node].entries.len() {
                let spot = self.forest.nodes[node].entries[index].spot();
                if !self.is_of_another(node, spot.module) {
                    continue;
                }
                let left = match asked.get(&spot.module) {
                    Some(left) => *left,
                    None => {
                        let imports = imports.get_or_insert_with(|| self.imports());
                        let left = self.is_unloaded(spot.module, imports);
                        asked.insert(spot.module, left);
                        left
                    }
                };
                if left {
                    self.forest.nodes[node].left.insert(index);
                    self.note(spot, "registered in a module that nothing imports");
                }
            }
        }
    }

    /// Whether a router is one that another module of Python made and holds under a name.
    fn is_of_another(&self, node: usize, module: ModuleId) -> bool {
        let Some(made) = self.forest.nodes[node].made.filter(|made| *made != module) else { return false };
        // A document that is answered is a module, too.
        let of_python = |id: ModuleId| self.modules[id.0].path.ends_with(".py");
        let is_it = |value: &Value| match value {
            Value::Object(object) => object.model.borrow().as_ref().is_some_and(|it| it.node == node),
            _ => false,
        };
        of_python(module) && of_python(made) && self.modules[made.0].scope.names.borrow().values().any(is_it)
    }

    pub(super) fn imports(&self) -> Imports {
        let mut all = Imports { files: Vec::new(), odd: Vec::new(), open: false };
        let own =
            |path: &&Name| Language::of(path) == Some(Language::Python) && !is_test(path) && select::may_serve(path);
        for path in self.tree.files().filter(own) {
            let Some(text) = self.tree.text(path) else { continue };
            let odd = |line: &&str| line.contains("import ") && line.contains([':', ';']) && !line.starts_with('#');
            all.odd.extend(text.lines().map(str::trim).filter(odd).map(str::to_owned));
            all.open |= LOADERS.iter().any(|word| text.contains(word));
            all.files.push((path.clone(), python::imported(text.as_bytes())));
        }
        all
    }

    fn is_unloaded(&self, id: ModuleId, imports: &Imports) -> bool {
        let path = &self.modules[id.0].path;
        let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".py");
        let Some(text) = self.tree.text(path).filter(|_| !imports.open && !RUN.contains(&stem)) else { return false };
        if RUNS.iter().any(|word| text.contains(word)) || imports.odd.iter().any(|line| select::has_word(line, stem)) {
            return false;
        }
        if self.is_asked_for(path, imports) {
            return false;
        }
        let names = |file: &&Name| NAMING.iter().any(|end| file.ends_with(end)) || file.contains("Dockerfile");
        let says = |file: &Name| self.tree.text(file).is_some_and(|text| select::has_word(&text, stem));
        !self.tree.files().filter(names).any(says)
    }

    /// Whether a file imports a module, or a text names it or what is in it.
    pub(super) fn is_asked_for(&self, path: &Name, imports: &Imports) -> bool {
        let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".py");
        let mut seen = BTreeSet::new();
        let leads = |from: &Name, name: &str| {
            let bare = name.trim_start_matches('.');
            let level = u32::try_from(name.len() - bare.len()).unwrap_or(0);
            matches!(self.tree.resolve(Language::Python, from, bare, level), Target::File(found) if found == *path)
        };
        for (from, names) in imports.files.iter().filter(|(from, _)| from != path) {
            let close = names.iter().filter(|name| name.rsplit('.').take(2).any(|part| part == stem));
            for name in close {
                if seen.insert((from.clone(), name.clone())) && leads(from, name) {
                    return true;
                }
            }
        }
        // A text that names the module, or what is in it.
        let dotted = path.trim_end_matches(".py").replace('/', ".");
        let quoted = ["'.", "':", "''", "\".", "\":", "\"\""].map(|ends| {
            let (before, behind) = ends.split_at(1);
            format!("{before}{dotted}{behind}")
        });
        let named = |from: &Name| self.tree.text(from).is_some_and(|text| quoted.iter().any(|one| text.contains(one)));
        imports.files.iter().any(|(from, _)| from != path && named(from))
    }
}
