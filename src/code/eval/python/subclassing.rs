//! `issubclass`: whether a class is below others, the project's own or a library's.

use super::super::machine::Machine;
use super::super::value::Value;

impl Machine<'_> {
    /// Whether a class is one of these or below one; unknown where a base of another library's may be below it, too.
    pub(in crate::code::eval) fn issubclass(&mut self, value: &Value, wanted: &Value) -> Value {
        let wanted = match wanted {
            Value::List(list) => list.items.borrow().clone(),
            other => vec![other.clone()],
        };
        let line = match value {
            Value::Class(class) => self.ancestors(class),
            Value::Unknown(path) if !path.is_empty() && !path.contains(['(', '[']) => vec![value.clone()],
            _ => return Value::unknown(),
        };
        let foreign = |one: &Value| matches!(one, Value::Unknown(path) if !is_plain(path));
        let nameless = |one: &Value| matches!(one, Value::Unknown(path) if path.is_empty() || path.contains('('));
        let mut open = false;
        for one in wanted {
            let wanted = self.force(one);
            match &wanted {
                Value::Class(_) if line.iter().any(|one| one.same(&wanted) == Some(true)) => return Value::Bool(true),
                // No class of a library is below one of the project's.
                Value::Class(_) => open |= line.iter().any(nameless),
                Value::Unknown(path) if path.is_empty() => open = true,
                Value::Unknown(path) => {
                    if line.iter().any(|one| matches!(one, Value::Unknown(it) if it == path)) {
                        return Value::Bool(true);
                    }
                    open |= line.iter().any(foreign);
                }
                _ => return Value::unknown(),
            }
        }
        if open { Value::unknown() } else { Value::Bool(false) }
    }
}

/// Whether a base is one that classes have whatever they are.
fn is_plain(path: &str) -> bool {
    path == "object" || path.starts_with("abc.") || path.starts_with("typing.")
}
