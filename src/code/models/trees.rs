//! Trees of modules: what serves their controllers, and what says where those stand.

use serde::Deserialize;

use super::actions::Argument;
use super::injection::BindsWord;

/// Marks a class as a controller.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ControllerWord {
    /// Its path or paths.
    pub(crate) path: Argument,
    /// Where this is true, nothing that settings say stands before them.
    pub(crate) bare: Option<Argument>,
    /// Its versions.
    pub(crate) version: Argument,
    /// Controllers that stand below its path.
    pub(crate) children: Argument,
}

/// Serves the controllers of a tree of modules. What is kept on the object is named like its constructor's arguments.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TreeWord {
    /// The module at the root.
    pub(crate) root: Argument,
    /// The package's file of settings, without its ending, and those any of which stands before every path.
    pub(crate) settings: (String, Vec<String>),
    /// The package's file of settings, and the one that lists the files whose controllers are served, by patterns. What such a
    /// file imports is served, too.
    pub(crate) compiled: (String, String),
    /// A method answers what each of its decorators says; else what the outermost one does.
    pub(crate) several: bool,
    /// What names controllers by the paths that they stand under, and the folder that patterns among them mean.
    pub(crate) mounts: String,
    pub(crate) mounts_root: String,
    /// Without a root every controller is served whose module is imported anywhere.
    pub(crate) imported: bool,
    /// In what is given about a module: the class that it is, where it is no class.
    pub(crate) module: String,
    /// In what is given about a module: the modules that it imports.
    pub(crate) imports: String,
    /// In what is given about a module: its controllers.
    pub(crate) controllers: String,
    /// In what is given about a module: what it tells containers, each of a list by what this says of it.
    pub(crate) providers: String,
    /// What each of them says.
    pub(crate) provides: Option<BindsWord>,
    /// Routes that have no prefix of the object: path templates, or maps of a path and a method.
    pub(crate) exclude: Argument,
    /// Whether versions stand in the path: what says so.
    pub(crate) versions: Argument,
    /// In what says so: the kind of versioning, and the last words of the kind that is meant.
    pub(crate) kind: (String, Vec<String>),
    /// In what says so: what stands before a version, and what stands there where nothing is said.
    pub(crate) version_prefix: (String, String),
    /// In what says so: the version of what has none.
    pub(crate) default_version: String,
    /// The last word of the version that is none.
    pub(crate) neutral: String,
}

/// Modules of a tree with prefixes of their own.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PlacesWord {
    /// The list.
    pub(crate) list: Argument,
    /// In an entry: the prefix.
    pub(crate) path: String,
    /// In an entry: the module.
    pub(crate) module: String,
    /// In an entry: entries below it.
    pub(crate) children: String,
}

/// Compiles controllers: what a program of the build says in place of the package's file of settings.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CompilesWord {
    /// The name of a file of settings, where this is a text.
    pub(crate) file: Option<Argument>,
    /// The patterns of the files whose controllers are compiled.
    pub(crate) list: Argument,
    /// What stands before every path.
    pub(crate) base: Argument,
}
