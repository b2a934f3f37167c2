//! Routes that are usual for things of a kind, and which of them are chosen.

use serde::Deserialize;

use super::actions::Argument;

/// Registers the routes that are usual for things of a kind.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RowsWord {
    /// The path; what stands before a dot in it is a thing around, of which there is one.
    pub(crate) path: Argument,
    /// The routes: the name of what answers, method, and the path behind.
    pub(crate) all: Vec<String>,
    /// They are those of the controller that the call decorates; that chooses among them too.
    pub(crate) decorates: bool,
    /// What answers, the last of a list: those alone are registered whose names are members of it.
    pub(crate) of: Option<Argument>,
    /// What the path of one begins with that is known by its path alone, and the folder of the package that its file is in.
    pub(crate) placed: (String, String),
}

/// Leaves some of the routes that are usual alone, by the names of what answers.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ChooseWord {
    /// Those that are left.
    pub(crate) only: Option<Argument>,
    /// Those that are taken away.
    pub(crate) except: Option<Argument>,
    /// Those that are always taken away.
    pub(crate) without: Vec<String>,
}
