//! Libraries that are generated of schemas: the enumerations that those say.

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Map, Value};
use crate::code::form::Language;

impl Machine<'_> {
    /// An enumeration of a library that is generated: a map of its names, each of which is its own value.
    pub(in crate::code::eval) fn enumerated(&self, path: &str, name: &str) -> Option<Value> {
        let word = self.models.clients.iter().find(|word| {
            let rest = path.strip_prefix(word.library.as_str()).map(|rest| rest.trim_start_matches(".default"));
            rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('.') == Some(&word.within))
        })?;
        let names = self.tree.schemas(word).enums.get(name).cloned().flatten()?;
        let map = Map::default();
        for name in names {
            map.put(&name, Value::text(name.as_str()));
        }
        Some(Value::Map(std::rc::Rc::new(map)))
    }

    /// The library that is meant by a name that leads to where it is generated.
    pub(in crate::code::eval) fn generated_library(&self, source: &str, scope: &ScopeRef) -> Option<Value> {
        if self.language(scope) != Language::JavaScript || !source.contains('/') {
            return None;
        }
        let from = &self.modules[scope.module.0].path;
        let word = self.models.clients.iter().find(|word| self.tree.schemas(word).is_client(from, source))?;
        Some(Value::from_path(word.library.as_str()))
    }
}
