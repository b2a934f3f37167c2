//! The settings that a file gives: their names, dotted, in lower case, and what texts it says.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::node::{Node, Value};
use crate::domain::stars::fits;
use crate::yaml;

/// How deep tables are taken apart.
const DEEPEST: usize = 16;
/// So many settings of a file are kept.
const MOST: usize = 5_000;
/// The endings of files of settings.
const ENDINGS: &[&str] = &["toml", "yaml", "yml", "json", "json5", "ini", "properties"];
/// What stands in the name of a file that only shows how another is written.
const SHOWN: &[&str] = &["sample", "example", "template", "dist", "tmpl"];
/// What files of settings are called, and their folders, where the code does not say.
const USUAL: &[&str] = &["config", "configs", "configuration", "settings", "conf", "cfg"];

/// The settings of a file; of tables their own names, too. A file that cannot be read gives none.
pub(crate) fn keys(path: &str, text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    match path.rsplit('.').next().unwrap_or_default() {
        "toml" => {
            if let Ok(table) = toml::from_str::<toml::Table>(text) {
                of_toml(&table, "", 0, &mut out);
            }
        }
        "json" | "json5" | "yaml" | "yml" => {
            if let Ok(node) = yaml::parse_foreign(path, text) {
                of_node(&node, "", 0, &mut out);
            }
        }
        "ini" | "properties" => of_lines(text, &mut out),
        _ => {}
    }
    out
}

/// The texts that a file says, by their settings.
pub(crate) fn texts(path: &str, text: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    match path.rsplit('.').next().unwrap_or_default() {
        "toml" => {
            if let Ok(table) = toml::from_str::<toml::Table>(text) {
                texts_of_toml(&table, "", 0, &mut out);
            }
        }
        "json" | "json5" | "yaml" | "yml" => {
            if let Ok(node) = yaml::parse_foreign(path, text) {
                texts_of_node(&node, "", 0, &mut out);
            }
        }
        _ => {}
    }
    out
}

fn texts_of_toml(table: &toml::Table, before: &str, depth: usize, out: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let whole = format!("{before}{}", key.to_lowercase());
        match value {
            toml::Value::String(text) if out.len() < MOST => drop(out.insert(whole, text.clone())),
            toml::Value::Table(inner) if depth < DEEPEST => {
                texts_of_toml(inner, &format!("{whole}."), depth + 1, out);
            }
            _ => {}
        }
    }
}

fn texts_of_node(node: &Node, before: &str, depth: usize, out: &mut BTreeMap<String, String>) {
    let Value::Map(entries) = &node.value else { return };
    for (key, value) in entries {
        let whole = format!("{before}{}", key.name.to_lowercase());
        match &value.value {
            Value::Str(text) if out.len() < MOST => drop(out.insert(whole, text.clone())),
            Value::Map(_) if depth < DEEPEST => texts_of_node(value, &format!("{whole}."), depth + 1, out),
            _ => {}
        }
    }
}

/// The file that a file shows how to write: `config.toml.sample` and `config.example.toml` are about `config.toml`; none where it
/// is one itself.
pub(crate) fn meant(file: &str) -> Option<String> {
    let (folder, name) = file.rsplit_once('/').map_or(("", file), |(folder, name)| (folder, name));
    let parts: Vec<&str> = name.split('.').collect();
    let rest: Vec<&str> = parts.iter().copied().filter(|part| !SHOWN.contains(part)).collect();
    if rest.len() == parts.len() || rest.len() < 2 {
        return None;
    }
    let rest = rest.join(".");
    Some(if folder.is_empty() { rest } else { format!("{folder}/{rest}") })
}

fn put(out: &mut BTreeSet<String>, before: &str, key: &str) -> String {
    let whole = if before.is_empty() { key.to_lowercase() } else { format!("{before}.{}", key.to_lowercase()) };
    if out.len() < MOST {
        out.insert(whole.clone());
    }
    whole
}

fn of_toml(table: &toml::Table, before: &str, depth: usize, out: &mut BTreeSet<String>) {
    for (key, value) in table {
        let whole = put(out, before, key);
        if let (toml::Value::Table(inner), true) = (value, depth < DEEPEST) {
            of_toml(inner, &whole, depth + 1, out);
        }
    }
}

fn of_node(node: &Node, before: &str, depth: usize, out: &mut BTreeSet<String>) {
    let Value::Map(entries) = &node.value else { return };
    for (key, value) in entries {
        let whole = put(out, before, &key.name);
        if depth < DEEPEST {
            of_node(value, &whole, depth + 1, out);
        }
    }
}

fn of_lines(text: &str, out: &mut BTreeSet<String>) {
    let mut section = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';', '!'])) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = put(out, "", name.trim());
        } else if let Some((key, _)) = line.split_once(['=', ':']) {
            put(out, &section, key.trim());
        }
    }
}

/// Whether a file's name is one of a file of settings.
pub(crate) fn is_settings(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// Whether a file may be the one that the code names: by its path from the package or the root, with or without its ending.
/// `*` in the name stands for anything; of a name of which nothing is known it is any file that is called as is usual.
pub(crate) fn may_be_at(file: &str, pattern: &str, home: &str) -> bool {
    let Some((stem, ending)) = file.rsplit_once('.') else { return false };
    if !ENDINGS.contains(&ending) {
        return false;
    }
    let near = |path: &str| path.strip_prefix(home).map(|path| path.trim_start_matches('/').to_owned());
    if pattern.chars().all(|c| matches!(c, '*' | '/' | '.')) {
        // The folder of the package may be the one that is called so.
        let above = home.rsplit_once('/').map_or("", |(above, _)| above);
        let own = near(stem).and_then(|_| stem.strip_prefix(above)).map(|own| own.trim_start_matches('/'));
        let Some(own) = own else { return false };
        let parts: Vec<&str> = own.split('/').collect();
        let usual = |part: &&str| USUAL.contains(&part.to_ascii_lowercase().as_str());
        return parts.len() <= 4 && parts.iter().any(usual);
    }
    [Some(file.to_owned()), Some(stem.to_owned()), near(file), near(stem)]
        .into_iter()
        .flatten()
        .any(|path| fits(pattern, &path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        keys(path, text).into_iter().collect()
    }

    #[test]
    fn keys_of_every_format_are_dotted() {
        let expected = vec!["db", "db.url", "port"];
        assert_eq!(expected, found("a.toml", "PORT = 1\n[db]\nurl = \"x\"\n"));
        assert_eq!(expected, found("a.yaml", "port: 1\ndb:\n  url: x\n"));
        assert_eq!(expected, found("a.json", "{\"port\": 1, \"db\": {\"url\": null}}"));
        assert_eq!(expected, found("a.ini", "port = 1\n; no = 1\n[db]\nurl = x\n"));
        assert!(found("a.toml", "port = ").is_empty() && found("a.txt", "port = 1").is_empty());
    }

    #[test]
    fn texts_are_told_by_their_settings() {
        let expected = BTreeMap::from([("db.url".to_owned(), "x".to_owned())]);
        for (path, text) in [
            ("a.toml", "PORT = 1\n[db]\nurl = \"x\"\n"),
            ("a.yaml", "port: 1\ndb:\n  url: x\n"),
            ("a.json", "{\"port\": 1, \"DB\": {\"url\": \"x\"}}"),
        ] {
            assert_eq!(expected, texts(path, text), "{path}");
        }
    }

    #[test]
    fn a_file_that_shows_another_is_told_by_its_name() {
        assert_eq!(Some("config/a.toml".to_owned()), meant("config/a.toml.sample"));
        assert_eq!(Some("a.yaml".to_owned()), meant("a.example.yaml"));
        assert_eq!(None, meant("config/a.toml"));
        assert_eq!(None, meant("example"));
    }

    #[test]
    fn a_file_is_found_by_what_the_code_says_of_it() {
        for (file, pattern) in [
            ("config/default.toml", "config/default"),
            ("api/config/default.toml", "config/default.toml"),
            ("api/config/prod.yml", "config/*"),
            ("api/config/base.yaml", "*/config/base.yaml"),
            ("api/Settings.toml", "*"),
            ("api/config/x.json", "*"),
            ("api/config/deep/x.json", "*"),
        ] {
            assert!(may_be_at(file, pattern, "api") || may_be_at(file, pattern, ""), "{file} {pattern}");
        }
        for (file, pattern) in
            [("config/default.rs", "config/default"), ("web/default.toml", "config/default"), ("api/Cargo.toml", "*")]
        {
            assert!(!may_be_at(file, pattern, "api"), "{file} {pattern}");
        }
    }
}
