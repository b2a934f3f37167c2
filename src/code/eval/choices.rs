//! Expressions of which one way or another gives the value: logical operators, conditionals and the arms of a switch.

use super::env::absence::{is_failure, reads_of};
use super::env::keys::tells_place;
use super::machine::{Flow, Machine};
use super::scope::{Scope, ScopeKind, ScopeRef, find_local};
use super::value::Value;
use crate::code::form::{Arm, BinaryOp, Expr, ExprKind, LogicalOp, Stmt, StmtKind};

impl Machine<'_> {
    pub(super) fn logical(&mut self, op: LogicalOp, left: &Expr, right: &Expr, scope: &ScopeRef) -> Value {
        let before = self.asked.as_ref().map_or(0, Vec::len);
        let a = self.eval(left, scope);
        self.logical_of(op, (left, a), right, before, scope)
    }

    /// The same where what stands on the left is known to be that.
    fn logical_of(
        &mut self,
        op: LogicalOp,
        (left, a): (&Expr, Value),
        right: &Expr,
        before: usize,
        scope: &ScopeRef,
    ) -> Value {
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
                    // `x && "/" + x || ""`
                    a if a.is_holed() && self.asks_outside(left, scope) => Value::one_of(vec![a.held(), b]),
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
            None => self.either_way((test, &asked), (then, otherwise), scope),
        }
    }

    fn either_way(
        &mut self,
        (test, asked): (&Expr, &[usize]),
        (then, otherwise): (&Expr, &Expr),
        scope: &ScopeRef,
    ) -> Value {
        let fails = is_failure(then) || is_failure(otherwise);
        self.answer(asked, fails);
        let first = self.reads.len();
        self.conditional += 1;
        let a = self.eval(then, scope);
        let b = self.eval(otherwise, scope);
        self.conditional -= 1;
        if !fails {
            self.answer_again(asked, first);
        }
        self.either_of(asked, &[&a, &b]);
        if let Some(value) = self.favoured(test, (&a, &b), scope) {
            return value;
        }
        let [a, b] = self.left_out(test, [(a, then), (b, otherwise)]);
        match a.is_holed() != b.is_holed() && self.asks_outside(test, scope) {
            true => Value::one_of(vec![a.held(), b.held()]),
            false => a.either(b),
        }
    }

    /// A choice that stands as a statement (Kotlin): where it is known which way it goes, that is gone, also out of a loop or a
    /// function. None where the expression is no such choice.
    pub(super) fn chosen_way(&mut self, expr: &Expr, scope: &ScopeRef) -> Option<Flow> {
        let ExprKind::Conditional(test, then, otherwise) = &expr.kind else {
            return self.value_or_way_out(expr, scope).map(|value| value.err().unwrap_or(Flow::Next));
        };
        if !self.has_packages(scope) {
            return None;
        }
        let (condition, asked) = self.condition(test, scope);
        match self.truth(&condition, scope).filter(|_| !asks_for_field(test, scope)) {
            Some(true) => Some(self.gone_way(then, scope)),
            Some(false) => Some(self.gone_way(otherwise, scope)),
            None => {
                self.either_way((test, &asked), (then, otherwise), scope);
                Some(Flow::Next)
            }
        }
    }

    /// What `value ?: return` comes to: the value, or the way out where there surely is none. None for any other expression.
    pub(super) fn value_or_way_out(&mut self, expr: &Expr, scope: &ScopeRef) -> Option<Result<Value, Flow>> {
        let ExprKind::Logical(LogicalOp::Coalesce, left, right) = &expr.kind else { return None };
        // What a variable holds may be set by code that has not run.
        let called = match &left.kind {
            ExprKind::Cast(inner, _) => matches!(inner.kind, ExprKind::Call(_)),
            kind => matches!(kind, ExprKind::Call(_)),
        };
        if !called || !is_way_out(right) || !self.has_packages(scope) {
            return None;
        }
        let before = self.asked.as_ref().map_or(0, Vec::len);
        let value = self.eval(left, scope);
        Some(match value {
            Value::Null => Err(self.gone_way(right, scope)),
            value => Ok(self.logical_of(LogicalOp::Coalesce, (left, value), right, before, scope)),
        })
    }

    fn gone_way(&mut self, expr: &Expr, scope: &ScopeRef) -> Flow {
        match &expr.kind {
            ExprKind::Block(body) => self.inner_block(body, scope),
            _ => match self.chosen_way(expr, scope) {
                Some(flow) => flow,
                None => {
                    self.eval(expr, scope);
                    Flow::Next
                }
            },
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
        let holed = results.iter().any(Value::is_holed);
        let mut tests = arms.iter().flat_map(|arm| &arm.values).filter(|_| subject.is_none()).chain(subject);
        match holed && tests.any(|test| self.asks_outside(test, scope)) {
            true => Value::one_of(results.into_iter().map(Value::held).collect()),
            false => Value::any_of(results),
        }
    }
}

/// Whether an expression leaves a loop or a function and does nothing else.
fn is_way_out(expr: &Expr) -> bool {
    let ExprKind::Block(body) = &expr.kind else { return false };
    let out = |stmt: &Stmt| {
        matches!(stmt.kind, StmtKind::Return(_) | StmtKind::Leave(_) | StmtKind::Continue | StmtKind::Break)
    };
    matches!(body.as_slice(), [only] if out(only))
}

/// Whether a condition asks whether something is there that no local name holds: code that has not run may set it.
fn asks_for_field(test: &Expr, scope: &ScopeRef) -> bool {
    match &test.kind {
        ExprKind::Binary(BinaryOp::Eq | BinaryOp::Ne, left, right) if matches!(right.kind, ExprKind::Null) => {
            match &left.kind {
                ExprKind::Name(name) => find_local(scope, name).is_none(),
                ExprKind::Member(..) => true,
                _ => false,
            }
        }
        ExprKind::Logical(_, left, right) => asks_for_field(left, scope) || asks_for_field(right, scope),
        ExprKind::Unary(_, inner) => asks_for_field(inner, scope),
        _ => false,
    }
}
