//! Which files are looked at: the project's own source, and of that what holds a word that a model knows.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use super::form::Language;
use super::models::Models;
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
