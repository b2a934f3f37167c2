//! Java's sources below `src/main/kotlin`: Kotlin's compiler looks at them, and Java's does not unless the build says so, so
//! that what they hold is in no program.

use std::collections::{BTreeMap, BTreeSet};

use super::{MOST_BYTES, MOST_FILES};
use crate::code::resolve::{BUILDS, folder_of, under};
use crate::repo::Repo;

/// Kotlin's folder of sources in a module.
const FOLDER: &str = "src/main/kotlin/";
/// The same as builds write it.
const WRITTEN: &str = "main/kotlin";
/// How far before a folder stands which language it is for.
const BEFORE: usize = 300;

/// The folders whose Java nothing compiles, each with a slash at its end.
pub(super) fn folders(repo: &Repo) -> Vec<String> {
    let mut modules: BTreeMap<&str, bool> = BTreeMap::new();
    for entry in repo.files().iter().filter(|entry| !entry.link && entry.path.ends_with(".java")) {
        let at =
            entry.path.find(FOLDER).filter(|at| *at == 0 || entry.path.get(..*at).is_some_and(|it| it.ends_with('/')));
        if let Some(folder) = at.and_then(|at| entry.path.get(..at)) {
            modules.insert(folder.trim_end_matches('/'), false);
        }
    }
    if modules.is_empty() {
        return Vec::new();
    }
    let builds = repo.files().iter().filter(|entry| !entry.link && is_build(&entry.path)).take(MOST_FILES);
    for entry in builds {
        // What is not read may say anything.
        let content = repo.read(&entry.path, MOST_BYTES).ok();
        let says = content.as_ref().and_then(|content| content.text().ok()).is_none_or(compiles);
        let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (module, compiled) in &mut modules {
            let above = folder.is_empty() || *module == folder || module.starts_with(&format!("{folder}/"));
            // A plugin of the build's own says it for modules anywhere.
            *compiled |= says && (above || !entry.path.ends_with("pom.xml"));
        }
    }
    let homes = repo.files().iter().filter_map(|entry| {
        let (folder, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
        BUILDS.contains(&name).then_some(folder)
    });
    let homes: BTreeSet<&str> = homes.collect();
    let built = |module: &str| {
        let mut folders = std::iter::successors(Some(module), |at| Some(folder_of(at)).filter(|_| !at.is_empty()));
        folders.any(|folder| homes.contains(folder))
    };
    let left = modules.into_iter().filter(|(module, compiled)| !compiled && built(module));
    left.map(|(module, _)| format!("{}/", under(module, FOLDER))).collect()
}

/// Whether a file is one of those, or a part of a build of Gradle's.
fn is_build(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "pom.xml" || name.ends_with(".gradle") || name.ends_with(".gradle.kts") || path.contains("buildSrc/")
}

/// Whether a build gives Java's compiler Kotlin's folder.
fn compiles(text: &str) -> bool {
    maven(text) || gradle(text)
}

/// Whether Maven's build names the folder as one of its sources, or lets Kotlin's plugin do so.
fn maven(text: &str) -> bool {
    let inside = |tag: &str| {
        let open = format!("<{tag}>");
        text.match_indices(&open).any(|(at, _)| {
            let rest = text.get(at + open.len()..).unwrap_or_default();
            let said = rest.split('<').next().unwrap_or_default().trim();
            said.contains(WRITTEN) || (said.starts_with("${") && !said.contains('/'))
        })
    };
    inside("sourceDirectory")
        || inside("source")
        || (text.contains("kotlin-maven-plugin") && text.contains("<extensions>true"))
}

/// Whether Gradle's build names the folder where it does not speak of Kotlin's sources.
fn gradle(text: &str) -> bool {
    text.match_indices(WRITTEN).any(|(at, _)| {
        let mut from = at.saturating_sub(BEFORE);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let before = text.get(from..at).unwrap_or_default();
        let Some(named) = before.rfind("srcDir").and_then(|at| before.get(..at)) else { return false };
        let (java, kotlin) = (named.rfind("java"), named.rfind("kotlin"));
        kotlin.is_none() || java > kotlin
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(build: &str, text: &str) -> Vec<String> {
        folders(&Repo::in_memory(&[
            (build, text),
            ("api/src/main/kotlin/a/A.java", "class A {}\n"),
            ("api/src/main/java/a/B.kt", "class B\n"),
        ]))
    }

    #[test]
    fn java_below_kotlin_is_compiled_only_where_the_build_says_so() {
        let none = vec!["api/src/main/kotlin/".to_owned()];
        assert_eq!(none, told("build.gradle", "plugins { id 'org.jetbrains.kotlin.jvm' }\n"));
        assert_eq!(none, told("build.gradle.kts", "kotlin.sourceSets[\"main\"].kotlin.srcDirs(\"src/main/kotlin\")\n"));
        assert_eq!(none, told("api/pom.xml", "<sourceDirs><sourceDir>src/main/kotlin</sourceDir></sourceDirs>"));
        let empty: Vec<String> = Vec::new();
        for (build, text) in [
            ("build.gradle", "sourceSets {\n main {\n  java.srcDirs += 'src/main/kotlin'\n }\n}\n"),
            (
                "api/build.gradle.kts",
                "sourceSets { main { java { srcDirs(\n\"src/main/java\",\n\"src/main/kotlin\") } } }",
            ),
            ("buildSrc/src/main/kotlin/own.gradle.kts", "sourceSets.main { java.srcDir(\"src/main/kotlin\") }"),
            ("api/pom.xml", "<sourceDirectory>${project.basedir}/src/main/kotlin</sourceDirectory>"),
            ("pom.xml", "<sources><source>src/main/kotlin</source></sources>"),
            ("api/BUILD", ""),
        ] {
            assert_eq!(empty, told(build, text), "{build} {text}");
        }
    }
}
