//! Texts with a part that nobody knows, beside what is left of them without it: `x ? "/" + x : ""`, where `x` comes from outside
//! of the repository and is no variable of the environment. What is left would be a path that may well not be there.

use super::super::expr::hint_of;
use super::super::machine::{Journal, Machine};
use super::super::python::configured::OPEN;
use super::super::scope::{ScopeRef, find_local};
use super::super::value::Value;
use crate::code::form::{BinaryOp, Expr, ExprKind, Name};
use crate::code::holes::{has_hole, hole};

/// How deep a condition is looked into.
const DEEPEST: usize = 8;
/// The most texts that are kept as put somewhere in branches that are running.
const MOST_WRITTEN: usize = 1_000;

impl Value {
    /// The same, where it is a text and a condition asks for what such a part is: with the part it stays beside what is left without
    /// it, without the part it gives way.
    pub(in crate::code::eval) fn held(self) -> Value {
        if matches!(self, Value::Str(_)) { Value::Alt(vec![self].into()) } else { self }
    }

    /// What [`Value::held`] holds, alone.
    pub(in crate::code::eval) fn released(self) -> Value {
        self.is_held().cloned().unwrap_or(self)
    }

    fn is_held(&self) -> Option<&Value> {
        let Value::Alt(all) = self else { return None };
        all.first().filter(|only| all.len() == 1 && matches!(only, Value::Str(_)))
    }

    /// Whether it holds a text with a part that is not known.
    pub(in crate::code::eval) fn is_held_open(&self) -> bool {
        self.is_held().is_some_and(Value::is_holed)
    }

    /// This one, where one of the two is held and the other is what is left of this one without the part that is not known.
    pub(in crate::code::eval) fn held_over(&self, other: &Value) -> Option<Value> {
        let (own, there) = (self.is_held(), other.is_held());
        // Nothing at all is known of the one, and a condition that asks about it gives the other.
        if let (Value::Unknown(path), Some(true)) = (self, there.map(Value::is_left))
            && !path.is_empty()
        {
            let name = path.rsplit('.').next().unwrap_or(path).trim_end_matches("()");
            return Some(Value::text(hole(name)).held());
        }
        let (Value::Str(whole), Value::Str(left)) = (own.unwrap_or(self), there.unwrap_or(other)) else { return None };
        let rest = has_hole(whole) && !has_hole(left) && whole.starts_with(left.trim_end_matches('/'));
        (rest && (own.is_some() || there.is_some())).then(|| Value::Str(whole.clone()).held())
    }

    /// Whether it is a text with a part that is not known.
    pub(in crate::code::eval) fn is_holed(&self) -> bool {
        matches!(self, Value::Str(text) if has_hole(text))
    }

    /// Whether it may be what is left where such a part is not there.
    fn is_left(&self) -> bool {
        matches!(self, Value::Str(text) if matches!(&**text, "" | "/"))
    }
}

impl Machine<'_> {
    /// Whether a condition asks about what comes from outside of the repository, and about no variable of the environment: what
    /// holds where nobody sets anything is told by those, and so it is by what whoever starts the program may say.
    pub(in crate::code::eval) fn asks_outside(&mut self, test: &Expr, scope: &ScopeRef) -> bool {
        let mut asked = Vec::new();
        self.values_asked(test, scope, &mut asked, 0);
        // What a function is given, or makes of that, may be nothing as well.
        let outside = |(value, local): &(Value, bool)| match value {
            Value::Unknown(path) => !path.is_empty() || !local,
            Value::Object(it) => it.members.named(OPEN).is_some(),
            _ => false,
        };
        let said = |(value, _): &(Value, bool)| match value {
            Value::Unknown(path) => self.models.is_option(path),
            value => matches!(value, Value::Env(_)),
        };
        asked.iter().any(outside) && !asked.iter().any(said)
    }

    /// What is taken from where a key is looked for (`x[key] if key in x else ""`) as a text with a part that is not known, where
    /// nothing stands in its place.
    pub(in crate::code::eval) fn left_out(&mut self, test: &Expr, sides: [(Value, &Expr); 2]) -> [Value; 2] {
        let [(a, then), (b, otherwise)] = sides;
        let looks = matches!(test.kind, ExprKind::Binary(BinaryOp::In | BinaryOp::NotIn, _, _));
        match (a.is_unknown(), b.is_unknown()) {
            (true, false) if looks && b.is_left() => [self.shown(&a, hint_of(then)), b],
            (false, true) if looks && a.is_left() => {
                let shown = self.shown(&b, hint_of(otherwise));
                [a, shown]
            }
            _ => [a, b],
        }
    }

    /// Holds what branches bound and gave that has a part which their condition asks for.
    pub(in crate::code::eval) fn hold(
        &mut self,
        test: &Expr,
        finals: &mut [Journal],
        returns: &mut [Value],
        scope: &ScopeRef,
    ) {
        let bound = finals.iter_mut().flatten().filter_map(|(_, _, value)| value.as_mut());
        // What is given on the way out of a function may be what is left, and the rest of the function gives the whole.
        let given = returns.iter_mut().filter(|value| value.is_holed() || value.is_left());
        let holed: Vec<&mut Value> = bound.filter(|value| value.is_holed()).chain(given).collect();
        if !holed.is_empty() && self.asks_outside(test, scope) {
            for value in holed {
                *value = std::mem::replace(value, Value::Undefined).held();
            }
        }
    }

    /// Keeps that a text with a part that is not known was put somewhere in a branch.
    pub(in crate::code::eval) fn keep_written(&mut self, place: &Value, key: &Value, value: &Value) {
        if value.is_holed() && !self.journals.is_empty() && self.written.len() < MOST_WRITTEN {
            self.written.push((place.clone(), key.clone(), value.clone()));
        }
    }

    /// What branches put somewhere with a part that their condition asks for stays beside what another one put in its place.
    pub(in crate::code::eval) fn hold_written(&mut self, test: Option<&Expr>, first: usize, scope: &ScopeRef) {
        let written = self.written.get(first..).map(<[_]>::to_vec).unwrap_or_default();
        if self.journals.is_empty() {
            self.written.clear();
        }
        let mut gone: Vec<(Value, Value, Value)> = Vec::new();
        for (place, key, value) in written {
            let now = match (&place, key.key()) {
                (Value::Object(it), Some(key)) => it.members.get(&key),
                (Value::Map(it), Some(key)) => it.get(&key),
                (Value::Class(it), Some(key)) => it.members.get(&key),
                _ => None,
            };
            if let Some(now) = now.filter(|now| matches!(now, Value::Str(_)) && !now.is_holed()) {
                gone.push((place, key, Value::one_of(vec![value.held(), now.held()])));
            }
        }
        if !gone.is_empty() && test.is_some_and(|test| self.asks_outside(test, scope)) {
            for (place, key, both) in gone {
                self.write_index(&place, &key, both);
            }
        }
    }

    /// The values that a condition asks about, and whether each one is of a function's own; only what can be asked twice is looked
    /// at.
    fn values_asked(&mut self, test: &Expr, scope: &ScopeRef, asked: &mut Vec<(Value, bool)>, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match &test.kind {
            ExprKind::Unary(_, inner) | ExprKind::Await(inner) => self.values_asked(inner, scope, asked, depth + 1),
            ExprKind::Logical(_, left, right) | ExprKind::Binary(_, left, right) => {
                self.values_asked(left, scope, asked, depth + 1);
                self.values_asked(right, scope, asked, depth + 1);
            }
            ExprKind::Call(call) => {
                let before = asked.len();
                for arg in &call.args {
                    self.values_asked(&arg.value, scope, asked, depth + 1);
                }
                if let (ExprKind::Member(object, _), true) = (&call.callee.kind, asked.len() == before) {
                    self.values_asked(object, scope, asked, depth + 1);
                }
            }
            _ => {
                if let Some(root) = root_of(test) {
                    let local = root.is_none_or(|name| find_local(scope, name).is_some());
                    asked.push((self.eval(test, scope), local));
                }
            }
        }
    }
}

/// The name that an expression is, or that it leads from by names and keys that are written out; none within where that is the
/// receiver.
fn root_of(expr: &Expr) -> Option<Option<&Name>> {
    match &expr.kind {
        ExprKind::Name(name) => Some(Some(name)),
        ExprKind::This => Some(None),
        ExprKind::Member(object, _) => root_of(object),
        ExprKind::Index(object, key) if matches!(key.kind, ExprKind::Str(_) | ExprKind::Int(_)) => root_of(object),
        _ => None,
    }
}
