//! A tree on disk.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;

use super::{Backend, Clock, Content, FileEntry, ReadError, Repo};

pub(super) fn open(root: &Path) -> Result<Repo, String> {
    let canonical = root.canonicalize().map_err(|error| format!("{}: {error}", root.display()))?;
    if !canonical.is_dir() {
        return Err(format!("{}: not a folder", root.display()));
    }
    let mut files = Vec::new();
    let walk = WalkBuilder::new(&canonical).hidden(false).parents(true).require_git(false).follow_links(false).build();
    for entry in walk.flatten() {
        let Some(path) = relative(&canonical, entry.path()) else { continue };
        if path.starts_with(".git/") || !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let bytes = entry.metadata().map_or(0, |meta| meta.len());
        files.push(FileEntry { path: path.into(), bytes });
    }
    files.sort_unstable();
    Ok(Repo { files, skipped: Vec::new(), backend: Backend::Disk { root: canonical }, clock: Clock::system() })
}

pub(super) fn read(root: &Path, path: &str, limit: u64) -> Result<Content, ReadError> {
    let (file, bytes) = open_regular(root, path)?;
    if bytes > limit {
        return Err(ReadError::TooLarge { bytes, limit });
    }
    let mut buffer = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0));
    file.take(limit + 1).read_to_end(&mut buffer).map_err(|error| ReadError::Unreadable(error.to_string()))?;
    if buffer.len() as u64 > limit {
        return Err(ReadError::TooLarge { bytes: buffer.len() as u64, limit });
    }
    Ok(Content { path: path.into(), bytes: buffer.into() })
}

pub(super) fn stream(root: &Path, path: &str) -> Result<Box<dyn Read + Send>, ReadError> {
    open_regular(root, path).map(|(file, _)| Box::new(file) as Box<dyn Read + Send>)
}

pub(super) fn find(root: &Path, globs: &[String], folders: bool) -> Result<Vec<Arc<str>>, String> {
    let set = glob_set(globs)?;
    let named = |folder: &str| globs.iter().any(|glob| glob.split('/').any(|segment| segment == folder));
    let walk = walkdir::WalkDir::new(root).follow_links(false).into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        !(entry.file_type().is_dir() && (name == ".git" || name == "node_modules") && !named(&name))
    });
    let mut found: Vec<Arc<str>> = walk
        .flatten()
        .filter(|entry| entry.file_type().is_file() || (folders && entry.file_type().is_dir()))
        .filter_map(|entry| relative(root, entry.path()))
        .filter(|path| set.is_match(path))
        .map(Into::into)
        .collect();
    found.sort_unstable();
    Ok(found)
}

/// The set of `globs`: `*` and `?` stay within a segment, `**` crosses them.
pub(super) fn glob_set(globs: &[String]) -> Result<GlobSet, String> {
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        let built = GlobBuilder::new(glob.strip_prefix("./").unwrap_or(glob)).literal_separator(true).build();
        builder.add(built.map_err(|error| error.to_string())?);
    }
    builder.build().map_err(|error| error.to_string())
}

fn relative(root: &Path, path: &Path) -> Option<String> {
    let inner = path.strip_prefix(root).ok()?.to_str()?;
    (!inner.is_empty()).then(|| inner.replace(std::path::MAIN_SEPARATOR, "/"))
}

/// Opens a regular file whose real place is inside the root.
fn open_regular(root: &Path, path: &str) -> Result<(File, u64), ReadError> {
    let inside = Path::new(path);
    if inside.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(ReadError::Unreadable("outside the repository".to_owned()));
    }
    let full: PathBuf = root.join(inside);
    let real = full.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ReadError::Absent,
        _ => ReadError::Unreadable(error.to_string()),
    })?;
    if !real.starts_with(root) {
        return Err(ReadError::Unreadable("a link that leaves the repository".to_owned()));
    }
    let meta = fs::metadata(&real).map_err(|error| ReadError::Unreadable(error.to_string()))?;
    if !meta.is_file() {
        return Err(ReadError::Unreadable("not a regular file".to_owned()));
    }
    let file = File::open(&real).map_err(|error| ReadError::Unreadable(error.to_string()))?;
    Ok((file, meta.len()))
}
