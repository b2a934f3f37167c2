//! Handlers that answer every request of a server by themselves: what paths they tell apart is not read, which is told.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Methods};
use super::super::value::{Closure, Spot, Value};
use super::request::Request;
use crate::code::form::{BinaryOp, Block, Expr, ExprKind, Function, Language, LogicalOp, Name, Stmt, StmtKind};
use crate::code::mentions;
use crate::code::models::Syntax;
use crate::code::resolve::{Called, folder_of};

/// How deeply blocks and conditions are looked into.
const DEEPEST: usize = 12;
/// What a function says that compares paths on its own.
const BY_HAND: &str = "which paths this tells apart itself is not read";
/// What a function says that compares segments of paths below its own.
const BY_SEGMENTS: &str = "this handler tells paths apart by their segments, which is not read";
/// What stands for the gateway that calls a function.
const SENT: &str = "aws-lambda.function";
/// What a function says that is called by an API gateway.
pub(super) const BY_GATEWAY: &str = "which paths an API gateway sends here is not read";
/// Requests that gateways send to a function, and the members that hand them on to a router.
const GATEWAYS: &[&str] = &["APIGateway", "ALBTarget", "LambdaFunctionURL"];
const ADAPTERS: &[&str] = &["proxy", "servehttp"];

impl Machine<'_> {
    /// Something answers all requests of a server: where it leads to no router and tells paths apart itself, that is told.
    pub(crate) fn saw_alone(&mut self, handler: &Value) {
        if let Value::Function(closure) = handler
            && self.language(&closure.scope) == Language::Rust
        {
            return self.dispatched(&closure.clone());
        }
        self.go_served_early(handler);
        let Some(unread) = self.served_by_comparing(handler) else { return };
        let apart = self.tells_apart(handler);
        if let (Some(spot), true) = (unread, apart.is_empty()) {
            self.note(spot, BY_HAND);
        }
        for (closure, why) in apart {
            if why == BY_GATEWAY && self.sent_by_gateway(&closure) {
                continue;
            }
            if why != BY_HAND || !self.compared_on(None, &closure, None) {
                let spot = Spot { module: closure.scope.module, line: closure.function.pos.line };
                self.note(spot, why);
            }
        }
    }

    /// A handler gets all that stands below a path: what it tells apart there stands on the same router. Gives whether that is
    /// all: a router of the project's own answers where it has been told to.
    pub(crate) fn saw_subtree(&mut self, node: usize, path: &Value, handler: &Value, spot: Spot) -> bool {
        let pattern = path.as_whole_text().filter(|path| path.ends_with('/') && self.is_go(spot.module));
        let Some(pattern) = pattern else { return false };
        // A field that nothing fills: what answers all below a path is given to it elsewhere.
        if matches!(handler, Value::Null) {
            self.note(spot, "what answers here is not known");
            return true;
        }
        let method = pattern.split_once([' ', '\t']).map(|(method, _)| method).filter(|method| !method.contains('/'));
        if let Some((closure, _)) = self.own_handler(handler)
            && super::segments::compares(&closure.function, &pattern)
        {
            let spot = Spot { module: closure.scope.module, line: closure.function.pos.line };
            self.note(spot, BY_SEGMENTS);
        }
        let apart = self.tells_apart(handler);
        if apart.is_empty() {
            return self.own_router_on(node, handler);
        }
        for (closure, why) in apart {
            if why == BY_HAND {
                self.compared_on(Some(node), &closure, method);
            }
        }
        false
    }
}

impl Machine<'_> {
    /// A pattern for all paths whose handler refuses whatever is not the root stands for the root alone. (What compares other
    /// paths is read where it does.)
    pub(crate) fn go_narrowed(&mut self, path: Value, handler: &Value, spot: Spot) -> Value {
        let at_root = |path: &Name| path.find('/').is_some_and(|at| &path[at..] == "/");
        let pattern = path.as_whole_text().filter(|path| at_root(path) && self.is_go(spot.module));
        let Some(pattern) = pattern else { return path };
        let Some((closure, _)) = self.own_handler(handler) else { return path };
        let request = Request::of(&closure.function);
        let narrows = closure.function.body.iter().any(|stmt| match &stmt.kind {
            StmtKind::If { test, then, .. } => is_other_path(test, &request, 0) && refuses(then),
            _ => false,
        });
        if narrows { Value::text(format!("{pattern}{{$}}")) } else { path }
    }

    /// Registers what a gateway sends to the program that runs, as the settings of its deployment list it; whether they do.
    fn sent_by_gateway(&mut self, closure: &Rc<Closure>) -> bool {
        let spot = Spot { module: closure.scope.module, line: closure.function.pos.line };
        let running = self.frames.first().and_then(|frame| frame.closure.as_ref());
        let module = running.map_or(spot.module, |closure| closure.scope.module);
        let path = self.modules[module.0].path.clone();
        let folder = path.strip_suffix('/').unwrap_or_else(|| folder_of(&path));
        let tree = self.tree;
        let all = self.go.called.get_or_insert_with(|| tree.called_by_gateways().into()).clone();
        let all: Vec<&Called> = all.iter().filter(|one| one.is_in(folder) && !one.sent.is_empty()).collect();
        if all.is_empty() || all.iter().any(|one| one.gets_all()) {
            return false;
        }
        let Some(node) = self.router_of(SENT) else { return false };
        for (method, path) in all.into_iter().flat_map(|one| one.sent.clone()) {
            let path = if path.starts_with('/') { path } else { format!("/{path}") };
            let mut entry = self.route_entry(Value::text(path), Methods::Fixed(vec![method]), Value::Undefined, spot);
            if let Entry::Route { paths, .. } = &mut entry {
                *paths = Some(Syntax::Brace);
            }
            self.forest.nodes[node].entries.push(entry);
        }
        true
    }
}

/// Whether a condition holds for every path but the root: `r.URL.Path != "/"`, also where something else is asked for beside it.
fn is_other_path(test: &Expr, request: &Request<'_>, depth: usize) -> bool {
    match &test.kind {
        ExprKind::Binary(BinaryOp::Ne, a, b) => [(a, b), (b, a)]
            .into_iter()
            .any(|(one, other)| request.is_path(one) && matches!(&other.kind, ExprKind::Str(text) if &**text == "/")),
        ExprKind::Logical(LogicalOp::Or, a, b) if depth < DEEPEST => {
            is_other_path(a, request, depth + 1) || is_other_path(b, request, depth + 1)
        }
        _ => false,
    }
}

/// Whether a block says that there is nothing, and ends the function.
fn refuses(body: &Block) -> bool {
    let nothing = |value: &Expr| match &value.kind {
        ExprKind::Int(404) => true,
        ExprKind::Member(_, name) => &**name == "StatusNotFound",
        _ => false,
    };
    let says = |value: &Expr| match &value.kind {
        ExprKind::Call(call) => match &call.callee.kind {
            ExprKind::Member(_, name) => match &**name {
                "NotFound" => true,
                "Error" | "WriteHeader" => call.args.last().is_some_and(|arg| nothing(&arg.value)),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    };
    let ends = matches!(body.last(), Some(Stmt { kind: StmtKind::Return(_), .. }));
    ends && body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Expr(value) | StmtKind::Return(Some(value)) => says(value),
        _ => false,
    })
}

/// Why the paths are not known that a handler answers; none where it does not tell requests apart.
pub(super) fn why_apart(function: &Function) -> Option<&'static str> {
    let gateway = function.params.iter().filter_map(|param| param.ty.as_ref()).any(|ty| {
        let name = ty.path.last().map_or("", |name| &**name);
        ty.path.len() > 1
            && GATEWAYS.iter().any(|begin| name.starts_with(begin))
            && name.ends_with("Request")
            && !name.contains("Authorizer")
    });
    if gateway {
        let said = mentions::of_function(function);
        let adapts = |name: &str| ADAPTERS.iter().any(|begin| name.to_ascii_lowercase().starts_with(begin));
        let adapted = function.name.iter().chain(&said.members).any(|name| adapts(name));
        return (!adapted).then_some(BY_GATEWAY);
    }
    tells_apart(&function.body, 0).then_some(BY_HAND)
}

fn tells_apart(body: &Block, depth: usize) -> bool {
    depth <= DEEPEST && body.iter().any(|stmt| stmt_tells_apart(stmt, depth))
}

fn stmt_tells_apart(stmt: &Stmt, depth: usize) -> bool {
    match &stmt.kind {
        StmtKind::If { test, then, otherwise } => {
            asks_path(test, depth) || tells_apart(then, depth + 1) || tells_apart(otherwise, depth + 1)
        }
        StmtKind::Switch { subject, arms } => {
            let methods = subject.as_ref().is_some_and(is_method);
            let named = |value: &Expr| matches!(&value.kind, ExprKind::Str(text) if !text.is_empty());
            let names = arms.iter().flat_map(|arm| &arm.values).filter(|value| named(value)).count();
            let asks = arms.iter().flat_map(|arm| &arm.values).any(|value| asks_path(value, depth));
            (!methods && subject.is_some() && names > 1)
                || asks
                || arms.iter().any(|arm| tells_apart(&arm.body, depth + 1))
        }
        StmtKind::Each { body, .. } | StmtKind::Loop { body, .. } | StmtKind::Block(body) => {
            tells_apart(body, depth + 1)
        }
        _ => false,
    }
}

/// Whether it is the method of a request.
fn is_method(subject: &Expr) -> bool {
    matches!(&subject.kind, ExprKind::Member(_, name) if matches!(&**name, "Method" | "HTTPMethod"))
}

/// Whether a condition compares something with a path: `r.URL.Path == "/x"`, `strings.HasPrefix(path, "/x/")`.
fn asks_path(test: &Expr, depth: usize) -> bool {
    let is_path = |value: &Expr| matches!(&value.kind, ExprKind::Str(text) if text.starts_with('/') && text.len() > 1);
    if depth > DEEPEST {
        return false;
    }
    match &test.kind {
        ExprKind::Str(_) => is_path(test),
        ExprKind::Binary(BinaryOp::Eq | BinaryOp::Ne, left, right) => is_path(left) || is_path(right),
        ExprKind::Logical(_, left, right) => asks_path(left, depth + 1) || asks_path(right, depth + 1),
        ExprKind::Unary(_, inner) => asks_path(inner, depth + 1),
        ExprKind::Call(call) => {
            let prefix =
                matches!(&call.callee.kind, ExprKind::Member(_, name) if matches!(&**name, "HasPrefix" | "CutPrefix"));
            prefix && call.args.iter().any(|arg| is_path(&arg.value))
        }
        _ => false,
    }
}
