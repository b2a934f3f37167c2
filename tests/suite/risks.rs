//! Every file of detectors under `rules/risks` has samples beside it: changed files and what is risky in them.

use std::collections::BTreeMap;
use std::fs;

use donegate::domain::change::{ChangeStatus, ChangedFile, Changes, RiskLevel};
use donegate::evidence::risks;
use donegate::repo::Repo;
use serde::Deserialize;

use super::support::of_the_package;

/// One sample: a change that adds files, edits or deletes others, and every risk of the kind that the file is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    name: String,
    files: BTreeMap<String, String>,
    /// Files that the base has and the change leaves alone.
    #[serde(default)]
    kept: BTreeMap<String, String>,
    /// Those of `files` that the base has too, with the first line that the change adds to them.
    #[serde(default)]
    edited: BTreeMap<String, u32>,
    #[serde(default)]
    deleted: Vec<String>,
    /// `level path:line`, or `level path`.
    risks: Vec<String>,
}

fn level(level: RiskLevel) -> &'static str {
    match level {
        RiskLevel::Low => "low",
        RiskLevel::Medium => "medium",
        RiskLevel::High => "high",
        RiskLevel::Critical => "critical",
    }
}

fn change(sample: &Sample) -> Changes {
    let file = |path: &String, status| {
        let first = sample.edited.get(path).copied();
        let status = if first.is_some() { ChangeStatus::Modified } else { status };
        ChangedFile { path: path.clone(), status, from: None, lines: vec![(first.unwrap_or(1), u32::MAX)] }
    };
    let added = sample.files.keys().map(|path| file(path, ChangeStatus::Added));
    let deleted = sample.deleted.iter().map(|path| file(path, ChangeStatus::Deleted));
    Changes { files: added.chain(deleted).collect(), ..Changes::default() }
}

#[test]
fn every_file_of_detectors_has_samples_and_they_hold() {
    let folder = of_the_package("rules/risks");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("a folder of detectors") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.ends_with(".test.yaml") {
            continue;
        }
        let kind = name.trim_end_matches(".yaml");
        let samples = path.with_extension("test.yaml");
        let text = fs::read_to_string(&samples).unwrap_or_else(|_| panic!("{name} has no samples"));
        let samples: Vec<Sample> =
            donegate::yaml::parse(&name, &text).and_then(|node| node.read()).unwrap_or_else(|mistake| {
                panic!("the samples of {name}, line {}: {}", mistake.place.line, mistake.message);
            });
        for sample in samples {
            count += 1;
            let files: Vec<(&str, &str)> =
                sample.files.iter().chain(&sample.kept).map(|(path, text)| (path.as_str(), text.as_str())).collect();
            let found = risks::collect(&Repo::in_memory(&files), &change(&sample));
            let mut found: Vec<String> = found
                .into_iter()
                .filter(|risk| risk.kind == kind)
                .map(|risk| {
                    let line = risk.line.map(|line| format!(":{line}")).unwrap_or_default();
                    format!("{} {}{line}", level(risk.level), risk.file)
                })
                .collect();
            let mut expected = sample.risks.clone();
            found.sort();
            found.dedup();
            expected.sort();
            if found != expected {
                wrong.push(format!("{name}: {}\n  expected {expected:#?}\n  found    {found:#?}", sample.name));
            }
        }
    }
    assert!(count > 3);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The table of what covers other tools' rules names nothing that is not there.
#[test]
fn what_the_page_on_risks_names_is_there() {
    let root = of_the_package("");
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_else(|why| panic!("{path}: {why}"));
    let operations = read("rules/migrations/sql.yaml");
    let detectors: String = ["auth-change", "data-deletion", "schema-change", "weakened-gate"]
        .iter()
        .map(|name| read(&format!("rules/risks/{name}.yaml")))
        .collect();
    let page = read("docs/risks.md");
    let rows = page.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.split(" | ").nth(1));
    let names: Vec<&str> = rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert!(names.len() > 60, "the tables were not found");
    let known = |name: &str| operations.contains(&format!("\n{name}:")) || detectors.contains(&format!("id: {name},"));
    let settings = ["algorithm", "lock"];
    let lost: Vec<&&str> = names.iter().filter(|name| !settings.contains(name) && !known(name)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}
