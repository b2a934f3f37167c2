//! `dockerfile`: what a Dockerfile must be.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{PathGlob, texts};
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::facts::dockerfiles::Dockerfile;
use crate::facts::{AreaName, Facts, Need};

/// The check.
pub const DOCKERFILE: CheckOf<DockerfileRule> =
    CheckOf { name: "dockerfile", page: include_str!("dockerfile.md"), stage: Stage::Commit, parameters: PhantomData };

/// What a rule demands.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct DockerfileRule {
    /// What it must be; `[non-root, pinned-base]` where nothing is named.
    require: Option<Vec<Demand>>,
    /// Which files are judged; Dockerfile and Containerfile at the root where none is named.
    paths: Vec<PathGlob>,
}

/// What a Dockerfile may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Demand {
    /// More than one stage.
    MultiStage,
    /// The final stage does not run as root.
    NonRoot,
    /// A tag other than latest, or a digest, on every external base.
    PinnedBase,
    /// A digest on every external base.
    DigestBase,
    /// The final stage has a health check.
    Healthcheck,
    /// An ignore file keeps out .git and .env.
    Dockerignore,
    /// No secret in ENV or ARG.
    NoSecrets,
    /// No sudo.
    NoSudo,
    /// Nothing fetched is piped into a shell.
    NoCurlPipeShell,
    /// CMD and ENTRYPOINT are in exec form.
    ExecForm,
    /// No ADD of a URL without a checksum.
    NoAddUrl,
    /// Package managers' caches are not left behind.
    PackageCache,
}

impl Demand {
    /// Its name, and what to do where it is not met.
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Demand::MultiStage => ("multi-stage", "build in a stage of its own and copy the result into the last one"),
            Demand::NonRoot => ("non-root", "add a USER that is not root to the last stage"),
            Demand::PinnedBase => ("pinned-base", "name a tag other than latest, or a digest"),
            Demand::DigestBase => ("digest-base", "add @sha256:… to the base"),
            Demand::Healthcheck => ("healthcheck", "add a HEALTHCHECK to the last stage"),
            Demand::Dockerignore => ("dockerignore", "add .git and .env to .dockerignore"),
            Demand::NoSecrets => ("no-secrets", "take the secret out and mount it with RUN --mount=type=secret"),
            Demand::NoSudo => ("no-sudo", "run the step as the user that it needs"),
            Demand::NoCurlPipeShell => ("no-curl-pipe-shell", "fetch, check the checksum, then run"),
            Demand::ExecForm => ("exec-form", "write CMD and ENTRYPOINT as lists"),
            Demand::NoAddUrl => ("no-add-url", "add --checksum=sha256:…"),
            Demand::PackageCache => ("package-cache", "remove /var/lib/apt/lists in the same RUN"),
        }
    }
}

impl DockerfileRule {
    fn demands(&self) -> Vec<Demand> {
        self.require.clone().unwrap_or_else(|| vec![Demand::NonRoot, Demand::PinnedBase])
    }

    fn meant(&self, path: &str) -> bool {
        if self.paths.is_empty() {
            return matches!(path, "Dockerfile" | "Containerfile");
        }
        let globs = texts(&self.paths);
        globs.iter().any(|glob| {
            let glob = globset::GlobBuilder::new(glob).literal_separator(true).build();
            glob.is_ok_and(|glob| glob.compile_matcher().is_match(path))
        })
    }
}

impl Judge for DockerfileRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Area(AreaName::Dockerfiles)]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let demands = self.demands();
        let names: Vec<&str> = demands.iter().map(|demand| demand.told().0).collect();
        let required = names.join(", ");
        let Some(area) = &facts.dockerfiles else {
            return Judgement::new(Outcome::NoEvidence, required, "").next("Dockerfiles are not collected");
        };
        let broken = area.evidence.problems.iter().any(|problem| self.meant(&problem.path));
        let all: &[Dockerfile] = area.facts.as_ref().map_or(&[], |facts| &facts.items);
        let files: Vec<&Dockerfile> = all.iter().filter(|file| self.meant(&file.path)).collect();
        if broken || files.is_empty() {
            let step = if broken {
                "mend the Dockerfile at the line that is named".to_owned()
            } else if all.is_empty() {
                "add a Dockerfile".to_owned()
            } else {
                let others: Vec<&str> = all.iter().take(3).map(|file| file.path.as_str()).collect();
                format!("there is none at the root: name those that are meant under `paths` ({})", others.join(", "))
            };
            let mut evidence = area.evidence.clone();
            if evidence.state == crate::facts::State::Found {
                evidence.state = crate::facts::State::Absent;
            }
            evidence.problems.retain(|problem| self.meant(&problem.path));
            return Judgement::no_evidence(rule, required, &evidence, &step);
        }
        let mut findings = Vec::new();
        let mut steps = Vec::new();
        for demand in demands {
            let (name, step) = demand.told();
            for file in &files {
                for one in file.findings.iter().filter(|one| one.rule == name) {
                    let at = Location::line(&file.path, one.line);
                    findings.push(Finding::new(
                        rule.id,
                        format!("{name} {}", one.message),
                        format!("{name}: {}", one.message),
                        Some(at),
                    ));
                    if !steps.contains(&step) {
                        steps.push(step);
                    }
                }
            }
        }
        let told: Vec<String> = files
            .iter()
            .map(|file| {
                format!(
                    "{}: {} stages, user {}",
                    file.path,
                    file.stages.len(),
                    file.user.as_deref().unwrap_or("not named")
                )
            })
            .collect();
        let outcome = if findings.is_empty() { Outcome::Pass } else { Outcome::Fail };
        let mut judgement = Judgement::new(outcome, required, told.join("; "));
        judgement.next_step = (!steps.is_empty()).then(|| steps.join("; "));
        judgement.findings = findings;
        judgement.evidence = area.evidence.reports.iter().filter(|source| self.meant(&source.path)).cloned().collect();
        judgement
    }
}
