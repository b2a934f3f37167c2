//! `--format human`: a table for each section, then what is not green, the gravest last, then the verdict.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Paint};
use comfy_table::{Cell, ContentArrangement, Table, presets};

use crate::domain::finding::Location;
use crate::domain::outcome::Outcome;
use crate::verdict::{Report, RuleResult, Verdict};

use super::{Style, demanded, parts, printable, uri};

/// Findings of one rule that are shown unless all are asked for.
const SHOWN_FINDINGS: usize = 10;

pub(super) fn write(report: &Report, style: Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (name, _, _, rules) in parts(report) {
        writeln!(out, "{}", paint(&printable(&name), Paint::new().bold(), style))?;
        for line in table(&rules, style).lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
    }
    for note in &report.notes {
        wrapped(out, "note: ", note, style)?;
    }
    if !report.notes.is_empty() {
        writeln!(out)?;
    }
    risks(report, style, out)?;
    let mut open: Vec<&RuleResult> = report.rules.iter().filter(|rule| !rule.off && is_open(rule)).collect();
    open.sort_by_key(|rule| (rule.severity.decides(), weight(rule.outcome), rule.severity));
    for rule in open {
        detail(rule, style, out)?;
    }
    let color = match report.verdict {
        Verdict::Complete => AnsiColor::Green,
        Verdict::Failed => AnsiColor::Red,
        Verdict::Blocked => AnsiColor::Yellow,
        Verdict::NeedsApproval => AnsiColor::Magenta,
    };
    let name = report.verdict.name().to_uppercase();
    let lines = wrap(&format!("{name}: {}{}", report.headline(), took(style)), usize::from(style.width).max(20));
    for (index, line) in lines.iter().enumerate() {
        match line.strip_prefix(&name).filter(|_| index == 0) {
            Some(rest) => {
                let verdict = paint(&name, Paint::new().bold().fg_color(Some(color.into())), style);
                writeln!(out, "{verdict}{rest}")?;
            }
            None => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

/// The risks that wait for a person: each place, as many as a person reads, and once what to do about them.
fn risks(report: &Report, style: Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let open = report.open_risks();
    if open.is_empty() {
        return Ok(());
    }
    let waits = mark(Outcome::NeedsAttestation);
    let lead = format!("{} ", paint(waits, Paint::new().fg_color(Some(AnsiColor::Magenta.into())), style));
    let limit = if style.verbose { usize::MAX } else { SHOWN_FINDINGS };
    for risk in open.iter().take(limit) {
        let at = Location { file: risk.file.clone(), line: risk.line, column: None };
        placed(out, (&lead, waits.len() + 1), Some(&at), &risk.why, style)?;
    }
    if open.len() > limit {
        writeln!(out, "{:2$}and {} more risks (-v shows all)", "", open.len() - limit, waits.len() + 1)?;
    }
    let step = match report.changes.as_ref().and_then(|changes| changes.head.as_ref()) {
        None => "commit what is there already: then only what changes after that waits for a person",
        Some(_) => "make the change safe, or have it approved: `donegate attest risk --by NAME --note TEXT`",
    };
    wrapped(out, "  next: ", step, style)?;
    writeln!(out)
}

/// How long judging took, in a person's digits.
fn took(style: Style<'_>) -> String {
    style.took.map_or_else(String::new, |took| match took.as_millis() {
        millis @ 0..1_000 => format!(" ({millis} ms)"),
        millis => format!(" ({}.{} s)", millis / 1_000, millis % 1_000 / 100),
    })
}

/// Whether a rule is told beside the table.
fn is_open(rule: &RuleResult) -> bool {
    match rule.outcome {
        Outcome::Fail | Outcome::NoEvidence | Outcome::NeedsAttestation | Outcome::Waived | Outcome::Error => true,
        Outcome::Pass => !rule.findings.is_empty() || !rule.waived.is_empty(),
        Outcome::NotApplicable => false,
    }
}

/// The order in which open rules are told: the gravest last, next to the prompt.
fn weight(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::NotApplicable | Outcome::Pass => 0,
        Outcome::Waived => 1,
        Outcome::NeedsAttestation => 2,
        Outcome::NoEvidence => 3,
        Outcome::Error => 4,
        Outcome::Fail => 5,
    }
}

fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "ok",
        Outcome::Fail => "FAIL",
        Outcome::NoEvidence => "NO PROOF",
        Outcome::NeedsAttestation => "WAITS",
        Outcome::Waived => "waived",
        Outcome::NotApplicable => "-",
        Outcome::Error => "ERROR",
    }
}

fn color(rule: &RuleResult) -> Paint {
    let color = match rule.outcome {
        Outcome::Pass => AnsiColor::Green,
        Outcome::Fail | Outcome::Error if rule.severity.decides() => AnsiColor::Red,
        Outcome::Fail | Outcome::Error | Outcome::NoEvidence => AnsiColor::Yellow,
        Outcome::NeedsAttestation => AnsiColor::Magenta,
        Outcome::Waived => AnsiColor::Cyan,
        Outcome::NotApplicable => AnsiColor::BrightBlack,
    };
    Paint::new().fg_color(Some(color.into()))
}

fn paint(text: &str, paint: Paint, style: Style<'_>) -> String {
    if style.color { format!("{paint}{text}{paint:#}") } else { text.to_owned() }
}

fn table(rules: &[&RuleResult], style: Style<'_>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(style.width);
    for rule in rules {
        let measured = match &rule.reason {
            Some(reason) => reason,
            None if rule.measured.is_empty() => &rule.required,
            None => &rule.measured,
        };
        let minor = if rule.severity.decides() { "" } else { " (does not decide)" };
        table.add_row([
            Cell::new(paint(mark(rule.outcome), color(rule), style)),
            Cell::new(printable(&rule.id)),
            Cell::new(format!("{}{minor}", printable(measured))),
        ]);
    }
    table.to_string()
}

fn detail(rule: &RuleResult, style: Style<'_>, out: &mut dyn Write) -> io::Result<()> {
    let head = paint(mark(rule.outcome), color(rule).bold(), style);
    writeln!(out, "{head} {}", printable(&rule.id))?;
    if rule.title != rule.id {
        wrapped(out, "  ", &rule.title, style)?;
    }
    if !rule.required.is_empty() {
        wrapped(out, "  wants: ", &rule.required, style)?;
    }
    if !rule.measured.is_empty() {
        wrapped(out, "  found: ", &rule.measured, style)?;
    }
    let limit = if style.verbose { usize::MAX } else { SHOWN_FINDINGS };
    for finding in rule.findings.iter().take(limit) {
        placed(out, ("    ", 4), finding.location.as_ref(), &finding.message, style)?;
    }
    if rule.findings.len() > limit {
        writeln!(out, "    and {} more (-v shows all)", rule.findings.len() - limit)?;
    }
    for one in &rule.waived {
        let by = one.by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
        let until = one.until.as_deref().map(|date| format!(" until {date}")).unwrap_or_default();
        wrapped(out, "    ", &format!("waived{by}{until}: {} ({})", one.finding.message, one.reason), style)?;
    }
    for note in &rule.notes {
        wrapped(out, "  note: ", note, style)?;
    }
    if let Some(step) = &rule.next_step {
        wrapped(out, "  next: ", step, style)?;
    }
    if let Some(help) = rule.help.as_ref().filter(|_| rule.outcome != Outcome::Pass) {
        wrapped(out, "  help: ", help, style)?;
    }
    let shown = printable(&rule.demanded_at);
    let shown = demanded(rule).map_or_else(|| shown.clone(), |at| linked(&shown, &at, style));
    writeln!(out, "  (demanded at {shown})\n")
}

/// A message behind its place, which is a link where the terminal knows links. The lead is given with its columns.
fn placed(
    out: &mut dyn Write,
    lead: (&str, usize),
    at: Option<&Location>,
    text: &str,
    style: Style<'_>,
) -> io::Result<()> {
    let place = at.map(|at| printable(&at.line.map_or_else(|| at.file.clone(), |line| format!("{}:{line}", at.file))));
    let full = place.as_ref().map_or_else(|| text.to_owned(), |place| format!("{place}: {text}"));
    let width = usize::from(style.width).saturating_sub(lead.1).max(16);
    let full = printable(&full);
    for (index, line) in full.lines().flat_map(|line| wrap(line, width)).enumerate() {
        match (index, at, &place) {
            // A place that is broken over lines is no link.
            (0, Some(at), Some(place)) if line.starts_with(place.as_str()) => {
                writeln!(out, "{}{}{}", lead.0, linked(place, at, style), &line[place.len()..])?;
            }
            (0, ..) => writeln!(out, "{}{line}", lead.0)?,
            _ => writeln!(out, "{}{line}", " ".repeat(lead.1))?,
        }
    }
    Ok(())
}

/// A text as a link (OSC 8) to a place in the repository, where there are links.
fn linked(text: &str, at: &Location, style: Style<'_>) -> String {
    let Some(root) = style.links else { return text.to_owned() };
    let line = at.line.map(|line| format!("#L{line}")).unwrap_or_default();
    format!("\u{1b}]8;;file://{}/{}{line}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\", uri(root), uri(&at.file))
}

/// A text behind a lead, wrapped with a hanging indent.
fn wrapped(out: &mut dyn Write, lead: &str, text: &str, style: Style<'_>) -> io::Result<()> {
    let width = usize::from(style.width).saturating_sub(lead.chars().count()).max(16);
    let indent = " ".repeat(lead.chars().count());
    let text = printable(text);
    for (index, line) in text.lines().flat_map(|line| wrap(line, width)).enumerate() {
        writeln!(out, "{}{line}", if index == 0 { lead } else { &indent })?;
    }
    Ok(())
}

/// Breaks a line at blanks; a word that is longer than the line is broken where it must be.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let mut rest: Vec<char> = word.chars().collect();
        if !line.is_empty() && line.chars().count() + 1 + rest.len() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        while rest.len() > width {
            let tail = rest.split_off(width);
            lines.push(rest.into_iter().collect());
            rest = tail;
        }
        line.extend(rest);
    }
    lines.push(line);
    lines
}
