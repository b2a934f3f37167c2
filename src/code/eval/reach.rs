//! What code may reach, told without running it: a function that nobody called is entered only if it mentions something that
//! a library model speaks of, or what leads there. The rest would be computed for nothing.
//!
//! What reads the environment by names of its own is entered for itself, so it makes nobody worth entering who calls it;
//! what reads names that its callers give does, and whatever has to do with routers.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::jvm::callers::Helper;
use super::machine::{Machine, Progress};
use super::scope;
use super::value::{ClassValue, Closure, Lazy, ModuleId, Native, Value};
use crate::code::form::{Language, Name};
use crate::code::mentions::{self, Mentions};
use crate::code::models::{Action, ClassModel, Models, ObjectModel};

/// How much is looked at before a function counts as one that may reach anything.
const MOST_LOOKS: u32 = 4_000;
/// Values within values that are looked into.
const MOST_DEPTH: usize = 6;
/// Elements and members of one value that are looked at.
const MOST_INNER: usize = 64;

/// What is known so far.
#[derive(Debug, Default)]
pub(crate) struct Reached {
    /// What functions and classes mention, by their node.
    mentions: BTreeMap<usize, Rc<Mentions>>,
    /// Whether functions and classes lead to what counts at least so much.
    leads: BTreeMap<(usize, Spoken), bool>,
    /// How models speak of paths.
    paths: BTreeMap<Name, Spoken>,
    /// Functions that lead to nothing, whatever else is loaded.
    cold: BTreeSet<usize>,
    /// Names of functions that read what their callers name.
    readers: BTreeSet<Name>,
    /// Their nodes.
    nodes: BTreeSet<usize>,
    /// The modules that those stand in.
    reading: BTreeSet<ModuleId>,
    /// Functions of Java and Kotlin that read what their callers name, whose callers were looked for.
    pub(crate) helpers: BTreeSet<Helper>,
    /// The modules that call them and were loaded for that.
    pub(crate) callers: BTreeSet<ModuleId>,
    /// Files whose importers were loaded.
    pub(crate) hot: BTreeSet<Name>,
}

/// How models speak of a path or of something under it: the more, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spoken {
    /// They do not.
    Not,
    /// As of a plain source of the environment.
    Source,
    /// As of what reads settings.
    Settings,
    /// As of what belongs to a framework.
    Framework,
}

impl Spoken {
    fn of(path: &str, models: &Models) -> Self {
        let dotted = format!("{path}.");
        let object = |model: &&ObjectModel| Self::about(model);
        // The methods of a view are called when it is asked; they register nothing.
        let class = |class: &&ClassModel| if class.settings.is_some() { Self::Settings } else { Self::Not };
        let called = || models.calls.iter().any(|(pattern, _)| pattern.trim_matches('*') == path);
        let action = |action: &&Action| match (action.framework.is_empty(), action.asks()) {
            (_, true) => Self::Source,
            (true, false) => Self::Settings,
            (false, false) => Self::Framework,
        };
        most(&models.makers, path, &dotted, object)
            .max(most(&models.types, path, &dotted, object))
            .max(most(&models.shared, path, &dotted, object))
            .max(most(&models.classes, path, &dotted, class))
            .max(most(&models.functions, path, &dotted, action))
            .max(most(&models.sources, path, &dotted, |_| Self::Source))
            .max(if called() { Self::Framework } else { Self::Not })
    }

    fn about(model: &ObjectModel) -> Self {
        if model.framework().is_empty() || model.only_asks() { Self::Settings } else { Self::Framework }
    }
}

/// The most that a table says of a path and of what is under it.
fn most<T>(table: &BTreeMap<String, T>, path: &str, dotted: &str, says: impl Fn(&T) -> Spoken) -> Spoken {
    let under = table.range(dotted.to_owned()..).take_while(|(name, _)| name.starts_with(dotted)).map(|(_, it)| it);
    table.get(path).into_iter().chain(under).map(says).max().unwrap_or(Spoken::Not)
}

/// One question.
struct Question {
    /// Names around which values are looked into.
    of: Rc<Mentions>,
    /// Looks that are left.
    left: u32,
    /// Functions and classes that are being asked about.
    open: BTreeSet<usize>,
    /// Whether one of those was met again: what is false then may be so for now only.
    circular: bool,
    /// Whether a module was met that is not loaded yet: what is false then may be so for now only.
    unloaded: bool,
    /// What counts at least.
    least: Spoken,
}

impl Question {
    fn about(of: Rc<Mentions>, least: Spoken) -> Self {
        Self { of, left: MOST_LOOKS, open: BTreeSet::new(), circular: false, unloaded: false, least }
    }

    /// Goes into a function or class that is mentioned: what is read there by names of its own is read without its callers.
    fn inwards(&mut self, of: &Rc<Mentions>) -> (Spoken, Rc<Mentions>) {
        let inner = self.least.max(Spoken::Settings);
        (std::mem::replace(&mut self.least, inner), std::mem::replace(&mut self.of, of.clone()))
    }

    /// Comes back from there.
    fn outwards(&mut self, (least, of): (Spoken, Rc<Mentions>)) {
        (self.least, self.of) = (least, of);
    }
}

impl Machine<'_> {
    /// Whether a function that nobody called is worth entering.
    pub(crate) fn may_reach(&mut self, closure: &Rc<Closure>) -> bool {
        if !self.is_told_by_mentions(closure.scope.module) {
            return true;
        }
        let address = Rc::as_ptr(closure).addr();
        if self.reached.cold.contains(&address) {
            return false;
        }
        let of = self.mentions_of(closure);
        if of.names.iter().chain(&of.members).any(|name| self.reached.readers.contains(name)) {
            return true;
        }
        let mut question = Question::about(of.clone(), Spoken::Source);
        question.open.insert(address);
        let reaches = self.function_reaches(closure, &of, &mut question);
        if !reaches && !question.unloaded {
            self.reached.cold.insert(address);
        }
        reaches
    }

    /// Whether a function that nobody called may have to do with routers, and not with plain sources of the environment alone.
    pub(crate) fn may_register(&mut self, closure: &Rc<Closure>) -> bool {
        if !self.is_told_by_mentions(closure.scope.module) {
            return true;
        }
        let mut question = Question::about(self.mentions_of(closure), Spoken::Framework);
        self.callee_reaches(closure, &mut question)
    }

    /// Whether making an instance of a class that nobody made is worth it, for its constructor or a method.
    pub(crate) fn class_may_reach(&mut self, class: &Rc<ClassValue>) -> bool {
        if !self.is_told_by_mentions(class.spot.module) {
            return true;
        }
        let of = self.outline_of(class);
        let mut question = Question::about(of.clone(), Spoken::Source);
        question.open.insert(Rc::as_ptr(class).addr());
        if self.names_reach(&of, &class.scope, &mut question)
            || class.bases.iter().any(|base| self.value_reaches(base, 0, &mut question))
        {
            return true;
        }
        class.members.pairs().into_iter().any(|(_, member)| match self.known(member) {
            Value::Function(method) => self.may_reach(&method),
            _ => false,
        })
    }

    /// Takes note of the functions that read what their callers name.
    pub(crate) fn note_readers(&mut self) {
        let readers: Vec<_> = self.reads.iter().filter(|read| read.dynamic || read.given).collect();
        self.reached.reading = readers.iter().map(|read| read.spot.module).collect();
        self.reached.readers = readers.iter().flat_map(|read| read.within.iter().cloned()).collect();
        let nodes = readers.iter().flat_map(|read| read.nodes.iter().copied()).collect();
        if self.reached.nodes != nodes {
            self.reached.nodes = nodes;
            // What leads to those was not known before.
            self.reached.leads.clear();
            self.reached.cold.clear();
        }
    }

    /// Whether a module holds a function that reads what its callers name.
    pub(crate) fn is_reader(&self, id: ModuleId) -> bool {
        self.reached.reading.contains(&id)
    }

    /// Whether the code of a module is told by what it mentions: its values can be looked at without running anything.
    fn is_told_by_mentions(&self, module: ModuleId) -> bool {
        let language = self.modules[module.0].language;
        matches!(language, Language::JavaScript | Language::Python) && self.tracing.is_none()
    }

    pub(crate) fn mentions_of(&mut self, closure: &Closure) -> Rc<Mentions> {
        let node = std::sync::Arc::as_ptr(&closure.function).addr();
        let known = self.reached.mentions.entry(node);
        known.or_insert_with(|| Rc::new(mentions::of_function(&closure.function))).clone()
    }

    fn outline_of(&mut self, class: &ClassValue) -> Rc<Mentions> {
        let node = std::sync::Arc::as_ptr(&class.class).addr();
        let known = self.reached.mentions.entry(node);
        known.or_insert_with(|| Rc::new(mentions::of_class(&class.class))).clone()
    }

    fn function_reaches(&mut self, closure: &Rc<Closure>, of: &Rc<Mentions>, question: &mut Question) -> bool {
        if self.names_reach(of, &closure.scope, question) {
            return true;
        }
        if !of.this {
            return false;
        }
        let home = closure.home.borrow().clone();
        let receiver = closure.this.clone();
        home.is_some_and(|home| self.class_reaches(&home, question))
            || receiver.is_some_and(|receiver| self.value_reaches(&receiver, 1, question))
    }

    /// Whether a name leads to what counts, from where it stands.
    fn names_reach(&mut self, of: &Mentions, at: &scope::ScopeRef, question: &mut Question) -> bool {
        let skip = self.language(at) == Language::Python;
        of.names.iter().any(|name| match scope::find(at, name, skip).and_then(|owner| owner.own(name)) {
            Some(value) => self.value_reaches(&value, 0, question),
            None => matches!(&**name, "require" | "import") || self.path_reaches(name, question),
        })
    }

    fn class_reaches(&mut self, class: &Rc<ClassValue>, question: &mut Question) -> bool {
        let address = Rc::as_ptr(class).addr();
        if let Some(known) = self.reached.leads.get(&(address, question.least.max(Spoken::Settings))) {
            return *known;
        }
        if !question.open.insert(address) {
            question.circular = true;
            return false;
        }
        let of = self.outline_of(class);
        let outer = question.inwards(&of);
        let found = self.names_reach(&of, &class.scope, question)
            || class.bases.iter().any(|base| self.value_reaches(base, 0, question))
            || class.members.pairs().into_iter().any(|(_, member)| match self.known(member) {
                Value::Function(method) => self.callee_reaches(&method, question),
                _ => false,
            });
        self.settle_question(address, found, question);
        question.outwards(outer);
        found
    }

    /// Whether a function that is mentioned leads to what counts for its callers.
    fn callee_reaches(&mut self, closure: &Rc<Closure>, question: &mut Question) -> bool {
        let node = std::sync::Arc::as_ptr(&closure.function).addr();
        if question.least < Spoken::Framework && self.reached.nodes.contains(&node) {
            return true;
        }
        let address = Rc::as_ptr(closure).addr();
        if let Some(known) = self.reached.leads.get(&(address, question.least.max(Spoken::Settings))) {
            return *known;
        }
        if !question.open.insert(address) {
            question.circular = true;
            return false;
        }
        let of = self.mentions_of(closure);
        let outer = question.inwards(&of);
        let found = self.function_reaches(closure, &of, question);
        self.settle_question(address, found, question);
        question.outwards(outer);
        found
    }

    fn settle_question(&mut self, address: usize, found: bool, question: &mut Question) {
        question.open.remove(&address);
        if found || !question.circular {
            self.reached.leads.insert((address, question.least), found);
        }
    }

    fn value_reaches(&mut self, value: &Value, depth: usize, question: &mut Question) -> bool {
        if question.left == 0 {
            return true;
        }
        question.left -= 1;
        if depth > MOST_DEPTH {
            return false;
        }
        match value {
            Value::Undefined
            | Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Regex(_)
            | Value::Env(_) => false,
            Value::Unknown(path) => self.path_reaches(path, question),
            Value::Function(closure) => self.callee_reaches(closure, question),
            Value::Bound(bound) => {
                self.value_reaches(&bound.callee, depth + 1, question)
                    || self.value_reaches(&bound.receiver, depth + 1, question)
            }
            Value::Method(method) => self.value_reaches(&method.0, depth + 1, question),
            Value::Native(native) => match &**native {
                Native::Gives(value) => self.value_reaches(value, depth + 1, question),
                _ => true,
            },
            Value::Class(class) => self.class_reaches(class, question),
            Value::Object(object) => {
                let model = object.model.borrow().as_ref().map(|it| it.ty);
                model.is_some_and(|model| Spoken::about(model) >= question.least)
                    || object.class.as_ref().is_some_and(|class| self.class_reaches(class, question))
                    || self.members_reach(&object.members, depth, question)
            }
            Value::Super(_) => true,
            Value::Map(map) => self.members_reach(map, depth, question),
            Value::List(list) => {
                let items = list.items.borrow().clone();
                items.iter().take(MOST_INNER).any(|item| self.value_reaches(item, depth + 1, question))
            }
            Value::Alt(all) => all.iter().any(|one| self.value_reaches(one, depth + 1, question)),
            Value::Module(id) => self.module_reaches(*id, depth, question),
            Value::Lazy(lazy) => match &**lazy {
                Lazy::Local(scope, name) => match scope.own(name) {
                    Some(inner) => self.value_reaches(&inner, depth + 1, question),
                    None => false,
                },
                Lazy::Export(module, name) => self.export_reaches(*module, name, depth, question),
                Lazy::Declared(..) | Lazy::Path(..) | Lazy::Class(..) | Lazy::Static(..) => true,
            },
        }
    }

    /// Whether members of a value lead there: those that are mentioned, of a large one.
    fn members_reach(&mut self, map: &super::value::Map, depth: usize, question: &mut Question) -> bool {
        let pairs = map.pairs();
        let of = question.of.clone();
        let large = pairs.len() > MOST_INNER;
        pairs.iter().any(|(key, inner)| {
            let named = !large || matches!(key, Value::Str(name) if of.members.contains(name));
            named && self.value_reaches(inner, depth + 1, question)
        })
    }

    /// Whether an export leads there. A module that no other has loaded names no library, and leads to none that makes routers.
    fn export_reaches(&mut self, id: ModuleId, name: &Name, depth: usize, question: &mut Question) -> bool {
        let module = &self.modules[id.0];
        if module.progress == Progress::New {
            question.unloaded = true;
            return false;
        }
        if module.language == Language::Python {
            return match module.scope.own(name) {
                Some(value) => self.value_reaches(&value, depth + 1, question),
                None => self.module_reaches(id, depth + 1, question),
            };
        }
        if &**name == "*" {
            return self.module_reaches(id, depth + 1, question);
        }
        if let Some(value) = module.exports.named(name) {
            return self.value_reaches(&value, depth + 1, question);
        }
        let (stars, common) = (module.stars.clone(), module.common.named("exports"));
        let inner = match &common {
            Some(Value::Map(map)) if &**name != "default" => map.named(name),
            _ => common,
        };
        inner.is_some_and(|inner| self.value_reaches(&inner, depth + 1, question))
            || stars.iter().any(|star| {
                depth < MOST_DEPTH && question.left > 0 && self.export_reaches(*star, name, depth + 1, question)
            })
    }

    /// Whether what is mentioned of a module leads there.
    fn module_reaches(&mut self, id: ModuleId, depth: usize, question: &mut Question) -> bool {
        let module = &self.modules[id.0];
        if module.progress == Progress::New {
            question.unloaded = true;
            return false;
        }
        let of = question.of.clone();
        let python = module.language == Language::Python;
        let exports: Vec<Value> = if python {
            of.members.iter().filter_map(|name| module.scope.own(name)).collect()
        } else {
            let named = |key: &Value| matches!(key, Value::Str(name) if of.members.contains(name));
            let named = module.exports.pairs().into_iter().filter(|(key, _)| named(key)).map(|(_, value)| value);
            named.chain(module.common.named("exports")).collect()
        };
        let stars = module.stars.clone();
        exports.iter().any(|value| self.value_reaches(value, depth + 1, question))
            || stars
                .iter()
                .any(|star| depth < MOST_DEPTH && question.left > 0 && self.module_reaches(*star, depth + 1, question))
    }

    /// Whether a model speaks of a path, or of something under it.
    fn path_reaches(&mut self, path: &Name, question: &Question) -> bool {
        if path.is_empty() {
            return false;
        }
        let models = self.models;
        let spoken = *self.reached.paths.entry(path.clone()).or_insert_with(|| Spoken::of(path, models));
        spoken >= question.least
    }

    /// A value without loading anything for it.
    pub(super) fn known(&self, value: Value) -> Value {
        let mut value = value;
        for _ in 0..MOST_DEPTH {
            let Value::Lazy(lazy) = &value else { return value };
            let Lazy::Local(scope, name) = &**lazy else { return value };
            match scope.own(name) {
                Some(inner) => value = inner,
                None => return value,
            }
        }
        value
    }
}
