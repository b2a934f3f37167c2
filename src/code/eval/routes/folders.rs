//! Routes that files are by their place: a folder of a package whose files are routes, named by the folders above them.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, Map, Modelled, ModuleId, Object, Spot, Value};
use super::forest::{Entry, Methods};
use crate::code::form::{Block, Export, Imported, Language, Name, Pattern, Stmt, StmtKind};
use crate::code::holes::hole;
use crate::code::models::{FilesWord, ObjectModel};
use crate::code::resolve::{folder_of, under};
use crate::code::select;
use crate::domain::change::is_test;

/// Endings of files that can be routes.
pub(super) const ENDINGS: [&str; 6] = ["ts", "tsx", "js", "jsx", "mts", "mjs"];

impl Machine<'_> {
    /// Registers the routes that files are by their place.
    pub(crate) fn read_folders(&mut self) {
        for (word, model) in &self.models.files {
            for package in self.tree.packages_with(&word.package) {
                if let Some(flat) = &word.flat {
                    self.read_flat((word, flat), model, &package);
                    continue;
                }
                let mut app = None;
                for folder in &word.folders {
                    let base = if package.is_empty() { folder.clone() } else { format!("{package}/{folder}") };
                    let prefix = format!("{base}/");
                    let files: Vec<Name> =
                        self.tree.files().filter(|path| path.starts_with(&prefix)).cloned().collect();
                    for file in files {
                        self.placed(&file, &file[prefix.len()..], (word, model), &package, &mut app);
                    }
                }
            }
        }
    }

    fn placed(
        &mut self,
        file: &Name,
        rest: &str,
        of: (&'static FilesWord, &'static ObjectModel),
        package: &str,
        app: &mut Option<usize>,
    ) {
        let (word, model) = of;
        let (folders, name) = rest.rsplit_once('/').unwrap_or(("", rest));
        let Some((stem, ending)) = name.rsplit_once('.') else { return };
        if !ENDINGS.contains(&ending) || stem.ends_with(".d") || stem.contains(".test") || stem.contains(".spec") {
            return;
        }
        let (stem, own) = if word.suffixed { method_behind(stem) } else { (stem, None) };
        let mut parts: Vec<&str> = folders.split('/').filter(|part| !part.is_empty()).collect();
        match &word.stem {
            Some(wanted) if stem != wanted => return,
            None if stem != "index" => parts.push(stem),
            Some(_) | None => {}
        }
        let hidden =
            |part: &&str| part.starts_with('_') || word.hidden.iter().any(|mark| part.starts_with(mark.as_str()));
        if parts.iter().any(hidden) {
            return;
        }
        // Below the folder of routes every name is a part of a path.
        if select::may_serve(&format!("{package}/{}", ENTRY)) && !is_test(&format!("{package}/{}", ENTRY)) {
            self.placed.insert(file.clone());
        }
        let mut path = word.prefix.clone();
        for part in parts {
            path.push_str(&segment(part));
        }
        let node = match *app {
            Some(node) => node,
            None => {
                let node = self.forest.add(model, false);
                self.forest.nodes[node].served = true;
                self.forest.nodes[node].prefix = self.package_setting((&word.config, &word.setting), package);
                *app = Some(node);
                if let Some(besides) = &word.besides {
                    self.tell_besides(besides, file, package);
                }
                node
            }
        };
        let id = self.module_of(file, Language::JavaScript);
        if let Some(table) = &word.table {
            return self.listed_in(id, table, &word.answers, node);
        }
        if word.called {
            return self.call_export(id, node, model);
        }
        let answered = self.answered(id, word, own);
        let default = self.exported(id, &"default".into()).filter(|_| word.default.is_some());
        if let Some(router) = default.map(|value| self.force(value))
            && !self.held_by(&router).nodes.is_empty()
        {
            // A router of the library's own stands below the file's place.
            let line = answered.last().map_or(1, |(_, line)| *line);
            return self.mount(node, Value::text(path), router, (false, true), Spot { module: id, line });
        }
        for (method, line) in answered {
            self.forest.nodes[node].entries.push(Entry::Route {
                path: Value::text(path.as_str()),
                methods: Methods::Fixed(vec![method]),
                handler: Value::Undefined,
                spot: Spot { module: id, line },
                chain: Vec::new(),
                conditional: false,
                paths: None,
                library: None,
            });
        }
    }

    /// Calls the files that a package's scripts serve by a command of a library.
    pub(crate) fn run_commands(&mut self) {
        for (word, model) in &self.models.runs {
            for file in self.tree.files_run_by(&word.command) {
                let id = self.module_of(&file.into(), Language::JavaScript);
                let plugin = self.exported(id, &"default".into()).unwrap_or(Value::Undefined);
                let plugin = self.force(plugin);
                if !plugin.is_callable() {
                    continue;
                }
                let app = self.placeholder(model);
                if let Value::Object(object) = &app
                    && let Some(it) = object.model.borrow().as_ref()
                {
                    self.forest.nodes[it.node].unbound = false;
                    self.forest.nodes[it.node].served = true;
                }
                self.call(&plugin, Args::of(vec![app, Value::map(Vec::new())]), Spot { module: id, line: 1 });
            }
        }
    }

    /// Calls a file's default export with the object that stands at a node.
    fn call_export(&mut self, id: ModuleId, node: usize, model: &'static ObjectModel) {
        let given = self.exported(id, &"default".into()).unwrap_or(Value::Undefined);
        let given = match self.force(given) {
            Value::Undefined => self.modules[id.0].common.named("exports").unwrap_or(Value::Undefined),
            given => given,
        };
        if given.is_callable() {
            let modelled = Modelled { ty: model, node, view: None, args: Rc::new(Map::default()) };
            let object = Object { class: None, members: Map::default(), model: RefCell::new(Some(modelled)) };
            self.call(&given, Args::of(vec![Value::Object(Rc::new(object))]), Spot { module: id, line: 1 });
        }
    }

    /// The methods that a file answers by what it exports, with the lines.
    fn answered(&mut self, id: ModuleId, word: &FilesWord, own: Option<&str>) -> Vec<(String, u32)> {
        let exports: Vec<Name> = self.all_exports(id).into_iter().map(|(name, _)| name).collect();
        let path = self.modules[id.0].path.clone();
        let line = |name: &str| self.form(&path).and_then(|form| exported_at(&form.body, name)).unwrap_or(1);
        if word.methods.is_empty() {
            let common = self.modules[id.0].common.named("exports");
            let assigned = common.filter(Value::is_callable);
            if !exports.iter().any(|name| &**name == "default") && assigned.is_none() {
                return Vec::new();
            }
            let line = line("default");
            let given = assigned.or_else(|| self.exported(id, &"default".into())).unwrap_or(Value::Undefined);
            let guarded = match (own, self.force(given)) {
                (None, Value::Function(closure)) => self.guarded_methods(&closure),
                _ => Vec::new(),
            };
            return match guarded.is_empty() {
                true => vec![(own.map_or("ANY".to_owned(), str::to_uppercase), line)],
                false => guarded.into_iter().map(|method| (method, line)).collect(),
            };
        }
        let has = |wanted: &str| exports.iter().any(|name| **name == *wanted);
        let known = word.methods.iter().filter(|method| has(method)).map(|method| (method.clone(), line(method)));
        let any = word.any.iter().filter(|name| has(name)).map(|name| ("ANY".to_owned(), line(name)));
        let default = word.default.iter().filter(|_| has("default")).map(|method| (method.clone(), line("default")));
        known.chain(any).chain(default).collect()
    }

    /// The prefix that a file of settings says: the nearest one to a place, or what all of them say.
    pub(in crate::code::eval) fn filed_prefix(&self, model: &ObjectModel, spot: Option<Spot>) -> Option<Value> {
        let (file, settings) = model.prefix_file.as_ref()?;
        let said = |path: &str| {
            let whole = self.data(path);
            settings.iter().find_map(|setting| walked(whole.clone(), setting)).filter(|value| !value.is_nothing())
        };
        if let Some(spot) = spot {
            let mut folder = folder_of(self.file(spot));
            loop {
                let path = under(folder, file);
                if self.tree.has(&path) {
                    return said(&path);
                }
                if folder.is_empty() {
                    return None;
                }
                folder = folder_of(folder);
            }
        }
        let named = |path: &&Name| path.rsplit('/').next() == Some(file) && select::is_own(path);
        let all: Vec<Option<Value>> = self.tree.files().filter(named).map(|path| said(path)).collect();
        let first = all.first()?.clone();
        let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_text);
        match all.iter().all(|one| text(one) == text(&first)) {
            true => first,
            false => Some(Value::text(hole("prefix"))),
        }
    }

    /// What a file of configuration exports, or the function that it exports gives.
    fn configured_by(&mut self, path: &str) -> Option<(ModuleId, Value)> {
        if !self.tree.has(path) {
            return None;
        }
        let id = self.module_of(&path.into(), Language::JavaScript);
        let given = match self.exported(id, &"default".into()) {
            Some(given) => given,
            None => self.modules[id.0].common.named("exports").unwrap_or(Value::Undefined),
        };
        let given = match self.force(given) {
            function @ Value::Function(_) => self.call(&function, Args::unknown(), Spot { module: id, line: 1 }),
            given => given,
        };
        Some((id, given))
    }

    /// What a file of configuration in the package whose code runs says as a whole; there may be more than it says.
    pub(in crate::code::eval) fn package_configuration(&mut self, config: &str) -> Value {
        let module = self.frames.last().map(|frame| match &frame.closure {
            Some(closure) => closure.scope.module,
            None => frame.spot.module,
        });
        let file = module.and_then(|module| self.modules.get(module.0)).map(|module| module.path.clone());
        let package = file.and_then(|file| self.tree.package_of(&file).map(str::to_owned)).unwrap_or_default();
        let files = CONFIGURATIONS.iter().map(|ending| under(&package, &format!("{config}.{ending}")));
        let said = files.into_iter().find_map(|file| self.configured_by(&file)).map(|(_, said)| said);
        match said {
            Some(Value::Map(map)) => {
                map.partial.set(true);
                Value::Map(map)
            }
            _ => Value::unknown(),
        }
    }

    /// A setting of the package's own configuration file that stands before every path.
    pub(in crate::code::eval) fn package_setting(&mut self, word: (&str, &str), package: &str) -> Value {
        let (config, setting) = word;
        let data = if package.is_empty() { format!("{config}.json") } else { format!("{package}/{config}.json") };
        if self.tree.has(&data) {
            return walked(self.data(&data), setting).unwrap_or(Value::Undefined);
        }
        for ending in CONFIGURATIONS {
            let Some((id, given)) = self.configured_by(&under(package, &format!("{config}.{ending}"))) else {
                continue;
            };
            let bound: Vec<Value> = self.modules[id.0].scope.names.borrow().values().cloned().collect();
            for one in std::iter::once(given).chain(bound) {
                let mut value = Some(one);
                for name in setting.split('.') {
                    value = match value.map(|value| self.force(value)) {
                        Some(Value::Map(map)) => map.named(name),
                        _ => None,
                    };
                }
                if let Some(value) = value {
                    return value;
                }
            }
        }
        Value::Undefined
    }
}

/// What names with dots between them lead to in maps that are known.
pub(in crate::code::eval) fn walked(value: Value, names: &str) -> Option<Value> {
    names.split('.').try_fold(value, |value, name| match value {
        Value::Map(map) => map.named(name),
        _ => None,
    })
}

/// Endings of files of configuration that are code.
pub(super) const CONFIGURATIONS: [&str; 5] = ["js", "mjs", "ts", "cjs", "mts"];
/// A name for a file of a package that no rule knows.
const ENTRY: &str = "x.ts";

/// The name of a file without the method at its end, and that method.
fn method_behind(stem: &str) -> (&str, Option<&str>) {
    let stem = [".dev", ".prod"].iter().find_map(|mode| stem.strip_suffix(mode)).unwrap_or(stem);
    match stem.rsplit_once('.') {
        Some((rest, method @ ("get" | "post" | "put" | "patch" | "delete" | "head" | "options"))) => {
            (rest, Some(method))
        }
        _ => (stem, None),
    }
}

/// A folder's or file's name as a part of a path: groups and slots are none, brackets are parameters.
fn segment(part: &str) -> String {
    if part.starts_with('@') || (part.starts_with('(') && part.ends_with(')')) {
        return String::new();
    }
    let bare = |name: &str| name.split('=').next().unwrap_or_default().replace('-', "_");
    if let Some(name) = part.strip_prefix("[[...").and_then(|rest| rest.strip_suffix("]]")) {
        return format!("/:{}*", bare(name));
    }
    if let Some(name) = part.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
        return format!("/:{}?", bare(name));
    }
    if let Some(name) = part.strip_prefix("[...").and_then(|rest| rest.strip_suffix(']')) {
        return if name.is_empty() { "/*".to_owned() } else { format!("/:{}(.*)", bare(name)) };
    }
    let mut out = "/".to_owned();
    let mut rest = part;
    while let Some((before, (name, after))) =
        rest.split_once('[').and_then(|(before, tail)| Some((before, tail.split_once(']')?)))
    {
        out.push_str(before);
        out.push(':');
        out.push_str(&bare(name));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The line where a block exports a name.
pub(super) fn exported_at(body: &Block, name: &str) -> Option<u32> {
    body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Export(export) => exports(export, name, stmt.pos.line),
        _ => None,
    })
}

fn exports(export: &Export, name: &str, line: u32) -> Option<u32> {
    let found = match export {
        Export::Default(_) => name == "default",
        Export::Names(names) => names.iter().any(|(_, exported)| &**exported == name),
        Export::From(_, names) => names.iter().any(|(what, exported)| &**exported == name && *what != Imported::All),
        Export::AllFrom(_) => false,
        Export::Declaration(stmt) => return declared_at(stmt, name),
    };
    found.then_some(line)
}

fn declared_at(stmt: &Stmt, name: &str) -> Option<u32> {
    let found = match &stmt.kind {
        StmtKind::Function(function) => function.name.as_deref() == Some(name),
        StmtKind::Class(class) => class.name.as_deref() == Some(name),
        StmtKind::Bind { target, .. } => binds(target, name),
        _ => false,
    };
    found.then_some(stmt.pos.line)
}

fn binds(target: &Pattern, name: &str) -> bool {
    match target {
        Pattern::Name(bound, _) => &**bound == name,
        Pattern::List(items) => items.iter().any(|item| binds(&item.target, name)),
        Pattern::Map(fields) => fields.iter().any(|field| match field {
            crate::code::form::PatternField::Key { target, .. } | crate::code::form::PatternField::Rest(target) => {
                binds(target, name)
            }
        }),
        Pattern::Place(_) | Pattern::Ignore => false,
    }
}
