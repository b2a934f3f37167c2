//! The HTTP methods that a function answers which asks its request for the method: those for which it comes to an answer, and
//! not to a refusal.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::super::machine::Machine;
use super::super::scope::find_local;
use super::super::value::{Closure, Value};
use crate::code::form::{
    Arg, BinaryOp, Block, Call, Entry, Expr, ExprKind, Function, LogicalOp, Name, ParamKind, Pattern, PatternField,
    Spread, Stmt, StmtKind, UnaryOp,
};
use crate::domain::method;

/// What a refusal says where something may stand behind it.
const REFUSALS: &[i64] = &[400, 401, 403, 404, 405, 501];
/// What is said last and is no answer: mistakes of who asks and of who is asked.
const MISTAKES: std::ops::RangeInclusive<i64> = 400..=599;
/// The same by a name.
const REFUSED: &[&str] = &["METHOD_NOT_ALLOWED", "MethodNotAllowed", "NOT_IMPLEMENTED"];
/// What Go calls statuses that refuse, before which a package says `Status`.
const REFUSED_BY_GO: &[&str] = &["MethodNotAllowed", "NotImplemented", "NotFound", "BadRequest"];
/// How deep blocks and conditions are followed.
const DEPTH: usize = 24;
/// Functions that hand their request on to the next.
const MOST_HANDED: usize = 6;

/// Some methods, or all but some.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Methods {
    named: BTreeSet<String>,
    others: bool,
}

impl Methods {
    fn all() -> Self {
        Self { named: BTreeSet::new(), others: true }
    }

    fn none() -> Self {
        Self { named: BTreeSet::new(), others: false }
    }

    fn of(name: &str) -> Self {
        Self { named: [name.to_uppercase()].into(), others: false }
    }

    fn is_none(&self) -> bool {
        !self.others && self.named.is_empty()
    }

    fn not(&self) -> Self {
        Self { named: self.named.clone(), others: !self.others }
    }

    fn and(&self, other: &Self) -> Self {
        let named = match (self.others, other.others) {
            (false, false) => self.named.intersection(&other.named).cloned().collect(),
            (false, true) => self.named.difference(&other.named).cloned().collect(),
            (true, false) => other.named.difference(&self.named).cloned().collect(),
            (true, true) => self.named.union(&other.named).cloned().collect(),
        };
        Self { named, others: self.others && other.others }
    }

    fn or(&self, other: &Self) -> Self {
        self.not().and(&other.not()).not()
    }
}

impl Machine<'_> {
    /// The methods that a function answers, and what it hands its request on to; none where it does not tell them apart.
    pub(in crate::code::eval) fn guarded_methods(&mut self, closure: &Rc<Closure>) -> Vec<String> {
        let Methods { named, others } = self.guarded(closure, MOST_HANDED);
        if others { Vec::new() } else { named.into_iter().collect() }
    }

    /// The methods that a handler of Go's answers which it gets all of; none where it does not tell them apart.
    pub(in crate::code::eval) fn go_let_through(&mut self, handler: &Value) -> Vec<String> {
        let last = match handler {
            Value::List(list) => list.items.borrow().last().cloned(),
            Value::Alt(_) => None,
            other => Some(other.clone()),
        };
        let Some((closure, _)) = last.and_then(|handler| self.own_handler(&handler)) else { return Vec::new() };
        let mut methods = self.guarded_methods(&closure);
        // What browsers ask before is answered besides.
        if methods.len() > 1 {
            methods.retain(|name| name != "OPTIONS");
        }
        methods
    }

    /// Whether a function answers some method with something else than a refusal.
    pub(in crate::code::eval) fn answers_at_all(&mut self, closure: &Rc<Closure>) -> bool {
        !self.told_methods(closure, MOST_HANDED).0.is_none()
    }

    fn guarded(&mut self, closure: &Rc<Closure>, depth: usize) -> Methods {
        let (answers, asked) = self.told_methods(closure, depth);
        if asked { answers } else { Methods::all() }
    }

    /// The methods that a function answers, and whether it asks for the method.
    fn told_methods(&mut self, closure: &Rc<Closure>, depth: usize) -> (Methods, bool) {
        let Some(depth) = depth.checked_sub(1) else { return (Methods::all(), false) };
        let function: Arc<Function> = closure.function.clone();
        let returned = self.is_python(closure.scope.module).then(|| Returned::of(&function));
        let go = self.is_go(closure.scope.module);
        let (names, answers) = (Vec::new(), Methods::none());
        let mut reader =
            Reader { machine: self, closure, depth, asked: false, names, answers, wrapped: None, returned, go };
        if let Some(left) = reader.block(&function.body, Methods::all(), DEPTH) {
            reader.answers = reader.answers.or(&left);
        }
        // What a decorator answers itself is for whoever may not ask, whatever the method.
        if let Some(wrapped) = reader.wrapped.take() {
            reader.answers = wrapped;
        }
        (reader.answers, reader.asked)
    }
}

/// What tells the request where answers are what functions return (Python): the parameters that carry it.
struct Returned {
    request: Option<Name>,
    rest: Option<Name>,
}

impl Returned {
    fn of(function: &Function) -> Self {
        let named = |kind: ParamKind| {
            let param = function.params.iter().find(|param| param.kind == kind);
            match param.map(|param| &param.target) {
                Some(Pattern::Name(name, _)) => Some(name.clone()),
                _ => None,
            }
        };
        Self { request: named(ParamKind::Plain), rest: named(ParamKind::Rest) }
    }

    fn is_request(&self, expr: &Expr) -> bool {
        matches!(&expr.kind, ExprKind::Name(name) if self.request.as_ref() == Some(name))
    }
}

struct Reader<'a, 'm> {
    machine: &'a mut Machine<'m>,
    closure: &'a Rc<Closure>,
    /// How many functions more the request may be handed on to.
    depth: usize,
    /// A condition asked for the method.
    asked: bool,
    /// Names that the method is bound to.
    names: Vec<Name>,
    answers: Methods,
    /// The methods that what a decorator was put around answers, where this is what the decorator made.
    wrapped: Option<Methods>,
    /// Set where a request is answered by what is returned, and not by what is called.
    returned: Option<Returned>,
    /// Set where what is returned without a word may have been answered by any call, and an arm does not fall to the next (Go).
    go: bool,
}

impl Reader<'_, '_> {
    /// Reads a block that some methods come to; gives those that go on behind it.
    fn block(&mut self, body: &Block, come: Methods, depth: usize) -> Option<Methods> {
        let mut come = come;
        let (mut refuses, mut speaks) = (false, false);
        for stmt in body.iter() {
            if come.is_none() {
                return None;
            }
            let depth = depth.checked_sub(1)?;
            speaks |= self::speaks(stmt);
            come = match &stmt.kind {
                StmtKind::If { test, then, otherwise } => {
                    let (yes, no) = self.test(test, depth);
                    let then = self.block(then, come.and(&yes), depth);
                    let otherwise = self.block(otherwise, come.and(&no), depth);
                    then.unwrap_or_else(Methods::none).or(&otherwise.unwrap_or_else(Methods::none))
                }
                StmtKind::Switch { subject: Some(subject), arms } if self.is_method(subject) => {
                    self.asked = true;
                    let (mut left, mut rest, mut held) = (Methods::none(), come.clone(), Methods::none());
                    for arm in arms {
                        let of_arm = match &arm.values[..] {
                            [] => rest.clone(),
                            values => values.iter().map(named).fold(Methods::none(), |all, one| all.or(&one)),
                        };
                        rest = rest.and(&of_arm.not());
                        held = held.or(&of_arm.and(&come));
                        if !arm.body.is_empty() || self.go {
                            let gone = self.block(&arm.body, std::mem::replace(&mut held, Methods::none()), depth);
                            left = left.or(&gone.unwrap_or_else(Methods::none));
                        }
                    }
                    left.or(&rest)
                }
                StmtKind::Try { body, handlers, .. } if self.returned.is_some() => {
                    let ended = handlers.iter().map(|handler| self.block(handler, come.clone(), depth));
                    let ended: Vec<_> = ended.collect();
                    let handled = ended.into_iter().flatten().fold(Methods::none(), |all, one| all.or(&one));
                    self.block(body, come, depth).unwrap_or_else(Methods::none).or(&handled)
                }
                StmtKind::Try { body, .. } | StmtKind::Block(body) | StmtKind::With { body, .. } => {
                    self.block(body, come, depth)?
                }
                StmtKind::Return(value) => {
                    // Who leaves without a word left the answer to what was asked before.
                    let silent = value.is_none() && !speaks && !self.go;
                    if !refuses && !silent && !value.as_ref().is_some_and(|value| self.is_refusal(value)) {
                        let answered = value.as_ref().map_or(come.clone(), |value| self.hand_on(value, &come));
                        match value.as_ref().is_some_and(|value| self.is_wrapped(value)) {
                            true => {
                                self.wrapped = Some(self.wrapped.take().unwrap_or_else(Methods::none).or(&answered))
                            }
                            false => self.answers = self.answers.or(&answered),
                        }
                    }
                    return None;
                }
                StmtKind::Throw => return None,
                StmtKind::Break => return (!refuses).then_some(come),
                StmtKind::Expr(value)
                    if self.returned.is_none() && matches!(value.kind, ExprKind::Await(_) | ExprKind::Call(_)) =>
                {
                    refuses |= says_no(stmt) || (self.go && is_go_refusal(value));
                    self.hand_on(value, &come)
                }
                // What is returned within is an answer; it may run for nothing.
                StmtKind::Each { body, .. } | StmtKind::Loop { body, .. } if self.returned.is_some() => {
                    self.block(body, come.clone(), depth);
                    come
                }
                StmtKind::Each { .. } | StmtKind::Loop { .. } | StmtKind::Switch { .. } if self.go => {
                    self.answers = self.answers.or(&come);
                    come
                }
                _ => {
                    self.note(stmt);
                    refuses |= self.returned.is_none() && says_no(stmt);
                    come
                }
            };
        }
        (!refuses && !come.is_none()).then_some(come)
    }

    /// The methods of those that come which are answered where the request is handed on.
    fn hand_on(&mut self, value: &Expr, come: &Methods) -> Methods {
        let call = match &value.kind {
            ExprKind::Call(call) => call,
            ExprKind::Await(inner) => return self.hand_on(inner, come),
            _ => return come.clone(),
        };
        if !call.args.iter().any(|arg| self.carries(arg)) {
            return come.clone();
        }
        let answered = self.answered_by(call);
        self.asked |= !answered.others;
        come.and(&answered)
    }

    /// The methods that what a call hands the request on to answers.
    fn answered_by(&mut self, call: &Call) -> Methods {
        if !matches!(call.callee.kind, ExprKind::Name(_) | ExprKind::Call(_)) {
            return Methods::all();
        }
        let callee = self.machine.eval(&call.callee, &self.closure.scope.clone());
        match self.machine.force(callee) {
            Value::Function(next) if !Rc::ptr_eq(&next, self.closure) => self.machine.guarded(&next, self.depth),
            _ => Methods::all(),
        }
    }

    /// Whether a call hands the request on to what a function around this one was given (Python): `return view(request)`.
    fn is_wrapped(&self, value: &Expr) -> bool {
        let ExprKind::Call(call) = &value.kind else { return false };
        let ExprKind::Name(callee) = &call.callee.kind else { return false };
        self.returned.is_some()
            && call.args.iter().any(|arg| self.carries(arg))
            && find_local(&self.closure.scope, callee).is_some()
    }

    /// Whether an argument is the request, or what answers it.
    fn carries(&self, arg: &Arg) -> bool {
        let ExprKind::Name(name) = &arg.value.kind else { return false };
        match &self.returned {
            Some(returned) if arg.spread == Spread::List => returned.rest.as_ref() == Some(name),
            Some(returned) => returned.request.as_ref() == Some(name),
            None => is_request(&arg.value),
        }
    }

    /// Whether what is returned says no: by a status, or by a library's name for that.
    fn is_refusal(&mut self, value: &Expr) -> bool {
        if refused(value, &|status| MISTAKES.contains(&status), DEPTH) || (self.go && is_go_refusal(value)) {
            return true;
        }
        let ExprKind::Call(call) = &value.kind else { return false };
        if self.returned.is_none() || !matches!(call.callee.kind, ExprKind::Name(_) | ExprKind::Member(..)) {
            return false;
        }
        let callee = self.machine.eval(&call.callee, &self.closure.scope.clone());
        match self.machine.force(callee) {
            Value::Unknown(path) => self.machine.models.refusing.contains(&*path),
            _ => false,
        }
    }

    /// Names that the method is bound to.
    fn note(&mut self, stmt: &Stmt) {
        let StmtKind::Bind { target, value: Some(value), .. } = &stmt.kind else { return };
        match target {
            Pattern::Name(name, _) if self.is_method(value) => self.names.push(name.clone()),
            Pattern::Map(fields) => {
                for field in fields {
                    if let PatternField::Key { key, target: Pattern::Name(name, _), .. } = field
                        && matches!(&key.kind, ExprKind::Str(key) if &**key == "method")
                    {
                        self.names.push(name.clone());
                    }
                }
            }
            _ => {}
        }
    }

    /// The methods for which a condition may hold, and those for which it may not.
    fn test(&mut self, test: &Expr, depth: usize) -> (Methods, Methods) {
        let open = (Methods::all(), Methods::all());
        let Some(depth) = depth.checked_sub(1) else { return open };
        let sure = |is: Methods| (is.clone(), is.not());
        match &test.kind {
            ExprKind::Binary(op @ (BinaryOp::Eq | BinaryOp::Ne), a, b) => {
                let text = match (self.is_method(a), self.is_method(b)) {
                    (true, _) => b,
                    (_, true) => a,
                    _ => return open,
                };
                let is = named(text);
                if is.others {
                    return open;
                }
                self.asked = true;
                sure(if *op == BinaryOp::Eq { is } else { is.not() })
            }
            ExprKind::Binary(op @ (BinaryOp::In | BinaryOp::NotIn), given, list) if self.is_method(given) => {
                let Some(is) = listed(list) else { return open };
                self.asked = true;
                sure(if *op == BinaryOp::In { is } else { is.not() })
            }
            ExprKind::Logical(op, a, b) => {
                let (a, b) = (self.test(a, depth), self.test(b, depth));
                match op {
                    LogicalOp::And => (a.0.and(&b.0), a.1.or(&b.1)),
                    LogicalOp::Or | LogicalOp::Coalesce => (a.0.or(&b.0), a.1.and(&b.1)),
                }
            }
            ExprKind::Unary(UnaryOp::Not, inner) => {
                let (yes, no) = self.test(inner, depth);
                (no, yes)
            }
            ExprKind::Call(call) => {
                let (ExprKind::Member(list, name), [given]) = (&call.callee.kind, &call.args[..]) else { return open };
                let Some(all) = listed(list) else { return open };
                if &**name != "includes" || !self.is_method(&given.value) {
                    return open;
                }
                self.asked = true;
                sure(all)
            }
            _ => open,
        }
    }

    /// Whether an expression is the method of a request.
    fn is_method(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Member(of, name) if self.go => &**name == "Method" && self.is_go_request(of),
            ExprKind::Member(of, name) => {
                &**name == "method" && self.returned.as_ref().is_none_or(|returned| returned.is_request(of))
            }
            ExprKind::Name(name) => self.names.contains(name),
            ExprKind::Unary(_, inner) | ExprKind::Cast(inner, _) => self.is_method(inner),
            ExprKind::Call(call) => match &call.callee.kind {
                ExprKind::Member(of, name) if self.go => {
                    &**name == "Method" && call.args.is_empty() && self.is_go_request(of)
                }
                ExprKind::Member(inner, name) => {
                    matches!(&**name, "toUpperCase" | "upper" | "lower") && self.is_method(inner)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an expression is a parameter of the function, or the request of one: `r`, `c.Request`, `c.Request()`.
    fn is_go_request(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => {
                let mut params = self.closure.function.params.iter();
                params.any(|param| matches!(&param.target, Pattern::Name(own, _) if own == name))
            }
            ExprKind::Member(of, name) => &**name == "Request" && self.is_go_request(of),
            ExprKind::Call(call) => self.is_go_request(&call.callee),
            _ => false,
        }
    }
}

/// Whether a call of Go's refuses a request: by a status, or as it is called.
fn is_go_refusal(value: &Expr) -> bool {
    let ExprKind::Call(call) = &value.kind else { return false };
    let status = |arg: &Arg| match &arg.value.kind {
        ExprKind::Member(_, name) => name.strip_prefix("Status").is_some_and(|name| REFUSED_BY_GO.contains(&name)),
        _ => false,
    };
    let called = match &call.callee.kind {
        ExprKind::Name(name) | ExprKind::Member(_, name) => {
            &**name == "NotFound" || name.to_lowercase().contains("methodnotallowed")
        }
        _ => false,
    };
    called || call.args.iter().any(status)
}

/// Whether an expression is called like a request or what answers one.
fn is_request(expr: &Expr) -> bool {
    let ExprKind::Name(name) = &expr.kind else { return false };
    let name = name.to_lowercase();
    matches!(&*name, "event" | "ctx" | "context")
        || name.ends_with("req")
        || name.ends_with("request")
        || is_response(expr)
}

/// Whether an expression is called like what answers a request.
fn is_response(expr: &Expr) -> bool {
    let ExprKind::Name(name) = &expr.kind else { return false };
    let name = name.to_lowercase();
    name.ends_with("res") || name.ends_with("response") || name.ends_with("reply")
}

/// Whether a statement says something to who asks: `res.end()`, `send(res, …)`.
fn speaks(stmt: &Stmt) -> bool {
    let StmtKind::Expr(value) = &stmt.kind else { return false };
    let mut at = value;
    loop {
        at = match &at.kind {
            ExprKind::Await(inner) | ExprKind::Member(inner, _) => inner,
            ExprKind::Call(call) => {
                if call.args.iter().any(|arg| is_response(&arg.value)) {
                    return true;
                }
                &call.callee
            }
            _ => return is_response(at),
        };
    }
}

/// The method that is written; any where it is not.
fn named(expr: &Expr) -> Methods {
    match &expr.kind {
        ExprKind::Str(name) if method::is_any_method(&name.to_uppercase()) => Methods::of(name),
        // `http.MethodPost`
        ExprKind::Member(_, name) => match name.strip_prefix("Method") {
            Some(name) if method::is_any_method(&name.to_uppercase()) => Methods::of(name),
            _ => Methods::all(),
        },
        _ => Methods::all(),
    }
}

/// The methods that are written in a list.
fn listed(list: &Expr) -> Option<Methods> {
    let (ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items)) = &list.kind else { return None };
    let all = items.iter().map(|item| named(&item.value)).fold(Methods::none(), |all, one| all.or(&one));
    (!all.others).then_some(all)
}

/// Whether a statement says that the request is refused.
fn says_no(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Expr(value) | StmtKind::Assign { value, .. } => {
            refused(value, &|status| REFUSALS.contains(&status), DEPTH)
        }
        _ => false,
    }
}

fn refused(expr: &Expr, says: &dyn Fn(i64) -> bool, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match &expr.kind {
        ExprKind::Int(status) => says(*status),
        ExprKind::Member(inner, name) => says_by_name(name, says) || refused(inner, says, depth),
        ExprKind::Await(inner) => refused(inner, says, depth),
        ExprKind::Assign(_, _, value) => refused(value, says, depth),
        ExprKind::Call(call) => {
            let status = call.args.iter().any(|arg| match &arg.value.kind {
                ExprKind::Int(status) => says(*status),
                ExprKind::Member(_, name) | ExprKind::Name(name) => says_by_name(name, says),
                // `new Response(null, { status: 405 })`.
                ExprKind::Map(entries) => entries.iter().any(|entry| match entry {
                    Entry::Pair(Expr { kind: ExprKind::Str(key), .. }, Expr { kind: ExprKind::Int(status), .. }) => {
                        matches!(&**key, "status" | "statusCode") && says(*status)
                    }
                    _ => false,
                }),
                _ => false,
            });
            status || refused(&call.callee, says, depth)
        }
        _ => false,
    }
}

/// Whether a name says a status: `METHOD_NOT_ALLOWED`, `HTTP_405_METHOD_NOT_ALLOWED`.
fn says_by_name(name: &str, says: &dyn Fn(i64) -> bool) -> bool {
    let status = name.strip_prefix("HTTP_").and_then(|rest| rest.split('_').next()?.parse().ok());
    REFUSED.contains(&name) || status.is_some_and(says)
}
