//! Functions where values are expected otherwise (Kotlin): interfaces of one method that a block implements, and functions that
//! are given first what they are called on.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::{ScopeRef, find_local};
use super::super::value::{Args, ClassValue, Closure, ListKind, Map, ModuleId, Object, Spot, Value};
use super::fits::Fit;
use crate::code::form::{ClassKind, Expr, ExprKind, Function, FunctionKind, Name, Pattern, Stmt, StmtKind, TypeRef};

/// The name under which an instance holds the block that is its one method: no name of the language.
const BLOCK: &str = "<block>";

impl Machine<'_> {
    /// An instance of an interface of one method that a block implements: `Routes { … }`.
    pub(in crate::code::eval) fn of_one_method(&mut self, class: &Rc<ClassValue>, args: &Args) -> Option<Value> {
        let [block] = args.list.as_slice() else { return None };
        let is_it = class.class.kind == ClassKind::Interface && self.has_packages(&class.scope);
        if !is_it || !args.named.is_empty() || !block.is_callable() {
            return None;
        }
        let members = Map::default();
        members.put(BLOCK, block.clone());
        Some(Value::Object(Rc::new(Object { class: Some(class.clone()), members, model: RefCell::default() })))
    }

    /// What calling a method without a body comes to: that of the block which implements it, else what its type says where that
    /// is a class of the project's or a list of them.
    pub(in crate::code::eval) fn call_bodiless(
        &mut self,
        closure: &Rc<Closure>,
        receiver: Option<&Value>,
        args: &Args,
        spot: Spot,
    ) -> Option<Value> {
        let home = closure.home.borrow().clone()?;
        let open = matches!(home.class.kind, ClassKind::Interface | ClassKind::Abstract);
        if !open || closure.function.kind != FunctionKind::Method || !self.has_packages(&closure.scope) {
            return None;
        }
        let held = |value: &Value| match value {
            Value::Object(it) => it.members.named(BLOCK),
            _ => None,
        };
        let outer = self.dispatch.as_ref().and_then(held);
        let found = match (outer, receiver.and_then(held)) {
            (Some(block), _) => {
                self.dispatch = None;
                Some((block, receiver.cloned()))
            }
            (None, Some(block)) => Some((block, None)),
            (None, None) => None,
        };
        match found {
            Some((Value::Function(block), on)) => Some(self.enter(&block, on, args.clone(), spot)),
            Some((other, _)) => Some(self.call(&other, args.clone(), spot)),
            None => {
                let ty = closure.function.returns.clone()?;
                let value = self.typed(&ty, &closure.scope)?;
                let tells = match &value {
                    Value::List(_) => true,
                    Value::Object(it) => it.class.is_some() && it.model.borrow().is_none(),
                    _ => false,
                };
                tells.then_some(value)
            }
        }
    }

    /// Calls a function on nothing that is stated: what it is called on may be given first.
    pub(in crate::code::eval) fn call_function(&mut self, closure: &Rc<Closure>, args: Args, spot: Spot) -> Value {
        if let Some((receiver, rest)) = self.taken_first(closure, &args) {
            return self.enter(closure, Some(receiver), rest, spot);
        }
        match self.by_reference(closure, &args, spot) {
            Some(value) => value,
            None => self.enter(closure, None, args, spot),
        }
    }

    /// What is called where a property that is computed whenever it is read is called like a function (Kotlin).
    pub(in crate::code::eval) fn computed_callee(
        &mut self,
        object: &Value,
        name: &Name,
        args: &Args,
        spot: Spot,
    ) -> Option<Value> {
        let class = match object {
            Value::Object(it) => it.class.clone()?,
            Value::Class(class) if super::super::class::is_object(object) => class.clone(),
            // What a pair holds.
            Value::List(pair) if pair.kind == ListKind::Tuple && self.is_of_kotlin(spot.module) => {
                let at = ["first", "second", "third"].iter().position(|part| *part == &**name)?;
                return pair.items.borrow().get(at).cloned();
            }
            _ => return None,
        };
        let (count, apart) = (args.list.len(), !args.named.is_empty() || args.partial);
        if count == 0 || apart || !self.has_packages(&class.scope) {
            return None;
        }
        let (Value::Function(getter), _) = self.class_member(&class, name)? else { return None };
        let computed = getter.function.kind == FunctionKind::Getter && getter.function.receiver.is_none();
        if !computed || self.class_member(&class, &super::methods::overloaded(name, count)).is_some() {
            return None;
        }
        Some(self.enter(&getter, Some(object.clone()), Args::default(), spot))
    }

    /// Whether a module is written in Kotlin.
    pub(super) fn is_of_kotlin(&self, module: ModuleId) -> bool {
        let path = &self.modules[module.0].path;
        path.ends_with(".kt") || path.ends_with(".kts")
    }

    /// What a function is called on that is given first, and the rest: a block of `Route.() -> Unit` that is called with a
    /// route, a function for a type by its reference.
    pub(in crate::code::eval) fn taken_first(&mut self, closure: &Rc<Closure>, args: &Args) -> Option<(Value, Args)> {
        let ty = closure.function.receiver.as_ref()?.ty.clone()?;
        let first = args.list.first()?.clone();
        let count = counted(closure) + 1;
        let enough = args.list.len() == count || (args.partial && args.list.len() > count);
        if !self.has_packages(&closure.scope) || !enough {
            return None;
        }
        let mut rest = without_first(args);
        rest.list.truncate(count - 1);
        matches!(self.fit(&first, &ty, &closure.scope), Fit::Just | Fit::Wide).then_some((first, rest))
    }

    /// The same of one that its class gives.
    pub(in crate::code::eval) fn by_class(
        &mut self,
        class: &Value,
        closure: &Rc<Closure>,
        args: &Args,
        spot: Spot,
    ) -> Option<Value> {
        let alone = matches!(class, Value::Class(_)) && !super::super::class::is_object(class);
        if alone { self.by_reference(closure, args, spot) } else { None }
    }

    /// What a reference to a function for a library's type means: `Route::users` is a function of the project's.
    pub(in crate::code::eval) fn referred(&mut self, inner: &Expr, scope: &ScopeRef) -> Option<Value> {
        let name = match &inner.kind {
            ExprKind::Member(_, name) => name,
            // `::name` is a member of what is around: of a router that a block is called on, or of the class.
            ExprKind::Name(name) if self.has_packages(scope) => {
                let around = self.receivers(scope).into_iter().find(|one| self.has_member(one, name))?;
                return Some(self.member(&around, name, scope, inner.pos.line));
            }
            _ => return None,
        };
        if !self.has_packages(scope) {
            return None;
        }
        let found = self.name_alone(name, scope);
        Some(self.force(found))
            .filter(|found| matches!(found, Value::Function(closure) if closure.function.receiver.is_some()))
    }

    /// A method by its reference that is given the instance first: `list.map(Endpoint::route)`.
    pub(in crate::code::eval) fn by_reference(
        &mut self,
        closure: &Rc<Closure>,
        args: &Args,
        spot: Spot,
    ) -> Option<Value> {
        let home = closure.home.borrow().clone()?;
        let unbound = closure.function.kind == FunctionKind::Method && closure.function.receiver.is_none();
        let count = closure.function.params.len() + 1;
        let enough = args.list.len() == count || (args.partial && args.list.len() > count);
        if !unbound || !self.has_packages(&closure.scope) || !enough {
            return None;
        }
        let first = args.list.first()?.clone();
        let own = match &first {
            Value::Object(it) => it.class.clone()?,
            Value::Class(class) if super::super::class::is_object(&first) => class.clone(),
            _ => return None,
        };
        let wanted = Value::Class(home);
        if !self.ancestors(&own).iter().any(|one| one.same(&wanted) == Some(true)) {
            return None;
        }
        let name = closure.function.name.clone()?;
        let scope = closure.scope.clone();
        let mut rest = without_first(args);
        rest.list.truncate(count - 1);
        Some(self.call_member(&first, &name, Args { partial: false, ..rest }, &scope, spot))
    }

    /// A call of a parameter that is a function which is called on something of the project's: on what is given first, else on
    /// the nearest receiver of that type.
    pub(in crate::code::eval) fn call_given(
        &mut self,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let Value::Function(block) = find_local(scope, name)?.own(name)? else { return None };
        if block.function.receiver.is_some() || !super::packages::is_block(&block) {
            return None;
        }
        let (on, count, home) = self.called_as(name)?;
        let is_it = |machine: &mut Self, value: &Value| {
            let own = match value {
                Value::Object(it) => it.class.is_some() && it.model.borrow().is_none(),
                _ => false,
            };
            own && matches!(machine.fit(value, &on, &home), Fit::Just | Fit::Wide)
        };
        if args.list.len() == count + 1 {
            let first = args.list.first()?.clone();
            return is_it(self, &first).then(|| self.enter(&block, Some(first), without_first(args), spot));
        }
        let around = self.receivers(scope);
        let receiver = around.into_iter().find(|value| is_it(self, value))?;
        Some(self.enter(&block, Some(receiver), args.clone(), spot))
    }

    /// What the type of a parameter of the functions that run says that it is called on, and with how many arguments.
    fn called_as(&self, name: &Name) -> Option<(TypeRef, usize, ScopeRef)> {
        self.frames.iter().rev().find_map(|frame| {
            let closure = frame.closure.as_ref()?;
            let is_it = |target: &Pattern| matches!(target, Pattern::Name(own, _) if own == name);
            let ty = closure.function.params.iter().find(|param| is_it(&param.target))?.ty.as_ref()?;
            let ([], [on]) = (ty.path.as_slice(), ty.args.as_slice()) else { return None };
            Some((on.clone(), super::fits::arity(&ty.text)?, closure.scope.clone()))
        })
    }
}

/// Whether a function has no body as it is written: it gives what nobody knows.
pub(in crate::code::eval) fn is_bodiless(function: &Function) -> bool {
    match function.body.as_slice() {
        [] => true,
        [Stmt { kind: StmtKind::Return(Some(Expr { kind: ExprKind::Unknown(parts), .. })), .. }] => parts.is_empty(),
        _ => false,
    }
}

/// How many parameters a function states.
fn counted(closure: &Closure) -> usize {
    if implies_it(closure) { 0 } else { closure.function.params.len() }
}

/// Whether a block states no parameters: `it` is what it is given, or that of the code around it where it is given nothing.
pub(in crate::code::eval) fn implies_it(closure: &Closure) -> bool {
    let is_it = |one: &Pattern| matches!(one, Pattern::Name(name, _) if &**name == "it");
    let lexical = closure.function.kind == FunctionKind::Lexical;
    lexical && closure.function.params.iter().all(|one| is_it(&one.target))
}

/// What a block is given that is called on something: nothing else, but where it states a parameter.
pub(in crate::code::eval) fn besides(closure: &Closure, receiver: &Value) -> Args {
    if implies_it(closure) { Args::default() } else { Args::starting(vec![receiver.clone()]) }
}

fn without_first(args: &Args) -> Args {
    let mut rest = args.clone();
    if !rest.list.is_empty() {
        rest.list.remove(0);
    }
    rest
}
