//! Apps of Python that nobody starts, where an image, a manifest or a script says which app of the same package it starts.

use std::collections::BTreeSet;

use super::super::machine::Machine;
use super::super::value::{ModuleId, Value};
use super::unloaded::{Imports, NAMING, RUNS};
use crate::code::form::Name;
use crate::code::resolve::{Target, folder_of, python, under};
use crate::code::select;

/// Servers that are told a module and a name in it: `uvicorn app.main:app`.
const SERVERS: &[&str] = &["uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "waitress-serve", "uwsgi", "flask"];

/// What files of the repository say is started.
#[derive(Default)]
struct Started {
    /// The files of the modules.
    files: BTreeSet<Name>,
    /// The folders of the packages that they lie in.
    packages: BTreeSet<String>,
    /// The texts that say so, and all others that may name what is run.
    texts: Vec<String>,
}

impl Machine<'_> {
    /// Those among served routers which are apps of Python that nothing starts: another app of their package is started, nothing
    /// names or imports their module, and it does not run itself.
    pub(in crate::code::eval) fn unstarted(&self, served: &[usize]) -> BTreeSet<usize> {
        let mut out = BTreeSet::new();
        let (mut started, mut imports) = (None, None);
        for node in served {
            let Some(module) = self.forest.nodes[*node].made.filter(|it| self.is_python(*it)) else { continue };
            let started: &Started = started.get_or_insert_with(|| self.started());
            if started.files.is_empty() {
                return out;
            }
            let file = &self.modules[module.0].path;
            let lies_in = |package: &String| file.strip_prefix(&**package).is_some_and(|rest| rest.starts_with('/'));
            if started.files.contains(file) || !started.packages.iter().any(lies_in) {
                continue;
            }
            let text = self.tree.text(file).unwrap_or_default();
            let names = self.names_holding(module, *node);
            if names.is_empty()
                || RUNS.iter().any(|word| text.contains(word))
                || started.texts.iter().any(|text| names_program(text, file, &names))
            {
                continue;
            }
            let imports: &Imports = imports.get_or_insert_with(|| self.imports());
            if !self.is_asked_for(file, imports) {
                out.insert(*node);
            }
        }
        out
    }

    /// The names that a module has for a router.
    fn names_holding(&self, module: ModuleId, node: usize) -> Vec<Name> {
        let holds = |value: &Value| match value {
            Value::Object(object) => object.model.borrow().as_ref().is_some_and(|it| it.node == node),
            _ => false,
        };
        let names = self.modules[module.0].scope.names.borrow();
        names.iter().filter(|(_, value)| holds(value)).map(|(name, _)| name.clone()).collect()
    }

    fn started(&self) -> Started {
        let mut started = Started::default();
        let names = |file: &&Name| NAMING.iter().any(|end| file.ends_with(end)) || file.contains("Dockerfile");
        for from in self.tree.files().filter(names) {
            let Some(text) = self.tree.text(from) else { continue };
            if SERVERS.iter().any(|server| select::has_word(&text, server)) {
                for (dotted, _) in programs(&text) {
                    let Some((root, file)) = self.program_at(folder_of(from), dotted) else { continue };
                    started.files.insert(file);
                    if let Some((package, _)) = dotted.split_once('.') {
                        started.packages.insert(under(&root, package));
                    }
                }
            }
            started.texts.push(text);
        }
        started
    }

    /// Where a module's name starts, and its file, as a file in a folder names it.
    fn program_at(&self, folder: &str, dotted: &str) -> Option<(String, Name)> {
        let path = dotted.replace('.', "/");
        let at = |root: &str| match python::at(self.tree, &under(root, &path)) {
            Some(Target::File(file)) => Some((root.to_owned(), file)),
            _ => None,
        };
        let mut around = folder;
        loop {
            if let Some(found) = at(around).or_else(|| at(&under(around, "src"))) {
                return Some(found);
            }
            if around.is_empty() {
                break;
            }
            around = folder_of(around);
        }
        // An image may have another folder as its own.
        let ending = format!("/{path}.py");
        let mut all = self.tree.files().filter(|file| file.ends_with(&ending));
        match (all.next(), all.next()) {
            (Some(file), None) => Some((file[..file.len() - ending.len()].to_owned(), file.clone())),
            _ => None,
        }
    }
}

/// What a text says about modules and names in them: `app.main:app`.
fn programs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':');
    let is_name =
        |name: &str| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !name.contains([':', '.']);
    text.split(move |c| !is_part(c))
        .filter_map(|word| word.split_once(':'))
        .filter(move |(dotted, name)| is_name(name) && dotted.split('.').all(is_name))
}

/// Whether a text names a module's file, the module, or one of its names as what is run.
fn names_program(text: &str, file: &str, names: &[Name]) -> bool {
    let bare = file.trim_end_matches(".py").trim_end_matches("/__init__");
    let stem = bare.rsplit('/').next().unwrap_or(bare);
    let is_it = |dotted: &str| dotted.rsplit('.').next() == Some(stem);
    programs(text).any(|(dotted, name)| is_it(dotted) && names.iter().any(|one| **one == *name))
        || text.contains(&format!("{stem}.py"))
        || select::has_word(text, &bare.replace('/', "."))
}

#[cfg(test)]
mod tests {
    use super::programs;

    #[test]
    fn programs_are_a_module_and_a_name_and_nothing_else_with_a_colon() {
        let text = "CMD [\"uvicorn\", \"app.main:app\", \"--host\", \"0.0.0.0:8000\"]\nimage: python:3.11\nweb: gunicorn 'shop.wsgi:make()'\n";
        assert_eq!(programs(text).collect::<Vec<_>>(), [("app.main", "app"), ("shop.wsgi", "make")]);
    }
}
