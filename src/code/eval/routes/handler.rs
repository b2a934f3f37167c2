//! Handlers: which HTTP methods what answers a request says that it answers.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::find_local;
use super::super::value::{Args, ClassValue, Closure, Map, Native, Value, View};
use super::forest::Methods;
use crate::code::form::{ExprKind, Stmt, StmtKind, Yields};

/// Methods of HTTP that a class may have members for.
const METHODS: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];
/// The mark and the attribute that name the methods that a handler answers.
const MARK: &str = "methods";
/// The attribute of a function that makes an instance of a class for each request and lets that answer.
const CLASS: &str = "view_class";
/// The mark of a handler that has a name of its own.
pub(in crate::code::eval) const NAMED: &str = "named";
/// Handlers around handlers.
const MOST_WRAPPED: usize = 8;

/// What a class has.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// Names that it or a base has.
    pub(crate) has: BTreeSet<String>,
    /// Those of them that the project wrote.
    pub(crate) written: BTreeSet<String>,
    /// A base is not known, so that it may have more.
    pub(crate) open: bool,
}

impl Machine<'_> {
    /// `X.as_view(…)`: a handler made of a class.
    pub(crate) fn view_of(&mut self, class: Value, args: &Args) -> Value {
        let named = |name: &str| args.named.iter().find(|(key, _)| &**key == name).map(|(_, value)| value.clone());
        let actions = match args.at(0) {
            given @ Value::Map(_) => given,
            _ => named("actions").unwrap_or(Value::Undefined),
        };
        let marks = Map::default();
        if let Some(methods) = named("http_method_names") {
            marks.put(MARK, methods);
        }
        // Flask's views have names.
        if let name @ Value::Str(_) = args.at(0) {
            marks.put(NAMED, name);
        }
        Value::Native(Rc::new(Native::View(View { class, actions, marks })))
    }

    /// The methods that a handler answers by what it is; none where it does not say.
    pub(crate) fn handler_methods(&mut self, handler: &Value, depth: usize) -> Vec<String> {
        if depth > MOST_WRAPPED {
            return Vec::new();
        }
        match self.force(handler.clone()) {
            Value::Function(closure) => {
                let given = closure.marks.named(MARK).or_else(|| closure.attributes.named(MARK));
                let class = closure.attributes.named(CLASS).map(|class| self.force(class));
                match (given, class) {
                    (Some(given), _) => self.method_names(&given),
                    (None, Some(Value::Class(class))) => self.class_methods(&class),
                    (None, _) => self.wrapped_methods(closure),
                }
            }
            Value::Bound(bound) => self.handler_methods(&bound.callee, depth + 1),
            Value::Native(native) => match &*native {
                Native::View(view) => self.view_methods(view),
                Native::Partial { callee, .. } => self.handler_methods(callee, depth + 1),
                Native::Decorator { .. }
                | Native::Wraps(_)
                | Native::Gives(_)
                | Native::Told(_)
                | Native::Wrapped(_)
                | Native::Stripped { .. }
                | Native::Until { .. }
                | Native::Group(_)
                | Native::Noted(_) => Vec::new(),
            },
            Value::Class(class) => self.class_methods(&class),
            Value::Object(object) => match object.class.clone() {
                Some(class) if self.is_view(&class) => self.class_methods(&class),
                _ => Vec::new(),
            },
            Value::Alt(all) => all.iter().flat_map(|one| self.handler_methods(one, depth + 1)).collect(),
            // A library's view that is a function already.
            Value::Unknown(path) => self.outside_methods(&path),
            _ => Vec::new(),
        }
    }

    /// The methods that a view does not refuse by itself, where it gets all of them (Python); none where it tells none apart.
    pub(in crate::code::eval) fn let_through(&mut self, handler: &Value) -> Vec<String> {
        match self.force(handler.clone()) {
            Value::Function(view) if self.is_python(view.scope.module) => self.guarded_methods(&view),
            _ => Vec::new(),
        }
    }

    /// The methods of what a function answers by: a decorator's function passes requests on to what the decorator was given.
    fn wrapped_methods(&mut self, wrapper: Rc<Closure>) -> Vec<String> {
        let mut open = vec![wrapper];
        let mut at = 0;
        while let Some(closure) = open.get(at).cloned() {
            at += 1;
            let names = self.mentions_of(&closure);
            let mut methods = Vec::new();
            for name in &names.names {
                let held = find_local(&closure.scope, name).and_then(|scope| scope.own(name));
                match held.map(|held| self.force(held)) {
                    Some(Value::Function(inner)) => match inner.marks.named(MARK) {
                        Some(given) => methods.extend(self.method_names(&given)),
                        None if open.len() < MOST_WRAPPED && !open.iter().any(|one| Rc::ptr_eq(one, &inner)) => {
                            open.push(inner);
                        }
                        None => {}
                    },
                    Some(Value::Native(native)) => {
                        if let Native::View(view) = &*native {
                            methods.extend(self.view_methods(view));
                        }
                    }
                    _ => {}
                }
            }
            if !methods.is_empty() {
                return methods;
            }
        }
        Vec::new()
    }

    /// Whether a handler is a class that answers over web sockets.
    pub(in crate::code::eval) fn answers_sockets(&mut self, handler: &Value) -> bool {
        let Value::Class(class) = handler else { return false };
        let models = self.models;
        self.ancestors(class).iter().any(|one| match one {
            Value::Unknown(path) => models.classes.get(&**path).is_some_and(|model| model.sockets),
            _ => false,
        })
    }

    /// The methods by the names of a handler's members, as a pattern spells them, with a suffix where one is given.
    pub(in crate::code::eval) fn responders(
        &mut self,
        handler: &Value,
        pattern: &str,
        suffix: Option<&str>,
    ) -> Methods {
        let (before, after) = pattern.split_once('*').unwrap_or((pattern, ""));
        let after = suffix.map_or_else(|| after.to_owned(), |suffix| format!("{after}_{suffix}"));
        let mut names = Vec::new();
        let mut open = false;
        for one in handler.each() {
            let class = match self.force(one) {
                Value::Class(class) => Some(class),
                Value::Object(it) => it.class.clone(),
                _ => None,
            };
            let Some(class) = class else {
                open = true;
                continue;
            };
            let members = self.class_members(&class);
            open |= members.open;
            let own = METHODS.iter().filter(|method| members.has.contains(&format!("{before}{method}{after}")));
            names.extend(own.map(|method| method.to_uppercase()));
        }
        names.sort();
        names.dedup();
        if open { Methods::Unknown(names) } else { Methods::Fixed(names) }
    }

    /// The HTTP methods of a library's view.
    fn outside_methods(&self, path: &str) -> Vec<String> {
        let has = self.models.classes.get(path).map(|model| model.has.clone()).unwrap_or_default();
        has.iter().filter(|name| METHODS.contains(&name.as_str())).map(|name| name.to_uppercase()).collect()
    }

    fn view_methods(&mut self, view: &View) -> Vec<String> {
        if let Some(given) = view.marks.named(MARK) {
            return self.method_names(&given);
        }
        let class = self.force(view.class.clone());
        if let Value::Map(actions) = &view.actions {
            let names: Vec<String> = actions
                .pairs()
                .iter()
                .filter_map(|(key, _)| key.as_whole_text())
                .map(|name| name.to_uppercase())
                .collect();
            return match &class {
                Value::Class(class) => self.allowed(class, names),
                _ => names,
            };
        }
        match class {
            Value::Class(class) => self.class_methods(&class),
            Value::Unknown(path) => self.outside_methods(&path),
            _ => Vec::new(),
        }
    }

    /// The HTTP methods that a class answers.
    pub(crate) fn class_methods(&mut self, class: &Rc<ClassValue>) -> Vec<String> {
        let listed = self.class_member(class, MARK).map(|(value, _)| value);
        if let Some(Value::List(_)) = &listed {
            return listed.map_or_else(Vec::new, |listed| self.method_names(&listed));
        }
        if let Some(given) = class.marks.named(MARK) {
            return self.method_names(&given);
        }
        let members = self.class_members(class);
        let has = |name: &&&str| members.has.contains(**name);
        // A class that answers GET answers HEAD by itself, and any class OPTIONS, where the project does not say how.
        let automatic = |name: &&&str| matches!(**name, "head" | "options") && !members.written.contains(**name);
        let mut names: Vec<String> =
            METHODS.iter().filter(has).filter(|name| !automatic(name)).map(|name| name.to_uppercase()).collect();
        if names.is_empty() {
            names = METHODS.iter().filter(has).map(|name| name.to_uppercase()).collect();
        }
        self.allowed(class, names)
    }

    /// Whether a class is one of a library's whose members answer by their names.
    fn is_view(&mut self, class: &Rc<ClassValue>) -> bool {
        let models = self.models;
        let view =
            |one: &Value| matches!(one, Value::Unknown(path) if models.classes.get(&**path).is_some_and(|it| it.view));
        self.ancestors(class).iter().any(view)
    }

    /// The names among these that the class, or the nearest of its bases that says so, lets through.
    pub(crate) fn allowed(&mut self, class: &Rc<ClassValue>, mut names: Vec<String>) -> Vec<String> {
        let models = self.models;
        for ancestor in self.ancestors(class) {
            match ancestor {
                Value::Class(one) => {
                    let Some(listed) = one.members.named("http_method_names") else { continue };
                    let listed @ Value::List(_) = self.force(listed) else { break };
                    let scope = class.scope.clone();
                    let (items, partial) = self.walk(&listed, Yields::Elements, &scope);
                    let allowed: BTreeSet<String> =
                        items.iter().filter_map(Value::as_whole_text).map(|name| name.to_uppercase()).collect();
                    if !partial {
                        names.retain(|name| allowed.contains(name));
                    }
                    break;
                }
                Value::Unknown(path) => {
                    let model = models.classes.get(&*path).filter(|model| !model.allows.is_empty());
                    if let Some(model) = model {
                        names.retain(|name| model.allows.iter().any(|one| one.eq_ignore_ascii_case(name)));
                        break;
                    }
                }
                _ => {}
            }
        }
        names
    }

    /// Whether a method of Python's does nothing but raise: it says that the class does not do this.
    fn only_raises(&self, value: &Value) -> bool {
        let Value::Function(method) = value else { return false };
        let Some((last, before)) = method.function.body.split_last() else { return false };
        let is_comment = |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Expr(it) if matches!(it.kind, ExprKind::Str(_)));
        self.is_python(method.scope.module) && matches!(last.kind, StmtKind::Throw) && before.iter().all(is_comment)
    }

    /// What a class has by itself and by its bases; a member that is set to nothing is taken away, as is one that only raises.
    pub(crate) fn class_members(&mut self, class: &Rc<ClassValue>) -> Members {
        let mut members = Members::default();
        let mut gone: BTreeSet<String> = BTreeSet::new();
        for ancestor in self.ancestors(class) {
            match ancestor {
                Value::Class(one) => {
                    for (key, value) in one.members.pairs() {
                        let Some(name) = key.as_whole_text() else { continue };
                        if value.is_nothing() || self.only_raises(&value) {
                            gone.insert(name.to_string());
                        } else if !gone.contains(&*name) {
                            members.has.insert(name.to_string());
                            members.written.insert(name.to_string());
                        }
                    }
                }
                Value::Unknown(path) => match self.models.classes.get(&*path) {
                    Some(model) => members.has.extend(model.has.iter().filter(|name| !gone.contains(*name)).cloned()),
                    None => members.open |= !matches!(&*path, "object" | "abc.ABC" | "typing.Generic"),
                },
                _ => members.open = true,
            }
        }
        members
    }

    /// Names of methods in upper case.
    pub(crate) fn method_names(&mut self, given: &Value) -> Vec<String> {
        match self.force(given.clone()) {
            Value::List(list) => {
                let items = list.items.borrow().clone();
                items.iter().filter_map(Value::as_whole_text).map(|name| name.to_uppercase()).collect()
            }
            other => other.as_whole_text().map(|name| name.to_uppercase()).into_iter().collect(),
        }
    }
}
