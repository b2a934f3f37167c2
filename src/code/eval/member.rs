//! Members of values, read.

use std::rc::Rc;

use super::machine::Machine;
use super::rust::defaults::has_default;
use super::scope::ScopeRef;
use super::value::{Args, ClassValue, Closure, ListKind, Object, Spot, Value};
use crate::code::form::{FunctionKind, Language, Name};
use crate::code::holes::has_hole;

/// Whether a class is an enum of Rust's, of which derives may write more functions.
fn is_enum_of_rust(language: Language, class: &ClassValue) -> bool {
    language == Language::Rust && class.class.kind == crate::code::form::ClassKind::Enum
}

impl Machine<'_> {
    /// `object.name`, read.
    pub(crate) fn member(&mut self, object: &Value, name: &Name, scope: &ScopeRef, line: u32) -> Value {
        let object = self.force(object.clone());
        let spot = Spot { module: scope.module, line };
        if let Value::Map(map) = &object
            && let Some(value) = self.entries_member(map, name, scope)
        {
            return value;
        }
        if (name.starts_with("__") || &**name == "mro")
            && self.is_python(scope.module)
            && let Some(value) = self.reflected_member(&object, name)
        {
            return value;
        }
        match &object {
            // What answers as a value of its own (Go).
            Value::Function(_) | Value::Bound(_) | Value::Native(_)
                if &**name == "ServeHTTP" && self.is_go(spot.module) =>
            {
                Value::Method(Rc::new((object.clone(), name.clone())))
            }
            Value::Module(id) => {
                let value = self.module_member(*id, name);
                self.force(value)
            }
            Value::Object(it) => self.object_member(it, &object, name, spot),
            // A prototype is its class.
            Value::Class(_) if &**name == "constructor" => object.clone(),
            Value::Class(class) => match self.class_member(class, name) {
                Some((Value::Function(method), _)) if method.function.kind == FunctionKind::Getter => {
                    self.enter(&method, Some(object.clone()), Args::default(), spot)
                }
                Some((Value::Function(method), _)) => class_bound(&method, &object),
                Some((value, _)) => value,
                None => match &**name {
                    "__name__" | "name" if !self.has_packages(&class.scope) => {
                        class.class.name.clone().map_or_else(Value::unknown, Value::Str)
                    }
                    "as_view" => Value::Method(Rc::new((object.clone(), name.clone()))),
                    // What it derives is made where it is called.
                    "default" if self.language(&class.scope) == Language::Rust && has_default(class) => {
                        Value::Method(Rc::new((object.clone(), name.clone())))
                    }
                    _ if self.is_filled_by_derive(class) || is_enum_of_rust(self.language(&class.scope), class) => {
                        Value::Method(Rc::new((object.clone(), name.clone())))
                    }
                    "__members__" => Value::Map(Rc::new(super::value::Map::default())),
                    "prototype" | "class" | "java" | "javaClass" => object.clone(),
                    _ => match self
                        .enum_member(class, name)
                        .or_else(|| self.type_question(class, name, &Args::default()))
                    {
                        Some(answer) => answer,
                        None => self.inherited_path(class, name),
                    },
                },
            },
            Value::Map(map) if !map.keyed.get() => match map.named(name) {
                Some(Value::Function(method)) if method.function.kind == FunctionKind::Getter => {
                    self.enter(&method, Some(object.clone()), Args::default(), spot)
                }
                Some(value) => self.force(value),
                None if is_method_of(&object, name) => Value::Method(Rc::new((object.clone(), name.clone()))),
                None if map.environment.get() && self.language(scope) == Language::Java => {
                    self.whole_member(&object, name, spot).unwrap_or_else(Value::unknown)
                }
                None if map.environment.get() => self.read_copy(map, &Value::Str(name.clone()), spot),
                None if map.partial.get() => Value::unknown(),
                None => Value::Undefined,
            },
            Value::Function(closure) => match closure.attributes.named(name) {
                Some(value) => value,
                None => match &**name {
                    "__name__" | "name" => closure.function.name.clone().map_or_else(Value::unknown, Value::Str),
                    "bind" | "call" | "apply" => Value::Method(Rc::new((object.clone(), name.clone()))),
                    "prototype" => object.clone(),
                    _ if self.more_methods(closure, name) => Value::Method(Rc::new((object.clone(), name.clone()))),
                    _ => self.method_question(closure, name, &Args::default()).unwrap_or(Value::Undefined),
                },
            },
            Value::Super(it) => self.super_member(&it.0.clone(), &it.1.clone(), name),
            Value::Unknown(path) => self.path_member(path, name, spot),
            Value::Env(_) if is_env_method(name) => Value::Method(Rc::new((object.clone(), name.clone()))),
            Value::Env(_) => {
                self.env_default(&object).map_or_else(Value::unknown, |it| self.member(&it, name, scope, line))
            }
            Value::Alt(all) => {
                let values = all.iter().map(|one| self.member(one, name, scope, line)).collect();
                Value::any_of(values)
            }
            Value::List(list) if list.named(name).is_some() => {
                let value = list.named(name).unwrap_or(Value::Undefined);
                self.force(value)
            }
            _ if self.language(scope) == Language::JavaScript
                && super::javascript::prototypes::lacks(&object, name) =>
            {
                Value::Undefined
            }
            Value::List(list) => match &**name {
                "length" | "size" if !list.partial.get() => {
                    Value::Int(i64::try_from(list.items.borrow().len()).unwrap_or(i64::MAX))
                }
                "indices" if !list.partial.get() && self.has_packages(scope) => {
                    let count = list.items.borrow().len();
                    Value::list((0_i64..).map(Value::Int).take(count).collect())
                }
                _ => super::env::whole::entry_method(list, name)
                    .filter(|_| self.has_packages(scope))
                    .unwrap_or_else(|| Value::Method(Rc::new((object.clone(), name.clone())))),
            },
            Value::Str(text) => match &**name {
                "length" if !has_hole(text) => Value::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX)),
                "value" | "href" | "pathname" => object.clone(),
                _ if self.language(scope) == Language::Python => match self.path_part(text, name) {
                    Some(part) => part,
                    None => Value::Method(Rc::new((object.clone(), name.clone()))),
                },
                _ => Value::Method(Rc::new((object.clone(), name.clone()))),
            },
            Value::Map(_) | Value::Regex(_) => Value::Method(Rc::new((object.clone(), name.clone()))),
            Value::Bound(bound) => {
                let callee = bound.callee.clone();
                self.member(&callee, name, scope, line)
            }
            Value::Method(method) => match &method.0 {
                Value::Function(closure) if self.more_methods(closure, &method.1) => {
                    self.add_method(&closure.clone(), name)
                }
                _ => Value::unknown(),
            },
            Value::Null | Value::Undefined => Value::unknown(),
            _ => Value::unknown(),
        }
    }

    pub(super) fn object_member(&mut self, it: &Rc<Object>, object: &Value, name: &Name, spot: Spot) -> Value {
        if let Some(value) = it.members.named(name) {
            let value = self.force(value);
            let field = it.class.as_ref().filter(|class| value.is_unknown() && self.is_python(class.spot.module));
            return field.and_then(|class| self.deployed_field(class, name)).unwrap_or(value);
        }
        if let Some(value) = self.annotation_element(it, name, &Args::default()) {
            return self.force(value);
        }
        if let ("constructor", Some(class)) = (&**name, &it.class) {
            return Value::Class(class.clone());
        }
        if let ("class" | "javaClass", Some(class)) = (&**name, &it.class)
            && self.has_packages(&class.scope)
        {
            return Value::Class(class.clone());
        }
        if let Some(class) = &it.class
            && let Some((value, _)) = self.class_member(class, name)
        {
            return match &value {
                Value::Function(method) => match method.function.kind {
                    FunctionKind::Getter => self.enter(&method.clone(), Some(object.clone()), Args::default(), spot),
                    FunctionKind::Static => value,
                    FunctionKind::ClassMethod => Self::bound(value, Value::Class(class.clone())),
                    FunctionKind::Plain | FunctionKind::Lexical | FunctionKind::Method | FunctionKind::Constructor => {
                        Self::bound(value, object.clone())
                    }
                },
                Value::Unknown(_) if self.is_python(class.spot.module) => {
                    self.deployed_field(class, name).unwrap_or(value)
                }
                _ => value,
            };
        }
        if let Some(value) = self.modelled_member(it, object, name) {
            return value;
        }
        if &**name == "ServeHTTP" && self.is_go(spot.module) && it.model.borrow().is_some() {
            return Value::Method(Rc::new((object.clone(), name.clone())));
        }
        if self.is_go(spot.module)
            && let Some(value) = self.go_field(it, name)
        {
            return value;
        }
        if let Some(value) = self.embedded_member(it, name, spot) {
            return value;
        }
        if let Some(made) = self.injected(it) {
            let scope = self.modules[spot.module.0].scope.clone();
            return self.member(&made, name, &scope, spot.line);
        }
        let states = |class: &Rc<ClassValue>| {
            self.has_packages(&class.scope) || self.language(&class.scope) == Language::JavaScript
        };
        if it.class.as_ref().is_some_and(states)
            && let Some(value) = self.field_of(it, name)
        {
            return value;
        }
        if let Some(value) = it.class.clone().and_then(|class| self.stated_field(&class, name)) {
            return value;
        }
        if let Some(value) = self.answered_member(it, object, name, spot) {
            return value;
        }
        match &it.class {
            Some(class) if &**name == "__class__" => Value::Class(class.clone()),
            Some(class) => {
                let class = class.clone();
                self.inherited_path(&class, name)
            }
            None => Value::unknown(),
        }
    }

    /// A field of a Rust struct of which nothing is known but its type: it is there, whatever it is.
    fn stated_field(&mut self, class: &Rc<ClassValue>, name: &Name) -> Option<Value> {
        if self.language(&class.scope) != Language::Rust {
            return None;
        }
        let ty = class.class.fields.iter().find(|field| field.name == *name)?.ty.clone();
        Some(ty.and_then(|ty| self.typed(&ty, &class.scope.clone())).unwrap_or_else(Value::unknown))
    }

    /// Go's embedded fields give their members; a type that embeds a pointer to itself gives nothing more.
    pub(super) fn embedded_member(&mut self, it: &Rc<Object>, name: &Name, spot: Spot) -> Option<Value> {
        let class = it.class.clone()?;
        if self.go.embedding.iter().any(|around| Rc::ptr_eq(around, &class)) {
            return None;
        }
        self.go.embedding.push(class.clone());
        let found = self.nested(|machine| machine.member_of_embedded(it, &class, name, spot)).flatten();
        self.go.embedding.pop();
        found
    }

    fn member_of_embedded(
        &mut self,
        it: &Rc<Object>,
        class: &Rc<super::value::ClassValue>,
        name: &Name,
        spot: Spot,
    ) -> Option<Value> {
        for field in class.class.fields.iter().filter(|field| field.is_embedded) {
            let inner = it.members.named(&field.name).or_else(|| {
                let ty = field.ty.as_ref()?;
                let value = self.typed(ty, &class.scope)?;
                it.members.put(&field.name, value.clone());
                Some(value)
            });
            if let Some(inner) = inner {
                let scope = class.scope.clone();
                let value = self.member(&inner, name, &scope, spot.line);
                if !matches!(value, Value::Unknown(_) | Value::Undefined) {
                    return Some(value);
                }
            }
        }
        None
    }

    /// A member that a base outside the repository may have.
    fn inherited_path(&mut self, class: &Rc<super::value::ClassValue>, name: &Name) -> Value {
        let base = self.ancestors(class).into_iter().find_map(|ancestor| match ancestor {
            Value::Unknown(path) if !path.is_empty() => Some(path),
            _ => None,
        });
        match base {
            Some(base) => Value::from_path(format!("{base}.{name}")),
            // What compiles has it: where it is not seen it is not known (Java, Kotlin).
            None if class.bases.is_empty() && !self.has_packages(&class.scope) => Value::Undefined,
            None => Value::unknown(),
        }
    }

    pub(super) fn super_member(&mut self, class: &Rc<super::value::ClassValue>, this: &Value, name: &Name) -> Value {
        let receiver_class = match this {
            Value::Object(object) => object.class.clone(),
            Value::Class(class) => Some(class.clone()),
            _ => None,
        };
        let line = receiver_class.map_or_else(Vec::new, |own| self.ancestors(&own));
        let at = line.iter().position(|one| one.same(&Value::Class(class.clone())) == Some(true));
        let rest = match at {
            Some(at) => line[at + 1..].to_vec(),
            None => self.ancestors(class).into_iter().skip(1).collect(),
        };
        for ancestor in &rest {
            if let Value::Class(ancestor) = ancestor
                && let Some(value) = ancestor.members.named(name)
            {
                return match value {
                    Value::Function(_) => Self::bound(value, this.clone()),
                    value => value,
                };
            }
        }
        Value::Method(Rc::new((Value::Super(Rc::new((class.clone(), this.clone()))), name.clone())))
    }

    /// A member of what is known by its path alone.
    fn path_member(&mut self, path: &Name, name: &Name, spot: Spot) -> Value {
        if path.is_empty() {
            return Value::unknown();
        }
        if let Some(value) = self.place_known(path, name, spot) {
            return value;
        }
        if let Some(value) = self.name_of_foreign(path, name, self.modules[spot.module.0].language) {
            return value;
        }
        if let Some(value) = self.global_member(path, name) {
            return self.force(value);
        }
        if let Some(value) = self.held(path, name).or_else(|| self.qualified(path, name, spot.module)) {
            return value;
        }
        if self.models.sources.contains_key(&**path) {
            let full = format!("{path}.{name}");
            if self.models.functions.contains_key(&full) || is_map_method(name) {
                return Value::from_path(full);
            }
            // A map of Java's has methods for members and no variables: what is made of all of them is not known.
            if let Some(whole) = self.whole_member(&Value::Unknown(path.clone()), name, spot) {
                return whole;
            }
            if self.modules[spot.module.0].language == Language::Java {
                self.read_env(&Value::unknown(), spot, true);
                return Value::from_path(full);
            }

            return self.read_source(path, &Value::Str(name.clone()), spot);
        }
        if &**name == "default" && !path.contains("()") {
            return Value::Unknown(path.clone());
        }
        if let Some(value) = self.stored_member(path, name, spot) {
            return value;
        }
        if let Some(value) = self.setting(path, name, spot) {
            return value;
        }
        Value::from_path(self.by_way_of(path, name, spot).unwrap_or_else(|| format!("{path}.{name}")))
    }

    /// The known name of what a module of a library imports from another one: `viewsets.mixins.X` is `mixins.X` (Python).
    fn by_way_of(&self, path: &str, name: &str, spot: Spot) -> Option<String> {
        let full = format!("{path}.{name}");
        if self.modules[spot.module.0].language != Language::Python || path.contains("()") || self.models.knows(&full) {
            return None;
        }
        let mut parts = path.splitn(3, '.');
        let (library, _, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let short = format!("{library}.{rest}.{name}");
        self.models.knows(&short).then_some(short)
    }

    /// A list of a kind, known whole.
    pub(crate) fn tuple(items: Vec<Value>) -> Value {
        Value::list_of(ListKind::Tuple, items, false)
    }
}

/// A method read off its class.
fn class_bound(method: &Rc<Closure>, class: &Value) -> Value {
    match method.function.kind {
        FunctionKind::ClassMethod => Machine::bound(Value::Function(method.clone()), class.clone()),
        _ => Value::Function(method.clone()),
    }
}

fn is_env_method(name: &str) -> bool {
    matches!(
        name,
        "unwrap"
            | "expect"
            | "ok"
            | "unwrap_or"
            | "unwrap_or_else"
            | "unwrap_or_default"
            | "map"
            | "and_then"
            | "is_ok"
    )
}

/// Members of a map of the environment that are no variables.
fn is_map_method(name: &str) -> bool {
    matches!(name, "get" | "items" | "keys" | "values" | "copy" | "setdefault" | "pop" | "update" | "hasOwnProperty")
}

fn is_method_of(object: &Value, name: &str) -> bool {
    match object {
        Value::Map(_) => matches!(
            name,
            "get" | "items" | "keys" | "values" | "update" | "setdefault" | "pop" | "copy" | "hasOwnProperty"
        ),
        _ => false,
    }
}
