//! Stores that lay settings over each other. What a setting is called in the environment is known when the code asks for it:
//! by its name, or as a field of the type that it takes the settings for.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::env::file_of;
use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, EnvValue, Map, Modelled, Object, Spot, Value};
use super::super::values::filled::{Said, lay};
use super::fields::{attribute_args, is_argument};
use crate::code::form::{ClassKind, Field, TypeRef, Yields};
use crate::code::given;
use crate::code::holes::{has_hole, hole};
use crate::code::models::{FieldsWord, LayersWord, SourceWord};

/// How deep the fields of types are taken for settings.
const DEEPEST: usize = 8;
/// What says that a folder is the one that a program runs in.
pub(in crate::code::eval) const MANIFESTS: &[&str] = &["Cargo.toml", "go.mod"];
/// So many files are looked into for one layer.
pub(in crate::code::eval) const MOST_FILES: usize = 64;
/// So many variables that have a value without are kept.
const MOST: usize = 20_000;

/// What is known of stores.
#[derive(Debug, Default)]
pub(crate) struct State {
    stores: BTreeMap<usize, Store>,
    /// Sources of variables: by node, where they stand, and whether their settings are known.
    sources: BTreeMap<usize, (Modelled, Spot, bool)>,
    /// Variables of settings that have a value without.
    given: BTreeMap<String, Spot>,
}

impl State {
    /// The variables of settings that have a value without, and where each setting is.
    pub(crate) fn take_given(&mut self) -> BTreeMap<String, Spot> {
        std::mem::take(&mut self.given)
    }
}

/// A store.
#[derive(Debug, Default, Clone)]
struct Store {
    /// The layers that are the environment.
    variables: Vec<Modelled>,
    /// It takes in files.
    files: bool,
    /// The settings that files give.
    written: BTreeSet<String>,
    /// The settings that the code gives.
    coded: BTreeSet<String>,
    /// What files and the code say of them.
    said: Said,
    /// Types all of whose settings the code gives; with none, all are.
    whole: Vec<Option<Rc<ClassValue>>>,
}

/// How variables of one source are named.
struct Naming {
    before: String,
    separator: String,
    tables: bool,
    lists: bool,
    only: Option<Vec<String>>,
    except: Vec<String>,
}

/// A setting that is asked for.
struct Asked<'a> {
    path: &'a [String],
    kind: Kind,
    /// The code does without.
    optional: bool,
    /// The type gives a value where nothing else does.
    own_default: bool,
    spot: Spot,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    List,
    /// Settings of any names.
    Map,
    /// A table of settings that are asked for by themselves.
    Table,
}

impl Machine<'_> {
    /// Does what a call of a store's member does; gives what it gives where that is not the store.
    pub(in crate::code::eval) fn layers(
        &mut self,
        word: &LayersWord,
        model: &Modelled,
        bound: &Rc<Map>,
        spot: Spot,
    ) -> Option<Value> {
        if let Some(add) = &word.add {
            let given = self.argument_at(bound, add, spot);
            self.add_layer(model.node, &given, spot, 0);
        }
        if let Some(gives) = &word.gives
            && let Some(key) = self.argument_at(bound, gives, spot).as_whole_text()
        {
            let text = word.value.as_ref().and_then(|value| self.argument_at(bound, value, spot).as_whole_text());
            let own = self.layers.stores.entry(model.node).or_default();
            own.coded.insert(key.to_lowercase());
            if text.is_some() {
                own.said.entry(key.to_lowercase()).or_insert(text);
            }
        }
        if let (Some(target), Some(tag)) = (&word.target, &word.tag) {
            let target = self.argument_at(bound, target, spot);
            let key = word.asks.as_ref().and_then(|asks| self.argument_at(bound, asks, spot).as_whole_text());
            self.ask_target(model.node, &target, tag, key.as_deref().unwrap_or_default());
            return Some(Value::unknown());
        }
        let fields = word.fields.as_ref()?;
        if word.all {
            return Some(self.ask(fields, model.node, &[], bound, spot));
        } else if let Some(asks) = &word.asks {
            let key = self.argument_at(bound, asks, spot).as_whole_text()?;
            let path: Vec<String> = key.split('.').map(str::to_lowercase).collect();
            return Some(self.ask(fields, model.node, &path, bound, spot));
        }
        Some(Value::unknown())
    }

    /// Notes a source of variables where it is made: what becomes of it is not known yet. A store takes its first layer.
    pub(in crate::code::eval) fn note_layers(&mut self, model: &Modelled, spot: Spot) {
        if let Some(first) = &model.ty.takes_layer {
            match self.argument_at(&model.args, first, spot) {
                Value::Undefined => {}
                given => self.add_layer(model.node, &given, spot, 0),
            }
        }
        if model.ty.source.as_ref().is_some_and(|source| source.variables) {
            self.layers.sources.entry(model.node).or_insert_with(|| (model.clone(), spot, false));
        }
    }

    fn add_layer(&mut self, store: usize, given: &Value, spot: Spot, depth: usize) {
        for one in given.each() {
            match self.force(one) {
                Value::Object(object) => self.add_object(store, &object, spot),
                list @ Value::List(_) if depth < 3 => {
                    let scope = self.modules[spot.module.0].scope.clone();
                    let (items, open) = self.walk(&list, Yields::Elements, &scope);
                    self.layers.stores.entry(store).or_default().files |= open;
                    items.iter().for_each(|item| self.add_layer(store, item, spot, depth + 1));
                }
                // Sources of the project's own, and what a library finds: other ways to give settings.
                _ => self.layers.stores.entry(store).or_default().files = true,
            }
        }
    }

    fn add_object(&mut self, store: usize, object: &Object, spot: Spot) {
        let model = object.model.borrow().clone();
        let Some((model, source)) =
            model.and_then(|model| model.ty.source.as_ref().map(|source| (model.clone(), source)))
        else {
            // Another store: its layers are layers of this one.
            let other = object.model.borrow().as_ref().and_then(|it| self.layers.stores.get(&it.node).cloned());
            let own = self.layers.stores.entry(store).or_default();
            match other {
                Some(other) => own.take(other),
                None => own.files = true,
            }
            return;
        };
        if source.variables {
            let own = self.layers.stores.entry(store).or_default();
            if !own.variables.iter().any(|known| known.node == model.node) {
                own.variables.push(model);
            }
            return;
        }
        if let Some(file) = &source.file {
            let path = self.argument_at(&model.args, file, spot);
            let keys = self.keys_of_file(&path, spot);
            let files = self.texts_of_files(&path, spot);
            let own = self.layers.stores.entry(store).or_default();
            own.files = true;
            lay(&mut own.said, &files, self.tree);
            own.written.extend(keys);
        }
        if let Some(text) = &source.text {
            let text = self.argument_at(&model.args, text, spot);
            let keys = match (file_of(&text), text.as_whole_text()) {
                (Some(file), _) => self.keys_of_files(file, spot),
                // Of which format it is tells what can be read of it.
                (None, Some(text)) => {
                    let of = |name: &str| given::keys(name, &text);
                    [of("a.toml"), of("a.yaml")].into_iter().find(|keys| !keys.is_empty()).unwrap_or_default()
                }
                (None, None) => BTreeSet::new(),
            };
            let own = self.layers.stores.entry(store).or_default();
            own.files = true;
            own.written.extend(keys);
        }
        let key = source.key.as_ref().map(|key| self.argument_at(&model.args, key, spot));
        // A value that was made a text before is a value.
        let whole = source
            .text
            .as_ref()
            .filter(|text| matches!(self.argument_at(&model.args, text, spot), Value::Object(_) | Value::Map(_)));
        if let Some(value) = source.value.as_ref().or(whole) {
            let value = self.argument_at(&model.args, value, spot);
            let mut said = Said::new();
            match key.as_ref().map(Value::as_whole_text) {
                Some(Some(key)) => {
                    said.extend(value.as_whole_text().map(|text| (key.to_lowercase(), Some(text))));
                    self.said_by(&value, &format!("{}.", key.to_lowercase()), 0, &mut said);
                }
                Some(None) => {}
                None => self.said_by(&value, "", 0, &mut said),
            }
            let own = self.layers.stores.entry(store).or_default();
            own.said.extend(said);
            match (key.and_then(|key| key.as_whole_text()), value) {
                (Some(key), _) => {
                    own.coded.insert(key.to_lowercase());
                }
                (None, Value::Object(value)) => own.whole.push(value.class.clone()),
                (None, Value::Map(map)) if !map.partial.get() => keys_of_map(&map, "", 0, &mut own.coded),
                (None, _) => own.whole.push(None),
            }
        }
    }

    /// The code asks for the settings at a path.
    fn ask(&mut self, word: &FieldsWord, node: usize, path: &[String], bound: &Rc<Map>, spot: Spot) -> Value {
        let Some(store) = self.layers.stores.get(&node).cloned() else { return Value::unknown() };
        let asked = self.asked_type(bound);
        let before = self.reads.len();
        let mut value = None;
        match asked {
            Some(Value::Class(class)) if is_table(&class) => {
                self.ask_fields(word, &store, &class, path, (false, false), 0);
                let below = if path.is_empty() { String::new() } else { format!("{}.", path.join(".")) };
                value = self.filled_type(word, &class, &store.said, &below, 0);
            }
            _ if path.is_empty() => return Value::unknown(),
            _ => {
                let asked = Asked { path, kind: Kind::Plain, optional: false, own_default: false, spot };
                self.ask_setting(&store, &asked);
            }
        }
        if before != self.reads.len() || !path.is_empty() || !self.layers.given.is_empty() {
            self.settings_known(&store);
        }
        if let Some(value) = value {
            return value;
        }
        let reads: Vec<usize> = (before..self.reads.len()).collect();
        let default = store.said.get(&path.join(".")).cloned().flatten().map(Value::Str);
        match path.is_empty() || (reads.is_empty() && default.is_none()) {
            true => Value::unknown(),
            // What the code does where it is absent is the caller's to say.
            false => Value::Env(Rc::new(EnvValue { reads, default })),
        }
    }

    /// The code has the settings below a key written into a value.
    fn ask_target(&mut self, node: usize, target: &Value, tag: &str, key: &str) {
        let below = if key.is_empty() { String::new() } else { format!("{key}.") };
        let fields: Vec<(String, Spot)> =
            target.each().iter().flat_map(|one| self.setting_keys(one, tag, &below, 0)).collect();
        // What was zero there is not known any more.
        self.go_filled(&target.each());
        let Some(store) = self.layers.stores.get(&node).cloned() else { return };
        let says = |_: &mut Self, key: &str| {
            let text = store.said.get(&key.to_lowercase()).cloned().flatten()?;
            Some(Value::Str(text).fallback())
        };
        target.each().iter().for_each(|one| self.fill_said(&says, one, tag, &below, 0));
        for (field, spot) in &fields {
            let path: Vec<String> = field.split('.').map(str::to_lowercase).collect();
            let asked = Asked { path: &path, kind: Kind::Plain, optional: true, own_default: false, spot: *spot };
            self.ask_setting(&store, &asked);
        }
        if !fields.is_empty() {
            self.settings_known(&store);
        }
    }

    /// The settings of a store's sources are known.
    fn settings_known(&mut self, store: &Store) {
        for source in &store.variables {
            let spot = self.layers.sources.get(&source.node).map(|(_, spot, _)| *spot);
            let named = spot.is_some_and(|spot| self.naming(source, spot).is_some());
            if let Some((_, _, known)) = self.layers.sources.get_mut(&source.node) {
                *known |= named;
            }
        }
    }

    fn ask_fields(
        &mut self,
        word: &FieldsWord,
        store: &Store,
        class: &Rc<ClassValue>,
        path: &[String],
        (optional, given): (bool, bool),
        depth: usize,
    ) {
        let written = class.class.clone();
        let of_class = attribute_args(&written.decorators, &word.attribute);
        let any = |said: &[&crate::code::form::Arg], wanted: &[String]| {
            said.iter().any(|arg| wanted.iter().any(|one| is_argument(arg, one)))
        };
        let given = given || any(&of_class, &word.default);
        for field in &written.fields {
            let said = attribute_args(&field.decorators, &word.attribute);
            if any(&said, &word.skip) {
                continue;
            }
            let spot = Spot { module: class.spot.module, line: field.pos.line };
            let own_default = given || any(&said, &word.default);
            let ty = field.ty.as_ref();
            let absent = optional || ty.and_then(|ty| ty.path.last()).is_some_and(|name| &**name == "Option");
            let inner = ty.map_or(Value::Undefined, |ty| self.expected_type(ty, &class.scope, 0));
            let name = self.named_field(word, class, field, &of_class, &said).to_string();
            let kind = ty.map_or(Kind::Plain, |ty| kind_of(ty, 0));
            let read_by_itself = !any(&said, &word.whole);
            let mut own = path.to_vec();
            if any(&said, &word.flatten) {
                match &inner {
                    Value::Class(inner) if depth < DEEPEST => {
                        self.ask_fields(word, store, inner, path, (absent, own_default), depth + 1);
                    }
                    _ => self
                        .ask_setting(store, &Asked { path, kind: Kind::Map, optional: true, own_default: true, spot }),
                }
                continue;
            }
            own.push(name);
            match inner {
                Value::Class(inner) if kind == Kind::Plain && read_by_itself && is_table(&inner) => {
                    let table = Asked { path: &own, kind: Kind::Table, optional: true, own_default: true, spot };
                    self.ask_setting(store, &table);
                    if depth < DEEPEST {
                        self.ask_fields(word, store, &inner, &own, (absent, own_default), depth + 1);
                    } else {
                        let rest = Asked { path: &own, kind: Kind::Map, optional: true, own_default, spot };
                        self.ask_setting(store, &rest);
                    }
                }
                _ => self.ask_setting(store, &Asked { path: &own, kind, optional: absent, own_default, spot }),
            }
            for alias in said.iter().filter(|arg| word.alias.iter().any(|one| is_argument(arg, one))) {
                if let Some(alias) = self.eval(&alias.value, &class.scope.clone()).as_whole_text() {
                    let mut other = path.to_vec();
                    other.push(alias.to_string());
                    self.ask_setting(store, &Asked { path: &other, kind, optional: true, own_default: true, spot });
                }
            }
        }
    }

    /// Reads the variables that a setting is, one of each source.
    fn ask_setting(&mut self, store: &Store, asked: &Asked<'_>) {
        let key = asked.path.join(".").to_lowercase();
        let below = format!("{key}.");
        let within = |keys: &BTreeSet<String>| {
            keys.contains(&key)
                || (asked.kind != Kind::Table
                    && keys.range(below.clone()..).next().is_some_and(|it| it.starts_with(&below)))
        };
        let coded = asked.own_default || within(&store.coded) || !store.whole.is_empty();
        // Where files give settings too, a variable is one way of many to give what has a value already.
        let given = within(&store.written) || (store.files && coded);
        let mut names = Vec::new();
        for source in &store.variables {
            let Some(naming) = self.naming(source, asked.spot) else { continue };
            let (named, sure) = naming.name(asked);
            match named {
                Some(name) if asked.kind == Kind::Map => {
                    let rest = Value::text(format!("{name}{}{}", naming.separator, hole("rest")).as_str());
                    self.read_env(&rest, asked.spot, true);
                    self.own_place();
                }
                Some(name) if sure && !given && asked.kind != Kind::Table => names.push(name),
                Some(name) if asked.kind != Kind::Table || naming.tables => self.may_be_given(name, asked.spot),
                _ => {}
            }
        }
        let first = self.reads.len();
        for name in &names {
            self.read_env(&Value::text(name.as_str()), asked.spot, asked.optional || coded);
            self.own_place();
        }
        if names.len() > 1 {
            self.reads.get_mut(first..).unwrap_or_default().iter_mut().for_each(|read| read.peers.clone_from(&names));
        }
    }

    /// The setting names the variable, whoever asks for it.
    fn own_place(&mut self) {
        if let Some(read) = self.reads.last_mut() {
            read.chain.clear();
            read.built = None;
        }
    }

    pub(in crate::code::eval) fn may_be_given(&mut self, name: String, spot: Spot) {
        if self.layers.given.len() < MOST {
            self.layers.given.entry(name).or_insert(spot);
        }
    }

    /// How a source names variables; none where that is not known.
    fn naming(&mut self, model: &Modelled, spot: Spot) -> Option<Naming> {
        let word: &SourceWord = model.ty.source.as_ref()?;
        let mut text = |argument: &Option<String>| match argument {
            Some(argument) => match self.argument_at(&model.args, argument, spot) {
                Value::Undefined | Value::Null => Some(None),
                value => value.as_whole_text().map(|text| Some(text.to_string())),
            },
            None => Some(None),
        };
        let (prefix, joint) = (text(&word.prefix)?, text(&word.joint)?);
        let mut separator = match word.maps_whole {
            true => text(&word.separator).flatten(),
            false => text(&word.separator)?,
        };
        if let Some(mapped) = &word.mapped {
            let mapper = self.argument_at(&model.args, mapped, spot);
            if !mapper.is_nothing() {
                let whole = if word.maps_whole { prefix.clone().unwrap_or_default() } else { String::new() };
                let splits = self.splits_at(&mapper, &whole, spot)?;
                separator = Some(splits).filter(|splits| !splits.is_empty()).or(separator.filter(|it| it != "."));
            }
        }
        let between = joint.or_else(|| separator.clone()).filter(|_| word.joint_default.is_some());
        let between = between.or_else(|| word.joint_default.clone()).unwrap_or_default();
        // Settings that are called as their variables are have the prefix in their own names.
        let bare = word.maps_whole
            && word.mapped.as_ref().is_none_or(|mapped| self.argument_at(&model.args, mapped, spot).is_nothing());
        let prefix = prefix.filter(|prefix| !prefix.is_empty() && !bare);
        let before = prefix.map(|prefix| format!("{prefix}{between}"));
        let scope = self.modules[spot.module.0].scope.clone();
        let mut list = |argument: &Option<String>| {
            let given = self.argument_at(&model.args, argument.as_ref()?, spot);
            let items = self.walk(&given, Yields::Elements, &scope).0;
            let texts: Vec<String> =
                items.iter().filter_map(Value::as_whole_text).map(|it| it.to_lowercase()).collect();
            (!given.is_nothing()).then_some(texts)
        };
        let (only, except) = (list(&word.only), list(&word.except).unwrap_or_default());
        let lists = match &word.lists {
            Some(argument) => !self.argument_at(&model.args, argument, spot).is_nothing(),
            None => true,
        };
        let separator = separator.unwrap_or_default();
        Some(Naming { before: before.unwrap_or_default(), separator, tables: word.tables, lists, only, except })
    }

    /// What a function that makes settings' names of variables' names puts a dot for; none where it does more than that.
    fn splits_at(&mut self, mapper: &Value, before: &str, spot: Spot) -> Option<String> {
        for separator in ["__", "_"] {
            let name = if before.is_empty() { format!("a{separator}b") } else { format!("{before}A{separator}B") };
            let made = match self.call(mapper, Args::of(vec![Value::text(name.as_str())]), spot) {
                Value::List(pair) => pair.items.borrow().first().and_then(Value::as_whole_text)?,
                made => made.as_whole_text()?,
            };
            match made.to_lowercase() {
                made if made == "a.b" => return Some(separator.to_owned()),
                made if made == format!("a{separator}b") => {}
                _ => return None,
            }
        }
        Some(String::new())
    }

    /// Sources whose settings nothing tells are families of variables.
    pub(in crate::code::eval) fn read_layers(&mut self) {
        let sources = std::mem::take(&mut self.layers.sources);
        for (model, spot, known) in sources.into_values() {
            if known {
                continue;
            }
            let before = match self.naming(&model, spot) {
                Some(naming) => match &naming.only {
                    Some(only) => {
                        for key in only {
                            self.read_env(&Value::text(naming.spelt(key).as_str()), spot, true);
                        }
                        continue;
                    }
                    None => naming.before,
                },
                None => {
                    let prefix = model.ty.source.as_ref().and_then(|word| word.prefix.clone());
                    let prefix = prefix.map(|prefix| self.argument_at(&model.args, &prefix, spot));
                    prefix.and_then(|prefix| prefix.as_text()).map(|prefix| prefix.to_string()).unwrap_or_default()
                }
            };
            let name = Value::text(format!("{before}{}", hole("rest")).as_str());
            self.read_env(&name, spot, true);
            self.own_place();
        }
    }
}

impl Store {
    fn take(&mut self, other: Store) {
        self.variables.extend(other.variables);
        self.files |= other.files;
        self.written.extend(other.written);
        self.coded.extend(other.coded);
        self.said.extend(other.said);
        self.whole.extend(other.whole);
    }
}

impl Naming {
    /// The variable of a setting, and whether one can surely give it; none where none can.
    fn name(&self, asked: &Asked<'_>) -> (Option<String>, bool) {
        let key = asked.path.join(".").to_lowercase();
        let head = asked.path.first().map(|part| part.to_lowercase()).unwrap_or_default();
        let fits = |wanted: &String| *wanted == key || *wanted == head || wanted.replace("__", ".") == key;
        if self.only.as_ref().is_some_and(|only| !only.iter().any(fits)) || self.except.iter().any(fits) {
            return (None, false);
        }
        if asked.path.len() > 1 && self.separator.is_empty() {
            return (None, false);
        }
        let splits = !self.separator.is_empty();
        let whole = asked.path.iter().all(|part| !(splits && part.contains(&self.separator)));
        let name = self.spelt(&asked.path.join("."));
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !has_hole(&name);
        // Variables' names are asked for in lower case, whatever the case of the setting's.
        let sure = !asked.path.iter().any(|part| part.bytes().any(|byte| byte.is_ascii_uppercase()));
        let listed = asked.kind != Kind::List || self.lists;
        ((plain && whole).then_some(name), listed && sure)
    }

    fn spelt(&self, key: &str) -> String {
        format!("{}{}", self.before, key.replace('.', &self.separator)).to_uppercase()
    }
}

/// Whether a type's fields are settings of their own: a struct that is taken apart by its fields' names.
pub(in crate::code::eval) fn is_table(class: &ClassValue) -> bool {
    let written = &class.class;
    let named = |field: &Field| field.name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let derives = written.decorators.iter().any(|decorator| {
        super::super::env::call_of(&decorator.expr).is_some_and(|(name, args)| {
            name == "derive"
                && args
                    .iter()
                    .any(|arg| super::super::env::last_name(&arg.value).is_some_and(|name| &**name == "Deserialize"))
        })
    });
    let converted = attribute_args(&written.decorators, &["serde".to_owned()])
        .iter()
        .any(|arg| ["try_from", "from", "transparent"].iter().any(|one| is_argument(arg, one)));
    derives && !converted && written.kind != ClassKind::Enum && written.fields.iter().any(named)
}

/// The settings that a map gives, dotted; of those within it their own names, too.
fn keys_of_map(map: &Map, before: &str, depth: usize, out: &mut BTreeSet<String>) {
    for (key, value) in map.pairs() {
        let Some(key) = key.as_whole_text() else { continue };
        let whole = format!("{before}{}", key.to_lowercase());
        if let (Value::Map(inner), true) = (&value, depth < DEEPEST) {
            keys_of_map(inner, &format!("{whole}."), depth + 1, out);
        }
        out.insert(whole);
    }
}

fn kind_of(ty: &TypeRef, depth: usize) -> Kind {
    match ty.path.last().map(|name| &**name) {
        Some("Option" | "Box" | "Arc" | "Rc") if depth < 4 => {
            ty.args.first().map_or(Kind::Plain, |ty| kind_of(ty, depth + 1))
        }
        Some("Vec" | "HashSet" | "BTreeSet" | "IndexSet" | "VecDeque") => Kind::List,
        Some("HashMap" | "BTreeMap" | "IndexMap" | "FxHashMap" | "AHashMap") => Kind::Map,
        None if !ty.args.is_empty() => Kind::List,
        _ => Kind::Plain,
    }
}
