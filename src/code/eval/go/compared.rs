//! Handlers of the project's own that look at a request's path and method themselves: what they compare those with is where
//! they answer. A list of routes that is walked, a map that is asked, a switch and a row of conditions are read; what else a
//! handler makes of a path is told.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Methods};
use super::super::scope::{Scope, ScopeKind, ScopeRef};
use super::super::value::{Closure, Map, Object, Spot, Value};
use super::request::Request;
use crate::code::form::{BinaryOp, Block, Call, Expr, ExprKind, LogicalOp, Pattern, Stmt, StmtKind, UnaryOp, Yields};
use crate::code::models::Syntax;
use crate::domain::method::is_method;

/// How deeply blocks and functions are looked into.
const DEEPEST: usize = 24;
/// The most routes of one handler.
const MOST: usize = 2_000;
/// The router that such routes stand on.
pub(super) const ROUTER: &str = "net-http.mux";

/// Where a handler answers.
#[derive(Debug, Clone)]
struct Place {
    path: Value,
    methods: Vec<String>,
    spot: Spot,
}

/// What a condition asks of a request.
#[derive(Debug, Default)]
struct Asked {
    /// Paths, any of which will do.
    paths: Vec<Value>,
    /// Methods, any of which will do.
    methods: Vec<String>,
    /// It holds where none of them is asked for.
    not: bool,
    /// It asks something of the path that is not understood.
    unread: bool,
}

/// What is known of the request at a place in the code.
#[derive(Debug, Clone, Default)]
struct Known {
    paths: Vec<Value>,
    methods: Vec<String>,
}

/// A walk through a handler.
struct Walk<'f> {
    request: Request<'f>,
    scope: ScopeRef,
    /// What was found.
    out: Vec<Place>,
    unread: bool,
    depth: usize,
}

impl Machine<'_> {
    /// Registers what a handler that is served answers by comparing paths itself, where it leads to no router; none where that
    /// is all, else where something of the path is asked for that is not understood.
    pub(super) fn served_by_comparing(&mut self, handler: &Value) -> Option<Option<Spot>> {
        let Some((closure, receiver)) = self.own_handler(handler) else { return Some(None) };
        let (places, unread) = self.answers_at(&closure, receiver.as_ref());
        let spot = Spot { module: closure.scope.module, line: closure.function.pos.line };
        if self.registered_by_own(None, &closure, places.len()) {
            return None;
        }
        let router = if places.is_empty() { None } else { self.router_of_comparing() };
        let Some(node) = router else { return Some(unread.then_some(spot)) };
        if unread {
            self.note(spot, "this handler tells paths apart in ways that are not read");
        }
        self.put_places(node, places);
        None
    }

    /// Registers what a function answers by comparing paths on a router, or on one of its own; whether there is any. What it is
    /// registered for alone holds where it asks for no method itself.
    pub(super) fn compared_on(&mut self, node: Option<usize>, closure: &Rc<Closure>, method: Option<&str>) -> bool {
        let (mut places, _) = self.answers_at(closure, None);
        for place in places.iter_mut().filter(|place| place.methods.is_empty()) {
            place.methods.extend(method.map(str::to_owned));
        }
        if places.is_empty() {
            return false;
        }
        let Some(node) = node.or_else(|| self.router_of_comparing()) else { return false };
        self.put_places(node, places);
        true
    }

    /// Registers on a router what an object of the project's own answers by what it has under the paths; whether that is all.
    pub(super) fn own_router_on(&mut self, node: usize, handler: &Value) -> bool {
        let Some((closure, Some(receiver))) = self.own_handler(handler) else { return false };
        let (places, unread) = self.answers_at(&closure, Some(&receiver));
        if self.registered_by_own(Some(node), &closure, places.len()) {
            return true;
        }
        if places.is_empty() {
            return false;
        }
        if unread {
            let spot = Spot { module: closure.scope.module, line: closure.function.pos.line };
            self.note(spot, "this handler tells paths apart in ways that are not read");
        }
        self.put_places(node, places);
        true
    }

    /// A router for what a handler tells apart.
    pub(super) fn router_of_comparing(&mut self) -> Option<usize> {
        self.router_of(ROUTER)
    }

    /// A router of a model's that is served.
    pub(super) fn router_of(&mut self, model: &str) -> Option<usize> {
        let made = self.made_router(model)?;
        let Value::Object(object) = made else { return None };
        let node = object.model.borrow().as_ref()?.node;
        self.forest.nodes[node].served = true;
        Some(node)
    }

    /// A router of a model's.
    pub(super) fn made_router(&mut self, model: &str) -> Option<Value> {
        let model = self.models.objects.get(model).copied()?;
        let object = Rc::new(Object { class: None, members: Map::default(), model: std::cell::RefCell::default() });
        self.become_object(&object, model);
        Some(Value::Object(object))
    }

    fn put_places(&mut self, node: usize, places: Vec<Place>) {
        self.effects += 1;
        for place in places.into_iter().take(MOST) {
            let methods = if place.methods.is_empty() { vec!["ANY".to_owned()] } else { place.methods };
            let entry = Entry::Route {
                path: place.path,
                methods: Methods::Fixed(methods),
                handler: Value::Undefined,
                spot: place.spot,
                chain: self.chain(),
                conditional: self.conditional > 0,
                paths: Some(Syntax::Plain),
                library: None,
            };
            self.forest.nodes[node].entries.push(entry);
        }
    }

    /// Where a function answers, and whether it asks something of the path that is not understood.
    fn answers_at(&mut self, closure: &Rc<Closure>, receiver: Option<&Value>) -> (Vec<Place>, bool) {
        let function = closure.function.clone();
        let scope = Scope::inside(&closure.scope, ScopeKind::Function);
        if let (Some(receiver), Some(param)) = (receiver, &function.receiver) {
            self.bind(&param.target, receiver.clone(), &scope, true);
        }
        let mut walk = Walk { request: Request::of(&function), scope, out: Vec::new(), unread: false, depth: 0 };
        self.walk_block(&function.body, Known::default(), &mut walk);
        (walk.out, walk.unread)
    }

    /// Walks through a block; gives what is known at its end.
    fn walk_block<'f>(&mut self, body: &'f Block, mut known: Known, walk: &mut Walk<'f>) -> Known {
        if walk.depth > DEEPEST || walk.out.len() > MOST {
            return known;
        }
        walk.depth += 1;
        for stmt in body {
            self.walk_stmt(stmt, &mut known, walk);
        }
        walk.depth -= 1;
        known
    }

    fn walk_stmt<'f>(&mut self, stmt: &'f Stmt, known: &mut Known, walk: &mut Walk<'f>) {
        match &stmt.kind {
            StmtKind::Bind { target, value: Some(value), .. } => self.walk_bind(target, value, known, walk),
            StmtKind::If { test, then, otherwise } => {
                let asked = self.asked_of(test, walk);
                if asked.paths.is_empty() && asked.methods.is_empty() {
                    walk.unread |= asked.unread;
                    match if asked.unread { Value::unknown() } else { self.decided(test, walk) } {
                        Value::Bool(true) => drop(self.walk_block(then, known.clone(), walk)),
                        Value::Bool(false) => drop(self.walk_block(otherwise, known.clone(), walk)),
                        _ => {
                            self.walk_block(then, known.clone(), walk);
                            self.walk_block(otherwise, known.clone(), walk);
                        }
                    }
                    return;
                }
                walk.unread |= asked.unread && asked.paths.is_empty();
                if asked.not {
                    // What goes on behind it is where they are asked for.
                    self.walk_block(then, known.clone(), walk);
                    if leaves(then) {
                        known.add(&asked);
                        if !asked.paths.is_empty() {
                            walk.put(known, stmt.pos.line);
                        }
                    } else {
                        self.walk_asked(otherwise, &asked, known, stmt.pos.line, walk);
                    }
                } else {
                    self.walk_asked(then, &asked, known, stmt.pos.line, walk);
                    self.walk_block(otherwise, known.clone(), walk);
                }
            }
            StmtKind::Switch { subject, arms } => {
                for arm in arms {
                    let mut asked = Asked::default();
                    for value in &arm.values {
                        match subject {
                            Some(subject) if walk.request.is_path(subject) => {
                                let path = self.eval(value, &walk.scope.clone());
                                asked.path(path, "");
                            }
                            Some(subject) if walk.request.is_method(subject) => {
                                let method = self.eval(value, &walk.scope.clone());
                                asked.methods.extend(method_word(&method));
                            }
                            Some(_) => {}
                            None => asked.either(self.asked_of(value, walk)),
                        }
                    }
                    walk.unread |= asked.unread && asked.paths.is_empty();
                    if asked.paths.is_empty() && asked.methods.is_empty() || asked.not {
                        self.walk_block(&arm.body, known.clone(), walk);
                    } else {
                        let at = arm.values.first().map_or(stmt.pos.line, |value| value.pos.line);
                        self.walk_asked(&arm.body, &asked, known, at, walk);
                    }
                }
            }
            StmtKind::Each { target, iterable, yields, body } => {
                self.walk_loop((target, iterable, *yields), body, known, walk)
            }
            StmtKind::Block(body) => *known = self.walk_block(body, known.clone(), walk),
            StmtKind::Loop { body, .. } => drop(self.walk_block(body, known.clone(), walk)),
            StmtKind::Expr(value) | StmtKind::Return(Some(value)) => self.walk_call(value, known, walk),
            StmtKind::Assign { value, .. } => {
                walk.unread |= known.paths.is_empty() && walk.request.takes_path(value);
                self.walk_call(value, known, walk);
            }
            StmtKind::Perhaps(inner) => self.walk_stmt(inner, known, walk),
            _ => {}
        }
    }

    /// Code that runs where something is asked of the request: it answers there, unless it asks more.
    fn walk_asked<'f>(&mut self, body: &'f Block, asked: &Asked, known: &Known, line: u32, walk: &mut Walk<'f>) {
        let mut inner = known.clone();
        inner.add(asked);
        let before = walk.out.len();
        let at_end = self.walk_block(body, inner.clone(), walk);
        if walk.out.len() == before && !inner.paths.is_empty() && !refuses(body) {
            walk.put(&at_end, line);
        }
    }

    fn walk_loop<'f>(
        &mut self,
        (target, iterable, yields): (&'f Pattern, &'f Expr, Yields),
        body: &'f Block,
        known: &Known,
        walk: &mut Walk<'f>,
    ) {
        let scope = walk.scope.clone();
        let given = self.eval(iterable, &scope);
        if !matches!(given, Value::List(_) | Value::Map(_)) {
            self.walk_block(body, known.clone(), walk);
            return;
        }
        let (items, partial) = self.walk(&given, yields, &scope);
        let before = walk.out.len();
        for item in items.into_iter().take(self.limits.elements) {
            walk.scope = Scope::inside(&scope, ScopeKind::Block);
            let inner = walk.scope.clone();
            self.bind(target, item, &inner, true);
            self.walk_block(body, known.clone(), walk);
        }
        walk.scope = scope;
        walk.unread |= partial && walk.out.len() > before;
    }

    /// A value that is bound: another name for the path, or what a map has under it.
    fn walk_bind<'f>(&mut self, target: &'f Pattern, value: &'f Expr, known: &Known, walk: &mut Walk<'f>) {
        if let (Pattern::List(targets), ExprKind::Tuple(values)) = (target, &value.kind) {
            let pairs = targets.iter().zip(values);
            return pairs.for_each(|(target, value)| self.walk_bind(&target.target, &value.value, known, walk));
        }
        if let ExprKind::Index(map, key) = &value.kind
            && self.walk_lookup(map, key, known, value, walk)
        {
            return;
        }
        if let Pattern::Name(name, _) = target {
            if walk.request.is_path(value) {
                return walk.request.paths.push(name);
            }
            if walk.request.is_method(value) {
                return walk.request.methods.push(name);
            }
        }
        walk.unread |= known.paths.is_empty() && walk.request.takes_path(value);
        let scope = walk.scope.clone();
        let plain = matches!(value.kind, ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Str(_));
        let bound = if plain { self.eval(value, &scope) } else { Value::unknown() };
        self.bind(target, bound, &scope, true);
        self.walk_call(value, known, walk);
    }

    /// What a map has under the path, or under method and path: it answers there.
    fn walk_lookup(&mut self, map: &Expr, key: &Expr, known: &Known, at: &Expr, walk: &mut Walk<'_>) -> bool {
        let scope = walk.scope.clone();
        let spot = Spot { module: scope.module, line: at.pos.line };
        if walk.request.is_path(key) {
            // `routes[method][path]`
            if let ExprKind::Index(outer, method) = &map.kind
                && walk.request.is_method(method)
            {
                let Value::Map(outer) = self.eval(outer, &scope) else { return false };
                for (method, inner) in outer.pairs() {
                    if let (Some(method), Value::Map(inner)) = (method_word(&method), self.force(inner)) {
                        let paths = inner.pairs().into_iter().map(|(path, _)| path);
                        walk.out.extend(paths.map(|path| Place { path, methods: vec![method.clone()], spot }));
                    }
                }
                return true;
            }
            let Value::Map(map) = self.eval(map, &scope) else { return false };
            walk.unread |= map.partial.get();
            for (path, value) in map.pairs().into_iter().filter(|(_, value)| !value.is_nothing()) {
                // `routes[path][method]`
                let methods = match self.force(value) {
                    Value::Map(inner) => {
                        inner.pairs().iter().map(|(key, _)| method_word(key).filter(|it| is_method(it))).collect()
                    }
                    _ => None,
                };
                let methods = methods.filter(|all: &Vec<String>| !all.is_empty());
                walk.out.push(Place { path, methods: methods.unwrap_or_else(|| known.methods.clone()), spot });
            }
            return true;
        }
        // `routes[method+" "+path]`
        let mut parts = Vec::new();
        added(key, &mut parts);
        let parted = match parts.as_slice() {
            [method, path] if walk.request.is_method(method) && walk.request.is_path(path) => Some(String::new()),
            [method, between, path] if walk.request.is_method(method) && walk.request.is_path(path) => {
                self.eval(between, &scope).as_whole_text().map(|text| text.to_string())
            }
            _ => None,
        };
        let Some(parted) = parted else { return false };
        let Value::Map(map) = self.eval(map, &scope) else { return false };
        walk.unread |= map.partial.get();
        for (key, _) in map.pairs() {
            let Some(text) = key.as_whole_text() else { continue };
            let at = if parted.is_empty() { text.find('/') } else { text.find(&parted) };
            let Some((method, path)) = at.and_then(|at| Some((text.get(..at)?, text.get(at + parted.len()..)?))) else {
                continue;
            };
            walk.out.push(Place { path: Value::text(path), methods: vec![method.to_uppercase()], spot });
        }
        true
    }

    /// A function of the project's own that gets the request, where nothing is known of its path yet.
    fn walk_call(&mut self, value: &Expr, known: &Known, walk: &mut Walk<'_>) {
        let ExprKind::Call(call) = &value.kind else { return };
        let Call { callee, args, .. } = &**call;
        let given = args.iter().position(|arg| walk.request.is(&arg.value));
        if given.is_none() || !known.paths.is_empty() || walk.depth > DEEPEST {
            return;
        }
        let plain = match &callee.kind {
            ExprKind::Name(_) => true,
            ExprKind::Member(object, _) => matches!(object.kind, ExprKind::Name(_) | ExprKind::Member(..)),
            _ => false,
        };
        if !plain {
            return;
        }
        let callee = self.eval(callee, &walk.scope.clone());
        let (closure, receiver) = match &callee {
            Value::Function(closure) => (closure.clone(), None),
            Value::Bound(it) => match &it.callee {
                Value::Function(closure) => (closure.clone(), Some(it.receiver.clone())),
                _ => return,
            },
            _ => return,
        };
        if closure.function.body.is_empty() {
            return;
        }
        let found = self.nested(|machine| machine.answers_at(&closure, receiver.as_ref()));
        let Some((found, unread)) = found else { return };
        walk.unread |= unread;
        walk.out.extend(found.into_iter().map(|mut place| {
            if place.methods.is_empty() {
                place.methods.clone_from(&known.methods);
            }
            place
        }));
    }

    /// What a condition is that asks nothing of the request.
    fn decided(&mut self, test: &Expr, walk: &Walk<'_>) -> Value {
        let plain = match &test.kind {
            ExprKind::Call(call) => matches!(&call.callee.kind, ExprKind::Member(object, _)
                if matches!(&object.kind, ExprKind::Name(name) if &**name == "strings")),
            ExprKind::Binary(..) | ExprKind::Unary(..) | ExprKind::Member(..) | ExprKind::Name(_) => true,
            _ => false,
        };
        if plain { self.eval(test, &walk.scope.clone()) } else { Value::unknown() }
    }

    fn asked_of(&mut self, test: &Expr, walk: &Walk<'_>) -> Asked {
        let scope = walk.scope.clone();
        let mut asked = Asked::default();
        match &test.kind {
            ExprKind::Binary(op @ (BinaryOp::Eq | BinaryOp::Ne), a, b) => {
                for (one, other) in [(a, b), (b, a)] {
                    if walk.request.is_path(one) {
                        let path = self.eval(other, &scope);
                        asked.path(path, "");
                    } else if walk.request.is_method(one) {
                        let method = self.eval(other, &scope);
                        asked.methods.extend(method_word(&method));
                    }
                }
                asked.not = *op == BinaryOp::Ne;
            }
            ExprKind::Logical(LogicalOp::And, a, b) => {
                asked = self.asked_of(a, walk);
                let more = self.asked_of(b, walk);
                asked.both(more);
            }
            ExprKind::Logical(LogicalOp::Or, a, b) => {
                asked = self.asked_of(a, walk);
                let more = self.asked_of(b, walk);
                asked.either(more);
            }
            ExprKind::Unary(UnaryOp::Not, inner) => {
                asked = self.asked_of(inner, walk);
                asked.not = !asked.not;
            }
            ExprKind::Index(map, key) if walk.request.is_method(key) => {
                if let Value::Map(map) = self.eval(map, &scope) {
                    let given = map.pairs().into_iter().filter(|(_, value)| !matches!(value, Value::Bool(false)));
                    asked.methods.extend(given.filter_map(|(key, _)| method_word(&key)));
                }
            }
            ExprKind::Call(call) => {
                let name = match &call.callee.kind {
                    ExprKind::Member(_, name) | ExprKind::Name(name) => &**name,
                    _ => "",
                };
                match call.args.as_slice() {
                    [path, prefix] if name == "HasPrefix" && walk.request.is_path(&path.value) => {
                        let prefix = self.eval(&prefix.value, &scope);
                        // A prefix that ends in a word is meant for a folder.
                        let folder = prefix.as_text().is_some_and(|text| text.ends_with(char::is_alphanumeric));
                        asked.path(prefix, if folder { "/{*}" } else { "{*}" });
                    }
                    args => asked.unread = args.iter().any(|arg| walk.request.is_path(&arg.value)),
                }
            }
            _ => {}
        }
        asked
    }
}

impl Asked {
    fn path(&mut self, path: Value, rest: &str) {
        match path.as_text() {
            Some(text) => self.paths.push(Value::text(format!("{text}{rest}"))),
            None => self.unread = true,
        }
    }

    fn both(&mut self, more: Asked) {
        // What is refused beside something that is asked for says nothing of its own.
        if self.not != more.not && !(more.paths.is_empty() && more.methods.is_empty()) {
            if self.not {
                *self = more;
            }
            return;
        }
        self.paths.extend(more.paths);
        self.methods.extend(more.methods);
        self.unread |= more.unread;
    }

    fn either(&mut self, more: Asked) {
        if self.paths.is_empty() && self.methods.is_empty() {
            *self = Asked { unread: self.unread || more.unread, ..more };
            return;
        }
        self.both(more);
    }
}

impl Known {
    fn add(&mut self, asked: &Asked) {
        if !asked.paths.is_empty() {
            self.paths.clone_from(&asked.paths);
        }
        if !asked.methods.is_empty() {
            self.methods.clone_from(&asked.methods);
        }
    }
}

impl Walk<'_> {
    fn put(&mut self, known: &Known, line: u32) {
        let spot = Spot { module: self.scope.module, line };
        let mut methods = known.methods.clone();
        // What asks before others ask is answered beside what is asked for.
        if methods.len() > 1 {
            methods.retain(|method| method != "OPTIONS");
        }
        methods.dedup();
        let places = known.paths.iter().map(|path| Place { path: path.clone(), methods: methods.clone(), spot });
        self.out.extend(places);
    }
}

fn method_word(value: &Value) -> Option<String> {
    let text = value.as_whole_text()?;
    (!text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic())).then(|| text.to_uppercase())
}

/// The parts of texts that are put together.
fn added<'e>(value: &'e Expr, out: &mut Vec<&'e Expr>) {
    match &value.kind {
        ExprKind::Binary(BinaryOp::Add, a, b) => {
            added(a, out);
            added(b, out);
        }
        _ => out.push(value),
    }
}

/// Whether a block ends the function.
fn leaves(body: &Block) -> bool {
    matches!(body.last(), Some(Stmt { kind: StmtKind::Return(_) | StmtKind::Throw, .. }))
}

/// Whether a block only says that there is nothing.
fn refuses(body: &Block) -> bool {
    let says = |value: &Expr| match &value.kind {
        ExprKind::Call(call) => matches!(&call.callee.kind, ExprKind::Member(_, name) if &**name == "NotFound"),
        _ => false,
    };
    matches!(body.first(), Some(Stmt { kind: StmtKind::Expr(value) | StmtKind::Return(Some(value)), .. }) if says(value))
}
