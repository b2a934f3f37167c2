//! `--format github`: workflow commands, which GitHub Actions shows as annotations at the lines that they name.
//!
//! The form is described in "Workflow commands for GitHub Actions": `::error file=…,line=…,title=…::message`, with `%`, line
//! ends and, in properties, `:` and `,` escaped. GitHub shows ten annotations of a kind for a step; the last line tells the
//! whole.

use std::io::{self, Write};

use crate::domain::finding::Location;
use crate::domain::outcome::Outcome;
use crate::verdict::{Report, RuleResult, Verdict};

use super::{NotJudged, demanded, printable, undecided};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for rule in report.rules.iter().filter(|rule| !rule.off) {
        let command = match rule.outcome {
            Outcome::Fail | Outcome::NoEvidence | Outcome::Error if rule.severity.decides() => "error",
            Outcome::Fail | Outcome::NoEvidence | Outcome::Error => "warning",
            Outcome::NeedsAttestation => "warning",
            Outcome::Waived => "notice",
            Outcome::Pass | Outcome::NotApplicable => continue,
        };
        annotate(rule, command, out)?;
    }
    for risk in report.open_risks() {
        let at = Location { file: risk.file.clone(), line: risk.line, column: None };
        line(out, "error", Some(&at), &format!("{} that nobody approved", risk.kind), &risk.why)?;
    }
    let command = match report.verdict {
        Verdict::Complete => "notice",
        Verdict::Failed | Verdict::Blocked | Verdict::NeedsApproval => "error",
    };
    let headline = format!("{}: {}", report.verdict.name(), report.headline());
    line(out, command, None, "donegate", &headline)
}

pub(super) fn write_not_judged(why: NotJudged<'_>, out: &mut dyn Write) -> io::Result<()> {
    line(out, "error", None, "donegate judged nothing", why.message)
}

fn annotate(rule: &RuleResult, command: &str, out: &mut dyn Write) -> io::Result<()> {
    let title = format!("{} ({})", rule.id, rule.outcome.name());
    let step = rule.next_step.as_deref().map(|step| format!("\nnext: {step}")).unwrap_or_default();
    for finding in &rule.findings {
        line(out, command, finding.location.as_ref(), &title, &format!("{}{step}", finding.message))?;
    }
    for one in &rule.waived {
        let message = format!("waived ({}): {}", one.reason, one.finding.message);
        line(out, "notice", one.finding.location.as_ref(), &title, &message)?;
    }
    if rule.findings.is_empty() && rule.waived.is_empty() {
        let message = format!("{}{step}", undecided(rule));
        line(out, command, demanded(rule).as_ref(), &title, &message)?;
    }
    Ok(())
}

fn line(out: &mut dyn Write, command: &str, at: Option<&Location>, title: &str, message: &str) -> io::Result<()> {
    let mut properties = Vec::new();
    if let Some(at) = at {
        properties.push(format!("file={}", property(&at.file)));
        properties.extend(at.line.map(|line| format!("line={line}")));
        properties.extend(at.column.map(|column| format!("col={column}")));
    }
    properties.push(format!("title={}", property(title)));
    writeln!(out, "::{command} {}::{}", properties.join(","), data(message))
}

fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
