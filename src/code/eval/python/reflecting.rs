//! Python's functions that look into modules and objects, load files by their paths, and walk over folders.

use super::super::machine::Machine;
use super::super::value::{Args, ListKind, Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::resolve::{join_paths, under};

/// The most folders that are walked over.
const MOST_FOLDERS: usize = 500;

impl Machine<'_> {
    /// Whether a module is one of Python's.
    pub(in crate::code::eval) fn is_python(&self, module: super::super::value::ModuleId) -> bool {
        self.modules[module.0].language == Language::Python
    }

    /// Such a function; none where it is not one of these.
    pub(in crate::code::eval) fn reflecting_builtin(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let first = args.at(0);
        Some(match path {
            "dir" => Value::list(self.members_of(&first)?.into_iter().map(|(name, _)| Value::Str(name)).collect()),
            "vars" => {
                let members = self.members_of(&first)?;
                Value::map(members.into_iter().map(|(name, value)| (Value::Str(name), value)).collect())
            }
            "inspect.getmembers" => {
                let wanted = args.get(1, "predicate").unwrap_or(Value::Undefined);
                let mut out = Vec::new();
                for (name, value) in self.members_of(&first)? {
                    if self.is_member_wanted(&wanted, &value, spot) {
                        out.push(Value::list_of(ListKind::Tuple, vec![Value::Str(name), value], false));
                    }
                }
                Value::list(out)
            }
            "os.walk" => self.walked(&first.as_whole_text()?),
            "werkzeug.utils.find_modules" => {
                let package = first.as_whole_text()?;
                let deep = matches!(args.get(2, "recursive"), Some(Value::Bool(true)));
                let packages = matches!(args.get(1, "include_packages"), Some(Value::Bool(true)));
                let folder = Value::text(package.replace('.', "/"));
                self.modules_named(&folder, &format!("{package}."), deep, packages)
            }
            "importlib.util.spec_from_file_location" | "imp.load_source" => {
                let file = join_paths(&[args.get(1, "location")?.as_whole_text()?.trim_start_matches('/')]);
                if !self.tree.has(&file) {
                    return None;
                }
                let id = self.module_of(&file.into(), Language::Python);
                self.load(id);
                Value::Module(id)
            }
            "importlib.util.module_from_spec" if matches!(first, Value::Module(_)) => first,
            _ => return None,
        })
    }

    fn members_of(&mut self, of: &Value) -> Option<Vec<(Name, Value)>> {
        let pairs = match of {
            Value::Module(id) => return Some(self.all_exports(*id)),
            Value::Object(object) => object.members.pairs(),
            Value::Class(class) => class.members.pairs(),
            _ => return None,
        };
        Some(pairs.into_iter().filter_map(|(name, value)| Some((name.as_text()?, value))).collect())
    }

    /// Whether a test that is given (`inspect.isclass`, a function) may hold for a value.
    fn is_member_wanted(&mut self, wanted: &Value, value: &Value, spot: Spot) -> bool {
        match wanted {
            Value::Unknown(path) => match &**path {
                "inspect.isclass" => matches!(value, Value::Class(_) | Value::Unknown(_)),
                "inspect.isfunction" => matches!(value, Value::Function(_) | Value::Unknown(_)),
                "inspect.ismodule" => matches!(value, Value::Module(_) | Value::Unknown(_)),
                _ => true,
            },
            test if test.is_callable() => {
                let answer = self.call(test, Args::of(vec![value.clone()]), spot);
                let scope = self.modules[spot.module.0].scope.clone();
                self.truth(&answer, &scope) != Some(false)
            }
            _ => true,
        }
    }

    /// Every folder below one, with the names of the folders and of the files in it.
    fn walked(&self, folder: &str) -> Value {
        let mut queue = vec![(folder.to_owned(), join_paths(&[folder.trim_start_matches('/')]))];
        let mut out = Vec::new();
        while let Some((shown, place)) = queue.pop() {
            if !self.tree.has_folder(&place) || out.len() > MOST_FOLDERS {
                return Value::unknown();
            }
            let (mut files, mut folders) = self.tree.entries(&place);
            files.sort();
            folders.sort();
            for inner in folders.iter().rev() {
                queue.push((format!("{shown}/{inner}"), under(&place, inner)));
            }
            let texts = |all: Vec<String>| Value::list(all.into_iter().map(Value::text).collect());
            out.push(Value::list_of(ListKind::Tuple, vec![Value::text(shown), texts(folders), texts(files)], false));
        }
        Value::list(out)
    }

    /// The dotted names of a package's modules.
    fn modules_named(&self, folder: &Value, prefix: &str, deep: bool, packages: bool) -> Value {
        let found = self.package_modules(folder, prefix, deep);
        let Value::List(list) = &found else { return found };
        let named = |one: &Value| {
            let Value::Object(info) = one else { return None };
            let package = matches!(info.members.named("ispkg"), Some(Value::Bool(true)));
            info.members.named("name").filter(|_| packages || !package)
        };
        let names = list.items.borrow().iter().filter_map(named).collect();
        Value::list_of(ListKind::List, names, list.partial.get())
    }
}
