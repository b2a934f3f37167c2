//! Which files are looked at: the project's own source, and of that what holds a word that a model knows.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use super::form::Language;
use super::models::Models;
use crate::domain::change::is_test;

/// Whether a path is source of the project's own: of a language that is read, no test, not vendored, built or shown as an
/// example.
pub(super) fn is_own_source(path: &str) -> bool {
    if Language::of(path).is_none() || is_test(path) {
        return false;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let foreign = path.split('/').any(|folder| {
        matches!(
            folder,
            "node_modules"
                | "vendor"
                | "third_party"
                | "dist"
                | "build"
                | "out"
                | "target"
                | "site-packages"
                | ".venv"
                | "venv"
                | "fixtures"
                | "__fixtures__"
                | "testdata"
                | "__mocks__"
                | "mocks"
                | "docs"
                | "examples"
                | ".next"
                | "coverage"
        )
    });
    let declared = name.ends_with(".d.ts") || name.ends_with(".d.mts") || name.ends_with(".min.js");
    let helper = matches!(name, "build.rs" | "conftest.py" | "setupTests.js" | "setupTests.ts");
    !foreign && !declared && !helper
}

/// The words that models know, searched all at once.
pub(super) struct Tokens {
    automaton: AhoCorasick,
    /// For each pattern the framework it tells; none for one of the environment.
    frameworks: Vec<Option<String>>,
}

impl Tokens {
    /// The words of all models.
    pub(super) fn new(models: &Models) -> Self {
        let routes = models.route_tokens.iter().map(|(token, framework)| (token.clone(), Some(framework.clone())));
        let all: Vec<(String, Option<String>)> =
            routes.chain(models.env_tokens.iter().map(|token| (token.clone(), None))).collect();
        let automaton = AhoCorasick::new(all.iter().map(|(token, _)| token)).expect("a handful of short words");
        Self { automaton, frameworks: all.into_iter().map(|(_, framework)| framework).collect() }
    }

    /// The frameworks that a file names; none where it holds no word at all.
    pub(super) fn found(&self, bytes: &[u8]) -> Option<BTreeSet<String>> {
        let mut any = false;
        let mut frameworks = BTreeSet::new();
        for hit in self.automaton.find_iter(bytes) {
            any = true;
            if let Some(Some(framework)) = self.frameworks.get(hit.pattern().as_usize()) {
                frameworks.insert(framework.clone());
            }
        }
        any.then_some(frameworks)
    }
}
