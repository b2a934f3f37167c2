//! Dockerfiles: parsed, resolved to stages, and held against what a Dockerfile may be asked for.

mod bases;
mod commands;
mod compose;
mod expand;
mod findings;
mod hadolint;
mod ignore;
mod shell;
mod stages;
mod steps;

use crate::domain::folders::{Role, lies_in};
use crate::facts::dockerfiles::{BuildStage, Dockerfile, Dockerfiles};
use crate::facts::{Area, AreaName, Evidence, Problem, State};
use crate::repo::Repo;

use super::{Collected, Collector, Context};

/// Reads Dockerfiles.
#[derive(Debug)]
pub struct DockerfileCollector;

/// A Dockerfile over this size is refused: 1 MiB.
const MAX_BYTES: u64 = 1 << 20;

/// Every Dockerfile of the tree: those at the root are judged, others are listed.
const PLACES: &[&str] = &[
    "Dockerfile",
    "Containerfile",
    "**/Dockerfile",
    "**/Containerfile",
    "**/*.Dockerfile",
    "**/*.dockerfile",
    "**/Dockerfile.*",
    "**/Dockerfile-*",
    "**/Containerfile.*",
    "**/Containerfile-*",
];

/// Ends of what is filled in before it is a Dockerfile, or tells about one.
const OTHERS: &[&str] = &[".dockerignore", ".erb", ".j2", ".jinja", ".jinja2", ".md", ".tmpl", ".tpl"];

impl Collector for DockerfileCollector {
    fn area(&self) -> AreaName {
        AreaName::Dockerfiles
    }

    fn looks_for(&self) -> &'static [&'static str] {
        PLACES
    }

    fn collect(&self, context: &Context<'_>) -> Collected {
        Collected::Dockerfiles(collect(context.repo))
    }
}

/// The Dockerfiles of the tree, outside of vendored folders; `Dockerfile.dockerignore` is none, and no template.
fn paths(repo: &Repo) -> Vec<String> {
    let globs: Vec<String> = PLACES.iter().map(|&place| place.to_owned()).collect();
    let found = super::files::matching(repo, &globs).unwrap_or_default();
    let own =
        |path: &str| !OTHERS.iter().any(|end| path.ends_with(end)) && !lies_in(path, &[Role::Vendored, Role::Fixture]);
    found.into_iter().map(|entry| entry.path.to_string()).filter(|path| own(path)).collect()
}

fn collect(repo: &Repo) -> Area<Dockerfiles> {
    let looked_for = PLACES.iter().map(|&place| place.to_owned()).collect();
    let mut evidence = Evidence::new(State::Absent, looked_for);
    let mut all = Dockerfiles::default();
    let mut contexts = ignore::Contexts::read(repo);
    all.services = compose::services(repo);
    for service in &all.services {
        if let (Some(path), Some(context)) = (&service.dockerfile, &service.context) {
            contexts.named.entry(path.clone()).or_insert_with(|| context.clone());
        }
    }
    for path in paths(repo) {
        let read = repo.read(&path, MAX_BYTES).map_err(|error| (None, error.to_string()));
        let read = read.and_then(|content| {
            let text = content.text().map_err(|offset| (None, format!("not UTF-8 text (byte {offset})")))?;
            let steps = steps::parse(text).map_err(|(line, why)| (Some(line), why))?;
            let ignores = hadolint::ignores(text);
            Ok((dockerfile(&path, &steps, &contexts, &ignores)?, content.source("dockerfile")))
        });
        match read {
            Ok((file, source)) => {
                all.items.push(file);
                evidence.reports.push(source);
            }
            Err((line, why)) => evidence.problems.push(Problem { path, line, why }),
        }
    }
    evidence.state = match (evidence.problems.is_empty(), all.items.is_empty()) {
        (false, _) => State::Unreadable,
        (true, true) => State::Absent,
        (true, false) => State::Found,
    };
    Area { facts: (!all.items.is_empty()).then_some(all), evidence }
}

fn dockerfile(
    path: &str,
    steps: &[steps::Step],
    contexts: &ignore::Contexts,
    ignores: &[hadolint::Ignore],
) -> Result<Dockerfile, (Option<u32>, String)> {
    let stages = stages::stages(steps);
    if stages.is_empty() {
        return Err((Some(1), "it has no FROM".to_owned()));
    }
    let chain = stages::chain(&stages);
    let runs = stages::runs_as(&chain);
    let (findings, ignored) = findings::of(path, &stages, &chain, &runs, contexts, ignores);
    Ok(Dockerfile {
        path: path.to_owned(),
        stages: stages
            .iter()
            .map(|stage| BuildStage {
                name: stage.name.clone(),
                base: stage.base.clone(),
                line: stage.line,
                internal: stage.parent.is_some(),
            })
            .collect(),
        healthcheck: stages::healthcheck(&chain).is_some_and(|(some, _)| some),
        findings,
        ignored,
        user: runs.user,
        non_root: runs.non_root,
    })
}

/// What an image is built from: the Dockerfile at the root and the files of the tree that it copies out of its context.
pub(crate) fn image_sources(repo: &Repo) -> Vec<String> {
    let mut all = Vec::new();
    for path in ["Dockerfile", "Containerfile"] {
        let Ok(content) = repo.read(path, MAX_BYTES) else { continue };
        let Some(steps) = content.text().ok().and_then(|text| steps::parse(text).ok()) else { continue };
        all.push(path.to_owned());
        for step in &steps {
            let steps::Kind::Copy { sources, from: None, .. } = &step.kind else { continue };
            for source in sources.iter().filter(|source| !source.contains("://") && !source.contains('$')) {
                let source = source.trim_start_matches("./").trim_end_matches('/');
                let globs = match source {
                    "" | "." => vec!["**".to_owned()],
                    source => vec![source.to_owned(), format!("{source}/**")],
                };
                let found = super::files::matching(repo, &globs).unwrap_or_default();
                all.extend(
                    found.into_iter().map(|entry| entry.path.to_string()).filter(|path| findings::is_built_in(path)),
                );
            }
        }
    }
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests;
