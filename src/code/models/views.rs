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

/// Registers the methods of a class, or of an instance of one, behind a base of its own.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ExposesWord {
    /// It registers on this argument and not on the object itself.
    pub(crate) on: Option<Argument>,
    /// The class, the instance, or a list of these.
    pub(crate) class: Argument,
    /// What says the base: arguments of the call, members of the instance or of the class, the first that is there. Else it is
    /// the name of the class in lower case.
    pub(crate) base: Vec<String>,
    /// What that name ends with is left out of it.
    pub(crate) without: String,
    /// What stands before the base.
    pub(crate) before: Option<Argument>,
    /// The decorator that says a method's path and methods.
    pub(crate) decorator: String,
    /// A method without it answers by its name and parameters.
    pub(crate) named: bool,
}

/// Gives a list of patterns, some of them as tuples of what makes one.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PatternsWord {
    /// The patterns.
    pub(crate) of: Argument,
    /// What stands before the names of their views.
    pub(crate) prefix: Argument,
    /// The function that makes one of what a tuple holds.
    pub(crate) make: String,
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
