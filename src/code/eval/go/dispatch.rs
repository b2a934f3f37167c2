//! Paths that a handler of Go tells apart by itself: `switch r.URL.Path { case "/users": … }`, `if path == "/users"`.

use std::rc::Rc;

use super::super::forest::{Entry, Methods};
use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Closure, Spot, Value};
use crate::code::form::{BinaryOp, Block, Expr, ExprKind, LogicalOp, Name, Pattern, Stmt, StmtKind};

/// How deeply code is looked into.
const DEEPEST: usize = 12;
/// The most paths of one handler.
const MOST: usize = 500;

/// What a condition says of a request.
#[derive(Default, Clone)]
struct Asked {
    paths: Vec<String>,
    methods: Vec<String>,
}

/// What a handler tells apart.
struct Dispatch {
    scope: ScopeRef,
    /// What the request's path is called there.
    names: Vec<Name>,
    found: Vec<(Asked, u32)>,
}

impl Machine<'_> {
    /// Registers the paths that a handler tells apart itself on a router; how many there are.
    pub(super) fn dispatch_by_hand(&mut self, node: usize, closure: &Rc<Closure>) -> usize {
        let mut dispatch = Dispatch { scope: closure.scope.clone(), names: Vec::new(), found: Vec::new() };
        let function = closure.function.clone();
        self.told_in(&function.body, &mut dispatch, 0);
        let mut count = 0;
        for (asked, line) in dispatch.found.into_iter().take(MOST) {
            let methods = if asked.methods.is_empty() { vec!["ANY".to_owned()] } else { asked.methods };
            for path in asked.paths {
                count += 1;
                self.effects += 1;
                self.forest.nodes[node].entries.push(Entry::Route {
                    path: Value::text(path),
                    methods: Methods::Fixed(methods.clone()),
                    handler: Value::Undefined,
                    spot: Spot { module: closure.scope.module, line },
                    chain: Vec::new(),
                    conditional: false,
                    paths: None,
                    library: None,
                });
            }
        }
        count
    }

    fn told_in(&mut self, body: &Block, out: &mut Dispatch, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        for Stmt { kind, .. } in body {
            match kind {
                StmtKind::Bind { target: Pattern::Name(name, _), value: Some(value), .. }
                    if is_path(value, &out.names) =>
                {
                    out.names.push(name.clone());
                }
                StmtKind::If { test, then, otherwise } => {
                    self.told_by(test, then, out, depth);
                    self.told_in(otherwise, out, depth + 1);
                }
                StmtKind::Switch { subject: Some(subject), arms } if is_path(subject, &out.names) => {
                    for arm in arms {
                        let paths = arm.values.iter().filter_map(|value| self.path_said(value, &out.scope.clone()));
                        let paths: Vec<String> = paths.collect();
                        let line = arm.values.first().map_or(0, |value| value.pos.line);
                        if !paths.is_empty() {
                            let methods = self.methods_in_body(&arm.body, &out.scope.clone());
                            out.found.push((Asked { paths, methods }, line));
                        }
                    }
                }
                StmtKind::Switch { subject: None, arms } => {
                    for arm in arms {
                        for value in &arm.values {
                            self.told_by(value, &arm.body, out, depth);
                        }
                    }
                }
                StmtKind::Block(body) | StmtKind::Each { body, .. } | StmtKind::Loop { body, .. } => {
                    self.told_in(body, out, depth + 1);
                }
                _ => {}
            }
        }
    }

    /// A condition, and what is done where it holds.
    fn told_by(&mut self, test: &Expr, then: &Block, out: &mut Dispatch, depth: usize) {
        let mut asked = self.asked_of_request(test, out, 0);
        if asked.paths.is_empty() {
            return self.told_in(then, out, depth + 1);
        }
        if asked.methods.is_empty() {
            asked.methods = self.methods_in_body(then, &out.scope.clone());
        }
        out.found.push((asked, test.pos.line));
    }

    fn asked_of_request(&mut self, test: &Expr, out: &Dispatch, depth: usize) -> Asked {
        let mut asked = Asked::default();
        match &test.kind {
            ExprKind::Logical(op, left, right) if depth < DEEPEST => {
                let left = self.asked_of_request(left, out, depth + 1);
                let right = self.asked_of_request(right, out, depth + 1);
                // One that asks for something else, too, answers there all the same.
                let both = matches!(op, LogicalOp::And) || (!left.paths.is_empty() && !right.paths.is_empty());
                if both || (left.paths.is_empty() && right.paths.is_empty()) {
                    asked.paths.extend(left.paths.into_iter().chain(right.paths));
                    asked.methods.extend(left.methods.into_iter().chain(right.methods));
                }
            }
            ExprKind::Binary(BinaryOp::Eq, left, right) => {
                for (it, other) in [(left, right), (right, left)] {
                    if is_path(it, &out.names) {
                        asked.paths.extend(self.path_said(other, &out.scope.clone()));
                    } else if is_method(it) {
                        asked.methods.extend(self.method_said(other, &out.scope.clone()));
                    }
                }
            }
            ExprKind::Call(call) => {
                if let (ExprKind::Member(_, name), [first, second]) = (&call.callee.kind, call.args.as_slice())
                    && &**name == "HasPrefix"
                    && is_path(&first.value, &out.names)
                    && let Some(path) = self.path_said(&second.value, &out.scope.clone())
                {
                    asked.paths.push(format!("{}/{{path...}}", path.trim_end_matches('/')));
                }
            }
            _ => {}
        }
        asked
    }

    /// The methods that code asks for: those that it goes on with, or without which it refuses.
    fn methods_in_body(&mut self, body: &Block, scope: &ScopeRef) -> Vec<String> {
        let mut all = Vec::new();
        for Stmt { kind, .. } in body {
            match kind {
                StmtKind::If { test, .. } => {
                    if let ExprKind::Binary(BinaryOp::Eq | BinaryOp::Ne, left, right) = &test.kind {
                        for (it, other) in [(left, right), (right, left)] {
                            if is_method(it) {
                                all.extend(self.method_said(other, scope));
                            }
                        }
                    }
                }
                StmtKind::Switch { subject: Some(subject), arms } if is_method(subject) => {
                    for value in arms.iter().flat_map(|arm| &arm.values) {
                        all.extend(self.method_said(value, scope));
                    }
                }
                _ => {}
            }
        }
        all
    }

    fn path_said(&mut self, value: &Expr, scope: &ScopeRef) -> Option<String> {
        let text = self.text_said(value, scope)?;
        text.starts_with('/').then_some(text)
    }

    fn method_said(&mut self, value: &Expr, scope: &ScopeRef) -> Option<String> {
        let text = self.text_said(value, scope)?;
        (!text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase())).then_some(text)
    }

    /// The text that a literal or the name of a constant is.
    fn text_said(&mut self, value: &Expr, scope: &ScopeRef) -> Option<String> {
        let plain =
            matches!(value.kind, ExprKind::Str(_) | ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Binary(..));
        let value = plain.then(|| self.eval(value, scope))?;
        self.force(value).as_whole_text().map(|text| text.to_string())
    }
}

/// Whether it is the path of a request: `r.URL.Path`, `string(ctx.Path())`, or a name for it.
fn is_path(value: &Expr, names: &[Name]) -> bool {
    match &value.kind {
        ExprKind::Name(name) => names.contains(name),
        ExprKind::Member(object, name) => {
            &**name == "Path" && matches!(&object.kind, ExprKind::Member(_, url) if &**url == "URL")
        }
        ExprKind::Call(call) => match (&call.callee.kind, call.args.as_slice()) {
            (ExprKind::Member(_, name), []) => matches!(&**name, "Path" | "EscapedPath"),
            (ExprKind::Name(name), [inner]) => &**name == "string" && is_path(&inner.value, names),
            (ExprKind::Member(_, name), [first, ..]) => {
                matches!(&**name, "TrimSuffix" | "TrimRight" | "Clean" | "ToLower") && is_path(&first.value, names)
            }
            _ => false,
        },
        ExprKind::Cast(inner, _) => is_path(inner, names),
        _ => false,
    }
}

/// Whether it is the method of a request.
fn is_method(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Member(_, name) => matches!(&**name, "Method" | "HTTPMethod"),
        ExprKind::Call(call) => match (&call.callee.kind, call.args.as_slice()) {
            (ExprKind::Member(_, name), []) => &**name == "Method",
            (ExprKind::Name(name), [inner]) => &**name == "string" && is_method(&inner.value),
            _ => false,
        },
        ExprKind::Cast(inner, _) => is_method(inner),
        _ => false,
    }
}
