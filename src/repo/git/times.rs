//! When content came to be: a clean tracked file's time is its last commit.

use std::collections::{BTreeMap, BTreeSet};

use super::{Git, names};

/// What the working tree has that HEAD does not have.
#[derive(Debug, Default)]
pub(in crate::repo) struct Unclean {
    /// Modified, staged or untracked files, ignored ones included only if they are tracked.
    pub(in crate::repo) paths: BTreeSet<String>,
    /// The files that git tracks.
    pub(in crate::repo) tracked: BTreeSet<String>,
}

impl Git {
    /// Which files are tracked, and which differ from HEAD.
    pub(in crate::repo) fn unclean(&self) -> Result<Unclean, String> {
        let tracked = self.tracked()?;
        let args = [
            "diff",
            "--name-only",
            "-z",
            "--no-ext-diff",
            "--no-textconv",
            "--relative",
            "--no-renames",
            "HEAD",
            "--",
            ".",
        ];
        let modified = self.bytes(&args)?;
        let untracked = self.bytes(&["ls-files", "-z", "--others", "--exclude-standard", "--", "."])?;
        Ok(Unclean { paths: names(&modified).chain(names(&untracked)).collect(), tracked })
    }

    /// The time of a file's last commit in seconds since 1970.
    pub(in crate::repo) fn last_commit(&self, path: &str) -> Option<i64> {
        let literal = format!(":(literal){path}");
        self.text(&["log", "-1", "--format=%ct", "--", &literal]).ok()?.trim().parse().ok()
    }

    /// The files that commits after `time` touch, with the time of the newest one.
    pub(in crate::repo) fn touched_since(&self, time: i64) -> Result<BTreeMap<String, i64>, String> {
        // Without a zone git takes a small number for a part of a date.
        let since = format!("--since=@{time} +0000");
        let args = [
            "log",
            &since,
            "--format=%x01%ct",
            "--name-only",
            "-z",
            "--no-renames",
            "--relative",
            "-m",
            "--first-parent",
            "--",
            ".",
        ];
        let bytes = self.bytes(&args)?;
        let mut touched = BTreeMap::new();
        let mut at = 0;
        for field in bytes.split(|byte| *byte == 0 || *byte == b'\n') {
            let Ok(text) = std::str::from_utf8(field) else { continue };
            if let Some(seconds) = text.strip_prefix('\u{1}') {
                at = seconds.trim().parse().unwrap_or(at);
            } else if !text.is_empty() {
                let newest = touched.entry(text.to_owned()).or_insert(at);
                *newest = at.max(*newest);
            }
        }
        Ok(touched)
    }
}
