//! Which part of a repository an example file speaks for: the workspace that it lies in.

use std::collections::BTreeSet;

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

/// The folders of a repository that are projects of their own, without the root.
pub(super) fn folders(repo: &Repo) -> BTreeSet<String> {
    let files = repo.files().iter().map(|entry| &*entry.path);
    files
        .filter_map(|path| path.rsplit_once('/'))
        .filter(|(_, name)| MANIFESTS.contains(name))
        .map(|(folder, _)| folder.to_owned())
        .collect()
}

/// The workspace that an example documents: the nearest folder around it that is a project; empty for the repository.
pub(super) fn of<'a>(path: &'a str, folders: &BTreeSet<String>) -> &'a str {
    let mut folder = path;
    while let Some((around, _)) = folder.rsplit_once('/') {
        if folders.contains(around) {
            return around;
        }
        folder = around;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_speaks_for_the_project_that_it_lies_in() {
        let repo = Repo::in_memory(&[
            ("package.json", "{}"),
            ("apps/api/package.json", "{}"),
            ("services/mail/pom.xml", "<project/>"),
        ]);
        let folders = folders(&repo);
        for (path, workspace) in [
            (".env.example", ""),
            ("docker/.env.example", ""),
            ("apps/.env.example", ""),
            ("apps/api/.env.example", "apps/api"),
            ("apps/api/config/.env.example", "apps/api"),
            ("services/mail/src/main/resources/.env.example", "services/mail"),
        ] {
            assert_eq!(workspace, of(path, &folders), "{path}");
        }
    }
}
