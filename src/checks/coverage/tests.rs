use std::collections::BTreeMap;

use super::*;

use crate::facts::coverage::ChangedLines;
use crate::facts::{Area, Evidence, State};

fn file(path: &str, covered: u32, total: u32) -> FileCoverage {
    let hits = (1..=total).map(|line| (line, line <= covered)).collect();
    let lines = Measure::new(covered.into(), total.into());
    FileCoverage { path: path.to_owned(), present: true, lines, hits, ..FileCoverage::default() }
}

fn judged(rule: &CoverageRule, files: Vec<FileCoverage>) -> Judgement {
    let coverage = Coverage { files, ..Coverage::default() };
    let area = Area::found(coverage, Evidence::new(State::Found, Vec::new()));
    let facts = Facts { coverage: Some(area), ..Facts::default() };
    rule.judge(&RuleContext { id: "cov" }, &facts)
}

/// Judges with answers to what the rule asks besides.
fn judged_with(
    rule: &CoverageRule,
    files: Vec<FileCoverage>,
    answers: Vec<(CoverageQuery, Area<Coverage>)>,
) -> Judgement {
    let coverage = Coverage { files, unlisted: vec!["src/new.js".to_owned()], ..Coverage::default() };
    let area = Area::found(coverage, Evidence::new(State::Found, Vec::new()));
    let facts = Facts { coverage: Some(area), coverage_answers: answers, ..Facts::default() };
    rule.judge(&RuleContext { id: "cov" }, &facts)
}

fn area(files: Vec<FileCoverage>) -> Area<Coverage> {
    Area::found(Coverage { files, ..Coverage::default() }, Evidence::new(State::Found, Vec::new()))
}

fn lines(text: &str) -> CoverageRule {
    CoverageRule { lines: Threshold::parse(text).ok(), ..CoverageRule::default() }
}

#[test]
fn a_threshold_is_exact() {
    assert_eq!(Outcome::Pass, judged(&lines("90"), vec![file("a", 9, 10)]).outcome);
    assert_eq!(Outcome::Fail, judged(&lines(">90"), vec![file("a", 9, 10)]).outcome);
    let nearly = judged(&lines("90"), vec![file("a", 8_999, 10_000)]);
    assert_eq!((Outcome::Fail, "lines 89.99 % (8999 of 10000)"), (nearly.outcome, nearly.measured.as_str()));
}

#[test]
fn the_next_step_is_arithmetic() {
    let judgement = judged(&lines("90"), vec![file("src/a.ts", 5, 10), file("src/b.ts", 10, 10)]);
    assert_eq!(Some("cover 3 more of these 5 lines (src/a.ts:6-10) to reach >= 90 %"), judgement.next_step.as_deref());
}

#[test]
fn a_measure_that_no_report_tells_is_no_proof() {
    let rule = CoverageRule { branches: Threshold::parse("50").ok(), ..CoverageRule::default() };
    assert_eq!(Outcome::NoEvidence, judged(&rule, vec![file("a", 10, 10)]).outcome);
}

#[test]
fn each_file_has_its_own_limit() {
    let rule = CoverageRule {
        per_file: PerFile { lines: Threshold::parse("60").ok(), ..PerFile::default() },
        ..CoverageRule::default()
    };
    let judgement = judged(&rule, vec![file("a", 5, 10), file("b", 10, 10)]);
    assert_eq!((Outcome::Fail, 1), (judgement.outcome, judgement.findings.len()));
}

#[test]
fn a_rule_without_a_threshold_still_demands_something() {
    assert_eq!(Outcome::Fail, judged(&CoverageRule::default(), vec![file("a", 1, 10)]).outcome);
}

#[test]
fn files_that_are_not_here_do_not_count() {
    let away = FileCoverage { present: false, ..file("away", 0, 100) };
    assert_eq!(Outcome::Pass, judged(&lines("90"), vec![file("a", 10, 10), away]).outcome);
}

#[test]
fn a_share_that_falls_is_told_by_exact_integers() {
    let rule = CoverageRule { no_drop: NoDrop::Report, ..CoverageRule::default() };
    let base = |files| vec![(CoverageQuery::Base(None), area(files))];
    let kept = judged_with(&rule, vec![file("a", 2, 3)], base(vec![file("a", 4, 6)]));
    assert_eq!(Outcome::Pass, kept.outcome, "{kept:?}");
    let fell = judged_with(&rule, vec![file("a", 6_666, 10_000)], base(vec![file("a", 2, 3)]));
    assert_eq!(Outcome::Fail, fell.outcome);
    let step = fell.next_step.expect("a step");
    assert!(step.starts_with("cover 1 more of these 3334 lines (a:6667-10000) to reach the base's 66.66 %"), "{step}");
    assert!(fell.findings.iter().any(|finding| finding.location.as_ref().is_some_and(|at| at.file == "a")));
}

#[test]
fn a_base_without_a_report_is_no_proof() {
    let rule = CoverageRule { no_drop: NoDrop::File("base.info".to_owned()), ..CoverageRule::default() };
    let nothing = Area::missing(Evidence::new(State::Absent, vec!["base.info".to_owned()]));
    let answers = vec![(CoverageQuery::Base(Some("base.info".to_owned())), nothing)];
    let judgement = judged_with(&rule, vec![file("a", 10, 10)], answers);
    assert_eq!(Outcome::NoEvidence, judgement.outcome);
    assert!(judgement.next_step.expect("a step").contains("base.info"));
    assert_eq!(Outcome::NoEvidence, judged_with(&rule, vec![file("a", 10, 10)], Vec::new()).outcome);
}

#[test]
fn files_that_no_report_mentions_count_as_uncovered() {
    let rule = CoverageRule { unlisted: Unlisted::Count, ..lines("50") };
    let answers = |total| vec![(CoverageQuery::Unlisted, area(vec![file("src/new.js", 0, total)]))];
    assert_eq!(Outcome::Pass, judged_with(&rule, vec![file("a", 10, 10)], answers(10)).outcome);
    let judgement = judged_with(&rule, vec![file("a", 10, 10)], answers(12));
    assert_eq!((Outcome::Fail, "lines 45.45 % (10 of 22)"), (judgement.outcome, judgement.measured.as_str()));
    assert_eq!(
        Some("cover 1 more of these 12 lines (src/new.js:1-12) to reach >= 50 %"),
        judgement.next_step.as_deref()
    );
}

#[test]
fn changed_lines_are_those_of_the_paths_that_the_rule_means() {
    let changed = ChangedLines {
        by_file: BTreeMap::from([("src/a.js".to_owned(), (9, 10)), ("gen/b.js".to_owned(), (0, 10))]),
        uncovered: vec![
            UncoveredLines { path: "gen/b.js".to_owned(), lines: (1..=10).collect() },
            UncoveredLines { path: "src/a.js".to_owned(), lines: vec![3] },
        ],
        ..ChangedLines::default()
    };
    let coverage = |changed: ChangedLines| Facts {
        coverage: Some(Area::found(
            Coverage { files: vec![file("src/a.js", 9, 10)], changed_lines: Some(changed), ..Coverage::default() },
            Evidence::new(State::Found, Vec::new()),
        )),
        ..Facts::default()
    };
    let limit = Threshold::parse("90").ok();
    let rule = |exclude: &[&str]| CoverageRule {
        changed_lines: limit,
        exclude: exclude.iter().map(|glob| PathGlob((*glob).to_owned())).collect(),
        ..CoverageRule::default()
    };
    let context = RuleContext { id: "cov" };
    assert_eq!(Outcome::Pass, rule(&["gen/**"]).judge(&context, &coverage(changed.clone())).outcome);
    let all = rule(&[]).judge(&context, &coverage(changed.clone()));
    assert_eq!(Outcome::Fail, all.outcome);
    let step = "cover 9 more of these 11 changed lines (gen/b.js:1-10, src/a.js:3) to reach >= 90 %";
    assert_eq!(Some(step), all.next_step.as_deref());
    let untold = ChangedLines { untold: vec!["src/a.js".to_owned()], ..ChangedLines::default() };
    assert_eq!(Outcome::NoEvidence, rule(&[]).judge(&context, &coverage(untold)).outcome);
}

#[test]
fn a_step_names_as_many_files_as_are_enough() {
    let many: Vec<FileCoverage> = (0..9).map(|number| file(&format!("f{number}"), 0, 10)).collect();
    let step = judged(&lines("60"), many).next_step.expect("a step");
    assert!(step.starts_with("cover 54 more of these 60 lines (f0:1-10, "), "{step}");
    assert!(step.ends_with("f3:1-10 and 2 more files) to reach >= 60 %"), "{step}");
}
