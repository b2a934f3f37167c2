//! How quickly coverage reports are read: bytes per second of generated ones. `cargo bench --bench reports`.
#![expect(clippy::disallowed_methods, reason = "the benchmark makes the reports that it reads")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use divan::Bencher;
use divan::counter::BytesCount;
use donegate::evidence::coverage::CoverageCollector;
use donegate::evidence::{Collector, Context};
use donegate::facts::AreaName;
use donegate::repo::Repo;

fn main() {
    divan::main();
}

/// The formats that are measured.
const FORMATS: [&str; 5] = ["lcov", "cobertura", "jacoco", "clover", "istanbul"];

/// What a file of a format begins and ends with, and each of its lines.
fn part(format: &str, file: usize) -> (String, String) {
    match format {
        "lcov" => (format!("SF:src/f{file}.ts\n"), "end_of_record\n".to_owned()),
        "cobertura" => (format!("<class filename=\"src/f{file}.ts\"><lines>\n"), "</lines></class>\n".to_owned()),
        "jacoco" => (format!("<sourcefile name=\"f{file}.ts\">"), "</sourcefile>".to_owned()),
        "clover" => (format!("<file path=\"src/f{file}.ts\">\n"), "</file>\n".to_owned()),
        _ => {
            (format!("\"src/f{file}.ts\":{{\"fnMap\":{{}},\"branchMap\":{{}},\"f\":{{}},\"b\":{{}},"), "},".to_owned())
        }
    }
}

fn line(format: &str, line: usize) -> String {
    let hits = line % 3;
    match format {
        "lcov" => format!("DA:{line},{hits}\n"),
        "cobertura" => format!("<line number=\"{line}\" hits=\"{hits}\"/>\n"),
        "jacoco" => format!("<line nr=\"{line}\" mi=\"0\" ci=\"{hits}\" mb=\"0\" cb=\"0\"/>"),
        "clover" => format!("<line num=\"{line}\" count=\"{hits}\" type=\"stmt\"/>\n"),
        _ => String::new(),
    }
}

fn report(format: &str, files: usize) -> String {
    let (start, end) = match format {
        "cobertura" => ("<coverage><packages><package><classes>\n", "</classes></package></packages></coverage>\n"),
        "jacoco" => ("<report name=\"r\"><package name=\"src\">", "</package></report>"),
        "clover" => ("<coverage><project>\n", "</project></coverage>\n"),
        "istanbul" => {
            ("{", "\"src/last.ts\":{\"statementMap\":{},\"fnMap\":{},\"branchMap\":{},\"s\":{},\"f\":{},\"b\":{}}}")
        }
        _ => ("TN:\n", ""),
    };
    let mut text = start.to_owned();
    for file in 0..files {
        let (begin, finish) = part(format, file);
        text.push_str(&begin);
        if format == "istanbul" {
            let places = (1..800).map(|line| {
                format!("\"{line}\":{{\"start\":{{\"line\":{line},\"column\":2}},\"end\":{{\"line\":{line},\"column\":40}}}}")
            });
            let counts = (1..800).map(|line| format!("\"{line}\":{}", line % 3));
            let (places, counts) = (places.collect::<Vec<_>>().join(","), counts.collect::<Vec<_>>().join(","));
            let _ = write!(text, "\"statementMap\":{{{places}}},\"s\":{{{counts}}}");
        } else {
            text.extend((1..800).map(|number| line(format, number)));
        }
        text.push_str(&finish);
    }
    text.push_str(end);
    text
}

#[divan::bench(args = FORMATS, sample_count = 5, sample_size = 1)]
fn read_coverage(bencher: Bencher<'_, '_>, format: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let text = report(format, 1_000);
    fs::create_dir(folder.path().join("src")).expect("a folder");
    fs::write(folder.path().join("src/f0.ts"), "x").expect("a file");
    fs::write(folder.path().join("report"), &text).expect("a file");
    let repo = Repo::open(folder.path()).expect("a tree");
    let places = BTreeMap::from([(AreaName::Coverage, vec!["report".to_owned()])]);
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| CoverageCollector.collect(&Context::new(&repo, &places, None)));
}
