//! Classes: inheritance, also from models; construction; static types.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::machine::{Frame, Machine};
use super::scope::{self, Scope, ScopeKind, ScopeRef};
use super::value::{Args, ClassValue, Map, Object, Spot, Value};
use crate::code::form::{
    Class, ClassKind, Extension, Field, FunctionKind, Language, Name, Pos, Spread, Stmt, StmtKind, TypeRef, Yields,
};
use crate::code::models::ObjectModel;

/// The most classes that a class may inherit from.
const MOST_ANCESTORS: usize = 40;

impl Machine<'_> {
    /// A class, with its decorators applied.
    pub(crate) fn class(&mut self, class: &Arc<Class>, scope: &ScopeRef) -> Value {
        let (mut bases, mut said) = (Vec::new(), Vec::new());
        let inherits = self.language(scope) != Language::Go;
        for base in class.bases.iter().filter(|_| inherits) {
            let value = self.eval(&base.value, scope);
            if let Some(name) = &base.name {
                said.push((name.clone(), value));
                continue;
            }
            if base.spread == Spread::No {
                bases.extend(value.each());
            }
        }
        let body = Scope::inside(scope, ScopeKind::Class);
        let value = Rc::new(ClassValue {
            class: class.clone(),
            scope: body.clone(),
            bases,
            members: Map::default(),
            marks: Map::default(),
            notes: RefCell::default(),
            made: Cell::new(false),
            spot: Spot { module: scope.module, line: class.pos.line },
        });
        self.classes.push(value.clone());
        if let Some(name) = &class.name
            && self.language(scope) != Language::Python
            && !self.is_hidden(name, scope)
        {
            body.set(name, Value::Class(value.clone()));
        }
        if self.has_packages(scope) {
            if let Some(name) = &class.name {
                self.bind_class(name, Value::Class(value.clone()), scope);
            }
            self.prepare_class(&value);
            self.class_body(class, &value, &body);
            self.class_settings(&value);
            return Value::Class(value);
        }
        let script = self.language(scope) == Language::JavaScript;
        if script {
            // Static blocks and fields say `this` of the class.
            let (spot, this, home) = (value.spot, Value::Class(value.clone()), Some(value.clone()));
            let closure = self.frames.last().and_then(|frame| frame.closure.clone());
            let (returns, yields, given) = (Vec::new(), Vec::new(), Vec::new());
            self.frames.push(Frame { closure, spot, this, home, returns, yields, given, handed: Vec::new() });
        }
        self.views.within.push(value.clone());
        self.class_body(class, &value, &body);
        self.views.within.pop();
        if script {
            self.frames.pop();
            // A class has its name before its decorators are asked, which may be told of it.
            if let (Some(name), false) = (&class.name, class.decorators.is_empty()) {
                self.bind_name(name, Value::Class(value.clone()), scope);
            }
        }
        if self.language(scope) == Language::Python {
            self.make_members(&value);
            self.run_metaclass(&value, said);
        }
        self.class_settings(&value);
        self.decorated(Value::Class(value), &class.decorators, scope)
    }

    fn class_body(&mut self, class: &Arc<Class>, value: &Rc<ClassValue>, body: &ScopeRef) {
        let packages = self.has_packages(body);
        // JavaScript's methods are there before its static fields are made; decorators see those fields.
        let script = self.language(body) == Language::JavaScript;
        let is_early = |stmt: &Stmt| match &stmt.kind {
            StmtKind::Function(function) if script && function.decorators.is_empty() => Some(function.clone()),
            _ => None,
        };
        for function in class.body.iter().filter_map(is_early) {
            let made = self.closure(&function, body, Some(value.clone()));
            if let Some(name) = &function.name {
                let constructor = function.kind == FunctionKind::Constructor;
                value.members.put(if constructor { "constructor" } else { name }, made);
            }
        }
        for field in &class.fields {
            if packages || (!field.is_static && self.language(body) != Language::Python) {
                continue;
            }
            if let Some(init) = &field.value {
                let init = self.eval(init, body);
                body.set(&field.name, init.clone());
                value.members.put(&field.name, init);
            }
        }
        if class.kind == ClassKind::Enum && !packages {
            for (at, field) in class.fields.iter().enumerate() {
                let number = match self.language(body) {
                    Language::Rust => super::rust::variant(value),
                    _ => Value::Int(i64::try_from(at).unwrap_or(0)),
                };
                let init = field.value.as_ref().map_or(number, |init| self.eval(init, body));
                value.members.put(&field.name, init);
            }
        }
        if packages {
            let ordered = super::jvm::order::bases_first(&class.body);
            for stmt in ordered.unwrap_or_else(|| class.body.iter().collect()) {
                if let StmtKind::Class(inner) = &stmt.kind {
                    let made = self.class(inner, body);
                    if let Some(name) = &inner.name {
                        value.members.put(name, made);
                    }
                }
            }
        }
        // Static blocks call what stands below them.
        let (functions, others): (Vec<_>, Vec<_>) =
            class.body.iter().partition(|stmt| !packages || matches!(stmt.kind, StmtKind::Function(_)));
        for stmt in functions.into_iter().chain(others).filter(|stmt| is_early(stmt).is_none()) {
            let (functions, before) = match &stmt.kind {
                StmtKind::Function(function) => (Some(function), None),
                _ => (None, Some(body.names.borrow().clone())),
            };
            if let Some(function) = functions {
                let made = self.closure(function, body, Some(value.clone()));
                if packages {
                    if let Some(name) = &function.name {
                        self.keep_overload(value, name, made.clone());
                        if value.members.named(name).is_none() {
                            value.members.put(name, made);
                        }
                    }
                    continue;
                }
                let made = self.method_decorated(made, function, value, body);
                if let Some(name) = &function.name {
                    if self.language(body) != Language::JavaScript {
                        body.set(name, made.clone());
                    }
                    if function.kind == FunctionKind::Constructor && self.language(body) != Language::Python {
                        value.members.put("constructor", made);
                    } else {
                        value.members.put(name, made);
                    }
                }
                continue;
            }
            if packages {
                self.in_class(value, Value::Class(value.clone()), |machine, scope| machine.stmt(stmt, scope));
            } else {
                self.stmt(stmt, body);
            }
            let before = before.unwrap_or_default();
            let now = body.names.borrow().clone();
            for (name, bound) in now {
                let old = before.get(&name);
                if old.is_none() || old.and_then(|old| old.same(&bound)) != Some(true) {
                    value.members.put(&name, bound);
                }
            }
        }
    }

    fn method_decorated(
        &mut self,
        made: Value,
        function: &Arc<crate::code::form::Function>,
        class: &Rc<ClassValue>,
        body: &ScopeRef,
    ) -> Value {
        match &function.name {
            _ if function.decorators.is_empty() => made,
            Some(name) if self.language(body) == Language::JavaScript => {
                self.method_described(made, name, function, class, body)
            }
            _ => self.decorated(made, &function.decorators, body),
        }
    }

    /// JavaScript hands decorators the class, the method's name and its descriptor, whose value they may replace.
    fn method_described(
        &mut self,
        made: Value,
        name: &crate::code::form::Name,
        function: &Arc<crate::code::form::Function>,
        class: &Rc<ClassValue>,
        body: &ScopeRef,
    ) -> Value {
        class.members.put(name, made.clone());
        let descriptor = Rc::new(Map::default());
        descriptor.put("value", made.clone());
        let args =
            Args::of(vec![Value::Class(class.clone()), Value::Str(name.clone()), Value::Map(descriptor.clone())]);
        for (callee, spot) in self.decorators(&function.decorators, body) {
            self.call(&callee, args.clone(), spot);
        }
        match descriptor.named("value") {
            Some(value) if value.is_callable() => value,
            _ => made,
        }
    }

    /// The class and what it inherits from, nearest first; what is no code of the repository as it is.
    pub(crate) fn ancestors(&mut self, class: &Rc<ClassValue>) -> Vec<Value> {
        fn visit(machine: &mut Machine<'_>, value: Value, out: &mut Vec<Value>) {
            let value = machine.force(value);
            if out.len() >= MOST_ANCESTORS || out.iter().any(|seen| seen.same(&value) == Some(true)) {
                return;
            }
            out.push(value.clone());
            if let Value::Class(class) = value {
                for base in class.bases.clone() {
                    visit(machine, base, out);
                }
            }
        }
        let mut out = Vec::new();
        visit(self, Value::Class(class.clone()), &mut out);
        out
    }

    /// A member that a class has or inherits, with the class that has it.
    pub(crate) fn class_member(&mut self, class: &Rc<ClassValue>, name: &str) -> Option<(Value, Rc<ClassValue>)> {
        match self.member_of_line(class, name) {
            // What an object's base makes of its arguments is there once the object is made.
            None if self.make_object(class) => self.member_of_line(class, name),
            found => found,
        }
    }

    fn member_of_line(&mut self, class: &Rc<ClassValue>, name: &str) -> Option<(Value, Rc<ClassValue>)> {
        for ancestor in self.ancestors(class) {
            if let Value::Class(class) = ancestor
                && let Some(value) = class.members.named(name)
            {
                return Some((self.force(value), class));
            }
        }
        None
    }

    /// What a class is to the models by inheritance.
    pub(crate) fn modelled_base(&mut self, class: &Rc<ClassValue>) -> Option<&'static ObjectModel> {
        self.ancestors(class).iter().find_map(|ancestor| match ancestor {
            Value::Unknown(path) => self.models.makers.get(&**path).copied(),
            _ => None,
        })
    }

    /// `namedtuple("Name", "a b")`: a class whose instances are tuples too.
    pub(crate) fn named_tuple(&mut self, args: &Args, spot: Spot) -> Value {
        let scope = self.modules[spot.module.0].scope.clone();
        let names: Vec<Name> = match args.at(1) {
            Value::Str(text) => text.split([',', ' ']).filter(|name| !name.is_empty()).map(Into::into).collect(),
            other => self.walk(&other, Yields::Elements, &scope).0.iter().filter_map(Value::as_whole_text).collect(),
        };
        let pos = Pos { line: spot.line, column: 1 };
        let field = |name: Name| Field {
            name,
            ty: None,
            value: None,
            is_static: false,
            is_embedded: false,
            decorators: Vec::new(),
            tag: None,
            pos,
        };
        let class = Arc::new(Class {
            name: args.at(0).as_whole_text(),
            bases: Vec::new(),
            body: Vec::new(),
            fields: names.into_iter().map(field).collect(),
            decorators: Vec::new(),
            kind: ClassKind::Class,
            pos,
        });
        Value::Class(Rc::new(ClassValue {
            class,
            scope: Scope::inside(&scope, ScopeKind::Class),
            bases: vec![Value::from_path("typing.NamedTuple")],
            members: Map::default(),
            marks: Map::default(),
            notes: RefCell::default(),
            made: Cell::new(true),
            spot,
        }))
    }

    /// Adds members to a type that is declared elsewhere.
    pub(crate) fn extend(&mut self, extension: &Extension, scope: &ScopeRef) {
        let target = self.type_value(&extension.target, scope);
        let Value::Class(class) = target else {
            if let Value::Unknown(path) = target {
                self.extend_foreign(&path, extension, scope);
            }
            return;
        };
        let body = Scope::inside(scope, ScopeKind::Class);
        body.set(&"Self".into(), Value::Class(class.clone()));
        super::rust::keep_parameters(extension, &body);
        self.mark_class(&class, &extension.decorators, scope);
        let written = self.macro_members(&extension.body, scope);
        for stmt in extension.body.iter().chain(written.iter().flat_map(|block| block.iter())) {
            match &stmt.kind {
                StmtKind::Function(function) => {
                    let made = self.closure(function, &body, Some(class.clone()));
                    let made = self.decorated(made, &function.decorators, &body);
                    self.note_conversion(extension, &made);
                    self.note_service(extension, &made);
                    if let Some(name) = &function.name {
                        class.members.put(name, made);
                    }
                }
                StmtKind::Bind { target: crate::code::form::Pattern::Name(name, _), value: Some(value), .. } => {
                    let value = self.eval(value, &body);
                    class.members.put(name, value);
                }
                _ => {}
            }
        }
        if let Some(implemented) = &extension.implements {
            self.inherit_trait(implemented, &class, scope);
        }
    }

    /// What a type's name leads to: a class of the repository, or a path.
    pub(crate) fn type_value(&mut self, ty: &TypeRef, scope: &ScopeRef) -> Value {
        let Some((first, rest)) = ty.path.split_first() else { return Value::unknown() };
        if self.language(scope) == Language::Rust {
            return self.path(&ty.path, scope);
        }
        let skip = self.language(scope) == Language::Python;
        let mut value = match scope::find(scope, first, skip) {
            Some(_) => self.name_alone(first, scope),
            None if self.has_packages(scope) => return self.type_by_package(&ty.path, scope),
            None => Value::from_path(first.clone()),
        };
        for name in rest {
            value = self.member(&value, name, scope, 0);
        }
        value
    }

    /// What a value of a stated type is known to be, where nothing else is known of it.
    pub(crate) fn typed(&mut self, ty: &TypeRef, scope: &ScopeRef) -> Option<Value> {
        if self.language(scope) == Language::Go {
            return self.go_typed(ty, scope);
        }
        if ty.path.is_empty() {
            return None;
        }
        if let Some(defined) = self.defined_as(ty, scope) {
            return Some(defined);
        }
        if let Some(all) = self.elements_given(ty, scope) {
            return Some(all);
        }
        match self.type_value(ty, scope) {
            Value::Unknown(path) => {
                if let Some(model) = self.models.types.get(&*path) {
                    if let Some(defined) = self.defined_at(&path, scope) {
                        return Some(defined);
                    }
                    return Some(self.placeholder(model));
                }
                let wrapped = ["Optional", "Annotated", "Arc", "Rc", "Box", "Promise", "Pick", "Omit", "Partial"];
                let last = path.rsplit('.').next().unwrap_or(&path);
                if wrapped.contains(&last) {
                    return ty.args.first().and_then(|inner| self.typed(inner, scope));
                }
                (!path.is_empty()).then(|| Value::from_path(format!("{path}()")))
            }
            // The one instance that there is.
            object @ Value::Class(_) if is_object(&object) => Some(object),
            Value::Class(class) if class.class.kind != ClassKind::Enum => {
                if let Some(defined) = self.defined(&class) {
                    return Some(defined);
                }
                let object = Object { class: Some(class), members: Map::default(), model: RefCell::default() };
                Some(Value::Object(Rc::new(object)))
            }
            _ => None,
        }
    }

    /// What stands for an object of which only its class is known, where the class makes its fields itself: the one instance
    /// that a container would hand out.
    pub(crate) fn injected(&mut self, it: &Rc<Object>) -> Option<Value> {
        let class = it.class.clone().filter(|class| self.language(&class.scope) == Language::JavaScript)?;
        if !it.members.pairs().is_empty() || it.model.borrow().is_some() {
            return None;
        }
        let makes = class.class.fields.iter().any(|field| !field.is_static && field.value.is_some())
            || class.members.named("constructor").is_some();
        let address = Rc::as_ptr(&class).addr();
        if !makes {
            return None;
        }
        if let Some(known) = self.injected.get(&address) {
            return Some(known.clone()).filter(is_filled);
        }
        // While it is made it is not known.
        self.injected.insert(address, Value::Undefined);
        let spot = class.spot;
        let made = self.instance(&class, Args { partial: true, ..Args::default() }, spot);
        self.injected.insert(address, made.clone());
        Some(made).filter(is_filled)
    }

    /// A value with a stated type: the type tells more where the value is not known, unless a model knows where it came from.
    pub(crate) fn refined(&mut self, value: Value, ty: &TypeRef, scope: &ScopeRef) -> Value {
        match &value {
            // A function, whatever it is: what looks for a path does not take it for one.
            Value::Unknown(path) if *ty == TypeRef::reference() => match self.models.functions.contains_key(&**path) {
                true => value,
                false => Value::from_path("reference()".to_owned()),
            },
            // A constant of the type tells more than the type: `Method.GET`.
            Value::Unknown(path)
                if (self.has_packages(scope) || self.language(scope) == Language::Rust) && is_constant_of(path, ty) =>
            {
                value
            }
            Value::Unknown(path)
                if !self.is_asked(&value)
                    && !self.is_modelled(path, self.language(scope))
                    && !self.models.shared.contains_key(&**path)
                    && !self.models.sources.contains_key(&**path) =>
            {
                self.typed(ty, scope).unwrap_or(value)
            }
            Value::Native(_) if self.language(scope) == Language::Go => {
                let model = match self.type_value(ty, scope) {
                    Value::Unknown(path) => self.models.types.get(&*path).copied(),
                    _ => None,
                };
                model.and_then(|model| self.go_asserted(&value, model)).unwrap_or(value)
            }
            Value::Function(closure) if matches!(self.language(scope), Language::JavaScript | Language::Java) => {
                if let Value::Unknown(path) = self.type_value(ty, scope)
                    && let Some(model) = self.models.given_to.get(&*path).copied()
                {
                    self.stated.insert(std::sync::Arc::as_ptr(&closure.function).addr(), model);
                }
                value
            }
            _ => value,
        }
    }

    /// A literal with a type.
    pub(crate) fn composite(&mut self, ty: &TypeRef, literal: Value, scope: &ScopeRef, line: u32) -> Value {
        let spot = Spot { module: scope.module, line };
        match (self.type_value(ty, scope), &literal) {
            (Value::Class(class), Value::Map(map)) => {
                class.made.set(true);
                let object =
                    Rc::new(Object { class: Some(class.clone()), members: Map::default(), model: RefCell::default() });
                let value = Value::Object(object.clone());
                self.init_fields(&class, &value);
                for (key, field) in map.pairs() {
                    if let Some(key) = key.as_text() {
                        object.members.put(&key, field);
                    }
                }
                value
            }
            (Value::Class(class), Value::List(list)) => {
                let object =
                    Rc::new(Object { class: Some(class.clone()), members: Map::default(), model: RefCell::default() });
                for (field, value) in class.class.fields.iter().zip(list.items.borrow().iter()) {
                    object.members.put(&field.name, value.clone());
                }
                Value::Object(object)
            }
            (Value::Unknown(path), _) if self.models.makers.contains_key(&*path) => {
                self.construct_path(&path, Args::of(vec![literal]), spot)
            }
            _ => literal,
        }
    }
}

/// Whether a value is an `object` of Kotlin's.
pub(super) fn is_object(value: &Value) -> bool {
    matches!(value, Value::Class(class) if class.class.kind == ClassKind::Object)
}

/// Whether a value is an object with members of its own.
fn is_filled(value: &Value) -> bool {
    matches!(value, Value::Object(object) if !object.members.pairs().is_empty())
}

/// Whether a path leads to a constant of a type.
fn is_constant_of(path: &str, ty: &TypeRef) -> bool {
    let mut segments = path.rsplit('.');
    let name = segments.next().unwrap_or_default();
    let constant = name.starts_with(char::is_uppercase) && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    constant && segments.next().zip(ty.path.last()).is_some_and(|(of, last)| *of == **last)
}
