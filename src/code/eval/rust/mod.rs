//! Rust's names: modules in files and in blocks, paths through them, imports and globs, crates of the workspace.
//!
//! Modules and values live in two spaces: `mod health;` and `fn health` stand beside each other. A module is bound under
//! its name with [`SPACE`] behind it.

mod calls;
mod conversions;
pub(super) mod defaults;
mod derived;
mod dispatch;
mod elements;
mod expects;
mod generics;
mod instances;
mod macros;
mod outside;
mod variants;

pub(super) use dispatch::SERVICE;
pub(super) use generics::keep_parameters;
pub(super) use variants::variant;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::machine::{Machine, Progress};
use super::routes::attributes::written_call;
use super::scope::{self, Scope, ScopeRef};
use super::value::{Args, Closure, Lazy, ModuleId, Value};
use crate::code::form::{
    Block, Decorator, Export, ExprKind, Import, Imported, Language, MacroRules, Name, Stmt, StmtKind,
};
use crate::code::resolve::{folder_of, under};

/// What stands behind a name that is looked for among modules and types.
const SPACE: &str = "::";

/// How many globs lead from one to the next.
const MOST_SEARCHING: usize = 64;

/// What a macro is bound as where a function has its name.
pub(super) fn macro_name(name: &Name) -> Name {
    Name::from(format!("{name}!"))
}

/// What the machine knows of Rust's modules.
#[derive(Default)]
pub(crate) struct State {
    /// Names that are being resolved: an import that leads to itself ends here.
    pub(super) resolving: Vec<(usize, Name)>,
    /// What the globs of modules have brought under names in the search that runs: globs that lead to each other have more
    /// ways than can be gone.
    searched: BTreeMap<(ModuleId, Name, bool), Value>,
    /// How deep that search is.
    searching: usize,
    places: BTreeMap<ModuleId, Place>,
    /// The project's own macros by name.
    pub(super) macros: BTreeMap<Name, Vec<(ModuleId, Arc<MacroRules>)>>,
    /// The files that define macros, by their names, once they were looked for.
    pub(super) macro_files: Option<BTreeMap<Name, Vec<Name>>>,
    /// What macro calls came to: by rules, tokens, whether as items, and line.
    pub(super) expansions: BTreeMap<(usize, Name, bool, u32), Option<Arc<Block>>>,
    /// The type that is expected of what is evaluated: a stated one, or what the function returns.
    pub(crate) expected: Option<(crate::code::form::TypeRef, ScopeRef)>,
    /// For each call that runs the type that it stated, or that its caller expects.
    pub(super) asked: Vec<Option<Value>>,
    /// Methods that the project adds to types of libraries, with the type's path; empty where it is any type.
    pub(super) foreign: BTreeMap<Name, Vec<(Name, Rc<Closure>)>>,
    /// What makes the project's types of other values: `From` and its peers.
    pub(super) conversions: Vec<Rc<Closure>>,
    /// What the project's code submits to `inventory`, once it was asked for.
    pub(super) submitting: Option<Vec<Value>>,
    /// Services that the project writes itself, each by the function that answers.
    pub(super) services: Vec<Rc<Closure>>,
    /// Types with their parameters bound, by the type and what is bound.
    pub(super) stated: BTreeMap<(usize, Vec<usize>), Rc<super::value::ClassValue>>,
}

/// Where a module stands.
#[derive(Default)]
struct Place {
    parent: Option<ModuleId>,
    /// The folder that its modules' files lie in, where it is not told by its own file.
    folder: Option<String>,
    /// What it imports by globs.
    globs: Vec<Value>,
    /// What is said of a module that stands within its file: names, arguments and lines.
    attributes: Vec<(String, Args, u32)>,
}

impl Machine<'_> {
    /// Binds what `use` and `extern crate` bring: each name lazily, in both spaces.
    pub(crate) fn rust_import(&mut self, import: &Import, scope: &ScopeRef) {
        for name in &import.names {
            let mut path: Vec<Name> =
                import.source.split("::").filter(|part| !part.is_empty()).map(Name::from).collect();
            match &name.what {
                Imported::All => {
                    let glob = Value::Lazy(Rc::new(Lazy::Path(scope.clone(), path, true)));
                    self.rust.places.entry(scope.module).or_default().globs.push(glob);
                    continue;
                }
                Imported::Named(what) => path.push(what.clone()),
                Imported::Module | Imported::Default => {}
            }
            let space = in_space(&name.alias);
            if let [only] = path.as_slice()
                && !matches!(&**only, "self" | "crate" | "super")
            {
                if scope.own(&in_space(only)).is_none() {
                    let value = self.crate_value(only, scope);
                    self.set_in(scope, &space, value);
                }
                continue;
            }
            let value = Value::Lazy(Rc::new(Lazy::Path(scope.clone(), path.clone(), false)));
            // Beside a function of the same name only a macro (or a type) can be imported.
            match scope.own(&name.alias) {
                Some(Value::Function(_)) => self.set_in(scope, &macro_name(&name.alias), value),
                _ => self.set_in(scope, &name.alias, value),
            }
            // `use dotenv::{dotenv, var}`: what a library's function is called like is the library still.
            let alike = path.len() == 2 && path.first() == Some(&name.alias) && scope.own(&space).is_none();
            if alike && let library @ Value::Unknown(_) = self.crate_value(&name.alias, scope) {
                self.set_in(scope, &space, library);
                continue;
            }
            // A library's macro and a module of the project's may be imported under one name: `log::info`, `crate::info`.
            let replaces = match scope.own(&space) {
                None => true,
                Some(Value::Lazy(old)) => match &*old {
                    Lazy::Path(_, old, _) => self.leads_home(&path, scope) && !self.leads_home(old, scope),
                    _ => false,
                },
                Some(_) => false,
            };
            if replaces {
                let value = Value::Lazy(Rc::new(Lazy::Path(scope.clone(), path, true)));
                self.set_in(scope, &space, value);
            }
        }
    }

    /// Whether a path leads to the project's own code.
    fn leads_home(&self, path: &[Name], scope: &ScopeRef) -> bool {
        let file = &self.modules[scope.module.0].path;
        path.first().is_some_and(|first| {
            matches!(&**first, "self" | "crate" | "super") || self.tree.crate_named(file, first).is_ok()
        })
    }

    /// An import that may not be compiled: what is bound already may be it as well.
    pub(crate) fn perhaps_import(&mut self, import: &Import, scope: &ScopeRef) {
        let names: Vec<Name> =
            import.names.iter().flat_map(|name| [name.alias.clone(), in_space(&name.alias)]).collect();
        let old: Vec<Option<Value>> = names.iter().map(|name| scope.own(name)).collect();
        for name in &names {
            scope.names.borrow_mut().remove(name);
        }
        self.import(import, scope);
        for (name, old) in names.iter().zip(old) {
            match (old, scope.own(name)) {
                (Some(old), Some(new)) => {
                    let both: Vec<Value> = old.each().into_iter().chain([new]).collect();
                    self.set_in(scope, name, Value::Alt(both.into()));
                }
                (Some(old), None) => self.set_in(scope, name, old),
                (None, _) => {}
            }
        }
    }

    /// What a lazy path has come to.
    pub(crate) fn rust_lazy(&mut self, lazy: &Rc<Lazy>) -> Option<Value> {
        let Lazy::Path(scope, path, space) = &**lazy else { return None };
        let key = (Rc::as_ptr(lazy).addr(), Name::from(""));
        if self.rust.resolving.contains(&key) {
            return None;
        }
        self.rust.resolving.push(key);
        let value = self.rust_path(path, scope, *space);
        self.rust.resolving.pop();
        Some(value)
    }

    /// A path of several segments, as a value.
    pub(crate) fn path(&mut self, path: &[Name], scope: &ScopeRef) -> Value {
        self.rust_path(path, scope, false)
    }

    fn rust_path(&mut self, path: &[Name], scope: &ScopeRef, space: bool) -> Value {
        let Some((first, rest)) = path.split_first() else { return Value::unknown() };
        let mut value = match &**first {
            "crate" | "$crate" => Value::Module(self.crate_root(scope.module)),
            "self" => Value::Module(scope.module),
            "super" => self.rust_parent(scope.module).map_or_else(Value::unknown, Value::Module),
            _ => self.rust_name(first, scope, space || rest.iter().any(is_segment)),
        };
        for (at, name) in rest.iter().enumerate() {
            let within = space || rest[at + 1..].iter().any(is_segment);
            if name.starts_with('<') {
                value = self.with_types(value, name, scope);
                continue;
            }
            value = match (&value, &**name) {
                (Value::Module(id), "super") => self.rust_parent(*id).map_or_else(Value::unknown, Value::Module),
                (Value::Module(_), "self") => value,
                (Value::Module(id), _) => match self.rust_member(*id, name, within) {
                    // What macros and build scripts bring is known by its path alone.
                    Value::Undefined => {
                        let named = path[..at + 2].iter().filter(|name| !name.starts_with('<'));
                        Value::from_path(named.map(|name| &**name).collect::<Vec<_>>().join("."))
                    }
                    value => value,
                },
                (Value::Unknown(path), _) if !path.is_empty() => Value::from_path(format!("{path}.{name}")),
                (Value::Class(class), _) if self.rust.foreign.contains_key(name) => {
                    let class = class.clone();
                    self.blanket_function(&class, name).unwrap_or_else(|| self.member(&value, name, scope, 0))
                }
                _ => self.member(&value, name, scope, 0),
            };
        }
        value
    }

    /// What a name leads to from a scope: what is bound around it, what globs bring, else a crate.
    pub(crate) fn rust_name(&mut self, name: &Name, scope: &ScopeRef, space: bool) -> Value {
        for key in keys(name, space) {
            if let Some(owner) = scope::find(scope, &key, false)
                && let Some(value) = owner.own(&key)
            {
                match self.force(value) {
                    Value::Lazy(_) | Value::Undefined => {}
                    Value::Module(found) if !space => return self.value_over(found, scope.module, name),
                    // Nothing stands in a function or a value: `rocket::build()` in `fn rocket()` is the crate's.
                    Value::Function(_)
                    | Value::Object(_)
                    | Value::Str(_)
                    | Value::List(_)
                    | Value::Map(_)
                    | Value::Int(_)
                        if space => {}
                    value => return value,
                }
            }
        }
        match self.rust_globs(scope.module, name, space) {
            Value::Undefined => {}
            value => return value,
        }
        if space { self.crate_value(name, scope) } else { Value::from_path(name.clone()) }
    }

    /// The crate of a name.
    fn crate_value(&mut self, name: &Name, scope: &ScopeRef) -> Value {
        let file = self.modules[scope.module.0].path.clone();
        match self.tree.crate_named(&file, name) {
            Ok(_) if self.models.is_crate(name) => Value::from_path(name.clone()),
            Ok(root) => Value::Module(self.module_of(&root, Language::Rust)),
            Err(real) => Value::from_path(real),
        }
    }

    /// A member of a module; undefined where it has none.
    pub(crate) fn rust_member(&mut self, id: ModuleId, name: &Name, space: bool) -> Value {
        self.load_apart(id);
        let scope = self.modules[id.0].scope.clone();
        for key in keys(name, space) {
            if let Some(value) = scope.own(&key) {
                match self.force(value) {
                    Value::Lazy(_) | Value::Undefined => {}
                    Value::Module(found) if !space => return self.value_over(found, id, name),
                    value => return value,
                }
            }
        }
        self.rust_globs(id, name, space)
    }

    /// A module that has the name of a value that is looked for, unless a glob brings such a value.
    fn value_over(&mut self, found: ModuleId, id: ModuleId, name: &Name) -> Value {
        match self.rust_globs(id, name, false) {
            Value::Undefined | Value::Module(_) => Value::Module(found),
            value => value,
        }
    }

    /// What a module's globs bring under a name.
    fn rust_globs(&mut self, id: ModuleId, name: &Name, space: bool) -> Value {
        let globs = self.rust.places.get(&id).map(|place| place.globs.clone()).unwrap_or_default();
        if globs.is_empty() || self.rust.searching > MOST_SEARCHING {
            return Value::Undefined;
        }
        let key = (id, name.clone(), space);
        if let Some(known) = self.rust.searched.get(&key) {
            return known.clone();
        }
        self.rust.searched.insert(key.clone(), Value::Undefined);
        self.rust.searching += 1;
        let mut found = Value::Undefined;
        for glob in globs {
            let value = match self.force(glob) {
                Value::Module(other) if other != id => self.rust_member(other, name, space),
                Value::Class(class) => self.class_member(&class, name).map_or(Value::Undefined, |(value, _)| value),
                Value::Unknown(path)
                    if !path.is_empty() && self.is_modelled(&format!("{path}.{name}"), Language::Rust) =>
                {
                    Value::from_path(format!("{path}.{name}"))
                }
                _ => Value::Undefined,
            };
            if !matches!(value, Value::Undefined) {
                found = value;
                break;
            }
        }
        self.rust.searching -= 1;
        if self.rust.searching == 0 {
            self.rust.searched.clear();
        } else {
            self.rust.searched.insert(key, found.clone());
        }
        found
    }

    /// Loads a module in the midst of a search: what its code looks for is another one.
    fn load_apart(&mut self, id: ModuleId) {
        let (searched, searching) = (std::mem::take(&mut self.rust.searched), std::mem::take(&mut self.rust.searching));
        self.load(id);
        (self.rust.searched, self.rust.searching) = (searched, searching);
    }

    /// The module around a module.
    fn rust_parent(&mut self, id: ModuleId) -> Option<ModuleId> {
        if let Some(parent) = self.rust.places.get(&id).and_then(|place| place.parent) {
            return Some(parent);
        }
        let path = self.modules[id.0].path.clone();
        if self.tree.is_crate_root(&path) {
            return None;
        }
        let (parents, name) = self.tree.module_parents(&path);
        let parent = parents.into_iter().find(|parent| {
            self.tree.form(parent).is_some_and(|form| form.body.iter().any(|stmt| declares(stmt, &name)))
        })?;
        let parent = self.module_of(&parent, Language::Rust);
        self.rust.places.entry(id).or_default().parent = Some(parent);
        Some(parent)
    }

    fn crate_root(&mut self, id: ModuleId) -> ModuleId {
        let mut at = id;
        for _ in 0..64 {
            match self.rust_parent(at) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        at
    }

    /// The folder that the files of a module's modules lie in.
    fn rust_folder(&self, id: ModuleId) -> String {
        if let Some(folder) = self.rust.places.get(&id).and_then(|place| place.folder.clone()) {
            return folder;
        }
        let path = &self.modules[id.0].path;
        let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
        let own = stem == "mod" || self.tree.is_crate_root(path);
        if own { folder_of(path).to_owned() } else { path.trim_end_matches(".rs").to_owned() }
    }

    /// `mod name;` and `mod name { … }`.
    pub(crate) fn rust_module(
        &mut self,
        name: &Name,
        attributes: &[Decorator],
        body: Option<&[Stmt]>,
        scope: &ScopeRef,
    ) {
        let folder = self.rust_folder(scope.module);
        let key = in_space(name);
        let Some(body) = body else {
            let given = attributes.iter().find_map(|attribute| attribute_text(attribute, "path"));
            let own = self.modules[scope.module.0].path.clone();
            let places = match &given {
                Some(path) => vec![under(folder_of(&own), path)],
                None => vec![under(&folder, &format!("{name}.rs")), under(&folder, &format!("{name}/mod.rs"))],
            };
            let Some(file) = places.into_iter().find(|file| self.tree.has(file)) else { return };
            let id = self.module_of(&file.as_str().into(), Language::Rust);
            let place = self.rust.places.entry(id).or_default();
            place.parent.get_or_insert(scope.module);
            if given.is_some() {
                place.folder = Some(folder_of(&file).to_owned());
            }
            self.set_in(scope, &key, Value::Module(id));
            if attributes
                .iter()
                .any(|attribute| matches!(&attribute.expr.kind, ExprKind::Name(name) if &**name == "macro_use"))
            {
                self.load(id);
            }
            return;
        };
        let path = self.modules[scope.module.0].path.clone();
        let id = self.push_module(path, Language::Rust, Vec::new());
        self.modules[id.0].progress = Progress::Done;
        let written = attributes.iter().filter_map(|attribute| Some((written_call(attribute)?, attribute.pos.line)));
        let written: Vec<_> = written.filter(|((name, _), _)| name != "cfg").collect();
        let said =
            written.into_iter().map(|((name, given), line)| (name, self.arguments(given, scope), line)).collect();
        let place = Place {
            parent: Some(scope.module),
            folder: Some(under(&folder, name)),
            globs: Vec::new(),
            attributes: said,
        };
        self.rust.places.insert(id, place);
        self.set_in(scope, &key, Value::Module(id));
        let inner: ScopeRef = self.modules[id.0].scope.clone();
        self.block(body, &inner);
    }

    /// `include!("file.rs")` as an item: what the file has is seen here, and what is here is seen there.
    pub(super) fn rust_include(&mut self, path: &str, scope: &ScopeRef) {
        let file = under(folder_of(&self.modules[scope.module.0].path), path);
        if !self.tree.has(&file) || *file == *self.modules[scope.module.0].path {
            return;
        }
        let id = self.module_of(&file.as_str().into(), Language::Rust);
        let parent = self.rust_parent(scope.module);
        let place = self.rust.places.entry(id).or_default();
        place.parent = parent;
        place.globs.push(Value::Module(scope.module));
        self.rust.places.entry(scope.module).or_default().globs.push(Value::Module(id));
    }

    /// What is said of a module that stands within its file.
    pub(crate) fn rust_module_attributes(&self, id: ModuleId) -> Vec<(String, Args, u32)> {
        self.rust.places.get(&id).map(|place| place.attributes.clone()).unwrap_or_default()
    }

    /// The functions that Rust's programs start with.
    pub(crate) fn rust_entries(&mut self) -> Vec<Rc<Closure>> {
        let mut out = Vec::new();
        for root in self.tree.crate_roots() {
            let id = self.module_of(&root, Language::Rust);
            self.load(id);
            let names = self.modules[id.0].scope.names.borrow().clone();
            for (name, value) in names {
                let value = if let Value::Alt(_) | Value::Function(_) = value { value } else { continue };
                for one in value.each() {
                    if let Value::Function(closure) = one
                        && (&*name == "main" || closure.function.decorators.iter().any(starts))
                    {
                        out.push(closure);
                    }
                }
            }
        }
        out
    }

    /// A scope for what a type of the project gets besides.
    pub(crate) fn self_scope(&self, outer: &ScopeRef, this: Value) -> ScopeRef {
        let body = Scope::inside(outer, super::scope::ScopeKind::Class);
        body.set(&"Self".into(), this);
        body
    }
}

/// `#[launch]`, `#[tokio::main]` and their peers.
fn starts(decorator: &Decorator) -> bool {
    let callee = match &decorator.expr.kind {
        ExprKind::Call(call) => &call.callee.kind,
        kind => kind,
    };
    let last = match callee {
        ExprKind::Name(name) => Some(name),
        ExprKind::Path(path) => path.last(),
        _ => None,
    };
    last.is_some_and(|name| matches!(&**name, "main" | "launch"))
}

/// Whether an expression is a name.
pub(super) fn names(expr: &crate::code::form::Expr, wanted: &str) -> bool {
    matches!(&expr.kind, ExprKind::Name(name) if &**name == wanted)
}

/// Whether what may be `None` is there; none where that is not known.
pub(super) fn is_there(value: &Value) -> Option<bool> {
    match value {
        Value::Unknown(path) if &**path == "None" => Some(false),
        Value::Unknown(_) | Value::Env(_) | Value::Alt(_) | Value::Lazy(_) => None,
        Value::Null | Value::Undefined => Some(false),
        _ => Some(true),
    }
}

/// Whether two constants or variants of a library's type are one: `Method::GET`; none where they are no such.
pub(super) fn same_constant(one: &Value, other: &Value) -> Option<bool> {
    let (Value::Unknown(one), Value::Unknown(other)) = (one, other) else { return None };
    let capital = |name: &str| name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains('(');
    let ((of, a), (with, b)) = (one.rsplit_once('.')?, other.rsplit_once('.')?);
    let ty = of.rsplit('.').next().unwrap_or(of);
    (of == with && capital(ty) && capital(a) && capital(b)).then(|| a == b)
}

/// Whether a part of a path is a name, and no types that are stated.
fn is_segment(part: &Name) -> bool {
    !part.starts_with('<')
}

fn in_space(name: &str) -> Name {
    format!("{name}{SPACE}").into()
}

fn keys(name: &Name, space: bool) -> [Name; 2] {
    if space { [in_space(name), name.clone()] } else { [name.clone(), in_space(name)] }
}

/// Whether a statement is `mod name;`.
fn declares(stmt: &Stmt, wanted: &str) -> bool {
    match &stmt.kind {
        StmtKind::Module { name, body: None, .. } => &**name == wanted,
        StmtKind::Perhaps(inner) | StmtKind::Export(Export::Declaration(inner)) => declares(inner, wanted),
        _ => false,
    }
}

/// The text of `#[name = "text"]`.
fn attribute_text(attribute: &Decorator, wanted: &str) -> Option<Name> {
    let ExprKind::Call(call) = &attribute.expr.kind else { return None };
    match (&call.callee.kind, call.args.first().map(|arg| &arg.value.kind)) {
        (ExprKind::Name(name), Some(ExprKind::Str(text))) if &**name == wanted => Some(text.clone()),
        _ => None,
    }
}
