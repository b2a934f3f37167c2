//! Handlers: values that answer requests may lead to routers, wrapped in what nobody sees.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, Native, Object, Value};
use crate::code::form::{Block, Call, Expr, ExprKind, Language, Name, Stmt, StmtKind};

/// How deeply handlers are looked into.
const DEEPEST: usize = 6;

/// A router that a handler leads to, and the prefix that is taken off before it sees a path.
pub(crate) type Led = (Value, Option<Value>);

impl Machine<'_> {
    /// The routers that a handler leads to.
    pub(crate) fn led_to(&mut self, handler: &Value) -> Vec<Led> {
        let mut out = Vec::new();
        self.lead(handler, None, &mut out, 0);
        out
    }

    fn lead(&mut self, value: &Value, stripped: Option<&Value>, out: &mut Vec<Led>, depth: usize) {
        if depth > DEEPEST || out.len() > 16 {
            return;
        }
        match self.force(value.clone()) {
            Value::Object(it) if it.model.borrow().is_some() => {
                let known =
                    out.iter().any(|(other, _)| matches!(other, Value::Object(other) if Rc::ptr_eq(other, &it)));
                if !known {
                    out.push((Value::Object(it), stripped.cloned()));
                }
            }
            Value::Object(it) => self.lead_object(&it, stripped, out, depth),
            Value::Alt(all) => all.iter().for_each(|one| self.lead(one, stripped, out, depth + 1)),
            Value::Method(method) if matches!(&*method.1, "ServeHTTP" | "Handler") => {
                self.lead(&method.0, stripped, out, depth + 1);
            }
            Value::Bound(bound) => match (&bound.callee, &bound.receiver) {
                (Value::Function(closure), receiver) if closure.function.name.as_deref() == Some("ServeHTTP") => {
                    self.lead(&receiver.clone(), stripped, out, depth + 1);
                }
                _ => {}
            },
            Value::Function(closure) => {
                let mut served = Vec::new();
                in_block(&closure.function.body, &mut served, 0);
                let scope = closure.scope.clone();
                for object in served {
                    if let Some(value) = self.seen(object, &scope) {
                        self.lead(&value, stripped, out, depth + 1);
                    }
                }
            }
            Value::Native(native) => match &*native {
                Native::Wrapped(all) => all.iter().for_each(|one| self.lead(one, stripped, out, depth + 1)),
                Native::Stripped { prefix, inner } => {
                    let whole = match stripped {
                        Some(outer) => self.concat(outer, prefix),
                        None => prefix.clone(),
                    };
                    self.lead(inner, Some(&whole), out, depth + 1);
                }
                Native::Decorator { .. }
                | Native::Partial { .. }
                | Native::Wraps(_)
                | Native::Gives(_)
                | Native::Group(_)
                | Native::Noted(_)
                | Native::View(_)
                | Native::Until { .. } => {}
            },
            _ => {}
        }
    }

    /// An instance that serves: what its `ServeHTTP` hands on to, or the router that it embeds.
    fn lead_object(&mut self, it: &Rc<Object>, stripped: Option<&Value>, out: &mut Vec<Led>, depth: usize) {
        let Some(class) = it.class.clone() else { return };
        let own = self.class_member(&class, "ServeHTTP");
        if let Some((Value::Function(method), _)) = own {
            let mut served = Vec::new();
            in_block(&method.function.body, &mut served, 0);
            let scope = super::super::scope::Scope::inside(&method.scope, super::super::scope::ScopeKind::Function);
            if let Some(receiver) = &method.function.receiver {
                self.bind(&receiver.target, Value::Object(it.clone()), &scope, true);
            }
            for object in served {
                if let Some(value) = self.seen(object, &scope) {
                    self.lead(&value, stripped, out, depth + 1);
                }
            }
            return;
        }
        for field in class.class.fields.iter().filter(|field| field.is_embedded) {
            if let Some(value) = it.members.named(&field.name) {
                self.lead(&value, stripped, out, depth + 1);
            }
        }
    }

    /// The value of names and members, without any call.
    fn seen(&mut self, expr: &Expr, scope: &ScopeRef) -> Option<Value> {
        match &expr.kind {
            ExprKind::Name(name) => {
                super::super::scope::find(scope, name, false)?;
                Some(self.name(name, scope))
            }
            ExprKind::Member(object, name) => {
                let object = self.seen(object, scope)?;
                Some(self.member(&object, name, scope, expr.pos.line))
            }
            _ => None,
        }
    }

    /// What unseen code made of its arguments: where they lead to routers, so does it.
    pub(crate) fn wrapped(&mut self, args: &Args, result: Value) -> Value {
        let mut led = Vec::new();
        for value in &args.list {
            let whole = matches!(value, Value::Native(_)) && !self.led_to(value).is_empty();
            if whole {
                led.push(value.clone());
            } else {
                led.extend(self.led_to(value).into_iter().map(|(value, _)| value));
            }
        }
        if led.is_empty() { result } else { Value::Native(Rc::new(Native::Wrapped(led))) }
    }

    /// Whether code in a module is Go.
    pub(crate) fn is_go(&self, module: super::super::value::ModuleId) -> bool {
        self.modules[module.0].language == Language::Go
    }
}

/// The objects whose `ServeHTTP` a block calls.
fn in_block<'b>(body: &'b Block, out: &mut Vec<&'b Expr>, depth: usize) {
    if depth > 12 {
        return;
    }
    for Stmt { kind, .. } in body {
        match kind {
            StmtKind::Expr(value) | StmtKind::Return(Some(value)) | StmtKind::Deferred(value) => {
                in_expr(value, out, depth);
            }
            StmtKind::Bind { value: Some(value), .. } | StmtKind::Assign { value, .. } => in_expr(value, out, depth),
            StmtKind::If { then, otherwise, .. } => {
                in_block(then, out, depth + 1);
                in_block(otherwise, out, depth + 1);
            }
            StmtKind::Each { body, .. } | StmtKind::Loop { body, .. } | StmtKind::Block(body) => {
                in_block(body, out, depth + 1);
            }
            StmtKind::Switch { arms, .. } => arms.iter().for_each(|arm| in_block(&arm.body, out, depth + 1)),
            _ => {}
        }
    }
}

fn in_expr<'b>(value: &'b Expr, out: &mut Vec<&'b Expr>, depth: usize) {
    match &value.kind {
        ExprKind::Call(call) => {
            let Call { callee, args, .. } = &**call;
            if let ExprKind::Member(object, name) = &callee.kind {
                let name: &Name = name;
                if &**name == "ServeHTTP" {
                    out.push(object);
                } else {
                    in_expr(object, out, depth);
                }
            }
            args.iter().for_each(|arg| in_expr(&arg.value, out, depth));
        }
        ExprKind::Function(function) => in_block(&function.body, out, depth + 1),
        _ => {}
    }
}
