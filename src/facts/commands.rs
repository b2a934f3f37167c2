//! What commands of the DoD came to.

use super::Source;
use crate::domain::units::Span;

/// Asks for a command to be run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommandQuery {
    /// The program and its arguments; no shell reads them.
    pub argv: Vec<String>,
    /// How long it may take.
    pub within: Span,
}

impl CommandQuery {
    /// The command as a person would type it.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(&self.argv)
    }
}

/// An argument list as a person would type it: what has blanks or quotes in it stands in quotes.
#[must_use]
pub fn shown(argv: &[String]) -> String {
    let plain =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=:@,+%^".contains(c));
    let words =
        argv.iter().map(|text| if plain(text) { text.clone() } else { format!("'{}'", text.replace('\'', r"'\''")) });
    words.collect::<Vec<_>>().join(" ")
}

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandAnswer {
    /// It was not run, and why.
    NotRun(String),
    /// It could not be started, and why.
    NotStarted(String),
    /// It took longer than it may, or printed more, and was ended.
    GivenUp(String),
    /// It ended.
    Ended {
        /// Its exit status; none where a signal ended it.
        status: Option<i32>,
        /// The last line that it said.
        said: String,
        /// What it printed.
        source: Source,
    },
}
