//! Modules of a project that are called like a library: `routes`, `web`, `channels`.

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use crate::code::form::{Import, Imported, Language, Name};
use crate::code::resolve::{Target, folder_of};

impl Machine<'_> {
    /// Whether an import means a module of the project though a model speaks of a library of the name: the project does not ask
    /// for that library, what is imported is not what models know of it, and the module is no copy of it.
    pub(in crate::code::eval) fn is_own(&self, import: &Import, scope: &ScopeRef) -> bool {
        let source = &*import.source;
        if import.level > 0 || !self.is_modelled(source, Language::Python) || self.tree.asks_for_python(source) {
            return false;
        }
        let module = &self.modules[scope.module.0];
        let from = module.files.first().unwrap_or(&module.path);
        let (file, folder) = match self.tree.resolve(Language::Python, from, source, 0) {
            Target::File(file) => {
                let folder = file.ends_with("/__init__.py").then(|| Name::from(folder_of(&file)));
                (Some(file), folder)
            }
            Target::Folder(folder) => (None, Some(folder)),
            Target::Data(_) | Target::Outside(_) => return false,
        };
        let below = |folder: &Name| from.strip_prefix(&**folder).is_some_and(|rest| rest.starts_with('/'));
        if folder.is_some_and(|folder| below(&folder)) || file.as_ref() == Some(from) {
            return false;
        }
        let text = file.and_then(|file| self.tree.text(&file)).unwrap_or_default();
        let known = self.models.names_in(source);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        if text.split(|c| !is_word(c)).any(|word| known.contains(word)) {
            return false;
        }
        // Of a folder without code of its own, what lies in it is meant.
        import.names.iter().all(|name| match &name.what {
            Imported::Named(what) => !known.contains(what),
            Imported::Module | Imported::All | Imported::Default => !text.trim().is_empty(),
        })
    }
}
