//! Calls of members: `object.name(…)` by what the object is.

use std::rc::Rc;

use super::machine::Machine;
use super::scope::ScopeRef;
use super::value::{Args, Closure, Object, Spot, Value};
use crate::code::form::{FunctionKind, Language, Name};
use crate::code::holes::has_hole;

/// What Java's and Kotlin's interfaces of functions call their one method.
const CALLED: &[&str] = &[
    "accept",
    "apply",
    "applyAsBoolean",
    "applyAsDouble",
    "applyAsInt",
    "applyAsLong",
    "call",
    "get",
    "getAsBoolean",
    "getAsDouble",
    "getAsInt",
    "getAsLong",
    "invoke",
    "run",
    "test",
];

impl Machine<'_> {
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
        self.note_asked(&object, name, &args, spot);
        if let Some(value) = self.asked_cut(&object, name, &args) {
            return value;
        }
        if let Some(value) = self.settings_later(&object, name, &args, scope, spot) {
            return value;
        }
        let told = self.property_of(&object, name, &args, spot);
        if let Some(value) = told.or_else(|| self.range_call(&object, name, &args, scope)) {
            return value;
        }
        if let Some(value) =
            self.new_class(&object, name, &args, spot).or_else(|| self.set_plainly(&object, name, &args))
        {
            return value;
        }
        if let Some(value) = self.call_library_extension(&object, name, &args, scope, spot) {
            return value;
        }
        if self.is_extended(&object)
            && self.has_packages(scope)
            && !self.has_member(&object, name)
            && let Some(value) = self.call_extension(&object, name, &args, scope, spot)
        {
            return value;
        }
        if self.has_packages(scope)
            && let Some(value) = self.call_own_instead(&object, name, &args, scope, spot)
        {
            return value;
        }
        if let Some(callee) = self.computed_callee(&object, name, &args, spot) {
            return self.call(&callee, args, spot);
        }
        if let Some(value) = self.whole_method(&object, name, &args, scope, spot) {
            return value;
        }
        if self.has_packages(scope) && CALLED.contains(&&**name) && self.is_function(&object) {
            // Kotlin's `apply` takes a block, which is run on whatever it stands behind.
            match self.run_with(&object, name, &args, spot) {
                Some(value) => return value,
                None => return self.call(&object, args, spot),
            }
        }
        match &object {
            Value::Alt(all) => {
                self.conditional += 1;
                let results = all.iter().map(|one| self.call_member(one, name, args.clone(), scope, spot)).collect();
                self.conditional -= 1;
                Value::any_of(results)
            }
            Value::Object(_) if &**name == "handle" && self.passed_on(&object, &args) => Value::unknown(),
            Value::Object(it) => {
                if let Some(other) = self.delegate_of(it, name, scope) {
                    return self.call_member(&other, name, args, scope, spot);
                }
                if let Some(value) = self.annotation_element(it, name, &args) {
                    return self.force(value);
                }
                let held = it.members.named(name);
                let code = it.class.clone().and_then(|class| self.class_member(&class, name));
                // A property and a function may have one name (Kotlin): what is called is the function.
                let hidden = match (&code, held.clone().map(|held| self.force(held))) {
                    (Some((method @ Value::Function(_), _)), Some(held)) if self.has_packages(scope) => {
                        (!held.is_unknown() && !super::jvm::packages::is_called(&held)).then(|| method.clone())
                    }
                    _ => None,
                };
                let (plain, code) = (held.is_some() && hidden.is_none(), code.is_some());
                if let Some(class) = it.class.clone()
                    && !plain
                {
                    match self.overload(&class, name, &args, spot) {
                        Some(method @ Value::Function(_)) => {
                            return self.call(&Self::bound(method, object.clone()), args, spot);
                        }
                        Some(several @ Value::Unknown(_)) => return several,
                        _ => {}
                    }
                }
                let asked = self.entry_call(it, name, &args).or_else(|| self.class_of_instance(it, name, &args));
                if let Some(value) = asked.filter(|_| !code) {
                    return value;
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
                let callee = match hidden {
                    Some(method) => Self::bound(method, object.clone()),
                    None => self.object_member(it, &object, name, spot),
                };
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
            Value::List(list) if list.named(name).is_some() => {
                let callee = list.named(name).unwrap_or(Value::Undefined);
                self.call(&callee, args, spot)
            }
            Value::List(list) => self.list_method(list, name, args, scope, spot),
            // A path whose file is read (Python).
            Value::Str(_)
                if matches!(&**name, "read_text" | "read_bytes" | "open")
                    && self.language(scope) == Language::Python =>
            {
                match self.document_at(&object, spot) {
                    Some(file) => super::env::text_of(&Value::text(file)),
                    None => Value::unknown(),
                }
            }
            Value::Str(text) => self.text_method(text, name, &args, scope, spot),
            Value::Function(closure) => match closure.attributes.named(name) {
                Some(callee) => self.call(&callee, args, spot),
                None => match self.method_question(closure, name, &args) {
                    Some(answer) => answer,
                    None => self.function_method(&object, name, args, spot),
                },
            },
            Value::Bound(_) | Value::Method(_) | Value::Native(_) => self.function_method(&object, name, args, spot),
            Value::Class(class) => {
                match self.overload(class, name, &args, spot) {
                    Some(Value::Function(method)) => return self.enter(&method, Some(object.clone()), args, spot),
                    Some(Value::Unknown(_)) => return Value::unknown(),
                    Some(callee) => return self.call(&callee, args, spot),
                    None => {}
                }
                match self.class_member(class, name) {
                    Some((Value::Function(method), _)) if method.function.kind == FunctionKind::ClassMethod => {
                        self.enter(&method, Some(object.clone()), args, spot)
                    }
                    // A struct without fields is its own instance.
                    Some((Value::Function(method), _))
                        if method.function.receiver.is_some()
                            && class.class.fields.is_empty()
                            && self.language(scope) == Language::Rust =>
                    {
                        self.enter(&method, Some(object.clone()), args, spot)
                    }
                    Some((Value::Function(method), _)) => {
                        let python = self.language(&method.scope) == Language::Python;
                        let receiver = (!python).then(|| object.clone()).filter(|_| method.function.receiver.is_none());
                        self.enter_static(&method, receiver, args, spot)
                    }
                    Some((callee, _)) => self.call(&callee, args, spot),
                    None => match self.enum_call(class, name, &args).or_else(|| self.type_question(class, name, &args))
                    {
                        Some(answer) => answer,
                        None if matches!(&**name, "__subclasses__" | "mro") && self.is_python(spot.module) => {
                            let callee = self.member(&object, name, scope, spot.line);
                            self.call(&callee, args, spot)
                        }
                        None => self.class_call(&class.clone(), name, args, spot),
                    },
                }
            }
            Value::Super(it) => {
                let (class, this) = (it.0.clone(), it.1.clone());
                match self.super_member(&class, &this, name) {
                    Value::Method(_) => self.call_super_model(&this, name, &args, spot),
                    callee => self.call(&callee, args, spot),
                }
            }
            Value::Env(_) => self.env_method(&object, name, args, scope, spot),
            // What `import(…)` promises; what may go wrong goes by.
            Value::Module(id) if self.modules[id.0].language == Language::JavaScript && is_promised(name) => {
                match &**name {
                    "then" => self.call(&args.at(0), Args::of(vec![object]), spot),
                    _ => object,
                }
            }
            Value::Regex(source)
                if self.is_python(spot.module) && matches!(&**name, "match" | "fullmatch" | "search") =>
            {
                super::python::matching::tried(source, name, &args.at(0))
            }
            Value::Regex(source) if matches!(&**name, "test" | "exec") => match args.at(0) {
                Value::Str(text) if !has_hole(&text) => {
                    super::javascript::regexes::searched(&text, name, source, &args).unwrap_or_else(Value::unknown)
                }
                _ => Value::unknown(),
            },
            Value::Unknown(path) => {
                if let Some(named) = self.name_of_foreign(path, name, self.language(scope)) {
                    return named;
                }
                if let Some(value) = self.call_on_settings(&object, name, &args, scope, spot) {
                    return value;
                }
                if (path.is_empty() || path.contains("()"))
                    && let Some(value) = self.call_extension_around(&object, name, &args, scope, spot)
                {
                    return value;
                }
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

    /// Whether a value is one whose type is known, so that functions for its type may be meant.
    pub(super) fn is_extended(&self, value: &Value) -> bool {
        match value {
            Value::Map(map) => !map.environment.get(),
            value => matches!(
                value,
                Value::Str(_)
                    | Value::Object(_)
                    | Value::Class(_)
                    | Value::List(_)
                    | Value::Int(_)
                    | Value::Float(_)
                    | Value::Bool(_)
            ),
        }
    }

    /// Whether a value is a function: the project's own, or one of a library's that reads variables.
    fn is_function(&self, value: &Value) -> bool {
        match value {
            Value::Function(_) | Value::Bound(_) => true,
            Value::Unknown(path) => self.models.functions.get(&**path).is_some_and(|action| action.env.is_some()),
            _ => false,
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
        // `Base.method(self, …)` of Python's: the method's own `super()` is that of the object.
        let python = self.language(&method.scope) == Language::Python;
        let kind = matches!(method.function.kind, FunctionKind::Method | FunctionKind::Constructor);
        let given = python && kind && matches!(args.list.first(), Some(Value::Object(_)));
        if (method.function.receiver.is_some() || given) && !args.list.is_empty() {
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
        if let Some(result) = self.invoked(&value, &args, spot) {
            return result;
        }
        if self.passed_on(&value, &args) {
            return Value::unknown();
        }
        match self.call_modelled(object, &value, &"()".into(), &args, spot) {
            Some(result) => result,
            None => {
                self.let_go(&args);
                Value::unknown()
            }
        }
    }
}

/// Whether a name is a method of a promise.
fn is_promised(name: &str) -> bool {
    matches!(name, "then" | "catch" | "finally")
}
