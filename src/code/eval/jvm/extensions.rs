//! Functions of Java's and Kotlin's packages for types that are declared elsewhere: calls of them on a receiver.

use std::rc::Rc;

use super::super::class::is_object;
use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, Closure, Spot, Value};
use super::asked::holds_settings;
use super::fits::Fit;
use super::packages::{classes_around, is_block};
use crate::code::form::{BinaryOp, FunctionKind, Name};

impl Machine<'_> {
    /// A call of a function for a type that is declared elsewhere: one in scope, or one that the receiver of the code has.
    pub(crate) fn call_extension(
        &mut self,
        object: &Value,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        if !self.has_packages(scope) {
            return None;
        }
        for receiver in self.receivers(scope) {
            if let Value::Object(it) = &receiver
                && it.class.is_none()
                && let Some(model) = it.model.borrow().clone()
                && model.ty.members.contains_key(&**name)
                && matches!(object, Value::Str(_) | Value::Class(_))
            {
                let mut all = args.clone();
                all.list.insert(0, object.clone());
                return self.call_modelled(it, &receiver, name, &all, spot);
            }
        }
        if let Some(value) = self.run_with(object, name, args, spot) {
            return Some(value);
        }
        if let Some((own, method)) = self.extension_around(name, Some((object, args)), scope) {
            self.dispatch = Some(own);
            return Some(self.enter(&method, Some(object.clone()), args.clone(), spot));
        }
        let Some(meant) = self.meant_for(object, name, args, scope) else {
            return Some(self.note_several(name, args, scope, spot));
        };
        match meant {
            Value::Bound(bound) => match &bound.callee {
                Value::Function(method) if method.function.receiver.is_some() => {
                    self.dispatch = Some(bound.receiver.clone());
                    Some(self.enter(&method.clone(), Some(object.clone()), args.clone(), spot))
                }
                _ => None,
            },
            Value::Function(closure) if closure.function.receiver.is_some() || is_block(&closure) => {
                let object = self.extended_block(&closure, object);
                Some(self.enter(&closure, Some(object), args.clone(), spot))
            }
            Value::Unknown(path) if self.is_library_extension(&path) => {
                let mut all = args.clone();
                all.list.insert(0, object.clone());
                Some(self.call_path(&path, all, spot))
            }
            _ => None,
        }
    }

    /// What an operator between two values comes to where code of the project's says what it means (Kotlin): a member of the
    /// first, or a function for its type that gets a block.
    pub(crate) fn call_operator(
        &mut self,
        op: BinaryOp,
        a: &Value,
        b: &Value,
        scope: &ScopeRef,
        line: u32,
    ) -> Option<Value> {
        let name = Name::from(match op {
            BinaryOp::Add => "plus",
            BinaryOp::Sub => "minus",
            BinaryOp::Mul => "times",
            BinaryOp::Div => "div",
            BinaryOp::Mod => "rem",
            _ => return None,
        });
        let block = matches!(b, Value::Function(_) | Value::Bound(_));
        let own = matches!(a, Value::Object(it) if it.class.is_some() && it.model.borrow().is_none()) || is_object(a);
        if !(block || own) || !self.has_packages(scope) {
            return None;
        }
        let args = Args::of(vec![b.clone()]);
        let spot = Spot { module: scope.module, line };
        if own && self.has_member(a, &name) {
            return Some(self.call_member(a, &name, args, scope, spot));
        }
        let known =
            self.extension_around(&name, None, scope).is_some() || !self.own_meanings(&name, scope).0.is_empty();
        if known { self.call_extension(a, &name, &args, scope, spot) } else { None }
    }

    /// Whether a library's function extends types.
    fn is_library_extension(&self, path: &str) -> bool {
        self.models.makers.get(path).is_some_and(|model| model.extension)
            || self.models.functions.get(path).is_some_and(|action| action.extension)
    }

    /// Calls a function of the project's own that is named like a member of a router: it goes before the library's where what is
    /// given fits it, unless the library's is imported by its name and may be meant.
    pub(crate) fn call_own_instead(
        &mut self,
        router: &Value,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let Value::Object(it) = router else { return None };
        let model = it.model.borrow().clone()?;
        let most = model.ty.members.get(&**name).map(|action| action.args.len())?;
        let fits = |machine: &mut Self, closure: &Rc<Closure>| {
            let ty = closure.function.receiver.as_ref().and_then(|receiver| receiver.ty.clone());
            ty.is_some_and(|ty| matches!(machine.fit(router, &ty, &closure.scope), Fit::Just | Fit::Wide))
                && super::overloads::takes(closure, args)
                && machine.fits(closure, args).is_some()
        };
        if let Some((own, method)) = self.extension_around(name, Some((router, args)), scope)
            && fits(self, &method)
        {
            self.dispatch = Some(own);
            return Some(self.enter(&method, Some(router.clone()), args.clone(), spot));
        }
        let (mut known, library) = self.own_meanings(name, scope);
        if library && args.list.len() <= most {
            known.retain(|closure| self.claims(closure, args));
        }
        let mut best: Option<(usize, Rc<Closure>)> = None;
        for closure in known {
            if fits(self, &closure) {
                let near = self.nearness(&Value::Function(closure.clone()), Some(router), args, scope);
                if best.as_ref().is_none_or(|(other, _)| near > *other) {
                    best = Some((near, closure));
                }
            }
        }
        let (_, closure) = best?;
        Some(self.enter(&closure, Some(router.clone()), args.clone(), spot))
    }

    /// A call of such a function on something of which nothing tells that it is not of its type. Where that is a router it is
    /// one that nothing mounts.
    pub(crate) fn call_extension_around(
        &mut self,
        object: &Value,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        if !self.has_packages(scope) {
            return None;
        }
        let (own, method) = self.extension_around(name, Some((object, args)), scope)?;
        let ty = method.function.receiver.as_ref()?.ty.clone()?;
        if !super::overloads::takes(&method, args) || self.fits(&method, args).is_none() {
            return None;
        }
        let receiver = self.refined(object.clone(), &ty, &method.scope.clone());
        self.dispatch = Some(own);
        Some(self.enter(&method, Some(receiver), args.clone(), spot))
    }

    /// A function for a type that is declared elsewhere which a receiver of the code, or a class around it, has as its member: of
    /// several the one that fits what it is called on and given.
    fn extension_around(
        &mut self,
        name: &Name,
        call: Option<(&Value, &Args)>,
        scope: &ScopeRef,
    ) -> Option<(Value, Rc<Closure>)> {
        let around = classes_around(scope).into_iter().map(Value::Class);
        let owners: Vec<Value> = self.receivers(scope).into_iter().chain(around).collect();
        owners.into_iter().find_map(|own| {
            let class = match &own {
                Value::Object(object) => object.class.clone()?,
                Value::Class(class) => class.clone(),
                _ => return None,
            };
            match self.class_member(&class, name) {
                Some((Value::Function(method), _)) if method.function.receiver.is_some() => {
                    let spot = Spot { module: scope.module, line: 0 };
                    match call {
                        Some(call) => self.extension_of(&class, call, name, spot).map(|method| (own, method)),
                        None => Some((own, method)),
                    }
                }
                _ => None,
            }
        })
    }

    /// A property for a type that is declared elsewhere, read of a value: one of the classes around, or one in scope.
    pub(crate) fn extension_property(
        &mut self,
        object: &Value,
        name: &Name,
        scope: &ScopeRef,
        line: u32,
    ) -> Option<Value> {
        let told = matches!(object, Value::Unknown(path) if !path.is_empty() && (!path.contains("()") || holds_settings(path)));
        if !self.has_packages(scope) || (!told && !self.is_extended(object)) || self.has_member(object, name) {
            return None;
        }
        let around = self.extension_around(name, None, scope);
        let (own, getter) = match around.filter(|(_, method)| method.function.kind == FunctionKind::Getter) {
            Some((own, getter)) => (Some(own), getter),
            None => {
                let (known, _) = self.own_meanings(name, scope);
                let getters = known.into_iter().filter(|one| one.function.kind == FunctionKind::Getter);
                (None, getters.into_iter().next()?)
            }
        };
        let ty = getter.function.receiver.as_ref()?.ty.clone()?;
        // What is known by its name alone may be just that type.
        let is_it = match object {
            Value::Unknown(path) if self.extends_settings(path, &getter) => true,
            Value::Unknown(path) => ty.path.last().is_some_and(|last| path.rsplit('.').next() == Some(&**last)),
            object => self.fit(object, &ty, &getter.scope) != Fit::Not,
        };
        if !is_it {
            return None;
        }
        self.dispatch = own;
        Some(self.enter(&getter, Some(object.clone()), Args::default(), Spot { module: scope.module, line }))
    }

    /// What a name comes to that is read: a property for a type that is declared elsewhere is that of the nearest receiver which
    /// is of its type, else of what its type says.
    pub(in crate::code::eval) fn read_name(&mut self, name: &Name, scope: &ScopeRef) -> Value {
        let value = self.name(name, scope);
        let getter = match &value {
            Value::Class(class) => return self.router_of_object(class).unwrap_or(value),
            Value::Function(getter) => getter,
            _ => return value,
        };
        if getter.function.kind != FunctionKind::Getter || getter.function.receiver.is_none() {
            return value;
        }
        let (known, _) = self.own_meanings(name, scope);
        let getters: Vec<_> = known.into_iter().filter(|one| one.function.kind == FunctionKind::Getter).collect();
        let typed = |one: &Rc<Closure>| one.function.receiver.as_ref().and_then(|receiver| receiver.ty.clone());
        let spot = Spot { module: scope.module, line: 0 };
        for receiver in self.receivers(scope) {
            for one in &getters {
                let Some(ty) = typed(one) else { continue };
                if matches!(self.fit(&receiver, &ty, &one.scope), Fit::Just | Fit::Wide) {
                    return self.enter(one, Some(receiver), Args::default(), spot);
                }
            }
        }
        match getters.as_slice() {
            [one] => {
                let this = typed(one).and_then(|ty| self.typed(&ty, &one.scope));
                self.enter(one, Some(this.unwrap_or_else(Value::unknown)), Args::default(), spot)
            }
            _ => Value::unknown(),
        }
    }

    /// A call of a library's function on a value, which comes first among its arguments; none where it is no such function.
    pub(crate) fn call_library_extension(
        &mut self,
        object: &Value,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        if !self.models.extensions.contains(&**name) || !self.has_packages(scope) || self.has_member(object, name) {
            return None;
        }
        // What stands behind a library's name is a member of that.
        let is_member = |path: &Name| self.models.functions.contains_key(&format!("{path}.{name}"));
        if matches!(object, Value::Unknown(path) if is_member(path)) {
            return None;
        }
        let Value::Unknown(named) = self.name(name, scope) else { return None };
        // Several imports may bring the name, for several types.
        let brought = self.imported_besides(name, scope);
        let member = self.models.texts.get(&**name).filter(|_| matches!(object, Value::Str(_)));
        let member = member.map(|path| path.as_str().into());
        let path = std::iter::once(named).chain(brought).chain(member).find(|path| self.is_library_extension(path))?;
        let mut all = args.clone();
        all.list.insert(0, object.clone());
        Some(self.call_path(&path, all, spot))
    }
}
