//! What modules give each other: the names that they export, one by one and all at once.

use std::rc::Rc;

use super::machine::{Machine, Progress};
use super::module::pattern_names;
use super::scope::ScopeRef;
use super::value::{Lazy, ModuleId, Value};
use crate::code::form::{Imported, Language, Name, Stmt, StmtKind};

/// The most modules that stars lead through.
const MOST_STARS: usize = 64;

impl Machine<'_> {
    /// What a module gives under a name; none while it is still to come.
    pub(crate) fn exported(&mut self, id: ModuleId, name: &Name) -> Option<Value> {
        self.load(id);
        let module = &self.modules[id.0];
        if module.language == Language::Python {
            if &**name == "*" {
                return Some(Value::Module(id));
            }
            return match self.module_member(id, name) {
                Value::Undefined if self.modules[id.0].progress == Progress::Running => None,
                value => Some(value),
            };
        }
        if module.language != Language::JavaScript {
            return if &**name == "*" { Some(Value::Module(id)) } else { module.scope.own(name) };
        }
        if &**name == "*" {
            return Some(self.namespace(id));
        }
        self.find_export(id, name, &mut Vec::new())
    }

    /// All that a module of JavaScript gives, as one value.
    pub(super) fn namespace(&mut self, id: ModuleId) -> Value {
        let module = &self.modules[id.0];
        if module.exports.len() > 0 || !module.stars.is_empty() {
            return Value::Module(id);
        }
        module.common.named("exports").unwrap_or(Value::Module(id))
    }

    /// What a module of JavaScript exports under a name, or one that it gives on.
    pub(super) fn find_export(&mut self, id: ModuleId, name: &Name, seen: &mut Vec<ModuleId>) -> Option<Value> {
        if seen.contains(&id) {
            return None;
        }
        seen.push(id);
        self.load(id);
        let module = &self.modules[id.0];
        if let Some(value) = module.exports.named(name) {
            return Some(value);
        }
        let (stars, esm) = (module.stars.clone(), module.exports.len() > 0);
        for star in stars {
            if let Some(value) = self.find_export(star, name, seen) {
                return Some(value);
            }
        }
        let module = &self.modules[id.0];
        let common = module.common.named("exports").unwrap_or(Value::Undefined);
        if !esm {
            if &**name == "default" {
                if let Value::Map(map) = &common
                    && let Some(value) = map.named("default")
                    && map.named("__esModule").is_some()
                {
                    return Some(value);
                }
                return Some(common);
            }
            let scope = module.scope.clone();
            match self.member(&common, name, &scope, 0) {
                Value::Undefined => {}
                value => return Some(value),
            }
        }
        let module = &self.modules[id.0];
        let own = if module.progress == Progress::Running { module.scope.own(name) } else { None };
        let first = seen.first() == Some(&id);
        own.or_else(|| self.library_export(id, name).filter(|_| first && &**name != "default"))
    }

    /// What a module gives on of libraries as wholes (`export * from 'library'`): of several the one whose name a model knows.
    fn library_export(&self, id: ModuleId, name: &Name) -> Option<Value> {
        let (mut queue, mut seen, mut libraries) = (vec![id], Vec::new(), Vec::new());
        while let Some(id) = queue.pop().filter(|_| seen.len() < MOST_STARS) {
            if !seen.contains(&id) {
                seen.push(id);
                queue.extend(self.modules[id.0].stars.iter().copied());
                libraries.extend(self.modules[id.0].libraries.iter().cloned());
            }
        }
        let known = libraries.iter().map(|library| format!("{library}.{name}")).find(|full| self.models.knows(full));
        match (known, &libraries[..]) {
            (Some(full), _) => Some(Value::from_path(full)),
            (None, [only]) => Some(Value::from_path(format!("{only}.{name}"))),
            (None, _) => None,
        }
    }

    /// Everything that a module exports, by name.
    pub(crate) fn all_exports(&mut self, id: ModuleId) -> Vec<(Name, Value)> {
        self.load(id);
        let module = &self.modules[id.0];
        if module.language == Language::JavaScript {
            let mut out: Vec<(Name, Value)> = Vec::new();
            let mut queue = vec![id];
            let mut seen = Vec::new();
            while let Some(id) = queue.pop() {
                if seen.contains(&id) {
                    continue;
                }
                seen.push(id);
                self.load(id);
                for (key, value) in self.modules[id.0].exports.pairs() {
                    if let Value::Str(name) = key
                        && !(seen.len() > 1 && &*name == "default")
                        && !out.iter().any(|(other, _)| *other == name)
                    {
                        out.push((name, value));
                    }
                }
                queue.extend(self.modules[id.0].stars.iter().copied());
            }
            return out.into_iter().map(|(name, value)| (name, self.force(value))).collect();
        }
        let names = module.scope.names.borrow().clone();
        let listed = match names.get("__all__") {
            Some(Value::List(list)) if !list.partial.get() => {
                Some(list.items.borrow().iter().filter_map(Value::as_text).collect::<Vec<_>>())
            }
            _ => None,
        };
        let public = |name: &Name| match &listed {
            Some(listed) => listed.contains(name),
            None => !name.starts_with('_'),
        };
        let mut out: Vec<(Name, Value)> = names.into_iter().filter(|(name, _)| public(name)).collect();
        for name in listed.iter().flatten() {
            if !out.iter().any(|(other, _)| other == name) {
                let value = self.submodule(id, name);
                if !matches!(value, Value::Undefined) {
                    out.push((name.clone(), value));
                }
            }
        }
        out
    }

    /// Adds an export.
    pub(crate) fn export(&mut self, scope: &ScopeRef, name: &Name, value: Value) {
        self.modules[scope.module.0].exports.put(name, value);
    }

    /// Exports what a declaration has bound.
    pub(crate) fn export_declared(&mut self, stmt: &Stmt, scope: &ScopeRef) {
        let mut names = Vec::new();
        match &stmt.kind {
            StmtKind::Bind { target, .. } | StmtKind::Assign { target, .. } => pattern_names(target, &mut names),
            StmtKind::Function(function) => names.extend(function.name.clone()),
            StmtKind::Class(class) => names.extend(class.name.clone()),
            StmtKind::Module { name, .. } => names.push(name.clone()),
            _ => {}
        }
        for name in names {
            let value = Value::Lazy(Rc::new(Lazy::Local(scope.clone(), name.clone())));
            self.export(scope, &name, value);
        }
    }

    /// `export { a as b } from "…"`.
    pub(crate) fn export_from(&mut self, source: &Name, names: &[(Imported, Name)], scope: &ScopeRef) {
        let target = self.target(source, 0, scope);
        for (what, name) in names {
            let value = match what {
                Imported::Module | Imported::All => self.import_name(&target, &"*".into()),
                Imported::Default => self.import_name(&target, &"default".into()),
                Imported::Named(what) => self.import_name(&target, what),
            };
            self.export(scope, name, value);
        }
    }

    /// `export * from "…"`.
    pub(crate) fn export_all(&mut self, source: &Name, scope: &ScopeRef) {
        match self.target(source, 0, scope) {
            Value::Module(id) => self.modules[scope.module.0].stars.push(id),
            Value::Unknown(path) if !path.is_empty() => self.modules[scope.module.0].libraries.push(path),
            _ => {}
        }
    }
}
