//! Gradle's version catalogues (`gradle/libs.versions.toml`): what a build's accessors stand for, `libs.a.b` for the library of the
//! alias `a-b` and `libs.bundles.c` for all libraries of a bundle.

use std::collections::BTreeMap;
use std::rc::Rc;

use toml::{Table, Value};

/// How the name of a catalogue's file ends; what stands before is what builds call it.
const ENDING: &str = ".versions.toml";

/// A library of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Library {
    /// `group:name`.
    module: String,
    version: Option<String>,
}

/// What the catalogues of one build say.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    /// Libraries by the accessor that brings them.
    brought: BTreeMap<String, Vec<Library>>,
}

impl Catalogue {
    /// Takes a catalogue in, which builds know by a name.
    fn add(&mut self, name: &str, text: &str) {
        let Ok(read) = text.parse::<Table>() else { return };
        let versions = read.get("versions").and_then(Value::as_table);
        let mut known = BTreeMap::new();
        for (alias, said) in read.get("libraries").and_then(Value::as_table).into_iter().flatten() {
            if let Some(library) = library(said, versions) {
                self.brought.insert(format!("{name}.{}", dotted(alias)), vec![library.clone()]);
                known.insert(dotted(alias), library);
            }
        }
        for (bundle, said) in read.get("bundles").and_then(Value::as_table).into_iter().flatten() {
            let aliases = said.as_array().into_iter().flatten().filter_map(Value::as_str);
            let all = aliases.filter_map(|alias| known.get(&dotted(alias)).cloned()).collect();
            self.brought.insert(format!("{name}.bundles.{}", dotted(bundle)), all);
        }
    }

    /// The accessors that bring a library, by its name or by its group and name.
    pub(crate) fn accessors(&self, dependency: &str) -> impl Iterator<Item = &str> {
        let brings = move |all: &&Vec<Library>| all.iter().any(|one| one.is(dependency));
        self.brought.iter().filter(move |(_, all)| brings(all)).map(|(accessor, _)| accessor.as_str())
    }

    /// The libraries, `group:name`, that a build's text brings by accessors.
    pub(crate) fn brought(&self, text: &str) -> Vec<String> {
        let used = self.brought.iter().filter(|(accessor, _)| find(text, accessor).is_some());
        used.flat_map(|(_, all)| all.iter().map(|one| one.module.clone())).collect()
    }

    /// The version of a library, as it is written.
    pub(crate) fn version(&self, dependency: &str) -> Option<&str> {
        let mut all = self.brought.values().flatten().filter(|one| one.is(dependency));
        all.find_map(|one| one.version.as_deref())
    }
}

impl Library {
    fn is(&self, dependency: &str) -> bool {
        self.module == dependency || self.module.rsplit(':').next() == Some(dependency)
    }
}

/// The catalogues of a tree, by the folder of the build that they belong to.
#[derive(Debug, Default)]
pub(crate) struct Catalogues {
    all: BTreeMap<String, Rc<Catalogue>>,
}

impl Catalogues {
    /// Reads those among the files of a tree.
    pub(crate) fn read<'a>(files: impl Iterator<Item = &'a str>, text: impl Fn(&str) -> Option<String>) -> Self {
        let mut read: BTreeMap<String, Catalogue> = BTreeMap::new();
        for path in files {
            let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
            let Some(name) = file.strip_suffix(ENDING) else { continue };
            let build = match folder.strip_suffix("gradle") {
                Some(build) if build.is_empty() || build.ends_with('/') => build.trim_end_matches('/'),
                _ => folder,
            };
            if let Some(text) = text(path) {
                read.entry(build.to_owned()).or_default().add(name, &text);
            }
        }
        Catalogues { all: read.into_iter().map(|(folder, one)| (folder, Rc::new(one))).collect() }
    }

    /// The nearest at a folder or above it.
    pub(crate) fn of(&self, folder: &str) -> Rc<Catalogue> {
        let mut at = folder;
        loop {
            if let Some(found) = self.all.get(at) {
                return found.clone();
            }
            if at.is_empty() {
                return Rc::default();
            }
            at = at.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }
}

/// Where an accessor stands in a build's text; one that goes on is another one.
pub(crate) fn find(text: &str, accessor: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.match_indices(accessor).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + accessor.len()..).unwrap_or_default();
        let ends = match after.strip_prefix('.') {
            Some(more) => more.starts_with("get("),
            None => !after.starts_with(part),
        };
        ends && !before.is_some_and(|c| part(c) || c == '.')
    })
}

/// A name as accessors spell it.
fn dotted(name: &str) -> String {
    name.replace(['-', '_'], ".")
}

fn library(said: &Value, versions: Option<&Table>) -> Option<Library> {
    if let Some(whole) = said.as_str() {
        let mut parts = whole.split(':');
        let (group, name) = (parts.next()?, parts.next()?);
        return Some(Library { module: format!("{group}:{name}"), version: parts.next().map(str::to_owned) });
    }
    let text = |key: &str| said.get(key).and_then(Value::as_str);
    let module = match text("module") {
        Some(module) => module.to_owned(),
        None => format!("{}:{}", text("group")?, text("name")?),
    };
    let version = said.get("version");
    let named = version.and_then(|version| version.get("ref")).and_then(Value::as_str);
    let version = named.and_then(|name| versions?.get(name)).or(version).and_then(Value::as_str);
    Some(Library { module, version: version.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[versions]\nw = \"3.4\"\n[libraries]\na-web = { module = \"org.a:a-web\", version.ref = \"w\" }\n\
        b_core = \"org.b:b:1.2\"\nc = { group = \"org.c\", name = \"c-all\" }\n[bundles]\na-all = [\"a-web\", \"b_core\"]\n";

    #[test]
    fn accessors_stand_for_libraries_and_bundles_for_all_of_theirs() {
        let read = |path: &str| (path == "x/gradle/libs.versions.toml").then(|| TEXT.to_owned());
        let all = Catalogues::read(["x/gradle/libs.versions.toml", "y/z.toml"].into_iter(), read);
        let own = all.of("x/app");
        assert_eq!(vec!["libs.a.web", "libs.bundles.a.all"], own.accessors("a-web").collect::<Vec<_>>());
        assert_eq!(vec!["libs.c"], own.accessors("org.c:c-all").collect::<Vec<_>>());
        assert_eq!(vec!["org.a:a-web", "org.b:b"], own.brought("implementation(libs.bundles.a.all)"));
        assert_eq!(vec!["org.b:b"], own.brought("implementation(libs.b.core.get())\nalias(libs.c.d)"));
        assert!(own.brought("libs.bundles.a.all.more and xlibs.c").is_empty());
        assert_eq!((Some("3.4"), Some("1.2"), None), (own.version("a-web"), own.version("b"), own.version("c-all")));
        assert_eq!(0, all.of("y").accessors("a-web").count());
    }
}
