//! A file's bytes with where they came from.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::domain::provenance::{Source, hex};

/// A file's bytes and its path.
#[derive(Debug, Clone)]
pub struct Content {
    /// Its path, relative to the root, with `/`.
    pub path: Arc<str>,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

impl Content {
    /// The text, if it is UTF-8; a byte order mark is left out.
    ///
    /// # Errors
    /// The offset of the first byte that is not.
    pub fn text(&self) -> Result<&str, usize> {
        let bytes = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes);
        std::str::from_utf8(bytes).map_err(|error| error.valid_up_to())
    }

    /// The text with U+FFFD for what is not UTF-8, for formats whose words are ASCII whatever else is in them.
    #[must_use]
    pub fn lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes))
    }

    /// SHA-256 of the bytes in lower-case hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(&self.bytes))
    }

    /// Where a fact read out of this comes from.
    pub fn source(&self, format: impl Into<String>) -> Source {
        Source {
            path: self.path.to_string(),
            format: format.into(),
            kind: None,
            tool: None,
            sha256: self.sha256(),
            bytes: self.bytes.len() as u64,
        }
    }
}

/// SHA-256 of what a stream gives.
pub(super) fn sha256(stream: &mut dyn Read) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut buffer = [0_u8; 65_536];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// Nothing is there.
    Absent,
    /// Something is there that is not read, and why: no regular file, a link out of the repository, no permission.
    Unreadable(String),
    /// It is larger than the limit, both in bytes.
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Absent => out.write_str("no such file"),
            ReadError::Unreadable(why) => out.write_str(why),
            ReadError::TooLarge { bytes, limit } => write!(out, "{bytes} bytes, over the limit of {limit}"),
        }
    }
}
