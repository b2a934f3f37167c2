//! Modules of Gradle builds that other modules' tests alone depend on: fakes and fixtures, which no application runs.

use std::collections::BTreeSet;

use crate::repo::Repo;

/// A build that is larger is none that a person writes.
const MOST_BYTES: u64 = 1 << 20;
/// The most modules that are looked at.
const MOST_MODULES: usize = 2_000;
/// What stands between a configuration and the project that it gets.
const AROUND: &[&str] = &["platform", "enforcedPlatform", "dependencies"];
/// What builds of modules that run by themselves say.
const RUNS: &[&str] =
    &["application", "mainClass", "mainClassName", "org.springframework.boot", "io.ktor.plugin", "com.gradleup.shadow"];

/// A dependency of one module on another.
#[derive(Debug, PartialEq, Eq)]
struct Dependency {
    /// The other module's path, its segments as folders are called or as accessors spell them.
    on: Vec<String>,
    /// Whether tests alone need it.
    tests: bool,
}

/// The folders of modules for tests alone, each with a slash at its end.
pub(super) fn folders(repo: &Repo) -> Vec<String> {
    let builds: Vec<(String, String)> = repo
        .files()
        .iter()
        .filter(|entry| !entry.link && (entry.path.ends_with(".gradle") || entry.path.ends_with(".gradle.kts")))
        .take(MOST_MODULES)
        .filter_map(|entry| {
            let content = repo.read(&entry.path, MOST_BYTES).ok()?;
            Some((entry.path.to_string(), content.text().ok()?.to_owned()))
        })
        .collect();
    let mut modules: Vec<(String, &str)> = Vec::new();
    for (path, text) in &builds {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if !folder.is_empty() && matches!(name, "build.gradle" | "build.gradle.kts") {
            modules.push((folder.to_owned(), text));
        }
    }
    let known: Vec<(&str, Vec<Dependency>)> = builds
        .iter()
        .map(|(path, text)| (path.rsplit_once('/').map_or("", |(folder, _)| folder), dependencies(text)))
        .collect();
    let mut found: BTreeSet<&str> = BTreeSet::new();
    // What only such modules depend on is one of them.
    loop {
        let before = found.len();
        for (folder, text) in &modules {
            let mut uses = known.iter().flat_map(|(by, all)| {
                all.iter().filter(|one| is_of(&one.on, folder)).map(|one| one.tests || found.contains(by))
            });
            let first = uses.next();
            if first == Some(true) && uses.all(|tests| tests) && !runs(text) {
                found.insert(folder);
            }
        }
        if found.len() == before {
            return found.into_iter().map(|folder| format!("{folder}/")).collect();
        }
    }
}

/// Whether a build says that its module runs by itself.
fn runs(text: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    text.split(|c| !word(c)).any(|token| RUNS.contains(&token))
}

/// Whether a path of a project leads to a module's folder.
fn is_of(path: &[String], folder: &str) -> bool {
    let mut folders = folder.rsplit('/');
    !path.is_empty()
        && path.iter().rev().all(|segment| folders.next().is_some_and(|own| own == segment || camel(own) == *segment))
}

/// What a build depends on.
fn dependencies(text: &str) -> Vec<Dependency> {
    let mut out = Vec::new();
    for (at, _) in text.match_indices("project(").chain(text.match_indices("projects.")) {
        let (before, rest) = text.split_at(at);
        let line = before.rsplit('\n').next().unwrap_or_default();
        if line.trim_start().starts_with("//") || before.ends_with(|c: char| c.is_alphanumeric() || c == '.') {
            continue;
        }
        let Some(tests) = configuration(before).map(|name| name.starts_with("test") || name.contains("Test")) else {
            continue;
        };
        let on: Vec<String> = match rest.strip_prefix("projects.") {
            Some(rest) => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '.').unwrap_or(rest.len());
                rest.get(..end).unwrap_or_default().split('.').map(str::to_owned).collect()
            }
            None => {
                let Some(quoted) = rest.split(['"', '\'']).nth(1) else { continue };
                quoted.split(':').filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
            }
        };
        out.push(Dependency { on, tests });
    }
    out
}

/// The configuration that a dependency stands in, by what is before it. What is for another module's fixtures is none.
fn configuration(before: &str) -> Option<&str> {
    let mut rest = before;
    loop {
        rest = rest.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '\'' | ')' | ','));
        let start = rest.rfind(|c: char| !c.is_alphanumeric()).map_or(0, |at| at + 1);
        let word = rest.get(start..).filter(|word| !word.is_empty())?;
        if word == "testFixtures" {
            return None;
        }
        if !AROUND.contains(&word) {
            return Some(word);
        }
        rest = rest.get(..start)?;
    }
}

/// A name as Gradle's accessors spell it.
fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for c in name.chars() {
        match c {
            '-' | '_' | '.' => upper = true,
            c if upper => {
                out.extend(c.to_uppercase());
                upper = false;
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_that_tests_alone_depend_on_are_told() {
        let repo = Repo::in_memory(&[
            ("build.gradle.kts", "plugins { kotlin(\"jvm\") }\n"),
            (
                "app/build.gradle.kts",
                "plugins { application }\ndependencies {\n  implementation(project(\":store\"))\n  testImplementation(project(\":lib-test\"))\n  testImplementation(project(\":demo\"))\n  testImplementation(\n    project(\":store\"),\n  )\n}\n",
            ),
            (
                "store/build.gradle",
                "dependencies {\n  testImplementation projects.libTest\n  api project(':model')\n}\n",
            ),
            (
                "lib-test/build.gradle.kts",
                "dependencies {\n  implementation(project(\":model\"))\n  api(project(\":fakes\"))\n}\n",
            ),
            ("fakes/build.gradle.kts", ""),
            ("model/build.gradle.kts", "dependencies { testImplementation(testFixtures(project(\":store\"))) }"),
            ("demo/build.gradle.kts", "plugins { application }\n"),
            ("alone/build.gradle.kts", ""),
        ]);
        assert_eq!(folders(&repo), ["fakes/", "lib-test/"]);
    }
}
