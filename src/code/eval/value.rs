//! Values: what an expression may be known to be. Everything that is not known carries where it came from.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::age::Age;
use super::scope::ScopeRef;
use crate::code::form::{Class, Function, Name, Pattern};
use crate::code::holes::has_hole;
use crate::code::models::Action;

pub(crate) use super::values::maps::{Key, List, ListKind, Map};

/// The most values that travel on together.
const MOST_ALTERNATIVES: usize = 8;

/// The most names of variables that do: a table of them is as long as what it is about.
pub(crate) const MOST_NAMES: usize = 64;

/// The index of a module in the machine's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ModuleId(pub(crate) usize);

/// A place in the code: a module's file and a line in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Spot {
    /// The module.
    pub(crate) module: ModuleId,
    /// The line, from 1.
    pub(crate) line: u32,
}

/// What an expression is known to be.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// Nothing there: an absent argument, element or member.
    Undefined,
    /// `null`, `None`, `nil`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// A string, perhaps with holes.
    Str(Name),
    /// A regular expression's source.
    Regex(Name),
    /// A list, tuple or set.
    List(Rc<List>),
    /// A map or plain object.
    Map(Rc<Map>),
    /// A function with its scope.
    Function(Rc<Closure>),
    /// A function with its receiver.
    Bound(Rc<Bound>),
    /// A member that is no code of the repository: of a list, a string, a model object.
    Method(Rc<(Value, Name)>),
    /// Something of ours that is called.
    Native(Rc<Native>),
    /// A class.
    Class(Rc<ClassValue>),
    /// An instance of a class, a model object, or both.
    Object(Rc<Object>),
    /// `super`, within a method of `.0` on the receiver `.1`.
    Super(Rc<(Rc<ClassValue>, Value)>),
    /// A module.
    Module(ModuleId),
    /// What the environment holds under a name.
    Env(Rc<EnvValue>),
    /// One of several.
    Alt(Rc<[Value]>),
    /// Not evaluated yet.
    Lazy(Rc<Lazy>),
    /// Not known; the dotted path tells where it came from, calls as `()`, empty where nothing is known.
    Unknown(Name),
}

/// A function with its scope.
#[derive(Debug)]
pub(crate) struct Closure {
    /// The function.
    pub(crate) function: Arc<Function>,
    /// Where it was made.
    pub(crate) scope: ScopeRef,
    /// The receiver outside, for a lexical function.
    pub(crate) this: Option<Value>,
    /// The class it is a method of.
    pub(crate) home: RefCell<Option<Rc<ClassValue>>>,
    /// Default values, evaluated where the language evaluates them early.
    pub(crate) defaults: Vec<Option<Value>>,
    /// Members set on it.
    pub(crate) attributes: Map,
    /// What models noted on it.
    pub(crate) marks: Map,
    /// What models' decorators say about it, in the order in which they were applied.
    pub(crate) notes: RefCell<Vec<Rc<Noted>>>,
    /// Whether it was ever entered.
    pub(crate) entered: Cell<bool>,
}

/// A function with its receiver or leading arguments.
#[derive(Debug)]
pub(crate) struct Bound {
    /// What is called.
    pub(crate) callee: Value,
    /// The receiver.
    pub(crate) receiver: Value,
}

/// Something of ours that is called.
#[derive(Debug)]
pub(crate) enum Native {
    /// An action of a model that waits for the function it decorates.
    Decorator { action: &'static Action, member: Name, receiver: Value, args: Args, spot: Spot },
    /// Leading arguments given.
    Partial { callee: Value, args: Args },
    /// A decorator that copies what was noted on one function to another.
    Wraps(Value),
    /// Gives a value, whatever it is called with.
    Gives(Value),
    /// What unseen code made of routers: a handler that leads to them.
    Wrapped(Vec<Value>),
    /// A handler that sees paths without a prefix.
    Stripped { prefix: Value, inner: Value },
    /// Decorators that are applied as one, the last one first.
    Group(Vec<Value>),
    /// What a model's call says.
    Noted(Rc<Noted>),
    /// A handler made of a class.
    View(View),
    /// A callback that keeps what it is called with.
    Told(Rc<super::javascript::flows::Told>),
    /// A context at whose end a router's prefix is this again.
    Until { node: usize, prefix: Value },
}

/// What a model's call says, to be read where its value ends up: on the function or class that it decorates, under a key.
#[derive(Debug)]
pub(crate) struct Noted {
    /// What the call does.
    pub(crate) action: &'static Action,
    /// Its arguments by the names of parameters.
    pub(crate) bound: Rc<Map>,
    /// Where it stands.
    pub(crate) spot: Spot,
    /// Said under an unknown condition.
    pub(crate) conditional: bool,
}

/// A handler made of a class.
#[derive(Debug)]
pub(crate) struct View {
    /// The class.
    pub(crate) class: Value,
    /// The class's members by HTTP method, where they are given.
    pub(crate) actions: Value,
    /// What models noted on it.
    pub(crate) marks: Map,
}

/// A class.
#[derive(Debug)]
pub(crate) struct ClassValue {
    /// The class as written.
    pub(crate) class: Arc<Class>,
    /// The scope of its body.
    pub(crate) scope: ScopeRef,
    /// What it extends.
    pub(crate) bases: Vec<Value>,
    /// Members on the class: methods, static fields, class attributes.
    pub(crate) members: Map,
    /// What models noted on it.
    pub(crate) marks: Map,
    /// What models' decorators say about it, in the order in which they were applied.
    pub(crate) notes: RefCell<Vec<Rc<Noted>>>,
    /// Whether it was ever instantiated.
    pub(crate) made: Cell<bool>,
    /// Where it stands.
    pub(crate) spot: Spot,
}

/// An instance, a model object, or both.
#[derive(Debug)]
pub(crate) struct Object {
    /// Its class, unless it is a model object alone.
    pub(crate) class: Option<Rc<ClassValue>>,
    /// Its members.
    pub(crate) members: Map,
    /// What it is to the models.
    pub(crate) model: RefCell<Option<Modelled>>,
}

/// What an object is to the models.
#[derive(Debug, Clone)]
pub(crate) struct Modelled {
    /// Its type.
    pub(crate) ty: &'static crate::code::models::ObjectModel,
    /// Its node in the forest.
    pub(crate) node: usize,
    /// A prefix that this view of the node adds.
    pub(crate) view: Option<Name>,
    /// The arguments that made it.
    pub(crate) args: Rc<Map>,
}

/// What the environment holds under a name.
#[derive(Debug)]
pub(crate) struct EnvValue {
    /// The reads that brought it.
    pub(crate) reads: Vec<usize>,
    /// The value where the variable is absent.
    pub(crate) default: Option<Value>,
}

/// Something that is evaluated when it is asked for.
#[derive(Debug)]
pub(crate) enum Lazy {
    /// An export of a module.
    Export(ModuleId, Name),
    /// A name of a scope, which may be bound later.
    Local(ScopeRef, Name),
    /// A declaration of a Go file, by its place in it, and the name of it that is asked for.
    Declared(ModuleId, usize, Name),
    /// A path from a scope; whether it is looked for among modules and types first (Rust).
    Path(ScopeRef, Vec<Name>, bool),
    /// A class of a file, or a member of it by the names that lead there.
    Class(Name, Vec<Name>),
    /// A static field of a class, by its index.
    Static(Rc<ClassValue>, usize),
}

/// Arguments of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Args {
    /// By position.
    pub(crate) list: Vec<Value>,
    /// By name.
    pub(crate) named: Vec<(Name, Value)>,
    /// Whether there may be more.
    pub(crate) partial: bool,
    /// Whether the last one by position stands behind the parentheses (Kotlin): it is the last parameter's.
    pub(crate) behind: bool,
}

impl Args {
    /// Positional arguments alone.
    pub(crate) fn of(list: Vec<Value>) -> Self {
        Self { list, ..Self::default() }
    }

    /// Arguments of which none is known, nor how many there are.
    pub(crate) fn unknown() -> Self {
        Self { partial: true, ..Self::default() }
    }

    /// These first, and perhaps more.
    pub(crate) fn starting(list: Vec<Value>) -> Self {
        Self { list, partial: true, ..Self::default() }
    }

    /// The same where a value that stands behind the parentheses is given to the last parameter, whatever is left out before it.
    pub(crate) fn placed(mut self, function: &Function) -> Self {
        let Some(last) = function.params.last().filter(|_| self.behind) else { return self };
        self.behind = false;
        let between = self.list.len() != function.params.len();
        if let (Pattern::Name(name, _), true) = (&last.target, between)
            && let Some(value) = self.list.pop()
        {
            self.named.push((name.clone(), value));
        }
        self
    }

    /// The argument at a position.
    pub(crate) fn at(&self, index: usize) -> Value {
        self.list.get(index).cloned().unwrap_or(Value::Undefined)
    }

    /// The argument at a position or under a name.
    pub(crate) fn get(&self, index: usize, name: &str) -> Option<Value> {
        self.list
            .get(index)
            .or_else(|| self.named.iter().find(|(key, _)| &**key == name).map(|(_, value)| value))
            .cloned()
    }
}

impl Value {
    /// Not known, and nothing known of it.
    pub(crate) fn unknown() -> Self {
        Value::Unknown("".into())
    }

    /// Not known, from `path`.
    pub(crate) fn from_path(path: impl Into<Name>) -> Self {
        let path: Name = path.into();
        if path.len() > 160 { Self::unknown() } else { Value::Unknown(path) }
    }

    /// A string.
    pub(crate) fn text(text: impl Into<Name>) -> Self {
        Value::Str(text.into())
    }

    /// A list that is known whole.
    pub(crate) fn list(items: Vec<Value>) -> Self {
        Self::list_of(ListKind::List, items, false)
    }

    /// A list.
    pub(crate) fn list_of(kind: ListKind, items: Vec<Value>, partial: bool) -> Self {
        Value::List(Rc::new(List {
            items: RefCell::new(items),
            partial: Cell::new(partial),
            opened: Cell::new(None),
            kind,
            age: Age::default(),
            class: RefCell::default(),
            names: RefCell::default(),
            members: RefCell::default(),
        }))
    }

    /// A map that is known whole.
    pub(crate) fn map(entries: Vec<(Value, Value)>) -> Self {
        let map = Map::default();
        for (key, value) in entries {
            match key.key() {
                Some(at) => map.set(at, key, value),
                None => map.partial.set(true),
            }
        }
        Value::Map(Rc::new(map))
    }

    /// Whether nothing is known.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown(_))
    }

    /// Whether nothing is there.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self, Value::Undefined | Value::Null)
    }

    /// Whether it is code that can be entered.
    pub(crate) fn is_callable(&self) -> bool {
        matches!(self, Value::Function(_) | Value::Bound(_) | Value::Native(_))
    }

    /// The string, where it is one: an environment variable's default is.
    pub(crate) fn as_text(&self) -> Option<Name> {
        match self {
            Value::Str(text) => Some(text.clone()),
            Value::Env(env) => env.default.as_ref().and_then(Value::as_text),
            _ => None,
        }
    }

    /// The string, where it is one without holes.
    pub(crate) fn as_whole_text(&self) -> Option<Name> {
        self.as_text().filter(|text| !has_hole(text))
    }

    /// The key that it is in a map.
    pub(crate) fn key(&self) -> Option<Key> {
        match self {
            Value::Int(value) => Some(Key::Int(*value)),
            Value::Bool(value) => Some(Key::Str(if *value { "true" } else { "false" }.into())),
            Value::Null => Some(Key::Str("null".into())),
            Value::Str(text) if !has_hole(text) => Some(Key::Str(text.clone())),
            Value::Env(env) => env.default.as_ref().and_then(Value::key),
            Value::Undefined
            | Value::Float(_)
            | Value::Str(_)
            | Value::Regex(_)
            | Value::Alt(_)
            | Value::Lazy(_)
            | Value::Unknown(_)
            | Value::Super(_)
            | Value::Module(_) => None,
            _ => self.identity().map(Key::Identity),
        }
    }

    /// The address of what has an identity.
    pub(crate) fn identity(&self) -> Option<usize> {
        match self {
            Value::List(it) => Some(Rc::as_ptr(it).addr()),
            Value::Map(it) => Some(Rc::as_ptr(it).addr()),
            Value::Function(it) => Some(Rc::as_ptr(it).addr()),
            Value::Bound(it) => Some(Rc::as_ptr(it).addr()),
            Value::Method(it) => Some(Rc::as_ptr(it).addr()),
            Value::Native(it) => Some(Rc::as_ptr(it).addr()),
            Value::Class(it) => Some(Rc::as_ptr(it).addr()),
            Value::Object(it) => Some(Rc::as_ptr(it).addr()),
            _ => None,
        }
    }

    /// Whether two values are the same as far as is known: none where it is not known.
    pub(crate) fn same(&self, other: &Value) -> Option<bool> {
        match (self, other) {
            (Value::Unknown(_) | Value::Env(_) | Value::Alt(_) | Value::Lazy(_), _)
            | (_, Value::Unknown(_) | Value::Env(_) | Value::Alt(_) | Value::Lazy(_)) => None,
            (Value::Str(a), Value::Str(b)) => (!has_hole(a) && !has_hole(b)).then(|| a == b),
            (Value::Int(a), Value::Int(b)) => Some(a == b),
            (Value::Float(a), Value::Float(b)) => Some(a == b),
            (Value::Bool(a), Value::Bool(b)) => Some(a == b),
            (Value::Regex(a), Value::Regex(b)) => Some(a == b),
            (Value::Module(a), Value::Module(b)) => Some(a == b),
            (Value::Null | Value::Undefined, Value::Null | Value::Undefined) => Some(true),
            (Value::Native(it), _) | (_, Value::Native(it)) if matches!(**it, Native::Wrapped(_)) => None,
            (Value::List(a), Value::List(b)) if !Rc::ptr_eq(a, b) => {
                let (a, b) = (a.items.borrow(), b.items.borrow());
                if a.len() != b.len() {
                    return Some(false);
                }
                let mut all = Some(true);
                for (a, b) in a.iter().zip(b.iter()) {
                    match a.same(b) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => all = None,
                    }
                }
                all
            }
            _ => match (self.identity(), other.identity()) {
                (Some(a), Some(b)) => Some(a == b),
                _ => Some(false),
            },
        }
    }

    /// The two as one value: what is known wins over what is not; two known ones travel on together.
    pub(crate) fn join(self, other: Value) -> Value {
        fn weak(value: &Value) -> bool {
            matches!(value, Value::Unknown(_) | Value::Undefined | Value::Null | Value::Lazy(_) | Value::Bool(false))
                || super::go::may_be_nil(value)
        }
        if let (Value::Unknown(from), Value::Unknown(_)) = (&self, &other)
            && from.is_empty()
        {
            return other;
        }
        // An empty map beside what is not known says nothing of what is in it.
        let empty = |value: &Value| matches!(value, Value::Map(map) if map.pairs().is_empty());
        let told = |value: &Value| matches!(value, Value::Unknown(path) if !path.is_empty());
        if told(&self) && empty(&other) {
            return self;
        }
        if empty(&self) && told(&other) {
            return other;
        }
        if weak(&self) {
            let stays = weak(&other) && !super::go::may_be_nil(&other);
            return if stays && !self.is_nothing() && !matches!(self, Value::Bool(_)) { self } else { other };
        }
        if weak(&other) || self.same(&other) == Some(true) {
            return self;
        }
        // Several results, of which each way knows some.
        if let Some(pairs) = self.results_beside(&other)
            && pairs.iter().any(|(a, b)| weak(a) || weak(b))
        {
            let joined = pairs.into_iter().map(|(a, b)| a.join(b)).collect();
            return Self::list_of(ListKind::Tuple, joined, false);
        }
        let mut all: Vec<Value> = Vec::new();
        for value in self.each().iter().chain(other.each().iter()) {
            let holed = matches!(value, Value::Str(text) if has_hole(text));
            if !all.iter().any(|seen| seen.same(value) == Some(true)) && (!holed || all.is_empty()) {
                all.push(value.clone());
            }
        }
        // Of too many routers those that were made last are put together of the others.
        let over = all.len().saturating_sub(MOST_ALTERNATIVES);
        if all.iter().all(|one| matches!(one, Value::Object(it) if it.model.borrow().is_some())) {
            all.drain(..over);
        }
        all.truncate(MOST_ALTERNATIVES);
        match all.len() {
            1 => all.remove(0),
            _ => Value::Alt(all.into()),
        }
    }

    /// What two ways of a program came to, as one value: as [`Value::join`], but what is so on one of them alone decides nothing.
    pub(crate) fn either(self, other: Value) -> Value {
        if let Some(held) = self.held_over(&other).or_else(|| other.held_over(&self)) {
            return held;
        }
        // What is held with a part that is not known comes first, where it stays beside the other.
        let last = other.is_held_open() && !self.is_held_open();
        let (this, other) = (self.released(), other.released());
        if last { other.beside(this) } else { this.beside(other) }
    }

    fn beside(self, other: Value) -> Value {
        if let Some(pairs) = self.results_beside(&other)
            && pairs.iter().any(|(a, b)| a.decides_otherwise(b))
        {
            let each = |(a, b): (Value, Value)| if a.decides_otherwise(&b) { a.either(b) } else { a.join(b) };
            return Self::list_of(ListKind::Tuple, pairs.into_iter().map(each).collect(), false);
        }
        match (&self, &other) {
            (Value::Bool(a), Value::Bool(b)) if a == b => self,
            (Value::Bool(false), Value::Undefined | Value::Null) => self,
            (Value::Undefined | Value::Null, Value::Bool(false)) => other,
            (Value::Bool(_), Value::Bool(_) | Value::Unknown(_) | Value::Undefined | Value::Null)
            | (Value::Unknown(_) | Value::Undefined | Value::Null, Value::Bool(_)) => Value::unknown(),
            (Value::Str(_) | Value::Int(_) | Value::Float(_), Value::Unknown(_) | Value::Undefined | Value::Null) => {
                self.fallback()
            }
            (Value::Unknown(_) | Value::Undefined | Value::Null, Value::Str(_) | Value::Int(_) | Value::Float(_)) => {
                other.fallback()
            }
            _ if self.is_absent() && other.identity().is_some() => Value::Alt(vec![other].into()),
            _ if other.is_absent() && self.identity().is_some() => Value::Alt(vec![self].into()),
            _ => {
                let perhaps = self.is_perhaps() || other.is_perhaps();
                let joined = self.join(other);
                if perhaps && joined.identity().is_some() { Value::Alt(vec![joined].into()) } else { joined }
            }
        }
    }

    /// The results of two ways side by side, where both give as many.
    fn results_beside(&self, other: &Value) -> Option<Vec<(Value, Value)>> {
        let (Value::List(a), Value::List(b)) = (self, other) else { return None };
        let (one, two) = (a.items.borrow(), b.items.borrow());
        let alike = (a.kind, b.kind) == (ListKind::Tuple, ListKind::Tuple) && one.len() == two.len();
        alike.then(|| one.iter().cloned().zip(two.iter().cloned()).collect())
    }

    /// Whether conditions upon it decide what they would not upon the other: one of them is a text, a number or a truth
    /// value, and the other is none, or they are two truth values.
    fn decides_otherwise(&self, other: &Value) -> bool {
        let scalar = |value: &Value| matches!(value, Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_));
        scalar(self) != scalar(other) || matches!((self, other), (Value::Bool(_), Value::Bool(_)))
    }

    /// What may be it, or anything else: what the environment gives where a variable is absent is so, too.
    pub(crate) fn fallback(self) -> Value {
        Value::Env(Rc::new(EnvValue { reads: Vec::new(), default: Some(self) }))
    }

    /// Whether it is one value or nothing.
    fn is_perhaps(&self) -> bool {
        matches!(self, Value::Alt(all) if all.len() == 1)
    }

    /// Whether it counts as false in every language.
    fn is_absent(&self) -> bool {
        matches!(self, Value::Undefined | Value::Null | Value::Bool(false))
    }

    /// Whether it is a text that looks like a variable's name.
    pub(crate) fn is_shouted(&self) -> bool {
        matches!(self, Value::Str(text) if super::env::whole::is_shouted(text))
    }

    /// The alternatives, or itself alone.
    pub(crate) fn each(&self) -> Vec<Value> {
        match self {
            Value::Alt(all) => all.to_vec(),
            other => vec![other.clone()],
        }
    }

    /// The alternatives as one value.
    pub(crate) fn any_of(values: Vec<Value>) -> Value {
        if values.len() > MOST_ALTERNATIVES && values.iter().all(Value::is_shouted) {
            let mut seen = std::collections::BTreeSet::new();
            let names = values.into_iter().filter(|name| name.as_text().is_some_and(|name| seen.insert(name)));
            return Value::Alt(names.take(MOST_NAMES).collect());
        }
        values.into_iter().reduce(Value::join).unwrap_or(Value::Undefined)
    }

    /// What several ways of a program came to, as one value.
    pub(crate) fn one_of(values: Vec<Value>) -> Value {
        values.into_iter().reduce(Value::either).unwrap_or(Value::Undefined).released()
    }
}
