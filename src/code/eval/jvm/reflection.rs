//! What code of the Java platform asks of classes and methods by reflection, to register what annotations of its own tell.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, Closure, ListKind, Map, Value};
use crate::code::form::{Decorator, ExprKind, Name, StmtKind};

impl Machine<'_> {
    /// What a class says of its methods and of the annotations of the project's own on it.
    pub(in crate::code::eval) fn class_question(
        &mut self,
        class: &Rc<ClassValue>,
        name: &str,
        args: &Args,
    ) -> Option<Value> {
        match name {
            "methods" | "declaredMethods" | "getMethods" | "getDeclaredMethods" => self.reflected_methods(class),
            "getAnnotation" => self.annotation_on(&class.class.decorators, &class.scope, &args.at(0)),
            _ => None,
        }
    }

    /// What a method says of itself.
    pub(in crate::code::eval) fn method_question(
        &mut self,
        method: &Rc<Closure>,
        name: &str,
        args: &Args,
    ) -> Option<Value> {
        if !self.has_packages(&method.scope) {
            return None;
        }
        let found = match name {
            "getAnnotation" | "isAnnotationPresent" => {
                self.annotation_on(&method.function.decorators, &method.scope, &args.at(0))?
            }
            _ => return None,
        };
        Some(if name == "getAnnotation" { found } else { Value::Bool(!matches!(found, Value::Null)) })
    }

    /// The methods of a class and of those that it extends; none where several have one name.
    fn reflected_methods(&mut self, class: &Rc<ClassValue>) -> Option<Value> {
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for ancestor in self.ancestors(class) {
            let Value::Class(one) = ancestor else { continue };
            let mut own = BTreeSet::new();
            for stmt in &one.class.body {
                let StmtKind::Function(function) = &stmt.kind else { continue };
                let Some(name) = &function.name else { continue };
                if !own.insert(name.clone()) {
                    return None;
                }
                if !seen.contains(name)
                    && let Some(method) = one.members.named(name)
                {
                    out.push(self.force(method));
                }
            }
            seen.extend(own);
        }
        Some(Value::list_of(ListKind::List, out, false))
    }

    /// The annotation of the project's own among decorators, by its elements; nothing where it does not stand there.
    fn annotation_on(&mut self, decorators: &[Decorator], scope: &ScopeRef, wanted: &Value) -> Option<Value> {
        let Value::Class(own) = wanted else { return None };
        for decorator in decorators {
            let (callee, given) = match &decorator.expr.kind {
                ExprKind::Call(call) => (&call.callee, call.args.as_slice()),
                _ => (&decorator.expr, [].as_slice()),
            };
            if !matches!(self.annotation_type(callee, scope), Value::Class(one) if Rc::ptr_eq(&one, own)) {
                continue;
            }
            let values = Map::default();
            let mut elements: Vec<Name> = Vec::new();
            for stmt in &own.class.body {
                let StmtKind::Function(element) = &stmt.kind else { continue };
                let Some(name) = &element.name else { continue };
                elements.push(name.clone());
                if let Some(StmtKind::Return(Some(default))) = element.body.first().map(|stmt| &stmt.kind) {
                    let value = self.eval(default, &own.scope);
                    values.put(name, value);
                } else {
                    values.put(name, Value::unknown());
                }
            }
            for (at, arg) in given.iter().enumerate() {
                let name = arg.name.as_ref().or(elements.get(at))?;
                let value = self.eval(&arg.value, scope);
                values.put(name, value);
            }
            return Some(Value::Map(Rc::new(values)));
        }
        Some(Value::Null)
    }
}
