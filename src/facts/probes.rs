//! What the running service answered.

use super::Source;
use crate::domain::units::Span;

/// A question to the running service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProbeQuery {
    /// The path, with its leading slash.
    pub path: String,
    /// Whether only the headers are asked for.
    pub head: bool,
    /// How long the whole answer may take.
    pub within: Span,
    /// Whether the body is to be read as metrics.
    pub metrics: bool,
}

/// What was answered to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeAnswer {
    /// Nobody could be asked, and why.
    Unreached(String),
    /// Somebody was asked and gave no whole answer in time, and why.
    Broken(String),
    /// An answer.
    Answered(Answer),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Where it redirects to, where it does. That is not followed.
    pub location: Option<String>,
    /// The URL, the body's hash and size.
    pub source: Source,
    /// The metrics in the body, or the line and what is wrong there; none where they were not asked for.
    pub metrics: Option<Result<Metrics, (u32, String)>>,
}

/// How much an exposition says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Metrics {
    /// Metric families.
    pub families: usize,
    /// Samples.
    pub samples: usize,
}

/// The answers of a running service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probes {
    /// The URL that paths were asked under.
    pub base: String,
    /// Questions with their answers.
    pub answers: Vec<(ProbeQuery, ProbeAnswer)>,
}

impl Probes {
    /// The answer to a question, if it was asked.
    #[must_use]
    pub fn answer(&self, query: &ProbeQuery) -> Option<&ProbeAnswer> {
        self.answers.iter().find(|(asked, _)| asked == query).map(|(_, answer)| answer)
    }
}
