//! What the folders on the way to a file say of it: whether others wrote it, a tool made it, or it is there to be looked at; and where
//! a path leads from a folder.

/// What a folder is for, other than the project's own sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What others wrote: `node_modules`, `vendor`, `third_party`, environments of Python.
    Vendored,
    /// What a tool made: `dist`, `build`, `target`, reports of coverage.
    Built,
    /// Made-up trees and stand-ins that tests use: `fixtures`, `testdata`, `__mocks__`.
    Fixture,
    /// What is there to be read: `docs`.
    Docs,
    /// What shows how the project is used: `examples`.
    Examples,
    /// What may do so, or may be all that there is: `example`, `samples`.
    Sample,
    /// What new projects are made of: `templates`.
    Template,
    /// Tests and benchmarks: `test`, `tests`, `__tests__`, `e2e`, `benches`.
    Test,
    /// Tests to some, descriptions of interfaces to others: `spec`, `specs`.
    Spec,
    /// What tools and services around the project keep there: `.github`, `.vscode`, `.agents`.
    Hidden,
}

/// Whether a path lies in a folder whose name says that it is for one of `roles`.
#[must_use]
pub fn lies_in(path: &str, roles: &[Role]) -> bool {
    is_within(path.rsplit_once('/').map_or("", |(folders, _)| folders), roles)
}

/// Whether a folder, or one that it lies in, is for one of `roles`.
#[must_use]
pub fn is_within(folder: &str, roles: &[Role]) -> bool {
    folder.split('/').any(|folder| role(folder).is_some_and(|(role, _)| roles.contains(&role)))
}

/// The same for code, where a part of a program may bear such a name too: `build`, `vendor` or `docs` say nothing within a
/// folder of sources, and below `src/main/` folders are packages whatever their names.
#[must_use]
pub fn code_lies_in(path: &str, roles: &[Role]) -> bool {
    let (mut within_sources, mut below_package) = (false, false);
    // A package of Rust has its sources in `src` alone, whatever the folder of the package is called.
    let rust = path.ends_with(".rs");
    let mut parts = folders_of_code(path).split('/').peekable();
    while let Some(folder) = parts.next() {
        // Go keeps what others wrote under the names of their hosts.
        let hosts = folder == "vendor" && parts.peek().is_some_and(|next| next.contains('.'));
        if role(folder).is_some_and(|(role, sure)| (sure || hosts || !within_sources) && roles.contains(&role)) {
            return true;
        }
        // What lies beside the sources of a package that is called so may still be built.
        within_sources |= is_of_sources(folder) && !(rust && folder != "src") || below_package;
        below_package = matches!(folder, "server" | "backend");
    }
    false
}

/// The same for code that the program is known to use, by the names alone that no part of a program bears.
#[must_use]
pub fn code_surely_lies_in(path: &str, roles: &[Role]) -> bool {
    folders_of_code(path)
        .split('/')
        .any(|folder| role(folder).is_some_and(|(role, sure)| sure && roles.contains(&role)))
}

/// The folders on the way to code whose names say something.
fn folders_of_code(path: &str) -> &str {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.find("src/main/").and_then(|at| folders.get(..at)).unwrap_or(folders)
}

/// What a folder's name says, and whether no part of a program bears it.
fn role(folder: &str) -> Option<(Role, bool)> {
    Some(match folder {
        "node_modules" | "bower_components" | "third_party" | "site-packages" | ".venv" | "venv" => {
            (Role::Vendored, true)
        }
        "vendor" => (Role::Vendored, false),
        ".next" => (Role::Built, true),
        "dist" | "build" | "out" | "target" | "coverage" => (Role::Built, false),
        "fixtures" | "__fixtures__" | "testdata" | "__mocks__" => (Role::Fixture, true),
        "mocks" => (Role::Fixture, false),
        "docs" => (Role::Docs, false),
        "examples" => (Role::Examples, false),
        "example" | "sample" | "samples" => (Role::Sample, false),
        "template" | "templates" => (Role::Template, false),
        "spec" | "specs" => (Role::Spec, false),
        // These are addresses of a site, and parts of it that frameworks keep apart.
        ".well-known" | ".server" | ".client" => return None,
        _ if folder.starts_with('.') && !folder.trim_start_matches('.').is_empty() => (Role::Hidden, false),
        _ if folder == "benches" || is_of_tests(folder) => (Role::Test, true),
        _ => return None,
    })
}

/// Whether a folder of this name holds tests in some language: also `browser_test` and `integration-tests`.
pub(super) fn is_of_tests(folder: &str) -> bool {
    const KINDS: &[&str] = &[
        "acceptance",
        "browser",
        "contract",
        "e2e",
        "functional",
        "integration",
        "load",
        "perf",
        "performance",
        "regression",
        "smoke",
        "system",
        "unit",
    ];
    let kind = folder.rsplit_once(['-', '_']).filter(|(_, end)| matches!(*end, "test" | "tests")).map(|(kind, _)| kind);
    // Gradle's sets of sources: `integrationTest`, `testFixtures`.
    let set = folder.strip_suffix("Test").or_else(|| folder.strip_suffix("Tests"));
    matches!(
        folder,
        "test" | "tests" | "__tests__" | "spec" | "specs" | "e2e" | "cypress" | "playwright" | "testFixtures"
    ) || kind.or(set).is_some_and(|kind| KINDS.contains(&kind))
}

/// Where the name of a folder on the way to code begins that says that it holds what developers run by hand: `scripts`, `hack`,
/// `benchmarks`, and, where it is no part of the sources of a program, `tools` and `bin`. What a folder of pages is called says nothing, nor
/// does what a module of Rust is.
#[must_use]
pub fn scripts_of(path: &str) -> Option<usize> {
    const SCRIPTS: &[&str] = &["bench", "benchmark", "benchmarks", "hack", "script", "scripts", "xtask"];
    const TOOLS: &[&str] = &["bin", "devtools", "tool", "tooling", "tools"];
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let (script, rust) = (!path.ends_with(".py") && !path.ends_with(".go"), path.ends_with(".rs"));
    let (mut at, mut within_sources) = (0, false);
    for folder in folders.split('/') {
        if (rust && folder == "src") || (script && matches!(folder, "app" | "pages" | "routes")) {
            return None;
        }
        if SCRIPTS.contains(&folder) || (!within_sources && TOOLS.contains(&folder)) {
            return Some(at);
        }
        within_sources |= is_of_sources(folder);
        at += folder.len() + 1;
    }
    None
}

/// Whether what lies in a folder of this name is a part of the program.
fn is_of_sources(folder: &str) -> bool {
    matches!(folder, "src" | "app" | "pages" | "lib" | "modules" | "routes")
}

/// The folder that a file lies in; empty for the root.
#[must_use]
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a path is a folder or lies below it; everything lies below the root, which is empty.
#[must_use]
pub fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path that `path` is from `folder`, without `.` and `..`; none where it leads out of the tree.
#[must_use]
pub fn joined(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_what_its_path_begins_as_a_whole() {
        assert_eq!(("a/b", ""), (folder_of("a/b/c.rs"), folder_of("c.rs")));
        for (path, folder, below) in
            [("a/b", "a", true), ("a", "a", true), ("a", "", true), ("ab/c", "a", false), ("a", "a/b", false)]
        {
            assert_eq!(below, is_below(path, folder), "{path} {folder}");
        }
    }

    #[test]
    fn a_path_leads_from_a_folder_and_not_out_of_the_tree() {
        assert_eq!(Some("b/c".to_owned()), joined("a", "../b/./c"));
        assert_eq!(Some(String::new()), joined("a/b", "../.."));
        assert_eq!(None, joined("a", "../../b"));
    }

    #[test]
    fn sets_of_sources_for_tests_are_told() {
        for folder in ["testFixtures", "integrationTest", "unitTests", "integration-tests", "browser_test"] {
            assert!(is_of_tests(folder), "{folder}");
        }
        for folder in ["contest", "latest", "speedTest", "fixtures"] {
            assert!(!is_of_tests(folder), "{folder}");
        }
    }

    #[test]
    fn a_name_that_a_part_of_a_program_may_bear_says_nothing_within_its_sources() {
        for (path, role) in [
            ("src/vendor/vendor.controller.ts", Role::Vendored),
            ("app/api/docs/route.ts", Role::Docs),
            ("src/coverage/rates.rs", Role::Built),
            ("server/api/vendor/list.js", Role::Vendored),
            ("src/app/.internal/route.ts", Role::Hidden),
        ] {
            assert!(lies_in(path, &[role]), "{path}");
            assert!(!code_lies_in(path, &[role]), "{path}");
            assert!(!code_surely_lies_in(path, &[role]), "{path}");
        }
        assert!(!code_lies_in("src/main/java/com/testdata/Api.java", &[Role::Fixture]));
        for (path, role) in [
            ("vendor/a/a.php", Role::Vendored),
            ("backend/vendor/github.com/a/a.go", Role::Vendored),
            ("src/node_modules/a/a.js", Role::Vendored),
            ("packages/api/build/app.js", Role::Built),
            ("backend/dist/routes/app.js", Role::Built),
            ("src/__fixtures__/a.ts", Role::Fixture),
            ("docs/app.js", Role::Docs),
            ("examples/a/app.js", Role::Examples),
            ("lib/examples/a.rs", Role::Examples),
            ("samples/a/app.js", Role::Sample),
            (".agents/skills/a/assets/app.py", Role::Hidden),
            ("packages/a/.storybook/main.ts", Role::Hidden),
            ("src/tests/a.ts", Role::Test),
        ] {
            assert!(code_lies_in(path, &[role]), "{path}");
            assert!(!code_lies_in(path, &[]), "{path}");
        }
        assert!(
            code_surely_lies_in("venv/a.py", &[Role::Vendored]) && !code_surely_lies_in("docs/a.py", &[Role::Docs])
        );
    }

    #[test]
    fn folders_of_scripts_are_told() {
        for (path, at) in [
            ("scripts/seed.ts", Some(0)),
            ("backend/app/scripts/seed.py", Some(12)),
            ("src/scripts/seed.ts", Some(4)),
            ("tools/gen/main.go", Some(0)),
            ("xtask/src/main.rs", Some(0)),
            ("src/tools/search.ts", None),
            ("app/scripts/page.tsx", None),
            ("src/bin/server.rs", None),
            ("src/scripts/mod.rs", None),
            ("scripts.py", None),
        ] {
            assert_eq!(at, scripts_of(path), "{path}");
        }
    }

    #[test]
    fn hidden_folders_that_serve_are_told() {
        for path in [".well-known/a/route.ts", "site/.server/db.ts", "./app.js", "../app.js"] {
            assert!(!lies_in(path, &[Role::Hidden]), "{path}");
        }
        assert!(lies_in(".next/server/app.js", &[Role::Built]));
    }

    #[test]
    fn a_file_is_not_in_a_folder_of_its_own_name() {
        assert!(!lies_in("build", &[Role::Built]));
        assert!(!code_lies_in("src/docs", &[Role::Docs]));
    }
}
