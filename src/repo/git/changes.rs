//! The change set: what differs between a base commit and the working tree or the index.

use std::collections::BTreeMap;

use crate::domain::change::{ChangeStatus, ChangedFile, Changes};

use super::{Git, names};

/// Which change is meant.
#[derive(Debug, Clone, Copy)]
pub(in crate::repo) struct ChangeRequest<'a> {
    /// The base as the user names it; none for the default.
    pub(in crate::repo) base: Option<&'a str>,
    /// Up to the index and not to the working tree.
    pub(in crate::repo) staged: bool,
}

impl Git {
    /// The change set.
    ///
    /// # Errors
    /// The base is named and cannot be found, or git does not answer.
    pub(in crate::repo) fn changes(&self, request: ChangeRequest<'_>) -> Result<Changes, String> {
        let Some(head) = self.head() else {
            let mut changes =
                Changes { note: Some("there is no commit yet: every file is new".to_owned()), ..Changes::default() };
            let listed = if request.staged { self.tracked()? } else { self.list()? };
            changes.files = listed.into_iter().map(|path| added(path, vec![(1, u32::MAX)])).collect();
            return Ok(changes);
        };
        let base = match request.base {
            Some(named) => self.named_base(named)?,
            None => self.default_base(&head, request.staged),
        };
        let Some(base) = base else {
            let note = "there is no earlier commit to compare with".to_owned();
            let mut changes = Changes { head: Some(head.clone()), note: Some(note), ..Changes::default() };
            changes.files = self.diff(&head, request.staged)?;
            return Ok(changes);
        };
        let files = self.diff(&base, request.staged)?;
        Ok(Changes { base: Some(base), head: Some(head), files, ..Changes::default() })
    }

    /// The merge base with what the user names, `origin/NAME` tried too.
    fn named_base(&self, named: &str) -> Result<Option<String>, String> {
        let commit = self.commit(named).or_else(|| self.commit(&format!("origin/{named}")));
        let Some(commit) = commit else {
            let hint = if self.is_shallow() {
                "this clone is shallow: fetch more with `git fetch --unshallow`, or `fetch-depth: 0` in CI"
            } else {
                "name a branch, a tag or a commit that is here"
            };
            return Err(format!("the base `{named}` is not known to git; {hint}"));
        };
        match self.text(&["merge-base", "--end-of-options", &commit, "HEAD"]) {
            Ok(id) => Ok(Some(id.trim().to_owned())),
            Err(_) if self.is_shallow() => Err(format!(
                "`{named}` and HEAD share no commit in this shallow clone: fetch more with `git fetch --unshallow`, or `fetch-depth: 0` in CI"
            )),
            Err(_) => Err(format!("`{named}` and HEAD have no commit in common")),
        }
    }

    /// The merge base with the default branch; on a clean default branch the commit before.
    fn default_base(&self, head: &str, staged: bool) -> Option<String> {
        if staged {
            return Some(head.to_owned());
        }
        let default = self.default_branch();
        let base = default.and_then(|branch| self.text(&["merge-base", &branch, "HEAD"]).ok());
        match base.map(|id| id.trim().to_owned()) {
            Some(base) if base != head => Some(base),
            _ if self.is_dirty() => Some(head.to_owned()),
            _ => self.commit("HEAD~1"),
        }
    }

    fn default_branch(&self) -> Option<String> {
        let remote = self.text(&["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"]).ok();
        remote
            .map(|name| name.trim().to_owned())
            .into_iter()
            .chain(
                ["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"]
                    .map(str::to_owned),
            )
            .find_map(|name| self.commit(&name))
    }

    fn is_dirty(&self) -> bool {
        self.bytes(&["status", "--porcelain", "-z", "--untracked-files=normal", "--", "."])
            .is_ok_and(|out| !out.is_empty())
    }

    fn is_shallow(&self) -> bool {
        self.text(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|answer| answer.trim() == "true")
    }

    fn diff(&self, base: &str, staged: bool) -> Result<Vec<ChangedFile>, String> {
        let mut args = vec!["diff", "--no-ext-diff", "--no-textconv", "--no-color", "--relative", "-M"];
        if staged {
            args.push("--cached");
        }
        let with = |extra: &[&'static str]| {
            let mut all = args.clone();
            all.extend_from_slice(extra);
            all.extend_from_slice(&["--end-of-options", base, "--", "."]);
            self.bytes(&all)
        };
        let mut files = statuses(&with(&["--name-status", "-z"])?);
        let mut ranges = line_ranges(&with(&["--unified=0", "--src-prefix=a/", "--dst-prefix=b/"])?);
        for file in &mut files {
            file.lines = ranges.remove(&file.path).unwrap_or_default();
        }
        if !staged {
            let untracked = self.bytes(&["ls-files", "-z", "--others", "--exclude-standard", "--", "."])?;
            files.extend(names(&untracked).map(|path| added(path, vec![(1, u32::MAX)])));
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(files)
    }
}

fn added(path: String, lines: Vec<(u32, u32)>) -> ChangedFile {
    ChangedFile { path, status: ChangeStatus::Added, from: None, lines }
}

/// Reads `--name-status -z`: a status, a name, and a second name for renames and copies.
fn statuses(bytes: &[u8]) -> Vec<ChangedFile> {
    let mut fields = bytes.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let mut files = Vec::new();
    while let (Some(status), Some(name)) = (fields.next().filter(|text| !text.is_empty()), fields.next()) {
        let file = match status.as_bytes().first() {
            Some(b'R' | b'C') => {
                let Some(to) = fields.next() else { break };
                let renamed = status.starts_with('R');
                ChangedFile {
                    path: to.into_owned(),
                    status: if renamed { ChangeStatus::Renamed } else { ChangeStatus::Added },
                    from: renamed.then(|| name.into_owned()),
                    lines: Vec::new(),
                }
            }
            Some(b'A') => added(name.into_owned(), Vec::new()),
            Some(b'D') => {
                ChangedFile { path: name.into_owned(), status: ChangeStatus::Deleted, from: None, lines: Vec::new() }
            }
            _ => ChangedFile { path: name.into_owned(), status: ChangeStatus::Modified, from: None, lines: Vec::new() },
        };
        files.push(file);
    }
    files
}

/// The lines that each file has and the base does not have, from a diff without context. Names that git quotes (control
/// characters, quotes) are not told apart here and have no ranges.
fn line_ranges(bytes: &[u8]) -> BTreeMap<String, Vec<(u32, u32)>> {
    let mut ranges: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
    let mut current: Option<String> = None;
    let mut body = 0_u64;
    for line in bytes.split(|byte| *byte == b'\n') {
        if body > 0 {
            if !line.starts_with(b"\\") {
                body -= 1;
            }
        } else if line.starts_with(b"diff --git ") {
            current = None;
        } else if let Some(name) = line.strip_prefix(b"+++ b/") {
            current = std::str::from_utf8(name).ok().map(|name| name.trim_end_matches('\t').to_owned());
        } else if line.starts_with(b"@@ ") {
            let Some((removed, (start, count))) = std::str::from_utf8(line).ok().and_then(hunk) else { continue };
            body = u64::from(removed) + u64::from(count);
            if let (Some(name), true) = (&current, count > 0) {
                ranges.entry(name.clone()).or_default().push((start, start.saturating_add(count - 1)));
            }
        }
    }
    ranges
}

/// Reads `@@ -a,b +c,d @@`: b and (c, d).
fn hunk(line: &str) -> Option<(u32, (u32, u32))> {
    let mut words = line.split(' ').skip(1);
    let side = |word: &str, sign: char| -> Option<(u32, u32)> {
        let word = word.strip_prefix(sign)?;
        let (start, count) = word.split_once(',').unwrap_or((word, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    let (_, removed) = side(words.next()?, '-')?;
    Some((removed, side(words.next()?, '+')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_survive_content_that_looks_like_a_diff() {
        let diff = b"diff --git a/x.md b/x.md\n--- a/x.md\n+++ b/x.md\n@@ -1 +1,3 @@\n-old\n+++ b/other.md\n+@@ -1 +1 @@\n+diff --git a/y b/y\n@@ -9,0 +12,2 @@\n+a\n+b\n";
        let ranges = line_ranges(diff);
        assert_eq!(vec!["x.md"], ranges.keys().collect::<Vec<_>>());
        assert_eq!(vec![(1, 3), (12, 13)], ranges["x.md"]);
    }

    #[test]
    fn renames_carry_both_names() {
        let files = statuses(b"R086\0old.py\0new.py\0M\0a b.py\0D\0gone.py\0A\0in.py\0");
        let told: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.status, file.from.as_deref())).collect();
        assert_eq!(
            vec![
                ("new.py", ChangeStatus::Renamed, Some("old.py")),
                ("a b.py", ChangeStatus::Modified, None),
                ("gone.py", ChangeStatus::Deleted, None),
                ("in.py", ChangeStatus::Added, None),
            ],
            told
        );
    }
}
