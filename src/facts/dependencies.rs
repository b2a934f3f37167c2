//! What the project's manifests depend on.

use schemars::JsonSchema;
use serde::Serialize;

/// Declared dependencies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Dependencies {
    /// By name, manifest and line.
    pub items: Vec<Dependency>,
}

/// A dependency that a manifest declares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Dependency {
    /// Its name as the manifest writes it.
    pub name: String,
    /// The manifest.
    pub file: String,
    /// The line, from 1, where told.
    pub line: Option<u32>,
    /// Whether it is for development alone.
    pub dev: bool,
}
