//! Functions of one name (Kotlin): declared several times for several types, declared beside an import of the same name, or
//! brought by more than one star import. A call means the one that fits it best.

use std::rc::Rc;

use super::machine::Machine;
use super::scope::{ScopeKind, ScopeRef, find, top_of};
use super::value::{Args, Closure, Lazy, Modelled, ModuleId, Value};
use crate::code::form::{Language, Name, ParamKind, Pattern};
use crate::code::resolve::Target;

/// How far out a receiver is looked for.
const MOST_RECEIVERS: usize = 12;
/// The most functions of one name that are compared.
const MOST_MEANINGS: usize = 16;

/// The name under which a module's scope holds what else it declares under a name: no name of the language.
fn declared(name: &str) -> Name {
    format!("{name}<declared>").into()
}

/// The name under which it holds what imports bring under the name of something else.
fn imported(name: &str) -> Name {
    format!("{name}<imported>").into()
}

impl Machine<'_> {
    /// Keeps a function that another declaration of its name takes the place of.
    pub(crate) fn keep_declared(&mut self, name: &Name, before: Option<Value>, scope: &ScopeRef) {
        if let Some(before @ Value::Function(_)) = before
            && scope.kind == ScopeKind::Module
            && self.has_packages(scope)
        {
            add(scope, &declared(name), before);
        }
    }

    /// Binds what an import brings, unless the file declares something under the name: then calls alone may mean it.
    pub(crate) fn bind_imported(&mut self, name: &Name, value: Value, scope: &ScopeRef) {
        match scope.own(name) {
            Some(Value::Function(_)) => add(scope, &imported(name), value),
            before => {
                if let Some(before) = before {
                    add(scope, &imported(name), before);
                }
                scope.set(name, value);
            }
        }
    }

    /// Keeps the functions of one full name that further files declare.
    pub(crate) fn keep_further(&mut self, name: &Name, full: &str, scope: &ScopeRef) {
        let last = Name::from(full.rsplit('.').next().unwrap_or(full));
        let all = self.tree.declaring(full);
        for path in all.iter().take(MOST_MEANINGS).filter(|_| all.len() > 1) {
            add(scope, &imported(name), Value::Lazy(Rc::new(Lazy::Class(path.clone(), vec![last.clone()]))));
        }
    }

    /// The member of a model's object that a name means: one of a library's by its full name, where the file imports that.
    pub(crate) fn member_meant(&self, model: &Modelled, name: &Name, scope: &ScopeRef) -> Option<Name> {
        let members = &model.ty.members;
        if !members.contains_key(&**name) {
            return None;
        }
        let imported = match top_of(scope).own(name) {
            Some(Value::Unknown(path)) => Some(path),
            _ => None,
        };
        let packages = self.modules[scope.module.0].packages.iter();
        let mut full = imported.into_iter().chain(packages.map(|package| format!("{package}.{name}").into()));
        Some(full.find(|full| members.contains_key(&**full)).unwrap_or_else(|| name.clone()))
    }

    /// What a name means that is called: of several functions the one that fits the call, else what the name means anyway.
    pub(crate) fn meant(&mut self, name: &Name, args: &Args, scope: &ScopeRef) -> Value {
        let first = self.callee(name, scope);
        let owner = find(scope, name, false);
        if owner.is_some_and(|owner| owner.kind != ScopeKind::Module) {
            return first;
        }
        self.best(name, first, None, args, scope)
    }

    /// What a name means that is called on an object which has no such member.
    pub(crate) fn meant_for(&mut self, object: &Value, name: &Name, args: &Args, scope: &ScopeRef) -> Value {
        let first = self.name_alone(name, scope);
        // What stands in another file of the package is looked for when it is asked for.
        let first = self.force(first);
        self.best(name, first, Some(object), args, scope)
    }

    fn best(&mut self, name: &Name, first: Value, object: Option<&Value>, args: &Args, scope: &ScopeRef) -> Value {
        if !matches!(first, Value::Function(_) | Value::Unknown(_) | Value::Undefined) {
            return first;
        }
        let all = self.meanings(name, &first, scope);
        if all.is_empty() {
            return first;
        }
        let mut best = (self.fitness(&first, object, args), first);
        for one in all {
            let fitness = self.fitness(&one, object, args);
            if fitness > best.0 {
                best = (fitness, one);
            }
        }
        best.1
    }

    /// What else a name may mean where it is called: what the file declares and imports, its package and those that it imports
    /// as a whole.
    fn meanings(&mut self, name: &Name, first: &Value, scope: &ScopeRef) -> Vec<Value> {
        let top = top_of(scope);
        let module = &self.modules[top.module.0];
        if module.language != Language::Java {
            return Vec::new();
        }
        let own = module.path.clone();
        let packages: Vec<Name> = std::iter::once(&module.dotted).chain(&module.packages).cloned().collect();
        let mut out = kept(&top, &declared(name));
        out.extend(kept(&top, &imported(name)));
        for package in packages {
            let full = if package.is_empty() { name.to_string() } else { format!("{package}.{name}") };
            for path in self.tree.declaring(&full).to_vec() {
                if path == own || out.len() >= MOST_MEANINGS {
                    continue;
                }
                out.extend(self.class_at(&path, std::slice::from_ref(name)));
                let id = self.module_of(&path, Language::Java);
                out.extend(kept(&self.modules[id.0].scope.clone(), &declared(name)));
            }
        }
        out.truncate(MOST_MEANINGS);
        let forced: Vec<Value> = out.into_iter().map(|one| self.force(one)).collect();
        let is_called = |one: &Value| match one {
            Value::Function(_) => one.identity() != first.identity(),
            other => is_of_library(other),
        };
        forced.into_iter().filter(is_called).collect()
    }

    /// How well a value fits a call; 0 where it does not.
    fn fitness(&mut self, value: &Value, object: Option<&Value>, args: &Args) -> usize {
        let Value::Function(closure) = value else { return usize::from(is_of_library(value)) };
        if !takes(closure, args) {
            return 0;
        }
        let Some(receiver) = &closure.function.receiver else { return if object.is_some() { 0 } else { 2 } };
        let typed = receiver.ty.as_ref().and_then(|ty| self.typed(ty, &closure.scope));
        let Some(wanted) = typed.as_ref().and_then(kind_of) else { return 1 };
        let near = match object {
            Some(object) => (kind_of(object) == Some(wanted)).then_some(0),
            None => {
                let around = self.frames.iter().rev().take(MOST_RECEIVERS);
                around.into_iter().position(|frame| kind_of(&frame.this) == Some(wanted))
            }
        };
        near.map_or(0, |near| 2 + MOST_RECEIVERS - near)
    }

    /// What a full name leads to that begins with the name of a package.
    pub(crate) fn qualified(&mut self, package: &Name, name: &Name, from: ModuleId) -> Option<Value> {
        let module = &self.modules[from.0];
        if module.language != Language::Java {
            return None;
        }
        let own = module.path.clone();
        let full = format!("{package}.{name}");
        let Target::File(path) = self.tree.resolve(Language::Java, &own, &full, 0) else { return None };
        let value = self.class_at(&path, std::slice::from_ref(name))?;
        let id = self.module_of(&path, Language::Java);
        (self.modules[id.0].dotted == *package).then(|| self.force(value))
    }
}

/// Adds to what a scope keeps beside a name.
fn add(scope: &ScopeRef, name: &Name, value: Value) {
    let mut all = kept(scope, name);
    if all.len() < MOST_MEANINGS {
        all.push(value);
        scope.set(name, Value::list(all));
    }
}

fn kept(scope: &ScopeRef, name: &Name) -> Vec<Value> {
    match scope.own(name) {
        Some(Value::List(list)) => list.items.borrow().clone(),
        _ => Vec::new(),
    }
}

/// Whether a value is something of a library's, by its full name.
fn is_of_library(value: &Value) -> bool {
    matches!(value, Value::Unknown(path) if path.contains('.'))
}

/// The kind of object that a value is to the models.
fn kind_of(value: &Value) -> Option<&'static str> {
    let Value::Object(object) = value else { return None };
    object.model.borrow().as_ref().map(|model| model.ty.name.as_str())
}

/// Whether a function may be called with so many arguments, and those names.
fn takes(closure: &Closure, args: &Args) -> bool {
    if args.partial {
        return true;
    }
    let params = &closure.function.params;
    let is_rest = |kind: ParamKind| matches!(kind, ParamKind::Rest | ParamKind::KeywordRest);
    let has = |name: &Name| params.iter().any(|param| matches!(&param.target, Pattern::Name(own, _) if own == name));
    let named: Vec<&Name> = args.named.iter().map(|(name, _)| name).filter(|name| !name.starts_with('<')).collect();
    let given = args.list.len() + named.len();
    let needed = params.iter().filter(|param| param.default.is_none() && !is_rest(param.kind)).count();
    let open = params.iter().any(|param| is_rest(param.kind));
    given >= needed && (open || given <= params.len()) && named.into_iter().all(has)
}
