//! Expressions.

use std::rc::Rc;

use super::machine::{Flow, Machine};
use super::scope::{self, Scope, ScopeKind, ScopeRef};
use super::value::{Args, Lazy, ListKind, Map, Spot, Value};
use crate::code::form::{
    Arg, BinaryOp, Call, Entry, Expr, ExprKind, Item, Language, Name, Spread, Stmt, StmtKind, TemplatePart, TypeRef,
    UnaryOp, Yields,
};
use crate::code::holes::{HOLE, hole};

impl Machine<'_> {
    /// The value of an expression.
    pub(crate) fn eval(&mut self, expr: &Expr, scope: &ScopeRef) -> Value {
        match self.nested(|machine| machine.eval_kind(expr, scope)) {
            Some(value) => {
                let value = self.force(value);
                self.go_settled(value)
            }
            None => Value::unknown(),
        }
    }

    /// The object of an assignment: reading it is no read of the environment.
    pub(crate) fn eval_place(&mut self, expr: &Expr, scope: &ScopeRef) -> Value {
        self.eval(expr, scope)
    }

    fn eval_kind(&mut self, expr: &Expr, scope: &ScopeRef) -> Value {
        let line = expr.pos.line;
        match &expr.kind {
            ExprKind::Null => Value::Null,
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::Int(value) => Value::Int(*value),
            ExprKind::Float(value) => Value::Float(*value),
            ExprKind::Str(text) if text.contains(HOLE) => Value::unknown(),
            ExprKind::Str(text) => Value::Str(text.clone()),
            ExprKind::Template(parts) => self.template(parts, scope),
            ExprKind::Regex(text) => Value::Regex(text.clone()),
            ExprKind::Name(name) => self.read_name(name, scope),
            ExprKind::Path(path) => self.path(path, scope),
            ExprKind::This => self.this(scope),
            ExprKind::Super => self.super_value(scope),
            ExprKind::Member(object, name) => {
                let (written, object) = (object, self.eval(object, scope));
                if matches!(object, Value::Null) && is_answer_asked(written) {
                    return Value::Null;
                }
                match self.extension_property(&object, name, scope, line) {
                    Some(value) => value,
                    None => self.member(&object, name, scope, line),
                }
            }
            ExprKind::Index(object, index) => {
                let object = self.eval(object, scope);
                let index = self.eval(index, scope);
                self.index_read(&object, &index, scope, line)
            }
            ExprKind::Slice(object, from, to) => {
                let object = self.eval(object, scope);
                let from = from.as_ref().map(|from| self.eval(from, scope));
                let to = to.as_ref().map(|to| self.eval(to, scope));
                self.slice_read(&object, from.as_ref(), to.as_ref(), scope)
            }
            ExprKind::Call(call) => self.call_expr(call, line, scope),
            ExprKind::Function(function) => self.closure(function, scope, None),
            ExprKind::Class(class) => self.class(class, scope),
            ExprKind::List(items) => self.sequence(ListKind::List, items, scope),
            ExprKind::Tuple(items) => {
                let pair = self.sequence(ListKind::Tuple, items, scope);
                self.paired(pair, scope, line)
            }
            ExprKind::Set(items) => self.sequence(ListKind::Set, items, scope),
            ExprKind::Map(entries) => self.map_literal(entries, scope),
            ExprKind::Composite(ty, literal) if self.language(scope) == Language::Go => {
                self.go_literal(ty, literal, scope, line)
            }
            ExprKind::Composite(ty, literal) => {
                let literal = self.rust_fields(ty, literal, scope).unwrap_or_else(|| self.eval(literal, scope));
                self.composite(ty, literal, scope, line)
            }
            ExprKind::Unary(op, operand) => self.unary(*op, operand, scope),
            ExprKind::Binary(op, left, right) => self.binary_expr(*op, left, right, scope),
            ExprKind::Logical(op, left, right) => self.logical(*op, left, right, scope),
            ExprKind::Conditional(test, then, otherwise) => self.conditional(test, then, otherwise, scope),
            ExprKind::Switch(subject, arms) => self.switch_value(subject.as_deref(), arms, scope),
            ExprKind::Block(body) => {
                let inner = Scope::inside(scope, ScopeKind::Block);
                self.block_value(body, &inner)
            }
            ExprKind::Await(inner) => self.eval(inner, scope),
            ExprKind::Yield(inner) => {
                let value = inner.as_ref().map_or(Value::Null, |inner| self.eval(inner, scope));
                if let Some(frame) = self.frames.last_mut() {
                    frame.yields.push(value);
                }
                Value::unknown()
            }
            ExprKind::Assign(target, op, value) => {
                let mut value = self.eval(value, scope);
                if let Some(op) = op {
                    let old = self.read_target(target, scope);
                    value = self.binary(*op, old, value);
                }
                self.bind(target, value.clone(), scope, false);
                value
            }
            ExprKind::Sequence(all) => all.iter().fold(Value::Undefined, |_, one| self.eval(one, scope)),
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension, scope),
            ExprKind::Cast(inner, ty) => {
                if let ExprKind::Function(function) = &inner.kind
                    && let Some(received) = self.received_as_stated(function, ty, scope)
                {
                    return received;
                }
                let value = self.eval(inner, scope);
                let refers = value.is_unknown() && *ty == TypeRef::reference();
                match if refers { self.referred(inner, scope) } else { None } {
                    Some(found) => found,
                    None => self.refined(value, ty, scope),
                }
            }
            ExprKind::Is(test) => self.type_test(test, scope),
            ExprKind::Macro(call) => self.macro_call(call, scope, line),
            ExprKind::Type(ty) => self.type_value(ty, scope),
            ExprKind::Unknown(parts) => {
                for part in parts {
                    let value = self.eval(part, scope);
                    self.escape(&value);
                }
                Value::unknown()
            }
        }
    }

    /// The value that a name is bound to; a name that nothing binds is the library's or the language's.
    pub(crate) fn name(&mut self, name: &Name, scope: &ScopeRef) -> Value {
        match self.member_before(name, scope) {
            Some(nearer) => nearer,
            None => self.name_alone(name, scope),
        }
    }

    /// The same where a property of the classes around does not hide what the file binds: what is called is no property.
    pub(crate) fn name_alone(&mut self, name: &Name, scope: &ScopeRef) -> Value {
        let skip = self.language(scope) == Language::Python;
        if let Some(owner) = scope::find(scope, name, skip)
            && let Some(value) = owner.own(name)
        {
            let forced = self.force(value.clone());
            if matches!(value, Value::Lazy(_)) && !matches!(forced, Value::Lazy(_) | Value::Unknown(_)) {
                owner.set(name, forced.clone());
            }
            return forced;
        }
        if self.language(scope) == Language::Rust {
            return self.rust_name(name, scope, false);
        }
        if let Some(value) = self.implicit(name, scope) {
            return value;
        }
        if let Some(value) = self.global_name(name, scope) {
            return self.force(value);
        }
        Value::from_path(name.clone())
    }

    /// What a lazy value has come to.
    pub(crate) fn force(&mut self, value: Value) -> Value {
        let mut value = value;
        for _ in 0..24 {
            let Value::Lazy(lazy) = &value else { return value };
            let next = match &**lazy {
                Lazy::Export(module, name) => self.exported(*module, name),
                Lazy::Local(scope, name) => scope.own(name),
                Lazy::Declared(module, at, name) => self.go_declared(*module, *at, name),
                Lazy::Path(..) => self.rust_lazy(lazy),
                Lazy::Class(path, names) => self.class_at(path, names),
                Lazy::Static(class, at) => self.static_field(class, *at),
            };
            match next {
                Some(next) => value = next,
                None => return value,
            }
        }
        Value::unknown()
    }

    fn template(&mut self, parts: &[TemplatePart], scope: &ScopeRef) -> Value {
        let mut all = Value::text("");
        for part in parts {
            let piece = match part {
                TemplatePart::Text(text) if text.contains(HOLE) => Value::unknown(),
                TemplatePart::Text(text) => Value::Str(text.clone()),
                TemplatePart::Expr(expr) => {
                    let value = self.eval(expr, scope);
                    self.shown(&value, hint_of(expr))
                }
            };
            all = self.concat(&all, &piece);
        }
        all
    }

    fn sequence(&mut self, kind: ListKind, items: &[Item], scope: &ScopeRef) -> Value {
        let mut out = Vec::new();
        let mut partial = false;
        for item in items {
            let value = self.eval(&item.value, scope);
            match item.spread {
                Spread::No | Spread::Behind => out.push(value),
                Spread::List | Spread::Map => {
                    let (more, open) = self.walk(&value, Yields::Elements, scope);
                    self.spend(more.len());
                    if open && more.is_empty() && matches!(value, Value::Object(_) | Value::Module(_)) {
                        out.push(value);
                    }
                    out.extend(more);
                    partial |= open;
                }
            }
        }
        Value::list_of(kind, out, partial)
    }

    fn map_literal(&mut self, entries: &[Entry], scope: &ScopeRef) -> Value {
        let map = Rc::new(Map::default());
        for entry in entries {
            match entry {
                Entry::Pair(key, value) => {
                    let key = self.eval(key, scope);
                    let value = self.eval(value, scope);
                    self.note_defined(&key, scope);
                    match key.key() {
                        Some(at) => map.set(at, key, value),
                        None => {
                            map.partial.set(true);
                            self.escape(&value);
                        }
                    }
                }
                Entry::Spread(value) => {
                    let value = self.eval(value, scope);
                    self.merge_map(&map, &value);
                }
            }
        }
        Value::Map(map)
    }

    /// Writes the entries of a value into a map; where they are not all known, the map is not either.
    pub(crate) fn merge_map(&mut self, map: &Map, value: &Value) {
        match self.force(value.clone()) {
            Value::Map(other) => {
                self.spend(other.len());
                for (key, value) in other.pairs() {
                    if let Some(at) = key.key() {
                        map.set(at, key, value);
                    }
                }
                map.partial.set(map.partial.get() || other.partial.get());
                if other.environment.get() {
                    map.environment.set(true);
                    let renamed = other.renamed.borrow().clone();
                    map.renamed.replace(renamed);
                }
            }
            Value::Object(object) => {
                for (key, value) in object.members.pairs() {
                    if let Some(at) = key.key() {
                        map.set(at, key, value);
                    }
                }
            }
            Value::Alt(all) => {
                for one in all.iter() {
                    self.merge_map(map, one);
                }
            }
            Value::Module(id) => {
                for (name, value) in self.all_exports(id) {
                    map.put(&name, value);
                }
            }
            Value::Null | Value::Undefined | Value::Bool(_) => {}
            other => {
                map.partial.set(true);
                map.environment.set(map.environment.get() || self.is_environment(&other));
                if let Value::Unknown(path) = &other
                    && let Some(names) = self.models.sources.get(&**path)
                {
                    names.iter().for_each(|name| map.put(name, Value::unknown()));
                }
            }
        }
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expr, scope: &ScopeRef) -> Value {
        // `!!x` is whether it is there.
        if let (UnaryOp::Not, ExprKind::Unary(UnaryOp::Not, inner)) = (op, &operand.kind) {
            let value = self.eval(inner, scope);
            self.ask_about(&value);
            return self.truth(&value, scope).map_or_else(Value::unknown, Value::Bool);
        }
        let value = self.eval(operand, scope);
        match op {
            UnaryOp::Not | UnaryOp::TypeOf => self.ask_in_condition(&value),
            UnaryOp::Maybe => self.ask_about(&value),
            _ => {}
        }
        match (op, value) {
            (UnaryOp::Not, value) => match self.truth(&value, scope) {
                Some(truth) => Value::Bool(!truth),
                None if matches!(value, Value::Env(_)) && self.language(scope) == Language::Go => value,
                None => Value::unknown(),
            },
            (UnaryOp::Minus, Value::Int(value)) => Value::Int(value.wrapping_neg()),
            (UnaryOp::Minus, Value::Float(value)) => Value::Float(-value),
            (UnaryOp::Plus, value @ (Value::Int(_) | Value::Float(_) | Value::Env(_))) => value,
            (UnaryOp::Address | UnaryOp::Maybe, value) => value,
            (UnaryOp::TypeOf, value) => type_of(&value).map_or_else(Value::unknown, Value::text),
            (UnaryOp::Minus | UnaryOp::Plus | UnaryOp::Other, _) => Value::unknown(),
        }
    }

    fn binary_expr(&mut self, op: BinaryOp, left: &Expr, right: &Expr, scope: &ScopeRef) -> Value {
        let a = self.eval(left, scope);
        let b = self.eval(right, scope);
        if matches!(op, BinaryOp::In | BinaryOp::NotIn) {
            return self.contains(&a, &b, op == BinaryOp::In, scope, left.pos.line);
        }
        if let Some(value) = self.call_operator(op, &a, &b, scope, left.pos.line) {
            return value;
        }
        if op == BinaryOp::Add {
            let text = |value: &Value| value.as_text().is_some() || matches!(value, Value::Alt(_));
            if text(&a) && b.is_unknown() {
                let piece = self.shown(&b, hint_of(right));
                return self.concat(&a, &piece);
            }
            if text(&b) && a.is_unknown() {
                let piece = self.shown(&a, hint_of(left));
                return self.concat(&piece, &b);
            }
        }
        let settled = self.compared(op, &a, &b, scope);
        // What a condition on a variable comes to hangs on the variable.
        let env = match (&a, &b) {
            _ if settled => None,
            (Value::Env(env), _) | (_, Value::Env(env)) if self.language(scope) == Language::Go => Some(env.clone()),
            _ => None,
        };
        match (self.binary(op, a, b), env) {
            (Value::Unknown(_), Some(env)) => {
                Value::Env(Rc::new(super::value::EnvValue { reads: env.reads.clone(), default: None }))
            }
            (value, _) => value,
        }
    }

    /// Runs a block and gives the value of its last expression.
    pub(crate) fn block_value(&mut self, body: &[Stmt], scope: &ScopeRef) -> Value {
        let Some((last, before)) = body.split_last() else { return Value::Null };
        match self.block(before, scope) {
            Flow::Next => {}
            Flow::Return(value) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.returns.push(value);
                }
                return Value::unknown();
            }
            Flow::Break | Flow::Continue | Flow::Throw => return Value::unknown(),
        }
        match &last.kind {
            StmtKind::Expr(expr) => self.eval(expr, scope),
            StmtKind::Return(Some(expr)) => {
                let value = self.eval(expr, scope);
                if let Some(frame) = self.frames.last_mut() {
                    frame.returns.push(value);
                }
                Value::unknown()
            }
            _ => {
                self.stmt(last, scope);
                Value::unknown()
            }
        }
    }

    /// The arguments of a call.
    pub(crate) fn arguments(&mut self, given: &[Arg], scope: &ScopeRef) -> Args {
        let mut args = Args::default();
        for arg in given {
            let value = self.eval(&arg.value, scope);
            // Go's `f(g())`: several results are several arguments.
            if let (1, Value::List(results)) = (given.len(), &value)
                && results.kind == ListKind::Tuple
                && self.language(scope) == Language::Go
            {
                return Args::of(results.items.borrow().clone());
            }
            match (arg.spread, &arg.name) {
                (Spread::No, None) => args.list.push(value),
                (Spread::No, Some(name)) => args.named.push((name.clone(), value)),
                (Spread::Behind, _) => {
                    args.list.push(value);
                    args.behind = true;
                }
                (Spread::List, _) => {
                    let (more, partial) = self.walk(&value, Yields::Elements, scope);
                    args.list.extend(more);
                    args.partial |= partial;
                }
                (Spread::Map, _) => {
                    let map = Map::default();
                    self.merge_map(&map, &value);
                    args.partial |= map.partial.get();
                    for (key, value) in map.pairs() {
                        if let Value::Str(name) = key {
                            args.named.push((name, value));
                        }
                    }
                }
            }
        }
        args
    }

    fn call_expr(&mut self, call: &Call, line: u32, scope: &ScopeRef) -> Value {
        let value = self.called(call, line, scope);
        self.go_written(call, scope);
        value
    }

    fn called(&mut self, call: &Call, line: u32, scope: &ScopeRef) -> Value {
        let spot = Spot { module: scope.module, line };
        let stands_alone = self.stands_alone(call);
        if let ExprKind::Name(name) = &call.callee.kind
            && let Some(value) = self.special_call(name, call, scope, spot)
        {
            return value;
        }
        if let Some(callee) = self.go_element_called(call, scope) {
            let args = self.arguments(&call.args, scope);
            let named = args.named.into_iter().filter(|(name, _)| &**name != "[]").collect();
            return self.call(&callee, Args { named, ..args }, spot);
        }
        match &call.callee.kind {
            ExprKind::Name(name) if !call.is_new && self.has_packages(scope) => {
                let args = self.arguments(&call.args, scope);
                let local = self.is_local_callee(name, &args, scope);
                let file = (!local && self.passes_over(name, &args, scope)).then(|| scope::top_of(scope));
                if !local
                    && file.is_none()
                    && let Some(value) = self.call_around(name, &args, scope, spot)
                {
                    return value;
                }
                let given = self.call_received(name, &args, scope, spot);
                if let Some(value) = given.or_else(|| self.call_given(name, &args, scope, spot)) {
                    return value;
                }
                let Some(callee) = self.meant(name, &args, file.as_ref().unwrap_or(scope)) else {
                    return self.note_several(name, &args, scope, spot);
                };
                if let Some(value) = self.call_renamed(&callee, name, &args, scope, spot) {
                    return value;
                }
                self.tell_foreign_call(&callee, &args, scope, spot);
                if let Value::Function(closure) = &callee
                    && let Some(receiver) = self.taken_receiver(closure, &args)
                {
                    return self.call(&Self::bound(callee.clone(), receiver), args, spot);
                }
                self.call(&callee, args, spot)
            }
            ExprKind::Member(object, name) if !call.is_new => {
                if &**name == "invoke"
                    && let Some(function) = named(object).filter(|name| self.is_received(name, scope))
                {
                    let args = self.arguments(&call.args, scope);
                    return self.call_received(function, &args, scope, spot).unwrap_or_else(Value::unknown);
                }
                let (written, object) = (object, self.eval(object, scope));
                self.saw(spot, &object);
                if matches!(object, Value::Null) && is_answer_asked(written) {
                    return Value::Null;
                }
                let mut args = self.arguments(&call.args, scope);
                self.path_before_router(&object, Some(name), call, &mut args);
                if &**name == "invoke"
                    && let Some(value) = self.call_on_given(&object, &args, spot)
                {
                    return value;
                }
                self.saw_router((written, &object), name, &args, spot);
                if let Some(value) = self.asked_by(&object, name, &args, scope) {
                    return value;
                }
                if stands_alone {
                    self.go_given((written, &object), name, &args, scope);
                }
                self.strips(call, (written, &object), name, scope);
                self.call_member(&object, name, args, scope, spot)
            }
            ExprKind::Super => {
                let args = self.arguments(&call.args, scope);
                self.construct_super(args, scope, spot)
            }
            _ => {
                let callee = self.eval(&call.callee, scope);
                let mut args = self.rust_arguments(&callee, &call.args, scope);
                self.path_before_router(&callee, None, call, &mut args);
                let callee = self.converter(callee, &args);
                if let Some(value) = self.call_on_given(&callee, &args, spot) {
                    return value;
                }
                // Kotlin's `"/path" { … }`, where something around says what calling a text means.
                if matches!(callee, Value::Str(_))
                    && let Some(value) = self.call_extension(&callee, &"invoke".into(), &args, scope, spot)
                {
                    return value;
                }
                if call.is_new { self.instantiate(&callee, args, spot) } else { self.call(&callee, args, spot) }
            }
        }
    }

    /// The value as a piece of a string: a hole where it is not known.
    pub(crate) fn shown(&mut self, value: &Value, hint: &str) -> Value {
        match value {
            Value::Str(_) => value.clone(),
            Value::Int(number) => Value::text(number.to_string()),
            Value::Float(number) => Value::text(number.to_string()),
            Value::Bool(truth) => Value::text(truth.to_string()),
            Value::Env(env) => match &env.default {
                Some(default) => {
                    let default = default.clone();
                    self.shown(&default, hint)
                }
                None => self.deployed_value(env).unwrap_or_else(|| Value::text(hole(hint))),
            },
            Value::Alt(all) => {
                let shown: Vec<Value> = all.iter().map(|one| self.shown(one, hint)).collect();
                Value::any_of(shown)
            }
            Value::Object(object) => match self.instance_shown(object).or_else(|| object.members.named("value")) {
                Some(Value::Object(_)) | None => Value::text(hole(hint)),
                Some(inner) => self.shown(&inner, hint),
            },
            // The library is the folder where it is shown.
            Value::Unknown(path) if &**path == "app-root-path" => Value::text("/"),
            _ => Value::text(hole(hint)),
        }
    }
}

/// The name that an expression is, where it may be there or not.
fn named(expr: &Expr) -> Option<&Name> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Unary(UnaryOp::Maybe, inner) => named(inner),
        _ => None,
    }
}

/// Whether what a call gives is asked for a member only where there is something: `call()?.member`. What variables hold may be set
/// by code that has not run.
fn is_answer_asked(object: &Expr) -> bool {
    let ExprKind::Unary(UnaryOp::Maybe, inner) = &object.kind else { return false };
    match &inner.kind {
        ExprKind::Cast(called, _) => matches!(called.kind, ExprKind::Call(_)),
        kind => matches!(kind, ExprKind::Call(_)),
    }
}

/// What a hole may be called.
pub(super) fn hint_of(expr: &Expr) -> &str {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member(_, name) => name,
        _ => "x",
    }
}

/// What JavaScript's `typeof` answers.
fn type_of(value: &Value) -> Option<&'static str> {
    match value {
        Value::Undefined => Some("undefined"),
        Value::Bool(_) => Some("boolean"),
        Value::Int(_) | Value::Float(_) => Some("number"),
        Value::Str(_) => Some("string"),
        Value::Function(_) | Value::Bound(_) | Value::Method(_) | Value::Native(_) | Value::Class(_) => {
            Some("function")
        }
        Value::Null | Value::List(_) | Value::Map(_) | Value::Regex(_) => Some("object"),
        _ => None,
    }
}
