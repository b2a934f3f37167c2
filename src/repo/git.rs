//! What git knows, asked of the `git` program with everything switched off that could run code of the repository or reach
//! a network: no fsmonitor, hooks, filters, external diffs, text conversions, pagers, prompts, lazy fetches, submodules.
//!
//! An absent git is a state, not an error; so is a repository that git refuses to open.

mod batch;
mod changes;
mod run;
mod times;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub(super) use batch::Batch;
pub(super) use changes::ChangeRequest;
pub(super) use times::Unclean;

/// A work tree that git knows, seen from the folder under judgement.
#[derive(Debug)]
pub(super) struct Git {
    /// The folder under judgement; git is run in it, so paths are relative to it.
    folder: PathBuf,
    /// Filters that the configuration names: overridden in every call.
    filters: Vec<String>,
    /// The folder of the index that a commit in progress uses.
    index_file: Option<PathBuf>,
}

impl Git {
    /// The work tree that `folder` lies in, if there is one.
    ///
    /// # Errors
    /// Why git cannot be asked: it is not installed, this is no repository, it refuses.
    pub(super) fn discover(folder: &Path) -> Result<Self, String> {
        let mut git = Self { folder: folder.to_owned(), filters: Vec::new(), index_file: None };
        let inside = git.text(&["rev-parse", "--is-inside-work-tree"])?;
        if inside.trim() != "true" {
            return Err("not inside a git work tree".to_owned());
        }
        git.filters = git
            .text(&["config", "--name-only", "--get-regexp", r"^filter\..*\.(clean|smudge|process)$"])
            .unwrap_or_default()
            .lines()
            .filter_map(|line| line.strip_prefix("filter.")?.rsplit_once('.').map(|(name, _)| name.to_owned()))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        git.index_file = git.commit_in_progress();
        Ok(git)
    }

    /// Tracked and untracked files that are not ignored, relative to the folder, sorted. Files that the index names and
    /// the work tree lacks are among them.
    pub(super) fn list(&self) -> Result<BTreeSet<String>, String> {
        let bytes = self.bytes(&["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."])?;
        Ok(names(&bytes).collect())
    }

    /// The files that git tracks, relative to the folder.
    pub(super) fn tracked(&self) -> Result<BTreeSet<String>, String> {
        let bytes = self.bytes(&["ls-files", "-z", "--cached", "--", "."])?;
        Ok(names(&bytes).collect())
    }

    /// The files whose content in the index is not that of the work tree, with the index's blob: relative to the folder.
    pub(super) fn unstaged(&self) -> Result<BTreeMap<String, String>, String> {
        let args =
            ["diff-files", "--raw", "-z", "--abbrev=40", "--no-renames", "--relative", "--ignore-submodules=all"];
        let bytes = self.bytes(&[&args[..], &["--", "."]].concat())?;
        let mut fields = names(&bytes);
        let mut found = BTreeMap::new();
        // `:100644 100644 <blob of the index> <zeros> M`, then the name.
        while let (Some(raw), Some(name)) = (fields.next(), fields.next()) {
            let blob = raw.split(' ').nth(2).unwrap_or_default();
            if blob.len() >= 40 && blob.bytes().any(|byte| byte != b'0') {
                found.insert(name, blob.to_owned());
            }
        }
        Ok(found)
    }

    /// Every file of the index with the blob that it holds, relative to the folder.
    pub(super) fn staged_blobs(&self) -> Result<Vec<(String, String)>, String> {
        let bytes = self.bytes(&["ls-files", "-z", "--stage", "--", "."])?;
        // `100644 <blob> 0<tab><name>`
        let entry = |line: String| {
            let (head, name) = line.split_once('\t')?;
            Some((name.to_owned(), head.to_owned()))
        };
        Ok(names(&bytes).filter_map(entry).collect())
    }

    /// The folder that git keeps of this work tree.
    pub(super) fn own_folder(&self) -> Option<PathBuf> {
        let path = self.text(&["rev-parse", "--absolute-git-dir"]).ok()?;
        Some(PathBuf::from(path.trim_end_matches('\n')))
    }

    /// A blob's size in bytes.
    pub(super) fn blob_size(&self, blob: &str) -> Option<u64> {
        self.text(&["cat-file", "-s", blob]).ok()?.trim().parse().ok()
    }

    /// A blob's bytes.
    pub(super) fn blob(&self, blob: &str) -> Result<Vec<u8>, String> {
        self.bytes(&["cat-file", "blob", blob])
    }

    /// The top of the work tree.
    pub(super) fn top(&self) -> Option<PathBuf> {
        self.text(&["rev-parse", "--show-toplevel"]).ok().map(|path| PathBuf::from(path.trim_end_matches('\n')))
    }

    /// The folder of hooks that git runs here, as the user has configured it.
    pub(super) fn hooks(&self) -> Result<PathBuf, String> {
        // A scope is named, since the settings of every call switch hooks off.
        for scope in ["--local", "--global"] {
            if let Ok(path) = self.text(&["config", scope, "--type=path", "--get", "core.hooksPath"]) {
                let top = self.top().unwrap_or_else(|| self.folder.clone());
                return Ok(top.join(path.trim_end_matches('\n')));
            }
        }
        let common = self.text(&["rev-parse", "--git-common-dir"])?;
        Ok(self.folder.join(common.trim_end_matches('\n')).join("hooks"))
    }

    /// The commit that is checked out; none before the first one.
    pub(super) fn head(&self) -> Option<String> {
        self.commit("HEAD")
    }

    /// The commit that a revision names.
    pub(super) fn commit(&self, revision: &str) -> Option<String> {
        let named = format!("{revision}^{{commit}}");
        let id = self.text(&["rev-parse", "--verify", "--quiet", "--end-of-options", &named]).ok()?;
        let id = id.trim();
        (id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| id.to_owned())
    }

    /// The root commits' ids and nothing of the machine: what a repository is told by, for repeatable ids.
    pub(super) fn identity(&self) -> Option<String> {
        let roots = self.text(&["rev-list", "--max-parents=0", "--max-count=4", "HEAD"]).ok()?;
        roots.lines().last().map(str::to_owned)
    }

    /// A file's bytes at a commit, the path relative to the folder.
    pub(super) fn show(&self, commit: &str, path: &str) -> Option<Vec<u8>> {
        let object = format!("{commit}:./{path}");
        self.bytes(&["cat-file", "blob", "--end-of-options", &object]).ok()
    }
}

/// Names separated by NUL; those that are not UTF-8 are left out (they cannot be shown or matched).
fn names(bytes: &[u8]) -> impl Iterator<Item = String> {
    bytes
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
        .filter_map(|name| std::str::from_utf8(name).ok().map(str::to_owned))
}
