//! How instances come to be: constructors, those of bases among them, fields, and what a constructor gives instead.

use std::cell::RefCell;
use std::rc::Rc;

use super::machine::Machine;
use super::scope::{Scope, ScopeRef};
use super::value::{Args, ClassValue, Closure, Map, Object, Spot, Value};
use crate::code::form::{ClassKind, DELEGATE, FunctionKind, INITIALISER, Language, Name, Pattern, Stmt, StmtKind};

/// The name under which an `object` of Kotlin's holds that it is made: no name of the language.
const MADE: &str = "<made>";

impl Machine<'_> {
    /// An instance.
    pub(crate) fn instantiate(&mut self, callee: &Value, args: Args, spot: Spot) -> Value {
        match self.force(callee.clone()) {
            Value::Class(class) => self.instance(&class, args, spot),
            Value::Unknown(path) => self.construct_path(&path, args, spot),
            Value::Alt(all) => {
                let made = all.iter().map(|one| self.instantiate(one, args.clone(), spot)).collect();
                Value::any_of(made)
            }
            Value::Function(closure) => {
                let object =
                    Value::Object(Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() }));
                let result = self.enter(&closure, Some(object.clone()), args, spot);
                if matches!(result, Value::Object(_) | Value::Map(_) | Value::Function(_)) { result } else { object }
            }
            other => self.call(&other, args, spot),
        }
    }

    pub(super) fn instance(&mut self, class: &Rc<ClassValue>, args: Args, spot: Spot) -> Value {
        class.made.set(true);
        let enumerated = class.class.kind == ClassKind::Enum && !self.has_packages(&class.scope);
        if enumerated || self.is_enum(class) {
            return args.at(0);
        }
        let object = Rc::new(Object { class: Some(class.clone()), members: Map::default(), model: RefCell::default() });
        let value = Value::Object(object.clone());
        self.name_entry(&object);
        if let Some(model) = self.modelled_base(class) {
            self.become_object(&object, model);
        }
        if self.has_packages(&class.scope) {
            self.injected.entry(Rc::as_ptr(class).addr()).or_insert_with(|| value.clone());
        }
        if self.language(&class.scope) == Language::Rust {
            // The fields of a tuple are called by their places.
            for (field, given) in class.class.fields.iter().zip(&args.list) {
                object.members.put(&field.name, given.clone());
            }
            return value;
        }
        let given = self.routers_given(&object, &args);
        let made = self.construct(class, &value, args, spot);
        self.mount_delegate(&object, given, spot);
        self.note_environment(class, &value);
        made.unwrap_or(value)
    }

    /// What an instance gives a member of as its own (Kotlin): none where its class has the member itself.
    pub(super) fn delegate_of(&mut self, object: &Rc<Object>, name: &Name, scope: &ScopeRef) -> Option<Value> {
        let class = object.class.clone()?;
        let fields = class.class.fields.iter().filter(|field| field.name.starts_with(DELEGATE));
        let fields: Vec<Name> = fields.map(|field| field.name.clone()).collect();
        if fields.is_empty() || !self.has_packages(scope) {
            return None;
        }
        // What interfaces say of it gives way, their defaults too.
        let own = self.class_member(&class, name).is_some_and(|(_, home)| home.class.kind != ClassKind::Interface);
        if own || object.members.named(name).is_some() {
            return None;
        }
        fields.into_iter().find_map(|field| {
            let other = object.members.named(&field).or_else(|| self.field_of(object, &field))?;
            let other = self.force(other);
            self.has_member(&other, name).then_some(other)
        })
    }

    /// The router that an `object` of Kotlin's stands for which shows nothing of its own: `object Api : HttpHandler by routes(…)`.
    pub(super) fn router_of_object(&mut self, class: &Rc<ClassValue>) -> Option<Value> {
        let written = class.class.clone();
        let [given] = written.fields.as_slice() else { return None };
        let shows = |stmt: &Stmt| match &stmt.kind {
            StmtKind::Function(function) => {
                let makes = function.kind == FunctionKind::Constructor || function.name.as_deref() == Some(INITIALISER);
                function.is_public && !makes
            }
            StmtKind::Class(_) => true,
            _ => false,
        };
        let stands = written.kind == ClassKind::Object && given.name.starts_with(DELEGATE);
        if !stands || written.body.iter().any(shows) {
            return None;
        }
        let router = match class.members.named(&given.name) {
            Some(known) => known,
            None => {
                class.members.put(&given.name, Value::unknown());
                let made = self.eval(given.value.as_ref()?, &class.scope);
                class.members.put(&given.name, made.clone());
                made
            }
        };
        let is_router = matches!(&router, Value::Object(it) if it.model.borrow().is_some());
        is_router.then_some(router)
    }

    /// The routers that the constructor of a router of the project's own gets.
    fn routers_given(&self, object: &Rc<Object>, args: &Args) -> Vec<Value> {
        if !object.model.borrow().as_ref().is_some_and(|model| model.ty.strict) {
            return Vec::new();
        }
        let all = args.list.iter().chain(args.named.iter().map(|(_, value)| value));
        all.filter(|value| matches!(value, Value::Object(it) if it.model.borrow().is_some())).cloned().collect()
    }

    /// What a router of the project's own gives on as its own stands on it. Where it gives on nothing, what it is made of may
    /// stand on it, with more that is not known.
    fn mount_delegate(&mut self, object: &Rc<Object>, given: Vec<Value>, spot: Spot) {
        let Some(model) = object.model.borrow().clone().filter(|model| model.ty.strict) else { return };
        let Some(class) = object.class.clone() else { return };
        let mut inner = Vec::new();
        for field in class.class.fields.iter().filter(|field| field.name.starts_with(DELEGATE)) {
            inner.extend(object.members.named(&field.name).or_else(|| self.field_of(object, &field.name)));
        }
        if inner.is_empty() && !given.is_empty() {
            inner.extend(given.into_iter().chain([Value::unknown()]));
        }
        for one in inner {
            self.mount(model.node, Value::text(""), one, (false, false), spot);
        }
    }

    /// Takes note of an instance that holds the environment: its methods read it whoever calls them.
    fn note_environment(&mut self, class: &Rc<ClassValue>, object: &Value) {
        let Value::Object(it) = object else { return };
        if self.has_packages(&class.scope) || !it.members.pairs().into_iter().any(|(_, one)| self.is_environment(&one))
        {
            return;
        }
        let own = std::iter::once(class.clone());
        let around = self.ancestors(class).into_iter().filter_map(|one| match one {
            Value::Class(class) => Some(class),
            _ => None,
        });
        for class in own.chain(around) {
            self.holders.entry(Rc::as_ptr(&class).addr()).or_insert_with(|| object.clone());
        }
    }

    /// The first instance of a method's class that holds the environment.
    pub(super) fn holder_of(&self, method: &Closure) -> Option<Value> {
        let home = method.home.borrow().clone()?;
        self.holders.get(&Rc::as_ptr(&home).addr()).cloned()
    }

    /// Runs what an `object` of Kotlin's gives its base, once; whether it did.
    pub(super) fn make_object(&mut self, class: &Rc<ClassValue>) -> bool {
        if class.class.kind != ClassKind::Object || class.members.named(MADE).is_some() {
            return false;
        }
        class.members.put(MADE, Value::Bool(true));
        let Some(Value::Function(constructor)) = class.members.named("constructor") else { return false };
        let this = Value::Class(class.clone());
        self.in_class(class, this.clone(), |machine, _| {
            machine.enter(&constructor, Some(this), Args::default(), class.spot);
        });
        true
    }

    fn is_enum(&mut self, class: &Rc<ClassValue>) -> bool {
        self.ancestors(class).iter().any(
            |ancestor| matches!(ancestor, Value::Unknown(path) if path.starts_with("enum.") && path.ends_with("Enum")),
        )
    }

    /// Runs the constructor of a class on an object; gives what it returns in the object's place, where it does.
    fn construct(&mut self, class: &Rc<ClassValue>, object: &Value, args: Args, spot: Spot) -> Option<Value> {
        if self.frames.len() >= self.limits.calls || self.exhausted() {
            return None;
        }
        let python = self.modules[class.spot.module.0].language == Language::Python;
        let name = if python { "__init__" } else { "constructor" };
        if python {
            match self.class_member(class, name) {
                Some((init @ Value::Function(_), home)) if !self.is_written_below(class, &home) => {
                    self.call(&Self::bound(init, object.clone()), args, spot);
                }
                _ => self.construct_plain(class, object, &args, spot),
            }
            return None;
        }
        let own = self.own_constructor(class, name, &args, spot);
        let derived = !class.bases.is_empty();
        match own {
            Some(Value::Function(constructor)) => {
                let mut args = args;
                let above = self.has_packages(&class.scope) && !delegates(&constructor.function.body);
                if !derived {
                    args = self.parameter_fields(&constructor, object, args);
                } else if above {
                    self.construct_base(class, object, Args::default(), spot);
                }
                if !derived || above {
                    let (given, scope) = self.primary_scope(class, &constructor, object, args);
                    args = given;
                    self.init_fields_in(class, object, scope.as_ref());
                }
                let result = self.enter(&constructor, Some(object.clone()), args, spot);
                if self.language(&class.scope) == Language::JavaScript {
                    instead(object, &result, derived)
                } else {
                    None
                }
            }
            _ => {
                let made = self.construct_base(class, object, args, spot);
                self.init_fields(class, made.as_ref().unwrap_or(object));
                made
            }
        }
    }

    /// Parameters that are fields are set before the fields that are written below them are made.
    fn parameter_fields(&mut self, constructor: &Rc<super::value::Closure>, object: &Value, mut args: Args) -> Args {
        let function = constructor.function.clone();
        let script = self.language(&constructor.scope) == Language::JavaScript;
        if !script || !function.params.iter().any(|param| param.is_field) {
            return args;
        }
        for (at, param) in function.params.iter().enumerate() {
            let given = args.list.get(at).cloned().unwrap_or_else(Value::unknown);
            let open = matches!(given, Value::Unknown(_)) && param.default.is_none() && !self.is_environment(&given);
            let typed = param.ty.as_ref().filter(|_| open);
            let told = if open { self.injected_by(&param.decorators, &constructor.scope) } else { None };
            let value = match told.or_else(|| typed.and_then(|ty| self.typed(ty, &constructor.scope))) {
                Some(typed) => typed,
                None if at >= args.list.len() => break,
                None => given,
            };
            match args.list.get_mut(at) {
                Some(place) => *place = value.clone(),
                None => args.list.push(value.clone()),
            }
            if let (true, crate::code::form::Pattern::Name(name, _)) = (param.is_field, &param.target) {
                self.write_member(object, name, value);
            }
        }
        args
    }

    /// Runs the constructor of the base; gives what that returns in the object's place.
    fn construct_base(&mut self, class: &Rc<ClassValue>, object: &Value, args: Args, spot: Spot) -> Option<Value> {
        for base in class.bases.clone() {
            match self.force(base) {
                // Nothing but a mistake makes a class its own base; bases that never end are left.
                Value::Class(base) => {
                    return self.nested(|machine| machine.construct(&base, object, args, spot)).flatten();
                }
                Value::Unknown(_) => {
                    let made = match object {
                        Value::Object(object) => Some(object.clone()),
                        Value::Class(single) if super::class::is_object(object) => self.base_of_object(single),
                        _ => None,
                    };
                    if let Some(made) = made {
                        self.init_object(&made, &args, spot);
                    }
                    return None;
                }
                _ => {}
            }
        }
        None
    }

    /// `super(…)` as a call of the base's constructor.
    pub(crate) fn construct_super(&mut self, args: Args, scope: &ScopeRef, spot: Spot) -> Value {
        if let Value::Super(it) = self.super_value(scope) {
            let made = self.construct_base(&it.0, &it.1, args, spot);
            let primary = Some(scope).filter(|_| self.has_packages(scope));
            self.init_fields_in(&it.0, made.as_ref().unwrap_or(&it.1), primary);
            if let (Some(made), Some(frame)) = (made, self.frames.last_mut()) {
                // From here on that is `this`, and what the constructor gives.
                frame.this = made.clone();
                frame.returns.push(made);
            }
        } else {
            self.let_go(&args);
        }
        Value::Undefined
    }

    /// `Base.__init__(self, …)` where the base is a model's.
    pub(super) fn init_by_class(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let base = path.strip_suffix(".__init__")?;
        let Some(Value::Object(object)) = args.list.first() else { return None };
        let is_one = object.model.borrow().is_some() && self.models.makers.contains_key(base);
        is_one.then(|| {
            let rest = Args { list: args.list.iter().skip(1).cloned().collect(), ..args.clone() };
            self.init_object(object, &rest, spot);
            Value::Null
        })
    }

    /// `super` in this place.
    pub(crate) fn super_value(&mut self, _scope: &ScopeRef) -> Value {
        let found = self.frames.last().and_then(|frame| Some((frame.home.clone()?, frame.this.clone())));
        match found {
            Some(found) => Value::Super(Rc::new(found)),
            None => Value::unknown(),
        }
    }

    /// What the initialisers of a Kotlin class see of its primary constructor: its parameters, which are fields where they say
    /// so. Gives the arguments as the constructor gets them, and the scope.
    fn primary_scope(
        &mut self,
        class: &Rc<ClassValue>,
        constructor: &Rc<super::value::Closure>,
        object: &Value,
        mut args: Args,
    ) -> (Args, Option<ScopeRef>) {
        let function = constructor.function.clone();
        if !self.has_packages(&class.scope) || function.params.is_empty() {
            return (args, None);
        }
        if args.partial {
            let scope = self.supposed_scope(class, constructor, &args);
            return (args, Some(scope));
        }
        args = args.placed(&function);
        let scope = Scope::of_call(&class.scope, self.journals.len());
        let mut list = Vec::new();
        for (at, param) in function.params.iter().enumerate() {
            let Pattern::Name(name, _) = &param.target else { return (args, None) };
            let given = args.list.get(at).cloned();
            let given =
                given.or_else(|| args.named.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone()));
            let value = self.argument(constructor, at, given, false, &scope);
            scope.set(name, value.clone());
            if param.is_field {
                self.write_member(object, name, value.clone());
            }
            list.push(value);
        }
        args.named.retain(|(name, _)| scope.own(name).is_none());
        args.list = list;
        (args, Some(scope))
    }

    /// What they see of it where nothing is known of what it is given: what the types of parameters say that are no fields.
    fn supposed_scope(
        &mut self,
        class: &Rc<ClassValue>,
        constructor: &Rc<super::value::Closure>,
        args: &Args,
    ) -> ScopeRef {
        let scope = Scope::of_call(&class.scope, self.journals.len());
        for (at, param) in constructor.function.params.iter().enumerate() {
            if let (Pattern::Name(name, _), false) = (&param.target, param.is_field) {
                let value = self.argument(constructor, at, args.list.get(at).cloned(), true, &scope);
                scope.set(name, value);
            }
        }
        scope
    }

    pub(super) fn init_fields(&mut self, class: &Rc<ClassValue>, object: &Value) {
        self.init_fields_in(class, object, None);
    }

    fn init_fields_in(&mut self, class: &Rc<ClassValue>, object: &Value, primary: Option<&ScopeRef>) {
        let scope = &self.seeing(primary.unwrap_or(&class.scope), object);
        let written = class.class.clone();
        for field in &written.fields {
            if field.is_static || self.is_computed_below(class, object, &field.name) {
                continue;
            }
            let told = match &field.value {
                None => self.injected_by(&field.decorators, &class.scope),
                Some(_) => None,
            };
            let value = match (&field.value, &field.ty) {
                (None, _) if told.is_some() => told.unwrap_or_else(Value::unknown),
                (Some(init), ty) => {
                    let value = self.eval_with_this(init, object, class, scope);
                    match ty.as_ref().filter(|_| self.has_packages(&class.scope)) {
                        Some(ty) => self.refined(value, ty, &class.scope),
                        None => value,
                    }
                }
                (None, Some(ty)) => match self.typed(ty, &class.scope) {
                    Some(value) => value,
                    None => continue,
                },
                (None, None) => continue,
            };
            self.write_member(object, &field.name, value);
        }
        if let Some(Value::Function(initialiser)) = class.members.named(INITIALISER) {
            let seen = primary.map(|scope| self.closure(&initialiser.function, scope, Some(class.clone())));
            let initialiser = match seen {
                Some(Value::Function(seen)) => seen,
                _ => initialiser,
            };
            self.enter(&initialiser, Some(object.clone()), Args::default(), class.spot);
        }
    }

    /// Whether a class below one computes its property whenever it is read (Kotlin).
    fn is_computed_below(&mut self, class: &Rc<ClassValue>, object: &Value, name: &Name) -> bool {
        let Value::Object(it) = object else { return false };
        let own = it.class.clone().filter(|own| !Rc::ptr_eq(own, class) && self.has_packages(&own.scope));
        let found = own.and_then(|own| self.class_member(&own, name));
        matches!(found, Some((Value::Function(getter), _)) if getter.function.kind == FunctionKind::Getter)
    }

    fn eval_with_this(
        &mut self,
        expr: &crate::code::form::Expr,
        this: &Value,
        class: &Rc<ClassValue>,
        scope: &ScopeRef,
    ) -> Value {
        self.frames.push(super::machine::Frame {
            closure: None,
            spot: class.spot,
            this: this.clone(),
            home: Some(class.clone()),
            returns: Vec::new(),
            yields: Vec::new(),
            given: Vec::new(),
            handed: Vec::new(),
        });
        let value = self.eval(expr, scope);
        self.frames.pop();
        value
    }

    /// A class without constructor: a model's, or one whose fields are its parameters.
    fn construct_plain(&mut self, class: &Rc<ClassValue>, object: &Value, args: &Args, spot: Spot) {
        let Value::Object(it) = object else { return };
        if it.model.borrow().is_some() {
            self.init_object(it, args, spot);
        }
        let mut fields = Vec::new();
        for ancestor in self.ancestors(class).iter().rev() {
            if let Value::Class(ancestor) = ancestor {
                fields.extend(ancestor.class.fields.iter().map(|field| field.name.clone()));
            }
        }
        for (name, value) in fields.iter().zip(&args.list) {
            it.members.put(name, value.clone());
        }
        for (name, value) in &args.named {
            it.members.put(name, value.clone());
        }
        let tuple = |one: &Value| matches!(one, Value::Unknown(path) if &**path == "typing.NamedTuple");
        if self.ancestors(class).iter().any(tuple) {
            let values = fields.iter().map(|name| {
                let given = it.members.named(name);
                given.or_else(|| self.class_member(class, name).map(|(value, _)| value)).unwrap_or(Value::Undefined)
            });
            let elements = values.collect();
            it.members.put(super::values::listing::ELEMENTS, Self::tuple(elements));
        }
        if let Some((after @ Value::Function(_), _)) = self.class_member(class, "__post_init__") {
            self.call(&Self::bound(after, object.clone()), Args::default(), spot);
        }
    }
}

/// What a constructor of JavaScript returns in the place of the object that it was run on; what is no object does not count.
fn instead(object: &Value, result: &Value, derived: bool) -> Option<Value> {
    let counts = |one: &Value| {
        matches!(
            one,
            Value::Object(_) | Value::Map(_) | Value::List(_) | Value::Function(_) | Value::Bound(_) | Value::Class(_)
        )
    };
    let all = result.each();
    let objects: Vec<Value> = all.iter().filter(|one| counts(one)).cloned().collect();
    if objects.iter().all(|one| one.same(object) == Some(true)) {
        return None;
    }
    // Where it may as well end without one it is the object itself then; that of a derived class is what its base gave.
    let ends = !derived && matches!(result, Value::Alt(_)) && objects.len() < all.len();
    Some(Value::any_of(ends.then(|| object.clone()).into_iter().chain(objects).collect()))
}

/// Whether a constructor starts with another one.
fn delegates(body: &[crate::code::form::Stmt]) -> bool {
    use crate::code::form::ExprKind;
    let Some(StmtKind::Expr(first)) = body.first().map(|stmt| &stmt.kind) else { return false };
    let ExprKind::Call(call) = &first.kind else { return false };
    match &call.callee.kind {
        ExprKind::Super => true,
        ExprKind::Member(object, name) => matches!(object.kind, ExprKind::This) && &**name == "constructor",
        _ => false,
    }
}
