//! The files of the repository that a file of tests imports: helpers, base classes, constants. One step far.

use std::collections::{BTreeSet, HashMap};

use super::idioms::builtin;
use super::walk::{Seen, walk};
use crate::code::form::{Expr, ExprKind, Import, Imported, Language, Module, Stmt, StmtKind};
use crate::repo::Repo;

/// Files that are followed from one.
const MOST: usize = 16;
/// What a JavaScript import leaves out.
const ENDINGS: &[&str] = &["", ".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".tsx", ".jsx", "/index.js", "/index.ts"];

/// The files of a repository by their last name.
pub(super) struct Index<'a> {
    names: HashMap<&'a str, Vec<&'a str>>,
    folders: HashMap<&'a str, Vec<&'a str>>,
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

impl<'a> Index<'a> {
    pub(super) fn new(repo: &'a Repo) -> Self {
        let mut index = Self { names: HashMap::new(), folders: HashMap::new() };
        for entry in repo.files().iter().filter(|entry| !entry.link && Language::of(&entry.path).is_some()) {
            let (folder, name) = split(&entry.path);
            index.names.entry(name).or_default().push(&entry.path);
            if name.ends_with("_test.go") {
                index.folders.entry(folder).or_default().push(&entry.path);
            }
        }
        index
    }

    /// What a file imports, by path.
    pub(super) fn imported(&self, path: &str, module: &Module) -> Vec<String> {
        let mut found = BTreeSet::new();
        if module.language == Language::Rust {
            self.rust(path, &module.body, &mut found);
        }
        for stmt in &module.body {
            match &stmt.kind {
                StmtKind::Import(import) if module.language == Language::Python => {
                    self.python(path, import, &mut found);
                }
                StmtKind::Import(import) => self.relative(path, &import.source, &mut found),
                StmtKind::Bind { value: Some(value), .. } => {
                    if let Some(source) = required(value) {
                        self.relative(path, source, &mut found);
                    }
                }
                _ => {}
            }
        }
        if module.language == Language::Python {
            // Fixtures come from the files of that name around.
            let mut folder = Some(split(path).0);
            while let Some(at) = folder {
                let fixtures = if at.is_empty() { "conftest.py".to_owned() } else { format!("{at}/conftest.py") };
                found.extend(self.has(&fixtures).then_some(fixtures));
                folder = (!at.is_empty()).then(|| split(at).0);
            }
        }
        if module.language == Language::Go {
            // The files of tests of a folder are one package.
            let same = self.folders.get(split(path).0).into_iter().flatten();
            found.extend(same.map(|path| (*path).to_owned()));
        }
        if module.language == Language::Java {
            return self.classes(path, module);
        }
        found.remove(path);
        found.into_iter().take(MOST).collect()
    }

    /// The files of the classes that a file of Java or Kotlin names: what its own extend, what it imports, what of its package it
    /// calls.
    fn classes(&self, path: &str, module: &Module) -> Vec<String> {
        let (mut bases, mut named) = (Vec::new(), Vec::new());
        let is_class = |name: &&str| name.starts_with(|first: char| first.is_ascii_uppercase());
        walk(&[vec![&module.body]], builtin().skips(module.language), &mut |seen, _| match seen {
            Seen::Class(class, _) => {
                bases.extend(class.bases.iter().filter_map(|base| name_of(&base.value)));
                named
                    .extend(class.fields.iter().filter_map(|field| field.ty.as_ref()?.path.last().map(|name| &**name)));
            }
            Seen::Import(import) => {
                named.extend(import.source.rsplit('.').next());
                named.extend(import.names.iter().filter_map(|name| match &name.what {
                    Imported::Named(name) => Some(&**name),
                    Imported::Module | Imported::Default | Imported::All => None,
                }));
            }
            Seen::Typed(_, ty) => named.extend(ty.path.last().map(|name| &**name)),
            Seen::Chain(chain) => named.extend(name_of(chain.root)),
            _ => {}
        });
        let mut found = Vec::new();
        for name in bases.into_iter().chain(named).filter(is_class) {
            for file in [format!("{name}.java"), format!("{name}.kt")] {
                let all = self.names.get(&*file).into_iter().flatten();
                // Of several the one in the same folder, else the one that shares most of its path.
                let nearest = all
                    .filter(|other| **other != path)
                    .max_by_key(|other| (shared(path, other), std::cmp::Reverse(**other)));
                let nearest = nearest.map(|nearest| (*nearest).to_owned());
                found.extend(nearest.filter(|nearest| !found.contains(nearest)));
            }
            if found.len() >= MOST {
                break;
            }
        }
        found.truncate(MOST);
        found
    }

    fn has(&self, path: &str) -> bool {
        self.names.get(split(path).1).is_some_and(|paths| paths.contains(&path))
    }

    fn relative(&self, path: &str, source: &str, found: &mut BTreeSet<String>) {
        if !source.starts_with('.') {
            return;
        }
        let mut parts: Vec<&str> = split(path).0.split('/').filter(|part| !part.is_empty()).collect();
        for part in source.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.pop().is_none() => return,
                ".." => {}
                _ => parts.push(part),
            }
        }
        let stem = parts.join("/");
        let typed = stem.strip_suffix(".js").map(|stem| format!("{stem}.ts"));
        let candidates = ENDINGS.iter().map(|ending| format!("{stem}{ending}")).chain(typed);
        found.extend(candidates.into_iter().find(|candidate| self.has(candidate)));
    }

    /// The files of the modules that a file of Rust declares, and of those that it uses of its own crate.
    fn rust(&self, path: &str, body: &[Stmt], found: &mut BTreeSet<String>) {
        let (folder, name) = split(path);
        let stem = name.trim_end_matches(".rs");
        // A module lies beside its file where that is the root of a crate or of its folder, else below it.
        let below = if folder.is_empty() { stem.to_owned() } else { format!("{folder}/{stem}") };
        let around = std::iter::successors(Some(folder), |at| (!at.is_empty()).then(|| split(at).0));
        let folders: Vec<&str> = std::iter::once(&*below).chain(around).collect();
        for stmt in body {
            match &stmt.kind {
                StmtKind::Module { name, body: None, .. } => {
                    found.extend(folders.iter().take(2).find_map(|folder| self.module(folder, name)));
                }
                StmtKind::Module { body: Some(inner), .. } => self.rust(path, inner, found),
                StmtKind::Test(inner) | StmtKind::Perhaps(inner) => {
                    self.rust(path, std::slice::from_ref(&**inner), found);
                }
                StmtKind::Import(import) => {
                    let own = |part: &&str| !matches!(*part, "" | "crate" | "self" | "super");
                    let source: Vec<&str> = import.source.split("::").filter(own).collect();
                    let names = import.names.iter().filter_map(|name| match &name.what {
                        Imported::Named(name) => Some(&**name),
                        Imported::Module | Imported::Default | Imported::All => None,
                    });
                    for whole in names.map(Some).chain([None]) {
                        let parts: Vec<&str> = source.iter().copied().chain(whole).collect();
                        let lengths = (1..=parts.len()).rev();
                        let mut paths = lengths.map(|length| parts[..length].join("/"));
                        found.extend(paths.find_map(|path| folders.iter().find_map(|at| self.module(at, &path))));
                    }
                }
                _ => {}
            }
        }
    }

    /// The file of a module of Rust in a folder.
    fn module(&self, folder: &str, name: &str) -> Option<String> {
        let stem = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        [format!("{stem}.rs"), format!("{stem}/mod.rs")].into_iter().find(|path| self.has(path))
    }

    fn python(&self, path: &str, import: &Import, found: &mut BTreeSet<String>) {
        let folder = split(path).0;
        let level = usize::try_from(import.level).unwrap_or_default();
        let dotted = import.source.trim_matches('.').replace('.', "/");
        let mut stems = vec![dotted.clone()];
        stems.extend(import.names.iter().filter_map(|name| match &name.what {
            Imported::Named(name) if dotted.is_empty() => Some(name.to_string()),
            Imported::Named(name) => Some(format!("{dotted}/{name}")),
            Imported::Module | Imported::Default | Imported::All => None,
        }));
        for stem in stems.iter().filter(|stem| !stem.is_empty()) {
            let file = format!("{stem}.py");
            if level > 0 {
                let parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
                let Some(kept) = parts.len().checked_sub(level - 1) else { continue };
                let whole = parts[..kept].iter().copied().chain([file.as_str()]).collect::<Vec<_>>().join("/");
                found.extend(self.has(&whole).then_some(whole));
                continue;
            }
            let ending = format!("/{file}");
            let known = self.names.get(split(&file).1).into_iter().flatten();
            let fits = known.filter(|path| **path == file || path.ends_with(&ending));
            // Of several the shortest is nearest to where Python looks.
            found.extend(fits.min_by_key(|path| path.len()).map(|path| (*path).to_owned()));
        }
    }
}

/// What a name, a type or the call of a class names.
fn name_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member(_, name) => Some(name),
        ExprKind::Path(path) => path.last().map(|name| &**name),
        ExprKind::Type(ty) => ty.path.last().map(|name| &**name),
        ExprKind::Call(call) => match &call.callee.kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// How many folders two paths begin with together.
fn shared(one: &str, other: &str) -> usize {
    split(one).0.split('/').zip(split(other).0.split('/')).take_while(|(one, other)| one == other).count()
}

/// What `require("…")` names.
pub(super) fn required(value: &Expr) -> Option<&str> {
    let ExprKind::Call(call) = &value.kind else { return None };
    match (&call.callee.kind, call.args.first().map(|arg| &arg.value.kind)) {
        (ExprKind::Name(name), Some(ExprKind::Str(source))) if &**name == "require" => Some(source),
        _ => None,
    }
}
