//! Files by patterns: libraries that list what a pattern names, and what bundlers load by one.

use std::rc::Rc;

use globset::{GlobBuilder, GlobMatcher};

use super::super::machine::Machine;
use super::super::value::{Args, Map, Native, Spot, Value};
use super::super::values::files::MOST_ENTRIES;
use super::super::values::paths::relative;
use super::regexes::finds;
use crate::code::form::Name;
use crate::code::resolve::{folder_of, join_paths};

/// Libraries whose functions give the files that patterns name.
const LIBRARIES: &[&str] =
    &["glob", "fast-glob", "globby", "tinyglobby", "tiny-glob", "tiny-glob/sync", "fs", "fs/promises", "bun"];
/// What such functions are called.
const FUNCTIONS: &[&str] = &["", "sync", "glob", "globSync", "globby", "globbySync", "default", "fast-glob"];
/// What stands before a folder that a bundler loads by names: the names are what it is called with.
const CONTEXT: &str = "require.context#";

/// Files by patterns, some of which leave files out.
struct Patterns {
    wanted: Vec<GlobMatcher>,
    unwanted: Vec<GlobMatcher>,
}

impl Patterns {
    fn fit(&self, file: &str) -> bool {
        self.wanted.iter().any(|one| one.is_match(file)) && !self.unwanted.iter().any(|one| one.is_match(file))
    }
}

impl Machine<'_> {
    /// Functions that give the files that a pattern names, or load them; none where it is not one of these.
    pub(in crate::code::eval) fn globbed(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        if matches!(path, "import.meta.glob" | "import.meta.globEager") {
            return Some(self.glob_loaded(path.ends_with("Eager"), args, spot).unwrap_or_else(Value::unknown));
        }
        if path == "require.context" {
            let named = args.at(0).as_whole_text()?;
            let folder = self.beside(&named, spot);
            let deep = !matches!(args.at(1), Value::Bool(false));
            let source = match args.at(2) {
                Value::Regex(source) => source,
                Value::Undefined => "".into(),
                _ => return Some(Value::unknown()),
            };
            return Some(Value::from_path(format!("{CONTEXT}{folder}#{deep}#{source}")));
        }
        if let Some(context) = path.strip_prefix(CONTEXT) {
            return self.context_asked(context, args, spot);
        }
        let (library, function) = match path.rsplit_once('.') {
            Some((library, function)) => (library.trim_end_matches(".default").trim_end_matches(".promises"), function),
            None => (path, ""),
        };
        let of_files = library.starts_with("fs");
        if !LIBRARIES.contains(&library)
            || !FUNCTIONS.contains(&function)
            || (of_files && !function.starts_with("glob"))
        {
            return None;
        }
        Some(self.listed_by(args, spot).unwrap_or_else(Value::unknown))
    }

    /// The files that patterns name, for what is called with them or gives them.
    fn listed_by(&mut self, args: &Args, spot: Spot) -> Option<Value> {
        let options = args.at(1);
        let option = |name: &str| match &options {
            Value::Map(map) => map.named(name),
            _ => None,
        };
        let base = match option("cwd") {
            Some(folder) => self.inside(&folder, spot)?,
            None => self.working_folder(spot).to_owned(),
        };
        let absolute = matches!(option("absolute"), Some(Value::Bool(true)));
        let given = texts(&args.at(0))?;
        let mut rooted = false;
        let mut patterns = Patterns { wanted: Vec::new(), unwanted: Vec::new() };
        let left_out = option("ignore").map_or(Some(Vec::new()), |ignored| texts(&ignored)).unwrap_or_default();
        for pattern in given.iter().chain(&left_out) {
            let (unwanted, bare) = match pattern.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (left_out.contains(pattern), &**pattern),
            };
            let own = bare.starts_with('/');
            rooted |= own && !unwanted;
            let whole = join_paths(&[if own { "" } else { &base }, bare.trim_start_matches('/')]);
            let matcher = matcher(&whole)?;
            if unwanted { patterns.unwanted.push(matcher) } else { patterns.wanted.push(matcher) }
        }
        let shown = |file: &Name| match rooted || absolute {
            true => Value::text(format!("/{file}")),
            false => Value::text(relative(&base, file)),
        };
        let files = self.tree.files().filter(|file| patterns.fit(file)).take(MOST_ENTRIES);
        let found = Value::list(files.map(shown).collect());
        if let Some(callback) = args.list.last().filter(|last| last.is_callable()) {
            self.call(&callback.clone(), Args::of(vec![Value::Null, found.clone()]), spot);
        }
        Some(found)
    }

    /// What a bundler loads of the files that patterns name, by their paths as the patterns have them.
    fn glob_loaded(&mut self, eager: bool, args: &Args, spot: Spot) -> Option<Value> {
        let own = self.modules[spot.module.0].path.clone();
        let option = |name: &str| match args.at(1) {
            Value::Map(map) => map.named(name),
            _ => None,
        };
        let eager = eager || matches!(option("eager"), Some(Value::Bool(true)));
        let taken = option("import").and_then(|taken| taken.as_whole_text());
        let mut patterns = Patterns { wanted: Vec::new(), unwanted: Vec::new() };
        let mut begins = Vec::new();
        for pattern in texts(&args.at(0))? {
            let (unwanted, bare) = match pattern.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, &*pattern),
            };
            let matcher = matcher(&self.beside(bare, spot))?;
            if unwanted {
                patterns.unwanted.push(matcher);
                continue;
            }
            patterns.wanted.push(matcher);
            begins.push(bare.to_owned());
        }
        let rooted = begins.iter().all(|begin| begin.starts_with('/'));
        let base = if rooted { self.working_folder(spot).to_owned() } else { folder_of(&own).to_owned() };
        let files = self.tree.files().filter(|file| patterns.fit(file) && **file != own);
        let files: Vec<Name> = files.take(MOST_ENTRIES).cloned().collect();
        let scope = self.modules[spot.module.0].scope.clone();
        let all = Map::default();
        for file in files {
            let way = relative(&base, &file);
            let key = match rooted {
                true => format!("/{way}"),
                false if way.starts_with("../") => way,
                false => format!("./{way}"),
            };
            let mut value = self.required(&format!("/{file}"), &scope);
            if let Some(taken) = &taken {
                value = self.member(&value, taken, &scope, spot.line);
            }
            all.put(&key, if eager { value } else { Value::Native(Rc::new(Native::Gives(value))) });
        }
        Some(Value::Map(Rc::new(all)))
    }

    /// The names in a folder that a bundler loads, or what one of them is.
    fn context_asked(&mut self, context: &str, args: &Args, spot: Spot) -> Option<Value> {
        let (folder, rest) = context.split_once('#')?;
        let (deep, source) = rest.split_once('#')?;
        let Some(source) = source.strip_suffix(".keys").filter(|_| args.list.is_empty()) else {
            let named = args.at(0).as_whole_text()?;
            let scope = self.modules[spot.module.0].scope.clone();
            return Some(self.required(&format!("/{}", join_paths(&[folder, &named])), &scope));
        };
        let below = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inside = self.tree.files().filter_map(|file| file.strip_prefix(&below));
        let inside = inside.filter(|rest| deep == "true" || !rest.contains('/'));
        let named = inside.map(|rest| format!("./{rest}"));
        let fitting = named.filter(|name| source.is_empty() || finds(source, name) == Some(true));
        Some(Value::list(fitting.take(MOST_ENTRIES).map(Value::text).collect()))
    }

    /// A path of the tree as a module names it: beside itself, or from the root of its package.
    fn beside(&self, named: &str, spot: Spot) -> String {
        let around = match named.starts_with('/') {
            true => self.working_folder(spot),
            false => folder_of(&self.modules[spot.module.0].path),
        };
        join_paths(&[around, named.trim_start_matches('/')]).trim_start_matches('/').to_owned()
    }
}

/// The texts of a list, or the one.
pub(super) fn texts(given: &Value) -> Option<Vec<Name>> {
    match given {
        Value::List(list) => list.items.borrow().iter().map(Value::as_whole_text).collect(),
        one => one.as_whole_text().map(|one| vec![one]),
    }
}

pub(super) fn matcher(pattern: &str) -> Option<GlobMatcher> {
    let pattern = pattern.trim_start_matches('/');
    GlobBuilder::new(pattern).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
}
