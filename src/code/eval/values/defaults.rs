//! What parameters are by default that hold the environment.

use super::super::machine::Machine;
use super::super::value::{Closure, Value};
use crate::code::form::{Entry, Expr, ExprKind};

impl Machine<'_> {
    /// The environment, where a parameter is that, or holds it, unless it is given another (`env = process.env`).
    pub(in crate::code::eval) fn environment_by_default(&mut self, closure: &Closure, at: usize) -> Option<Value> {
        fn is_plain(expr: &Expr, depth: usize) -> bool {
            match &expr.kind {
                ExprKind::Name(_) => true,
                ExprKind::Member(object, _) => depth < 4 && is_plain(object, depth + 1),
                ExprKind::Map(entries) => {
                    depth == 0
                        && entries.iter().any(|entry| matches!(entry, Entry::Pair(_, value) if is_plain(value, 1)))
                }
                _ => false,
            }
        }
        let default = closure.function.params.get(at)?.default.as_ref().filter(|default| is_plain(default, 0))?;
        let value = match closure.defaults.get(at).cloned().flatten() {
            Some(early) => early,
            None => self.eval(default, &closure.scope),
        };
        let value = self.force(value);
        let holds = match &value {
            Value::Map(map) => map.pairs().into_iter().any(|(_, member)| self.is_environment(&member)),
            value => self.is_environment(value),
        };
        holds.then_some(value)
    }
}
