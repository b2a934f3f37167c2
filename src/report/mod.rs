//! Outputs: each a pure function of one report. An output knows no check, prints nothing itself, and escapes all text that
//! comes from the repository. The format never changes the exit code.

mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod progress;
mod sarif;
mod task_output;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::domain::finding::Location;
use crate::domain::outcome::Section;
use crate::verdict::{Report, RuleResult};

pub use json::{ReportJson, schema as report_schema};
pub use task_output::{TaskOutput, schema as task_output_schema};

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum Format {
    Human,
    Json,
    TaskOutput,
    Junit,
    Sarif,
    Markdown,
    Html,
    Github,
    Gitlab,
    Progress,
}

impl Format {
    /// Every format that is built.
    pub const ALL: [Format; 10] = [
        Format::Human,
        Format::Json,
        Format::TaskOutput,
        Format::Junit,
        Format::Sarif,
        Format::Markdown,
        Format::Html,
        Format::Github,
        Format::Gitlab,
        Format::Progress,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
            Format::TaskOutput => "task-output",
            Format::Junit => "junit",
            Format::Sarif => "sarif",
            Format::Markdown => "markdown",
            Format::Html => "html",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Progress => "progress",
        }
    }
}

/// How to write for people; machines' formats do not look at it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style<'a> {
    /// Columns to stay within.
    pub width: u16,
    /// Whether colours may be used.
    pub color: bool,
    /// Whether findings are told without bound.
    pub verbose: bool,
    /// Where the repository lies, for links to places in it; none for no links.
    pub links: Option<&'a str>,
    /// How long judging took, where that is to be told.
    pub took: Option<std::time::Duration>,
}

/// Writes a report.
///
/// # Errors
/// What the writer says.
pub fn write(format: Format, report: &Report, style: Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::TaskOutput => task_output::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::Html => html::write(report, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::Progress => progress::write(report, out),
    }
}

/// Why nothing was judged, for the files of `--output`: no earlier green one may stay.
#[derive(Debug, Clone, Copy)]
pub struct NotJudged<'a> {
    /// Why.
    pub message: &'a str,
    /// 2 or 70.
    pub exit_code: u8,
    /// When: RFC 3339, UTC.
    pub at: &'a str,
    /// The task's id, a UUID.
    pub task_id: &'a str,
    /// The agent's name.
    pub agent: &'a str,
}

/// Writes a document that says that nothing was judged.
///
/// # Errors
/// What the writer says.
pub fn write_not_judged(format: Format, why: NotJudged<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => writeln!(out, "donegate judged nothing: {}", printable(why.message)),
        Format::Json => json::write_not_judged(why, out),
        Format::TaskOutput => task_output::write_not_judged(why, out),
        Format::Junit => junit::write_not_judged(why, out),
        Format::Sarif => sarif::write_not_judged(why, out),
        Format::Markdown => markdown::write_not_judged(why, out),
        Format::Html => html::write_not_judged(why, out),
        Format::Github => github::write_not_judged(why, out),
        Format::Gitlab => gitlab::write_not_judged(why, out),
        Format::Progress => progress::write_not_judged(why, out),
    }
}

/// Whether a person's decision is open: an attestation that is due, a grave risk that nobody approved.
#[must_use]
pub fn approval_needed(report: &Report) -> bool {
    task_output::approval(report).is_some()
}

/// The rules of each part of a report, in order: of the root and of each component, section by section.
fn parts(report: &Report) -> Vec<(String, Option<&str>, Section, Vec<&RuleResult>)> {
    let mut components: Vec<Option<&str>> = Vec::new();
    for rule in &report.rules {
        if !components.contains(&rule.component.as_deref()) {
            components.push(rule.component.as_deref());
        }
    }
    let mut parts = Vec::new();
    for component in components {
        for section in Section::ALL {
            let of = |rule: &&RuleResult| rule.section == section && rule.component.as_deref() == component;
            let rules: Vec<&RuleResult> = report.rules.iter().filter(of).collect();
            if !rules.is_empty() {
                let name = component.map(|folder| format!("{folder}: ")).unwrap_or_default() + section.name();
                parts.push((name, component, section, rules));
            }
        }
    }
    parts
}

/// Where a rule is demanded, if that is a file of the repository and not a built-in profile.
fn demanded(rule: &RuleResult) -> Option<Location> {
    let mut parts = rule.demanded_at.rsplitn(3, ':');
    let column = parts.next()?.parse().ok();
    let line = parts.next()?.parse().ok();
    let file = parts.next()?;
    (!file.starts_with("profile:")).then(|| Location { file: file.to_owned(), line, column })
}

/// What a rule without findings came to, in one sentence.
fn undecided(rule: &RuleResult) -> String {
    let measured = if rule.measured.is_empty() { "nothing" } else { &rule.measured };
    format!("{}: {}: wants {}, found {measured}", rule.outcome.name(), rule.title, rule.required)
}

/// A path as a relative URI reference (RFC 3986): everything but unreserved characters and `/` in percent form.
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => text.push(char::from(byte)),
            other => {
                let _ = write!(text, "%{other:02X}");
            }
        }
    }
    text
}

/// Text with terminal controls and direction overrides made visible; line ends and tabs stay.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(c),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {
                shown.extend(c.escape_unicode());
            }
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}
