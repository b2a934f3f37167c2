//! The word for libraries that register the methods of objects: by their names, by what is said of them where they are
//! registered, or by what stands on them. What each way means is the evaluator's.

use serde::Deserialize;

use super::actions::Argument;

/// Registers methods of objects.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ControlsWord {
    /// The objects, alone or in lists; functions answer by themselves.
    pub(crate) of: Argument,
    /// What tells where each of their methods answers.
    pub(crate) by: By,
    /// The path.
    pub(crate) path: Option<Argument>,
    /// Fixed methods; `NAME` is the method in the member's name.
    pub(crate) method: Vec<String>,
    /// Which of the objects' methods those are, as the way of telling writes it.
    pub(crate) only: Option<Argument>,
    /// One name alone says that this method answers at the path itself.
    pub(crate) alone: bool,
    /// Where this is given, what is registered answers nothing by itself.
    pub(crate) hook: Option<Argument>,
    /// Types that what a method takes second embeds, with tags `path` and `method` that say where the method answers.
    pub(crate) meta: Vec<String>,
    /// The library's controllers: the methods that these have answer nothing.
    pub(crate) bases: Vec<String>,
    /// What looks for controllers and makes paths of the names of those without annotations.
    pub(crate) naming: Vec<String>,
    /// The method by which an object that is given alone registers.
    pub(crate) fills: String,
    /// What builds call the library.
    pub(crate) library: String,
}

/// How methods of controllers answer under their names.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ActionsWord {
    /// The method that answers at the path itself.
    pub(crate) index: String,
    /// Annotations of methods that answer nothing.
    pub(crate) silent: Vec<String>,
    /// Annotations of methods that say their whole path.
    pub(crate) keyed: Vec<String>,
    /// What the names of annotations begin with that say where a controller stands; others say it by a path from the root.
    pub(crate) placing: Vec<String>,
    /// The arguments of annotations that say so.
    pub(crate) said: Vec<String>,
    /// What names of controllers end with, where paths are made of them.
    pub(crate) suffix: String,
    /// What a file says that looks for controllers and makes no paths of names.
    pub(crate) unnamed: Vec<String>,
    /// What a registration keeps that says that inherited methods answer, too.
    pub(crate) inherited: String,
    /// The first version in which methods that take something answer.
    pub(crate) taking: (u32, u32),
    /// The first version in which a controller's own methods alone do.
    pub(crate) own: (u32, u32),
}

/// Registers the methods of classes by their annotations.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HandedWord {
    /// The classes or instances of them, alone or in lists; routers among them are left out.
    pub(crate) of: Argument,
    /// What stands before their paths.
    pub(crate) at: Option<Argument>,
    /// What the name of a class ends with that a build writes for one of them.
    pub(crate) generated: String,
    /// They may be something else entirely, so that unknown ones are no loss.
    pub(crate) loose: bool,
}

/// What tells where methods answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum By {
    /// A pattern, `GET:/users@host`, behind which the method's name stands, in small letters with dashes; in the pattern
    /// `{.struct}` and `{.method}` are the names of type and method. `Index` is the pattern's own path too.
    #[default]
    Pattern,
    /// A map of such patterns.
    Patterns,
    /// Their names, which are those of HTTP methods.
    Verbs,
    /// A text that maps HTTP methods to them: `get,post:List;delete:Remove`. Without one, their names.
    Mapping,
    /// The names of type and method, in small letters, as segments behind the path.
    Segments,
    /// Comments above them: `@router /users/:id [get]`.
    Comments,
    /// Their names behind the path, those of all public methods; `index` is the path itself.
    Members,
    /// The same, of the controllers in a package that annotations give a path.
    Scanned,
    /// The words of their names: `GetUserBy` is `GET /user/{param}`.
    Words,
}
