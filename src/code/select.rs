//! Which files are looked at: the project's own source, and of that what holds a word that a model knows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::form::Language;
use super::models::{Models, TOGETHER};
use crate::domain::change::is_test;
use crate::domain::folders::{Role, code_lies_in, code_surely_lies_in};

/// Whether a path is source of the project's own: of a language that is read, no test, not vendored, built or shown as an
/// example.
pub(super) fn is_own_source(path: &str) -> bool {
    Language::of(path).is_some() && is_own(path)
}

/// Whether a path is the project's own, whatever it is: no test, not vendored, built or shown as an example.
pub(super) fn is_own(path: &str) -> bool {
    const FOREIGN: &[Role] = &[Role::Vendored, Role::Built, Role::Fixture, Role::Docs, Role::Examples, Role::Hidden];
    // Below a main source root folders are packages, whatever they are called.
    let below = path.find("src/main/").and_then(|at| path.get(..at + "src/main".len())).unwrap_or(path);
    let name = below.rsplit('/').next().unwrap_or(below);
    let declared = name.ends_with(".d.ts") || name.ends_with(".d.mts") || name.ends_with(".min.js");
    let helper = matches!(name, "build.rs" | "conftest.py" | "setupTests.js" | "setupTests.ts");
    let helper = helper || configures_tests(name);
    let foreign = code_lies_in(path, FOREIGN);
    !is_test(below) && !foreign && !declared && !helper
}

/// Whether a file configures what runs tests: `playwright.config.ts`, `vitest.e2e.config.mts`, `karma.conf.js`.
fn configures_tests(name: &str) -> bool {
    const RUNNERS: &[&str] =
        &["cypress", "jest", "karma", "mocha", "nightwatch", "playwright", "protractor", "vitest", "wdio"];
    let mut words = name.split(['.', '-', '_']);
    let runner = words.next().is_some_and(|first| RUNNERS.contains(&first));
    runner && words.any(|word| matches!(word, "config" | "conf"))
}

/// Whether what a file registers counts where evaluated code has led to it: it may lie in a folder of any name but those
/// whose content is never the service's own.
pub(super) fn may_serve(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    // A Python module that a service imports is a part of it, whatever its name; other languages' tests are told by theirs.
    let named_test = is_test(name) && !name.ends_with(".py");
    !named_test && !code_surely_lies_in(path, &[Role::Vendored, Role::Built, Role::Fixture])
}

/// Whether a file belongs to a package that is there for tests alone: `crates/test_utils`, `libs/client-api-test`.
pub(super) fn helps_tests(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let mut within = "";
    folders.split('/').any(|folder| {
        let package = matches!(within, "crates" | "packages" | "libs" | "lib" | "internal" | "pkg");
        within = folder;
        let name = folder.replace('_', "-");
        let of_tests = name
            .split('-')
            .any(|word| matches!(word, "test" | "tests" | "testing" | "testutil" | "testutils" | "testkit"));
        let plainly = matches!(
            name.as_str(),
            "test-utils"
                | "test-util"
                | "test-support"
                | "test-helpers"
                | "testutil"
                | "testutils"
                | "testkit"
                | "testhelpers"
        );
        plainly || (package && of_tests)
    })
}

/// The longest line that a person writes; what has longer ones was made by a tool.
const LONGEST_LINE: usize = 20_000;

/// The longest script that a person writes.
const LONGEST_SCRIPT: usize = 512 << 10;

/// What a bundler that leaves lines as they are writes before its own.
const BUNDLER: &[u8] = b"__webpack_require__";

/// Whether a script was put together by a tool: it has a line that nobody writes, is longer than anybody writes, or says
/// which bundler made it. To evaluate one takes the steps that the project's own code needs.
pub(super) fn is_bundled(path: &str, bytes: &[u8]) -> bool {
    Language::of(path) == Some(Language::JavaScript)
        && bytes.len() > LONGEST_LINE
        && (bytes.len() > LONGEST_SCRIPT
            || bytes.windows(BUNDLER.len()).any(|window| window == BUNDLER)
            || bytes.split(|byte| *byte == b'\n').any(|line| line.len() > LONGEST_LINE))
}

/// The words that models know, searched all at once in the files of the language that each is for.
pub(super) struct Tokens {
    of: BTreeMap<Language, Words>,
}

/// The words of the built-in models.
pub(super) fn tokens() -> &'static Tokens {
    static TOKENS: LazyLock<Tokens> = LazyLock::new(|| Tokens::new(super::models::builtin()));
    &TOKENS
}

/// The words of one language's models.
struct Words {
    automaton: AhoCorasick,
    /// What each pattern is part of.
    tokens: Vec<usize>,
    /// How many patterns each token has, all of which a file must hold, and the framework that it tells; none for one of the
    /// environment.
    all: Vec<(usize, Option<String>)>,
}

impl Tokens {
    /// The words of all models.
    fn new(models: &Models) -> Self {
        let languages: BTreeSet<Language> = models.tokens.iter().map(|token| token.language).collect();
        Self { of: languages.into_iter().map(|language| (language, Words::new(models, language))).collect() }
    }

    /// The frameworks that a file of a language names; none where it holds no token at all.
    pub(super) fn found(&self, language: Language, bytes: &[u8]) -> Option<BTreeSet<String>> {
        self.of.get(&language)?.found(bytes)
    }
}

impl Words {
    fn new(models: &Models, language: Language) -> Self {
        let (mut patterns, mut tokens, mut all) = (Vec::new(), Vec::new(), Vec::new());
        for token in models.tokens.iter().filter(|token| token.language == language) {
            let before = patterns.len();
            patterns.extend(token.words.split(TOGETHER).map(str::to_owned));
            tokens.resize(patterns.len(), all.len());
            all.push((patterns.len() - before, token.framework.clone()));
        }
        let automaton = AhoCorasick::new(&patterns).expect("a handful of short words");
        Self { automaton, tokens, all }
    }

    fn found(&self, bytes: &[u8]) -> Option<BTreeSet<String>> {
        let mut seen = vec![false; self.tokens.len()];
        for hit in self.automaton.find_overlapping_iter(bytes) {
            if stands_alone(bytes, hit.start(), hit.end()) {
                seen[hit.pattern().as_usize()] = true;
            }
        }
        let mut held = vec![0; self.all.len()];
        for (token, _) in self.tokens.iter().zip(&seen).filter(|(_, seen)| **seen) {
            held[*token] += 1;
        }
        let found: Vec<_> = self.all.iter().zip(held).filter(|((most, _), held)| most == held).collect();
        let any = !found.is_empty();
        any.then(|| found.into_iter().filter_map(|((_, framework), _)| framework.clone()).collect())
    }
}

/// Whether a text has a word that is no part of a longer one.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, word).any(|at| stands_alone(bytes, at, at + word.len()))
}

/// Whether what stands in a text is no part of a longer word: `express` is none of `expression`, and `fastapi` is a word of
/// `fastapi_utils`.
fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    let goes_back = letter(start) && start.checked_sub(1).is_some_and(letter);
    let goes_on = end.checked_sub(1).is_some_and(letter) && letter(end);
    !goes_back && !goes_on
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundles_are_told() {
        let written = "export const a = 1;\n".repeat(2_000);
        assert!(!is_bundled("src/a.js", written.as_bytes()));
        assert!(is_bundled("static/a.mjs", format!("{written}var __webpack_require__ = {{}};\n").as_bytes()));
        assert!(is_bundled("static/a.js", written.repeat(20).as_bytes()));
        assert!(!is_bundled("app/a.py", written.repeat(20).as_bytes()), "a script alone");
    }

    #[test]
    fn a_token_is_a_word_in_a_file_of_its_language() {
        let tokens = tokens();
        let frameworks = |language, text: &str| {
            let found = tokens.found(language, text.as_bytes());
            found.map(|names| names.into_iter().collect::<Vec<_>>().join(" "))
        };
        let js = Language::JavaScript;
        assert_eq!(Some("express".to_owned()), frameworks(js, "import app from 'express';"));
        assert_eq!(None, frameworks(js, "const expression = processed;"));
        assert_eq!(None, frameworks(Language::Python, "import express"), "another language's");
        assert_eq!(Some("fastapi".to_owned()), frameworks(Language::Python, "from fastapi_utils.cbv import cbv"));
        assert_eq!(Some(String::new()), frameworks(js, "export const port = process.env.PORT;"));
        assert_eq!(None, frameworks(js, "process(items)"), "a word that needs another beside it");
        assert_eq!(Some(String::new()), frameworks(Language::Rust, "const KEY: Option<&str> = option_env!(\"KEY\");"));
    }

    #[test]
    fn packages_for_tests_are_told() {
        for path in
            ["libs/client-api-test/src/client.rs", "crates/crates_io_test_db/src/lib.rs", "internal/testutil/env.go"]
        {
            assert!(helps_tests(path), "{path}");
        }
        for path in ["src/speed-test/app.ts", "crates/latest/src/lib.rs", "test.py", "apps/contest/main.go"] {
            assert!(!helps_tests(path), "{path}");
        }
    }

    #[test]
    fn what_is_built_or_shown_is_told_from_parts_of_the_service() {
        for own in ["src/vendor/vendor.controller.ts", "app/api/docs/route.ts", "apps/api/src/build/build.ts"] {
            assert!(is_own_source(own), "{own}");
        }
        for foreign in
            ["dist/app.js", "packages/api/build/app.js", "docs/app.js", "src/node_modules/x/a.js", ".claude/a.py"]
        {
            assert!(!is_own_source(foreign), "{foreign}");
        }
    }
}
