//! Modules of JavaScript that no other one imports: what their decorators say is said where they are loaded alone.

use std::collections::BTreeSet;

use super::super::machine::Machine;
use super::super::value::ModuleId;
use crate::code::form::{Language, Name};
use crate::code::resolve::{Target, imported};
use crate::code::select;
use crate::domain::change::is_test;

/// What loads modules whose names nobody writes.
const LOADERS: &[&str] = &[
    "readdir",
    "'glob'",
    "\"glob\"",
    "glob.sync",
    "fast-glob",
    "globby",
    "require-all",
    "require-dir",
    "require(`",
    "import(`",
    "importClasses",
];

/// The files that others import.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    files: BTreeSet<Name>,
    /// Some may be loaded by names that are put together.
    open: bool,
}

impl Machine<'_> {
    /// Whether no file of the program imports a module, and none loads modules by names that are put together.
    pub(in crate::code::eval) fn is_imported_by_none(&mut self, id: ModuleId) -> bool {
        let path = self.modules[id.0].path.clone();
        let all = self.files_imported();
        !all.open && !all.files.contains(&path)
    }

    /// Whether a file of the program names a file where it imports something.
    pub(super) fn is_imported(&mut self, file: &Name) -> bool {
        self.files_imported().files.contains(file)
    }

    fn files_imported(&mut self) -> &Imported {
        if self.imported.is_none() {
            self.imported = Some(self.all_imported());
        }
        self.imported.get_or_insert_default()
    }

    fn all_imported(&self) -> Imported {
        let own = |path: &&Name| {
            Language::of(path) == Some(Language::JavaScript)
                && !is_test(path)
                && select::may_serve(path)
                && !path.ends_with(".d.ts")
        };
        let mut all = Imported::default();
        for path in self.tree.files().filter(own) {
            let Some(text) = self.tree.text(path).filter(|text| !select::is_bundled(path, text.as_bytes())) else {
                continue;
            };
            all.open |= LOADERS.iter().any(|word| text.contains(word));
            for name in imported(&text) {
                if let Target::File(found) = self.tree.resolve(Language::JavaScript, path, &name, 0)
                    && found != *path
                {
                    all.files.insert(found);
                }
            }
        }
        all
    }
}
