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
    /// The name of its file where none is given.
    pub(crate) usual: Option<String>,
    /// The folder in which names of documents begin.
    pub(crate) within: Option<Argument>,
    /// What stands before every path, in place of what the document says.
    pub(crate) base: Option<Argument>,
    /// What the document says that stands before every path does not.
    pub(crate) bare: bool,
    /// Operations alone are answered that bear this key, or whose paths do.
    pub(crate) marked: Option<String>,
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

/// A setting of a package's configuration file that lists what is mounted, each at a path: maps with a path and what answers
/// there, names of files, the things themselves; or one map of them by their paths.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ConfiguredWord {
    /// The dependencies any of which a package has where this holds.
    pub(crate) packages: Vec<String>,
    /// The object of the same file that it is mounted on.
    pub(crate) object: String,
    /// The configuration file, without its ending.
    pub(crate) config: String,
    /// The setting.
    pub(crate) setting: String,
    /// What one calls its path, and what answers there.
    pub(crate) path: Vec<String>,
    pub(crate) handler: Vec<String>,
    /// What one calls the method that it answers.
    pub(crate) method: String,
    /// What one says that only stands before others.
    pub(crate) middleware: String,
    /// A file that is named may give such a map itself.
    pub(crate) given: bool,
    /// The setting that stands before every path, and what one says where it does not.
    pub(crate) base: String,
    pub(crate) unless_false: String,
    /// The setting that names the folder of the sources, and beginnings of names that stand for it.
    pub(crate) sources: String,
    pub(crate) within: Vec<String>,
    /// Settings that list modules: functions, names of their files, or lists that begin with one. Each is called on the `adder`.
    pub(crate) modules: Vec<String>,
    /// The object of the same file that those are called on; what they add to it is mounted, too.
    pub(crate) adder: String,
    /// Beginnings of names that stand for the package's folder.
    pub(crate) below: Vec<String>,
}
