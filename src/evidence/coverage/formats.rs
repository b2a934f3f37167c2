//! Every format by a small report: what it tells, and what becomes of it when it is cut, damaged, packed or recoded.

use std::collections::BTreeMap;
use std::io::Write as _;

use proptest::prelude::*;

use super::*;
use crate::facts::coverage::{FileCoverage, Measure};

type Pair = Option<(u64, u64)>;

/// A format's name, a report of one file, and its lines, branches, functions and statements.
struct Sample {
    format: &'static str,
    text: &'static str,
    told: [Pair; 4],
}

const SAMPLES: &[Sample] = &[
    Sample {
        format: "lcov",
        text: "TN:\nSF:src/a.c\nFN:1,f\nFNDA:2,f\nFN:5,g\nFNDA:0,g\nDA:1,2\nDA:2,0\nBRDA:1,0,0,2\nBRDA:1,0,1,-\nend_of_record\n",
        told: [Some((1, 2)), Some((1, 2)), Some((1, 2)), None],
    },
    Sample {
        format: "cobertura",
        text: r#"<?xml version="1.0"?><coverage lines-valid="2" lines-covered="1"><sources><source>.</source></sources><packages><package><classes><class filename="src/a.c"><methods/><lines><line number="1" hits="2" branch="true" condition-coverage="50% (1/2)"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>"#,
        told: [Some((1, 2)), Some((1, 2)), None, None],
    },
    Sample {
        format: "clover",
        text: r#"<coverage generated="1"><project><testproject><file name="x"><line num="9" type="stmt" count="1"/></file></testproject><file name="a.c" path="src/a.c"><class name="A"><metrics methods="7" coveredmethods="7"/></class><line num="1" type="method" name="f" count="2"/><line num="2" type="stmt" count="2"/><line num="3" type="cond" truecount="0" falsecount="0"/><metrics statements="2" coveredstatements="1" conditionals="2" coveredconditionals="1" methods="2" coveredmethods="1"/></file></project></coverage>"#,
        told: [Some((1, 2)), Some((1, 2)), Some((1, 2)), None],
    },
    Sample {
        format: "sonar-generic",
        text: r#"<coverage version="1"><file path="src/a.c"><lineToCover lineNumber="1" covered="true" branchesToCover="2" coveredBranches="1"/><lineToCover lineNumber="2" covered="false"/></file></coverage>"#,
        told: [Some((1, 2)), Some((1, 2)), None, None],
    },
    Sample {
        format: "jacoco",
        text: r#"<?xml version="1.0"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="r"><sessioninfo id="s" start="1" dump="2"/><group name="m"><package name="src"><class name="src/A" sourcefilename="a.c"><method name="f" desc="()V" line="1"><counter type="METHOD" missed="0" covered="1"/></method><method name="g" desc="()V" line="5"><counter type="METHOD" missed="1" covered="0"/></method></class><sourcefile name="a.c"><line nr="1" mi="1" ci="3" mb="1" cb="1"/><line nr="2" mi="2" ci="0" mb="0" cb="0"/><counter type="INSTRUCTION" missed="3" covered="3"/><counter type="LINE" missed="1" covered="1"/></sourcefile></package></group><counter type="LINE" missed="1" covered="1"/></report>"#,
        told: [Some((1, 2)), Some((1, 2)), Some((1, 2)), None],
    },
    Sample {
        format: "opencover",
        text: r#"<CoverageSession><Modules><Module skippedDueTo="Filter"/><Module><Files><File uid="1" fullPath="/ci/src/a.c"/></Files><Classes><Class><Methods><Method><Name>F</Name><FileRef uid="1"/><SequencePoints><SequencePoint vc="2" sl="1" sc="1" el="1" ec="9"/><SequencePoint vc="0" sl="2" sc="1" el="2" ec="9"/><SequencePoint vc="0" sl="16707566" sc="0" el="16707566" ec="0"/></SequencePoints><BranchPoints><BranchPoint vc="1" sl="1" path="0" offset="4"/><BranchPoint vc="0" sl="1" path="1" offset="4"/></BranchPoints></Method></Methods></Class></Classes></Module></Modules></CoverageSession>"#,
        told: [Some((1, 2)), Some((1, 2)), Some((1, 1)), Some((1, 2))],
    },
    Sample {
        format: "dotnet-coverage",
        text: r#"<results><modules><module name="m.dll"><functions><function name="F()" type_name="A"><ranges><range source_id="0" start_line="1" end_line="1" covered="partial"/><range source_id="0" start_line="2" end_line="2" covered="no"/></ranges></function></functions><source_files><source_file id="0" path="C:\ci\src\a.c"/></source_files></module></modules></results>"#,
        told: [Some((1, 2)), None, Some((1, 1)), None],
    },
    Sample {
        format: "go-coverprofile",
        text: "mode: set\nsrc/a.c:1.1,2.2 3 1\nsrc/a.c:3.1,4.2 1 0\n",
        told: [None, None, None, Some((3, 4))],
    },
    Sample {
        format: "coveragepy-json",
        text: r#"{"meta":{"version":"7"},"files":{"src/a.c":{"executed_lines":[1],"missing_lines":[2],"executed_branches":[[1,2]],"missing_branches":[[1,-1]],"summary":{"covered_lines":1,"num_statements":2}}},"totals":{"percent_covered":50.0}}"#,
        told: [Some((1, 2)), Some((1, 2)), None, Some((1, 2))],
    },
    Sample {
        format: "gcovr-json",
        text: r#"{"gcovr/format_version":"0.15","files":[{"file":"src/a.c","lines":[{"line_number":1,"count":0,"branches":[{"count":1},{"count":0}]},{"line_number":1,"count":4,"branches":[]},{"line_number":2,"count":0,"branches":[]},{"line_number":3,"count":0,"branches":[],"gcovr/noncode":true}],"functions":[{"demangled_name":"f(int, int)","lineno":1,"execution_count":4},{"name":"g","lineno":9,"gcovr/excluded":true}]}]}"#,
        told: [Some((1, 2)), Some((1, 2)), Some((1, 1)), None],
    },
    Sample {
        format: "gcov-json",
        text: r#"{"gcc_version":"12.2.0","files":[{"lines":[{"branches":[{"count":1,"throw":false,"fallthrough":true},{"count":0,"throw":false,"fallthrough":false}],"count":4,"line_number":1,"unexecuted_block":false,"function_name":"f"},{"branches":[],"count":0,"line_number":2,"unexecuted_block":true,"function_name":"f"}],"functions":[{"blocks":4,"end_column":1,"start_line":1,"name":"f","blocks_executed":3,"execution_count":4,"demangled_name":"f","start_column":1,"end_line":2}],"file":"src/a.c"}],"format_version":"1","current_working_directory":"/ci","data_file":"a.gcda"}"#,
        told: [Some((1, 2)), Some((1, 2)), Some((1, 1)), None],
    },
    Sample {
        format: "gcovr-json-summary",
        text: r#"{"root":".","gcovr/summary_format_version":"0.6","files":[{"filename":"src/a.c","line_total":2,"line_covered":1,"branch_total":2,"branch_covered":1,"function_total":0,"function_covered":0}],"line_total":2,"line_covered":1}"#,
        told: [Some((1, 2)), Some((1, 2)), None, None],
    },
    Sample {
        format: "coveralls",
        text: r#"{"git":{"branch":"x"},"source_files":[{"name":"src/a.c","coverage":[2,0,null],"branches":[1,0,0,2,1,0,1,0]}],"repo_token":"t"}"#,
        told: [Some((1, 2)), Some((1, 2)), None, None],
    },
    Sample {
        format: "llvm-cov-json",
        text: r#"{"data":[{"files":[{"filename":"/ci/src/a.c","segments":[[1,1,2,true,true,false],[2,1,0,true,true,false],[3,1,0,false,false,false]],"branches":[[1,2,1,4,1,0,0,0,4]],"summary":{"lines":{"count":3,"covered":1},"branches":{"count":2,"covered":1},"functions":{"count":1,"covered":1}}}],"totals":{}}],"type":"llvm.coverage.json.export","version":"3"}"#,
        told: [Some((1, 3)), Some((1, 2)), Some((1, 1)), None],
    },
    Sample {
        format: "istanbul",
        text: r#"{"/ci/src/a.c":{"path":"/ci/src/a.c","statementMap":{"0":{"start":{"line":1,"column":0},"end":{"line":1,"column":9}},"7":{"start":{"line":2,"column":0},"end":{"line":2,"column":null}}},"fnMap":{"0":{"name":"f","decl":{"start":{"line":1,"column":0},"end":{}}}},"branchMap":{"0":{"loc":{"start":{"line":1,"column":0}},"type":"if","locations":[{"start":{"line":1}},{"start":{}}]}},"s":{"0":1,"7":0},"f":{"0":1},"b":{"0":[1,0]}}}"#,
        told: [Some((1, 2)), Some((1, 2)), Some((1, 1)), Some((1, 2))],
    },
    Sample {
        format: "istanbul-summary",
        text: r#"{"total":{"lines":{"total":2,"covered":1,"pct":50}},"/ci/src/a.c":{"lines":{"total":2,"covered":1,"skipped":0,"pct":50},"branches":{"total":0,"covered":0,"pct":"Unknown"},"functions":{"total":1,"covered":1},"statements":{"total":3,"covered":2}}}"#,
        told: [Some((1, 2)), None, Some((1, 1)), Some((2, 3))],
    },
    Sample {
        format: "simplecov-resultset",
        text: r#"{"RSpec":{"coverage":{"/ci/src/a.c":{"lines":[1,0,0,null],"branches":{"[:if, 0, 1, 2, 3, 4]":{"[:then, 1, 1]":1,"[:else, 2, 1]":0}}}},"timestamp":1},"Minitest":{"coverage":{"/ci/src/a.c":[0,0,null,"ignored"]},"timestamp":2}}"#,
        told: [Some((1, 2)), Some((1, 2)), None, None],
    },
];

fn read(bytes: &[u8]) -> Result<(String, Report), Failure> {
    stream::read_bytes("report", bytes, input::tell).map(|(source, report)| (source.format, report))
}

fn told(report: Report) -> [Pair; 4] {
    let files: Vec<FileCoverage> = report.files.into_iter().map(|record| record.finish(String::new(), true)).collect();
    let sum = |of: fn(&FileCoverage) -> Option<Measure>| {
        let all = files.iter().filter_map(of).map(|one| (one.covered, one.total));
        all.reduce(|sum, one| (sum.0 + one.0, sum.1 + one.1))
    };
    [sum(|file| file.lines), sum(|file| file.branches), sum(|file| file.functions), sum(|file| file.statements)]
}

#[test]
fn each_format_is_known_by_its_content() {
    for sample in SAMPLES {
        let (format, report) = read(sample.text.as_bytes()).unwrap_or_else(|why| panic!("{}: {why:?}", sample.format));
        assert_eq!((sample.format, sample.told), (format.as_str(), told(report)));
    }
}

#[test]
fn what_is_cut_never_tells_something_else() {
    for sample in SAMPLES {
        let whole = sample.text.trim_end().len();
        for end in 0..whole {
            let Ok((_, report)) = read(&sample.text.as_bytes()[..end]) else { continue };
            // Text formats may be cut between two records: what is left is whole in itself, and never more than that.
            let told = told(report);
            let rest = &sample.text[..end];
            let records = match sample.format {
                "lcov" => rest.ends_with("end_of_record") || rest.ends_with('\n'),
                // The first line alone is whole in itself too, and tells nothing.
                "go-coverprofile" => rest.ends_with('\n') || rest.lines().count() == 1,
                _ => false,
            };
            assert!(records || told == sample.told, "{} cut at {end}: {told:?}", sample.format);
            let less = told.iter().zip(sample.told).all(|(cut, all)| cut.map(|cut| cut.1) <= all.map(|all| all.1));
            assert!(less, "{} cut at {end}: {told:?}", sample.format);
        }
    }
}

#[test]
fn damaged_reports_are_an_answer() {
    for sample in SAMPLES {
        for at in 0..sample.text.len() {
            for byte in [0, b'<', b'"', b'9', b'-', b'}', b',', 0xff] {
                let mut bytes = sample.text.as_bytes().to_vec();
                bytes[at] = byte;
                if let Ok((_, report)) = read(&bytes) {
                    let sane = told(report).into_iter().flatten().all(|(covered, total)| covered <= total);
                    assert!(sane, "{} with {byte} at {at}", sample.format);
                }
            }
        }
    }
}

#[test]
fn packing_and_encoding_change_nothing() {
    for sample in SAMPLES {
        let marked = format!("\u{feff}{}", sample.text);
        let windows = sample.text.replace('\n', "\r\n");
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(sample.text.as_bytes()).expect("memory");
        let packed = packed.finish().expect("memory");
        let little: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [marked.as_bytes(), windows.as_bytes(), &little, &big] {
            let (format, report) = read(bytes).unwrap_or_else(|why| panic!("{}: {why:?}", sample.format));
            assert_eq!((sample.format, sample.told), (format.as_str(), told(report)));
        }
        let (source, report) = stream::read_bytes("report", &packed, input::tell).expect("a report");
        assert_eq!((sample.format, sample.told), (source.format.as_str(), told(report)));
        assert_eq!(packed.len() as u64, source.bytes);
        // A packed report that is cut is refused, whatever came out of it before.
        assert!(read(&packed[..packed.len() - 9]).is_err(), "{}", sample.format);
    }
}

#[test]
fn two_formats_in_one_document_are_none() {
    let mixed = r#"{"files":{},"source_files":[]}"#;
    assert!(read(mixed.as_bytes()).is_err());
    assert!(read(br#"{"a":1,"b":[1,2]}"#).is_err());
    assert!(read(b"[1]").is_err());
}

#[test]
fn a_file_that_is_told_twice_under_one_key_is_refused() {
    let python = r#"{"executed_lines":[1],"missing_lines":[]}"#;
    let istanbul =
        r#"{"statementMap":{"0":{"start":{"line":1,"column":0}}},"fnMap":{},"branchMap":{},"s":{"0":1},"f":{},"b":{}}"#;
    for (one, twice) in [
        (
            format!(r#"{{"meta":{{}},"files":{{"a":{python},"b":{python}}}}}"#),
            format!(r#"{{"meta":{{}},"files":{{"a":{python},"a":{python}}}}}"#),
        ),
        (format!(r#"{{"a":{istanbul},"b":{istanbul}}}"#), format!(r#"{{"a":{istanbul},"a":{istanbul}}}"#)),
    ] {
        assert!(read(one.as_bytes()).is_ok());
        let why = read(twice.as_bytes()).expect_err("refused").why;
        assert!(why.contains("stands twice"), "{why}");
    }
}

#[test]
fn endless_ranges_are_refused() {
    let go: String = (0..20).map(|block| format!("src/a.c:{block}.1,4294967295.2 1 1\n")).collect();
    assert!(read(format!("mode: set\n{go}").as_bytes()).is_err());
    let llvm = r#"{"data":[{"files":[{"filename":"a","segments":[[1,1,1,true,true],[4294967295,1,0,false,false]],"summary":{"lines":{"count":1,"covered":1}}}]}]}"#;
    assert!(read(llvm.as_bytes()).is_err());
}

/// The lines of one file as each format tells them.
fn written(lines: &BTreeMap<u32, bool>) -> Vec<String> {
    let join = |each: &dyn Fn(u32, bool) -> String, between: &str| {
        lines.iter().map(|(line, hit)| each(*line, *hit)).collect::<Vec<_>>().join(between)
    };
    let count = |hit: bool| u32::from(hit) * 7;
    let of = |wanted: bool| {
        let lines = lines.iter().filter(|(_, hit)| **hit == wanted).map(|(line, _)| line.to_string());
        lines.collect::<Vec<_>>().join(",")
    };
    let last = lines.keys().next_back().copied().unwrap_or(0);
    let by_index = (1..=last).map(|line| lines.get(&line).map_or("null".to_owned(), |hit| count(*hit).to_string()));
    let by_index = by_index.collect::<Vec<_>>().join(",");
    vec![
        format!("SF:a\n{}\nend_of_record\n", join(&|line, hit| format!("DA:{line},{}", count(hit)), "\n")),
        format!(
            "<coverage><class filename=\"a\"><lines>{}</lines></class></coverage>",
            join(&|line, hit| format!("<line number=\"{line}\" hits=\"{}\"/>", count(hit)), "")
        ),
        format!(
            "<coverage><project><file path=\"a\" name=\"a\">{}</file></project></coverage>",
            join(&|line, hit| format!("<line num=\"{line}\" type=\"stmt\" count=\"{}\"/>", count(hit)), "")
        ),
        format!(
            "<coverage version=\"1\"><file path=\"a\">{}</file></coverage>",
            join(&|line, hit| format!("<lineToCover lineNumber=\"{line}\" covered=\"{hit}\"/>"), "")
        ),
        format!(
            "<report><package name=\"\"><sourcefile name=\"a\">{}</sourcefile></package></report>",
            join(&|line, hit| format!("<line nr=\"{line}\" mi=\"3\" ci=\"{}\"/>", count(hit)), "")
        ),
        format!(
            "{{\"meta\":{{}},\"files\":{{\"a\":{{\"executed_lines\":[{}],\"missing_lines\":[{}]}}}}}}",
            of(true),
            of(false)
        ),
        format!(
            "{{\"files\":[{{\"file\":\"a\",\"lines\":[{}]}}]}}",
            join(&|line, hit| format!("{{\"line_number\":{line},\"count\":{}}}", count(hit)), ",")
        ),
        format!("{{\"source_files\":[{{\"name\":\"a\",\"coverage\":[{by_index}]}}]}}"),
        format!("{{\"RSpec\":{{\"coverage\":{{\"a\":{{\"lines\":[{by_index}]}}}}}}}}"),
        format!(
            "{{\"a\":{{\"statementMap\":{{{}}},\"fnMap\":{{}},\"branchMap\":{{}},\"s\":{{{}}},\"f\":{{}},\"b\":{{}}}}}}",
            join(&|line, _| format!("\"{line}\":{{\"start\":{{\"line\":{line},\"column\":0}}}}"), ","),
            join(&|line, hit| format!("\"{line}\":{}", count(hit)), ",")
        ),
    ]
}

proptest! {
    #[test]
    fn what_any_format_writes_is_read(lines in prop::collection::btree_map(1_u32..3_000, any::<bool>(), 1..50)) {
        for text in written(&lines) {
            let (format, report) = read(text.as_bytes()).unwrap_or_else(|why| panic!("{why:?} in {text}"));
            let told: BTreeMap<u32, bool> = report.files[0].lines.iter().collect();
            prop_assert_eq!(&lines, &told, "{}", format);
        }
    }

    #[test]
    fn parts_of_a_run_come_to_the_whole(lines in prop::collection::btree_map(1_u32..900, (any::<bool>(), any::<bool>()), 1..50)) {
        let of = |part: fn(&(bool, bool)) -> bool| lines.iter().map(|(line, both)| (*line, part(both))).collect();
        let (one, two): (BTreeMap<u32, bool>, BTreeMap<u32, bool>) = (of(|both| both.0), of(|both| both.1));
        let whole: BTreeMap<u32, bool> = of(|both| both.0 || both.1);
        for (one, two) in written(&one).iter().zip(written(&two)) {
            let first = read(one.as_bytes()).expect("a report").1.files.remove(0);
            let mut both = read(two.as_bytes()).expect("a report").1.files.remove(0);
            both.union(first);
            prop_assert_eq!(&whole, &both.lines.iter().collect::<BTreeMap<_, _>>());
        }
    }
}
