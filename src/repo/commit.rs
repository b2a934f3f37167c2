//! A tree as a commit has it: what the base says, read without checking anything out.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::git::{Batch, Git};
use super::{Backend, Clock, Content, FileEntry, ReadError, Repo};

/// The files of a commit.
#[derive(Debug)]
pub(super) struct Commit {
    git: Git,
    blobs: BTreeMap<Arc<str>, (String, u64)>,
    batch: Mutex<Option<Batch>>,
}

/// Opens a commit's tree, as seen from `root`.
pub(super) fn open(root: &Path, commit: &str) -> Result<Repo, String> {
    let git = Git::discover(root)?;
    let blobs: BTreeMap<Arc<str>, (String, u64)> =
        git.tree(commit)?.into_iter().map(|(path, id, bytes)| (path.into(), (id, bytes))).collect();
    let entry =
        |(path, (_, bytes)): (&Arc<str>, &(String, u64))| FileEntry { path: path.clone(), bytes: *bytes, link: false };
    Ok(Repo {
        files: blobs.iter().map(entry).collect(),
        skipped: Vec::new(),
        backend: Backend::Commit(Box::new(Commit { git, blobs, batch: Mutex::default() })),
        clock: Clock::system(),
        unclean: OnceLock::new(),
        stamps: super::stamps::Stamps::default(),
        home: None,
        told_from_home: false,
        ignores: super::hidden::Ignores::default(),
    })
}

impl Commit {
    pub(super) fn has(&self, path: &str) -> bool {
        self.blobs.contains_key(path)
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &Arc<str>> {
        self.blobs.keys()
    }

    pub(super) fn read(&self, path: &str, limit: u64) -> Result<Content, ReadError> {
        let (path, (id, bytes)) = self.blobs.get_key_value(path).ok_or(ReadError::Absent)?;
        if *bytes > limit {
            return Err(ReadError::TooLarge { bytes: *bytes, limit });
        }
        let mut batch = self.batch.lock().unwrap_or_else(PoisonError::into_inner);
        if batch.is_none() {
            *batch = Some(self.git.batch().map_err(ReadError::Unreadable)?);
        }
        let blob = batch.as_mut().map_or_else(|| Err("git does not answer".to_owned()), |batch| batch.blob(id));
        if blob.is_err() {
            // An answer that was cut leaves the process out of step.
            *batch = None;
        }
        Ok(Content { path: path.clone(), bytes: blob.map_err(ReadError::Unreadable)?.into() })
    }

    pub(super) fn stream(&self, path: &str) -> Result<Box<dyn Read + Send>, ReadError> {
        let content = self.read(path, u64::MAX)?;
        Ok(Box::new(Cursor::new(content.bytes)))
    }
}
