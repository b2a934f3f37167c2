//! Reads of the environment.

pub(super) mod absence;
pub(super) mod configured;
pub(super) mod favoured;
pub(super) mod fields;
pub(super) mod keys;
pub(super) mod layered;
pub(super) mod layers;
pub(super) mod said;
pub(super) mod schema;
pub(super) mod settings;
pub(super) mod stores;
pub(super) mod tags;
pub(super) mod whole;

use std::rc::Rc;
use std::sync::Arc;

use super::go::reflected::key_of;
use super::machine::Machine;
use super::scope::ScopeRef;
use super::value::{Args, ClassValue, EnvValue, Map, Modelled, Spot, Value};
use super::values::text::pattern_of;
use crate::code::form::{ClassKind, ExprKind, Language, Name, StmtKind};
use crate::code::holes::has_hole;
use crate::code::models::EnvWord;

/// A read of the environment.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    /// The variable's name, or a pattern where it is not known whole.
    pub(crate) name: String,
    /// Whether the name is a pattern.
    pub(crate) dynamic: bool,
    /// Where it stands.
    pub(crate) spot: Spot,
    /// The calls around it, innermost first.
    pub(crate) chain: Vec<Spot>,
    /// Whether the program does without the variable.
    pub(crate) tolerated: bool,
    /// Whether something stands in where it is absent.
    pub(crate) settled: bool,
    /// Whether the program fails where it is absent, whatever else tolerates that.
    pub(crate) demanded: bool,
    /// The functions around, innermost first.
    pub(crate) within: Vec<Name>,
    /// The same by their nodes, those without a name among them.
    pub(crate) nodes: Vec<usize>,
    /// Whether the innermost function has the name from elsewhere: it does not stand in it.
    pub(crate) given: bool,
    /// What of the name is sure, where functions of letter case made the rest.
    pub(crate) supposed: Option<String>,
    /// What of the name is the function's own, where it builds it of what it is given.
    pub(crate) built: Option<String>,
    /// The name with a hole that a tag's value fills.
    pub(crate) by_tag: Option<String>,
    /// Names any of which will do.
    pub(crate) peers: Vec<String>,
}

impl Read {
    /// A read of a name, nowhere yet.
    pub(crate) fn of(name: String) -> Self {
        Read {
            name,
            dynamic: false,
            spot: Spot::nowhere(),
            chain: Vec::new(),
            tolerated: false,
            settled: false,
            demanded: false,
            within: Vec::new(),
            nodes: Vec::new(),
            given: false,
            supposed: None,
            built: None,
            by_tag: None,
            peers: Vec::new(),
        }
    }
}

impl Machine<'_> {
    /// Reads a variable.
    pub(crate) fn read_env(&mut self, name: &Value, spot: Spot, tolerated: bool) -> Value {
        let mut reads = Vec::new();
        for name in name.each() {
            let known = name.as_whole_text();
            let supposed = known.as_ref().and_then(|name| self.supposed_pattern(name));
            let built = known.as_ref().and_then(|name| self.given_pattern(name)).filter(|_| supposed.is_none());
            let by_tag = name.as_text().filter(|name| key_of(name).is_some()).map(|name| name.to_string());
            let (name, dynamic) = match name.as_text() {
                Some(text) if has_hole(&text) => (pattern_of(&text), true),
                // What a prefix alone came to has more behind it.
                Some(text) if text.len() > 1 && text.ends_with('_') => (format!("{text}*"), true),
                Some(text) => (text.to_string(), false),
                None => ("*".to_owned(), true),
            };
            // No shell gives a variable such a name: it is a key of the program's own, tried there as well.
            if name.is_empty() || (!dynamic && name.contains(['.', '/', ' '])) {
                continue;
            }
            // What was read here before brings nothing new.
            if self.read_before.insert((name.clone(), spot)) {
                self.effects += 1;
            }
            reads.push(self.reads.len());
            let chain = self.chain();
            let (within, nodes) = (self.functions_around(), self.nodes_around());
            let given = self.is_given(&name);
            self.reads.push(Read {
                dynamic,
                spot,
                chain,
                tolerated,
                within,
                nodes,
                given,
                supposed,
                built,
                by_tag,
                ..Read::of(name)
            });
        }
        Value::Env(Rc::new(EnvValue { reads, default: None }))
    }

    /// Reads what a source has under a name; what it has besides variables is none.
    pub(crate) fn read_source(&mut self, path: &str, name: &Value, spot: Spot) -> Value {
        match name.as_whole_text() {
            Some(name) if self.provides(path, &name) => Value::unknown(),
            _ => self.read_env(name, spot, false),
        }
    }

    /// A bundler is told by a key what to put where the code names a variable: `{ "process.env.X": … }`.
    pub(crate) fn note_defined(&mut self, key: &Value, scope: &ScopeRef) {
        if self.language(scope) == Language::JavaScript
            && let Value::Str(key) = key
            && let Some(name) = key.strip_prefix("process.env.").or_else(|| key.strip_prefix("import.meta.env."))
        {
            self.defined.insert(name.to_owned(), scope.module);
        }
    }

    /// Whether a bundler puts something in the place of what is read there.
    pub(crate) fn is_defined(&self, read: &Read) -> bool {
        self.defined.get(&read.name).is_some_and(|module| *module != read.spot.module)
    }

    /// Whether a source has something under a name that is no variable.
    pub(crate) fn provides(&self, path: &str, name: &str) -> bool {
        self.models.sources.get(path).is_some_and(|names| names.iter().any(|own| own == name))
    }

    /// The names of the innermost functions that run.
    pub(crate) fn functions_around(&self) -> Vec<Name> {
        let functions = self.frames.iter().rev().take(3).filter_map(|frame| frame.closure.as_ref());
        functions.filter_map(|closure| closure.function.name.clone()).collect()
    }

    /// The nodes of the innermost functions that run.
    fn nodes_around(&self) -> Vec<usize> {
        let functions = self.frames.iter().rev().take(3).filter_map(|frame| frame.closure.as_ref());
        functions.map(|closure| Arc::as_ptr(&closure.function).addr()).collect()
    }

    /// Whether a name stands nowhere in the innermost function that runs.
    fn is_given(&mut self, name: &str) -> bool {
        let Some(closure) = self.frames.last().and_then(|frame| frame.closure.clone()) else { return false };
        !self.mentions_of(&closure).members.contains(name)
    }

    /// The program does without what was read.
    pub(crate) fn tolerate(&mut self, value: &Value) {
        match value {
            Value::Env(env) => {
                for read in &env.reads {
                    self.reads[*read].tolerated = true;
                }
            }
            Value::Alt(all) => all.iter().for_each(|one| self.tolerate(one)),
            _ => {}
        }
    }

    /// What was read, or a default.
    pub(crate) fn env_or(&mut self, value: Value, default: Value) -> Value {
        let Value::Env(env) = &value else { return value.join(default) };
        self.tolerate(&value);
        self.stand_in(&value, &default);
        // What is there already is taken.
        let told = |own: &Value| match own {
            Value::Str(text) => !text.is_empty(),
            Value::Int(number) => *number != 0,
            _ => false,
        };
        if env.default.as_ref().is_some_and(told) {
            return value;
        }
        match &default {
            Value::Env(other) => {
                self.tolerate(&default);
                self.either_will_do(&value, &default);
                let reads = env.reads.iter().chain(&other.reads).copied().collect();
                Value::Env(Rc::new(EnvValue { reads, default: other.default.clone() }))
            }
            Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::List(_) | Value::Alt(_) => {
                Value::Env(Rc::new(EnvValue { reads: env.reads.clone(), default: Some(default) }))
            }
            _ => value,
        }
    }

    /// The value where the variable is absent.
    pub(crate) fn env_default(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Env(env) => env.default.clone(),
            _ => None,
        }
    }

    /// A method of what was read.
    pub(crate) fn env_method(
        &mut self,
        object: &Value,
        name: &Name,
        args: Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Value {
        match &**name {
            "unwrap" | "expect" | "orElseThrow" => {
                self.demand(object);
                object.clone()
            }
            "into_string" | "to_string" | "to_owned" | "clone" | "as_str" | "trim" | "toString" | "required" => {
                object.clone()
            }
            // Kotlin's `takeIf`, and what gives the text in another form.
            "takeIf" | "takeUnless" | "also" | "lowercase" | "uppercase" | "toLowerCase" | "toUpperCase"
                if self.env_default(object).is_none() =>
            {
                self.let_go(&args);
                object.clone()
            }
            "equals" | "equalsIgnoreCase" | "orEmpty" | "toBoolean" | "contentEquals" => {
                self.tolerate(object);
                Value::unknown()
            }
            "isNullOrBlank" | "isNullOrEmpty" | "isBlank" | "isEmpty" | "is_empty" | "is_none" => {
                self.ask_about(object);
                Value::unknown()
            }
            "as_deref" | "as_ref" | "filter" | "inspect" | "inspect_err" | "flatten" | "iter" | "into_iter"
                if matches!(self.language(scope), Language::Rust | Language::Java) =>
            {
                if matches!(&**name, "iter" | "into_iter") {
                    self.tolerate(object);
                }
                self.let_go(&args);
                object.clone()
            }
            "or_else" => {
                let given = Args::starting(vec![Value::unknown()]);
                let other = self.call(&args.at(0), given, spot);
                match &other {
                    Value::Env(_) => self.either(object, &other),
                    _ => object.clone(),
                }
            }
            "unwrap_or" | "or" | "default" | "orElse" | "ifBlank" | "ifEmpty" => {
                self.env_or(object.clone(), args.at(0))
            }
            "unwrap_or_else" | "orElseGet" => {
                let given = Args::starting(vec![Value::unknown()]);
                let thrown = self.throws(&args.at(0));
                let default = self.call(&args.at(0), given, spot);
                if thrown {
                    self.demand(object);
                    object.clone()
                } else {
                    self.env_or_any(object, default)
                }
            }
            "unwrap_or_default" => self.env_or(object.clone(), Value::text("")),
            "is_ok" | "is_err" | "is_some" | "is_ok_and" | "is_some_and" | "is_none_or" | "is_err_and" => {
                self.ask_about(object);
                self.let_go(&args);
                object.clone()
            }
            "ok" | "map" | "map_or" | "map_or_else" | "and_then" | "ok_or" | "ok_or_else" | "map_err" | "context"
            | "with_context" => {
                match &**name {
                    "map_err" | "map" => {}
                    "ok_or" | "ok_or_else" | "context" | "with_context" => self.demand(object),
                    _ => self.tolerate(object),
                }
                self.let_go(&args);
                object.clone()
            }
            // env-var's `asString`, `asPortNumber`.
            _ if self.language(scope) == Language::JavaScript && is_conversion(name) => object.clone(),
            _ => match self.env_default(object) {
                Some(default) => match (self.call_member(&default, name, args, scope, spot), object) {
                    // What is made of a default is one too: it decides no branch.
                    (made @ Value::Str(_), Value::Env(env)) => {
                        Value::Env(Rc::new(EnvValue { reads: env.reads.clone(), default: Some(made) }))
                    }
                    (Value::Bool(_) | Value::Int(_), _) => Value::unknown(),
                    (made, _) => made,
                },
                None => {
                    self.let_go(&args);
                    Value::unknown()
                }
            },
        }
    }

    /// One of two variables: what is done without both is done without either.
    fn either(&mut self, one: &Value, other: &Value) -> Value {
        let (Value::Env(a), Value::Env(b)) = (one, other) else { return one.clone() };
        self.either_will_do(one, other);
        let reads = a.reads.iter().chain(&b.reads).copied().collect();
        Value::Env(Rc::new(EnvValue { reads, default: b.default.clone() }))
    }

    fn env_or_any(&mut self, object: &Value, default: Value) -> Value {
        self.tolerate(object);
        self.env_or(object.clone(), default)
    }

    /// What a model says of a call that reads the environment.
    pub(crate) fn env_action(&mut self, env: &EnvWord, model: Option<&Modelled>, bound: &Rc<Map>, spot: Spot) -> Value {
        let default = env.default.as_ref().map_or(Value::Undefined, |default| self.argument_at(bound, default, spot));
        if env.writes {
            let name = self.argument_at(bound, &env.name, spot);
            self.write_env(&name, &default, spot);
            return default;
        }
        if env.all {
            return Value::unknown();
        }
        if env.every {
            return self.every_variable(spot);
        }
        if let Some(defines) = &env.defines {
            let given = self.argument_at(bound, defines, spot);
            for (key, _) in if let Value::Map(given) = &given { given.pairs() } else { Vec::new() } {
                if let Some(name) = key.as_whole_text() {
                    self.defined.insert(name.to_string(), spot.module);
                }
            }
            return Value::unknown();
        }
        if let Some(files) = &env.filled {
            let files = self.argument_at(bound, files, spot);
            self.read_filled(&files, spot);
            return Value::from_path(FILLED);
        }
        if let Some(fields) = &env.fields {
            let prefix = model.filter(|_| env.prefixed).map(|model| self.forest.nodes[model.node].prefix.clone());
            self.fields_given(fields, prefix.as_ref(), bound, spot);
            let asked = self.asked_type(bound);
            let Some(Value::Class(class)) = asked else { return Value::unknown() };
            let made = self.filled_type(fields, &class, &super::values::filled::Said::new(), "", 0);
            return made.unwrap_or_else(Value::unknown);
        }
        let mut name = self.argument_at(bound, &env.name, spot);
        if let (Value::Undefined, Some(usual)) = (&name, &env.unnamed) {
            name = Value::text(usual.as_str());
        }
        if let (true, Some(text)) = (env.commas, name.as_whole_text()) {
            name = Value::list(text.split(',').map(|one| Value::text(one.trim())).collect());
        }
        if let (true, Some(model)) = (env.prefixed, model) {
            let prefix = self.forest.nodes[model.node].prefix.clone();
            if !prefix.is_nothing() {
                name = self.concat(&prefix, &name);
            }
        }
        if let Some(text) = name.as_whole_text()
            && env
                .except
                .iter()
                .any(|except| except.strip_suffix('*').map_or(**except == *text, |head| text.starts_with(head)))
        {
            return Value::unknown();
        }
        if env.shouted && name.as_whole_text().is_some_and(|text| text.bytes().any(|byte| byte.is_ascii_lowercase())) {
            return if default.is_nothing() { Value::unknown() } else { default };
        }
        if let Some(family) = &env.family {
            let start = self.concat(&name, &Value::text(family.as_str()));
            name = self.concat(&start, &Value::text(crate::code::holes::hole("rest")));
        }
        if env.within {
            let by = env.by.as_ref().map(|by| self.argument_at(bound, by, spot));
            return self.read_within(&name, by.as_ref(), spot);
        }
        if matches!(name, Value::Undefined) {
            // A flag or an option that names none.
            return Value::unknown();
        }
        if let Value::List(list) = &name {
            let items = list.items.borrow().clone();
            let reads = items.iter().map(|item| self.read_env(item, spot, env.tolerant)).collect();
            return Value::any_of(reads);
        }
        let value = self.read_env(&name, spot, env.tolerant);
        let said = |model: &Modelled, name: &Value| name.as_whole_text().and_then(|name| model.args.named(&name));
        if env.scheme && model.is_some_and(|model| has_default(said(model, &name))) {
            self.tolerate(&value);
        }
        match default {
            Value::Undefined => value,
            default => {
                self.tolerate(&value);
                self.env_or(value, default)
            }
        }
    }

    /// Reads the variables that placeholders in files name.
    fn read_filled(&mut self, files: &Value, spot: Spot) {
        let scope = self.modules[spot.module.0].scope.clone();
        let files = match files {
            Value::List(_) => self.walk(files, crate::code::form::Yields::Elements, &scope).0,
            other => other.each(),
        };
        for file in files {
            let pattern = match file_of(&file) {
                Some(pattern) => pattern.to_owned(),
                None => match file.as_text() {
                    Some(path) => pattern_of(&path),
                    None => continue,
                },
            };
            for text in self.texts_at(pattern.trim_start_matches("./").trim_start_matches('/'), spot) {
                for (name, has_default) in text.lines().flat_map(crate::code::properties::filled_in) {
                    self.read_env(&Value::text(name), spot, has_default);
                }
            }
        }
    }

    /// Reads the variables that stand behind `$` in a text, by a function where one is given.
    fn read_within(&mut self, text: &Value, by: Option<&Value>, spot: Spot) -> Value {
        if file_of(text).is_some() {
            self.read_filled(text, spot);
            return Value::unknown();
        }
        let whole = text.as_text().unwrap_or_default();
        for piece in whole.split('$').skip(1) {
            let inner = piece.strip_prefix('{').and_then(|piece| piece.split('}').next()).unwrap_or(piece);
            let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
            if let Some(name) = inner.get(..end).filter(|name| !name.is_empty()) {
                match by {
                    Some(by) => self.call(by, Args::of(vec![Value::text(name)]), spot),
                    None => self.read_env(&Value::text(name), spot, true),
                };
            }
        }
        Value::unknown()
    }

    /// A type whose fields are read from the environment because of what it derives.
    pub(crate) fn derived_settings(&mut self, class: &Rc<ClassValue>) {
        let written = class.class.clone();
        let derived: Vec<&Name> = written
            .decorators
            .iter()
            .filter_map(|decorator| call_of(&decorator.expr).filter(|(name, _)| *name == "derive"))
            .flat_map(|(_, args)| args.iter().filter_map(|arg| last_name(&arg.value)))
            .collect();
        let models = self.models.derives.iter().copied();
        let Some(model) =
            models.into_iter().find(|model| derived.iter().any(|name| model.on.iter().any(|on| **on == ***name)))
        else {
            return;
        };
        // What stands in the braces of an enum's variants are fields as those of a struct.
        let variants = written.body.iter().filter_map(|one| match &one.kind {
            StmtKind::Class(variant) if written.kind == ClassKind::Enum => Some(variant.fields.iter()),
            _ => None,
        });
        for field in written.fields.iter().chain(variants.flatten()) {
            let attributes = field.decorators.iter().filter_map(|decorator| call_of(&decorator.expr));
            let said: Vec<&crate::code::form::Arg> = attributes
                .filter(|(name, _)| model.attribute.iter().any(|one| one == name))
                .flat_map(|(_, args)| args.iter())
                .collect();
            let is = |arg: &crate::code::form::Arg, wanted: &str| match &arg.name {
                Some(name) => **name == *wanted,
                None => last_name(&arg.value).is_some_and(|name| **name == *wanted),
            };
            let named = said.iter().find(|arg| is(arg, &model.name));
            let skipped = said.iter().any(|arg| model.skip.iter().any(|skip| is(arg, skip)));
            if skipped || (named.is_none() && !model.always) {
                continue;
            }
            let optional =
                field.ty.as_ref().and_then(|ty| ty.path.last()).is_some_and(|name| matches!(&**name, "Option" | "Vec"));
            let tolerated = optional || said.iter().any(|arg| model.default.iter().any(|default| is(arg, default)));
            let scope = class.scope.clone();
            let name = match named.filter(|named| named.name.is_some()) {
                Some(named) => self.eval(&named.value, &scope),
                None => Value::text(field.name.to_uppercase()),
            };
            let spot = Spot { module: class.spot.module, line: field.pos.line };
            self.read_env(&name, spot, tolerated);
        }
    }
}

/// What stands before the path of a file whose text a value is.
const TEXT_OF: &str = "text<";

/// The text of a file, by its path; a part of it that is not known may be anything, but for the file's own name.
pub(crate) fn text_of(file: &Value) -> Value {
    let pattern = file.as_text().map(|path| pattern_of(&path));
    match pattern.filter(|pattern| !pattern.rsplit('/').next().unwrap_or_default().contains('*')) {
        Some(pattern) => Value::from_path(format!("{TEXT_OF}{pattern}>")),
        None => Value::unknown(),
    }
}

/// The path of the file whose text a value is.
pub(super) fn file_of(text: &Value) -> Option<&str> {
    let Value::Unknown(path) = text else { return None };
    path.strip_prefix(TEXT_OF)?.split_once('>').map(|(file, _)| file)
}

/// What comes of a file whose placeholders are filled in.
const FILLED: &str = "filled()";

/// Whether a method gives what was read as a value of a type.
fn is_conversion(name: &str) -> bool {
    name.strip_prefix("as").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// Whether a scheme's entry says a default: it is the second of a pair.
fn has_default(said: Option<Value>) -> bool {
    matches!(said, Some(Value::List(pair)) if pair.items.borrow().len() > 1)
}

/// The name that is called and its arguments, where an attribute is a call.
pub(super) fn call_of(expr: &crate::code::form::Expr) -> Option<(&str, &[crate::code::form::Arg])> {
    let ExprKind::Call(call) = &expr.kind else { return None };
    Some((last_name(&call.callee)?, &call.args))
}

/// The last segment of a name.
pub(super) fn last_name(expr: &crate::code::form::Expr) -> Option<&Name> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member(_, name) => Some(name),
        ExprKind::Path(path) => path.last(),
        _ => None,
    }
}
