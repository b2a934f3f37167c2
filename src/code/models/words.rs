//! The vocabulary of model files: what they describe.
//! What can be done with what is described here is [`super::actions`]'s.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::actions::{Action, Argument, LibraryWord, MountWord, RouteWord};
use super::annotations::{AnnotationModel, ConfigurationModel, LibraryModel, ListingModel, PrefixModel};
use super::contract::{ConfiguredWord, ContractWord};
use super::files::{ContentsWord, FilesWord};
use super::marks::HeldWord;
use super::path::{Join, Syntax};
use super::trees::TreeWord;

/// One model file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelFile {
    /// The framework's name in facts; none for a file about the environment.
    #[serde(default)]
    pub(crate) framework: Option<String>,
    /// The languages it is for.
    pub(crate) languages: Vec<String>,
    /// A file of these languages matters if it holds one of these as a word, or all that ` & ` joins.
    pub(crate) tokens: Vec<String>,
    /// Words in a function's parameters or body that say that it makes or takes a router.
    #[serde(default)]
    pub(crate) hints: Vec<String>,
    /// How path templates are spelt.
    #[serde(default)]
    pub(crate) paths: Syntax,
    /// How prefix and path are put together.
    #[serde(default)]
    pub(crate) join: Join,
    /// Objects: apps, routers, blueprints.
    #[serde(default)]
    pub(crate) objects: BTreeMap<String, ObjectModel>,
    /// What a name of a function may begin with, by what stands for it there: `_.` for `lodash.` and `underscore.`. What such
    /// a beginning leads to by a slash is a module, with the function for its default.
    #[serde(default)]
    pub(crate) roots: BTreeMap<String, Vec<String>>,
    /// Where libraries define what they give under a shorter name: by that name, the paths that reach the same. What a model of
    /// any file says of a name there holds for its namesake, where that has no model of its own.
    #[serde(default)]
    pub(crate) homes: BTreeMap<String, Vec<String>>,
    /// Functions, by the path that reaches them; several names stand apart by spaces.
    #[serde(default)]
    pub(crate) functions: BTreeMap<String, Action>,
    /// Macros by example of the library, by the paths that reach them; several names stand apart by spaces.
    #[serde(default)]
    pub(crate) macros: BTreeMap<String, Vec<RuleWord>>,
    /// Paths that lead to what whoever starts the program may say: absent unless it is said.
    #[serde(default)]
    pub(crate) options: Vec<String>,
    /// Paths whose members are environment variables.
    #[serde(default)]
    pub(crate) sources: Vec<String>,
    /// What such a path has besides, which is no variable: by the path, the names.
    #[serde(default)]
    pub(crate) provided: BTreeMap<String, Vec<String>>,
    /// What attributes of functions mean where such a function is mounted, by their last name or dotted path; several names
    /// stand apart by spaces.
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, Action>,
    /// What library classes mean to their subclasses.
    #[serde(default)]
    pub(crate) classes: BTreeMap<String, ClassModel>,
    /// Types whose fields are read from the environment because of what they derive.
    #[serde(default)]
    pub(crate) derives: Vec<DeriveModel>,
    /// Constants of the library, by their path.
    #[serde(default)]
    pub(crate) constants: BTreeMap<String, String>,
    /// Functions of any package, by a pattern of their path in which `*` stands for anything; the last one is the name that
    /// [`RpcWord`](super::RpcWord) speaks of.
    #[serde(default)]
    pub(crate) calls: BTreeMap<String, Action>,
    /// What importing a package does.
    #[serde(default)]
    pub(crate) imports: BTreeMap<String, Action>,
    /// Objects that the library holds for all, by their path: which object of the file each is.
    #[serde(default)]
    pub(crate) shared: BTreeMap<String, String>,
    /// What annotations on classes and methods mean, by their full names; several names stand apart by spaces.
    #[serde(default)]
    pub(crate) annotations: BTreeMap<String, AnnotationModel>,
    /// Packages of library types that bring no routes to those who inherit from them.
    #[serde(default)]
    pub(crate) inert: Vec<String>,
    /// Types whose handlers pass requests on or answer with files, by their packages, which stand apart by spaces: they make no
    /// route.
    #[serde(default)]
    pub(crate) passing: BTreeMap<String, Vec<String>>,
    /// What makes answers that refuse a request, by packages in the same way: a view that returns one for a method does not answer it.
    #[serde(default)]
    pub(crate) refusing: BTreeMap<String, Vec<String>>,
    /// Settings that stand before every route of a module, in order.
    #[serde(default)]
    pub(crate) prefixes: Vec<PrefixModel>,
    /// How the library gives a program what files of settings say.
    #[serde(default)]
    pub(crate) configuration: Option<ConfigurationModel>,
    /// Programs that say themselves which classes they register.
    #[serde(default)]
    pub(crate) listings: Vec<ListingModel>,
    /// Libraries that register routes of their own where a build names them.
    #[serde(default)]
    pub(crate) libraries: Vec<LibraryModel>,
    /// What answers with files: at its paths stands no code of the project's own.
    #[serde(default)]
    pub(crate) assets: Vec<String>,
    /// Functions that every file has and that load what they get the name of, by what stands before such names in models.
    #[serde(default)]
    pub(crate) loaders: BTreeMap<String, String>,
    /// Files that are routes by their place.
    #[serde(default)]
    pub(crate) files: Vec<FilesWord>,
    /// Libraries that are generated of schemas of the project.
    #[serde(default)]
    pub(crate) clients: Vec<ClientWord>,
    /// Services that maps describe, one of which answers for all.
    #[serde(default)]
    pub(crate) gateways: Vec<GatewayWord>,
    /// Folders each of which is an API.
    #[serde(default)]
    pub(crate) contents: Vec<ContentsWord>,
    /// Settings of packages that list what is mounted.
    #[serde(default)]
    pub(crate) configured: Vec<ConfiguredWord>,
    /// Commands that serve a file's default export.
    #[serde(default)]
    pub(crate) runs: Vec<RunWord>,
    /// Modules of settings whose members are read as values and one of which names the routes that are served.
    #[serde(default)]
    pub(crate) settings: Option<SettingsModel>,
    /// Folders whose files are what a package gives.
    #[serde(default)]
    pub(crate) stores: Vec<StoreModel>,
    /// What each method of a class comes to where a router registers the class as a whole.
    #[serde(default)]
    pub(crate) tables: BTreeMap<String, TableModel>,
    /// Members of objects that no model describes that serve the file's objects that they get.
    #[serde(default)]
    pub(crate) serving: Vec<String>,
    /// What texts have as members where a library makes something of them: the functions, which get the text first.
    #[serde(default)]
    pub(crate) texts: BTreeMap<String, String>,
    /// What libraries bring where they are mounted, by the path that reaches it.
    #[serde(default)]
    pub(crate) brings: BTreeMap<String, BroughtModel>,
}

/// One rule of a macro by example.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleWord {
    /// What it matches.
    pub(crate) matches: String,
    /// What stands in the call's place.
    pub(crate) gives: String,
}

/// A library that is generated of schemas of the project: blocks, each with a kind, a name and lines in braces.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientWord {
    /// The library's name, which stands for what is generated elsewhere, too.
    pub(crate) library: String,
    /// The member of it that has its enumerations besides.
    pub(crate) within: String,
    /// What the names of files of schemas end with.
    pub(crate) schemas: String,
    /// The kind of the blocks of generators, and what they call the folder that they write to.
    pub(crate) generator: String,
    pub(crate) output: String,
    /// The kind of the blocks that are enumerations.
    pub(crate) enumeration: String,
}

/// Services that maps describe, and those among them that answer for all: gateways, whose settings list routes with aliases
/// for what other services do.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GatewayWord {
    /// The dependency that a package has where this holds.
    pub(crate) package: String,
    /// The object of the same file that the routes stand on.
    pub(crate) object: String,
    /// What the names of files end with that export services.
    pub(crate) files: Vec<String>,
    /// The member of a service that lists what it mixes in.
    pub(crate) mixins: String,
    /// What is mixed in by a gateway.
    pub(crate) gateway: Vec<String>,
    /// The actions that what a library has to be mixed in brings: their names and what they say of their paths.
    pub(crate) brings: BTreeMap<String, BTreeMap<String, String>>,
}

/// A command in a manifest's scripts that serves the default export of the file that it names.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RunWord {
    /// The command, as it begins.
    pub(crate) command: String,
    /// The object of the same file that the export is called with.
    pub(crate) object: String,
}

/// Modules of settings, named by an environment variable.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsModel {
    /// The path whose members are those of the settings module.
    pub(crate) at: String,
    /// The variable that names the module.
    pub(crate) variable: String,
    /// The names of files that set the variable, the ones that production runs first.
    pub(crate) entry: Vec<String>,
    /// What such modules and their folders are called where nothing names them.
    pub(crate) conventional: String,
    /// The member that names the module whose list is served.
    pub(crate) root: String,
    /// Members that name modules whose lists are served besides: to tenants, and to nobody of them.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    /// The list in that module.
    pub(crate) list: String,
    /// The object of the same file that serves it.
    pub(crate) object: String,
}

/// A package that gives what the files of a folder say, by a call or as its own members.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoreModel {
    /// The package.
    pub(crate) package: String,
    /// The folder, beside the code that asks or above it.
    pub(crate) folder: String,
    /// The file's name, without its ending.
    pub(crate) stem: String,
    /// The members that are asked by a key.
    pub(crate) asks: Vec<String>,
    /// What parts the names of a key that lead inwards.
    pub(crate) separator: String,
    /// The package's own members, which no file says.
    pub(crate) own: Vec<String>,
}

/// What each method of a class comes to where a router registers the class as a whole.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableModel {
    /// Members of the class that name the parameter of one item, the first that is there.
    pub(crate) lookup: Vec<String>,
    /// Its name where none does.
    pub(crate) lookup_default: String,
    /// The mark of methods that are registered besides: their `methods`, `detail` and `url_path` tell how.
    pub(crate) extra: String,
    /// The member of such a method whose members let the path answer more HTTP methods.
    pub(crate) more: String,
    /// The member of the class whose model gives the first word of its routes' names, where none is given.
    #[serde(default)]
    pub(crate) model: String,
    /// What of such a mark is the last word of the route's name.
    #[serde(default)]
    pub(crate) extra_name: String,
    /// The methods: member, HTTP method, and whether it is of one item.
    pub(crate) rows: Vec<TableRow>,
}

/// One method of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableRow {
    /// The member.
    pub(crate) member: String,
    /// The HTTP method.
    pub(crate) method: String,
    /// Of one item: the parameter stands behind.
    #[serde(default)]
    pub(crate) item: bool,
    /// The last word of its name.
    #[serde(default)]
    pub(crate) name: String,
}

/// What a library brings where it is mounted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BroughtModel {
    /// The library's name.
    pub(crate) library: String,
    /// What it brings is not known, and why.
    #[serde(default)]
    pub(crate) unresolved: Option<String>,
    /// Its routes: method, path below the mount, and what the path is asked for by where it has a name.
    #[serde(default)]
    pub(crate) routes: Vec<String>,
    /// Filled in: the file's framework.
    #[serde(skip)]
    pub(crate) framework: String,
    /// Filled in: how the file's paths are spelt.
    #[serde(skip)]
    pub(crate) paths: Syntax,
}

/// How the fields of a type that derives something are read from the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeriveModel {
    /// What is derived, by its last name.
    pub(crate) on: Vec<String>,
    /// The attributes of fields that say more.
    pub(crate) attribute: Vec<String>,
    /// The argument that names the variable; without a value the field's name in upper case does.
    pub(crate) name: String,
    /// Arguments that make it optional.
    pub(crate) default: Vec<String>,
    /// A field whose attributes name none is read under its own name in upper case.
    #[serde(default)]
    pub(crate) always: bool,
    /// Arguments that say that a field is none.
    #[serde(default)]
    pub(crate) skip: Vec<String>,
}

/// A kind of object.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ObjectModel {
    /// Paths that make one when they are called or constructed; a subclass of one makes one too.
    pub(crate) make: Vec<String>,
    /// Static types that say that a value is one.
    pub(crate) types: Vec<String>,
    /// Static types of functions that say that what they get first is one.
    pub(crate) given_to: Vec<String>,
    /// The object of the same file whose members it has besides its own.
    pub(crate) extends: Option<String>,
    /// It is an app: served unless it is mounted somewhere.
    pub(crate) served: bool,
    /// The zero value of its types is one.
    pub(crate) zero: bool,
    /// It is one route, put together by calls one after the other: one as soon as it has a handler, unless it has children.
    pub(crate) builder: bool,
    /// The framework gives it to who asks for one: a parameter of its type is it.
    pub(crate) given: bool,
    /// The key of settings whose lists name the functions that are called on one.
    pub(crate) listed: Option<String>,
    /// The names of its constructor's parameters.
    pub(crate) args: Vec<String>,
    /// Its own prefix.
    pub(crate) prefix: Option<Argument>,
    /// Its own prefix where none is given; `{name}` stands for an argument.
    pub(crate) prefix_default: Option<String>,
    /// The file of settings, beside the code or in a folder above it, and those of it that are the prefix in place of that.
    pub(crate) prefix_file: Option<(String, Vec<String>)>,
    /// What stands before whole paths: a version that its constructor, its routes or what mounts it are given.
    pub(crate) front: Option<FrontWord>,
    /// What stands before the names of its routes.
    pub(crate) name_space: Option<Argument>,
    /// Children given to the constructor.
    pub(crate) takes: Option<Argument>,
    /// Those children may stand in pairs with what handles them: the first of each is the child, or the method of a route
    /// without a path.
    pub(crate) pairs: bool,
    /// All that it is is given when it is made: what is no router among it is a loss, and so is a router of which only the type
    /// is known.
    pub(crate) strict: bool,
    /// Tuples among those children are routes: the places of path and handler in them.
    pub(crate) tuples: Option<(usize, usize)>,
    /// Those children are paths and what answers there, one behind the other; a text is the name of a class.
    pub(crate) flat: bool,
    /// Functions given to the constructor that are called with the object.
    pub(crate) hands: Option<Argument>,
    /// The parent given to the constructor.
    pub(crate) attach: Option<Argument>,
    /// It is itself one route: `Route("/x", endpoint)`.
    pub(crate) entry: Option<RouteWord>,
    /// Routes that it is, of a library's own: `SwaggerUi::new("/docs")`.
    pub(crate) library: Option<LibraryWord>,
    /// A map of paths, each with what answers there or with a map of methods.
    pub(crate) table: Option<Argument>,
    /// It answers what an OpenAPI document lists.
    pub(crate) contract: Option<ContractWord>,
    /// It is itself one mount: `Mount("/x", routes=[…])`. With `entry` too, it is a mount where it holds routers or lists.
    pub(crate) holds: Option<MountWord>,
    /// Exported under a name that nobody imports it is not served.
    pub(crate) unused: bool,
    /// Where code is seen that serves one of its kind, another that nothing serves is served nowhere: what serves them is
    /// called by a function with `serves`.
    pub(crate) adapted: bool,
    /// What serves it where a library holds it for all and code that is seen serves others.
    pub(crate) held: Option<HeldWord>,
    /// A member that no other word speaks of is what containers were told under its name.
    pub(crate) cradle: bool,
    /// It is a part of others and no router of its own: mounted nowhere it makes no routes.
    pub(crate) part: bool,
    /// What stands on it answers over web sockets: no routes.
    pub(crate) sockets: bool,
    /// It is made by a call on its first argument, as by a function that extends a type.
    pub(crate) extension: bool,
    /// Without a method it only stands before others where its path goes on or there is none.
    pub(crate) middleware: bool,
    /// The member of a child that is a class, or an instance of one, that has its prefix: its functions are routes by what
    /// attributes say of them.
    pub(crate) class_path: Option<String>,
    /// The attribute of such a class's functions as a whole, and its argument that has the prefix.
    pub(crate) class_attribute: Option<(String, String)>,
    /// Its routes without a path answer nothing by themselves.
    pub(crate) needs_path: bool,
    /// The first layer of a store of settings, given to the constructor.
    pub(crate) takes_layer: Option<Argument>,
    /// What it says as a layer of settings.
    pub(crate) source: Option<super::SourceWord>,
    /// A member that is not named here gives the object back.
    pub(crate) chains: bool,
    /// What attributes of the project's functions mean where such a function is mounted.
    #[serde(skip)]
    pub(crate) attributes: BTreeMap<String, Action>,
    /// A map of what it holds: endpoints are routes under their keys, routers and maps are mounted under theirs.
    pub(crate) record: Option<Argument>,
    /// It serves the controllers of a tree of modules.
    pub(crate) tree: Option<TreeWord>,
    /// Generated code registers what its controllers say: where that is in the repository, it tells the routes.
    pub(crate) generates: bool,
    /// Its members that are called; several names stand apart by spaces. `name=` is what assigning to it does, `name+=` what
    /// adding to it does.
    pub(crate) members: BTreeMap<String, Arc<Action>>,
    /// Its members that are read: the argument of the constructor that they give, with `|/path` for what holds where none is
    /// given, `self`, `new NAME` for an object of the same file, `from PATH` for what is known by that path, `configured FILE` for what
    /// a file of configuration in the package says as a whole, or `registered` for the list of what stands on it.
    pub(crate) values: BTreeMap<String, Argument>,
    /// Its members that are always the same.
    pub(crate) constants: BTreeMap<String, String>,
    /// The framework, where it differs from the file's.
    pub(crate) framework: Option<String>,
    /// How path templates are spelt, where it differs from the file's.
    pub(crate) paths: Option<Syntax>,
    /// How prefix and path are put together, where it differs from the file's.
    pub(crate) join: Option<Join>,
    /// Filled in: `file.name`.
    #[serde(skip)]
    pub(crate) name: String,
}

impl ObjectModel {
    /// The framework's name.
    pub(crate) fn framework(&self) -> &str {
        self.framework.as_deref().unwrap_or("")
    }

    /// Whether it is a part of what answers that others are joined with to make new ones.
    pub(crate) fn is_filter(&self) -> bool {
        self.part && self.members.values().any(|action| action.join.is_some())
    }

    /// Whether all that is done with it is to ask for settings or variables.
    pub(crate) fn only_asks(&self) -> bool {
        let routes = self.served || self.entry.is_some() || self.holds.is_some() || self.tree.is_some();
        !routes && !self.members.is_empty() && self.members.values().all(|action| action.asks())
    }
}

/// What a library class means to its subclasses.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ClassModel {
    /// Its subclasses answer HTTP methods by methods of their name; `as_view` makes a handler of one.
    pub(crate) view: bool,
    /// Which of its subclasses is the root of a tree of objects whose methods answer under their names.
    pub(crate) root: Option<super::RootWord>,
    /// Its subclasses answer over web sockets: no routes.
    pub(crate) sockets: bool,
    /// The methods that it has itself; behind the name of one that always takes something stands `(…)`.
    pub(crate) has: Vec<String>,
    /// The only HTTP methods that it lets through, where a class below does not say which.
    pub(crate) allows: Vec<String>,
    /// Its fields are read from the environment.
    pub(crate) settings: Option<Settings>,
    /// Members of its subclasses that the library calls, each with an object: `file.name`.
    pub(crate) calls: BTreeMap<String, String>,
    /// Members of its subclasses that make routers for the library's own use: they bring no routes.
    pub(crate) apart: Vec<String>,
    /// Members of its subclasses that the library calls on each instance, in this order, before any other.
    pub(crate) begins: Vec<String>,
    /// Methods of its subclasses answer under their names: which, and where.
    pub(crate) actions: Option<super::ActionsWord>,
}

/// How a class's fields are read from the environment.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Where the prefix stands: members of the class.
    pub(crate) prefix: Vec<String>,
    /// Where what stands between the name of a field and those of the class that it holds is said.
    pub(crate) nested: Vec<String>,
    /// Where it is said that names are looked for as they are written.
    pub(crate) cased: Vec<String>,
    /// The arguments of a field's function that give names of its own.
    pub(crate) alias: Vec<String>,
    /// The arguments of a field's function that make it optional.
    pub(crate) default: Vec<String>,
    /// Members that are no fields.
    pub(crate) except: Vec<String>,
}

/// What stands before whole paths.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FrontWord {
    /// The argument that is the version.
    pub(crate) version: Argument,
    /// The argument that stands before the version.
    pub(crate) before: Argument,
    /// What stands there where nothing is given.
    pub(crate) usual: String,
}
