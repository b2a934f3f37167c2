//! Interfaces: a call on one of which only the type is known goes to what implements it.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::call::registers;
use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, Closure, Spot, Value};
use super::types::Shape;
use crate::code::form::{ClassKind, Expr, ExprKind, Language, Name, Pattern, StmtKind, TypeRef};

/// The most implementations that a call goes to, and of one that gets a router: each may be what registers on it.
const MOST: usize = 3;
const MOST_REGISTERING: usize = 64;

impl Machine<'_> {
    /// Whether a function is a method of a Go interface: it has no body, and what implements the interface has.
    pub(crate) fn is_abstract(&self, closure: &Closure) -> bool {
        closure.function.body.is_empty()
            && self.language(&closure.scope) == Language::Go
            && closure.home.borrow().as_ref().is_some_and(|class| class.class.kind == ClassKind::Interface)
    }

    /// Calls a method of an interface: the implementations that were made, else the only one there is.
    pub(crate) fn call_abstract(&mut self, closure: &Rc<Closure>, args: Args, spot: Spot) -> Value {
        let home = closure.home.borrow().clone();
        let (Some(home), Some(name)) = (home, closure.function.name.clone()) else { return Value::unknown() };
        let all = self.implementations(&home);
        let made: Vec<_> = all.iter().filter(|class| class.made.get()).cloned().collect();
        let chosen = if made.is_empty() { all } else { made };
        let most = if args.list.iter().any(registers) { MOST_REGISTERING } else { MOST };
        if chosen.is_empty() || chosen.len() > most {
            self.let_go(&args);
            return self.result_typed(closure);
        }
        let several = u32::from(chosen.len() > 1);
        self.conditional += several;
        let mut results = Vec::new();
        for class in chosen {
            let known = self.go.instances.get(&Rc::as_ptr(&class).addr()).cloned();
            let object = known.unwrap_or_else(|| {
                let name = class.class.name.clone().unwrap_or_else(|| "".into());
                let ty = TypeRef { path: vec![name], args: Vec::new(), text: "".into() };
                let scope = class.scope.clone();
                self.typed(&ty, &scope).unwrap_or_else(Value::unknown)
            });
            if let Some((method @ Value::Function(_), _)) = self.class_member(&class, &name) {
                results.push(self.call(&Self::bound(method, object), args.clone(), spot));
            }
        }
        self.conditional -= several;
        Value::any_of(results)
    }

    /// The classes that have every method of an interface.
    pub(super) fn implementations(&mut self, interface: &Rc<ClassValue>) -> Vec<Rc<ClassValue>> {
        let address = Rc::as_ptr(interface).addr();
        match self.go.implementations.get(&address) {
            Some((count, known)) if *count == self.classes.len() => return known.clone(),
            _ => {}
        }
        let found = self.search_implementations(interface);
        self.go.implementations.insert(address, (self.classes.len(), found.clone()));
        found
    }

    fn search_implementations(&mut self, interface: &Rc<ClassValue>) -> Vec<Rc<ClassValue>> {
        let mut wanted = BTreeSet::new();
        if !self.interface_methods(interface, &mut wanted, 0) || wanted.is_empty() {
            return Vec::new();
        }
        let fits = |class: &&Rc<ClassValue>| {
            class.class.kind != ClassKind::Interface
                && self.modules[class.spot.module.0].language == Language::Go
                && wanted.iter().all(|name| class.members.named(name).is_some())
                && !is_double(class)
        };
        self.classes.iter().filter(fits).cloned().collect()
    }

    /// The methods of an interface; false where it takes in one that is not known and has none of its own.
    fn interface_methods(&mut self, interface: &Rc<ClassValue>, out: &mut BTreeSet<Name>, depth: usize) -> bool {
        let before = out.len();
        for (key, _) in interface.members.pairs() {
            out.extend(key.as_text());
        }
        let own = out.len() > before;
        let written = interface.class.clone();
        for base in &written.bases {
            let ExprKind::Type(ty) = &base.value.kind else { return false };
            let scope = interface.scope.clone();
            let known = match self.type_value(ty, &scope) {
                Value::Class(inner) if depth < 6 => self.interface_methods(&inner, out, depth + 1),
                // A library's: what has all the others is what is meant.
                Value::Unknown(_) => own,
                _ => false,
            };
            if !known {
                return false;
            }
        }
        true
    }

    /// What a function gives by its stated type alone.
    pub(crate) fn result_typed(&mut self, closure: &Rc<Closure>) -> Value {
        let Some(ty) = closure.function.returns.clone() else { return Value::Null };
        let scope = closure.scope.clone();
        if ty.path.is_empty() && !ty.args.is_empty() {
            let items = ty.args.iter().map(|part| self.typed(part, &scope).unwrap_or_else(Value::unknown)).collect();
            return Self::tuple(items);
        }
        self.typed(&ty, &scope).unwrap_or_else(Value::unknown)
    }

    /// What a variable holds that unseen code gave, where the function that runs gives it back as a library's type that it
    /// states: what else was registered on it is told.
    pub(crate) fn go_returned(&mut self, target: &Pattern, written: &Expr, value: Value) -> Value {
        let (Pattern::Name(name, _), Value::Unknown(_), ExprKind::Call(_)) = (target, &value, &written.kind) else {
            return value;
        };
        let running = self.frames.last().and_then(|frame| frame.closure.clone());
        let Some(closure) = running.filter(|it| self.language(&it.scope) == Language::Go) else { return value };
        let Some(stated) = closure.function.returns.as_ref() else { return value };
        let Some(StmtKind::Return(Some(given))) = closure.function.body.last().map(|last| &last.kind) else {
            return value;
        };
        let is_it = |expr: &Expr| matches!(&expr.kind, ExprKind::Name(given) if given == name);
        let ty = match &given.kind {
            ExprKind::Tuple(items) => {
                let at = items.iter().position(|item| is_it(&item.value));
                at.and_then(|at| stated.args.get(at).filter(|_| stated.path.is_empty()))
            }
            _ => Some(stated).filter(|_| is_it(given)),
        };
        let Some(ty) = ty.filter(|ty| ty.text.starts_with('*')).cloned() else { return value };
        let Shape::Outside(path) = self.shape(&ty, &closure.scope) else { return value };
        let Some(model) = self.models.types.get(&*path).copied() else { return value };
        if !model.served {
            return value;
        }
        let spot = Spot { module: closure.scope.module, line: written.pos.line };
        self.note(spot, "what is registered on the router that this gives is not known: it is not in the repository");
        self.made_with(model, Vec::new())
    }

    /// What a call came to; where that is not known, what the stated type says.
    pub(crate) fn go_result(&mut self, value: Value, closure: &Rc<Closure>) -> Value {
        let Some(ty) = closure.function.returns.clone() else { return value };
        let scope = closure.scope.clone();
        // One way out gives an error and another none: which it was is not known, whatever the error is.
        let is_error = |ty: &TypeRef, value: &Value| {
            matches!(ty.path.as_slice(), [name] if &**name == "error") && !value.is_nothing()
        };
        if is_error(&ty, &value) {
            return Value::unknown();
        }
        match &value {
            Value::Unknown(_) if ty.path.is_empty() => self.result_typed(closure),
            Value::Unknown(_) => match self.typed(&ty, &scope) {
                Some(Value::Unknown(_)) | None => value,
                Some(typed) => typed,
            },
            Value::List(list) if list.kind == super::super::value::ListKind::Tuple && ty.path.is_empty() => {
                let items: Vec<Value> = list.items.borrow().clone();
                let typed = items.into_iter().zip(&ty.args).map(|(item, part)| match item {
                    item if is_error(part, &item) => Value::unknown(),
                    Value::Unknown(_) => match self.typed(part, &scope) {
                        Some(Value::Unknown(_)) | None => item,
                        Some(typed) => typed,
                    },
                    item => item,
                });
                let typed: Vec<Value> = typed.collect();
                Self::tuple(typed)
            }
            _ => value,
        }
    }
}

/// Whether a class stands in for another in tests.
fn is_double(class: &ClassValue) -> bool {
    let name = class.class.name.as_deref().unwrap_or("").to_lowercase();
    ["mock", "fake", "stub", "noop", "unimplemented"].iter().any(|word| name.starts_with(word))
}
