//! `dockerfile`: what a Dockerfile must be.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{PathGlob, texts};
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::facts::dockerfiles::{Dockerfile, DockerfileFinding, IgnoredFinding};
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
    /// An ignore file keeps out .git, .env and installed dependencies.
    Dockerignore,
    /// No secret in ENV, ARG, RUN or among what is copied.
    NoSecrets,
    /// No sudo.
    NoSudo,
    /// Nothing fetched is piped into a shell.
    NoCurlPipeShell,
    /// CMD and ENTRYPOINT are in exec form.
    ExecForm,
    /// No ADD of a URL without a checksum.
    NoAddUrl,
    /// Package managers' caches are not left behind in what is shipped.
    PackageCache,
    /// Nothing is installed because it is recommended.
    NoRecommends,
    /// Dependencies are installed before all of the source is copied.
    LockfileFirst,
}

impl Demand {
    fn name(self) -> &'static str {
        match self {
            Demand::MultiStage => "multi-stage",
            Demand::NonRoot => "non-root",
            Demand::PinnedBase => "pinned-base",
            Demand::DigestBase => "digest-base",
            Demand::Healthcheck => "healthcheck",
            Demand::Dockerignore => "dockerignore",
            Demand::NoSecrets => "no-secrets",
            Demand::NoSudo => "no-sudo",
            Demand::NoCurlPipeShell => "no-curl-pipe-shell",
            Demand::ExecForm => "exec-form",
            Demand::NoAddUrl => "no-add-url",
            Demand::PackageCache => "package-cache",
            Demand::NoRecommends => "no-recommends",
            Demand::LockfileFirst => "lockfile-first",
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

fn finding(rule: &RuleContext<'_>, path: &str, one: &DockerfileFinding) -> Finding {
    let id = one.hadolint.as_deref().map(|id| format!(" [{id}]")).unwrap_or_default();
    let message = format!("{}: {}{id}; {}", one.rule, one.message, one.next_step);
    Finding::new(rule.id, format!("{} {}", one.rule, one.message), message, Some(Location::line(path, one.line)))
}

impl Judge for DockerfileRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Area(AreaName::Dockerfiles)]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let demands = self.demands();
        let names: Vec<&str> = demands.iter().map(|demand| demand.name()).collect();
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
        let (mut findings, mut steps, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for name in names {
            for file in &files {
                for one in file.findings.iter().filter(|one| one.rule == name) {
                    findings.push(finding(rule, &file.path, one));
                    if !steps.contains(&one.next_step.as_str()) {
                        steps.push(one.next_step.as_str());
                    }
                }
                for one in file.ignored.iter().filter(|one| one.rule == name) {
                    let IgnoredFinding { line, rule, hadolint, reason } = one;
                    notes.push(format!("{}:{line}: {rule} is ignored there ({hadolint}): {reason}", file.path));
                }
            }
        }
        let told: Vec<String> = files
            .iter()
            .map(|file| {
                let stages = match file.stages.len() {
                    1 => "1 stage".to_owned(),
                    count => format!("{count} stages"),
                };
                format!("{}: {stages}, user {}", file.path, file.user.as_deref().unwrap_or("not named"))
            })
            .collect();
        let outcome = if findings.is_empty() { Outcome::Pass } else { Outcome::Fail };
        let mut judgement = Judgement::new(outcome, required, told.join("; "));
        judgement.next_step = (!steps.is_empty()).then(|| steps.join("; "));
        judgement.findings = findings;
        judgement.notes.extend(notes);
        judgement.evidence = area.evidence.reports.iter().filter(|source| self.meant(&source.path)).cloned().collect();
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::node::{Node, Place, Value};

    fn names(text: &str) -> Node {
        let place = Place { file: "donegate.yaml".into(), line: 1, column: 1 };
        Node { value: Value::List(vec![Node { value: Value::Str(text.to_owned()), place: place.clone() }]), place }
    }

    #[test]
    fn a_misspelt_demand_is_refused_with_the_nearest_name() {
        let mistake = names("non-rot").read::<Vec<Demand>>().expect_err("a typo");
        assert_eq!(Some("did you mean `non-root`?"), mistake.help.as_deref());
        assert_eq!(None, names("something-else").read::<Vec<Demand>>().expect_err("no name").help);
    }

    #[test]
    fn a_demand_is_read_by_the_name_that_is_told() {
        for text in ["multi-stage", "no-recommends", "lockfile-first", "no-add-url", "healthcheck"] {
            let demands = names(text).read::<Vec<Demand>>().expect("a demand");
            assert_eq!(text, demands[0].name());
        }
    }
}
