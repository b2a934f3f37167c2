//! Calls: entering functions and binding arguments.

use std::cell::{Cell, RefCell};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

use super::age::Watch;
use super::machine::{Flow, Frame, Machine};
use super::scope::{Scope, ScopeRef};
use super::value::{Args, Bound, ClassValue, Closure, Map, ModuleId, Native, Spot, Value};
use crate::code::form::{Function, FunctionKind, Language, Name, ParamKind, Pattern};

/// How often one function may be entered within itself with the same functions to call.
const MOST_RECURSION: usize = 3;
/// How often it may be with others: a project's own `group(path, (router) => …)` lies as deep as its paths have parts.
const MOST_NESTING: usize = 12;
/// How often a function of Rust is entered that brings nothing: handlers reach deep into code that makes no routes.
const MOST_IDLE_IN_RUST: u32 = 2;
/// How many times longer a function may compute that changes what was there before it, a list of its caller's or a variable
/// of its module.
const LEAVE_TO_WRITERS: u64 = 3;

impl Machine<'_> {
    /// A function with its scope.
    pub(crate) fn closure(
        &mut self,
        function: &Arc<Function>,
        scope: &ScopeRef,
        home: Option<Rc<ClassValue>>,
    ) -> Value {
        let early = self.language(scope) == Language::Python;
        let defaults = if early {
            function.params.iter().map(|param| param.default.as_ref().map(|d| self.eval(d, scope))).collect()
        } else {
            Vec::new()
        };
        let this = (function.kind == FunctionKind::Lexical).then(|| self.this(scope));
        let closure = Rc::new(Closure {
            function: function.clone(),
            scope: scope.clone(),
            this,
            home: RefCell::new(home.or_else(|| self.lexical_home(function))),
            defaults,
            attributes: Map::default(),
            marks: Map::default(),
            notes: RefCell::default(),
            entered: Cell::new(false),
        });
        self.closures.push(closure.clone());
        Value::Function(closure)
    }

    /// Whether a function that is to be entered with these functions to call has been so often enough already. One that
    /// was made in another call is another one.
    fn is_in_itself(&self, closure: &Closure, handed: &[usize]) -> bool {
        let (mut all, mut alike) = (0, 0);
        for frame in &self.frames {
            let Some(active) = frame.closure.as_ref().filter(|it| Arc::ptr_eq(&it.function, &closure.function)) else {
                continue;
            };
            all += 1;
            let same = handed.is_empty() || frame.handed == handed;
            alike += usize::from(same && Rc::ptr_eq(&active.scope, &closure.scope));
        }
        alike >= MOST_RECURSION || all >= MOST_NESTING
    }

    fn lexical_home(&self, function: &Function) -> Option<Rc<ClassValue>> {
        let frame = self.frames.last()?;
        if function.kind == FunctionKind::Lexical { frame.home.clone() } else { None }
    }

    /// Calls a value.
    pub(crate) fn call(&mut self, callee: &Value, args: Args, spot: Spot) -> Value {
        self.nested(|machine| machine.call_here(callee, args, spot)).unwrap_or_else(Value::unknown)
    }

    fn call_here(&mut self, callee: &Value, args: Args, spot: Spot) -> Value {
        let callee = match self.force(callee.clone()) {
            // What a module as a whole gives where a tool makes it stand for its default.
            Value::Module(id) => self.default_export(id).unwrap_or(Value::Module(id)),
            callee => callee,
        };
        match callee {
            Value::Function(closure) => self.call_function(&closure, args, spot),
            Value::Bound(bound) => match &bound.callee {
                Value::Function(closure) => match self.by_class(&bound.receiver, closure, &args, spot) {
                    Some(value) => value,
                    None => self.enter(closure, Some(bound.receiver.clone()), args, spot),
                },
                other => self.call(&other.clone(), args, spot),
            },
            Value::Method(method) => {
                let scope = self.modules[spot.module.0].scope.clone();
                self.call_member(&method.0, &method.1, args, &scope, spot)
            }
            Value::Native(native) => self.call_native(&native, args, spot),
            Value::Class(class) if self.is_go(class.spot.module) => self.go_conversion(&class, &args),
            Value::Class(class) => {
                let value = Value::Class(class.clone());
                let made = self.invoked(&value, &args, spot).or_else(|| self.of_one_method(&class, &args));
                made.unwrap_or_else(|| self.instantiate(&value, args, spot))
            }
            Value::Object(object) => self.call_object(&object, args, spot),
            Value::Unknown(path) => self.call_path(&path, args, spot),
            Value::Alt(all) => {
                self.conditional += 1;
                let results = all.iter().map(|one| self.call(one, args.clone(), spot)).collect();
                self.conditional -= 1;
                Value::any_of(results)
            }
            Value::Super(_) => Value::unknown(),
            callee => {
                self.let_go(&args);
                if callee.is_nothing() && self.is_go(spot.module) && args.list.iter().any(registers) {
                    self.note(spot, "what is registered here is not known: the function is not in the repository");
                }
                match self.modules[spot.module.0].language {
                    Language::Go => self.go_unseen("", &args),
                    Language::Rust => self.held_routers(&args).unwrap_or_else(Value::unknown),
                    Language::JavaScript | Language::Python | Language::Java => Value::unknown(),
                }
            }
        }
    }

    /// The function that a module of JavaScript exports by default: a module itself cannot be called, so who calls one has it
    /// stand for that (Babel's `add-module-exports`).
    fn default_export(&mut self, id: ModuleId) -> Option<Value> {
        if self.modules[id.0].language != Language::JavaScript {
            return None;
        }
        let default = self.exported(id, &"default".into()).map(|value| self.force(value));
        default.filter(|value| matches!(value, Value::Function(_) | Value::Bound(_) | Value::Class(_)))
    }

    fn call_native(&mut self, native: &Native, args: Args, spot: Spot) -> Value {
        match native {
            Native::Decorator { action, member, receiver, args: outer, spot: place } => {
                let target = described(&args);
                let target = if action.mark.is_some() { self.apart(target) } else { target };
                // A method's own decorator may be made by the project's: then the method's line tells more.
                let place = if args.list.len() > 1 { spot } else { *place };
                self.decorate_with(action, member, receiver, outer, &target, place);
                target
            }
            Native::Gives(value) => value.clone(),
            Native::Told(told) => {
                told.borrow_mut().push(args.list);
                Value::Undefined
            }
            Native::Noted(_) => {
                self.let_go(&args);
                Value::unknown()
            }
            Native::Group(all) => {
                for one in all.iter().rev() {
                    self.call(one, args.clone(), spot);
                }
                Value::Undefined
            }
            Native::Partial { callee, args: first } => {
                let mut all = first.clone();
                all.list.extend(args.list);
                all.named.extend(args.named);
                all.partial |= args.partial;
                self.call(callee, all, spot)
            }
            Native::View(_) | Native::Until { .. } => {
                self.let_go(&args);
                Value::unknown()
            }
            Native::Wraps(from) => {
                let target = args.at(0);
                let marks = match from {
                    Value::Function(from) => Some(&from.marks),
                    Value::Native(from) => match &**from {
                        Native::View(view) => Some(&view.marks),
                        _ => None,
                    },
                    _ => None,
                };
                if let (Some(marks), Value::Function(to)) = (marks, &target) {
                    for (key, value) in marks.pairs() {
                        if let Some(at) = key.key() {
                            to.marks.set(at, key, value);
                        }
                    }
                    to.attributes.put("__wrapped__", from.clone());
                }
                target
            }
            Native::Wrapped(_) | Native::Stripped { .. } => {
                if let Some(request) = args.list.iter().find(|arg| super::go::probe::is_sent(arg)) {
                    self.go_arrive_native(native, request, spot, 0);
                    return Value::Undefined;
                }
                self.let_go(&args);
                Value::unknown()
            }
        }
    }

    /// Enters a function.
    pub(crate) fn enter(&mut self, closure: &Rc<Closure>, receiver: Option<Value>, args: Args, spot: Spot) -> Value {
        closure.entered.set(true);
        if self.is_abstract(closure) {
            return self.call_abstract(closure, args, spot);
        }
        if super::jvm::single::is_bodiless(&closure.function)
            && let Some(value) = self.call_bodiless(closure, receiver.as_ref(), &args, spot)
        {
            return value;
        }
        let node = Arc::as_ptr(&closure.function).addr();
        let handed = functions_of(&args);
        if self.is_in_itself(closure, &handed) || self.frames.len() >= self.limits.calls || self.exhausted() {
            self.escape_all(&args);
            return Value::unknown();
        }
        let most = if self.language(&closure.scope) == Language::Rust {
            self.limits.idle_entries.min(MOST_IDLE_IN_RUST)
        } else {
            self.limits.idle_entries
        };
        let entry = self.entry_of(node, &args);
        // What is asked of nothing but itself gives what it gave.
        let asks = args.list.is_empty() && args.named.is_empty() && closure.function.kind != FunctionKind::Lexical;
        let asked = asks.then(|| (node, receiver.as_ref().and_then(Value::identity)));
        if self.idle.get(&entry).is_some_and(|idle| *idle >= most) {
            let known = asked.and_then(|asked| self.idle_results.get(&asked)).cloned();
            return known.unwrap_or_else(Value::unknown);
        }
        if self.idle_steps.get(&entry).is_some_and(|steps| *steps >= self.limits.idle_steps) {
            self.escape_all(&args);
            return Value::unknown();
        }
        let is_go = self.is_go(closure.scope.module);
        if is_go && self.is_worn(node, &args) {
            return self.result_typed(closure);
        }
        let given = is_go.then(|| args.clone());
        let told = given.as_ref().and_then(|args| self.go_registration(closure, args, spot));
        let (before, steps, watch) = (self.effects, self.steps, Watch::begin());
        let scope = Scope::of_call(&closure.scope, self.journals.len());
        let receiver = receiver.or_else(|| self.implicit_receiver(closure));
        // Where names are found by the receiver, a function that is given one sees it before the one around.
        let seen = receiver.clone().filter(|_| self.has_packages(&scope));
        if self.has_packages(&scope) {
            self.see_receiver(&scope, seen.as_ref());
            if closure.function.kind != FunctionKind::Lexical {
                self.mark_frame(&scope);
            }
            if self.called.contains(&node) {
                self.mark_called(&scope);
            }
        }
        let this = seen.or_else(|| closure.this.clone()).or_else(|| receiver.clone()).unwrap_or(Value::Undefined);
        self.frames.push(Frame {
            closure: Some(closure.clone()),
            spot,
            this,
            home: closure.home.borrow().clone(),
            returns: Vec::new(),
            yields: Vec::new(),
            given: strings_of(&args),
            handed,
        });
        let types: Vec<_> = args.named.iter().filter(|(name, _)| name.starts_with('<')).cloned().collect();
        let stated = types.iter().find(|(name, _)| &**name == "<>").map(|(_, ty)| ty.clone());
        let values = if closure.function.parameters.is_empty() { Vec::new() } else { args.list.clone() };
        self.bind_arguments(closure, receiver, args, &scope);
        self.rust_parameters(closure, &types, &values, &scope);
        let expected = self.rust_enter(closure, &stated);
        let flow = self.block(&closure.function.body, &scope);
        self.rust_leave(closure, expected);
        let frame = self.frames.pop();
        let mut value = result_of(flow, frame, &closure.function);
        self.taken_in_turn(&value);
        if let Some(told) = told {
            self.go_registered(told);
        }
        if let Some(given) = given {
            let value_or_built = self.go_built(closure, &given).unwrap_or(value);
            value = self.go_result(value_or_built, closure);
            let useful = self.effects != before;
            self.wear(node, useful, &given, &value);
        }
        let rust = self.language(&closure.scope) == Language::Rust;
        let writes = watch.ends();
        if self.effects != before {
            self.useful.insert(node);
        }
        if self.effects == before && !writes && (brings_nothing(&value) || (rust && is_plain(&value))) {
            *self.idle.entry(entry).or_default() += 1;
            if let Some(asked) = asked.filter(|_| rust) {
                self.idle_results.insert(asked, value.clone());
            }
        }
        if self.effects == before {
            let spent = self.steps.saturating_sub(steps);
            *self.idle_steps.entry(entry).or_default() += if writes { spent / LEAVE_TO_WRITERS } else { spent };
        }
        value
    }

    /// What entries of a function that bring nothing are counted by: the function, and for one that ever registered or read
    /// something the names that it is given too, as another name may bring something again. Names of variables always count.
    fn entry_of(&self, node: usize, args: &Args) -> (usize, u64) {
        let useful = self.useful.contains(&node);
        let given = strings_of(args);
        let counts = |name: &&Name| !name.contains(char::is_whitespace) && (useful || is_variable(name));
        let mut names = DefaultHasher::new();
        let mut any = false;
        for name in given.iter().filter(counts) {
            name.hash(&mut names);
            any = true;
        }
        if useful || any { (node, names.finish()) } else { (node, 0) }
    }

    fn bind_arguments(&mut self, closure: &Rc<Closure>, receiver: Option<Value>, args: Args, scope: &ScopeRef) {
        let function = closure.function.clone();
        let args = args.placed(&function);
        let mut list = args.list;
        if let Some(receiver) = receiver {
            match &function.receiver {
                Some(param) => self.bind(&param.target, receiver, scope, true),
                None if self.takes_self(&function, scope) => list.insert(0, receiver),
                None => {}
            }
        } else if let Some(param) = &function.receiver {
            let value = param.ty.as_ref().and_then(|ty| self.typed(ty, scope)).unwrap_or_else(Value::unknown);
            self.bind(&param.target, value, scope, true);
        }
        if self.language(scope) == Language::JavaScript && function.kind != FunctionKind::Lexical {
            scope.set(&"arguments".into(), Value::list_of(super::value::ListKind::List, list.clone(), args.partial));
        }
        let mut named = args.named;
        // A block that is given nothing has no `it` of its own (Kotlin).
        let nothing = list.is_empty() && named.is_empty() && !args.partial;
        if nothing && self.has_packages(&closure.scope) && super::jvm::single::implies_it(closure) {
            return;
        }
        let mut next = 0;
        for (at, param) in function.params.iter().enumerate() {
            let name = match &param.target {
                Pattern::Name(name, _) => Some(name.clone()),
                _ => None,
            };
            let value = match param.kind {
                ParamKind::Rest => {
                    let rest = list.get(next..).unwrap_or_default().to_vec();
                    next = list.len();
                    Value::list_of(super::value::ListKind::List, rest, args.partial)
                }
                ParamKind::KeywordRest => {
                    let entries = std::mem::take(&mut named);
                    let map = Value::map(entries.into_iter().map(|(key, value)| (Value::Str(key), value)).collect());
                    if let Value::Map(map) = &map {
                        map.partial.set(args.partial);
                    }
                    map
                }
                ParamKind::Plain | ParamKind::Keyword => {
                    let given = if param.kind == ParamKind::Plain { list.get(next).cloned() } else { None };
                    next += usize::from(param.kind == ParamKind::Plain);
                    let given = given.or_else(|| take_named(&mut named, name.as_ref()));
                    self.argument(closure, at, given, args.partial, scope)
                }
            };
            if param.is_field
                && let (Some(name), Some(frame)) = (&name, self.frames.last())
            {
                let this = frame.this.clone();
                self.write_member(&this, name, value.clone());
            }
            self.bind(&param.target, value, scope, true);
            self.note_received(param, closure, scope);
        }
    }

    /// The value of one parameter: what is given, else its default, else what its type says.
    pub(super) fn argument(
        &mut self,
        closure: &Closure,
        at: usize,
        given: Option<Value>,
        open: bool,
        scope: &ScopeRef,
    ) -> Value {
        let function = closure.function.clone();
        let Some(param) = function.params.get(at) else { return Value::unknown() };
        let early = closure.defaults.get(at).cloned().flatten();
        let given = given.map(|value| self.force(value));
        match given {
            Some(Value::Undefined) | None => match (early, &param.default) {
                (Some(default), _) if !open => default,
                (Some(default), _) => Value::unknown().join(default),
                (None, Some(default)) => self.eval(default, scope),
                (None, None) => {
                    let told = match function.kind {
                        FunctionKind::Constructor => self.injected_by(&param.decorators, &closure.scope),
                        _ if self.has_packages(&closure.scope) => self.injected_by(&param.decorators, &closure.scope),
                        _ => None,
                    };
                    let typed = told.or_else(|| param.ty.as_ref().and_then(|ty| self.typed(ty, &closure.scope)));
                    let absent = given.is_some() || (!open && self.language(scope) == Language::JavaScript);
                    // Of what is left out the type says nothing but where a library may give it.
                    let left = given.is_none() && absent && function.kind != FunctionKind::Constructor;
                    match typed {
                        Some(Value::Unknown(_)) | None if absent => Value::Undefined,
                        Some(Value::Object(it)) if left && it.model.borrow().is_none() => Value::Undefined,
                        typed => typed.unwrap_or_else(Value::unknown),
                    }
                }
            },
            Some(value @ Value::Unknown(_)) => match (self.environment_by_default(closure, at), &param.ty) {
                (Some(default), _) => value.join(default),
                (None, Some(ty)) => self.refined(value, ty, &closure.scope),
                (None, None) => value,
            },
            Some(value) => value,
        }
    }

    fn takes_self(&self, function: &Function, scope: &ScopeRef) -> bool {
        self.language(scope) == Language::Python && function.kind != FunctionKind::Static
    }

    /// The receiver in this place.
    pub(crate) fn this(&mut self, scope: &ScopeRef) -> Value {
        match self.frames.last() {
            Some(frame) if !matches!(frame.this, Value::Undefined) => frame.this.clone(),
            Some(frame) => match &frame.closure {
                Some(closure) if closure.function.receiver.is_some() => self.name(&"self".into(), scope),
                _ => Value::Undefined,
            },
            None => Value::Undefined,
        }
    }

    /// Applies decorators to a function or class, the last one first. One that nobody knows changes nothing.
    pub(crate) fn decorated(
        &mut self,
        value: Value,
        decorators: &[crate::code::form::Decorator],
        scope: &ScopeRef,
    ) -> Value {
        let mut value = value;
        for (callee, spot) in self.decorators(decorators, scope) {
            let result = self.call(&callee, Args::of(vec![value.clone()]), spot);
            match result {
                Value::Function(_) | Value::Bound(_) | Value::Native(_) | Value::Class(_) | Value::Method(_) => {
                    value = result;
                }
                Value::Object(_) if !matches!(value, Value::Class(_)) => value = result,
                // What a decorator makes of a function may be data, to be read where the functions are looked through.
                Value::List(_) | Value::Map(_)
                    if self.language(scope) == Language::Python && !matches!(value, Value::Class(_)) =>
                {
                    value = result;
                }
                _ => {}
            }
        }
        value
    }

    /// Decorators in the order in which they are applied, each with its place.
    pub(crate) fn decorators(
        &mut self,
        decorators: &[crate::code::form::Decorator],
        scope: &ScopeRef,
    ) -> Vec<(Value, Spot)> {
        let mut all: Vec<(Value, Spot)> = Vec::new();
        for decorator in decorators {
            let line = decorator.pos.line;
            all.push((self.eval_decorator(&decorator.expr, line, scope), Spot { module: scope.module, line }));
        }
        all.reverse();
        all
    }

    /// The decorator's value; calls in it stand where the sign stands.
    fn eval_decorator(&mut self, expr: &crate::code::form::Expr, line: u32, scope: &ScopeRef) -> Value {
        use crate::code::form::ExprKind;
        let ExprKind::Call(call) = &expr.kind else { return self.eval(expr, scope) };
        let spot = Spot { module: scope.module, line };
        let args = self.arguments(&call.args, scope);
        match &call.callee.kind {
            ExprKind::Member(object, name) => {
                let object = self.eval(object, scope);
                self.saw(spot, &object);
                self.saw_decorator(&object, name, &args, spot);
                let given = args.list.clone();
                let made = self.call_member(&object, name, args, scope, spot);
                self.decorator_made(made, &given, scope)
            }
            _ => {
                let callee = self.eval(&call.callee, scope);
                self.saw(spot, &callee);
                if let Value::Unknown(path) = &callee {
                    let name = path.rsplit('.').next().unwrap_or_default().into();
                    self.saw_decorator(&callee, &name, &args, spot);
                }
                let given = args.list.clone();
                let made = self.call(&callee, args, spot);
                self.decorator_made(made, &given, scope)
            }
        }
    }

    /// A function bound to a receiver.
    pub(crate) fn bound(callee: Value, receiver: Value) -> Value {
        Value::Bound(Rc::new(Bound { callee, receiver }))
    }
}

/// What a decorator decorates: JavaScript hands a method over as its class, its name and its descriptor.
fn described(args: &Args) -> Value {
    match args.at(2) {
        Value::Map(descriptor) => descriptor.named("value").unwrap_or_else(|| args.at(0)),
        _ => args.at(0),
    }
}

fn take_named(named: &mut Vec<(Name, Value)>, name: Option<&Name>) -> Option<Value> {
    let at = named.iter().position(|(key, _)| Some(key) == name)?;
    Some(named.remove(at).1)
}

/// Whether nothing is known of what a call came to.
fn brings_nothing(value: &Value) -> bool {
    matches!(value, Value::Unknown(_) | Value::Undefined | Value::Null)
}

/// Whether a value carries no path, no code and no router.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Module(_) => true,
        // What holds a text may hold a path: the constants that one constructor makes differ by it.
        Value::Object(object) => {
            let texts = || object.members.pairs().iter().any(|(_, member)| matches!(member, Value::Str(_)));
            object.model.borrow().is_none() && !texts()
        }
        _ => false,
    }
}

/// What a call comes to.
fn result_of(flow: Flow, frame: Option<Frame>, function: &Function) -> Value {
    let (returns, yields) = frame.map(|frame| (frame.returns, frame.yields)).unwrap_or_default();
    if function.is_generator {
        return Value::list(yields);
    }
    let last = match flow {
        Flow::Return(value) => value,
        Flow::Next | Flow::Break | Flow::Continue => Value::Null,
        Flow::Throw => Value::unknown(),
    };
    let ways = returns.into_iter().chain([last]).collect();
    Value::one_of(super::go::going_on(ways, Some(function)))
}

/// The strings among arguments.
fn strings_of(args: &Args) -> Vec<Name> {
    let all = args.list.iter().chain(args.named.iter().map(|(_, value)| value));
    all.filter_map(|value| if let Value::Str(text) = value { Some(text.clone()) } else { None }).collect()
}

/// The nodes of the functions among arguments.
fn functions_of(args: &Args) -> Vec<usize> {
    let all = args.list.iter().chain(args.named.iter().map(|(_, value)| value));
    all.filter_map(|value| match value {
        Value::Function(closure) => Some(Arc::as_ptr(&closure.function).addr()),
        _ => None,
    })
    .collect()
}

/// Whether a value is an object that routes are registered on.
pub(super) fn registers(value: &Value) -> bool {
    let Value::Object(object) = value else { return false };
    let model = object.model.borrow();
    model.as_ref().is_some_and(|model| model.ty.members.values().any(|action| action.route.is_some()))
}

/// Whether a text looks like the name of an environment variable.
fn is_variable(text: &str) -> bool {
    let signs = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.len() > 3 && text.contains('_') && text.chars().all(signs)
}
