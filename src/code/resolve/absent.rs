//! Relative names of JavaScript and of Python that lead to nothing: the file is not there, and nothing says that it would be where the
//! program runs.

use super::javascript::{ENDINGS, Packages};
use super::programs::LISTS;
use super::{Target, Tree, folder_of, under};
use crate::code::form::Language;
use crate::domain::folders::{Role, lies_in};

/// Endings of a module's name that say that it is source.
const SOURCE: &[&str] = &[".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/// Whether a relative name leads to nothing from a file.
pub(super) fn is_absent(tree: &Tree<'_>, packages: &Packages, from: &str, source: &str) -> bool {
    let relative = source.starts_with("./") || source.starts_with("../");
    let bare = SOURCE.iter().find_map(|ending| source.strip_suffix(ending)).unwrap_or(source);
    let other = LISTS.beside.iter().any(|ending| source.ends_with(ending.as_str()));
    if !relative || other || source.contains(['?', '!', '*', '$', '{']) {
        return false;
    }
    if !matches!(packages.resolve(tree, from, source), Target::Outside(_)) {
        return false;
    }
    let (path, stem) = (under(folder_of(from), source), under(folder_of(from), bare));
    if path.starts_with("..") || lies_in(&format!("{path}/x"), &[Role::Built, Role::Vendored]) || is_apart(bare) {
        return false;
    }
    // A declaration beside it, or source in a language that is compiled to it.
    let folder = folder_of(&stem);
    let name = stem.rsplit('/').next().unwrap_or(&stem);
    let beside = |file: &String| file.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    if tree.entries(folder).0.iter().any(beside) {
        return false;
    }
    let inside = |file: &String| file == "package.json" || file.starts_with("index.");
    if tree.entries(&path).0.iter().any(inside) || tree.is_of_another(&path) {
        return false;
    }
    let mut places = vec![path.clone()];
    places.extend(ENDINGS.iter().map(|ending| format!("{stem}{ending}")));
    !tree.stands(&places) && !places.iter().any(|place| tree.would_ignore(place))
}

/// Whether a relative name of Python's leads to nothing from a file.
pub(super) fn is_absent_in_python(tree: &Tree<'_>, from: &str, source: &str, level: u32) -> bool {
    let mut around = folder_of(from);
    for _ in 1..level {
        if around.is_empty() {
            return false;
        }
        around = folder_of(around);
    }
    let inner = source.replace('.', "/");
    let path = under(around, &inner);
    if !matches!(tree.resolve(Language::Python, from, source, level), Target::Outside(_)) {
        return false;
    }
    if lies_in(&format!("{path}/x"), &[Role::Built, Role::Vendored]) || is_apart(&inner) || tree.is_of_another(&path) {
        return false;
    }
    // An extension, or what one is made of.
    let name = path.rsplit('/').next().unwrap_or(&path);
    let (files, folders) = tree.entries(folder_of(&path));
    let beside = |file: &String| file.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    if files.iter().any(beside) || folders.iter().any(|folder| folder == name) {
        return false;
    }
    let places = [format!("{path}.py"), format!("{path}/__init__.py")];
    !tree.stands(&places) && !places.iter().any(|place| tree.would_ignore(place))
}

/// Whether a word of a path says that what stands there need not be in the repository.
fn is_apart(path: &str) -> bool {
    let mut word = String::new();
    let mut words = Vec::new();
    for c in path.chars().chain(['/']) {
        let goes_on = c.is_ascii_alphanumeric();
        if !goes_on || c.is_ascii_uppercase() {
            words.push(std::mem::take(&mut word));
        }
        if goes_on {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.iter().any(|word| LISTS.apart.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Repo;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_not_there_is_told_in_python_too() {
        let files: Vec<(&str, &str)> = vec![
            (".gitignore", "/shop/hidden.py\n"),
            ("shop/__init__.py", ""),
            ("shop/routes/__init__.py", ""),
            ("shop/routes/carts.py", ""),
            ("shop/fast.pyx", ""),
        ];
        let repo = Repo::in_memory(&files);
        let tree = Tree::new(&repo, BTreeMap::new());
        let absent = |source: &str, level: u32| tree.is_absent_in_python("shop/routes/__init__.py", source, level);
        assert!(absent("users", 1) && absent("models.user", 2) && absent("carts.inner", 1));
        for (kept, level) in
            [("carts", 1), ("routes", 2), ("fast", 2), ("hidden", 2), ("local_things", 1), ("_version", 2)]
        {
            assert!(!absent(kept, level), "{kept}");
        }
        assert!(!absent("outside", 4));
    }

    #[test]
    fn what_is_not_there_is_told_from_what_may_be() {
        let files: Vec<(&str, &str)> = vec![
            (".gitignore", "*.hidden.js\n/models/secret*\n"),
            (".gitmodules", "[submodule \"lib\"]\n\tpath = lib\n\turl = ../lib\n"),
            ("src/app.ts", ""),
            ("src/routes.ts", ""),
            ("src/types.d.ts", ""),
            ("src/pages.vue", ""),
            ("src/plugin/package.json", "{ \"main\": \"made.js\" }"),
            ("src/old/index.ts", ""),
        ];
        let repo = Repo::in_memory(&files);
        let tree = Tree::new(&repo, BTreeMap::new());
        let absent = |source: &str| tree.is_absent("src/app.ts", source);
        for gone in ["./users", "./users.js", "../models/user", "./old/routes", "./user.model"] {
            assert!(absent(gone), "{gone}");
        }
        for kept in [
            "./routes",
            "./routes.js",
            "./types",
            "./pages",
            "./plugin",
            "./old",
            "./a.hidden",
            "../models/secretOnes",
            "../lib/x",
            "../../outside",
            "./data.json",
            "./style.css",
            "./config/db",
            "./dbConfig",
            "../generated/client",
            "./dist/app",
            "express",
        ] {
            assert!(!absent(kept), "{kept}");
        }
    }
}
