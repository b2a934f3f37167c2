//! Functions that settings name which start an application with them (Ktor's `application.conf` and `application.yaml`): they are
//! run, and those beside them that nobody names or calls are not.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Closure, Spot, Value};
use super::contexts::{Context, Origin};
use crate::code::form::{FunctionKind, Language, Name, TypeRef};
use crate::code::models::ObjectModel;
use crate::code::select;

/// The most files of settings that are looked into, and the most functions that one names.
const MOST_FILES: usize = 64;
const MOST_NAMED: usize = 256;
/// The setting that stands before everything.
const ROOT: &str = "rootPath";

/// What the settings of each module of the build name.
pub(crate) type Named = BTreeMap<String, Vec<String>>;

impl Machine<'_> {
    /// Runs the functions that settings name.
    pub(in crate::code::eval) fn enter_listed(&mut self) {
        let kinds: Vec<(&'static ObjectModel, String)> =
            self.models.objects.values().filter_map(|model| Some((*model, model.listed.clone()?))).collect();
        let Some((_, key)) = kinds.first() else { return };
        let started = self.closures.iter().any(|closure| self.starts_with(closure).is_some());
        if !started {
            return;
        }
        let named = self.named_in_settings(key);
        if named.is_empty() {
            return;
        }
        let closures: Vec<Rc<Closure>> = self.closures.clone();
        let mut known = Named::new();
        self.note_roots(named.keys());
        for (module, names) in named {
            for name in &names {
                let is_it = |closure: &&Rc<Closure>| {
                    self.starts_with(closure).is_some()
                        && self.is_named(closure, name)
                        && self.module_of_build(closure) == module
                };
                let Some(closure) = closures.iter().find(is_it).cloned() else { continue };
                // What names nothing that is there tells nothing of the rest.
                known.insert(module.clone(), names.clone());
                if !closure.entered.get() {
                    self.enter_alone(&closure, None);
                }
            }
        }
        self.listed = known;
    }

    /// What a function gets that nobody called while the settings of its module name others: an application that is not served.
    pub(in crate::code::eval) fn unlisted_receiver(&mut self, closure: &Rc<Closure>) -> Option<Value> {
        if self.listed.is_empty() {
            return None;
        }
        let model = self.starts_with(closure)?;
        let names = self.listed.get(self.module_of_build(closure))?;
        if names.iter().any(|name| self.is_named(closure, name)) {
            return None;
        }
        let value = self.placeholder(model);
        if let Value::Object(object) = &value
            && let Some(it) = object.model.borrow().as_ref()
        {
            self.forest.nodes[it.node].unbound = true;
        }
        Some(value)
    }

    fn module_of_build(&self, closure: &Closure) -> &str {
        self.tree.module_of(&self.modules[closure.scope.module.0].path)
    }

    /// The kind of application that a function is for, where settings may name it.
    fn starts_with(&self, closure: &Closure) -> Option<&'static ObjectModel> {
        let function = &closure.function;
        if function.kind == FunctionKind::Lexical || !self.has_packages(&closure.scope) {
            return None;
        }
        let ty: &TypeRef = function.receiver.as_ref()?.ty.as_ref()?;
        let last = ty.path.last()?;
        let models = self.models;
        let named = |path: &str| path.rsplit('.').next() == Some(&**last);
        let listed = models.types.iter().find(|(path, model)| model.listed.is_some() && named(path));
        listed.map(|(_, model)| *model)
    }

    /// Whether a name of settings is that of a function: its package, the class of its file or its own, and its name.
    fn is_named(&self, closure: &Closure, full: &str) -> bool {
        let Some((class, name)) = full.rsplit_once('.') else { return false };
        let package = class.rsplit_once('.').map_or("", |(package, _)| package);
        let dotted: &Name = &self.modules[closure.scope.module.0].dotted;
        closure.function.name.as_deref() == Some(name) && (**dotted == *package || **dotted == *class)
    }

    /// The functions that settings under a key name, by the module of the build. Settings of which not all is read name nothing.
    fn named_in_settings(&self, key: &str) -> Named {
        let mut out = Named::new();
        for file in self.settings_of_ktor() {
            let Some(text) = self.tree.text(&file).filter(|text| text.contains("ktor")) else { continue };
            let names = names_under(&text, key);
            if !names.is_empty() {
                out.entry(self.tree.module_of(&file).to_owned()).or_default().extend(names);
            }
        }
        out
    }

    fn settings_of_ktor(&self) -> Vec<Name> {
        let is_it = |path: &&Name| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let settings = [".conf", ".yaml", ".yml"].iter().any(|end| name.ends_with(end));
            settings && path.contains("resources/") && select::is_own(path)
        };
        self.tree.files().filter(is_it).take(MOST_FILES).cloned().collect()
    }

    /// What the settings of these modules of the build put before everything that an application which they start answers.
    fn note_roots<'m>(&mut self, modules: impl Iterator<Item = &'m String>) {
        let modules: Vec<&String> = modules.collect();
        for file in self.settings_of_ktor() {
            let usual = file.rsplit('/').next().is_some_and(|name| name.starts_with("application."));
            if !usual || !modules.iter().any(|module| *module == self.tree.module_of(&file)) {
                continue;
            }
            let Some((root, line)) = self.tree.text(&file).and_then(|text| root_under(&text)) else { continue };
            let module = self.module_of(&file, Language::Java);
            let root = root.map(|root| root.trim_matches('/').to_owned());
            let origin = Origin { begun: module, started: true, spot: Spot { module, line } };
            self.contexts.insert(Context { origin, path: root });
        }
    }
}

/// The path under `rootPath`, and its line: HOCON's and YAML's. What only a variable of the environment says is not known; one that
/// may be absent says nothing.
fn root_under(text: &str) -> Option<(Option<String>, u32)> {
    let mut found = None;
    for (at, line) in (1..).zip(text.lines()) {
        let Some((before, behind)) = line.split_once(ROOT) else { continue };
        let key = before.trim_start().trim_start_matches('"');
        let behind = behind.trim_start_matches('"').trim_start();
        let open = key.is_empty() || (key.ends_with(['.', '{', ' ']) && !key.starts_with(['#', '/']));
        let Some(value) = behind.strip_prefix(['=', ':']).filter(|_| open) else { continue };
        let value = value.trim();
        let value = match value.strip_prefix(['"', '\'']) {
            Some(quoted) => quoted.split(['"', '\'']).next().unwrap_or_default(),
            None => value.split([' ', '\t', '#']).next().unwrap_or_default().trim_end_matches('}'),
        };
        found = match value.strip_prefix('$') {
            Some(name) if name.starts_with("{?") || name.starts_with('?') => continue,
            Some(name) => Some((name.split_once(':').map(|(_, usual)| usual.to_owned()), at)),
            None => Some((Some(value.to_owned()), at)),
        };
    }
    found
}

/// The names in the lists under a key: HOCON's and YAML's. None where one of them is put together of something else.
fn names_under(text: &str, key: &str) -> Vec<String> {
    let mut out = Vec::new();
    let uncommented: String = text
        .lines()
        .map(|line| match line.find("//").or_else(|| line.find('#')) {
            Some(at) => line.get(..at).unwrap_or_default(),
            None => line,
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut rest = uncommented.as_str();
    while let Some(at) = rest.find(key) {
        let before = rest.get(..at).unwrap_or_default().chars().next_back();
        rest = rest.get(at + key.len()..).unwrap_or_default();
        let open = before.is_none_or(|sign| sign.is_whitespace() || matches!(sign, '.' | '{' | '"'));
        let behind = rest.trim_start_matches('"').trim_start();
        let Some(behind) = behind.strip_prefix("+=").or_else(|| behind.strip_prefix(['=', ':'])).filter(|_| open)
        else {
            continue;
        };
        let listed: Vec<&str> = match behind.trim_start().strip_prefix('[') {
            Some(list) => list.split(']').next().unwrap_or_default().split([',', '\n']).collect(),
            None => behind
                .lines()
                .skip(1)
                .map(str::trim)
                .skip_while(|line| line.is_empty())
                .map_while(|line| line.strip_prefix('-'))
                .collect(),
        };
        for name in listed.into_iter().map(|name| name.trim().trim_matches(['"', '\''])).filter(|name| !name.is_empty())
        {
            let plain = |sign: char| sign.is_alphanumeric() || matches!(sign, '.' | '_' | '$');
            if name.contains("${") || !name.chars().all(plain) || out.len() >= MOST_NAMED {
                return Vec::new();
            }
            out.push(name.to_owned());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{names_under, root_under};

    #[test]
    fn lists_of_settings_are_read_in_both_spellings() {
        let conf = "ktor {\n  application {\n    # modules = [ no.No ]\n    modules = [ a.b.AppKt.module, // first\n      \"a.MoreKt.more\"\n    ]\n  }\n}\n";
        assert_eq!(names_under(conf, "modules"), ["a.b.AppKt.module", "a.MoreKt.more"]);
        assert_eq!(names_under("ktor.application.modules = [a.AppKt.module]\n", "modules"), ["a.AppKt.module"]);
        let yaml = "ktor:\n  application:\n    modules:\n      - a.AppKt.module\n      - a.B.more # why\n  deployment:\n    - x\n";
        assert_eq!(names_under(yaml, "modules"), ["a.AppKt.module", "a.B.more"]);
        assert!(names_under("modules = [ ${?MODULES}, a.b ]\n", "modules").is_empty());
        assert!(names_under("submodules = [ a.b ]\nmodules", "modules").is_empty());
    }

    #[test]
    fn the_root_is_read_in_both_spellings() {
        let root = |text: &str| root_under(text).map(|(root, _)| root);
        let said = |path: &str| Some(Some(path.to_owned()));
        let conf = "ktor {\n  deployment {\n    port = 80\n    rootPath = \"/api\"\n    rootPath = ${?ROOT}\n  }\n}\n";
        assert_eq!(root(conf), said("/api"));
        assert_eq!(root("ktor.deployment.rootPath = /v1\n"), said("/v1"));
        assert_eq!(root("rootPath = \"/v3\" // why\n"), said("/v3"));
        assert_eq!(root("rootPath: /v4 # why\n"), said("/v4"));
        assert_eq!(root("ktor:\n  deployment:\n    rootPath: \"$ROOT:/v2\"\n"), said("/v2"));
        assert_eq!(root("rootPath = ${ROOT}\n"), Some(None));
        assert_eq!(root("# rootPath = /no\nrootPath = ${?ROOT}\nmyrootPath = /x\n"), None);
    }
}
