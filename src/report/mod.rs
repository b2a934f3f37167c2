//! Outputs: each a pure function of one report. An output knows no check, prints nothing itself, and escapes all text that
//! comes from the repository. The format never changes the exit code.

mod human;
mod json;
mod junit;
mod task_output;

use std::io::{self, Write};

use crate::verdict::Report;

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
}

impl Format {
    /// Every format that is built.
    pub const ALL: [Format; 4] = [Format::Human, Format::Json, Format::TaskOutput, Format::Junit];
    /// Formats that are planned.
    pub const PLANNED: [&'static str; 6] = ["sarif", "markdown", "html", "github", "gitlab", "progress"];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
            Format::TaskOutput => "task-output",
            Format::Junit => "junit",
        }
    }
}

/// How to write for people; machines' formats do not look at it.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Columns to stay within.
    pub width: u16,
    /// Whether colours may be used.
    pub color: bool,
    /// Whether findings are told without bound.
    pub verbose: bool,
}

/// Writes a report.
///
/// # Errors
/// What the writer says.
pub fn write(format: Format, report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::TaskOutput => task_output::write(report, out),
        Format::Junit => junit::write(report, out),
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
    }
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
