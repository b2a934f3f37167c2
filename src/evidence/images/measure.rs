//! Measures a blob in one pass: its size and digest as stored and, where it is compressed, as decompressed.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::contents::{self, Contents};
use super::limits::Limits;
use super::tape;
use crate::domain::provenance::hex;

/// How bytes are compressed, told by how they start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    /// Not at all.
    Plain,
    /// gzip.
    Gzip,
    /// zstd.
    Zstd,
}

impl Compression {
    /// What the first bytes say.
    pub(super) fn of(start: &[u8]) -> Self {
        if start.starts_with(&[0x1f, 0x8b]) {
            Compression::Gzip
        } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Compression::Zstd
        } else {
            Compression::Plain
        }
    }
}

/// Size and SHA-256 of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extent {
    /// How many.
    pub(super) bytes: u64,
    /// `sha256:…`.
    pub(super) digest: String,
}

/// What a blob is.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    /// As stored.
    pub(super) stored: Extent,
    /// Decompressed, where it is compressed; or why that failed.
    pub(super) unpacked: Option<Result<Extent, String>>,
    /// The bytes, where they look like a small JSON document.
    pub(super) json: Option<Vec<u8>>,
    /// What it holds, where it is a tar; or why that cannot be told.
    pub(super) contents: Option<Result<Arc<Contents>, String>>,
}

/// What may still be read and kept of one archive.
#[derive(Debug)]
pub(super) struct Budget {
    decompressed: u64,
    kept: u64,
    json: u64,
}

impl Budget {
    /// A fresh budget.
    pub(super) fn new(limits: &Limits) -> Self {
        Self { decompressed: limits.decompressed, kept: limits.json.saturating_mul(16), json: limits.json }
    }
}

/// Measures what `input` yields, and walks it where it is a tar: a layer.
///
/// # Errors
/// It cannot be read, or the budget is spent: fragments.
pub(super) fn measure(input: &mut dyn Read, budget: &mut Budget, limits: &Limits) -> Result<Measured, String> {
    let mut start = Vec::new();
    input.take(tape::BLOCK as u64).read_to_end(&mut start).map_err(|error| error.to_string())?;
    let compression = Compression::of(&start);
    let json = start.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| matches!(byte, b'{' | b'['));
    let plain = compression == Compression::Plain && contents::is_tar(&start);
    let input = io::Cursor::new(start).chain(BufReader::with_capacity(64 << 10, input));
    let mut stored = Hashing::new(input, if json { budget.json } else { 0 });
    let mut walked = None;
    let unpacked = match compression {
        Compression::Plain => {
            walked = plain.then(|| contents::walk(&mut stored, limits));
            None
        }
        Compression::Gzip => Some(unpack(&mut MultiGzDecoder::new(&mut stored), budget, limits, &mut walked)?),
        Compression::Zstd => match zstd::Decoder::with_buffer(&mut stored) {
            Ok(mut decoder) => Some(unpack(&mut decoder, budget, limits, &mut walked)?),
            Err(error) => Some(Err(error.to_string())),
        },
    };
    io::copy(&mut stored, &mut io::sink()).map_err(|error| error.to_string())?;
    let (extent, kept) = stored.finish();
    let json = kept.filter(|_| json);
    if let Some(json) = &json {
        budget.kept = budget.kept.checked_sub(json.len() as u64).ok_or("it holds too many JSON documents")?;
    }
    Ok(Measured { stored: extent, unpacked, json, contents: walked.map(|walked| walked.map(Arc::new)) })
}

/// Decompresses to nowhere, and walks what is a tar. A broken stream is a value, for the blob may be none that matters; a
/// spent budget is not.
fn unpack(
    decoder: &mut dyn Read,
    budget: &mut Budget,
    limits: &Limits,
    walked: &mut Option<Result<Contents, String>>,
) -> Result<Result<Extent, String>, String> {
    let mut metered = Metered { inner: decoder, left: budget.decompressed, broken: None, spent: false };
    let mut hashing = Hashing::new(&mut metered, 0);
    let mut start = Vec::new();
    let begun = (&mut hashing).take(tape::BLOCK as u64).read_to_end(&mut start).is_ok();
    if begun && contents::is_tar(&start) {
        *walked = Some(contents::walk(&mut io::Cursor::new(start).chain(&mut hashing), limits));
    }
    // What stands behind the tar's end counts too; what goes wrong is kept by the meter.
    let _ = io::copy(&mut hashing, &mut io::sink());
    let extent = hashing.finish().0;
    if metered.spent {
        return Err(TOO_MUCH.to_owned());
    }
    budget.decompressed = metered.left;
    Ok(metered.broken.map_or(Ok(extent), Err))
}

/// A decoder with a bound, which remembers why it stopped.
struct Metered<'a> {
    inner: &'a mut dyn Read,
    left: u64,
    broken: Option<String>,
    spent: bool,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(read) => {
                let left = self.left.checked_sub(read as u64);
                self.spent |= left.is_none();
                self.left = left.ok_or_else(|| io::Error::other(TOO_MUCH))?;
                Ok(read)
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::Interrupted {
                    self.broken = Some(error.to_string());
                }
                Err(error)
            }
        }
    }
}

/// Why a bomb is refused.
pub(super) const TOO_MUCH: &str = "it decompresses to more than is read of an image";

fn digest(hash: Sha256) -> String {
    format!("sha256:{}", hex(&hash.finalize()))
}

/// A reader that hashes what passes and keeps it while that is little.
pub(super) struct Hashing<R> {
    inner: R,
    passing: Passing,
}

impl<R> Hashing<R> {
    /// Hashes what is read out of `inner`, and keeps it if it is at most `keep` bytes in all.
    pub(super) fn new(inner: R, keep: u64) -> Self {
        Self { inner, passing: Passing { hash: Sha256::new(), bytes: 0, keep, kept: Vec::new() } }
    }

    /// What passed; and the bytes, if all of them were kept.
    pub(super) fn finish(self) -> (Extent, Option<Vec<u8>>) {
        let Passing { hash, bytes, keep, kept } = self.passing;
        (Extent { bytes, digest: digest(hash) }, (bytes <= keep).then_some(kept))
    }
}

struct Passing {
    hash: Sha256,
    bytes: u64,
    keep: u64,
    kept: Vec<u8>,
}

impl Passing {
    fn pass(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        if self.bytes <= self.keep {
            self.kept.extend_from_slice(bytes);
        } else {
            self.kept = Vec::new();
        }
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.passing.pass(&buffer[..read]);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Hashing<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // What is consumed stands in the buffer: `consume` follows `fill_buf`.
        if let Ok(buffered) = self.inner.fill_buf() {
            self.passing.pass(&buffered[..amount.min(buffered.len())]);
        }
        self.inner.consume(amount);
    }
}
