//! Settings as values: modules that an environment variable names, their members, and the list of routes that they
//! say is served.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, Lazy, Map, ModuleId, Object, Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::models::{IncludeWord, ObjectModel, SettingsModel};

impl Machine<'_> {
    /// Runs what sets the variable that names the settings, so that they are known when the rest asks for them.
    pub(crate) fn find_settings(&mut self, files: &[(Name, Language)]) {
        for (word, _) in &self.models.settings {
            for entry in &word.entry {
                let named = files.iter().filter(|(path, _)| path.rsplit('/').next() == Some(entry.as_str()));
                for (path, language) in named.collect::<Vec<_>>() {
                    let id = self.module_of(path, *language);
                    self.load(id);
                    self.enter_functions_of(id);
                }
            }
            self.read_written(word);
            if self.settings.is_empty() {
                self.read_conventional(word, files);
            }
        }
    }

    fn enter_functions_of(&mut self, id: ModuleId) {
        let own: Vec<_> =
            self.closures.iter().filter(|it| it.scope.module == id && !it.entered.get()).cloned().collect();
        for closure in own {
            let spot = Spot { module: id, line: closure.function.pos.line };
            self.enter(&closure, None, Args::unknown(), spot);
        }
    }

    /// The modules that were written into the variable.
    fn read_written(&mut self, word: &SettingsModel) {
        let written: Vec<(Value, Spot)> = self
            .writes
            .iter()
            .filter(|(name, _, _)| **name == *word.variable)
            .map(|(_, value, spot)| (value.clone(), *spot))
            .collect();
        for (value, spot) in written {
            let scope = self.modules[spot.module.0].scope.clone();
            for text in value.each().iter().filter_map(Value::as_whole_text) {
                if let Value::Module(id) = self.load_dotted(&text, &scope)
                    && !self.settings.contains(&id)
                {
                    self.settings.push(id);
                }
            }
        }
    }

    fn read_conventional(&mut self, word: &SettingsModel, files: &[(Name, Language)]) {
        for (path, language) in files {
            let mut parts = path.rsplit('/');
            let stem = parts.next().and_then(|name| name.rsplit_once('.')).map(|(stem, _)| stem);
            let folder = parts.next();
            if *language != Language::Python
                || !(stem == Some(&*word.conventional) || folder == Some(&*word.conventional))
            {
                continue;
            }
            let id = self.module_of(path, *language);
            self.load(id);
            if self.modules[id.0].scope.own(&word.root).is_some() {
                self.settings.push(id);
            }
        }
    }

    /// A member of the settings; none where the path is not theirs.
    pub(crate) fn setting(&mut self, path: &str, name: &Name, spot: Spot) -> Option<Value> {
        if !self.models.settings.iter().any(|(word, _)| word.at == path) {
            return None;
        }
        let asking = self.modules[spot.module.0].path.clone();
        let near = |path: &Name| path.split('/').zip(asking.split('/')).take_while(|(a, b)| a == b).count();
        let best = self.settings.iter().map(|id| near(&self.modules[id.0].path)).max()?;
        let ids: Vec<ModuleId> =
            self.settings.iter().copied().filter(|id| near(&self.modules[id.0].path) == best).collect();
        let mut known: Option<Value> = None;
        for id in ids {
            let value = self.module_member(id, name);
            match self.force(value) {
                Value::Undefined | Value::Lazy(_) => {}
                value => match &known {
                    None => known = Some(value),
                    Some(first) if matches!(first, Value::Bool(_)) && first.same(&value) != Some(true) => {
                        known = Some(Value::unknown());
                    }
                    Some(_) => {}
                },
            }
        }
        Some(known.unwrap_or_else(|| Value::from_path(format!("{path}.{name}"))))
    }

    /// Notes that a variable of the environment is written.
    pub(crate) fn write_env(&mut self, name: &Value, value: &Value, spot: Spot) {
        if let Some(name) = name.as_whole_text() {
            self.writes.push((name, value.clone(), spot));
        }
    }

    /// The list of another module, or the list that is given.
    pub(crate) fn include(&mut self, word: &IncludeWord, given: Value, spot: Spot) -> Value {
        match self.force(given) {
            Value::List(list) if list.kind == super::super::value::ListKind::Tuple => {
                let first = list.items.borrow().first().cloned().unwrap_or(Value::Undefined);
                match self.force(first) {
                    // A plain tuple of patterns is a list of them.
                    Value::Object(_) => Value::List(list),
                    first => self.include(word, first, spot),
                }
            }
            Value::Module(id) => {
                self.included.insert(id);
                Value::Lazy(Rc::new(Lazy::Export(id, word.member.as_str().into())))
            }
            Value::Unknown(path) => Value::list(vec![Value::Unknown(path)]),
            Value::Alt(all) => {
                let every = all.iter().map(|one| self.include(word, one.clone(), spot)).collect();
                Value::list(every)
            }
            value => match value.as_whole_text() {
                Some(text) => {
                    let scope = self.modules[spot.module.0].scope.clone();
                    match self.load_dotted(&text, &scope) {
                        value @ Value::Module(_) => self.include(word, value, spot),
                        other => Value::list(vec![other]),
                    }
                }
                None if value.as_text().is_some() => Value::list(vec![Value::unknown()]),
                None => value,
            },
        }
    }

    /// Serves the lists that the settings name; without any, the lists that nothing includes.
    pub(crate) fn serve_roots(&mut self) {
        for (word, object) in &self.models.settings {
            let mut roots: Vec<(ModuleId, Spot)> = Vec::new();
            let names = std::iter::once(&word.root).chain(&word.also);
            for (index, name) in (0..self.modules.len()).flat_map(|index| names.clone().map(move |name| (index, name)))
            {
                let Some(value) = self.modules[index].scope.own(name) else { continue };
                let value = self.force(value);
                let scope = self.modules[index].scope.clone();
                let spot = Spot { module: ModuleId(index), line: 1 };
                for one in value.each() {
                    match one.as_whole_text().map(|text| self.load_dotted(&text, &scope)) {
                        Some(Value::Module(id)) if !roots.iter().any(|(seen, _)| *seen == id) => roots.push((id, spot)),
                        Some(Value::Module(_)) => {}
                        Some(_) | None => self.note(spot, format!("the module that {name} names is not known")),
                    }
                }
            }
            if roots.is_empty() {
                let alone = (0..self.modules.len())
                    .map(ModuleId)
                    .filter(|id| !self.included.contains(id) && self.modules[id.0].scope.own(&word.list).is_some());
                roots = alone.map(|id| (id, Spot { module: id, line: 1 })).collect();
            }
            for (id, spot) in roots {
                self.serve_list(object, id, &word.list, spot);
            }
        }
    }

    fn serve_list(&mut self, object: &'static ObjectModel, id: ModuleId, list: &str, spot: Spot) {
        let root = Rc::new(Object { class: None, members: Map::default(), model: std::cell::RefCell::default() });
        self.become_object(&root, object);
        let node = root.model.borrow().as_ref().map(|it| it.node);
        if let Some(node) = node {
            let child = Value::Lazy(Rc::new(Lazy::Export(id, list.into())));
            self.mount(node, Value::text(""), child, (false, false), spot);
        }
    }
}
