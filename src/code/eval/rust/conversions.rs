//! Values that are made of others: `From` and `Into`, functions that the project adds to a library's type, and what a type
//! dereferences to.

use std::rc::Rc;
use std::sync::Arc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, Closure, Object, Spot, Value};
use crate::code::form::{Extension, Name};

/// What a value becomes a router by, where it is mounted.
const BECOMES: &[&str] = &["into", "into_endpoint", "into_router"];

impl Machine<'_> {
    /// Keeps a function that makes a type of the project's of another value.
    pub(crate) fn note_conversion(&mut self, extension: &Extension, made: &Value) {
        let is_from = |name: &Name| matches!(&**name, "From" | "TryFrom");
        let from = extension.implements.as_ref().and_then(|ty| ty.path.last()).is_some_and(is_from);
        if let (true, Value::Function(closure)) = (from, made) {
            self.rust.conversions.push(closure.clone());
        }
    }

    /// Of several functions that make one type of others, the one that is meant by what it is given.
    pub(crate) fn converter(&mut self, callee: Value, args: &Args) -> Value {
        let Value::Function(closure) = &callee else { return callee };
        let named = |name: &Name| matches!(&**name, "from" | "try_from");
        if args.list.len() != 1 || !closure.function.name.as_ref().is_some_and(named) {
            return callee;
        }
        let home = closure.home.borrow().clone();
        let same = |other: &Rc<Closure>| match (&home, &*other.home.borrow()) {
            (Some(home), Some(of)) => Rc::ptr_eq(home, of),
            _ => false,
        };
        let peers: Vec<Rc<Closure>> = self.rust.conversions.iter().filter(|other| same(other)).cloned().collect();
        if peers.len() < 2 {
            return callee;
        }
        let given = args.at(0);
        peers.into_iter().find(|one| self.converts_from(one, &given)).map_or(callee, Value::Function)
    }

    /// A function that the project adds to a library's type, by its path; of several, the one that takes what is given.
    pub(crate) fn foreign_function(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let (owner, name) = path.rsplit_once('.')?;
        let model = self.models.types.get(owner).copied();
        let known = self.rust.foreign.get(name)?;
        let alike = |ty: &str| ty == owner || model.is_some_and(|model| model.types.iter().any(|one| one == ty));
        let plain = known.iter().filter(|(ty, it)| alike(ty) && it.function.receiver.is_none());
        let plain: Vec<Rc<Closure>> = plain.map(|(_, closure)| closure.clone()).collect();
        let given = args.at(0);
        let converts = matches!(name, "from" | "try_from");
        let meant = plain.iter().find(|one| self.converts_from(one, &given)).cloned();
        let meant = meant.or_else(|| match plain.as_slice() {
            [only] if !converts => Some(only.clone()),
            _ => None,
        })?;
        Some(self.enter(&meant, None, args.clone(), spot))
    }

    /// Whether the first parameter of a function is of the type that a value is of.
    fn converts_from(&mut self, closure: &Rc<Closure>, given: &Value) -> bool {
        let Some(ty) = closure.function.params.first().and_then(|param| param.ty.clone()) else { return false };
        let wanted = self.type_value(&ty, &closure.scope);
        match (wanted, given) {
            (Value::Class(wanted), Value::Class(class)) => Arc::ptr_eq(&wanted.class, &class.class),
            (Value::Class(wanted), Value::Object(it)) => {
                it.class.as_ref().is_some_and(|class| Arc::ptr_eq(&wanted.class, &class.class))
            }
            (Value::Unknown(path), Value::Object(it)) => {
                it.model.borrow().as_ref().is_some_and(|model| model.ty.types.iter().any(|ty| **ty == *path))
            }
            (Value::Unknown(path), Value::Str(_)) => matches!(&*path, "str" | "String"),
            _ => false,
        }
    }

    /// What a value of the project's own becomes where another type is asked for.
    pub(crate) fn converted(&mut self, value: &Value, spot: Spot) -> Option<Value> {
        let class = match value {
            Value::Object(it) if it.model.borrow().is_none() => it.class.clone()?,
            Value::Class(class) => class.clone(),
            _ => return None,
        };
        for name in BECOMES {
            if let Some((Value::Function(method), _)) = self.class_member(&class, name)
                && method.function.receiver.is_some()
            {
                return Some(self.enter(&method, Some(value.clone()), Args::default(), spot));
            }
        }
        let added = self.rust.foreign.get("from").into_iter().flatten().map(|(_, closure)| closure.clone());
        let all: Vec<Rc<Closure>> = added.chain(self.rust.conversions.iter().cloned()).collect();
        let fits: Vec<Rc<Closure>> = all.into_iter().filter(|one| self.converts_from(one, value)).collect();
        let expected = self.rust.expected.clone().map(|(ty, scope)| self.type_value(&ty, &scope));
        let gives = |one: &Rc<Closure>| one.scope.own("Self");
        let asked = fits.iter().find(|one| match (&expected, gives(one)) {
            (Some(expected), Some(made)) => made.same(expected) == Some(true),
            _ => false,
        });
        let meant = match (asked, fits.as_slice()) {
            (Some(asked), _) => asked.clone(),
            (None, [only]) => only.clone(),
            (None, _) => return None,
        };
        Some(self.enter(&meant, None, Args::of(vec![value.clone()]), spot))
    }

    /// The text that a value of the project's own shows itself as; none where it says nothing of that.
    pub(super) fn displayed(&mut self, value: &Value, spot: Spot) -> Option<Value> {
        let Value::Object(it) = value else { return None };
        let class = it.class.clone()?;
        let (Value::Function(method), _) = self.class_member(&class, "fmt")? else { return None };
        let shown = self.enter(&method, Some(value.clone()), Args::unknown(), spot);
        Some(if shown.as_text().is_some() { shown } else { Value::unknown() })
    }

    /// A method of what an object dereferences to.
    pub(super) fn dereferenced(
        &mut self,
        it: &Rc<Object>,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let class = it.class.clone()?;
        let (method, _) = ["deref", "deref_mut"]
            .iter()
            .filter(|own| **own != &**name)
            .find_map(|own| self.class_member(&class, own))?;
        let Value::Function(method) = method else { return None };
        let inner = self.enter(&method, Some(Value::Object(it.clone())), Args::default(), spot);
        let known = matches!(&inner, Value::Object(other) if !Rc::ptr_eq(other, it));
        known.then(|| self.call_member(&inner, name, args.clone(), scope, spot))
    }
}
