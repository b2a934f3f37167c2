//! The change under judgement: which files differ between a base and what is judged.

use schemars::JsonSchema;
use serde::Serialize;

use super::folders::is_of_tests;

/// How a file changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum ChangeStatus {
    Added,
    Modified,
    Deleted,
    Renamed,
}

/// One changed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangedFile {
    /// Its path now (before, for a deleted one), relative to the repository's root.
    pub path: String,
    /// How it changed.
    pub status: ChangeStatus,
    /// The path it had, for a renamed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The lines it has now that the base does not have: first and last, from 1, sorted, disjoint.
    #[serde(skip)]
    pub lines: Vec<(u32, u32)>,
}

/// How grave a change is if it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the documentation")]
pub enum RiskLevel {
    Low,
    Medium,
    High,
    Critical,
}

impl RiskLevel {
    /// Its name in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RiskLevel::Low => "low",
            RiskLevel::Medium => "medium",
            RiskLevel::High => "high",
            RiskLevel::Critical => "critical",
        }
    }
}

/// A risky operation in the change set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Risk {
    /// `schema-change`, `data-deletion`, `auth-change`, `breaking-api` or `weakened-gate`.
    pub kind: String,
    /// How grave.
    pub level: RiskLevel,
    /// Where.
    pub file: String,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Why it is one, and what would make it safe.
    pub why: String,
}

/// A person's word that the risks of a change may be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Approval {
    /// Who.
    pub by: String,
    /// When: RFC 3339, UTC.
    pub at: String,
    /// What they say.
    pub note: String,
}

/// The change set and what is risky in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Changes {
    /// The commit that everything is compared with; none where there is no git or no commit.
    pub base: Option<String>,
    /// The commit that is judged; its working tree or index holds the change.
    pub head: Option<String>,
    /// The changed files, by path.
    pub files: Vec<ChangedFile>,
    /// The risks, by level (gravest first), path, line.
    pub risks: Vec<Risk>,
    /// What takes its migrations back, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ways_back: Vec<String>,
    /// Who has approved the risks; none where nobody has, or where what was approved has changed since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// Approvals that do not count, and why: shown either way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub void_approvals: Vec<String>,
    /// What keeps the change set from being known, in words for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whether a path names a test by the habits of its language: a folder of tests, `*.test.ts`, `*.e2e.js`, `*_test.go`, `tests.rs`,
/// `test_*.py`, `*Test.java`, `*_spec.rb`.
#[must_use]
pub fn is_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_folder = folders.split('/').any(is_of_tests);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let source = matches!(
        extension,
        "js" | "jsx"
            | "ts"
            | "tsx"
            | "mjs"
            | "cjs"
            | "mts"
            | "cts"
            | "py"
            | "go"
            | "rs"
            | "java"
            | "kt"
            | "rb"
            | "php"
            | "cs"
    );
    let named = stem.ends_with(".test")
        || stem.ends_with(".spec")
        || is_end_to_end(stem)
        || stem.ends_with("_test")
        || stem.ends_with("_spec")
        || stem.starts_with("test_")
        || (extension == "rs" && (stem == "tests" || stem.ends_with("_tests")))
        || (extension == "py" && (stem == "tests" || stem.starts_with("tests_")))
        || (matches!(extension, "java" | "kt" | "php" | "cs")
            && ["Test", "Tests", "IT"].iter().any(|end| stem.ends_with(end)));
    source && (in_folder || named)
}

/// Whether the name of a file without its extension says that it tests the whole program: `orders.e2e`, `app.e2e-spec`.
fn is_end_to_end(stem: &str) -> bool {
    let Some((_, kind)) = stem.rsplit_once('.') else { return false };
    let (first, rest) = kind.split_once(['-', '_']).unwrap_or((kind, ""));
    (first == "e2e" && matches!(rest, "" | "spec" | "test"))
        || (matches!(first, "int" | "integration") && matches!(rest, "spec" | "test"))
}
