//! Structural validity: every object holds what its version lets it hold. What that is, is data
//! (`rules/openapi/shapes.yaml`); this walks a document along it, through references too.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::library::{Finder, Library};
use crate::domain::node::{Mistake, Node, Value, nearest};

/// More mistakes than this are not listed.
pub(super) const MOST: usize = 500;

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Text,
    Bool,
    Number,
    List,
    Any,
    Shape(String),
    ListOf(Box<Kind>),
    MapOf(Box<Kind>),
    OneOf(Vec<Kind>),
}

/// What an object may hold.
#[derive(Debug, Default)]
struct Shape {
    fields: BTreeMap<String, (Kind, bool)>,
    rest: Option<Kind>,
    reference: bool,
}

/// The shapes of one version, by name.
#[derive(Debug, Default)]
pub(super) struct Shapes(BTreeMap<String, Shape>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    extends: Option<String>,
    shapes: BTreeMap<String, BTreeMap<String, String>>,
}

static SHAPES: LazyLock<BTreeMap<String, Shapes>> = LazyLock::new(|| {
    let text = include_str!("../../../rules/openapi/shapes.yaml");
    let node = crate::yaml::parse("rules/openapi/shapes.yaml", text).expect("built-in YAML: a test reads it");
    let written: BTreeMap<String, Written> = node.read().expect("built-in shapes: a test reads them");
    written.keys().map(|version| (version.clone(), Shapes(shapes(&written, version)))).collect()
});

/// The shapes of a version: `2.0`, `3.0`, `3.1`, `3.2`.
pub(super) fn of(version: &str) -> Option<&'static Shapes> {
    SHAPES.get(version)
}

fn shapes(all: &BTreeMap<String, Written>, version: &str) -> BTreeMap<String, Shape> {
    let Some(written) = all.get(version) else { return BTreeMap::new() };
    let mut own = written.extends.as_deref().map(|base| shapes(all, base)).unwrap_or_default();
    for (name, fields) in &written.shapes {
        let mut shape = Shape { reference: fields.contains_key("$ref"), ..Shape::default() };
        for (field, text) in fields {
            let kind = kind(text.trim_end_matches('!'));
            if field == "*" {
                shape.rest = Some(kind);
            } else {
                shape.fields.insert(field.clone(), (kind, text.ends_with('!')));
            }
        }
        own.insert(name.clone(), shape);
    }
    own
}

fn kind(text: &str) -> Kind {
    let inner = |open: char, close: char| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    if let Some(inner) = inner('[', ']') {
        return Kind::ListOf(Box::new(kind(inner)));
    }
    if let Some(inner) = inner('{', '}') {
        return Kind::MapOf(Box::new(kind(inner)));
    }
    if text.contains('|') {
        return Kind::OneOf(text.split('|').map(kind).collect());
    }
    match text {
        "string" => Kind::Text,
        "bool" => Kind::Bool,
        "number" => Kind::Number,
        "list" => Kind::List,
        "any" => Kind::Any,
        _ => Kind::Shape(text.to_owned()),
    }
}

impl Kind {
    /// Whether a value is of this kind as far as can be told without looking inside.
    fn fits(&self, value: &Value) -> bool {
        match self {
            Kind::Text => matches!(value, Value::Str(_)),
            Kind::Bool => matches!(value, Value::Bool(_)),
            Kind::Number => matches!(value, Value::Int(_) | Value::Float(_)),
            Kind::List | Kind::ListOf(_) => matches!(value, Value::List(_)),
            Kind::Any => true,
            Kind::Shape(_) | Kind::MapOf(_) => matches!(value, Value::Map(_)),
            Kind::OneOf(kinds) => kinds.iter().any(|kind| kind.fits(value)),
        }
    }

    fn words(&self) -> String {
        match self {
            Kind::Text => "a string".to_owned(),
            Kind::Bool => "true or false".to_owned(),
            Kind::Number => "a number".to_owned(),
            Kind::List | Kind::ListOf(_) => "a list".to_owned(),
            Kind::Any => "anything".to_owned(),
            Kind::Shape(_) | Kind::MapOf(_) => "a map".to_owned(),
            Kind::OneOf(kinds) => kinds.iter().map(Kind::words).collect::<Vec<_>>().join(" or "),
        }
    }
}

/// Walks one document.
pub(super) struct Walk<'a> {
    library: &'a Library,
    finder: &'a Finder<'a>,
    shapes: &'static Shapes,
    mistakes: BTreeSet<Mistake>,
    seen: HashSet<(usize, &'static str)>,
    open: Vec<(&'static str, &'a Node)>,
}

impl<'a> Walk<'a> {
    /// Everything that is wrong with a document's structure, by place.
    pub(super) fn mistakes(
        library: &'a Library,
        finder: &'a Finder<'a>,
        shapes: &'static Shapes,
        root: &'a Node,
    ) -> BTreeSet<Mistake> {
        let mut walk =
            Self { library, finder, shapes, mistakes: BTreeSet::new(), seen: HashSet::new(), open: Vec::new() };
        walk.open.push(("document", root));
        while let Some((name, node)) = walk.open.pop() {
            walk.object(name, node);
        }
        walk.mistakes
    }

    fn wrong(&mut self, mistake: Mistake) {
        if self.mistakes.len() < MOST {
            self.mistakes.insert(mistake);
        }
    }

    fn value(&mut self, kind: &'static Kind, node: &'a Node, what: &str) {
        if !kind.fits(&node.value) {
            let hint = if *kind == Kind::Text && Kind::Number.fits(&node.value) { ": put it in quotes" } else { "" };
            let message = format!("{what} is {}, not {}{hint}", kind.words(), node.describe());
            return self.wrong(Mistake::new(&node.place, message));
        }
        match (kind, &node.value) {
            (Kind::Shape(name), Value::Map(_)) => self.object(name, node),
            (Kind::ListOf(kind), Value::List(items)) => {
                for item in items {
                    self.value(kind, item, &format!("an entry of {what}"));
                }
            }
            (Kind::MapOf(kind), Value::Map(entries)) => {
                for (key, value) in entries {
                    self.value(kind, value, &format!("`{}`", key.name));
                }
            }
            (Kind::OneOf(kinds), value) => {
                if let Some(kind) = kinds.iter().find(|kind| kind.fits(value)) {
                    self.value(kind, node, what);
                }
            }
            (
                Kind::Text
                | Kind::Bool
                | Kind::Number
                | Kind::List
                | Kind::Any
                | Kind::Shape(_)
                | Kind::ListOf(_)
                | Kind::MapOf(_),
                _,
            ) => {}
        }
    }

    fn object(&mut self, name: &'static str, node: &'a Node) {
        let Some(shape) = self.shapes.0.get(name) else { return };
        if !self.seen.insert((std::ptr::from_ref(node).addr(), name)) {
            return;
        }
        let Value::Map(entries) = &node.value else {
            let message = format!("{} is a map, not {}", words(name), node.describe());
            return self.wrong(Mistake::new(&node.place, message));
        };
        if shape.reference
            && let Some(reference) = node.get("$ref")
        {
            self.refer(name, reference);
            let siblings = name == "pathItem" || (name == "schema" && shape.rest.is_some());
            if !siblings {
                return;
            }
        }
        for (key, value) in entries {
            if key.name.starts_with("x-") {
                continue;
            }
            match shape.fields.get(&key.name).map(|(kind, _)| kind).or(shape.rest.as_ref()) {
                Some(kind) => self.value(kind, value, &format!("`{}`", key.name)),
                None => {
                    let mistake = Mistake::new(&key.place, unknown(name, &key.name));
                    let near = nearest(&key.name, shape.fields.keys().map(String::as_str));
                    self.wrong(match near {
                        Some(near) => mistake.with_help(format!("did you mean `{near}`?")),
                        None => mistake,
                    });
                }
            }
        }
        for (field, (_, required)) in &shape.fields {
            if *required && node.get(field).is_none() {
                self.wrong(Mistake::new(&node.place, format!("{} lacks `{field}`", words(name))));
            }
        }
    }

    /// Follows a reference; what it names must be of the same shape.
    fn refer(&mut self, name: &'static str, reference: &'a Node) {
        let Some(text) = reference.as_str() else {
            let message = format!("`$ref` is a string, not {}", reference.describe());
            return self.wrong(Mistake::new(&reference.place, message));
        };
        match self.library.resolve(self.finder, &reference.place.file, text) {
            Ok(Some(target)) => self.open.push((name, target)),
            Ok(None) => {}
            Err(why) => self.wrong(Mistake::new(&reference.place, why)),
        }
    }
}

fn unknown(shape: &str, key: &str) -> String {
    match shape {
        "pathItem" => format!("`{key}` is no method"),
        _ => format!("{} has no `{key}`", words(shape)),
    }
}

/// A shape's name in words: "a path item".
fn words(shape: &str) -> String {
    let mut out = String::new();
    for c in shape.chars() {
        if c.is_ascii_uppercase() {
            out.push(' ');
        }
        out.push(c.to_ascii_lowercase());
    }
    let article = match shape {
        "document" | "info" | "paths" | "responses" | "components" | "requestBody" | "externalDocs" => "the",
        "operation" | "example" | "encoding" | "oauthFlow" | "oauthFlows" => "an",
        _ => "a",
    };
    format!("{article} {out}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_shapes_is_a_shape() {
        fn names(kind: &Kind, found: &mut Vec<String>) {
            match kind {
                Kind::Shape(name) => found.push(name.clone()),
                Kind::ListOf(kind) | Kind::MapOf(kind) => names(kind, found),
                Kind::OneOf(kinds) => kinds.iter().for_each(|kind| names(kind, found)),
                Kind::Text | Kind::Bool | Kind::Number | Kind::List | Kind::Any => {}
            }
        }
        for version in ["2.0", "3.0", "3.1", "3.2"] {
            let shapes = of(version).expect("a version");
            let mut found = vec!["document".to_owned()];
            for shape in shapes.0.values() {
                shape.fields.values().map(|(kind, _)| kind).chain(&shape.rest).for_each(|kind| names(kind, &mut found));
            }
            for name in found {
                assert!(shapes.0.contains_key(&name), "{version}: {name}");
            }
        }
    }
}
