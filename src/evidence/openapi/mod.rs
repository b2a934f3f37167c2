//! OpenAPI documents (3.0, 3.1, 3.2 and Swagger 2, YAML and JSON): found by content, read with places, validated, and held
//! against the route inventory. The formats: <https://spec.openapis.org>.
//!
//! Traps: `openapi: 3.0` without quotes is a number in YAML; a document in many files refers to path items; the base path
//! stands in `servers`, in `basePath`, or nowhere; webhooks are requests that the service sends, and no routes.

mod align;
mod breaking;
mod contract;
mod json;
mod keywords;
mod library;
mod operations;
mod services;
mod shapes;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::services::Services as Folders;
use super::{Collected, Collector, Command, Context, command_source, dependencies};
use crate::domain::change::{ChangedFile, Risk};
use crate::domain::folders::{Role, lies_in};
use crate::domain::node::{Mistake, Node, Place, Value};
use crate::domain::provenance::Source;
use crate::domain::units::count;
use crate::facts::commands::shown;
use crate::facts::openapi::{Document, OpenApi, Operation, SpecError};
use crate::facts::routes::Route;
use crate::facts::{Area, AreaName, Evidence, Problem, State};
use crate::repo::Repo;
use align::{Bases, Inventory};
use library::{Finder, Library};
use operations::{Found, Reading};
use services::Services;

/// Reads OpenAPI documents.
#[derive(Debug)]
pub struct OpenApiCollector;

/// Where documents lie: by name anywhere, and whatever lies at the root or in a folder of such a name.
const PLACES: &[&str] = &[
    "**/*{openapi,open-api,open_api,swagger,Swagger,OpenAPI,OpenApi,oas}*.{yaml,yml,json}",
    "*.{yaml,yml,json}",
    "**/{docs,doc,api,apis,spec,specs,static,public,openapi,swagger,schema,schemas,contract,contracts,resources,assets}/*.{yaml,yml,json}",
    "**/{openapi,swagger,api-spec,api-docs,apidocs,spec,specs}/**/*.{yaml,yml,json}",
];
/// Where an exported document lies that ignore rules may hide.
const EXPORTED: &[&str] =
    &["openapi.json", "openapi.yaml", "openapi.yml", "swagger.json", "swagger.yaml", "swagger.yml"];
/// Folders whose documents are not the service's own.
const FOREIGN: &[Role] = &[Role::Vendored, Role::Built, Role::Fixture, Role::Examples, Role::Sample, Role::Test];
/// More documents than this are refused.
const MAX_DOCUMENTS: usize = 64;

/// What a document starts with, wherever in its text that stands.
static SIGN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^[ \t]*["']?(?:openapi|swagger)["']?[ \t]*:[ \t]*["']?\d|"(?:openapi|swagger)"\s*:\s*"\d"#)
        .expect("a fixed expression")
});

/// A library that makes the document at run time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Generator {
    name: String,
    dependency: Vec<String>,
    export: String,
}

static GENERATORS: LazyLock<Vec<Generator>> = LazyLock::new(|| {
    let text = include_str!("../../../rules/openapi/generators.yaml");
    let node = crate::yaml::parse("rules/openapi/generators.yaml", text).expect("built-in YAML: a test reads it");
    node.read().expect("built-in generators: a test reads them")
});

impl Collector for OpenApiCollector {
    fn area(&self) -> AreaName {
        AreaName::Openapi
    }

    fn looks_for(&self) -> &'static [&'static str] {
        PLACES
    }

    fn collect(&self, context: &Context<'_>) -> Collected {
        let area = super::routes::collect(context.analysis());
        // Routes that are not known are no inventory without routes.
        let routes = area.proven().ok().map(|routes| routes.items.as_slice());
        let given = context.places.get(&AreaName::Openapi).map(Vec::as_slice);
        let services = || context.services().clone();
        Collected::Openapi(collect(context.repo, given, (routes, &services), context.commands_of(AreaName::Openapi)))
    }
}

/// A document that was read.
struct Read {
    path: String,
    version: String,
    /// The version of what it describes, as it says.
    release: Option<String>,
    declared: Vec<String>,
    found: Vec<Found>,
    mistakes: BTreeSet<Mistake>,
}

/// What was read so far.
#[derive(Default)]
struct Gathered {
    documents: Vec<Read>,
    /// There is one of a version that is not read.
    unsupported: bool,
}

impl Gathered {
    fn take(&mut self, read: Result<Option<Read>, Refused>, evidence: &mut Evidence) {
        match read {
            Ok(read) => self.documents.extend(read),
            Err(Refused::Unsupported(problem)) => {
                self.unsupported = true;
                evidence.problems.push(problem);
            }
            Err(Refused::Unreadable(problem)) => evidence.problems.push(problem),
        }
    }
}

/// The routes, where they are known, and what tells their services apart.
type Code<'c> = (Option<&'c [Route]>, &'c dyn Fn() -> Folders);

fn collect(repo: &Repo, given: Option<&[String]>, code: Code<'_>, commands: &[Command]) -> Area<OpenApi> {
    let looked_for = given.map_or_else(|| PLACES.iter().map(|&place| place.to_owned()).collect(), <[String]>::to_vec);
    let mut evidence = Evidence::new(State::Absent, looked_for);
    let mut gathered = Gathered::default();
    for path in candidates(repo, given) {
        if gathered.documents.len() >= MAX_DOCUMENTS {
            let why = format!("more than {MAX_DOCUMENTS} documents: name yours in the DoD under `evidence: openapi:`");
            evidence.problems.push(Problem { path, line: None, why });
            break;
        }
        let read = document(repo, &path, given.is_some(), &mut evidence);
        gathered.take(read, &mut evidence);
    }
    for command in commands {
        let read = printed(repo, command, &mut evidence);
        gathered.take(read, &mut evidence);
    }
    let Gathered { documents, unsupported } = gathered;
    // A document that is named alone tells of all.
    let whole = given.is_some() && documents.len() == 1;
    let facts = hold(repo, &documents, code.0, &if whole { Folders::default() } else { code.1() });
    evidence.reports.sort();
    evidence.reports.dedup();
    evidence.state = match (evidence.problems.is_empty(), documents.is_empty(), facts.operations.is_empty()) {
        (false, true, _) if unsupported => State::Unsupported,
        (false, _, _) => State::Unreadable,
        (true, true, _) => State::Absent,
        (true, false, true) => State::Empty,
        (true, false, false) => State::Found,
    };
    if evidence.state == State::Absent {
        evidence.problems = generators(repo);
    }
    Area { facts: (!documents.is_empty()).then_some(facts), evidence }
}

/// What breaks clients between the documents of two trees; only documents that the change touches.
pub(super) fn breaking(base: &Repo, head: &Repo, files: &[ChangedFile]) -> Vec<Risk> {
    breaking::collect(base, head, files)
}

/// The libraries that make a document when the program runs: where they are declared, and what exports one.
fn generators(repo: &Repo) -> Vec<Problem> {
    let declared = dependencies::collect(repo).facts.unwrap_or_default();
    let mut found: Vec<Problem> = Vec::new();
    for generator in GENERATORS.iter() {
        let names = |name: &str| {
            let last = name.rsplit(':').next().unwrap_or(name);
            generator.dependency.iter().any(|known| known.eq_ignore_ascii_case(name) || known == last)
        };
        if let Some(item) = declared.items.iter().find(|item| names(&item.name)) {
            let why =
                format!("{} makes the document only when it runs: export it with {}", generator.name, generator.export);
            found.push(Problem { path: item.file.clone(), line: item.line, why });
        }
    }
    found
}

/// The files that may be documents.
fn candidates(repo: &Repo, given: Option<&[String]>) -> Vec<String> {
    if let Some(globs) = given {
        return repo.find(globs, false).unwrap_or_default().iter().map(ToString::to_string).collect();
    }
    let globs: Vec<String> = PLACES.iter().map(|&place| place.to_owned()).collect();
    let own = |path: &str| !lies_in(path, FOREIGN);
    let tracked = super::files::matching(repo, &globs).unwrap_or_default();
    let mut all: BTreeSet<String> = tracked
        .into_iter()
        .filter(|entry| !entry.link)
        .map(|entry| entry.path.to_string())
        .filter(|path| own(path))
        .collect();
    all.extend(EXPORTED.iter().filter(|path| repo.exists(path)).map(|&path| path.to_owned()));
    all.into_iter().collect()
}

/// Why a file that looks like a document is none that can be used.
enum Refused {
    Unreadable(Problem),
    Unsupported(Problem),
}

fn unreadable(path: &str, line: Option<u32>, why: impl Into<String>) -> Refused {
    Refused::Unreadable(Problem { path: path.to_owned(), line, why: why.into() })
}

/// Reads a file; none where it is no document and neither its name nor anybody said that it is.
fn document(repo: &Repo, path: &str, named: bool, evidence: &mut Evidence) -> Result<Option<Read>, Refused> {
    let sure = named || says_so(path);
    let content = match repo.read(path, library::MAX_BYTES) {
        Ok(content) => content,
        Err(error) if sure => return Err(unreadable(path, None, error.to_string())),
        Err(_) => return Ok(None),
    };
    let text = match library::text(&content) {
        Ok(text) => text,
        Err(why) if sure => return Err(unreadable(path, None, why)),
        Err(_) => return Ok(None),
    };
    if !sure && !SIGN.is_match(&text) {
        return Ok(None);
    }
    let root = library::parse(path, &text).map_err(|mistake| broken(path, &mistake))?;
    read(repo, path, root, content.source(""), named, evidence)
}

/// Whether the name of a file says that it is a document: `openapi.yaml`, `users.swagger.json`, `users-openapi.yml`.
fn says_so(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
    let is_word = |word: &str| matches!(word, "openapi" | "swagger" | "oas");
    stem.split('.').any(is_word) || stem.rsplit(['-', '_']).next().is_some_and(is_word)
}

/// Reads what a command printed; none where that is no document, and what it may have written is looked for as ever.
fn printed(repo: &Repo, command: &Command, evidence: &mut Evidence) -> Result<Option<Read>, Refused> {
    let Some(ran) = command.ran.as_ref().ok().filter(|ran| !ran.timed_out && !ran.cut) else { return Ok(None) };
    let path = shown(&command.argv);
    let Ok(text) = std::str::from_utf8(&ran.stdout) else { return Ok(None) };
    let text = text.trim_start_matches('\u{feff}');
    if !SIGN.is_match(text) {
        return Ok(None);
    }
    let json = text.trim_start().starts_with('{');
    let root = if json { json::parse(&path, text) } else { crate::yaml::parse_foreign(&path, text) };
    let root = root.map_err(|mistake| broken(&path, &mistake))?;
    read(repo, &path, root, command_source(command, &ran.stdout), false, evidence)
}

/// Why a file that was named is no document.
const NONE: &str = "no OpenAPI document: neither `openapi` nor `swagger` stands at its top";

fn broken(path: &str, mistake: &Mistake) -> Refused {
    unreadable(path, Some(mistake.place.line), format!("{} (column {})", mistake.message, mistake.place.column))
}

/// Reads a document by what stands at its top.
fn read(
    repo: &Repo,
    path: &str,
    root: Node,
    source: Source,
    named: bool,
    evidence: &mut Evidence,
) -> Result<Option<Read>, Refused> {
    let Some((node, version)) = version(&root) else {
        return if named { Err(unreadable(path, None, NONE)) } else { Ok(None) };
    };
    let family = version.split('.').take(2).collect::<Vec<_>>().join(".");
    let Some(shapes) = shapes::of(&family) else {
        let why = format!("version `{version}` is not read: 2.0, 3.0, 3.1 and 3.2 are");
        return Err(Refused::Unsupported(Problem { path: path.to_owned(), line: Some(node.place.line), why }));
    };
    evidence.reports.push(Source { format: format!("openapi-{family}"), ..source });
    let library = Library::new(repo, path, root);
    let finder = Finder::default();
    let start = Place { file: path.into(), line: 1, column: 1 };
    let root = library.root(path).map_err(|mistake| unreadable(path, Some(start.line), mistake.message.clone()))?;
    let mut mistakes = shapes::Walk::mistakes(&library, &finder, shapes, root);
    let reading = Reading::new(&library, &finder, root, &family);
    mistakes.extend(reading.mistakes);
    evidence.reports.extend(library.sources.iter().cloned());
    let (declared, release) = (operations::bases(root), operations::release(root));
    Ok(Some(Read { path: path.to_owned(), version, release, declared, found: reading.found, mistakes }))
}

/// The version that a document says it has.
fn version(root: &Node) -> Option<(&Node, String)> {
    let node = root.get("openapi").or_else(|| root.get("swagger"))?;
    let text = match &node.value {
        Value::Str(text) => text.clone(),
        Value::Float(number) => format!("{number:.1}"),
        Value::Int(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => return None,
    };
    text.starts_with(|c: char| c.is_ascii_digit()).then_some((node, text))
}

/// Holds documents against routes; where these are not known, says what the documents have and no more.
fn hold(repo: &Repo, documents: &[Read], routes: Option<&[Route]>, found: &Folders) -> OpenApi {
    let services = Services::new(repo, documents, routes.unwrap_or_default(), found);
    let mut facts = OpenApi::default();
    let mut operations = vec![Vec::new(); services.len()];
    // Documents of which the code has nothing.
    let mut foreign: Vec<Option<&String>> = Vec::new();
    let mut bases: Vec<Bases> = Vec::new();
    for (number, read) in documents.iter().enumerate() {
        let place = services.place(number);
        let inventory = services.told(place);
        let taken = bases.iter().enumerate().filter(|(other, _)| is_twin(read, &documents[*other]));
        let taken: BTreeSet<&str> = taken.flat_map(|(_, bases)| &bases.paths).map(String::as_str).collect();
        let own = inventory.bases(read, &taken);
        let base = own.paths[0].clone();
        if own.found {
            let said = if read.declared.is_empty() { "none".to_owned() } else { read.declared.join(", ") };
            facts.notes.push(format!(
                "{}: the base path is taken to be {base}, under which the code has its operations (the document says {said})",
                read.path
            ));
        }
        let placed: Vec<Operation> = placed(inventory, read, &own.paths).collect();
        bases.push(own);
        let answered = placed.iter().filter(|operation| !inventory.lacks(operation)).count();
        foreign.push((answered == 0 && !placed.is_empty()).then_some(&read.path));
        operations[place].extend(placed);
        facts.documents.push(Document { path: read.path.clone(), version: read.version.clone(), base });
        facts.errors.extend(read.mistakes.iter().map(|mistake| SpecError {
            path: mistake.place.file.to_string(),
            line: mistake.place.line,
            column: mistake.place.column,
            why: match &mistake.help {
                Some(help) => format!("{} ({help})", mistake.message),
                None => mistake.message.clone(),
            },
        }));
    }
    facts.errors.sort();
    facts.errors.dedup();
    for operations in &mut operations {
        operations.sort();
        operations.dedup_by(|left, right| (&left.path, &left.method) == (&right.path, &right.method));
    }
    if routes.is_none() {
        facts.notes.push("the code's routes are not known: nothing is held against the documents".to_owned());
    } else {
        both_ways(&services, &operations, &mut facts);
        if foreign.iter().any(Option::is_none) {
            facts.notes.extend(foreign.iter().flatten().map(|path| {
                format!("{path}: the code has none of its operations; where it tells of another service, name your own in the DoD under `evidence: openapi:`")
            }));
        }
    }
    facts.operations = operations.into_iter().flatten().collect();
    facts.operations.sort();
    facts
}

/// Whether two documents are of two things that have operations of the same paths; of one name they are one in two forms.
fn is_twin(one: &Read, other: &Read) -> bool {
    let stem = |read: &Read| {
        let name = read.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
    };
    let shared = |found: &Found| other.found.iter().any(|it| (&it.path, &it.method) == (&found.path, &found.method));
    stem(one) != stem(other) && one.found.iter().any(shared)
}

/// The operations of a document under its bases, or under their own: each of those that the code has, else the first.
fn placed<'r>(
    inventory: &'r Inventory<'_>,
    read: &'r Read,
    bases: &'r [String],
) -> impl Iterator<Item = Operation> + 'r {
    read.found.iter().flat_map(move |operation| {
        let bases = if operation.bases.is_empty() { bases } else { &operation.bases };
        let mut under: Vec<Operation> = bases
            .iter()
            .map(|base| Operation {
                path: align::under(base, &operation.path),
                method: operation.method.clone(),
                file: operation.file.clone(),
                line: operation.line,
            })
            .collect();
        if under.iter().any(|operation| !inventory.lacks(operation)) {
            under.retain(|operation| !inventory.lacks(operation));
        } else {
            under.truncate(1);
        }
        under
    })
}

/// What the documents lack of the routes, and the routes of the documents, service by service.
fn both_ways(services: &Services<'_>, operations: &[Vec<Operation>], facts: &mut OpenApi) {
    let (mut wild, mut of_libraries) = (0, 0);
    for (place, own) in operations.iter().enumerate() {
        // Frameworks answer HEAD and OPTIONS by themselves, so the inventory does not have them.
        let lacks = |operation: &&Operation| {
            !matches!(operation.method.as_str(), "HEAD" | "OPTIONS") && services.told(place).lacks(operation)
        };
        for operation in own.iter().filter(lacks) {
            match services.elsewhere(place, operation) {
                Some(elsewhere) => facts.elsewhere.push(elsewhere),
                None => facts.unimplemented.push(operation.clone()),
            }
        }
        let held = services.held(place, operations);
        facts.held.extend(held.routes);
        facts.undocumented.extend(held.undocumented);
        wild += held.wild;
        of_libraries += held.of_libraries;
    }
    for elsewhere in &mut facts.elsewhere {
        elsewhere.alone &= facts.undocumented.contains(&elsewhere.route);
    }
    facts.undocumented.retain(|route| !facts.elsewhere.iter().any(|one| one.alone && one.route == *route));
    facts.elsewhere.sort();
    facts.unimplemented.sort();
    facts.held.sort();
    facts.undocumented.sort();
    facts.notes.extend(told(services));
    facts.services = services.folders().iter().map(|(folder, _)| (*folder).to_owned()).collect();
    for (number, why) in [
        (wild, "left out, as no document can express a path that ends in a wildcard"),
        (of_libraries, "left out, as libraries register them and no document has them"),
    ] {
        if number > 0 {
            facts.notes.push(format!("{} {why}", count(number, "route")));
        }
    }
}

/// Which services were held against which documents.
fn told(services: &Services<'_>) -> Option<String> {
    let (with, without): (Vec<_>, Vec<_>) = services.folders().into_iter().partition(|(_, documented)| *documented);
    let names = |found: Vec<(&str, bool)>| found.into_iter().map(|(folder, _)| folder).collect::<Vec<_>>().join(", ");
    let (with, without) = (names(with), names(without));
    if with.is_empty() {
        return None;
    }
    let without = if without.is_empty() { without } else { format!("; without a document of their own: {without}") };
    Some(format!("held against their own documents alone: {with}{without}"))
}
