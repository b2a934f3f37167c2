//! OpenAPI documents that a build makes code of: which ones, with what options, and the operations that they list.

use std::sync::LazyLock;

use regex::Regex;

use super::{Tree, under};
use crate::code::form::Name;
use crate::domain::method::is_method;
use crate::domain::node::{Node, Value};

/// What a build generates server code of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Generated {
    /// The document; none where it is not in the tree.
    pub(crate) document: Option<Name>,
    /// The framework that the code is for.
    pub(crate) framework: &'static str,
    /// Only interfaces are generated: the project's classes answer.
    pub(crate) interfaces: bool,
    /// Interfaces are called after tags; else after the first segment of the path.
    pub(crate) by_tag: bool,
    /// The build, and the line that names the document.
    pub(crate) build: (Name, u32),
}

/// The operations that a document lists, and the paths of its servers: an empty one where it names none.
pub(crate) type Listed = (Vec<Operation>, Vec<String>);

/// An operation of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    /// The method.
    pub(crate) method: String,
    /// The path as written.
    pub(crate) path: String,
    /// Its line.
    pub(crate) line: u32,
    /// Its tags.
    pub(crate) tags: Vec<String>,
    /// Its id.
    pub(crate) id: Option<String>,
    /// Its keys, and those of its path, that are no part of the specification.
    pub(crate) marks: Vec<String>,
}

impl Operation {
    /// The name of the interface that it is generated into, without its ending.
    pub(crate) fn interface(&self, by_tag: bool) -> String {
        let first = self.path.split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
        let name = if by_tag { self.tags.first().map_or("default", String::as_str) } else { first };
        let name = camel(name);
        if name.is_empty() { "Default".to_owned() } else { name }
    }
}

static INPUT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"inputSpec\b[^\n]{0,40}?([\w.$/{}-]+\.(?:ya?ml|json))"#).expect("a valid pattern: a test uses it")
});
static GENERATOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:^|[^/\w])generatorName\W{1,10}(?:set\W{1,3})?([\w-]+)"#).expect("a valid pattern: a test uses it")
});

/// What a module's build generates server code of.
pub(super) fn generated(tree: &Tree<'_>, folder: &str, builds: &[(Name, String)]) -> Vec<Generated> {
    let mut out: Vec<Generated> = Vec::new();
    for (path, written) in builds {
        let text = &*uncommented(path, written);
        let generators: Vec<(usize, &str)> =
            GENERATOR.captures_iter(text).filter_map(|it| it.get(1)).map(|it| (it.start(), it.as_str())).collect();
        for input in INPUT.captures_iter(text).filter_map(|it| it.get(1)) {
            let nearest = generators.iter().min_by_key(|(at, _)| at.abs_diff(input.start()));
            let Some((_, generator)) = nearest else { continue };
            if answers_nothing(block(path, text, input.start())) {
                continue;
            }
            let framework = match *generator {
                name if name.contains("spring") => "spring",
                name if name.contains("jaxrs") => "jaxrs",
                _ => continue,
            };
            let line = text.get(..input.start()).unwrap_or_default().matches('\n').count() + 1;
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            out.push(Generated {
                document: document(tree, folder, input.as_str()),
                framework,
                interfaces: is_set(text, "interfaceOnly"),
                by_tag: is_set(text, "useTags"),
                build: (path.clone(), line),
            });
        }
    }
    out
}

/// A build's text with blanks in the place of what is commented out.
fn uncommented(path: &str, text: &str) -> String {
    let pairs: &[(&str, &str)] =
        if path.ends_with(".xml") { &[("<!--", "-->")] } else { &[("/*", "*/"), ("//", "\n")] };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        // `https://` and `**/*.java` begin no comment.
        let begins = |open: &str| {
            let mut all = rest.match_indices(open).map(|(at, _)| at);
            let apart =
                |at: &usize| rest.get(..*at).is_some_and(|before| !before.ends_with(|c: char| !c.is_whitespace()));
            all.find(|at| open == "<!--" || apart(at))
        };
        let first = pairs.iter().filter_map(|(open, close)| Some((begins(open)?, *open, *close))).min();
        let Some((at, open, close)) = first else {
            out.push_str(rest);
            return out;
        };
        let (before, comment) = rest.split_at(at);
        out.push_str(before);
        let behind = comment.get(open.len()..).unwrap_or_default();
        let ends = behind.find(close).map_or(comment.len(), |end| open.len() + end + close.len());
        let (comment, after) = comment.split_at(ends);
        out.extend(comment.chars().map(|c| if c == '\n' { c } else { ' ' }));
        rest = after;
    }
}

static MODELS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:global|system)Properties[\s\S]*?["'(\[,\s<](models|apis)\b["']?\s*(?:to\b|[:,=]|/?>)"#)
        .expect("a valid pattern: a test uses it")
});
static APIS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"["'(\[,\s<]apis\b["']?\s*(?:to\b|[:,=]|/?>)"#).expect("a valid pattern: a test uses it")
});
static CLIENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"\blibrary\b["']?(?:\s*to\b|\.set)?[\s:=>,("']+(?:spring-cloud|spring-http-interface|spring-declarative-http-interface)\b"#,
    )
    .expect("a valid pattern: a test uses it")
});

/// Whether what a build generates of a document answers no request: models alone, or clients.
fn answers_nothing(block: &str) -> bool {
    let models = MODELS.is_match(block) && !APIS.is_match(block);
    models || is_false(block, "generateApis") || CLIENT.is_match(block)
}

/// The part of a build that a place belongs to: in Maven the execution or the plugin, else the braces around it.
fn block<'t>(path: &str, text: &'t str, at: usize) -> &'t str {
    let (before, after) = text.split_at(at);
    if path.ends_with(".xml") {
        let tag = ["execution", "plugin"].into_iter().find(|tag| {
            before.rfind(&format!("<{tag}>")) > before.rfind(&format!("</{tag}>"))
                && after.contains(&format!("</{tag}>"))
        });
        let Some(tag) = tag else { return text };
        let from = before.rfind(&format!("<{tag}>")).unwrap_or_default();
        let to = after.find(&format!("</{tag}>")).map_or(text.len(), |end| at + end);
        return text.get(from..to).unwrap_or(text);
    }
    let mut depth = 0_i32;
    let opens = |c: char| i32::from(c == '}') - i32::from(c == '{');
    let from = before.char_indices().rev().find_map(|(place, c)| {
        depth += opens(c);
        (depth < 0).then_some(place)
    });
    depth = 0;
    let to = after.char_indices().find_map(|(place, c)| {
        depth -= opens(c);
        (depth < 0).then_some(at + place)
    });
    text.get(from.unwrap_or_default()..to.unwrap_or(text.len())).unwrap_or(text)
}

/// Whether a build sets an option to false.
fn is_false(text: &str, option: &str) -> bool {
    is_given(text, option, "false")
}

/// Whether a build sets an option to true.
fn is_set(text: &str, option: &str) -> bool {
    is_given(text, option, "true")
}

/// Whether a build sets an option to a word.
fn is_given(text: &str, option: &str, word: &str) -> bool {
    text.match_indices(option).any(|(at, _)| {
        let rest = text.get(at + option.len()..).unwrap_or_default();
        let value = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let value =
            value.strip_prefix("to").map_or(value, |rest| rest.trim_start_matches(|c: char| !c.is_alphanumeric()));
        value.starts_with(word)
    })
}

/// The document that a build names: variables at the start stand for the module's or the root's folder.
fn document(tree: &Tree<'_>, folder: &str, written: &str) -> Option<Name> {
    let mut rest = written;
    while rest.starts_with('$') {
        let end = if rest.starts_with("${") { rest.find('}').map_or(rest.len(), |at| at + 1) } else { rest.find('/')? };
        rest = rest.get(end..).unwrap_or_default();
    }
    let rest = rest.trim_start_matches("./").trim_start_matches('/');
    if rest.contains('$') || rest.is_empty() {
        return None;
    }
    let (mut at, mut below) = (folder, rest);
    while let Some(up) = below.strip_prefix("../") {
        at = super::folder_of(at);
        below = up;
    }
    [under(at, below), below.to_owned()].into_iter().find(|path| tree.has(path)).map(Name::from)
}

/// The operations that a document lists, and the paths of its servers.
pub(crate) fn operations(text: &str, file: &str) -> Result<Listed, (u32, String)> {
    let node = crate::yaml::parse_foreign(file, text).map_err(|mistake| (mistake.place.line, mistake.message))?;
    let mut out = Vec::new();
    if let Some(Node { value: Value::Map(paths), .. }) = node.get("paths") {
        for (path, item) in paths {
            let Value::Map(entries) = &item.value else { continue };
            for (key, operation) in entries {
                let method = key.name.to_uppercase();
                if !is_method(&method) {
                    continue;
                }
                let tags = match operation.get("tags").map(|tags| &tags.value) {
                    Some(Value::List(tags)) => tags.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect(),
                    _ => Vec::new(),
                };
                let id = operation.get("operationId").and_then(Node::as_str).map(str::to_owned);
                let own = match &operation.value {
                    Value::Map(own) => own.as_slice(),
                    _ => &[],
                };
                let keys = entries.iter().chain(own).map(|(key, _)| &key.name);
                let marks = keys.filter(|name| name.starts_with("x-")).cloned().collect();
                out.push(Operation { method, path: path.name.clone(), line: key.place.line, tags, id, marks });
            }
        }
    }
    let mut servers: Vec<String> = match node.get("servers").map(|servers| &servers.value) {
        Some(Value::List(servers)) => servers.iter().filter_map(server).collect(),
        _ => node.get("basePath").and_then(|base| base.as_str()).map(based).into_iter().collect(),
    };
    if servers.is_empty() {
        servers.push(String::new());
    }
    Ok((out, servers))
}

/// The path of a server: its variables stand for what they are where nothing is said.
fn server(server: &Node) -> Option<String> {
    let mut url = server.get("url")?.as_str()?.to_owned();
    if let Some(Value::Map(variables)) = server.get("variables").map(|variables| &variables.value) {
        for (key, variable) in variables {
            if let Some(default) = variable.get("default").and_then(Node::as_str) {
                url = url.replace(&format!("{{{}}}", key.name), default);
            }
        }
    }
    Some(based(&url))
}

/// The path of a URL as it stands before others.
pub(crate) fn based(url: &str) -> String {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default(),
        None => url,
    };
    path.trim_end_matches('/').to_owned()
}

/// Words put together, each with a capital.
fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut upper = true;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            upper = true;
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Repo;

    #[test]
    fn builds_name_documents_in_maven_and_gradle() {
        let repo = Repo::in_memory(&[("api/spec.yaml", ""), ("app/src/main/resources/a.json", "")]);
        let tree = Tree::new(&repo, std::collections::BTreeMap::new());
        let maven = "<generatorName>spring</generatorName>\n<inputSpec>${project.basedir}/src/main/resources/a.json</inputSpec>\n<interfaceOnly>true</interfaceOnly>";
        let found = generated(&tree, "app", &[("app/pom.xml".into(), maven.to_owned())]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].document.as_deref(), Some("app/src/main/resources/a.json"));
        assert!(found[0].interfaces && !found[0].by_tag);
        let gradle = "generatorName.set(\"kotlin-spring\")\ninputSpec.set(\"$rootDir/api/spec.yaml\")\nconfigOptions.set(mapOf(\"useTags\" to \"true\"))";
        let found = generated(&tree, "app", &[("app/build.gradle.kts".into(), gradle.to_owned())]);
        assert_eq!(found[0].document.as_deref(), Some("api/spec.yaml"));
        assert!(found[0].by_tag && !found[0].interfaces);
        let models = "task(\"a\") {\n generatorName.set(\"spring\")\n inputSpec.set(\"$rootDir/api/spec.yaml\")\n globalProperties.set(mapOf(\"models\" to \"\"))\n}";
        assert!(generated(&tree, "", &[("build.gradle.kts".into(), models.to_owned())]).is_empty());
        let both = models.replace("to \"\"", "to \"\", \"apis\" to \"\"");
        assert_eq!(generated(&tree, "", &[("build.gradle.kts".into(), both.clone())]).len(), 1);
        assert_eq!(generated(&tree, "", &[("build.gradle.kts".into(), format!("{models}\n{both}"))]).len(), 1);
        let feign = format!("<execution>{maven}<library>spring-cloud</library></execution>");
        assert!(generated(&tree, "app", &[("app/pom.xml".into(), feign.clone())]).is_empty());
        let apart = format!("{feign}<execution>{maven}</execution>");
        assert_eq!(generated(&tree, "app", &[("app/pom.xml".into(), apart)]).len(), 1);
        let plain = format!("<execution>{maven}<generateApis>false</generateApis></execution>");
        assert!(generated(&tree, "app", &[("app/pom.xml".into(), plain)]).is_empty());
        let client = "generatorName = \"typescript-axios\"\ninputSpec = \"api/spec.yaml\"";
        assert!(generated(&tree, "", &[("build.gradle".into(), client.to_owned())]).is_empty());
    }

    #[test]
    fn what_is_commented_out_of_a_build_says_nothing() {
        let maven = uncommented("pom.xml", "<a>\n<!-- b\nc -->\n<d>");
        assert_eq!("<a> <d>", maven.split_whitespace().collect::<Vec<_>>().join(" "));
        assert_eq!(4, maven.lines().count());
        let gradle = uncommented("build.gradle", "u(\"https://x/*.y\") // no\n/* no */ v\n// é");
        assert_eq!("u(\"https://x/*.y\") v", gradle.split_whitespace().collect::<Vec<_>>().join(" "));
        assert_eq!("a ", uncommented("pom.xml", "a<").replace('<', " "));
    }

    #[test]
    fn operations_have_lines_and_interfaces() {
        let text = "openapi: 3.0.0\nservers:\n  - url: https://x.org/v1/\npaths:\n  /pet-shops/{id}:\n    parameters: []\n    get:\n      tags: [shop owners]\n";
        let (found, base) = operations(text, "a.yaml").expect("it reads");
        assert_eq!(base, ["/v1"]);
        assert_eq!((found[0].method.as_str(), found[0].line), ("GET", 7));
        assert_eq!(found[0].interface(false), "PetShops");
        assert_eq!(found[0].interface(true), "ShopOwners");
    }
}
