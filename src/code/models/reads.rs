//! What calls read: variables of the environment, and stores of settings.

use serde::Deserialize;

use super::actions::Argument;

/// Asks an object for a value that was put into it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AskWord {
    /// The key; none where all is given.
    pub(crate) key: Option<Argument>,
    /// What parts the names of a key that lead inwards.
    pub(crate) separator: String,
}

/// Puts values into an object.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SupplyWord {
    /// A map of them, or the value of `key`.
    pub(crate) values: Option<Argument>,
    /// The key of one value.
    pub(crate) key: Option<Argument>,
    /// What parts the names of that key that lead inwards.
    pub(crate) separator: String,
    /// A file of them.
    pub(crate) file: Option<Argument>,
    /// They are asked before what is there already.
    pub(crate) first: bool,
}

/// Reads the environment.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EnvWord {
    /// The variable's name; may be a list of names.
    pub(crate) name: Argument,
    /// Where it is given, the program does without the variable.
    pub(crate) default: Option<Argument>,
    /// The read answers absence with a value of its own.
    pub(crate) tolerant: bool,
    /// The object's prefix stands before the name.
    pub(crate) prefixed: bool,
    /// The name is a text in which variables stand behind `$`.
    pub(crate) within: bool,
    /// The function that is asked for each of them.
    pub(crate) by: Option<Argument>,
    /// It gives the default back as it is, with nothing read (a write).
    pub(crate) writes: bool,
    /// An argument of the object's constructor of the variable's name gives a default.
    pub(crate) scheme: bool,
    /// The keys of this map are put in the place of variables: what the code names so is none.
    pub(crate) defines: Option<Argument>,
    /// The placeholders in the files at these paths name the variables.
    pub(crate) filled: Option<Argument>,
    /// Every variable is read: the names are given by a pattern at best.
    pub(crate) all: bool,
    /// Gives the names and values of every variable; what the names are asked to begin with tells the pattern.
    pub(crate) every: bool,
    /// The name is what names begin with: behind this they go on in any way.
    pub(crate) family: Option<String>,
    /// Names that are no variables of the environment; a `*` at the end stands for the rest.
    pub(crate) except: Vec<String>,
    /// The fields of the type that is given, or that is expected, are the variables.
    pub(crate) fields: Option<FieldsWord>,
    /// A schema names the variables.
    pub(crate) keys: Option<KeysWord>,
    /// A name with a small letter is no variable, but a key of the program's own.
    pub(crate) shouted: bool,
    /// A text of several names has commas between them.
    pub(crate) commas: bool,
    /// The variable where no argument names one.
    pub(crate) unnamed: Option<String>,
}

/// How a schema names variables: by the keys of maps.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct KeysWord {
    /// The maps, or objects that were made of maps: arguments, or `self` for the object itself.
    pub(crate) of: Vec<Argument>,
    /// Only where this argument is the environment.
    pub(crate) input: Option<Argument>,
    /// Nothing is read yet: this argument's keys are added to what the object was made of.
    pub(crate) adds: Option<Argument>,
    /// The variables are not the keys, but what stands under this key of an entry, at any depth.
    pub(crate) named: Option<String>,
    /// The calls in an entry's chain, or its keys, that let the variable be absent.
    pub(crate) optional: Vec<String>,
    /// What an entry was made with, or its key, that is its default.
    pub(crate) defaults: Vec<Argument>,
    /// What comes of it is given under this member.
    pub(crate) under: Option<String>,
}

/// How the fields of a type are variables.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FieldsWord {
    /// The attributes of fields that say more.
    pub(crate) attribute: Vec<String>,
    /// The argument that gives another name.
    pub(crate) rename: String,
    /// The argument of a type's attributes that says how its fields' names are spelt.
    pub(crate) rename_all: String,
    /// The arguments that give one more name.
    pub(crate) alias: Vec<String>,
    /// The arguments that make what a field holds of one text, whatever its type.
    pub(crate) whole: Vec<String>,
    /// The arguments that make it optional.
    pub(crate) default: Vec<String>,
    /// The arguments that take the fields of the field's type in its place.
    pub(crate) flatten: Vec<String>,
    /// The arguments that leave it out.
    pub(crate) skip: Vec<String>,
}

/// Fills a value from the environment, as the tags and names of its type's fields say.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TagsWord {
    /// The value, or its type.
    pub(crate) of: Argument,
    /// The tag that names a variable; what follows a comma are options.
    pub(crate) name: String,
    /// Fields without the tag are variables of their own name, behind the names of those that they are nested in.
    pub(crate) derives: bool,
    /// A name that a tag gives is taken without what stands before it, too.
    pub(crate) bare: bool,
    /// Names are derived word by word, with `_` between them.
    pub(crate) splits: bool,
    /// The tag that says so for one field.
    pub(crate) split: Option<String>,
    /// What follows a comma are other names, not options.
    pub(crate) several: bool,
    /// The tag's option that names a variable, behind a colon; by itself it stands for the field's own name.
    pub(crate) option: Option<String>,
    /// What stands before every name.
    pub(crate) prefix: Option<Argument>,
    /// The tag with what stands before the names of what is nested.
    pub(crate) nested: Option<String>,
    /// Tags or options with a default.
    pub(crate) default: Vec<String>,
    /// Tags or options that demand a value.
    pub(crate) demands: Vec<String>,
    /// The tag of a field that is none.
    pub(crate) ignored: Option<String>,
}

/// Asks or tells a store of settings whose keys may be variables.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SettingsWord {
    /// The key that is asked for or bound.
    pub(crate) key: Option<Argument>,
    /// The key is a variable, whatever the store is told.
    pub(crate) bound: bool,
    /// The variables that the key is.
    pub(crate) names: Option<Argument>,
    /// Every key is a variable from here on.
    pub(crate) automatic: bool,
    /// What stands before every name, and `_`.
    pub(crate) prefix: Option<Argument>,
    /// What is replaced in keys: pairs.
    pub(crate) replacer: Option<Argument>,
    /// A file of settings; every key of one of variables is a variable.
    pub(crate) file: Option<Argument>,
    /// A value that is filled: its fields are keys.
    pub(crate) target: Option<Argument>,
    /// The tag that names a field's key.
    pub(crate) tag: Option<String>,
    /// The key that has a default.
    pub(crate) default: Option<Argument>,
    /// The default.
    pub(crate) value: Option<Argument>,
    /// The name of a flag, which a store may take for a key.
    pub(crate) declares: Option<Argument>,
    /// Every flag is a key, with a default.
    pub(crate) flags: bool,
    /// The fields of a type that is filled are asked for, whatever else names them.
    pub(crate) structs: bool,
}
