//! What functions say of themselves by attributes, and what methods a value names.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, Closure, ListKind, Map, Object, Spot, Value};
use crate::code::form::{Decorator, ExprKind, FunctionKind, Language, Name, Yields};
use crate::code::lower::rust::expression;
use crate::code::models::{MountWord, ObjectModel, RouteWord};
use crate::domain::method::is_any_method;

/// Decorators around a function.
const MOST_WRAPPED: usize = 12;

/// Classes within classes that each have a path.
const MOST_PARENTS: usize = 12;

/// Attributes of classes that stand behind the path of the class around them, without a property for it: Ktor's locations.
const NESTING: &str = "Location|location";

/// Whether a name is, by its last part, one of those that stand apart by `|`.
fn is_one_of(name: &str, those: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    those.split('|').any(|one| one == last)
}

impl Machine<'_> {
    /// Functions whose attributes say what they answer, as routers of their own; everything else as it is.
    pub(crate) fn carried(&mut self, model: &'static ObjectModel, value: Value) -> Value {
        if model.attributes.is_empty() {
            return value;
        }
        match self.force(value) {
            Value::Function(closure) => self.carrier(model, &closure).unwrap_or(Value::Function(closure)),
            Value::List(list) => {
                let items = list.items.borrow().clone();
                let items = items.into_iter().map(|item| self.carried(model, item)).collect();
                Value::list_of(list.kind, items, list.partial.get())
            }
            Value::Alt(all) => Value::Alt(all.iter().map(|one| self.carried(model, one.clone())).collect()),
            Value::Class(class) if model.class_path.is_some() || model.class_attribute.is_some() => {
                self.class_carrier(model, &class).unwrap_or(Value::Class(class))
            }
            Value::Object(it) if model.class_attribute.is_some() && it.model.borrow().is_none() => {
                let class = it.class.clone();
                class.and_then(|class| self.class_carrier(model, &class)).unwrap_or(Value::Object(it))
            }
            other => other,
        }
    }

    /// A class whose functions' attributes say what they answer, as a router of its own behind its prefix.
    fn class_carrier(&mut self, model: &'static ObjectModel, class: &Rc<ClassValue>) -> Option<Value> {
        let mut seen: Vec<Name> = Vec::new();
        let mut carried = Vec::new();
        for ancestor in self.ancestors(class) {
            let Value::Class(one) = ancestor else { continue };
            for (key, value) in one.members.pairs() {
                let (Some(name), Value::Function(method)) = (key.as_whole_text(), self.force(value)) else { continue };
                if !seen.contains(&name) {
                    seen.push(name);
                    carried.extend(self.carrier(model, &method));
                }
            }
        }
        if carried.is_empty() {
            return None;
        }
        let own = model.class_path.as_ref().and_then(|member| self.class_member(class, member)).map(|(value, _)| value);
        let marked = model.class_attribute.as_ref().and_then(|(attribute, argument)| {
            let Some(Value::Map(said)) = class.marks.named(attribute) else { return None };
            said.named(argument)
        });
        let prefix = own.or(marked).unwrap_or(Value::Undefined);
        let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
        self.become_object(&object, model);
        let it = object.model.borrow().clone()?;
        self.forest.nodes[it.node].served = false;
        for child in carried {
            self.mount(it.node, prefix.clone(), child, (false, false), class.spot);
        }
        Some(Value::Object(object))
    }

    /// What an attribute says of a class's functions as a whole.
    pub(crate) fn mark_class(&mut self, class: &Rc<ClassValue>, decorators: &[Decorator], scope: &ScopeRef) {
        for decorator in decorators {
            let Some((path, given)) = written_call(decorator) else { continue };
            let last = path.rsplit('.').next().unwrap_or(&path).to_owned();
            let said = Map::default();
            for (name, value) in self.arguments(given, scope).named {
                said.put(&name, value);
            }
            class.marks.put(&last, Value::Map(Rc::new(said)));
        }
    }

    /// A function whose attributes say what it answers, as a router of its own; none where they say nothing.
    pub(in crate::code::eval) fn carrier(
        &mut self,
        model: &'static ObjectModel,
        closure: &Rc<Closure>,
    ) -> Option<Value> {
        let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
        let closure = &self.unwrapped(closure);
        for decorator in &closure.function.decorators {
            let Some((path, given)) = written_call(decorator) else { continue };
            let last = path.rsplit('.').next().unwrap_or(&path).to_owned();
            let Some(action) = model.attributes.get(&path).or_else(|| model.attributes.get(&last)) else { continue };
            let Some(route) = &action.route else { continue };
            if object.model.borrow().is_none() {
                self.become_object(&object, model);
            }
            let Some(it) = object.model.borrow().clone() else { continue };
            let spot = Spot { module: closure.scope.module, line: decorator.pos.line };
            let mut args = self.arguments(given, &closure.scope);
            gather(&mut args);
            args.list.iter_mut().for_each(without_query);
            self.read_path_code(&mut args, &closure.scope);
            let bound = self.bind_names(&action.args, &args);
            if let Some(name) = &route.methods
                && let Some(value) = bound.named(name)
            {
                let (methods, _) = self.methods_in(&value, spot);
                bound.put(name, Value::list(methods.iter().map(|method| Value::text(method.as_str())).collect()));
            }
            self.route(route, &it, &bound, &args, spot);
        }
        let it = object.model.borrow().clone()?;
        self.carried.insert(std::sync::Arc::as_ptr(&closure.function).addr());
        if let Some(prefix) = self.module_prefix(model, closure) {
            self.forest.nodes[it.node].prefix = prefix;
        }
        Some(Value::Object(object))
    }

    /// The function that decorators of the project's own stand around (`functools.wraps`): it has those that say what it answers.
    pub(in crate::code::eval) fn unwrapped(&mut self, closure: &Rc<Closure>) -> Rc<Closure> {
        let mut inner = closure.clone();
        for _ in 0..MOST_WRAPPED {
            match inner.attributes.named("__wrapped__").map(|value| self.force(value)) {
                Some(Value::Function(next)) => inner = next,
                _ => break,
            }
        }
        inner
    }

    /// A path that is given by name may be code, written as a text: `path = "crate::PATHS.login"`.
    fn read_path_code(&mut self, args: &mut Args, scope: &ScopeRef) {
        for (name, value) in &mut args.named {
            let Value::Str(text) = &value else { continue };
            let names = text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '&'));
            let Some(expr) = Some(text).filter(|_| &**name == "path" && names).and_then(|text| expression(text)) else {
                continue;
            };
            let is_code = text.contains("::") || text.contains('.') || text.starts_with(|c: char| c.is_uppercase());
            match self.eval(&expr, scope) {
                found @ Value::Str(_) => *value = found,
                _ if is_code => *value = Value::unknown(),
                _ => {}
            }
        }
    }

    /// What an attribute of a function's module puts before its path.
    fn module_prefix(&mut self, model: &'static ObjectModel, closure: &Closure) -> Option<Value> {
        for (path, args, line) in self.rust_module_attributes(closure.scope.module) {
            let last = path.rsplit('.').next().unwrap_or(&path);
            let Some(action) = model.attributes.get(last) else { continue };
            let Some(prefix) = &action.prefix else { continue };
            let spot = Spot { module: closure.scope.module, line };
            let bound = self.bind_names(&action.args, &args);
            return Some(self.argument_at(&bound, prefix, spot));
        }
        None
    }

    /// The path that an attribute of a parameter's type has.
    pub(crate) fn typed_path(&mut self, handler: &Value, attribute: &str) -> Value {
        let Value::Function(closure) = handler else { return Value::unknown() };
        for param in &closure.function.params {
            let Some(ty) = &param.ty else { continue };
            let Value::Class(class) = self.type_value(ty, &closure.scope) else { continue };
            let written = class.class.clone();
            for decorator in &written.decorators {
                if let Some((name, given)) = written_call(decorator)
                    && is_one_of(&name, attribute)
                {
                    return self.arguments(given, &class.scope.clone()).at(0);
                }
            }
        }
        Value::unknown()
    }

    /// The type that the block of a call states for what it gets; nothing where there is none: `get { article: Article -> … }`.
    pub(crate) fn taken_by_block(&mut self, args: &Args) -> Value {
        let Some(Value::Function(block)) = args.list.last() else { return Value::Undefined };
        if block.function.kind != FunctionKind::Lexical || !self.has_packages(&block.scope) {
            return Value::Undefined;
        }
        let stated = block.function.params.first().and_then(|param| param.ty.as_ref());
        stated.map_or(Value::Undefined, |ty| self.type_value(ty, &block.scope))
    }

    /// Whether something is a class of the repository that has no such attribute.
    pub(crate) fn is_plain_class(&mut self, of: &Value, attribute: &str) -> bool {
        let Value::Class(class) = self.force(of.clone()) else { return false };
        let mut written = class.class.decorators.iter().filter_map(written_call);
        !written.any(|(name, _)| is_one_of(&name, attribute))
    }

    /// Whether a type that is not known is that of a body: the file names nothing that gives types paths.
    pub(crate) fn is_of_body(&self, of: &Value, word: &RouteWord, spot: Spot) -> bool {
        let known = matches!(of, Value::Class(_));
        if known || word.typed_by.is_empty() {
            return false;
        }
        let text = self.tree.text(self.file(spot)).unwrap_or_default();
        !word.typed_by.iter().any(|package| text.contains(package.as_str()))
    }

    /// The path that an attribute of a class gives, behind that of the class that a property of it is of. Ktor's first attributes
    /// take the class around for that, too.
    pub(crate) fn resource_path(&mut self, class: &Value, attribute: &str, depth: usize) -> Value {
        let Value::Class(class) = self.force(class.clone()) else { return Value::unknown() };
        let written = class.class.clone();
        let attributes = written.decorators.iter().filter_map(written_call);
        let Some((name, given)) = attributes.into_iter().find(|(name, _)| is_one_of(name, attribute)) else {
            return Value::unknown();
        };
        let nests = is_one_of(&name, NESTING);
        let own = self.arguments(given, &class.scope.clone());
        let own = if own.list.is_empty() { own.named.into_iter().next().map(|(_, it)| it) } else { Some(own.at(0)) };
        let own = own.unwrap_or_else(Value::unknown);
        let types = written.fields.iter().filter_map(|field| field.ty.as_ref()).filter(|_| depth < MOST_PARENTS);
        let types: Vec<Value> = types.map(|ty| self.type_value(ty, &class.scope.clone())).collect();
        let around = super::super::jvm::packages::classes_around(&class.scope).into_iter().skip(1).take(1);
        let around = around.filter(|_| nests && depth < MOST_PARENTS).map(Value::Class);
        let parent = types.into_iter().chain(around).find(|ty| {
            let Value::Class(parent) = ty else { return false };
            let written = parent.class.decorators.iter().filter_map(written_call);
            !Rc::ptr_eq(parent, &class) && written.into_iter().any(|(name, _)| is_one_of(&name, attribute))
        });
        let Some(parent) = parent else { return own };
        let before = self.resource_path(&parent, attribute, depth + 1);
        let before = self.shown(&before, "parent");
        let before = self.concat(&before, &Value::text("/"));
        self.concat(&before, &own)
    }

    /// What a mount gets: a child that is no router is noted, or answers by itself.
    pub(crate) fn answering(
        &mut self,
        mount: &MountWord,
        model: &'static ObjectModel,
        child: Value,
        spot: Spot,
    ) -> Value {
        if (!mount.strict && mount.otherwise.is_none()) || holds_router(&child, 0) || child.is_nothing() {
            return child;
        }
        if self.modules[spot.module.0].language == Language::Rust
            && let Some(made) = self.converted(&child, spot)
            && holds_router(&made, 0)
        {
            return made;
        }
        let Some(route) = &mount.otherwise else {
            if !matches!(&child, Value::Unknown(path) if path.is_empty()) {
                self.note(spot, "what is mounted here is not known");
            }
            return child;
        };
        let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
        self.become_object(&object, model);
        if let Some(it) = object.model.borrow().clone() {
            self.route(route, &it, &Rc::new(Map::default()), &Args::default(), spot);
        }
        Value::Object(object)
    }

    /// The methods that a value names, and whether these are all: text, constants of libraries, several of them.
    pub(crate) fn methods_in(&mut self, value: &Value, spot: Spot) -> (Vec<String>, bool) {
        if let Some(method) = method_of(value) {
            return (vec![method], true);
        }
        let scope = self.modules[spot.module.0].scope.clone();
        if value.is_unknown() {
            return (Vec::new(), false);
        }
        let (listed, partial) = self.walk(value, Yields::Elements, &scope);
        let mut items = Vec::new();
        for item in listed {
            match &item {
                Value::List(inner) => items.extend(inner.items.borrow().iter().cloned()),
                _ => items.push(item),
            }
        }
        let methods: Vec<String> = items.iter().filter_map(method_of).collect();
        let all = !partial && methods.len() == items.len();
        (methods, all)
    }
}

/// The one method that a value names.
pub(crate) fn method_of(value: &Value) -> Option<String> {
    let known = |name: &str| {
        let upper = name.trim_end_matches("()").to_uppercase();
        let bare = upper.strip_prefix("METHOD").unwrap_or(&upper);
        is_any_method(bare).then(|| bare.to_owned())
    };
    match value {
        Value::Function(closure) => closure.function.name.as_deref().and_then(known),
        Value::Unknown(path) => path.rsplit('.').next().and_then(known),
        other => other.as_whole_text().and_then(|text| match &*text {
            "*" => Some("ANY".to_owned()),
            text => is_method_text(text).then(|| text.to_uppercase()),
        }),
    }
}

/// Whether a text may name a method of HTTP: letters, or one of the registered names with a hyphen
/// (<https://www.iana.org/assignments/http-methods>).
fn is_method_text(text: &str) -> bool {
    let hyphened = ["M-SEARCH", "VERSION-CONTROL", "BASELINE-CONTROL"];
    let letters = text.bytes().all(|byte| byte.is_ascii_alphabetic());
    !text.is_empty() && (letters || hyphened.iter().any(|known| known.eq_ignore_ascii_case(text)))
}

pub(in crate::code::eval) fn holds_router(value: &Value, depth: usize) -> bool {
    match value {
        Value::Object(object) => object.model.borrow().is_some(),
        Value::List(list) => {
            let items = list.items.borrow();
            items.is_empty() || (depth < 4 && items.iter().all(|item| holds_router(item, depth + 1)))
        }
        Value::Alt(all) => depth < 4 && all.iter().all(|one| holds_router(one, depth + 1)),
        _ => false,
    }
}

/// An attribute's path with dots, and its arguments.
pub(in crate::code::eval) fn written_call(decorator: &Decorator) -> Option<(String, &[crate::code::form::Arg])> {
    let ExprKind::Call(call) = &decorator.expr.kind else { return None };
    let path = match &call.callee.kind {
        ExprKind::Name(name) | ExprKind::Member(_, name) => name.to_string(),
        ExprKind::Path(path) => path.iter().map(|name| &**name).collect::<Vec<_>>().join("."),
        _ => return None,
    };
    Some((path, &call.args))
}

/// Cuts off what a path says of the query: `/items/{id}?page`. A sign within brackets is a pattern's.
fn without_query(value: &mut Value) {
    let Value::Str(text) = &*value else { return };
    let mut depth = 0_usize;
    for (at, sign) in text.char_indices() {
        match sign {
            '{' | '<' => depth += 1,
            '}' | '>' => depth = depth.saturating_sub(1),
            '?' if depth == 0 => {
                *value = Value::text(&text[..at]);
                return;
            }
            _ => {}
        }
    }
}

/// An argument that is given several times by name is a list.
fn gather(args: &mut Args) {
    let mut out: Vec<(Name, Value)> = Vec::new();
    for (name, value) in std::mem::take(&mut args.named) {
        match out.iter_mut().find(|(other, _)| *other == name) {
            Some((_, Value::List(list))) if list.kind == ListKind::Set => {
                list.age.written();
                list.items.borrow_mut().push(value);
            }
            Some((_, first)) => *first = Value::list_of(ListKind::Set, vec![first.clone(), value], false),
            None => out.push((name, value)),
        }
    }
    args.named = out;
}
