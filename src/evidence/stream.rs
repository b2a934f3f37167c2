//! Opening a report for streaming: hashed while it is read, decompressed, decoded; and lines and rows of text reports.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::domain::provenance::{Source, hex};
use crate::facts::commands::shown;
use crate::repo::Repo;

use super::Command;
use super::Failure;
pub(super) use super::Failure as Failed;

/// UTF-16 is decoded as a whole, so it is bounded: 128 MiB.
const MAX_UTF16: u64 = 128 << 20;
/// How much of the beginning tells the format.
const HEAD: u64 = 1 << 16;
/// What a compressed report may come to: 4 GiB.
const MAX_BYTES: u64 = 4 << 30;

/// Why a report without a byte in it, or of blanks alone, cannot be read.
pub(super) const EMPTY: &str = "it is empty";

/// Counts and hashes what passes.
struct Hashing<R> {
    inner: R,
    state: Arc<Mutex<(Sha256, u64)>>,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0.update(&buffer[..read]);
        state.1 += read as u64;
        Ok(read)
    }
}

/// A reader of one area's formats: what it tells and the format's name, from the beginning and the whole of a report
/// (which includes the beginning). Both are UTF-8 where the report is text, without a byte order mark.
pub(super) type Tell<T> = fn(&str, &mut dyn BufRead) -> Result<(&'static str, T), Failure>;

/// Reads a report, and tells what was read.
pub(super) fn read<T>(repo: &Repo, path: &str, tell: Tell<T>) -> Result<(Source, T), Failure> {
    let stream = repo.stream(path).map_err(|error| Failure::new(error.to_string()))?;
    unpack(path, stream, tell)
}

/// Reads bytes that are held already.
pub(super) fn read_bytes<T>(path: &str, bytes: &[u8], tell: Tell<T>) -> Result<(Source, T), Failure> {
    unpack(path, bytes, tell)
}

/// Reads what a command printed, where that is a report; none where it is what commands say while they write reports.
pub(super) fn printed<T>(command: &Command, tell: Tell<T>) -> Option<(Source, T)> {
    let ran = command.ran.as_ref().ok().filter(|ran| !ran.timed_out && !ran.cut)?;
    let (source, told) = read_bytes(&shown(&command.argv), &ran.stdout, tell).ok()?;
    Some((Source { tool: command.argv.first().cloned(), ..source }, told))
}

fn unpack<T>(path: &str, stream: impl Read, tell: Tell<T>) -> Result<(Source, T), Failure> {
    let state = Arc::new(Mutex::new((Sha256::new(), 0)));
    let mut raw = BufReader::with_capacity(1 << 16, Hashing { inner: stream, state: state.clone() });
    let head = raw.fill_buf().map_err(|error| Failure::new(error.to_string()))?;
    let gzip = head.starts_with(&[0x1f, 0x8b]);
    let (format, told) = if gzip {
        let plain = flate2::bufread::MultiGzDecoder::new(&mut raw).take(MAX_BYTES);
        decode(&mut BufReader::with_capacity(1 << 16, plain), tell)?
    } else {
        decode(&mut raw, tell)?
    };
    io::copy(&mut raw, &mut io::sink()).map_err(|error| Failure::new(error.to_string()))?;
    let state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let source = Source {
        path: path.to_owned(),
        format: format.to_owned(),
        kind: None,
        tool: None,
        sha256: hex(&state.0.clone().finalize()),
        bytes: state.1,
    };
    Ok((source, told))
}

/// Takes UTF-16 to UTF-8 and shows the beginning.
fn decode<T>(input: &mut dyn BufRead, tell: Tell<T>) -> Result<(&'static str, T), Failure> {
    let mut head = Vec::new();
    Read::take(&mut *input, HEAD).read_to_end(&mut head).map_err(|error| Failure::new(error.to_string()))?;
    let encoding = match head.as_slice() {
        [0xff, 0xfe, ..] => Some(encoding_rs::UTF_16LE),
        [0xfe, 0xff, ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    };
    let Some(encoding) = encoding else {
        let plain = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
        let text = String::from_utf8_lossy(plain).into_owned();
        return tell_all(&text, &mut plain.chain(input), tell);
    };
    let mut bytes = head;
    let rest = Read::take(&mut *input, MAX_UTF16).read_to_end(&mut bytes);
    rest.map_err(|error| Failure::new(error.to_string()))?;
    if bytes.len() as u64 > MAX_UTF16 {
        return Err(Failure::new(format!("UTF-16 over the limit of {MAX_UTF16} bytes")));
    }
    let (text, _, wrong) = encoding.decode(&bytes);
    if wrong {
        return Err(Failure::new("it begins as UTF-16 and is none"));
    }
    tell_all(&text, &mut text.as_bytes(), tell)
}

fn tell_all<T>(head: &str, input: &mut dyn BufRead, tell: Tell<T>) -> Result<(&'static str, T), Failure> {
    if head.trim().is_empty() {
        return Err(Failure::new(EMPTY));
    }
    tell(head, input)
}

/// Calls `take` with each line that is not empty, trimmed, with whether a line end followed. A line of `limit` bytes is
/// refused.
pub(super) fn each_line(
    input: &mut dyn BufRead,
    limit: u64,
    mut take: impl FnMut(&str, bool) -> Result<(), String>,
) -> Result<(), Failure> {
    // What was begun in one filling and goes on in the next.
    let mut begun: Vec<u8> = Vec::new();
    let mut number = 1;
    loop {
        let bytes = input.fill_buf().map_err(|error| Failure::at(number, error.to_string()))?;
        if bytes.is_empty() {
            break;
        }
        let mut at = 0;
        while let Some(length) = memchr::memchr(b'\n', &bytes[at..]) {
            let line = &bytes[at..at + length];
            at += length + 1;
            if begun.is_empty() {
                one_line(line, limit, &mut take, true).map_err(|why| Failure::at(number, why))?;
            } else {
                begun.extend_from_slice(line);
                one_line(&begun, limit, &mut take, true).map_err(|why| Failure::at(number, why))?;
                begun.clear();
            }
            number += 1;
        }
        begun.extend_from_slice(&bytes[at..]);
        let read = bytes.len();
        input.consume(read);
        if begun.len() as u64 > limit {
            return Err(Failure::at(number, "a line that is too long"));
        }
    }
    one_line(&begun, limit, &mut take, false).map_err(|why| Failure::at(number, why))
}

fn one_line(
    bytes: &[u8],
    limit: u64,
    take: &mut impl FnMut(&str, bool) -> Result<(), String>,
    whole: bool,
) -> Result<(), String> {
    if bytes.len() as u64 >= limit {
        return Err("a line that is too long".to_owned());
    }
    let line = std::str::from_utf8(bytes).map_err(|_| "not UTF-8 text".to_owned())?.trim();
    if line.is_empty() { Ok(()) } else { take(line, whole) }
}

/// The whole text of a report that is small by nature.
pub(super) fn text(input: &mut dyn BufRead, limit: u64) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = Read::take(&mut *input, limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::new(error.to_string()))?;
    if bytes.len() as u64 > limit {
        return Err(Failure::new(format!("over the limit of {limit} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| Failure::new("not UTF-8 text"))
}

/// Why JSON cannot be read, with its line; what is cut says so.
pub(super) fn json_failure(error: &serde_json::Error) -> Failure {
    let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
    if error.is_eof() {
        return Failure { line, why: "it is cut: the JSON ends before it is whole".to_owned() };
    }
    let why = error.to_string();
    // The place stands beside the message already.
    Failure { line, why: why.rsplit_once(" at line ").map_or(why.as_str(), |(why, _)| why).to_owned() }
}

/// A row of separated values may be this long.
const MAX_ROW: usize = 1 << 20;

/// Calls `take` with the fields of each row. Quoted fields may hold separators, line ends and doubled quotes (RFC 4180).
pub(super) fn each_row(
    input: &mut dyn BufRead,
    separator: char,
    mut take: impl FnMut(&[String], bool) -> Result<(), String>,
) -> Result<(), Failure> {
    let mut row = String::new();
    let mut buffer = Vec::new();
    let mut first = 1;
    for number in 1.. {
        buffer.clear();
        let wrong = |why: &str| Failure::at(number, why);
        let read = Read::take(&mut *input, MAX_ROW as u64).read_until(b'\n', &mut buffer);
        let read = read.map_err(|error| wrong(&error.to_string()))?;
        if read == 0 {
            break;
        }
        if row.is_empty() {
            first = number;
        }
        row.push_str(std::str::from_utf8(&buffer).map_err(|_| wrong("not UTF-8 text"))?);
        if row.len() >= MAX_ROW {
            return Err(wrong("a row that is too long"));
        }
        // An odd number of quotes: the row goes on behind this line end.
        if row.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
            continue;
        }
        let whole = row.ends_with('\n');
        let plain = row.trim_end_matches(['\r', '\n']);
        if !plain.trim().is_empty() {
            take(&fields(plain, separator), whole).map_err(|why| Failure::at(first, why))?;
        }
        row.clear();
    }
    if row.is_empty() { Ok(()) } else { Err(Failure::at(first, "it is cut: a quoted field does not end")) }
}

fn fields(row: &str, separator: char) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut chars = row.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(field) = fields.last_mut() else { break };
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            c if c == separator && !quoted => fields.push(String::new()),
            c => field.push(c),
        }
    }
    fields
}
