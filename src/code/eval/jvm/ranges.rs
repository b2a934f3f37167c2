//! Kotlin's ranges, repetition, and what its library builds in blocks.

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ListKind, Spot, Value};
use crate::code::holes::hole;

/// The longest range that is walked: a longer one is none that routes are made of.
const LONGEST: usize = 100;

impl Machine<'_> {
    /// A range that a member of a number, a character or a range gives; none where it is no such or an end is not known.
    pub(in crate::code::eval) fn range_call(
        &self,
        object: &Value,
        name: &str,
        args: &Args,
        scope: &ScopeRef,
    ) -> Option<Value> {
        let [given] = args.list.as_slice() else { return None };
        if !self.has_packages(scope) {
            return None;
        }
        let whole = |numbers: Vec<i64>| Value::list(numbers.into_iter().map(Value::Int).collect());
        match (object, name, given) {
            (Value::Int(from), "rangeTo", Value::Int(to)) => numbers(*from, *to).map(whole),
            (Value::Int(from), "until" | "rangeUntil", Value::Int(to)) => numbers(*from, to.checked_sub(1)?).map(whole),
            (Value::Int(from), "downTo", Value::Int(to)) => {
                numbers(*to, *from).map(|all| whole(all.into_iter().rev().collect()))
            }
            (Value::Str(from), "rangeTo", Value::Str(to)) => {
                let sign = |text: &str| Some(text.chars().next()?).filter(|_| text.chars().count() == 1);
                let signs: Vec<char> = (sign(from)?..=sign(to)?).take(LONGEST).collect();
                Some(Value::list(signs.into_iter().map(|sign| Value::text(sign.to_string())).collect()))
            }
            (Value::List(list), "step", Value::Int(step)) => {
                let step = usize::try_from(*step).ok().filter(|step| *step > 0)?;
                let items = list.items.borrow().iter().step_by(step).cloned().collect();
                Some(Value::list_of(list.kind, items, list.partial.get()))
            }
            _ => None,
        }
    }

    /// Functions of Kotlin's library that run a block, once or several times; none where it is none of these.
    pub(in crate::code::eval) fn block_builtin(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let name = path.strip_prefix("kotlin.").unwrap_or(path);
        let name = name.strip_prefix("collections.").or_else(|| name.strip_prefix("text.")).unwrap_or(name);
        match (name, args.list.as_slice()) {
            ("repeat", [Value::Int(times), block @ Value::Function(_)]) => {
                for at in numbers(0, times.checked_sub(1)?)? {
                    self.call(block, Args::of(vec![Value::Int(at)]), spot);
                }
                Some(Value::Null)
            }
            ("List" | "MutableList" | "Array", [Value::Int(count), block @ Value::Function(_)]) => {
                let places = numbers(0, count.checked_sub(1)?)?;
                let made =
                    places.into_iter().map(|at| self.call(block, Args::of(vec![Value::Int(at)]), spot)).collect();
                Some(Value::list(made))
            }
            ("buildList" | "buildSet" | "buildString" | "buildMap", [.., Value::Function(block)]) => {
                let built = match name {
                    "buildMap" => Value::map(Vec::new()),
                    _ => Value::list(Vec::new()),
                };
                self.enter_surely(&block.clone(), Some(built.clone()), Args::default(), spot);
                match (&built, name) {
                    (Value::List(pieces), "buildString") => {
                        let pieces = pieces.items.borrow().clone();
                        Some(self.join_items("", &pieces))
                    }
                    _ => Some(built),
                }
            }
            _ => None,
        }
    }

    /// A call by its name alone of what a list, a map or a text around has: within `buildList`, within a function for lists.
    pub(in crate::code::eval) fn call_elements(
        &mut self,
        this: &Value,
        name: &crate::code::form::Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let has = match this {
            Value::List(list) if list.kind != ListKind::Tuple => OF_LISTS.contains(&&**name),
            Value::Map(map) => !map.environment.get() && OF_MAPS.contains(&&**name),
            Value::Str(_) => OF_TEXTS.contains(&&**name),
            _ => false,
        };
        if !has {
            return None;
        }
        // What is built of a text's pieces that are not known has a hole.
        if let (Value::List(list), "appendLine") = (this, &**name) {
            list.items.borrow_mut().push(Value::text(hole("line")));
            return Some(this.clone());
        }
        Some(self.call_member(this, name, args.clone(), scope, spot))
    }
}

/// The numbers from one to another, as far as they are few.
fn numbers(from: i64, to: i64) -> Option<Vec<i64>> {
    let count = usize::try_from(to.checked_sub(from)?.checked_add(1)?.max(0)).ok()?;
    (count <= LONGEST).then(|| (from..=to).collect())
}

/// What is called by its name alone on lists.
const OF_LISTS: &[&str] = &[
    "add",
    "addAll",
    "all",
    "any",
    "append",
    "appendLine",
    "associate",
    "associateBy",
    "associateWith",
    "filter",
    "filterIsInstance",
    "filterNot",
    "filterNotNull",
    "first",
    "firstOrNull",
    "flatMap",
    "fold",
    "forEach",
    "forEachIndexed",
    "groupBy",
    "joinToString",
    "last",
    "map",
    "mapIndexed",
    "mapNotNull",
    "none",
    "onEach",
    "plus",
    "reversed",
    "sortedBy",
    "toList",
    "toSet",
    "toTypedArray",
    "withIndex",
];
/// The same on maps.
const OF_MAPS: &[&str] =
    &["filter", "filterKeys", "filterValues", "forEach", "map", "mapKeys", "mapValues", "put", "putAll"];
/// The same on texts.
const OF_TEXTS: &[&str] = &[
    "lowercase",
    "plus",
    "removePrefix",
    "removeSuffix",
    "replace",
    "split",
    "substringAfter",
    "substringAfterLast",
    "substringBefore",
    "substringBeforeLast",
    "trim",
    "trimEnd",
    "trimStart",
    "uppercase",
];
