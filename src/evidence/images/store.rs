//! Where blobs come from: an archive, measured in one pass, or the folder of an OCI layout, measured as they are asked for.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::limits::Limits;
use super::measure::{Budget, Compression, Extent, Hashing, Measured, TOO_MUCH, measure};
use super::tape::{self, Kind, shown};
use crate::repo::{ReadError, Repo};

/// Blobs by name.
pub(super) trait Store {
    /// The blob of that name; none where there is none.
    ///
    /// # Errors
    /// It is there and cannot be read.
    fn blob(&mut self, name: &str) -> Result<Option<Measured>, String>;
}

/// An archive's members.
#[derive(Debug)]
pub(super) struct Archive {
    members: BTreeMap<String, Stored>,
    /// The archive itself, as it lies there.
    pub(super) extent: Extent,
}

#[derive(Debug)]
enum Stored {
    Blob(Box<Measured>),
    Link(String),
}

impl Archive {
    /// Reads an archive, gzip or zstd around it or not.
    ///
    /// # Errors
    /// What is wrong with it, as a fragment.
    pub(super) fn read(input: impl Read, limits: &Limits) -> Result<Self, String> {
        let mut input = BufReader::with_capacity(64 << 10, input);
        let mut start = Vec::new();
        (&mut input).take(4).read_to_end(&mut start).map_err(|error| error.to_string())?;
        let compression = Compression::of(&start);
        let mut raw = Hashing::new(io::Cursor::new(start).chain(input), 0);
        let members = match compression {
            Compression::Plain => members(&mut raw, limits)?,
            Compression::Gzip => {
                members(&mut Bounded { inner: MultiGzDecoder::new(&mut raw), left: limits.decompressed }, limits)?
            }
            Compression::Zstd => {
                let decoder = zstd::Decoder::with_buffer(&mut raw).map_err(|error| error.to_string())?;
                members(&mut Bounded { inner: decoder, left: limits.decompressed }, limits)?
            }
        };
        io::copy(&mut raw, &mut io::sink()).map_err(|error| error.to_string())?;
        Ok(Self { members, extent: raw.finish().0 })
    }

    /// Whether there is a member of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }
}

fn members(input: &mut dyn Read, limits: &Limits) -> Result<BTreeMap<String, Stored>, String> {
    let mut budget = Budget::new(limits);
    let mut members = BTreeMap::new();
    tape::walk(input, limits, &mut |member, body| {
        let stored = match member.kind {
            Kind::Folder => return Ok(()),
            Kind::Link(target) => Stored::Link(target),
            Kind::File(_) => Stored::Blob(Box::new(measure(body, &mut budget, limits)?)),
        };
        match members.insert(member.name.clone(), stored) {
            None => Ok(()),
            Some(_) => Err(format!("the archive has two members named `{}`", shown(&member.name))),
        }
    })?;
    Ok(members)
}

impl Store for Archive {
    fn blob(&mut self, name: &str) -> Result<Option<Measured>, String> {
        let mut name = name;
        for _ in 0..8 {
            match self.members.get(name) {
                None => return Ok(None),
                Some(Stored::Blob(measured)) => return Ok(Some((**measured).clone())),
                Some(Stored::Link(target)) => name = target,
            }
        }
        Err(format!("the links at `{}` go round in circles", shown(name)))
    }
}

/// The folder of an OCI layout.
pub(super) struct Folder<'a> {
    repo: &'a Repo,
    path: String,
    budget: Budget,
    limits: Limits,
    seen: BTreeMap<String, Measured>,
}

impl<'a> Folder<'a> {
    /// The layout at `path`.
    pub(super) fn new(repo: &'a Repo, path: &str, limits: &Limits) -> Self {
        Self { repo, path: path.to_owned(), budget: Budget::new(limits), limits: *limits, seen: BTreeMap::new() }
    }
}

impl Store for Folder<'_> {
    fn blob(&mut self, name: &str) -> Result<Option<Measured>, String> {
        if let Some(measured) = self.seen.get(name) {
            return Ok(Some(measured.clone()));
        }
        let path = format!("{}/{name}", self.path.trim_end_matches('/'));
        let mut stream = match self.repo.stream(&path) {
            Ok(stream) => stream,
            Err(ReadError::Absent) => return Ok(None),
            Err(error @ (ReadError::Unreadable(_) | ReadError::TooLarge { .. })) => {
                return Err(format!("{name}: {error}"));
            }
        };
        let measured = measure(&mut stream, &mut self.budget, &self.limits)?;
        self.seen.insert(name.to_owned(), measured.clone());
        Ok(Some(measured))
    }
}

/// A reader that ends in an error when too much comes out of it.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| io::Error::other(TOO_MUCH))?;
        Ok(read)
    }
}
