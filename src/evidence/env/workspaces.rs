//! Which part of a repository an example file speaks for: the workspace that it lies in.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::repo::Repo;

/// What a folder has that is a package, module or project of its own.
const MANIFESTS: &[&str] = &[
    "Cargo.toml",
    "Gemfile",
    "Pipfile",
    "build.gradle",
    "build.gradle.kts",
    "composer.json",
    "deno.json",
    "go.mod",
    "manage.py",
    "mix.exs",
    "package.json",
    "pom.xml",
    "pyproject.toml",
    "requirements.txt",
    "setup.py",
];

/// What says of a root that it only holds together what lies below it.
const UMBRELLAS: &[&str] = &[
    "Cargo.toml",
    "build.gradle",
    "build.gradle.kts",
    "lerna.json",
    "nx.json",
    "pnpm-workspace.yaml",
    "pom.xml",
    "rush.json",
    "settings.gradle",
    "settings.gradle.kts",
    "turbo.json",
];

/// A longer manifest is none that a person wrote.
const MAX_BYTES: u64 = 1 << 20;

/// The projects of a repository.
#[derive(Debug, Default)]
pub(super) struct Projects {
    /// The folders that are projects of their own, without the root.
    folders: BTreeSet<String>,
    /// The root is one, and none that only holds the others together.
    root: bool,
    /// Those of them that others of the repository depend on.
    libraries: BTreeSet<String>,
}

/// The projects of a repository.
pub(super) fn projects(repo: &Repo) -> Projects {
    let mut projects = Projects::default();
    let mut names = BTreeMap::new();
    let mut wanted = BTreeSet::new();
    let (mut root, mut umbrella) = (false, UMBRELLAS.iter().any(|name| repo.file(name).is_some()));
    for entry in repo.files().iter().filter(|entry| !entry.link) {
        let (folder, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
        if !MANIFESTS.contains(&name) || folder.split('/').any(|part| part == "node_modules") {
            continue;
        }
        if !folder.is_empty() {
            projects.folders.insert(folder.to_owned());
        }
        root |= folder.is_empty();
        let manifest = (name == "package.json").then(|| repo.read(&entry.path, MAX_BYTES).ok()).flatten();
        if let Some(package) = manifest.and_then(|read| serde_json::from_slice::<Package>(&read.bytes).ok()) {
            wanted.extend(
                [package.dependencies, package.dev_dependencies, package.peer_dependencies]
                    .into_iter()
                    .flat_map(BTreeMap::into_keys),
            );
            umbrella |= folder.is_empty() && package.workspaces.is_some();
            if let Some(name) = package.name {
                names.insert(folder.to_owned(), name);
            }
        }
    }
    let used = names.into_iter().filter(|(_, name)| wanted.contains(name));
    projects.libraries.extend(used.map(|(folder, _)| folder));
    projects.root = root && !umbrella;
    projects
}

/// What of a `package.json` tells who depends on whom.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    name: Option<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, IgnoredAny>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, IgnoredAny>,
    #[serde(default)]
    peer_dependencies: BTreeMap<String, IgnoredAny>,
    workspaces: Option<IgnoredAny>,
}

impl Projects {
    /// The projects beside the root, where that is one itself: the outermost alone.
    pub(super) fn beside_the_root(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for folder in self.folders.iter().filter(|_| self.root) {
            let inner =
                |around: &String| folder.strip_prefix(around.as_str()).is_some_and(|rest| rest.starts_with('/'));
            if !out.iter().any(inner) {
                out.push(folder.clone());
            }
        }
        out
    }

    /// The workspace that an example documents: the nearest folder around it that is a project; empty for the repository.
    /// What a library reads is read in the services that use it, whose examples may name it as well: none speaks for it alone.
    pub(super) fn workspace_of<'a>(&self, path: &'a str) -> &'a str {
        let mut folder = path;
        while let Some((around, _)) = folder.rsplit_once('/') {
            if self.libraries.contains(around) {
                return "";
            }
            if self.folders.contains(around) {
                return around;
            }
            folder = around;
        }
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_speaks_for_the_project_that_it_lies_in() {
        let repo = Repo::in_memory(&[
            ("package.json", "{}"),
            ("apps/api/package.json", r#"{"name": "api", "dependencies": {"@x/db": "workspace:*"}}"#),
            ("packages/db/package.json", r#"{"name": "@x/db"}"#),
            ("packages/alone/package.json", r#"{"name": "@x/alone"}"#),
            ("services/mail/pom.xml", "<project/>"),
        ]);
        let projects = projects(&repo);
        for (path, workspace) in [
            (".env.example", ""),
            ("docker/.env.example", ""),
            ("apps/.env.example", ""),
            ("apps/api/.env.example", "apps/api"),
            ("apps/api/config/.env.example", "apps/api"),
            ("services/mail/src/main/resources/.env.example", "services/mail"),
            ("packages/db/.env.example", ""),
            ("packages/alone/.env.example", "packages/alone"),
        ] {
            assert_eq!(workspace, projects.workspace_of(path), "{path}");
        }
    }

    #[test]
    fn a_root_may_be_a_project_beside_others() {
        let beside = |files: &[(&str, &str)]| projects(&Repo::in_memory(files)).beside_the_root();
        let bot = [("bot/package.json", "{}"), ("bot/in/package.json", "{}"), ("bots/go.mod", "")];
        assert!(beside(&bot).is_empty(), "the root is none");
        let root = |manifest| [&[("package.json", manifest)][..], &bot].concat();
        assert_eq!(vec!["bot", "bots"], beside(&root("{}")));
        assert!(beside(&root(r#"{"workspaces": ["bot"]}"#)).is_empty(), "it holds the others together");
    }
}
