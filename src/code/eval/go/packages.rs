//! Packages: their files share a scope; variables are initialised when they are asked for, `init` functions when a package is
//! loaded, after those of the packages that it imports.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::env::{file_of, text_of};
use super::super::machine::{Machine, Progress};
use super::super::scope::{Scope, ScopeKind, ScopeRef};
use super::super::value::{Args, Lazy, ModuleId, Spot, Value};
use crate::code::form::{ExprKind, Function, Import, Imported, Language, Name, Pattern, Stmt, StmtKind};
use crate::code::resolve::{Target, folder_of, under};

/// The most packages within packages that are loaded.
const MOST_LOADING: usize = 120;
/// Rounds of calling what unseen code was given: each may give more.
const ROUNDS: usize = 8;

impl Machine<'_> {
    /// Runs the programs of a tree's Go files: each `main`, then what unseen code was given to call; and loads the packages
    /// that no program needed.
    pub(crate) fn run_go(&mut self, files: &[Name]) {
        self.go.known = files.iter().map(|file| folder_of(file).to_owned()).collect();
        self.go.worth = files.iter().cloned().collect();
        // Every file of these packages is loaded, whatever runs.
        let all = self.go.known.iter().flat_map(|folder| self.tree.go_sources(folder)).map(Name::from);
        self.tree.lower_all(&all.collect::<Vec<_>>());
        let start = self.forest.nodes.len();
        let mut mains: Vec<(String, Vec<Name>)> = Vec::new();
        for file in files {
            let main = self.form(file).is_some_and(|form| {
                form.package.as_deref() == Some("main")
                    && form
                        .body
                        .iter()
                        .any(|stmt| matches!(&stmt.kind, StmtKind::Function(it) if it.name.as_deref() == Some("main")))
            });
            let folder = folder_of(file);
            match mains.iter_mut().find(|(known, _)| known == folder) {
                Some((_, files)) if main => files.push(file.clone()),
                None if main => mains.push((folder.to_owned(), vec![file.clone()])),
                _ => {}
            }
        }
        let mut program = 0;
        for (folder, files) in mains {
            let id = self.go_package(&folder);
            // Several in one folder are programs of their own (`go run tool.go`).
            for file in files {
                program += 1;
                self.go.program = program;
                self.go_load(id);
                let of_file = self.by_path.get(&file).and_then(|file| self.modules[file.0].scope.own("main"));
                let main = of_file.or_else(|| self.modules[id.0].scope.own("main"));
                if let Some(Value::Function(main)) = main {
                    let spot = Spot { module: main.scope.module, line: main.function.pos.line };
                    self.enter(&main, None, Args::default(), spot);
                }
                self.call_pending();
                self.go_dispatch_again();
            }
        }
        for (folder, handlers) in self.go_functions(files) {
            program += 1;
            self.go.program = program;
            let id = self.go_package(&folder);
            self.go_load(id);
            for name in handlers {
                if let Some(Value::Function(handler)) = self.modules[id.0].scope.own(&name) {
                    let spot = Spot { module: handler.scope.module, line: handler.function.pos.line };
                    self.enter(&handler, None, Args::default(), spot);
                }
            }
            self.call_pending();
            self.go_dispatch_again();
        }
        self.go.program = 0;
        self.go.alone = self.forest.nodes.iter().skip(start).any(|node| !node.unbound && !node.entries.is_empty());
        for folder in self.go.known.clone() {
            let id = self.go_package(&folder);
            self.go_load(id);
        }
        self.go_initialise();
        self.call_pending();
        self.go_dispatch_again();
    }

    /// The packages that a platform runs without a program of theirs, and the functions that it calls with each request: files
    /// below `api` or named in Vercel's settings, exported functions of a writer and a request.
    fn go_functions(&self, files: &[Name]) -> BTreeMap<String, Vec<Name>> {
        let mut out: BTreeMap<String, Vec<Name>> = BTreeMap::new();
        let all = self.tree.files().filter(|path| path.rsplit('/').next() == Some("vercel.json"));
        let settings: Vec<(&str, String)> =
            all.filter_map(|path| Some((folder_of(path), self.tree.text(path)?))).collect();
        for file in files.iter().filter(|_| !settings.is_empty()) {
            let run = settings.iter().any(|(root, said)| {
                let below = if root.is_empty() {
                    Some(&**file)
                } else {
                    file.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'))
                };
                below.is_some_and(|below| below.starts_with("api/") || said.contains(&format!("\"{below}\"")))
            });
            let Some(form) = self.form(file).filter(|_| run) else { continue };
            let handlers = form.body.iter().filter_map(|stmt| match &stmt.kind {
                StmtKind::Function(it) if it.receiver.is_none() && answers_requests(it) => it.name.clone(),
                _ => None,
            });
            let handlers: Vec<Name> = handlers.collect();
            if !handlers.is_empty() {
                out.entry(folder_of(file).to_owned()).or_default().extend(handlers);
            }
        }
        out
    }

    /// Whether a router made now is made by code that nobody called, while other code serves routes.
    pub(crate) fn go_alone(&self) -> bool {
        let running = self.frames.last().and_then(|frame| frame.closure.as_ref());
        self.go.alone && running.is_some_and(|closure| self.is_go(closure.scope.module))
    }

    /// Calls what unseen code was given to call.
    fn call_pending(&mut self) {
        for _ in 0..ROUNDS {
            let pending = std::mem::take(&mut self.go.pending);
            if !self.go_invoke() && pending.is_empty() {
                return;
            }
            for value in pending {
                self.escape(&value);
            }
        }
    }

    /// Initialises every variable that nothing has asked for.
    fn go_initialise(&mut self) {
        for id in self.go.packages.values().copied().collect::<Vec<_>>() {
            let names: Vec<Value> = self.modules[id.0].scope.names.borrow().values().cloned().collect();
            for value in names {
                if matches!(&value, Value::Lazy(lazy) if matches!(**lazy, Lazy::Declared(..))) {
                    self.force(value);
                }
            }
        }
    }

    /// The package of a folder.
    pub(crate) fn go_package(&mut self, folder: &str) -> ModuleId {
        if let Some(id) = self.go.packages.get(folder) {
            return *id;
        }
        let files = self.tree.go_sources(folder).into_iter().map(Name::from).collect();
        let id = self.add_module(format!("{folder}/").into(), Language::Go, files);
        self.go.packages.insert(folder.to_owned(), id);
        id
    }

    /// What an import leads to.
    fn go_target(&mut self, source: &str, scope: &ScopeRef) -> Value {
        let from = self.modules[scope.module.0].path.clone();
        match self.tree.resolve(Language::Go, &from, source, 0) {
            Target::Folder(folder) => Value::Module(self.go_package(&folder)),
            Target::Outside(path) => Value::from_path(path),
            Target::File(_) | Target::Data(_) => Value::unknown(),
        }
    }

    /// Binds what an import brings: a package of the tree under the name that it gives itself, unless it is given another.
    pub(crate) fn go_import(&mut self, import: &Import, scope: &ScopeRef) {
        let target = self.go_target(&import.source, scope);
        for name in &import.names {
            if name.what == Imported::All {
                if let Value::Module(id) = target {
                    self.go_load(id);
                    let all = self.modules[id.0].scope.names.borrow().clone();
                    for (name, value) in all {
                        scope.set(&name, value);
                    }
                }
                continue;
            }
            let lazy = match &target {
                Value::Module(id) => Value::Lazy(Rc::new(Lazy::Export(*id, "*".into()))),
                other => other.clone(),
            };
            scope.set(&name.alias, lazy.clone());
            // No package is called so: `ozzo-routing` is `routing`.
            if let Some((_, last)) = name.alias.rsplit_once('-')
                && scope.own(last).is_none()
            {
                scope.set(&last.into(), lazy.clone());
            }
            // Behind a version's folder that may be the name of the folder above.
            if let Value::Module(id) = &target
                && is_usual(&name.alias, &import.source)
            {
                let first = self.modules[id.0].files.first().cloned();
                let package = first.and_then(|file| self.form(&file)).and_then(|form| form.package.clone());
                let free = |package: &Name| !package.ends_with("_test") && scope.own(package).is_none();
                if let Some(package) = package.filter(free) {
                    scope.set(&package, lazy);
                }
            }
        }
    }

    /// Loads a package, unless it is loaded: declares what its files hold, loads the packages that it needs first, runs its
    /// `init` functions.
    pub(crate) fn go_load(&mut self, id: ModuleId) {
        if self.modules[id.0].progress != Progress::New || self.loading >= MOST_LOADING {
            return;
        }
        self.modules[id.0].progress = Progress::Running;
        self.loading += 1;
        let mut first = Vec::new();
        let mut inits = Vec::new();
        let files: Vec<(Name, ModuleId)> = {
            let files = self.modules[id.0].files.clone();
            self.tree.lower_all(&files);
            files.into_iter().map(|file| (file.clone(), self.go_file(&file, id))).collect()
        };
        let twice = self.declared_twice(&files);
        for (file, module) in &files {
            self.go_types(file, *module, id, &mut first);
        }
        for (file, module) in &files {
            self.go_declare(file, *module, id, &mut inits);
            let scope = self.modules[module.0].scope.clone();
            self.own_again(file, *module, &scope, &twice);
        }
        let blank = |machine: &Self, folder: &String| machine.go.known.contains(folder);
        for (folder, effect) in first {
            if effect || blank(self, &folder) {
                let needed = self.go_package(&folder);
                self.go_load(needed);
            }
        }
        for init in inits {
            if let Value::Function(init) = init {
                let spot = Spot { module: init.scope.module, line: init.function.pos.line };
                self.aside(|machine| machine.enter(&init, None, Args::default(), spot));
            }
        }
        self.loading -= 1;
        self.modules[id.0].progress = Progress::Done;
    }

    /// The names of a package's functions and variables that more than one of its files declares: those files are never built
    /// together.
    fn declared_twice(&mut self, files: &[(Name, ModuleId)]) -> BTreeSet<Name> {
        let (mut all, mut twice) = (BTreeSet::new(), BTreeSet::new());
        for (file, _) in files {
            let Some(form) = self.form(file) else { continue };
            for name in declared(&form.body) {
                if !all.insert(name.clone()) {
                    twice.insert(name);
                }
            }
        }
        twice
    }

    /// A file means its own functions and variables where others declare them, too.
    fn own_again(&mut self, file: &Name, module: ModuleId, scope: &ScopeRef, twice: &BTreeSet<Name>) {
        if twice.is_empty() {
            return;
        }
        let Some(form) = self.form(file) else { return };
        for (at, stmt) in form.body.iter().enumerate() {
            match &stmt.kind {
                StmtKind::Function(function) => {
                    let name = function.name.as_ref().filter(|name| twice.contains(*name));
                    let made = name.and_then(|name| scope.parent.as_ref()?.own(name));
                    if let (Some(name), Some(made)) = (name, made) {
                        scope.set(name, made);
                    }
                }
                StmtKind::Bind { target: Pattern::Name(name, _), .. } if twice.contains(name) => {
                    let lazy = Value::Lazy(Rc::new(Lazy::Declared(module, at, name.clone())));
                    scope.set(name, lazy);
                }
                _ => {}
            }
        }
    }

    /// Does something apart from the calls and conditions around.
    pub(super) fn aside<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let frames = std::mem::take(&mut self.frames);
        let journals = std::mem::take(&mut self.journals);
        let conditional = std::mem::take(&mut self.conditional);
        let done = work(self);
        self.frames = frames;
        self.journals = journals;
        self.conditional = conditional;
        done
    }

    /// The module of a file, whose scope lies within its package's.
    fn go_file(&mut self, file: &Name, package: ModuleId) -> ModuleId {
        if let Some(id) = self.by_path.get(file) {
            return *id;
        }
        let id = self.add_module(file.clone(), Language::Go, vec![file.clone()]);
        let scope = Scope::within(&self.modules[package.0].scope.clone(), ScopeKind::Module, id);
        self.modules[id.0].scope = scope;
        self.modules[id.0].progress = Progress::Done;
        id
    }

    /// Binds imports and types, and lists the packages of the tree that the file imports, with whether for their effect.
    fn go_types(&mut self, file: &Name, module: ModuleId, package: ModuleId, first: &mut Vec<(String, bool)>) {
        let Some(form) = self.form(file) else { return };
        let scope = self.modules[module.0].scope.clone();
        let shared = self.modules[package.0].scope.clone();
        for (at, stmt) in form.body.iter().enumerate() {
            match &stmt.kind {
                StmtKind::Import(import) => {
                    if let Some(folder) = self.tree.go_package(&import.source) {
                        first.push((folder, import.names.is_empty()));
                    }
                    let models = self.models;
                    if let Some(action) = models.imports.get(&*import.source) {
                        let spot = Spot { module, line: stmt.pos.line };
                        self.act(action, &import.source, None, &Args::default(), spot);
                    }
                    self.go_import(import, &scope);
                }
                StmtKind::Class(class) => {
                    let value = self.class(class, &scope);
                    if let Some(name) = &class.name {
                        let owner = if name.contains('@') { &scope } else { &shared };
                        owner.set(name, value);
                    }
                }
                StmtKind::Bind { target, value: Some(value), .. } if matches!(value.kind, ExprKind::Type(_)) => {
                    self.declare_lazily(target, module, at, &shared);
                }
                _ => {}
            }
        }
    }

    /// Binds functions, methods, variables and constants; gives the `init` functions.
    fn go_declare(&mut self, file: &Name, module: ModuleId, package: ModuleId, inits: &mut Vec<Value>) {
        let Some(form) = self.form(file) else { return };
        let scope = self.modules[module.0].scope.clone();
        let shared = self.modules[package.0].scope.clone();
        for (at, stmt) in form.body.iter().enumerate() {
            match &stmt.kind {
                StmtKind::Function(function) => {
                    let made = self.closure(function, &scope, None);
                    match function.name.as_deref() {
                        Some("init") => inits.push(made),
                        Some("_") | None => {}
                        Some(_) => {
                            if let Some(name) = &function.name {
                                shared.set(name, made);
                            }
                        }
                    }
                }
                StmtKind::Extend(extension) => {
                    self.extend(extension, &scope);
                    self.go_methods(extension, &scope);
                }
                StmtKind::Bind { target, .. } => {
                    self.declare_lazily(target, module, at, &shared);
                    if matches!(target, Pattern::Ignore) {
                        let lazy = Value::Lazy(Rc::new(Lazy::Declared(module, at, "_".into())));
                        shared.set(&format!("_@{}:{at}", module.0).into(), lazy);
                    }
                }
                _ => {}
            }
        }
    }

    fn declare_lazily(&mut self, target: &Pattern, module: ModuleId, at: usize, scope: &ScopeRef) {
        let mut names = Vec::new();
        super::super::module::pattern_names(target, &mut names);
        for name in names {
            let lazy = Value::Lazy(Rc::new(Lazy::Declared(module, at, name.clone())));
            scope.set(&name, lazy);
        }
    }

    /// Evaluates a declaration of a package and gives what the name has come to.
    pub(crate) fn go_declared(&mut self, module: ModuleId, at: usize, name: &Name) -> Option<Value> {
        let file = self.modules[module.0].path.clone();
        let form = self.form(&file)?;
        let scope = self.modules[module.0].scope.clone();
        let shared = scope.parent.clone()?;
        let line = form.body.get(at)?.pos.line;
        let StmtKind::Bind { target, ty, value } = &form.body.get(at)?.kind else { return None };
        let mut names = Vec::new();
        super::super::module::pattern_names(target, &mut names);
        // What the value needs of itself is not known.
        for name in &names {
            shared.set(name, Value::unknown());
        }
        self.aside(|machine| {
            let value = match (value, ty) {
                (Some(value), _) => machine.eval(value, &scope),
                (None, Some(ty)) => machine.embedded(&file, line).unwrap_or_else(|| machine.go_global(ty, &scope)),
                (None, None) => Value::unknown(),
            };
            let value = match (&value, ty) {
                (Value::Unknown(_), Some(ty)) if file_of(&value).is_none() => {
                    machine.typed(ty, &scope).unwrap_or(value)
                }
                _ => value,
            };
            machine.bind(target, value, &shared, true);
        });
        shared.own(name).or_else(|| Some(Value::unknown()))
    }
}

impl Machine<'_> {
    /// The text of the file that is built into a variable: `//go:embed settings.json` stands above it.
    fn embedded(&self, file: &Name, line: u32) -> Option<Value> {
        let text = self.tree.text(file)?;
        let above = usize::try_from(line).ok()?.checked_sub(2)?;
        let named = text.lines().nth(above)?.trim().strip_prefix("//go:embed ")?.trim().trim_matches('"');
        let path = under(folder_of(file), named);
        self.tree.has(&path).then(|| text_of(&Value::text(path)))
    }
}

/// The names of the functions and variables that a file declares, each once.
fn declared(body: &[Stmt]) -> BTreeSet<Name> {
    let names = body.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Function(function) => function.name.clone().filter(|name| !matches!(&**name, "init" | "_")),
        StmtKind::Bind { target: Pattern::Name(name, _), .. } => Some(name.clone()),
        _ => None,
    });
    names.collect()
}

/// Whether a function is exported and takes what `net/http` hands to a handler.
fn answers_requests(function: &Function) -> bool {
    let named = function.name.as_deref().is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
    let of = |at: usize, name: &str| {
        let ty = function.params.get(at).and_then(|param| param.ty.as_ref());
        ty.is_some_and(|ty| ty.text.trim_start_matches('*').ends_with(name))
    };
    named && function.params.len() == 2 && of(0, "http.ResponseWriter") && of(1, "http.Request")
}

/// Whether an import's name may be the one that its path tells, and nobody has chosen another: `backend` of `shop/backend/v1`.
fn is_usual(alias: &str, source: &str) -> bool {
    let version = |part: &&str| part.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let last = source.rsplit('/').find(|part| !version(part)).unwrap_or(source);
    last.ends_with(alias) || last.starts_with(alias)
}
