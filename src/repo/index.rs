//! What the index holds where the working tree says something else: with `--staged` that is what is judged.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use super::git::Git;
use super::{Content, FileEntry, ReadError};

/// The files that are read from the index, by path. Those whose content is the working tree's are not among them.
#[derive(Debug, Default)]
pub(super) struct Index {
    blobs: BTreeMap<String, Blob>,
}

#[derive(Debug, Clone)]
struct Blob {
    id: String,
    bytes: u64,
}

impl Index {
    /// What differs between index and working tree; nothing without git.
    ///
    /// # Errors
    /// Git does not answer: then what would be committed is not known.
    pub(super) fn of(git: Option<&Git>) -> Result<Self, String> {
        let Some(git) = git else { return Ok(Self::default()) };
        let blobs = git.unstaged()?.into_iter().map(|(path, id)| {
            let bytes = git.blob_size(&id).ok_or_else(|| format!("git does not have the blob of {path}"))?;
            Ok((path, Blob { id, bytes }))
        });
        Ok(Self { blobs: blobs.collect::<Result<_, String>>()? })
    }

    /// What is inside a folder, its name with the last slash, as seen from there.
    pub(super) fn inside(&self, folder: &str) -> Self {
        let inner = |(path, blob): (&String, &Blob)| Some((path.strip_prefix(folder)?.to_owned(), blob.clone()));
        Self { blobs: self.blobs.iter().filter_map(inner).collect() }
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.blobs.contains_key(path)
    }

    /// Leaves what `gone` says to the working tree.
    pub(super) fn forget(&mut self, gone: impl Fn(&str) -> bool) {
        self.blobs.retain(|path, _| !gone(path));
    }

    /// The files as entries of the tree.
    pub(super) fn entries(&self) -> impl Iterator<Item = FileEntry> {
        self.blobs.iter().map(|(path, blob)| FileEntry { path: path.as_str().into(), bytes: blob.bytes, link: false })
    }

    /// Reads a file of at most `limit` bytes.
    ///
    /// # Errors
    /// It is not here, is larger, or git does not answer.
    pub(super) fn read(&self, git: &Git, path: &str, limit: u64) -> Result<Content, ReadError> {
        let blob = self.blobs.get(path).ok_or(ReadError::Absent)?;
        if blob.bytes > limit {
            return Err(ReadError::TooLarge { bytes: blob.bytes, limit });
        }
        let bytes = git.blob(&blob.id).map_err(ReadError::Unreadable)?;
        Ok(Content { path: path.into(), bytes: bytes.into() })
    }

    /// As [`Index::read`], for streaming.
    pub(super) fn stream(&self, git: &Git, path: &str) -> Result<Box<dyn Read + Send>, ReadError> {
        let content = self.read(git, path, u64::MAX)?;
        Ok(Box::new(Cursor::new(content.bytes)))
    }
}
