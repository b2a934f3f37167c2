//! Controllers: instances whose methods answer, each at a path that a tag of what it takes has, or as a text maps them.

use std::rc::Rc;

use super::super::forest::{Entry, Methods};
use super::super::machine::Machine;
use super::super::tags::tagged;
use super::super::value::{Closure, Map, Modelled, Spot, Value};
use crate::code::form::ClassKind;
use crate::code::models::RouteWord;

/// The methods of HTTP that a controller's own methods may be named like.
const VERBS: &[&str] = &["Get", "Post", "Put", "Patch", "Delete", "Head", "Options"];

impl Machine<'_> {
    /// Registers the methods of controllers, and functions, whose paths and methods stand in tags.
    pub(crate) fn route_by_tags(
        &mut self,
        word: &RouteWord,
        field: &str,
        model: &Modelled,
        bound: &Rc<Map>,
        spot: Spot,
    ) {
        let handler = word.handler.as_ref().map_or(Value::Undefined, |handler| self.argument_at(bound, handler, spot));
        let at = word.path.as_ref().map_or(Value::Undefined, |path| self.argument_at(bound, path, spot));
        let at = at.as_text().map(|text| text.to_string()).unwrap_or_default();
        let mut all = Vec::new();
        self.flatten(&handler, &mut all, 0);
        for one in all {
            match one {
                Value::Object(it) if it.class.is_some() => {
                    let Some(class) = it.class.clone() else { continue };
                    let made = class.class.kind != ClassKind::Interface;
                    let mut methods = Vec::new();
                    for ancestor in self.ancestors(&class) {
                        let Value::Class(ancestor) = ancestor else { continue };
                        for (key, member) in ancestor.members.pairs() {
                            let name = key.as_text().unwrap_or_default();
                            let known = methods.iter().any(|(known, _)| *known == name);
                            if let Value::Function(method) = member
                                && name.starts_with(char::is_uppercase)
                                && !known
                            {
                                methods.push((name, method));
                            }
                        }
                    }
                    if methods.is_empty() || !made {
                        self.note(spot, "which methods of what is bound here answer is not known");
                    }
                    for (name, method) in methods.into_iter().filter(|_| made) {
                        self.route_by_tag((&method, Some(&name)), field, &at, model, spot);
                    }
                }
                Value::Function(function) => self.route_by_tag((&function, None), field, &at, model, spot),
                Value::Bound(it) => match &it.callee {
                    Value::Function(function) => self.route_by_tag((function, None), field, &at, model, spot),
                    _ => self.note(spot, "what is bound here is not known"),
                },
                _ => self.note(spot, "what is bound here is not known"),
            }
        }
    }

    /// Registers one function: where what it takes has no tag, it answers at the path that is given, a controller's method at its
    /// own name below that. Methods that take no request are no handlers.
    fn route_by_tag(
        &mut self,
        (function, name): (&Rc<Closure>, Option<&str>),
        field: &str,
        at: &str,
        model: &Modelled,
        spot: Spot,
    ) {
        let types: Vec<_> = function.function.params.iter().filter_map(|param| param.ty.clone()).collect();
        let mut tag = None;
        for ty in &types {
            if let Value::Class(class) = self.type_value(ty, &function.scope) {
                tag = tag.or_else(|| self.tag_of(&class, field, 0));
            }
        }
        let (given, at) = match at.split_once(':').filter(|(verb, _)| verb.chars().all(|c| c.is_ascii_uppercase())) {
            Some((verb, path)) if !verb.is_empty() => (Some(verb.to_owned()), path),
            _ => (None, at),
        };
        let asks = types.len() == 1 && types[0].path.last().is_some_and(|last| &**last == "Request");
        let line = Spot { module: function.scope.module, line: function.function.pos.line };
        let (path, methods, spot) = match (&tag, name) {
            (Some(tag), _) if tagged(tag, "path").is_some() => {
                let path = tagged(tag, "path").unwrap_or_default();
                (path, tagged(tag, "method").or(given), line)
            }
            (Some(tag), Some(name)) => (format!("{at}/{}", kebab(name)), tagged(tag, "method").or(given), line),
            (None, Some(name)) if asks && at.contains("{.method}") => {
                (at.replace("{.method}", &kebab(name)), given, line)
            }
            (None, Some(_)) if asks && at.contains("{.") => {
                return self.note(spot, "the path is put together of names");
            }
            (None, Some("Index")) if asks => (at.to_owned(), given, line),
            (None, Some(name)) if asks => (format!("{at}/{}", kebab(name)), given, line),
            (None, Some(_)) => return,
            (Some(_) | None, None) => (at.to_owned(), given, spot),
        };
        let methods: Vec<String> = methods.unwrap_or_default().split(',').map(|it| it.trim().to_uppercase()).collect();
        let every = methods.iter().any(|method| method.is_empty() || method == "ALL");
        self.effects += 1;
        let entry = Entry::Route {
            path: Value::text(path),
            methods: Methods::Fixed(if every { vec!["ANY".to_owned()] } else { methods }),
            handler: Value::Function(function.clone()),
            spot,
            chain: self.chain(),
            conditional: self.conditional > 0,
            paths: None,
            library: None,
        };
        self.forest.nodes[model.node].entries.push(entry);
    }

    /// The tag of the embedded field of a name, in a type or in what it embeds.
    fn tag_of(&mut self, class: &Rc<super::super::value::ClassValue>, field: &str, depth: usize) -> Option<String> {
        let written = class.class.clone();
        let own = written.fields.iter().find(|it| it.is_embedded && &*it.name == field);
        if let Some(own) = own {
            return own.tag.as_ref().map(ToString::to_string);
        }
        for inner in written.fields.iter().filter(|it| it.is_embedded && depth < 3) {
            if let Some(ty) = &inner.ty
                && let Value::Class(inner) = self.type_value(ty, &class.scope)
                && let Some(tag) = self.tag_of(&inner, field, depth + 1)
            {
                return Some(tag);
            }
        }
        None
    }

    /// The methods that a controller answers: those that a text maps to its own, else those that its own are named like.
    pub(crate) fn mapped_methods(&mut self, mapping: &Value, controller: &Value) -> Methods {
        match mapping.as_whole_text() {
            Some(text) if !text.is_empty() => {
                let verbs =
                    text.split(';').filter_map(|part| part.split_once(':')).flat_map(|(verbs, _)| verbs.split(','));
                let all: Vec<String> = verbs.map(|verb| verb.trim().to_uppercase()).collect();
                if all.iter().any(|verb| verb == "*") {
                    return Methods::Fixed(vec!["ANY".to_owned()]);
                }
                if all.is_empty() { Methods::Unknown(all) } else { Methods::Fixed(all) }
            }
            Some(_) => Methods::Unknown(Vec::new()),
            None if mapping.is_nothing() => {
                let class = match self.force(controller.clone()) {
                    Value::Object(it) => it.class.clone(),
                    _ => None,
                };
                let Some(class) = class else { return Methods::Unknown(Vec::new()) };
                let mut own = Vec::new();
                for verb in VERBS {
                    let member = self.member(controller, &(*verb).into(), &class.scope, 0);
                    if matches!(self.force(member), Value::Function(_) | Value::Bound(_)) {
                        own.push(verb.to_uppercase());
                    }
                }
                if own.is_empty() { Methods::Unknown(own) } else { Methods::Fixed(own) }
            }
            None => Methods::Unknown(Vec::new()),
        }
    }
}

/// A method's name as a segment of a path: `GetList` is `get-list`.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
}
