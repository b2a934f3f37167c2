//! Sources of Java and Kotlin that no build compiles, so that what they hold is in no program.

mod kotlin;
mod maven;

use super::copied::is_under;
use crate::repo::Repo;

/// A build that is larger is none that a person writes.
const MOST_BYTES: u64 = 1 << 20;
/// The most builds, and files beside them that may name what is compiled, that are read.
const MOST_FILES: usize = 2_000;

/// The folders of such sources, each with a slash at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Uncompiled {
    /// Those whose Java no compiler is given.
    java: Vec<String>,
    /// Those of which nothing is compiled.
    all: Vec<String>,
}

impl Uncompiled {
    /// Looks for them in a repository.
    pub(super) fn of(repo: &Repo) -> Self {
        Self { java: kotlin::folders(repo), all: maven::folders(repo) }
    }

    /// Why no build compiles a file; none where one may.
    pub(super) fn why(&self, path: &str) -> Option<&'static str> {
        if path.ends_with(".java") && is_under(&self.java, path) {
            return Some("the build does not give this folder to Java's compiler");
        }
        is_under(&self.all, path).then_some("no build compiles this: the folder is no module, and lies below one")
    }
}
