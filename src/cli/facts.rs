//! `donegate facts`.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use std::path::Path;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use std::collections::BTreeMap;

use crate::code::explain::Explained;
use crate::domain::units::count;
use crate::engine::{self, Request};
use crate::facts::routes::Routes;
use crate::facts::{AreaName, Facts, State};
use crate::repo::Repo;
use crate::report::printable;
use crate::verdict::exit;

use super::args::{self, FactsFormat};
use super::{Stop, print, say};

/// What holds of an area's facts, of whatever type they are; and what holds where there are none.
macro_rules! with_area {
    ($facts:expr, $area:expr, |$name:ident| $then:expr, $otherwise:expr) => {
        with_area!(@each $facts, $area, $name, $then, $otherwise,
            Routes routes, Env env, Coverage coverage, Audit audit, Tests tests, Performance performance,
            Openapi openapi, Dockerfiles dockerfiles, Images images, Changes changes)
    };
    (@each $facts:expr, $area:expr, $name:ident, $then:expr, $otherwise:expr, $($variant:ident $field:ident),+) => {
        match $area {
            $(AreaName::$variant => match &$facts.$field {
                Some($name) => $then,
                None => $otherwise,
            },)+
        }
    };
}

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
    request.run = arguments.run;
    let facts = engine::facts(&request, &areas)?;
    let states: Vec<(AreaName, State)> = areas.iter().map(|area| (*area, state_of(&facts, *area))).collect();
    let proven = states.iter().all(|(_, state)| *state == State::Found);
    match arguments.format {
        FactsFormat::Json => print_json(&Printed { facts: &facts, areas: &areas })?,
        FactsFormat::Human => {
            let lines: Vec<String> = states.iter().map(|(area, state)| summary(*area, *state, &facts)).collect();
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
                let (file, why) = (printable(&site.file), printable(&site.why));
                let _ = writeln!(text, "{}: {file}:{}: {why}", site.explained.name(), site.line);
                let _ = writeln!(text, "    {}", printable(&site.text));
            }
            let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
            let _ = writeln!(text, "{} places: {}", sites.len(), counts.join(", "));
            print(&text)?
        }
    };
    Ok(if left { exit::BLOCKED } else { exit::COMPLETE })
}

/// A single file will do: then its folder is the repository, which is said.
fn folder_of(path: &Path) -> &Path {
    if !path.is_file() {
        return path;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (file, read) = (path.display().to_string(), folder.display().to_string());
    say(&format!("note: {} is a file: all of its folder {} is read", printable(&file), printable(&read)));
    folder
}

/// Facts as JSON, written as they are: those of a large report are not held a second time.
fn print_json(printed: &Printed<'_>) -> Result<u8, Stop> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, printed).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(exit::COMPLETE)
}

/// Areas by name.
struct Printed<'a> {
    facts: &'a Facts,
    areas: &'a [AreaName],
}

impl Serialize for Printed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for area in self.areas {
            with_area!(self.facts, *area, |facts| map.serialize_entry(area.name(), facts)?, {
                let evidence = serde_json::json!({
                    "state": "unsupported", "reports": [], "looked_for": [],
                    "problems": [{ "path": ".", "why": "not built yet" }],
                });
                map.serialize_entry(area.name(), &serde_json::json!({ "evidence": evidence }))?;
            });
        }
        map.end()
    }
}

fn state_of(facts: &Facts, area: AreaName) -> State {
    with_area!(facts, area, |facts| facts.evidence.state, State::Unsupported)
}

/// A line or a few for a person: the state, how many of what, and what is wrong; routes one by one.
fn summary(area: AreaName, state: State, facts: &Facts) -> String {
    let json = with_area!(facts, area, |facts| serde_json::to_value(facts).expect("facts are plain data"), Value::Null);
    let mut text = format!("{}: {}\n", area.name(), state.name());
    if area == AreaName::Routes
        && let Some(routes) = facts.routes.as_ref().and_then(|area| area.facts.as_ref())
    {
        text.push_str(&listed(routes));
    }
    let listed = |key: &str| area == AreaName::Routes && matches!(key, "items" | "unresolved" | "tests");
    for (key, value) in json.as_object().into_iter().flatten().filter(|(key, _)| *key != "evidence" && !listed(key)) {
        let shown = match value {
            Value::Array(items) if items.is_empty() => "none".to_owned(),
            Value::Array(items) if items.iter().all(Value::is_string) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
            }
            Value::Array(items) => format!("{} entries", items.len()),
            Value::Object(map) if map.contains_key("covered") && map.contains_key("total") => {
                format!("{} of {}", map["covered"], map["total"])
            }
            other => other.to_string(),
        };
        let _ = writeln!(text, "  {key}: {}", printable(&shown));
    }
    for problem in json["evidence"]["problems"].as_array().into_iter().flatten() {
        let line = problem["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
        let (path, why) = (problem["path"].as_str().unwrap_or_default(), problem["why"].as_str().unwrap_or_default());
        let _ = writeln!(text, "  problem: {}{line}: {}", printable(path), printable(why));
    }
    text
}

/// Paths wider than this do not widen the column of paths.
const WIDEST: usize = 60;

/// The routes, one a line with the place that registers it; what is not known, with the reason; and how many of both.
fn listed(routes: &Routes) -> String {
    let mut text = String::new();
    let widest = routes.items.iter().map(|route| route.path.chars().count()).filter(|width| *width <= WIDEST).max();
    let width = widest.unwrap_or_default();
    for route in &routes.items {
        let (method, path, file) = (printable(&route.method), printable(&route.path), printable(&route.file));
        let library = route.library.as_ref().map(|library| format!("  (by {})", printable(library)));
        let condition = if route.conditional { "  (under a condition)" } else { "" };
        let more = library.unwrap_or_default();
        let _ = writeln!(text, "  {method:<7} {path:<width$}  {file}:{}{more}{condition}", route.line);
    }
    for one in &routes.unresolved {
        let _ = writeln!(text, "  unresolved: {}:{}: {}", printable(&one.file), one.line, printable(&one.reason));
    }
    let routes_counted = count(routes.items.len(), "route");
    let _ = write!(text, "  {routes_counted}, {} unresolved", routes.unresolved.len());
    if let Some(tests) = &routes.tests {
        let (files, requests) = (count(tests.files, "file"), count(tests.requests, "request"));
        let _ = write!(text, "; {files} of tests with {requests}, {} of which reach no known route", tests.unmatched);
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::routes::{Route, TestsRead, Unresolved};

    #[test]
    fn routes_are_listed_one_a_line_with_what_is_not_known() {
        let route = |method: &str, path: &str, library: Option<&str>, conditional| Route {
            method: method.to_owned(),
            path: path.to_owned(),
            framework: "gin".to_owned(),
            file: "main.go".to_owned(),
            line: 7,
            conditional,
            library: library.map(str::to_owned),
            tests: Vec::new(),
            tests_left_out: 0,
            service: None,
        };
        let routes = Routes {
            items: vec![route("GET", "/a/{id}", None, true), route("DELETE", "/b", Some("promhttp"), false)],
            unresolved: vec![Unresolved {
                file: "x.go".to_owned(),
                line: 3,
                reason: "the path\u{7} is not known".to_owned(),
                paths: Vec::new(),
            }],
            tests: Some(TestsRead {
                files: 1,
                requests: 2,
                unmatched: 1,
                unmatched_requests: Vec::new(),
                unmatched_left_out: 0,
                bases: Vec::new(),
                unnamed: Vec::new(),
                services: Vec::new(),
                problems: Vec::new(),
            }),
        };
        let text = listed(&routes);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "  GET     /a/{id}  main.go:7  (under a condition)");
        assert_eq!(lines[1], "  DELETE  /b       main.go:7  (by promhttp)");
        assert!(lines[2].starts_with("  unresolved: x.go:3: the path") && !lines[2].contains('\u{7}'), "{text}");
        assert_eq!(
            lines[3],
            "  2 routes, 1 unresolved; 1 file of tests with 2 requests, 1 of which reach no known route"
        );
    }
}
