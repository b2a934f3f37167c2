//! What a Dockerfile may be asked for, and where it is not so.

use std::collections::BTreeMap;

use super::bases::reference;
use super::stages::{RunsAs, Stage};
use super::steps::Kind;
use crate::evidence::env::secret;
use crate::facts::dockerfiles::DockerfileFinding;
use crate::repo::Repo;

/// What the ignore file keeps out: by folder of the Dockerfile, the entries; none where there is no ignore file.
pub(super) type Ignored = BTreeMap<String, Vec<String>>;

/// Reads the ignore files of the tree.
pub(super) fn ignored(repo: &Repo) -> Ignored {
    let files =
        repo.files().iter().filter(|entry| entry.path.ends_with(".dockerignore") || &*entry.path == ".dockerignore");
    files
        .filter_map(|entry| {
            let content = repo.read(&entry.path, 1 << 20).ok()?;
            let lines =
                content.text().ok()?.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            Some((entry.path.to_string(), lines.map(str::to_owned).collect()))
        })
        .collect()
}

/// What changes an image if it changes: not what ignore files keep out by habit.
pub(super) fn is_built_in(path: &str) -> bool {
    let out = [".git/", "coverage/", "reports/", "dist/", "docs/", ".github/", "node_modules/"];
    !out.iter().any(|folder| path.starts_with(folder))
        && !path.ends_with(".md")
        && path != ".dockerignore"
        && path != "donegate.yaml"
}

fn found(line: u32, rule: &str, message: impl Into<String>) -> DockerfileFinding {
    DockerfileFinding { line, rule: rule.to_owned(), message: message.into() }
}

/// Everything that is not as it may be asked for, by line and rule.
pub(super) fn of(
    path: &str,
    stages: &[Stage<'_>],
    chain: &[&Stage<'_>],
    runs: &RunsAs,
    ignored: &Ignored,
) -> Vec<DockerfileFinding> {
    let mut all = Vec::new();
    let last = stages.last().map_or(1, |stage| stage.line);
    if stages.len() < 2 {
        all.push(found(last, "multi-stage", "there is one stage, so what builds is shipped"));
    }
    match (runs.non_root, &runs.user) {
        (Some(true), _) => {}
        (_, Some(user)) => all.push(found(runs.line, "non-root", format!("the final stage runs as `{user}`"))),
        (_, None) => all.push(found(
            runs.line,
            "non-root",
            "no USER stands in the final stage or what it is built on, so it runs as root",
        )),
    }
    if !super::stages::has_healthcheck(chain) {
        all.push(found(last, "healthcheck", "the final stage has no HEALTHCHECK"));
    }
    for stage in stages.iter().filter(|stage| stage.parent.is_none()) {
        base(stage, &mut all);
    }
    for stage in stages {
        steps(stage, &mut all);
    }
    ignore_file(path, ignored, &mut all);
    all.sort();
    all.dedup();
    all
}

fn base(stage: &Stage<'_>, all: &mut Vec<DockerfileFinding>) {
    if stage.base == "scratch" {
        return;
    }
    let named = reference(&stage.base);
    if !stage.resolved {
        all.push(found(
            stage.line,
            "pinned-base",
            format!("`{}` depends on a build argument without a default", stage.base),
        ));
        all.push(found(
            stage.line,
            "digest-base",
            format!("`{}` depends on a build argument without a default", stage.base),
        ));
        return;
    }
    if !named.has_digest() {
        all.push(found(stage.line, "digest-base", format!("`{}` names no digest", stage.base)));
        match named.tag {
            Some("latest") => {
                all.push(found(stage.line, "pinned-base", format!("`{}` is whatever is latest", stage.base)))
            }
            None => all.push(found(stage.line, "pinned-base", format!("`{}` names no tag", stage.base))),
            Some(_) => {}
        }
    }
}

fn steps(stage: &Stage<'_>, all: &mut Vec<DockerfileFinding>) {
    for step in &stage.steps {
        match &step.kind {
            Kind::Env(pairs) => {
                for (name, _) in pairs.iter().filter(|(name, value)| secret::is_secret(name, value)) {
                    all.push(found(step.line, "no-secrets", format!("ENV {name} holds what looks like a secret")));
                }
            }
            Kind::Arg(pairs) => {
                for (name, _) in pairs
                    .iter()
                    .filter(|(name, value)| value.as_deref().is_some_and(|value| secret::is_secret(name, value)))
                {
                    all.push(found(step.line, "no-secrets", format!("ARG {name} holds what looks like a secret")));
                }
            }
            Kind::Run(command) => run(step.line, command, all),
            Kind::Start(name, exec) => {
                if !exec {
                    let message = format!("{name} is in shell form, so signals do not reach the program");
                    all.push(found(step.line, "exec-form", message));
                }
            }
            Kind::Copy { add: true, sources, checksum: false, .. } => {
                for source in sources.iter().filter(|source| source.contains("://")) {
                    all.push(found(step.line, "no-add-url", format!("ADD {source} without a checksum")));
                }
            }
            Kind::Copy { .. } | Kind::From(..) | Kind::User(_) | Kind::Healthcheck(_) | Kind::Other => {}
        }
    }
}

fn run(line: u32, command: &str, all: &mut Vec<DockerfileFinding>) {
    let words: Vec<&str> = command.split_whitespace().collect();
    if words.contains(&"sudo") {
        all.push(found(line, "no-sudo", "RUN uses sudo"));
    }
    let fetches = words.contains(&"curl") || words.contains(&"wget");
    let piped = command.split('|').skip(1).any(|part| {
        matches!(
            part.split_whitespace().find(|word| *word != "sudo"),
            Some("sh" | "bash" | "/bin/sh" | "/bin/bash" | "zsh" | "python" | "python3")
        )
    });
    if fetches && piped {
        all.push(found(line, "no-curl-pipe-shell", "RUN pipes what it fetches into a shell"));
    }
    let installs = |manager: &str| command.contains(&format!("{manager} install"));
    if (installs("apt-get") || installs("apt"))
        && !command.contains("/var/lib/apt/lists")
        && !command.contains("--mount=type=cache")
    {
        all.push(found(line, "package-cache", "RUN leaves apt's lists in the layer"));
    }
}

/// Whether the ignore file beside the Dockerfile, or at the root, keeps out .git, .env and dependencies.
fn ignore_file(path: &str, ignored: &Ignored, all: &mut Vec<DockerfileFinding>) {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = if folder.is_empty() { ".dockerignore".to_owned() } else { format!("{folder}/.dockerignore") };
    let places = [format!("{path}.dockerignore"), beside, ".dockerignore".to_owned()];
    let Some(entries) = places.iter().find_map(|place| ignored.get(place)) else {
        all.push(found(1, "dockerignore", "there is no .dockerignore, so everything goes into the build context"));
        return;
    };
    let keeps = |name: &str| {
        entries.iter().any(|entry| {
            let entry = entry.trim_start_matches("**/").trim_start_matches('/').trim_end_matches('/');
            entry == "*"
                || entry == "**"
                || entry == name
                || entry == format!("{name}*")
                || entry == format!("{name}/**")
        })
    };
    for name in [".git", ".env"] {
        if !keeps(name) {
            all.push(found(1, "dockerignore", format!(".dockerignore does not keep out {name}")));
        }
    }
}
