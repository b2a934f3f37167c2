//! Secrets that are committed. Values are never kept.

use super::Area;

/// Asks for the secrets in files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretQuery {
    /// Globs of the files that are searched; a later one with a leading `!` takes out again.
    pub paths: Vec<String>,
}

/// What the search came to.
pub type SecretAnswer = Area<Secrets>;

/// Secrets, by file and line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// How many files were searched.
    pub searched: u64,
    /// What was found.
    pub items: Vec<Secret>,
}

/// A place with a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in bytes.
    pub column: u32,
    /// What it is told by: `aws-access-key`.
    pub detector: String,
    /// What it is, in words: "an AWS access key".
    pub title: String,
    /// How many characters it has.
    pub length: u64,
    /// What an inline `donegate:allow secret -- reason` says; an empty reason allows nothing.
    pub allowed: Option<String>,
}
