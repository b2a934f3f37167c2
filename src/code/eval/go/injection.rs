//! Containers that call functions with what other functions give, by type: fx and dig, and what wire writes. What is provided is
//! made when something needs it, once; names and groups tell apart what is of one type.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, Closure, ListKind, Map, Object, Spot, Value};
use super::labels::{Label, Said, Told};
use super::types::{Shape, plain};
use crate::code::form::{ClassKind, Name, TypeRef};
use crate::code::models::ContainerWord;

/// How deeply what is needed needs more.
const DEEPEST: usize = 12;
/// Elements that a list of everything of a type has.
const MOST: usize = 64;
/// The type that says of a struct that each of its fields is asked for.
const FIELDS: &str = "In";
/// The type that says of a struct that each of its fields is there for itself.
const RESULTS: &str = "Out";

/// What containers call.
#[derive(Debug, Default)]
pub(super) struct Container {
    /// The program whose container it is.
    program: usize,
    /// What gives something, and what that was.
    providers: Vec<Provider>,
    /// What gives something instead of what was provided.
    decorators: Vec<Provider>,
    /// What is called for itself.
    invoked: Vec<(Value, Said)>,
    /// What running functions are to give, which stands for code that is written from it: how many calls there were, and what
    /// is provided.
    built: Vec<(usize, Value)>,
}

/// What gives something.
#[derive(Debug, Clone)]
struct Provider {
    source: Source,
    said: Said,
    given: Option<Value>,
    busy: bool,
}

/// Where it has that from.
#[derive(Debug, Clone)]
enum Source {
    /// A function that is called.
    Function(Value),
    /// A value, and its type where that is stated.
    Value(Value, Option<(TypeRef, ScopeRef)>),
    /// Each field of a struct is asked for.
    Fills(Rc<ClassValue>),
    /// The fields of something that is provided.
    Parts(Rc<ClassValue>),
}

/// A type, told apart from others.
#[derive(Debug, Clone)]
enum Kind {
    Own(Rc<ClassValue>),
    Outside(Name),
    /// A basic type.
    Basic(Name),
    List(Box<Kind>),
}

/// One of the things that a provider gives.
#[derive(Debug, Clone)]
struct Output {
    kind: Option<Kind>,
    label: Label,
    /// Its place among several results.
    index: Option<usize>,
    /// The field of the result that it is.
    field: Option<Name>,
}

impl Kind {
    fn is(&self, other: &Kind) -> bool {
        match (self, other) {
            (Kind::Own(one), Kind::Own(other)) => Rc::ptr_eq(one, other),
            (Kind::Outside(one), Kind::Outside(other)) | (Kind::Basic(one), Kind::Basic(other)) => one == other,
            (Kind::List(one), Kind::List(other)) => one.is(other),
            (Kind::Own(_) | Kind::Outside(_) | Kind::Basic(_) | Kind::List(_), _) => false,
        }
    }
}

/// The function in a value that is called.
fn closure_of(value: &Value) -> Option<Rc<Closure>> {
    match value {
        Value::Function(closure) => Some(closure.clone()),
        Value::Bound(bound) => closure_of(&bound.callee),
        _ => None,
    }
}

/// Whether a struct takes in a type of a container's.
fn takes_in(class: &ClassValue, what: &str) -> bool {
    class.class.fields.iter().any(|field| &*field.name == what && (field.is_embedded || what == FIELDS))
}

impl Machine<'_> {
    /// A container is told something.
    pub(crate) fn go_container(&mut self, word: &ContainerWord, bound: &Rc<Map>, spot: Spot) {
        if self.go.container.program != self.go.program {
            self.go.container = Container { program: self.go.program, ..Container::default() };
        }
        let more = match &word.said {
            Some(said) => self.argument_at(bound, said, spot),
            None => Value::Undefined,
        };
        if let Some(argument) = &word.provides {
            let given = self.argument_at(bound, argument, spot);
            let all = self.providers_in(&given, &more, false);
            self.go.container.providers.extend(all);
        }
        if let Some(argument) = &word.supplies {
            let given = self.argument_at(bound, argument, spot);
            let all = self.providers_in(&given, &more, true);
            self.go.container.providers.extend(all);
        }
        for (argument, are_values) in [(&word.decorates, false), (&word.replaces, true)] {
            if let Some(argument) = argument {
                let given = self.argument_at(bound, argument, spot);
                let all = self.providers_in(&given, &more, are_values);
                self.go.container.decorators.extend(all);
            }
        }
        if let Some(argument) = &word.invokes {
            let given = self.argument_at(bound, argument, spot);
            let told = self.go_told(&given, &more);
            let functions = told.into_iter().filter_map(|(told, said)| match told {
                Told::Plain(function) if closure_of(&function).is_some() => Some((function, said)),
                Told::Plain(_) | Told::Value(_) | Told::Fills(_) | Told::Parts(_) => None,
            });
            self.go.container.invoked.extend(functions);
        }
        if let Some(argument) = &word.builds {
            let given = self.argument_at(bound, argument, spot);
            let depth = self.frames.len();
            self.go.container.built.push((depth, given));
        }
    }

    /// What gives something among what a container is told.
    fn providers_in(&mut self, given: &Value, more: &Value, are_values: bool) -> Vec<Provider> {
        let told = self.go_told(given, more);
        let provider = |(told, said): (Told, Said)| {
            let source = match told {
                Told::Plain(function) if !are_values => closure_of(&function).map(|_| Source::Function(function)),
                Told::Plain(value) | Told::Value(value) => Some(Source::Value(value, None)),
                Told::Fills(value) => class_of(&value).map(Source::Fills),
                Told::Parts(value) => class_of(&value).map(Source::Parts),
            };
            Some(Provider { source: source?, said, given: None, busy: false })
        };
        told.into_iter().filter_map(provider).collect()
    }

    /// What a function gives whose body only says of what that is to be built; none where it says nothing of it.
    pub(crate) fn go_built(&mut self, closure: &Rc<Closure>, args: &Args) -> Option<Value> {
        let depth = self.frames.len() + 1;
        self.go.container.built.retain(|(at, _)| *at <= depth);
        if self.go.container.built.last().is_none_or(|(at, _)| *at != depth) {
            return None;
        }
        let (_, given) = self.go.container.built.pop()?;
        let own = Container { program: self.go.program, ..Container::default() };
        let outer = std::mem::replace(&mut self.go.container, own);
        let all = self.providers_in(&given, &Value::Undefined, false);
        self.go.container.providers = all;
        let function = closure.function.clone();
        for (at, param) in function.params.iter().enumerate() {
            if let Some(ty) = &param.ty {
                let stated = Some((ty.clone(), closure.scope.clone()));
                let source = Source::Value(args.at(at), stated);
                let given = Provider { source, said: Said::default(), given: None, busy: false };
                self.go.container.providers.push(given);
            }
        }
        let built = function.returns.clone().map(|returns| {
            let parts = if returns.path.is_empty() { returns.args.clone() } else { vec![returns] };
            let mut values: Vec<Value> = Vec::new();
            for part in &parts {
                let error = matches!(part.path.as_slice(), [name] if &**name == "error");
                let value = if error { Value::Null } else { self.needed(part, &Label::default(), &closure.scope, 0) };
                values.push(value);
            }
            if values.len() == 1 { values.remove(0) } else { Self::tuple(values) }
        });
        // All of it is needed for something, or it is refused.
        for at in 0..self.go.container.providers.len() {
            self.whole_of(Where::Provided(at), 0);
        }
        self.go.container = outer;
        built
    }

    /// An instance of a type that a container is asked for.
    pub(super) fn go_asked(&mut self, class: &Rc<ClassValue>) -> Value {
        let wanted = Kind::Own(class.clone());
        let giver = self.givers(&wanted, &Label::default(), false).into_iter().next();
        let given = giver.and_then(|(at, output)| self.result_of(at, &output, 0));
        given.unwrap_or_else(|| plain(class.clone()))
    }

    /// Calls what containers were told to call; whether there was any.
    pub(super) fn go_invoke(&mut self) -> bool {
        let invoked = std::mem::take(&mut self.go.container.invoked);
        for (function, said) in &invoked {
            self.injected_call(function, said, 0);
        }
        !invoked.is_empty()
    }

    /// Calls a function with what its parameters' types ask for.
    fn injected_call(&mut self, function: &Value, said: &Said, depth: usize) -> Value {
        let Some(closure) = closure_of(function) else { return Value::unknown() };
        let scope = closure.scope.clone();
        let mut list = Vec::new();
        for (at, param) in closure.function.params.iter().enumerate() {
            let label = said.params.get(at).cloned().unwrap_or_default();
            let value = param.ty.as_ref().map(|ty| self.needed(ty, &label, &scope, depth + 1));
            list.push(value.unwrap_or_else(Value::unknown));
        }
        let spot = Spot { module: scope.module, line: closure.function.pos.line };
        self.call(function, Args::of(list), spot)
    }

    /// What a container hands out for a type; what the type says where nothing provides it.
    fn needed(&mut self, ty: &TypeRef, label: &Label, scope: &ScopeRef, depth: usize) -> Value {
        if depth < DEEPEST {
            let shape = self.shape(ty, scope);
            if let (Some(group), Shape::List(..)) = (&label.group, &shape) {
                let all = self.grouped(group, depth);
                if !all.is_empty() {
                    return Value::list_of(ListKind::List, all, false);
                }
            }
            if let Some(value) = self.provided(ty, label, scope, depth) {
                return value;
            }
            match shape {
                Shape::Struct(class) if takes_in(&class, FIELDS) => return self.by_fields(&class, depth),
                Shape::List(element, inner) => {
                    let all = self.every(&element, &inner, depth);
                    if !all.is_empty() {
                        return Value::list_of(ListKind::List, all, false);
                    }
                }
                Shape::Struct(_)
                | Shape::Map(..)
                | Shape::Function
                | Shape::Interface(_)
                | Shape::Outside(_)
                | Shape::Plain(_) => {}
            }
        }
        self.typed(ty, scope).unwrap_or_else(Value::unknown)
    }

    /// An instance each of whose fields is asked for.
    fn by_fields(&mut self, class: &Rc<ClassValue>, depth: usize) -> Value {
        let members = Map::default();
        let written = class.class.clone();
        for field in written.fields.iter().filter(|field| &*field.name != FIELDS) {
            if let Some(ty) = &field.ty {
                let label = field.tag.as_ref().map(|tag| Label::read(tag)).unwrap_or_default();
                members.put(&field.name, self.needed(ty, &label, &class.scope, depth + 1));
            }
        }
        class.made.set(true);
        Value::Object(Rc::new(Object { class: Some(class.clone()), members, model: std::cell::RefCell::default() }))
    }

    fn kind(&mut self, ty: &TypeRef, scope: &ScopeRef) -> Option<Kind> {
        if let ([word], [element]) = (ty.path.as_slice(), ty.args.as_slice())
            && &**word == "[]"
        {
            return Some(Kind::List(Box::new(self.kind(element, scope)?)));
        }
        match self.type_value(ty, scope) {
            Value::Class(class) => Some(Kind::Own(class)),
            Value::Unknown(path) if path.contains('.') => Some(Kind::Outside(path)),
            _ => match ty.path.as_slice() {
                [name] if matches!(&**name, "string" | "int" | "bool") => Some(Kind::Basic(name.clone())),
                _ => None,
            },
        }
    }

    /// The type of a value that is provided.
    fn kind_of(&mut self, value: &Value) -> Option<Kind> {
        match value {
            Value::Object(it) => match (&it.class, &*it.model.borrow()) {
                (Some(class), _) => Some(Kind::Own(class.clone())),
                (None, Some(model)) => model.ty.types.first().map(|path| Kind::Outside(path.as_str().into())),
                (None, None) => None,
            },
            Value::List(list) => list.class.borrow().clone().map(Kind::Own),
            Value::Str(_) => Some(Kind::Basic("string".into())),
            Value::Int(_) => Some(Kind::Basic("int".into())),
            Value::Bool(_) => Some(Kind::Basic("bool".into())),
            _ => None,
        }
    }

    /// What a provider gives.
    fn outputs(&mut self, provider: &Provider) -> Vec<Output> {
        let label = |at: usize| provider.said.results.get(at).cloned().unwrap_or_default();
        let whole = |kind| vec![Output { kind, label: label(0), index: None, field: None }];
        match &provider.source {
            Source::Value(_, Some((ty, scope))) => whole(self.kind(ty, scope)),
            Source::Value(value, None) => whole(self.kind_of(value)),
            Source::Fills(class) => whole(Some(Kind::Own(class.clone()))),
            Source::Parts(class) => self.fields_of(class, None),
            Source::Function(function) => {
                let Some(closure) = closure_of(function) else { return Vec::new() };
                let Some(returns) = closure.function.returns.clone() else { return Vec::new() };
                let several = returns.path.is_empty();
                let parts = if several { returns.args.clone() } else { vec![returns] };
                let mut all = Vec::new();
                for (at, part) in parts.iter().enumerate() {
                    let index = several.then_some(at);
                    let kind = self.kind(part, &closure.scope);
                    match &kind {
                        Some(Kind::Own(class)) if takes_in(class, RESULTS) => {
                            all.extend(self.fields_of(class, index));
                        }
                        _ => all.push(Output { kind, label: label(at), index, field: None }),
                    }
                }
                all
            }
        }
    }

    /// The fields of a struct, each for itself.
    fn fields_of(&mut self, class: &Rc<ClassValue>, index: Option<usize>) -> Vec<Output> {
        let written = class.class.clone();
        let mut all = Vec::new();
        for field in written.fields.iter().filter(|field| &*field.name != RESULTS) {
            let kind = field.ty.as_ref().and_then(|ty| self.kind(ty, &class.scope));
            let label = field.tag.as_ref().map(|tag| Label::read(tag)).unwrap_or_default();
            all.push(Output { kind, label, index, field: Some(field.name.clone()) });
        }
        all
    }

    /// Whether something of one type will do for another: it is that type, or what implements it.
    fn will_do(&mut self, given: &Kind, wanted: &Kind) -> bool {
        match (given, wanted) {
            (given, wanted) if given.is(wanted) => true,
            (Kind::Own(given), Kind::Own(wanted)) if wanted.class.kind == ClassKind::Interface => {
                self.implementations(wanted).iter().any(|one| Rc::ptr_eq(one, given))
            }
            _ => false,
        }
    }

    /// What gives a type under a label: what gives the very type before what implements it.
    fn givers(&mut self, wanted: &Kind, label: &Label, decorators: bool) -> Vec<(Where, Output)> {
        let container = &self.go.container;
        let all = if decorators { container.decorators.clone() } else { container.providers.clone() };
        let (mut very, mut other) = (Vec::new(), Vec::new());
        for (at, provider) in all.iter().enumerate().filter(|(_, it)| !it.busy || !decorators) {
            for output in self.outputs(provider).into_iter().filter(|it| it.label == *label) {
                let place = if decorators { Where::Decorated(at) } else { Where::Provided(at) };
                match output.kind.clone() {
                    Some(kind) if kind.is(wanted) => very.push((place, output)),
                    Some(kind) if self.will_do(&kind, wanted) => other.push((place, output)),
                    Some(_) | None => {}
                }
            }
        }
        very.append(&mut other);
        very
    }

    fn provided(&mut self, ty: &TypeRef, label: &Label, scope: &ScopeRef, depth: usize) -> Option<Value> {
        let wanted = self.kind(ty, scope)?;
        // The last that decorates it stands outermost.
        if let Some((at, output)) = self.givers(&wanted, label, true).pop()
            && let Some(value) = self.result_of(at, &output, depth)
        {
            return Some(value);
        }
        let (at, output) = self.givers(&wanted, label, false).into_iter().next()?;
        self.result_of(at, &output, depth)
    }

    /// Everything that is provided of a type and has no name.
    fn every(&mut self, ty: &TypeRef, scope: &ScopeRef, depth: usize) -> Vec<Value> {
        let Some(wanted) = self.kind(ty, scope) else { return Vec::new() };
        let all = self.givers(&wanted, &Label::default(), false).into_iter().take(MOST);
        all.filter_map(|(at, output)| self.result_of(at, &output, depth)).collect()
    }

    /// Everything that is provided for a group.
    fn grouped(&mut self, group: &Name, depth: usize) -> Vec<Value> {
        let providers = self.go.container.providers.clone();
        let mut all = Vec::new();
        for (at, provider) in providers.iter().enumerate() {
            for output in self.outputs(provider) {
                if output.label.group.as_ref() != Some(group) || all.len() >= MOST {
                    continue;
                }
                let Some(value) = self.result_of(Where::Provided(at), &output, depth) else { continue };
                // A list that is given to a group is all of its elements.
                match &value {
                    Value::List(list) => all.extend(list.items.borrow().iter().cloned()),
                    _ => all.push(value),
                }
            }
        }
        all
    }

    /// What a provider gives, of several results or fields the one.
    fn result_of(&mut self, at: Where, output: &Output, depth: usize) -> Option<Value> {
        let whole = self.whole_of(at, depth)?;
        let one = match (&whole, output.index) {
            (Value::List(list), Some(index)) if list.kind == ListKind::Tuple => {
                list.items.borrow().get(index).cloned()?
            }
            _ => whole,
        };
        let Some(field) = &output.field else { return Some(one) };
        let Value::Object(it) = &one else { return None };
        it.members.named(field).or_else(|| self.go_field(it, field))
    }

    /// All that a provider gives, made once; none where it is being made.
    fn whole_of(&mut self, at: Where, depth: usize) -> Option<Value> {
        let provider = self.provider(at)?.clone();
        if provider.given.is_some() || provider.busy || depth >= DEEPEST {
            return provider.given;
        }
        self.provider(at)?.busy = true;
        let given = match &provider.source {
            Source::Function(function) => self.injected_call(function, &provider.said, depth),
            Source::Value(value, _) => value.clone(),
            Source::Fills(class) => self.by_fields(class, depth),
            Source::Parts(class) => {
                let wanted = Kind::Own(class.clone());
                let whole = self.givers(&wanted, &Label::default(), false).into_iter().next();
                let whole = whole.and_then(|(at, output)| self.result_of(at, &output, depth + 1));
                whole.unwrap_or_else(Value::unknown)
            }
        };
        let known = self.provider(at)?;
        known.busy = false;
        known.given = Some(given.clone());
        Some(given)
    }

    fn provider(&mut self, at: Where) -> Option<&mut Provider> {
        match at {
            Where::Provided(at) => self.go.container.providers.get_mut(at),
            Where::Decorated(at) => self.go.container.decorators.get_mut(at),
        }
    }
}

/// The place of a provider.
#[derive(Debug, Clone, Copy)]
enum Where {
    Provided(usize),
    Decorated(usize),
}

/// The class of an instance, or of what leads to one.
fn class_of(value: &Value) -> Option<Rc<ClassValue>> {
    match value {
        Value::Object(it) => it.class.clone(),
        Value::Class(class) => Some(class.clone()),
        _ => None,
    }
}
