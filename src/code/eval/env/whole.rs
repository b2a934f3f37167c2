//! The environment as a whole, as a map: a copy of it is asked by names as it is itself, also where the copy changed the names.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, List, ListKind, Map, Native, Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::holes::{has_hole, hole};

/// What an entry of the environment holds, whichever it is.
const HELD: &str = "environment[].value";

/// The name of the variable that it is of.
const ANY: &str = "environment[].key";

/// So many pieces of code that changes names are tried before them.
const MOST_PIECES: usize = 8;

impl Machine<'_> {
    /// A method of Java's and Kotlin's maps, of the environment or of a copy of it; none where it is asked as any other.
    pub(in crate::code::eval) fn whole_method(
        &mut self,
        object: &Value,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let copy = match object {
            Value::Unknown(path) if self.models.sources.contains_key(&**path) => None,
            Value::Map(map) if map.environment.get() => Some(map),
            _ => return None,
        };
        match self.language(scope) {
            Language::Java => {}
            Language::JavaScript if copy.is_some() => return self.whole_entries(object, name, args, spot),
            _ => return None,
        }
        let first = args.at(0);
        Some(match &**name {
            "toMap" | "toMutableMap" | "toSortedMap" | "entrySet" | "asSequence" | "asIterable" | "stream"
            | "toList" | "filterValues" | "filterNot" | "filterNotNull" | "mapValues" | "orEmpty" | "sorted"
            | "clone" => {
                self.let_go(args);
                self.copy_of(object)
            }
            "filter" | "filterKeys" => {
                self.read_families(&first, spot);
                self.let_go(args);
                self.copy_of(object)
            }
            "mapKeys" | "map" | "associate" | "associateBy" | "mapNotNull" => self.renamed(object, &first),
            "collect" => match &first {
                Value::List(pair) if pair.kind == ListKind::Tuple => {
                    let names = pair.items.borrow().first().cloned().unwrap_or(Value::Undefined);
                    self.renamed(object, &names)
                }
                _ => self.copy_of(object),
            },
            "plus" => {
                let copy = self.copy_of(object);
                if let Value::Map(copy) = &copy {
                    self.merge_map(copy, &first);
                }
                copy
            }
            "containsKey" | "contains" => self.contains(&first, object, true, scope, spot.line),
            "getValue" => self.index_read(object, &first, scope, spot.line),
            "getOrElse" | "getOrPut" | "computeIfAbsent" => {
                let found = self.index_read(object, &first, scope, spot.line);
                let default = self.call(&args.at(1), Args::default(), spot);
                self.env_or(found, default)
            }
            "forEach" => {
                self.read_families(&first, spot);
                let pair = entry(Value::from_path(ANY));
                let given = match (&first, &pair) {
                    (Value::Function(block), Value::List(pair)) if block.function.params.len() == 2 => {
                        pair.items.borrow().clone()
                    }
                    _ => vec![pair],
                };
                self.call(&first, Args::of(given), spot);
                Value::Null
            }
            "apply" | "also" | "let" | "run" => self.run_with(object, name, args, spot)?,
            // What it has besides is no variable.
            _ if copy.is_some_and(|map| map.named(name).is_none()) && !is_of_maps(name) => {
                self.let_go(args);
                Value::unknown()
            }
            _ => return None,
        })
    }

    /// A method of JavaScript's lists, of the entries of the environment.
    fn whole_entries(&mut self, entries: &Value, name: &Name, args: &Args, spot: Spot) -> Option<Value> {
        let first = args.at(0);
        Some(match &**name {
            "filter" | "slice" | "sort" | "toSorted" | "reverse" => {
                self.read_families(&first, spot);
                self.let_go(args);
                self.copy_of(entries)
            }
            "map" | "flatMap" => self.renamed(entries, &first),
            "forEach" => {
                self.read_families(&first, spot);
                self.call(&first, Args::of(vec![entry(Value::from_path(ANY))]), spot);
                Value::Undefined
            }
            "reduce" => {
                self.read_families(&first, spot);
                let made = self.call(&first, Args::of(vec![args.at(1), entry(Value::from_path(ANY))]), spot);
                self.renamed_by_reducing(entries, &made, &first);
                made
            }
            _ => return None,
        })
    }

    /// A copy that a function fills entry by entry has the names that the function gives it, run for one of them.
    fn renamed_by_reducing(&self, entries: &Value, made: &Value, by: &Value) {
        let Value::Map(copy) = made else { return };
        let is_known = |key: &Value| key.is_callable() || cased(key, "").is_some();
        if !copy.environment.get() || copy.renamed.borrow().iter().all(is_known) {
            return;
        }
        let mut renames = match entries {
            Value::Map(before) => before.renamed.borrow().clone(),
            _ => Vec::new(),
        };
        renames.push(Value::Native(Rc::new(Native::Partial { callee: by.clone(), args: Args::default() })));
        *copy.renamed.borrow_mut() = renames;
    }

    /// A property of Kotlin's maps, of the environment or of a copy of it.
    pub(in crate::code::eval) fn whole_member(&mut self, object: &Value, name: &str, spot: Spot) -> Option<Value> {
        let java = self.modules[spot.module.0].language == Language::Java;
        (java && matches!(name, "entries") && self.is_environment(object)).then(|| self.copy_of(object))
    }

    /// A copy of the environment.
    pub(in crate::code::eval) fn copy_of(&mut self, whole: &Value) -> Value {
        let map = Map::default();
        self.merge_map(&map, whole);
        Value::Map(Rc::new(map))
    }

    /// A copy of the environment with other names.
    fn renamed(&mut self, whole: &Value, names: &Value) -> Value {
        let copy = self.copy_of(whole);
        let same = matches!(names, Value::Unknown(path) if path.ends_with("getKey") || path.ends_with("key"));
        if let (Value::Map(copy), false) = (&copy, same) {
            copy.renamed.borrow_mut().push(names.clone());
        }
        copy
    }

    /// An entry of the environment, whichever it is; none where a value is not the environment.
    pub(in crate::code::eval) fn any_entry(&mut self, whole: &Value, scope: &ScopeRef) -> Option<Value> {
        let walked = match (self.language(scope), whole) {
            (Language::Java, whole) => whole.clone(),
            (Language::JavaScript, Value::Map(_)) => whole.clone(),
            (Language::Python, Value::Unknown(path)) => Value::from_path(path.strip_suffix(".items()")?),
            _ => return None,
        };
        self.is_environment(&walked).then(|| entry(Value::from_path(ANY)))
    }

    /// What an entry of the environment holds is written under a key that is not known: the map is a copy of the environment.
    pub(in crate::code::eval) fn write_any(&mut self, map: &Map, key: &Value, value: &Value) {
        if matches!(value, Value::Unknown(path) if path.starts_with(HELD)) {
            map.environment.set(true);
            if !matches!(key, Value::Unknown(path) if &**path == ANY) {
                map.renamed.borrow_mut().push(key.clone());
            }
        }
    }

    /// Reads the variable that a copy of the environment has under a name.
    pub(in crate::code::eval) fn read_copy(&mut self, map: &Rc<Map>, asked: &Value, spot: Spot) -> Value {
        let renames = map.renamed.borrow().clone();
        if renames.is_empty() {
            return self.read_env(asked, spot, false);
        }
        let Some(text) = asked.as_whole_text() else {
            return self.read_env(&Value::unknown(), spot, true);
        };
        let mut open = false;
        for name in self.names_before(&renames, &text) {
            match self.name_behind(&renames, &name, spot) {
                Some(made) if made == text => return self.read_env(&Value::text(name.as_str()), spot, false),
                Some(_) => {}
                None => open = true,
            }
        }
        match open {
            // Names that are changed otherwise than is known: what looks like one is taken for it.
            true if is_shouted(&text) => self.read_env(asked, spot, false),
            true => self.read_env(&Value::unknown(), spot, true),
            false => Value::Undefined,
        }
    }

    /// The names that a variable may have which is asked for by `text`.
    fn names_before(&mut self, renames: &[Value], text: &str) -> Vec<String> {
        // What stands for itself as well comes last: `x` is in lower case already.
        let plain = [shouted(text), text.to_uppercase(), text.to_owned()];
        let mut names = Vec::new();
        for rename in renames {
            let Value::Function(closure) = reducer(rename).unwrap_or(rename) else { continue };
            let mentions = self.mentions_of(closure);
            let pieces = mentions.members.iter().filter(|piece| is_shouted(piece)).take(MOST_PIECES);
            names.extend(pieces.flat_map(|piece| plain.iter().map(move |name| format!("{piece}{name}"))));
        }
        names.extend(plain.clone());
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names
    }

    /// What functions make of a variable's name; none where that is not known.
    fn name_behind(&mut self, renames: &[Value], name: &str, spot: Spot) -> Option<Name> {
        let mut made = Value::text(name);
        for rename in renames {
            if !rename.is_callable() {
                made = Value::text(cased(rename, &made.as_whole_text()?)?);
                continue;
            }
            let given = match reducer(rename) {
                Some(_) => vec![Value::map(Vec::new()), entry(made)],
                None => vec![entry(made)],
            };
            made = match self.call(reducer(rename).unwrap_or(rename), Args::of(given), spot) {
                // What was filled in for it.
                Value::Map(map) => match map.pairs().into_iter().next() {
                    Some((key, _)) => key,
                    None => return Some("".into()),
                },
                // A pair of the name and the value.
                Value::List(pair) => pair.items.borrow().first().cloned()?,
                other => other,
            };
        }
        made.as_whole_text()
    }

    /// A function of a library that nobody describes, whose name says that it reads a variable and whose argument looks like one.
    pub(in crate::code::eval) fn read_by_helper(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        if path.contains("()") || !says_that_it_reads(path.rsplit('.').next()?, self.is_go(spot.module)) {
            return None;
        }
        let name = args.at(0).as_whole_text().filter(|name| is_shouted(name))?;
        let value = self.read_env(&Value::Str(name), spot, args.list.len() > 1);
        Some(match args.list.get(1) {
            Some(default) => self.env_or(value, default.clone()),
            None => value,
        })
    }

    /// A function that chooses among the variables names the families that it takes.
    fn read_families(&mut self, chooser: &Value, spot: Spot) {
        let Value::Function(closure) = chooser else { return };
        let mentions = self.mentions_of(closure);
        let heads = mentions.members.iter().filter(|head| is_shouted(head) && head.ends_with('_')).take(MOST_PIECES);
        let heads: Vec<String> = heads.map(ToString::to_string).collect();
        for head in heads {
            self.read_env(&Value::text(format!("{head}{}", hole("rest"))), spot, true);
        }
    }
}

/// The function that fills a copy entry by entry.
fn reducer(rename: &Value) -> Option<&Value> {
    let Value::Native(native) = rename else { return None };
    match &**native {
        Native::Partial { callee, .. } => Some(callee),
        _ => None,
    }
}

/// A method of an entry of a map.
pub(in crate::code::eval) fn entry_method(pair: &List, name: &str) -> Option<Value> {
    let items = pair.items.borrow();
    let [key, value] = &items[..] else { return None };
    match (pair.kind, name) {
        (ListKind::Tuple, "key" | "getKey" | "first" | "component1") => Some(key.clone()),
        (ListKind::Tuple, "value" | "getValue" | "second" | "component2") => Some(value.clone()),
        _ => None,
    }
}

/// Whether a function's name says that it reads a variable: `getEnv`, `must_get_env`, Go's `EnvInt`.
fn says_that_it_reads(name: &str, go: bool) -> bool {
    let words: Vec<String> = split(name);
    let Some(at) = words.iter().position(|word| word == "env" || word == "getenv") else { return false };
    let before = ["get", "must", "require", "required", "read", "load", "lookup", "fetch", "optional"];
    let behind = [
        "var", "variable", "value", "string", "str", "int", "int32", "int64", "integer", "bool", "boolean", "float",
        "float64", "number", "duration", "or", "else", "default", "with", "as", "required", "optional", "list",
        "slice", "strings",
    ];
    words[..at].iter().all(|word| before.contains(&word.as_str()))
        && words[at + 1..].iter().all(|word| behind.contains(&word.as_str()))
        && (go || at > 0 || words[at] == "getenv" || words.len() > 1)
}

/// The words of a name, in small letters.
fn split(name: &str) -> Vec<String> {
    shouted(name).split('_').filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn entry(name: Value) -> Value {
    Value::list_of(ListKind::Tuple, vec![name, Value::from_path(HELD)], false)
}

/// What a key that a loop makes of each name comes to for one, where it only changes the case of letters.
fn cased(key: &Value, name: &str) -> Option<String> {
    let Value::Unknown(path) = key else { return None };
    match path.strip_prefix(ANY)? {
        ".toLowerCase()" | ".lowercase()" | ".lower()" => Some(name.to_lowercase()),
        ".toUpperCase()" | ".uppercase()" | ".upper()" => Some(name.to_uppercase()),
        _ => None,
    }
}

/// Methods of maps that are done as for any other.
fn is_of_maps(name: &str) -> bool {
    matches!(name, "get" | "getOrDefault" | "put" | "set" | "putAll" | "putIfAbsent" | "remove")
}

/// Whether a text looks like a variable's name, or a piece of one.
pub(in crate::code::eval) fn is_shouted(text: &str) -> bool {
    text.len() > 1
        && !has_hole(text)
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A setting's name as a variable's is spelt: `db.maxIdle` is `DB_MAX_IDLE`.
fn shouted(text: &str) -> String {
    let mut out = String::new();
    let mut lower = false;
    for c in text.chars() {
        if lower && c.is_ascii_uppercase() {
            out.push('_');
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        out.push(if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{is_shouted, says_that_it_reads, shouted};

    #[test]
    fn settings_are_spelt_as_variables() {
        assert_eq!(
            ["DB_MAX_IDLE", "DB_URL", "PORT"],
            ["db.maxIdle", "db-url", "PORT"].map(shouted).each_ref().map(|it| it.as_str())
        );
        let reads = ["getEnv", "must_get_env", "EnvInt", "Getenv", "GetEnvOrDefault"]
            .map(|name| says_that_it_reads(name, true));
        assert_eq!([true; 5], reads);
        assert!(
            !says_that_it_reads("env", false) && !says_that_it_reads("setEnv", true) && says_that_it_reads("Env", true)
        );
        assert!(is_shouted("APP_") && !is_shouted("Db") && !is_shouted("_"));
    }
}
