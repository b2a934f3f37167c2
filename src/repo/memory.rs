//! A tree in memory.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use super::stamps::Stamps;
use super::{Backend, Clock, Content, FileEntry, ReadError, Repo};

type Files = BTreeMap<Arc<str>, Arc<[u8]>>;

pub(super) fn build(files: &[(&str, &[u8])]) -> Repo {
    let files: Files = files.iter().map(|(path, bytes)| (Arc::from(*path), Arc::from(*bytes))).collect();
    Repo {
        files: files
            .iter()
            .map(|(path, bytes)| FileEntry { path: path.clone(), bytes: bytes.len() as u64, link: false })
            .collect(),
        skipped: Vec::new(),
        backend: Backend::Memory { files },
        clock: Clock::fixed(0),
        unclean: std::sync::OnceLock::new(),
        stamps: Stamps::default(),
        home: None,
        told_from_home: false,
        ignores: super::hidden::Ignores::default(),
    }
}

pub(super) fn read(files: &Files, path: &str, limit: u64) -> Result<Content, ReadError> {
    let (path, bytes) = files.get_key_value(path).ok_or(ReadError::Absent)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge { bytes: bytes.len() as u64, limit });
    }
    Ok(Content { path: path.clone(), bytes: bytes.clone() })
}

pub(super) fn stream(files: &Files, path: &str) -> Result<Box<dyn Read + Send>, ReadError> {
    files.get(path).map(|bytes| Box::new(Cursor::new(bytes.to_vec())) as Box<dyn Read + Send>).ok_or(ReadError::Absent)
}

pub(super) fn matching<'a>(
    paths: impl Iterator<Item = &'a Arc<str>>,
    globs: &[String],
) -> Result<Vec<Arc<str>>, String> {
    let set = super::disk::glob_set(globs)?;
    Ok(paths.filter(|path| set.is_match(&***path)).cloned().collect())
}
