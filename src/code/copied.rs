//! Folders that a generator copies out: what stands in them is code of the services that it makes, and none of its own.
//!
//! A generator is a package with a command, or one that says so by its name; what it copies out lies in a folder of
//! templates that has a manifest of its own, and that is no workspace of the package.

use serde_json::Value as Json;

use crate::repo::Repo;

/// What folders of templates are called.
const NAMES: &[&str] = &["template", "templates", "boilerplate", "boilerplates", "scaffold", "scaffolds", "skeleton"];
/// A manifest that is larger is none that a person writes.
const MOST_BYTES: u64 = 1 << 20;

/// The folders, each with a slash at its end.
pub(super) fn folders(repo: &Repo) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let files = repo.files();
    let named = |path: &str| path.rsplit('/').next().is_some_and(|name| name == "package.json");
    let manifests: Vec<&str> = files
        .iter()
        .filter(|entry| !entry.link && named(&entry.path) && !entry.path.contains("node_modules/"))
        .map(|entry| &*entry.path)
        .collect();
    for manifest in &manifests {
        let folder = manifest.strip_suffix("package.json").unwrap_or("");
        let Some(json) = read(repo, manifest).filter(is_generator) else { continue };
        for entry in files.iter().filter(|entry| !entry.link) {
            let Some(below) = entry.path.strip_prefix(folder) else { continue };
            let Some(templates) = templates_in(below) else { continue };
            let of_manifest = below
                .rsplit('/')
                .next()
                .is_some_and(|name| name.trim_start_matches(['_', '.']).starts_with("package.json"));
            let found = format!("{folder}{templates}/");
            if of_manifest && !is_workspace(&json, templates) && !out.contains(&found) {
                out.push(found);
            }
        }
    }
    out
}

/// Whether a path lies in one of the folders.
pub(super) fn is_under(folders: &[String], path: &str) -> bool {
    folders.iter().any(|folder| path.starts_with(folder.as_str()))
}

fn read(repo: &Repo, path: &str) -> Option<Json> {
    let content = repo.read(path, MOST_BYTES).ok()?;
    serde_json::from_str(content.text().ok()?).ok()
}

fn is_generator(manifest: &Json) -> bool {
    let name = manifest.get("name").and_then(Json::as_str).unwrap_or("");
    let last = name.rsplit('/').next().unwrap_or(name);
    manifest.get("bin").is_some() || last.starts_with("create-") || last.starts_with("generator-")
}

/// The folder of templates that a path below a package lies in.
fn templates_in(below: &str) -> Option<&str> {
    let mut end = 0;
    for part in below.split('/') {
        end += part.len();
        if NAMES.contains(&part) && end < below.len() {
            return below.get(..end);
        }
        end += 1;
    }
    None
}

/// Whether a package counts a folder, or what is in it, among its own workspaces.
fn is_workspace(manifest: &Json, folder: &str) -> bool {
    let listed = manifest.get("workspaces").map(|all| all.get("packages").unwrap_or(all));
    let all = listed.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    all.into_iter().any(|pattern| pattern.trim_start_matches("./").starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_templates_belong_to_generators_alone() {
        let repo = Repo::in_memory(&[
            ("cli/package.json", "{\"name\": \"make-api\", \"bin\": {\"make-api\": \"index.js\"}}"),
            ("cli/templates/express/package.json", "{}"),
            ("cli/templates/express/src/app.js", ""),
            ("cli/src/templates/mail.js", ""),
            ("site/package.json", "{\"name\": \"site\"}"),
            ("site/templates/one/package.json", "{}"),
            ("all/package.json", "{\"bin\": \"x\", \"workspaces\": [\"templates/*\"]}"),
            ("all/templates/one/package.json", "{}"),
            ("create-it/package.json", "{\"name\": \"@it/create-it\"}"),
            ("create-it/template/_package.json", "{}"),
        ]);
        assert_eq!(vec!["cli/templates/", "create-it/template/"], folders(&repo));
        assert!(is_under(&folders(&repo), "cli/templates/express/src/app.js"));
        assert!(!is_under(&folders(&repo), "cli/src/templates/mail.js"));
    }
}
