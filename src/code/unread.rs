//! Frameworks that answer requests and have no model: code that imports one serves routes which are not read, and this is said
//! where it imports it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::Deserialize;

use super::form::Language;

const LIST: &str = include_str!("../../rules/unread.yaml");

/// What `rules/unread.yaml` says: by language, each framework and what is imported of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    python: BTreeMap<String, Vec<String>>,
    javascript: BTreeMap<String, Vec<String>>,
    go: BTreeMap<String, Vec<String>>,
    rust: BTreeMap<String, Vec<String>>,
}

/// What is imported of the frameworks of one language.
struct Imports {
    automaton: AhoCorasick,
    /// The framework and the import that each pattern is.
    of: Vec<(String, String)>,
}

impl Imports {
    fn new(list: BTreeMap<String, Vec<String>>) -> Self {
        let of: Vec<(String, String)> = list
            .into_iter()
            .flat_map(|(framework, imports)| imports.into_iter().map(move |import| (framework.clone(), import)))
            .collect();
        let automaton = AhoCorasick::new(of.iter().map(|(_, import)| import)).expect("a handful of short words");
        Self { automaton, of }
    }
}

static IMPORTS: LazyLock<Vec<(Language, Imports)>> = LazyLock::new(|| {
    let node = crate::yaml::parse("rules/unread.yaml", LIST);
    let list: List = node.and_then(|node| node.read()).expect("the frameworks are valid: a test reads them");
    vec![
        (Language::Python, Imports::new(list.python)),
        (Language::JavaScript, Imports::new(list.javascript)),
        (Language::Go, Imports::new(list.go)),
        (Language::Rust, Imports::new(list.rust)),
    ]
});

/// The frameworks without a model that a file imports, each with the line of its first import.
pub(super) fn imported(language: Language, bytes: &[u8]) -> Vec<(&'static str, u32)> {
    let Some((_, imports)) = IMPORTS.iter().find(|(of, _)| *of == language) else { return Vec::new() };
    let mut found: BTreeMap<&'static str, usize> = BTreeMap::new();
    for hit in imports.automaton.find_overlapping_iter(bytes) {
        let Some((framework, _)) = imports.of.get(hit.pattern().as_usize()) else { continue };
        if !found.contains_key(framework.as_str()) && is_import(language, bytes, hit.start(), hit.end()) {
            found.insert(framework, hit.start());
        }
    }
    let line = |at: usize| bytes.get(..at).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
    found.into_iter().map(|(framework, at)| (framework, u32::try_from(line(at) + 1).unwrap_or(u32::MAX))).collect()
}

/// Whether what stands there is imported, and no other thing whose name begins or ends alike.
fn is_import(language: Language, bytes: &[u8], start: usize, end: usize) -> bool {
    let before = bytes.get(..start).unwrap_or_default();
    let line = before.iter().rposition(|byte| *byte == b'\n').map_or(before, |at| &before[at + 1..]);
    let line = String::from_utf8_lossy(line);
    let line = line.trim_start();
    let next = bytes.get(end).copied().unwrap_or(b'\n');
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    match language {
        Language::Python => !word(next) && matches!(line.trim_end(), "import" | "from"),
        Language::JavaScript => {
            matches!(next, b'\'' | b'"' | b'/')
                && line.ends_with(['\'', '"'])
                && ["from ", "require(", "import "].iter().any(|how| line.contains(how))
        }
        // Alone on a line within the parentheses, or behind `import`; a version may follow.
        Language::Go => {
            let alias = line.strip_suffix('"').map(str::trim);
            matches!(next, b'"' | b'/' | b'.')
                && alias.is_some_and(|alias| !alias.contains([' ', '(', ':', '=']) || alias.starts_with("import"))
        }
        Language::Rust => {
            let used = bytes.get(end..).is_some_and(|rest| rest.starts_with(b"::")) && line.trim_end() == "use";
            used || (next == b';' && line.trim_end().ends_with("extern crate"))
        }
        Language::Java => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::select;
    use super::*;

    fn names(language: Language, text: &str) -> Vec<(&'static str, u32)> {
        imported(language, text.as_bytes())
    }

    #[test]
    fn an_import_of_a_framework_without_a_model_is_found() {
        assert_eq!(vec![("Masonite", 2)], names(Language::Python, "import os\nfrom masonite.app import App\n"));
        assert_eq!(vec![("Eve", 1)], names(Language::Python, "import eve\nimport eve.auth\n"), "once a file");
        let express = "const a = 1;\nimport { Get } from '@foal/core';\n";
        assert_eq!(vec![("FoalTS", 2)], names(Language::JavaScript, express));
        assert_eq!(vec![("Encore", 1)], names(Language::JavaScript, "import { api } from \"encore.dev/api\";"));
        let go = "package a\nimport (\n\t\"fmt\"\n\tr \"github.com/aofei/air\"\n)\n";
        assert_eq!(vec![("Air", 4)], names(Language::Go, go));
        assert_eq!(vec![("Encore", 2)], names(Language::Go, "package a\nimport \"encore.dev/beta/errs\"\n"));
        assert_eq!(vec![("Ohkami", 1)], names(Language::Rust, "use ohkami::{Ohkami, Route};"));
    }

    #[test]
    fn what_is_merely_called_so_is_none() {
        for (language, text) in [
            (Language::Python, "import huge\nfrom eventlet import eve\n# import masonite\n"),
            (
                Language::JavaScript,
                "import x from './sails-like';\nconst word = 'strapi';\nimport y from 'strapi-sdk';",
            ),
            (Language::Go, "package a\nvar x = \"encore.dev\"\n"),
            (Language::Rust, "let pavex = ohkami_like();\nuse paved::pavex;\n"),
        ] {
            assert_eq!(Vec::<(&str, u32)>::new(), names(language, text), "{text}");
        }
    }

    #[test]
    fn no_framework_is_both_read_and_unread() {
        let models = super::super::models::builtin();
        for (language, imports) in IMPORTS.iter() {
            for (framework, import) in &imports.of {
                let knows = |words: &str| words == import || select::has_word(import, words);
                let modelled = models
                    .tokens
                    .iter()
                    .any(|token| token.language == *language && token.framework.is_some() && knows(&token.words));
                assert!(!modelled, "{framework} has a model that knows `{import}`: take it from rules/unread.yaml");
            }
        }
    }
}
