//! Methods of objects that a library registers as a whole: where each answers is told by its name, by what the registration
//! maps, by the tags of the type that it takes, or by a comment above it.

use std::rc::Rc;

use super::super::env::tags::tagged;
use super::super::machine::Machine;
use super::super::routes::attributes::method_of;
use super::super::routes::forest::Methods;
use super::super::value::{ClassValue, Closure, Map, Modelled, Spot, Value};
use super::types::Shape;
use crate::code::form::{ExprKind, Name, TypeRef};
use crate::code::mentions;
use crate::code::models::{By, ControlsWord};
use crate::domain::method::is_any_method;

/// How deeply lists of objects and types within types are looked into.
const DEEPEST: usize = 6;

/// Methods that the libraries call themselves.
const OWN: &[&str] = &["Init", "Shut", "Exit", "Prepare", "Finish", "Render", "URLMapping", "HandlerFunc"];

/// What is registered, and where.
#[derive(Debug, Clone)]
struct Wanted {
    word: &'static ControlsWord,
    by: By,
    path: Value,
    methods: Vec<String>,
    only: Option<Value>,
}

/// What a method's second parameter says of where it answers.
enum Meta {
    /// Nothing: it has no such tags.
    Silent,
    /// It is of a type that is not seen.
    Unseen,
    /// These tags, which stand there.
    Says { path: Option<String>, method: Option<String>, spot: Spot },
}

impl Machine<'_> {
    /// Registers methods of objects.
    pub(crate) fn control(&mut self, word: &'static ControlsWord, model: &Modelled, bound: &Rc<Map>, spot: Spot) {
        if matches!(word.by, By::Members | By::Scanned) {
            return self.control_members(word, model, bound, spot);
        }
        let given = self.argument_at(bound, &word.of, spot);
        let hook = word.hook.as_ref().map_or(Value::Undefined, |hook| self.argument_at(bound, hook, spot));
        if !hook.is_nothing() && given.is_callable() {
            return;
        }
        let path = word.path.as_ref().map_or(Value::Undefined, |path| self.argument_at(bound, path, spot));
        let only = word.only.as_ref().map(|only| self.argument_at(bound, only, spot)).filter(|only| !only.is_nothing());
        let wanted = Wanted { word, by: word.by, path, methods: word.method.clone(), only };
        if word.by != By::Patterns {
            return self.control_value(&wanted, model, &given, spot, 0);
        }
        let Value::Map(map) = self.force(given) else {
            return self.note(spot, "the map of what is registered here is not known");
        };
        for (path, value) in map.pairs() {
            let one = Wanted { by: By::Pattern, path, ..wanted.clone() };
            self.control_value(&one, model, &value, spot, 0);
        }
        if map.partial.get() {
            self.note(spot, "not all that is registered here is known");
        }
    }

    fn control_value(&mut self, wanted: &Wanted, model: &Modelled, value: &Value, spot: Spot, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match self.force(value.clone()) {
            Value::List(list) => {
                let items = list.items.borrow().clone();
                if let Some(one) = row(wanted, &items) {
                    let object = items.get(2).cloned().unwrap_or(Value::Undefined);
                    return self.control_value(&one, model, &object, spot, depth + 1);
                }
                items.iter().for_each(|item| self.control_value(wanted, model, item, spot, depth + 1));
                if list.partial.get() {
                    self.note(spot, "not all that is registered here is known");
                }
            }
            Value::Alt(all) => {
                self.conditional += 1;
                all.iter().for_each(|one| self.control_value(wanted, model, one, spot, depth + 1));
                self.conditional -= 1;
            }
            Value::Function(closure) => self.control_function(wanted, model, &closure, spot),
            Value::Bound(it) => match &it.callee {
                Value::Function(closure) => self.control_function(wanted, model, &closure.clone(), spot),
                _ => self.control_unseen(wanted, model, spot),
            },
            Value::Object(it) if it.class.is_some() => {
                if let Some(class) = it.class.clone() {
                    self.control_class(wanted, model, &class, spot);
                }
            }
            Value::Class(class) => self.control_class(wanted, model, &class, spot),
            Value::Undefined | Value::Null => {}
            // What a library gives to answer at a path is a function.
            Value::Unknown(from) if !from.is_empty() => self.control_unseen(wanted, model, spot),
            Value::Native(_) | Value::Method(_) => self.control_unseen(wanted, model, spot),
            // The text that maps them says all that is needed.
            _ if wanted.by == By::Mapping => self.control_unseen(wanted, model, spot),
            _ => self.note(spot, "which object's methods are registered here is not known"),
        }
    }

    fn control_unseen(&mut self, wanted: &Wanted, model: &Modelled, spot: Spot) {
        let named = wanted.only.as_ref().and_then(Value::as_whole_text);
        if let (By::Mapping, Some(mapped)) = (wanted.by, named) {
            return self.control_mapped(wanted, model, &[], &mapped, spot);
        }
        if wanted.by != By::Pattern || wanted.path.is_nothing() {
            return self.note(spot, "which object's methods are registered here is not known");
        }
        let (methods, path) = self.pattern(wanted, "", "", true);
        self.put_control(model, path, methods, Value::Undefined, spot);
    }

    /// A function that is registered by itself.
    fn control_function(&mut self, wanted: &Wanted, model: &Modelled, closure: &Rc<Closure>, spot: Spot) {
        let (methods, path) = self.pattern(wanted, "", "", true);
        self.put_as_told(wanted, model, closure, (methods, path), spot);
    }

    /// Registers a method at a place, or where the type that it takes says that it answers.
    fn put_as_told(
        &mut self,
        wanted: &Wanted,
        model: &Modelled,
        closure: &Rc<Closure>,
        (mut methods, mut path): (Vec<String>, Value),
        spot: Spot,
    ) {
        let mut at = spot;
        match self.meta(closure, &wanted.word.meta) {
            Meta::Silent => {}
            Meta::Unseen => {
                let name = closure.function.name.clone().unwrap_or_else(|| "the function".into());
                return self
                    .note(spot, format!("where `{name}` answers is said by a type that is not in the repository"));
            }
            Meta::Says { path: told, method, spot } => {
                if let Some(told) = told {
                    (path, at) = (Value::text(told), spot);
                }
                if let Some(method) = method {
                    methods = method.split(',').map(|one| verb(one.trim())).collect();
                }
            }
        }
        self.put_control(model, path, methods, Value::Function(closure.clone()), at);
    }

    fn control_class(&mut self, wanted: &Wanted, model: &Modelled, class: &Rc<ClassValue>, spot: Spot) {
        let mut methods = Vec::new();
        self.exported_methods(class, &mut methods, 0);
        let of = class.class.name.clone().unwrap_or_else(|| "".into());
        let named = match &wanted.only {
            None => None,
            Some(only) => match only.as_whole_text() {
                Some(text) => Some(text),
                None => return self.note(spot, "which methods are registered here is not known"),
            },
        };
        if methods.is_empty() && (wanted.by != By::Mapping || named.is_none()) {
            return self.note(spot, format!("`{of}` has no methods that are seen"));
        }
        match wanted.by {
            By::Pattern | By::Patterns => self.control_named(wanted, model, (&of, &methods), named.as_deref(), spot),
            By::Mapping if named.is_some() => {
                let mapped = named.as_deref().unwrap_or_default();
                self.control_mapped(wanted, model, &methods, mapped, spot);
            }
            By::Verbs | By::Mapping => {
                let mut any = false;
                for (name, closure) in &methods {
                    if let Some(method) = method_of(&Value::text(name.clone())).filter(|name| is_any_method(name)) {
                        let (_, path) = self.pattern(wanted, &of, name, true);
                        self.put_as_told(wanted, model, closure, (vec![method], path), spot);
                        any = true;
                    }
                }
                if !any {
                    self.note(spot, format!("`{of}` has no methods that are named like those of HTTP"));
                }
            }
            By::Segments => {
                let before = wanted.path.as_text().unwrap_or_else(|| "".into());
                let of = of.strip_suffix("Controller").unwrap_or(&of).to_lowercase();
                for (name, closure) in methods.iter().filter(|(name, _)| !OWN.contains(&&**name)) {
                    let path = format!("{before}/{of}/{}", name.to_lowercase());
                    for path in [path.clone(), format!("{path}/*")] {
                        let handler = Value::Function(closure.clone());
                        self.put_control(model, Value::text(path), Vec::new(), handler, spot);
                    }
                }
            }
            By::Words => {
                // What the object registers itself is not registered by its name, too.
                let own = methods.iter().find(|(name, _)| &**name == "BeforeActivation");
                let own = own.map(|(_, closure)| mentions::of_function(&closure.function).members).unwrap_or_default();
                for (name, closure) in methods.iter().filter(|(name, _)| !own.contains(name)) {
                    if let Some((verb, path)) = worded(name, closure.function.params.len()) {
                        let handler = Value::Function(closure.clone());
                        self.put_control(model, Value::text(path), vec![verb], handler, spot);
                    }
                }
            }
            By::Members | By::Scanned => {}
            By::Comments => self.control_commented(model, (&of, &methods), spot),
        }
    }

    /// Methods that answer below a pattern under their names.
    fn control_named(
        &mut self,
        wanted: &Wanted,
        model: &Modelled,
        (of, methods): (&str, &[(Name, Rc<Closure>)]),
        only: Option<&str>,
        spot: Spot,
    ) {
        let only: Option<Vec<&str>> = only.map(|only| only.split(',').map(str::trim).collect());
        let itself = wanted.word.alone && only.as_ref().is_some_and(|only| only.len() == 1);
        for (name, closure) in methods {
            if OWN.contains(&&**name) || only.as_ref().is_some_and(|only| !only.contains(&&**name)) {
                continue;
            }
            let place = self.pattern(wanted, of, name, itself);
            let index = name.eq_ignore_ascii_case("index") && !itself;
            if index && !wanted.path.as_text().is_some_and(|path| path.contains("{.")) {
                let place = self.pattern(wanted, of, name, true);
                self.put_as_told(wanted, model, closure, place, spot);
            }
            self.put_as_told(wanted, model, closure, place, spot);
        }
    }

    /// Methods that a text maps: `get,post:List;delete:Remove`.
    fn control_mapped(
        &mut self,
        wanted: &Wanted,
        model: &Modelled,
        methods: &[(Name, Rc<Closure>)],
        mapped: &str,
        spot: Spot,
    ) {
        for one in mapped.split(';').filter(|one| !one.trim().is_empty()) {
            let Some((verbs, name)) = one.split_once(':') else {
                self.note(spot, "what maps the methods here is not understood");
                continue;
            };
            let found = methods.iter().find(|(known, _)| **known == *name.trim());
            let handler = found.map_or(Value::Undefined, |(_, closure)| Value::Function(closure.clone()));
            let verbs = verbs.split(',').map(|word| verb(word.trim())).collect();
            self.put_control(model, wanted.path.clone(), verbs, handler, spot);
        }
    }

    /// Methods of which comments say where they answer.
    fn control_commented(&mut self, model: &Modelled, (of, methods): (&str, &[(Name, Rc<Closure>)]), spot: Spot) {
        let mut any = false;
        for (_, closure) in methods {
            let at = Spot { module: closure.scope.module, line: closure.function.pos.line };
            let Some(text) = self.tree.text(self.file(at)) else { continue };
            for (path, verbs) in commented(&text, at.line) {
                any = true;
                self.put_control(model, Value::text(path), verbs, Value::Function(closure.clone()), at);
            }
        }
        if !any {
            self.note(spot, format!("no comment says where the methods of `{of}` answer"));
        }
    }

    /// Methods and path of a pattern, for a method of a type: its name stands behind, unless it is the path `itself`.
    fn pattern(&mut self, wanted: &Wanted, of: &str, name: &str, itself: bool) -> (Vec<String>, Value) {
        let written = match &wanted.path {
            Value::Undefined | Value::Null => Some(Name::from("/")),
            path => path.as_text(),
        };
        let Some(written) = written else { return (wanted.methods.clone(), Value::unknown()) };
        let (method, path) = parsed(&written);
        let mut methods = wanted.methods.clone();
        if methods.is_empty() {
            methods.extend(method);
        }
        let path = path.replace("{.struct}", &dashed(of));
        let path = match () {
            () if path.contains("{.method}") => path.replace("{.method}", &dashed(name)),
            () if itself => path,
            () => format!("{}/{}", path.trim_end_matches('/'), dashed(name)),
        };
        (methods, Value::text(path))
    }

    fn put_control(&mut self, model: &Modelled, path: Value, methods: Vec<String>, handler: Value, spot: Spot) {
        if self.is_astray(model.node, spot) {
            return self.note(spot, "registered in a function that nothing calls");
        }
        let path = self.viewed(model, path);
        self.effects += 1;
        let methods = if methods.is_empty() { vec!["ANY".to_owned()] } else { methods };
        let entry = self.route_entry(path, Methods::Fixed(methods), handler, spot);
        self.forest.nodes[model.node].entries.push(entry);
    }

    /// The exported methods of a type, and of those that it embeds, by their names.
    pub(super) fn exported_methods(
        &mut self,
        class: &Rc<ClassValue>,
        out: &mut Vec<(Name, Rc<Closure>)>,
        depth: usize,
    ) {
        let mut own = Vec::new();
        for (key, value) in class.members.pairs() {
            let Some(name) = key.as_whole_text().filter(|name| name.starts_with(char::is_uppercase)) else { continue };
            if let Value::Function(closure) = self.force(value) {
                own.push((name, closure));
            }
        }
        own.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, closure) in own {
            if !out.iter().any(|(known, _)| *known == name) {
                out.push((name, closure));
            }
        }
        if depth >= DEEPEST {
            return;
        }
        let written = class.class.clone();
        let embedded = written.fields.iter().filter(|field| field.is_embedded).filter_map(|field| field.ty.clone());
        let bases = written.bases.iter().filter_map(|base| match &base.value.kind {
            ExprKind::Type(ty) if !written.fields.iter().any(|field| field.ty.as_ref() == Some(ty)) => Some(ty.clone()),
            _ => None,
        });
        let scope = class.scope.clone();
        for ty in embedded.chain(bases).collect::<Vec<TypeRef>>() {
            if let Shape::Struct(inner) | Shape::Interface(inner) = self.shape(&ty, &scope) {
                self.exported_methods(&inner, out, depth + 1);
            }
        }
    }

    /// What the type of a method's second parameter says.
    fn meta(&mut self, closure: &Rc<Closure>, meta: &[String]) -> Meta {
        let [_, request] = closure.function.params.as_slice() else { return Meta::Silent };
        if meta.is_empty() {
            return Meta::Silent;
        }
        let Some(ty) = &request.ty else { return Meta::Silent };
        let scope = closure.scope.clone();
        match self.shape(ty, &scope) {
            Shape::Struct(class) => match self.tagged_field(&class, meta, 0) {
                Some((tag, spot)) => {
                    let said = |key: &str| tagged(&tag, key).filter(|text| !text.is_empty());
                    Meta::Says { path: said("path"), method: said("method"), spot }
                }
                None => Meta::Silent,
            },
            Shape::Outside(_) => Meta::Unseen,
            _ => Meta::Silent,
        }
    }

    /// The tag of an embedded field of a library's type, in a type or in what it embeds, and where it stands.
    fn tagged_field(&mut self, class: &Rc<ClassValue>, meta: &[String], depth: usize) -> Option<(Name, Spot)> {
        let written = class.class.clone();
        let scope = class.scope.clone();
        let mut inner = Vec::new();
        for field in written.fields.iter().filter(|field| field.is_embedded) {
            let Some(ty) = &field.ty else { continue };
            match self.shape(ty, &scope) {
                Shape::Outside(path) if meta.iter().any(|meta| **meta == *path) => {
                    let spot = Spot { module: class.spot.module, line: field.pos.line };
                    return Some((field.tag.clone().unwrap_or_else(|| "".into()), spot));
                }
                Shape::Struct(embedded) if depth < DEEPEST => inner.push(embedded),
                _ => {}
            }
        }
        inner.iter().find_map(|embedded| self.tagged_field(embedded, meta, depth + 1))
    }
}

/// What a list of method, path, object and names says, where a value is one.
fn row(wanted: &Wanted, items: &[Value]) -> Option<Wanted> {
    let [method, path, _, rest @ ..] = items else { return None };
    let (method, path) = (method.as_whole_text()?, path.as_text()?);
    let (by, methods) = match &*method.to_uppercase() {
        "REST" => (By::Verbs, Vec::new()),
        method => (By::Pattern, vec![verb(method)]),
    };
    let only = rest.first().filter(|only| !only.is_nothing()).cloned();
    Some(Wanted { word: wanted.word, by, path: Value::Str(path), methods, only })
}

/// A method as it is told: `*` and `all` are any.
fn verb(word: &str) -> String {
    match word.to_uppercase() {
        word if matches!(&*word, "" | "*" | "ALL") => "ANY".to_owned(),
        word => word,
    }
}

/// The method of `GET:/users@host`, and its path.
fn parsed(pattern: &str) -> (Option<String>, String) {
    let named = pattern.split_once(':').filter(|(head, _)| !head.is_empty() && head.chars().all(char::is_alphabetic));
    let (method, path) = match named {
        Some((head, rest)) => (Some(verb(head)), rest),
        None => (None, pattern),
    };
    let host = |host: &str| host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let path = match path.rsplit_once('@') {
        Some((path, domain)) if !path.is_empty() && host(domain) => path,
        _ => path,
    };
    (method, path.trim().to_owned())
}

/// A name in small letters, a dash before each that was a capital: `SignUp` is `sign-up`.
fn dashed(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// The HTTP method and the path in the words of a name, `By` for each parameter: `GetUserBy` is `GET /user/{param}`.
fn worded(name: &str, params: usize) -> Option<(String, String)> {
    let mut words: Vec<String> = Vec::new();
    for c in name.chars() {
        match words.last_mut() {
            Some(word) if !c.is_uppercase() => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    let (first, rest) = words.split_first()?;
    let verb = verb(first);
    if verb != "ANY" && !is_any_method(&verb) {
        return None;
    }
    let (mut path, mut taken) = (String::new(), 0);
    for (at, word) in rest.iter().enumerate() {
        match word.as_str() {
            "By" if rest.get(at + 1).is_some_and(|next| next == "Wildcard") => path.push_str("/{*param}"),
            "By" => {
                // The last one stands for every parameter that is left.
                let last = at + 1 == rest.len();
                let count = if last { params.saturating_sub(taken).max(1) } else { 1 };
                for _ in 0..count {
                    taken += 1;
                    path.extend(["/{param", &taken.to_string(), "}"]);
                }
            }
            "Wildcard" if at > 0 && rest.get(at - 1).is_some_and(|before| before == "By") => {}
            word => path.extend(["/", &word.to_lowercase()]),
        }
    }
    Some((verb, path))
}

/// Paths and methods in the comments above a line: `// @router /users/:id [get,post]`.
fn commented(text: &str, line: u32) -> Vec<(String, Vec<String>)> {
    let before: Vec<&str> = text.lines().take(line.saturating_sub(1) as usize).collect();
    let comments = before.iter().rev().map(|line| line.trim()).take_while(|line| line.starts_with("//"));
    let mut out: Vec<(String, Vec<String>)> = comments
        .filter_map(|comment| {
            let rest = comment.trim_start_matches('/').trim().strip_prefix("@router")?;
            let mut words = rest.split_whitespace();
            let path = words.next()?.to_owned();
            let verbs = words.next().and_then(|word| word.strip_prefix('[')?.strip_suffix(']')).unwrap_or("get");
            Some((path, verbs.split(',').map(|word| verb(word.trim())).collect()))
        })
        .collect();
    out.reverse();
    out
}
