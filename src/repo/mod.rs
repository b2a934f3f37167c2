//! The only module that touches files, processes, the clock and the environment.
//!
//! A [`Repo`] is a snapshot of one source tree: the files that git would not ignore, in path order, and the means to read
//! them and the evidence that ignore rules hide. Everything it hands out is named by a path relative to the root, with
//! `/`; it reads nothing outside the root, follows no link out of it, and opens nothing but regular files.

#[expect(clippy::disallowed_methods, reason = "this is the wall behind which they are allowed")]
mod cargo;
mod clock;
#[expect(clippy::disallowed_methods, reason = "this is the wall behind which they are allowed")]
mod command;
mod commit;
mod content;
#[expect(clippy::disallowed_methods, reason = "this is the wall behind which they are allowed")]
mod disk;
#[expect(clippy::disallowed_methods, reason = "this is the wall behind which they are allowed")]
pub mod engine;
mod fresh;
#[expect(clippy::disallowed_methods, reason = "this is the wall behind which they are allowed")]
mod git;
mod hidden;
#[expect(clippy::disallowed_methods, reason = "this is the wall behind which they are allowed")]
pub mod host;
#[expect(clippy::disallowed_methods, reason = "this is the wall behind which they are allowed")]
pub mod http;
mod index;
mod memory;
mod run;
mod serve;
mod stamps;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::domain::change::Changes;
use git::Git;

pub use clock::Clock;
pub use content::{Content, ReadError};
pub use disk::glob_set;
pub use fresh::Freshness;
pub use run::Ran;
pub use serve::Service;
pub use stamps::{PLACE as STAMPS, Stamp};

/// A source tree.
#[derive(Debug)]
pub struct Repo {
    files: Vec<FileEntry>,
    skipped: Vec<Skipped>,
    backend: Backend,
    /// The clocks of this run.
    pub clock: Clock,
    /// What differs from the last commit, asked of git once.
    unclean: OnceLock<Option<git::Unclean>>,
    /// What binds reports to content.
    stamps: stamps::Stamps,
    /// The tree that this is a folder of, and which.
    home: Option<(Arc<Repo>, String)>,
    /// Whether what is found in it is told from the whole tree.
    told_from_home: bool,
    /// What the ignore files of its folders say.
    ignores: hidden::Ignores,
}

#[derive(Debug)]
enum Backend {
    Disk { root: PathBuf, git: Result<Git, String>, index: index::Index },
    Commit(Box<commit::Commit>),
    Memory { files: BTreeMap<Arc<str>, Arc<[u8]>> },
}

/// A file of the source tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileEntry {
    /// Its path, relative to the root, with `/`.
    pub path: Arc<str>,
    /// Its size in bytes.
    pub bytes: u64,
    /// Whether it is a link to a file inside the tree: what it links to is in the list itself.
    pub link: bool,
}

/// Something in the tree that was left out, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Its path.
    pub path: String,
    /// Why.
    pub why: String,
}

/// Source files over this size are left out of the reading of code, and that is said: 4 MiB.
pub const MAX_SOURCE_BYTES: u64 = 4 << 20;

impl Repo {
    /// Opens the tree at `root` and lists its files, honouring ignore files.
    ///
    /// # Errors
    /// What is wrong with `root`, as a fragment that reads after "failed to open the repository: ".
    pub fn open(root: &Path) -> Result<Self, String> {
        disk::open(root, false)
    }

    /// Opens the tree at `root` as the index has it: what a commit would hold, whatever the working tree says. Where git does
    /// not know the tree, it is opened as it stands.
    ///
    /// # Errors
    /// As [`Repo::open`].
    pub fn open_staged(root: &Path) -> Result<Self, String> {
        disk::open(root, true)
    }

    /// A folder of a tree as a tree of its own, which knows where it lies. A tree that is staged stays so.
    ///
    /// # Errors
    /// The folder is not there or lies outside of the tree.
    pub fn component(home: &Arc<Repo>, folder: &str) -> Result<Self, String> {
        Ok(Self { told_from_home: true, ..disk::component(home, folder)? })
    }

    /// This tree as a folder of the git work tree that it lies in, if that is larger; told from here all the same. For a DoD
    /// that extends what lies above.
    ///
    /// # Errors
    /// The work tree cannot be opened.
    pub fn within_work_tree(self, staged: bool) -> Result<Self, String> {
        let root = self.root().ok_or("a tree without a folder")?.to_owned();
        let home = disk::open(&Self::top_of(&root), staged)?;
        if home.root() == Some(&*root) {
            return Ok(self);
        }
        let folder = home.relative(&root)?;
        disk::component(&Arc::new(home), &folder)
    }

    /// The whole tree: this one, or the one that it is a folder of.
    #[must_use]
    pub fn home(&self) -> &Repo {
        self.home.as_ref().map_or(self, |(home, _)| home)
    }

    /// The component of the whole tree that this one is; none for what is told from itself.
    #[must_use]
    pub fn folder(&self) -> Option<&str> {
        self.home.as_ref().filter(|_| self.told_from_home).map(|(_, folder)| folder.as_str())
    }

    /// A path of this tree as the whole tree has it.
    #[must_use]
    pub fn from_home(&self, path: &str) -> String {
        self.home.as_ref().map_or_else(|| path.to_owned(), |(_, folder)| format!("{folder}/{path}"))
    }

    /// Reads what matches `globs` from the working tree all the same: evidence is no part of a commit.
    ///
    /// # Errors
    /// The glob that is malformed, and why.
    pub fn leave_to_working_tree(&mut self, globs: &[String]) -> Result<(), String> {
        let set = glob_set(globs)?;
        match &mut self.backend {
            Backend::Disk { index, .. } => index.forget(|path| set.is_match(path)),
            Backend::Commit(_) | Backend::Memory { .. } => {}
        }
        Ok(())
    }

    /// A tree that exists in memory alone: for tests of everything that reads.
    #[must_use]
    pub fn in_memory(files: &[(&str, &str)]) -> Self {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        memory::build(&files)
    }

    /// The same, of files that need not be text.
    #[must_use]
    pub fn in_memory_bytes(files: &[(&str, &[u8])]) -> Self {
        memory::build(files)
    }

    /// The files of the source tree, by path: what git tracks or would track. Evidence that is ignored is not among them.
    #[must_use]
    pub fn files(&self) -> &[FileEntry] {
        &self.files
    }

    /// The file of the source tree at `path`.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&FileEntry> {
        self.files.binary_search_by(|entry| (*entry.path).cmp(path)).ok().map(|index| &self.files[index])
    }

    /// What was left out of the list, by path.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The root on disk; none in memory.
    #[must_use]
    pub fn root(&self) -> Option<&Path> {
        match &self.backend {
            Backend::Disk { root, .. } => Some(root),
            Backend::Commit(_) | Backend::Memory { .. } => None,
        }
    }

    /// Reads a regular file of at most `limit` bytes anywhere under the root.
    ///
    /// # Errors
    /// Absent, over the limit, no regular file, outside the root, or what the system says.
    pub fn read(&self, path: &str, limit: u64) -> Result<Content, ReadError> {
        match &self.backend {
            Backend::Disk { git: Ok(git), index, .. } if index.has(path) => index.read(git, path, limit),
            Backend::Disk { root, .. } => disk::read(root, path, limit),
            Backend::Commit(commit) => commit.read(path, limit),
            Backend::Memory { files } => memory::read(files, path, limit),
        }
    }

    /// Opens a regular file anywhere under the root for streaming.
    ///
    /// # Errors
    /// As [`Repo::read`].
    pub fn stream(&self, path: &str) -> Result<Box<dyn std::io::Read + Send>, ReadError> {
        match &self.backend {
            Backend::Disk { git: Ok(git), index, .. } if index.has(path) => index.stream(git, path),
            Backend::Disk { root, .. } => disk::stream(root, path),
            Backend::Commit(commit) => commit.stream(path),
            Backend::Memory { files } => memory::stream(files, path),
        }
    }

    /// SHA-256 of a regular file's bytes, streamed.
    ///
    /// # Errors
    /// As [`Repo::read`].
    pub fn sha256(&self, path: &str) -> Result<[u8; 32], ReadError> {
        content::sha256(&mut *self.stream(path)?).map_err(|error| ReadError::Unreadable(error.to_string()))
    }

    /// The regular files under the root that match any of `globs`, ignored ones included, sorted; the folders `.git` and
    /// `node_modules` are entered only where a glob names them. With `folders`, folders that match are listed too (an OCI
    /// layout is one).
    ///
    /// # Errors
    /// The glob that is malformed, and why.
    pub fn find(&self, globs: &[String], folders: bool) -> Result<Vec<Arc<str>>, String> {
        match &self.backend {
            Backend::Disk { root, .. } => disk::find(root, globs, folders),
            Backend::Commit(commit) => memory::matching(commit.paths(), globs),
            Backend::Memory { files } => memory::matching(files.keys(), globs),
        }
    }

    /// The change set between a base and the working tree (or the index, where `staged`). In `Err`: why there is none;
    /// with a base that the user named that is wrong use, else a note.
    ///
    /// # Errors
    /// There is no git, or the base is not known to it.
    pub fn changes(&self, base: Option<&str>, staged: bool) -> Result<Changes, String> {
        self.git()?.changes(git::ChangeRequest { base, staged })
    }

    /// What this repository is told by wherever it is cloned: its first commit and the one that is checked out.
    #[must_use]
    pub fn identity(&self) -> Option<(String, String)> {
        let git = self.git().ok()?;
        Some((git.identity()?, git.head()?))
    }

    /// The files that git tracks; none without git.
    #[must_use]
    pub fn is_tracked(&self, path: &str) -> Option<bool> {
        self.unclean().map(|state| state.tracked.contains(path))
    }

    /// The whole tree as it is at a commit, seen from the same folder.
    ///
    /// # Errors
    /// There is no git, or the commit is not here.
    pub fn open_at(&self, commit: &str) -> Result<Repo, String> {
        let root = self.root().ok_or_else(|| "this tree has no folder".to_owned())?;
        commit::open(root, commit)
    }

    /// A file as it is at a commit: for what the base says.
    #[must_use]
    pub fn at_commit(&self, commit: &str, path: &str) -> Option<Vec<u8>> {
        self.git().ok()?.show(commit, path)
    }

    /// Every file of the index with the blob that it holds, by path; none without git.
    #[must_use]
    pub fn staged_blobs(&self) -> Option<Vec<(String, String)>> {
        self.git().ok()?.staged_blobs().ok()
    }

    /// What was kept for later in git's own folder.
    #[must_use]
    pub fn kept_in_git(&self, name: &str, limit: u64) -> Option<Vec<u8>> {
        disk::read(&self.git().ok()?.own_folder()?.join("donegate"), name, limit)
            .ok()
            .map(|content| content.bytes.to_vec())
    }

    /// Keeps something for later in git's own folder.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn keep_in_git(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let folder = self.git()?.own_folder().ok_or("git does not tell its folder")?;
        disk::keep(&folder.join("donegate"), name, bytes).map_err(|error| error.to_string())
    }

    /// Runs a command in the root: an argument list and no shell, at most `within`, at most `limit` bytes on each of its
    /// outputs; its process group ends with it.
    ///
    /// # Errors
    /// Why it could not be started.
    pub fn run(&self, argv: &[String], within: std::time::Duration, limit: u64) -> Result<Ran, String> {
        match &self.backend {
            Backend::Disk { root, .. } => run::run(root, argv, within, limit),
            Backend::Commit(_) | Backend::Memory { .. } => Err("a tree without a folder runs nothing".to_owned()),
        }
    }

    /// Whether git knows this tree.
    #[must_use]
    pub fn has_git(&self) -> bool {
        self.git().is_ok()
    }

    /// Starts a service of the repository; it is stopped when the value is dropped.
    ///
    /// # Errors
    /// Why it could not be started.
    pub fn serve(&self, argv: &[String]) -> Result<Service, String> {
        match &self.backend {
            Backend::Disk { root, .. } => Service::start(root, argv),
            Backend::Commit(_) | Backend::Memory { .. } => Err("a tree without a folder runs nothing".to_owned()),
        }
    }

    fn git(&self) -> Result<&Git, String> {
        match &self.backend {
            Backend::Disk { git, .. } => git.as_ref().map_err(Clone::clone),
            Backend::Commit(_) | Backend::Memory { .. } => Err("this tree has no work tree in git".to_owned()),
        }
    }

    fn unclean(&self) -> Option<&git::Unclean> {
        self.unclean.get_or_init(|| self.git().ok()?.unclean().ok()).as_ref()
    }

    /// Whether something stands at a path under the root that could be read.
    #[must_use]
    pub fn exists(&self, path: &str) -> bool {
        match &self.backend {
            Backend::Disk { root, index, .. } => index.has(path) || disk::open_place(root, path).is_ok(),
            Backend::Commit(commit) => commit.has(path),
            Backend::Memory { files } => files.contains_key(path),
        }
    }

    /// Reads a file that the user names on the command line, wherever it lies.
    ///
    /// # Errors
    /// As [`Repo::read`].
    pub fn read_outside(&self, path: &Path) -> Result<Content, ReadError> {
        disk::read_named(path)
    }

    /// A path that the user names on the command line, relative to the root.
    ///
    /// # Errors
    /// It does not exist, or lies outside the repository.
    pub fn relative(&self, path: &Path) -> Result<String, String> {
        match &self.backend {
            Backend::Disk { root, .. } => disk::relative_to(root, path),
            Backend::Commit(_) | Backend::Memory { .. } => {
                path.to_str().map(str::to_owned).ok_or_else(|| "not UTF-8".to_owned())
            }
        }
    }

    /// The folder of hooks that git runs for the work tree that `folder` lies in.
    ///
    /// # Errors
    /// There is no git, or no work tree.
    pub fn hooks_of(folder: &Path) -> Result<PathBuf, String> {
        Git::discover(folder)?.hooks()
    }

    /// The top of the git work tree that a folder lies in, else the folder itself.
    #[must_use]
    pub fn top_of(folder: &Path) -> PathBuf {
        Git::discover(folder).ok().and_then(|git| git.top()).unwrap_or_else(|| folder.to_owned())
    }
}
