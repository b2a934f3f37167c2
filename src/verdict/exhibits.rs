//! What was measured, for outputs that show more than what rules came to. Plain data; an area that no rule asked for is not
//! here, and none of this decides anything.

use crate::domain::finding::Location;

/// The measured areas that a person may want to look into.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exhibits {
    /// What the tests cover.
    pub coverage: Option<CoverageShown>,
    /// The endpoints, wherever they are known from.
    pub routes: Option<RoutesShown>,
    /// The environment variables.
    pub env: Option<EnvShown>,
    /// The container images.
    pub images: Vec<ImageShown>,
}

/// Lines covered, by file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoverageShown {
    /// Why it is no proof; none where it is.
    pub doubt: Option<String>,
    /// The files that the repository has, by path.
    pub files: Vec<FileShown>,
}

/// A file's lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileShown {
    /// Its path.
    pub path: String,
    /// Lines that are covered.
    pub covered: u64,
    /// Lines that could be.
    pub total: u64,
}

/// The endpoints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoutesShown {
    /// Why the inventory is no proof; none where it is.
    pub doubt: Option<String>,
    /// Each method on a path.
    pub items: Vec<RouteShown>,
    /// Registrations that could not be evaluated, and why.
    pub unresolved: Vec<(Location, String)>,
    /// Where the running service was asked.
    pub probed: Option<String>,
}

/// One method on a path, and who knows of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RouteShown {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The framework that the code registers it with; none where the code does not have it.
    pub framework: Option<String>,
    /// Where: in the code, else in the document.
    pub place: Option<Location>,
    /// Whether it is registered only under a condition.
    pub conditional: bool,
    /// Whether an OpenAPI document has it; none where that was not asked or cannot be said.
    pub documented: Option<bool>,
    /// How many places in tests reach it; none where that was not asked.
    pub tests: Option<usize>,
    /// What the running service answered; none where it was not asked.
    pub answer: Option<String>,
}

/// The environment variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvShown {
    /// Why it is no proof; none where it is.
    pub doubt: Option<String>,
    /// The variables, by name.
    pub items: Vec<VariableShown>,
    /// Reads whose name is not known, with what is known of it.
    pub dynamic: Vec<(Location, String)>,
}

/// One variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableShown {
    /// Its name.
    pub name: String,
    /// What becomes of it.
    pub state: VariableState,
    /// Whether the program does without.
    pub required: bool,
    /// Where it is read.
    pub sites: Vec<Location>,
    /// Where an example names it.
    pub documented: Option<Location>,
}

/// What becomes of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VariableState {
    /// Read, and no example names it.
    Missing,
    /// Named, and nothing reads it.
    Unused,
    /// Read and named.
    Documented,
    /// The platform provides it.
    Platform,
}

/// One container image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageShown {
    /// Its name.
    pub reference: String,
    /// Its platform.
    pub platform: String,
    /// As stored.
    pub compressed: Option<u64>,
    /// Unpacked.
    pub unpacked: Option<u64>,
    /// Who it runs as.
    pub user: Option<String>,
    /// Whether it has a health check; none where the evidence cannot tell.
    pub healthcheck: Option<bool>,
    /// The layers, lowest first.
    pub layers: Vec<LayerShown>,
}

/// One layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerShown {
    /// Its size: unpacked where known, else as stored; none where neither is.
    pub bytes: Option<u64>,
    /// Whether it is one of the base's.
    pub base: bool,
    /// The instruction that made it.
    pub made_by: Option<String>,
}
