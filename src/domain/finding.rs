//! One thing wrong, with its place and a fingerprint.

use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A place in the repository. Paths are relative to its root, with `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Location {
    /// The file.
    pub file: String,
    /// The line, from 1; none where the whole file is meant.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
}

impl Location {
    /// A whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, column: None }
    }

    /// A line of a file.
    pub fn line(file: impl Into<String>, line: u32) -> Self {
        Self { file: file.into(), line: Some(line), column: None }
    }
}

/// One thing wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong, in one sentence: "line coverage is 81.2 %".
    pub message: String,
    /// Where, if it has a place.
    pub location: Option<Location>,
    /// What a waiver's `match` is held against, beside the message and the file: an advisory id, a variable's name.
    pub subject: String,
    /// Stable while unrelated lines move.
    pub fingerprint: String,
}

impl Finding {
    /// A finding of `rule` about `subject`. The fingerprint is made of the rule, the file and the subject, and not of the
    /// line, so it stays while unrelated lines move.
    pub fn new(rule: &str, subject: impl Into<String>, message: impl Into<String>, location: Option<Location>) -> Self {
        let subject = subject.into();
        let mut hash = Sha256::new();
        for part in [rule, location.as_ref().map_or("", |at| at.file.as_str()), subject.as_str()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let fingerprint = crate::domain::provenance::hex(&hash.finalize()[..16]);
        Self { message: message.into(), location, subject, fingerprint }
    }
}
