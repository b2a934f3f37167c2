//! Servlets that programs map to patterns of paths themselves: on the contexts of embedded servers, by what Spring registers, and
//! where a container starts. Those of the project's own answer there; those that frameworks run in stand before their routes.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::Found;
use super::super::value::{Args, ClassValue, Lazy, Map, Modelled, Spot, Value};
use super::contexts::Origin;
use crate::code::form::{ClassKind, Language, Name};
use crate::code::holes::{has_hole, hole};
use crate::code::models::{MapsWord, Syntax, put_together, spell, tidy};
use crate::code::resolve::{Home, Target, based};

/// The most patterns of one servlet.
const MOST_PATTERNS: usize = 64;
/// Holders within holders.
const MOST_HELD: usize = 4;
/// Where an object keeps the servlet that it holds.
const SERVLET: &str = "servlet";
/// Where one keeps what it serves, and what is always its class.
const CONFIG: &str = "config";
const CLASS: &str = "class";
/// What the classes are called that Spring calls where a container starts, which say what its servlet is mapped to, and the servlet.
const INITIALIZER: &str = "DispatcherServletInitializer";
const MAPPINGS: &str = "getServletMappings";
const DISPATCHER: &str = "org.springframework.web.servlet.DispatcherServlet";
/// What the names of servlets' classes have in them.
const NAMED: &str = "Servlet";
/// Libraries' servlets that answer with files or over web sockets: no routes.
const SILENT: &[&str] = &["DefaultServlet", "ResourceServlet", "WebSocketServlet"];

/// What a program says of a servlet: several of these may speak of the same one.
#[derive(Debug)]
pub(in crate::code::eval) struct Mapped {
    origin: Origin,
    servlet: Option<Value>,
    named: Option<Name>,
    at: Vec<Value>,
    /// The object that it is mapped on.
    node: Option<usize>,
}

/// A servlet.
#[derive(Debug)]
enum Kind {
    /// A class of the project's own.
    Own(Rc<ClassValue>),
    /// A library's, by its full name.
    Library(String),
}

/// A servlet with what it is mapped to.
#[derive(Debug)]
pub(in crate::code::eval) struct Placed {
    origin: Origin,
    kind: Kind,
    /// The class of what it was told to serve, where it was.
    serves: Option<Name>,
    /// Holes where one is not known.
    patterns: Vec<String>,
    /// The path of its context, where that is another than that of the whole module.
    context: Option<String>,
}

impl Machine<'_> {
    /// Keeps what a call says of a servlet.
    pub(in crate::code::eval) fn note_servlet(
        &mut self,
        word: &MapsWord,
        model: Option<&Modelled>,
        bound: &Rc<Map>,
        spot: Spot,
    ) {
        let held = || model.and_then(|model| model.args.named(SERVLET));
        let servlet = match &word.servlet {
            Some(argument) => Some(self.argument_at(bound, argument, spot)),
            None if word.named.is_none() => held(),
            None => None,
        };
        let named = word.named.as_ref().and_then(|named| self.argument_at(bound, named, spot).as_whole_text());
        let at = word.at.as_ref().map(|at| match self.argument_at(bound, at, spot) {
            Value::Undefined => model.and_then(|model| model.args.named(at)).unwrap_or(Value::Undefined),
            at => at,
        });
        let mut patterns = Vec::new();
        at.iter().for_each(|at| self.patterns_in(at, &mut patterns, 0));
        if servlet.as_ref().is_none_or(Value::is_nothing) && named.is_none() {
            return;
        }
        // What a base maps that nothing starts says nothing of what is served.
        if patterns.iter().any(|it| it.as_whole_text().is_none()) && self.is_in_a_base(spot) {
            return;
        }
        self.effects += 1;
        let origin = self.origin(spot);
        self.servlets.push(Mapped { origin, servlet, named, at: patterns, node: model.map(|model| model.node) });
    }

    fn patterns_in(&mut self, value: &Value, out: &mut Vec<Value>, depth: usize) {
        match self.force(value.clone()) {
            Value::List(list) if depth < MOST_HELD => {
                let items = list.items.borrow().clone();
                items.iter().take(MOST_PATTERNS).for_each(|item| self.patterns_in(item, out, depth + 1));
            }
            Value::Alt(all) if depth < MOST_HELD => all.iter().for_each(|one| self.patterns_in(one, out, depth + 1)),
            one @ (Value::Str(_) | Value::Env(_)) => out.push(one),
            Value::Unknown(path) if path.is_empty() || path.ends_with("String()") => out.push(Value::unknown()),
            _ => {}
        }
    }

    /// The servlet that a value is or holds.
    fn servlet_in(&mut self, value: &Value, spot: Spot, depth: usize) -> Option<Kind> {
        if depth > MOST_HELD {
            return None;
        }
        match self.force(value.clone()) {
            Value::Class(class) => Some(Kind::Own(class)),
            Value::Object(it) => {
                let held = it.model.borrow().as_ref().and_then(|model| model.args.named(SERVLET));
                let model = it.model.borrow().as_ref().map(|model| model.ty);
                if let Some(class) = model.and_then(|model| model.constants.get(CLASS)) {
                    return Some(Kind::Library(class.clone()));
                }
                match (held, it.class.clone()) {
                    (Some(held), _) => self.servlet_in(&held, spot, depth + 1),
                    (None, class) => class.map(Kind::Own),
                }
            }
            Value::List(list) => {
                let items = list.items.borrow().clone();
                items.iter().rev().find_map(|item| self.servlet_in(item, spot, depth + 1))
            }
            Value::Alt(all) => all.iter().find_map(|one| self.servlet_in(one, spot, depth + 1)),
            Value::Unknown(path) => {
                let path = [".class", "()"].iter().fold(&*path, |path, end| path.strip_suffix(end).unwrap_or(path));
                let class = path.rsplit('.').next().is_some_and(|last| last.starts_with(char::is_uppercase));
                // A class of a package that is imported as a whole has no other name.
                (class && (path.contains('.') || path.contains(NAMED))).then(|| Kind::Library(path.to_owned()))
            }
            Value::Str(name) if name.contains('.') && !name.contains('/') => Some(self.servlet_called(&name, spot)),
            _ => None,
        }
    }

    /// The class of what a servlet was told to serve (Jersey's configuration).
    fn served_by(&mut self, value: &Value, depth: usize) -> Option<Name> {
        match self.force(value.clone()) {
            Value::Object(it) if depth < MOST_HELD => {
                let model = it.model.borrow().clone()?;
                match (model.args.named(SERVLET), model.args.named(CONFIG)) {
                    (Some(held), _) => self.served_by(&held, depth + 1),
                    (None, Some(Value::Object(config))) => config.class.as_ref()?.class.name.clone(),
                    (None, _) => None,
                }
            }
            Value::List(list) if depth < MOST_HELD => {
                let items = list.items.borrow().clone();
                items.iter().rev().find_map(|item| self.served_by(item, depth + 1))
            }
            _ => None,
        }
    }

    /// The servlet whose class has a full name.
    fn servlet_called(&mut self, name: &str, spot: Spot) -> Kind {
        let file = self.file(spot).to_owned();
        if let Target::File(path) = self.tree.resolve(Language::Java, &file, name, 0) {
            let last = Name::from(name.rsplit('.').next().unwrap_or_default());
            if let Value::Class(class) = self.force(Value::Lazy(Rc::new(Lazy::Class(path, vec![last])))) {
                return Kind::Own(class);
            }
        }
        Kind::Library(name.to_owned())
    }

    /// The servlets that programs map, once all of their code was run.
    fn servlets_mapped(&mut self) -> Rc<Vec<Placed>> {
        if let Some(known) = &self.placed_servlets {
            return known.clone();
        }
        let all = Rc::new(self.all_servlets_mapped());
        self.placed_servlets.insert(all).clone()
    }

    fn all_servlets_mapped(&mut self) -> Vec<Placed> {
        let all = std::mem::take(&mut self.servlets);
        let mut out = Vec::new();
        for one in all.iter().filter(|one| !one.at.is_empty()) {
            let spot = one.origin.spot;
            let module = self.tree.module_of(self.file(spot));
            let beside = |other: &&Mapped| {
                let same = one.named.is_some() && other.named == one.named;
                same && self.tree.module_of(self.file(other.origin.spot)) == module
            };
            let given = match &one.servlet {
                Some(servlet) => Some(servlet.clone()),
                None => all.iter().filter(beside).find_map(|other| other.servlet.clone()),
            };
            let Some(given) = given else { continue };
            let Some(kind) = self.servlet_in(&given, spot, 0) else { continue };
            let serves = self.served_by(&given, 0);
            let text = |value: &Value| value.as_text().map(|text| self.filled(&text, spot).to_string());
            let patterns = one.at.iter().map(|at| text(at).unwrap_or_else(|| hole("pattern"))).collect();
            let context = one.node.and_then(|node| self.context_nodes.get(&node).cloned());
            let context = context.map(|path| path.map_or_else(|| hole("context path"), |path| format!("/{path}")));
            out.push(Placed { origin: one.origin, kind, serves, patterns, context });
        }
        self.servlets = all;
        out.append(&mut self.initialized());
        out
    }

    /// What the classes say that Spring calls where a container starts.
    fn initialized(&mut self) -> Vec<Placed> {
        let mut out = Vec::new();
        for class in self.classes.clone() {
            if class.class.kind != ClassKind::Class || !self.has_packages(&class.scope) {
                continue;
            }
            let starts = |one: &Value| matches!(one, Value::Unknown(path) if path.ends_with(INITIALIZER));
            if !self.ancestors(&class).iter().any(starts) {
                continue;
            }
            let Some((method @ Value::Function(_), home)) = self.class_member(&class, MAPPINGS) else { continue };
            let args = Args { partial: true, ..Args::default() };
            let object = self.instantiate(&Value::Class(class.clone()), args, class.spot);
            let given = self.call(&Self::bound(method, object), Args::default(), home.spot);
            let mut patterns = Vec::new();
            self.patterns_in(&given, &mut patterns, 0);
            let patterns = match patterns.is_empty() {
                true => vec![hole("pattern")],
                false => patterns
                    .iter()
                    .map(|it| it.as_text().map_or_else(|| hole("pattern"), |it| it.to_string()))
                    .collect(),
            };
            let origin = Origin { begun: class.spot.module, started: true, spot: class.spot };
            out.push(Placed {
                origin,
                kind: Kind::Library(DISPATCHER.to_owned()),
                serves: None,
                patterns,
                context: None,
            });
        }
        out
    }

    /// Whether a servlet is one of these by its class, or inherits from one.
    fn is_servlet_of(&mut self, kind: &Kind, known: &[String]) -> bool {
        match kind {
            Kind::Library(path) if !path.contains('.') => {
                known.iter().any(|one| one.rsplit('.').next() == Some(path.as_str()))
            }
            Kind::Library(path) => known.contains(path),
            Kind::Own(class) => {
                let line = self.ancestors(class);
                line.iter().any(|one| matches!(one, Value::Unknown(path) if known.iter().any(|it| **it == **path)))
            }
        }
    }

    /// What the code of modules maps one of these servlets to: the context's path, where the program makes one for it alone, and
    /// what stands before what it answers; several where all serve the same. Holes where that cannot be told.
    pub(super) fn mapped_in_code(
        &mut self,
        known: &[String],
        folders: &[&str],
        home: &Home,
    ) -> Vec<(Option<String>, String)> {
        if known.is_empty() {
            return Vec::new();
        }
        let all = self.servlets_mapped();
        let those: Vec<&Placed> = all.iter().filter(|one| self.is_servlet_of(&one.kind, known)).collect();
        let near = self.nearest(those.iter(), |one| &one.origin, folders, Some(home));
        let mut found: BTreeSet<(Option<String>, String)> = BTreeSet::new();
        for one in &near {
            for pattern in &one.patterns {
                let pattern = if pattern.contains("://") { based(pattern) } else { pattern.clone() };
                let before = pattern.strip_suffix("/*").unwrap_or(&pattern).trim_end_matches('/');
                let ending = pattern.starts_with("*.");
                let before = if ending { hole("path with an ending") } else { before.to_owned() };
                found.insert((one.context.clone(), before));
            }
        }
        let same = near
            .first()
            .is_some_and(|first| first.serves.is_some() && near.iter().all(|one| one.serves == first.serves));
        if found.len() > 1 && !same {
            return vec![(None, hole("servlet mapping"))];
        }
        found.into_iter().collect()
    }

    /// The routes of the servlets that programs map, with what stands before them; those that a framework runs in are its own.
    pub(in crate::code::eval) fn mapped_routes(&mut self) -> Vec<Found> {
        let Some(model) = self.models.annotations.values().find(|model| !model.answers.is_empty()).copied() else {
            return Vec::new();
        };
        // Those of which the context's path is known besides, and those that stand below that of their module.
        let (mut whole, mut below) = (Vec::new(), Vec::new());
        for one in self.servlets_mapped().iter() {
            let frameworks = self.models.prefixes.iter().any(|prefix| self.is_servlet_of(&one.kind, &prefix.servlets));
            let silent = |path: &str| SILENT.iter().any(|name| path.ends_with(name));
            let foreign = match &one.kind {
                Kind::Library(path) => silent(path),
                Kind::Own(class) => {
                    let line = self.ancestors(class);
                    line.iter().any(|one| matches!(one, Value::Unknown(path) if silent(path)))
                }
            };
            if frameworks || foreign {
                continue;
            }
            let (methods, library) = match &one.kind {
                Kind::Own(class) => (self.servlet_methods(class, model), None),
                Kind::Library(path) => (vec!["ANY".to_owned()], Some(path.clone())),
            };
            for pattern in &one.patterns {
                if methods.is_empty() || pattern.starts_with('*') {
                    self.note(
                        one.origin.spot,
                        format!("what the servlet answers that is mapped to {pattern} is not known"),
                    );
                    continue;
                }
                for path in spell(Syntax::Ant, pattern) {
                    let path = put_together(Default::default(), one.context.as_deref().unwrap_or_default(), &path);
                    let out = if one.context.is_some() { &mut whole } else { &mut below };
                    out.extend(methods.iter().map(|method| Found {
                        path: tidy(&path),
                        method: method.clone(),
                        framework: model.framework.clone(),
                        spot: one.origin.spot,
                        conditional: false,
                        library: library.clone(),
                        by: None,
                    }));
                }
            }
        }
        whole.append(&mut self.settle(below));
        let (known, holes): (Vec<_>, Vec<_>) = whole.into_iter().partition(|found| !has_hole(&found.path));
        for found in holes {
            self.note(found.spot, "what this servlet is mapped to is not known");
        }
        known
    }
}
