//! What containers are told, and asked for.

use serde::Deserialize;

use super::actions::Argument;

/// Tells a container what it gives under a key. Of class, function and value the first that is given counts.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BindsWord {
    /// The key: a text or a class; an argument, or one of those that made the object. Behind `^` it is one of the latter.
    pub(crate) key: Argument,
    /// It is one of all that there is under the key: who asks for a set or a list gets them all.
    pub(crate) element: bool,
    /// Under what it stands among them where who asks gets a map.
    pub(crate) entry: Option<Argument>,
    /// What gives it by its method `get`: a class or an instance.
    pub(crate) provider: Option<Argument>,
    /// What tells it apart from others under the key.
    pub(crate) qualifier: Option<Argument>,
    /// A class that it makes an instance of.
    pub(crate) class: Option<Argument>,
    /// A function that gives it.
    pub(crate) function: Option<Argument>,
    /// Where no key is given it is the class of what that function gives.
    pub(crate) made: bool,
    /// The value itself.
    pub(crate) value: Option<Argument>,
    /// Another key that leads to it.
    pub(crate) other: Option<Argument>,
    /// A map of keys and what they are; what a key is says for itself how it is made.
    pub(crate) table: Option<Argument>,
    /// What is made gets the container: its members are what it was told.
    pub(crate) hands: bool,
    /// The keys of what that function gets: a list.
    pub(crate) takes: Option<Argument>,
}

/// Asks for what containers were told.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ResolvesWord {
    /// The key.
    pub(crate) key: Argument,
    /// What tells it apart from others under the key: where it is not given nothing is asked for by this word.
    pub(crate) qualifier: Option<Argument>,
    /// All that was told under it, as a list.
    pub(crate) all: bool,
    /// The object serves a tree of modules, which tell what there is.
    pub(crate) tree: bool,
}

/// Runs what tells a container what there is.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct InstallsWord {
    /// Instances, or lists of them.
    pub(crate) of: Argument,
    /// Their methods that tell it, as far as they are there; each gets what is made.
    pub(crate) members: Vec<String>,
}

/// What a method gives a container which calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Gives {
    /// What there is of the type that it states.
    One,
    /// One of all that there is of that type.
    Element,
}

/// Tells a container something that calls functions with what other functions give, by type.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ContainerWord {
    /// Functions that it calls for what they give, where another function needs that.
    pub(crate) provides: Option<Argument>,
    /// Functions that it calls for themselves.
    pub(crate) invokes: Option<Argument>,
    /// Values that it hands out by their types.
    pub(crate) supplies: Option<Argument>,
    /// Functions that give something instead of what was provided, which they may ask for.
    pub(crate) decorates: Option<Argument>,
    /// Values that do.
    pub(crate) replaces: Option<Argument>,
    /// Of this what the running function gives is made.
    pub(crate) builds: Option<Argument>,
    /// Notes on what it is told.
    pub(crate) said: Option<Argument>,
}

/// A note on what a container is told.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NotesWord {
    /// What it is on.
    pub(crate) target: Option<Argument>,
    /// A value that is provided as it is.
    pub(crate) value: Option<Argument>,
    /// A struct each of whose fields is asked for.
    pub(crate) fills: Option<Argument>,
    /// Something whose fields are provided.
    pub(crate) parts: Option<Argument>,
    /// Tags of what a function gives.
    pub(crate) results: Option<Argument>,
    /// Tags of what it asks for.
    pub(crate) params: Option<Argument>,
    /// The name of what it gives.
    pub(crate) name: Option<Argument>,
    /// The group of what it gives.
    pub(crate) group: Option<Argument>,
    /// Other notes that it takes in.
    pub(crate) said: Option<Argument>,
}
