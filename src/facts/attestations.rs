//! What people and systems have stated.

use super::{Problem, Source};

/// Asks for the attestations of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttestationQuery {
    /// The rule's id.
    pub rule: String,
    /// Globs of the files whose content an attestation is bound to, beside those it names itself.
    pub covers: Vec<String>,
    /// The digest of what it must speak of, where that is no set of files: a change.
    pub digest: Option<String>,
}

/// The attestations that were given for a rule, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttestationAnswer {
    /// The statements.
    pub given: Vec<Attestation>,
    /// Attestation files that could not be read.
    pub problems: Vec<Problem>,
}

/// A statement of a named person or system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// Who.
    pub by: String,
    /// When: RFC 3339, UTC.
    pub at: String,
    /// What they say.
    pub note: String,
    /// Until when it holds (a date), if it says so.
    pub until: Option<String>,
    /// The file it stands in.
    pub source: Source,
    /// Why it does not count; none if it does: lapsed by date, what it covers has changed, made by the change that it would
    /// approve.
    pub void: Option<String>,
}
