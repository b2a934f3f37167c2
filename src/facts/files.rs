//! What rules ask of files: which exist, and what their text has.

use super::{Problem, Source};

/// A question about the repository's files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileQuery {
    /// Globs of the files that are meant; a later one with a leading `!` takes out again.
    pub globs: Vec<String>,
    /// A regular expression whose places in those files are wanted. Multi-line mode is on.
    pub find: Option<String>,
    /// Whether the Markdown headings of those files are wanted.
    pub headings: bool,
}

/// The answer: the files that match, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileAnswer {
    /// The files.
    pub files: Vec<FileFact>,
    /// Files that match and could not be read, though their text was asked for.
    pub problems: Vec<Problem>,
}

/// What is known of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFact {
    /// Its path, hash and size; the format is `file`.
    pub source: Source,
    /// Where the expression matches: line (from 1) and the matched text, cut to 120 characters. At most 1,000.
    pub matches: Vec<(u32, String)>,
    /// Markdown headings: line and text.
    pub headings: Vec<(u32, String)>,
}
