//! What the Dockerfiles say.

use schemars::JsonSchema;
use serde::Serialize;

/// The Dockerfiles of the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Dockerfiles {
    /// The files, by path.
    pub items: Vec<Dockerfile>,
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
}
