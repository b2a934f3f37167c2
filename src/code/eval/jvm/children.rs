//! Objects that answer below a path because a method gives them (JAX-RS' locators of sub-resources).

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{ClassValue, Spot, Value};
use super::annotated::{Declared, Place};
use crate::code::form::{ClassKind, StmtKind, TypeRef};

/// Objects that answer below objects.
const MOST_CHILDREN: usize = 6;

impl Machine<'_> {
    /// The object that a method gives answers below the method's path.
    pub(super) fn read_child(&mut self, declared: &Declared, full: &[String], spot: Spot, place: &Place<'_>) {
        let scope = declared.class.scope.clone();
        let stated = declared.function.returns.clone().and_then(|ty| self.class_of_type(&ty, &scope));
        let concrete = |class: &Rc<ClassValue>| matches!(class.class.kind, ClassKind::Class | ClassKind::Object);
        // What is made there is more than its type says.
        let child = match stated {
            Some(class) if concrete(&class) => Some(class),
            other => self.given_by(declared).or(other),
        };
        match child {
            Some(child) if place.depth < MOST_CHILDREN => {
                let none = BTreeSet::new();
                let place = Place {
                    prefixes: full,
                    wide: &[],
                    methods: &none,
                    conditional: place.conditional,
                    depth: place.depth + 1,
                    by: place.by,
                };
                self.read_methods(&child, &place);
            }
            _ => self.note(spot, "what answers below this path is not known"),
        }
    }

    /// The class of what a method makes where it ends.
    fn given_by(&mut self, declared: &Declared) -> Option<Rc<ClassValue>> {
        let StmtKind::Return(Some(value)) = &declared.function.body.last()?.kind else { return None };
        let scope = declared.class.scope.clone();
        match self.eval(value, &scope) {
            Value::Object(it) => it.class.clone(),
            Value::Class(class) => Some(class),
            _ => None,
        }
    }

    fn class_of_type(&mut self, ty: &TypeRef, scope: &ScopeRef) -> Option<Rc<ClassValue>> {
        if let [argument] = ty.args.as_slice()
            && ty.path.last().is_some_and(|name| matches!(&**name, "Class" | "Uni" | "CompletionStage"))
        {
            return self.class_of_type(argument, scope);
        }
        match self.type_value(ty, scope) {
            Value::Class(class) => Some(class),
            _ => None,
        }
    }
}
