//! Expressions of which one way or another gives the value: logical operators, conditionals and the arms of a switch.

use super::env::absence::{is_failure, reads_of};
use super::env::keys::tells_place;
use super::machine::Machine;
use super::scope::{Scope, ScopeKind, ScopeRef};
use super::value::Value;
use crate::code::form::{Arm, Expr, LogicalOp};

impl Machine<'_> {
    pub(super) fn logical(&mut self, op: LogicalOp, left: &Expr, right: &Expr, scope: &ScopeRef) -> Value {
        let before = self.asked.as_ref().map_or(0, Vec::len);
        let a = self.eval(left, scope);
        let decided = match op {
            LogicalOp::Coalesce => match &a {
                Value::Null | Value::Undefined => Some(false),
                Value::Unknown(_) | Value::Env(_) | Value::Alt(_) | Value::Lazy(_) => None,
                _ => Some(true),
            },
            LogicalOp::And | LogicalOp::Or => self.truth(&a, scope),
        };
        match (op, decided) {
            (LogicalOp::And, Some(false)) | (LogicalOp::Or | LogicalOp::Coalesce, Some(true)) => a,
            (LogicalOp::And, Some(true)) | (LogicalOp::Or | LogicalOp::Coalesce, Some(false)) => {
                self.eval(right, scope)
            }
            (LogicalOp::And, None) => {
                self.tolerate(&a);
                let (mut asked, first) = (Vec::new(), self.reads.len());
                reads_of(&a, &mut asked);
                self.conditional += 1;
                let b = self.eval(right, scope);
                self.conditional -= 1;
                self.answer_again(&asked, first);
                self.ask_by_half([&a, &b], before);
                // With what is not known on the left, a truth on the right decides nothing.
                if matches!(b, Value::Bool(true)) { Value::unknown() } else { b }
            }
            (LogicalOp::Or | LogicalOp::Coalesce, None) if is_failure(right) => {
                self.demand(&a);
                self.conditional += 1;
                self.eval(right, scope);
                self.conditional -= 1;
                a
            }
            (LogicalOp::Or | LogicalOp::Coalesce, None) if matches!(a, Value::Unknown(_)) && tells_place(left) => a,
            (LogicalOp::Or | LogicalOp::Coalesce, None) => {
                let conditional = u32::from(!matches!(a, Value::Env(_)));
                self.conditional += conditional;
                self.doubtful += 1;
                let b = self.eval(right, scope);
                self.doubtful -= 1;
                self.conditional -= conditional;
                match a {
                    Value::Env(_) => self.env_or(a, b),
                    a => a.either(b),
                }
            }
        }
    }

    pub(super) fn conditional(&mut self, test: &Expr, then: &Expr, otherwise: &Expr, scope: &ScopeRef) -> Value {
        let (condition, asked) = self.condition(test, scope);
        match self.truth(&condition, scope) {
            Some(true) => self.eval(then, scope),
            Some(false) => self.eval(otherwise, scope),
            None => {
                let fails = is_failure(then) || is_failure(otherwise);
                self.answer(&asked, fails);
                let first = self.reads.len();
                self.conditional += 1;
                let a = self.eval(then, scope);
                let b = self.eval(otherwise, scope);
                self.conditional -= 1;
                if !fails {
                    self.answer_again(&asked, first);
                }
                self.either_of(&asked, &[&a, &b]);
                self.favoured(test, (&a, &b), scope).unwrap_or_else(|| a.either(b))
            }
        }
    }

    pub(super) fn switch_value(&mut self, subject: Option<&Expr>, arms: &[Arm], scope: &ScopeRef) -> Value {
        let value = subject.map_or(Value::Bool(true), |subject| self.eval(subject, scope));
        let mut results = Vec::new();
        let mut decided = false;
        for (at, arm) in arms.iter().enumerate() {
            let mut hit = if arm.values.is_empty() { None } else { Some(false) };
            for candidate in &arm.values {
                match self.chosen(&value, candidate, scope) {
                    Some(true) => hit = Some(true),
                    Some(false) => {}
                    None => hit = hit.filter(|hit| *hit),
                }
            }
            if hit == Some(false) || (decided && hit.is_none()) {
                continue;
            }
            decided |= hit == Some(true);
            // What is left where every arm before it is surely not taken.
            let left = arm.values.is_empty() && at + 1 == arms.len();
            let sure = (hit == Some(true) || left) && results.is_empty();
            self.conditional += u32::from(!sure);
            let inner = Scope::inside(scope, ScopeKind::Block);
            results.push(self.block_value(&arm.body, &inner));
            self.conditional -= u32::from(!sure);
            if sure {
                break;
            }
        }
        self.answer_switch(&value, arms, scope);
        if matches!(value, Value::Env(_)) {
            let mut asked = Vec::new();
            reads_of(&value, &mut asked);
            self.either_of(&asked, &results.iter().collect::<Vec<_>>());
        }
        Value::any_of(results)
    }
}
