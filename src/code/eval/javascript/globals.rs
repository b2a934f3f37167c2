//! What JavaScript's programs keep where every module sees it: members of the global object and of `process`.

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::resolve::folder_of;

impl Machine<'_> {
    /// Sets a member of the global object or of `process`; false where the path is of neither, or the environment is below
    /// the member.
    pub(in crate::code::eval) fn set_global(&mut self, path: &str, name: &Name, value: &Value) -> bool {
        let key = match path {
            "global" | "globalThis" => name.to_string(),
            "process" => format!("process.{name}"),
            _ => return false,
        };
        // What stands in for the environment in one program (a test's `globalThis.Deno`) is not what the others have.
        let around = format!("{key}.");
        let sources = &self.models.sources;
        if sources.contains_key(&key)
            || sources.range(around.clone()..).next().is_some_and(|it| it.0.starts_with(&around))
        {
            return false;
        }
        // A branch that may not run takes nothing away.
        let kept = self.conditional > 0 && value.is_nothing() && self.globals.named(&key).is_some();
        if !kept {
            self.globals.put(&key, value.clone());
        }
        true
    }

    /// A member of the global object or of `process`, where one was set; without one the global object's are the language's.
    pub(in crate::code::eval) fn global_member(&self, path: &str, name: &Name) -> Option<Value> {
        match path {
            "global" | "globalThis" => Some(self.globals.named(name).unwrap_or_else(|| Value::from_path(name.clone()))),
            "process" => self.globals.named(&format!("process.{name}")),
            _ => None,
        }
    }

    /// A name that no scope binds, where the global object was given it.
    pub(in crate::code::eval) fn global_name(&self, name: &Name, scope: &ScopeRef) -> Option<Value> {
        if self.language(scope) == Language::JavaScript { self.globals.named(name) } else { None }
    }

    /// What a program knows of where it is: the file that a module is, the one that it was started with, the folder of its
    /// package, and what stands between the parts of a path.
    pub(in crate::code::eval) fn place_known(&self, path: &str, name: &Name, spot: Spot) -> Option<Value> {
        let started;
        let file = match path {
            "import.meta" => &*self.modules[spot.module.0].path,
            "require.main" => {
                started = self.tree.entry_of(self.working_folder(spot))?;
                &started
            }
            "app-root-path" if &**name == "path" => {
                return Some(Value::text(format!("/{}", self.working_folder(spot))));
            }
            "os" | "os.path" | "path" | "path.posix" | "path.default" if &**name == "sep" => {
                return Some(Value::text("/"));
            }
            _ => return None,
        };
        Some(match &**name {
            "filename" | "url" | "file" => Value::text(format!("/{file}")),
            "dirname" | "dir" | "path" => Value::text(format!("/{}", folder_of(file))),
            _ => return None,
        })
    }
}
