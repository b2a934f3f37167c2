//! A report's bytes to text: decompressed, decoded, and whatever is no report at all refused.

use std::borrow::Cow;
use std::io::Read;

use serde_json::Value;

use super::xml::{self, Element};
use super::{Failure, cut, json, line_of};

/// What a compressed report may come to: 256 MiB.
const MAX_TEXT: u64 = 256 << 20;

/// What a report is before its format is known.
pub(super) enum Document {
    /// JSON values, one after another.
    Json(Vec<Value>),
    /// An XML document's root.
    Xml(Element),
}

/// Reads a report's bytes.
pub(super) fn read(bytes: &[u8]) -> Result<Document, Failure> {
    let text = decode(bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    let start = text.trim_start();
    if start.is_empty() {
        return Err(Failure::unreadable(
            "it is empty: a scan that failed leaves the same (a tool that writes nothing when all is well is run by \
             `run:`, where its exit status tells)",
        ));
    }
    if start.starts_with('<') {
        let head = cut(start, 1_000).to_ascii_lowercase();
        if head.contains("<!doctype html") || head.contains("<html") {
            return Err(Failure::unreadable(
                "it is a web page, no report: a service or a proxy answered with an error",
            ));
        }
        return xml::read(text).map(Document::Xml);
    }
    if start.starts_with(['{', '[']) || start.trim_end() == "null" {
        return json::documents(text).map(Document::Json);
    }
    let first = line_of(start);
    Err(Failure::Unreadable(
        Some(1),
        format!("it begins with the text \"{first}\" and not with a report: let the tool's messages go to stderr"),
    ))
}

/// Bytes to text: gzip, UTF-16 and UTF-8 with or without a byte order mark.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Failure> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return text(bytes);
    }
    let mut buffer = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).take(MAX_TEXT + 1).read_to_end(&mut buffer);
    read.map_err(|error| Failure::unreadable(format!("broken gzip: {error}")))?;
    if buffer.len() as u64 > MAX_TEXT {
        return Err(Failure::unreadable(format!("it unpacks to more than the limit of {MAX_TEXT} bytes")));
    }
    text(&buffer).map(|text| Cow::Owned(text.into_owned()))
}

fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Failure> {
    let encoding = match bytes {
        [0xff, 0xfe, ..] => encoding_rs::UTF_16LE,
        [0xfe, 0xff, ..] => encoding_rs::UTF_16BE,
        _ => {
            let text = std::str::from_utf8(bytes).map(Cow::Borrowed);
            return text.map_err(|error| Failure::unreadable(format!("not UTF-8 text (byte {})", error.valid_up_to())));
        }
    };
    let (text, _, wrong) = encoding.decode(bytes);
    if wrong { Err(Failure::unreadable("it begins as UTF-16 and is none")) } else { Ok(Cow::Owned(text.into_owned())) }
}
