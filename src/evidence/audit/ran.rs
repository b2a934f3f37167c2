//! Scanners that the DoD runs: what their exit status means, and which of their outputs is the report. Many exit 1 for findings
//! and for failure alike, and some write nothing when all is well: there the status is what tells.

use std::ops::RangeInclusive;

use crate::domain::provenance::Source;
use crate::evidence::{Command, command_source};
use crate::facts::audit::ScanKind;

use super::{Failure, Looked, Report};

/// A scanner's manners.
struct Tool {
    /// The program, and arguments that follow it in this order with any others between them.
    words: &'static [&'static str],
    /// The exit statuses of a scan that ended.
    ended: RangeInclusive<i32>,
    /// The report is on stderr.
    on_stderr: bool,
    /// What it looked at, where status 0 without a finding is a clean scan although the report does not say so.
    silent: Option<(ScanKind, Option<&'static str>)>,
}

const fn tool(words: &'static [&'static str], last: i32) -> Tool {
    Tool { words, ended: 0..=last, on_stderr: false, silent: None }
}

const fn silent(words: &'static [&'static str], last: i32, kind: ScanKind, ecosystem: Option<&'static str>) -> Tool {
    Tool { words, ended: 0..=last, on_stderr: false, silent: Some((kind, ecosystem)) }
}

/// The scanners whose manners are known; of any other only status 0 is a scan that ended.
const TOOLS: &[Tool] = &[
    // Before npm, whose words it has too.
    silent(&["yarn", "npm", "audit"], 1, ScanKind::Dependency, Some("npm")),
    // A sum of severities: 1 info, 2 low, 4 moderate, 8 high, 16 critical.
    tool(&["yarn", "audit"], 31),
    tool(&["npm", "audit"], 1),
    tool(&["pnpm", "audit"], 1),
    tool(&["cargo", "audit"], 1),
    // A sum of checks: 1 advisories, 2 bans, 4 licences, 8 sources.
    Tool { words: &["cargo", "deny"], ended: 0..=15, on_stderr: true, silent: None },
    tool(&["pip-audit"], 1),
    tool(&["pip_audit"], 1),
    tool(&["govulncheck"], 3),
    // 128 where no package was found, so an empty list of status 0 is a clean scan.
    silent(&["osv-scanner"], 1, ScanKind::Dependency, None),
    tool(&["trivy"], 1),
    tool(&["grype"], 2),
    tool(&["snyk"], 1),
    tool(&["composer", "audit"], 3),
    tool(&["bundle-audit"], 1),
    tool(&["bundle", "audit"], 1),
    tool(&["semgrep"], 1),
    tool(&["bandit"], 1),
    tool(&["gosec"], 1),
    tool(&["checkov"], 1),
    silent(&["hadolint"], 1, ScanKind::Iac, None),
    silent(&["gitleaks"], 1, ScanKind::Secret, None),
    silent(&["trufflehog"], 183, ScanKind::Secret, None),
];

fn tool_of(argv: &[String]) -> Option<&'static Tool> {
    let names: Vec<&str> = argv.iter().map(|word| word.rsplit('/').next().unwrap_or(word)).collect();
    TOOLS.iter().find(|tool| {
        let Some(start) = names.iter().position(|name| *name == tool.words[0]) else { return false };
        let mut rest = names[start + 1..].iter();
        tool.words[1..].iter().all(|word| rest.any(|name| name == word))
    })
}

/// The report that a command printed, with where it comes from.
pub(super) fn read(command: &Command) -> Result<(Report, Source), Failure> {
    let ran = match &command.ran {
        Ok(ran) => ran,
        Err(why) => return Err(Failure::unreadable(why.clone())),
    };
    let tool = tool_of(&command.argv);
    let said = || {
        let last = ran.last_line();
        if last.is_empty() { last } else { format!(": {last}") }
    };
    if ran.timed_out || ran.cut {
        let why = if ran.cut { "it printed more than it may" } else { "it took longer than it may" };
        return Err(Failure::unreadable(format!("{why} and was ended")));
    }
    let ended = tool.map_or(0..=0, |tool| tool.ended.clone());
    let status = ran.status.ok_or_else(|| Failure::unreadable("a signal ended it"))?;
    if !ended.contains(&status) {
        return Err(Failure::unreadable(format!("the scan failed: it ended with {status}{}", said())));
    }
    let output = if tool.is_some_and(|tool| tool.on_stderr) { &ran.stderr } else { &ran.stdout };
    let mut source = command_source(command, output);
    let nothing = output.iter().all(u8::is_ascii_whitespace);
    let clean = tool.and_then(|tool| tool.silent).filter(|_| status == 0);
    let report = match (super::read(output), clean) {
        (Ok(report), _) => report,
        (Err(failure), Some((kind, ecosystem))) if nothing || matches!(failure, Failure::Empty(_)) => {
            let scanner = tool.map_or("", |tool| tool.words[0]);
            let looked = Looked { ecosystem: ecosystem.map(str::to_owned), ..Looked::at(kind) };
            Report::of("exit-status", scanner, looked, Vec::new())
        }
        (Err(Failure::Unreadable(line, why)), _) => return Err(Failure::Unreadable(line, format!("{why}{}", said()))),
        (Err(Failure::Empty(why)), _) if status != 0 => {
            return Err(Failure::unreadable(format!("it ended with {status}: {why}{}", said())));
        }
        (Err(failure), _) => return Err(failure),
    };
    if status != 0 && report.findings.is_empty() {
        return Err(Failure::unreadable(format!(
            "it ended with {status} and reports nothing: the scan failed{}",
            said()
        )));
    }
    report.format.clone_into(&mut source.format);
    Ok((Report { ran: true, ..report }, source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Ran;

    const CLEAN: &str = r#"{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"total":0},"dependencies":{"total":9}}}"#;
    const WEAK: &str = r#"{"auditReportVersion":2,"vulnerabilities":{"a":{"via":[{"source":1,"severity":"high","title":"t"}]}},"metadata":{}}"#;
    const DENY: &str = "{\"type\":\"summary\",\"fields\":{\"advisories\":{\"errors\":0}}}\n";

    fn came_to(argv: &[&str], status: i32, stdout: &str, stderr: &str) -> Result<usize, Failure> {
        let (stdout, stderr) = (stdout.as_bytes().to_vec(), stderr.as_bytes().to_vec());
        let ran = Ran { status: Some(status), timed_out: false, cut: false, stdout, stderr };
        let command = Command { argv: argv.iter().map(|&word| word.to_owned()).collect(), ran: Ok(ran) };
        read(&command).map(|(report, _)| report.findings.len())
    }

    #[test]
    fn a_status_is_read_as_the_tool_means_it() {
        let npm: &[&str] = &["npm", "audit", "--json"];
        assert_eq!(Ok(0), came_to(npm, 0, CLEAN, ""));
        assert_eq!(Ok(1), came_to(npm, 1, WEAK, ""));
        assert_eq!(Ok(1), came_to(&["npx", "--yes", "npm", "audit"], 1, WEAK, ""));
        assert_eq!(Ok(0), came_to(&["cargo", "deny", "--format", "json", "check"], 0, "", DENY));
        assert_eq!(Ok(0), came_to(&["yarn", "npm", "audit", "--json"], 0, "", ""), "nothing, and it ended well");
        assert_eq!(Ok(0), came_to(&["gitleaks", "detect"], 0, "[]", ""));
        assert_eq!(Ok(0), came_to(&["osv-scanner", "-r", "."], 0, "{\"results\":[]}", ""));
        for (argv, status, stdout) in [
            (npm, 1, CLEAN),
            (npm, 2, WEAK),
            (npm, 0, ""),
            (npm, 0, "audited 0 packages"),
            (&["yarn", "npm", "audit", "--json"], 1, ""),
            (&["osv-scanner", "-r", "."], 128, "{\"results\":[]}"),
            (&["gitleaks", "detect"], 1, "[]"),
            (&["my-scanner"], 1, WEAK),
            (&["pip-audit"], 0, ""),
        ] {
            assert!(matches!(came_to(argv, status, stdout, "why"), Err(Failure::Unreadable(..))), "{argv:?} {status}");
        }
    }

    #[test]
    fn a_scan_that_did_not_end_is_none() {
        let ran =
            Ran { status: None, timed_out: true, cut: false, stdout: CLEAN.as_bytes().to_vec(), stderr: Vec::new() };
        let command = |ran| Command { argv: vec!["npm".to_owned(), "audit".to_owned()], ran };
        assert!(read(&command(Ok(Ran { status: Some(0), ..ran.clone() }))).is_err());
        assert!(read(&command(Ok(Ran { timed_out: false, ..ran }))).is_err(), "a signal ended it");
        assert!(read(&command(Err("no such program".to_owned()))).is_err());
    }
}
