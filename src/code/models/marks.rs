//! What calls leave behind: marks on functions and classes, names of values, paths before what is described.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::actions::Argument;

/// Which texts of code may serve an object that a library holds for all, but for white space.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HeldWord {
    /// Any of these.
    pub(crate) words: Vec<String>,
    /// One of these closely behind a word.
    pub(crate) behind: BTreeMap<String, Vec<String>>,
    /// A word that stands more often than all of these together.
    pub(crate) without: BTreeMap<String, Vec<String>>,
}

/// Puts a prefix before the paths of descriptions.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DescribesWord {
    /// The map.
    pub(crate) of: Argument,
    /// The prefix.
    pub(crate) prefix: Argument,
}

/// Names what a function gives.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NamespaceWord {
    /// The name.
    pub(crate) name: Argument,
    /// The function.
    pub(crate) of: Argument,
    /// A function that gets the environment and gives what it makes of it: that is named by its keys.
    pub(crate) checks: Option<Argument>,
}

/// Puts a path before the routes of those annotated classes for which something holds.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BeforeWord {
    /// The path.
    pub(crate) path: Argument,
    /// What holds: a function of the class, or an object that lists `annotations` or `packages`.
    pub(crate) when: Argument,
}

/// Maps a servlet to patterns of paths, or tells one of these of it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MapsWord {
    /// The servlet: an instance, a class or its full name, or what holds one; none for the one that the object got.
    pub(crate) servlet: Option<Argument>,
    /// The name that it has for other such calls.
    pub(crate) named: Option<Argument>,
    /// The patterns.
    pub(crate) at: Option<Argument>,
}

/// Sets a member.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SetWord {
    /// Its name.
    pub(crate) name: Argument,
    /// Its name where none is given.
    pub(crate) usual: String,
    /// Its value.
    pub(crate) value: Argument,
}

/// Notes something on what is given or decorated.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MarkWord {
    /// What is marked; none where the call gives a decorator.
    pub(crate) on: Option<Argument>,
    /// Where that is neither a function nor a class, the call gives a decorator.
    pub(crate) decorates: bool,
    /// The mark.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: Option<Argument>,
    /// Its value where none is given.
    pub(crate) default: Vec<String>,
    /// What the call's name says beside its arguments, where all of these are the value: `list_route` that there is no item.
    pub(crate) with: BTreeMap<String, bool>,
}
