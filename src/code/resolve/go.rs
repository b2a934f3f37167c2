//! Go's packages: a folder is one, and a module's path (in its go.mod) is that of its root. Several modules of one tree find
//! each other whether a go.work, a `replace` or nothing says so.

use std::collections::BTreeSet;

use super::{Tree, folder_of};
use crate::domain::change::is_test;
use crate::domain::folders::{Role, joined, lies_in};

/// The modules of a tree.
#[derive(Debug, Default)]
pub(super) struct Modules {
    /// Paths and folders, the longest path first.
    modules: Vec<(String, String)>,
    /// What programs of a tree without modules import their own packages by, and their folders.
    programs: Vec<(String, String)>,
}

/// So many such programs are kept.
const MOST_PROGRAMS: usize = 64;

impl Modules {
    /// Reads every go.mod.
    pub(super) fn read(tree: &Tree<'_>) -> Self {
        let mut modules = Vec::new();
        for path in tree.files() {
            if path.rsplit('/').next() != Some("go.mod") || lies_in(path, &[Role::Vendored, Role::Fixture]) {
                continue;
            }
            let text = tree.text(path).unwrap_or_default();
            let named = text.lines().find_map(|line| line.trim().strip_prefix("module "));
            let named = named.map(|name| name.split("//").next().unwrap_or(name).trim().trim_matches(['"', '`']));
            if let Some(name) = named.filter(|name| !name.is_empty()) {
                modules.push((name.to_owned(), folder_of(path).to_owned()));
            }
            modules.extend(replaced(&text).filter_map(|(name, folder)| {
                let folder = joined(folder_of(path), folder)?;
                tree.has_folder(&folder).then(|| (name.to_owned(), folder))
            }));
        }
        modules.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        let programs = if modules.is_empty() { programs(tree) } else { Vec::new() };
        Self { modules, programs }
    }

    /// Whether a path is one of the tree's own, whether it is there or not.
    pub(super) fn own(&self, source: &str) -> bool {
        let below = |path: &String| source.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/'));
        self.modules.iter().any(|(path, _)| below(path))
    }

    /// The folder that a package of the tree's modules has or would have.
    pub(super) fn place(&self, source: &str) -> Option<String> {
        self.modules.iter().find_map(|(path, folder)| {
            let inner = source.strip_prefix(path.as_str())?.strip_prefix('/')?;
            Some(if folder.is_empty() { inner.to_owned() } else { format!("{folder}/{inner}") })
        })
    }

    /// The folder that an import leads to; none where it is no package of the tree.
    pub(super) fn folder(&self, tree: &Tree<'_>, source: &str) -> Option<String> {
        for (path, folder) in &self.modules {
            let Some(rest) = source.strip_prefix(path.as_str()) else { continue };
            let inner = match rest.strip_prefix('/') {
                Some(inner) => inner,
                None if rest.is_empty() => "",
                None => continue,
            };
            let joined = [folder.as_str(), inner].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
            let found = joined.join("/");
            if !sources(tree, &found).is_empty() {
                return Some(found);
            }
        }
        if !self.modules.is_empty() {
            return self.renamed(tree, source);
        }
        // A tree from before modules: what follows the repository's own path is the folder, or the tree is a workspace that has
        // all packages below `src`, or below its root.
        let parts: Vec<&str> = source.split('/').collect();
        let is_there = |folder: &String| holds_package(tree, folder);
        let workspace = format!("src/{source}");
        let whole = Some(source.to_owned()).filter(|_| parts.len() > 1);
        let found = (1..parts.len()).map(|cut| parts[cut..].join("/")).chain([workspace]).chain(whole).find(is_there);
        found.or_else(|| {
            let (path, folder) = self
                .programs
                .iter()
                .find(|(path, _)| source.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/')))?;
            Some(format!("{folder}{}", &source[path.len()..])).filter(is_there)
        })
    }

    /// The folder of an internal package that is imported by another name than its module has, which no host has either: no other
    /// module could import it.
    fn renamed(&self, tree: &Tree<'_>, source: &str) -> Option<String> {
        if source.split('/').next().is_some_and(|first| first.contains('.')) {
            return None;
        }
        let folders: BTreeSet<&str> = self.modules.iter().map(|(_, folder)| folder.as_str()).collect();
        let mut found = internal_tails(source).map(|tail| {
            let below = folders.iter().map(|folder| super::under(folder, &tail));
            below.filter(|folder| holds_package(tree, folder)).collect::<Vec<_>>()
        });
        match found.find(|found| !found.is_empty())?.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }
}

/// Where the folders of a path that ends at an internal package may begin: only code around such a folder may import it.
fn internal_tails(source: &str) -> impl Iterator<Item = String> {
    let parts: Vec<&str> = source.split('/').collect();
    let last = parts.iter().rposition(|part| *part == "internal").unwrap_or(0);
    (1..=last).map(move |cut| parts[cut..].join("/"))
}

/// Programs in folders of a tree from before modules, each with what its packages are imported by, which nothing else says: the
/// folder was checked out under that name.
fn programs(tree: &Tree<'_>) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let is_there = |folder: &str| !sources(tree, folder).is_empty();
    for path in tree.files().filter(|path| path.ends_with(".go") && !is_test(path)) {
        let folder = folder_of(path);
        if folder.is_empty() || lies_in(path, &[Role::Vendored, Role::Fixture]) || out.len() >= MOST_PROGRAMS {
            continue;
        }
        let text = tree.text(path).unwrap_or_default();
        if !is_main(&text) {
            continue;
        }
        for source in imported(&text) {
            let parts: Vec<&str> = source.split('/').collect();
            let cut = (1..parts.len()).find(|cut| is_there(&format!("{folder}/{}", parts[*cut..].join("/"))));
            let found = cut.map(|cut| (parts[..cut].join("/"), folder.to_owned()));
            out.extend(found.filter(|found| !out.contains(found)));
        }
    }
    out
}

/// Whether a folder holds a package that can be imported, besides the generators that may lie there: a program that is called like
/// a library (`beego/main.go`) is not that library.
fn holds_package(tree: &Tree<'_>, folder: &str) -> bool {
    sources(tree, folder).iter().any(|path| tree.text(path).is_none_or(|text| !is_main(&text)))
}

fn is_main(text: &str) -> bool {
    text.lines().any(|line| line.trim() == "package main")
}

/// The modules that a go.mod takes from folders of the tree, each with the folder: `replace a => ../b`.
fn replaced(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = text.lines().filter_map(|line| line.split("//").next()?.split_once("=>"));
    pairs.filter_map(|(name, folder)| {
        let name = name.trim().trim_start_matches("replace ").split_whitespace().next()?;
        let folder = folder.trim().trim_matches(['"', '`']);
        folder.starts_with('.').then_some((name.trim_matches(['"', '`']), folder))
    })
}

/// The packages that a file imports, found without parsing.
pub(crate) fn imported(text: &str) -> Vec<String> {
    let (mut out, mut listed) = (Vec::new(), false);
    for line in text.lines().map(str::trim) {
        let import = line.strip_prefix("import ");
        if listed || import.is_some() {
            out.extend(import.unwrap_or(line).split('"').nth(1).map(str::to_owned));
        }
        if import.is_none() && ["func ", "type ", "var ", "const "].iter().any(|word| line.starts_with(word)) {
            break;
        }
        listed = (listed || import.is_some_and(|rest| rest.trim_start().starts_with('('))) && !line.starts_with(')');
    }
    out
}

/// The files that make the package of a folder in the default build: no tests, none for other systems.
pub(super) fn sources(tree: &Tree<'_>, folder: &str) -> Vec<String> {
    if !tree.has_folder(folder) {
        return Vec::new();
    }
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let (files, _) = tree.entries(folder);
    // What wire reads is left out of the build where what it wrote is there.
    let written = files.iter().any(|file| file == "wire_gen.go");
    let read = |file: &String| {
        let text = Some(file).filter(|_| written).and_then(|file| tree.text(&format!("{prefix}{file}")));
        text.is_some_and(|text| text.lines().any(|line| line.trim() == "//go:build wireinject"))
    };
    let files: Vec<String> = files.into_iter().filter(|file| !file.ends_with(".go") || !read(file)).collect();
    let taken = files.into_iter().filter(|file| is_built(file)).map(|file| format!("{prefix}{file}"));
    taken.filter(|path| !path.ends_with("_test.go") && (folder.is_empty() || !is_fixture(path))).collect()
}

fn is_fixture(path: &str) -> bool {
    is_test(path) && path.split('/').any(|part| part == "testdata")
}

/// Whether a file of this name is built on Linux for amd64.
fn is_built(file: &str) -> bool {
    const SYSTEMS: [&str; 16] = [
        "windows",
        "darwin",
        "freebsd",
        "openbsd",
        "netbsd",
        "js",
        "plan9",
        "solaris",
        "android",
        "ios",
        "wasip1",
        "dragonfly",
        "aix",
        "illumos",
        "zos",
        "hurd",
    ];
    const MACHINES: [&str; 13] = [
        "386", "arm", "arm64", "wasm", "ppc64", "ppc64le", "s390x", "riscv64", "mips", "mipsle", "mips64", "mips64le",
        "loong64",
    ];
    let Some(stem) = file.strip_suffix(".go") else { return false };
    if stem.starts_with(['_', '.']) {
        return false;
    }
    let parts: Vec<&str> = stem.split('_').collect();
    let (last, before) = match parts.as_slice() {
        [_, .., before, last] => (*last, Some(*before)),
        [_, last] => (*last, None),
        _ => return true,
    };
    let other_system = SYSTEMS.contains(&last) || before.is_some_and(|before| SYSTEMS.contains(&before));
    !(other_system && (SYSTEMS.contains(&last) || MACHINES.contains(&last) || last == "amd64"))
        && !MACHINES.contains(&last)
}

/// The name that models know a package by: its path without the major version.
pub(super) fn library(source: &str) -> String {
    let is_version = |part: &&str| part.strip_prefix('v').is_none_or(|rest| rest.parse::<u32>().is_err());
    let mut name = source.split('/').filter(is_version).collect::<Vec<_>>().join("/");
    if name.starts_with("gopkg.in/")
        && let Some((stem, version)) = name.rsplit_once(".v")
        && version.parse::<u32>().is_ok()
    {
        name = stem.to_owned();
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Repo;
    use std::collections::BTreeMap;

    #[test]
    fn imports_lead_to_folders_of_the_module_that_holds_them() {
        let repo = Repo::in_memory(&[
            ("go.mod", "module example.org/shop // the shop\n\ngo 1.22\n"),
            ("main.go", "package main\n"),
            ("internal/api/api.go", "package api\n"),
            ("tools/go.mod", "module \"example.org/shop/tools/v2\"\n"),
            ("tools/gen/gen.go", "package gen\n"),
            ("only/tests_test.go", "package only\n"),
        ]);
        let tree = Tree::new(&repo, BTreeMap::new());
        let found = |source: &str| tree.go_package(source);
        assert_eq!(found("example.org/shop"), Some(String::new()));
        assert_eq!(found("example.org/shop/internal/api").as_deref(), Some("internal/api"));
        assert_eq!(found("example.org/shop/tools/v2/gen").as_deref(), Some("tools/gen"));
        assert_eq!(found("example.org/shopping/internal/api"), None);
        assert_eq!(found("example.org/shop/only"), None);
        assert_eq!(found("github.com/gin-gonic/gin"), None);
    }

    #[test]
    fn a_tree_without_modules_is_found_by_what_follows_its_own_path() {
        let repo = Repo::in_memory(&[("api/api.go", "package api\n")]);
        let tree = Tree::new(&repo, BTreeMap::new());
        assert_eq!(tree.go_package("github.com/a/b/api").as_deref(), Some("api"));
        assert_eq!(tree.go_package("net/http"), None);
    }

    #[test]
    fn a_module_may_be_taken_from_a_folder_of_the_tree_under_another_name() {
        let repo = Repo::in_memory(&[
            (
                "server/go.mod",
                "module shop\n\nreplace example.org/shop/v2 => ./ // itself\nreplace (\n\texample.org/kit v1.0.0 => ../kit\n\texample.org/far => ../../far\n\texample.org/fork => example.org/other v1.2.0\n)\n",
            ),
            ("server/api/api.go", "package api\n"),
            ("kit/log/log.go", "package log\n"),
        ]);
        let tree = Tree::new(&repo, BTreeMap::new());
        assert_eq!(tree.go_package("shop/api").as_deref(), Some("server/api"));
        assert_eq!(tree.go_package("example.org/shop/v2/api").as_deref(), Some("server/api"));
        assert_eq!(tree.go_package("example.org/kit/log").as_deref(), Some("kit/log"));
        assert_eq!(tree.go_package("example.org/far/log"), None);
        assert_eq!(tree.go_package("example.org/fork/log"), None);
    }

    #[test]
    fn an_internal_package_is_the_module_s_by_whatever_name_it_is_imported() {
        let repo = Repo::in_memory(&[
            ("go.mod", "module billing\n"),
            ("internal/api/api.go", "package api\n"),
            ("http/http.go", "package http\n"),
            ("one/go.mod", "module one\n"),
            ("one/internal/both/both.go", "package both\n"),
            ("two/go.mod", "module two\n"),
            ("two/internal/both/both.go", "package both\n"),
        ]);
        let tree = Tree::new(&repo, BTreeMap::new());
        assert_eq!(tree.go_package("accounts/internal/api").as_deref(), Some("internal/api"));
        assert_eq!(tree.go_package("accounts/http"), None);
        assert_eq!(tree.go_package("net/http"), None);
        assert_eq!(tree.go_package("accounts/internal/other"), None);
        assert_eq!(tree.go_package("accounts/internal/both"), None);
    }

    #[test]
    fn a_workspace_from_before_modules_has_its_packages_below_src() {
        let repo = Repo::in_memory(&[
            ("src/app/main.go", "package main\n"),
            ("src/app/api/api.go", "package api\n"),
            ("src/kit/kit.go", "package kit\n"),
        ]);
        let tree = Tree::new(&repo, BTreeMap::new());
        assert_eq!(tree.go_package("app/api").as_deref(), Some("src/app/api"));
        assert_eq!(tree.go_package("kit").as_deref(), Some("src/kit"));
        assert_eq!(tree.go_package("fmt"), None);
    }

    #[test]
    fn a_program_from_before_modules_may_lie_in_a_folder_of_another_name() {
        let repo = Repo::in_memory(&[
            ("server/main.go", "package main\n\nimport (\n\t\"fmt\"\n\t\"kiosk/routers\"\n)\n"),
            ("server/routers/router.go", "package routers\n"),
            ("event/routers/router.go", "package routers\n"),
        ]);
        let tree = Tree::new(&repo, BTreeMap::new());
        assert_eq!(tree.go_package("kiosk/routers").as_deref(), Some("server/routers"));
        assert_eq!(tree.go_package("event/routers").as_deref(), Some("event/routers"));
        assert_eq!(tree.go_package("other/routers"), None);
    }

    #[test]
    fn a_program_in_a_folder_called_like_a_library_is_not_that_library() {
        let repo = Repo::in_memory(&[
            ("beego/main.go", "package main\n\nimport _ \"kiosk/routers\"\n"),
            ("beego/routers/router.go", "package routers\n"),
        ]);
        let tree = Tree::new(&repo, BTreeMap::new());
        assert_eq!(tree.go_package("github.com/astaxie/beego"), None);
        assert_eq!(tree.go_package("kiosk/routers").as_deref(), Some("beego/routers"));
    }

    #[test]
    fn a_package_may_hold_a_generator() {
        let repo =
            Repo::in_memory(&[("api/api.go", "package api\n"), ("api/gen.go", "//go:build ignore\n\npackage main\n")]);
        let tree = Tree::new(&repo, BTreeMap::new());
        assert_eq!(tree.go_package("github.com/a/b/api").as_deref(), Some("api"));
    }

    #[test]
    fn libraries_are_known_without_their_version() {
        assert_eq!("github.com/labstack/echo/middleware", library("github.com/labstack/echo/v4/middleware"));
        assert_eq!("gopkg.in/yaml", library("gopkg.in/yaml.v3"));
        assert_eq!("net/http", library("net/http"));
    }

    #[test]
    fn files_for_other_systems_are_left_out() {
        for (name, built) in [
            ("a.go", true),
            ("a_linux.go", true),
            ("a_windows.go", false),
            ("a_darwin_amd64.go", false),
            ("windows.go", true),
            ("a_arm64.go", false),
            ("_a.go", false),
            ("a_amd64.go", true),
            ("user_js_view.go", true),
        ] {
            assert_eq!(built, is_built(name), "{name}");
        }
    }
}
