//! Handlers: values that answer requests may lead to routers, wrapped in what nobody sees.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::{self, Scope, ScopeKind, ScopeRef};
use super::super::value::{Args, Closure, Native, Object, Spot, Value};
use crate::code::form::{Block, Call, Expr, ExprKind, Function, Language, Name, Pattern, Stmt, StmtKind};

/// How deeply handlers are looked into.
const DEEPEST: usize = 6;
/// Functions that are looked into for one handler.
const MOST_LOOKS: usize = 60;

/// A router that a handler leads to, and the prefix that is taken off before it sees a path.
pub(crate) type Led = (Value, Option<Value>);

/// A search for what a handler leads to.
#[derive(Default)]
struct Search {
    /// The routers so far.
    out: Vec<Led>,
    /// It leads to what serves files.
    files: bool,
    /// The project's own functions stand before that.
    through: bool,
    /// The functions that were looked into.
    looked: Vec<usize>,
    /// Those of them that tell requests apart themselves, each with why its paths are not known.
    apart: Vec<(Rc<Closure>, &'static str)>,
    /// The first of them that is not there to hand requests on to another handler, and what it is called on.
    own: Option<(Rc<Closure>, Option<Value>)>,
}

impl Machine<'_> {
    /// The routers that a handler leads to.
    pub(crate) fn led_to(&mut self, handler: &Value) -> Vec<Led> {
        self.searched_handler(handler).out
    }

    /// Whether what answers serves files, and leads to no router: no code of the project's own stands at its path. A function that
    /// does so at one path alone counts as code.
    pub(crate) fn serves_files(&mut self, handler: &Value, open: bool) -> bool {
        let found = self.searched_handler(handler);
        found.files && found.out.is_empty() && (open || !found.through)
    }

    /// What is told of a handler that leads to no router, and to functions that tell requests apart themselves.
    pub(super) fn tells_apart(&mut self, handler: &Value) -> Vec<(Rc<Closure>, &'static str)> {
        let found = self.searched_handler(handler);
        if found.out.is_empty() { found.apart } else { Vec::new() }
    }

    /// The function of the project's own that answers, where a handler leads to no router and to no files.
    pub(in crate::code::eval) fn own_handler(&mut self, handler: &Value) -> Option<(Rc<Closure>, Option<Value>)> {
        let found = self.searched_handler(handler);
        found.own.filter(|_| found.out.is_empty() && !found.files)
    }

    fn searched_handler(&mut self, handler: &Value) -> Search {
        let mut search = Search::default();
        self.lead(handler, None, &mut search, 0);
        search
    }

    fn lead(&mut self, value: &Value, stripped: Option<&Value>, search: &mut Search, depth: usize) {
        if depth > DEEPEST || search.out.len() > 16 {
            return;
        }
        match self.force(value.clone()) {
            Value::Object(it) if it.model.borrow().is_some() => {
                let same = |other: &Led| matches!(&other.0, Value::Object(other) if Rc::ptr_eq(other, &it));
                if !search.out.iter().any(same) {
                    search.out.push((Value::Object(it), stripped.cloned()));
                }
            }
            Value::Object(it) => self.lead_object(&it, stripped, search, depth),
            Value::Alt(all) => all.iter().for_each(|one| self.lead(one, stripped, search, depth + 1)),
            // A library's handler with its fields.
            Value::Map(map) => {
                let fields = map.pairs().into_iter().map(|(_, field)| field).take(MOST_LOOKS);
                fields.for_each(|field| self.lead(&field, stripped, search, depth + 1));
            }
            Value::Method(method) if matches!(&*method.1, "ServeHTTP" | "Handler") => {
                self.lead(&method.0, stripped, search, depth + 1);
            }
            Value::Bound(bound) => {
                if let Value::Function(closure) = &bound.callee {
                    self.lead_function(&closure.clone(), Some(&bound.receiver), stripped, search, depth);
                }
            }
            Value::Function(closure) => self.lead_function(&closure, None, stripped, search, depth),
            Value::Native(native) => match &*native {
                Native::Wrapped(all) => all.iter().for_each(|one| self.lead(one, stripped, search, depth + 1)),
                Native::Stripped { prefix, inner } => {
                    let whole = match stripped {
                        Some(outer) => self.concat(outer, prefix),
                        None => prefix.clone(),
                    };
                    self.lead(inner, Some(&whole), search, depth + 1);
                }
                Native::Decorator { .. }
                | Native::Partial { .. }
                | Native::Wraps(_)
                | Native::Gives(_)
                | Native::Told(_)
                | Native::Group(_)
                | Native::Noted(_)
                | Native::View(_)
                | Native::Until { .. } => {}
            },
            Value::Unknown(path) if self.models.assets.contains(&*path) => {
                search.files = true;
                search.through |= !search.looked.is_empty();
            }
            _ => {}
        }
    }

    /// A function that answers: what it hands its request on to.
    fn lead_function(
        &mut self,
        closure: &Rc<Closure>,
        receiver: Option<&Value>,
        stripped: Option<&Value>,
        search: &mut Search,
        depth: usize,
    ) {
        let address = Rc::as_ptr(closure).addr();
        if search.looked.len() >= MOST_LOOKS || search.looked.contains(&address) {
            return;
        }
        search.looked.push(address);
        let function = closure.function.clone();
        // What a gateway calls may hand its request to others of the project's own.
        if let Some(why) = super::alone::why_apart(&function)
            && (search.apart.is_empty() || why != super::alone::BY_GATEWAY)
        {
            search.apart.push((closure.clone(), why));
        }
        let mut passed = Passed { request: request_of(&function), ..Passed::default() };
        passed.block(&function.body, 0);
        if !passed.to.is_empty()
            && let Some(router) = self.go_dispatched(closure, receiver)
        {
            search.out.push((router, stripped.cloned()));
            return;
        }
        if passed.served == 0 && (depth == 0 || answers(&function)) {
            search.own.get_or_insert_with(|| (closure.clone(), receiver.cloned()));
        }
        if passed.to.is_empty() {
            return;
        }
        let scope = Scope::inside(&closure.scope, ScopeKind::Function);
        if let (Some(receiver), Some(param)) = (receiver, &function.receiver) {
            self.bind(&param.target, receiver.clone(), &scope, true);
        }
        for object in &passed.to {
            if let Some(value) = self.seen(object, &passed, &scope, 0) {
                self.lead(&value, stripped, search, depth + 1);
            }
        }
    }

    /// An instance that serves: what its `ServeHTTP` hands on to, or the router that it embeds.
    fn lead_object(&mut self, it: &Rc<Object>, stripped: Option<&Value>, search: &mut Search, depth: usize) {
        let Some(class) = it.class.clone() else { return };
        let own = self.class_member(&class, "ServeHTTP");
        if let Some((Value::Function(method), _)) = own {
            return self.lead_function(&method, Some(&Value::Object(it.clone())), stripped, search, depth);
        }
        for field in class.class.fields.iter().filter(|field| field.is_embedded) {
            if let Some(value) = it.members.named(&field.name) {
                self.lead(&value, stripped, search, depth + 1);
            }
        }
    }

    /// The value of names and members, and of calls of what they are: what a handler has of its own is looked up where it binds it.
    fn seen(&mut self, expr: &Expr, passed: &Passed<'_>, scope: &ScopeRef, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        match &expr.kind {
            ExprKind::Name(name) => {
                if let Some((_, value)) = passed.locals.iter().rev().find(|(local, _)| *local == name) {
                    return self.seen(value, passed, scope, depth + 1);
                }
                scope::find(scope, name, false)?;
                Some(self.name(name, scope))
            }
            ExprKind::Member(object, name) => {
                let object = self.seen(object, passed, scope, depth + 1)?;
                Some(self.member(&object, name, scope, expr.pos.line))
            }
            ExprKind::Call(call) => {
                let spot = Spot { module: scope.module, line: expr.pos.line };
                let given = |machine: &mut Self, arg: &Expr| match &arg.kind {
                    ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Call(_) => {
                        machine.seen(arg, passed, scope, depth + 1).unwrap_or_else(Value::unknown)
                    }
                    ExprKind::Str(_) | ExprKind::Function(_) => machine.eval(arg, scope),
                    _ => Value::unknown(),
                };
                let list = call.args.iter().map(|arg| given(self, &arg.value)).collect();
                match &call.callee.kind {
                    ExprKind::Member(object, name) => {
                        let object = self.seen(object, passed, scope, depth + 1)?;
                        Some(self.call_member(&object, name, Args::of(list), scope, spot))
                    }
                    _ => {
                        let callee = self.seen(&call.callee, passed, scope, depth + 1)?;
                        Some(self.call(&callee, Args::of(list), spot))
                    }
                }
            }
            _ => None,
        }
    }

    /// What unseen code made of its arguments: where they lead to routers, or to what serves files, so does it.
    pub(crate) fn wrapped(&mut self, args: &Args, result: Value) -> Value {
        let led = self.all_led_to(args);
        if led.is_empty() { result } else { Value::Native(Rc::new(Native::Wrapped(led))) }
    }

    fn all_led_to(&mut self, args: &Args) -> Vec<Value> {
        let mut led = Vec::new();
        for value in &args.list {
            let found = self.searched_handler(value);
            match (value, found.out.is_empty()) {
                (Value::Native(_), false) => led.push(value.clone()),
                (_, false) => led.extend(found.out.into_iter().map(|(value, _)| value)),
                (_, true) if found.files => led.push(value.clone()),
                (_, true) => {}
            }
        }
        led
    }

    /// `n.UseHandler(router)` on what unseen code made: it leads there from now on.
    pub(crate) fn go_given(&mut self, (written, object): (&Expr, &Value), name: &str, args: &Args, scope: &ScopeRef) {
        if !TAKES.iter().any(|word| name.contains(word)) {
            return;
        }
        let mut led = match object {
            Value::Unknown(path) if path.is_empty() || path.contains("()") => Vec::new(),
            Value::Native(native) => match &**native {
                Native::Wrapped(all) => all.clone(),
                _ => return,
            },
            _ => return,
        };
        let more = self.all_led_to(args);
        if more.is_empty() {
            return;
        }
        led.extend(more);
        let value = Value::Native(Rc::new(Native::Wrapped(led)));
        match &written.kind {
            ExprKind::Name(name) => self.assign_name(name, value, scope),
            ExprKind::Member(..) => self.assign_place(written, value, scope),
            _ => {}
        }
    }

    /// Whether a call is a statement of its own, whose result nobody gets.
    pub(crate) fn stands_alone(&mut self, call: &Call) -> bool {
        self.go.statement.take_if(|address| *address == std::ptr::from_ref(call).addr()).is_some()
    }

    /// A statement begins.
    pub(crate) fn go_statement(&mut self, expr: &Expr, scope: &ScopeRef) {
        if let ExprKind::Call(call) = &expr.kind
            && self.is_go(scope.module)
        {
            self.go.statement = Some(std::ptr::from_ref(&**call).addr());
        }
    }

    /// Whether code in a module is Go.
    pub(crate) fn is_go(&self, module: super::super::value::ModuleId) -> bool {
        self.modules[module.0].language == Language::Go
    }
}

/// What the members are called that give a handler to what leads to it.
const TAKES: [&str; 7] = ["Use", "Handler", "Router", "Mux", "Wrap", "Mount", "Then"];

/// The name of the request that a handler gets.
fn request_of(function: &Function) -> Option<&Name> {
    match &function.params.get(1)?.target {
        Pattern::Name(name, _) => Some(name),
        _ => None,
    }
}

/// Whether a function gets what it answers by, as handlers do: one that only looks at a request is none.
fn answers(function: &Function) -> bool {
    const WRITERS: &[&str] = &["ResponseWriter", "RequestCtx"];
    function
        .params
        .iter()
        .any(|param| param.ty.as_ref().is_some_and(|ty| ty.path.last().is_some_and(|name| WRITERS.contains(&&**name))))
}

/// What a function hands its request on to.
#[derive(Default)]
struct Passed<'b> {
    /// The objects whose `ServeHTTP` it calls, and what it calls with its request or hands on beside it.
    to: Vec<&'b Expr>,
    /// What it binds itself.
    locals: Vec<(&'b Name, &'b Expr)>,
    /// What its request is called.
    request: Option<&'b Name>,
    /// How many of the objects it calls the `ServeHTTP` of: they stand first.
    served: usize,
}

impl<'b> Passed<'b> {
    fn block(&mut self, body: &'b Block, depth: usize) {
        if depth > 12 {
            return;
        }
        for Stmt { kind, .. } in body {
            match kind {
                StmtKind::Expr(value) | StmtKind::Return(Some(value)) | StmtKind::Deferred(value) => {
                    self.expr(value, depth);
                }
                StmtKind::Bind { target, value: Some(value), .. } => {
                    if let Pattern::Name(name, _) = target {
                        self.locals.push((name, value));
                    }
                    self.expr(value, depth);
                }
                StmtKind::Assign { value, .. } => self.expr(value, depth),
                StmtKind::If { then, otherwise, .. } => {
                    self.block(then, depth + 1);
                    self.block(otherwise, depth + 1);
                }
                StmtKind::Each { body, .. } | StmtKind::Loop { body, .. } | StmtKind::Block(body) => {
                    self.block(body, depth + 1);
                }
                StmtKind::Switch { arms, .. } => arms.iter().for_each(|arm| self.block(&arm.body, depth + 1)),
                _ => {}
            }
        }
    }

    fn expr(&mut self, value: &'b Expr, depth: usize) {
        match &value.kind {
            ExprKind::Call(call) => {
                let Call { callee, args, .. } = &**call;
                if args.iter().any(|arg| self.is_request(&arg.value)) {
                    let plain = |expr: &&Expr| matches!(expr.kind, ExprKind::Name(_) | ExprKind::Member(..));
                    let beside = args.iter().map(|arg| &arg.value).filter(plain);
                    match &callee.kind {
                        ExprKind::Member(object, name) if &**name == "ServeHTTP" => self.serve(object),
                        // `f(w, r)`, `f(w, r, next)`
                        _ => {
                            self.to.push(callee);
                            self.to.extend(beside);
                        }
                    }
                } else if let ExprKind::Member(object, name) = &callee.kind {
                    match &**name {
                        "ServeHTTP" => self.serve(object),
                        _ => self.expr(object, depth),
                    }
                }
                args.iter().for_each(|arg| self.expr(&arg.value, depth));
            }
            ExprKind::Function(function) => {
                let outer = self.request;
                self.request = request_of(function).or(outer);
                self.block(&function.body, depth + 1);
                self.request = outer;
            }
            _ => {}
        }
    }

    /// Another handler's `ServeHTTP` goes before what helps on the way to it.
    fn serve(&mut self, object: &'b Expr) {
        self.to.insert(self.served, object);
        self.served += 1;
    }

    /// Whether an argument is the request, or a copy of it.
    fn is_request(&self, value: &Expr) -> bool {
        let Some(request) = self.request else { return false };
        match &value.kind {
            ExprKind::Name(name) => name == request,
            ExprKind::Call(call) => match &call.callee.kind {
                ExprKind::Member(object, name) => {
                    matches!(&**name, "WithContext" | "Clone")
                        && matches!(&object.kind, ExprKind::Name(name) if name == request)
                }
                _ => false,
            },
            _ => false,
        }
    }
}
