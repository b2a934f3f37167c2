//! Types that paths state: `Table::<User>::routes`, `list::<User>`. A type with its parameters bound is a type of its own,
//! whose functions see what is bound.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::{Scope, ScopeKind, ScopeRef};
use super::super::value::{ClassValue, Closure, Map, Value};
use crate::code::form::{Extension, Name};

/// The name under which the scope of an implementation keeps what its type's parameters are called.
const PARAMETERS: &str = "<>";
/// The most types with parameters that are bound.
const MOST: usize = 2_000;

impl Machine<'_> {
    /// A value of a path behind which types stand, as `<User,api::Post>`.
    pub(super) fn with_types(&mut self, value: Value, types: &Name, scope: &ScopeRef) -> Value {
        if matches!(&value, Value::Unknown(path) if &**path == "inventory.iter") {
            let path: Vec<Name> = types.trim_matches(['<', '>']).split("::").map(Into::into).collect();
            let wanted = self.rust_path(&path, scope, false);
            return self.submitted(&wanted);
        }
        let inner = types.trim_start_matches('<').trim_end_matches('>');
        let mut bound = Vec::new();
        for one in inner.split(',') {
            let path: Vec<Name> = one.split("::").map(|part| part.trim().into()).collect();
            let class = match self.rust_path(&path, scope, false) {
                Value::Class(class) if one != "_" => Some(class),
                _ => None,
            };
            bound.push(class);
        }
        if bound.iter().all(Option::is_none) {
            return value;
        }
        match value {
            Value::Class(class) => Value::Class(self.stated_class(&class, &bound)),
            Value::Function(closure) if !closure.function.parameters.is_empty() => {
                let names = closure.function.parameters.clone();
                Value::Function(within(&closure, names.iter().zip(&bound), None))
            }
            other => other,
        }
    }

    /// A type with its parameters bound.
    fn stated_class(&mut self, class: &Rc<ClassValue>, bound: &[Option<Rc<ClassValue>>]) -> Rc<ClassValue> {
        let address = |class: &Rc<ClassValue>| Rc::as_ptr(class).addr();
        let key = (address(class), bound.iter().map(|one| one.as_ref().map_or(0, address)).collect());
        if let Some(known) = self.rust.stated.get(&key) {
            return known.clone();
        }
        if self.rust.stated.len() >= MOST {
            return class.clone();
        }
        let made = Rc::new(ClassValue {
            class: class.class.clone(),
            scope: class.scope.clone(),
            bases: class.bases.clone(),
            members: Map::default(),
            marks: Map::default(),
            notes: RefCell::clone(&class.notes),
            made: class.made.clone(),
            spot: class.spot,
        });
        for (key, mark) in class.marks.pairs() {
            if let Some(at) = key.key() {
                made.marks.set(at, key, mark);
            }
        }
        self.rust.stated.insert(key, made.clone());
        for (name, member) in class.members.pairs() {
            let Some(name) = name.as_text() else { continue };
            let member = match self.force(member) {
                Value::Function(closure) => {
                    let names = parameters_of(&closure.scope);
                    Value::Function(within(&closure, names.iter().zip(bound), Some(&made)))
                }
                other => other,
            };
            made.members.put(&name, member);
        }
        made
    }
}

/// Keeps what an implementation calls the parameters of its type, in the type's order.
pub(crate) fn keep_parameters(extension: &Extension, body: &ScopeRef) {
    if extension.parameters.is_empty() || extension.target.args.is_empty() {
        return;
    }
    let named = |arg: &crate::code::form::TypeRef| match arg.path.as_slice() {
        [only] if extension.parameters.contains(only) => Value::Str(only.clone()),
        _ => Value::text("_"),
    };
    body.set(&PARAMETERS.into(), Value::list(extension.target.args.iter().map(named).collect()));
}

/// The same, read again.
fn parameters_of(scope: &ScopeRef) -> Vec<Name> {
    match scope.own(PARAMETERS) {
        Some(Value::List(list)) => list.items.borrow().iter().filter_map(Value::as_text).collect(),
        _ => Vec::new(),
    }
}

/// A function that sees types under names, and the type that it is one of.
fn within<'a>(
    closure: &Rc<Closure>,
    bound: impl Iterator<Item = (&'a Name, &'a Option<Rc<ClassValue>>)>,
    home: Option<&Rc<ClassValue>>,
) -> Rc<Closure> {
    let scope = Scope::inside(&closure.scope, ScopeKind::Class);
    for (name, class) in bound {
        if let Some(class) = class {
            scope.set(name, Value::Class(class.clone()));
        }
    }
    if let Some(home) = home {
        scope.set(&"Self".into(), Value::Class(home.clone()));
    }
    Rc::new(Closure {
        function: closure.function.clone(),
        scope,
        this: closure.this.clone(),
        home: RefCell::new(home.cloned().or_else(|| closure.home.borrow().clone())),
        defaults: closure.defaults.clone(),
        attributes: Map::default(),
        marks: Map::default(),
        notes: RefCell::clone(&closure.notes),
        entered: closure.entered.clone(),
    })
}
