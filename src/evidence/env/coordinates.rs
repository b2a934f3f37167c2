//! Which libraries of Java's world a repository builds with, by group and name: in Maven's files, Gradle's and its catalogues,
//! plugins and parents among them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::repo::Repo;

/// A longer manifest is none that a person wrote.
const MAX_BYTES: u64 = 1 << 20;

/// `<groupId>g</groupId> <artifactId>a</artifactId>`.
static MAVEN: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"(?s)<groupId>\s*([^<\s]+)\s*</groupId>\s*<artifactId>\s*([^<\s]+)\s*</artifactId>"));
/// `id("g")`, `id 'g'`, and `id = "g"` of a catalogue.
static PLUGIN: LazyLock<Regex> = LazyLock::new(|| compiled(r#"\bid\s*(?:=\s*)?\(?\s*["']([A-Za-z0-9_.-]+)["']"#));
/// `group = "g", name = "a"`.
static NAMED: LazyLock<Regex> =
    LazyLock::new(|| compiled(r#"group\s*[=:]\s*["']([^"']+)["']\s*,\s*name\s*[=:]\s*["']([^"']+)["']"#));
/// `"g:a:1"`.
static WHOLE: LazyLock<Regex> =
    LazyLock::new(|| compiled(r#"["']([A-Za-z0-9_.-]+):([A-Za-z0-9_.-]+)(?::[^"']*)?["']"#));

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of our own")
}

/// The coordinates, `group:name`; of a plugin its id stands for the group.
pub(super) fn declared(repo: &Repo) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in repo.files().iter().filter(|entry| !entry.link) {
        let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
        let patterns: &[&Regex] = match name {
            "pom.xml" => &[&MAVEN],
            "build.gradle" | "build.gradle.kts" => &[&PLUGIN, &NAMED, &WHOLE],
            _ if name.ends_with(".versions.toml") => &[&PLUGIN, &NAMED, &WHOLE],
            _ => continue,
        };
        let Ok(content) = repo.read(&entry.path, MAX_BYTES) else { continue };
        let text = String::from_utf8_lossy(&content.bytes);
        for hit in patterns.iter().flat_map(|pattern| pattern.captures_iter(&text)) {
            let part = |at: usize| hit.get(at).map_or("", |part| part.as_str());
            found.insert(format!("{}:{}", part(1), part(2)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_told_wherever_a_build_names_them() {
        let repo = Repo::in_memory(&[
            ("pom.xml", "<parent>\n<groupId>org.a</groupId>\n<artifactId>parent</artifactId>\n</parent>"),
            ("app/build.gradle.kts", "plugins { id(\"org.b\") }\ndependencies { implementation(\"org.c:c:1\") }\n"),
            ("build.gradle", "implementation group: 'org.d', name: 'd', version: '1'\n"),
            ("gradle/libs.versions.toml", "e = { module = \"org.e:e\" }\nf = { id = \"org.f\", version = \"1\" }\n"),
        ]);
        let expected = ["org.a:parent", "org.b:", "org.c:c", "org.d:d", "org.e:e", "org.f:"];
        assert_eq!(expected.map(str::to_owned).to_vec(), declared(&repo).into_iter().collect::<Vec<_>>());
    }
}
