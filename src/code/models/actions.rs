//! What a call does, word by word: registers, mounts, makes, reads. [`super::words`] says what is called.
//!
//! An [`Argument`] names a value by a path: the parameter's name (from `args`), then members of it: `options.prefix`;
//! `a|b` is the first of them that is there, `=a` the text `a`, `*a` the first text in the list `a`, and `?` what nobody knows.
//! In `args` a leading `?` marks a parameter that is there only where the argument looks like a path, `~` one that is there
//! only where the argument behind it looks like a path too, `&` one that is no function and there only where another stands
//! behind it, `*` one that takes the rest.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::computing::Computes;
use super::contract::{ContractWord, PagesWord};
use super::controls::{ControlsWord, HandedWord};
use super::injection::{BindsWord, ContainerWord, InstallsWord, NotesWord, ResolvesWord};
use super::layers::{FilledWord, LayersWord};
use super::marks::{BeforeWord, DescribesWord, MapsWord, MarkWord, NamespaceWord, SetWord};
use super::path::Syntax;
use super::reads::{AskWord, EnvWord, SettingsWord, SupplyWord, TagsWord};
use super::trees::{CompilesWord, ControllerWord, PlacesWord};
use super::usual::{ChooseWord, RowsWord};
use super::views::{ExpandsWord, ExposesWord, PatternsWord, PublishesWord, ViewWord};

/// A value by the path that leads to it from the parameters.
pub(crate) type Argument = String;

/// What a call does.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Action {
    /// The parameters' names.
    pub(crate) args: Vec<String>,
    /// With more arguments than this it is not the library's: a function of somebody else's goes by its name.
    pub(crate) at_most: Option<usize>,
    /// What it does instead where it is given nothing.
    pub(crate) bare: Option<Box<Action>>,
    /// The object that it acts on, where it is no member of one: an argument, or the path of an object that is held for all.
    pub(crate) on: Option<Argument>,
    /// Registers routes.
    pub(crate) route: Option<Box<RouteWord>>,
    /// Registers further routes.
    pub(crate) also: Option<Box<RouteWord>>,
    /// What it computes of stands behind as many arguments as make this number with it: with fewer it waits for the others.
    pub(crate) last: Option<usize>,
    /// Registers methods of objects.
    pub(crate) controls: Option<Box<ControlsWord>>,
    /// Registers what annotations say of the methods of classes that are given.
    pub(crate) handed: Option<Box<HandedWord>>,
    /// Registers routes that are the library's own.
    pub(crate) library: Option<Box<LibraryWord>>,
    /// Registers what an OpenAPI document lists.
    pub(crate) contract: Option<Box<ContractWord>>,
    /// Registers a service of remote calls.
    pub(crate) rpc: Option<Box<RpcWord>>,
    /// Adds to the route that the object is, or the one that is made.
    pub(crate) build: Option<Box<BuildWord>>,
    /// The handler that is given, or made of one that is given.
    pub(crate) wrap: Option<Box<WrapWord>>,
    /// Mounts children.
    pub(crate) mount: Option<Box<MountWord>>,
    /// Makes an object: a group, a path holder, a builder.
    pub(crate) make: Option<Box<MakeWord>>,
    /// Calls a plugin with a child.
    pub(crate) plugin: Option<Box<PluginWord>>,
    /// Registers the plugins of a folder.
    pub(crate) autoload: Option<Box<AutoloadWord>>,
    /// Mounts the routers of a folder's files on what is made.
    pub(crate) pages: Option<Box<PagesWord>>,
    /// Hands a value to a function that is given.
    pub(crate) hand: Option<Box<HandWord>>,
    /// Compiles the controllers that files of its package hold.
    pub(crate) compiles: Option<Box<CompilesWord>>,
    /// Puts a path before the routes of annotated classes.
    pub(crate) before: Option<Box<BeforeWord>>,
    /// The path of a servlet context that a program makes: before everything that its module answers.
    pub(crate) context: Option<Argument>,
    /// Sets members of the object to the settings that this argument holds, and to what the call names in capitals.
    pub(crate) configures: Option<Argument>,
    /// Gives the member of the object that this argument names; `default` where there is none, which it is then where the call
    /// sets it, too.
    pub(crate) configured: Option<Argument>,
    /// Maps a servlet to patterns of paths.
    pub(crate) maps: Option<Box<MapsWord>>,
    /// Sets a member of the object, under a name that is given.
    pub(crate) set: Option<Box<SetWord>>,
    /// Notes something on a function or class that is given.
    pub(crate) mark: Option<Box<MarkWord>>,
    /// Mounts the object on a parent that is given, or on what is `made`.
    pub(crate) attach: Option<Argument>,
    /// The object answers these methods alone from here on.
    pub(crate) restrict: Option<Argument>,
    /// Where this is a router, it stands at the object's routes, for their methods alone.
    pub(crate) answers: Option<Argument>,
    /// The prefix that it is mounted at.
    pub(crate) attach_at: Option<Argument>,
    /// The object is served from here on.
    pub(crate) serve: bool,
    /// What is given is served from here on.
    pub(crate) serves: Option<Argument>,
    /// What is given answers every request: where that tells paths apart itself, those are a loss.
    pub(crate) alone: Option<Argument>,
    /// Makes one object of this one and another that is given.
    pub(crate) join: Option<Box<JoinWord>>,
    /// Makes an object that lets through, besides what this one does, what has none of it, where this function gives something in
    /// its place.
    pub(crate) spares: Option<Argument>,
    /// The object is served where this is not given.
    pub(crate) serve_without: Option<Argument>,
    /// Functions among the arguments are called.
    pub(crate) callbacks: bool,
    /// It is called on its first argument, as a function that extends a type.
    pub(crate) extension: bool,
    /// An attribute that often only documents what is registered elsewhere: mounted nowhere it is no loss.
    pub(crate) documents: bool,
    /// Hands a request on by what this argument says: the route of a wildcard whose handler does so is told.
    pub(crate) hands_on: Option<Argument>,
    /// What it registers is not read, and why.
    pub(crate) unresolved: Option<String>,
    /// Tells a container of Go something.
    pub(crate) container: Option<Box<ContainerWord>>,
    /// Gives a note that says more of what a container is told.
    pub(crate) notes: Option<Box<NotesWord>>,
    /// Reads the environment.
    pub(crate) env: Option<Box<EnvWord>>,
    /// Fills a value from the environment, as its type's fields say.
    pub(crate) tags: Option<Box<TagsWord>>,
    /// Asks or tells a store of settings.
    pub(crate) settings: Option<Box<SettingsWord>>,
    /// Adds a layer to a store of settings, or asks the store.
    pub(crate) layers: Option<Box<LayersWord>>,
    /// Gives a value with its fields as a text says.
    pub(crate) filled: Option<Box<FilledWord>>,
    /// Asks the object for a value that was put into it; where it has none, the rest of the action says what is given.
    pub(crate) ask: Option<Box<AskWord>>,
    /// Puts values into the object.
    pub(crate) supply: Option<Box<SupplyWord>>,
    /// Tells a container what it gives under a key.
    pub(crate) binds: Option<Box<BindsWord>>,
    /// Runs what tells a container what there is.
    pub(crate) installs: Option<Box<InstallsWord>>,
    /// Gives what containers were told under a key.
    pub(crate) resolves: Option<Box<ResolvesWord>>,
    /// Decorates a parameter or a field: it is what containers were told under a key.
    pub(crate) injects: Option<Box<ResolvesWord>>,
    /// While a block runs that this call is the context of, this stands behind the object's prefix.
    pub(crate) within: Option<Argument>,
    /// Loads a module or a name in it by a string.
    pub(crate) load: Option<Argument>,
    /// Gives the list of another module.
    pub(crate) include: Option<Box<IncludeWord>>,
    /// Answers the routes of a name.
    pub(crate) view: Option<Box<ViewWord>>,
    /// Registers a route for each method of a class.
    pub(crate) expands: Option<Box<ExpandsWord>>,
    /// Registers what a tree of objects publishes.
    pub(crate) publishes: Option<Box<PublishesWord>>,
    /// Registers the methods of a class.
    pub(crate) exposes: Option<Box<ExposesWord>>,
    /// Gives a list of patterns, some of them as tuples.
    pub(crate) patterns: Option<Box<PatternsWord>>,
    /// Registers a class as a whole.
    pub(crate) resource: Option<Box<ResourceWord>>,
    /// Registers the routes that are usual for things of a kind, on what is made.
    pub(crate) rows: Option<Box<RowsWord>>,
    /// Leaves some of those alone.
    pub(crate) choose: Option<Box<ChooseWord>>,
    /// It is this method of its first argument; of a map, it is that of the list of the map's values, with keys for places.
    pub(crate) method: Option<String>,
    /// It is this function of the language.
    pub(crate) function: Option<String>,
    /// It computes this of what it is given.
    pub(crate) computes: Option<Computes>,
    /// Gives its arguments as one list, those before this place left out.
    pub(crate) lists: Option<usize>,
    /// Sets the object's prefix, before what it has.
    pub(crate) prefix: Option<Argument>,
    /// Sets more of the object's prefix, behind what it has.
    pub(crate) append: Option<Argument>,
    /// Another path at which the object stands, beside the one that it was mounted at.
    pub(crate) alternative: Option<Argument>,
    /// Notes arguments on the object, as if its constructor had got them.
    pub(crate) keep: BTreeMap<String, Argument>,
    /// Notes lists of arguments on the object, behind those that are noted there.
    pub(crate) gathers: BTreeMap<String, Argument>,
    /// Marks the class that it decorates as a controller.
    pub(crate) controller: Option<Box<ControllerWord>>,
    /// Marks the class that it decorates as a module of a tree: what the decorator is given about it.
    pub(crate) module: Option<Argument>,
    /// The versions of the controller or the method that it decorates.
    pub(crate) version: Option<Argument>,
    /// Decorators that it applies as one.
    pub(crate) group: Option<Argument>,
    /// Modules of a tree with prefixes of their own, as an import of a module.
    pub(crate) places: Option<Box<PlacesWord>>,
    /// Names what a function gives, to be looked up by the name.
    pub(crate) namespace: Option<Box<NamespaceWord>>,
    /// Puts a prefix before the paths of a map of descriptions, at any depth; that map is given.
    pub(crate) describes: Option<Box<DescribesWord>>,
    /// Describes a service by a map.
    pub(crate) service: Option<Argument>,
    /// Looks a dotted name up among what was named.
    pub(crate) lookup: Option<Argument>,
    /// It gives what the files of settings say that the program names (Java, Kotlin).
    pub(crate) settled: bool,
    /// It gives this text, in which `$name` stands for an argument.
    pub(crate) gives: Option<String>,
    /// What the call gives: `self`, `made`, `maker` (the object whose member made this one), `pair` (itself and something unknown), `view PREFIX` (the object itself, seen under a prefix), `result FUNCTION` (what
    /// a given function gives, to the call or to what made the object), `partial FUNCTION` (that function, with these arguments first), `instance CLASS` (of a given class), or an argument. Otherwise unknown.
    pub(crate) returns: Option<Argument>,
    /// Filled in: the file's framework.
    #[serde(skip)]
    pub(crate) framework: String,
}

impl Action {
    /// Whether it asks for settings or variables and does nothing else.
    pub(crate) fn asks(&self) -> bool {
        let store = self.ask.is_some() || self.supply.is_some() || self.layers.is_some();
        store || self.env.is_some() || self.tags.is_some() || self.settings.is_some()
    }

    /// Whether it computes something of what it is given, where that is known, and does nothing else.
    pub(crate) fn only_computes(&self) -> bool {
        self.method.is_some() || self.function.is_some() || self.computes.is_some()
    }

    /// Whether it speaks of the class or method that it decorates.
    pub(crate) fn is_decorator(&self) -> bool {
        let route = self.route.as_ref().is_some_and(|route| route.decorates);
        let rows = self.rows.as_ref().is_some_and(|rows| rows.decorates);
        let view = self.view.as_ref().is_some_and(|view| view.handler.is_none());
        route || rows || view || self.controller.is_some() || self.module.is_some() || self.version.is_some()
    }
}

/// Registers routes.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RouteWord {
    /// The path; none for that of the object itself. Where several names stand apart by `|`, the first that is given.
    pub(crate) path: Option<Argument>,
    /// The attribute that has the path, on the type of a parameter of the handler; several names stand apart by `|`.
    pub(crate) typed: Option<String>,
    /// Packages of which a file names one where types have paths; in others the type is that of the body.
    pub(crate) typed_by: Vec<String>,
    /// Where that type itself is given: the argument. Its classes within and their `parent` stand before it.
    pub(crate) of: Option<Argument>,
    /// The argument that has the path as the tokens of a macro: texts and types between slashes.
    pub(crate) segments: Option<Argument>,
    /// What stands behind the path.
    pub(crate) suffix: String,
    /// The path without its last segment.
    pub(crate) above: bool,
    /// Fixed methods; `NAME` is the method in the member's or maker's name: `typed_get`, `get_service`.
    pub(crate) method: Vec<String>,
    /// Methods that are given.
    pub(crate) methods: Option<Argument>,
    /// What is given for methods may be what handles the route instead.
    pub(crate) handled: bool,
    /// Methods where none are given; empty for ANY.
    pub(crate) default: Vec<String>,
    /// The handler; where it is a class, its methods tell the route's, and members named `methods` do.
    pub(crate) handler: Option<Argument>,
    /// The call without a handler gives a decorator.
    pub(crate) decorates: bool,
    /// With fewer positional arguments it registers nothing.
    pub(crate) at_least: usize,
    /// The path where none is given.
    pub(crate) path_default: Option<String>,
    /// How its path is spelt, where it differs from the object's.
    pub(crate) paths: Option<Syntax>,
    /// It is registered by what holds it: under the key of a record, or as an import of a module.
    pub(crate) keyed: bool,
    /// Where an import of a module registers it: the prefix of the whole stands before it only where this is true.
    pub(crate) prefixed: Option<Argument>,
    /// There: the function that gives what another argument is to be, and that one's name.
    pub(crate) result: Option<(Argument, String)>,
    /// Registers nothing where this is false.
    pub(crate) unless_false: Option<Argument>,
    /// Registers nothing where this is true.
    pub(crate) unless: Option<Argument>,
    /// Registers nothing unless this is given.
    pub(crate) given: Option<Argument>,
    /// Where this is a list, each of its elements in its place.
    pub(crate) each: Option<String>,
    /// Where this is a map without a path of its own, each description in it, at any depth, in its place.
    pub(crate) described: Option<String>,
    /// Members of the handler that answer, each with its method and what stands behind the path: `get GET /{id}`. A handler
    /// with none of them registers nothing.
    pub(crate) answers: Vec<String>,
    /// The only ones of those that answer: the member that lists them, of what stands behind the handler.
    pub(crate) answers_only: Option<String>,
    /// What handlers that nobody knows are called whose members may answer.
    pub(crate) answers_called: Vec<String>,
    /// It registers on this argument and not on the object itself; nothing where that is not given.
    pub(crate) on: Option<Argument>,
    /// It registers on what the call makes, which stands for the route: what is done with that is done with the route.
    pub(crate) made: bool,
    /// The library that registers it on the service's behalf.
    pub(crate) library: Option<String>,
    /// Methods by the names of the handler's members, a class's or an instance's: `on_*`.
    pub(crate) responds: Option<String>,
    /// What stands behind such a name.
    pub(crate) responds_suffix: Option<Argument>,
    /// What stands before the path: a text, or the first text of a list.
    pub(crate) prefix: Option<Argument>,
    /// It is one as soon as a view answers under this name, and has the methods that both leave.
    pub(crate) awaits: Option<Argument>,
    /// What its path is asked for by: a text, or a function or class for its name. `decorated` is what the call decorates.
    pub(crate) name: Option<Argument>,
    /// The class of the method that it decorates is a controller without being marked as one.
    pub(crate) unmarked: bool,
}

/// Gives the list of another module.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct IncludeWord {
    /// The module, its dotted name, the list itself, or a tuple that begins with one of these.
    pub(crate) of: Argument,
    /// The list's name in the module.
    pub(crate) member: String,
    /// What stands before the names of its routes.
    pub(crate) name: Option<Argument>,
    /// The member of the module that says so besides; the second of a tuple does too.
    pub(crate) named: String,
}

/// Registers a class as a whole.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ResourceWord {
    /// The path.
    pub(crate) path: Argument,
    /// The class.
    pub(crate) class: Argument,
    /// What its methods come to.
    pub(crate) table: String,
    /// The methods of the path itself, where anything is registered: a page that lists what there is.
    pub(crate) index: Vec<String>,
    /// What the page's path is asked for by.
    pub(crate) index_name: String,
    /// The library whose page it is.
    pub(crate) index_library: Option<String>,
    /// What the names of its routes begin with.
    pub(crate) name: Argument,
}

/// Registers routes that a library has of its own.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LibraryWord {
    /// The library's name.
    pub(crate) name: String,
    /// The routes: `GET /metrics`.
    pub(crate) routes: Vec<String>,
    /// The path of them all, where one is given.
    pub(crate) path: Option<Argument>,
    /// Their prefix.
    pub(crate) prefix: Option<Argument>,
    /// Their prefix where none is given.
    pub(crate) at: String,
    /// They are there only where code is seen to serve the object.
    pub(crate) served: bool,
}

/// Registers a service of remote calls; its methods are those that a .proto file declares.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RpcWord {
    /// The service's name; none where the function's own name tells it.
    pub(crate) service: Option<Argument>,
    /// What of a name that is given is the service's: `*Server`.
    pub(crate) named: Option<String>,
    /// It answers what the HTTP rules of its .proto file say.
    pub(crate) http: bool,
    /// Where its methods are listed besides, and the member that names one.
    pub(crate) methods: BTreeMap<Argument, String>,
}

/// Adds to a route that is put together.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BuildWord {
    /// The route that is added to, where that is none of the object itself nor what is made.
    pub(crate) of: Option<Argument>,
    /// Where the route has no path, that of this address, which the object was made with.
    pub(crate) address: String,
    /// A piece of the path.
    pub(crate) path: Option<Argument>,
    /// The path goes on in any way.
    pub(crate) wild: bool,
    /// The end of a path that says that it goes on.
    pub(crate) open: String,
    /// Fixed methods; `NAME` is the method in the member's name.
    pub(crate) method: Vec<String>,
    /// The methods.
    pub(crate) methods: Option<Argument>,
    /// Those join the methods that it has.
    pub(crate) adds: bool,
    /// The handler.
    pub(crate) handler: Option<Argument>,
}

/// Gives a handler made of another.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WrapWord {
    /// The other one.
    pub(crate) inner: Argument,
    /// A prefix that is taken off before it sees the path.
    pub(crate) strip: Option<Argument>,
}

/// Makes one object of two.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct JoinWord {
    /// The other one.
    pub(crate) with: Argument,
    /// It answers what either answers; else what both let through, one path behind the other.
    pub(crate) either: bool,
}

/// Mounts children.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MountWord {
    /// The child or a list of them, or an object that the library holds for all; whatever is no router among them is left out.
    pub(crate) child: Argument,
    /// The prefix.
    pub(crate) at: Option<Argument>,
    /// The prefix replaces the child's own.
    pub(crate) replaces: bool,
    /// The children may be something else entirely (middleware), so that unknown ones are no loss.
    pub(crate) loose: bool,
    /// A child that is a handler and no router is a route, with this behind its prefix.
    pub(crate) plain: Option<String>,
    /// A function below a path that answers and cannot hand its request on is a route.
    pub(crate) alone: bool,
    /// Whatever is no router is a loss.
    pub(crate) strict: bool,
    /// What answers by itself, at no path of its own, answers all below the prefix, with this behind it.
    pub(crate) below: Option<String>,
    /// What is no router answers itself, at these routes.
    pub(crate) otherwise: Option<RouteWord>,
    /// It mounts on this argument, or on what is `made`, and not on the object itself; nothing where that is not given.
    pub(crate) on: Option<Argument>,
    /// A map of children by their prefixes.
    pub(crate) table: Option<Argument>,
    /// What stands before the names of the children's routes.
    pub(crate) name: Option<Argument>,
    /// A child that is a text is what stands under that dotted name.
    pub(crate) dotted: bool,
    /// What nobody knows may be a child where its last name is one of these.
    pub(crate) called: Vec<String>,
    /// A child that is a router sees the path as this one does, the prefix with it.
    pub(crate) whole: bool,
    /// It answers what nothing else does here: one that says that there is nothing is none.
    pub(crate) leftover: bool,
}

/// Makes an object.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MakeWord {
    /// The object of the same file.
    pub(crate) object: String,
    /// Its prefix.
    pub(crate) prefix: Option<Argument>,
    /// The prefix is a class: the attribute of it that has the path; several names stand apart by `|`.
    pub(crate) typed: Option<String>,
    /// It is mounted on this one.
    pub(crate) mounted: bool,
    /// Methods among these are the only ones that it answers.
    pub(crate) only: Option<Argument>,
    /// It is made for some alone: where what this argument leads to is none of `kinds`, what is made is `otherwise`, and it is
    /// mounted nowhere.
    pub(crate) by: Option<Argument>,
    /// The paths of those.
    pub(crate) kinds: Vec<String>,
    /// The other object of the same file.
    pub(crate) otherwise: String,
}

/// Calls a plugin with a child of the object.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PluginWord {
    /// The plugin: a function, or a module or object with a default one.
    pub(crate) plugin: Argument,
    /// The options that it gets.
    pub(crate) options: Argument,
    /// The child's prefix.
    pub(crate) prefix: Argument,
    /// A mark or attribute on the plugin that says: it gets the object itself, without prefix.
    pub(crate) flat: Vec<String>,
    /// Members of what is given that lead to the function, one within the other as far as they are there. Options and
    /// prefix may then stand beside them.
    pub(crate) within: Vec<String>,
}

/// Registers the plugins of a folder.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AutoloadWord {
    /// The folder.
    pub(crate) dir: Argument,
    /// The prefix for all.
    pub(crate) prefix: Argument,
    /// Options for all.
    pub(crate) options: Argument,
}

/// Hands a value to a function that is given.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HandWord {
    /// The function or functions.
    pub(crate) to: Argument,
    /// Of an instance its members of these names, as far as they are there.
    pub(crate) members: Vec<String>,
    /// A text or a module may lead to it: to a function, or to one of these names in a module.
    pub(crate) dotted: bool,
    /// What it gets first: `self`, `made` or an argument.
    pub(crate) what: String,
    /// What has failed stands before that: nothing.
    pub(crate) failing: bool,
    /// It is the receiver of the function too, so that its members are called by their names alone.
    pub(crate) receiver: bool,
    /// A router that the function gives back is mounted on what it got.
    pub(crate) mounts: bool,
    /// While it is called this stands behind the prefix of the object that the call is on.
    pub(crate) behind: Option<Argument>,
    /// While it is called, what is done with the object that the call is on is done with what is made.
    pub(crate) instead: bool,
}
