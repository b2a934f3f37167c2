use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::change::{ChangeStatus, ChangedFile, Changes};
use crate::facts::coverage::Measure;

fn collected(files: &[(&str, &str)], changes: Option<&Changes>) -> Area<Coverage> {
    let repo = Repo::in_memory(files);
    let places = BTreeMap::new();
    let Collected::Coverage(area) = CoverageCollector.collect(&Context::new(&repo, &places, changes)) else {
        panic!("coverage")
    };
    area
}

fn proven(files: &[(&str, &str)]) -> Coverage {
    collected(files, None).proven().cloned().unwrap_or_else(|evidence| panic!("{evidence:?}"))
}

fn pair(measure: Option<Measure>) -> Option<(u64, u64)> {
    measure.map(|measure| (measure.covered, measure.total))
}

const LCOV: &str = "TN:\nSF:/ci/work/src/a.js\nFN:1,f\nFNDA:1,f\nDA:1,1\nDA:2,0,abc\nBRDA:2,0,jump to line 4,-\nBRDA:2,0,1,3\nLF:9\nLH:9\nend_of_record\n";

#[test]
fn lcov_counts_lines_and_not_what_it_claims() {
    let coverage = proven(&[("src/a.js", "x"), ("lcov.info", LCOV)]);
    assert_eq!(Some((1, 2)), pair(coverage.lines));
    assert_eq!(Some((1, 2)), pair(coverage.branches));
    assert_eq!(Some((1, 1)), pair(coverage.functions));
    assert_eq!(("src/a.js", true), (coverage.files[0].path.as_str(), coverage.files[0].present));
}

#[test]
fn lcov_that_lists_no_function_is_taken_at_its_total() {
    let told = |more: &str| {
        let text = format!("SF:src/a.js\n{more}DA:1,1\nend_of_record\n");
        let coverage = proven(&[("src/a.js", "x"), ("lcov.info", &text)]);
        (pair(coverage.functions), pair(coverage.branches))
    };
    assert_eq!((Some((1, 2)), None), told("FNF:2\nFNH:1\n"));
    assert_eq!((None, Some((3, 4))), told("BRF:4\nBRH:3\nFNF:0\nFNH:0\n"));
    assert_eq!((Some((0, 1)), None), told("FN:1,f\nFNDA:0,f\nFNF:2\nFNH:2\n"), "what is listed counts");
    assert_eq!((None, None), told("FNF:1\nFNH:2\n"));
}

#[test]
fn reports_merge_by_line() {
    let one = "SF:src/a.js\nDA:1,1\nDA:2,0\nend_of_record\n";
    let two = "SF:src/a.js\nDA:2,1\nDA:3,0\nend_of_record\n";
    let coverage = proven(&[("src/a.js", "x"), ("reports/coverage/one.info", one), ("coverage/lcov.info", two)]);
    assert_eq!(Some((2, 3)), pair(coverage.lines));
}

#[test]
fn formats_of_one_run_merge_by_line_and_count_the_rest_once() {
    let lcov = "SF:src/a.js\nFN:1,f\nFNDA:1,f\nDA:1,1\nDA:2,0\nBRDA:1,0,0,1\nBRDA:1,0,1,0\nend_of_record\n";
    let xml = "<coverage><class filename=\"src/a.js\"><lines><line number=\"1\" hits=\"1\" branch=\"true\" condition-coverage=\"50% (1/2)\"/><line number=\"2\" hits=\"1\"/></lines></class></coverage>";
    let coverage = proven(&[("src/a.js", "x"), ("coverage/lcov.info", lcov), ("reports/coverage/c.xml", xml)]);
    assert_eq!((Some((2, 2)), Some((1, 2))), (pair(coverage.lines), pair(coverage.branches)));
    assert_eq!(Some((1, 1)), pair(coverage.functions));
}

#[test]
fn files_keep_their_folder_whatever_the_root() {
    let files = [("src/a.js", "x"), ("lib/util.js", "x"), ("index.js", "x"), ("packages/p/src/a.js", "x")];
    let lcov = "SF:/ci/w/src/a.js\nDA:1,1\nend_of_record\nSF:C:\\b\\w\\src\\a.js\nDA:2,1\nend_of_record\nSF:/ci/w/gone/index.js\nDA:1,0\nend_of_record\nSF:/ci/w/lib/util.js\nDA:1,0\nend_of_record\n";
    let own = "SF:src/a.js\nDA:9,0\nend_of_record\n";
    let mut all = files.to_vec();
    all.extend([("lcov.info", lcov), ("packages/p/coverage/lcov.info", own)]);
    let told: Vec<_> = proven(&all).files.into_iter().map(|file| (file.path, file.present, pair(file.lines))).collect();
    let expected = [
        ("/ci/w/gone/index.js", false, Some((0, 1))),
        ("lib/util.js", true, Some((0, 1))),
        ("packages/p/src/a.js", true, Some((0, 1))),
        ("src/a.js", true, Some((2, 2))),
    ];
    assert_eq!(expected.map(|(path, present, lines)| (path.to_owned(), present, lines)).to_vec(), told);
}

#[test]
fn one_report_that_is_broken_spoils_all() {
    let files =
        [("src/a.js", "x"), ("lcov.info", "SF:src/a.js\nDA:1,1\nend_of_record\n"), ("reports/coverage/b.json", "{")];
    assert_eq!(State::Unreadable, collected(&files, None).evidence.state);
}

#[test]
fn shares_without_counts_are_shown_and_prove_nothing() {
    let area = collected(&[("lib/a.rb", "x"), ("coverage/.last_run.json", "{\"result\":{\"line\":77.77}}")], None);
    assert_eq!(State::Unsupported, area.evidence.state);
    assert_eq!(Some(&77.77), area.facts.as_ref().and_then(|facts| facts.percent_stated.get("lines")));
    assert!(area.proven().is_err());
}

#[test]
fn cobertura_reads_class_lines_alone() {
    let xml = r#"<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "http://x/coverage-04.dtd"><coverage line-rate="1" lines-valid="9" lines-covered="9">
<sources><source>/b/app</source></sources><packages><package><classes><class filename="m.py"><methods><method name="f"><lines><line number="7" hits="1"/></lines></method></methods>
<lines><line number="1" hits="1"/><line number="2" hits="0" branch="true" condition-coverage="50% (1/2)"/></lines></class></classes></package></packages></coverage>"#;
    let area = collected(&[("app/m.py", "x"), ("coverage.xml", xml)], None);
    assert_eq!(1, area.evidence.problems.len(), "the claim of the root is told");
    let coverage = area.proven().expect("proof");
    assert_eq!((Some((1, 2)), Some((1, 2))), (pair(coverage.lines), pair(coverage.branches)));
    assert_eq!("app/m.py", coverage.files[0].path);
}

#[test]
fn go_tells_statements_and_never_lines() {
    let profile =
        "mode: count\nexample.org/m/a.go:1.1,2.2 3 0\nexample.org/m/a.go:1.1,2.2 3 5\nexample.org/m/a.go:4.1,5.2 1 0\n";
    let coverage = proven(&[("go.mod", "module example.org/m\n"), ("a.go", "x"), ("cover.out", profile)]);
    assert_eq!((Some((3, 4)), None), (pair(coverage.statements), pair(coverage.lines)));
}

#[test]
fn istanbul_reads_lines_statements_functions_and_branches() {
    let place = |line: u32, column: u32| {
        format!(r#"{{"start":{{"line":{line},"column":{column}}},"end":{{"line":{line},"column":{}}}}}"#, column + 3)
    };
    let json = format!(
        r#"{{"/x/src/a.js":{{"path":"/x/src/a.js","statementMap":{{"0":{},"1":{},"2":{}}},"fnMap":{{"0":{{"name":"f","decl":{}}}}},"branchMap":{{"0":{{"loc":{}}}}},"s":{{"0":1,"1":0,"2":0}},"f":{{"0":0}},"b":{{"0":[1,0]}}}}}}"#,
        place(1, 0),
        place(1, 9),
        place(2, 0),
        place(1, 0),
        place(1, 0)
    );
    let coverage = proven(&[("src/a.js", "x"), ("coverage/coverage-final.json", &json)]);
    assert_eq!((Some((1, 2)), Some((1, 3))), (pair(coverage.lines), pair(coverage.statements)));
    assert_eq!((Some((0, 1)), Some((1, 2))), (pair(coverage.functions), pair(coverage.branches)));
}

#[test]
fn what_says_nothing_is_no_proof() {
    let source = ("src/a.js", "x");
    for (text, state) in [
        ("", State::Unreadable),
        ("<html><body>502</body></html>", State::Unreadable),
        ("SF:src/a.js\nend_of_record\n", State::Empty),
        ("SF:src/a.js\nDA:1,1\n", State::Unreadable),
        ("SF:src/a.js\nDA:1,x\nend_of_record\n", State::Unreadable),
        ("SF:other/b.js\nDA:1,1\nend_of_record\n", State::Stale),
        ("{}", State::Unreadable),
        ("<coverage><packages/></coverage>", State::Empty),
        ("<!DOCTYPE c [<!ENTITY a \"b\">]><coverage line-rate=\"1\"/>", State::Unreadable),
        ("<coverage><packages>", State::Unreadable),
    ] {
        let area = collected(&[source, ("lcov.info", text)], None);
        assert_eq!(state, area.evidence.state, "{text}: {:?}", area.evidence.problems);
        assert!(area.proven().is_err());
    }
    assert_eq!(State::Absent, collected(&[source], None).evidence.state);
}

#[test]
fn a_broken_count_is_told_with_its_line() {
    let area = collected(&[("src/a.js", "x"), ("lcov.info", "SF:src/a.js\nDA:1,x\nend_of_record\n")], None);
    assert_eq!(Some(2), area.evidence.problems[0].line);
}

#[test]
fn changed_lines_count_what_reports_list_and_whole_unknown_files() {
    let changes = Changes {
        files: vec![
            ChangedFile {
                path: "src/a.js".to_owned(),
                status: ChangeStatus::Modified,
                from: None,
                lines: vec![(2, 5)],
            },
            ChangedFile {
                path: "src/new.js".to_owned(),
                status: ChangeStatus::Added,
                from: None,
                lines: vec![(1, u32::MAX)],
            },
            ChangedFile { path: "README.md".to_owned(), status: ChangeStatus::Added, from: None, lines: vec![(1, 9)] },
        ],
        ..Changes::default()
    };
    let lcov = "SF:src/a.js\nDA:1,0\nDA:2,1\nDA:4,0\nend_of_record\n";
    let files =
        [("src/a.js", "x"), ("src/new.js", "one();\n\n// two\nthree();\n"), ("README.md", "a"), ("lcov.info", lcov)];
    let area = collected(&files, Some(&changes));
    let changed = area.facts.expect("facts").changed_lines.expect("changed lines");
    assert_eq!((1, 4), (changed.covered, changed.total));
    let told: Vec<_> = changed.uncovered.iter().map(|one| (one.path.as_str(), one.lines.as_slice())).collect();
    assert_eq!(vec![("src/a.js", [4].as_slice()), ("src/new.js", &[1, 4])], told);
}

#[test]
fn a_module_may_be_called_what_a_folder_of_reports_is_called() {
    let all = ["src/build/plan.js", "app/coverage/rates.js", "build/plan.js", "coverage/block.js", "docs/theme.js"];
    let added = |path: &&str| ChangedFile {
        path: (*path).to_owned(),
        status: ChangeStatus::Added,
        from: None,
        lines: vec![(1, u32::MAX)],
    };
    let changes = Changes { files: all.iter().map(added).collect(), ..Changes::default() };
    let lcov = "SF:src/a.js\nDA:1,1\nend_of_record\n";
    let files: Vec<(&str, &str)> =
        all.iter().map(|path| (*path, "one();\n")).chain([("src/a.js", "x"), ("lcov.info", lcov)]).collect();
    let changed = collected(&files, Some(&changes)).facts.expect("facts").changed_lines.expect("changed lines");
    let told: Vec<_> = changed.uncovered.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(vec!["src/build/plan.js", "app/coverage/rates.js"], told);
}

#[test]
fn a_report_that_is_cut_never_says_more_than_the_whole() {
    for end in 0..LCOV.len() - 1 {
        let area = collected(&[("src/a.js", "x"), ("lcov.info", &LCOV[..end])], None);
        assert!(area.proven().is_err(), "cut at {end}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(lines in prop::collection::btree_map(1_u32..5_000, any::<bool>(), 1..60)) {
        let body: String = lines.iter().map(|(line, hit)| format!("DA:{line},{}\n", u8::from(*hit))).collect();
        let coverage = proven(&[("src/a.js", "x"), ("lcov.info", &format!("SF:src/a.js\n{body}end_of_record\n"))]);
        prop_assert_eq!(lines, coverage.files[0].hits.iter().collect::<BTreeMap<_, _>>());
    }

    #[test]
    fn any_bytes_are_an_answer(text in "\\PC{0,200}", head in prop::sample::select(vec!["", "SF:a\n", "mode: set\n", "<coverage>", "{\"meta\":1,\"files\":"])) {
        let area = collected(&[("src/a.js", "x"), ("lcov.info", &format!("{head}{text}"))], None);
        prop_assert!(area.proven().is_err());
    }
}
