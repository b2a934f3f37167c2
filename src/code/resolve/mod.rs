//! From the name of a module as written to the files that it is: per language, over the list of the tree's files.

mod absent;
mod actions;
mod addresses;
mod aliases;
mod beans;
mod builds;
mod deployed;
mod documents;
mod dropwizard;
mod gateways;
mod given;
mod go;
mod hocon;
mod imported;
mod java;
pub(crate) mod javascript;
mod markup;
mod oapi;
mod programs;
mod proto;
pub(crate) mod python;
mod registries;
mod rust;
mod schemas;
mod servlets;
mod settings;
mod url_beans;
mod versions;
mod words;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

pub(crate) use actions::{Action, Actions, Choice, Package, endings};
pub(super) use builds::FILES as BUILDS;
pub(crate) use builds::Home;
pub(crate) use documents::{Generated, Listed, Operation, based, operations};
pub(crate) use gateways::Called;
pub(crate) use given::Given;
pub(crate) use go::imported as go_imports;
pub(crate) use javascript::{ended_by, fitting, imported};
pub(crate) use proto::Service;
pub(crate) use registries::library_of;
pub(crate) use schemas::Schemas;
pub(crate) use servlets::Servlet;
pub(crate) use settings::{Settings, properties};
pub(crate) use url_beans::UrlBean;

pub(crate) use crate::domain::folders::folder_of;

use super::form::{Language, Module, Name};
use super::models::ClientWord;
use crate::repo::{Content, MAX_SOURCE_BYTES, Repo};

/// What the name of a module leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A file.
    File(Name),
    /// A folder that is a package without a file of its own.
    Folder(Name),
    /// A data file (JSON).
    Data(Name),
    /// Nothing in the tree: a library, by the name that models know it by.
    Outside(Name),
}

/// The files of a tree and how names lead to them. Files are lowered once, on demand.
pub(crate) struct Tree<'a> {
    repo: &'a Repo,
    files: BTreeSet<Name>,
    folders: BTreeSet<Name>,
    lowered: RefCell<BTreeMap<Name, Option<Arc<Module>>>>,
    javascript: javascript::Packages,
    python: python::Roots,
    go: go::Modules,
    rust: rust::Crates,
    java: java::Packages,
    builds: OnceCell<builds::Builds>,
    beans: OnceCell<BTreeMap<String, BTreeSet<String>>>,
    schemas: RefCell<BTreeMap<String, Rc<Schemas>>>,
    words: OnceCell<words::Words>,
    given: given::Files,
}

impl fmt::Debug for Tree<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Tree").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

impl<'a> Tree<'a> {
    /// A tree over the files of a repository.
    pub(crate) fn new(repo: &'a Repo, lowered: BTreeMap<Name, Option<Arc<Module>>>) -> Self {
        let mut files = BTreeSet::new();
        let mut folders = BTreeSet::new();
        for entry in repo.files() {
            let path: &str = &entry.path;
            files.insert(entry.path.clone());
            let mut at = path;
            while let Some((parent, _)) = at.rsplit_once('/') {
                if !folders.insert(Name::from(parent)) {
                    break;
                }
                at = parent;
            }
        }
        let mut tree = Tree {
            repo,
            files,
            folders,
            lowered: RefCell::new(lowered),
            javascript: javascript::Packages::default(),
            python: python::Roots::default(),
            go: go::Modules::default(),
            rust: rust::Crates::default(),
            java: java::Packages::default(),
            builds: OnceCell::new(),
            beans: OnceCell::new(),
            schemas: RefCell::default(),
            words: OnceCell::new(),
            given: given::Files::default(),
        };
        tree.javascript = javascript::Packages::read(&tree);
        tree.go = go::Modules::read(&tree);
        tree.rust = rust::Crates::read(&tree);
        tree.java = java::Packages::read(&tree);
        tree
    }

    /// The folder of a Go package by its path, whether it is there or not.
    pub(crate) fn go_place(&self, source: &str) -> Option<String> {
        self.go.place(source)
    }

    /// The document that a Go package is generated of, and what is said of how.
    pub(crate) fn go_document(&self, folder: &str) -> Option<(Name, String)> {
        oapi::document(self, folder)
    }

    /// The functions that gateways call, as the tree's settings describe them.
    pub(crate) fn called_by_gateways(&self) -> Vec<Called> {
        gateways::read(self)
    }

    /// Whether a file is there.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Whether a folder is there.
    pub(crate) fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    /// Every file, by path.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Name> {
        self.files.iter()
    }

    /// The files and folders directly in a folder, by name.
    pub(crate) fn entries(&self, folder: &str) -> (Vec<String>, Vec<String>) {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inside = |all: &BTreeSet<Name>| -> Vec<String> {
            all.range(Name::from(prefix.as_str())..)
                .take_while(|path| path.starts_with(&prefix))
                .filter_map(|path| path.strip_prefix(&prefix))
                .filter(|rest| !rest.is_empty() && !rest.contains('/'))
                .map(str::to_owned)
                .collect()
        };
        (inside(&self.files), inside(&self.folders))
    }

    /// The text of a file.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        text_at(self.repo, path)
    }

    /// The files whose names are those of settings, and what each gives.
    pub(crate) fn settings_files(&self) -> &[Rc<Given>] {
        self.given.all(self)
    }

    /// The text of a file whose bytes are its characters, as properties files are by default.
    pub(crate) fn latin(&self, path: &str) -> Option<String> {
        let content = self.repo.read(path, MAX_SOURCE_BYTES).ok()?;
        Some(content.bytes.iter().map(|byte| char::from(*byte)).collect())
    }

    /// The lowered file; none where it cannot be read or its language has no front end.
    pub(crate) fn form(&self, path: &str) -> Option<Arc<Module>> {
        if let Some(done) = self.lowered.borrow().get(path) {
            return done.clone();
        }
        let form = self.text(path).and_then(|text| super::lower_file(path, &text)).map(Arc::new);
        self.lowered.borrow_mut().insert(path.into(), form.clone());
        form
    }

    /// Lowers files in parallel, ahead of their use.
    pub(crate) fn lower_all(&self, paths: &[Name]) {
        use rayon::prelude::*;
        let repo = self.repo;
        let unknown: BTreeSet<&Name> = {
            let known = self.lowered.borrow();
            paths.iter().filter(|path| !known.contains_key(*path)).collect()
        };
        let lowered = |path: &&Name| {
            let text = text_at(repo, path);
            ((*path).clone(), text.and_then(|text| super::lower_file(path, &text)).map(Arc::new))
        };
        let fresh: Vec<(Name, Option<Arc<Module>>)> = unknown.par_iter().map(lowered).collect();
        self.lowered.borrow_mut().extend(fresh);
    }

    /// Whether a file may hold a word that is no part of a longer one: all files of languages of classes in packages are read for
    /// that, once.
    pub(crate) fn may_have_word(&self, path: &str, word: &str) -> bool {
        let read = || words::Words::read(self.repo, &self.classes().collect());
        self.words.get_or_init(read).may_have(path, word)
    }

    /// The files that declare a full name, where names and files need not agree (Kotlin).
    pub(crate) fn declaring(&self, full: &str) -> &[Name] {
        self.java.declaring(full)
    }

    /// The folders of the JavaScript packages that depend on a package.
    pub(crate) fn packages_with(&self, dependency: &str) -> Vec<String> {
        self.javascript.depending_on(dependency)
    }

    /// The folder of the JavaScript package that a file is in: what runs it does so from there.
    pub(crate) fn package_of(&self, file: &str) -> Option<&str> {
        self.javascript.owner(file)
    }

    /// Whether a relative name leads from a JavaScript file to nothing, here or where the program runs.
    pub(crate) fn is_absent(&self, from: &str, source: &str) -> bool {
        absent::is_absent(self, &self.javascript, from, source)
    }

    /// Whether a relative name leads from a Python file to nothing, here or where the program runs.
    pub(crate) fn is_absent_in_python(&self, from: &str, source: &str, level: u32) -> bool {
        absent::is_absent_in_python(self, from, source, level)
    }

    /// The files that the JavaScript package of a folder is started with.
    pub(crate) fn started(&self, folder: &str) -> Vec<String> {
        programs::started(self, &self.javascript, folder)
    }

    /// Whether what says what is run may name a JavaScript file.
    pub(crate) fn is_named(&self, file: &str) -> bool {
        programs::is_named(self, file)
    }

    /// Whether one of these stands in the tree, even where its list of files has none of them.
    fn stands(&self, places: &[String]) -> bool {
        let plain: Vec<String> = places.iter().filter(|path| !path.contains(['*', '?', '[', '{'])).cloned().collect();
        self.repo.find(&plain, false).is_ok_and(|found| !found.is_empty())
    }

    /// Whether ignore files hide what would stand at a path.
    fn would_ignore(&self, path: &str) -> bool {
        self.repo.would_ignore(path)
    }

    /// Whether a path lies in a repository within the repository.
    fn is_of_another(&self, path: &str) -> bool {
        let text = self.text(".gitmodules").unwrap_or_default();
        let told = text.lines().filter_map(|line| line.trim().strip_prefix("path")?.trim().strip_prefix('='));
        let left = self.repo.skipped().iter().map(|skipped| skipped.path.as_str());
        told.map(str::trim)
            .chain(left)
            .any(|folder| path == folder || under("", path).starts_with(&format!("{folder}/")))
    }

    /// The files that scripts of JavaScript packages run by a command.
    pub(crate) fn files_run_by(&self, command: &str) -> Vec<String> {
        self.javascript.run_by(self, command)
    }

    /// Whether the project asks for Python's library of a module's name.
    pub(crate) fn asks_for_python(&self, source: &str) -> bool {
        self.python.asks_for(self, source)
    }

    /// The file that the JavaScript package of a folder is started with.
    pub(crate) fn entry_of(&self, folder: &str) -> Option<String> {
        self.javascript.entry(self, folder)
    }

    /// Every file of a language of classes in packages.
    pub(crate) fn classes(&self) -> impl Iterator<Item = &Name> {
        self.java.files()
    }

    /// The modules of the build under whose settings a file's code runs.
    pub(crate) fn homes_of(&self, path: &str) -> Rc<[Rc<Home>]> {
        self.builds().of(self.java.module_of(path))
    }

    /// The folders of the modules of the build that a module is a part of: its own, and those that depend on it.
    pub(crate) fn dependents_of(&self, folder: &str) -> Rc<BTreeSet<String>> {
        self.builds().dependents(folder)
    }

    /// The modules of the build.
    pub(crate) fn homes(&self) -> &[Rc<Home>] {
        self.builds().all()
    }

    /// Whether the code of a module starts a program.
    pub(crate) fn starts(&self, folder: &str) -> bool {
        builds::starts(self, folder)
    }

    /// The folder of the module of the build that a file belongs to.
    pub(crate) fn module_of(&self, path: &str) -> &str {
        self.java.module_of(path)
    }

    /// The actions of Struts' configuration; else the line and why it cannot be read.
    pub(crate) fn struts(&self, text: &str) -> Result<Actions, (u32, String)> {
        actions::struts(text)
    }

    /// The full names of classes by what containers call them.
    pub(crate) fn beans(&self) -> &BTreeMap<String, BTreeSet<String>> {
        self.beans.get_or_init(|| beans::read(self))
    }

    /// What the schemas say that a client is generated of.
    pub(crate) fn schemas(&self, word: &ClientWord) -> Rc<Schemas> {
        let mut known = self.schemas.borrow_mut();
        known.entry(word.library.clone()).or_insert_with(|| Rc::new(schemas::read(self, word))).clone()
    }

    /// The first two numbers of the version of a library of Java that a file's code runs with, where it is said.
    pub(crate) fn library_version(&self, file: &str, library: &str) -> Option<(u32, u32)> {
        versions::version(self, file, library)
    }

    /// The settings of Struts that a file of properties says.
    pub(crate) fn struts_properties(&self, text: &str) -> BTreeMap<String, String> {
        settings::properties(text).into_iter().map(|(key, value, _)| (key, value)).collect()
    }

    /// The routes that a file of Play's lists.
    pub(crate) fn play(&self, text: &str) -> Actions {
        actions::play(text)
    }

    fn builds(&self) -> &builds::Builds {
        self.builds.get_or_init(|| builds::Builds::read(self, self.java.modules()))
    }

    /// What the name of a module leads to from a file.
    pub(crate) fn resolve(&self, language: Language, from: &str, source: &str, level: u32) -> Target {
        match language {
            Language::JavaScript => self.javascript.resolve(self, from, source),
            Language::Python => self.python.resolve(self, from, source, level),
            Language::Go => match self.go_package(source) {
                Some(folder) => Target::Folder(folder.into()),
                None => Target::Outside(go::library(source).into()),
            },
            Language::Java => self.java.resolve(from, source),
            Language::Rust => Target::Outside(source.into()),
        }
    }

    /// The folder that a Go import leads to, where it is a package of the tree.
    pub(crate) fn go_package(&self, source: &str) -> Option<String> {
        self.go.folder(self, source)
    }

    /// Whether a Go path is one of the tree's own modules', whether its package is there or not.
    pub(crate) fn owns_go(&self, path: &str) -> bool {
        self.go.own(path)
    }

    /// The Python package or module of a name below a folder that the program adds to where names start.
    pub(crate) fn python_below(&self, folder: &str, source: &str) -> Option<Target> {
        python::at(self, &under(folder, &source.replace('.', "/")))
    }

    /// Every service that .proto files declare.
    pub(crate) fn services(&self) -> Vec<Service> {
        proto::services(self)
    }

    /// The files of a Go package.
    pub(crate) fn go_sources(&self, folder: &str) -> Vec<String> {
        go::sources(self, folder)
    }
}

/// The text of a file; none where it cannot be read, or is larger than what is parsed.
fn text_at(repo: &Repo, path: &str) -> Option<String> {
    text_of(&repo.read(path, MAX_SOURCE_BYTES).ok()?)
}

/// The text of a file that was read; of sources as their language takes it.
fn text_of(content: &Content) -> Option<String> {
    let text = match Language::of(&content.path) {
        Some(language) => super::source_text(language, content).ok()?,
        None => content.text().ok()?.into(),
    };
    Some(text.into_owned())
}

/// Paths joined, `.` and `..` taken out; a leading slash of a later part starts anew only where it is the first.
pub(crate) fn join_paths(parts: &[&str]) -> String {
    let absolute = parts.first().is_some_and(|first| first.starts_with('/'));
    let mut out: Vec<&str> = Vec::new();
    for piece in parts.iter().flat_map(|part| part.split('/')) {
        match piece {
            "" | "." => {}
            ".." => {
                if out.last().is_some_and(|last| *last != "..") {
                    out.pop();
                } else if !absolute {
                    out.push("..");
                }
            }
            piece => out.push(piece),
        }
    }
    let joined = out.join("/");
    if absolute { format!("/{joined}") } else { joined }
}

/// A path under a folder.
pub(crate) fn under(folder: &str, rest: &str) -> String {
    join_paths(&[folder, rest])
}
