//! `donegate facts`.

use std::fmt::Write as _;

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};

use std::collections::BTreeMap;

use crate::code::explain::Explained;
use crate::engine::{self, Request};
use crate::facts::{Area, AreaName, Facts, State};
use crate::repo::Repo;
use crate::verdict::exit;

use super::args::{self, FactsFormat};
use super::{Stop, print};

pub(super) fn run(arguments: &args::Facts) -> Result<u8, Stop> {
    let mut areas = arguments.areas.clone();
    if areas.is_empty() {
        areas = AreaName::ALL.to_vec();
    }
    areas.dedup();
    if arguments.explain {
        return explain(arguments);
    }
    let mut request = Request::new(folder_of(&arguments.path));
    request.base = arguments.change.base.clone();
    request.staged = arguments.change.staged;
    request.evidence = arguments.change.evidence.clone();
    let facts = engine::facts(&request, &areas)?;
    let mut all = Map::new();
    let mut states = Vec::new();
    for area in areas {
        let (json, state) = area_json(&facts, area);
        states.push((area, state));
        all.insert(area.name().to_owned(), json);
    }
    let proven = states.iter().all(|(_, state)| *state == State::Found);
    match arguments.format {
        FactsFormat::Json => print(&format!("{:#}\n", Value::Object(all)))?,
        FactsFormat::Human => {
            let lines: Vec<String> = states.iter().map(|(area, state)| summary(*area, *state, &all)).collect();
            print(&lines.concat())?
        }
    };
    Ok(if proven { exit::COMPLETE } else { exit::BLOCKED })
}

/// Explains what looks like a registration; the code tells whether anything is left unexplained.
fn explain(arguments: &args::Facts) -> Result<u8, Stop> {
    if arguments.areas.as_slice() != [AreaName::Routes] {
        return Err(Stop::Wrong("only routes are explained: donegate facts routes --explain".to_owned()));
    }
    let repo = Repo::open(folder_of(&arguments.path))
        .map_err(|why| Stop::Wrong(format!("cannot open the repository: {why}")))?;
    let sites = crate::code::explain::explain(&repo);
    let left = sites.iter().any(|site| site.explained == Explained::Unexplained);
    match arguments.format {
        FactsFormat::Json => print(&format!("{:#}\n", serde_json::json!({ "sites": sites })))?,
        FactsFormat::Human => {
            let mut text = String::new();
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for site in &sites {
                *counts.entry(site.explained.name()).or_default() += 1;
                let (file, why) = (crate::report::printable(&site.file), crate::report::printable(&site.why));
                let _ = writeln!(text, "{}: {file}:{}: {why}", site.explained.name(), site.line);
                let _ = writeln!(text, "    {}", crate::report::printable(&site.text));
            }
            let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
            let _ = writeln!(text, "{} places: {}", sites.len(), counts.join(", "));
            print(&text)?
        }
    };
    Ok(if left { exit::BLOCKED } else { exit::COMPLETE })
}

/// A single file will do: then its folder is the repository.
fn folder_of(path: &Path) -> &Path {
    if path.is_file() {
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    } else {
        path
    }
}

fn area_json(facts: &Facts, area: AreaName) -> (Value, State) {
    fn of<T: Serialize>(area: Option<&Area<T>>) -> (Value, State) {
        match area {
            Some(area) => (serde_json::to_value(area).expect("facts are plain data"), area.evidence.state),
            None => {
                let evidence = serde_json::json!({
                    "state": "unsupported", "reports": [], "looked_for": [],
                    "problems": [{ "path": ".", "why": "not built yet" }],
                });
                (serde_json::json!({ "evidence": evidence }), State::Unsupported)
            }
        }
    }
    match area {
        AreaName::Routes => of(facts.routes.as_ref()),
        AreaName::Env => of(facts.env.as_ref()),
        AreaName::Coverage => of(facts.coverage.as_ref()),
        AreaName::Audit => of(facts.audit.as_ref()),
        AreaName::Tests => of(facts.tests.as_ref()),
        AreaName::Performance => of(facts.performance.as_ref()),
        AreaName::Openapi => of(facts.openapi.as_ref()),
        AreaName::Dockerfiles => of(facts.dockerfiles.as_ref()),
        AreaName::Images => of(facts.images.as_ref()),
        AreaName::Changes => of(facts.changes.as_ref()),
    }
}

/// A line or a few for a person: the state, how many of what, and what is wrong.
fn summary(area: AreaName, state: State, all: &Map<String, Value>) -> String {
    let json = &all[area.name()];
    let mut text = format!("{}: {}\n", area.name(), state.name());
    for (key, value) in json.as_object().into_iter().flatten().filter(|(key, _)| *key != "evidence") {
        let shown = match value {
            Value::Array(items) => format!("{} entries", items.len()),
            Value::Object(map) if map.contains_key("covered") && map.contains_key("total") => {
                format!("{} of {}", map["covered"], map["total"])
            }
            other => other.to_string(),
        };
        let _ = writeln!(text, "  {key}: {}", crate::report::printable(&shown));
    }
    for problem in json["evidence"]["problems"].as_array().into_iter().flatten() {
        let line = problem["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
        let (path, why) = (problem["path"].as_str().unwrap_or_default(), problem["why"].as_str().unwrap_or_default());
        let _ =
            writeln!(text, "  problem: {}{line}: {}", crate::report::printable(path), crate::report::printable(why));
    }
    text
}
