//! How much a program's functions may compute: those that bring nothing are not entered without end, and what nobody calls
//! gets a share.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, Closure, Value};
use crate::code::form::Name;

/// Entries of a function that bring nothing.
const MOST_ENTRIES: u32 = 40;
/// The share of a function that nobody calls, and of one that could register something.
const SHARE: u64 = 20_000;
const LARGE_SHARE: u64 = 100_000;
/// The share of a function that nobody calls and that mentions nothing of a framework, where mentions tell.
const SHARE_BY_MENTIONS: u64 = 200_000;

impl Machine<'_> {
    /// Whether a function was entered often enough without bringing anything, and would not now.
    pub(crate) fn is_worn(&self, function: usize, args: &Args) -> bool {
        let entries = self.go.worn.get(&function).copied().flatten();
        entries.is_some_and(|entries| entries >= MOST_ENTRIES) && !args.list.iter().any(is_of_use)
    }

    /// Counts an entry. A function is of use where it registers or reads something, gives text, or makes something of text
    /// or functions.
    pub(crate) fn wear(&mut self, function: usize, registered: bool, args: &Args, result: &Value) {
        let textual = |value: &Value| {
            matches!(value, Value::Str(_) | Value::Alt(_) | Value::Env(_) | Value::Function(_) | Value::Bound(_))
        };
        let makes = matches!(result, Value::Object(_) | Value::List(_) | Value::Map(_));
        let useful = registered
            || textual(result)
            || matches!(result, Value::Native(_))
            || (makes && args.list.iter().any(textual));
        let entries = self.go.worn.entry(function).or_insert(Some(0));
        *entries = if useful { None } else { entries.map(|count| count.saturating_add(1)) };
    }

    /// Whether a function that nobody calls is worth entering: one of a file that holds a word that a model knows, or the
    /// name of a function that reads what its callers name.
    pub(crate) fn is_worth(&self, closure: &Closure) -> bool {
        let module = closure.scope.module;
        !self.is_go(module) || self.go.worth.contains(&self.modules[module.0].path)
    }

    /// How much a function that nobody calls may compute.
    pub(crate) fn most_alone(&mut self, closure: &Rc<Closure>) -> u64 {
        if !self.is_go(closure.scope.module) {
            return if self.may_register(closure) { self.limits.steps } else { SHARE_BY_MENTIONS };
        }
        let routed =
            closure.function.params.iter().filter_map(|param| param.ty.as_ref()).chain(&closure.function.returns);
        let routed = routed.into_iter().any(|ty| ty.path.len() > 1);
        if routed { LARGE_SHARE } else { SHARE }
    }

    /// Does something with a share of the steps that are left.
    pub(crate) fn sliced<T>(&mut self, most: u64, work: impl FnOnce(&mut Self) -> T) -> T {
        let whole = self.limits.steps;
        self.limits.steps = whole.min(self.steps.saturating_add(most));
        let done = work(self);
        self.limits.steps = whole;
        done
    }

    /// Adds the files that name a function which reads what its callers name.
    pub(crate) fn go_readers(&mut self) {
        let several = |spot| {
            let names: BTreeSet<&str> =
                self.reads.iter().filter(|read| read.spot == spot).map(|read| read.name.as_str()).collect();
            names.len() > 1 || names.contains("*")
        };
        let spots: BTreeSet<_> =
            self.reads.iter().map(|read| read.spot).filter(|spot| self.is_go(spot.module)).collect();
        let helpers: BTreeSet<_> = spots.into_iter().filter(|spot| several(*spot)).collect();
        let readers: BTreeSet<Name> = self
            .reads
            .iter()
            .filter(|read| helpers.contains(&read.spot))
            .flat_map(|read| read.within.iter().cloned())
            .filter(|name| &**name != "main" && &**name != "init")
            .collect();
        if readers.is_empty() {
            return;
        }
        let files: Vec<Name> = (0..self.modules.len())
            .filter(|id| self.is_go(super::super::value::ModuleId(*id)))
            .map(|id| self.modules[id].path.clone())
            .filter(|path| path.ends_with(".go") && !self.go.worth.contains(path))
            .collect();
        for file in files {
            let text = self.tree.text(&file).unwrap_or_default();
            if readers.iter().any(|name| text.contains(&format!("{name}("))) {
                self.go.worth.insert(file);
            }
        }
    }
}

/// Whether an argument could make a function register something.
fn is_of_use(value: &Value) -> bool {
    match value {
        Value::Object(it) => it.model.borrow().is_some(),
        Value::Function(_) | Value::Bound(_) | Value::Native(_) | Value::Alt(_) => true,
        // What is given one by one comes as a list.
        Value::List(list) => list.items.borrow().iter().any(Value::is_callable),
        _ => false,
    }
}
