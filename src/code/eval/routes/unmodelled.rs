//! What libraries without a model may register: nothing is known of it but where it stands, which is told.

use std::collections::BTreeSet;

use super::super::call::registers;
use super::super::machine::Machine;
use super::super::value::{Args, Spot, Value};
use super::forest::Entry;
use crate::code::form::{Expr, ExprKind, Language, Name, Pattern};

/// What stands in for a server where there is none: requests to it are answered by functions that take them.
const STAND_INS: &[&str] =
    &["axios-mock-adapter", "cypress", "fetch-mock", "miragejs", "mockjs", "msw", "nock", "pretender", "supertest"];
/// How names of methods begin that register on what they are given.
const REGISTERING: &[&str] = &["apply", "attach", "configure", "init", "install", "mount", "register", "setup"];
/// The most settings of a call that are looked through.
const MOST_SETTINGS: usize = 64;

impl Machine<'_> {
    /// Keeps where something unknown is given what loads a folder's routes, or a path and what answers it: something that is called a router, or an app, or that
    /// a library's router is made by, or that comes from a library at all. On the last of these, and on an app, what answers is
    /// a function that takes a request.
    pub(in crate::code::eval) fn saw_router(
        &mut self,
        (written, it): (&Expr, &Value),
        name: &Name,
        args: &Args,
        spot: Spot,
    ) {
        let Value::Unknown(from) = it else { return };
        let loads = |plugin: &str| self.models.functions.get(plugin).is_some_and(|action| action.autoload.is_some());
        if matches!(args.list.first(), Some(Value::Unknown(plugin)) if loads(plugin)) {
            return self.saw_unknown(spot);
        }
        let adds = matches!(&**name, "add_route" | "add_url_rule" | "add_resource" | "add_api_route" | "add_handler");
        let slashed = |one: &Value| one.as_text().is_some_and(|text| text.starts_with('/'));
        if adds && args.list.iter().any(slashed) && self.modules[spot.module.0].language == Language::Python {
            return self.saw_unknown(spot);
        }
        let verb = matches!(&**name, "get" | "post" | "put" | "patch" | "delete" | "all");
        let path = args.at(0).as_text().is_some_and(|path| path.starts_with('/'));
        let language = self.modules[spot.module.0].language;
        // Java's and Kotlin's may give what answers in a call behind.
        if language == Language::Java && path && (verb || &**name == "route") && is_called(written, "router") {
            return self.saw_unknown(spot);
        }
        if !verb || !path || language != Language::JavaScript || stands_in(from) {
            return;
        }
        let answer = match args.list.get(1..).and_then(<[Value]>::last) {
            Some(Value::Function(answer)) => Some(answer),
            Some(_) if is_router(from) => return self.saw_unknown(spot),
            _ => None,
        };
        let Some(answer) = answer else { return };
        let first = answer.function.params.first().map(|param| &param.target);
        let asked = matches!(first, Some(Pattern::Name(name, _)) if matches!(name.trim_start_matches('_'), "req" | "request" | "ctx"));
        if is_called(written, "router") || is_router(from) || (asked && (is_called(written, "app") || !from.is_empty()))
        {
            self.saw_unknown(spot);
        }
    }

    fn saw_unknown(&mut self, spot: Spot) {
        self.unknown_routers.insert(spot);
    }

    /// Keeps where a library without a model is given a router, and with it controllers or settings that speak of routes.
    pub(in crate::code::eval) fn saw_given(&mut self, path: &Name, args: &Args, spot: Spot) {
        if self.modules[spot.module.0].language != Language::JavaScript || !args.list.iter().any(may_hold) {
            return;
        }
        let mut router = false;
        let mut speaks = false;
        for arg in &args.list {
            match self.force(arg.clone()) {
                Value::Map(map) => {
                    for (key, value) in map.pairs().into_iter().take(MOST_SETTINGS) {
                        let value = self.force(value);
                        router |= registers(&value);
                        speaks |= key.as_text().is_some_and(|key| speaks_of_routes(&key)) && !value.is_nothing();
                    }
                }
                Value::List(list) => speaks |= matches!(list.items.borrow().first(), Some(Value::Class(_))),
                value => router |= registers(&value),
            }
        }
        if router && speaks && !stands_in(path) {
            self.note(spot, format!("what `{path}` registers here is not known"));
        }
    }

    /// Keeps where something of which nothing is known is given a router by a method whose name says that it registers.
    pub(in crate::code::eval) fn saw_handed(&mut self, name: &Name, args: &Args, spot: Spot) {
        let script = self.modules[spot.module.0].language == Language::JavaScript;
        let word = name.to_ascii_lowercase();
        let says = REGISTERING.iter().any(|begin| word.starts_with(begin)) || word.contains("route");
        if script && says && args.list.iter().any(registers) {
            self.note(spot, "what is registered here is not known: the function is not in the repository");
        }
    }

    /// Keeps where a decorator of something unknown is named like a method and given a path: what it decorates answers there.
    /// What stands in for others in tests is given the names of modules.
    pub(in crate::code::eval) fn saw_decorator(&mut self, of: &Value, name: &Name, args: &Args, spot: Spot) {
        let Value::Unknown(path) = of else { return };
        let known = |path: &str| self.models.functions.contains_key(path) || self.models.makers.contains_key(path);
        if known(path) || known(&format!("{path}.{name}")) || path.split('.').any(|part| part == "mock") {
            return;
        }
        // Decorators of JavaScript may leave the path out, and the slash before it.
        let script = self.modules[spot.module.0].language == Language::JavaScript;
        let plain = |at: &Value| at.as_text().is_some_and(|at| !at.contains(char::is_whitespace));
        let capital = matches!(&**name, "Get" | "Post" | "Put" | "Patch" | "Delete");
        if script && capital && !path.is_empty() && args.list.first().is_none_or(plain) {
            return self.saw_unknown(spot);
        }
        let word = name.to_ascii_lowercase();
        let word = word.strip_prefix("http_").unwrap_or(&word);
        let verb = matches!(word, "get" | "post" | "put" | "patch" | "delete" | "route" | "api_route");
        let given = |name: &str| args.named.iter().find(|(key, _)| &**key == name).map(|(_, value)| value.clone());
        let at = args.list.first().cloned().or_else(|| given("path")).or_else(|| given("rule"));
        if verb && at.and_then(|at| at.as_text()).is_some_and(|at| at.starts_with('/')) {
            self.saw_unknown(spot);
        }
    }

    /// Tells of these where nothing known was given the route on the same line.
    pub(in crate::code::eval) fn tell_unknown_routers(&mut self) {
        let entries = self.forest.nodes.iter().flat_map(|node| &node.entries);
        let known: BTreeSet<Spot> = entries.map(Entry::spot).collect();
        for spot in std::mem::take(&mut self.unknown_routers).difference(&known) {
            self.note(*spot, "the router that this registers on is not known");
        }
    }
}

/// Whether the name that code has for a value ends so.
fn is_called(value: &Expr, end: &str) -> bool {
    let (ExprKind::Name(name) | ExprKind::Member(_, name)) = &value.kind else { return false };
    let at = name.len().saturating_sub(end.len());
    name.get(at..).is_some_and(|last| last.eq_ignore_ascii_case(end))
}

/// Whether what is not known was made by what is called a router: `library.Router()`.
fn is_router(path: &str) -> bool {
    let last = path.strip_suffix("()").and_then(|path| path.rsplit('.').next());
    last.is_some_and(|last| last.to_ascii_lowercase().ends_with("router"))
}

/// Whether what is not known comes from a library that stands in for servers.
fn stands_in(path: &str) -> bool {
    let root = path.split(['.', '/', '(']).next().unwrap_or(path);
    STAND_INS.contains(&root)
}

/// Whether a value may be a router, or hold one as a setting.
fn may_hold(value: &Value) -> bool {
    matches!(value, Value::Object(_) | Value::Map(_) | Value::Lazy(_))
}

/// Whether the name of a setting speaks of routes.
fn speaks_of_routes(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let begins = ["route", "controller", "endpoint", "apidoc", "apispec"].iter().any(|word| key.starts_with(word));
    begins || matches!(key.as_str(), "paths" | "operations" | "openapi")
}
