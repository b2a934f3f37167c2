//! What containers that are not followed give where a type alone is stated: all that there is of it.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::{Scope, ScopeKind, ScopeRef, top_of};
use super::super::value::{Args, ClassValue, Key, Map, Object, Spot, Value};
use super::packages::classes_around;
use crate::code::form::{
    Arg, ClassKind, Expr, ExprKind, Function, FunctionKind, Language, Name, Pattern, StmtKind, TypeRef,
};

/// Types whose values hold all that a container has of another.
const HOLDERS: &[&str] =
    &["Collection", "Instance", "Iterable", "List", "MutableList", "MutableSet", "ObjectProvider", "Sequence", "Set"];
/// The most classes that there may be of a type.
const MOST: usize = 256;
/// Members that give an instance of the class that they are given.
const GIVING: &[&str] = &["getBean", "getInstance", "getService", "instance"];
/// What a class's name begins with that Dagger makes for a component.
const MADE_FOR: &str = "Dagger";
/// How far constructors are followed that give theirs to others.
const MOST_ABOVE: usize = 8;

impl Machine<'_> {
    /// All that there is of a type of the project's whose methods get routers, or that something registers below, where a list of it
    /// is stated and nothing else is known of it: `Set<Controller>` that a container gives.
    pub(in crate::code::eval) fn elements_given(&mut self, ty: &TypeRef, scope: &ScopeRef) -> Option<Value> {
        let (holder, element) = (ty.path.last()?, ty.args.last()?);
        let plain = ty.path.len() == 1 || ty.path.iter().map(|part| &**part).take(2).eq(["java", "util"]);
        let mapped = &**holder == "Map" && ty.args.len() == 2;
        if !plain || !self.has_packages(scope) || !mapped && (!HOLDERS.contains(&&**holder) || ty.args.len() > 1) {
            return None;
        }
        let of = self.type_value(element, scope);
        let Value::Class(class) = self.force(of) else { return None };
        let spot = Spot { module: scope.module, line: 0 };
        match (self.elements_told(&class, spot), mapped) {
            (Some(told), false) => return Some(Value::list(told.into_iter().map(|(_, value)| value).collect())),
            (Some(told), true) => {
                let map = Map::default();
                for (place, (key, value)) in told.into_iter().enumerate() {
                    map.set(key.key().unwrap_or(Key::Int(i64::try_from(place).unwrap_or_default())), key, value);
                }
                return Some(Value::Map(Rc::new(map)));
            }
            (None, true) => return None,
            (None, false) => {}
        }
        let open = matches!(class.class.kind, ClassKind::Interface | ClassKind::Abstract);
        // No container gives a type's own code all that there is of it: `fun use(all: List<Web>)` of `Web`.
        if !open || classes_around(scope).iter().any(|around| Rc::ptr_eq(around, &class)) {
            return None;
        }
        let below = self.classes_below(&class);
        if below.is_empty() || below.len() > MOST {
            return None;
        }
        if !self.gets_routers(&class) && !below.iter().any(|class| self.registers(class)) {
            return None;
        }
        let all = below.into_iter().map(|class| self.given_of(class, spot)).collect();
        Some(Value::list(all))
    }

    /// The one instance of a class, or the `object` that it is.
    fn given_of(&mut self, class: Rc<ClassValue>, spot: Spot) -> Value {
        let value = Value::Class(class.clone());
        if super::super::class::is_object(&value) { value } else { self.one_instance(&class, Args::unknown(), spot) }
    }

    /// Whether a method of a class may register something by itself, on what a library holds for all.
    fn registers(&mut self, class: &Rc<ClassValue>) -> bool {
        class.members.pairs().into_iter().any(|(_, member)| match member {
            Value::Function(method) => self.may_register(&method),
            _ => false,
        })
    }

    /// Whether a method of a class gets a router, or is called on one.
    fn gets_routers(&mut self, class: &Rc<ClassValue>) -> bool {
        let written = class.class.clone();
        let mut types: Vec<&TypeRef> = Vec::new();
        for stmt in &written.body {
            let StmtKind::Function(function) = &stmt.kind else { continue };
            types.extend(function.params.iter().chain(&function.receiver).filter_map(|param| param.ty.as_ref()));
            types.extend(&function.returns);
        }
        types.extend(written.fields.iter().filter_map(|field| field.ty.as_ref()));
        types.into_iter().any(|ty| {
            // A function that is called on a router.
            let ty = if ty.path.is_empty() { ty.args.first() } else { Some(ty) };
            let Some(ty) = ty.filter(|ty| !ty.path.is_empty()) else { return false };
            match self.type_value(ty, &class.scope) {
                Value::Unknown(path) => self.models.types.contains_key(&*path),
                _ => false,
            }
        })
    }

    /// What something unknown gives that is asked for a class of the project's: the one instance of it, or of the one class that
    /// there is of it.
    pub(in crate::code::eval) fn given_by_class(&mut self, name: &str, args: &Args, spot: Spot) -> Option<Value> {
        let stated = || args.named.iter().find(|(own, _)| &**own == "<type>").map(|(_, ty)| ty);
        let Some(Value::Class(class)) = args.list.first().or_else(stated) else { return None };
        if !GIVING.contains(&name) || self.modules[spot.module.0].language != Language::Java {
            return None;
        }
        let class = class.clone();
        if let Some(defined) = self.defined(&class) {
            return Some(defined);
        }
        match class.class.kind {
            ClassKind::Class | ClassKind::Object => Some(self.given_of(class, spot)),
            ClassKind::Interface | ClassKind::Abstract => match self.classes_below(&class).as_slice() {
                [one] => Some(self.given_of(one.clone(), spot)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The function by which a container is asked for something, where the file imports one under a name that a router's member has,
    /// too (Koin's `get()` beside Ktor's): it is meant where nothing is given that would answer.
    pub(super) fn container_asked(&self, name: &str, args: &Args, scope: &ScopeRef) -> Option<Name> {
        let given = || args.list.iter().chain(args.named.iter().map(|(_, value)| value));
        if args.list.len() > 1 || args.partial || given().any(Value::is_callable) {
            return None;
        }
        let imported = match top_of(scope).own(name) {
            Some(Value::Unknown(path)) => Some(path),
            _ => None,
        };
        let module = &self.modules[scope.module.0];
        let whole = module.packages.iter().map(|package| Name::from(format!("{package}.{name}")));
        let all = imported.into_iter().chain(self.imported_besides(&name.into(), scope)).chain(whole);
        all.into_iter().find(|path| self.models.functions.get(&**path).is_some_and(|action| action.resolves.is_some()))
    }

    /// What Dagger makes for a component of the project's.
    pub(in crate::code::eval) fn made_component(&mut self, path: &str, spot: Spot) -> Option<Value> {
        let (before, last) = path.rsplit_once('.')?;
        if !matches!(last, "create" | "build") || self.modules[spot.module.0].language != Language::Java {
            return None;
        }
        let named = before.split('.').find_map(|part| part.strip_prefix(MADE_FOR)).filter(|name| !name.is_empty())?;
        let scope = self.modules[spot.module.0].scope.clone();
        let named = named.trim_end_matches("()");
        let found = match super::super::scope::find(&scope, named, false).and_then(|owner| owner.own(named)) {
            Some(found) => Some(found),
            None => {
                let package = before.split(&format!(".{MADE_FOR}")).next().filter(|package| *package != before);
                let imported = package.and_then(|package| self.full_name(&format!("{package}.{named}"), spot.module));
                imported.or_else(|| self.package_type(&Name::from(named), &scope))
            }
        };
        let Value::Class(class) = self.force(found?) else { return None };
        let ty = TypeRef { path: vec![Name::from(named)], args: Vec::new(), text: "".into() };
        let at = class.scope.clone();
        self.typed(&ty, &at)
    }

    /// What the constructors below a class give a parameter of its own, where nobody ran them: `class Users : Base("/users")`.
    pub(in crate::code::eval) fn given_above(
        &mut self,
        object: &Rc<Object>,
        class: &Rc<ClassValue>,
        name: &Name,
        below: &[Rc<ClassValue>],
        depth: usize,
    ) -> Option<Value> {
        if depth > MOST_ABOVE {
            return None;
        }
        let wanted = Value::Class(class.clone());
        for (at, child) in below.iter().enumerate().rev() {
            let direct = child.bases.iter().any(|base| self.force(base.clone()).same(&wanted) == Some(true));
            let Some((own, args)) = constructed(child).filter(|_| direct) else { continue };
            let (upper, _) = constructed_by(class)?;
            let place = upper.params.iter().position(|param| names(&param.target, name))?;
            let said = args.iter().find(|arg| arg.name.as_ref() == Some(name));
            let given = said.or_else(|| args.get(place).filter(|arg| arg.name.is_none())).map(|arg| &arg.value);
            let (home, value) = match (given, &upper.params.get(place)?.default) {
                (Some(value), _) => (child.clone(), value),
                (None, Some(default)) => (class.clone(), default),
                (None, None) => return None,
            };
            let mut bound: Vec<(Name, Value)> = Vec::new();
            if given.is_some() {
                for param in &own.params {
                    let Pattern::Name(param, _) = &param.target else { continue };
                    let told = self.given_above(object, child, param, below.get(..at).unwrap_or_default(), depth + 1);
                    bound.extend(told.map(|told| (param.clone(), told)));
                }
            }
            let this = Value::Object(object.clone());
            return Some(self.in_class(&home, this.clone(), |machine, scope| {
                let inner = Scope::inside(&machine.seeing(scope, &this), ScopeKind::Block);
                for (name, value) in &bound {
                    inner.set(name, value.clone());
                }
                machine.eval(value, &inner)
            }));
        }
        None
    }
}

/// The constructor of a class with what it gives the class above, where it gives it first.
fn constructed(class: &ClassValue) -> Option<(&Function, &[Arg])> {
    let (constructor, body) = constructed_by(class)?;
    let StmtKind::Expr(Expr { kind: ExprKind::Call(call), .. }) = &body.first()?.kind else { return None };
    matches!(call.callee.kind, ExprKind::Super).then_some((constructor, call.args.as_slice()))
}

/// The first constructor of a class.
fn constructed_by(class: &ClassValue) -> Option<(&Function, &[crate::code::form::Stmt])> {
    class.class.body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Function(function) if function.kind == FunctionKind::Constructor => {
            Some((&**function, function.body.as_slice()))
        }
        _ => None,
    })
}

fn names(target: &Pattern, name: &Name) -> bool {
    matches!(target, Pattern::Name(own, _) if own == name)
}
