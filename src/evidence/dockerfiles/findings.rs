//! What a Dockerfile may be asked for, and where it is not so.

use std::collections::BTreeMap;

use super::bases::reference;
use super::commands;
use super::hadolint::{self, Ignore};
use super::ignore::Contexts;
use super::shell::Call;
use super::stages::{RunsAs, Stage};
use super::steps::{Kind, Step};
use crate::evidence::env::secret;
use crate::facts::dockerfiles::{DockerfileFinding, IgnoredFinding};

/// What changes an image if it changes: not what ignore files keep out by habit.
pub(super) fn is_built_in(path: &str) -> bool {
    let out = [".git/", "coverage/", "reports/", "dist/", "docs/", ".github/", "node_modules/"];
    !out.iter().any(|folder| path.starts_with(folder))
        && !path.ends_with(".md")
        && path != ".dockerignore"
        && path != "donegate.yaml"
}

/// Findings as they are found.
#[derive(Debug, Default)]
pub(super) struct Finds {
    all: Vec<DockerfileFinding>,
}

impl Finds {
    /// Adds one: its demand, the kind of it that hadolint may have an id for, what is wrong and what to do.
    pub(super) fn add(
        &mut self,
        line: u32,
        demand: &str,
        kind: &str,
        message: impl Into<String>,
        next_step: impl Into<String>,
    ) {
        self.all.push(DockerfileFinding {
            line,
            rule: demand.to_owned(),
            message: message.into(),
            hadolint: hadolint::id(demand, kind).map(str::to_owned),
            next_step: next_step.into(),
        });
    }

    /// By line and demand; those that an inline ignore with a reason takes out are told apart.
    fn finish(self, ignores: &[Ignore]) -> (Vec<DockerfileFinding>, Vec<IgnoredFinding>) {
        let (mut stand, mut ignored) = (Vec::new(), Vec::new());
        for mut one in self.all {
            let ignore =
                one.hadolint.as_deref().and_then(|id| Some((id.to_owned(), hadolint::at(ignores, one.line, id)?)));
            match ignore {
                Some((id, Ignore { reason: Some(reason), .. })) => {
                    let reason = secret::redact(reason);
                    ignored.push(IgnoredFinding { line: one.line, rule: one.rule, hadolint: id, reason });
                    continue;
                }
                Some((id, _)) => one.message = format!("{} (the ignore of {id} there has no reason)", one.message),
                None => {}
            }
            stand.push(one);
        }
        stand.sort();
        stand.dedup();
        ignored.sort();
        ignored.dedup();
        (stand, ignored)
    }
}

/// Everything that is not as it may be asked for, by line and rule; and what inline ignores take out of it.
pub(super) fn of(
    path: &str,
    stages: &[Stage<'_>],
    chain: &[&Stage<'_>],
    runs: &RunsAs,
    contexts: &Contexts,
    ignores: &[Ignore],
) -> (Vec<DockerfileFinding>, Vec<IgnoredFinding>) {
    let mut finds = Finds::default();
    let last = stages.last().map_or(1, |stage| stage.line);
    if stages.len() < 2 {
        let next = "build in a stage of its own and copy the result into the last one";
        finds.add(last, "multi-stage", "", "there is one stage, so what builds is shipped", next);
    }
    user(runs, &mut finds);
    health(last, chain, &mut finds);
    for stage in stages {
        if stage.parent.is_none() {
            base(stage.line, &stage.base, stage.resolved, &mut finds);
        }
        for step in &stage.steps {
            let shipped = chain.iter().any(|one| std::ptr::eq(*one, stage));
            anywhere(step, shipped, stages, &mut finds);
        }
        dependencies(stage, stages, contexts.vendors, &mut finds);
    }
    let lean = chain.iter().flat_map(|stage| &stage.steps).any(|step| {
        matches!(&step.kind, Kind::Run(run) if run.text.contains("APT::Install-Recommends") && run.text.contains("apt.conf"))
    });
    for stage in chain {
        for step in &stage.steps {
            shipped(step, stage, lean, &mut finds);
        }
    }
    starts(chain, &mut finds);
    if let Some(line) = takes_context(stages) {
        contexts.judge(path, line, &mut finds);
    }
    finds.finish(ignores)
}

fn user(runs: &RunsAs, finds: &mut Finds) {
    let next = "add a USER that is not root to the last stage";
    match (runs.non_root, &runs.user) {
        (Some(true), _) => {}
        (Some(false), Some(user)) => {
            finds.add(runs.line, "non-root", "user", format!("the final stage runs as `{user}`, which is root"), next);
        }
        (None, Some(user)) => {
            let message = format!("the final stage runs as `{user}`, and nothing here says who that is");
            finds.add(runs.line, "non-root", "", message, "give the build argument a default that is not root");
        }
        (_, None) => {
            let message = "no USER stands in the final stage or what it is built on, so it runs as root";
            finds.add(runs.line, "non-root", "", message, next);
        }
    }
}

fn health(last: u32, chain: &[&Stage<'_>], finds: &mut Finds) {
    let next = "add a HEALTHCHECK to the last stage";
    match super::stages::healthcheck(chain) {
        Some((true, _)) => {}
        Some((false, line)) => {
            finds.add(line, "healthcheck", "none", "HEALTHCHECK NONE switches the health check off", next);
        }
        None => finds.add(last, "healthcheck", "absent", "the final stage has no HEALTHCHECK", next),
    }
}

/// An image that is built on or copied from.
fn base(line: u32, name: &str, resolved: bool, finds: &mut Finds) {
    if name == "scratch" {
        return;
    }
    let named = reference(name);
    if !resolved {
        let message = format!("`{name}` depends on a build argument without a default");
        let next = "give the ARG before FROM a default that names a tag or a digest";
        finds.add(line, "pinned-base", "argument", message.clone(), next);
        finds.add(line, "digest-base", "argument", message, next);
        return;
    }
    if named.has_digest() {
        return;
    }
    finds.add(line, "digest-base", "", format!("`{name}` names no digest"), "add @sha256:… to the base");
    let next = "name a tag other than latest, or a digest";
    match named.tag {
        Some("latest") => finds.add(line, "pinned-base", "latest", format!("`{name}` is whatever is latest"), next),
        None => finds.add(line, "pinned-base", "no-tag", format!("`{name}` names no tag"), next),
        Some(_) => {}
    }
}

/// What no stage may do.
fn anywhere(step: &Step, shipped: bool, stages: &[Stage<'_>], finds: &mut Finds) {
    match &step.kind {
        Kind::Env(pairs) => {
            for (name, value) in pairs {
                let next = format!("take {name} out, and give it to the container when it starts");
                // What a build wants to see and no image ships need not be real: `CRON_SECRET=test`.
                let made_up = !shipped && (secret::is_placeholder(value) || secret::is_made_up(value));
                if secret::is_secret(name, value) && !made_up {
                    finds.add(
                        step.line,
                        "no-secrets",
                        "env",
                        format!("ENV {name} holds what looks like a secret"),
                        next,
                    );
                } else if secret::is_secret_name(name) && is_argument(value) {
                    let message = format!("ENV {name} keeps a build argument in the image");
                    finds.add(step.line, "no-secrets", "env", message, next);
                }
            }
        }
        Kind::Arg(pairs) => {
            for (name, value) in pairs {
                let value = value.as_deref().unwrap_or_default();
                let real = secret::is_secret(name, value) && !secret::is_placeholder(value);
                let asked = value.is_empty() && secret::is_secret_name(name);
                let message = match (real, asked) {
                    (true, _) => format!("ARG {name} holds what looks like a secret"),
                    (false, true) => format!("ARG {name} takes a secret, which the image's history then keeps"),
                    (false, false) => continue,
                };
                let next = format!("mount it instead: RUN --mount=type=secret,id={name}");
                finds.add(step.line, "no-secrets", "arg", message, next);
            }
        }
        Kind::Run(run) => commands::anywhere(step.line, run, finds),
        Kind::Copy { add: true, sources, checksum: false, .. } => {
            for source in sources.iter().filter(|source| source.contains("://") && !is_commit(source)) {
                let shown = source.split(['?', '@']).next().unwrap_or(source);
                let next = "add --checksum=sha256:…, or name a commit of 40 digits";
                finds.add(step.line, "no-add-url", "", format!("ADD {shown} without a checksum"), next);
            }
        }
        Kind::Copy { from: Some(from), .. } => {
            let own =
                stages.iter().any(|stage| stage.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(from)));
            let image = from.contains(['/', ':', '@']);
            if !own && image && !from.contains('$') {
                base(step.line, from, true, finds);
            }
        }
        Kind::Copy { .. } | Kind::From(..) | Kind::User(_) | Kind::Start(..) | Kind::Healthcheck(_) | Kind::Other => {}
    }
}

/// Whether a value is a variable alone: `$X`, `${X}`.
fn is_argument(value: &str) -> bool {
    let name = value.strip_prefix('$').map(|rest| rest.trim_start_matches('{').trim_end_matches('}'));
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

/// Whether a URL names a commit, which is its own checksum.
fn is_commit(url: &str) -> bool {
    let reference = url.rsplit_once('#').map(|(_, end)| end.split(':').next().unwrap_or(end));
    reference.is_some_and(|end| end.len() == 40 && end.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// What a stage may not do that the image is made of.
fn shipped(step: &Step, stage: &Stage<'_>, lean: bool, finds: &mut Finds) {
    match &step.kind {
        Kind::Run(run) => commands::shipped(step.line, run, &stage.env, lean, finds),
        // Out of an earlier stage too: what was kept out of nothing there is shipped here.
        Kind::Copy { sources, .. } => {
            for source in sources {
                let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
                if matches!(
                    name,
                    ".env" | ".git" | ".netrc" | ".git-credentials" | "id_rsa" | "id_ed25519" | ".ssh" | ".aws"
                ) {
                    let next = format!("leave {name} out, and mount what the build needs with RUN --mount=type=secret");
                    finds.add(step.line, "no-secrets", "copy", format!("{source} is copied into the image"), next);
                }
            }
        }
        Kind::Arg(_)
        | Kind::Env(_)
        | Kind::From(..)
        | Kind::User(_)
        | Kind::Start(..)
        | Kind::Healthcheck(_)
        | Kind::Other => {}
    }
}

/// Whether the dependencies are installed before the source is copied: else each change of the source installs them anew.
fn dependencies(stage: &Stage<'_>, stages: &[Stage<'_>], vendors: bool, finds: &mut Finds) {
    let mut parent = stage.parent;
    while let Some(above) = parent.and_then(|index| stages.get(index)) {
        if above.steps.iter().any(|step| installs(step, vendors)) {
            return;
        }
        parent = above.parent;
    }
    let mut copied = None;
    for step in &stage.steps {
        match &step.kind {
            Kind::Copy { sources, from: None, .. } => {
                if sources.iter().any(|source| matches!(source.as_str(), "." | "./" | "*" | "./*" | "/")) {
                    copied.get_or_insert(step.line);
                }
            }
            Kind::Run(run) if installs(step, vendors) => {
                if let Some(line) = copied.filter(|_| !run.has_cache()) {
                    let message =
                        format!("all of the source is copied before RUN in line {} installs dependencies", step.line);
                    let next =
                        "copy the manifest and the lockfile first, install, then copy the source; or mount a cache";
                    finds.add(line, "lockfile-first", "", message, next);
                }
                return;
            }
            Kind::Run(_)
            | Kind::Copy { .. }
            | Kind::Arg(_)
            | Kind::Env(_)
            | Kind::From(..)
            | Kind::User(_)
            | Kind::Start(..)
            | Kind::Healthcheck(_)
            | Kind::Other => {}
        }
    }
}

/// Whether a step installs what the project depends on; `vendors` says that what Go needs is in the source.
fn installs(step: &Step, vendors: bool) -> bool {
    let fetches = |call: &Call| commands::installs_project(call) && !(vendors && call.name() == "go");
    matches!(&step.kind, Kind::Run(run) if run.calls.iter().any(fetches))
}

/// The first line that takes something out of the build context; where there is none, what lies in it does not matter.
fn takes_context(stages: &[Stage<'_>]) -> Option<u32> {
    let takes = |step: &&&Step| match &step.kind {
        Kind::Copy { sources, from: None, .. } => sources.iter().any(|source| !source.contains("://")),
        Kind::Run(run) => run
            .mounts
            .iter()
            .any(|mount| !mount.contains("from=") && (mount.contains("type=bind") || !mount.contains("type="))),
        Kind::Copy { .. }
        | Kind::Arg(_)
        | Kind::Env(_)
        | Kind::From(..)
        | Kind::User(_)
        | Kind::Start(..)
        | Kind::Healthcheck(_)
        | Kind::Other => false,
    };
    stages.iter().flat_map(|stage| &stage.steps).find(takes).map(|step| step.line)
}

/// The ENTRYPOINT and CMD that count: the last of each.
fn starts(chain: &[&Stage<'_>], finds: &mut Finds) {
    let mut last: BTreeMap<&str, (u32, bool)> = BTreeMap::new();
    for stage in chain.iter().rev() {
        for step in &stage.steps {
            if let Kind::Start(name, exec) = &step.kind {
                last.insert(name, (step.line, *exec));
            }
        }
    }
    for (name, (line, exec)) in last {
        if !exec {
            let message = format!("{name} is in shell form, so signals do not reach the program");
            finds.add(
                line,
                "exec-form",
                "",
                message,
                format!("write {name} as a list: {name} [\"program\", \"argument\"]"),
            );
        }
    }
}
