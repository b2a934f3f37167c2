//! Services that tell requests apart by a `match` of their own: `match (req.method(), req.uri().path()) { … }`. The arms that
//! name a path are routes; what else a service does to tell paths apart is told.

use std::rc::Rc;
use std::sync::Arc;

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Methods};
use super::super::value::{Args, Closure, Spot, Value};
use crate::code::form::{Arm, Block, Expr, ExprKind, Extension, Stmt, StmtKind};
use crate::domain::method::is_any_method;

/// The object that such routes stand on.
const OBJECT: &str = "hyper.service.paths";
/// How deeply functions are looked into that a service hands its request on to.
const MOST_CALLS: usize = 4;
/// How deeply code is looked into.
const DEEPEST: usize = 24;
/// What names a service of remote calls.
pub(crate) const SERVICE: &str = "NAME";
/// Members that hand a request on to another service.
const HANDS_ON: &[&str] = &["call", "oneshot", "route", "handle_request", "poll_ready"];

/// What stands in a piece of code.
#[derive(Default)]
struct Seen<'a> {
    /// The arms of each `match`.
    matches: Vec<&'a [Arm]>,
    /// What is called by its name.
    calls: Vec<&'a Expr>,
    /// A request is handed on to another service.
    hands_on: bool,
}

impl Machine<'_> {
    /// A function answers every request of a server.
    pub(crate) fn dispatched(&mut self, closure: &Rc<Closure>) {
        let mut looked = Vec::new();
        if !self.dispatched_within(closure, &mut looked) {
            let spot = Spot { module: closure.scope.module, line: closure.function.pos.line };
            self.note(spot, "which paths this tells apart itself is not read");
        }
    }

    /// Keeps the function of a service that the project writes itself.
    pub(crate) fn note_service(&mut self, extension: &Extension, made: &Value) {
        let service =
            extension.implements.as_ref().filter(|ty| ty.path.last().is_some_and(|name| &**name == "Service"));
        if let (Some(ty), Value::Function(closure)) = (service, made)
            && ty.text.contains("Request")
            && closure.function.name.as_ref().is_some_and(|name| &**name == "call")
        {
            self.rust.services.push(closure.clone());
        }
    }

    /// Registers what services of the project's own tell apart; one that hands requests on answers none itself.
    pub(crate) fn read_services(&mut self) {
        for closure in std::mem::take(&mut self.rust.services) {
            let home = closure.home.borrow().clone();
            // Generated code names the service whose calls it answers.
            if home.is_some_and(|class| class.members.named(SERVICE).is_some()) {
                continue;
            }
            self.dispatched_within(&closure, &mut Vec::new());
        }
    }

    /// Registers what a function's own `match` tells apart, or one that it calls; whether there was any.
    fn dispatched_within(&mut self, closure: &Rc<Closure>, looked: &mut Vec<usize>) -> bool {
        let address = Arc::as_ptr(&closure.function).addr();
        if looked.contains(&address) || looked.len() > MOST_CALLS * MOST_CALLS {
            return false;
        }
        looked.push(address);
        let function = closure.function.clone();
        let mut seen = Seen::default();
        seen.block(&function.body, 0);
        let mut found = false;
        for arms in &seen.matches {
            found |= self.dispatch_arms(arms, closure);
        }
        if found || seen.hands_on {
            return true;
        }
        for callee in seen.calls {
            let callee = self.eval(callee, &closure.scope);
            if let Value::Function(inner) = self.force(callee)
                && looked.len() <= MOST_CALLS * MOST_CALLS
            {
                found |= self.dispatched_within(&inner, looked);
            }
        }
        found
    }

    fn dispatch_arms(&mut self, arms: &[Arm], closure: &Rc<Closure>) -> bool {
        let all = |arm: &Arm| arm.values.iter().filter_map(told_by).collect::<Vec<_>>();
        let with_paths = arms.iter().any(|arm| all(arm).iter().any(|told| told.path.is_some()));
        if !with_paths {
            return false;
        }
        let object =
            self.construct_path(&OBJECT.into(), Args::default(), Spot { module: closure.scope.module, line: 1 });
        let Value::Object(object) = object else { return false };
        let Some(node) = object.model.borrow().as_ref().map(|it| it.node) else { return false };
        self.forest.nodes[node].conditional = false;
        for arm in arms {
            for value in &arm.values {
                let spot = Spot { module: closure.scope.module, line: value.pos.line };
                let Some(Told { methods, path: Some(path) }) = told_by(value) else {
                    if told_by(value).is_none_or(|told| told.methods.is_empty()) {
                        self.note(spot, "which paths this tells apart itself is not read");
                    }
                    continue;
                };
                let methods = if methods.is_empty() { methods_within(&arm.body) } else { methods };
                let methods = if methods.is_empty() { vec!["ANY".to_owned()] } else { methods };
                self.effects += 1;
                self.forest.nodes[node].entries.push(Entry::Route {
                    path: Value::text(path),
                    methods: Methods::Fixed(methods),
                    handler: Value::Undefined,
                    spot,
                    chain: Vec::new(),
                    conditional: false,
                    paths: None,
                    library: None,
                });
            }
        }
        true
    }
}

/// What a pattern says of a request.
struct Told {
    methods: Vec<String>,
    path: Option<String>,
}

/// What a pattern tells of a request: `"/x"`, `(&Method::GET, "/x")`, `(Method::GET, ["users", id])`.
fn told_by(value: &Expr) -> Option<Told> {
    match &value.kind {
        ExprKind::Str(text) if text.starts_with('/') => {
            Some(Told { methods: Vec::new(), path: Some(text.to_string()) })
        }
        ExprKind::Unknown(parts) if parts.len() > 1 => {
            let mut told = Told { methods: parts.iter().flat_map(methods_of).collect(), path: None };
            for part in parts {
                match &part.kind {
                    ExprKind::Str(text) if text.starts_with('/') => told.path = Some(text.to_string()),
                    ExprKind::List(items) if !told.methods.is_empty() => {
                        told.path = Some(path_of(items.iter().map(|item| &item.value)));
                    }
                    _ => {}
                }
            }
            (told.path.is_some() || !told.methods.is_empty()).then_some(told)
        }
        _ => None,
    }
}

/// The path whose segments a pattern of a slice names.
fn path_of<'a>(segments: impl Iterator<Item = &'a Expr>) -> String {
    let mut path = String::new();
    for segment in segments {
        match &segment.kind {
            ExprKind::Str(text) if text.is_empty() => {}
            ExprKind::Str(text) => path.extend(["/", text]),
            ExprKind::Name(rest) if &**rest == ".." => path.push_str("/{*rest}"),
            _ => path.push_str("/{param}"),
        }
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

/// The methods that a part of a pattern names.
fn methods_of(part: &Expr) -> Vec<String> {
    let name = match &part.kind {
        ExprKind::Path(path) => path.last().map(ToString::to_string),
        ExprKind::Name(name) | ExprKind::Str(name) => Some(name.to_string()),
        ExprKind::Sequence(parts) => return parts.iter().flat_map(methods_of).collect(),
        _ => None,
    };
    name.map(|name| name.to_uppercase()).filter(|name| is_any_method(name)).into_iter().collect()
}

/// The methods that an arm tells apart further.
fn methods_within(body: &Block) -> Vec<String> {
    let mut seen = Seen::default();
    seen.block(body, 0);
    let values = seen.matches.iter().flat_map(|arms| arms.iter()).flat_map(|arm| &arm.values);
    let mut all: Vec<String> = values.flat_map(methods_of).collect();
    all.dedup();
    all
}

impl<'a> Seen<'a> {
    fn block(&mut self, body: &'a Block, depth: usize) {
        if depth <= DEEPEST {
            body.iter().for_each(|stmt| self.stmt(stmt, depth + 1));
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt, depth: usize) {
        match &stmt.kind {
            StmtKind::Expr(value) | StmtKind::Return(Some(value)) | StmtKind::Leave(Some(value)) => {
                self.expr(value, depth);
            }
            StmtKind::Bind { value: Some(value), .. } | StmtKind::Assign { value, .. } => self.expr(value, depth),
            StmtKind::If { test, then, otherwise } => {
                self.expr(test, depth);
                self.block(then, depth);
                self.block(otherwise, depth);
            }
            StmtKind::Switch { subject, arms } => self.arms(subject.as_ref(), arms, depth),
            StmtKind::Each { body, .. } | StmtKind::Loop { body, .. } | StmtKind::Block(body) => {
                self.block(body, depth);
            }
            _ => {}
        }
    }

    fn arms(&mut self, subject: Option<&'a Expr>, arms: &'a [Arm], depth: usize) {
        self.matches.push(arms);
        if let Some(subject) = subject {
            self.expr(subject, depth);
        }
        arms.iter().for_each(|arm| self.block(&arm.body, depth));
    }

    fn expr(&mut self, value: &'a Expr, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match &value.kind {
            ExprKind::Call(call) => {
                match &call.callee.kind {
                    ExprKind::Name(_) | ExprKind::Path(_) => self.calls.push(&call.callee),
                    ExprKind::Member(object, name) => {
                        self.hands_on |= HANDS_ON.contains(&&**name);
                        self.expr(object, depth + 1);
                    }
                    _ => self.expr(&call.callee, depth + 1),
                }
                call.args.iter().for_each(|arg| self.expr(&arg.value, depth + 1));
            }
            ExprKind::Switch(subject, arms) => self.arms(subject.as_deref(), arms, depth + 1),
            ExprKind::Function(function) => self.block(&function.body, depth + 1),
            ExprKind::Block(body) => self.block(body, depth + 1),
            ExprKind::Unary(_, inner)
            | ExprKind::Await(inner)
            | ExprKind::Member(inner, _)
            | ExprKind::Composite(_, inner)
            | ExprKind::Cast(inner, _) => self.expr(inner, depth + 1),
            ExprKind::Conditional(test, then, otherwise) => {
                [test, then, otherwise].into_iter().for_each(|one| self.expr(one, depth + 1));
            }
            _ => {}
        }
    }
}
