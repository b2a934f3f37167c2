//! Which documents are held against which routes where a repository has several services. A document is of the innermost project
//! that it lies in and that has routes. As long as all documents are of one project they tell of all routes, wherever those lie; once
//! several projects have documents of their own, each stands for its own: a route of one is not documented by the
//! document of another, and an operation of one is not implemented by a route of another. What lies in none of them
//! (a document in `docs`, routes of a package that several use) goes with all.

use std::collections::BTreeSet;

use super::align::{Held, Inventory};
use crate::evidence::env::workspaces::MANIFESTS;
use crate::facts::openapi::Operation;
use crate::facts::routes::Route;
use crate::repo::Repo;

/// What makes a folder a service of its own beside a project's manifest: an image, and a program of Go.
const PROGRAMS: &[&str] = &["Dockerfile", "main.go"];

/// The services of a repository that have documents of their own.
pub(super) struct Services<'a> {
    /// Their folders; none where all documents go with all routes.
    folders: Vec<String>,
    /// What stands for each of them, and behind those for what lies in none.
    parts: Vec<Part<'a>>,
}

/// A service, as documents see it.
struct Part<'a> {
    /// The routes that its documents may tell of.
    told: Inventory<'a>,
    /// The routes that are its own.
    own: Inventory<'a>,
}

impl<'a> Services<'a> {
    /// Tells services apart by where documents and routes lie.
    pub(super) fn new<'d>(repo: &Repo, documents: impl Iterator<Item = &'d str>, routes: &'a [Route]) -> Self {
        let found: BTreeSet<&str> = documents.filter_map(|document| project(repo, document, routes)).collect();
        let several = found.len() > 1;
        // The root holds what lies in none.
        let folders: Vec<String> =
            found.into_iter().filter(|folder| several && !folder.is_empty()).map(str::to_owned).collect();
        let all = &folders;
        let of = |place: usize| routes.iter().filter(move |route| place_of(all, &route.file) == place);
        let rest = folders.len();
        let parts = (0..rest)
            .map(|place| Part { told: Inventory::new(of(place).chain(of(rest))), own: Inventory::new(of(place)) })
            .chain(std::iter::once_with(|| Part { told: Inventory::new(routes.iter()), own: Inventory::new(of(rest)) }))
            .collect();
        Self { folders, parts }
    }

    /// The folders of the services, where there are several.
    pub(super) fn folders(&self) -> &[String] {
        &self.folders
    }

    /// How many services there are, with what lies in none.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// The place of the service that a file lies in; the last where it lies in none.
    pub(super) fn place(&self, file: &str) -> usize {
        place_of(&self.folders, file)
    }

    /// The routes that the documents of a service may tell of.
    pub(super) fn told(&self, place: usize) -> &Inventory<'a> {
        &self.parts[place].told
    }

    /// The routes of a service, held against the operations that may tell of them.
    pub(super) fn held(&self, place: usize, operations: &[Vec<Operation>]) -> Held {
        let rest = self.folders.len();
        let telling = operations
            .iter()
            .enumerate()
            .filter(|(other, _)| place == rest || *other == place || *other == rest)
            .flat_map(|(_, operations)| operations);
        self.parts[place].own.held(telling)
    }
}

/// The innermost of some folders that a file lies in.
fn place_of(folders: &[String], file: &str) -> usize {
    let inside = |(_, folder): &(usize, &String)| is_inside(file, folder);
    let innermost = folders.iter().enumerate().filter(inside).max_by_key(|(_, folder)| folder.len());
    innermost.map_or(folders.len(), |(place, _)| place)
}

fn is_inside(file: &str, folder: &str) -> bool {
    folder.is_empty() || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The innermost project that a document lies in and that has routes.
fn project<'d>(repo: &Repo, document: &'d str, routes: &[Route]) -> Option<&'d str> {
    let around = document.match_indices('/').map(|(at, _)| &document[..at]).collect::<Vec<_>>();
    let mut folders = around.into_iter().rev().chain(std::iter::once(""));
    folders.find(|folder| {
        let has = |name: &&str| repo.file(&format!("{folder}/{name}")).is_some();
        (folder.is_empty() || MANIFESTS.iter().chain(PROGRAMS).any(has))
            && routes.iter().any(|route| is_inside(&route.file, folder))
    })
}
