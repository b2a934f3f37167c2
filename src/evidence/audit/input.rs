//! A report as its beginning tells it: JSON or XML, and whatever is no report at all refused.

use std::io::{self, BufRead, BufReader, Read};

use super::{Failure, Report, cut, line_of, tell, xml};
use crate::evidence::{json, stream};

/// Long parts of the entries of lists that no reader asks for. They are left out there alone: a map whose keys are data
/// (packages, files) may have such a name in it.
const BULKY: &[&str] = &[
    "references",
    "References",
    "Layer",
    "Layers",
    "CweIDs",
    "VendorIDs",
    "VendorSeverity",
    "Code",
    "Traces",
    "cpes",
    "urls",
    "credit",
    "functions",
    "functions_new",
    "patches",
    "semver",
    "matchDetails",
    "upgradePath",
    "symbols",
    "PkgID",
    "PkgIdentifier",
    "PrimaryURL",
    "SeveritySource",
    "DataSource",
    "PublishedDate",
    "LastModifiedDate",
];

/// What a report may come to, unpacked: 256 MiB.
const MAX_TEXT: u64 = 256 << 20;

/// Why a report that is empty proves nothing.
const EMPTY: &str = "it is empty: a scan that failed leaves the same (a tool that writes nothing when all is well is run by \
                     `run:`, where its exit status tells)";

/// Reads a report, streamed. What the stream itself cannot be read for is a failure like the others.
pub(super) fn tell(
    head: &str,
    input: &mut dyn BufRead,
) -> Result<(&'static str, Result<Report, Failure>), stream::Failed> {
    let mut limited = BufReader::with_capacity(1 << 16, Limited { inner: input, left: MAX_TEXT });
    let report = read(head.trim_start_matches('\u{feff}').trim_start(), &mut limited);
    Ok((report.as_ref().map_or("", |report| report.format), report))
}

/// The failure of a stream, in the audit's words.
pub(super) fn failure(failed: stream::Failed) -> Failure {
    if failed.why == stream::EMPTY { Failure::unreadable(EMPTY) } else { Failure::Unreadable(failed.line, failed.why) }
}

fn read(start: &str, input: &mut dyn BufRead) -> Result<Report, Failure> {
    if start.starts_with('<') {
        let head = cut(start, 1_000).to_ascii_lowercase();
        if head.contains("<!doctype html") || head.contains("<html") {
            return Err(Failure::unreadable(
                "it is a web page, no report: a service or a proxy answered with an error",
            ));
        }
        return tell::xml(&xml::read(input)?);
    }
    if start.starts_with(['{', '[']) || start.trim_end() == "null" {
        return tell::json(json::documents(input, BULKY).map_err(|failed| {
            let why = format!("no JSON: {}", failed.why);
            Failure::Unreadable(failed.line, why)
        })?);
    }
    let first = line_of(start);
    Err(Failure::Unreadable(
        Some(1),
        format!("it begins with the text \"{first}\" and not with a report: let the tool's messages go to stderr"),
    ))
}

/// Refuses what is longer than a report may be.
struct Limited<'a> {
    inner: &'a mut dyn BufRead,
    left: u64,
}

impl Read for Limited<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("over the limit of {MAX_TEXT} bytes")))?;
        Ok(read)
    }
}
