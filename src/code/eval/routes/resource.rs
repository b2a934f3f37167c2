//! Classes that a router registers as a whole: each of their methods is a route, by a table of the model.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, Closure, Key, Map, Modelled, Native, Spot, Value};
use super::forest::{Entry, Methods};
use super::handler::Members;
use crate::code::form::{Language, Name};
use crate::code::models::{ChooseWord, ResourceWord, RowsWord, TableModel};

/// The router that a value is.
fn node_of(value: &Value) -> Option<usize> {
    let Value::Object(object) = value else { return None };
    let model = object.model.borrow();
    model.as_ref().map(|model| model.node)
}

/// A route of a class.
pub(crate) struct Row {
    /// The path below the resource's.
    pub(crate) path: Value,
    /// The methods.
    pub(crate) methods: Methods,
    /// The last word of its name.
    pub(crate) name: String,
}

impl Machine<'_> {
    /// Registers a class as a whole.
    pub(crate) fn resource(&mut self, word: &ResourceWord, model: &Modelled, bound: &Rc<Map>, spot: Spot) {
        let Some(table) = self.models.tables.get(&word.table).copied() else { return };
        let path = self.argument_at(bound, &word.path, spot);
        let class = self.argument_at(bound, &word.class, spot);
        self.effects += 1;
        let name = self.argument_at(bound, &word.name, spot);
        let first = self.forest.nodes[model.node].entries.len();
        for path in path.each() {
            let entry = Entry::Resource {
                path: path.clone(),
                class: class.clone(),
                table,
                spot,
                conditional: self.conditional > 0,
            };
            self.forest.nodes[model.node].entries.push(entry);
        }
        self.name_entries(model.node, first, &[name]);
        let indexed = self.forest.nodes[model.node].entries.iter().any(|entry| matches!(entry, Entry::Index { .. }));
        if !word.index.is_empty() && !indexed && !self.without_index(model) {
            let (methods, library) = (word.index.clone(), word.index_library.clone());
            let first = self.forest.nodes[model.node].entries.len();
            self.forest.nodes[model.node].entries.push(Entry::Index { methods, library, spot });
            self.name_entries(model.node, first, &[Value::text(word.index_name.as_str())]);
        }
    }

    /// Registers the routes that are usual for things of a kind.
    pub(crate) fn rows(&mut self, word: &RowsWord, made: &Value, bound: &Rc<Map>, spot: Spot) {
        let Some(node) = node_of(made) else { return };
        let path = self.argument_at(bound, &word.path, spot);
        let path = match path.as_whole_text() {
            Some(text) => {
                let (around, last) = text.rsplit_once('.').unwrap_or(("", &text));
                let around: String =
                    around.split('.').filter(|it| !it.is_empty()).map(|it| format!("{it}/:{it}_id/")).collect();
                Value::text(around + last)
            }
            None => path,
        };
        let has = match &word.of {
            None => None,
            Some(of) => {
                let given = self.argument_at(bound, of, spot);
                let mut all = Vec::new();
                self.flatten(&given, &mut all, 0);
                match all.pop().and_then(|given| self.placed_members(&word.placed, &given, spot)) {
                    Some(has) => Some(has),
                    None => return self.note(spot, "which of the usual routes this controller answers is not known"),
                }
            }
        };
        for row in &word.all {
            let mut words = row.split_whitespace();
            let (Some(name), Some(method)) = (words.next(), words.next()) else { continue };
            if has.as_ref().is_some_and(|has| !has.contains(name)) {
                continue;
            }
            let whole = self.concat(&path, &Value::text(words.next().unwrap_or_default()));
            self.effects += 1;
            let chain = self.chain();
            self.forest.nodes[node].entries.push(Entry::Route {
                path: whole,
                methods: Methods::Fixed(vec![method.to_owned()]),
                handler: Value::text(name),
                spot,
                chain,
                conditional: self.conditional > 0,
                paths: None,
                library: None,
            });
        }
    }

    /// The members of what answers: a class, what gives one, a map, or what stands in a file that it is known by the place of.
    fn placed_members(&mut self, placed: &(String, String), given: &Value, spot: Spot) -> Option<BTreeSet<String>> {
        let (root, folder) = placed;
        let way = match self.force(given.clone()) {
            Value::Unknown(path) => path.strip_prefix(root.as_str())?.trim_start_matches('.').to_owned(),
            Value::Str(text) => text.strip_prefix("controller.").unwrap_or(&text).to_owned(),
            known => return self.members_of_answer(&known, spot, 0),
        };
        let plain = |name: &str| name.replace(['-', '_'], "").to_lowercase();
        let wanted: Vec<String> = way.split('.').map(plain).collect();
        let package = self.tree.package_of(self.file(spot)).unwrap_or_default();
        let folder = if package.is_empty() { format!("{folder}/") } else { format!("{package}/{folder}/") };
        let is_it = |file: &&Name| {
            let stem = file.strip_prefix(folder.as_str()).and_then(|rest| rest.rsplit_once('.'));
            let script = Language::of(file) == Some(Language::JavaScript) && !file.ends_with(".d.ts");
            script && stem.is_some_and(|(stem, _)| stem.split('/').map(plain).eq(wanted.iter().cloned()))
        };
        let file = self.tree.files().find(is_it).cloned()?;
        let id = self.module_of(&file, Language::JavaScript);
        let given = self.exported(id, &"default".into())?;
        let given = self.force(given);
        self.members_of_answer(&given, spot, 0)
    }

    fn members_of_answer(&mut self, given: &Value, spot: Spot, depth: usize) -> Option<BTreeSet<String>> {
        match given {
            Value::Class(class) => Some(self.class_members(class).has),
            Value::Object(it) if it.class.is_some() => {
                let class = it.class.clone()?;
                Some(self.class_members(&class).has)
            }
            Value::Map(map) if !map.partial.get() => {
                Some(map.pairs().iter().filter_map(|(key, _)| key.as_whole_text()).map(|key| key.to_string()).collect())
            }
            // A function that gets the app gives the class.
            function @ Value::Function(_) if depth == 0 => {
                let made = self.call(function, Args::of(vec![Value::unknown()]), spot);
                self.members_of_answer(&made, spot, depth + 1)
            }
            _ => None,
        }
    }

    /// Leaves some of the usual routes of an object alone.
    pub(crate) fn choose(&mut self, word: &ChooseWord, model: &Modelled, bound: &Rc<Map>, spot: Spot) {
        let mut names = |given: &Option<String>| {
            let given = given.as_ref().map(|given| self.argument_at(bound, given, spot))?;
            let Value::List(list) = given else { return None };
            let items = list.items.borrow().clone();
            Some(items.iter().filter_map(Value::as_whole_text).collect::<Vec<_>>())
        };
        let (only, except) = (names(&word.only), names(&word.except));
        self.forest.nodes[model.node].entries.retain(|entry| {
            let Entry::Route { handler, .. } = entry else { return true };
            let Some(name) = handler.as_whole_text() else { return true };
            only.as_ref().is_none_or(|only| only.contains(&name))
                && !except.as_ref().is_some_and(|except| except.contains(&name))
                && !word.without.iter().any(|without| **without == *name)
        });
    }

    /// Whether the router says that it has no page that lists what there is.
    fn without_index(&self, model: &Modelled) -> bool {
        matches!(model.args.named("include_root_view"), Some(Value::Bool(false)))
    }

    /// The routes of a class, and whether there may be more.
    pub(crate) fn resource_routes(&mut self, class: &Value, table: &TableModel) -> (Vec<Row>, bool) {
        let mut rows = Vec::new();
        let class = self.force(class.clone());
        let (members, own) = match &class {
            Value::Class(class) => (self.class_members(class), Some(class.clone())),
            Value::Unknown(path) => {
                let known = self.models.classes.get(&**path);
                let has = known.map(|model| model.has.iter().cloned().collect()).unwrap_or_default();
                (Members { has, open: known.is_none(), ..Members::default() }, None)
            }
            _ => (Members { open: true, ..Members::default() }, None),
        };
        let item = self.lookup(own.as_ref(), table);
        for row in table.rows.iter().filter(|row| members.has.contains(&row.member)) {
            let methods = vec![row.method.clone()];
            let methods = own.as_ref().map_or(methods.clone(), |own| self.allowed(own, methods));
            if !methods.is_empty() {
                let path = if row.item { format!("/{item}") } else { String::new() };
                rows.push(Row { path: Value::text(path), methods: Methods::Fixed(methods), name: row.name.clone() });
            }
        }
        if let Some(own) = &own {
            self.extra_routes(own, table, &item, &mut rows);
        }
        (rows, members.open && members.has.is_empty())
    }

    /// The parameter of one item.
    fn lookup(&mut self, class: Option<&Rc<ClassValue>>, table: &TableModel) -> String {
        let mut name = table.lookup_default.clone();
        if let Some(class) = class {
            for member in &table.lookup {
                if let Some((value, _)) = self.class_member(class, member)
                    && let Some(text) = value.as_whole_text()
                {
                    name = text.to_string();
                    break;
                }
            }
        }
        format!("(?P<{name}>[^.]+)")
    }

    /// Methods of a class that are marked as routes of their own.
    fn extra_routes(&mut self, class: &Rc<ClassValue>, table: &TableModel, item: &str, rows: &mut Vec<Row>) {
        let scope = class.scope.clone();
        let mut seen: Vec<Key> = Vec::new();
        for ancestor in self.ancestors(class) {
            let Value::Class(one) = ancestor else { continue };
            for (key, value) in one.members.pairs() {
                let (Some(at), Value::Function(method)) = (key.key(), &value) else { continue };
                if seen.contains(&at) {
                    continue;
                }
                seen.push(at);
                let Some(Value::Map(said)) = method.marks.named(&table.extra) else { continue };
                let told = said.named("detail").filter(|detail| !detail.is_nothing());
                let methods = match said.named("methods") {
                    Some(given) if !given.is_nothing() => self.method_names(&given),
                    _ => vec![usual_method(told.as_ref()).to_owned()],
                };
                let methods = self.allowed(class, methods);
                let detail = told.unwrap_or(Value::Bool(true));
                let base =
                    if self.truth(&detail, &scope) == Some(false) { "/".to_owned() } else { format!("/{item}/") };
                let name = match said.named(&table.extra_name).and_then(|name| name.as_whole_text()) {
                    Some(name) => name.to_string(),
                    None => key.as_whole_text().unwrap_or_default().replace('_', "-"),
                };
                let path = match said.named("url_path") {
                    Some(path) if !path.is_nothing() => path,
                    _ => key.clone(),
                };
                let shown = self.shown(&path, "url_path");
                let path = self.concat(&Value::text(base), &shown);
                if !methods.is_empty() {
                    rows.push(Row { path, methods: Methods::Fixed(methods), name });
                }
            }
        }
    }

    /// `method.mapping` of a method that is marked as a route of its own.
    pub(crate) fn more_methods(&self, closure: &Rc<Closure>, name: &str) -> bool {
        self.models.tables.values().any(|table| table.more == name && closure.marks.named(&table.extra).is_some())
    }

    /// `method.mapping.post`: the path answers that HTTP method too; gives a decorator that changes nothing.
    pub(crate) fn add_method(&mut self, closure: &Rc<Closure>, method: &Name) -> Value {
        let extra = self.models.tables.values().find_map(|table| closure.marks.named(&table.extra));
        if let Some(Value::Map(said)) = extra {
            let mut methods = match said.named("methods") {
                Some(given) if !given.is_nothing() => self.method_names(&given),
                _ => vec![usual_method(said.named("detail").as_ref()).to_owned()],
            };
            methods.push(method.to_uppercase());
            said.put("methods", Value::list(methods.into_iter().map(Value::text).collect()));
        }
        Value::Native(Rc::new(Native::Wraps(Value::Undefined)))
    }
}

/// The method of a route of a viewset's own that names none. Before version 3 of Django REST framework nothing told whether
/// it is one of an item: all were, and answered POST.
fn usual_method(detail: Option<&Value>) -> &'static str {
    if detail.is_some_and(|detail| !detail.is_nothing()) { "GET" } else { "POST" }
}
