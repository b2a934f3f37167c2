//! Types: what a value of one is known to be, its zero value, and what a type of its own is made of.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{ClassValue, ListKind, Map, Object, Value};
use super::{ABSENT, FILLED, ZERO};
use crate::code::form::{Block, Call, ClassKind, ExprKind, Extension, Name, Pattern, StmtKind, TypeRef, UnaryOp};

/// How deeply types are looked into.
const DEEPEST: usize = 6;

/// What values of a type are made of.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// Elements of a type.
    List(TypeRef, ScopeRef),
    /// Keys and values of types.
    Map(TypeRef, TypeRef, ScopeRef),
    /// A function.
    Function,
    /// Fields.
    Struct(Rc<ClassValue>),
    /// Methods alone.
    Interface(Rc<ClassValue>),
    /// What a library defines, by its path.
    Outside(Name),
    /// A basic type, a channel, or nothing that is known.
    Plain(Name),
}

impl Machine<'_> {
    /// What values of a type are made of.
    pub(super) fn shape(&mut self, ty: &TypeRef, scope: &ScopeRef) -> Shape {
        let mut ty = ty.clone();
        let mut scope = scope.clone();
        for _ in 0..DEEPEST {
            let word = ty.path.first().cloned().unwrap_or_else(|| "".into());
            match (&*word, ty.args.as_slice()) {
                ("[]", [element]) => return Shape::List(element.clone(), scope),
                ("map", [key, value]) => return Shape::Map(key.clone(), value.clone(), scope),
                ("func", _) => return Shape::Function,
                ("chan" | "" | "[]" | "map", _) => return Shape::Plain(word),
                _ => {}
            }
            match self.type_value(&ty, &scope) {
                Value::Class(class) => match class.class.kind {
                    ClassKind::Struct => return Shape::Struct(class),
                    ClassKind::Interface | ClassKind::Annotation => return Shape::Interface(class),
                    ClassKind::Class | ClassKind::Object | ClassKind::Abstract | ClassKind::Enum => {
                        match underlying(&class) {
                            Some(inner) => (ty, scope) = (inner, class.scope.clone()),
                            None => return Shape::Plain(word),
                        }
                    }
                },
                Value::Unknown(path) if path.contains('.') => return Shape::Outside(path),
                Value::Unknown(path) => return Shape::Plain(path),
                _ => return Shape::Plain(word),
            }
        }
        Shape::Plain("".into())
    }

    /// What a value of a stated type is known to be, where nothing else is known of it. A list of unknown length holds one
    /// such element.
    pub(crate) fn go_typed(&mut self, ty: &TypeRef, scope: &ScopeRef) -> Option<Value> {
        self.go_typed_within(ty, scope, 0)
    }

    fn go_typed_within(&mut self, ty: &TypeRef, scope: &ScopeRef, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        match self.shape(ty, scope) {
            Shape::List(element, inner) => {
                let element = self.go_typed_within(&element, &inner, depth + 1);
                Some(Value::list_of(ListKind::List, element.into_iter().collect(), true))
            }
            Shape::Map(..) => {
                let map = Map::default();
                map.partial.set(true);
                Some(Value::Map(Rc::new(map)))
            }
            Shape::Struct(class) | Shape::Interface(class) => Some(plain(class)),
            Shape::Outside(path) => match self.models.types.get(&*path) {
                Some(model) => Some(self.placeholder(model)),
                None => Some(Value::from_path(format!("{path}()"))),
            },
            Shape::Function | Shape::Plain(_) => None,
        }
    }

    /// The value that a variable has without one of its own.
    pub(crate) fn go_zero(&mut self, ty: &TypeRef, scope: &ScopeRef) -> Value {
        if ty.text.starts_with('*') {
            return Value::Null;
        }
        match self.shape(ty, scope) {
            Shape::List(..) => Value::list(Vec::new()),
            Shape::Map(..) => Value::map(Vec::new()),
            Shape::Function | Shape::Interface(_) => Value::Null,
            Shape::Struct(class) => self.zero_object(class),
            Shape::Outside(path) => self.zero_outside(&path),
            Shape::Plain(name) => match &*name {
                "string" => Value::text(""),
                "bool" => Value::Bool(false),
                "error" | "any" | "chan" | "" => Value::Null,
                "float32" | "float64" => Value::Float(0.0),
                "byte" | "rune" | "uintptr" => Value::Int(0),
                name if name.starts_with("int") || name.starts_with("uint") => Value::Int(0),
                _ => Value::unknown(),
            },
        }
    }

    fn zero_outside(&mut self, path: &Name) -> Value {
        match self.models.types.get(&**path).copied() {
            Some(model) if model.zero => {
                let object = plain_object();
                self.become_object(&object, model);
                Value::Object(object)
            }
            _ => Value::from_path(format!("{path}()")),
        }
    }

    /// What a package's variable is before anything assigns to it: whoever it may be that does, text, numbers and what may be
    /// absent are not known.
    pub(super) fn go_global(&mut self, ty: &TypeRef, scope: &ScopeRef) -> Value {
        let zero = self.go_zero(ty, scope);
        match zero {
            Value::List(_) | Value::Map(_) | Value::Object(_) => zero,
            zero => self.go_zero_at_first(&zero, ty, scope),
        }
    }

    /// What a place of a type holds which had its zero value at first, and may have another one now.
    fn go_zero_at_first(&mut self, zero: &Value, ty: &TypeRef, scope: &ScopeRef) -> Value {
        let value = self.typed(ty, scope).unwrap_or_else(Value::unknown);
        if let Value::Object(it) = &value {
            match it.model.borrow().as_ref() {
                Some(model) => self.forest.nodes[model.node].absent = ty.text.starts_with('*'),
                None if zero.is_nothing() => it.members.put(ABSENT, Value::Bool(true)),
                None => {}
            }
        }
        value
    }

    /// An instance whose fields have their zero values.
    pub(crate) fn zero_object(&mut self, class: Rc<ClassValue>) -> Value {
        class.made.set(true);
        let object = plain(class);
        if let Value::Object(it) = &object {
            it.members.put(ZERO, Value::Bool(true));
        }
        self.remember(&object);
        object
    }

    /// Keeps an instance, for methods that unseen code calls.
    pub(super) fn remember(&mut self, object: &Value) {
        if let Value::Object(it) = object
            && let Some(class) = &it.class
        {
            self.go.instances.insert(Rc::as_ptr(class).addr(), object.clone());
        }
    }

    /// A field of an instance that nothing has set: its zero value where the instance is known, else what its type says, which may
    /// still be nil where unseen code got the instance, or where instances of its type are made without the field.
    pub(crate) fn go_field(&mut self, it: &Rc<Object>, name: &str) -> Option<Value> {
        let class = it.class.clone()?;
        let field = class.class.fields.iter().find(|field| *field.name == *name)?;
        let ty = field.ty.as_ref()?;
        let scope = class.scope.clone();
        let value = if it.members.named(ZERO).is_some() {
            self.go_zero(ty, &scope)
        } else if it.members.named(FILLED).is_some() || self.go_made_without(&class, name) {
            let zero = self.go_zero(ty, &scope);
            self.go_zero_at_first(&zero, ty, &scope)
        } else {
            self.typed(ty, &scope).unwrap_or_else(Value::unknown)
        };
        it.members.put(name, value.clone());
        Some(value)
    }

    /// Whether the last instance of a type was made by a literal that leaves a field out.
    fn go_made_without(&self, class: &Rc<ClassValue>, name: &str) -> bool {
        let Some(Value::Object(made)) = self.go.instances.get(&Rc::as_ptr(class).addr()) else { return false };
        let left = [ZERO, FILLED].iter().any(|mark| made.members.named(mark).is_some());
        left && made.members.named(name).is_none_or(|value| value.is_nothing() || super::may_be_nil(&value))
    }

    /// Unseen code got instances: their fields that had their zero values may have others now.
    pub(crate) fn go_filled(&mut self, values: &[Value]) {
        for value in values {
            let Value::Object(it) = value else { continue };
            if it.class.is_none() || it.members.remove(&super::super::value::Key::Str(ZERO.into())).is_none() {
                continue;
            }
            it.members.put(FILLED, Value::Bool(true));
            for (key, value) in it.members.pairs() {
                let zero = match &value {
                    Value::Null | Value::Bool(false) | Value::Int(0) => true,
                    Value::Str(text) => text.is_empty(),
                    Value::Object(_) => {
                        self.go_filled(std::slice::from_ref(&value));
                        false
                    }
                    _ => false,
                };
                if let (true, Some(key)) = (zero, key.key()) {
                    it.members.remove(&key);
                }
            }
        }
    }

    /// A call got addresses of places: what was zero there and still is may be anything now.
    pub(crate) fn go_written(&mut self, call: &Call, scope: &ScopeRef) {
        let flag = self.flag_default(call, scope);
        let by_default = flag.clone().unwrap_or_else(Value::unknown);
        for arg in &call.args {
            let ExprKind::Unary(UnaryOp::Address, place) = &arg.value.kind else { continue };
            if let ExprKind::Name(name) = &place.kind
                && matches!(self.eval(place, scope), Value::Null)
                && let Some(value) = self.go_given_to(name, scope)
            {
                self.bind(&Pattern::Name(name.clone(), place.pos), value, scope, false);
                continue;
            }
            match self.eval(place, scope) {
                Value::Null | Value::Bool(false) | Value::Int(0) => {}
                Value::Float(0.0) => {}
                Value::Unknown(_) if flag.is_some() => {}
                Value::Str(text) if text.is_empty() => {}
                Value::List(list) => {
                    list.partial.set(list.partial.get() || list.items.borrow().is_empty());
                    continue;
                }
                _ => continue,
            }
            match &place.kind {
                ExprKind::Name(name) => {
                    self.bind(&Pattern::Name(name.clone(), place.pos), by_default.clone(), scope, false)
                }
                _ => self.assign_place(place, by_default.clone(), scope),
            }
        }
    }

    /// What a pointer holds once unseen code got its address, which held nothing: something of the type that it was declared with
    /// by the function that runs.
    fn go_given_to(&mut self, name: &Name, scope: &ScopeRef) -> Option<Value> {
        let function = self.frames.last()?.closure.as_ref()?.function.clone();
        let ty = declared(&function.body, name, 0)?;
        if !matches!(self.shape(&ty, scope), Shape::Struct(_) | Shape::Interface(_)) {
            return None;
        }
        self.typed(&ty, scope)
    }

    /// What a flag's place holds where the flag is not given: `flag.StringVar(&place, "name", "default", "what it is for")`.
    fn flag_default(&mut self, call: &Call, scope: &ScopeRef) -> Option<Value> {
        let ExprKind::Member(_, name) = &call.callee.kind else { return None };
        let at = match (&**name, call.args.len()) {
            ("StringVar", 4) => 2,
            ("StringVarP", 5) => 3,
            _ => return None,
        };
        let text = self.eval(&call.args.get(at)?.value, scope).as_whole_text()?;
        Some(Value::Str(text).fallback())
    }

    /// Notes the methods of types that are no structs, so that values of such types find them.
    pub(super) fn go_methods(&mut self, extension: &Extension, scope: &ScopeRef) {
        let Value::Class(class) = self.type_value(&extension.target, scope) else { return };
        if class.class.kind != ClassKind::Class {
            return;
        }
        for stmt in &extension.body {
            if let StmtKind::Function(function) = &stmt.kind
                && let Some(name) = &function.name
            {
                self.go.methods.entry(name.clone()).or_default().push(class.clone());
            }
        }
    }

    /// The one type that is no struct and has a method of this name.
    pub(crate) fn go_method(&mut self, name: &str) -> Option<Value> {
        let [class] = self.go.methods.get(name)?.as_slice() else { return None };
        class.members.named(name)
    }
}

/// The type of a variable that a block declares without a value.
fn declared(body: &Block, name: &Name, depth: usize) -> Option<TypeRef> {
    if depth > DEEPEST {
        return None;
    }
    body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Bind { target: Pattern::Name(bound, _), ty: Some(ty), value: None } if bound == name => {
            Some(ty.clone())
        }
        StmtKind::If { then, otherwise, .. } => {
            declared(then, name, depth + 1).or_else(|| declared(otherwise, name, depth + 1))
        }
        StmtKind::Block(inner) => declared(inner, name, depth + 1),
        _ => None,
    })
}

/// What a type of its own is made of.
fn underlying(class: &ClassValue) -> Option<TypeRef> {
    match &class.class.bases.first()?.value.kind {
        ExprKind::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}

/// An instance of which nothing else is known.
pub(super) fn plain(class: Rc<ClassValue>) -> Value {
    let object = plain_object();
    match Rc::try_unwrap(object) {
        Ok(mut object) => {
            object.class = Some(class);
            Value::Object(Rc::new(object))
        }
        Err(object) => Value::Object(object),
    }
}

fn plain_object() -> Rc<Object> {
    Rc::new(Object { class: None, members: Map::default(), model: std::cell::RefCell::default() })
}
