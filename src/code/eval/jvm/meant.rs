//! Names of types that no scope binds (Java, Kotlin): classes of the package, and of packages that a file imports as a whole.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::{ScopeKind, ScopeRef};
use super::super::value::{Lazy, Value};
use crate::code::form::{Language, Name};
use crate::code::resolve::Target;

/// The name under which a module's scope holds a class that an import hides: no name of the language.
pub(super) fn hidden(name: &str) -> Name {
    format!("{name}<hidden>").into()
}

impl Machine<'_> {
    /// Binds a class that a block declares: where an import hides it, under a name by which its full name alone leads to it.
    pub(in crate::code::eval) fn bind_class(&mut self, name: &Name, class: Value, scope: &ScopeRef) {
        let key = if self.is_hidden(name, scope) { hidden(name) } else { name.clone() };
        scope.set(&key, class);
    }

    /// Whether a file imports something else under the name of a class that it declares (Kotlin): the name means what is imported,
    /// in the class itself, too.
    pub(in crate::code::eval) fn is_hidden(&self, name: &Name, scope: &ScopeRef) -> bool {
        let other = match scope.own(name) {
            Some(Value::Lazy(lazy)) => match &*lazy {
                Lazy::Class(path, _) => *path != self.modules[scope.module.0].path,
                _ => false,
            },
            Some(Value::Unknown(path)) => path.contains('.'),
            _ => false,
        };
        other && scope.kind == ScopeKind::Module && self.has_packages(scope) && self.is_of_kotlin(scope.module)
    }

    /// A class of the package or of an imported one.
    pub(crate) fn package_type(&mut self, name: &Name, scope: &ScopeRef) -> Option<Value> {
        let module = &self.modules[scope.module.0];
        if let Some(known) = module.meant.borrow().get(name) {
            return known.clone();
        }
        let (own, packages) = (module.dotted.clone(), module.packages.clone());
        let inside = if own.is_empty() { name.to_string() } else { format!("{own}.{name}") };
        // What is before the name is the package, even where a function of the package above has its name.
        let file = &self.modules[scope.module.0].path;
        let target = self.tree.resolve(Language::Java, file, &inside, 0);
        let mut found = match target {
            Target::File(path) => Some(Value::Lazy(Rc::new(Lazy::Class(path, vec![name.clone()])))),
            _ => None,
        };
        // What is found holds whatever else is loaded, but where a package of the repository may have it and does not tell yet.
        let mut settled = true;
        for package in &packages {
            if found.is_some() {
                break;
            }
            let full = format!("{package}.{name}");
            if let Some(value) = self.full_name(&full, scope.module) {
                let value = self.force(value);
                settled &= matches!(value, Value::Class(_));
                if !matches!(value, Value::Undefined | Value::Lazy(_)) && !value.is_unknown() {
                    found = Some(value);
                    continue;
                }
            }
            if self.models.knows(&full) {
                found = Some(self.library_name(&full));
            }
        }
        if settled {
            self.modules[scope.module.0].meant.borrow_mut().insert(name.clone(), found.clone());
        }
        found
    }

    /// What a type's name leads to that no scope binds: a class of the package, or one by its full name.
    pub(crate) fn type_by_package(&mut self, path: &[Name], scope: &ScopeRef) -> Value {
        let Some((first, rest)) = path.split_first() else { return Value::unknown() };
        let full = path.join(".");
        let found = match self.package_name(first, scope) {
            Some(found) => Some(found),
            None if rest.is_empty() => None,
            None => return self.full_name(&full, scope.module).unwrap_or_else(|| Value::from_path(full)),
        };
        let mut value = found.unwrap_or_else(|| Value::from_path(first.clone()));
        for name in rest {
            value = self.member(&value, name, scope, 0);
        }
        self.force(value)
    }
}
