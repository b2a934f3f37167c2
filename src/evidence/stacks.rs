//! How the repository's stacks bring proof: `rules/stacks.yaml` held against its files and dependencies.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{dependencies, files};
use crate::facts::AreaName;
use crate::repo::{Repo, glob_set};

/// A build file over this size is not searched: 1 MiB.
const MAX_BUILD: u64 = 1 << 20;

/// A way of one stack.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    stack: String,
    #[serde(default)]
    group: Option<String>,
    area: AreaName,
    #[expect(dead_code, reason = "it says what the way is told by, for whoever reads the file")]
    tool: String,
    files: Vec<String>,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    script: Option<String>,
    command: String,
    #[serde(default)]
    wants: Option<String>,
    writes: String,
}

static WAYS: LazyLock<Vec<Written>> = LazyLock::new(|| {
    let text = include_str!("../../rules/stacks.yaml");
    let node = crate::yaml::parse("rules/stacks.yaml", text).expect("built-in YAML: a test reads it");
    node.read().expect("built-in stacks: a test reads them")
});

impl Written {
    /// What stands for the stack where one of several that do the same is enough.
    fn group(&self) -> &str {
        self.group.as_deref().unwrap_or(&self.stack)
    }
}

/// A way to bring proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The stack's name.
    pub stack: &'static str,
    /// What it is proof of.
    pub area: AreaName,
    /// The command.
    pub command: String,
    /// What it takes for the command to write the report, where that does not come with the tool.
    pub wants: Option<String>,
    /// Where the report is then: a glob.
    pub writes: &'static str,
}

/// The stacks that lie at the top of the repository.
#[must_use]
pub fn names(repo: &Repo) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for way in WAYS.iter() {
        let lies = || !files::matching(repo, &way.files).unwrap_or_default().is_empty();
        if !names.contains(&way.stack.as_str()) && lies() {
            names.push(&way.stack);
        }
    }
    names
}

/// The ways of the stacks that lie at the top of the repository, in the order of the file.
#[must_use]
pub fn ways(repo: &Repo) -> Vec<Way> {
    let declared = dependencies::collect(repo).facts.unwrap_or_default();
    let build: String = ["build.gradle", "build.gradle.kts"]
        .iter()
        .filter_map(|path| repo.read(path, MAX_BUILD).ok()?.text().ok().map(str::to_owned))
        .collect();
    let has = |name: &String| {
        let named = |item: &str| item.eq_ignore_ascii_case(name) || item.rsplit(':').next() == Some(name);
        declared.items.iter().any(|item| named(&item.name)) || (name.contains('.') && build.contains(name.as_str()))
    };
    let package = repo.read("package.json", MAX_BUILD).ok().and_then(|it| serde_json::from_slice(&it.bytes).ok());
    let scripts = package.as_ref().and_then(|package: &serde_json::Value| package.get("scripts"));
    let mut found: Vec<Way> = Vec::new();
    let mut told: Vec<(&str, AreaName)> = Vec::new();
    for way in WAYS.iter() {
        let fits = !files::matching(repo, &way.files).unwrap_or_default().is_empty()
            && (way.needs.is_empty() || way.needs.iter().any(has))
            && way.script.as_ref().is_none_or(|name| scripts.is_some_and(|scripts| scripts.get(name).is_some()));
        if !fits || told.contains(&(way.group(), way.area)) {
            continue;
        }
        told.push((way.group(), way.area));
        let run = runner(repo, &way.stack);
        found.push(Way {
            stack: &way.stack,
            area: way.area,
            command: way.command.replace("{run}", run),
            wants: way.wants.as_ref().map(|wants| wants.replace("{run}", run)),
            writes: &way.writes,
        });
    }
    found
}

/// The step that brings an area's proof, where the stack is known: the command, and that its report must lie where the DoD looks.
#[must_use]
pub fn step(repo: &Repo, area: AreaName, looked_for: &[String]) -> Option<String> {
    let looked = glob_set(looked_for).ok();
    let steps: Vec<String> = ways(repo)
        .into_iter()
        .filter(|way| way.area == area)
        .map(|way| {
            // A glob that stands in the list itself, or a path that one of the list matches.
            let found = looked_for.iter().any(|glob| glob == way.writes)
                || looked.as_ref().is_some_and(|set| set.is_match(way.writes.replace("**/", "").replace('*', "x")));
            let wants = way.wants.map(|wants| format!(" (it takes {wants})")).unwrap_or_default();
            let place = if found { String::new() } else { format!(" and name {} under `evidence`", way.writes) };
            format!("run `{}`{wants}{place}", way.command)
        })
        .collect();
    (!steps.is_empty()).then(|| steps.join("; "))
}

/// What runs a tool of the project.
fn runner(repo: &Repo, stack: &str) -> &'static str {
    let first = |choices: &[(&str, &'static str)], otherwise: &'static str| {
        choices.iter().find(|(file, _)| repo.exists(file)).map_or(otherwise, |(_, run)| run)
    };
    match stack {
        "Python" => first(
            &[
                ("poetry.lock", "poetry run "),
                ("uv.lock", "uv run "),
                ("pdm.lock", "pdm run "),
                ("Pipfile", "pipenv run "),
            ],
            "",
        ),
        "Maven" => first(&[("mvnw", "./mvnw")], "mvn"),
        "Gradle" => first(&[("gradlew", "./gradlew")], "gradle"),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(files: &[(&str, &str)], area: AreaName) -> Vec<String> {
        let ways = ways(&Repo::in_memory(files));
        ways.into_iter().filter(|way| way.area == area).map(|way| way.command).collect()
    }

    #[test]
    fn the_tool_that_the_project_declares_is_the_one_that_is_told() {
        let vitest = r#"{"devDependencies": {"vitest": "3"}}"#;
        let mocha = r#"{"devDependencies": {"mocha": "10", "nyc": "17"}}"#;
        assert!(told(&[("package.json", vitest)], AreaName::Coverage)[0].contains("vitest run --coverage"));
        assert!(told(&[("package.json", mocha)], AreaName::Coverage)[0].contains("nyc"));
        assert!(told(&[("package.json", mocha)], AreaName::Tests)[0].contains("mocha"));
        let script = r#"{"scripts": {"test": "node --test"}}"#;
        assert!(told(&[("package.json", script)], AreaName::Tests)[0].starts_with("node --test"));
        assert!(told(&[("package.json", "{}")], AreaName::Tests).is_empty(), "assets have no tests");
        let poetry = [("pyproject.toml", "[tool.poetry.dependencies]\npytest = \"8\"\n"), ("poetry.lock", "")];
        assert_eq!(vec!["poetry run pytest --cov --cov-report=xml"], told(&poetry, AreaName::Coverage));
        assert_eq!(
            vec!["coverage run manage.py test && coverage xml"],
            told(&[("manage.py", ""), ("requirements.txt", "django\n")], AreaName::Coverage)
        );
        assert_eq!(vec!["./gradlew test"], told(&[("build.gradle.kts", ""), ("gradlew", "")], AreaName::Tests));
        assert_eq!(vec!["mvn verify"], told(&[("pom.xml", "<project/>")], AreaName::Tests));
        assert_eq!(vec!["mvn verify"], told(&[("pom.xml", "<project/>"), ("build.gradle", "")], AreaName::Tests));
        assert!(told(&[("README.md", "")], AreaName::Tests).is_empty());
    }

    #[test]
    fn a_report_that_nobody_looks_for_is_said_to_be_named() {
        let repo = Repo::in_memory(&[("go.mod", "module m\n")]);
        let at = |globs: &[&str]| {
            let globs: Vec<String> = globs.iter().map(|glob| (*glob).to_owned()).collect();
            step(&repo, AreaName::Coverage, &globs).expect("a step")
        };
        assert_eq!("run `go test ./... -coverprofile=cover.out`", at(&["*.out"]));
        assert_eq!(
            "run `go test ./... -coverprofile=cover.out` and name cover.out under `evidence`",
            at(&["coverage/lcov.info"])
        );
    }

    #[test]
    fn every_way_is_read_and_what_it_writes_is_a_glob() {
        for way in WAYS.iter() {
            glob_set(std::slice::from_ref(&way.writes)).unwrap_or_else(|why| panic!("{}: {why}", way.writes));
            glob_set(&way.files).unwrap_or_else(|why| panic!("{:?}: {why}", way.files));
        }
    }
}
