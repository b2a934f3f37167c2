//! Gateways: services described by maps, whose settings list routes, each with aliases for what other services do.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::keyed::{line_of, method_and_path};
use super::super::value::{Args, Map, ModuleId, Spot, Value};
use crate::code::form::{Language, Name, Yields};
use crate::code::models::{GatewayWord, ObjectModel, put_together};
use crate::code::select;

/// The most services of a package.
const MOST_SERVICES: usize = 500;
/// What is told of a route that lets every action through by its name.
const BY_NAME: &str = "what is asked for by the names of actions is not read";
/// What a route says that takes in what actions say of themselves.
const AUTOMATIC: &str = "autoAliases";
/// Mixins within mixins.
const MOST_MIXED: usize = 6;

/// A service as a map describes it, and the module that has the map.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    /// The map.
    map: Rc<Map>,
    /// Where it stands.
    spot: Spot,
}

/// An action that says its own path below its service's.
struct Rest {
    /// The method; `ANY` where it answers all.
    method: String,
    /// The path below the route's.
    path: String,
    /// Where it stands.
    spot: Spot,
}

impl Machine<'_> {
    /// Keeps a service that code describes.
    pub(in crate::code::eval) fn describe_service(&mut self, given: &Value, spot: Spot) {
        if let Value::Map(map) = self.force(given.clone())
            && !self.described.iter().any(|known| Rc::ptr_eq(&known.map, &map))
        {
            self.effects += 1;
            self.described.push(Described { map, spot });
        }
    }

    /// Registers what gateways answer.
    pub(crate) fn read_gateways(&mut self) {
        for (word, model) in &self.models.gateways {
            if self.tree.packages_with(&word.package).is_empty() {
                continue;
            }
            let without = self.exported_services(word);
            let all = self.described.clone();
            for service in &all {
                if self.is_gateway(word, &service.map, 0) {
                    self.gateway(word, model, service, &all);
                    let automatic = |entry: &Value| !matches!(entry, Value::Undefined | Value::Bool(false));
                    if self
                        .gateway_routes(word, service)
                        .iter()
                        .any(|route| route.named(AUTOMATIC).as_ref().is_some_and(automatic))
                    {
                        without.iter().for_each(|spot| self.note(*spot, "what this service answers is told by no map"));
                    }
                }
            }
        }
    }

    /// The routes that a gateway's settings list, as far as they are maps.
    fn gateway_routes(&mut self, word: &GatewayWord, service: &Described) -> Vec<Rc<Map>> {
        let routes = self.service_member(word, &service.map, &["settings", "routes"], 0);
        let mut all = Vec::new();
        self.flatten(&routes.unwrap_or(Value::Undefined), &mut all, 0);
        let maps = all.into_iter().filter_map(|route| match route {
            Value::Map(map) => Some(map),
            _ => None,
        });
        maps.collect()
    }

    /// Keeps the services that files export: by their names they are services. Gives the places of classes that no map describes.
    fn exported_services(&mut self, word: &GatewayWord) -> Vec<Spot> {
        let mut without = Vec::new();
        let ends = |file: &Name| {
            let name = file.rsplit('/').next().unwrap_or(file);
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            word.files.iter().any(|ending| stem.ends_with(ending.as_str()))
        };
        let own = |file: &&Name| Language::of(file) == Some(Language::JavaScript) && select::is_own(file);
        let files: Vec<Name> =
            self.tree.files().filter(own).filter(|file| ends(file)).take(MOST_SERVICES).cloned().collect();
        for file in files {
            let id = self.module_of(&file, Language::JavaScript);
            let Some(given) = self.exported(id, &"default".into()) else { continue };
            let spot = Spot { module: id, line: 1 };
            match self.force(given) {
                class @ Value::Class(_) => {
                    let before = self.described.len();
                    self.call(&class, Args { partial: true, ..Args::default() }, spot);
                    if self.described.len() == before {
                        without.push(spot);
                    }
                }
                given => self.describe_service(&given, spot),
            }
        }
        without
    }

    /// Whether a service is a gateway: it mixes the library's in, or what does.
    fn is_gateway(&mut self, word: &GatewayWord, map: &Rc<Map>, depth: usize) -> bool {
        let Some(mixed) = map.named(&word.mixins).filter(|_| depth < MOST_MIXED) else { return false };
        let mut all = Vec::new();
        let mixed = self.force(mixed);
        self.flatten(&mixed, &mut all, 0);
        all.into_iter().any(|one| match self.force(one) {
            Value::Unknown(path) => word.gateway.iter().any(|gateway| **gateway == *path),
            Value::Map(inner) => self.is_gateway(word, &inner, depth + 1),
            _ => false,
        })
    }

    /// A member of what a service says, its own or that of what it mixes in.
    fn service_member(&mut self, word: &GatewayWord, map: &Rc<Map>, way: &[&str], depth: usize) -> Option<Value> {
        let mut at = Some(Value::Map(map.clone()));
        for name in way {
            at = match at.map(|value| self.force(value)) {
                Some(Value::Map(map)) => map.named(name),
                _ => None,
            };
        }
        if let Some(found) = at.map(|value| self.force(value)).filter(|value| !value.is_nothing()) {
            return Some(found);
        }
        let mixed = map.named(&word.mixins).filter(|_| depth < MOST_MIXED)?;
        let mut all = Vec::new();
        let mixed = self.force(mixed);
        self.flatten(&mixed, &mut all, 0);
        all.into_iter().find_map(|one| match self.force(one) {
            Value::Map(inner) => self.service_member(word, &inner, way, depth + 1),
            _ => None,
        })
    }

    fn gateway(&mut self, word: &GatewayWord, model: &'static ObjectModel, service: &Described, all: &[Described]) {
        let node = self.forest.add(model, false);
        self.forest.nodes[node].served = true;
        let spot = service.spot;
        let scope = self.modules[spot.module.0].scope.clone();
        let prefix = self.service_member(word, &service.map, &["settings", "path"], 0);
        self.forest.nodes[node].prefix = prefix.unwrap_or(Value::Undefined);
        let Some(routes) = self.service_member(word, &service.map, &["settings", "routes"], 0) else {
            return self.note(spot, BY_NAME);
        };
        let (routes, partial) = self.walk(&routes, Yields::Elements, &scope);
        if partial {
            self.note(spot, "not all routes of this gateway are known");
        }
        // Routes and their aliases stand one behind the other.
        let mut last = 0;
        for route in routes {
            let Value::Map(route) = self.force(route) else {
                self.note(spot, "a route of this gateway is not known");
                continue;
            };
            let path = match route.named("path").map(|path| self.force(path)) {
                None => Value::text(""),
                Some(path) => path,
            };
            let before = self.forest.nodes[node].entries.len();
            match route.named("aliases").map(|aliases| self.force(aliases)) {
                None => {}
                Some(Value::Map(aliases)) => self.aliases(&aliases, &path, node, (spot, &mut last)),
                Some(_) => self.note(spot, "the aliases of a route of this gateway are not known"),
            }
            let automatic = route.named(AUTOMATIC).map(|said| self.force(said));
            if automatic.is_some_and(|said| !matches!(said, Value::Bool(false))) {
                self.automatic(word, &route, &path, node, all);
            }
            let policy = route.named("mappingPolicy").map(|policy| self.force(policy));
            let restricted =
                policy.and_then(|policy| policy.as_whole_text()).is_some_and(|policy| &*policy == "restrict");
            if before == self.forest.nodes[node].entries.len() && !restricted {
                self.note(spot, BY_NAME);
            }
        }
    }

    /// Registers the aliases of a route: keys of a method and a path, or of what is usual for things of a kind.
    fn aliases(&mut self, aliases: &Map, path: &Value, node: usize, place: (Spot, &mut u32)) {
        let (spot, last) = place;
        let text = self.text_of_module(spot.module);
        if aliases.partial.get() {
            self.note(spot, "not all aliases of this gateway are known");
        }
        for (key, answer) in aliases.pairs() {
            let Some(key) = key.as_text() else { continue };
            let behind = line_of(&text, &key, *last);
            *last = behind.unwrap_or(*last);
            let line = behind.or_else(|| line_of(&text, &key, 0)).unwrap_or(spot.line);
            let spot = Spot { line, ..spot };
            match key.strip_prefix("REST ") {
                Some(rest) => {
                    let answer = self.force(answer);
                    let rows = [
                        ("list", "GET", ""),
                        ("get", "GET", "/:id"),
                        ("create", "POST", ""),
                        ("update", "PUT", "/:id"),
                        ("patch", "PATCH", "/:id"),
                        ("remove", "DELETE", "/:id"),
                    ];
                    let said = self.choice_of(&answer);
                    for (name, method, behind) in rows {
                        if said.as_ref().is_none_or(|(only, names)| names.iter().any(|one| **one == *name) == *only) {
                            let rest = rest.trim().trim_end_matches('/');
                            self.below(node, path, method.to_owned(), &format!("{rest}{behind}"), spot);
                        }
                    }
                }
                None => {
                    if let Some((method, behind)) = method_and_path(&key) {
                        self.below(node, path, method, behind, spot);
                    }
                }
            }
        }
    }

    /// The names that what stands under a key says to be the only ones, or to be left out.
    fn choice_of(&mut self, answer: &Value) -> Option<(bool, Vec<Name>)> {
        let Value::Map(map) = answer else { return None };
        let (only, given) = match (map.named("only"), map.named("except")) {
            (Some(only), _) => (true, only),
            (None, Some(except)) => (false, except),
            (None, None) => return None,
        };
        let mut all = Vec::new();
        let given = self.force(given);
        self.flatten(&given, &mut all, 0);
        Some((only, all.iter().filter_map(Value::as_whole_text).collect()))
    }

    /// Registers what the actions of all services say of themselves, where the route lets them through.
    fn automatic(&mut self, word: &GatewayWord, route: &Map, path: &Value, node: usize, all: &[Described]) {
        let let_through = match route.named("whitelist").map(|list| self.force(list)) {
            Some(list @ Value::List(_)) => {
                let mut items = Vec::new();
                self.flatten(&list, &mut items, 0);
                items.iter().map(Value::as_whole_text).collect::<Option<Vec<_>>>()
            }
            _ => None,
        };
        for service in all {
            let Some(name) = self.service_member(word, &service.map, &["name"], 0) else { continue };
            let Some(name) = name.as_text() else { continue };
            let name = match self.service_member(word, &service.map, &["version"], 0) {
                Some(Value::Int(version)) => format!("v{version}.{name}"),
                Some(Value::Str(version)) => format!("{version}.{name}"),
                _ => name.to_string(),
            };
            for rest in self.rests(word, service, &name, let_through.as_deref()) {
                self.below(node, path, rest.method, &rest.path, rest.spot);
            }
        }
    }

    /// What a service's actions say of their own paths.
    fn rests(&mut self, word: &GatewayWord, service: &Described, name: &str, through: Option<&[Name]>) -> Vec<Rest> {
        let usual = name.replace('.', "/");
        let bases: Vec<String> = match self.service_member(word, &service.map, &["settings", "rest"], 0) {
            Some(Value::Str(base)) => vec![base.to_string()],
            Some(list @ Value::List(_)) => {
                let mut items = Vec::new();
                self.flatten(&list, &mut items, 0);
                items.iter().filter_map(|item| item.as_text().map(|text| text.to_string())).collect()
            }
            _ => vec![usual],
        };
        let text = self.text_of_module(service.spot.module);
        let mut out = Vec::new();
        for (action, said) in self.actions_of(word, &service.map, 0) {
            let full = format!("{name}.{action}");
            let passes = through.is_none_or(|all| all.iter().any(|pattern| fits(pattern, &full)));
            let Value::Map(said) = said else { continue };
            let hidden = said.named("visibility").and_then(|shown| shown.as_whole_text());
            if !passes || hidden.is_some_and(|shown| &*shown != "published") {
                continue;
            }
            let Some(rest) = said.named("rest") else { continue };
            let line = line_of_key(&text, &action).unwrap_or(service.spot.line);
            let spot = Spot { line, ..service.spot };
            let mut all = Vec::new();
            let rest = self.force(rest);
            self.flatten(&rest, &mut all, 0);
            for one in all {
                for base in &bases {
                    match self.own_path(&one, &action, base) {
                        Some((method, path)) => out.push(Rest { method, path, spot }),
                        None => self.note(spot, "the path of this action is not known"),
                    }
                }
            }
        }
        out
    }

    /// The method and the path that one entry of an action's says.
    fn own_path(&mut self, said: &Value, action: &str, base: &str) -> Option<(String, String)> {
        let join = |path: &str| put_together(crate::code::models::Join::Slash, base, path);
        match self.force(said.clone()) {
            Value::Str(text) => {
                let (method, path) = text.split_once(' ').unwrap_or(("ANY", &text));
                Some((any(method), join(path.trim())))
            }
            Value::Map(map) => {
                let text = |name: &str| map.named(name).and_then(|value| value.as_text());
                let method = text("method").map_or_else(|| "ANY".to_owned(), |method| any(&method));
                if let Some(full) = text("fullPath") {
                    return Some((method, full.to_string()));
                }
                let path = text("path").map_or_else(|| action.to_owned(), |path| path.to_string());
                let own = text("basePath").map(|own| put_together(crate::code::models::Join::Slash, &own, &path));
                Some((method, own.unwrap_or_else(|| join(&path))))
            }
            Value::Bool(true) => Some(("ANY".to_owned(), join(action))),
            _ => None,
        }
    }

    /// The actions of a service, its own before those of what it mixes in.
    fn actions_of(&mut self, word: &GatewayWord, map: &Rc<Map>, depth: usize) -> Vec<(Name, Value)> {
        let mut out: Vec<(Name, Value)> = Vec::new();
        if let Some(Value::Map(actions)) = map.named("actions").map(|actions| self.force(actions)) {
            for (name, said) in actions.pairs() {
                if let Some(name) = name.as_whole_text() {
                    let said = self.force(said);
                    out.push((name, said));
                }
            }
        }
        let Some(mixed) = map.named(&word.mixins).filter(|_| depth < MOST_MIXED) else { return out };
        let mut all = Vec::new();
        let mixed = self.force(mixed);
        self.flatten(&mixed, &mut all, 0);
        for one in all {
            let inner = match self.force(one) {
                Value::Map(inner) => self.actions_of(word, &inner, depth + 1),
                Value::Unknown(path) => {
                    let rows = word.brings.get(path.trim_end_matches("()")).cloned().unwrap_or_default();
                    let row = |(name, rest): (String, String)| {
                        let said = Value::map(vec![(Value::text("rest"), Value::text(rest))]);
                        (Name::from(name), said)
                    };
                    rows.into_iter().map(row).collect()
                }
                _ => Vec::new(),
            };
            for (name, said) in inner {
                if !out.iter().any(|(known, _)| *known == name) {
                    out.push((name, said));
                }
            }
        }
        out
    }

    /// Registers a path below a route's.
    fn below(&mut self, node: usize, path: &Value, method: String, behind: &str, spot: Spot) {
        let behind = behind.trim_start_matches('/');
        let whole = self.concat(path, &Value::text(format!("/{behind}")));
        self.keyed_route(node, method, whole, spot);
    }

    fn text_of_module(&self, id: ModuleId) -> String {
        let path = self.modules[id.0].path.clone();
        self.tree.text(&path).map(|text| text.to_string()).unwrap_or_default()
    }
}

/// A method as an alias says it.
fn any(method: &str) -> String {
    match method.to_uppercase().as_str() {
        "*" | "ALL" => "ANY".to_owned(),
        method => method.to_owned(),
    }
}

/// Whether a list's pattern lets a name through: `**` is anything, `*` anything without a dot.
fn fits(pattern: &str, name: &str) -> bool {
    let mut source = String::from("^");
    for part in pattern.split_inclusive('*') {
        let (text, star) = part.strip_suffix('*').map_or((part, false), |text| (text, true));
        source.push_str(&regex::escape(text));
        source.push_str(if star { "[^.]*" } else { "" });
    }
    let source = source.replace("[^.]*[^.]*", ".*") + "$";
    regex::Regex::new(&source).is_ok_and(|regex| regex.is_match(name))
}

/// The line on which a map has a key, with a colon or the parameters of a function behind it.
fn line_of_key(text: &str, key: &str) -> Option<u32> {
    let has = |line: &str| {
        let line = line.trim_start().trim_start_matches("async ").trim_start_matches(['\'', '"']);
        let rest = line.strip_prefix(key).map(|rest| rest.trim_start_matches(['\'', '"']).trim_start());
        rest.is_some_and(|rest| rest.starts_with([':', '(', ',']) || rest.is_empty())
    };
    let at = text.lines().position(has)?;
    u32::try_from(at + 1).ok()
}
