//! The operations of a document, and what is wrong with them beyond structure: paths that are the same, parameters that are
//! declared and not used or the other way, ids that stand twice, security schemes that nobody defines.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::library::{Finder, Library};
use crate::domain::node::{Key, Mistake, Node, Value};
use crate::domain::template::{Template, parameters};

/// References that are followed from one path item.
const MOST_HOPS: usize = 32;
/// More bases than this are not made of one server.
const MOST_BASES: usize = 64;
/// The keys of a path item that are methods.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// One operation as the document has it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The path, without any base.
    pub(super) path: String,
    /// The method in upper case.
    pub(super) method: String,
    /// The base paths that this operation or its path has of its own.
    pub(super) bases: Vec<String>,
    /// Where.
    pub(super) file: String,
    /// The line.
    pub(super) line: u32,
}

/// Reads a document's operations.
pub(super) struct Reading<'a> {
    library: &'a Library,
    finder: &'a Finder<'a>,
    root: &'a Node,
    old: bool,
    ids: HashMap<&'a str, u32>,
    /// The operations.
    pub(super) found: Vec<Found>,
    /// What is wrong.
    pub(super) mistakes: BTreeSet<Mistake>,
}

impl<'a> Reading<'a> {
    /// Reads every path of a document.
    pub(super) fn new(library: &'a Library, finder: &'a Finder<'a>, root: &'a Node, version: &str) -> Self {
        let mut reading = Self {
            library,
            finder,
            root,
            old: version == "2.0",
            ids: HashMap::new(),
            found: Vec::new(),
            mistakes: BTreeSet::new(),
        };
        let mut shapes: HashMap<(Template, bool), &'a Key> = HashMap::new();
        // Some tools keep all paths in a file of their own.
        let paths = root.get("paths").map(|paths| reading.items(paths)).unwrap_or_default();
        let is_path = |(key, _): &&(Key, Node)| !key.name.starts_with("x-") && key.name != "$ref";
        for (key, item) in paths.into_iter().flat_map(entries).filter(is_path) {
            if !key.name.starts_with('/') {
                reading.wrong(&key.place, format!("the path `{}` does not start with `/`", key.name));
            }
            if let Some(first) = shapes.insert(shape(&key.name), key) {
                let message = format!(
                    "`{}` is the same path as `{}` at line {}: names of parameters tell no paths apart",
                    key.name, first.name, first.place.line
                );
                reading.wrong(&key.place, message);
            }
            reading.item(key, item);
        }
        reading.security(root);
        reading
    }

    fn wrong(&mut self, place: &crate::domain::node::Place, message: impl Into<String>) {
        if self.mistakes.len() < super::shapes::MOST {
            self.mistakes.insert(Mistake::new(place, message));
        }
    }

    /// The path items behind one: itself, and those that it refers to. A circle is told and left.
    fn items(&mut self, item: &'a Node) -> Vec<&'a Node> {
        let mut all = vec![item];
        while let Some(reference) = all.last().and_then(|item| item.get("$ref")) {
            let Some(text) = reference.as_str() else { break };
            // What does not resolve is told by the walk along the shapes.
            let Ok(Some(target)) = self.library.resolve(self.finder, &reference.place.file, text) else { break };
            if all.len() >= MOST_HOPS || all.iter().any(|seen| std::ptr::eq(*seen, target)) {
                self.wrong(&reference.place, format!("`{text}` leads in a circle"));
                break;
            }
            all.push(target);
        }
        all
    }

    fn item(&mut self, key: &'a Key, item: &'a Node) {
        let items = self.items(item);
        for item in items {
            let shared = self.parameters(item);
            let own = bases(item);
            let additional = item.get("additionalOperations").map(entries).unwrap_or_default();
            let usual = entries(item).iter().filter(|(name, _)| METHODS.contains(&name.name.as_str()));
            for (name, operation) in usual.chain(additional) {
                let mut declared = shared.clone();
                declared.extend(self.parameters(operation));
                self.path_parameters(key, &declared, operation);
                self.body_parameters(&declared);
                self.id(operation);
                self.responses(operation);
                self.security(operation);
                let more = bases(operation);
                self.found.push(Found {
                    path: spelt_out(bare(&key.name), &declared),
                    method: name.name.to_uppercase(),
                    bases: if more.is_empty() { own.clone() } else { more },
                    file: name.place.file.to_string(),
                    line: name.place.line,
                });
            }
        }
    }

    /// The parameters of a path item or an operation, references followed.
    fn parameters(&mut self, of: &'a Node) -> Vec<&'a Node> {
        let Some(Value::List(items)) = of.get("parameters").map(|node| &node.value) else { return Vec::new() };
        let mut all = Vec::new();
        let mut names = HashSet::new();
        for item in items {
            let mut parameter = item;
            for _ in 0..MOST_HOPS {
                let Some(reference) = parameter.get("$ref") else { break };
                let Some(text) = reference.as_str() else { break };
                match self.library.resolve(self.finder, &reference.place.file, text) {
                    Ok(Some(target)) => parameter = target,
                    Ok(None) | Err(_) => break,
                }
            }
            let (Some(name), Some(place)) = (text(parameter, "name"), text(parameter, "in")) else { continue };
            if !names.insert((name, place)) {
                self.wrong(&item.place, format!("the {place} parameter `{name}` stands twice"));
            }
            self.parameter(parameter, name, place);
            all.push(parameter);
        }
        all
    }

    fn parameter(&mut self, parameter: &'a Node, name: &str, place: &str) {
        let known: &[&str] = if self.old {
            &["query", "header", "path", "formData", "body"]
        } else {
            &["query", "header", "path", "cookie", "querystring"]
        };
        if !known.contains(&place) {
            self.wrong(&parameter.place, format!("`in` is one of {}, not `{place}`", known.join(", ")));
        }
        if place == "path" && parameter.get("required").map(|node| &node.value) != Some(&Value::Bool(true)) {
            self.wrong(&parameter.place, format!("the path parameter `{name}` wants `required: true`"));
        }
        let has = |key: &str| parameter.get(key).is_some();
        let typed = match (self.old, place) {
            (true, "body") => has("schema"),
            (true, _) => has("type"),
            (false, _) => has("schema") || has("content"),
        };
        if !typed {
            let wanted = if self.old && place != "body" { "`type`" } else { "`schema`" };
            self.wrong(&parameter.place, format!("the parameter `{name}` lacks {wanted}"));
        }
    }

    fn path_parameters(&mut self, key: &Key, declared: &[&'a Node], operation: &'a Node) {
        let used: Vec<&str> = parameters(&key.name).iter().map(|name| name.trim_matches(['*', '+'])).collect();
        let in_path = |node: &&&'a Node| text(node, "in") == Some("path");
        let names: HashSet<&str> = declared.iter().filter(in_path).filter_map(|node| text(node, "name")).collect();
        for name in used.iter().filter(|name| !names.iter().any(|declared| declared.trim_matches(['*', '+']) == **name))
        {
            self.wrong(&operation.place, format!("the path's parameter `{name}` is not declared"));
        }
        for node in declared.iter().filter(in_path) {
            let Some(name) = text(node, "name") else { continue };
            if !used.contains(&name.trim_matches(['*', '+'])) {
                self.wrong(&node.place, format!("the path parameter `{name}` is not in the path `{}`", key.name));
            }
        }
    }

    fn body_parameters(&mut self, declared: &[&'a Node]) {
        let of = |place: &str| declared.iter().filter(|node| text(node, "in") == Some(place)).count();
        let bodies: Vec<&&Node> = declared.iter().filter(|node| text(node, "in") == Some("body")).collect();
        if let Some(second) = bodies.get(1) {
            self.wrong(&second.place, "an operation has one body parameter at most");
        }
        if let Some(body) = bodies.first().filter(|_| of("formData") > 0) {
            self.wrong(&body.place, "an operation has a body parameter or form parameters, not both");
        }
    }

    fn id(&mut self, operation: &'a Node) {
        let Some(node) = operation.get("operationId") else { return };
        let Some(id) = node.as_str() else { return };
        if let Some(first) = self.ids.insert(id, node.place.line) {
            self.wrong(&node.place, format!("the operationId `{id}` stands at line {first} too"));
        }
    }

    fn responses(&mut self, operation: &'a Node) {
        let Some(responses) = operation.get("responses") else { return };
        let codes: Vec<_> =
            entries(responses).iter().filter(|(key, _)| !key.name.starts_with("x-") && key.name != "$ref").collect();
        for (key, _) in &codes {
            let bytes = key.name.as_bytes();
            let first = bytes.first().is_some_and(|byte| (b'1'..=b'5').contains(byte));
            let code = bytes.len() == 3 && first && bytes[1..].iter().all(u8::is_ascii_digit);
            let range = bytes.len() == 3 && first && &bytes[1..] == b"XX" && !self.old;
            if !code && !range && key.name != "default" {
                self.wrong(&key.place, format!("`{}` is no status code", key.name));
            }
        }
        if codes.is_empty() && responses.get("$ref").is_none() {
            self.wrong(&responses.place, "an operation has one response at least");
        }
    }

    fn security(&mut self, of: &'a Node) {
        let Some(Value::List(requirements)) = of.get("security").map(|node| &node.value) else { return };
        let schemes = if self.old {
            self.root.get("securityDefinitions")
        } else {
            self.root.get("components").and_then(|components| components.get("securitySchemes"))
        };
        for (key, _) in requirements.iter().flat_map(entries) {
            let known = schemes.is_some_and(|schemes| self.finder.get(schemes, &key.name).is_some());
            if !known {
                self.wrong(&key.place, format!("the security scheme `{}` is not defined", key.name));
            }
        }
    }
}

fn entries(node: &Node) -> &[(Key, Node)] {
    match &node.value {
        Value::Map(entries) => entries,
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::List(_) => &[],
    }
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::as_str)
}

/// A path with the segments that its parameters take up: a parameter `name` of the pattern `shelves/[^/]+`, as
/// protoc-gen-openapiv2 writes the `{name=shelves/*}` of an HTTP rule, is `shelves/{name}`.
fn spelt_out(path: &str, declared: &[&Node]) -> String {
    let mut out = path.to_owned();
    for parameter in declared.iter().filter(|node| text(node, "in") == Some("path")) {
        let pattern = text(parameter, "pattern").or_else(|| text(parameter.get("schema")?, "pattern"));
        let (Some(name), Some(pattern)) = (text(parameter, "name"), pattern) else { continue };
        let parameter = format!("{{{name}}}");
        let segment = |part: &str| match part {
            "*" => Some(parameter.clone()),
            literal => literal.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)).then(|| literal.to_owned()),
        };
        let segments: Option<Vec<String>> = pattern.replace("[^/]+", "*").split('/').map(segment).collect();
        if let Some(segments) = segments.filter(|segments| segments.len() > 1) {
            out = out.replace(&parameter, &segments.join("/"));
        }
    }
    out
}

/// What tells paths apart: a slash at the end does, names of parameters do not.
fn shape(path: &str) -> (Template, bool) {
    let path = bare(path);
    (Template::parse(path), path.len() > 1 && path.ends_with('/'))
}

/// A path without query and fragment, which do not belong there.
fn bare(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or(path)
}

/// The base paths that a node's `servers` (or a Swagger 2 document's `basePath`) give; empty where it gives none.
pub(super) fn bases(node: &Node) -> Vec<String> {
    if let Some(base) = text(node, "basePath") {
        return vec![clean(base)];
    }
    let Some(Value::List(servers)) = node.get("servers").map(|node| &node.value) else { return Vec::new() };
    let mut all = Vec::new();
    for server in servers {
        let Some(url) = text(server, "url") else { continue };
        for base in filled(url, server).iter().map(|url| clean(path_of(url))) {
            if !all.contains(&base) {
                all.push(base);
            }
        }
    }
    all
}

/// The version of what a document describes, as it says.
pub(super) fn release(root: &Node) -> Option<String> {
    text(root.get("info")?, "version").map(str::to_owned)
}

/// The URLs of a server with the values that its variables may have, their defaults first.
fn filled(url: &str, server: &Node) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    for (key, variable) in server.get("variables").map(entries).unwrap_or_default() {
        let name = format!("{{{}}}", key.name);
        let listed = variable.get("enum").map(|node| &node.value);
        let listed = if let Some(Value::List(items)) = listed { items.as_slice() } else { &[] };
        let values: Vec<&str> =
            text(variable, "default").into_iter().chain(listed.iter().filter_map(Node::as_str)).collect();
        if url.contains(&name) && !values.is_empty() {
            all = values
                .iter()
                .flat_map(|value| all.iter().map(|url| url.replace(&name, value)))
                .take(MOST_BASES)
                .collect();
        }
    }
    all
}

/// The path of a URL: what stands behind the host.
fn path_of(url: &str) -> &str {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => url,
    };
    bare(path)
}

fn clean(base: &str) -> String {
    let parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    format!("/{}", parts.join("/"))
}
