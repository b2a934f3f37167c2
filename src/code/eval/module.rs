//! Modules: loaded on demand, each in its own order; imports are bound lazily.

use std::rc::Rc;

use super::machine::{Machine, Progress};
use super::scope::{Scope, ScopeKind, ScopeRef};
use super::value::{Lazy, ModuleId, Spot, Value};
use crate::code::form::{Decorator, Import, Imported, Language, Name, Pattern, PatternField, Stmt};
use crate::code::resolve::{Target, library_of};

/// The most loads within loads.
const MOST_LOADING: usize = 120;
/// Files that a name goes through from where it was made.
const MOST_FORWARDED: usize = 16;
/// The most folders that programs add to where names start.
const MOST_PATHS: usize = 32;

impl Machine<'_> {
    /// The module of a file.
    pub(crate) fn module_of(&mut self, path: &Name, language: Language) -> ModuleId {
        match self.by_path.get(path) {
            Some(id) => *id,
            None => self.add_module(path.clone(), language, vec![path.clone()]),
        }
    }

    /// What the name of a module leads to.
    pub(crate) fn target(&mut self, source: &str, level: u32, scope: &ScopeRef) -> Value {
        let language = self.language(scope);
        let library = if language == Language::JavaScript { library_of(source) } else { None };
        let source = library.as_deref().unwrap_or(source);
        if level == 0 && self.is_modelled(source, language) {
            return Value::from_path(source.strip_prefix("node:").unwrap_or(source));
        }
        self.own_target(source, level, scope)
    }

    /// What the name of a module leads to, where no library is meant by it.
    pub(super) fn own_target(&mut self, source: &str, level: u32, scope: &ScopeRef) -> Value {
        let from = self.modules[scope.module.0].path.clone();
        let language = self.language(scope);
        let from = match self.modules[scope.module.0].files.first() {
            Some(file) => file.clone(),
            None => from,
        };
        match self.tree.resolve(language, &from, source, level) {
            Target::File(path) => {
                let id = self.module_of(&path, language);
                if language == Language::Python {
                    self.call_module(id, source, level);
                    self.load_parents(&path);
                }
                Value::Module(id)
            }
            Target::Folder(path) => Value::Module(match self.by_path.get(&path) {
                Some(id) => *id,
                None => {
                    let id = self.add_module(path, language, Vec::new());
                    self.modules[id.0].progress = Progress::Done;
                    id
                }
            }),
            Target::Data(path) => self.data(&path),
            Target::Outside(path) => match self.added_module(source, level, language) {
                Some(id) => Value::Module(id),
                None => self.generated_library(source, scope).unwrap_or_else(|| Value::from_path(path)),
            },
        }
    }

    /// A module below a folder that the program adds to where Python's names start.
    fn added_module(&mut self, source: &str, level: u32, language: Language) -> Option<ModuleId> {
        if level > 0 || language != Language::Python {
            return None;
        }
        let folders = self.python_paths.iter();
        let found = folders.filter_map(|folder| self.tree.python_below(folder, source)).next();
        match found {
            Some(Target::File(path)) => {
                let id = self.module_of(&path, language);
                self.call_module(id, source, level);
                Some(id)
            }
            _ => None,
        }
    }

    /// The name of Python's module that nobody asked for: it begins at the outermost package, where it lies in one.
    fn usual_name(&self, path: &str) -> String {
        let is_package = |folder: &str| self.tree.has(&format!("{folder}/__init__.py"));
        let mut outside = crate::code::resolve::folder_of(path);
        while !outside.is_empty() && is_package(outside) {
            outside = crate::code::resolve::folder_of(outside);
        }
        let within = match crate::code::resolve::folder_of(path) {
            own if is_package(own) => path.strip_prefix(outside).unwrap_or(path).trim_start_matches('/'),
            _ => path,
        };
        within.trim_end_matches(".py").trim_end_matches("/__init__").replace('/', ".")
    }

    /// Python's module has the name that it is first asked for by, whatever folders lie around it.
    fn call_module(&mut self, id: ModuleId, source: &str, level: u32) {
        let module = &mut self.modules[id.0];
        if level == 0 && module.progress == Progress::New && module.dotted.is_empty() {
            module.dotted = source.into();
        }
    }

    /// Adds a folder of the repository to where Python's names start (`sys.path`), before or behind the others.
    pub(super) fn add_python_path(&mut self, folder: String, first: bool) {
        let known = self.python_paths.iter().position(|known| *known == folder);
        if !self.tree.has_folder(&folder) || (known.is_none() && self.python_paths.len() >= MOST_PATHS) {
            return;
        }
        match (known, first) {
            (Some(at), true) => self.python_paths[..=at].rotate_right(1),
            (None, true) => self.python_paths.insert(0, folder),
            (None, false) => self.python_paths.push(folder),
            (Some(_), false) => {}
        }
    }

    /// Whether a model speaks of a path or of what is under it: it wins over local source of the same name.
    pub(crate) fn is_modelled(&self, source: &str, language: Language) -> bool {
        !source.is_empty() && self.models.speaks_of(language, source)
    }

    /// Python runs a package before what is in it.
    fn load_parents(&mut self, path: &Name) {
        let mut parents = Vec::new();
        let mut folder = crate::code::resolve::folder_of(path);
        if path.ends_with("/__init__.py") {
            folder = crate::code::resolve::folder_of(folder);
        }
        while !folder.is_empty() {
            let package = format!("{folder}/__init__.py");
            if !self.tree.has(&package) {
                break;
            }
            parents.push(Name::from(package));
            folder = crate::code::resolve::folder_of(folder);
        }
        for parent in parents.into_iter().rev() {
            let id = self.module_of(&parent, Language::Python);
            self.load(id);
        }
    }

    pub(super) fn data(&self, path: &str) -> Value {
        let json = self.tree.text(path).and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        json.map_or_else(Value::unknown, |json| from_json(&json, 0))
    }

    /// Runs a module, unless it runs or has run.
    pub(crate) fn load(&mut self, id: ModuleId) {
        if self.modules[id.0].language == Language::Go {
            return self.go_load(id);
        }
        if self.modules[id.0].progress != Progress::New || self.loading >= MOST_LOADING {
            return;
        }
        let path = self.modules[id.0].path.clone();
        if self.modules[id.0].language == Language::Python {
            self.load_parents(&path);
            if self.modules[id.0].progress != Progress::New {
                return;
            }
        }
        self.modules[id.0].progress = Progress::Running;
        let scope = self.modules[id.0].scope.clone();
        if self.modules[id.0].language == Language::Python {
            let dotted = match &*self.modules[id.0].dotted {
                "" => self.usual_name(&path),
                asked => asked.to_owned(),
            };
            scope.set(&"__name__".into(), Value::text(dotted.as_str()));
            scope.set(&"__file__".into(), Value::Str(path.clone()));
            if path.ends_with("__init__.py") {
                let folder = Value::text(crate::code::resolve::folder_of(&path));
                scope.set(&"__path__".into(), Value::list(vec![folder]));
                scope.set(&"__package__".into(), Value::text(dotted.as_str()));
            } else {
                let package = dotted.rsplit_once('.').map_or("", |(package, _)| package);
                scope.set(&"__package__".into(), Value::text(package));
            }
            self.modules[id.0].dotted = dotted.into();
        }
        let frames = std::mem::take(&mut self.frames);
        let journals = std::mem::take(&mut self.journals);
        let (conditional, nesting) = (self.conditional, self.nesting);
        self.conditional = 0;
        self.loading += 1;
        for file in self.modules[id.0].files.clone() {
            if let Some(form) = self.form(&file) {
                if let (Language::Java, Some(package)) = (form.language, &form.package) {
                    self.modules[id.0].dotted = package.clone();
                }
                self.block(&form.body, &scope);
            }
        }
        self.loading -= 1;
        self.frames = frames;
        self.journals = journals;
        self.conditional = conditional;
        self.nesting = nesting;
        self.modules[id.0].progress = Progress::Done;
    }

    /// Names that a language binds in every module.
    pub(crate) fn implicit(&mut self, name: &Name, scope: &ScopeRef) -> Option<Value> {
        match self.language(scope) {
            Language::JavaScript => {}
            Language::Java => return self.package_name(name, scope),
            Language::Python | Language::Go | Language::Rust => return None,
        }
        let module = &self.modules[scope.module.0];
        match &**name {
            "module" => Some(Value::Map(module.common.clone())),
            "exports" => module.common.named("exports"),
            "__dirname" => Some(Value::text(format!("/{}", crate::code::resolve::folder_of(&module.path)))),
            "__filename" => Some(Value::text(format!("/{}", module.path))),
            "undefined" => Some(Value::Undefined),
            _ => None,
        }
    }

    /// Binds what an import brings.
    pub(crate) fn import(&mut self, import: &Import, scope: &ScopeRef) {
        if self.language(scope) == Language::Go {
            return self.go_import(import, scope);
        }
        if self.language(scope) == Language::Rust {
            return self.rust_import(import, scope);
        }
        if self.has_packages(scope) {
            return self.import_package(import, scope);
        }
        let python = self.language(scope) == Language::Python;
        let own = python && self.is_own(import, scope);
        let target = match own {
            true => self.own_target(&import.source, import.level, scope),
            false => self.target(&import.source, import.level, scope),
        };
        if import.names.is_empty() {
            if let Value::Module(id) = target {
                self.load(id);
            }
            return;
        }
        for name in &import.names {
            let value = match &name.what {
                Imported::All => {
                    self.import_all(&target, scope);
                    continue;
                }
                Imported::Module if python && import.level == 0 => {
                    self.python_import(import, &name.alias, &target, scope)
                }
                Imported::Module => match &target {
                    Value::Module(id) => Value::Lazy(Rc::new(Lazy::Export(*id, "*".into()))),
                    other => other.clone(),
                },
                Imported::Default => self.import_name(&target, &"default".into()),
                // `from . import x` in a package's own file: what it is about to bind is the file beside it.
                Imported::Named(what) if python && matches!(&target, Value::Module(id) if *id == scope.module) => {
                    match scope.own(what) {
                        Some(known) => known,
                        None => self.submodule(scope.module, what),
                    }
                }
                Imported::Named(what) => match self.imported_variable(&target, what) {
                    true if !import.type_only => {
                        let spot = Spot { module: scope.module, line: name.pos.line };
                        self.read_env(&Value::Str(what.clone()), spot, false)
                    }
                    true | false => self.import_name(&target, what),
                },
            };
            self.bind_name(&name.alias, value, scope);
        }
        if python && let Value::Module(id) = target {
            self.load(id);
            // `from package import x` runs the file `x` where the package does not bind that name itself.
            for name in &import.names {
                if let Imported::Named(what) = &name.what
                    && id != scope.module
                    && self.modules[id.0].scope.own(what).is_none()
                {
                    self.submodule(id, what);
                }
            }
        }
    }

    /// `import a.b` binds `a`; `import a.b as c` binds `a.b`.
    fn python_import(&mut self, import: &Import, alias: &Name, target: &Value, scope: &ScopeRef) -> Value {
        if let Value::Module(id) = target {
            self.load(*id);
        }
        let first = import.source.split('.').next().unwrap_or(&import.source);
        match (first == &**alias && first != &*import.source, target) {
            (true, Value::Module(_)) => self.own_target(first, 0, scope),
            (true, _) => self.target(first, 0, scope),
            (false, _) => target.clone(),
        }
    }

    /// Whether a module is a source of variables and a name one of them.
    fn imported_variable(&self, target: &Value, name: &Name) -> bool {
        let Value::Unknown(path) = target else { return false };
        let full = format!("{path}.{name}");
        self.models.sources.contains_key(&**path)
            && !self.models.sources.contains_key(&full)
            && !self.models.functions.contains_key(&full)
    }

    /// The name of what is taken from a library: of its main entry where only that is modelled (`@nestjs/common/decorators`).
    fn known_name(&self, path: &str, name: &str) -> String {
        let full = format!("{path}.{name}");
        let parts = if path.starts_with('@') { 2 } else { 1 };
        let is_known = |full: &str| {
            self.models.makers.contains_key(full)
                || self.models.functions.contains_key(full)
                || self.models.types.contains_key(full)
        };
        match path.match_indices('/').nth(parts - 1) {
            Some((at, _)) if !is_known(&full) => {
                let main = format!("{}.{name}", &path[..at]);
                if is_known(&main) { main } else { full }
            }
            _ => full,
        }
    }

    pub(super) fn import_name(&mut self, target: &Value, name: &Name) -> Value {
        match target {
            Value::Module(id) => Value::Lazy(Rc::new(Lazy::Export(*id, name.clone()))),
            Value::Unknown(path) if path.is_empty() => target.clone(),
            Value::Unknown(path) if &**name == "default" => {
                self.shared_object(&format!("{path}.default")).unwrap_or_else(|| target.clone())
            }
            Value::Unknown(path) => match self.enumerated(path, name) {
                Some(enumeration) => enumeration,
                None => Value::from_path(self.known_name(path, name)),
            },
            Value::Map(map) if &**name != "default" => map.named(name).unwrap_or_else(Value::unknown),
            other => other.clone(),
        }
    }

    fn import_all(&mut self, target: &Value, scope: &ScopeRef) {
        match target {
            Value::Module(id) => {
                self.load(*id);
                for (name, value) in self.all_exports(*id) {
                    if !self.leads_back(&value, scope.module, &name) {
                        self.bind_name(&name, value, scope);
                    }
                }
            }
            other => {
                if let Value::Unknown(path) = other
                    && self.language(scope) == Language::Python
                {
                    for name in self.models.names_in(path) {
                        self.bind_name(&name, Value::from_path(format!("{path}.{name}")), scope);
                    }
                }
                scope.open.set(true);
            }
        }
    }

    /// Whether a value is what another file has imported of a name of this very module, which has it already: files that
    /// import each other with stars give a name back to where it was made.
    fn leads_back(&self, value: &Value, home: ModuleId, name: &Name) -> bool {
        let mut value = value.clone();
        for _ in 0..MOST_FORWARDED {
            let Value::Lazy(lazy) = &value else { return false };
            let Lazy::Export(module, exported) = &**lazy else { return false };
            if *module == home && exported == name {
                return true;
            }
            let Some(next) = self.modules[module.0].scope.own(exported) else { return false };
            value = next;
        }
        false
    }

    /// A member of a module.
    pub(crate) fn module_member(&mut self, id: ModuleId, name: &Name) -> Value {
        if self.modules[id.0].language == Language::JavaScript {
            return self.find_export(id, name, &mut Vec::new()).unwrap_or(Value::Undefined);
        }
        if self.modules[id.0].language == Language::Rust {
            return self.rust_member(id, name, false);
        }
        self.load(id);
        if let Some(value) = self.modules[id.0].scope.own(name) {
            return value;
        }
        if self.modules[id.0].language == Language::Python {
            return match self.submodule(id, name) {
                Value::Undefined => self.answered_by_module(id, name),
                found => found,
            };
        }
        Value::Undefined
    }

    pub(super) fn submodule(&mut self, id: ModuleId, name: &Name) -> Value {
        let path = self.modules[id.0].path.clone();
        let folder = match path.strip_suffix("__init__.py") {
            Some(folder) => folder.trim_end_matches('/'),
            None if self.modules[id.0].files.is_empty() => &path,
            None => return Value::Undefined,
        };
        let base = if folder.is_empty() { name.to_string() } else { format!("{folder}/{name}") };
        for file in [format!("{base}/__init__.py"), format!("{base}.py")] {
            if self.tree.has(&file) {
                let found = self.module_of(&file.into(), Language::Python);
                self.load(found);
                return Value::Module(found);
            }
        }
        if self.tree.has_folder(&base) {
            let base: Name = base.into();
            let found = match self.by_path.get(&base) {
                Some(id) => *id,
                None => self.add_module(base, Language::Python, Vec::new()),
            };
            self.modules[found.0].progress = Progress::Done;
            return Value::Module(found);
        }
        Value::Undefined
    }

    /// `require("…")`, `import("…")`.
    pub(crate) fn required(&mut self, source: &str, scope: &ScopeRef) -> Value {
        match self.target(source, 0, scope) {
            Value::Module(id) if self.language(scope) == Language::JavaScript => {
                self.load(id);
                self.namespace(id)
            }
            Value::Module(id) => {
                self.load(id);
                Value::Module(id)
            }
            other => other,
        }
    }

    /// Loads a module, or a name in one, by a dotted string.
    pub(crate) fn load_dotted(&mut self, dotted: &str, scope: &ScopeRef) -> Value {
        let dotted = dotted.replace(':', ".");
        let relative = dotted.starts_with('.');
        let parts: Vec<&str> = dotted.trim_start_matches('.').split('.').collect();
        for cut in (1..=parts.len()).rev() {
            let name = parts[..cut].join(".");
            let own = self.is_python(scope.module) && !relative && !self.tree.asks_for_python(&name);
            let target = match own {
                true => self.own_target(&name, 0, scope),
                false => self.target(&name, u32::from(relative), scope),
            };
            if let Value::Module(id) = target {
                self.load(id);
                let mut value = Value::Module(id);
                for part in &parts[cut..] {
                    value = self.member(&value, &(*part).into(), scope, 0);
                }
                return value;
            }
        }
        Value::from_path(dotted)
    }

    /// A module inside a file.
    pub(crate) fn inner_module(
        &mut self,
        name: &Name,
        attributes: &[Decorator],
        body: Option<&[Stmt]>,
        scope: &ScopeRef,
    ) {
        if self.language(scope) == Language::Rust {
            self.rust_module(name, attributes, body, scope);
            return;
        }
        let Some(body) = body else { return };
        let inner = Scope::inside(scope, ScopeKind::Block);
        self.block(body, &inner);
        let entries =
            inner.names.borrow().iter().map(|(name, value)| (Value::Str(name.clone()), value.clone())).collect();
        self.bind_name(name, Value::map(entries), scope);
    }
}

pub(super) fn pattern_names(pattern: &Pattern, out: &mut Vec<Name>) {
    match pattern {
        Pattern::Name(name, _) => out.push(name.clone()),
        Pattern::List(items) => items.iter().for_each(|item| pattern_names(&item.target, out)),
        Pattern::Map(fields) => {
            for field in fields {
                match field {
                    PatternField::Key { target, .. } | PatternField::Rest(target) => pattern_names(target, out),
                }
            }
        }
        Pattern::Place(_) | Pattern::Ignore => {}
    }
}

pub(super) fn from_json(json: &serde_json::Value, depth: usize) -> Value {
    if depth > 40 {
        return Value::unknown();
    }
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(*truth),
        serde_json::Value::Number(number) => {
            number.as_i64().map_or_else(|| number.as_f64().map_or_else(Value::unknown, Value::Float), Value::Int)
        }
        serde_json::Value::String(text) if text.contains(crate::code::holes::HOLE) => Value::unknown(),
        serde_json::Value::String(text) => Value::text(text.as_str()),
        serde_json::Value::Array(all) => Value::list(all.iter().map(|one| from_json(one, depth + 1)).collect()),
        serde_json::Value::Object(all) => {
            Value::map(all.iter().map(|(key, one)| (Value::text(key.as_str()), from_json(one, depth + 1))).collect())
        }
    }
}
