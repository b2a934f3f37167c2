//! The files of the repository that a file of tests imports: helpers, base classes, constants. One step far.

use std::collections::{BTreeSet, HashMap};

use crate::code::form::{Expr, ExprKind, Import, Imported, Language, Module, StmtKind};
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
        found.remove(path);
        found.into_iter().take(MOST).collect()
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

/// What `require("…")` names.
fn required(value: &Expr) -> Option<&str> {
    let ExprKind::Call(call) = &value.kind else { return None };
    match (&call.callee.kind, call.args.first().map(|arg| &arg.value.kind)) {
        (ExprKind::Name(name), Some(ExprKind::Str(source))) if &**name == "require" => Some(source),
        _ => None,
    }
}
