//! What settings say that stands before the paths of controllers that no app is given.

use std::rc::Rc;

use globset::GlobMatcher;

use super::super::machine::Machine;
use super::super::routes::folders::walked;
use super::super::value::{ClassValue, Map, Spot, Value};
use super::globs::{matcher, texts};
use super::tree::controller_note;
use crate::code::models::{CompilesWord, TreeWord};
use crate::code::resolve::{join_paths, under};

/// The most programs that compile controllers.
const MOST_COMPILERS: usize = 64;

/// A program of a package's build that compiles controllers.
#[derive(Debug, Clone)]
pub(crate) struct Compiler {
    package: String,
    said: Said,
    spot: Spot,
}

/// How it is said what is compiled: by a file of settings, or by what a call is given.
#[derive(Debug, Clone)]
enum Said {
    File(String),
    Call { list: Value, base: Value },
}

/// What controllers are compiled by.
struct Compiled {
    patterns: Vec<Option<GlobMatcher>>,
    base: Value,
    /// Who says so.
    by: String,
}

impl Compiled {
    /// Whether a file's controllers are compiled for what is listed.
    fn names(&self, file: &str) -> bool {
        self.patterns.is_empty() || self.patterns.iter().any(|one| one.as_ref().is_none_or(|one| one.is_match(file)))
    }
}

impl Machine<'_> {
    /// Whether a controller says that nothing of the settings stands before its paths.
    pub(in crate::code::eval) fn is_bare(&mut self, class: &Rc<ClassValue>) -> bool {
        let Some(note) = controller_note(class) else { return false };
        let bare = note.action.controller.as_ref().and_then(|word| word.bare.clone());
        bare.is_some_and(|bare| matches!(self.argument_at(&note.bound, &bare, note.spot), Value::Bool(true)))
    }

    /// Keeps what a program of the build compiles controllers by.
    pub(in crate::code::eval) fn compiles(&mut self, word: &CompilesWord, bound: &Rc<Map>, spot: Spot) {
        let Some(package) = self.tree.package_of(self.file(spot)).map(str::to_owned) else { return };
        let file = word.file.as_ref().map(|file| self.argument_at(bound, file, spot));
        let compiler = match file {
            // The package's own file of settings.
            Some(Value::Undefined | Value::Null) => return,
            Some(Value::Str(name)) => {
                let at = join_paths(&[&package, &name]);
                Compiler { package, said: Said::File(at), spot }
            }
            _ => {
                let list = self.argument_at(bound, &word.list, spot);
                let base = self.argument_at(bound, &word.base, spot);
                Compiler { package, said: Said::Call { list, base }, spot }
            }
        };
        let same = |one: &Compiler| one.spot == spot && one.package == compiler.package;
        self.compilers.retain(|one| !same(one));
        if self.compilers.len() < MOST_COMPILERS {
            self.effects += 1;
            self.compilers.push(compiler);
        }
    }

    /// What the controllers of a package are compiled by: the patterns of their files, none where all are, and what stands before
    /// every path. Programs of the build say it, else a file of settings does.
    fn compiled_by(&mut self, tree: &TreeWord, package: &str, spot: Spot) -> Vec<Compiled> {
        let (settings, list) = &tree.compiled;
        let mut said: Vec<Said> =
            self.compilers.iter().filter(|one| one.package == package).map(|one| one.said.clone()).collect();
        if said.is_empty() && !settings.is_empty() {
            said.push(Said::File(under(package, settings)));
        }
        let mut out = Vec::new();
        for one in said {
            let (given, base, by) = match one {
                Said::Call { list, base } => (Some(list), base, "the build's program".to_owned()),
                Said::File(at) if self.tree.has(&at) => {
                    let map = self.settings_file(&at, spot);
                    let base = tree.settings.1.iter().find_map(|name| walked(map.clone(), name));
                    (walked(map, list), base.unwrap_or(Value::Undefined), at)
                }
                Said::File(_) => continue,
            };
            let listed = given.and_then(|given| texts(&given)).unwrap_or_default();
            let patterns = listed.iter().map(|pattern| matcher(&join_paths(&[package, pattern]))).collect();
            out.push(Compiled { patterns, base, by });
        }
        out
    }

    /// What the settings of a controller's package say that stands before every path.
    pub(in crate::code::eval) fn tree_setting(&mut self, tree: &TreeWord, class: &Rc<ClassValue>) -> Value {
        let (file, names) = &tree.settings;
        let path = self.modules[class.spot.module.0].path.clone();
        let package = self.tree.package_of(&path).unwrap_or_default().to_owned();
        if self.compilers.iter().any(|one| one.package == package) {
            let all = self.compiled_by(tree, &package, class.spot);
            let own: Vec<Value> = all.iter().filter(|one| one.names(&path)).map(|one| one.base.clone()).collect();
            // What they import is compiled with them.
            let own = if own.is_empty() { all.into_iter().map(|one| one.base).collect() } else { own };
            return Value::any_of(own);
        }
        for name in names {
            let found = self.package_setting((file, name), &package);
            if !found.is_nothing() {
                return found;
            }
        }
        Value::Undefined
    }

    /// Takes a controller's routes out again where its package's settings list the files whose controllers are compiled, and its
    /// file is none of them and imported by none.
    pub(in crate::code::eval) fn leave_uncompiled(&mut self, class: &Rc<ClassValue>, node: usize) {
        let Some(tree) = &self.forest.nodes[node].model.tree else { return };
        let file = self.modules[class.spot.module.0].path.clone();
        let package = self.tree.package_of(&file).unwrap_or_default().to_owned();
        let all = self.compiled_by(tree, &package, class.spot);
        let Some(by) = all.first().map(|one| one.by.clone()) else { return };
        if all.iter().any(|one| one.names(&file)) || !self.is_imported_by_none(class.spot.module) {
            return;
        }
        let entries = std::mem::take(&mut self.forest.nodes[node].entries);
        if let Some(tracing) = &mut self.tracing {
            let why = format!("no controller that {by} lists");
            tracing.left.extend(entries.iter().map(|entry| (entry.spot(), why.clone())));
        }
    }
}
