//! Which DoD is judged: the one that is named, the repository's own, else a profile that fits.

use std::collections::BTreeSet;
use std::path::Path;

use crate::dod::{DodSource, Plan};
use crate::evidence::{Reading, dependencies};
use crate::facts::dependencies::Dependency;
use crate::repo::Repo;

use super::{Refusal, Request, load};

/// Names under which a repository keeps its DoD.
pub(super) const NAMES: &[&str] = &["donegate.yaml", "donegate.yml"];

/// Dependencies that make a repository an HTTP service.
const HTTP: &str = include_str!("../../rules/http-frameworks.txt");

/// Loads the plan; where the repository has no DoD, takes a profile and says so in `notes`.
/// What is read of the code for that is kept in `reading`.
pub(super) fn plan(
    request: &Request,
    repo: &Repo,
    reading: &Reading,
    notes: &mut Vec<String>,
) -> Result<Plan, Refusal> {
    if request.dod.is_some() && request.profile.is_some() {
        return Err(Refusal::new("--dod and --profile exclude each other: name one"));
    }
    if let Some(profile) = &request.profile {
        return load(&DodSource::Profile(profile.clone()), repo);
    }
    if let Some(path) = &request.dod {
        return load(&DodSource::File(named(path, repo.home())?), repo.home());
    }
    match own(repo)? {
        Some(plan) => Ok(plan),
        None => {
            let profile = if serves_http(repo, reading) { "service" } else { "minimal" };
            notes.push(format!(
                "no donegate.yaml here: judged by the built-in profile `{profile}`; `donegate init` writes one to start from"
            ));
            load(&DodSource::Profile(profile.to_owned()), repo)
        }
    }
}

/// The tree's own DoD, if it has one. A component's is read from the root, so that it may extend what lies there.
pub(super) fn own(repo: &Repo) -> Result<Option<Plan>, Refusal> {
    let own: Vec<&&str> = NAMES.iter().filter(|name| repo.exists(name)).collect();
    match own.as_slice() {
        [] => Ok(None),
        [name] => load(&DodSource::File(repo.from_home(name)), repo.home()).map(Some),
        _ => Err(Refusal::new("both donegate.yaml and donegate.yml are here: keep one")),
    }
}

/// Whether the tree's own DoD extends a file above it.
pub(super) fn extends_above(repo: &Repo) -> bool {
    let text = |name: &&str| repo.read(name, 1 << 20).ok()?.text().ok().map(str::to_owned);
    NAMES.iter().filter_map(text).any(|text| text.contains("../"))
}

/// The DoD of a folder that has one.
pub(super) fn of_folder(home: &Repo, folder: &str) -> Result<Plan, Refusal> {
    let own: Vec<String> =
        NAMES.iter().map(|name| format!("{folder}/{name}")).filter(|path| home.exists(path)).collect();
    match own.as_slice() {
        [path] => load(&DodSource::File(path.clone()), home),
        _ => Err(Refusal::new(format!("{folder} has both donegate.yaml and donegate.yml: keep one"))),
    }
}

/// What the base's DoD is, against the one that is judged.
pub(super) enum BaseDod {
    /// It has none, so nothing can be weakened.
    None,
    /// It is the same, to the byte.
    Same,
    /// It has one, at this path, and the head has none.
    Gone(Box<Plan>, String),
    /// It has one that differs.
    Plan(Box<Plan>),
}

/// The base's DoD.
///
/// # Errors
/// It is there and cannot be read.
pub(super) fn at_base(request: &Request, repo: &Repo, base: &str) -> Result<BaseDod, String> {
    if request.profile.is_some() {
        return Ok(BaseDod::None);
    }
    let names: Vec<String> = match &request.dod {
        Some(path) => repo.home().relative(path).into_iter().collect(),
        None => NAMES.iter().map(|name| repo.from_home(name)).collect(),
    };
    let repo = repo.home();
    let Some(path) = names.into_iter().find(|name| repo.at_commit(base, name).is_some()) else {
        return Ok(BaseDod::None);
    };
    let at = DodSource::File(path.clone());
    let old = crate::dod::load(&at, &repo.open_at(base)?).map_err(|refusal| refusal.render())?;
    if !repo.exists(&path) {
        return Ok(BaseDod::Gone(Box::new(old), path));
    }
    let same = old.files.iter().all(|file| {
        file.path.starts_with("profile:")
            || repo.sha256(&file.path).is_ok_and(|now| crate::domain::provenance::hex(&now) == file.sha256)
    });
    Ok(if same { BaseDod::Same } else { BaseDod::Plan(Box::new(old)) })
}

/// A DoD's path relative to the repository. One that is named from outside of it is found by the folder that the command
/// was given in.
fn named(path: &Path, repo: &Repo) -> Result<String, Refusal> {
    repo.relative(path).map_err(|why| Refusal::new(format!("cannot read the DoD {}: {why}", path.display())))
}

/// Whether the tree is an HTTP service: a manifest declares a framework, or the code registers a route, as what needs no
/// dependency does (Go's `net/http`, servlets) and what keeps its libraries beside the code.
pub(super) fn serves_http(repo: &Repo, reading: &Reading) -> bool {
    !frameworks(repo).is_empty() || !reading.of(repo).routes.is_empty()
}

/// The HTTP frameworks that manifests declare, sorted.
pub(super) fn frameworks(repo: &Repo) -> BTreeSet<&'static str> {
    let known: Vec<&str> =
        HTTP.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let declared = dependencies::collect(repo).facts.unwrap_or_default();
    let names = |item: &Dependency, name: &str| {
        item.name.eq_ignore_ascii_case(name) || item.name.rsplit(':').next() == Some(name)
    };
    known.into_iter().filter(|name| declared.items.iter().any(|item| names(item, name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_known_by_what_it_declares_or_registers() {
        let declared = r#"{"dependencies": {"express": "4.19.2"}}"#;
        let go = "package main\n\nimport \"net/http\"\n\nfunc main() {\n\thttp.HandleFunc(\"/orders\", list)\n\thttp.ListenAndServe(\":80\", nil)\n}\n";
        let client =
            "package main\n\nimport \"net/http\"\n\nfunc main() {\n\thttp.Get(\"http://localhost/orders\")\n}\n";
        let module = "module example.org/orders\n\ngo 1.22\n";
        let serves = |files: &[(&str, &str)]| serves_http(&Repo::in_memory(files), &Reading::default());
        assert!(serves(&[("package.json", declared)]));
        assert!(serves(&[("go.mod", module), ("main.go", go)]), "no dependency is needed");
        assert!(!serves(&[("go.mod", module), ("main.go", client)]));
        assert!(!serves(&[("go.mod", module), ("main_test.go", go)]), "a test's server");
    }
}
