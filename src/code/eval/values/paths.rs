//! Functions over file and URL paths: what is taken off them, what they are put together of, and how one leads to another.

use super::super::machine::Machine;
use super::super::value::{Args, ListKind, Spot, Value};
use crate::code::form::Name;
use crate::code::holes::{HOLE, has_hole, hole};
use crate::code::resolve::{folder_of, join_paths};

impl Machine<'_> {
    /// Functions over file and URL paths.
    pub(in crate::code::eval) fn paths_builtin(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let (base, leaf) = path.rsplit_once('.')?;
        let base = base.trim_end_matches(".posix").trim_end_matches(".default");
        if !matches!(
            base,
            "path" | "node:path" | "os.path" | "posixpath" | "pathe" | "upath" | "path/filepath" | "net/url"
        ) {
            return None;
        }
        let texts: Vec<Option<Name>> = args.list.iter().map(Value::as_text).collect();
        let whole: Option<Vec<Name>> = texts.iter().cloned().collect();
        Some(match (leaf, whole) {
            ("resolve", Some(parts)) if base != "net/url" => {
                let here = format!("/{}", self.working_folder(spot));
                let parts: Vec<&str> = parts.iter().map(|part| &**part).collect();
                // From the first absolute one on, or from the folder in which the program runs.
                let rooted = parts.iter().position(|part| part.starts_with('/'));
                let open = parts.first().is_some_and(|part| has_hole(part));
                let around = if rooted.is_none() && !open { Some(&*here) } else { None };
                let rest = if open { 0 } else { rooted.unwrap_or(0) };
                Value::text(join_paths(&around.into_iter().chain(parts[rest..].iter().copied()).collect::<Vec<_>>()))
            }
            ("join" | "Join" | "JoinPath", Some(parts)) if !parts.is_empty() => {
                let parts: Vec<&str> = parts.iter().map(|part| &**part).collect();
                Value::text(join_paths(&parts))
            }
            ("join" | "resolve" | "Join", None) if !texts.is_empty() => {
                let parts: Vec<String> =
                    texts.iter().map(|part| part.as_deref().map_or_else(|| hole("dir"), str::to_owned)).collect();
                Value::text(parts.join("/"))
            }
            ("dirname" | "Dir", Some(parts)) if parts.len() == 1 => Value::text(parent_of(&parts[0])),
            ("basename" | "Base", Some(parts)) if !parts.is_empty() => {
                let name = parts[0].rsplit('/').next().unwrap_or("");
                let cut = parts.get(1).and_then(|suffix| name.strip_suffix(&**suffix)).unwrap_or(name);
                Value::text(cut)
            }
            ("extname" | "Ext", Some(parts)) if parts.len() == 1 => {
                Value::text(split_ending(parts[0].rsplit('/').next().unwrap_or("")).1)
            }
            ("abspath" | "realpath" | "normpath" | "normalize" | "Clean", Some(parts)) if parts.len() == 1 => {
                Value::text(join_paths(&[&parts[0]]))
            }
            ("parse", Some(parts)) if parts.len() == 1 && base != "net/url" => parsed(&parts[0]),
            ("splitext", Some(parts)) if parts.len() == 1 => {
                let (_, ending) = split_ending(parts[0].rsplit('/').next().unwrap_or(""));
                pair(parts[0].strip_suffix(ending).unwrap_or(&parts[0]), ending)
            }
            ("split", Some(parts)) if parts.len() == 1 && base == "os.path" => {
                pair(parent_of(&parts[0]), parts[0].rsplit('/').next().unwrap_or(""))
            }
            ("exists" | "isfile" | "isdir", Some(parts)) if parts.len() == 1 && !has_hole(&parts[0]) => {
                let place = join_paths(&[parts[0].trim_start_matches('/')]);
                match (self.tree.has(&place), self.tree.has_folder(&place)) {
                    (false, false) => Value::unknown(),
                    (_, folder) => Value::Bool(leaf == "exists" || folder == (leaf == "isdir")),
                }
            }
            ("format", _) => formatted(&args.at(0)),
            ("relative" | "relpath", Some(parts)) if parts.len() == 2 => {
                let inside = [&parts[0], &parts[1]].map(|part| self.inside(&Value::Str((*part).clone()), spot));
                let [Some(one), Some(other)] = inside else { return Some(Value::unknown()) };
                // Python names first what is reached.
                Value::text(if leaf == "relpath" { relative(&other, &one) } else { relative(&one, &other) })
            }
            ("isAbsolute" | "IsAbs", Some(parts)) if parts.len() == 1 && !parts[0].starts_with(HOLE) => {
                Value::Bool(parts[0].starts_with('/'))
            }
            _ => Value::unknown(),
        })
    }
}

/// The folder of a path.
pub(crate) fn parent_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// A path's parts as Node has them.
fn parsed(path: &str) -> Value {
    let name = path.rsplit('/').next().unwrap_or("");
    let (stem, ending) = split_ending(name);
    let root = if path.starts_with('/') { "/" } else { "" };
    let dir = match parent_of(path) {
        "" => root,
        dir => dir,
    };
    let parts = [("root", root), ("dir", dir), ("base", name), ("ext", ending), ("name", stem)];
    Value::map(parts.map(|(key, part)| (Value::text(key), Value::text(part))).to_vec())
}

/// Two parts of a path.
fn pair(first: &str, second: &str) -> Value {
    Value::list_of(ListKind::Tuple, vec![Value::text(first), Value::text(second)], false)
}

/// A path put together of its parts.
fn formatted(parts: &Value) -> Value {
    let Value::Map(parts) = parts else { return Value::unknown() };
    let part = |name: &str| match parts.named(name) {
        None | Some(Value::Undefined | Value::Null) => Some("".into()),
        Some(value) => value.as_text(),
    };
    let whole = || {
        let folder = part("dir").filter(|dir| !dir.is_empty()).or_else(|| part("root"))?;
        let name = match part("base")? {
            base if base.is_empty() => format!("{}{}", part("name")?, part("ext")?),
            base => base.to_string(),
        };
        let between = if folder.is_empty() || folder.ends_with('/') { "" } else { "/" };
        Some(Value::text(format!("{folder}{between}{name}")))
    };
    whole().unwrap_or_else(Value::unknown)
}

/// How the second of two paths of the tree is reached from the first.
pub(in crate::code::eval) fn relative(from: &str, to: &str) -> String {
    let mut shared = from.trim_end_matches('/');
    let mut up = String::new();
    loop {
        let below = if shared.is_empty() { Some(to) } else { to.strip_prefix(shared) };
        match below {
            Some(below) if shared.is_empty() || below.is_empty() || below.starts_with('/') => {
                return format!("{up}{}", below.trim_start_matches('/')).trim_end_matches('/').to_owned();
            }
            _ => {
                shared = folder_of(shared);
                up.push_str("../");
            }
        }
    }
}

/// A file's name without its ending, and the ending with its dot.
fn split_ending(name: &str) -> (&str, &str) {
    match name.rfind('.').filter(|at| *at > 0) {
        Some(at) => name.split_at(at),
        None => (name, ""),
    }
}
