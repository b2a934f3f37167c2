//! Folders as values: programs that list their own files to load what is in them.

use std::cell::RefCell;
use std::rc::Rc;

use globset::GlobBuilder;

use super::super::machine::Machine;
use super::super::value::{Args, ListKind, Map, Native, Object, Spot, Value};
use crate::code::form::Name;
use crate::code::resolve::{folder_of, join_paths, under};

/// The hidden member that holds the elements of an instance that is a tuple too.
pub(crate) const ELEMENTS: &str = "__elements__";
/// The member of a loader that loads its module.
pub(in crate::code::eval) const LOAD: &str = "load_module";
/// The most files that one listing gives.
const MOST: usize = 2_000;

impl Machine<'_> {
    /// Python's functions over folders and modules; none where it is not one of these.
    pub(crate) fn folder_builtin(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let first = args.at(0);
        Some(match path {
            "os.listdir" | "os.scandir" => match first.as_whole_text() {
                Some(folder) => self.folder_names(&folder, path == "os.scandir"),
                None => Value::unknown(),
            },
            "glob.glob" | "glob.iglob" => match first.as_whole_text() {
                Some(pattern) => self.matching_files("", &pattern),
                None => Value::unknown(),
            },
            "pkgutil.iter_modules" | "pkgutil.walk_packages" => {
                let deep = path == "pkgutil.walk_packages";
                let prefix =
                    args.get(1, "prefix").and_then(|prefix| prefix.as_whole_text()).unwrap_or_else(|| "".into());
                let given = args.get(0, "path").unwrap_or(Value::Undefined);
                self.package_modules(&given, &prefix, deep)
            }
            "importlib.import_module" | "importlib_metadata.import_module" | "sys.modules.get" => {
                let Some(dotted) = args.get(0, "name").and_then(|name| name.as_whole_text()) else {
                    return Some(Value::unknown());
                };
                let package = args.get(1, "package").and_then(|package| package.as_whole_text());
                let dotted = match (dotted.strip_prefix('.'), package) {
                    (Some(rest), Some(package)) if !rest.starts_with('.') => format!("{package}.{rest}"),
                    _ => dotted.to_string(),
                };
                let scope = self.modules[spot.module.0].scope.clone();
                self.load_dotted(&dotted, &scope)
            }
            "collections.namedtuple" => self.named_tuple(args, spot),
            "sys.path.append" | "sys.path.insert" => {
                let given = args.list.last().and_then(Value::as_whole_text);
                if let Some(folder) = given.map(|given| plain(&given)) {
                    self.add_python_path(folder, path.ends_with("insert"));
                }
                Value::Null
            }
            _ => return None,
        })
    }

    /// The names in a folder, or its entries with name and path.
    fn folder_names(&self, folder: &str, entries: bool) -> Value {
        let folder = plain(folder);
        if !self.tree.has_folder(&folder) {
            return Value::unknown();
        }
        let (files, folders) = self.tree.entries(&folder);
        let mut names: Vec<String> = files.into_iter().chain(folders).collect();
        names.sort();
        let shown = |name: String| if entries { Value::text(under(&folder, &name)) } else { Value::text(name) };
        Value::list(names.into_iter().take(MOST).map(shown).collect())
    }

    /// The files that a pattern matches, below a folder.
    pub(crate) fn matching_files(&self, folder: &str, pattern: &str) -> Value {
        let whole = if folder.is_empty() { plain(pattern) } else { under(&plain(folder), pattern) };
        let Ok(glob) = GlobBuilder::new(&whole).literal_separator(true).build() else { return Value::unknown() };
        let matcher = glob.compile_matcher();
        let found = self.tree.files().filter(|file| matcher.is_match(&***file)).take(MOST);
        Value::list(found.map(|file| Value::Str(file.clone())).collect())
    }

    /// The modules of a package: finder, name, and whether it is a package.
    pub(in crate::code::eval) fn package_modules(&self, given: &Value, prefix: &str, deep: bool) -> Value {
        let folders: Option<Vec<Name>> = match given {
            Value::List(list) if !list.partial.get() => list.items.borrow().iter().map(Value::as_whole_text).collect(),
            other => other.as_whole_text().map(|one| vec![one]),
        };
        let Some(folders) = folders else { return Value::unknown() };
        let mut out = Vec::new();
        let mut queue: Vec<(String, String)> =
            folders.iter().rev().map(|folder| (plain(folder), prefix.to_owned())).collect();
        while let Some((folder, prefix)) = queue.pop() {
            let (files, inner) = self.tree.entries(&folder);
            let modules = files.iter().filter_map(|file| file.strip_suffix(".py")).filter(|stem| *stem != "__init__");
            let mut names: Vec<(String, bool)> = modules.map(|stem| (stem.to_owned(), false)).collect();
            let packages =
                inner.into_iter().filter(|name| self.tree.has(&under(&folder, &format!("{name}/__init__.py"))));
            names.extend(packages.map(|name| (name, true)));
            names.sort();
            for (name, package) in names {
                if deep && package {
                    queue.push((under(&folder, &name), format!("{prefix}{name}.")));
                }
                let dotted = under(&folder, &name).replace('/', ".");
                out.push(module_info(&format!("{prefix}{name}"), &dotted, package));
            }
            if out.len() > MOST {
                return Value::list_of(ListKind::List, out, true);
            }
        }
        Value::list(out)
    }

    /// A member of a path of files; none where it is no such member.
    pub(crate) fn path_part(&self, path: &str, name: &str) -> Option<Value> {
        let last = path.rsplit('/').next().unwrap_or(path);
        Some(match name {
            "parent" => Value::text(folder_of(path)),
            "stem" => Value::text(last.rsplit_once('.').map_or(last, |(stem, _)| stem)),
            "suffix" => Value::text(last.rfind('.').map_or("", |at| &last[at..])),
            "name" if path.contains('/') || path.contains('.') => Value::text(last),
            "path" if path.contains('/') => Value::text(path),
            "parts" => Value::list_of(ListKind::Tuple, plain(path).split('/').map(Value::text).collect(), false),
            _ => return None,
        })
    }

    /// A method of a path of files; none where it is no such method.
    pub(crate) fn path_method(&self, path: &str, name: &str, args: &Args) -> Option<Value> {
        Some(match name {
            "glob" | "rglob" => {
                let pattern = args.at(0).as_whole_text()?;
                let pattern = if name == "rglob" { format!("**/{pattern}") } else { pattern.to_string() };
                self.matching_files(path, &pattern)
            }
            "iterdir" => self.folder_names(path, true),
            "resolve" | "absolute" | "as_posix" => Value::text(path),
            "joinpath" => {
                let parts: Option<Vec<Name>> = args.list.iter().map(Value::as_whole_text).collect();
                let parts = parts?;
                let all: Vec<&str> = std::iter::once(path).chain(parts.iter().map(|part| &**part)).collect();
                Value::text(join_paths(&all))
            }
            "relative_to" => {
                let around = plain(&args.at(0).as_whole_text()?);
                let path = plain(path);
                let below = if around.is_empty() { Some(&*path) } else { path.strip_prefix(&*around) };
                Value::text(below?.trim_start_matches('/'))
            }
            "with_suffix" => {
                let ending = args.at(0).as_whole_text()?;
                let (before, last) = path.rsplit_once('/').map_or(("", path), |(before, last)| (before, last));
                let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
                Value::text(join_paths(&[before, &format!("{stem}{ending}")]))
            }
            "is_file" if self.tree.has(&plain(path)) => Value::Bool(true),
            "is_dir" => Value::Bool(self.tree.has_folder(&plain(path))),
            "is_file" => Value::Bool(false),
            _ => return None,
        })
    }
}

/// A path of the tree as the tree has it.
fn plain(path: &str) -> String {
    join_paths(&[path.trim_start_matches('/')])
}

/// A module that a walk over a package finds: its finder gives what loads it.
fn module_info(name: &str, dotted: &str, package: bool) -> Value {
    let object = |members| Value::Object(Rc::new(Object { class: None, members, model: RefCell::default() }));
    let gives = |value| Value::Native(Rc::new(Native::Gives(value)));
    let (loader, finder, members) = (Map::default(), Map::default(), Map::default());
    let args = Args::of(vec![Value::text(dotted)]);
    let load = Native::Partial { callee: Value::from_path("importlib.import_module"), args };
    loader.put(LOAD, Value::Native(Rc::new(load)));
    let loader = object(loader);
    let spec = Map::default();
    spec.put("loader", loader.clone());
    finder.put("find_module", gives(loader));
    finder.put("find_spec", gives(object(spec)));
    let finder = object(finder);
    let elements = vec![finder.clone(), Value::text(name), Value::Bool(package)];
    members.put("module_finder", finder);
    members.put("name", Value::text(name));
    members.put("ispkg", Value::Bool(package));
    members.put(ELEMENTS, Value::list_of(ListKind::Tuple, elements, false));
    object(members)
}

/// The elements of an instance that is a tuple too.
pub(crate) fn elements_of(object: &Object) -> Option<Value> {
    object.members.named(ELEMENTS)
}
