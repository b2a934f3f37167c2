//! Routers of JavaScript that a file exports under a name and nobody imports: where an app needs nobody who serves it in code
//! (a worker's entry does not), such a one still is mounted nowhere.
//!
//! Whoever may use it counts as one who does: a file that an entry may be, an import that cannot be told, a word of serving.

use std::collections::BTreeSet;

use super::super::machine::Machine;
use super::super::value::{ModuleId, Spot, Value};
use crate::code::form::{Export, Imported, Language, Name, StmtKind};
use crate::code::models::Action;
use crate::code::resolve::{Target, folder_of, imported};
use crate::code::select;

/// Words of a file that serves what stands in it.
const SERVES: &[&str] = &["serve(", ".fetch", ".fire(", "handle(", ".listen(", "module.exports", ".request("];
/// Folders whose files platforms run by themselves.
const RUN: &[&str] = &["api/", "functions/", "netlify/", "supabase/", "edge/", "workers/", "lambda/", "lambdas/"];
/// Files whose texts name entries.
const NAMING: &[&str] = &[
    "package.json",
    "wrangler.toml",
    "wrangler.json",
    "wrangler.jsonc",
    "vercel.json",
    "netlify.toml",
    "deno.json",
    "vite.config.ts",
    "vite.config.js",
    "Dockerfile",
    "serverless.yml",
];
/// What entries are called.
const ENTRIES: &[&str] = &["index", "main", "server", "app", "worker", "entry"];

/// What was seen of a framework's functions that serve its objects.
#[derive(Debug, Default)]
pub(crate) struct Adapters {
    /// The files in which they were called.
    files: BTreeSet<Name>,
    /// One of them served something that is not known.
    open: bool,
}

/// Folders whose index is that of the package.
const SOURCES: &[&str] = &["src", "app", "server", "source"];

impl Machine<'_> {
    /// What is given is served from here on.
    pub(in crate::code::eval) fn serves(&mut self, action: &'static Action, given: &Value, spot: Spot) {
        let mut open = false;
        for one in given.each() {
            match one {
                Value::Object(object) => match object.model.borrow().as_ref() {
                    Some(it) => self.forest.nodes[it.node].served = true,
                    None => open = true,
                },
                _ => open = true,
            }
        }
        let file: Name = self.file(spot).into();
        let seen = self.adapters.entry(action.framework.clone()).or_default();
        seen.files.insert(file);
        seen.open |= open;
    }

    /// Whether a root is of a kind that others of are served by code that is seen, and it is not. Code that may serve it and
    /// was not run leaves that open.
    pub(in crate::code::eval) fn is_unadapted(&mut self, node: usize) -> bool {
        let it = &self.forest.nodes[node];
        let framework = it.model.framework();
        let Some(seen) = self.adapters.get(framework).filter(|_| it.model.adapted && !it.served && !it.handed) else {
            return false;
        };
        let functions = self.models.functions.iter();
        let of_it = functions.filter(|(_, action)| action.serves.is_some() && action.framework == framework);
        // A name alone may be any word (`trpc`): the library has to be named, too.
        let names: BTreeSet<(&str, &str)> = of_it.filter_map(|(path, _)| path.rsplit_once('.')).collect();
        let unseen = |file: &&Name| {
            let script = Language::of(file) == Some(Language::JavaScript) && select::is_own(file);
            script && !seen.files.contains(&***file)
        };
        let serves = |file: &Name| {
            let text = self.tree.text(file).unwrap_or_default();
            names.iter().any(|(library, name)| text.contains(library) && text.contains(name))
        };
        !seen.open && !self.tree.files().filter(unseen).any(serves)
    }

    /// Whether a root is exported under a name that nobody takes.
    pub(in crate::code::eval) fn is_unused(&mut self, node: usize) -> bool {
        let it = &self.forest.nodes[node];
        if !it.model.unused || it.served || it.handed {
            return false;
        }
        let Some(id) = it.entries.first().map(|entry| entry.spot().module) else { return false };
        let file = self.modules[id.0].path.clone();
        let names = self.names_exported(id, node);
        // What nobody imports by default may be what a platform runs, unless the package serves another one itself.
        let another = self.serves_another(node, &file) || self.runs_another(node, &file);
        let entry = names.iter().any(|name| &**name == "default") && !another;
        if names.is_empty() || entry || self.may_be_entry(&file, another) {
            return false;
        }
        let text = self.tree.text(&file).unwrap_or_default();
        if SERVES.iter().any(|word| text.contains(word)) {
            return false;
        }
        let stem = stem_of(&file).to_owned();
        let others: Vec<Name> = self.tree.files().filter(|other| **other != file).cloned().collect();
        !others
            .iter()
            .any(|other| Language::of(other) == Some(Language::JavaScript) && self.takes(other, &file, &stem, &names))
    }

    /// Whether a package hands an instance like a root to what serves it, and that one stands in another file.
    fn serves_another(&self, node: usize, file: &str) -> bool {
        let model = self.forest.nodes[node].model;
        let package = self.tree.package_of(file);
        self.forest.nodes.iter().any(|other| {
            let Some(id) = other.entries.first().map(|entry| entry.spot().module) else { return false };
            let path = &self.modules[id.0].path;
            let alike = std::ptr::eq(other.model, model) && (other.served || other.handed);
            alike && **path != *file && self.tree.package_of(path) == package
        })
    }

    /// Whether a package's manifest names another file that exports an instance like a root by default: that one is what a
    /// platform runs.
    fn runs_another(&self, node: usize, file: &str) -> bool {
        let model = self.forest.nodes[node].model;
        let Some(package) = self.tree.package_of(file) else { return false };
        let below = |path: &str| path.strip_prefix(package).unwrap_or(path).trim_start_matches('/').to_owned();
        let names = |path: &str| {
            let wanted = below(path);
            let at = |name: &str| if package.is_empty() { name.to_owned() } else { format!("{package}/{name}") };
            let texts = NAMING.iter().filter_map(|name| self.tree.text(&at(name)));
            !wanted.is_empty() && texts.into_iter().any(|text| text.contains(&wanted))
        };
        let others = self.forest.nodes.iter().enumerate().filter(|(_, other)| std::ptr::eq(other.model, model));
        others.filter_map(|(other, it)| Some((other, it.entries.first()?.spot().module))).any(|(other, id)| {
            let path = &self.modules[id.0].path;
            **path != *file
                && self.tree.package_of(path) == Some(package)
                && self.names_exported(id, other).iter().any(|name| &**name == "default")
                && names(path)
        })
    }

    fn names_exported(&self, id: ModuleId, node: usize) -> Vec<Name> {
        let is_it = |value: &Value| match value {
            Value::Object(object) => object.model.borrow().as_ref().is_some_and(|it| it.node == node),
            _ => false,
        };
        let pairs = self.modules[id.0].exports.pairs();
        let names = pairs.iter().filter_map(|(key, value)| match (key, self.known_export(value)) {
            (Value::Str(name), Some(value)) if is_it(&value) => Some(name.clone()),
            _ => None,
        });
        names.collect()
    }

    /// An export without asking for what is not there yet.
    fn known_export(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Lazy(lazy) => match &**lazy {
                super::super::value::Lazy::Local(scope, name) => scope.own(name),
                _ => None,
            },
            other => Some(other.clone()),
        }
    }

    /// Whether a file may be one that is run: by its name or place, or because a manifest names it. The index of a folder says
    /// nothing by its name where the package is known to serve another instance.
    fn may_be_entry(&self, file: &str, other: bool) -> bool {
        let stem = file.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or(file);
        // An entry stands at the top of its package, or of its sources.
        let package = self.tree.package_of(file).unwrap_or("");
        let depth = file.strip_prefix(package).unwrap_or(file).trim_start_matches('/').matches('/').count();
        let below = depth > 0 && stem == "index" && !SOURCES.contains(&stem_of(file));
        if (ENTRIES.contains(&stem) && depth < 3 && !(below && other)) || is_run_by_platforms(file) {
            return true;
        }
        // A name that many files have counts with its folder.
        let mut folder = folder_of(file);
        let named = match ENTRIES.contains(&stem) {
            true => format!("{}/{stem}", folder.rsplit('/').next().unwrap_or("")),
            false => stem.to_owned(),
        };
        loop {
            for name in NAMING {
                let path = if folder.is_empty() { (*name).to_owned() } else { format!("{folder}/{name}") };
                if self.tree.text(&path).is_some_and(|text| text.contains(&named)) {
                    return true;
                }
            }
            if folder.is_empty() {
                return false;
            }
            folder = folder_of(folder);
        }
    }

    /// Whether a file takes one of the names of another.
    fn takes(&self, other: &Name, file: &Name, stem: &str, names: &[Name]) -> bool {
        let Some(text) = self.tree.text(other).filter(|text| text.contains(stem)) else { return false };
        let leads = |source: &str| matches!(self.tree.resolve(Language::JavaScript, other, source, 0), Target::File(path) if path == *file);
        let said = imported(&text).iter().filter(|source| leads(source)).count();
        if said == 0 {
            return false;
        }
        let Some(form) = self.tree.form(other) else { return true };
        let mut told = 0;
        for stmt in &form.body {
            let whats: Vec<&Imported> = match &stmt.kind {
                StmtKind::Import(import) if leads(&import.source) => import.names.iter().map(|it| &it.what).collect(),
                StmtKind::Export(Export::From(source, taken)) if leads(source) => {
                    taken.iter().map(|(what, _)| what).collect()
                }
                StmtKind::Export(Export::AllFrom(source)) if leads(source) => return true,
                _ => continue,
            };
            told += 1;
            let any = |what: &&Imported| match what {
                Imported::Module | Imported::All => true,
                Imported::Default => names.iter().any(|name| &**name == "default"),
                Imported::Named(name) => names.contains(name),
            };
            if whats.iter().any(any) {
                return true;
            }
        }
        told < said
    }
}

/// Whether a file stands where platforms run files by themselves.
pub(super) fn is_run_by_platforms(file: &str) -> bool {
    RUN.iter().any(|folder| file.starts_with(folder) || file.contains(&format!("/{folder}")))
}

/// What other files call a file: its name without an ending, or its folder's.
fn stem_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    match stem {
        "index" => folder_of(path).rsplit('/').next().unwrap_or(""),
        stem => stem,
    }
}
