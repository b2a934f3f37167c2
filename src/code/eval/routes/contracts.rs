//! Routes of an OpenAPI document that a library answers, and of files that answer by their place in a folder.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Map, Modelled, ModuleId, Spot, Value};
use super::forest::{Entry, Methods};
use crate::code::form::{Language, Name};
use crate::code::holes::has_hole;
use crate::code::models::{ContractWord, Syntax};
use crate::code::resolve::{based, folder_of, join_paths, operations};
use crate::code::select;
use crate::domain::method::is_method;

/// The most files that a folder answers by, and the most modules that are listed.
const MOST_FILES: usize = 2_000;
/// Lists within lists.
const MOST_DEPTH: usize = 4;

/// What a document says.
struct Document {
    /// What stands before its paths.
    bases: Vec<Value>,
    operations: Vec<Operation>,
}

/// An operation of a document.
struct Operation {
    method: String,
    path: Value,
    id: Option<Name>,
    /// Its keys, and those of its path, that are no part of the specification.
    marks: Vec<String>,
    spot: Spot,
}

/// Where what is answered is put: the object, and what stands before every path.
struct Place<'a> {
    model: &'a Modelled,
    bases: &'a [Value],
}

impl Machine<'_> {
    /// Registers what a document lists and what the files of a folder answer.
    pub(in crate::code::eval) fn contract(
        &mut self,
        word: &ContractWord,
        model: Option<&Modelled>,
        bound: &Rc<Map>,
        spot: Spot,
    ) {
        let target = self.meant_by(word.on.as_deref(), model, bound, spot);
        let Some(target) = target else {
            return self.note(spot, "the app that this document is answered on is not known");
        };
        let kept = model.unwrap_or(&target);
        let given = self.given_or_kept(&word.document, kept, bound, spot);
        let given = match &word.usual {
            Some(usual) if given.is_nothing() => Value::text(usual.as_str()),
            _ => given,
        };
        let within = word.within.as_ref().map_or(Value::Undefined, |at| self.given_or_kept(at, kept, bound, spot));
        let mut document = self.document(&given, &within, spot);
        if let (Some(mark), Some(document)) = (&word.marked, &mut document) {
            document.operations.retain(|one| one.marks.contains(mark));
        }
        let base = word.base.as_ref().map_or(Value::Undefined, |base| self.argument_at(bound, base, spot));
        let bases = match (&base, &document) {
            _ if word.bare => vec![Value::text("")],
            (Value::Undefined | Value::Null, Some(document)) => document.bases.clone(),
            (Value::Undefined | Value::Null, None) => vec![Value::unknown()],
            (base, _) => vec![base.clone()],
        };
        let place = Place { model: &target, bases: &bases };
        let answers = word.answers.as_ref().map(|answers| self.given_or_kept(answers, &target, bound, spot));
        let silent = matches!(&answers, Some(answers) if answers.is_nothing());
        match document {
            Some(document) if !silent => self.answer_document(&document, answers.as_ref(), &place, spot),
            None if !silent => self.note(spot, "the document whose paths are answered here is not known"),
            _ => {}
        }
        if let Some(folder) = &word.folder {
            let folder = self.argument_at(bound, folder, spot);
            self.answer_folders(&folder, &place, spot, 0);
        }
        if let Some(page) = &word.page
            && !matches!(self.argument_at(bound, &page.unless_false, spot), Value::Bool(false))
        {
            let path = match self.argument_at(bound, &page.path, spot) {
                Value::Undefined | Value::Null => Value::text(page.path_default.as_str()),
                path => path,
            };
            self.answer_at(&place, &path, ("GET", Value::Undefined), Some(&page.library), spot);
        }
    }

    /// An argument of the call, else of what made the object.
    fn given_or_kept(&mut self, path: &str, model: &Modelled, bound: &Rc<Map>, spot: Spot) -> Value {
        match self.argument_at(bound, path, spot) {
            Value::Undefined => self.argument_at(&model.args.clone(), path, spot),
            given => given,
        }
    }

    fn answer_document(&mut self, document: &Document, answers: Option<&Value>, place: &Place<'_>, spot: Spot) {
        let mut open = false;
        for operation in &document.operations {
            let handler = match (answers, &operation.id) {
                (None, _) => Value::Undefined,
                (Some(Value::Map(map)), Some(id)) => match map.named(id) {
                    Some(handler) => self.force(handler),
                    None => {
                        open |= map.partial.get();
                        continue;
                    }
                },
                (Some(Value::Str(one)), Some(id)) if one == id => Value::Undefined,
                (Some(Value::Map(_) | Value::Str(_)), _) => continue,
                (Some(_), _) => {
                    open = true;
                    continue;
                }
            };
            self.answer_at(place, &operation.path, (&operation.method, handler), None, operation.spot);
        }
        if open {
            self.note(spot, "which operations of the document are answered here is not known");
        }
    }

    /// What a document says: a map, or the file that is named.
    fn document(&mut self, given: &Value, within: &Value, spot: Spot) -> Option<Document> {
        match given {
            Value::Map(map) => Some(self.document_in(map, spot)),
            Value::Str(_) | Value::Unknown(_) => {
                let file = self.document_file(given, within, spot)?;
                let text = self.tree.text(&file)?;
                let module = self.module_of(&file, self.modules[spot.module.0].language);
                match operations(&text, &file) {
                    Ok((all, servers)) => Some(Document {
                        bases: servers.into_iter().map(Value::text).collect(),
                        operations: all
                            .into_iter()
                            .map(|one| Operation {
                                method: one.method,
                                path: Value::text(one.path),
                                id: one.id.map(Name::from),
                                marks: one.marks,
                                spot: Spot { module, line: one.line },
                            })
                            .collect(),
                    }),
                    Err((line, why)) => {
                        let reason = format!("what this document lists is answered, and it cannot be read: {why}");
                        self.note(Spot { module, line }, reason);
                        Some(Document { bases: vec![Value::unknown()], operations: Vec::new() })
                    }
                }
            }
            _ => None,
        }
    }

    /// The file of the tree that a document's name means: from the folder that names begin in, from the file that names it, or
    /// from the folder that the program runs in.
    fn document_file(&self, given: &Value, within: &Value, spot: Spot) -> Option<Name> {
        let path: Name = match super::super::env::file_of(given) {
            Some(file) => file.into(),
            None => given.as_whole_text().filter(|path| !has_hole(path))?,
        };
        let rest = path.trim_start_matches('/');
        let own = folder_of(self.file(spot));
        let within = within.as_whole_text().unwrap_or_else(|| "".into());
        let within = within.trim_start_matches('/');
        let around = self.working_folder(spot);
        let places = [
            join_paths(&[own, within, rest]),
            join_paths(&[within, rest]),
            join_paths(&[around, within, rest]),
            rest.to_owned(),
            // What is on the class path (Java, Kotlin).
            join_paths(&[self.tree.module_of(self.file(spot)), "src/main/resources", rest]),
        ];
        places.iter().find(|place| self.tree.has(place)).map(|place| Name::from(place.as_str()))
    }

    fn document_in(&mut self, map: &Rc<Map>, spot: Spot) -> Document {
        let base = map.named("basePath").map(|base| self.force(base));
        let servers = map.named("servers").map(|servers| self.force(servers));
        let bases = match (servers, base) {
            (Some(Value::List(servers)), _) => {
                let servers = servers.items.borrow().clone();
                servers.iter().map(|server| self.server_in(server)).collect()
            }
            (Some(other), _) if !other.is_nothing() => vec![Value::unknown()],
            (_, Some(base)) if !base.is_nothing() => vec![base],
            _ if map.partial.get() => vec![Value::unknown()],
            _ => vec![Value::text("")],
        };
        let mut operations = Vec::new();
        let paths = map.named("paths").map(|paths| self.force(paths));
        match &paths {
            Some(Value::Map(paths)) => {
                if paths.partial.get() {
                    self.note(spot, "not all paths of the document that is answered here are known");
                }
                for (path, item) in paths.pairs() {
                    let Value::Map(item) = self.force(item) else { continue };
                    for (key, operation) in item.pairs() {
                        let Some(method) = key.as_text().map(|key| key.to_uppercase()) else { continue };
                        if is_method(&method) {
                            let (mut id, mut marks) = (None, keys_of(&item));
                            if let Value::Map(operation) = self.force(operation) {
                                id = operation.named("operationId").and_then(|id| id.as_whole_text());
                                marks.extend(keys_of(&operation));
                            }
                            operations.push(Operation { method, path: path.clone(), id, marks, spot });
                        }
                    }
                }
            }
            Some(paths) if !paths.is_nothing() => {
                self.note(spot, "the paths of the document that is answered here are not known");
            }
            _ => {}
        }
        let bases = if bases.is_empty() { vec![Value::text("")] } else { bases };
        Document { bases, operations }
    }

    fn server_in(&mut self, server: &Value) -> Value {
        let Value::Map(server) = self.force(server.clone()) else { return Value::unknown() };
        let url = server.named("url").map(|url| self.force(url));
        let Some(mut url) = url.and_then(|url| url.as_text()).map(|url| url.to_string()) else {
            return Value::unknown();
        };
        if let Some(Value::Map(variables)) = server.named("variables").map(|variables| self.force(variables)) {
            for (key, variable) in variables.pairs() {
                let default = match self.force(variable) {
                    Value::Map(variable) => variable.named("default").and_then(|default| default.as_text()),
                    _ => None,
                };
                if let (Some(key), Some(default)) = (key.as_text(), default) {
                    url = url.replace(&format!("{{{key}}}"), &default);
                }
            }
        }
        Value::text(based(&url))
    }

    /// Registers what folders answer: one by name, or several with modules at their paths among them.
    fn answer_folders(&mut self, given: &Value, place: &Place<'_>, spot: Spot, depth: usize) {
        match self.force(given.clone()) {
            Value::Undefined | Value::Null => {}
            Value::List(list) if depth < MOST_DEPTH => {
                let items = list.items.borrow().clone();
                for item in items.iter().take(MOST_FILES) {
                    self.answer_folders(item, place, spot, depth + 1);
                }
                if list.partial.get() {
                    self.note(spot, "not all files that answer here are known");
                }
            }
            Value::Map(map) => {
                let path = map.named("path").map_or(Value::Undefined, |path| self.force(path));
                let module = map.named("module").map_or(Value::Undefined, |module| self.force(module));
                self.answer_module(&path, module, place, spot);
            }
            given => {
                let folder = self.inside(&given, spot).filter(|folder| self.tree.has_folder(folder));
                match folder {
                    Some(folder) => self.answer_folder(&folder, place),
                    None => self.note(spot, "the folder whose files answer here is not known"),
                }
            }
        }
    }

    fn answer_folder(&mut self, folder: &str, place: &Place<'_>) {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let scripts = |file: &&Name| {
            file.starts_with(&prefix) && Language::of(file) == Some(Language::JavaScript) && select::is_own_source(file)
        };
        let files: Vec<Name> = self.tree.files().filter(scripts).take(MOST_FILES).cloned().collect();
        for file in files {
            let rest = file.strip_prefix(&prefix).unwrap_or(&file);
            let stem = rest.rsplit_once('.').map_or(rest, |(stem, _)| stem);
            let path = match stem.strip_suffix("index") {
                Some(before) if before.is_empty() || before.ends_with('/') => before.trim_end_matches('/'),
                _ => stem,
            };
            let id = self.module_of(&file, Language::JavaScript);
            let given = self.answers_of(id);
            self.answer_module(&Value::text(format!("/{path}")), given, place, Spot { module: id, line: 1 });
        }
    }

    /// What a file gives: its default export, else all that it exports.
    fn answers_of(&mut self, id: ModuleId) -> Value {
        let default = self.exported(id, &"default".into()).map(|value| self.force(value));
        match default {
            Some(value) if !value.is_nothing() => value,
            _ => Value::map(self.all_exports(id).into_iter().map(|(name, value)| (Value::Str(name), value)).collect()),
        }
    }

    /// Registers what a module answers at a path: its members that are called like methods. One that is a function gives them.
    fn answer_module(&mut self, path: &Value, given: Value, place: &Place<'_>, spot: Spot) {
        let given = match self.force(given) {
            Value::Module(id) => self.answers_of(id),
            Value::Map(map) => match map.named("default").map(|inner| self.force(inner)) {
                Some(inner) if !inner.is_nothing() => inner,
                _ => Value::Map(map),
            },
            given => given,
        };
        let given = if given.is_callable() {
            let made = self.call(&given, super::super::value::Args::unknown(), spot);
            self.force(made)
        } else {
            given
        };
        let Value::Map(map) = given else {
            return self.note(spot, "which methods this answers is not known");
        };
        if map.partial.get() {
            self.note(spot, "not all methods that this answers are known");
        }
        for (key, handler) in map.pairs() {
            let Some(name) = key.as_text().map(|key| key.to_uppercase()) else { continue };
            let method = if name == "DEL" { "DELETE" } else { name.as_str() };
            if !is_method(method) {
                continue;
            }
            let handler = self.force(handler);
            let at = match last_function(&handler) {
                Some(Value::Function(closure)) => {
                    Spot { module: closure.scope.module, line: closure.function.pos.line }
                }
                _ => spot,
            };
            self.answer_at(place, path, (method, handler), None, at);
        }
    }

    /// Registers one path behind each that stands before it.
    fn answer_at(&mut self, place: &Place<'_>, path: &Value, what: (&str, Value), library: Option<&str>, spot: Spot) {
        let (method, handler) = what;
        let shown = self.shown(path, "path");
        for base in place.bases {
            let base = if base.is_nothing() { Value::text("") } else { self.shown(base, "base path") };
            let whole = self.concat(&base, &shown);
            let path = self.viewed(place.model, whole);
            self.effects += 1;
            self.forest.nodes[place.model.node].entries.push(Entry::Route {
                path,
                methods: Methods::Fixed(vec![method.to_owned()]),
                handler: handler.clone(),
                spot,
                chain: Vec::new(),
                conditional: self.conditional > 0,
                paths: Some(Syntax::Brace),
                library: library.map(str::to_owned),
            });
        }
    }
}

/// The keys of a map that are no part of the specification.
fn keys_of(map: &Map) -> Vec<String> {
    let names = map.pairs().into_iter().filter_map(|(key, _)| key.as_text());
    names.filter(|name| name.starts_with("x-")).map(|name| name.to_string()).collect()
}

/// The function that answers, of what stands before it.
fn last_function(handler: &Value) -> Option<Value> {
    match handler {
        Value::Function(_) => Some(handler.clone()),
        Value::List(list) => list.items.borrow().iter().rev().find_map(last_function),
        _ => None,
    }
}
