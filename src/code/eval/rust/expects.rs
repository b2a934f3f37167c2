//! Types that are expected of what is evaluated: Rust's calls ask for what a binding, a parameter, a field or a return says.

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, Closure, Value};
use crate::code::form::{
    Arg, Entry, Expr, ExprKind, FunctionKind, Language, Name, Param, Pattern, Spread, StmtKind, TypeRef,
};
use crate::code::lower::rust::stated_type;

impl Machine<'_> {
    /// What a call that begins is asked for: the type that it states, or that its caller expects. Gives what the caller
    /// expected, to be given back when the call ends.
    pub(crate) fn rust_enter(&mut self, closure: &Closure, stated: &Option<Value>) -> Option<(TypeRef, ScopeRef)> {
        if self.language(&closure.scope) != Language::Rust {
            return self.rust.expected.take();
        }
        let lexical = closure.function.kind == FunctionKind::Lexical;
        let asked = match (stated, self.rust.expected.clone()) {
            (Some(stated), _) => Some(stated.clone()),
            (None, Some((ty, scope))) if !lexical && closure.function.returns.is_some() => {
                Some(self.expected_type(&ty, &scope, 0)).filter(|ty| matches!(ty, Value::Class(_)))
            }
            (None, _) => None,
        };
        let asked = asked.or_else(|| self.rust_asked().filter(|_| lexical || closure.function.returns.is_some()));
        self.rust.asked.push(asked);
        // What a closure gives is what its caller gives.
        if lexical { self.rust.expected.clone() } else { self.rust.expected.take() }
    }

    /// Binds the type parameters of a function: to the types that the call states, else to those of what it is given.
    pub(crate) fn rust_parameters(
        &mut self,
        closure: &Closure,
        stated: &[(Name, Value)],
        values: &[Value],
        scope: &ScopeRef,
    ) {
        let function = closure.function.clone();
        for (at, parameter) in function.parameters.iter().enumerate() {
            let key = stated_type(at);
            let said = stated.iter().find(|(name, _)| *name == key).map(|(_, ty)| ty.clone());
            let of_it = |param: &Param| param.ty.as_ref().is_some_and(|ty| *ty.path == [parameter.clone()]);
            let place = function.params.iter().position(of_it);
            let given = place.and_then(|place| values.get(place)).map(|value| self.force(value.clone()));
            let class = match (said, given) {
                (Some(Value::Class(class)), _) => class,
                (None, Some(Value::Class(class))) => class,
                (None, Some(Value::Object(it))) => match it.class.clone() {
                    Some(class) => class,
                    None => continue,
                },
                (None, None) => match self.told_by_bases(closure, parameter, values) {
                    Some(class) => class,
                    None => continue,
                },
                _ => continue,
            };
            scope.set(parameter, Value::Class(class));
        }
    }

    /// The call has ended.
    pub(crate) fn rust_leave(&mut self, closure: &Closure, expected: Option<(TypeRef, ScopeRef)>) {
        if self.language(&closure.scope) == Language::Rust {
            self.rust.asked.pop();
        }
        self.rust.expected = expected;
    }

    /// What the running function returns, where that is what it binds here: `let it = …; Ok(it)`.
    pub(crate) fn rust_returned(&self, target: &Pattern) -> Option<(TypeRef, ScopeRef)> {
        let Pattern::Name(name, _) = target else { return None };
        let closure = self.frames.last()?.closure.as_ref()?;
        if self.language(&closure.scope) != Language::Rust {
            return None;
        }
        let StmtKind::Return(Some(last)) = &closure.function.body.last()?.kind else { return None };
        let given = match &last.kind {
            ExprKind::Call(call) => call.args.first().map(|arg| &arg.value)?,
            _ => last,
        };
        let is_it = matches!(&given.kind, ExprKind::Name(given) if given == name);
        let returns = closure.function.returns.clone().filter(|_| is_it)?;
        Some((returns, closure.scope.clone()))
    }

    /// The type that the running call is asked for.
    pub(crate) fn rust_asked(&self) -> Option<Value> {
        self.rust.asked.last().cloned().flatten()
    }

    /// Evaluates something of which a type is expected.
    fn rust_expecting(&mut self, ty: Option<(TypeRef, ScopeRef)>, expr: &Expr, scope: &ScopeRef) -> Value {
        let Some(ty) = ty else { return self.eval(expr, scope) };
        let outer = self.rust.expected.replace(ty);
        let value = self.eval(expr, scope);
        self.rust.expected = outer;
        value
    }

    /// The arguments of a call of one of the project's functions, each expected to be of its parameter's type.
    pub(crate) fn rust_arguments(&mut self, callee: &Value, given: &[Arg], scope: &ScopeRef) -> Args {
        let Value::Function(closure) = callee else { return self.arguments(given, scope) };
        let spread = given.iter().any(|arg| !matches!(arg.spread, Spread::No));
        if spread || self.language(&closure.scope) != Language::Rust {
            return self.arguments(given, scope);
        }
        let mut args = Args::default();
        for arg in given {
            match &arg.name {
                Some(name) => args.named.push((name.clone(), self.eval(&arg.value, scope))),
                None => {
                    let param = closure.function.params.get(args.list.len()).and_then(|param| param.ty.clone());
                    let expected = param.map(|ty| (ty, closure.scope.clone()));
                    args.list.push(self.rust_expecting(expected, &arg.value, scope));
                }
            }
        }
        args
    }

    /// The fields that a struct is made of, each expected to be of its type; none where that is not known.
    pub(crate) fn rust_fields(&mut self, ty: &TypeRef, literal: &Expr, scope: &ScopeRef) -> Option<Value> {
        let ExprKind::Map(entries) = &literal.kind else { return None };
        let Value::Class(class) = self.type_value(ty, scope) else { return None };
        let plain = entries.iter().all(|entry| matches!(entry, Entry::Pair(..)));
        if !plain || self.language(scope) != Language::Rust {
            return None;
        }
        let mut fields = Vec::new();
        for entry in entries {
            let Entry::Pair(key, value) = entry else { continue };
            let key = self.eval(key, scope);
            let named = key.as_text();
            let field = class.class.fields.iter().find(|field| Some(&field.name) == named.as_ref());
            let expected = field.and_then(|field| field.ty.clone()).map(|ty| (ty, class.scope.clone()));
            fields.push((key, self.rust_expecting(expected, value, scope)));
        }
        Some(Value::map(fields))
    }
}
