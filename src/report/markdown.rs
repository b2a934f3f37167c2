//! `--format markdown`: for a job summary or a comment at a pull request: the headline, a table, next steps, and the proof
//! folded away.
//!
//! Text of the repository is shown and never acts: no HTML, no mention, no link to an issue, no table cell ends early. A
//! comment on GitHub holds 65,536 characters, so what is longer is cut, and says so.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::domain::outcome::Outcome;
use crate::verdict::{Report, RuleResult, Verdict};

use super::{NotJudged, parts, printable, undecided};

/// Bytes of a document at the most.
const LONGEST: usize = 60_000;

/// Findings of one rule that are shown.
const SHOWN_FINDINGS: usize = 20;

/// By this a bot finds its own comment again.
const MARK: &str = "<!-- donegate -->";

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Document::default();
    text.line(MARK);
    let sign = match report.verdict {
        Verdict::Complete => "✅",
        Verdict::Failed => "❌",
        Verdict::Blocked => "🚫",
        Verdict::NeedsApproval => "✋",
    };
    text.line(&format!("## {sign} {}", report.verdict.name().replace('_', " ")));
    text.line("");
    text.line(&escaped(&report.headline()));
    text.line("");
    steps(report, &mut text);
    table(report, &mut text);
    proof(report, &mut text);
    for note in &report.notes {
        text.line(&format!("> {}", escaped(note)));
    }
    text.finish(out)
}

pub(super) fn write_not_judged(why: NotJudged<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Document::default();
    text.line(MARK);
    text.line("## ❌ nothing was judged");
    text.line("");
    for line in why.message.lines() {
        text.line(&format!("    {}", printable(line)));
    }
    text.finish(out)
}

/// Lines up to a bound.
#[derive(Default)]
struct Document {
    text: String,
    cut: bool,
}

impl Document {
    fn line(&mut self, line: &str) {
        if self.text.len() + line.len() + 1 > LONGEST {
            self.cut = true;
        }
        if !self.cut {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn finish(mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.cut {
            // A fold that is open would swallow what stands behind the document.
            let open = self.text.matches("<details>").count() - self.text.matches("</details>").count();
            self.text.push_str(&"\n</details>\n".repeat(open));
            self.text.push_str("\n> cut here: the whole report is longer than a comment may be\n");
        }
        out.write_all(self.text.as_bytes())
    }
}

fn steps(report: &Report, text: &mut Document) {
    let open: Vec<&RuleResult> = report.rules.iter().filter(|rule| is_open(rule)).collect();
    let risks = report.open_risks();
    if open.is_empty() && risks.is_empty() {
        return;
    }
    text.line("### Next steps");
    text.line("");
    for rule in open {
        let minor = if rule.severity.decides() { "" } else { " (does not decide)" };
        let step = rule.next_step.as_deref().map_or_else(|| undecided(rule), str::to_owned);
        text.line(&format!("- **{}** {}{minor}: {}", escaped(&rule.id), rule.outcome.name(), escaped(&step)));
    }
    for risk in risks {
        let line = risk.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = code(&format!("{}{line}", risk.file));
        text.line(&format!("- **{}** that nobody approved at {place}: {}", escaped(&risk.kind), escaped(&risk.why)));
    }
    text.line("");
}

fn table(report: &Report, text: &mut Document) {
    text.line("| | rule | required | measured |");
    text.line("| --- | --- | --- | --- |");
    for (_, _, section, rules) in parts(report) {
        for rule in rules {
            let measured = rule.reason.as_deref().unwrap_or(&rule.measured);
            let (sign, name) = (sign(rule), escaped(&rule.id));
            text.line(&format!(
                "| {sign} | {}: {name} | {} | {} |",
                section.name(),
                escaped(&rule.required),
                escaped(measured)
            ));
        }
    }
    text.line("");
}

fn proof(report: &Report, text: &mut Document) {
    text.line("<details><summary>Findings and proof</summary>");
    text.line("");
    for rule in report.rules.iter().filter(|rule| !rule.off && rule.outcome != Outcome::NotApplicable) {
        text.line(&format!("**{}** {}", escaped(&rule.id), rule.outcome.name()));
        text.line("");
        for finding in rule.findings.iter().take(SHOWN_FINDINGS) {
            let place = finding.location.as_ref().map(|at| {
                let line = at.line.map(|line| format!(":{line}")).unwrap_or_default();
                format!("{}: ", code(&format!("{}{line}", at.file)))
            });
            text.line(&format!("- {}{}", place.unwrap_or_default(), escaped(&finding.message)));
        }
        if rule.findings.len() > SHOWN_FINDINGS {
            text.line(&format!("- and {} more", rule.findings.len() - SHOWN_FINDINGS));
        }
        for one in &rule.waived {
            let by = one.by.as_deref().map(|by| format!(" by {}", escaped(by))).unwrap_or_default();
            let until = one.until.as_deref().map(|date| format!(" until {}", escaped(date))).unwrap_or_default();
            text.line(&format!("- waived{by}{until} ({}): {}", escaped(&one.reason), escaped(&one.finding.message)));
        }
        for source in &rule.evidence {
            text.line(&format!(
                "- proof: {} {} bytes, sha256 {}",
                code(&source.path),
                source.bytes,
                code(&source.sha256)
            ));
        }
        text.line(&format!("- demanded at {}", code(&rule.demanded_at)));
        text.line("");
    }
    text.line("</details>");
    text.line("");
}

fn is_open(rule: &RuleResult) -> bool {
    match rule.outcome {
        Outcome::Fail | Outcome::NoEvidence | Outcome::NeedsAttestation | Outcome::Error => true,
        Outcome::Pass | Outcome::Waived | Outcome::NotApplicable => false,
    }
}

fn sign(rule: &RuleResult) -> &'static str {
    match rule.outcome {
        Outcome::Pass => "✅",
        Outcome::Fail if rule.severity.decides() => "❌",
        Outcome::Fail => "⚠️",
        Outcome::NoEvidence | Outcome::Error => "🚫",
        Outcome::NeedsAttestation => "✋",
        Outcome::Waived => "🔕",
        Outcome::NotApplicable => "➖",
    }
}

/// Text that Markdown shows as it is: on one line, every sign that could mean something written as a character reference.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let text = printable(text);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        // A colon before a sign begins an emoji's name or a link; before a blank it is a colon.
        let quiet = rest.peek().is_none_or(|next| next.is_whitespace());
        match c {
            '\n' | '\t' => shown.push(' '),
            '&' | '<' | '|' | '@' | '#' | '*' | '_' | '`' | '[' | ']' | '\\' | '~' | '$' | '!' => {
                let _ = write!(shown, "&#{};", u32::from(c));
            }
            ':' if !quiet => shown.push_str("&#58;"),
            c => shown.push(c),
        }
    }
    shown
}

/// Text as code: between tags, so that no backtick ends it.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}
