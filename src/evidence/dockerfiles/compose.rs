//! The services of compose files: which Dockerfile, context and stage each is built from. A file that is no YAML is none here:
//! nothing is judged by it.

use std::collections::BTreeMap;

use super::expand::expand;
use crate::domain::folders::joined;
use crate::domain::node::{Key, Node, Value};
use crate::evidence::compose::is_compose;
use crate::facts::dockerfiles::ComposeService;
use crate::repo::Repo;
use crate::yaml;

/// A compose file over this size is not read: 1 MiB.
const MAX_BYTES: u64 = 1 << 20;

/// The services of the tree's compose files, by file and line.
pub(super) fn services(repo: &Repo) -> Vec<ComposeService> {
    let mut all = Vec::new();
    for entry in repo.files().iter().filter(|entry| is_compose(&entry.path)) {
        let Ok(content) = repo.read(&entry.path, MAX_BYTES) else { continue };
        let Some(document) = content.text().ok().and_then(|text| yaml::parse_foreign(&entry.path, text).ok()) else {
            continue;
        };
        let Some(Node { value: Value::Map(entries), .. }) = document.get("services") else { continue };
        all.extend(entries.iter().map(|(key, node)| service(repo, &entry.path, key, node)));
    }
    all.sort();
    all
}

fn service(repo: &Repo, file: &str, key: &Key, node: &Node) -> ComposeService {
    let text = |node: Option<&Node>| node.and_then(Node::as_str).map(value);
    let build = node.get("build");
    let context = text(build.filter(|node| node.as_str().is_some()))
        .or_else(|| build.map(|node| text(node.get("context")).unwrap_or_else(|| ".".to_owned())));
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let context = context.and_then(|path| within(folder, &path));
    let named = text(build.and_then(|node| node.get("dockerfile")));
    let inline = build.is_some_and(|node| node.get("dockerfile_inline").is_some());
    let dockerfile = context.as_deref().filter(|_| !inline).and_then(|context| {
        let names = named.map_or_else(|| vec!["Dockerfile".to_owned(), "Containerfile".to_owned()], |name| vec![name]);
        names.iter().filter_map(|name| within(context, name)).find(|path| repo.file(path).is_some())
    });
    ComposeService {
        file: file.to_owned(),
        line: key.place.line,
        name: key.name.clone(),
        dockerfile,
        context,
        target: text(build.and_then(|node| node.get("target"))),
        image: text(node.get("image")),
    }
}

/// A value with its variables' defaults; as written where one has none.
fn value(text: &str) -> String {
    expand(text, &BTreeMap::new()).unwrap_or_else(|| text.to_owned())
}

/// `path` seen from `folder`; none where it leaves the repository or is a URL.
fn within(folder: &str, path: &str) -> Option<String> {
    if path.contains("://") || path.starts_with('/') || path.contains('$') {
        return None;
    }
    joined(folder, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_name_their_dockerfile_context_and_stage() {
        let compose = "services:\n  api:\n    build: ./api\n  web:\n    build:\n      context: ..\n      dockerfile: ${F:-web/Dockerfile}\n      target: prod\n  db:\n    image: postgres:16\n";
        let repo = Repo::in_memory(&[
            ("deploy/compose.yaml", compose),
            ("deploy/api/Dockerfile", "FROM a:1"),
            ("web/Dockerfile", "FROM a:1"),
            ("docker-compose.yml", "services: ["),
        ]);
        let all = services(&repo);
        assert_eq!(3, all.len());
        assert_eq!(
            (Some("deploy/api/Dockerfile"), Some("deploy/api")),
            (all[0].dockerfile.as_deref(), all[0].context.as_deref())
        );
        assert_eq!((Some("web/Dockerfile"), Some("")), (all[1].dockerfile.as_deref(), all[1].context.as_deref()));
        assert_eq!((Some("prod"), 4), (all[1].target.as_deref(), all[1].line));
        assert_eq!((None, Some("postgres:16")), (all[2].dockerfile.as_deref(), all[2].image.as_deref()));
    }
}
