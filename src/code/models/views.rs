//! What answers routes that stand elsewhere, classes whose methods stand in paths, and trees of objects whose methods answer
//! under their own names.

use serde::Deserialize;

use super::actions::Argument;

/// Answers the routes of a name.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ViewWord {
    /// The name.
    pub(crate) route: Argument,
    /// The methods.
    pub(crate) methods: Argument,
    /// What it answers for: where that is an exception it answers no route.
    pub(crate) context: Argument,
    /// Its own name: without a route it answers below the root under that.
    pub(crate) named: Argument,
    /// The argument of the router's constructor that says that there is more than the root.
    pub(crate) tree: Argument,
    /// What answers; none where it is what the call decorates.
    pub(crate) handler: Option<Argument>,
    /// It says what the views of the class that it decorates have in common.
    pub(crate) defaults: bool,
}

/// Registers a route for each method of a class whose name may stand in the path.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ExpandsWord {
    /// The path.
    pub(crate) path: Argument,
    /// The class, or the dotted name that leads to it.
    pub(crate) class: Argument,
    /// The argument that is one method alone, and the parameter of the path that stands for each.
    pub(crate) action: Argument,
}

/// Registers what a tree of objects publishes.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PublishesWord {
    /// The root.
    pub(crate) of: Argument,
    /// What stands before it.
    pub(crate) at: Argument,
    /// Settings by path, whose members may be routers.
    pub(crate) settings: Argument,
}

/// The class whose instance is the root of such a tree by its name.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RootWord {
    /// Its name.
    pub(crate) name: String,
    /// The object that the library holds for all that it is published on.
    pub(crate) on: String,
}
