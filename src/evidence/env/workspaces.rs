//! Which part of a repository an example file speaks for: the workspace that it lies in.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::developers::starts_by_name;
use super::naming::Places;
use crate::code;
use crate::evidence::compose::is_compose;
use crate::repo::Repo;
use crate::yaml;

/// What a folder has that is a package, module or project of its own.
pub(in crate::evidence) const MANIFESTS: &[&str] = &[
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

/// What says of a root that it only holds together what lies below it, and a word without which it says so of none.
const UMBRELLAS: &[(&str, &str)] = &[
    ("Cargo.toml", "[workspace"),
    ("lerna.json", ""),
    ("nx.json", ""),
    ("pom.xml", "<modules>"),
    ("rush.json", ""),
    ("settings.gradle", "include"),
    ("settings.gradle.kts", "include"),
    ("turbo.json", ""),
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
    let mut holding = Holding::of(repo);
    let mut root = false;
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
            if folder.is_empty() {
                holding.add(package.workspaces.as_ref().map(members).as_deref());
            }
            if let Some(name) = package.name {
                names.insert(folder.to_owned(), name);
            }
        }
    }
    let used = names.into_iter().filter(|(_, name)| wanted.contains(name));
    projects.libraries.extend(used.map(|(folder, _)| folder));
    projects.root = root && (holding.itself || !holding.others);
    projects
}

/// Whether the root only holds together what lies below it.
pub(in crate::evidence) fn only_holds_together(repo: &Repo) -> bool {
    let mut holding = Holding::of(repo);
    let content = repo.file("package.json").and_then(|_| repo.read("package.json", MAX_BYTES).ok());
    let package = content.and_then(|read| serde_json::from_slice::<Package>(&read.bytes).ok());
    holding.add(package.and_then(|package| package.workspaces).as_ref().map(members).as_deref());
    holding.others && !holding.itself
}

/// What a root says of what it holds together.
#[derive(Debug, Default)]
struct Holding {
    /// It holds other projects together.
    others: bool,
    /// It names itself among them.
    itself: bool,
}

impl Holding {
    fn of(repo: &Repo) -> Self {
        let text = |name: &str| {
            let content = repo.file(name).and_then(|_| repo.read(name, MAX_BYTES).ok());
            content.map(|content| String::from_utf8_lossy(&content.bytes).into_owned())
        };
        let says = |(name, word): &(&str, &str)| text(name).is_some_and(|text| text.contains(word));
        let mut holding = Self { others: UMBRELLAS.iter().any(says), itself: false };
        // A package of Rust may hold others together beside its own sources.
        holding.itself = text("Cargo.toml").is_some_and(|text| text.lines().any(|line| line.trim() == "[package]"));
        let pnpm = text("pnpm-workspace.yaml").and_then(|text| yaml::parse_foreign("pnpm-workspace.yaml", &text).ok());
        let packages = pnpm.and_then(|node| node.read::<Listed>().ok()).and_then(|listed| listed.packages);
        // Without packages it is a file of settings.
        holding.add(packages.as_deref());
        holding
    }

    fn add(&mut self, members: Option<&[String]>) {
        self.others |= members.is_some();
        self.itself |= members.unwrap_or_default().iter().any(|member| matches!(member.as_str(), "." | "./"));
    }
}

/// What lists packages: all of `pnpm-workspace.yaml` that counts here.
#[derive(Debug, Deserialize)]
struct Listed {
    packages: Option<Vec<String>>,
}

/// The folders that the `workspaces` of a `package.json` name.
fn members(workspaces: &serde_json::Value) -> Vec<String> {
    let listed = workspaces.get("packages").unwrap_or(workspaces).as_array();
    listed.into_iter().flatten().filter_map(|folder| Some(folder.as_str()?.to_owned())).collect()
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
    workspaces: Option<serde_json::Value>,
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

    /// The folders of packages that are started by themselves, or that others of the repository depend on, and of images.
    pub(super) fn applications(&self, repo: &Repo) -> BTreeSet<String> {
        let starts = |path: &str| {
            let content = repo.read(path, MAX_BYTES).ok();
            let package = content.and_then(|read| serde_json::from_slice::<serde_json::Value>(&read.bytes).ok());
            let scripts = package.as_ref().and_then(|package| package.get("scripts")?.as_object());
            scripts.is_some_and(|scripts| scripts.keys().any(|name| starts_by_name(name)))
        };
        let folder = |path: &str| {
            let (folder, name) = path.rsplit_once('/')?;
            let image = name.to_ascii_lowercase().contains("dockerfile");
            (image || (name == "package.json" && starts(path))).then(|| folder.to_owned())
        };
        let mut out: BTreeSet<String> = repo.files().iter().filter_map(|entry| folder(&entry.path)).collect();
        out.extend(self.libraries.iter().filter(|folder| !folder.is_empty()).cloned());
        out
    }

    /// The folders of examples that are no projects and in which something lies that the example may be for. One that holds
    /// nothing but examples, or settings, is where the project around it keeps those; what code in one uses of the project
    /// around it is a part of the same program.
    pub(super) fn parts(&self, repo: &Repo, examples: &[String]) -> Vec<String> {
        let folders: BTreeSet<&str> = examples.iter().filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
        let used: Vec<&str> = repo.files().iter().map(|entry| &*entry.path).filter(|path| may_use(path)).collect();
        let lies_in = |path: &&str, folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let places = LazyCell::new(|| Places::new(repo.files().iter().map(|entry| &*entry.path)));
        let leaves = |path: &&str, folder: &str| {
            let text = repo.read(path, MAX_BYTES).map(|content| String::from_utf8_lossy(&content.bytes).into_owned());
            is_code(path) && (!is_followed(path) || text.is_ok_and(|text| places.leaves(folder, path, &text)))
        };
        let is_part = |folder: &&str| {
            let library = self.libraries.iter().any(|library| library == folder || lies_in(folder, library));
            let mut within = used.iter().filter(|path| lies_in(path, folder)).peekable();
            let something = within.peek().is_some();
            something && !self.folders.contains(*folder) && !library && !within.any(|path| leaves(path, folder))
        };
        folders.into_iter().filter(is_part).map(str::to_owned).collect()
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

/// Ends of code that is no script of a shell.
const CODE: &[&str] = &[".rb", ".php", ".cs", ".ex", ".exs", ".swift", ".dart"];

/// Whether a file is code that may use other code of the repository.
fn is_code(path: &str) -> bool {
    code::is_source(path) || CODE.iter().any(|end| path.ends_with(end))
}

/// Whether it can be told by a look what a file imports.
fn is_followed(path: &str) -> bool {
    code::is_source(path) && ![".rs", ".java", ".kt", ".kts"].iter().any(|end| path.ends_with(end))
}

/// Whether a file may use variables: code, a compose file, a recipe of an image, a script, a description of what is deployed.
fn may_use(path: &str) -> bool {
    const ENDS: &[&str] = &[".sh", ".bash", ".ps1", ".tf", ".sol", ".service"];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    is_code(path)
        || is_compose(path)
        || ["dockerfile", "containerfile", "makefile", "kustomization.yaml", "devcontainer.json"]
            .iter()
            .any(|word| name.contains(word))
        || ENDS.iter().any(|end| name.ends_with(end))
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
        assert_eq!(vec!["bot", "bots"], beside(&root(r#"{"workspaces": {"packages": [".", "bot"]}}"#)));
        let pnpm = |text| beside(&[&root("{}")[..], &[("pnpm-workspace.yaml", text)]].concat());
        assert!(pnpm("packages:\n  - bot\n").is_empty());
        assert_eq!(vec!["bot", "bots"], pnpm("packages:\n  - .\n  - bot\n"), "it is one of them itself");
        assert_eq!(vec!["bot", "bots"], pnpm("onlyBuiltDependencies:\n  - esbuild\n"), "it holds none together");
        let cargo = |text| beside(&[&bot[..], &[("Cargo.toml", text)]].concat());
        assert!(cargo("[workspace]\nmembers = [\"a\"]\n").is_empty());
        assert_eq!(vec!["bot", "bots"], cargo("[workspace]\n[package]\nname = \"a\"\n"));
    }

    #[test]
    fn a_folder_with_something_to_use_its_example_is_a_part() {
        let repo = Repo::in_memory(&[
            ("package.json", r#"{"dependencies": {"db": "*"}}"#),
            ("packages/db/package.json", r#"{"name": "db"}"#),
            ("packages/db/src/db.ts", ""),
            ("api/package.json", "{}"),
            ("api/a.ts", ""),
            ("deploy/compose.yaml", ""),
            ("config/app.yml", ""),
            ("contracts/deploy.js", "require('./lib/a')"),
            ("worker/run.py", "from shared.db import connect"),
            ("shared/db.py", ""),
            ("envs/README.md", ""),
        ]);
        let examples =
            ["", "api/", "packages/db/", "packages/db/src/", "deploy/", "config/", "envs/", "contracts/", "worker/"]
                .map(|folder| format!("{folder}.env.example"));
        assert_eq!(vec!["contracts", "deploy"], projects(&repo).parts(&repo, &examples));
    }
}
