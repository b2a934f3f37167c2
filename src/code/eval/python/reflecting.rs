//! Python's functions that look into modules and objects, load files by their paths, and walk over folders.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::super::machine::Machine;
use super::super::module::pattern_names;
use super::super::scope::{Scope, ScopeKind};
use super::super::value::{Args, ClassValue, ListKind, Map, Native, Object, Spot, Value};
use super::super::values::listing::LOAD;
use crate::code::form::{Class, ClassKind, Language, Name, Pos};
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
            "dir" => {
                Value::list(self.members_of(&first, spot)?.into_iter().map(|(name, _)| Value::Str(name)).collect())
            }
            "vars" => self.own_members(&first)?,
            "type" if args.list.len() == 3 => self.made_class(args, spot)?,
            "inspect.getmembers" => {
                let wanted = args.get(1, "predicate").unwrap_or(Value::Undefined);
                let mut out = Vec::new();
                for (name, value) in self.members_of(&first, spot)? {
                    let value = self.force(value);
                    if self.is_member_wanted(&wanted, &value, spot) {
                        out.push(Value::list_of(ListKind::Tuple, vec![Value::Str(name), value], false));
                    }
                }
                Value::list(out)
            }
            "inspect.signature" => signature_of(&first)?,
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
            "importlib.util.module_from_spec" => match &first {
                Value::Module(_) => first,
                Value::Object(found) => {
                    let Value::Object(loader) = found.members.named("loader")? else { return None };
                    self.call(&loader.members.named(LOAD)?, Args::default(), spot)
                }
                _ => return None,
            },
            _ => return None,
        })
    }

    /// The members of a module, or of a class or an instance with what it inherits, by their names.
    fn members_of(&mut self, of: &Value, spot: Spot) -> Option<Vec<(Name, Value)>> {
        let (own, class) = match of {
            Value::Module(id) => return Some(self.all_exports(*id)),
            Value::Object(object) => (Some(object.members.pairs()), object.class.clone()),
            Value::Class(class) => (None, Some(class.clone())),
            _ => return None,
        };
        let mut names: BTreeSet<Name> = own.into_iter().flatten().filter_map(|(name, _)| name.as_text()).collect();
        for one in class.iter().flat_map(|class| self.ancestors(class)) {
            if let Value::Class(one) = one {
                names.extend(one.members.pairs().into_iter().filter_map(|(name, _)| name.as_text()));
            }
        }
        let scope = self.modules[spot.module.0].scope.clone();
        Some(names.into_iter().map(|name| (name.clone(), self.member(of, &name, &scope, spot.line))).collect())
    }

    /// `__dict__`: what a module, a class or an instance has of its own.
    fn own_members(&mut self, of: &Value) -> Option<Value> {
        let pairs = match of {
            Value::Module(id) => {
                self.all_exports(*id).into_iter().map(|(name, value)| (Value::Str(name), value)).collect()
            }
            Value::Object(object) => object.members.pairs(),
            Value::Class(class) => class.members.pairs(),
            _ => return None,
        };
        Some(Value::map(pairs))
    }

    /// What Python says about every class or module; none where a name is no such member.
    pub(in crate::code::eval) fn reflected_member(&mut self, of: &Value, name: &str) -> Option<Value> {
        let Value::Class(class) = of else {
            return if name == "__dict__" { self.own_members(of) } else { None };
        };
        let tuple = |all| Value::list_of(ListKind::Tuple, all, false);
        Some(match name {
            "__dict__" => return self.own_members(of),
            "__qualname__" => Value::Str(class.class.name.clone()?),
            "__module__" => self.modules[class.spot.module.0].scope.names.borrow().get("__name__").cloned()?,
            "__bases__" => tuple(class.bases.clone()),
            "__mro__" => tuple(self.ancestors(class)),
            "mro" => Value::Native(Rc::new(Native::Gives(Value::list(self.ancestors(class))))),
            "__subclasses__" => Value::Native(Rc::new(Native::Gives(self.subclasses(class)))),
            _ => return None,
        })
    }

    /// The classes that say that they extend one, in the order in which they were made. Where there is none of a class that
    /// extends nothing of the project's, those that do may not have been loaded.
    fn subclasses(&mut self, class: &Rc<ClassValue>) -> Value {
        let target = Value::Class(class.clone());
        let mut found: Vec<Value> = Vec::new();
        for one in self.classes.clone() {
            let below = one.bases.clone().into_iter().any(|base| self.force(base).same(&target) == Some(true));
            let one = Value::Class(one);
            if below && !found.iter().any(|seen| seen.same(&one) == Some(true)) {
                found.push(one);
            }
        }
        let leaf = class.bases.iter().any(|base| matches!(base, Value::Class(_)));
        if found.is_empty() && !leaf { Value::unknown() } else { Value::list(found) }
    }

    /// `type(name, bases, members)`: a class that is made while the program runs.
    fn made_class(&mut self, args: &Args, spot: Spot) -> Option<Value> {
        let (Value::List(bases), Value::Map(members)) = (args.at(1), args.at(2)) else { return None };
        let pos = Pos { line: spot.line, column: 0 };
        let class = Class {
            name: args.at(0).as_whole_text(),
            bases: Vec::new(),
            body: Vec::new(),
            fields: Vec::new(),
            decorators: Vec::new(),
            kind: ClassKind::Class,
            pos,
        };
        let value = Rc::new(ClassValue {
            class: Arc::new(class),
            scope: Scope::inside(&self.modules[spot.module.0].scope.clone(), ScopeKind::Class),
            bases: bases.items.borrow().clone(),
            members: Map::default(),
            marks: Map::default(),
            notes: RefCell::default(),
            made: Cell::new(false),
            spot,
        });
        for (name, member) in members.pairs() {
            value.members.put(&name.as_whole_text()?, member);
        }
        self.classes.push(value.clone());
        self.run_metaclass(&value, Vec::new());
        Some(Value::Class(value))
    }

    /// Whether a test that is given (`inspect.isclass`, a function) may hold for a value.
    fn is_member_wanted(&mut self, wanted: &Value, value: &Value, spot: Spot) -> bool {
        match wanted {
            Value::Unknown(path) => match &**path {
                "inspect.isclass" => matches!(value, Value::Class(_) | Value::Unknown(_)),
                "inspect.isfunction" => match value {
                    Value::Unknown(path) => self.may_be_function(path),
                    other => matches!(other, Value::Function(_)),
                },
                "inspect.ismethod" => matches!(value, Value::Bound(_) | Value::Unknown(_)),
                "inspect.isroutine" | "callable" => value.is_callable() || value.is_unknown(),
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

    /// Whether a name of what is outside of the repository may be a function's: none of a module (`import x`) or of a class is.
    /// Any other is doubted where it is to answer a route.
    fn may_be_function(&mut self, path: &Name) -> bool {
        let last = path.rsplit_once('.').map(|(_, last)| last);
        let may_be = path.is_empty() || last.is_some_and(|last| !last.starts_with(|c: char| c.is_ascii_uppercase()));
        if may_be && !path.is_empty() {
            self.views.doubted.insert(path.clone());
        }
        may_be
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

/// What is known of how a function is called: its parameters, without the one that it is bound to.
fn signature_of(function: &Value) -> Option<Value> {
    let (function, bound) = match function {
        Value::Bound(it) => (&it.callee, 1),
        own => (own, 0),
    };
    let Value::Function(closure) = function else { return None };
    let mut names = Vec::new();
    for param in closure.function.params.iter().skip(bound) {
        pattern_names(&param.target, &mut names);
    }
    let (members, model): (Map, _) = Default::default();
    let params = names.into_iter().map(|name| (Value::Str(name), Value::unknown())).collect();
    members.put(&Name::from("parameters"), Value::map(params));
    Some(Value::Object(Rc::new(Object { class: None, members, model })))
}
