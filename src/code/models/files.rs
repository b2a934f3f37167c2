//! Files and folders that are routes by their place, and what stands beside them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Files that are routes by their place.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FilesWord {
    /// The dependency that a package has where this holds.
    pub(crate) package: String,
    /// The object of the same file that they are registered on.
    pub(crate) object: String,
    /// The folders of the package.
    pub(crate) folders: Vec<String>,
    /// Their names are whole paths, and what they export says what they answer.
    pub(crate) flat: Option<FlatWord>,
    /// What stands before every path.
    pub(crate) prefix: String,
    /// The name of a file that is a route, without its ending; none where every file is one under its own name.
    pub(crate) stem: Option<String>,
    /// The exports that are methods; empty where the default export answers all.
    pub(crate) methods: Vec<String>,
    /// The method that the default export answers besides those.
    pub(crate) default: Option<String>,
    /// The export that answers every other method.
    pub(crate) any: Option<String>,
    /// The name of a file may end with the method that it answers: `users.get.ts`.
    pub(crate) suffixed: bool,
    /// Files and folders whose names begin with one of these are none, besides those with an underscore.
    pub(crate) hidden: Vec<String>,
    /// The file is no route: its default export is called with the object.
    pub(crate) called: bool,
    /// The export that is a map of routes: each key is a method and a path, or a path alone.
    pub(crate) table: Option<String>,
    /// What a map in that one says that answers: one that has none of these says something else about the path.
    pub(crate) answers: Vec<String>,
    /// What the package registers besides, where its settings do not say otherwise.
    pub(crate) besides: Option<BesidesWord>,
    /// The package's configuration file, without its ending.
    pub(crate) config: String,
    /// The setting in it that stands before every path, with dots between the names that lead to it.
    pub(crate) setting: String,
}

/// Files whose names are whole paths, with dots between the segments. One that exports a page is no route.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FlatWord {
    /// The export that is a page.
    pub(crate) page: String,
    /// The exports that answer, each with the methods.
    pub(crate) answers: BTreeMap<String, Vec<String>>,
    /// The file that is the route that its folder is named after, without its ending.
    pub(crate) stems: Vec<String>,
    /// The first version of the package in which that holds; before it folders are segments, and what begins with two underscores
    /// is none.
    pub(crate) since: Option<u64>,
    /// Files of configuration, without their endings.
    pub(crate) configs: Vec<String>,
    /// Words of those by which folders are segments in later versions, or are none in earlier ones.
    pub(crate) nested: Vec<String>,
    pub(crate) flattened: Vec<String>,
    /// Words by which something stands before every path.
    pub(crate) based: Vec<String>,
    /// Words by which something else says which files are routes.
    pub(crate) otherwise: Vec<String>,
}

/// What a package registers that no code names, unless its settings say that it does not.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BesidesWord {
    /// The file of the settings, without its ending.
    pub(crate) file: String,
    /// Its export that holds them.
    pub(crate) export: String,
    /// Those that are on unless they are false.
    pub(crate) off: Vec<String>,
    /// Those that are off unless they are true.
    pub(crate) on: Vec<String>,
    /// What is told where one is on.
    pub(crate) unresolved: String,
}

/// Folders of a package each of which is an API: files that list routes, and kinds of content whose usual routes are served.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ContentsWord {
    /// The dependency that a package has where this holds.
    pub(crate) package: String,
    /// The object of the same file that the routes stand on.
    pub(crate) object: String,
    /// The folder that the APIs' folders are in.
    pub(crate) folder: String,
    /// The folder of files in each, or the one file, that lists routes.
    pub(crate) routes: String,
    /// The member of what such a file gives that lists them.
    pub(crate) list: String,
    /// The package's file of settings, without its ending, and the setting that stands before every path.
    pub(crate) config: (String, String),
    /// What stands there where the settings do not say.
    pub(crate) usual: String,
    /// The folder of kinds of content, each a folder with its schema.
    pub(crate) kinds: String,
    /// The usual routes of what there are many of: the name of what answers, method, and the path behind.
    pub(crate) many: Vec<String>,
    /// Those of what there is one of.
    pub(crate) one: Vec<String>,
}
