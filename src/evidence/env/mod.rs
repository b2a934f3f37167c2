//! Environment variables: what the code reads against what example files document.

mod combine;
mod compose;
mod coordinates;
mod developers;
mod dotenv;
mod examples;
pub(in crate::evidence) mod known;
pub(in crate::evidence) mod naming;
mod scripts;
pub(crate) mod secret;
mod serverless;
mod tooling;
mod words;
pub(in crate::evidence) mod workspaces;

use std::collections::BTreeSet;

use combine::{Around, Found, Read, combine};

use super::{Collected, Collector, Context, dependencies};
use crate::facts::env::{Dynamic, Env, Site};
use crate::facts::{Area, AreaName, Evidence, Problem, State};

/// Reads what the code wants of its environment.
#[derive(Debug)]
pub struct EnvCollector;

impl Collector for EnvCollector {
    fn area(&self) -> AreaName {
        AreaName::Env
    }

    fn looks_for(&self) -> &'static [&'static str] {
        &[]
    }

    fn collect(&self, context: &Context<'_>) -> Collected {
        Collected::Env(collect(context, reads(context)))
    }
}

/// What the code reads.
struct Reads {
    reads: Vec<Read>,
    dynamic: Vec<Dynamic>,
    /// Of names whose cases are among the reads.
    built: Vec<Dynamic>,
    problems: Vec<Problem>,
    state: State,
}

/// What the code reads. Where there is no source of a language that is read, nothing is known of it.
fn reads(context: &Context<'_>) -> Reads {
    let analysis = context.analysis();
    let scripts = scripts::read(context.repo);
    let mut reads: Vec<Read> = analysis
        .env_reads
        .iter()
        .map(|read| Read {
            name: read.name.clone(),
            site: Site { file: read.file.clone(), line: read.line },
            required: read.required,
            supposed: read.supposed.clone(),
            peers: read.peers.clone(),
        })
        .collect();
    reads.extend(scripts.reads);
    let mut dynamic: Vec<Dynamic> = analysis
        .env_dynamic
        .iter()
        .map(|(file, line, pattern)| Dynamic { file: file.clone(), line: *line, pattern: pattern.clone() })
        .collect();
    dynamic.extend(scripts.dynamic);
    let built = analysis.env_built.iter();
    let built =
        built.map(|(file, line, pattern)| Dynamic { file: file.clone(), line: *line, pattern: pattern.clone() });
    let problems = analysis.problems.iter().map(|(path, line, why)| Problem {
        path: path.clone(),
        line: Some(*line),
        why: why.clone(),
    });
    let more = analysis.cut_short.then(|| Problem {
        path: ".".to_owned(),
        line: None,
        why: "the code computes more than is evaluated here: there may be more variables".to_owned(),
    });
    let problems = problems.chain(more);
    let state = if analysis.sources + scripts.sources == 0 { State::Absent } else { State::Found };
    Reads { reads, dynamic, built: built.collect(), problems: problems.collect(), state }
}

fn collect(context: &Context<'_>, reads: Reads) -> Area<Env> {
    let examples = examples::read(context.repo, context.env_examples);
    let declared = dependencies::collect(context.repo);
    let mut names: Vec<String> =
        declared.facts.iter().flat_map(|facts| &facts.items).map(|dependency| dependency.name.clone()).collect();
    names.extend(coordinates::declared(context.repo));
    let composed = compose::read(context.repo);
    let sites: Vec<(String, Site)> = reads.reads.iter().map(|read| (read.name.clone(), read.site.clone())).collect();
    let mut tags = words::Tags::new();
    for (name, site) in sites.iter().filter(|(_, site)| site.file.ends_with(".go")) {
        tags.entry((&site.file, site.line as usize)).or_default().push(name);
    }
    let elsewhere = |names: &BTreeSet<&str>| {
        let mut used = tooling::used(context.repo, names);
        used.extend(names.iter().filter(|name| examples.made_of.contains(**name)).map(|&name| name.to_owned()));
        used.extend(words::found(context.repo, names, context.analysis().cut_short, &tags));
        used
    };
    let settings = &context.analysis().env_settings;
    let around = Around {
        dependencies: &names,
        settings,
        images: &composed.images,
        projects: &examples.projects,
        parts: &examples.parts,
        elsewhere: &elsewhere,
    };
    let files: BTreeSet<&str> = reads.reads.iter().map(|read| read.site.file.as_str()).collect();
    let scripts = developers::scripts(context.repo, &workspaces::projects(context.repo), &files);
    let scripts = scripts.into_iter().map(str::to_owned).collect();
    let mut all = reads.reads;
    all.extend(composed.needs);
    let mut deployed = serverless::read(context.repo);
    all.append(&mut deployed.needs);
    let found = Found { reads: all, dynamic: reads.dynamic, scripts, deployed };
    let mut env = combine(found, examples.documented, examples.irregular, &around);
    env.dynamic.extend(reads.built);
    env.dynamic.sort();
    env.dynamic.dedup();
    if reads.state != State::Found {
        // What nothing is known to read cannot be told from what nothing reads.
        env.unused.clear();
        env.documented.iter_mut().for_each(|entry| entry.unused = false);
    }
    let mut evidence = Evidence::new(reads.state, examples.looked_for);
    evidence.reports = examples.reports;
    evidence.problems = reads.problems;
    evidence.problems.extend(examples.problems);
    evidence.problems.sort();
    Area { facts: Some(env), evidence }
}
