//! Ways out of a function that fail: they give an error and nothing beside it, and who calls goes on without them.

use super::super::value::{Key, ListKind, Value};
use super::ZERO;
use crate::code::form::Function;

/// How deep structs are looked into.
const DEEPEST: usize = 6;

/// The ways out that a caller goes on with. Where some fail with the zero value of a type that has one (`return "", err`,
/// `return Config{}, err`), that value is none of them; a text or number of the others decides nothing, as it may not come to it.
pub(in crate::code::eval) fn going_on(ways: Vec<Value>, function: Option<&Function>) -> Vec<Value> {
    let last =
        function.and_then(|it| it.returns.as_ref()).filter(|ty| ty.path.is_empty()).and_then(|ty| ty.args.last());
    if ways.len() < 2 || !last.is_some_and(|ty| matches!(ty.path.as_slice(), [name] if &**name == "error")) {
        return ways;
    }
    let on: Vec<Value> = ways.iter().filter(|way| !fails(way)).cloned().collect();
    if on.is_empty() || on.len() == ways.len() {
        return ways;
    }
    let perhaps = |value: &Value| match value {
        Value::Str(_) | Value::Int(_) | Value::Float(_) => value.clone().fallback(),
        value => value.clone(),
    };
    let each = |way: Value| match &way {
        Value::List(list) if list.kind == ListKind::Tuple => {
            let items = list.items.borrow().iter().map(perhaps).collect();
            Value::list_of(ListKind::Tuple, items, false)
        }
        _ => way,
    };
    on.into_iter().map(each).collect()
}

/// Whether a way out gives an error beside zero values, one of them that of a type which is no reference.
fn fails(way: &Value) -> bool {
    let Value::List(list) = way else { return false };
    let items = list.items.borrow();
    let Some((error, rest)) = items.split_last() else { return false };
    list.kind == ListKind::Tuple
        && !error.is_nothing()
        && rest.iter().all(|one| one.is_nothing() || is_zero(one, 0))
        && rest.iter().any(|one| is_zero(one, 0))
}

fn is_zero(value: &Value, depth: usize) -> bool {
    match value {
        Value::Bool(it) => !it,
        Value::Int(it) => *it == 0,
        Value::Float(it) => *it == 0.0,
        Value::Str(text) => text.is_empty(),
        Value::Object(it) => {
            depth < DEEPEST
                && it.model.borrow().is_none()
                && it.members.named(ZERO).is_some()
                && it.members.pairs().iter().all(|(key, one)| {
                    key.key() == Some(Key::Str(ZERO.into())) || one.is_nothing() || is_zero(one, depth + 1)
                })
        }
        _ => false,
    }
}
