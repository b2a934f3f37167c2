//! What the Dockerfiles say.

use schemars::JsonSchema;
use serde::Serialize;

/// The Dockerfiles of the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Dockerfiles {
    /// The files, by path.
    pub items: Vec<Dockerfile>,
    /// The services of compose files, by file and line.
    pub services: Vec<ComposeService>,
}

/// One Dockerfile or Containerfile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Dockerfile {
    /// Its path.
    pub path: String,
    /// Its stages in order.
    pub stages: Vec<BuildStage>,
    /// The user of the final stage, inherited from the stages it is built on; none where no `USER` stands in that chain.
    pub user: Option<String>,
    /// Whether the final stage is known not to run as root; none where it depends on the base image, which is not known.
    pub non_root: Option<bool>,
    /// Whether the final stage has a health check of its own (`NONE` is none).
    pub healthcheck: bool,
    /// What is wrong with it, by line and rule.
    pub findings: Vec<DockerfileFinding>,
    /// What would be wrong and is ignored beside the instruction, with the reason that stands there.
    pub ignored: Vec<IgnoredFinding>,
}

/// A service of a compose file: what it is built from, or which image it takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct ComposeService {
    /// The compose file.
    pub file: String,
    /// The line that it stands on, from 1.
    pub line: u32,
    /// Its name.
    pub name: String,
    /// The Dockerfile that it is built from, where that lies in the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dockerfile: Option<String>,
    /// The folder that is its build context; empty for the root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The stage that is built, where one is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The image that it takes, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

/// A build stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BuildStage {
    /// Its name; none if it has none.
    pub name: Option<String>,
    /// The image or stage it is built on, build arguments resolved where they have a default.
    pub base: String,
    /// The line of its FROM.
    pub line: u32,
    /// Whether `base` names an earlier stage.
    pub internal: bool,
}

/// Something wrong in a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct DockerfileFinding {
    /// The line, from 1.
    pub line: u32,
    /// What is demanded: `pinned-base`, `non-root`, `multi-stage`, …
    pub rule: String,
    /// What is wrong.
    pub message: String,
    /// hadolint's id, where it has the same rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hadolint: Option<String>,
    /// What to do.
    pub next_step: String,
}

/// Something that would be wrong and is ignored beside the instruction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct IgnoredFinding {
    /// The line, from 1.
    pub line: u32,
    /// What is demanded.
    pub rule: String,
    /// hadolint's id, by which it is ignored.
    pub hadolint: String,
    /// Why.
    pub reason: String,
}
