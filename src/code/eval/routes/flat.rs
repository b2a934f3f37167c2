//! Files whose names are whole paths, with dots between the segments: they answer by what they export, unless that is a page.

use super::super::machine::Machine;
use super::super::value::{ModuleId, Spot, Value};
use super::folders::{CONFIGURATIONS, ENDINGS, exported_at};
use super::forest::{Entry, Methods};
use crate::code::form::{Language, Name};
use crate::code::holes::hole;
use crate::code::models::{FilesWord, FlatWord, ObjectModel};
use crate::code::resolve::under;
use crate::domain::change::is_test;

/// The most paths that one name stands for.
const MOST_PATHS: usize = 16;

impl Machine<'_> {
    /// Registers what the files of a package answer whose names are paths.
    pub(super) fn read_flat(
        &mut self,
        (word, flat): (&'static FilesWord, &'static FlatWord),
        model: &'static ObjectModel,
        package: &str,
    ) {
        let mut texts = String::new();
        for config in &flat.configs {
            let files = CONFIGURATIONS.iter().map(|ending| under(package, &format!("{config}.{ending}")));
            for file in files {
                texts.push_str(&self.tree.text(&file).unwrap_or_default());
            }
        }
        let said = |words: &[String]| words.iter().any(|word| texts.contains(word.as_str()));
        let version = self.version_in(package, &word.package);
        let nested = match flat.since {
            Some(since) if version.is_some_and(|version| version < since) => !said(&flat.flattened),
            _ => said(&flat.nested),
        };
        let otherwise = said(&flat.otherwise);
        let mut app = None;
        for folder in &word.folders {
            let base = under(package, folder);
            let start = format!("{base}/");
            let files: Vec<Name> = self.tree.files().filter(|path| path.starts_with(&start)).cloned().collect();
            for file in files {
                let Some(name) = route_name(&file[start.len()..], flat, nested) else { continue };
                let id = self.module_of(&file, Language::JavaScript);
                let answered = self.answered_flat(id, flat);
                if answered.is_empty() {
                    continue;
                }
                if otherwise {
                    let spot = Spot { module: id, line: answered[0].1 };
                    self.note(spot, "the path of this file is said elsewhere");
                    continue;
                }
                self.placed.insert(file.clone());
                let node = *app.get_or_insert_with(|| {
                    let node = self.forest.add(model, false);
                    self.forest.nodes[node].served = true;
                    if said(&flat.based) {
                        self.forest.nodes[node].prefix = Value::text(hole("prefix"));
                    }
                    node
                });
                let paths: Vec<Value> = paths_of(&name, nested).into_iter().map(Value::text).collect();
                for (methods, line) in answered {
                    self.forest.nodes[node].entries.push(Entry::Route {
                        path: Value::any_of(paths.clone()),
                        methods: Methods::Fixed(methods),
                        handler: Value::Undefined,
                        spot: Spot { module: id, line },
                        chain: Vec::new(),
                        conditional: false,
                        paths: None,
                        library: None,
                    });
                }
            }
        }
    }

    /// What a file answers, with the lines; nothing where it is a page.
    fn answered_flat(&mut self, id: ModuleId, flat: &FlatWord) -> Vec<(Vec<String>, u32)> {
        let exports: Vec<Name> = self.all_exports(id).into_iter().map(|(name, _)| name).collect();
        if exports.iter().any(|name| **name == *flat.page) {
            return Vec::new();
        }
        let path = self.modules[id.0].path.clone();
        let mut out = Vec::new();
        for (name, methods) in &flat.answers {
            if !exports.iter().any(|export| **export == **name) {
                continue;
            }
            let line = self.form(&path).and_then(|form| exported_at(&form.body, name)).unwrap_or(1);
            let given = self.exported(id, &name.as_str().into()).unwrap_or(Value::Undefined);
            let guarded = match self.force(given) {
                Value::Function(closure) => self.guarded_methods(&closure),
                _ => Vec::new(),
            };
            let own: Vec<String> = methods.iter().filter(|method| guarded.contains(method)).cloned().collect();
            out.push((if own.is_empty() { methods.clone() } else { own }, line));
        }
        out
    }

    /// The major version of a dependency that a package's manifest asks for.
    fn version_in(&self, package: &str, dependency: &str) -> Option<u64> {
        let manifest = self.data(&under(package, "package.json"));
        let Value::Map(manifest) = manifest else { return None };
        ["dependencies", "devDependencies"].into_iter().find_map(|list| {
            let Value::Map(list) = manifest.named(list)? else { return None };
            let said = list.named(dependency)?.as_whole_text()?;
            let digits: String = said
                .trim_start_matches(|c: char| !c.is_ascii_digit())
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            digits.parse().ok()
        })
    }
}

/// The name that says the path of a file below the folder of routes; none where it is no route.
fn route_name(rest: &str, flat: &FlatWord, nested: bool) -> Option<String> {
    let (name, ending) = rest.rsplit_once('.')?;
    if !ENDINGS.contains(&ending) || is_test(rest) || name.ends_with(".d") {
        return None;
    }
    if nested {
        return Some(name.replace('/', "."));
    }
    match name.split_once('/') {
        None => Some(name.to_owned()),
        Some((folder, stem)) => flat.stems.iter().any(|own| own == stem).then(|| folder.to_owned()),
    }
}

/// The paths that a name stands for: a segment in parentheses may be left out.
fn paths_of(name: &str, nested: bool) -> Vec<String> {
    let mut paths = vec![String::new()];
    let parts = segments(name);
    for (at, part) in parts.iter().enumerate() {
        let last = at + 1 == parts.len();
        let index = last && part == if nested { "index" } else { "_index" };
        let pathless = if nested { part.starts_with("__") } else { part.starts_with('_') };
        if index || pathless {
            continue;
        }
        let (part, optional) = match part.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) => (inner, true),
            None => (part.as_str(), false),
        };
        let part = if nested { part } else { part.strip_suffix('_').unwrap_or(part) };
        let plain = part.replace(['[', ']'], "");
        let segment = match plain.strip_prefix('$') {
            _ if part.starts_with('[') => plain,
            Some("") => "*".to_owned(),
            Some(name) => format!(":{}", name.replace('-', "_")),
            None => plain,
        };
        let longer: Vec<String> = paths.iter().map(|path| format!("{path}/{segment}")).collect();
        paths = if optional { [paths, longer].concat() } else { longer };
        paths.truncate(MOST_PATHS);
    }
    paths.into_iter().map(|path| if path.is_empty() { "/".to_owned() } else { path }).collect()
}

/// The segments of a name: parted by dots that are in no brackets.
fn segments(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut depth = 0_usize;
    for c in name.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match out.last_mut() {
            Some(last) if c != '.' || depth > 0 => last.push(c),
            _ => out.push(String::new()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::paths_of;

    #[test]
    fn names_are_paths() {
        let flat = |name: &str| paths_of(name, false).join(" ");
        assert_eq!("/api/users/:id", flat("api.users.$id"));
        assert_eq!("/ /:lang", flat("($lang)._index"));
        assert_eq!("/sitemap.xml", flat("sitemap[.]xml"));
        assert_eq!("/files/*", flat("files.$"));
        assert_eq!("/users/edit", flat("_auth.users_.edit"));
        assert_eq!("/api/users", paths_of("api.users.index", true).join(" "));
        assert_eq!("/login", paths_of("__auth.login", true).join(" "));
    }
}
