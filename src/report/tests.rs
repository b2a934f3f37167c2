//! Outputs held against one report that has everything in it, hostile text included.

use serde_json::Value;

use super::*;
use crate::domain::change::{Changes, Risk, RiskLevel};
use crate::domain::finding::Finding;
use crate::domain::outcome::{Outcome, Section, Severity, Stage};
use crate::domain::provenance::Source;
use crate::verdict::exhibits::{
    CoverageShown, EnvShown, Exhibits, FileShown, ImageShown, LayerShown, RouteShown, RoutesShown, VariableShown,
    VariableState,
};
use crate::verdict::{Metrics, Task, Verdict, WaivedFinding, fold};

/// A file name and a message that try to act on every format.
const HOSTILE: &str = "a,b:c%|`<b>@team #1 \u{1b}[31m\u{202e}\r\n::error::owned";

fn rule(id: &str, outcome: Outcome, severity: Severity) -> RuleResult {
    RuleResult {
        id: id.to_owned(),
        component: None,
        title: format!("title of {id}"),
        section: Section::Security,
        level: 1,
        severity,
        check: "file".to_owned(),
        stage: Stage::Ci,
        demanded_at: "donegate.yaml:4:3".to_owned(),
        outcome,
        off: false,
        reason: None,
        required: "what is required".to_owned(),
        measured: String::new(),
        next_step: Some("do this".to_owned()),
        help: None,
        findings: Vec::new(),
        known: Vec::new(),
        waived: Vec::new(),
        evidence: Vec::new(),
        notes: Vec::new(),
    }
}

fn report() -> Report {
    let mut fails = rule("fails", Outcome::Fail, Severity::Blocker);
    fails.findings = vec![
        Finding::new("fails", "one", HOSTILE, Some(Location::line("dir/ä b,c.js", 7))),
        Finding::new("fails", "one", HOSTILE, Some(Location::line("dir/ä b,c.js", 9))),
    ];
    let mut waived = rule("waived", Outcome::Waived, Severity::Major);
    waived.waived = vec![WaivedFinding {
        finding: Finding::new("waived", "two", "excused", Some(Location::file("lock"))),
        reason: "not reachable".to_owned(),
        by: Some("jo".to_owned()),
        until: Some("2026-12-31".to_owned()),
    }];
    let mut passes = rule("passes", Outcome::Pass, Severity::Major);
    passes.next_step = None;
    passes.evidence = vec![Source {
        path: "coverage/lcov.info".to_owned(),
        format: "lcov".to_owned(),
        kind: None,
        tool: None,
        sha256: "ab".repeat(32),
        bytes: 12,
    }];
    let rules = vec![
        passes,
        fails,
        rule("unproven", Outcome::NoEvidence, Severity::Major),
        rule("minor", Outcome::Fail, Severity::Minor),
        rule("waits", Outcome::NeedsAttestation, Severity::Major),
        waived,
        rule("not-due", Outcome::NotApplicable, Severity::Major),
    ];
    let risk = Risk {
        kind: "schema-change".to_owned(),
        level: RiskLevel::High,
        file: "m.sql".to_owned(),
        line: Some(3),
        why: "drops a column".to_owned(),
    };
    let changes = Some(Changes { risks: vec![risk], ..Changes::default() });
    Report {
        verdict: fold(&rules, changes.as_ref()),
        rules,
        stage: Stage::Ci,
        partial: None,
        dod_files: Vec::new(),
        changes,
        metrics: Metrics { line_coverage: Some(89.996), p95_ms: Some(85.0), ..Metrics::default() },
        exhibits: exhibits(),
        task: Task { id: "t".to_owned(), agent: "a".to_owned(), next: None, depends_on: Vec::new() },
        completed_at: "2026-01-02T03:04:05Z".to_owned(),
        notes: vec![HOSTILE.to_owned()],
    }
}

/// Everything that a page shows beside rules, each text of it hostile.
fn exhibits() -> Exhibits {
    let at = || Some(Location::line(HOSTILE, 2));
    let text = || HOSTILE.to_owned();
    Exhibits {
        coverage: Some(CoverageShown {
            doubt: Some(text()),
            files: vec![FileShown { path: format!("dir/{HOSTILE}"), covered: 2, total: 3 }],
        }),
        routes: Some(RoutesShown {
            doubt: None,
            items: vec![
                RouteShown {
                    method: text(),
                    path: text(),
                    framework: Some(text()),
                    place: at(),
                    conditional: true,
                    documented: Some(false),
                    tests: Some(0),
                    answer: Some("500".to_owned()),
                },
                RouteShown {
                    method: "GET".to_owned(),
                    path: "/only-in-a-document".to_owned(),
                    ..RouteShown::default()
                },
            ],
            unresolved: vec![(Location::line(HOSTILE, 1), text())],
            probed: Some("http://localhost:1".to_owned()),
        }),
        env: Some(EnvShown {
            doubt: None,
            items: vec![VariableShown {
                name: text(),
                state: VariableState::Missing,
                required: true,
                sites: at().into_iter().chain(at()).collect(),
                documented: at(),
            }],
            dynamic: vec![(Location::line(HOSTILE, 1), text())],
        }),
        images: vec![ImageShown {
            reference: text(),
            platform: text(),
            unpacked: Some(123),
            layers: vec![LayerShown { bytes: None, base: true, made_by: Some(text()) }],
            ..ImageShown::default()
        }],
    }
}

fn written(format: Format, report: &Report) -> String {
    let mut out = Vec::new();
    let style = Style { width: 80, ..Style::default() };
    write(format, report, style, &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("outputs are UTF-8")
}

fn json(format: Format, report: &Report) -> Value {
    serde_json::from_str(&written(format, report)).expect("JSON")
}

#[test]
fn no_format_lets_text_of_the_repository_act() {
    for format in Format::ALL {
        let text = written(format, &report());
        assert!(!text.contains('\u{1b}') && !text.contains('\r'), "{}", format.name());
    }
    // JSON carries text as it is, controls escaped; what people read shows what would turn the line around.
    for format in [Format::Human, Format::Junit, Format::Markdown, Format::Html, Format::Github] {
        assert!(!written(format, &report()).contains('\u{202e}'), "{}", format.name());
    }
    let github = written(Format::Github, &report());
    assert!(
        github.lines().all(|line| line.starts_with("::error ")
            || line.starts_with("::warning ")
            || line.starts_with("::notice "))
    );
    assert!(github.contains("file=dir/ä b%2Cc.js,line=7,"), "{github}");
    let markdown = written(Format::Markdown, &report());
    assert!(!markdown.contains("@team") && !markdown.contains("<b>") && !markdown.contains("#1 "), "{markdown}");
}

#[test]
fn a_page_has_every_part_and_no_tag_that_is_not_its_own() {
    let page = written(Format::Html, &report());
    for part in ["steps", "rules", "change", "coverage", "routes", "env", "images", "notes"] {
        assert!(page.contains(&format!("<section id=\"{part}\"")), "{part}");
    }
    assert!(!page.contains("<b>@team") && page.contains("&lt;b&gt;@team"), "{page}");
    assert_eq!(1, page.matches("<script>").count());
    for id in ["fails", "unproven", "minor", "waits", "waived", "passes", "not-due"] {
        assert!(page.contains(&format!("id=\"rule-{id}\"")), "{id}");
    }
    assert!(page.contains("66.6 %") && page.contains("not in the code"));
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is told"));
    assert!(at("#rule-fails") < at("#rule-unproven") && at("#rule-unproven") < at("#rule-waits"));
    assert!(at("#rule-waits") < at("#rule-minor"), "what does not decide is told last");
}

#[test]
fn github_counts_what_decides_as_errors_and_tells_the_verdict_last() {
    let text = written(Format::Github, &report());
    let of = |word: &str| text.lines().filter(|line| line.starts_with(&format!("::{word} "))).count();
    // Two findings, the rule without proof, the risk, the verdict.
    assert_eq!(5, of("error"), "{text}");
    assert_eq!(2, of("warning"), "the minor one and the one that waits");
    assert_eq!(1, of("notice"), "the waived one");
    assert!(text.trim_end().lines().last().is_some_and(|line| line.contains("failed: ")), "{text}");
}

#[test]
fn gitlab_has_no_fingerprint_twice_and_a_place_for_each() {
    let issues = json(Format::Gitlab, &report());
    let issues = issues.as_array().expect("a list");
    let prints: std::collections::BTreeSet<&str> =
        issues.iter().map(|issue| issue["fingerprint"].as_str().expect("a fingerprint")).collect();
    assert_eq!(issues.len(), prints.len());
    assert!(issues.iter().all(|issue| issue["location"]["lines"]["begin"].as_u64() >= Some(1)));
    let names: Vec<&str> = issues.iter().filter_map(|issue| issue["check_name"].as_str()).collect();
    assert_eq!(vec!["fails", "fails", "unproven", "minor", "waits", "schema-change"], names);
}

#[test]
fn sarif_marks_what_is_waived_and_never_calls_an_unproven_run_successful() {
    let log = json(Format::Sarif, &report());
    let run = &log["runs"][0];
    assert_eq!(Value::Bool(false), run["invocations"][0]["executionSuccessful"]);
    let results = run["results"].as_array().expect("results");
    let suppressed: Vec<&Value> = results.iter().filter(|result| result["suppressions"].is_array()).collect();
    assert_eq!(1, suppressed.len());
    assert_eq!("waived", suppressed[0]["ruleId"]);
    let uri = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!("dir/%C3%A4%20b%2Cc.js", uri.as_str().expect("a uri"));
    let mut proven = report();
    proven.rules.retain(|rule| rule.outcome != Outcome::NoEvidence);
    assert_eq!(Value::Bool(true), json(Format::Sarif, &proven)["runs"][0]["invocations"][0]["executionSuccessful"]);
}

#[test]
fn markdown_is_bounded_and_closes_what_it_opens() {
    let mut long = report();
    for index in 0..2_000 {
        long.rules.push(rule(&format!("rule-{index}"), Outcome::Fail, Severity::Major));
    }
    let text = written(Format::Markdown, &long);
    assert!(text.len() < 65_536 && text.contains("cut here"), "{}", text.len());
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    let rows = written(Format::Markdown, &report());
    let table: Vec<&str> = rows.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(2 + report().rules.len(), table.len());
    assert!(table.iter().all(|row| row.matches('|').count() == 5), "{table:?}");
}

#[test]
fn progress_makes_nothing_up() {
    let value = json(Format::Progress, &report());
    let it = &value["backendAgentReport"];
    assert_eq!("89.99%", it["metrics"]["testCoverage"], "cut, not rounded");
    assert_eq!("85ms p95", it["metrics"]["apiResponseTime"]);
    assert_eq!(Value::Null, it["metrics"]["errorRate"]);
    assert_eq!("1/6", it["metrics"]["securityScore"]);
    assert_eq!(16, it["progress"].as_u64().expect("a percentage"));
    assert!(it["qualityGates"]["level1"].as_str().is_some_and(|gate| gate.starts_with("In Progress - ")));
    assert!(it["qualityGates"]["level2"].as_str().is_some_and(|gate| gate.starts_with("Pending - ")));
}

#[test]
fn what_was_not_judged_is_red_in_every_format() {
    let why =
        NotJudged { message: "the DoD is wrong", exit_code: 2, at: "2026-01-02T03:04:05Z", task_id: "t", agent: "a" };
    for format in Format::ALL {
        let mut out = Vec::new();
        write_not_judged(format, why, &mut out).expect("a vector takes all");
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(text.contains("the DoD is wrong"), "{}: {text}", format.name());
    }
}

#[test]
fn the_verdict_of_the_sample_is_failed() {
    assert_eq!(Verdict::Failed, report().verdict);
}

#[test]
fn links_and_the_time_are_told_where_they_are_asked_for() {
    let style = Style {
        width: 100,
        links: Some("/home/a b"),
        took: Some(std::time::Duration::from_millis(1_260)),
        ..Style::default()
    };
    let mut out = Vec::new();
    write(Format::Human, &report(), style, &mut out).expect("a vector takes all");
    let text = String::from_utf8(out).expect("UTF-8");
    let link = "\u{1b}]8;;file:///home/a%20b/m.sql#L3\u{1b}\\m.sql:3\u{1b}]8;;\u{1b}\\: drops a column";
    assert!(text.contains(link), "{text}");
    assert!(text.contains("file:///home/a%20b/dir/%C3%A4%20b%2Cc.js#L7"), "{text}");
    assert!(text.trim_end().ends_with("(1.2 s)"), "{text}");
    assert!(!written(Format::Human, &report()).contains(" s)"));
    let failing = text.find("FAIL fails").expect("the failing rule is told");
    assert!(text.find("WAITS").is_some_and(|at| at < failing), "what fails is told last: {text}");
}
