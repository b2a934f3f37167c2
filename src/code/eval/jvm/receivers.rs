//! What code stands on without saying so (Kotlin): the receivers of functions for types that are declared elsewhere, of blocks
//! that are called on something, and of initial values.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::super::machine::{Flow, Machine};
use super::super::scope::{Scope, ScopeKind, ScopeRef, find_local};
use super::super::value::{Args, Closure, Map, Spot, Value};
use super::packages::{classes_around, is_block};
use super::single::implies_it;
use crate::code::form::{CALLED_ON, Expr, Function, FunctionKind, Name, Param, ParamKind, Pattern, TypeRef};

/// The name under which a function's scope holds its receiver: no name of the language.
const THIS: &str = "<this>";
/// The name under which it holds the object whose member it is, where its receiver is another.
const OUTER: &str = "<outer>";
/// The name that tells that a function's scope is one of what a router is given to call.
const CALLED: &str = "<called>";
/// The name under which a function's scope holds which call it is of.
const FRAME: &str = "<frame>";
/// The name under which a block's scope holds what a name for its type says that it is called on.
const STATED: &str = "<stated>";
/// How far out a receiver is looked for that nobody states.
const MOST_RECEIVERS: usize = 12;

impl Machine<'_> {
    /// What code sees as its receivers, innermost first: those of the functions around it, and of what is running.
    pub(in crate::code::eval) fn receivers(&self, scope: &ScopeRef) -> Vec<Value> {
        let mut out: Vec<Value> = Vec::new();
        let mut at = Some(scope);
        let mut called = false;
        let router = |value: &Value| matches!(value, Value::Object(object) if object.class.is_none());
        while let Some(here) = at {
            let own = [THIS, OUTER].iter().filter_map(|name| here.own(name));
            out.extend(own.filter(|value| !called || !router(value)));
            called |= here.own(CALLED).is_some();
            at = here.parent.as_ref();
        }
        let running = self.frames.last().map(|frame| frame.this.clone());
        let new = |value: &Value| !out.iter().any(|other| other.identity() == value.identity());
        let seen = |value: &Value| matches!(value, Value::Object(_)) && new(value) && !(called && router(value));
        let running = running.filter(seen);
        out.extend(running);
        out.truncate(MOST_RECEIVERS);
        out
    }

    /// A property of what the code stands on (Kotlin): within `with(parts) { … }` and in functions for types that are declared
    /// elsewhere. What the classes around have comes before it.
    pub(super) fn member_received(&mut self, name: &Name, scope: &ScopeRef) -> Option<Value> {
        // Outside of all functions there is none, whatever is running.
        if !self.is_of_kotlin(scope.module) || scope.kind == ScopeKind::Module {
            return None;
        }
        let around: Vec<Value> = classes_around(scope).into_iter().map(Value::Class).collect();
        for this in self.receivers(scope) {
            let own = match &this {
                Value::Object(object) => object.class.clone(),
                Value::Class(class) if super::super::class::is_object(&this) => Some(class.clone()),
                _ => None,
            };
            let Some(own) = own.filter(|own| self.has_packages(&own.scope)) else { continue };
            if self.ancestors(&own).iter().any(|one| around.iter().any(|other| other.same(one) == Some(true))) {
                continue;
            }
            if let Value::Object(object) = &this
                && let Some(value) = object.members.named(name).or_else(|| self.field_of(object, name))
            {
                return Some(self.force(value));
            }
            if let Some((value, _)) = self.class_member(&own, name) {
                return Some(match &this {
                    Value::Object(object) => self.method_of(value, object, Spot { module: scope.module, line: 0 }),
                    _ => self.member_of_object(value, &this, scope),
                });
            }
        }
        None
    }

    /// Notes that functions are given to a router to call: Kotlin's markers of builders keep them from registering on the router
    /// around them.
    pub(crate) fn given_to_call(&mut self, args: &Args) {
        for value in &args.list {
            if let Value::Function(closure) = value {
                self.called.insert(Arc::as_ptr(&closure.function).addr());
            }
        }
    }

    /// Notes that a scope is one of what a router was given to call.
    pub(crate) fn mark_called(&self, scope: &ScopeRef) {
        scope.set(&CALLED.into(), Value::Undefined);
    }

    /// Notes which call a function's scope is of, and how many unknown conditions are around it: blocks within may return from it.
    pub(crate) fn mark_frame(&self, scope: &ScopeRef) {
        let number = |count: usize| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
        let around = usize::try_from(self.conditional + self.doubtful).unwrap_or(usize::MAX);
        scope.set(&FRAME.into(), Self::tuple(vec![number(self.frames.len()), number(around)]));
    }

    /// A block returns from the function around it. Where it is not known whether the block is run, what it gives may be what the
    /// function gives, which goes on.
    pub(crate) fn stmt_leave(&mut self, value: Option<&Expr>, scope: &ScopeRef) -> Flow {
        let value = value.map_or(Value::Null, |value| self.eval(value, scope));
        let mut at = Some(scope);
        let mut marked = None;
        while let Some(here) = at.filter(|_| marked.is_none()) {
            marked = here.own(FRAME);
            at = here.parent.as_ref();
        }
        let marked = match &marked {
            Some(Value::List(pair)) => match pair.items.borrow()[..] {
                [Value::Int(frame), Value::Int(around)] => usize::try_from(frame).ok().zip(u32::try_from(around).ok()),
                _ => None,
            },
            _ => None,
        };
        if let Some((at, around)) = marked
            && at < self.frames.len()
        {
            let last = self.frames.len();
            let surely = (at + 1..last).all(|frame| self.sure.contains(&frame));
            if surely && self.conditional + self.doubtful == around {
                self.leaving = Some((at, value));
            } else if let (false, Some(frame)) = (matches!(value, Value::Null), self.frames.get_mut(at)) {
                frame.returns.push(value);
            }
        }
        Flow::Return(Value::unknown())
    }

    /// Runs a block that is run for sure.
    pub(crate) fn enter_surely(
        &mut self,
        block: &Rc<Closure>,
        receiver: Option<Value>,
        args: Args,
        spot: Spot,
    ) -> Value {
        self.sure.push(self.frames.len());
        let value = self.enter(block, receiver, args, spot);
        self.sure.pop();
        value
    }

    /// How a statement ends in which a block returned from a function around it.
    pub(crate) fn left_by_block(&mut self, flow: Flow) -> Flow {
        let Some((at, _)) = &self.leaving else { return flow };
        match self.frames.len().checked_sub(1) {
            Some(here) if here == *at => self.leaving.take().map_or(flow, |(_, value)| Flow::Return(value)),
            Some(here) if here > *at => Flow::Throw,
            _ => {
                self.leaving = None;
                flow
            }
        }
    }

    /// A scope whose code sees an instance as its receiver: that of the initial values of its fields.
    pub(crate) fn seeing(&self, scope: &ScopeRef, this: &Value) -> ScopeRef {
        if !self.has_packages(scope) {
            return scope.clone();
        }
        let inner = Scope::inside(scope, ScopeKind::Block);
        inner.set(&THIS.into(), this.clone());
        inner
    }

    /// Notes that a parameter is a function that is called on something to the models.
    pub(crate) fn note_received(&mut self, param: &Param, closure: &Closure, scope: &ScopeRef) {
        let (Some(ty), Pattern::Name(name, _)) = (&param.ty, &param.target) else { return };
        if !self.has_packages(scope) {
            return;
        }
        if let Some(count) = super::fits::arity(&ty.text).filter(|_| ty.path.is_empty()) {
            // One that takes no function is not what is called with one.
            let takes = ty.text.matches("->").count() > 1;
            let count = if takes { i64::try_from(count).unwrap_or(i64::MAX) } else { -1 };
            scope.set(&super::packages::arity_of(name), Value::Int(count));
        }
        let kind = match (ty.path.as_slice(), ty.args.as_slice()) {
            ([], [on]) => self.typed(on, &closure.scope).as_ref().and_then(modelled_as),
            ([_], []) if matches!(scope.own(name), Some(Value::Function(_))) => {
                let ty = self.type_value(ty, &closure.scope);
                self.called_on(ty)
            }
            _ => None,
        };
        if let Some(kind) = kind {
            scope.set(&received(name), Value::text(kind));
            // A block that is kept may be called by who is not seen.
            if let (Some(Value::Function(block)), Some(model)) = (scope.own(name), self.models.objects.get(kind))
                && closure.function.kind == FunctionKind::Constructor
            {
                self.stated.insert(Arc::as_ptr(&block.function).addr(), model);
            }
            self.keep_block(name, ty, closure, scope);
        }
    }

    /// A block that a function is given and does not run itself, but keeps: it is called on what its type states.
    fn keep_block(&mut self, name: &Name, ty: &TypeRef, closure: &Closure, scope: &ScopeRef) {
        let Some(Value::Function(block)) = scope.own(name) else { return };
        let on = match ty.args.as_slice() {
            [on] if ty.path.is_empty() => Some(self.type_value(on, &closure.scope)),
            _ => {
                let stated = self.type_value(ty, &closure.scope);
                self.named_receiver(stated)
            }
        };
        let on = on.map(|on| self.force(on));
        if let Some(kept) = on.and_then(|on| self.kept_block(&block, on)) {
            scope.set(name, kept);
        }
    }

    /// A block whose type a function extends by a name (`fun Mapping.plus(…)`): called within, it is called on what the name says.
    pub(in crate::code::eval) fn extended_block(&mut self, extension: &Closure, object: &Value) -> Value {
        let kept = match (object, extension.function.receiver.as_ref().and_then(|this| this.ty.as_ref())) {
            (Value::Function(block), Some(ty)) => {
                let stated = self.type_value(ty, &extension.scope);
                self.named_receiver(stated).and_then(|on| self.kept_block(block, on))
            }
            _ => None,
        };
        kept.unwrap_or_else(|| object.clone())
    }

    /// The kind of object that functions of a type are called on, where that is what a name for the type says.
    fn called_on(&mut self, ty: Value) -> Option<&'static str> {
        let Value::Unknown(path) = self.named_receiver(ty)? else { return None };
        self.models.types.get(&*path).map(|model| model.name.as_str())
    }

    /// What functions of a type are called on, where that is what a name for the type says.
    fn named_receiver(&mut self, ty: Value) -> Option<Value> {
        let Value::List(pair) = self.force(ty) else { return None };
        let on = match pair.items.borrow().as_slice() {
            [Value::Str(mark), on, _] if **mark == *CALLED_ON && !on.is_nothing() => on.clone(),
            _ => return None,
        };
        Some(self.force(on))
    }

    /// A block whose stated type has a name of its own, which says what it is called on: `val routes: Routes = { … }`.
    pub(in crate::code::eval) fn received_as_stated(
        &mut self,
        function: &Arc<Function>,
        ty: &TypeRef,
        scope: &ScopeRef,
    ) -> Option<Value> {
        if !self.has_packages(scope) {
            return None;
        }
        let stated = self.type_value(ty, scope);
        let on = self.named_receiver(stated)?;
        let (received, inner) = self.with_receiver(function, on, scope);
        Some(self.closure(&received, &inner, None))
    }

    /// A function as one that is called on something, and the scope that knows what this is.
    fn with_receiver(&mut self, function: &Arc<Function>, on: Value, scope: &ScopeRef) -> (Arc<Function>, ScopeRef) {
        let inner = Scope::inside(scope, ScopeKind::Block);
        inner.set(&STATED.into(), on);
        let (_, received) = self.received.entry(Arc::as_ptr(function).addr()).or_insert_with(|| {
            let mut own = (**function).clone();
            let ty = TypeRef { path: vec![STATED.into()], args: Vec::new(), text: STATED.into() };
            let target = Pattern::Name("this".into(), own.pos);
            let (kind, decorators) = (ParamKind::Plain, Vec::new());
            own.receiver = Some(Param { target, default: None, kind, ty: Some(ty), decorators, is_field: false });
            (function.clone(), Arc::new(own))
        });
        (received.clone(), inner)
    }

    /// A block that is kept where a type states that it is called on what a model knows: it is called on that wherever it gets.
    fn kept_block(&mut self, block: &Rc<Closure>, on: Value) -> Option<Value> {
        let Value::Unknown(path) = &on else { return None };
        let known = self.models.types.contains_key(&**path);
        if !known || block.function.receiver.is_some() || !is_block(block) {
            return None;
        }
        let (function, scope) = self.with_receiver(&block.function, on, &block.scope);
        let kept = Rc::new(Closure {
            function,
            scope,
            this: block.this.clone(),
            home: block.home.clone(),
            defaults: Vec::new(),
            attributes: Map::default(),
            marks: Map::default(),
            notes: RefCell::default(),
            entered: Cell::new(false),
        });
        block.entered.set(true);
        self.closures.push(kept.clone());
        Some(Value::Function(kept))
    }

    /// Whether a name is such a parameter.
    pub(crate) fn is_received(&self, name: &Name, scope: &ScopeRef) -> bool {
        let owner = find_local(scope, name).filter(|_| self.has_packages(scope));
        owner.is_some_and(|owner| owner.own(&received(name)).is_some())
    }

    /// A call of such a parameter by its name: on what is given first, else on the nearest receiver of that kind.
    pub(crate) fn call_received(&mut self, name: &Name, args: &Args, scope: &ScopeRef, spot: Spot) -> Option<Value> {
        let Some(owner) = find_local(scope, name) else { return self.call_property(name, args, scope, spot) };
        let (kind, callee) = (owner.own(&received(name))?.as_whole_text()?, owner.own(name)?);
        let Value::Function(closure) = self.force(callee) else { return None };
        let is_it = |value: &Value| modelled_as(value) == Some(&*kind);
        let mut args = args.clone();
        let receiver = if args.list.first().is_some_and(is_it) {
            args.list.remove(0)
        } else {
            self.receivers(scope).into_iter().find(is_it)?
        };
        Some(self.enter(&closure, Some(receiver), args, spot))
    }

    /// The same of a property that is a function which is called on something to the models.
    pub(super) fn call_property(&mut self, name: &Name, args: &Args, scope: &ScopeRef, spot: Spot) -> Option<Value> {
        let around = self.receivers(scope);
        let (held, kind) = around.iter().find_map(|this| {
            let Value::Object(object) = this else { return None };
            let class = object.class.clone().filter(|class| self.has_packages(&class.scope))?;
            let Some(Value::Function(held)) = object.members.named(name) else { return None };
            let (ty, home) = self.property_type(&class, name)?;
            let ([], [on]) = (ty.path.as_slice(), ty.args.as_slice()) else { return None };
            let Value::Unknown(path) = self.type_value(on, &home.scope) else { return None };
            Some((held, self.models.types.get(&*path)?.name.as_str()))
        })?;
        let receiver = around.into_iter().find(|value| modelled_as(value) == Some(kind))?;
        Some(self.enter(&held, Some(receiver), args.clone(), spot))
    }

    /// Notes what the code of a function sees as its receivers.
    pub(crate) fn see_receiver(&mut self, scope: &ScopeRef, receiver: Option<&Value>) {
        if let Some(receiver) = receiver {
            scope.set(&THIS.into(), receiver.clone());
        }
        if let Some(outer) = self.dispatch.take() {
            scope.set(&OUTER.into(), outer);
        }
    }

    /// What a function for a type that is declared elsewhere is called on where nothing is stated: the receiver of the code
    /// that calls it, else what the type says.
    pub(crate) fn implicit_receiver(&mut self, closure: &Rc<Closure>) -> Option<Value> {
        let receiver = closure.function.receiver.as_ref().filter(|_| self.has_packages(&closure.scope))?;
        let typed = receiver.ty.as_ref().and_then(|ty| self.typed(ty, &closure.scope));
        let wanted = modelled_as(typed.as_ref()?)?;
        let around = self.frames.iter().rev().take(MOST_RECEIVERS).map(|frame| &frame.this);
        around.into_iter().find(|this| modelled_as(this).is_some_and(|own| own == wanted)).cloned().or(typed)
    }

    /// What a block is called on that stands in no code with a receiver, and states none: the router that it is given, or that the
    /// code which calls it has.
    pub(crate) fn taken_receiver(&self, closure: &Closure, args: &Args) -> Option<Value> {
        let alone = closure.this.as_ref().is_none_or(Value::is_nothing) && closure.function.receiver.is_none();
        if !alone || !is_block(closure) || !self.has_packages(&closure.scope) {
            return None;
        }
        let calling = self.frames.last().map(|frame| &frame.this);
        let given = args.list.first().or(calling)?;
        modelled_as(given).map(|_| given.clone())
    }

    /// What a block is called on that nobody is seen to call, where a parameter that it was given for says so.
    pub(crate) fn stated_receiver(&mut self, closure: &Closure) -> Option<Value> {
        let model = self.stated.get(&Arc::as_ptr(&closure.function).addr()).copied();
        let model = model.filter(|_| self.has_packages(&closure.scope) && closure.function.receiver.is_none())?;
        Some(self.placeholder(model))
    }

    /// Calls a value that is a block on the router that it is given first: `block.invoke(route)`, `blocks()(route)`.
    pub(crate) fn call_on_given(&mut self, callee: &Value, args: &Args, spot: Spot) -> Option<Value> {
        let Value::Function(closure) = callee else { return None };
        let lexical = closure.function.kind == FunctionKind::Lexical && self.has_packages(&closure.scope);
        let kind = args.list.first().filter(|_| lexical).and_then(modelled_as)?;
        let stated = closure.function.receiver.as_ref().and_then(|receiver| receiver.ty.as_ref());
        let mut rest = args.clone();
        let receiver = match stated {
            Some(ty) => {
                let typed = self.typed(ty, &closure.scope);
                typed.as_ref().and_then(modelled_as).filter(|own| *own == kind)?;
                rest.list.remove(0)
            }
            // One that says what it gets does not stand on it.
            None if is_block(closure) && implies_it(closure) => rest.list.first()?.clone(),
            None => return None,
        };
        Some(self.enter(closure, Some(receiver), rest, spot))
    }
}

/// The name under which a scope tells that a parameter is a function that is called on something: no name of the language.
fn received(name: &str) -> Name {
    format!("{name}<received>").into()
}

/// The kind of object that a value is to the models.
fn modelled_as(value: &Value) -> Option<&'static str> {
    let Value::Object(object) = value else { return None };
    object.model.borrow().as_ref().map(|model| model.ty.name.as_str())
}
