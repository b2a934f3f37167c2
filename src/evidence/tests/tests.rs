use super::*;

fn collected(report: &str) -> Area<Tests> {
    collect(
        &Repo::in_memory(&[("reports/junit.xml", report)]),
        PLACES.iter().map(|&place| place.to_owned()).collect(),
        false,
        &[],
    )
}

fn proven(report: &str) -> Tests {
    collected(report).proven().cloned().unwrap_or_else(|evidence| panic!("{evidence:?}"))
}

const NESTED: &str = "<?xml version=\"1.0\"?>\n<testsuites><testsuite name=\"a\" tests=\"9\"><testsuite name=\"b\">\n<testcase name=\"one\"/>\
<testcase name=\"two\"><failure message=\"no &lt;&amp;\"/></testcase><testcase name=\"three\"><error>boom\nat x</error></testcase>\
<testcase name=\"four\"><skipped/></testcase><testcase name=\"five\"><flakyFailure message=\"once\"/></testcase></testsuite></testsuite></testsuites>";

#[test]
fn cases_of_nested_suites_are_counted_and_claims_are_not() {
    let area = collected(NESTED);
    let tests = area.proven().expect("proof");
    assert_eq!((2, 1, 1, 1, 1), (tests.passed, tests.failed, tests.errored, tests.skipped, tests.flaky));
    let told: Vec<_> =
        tests.failures.iter().map(|one| (one.class.as_str(), one.name.as_str(), one.message.as_str())).collect();
    assert_eq!(vec![("b", "three", "boom"), ("b", "two", "no <&")], told);
    assert_eq!(1, area.evidence.problems.len(), "the claim is told");
}

#[test]
fn a_lone_suite_is_a_report() {
    let tests = proven(
        "<testsuite name=\"pytest\"><testcase classname=\"t\" name=\"a\" file=\"t.py\" line=\"3\"><failure>x</failure></testcase></testsuite>",
    );
    assert_eq!((1, Some(3)), (tests.failed, tests.failures[0].line));
}

#[test]
fn what_proves_nothing_is_told_apart() {
    for (report, state) in [
        ("", State::Unreadable),
        ("<html></html>", State::Unreadable),
        ("<testsuites/>", State::Empty),
        ("<testsuite tests=\"5\"></testsuite>", State::Empty),
        ("<testsuite><testcase name=\"a\"/>", State::Unreadable),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><testsuite><testcase name=\"a\"/></testsuite>", State::Unreadable),
        ("<testsuite><testcase name=a></testsuite>", State::Unreadable),
    ] {
        assert_eq!(state, collected(report).evidence.state, "{report}");
    }
    let deep = "<testsuite>".repeat(100_000);
    assert_eq!(State::Unreadable, collected(&deep).evidence.state);
}

#[test]
fn a_report_that_is_cut_is_no_proof() {
    for end in (0..NESTED.len()).filter(|end| NESTED.is_char_boundary(*end)) {
        assert!(collected(&NESTED[..end]).proven().is_err(), "cut at {end}");
    }
}
