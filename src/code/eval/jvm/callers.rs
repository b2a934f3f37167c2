//! Java and Kotlin files that name no library, but a function which reads what its callers name, or which runs the block that it
//! gets on a router (`fun guarded(block: CoRouterFunctionDsl.() -> Unit) = coRouter { block() }`). Other languages' are found
//! by what they import; here a file needs no import for what its package holds, so that they are found by the name.

use std::collections::BTreeSet;

use super::super::machine::{Machine, ModuleState};
use super::super::value::{ModuleId, Value};
use crate::code::form::{Language, Name};
use crate::code::resolve::folder_of;
use crate::code::select;

/// A function that reads what its callers name, or registers what they give it, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Helper {
    /// Its name.
    name: Name,
    /// Its file.
    file: Name,
}

impl Machine<'_> {
    /// Loads the files among `rest` that call such a function, and leaves the others. Those that are loaded and call one are
    /// worth entering from now on.
    pub(in crate::code::eval) fn load_callers(&mut self, rest: &mut Vec<&(Name, Vec<String>)>) {
        let blocks = self.block_helpers();
        let mut helpers = self.helpers();
        helpers.extend(blocks.iter().cloned());
        helpers.retain(|helper| self.reached.helpers.insert(helper.clone()));
        if helpers.is_empty() {
            return;
        }
        let calls = |module: &ModuleState| module.language == Language::Java && self.calls_one(&module.path, &blocks);
        let known: Vec<ModuleId> =
            (0..).map(ModuleId).zip(&self.modules).filter(|(_, module)| calls(module)).map(|(id, _)| id).collect();
        self.reached.callers.extend(known);
        let all = std::mem::take(rest);
        let (now, later): (Vec<_>, Vec<_>) = all.into_iter().partition(|(path, _)| self.calls_one(path, &helpers));
        *rest = later;
        let paths: Vec<Name> = now.iter().map(|(path, _)| path.clone()).collect();
        self.tree.lower_all(&paths);
        for path in &paths {
            let id = self.module_of(path, Language::Java);
            self.load(id);
            self.reached.callers.insert(id);
        }
    }

    /// Whether a module calls such a function.
    pub(in crate::code::eval) fn is_caller(&self, id: ModuleId) -> bool {
        self.reached.callers.contains(&id)
    }

    /// The functions of Java and Kotlin that read what their callers name.
    fn helpers(&self) -> BTreeSet<Helper> {
        let reads = self.reads.iter().filter(|read| read.dynamic || read.given);
        let java = reads.filter(|read| self.modules[read.spot.module.0].language == Language::Java);
        java.flat_map(|read| {
            let file = &self.modules[read.spot.module.0].path;
            read.within.iter().map(|name| Helper { name: name.clone(), file: file.clone() })
        })
        .collect()
    }

    /// The functions of Kotlin that get a block which is run on what a model describes.
    fn block_helpers(&mut self) -> BTreeSet<Helper> {
        let mut out = BTreeSet::new();
        for closure in self.closures.clone() {
            let path = self.modules[closure.scope.module.0].path.clone();
            let Some(name) = closure.function.name.as_ref().filter(|_| path.ends_with(".kt")) else { continue };
            let gets_block = closure.function.params.iter().any(|param| {
                let on = param.ty.as_ref().filter(|ty| ty.path.is_empty()).and_then(|ty| ty.args.first());
                on.is_some_and(|on| match self.type_value(on, &closure.scope) {
                    Value::Unknown(full) => self.models.types.contains_key(&*full),
                    _ => false,
                })
            });
            if gets_block {
                out.insert(Helper { name: name.clone(), file: path });
            }
        }
        out
    }

    /// Whether a file names one of the functions, and has it from its own package, by its class or by an import.
    fn calls_one(&self, path: &Name, helpers: &BTreeSet<Helper>) -> bool {
        if Language::of(path) != Some(Language::Java) {
            return false;
        }
        let mut named = helpers.iter().filter(|helper| self.tree.may_have_word(path, &helper.name)).peekable();
        if named.peek().is_none() {
            return false;
        }
        let text = self.tree.text(path).unwrap_or_default();
        named.any(|Helper { name, file }| {
            let class = file.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
            let near = || folder_of(path) == folder_of(file) || imports(&text, name);
            select::has_word(&text, name) && (select::has_word(&text, class) || near())
        })
    }
}

/// Whether a file imports a name.
fn imports(text: &str, name: &str) -> bool {
    let mut imported = text.lines().filter_map(|line| line.trim().strip_prefix("import "));
    imported.any(|line| line.trim_end_matches(';').rsplit('.').next() == Some(name))
}
