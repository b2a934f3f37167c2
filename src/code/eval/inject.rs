//! Containers of JavaScript and Kotlin: what they are told under a key, and what they give for it.

use std::cell::RefCell;
use std::rc::Rc;

use super::machine::Machine;
use super::value::{Args, ClassValue, Map, Modelled, Native, Object, Spot, Value};
use crate::code::form::{Decorator, Language, Name, TypeRef};
use crate::code::models::{BindsWord, ObjectModel, ResolvesWord};

/// Things that containers may be told.
const MOST_TOLD: usize = 4_000;
/// Keys that lead to keys.
const MOST_DEPTH: usize = 8;

/// What a container was told.
#[derive(Debug)]
pub(crate) struct Told {
    key: Value,
    /// What tells it apart from others under the key.
    qualifier: Option<Value>,
    how: How,
    /// It is one of all that there is under the key: under what it stands among them, where that is said.
    element: Option<Value>,
    /// The keys of what the function that gives it gets.
    takes: Vec<Value>,
    /// What is made gets what this kind of object is.
    hands: Option<&'static ObjectModel>,
    /// What it came to, once it was asked for.
    made: RefCell<Option<Value>>,
}

/// How it comes to what it gives.
#[derive(Debug, Clone)]
enum How {
    Class(Value),
    Function(Value),
    /// What the method `get` of this class or instance gives.
    Provider(Value),
    Value(Value),
    Other(Value),
}

impl Machine<'_> {
    /// Tells containers what they give under a key.
    pub(super) fn binds(&mut self, word: &BindsWord, model: &Modelled, bound: &Rc<Map>, spot: Spot) {
        let hands = word.hands.then(|| self.cradle_of(model)).flatten();
        if let Some(table) = &word.table
            && let Value::Map(map) = self.argument_at(bound, table, spot)
        {
            for (key, value) in map.pairs() {
                let value = self.force(value);
                self.tell(key, None, (how_of(value), Vec::new()), hands);
            }
            return;
        }
        let key = match word.key.strip_prefix('^') {
            Some(own) => self.argument_at(&model.args, own, spot),
            None => self.argument_at(bound, &word.key, spot),
        };
        let key = match key {
            Value::Undefined => model.args.named(&word.key).unwrap_or(Value::Undefined),
            key => key,
        };
        let key = self.force(key);
        let qualifier =
            word.qualifier.as_ref().map_or(Value::Undefined, |path| match self.argument_at(bound, path, spot) {
                Value::Undefined => model.args.named(path).unwrap_or(Value::Undefined),
                qualifier => qualifier,
            });
        let qualifier = Some(self.force(qualifier)).filter(|qualifier| !qualifier.is_nothing());
        let mut given = |path: &Option<String>| {
            let path = path.as_ref()?;
            let value = match self.argument_at(bound, path, spot) {
                Value::Undefined => self.force(model.args.named(path)?),
                value => value,
            };
            (!matches!(value, Value::Undefined | Value::Unknown(_))).then_some(value)
        };
        let given_provider = given(&word.provider);
        let class = given(&word.class).filter(|value| matches!(value, Value::Class(_)));
        let how = match class {
            Some(class) => Some(How::Class(class)),
            None => match given(&word.function).filter(Value::is_callable) {
                Some(function) => Some(How::Function(function)),
                None => given(&word.value).map(how_of).or_else(|| given(&word.other).map(How::Other)),
            },
        };
        let how = how.or_else(|| given_provider.map(How::Provider));
        let element = word.element.then(|| match &word.entry {
            Some(entry) => model.args.named(entry).unwrap_or(Value::Undefined),
            None => Value::Undefined,
        });
        match how {
            Some(how) if element.is_some() => self.tell_element(key, element.unwrap_or(Value::Undefined), how),
            Some(How::Function(function)) if word.made && key.is_nothing() && qualifier.is_none() => {
                let made = self.call(&function, Args::unknown(), spot);
                let key = match &made {
                    Value::Object(object) => self.key_of(object),
                    _ => None,
                };
                if let Some(key) = key {
                    self.tell(key, qualifier, (How::Value(made), Vec::new()), hands);
                }
            }
            Some(how) => {
                let takes = word.takes.as_ref().map(|takes| self.argument_at(bound, takes, spot));
                let takes = match takes {
                    Some(Value::List(list)) => list.items.borrow().clone(),
                    _ => Vec::new(),
                };
                self.tell(key, qualifier, (how, takes), hands);
            }
            None => {}
        }
    }

    /// What containers of Kotlin were told of a class.
    pub(super) fn defined(&mut self, class: &Rc<ClassValue>) -> Option<Value> {
        if self.told.is_empty() || self.language(&class.scope) != Language::Java {
            return None;
        }
        let key = Value::Class(class.clone());
        let is_it =
            |told: &Told| told.qualifier.is_none() && told.element.is_none() && told.key.same(&key) == Some(true);
        let told = self.told.iter().rev().find(|told| is_it(told)).cloned()?;
        // An `object` of Kotlin's is its class here.
        Some(self.come_to(&told, 0, class.spot)).filter(|value| matches!(value, Value::Object(_) | Value::Class(_)))
    }

    /// What they were told of a library's type.
    pub(super) fn defined_at(&mut self, path: &str, scope: &super::scope::ScopeRef) -> Option<Value> {
        if self.told.is_empty() || self.language(scope) != Language::Java {
            return None;
        }
        let is_it = |told: &&Rc<Told>| {
            let bare = told.qualifier.is_none() && told.element.is_none();
            bare && matches!(&told.key, Value::Str(key) if **key == *path)
        };
        let told = self.told.iter().rev().find(is_it).cloned()?;
        let spot = Spot { module: scope.module, line: 0 };
        Some(self.come_to(&told, 0, spot))
            .filter(|value| matches!(value, Value::Object(it) if it.model.borrow().is_some()))
    }

    /// What they were told of a type that states what it is of: a list of one class.
    pub(super) fn defined_as(&mut self, ty: &TypeRef, scope: &super::scope::ScopeRef) -> Option<Value> {
        if self.told.is_empty() || ty.args.is_empty() || self.language(scope) != Language::Java {
            return None;
        }
        let is_it = |told: &Told| {
            told.qualifier.is_none()
                && told.element.is_none()
                && matches!(&told.key, Value::Str(key) if **key == *ty.text)
        };
        let told = self.told.iter().rev().find(|told| is_it(told)).cloned()?;
        let spot = Spot { module: scope.module, line: 0 };
        Some(self.come_to(&told, 0, spot))
            .filter(|value| matches!(value, Value::Object(_) | Value::List(_) | Value::Map(_)))
    }

    /// The key that stands for what something is where none is stated: its class, or a library's type.
    fn key_of(&self, object: &Rc<Object>) -> Option<Value> {
        if let Some(class) = &object.class {
            return Some(Value::Class(class.clone()));
        }
        let model = object.model.borrow().as_ref()?.ty;
        let path = model.types.iter().find(|path| self.models.types.contains_key(path.as_str()))?;
        Some(Value::text(path.as_str()))
    }

    fn tell(
        &mut self,
        key: Value,
        qualifier: Option<Value>,
        how: (How, Vec<Value>),
        hands: Option<&'static ObjectModel>,
    ) {
        let (how, takes) = how;
        // A type that is not known yet tells nothing: the qualifier does.
        let key = match key {
            // A library's type, by its path.
            Value::Unknown(path) if self.models.types.contains_key(&*path) => Value::Str(path),
            key if qualifier.is_some() && key.is_unknown() => Value::Undefined,
            key => key,
        };
        let known = key.key().is_some() || (qualifier.is_some() && key.is_nothing());
        if self.told.len() < MOST_TOLD && known {
            self.effects += 1;
            self.told.push(Rc::new(Told {
                key,
                qualifier,
                how,
                takes,
                hands,
                element: None,
                made: RefCell::default(),
            }));
        }
    }

    /// Tells containers one of all that there is under a key, once.
    fn tell_element(&mut self, key: Value, entry: Value, how: How) {
        let known = |told: &&Rc<Told>| {
            let same = match (&told.how, &how) {
                (How::Other(own) | How::Class(own), How::Other(new) | How::Class(new))
                | (How::Function(own), How::Function(new))
                | (How::Value(own), How::Value(new))
                | (How::Provider(own), How::Provider(new)) => own.same(new) == Some(true),
                _ => false,
            };
            let place = told.element.as_ref().is_some_and(|own| own.is_nothing() || own.same(&entry) == Some(true));
            same && place && told.key.same(&key) == Some(true)
        };
        if key.key().is_none() || self.told.len() >= MOST_TOLD || self.told.iter().any(|told| known(&told)) {
            return;
        }
        self.effects += 1;
        let told = Told {
            key,
            qualifier: None,
            how,
            element: Some(entry),
            takes: Vec::new(),
            hands: None,
            made: RefCell::default(),
        };
        self.told.push(Rc::new(told));
    }

    /// Tells containers what a method gives that they call.
    pub(super) fn tell_given(&mut self, key: Value, method: Value, element: bool) {
        match element {
            true => self.tell_element(key, Value::Undefined, How::Function(method)),
            false => self.tell(key, None, (How::Function(method), Vec::new()), None),
        }
    }

    /// Tells containers what a method gives that they call, under a name that tells it apart.
    pub(super) fn tell_named(&mut self, key: Value, name: Name, method: Value) {
        self.tell(key, Some(Value::Str(name)), (How::Function(method), Vec::new()), None);
    }

    /// The one thing, a text or an instance, that containers were told under a name, of whatever type.
    pub(super) fn told_as(&mut self, name: &Name, spot: Spot) -> Option<Value> {
        let name = Value::Str(name.clone());
        let is_it = |told: &&Rc<Told>| told.qualifier.as_ref().is_some_and(|own| own.same(&name) == Some(true));
        let found: Vec<Rc<Told>> = self.told.iter().filter(is_it).cloned().collect();
        let last = found.last()?;
        let of_one = |told: &Rc<Told>| told.key.key() == last.key.key();
        if !found.iter().all(of_one) {
            return None;
        }
        let made = self.come_to(last, 0, spot);
        matches!(made, Value::Str(_) | Value::Env(_) | Value::Object(_)).then_some(made)
    }

    /// Tells them that what they are asked for under a key is what there is under another.
    pub(super) fn tell_other(&mut self, key: Value, other: Value, element: bool) {
        match element {
            true => self.tell_element(key, Value::Undefined, How::Other(other)),
            false => self.tell(key, None, (How::Other(other), Vec::new()), None),
        }
    }

    /// All that containers were told one by one of a class, each with what it stands under; none where they were told nothing.
    pub(super) fn elements_told(&mut self, class: &Rc<ClassValue>, spot: Spot) -> Option<Vec<(Value, Value)>> {
        let key = Value::Class(class.clone());
        let is_it = |told: &&Rc<Told>| told.element.is_some() && told.key.same(&key) == Some(true);
        let all: Vec<Rc<Told>> = self.told.iter().filter(is_it).cloned().collect();
        let entry = |told: &Told| told.element.clone().unwrap_or(Value::Undefined);
        let all: Vec<_> = all.iter().map(|told| (entry(told), self.come_to(told, 0, spot))).collect();
        (!all.is_empty()).then_some(all)
    }

    /// The kind of object whose members are what its container was told.
    fn cradle_of(&self, model: &Modelled) -> Option<&'static ObjectModel> {
        let file = model.ty.name.split('.').next()?;
        let named = model.ty.values.values().filter_map(|value| value.strip_prefix("new "));
        named.filter_map(|name| self.models.objects.get(&format!("{file}.{name}")).copied()).find(|model| model.cradle)
    }

    /// What containers were told under a key; for a class of which they were told nothing, its instance.
    pub(super) fn resolves(&mut self, word: &ResolvesWord, bound: &Rc<Map>, spot: Spot) -> Value {
        let key = self.argument_at(bound, &word.key, spot);
        if let Some(path) = &word.qualifier {
            let qualifier = self.argument_at(bound, path, spot);
            return self.qualified_by(&key, &qualifier, spot);
        }
        match word.all {
            // Of which type it is, who takes them says.
            true if key.is_nothing() => Value::unknown(),
            true => {
                let all = self.all_under(&key, spot);
                Value::list_of(super::value::ListKind::List, all.clone(), all.is_empty())
            }
            false => self.contained(&key, 0, spot),
        }
    }

    /// What containers were told under a key that is told apart by a qualifier; where no key is stated there must be one alone.
    fn qualified_by(&mut self, key: &Value, qualifier: &Value, spot: Spot) -> Value {
        if qualifier.is_unknown() || matches!(qualifier, Value::Env(_) | Value::Alt(_)) {
            // Which it is cannot be told, and its type tells of another one.
            return Value::Object(Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() }));
        }
        let tells = match qualifier {
            Value::Class(_) => true,
            Value::Object(object) => object.class.is_some() && object.model.borrow().is_none(),
            other => other.as_whole_text().is_some(),
        };
        if !tells {
            return Value::unknown();
        }
        let is_it = |told: &&Rc<Told>| {
            let own = told.qualifier.as_ref().and_then(|own| own.same(qualifier)) == Some(true);
            own && (key.is_nothing() || told.key.is_nothing() || told.key.same(key) == Some(true))
        };
        let found: Vec<Rc<Told>> = self.told.iter().filter(is_it).cloned().collect();
        // One definition may be read more than once; where no type is stated it must be of one.
        let Some(last) = found.last().cloned() else { return Value::unknown() };
        let of_one = |told: &Rc<Told>| told.key.key() == last.key.key();
        if key.is_nothing() && !found.iter().all(of_one) {
            return Value::unknown();
        }
        self.come_to(&last, 0, spot)
    }

    fn told_under(&self, key: &Value) -> Vec<Rc<Told>> {
        self.told.iter().filter(|told| told.key.same(key) == Some(true)).cloned().collect()
    }

    /// All that they give under a key, whatever tells it apart: for a library's type what comes to such an object, too, where no
    /// type is stated.
    fn all_under(&mut self, key: &Value, spot: Spot) -> Vec<Value> {
        let path = match key {
            Value::Unknown(path) if self.models.types.contains_key(&**path) => path.clone(),
            key => return self.told_under(key).iter().map(|told| self.come_to(told, 0, spot)).collect(),
        };
        let kind = self.models.types.get(&*path).map(|model| model.name.as_str());
        let is_one = |value: &Value| match value {
            Value::Object(it) => it.model.borrow().as_ref().is_some_and(|model| Some(model.ty.name.as_str()) == kind),
            _ => false,
        };
        let mut out: Vec<Value> = Vec::new();
        for told in self.told.clone() {
            let stated = matches!(&told.key, Value::Str(own) if *own == path);
            if told.element.is_some() || !(stated || told.key.is_nothing()) {
                continue;
            }
            let made = self.come_to(&told, 0, spot);
            if (stated || is_one(&made)) && !out.iter().any(|one| one.same(&made) == Some(true)) {
                out.push(made);
            }
        }
        out
    }

    /// What containers give for a key.
    fn contained(&mut self, key: &Value, depth: usize, spot: Spot) -> Value {
        // What is told last replaces what was told before.
        let is_it =
            |told: &Told| told.qualifier.is_none() && told.element.is_none() && told.key.same(key) == Some(true);
        let told = self.told.iter().rev().find(|told| is_it(told)).cloned();
        match (told, key) {
            (Some(told), _) => self.come_to(&told, depth, spot),
            (None, Value::Class(_)) if super::class::is_object(key) => key.clone(),
            (None, Value::Class(class)) => self.one_instance(class, Args::unknown(), spot),
            (None, _) => self.given_instance(key, spot),
        }
    }

    fn come_to(&mut self, told: &Rc<Told>, depth: usize, spot: Spot) -> Value {
        if let Some(made) = &*told.made.borrow() {
            return made.clone();
        }
        if depth > MOST_DEPTH {
            return Value::unknown();
        }
        // While it is made it is not known.
        told.made.replace(Some(Value::unknown()));
        let given = match told.hands {
            Some(model) => {
                let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
                self.become_object(&object, model);
                Args::starting(vec![Value::Object(object)])
            }
            None if told.takes.is_empty() => Args::unknown(),
            None => Args::of(told.takes.iter().map(|key| self.taken(key, depth, spot)).collect()),
        };
        let made = match &told.how {
            How::Class(Value::Class(class)) => self.one_instance(class, given, spot),
            How::Class(other) => self.instantiate(&other.clone(), given, spot),
            How::Function(function) => self.call(&function.clone(), given, spot),
            How::Provider(provider) => {
                let of = match provider {
                    Value::Class(class) if !super::class::is_object(provider) => {
                        self.one_instance(class, Args::unknown(), spot)
                    }
                    other => other.clone(),
                };
                let scope = self.modules[spot.module.0].scope.clone();
                match of.is_callable() {
                    true => self.call(&of, Args::default(), spot),
                    false => self.call_member(&of, &"get".into(), Args::default(), &scope, spot),
                }
            }
            How::Value(value) => value.clone(),
            How::Other(key) => self.contained(&key.clone(), depth + 1, spot),
        };
        told.made.replace(Some(made.clone()));
        made
    }

    /// What a function gets under a key, which may stand in a map that says more.
    fn taken(&mut self, key: &Value, depth: usize, spot: Spot) -> Value {
        let key = match self.force(key.clone()) {
            Value::Map(map) => map.named("token").map_or(Value::Undefined, |key| self.force(key)),
            key => key,
        };
        self.contained(&key, depth + 1, spot)
    }

    /// The one instance of a class that containers hand out.
    pub(super) fn one_instance(&mut self, class: &Rc<ClassValue>, args: Args, spot: Spot) -> Value {
        let address = Rc::as_ptr(class).addr();
        match self.injected.get(&address) {
            Some(Value::Undefined) => Value::unknown(),
            Some(known) => known.clone(),
            None => {
                self.injected.insert(address, Value::Undefined);
                let made = self.instantiate(&Value::Class(class.clone()), args, spot);
                self.injected.insert(address, made.clone());
                made
            }
        }
    }

    /// A member of an object whose members are what containers were told.
    pub(super) fn cradle_member(&mut self, name: &Name, spot: Spot) -> Option<Value> {
        let key = Value::Str(name.clone());
        let told = self.told.iter().rev().find(|told| told.key.same(&key) == Some(true)).cloned()?;
        Some(self.come_to(&told, 0, spot))
    }

    /// What the decorators of a parameter or a field say that it is.
    pub(super) fn injected_by(&mut self, decorators: &[Decorator], scope: &super::scope::ScopeRef) -> Option<Value> {
        if decorators.is_empty() || self.language(scope) != Language::JavaScript {
            return if self.has_packages(scope) { self.set_by_annotation(decorators, scope) } else { None };
        }
        self.decorators(decorators, scope).into_iter().find_map(|(value, _)| match &value {
            Value::Native(native) => match &**native {
                Native::Gives(value) => Some(value.clone()).filter(|value| !value.is_unknown() && !value.is_nothing()),
                _ => None,
            },
            _ => None,
        })
    }
}

/// How a value that a container is told says that it is made: awilix's `asClass`, `asFunction`, `asValue`.
fn how_of(value: Value) -> How {
    let held = match &value {
        Value::Object(it) => it.model.borrow().as_ref().map(|model| model.args.clone()),
        _ => None,
    };
    let said = |name: &str| held.as_ref().and_then(|held| held.named(name));
    let class = said("class").filter(|value| matches!(value, Value::Class(_)));
    match (class, said("function").filter(Value::is_callable), said("value")) {
        (Some(class), _, _) => How::Class(class),
        (None, Some(function), _) => How::Function(function),
        (None, None, Some(value)) => How::Value(value),
        (None, None, None) => How::Value(value),
    }
}
