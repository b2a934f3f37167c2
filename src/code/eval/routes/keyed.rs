//! Maps whose keys are a method and a path: what stands under such a key answers there.

use super::super::machine::Machine;
use super::super::value::{ModuleId, Spot, Value};
use super::forest::{Entry, Methods};
use crate::code::form::{Language, Name};
use crate::code::models::BesidesWord;
use crate::domain::method::is_method;

/// Routes of one map.
const MOST: usize = 4_000;
/// What a key begins with that tells its path by a regular expression.
const BY_REGEX: &str = "r|";

impl Machine<'_> {
    /// Registers what the map says that a file exports under a name.
    pub(in crate::code::eval) fn listed_in(&mut self, id: ModuleId, export: &str, answers: &[String], node: usize) {
        let Some(given) = self.exported(id, &export.into()) else { return };
        let map = match self.force(given) {
            Value::Map(map) => map,
            Value::Undefined | Value::Null => return,
            _ => return self.note(Spot { module: id, line: 1 }, "the routes that are listed here are not known"),
        };
        if map.partial.get() {
            self.note(Spot { module: id, line: 1 }, "not all routes that are listed here are known");
        }
        let file = self.modules[id.0].path.clone();
        let text = self.tree.text(&file).unwrap_or_default();
        let begins = text.lines().position(|line| line.contains(export)).and_then(|at| u32::try_from(at + 1).ok());
        for (key, answer) in map.pairs().into_iter().take(MOST) {
            let Some(key) = key.as_text() else { continue };
            let spot = Spot { module: id, line: line_of(&text, &key, 0).or(begins).unwrap_or(1) };
            let answer = self.force(answer);
            let says = |name: &String| matches!(&answer, Value::Map(map) if map.named(name).is_some());
            let other = matches!(&answer, Value::Map(map) if !map.partial.get()) && !answers.iter().any(says);
            if other || matches!(answer, Value::Undefined | Value::Null | Value::Bool(_)) {
                self.because(spot, "says something about a path, and nothing that answers there");
                continue;
            }
            match method_and_path(&key) {
                Some((method, path)) => self.keyed_route(node, method, Value::text(path), spot),
                None => self.note(spot, "a path told by a regular expression is not read"),
            }
        }
    }

    /// Registers a route under a key.
    pub(in crate::code::eval) fn keyed_route(&mut self, node: usize, method: String, path: Value, spot: Spot) {
        self.effects += 1;
        self.forest.nodes[node].entries.push(Entry::Route {
            path,
            methods: Methods::Fixed(vec![method]),
            handler: Value::Undefined,
            spot,
            chain: Vec::new(),
            conditional: false,
            paths: None,
            library: None,
        });
    }

    /// Tells what a package registers that no code names, unless its settings say that it does not.
    pub(in crate::code::eval) fn tell_besides(&mut self, word: &BesidesWord, otherwise: &Name, package: &str) {
        let name = if package.is_empty() { word.file.clone() } else { format!("{package}/{}", word.file) };
        let file = ["js", "ts"].iter().map(|ending| Name::from(format!("{name}.{ending}")));
        let Some(file) = file.into_iter().find(|file| self.tree.has(file)) else {
            let id = self.module_of(otherwise, Language::JavaScript);
            return self.note(Spot { module: id, line: 1 }, word.unresolved.clone());
        };
        let id = self.module_of(&file, Language::JavaScript);
        let given = self.exported(id, &word.export.as_str().into()).unwrap_or(Value::Undefined);
        let given = self.force(given);
        let said = |name: &String| match &given {
            Value::Map(map) => map.named(name),
            _ => None,
        };
        let off = word.off.iter().all(|name| matches!(said(name), Some(Value::Bool(false))));
        let on = word.on.iter().any(|name| !matches!(said(name), Some(Value::Bool(false)) | None));
        if !off || on {
            let text = self.tree.text(&file).unwrap_or_default();
            let line = text.lines().position(|line| line.contains(&word.export)).map_or(1, |at| at + 1);
            let line = u32::try_from(line).unwrap_or(1);
            self.note(Spot { module: id, line }, word.unresolved.clone());
        }
    }
}

/// The method and the path of a key; none where the path is told by a regular expression.
pub(in crate::code::eval) fn method_and_path(key: &str) -> Option<(String, &str)> {
    let key = key.trim();
    let (first, rest) = key.split_once(char::is_whitespace).unwrap_or(("", key));
    let method = first.to_uppercase();
    let all = matches!(method.as_str(), "ALL" | "ANY" | "*");
    let known = is_method(&method) || all;
    let (method, path) = if known { (method, rest.trim()) } else { (String::new(), key) };
    let any = method.is_empty() || all;
    (!path.starts_with(BY_REGEX)).then(|| (if any { "ANY".to_owned() } else { method }, path))
}

/// The first line behind so many that has a text between quotes.
pub(in crate::code::eval) fn line_of(text: &str, key: &str, behind: u32) -> Option<u32> {
    let has = |line: &str, key: &str| {
        let ends = line.match_indices(key).map(|(at, _)| (at, at + key.len()));
        let quote = |at: Option<char>| at.is_some_and(|at| matches!(at, '\'' | '"' | '`'));
        ends.into_iter().any(|(start, end)| {
            quote(line.get(..start).and_then(|before| before.chars().last()))
                && quote(line.get(end..).and_then(|behind| behind.chars().next()))
        })
    };
    let escaped = key.replace('\\', "\\\\");
    let code =
        |line: &&str| !matches!(line.trim_start().get(..2), Some("//" | "/*")) && !line.trim_start().starts_with('*');
    let numbered = (1..).zip(text.lines()).skip_while(|(number, _)| *number <= behind);
    let mut found = numbered.filter(|(_, line)| code(line) && (has(line, key) || has(line, &escaped)));
    found.next().map(|(number, _)| number)
}
