//! What a layer's tar holds, walked as it streams by: the files that weigh, what is deleted of lower layers, and files that
//! hold secrets. What is kept is bounded, whatever the layer holds.

use std::collections::BTreeSet;
use std::io::Read;

use super::limits::Limits;
use super::secrets;
use super::tape::{self, Overrides, shown};

/// What a layer holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// The largest files: size and path.
    pub(super) largest: BTreeSet<(u64, String)>,
    /// What of lower layers is deleted: paths of files or folders.
    pub(super) deleted: Vec<String>,
    /// Folders whose content in lower layers is deleted.
    pub(super) emptied: Vec<String>,
    /// Files that hold secrets, by path.
    pub(super) secrets: BTreeSet<String>,
}

/// A tar's end mark and what it begins with.
pub(super) fn is_tar(start: &[u8]) -> bool {
    start.len() == tape::BLOCK && (start.iter().all(|byte| *byte == 0) || tape::checked(start).is_some())
}

/// Walks a layer.
///
/// # Errors
/// What is wrong with it, as a fragment.
pub(super) fn walk(input: &mut dyn Read, limits: &Limits) -> Result<Contents, String> {
    let mut contents = Contents::default();
    let mut next = Overrides::default();
    let mut members = 0_u64;
    while let Some(header) = tape::header(input, members == 0)? {
        members += 1;
        if members > limits.layer_members {
            return Err(format!("a layer has more than {} members", limits.layer_members));
        }
        let size = header.entry_size().map_err(|_| "a member's size is no number".to_owned())?;
        match header.entry_type().as_byte() {
            b'x' => next.read_pax(&tape::extension(input, size, limits)?),
            b'L' => next.name = Some(tape::text(&tape::extension(input, size, limits)?)),
            b'K' => next.link = Some(tape::text(&tape::extension(input, size, limits)?)),
            b'g' => drop(tape::extension(input, size, limits)?),
            kind => {
                let overrides = std::mem::take(&mut next);
                let size = overrides.size.unwrap_or(size);
                let raw = overrides.name.unwrap_or_else(|| tape::text(&header.path_bytes()));
                let name = tape::normalise("", raw.trim_start_matches('/'))
                    .ok_or_else(|| format!("the member `{}` of a layer leaves it", shown(&raw)))?;
                if kind == b'S' || overrides.sparse {
                    return Err(format!("the member `{}` of a layer is sparse", shown(&name)));
                }
                // Links, folders and devices have no bytes, whatever their header says.
                let size = if matches!(kind, b'0' | b'7' | 0) { size } else { 0 };
                member(name, size, input, limits, &mut contents)?;
            }
        }
    }
    Ok(contents)
}

fn member(
    name: String,
    size: u64,
    input: &mut dyn Read,
    limits: &Limits,
    contents: &mut Contents,
) -> Result<(), String> {
    let mut body = input.take(size);
    let (folder, last) = name.rsplit_once('/').unwrap_or(("", &name));
    if let Some(gone) = last.strip_prefix(".wh.") {
        let room = contents.deleted.len() + contents.emptied.len() < limits.deleted;
        if gone == ".wh..opq" {
            contents.emptied.extend(room.then(|| folder.to_owned()));
        } else if !gone.starts_with(".wh.") {
            let path = if folder.is_empty() { gone.to_owned() } else { format!("{folder}/{gone}") };
            contents.deleted.extend(room.then_some(path));
        }
    } else if size > 0 {
        if secrets::may_hold(&name) && size <= secrets::MAX_BYTES && contents.secrets.len() < limits.secrets {
            let mut bytes = Vec::new();
            (&mut body).take(secrets::MAX_BYTES).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            if secrets::holds(&bytes) {
                contents.secrets.insert(name.clone());
            }
        }
        keep(contents, size, name, limits);
    }
    std::io::copy(&mut body, &mut std::io::sink()).map_err(|error| format!("a layer cannot be read: {error}"))?;
    if body.limit() > 0 {
        return Err("a layer ends in the middle of a member".to_owned());
    }
    tape::skip_padding(input, size)
}

/// Keeps the largest.
fn keep(contents: &mut Contents, size: u64, name: String, limits: &Limits) {
    let full = contents.largest.len() >= limits.largest;
    if full && contents.largest.first().is_some_and(|(least, _)| *least >= size) {
        return;
    }
    contents.largest.insert((size, name));
    if contents.largest.len() > limits.largest {
        contents.largest.pop_first();
    }
}
