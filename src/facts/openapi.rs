//! What the OpenAPI documents say.

use schemars::JsonSchema;
use serde::Serialize;

/// OpenAPI documents against the route inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenApi {
    /// The documents, by path.
    pub documents: Vec<Document>,
    /// Their operations, by path, method and place.
    pub operations: Vec<Operation>,
    /// In the code, not in a document of its service: by path and method, with the place in the code.
    pub undocumented: Vec<Operation>,
    /// In a document, not in the code: with the place in the document.
    pub unimplemented: Vec<Operation>,
    /// In the document of one service and in the code of another: whether one hands on what the other answers is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Elsewhere>,
    /// The routes that were held against the documents: those that a document can express.
    #[serde(skip)]
    pub held: Vec<Operation>,
    /// What is wrong with the documents, by file and place.
    pub errors: Vec<SpecError>,
    /// The folders of the services that were told apart, each held against its own documents; none where all documents tell of
    /// all routes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// What a reader should know: a base path that was found by alignment, routes that no document can express.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// An OpenAPI document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Document {
    /// Its path.
    pub path: String,
    /// Its version: `3.1.0`, `2.0`.
    pub version: String,
    /// The base path that its operations are held against the code with; `/` where there is none.
    pub base: String,
}

/// A method on a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Operation {
    /// The path, base path included.
    pub path: String,
    /// The method in upper case.
    pub method: String,
    /// The file that has it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// An operation that the service of its document lacks and another has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Elsewhere {
    /// The operation, with the place in the document.
    pub operation: Operation,
    /// The route, with the place in the code.
    pub route: Operation,
    /// Whether no other document may tell of the route: its service has none, and is in none that goes with all.
    pub alone: bool,
}

/// Something that makes a document invalid.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct SpecError {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong.
    pub why: String,
}
