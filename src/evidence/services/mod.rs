//! The services of a repository. A project is a folder that has a manifest or another sign of a program. A route belongs to its
//! innermost project, and a project with routes is a service of its own, unless another project of the repository depends on
//! it: what several use is part of each of them. What lies in no service goes with all.

mod imports;
mod manifests;

use std::collections::{BTreeMap, BTreeSet};

use super::env::workspaces::{self, MANIFESTS};
use crate::domain::folders::{Role, folder_of, is_below, lies_in};
use crate::facts::routes::Route;
use crate::repo::Repo;

/// What makes a folder a project beside a manifest: a recipe of an image, the main file of a program, a tool's description of one.
const SIGNS: &[&str] =
    &["Dockerfile", "app.py", "main.go", "main.py", "project.json", "setup.cfg", "tsconfig.app.json"];
/// Folders whose projects say nothing of who depends on whom.
const FOREIGN: &[Role] = &[Role::Vendored, Role::Fixture, Role::Examples, Role::Sample, Role::Test];
/// A longer file is none that a person wrote.
const MAX_BYTES: u64 = 1 << 20;

/// The services of a repository.
#[derive(Debug, Clone, Default)]
pub(super) struct Services {
    /// Their folders, by path; the root's is empty.
    folders: Vec<String>,
    /// The projects with routes that others depend on.
    shared: BTreeSet<String>,
}

impl Services {
    /// Tells the services apart that have routes.
    pub(super) fn of(repo: &Repo, routes: &[Route]) -> Self {
        let mut homes: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for route in routes.iter().filter(|route| route.is_http()) {
            let folder = folder_of(&route.file);
            homes.entry(folder).or_insert_with(|| project(repo, folder));
        }
        let mut found: BTreeSet<&str> = homes.into_values().flatten().collect();
        if found.len() < 2 {
            return Self { folders: found.into_iter().map(str::to_owned).collect(), shared: BTreeSet::new() };
        }
        let mut shared = manifests::depended_on(repo, &found);
        shared.extend(imports::depended_on(repo, &found));
        // What only holds others together has no program of its own.
        if workspaces::only_holds_together(repo) {
            shared.extend(found.take("").map(str::to_owned));
        }
        let folders = found.into_iter().filter(|folder| !shared.contains(*folder)).map(str::to_owned).collect();
        Self { folders, shared }
    }

    /// Says of routes which service each belongs to, where there are several.
    pub(super) fn name(&self, routes: &mut [Route]) {
        for route in routes.iter_mut().filter(|_| self.folders.len() > 1) {
            route.service = self.of_file(&route.file).map(|folder| shown(folder).to_owned());
        }
    }

    /// Their folders, by path; the root's is empty.
    pub(super) fn folders(&self) -> &[String] {
        &self.folders
    }

    /// The folder of the service that a file lies in; none where what it is part of goes with all.
    pub(super) fn of_file(&self, file: &str) -> Option<&str> {
        let all = self.folders.iter().chain(&self.shared);
        let innermost = all.filter(|folder| is_below(file, folder)).max_by_key(|folder| folder.len())?;
        Some(innermost.as_str()).filter(|folder| !self.shared.contains(*folder))
    }

    /// The same for what may lie in a project without routes, which is no part of the root's.
    pub(super) fn around(&self, repo: &Repo, file: &str) -> Option<&str> {
        let service = self.of_file(file)?;
        (!service.is_empty() || project(repo, folder_of(file)).is_none_or(str::is_empty)).then_some(service)
    }
}

/// The folder of a service as it is told: the root's has no name.
pub(super) fn shown(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

/// The innermost project that a folder lies in, or is; empty for the root.
fn project<'f>(repo: &Repo, folder: &'f str) -> Option<&'f str> {
    let mut around = Some(folder);
    while let Some(folder) = around {
        if is_project(repo, folder) {
            return Some(folder);
        }
        around = (!folder.is_empty()).then(|| folder_of(folder));
    }
    None
}

fn is_project(repo: &Repo, folder: &str) -> bool {
    let path = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let has =
        |name: &str| repo.file(&path(name)).is_some() && (name != "project.json" || is_application(repo, &path(name)));
    MANIFESTS.iter().chain(SIGNS).any(|name| has(name)) || is_command(repo, folder)
}

/// Whether a project of a workspace is no library, as its description says.
fn is_application(repo: &Repo, path: &str) -> bool {
    let content = repo.read(path, MAX_BYTES).ok();
    let described = content.and_then(|read| serde_json::from_slice::<serde_json::Value>(&read.bytes).ok());
    described.is_some_and(|described| described.get("projectType").is_none_or(|kind| kind != "library"))
}

/// Whether a folder is a program of Go, as those directly below `cmd` are.
fn is_command(repo: &Repo, folder: &str) -> bool {
    if !matches!(folder_of(folder).rsplit('/').next(), Some("cmd")) {
        return false;
    }
    let files = repo.files();
    let first = files.partition_point(|entry| *entry.path < *folder);
    let below = files[first..].iter().take_while(|entry| entry.path.starts_with(folder));
    below.filter(|entry| is_below(&entry.path, folder)).any(|entry| entry.path.ends_with(".go"))
}

/// Whether a file says something of who depends on whom.
fn counts(path: &str) -> bool {
    !lies_in(path, FOREIGN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The services of a repository in which each of some files registers a route.
    fn services(files: &[(&str, &str)], routes: &[&str]) -> Services {
        let route = |file: &&str| Route {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            framework: "express".to_owned(),
            file: (*file).to_owned(),
            line: 1,
            conditional: false,
            library: None,
            tests: Vec::new(),
            tests_left_out: 0,
            service: None,
        };
        Services::of(&Repo::in_memory(files), &routes.iter().map(route).collect::<Vec<_>>())
    }

    #[test]
    fn signs_of_programs_make_projects() {
        for sign in ["package.json", "Dockerfile", "setup.cfg", "tsconfig.app.json", "main.py"] {
            let (a, b) = (format!("apps/a/{sign}"), format!("apps/b/{sign}"));
            let found = services(&[(&a, ""), (&b, "")], &["apps/a/src/r.ts", "apps/b/src/r.ts"]);
            assert_eq!(["apps/a", "apps/b"], found.folders(), "{sign}");
        }
        let described = [("apps/a/project.json", "{}"), ("libs/b/project.json", r#"{"projectType": "library"}"#)];
        let found = services(&described, &["apps/a/r.ts", "libs/b/r.ts"]);
        assert_eq!(
            (["apps/a"].as_slice(), None),
            (found.folders().iter().map(String::as_str).collect::<Vec<_>>().as_slice(), found.of_file("libs/b/r.ts"))
        );
        let commands =
            [("cmd/a/serve.go", ""), ("cmd/b/serve.go", ""), ("go.mod", "module x\n"), ("internal/r.go", "")];
        let found = services(&commands, &["cmd/a/serve.go", "cmd/b/serve.go"]);
        assert_eq!(["cmd/a", "cmd/b"], found.folders());
        assert_eq!((Some("cmd/a"), None), (found.of_file("cmd/a/docs/x.yaml"), found.of_file("internal/r.go")));
    }

    #[test]
    fn what_others_depend_on_goes_with_all() {
        let npm = r#"{"dependencies": {"@x/b": "*"}}"#;
        let path = r#"{"dependencies": {"b": "file:../b"}}"#;
        let pom = |inner: &str| {
            format!("<project><parent><artifactId>b</artifactId></parent><artifactId>a</artifactId>{inner}</project>")
        };
        let uses =
            pom("<dependencies><dependency><groupId>g</groupId><artifactId>b</artifactId></dependency></dependencies>");
        let managed = pom(
            "<dependencyManagement><dependencies><dependency><artifactId>b</artifactId></dependency></dependencies></dependencyManagement>",
        );
        for (depends, name, a, b) in [
            (true, "package.json", npm, r#"{"name": "@x/b"}"#),
            (true, "package.json", path, "{}"),
            (false, "package.json", r#"{"dependencies": {"c": "*"}}"#, r#"{"name": "b"}"#),
            (true, "pom.xml", &uses, "<project><artifactId>b</artifactId></project>"),
            (false, "pom.xml", &managed, "<project><artifactId>b</artifactId></project>"),
            (true, "build.gradle", "implementation project(':services:b')", ""),
            (true, "build.gradle.kts", "implementation(projects.services.b)", ""),
            (false, "build.gradle.kts", "project(\":b\") {\n}", ""),
            (true, "Cargo.toml", "[dependencies]\nb = { path = \"../b\" }\n", "[package]\nname = \"b\"\n"),
            (true, "Cargo.toml", "[dependencies]\nb.workspace = true\n", "[package]\nname = \"b\"\n"),
            (false, "Cargo.toml", "[dependencies]\nb = \"1\"\n", "[package]\nname = \"b\"\n"),
            (true, "go.mod", "module x/a\nrequire x/b v0.0.0\n", "module x/b\n"),
            (true, "go.mod", "module x/a\nreplace y => ../b\n", "module z\n"),
            (true, "requirements.txt", "-e ../b\n", ""),
            (true, "pyproject.toml", "[tool.poetry.dependencies]\nb = { path = \"../b\" }\n", ""),
            (true, "pyproject.toml", "[project]\ndependencies = [\"The_B\"]\n", "[project]\nname = \"the-b\"\n"),
        ] {
            let (first, second) = (format!("services/a/{name}"), format!("services/b/{name}"));
            let found = services(&[(&first, a), (&second, b)], &["services/a/r.x", "services/b/r.x"]);
            let expected: &[&str] = if depends { &["services/a"] } else { &["services/a", "services/b"] };
            assert_eq!(expected, found.folders(), "{a}");
        }
    }

    #[test]
    fn modules_may_be_named_by_constants() {
        let files = [
            ("a/build.gradle.kts", "implementation(project(Modules.SHOP))"),
            ("b/build.gradle.kts", ""),
            ("buildSrc/src/main/kotlin/Modules.kt", "object Modules {\n  const val SHOP = \":b\"\n}"),
        ];
        assert_eq!(["a"], services(&files, &["a/r.kt", "b/r.kt"]).folders());
    }

    #[test]
    fn what_others_import_goes_with_all() {
        for (depends, importing, text, imported) in [
            (true, "a/main.py", "from b import routes\n", "b/routes.py"),
            (true, "a/main.py", "import b.routes\n", "b/routes.py"),
            (false, "a/main.py", "from routes import x\n", "b/routes.py"),
            (true, "a/src/x.ts", "import { r } from '../../b/routes';\n", "b/routes.ts"),
            (false, "a/src/x.ts", "import { r } from './routes';\n", "b/routes.ts"),
            (true, "a/x.go", "package main\nimport \"m/b/routes\"\n", "b/routes/r.go"),
            (false, "a/x.go", "package main\nimport \"github.com/o/b/routes\"\n", "b/routes/r.go"),
            (false, "tests/x.py", "from b import routes\n", "b/routes.py"),
        ] {
            let files = [
                ("a/Dockerfile", ""),
                ("b/Dockerfile", ""),
                ("go.mod", "module m\n"),
                (importing, text),
                (imported, ""),
            ];
            let expected: &[&str] = if depends { &["a"] } else { &["a", "b"] };
            assert_eq!(expected, services(&files, &["a/y.py", imported]).folders(), "{importing}: {text}");
        }
    }

    #[test]
    fn the_root_may_be_one() {
        let files = [("package.json", "{}"), ("worker/package.json", "{}"), ("site/package.json", "{}")];
        let found = services(&files, &["src/app.js", "worker/app.js"]);
        assert_eq!(["", "worker"], found.folders());
        let repo = Repo::in_memory(&files);
        for (file, service) in [("docs/a.yaml", Some("")), ("worker/a.yaml", Some("worker")), ("site/a.yaml", None)] {
            assert_eq!(service, found.around(&repo, file), "{file}");
        }
        let holding = [("package.json", r#"{"workspaces": ["worker"]}"#), ("worker/package.json", "{}")];
        assert_eq!(["worker"], services(&holding, &["src/app.js", "worker/app.js"]).folders());
        let using = [files[0], files[1], ("worker/app.js", "require('../src/app')"), ("src/app.js", "")];
        assert_eq!(["worker"], services(&using, &["src/app.js", "worker/app.js"]).folders());
    }
}
