//! Names in languages of packages and classes (Java): imports by full names, members of the classes around and of what they
//! inherit, the same package; static fields that are evaluated when they are asked for.

use std::rc::Rc;

use super::super::machine::{Frame, Machine};
use super::super::scope::{ScopeKind, ScopeRef};
use super::super::value::{Args, ClassValue, Closure, Lazy, ModuleId, Object, Spot, Value};
use super::meant::hidden;
use crate::code::form::{ClassKind, FunctionKind, Import, Imported, Language, Name, Pattern, Stmt, StmtKind, TypeRef};
use crate::code::resolve::Target;

/// The name under which a scope tells how many arguments a parameter takes that is a function: no name of the language.
pub(super) fn arity_of(name: &str) -> Name {
    format!("{name}<arity>").into()
}

/// The name under which a class's scope holds the class: no name of the language.
const OWN: &str = "class";
/// The most classes within classes.
const MOST_NESTED: usize = 24;

impl Machine<'_> {
    /// Whether a scope's code is of a language whose names are those of packages and classes.
    pub(crate) fn has_packages(&self, scope: &ScopeRef) -> bool {
        self.language(scope) == Language::Java
    }

    /// Binds what an import brings; whole packages are looked at when a name is not found otherwise.
    pub(crate) fn import_package(&mut self, import: &Import, scope: &ScopeRef) {
        for name in &import.names {
            match &name.what {
                Imported::Named(what) => {
                    let full =
                        if import.source.is_empty() { what.to_string() } else { format!("{}.{what}", import.source) };
                    let value = self.full_name(&full, scope.module).unwrap_or_else(|| self.library_name(&full));
                    self.bind_imported(&name.alias, value, scope);
                    self.keep_further(&name.alias, &full, scope);
                }
                Imported::All | Imported::Module | Imported::Default => {
                    self.modules[scope.module.0].packages.push(import.source.clone());
                    self.modules[scope.module.0].meant.borrow_mut().clear();
                }
            }
        }
    }

    /// What a library's full name means: a constant, else the name itself.
    pub(super) fn library_name(&self, full: &str) -> Value {
        self.models.constants.get(full).map_or_else(|| Value::from_path(full), |value| Value::text(value.as_str()))
    }

    /// The class or member of a class that a full name leads to, where the repository has it.
    pub(in crate::code::eval) fn full_name(&self, full: &str, from: ModuleId) -> Option<Value> {
        let file = self.modules[from.0].path.clone();
        let mut end = full.len();
        loop {
            let (class, rest) = (full.get(..end)?, full.get(end..)?);
            if let Target::File(path) = self.tree.resolve(Language::Java, &file, class, 0) {
                let first = Name::from(class.rsplit('.').next().unwrap_or(class));
                let members = rest.split('.').filter(|part| !part.is_empty()).map(Name::from);
                let names: Vec<Name> = std::iter::once(first).chain(members).collect();
                return Some(Value::Lazy(Rc::new(Lazy::Class(path, names))));
            }
            end = class.rfind('.')?;
        }
    }

    /// What a file's class or a member of it has come to.
    pub(crate) fn class_at(&mut self, path: &Name, names: &[Name]) -> Option<Value> {
        let id = self.module_of(path, Language::Java);
        self.load(id);
        let scope = self.modules[id.0].scope.clone();
        let (first, rest) = names.split_first()?;
        let mut value = scope.own(&hidden(first)).or_else(|| scope.own(first))?;
        for name in rest {
            value = self.member(&value, name, &scope, 0);
        }
        Some(value)
    }

    /// A name that no scope binds: a member of the classes around, a class of the package or of an imported one.
    pub(crate) fn package_name(&mut self, name: &Name, scope: &ScopeRef) -> Option<Value> {
        if let Some(value) = self.member_around(name, scope).or_else(|| self.member_received(name, scope)) {
            return Some(value);
        }
        self.own_class(name, scope).or_else(|| self.package_type(name, scope))
    }

    /// What hides a name of the file's: a property of the classes around.
    pub(crate) fn member_before(&mut self, name: &Name, scope: &ScopeRef) -> Option<Value> {
        let owner = super::super::scope::find(scope, name, false).filter(|_| self.has_packages(scope));
        owner.filter(|owner| owner.kind == ScopeKind::Module)?;
        let has = |class: &ClassValue| {
            let written = &class.class;
            written.fields.iter().any(|field| field.name == *name && !field.is_static)
                || parameter_field(&written.body, name).is_some()
        };
        let around = classes_around(scope);
        let hidden = around
            .iter()
            .any(|class| self.ancestors(class).iter().any(|one| matches!(one, Value::Class(one) if has(one))));
        if hidden { self.member_around(name, scope) } else { None }
    }

    /// A member of the receiver, of the class that the code stands in, or of one around it.
    fn member_around(&mut self, name: &Name, scope: &ScopeRef) -> Option<Value> {
        let receivers = self.receivers(scope);
        for class in classes_around(scope) {
            for this in &receivers {
                if let Value::Class(own) = this
                    && super::super::class::is_object(this)
                    && self.ancestors(own).iter().any(|one| matches!(one, Value::Class(one) if Rc::ptr_eq(one, &class)))
                    && let Some((value, _)) = self.class_member(own, name)
                {
                    return Some(self.member_of_object(value, this, scope));
                }
                if let Value::Object(object) = this
                    && let Some(own) = object.class.clone()
                    && self
                        .ancestors(&own)
                        .iter()
                        .any(|one| matches!(one, Value::Class(one) if Rc::ptr_eq(one, &class)))
                {
                    let spot = Spot { module: scope.module, line: 0 };
                    if let Some(value) = object.members.named(name).or_else(|| self.field_of(object, name)) {
                        return Some(self.force(value));
                    }
                    if let Some((value, _)) = self.class_member(&own, name) {
                        return Some(self.method_of(value, object, spot));
                    }
                }
            }
            if let Some((value, _)) = self.class_member(&class, name) {
                return Some(value);
            }
            if let Some(value) = self.enum_member(&class, name) {
                return Some(value);
            }
        }
        None
    }

    /// A member of an `object` of Kotlin's, read where it is the receiver.
    pub(super) fn member_of_object(&mut self, value: Value, this: &Value, scope: &ScopeRef) -> Value {
        match &value {
            Value::Function(method) if method.function.kind == FunctionKind::Getter => {
                let spot = Spot { module: scope.module, line: 0 };
                self.enter(&method.clone(), Some(this.clone()), Args::default(), spot)
            }
            Value::Function(_) => Self::bound(value, this.clone()),
            _ => value,
        }
    }

    pub(super) fn method_of(&mut self, value: Value, object: &Rc<Object>, spot: Spot) -> Value {
        match &value {
            Value::Function(method) if method.function.kind == crate::code::form::FunctionKind::Getter => {
                self.enter(&method.clone(), Some(Value::Object(object.clone())), Args::default(), spot)
            }
            Value::Function(method) if method.function.kind != crate::code::form::FunctionKind::Static => {
                Self::bound(value, Value::Object(object.clone()))
            }
            _ => value,
        }
    }

    /// The stated type of a property, and the class that has it.
    pub(crate) fn property_type(&mut self, class: &Rc<ClassValue>, name: &Name) -> Option<(TypeRef, Rc<ClassValue>)> {
        self.ancestors(class).into_iter().find_map(|ancestor| {
            let Value::Class(ancestor) = ancestor else { return None };
            let field = ancestor.class.fields.iter().find(|field| field.name == *name && !field.is_static);
            let own = field.and_then(|field| field.ty.as_ref());
            let ty = own.or_else(|| parameter_field(&ancestor.class.body, name))?.clone();
            Some((ty, ancestor))
        })
    }

    /// An instance field of an object whose constructor nobody ran: its initial value, else what its type says.
    pub(crate) fn field_of(&mut self, object: &Rc<Object>, name: &Name) -> Option<Value> {
        let class = object.class.clone()?;
        let mut below: Vec<Rc<ClassValue>> = Vec::new();
        for ancestor in self.ancestors(&class) {
            let Value::Class(ancestor) = ancestor else { continue };
            below.push(ancestor.clone());
            let written = ancestor.class.clone();
            let stated = written.fields.iter().find(|field| field.name == *name && !field.is_static);
            let Some(field) =
                stated.filter(|field| field.value.is_some() || parameter_field(&written.body, name).is_none())
            else {
                if let Some(ty) = parameter_field(&written.body, name) {
                    object.members.put(name, Value::unknown());
                    let said = stated.and_then(|field| self.set_by_annotation(&field.decorators, &ancestor.scope));
                    let given = said.or_else(|| self.given_above(object, &ancestor, name, &below, 0));
                    let value = match given.filter(|given| !given.is_unknown()) {
                        Some(given) => given,
                        None => self.typed(ty, &ancestor.scope).unwrap_or_else(Value::unknown),
                    };
                    object.members.put(name, value.clone());
                    return Some(value);
                }
                continue;
            };
            object.members.put(name, Value::unknown());
            let said =
                if field.value.is_none() { self.set_by_annotation(&field.decorators, &ancestor.scope) } else { None };
            if let Some(said) = said {
                object.members.put(name, said.clone());
                return Some(said);
            }
            let value = match (&field.value, &field.ty) {
                (Some(init), ty) => {
                    let this = Value::Object(object.clone());
                    self.in_class(&ancestor, this.clone(), |machine, scope| {
                        let inner = machine.seeing(scope, &this);
                        let value = machine.eval(init, &inner);
                        match ty {
                            Some(ty) => machine.refined(value, ty, scope),
                            None => value,
                        }
                    })
                }
                (None, Some(ty)) => self.typed(ty, &ancestor.scope).unwrap_or_else(Value::unknown),
                (None, None) => Value::unknown(),
            };
            object.members.put(name, value.clone());
            return Some(value);
        }
        self.entry_member(object, name)
    }

    /// Runs something in a class's scope, away from what is running.
    pub(crate) fn in_class<T>(
        &mut self,
        class: &Rc<ClassValue>,
        this: Value,
        run: impl FnOnce(&mut Self, &ScopeRef) -> T,
    ) -> T {
        let journals = std::mem::take(&mut self.journals);
        let conditional = std::mem::take(&mut self.conditional);
        self.frames.push(Frame {
            closure: None,
            spot: class.spot,
            this,
            home: Some(class.clone()),
            returns: Vec::new(),
            yields: Vec::new(),
            given: Vec::new(),
            handed: Vec::new(),
        });
        let scope = class.scope.clone();
        let value = run(self, &scope);
        self.frames.pop();
        self.journals = journals;
        self.conditional = conditional;
        value
    }

    /// Prepares the scope of a class: it holds the class, and its static fields wait until they are asked for.
    pub(crate) fn prepare_class(&mut self, class: &Rc<ClassValue>) {
        class.scope.set(&OWN.into(), Value::Class(class.clone()));
        for (at, field) in class.class.fields.iter().enumerate() {
            if field.is_static && field.value.is_some() {
                let lazy = Value::Lazy(Rc::new(Lazy::Static(class.clone(), at)));
                class.scope.set(&field.name, lazy.clone());
                class.members.put(&field.name, lazy);
            }
        }
    }

    /// The value of a static field.
    pub(crate) fn static_field(&mut self, class: &Rc<ClassValue>, at: usize) -> Option<Value> {
        let written = class.class.clone();
        let field = written.fields.get(at)?;
        let init = field.value.as_ref()?;
        let waits = matches!(class.members.named(&field.name), Some(Value::Lazy(lazy))
            if matches!(&*lazy, Lazy::Static(_, index) if *index == at));
        if !waits {
            return class.members.named(&field.name);
        }
        let keep = |value: Value| {
            class.scope.set(&field.name, value.clone());
            class.members.put(&field.name, value);
        };
        keep(Value::unknown());
        self.begin_entry(class, at);
        let value = self.in_class(class, Value::Undefined, |machine, scope| machine.eval(init, scope));
        let value = match value {
            value @ Value::Unknown(_) => match &field.ty {
                Some(ty) => self.refined(value, ty, &class.scope),
                None => value,
            },
            value => value,
        };
        keep(value.clone());
        Some(value)
    }

    /// A call of a method by its name alone: a member of the receivers or of the classes around.
    pub(crate) fn call_around(&mut self, name: &Name, args: &Args, scope: &ScopeRef, spot: Spot) -> Option<Value> {
        let around = classes_around(scope);
        for this in self.receivers(scope) {
            if let Value::Class(own) = &this
                && super::super::class::is_object(&this)
                && let Some((value, _)) = self.class_member(own, name).filter(|(value, _)| is_called(value))
            {
                return Some(match value {
                    Value::Function(method) if method.function.receiver.is_some() => {
                        let receiver = self.implicit_receiver(&method);
                        self.dispatch = Some(this.clone());
                        self.enter(&method, receiver, args.clone(), spot)
                    }
                    _ => self.call_member(&this, name, args.clone(), scope, spot),
                });
            }
            if let Some(value) = self.call_of_base(&this, name, args, scope, spot) {
                return Some(value);
            }
            if matches!(&this, Value::Unknown(path) if super::asked::holds_settings(path))
                && let Some(said) = self.property_of(&this, name, args, spot)
            {
                return Some(said);
            }
            if !matches!(this, Value::Object(_))
                && !self.is_projects(name, scope)
                && let Some(value) = self.call_elements(&this, name, args, scope, spot)
            {
                return Some(value);
            }
            let Value::Object(object) = &this else { continue };
            let model = object.model.borrow().clone();
            let Some(own) = object.class.clone() else {
                if let Some(said) = self.property_of(&this, name, args, spot) {
                    return Some(said);
                }
                // What is called with nothing is a block that a class around holds, where one of that name is.
                if args.list.is_empty()
                    && args.named.is_empty()
                    && let Some(value) = self.call_property(name, args, scope, spot)
                {
                    return Some(value);
                }
                if let Some(name) = model.and_then(|model| self.member_meant(&model, name, scope)) {
                    if let Some(path) = self.container_asked(&name, args, scope) {
                        return Some(self.call_path(&path, args.clone(), spot));
                    }
                    if let Some(value) = self.call_own_instead(&this, &name, args, scope, spot) {
                        return Some(value);
                    }
                    return self.call_modelled(object, &this, &name, args, spot);
                }
                continue;
            };
            // A property and a function may have one name: what is called is the function.
            match self.class_member(&own, name).filter(|(value, _)| is_called(value)) {
                Some((Value::Function(method), _)) if method.function.receiver.is_some() => {
                    let receiver = self.implicit_receiver(&method);
                    self.dispatch = Some(this.clone());
                    return Some(self.enter(&method, receiver, args.clone(), spot));
                }
                Some(_) => return Some(self.call_member(&this, name, args.clone(), scope, spot)),
                None => {
                    if let Some(value) = self.entry_call(object, name, args) {
                        return Some(value);
                    }
                    let line = self.ancestors(&own);
                    let within = |class: &Rc<ClassValue>| {
                        line.iter().any(|one| matches!(one, Value::Class(one) if Rc::ptr_eq(one, class)))
                    };
                    // What the library's class has no member for may be a function or a class of the project's.
                    let has = model.as_ref().is_some_and(|model| self.member_meant(model, name, scope).is_some());
                    let open = model.is_some() && around.iter().any(within);
                    if has || (open && !self.is_projects(name, scope) && !self.is_librarys(name, scope)) {
                        return Some(self.call_member(&this, name, args.clone(), scope, spot));
                    }
                }
            }
        }
        if matches!(&**name, "let" | "also" | "apply")
            && let Some(this) = self.receivers(scope).into_iter().next()
            && !self.is_projects(name, scope)
            && let Some(value) = self.run_with(&this, name, args, spot)
        {
            return Some(value);
        }
        let has = |class: &&Rc<ClassValue>| self.class_member(class, name).is_some_and(|(it, _)| is_called(&it));
        let Some(class) = around.iter().find(has).cloned() else {
            let found = around.iter().find_map(|class| self.enum_call(class, name, args));
            return found.or_else(|| self.library_static(&around, name, args, spot));
        };
        Some(self.call_member(&Value::Class(class), name, args.clone(), scope, spot))
    }

    /// Whether a router that the code stands on has a member of a name.
    fn is_routers(&self, name: &str, scope: &ScopeRef) -> bool {
        self.receivers(scope).iter().any(|this| match this {
            Value::Object(it) => it.model.borrow().as_ref().is_some_and(|model| model.ty.members.contains_key(name)),
            _ => false,
        })
    }

    /// Whether a name that is called means a function or a class of the project's, outside of classes.
    fn is_projects(&mut self, name: &Name, scope: &ScopeRef) -> bool {
        let found = self.name_alone(name, &super::super::scope::top_of(scope));
        matches!(self.force(found), Value::Function(_) | Value::Class(_))
    }

    /// The class of a full name, as a file's code would mean it.
    pub(super) fn class_of(&mut self, file: &str, full: &str) -> Option<Rc<ClassValue>> {
        let Target::File(path) = self.tree.resolve(Language::Java, file, full, 0) else { return None };
        let last = Name::from(full.rsplit('.').next().unwrap_or_default());
        match self.force(Value::Lazy(Rc::new(Lazy::Class(path, vec![last])))) {
            Value::Class(class) => Some(class),
            _ => None,
        }
    }

    /// Whether a name that is called means a function that models know.
    fn is_librarys(&mut self, name: &Name, scope: &ScopeRef) -> bool {
        let found = self.name_alone(name, &super::super::scope::top_of(scope));
        let Value::Unknown(path) = self.force(found) else { return false };
        path.contains('.') && (self.models.functions.contains_key(&*path) || self.models.makers.contains_key(&*path))
    }

    /// A call of a static function that a class around inherits from a library.
    fn library_static(&mut self, around: &[Rc<ClassValue>], name: &Name, args: &Args, spot: Spot) -> Option<Value> {
        let known = |full: &String| self.models.functions.contains_key(full);
        let full = around.iter().flat_map(|class| self.ancestors(class)).find_map(|ancestor| match ancestor {
            Value::Unknown(path) => Some(format!("{path}.{name}")).filter(known),
            _ => None,
        })?;
        Some(self.call(&Value::from_path(full), args.clone(), spot))
    }

    /// Whether a name that is called means something local: what has no members to call it by hides no function.
    pub(crate) fn is_local_callee(&mut self, name: &Name, args: &Args, scope: &ScopeRef) -> bool {
        let owner = super::super::scope::find_local(scope, name);
        let Some(value) = owner.as_ref().and_then(|owner| owner.own(name)) else {
            return false;
        };
        // What is stated to take so many arguments is not what is called with others, where a router around has the name.
        let stated = owner.and_then(|owner| owner.own(&arity_of(name)));
        if let Some(Value::Int(stated)) = stated
            && usize::try_from(stated) != Ok(args.list.len())
            && args.list.last().is_some_and(Value::is_callable)
            && self.is_routers(name, scope)
        {
            return false;
        }
        match self.force(value) {
            Value::Object(object) => match object.class.clone() {
                Some(class) => match self.class_member(&class, "invoke") {
                    Some((Value::Function(invoke), _)) if self.is_routers(name, scope) => {
                        super::overloads::takes(&invoke, args) && self.fits(&invoke, args).is_some()
                    }
                    invoke => invoke.is_some(),
                },
                None => object.model.borrow().as_ref().is_none_or(|model| {
                    // A function of the same name is meant where it gets more than a block.
                    let block = args.list.len() == 1 && args.named.is_empty() && args.at(0).is_callable();
                    block && model.ty.members.contains_key("()")
                }),
            },
            Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::List(_) | Value::Map(_) => false,
            // `for (route in found()) route(route.path) {}`: what is not known, and not stated to be a function, hides no router's.
            Value::Unknown(_) if stated.is_none() && self.is_routers(name, scope) => false,
            // A constant of a library's type: `HttpMethod.Get`.
            Value::Unknown(path) => {
                let mut segments = path.rsplit('.');
                let mut great = || segments.next().is_some_and(|segment| segment.starts_with(char::is_uppercase));
                path.contains('(') || !(great() && great())
            }
            _ => true,
        }
    }

    /// What a name means that is called: a field is passed over where what it holds is nothing to call.
    pub(crate) fn callee(&mut self, name: &Name, scope: &ScopeRef) -> Value {
        let value = self.name_alone(name, scope);
        let owner = super::super::scope::find(scope, name, false).filter(|owner| owner.kind == ScopeKind::Class);
        let Some(owner) = owner.filter(|_| !is_called(&value)) else {
            // What a member holds that is nothing to call hides no function of a package.
            let plain = matches!(value, Value::Str(_) | Value::Int(_) | Value::Bool(_) | Value::Float(_));
            let unbound = plain && super::super::scope::find(scope, name, false).is_none();
            let found = if unbound { self.package_type(name, scope) } else { None };
            return found.unwrap_or(value);
        };
        match owner.parent.clone().filter(|parent| super::super::scope::find(parent, name, false).is_some()) {
            Some(parent) => self.callee(name, &parent),
            None => value,
        }
    }

    /// A call of a library's function by a name that the file gives it: of a member of a model's object among the receivers.
    pub(crate) fn call_renamed(
        &mut self,
        callee: &Value,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let Value::Unknown(path) = callee else { return None };
        let (_, own) = path.rsplit_once('.').filter(|(_, own)| *own != &**name)?;
        let name: &Name = &own.into();
        self.receivers(scope).iter().find_map(|this| {
            let Value::Object(object) = this else { return None };
            let has = |model: &super::super::value::Modelled| model.ty.members.contains_key(&**name);
            let is_it = object.class.is_none() && object.model.borrow().as_ref().is_some_and(has);
            is_it.then(|| self.call_modelled(object, this, name, args, spot)).flatten()
        })
    }

    /// Kotlin's functions that run a block with an object as its receiver or its argument.
    pub(crate) fn run_with(&mut self, object: &Value, name: &str, args: &Args, spot: Spot) -> Option<Value> {
        let [Value::Function(block)] = args.list.as_slice() else { return None };
        let (receiver, given) = match name {
            "apply" | "run" | "with" => (Some(object.clone()), super::single::besides(block, object)),
            "also" | "let" => (None, Args::of(vec![object.clone()])),
            _ => return None,
        };
        let block = block.clone();
        let open = object.is_nothing() || matches!(object, Value::Unknown(_) | Value::Env(_) | Value::Alt(_));
        let result = match open {
            true => self.enter(&block, receiver, given, spot),
            false => self.enter_surely(&block, receiver, given, spot),
        };
        Some(if matches!(name, "apply" | "also") { object.clone() } else { result })
    }

    /// What getters and setters that are generated for a field do, and a record's accessors.
    pub(crate) fn accessor(&mut self, object: &Rc<Object>, name: &str, args: &Args) -> Option<Value> {
        let class = object.class.clone()?;
        if self.modules[class.spot.module.0].language != Language::Java {
            return None;
        }
        let field = |prefix: &str| -> Option<Name> {
            let rest = name.strip_prefix(prefix)?;
            let mut chars = rest.chars();
            let first = chars.next().filter(|c| c.is_uppercase())?;
            Some(format!("{}{}", first.to_lowercase(), chars.as_str()).into())
        };
        // What a library has by that name is no field of the class's own.
        if object.model.borrow().as_ref().is_some_and(|model| model.ty.members.contains_key(name)) {
            return None;
        }
        if let (Some(field), [value]) = (field("set"), args.list.as_slice()) {
            object.members.put(&field, value.clone());
            return Some(Value::Null);
        }
        if !args.list.is_empty() {
            return None;
        }
        let record = (class.class.kind == ClassKind::Struct).then(|| Name::from(name));
        let names = [field("get"), field("is"), record];
        names
            .into_iter()
            .flatten()
            .find_map(|name| object.members.named(&name).or_else(|| self.field_of(object, &name)))
    }
}

/// Whether a function is a block without parameters, which may be one with a receiver.
pub(in crate::code::eval) fn is_block(closure: &Closure) -> bool {
    closure.function.kind == FunctionKind::Lexical && closure.function.params.len() <= 1
}

/// The classes that a scope's code stands in, innermost first.
pub(in crate::code::eval) fn classes_around(scope: &ScopeRef) -> Vec<Rc<ClassValue>> {
    let mut out = Vec::new();
    let mut at = Some(scope);
    while let Some(here) = at {
        if here.kind == ScopeKind::Class
            && let Some(Value::Class(class)) = here.own(OWN)
            && out.len() < MOST_NESTED
        {
            out.push(class);
        }
        at = here.parent.as_ref();
    }
    out
}

/// Whether a member is something to call: a method, a function that is held, a class within the class.
pub(in crate::code::eval) fn is_called(value: &Value) -> bool {
    value.is_callable() || matches!(value, Value::Method(_) | Value::Class(_))
}

/// The type of a constructor's parameter that is a field too.
fn parameter_field<'c>(body: &'c [Stmt], name: &Name) -> Option<&'c TypeRef> {
    body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Function(function) if function.kind == FunctionKind::Constructor => {
            let mut params = function.params.iter().filter(|param| param.is_field);
            params.find(|param| matches!(&param.target, Pattern::Name(own, _) if own == name))?.ty.as_ref()
        }
        _ => None,
    })
}
