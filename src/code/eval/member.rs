//! Members and elements of values, and calls of members.

use std::rc::Rc;

use super::machine::Machine;
use super::scope::ScopeRef;
use super::value::{Args, ClassValue, Closure, ListKind, Object, Spot, Value};
use crate::code::form::{FunctionKind, Language, Name};
use crate::code::holes::has_hole;

/// A key that is not known may be any of those of a map of so many.
const MOST_ENTRIES: usize = 8;

impl Machine<'_> {
    /// `object.name`, read.
    pub(crate) fn member(&mut self, object: &Value, name: &Name, scope: &ScopeRef, line: u32) -> Value {
        let object = self.force(object.clone());
        let spot = Spot { module: scope.module, line };
        match &object {
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
                    "__name__" | "name" => class.class.name.clone().map_or_else(Value::unknown, Value::Str),
                    "as_view" => Value::Method(Rc::new((object.clone(), name.clone()))),
                    "__members__" => Value::Map(Rc::new(super::value::Map::default())),
                    "prototype" | "class" | "java" | "javaClass" => object.clone(),
                    _ => match self.type_question(class, name, &Args::default()) {
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
                None if map.environment.get() => {
                    self.read_env(&Value::Str(name.clone()), Spot { module: scope.module, line }, false)
                }
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
                    _ => Value::Undefined,
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
            Value::List(list) => match &**name {
                "length" | "size" if !list.partial.get() => {
                    Value::Int(i64::try_from(list.items.borrow().len()).unwrap_or(i64::MAX))
                }
                _ => Value::Method(Rc::new((object.clone(), name.clone()))),
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

    fn object_member(&mut self, it: &Rc<Object>, object: &Value, name: &Name, spot: Spot) -> Value {
        if let Some(value) = it.members.named(name) {
            return self.force(value);
        }
        if let ("constructor", Some(class)) = (&**name, &it.class) {
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
                _ => value,
            };
        }
        if let Some(value) = self.modelled_member(it, object, name) {
            return value;
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
    fn embedded_member(&mut self, it: &Rc<Object>, name: &Name, spot: Spot) -> Option<Value> {
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
            None if class.bases.is_empty() => Value::Undefined,
            None => Value::unknown(),
        }
    }

    fn super_member(&mut self, class: &Rc<super::value::ClassValue>, this: &Value, name: &Name) -> Value {
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
        if &**path == "import.meta" {
            let file = &self.modules[spot.module.0].path;
            match &**name {
                "filename" | "url" | "file" => return Value::text(format!("/{file}")),
                "dirname" | "dir" => return Value::text(format!("/{}", crate::code::resolve::folder_of(file))),
                _ => {}
            }
        }
        if let Some(value) = self.held(path, name).or_else(|| self.qualified(path, name, spot.module)) {
            return value;
        }
        if self.models.sources.contains_key(&**path) {
            let full = format!("{path}.{name}");
            if self.models.functions.contains_key(&full) || is_map_method(name) {
                return Value::from_path(full);
            }
            return self.read_env(&Value::Str(name.clone()), spot, false);
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
        Value::from_path(format!("{path}.{name}"))
    }

    /// `object[index]`, read.
    pub(crate) fn index_read(&mut self, object: &Value, index: &Value, scope: &ScopeRef, line: u32) -> Value {
        let object = self.force(object.clone());
        match (&object, index) {
            // A generic function with its types.
            (Value::Function(_) | Value::Bound(_), _) if self.language(scope) == Language::Go => object.clone(),
            (Value::Unknown(_), Value::Class(class)) if self.is_go(class.spot.module) => {
                let args = Args { named: vec![("[]".into(), index.clone())], ..Args::default() };
                Value::Native(Rc::new(super::value::Native::Partial { callee: object.clone(), args }))
            }
            (Value::Alt(all), _) => {
                let values = all.iter().map(|one| self.index_read(one, index, scope, line)).collect();
                Value::any_of(values)
            }
            (_, Value::Alt(all)) => {
                let values = all.iter().map(|one| self.index_read(&object, one, scope, line)).collect();
                Value::any_of(values)
            }
            (Value::List(list), Value::Int(at)) => {
                let items = list.items.borrow();
                let index = if *at < 0 { i64::try_from(items.len()).unwrap_or(0).saturating_add(*at) } else { *at };
                match usize::try_from(index).ok().and_then(|index| items.get(index)) {
                    Some(value) => value.clone(),
                    None if list.partial.get() => Value::unknown(),
                    None => Value::Undefined,
                }
            }
            (Value::Map(map), _) => match index.key() {
                Some(key) => match map.get(&key) {
                    Some(value) => self.force(value),
                    None if map.factory.borrow().is_some() => self.made_entry(map, &key, index, scope, line),
                    None if map.environment.get() => self.read_env(index, Spot { module: scope.module, line }, false),
                    None if map.partial.get() => Value::unknown(),
                    None => Value::Undefined,
                },
                None => {
                    let values = map.pairs().into_iter().map(|(_, value)| value).collect::<Vec<_>>();
                    if values.len() <= MOST_ENTRIES && !values.is_empty() {
                        Value::any_of(values)
                    } else {
                        Value::unknown()
                    }
                }
            },
            (Value::Unknown(path), _) if self.models.sources.contains_key(&**path) => {
                self.read_env(index, Spot { module: scope.module, line }, false)
            }
            (Value::Object(object_ref), Value::Str(name))
                if object_ref.model.borrow().is_none() || self.has_packages(scope) =>
            {
                self.item_member(&object, name, scope, line)
            }
            (Value::Class(class), Value::Str(name))
                if self.has_packages(scope) && self.class_member(class, "get").is_some() =>
            {
                self.item_member(&object, name, scope, line)
            }
            (_, Value::Str(name)) if !has_hole(name) => self.member(&object, name, scope, line),
            (Value::Unknown(_), _) => self.element_of(&object),
            (Value::Str(text), Value::Int(at)) if !has_hole(text) && self.language(scope) == Language::Go => {
                let byte = usize::try_from(*at).ok().and_then(|at| text.as_bytes().get(at));
                byte.map_or_else(Value::unknown, |byte| Value::Int(i64::from(*byte)))
            }
            (Value::Str(text), Value::Int(at)) if !has_hole(text) => {
                match usize::try_from(*at).ok().and_then(|at| text.chars().nth(at)) {
                    Some(c) => Value::text(c.to_string()),
                    None => Value::unknown(),
                }
            }
            (Value::Class(_), _) => object.clone(),
            (Value::Object(it), _) if it.model.borrow().is_some() && it.class.is_none() => {
                Value::Method(Rc::new((object.clone(), super::registered::UNKNOWN_MEMBER.into())))
            }
            _ => Value::unknown(),
        }
    }

    fn item_member(&mut self, object: &Value, name: &Name, scope: &ScopeRef, line: u32) -> Value {
        let spot = Spot { module: scope.module, line };
        // Kotlin's `a[b]` is `a.get(b)`.
        if self.has_packages(scope) && self.has_member(object, "get") {
            return self.call_member(object, &"get".into(), Args::of(vec![Value::Str(name.clone())]), scope, spot);
        }
        if let Value::Object(it) = object
            && let Some(class) = it.class.clone()
            && let Some((getter @ Value::Function(_), _)) = self.class_member(&class, "__getitem__")
        {
            return self.call(&Self::bound(getter, object.clone()), Args::of(vec![Value::Str(name.clone())]), spot);
        }
        self.member(object, name, scope, line)
    }

    fn made_entry(
        &mut self,
        map: &Rc<super::value::Map>,
        key: &super::value::Key,
        index: &Value,
        scope: &ScopeRef,
        line: u32,
    ) -> Value {
        let factory = map.factory.borrow().clone();
        let Some(factory) = factory else { return Value::Undefined };
        let made = self.call(&factory, Args::default(), Spot { module: scope.module, line });
        map.set(key.clone(), index.clone(), made.clone());
        made
    }

    /// `object.name(…)`.
    pub(crate) fn call_member(
        &mut self,
        object: &Value,
        name: &Name,
        args: Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Value {
        let object = self.force(object.clone());
        // What a library exports as a whole may be an object that it holds for all.
        let shared = match &object {
            Value::Unknown(path) if self.models.shared.contains_key(&**path) => self.shared_object(path),
            _ => None,
        };
        let object: Value = shared.unwrap_or(object);
        if self.is_go(spot.module)
            && let Some(result) = self.go_call_member(&object, name, &args, spot)
        {
            return result;
        }
        if self.language(scope) == Language::Rust
            && let Some(value) = self.rust_call_member(&object, name, &args, scope, spot)
        {
            return value;
        }
        if let Some(value) = self.call_library_extension(&object, name, &args, scope, spot) {
            return value;
        }
        if matches!(object, Value::Str(_) | Value::Object(_) | Value::Class(_))
            && self.has_packages(scope)
            && !self.has_member(&object, name)
            && let Some(value) = self.call_extension(&object, name, &args, scope, spot)
        {
            return value;
        }
        match &object {
            Value::Alt(all) => {
                self.conditional += 1;
                let results = all.iter().map(|one| self.call_member(one, name, args.clone(), scope, spot)).collect();
                self.conditional -= 1;
                Value::any_of(results)
            }
            Value::Object(it) => {
                let plain = it.members.named(name).is_some();
                let code = it.class.clone().is_some_and(|class| self.class_member(&class, name).is_some());
                if let Some(class) = it.class.clone()
                    && !plain
                    && let Some(method @ Value::Function(_)) = self.overload(&class, name, args.list.len())
                {
                    return self.call(&Self::bound(method, object.clone()), args, spot);
                }
                if !code && let Some(value) = self.accessor(it, name, &args) {
                    return value;
                }
                if !plain && !code {
                    if let Some(result) = self.call_modelled(it, &object, name, &args, spot) {
                        return result;
                    }
                    if let Some(value) = self.embedded_member(it, name, spot) {
                        return self.call(&value, args, spot);
                    }
                }
                let callee = self.object_member(it, &object, name, spot);
                self.call(&callee, args, spot)
            }
            Value::Map(map) if !map.keyed.get() => match map.named(name) {
                Some(callee) => match self.force(callee) {
                    Value::Function(closure) => self.enter(&closure, Some(object.clone()), args, spot),
                    other => self.call(&other, args, spot),
                },
                None => self.map_method(map, name, args, scope, spot),
            },
            Value::Map(map) => self.map_method(map, name, args, scope, spot),
            Value::List(list) => self.list_method(list, name, args, scope, spot),
            Value::Str(text) => self.text_method(text, name, &args, scope, spot),
            Value::Function(closure) => match closure.attributes.named(name) {
                Some(callee) => self.call(&callee, args, spot),
                None => self.function_method(&object, name, args, spot),
            },
            Value::Bound(_) | Value::Method(_) | Value::Native(_) => self.function_method(&object, name, args, spot),
            Value::Class(class) if self.overload(class, name, args.list.len()).is_some() => {
                match self.overload(class, name, args.list.len()) {
                    Some(Value::Function(method)) => self.enter(&method, Some(object.clone()), args, spot),
                    Some(callee) => self.call(&callee, args, spot),
                    None => Value::unknown(),
                }
            }
            Value::Class(class) => match self.class_member(class, name) {
                Some((Value::Function(method), _)) if method.function.kind == FunctionKind::ClassMethod => {
                    self.enter(&method, Some(object.clone()), args, spot)
                }
                Some((Value::Function(method), _)) => {
                    let python = self.language(&method.scope) == Language::Python;
                    let receiver = (!python).then(|| object.clone()).filter(|_| method.function.receiver.is_none());
                    self.enter_static(&method, receiver, args, spot)
                }
                Some((callee, _)) => self.call(&callee, args, spot),
                None => match self.type_question(class, name, &args) {
                    Some(answer) => answer,
                    None => self.class_call(&class.clone(), name, args, spot),
                },
            },
            Value::Super(it) => {
                let (class, this) = (it.0.clone(), it.1.clone());
                match self.super_member(&class, &this, name) {
                    Value::Method(_) => self.call_super_model(&this, name, &args, spot),
                    callee => self.call(&callee, args, spot),
                }
            }
            Value::Env(_) => self.env_method(&object, name, args, scope, spot),
            Value::Regex(_) if &**name == "test" => Value::unknown(),
            Value::Unknown(_) => {
                let callee = self.member(&object, name, scope, spot.line);
                self.call_unknown_member(&object, &callee, name, args, spot)
            }
            _ => match self.member(&object, name, scope, spot.line) {
                // A method that nobody defines: calling it would come back here.
                Value::Method(method) if method.1 == *name => {
                    self.let_go(&args);
                    Value::unknown()
                }
                callee => self.call(&callee, args, spot),
            },
        }
    }

    /// Whether an object has a member of its own.
    pub(super) fn has_member(&mut self, object: &Value, name: &str) -> bool {
        let it = match object {
            Value::Object(it) => it,
            Value::Class(class) => return self.class_member(class, name).is_some(),
            _ => return false,
        };
        let class = it.class.clone();
        it.members.named(name).is_some()
            || class.is_some_and(|class| self.class_member(&class, name).is_some())
            || it.model.borrow().as_ref().is_some_and(|model| model.ty.members.contains_key(name))
    }

    /// A method called on its class: with a receiver of its own as first argument where the language does so.
    fn enter_static(&mut self, method: &Rc<Closure>, receiver: Option<Value>, mut args: Args, spot: Spot) -> Value {
        if method.function.receiver.is_some() && !args.list.is_empty() {
            let receiver = args.list.remove(0);
            return self.enter(method, Some(receiver), args, spot);
        }
        self.enter(method, receiver, args, spot)
    }

    /// `f.call(this, …)`, `f.apply(this, [...])`, `f.bind(this, …)`.
    fn function_method(&mut self, callee: &Value, name: &Name, mut args: Args, spot: Spot) -> Value {
        let receiver = args.at(0);
        let rest = |args: &mut Args| {
            if !args.list.is_empty() {
                args.list.remove(0);
            }
        };
        match &**name {
            "call" | "bind" => {
                rest(&mut args);
                let callee = match (callee, receiver) {
                    (Value::Function(_), receiver) if !receiver.is_nothing() => Self::bound(callee.clone(), receiver),
                    (callee, _) => callee.clone(),
                };
                if &**name == "call" {
                    return self.call(&callee, args, spot);
                }
                if args.list.is_empty() {
                    return callee;
                }
                Value::Native(Rc::new(super::value::Native::Partial { callee, args }))
            }
            "apply" => {
                let list = match args.at(1) {
                    Value::List(list) => list.items.borrow().clone(),
                    _ => Vec::new(),
                };
                self.call(&Self::bound(callee.clone(), receiver), Args::of(list), spot)
            }
            _ => {
                self.let_go(&args);
                Value::unknown()
            }
        }
    }

    /// The object itself is called.
    pub(crate) fn call_object(&mut self, object: &Rc<Object>, args: Args, spot: Spot) -> Value {
        if let Some(class) = object.class.clone()
            && let Some((callee @ Value::Function(_), _)) = self.class_member(&class, "__call__")
        {
            return self.call(&Self::bound(callee, Value::Object(object.clone())), args, spot);
        }
        let value = Value::Object(object.clone());
        match self.call_modelled(object, &value, &"()".into(), &args, spot) {
            Some(result) => result,
            None => {
                self.let_go(&args);
                Value::unknown()
            }
        }
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
