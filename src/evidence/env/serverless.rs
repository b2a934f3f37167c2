//! What the Serverless framework's files set for functions, and what they take from the environment of who deploys.

use std::collections::BTreeSet;

use super::combine::Read;
use crate::domain::folders::{Role, lies_in};
use crate::facts::env::Site;
use crate::repo::Repo;

/// A longer file is none that a person wrote.
const MAX_BYTES: u64 = 1 << 20;

/// What such files come to.
#[derive(Debug, Default)]
pub(super) struct Deployed {
    /// Variables that have no default.
    pub(super) needs: Vec<Read>,
    /// For the folder of each file, the variables that it sets for what is in it.
    pub(super) sets: Vec<(String, BTreeSet<String>)>,
}

impl Deployed {
    /// Whether a file's variable is set by what deploys it.
    pub(super) fn sets(&self, name: &str, file: &str) -> bool {
        self.sets.iter().any(|(folder, names)| {
            let within =
                folder.is_empty() || file.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'));
            within && names.contains(name) && !is_serverless(file)
        })
    }
}

/// Reads the Serverless framework's files of a repository.
pub(super) fn read(repo: &Repo) -> Deployed {
    let mut deployed = Deployed::default();
    for entry in repo.files().iter().filter(|entry| !entry.link && is_serverless(&entry.path)) {
        let Ok(content) = repo.read(&entry.path, MAX_BYTES) else { continue };
        let text = String::from_utf8_lossy(&content.bytes);
        for (line, at) in text.lines().zip(1..) {
            for name in needed(line) {
                let site = Site { file: entry.path.to_string(), line: at };
                deployed.needs.push(Read { name, site, required: true, supposed: None, peers: Vec::new() });
            }
        }
        let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        deployed.sets.push((folder.to_owned(), set(&text)));
    }
    deployed
}

fn is_serverless(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let foreign = lies_in(path, &[Role::Vendored, Role::Fixture, Role::Docs, Role::Examples, Role::Test]);
    matches!(name, "serverless.yml" | "serverless.yaml") && !foreign
}

/// The variables without a default that a line takes: `${env:X}`.
fn needed(line: &str) -> Vec<String> {
    let code = if line.trim_start().starts_with('#') { "" } else { line };
    let name = |piece: &str| {
        let (name, _) = piece.split_once('}')?;
        is_name(name).then(|| name.to_owned())
    };
    code.split("${env:").skip(1).filter_map(name).collect()
}

/// The keys of every `environment`, by their indent; what is taken from other files is not known.
fn set(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    // The indent of the key, and that of what stands in it.
    let mut open: Option<(usize, Option<usize>)> = None;
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')) {
        let indent = line.len() - line.trim_start().len();
        if let Some((outer, inner)) = open {
            if indent > outer && inner.is_none_or(|inner| inner == indent) {
                open = Some((outer, Some(indent)));
                let key = line.split(':').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
                names.extend(is_name(key).then(|| key.to_owned()));
                continue;
            }
            if indent > outer {
                continue;
            }
        }
        open = (line.trim() == "environment:").then_some((indent, None));
    }
    names
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_and_what_is_taken_are_told() {
        let text = "service: mail\nprovider:\n  name: aws\n  stage: ${opt:stage, 'dev'}\n  environment:\n    TABLE: ${self:service}-table\n    KEY: ${env:KEY}\n    # OLD: 1\n    NESTED:\n      Ref: Queue\n  region: ${env:REGION, 'eu'}\nfunctions:\n  send:\n    handler: src/send.handler\n    environment:\n      LIMIT: 5\n";
        let repo = Repo::in_memory(&[("api/serverless.yml", text)]);
        let deployed = read(&repo);
        assert_eq!(vec!["KEY"], deployed.needs.iter().map(|read| read.name.as_str()).collect::<Vec<_>>());
        for (name, file, set) in [
            ("TABLE", "api/src/send.ts", true),
            ("LIMIT", "api/src/send.ts", true),
            ("NESTED", "api/src/send.ts", true),
            ("KEY", "api/serverless.yml", false),
            ("Ref", "api/src/send.ts", false),
            ("REGION", "api/src/send.ts", false),
            ("TABLE", "web/a.ts", false),
        ] {
            assert_eq!(set, deployed.sets(name, file), "{name} in {file}");
        }
    }
}
