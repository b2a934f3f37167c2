//! Collectors: each turns bytes of the repository into the facts of one area, with their evidence. A collector judges
//! nothing and prints nothing.
//!
//! [`COLLECTORS`] is the one list of them.

pub mod attestations;
pub mod audit;
pub mod baseline;
mod compose;
pub mod coverage;
pub mod dependencies;
pub mod dockerfiles;
pub mod env;
pub mod files;
pub mod images;
mod json;
pub mod openapi;
pub mod performance;
pub mod probe;
mod reach;
pub mod risks;
pub mod routes;
pub mod secrets;
mod services;
pub mod stacks;
mod stream;
pub mod tests;
mod xml;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::code::Analysis;
use sha2::{Digest, Sha256};

use crate::domain::change::Changes;
use crate::domain::provenance::{Source, hex};
use crate::domain::units::Span;
use crate::facts::{self, Area, AreaName, Evidence, Facts, Problem};
use crate::repo::{Freshness, Ran, Repo};
use services::Services;

/// Every collector, in the order of areas.
pub const COLLECTORS: &[&dyn Collector] = &[
    &routes::RouteCollector,
    &coverage::CoverageCollector,
    &audit::AuditCollector,
    &tests::TestsCollector,
    &performance::PerformanceCollector,
    &env::EnvCollector,
    &dockerfiles::DockerfileCollector,
    &images::ImageCollector,
    &openapi::OpenApiCollector,
];

/// The collector of an area.
#[must_use]
pub fn of(area: AreaName) -> Option<&'static dyn Collector> {
    COLLECTORS.iter().copied().find(|collector| collector.area() == area)
}

/// Turns bytes into the facts of one area.
pub trait Collector: Sync {
    /// The area.
    fn area(&self) -> AreaName;
    /// The globs where its evidence is looked for unless the DoD says otherwise; empty for what is read out of the tree.
    fn looks_for(&self) -> &'static [&'static str];
    /// Collects. Absence and unreadability are values; this never panics, whatever the bytes.
    fn collect(&self, context: &Context<'_>) -> Collected;
}

/// A command that the DoD names as evidence, and what it came to.
#[derive(Debug)]
pub struct Command {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// What it came to, or why it could not be started.
    pub ran: Result<Ran, String>,
}

/// Where a fact comes from that a command printed.
#[must_use]
pub fn command_source(command: &Command, output: &[u8]) -> Source {
    Source {
        path: facts::commands::shown(&command.argv),
        format: "command".to_owned(),
        kind: None,
        tool: command.argv.first().cloned(),
        sha256: hex(&Sha256::digest(output)),
        bytes: output.len() as u64,
    }
}

/// The commands of each area, in order.
pub type Commands = BTreeMap<AreaName, Vec<Command>>;

static NO_COMMANDS: Commands = BTreeMap::new();

/// What the code of one tree says: read when it is first asked for, and once for all who hold the same reading.
#[derive(Debug, Clone, Default)]
pub struct Reading(Arc<Said>);

/// What was read so far.
#[derive(Debug, Default)]
struct Said {
    analysis: OnceLock<Analysis>,
    services: OnceLock<Services>,
}

impl Reading {
    /// What the code of the tree says; always of the same tree.
    #[must_use]
    pub fn of(&self, repo: &Repo) -> &Analysis {
        self.0.analysis.get_or_init(|| crate::code::analyse(repo))
    }

    /// The services that the routes of the code belong to.
    fn services(&self, repo: &Repo) -> &Services {
        let found = || routes::collect(self.of(repo)).facts.unwrap_or_default();
        self.0.services.get_or_init(|| Services::of(repo, &found().items))
    }
}

/// What collectors are given.
#[derive(Debug)]
pub struct Context<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// Where an area's evidence lies, for the areas where the DoD or the command line says so: replaces the defaults.
    pub places: &'a BTreeMap<AreaName, Vec<String>>,
    /// The change set, where it is known.
    pub changes: Option<&'a Changes>,
    /// The example file for environment variables that rules name.
    pub env_examples: &'a [String],
    /// The Dockerfiles that rules name (globs); empty for the default.
    pub dockerfile_paths: &'a [String],
    /// How old audits and load tests may be.
    pub max_age: Span,
    /// Whether what the DoD names may be run and asked.
    pub run: bool,
    /// Whether it is asked which routes tests reach.
    pub route_tests: bool,
    /// What the commands came to that the DoD names as evidence of areas.
    pub commands: &'a Commands,
    /// What the code says: routes and reads of the environment come from one reading.
    pub reading: Reading,
}

impl<'a> Context<'a> {
    /// A context that asks for nothing beyond defaults but `places`.
    #[must_use]
    pub fn new(repo: &'a Repo, places: &'a BTreeMap<AreaName, Vec<String>>, changes: Option<&'a Changes>) -> Self {
        Self {
            repo,
            places,
            changes,
            env_examples: &[],
            dockerfile_paths: &[],
            max_age: Span::days(30),
            run: false,
            route_tests: false,
            commands: &NO_COMMANDS,
            reading: Reading::default(),
        }
    }

    /// What the code says; read when it is first asked for.
    #[must_use]
    pub fn analysis(&self) -> &Analysis {
        self.reading.of(self.repo)
    }

    /// The services that the code's routes belong to; told apart when they are first asked for.
    #[must_use]
    fn services(&self) -> &Services {
        self.reading.services(self.repo)
    }

    /// What the commands of an area came to.
    #[must_use]
    pub fn commands_of(&self, area: AreaName) -> &'a [Command] {
        self.commands.get(&area).map_or(&[], Vec::as_slice)
    }

    /// The globs of an area: those that were given, else the collector's own.
    #[must_use]
    pub fn globs(&self, collector: &dyn Collector) -> Vec<String> {
        self.places
            .get(&collector.area())
            .cloned()
            .unwrap_or_else(|| collector.looks_for().iter().map(|&glob| glob.to_owned()).collect())
    }
}

/// What a collector brings.
#[derive(Debug)]
#[expect(missing_docs, reason = "each variant is the area of its name")]
pub enum Collected {
    Routes(Area<facts::routes::Routes>),
    Env(Area<facts::env::Env>),
    Coverage(Area<facts::coverage::Coverage>),
    Audit(Area<facts::audit::Audit>),
    Tests(Area<facts::tests::Tests>),
    Performance(Area<facts::performance::Performance>),
    Openapi(Area<facts::openapi::OpenApi>),
    Dockerfiles(Area<facts::dockerfiles::Dockerfiles>),
    Images(Area<facts::images::Images>),
    Changes(Area<Changes>),
}

impl Collected {
    /// The evidence of the area.
    pub fn evidence_mut(&mut self) -> &mut Evidence {
        match self {
            Collected::Routes(area) => &mut area.evidence,
            Collected::Env(area) => &mut area.evidence,
            Collected::Coverage(area) => &mut area.evidence,
            Collected::Audit(area) => &mut area.evidence,
            Collected::Tests(area) => &mut area.evidence,
            Collected::Performance(area) => &mut area.evidence,
            Collected::Openapi(area) => &mut area.evidence,
            Collected::Dockerfiles(area) => &mut area.evidence,
            Collected::Images(area) => &mut area.evidence,
            Collected::Changes(area) => &mut area.evidence,
        }
    }

    /// Puts the facts in their place.
    pub fn store(self, facts: &mut Facts) {
        match self {
            Collected::Routes(area) => facts.routes = Some(area),
            Collected::Env(area) => facts.env = Some(area),
            Collected::Coverage(area) => facts.coverage = Some(area),
            Collected::Audit(area) => facts.audit = Some(area),
            Collected::Tests(area) => facts.tests = Some(area),
            Collected::Performance(area) => facts.performance = Some(area),
            Collected::Openapi(area) => facts.openapi = Some(area),
            Collected::Dockerfiles(area) => facts.dockerfiles = Some(area),
            Collected::Images(area) => facts.images = Some(area),
            Collected::Changes(area) => facts.changes = Some(area),
        }
    }
}

/// Why a report cannot be read.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    line: Option<u32>,
    why: String,
}

impl Failure {
    fn new(why: impl Into<String>) -> Self {
        Self { line: None, why: why.into() }
    }

    fn at(line: usize, why: impl Into<String>) -> Self {
        Self { line: u32::try_from(line).ok(), why: why.into() }
    }
}

/// Why a report is stale: the files it speaks of that are newer, the first three named. None where it is fresh.
#[must_use]
pub fn stale<'a>(repo: &Repo, report: &str, sources: impl IntoIterator<Item = &'a str>) -> Option<Problem> {
    let why = match repo.freshness(report, sources) {
        Freshness::Fresh => return None,
        Freshness::Unknown(why) => format!("whether it is fresh cannot be told: {why}"),
        Freshness::Stale(newer) => {
            let more = newer.len().saturating_sub(3);
            let named = newer.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
            let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
            format!("older than what it speaks of: {named}{rest} changed since")
        }
    };
    Some(Problem { path: report.to_owned(), line: None, why })
}
