//! Two versions of a document, held against each other: what a client of the old one meets with the new one. The reference
//! for what breaks is oasdiff's list of checks.

use std::collections::{BTreeMap, BTreeSet};

use super::contract::{Compare, Object, Sent};
use super::library::{self, Finder, Library};
use super::{SIGN, candidates, version};
use crate::domain::change::{ChangedFile, Risk, RiskLevel};
use crate::domain::node::{Key, Node, Place, Value};
use crate::domain::template::Template;
use crate::repo::Repo;

/// References that are followed from one node.
const MOST_HOPS: usize = 32;
/// The keys of a path item that are methods.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// One version of a document.
pub(super) struct Side<'a> {
    library: &'a Library,
    finder: Finder<'a>,
    root: &'a Node,
}

/// An operation with what its path item gives it.
struct Operation<'a> {
    place: &'a Place,
    node: &'a Node,
    name: String,
    parameters: BTreeMap<(String, String), &'a Node>,
}

pub(super) fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::as_str)
}

fn entries(node: Option<&Node>) -> &[(Key, Node)] {
    match node.map(|node| &node.value) {
        Some(Value::Map(entries)) => entries,
        _ => &[],
    }
}

fn truth(node: &Node, key: &str) -> bool {
    node.get(key).map(|node| &node.value) == Some(&Value::Bool(true))
}

impl<'a> Side<'a> {
    fn new(library: &'a Library, root: &'a Node) -> Self {
        Self { library, finder: Finder::default(), root }
    }

    /// A node behind its references.
    pub(super) fn resolved(&self, node: &'a Node) -> &'a Node {
        let mut node = node;
        for _ in 0..MOST_HOPS {
            let Some(reference) = node.get("$ref") else { break };
            let Some(name) = reference.as_str() else { break };
            match self.library.resolve(&self.finder, &reference.place.file, name) {
                Ok(Some(target)) => node = target,
                Ok(None) | Err(_) => break,
            }
        }
        node
    }

    /// The properties of a schema and of what it is made of.
    pub(super) fn object(&self, schema: &'a Node) -> Object<'a> {
        let mut object = Object::default();
        let mut open = vec![schema];
        let mut seen = BTreeSet::new();
        while let Some(node) = open.pop() {
            let node = self.resolved(node);
            if !seen.insert(std::ptr::from_ref(node).addr()) || seen.len() > MOST_HOPS {
                continue;
            }
            for (key, value) in entries(node.get("properties")) {
                object.properties.entry(&key.name).or_insert((key.place.clone(), value));
            }
            if let Some(Value::List(names)) = node.get("required").map(|node| &node.value) {
                object.required.extend(names.iter().filter_map(Node::as_str));
            }
            if let Some(Value::List(parts)) = node.get("allOf").map(|node| &node.value) {
                open.extend(parts);
            }
        }
        object
    }

    fn parameters(&self, of: &'a Node) -> BTreeMap<(String, String), &'a Node> {
        let Some(Value::List(items)) = of.get("parameters").map(|node| &node.value) else { return BTreeMap::new() };
        let named = items.iter().map(|item| self.resolved(item)).filter_map(|item| {
            let key = (text(item, "in")?.to_owned(), text(item, "name")?.to_owned());
            Some((key, item))
        });
        named.collect()
    }

    fn operations(&self) -> BTreeMap<(Template, String), Operation<'a>> {
        let mut all = BTreeMap::new();
        for (path, item) in entries(self.root.get("paths")) {
            let item = self.resolved(item);
            let shared = self.parameters(item);
            for (method, node) in entries(Some(item)).iter().filter(|(key, _)| METHODS.contains(&&*key.name)) {
                let mut parameters = shared.clone();
                parameters.extend(self.parameters(node));
                let upper = method.name.to_uppercase();
                let name = format!("{upper} {}", path.name);
                all.insert(
                    (Template::parse(&path.name), upper),
                    Operation { place: &method.place, node, name, parameters },
                );
            }
        }
        all
    }

    /// Whether a caller has to be known.
    fn guarded(&self, operation: &Node) -> bool {
        let own = operation.get("security").or_else(|| self.root.get("security"));
        let Some(Value::List(ways)) = own.map(|node| &node.value) else { return false };
        !ways.is_empty() && ways.iter().all(|way| !entries(Some(way)).is_empty())
    }

    /// What a body is in each media type; in Swagger 2 there is one.
    fn content(&self, body: &'a Node) -> BTreeMap<&'a str, &'a Node> {
        let media = entries(body.get("content")).iter();
        let mut all: BTreeMap<&str, &Node> =
            media.filter_map(|(key, media)| Some((key.name.as_str(), media.get("schema")?))).collect();
        if let Some(schema) = body.get("schema") {
            all.insert("body", schema);
        }
        all
    }
}

/// What breaks clients between the documents of two trees; only documents that the change touches.
pub(super) fn collect(base: &Repo, head: &Repo, files: &[ChangedFile]) -> Vec<Risk> {
    let touched: BTreeSet<&str> =
        files.iter().flat_map(|file| std::iter::once(file.path.as_str()).chain(file.from.as_deref())).collect();
    let mut risks = Vec::new();
    for path in candidates(base, None) {
        let Some(old) = load(base, &path) else { continue };
        let renamed = files.iter().find(|file| file.from.as_deref() == Some(&path));
        let now = renamed.map_or(path.as_str(), |file| &file.path);
        let new = load(head, now);
        let parts = |library: &Library| library.sources.iter().any(|source| touched.contains(source.path.as_str()));
        let concerned = touched.contains(path.as_str()) || parts(&old) || new.as_ref().is_some_and(parts);
        if !concerned {
            continue;
        }
        match &new {
            Some(new) => compare(&old, &path, new, now, &mut risks),
            None => risks.push(Risk {
                kind: "breaking-api".to_owned(),
                level: RiskLevel::Medium,
                file: path.clone(),
                line: None,
                why: "the OpenAPI document is gone or cannot be read: nothing says what clients may rely on".to_owned(),
            }),
        }
    }
    risks
}

fn load(repo: &Repo, path: &str) -> Option<Library> {
    let content = repo.read(path, library::MAX_BYTES).ok()?;
    let text = content.text().ok()?;
    if !SIGN.is_match(text) {
        return None;
    }
    let root = library::parse(path, text).ok()?;
    version(&root)?;
    Some(Library::new(repo, path, root))
}

fn compare(old: &Library, old_path: &str, new: &Library, new_path: &str, risks: &mut Vec<Risk>) {
    let (Ok(old_root), Ok(new_root)) = (old.root(old_path), new.root(new_path)) else { return };
    let (base, head) = (Side::new(old, old_root), Side::new(new, new_root));
    let mut compare = Compare::new(&base, &head);
    let now = head.operations();
    for (key, before) in base.operations() {
        match now.get(&key) {
            Some(after) => operation(&mut compare, &before, after),
            None => {
                let level = if truth(before.node, "deprecated") { RiskLevel::Medium } else { RiskLevel::High };
                compare.say(level, before.place, format!("the operation {} is gone", before.name));
            }
        }
    }
    for (name, _) in entries(old_root.get("webhooks")) {
        if new_root.get("webhooks").and_then(|all| all.get(&name.name)).is_none() {
            compare.say(RiskLevel::High, &name.place, format!("the webhook `{}` is gone", name.name));
        }
    }
    risks.extend(compare.found.into_iter().map(|found| Risk {
        kind: "breaking-api".to_owned(),
        level: found.level,
        file: found.place.file.to_string(),
        line: Some(found.place.line),
        why: format!("{}; add the new beside the old, tell clients, take the old away later", found.what),
    }));
}

fn operation<'a>(compare: &mut Compare<'a>, before: &Operation<'a>, after: &Operation<'a>) {
    let (base, head) = (compare.base, compare.head);
    let name = &before.name;
    if !base.guarded(before.node) && head.guarded(after.node) {
        compare.say(RiskLevel::High, after.place, format!("{name} wants the caller to be known now"));
    }
    compare.stability(before.node, after.node, name);
    for ((place, parameter), old) in &before.parameters {
        let Some(new) = after.parameters.get(&(place.clone(), parameter.clone())) else {
            // Names of path parameters do not matter, and a body is compared as one.
            if !matches!(place.as_str(), "path" | "body") {
                compare.say(
                    RiskLevel::High,
                    &old.place,
                    format!("{name}: the {place} parameter `{parameter}` is gone"),
                );
            }
            continue;
        };
        if !truth(old, "required") && truth(new, "required") {
            compare.say(
                RiskLevel::High,
                &new.place,
                format!("{name}: the {place} parameter `{parameter}` is required now"),
            );
        }
        let schema = |node: &'a Node| node.get("schema").unwrap_or(node);
        compare.schema(Sent::ByClient, schema(old), schema(new), &format!("{name} {parameter}"));
    }
    for ((place, parameter), new) in &after.parameters {
        let known = before.parameters.contains_key(&(place.clone(), parameter.clone()));
        if !known && place != "path" && truth(new, "required") {
            let what = format!("{name}: the {place} parameter `{parameter}` is new and required");
            compare.say(RiskLevel::High, &new.place, what);
        }
    }
    request(compare, before, after);
    responses(compare, before, after);
}

fn request<'a>(compare: &mut Compare<'a>, before: &Operation<'a>, after: &Operation<'a>) {
    let (base, head) = (compare.base, compare.head);
    let name = &before.name;
    let old = before.node.get("requestBody").map(|node| base.resolved(node));
    let new = after.node.get("requestBody").map(|node| head.resolved(node));
    match (old, new) {
        (Some(old), None) => compare.say(RiskLevel::High, &old.place, format!("{name} takes no body any more")),
        (before, Some(new)) if truth(new, "required") && !before.is_some_and(|old| truth(old, "required")) => {
            compare.say(RiskLevel::High, &new.place, format!("{name}: a body is required now"));
        }
        _ => {}
    }
    if let (Some(old), Some(new)) = (old, new) {
        content(compare, Sent::ByClient, old, new, &format!("{name} body"));
    }
}

fn responses<'a>(compare: &mut Compare<'a>, before: &Operation<'a>, after: &Operation<'a>) {
    let (base, head) = (compare.base, compare.head);
    for (code, old) in entries(before.node.get("responses")) {
        let old = base.resolved(old);
        let at = format!("{} {}", before.name, code.name);
        let Some(new) = after.node.get("responses").and_then(|all| all.get(&code.name)) else {
            let level = if code.name.starts_with('2') { RiskLevel::High } else { RiskLevel::Medium };
            compare.say(level, &code.place, format!("the response {at} is gone"));
            continue;
        };
        let new = head.resolved(new);
        for (header, old) in entries(old.get("headers")) {
            let old = base.resolved(old);
            let named = format!("the header `{}` of {at}", header.name);
            let Some(now) = new.get("headers").and_then(|all| all.get(&header.name)) else {
                let level = if truth(old, "required") { RiskLevel::High } else { RiskLevel::Medium };
                compare.say(level, &header.place, format!("{named} is gone"));
                continue;
            };
            let now = head.resolved(now);
            if truth(old, "required") && !truth(now, "required") {
                compare.say(RiskLevel::High, &now.place, format!("{named} may be missing now"));
            }
            let schema = |node: &'a Node| node.get("schema").unwrap_or(node);
            compare.schema(Sent::ByService, schema(old), schema(now), &named);
        }
        content(compare, Sent::ByService, old, new, &at);
    }
}

/// Whether a body may be of a media type, with a schema or without.
fn has_media(body: &Node, media: &str) -> bool {
    body.get("content").is_some_and(|content| content.get(media).is_some())
}

/// The bodies of a request or a response, by media type.
fn content<'a>(compare: &mut Compare<'a>, sent: Sent, old: &'a Node, new: &'a Node, at: &str) {
    let (before, after) = (compare.base.content(old), compare.head.content(new));
    for (media, schema) in before {
        match after.get(media) {
            Some(now) => compare.schema(sent, schema, now, at),
            None if has_media(new, media) => {
                if sent == Sent::ByService {
                    let what = format!("{at} may be anything that is {media}: its schema is gone");
                    compare.say(RiskLevel::Medium, &schema.place, what);
                }
            }
            None => compare.say(RiskLevel::High, &schema.place, format!("{at} is not {media} any more")),
        }
    }
    for (media, schema) in compare.head.content(new) {
        let free = has_media(old, media) && !compare.base.content(old).contains_key(media);
        if free && sent == Sent::ByClient {
            compare.say(RiskLevel::High, &schema.place, format!("{at} has a schema to meet now ({media})"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::ChangeStatus;

    const BASE: &str = "openapi: 3.0.3
info: { title: t, version: '1' }
paths:
  /a/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } }
    get:
      parameters:
        - { name: q, in: query, schema: { type: number, maximum: 10 } }
        - { name: s, in: query, schema: { type: string, enum: [x, y] } }
      responses:
        '200':
          description: d
          content: { application/json: { schema: { $ref: '#/components/schemas/A' } } }
    post:
      requestBody:
        content: { application/json: { schema: { $ref: '#/components/schemas/B' } } }
      responses: { '201': { description: d } }
  /b:
    delete: { responses: { '204': { description: d } } }
components:
  schemas:
    A:
      type: object
      required: [name]
      properties:
        name: { type: string }
        age: { type: integer }
        next: { $ref: '#/components/schemas/A' }
    B:
      type: object
      properties:
        name: { type: string }
";

    /// What is said of the document after a replacement, as `line why` up to the advice.
    fn said(from: &str, to: &str) -> Vec<String> {
        assert!(BASE.contains(from), "{from}");
        let base = Repo::in_memory(&[("openapi.yaml", BASE)]);
        let text = BASE.replacen(from, to, 1);
        let head = Repo::in_memory(&[("openapi.yaml", &text)]);
        let file = ChangedFile {
            path: "openapi.yaml".to_owned(),
            status: ChangeStatus::Modified,
            from: None,
            lines: vec![(1, u32::MAX)],
        };
        let risks = collect(&base, &head, &[file]);
        let short = |risk: &Risk| risk.why.split(';').next().unwrap_or_default().to_owned();
        risks.iter().map(|risk| format!("{} {}", risk.line.unwrap_or(0), short(risk))).collect()
    }

    #[test]
    fn what_breaks_a_client_is_said_at_its_line() {
        for (from, to, expected) in [
            (
                "  /b:\n    delete: { responses: { '204': { description: d } } }\n",
                "",
                "20 the operation DELETE /b is gone",
            ),
            ("/a/{id}:", "/a/{other}:", ""),
            (
                "name: q, in: query, schema",
                "name: q, in: query, required: true, schema",
                "9 GET /a/{id}: the query parameter `q` is required now",
            ),
            ("maximum: 10", "maximum: 5", "9 the maximum of GET /a/{id} q was 10 and is 5"),
            ("maximum: 10", "maximum: 20", ""),
            ("type: number,", "type: integer,", "9 the type of GET /a/{id} q was number and is integer"),
            ("enum: [x, y]", "enum: [x]", "10 GET /a/{id} s has the value \"y\" no more"),
            ("enum: [x, y]", "enum: [x, y, z]", ""),
            ("        age: { type: integer }\n", "", "28 GET /a/{id} 200.age is gone"),
            (
                "age: { type: integer }",
                "years: { type: integer }",
                "28 GET /a/{id} 200.age is gone (is it `years` now?)",
            ),
            (
                "age: { type: integer }",
                "age: { type: number }",
                "28 the type of GET /a/{id} 200.age was integer and is number",
            ),
            (
                "age: { type: integer }",
                "age: { type: integer, nullable: true }",
                "28 GET /a/{id} 200.age may be null now",
            ),
            ("age: { type: integer }", "age: { type: integer }\n        more: { type: string }", ""),
            ("      required: [name]\n", "", "26 GET /a/{id} 200.name may be missing now"),
            (
                "    B:\n      type: object\n",
                "    B:\n      type: object\n      required: [name]\n",
                "34 POST /a/{id} body.name is required now",
            ),
            ("'201':", "'202':", "18 the response POST /a/{id} 201 is gone"),
            (
                "      requestBody:\n",
                "      requestBody:\n        required: true\n",
                "17 POST /a/{id}: a body is required now",
            ),
            (
                "components:\n",
                "security: [{ key: [] }]\ncomponents:\n",
                "7 GET /a/{id} wants the caller to be known now",
            ),
        ] {
            let said = said(from, to);
            match expected {
                "" => assert!(said.is_empty(), "{from} -> {to}: {said:?}"),
                _ => assert!(said.iter().any(|one| one == expected), "{from} -> {to}: {said:?}"),
            }
        }
    }
}
