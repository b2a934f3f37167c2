//! Which document oapi-codegen makes a Go package of, as the commands say that run it.

use super::{Tree, folder_of};
use crate::code::form::Name;
use crate::domain::folders::{Role, joined, lies_in};

/// What the tool is called.
const TOOL: &str = "oapi-codegen";
/// The most files that are looked into for its commands.
const MOST: usize = 4_000;

/// The document that the package of a folder is made of, and all that is said of how; none where no command says so.
pub(super) fn document(tree: &Tree<'_>, folder: &str) -> Option<(Name, String)> {
    let runs = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let script = matches!(name, "Makefile" | "makefile" | "justfile" | "Taskfile.yml" | "Taskfile.yaml");
        script || name.ends_with(".go") || name.ends_with(".sh") || name.ends_with(".mk")
    };
    let files = tree.files().filter(|path| runs(path) && !lies_in(path, &[Role::Vendored, Role::Fixture])).take(MOST);
    for file in files {
        let Some(text) = tree.text(file).filter(|text| text.contains(TOOL)) else { continue };
        let is_go = file.ends_with(".go");
        for line in text.replace("\\\n", " ").lines().filter(|line| line.contains(TOOL)) {
            if is_go && !line.starts_with("//go:generate") {
                continue;
            }
            if let Some(found) = of_command(tree, folder_of(file), line, is_go, folder) {
                return Some(found);
            }
        }
    }
    None
}

/// The document of a command that is run in a folder, where it makes the package of another.
fn of_command(tree: &Tree<'_>, at: &str, line: &str, is_go: bool, package: &str) -> Option<(Name, String)> {
    let (_, said) = line.split_once(TOOL)?;
    let words: Vec<&str> = said.split([' ', '\t', '=']).map(|word| word.trim_matches(['"', '\''])).collect();
    let after = |names: &[&str]| {
        let place = words.iter().position(|word| names.contains(word))?;
        words.get(place + 1..)?.iter().find(|word| !word.is_empty()).copied()
    };
    let config = after(&["-config", "--config"]).and_then(|path| joined(at, path));
    let mut output = after(&["-o", "--o", ">"]).map(str::to_owned);
    let configured = config.as_ref().and_then(|config| tree.text(config)).unwrap_or_default();
    if output.is_none() {
        let said = configured.lines().find_map(|line| line.strip_prefix("output:"));
        output = said.map(|path| path.trim().trim_matches(['"', '\'']).to_owned());
    }
    let made = output.and_then(|path| joined(at, &path));
    let fits = match &made {
        Some(made) => folder_of(made) == package,
        None => is_go && at == package,
    };
    let is_document = |word: &&&str| [".yaml", ".yml", ".json"].iter().any(|ending| word.ends_with(ending));
    let documents = words.iter().filter(is_document).filter_map(|word| joined(at, word));
    let document = documents.rev().find(|path| config.as_ref() != Some(path))?;
    (fits && tree.has(&document)).then(|| (document.into(), format!("{said}\n{configured}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Repo;

    #[test]
    fn commands_name_documents_and_what_is_made_of_them() {
        let repo = Repo::in_memory(&[
            ("api/shop.yaml", ""),
            ("api/cfg.yaml", "package: gen\noutput: ../internal/gen/api.gen.go\n"),
            ("api/gen.go", "package api\n\n//go:generate go run x/oapi-codegen@v2 --config=cfg.yaml shop.yaml\n"),
            ("Makefile", "gen:\n\toapi-codegen -generate types,gin \\\n\t  -o web/a.go ./api/shop.yaml\n"),
        ]);
        let tree = Tree::new(&repo, std::collections::BTreeMap::new());
        let (file, how) = document(&tree, "internal/gen").expect("a command makes it");
        assert_eq!((&*file, how.contains("package: gen")), ("api/shop.yaml", true));
        let (file, how) = document(&tree, "web").expect("a command makes it");
        assert_eq!((&*file, how.contains("gin")), ("api/shop.yaml", true));
        assert_eq!(document(&tree, "api"), None);
    }
}
