//! Walks a tar archive without keeping it: one member at a time, in the archive's order, whatever its size.
//!
//! The walk is its own because an archive is hostile here: long names, links and sizes are bounded, and what a tar may
//! say beside plain files (sparse members, devices, names that leave the archive) is refused with the reason.

use std::io::{self, Read};

use super::limits::Limits;
use crate::domain::folders::joined;

/// A tar archive's unit.
pub(super) const BLOCK: usize = 512;

/// How the complaint starts about what is no tar archive at all.
pub(super) const NO_TAR: &str = "not a tar archive";

/// One member of an archive.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// Its name, normalised: no `./`, no trailing `/`, nothing that leaves the archive.
    pub(super) name: String,
    /// What it is.
    pub(super) kind: Kind,
}

/// What a member is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file of that many bytes, which follow.
    File(u64),
    /// A symbolic or hard link to another member.
    Link(String),
    /// A folder.
    Folder,
}

/// Walks the archive in `input`; `visit` reads what it wants of a file's bytes, the rest is skipped.
///
/// # Errors
/// What is wrong with the archive, as a fragment.
pub(super) fn walk(
    input: &mut dyn Read,
    limits: &Limits,
    visit: &mut dyn FnMut(Member, &mut dyn Read) -> Result<(), String>,
) -> Result<(), String> {
    let mut members = 0_u64;
    let mut next = Overrides::default();
    while let Some(header) = header(input, members == 0)? {
        members += 1;
        if members > limits.members {
            return Err(format!("the archive has more than {} members", limits.members));
        }
        let size = header.entry_size().map_err(|_| "a member's size is no number".to_owned())?;
        match header.entry_type().as_byte() {
            b'x' => next.read_pax(&extension(input, size, limits)?),
            b'L' => next.name = Some(text(&extension(input, size, limits)?)),
            b'K' => next.link = Some(text(&extension(input, size, limits)?)),
            b'g' => {
                extension(input, size, limits)?;
            }
            kind => {
                let overrides = std::mem::take(&mut next);
                let member = member(&header, kind, size, overrides)?;
                let size = if let Kind::File(size) = member.kind { size } else { size };
                let mut body = input.take(size);
                visit(member, &mut body)?;
                io::copy(&mut body, &mut io::sink()).map_err(|error| format!("the archive cannot be read: {error}"))?;
                if body.limit() > 0 {
                    return Err("the archive ends in the middle of a member".to_owned());
                }
                skip_padding(input, size)?;
            }
        }
    }
    Ok(())
}

/// What the members before say about the next one.
#[derive(Default)]
pub(super) struct Overrides {
    pub(super) name: Option<String>,
    pub(super) link: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) sparse: bool,
}

impl Overrides {
    /// Reads pax records: `<length> <key>=<value>\n`.
    pub(super) fn read_pax(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(space) = rest.iter().position(|&byte| byte == b' ') {
            let length = std::str::from_utf8(&rest[..space]).ok().and_then(|text| text.parse::<usize>().ok());
            let Some(record) = length.filter(|&length| length > space).and_then(|length| rest.get(space + 1..length))
            else {
                return;
            };
            rest = &rest[space + 1 + record.len()..];
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let Some(equals) = record.iter().position(|&byte| byte == b'=') else { continue };
            let value = text(&record[equals + 1..]);
            match &record[..equals] {
                b"path" => self.name = Some(value),
                b"linkpath" => self.link = Some(value),
                b"size" => self.size = value.parse().ok(),
                key if key.starts_with(b"GNU.sparse.") => self.sparse = true,
                _ => {}
            }
        }
    }
}

fn member(header: &tar::Header, kind: u8, size: u64, overrides: Overrides) -> Result<Member, String> {
    let raw = overrides.name.unwrap_or_else(|| text(&header.path_bytes()));
    let name = normalise("", &raw).ok_or_else(|| format!("the member `{}` leaves the archive", shown(&raw)))?;
    let kind = match kind {
        _ if overrides.sparse => return Err(format!("the member `{}` is sparse", shown(&name))),
        b'0' | b'7' | 0 if raw.ends_with('/') => Kind::Folder,
        b'0' | b'7' | 0 => Kind::File(overrides.size.unwrap_or(size)),
        b'1' | b'2' => {
            let target = overrides
                .link
                .unwrap_or_else(|| header.link_name_bytes().map(|bytes| text(&bytes)).unwrap_or_default());
            // A hard link's target counts from the archive's root, a symbolic one's from the link's folder.
            let folder = if kind == b'2' { name.rsplit_once('/').map_or("", |(folder, _)| folder) } else { "" };
            let target = normalise(folder, &target).filter(|target| !target.is_empty());
            Kind::Link(target.ok_or_else(|| format!("the link `{}` leaves the archive", shown(&name)))?)
        }
        b'5' => Kind::Folder,
        b'S' => return Err(format!("the member `{}` is sparse", shown(&name))),
        _ => return Err(format!("the member `{}` is neither file, folder nor link", shown(&name))),
    };
    Ok(Member { name, kind })
}

/// `path` seen from `folder`, without `.` and `..`; none where it leaves the archive.
pub(super) fn normalise(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\0') {
        return None;
    }
    joined(folder, path)
}

/// The next header; none at the end of the archive.
pub(super) fn header(input: &mut dyn Read, first: bool) -> Result<Option<tar::Header>, String> {
    let mut block = [0_u8; BLOCK];
    let mut filled = 0;
    while filled < BLOCK {
        match input.read(&mut block[filled..]) {
            Ok(0) if filled == 0 && first => return Ok(None),
            Ok(0) if filled == 0 => return Err("the archive ends without its end mark: it is cut".to_owned()),
            Ok(0) if first => return Err(NO_TAR.to_owned()),
            Ok(0) => return Err("the archive ends in the middle of a header".to_owned()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(format!("the archive cannot be read: {error}")),
        }
    }
    if block.iter().all(|&byte| byte == 0) {
        return Ok(None);
    }
    match checked(&block) {
        Some(header) => Ok(Some(header)),
        None => Err(if first { NO_TAR } else { "a member's header is damaged: its checksum is wrong" }.to_owned()),
    }
}

/// The header in a block; none where its checksum is wrong.
pub(super) fn checked(block: &[u8]) -> Option<tar::Header> {
    let mut header = tar::Header::new_old();
    if block.len() != BLOCK {
        return None;
    }
    header.as_mut_bytes().copy_from_slice(block);
    let sum: u32 =
        block.iter().enumerate().map(|(at, &byte)| if (148..156).contains(&at) { 32 } else { u32::from(byte) }).sum();
    (header.cksum().ok() == Some(sum)).then_some(header)
}

/// The bytes of a member that speaks of the next one.
pub(super) fn extension(input: &mut dyn Read, size: u64, limits: &Limits) -> Result<Vec<u8>, String> {
    if size > limits.extension {
        return Err(format!("an extended header is longer than {} bytes", limits.extension));
    }
    let mut bytes = Vec::new();
    input.take(size).read_to_end(&mut bytes).map_err(|error| format!("the archive cannot be read: {error}"))?;
    if (bytes.len() as u64) < size {
        return Err("the archive ends in the middle of a member".to_owned());
    }
    skip_padding(input, size)?;
    Ok(bytes)
}

pub(super) fn skip_padding(input: &mut dyn Read, size: u64) -> Result<(), String> {
    let padding = size.wrapping_neg() % BLOCK as u64;
    io::copy(&mut input.take(padding), &mut io::sink())
        .map_err(|error| format!("the archive cannot be read: {error}"))?;
    Ok(())
}

pub(super) fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// A name in a message: not longer than a line.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(120).collect()
}
