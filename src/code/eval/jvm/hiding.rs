//! Which of several things of one name hides the others (Kotlin): members of the classes around, what a file knows, and what
//! libraries bring.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::{ScopeRef, top_of};
use super::super::value::{Args, ClassValue, Closure, Spot, Value};
use super::methods::{alike, overloaded};
use super::overloads::{is_of_library, takes};
use crate::code::form::Name;

impl Machine<'_> {
    /// Whether a call by a name alone means what the file knows under it: members of the receivers and the classes around have the
    /// name, but none of them takes what is given.
    pub(crate) fn passes_over(&mut self, name: &Name, args: &Args, scope: &ScopeRef) -> bool {
        let mut classes = Vec::new();
        for this in self.receivers(scope) {
            match &this {
                Value::Object(object) => match object.class.clone() {
                    Some(class) => classes.push(class),
                    None => {
                        let model = object.model.borrow().clone();
                        if model.is_some_and(|model| self.member_meant(&model, name, scope).is_some()) {
                            return false;
                        }
                    }
                },
                Value::Class(class) => classes.push(class.clone()),
                _ => {}
            }
        }
        classes.extend(super::packages::classes_around(scope));
        let mut unfit = false;
        for class in classes {
            let Some((value, _)) = self.class_member(&class, name) else { continue };
            if !super::packages::is_called(&value) {
                continue;
            }
            if self.is_fit(&class, name, value, args) {
                return false;
            }
            unfit = true;
        }
        unfit && self.is_known_to_file(name, args, scope)
    }

    /// Tells of a function of nobody's in the repository that is called on a router and named like one that registers there.
    pub(crate) fn tell_foreign(&mut self, name: &str, args: &Args, spot: Spot) {
        let given = args.list.iter().chain(args.named.iter().map(|(_, value)| value));
        if (names_method(name) && given.into_iter().any(Value::is_callable)) || names_routes(name) {
            self.given_to_call(args);
            self.note(spot, format!("what `{name}` registers here is not known: it is not in the repository"));
        }
    }

    /// The same of a function that an import brings, where a router is what the code is called on.
    pub(crate) fn tell_foreign_call(&mut self, callee: &Value, args: &Args, scope: &ScopeRef, spot: Spot) {
        let Value::Unknown(path) = callee else { return };
        let Some((_, name)) = path.rsplit_once('.').filter(|_| !self.models.knows(path)) else { return };
        if self.models.inert.iter().any(|inert| path.starts_with(inert.as_str())) {
            return;
        }
        let on = self.receivers(scope).into_iter().next();
        let registers = |value: &Value| match value {
            Value::Object(object) => object.model.borrow().as_ref().is_some_and(|model| {
                model
                    .ty
                    .members
                    .values()
                    .any(|action| action.route.as_ref().is_some_and(|route| route.handler.is_none()))
            }),
            _ => false,
        };
        if on.as_ref().is_some_and(registers) {
            let name = name.to_owned();
            self.tell_foreign(&name, args, spot);
        }
    }

    /// Whether a member, or one of its name beside it, may be called with these arguments.
    fn is_fit(&mut self, class: &Rc<ClassValue>, name: &Name, value: Value, args: &Args) -> bool {
        let key = overloaded(name, args.list.len());
        let mut all = vec![value];
        if let Some((last, home)) = self.class_member(class, &key) {
            all.push(last);
            all.extend(alike(&home, &key));
        }
        all.into_iter().any(|one| match &one {
            Value::Function(closure) if closure.function.receiver.is_none() => {
                takes(closure, args) && self.fits(closure, args).is_some()
            }
            _ => true,
        })
    }

    /// Whether a file knows something under a name that may be called with these arguments, whatever its classes have.
    fn is_known_to_file(&mut self, name: &Name, args: &Args, scope: &ScopeRef) -> bool {
        match self.name_alone(name, &top_of(scope)) {
            Value::Unknown(path) => self.models.knows(&path),
            Value::Function(closure) => takes(&closure, args) && self.fits(&closure, args).is_some(),
            _ => false,
        }
    }

    /// The project's own functions for types that are declared elsewhere which a name may mean, and whether an import brings a
    /// library's by the name.
    pub(in crate::code::eval) fn own_meanings(&mut self, name: &Name, scope: &ScopeRef) -> (Vec<Rc<Closure>>, bool) {
        let top = top_of(scope);
        let first = match top.own(name) {
            Some(first) => self.force(first),
            None => Value::Undefined,
        };
        let mut all = self.meanings(name, &first, scope);
        all.push(first.clone());
        let library = is_of_library(&first) || !self.imported_besides(name, scope).is_empty();
        let functions = all.into_iter().filter_map(|one| match one {
            Value::Function(closure) if closure.function.receiver.is_some() => Some(closure),
            _ => None,
        });
        (functions.collect(), library)
    }
}

/// Whether the first or last word of a name is a method: `authorizedGet`.
fn names_method(name: &str) -> bool {
    const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];
    let words = words(name);
    words.first().into_iter().chain(words.last()).any(|word| METHODS.contains(&word.as_str()))
}

/// Whether the last word of a name says that it brings routes: `healthRoutes`.
fn names_routes(name: &str) -> bool {
    const ROUTES: &[&str] = &[
        "api",
        "apis",
        "controller",
        "controllers",
        "crud",
        "endpoint",
        "endpoints",
        "health",
        "healthcheck",
        "probes",
        "resource",
        "resources",
        "rest",
        "route",
        "routes",
        "routing",
        "webhook",
        "webhooks",
    ];
    words(name).last().is_some_and(|word| ROUTES.contains(&word.as_str()))
}

/// The words of a name, in small letters.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for sign in name.chars() {
        if sign.is_uppercase() || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(sign.to_lowercase());
        }
    }
    words
}
