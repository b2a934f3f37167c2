//! What the OpenAPI documents say.

use schemars::JsonSchema;
use serde::Serialize;

/// OpenAPI documents against the route inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenApi {
    /// The documents, by path.
    pub documents: Vec<Document>,
    /// Their operations, by path and method.
    pub operations: Vec<Operation>,
    /// In the code, not in a document.
    pub undocumented: Vec<Operation>,
    /// In a document, not in the code.
    pub unimplemented: Vec<Operation>,
}

/// An OpenAPI document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Document {
    /// Its path.
    pub path: String,
    /// Its version: `3.1.0`, `2.0`.
    pub version: String,
}

/// A method on a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Operation {
    /// The path, base path included.
    pub path: String,
    /// The method in upper case.
    pub method: String,
}
