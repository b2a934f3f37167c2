//! Every format by a small report: what it tells, and what becomes of it when it is cut or damaged.

use proptest::prelude::*;

use super::*;

/// A format's name, a report, and how many passed, failed, errored, were skipped and flaky.
struct Sample {
    format: &'static str,
    text: &'static str,
    told: [u64; 5],
}

const SAMPLES: &[Sample] = &[
    Sample {
        format: "junit",
        text: r#"<testsuites><testsuite name="s" tests="5" failures="1" errors="1"><testcase name="a"/><testcase name="b"><failure message="no"/></testcase><testcase name="c"><error/></testcase><testcase name="d"><skipped/></testcase><testcase name="e"><flakyFailure message="once"/></testcase></testsuite></testsuites>"#,
        told: [2, 1, 1, 1, 1],
    },
    Sample {
        format: "trx",
        text: r#"<?xml version="1.0"?><TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results><UnitTestResult testName="a" outcome="Passed"/><UnitTestResult testName="rows" outcome="Failed"><InnerResults><UnitTestResult testName="rows (1)" outcome="Passed"/><UnitTestResult testName="rows (2)" outcome="Failed"><Output><ErrorInfo><Message>Assert.Equal</Message></ErrorInfo></Output></UnitTestResult></InnerResults></UnitTestResult><UnitTestResult testName="c" outcome="NotExecuted"/><UnitTestResult testName="d" outcome="Timeout"/></Results><ResultSummary outcome="Failed"><Counters total="5"/></ResultSummary></TestRun>"#,
        told: [2, 1, 1, 1, 0],
    },
    Sample {
        format: "tap",
        text: "TAP version 14\n1..4\nok 1 - a\n# Subtest: suite\n    ok 1 - inner\n    not ok 2 - other # TODO later\n    1..2\nok 2 - suite\nnot ok 3 - c\n  ---\n  message: ok 9\n  ...\nok 4 - d # SKIP no network\n",
        told: [2, 1, 0, 2, 0],
    },
    Sample {
        format: "tap",
        text: "TAP version 13\n1..1\nnot ok 1 - a.test.ts # time=9.20ms {\n    1..3\n    not ok 1 - suite # time=6.61ms {\n        1..2\n        ok 1 - a\n        not ok 2 - b\n            ---\n            message: \"}\"\n            ...\n    }\n    ok 2 - c # SKIP\n    ok 3 - d\n}\n",
        told: [2, 1, 0, 1, 0],
    },
    Sample {
        format: "go-test-json",
        text: concat!(
            "{\"Action\":\"start\",\"Package\":\"m/a\"}\n",
            "{\"Action\":\"run\",\"Package\":\"m/a\",\"Test\":\"TestA\"}\n",
            "{\"Action\":\"output\",\"Package\":\"m/a\",\"Test\":\"TestA\",\"Output\":\"    a_test.go:9: no\\n\"}\n",
            "{\"Action\":\"fail\",\"Package\":\"m/a\",\"Test\":\"TestA\"}\n",
            "{\"Action\":\"run\",\"Package\":\"m/a\",\"Test\":\"TestB\"}\n",
            "{\"Action\":\"pass\",\"Package\":\"m/a\",\"Test\":\"TestB\"}\n",
            "{\"Action\":\"run\",\"Package\":\"m/a\",\"Test\":\"TestC\"}\n",
            "{\"Action\":\"skip\",\"Package\":\"m/a\",\"Test\":\"TestC\"}\n",
            "{\"Action\":\"fail\",\"Package\":\"m/a\"}\n",
            "{\"ImportPath\":\"m/b [m/b.test]\",\"Action\":\"build-output\",\"Output\":\"# m/b\\n\"}\n",
            "{\"ImportPath\":\"m/b [m/b.test]\",\"Action\":\"build-fail\"}\n",
            "{\"Action\":\"start\",\"Package\":\"m/b\"}\n",
            "{\"Action\":\"fail\",\"Package\":\"m/b\",\"FailedBuild\":\"m/b [m/b.test]\"}\n"
        ),
        told: [1, 1, 1, 1, 0],
    },
    Sample {
        format: "libtest-json",
        text: concat!(
            "{ \"type\": \"suite\", \"event\": \"started\", \"test_count\": 3 }\n",
            "{ \"type\": \"test\", \"event\": \"started\", \"name\": \"m::a\" }\n",
            "{ \"type\": \"test\", \"name\": \"m::a\", \"event\": \"ok\" }\n",
            "{ \"type\": \"test\", \"event\": \"started\", \"name\": \"m::b\" }\n",
            "{ \"type\": \"test\", \"name\": \"m::b\", \"event\": \"failed\", \"stdout\": \"thread panicked\\n\" }\n",
            "{ \"type\": \"test\", \"name\": \"m::c\", \"event\": \"ignored\" }\n",
            "{ \"type\": \"suite\", \"event\": \"failed\", \"passed\": 1, \"failed\": 1, \"ignored\": 1 }\n"
        ),
        told: [1, 1, 0, 1, 0],
    },
    Sample {
        format: "libtest-json",
        text: concat!(
            "{\"type\":\"suite\",\"event\":\"started\",\"test_count\":4}\n",
            "{\"type\":\"test\",\"event\":\"started\",\"name\":\"m::m$a\"}\n",
            "{\"type\":\"test\",\"event\":\"started\",\"name\":\"m::m$b\"}\n",
            "{\"type\":\"test\",\"event\":\"started\",\"name\":\"m::m$c\"}\n",
            "{\"type\":\"test\",\"event\":\"ok\",\"name\":\"m::m$a#2\",\"exec_time\":0.1}\n",
            "{\"type\":\"test\",\"event\":\"failed\",\"name\":\"m::m$b#2\",\"reason\":\"time limit exceeded\"}\n",
            "{\"type\":\"suite\",\"event\":\"failed\",\"passed\":1,\"failed\":1,\"ignored\":0}\n"
        ),
        told: [1, 1, 1, 0, 1],
    },
    Sample {
        format: "pytest-report-log",
        text: concat!(
            "{\"pytest_version\":\"9.1\",\"$report_type\":\"SessionStart\"}\n",
            "{\"outcome\":\"failed\",\"longrepr\":\"SyntaxError\",\"nodeid\":\"t/bad.py\",\"$report_type\":\"CollectReport\"}\n",
            "{\"nodeid\":\"t/a.py::a\",\"location\":[\"t/a.py\",2,\"a\"],\"outcome\":\"passed\",\"when\":\"setup\",\"$report_type\":\"TestReport\"}\n",
            "{\"nodeid\":\"t/a.py::a\",\"outcome\":\"passed\",\"when\":\"call\",\"$report_type\":\"TestReport\"}\n",
            "{\"nodeid\":\"t/a.py::b\",\"outcome\":\"failed\",\"when\":\"call\",\"longrepr\":{\"reprcrash\":{\"message\":\"no\"}},\"$report_type\":\"TestReport\"}\n",
            "{\"nodeid\":\"t/a.py::c\",\"outcome\":\"skipped\",\"when\":\"setup\",\"longrepr\":[\"t/a.py\",3,\"later\"],\"$report_type\":\"TestReport\"}\n",
            "{\"exitstatus\":1,\"$report_type\":\"SessionFinish\"}\n"
        ),
        told: [1, 1, 1, 1, 0],
    },
    Sample {
        format: "jest-json",
        text: r#"{"numTotalTests":4,"success":false,"testResults":[{"name":"/ci/a.test.js","status":"failed","message":"x","assertionResults":[{"ancestorTitles":["s"],"title":"a","status":"passed"},{"title":"b","status":"failed","failureMessages":["Error: no\n at x"]},{"title":"c","status":"todo"},{"title":"d","status":"passed","retryReasons":["once"]}]},{"name":"/ci/b.test.js","status":"failed","message":"Cannot find module","assertionResults":[]}]}"#,
        told: [2, 1, 1, 1, 1],
    },
    Sample {
        format: "mocha-json",
        text: r#"{"stats":{"tests":3,"passes":1,"pending":1,"failures":2},"passes":[{"title":"a","fullTitle":"s a","currentRetry":0}],"pending":[{"title":"b","fullTitle":"s b"}],"failures":[{"title":"c","fullTitle":"s c","err":{"message":"no"}},{"title":"\"before all\" hook for \"d\"","fullTitle":"s","err":{"message":"boom"}}]}"#,
        told: [1, 1, 1, 1, 0],
    },
    Sample {
        format: "playwright-json",
        text: r#"{"config":{},"suites":[{"title":"a.spec.ts","specs":[{"title":"one","file":"a.spec.ts","line":3,"tests":[{"status":"expected","results":[]},{"status":"flaky","results":[]}]}],"suites":[{"title":"inner","specs":[{"title":"two","tests":[{"status":"unexpected","results":[{"error":{"message":"no"}}]}]},{"title":"three","tests":[{"status":"skipped"}]}]}]}],"errors":[{"message":"global setup"}],"stats":{"expected":1,"unexpected":1,"flaky":1,"skipped":1}}"#,
        told: [2, 1, 1, 1, 1],
    },
    Sample {
        format: "rspec-json",
        text: r#"{"version":"3.13","examples":[{"description":"a","full_description":"T a","status":"passed","file_path":"./spec/t_spec.rb","line_number":3},{"description":"b","full_description":"T b","status":"failed","exception":{"message":"no"}},{"description":"c","full_description":"T c","status":"pending"}],"summary":{"example_count":3,"errors_outside_of_examples_count":1}}"#,
        told: [1, 1, 1, 1, 0],
    },
    Sample {
        format: "pytest-json-report",
        text: r#"{"exitcode":2,"summary":{"total":5},"collectors":[{"nodeid":"t/bad.py","outcome":"failed","longrepr":"SyntaxError"}],"tests":[{"nodeid":"t/a.py::a","lineno":2,"outcome":"passed"},{"nodeid":"t/a.py::b","outcome":"failed","call":{"crash":{"message":"assert 1 == 2"}}},{"nodeid":"t/a.py::c","outcome":"xfailed"},{"nodeid":"t/a.py::d","outcome":"rerun","call":{"outcome":"passed"}},{"nodeid":"t/a.py::e","outcome":"error"}]}"#,
        told: [2, 1, 2, 1, 1],
    },
];

fn read(bytes: &[u8]) -> Result<(String, Report), Failure> {
    stream::read_bytes("report", bytes, tell).map(|(source, report)| (source.format, report))
}

fn told(report: &Report) -> [u64; 5] {
    let tests = &report.tests;
    [tests.passed, tests.failed, tests.errored, tests.skipped, tests.flaky]
}

#[test]
fn each_format_is_known_by_its_content() {
    for sample in SAMPLES {
        let (format, report) = read(sample.text.as_bytes()).unwrap_or_else(|why| panic!("{}: {why:?}", sample.format));
        assert_eq!((sample.format, sample.told), (format.as_str(), told(&report)), "{:?}", report.tests.failures);
        assert_eq!(Vec::<String>::new(), report.warnings, "{}", sample.format);
    }
}

#[test]
fn what_is_cut_is_refused() {
    for sample in SAMPLES {
        for end in 0..sample.text.trim_end().len() {
            let Ok((_, report)) = read(&sample.text.as_bytes()[..end]) else { continue };
            // A stream of events is whole between two packages, and a result that came before is still one.
            let between = sample.format == "go-test-json" && told(&report)[..2] == sample.told[..2];
            assert!(between || told(&report) == sample.told, "{} cut at {end}: {report:?}", sample.format);
        }
    }
}

#[test]
fn damaged_reports_are_an_answer() {
    for sample in SAMPLES {
        for at in 0..sample.text.len() {
            for byte in [0, b'<', b'"', b'9', b'-', b'}', b' ', b'\n', 0xff] {
                let mut bytes = sample.text.as_bytes().to_vec();
                bytes[at] = byte;
                let _ = read(&bytes).map(|(_, report)| assert!(report.counted() < 2_000));
            }
        }
    }
}

fn state(text: &str) -> State {
    collect(&Repo::in_memory(&[("reports/tests/x.json", text)]), vec!["reports/**/*".to_owned()], true, &[])
        .evidence
        .state
}

#[test]
fn a_run_that_crashed_or_ran_nothing_is_no_proof() {
    for (text, expected) in [
        ("1..0 # skip no tests\n", State::Empty),
        ("TAP version 13\n1..3\nok 1\nok 2\n", State::Unreadable),
        ("1..2\nok 1\nBail out! database is gone\n", State::Unreadable),
        ("ok 1\nok 2\n", State::Unreadable),
        (
            "{\"Action\":\"start\",\"Package\":\"m\"}\n{\"Action\":\"run\",\"Package\":\"m\",\"Test\":\"T\"}\n",
            State::Unreadable,
        ),
        ("{\"Action\":\"start\",\"Package\":\"m\"}\n{\"Action\":\"skip\",\"Package\":\"m\"}\n", State::Empty),
        (r#"{"numTotalTests":0,"success":true,"testResults":[]}"#, State::Empty),
        (r#"{"numTotalTests":0,"success":false,"testResults":[]}"#, State::Unreadable),
        (r#"{"numTotalTests":1,"wasInterrupted":true,"testResults":[]}"#, State::Unreadable),
        (r#"{"exitcode":3,"summary":{}}"#, State::Unreadable),
        (r#"{"exitcode":5,"summary":{"total":0}}"#, State::Empty),
        (r#"<TestRun><Results/><ResultSummary outcome="Aborted"/></TestRun>"#, State::Unreadable),
        (r#"{"some":"thing"}"#, State::Unreadable),
        ("1..1\nok 1\n1..2\nok 2\n", State::Unreadable),
        ("1..2\nok 1\nok 7\n", State::Unreadable),
    ] {
        assert_eq!(expected, state(text), "{text}");
    }
}

#[test]
fn a_suite_that_claims_failures_and_lists_none_failed() {
    let hidden = r#"<testsuite tests="2" failures="0" errors="1"><testcase name="a"/></testsuite>"#;
    let (_, report) = read(hidden.as_bytes()).expect("a report");
    assert_eq!((1, 1, 2), (report.tests.passed, report.tests.errored, report.warnings.len()));
    let outside = r#"<testsuite name="s"><error message="no fork"/><testcase name="a"/></testsuite>"#;
    let (_, report) = read(outside.as_bytes()).expect("a report");
    assert_eq!((1, "no fork"), (report.tests.errored, report.tests.failures[0].message.as_str()));
}

#[test]
fn failures_that_a_report_claims_and_no_test_tells_are_an_error() {
    for text in [
        r#"{"numTotalTests":4,"numFailedTests":3,"success":true,"testResults":[{"assertionResults":[{"status":"passed","title":"a"}]}]}"#,
        r#"{"stats":{"tests":4,"passes":1,"failures":3},"passes":[{"title":"a"}],"failures":[],"pending":[]}"#,
        r#"{"examples":[{"status":"passed","description":"a"}],"summary":{"example_count":4,"failure_count":3}}"#,
        r#"<TestRun><Results><UnitTestResult testName="a" outcome="Passed"/></Results><ResultSummary><Counters total="4" failed="3"/></ResultSummary></TestRun>"#,
        r#"<testsuite tests="4" failures="3"><testcase name="a"/></testsuite>"#,
    ] {
        assert_eq!([1, 0, 1, 0, 0], told(&read(text.as_bytes()).expect("a report").1), "{text}");
    }
}

#[test]
fn what_is_not_to_be_finished_yet_may_fail() {
    let todo = r#"<testsuite><testcase name="a"><skipped type="todo"/><failure message="x"/></testcase></testsuite>"#;
    assert_eq!([0, 0, 0, 1, 0], told(&read(todo.as_bytes()).expect("a report").1));
}

#[test]
fn what_a_tool_could_not_run_did_not_pass() {
    // CTest counts a program that it cannot start as failed when it prints, and as skipped when it writes.
    let ctest = |message: &str| {
        let text = format!(
            r#"<testsuite><testcase name="a" status="notrun"><skipped message="{message}"/></testcase></testsuite>"#
        );
        told(&read(text.as_bytes()).expect("a report").1)
    };
    for message in ["Unable to find executable", "Required Files Missing", "Fixture dependency failed"] {
        assert_eq!([0, 0, 1, 0, 0], ctest(message), "{message}");
    }
    for message in ["SKIP_RETURN_CODE=77", "SKIP_REGULAR_EXPRESSION_MATCHED", "Disabled", ""] {
        assert_eq!([0, 0, 0, 1, 0], ctest(message), "{message}");
    }
    // nose2 counts a success that was not expected as a failure when it prints, and as skipped when it writes.
    let nose2 = r#"<testsuite><testcase name="a"><skipped message="test passes unexpectedly"/></testcase></testsuite>"#;
    assert_eq!([0, 1, 0, 0, 0], told(&read(nose2.as_bytes()).expect("a report").1));
    // Vitest writes what it never came to because the run crashed like a test that passed.
    let vitest = |root: &str, suite: &str, time: &str, inside: &str| {
        let case = format!(r#"<testcase name="a" time="{time}">{inside}</testcase>"#);
        let text = format!(r#"<testsuites name="{root}"><testsuite time="{suite}">{case}</testsuite></testsuites>"#);
        told(&read(text.as_bytes()).expect("a report").1)
    };
    assert_eq!([0, 0, 1, 0, 0], vitest("vitest tests", "0", "0", ""));
    assert_eq!([1, 0, 0, 0, 0], vitest("vitest tests", "0.002", "0", ""), "a browser's clock is coarse");
    assert_eq!([1, 0, 0, 0, 0], vitest("vitest tests", "0.002", "0.00009", ""));
    assert_eq!([0, 0, 0, 1, 0], vitest("vitest tests", "0", "0", "<skipped/>"));
    assert_eq!([1, 0, 0, 0, 0], vitest("others", "0", "0", ""), "others round");
}

#[test]
fn a_subtest_that_failed_is_not_lost() {
    let pytest = |code: u8, outcome: &str| {
        let text = format!(
            r#"{{"exitcode":{code},"summary":{{"total":1}},"tests":[{{"nodeid":"t.py::a","outcome":"{outcome}"}}]}}"#
        );
        told(&read(text.as_bytes()).expect("a report").1)
    };
    assert_eq!([1, 0, 0, 0, 0], pytest(0, "subtests passed"));
    assert_eq!([0, 1, 0, 0, 0], pytest(1, "subtests failed"));
    assert_eq!([1, 0, 1, 0, 0], pytest(1, "subtests passed"), "another one of them failed");
}

#[test]
fn a_go_test_that_ends_in_a_panic_is_an_error() {
    let text = "{\"Action\":\"run\",\"Package\":\"m\",\"Test\":\"T\"}\n{\"Action\":\"output\",\"Package\":\"m\",\"Test\":\"T\",\"Output\":\"panic: no\\n\"}\n{\"Action\":\"fail\",\"Package\":\"m\"}\n";
    let (_, report) = read(text.as_bytes()).expect("a report");
    assert_eq!((1, "panic: no"), (report.tests.errored, report.tests.failures[0].message.as_str()));
}

#[test]
fn a_run_that_two_formats_tell_counts_once() {
    let jest = SAMPLES.iter().find(|sample| sample.format == "jest-json").expect("a sample").text;
    let counted = |xml: &str, json: &str| {
        let places = PLACES.iter().map(|&place| place.to_owned()).collect();
        let files = [("reports/junit.xml", xml), ("reports/jest.json", json)];
        let area = collect(&Repo::in_memory(&files), places, false, &[]);
        let tests = area.facts.expect("results");
        (tests.passed, tests.failed + tests.errored, area.evidence.reports.len())
    };
    assert_eq!((2, 2, 1), counted(SAMPLES[0].text, jest));
    // What jest-junit leaves out (a file that does not load) stands in Jest's own report.
    let clean = r#"<testsuite><testcase name="a"/><testcase name="d"/></testsuite>"#;
    assert_eq!((2, 2, 2), counted(clean, jest));
    let passed =
        r#"{"numTotalTests":1,"success":true,"testResults":[{"assertionResults":[{"status":"passed","title":"a"}]}]}"#;
    assert_eq!((2, 0, 1), counted(clean, passed));
    assert_eq!((2, 0, 1), counted(clean, r#"{"some":"thing"}"#), "not of tests at all");
}

proptest! {
    #[test]
    fn what_any_format_writes_is_read(results in prop::collection::vec(0_usize..3, 1..40)) {
        let each = |words: [&str; 3], write: &dyn Fn(usize, &str) -> String, between: &str| -> String {
            results.iter().enumerate().map(|(at, one)| write(at, words[*one])).collect::<Vec<_>>().join(between)
        };
        let total = results.len();
        let junit = each(["", "<failure/>", "<skipped/>"], &|at, word| format!("<testcase name=\"t{at}\">{word}</testcase>"), "");
        let tap = each(["ok {} - t", "not ok {} - t", "ok {} # SKIP"], &|at, word| word.replace("{}", &(at + 1).to_string()), "\n");
        let go = each(["pass", "fail", "skip"], &|at, word| {
            format!("{{\"Action\":\"run\",\"Package\":\"m\",\"Test\":\"T{at}\"}}\n{{\"Action\":\"{word}\",\"Package\":\"m\",\"Test\":\"T{at}\"}}\n")
        }, "");
        let end = if results.contains(&1) { "fail" } else { "pass" };
        let jest = each(["passed", "failed", "pending"], &|at, word| format!("{{\"title\":\"t{at}\",\"status\":\"{word}\"}}"), ",");
        let trx = each(["Passed", "Failed", "NotExecuted"], &|at, word| format!("<UnitTestResult testName=\"t{at}\" outcome=\"{word}\"/>"), "");
        let count = |wanted: usize| results.iter().filter(|one| **one == wanted).count() as u64;
        for text in [
            format!("<testsuite tests=\"{total}\">{junit}</testsuite>"),
            format!("TAP version 13\n1..{total}\n{tap}\n"),
            format!("{go}{{\"Action\":\"{end}\",\"Package\":\"m\"}}\n"),
            format!("{{\"numTotalTests\":{total},\"testResults\":[{{\"name\":\"a\",\"assertionResults\":[{jest}]}}]}}"),
            format!("<TestRun><Results>{trx}</Results></TestRun>"),
        ] {
            let (format, report) = read(text.as_bytes()).unwrap_or_else(|why| panic!("{why:?} in {text}"));
            prop_assert_eq!([count(0), count(1), 0, count(2), 0], told(&report), "{}", format);
        }
    }
}

#[test]
fn numbers_are_those_that_the_tools_print() {
    for (text, expected) in [
        // gotestsum printed: 13 tests, 1 skipped, 4 failures.
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/go/test.json")), [8, 4, 0, 1, 0]),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/go/gotestsum.xml")), [8, 4, 0, 1, 0]),
        // CTest printed: 4 tests failed out of 7, one of them because there is no such program; 2 did not run.
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/ctest/junit.xml")), [2, 3, 1, 2, 0]),
        // nextest printed: 6 run, 3 passed (1 flaky), 2 failed, 1 timed out, 1 skipped.
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/nextest/junit.xml")), [3, 3, 0, 0, 1]),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/nextest/libtest.json")), [3, 3, 0, 1, 1]),
        // Jest printed: 1 failed, 1 skipped, 4 passed.
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/jest/results.json")), [4, 1, 0, 1, 0]),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/jest/junit.xml")), [4, 1, 0, 1, 0]),
        // Vitest printed: 1 failed, 3 passed, 1 expected fail, 1 skipped, 1 todo; and one file did not load.
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/vitest/results.json")), [4, 1, 1, 2, 0]),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/vitest/junit.xml")), [4, 2, 0, 2, 0]),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/vitest/results.tap")), [4, 2, 0, 2, 0]),
        // Playwright printed: 2 failed, 1 flaky, 2 skipped, 1 did not run, 2 passed. Its JUnit calls a failed hook an error.
        (
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/playwright/results.json")),
            [3, 2, 0, 3, 1],
        ),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/playwright/junit.xml")), [3, 1, 1, 3, 0]),
        // AVA's own summary: 2 passed, 1 skipped, 2 failed; it counts what is to be done yet as failed.
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/ava/results.tap")), [2, 1, 0, 2, 0]),
        // PHPUnit printed: 10 tests, 2 errors, 2 failures, 1 skipped, 1 incomplete, 1 risky, which is an error in its JUnit.
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/phpunit/junit.xml")), [3, 2, 3, 2, 0]),
        // pytest printed: 5 failed (one of them a subtest), 9 passed (that test among them), 2 skipped, 2 xfailed, 1 xpassed (it passed), 2 errors (one in the tear-down of a test that passed).
        (
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/pytest/report-log.jsonl")),
            [8, 5, 2, 4, 0],
        ),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/pytest/subtests.xml")), [8, 5, 2, 4, 0]),
        // Its JSON report forgets which subtest failed.
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/pytest/subtests.json")), [9, 4, 2, 4, 0]),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/mocha/mocha.json")), [4, 1, 0, 1, 0]),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/mocha/mocha.tap")), [4, 1, 0, 1, 0]),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/mocha/xunit.xml")), [4, 1, 0, 1, 0]),
        // node's TAP counts tests that have subtests beside these; what is to be done yet may fail.
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/node/node.tap")), [2, 1, 0, 2, 0]),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/node/node.xml")), [2, 1, 0, 2, 0]),
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/pytest/report.json")), [3, 1, 1, 2, 1]),
        // The plugin that reruns lists such a test once for each run.
        (include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reports/pytest/junit.xml")), [4, 1, 1, 2, 0]),
    ] {
        let (_, report) = read(text.as_bytes()).expect("a report");
        assert_eq!(expected, told(&report), "{text:.200}");
    }
}
