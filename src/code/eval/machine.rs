//! The machine: what is running, how much it may still do, and what it found.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::env::Read;
use super::jvm::contexts::Context;
use super::routes::forest::Forest;
use super::scope::{Scope, ScopeRef};
use super::value::{ClassValue, Closure, Key, Map, ModuleId, Spot, Value};
use crate::code::form::{Function, Language, Module, Name};
use crate::code::holes::{fill_holes, partly_known};
use crate::code::models::{Models, ObjectModel};
use crate::code::resolve::Tree;

/// Elements that are copied for a step.
const ELEMENTS_OF_A_STEP: u64 = 32;

/// How far a run may go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Statements, expressions and calls.
    pub(crate) steps: u64,
    /// Calls within calls.
    pub(crate) calls: usize,
    /// Expressions within expressions and statements within statements.
    pub(crate) nesting: usize,
    /// Elements of a list that a loop walks.
    pub(crate) elements: usize,
    /// Entries of one function that brought nothing.
    pub(crate) idle_entries: u32,
    /// Steps of one function, all entries together, that registered, read and made nothing.
    pub(crate) idle_steps: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 20_000_000, calls: 60, nesting: 1_200, elements: 2_000, idle_entries: 40, idle_steps: 100_000 }
    }
}

/// How far a module is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Not started.
    New,
    /// Running: what it binds is coming.
    Running,
    /// Done.
    Done,
}

/// A registration that could not be evaluated.
#[derive(Debug, Clone)]
pub(crate) struct Unevaluated {
    /// Why.
    pub(crate) reason: String,
    /// The paths that it may have, each with a star for what is not known; none where it may have any.
    pub(crate) paths: Option<BTreeSet<String>>,
}

/// A module.
#[derive(Debug)]
pub(crate) struct ModuleState {
    /// Its file, or its folder where it is one.
    pub(crate) path: Name,
    /// Its language.
    pub(crate) language: Language,
    /// How far it is.
    pub(crate) progress: Progress,
    /// Its scope.
    pub(crate) scope: ScopeRef,
    /// What it exports by ES syntax.
    pub(crate) exports: Rc<Map>,
    /// Modules whose exports it passes on.
    pub(crate) stars: Vec<ModuleId>,
    /// Libraries whose exports it passes on.
    pub(crate) libraries: Vec<Name>,
    /// CommonJS's `module`.
    pub(crate) common: Rc<Map>,
    /// The files that it is made of.
    pub(crate) files: Vec<Name>,
    /// The dotted name, where the language has one; the package where it has packages.
    pub(crate) dotted: Name,
    /// Packages and classes whose names are seen here.
    pub(crate) packages: Vec<Name>,
    /// Whether its text has one of the models' hints, once that was asked for.
    pub(crate) hinted: std::cell::OnceCell<bool>,
    /// What names of types lead to by its package and those, once that is settled; none where they lead nowhere.
    pub(crate) meant: RefCell<BTreeMap<Name, Option<Value>>>,
}

/// A call that is running.
#[derive(Debug)]
pub(crate) struct Frame {
    /// What was called.
    pub(crate) closure: Option<Rc<Closure>>,
    /// Where the call stands.
    pub(crate) spot: Spot,
    /// The receiver.
    pub(crate) this: Value,
    /// The class that the method belongs to.
    pub(crate) home: Option<Rc<ClassValue>>,
    /// What was returned under unknown conditions.
    pub(crate) returns: Vec<Value>,
    /// What was yielded.
    pub(crate) yields: Vec<Value>,
    /// The strings that it was given.
    pub(crate) given: Vec<Name>,
    /// The nodes of the functions that it was given.
    pub(crate) handed: Vec<usize>,
}

/// How a statement ends.
#[derive(Debug)]
pub(crate) enum Flow {
    /// The next one runs.
    Next,
    /// The function returns.
    Return(Value),
    /// The loop ends.
    Break,
    /// The loop goes on.
    Continue,
    /// The path ends.
    Throw,
}

/// Changes of bindings, to be undone.
pub(crate) type Journal = Vec<(ScopeRef, Name, Option<Value>)>;

/// The machine.
pub(crate) struct Machine<'a> {
    /// The files and how names lead to them.
    pub(crate) tree: &'a Tree<'a>,
    /// What libraries mean.
    pub(crate) models: &'static Models,
    /// The modules.
    pub(crate) modules: Vec<ModuleState>,
    /// Modules by path.
    pub(crate) by_path: BTreeMap<Name, ModuleId>,
    /// The routers.
    pub(crate) forest: Forest,
    /// The reads of the environment.
    pub(crate) reads: Vec<Read>,
    /// What files of deployment give to variables, once that was asked.
    pub(crate) said: Option<super::env::said::Said>,
    /// The texts of pages and scripts that may ask for paths, once that was asked.
    pub(crate) pages: Option<Vec<String>>,
    /// Controllers around the one that is being registered.
    pub(crate) within: usize,
    /// Names and places of those reads.
    pub(crate) read_before: BTreeSet<(String, Spot)>,
    /// Files that are routes by their place, in packages of the service's own.
    pub(crate) placed: BTreeSet<Name>,
    /// The files of JavaScript that others import, once that was asked.
    pub(crate) imported: Option<super::javascript::unimported::Imported>,
    /// Services that maps describe.
    pub(crate) described: Vec<super::javascript::gateways::Described>,
    /// What could not be evaluated.
    pub(crate) unresolved: BTreeMap<Spot, Unevaluated>,
    /// Where something unknown that is called a router is given a path and a handler.
    pub(super) unknown_routers: BTreeSet<Spot>,
    /// The calls that are running.
    pub(crate) frames: Vec<Frame>,
    /// How many unknown conditions are around.
    pub(crate) conditional: u32,
    /// The reads that the condition asks about which is evaluated.
    pub(crate) asked: Option<Vec<usize>>,
    /// The reads that the conditions asked about whose branches are running.
    pub(crate) asking: Vec<Vec<usize>>,
    /// What functions gave after they had asked about it.
    pub(crate) offers: std::collections::BTreeSet<usize>,
    /// Those of them that one side of an `and` asks about.
    pub(crate) half_asked: std::collections::BTreeSet<usize>,
    /// How the branches that ran last were left.
    pub(crate) left: Vec<super::env::absence::Left>,
    /// Conditions that stand behind another one's `else`.
    pub(crate) chained: std::collections::BTreeSet<usize>,
    /// The journals of the branches that are running.
    pub(crate) journals: Vec<Journal>,
    /// What those put into members and elements that is a text with a part that is not known: where, under which key, and the text.
    pub(crate) written: Vec<(Value, Value, Value)>,
    /// Steps done.
    pub(crate) steps: u64,
    /// Folders that programs add to where Python's names start.
    pub(crate) python_paths: Vec<String>,
    /// Whether steps ran out before the fuel was filled up.
    pub(crate) spent: bool,
    /// How deep expressions and statements are nested.
    pub(crate) nesting: usize,
    /// How far it may go.
    pub(crate) limits: Limits,
    /// Every function that was made.
    pub(crate) closures: Vec<Rc<Closure>>,
    /// Every class that was made.
    pub(crate) classes: Vec<Rc<ClassValue>>,
    /// Entries that brought nothing, by function.
    pub(crate) idle: BTreeMap<(usize, u64), u32>,
    /// Steps that brought nothing, by function.
    pub(crate) idle_steps: BTreeMap<(usize, u64), u64>,
    /// What such functions gave that are asked without arguments, by what they were called on.
    pub(crate) idle_results: BTreeMap<(usize, Option<usize>), Value>,
    /// Functions that have a receiver by a name for their type, by where they are without it, and beside those: what is kept
    /// here gives its place to nothing else.
    pub(crate) received: BTreeMap<usize, (Arc<Function>, Arc<Function>)>,
    /// Functions that routers are given to call.
    pub(crate) called: BTreeSet<usize>,
    /// Functions that ever registered or read something.
    pub(crate) useful: BTreeSet<usize>,
    /// Registrations, reads and objects so far: tells whether a call brought something.
    pub(crate) effects: u64,
    /// Lists and maps that were walked before anything was in them.
    pub(crate) early: Vec<super::early::Early>,
    /// Loads within loads.
    pub(crate) loading: usize,
    /// JavaScript's metadata by reflection: by key, target and member; the target stays alive with it.
    pub(crate) metadata: BTreeMap<(Key, usize, Option<Name>), (Value, Value)>,
    /// Objects that a library holds for all, by their path.
    pub(crate) shared: BTreeMap<String, Value>,
    /// Stores of settings, by their node and the program that sets them up.
    pub(crate) stores: BTreeMap<(usize, usize), super::env::settings::Store>,
    /// Flags that programs take, and where each is declared.
    pub(crate) flags: BTreeMap<(usize, String), (Spot, Vec<Spot>)>,
    /// Whether stores ask for the fields of the types that they fill.
    pub(crate) structs_asked: bool,
    /// Stores of layered settings, and what they came to.
    pub(crate) layers: super::env::layers::State,
    /// The classes that metaclasses make.
    pub(crate) making: Vec<Rc<ClassValue>>,
    /// What is being asked for members that nobody set, and the names.
    pub(crate) answering: Vec<(usize, Name)>,
    /// Middleware that passes requests on.
    pub(crate) passing: super::routes::passing::State,
    /// Strings that functions of letter case made.
    pub(crate) supposed: super::values::supposed::Supposed,
    /// The functions that settings name, where they name any, by the module of the build.
    pub(crate) listed: super::jvm::listed::Named,
    /// The call that a block returns from, and what that gives.
    pub(crate) leaving: Option<(usize, Value)>,
    /// The calls of blocks that are run for sure.
    pub(crate) sure: Vec<usize>,
    /// How many values are computed around that may not be asked for, besides those under unknown conditions.
    pub(crate) doubtful: u32,
    /// The entry of an enum that is made next.
    pub(crate) entry: Option<super::jvm::enums::Entry>,
    /// The object whose member is called next, where the member is for another type.
    pub(crate) dispatch: Option<Value>,
    /// What is known of Go besides.
    pub(crate) go: super::go::State,
    /// What is known of Rust's modules.
    pub(crate) rust: super::rust::State,
    /// Routes of code that builds generate of documents.
    pub(crate) generated: Vec<super::routes::forest::Found>,
    /// What documents list, as far as they were read.
    pub(crate) documents: BTreeMap<Name, Option<Rc<crate::code::resolve::Listed>>>,
    /// Documents whose operations classes of the project answer.
    pub(crate) answered_for: BTreeSet<Name>,
    /// The documents whose generated controllers hand requests to classes of the project.
    pub(crate) delegated: BTreeSet<Name>,
    /// Routes that annotations tell.
    pub(crate) annotated: Vec<super::routes::forest::Found>,
    /// The functions that are mounted by what their attributes say, by their address.
    pub(super) carried: BTreeSet<usize>,
    /// Paths before annotated classes' routes: framework, place, path, for which classes.
    pub(crate) befores: Vec<(String, Spot, Value, Value)>,
    /// What programs of builds compile controllers by.
    pub(crate) compilers: Vec<super::javascript::before_trees::Compiler>,
    /// Names of classes that all files were looked through for.
    pub(crate) mentioned: BTreeSet<Name>,
    /// The classes below those that were asked for, by their address.
    pub(super) below: BTreeMap<usize, super::jvm::reflection::Below>,
    /// Annotated classes that an app was given.
    pub(crate) handed: BTreeSet<usize>,
    /// The paths of applications: framework, place, path.
    pub(crate) applications: Vec<(String, Spot, String)>,
    /// Routes that views answer by their names.
    pub(crate) views: super::python::views::State,
    /// What Spring's applications scan, once it was asked for, as far as all of it is known.
    pub(super) scans: Option<Option<Rc<super::jvm::scanning::Scans>>>,
    /// What is known of servlets: who runs them, and what they ask for by the request's path.
    pub(super) fronts: super::jvm::commands::Fronts,
    /// Dropwizard's programs and the code that may register, once that was asked for.
    pub(super) programs: Option<Option<Rc<super::jvm::unregistered::Programs>>>,
    /// The paths of contexts that programs make in embedded servers, as far as they are known.
    pub(super) contexts: BTreeSet<Context>,
    /// The contexts that objects stand for, by their nodes: the path, as far as it is known.
    pub(super) context_nodes: BTreeMap<usize, Option<String>>,
    /// Spring's mappings that the project writes, once they were looked for.
    pub(super) mappings: Option<Vec<Rc<ClassValue>>>,
    /// The servlets that programs map with what those are, once all of their code was run.
    pub(super) placed_servlets: Option<Rc<Vec<super::jvm::mapped::Placed>>>,
    /// The servlets that programs map.
    pub(super) servlets: Vec<super::jvm::mapped::Mapped>,
    /// The classes on whose instances the library's first calls were made.
    pub(super) begun: BTreeSet<usize>,
    /// What functions gave, by the names that models say it has.
    pub(crate) namespaces: BTreeMap<Name, Value>,
    /// What containers were told.
    pub(crate) told: Vec<Rc<super::inject::Told>>,
    /// How many classes were asked for methods that give a container something.
    pub(crate) asked_to_give: usize,
    /// The apps whose trees of modules told what they provide.
    pub(crate) trees_told: BTreeSet<usize>,
    /// What files of packages' settings say, by path.
    pub(crate) stored: super::env::stores::Stored,
    /// What is kept for explaining, where it is asked for.
    pub(crate) tracing: Option<Tracing>,
    /// What code may reach.
    pub(crate) reached: super::reach::Reached,
    /// What functions get first by the types that are stated of them, by their node.
    pub(crate) stated: BTreeMap<usize, &'static ObjectModel>,
    /// Whether functions are entered that nobody called.
    pub(crate) uncalled: bool,
    /// Blocks behind a prefix that registered nothing, and what was registered outside of every block meanwhile.
    pub(crate) blocks: super::routes::astray::Blocks,
    /// What the code writes into the environment: name, value, place.
    pub(crate) writes: Vec<(Name, Value, Spot)>,
    /// What a bundler puts where the code names a variable, and the module that says so.
    pub(crate) defined: BTreeMap<String, super::value::ModuleId>,
    /// The modules of settings.
    pub(crate) settings: Vec<ModuleId>,
    /// What paths are asked for by, and the paths.
    pub(crate) names: BTreeSet<(String, String)>,
    /// Modules whose list another one includes.
    pub(crate) included: BTreeSet<ModuleId>,
    /// What was seen that serves objects of frameworks.
    pub(crate) adapters: BTreeMap<String, super::javascript::unused::Adapters>,
    /// Bases that are stripped off paths before apps get them.
    pub(crate) stripped: super::javascript::stripped::Stripped,
    /// Functions that nobody knows and that were given a path (JavaScript): what they give may be one.
    pub(crate) path_makers: BTreeSet<Name>,
    /// What JavaScript's global object was given, and `process` under its name.
    pub(crate) globals: Map,
    /// The instances that stand for objects of which only the class is known, by class.
    pub(crate) injected: BTreeMap<usize, Value>,
    /// Instances that hold the environment, by class.
    pub(crate) holders: BTreeMap<usize, Value>,
}

/// What is kept for explaining places that look like registrations.
#[derive(Debug, Default)]
pub(crate) struct Tracing {
    /// What members were called on, by place: none where nothing is known of it.
    pub(crate) seen: BTreeMap<Spot, Option<String>>,
    /// Why what stands at a place registers nothing.
    pub(crate) reasons: BTreeMap<Spot, String>,
    /// Why what is registered there is answered by nobody.
    pub(crate) left: BTreeMap<Spot, String>,
}

impl<'a> Machine<'a> {
    /// A machine over a tree.
    pub(crate) fn new(tree: &'a Tree<'a>, models: &'static Models, limits: Limits) -> Self {
        Machine {
            tree,
            models,
            modules: Vec::new(),
            by_path: BTreeMap::new(),
            forest: Forest::default(),
            reads: Vec::new(),
            said: None,
            within: 0,
            pages: None,
            read_before: BTreeSet::new(),
            placed: BTreeSet::new(),
            described: Vec::new(),
            imported: None,
            unresolved: BTreeMap::new(),
            unknown_routers: BTreeSet::new(),
            frames: Vec::new(),
            conditional: 0,
            asked: None,
            asking: Vec::new(),
            offers: std::collections::BTreeSet::new(),
            half_asked: std::collections::BTreeSet::new(),
            left: Vec::new(),
            chained: std::collections::BTreeSet::new(),
            journals: Vec::new(),
            written: Vec::new(),
            steps: 0,
            python_paths: Vec::new(),
            spent: false,
            nesting: 0,
            limits,
            closures: Vec::new(),
            classes: Vec::new(),
            idle: BTreeMap::new(),
            idle_steps: BTreeMap::new(),
            idle_results: BTreeMap::new(),
            received: BTreeMap::new(),
            called: BTreeSet::new(),
            useful: BTreeSet::new(),
            effects: 0,
            early: Vec::new(),
            loading: 0,
            metadata: BTreeMap::new(),
            shared: BTreeMap::new(),
            stores: BTreeMap::new(),
            flags: BTreeMap::new(),
            structs_asked: false,
            layers: super::env::layers::State::default(),
            making: Vec::new(),
            answering: Vec::new(),
            passing: super::routes::passing::State::default(),
            supposed: super::values::supposed::Supposed::default(),
            listed: BTreeMap::new(),
            leaving: None,
            sure: Vec::new(),
            doubtful: 0,
            entry: None,
            dispatch: None,
            go: super::go::State::default(),
            rust: super::rust::State::default(),
            generated: Vec::new(),
            documents: BTreeMap::new(),
            answered_for: BTreeSet::new(),
            delegated: BTreeSet::new(),
            annotated: Vec::new(),
            carried: BTreeSet::new(),
            befores: Vec::new(),
            compilers: Vec::new(),
            mentioned: BTreeSet::new(),
            below: BTreeMap::new(),
            handed: BTreeSet::new(),
            applications: Vec::new(),
            views: super::python::views::State::default(),
            contexts: BTreeSet::new(),
            context_nodes: BTreeMap::new(),
            servlets: Vec::new(),
            placed_servlets: None,
            mappings: None,
            begun: BTreeSet::new(),
            scans: None,
            fronts: Default::default(),
            programs: None,
            namespaces: BTreeMap::new(),
            told: Vec::new(),
            asked_to_give: 0,
            trees_told: BTreeSet::new(),
            stored: super::env::stores::Stored::default(),
            tracing: None,
            reached: super::reach::Reached::default(),
            stated: BTreeMap::new(),
            uncalled: false,
            blocks: super::routes::astray::Blocks::default(),
            writes: Vec::new(),
            defined: BTreeMap::new(),
            settings: Vec::new(),
            names: BTreeSet::new(),
            included: BTreeSet::new(),
            adapters: BTreeMap::new(),
            stripped: super::javascript::stripped::Stripped::default(),
            path_makers: BTreeSet::new(),
            globals: Map::default(),
            injected: BTreeMap::new(),
            holders: BTreeMap::new(),
        }
    }

    /// Counts a step; false when there are none left.
    pub(crate) fn tick(&mut self) -> bool {
        self.steps += 1;
        self.steps <= self.limits.steps
    }

    /// Counts the copying of elements: lists that grow by copies would take room and time that no step shows.
    pub(crate) fn spend(&mut self, elements: usize) {
        self.steps = self.steps.saturating_add(elements as u64 / ELEMENTS_OF_A_STEP);
    }

    /// Gives what follows steps of its own: what one language's code computes takes none from another's.
    pub(crate) fn refuel(&mut self) {
        self.spent |= self.exhausted();
        self.steps = 0;
    }

    /// Whether nothing may run any more.
    pub(crate) fn exhausted(&self) -> bool {
        self.steps > self.limits.steps
    }

    /// Runs something one level deeper; nothing where that is too deep.
    pub(crate) fn nested<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if !self.tick() || self.nesting > self.limits.nesting {
            return None;
        }
        self.nesting += 1;
        let value = run(self);
        self.nesting -= 1;
        Some(value)
    }

    /// The language of a scope's code.
    pub(crate) fn language(&self, scope: &ScopeRef) -> Language {
        self.modules[scope.module.0].language
    }

    /// Notes what could not be evaluated: it may be any route.
    pub(crate) fn note(&mut self, spot: Spot, reason: impl Into<String>) {
        let it = self.unresolved.entry(spot).or_insert_with(|| Unevaluated { reason: reason.into(), paths: None });
        it.paths = None;
    }

    /// Notes a route whose path has a part that is not known.
    pub(crate) fn note_path(&mut self, spot: Spot, path: &str) {
        let first = || Unevaluated { reason: partly_known(path), paths: Some(BTreeSet::new()) };
        let it = self.unresolved.entry(spot).or_insert_with(first);
        if let Some(paths) = &mut it.paths {
            paths.insert(fill_holes(path, |_| "*".to_owned()).replace(char::REPLACEMENT_CHARACTER, "*"));
        }
    }

    /// Keeps what a member is called on, where explaining is asked for.
    pub(crate) fn saw(&mut self, spot: Spot, object: &Value) {
        let Some(tracing) = &mut self.tracing else { return };
        let seen = tracing.seen.entry(spot).or_default();
        if seen.is_none() {
            *seen = super::notes::described(object, 0);
        }
    }

    /// Keeps why what stands at a place registers nothing, where explaining is asked for.
    pub(crate) fn because(&mut self, spot: Spot, reason: &str) {
        if let Some(tracing) = &mut self.tracing {
            tracing.reasons.entry(spot).or_insert_with(|| reason.to_owned());
        }
    }

    /// The file of a place.
    pub(crate) fn file(&self, spot: Spot) -> &str {
        &self.modules[spot.module.0].path
    }

    /// A new module, found by its path from here on.
    pub(crate) fn add_module(&mut self, path: Name, language: Language, files: Vec<Name>) -> ModuleId {
        let id = self.push_module(path.clone(), language, files);
        self.by_path.insert(path, id);
        id
    }

    /// A new module; several may lie in one file.
    pub(crate) fn push_module(&mut self, path: Name, language: Language, files: Vec<Name>) -> ModuleId {
        let id = ModuleId(self.modules.len());
        let common = Map::default();
        common.put("exports", Value::map(Vec::new()));
        self.modules.push(ModuleState {
            path,
            language,
            progress: Progress::New,
            scope: Scope::module(id),
            exports: Rc::new(Map::default()),
            stars: Vec::new(),
            libraries: Vec::new(),
            common: Rc::new(common),
            files,
            dotted: "".into(),
            packages: Vec::new(),
            hinted: std::cell::OnceCell::new(),
            meant: RefCell::default(),
        });
        id
    }

    /// The lowered file at a path.
    pub(crate) fn form(&self, path: &str) -> Option<Arc<Module>> {
        self.tree.form(path)
    }

    /// The places of the running calls, innermost first.
    pub(crate) fn chain(&self) -> Vec<Spot> {
        self.frames.iter().rev().map(|frame| frame.spot).take(12).collect()
    }
}
