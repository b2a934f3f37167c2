//! A tree on disk.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;
use rayon::prelude::*;

use super::git::Git;
use super::index::Index;
use super::stamps::Stamps;
use super::{Backend, Clock, Content, FileEntry, ReadError, Repo, Skipped};

pub(super) fn open(root: &Path, staged: bool) -> Result<Repo, String> {
    let canonical = root.canonicalize().map_err(|error| format!("{}: {error}", root.display()))?;
    if !canonical.is_dir() {
        return Err(format!("{}: not a folder", root.display()));
    }
    let git = Git::discover(&canonical);
    let list = |git: &Git| if staged { git.tracked() } else { git.list() };
    let listed = git.as_ref().ok().and_then(|git| list(git).ok()).filter(|paths| staged || !paths.is_empty());
    let index = Index::of(git.as_ref().ok().filter(|_| staged))?;
    let mut skipped = Vec::new();
    let paths = match listed {
        Some(paths) => paths.into_iter().filter(|path| !index.has(path)).collect(),
        None => walk(&canonical, &mut skipped),
    };
    let mut files = Vec::with_capacity(paths.len());
    for seen in paths.into_par_iter().map(|path| look(&canonical, path)).collect::<Vec<_>>() {
        match seen {
            Seen::File(entry) => files.push(entry),
            Seen::Nothing => {}
            Seen::Other(other) => skipped.push(other),
        }
    }
    files.extend(index.entries());
    let stamps = Stamps::read(|path, limit| read(&canonical, path, limit)).unwrap_or_else(|why| {
        skipped.push(Skipped { path: super::STAMPS.to_owned(), why });
        Stamps::default()
    });
    files.sort_unstable();
    skipped.sort_unstable();
    Ok(Repo {
        files,
        skipped,
        backend: Backend::Disk { root: canonical, git, index },
        clock: Clock::system(),
        unclean: OnceLock::new(),
        stamps,
        home: None,
        told_from_home: false,
        ignores: super::hidden::Ignores::default(),
    })
}

/// A folder of a tree that is open, without listing it again.
pub(super) fn component(home: &Arc<Repo>, folder: &str) -> Result<Repo, String> {
    let Backend::Disk { root, index, .. } = &home.backend else {
        return Err("a tree without a folder has no components".to_owned());
    };
    let (real, meta) = open_place(root, folder).map_err(|why| format!("{folder}: {why}"))?;
    if !meta.is_dir() {
        return Err(format!("{folder}: not a folder"));
    }
    let start = format!("{folder}/");
    let inside = |path: &str| path.strip_prefix(&start).map(str::to_owned);
    let git = Git::discover(&real);
    let mut skipped: Vec<Skipped> = home
        .skipped
        .iter()
        .filter_map(|one| Some(Skipped { path: inside(&one.path)?, why: one.why.clone() }))
        .collect();
    let stamps = Stamps::read(|path, limit| read(&real, path, limit)).unwrap_or_else(|why| {
        skipped.push(Skipped { path: super::STAMPS.to_owned(), why });
        Stamps::default()
    });
    let files = home.files.iter().filter_map(|entry| {
        Some(FileEntry { path: inside(&entry.path)?.into(), bytes: entry.bytes, link: entry.link })
    });
    Ok(Repo {
        files: files.collect(),
        skipped,
        backend: Backend::Disk { root: real, git, index: index.inside(&start) },
        clock: home.clock,
        unclean: OnceLock::new(),
        stamps,
        home: Some((Arc::clone(home), folder.to_owned())),
        told_from_home: false,
        ignores: super::hidden::Ignores::default(),
    })
}

/// Lists a tree that git does not know: everything that ignore files do not name.
fn walk(root: &Path, skipped: &mut Vec<Skipped>) -> Vec<String> {
    let found = Mutex::new(Vec::new());
    let unreadable = Mutex::new(Vec::new());
    let mut builder = WalkBuilder::new(root);
    builder.hidden(false).parents(false).require_git(false).git_global(false).follow_links(false);
    builder.filter_entry(|entry| entry.file_name() != ".git").build_parallel().run(|| {
        Box::new(|entry| {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {}
                Ok(entry) => match relative(root, entry.path()) {
                    Some(path) => lock(&found).push(path),
                    None => lock(&unreadable).push(entry.path().to_string_lossy().into_owned()),
                },
                Err(error) => lock(&unreadable).push(error.to_string()),
            }
            ignore::WalkState::Continue
        })
    });
    let root = root.to_string_lossy().into_owned();
    skipped.extend(lock(&unreadable).drain(..).map(|text| Skipped {
        path: text.replace(&root, "."),
        why: "it cannot be listed, or its name is not UTF-8".to_owned(),
    }));
    std::mem::take(&mut lock(&found))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

enum Seen {
    File(FileEntry),
    Nothing,
    Other(Skipped),
}

/// What stands at a listed path: a regular file, or a link inside the tree to one.
fn look(root: &Path, path: String) -> Seen {
    let full = root.join(&path);
    let Ok(meta) = fs::symlink_metadata(&full) else { return Seen::Nothing };
    if meta.is_file() {
        return Seen::File(FileEntry { path: path.into(), bytes: meta.len(), link: false });
    }
    if meta.is_dir() {
        // A submodule, or a repository inside the repository: its files are its own.
        return Seen::Other(Skipped { path, why: "a repository of its own".to_owned() });
    }
    match open_place(root, &path) {
        Ok((_, meta)) if meta.is_file() => Seen::File(FileEntry { path: path.into(), bytes: meta.len(), link: true }),
        Ok((_, meta)) if meta.is_dir() => Seen::Nothing,
        Ok(_) => Seen::Other(Skipped { path, why: "not a regular file".to_owned() }),
        Err(error) => Seen::Other(Skipped { path, why: error.to_string() }),
    }
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

/// Writes a file as a whole or not at all.
pub(super) fn keep(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let half = folder.join(format!("{name}.{}", std::process::id()));
    fs::write(&half, bytes).and_then(|()| fs::rename(&half, folder.join(name))).inspect_err(|_| {
        // What is half written is of no use; where it cannot be removed either, it lies in nobody's way.
        let _ = fs::remove_file(&half);
    })
}

pub(super) fn stream(root: &Path, path: &str) -> Result<Box<dyn Read + Send>, ReadError> {
    open_regular(root, path).map(|(file, _)| Box::new(file) as Box<dyn Read + Send>)
}

pub(super) fn find(root: &Path, globs: &[String], folders: bool) -> Result<Vec<Arc<str>>, String> {
    let set = glob_set(globs)?;
    let named = |folder: &str| globs.iter().any(|glob| glob.split('/').any(|segment| segment == folder));
    let mut found = Vec::new();
    // A glob that is a plain path needs no walk; most evidence is named so.
    let (plain, wild): (Vec<&String>, Vec<&String>) =
        globs.iter().partition(|glob| !glob.contains(['*', '?', '[', '{']));
    for path in plain {
        let path = path.strip_prefix("./").unwrap_or(path);
        if open_place(root, path).is_ok_and(|(_, meta)| !meta.is_dir() || folders) {
            found.push(Arc::from(path));
        }
    }
    let mut starts: Vec<PathBuf> = wild.iter().map(|glob| fixed_part(glob)).collect();
    starts.sort_unstable();
    starts.dedup();
    let nested: Vec<PathBuf> = starts.clone();
    starts.retain(|start| !nested.iter().any(|other| other != start && start.starts_with(other)));
    let ways: Vec<Way> = wild.iter().map(|glob| Way::of(glob)).collect();
    for start in starts {
        if start.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
            continue;
        }
        let walk = walkdir::WalkDir::new(root.join(start)).follow_links(false).into_iter().filter_entry(|entry| {
            if !entry.file_type().is_dir() {
                return true;
            }
            let name = entry.file_name().to_string_lossy();
            let foreign = matches!(&*name, ".git" | "node_modules" | ".venv" | "venv") && !named(&name);
            let leads = || match relative(root, entry.path()) {
                Some(path) if !path.is_empty() => ways.iter().any(|way| way.leads_through(&path)),
                _ => true,
            };
            !foreign && leads()
        });
        for entry in walk.flatten() {
            let Some(path) = relative(root, entry.path()).filter(|path| set.is_match(path)) else { continue };
            let kind = entry.file_type();
            // What is no regular file (a FIFO, a broken link) is listed too: its reading says why it is no evidence.
            if !kind.is_dir() || folders {
                found.push(path.into());
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// A glob segment by segment, to tell which folders it leads through; none from `**` on, which leads through all.
struct Way(Vec<Option<globset::GlobMatcher>>);

impl Way {
    fn of(glob: &str) -> Self {
        let glob = glob.strip_prefix("./").unwrap_or(glob);
        // Alternatives may hold separators.
        if glob.contains('{') {
            return Self(vec![None]);
        }
        let segment = |segment: &str| match segment {
            "**" => None,
            one => globset::Glob::new(one).ok().map(|glob| glob.compile_matcher()),
        };
        Self(glob.split('/').map(segment).collect())
    }

    fn leads_through(&self, folder: &str) -> bool {
        let mut segments = self.0.iter();
        for name in folder.split('/') {
            match segments.next() {
                Some(Some(segment)) if segment.is_match(name) => {}
                Some(None) => return true,
                Some(Some(_)) | None => return false,
            }
        }
        // The folder itself may be what is looked for, or hold it.
        true
    }
}

/// The folder that a glob starts in.
fn fixed_part(glob: &str) -> PathBuf {
    let glob = glob.strip_prefix("./").unwrap_or(glob);
    let segments: Vec<&str> = glob.split('/').collect();
    let fixed = segments.iter().take_while(|segment| !segment.contains(['*', '?', '[', '{'])).count();
    segments[..fixed.min(segments.len().saturating_sub(1))].iter().collect()
}

/// The set of `globs`: `*` and `?` stay within a segment, `**` crosses them.
///
/// # Errors
/// The glob that is malformed, and why.
pub fn glob_set(globs: &[String]) -> Result<GlobSet, String> {
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

/// The real place of a path and what stands there, if that is inside the root.
pub(super) fn open_place(root: &Path, path: &str) -> Result<(PathBuf, fs::Metadata), ReadError> {
    let inside = Path::new(path);
    if path.is_empty() || inside.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(ReadError::Unreadable("outside the repository".to_owned()));
    }
    let real = root.join(inside).canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            match fs::symlink_metadata(root.join(inside)) {
                Ok(meta) if meta.is_symlink() => ReadError::Unreadable("a link to nothing".to_owned()),
                _ => ReadError::Absent,
            }
        }
        _ => ReadError::Unreadable(error.to_string()),
    })?;
    if !real.starts_with(root) {
        return Err(ReadError::Unreadable("a link that leaves the repository".to_owned()));
    }
    let meta = fs::metadata(&real).map_err(|error| ReadError::Unreadable(error.to_string()))?;
    Ok((real, meta))
}

/// Opens a regular file whose real place is inside the root. A FIFO is never opened.
fn open_regular(root: &Path, path: &str) -> Result<(File, u64), ReadError> {
    if let Some(opened) = open_plain(root, path) {
        return Ok(opened);
    }
    let (real, meta) = open_place(root, path)?;
    if !meta.is_file() {
        let what = if meta.is_dir() { "a folder, not a file" } else { "not a regular file" };
        return Err(ReadError::Unreadable(what.to_owned()));
    }
    let file = File::open(&real).map_err(|error| ReadError::Unreadable(error.to_string()))?;
    Ok((file, meta.len()))
}

/// Opens a regular file on whose way is no link at all, which the system sees to in one call; none for all else, whose real
/// place is found step by step.
#[cfg(target_os = "linux")]
fn open_plain(root: &Path, path: &str) -> Option<(File, u64)> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
    let inside = Path::new(path);
    if path.is_empty() || inside.components().any(|part| !matches!(part, Component::Normal(_))) {
        return None;
    }
    let full = root.join(inside);
    let meta = fs::symlink_metadata(&full).ok().filter(fs::Metadata::is_file)?;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = openat2(CWD, &full, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS).ok()?;
    Some((File::from(file), meta.len()))
}

#[cfg(not(target_os = "linux"))]
fn open_plain(_: &Path, _: &str) -> Option<(File, u64)> {
    None
}

/// What a file that the user names may have at the most: 16 MiB.
const MAX_NAMED: u64 = 16 << 20;

/// Reads a file that the user names on the command line.
pub(super) fn read_named(path: &Path) -> Result<Content, ReadError> {
    let real = path.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ReadError::Absent,
        _ => ReadError::Unreadable(error.to_string()),
    })?;
    let name = real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = real.parent().ok_or(ReadError::Absent)?;
    let content = read(folder, &name, MAX_NAMED)?;
    Ok(Content { path: path.to_string_lossy().into(), bytes: content.bytes })
}

/// A path that the user names, as seen from the root: from where the command was given, else from the root itself.
pub(super) fn relative_to(root: &Path, path: &Path) -> Result<String, String> {
    let real = path.canonicalize().or_else(|_| root.join(path).canonicalize()).map_err(|error| error.to_string())?;
    relative(root, &real).ok_or_else(|| "it lies outside the repository".to_owned())
}
