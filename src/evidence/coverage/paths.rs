//! Which file of the repository a report's path means: absolute roots of other machines, Windows separators, import paths of Go,
//! paths relative to a package of a monorepo.

use std::collections::{BTreeMap, BTreeSet};

use crate::repo::Repo;

use super::Record;

/// The repository's paths, by their last segment.
pub(super) struct Paths<'a> {
    repo: &'a Repo,
    /// Paths that count as being there besides.
    more: BTreeSet<&'a str>,
    by_name: BTreeMap<&'a str, Vec<&'a str>>,
    /// Go modules: import path and folder.
    modules: Vec<(String, String)>,
}

impl<'a> Paths<'a> {
    /// The paths of a repository, and some more.
    pub(super) fn new(repo: &'a Repo, more: &'a [String]) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in repo.files().iter().map(|entry| &*entry.path).chain(more.iter().map(String::as_str)) {
            by_name.entry(path.rsplit('/').next().unwrap_or(path)).or_default().push(path);
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
        Self { repo, more: more.iter().map(String::as_str).collect(), by_name, modules }
    }

    /// The roots that a report's paths seem to stand under, the likeliest first: what has to be cut off so that the most of
    /// them are files that are here.
    pub(super) fn roots(&self, report: &str, records: &[Record]) -> Vec<String> {
        let mut votes: BTreeMap<String, usize> = BTreeMap::new();
        for path in records.iter().flat_map(|record| &record.candidates).map(|path| plain(path)) {
            if !is_absolute(&path) && self.beside(report, &path).is_some() {
                continue;
            }
            for (at, _) in path.match_indices('/') {
                if self.has(&path[at + 1..]) {
                    *votes.entry(path[..=at].to_owned()).or_default() += 1;
                }
            }
        }
        let mut roots: Vec<(String, usize)> = votes.into_iter().collect();
        roots.sort_by_key(|(root, votes)| (std::cmp::Reverse(*votes), root.len()));
        roots.into_iter().map(|(root, _)| root).collect()
    }

    /// The path in the repository and `true`, or the path as the report tells it and `false`.
    pub(super) fn resolve(&self, report: &str, roots: &[String], record: &Record) -> (String, bool) {
        let plain: Vec<String> = record.candidates.iter().map(|path| plain(path)).collect();
        let module = record.module.as_deref();
        let found = plain.iter().find_map(|path| self.find(report, roots, path, module));
        match found {
            Some(path) => (path, true),
            None => (plain.into_iter().next_back().unwrap_or_default(), false),
        }
    }

    fn has(&self, path: &str) -> bool {
        self.repo.file(path).is_some() || self.more.contains(path)
    }

    /// A relative path, seen from where the tool may have run: the folder of the report or one above it.
    fn beside(&self, report: &str, path: &str) -> Option<String> {
        let mut folder = report;
        while let Some((above, _)) = folder.rsplit_once('/') {
            let joined = format!("{above}/{path}");
            if self.has(&joined) {
                return Some(joined);
            }
            folder = above;
        }
        self.has(path).then(|| path.to_owned())
    }

    fn find(&self, report: &str, roots: &[String], path: &str, module: Option<&str>) -> Option<String> {
        if !is_absolute(path)
            && let Some(found) = self.beside(report, path)
        {
            return Some(found);
        }
        for (import, folder) in &self.modules {
            if let Some(rest) = path.strip_prefix(import.as_str()).and_then(|rest| rest.strip_prefix('/')) {
                let joined = format!("{folder}{rest}");
                if self.has(&joined) {
                    return Some(joined);
                }
            }
        }
        // The likeliest root may leave a bare name; any other only what has a folder, or every `index.js` would be one.
        let under = |(index, root): (usize, &String)| {
            let rest = path.strip_prefix(root.as_str())?;
            ((index == 0 || is_absolute(path) && rest.contains('/')) && self.has(rest)).then(|| rest.to_owned())
        };
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        roots.iter().enumerate().find_map(under).or_else(|| self.unique_end(&parts, module))
    }

    /// The one file whose path ends with these segments; at least two, or any name would do.
    /// Of several, the one in the folder of the module that the report names.
    fn unique_end(&self, parts: &[&str], module: Option<&str>) -> Option<String> {
        if parts.len() < 2 {
            return None;
        }
        let end = format!("/{}", parts.join("/"));
        let named = self.by_name.get(parts.last()?)?;
        let matching: Vec<&str> = named.iter().copied().filter(|path| path.ends_with(&end)).collect();
        let within = |path: &&str| module.is_some_and(|module| path.split('/').any(|part| part == module));
        let mut of_module = matching.iter().copied().filter(within);
        match (matching.as_slice(), of_module.next(), of_module.next()) {
            ([path], _, _) => Some((*path).to_owned()),
            (_, Some(path), None) => Some(path.to_owned()),
            _ => None,
        }
    }
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.contains(":/")
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
