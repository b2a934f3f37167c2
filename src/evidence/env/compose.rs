//! What compose files need: variables without a default, which compose takes from `.env` or from the shell; and the images that
//! are handed a whole file of variables.

use std::collections::BTreeSet;

use super::combine::Read;
use crate::domain::folders::{Role, lies_in};
use crate::evidence::compose::is_compose;
use crate::facts::env::Site;
use crate::repo::Repo;

/// A longer file is none that a person wrote.
const MAX_BYTES: u64 = 1 << 20;

/// The name of the project, which compose gives itself.
const PROJECT: &str = "COMPOSE_PROJECT_NAME";

/// What the compose files of a repository come to.
#[derive(Debug, Default)]
pub(super) struct Composed {
    /// Variables that have no default.
    pub(super) needs: Vec<Read>,
    /// The names of images that are handed a file of variables, without registry and tag.
    pub(super) images: Vec<String>,
}

/// Reads the compose files of a repository.
pub(super) fn read(repo: &Repo) -> Composed {
    let mut composed = Composed::default();
    let mut images = BTreeSet::new();
    for entry in repo.files().iter().filter(|entry| !entry.link && starts_the_service(&entry.path)) {
        let Ok(content) = repo.read(&entry.path, MAX_BYTES) else { continue };
        let text = String::from_utf8_lossy(&content.bytes);
        let mut handed = false;
        let mut named = Vec::new();
        for (line, at) in text.lines().zip(1..) {
            let line = code_of(line);
            let words = line.trim_start().trim_start_matches("- ");
            handed |= words.starts_with("env_file:");
            named.extend(words.strip_prefix("image:").and_then(image_name));
            for name in needed(line).into_iter().filter(|name| name != PROJECT) {
                let site = Site { file: entry.path.to_string(), line: at };
                composed.needs.push(Read { name, site, required: true, supposed: None, peers: Vec::new() });
            }
        }
        if handed {
            images.extend(named);
        }
    }
    composed.images.extend(images);
    composed
}

/// A compose file that a person starts the service with: none of tests or of a pipeline.
fn starts_the_service(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let foreign = lies_in(path, &[Role::Docs, Role::Examples, Role::Sample, Role::Test, Role::Spec])
        || path.split('/').any(|part| part == ".github");
    let of_tests = name.split(['.', '-', '_']).any(|part| matches!(part, "ci" | "test" | "tests" | "testing" | "e2e"));
    is_compose(path) && !foreign && !of_tests
}

/// A line without its comment.
fn code_of(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    match line.find(" #") {
        // Within quotes it is text.
        Some(at) if line[..at].matches(['"', '\'']).count().is_multiple_of(2) => &line[..at],
        _ => line,
    }
}

/// `registry/name:tag` without what surrounds the name.
fn image_name(image: &str) -> Option<String> {
    let image = image.trim().trim_matches(['"', '\'']);
    let last = image.rsplit('/').next().unwrap_or(image);
    let name = last.split([':', '@', '$']).next().unwrap_or(last).trim();
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
}

/// The variables without a default that compose puts into a line: `$X`, `${X}`, `${X:?why}`; none within another's default,
/// none behind `$$`.
fn needed(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some((_, after)) = rest.split_once('$') {
        if let Some(escaped) = after.strip_prefix('$') {
            rest = escaped;
            continue;
        }
        let Some(inner) = after.strip_prefix('{') else {
            let (name, behind) = name_of(after);
            out.extend((!name.is_empty()).then(|| name.to_owned()));
            rest = behind;
            continue;
        };
        let (name, behind) = name_of(inner);
        let demands = behind.starts_with('}') || behind.starts_with('?') || behind.starts_with(":?");
        out.extend((demands && !name.is_empty()).then(|| name.to_owned()));
        rest = behind_brace(behind);
    }
    out
}

fn name_of(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_ascii_digit()) { ("", text.get(1..).unwrap_or("")) } else { text.split_at(end) }
}

/// What stands behind the brace that closes the one that is open.
fn behind_brace(text: &str) -> &str {
    let mut open = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return &text[at + 1..];
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_default_is_needed() {
        let compose = "services:\n  db:\n    image: \"docker.io/library/postgres:16\"\n    env_file: .env\n    environment:\n      A: ${A}\n      B: ${B:-x${NESTED}}\n      C: ${C:?set C}/$D${COMPOSE_PROJECT_NAME}\n      # E: ${E}\n      F: $${F} # ${G}\n      H: ${H-}\n      I: \"a #${I}\"\n";
        let repo = Repo::in_memory(&[
            ("docker-compose.yml", compose),
            ("docker-compose.ci.yml", "x: ${J}\n"),
            ("tests/compose.yml", "x: ${K}\n"),
            ("stage.compose.yml", "x: ${M}\n"),
            ("deploy/compose.prod.yaml", "image: redis:7\nx: ${L?}\n"),
        ]);
        let composed = read(&repo);
        let mut names: Vec<&str> = composed.needs.iter().map(|read| read.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(vec!["A", "C", "D", "I", "L", "M"], names);
        assert_eq!(vec!["postgres"], composed.images, "the other one is handed no file");
    }
}
