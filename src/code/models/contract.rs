//! What a document in OpenAPI's form says that is answered, and files that answer by their place.

use serde::Deserialize;

use super::actions::Argument;

/// Registers the operations of an OpenAPI document, and those that the files of a folder answer by their place. An argument
/// that the call is not given is one of those that made the object.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ContractWord {
    /// The object that it registers on, where it is another than the one that the call is on.
    pub(crate) on: Option<Argument>,
    /// The document: a map, or the name of a file.
    pub(crate) document: Argument,
    /// The folder in which names of documents begin.
    pub(crate) within: Option<Argument>,
    /// What stands before every path, in place of what the document says.
    pub(crate) base: Option<Argument>,
    /// What the document says that stands before every path does not.
    pub(crate) bare: bool,
    /// The functions that answer, by the ids of operations: an operation without one is none. Where no argument is named, all of
    /// them are answered.
    pub(crate) answers: Option<Argument>,
    /// The folder whose files answer, each with the members that are called like methods; or a list of such folders and of
    /// maps of a path and a module.
    pub(crate) folder: Option<Argument>,
    /// The page that gives the document.
    pub(crate) page: Option<PageWord>,
}

/// A page that a library adds.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PageWord {
    /// Its path.
    pub(crate) path: Argument,
    /// Its path where none is given.
    pub(crate) path_default: String,
    /// There is none where this is false.
    pub(crate) unless_false: Argument,
    /// The library.
    pub(crate) library: String,
}

/// Mounts the routers that the files of a folder hold: what stands before each is told by the folders above it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PagesWord {
    /// The folder: an argument, or one of those that made the object.
    pub(crate) folder: Argument,
    /// The folder's name where none is given.
    pub(crate) usual: String,
    /// The name of the files.
    pub(crate) file: String,
    /// What a file calls its router.
    pub(crate) member: String,
}
