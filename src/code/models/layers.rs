//! Stores that lay settings over each other: what files give, what the code gives, and variables of the environment, whose
//! names come of the settings' own.

use serde::Deserialize;

use super::actions::Argument;

/// What an object says as one layer of settings. Arguments are those of its constructor and what calls keep beside them.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SourceWord {
    /// It is the environment.
    pub(crate) variables: bool,
    /// What stands before every name.
    pub(crate) prefix: Option<Argument>,
    /// What stands between the names of nested settings; without it none of them can be given.
    pub(crate) separator: Option<Argument>,
    /// What stands behind the prefix.
    pub(crate) joint: Option<Argument>,
    /// What stands there where nothing is said: the separator, or this where there is none.
    pub(crate) joint_default: Option<String>,
    /// A variable may hold a whole table of settings.
    pub(crate) tables: bool,
    /// A list can be given only where this is said.
    pub(crate) lists: Option<Argument>,
    /// The settings that it gives, where it gives some alone.
    pub(crate) only: Option<Argument>,
    /// Settings that it does not give.
    pub(crate) except: Option<Argument>,
    /// A function that makes settings' names of those of variables.
    pub(crate) mapped: Option<Argument>,
    /// That function gets the names with their prefix; without it settings are called as variables are.
    pub(crate) maps_whole: bool,
    /// It is a file; an ending that is not written may be any.
    pub(crate) file: Option<Argument>,
    /// It is the text of a file.
    pub(crate) text: Option<Argument>,
    /// It is a value whose fields are settings.
    pub(crate) value: Option<Argument>,
    /// The one setting that the value is.
    pub(crate) key: Option<Argument>,
}

/// Adds a layer to a store, or asks the store.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LayersWord {
    /// The layer, or a list of layers.
    pub(crate) add: Option<Argument>,
    /// The setting that the code gives a value for.
    pub(crate) gives: Option<Argument>,
    /// That value.
    pub(crate) value: Option<Argument>,
    /// The setting that is asked for; its type may be stated or expected.
    pub(crate) asks: Option<Argument>,
    /// All settings are asked for, as the fields of the type that is stated or expected.
    pub(crate) all: bool,
    /// The value that all settings are written into: its fields are settings.
    pub(crate) target: Option<Argument>,
    /// The tag that names a field's setting.
    pub(crate) tag: Option<String>,
    /// The attributes of fields that say more: how their names are told is the same for all of them.
    pub(crate) fields: Option<super::FieldsWord>,
}

/// Gives a value of the type that is stated or expected, with its fields as a text says.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FilledWord {
    /// The text.
    pub(crate) text: Argument,
    /// How the names of files with such a text end.
    pub(crate) endings: Vec<String>,
    /// What attributes say of the fields.
    pub(crate) fields: super::FieldsWord,
    /// It fills this value instead of giving one; the text may be told by the path of its file, too.
    pub(crate) target: Option<Argument>,
    /// The tag that names such a value's fields in the text.
    pub(crate) tag: String,
    /// What gives the text of a file whose path is not known; where none is named, any text may be one's.
    pub(crate) of: Vec<String>,
}
