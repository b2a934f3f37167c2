//! Values that settings are taken for: what the fields of a type are by the files of the repository, by the code, or by the type
//! itself. Only texts are kept, as what holds where the environment says nothing else; the rest decides nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::env::fields::{attribute_args, is_argument};
use super::super::env::file_of;
use super::super::env::layers::{MANIFESTS, MOST_FILES, is_table};
use super::super::env::settings::key_of_field;
use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, Map, Modelled, Object, Spot, Value};
use super::text::pattern_of;
use crate::code::form::{Arg, Field, Name};
use crate::code::given;
use crate::code::models::{FieldsWord, FilledWord};
use crate::code::resolve::{Given, Tree, folder_of, under};

/// How deep the fields of types are filled.
const DEEPEST: usize = 8;

/// What is said of settings, by their dotted names in lower case; none where files say different things.
pub(crate) type Said = BTreeMap<String, Option<Name>>;

/// Lays what files say over what is said. Which of several is taken nobody says: what they say alike counts.
pub(in crate::code::eval) fn lay(said: &mut Said, files: &[Rc<Given>], tree: &Tree<'_>) {
    let mut layer = Said::new();
    for file in files {
        for (key, text) in file.texts(tree) {
            let text = Name::from(text.as_str());
            let known = layer.entry(key.clone()).or_insert_with(|| Some(text.clone()));
            if known.as_ref() != Some(&text) {
                *known = None;
            }
        }
    }
    said.extend(layer);
}

impl Machine<'_> {
    /// What a value whose fields are settings says of them.
    pub(in crate::code::eval) fn said_by(&self, value: &Value, before: &str, depth: usize, out: &mut Said) {
        let pairs = match value {
            Value::Object(object) => object.members.pairs(),
            Value::Map(map) => map.pairs(),
            _ => return,
        };
        for (key, value) in pairs {
            let Some(key) = key.as_whole_text() else { continue };
            let whole = format!("{before}{}", key.to_lowercase());
            match value.as_whole_text() {
                Some(text) => {
                    out.insert(whole, Some(text));
                }
                None if depth < DEEPEST => self.said_by(&value, &format!("{whole}."), depth + 1, out),
                None => {}
            }
        }
    }

    /// An instance of a type whose fields are settings; none where nothing is known of any of them.
    pub(in crate::code::eval) fn filled_type(
        &mut self,
        word: &FieldsWord,
        class: &Rc<ClassValue>,
        said: &Said,
        before: &str,
        depth: usize,
    ) -> Option<Value> {
        let written = class.class.clone();
        let of_class = attribute_args(&written.decorators, &word.attribute);
        let by_default = has(&of_class, &word.default).then(|| self.type_default(class, before));
        let members = Map::default();
        let mut any = false;
        for field in &written.fields {
            let own = attribute_args(&field.decorators, &word.attribute);
            let named = self.named_field(word, class, field, &of_class, &own).to_lowercase();
            let flat = has(&own, &word.flatten);
            let whole = format!("{before}{named}");
            let inner = field.ty.as_ref().map(|ty| self.expected_type(ty, &class.scope, 0));
            let value = match inner {
                Some(Value::Class(inner)) if is_table(&inner) && depth < DEEPEST => {
                    let below = if flat { before.to_owned() } else { format!("{whole}.") };
                    let mut all = said.clone();
                    if has(&own, &word.default) {
                        self.type_default(&inner, &below).into_iter().for_each(|(key, text)| {
                            all.entry(key).or_insert(text);
                        });
                    }
                    if let Some(by_default) = &by_default {
                        by_default.iter().for_each(|(key, text)| {
                            all.entry(key.clone()).or_insert_with(|| text.clone());
                        });
                    }
                    self.filled_type(word, &inner, &all, &below, depth + 1)
                }
                _ => {
                    let raw = format!("{before}{}", field.name.to_lowercase());
                    let find = |all: &Said| all.get(&whole).or_else(|| all.get(&raw)).cloned();
                    match find(said) {
                        Some(text) => text,
                        None => {
                            let text = self.field_default(word, class, field, &own);
                            text.or_else(|| by_default.as_ref().and_then(find).flatten())
                        }
                    }
                    .map(|text| Value::Str(text).fallback())
                }
            };
            any |= value.is_some();
            members.put(&field.name, value.unwrap_or_else(Value::unknown));
        }
        class.made.set(true);
        let object = Object { class: Some(class.clone()), members, model: RefCell::default() };
        any.then(|| Value::Object(Rc::new(object)))
    }

    /// The text that a field has where nothing says it: what the function that its attribute names gives.
    fn field_default(
        &mut self,
        word: &FieldsWord,
        class: &Rc<ClassValue>,
        field: &Field,
        own: &[&Arg],
    ) -> Option<Name> {
        let said = own.iter().find(|arg| arg.name.is_some() && word.default.iter().any(|one| is_argument(arg, one)))?;
        let scope = class.scope.clone();
        let path = self.eval(&said.value, &scope).as_whole_text()?;
        let names: Vec<Name> = path.split("::").map(Name::from).collect();
        let function = self.path(&names, &scope);
        let spot = Spot { module: class.spot.module, line: field.pos.line };
        if !function.is_callable() {
            return None;
        }
        self.call(&function, Args::default(), spot).as_whole_text()
    }

    /// What a type's own default says.
    fn type_default(&mut self, class: &Rc<ClassValue>, before: &str) -> Said {
        let mut out = Said::new();
        let spot = class.spot;
        let scope = class.scope.clone();
        let default = self.member(&Value::Class(class.clone()), &"default".into(), &scope, spot.line);
        if default.is_callable() {
            let made = self.call(&default, Args::default(), spot);
            self.said_by(&made, before, 0, &mut out);
        }
        out
    }

    /// The value that a text is read as: the text is that of a file, or of any file of settings that the type fits.
    pub(in crate::code::eval) fn filled_of(
        &mut self,
        word: &FilledWord,
        bound: &Rc<Map>,
        model: Option<&Modelled>,
        spot: Spot,
    ) -> Value {
        if let Some(target) = &word.target {
            let text = match self.argument_at(bound, &word.text, spot) {
                Value::Undefined => model.map_or(Value::Undefined, |it| self.argument_at(&it.args, &word.text, spot)),
                text => text,
            };
            let target = self.argument_at(bound, target, spot);
            target.each().iter().for_each(|one| self.fill_target(word, &text, one, spot));
            return Value::unknown();
        }
        let Some(Value::Class(class)) =
            self.asked_type(bound).filter(|ty| matches!(ty, Value::Class(it) if is_table(it)))
        else {
            return Value::unknown();
        };
        let text = self.argument_at(bound, &word.text, spot);
        let pattern = file_of(&text).map_or_else(|| "*".to_owned(), pattern_of);
        let pattern = pattern.trim_start_matches("./").trim_start_matches('/').to_owned();
        let tree = self.tree;
        let fits = |file: &Given| {
            let ends = || word.endings.iter().any(|ending| file.name().ends_with(ending.as_str()));
            let fields = class.class.fields.iter();
            let there = |field: &&Field| file.keys(tree).contains(&field.name.to_lowercase());
            ends() && fields.clone().filter(there).count() * 2 >= fields.count()
        };
        let files = self.settings_at(&pattern, spot, &fits);
        let mut said = Said::new();
        lay(&mut said, &files, self.tree);
        self.filled_type(&word.fields, &class, &said, "", 0).unwrap_or_else(Value::unknown)
    }

    /// Fills the fields of a value with what a text says under their keys: that of a file, or of any file of settings that the
    /// value's type fits where it is not known, or is not in the repository.
    fn fill_target(&mut self, word: &FilledWord, text: &Value, target: &Value, spot: Spot) {
        let class = match target {
            Value::Object(it) => it.class.clone().filter(|class| !class.class.fields.is_empty()),
            _ => None,
        };
        let ends = |path: &str| word.endings.iter().any(|ending| path.ends_with(ending.as_str()));
        let may_be = |text: &Value| match text {
            Value::Unknown(path) => word.of.is_empty() || word.of.iter().any(|one| **one == **path),
            _ => word.of.is_empty(),
        };
        let pattern = match (file_of(text), text.as_whole_text()) {
            (Some(file), _) => Some(pattern_of(file)),
            (None, Some(path)) if ends(&path) => Some(pattern_of(&path)),
            // A text that is no file's.
            (None, Some(_)) => None,
            (None, None) => may_be(text).then(|| "*".to_owned()),
        };
        if let (Some(class), Some(pattern)) = (class, pattern) {
            let fields: Vec<String> =
                class.class.fields.iter().map(|field| key_of_field(field, &word.tag).0.to_lowercase()).collect();
            let tree = self.tree;
            let fits = |file: &Given| {
                let there = |field: &&String| file.keys(tree).contains(*field);
                ends(file.name()) && fields.iter().filter(there).count() * 2 >= fields.len()
            };
            let pattern = pattern.trim_start_matches("./").trim_start_matches('/');
            let mut files = self.settings_at(pattern, spot, &fits);
            if files.is_empty() {
                files = self.settings_at("*", spot, &fits);
            }
            let mut said = Said::new();
            lay(&mut said, &files, self.tree);
            let says = |_: &mut Self, key: &str| {
                let text = said.get(&key.to_lowercase()).cloned().flatten()?;
                Some(Value::Str(text).fallback())
            };
            self.fill_said(&says, target, &word.tag, "", 0);
        }
        self.go_filled(std::slice::from_ref(target));
    }

    /// The files that may be at a path and fit, else those that show how one there is written, each under the name that it
    /// stands for. A workspace may have them at its root.
    pub(in crate::code::eval) fn settings_at(
        &self,
        pattern: &str,
        spot: Spot,
        fits: &dyn Fn(&Given) -> bool,
    ) -> Vec<Rc<Given>> {
        let mut home = folder_of(self.file(spot)).to_owned();
        while !home.is_empty() && !MANIFESTS.iter().any(|name| self.tree.has(&under(&home, name))) {
            home = folder_of(&home).to_owned();
        }
        for (home, shown) in [(home.as_str(), false), ("", false), (home.as_str(), true), ("", true)] {
            let found = self.settings_near(pattern, home, shown, fits);
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// Such files as a program that runs in a folder finds them.
    fn settings_near(&self, pattern: &str, home: &str, shown: bool, fits: &dyn Fn(&Given) -> bool) -> Vec<Rc<Given>> {
        let manifest = |file: &Given| MANIFESTS.iter().any(|name| file.path.rsplit('/').next() == Some(name));
        let fits = |file: &&Rc<Given>| {
            file.shows.is_some() == shown
                && !manifest(file)
                && given::may_be_at(file.name(), pattern, home)
                && file.text(self.tree).is_some()
                && fits(file)
        };
        self.tree.settings_files().iter().filter(fits).take(MOST_FILES).cloned().collect()
    }
}

fn has(said: &[&Arg], wanted: &[String]) -> bool {
    said.iter().any(|arg| wanted.iter().any(|one| is_argument(arg, one)))
}
