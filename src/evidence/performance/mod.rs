//! Load tests: k6, autocannon, wrk, hey, ab, vegeta, oha, Locust, JMeter, Gatling, Artillery; told apart by content.
//!
//! Percentiles are computed where the report holds points, taken where it states them, and unknown where it does neither:
//! nothing is guessed between two. Load tests age; what they speak of is a running service, so no source makes them stale.

mod beside;
mod clock;
mod documents;
mod gatling;
mod jmeter;
mod k6;
mod k6_points;
mod locust;
mod sample;
mod text;
mod vegeta;

use std::io::BufRead;

use crate::domain::units::Span;
use crate::facts::performance::{Performance, Run};
use crate::facts::{Area, AreaName, Evidence, Problem, State};
use crate::repo::Repo;

use super::{Collected, Collector, Command, Context, Failure, stream};

/// Reads load tests.
#[derive(Debug)]
pub struct PerformanceCollector;

/// Where load tests lie unless the DoD says otherwise.
const PLACES: &[&str] = &[
    "reports/performance/**/*.{json,ndjson,jsonl,csv,txt,log,out,jtl,xml,gz}",
    "reports/load/**/*.{json,ndjson,jsonl,csv,txt,log,out,jtl,xml,gz}",
    "reports/k6*.json",
    "reports/k6*.ndjson",
    "reports/load*.json",
    "reports/*autocannon*.json",
    "reports/*artillery*.json",
    "reports/*locust*_stats.csv",
    "reports/*.jtl",
    "performance/results/*.{json,ndjson,jsonl,csv,txt,log,out,jtl,xml,gz}",
    "k6-summary.json",
    "summary.json",
    "load-test.json",
    "artillery-report.json",
    "results.jtl",
    "target/gatling/*/js/global_stats.json",
];

/// A report that is no stream of points may be this large: 64 MiB.
const MAX_DOCUMENT: u64 = 64 << 20;

impl Collector for PerformanceCollector {
    fn area(&self) -> AreaName {
        AreaName::Performance
    }

    fn looks_for(&self) -> &'static [&'static str] {
        PLACES
    }

    fn collect(&self, context: &Context<'_>) -> Collected {
        let commands = context.commands_of(self.area());
        Collected::Performance(collect(context.repo, context.globs(self), context.max_age, commands))
    }
}

/// What a report turned out to be.
#[derive(Debug)]
enum Told {
    /// A load test's results.
    Run(Box<Run>),
    /// What a tool writes beside its results and that tells none itself; and why.
    Companion(&'static str),
    /// Results of nothing; and why.
    Empty(String),
}

impl Told {
    /// Results: of no request, they are none.
    fn of(run: Run) -> Self {
        match run.requests {
            Some(0) => Told::Empty("no request was made".to_owned()),
            _ => Told::Run(Box::new(run)),
        }
    }
}

fn collect(repo: &Repo, globs: Vec<String>, max_age: Span, commands: &[Command]) -> Area<Performance> {
    let mut evidence = Evidence::new(State::Absent, globs);
    let found = match repo.find(&evidence.looked_for, false) {
        Ok(found) => found,
        Err(why) => {
            evidence.state = State::Unreadable;
            evidence.problems.push(Problem { path: evidence.looked_for.join(", "), line: None, why });
            return Area::missing(evidence);
        }
    };
    let mut runs = Vec::new();
    let mut companions = Vec::new();
    let mut empty: Vec<Run> = Vec::new();
    let (mut broken, mut old) = (false, false);
    for path in found {
        let problem = |line: Option<u32>, why: String| Problem { path: path.to_string(), line, why };
        match stream::read(repo, &path, tell) {
            Ok((source, Told::Run(mut run))) => {
                run.report = path.to_string();
                runs.push(*run);
                evidence.reports.push(source);
                if let Some(why) = too_old(repo, &path, max_age) {
                    old = true;
                    evidence.problems.push(problem(None, why));
                }
            }
            Ok((_, Told::Companion(why))) => companions.push(problem(None, why.to_owned())),
            Ok((source, Told::Empty(why))) => {
                empty.push(Run { report: path.to_string(), requests: Some(0), ..Run::default() });
                evidence.reports.push(source);
                evidence.problems.push(problem(None, why));
            }
            Err(failure) => {
                broken = true;
                evidence.problems.push(problem(failure.line, failure.why));
            }
        }
    }
    for (source, told) in commands.iter().filter_map(|command| stream::printed(command, tell)) {
        if let Told::Run(mut run) = told {
            run.report.clone_from(&source.path);
            runs.push(*run);
            evidence.reports.push(source);
        }
    }
    let twice = told_twice(&runs, &empty, &evidence);
    runs.retain(|run| !twice.contains(&run.report));
    empty.retain(|run| !twice.contains(&run.report));
    evidence.problems.retain(|problem| !twice.contains(&problem.path));
    let why = "Locust's JSON beside it tells the same run to its end: it stands";
    evidence.problems.extend(twice.into_iter().map(|path| Problem { path, line: None, why: why.to_owned() }));
    if runs.is_empty() {
        evidence.problems.extend(companions.iter().cloned());
    }
    evidence.state = match (broken, !empty.is_empty(), old, runs.is_empty()) {
        (true, _, _, _) => State::Unreadable,
        (false, true, _, _) => State::Empty,
        (false, false, true, _) => State::Stale,
        (false, false, false, true) if !companions.is_empty() => State::Unsupported,
        (false, false, false, true) => State::Absent,
        (false, false, false, false) => State::Found,
    };
    let any = !runs.is_empty();
    Area { facts: any.then(|| Performance::of(runs)), evidence }
}

/// The reports of runs that another report tells too, and to their end.
fn told_twice(runs: &[Run], empty: &[Run], evidence: &Evidence) -> Vec<String> {
    let of = |format: &str| -> Vec<&Run> {
        let is = |run: &&Run| evidence.reports.iter().any(|one| one.path == run.report && one.format == format);
        runs.iter().chain(empty).filter(is).collect()
    };
    locust::told_twice(&of("locust-csv"), &of("locust-json"))
}

fn too_old(repo: &Repo, path: &str, max_age: Span) -> Option<String> {
    let limit = i64::try_from(max_age.seconds()).unwrap_or(i64::MAX);
    match repo.content_time(path) {
        None => Some("its age cannot be told".to_owned()),
        Some(at) if repo.clock.now().saturating_sub(at) > limit => Some(format!("it is older than {max_age}")),
        Some(_) => None,
    }
}

/// Tells the format and reads it.
fn tell(head: &str, input: &mut dyn BufRead) -> Result<(&'static str, Told), Failure> {
    let start = head.trim_start();
    let first = start.lines().next().unwrap_or_default();
    if let Some(what) = beside::tell(start) {
        return Ok(("beside", Told::Companion(what)));
    }
    if start.starts_with('<') {
        return jmeter::read_xml(start, input).map(|told| ("jmeter-xml", told));
    }
    if k6_points::begins(first) {
        return k6_points::read(input).map(|told| ("k6-points", told));
    }
    if vegeta::begins(first) {
        return vegeta::read_points(input).map(|told| ("vegeta-points", told));
    }
    if start.starts_with('{') || start.starts_with('[') {
        return documents::read(input);
    }
    if let Some(separator) = jmeter::separator(first) {
        return jmeter::read_rows(separator, input).map(|told| ("jmeter-csv", told));
    }
    if let Some(kind) = locust::kind(first) {
        return locust::read_rows(kind, input).map(|told| ("locust-csv", told));
    }
    if first.starts_with("response-time,") {
        return text::hey_rows(input).map(|told| ("hey-csv", told));
    }
    if first.starts_with("RUN\t") || first.starts_with("ASSERTION\t") {
        return gatling::read_log(input).map(|told| ("gatling-log", told));
    }
    let whole = stream::text(input, MAX_DOCUMENT)?;
    text::read(&whole)
}

#[cfg(test)]
mod tests;
