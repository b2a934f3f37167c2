//! Which way a condition goes with the values that settings have where nobody sets them.
//!
//! Such a value decides no branch: both are run, for what they register. But of two texts that a condition chooses between
//! (`base.is_empty() ? path : base + path`) one is what the program makes of its defaults.

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, Spot, Value};
use crate::code::form::{BinaryOp, Expr, ExprKind, LogicalOp, UnaryOp};

/// How deep a condition is looked into.
const DEEPEST: usize = 8;

impl Machine<'_> {
    /// The one of two texts that a condition chooses with defaults; none where they do not decide it.
    pub(in crate::code::eval) fn favoured(
        &mut self,
        test: &Expr,
        (then, otherwise): (&Value, &Value),
        scope: &ScopeRef,
    ) -> Option<Value> {
        let text = |value: &Value| matches!(value, Value::Str(_) | Value::Env(_)) && value.as_text().is_some();
        if !text(then) || !text(otherwise) {
            return None;
        }
        let chosen = if self.by_default(test, scope, 0)? { then } else { otherwise };
        Some(match chosen {
            Value::Str(_) => chosen.clone().fallback(),
            other => other.clone(),
        })
    }

    /// Whether a condition holds with defaults; only what can be asked twice is looked at.
    fn by_default(&mut self, test: &Expr, scope: &ScopeRef, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        match &test.kind {
            ExprKind::Unary(UnaryOp::Not, inner) => Some(!self.by_default(inner, scope, depth + 1)?),
            ExprKind::Logical(op @ (LogicalOp::And | LogicalOp::Or), left, right) => {
                let left = self.by_default(left, scope, depth + 1);
                let ends = *op == LogicalOp::Or;
                match left {
                    Some(left) if left == ends => Some(ends),
                    _ => {
                        let right = self.by_default(right, scope, depth + 1);
                        if right == Some(ends) { right } else { left.and(right) }
                    }
                }
            }
            ExprKind::Binary(op @ (BinaryOp::Eq | BinaryOp::Ne), left, right) => {
                let left = self.unset_value(left, scope)?;
                let right = self.unset_value(right, scope)?;
                Some(left.same(&right)? == (*op == BinaryOp::Eq))
            }
            ExprKind::Call(call) => {
                let ExprKind::Member(object, name) = &call.callee.kind else { return None };
                let object = self.unset_value(object, scope)?;
                if !matches!(object, Value::Str(_)) {
                    return None;
                }
                let mut args = Args::default();
                for arg in &call.args {
                    args.list.push(self.unset_value(&arg.value, scope)?);
                }
                let spot = Spot { module: scope.module, line: test.pos.line };
                let made = self.call_member(&object, name, args, scope, spot);
                self.truth(&made, scope)
            }
            _ => {
                let value = self.unset_value(test, scope)?;
                self.truth(&value, scope)
            }
        }
    }

    /// What a name, a member of one or a literal is where nobody sets anything.
    fn unset_value(&mut self, expr: &Expr, scope: &ScopeRef) -> Option<Value> {
        let plain = match &expr.kind {
            ExprKind::Member(object, _) => {
                matches!(object.kind, ExprKind::Name(_) | ExprKind::This | ExprKind::Member(..))
            }
            kind => matches!(kind, ExprKind::Name(_) | ExprKind::Str(_) | ExprKind::Bool(_) | ExprKind::Null),
        };
        if !plain {
            return None;
        }
        unset(&self.eval(expr, scope))
    }
}

/// The one value that it is where nobody sets anything.
fn unset(value: &Value) -> Option<Value> {
    match value {
        Value::Env(env) => env.default.clone(),
        Value::Alt(all) => {
            let mut all = all.iter().map(unset);
            let first = all.next()??;
            all.all(|other| other.is_some_and(|other| other.same(&first) == Some(true))).then_some(first)
        }
        Value::Unknown(_) | Value::Lazy(_) => None,
        value => Some(value.clone()),
    }
}
