//! Containers that call functions with what other functions give, by type: fx and dig. What is provided is made when something
//! needs it, once.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, Closure, ListKind, Map, Object, Spot, Value};
use super::types::Shape;
use crate::code::form::{ClassKind, Name, TypeRef};

/// How deeply what is needed needs more.
const DEEPEST: usize = 12;
/// Elements that a list of everything of a type has.
const MOST: usize = 64;
/// The type that says of a struct that each of its fields is asked for.
const FIELDS: &str = "In";

/// What containers call.
#[derive(Debug, Default)]
pub(super) struct Container {
    /// What gives something, and what that was.
    providers: Vec<Provider>,
    /// What is called for itself.
    invoked: Vec<Value>,
}

/// A function that gives something.
#[derive(Debug, Clone)]
struct Provider {
    function: Value,
    given: Option<Value>,
    busy: bool,
}

/// A type, told apart from others.
#[derive(Debug, Clone)]
enum Kind {
    Own(Rc<ClassValue>),
    Outside(Name),
}

impl Kind {
    fn is(&self, other: &Kind) -> bool {
        match (self, other) {
            (Kind::Own(one), Kind::Own(other)) => Rc::ptr_eq(one, other),
            (Kind::Outside(one), Kind::Outside(other)) => one == other,
            (Kind::Own(_), Kind::Outside(_)) | (Kind::Outside(_), Kind::Own(_)) => false,
        }
    }
}

/// The function in a value that is called.
fn closure_of(value: &Value) -> Option<Rc<Closure>> {
    match value {
        Value::Function(closure) => Some(closure.clone()),
        Value::Bound(bound) => closure_of(&bound.callee),
        _ => None,
    }
}

impl Machine<'_> {
    /// Functions give something to a container.
    pub(crate) fn go_provides(&mut self, given: &Value) {
        for function in self.functions_in(given) {
            self.go.container.providers.push(Provider { function, given: None, busy: false });
        }
    }

    /// Functions are called by a container when all is provided.
    pub(crate) fn go_invokes(&mut self, given: &Value) {
        let functions = self.functions_in(given);
        self.go.container.invoked.extend(functions);
    }

    fn functions_in(&mut self, given: &Value) -> Vec<Value> {
        let mut all = Vec::new();
        self.flatten(given, &mut all, 0);
        all.retain(|one| closure_of(one).is_some());
        all
    }

    /// Calls what containers were told to call; whether there was any.
    pub(super) fn go_invoke(&mut self) -> bool {
        let invoked = std::mem::take(&mut self.go.container.invoked);
        for function in &invoked {
            self.injected_call(function, 0);
        }
        !invoked.is_empty()
    }

    /// Calls a function with what its parameters' types ask for.
    fn injected_call(&mut self, function: &Value, depth: usize) -> Value {
        let Some(closure) = closure_of(function) else { return Value::unknown() };
        let scope = closure.scope.clone();
        let mut list = Vec::new();
        for param in &closure.function.params {
            let value = param.ty.as_ref().map(|ty| self.needed(ty, &scope, depth + 1));
            list.push(value.unwrap_or_else(Value::unknown));
        }
        let spot = Spot { module: scope.module, line: closure.function.pos.line };
        self.call(function, Args::of(list), spot)
    }

    /// What a container hands out for a type; what the type says where nothing provides it.
    fn needed(&mut self, ty: &TypeRef, scope: &ScopeRef, depth: usize) -> Value {
        if depth < DEEPEST {
            if let Some(value) = self.provided(ty, scope, depth) {
                return value;
            }
            match self.shape(ty, scope) {
                Shape::Struct(class) if class.class.fields.iter().any(|field| &*field.name == FIELDS) => {
                    return self.by_fields(&class, depth);
                }
                Shape::List(element, inner) => {
                    let all = self.every(&element, &inner, depth);
                    if !all.is_empty() {
                        return Value::list_of(ListKind::List, all, false);
                    }
                }
                Shape::Struct(_)
                | Shape::Map(..)
                | Shape::Function
                | Shape::Interface(_)
                | Shape::Outside(_)
                | Shape::Plain(_) => {}
            }
        }
        self.typed(ty, scope).unwrap_or_else(Value::unknown)
    }

    /// An instance each of whose fields is asked for.
    fn by_fields(&mut self, class: &Rc<ClassValue>, depth: usize) -> Value {
        let members = Map::default();
        let written = class.class.clone();
        for field in written.fields.iter().filter(|field| &*field.name != FIELDS) {
            if let Some(ty) = &field.ty {
                members.put(&field.name, self.needed(ty, &class.scope, depth + 1));
            }
        }
        Value::Object(Rc::new(Object { class: Some(class.clone()), members, model: std::cell::RefCell::default() }))
    }

    fn kind(&mut self, ty: &TypeRef, scope: &ScopeRef) -> Option<Kind> {
        match self.type_value(ty, scope) {
            Value::Class(class) => Some(Kind::Own(class)),
            Value::Unknown(path) if path.contains('.') => Some(Kind::Outside(path)),
            _ => None,
        }
    }

    /// The types that a function gives, in order.
    fn results(&mut self, function: &Value) -> Vec<Option<Kind>> {
        let Some(closure) = closure_of(function) else { return Vec::new() };
        let Some(returns) = closure.function.returns.clone() else { return Vec::new() };
        let parts = if returns.path.is_empty() { returns.args.clone() } else { vec![returns] };
        parts.iter().map(|part| self.kind(part, &closure.scope)).collect()
    }

    /// Whether something of one type will do for another: it is that type, or what implements it.
    fn will_do(&mut self, given: &Kind, wanted: &Kind) -> bool {
        match (given, wanted) {
            (given, wanted) if given.is(wanted) => true,
            (Kind::Own(given), Kind::Own(wanted)) if wanted.class.kind == ClassKind::Interface => {
                self.implementations(wanted).iter().any(|one| Rc::ptr_eq(one, given))
            }
            _ => false,
        }
    }

    /// What provides a type, by its place and that of the result: what gives the very type before what implements it.
    fn providers_of(&mut self, wanted: &Kind) -> Vec<(usize, usize)> {
        let functions: Vec<Value> = self.go.container.providers.iter().map(|it| it.function.clone()).collect();
        let (mut very, mut other) = (Vec::new(), Vec::new());
        for (at, function) in functions.iter().enumerate() {
            for (index, kind) in self.results(function).into_iter().enumerate() {
                match kind {
                    Some(kind) if kind.is(wanted) => very.push((at, index)),
                    Some(kind) if self.will_do(&kind, wanted) => other.push((at, index)),
                    Some(_) | None => {}
                }
            }
        }
        very.append(&mut other);
        very
    }

    fn provided(&mut self, ty: &TypeRef, scope: &ScopeRef, depth: usize) -> Option<Value> {
        let wanted = self.kind(ty, scope)?;
        let (at, index) = self.providers_of(&wanted).into_iter().next()?;
        self.result_of(at, index, depth)
    }

    /// Everything that is provided of a type.
    fn every(&mut self, ty: &TypeRef, scope: &ScopeRef, depth: usize) -> Vec<Value> {
        let Some(wanted) = self.kind(ty, scope) else { return Vec::new() };
        let all = self.providers_of(&wanted).into_iter().take(MOST);
        all.filter_map(|(at, index)| self.result_of(at, index, depth)).collect()
    }

    /// What a provider gives, made once; none where it is being made.
    fn result_of(&mut self, at: usize, index: usize, depth: usize) -> Option<Value> {
        let provider = self.go.container.providers.get(at)?.clone();
        let whole = match provider.given {
            Some(given) => given,
            None if provider.busy => return None,
            None => {
                self.go.container.providers[at].busy = true;
                let given = self.injected_call(&provider.function, depth);
                let known = self.go.container.providers.get_mut(at)?;
                known.busy = false;
                known.given = Some(given.clone());
                given
            }
        };
        match &whole {
            Value::List(list) if list.kind == ListKind::Tuple => list.items.borrow().get(index).cloned(),
            _ => Some(whole.clone()),
        }
    }
}
