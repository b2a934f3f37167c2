//! What stands, or may stand, where the list of files has nothing: files that ignore rules hide.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Repo;

/// The largest ignore file that is read.
const LARGEST: u64 = 1 << 20;

/// The rules of the ignore files of folders, read when they are first asked for.
#[derive(Debug, Default)]
pub(super) struct Ignores(Mutex<BTreeMap<String, Option<Arc<Gitignore>>>>);

impl Ignores {
    /// The rules of a folder's ignore file; none where it has no such file.
    fn of(&self, repo: &Repo, folder: &str) -> Option<Arc<Gitignore>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = known.get(folder) {
            return rules.clone();
        }
        let rules = rules(repo, folder).map(Arc::new);
        known.insert(folder.to_owned(), rules.clone());
        rules
    }
}

fn rules(repo: &Repo, folder: &str) -> Option<Gitignore> {
    let path = if folder.is_empty() { ".gitignore".to_owned() } else { format!("{folder}/.gitignore") };
    let content = repo.read(&path, LARGEST).ok()?;
    let mut builder = GitignoreBuilder::new("");
    for line in content.lossy().lines() {
        // A line that is no pattern hides nothing.
        let _ = builder.add_line(None, line);
    }
    builder.build().ok()
}

impl Repo {
    /// Whether the ignore files of the tree, and of the one that it is a folder of, hide what would stand at a path.
    #[must_use]
    pub fn would_ignore(&self, path: &str) -> bool {
        let home = self.home();
        let whole = self.from_home(path);
        let mut folder = whole.as_str();
        while let Some((above, _)) = folder.rsplit_once('/').or_else(|| (!folder.is_empty()).then_some(("", folder))) {
            folder = above;
            let Some(rules) = home.ignores.of(home, folder) else { continue };
            let inner = whole[folder.len()..].trim_start_matches('/');
            match rules.matched_path_or_any_parents(inner, false) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignore_files_of_all_folders_above_count_and_the_nearest_one_most() {
        let repo = Repo::in_memory(&[
            (".gitignore", "# made\n/dist\n*.local.js\n"),
            ("api/.gitignore", "secrets\n!kept.local.js\n"),
        ]);
        for hidden in ["dist/a/b.js", "web/x.local.js", "api/secrets/keys.js", "api/lib/secrets"] {
            assert!(repo.would_ignore(hidden), "{hidden}");
        }
        for shown in ["api/dist/b.js", "secrets/keys.js", "api/kept.local.js", "a.js"] {
            assert!(!repo.would_ignore(shown), "{shown}");
        }
    }
}
