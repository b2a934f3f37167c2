//! `--format junit`: one suite for each section, one case for each rule. `failure` is a deciding rule that fails, `error`
//! what could not be judged or waits for a person, `skipped` what is not judged or does not decide; so a failure or an error
//! stands exactly when the exit code is not 0.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Property, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use crate::domain::outcome::Outcome;
use crate::verdict::{Report, RuleResult};

use super::{NotJudged, parts, printable};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut junit = Junit::new("donegate");
    for (name, _, _, rules) in parts(report) {
        let mut suite = TestSuite::new(clean(&name));
        suite.add_test_cases(rules.into_iter().map(case));
        junit.add_test_suite(suite);
    }
    let risks = report.open_risks();
    if !risks.is_empty() {
        let mut suite = TestSuite::new("Risks");
        for risk in risks {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(clean(&format!("{} that nobody approved: {}", risk.kind, risk.why)));
            let place = risk.line.map_or_else(|| risk.file.clone(), |line| format!("{}:{line}", risk.file));
            let mut case = TestCase::new(clean(&format!("{} {place}", risk.kind)), status);
            case.set_classname("donegate.Risks");
            suite.add_test_case(case);
        }
        junit.add_test_suite(suite);
    }
    finish(&junit, out)
}

pub(super) fn write_not_judged(why: NotJudged<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message("nothing was judged").set_type("donegate").set_description(clean(why.message));
    let mut case = TestCase::new("donegate", status);
    case.set_classname("donegate");
    let mut suite = TestSuite::new("donegate");
    suite.add_test_case(case);
    let mut junit = Junit::new("donegate");
    junit.add_test_suite(suite);
    finish(&junit, out)
}

fn finish(junit: &Junit, out: &mut dyn Write) -> io::Result<()> {
    let text = junit.to_string().map_err(io::Error::other)?;
    writeln!(out, "{}", text.trim_end())
}

fn case(rule: &RuleResult) -> TestCase {
    let mut case = TestCase::new(clean(&rule.id), status(rule));
    let part = rule.component.as_deref().map(|folder| format!("{folder}.")).unwrap_or_default();
    case.set_classname(clean(&format!("donegate.{part}{}", rule.section.name())));
    case.add_property(Property::new("outcome", rule.outcome.name()));
    case.add_property(Property::new("check", clean(&rule.check)));
    case.add_property(Property::new("severity", rule.severity.name()));
    case.add_property(Property::new("demanded-at", clean(&rule.demanded_at)));
    for source in &rule.evidence {
        case.add_property(Property::new("evidence", clean(&format!("{} sha256:{}", source.path, source.sha256))));
    }
    let mut told = vec![rule.title.clone()];
    if !rule.required.is_empty() {
        told.push(format!("required: {}", rule.required));
    }
    if !rule.measured.is_empty() {
        told.push(format!("measured: {}", rule.measured));
    }
    told.extend(rule.notes.iter().cloned());
    case.set_system_out(clean(&told.join("\n")));
    case
}

fn status(rule: &RuleResult) -> TestCaseStatus {
    let decides = rule.severity.decides();
    let mut status = match rule.outcome {
        Outcome::Pass => return TestCaseStatus::success(),
        Outcome::Fail if decides => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::NoEvidence | Outcome::Error | Outcome::NeedsAttestation if decides => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
        Outcome::Fail
        | Outcome::NoEvidence
        | Outcome::NeedsAttestation
        | Outcome::Waived
        | Outcome::NotApplicable
        | Outcome::Error => TestCaseStatus::skipped(),
    };
    let message = match (&rule.reason, &rule.next_step) {
        (Some(reason), _) => reason.clone(),
        (None, Some(step)) => format!("{}: {step}", rule.outcome.name()),
        (None, None) => rule.outcome.name().to_owned(),
    };
    status.set_message(clean(&message)).set_type(rule.check.as_str());
    let findings = rule.findings.iter().map(|finding| match &finding.location {
        Some(at) => {
            let line = at.line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("{}{line}: {}", at.file, finding.message)
        }
        None => finding.message.clone(),
    });
    let waived = rule.waived.iter().map(|one| format!("waived ({}): {}", one.reason, one.finding.message));
    let lines: Vec<String> = findings.chain(waived).collect();
    if !lines.is_empty() {
        status.set_description(clean(&lines.join("\n")));
    }
    status
}

/// Text without what XML forbids; quick-junit escapes the rest.
fn clean(text: &str) -> String {
    printable(text).chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}
