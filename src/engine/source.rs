//! Which DoD is judged: the one that is named, the repository's own, else a profile that fits.

use std::collections::BTreeSet;
use std::path::Path;

use crate::dod::{DodSource, Plan};
use crate::evidence::dependencies;
use crate::facts::dependencies::Dependency;
use crate::repo::Repo;

use super::{Refusal, Request, load};

/// Names under which a repository keeps its DoD.
const NAMES: &[&str] = &["donegate.yaml", "donegate.yml"];

/// Dependencies that make a repository an HTTP service.
const HTTP: &str = include_str!("../../rules/http-frameworks.txt");

/// Loads the plan; where the repository has no DoD, takes a profile and says so in `notes`.
pub(super) fn plan(request: &Request, repo: &Repo, notes: &mut Vec<String>) -> Result<Plan, Refusal> {
    if request.dod.is_some() && request.profile.is_some() {
        return Err(Refusal::new("--dod and --profile exclude each other: name one"));
    }
    if let Some(profile) = &request.profile {
        return load(&DodSource::Profile(profile.clone()), repo);
    }
    if let Some(path) = &request.dod {
        return load(&DodSource::File(named(path, repo)?), repo);
    }
    let own: Vec<&&str> = NAMES.iter().filter(|name| repo.exists(name)).collect();
    match own.as_slice() {
        [name] => load(&DodSource::File((**name).to_owned()), repo),
        [] => {
            let profile = if serves_http(repo) { "service" } else { "minimal" };
            notes.push(format!(
                "no donegate.yaml here: judged by the built-in profile `{profile}`; `donegate init` writes one to start from"
            ));
            load(&DodSource::Profile(profile.to_owned()), repo)
        }
        _ => Err(Refusal::new("both donegate.yaml and donegate.yml are here: keep one")),
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
        Some(path) => repo.relative(path).into_iter().collect(),
        None => NAMES.iter().map(|name| (*name).to_owned()).collect(),
    };
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

/// Whether a manifest declares an HTTP framework.
pub(super) fn serves_http(repo: &Repo) -> bool {
    !frameworks(repo).is_empty()
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
