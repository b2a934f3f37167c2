//! Functions of one name (Kotlin): declared several times for several types, declared beside an import of the same name, or
//! brought by more than one star import. A call means the one that fits it best.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::{ScopeKind, ScopeRef, find, top_of};
use super::super::value::{Args, Closure, Lazy, Modelled, ModuleId, Spot, Value};
use super::fits::Fit;
use crate::code::form::{ClassKind, Language, Name, Param, ParamKind, Pattern, TypeRef};
use crate::code::resolve::Target;

/// How far out a receiver is looked for.
const MOST_RECEIVERS: usize = 12;
/// The most functions of one name that are compared.
pub(super) const MOST_MEANINGS: usize = 16;
/// How many ways there are for a function's name to be seen: by an import of it, by its package, by one of a whole package.
const LEVELS: usize = 3;

/// The name under which a module's scope holds what else it declares under a name: no name of the language.
pub(super) fn declared(name: &str) -> Name {
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

    /// The full names of what further imports bring under a name.
    pub(crate) fn imported_besides(&self, name: &Name, scope: &ScopeRef) -> Vec<Name> {
        let all = kept(&top_of(scope), &imported(name)).into_iter();
        all.filter_map(|one| if let Value::Unknown(path) = one { Some(path) } else { None }).collect()
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
        let imported = match top_of(scope).own(name) {
            Some(Value::Unknown(path)) => Some(path),
            _ => None,
        };
        if let Some(full) = imported.filter(|full| members.contains_key(&**full)) {
            return Some(full);
        }
        if !members.contains_key(&**name) {
            return None;
        }
        let packages = self.modules[scope.module.0].packages.iter();
        let mut full = packages.map(|package| Name::from(format!("{package}.{name}")));
        Some(full.find(|full| members.contains_key(&**full)).unwrap_or_else(|| name.clone()))
    }

    /// What a name means that is called: of several functions the one that fits the call, else what the name means anyway; none
    /// where it cannot be told and routes may hang on it.
    pub(crate) fn meant(&mut self, name: &Name, args: &Args, scope: &ScopeRef) -> Option<Value> {
        let first = self.callee(name, scope);
        let owner = find(scope, name, false);
        if owner.is_some_and(|owner| owner.kind != ScopeKind::Module) {
            return Some(first);
        }
        // What stands in another file of the package is looked for when it is asked for, and may not be there.
        let first = match self.force(first) {
            Value::Lazy(_) => Value::unknown(),
            first => first,
        };
        self.best(name, first, None, args, scope)
    }

    /// What a name means that is called on an object which has no such member.
    pub(crate) fn meant_for(&mut self, object: &Value, name: &Name, args: &Args, scope: &ScopeRef) -> Option<Value> {
        let first = self.name_alone(name, scope);
        let first = self.force(first);
        self.best(name, first, Some(object), args, scope)
    }

    /// Tells that it is not known which of several functions is called. What they are given to call is entered on a router that
    /// nothing mounts: where it stands, its routes do not.
    pub(crate) fn note_several(&mut self, name: &str, args: &Args, scope: &ScopeRef, spot: Spot) -> Value {
        self.note(spot, format!("which of several functions `{name}` is called here is not known"));
        let around = self.receivers(scope);
        let kind = around.iter().find_map(|value| match value {
            Value::Object(it) => it.model.borrow().as_ref().map(|model| model.ty),
            _ => None,
        });
        for value in args.list.iter().chain(args.named.iter().map(|(_, value)| value)) {
            if let (Value::Function(closure), Some(kind)) = (value, kind) {
                let apart = self.placeholder(kind);
                self.enter(closure, Some(apart), Args::unknown(), spot);
            } else {
                self.escape(value);
            }
        }
        Value::unknown()
    }

    fn best(
        &mut self,
        name: &Name,
        first: Value,
        object: Option<&Value>,
        args: &Args,
        scope: &ScopeRef,
    ) -> Option<Value> {
        if !matches!(first, Value::Function(_) | Value::Unknown(_) | Value::Undefined) {
            return Some(first);
        }
        let all = self.meanings(name, &first, scope);
        let unfit = |machine: &mut Self, one: &Value| match (object, one) {
            (Some(object), Value::Function(closure)) => {
                let ty = closure.function.receiver.as_ref().and_then(|receiver| receiver.ty.clone());
                ty.is_some_and(|ty| machine.fit(object, &ty, &closure.scope) == Fit::Not)
            }
            _ => false,
        };
        let first = if unfit(self, &first) { Value::unknown() } else { first };
        if all.is_empty() {
            return Some(first);
        }
        let mut nearest = 0;
        let mut unfit: Vec<(usize, Value)> = Vec::new();
        let mut fitting: Vec<(Value, Vec<Fit>)> = Vec::new();
        let candidates: Vec<Value> = std::iter::once(first.clone()).chain(all).collect();
        let claimed = candidates.iter().any(|one| match one {
            Value::Function(closure) => self.claims(closure, args),
            _ => false,
        });
        for one in candidates {
            // No library's function takes what one of the project's own states a type of the project's for.
            if claimed && matches!(one, Value::Unknown(_)) {
                continue;
            }
            let near = self.nearness(&one, object, args, scope);
            if near == 0 || near < nearest {
                continue;
            }
            let fits = match &one {
                Value::Function(closure) => self.fits(closure, args),
                _ => Some(Vec::new()),
            };
            let Some(fits) = fits else {
                unfit.push((near, one));
                continue;
            };
            if near > nearest {
                fitting.clear();
            }
            nearest = near;
            fitting.push((one, fits));
        }
        // The call is one that compiles: where nothing seems to fit, what is known of the arguments is less than it seems, and the
        // one function that is nearest is meant.
        let most = unfit.iter().map(|(near, _)| *near).max();
        let mut alone = unfit.iter().filter(|(near, _)| Some(*near) == most);
        let own = object.is_none_or(|object| matches!(object, Value::Object(_) | Value::Class(_)));
        if let (true, Some((_, one)), None) = (own && fitting.is_empty(), alone.next(), alone.next()) {
            return Some(one.clone());
        }
        match self.fittest(fitting) {
            Ok(Some(one)) => Some(one),
            Ok(None) => Some(first),
            Err(all) if self.may_hang_on(&all, object, args, scope) => None,
            Err(all) => all.into_iter().next(),
        }
    }

    /// Whether a function of the project's own states a type of the project's for an instance that is given.
    pub(in crate::code::eval) fn claims(&mut self, closure: &Rc<Closure>, args: &Args) -> bool {
        let function = closure.function.clone();
        function.params.iter().zip(&args.list).any(|(param, value)| {
            let Some(ty) = &param.ty else { return false };
            let value = self.force(value.clone());
            let own = matches!(&value, Value::Object(it) if it.class.is_some() && it.model.borrow().is_none());
            let stated = self.type_value(ty, &closure.scope);
            own && matches!(self.force(stated), Value::Class(_))
                && matches!(self.fit(&value, ty, &closure.scope), Fit::Just | Fit::Wide)
        })
    }

    /// Whether routes may hang on which of several functions is called: a router is around or given, or they state that they
    /// take one and are given something to call.
    pub(super) fn may_hang_on(&mut self, all: &[Value], object: Option<&Value>, args: &Args, scope: &ScopeRef) -> bool {
        let given = || args.list.iter().chain(args.named.iter().map(|(_, value)| value));
        if object.into_iter().chain(given()).any(is_router) {
            return true;
        }
        let functions: Vec<_> = all
            .iter()
            .filter_map(|one| if let Value::Function(closure) = one { Some(closure.clone()) } else { None })
            .collect();
        let around = self.receivers(scope).iter().any(is_router);
        if !given().any(Value::is_callable) {
            let extends = |one: &Rc<Closure>| one.function.receiver.is_some();
            return around && object.is_none() && functions.iter().any(|one| extends(one) && self.states_router(one));
        }
        // What is given to call may register on the router around.
        let taken = functions.len() < all.len() || functions.iter().any(|one| self.takes_block(one));
        taken && (around || functions.iter().any(|one| self.states_router(one)))
    }

    /// Whether a function may take something to call.
    fn takes_block(&mut self, closure: &Closure) -> bool {
        let function = closure.function.clone();
        function.params.iter().any(|param| {
            let Some(ty) = &param.ty else { return true };
            if ty.path.is_empty() || ty.path.first().is_some_and(|name| function.parameters.contains(name)) {
                return true;
            }
            let stated = self.type_value(ty, &closure.scope);
            match self.force(stated) {
                Value::Class(class) => class.class.kind == ClassKind::Interface,
                Value::Unknown(path) => {
                    path.contains('.') && !path.starts_with("java.") && !path.starts_with("kotlin.")
                }
                _ => true,
            }
        })
    }

    /// Whether a function states that it takes a router, or what is called on one.
    fn states_router(&mut self, closure: &Closure) -> bool {
        let function = closure.function.clone();
        let params = function.params.iter().chain(&function.receiver);
        let types: Vec<_> = params.filter_map(|param| param.ty.clone()).collect();
        types.iter().any(|ty| self.is_of_router(ty, &closure.scope))
    }

    /// Whether a type is one of the models', or of a function that is called on one.
    fn is_of_router(&mut self, ty: &TypeRef, scope: &ScopeRef) -> bool {
        if ty.path.is_empty() {
            return ty.args.first().is_some_and(|on| self.is_of_router(on, scope));
        }
        matches!(self.type_value(ty, scope), Value::Unknown(path) if self.models.types.contains_key(&*path))
    }

    /// Of functions that fit a call, with how well its arguments fit each, the one that fits best; those that are left as an error
    /// where it cannot be told.
    pub(super) fn fittest(&self, all: Vec<(Value, Vec<Fit>)>) -> Result<Option<Value>, Vec<Value>> {
        let left: Vec<&Value> = all
            .iter()
            .filter(|(one, fits)| !all.iter().any(|(other, better)| self.goes_before((other, better), (one, fits))))
            .map(|(one, _)| one)
            .collect();
        match left.as_slice() {
            [] => Ok(None),
            [first, ..] if left.iter().any(|one| is_of_library(one)) => Ok(Some((*first).clone())),
            [first, rest @ ..] if rest.iter().all(|one| looks_like(first, one)) => Ok(Some((*first).clone())),
            _ => Err(left.into_iter().cloned().collect()),
        }
    }

    /// Whether a function is meant rather than another one that fits, too: it is of just the types that are given where the other
    /// is not, or all its parameters are given.
    fn goes_before(&self, one: (&Value, &[Fit]), other: (&Value, &[Fit])) -> bool {
        let pairs = || one.1.iter().zip(other.1);
        if pairs().any(|(own, others)| own != others) {
            return pairs().all(|(own, others)| own == others || *own == Fit::Just);
        }
        let (Value::Function(first), Value::Function(second)) = (one.0, other.0) else { return false };
        let spare = |closure: &Closure| closure.function.params.len() - one.1.len().min(closure.function.params.len());
        let rest = |closure: &Closure| closure.function.params.iter().any(|param| param.kind == ParamKind::Rest);
        (rest(first), spare(first)) < (rest(second), spare(second))
    }

    /// What else a name may mean where it is called: what the file declares and imports, its package and those that it imports
    /// as a whole.
    pub(in crate::code::eval) fn meanings(&mut self, name: &Name, first: &Value, scope: &ScopeRef) -> Vec<Value> {
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
            if self.models.makers.contains_key(&full) || self.models.functions.contains_key(&full) {
                out.push(Value::from_path(full.as_str()));
            }
            for path in self.tree.declaring(&full).to_vec() {
                if path == own || out.len() >= MOST_MEANINGS {
                    continue;
                }
                out.extend(self.class_at(&path, std::slice::from_ref(name)));
                let id = self.module_of(&path, Language::Java);
                out.extend(kept(&self.modules[id.0].scope.clone(), &declared(name)));
            }
        }
        let mut forced: Vec<Value> = Vec::new();
        let first = self.force(first.clone());
        for one in std::iter::once(first.clone()).chain(out) {
            let one = self.force(one);
            // What is imported by its name brings all that its file declares under it.
            let beside = match &one {
                Value::Function(closure) if closure.scope.module != top.module => {
                    kept(&self.modules[closure.scope.module.0].scope.clone(), &declared(name))
                }
                _ => Vec::new(),
            };
            for one in std::iter::once(one).chain(beside) {
                let is_called = match &one {
                    // What is private is its file's alone.
                    Value::Function(closure) if closure.scope.module != top.module && !closure.function.is_public => {
                        false
                    }
                    Value::Function(_) => one.identity() != first.identity(),
                    other => is_of_library(other),
                };
                let known = forced.iter().any(|other| other.same(&one) == Some(true));
                if is_called && !known && forced.len() < MOST_MEANINGS {
                    forced.push(one);
                }
            }
        }
        forced
    }

    /// How near a function is to a call, by what it is called on and by where it stands; 0 where it does not fit.
    pub(in crate::code::eval) fn nearness(
        &mut self,
        value: &Value,
        object: Option<&Value>,
        args: &Args,
        scope: &ScopeRef,
    ) -> usize {
        let Value::Function(closure) = value else { return usize::from(is_of_library(value)) };
        if !takes(closure, args) {
            return 0;
        }
        let level = self.level(closure, scope);
        let Some(receiver) = &closure.function.receiver else {
            return if object.is_some() { 0 } else { 2 * LEVELS + level };
        };
        let Some(ty) = receiver.ty.clone() else { return LEVELS + level };
        let near = match object {
            Some(object) => match self.fit(object, &ty, &closure.scope) {
                Fit::Not => return 0,
                Fit::Perhaps => 1,
                Fit::Wide => 1 + MOST_RECEIVERS,
                Fit::Just => 2 + MOST_RECEIVERS,
            },
            None => {
                let around: Vec<Value> =
                    self.frames.iter().rev().take(MOST_RECEIVERS).map(|frame| frame.this.clone()).collect();
                let fits = |machine: &mut Self, this: &Value| match this {
                    Value::Undefined => false,
                    this => matches!(machine.fit(this, &ty, &closure.scope), Fit::Wide | Fit::Just),
                };
                match around.iter().position(|this| fits(self, this)) {
                    Some(near) => 2 + MOST_RECEIVERS - near,
                    None => {
                        let typed = self.typed(&ty, &closure.scope);
                        return usize::from(typed.as_ref().and_then(kind_of).is_none());
                    }
                }
            }
        };
        near * LEVELS + level
    }

    /// Where a function stands for a call: what is imported by its name goes before the package's, and that before what is
    /// imported as a whole.
    fn level(&self, closure: &Closure, scope: &ScopeRef) -> usize {
        let (own, other) = (&self.modules[scope.module.0], &self.modules[closure.scope.module.0]);
        let whole = || own.packages.contains(&other.dotted);
        match own.dotted == other.dotted {
            true => 1,
            false if whole() => 0,
            false => 2,
        }
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
pub(in crate::code::eval) fn is_of_library(value: &Value) -> bool {
    matches!(value, Value::Unknown(path) if path.contains('.'))
}

/// Whether a value is an object to the models.
pub(super) fn is_router(value: &Value) -> bool {
    let Value::Object(object) = value else { return false };
    object.model.borrow().as_ref().is_some_and(|model| !model.ty.framework().is_empty())
}

/// Whether two functions state the same of what they take: of one that stands in several files the nearest is meant.
fn looks_like(one: &Value, other: &Value) -> bool {
    let (Value::Function(one), Value::Function(other)) = (one, other) else { return false };
    let ty = |param: &Param| param.ty.as_ref().map(|ty| ty.text.clone());
    let (one, other) = (&one.function, &other.function);
    one.params.len() == other.params.len()
        && one.params.iter().zip(&other.params).all(|(one, other)| ty(one) == ty(other))
        && one.receiver.as_ref().map(ty) == other.receiver.as_ref().map(ty)
}

/// The kind of object that a value is to the models.
fn kind_of(value: &Value) -> Option<&'static str> {
    let Value::Object(object) = value else { return None };
    object.model.borrow().as_ref().map(|model| model.ty.name.as_str())
}

/// Whether a function may be called with so many arguments, and those names.
pub(in crate::code::eval) fn takes(closure: &Closure, args: &Args) -> bool {
    if args.partial {
        return true;
    }
    let args = &args.clone().placed(&closure.function);
    let params = &closure.function.params;
    let is_rest = |kind: ParamKind| matches!(kind, ParamKind::Rest | ParamKind::KeywordRest);
    let has = |name: &Name| params.iter().any(|param| matches!(&param.target, Pattern::Name(own, _) if own == name));
    let named: Vec<&Name> = args.named.iter().map(|(name, _)| name).filter(|name| !name.starts_with('<')).collect();
    let given = args.list.len() + named.len();
    let needed = params.iter().filter(|param| param.default.is_none() && !is_rest(param.kind)).count();
    let open = params.iter().any(|param| is_rest(param.kind));
    given >= needed && (open || given <= params.len()) && named.into_iter().all(has)
}
