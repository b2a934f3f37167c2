//! Fresh or stale: whether what a piece of evidence speaks of has changed since it was made.
//!
//! Evidence is bound to content, not to HEAD: a clean tracked file's time is its last commit, a modified or untracked
//! file's is its modification time, with a margin of two seconds. A modified file that evidence speaks of is newer than an
//! unmodified tracked report, without margin. Times printed inside reports never judge. A stamp that holds goes before all
//! times.

use super::{Backend, Repo, disk};

/// Seconds by which clocks and file systems may disagree.
const MARGIN: i64 = 2;

/// What comparing content times came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing that it speaks of is newer.
    Fresh,
    /// These files are newer, by path.
    Stale(Vec<String>),
    /// It cannot be told, and why.
    Unknown(String),
}

impl Repo {
    /// Whether any of `sources` (paths in the repository) is newer than the evidence at `evidence`.
    #[must_use]
    pub fn freshness<'a>(&self, evidence: &str, sources: impl IntoIterator<Item = &'a str>) -> Freshness {
        let sources: Vec<&str> = sources.into_iter().collect();
        if self.is_stamped(evidence, &sources) {
            return Freshness::Fresh;
        }
        let Backend::Disk { root, git, .. } = &self.backend else { return Freshness::Fresh };
        let Some(time) = self.content_time(evidence) else {
            return Freshness::Unknown(format!("the time of {evidence} cannot be read"));
        };
        let state = self.unclean();
        let evidence_is_clean = state.is_some_and(|state| is_clean(state, evidence));
        let touched = match (git, state) {
            (Ok(git), Some(_)) => match git.touched_since(time.saturating_add(MARGIN)) {
                Ok(touched) => Some(touched),
                Err(why) => return Freshness::Unknown(why),
            },
            _ => None,
        };
        let mut newer: Vec<String> = sources
            .into_iter()
            .filter(|source| {
                let clean = state.is_some_and(|state| is_clean(state, source));
                match &touched {
                    Some(touched) if clean => touched.get(*source).is_some_and(|at| *at > time + MARGIN),
                    _ if evidence_is_clean => true,
                    _ => modified(root, source).is_some_and(|at| at > time + MARGIN),
                }
            })
            .map(str::to_owned)
            .collect();
        newer.sort_unstable();
        newer.dedup();
        if newer.is_empty() { Freshness::Fresh } else { Freshness::Stale(newer) }
    }

    /// When a file's content came to be, in seconds since 1970: the last commit of a clean tracked file, else its
    /// modification time.
    #[must_use]
    pub fn content_time(&self, path: &str) -> Option<i64> {
        let Backend::Disk { root, git, .. } = &self.backend else { return Some(self.clock.now()) };
        match (git, self.unclean()) {
            (Ok(git), Some(state)) if is_clean(state, path) => git.last_commit(path),
            _ => modified(root, path),
        }
    }
}

fn is_clean(state: &super::git::Unclean, path: &str) -> bool {
    state.tracked.contains(path) && !state.paths.contains(path)
}

fn modified(root: &std::path::Path, path: &str) -> Option<i64> {
    let (_, meta) = disk::open_place(root, path).ok()?;
    let since = meta.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}
