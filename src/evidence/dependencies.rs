//! What the project's manifests depend on, for the `dependency` check. Declared dependencies, not resolved ones.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value as Json;
use toml::Value as Toml;

use crate::code::catalogue::Catalogues;
use crate::domain::folders::{Role, lies_in};
use crate::domain::provenance::Source;
use crate::facts::dependencies::{Dependencies, Dependency};
use crate::facts::{Area, Evidence, Problem, State};
use crate::repo::Repo;

/// A manifest over this size is refused: 8 MiB.
const MAX_BYTES: u64 = 8 << 20;

/// Names of manifests, as globs over the whole tree.
const MANIFESTS: &[&str] = &[
    "package.json",
    "pyproject.toml",
    "requirements*.txt",
    "requirements/*.txt",
    "Pipfile",
    "setup.cfg",
    "Cargo.toml",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Gemfile",
    "composer.json",
];

/// Folders whose manifests are not the project's own.
const FOREIGN: &[Role] = &[Role::Vendored, Role::Fixture, Role::Examples, Role::Sample];

type Declared = Vec<(String, bool)>;

/// Reads every manifest of the source tree.
#[must_use]
pub fn collect(repo: &Repo) -> Area<Dependencies> {
    let looked_for: Vec<String> = MANIFESTS.iter().map(|name| format!("**/{name}")).collect();
    let mut evidence = Evidence::new(State::Absent, looked_for.clone());
    let mut items = BTreeSet::new();
    let entries = super::files::matching(repo, &looked_for).unwrap_or_default();
    let catalogues =
        Catalogues::read(repo.files().iter().filter(|entry| !entry.link).map(|entry| &*entry.path), |path| {
            repo.read(path, MAX_BYTES).ok()?.text().ok().map(str::to_owned)
        });
    for entry in entries.into_iter().filter(|entry| !lies_in(&entry.path, FOREIGN)) {
        let path = entry.path.to_string();
        let read = repo.read(&path, MAX_BYTES).map_err(|error| error.to_string());
        let read = read.and_then(|content| {
            let text = content.text().map_err(|offset| format!("not UTF-8 text (byte {offset})"))?;
            let mut all = declared(repo, &path, text)?;
            if path.ends_with(".gradle") || path.ends_with(".gradle.kts") {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                all.extend(catalogues.of(folder).brought(text).into_iter().map(|name| (name, false)));
            }
            Ok((all, content.source("manifest"), text.to_owned()))
        });
        match read {
            Ok((declared, source, text)) => add(&mut items, &mut evidence.reports, &path, declared, source, &text),
            Err(why) => evidence.problems.push(Problem { path, line: None, why }),
        }
    }
    evidence.state = match (evidence.problems.is_empty(), evidence.reports.is_empty()) {
        (false, _) => State::Unreadable,
        (true, true) => State::Absent,
        (true, false) => State::Found,
    };
    Area { facts: Some(Dependencies { items: items.into_iter().collect() }), evidence }
}

fn add(
    items: &mut BTreeSet<Dependency>,
    reports: &mut Vec<Source>,
    path: &str,
    declared: Declared,
    source: Source,
    text: &str,
) {
    reports.push(source);
    for (name, dev) in declared {
        let line = text.lines().position(|line| line.contains(&name)).and_then(|index| u32::try_from(index + 1).ok());
        items.insert(Dependency { name, file: path.to_owned(), line, dev });
    }
}

fn declared(repo: &Repo, path: &str, text: &str) -> Result<Declared, String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name {
        "package.json" => json_keys(
            text,
            &[
                ("dependencies", false),
                ("peerDependencies", false),
                ("optionalDependencies", false),
                ("devDependencies", true),
            ],
        ),
        "composer.json" => json_keys(text, &[("require", false), ("require-dev", true)]),
        "pyproject.toml" => pyproject(text),
        "Pipfile" => toml_tables(text, &[("packages", false), ("dev-packages", true)]),
        "Cargo.toml" => repo.cargo_dependencies(path).map_or_else(
            || {
                let tables = [("dependencies", false), ("build-dependencies", true), ("dev-dependencies", true)];
                toml_tables(text, &tables)
            },
            Ok,
        ),
        "go.mod" => Ok(captures(text, r"(?m)^\s*(?:require\s+)?([a-z0-9.-]+\.[a-z]+/[^\s]+)\s+v")),
        "pom.xml" => Ok(captures(text, r"(?s)<dependency>.*?<artifactId>\s*([^<\s]+)\s*</artifactId>")),
        "build.gradle" | "build.gradle.kts" => {
            Ok(captures(text, r#"["']([A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+)(?::[^"']*)?["']"#))
        }
        "Gemfile" => Ok(captures(text, r#"(?m)^\s*gem\s+["']([^"']+)["']"#)),
        "setup.cfg" => Ok(setup_cfg(text)),
        _ => Ok(text.lines().filter_map(|line| requirement(line, name.contains("dev"))).collect()),
    }
}

fn json_keys(text: &str, tables: &[(&str, bool)]) -> Result<Declared, String> {
    let json: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let keys =
        |table: &str| json.get(table).and_then(Json::as_object).map(|map| map.keys().cloned().collect::<Vec<_>>());
    Ok(tables
        .iter()
        .flat_map(|(table, dev)| keys(table).unwrap_or_default().into_iter().map(|name| (name, *dev)))
        .collect())
}

fn toml_tables(text: &str, tables: &[(&str, bool)]) -> Result<Declared, String> {
    let toml: Toml = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    let mut all: Declared = tables.iter().flat_map(|(table, dev)| names(toml.get(table), *dev)).collect();
    let workspace = toml.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    all.extend(names(workspace, false));
    Ok(all)
}

fn names(table: Option<&Toml>, dev: bool) -> Declared {
    table.and_then(Toml::as_table).map(|map| map.keys().map(|name| (name.clone(), dev)).collect()).unwrap_or_default()
}

fn pyproject(text: &str) -> Result<Declared, String> {
    let toml: Toml = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    let at = |path: &[&str]| path.iter().try_fold(&toml, |value, key| value.get(key));
    let mut all = listed(at(&["project", "dependencies"]), false);
    for (path, dev) in [(["project", "optional-dependencies"].as_slice(), false), (&["dependency-groups"], true)] {
        let groups = at(path).and_then(Toml::as_table);
        all.extend(groups.into_iter().flat_map(|map| map.values()).flat_map(|list| listed(Some(list), dev)));
    }
    all.extend(listed(at(&["tool", "uv", "dev-dependencies"]), true));
    all.extend(names(at(&["tool", "poetry", "dependencies"]), false));
    all.extend(names(at(&["tool", "poetry", "dev-dependencies"]), true));
    let groups = at(&["tool", "poetry", "group"]).and_then(Toml::as_table);
    all.extend(
        groups.into_iter().flat_map(|map| map.values()).flat_map(|group| names(group.get("dependencies"), true)),
    );
    all.retain(|(name, _)| name != "python");
    Ok(all)
}

/// The names that a `pyproject.toml` declares; none where it does not parse.
pub(super) fn declared_by_python(text: &str) -> Vec<String> {
    pyproject(text).unwrap_or_default().into_iter().map(|(name, _)| name).collect()
}

fn listed(list: Option<&Toml>, dev: bool) -> Declared {
    let items = list.and_then(Toml::as_array).into_iter().flatten();
    items.filter_map(Toml::as_str).filter_map(|text| requirement(text, dev)).collect()
}

/// The name of a requirement line such as `uvicorn[standard]>=0.30 ; python_version > "3.8"`.
fn requirement(line: &str, dev: bool) -> Option<(String, bool)> {
    let line = line.trim();
    let name: String = line.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
    (!name.is_empty() && name.starts_with(|c: char| c.is_ascii_alphanumeric())).then_some((name, dev))
}

fn setup_cfg(text: &str) -> Declared {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if !line.starts_with([' ', '\t']) {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            inside = key.trim() == "install_requires";
            found.extend(inside.then(|| requirement(value, false)).flatten());
        } else if inside {
            found.extend(requirement(line, false));
        }
    }
    found
}

fn captures(text: &str, pattern: &str) -> Declared {
    let pattern = Regex::new(pattern).expect("the patterns of this file are valid");
    pattern.captures_iter(text).map(|found| (found[1].to_owned(), false)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_of(files: &[(&str, &str)]) -> Vec<(String, bool)> {
        let area = collect(&Repo::in_memory(files));
        assert_eq!(State::Found, area.evidence.state, "{:?}", area.evidence);
        area.facts.expect("facts").items.into_iter().map(|item| (item.name, item.dev)).collect()
    }

    #[test]
    fn python_projects_declare_in_many_ways() {
        let toml = "[project]\ndependencies = [\"fastapi>=0.1\", 'uvicorn[standard]']\n[dependency-groups]\ndev = [\"pytest\"]\n[tool.poetry.dependencies]\npython = \"^3\"\nstructlog = \"*\"\n";
        let expected = [("fastapi", false), ("pytest", true), ("structlog", false), ("uvicorn", false)];
        assert_eq!(expected.map(|(name, dev)| (name.to_owned(), dev)).to_vec(), names_of(&[("pyproject.toml", toml)]));
        assert_eq!(
            vec![("flask".to_owned(), false)],
            names_of(&[("requirements.txt", "# a comment\n-r base.txt\nflask==3.0  # the app\n\n")])
        );
    }

    #[test]
    fn a_manifest_that_cannot_be_read_is_said() {
        let area = collect(&Repo::in_memory(&[("package.json", "{\"dependencies\": {"), ("go.mod", "module x\n")]));
        assert_eq!(State::Unreadable, area.evidence.state);
        assert_eq!("package.json", area.evidence.problems[0].path);
    }

    #[test]
    fn what_a_catalogue_brings_is_declared_by_the_build_that_asks_for_it() {
        let catalogue = "[libraries]\na-web = \"org.a:web:1\"\nb = \"org.b:b:1\"\n[bundles]\nc = [\"a-web\"]\n";
        let files =
            [("app/build.gradle.kts", "implementation(libs.bundles.c)\n"), ("gradle/libs.versions.toml", catalogue)];
        assert_eq!(vec![("org.a:web".to_owned(), false)], names_of(&files));
    }

    #[test]
    fn a_vendored_manifest_is_not_the_projects() {
        let area = collect(&Repo::in_memory(&[("vendor/x/package.json", "{}")]));
        assert_eq!(State::Absent, area.evidence.state);
    }
}
