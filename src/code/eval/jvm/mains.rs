//! Where programs of Java and Kotlin start whose file names no library: it is loaded where it leads to one that does.

use std::collections::{BTreeMap, BTreeSet};

use super::super::machine::Machine;
use crate::code::form::{Language, Name};

/// Files where programs start that are loaded.
const MOST_MAINS: usize = 64;
/// How many files may stand between such a file and one that names a library.
const BETWEEN: usize = 2;

/// The files of Java, by the names of their classes.
type Classes<'f> = BTreeMap<&'f str, Vec<&'f Name>>;

impl Machine<'_> {
    /// Loads files that name no library and hold where a program starts: of Kotlin where others name one, of Java where their
    /// imports lead to one that does.
    pub(in crate::code::eval) fn load_mains(&mut self, files: &[(Name, Language)], idle: &[(Name, Vec<String>)]) {
        let kotlin = files.iter().any(|(path, _)| path.ends_with(".kt"));
        let named: BTreeSet<&Name> =
            files.iter().map(|(path, _)| path).filter(|path| path.ends_with(".java")).collect();
        if !kotlin && named.is_empty() {
            return;
        }
        let mut classes = Classes::new();
        let java = idle.iter().map(|(path, _)| path).filter(|path| path.ends_with(".java"));
        for path in java.chain(named.iter().copied()) {
            classes.entry(stem(path)).or_default().push(path);
        }
        let starts = |path: &Name| {
            let Some(text) = self.tree.text(path) else { return false };
            match path.ends_with(".kt") {
                true => kotlin && text.contains("fun main("),
                false => {
                    path.ends_with(".java") && text.contains(" void main(") && self.leads(path, &text, &named, &classes)
                }
            }
        };
        let mains: Vec<Name> =
            idle.iter().map(|(path, _)| path).filter(|path| starts(path)).take(MOST_MAINS).cloned().collect();
        for path in mains {
            let id = self.module_of(&path, Language::Java);
            self.load(id);
            if path.ends_with(".java") {
                self.reached.callers.insert(id);
            }
        }
    }

    /// Whether what a file of Java uses leads to a file that names a library.
    fn leads(&self, path: &Name, text: &str, named: &BTreeSet<&Name>, classes: &Classes<'_>) -> bool {
        let mut seen: BTreeSet<&Name> = BTreeSet::new();
        let mut now = used(path, text, classes);
        for _ in 0..=BETWEEN {
            if now.iter().any(|path| named.contains(path)) {
                return true;
            }
            now.retain(|path| seen.insert(*path));
            let next = now.iter().filter_map(|path| self.tree.text(path).map(|text| used(path, &text, classes)));
            now = next.flatten().collect();
        }
        false
    }
}

/// The files that a file imports by name, and those beside it whose classes it mentions.
fn used<'f>(path: &Name, text: &str, classes: &Classes<'f>) -> Vec<&'f Name> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut out = Vec::new();
    for word in words.into_iter().filter(|word| word.starts_with(char::is_uppercase)) {
        let all = classes.get(word).into_iter().flatten().copied();
        out.extend(all.filter(|it| {
            let same = it.rsplit_once('/').map_or("", |(folder, _)| folder) == folder;
            same || imports(text, it)
        }));
    }
    out
}

/// Whether a text imports the class that a file is called after, or all that stands in its folder.
fn imports(text: &str, path: &str) -> bool {
    let Some((folder, file)) = path.rsplit_once('/') else { return false };
    let class = file.trim_end_matches(".java");
    text.lines().filter_map(|line| line.trim_start().strip_prefix("import ")).any(|line| {
        let name = line.trim_start().trim_start_matches("static ").split(';').next().unwrap_or(line).trim();
        let Some((package, last)) = name.rsplit_once('.') else { return false };
        (last == class || last == "*") && {
            let package = package.replace('.', "/");
            folder == package || folder.ends_with(&format!("/{package}"))
        }
    })
}

fn stem(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path).trim_end_matches(".java")
}
