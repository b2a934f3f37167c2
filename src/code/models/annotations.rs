//! The vocabulary for annotated classes, the settings of their modules, and the libraries that builds name.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::injection::Gives;
use super::path::{Join, Syntax};

/// What an annotation on a class or method means. A class's annotations tell where its methods' routes stand, a method's
/// what it answers; what an annotation is annotated with counts as its own.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AnnotationModel {
    /// A class with it answers requests.
    pub(crate) serves: bool,
    /// So does one that inherits from a class or interface with it.
    pub(crate) inherited: bool,
    /// The framework makes instances of a class with it: it serves where something that it inherits from does.
    pub(crate) component: bool,
    /// It says what its method answers where an app is given the class: elsewhere that is told.
    pub(crate) handed: bool,
    /// It is a client's: the routes are those of another service.
    pub(crate) client: bool,
    /// The arguments that hold paths; the first one may be given without its name.
    pub(crate) path: Vec<String>,
    /// Fixed methods.
    pub(crate) method: Vec<String>,
    /// The argument that holds methods.
    pub(crate) methods: Option<String>,
    /// The methods of its class that answer, by their names: the HTTP method of each.
    pub(crate) answers: BTreeMap<String, String>,
    /// What a request is asked by for its path in such a method.
    pub(crate) asked: Vec<String>,
    /// The method of its class that is called before it answers.
    pub(crate) begins: Option<String>,
    /// Words in the files of classes that are told that a program starts, each with the method by which they are.
    pub(crate) listeners: BTreeMap<String, String>,
    /// What a method with a path is for which nothing names methods.
    pub(crate) alone: Alone,
    /// The setting that stands before the routes of a class with it.
    pub(crate) behind: Option<String>,
    /// It stands on an application: its path is before all others of the module.
    pub(crate) application: bool,
    /// What it stands on is there only under a condition.
    pub(crate) conditional: bool,
    /// The argument whose placeholders are read from the environment where their names are those of variables.
    pub(crate) reads: Option<String>,
    /// That argument is a name itself.
    pub(crate) bare: bool,
    /// The argument that makes the read optional.
    pub(crate) default: Option<String>,
    /// The argument that says which of what a container was told a field or parameter is, else which setting.
    pub(crate) qualifies: Option<String>,
    /// A class with a method that has it answers requests there, whatever else the class is.
    pub(crate) alone_serves: bool,
    /// Where it gives no path its method's name is that, with dashes between its words.
    pub(crate) path_of_name: bool,
    /// The argument by which it tells paths in a way that is not read.
    pub(crate) untold: Option<String>,
    /// The argument that says what else it is than a route, and the values with which it is none.
    pub(crate) other: Option<(String, Vec<String>)>,
    /// It takes a name for another annotation's argument: the arguments that name the annotation and its argument.
    pub(crate) alias: Vec<String>,
    /// A container calls its method for what that gives.
    pub(crate) gives: Option<Gives>,
    /// Filled in: its full name.
    #[serde(skip)]
    pub(crate) name: String,
    /// Filled in: the file's framework.
    #[serde(skip)]
    pub(crate) framework: String,
    /// Filled in: the file's spelling of paths.
    #[serde(skip)]
    pub(crate) paths: Syntax,
    /// Filled in: how the file's prefixes and paths are put together.
    #[serde(skip)]
    pub(crate) join: Join,
}

impl AnnotationModel {
    /// Whether an argument means something.
    pub(crate) fn asks(&self, name: &str) -> bool {
        let other = self.other.as_ref().is_some_and(|(other, _)| other == name);
        let path = self.path.iter().any(|path| path == name) || self.untold.as_deref() == Some(name);
        path || other || self.methods.as_deref() == Some(name)
    }

    /// Whether it says where a route stands or what it answers.
    pub(crate) fn tells(&self) -> bool {
        !self.application && (!self.path.is_empty() || !self.method.is_empty() || self.methods.is_some())
    }
}

/// A library that registers routes of its own.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LibraryModel {
    /// What it is called in facts.
    pub(crate) name: String,
    /// It is there where a build names one of these.
    pub(crate) with: Vec<String>,
    /// Settings that switch it off by `false`, or by the value that is written: `a.port=-1`.
    pub(crate) unless: Vec<String>,
    /// Which of its named routes are exposed.
    pub(crate) exposed: Option<Exposed>,
    /// The setting that moves it away from the service's prefix.
    pub(crate) apart: Option<String>,
    /// What it registers.
    pub(crate) routes: Vec<LibraryRoute>,
    /// Why what it registers is not known.
    pub(crate) unresolved: Option<String>,
    /// Filled in: the file's framework.
    #[serde(skip)]
    pub(crate) framework: String,
}

/// Which of a library's named routes are exposed; `*` is all.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Exposed {
    /// The setting that lists those that are.
    pub(crate) include: String,
    /// The setting that lists those that are not.
    pub(crate) exclude: String,
    /// Those that are where nothing is set.
    pub(crate) default: Vec<String>,
    /// Settings that switch one off, with `{name}` for its name.
    pub(crate) off: Vec<String>,
    /// Settings that switch off all that are not chosen.
    pub(crate) unless: Vec<String>,
    /// Settings that choose one whatever they are set to, with `{name}` for its name.
    pub(crate) on: Vec<String>,
}

/// A route of a library.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LibraryRoute {
    /// Its method.
    pub(crate) method: String,
    /// Its path, with placeholders that settings fill.
    pub(crate) path: String,
    /// Its name among those that are exposed or not.
    pub(crate) name: Option<String>,
    /// It is there only where the build names all of these too.
    pub(crate) with: Vec<String>,
}

/// What a method with a path is for which nothing names methods.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Alone {
    /// A route for every method.
    #[default]
    Any,
    /// It gives an object whose own methods answer below the path.
    Child,
}

/// How a library gives a program what files of settings say that the program or what starts it names.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ConfigurationModel {
    /// What in the program's code gives it a configuration.
    pub(crate) given: Vec<String>,
    /// The files that hold where the code has these words.
    pub(crate) usual: BTreeMap<String, String>,
    /// What stands before a file's name where the program is started.
    pub(crate) flag: String,
    /// Members by which what waits for it is given it, and gives on what that comes to.
    pub(crate) through: Vec<String>,
    /// Members by which what waits for it is given it.
    pub(crate) told: Vec<String>,
    /// Members that give it itself.
    pub(crate) gives: Vec<String>,
}

/// Programs of a library that say themselves which classes they register.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ListingModel {
    /// What the programs' classes are.
    pub(crate) of: Vec<String>,
    /// Methods one of which a program has that lists what it registers: one without them registers all that there is. Where none is
    /// told a program registers by calls.
    pub(crate) by: Vec<String>,
    /// What code or a deployment descriptor has that finds classes without their names.
    pub(crate) unless: Vec<String>,
}

/// A setting that stands before every route.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PrefixModel {
    /// The setting's names; the first one that is there counts.
    pub(crate) keys: Vec<String>,
    /// Servlets, by class, name or a parameter that they have, whose mapping in a deployment descriptor counts instead.
    pub(crate) servlets: Vec<String>,
    /// It counts where the module's build names one of these.
    pub(crate) with: Vec<String>,
    /// It counts where the module's build names none of these.
    pub(crate) without: Vec<String>,
    /// What an annotation on an application says counts instead.
    pub(crate) application: bool,
    /// What stands there where nothing is set.
    pub(crate) usual: String,
    /// Filled in: the file's framework.
    #[serde(skip)]
    pub(crate) framework: String,
}
