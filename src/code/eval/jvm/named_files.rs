//! Files of settings that a program of Java's or Kotlin's names, where a library gives what they say: a verticle's configuration.

use std::rc::Rc;
use std::sync::LazyLock;

use regex::Regex;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, Map, Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::models::ConfigurationModel;
use crate::code::resolve::properties;
use crate::code::select::is_own;

/// What files that start or build a program end with.
const STARTING: &[&str] = &[
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Dockerfile",
    ".sh",
    "docker-compose.yml",
    "docker-compose.yaml",
    "Procfile",
    "Makefile",
];
/// The most files that are looked into, and the most that settings are read from.
const MOST_FILES: usize = 4_000;
const MOST_NAMED: usize = 16;
/// How deep settings are laid over one another.
const DEEPEST: usize = 16;
/// What stands in a text that is filled in while the program runs.
const FILLED: &str = "${";

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#""([^"\n]{1,200}\.(?:json|ya?ml|properties))""#).expect("a valid pattern: a test uses it")
});
/// What stands behind the flag that names a file where a program is started.
const FILE: &str = r#"\b[\s=,"']{1,8}([\w./-]+\.(?:json|ya?ml|properties))"#;

impl Machine<'_> {
    /// What the files of settings say that the program of a place names; none where it names none or is given none.
    pub(in crate::code::eval) fn named_settings(&mut self, spot: Spot) -> Option<Value> {
        let folder = self.tree.module_of(self.file(spot)).to_owned();
        if let Some(known) = self.stored.programs.get(&folder) {
            return known.clone();
        }
        self.stored.programs.insert(folder.clone(), None);
        let found = self.files_named(&folder);
        let root = Map::default();
        for path in &found {
            let said = match path.ends_with(".properties") {
                true => lines_of(&self.tree.text(path).unwrap_or_default()),
                false => self.settings_file(path, spot),
            };
            if let Value::Map(said) = said {
                lay(&root, &said, 0);
            }
        }
        let value = (root.len() > 0).then(|| Value::Map(Rc::new(root)));
        self.stored.programs.insert(folder, value.clone());
        value
    }

    /// The files of a module that its code or what starts it names.
    fn files_named(&self, folder: &str) -> Vec<Name> {
        let own = |path: &&Name| is_own(path) && self.tree.module_of(path) == folder;
        let mut names: Vec<String> = Vec::new();
        let mut given = false;
        let models = &self.models.configurations;
        for path in self.tree.classes().filter(own).take(MOST_FILES) {
            let Some(text) = self.tree.text(path) else { continue };
            given |= models.iter().flat_map(|model| &model.given).any(|word| text.contains(word.as_str()));
            names.extend(NAMED.captures_iter(&text).filter_map(|it| tail(it.get(1)?.as_str())));
            let usual = models.iter().flat_map(|model| &model.usual);
            names.extend(usual.filter(|(word, _)| text.contains(word.as_str())).map(|(_, file)| file.clone()));
        }
        let flags: Vec<Regex> = models.iter().filter_map(|model| started(&model.flag)).collect();
        let starts = |path: &&Name| STARTING.iter().any(|ending| path.ends_with(ending));
        for path in self.tree.files().filter(starts).take(MOST_FILES) {
            let module = self.tree.module_of(path);
            let Some(text) = (module == folder || module.is_empty()).then(|| self.tree.text(path)).flatten() else {
                continue;
            };
            let started = flags.iter().flat_map(|flag| flag.captures_iter(&text));
            let started = started.filter_map(|it| tail(it.get(1)?.as_str()));
            let before = names.len();
            names.extend(started);
            given |= names.len() > before;
        }
        if !given {
            return Vec::new();
        }
        let named = |path: &&Name| {
            names.iter().any(|name| {
                let rest = path.strip_suffix(name.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            })
        };
        self.tree.files().filter(named).filter(own).take(MOST_NAMED).cloned().collect()
    }

    /// What settings of a program give that are asked for as a library gives them: later, to who waits for them.
    pub(in crate::code::eval) fn settings_later(
        &mut self,
        object: &Value,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        if self.modules[spot.module.0].language != Language::Java {
            return None;
        }
        let object = match object {
            Value::Unknown(path) if self.is_settled(path) || self.is_settled_here(path, scope) => {
                let settings = self.named_settings(spot)?;
                return Some(self.call_member(&settings, name, args.clone(), scope, spot));
            }
            Value::Map(map) => map,
            _ => return None,
        };
        let whole = |one: &Option<Value>| matches!(one, Some(Value::Map(own)) if Rc::ptr_eq(own, object));
        if !self.stored.programs.values().any(whole) {
            return None;
        }
        let this = Value::Map(object.clone());
        let block = args.list.iter().find(|one| one.is_callable()).cloned();
        let has = |of: fn(&ConfigurationModel) -> &Vec<String>| {
            self.models.configurations.iter().any(|model| of(model).iter().any(|one| **one == **name))
        };
        match block {
            Some(block) if has(|model| &model.through) => Some(self.call(&block, Args::of(vec![this]), spot)),
            Some(block) if has(|model| &model.told) => {
                self.call(&block, Args::of(vec![this.clone()]), spot);
                Some(this)
            }
            _ if has(|model| &model.gives) => {
                self.let_go(args);
                Some(this)
            }
            _ => None,
        }
    }

    fn is_settled(&self, path: &str) -> bool {
        self.models.functions.get(path).is_some_and(|action| action.settled)
    }

    /// Whether a name alone is such a member of a class of a library that the class around inherits from (Kotlin's properties).
    fn is_settled_here(&mut self, name: &str, scope: &ScopeRef) -> bool {
        if name.is_empty() || name.contains('.') {
            return false;
        }
        let Some(class) = (match self.this(scope) {
            Value::Object(it) => it.class.clone(),
            _ => None,
        }) else {
            return false;
        };
        self.ancestors(&class)
            .iter()
            .any(|one| matches!(one, Value::Unknown(base) if self.is_settled(&format!("{base}.{name}"))))
    }
}

/// What finds the files that a flag names where programs are started.
fn started(flag: &str) -> Option<Regex> {
    if flag.is_empty() { None } else { Regex::new(&format!("{}{FILE}", regex::escape(flag))).ok() }
}

/// What of a text names a file whatever is filled in before it.
fn tail(text: &str) -> Option<String> {
    let rest = text.rsplit(['}', ':']).next().unwrap_or(text);
    let rest = match rest.rsplit_once('$') {
        Some((_, behind)) => behind.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'),
        None => rest,
    };
    let name = rest.trim_start_matches("./").trim_start_matches('/');
    let stem = name.rsplit('/').next()?.rsplit_once('.')?.0;
    (!stem.is_empty()).then(|| name.to_owned())
}

/// The settings of a file of properties, under their whole names.
fn lines_of(text: &str) -> Value {
    let pairs = properties(text).into_iter().map(|(key, value, _)| (Value::text(key), Value::text(value)));
    Value::map(pairs.collect())
}

/// Lays what a file says over what others say: what they say differently is not known. None says all that there is.
fn lay(over: &Map, said: &Map, depth: usize) {
    over.partial.set(true);
    for (name, value) in said.pairs() {
        let Some(key) = name.key() else { continue };
        let value = match (over.get(&key), value) {
            (known @ (None | Some(Value::Map(_))), Value::Map(said)) if depth < DEEPEST => {
                let inner = match known {
                    Some(Value::Map(inner)) => inner,
                    _ => Rc::new(Map::default()),
                };
                lay(&inner, &said, depth + 1);
                Value::Map(inner)
            }
            (_, Value::Str(text)) if text.contains(FILLED) => Value::unknown(),
            (None, value) => value,
            (Some(known), value) if known.same(&value) == Some(true) => known,
            _ => Value::unknown(),
        };
        over.set(key, name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_name_files_by_what_stands_last() {
        let named = |text: &str| NAMED.captures(text).and_then(|it| tail(it.get(1)?.as_str()));
        assert_eq!(Some("application.yml".to_owned()), named(r#"DIR + "/application.yml""#));
        assert_eq!(Some("conf/a.json".to_owned()), named(r#""./conf/a.json""#));
        assert_eq!(Some("a.yaml".to_owned()), named(r#""$folder/a.yaml""#));
        assert_eq!(None, named(r#""app-" + profile + ".yml""#));
        assert_eq!(None, named(r#""${folder}.yml""#));
        let by_flag = started("-conf").and_then(|flag| {
            flag.captures("run a.Main -conf src/main/conf/a.json").and_then(|it| Some(it.get(1)?.as_str().to_owned()))
        });
        assert_eq!(Some("src/main/conf/a.json".to_owned()), by_flag);
    }
}
