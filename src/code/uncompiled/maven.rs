//! Sources in the usual layout of a module that is none: they lie below the folder of a module of Maven's, which does not compile
//! them, and no other build is there that might.

use std::collections::BTreeSet;

use super::{MOST_BYTES, MOST_FILES};
use crate::code::resolve::under;
use crate::domain::folders::{folder_of, is_below};
use crate::repo::Repo;

/// The build whose modules are looked at.
const BUILD: &str = "pom.xml";
/// The folders of sources in a module.
const SOURCES: [&str; 2] = ["src/main/java/", "src/main/kotlin/"];
/// Files of other builds, of editors that compile by themselves, and of Maven's in other languages than XML.
const OTHERS: &[&str] = &[
    "BUCK",
    "BUILD",
    "BUILD.bazel",
    "GNUmakefile",
    "MODULE.bazel",
    "Makefile",
    "WORKSPACE",
    "WORKSPACE.bazel",
    "build.mill",
    "build.sc",
    "build.xml",
    "ivy.xml",
    "justfile",
    "makefile",
    "module.yaml",
    "pants.toml",
    "project.clj",
];
/// What the names of such files end with.
const ENDINGS: &[&str] = &[".bzl", ".classpath", ".gradle", ".gradle.kts", ".iml", ".project", ".sbt"];
/// What the names of files end or begin with that may run a compiler.
const SCRIPTS: &[&str] = &[".bat", ".cmd", ".ps1", ".sh", ".yaml", ".yml"];
const SCRIPTED: &str = "Dockerfile";
/// What a build says that compiles more than the usual folders.
const COMPILES: &[&str] = &["<sourceDirectory>", "<sourceDirs>", "<compileSourceRoots>", "build-helper-maven-plugin"];
/// Lines of a build that say what something is called, and not where it is.
const NAMING: &[&str] = &["artifactId>", "<name>", "<description>", "<finalName>", "<url>", "groupId>"];

/// What lies in a repository, by folders.
#[derive(Default)]
struct Lying<'r> {
    /// Folders in the usual layout.
    modules: BTreeSet<&'r str>,
    /// Those of them that Maven builds, and others that it does.
    built: BTreeSet<&'r str>,
    /// Folders that other builds are in.
    others: BTreeSet<&'r str>,
    /// Files that may name folders which are compiled.
    naming: Vec<&'r str>,
}

/// The folders, each with a slash at its end.
pub(super) fn folders(repo: &Repo) -> Vec<String> {
    let lying = Lying::of(repo);
    let mut left: Vec<(&str, &str)> = Vec::new();
    for module in &lying.modules {
        if let Some(above) = lying.around(module) {
            left.push((module, above));
        }
    }
    if left.is_empty() {
        return Vec::new();
    }
    for path in lying.naming.iter().take(MOST_FILES) {
        // What is not read may say anything.
        let content = repo.read(path, MOST_BYTES).ok();
        let Some(text) = content.as_ref().and_then(|content| content.text().ok()) else {
            left.clear();
            break;
        };
        let build = path.ends_with(BUILD).then(|| folder_of(path));
        let more = build.is_some() && COMPILES.iter().any(|word| text.contains(word));
        left.retain(|(module, _)| {
            let named = is_named(text, folder_of_last(module), build.is_some());
            let given = more && build.is_some_and(|folder| is_below(module, folder));
            !named && !given
        });
    }
    if lying.naming.len() > MOST_FILES {
        left.clear();
    }
    let all = left.iter().flat_map(|(module, _)| SOURCES.map(|sources| under(module, sources)));
    all.map(|folder| format!("{}/", folder.trim_end_matches('/'))).collect()
}

impl<'r> Lying<'r> {
    fn of(repo: &'r Repo) -> Self {
        let mut out = Self::default();
        for entry in repo.files().iter().filter(|entry| !entry.link) {
            let path = &*entry.path;
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            if name.ends_with(".java") || name.ends_with(".kt") {
                out.modules.extend(module_of(path));
            } else if name == BUILD {
                out.built.insert(folder);
                out.naming.push(path);
            } else if OTHERS.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending)) || is_polyglot(name)
            {
                out.others.insert(folder);
                out.naming.push(path);
            } else if name.contains(SCRIPTED) || SCRIPTS.iter().any(|ending| name.ends_with(ending)) {
                // Settings of programs are no scripts.
                if !path.contains("src/") {
                    out.naming.push(path);
                }
            }
        }
        out
    }

    /// The module of Maven's that a folder without any build lies in, where that has sources of its own.
    fn around(&self, module: &str) -> Option<&'r str> {
        if module.is_empty() || self.built.contains(module) {
            return None;
        }
        let below = format!("{module}/");
        if self.others.contains(module) || self.others.range(&*below..).next().is_some_and(|it| it.starts_with(&below))
        {
            return None;
        }
        let (mut at, mut found) = (module, None);
        while !at.is_empty() {
            at = folder_of(at);
            if self.others.contains(at) {
                return None;
            }
            if found.is_none() {
                found = self.built.get(at).copied();
            }
        }
        found.filter(|above| self.modules.contains(above))
    }
}

/// The module in whose usual folders a source lies.
fn module_of(path: &str) -> Option<&str> {
    SOURCES.iter().find_map(|sources| {
        let at = path.find(sources)?;
        let before = path.get(..at)?;
        (before.is_empty() || before.ends_with('/')).then(|| before.trim_end_matches('/'))
    })
}

/// Whether a file is a build of Maven's in another language: `pom.kts`, `pom.yml`.
fn is_polyglot(name: &str) -> bool {
    name.strip_prefix("pom.").is_some_and(|language| language != "xml" && language != "properties")
}

/// The last name of a folder.
fn folder_of_last(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap_or(folder)
}

/// Whether a text has a folder's name as a word; of a build what only says what something is called does not count.
fn is_named(text: &str, name: &str, build: bool) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.lines().filter(|line| !build || !NAMING.iter().any(|word| line.contains(word))).any(|line| {
        line.match_indices(name).any(|(at, _)| {
            let before = line.get(..at).and_then(|before| before.chars().next_back());
            let behind = line.get(at + name.len()..).and_then(|behind| behind.chars().next());
            !before.is_some_and(part) && !behind.is_some_and(part)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(more: &[(&str, &str)]) -> Vec<String> {
        let mut files = vec![
            ("pom.xml", "<project><artifactId>old</artifactId></project>"),
            ("src/main/java/a/A.java", "class A {}"),
            ("old/src/main/java/a/B.java", "class B {}"),
        ];
        files.extend_from_slice(more);
        folders(&Repo::in_memory(&files))
    }

    #[test]
    fn a_module_without_a_build_below_one_of_mavens_is_compiled_by_nothing() {
        let none = vec!["old/src/main/java/".to_owned(), "old/src/main/kotlin/".to_owned()];
        assert_eq!(none, told(&[]));
        assert_eq!(none, told(&[("old/src/main/kotlin/a/C.kt", ""), ("Dockerfile", "COPY src /src\n")]));
        assert_eq!(none, told(&[("web/build.gradle", "x"), ("src/main/resources/a.yml", "at: old\n")]));
    }

    #[test]
    fn whatever_may_compile_it_keeps_it() {
        let empty: Vec<String> = Vec::new();
        for (path, text) in [
            ("old/pom.xml", "<project/>"),
            ("old/build.gradle", ""),
            ("old/.classpath", ""),
            ("old/app/build.gradle.kts", ""),
            ("settings.gradle", ""),
            (".classpath", ""),
            ("BUILD.bazel", ""),
            ("build.xml", ""),
            ("web/settings.gradle", "project(':it').projectDir = file('../old')\n"),
            ("web/pom.xml", "<modules><module>../old</module></modules>"),
            ("web/pom.xml", "<source>../old/src/main/java</source>"),
            ("Dockerfile", "COPY old/src /src\n"),
            (".github/workflows/ci.yml", "run: cd old && javac\n"),
            ("run.sh", "javac -sourcepath old\n"),
            ("old/pom.kts", ""),
        ] {
            assert_eq!(empty, told(&[(path, text)]), "{path} {text}");
        }
        let of = |files: &[(&str, &str)]| folders(&Repo::in_memory(files));
        let (own, other) = (("src/main/java/a/A.java", ""), ("old/src/main/java/a/B.java", ""));
        assert_eq!(empty, of(&[own, other]), "no build at all");
        assert_eq!(empty, of(&[("pom.xml", ""), other]), "a build without sources of its own");
        assert_eq!(empty, of(&[("pom.xml", "<sourceDirectory>${at}</sourceDirectory>"), own, other]));
        assert_eq!(empty, of(&[("web/pom.xml", ""), ("web/src/main/java/a/A.java", ""), other]), "beside a build");
    }
}
