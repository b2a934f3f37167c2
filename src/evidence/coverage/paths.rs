//! Which file of the repository a report's path means: absolute roots of other machines, Windows separators, import paths of Go,
//! paths relative to a package of a monorepo.

use std::collections::BTreeMap;

use crate::repo::Repo;

/// The repository's paths, by their last segment.
pub(super) struct Paths<'a> {
    repo: &'a Repo,
    by_name: BTreeMap<&'a str, Vec<&'a str>>,
    /// Go modules: import path and folder.
    modules: Vec<(String, String)>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(repo: &'a Repo) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for entry in repo.files() {
            let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
            by_name.entry(name).or_default().push(&entry.path);
        }
        let manifests = by_name.get("go.mod").cloned().unwrap_or_default();
        let modules = manifests.into_iter().filter_map(|path| {
            let content = repo.read(path, 1 << 20).ok()?;
            let text = content.text().ok()?.to_owned();
            let module = text.lines().find_map(|line| line.trim().strip_prefix("module "))?;
            let folder = path.strip_suffix("go.mod").unwrap_or_default().to_owned();
            Some((module.trim().trim_matches('"').to_owned(), folder))
        });
        let modules = modules.collect();
        Self { repo, by_name, modules }
    }

    /// The path in the repository and `true`, or the path as the report tells it and `false`.
    pub(super) fn resolve(&self, report: &str, candidates: &[String]) -> (String, bool) {
        let plain: Vec<String> = candidates.iter().map(|path| plain(path)).collect();
        let found = plain.iter().find_map(|path| self.find(report, path));
        match found {
            Some(path) => (path, true),
            None => (plain.into_iter().next_back().unwrap_or_default(), false),
        }
    }

    fn has(&self, path: &str) -> bool {
        self.repo.file(path).is_some()
    }

    fn find(&self, report: &str, path: &str) -> Option<String> {
        let relative = !path.starts_with('/') && !path.contains(":/");
        if relative {
            // Relative to where the tool ran: the folder of the report or one above it.
            let mut folder = report;
            while let Some((above, _)) = folder.rsplit_once('/') {
                let joined = format!("{above}/{path}");
                if self.has(&joined) {
                    return Some(joined);
                }
                folder = above;
            }
            if self.has(path) {
                return Some(path.to_owned());
            }
        }
        for (module, folder) in &self.modules {
            if let Some(rest) = path.strip_prefix(module.as_str()).and_then(|rest| rest.strip_prefix('/')) {
                let joined = format!("{folder}{rest}");
                if self.has(&joined) {
                    return Some(joined);
                }
            }
        }
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let suffix = (1..parts.len()).map(|from| parts[from..].join("/")).find(|suffix| self.has(suffix));
        suffix.or_else(|| self.unique_end(&parts))
    }

    /// The one file whose path ends with these segments; at least two, or any name would do.
    fn unique_end(&self, parts: &[&str]) -> Option<String> {
        if parts.len() < 2 {
            return None;
        }
        let end = format!("/{}", parts.join("/"));
        let named = self.by_name.get(parts.last()?)?;
        let mut matching = named.iter().filter(|path| path.ends_with(&end));
        match (matching.next(), matching.next()) {
            (Some(path), None) => Some((*path).to_owned()),
            _ => None,
        }
    }
}

/// A path with `/`, without `./` and doubled slashes.
fn plain(path: &str) -> String {
    let path = path.trim().replace('\\', "/");
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    format!("{}{}", if absolute { "/" } else { "" }, parts.join("/"))
}
