//! The files that a document consists of, loaded before anything looks into them, and the references between them. Nothing
//! outside the repository is read: a reference that leaves it, or that names a URL, is a mistake where it stands.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use super::json;
use crate::domain::node::{Mistake, Node, Place, Value};
use crate::domain::provenance::Source;
use crate::repo::{Content, ReadError, Repo};
use crate::yaml;

/// A file over this size is refused: 16 MiB.
pub(super) const MAX_BYTES: u64 = 16 << 20;
/// More files than this are not followed.
const MAX_FILES: usize = 500;
/// A map with more keys than this is indexed.
const INDEXED: usize = 64;

/// The files by path: what they hold, or why they cannot be read.
pub(super) struct Library {
    files: BTreeMap<String, Result<Node, Mistake>>,
    /// What was read.
    pub(super) sources: Vec<Source>,
}

/// Looks members up, with an index for large maps. Lives as long as the library is not changed.
#[derive(Default)]
pub(super) struct Finder<'a> {
    maps: RefCell<HashMap<usize, HashMap<&'a str, &'a Node>>>,
}

impl<'a> Finder<'a> {
    /// The value under a key.
    pub(super) fn get(&self, node: &'a Node, key: &str) -> Option<&'a Node> {
        let Value::Map(entries) = &node.value else { return None };
        if entries.len() <= INDEXED {
            return node.get(key);
        }
        let mut maps = self.maps.borrow_mut();
        let index = maps
            .entry(std::ptr::from_ref(node).addr())
            .or_insert_with(|| entries.iter().map(|(key, node)| (key.name.as_str(), node)).collect());
        index.get(key).copied()
    }

    /// What a JSON pointer names inside a file.
    fn pointer(&self, root: &'a Node, pointer: &str) -> Option<&'a Node> {
        pointer.split('/').skip(1).try_fold(root, |node, part| {
            let part = decoded(part).replace("~1", "/").replace("~0", "~");
            match &node.value {
                Value::List(items) => items.get(part.parse::<usize>().ok()?),
                Value::Map(_) => self.get(node, &part),
                Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => None,
            }
        })
    }
}

/// The text of a file: UTF-8, or UTF-16 where a mark at its beginning says so.
///
/// # Errors
/// Where it is neither.
pub(super) fn text(content: &Content) -> Result<Cow<'_, str>, String> {
    let wide = match content.bytes.as_ref() {
        [0xff, 0xfe, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    let Some((bytes, unit)) = wide else {
        return content.text().map(Cow::Borrowed).map_err(|offset| format!("not UTF-8 text (byte {offset})"));
    };
    let pairs = bytes.chunks_exact(2);
    let whole = pairs.remainder().is_empty();
    let units: Vec<u16> = pairs.map(|pair| unit([pair[0], pair[1]])).collect();
    let text = String::from_utf16(&units).ok().filter(|_| whole);
    text.map(Cow::Owned).ok_or_else(|| "a mark of UTF-16 and no such text".to_owned())
}

/// Reads YAML or JSON by the file's ending.
pub(super) fn parse(path: &str, text: &str) -> Result<Node, Mistake> {
    if path.to_ascii_lowercase().ends_with(".json") { json::parse(path, text) } else { yaml::parse_foreign(path, text) }
}

impl Library {
    /// Loads what a document refers to, and what that refers to.
    pub(super) fn new(repo: &Repo, path: &str, root: Node) -> Self {
        let mut library = Self { files: BTreeMap::new(), sources: Vec::new() };
        let mut wanted = named(path, &root);
        library.files.insert(path.to_owned(), Ok(root));
        while let Some((path, from)) = wanted.pop() {
            if library.files.contains_key(&path) {
                continue;
            }
            let read = library.read(repo, &path, &from);
            if let Ok(node) = &read {
                wanted.extend(named(&path, node));
            }
            library.files.insert(path, read);
        }
        library
    }

    /// The root of a file that was loaded.
    ///
    /// # Errors
    /// Why it could not be.
    pub(super) fn root(&self, path: &str) -> Result<&Node, &Mistake> {
        self.files.get(path).expect("the document itself is loaded first").as_ref()
    }

    fn read(&mut self, repo: &Repo, path: &str, from: &Place) -> Result<Node, Mistake> {
        if self.files.len() >= MAX_FILES {
            return Err(Mistake::new(from, format!("more than {MAX_FILES} files hang together: `{path}` is not read")));
        }
        let content = repo.read(path, MAX_BYTES).map_err(|error| {
            let why = match error {
                ReadError::Absent => format!("there is no file `{path}`"),
                ReadError::Unreadable(_) | ReadError::TooLarge { .. } => format!("cannot read {path}: {error}"),
            };
            Mistake::new(from, why)
        })?;
        let start = Place { file: path.into(), line: 1, column: 1 };
        let text = text(&content).map_err(|why| Mistake::new(&start, why))?;
        let node = parse(path, &text)?;
        self.sources.push(content.source("openapi-part"));
        Ok(node)
    }

    /// What a reference in `file` names: its file and its node; nothing for an anchor, which is not followed.
    ///
    /// # Errors
    /// Why it names nothing here.
    pub(super) fn resolve<'a>(
        &'a self,
        finder: &Finder<'a>,
        file: &str,
        reference: &str,
    ) -> Result<Option<&'a Node>, String> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if is_url(path) {
            return Err(format!("`{reference}` lies outside of the repository: it is not fetched"));
        }
        let target = if path.is_empty() { Some(file.to_owned()) } else { joined(file, path) };
        let Some(target) = target else { return Err(format!("`{reference}` leaves the repository")) };
        let root = match self.files.get(&target) {
            Some(Ok(root)) => root,
            Some(Err(mistake)) => return Err(format!("`{reference}` cannot be read: {}", mistake.message)),
            None => return Err(format!("there is no file `{target}`")),
        };
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return Ok(None);
        }
        let found = finder.pointer(root, fragment);
        found.map(Some).ok_or_else(|| format!("`{reference}` names nothing"))
    }
}

fn is_url(path: &str) -> bool {
    path.contains("://") || path.starts_with("//") || path.starts_with("urn:") || path.starts_with("data:")
}

/// The files that references name, each with a place that does.
fn named(path: &str, root: &Node) -> Vec<(String, Place)> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        match &node.value {
            Value::List(items) => open.extend(items),
            Value::Map(entries) => {
                for (key, value) in entries {
                    match value.as_str().filter(|_| key.name == "$ref") {
                        Some(reference) => {
                            let (file, _) = reference.split_once('#').unwrap_or((reference, ""));
                            let target = (!file.is_empty() && !is_url(file)).then(|| joined(path, file)).flatten();
                            found.extend(target.map(|target| (target, value.place.clone())));
                        }
                        None => open.push(value),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => {}
        }
    }
    found
}

/// A path relative to a file's folder; none where it leaves the repository.
fn joined(file: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') {
        return None;
    }
    let mut parts: Vec<String> = file.split('/').map(str::to_owned).collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(decoded(part)),
        }
    }
    (!parts.iter().any(|part| part.contains('/') || part == "..")).then(|| parts.join("/"))
}

/// Percent signs decoded, where what comes out is text.
fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}
