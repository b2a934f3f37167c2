//! Names that the tooling around the code uses: compose files, Dockerfiles, CI, shell scripts, package.json's scripts.
//!
//! This is a look-up of words, not a reading of those languages: it only keeps a documented name from being called unused.

use std::collections::BTreeSet;

use crate::repo::Repo;

/// Larger files are no tooling of the kind meant here.
const MAX_BYTES: u64 = 512 << 10;

/// Which of `names` the tooling uses.
pub(super) fn used(repo: &Repo, names: &BTreeSet<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if names.is_empty() {
        return found;
    }
    for entry in repo.files().iter().filter(|entry| entry.bytes <= MAX_BYTES && is_tooling(&entry.path)) {
        let Ok(content) = repo.read(&entry.path, MAX_BYTES) else { continue };
        for line in String::from_utf8_lossy(&content.bytes).lines() {
            look(line, names, &mut found);
        }
    }
    found
}

fn is_tooling(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    let yaml = lower.ends_with(".yml") || lower.ends_with(".yaml");
    let named =
        ["procfile", "makefile", "justfile", "package.json", "fly.toml", "render.yaml", "app.yaml", "vercel.json"];
    named.contains(&lower.as_str())
        || lower.contains("dockerfile")
        || lower.contains("containerfile")
        || (yaml && (lower.contains("compose") || lower.starts_with(".gitlab-ci") || lower.starts_with("taskfile")))
        || (yaml && ["k8s", "deploy", "helm", "chart", ".github", ".circleci"].iter().any(|part| path.contains(part)))
        || [".sh", ".bash", ".zsh", ".mk"].iter().any(|end| lower.ends_with(end))
}

/// Words that stand where a variable does: behind `$`, `${` or `- `, before `=` or `:`, or as the name of a value.
fn look(line: &str, names: &BTreeSet<&str>, found: &mut BTreeSet<String>) {
    let trimmed = line.trim_start();
    if trimmed.starts_with('#') || trimmed.starts_with("//") {
        return;
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut at = 0;
    while let Some(start) = line[at..].find(is_word).map(|offset| at + offset) {
        let end = line[start..].find(|c| !is_word(c)).map_or(line.len(), |offset| start + offset);
        let (before, word, behind) = (&line[..start], &line[start..end], &line[end..]);
        let stands = before.ends_with('$')
            || before.ends_with("${")
            || before.ends_with("$(")
            || before.ends_with("- ")
            || before.ends_with("name: ")
            || behind.starts_with('=')
            || behind.trim_start_matches(['"', '\'']).starts_with(':');
        if stands && names.contains(word) {
            found.insert(word.to_owned());
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_count_where_a_variable_stands() {
        let repo = Repo::in_memory(&[
            ("docker-compose.yml", "services:\n  db:\n    environment:\n      - A\n      B: ${C:-x}\n    # D: no\n"),
            ("scripts/run.sh", "echo \"$E\" F\nG=1 ./x\n"),
            ("README.md", "H=1"),
        ]);
        let names: BTreeSet<&str> = ["A", "B", "C", "D", "E", "F", "G", "H"].into();
        let expected: BTreeSet<String> = ["A", "B", "C", "E", "G"].map(str::to_owned).into();
        assert_eq!(expected, used(&repo, &names));
    }
}
