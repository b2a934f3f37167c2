//! What gateways send to functions, as SAM's templates and Serverless' settings list it.

use super::{Tree, folder_of};
use crate::domain::folders::{Role, joined, lies_in};
use crate::domain::node::{Node, Value};

/// A function that a gateway calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Called {
    /// The folder of its code, where the settings say so.
    folder: Option<String>,
    /// The names of what is run: the stems of its handler and of its artifact.
    names: Vec<String>,
    /// What is sent to it: methods and paths.
    pub(crate) sent: Vec<(String, String)>,
}

/// Names that say nothing of which function it is.
const USUAL: &[&str] = &["bootstrap", "main", "handler", "lambda", "function", "bin", "build", "dist"];
/// The most files of settings that are read.
const MOST: usize = 64;

/// Every function that the tree's settings describe.
pub(super) fn read(tree: &Tree<'_>) -> Vec<Called> {
    let mut all = Vec::new();
    let named = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
        stem.is_some_and(|stem| {
            stem.starts_with("template") || stem.ends_with("template") || stem == "serverless" || stem == "sam"
        })
    };
    let files = tree.files().filter(|path| named(path) && !lies_in(path, &[Role::Vendored, Role::Fixture]));
    for file in files.take(MOST) {
        let Some(text) = tree.text(file) else { continue };
        if !text.contains("AWS::Serverless") && !text.contains("functions:") {
            continue;
        }
        let Ok(node) = crate::yaml::parse_foreign(file, &text) else { continue };
        let root = folder_of(file);
        for function in entries(node.get("Resources")) {
            let Some(properties) = function.get("Properties").filter(|_| is_function(function)) else { continue };
            let shared = node.get("Globals").and_then(|it| it.get("Function"));
            let own = |key: &str| properties.get(key).or_else(|| shared.and_then(|it| it.get(key)));
            let code = own("CodeUri").and_then(Node::as_str);
            let sent = entries(properties.get("Events")).filter_map(sam_event).collect();
            all.push(called(root, code, own("Handler").and_then(Node::as_str), sent));
        }
        for function in entries(node.get("functions")) {
            let Some(Value::List(events)) = function.get("events").map(|it| &it.value) else { continue };
            let artifact = function.get("package").and_then(|it| it.get("artifact")).and_then(Node::as_str);
            let sent = events.iter().filter_map(serverless_event).collect();
            all.push(called(root, artifact, function.get("handler").and_then(Node::as_str), sent));
        }
    }
    all
}

impl Called {
    /// Whether a program's folder holds its code.
    pub(crate) fn is_in(&self, folder: &str) -> bool {
        let last = plain(folder.rsplit('/').next().unwrap_or(folder));
        self.folder.as_deref() == Some(folder) || self.names.contains(&last)
    }

    /// Whether everything is sent to it, whatever its path.
    pub(crate) fn gets_all(&self) -> bool {
        self.sent.iter().any(|(_, path)| path.contains("+}") || path == "*" || path == "$default")
    }
}

fn entries(node: Option<&Node>) -> impl Iterator<Item = &Node> {
    let all = match node.map(|node| &node.value) {
        Some(Value::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    all.iter().map(|(_, node)| node)
}

fn is_function(node: &Node) -> bool {
    node.get("Type").and_then(Node::as_str) == Some("AWS::Serverless::Function")
}

fn called(root: &str, code: Option<&str>, handler: Option<&str>, sent: Vec<(String, String)>) -> Called {
    let mut names = Vec::new();
    let mut folder = None;
    for written in [code, handler].into_iter().flatten() {
        let written = written.trim_end_matches('/');
        let name = written.rsplit('/').next().unwrap_or(written);
        // `functions/hello/main.go` is run from its folder.
        let (path, stem) = match name.rsplit_once('.') {
            Some((_, "go")) => (written.strip_suffix(name).unwrap_or_default().trim_end_matches('/'), None),
            Some((stem, "zip")) => ("", Some(stem)),
            _ => (written, Some(name)),
        };
        if folder.is_none() && !path.is_empty() && path != "." {
            folder = joined(root, path);
        }
        let inner = path.rsplit('/').next().unwrap_or(path);
        let all = stem.into_iter().chain(Some(inner)).map(plain);
        names.extend(all.filter(|name| !name.is_empty() && name != "." && !USUAL.contains(&name.as_str())));
    }
    Called { folder, names, sent }
}

/// A name without what folders and functions spell differently.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The method and path of an event of a gateway's.
fn sam_event(event: &Node) -> Option<(String, String)> {
    if !matches!(event.get("Type")?.as_str()?, "Api" | "HttpApi") {
        return None;
    }
    let said = event.get("Properties");
    let text = |key: &str| said.and_then(|it| it.get(key)).and_then(Node::as_str);
    Some((method(text("Method").unwrap_or("any")), text("Path").unwrap_or("$default").to_owned()))
}

/// The same of Serverless' events: `http: GET /x`, `httpApi: {method: get, path: /x}`.
fn serverless_event(event: &Node) -> Option<(String, String)> {
    let said = event.get("http").or_else(|| event.get("httpApi"))?;
    if let Some(whole) = said.as_str() {
        let (verb, path) = whole.split_once(' ').unwrap_or(("any", whole));
        return Some((method(verb), path.trim().to_owned()));
    }
    let verb = said.get("method").and_then(Node::as_str).unwrap_or("any");
    Some((method(verb), said.get("path")?.as_str()?.to_owned()))
}

fn method(verb: &str) -> String {
    let verb = verb.trim().to_ascii_uppercase();
    if verb == "*" { "ANY".to_owned() } else { verb }
}
