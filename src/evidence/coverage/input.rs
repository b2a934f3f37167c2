//! Opening a report: hashed while it is streamed, decompressed, decoded, and its format told by what it begins with.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::domain::provenance::{Source, hex};
use crate::repo::Repo;

use super::{Failure, Report, cobertura, coveragepy, gocover, istanbul, lcov};

/// JSON is read as a whole, so it is bounded: 128 MiB.
const MAX_JSON: u64 = 128 << 20;
/// What a compressed or converted report may come to: 4 GiB.
const MAX_BYTES: u64 = 4 << 30;

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

pub(super) fn read(repo: &Repo, path: &str) -> Result<(Source, Report), Failure> {
    let stream = repo.stream(path).map_err(|error| Failure::new(error.to_string()))?;
    let state = Arc::new(Mutex::new((Sha256::new(), 0)));
    let mut raw = BufReader::with_capacity(1 << 16, Hashing { inner: stream, state: state.clone() });
    let head = raw.fill_buf().map_err(|error| Failure::new(error.to_string()))?;
    let gzip = head.starts_with(&[0x1f, 0x8b]);
    let (format, report) = if gzip {
        decode(&mut BufReader::with_capacity(1 << 16, flate2::bufread::MultiGzDecoder::new(&mut raw).take(MAX_BYTES)))?
    } else {
        decode(&mut raw)?
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
    Ok((source, report))
}

/// Takes UTF-16 to UTF-8 and tells the format.
fn decode(input: &mut dyn BufRead) -> Result<(&'static str, Report), Failure> {
    let head = input.fill_buf().map_err(|error| Failure::new(error.to_string()))?;
    let encoding = match head {
        [0xff, 0xfe, ..] => Some(encoding_rs::UTF_16LE),
        [0xfe, 0xff, ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    };
    let Some(encoding) = encoding else { return tell(input) };
    let mut bytes = Vec::new();
    Read::take(&mut *input, MAX_JSON).read_to_end(&mut bytes).map_err(|error| Failure::new(error.to_string()))?;
    let (text, _, wrong) = encoding.decode(&bytes);
    if wrong {
        return Err(Failure::new("it begins as UTF-16 and is none"));
    }
    tell(&mut BufReader::new(text.as_bytes()))
}

fn tell(input: &mut dyn BufRead) -> Result<(&'static str, Report), Failure> {
    let head = input.fill_buf().map_err(|error| Failure::new(error.to_string()))?;
    let head = &head[..head.len().min(4_096)];
    let text = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)).into_owned();
    let start = text.trim_start();
    if start.is_empty() {
        return Err(Failure::new("it is empty"));
    }
    if start.starts_with('<') {
        return match root_name(start).as_str() {
            "coverage" => cobertura::read(input).map(|report| ("cobertura", report)),
            "html" | "HTML" => Err(Failure::new("it is a web page, no coverage report")),
            "report" => Err(Failure::new("JaCoCo reports are not read yet; write Cobertura or lcov")),
            name => Err(Failure::new(format!("XML with the root `{name}` is no coverage report that is known"))),
        };
    }
    if start.starts_with("mode:") {
        return gocover::read(input).map(|report| ("go-coverprofile", report));
    }
    if start.starts_with('{') || start.starts_with('[') {
        let mut bytes = Vec::new();
        Read::take(&mut *input, MAX_JSON + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::new(error.to_string()))?;
        if bytes.len() as u64 > MAX_JSON {
            return Err(Failure::new(format!("JSON over the limit of {MAX_JSON} bytes")));
        }
        return json(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
    }
    let line = start.lines().next().unwrap_or_default();
    let known = ["TN:", "SF:", "VER:", "#"].iter().any(|tag| line.starts_with(tag));
    if known && (text.contains("SF:") || head.len() == 4_096) {
        return lcov::read(input).map(|report| ("lcov", report));
    }
    Err(Failure::new("it is no coverage report that is known"))
}

/// The name of an XML document's root, from its beginning.
fn root_name(text: &str) -> String {
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with('?') {
            rest = rest.split_once("?>").map_or("", |(_, rest)| rest);
        } else if rest.starts_with("!--") {
            rest = rest.split_once("-->").map_or("", |(_, rest)| rest);
        } else if rest.to_ascii_lowercase().starts_with("!doctype html") {
            return "html".to_owned();
        } else if !rest.starts_with('!') {
            return rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ':')).collect();
        }
    }
    String::new()
}

/// JSON by its keys.
fn json(bytes: &[u8]) -> Result<(&'static str, Report), Failure> {
    let value: serde_json::Value = serde_json::from_slice(bytes)
        .map_err(|error| Failure { line: u32::try_from(error.line()).ok(), why: error.to_string() })?;
    let Some(map) = value.as_object() else { return Err(Failure::new("JSON, and no coverage report that is known")) };
    if map.is_empty() {
        return Err(Failure::new("an empty JSON object says nothing"));
    }
    if map.contains_key("meta") && map.contains_key("files") {
        return coveragepy::read(map).map(|report| ("coveragepy-json", report));
    }
    if map.values().all(|file| file.get("statementMap").is_some() || file.pointer("/data/statementMap").is_some()) {
        return istanbul::read(map).map(|report| ("istanbul", report));
    }
    if map.get("total").is_some_and(|total| total.pointer("/lines/total").is_some()) {
        return istanbul::read_summary(map).map(|report| ("istanbul-summary", report));
    }
    Err(Failure::new("JSON, and no coverage report that is known"))
}
