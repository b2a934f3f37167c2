//! Which documents are held against which routes where a repository has several services. As long as no document lies in a
//! service they tell of all routes, wherever those lie; once one does, each stands for its own: a route of one is not documented
//! by the document of another, and an operation of one is not implemented by a route of another. What lies in none of them (a
//! document in `docs`, routes of a package that several use) goes with all. A document of which its own service has nothing, and
//! others have something, is a copy from which clients are made: it tells of the service that it fits.

use super::Read;
use super::align::{Held, Inventory};
use crate::evidence::services;
use crate::facts::openapi::{Elsewhere, Operation};
use crate::facts::routes::Route;
use crate::repo::Repo;

/// The services of a repository, as documents see them.
pub(super) struct Services<'a> {
    /// Their folders; none where all documents go with all routes.
    folders: Vec<String>,
    /// What stands for each of them, and behind those for what lies in none.
    parts: Vec<Part<'a>>,
    /// The place of the service of each document.
    places: Vec<usize>,
}

/// A service, as documents see it.
struct Part<'a> {
    /// The routes that its documents may tell of.
    told: Inventory<'a>,
    /// The routes that are its own.
    own: Inventory<'a>,
}

impl<'a> Services<'a> {
    /// The services that were told apart; where there are none all documents go with all routes.
    pub(super) fn new(repo: &Repo, documents: &[Read], routes: &'a [Route], found: &services::Services) -> Self {
        let homes: Vec<Option<&str>> = documents.iter().map(|read| found.around(repo, &read.path)).collect();
        let split = homes.iter().flatten().any(|home| !home.is_empty());
        let is_one = |folder: &&String| split && (!folder.is_empty() || homes.contains(&Some("")));
        let folders: Vec<String> = found.folders().iter().filter(is_one).cloned().collect();
        let rest = folders.len();
        let of_folder =
            |home: Option<&str>| home.and_then(|home| folders.iter().position(|folder| folder == home)).unwrap_or(rest);
        let owners: Vec<usize> = routes.iter().map(|route| of_folder(found.of_file(&route.file))).collect();
        let owners = &owners;
        let of = |place: usize| routes.iter().zip(owners).filter(move |(_, owner)| **owner == place).map(|(it, _)| it);
        let parts: Vec<Part<'a>> = (0..rest)
            .map(|place| Part { told: Inventory::new(of(place).chain(of(rest))), own: Inventory::new(of(place)) })
            .chain(std::iter::once_with(|| Part { told: Inventory::new(routes.iter()), own: Inventory::new(of(rest)) }))
            .collect();
        let places =
            homes.into_iter().zip(documents).map(|(home, read)| meant(&parts, of_folder(home), read)).collect();
        Self { folders, parts, places }
    }

    /// The folders of the services, and whether each has a document of its own; none where documents tell of all.
    pub(super) fn folders(&self) -> Vec<(&str, bool)> {
        let folders = self.folders.iter().enumerate();
        folders.map(|(place, folder)| (services::shown(folder), self.places.contains(&place))).collect()
    }

    /// How many services there are, with what lies in none.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// The place of the service that a document tells of; the last where it goes with all.
    pub(super) fn place(&self, document: usize) -> usize {
        self.places[document]
    }

    /// The routes that the documents of a service may tell of.
    pub(super) fn told(&self, place: usize) -> &Inventory<'a> {
        &self.parts[place].told
    }

    /// The route of another service that answers an operation which the service of its document lacks.
    pub(super) fn elsewhere(&self, place: usize, operation: &Operation) -> Option<Elsewhere> {
        let others = self.parts.iter().enumerate().filter(|(other, _)| *other != place);
        let (other, route) = others.filter_map(|(other, part)| Some((other, part.own.answering(operation)?))).next()?;
        let route = Operation {
            path: route.path.clone(),
            method: route.method.clone(),
            file: route.file.clone(),
            line: route.line,
        };
        let alone = !self.places.contains(&other);
        Some(Elsewhere { operation: operation.clone(), route, alone })
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

/// The place of the service that a document means which lies in the one at `home`.
fn meant(parts: &[Part<'_>], home: usize, read: &Read) -> usize {
    let rest = parts.len() - 1;
    if home == rest || parts[home].own.answered(read) > 0 {
        return home;
    }
    let fits: Vec<usize> = parts.iter().map(|part| part.own.answered(read)).collect();
    let most = fits.iter().copied().max().unwrap_or_default();
    let mut best = (0..parts.len()).filter(|place| fits[*place] == most);
    match (most, best.next(), best.next()) {
        (0, ..) => home,
        (_, Some(place), None) => place,
        _ => rest,
    }
}
