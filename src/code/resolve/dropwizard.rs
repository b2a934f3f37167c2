//! What Dropwizard's files of settings put before the resources: the path of its servlet context, and that of Jersey's servlet.

use std::collections::BTreeSet;

use super::{Tree, builds::Home};
use crate::code::form::Name;
use crate::code::holes::hole;
use crate::code::models::{Join, put_together};
use crate::code::select::is_own;
use crate::domain::node::Node;

/// The most files of settings that are read of one module.
const MOST: usize = 40;
/// The block, and what it says of paths: the context's, and Jersey's within it.
const BLOCK: &str = "server";
const CONTEXT: &str = "applicationContextPath";
const ROOT: &str = "rootPath";

/// Sets where a module is deployed by its files of settings; where they do not agree it is told, and nothing is set.
pub(super) fn read(tree: &Tree<'_>, home: &mut Home) {
    let folder = home.folder.clone();
    let is_settings = |path: &&Name| {
        (path.ends_with(".yml") || path.ends_with(".yaml")) && is_own(path) && tree.module_of(path) == folder
    };
    let mut said: BTreeSet<String> = BTreeSet::new();
    let mut place: Option<(Name, u32)> = None;
    let mut rooted = false;
    for path in tree.files().filter(is_settings).take(MOST) {
        let Some(text) = tree.text(path).filter(|text| text.lines().any(|line| line.starts_with("server:"))) else {
            continue;
        };
        let Ok(node) = crate::yaml::parse_foreign(path, &text) else { continue };
        let Some(server) = node.get(BLOCK) else { continue };
        let text_at = |key: &str| server.get(key).and_then(Node::as_str).map(substituted);
        let (context, root) = (text_at(CONTEXT), text_at(ROOT));
        if (context.is_some() || root.is_some()) && place.is_none() {
            place = Some((path.clone(), server.place.line));
        }
        rooted |= root.is_some();
        let root = root.unwrap_or_default();
        let root = root.strip_suffix("/*").unwrap_or(&root);
        let whole = put_together(Join::Slash, &context.unwrap_or_default(), root);
        said.insert(whole.trim_matches('/').to_owned());
    }
    home.rooted = rooted;
    let mut said = said.into_iter();
    match (said.next(), said.next(), place) {
        (Some(one), None, _) if !one.is_empty() => home.context = Some(format!("/{one}")),
        (Some(_), Some(_), Some((path, line))) => {
            home.problems.push((path, line, "files of settings say different paths".to_owned()));
        }
        _ => {}
    }
}

/// A setting with what stands for the environment's filled: `${NAME:-default}`.
fn substituted(text: &str) -> String {
    let Some((before, rest)) = text.split_once("${") else { return text.to_owned() };
    let Some((inner, behind)) = rest.split_once('}') else { return hole("setting") };
    match inner.split_once(":-") {
        Some((_, default)) => format!("{before}{default}{}", substituted(behind)),
        None => hole("setting"),
    }
}

#[cfg(test)]
mod tests {
    use crate::code::analyse;
    use crate::repo::Repo;

    const BUILD: &str = "<project><artifactId>a</artifactId><dependencies><dependency><artifactId>dropwizard-core</artifactId></dependency></dependencies></project>";
    const CODE: &str = "package a;\nimport javax.ws.rs.*;\n@Path(\"/users\")\npublic class Users { @GET public String all() { return \"\"; } }\n";

    fn paths(settings: &[(&str, &str)]) -> (Vec<String>, usize) {
        let mut files = vec![("pom.xml", BUILD), ("src/main/java/a/Users.java", CODE)];
        files.extend(settings);
        let found = analyse(&Repo::in_memory(&files));
        (found.routes.into_iter().map(|route| route.path).collect(), found.unresolved.len())
    }

    #[test]
    fn settings_say_what_stands_before_resources() {
        let api = "server:\n  rootPath: /api/*\n  applicationContextPath: /shop\n";
        assert_eq!(paths(&[("config.yml", api)]), (vec!["/shop/api/users".to_owned()], 0));
        let by_default = "server:\n  rootPath: ${ROOT:-/api}/*\n";
        assert_eq!(paths(&[("config/a.yml", by_default)]), (vec!["/api/users".to_owned()], 0));
        assert_eq!(paths(&[("config.yml", "server:\n  type: simple\n")]), (vec!["/users".to_owned()], 0));
        assert_eq!(paths(&[("config.yml", "server:\n  rootPath: ${ROOT}\n")]), (Vec::new(), 1));
        let (found, told) = paths(&[("a.yml", api), ("b.yml", "server:\n  rootPath: /\n")]);
        assert_eq!((found, told), (vec!["/users".to_owned()], 1));
    }
}
