//! APIs by folders: what their files list, and the usual routes of kinds of content, whose names their schemas tell.

use super::super::machine::Machine;
use super::super::routes::keyed::line_of;
use super::super::value::{ListKind, Map, Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::models::{ContentsWord, Join, put_together};
use crate::code::select;

/// Files of one package.
const MOST_FILES: usize = 2_000;

impl Machine<'_> {
    /// Registers what folders that are APIs answer.
    pub(crate) fn read_contents(&mut self) {
        for (word, model) in &self.models.contents {
            for package in self.tree.packages_with(&word.package) {
                let base = put_below(&package, &format!("{}/", word.folder));
                let is_it = |file: &&Name| {
                    let within = file.strip_prefix(base.as_str()).and_then(|rest| rest.split_once('/'));
                    let listed = within.and_then(|(_, rest)| rest.strip_prefix(word.routes.as_str()));
                    let script = Language::of(file) == Some(Language::JavaScript) && select::is_own(file);
                    listed.is_some_and(|rest| rest.is_empty() || (script && rest.starts_with('/')))
                };
                let files: Vec<Name> = self.tree.files().filter(is_it).take(MOST_FILES).cloned().collect();
                if files.is_empty() {
                    continue;
                }
                let node = self.forest.add(model, false);
                self.forest.nodes[node].served = true;
                let said = match word.config.0.is_empty() {
                    true => Value::Undefined,
                    false => self.package_setting((&word.config.0, &word.config.1), &package),
                };
                let said = if said.is_nothing() { Value::text(word.usual.as_str()) } else { said };
                self.forest.nodes[node].prefix = said;
                for file in files {
                    self.content_file(word, &base, &file, node);
                }
            }
        }
    }

    fn content_file(&mut self, word: &ContentsWord, base: &str, file: &Name, node: usize) {
        let id = self.module_of(file, Language::JavaScript);
        let spot = Spot { module: id, line: 1 };
        let given = match file.ends_with(".json") {
            true => self.data(file),
            false => self.exported(id, &"default".into()).unwrap_or(Value::Undefined),
        };
        match self.force(given) {
            Value::List(list) if list.kind == ListKind::List => {
                let given = list.items.borrow().clone();
                let uid = given.first().and_then(Value::as_whole_text);
                let options = given.get(1).map(|options| self.force(options.clone()));
                match uid.and_then(|uid| self.kind_rows(word, base, &uid)) {
                    Some(rows) => self.kind_routes(rows, options, node, spot),
                    None => self.note(spot, "the routes of this kind of content are not known"),
                }
            }
            Value::Map(map) => self.listed_routes(word, &map, node, spot),
            Value::Undefined | Value::Null => {}
            _ => self.note(spot, "the routes that are listed here are not known"),
        }
    }

    /// The usual routes of a kind of content, by its schema.
    fn kind_rows(&mut self, word: &ContentsWord, base: &str, uid: &str) -> Option<Vec<(String, String, String)>> {
        let (api, kind) = uid.split_once("::")?.1.split_once('.')?;
        let schema = self.data(&format!("{base}{api}/{}/{kind}/schema.json", word.kinds));
        let Value::Map(schema) = schema else { return None };
        let Some(Value::Map(info)) = schema.named("info") else { return None };
        let single =
            schema.named("kind").and_then(|kind| kind.as_whole_text()).is_some_and(|kind| &*kind == "singleType");
        let name = info.named(if single { "singularName" } else { "pluralName" })?.as_whole_text()?;
        let rows = if single { &word.one } else { &word.many };
        let row = |row: &String| {
            let mut words = row.split_whitespace();
            let (answers, method) = (words.next()?, words.next()?);
            Some((answers.to_owned(), method.to_owned(), format!("/{name}{}", words.next().unwrap_or_default())))
        };
        Some(rows.iter().filter_map(row).collect())
    }

    fn kind_routes(&mut self, rows: Vec<(String, String, String)>, options: Option<Value>, node: usize, spot: Spot) {
        let options = match options {
            Some(Value::Map(map)) => Some(map),
            Some(Value::Undefined | Value::Null) | None => None,
            Some(_) => return self.note(spot, "what is said of the routes of this kind of content is not known"),
        };
        let mut names = |name: &str| {
            let given = options.as_ref()?.named(name)?;
            let mut all = Vec::new();
            let given = self.force(given);
            self.flatten(&given, &mut all, 0);
            Some(all.iter().filter_map(Value::as_whole_text).collect::<Vec<_>>())
        };
        let (only, except) = (names("only"), names("except"));
        let prefix = options.as_ref().and_then(|map| map.named("prefix")).unwrap_or_else(|| Value::text(""));
        for (answers, method, path) in rows {
            let is_it = |name: &Name| **name == *answers;
            let left = only.as_ref().is_some_and(|only| !only.iter().any(is_it));
            if left || except.as_ref().is_some_and(|except| except.iter().any(is_it)) {
                continue;
            }
            let whole = self.concat(&prefix, &Value::text(path));
            self.keyed_route(node, method, whole, spot);
        }
    }

    /// Routes that a file lists, each a map with a method and a path.
    fn listed_routes(&mut self, word: &ContentsWord, map: &Map, node: usize, spot: Spot) {
        let text = self.tree.text(&self.modules[spot.module.0].path.clone()).unwrap_or_default();
        let prefix = map.named("prefix").and_then(|prefix| prefix.as_text()).unwrap_or_else(|| "".into());
        let Some(listed) = map.named(&word.list) else { return };
        let mut all = Vec::new();
        let listed = self.force(listed);
        self.flatten(&listed, &mut all, 0);
        let mut last = 0;
        for one in all {
            let Value::Map(one) = self.force(one) else {
                self.note(spot, "not all routes that are listed here are known");
                continue;
            };
            let text_of = |name: &str| one.named(name).and_then(|value| value.as_text());
            let (Some(method), Some(path)) = (text_of("method"), text_of("path")) else {
                self.note(spot, "the method or the path of a route that is listed here is not known");
                continue;
            };
            let behind = line_of(&text, &path, last);
            last = behind.unwrap_or(last);
            let spot = Spot { line: behind.or_else(|| line_of(&text, &path, 0)).unwrap_or(spot.line), ..spot };
            let method = if method.eq_ignore_ascii_case("all") { "ANY".to_owned() } else { method.to_uppercase() };
            self.keyed_route(node, method, Value::text(put_together(Join::Slash, &prefix, &path)), spot);
        }
    }
}

/// A path below a folder, which may be the root.
fn put_below(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}
