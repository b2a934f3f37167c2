//! Container images: archives of `docker save` and podman, OCI layouts as folders and archives, told apart by content; the
//! local engine's, where it may be asked; documents of `image inspect` and registries' manifests.
//!
//! An archive is read once, as a stream, and nothing of it is written anywhere: each blob is hashed and, where it is
//! compressed, decompressed to nowhere, so that memory stays flat whatever the image's size. `limits` bounds the rest.

mod contents;
mod documents;
mod limits;
mod measure;
mod model;
mod read;
mod secrets;
mod store;
mod summary;
mod tape;
#[cfg(test)]
mod tests;

use crate::domain::provenance::Source;
use crate::evidence::{Collected, Collector, Context};
use crate::facts::images::{Image, Images};
use crate::facts::{Area, AreaName, Evidence, Problem, State};
use crate::repo::{Freshness, ReadError, Repo};
use limits::{LIMITS, Limits};
use store::{Archive, Folder};

/// Reads images.
#[derive(Debug)]
pub struct ImageCollector;

/// Where images lie unless the DoD says otherwise. A tar there that is no image is none of ours.
const PLACES: &[&str] = &[
    "image.tar",
    "image.json",
    "image.tar.gz",
    "image.tar.zst",
    "*.image.tar",
    "*.oci.tar",
    "image",
    "oci",
    "dist/*.tar",
    "dist/image",
    "build/*.tar",
    "build/image",
    "out/*.tar",
    "images/*.tar",
    "artifacts/*.tar",
];

/// How the place of an engine's image begins.
const ENGINE: &str = "docker://";

/// A document that tells of an image is at most this long.
const DOCUMENT_BYTES: u64 = 4 << 20;

/// An index of an OCI layout folder is at most this long.
const INDEX_BYTES: u64 = 4 << 20;

impl Collector for ImageCollector {
    fn area(&self) -> AreaName {
        AreaName::Images
    }

    fn looks_for(&self) -> &'static [&'static str] {
        PLACES
    }

    fn collect(&self, context: &Context<'_>) -> Collected {
        let globs = context.globs(self);
        let named = context.places.contains_key(&AreaName::Images);
        Collected::Images(collect(context.repo, globs, named, context.run))
    }
}

/// What lies at one place.
enum Found {
    /// Images.
    Images(Source, Vec<Image>),
    /// A file or folder that is no image.
    Other(&'static str),
    /// What is or may be an image and cannot be read.
    Broken(String),
}

fn collect(repo: &Repo, globs: Vec<String>, named: bool, run: bool) -> Area<Images> {
    let mut evidence = Evidence::new(State::Absent, globs);
    let (engine, globs): (Vec<String>, Vec<String>) =
        evidence.looked_for.iter().cloned().partition(|glob| glob.starts_with(ENGINE));
    let paths = match repo.find(&globs, true) {
        Ok(paths) => paths,
        Err(why) => {
            evidence.state = State::Unreadable;
            evidence.problems.push(Problem { path: evidence.looked_for.join(", "), line: None, why });
            return Area::missing(evidence);
        }
    };
    let mut places: Vec<String> = paths.iter().map(|path| path.trim_end_matches('/').to_owned()).collect();
    // A tree in memory lists no folders.
    places.extend(globs.iter().filter(|glob| is_layout(repo, glob)).cloned());
    places.extend(engine);
    places.sort_unstable();
    places.dedup();
    // Where a glob takes a layout and all that is in it, the layout tells of its blobs.
    let layouts: Vec<String> =
        places.iter().filter(|path| is_layout(repo, path)).map(|path| format!("{path}/")).collect();
    places.retain(|path| !layouts.iter().any(|layout| path.starts_with(layout.as_str())));
    let mut images = Images::default();
    let (mut broken, mut stale) = (false, false);
    for path in places {
        let asked = path.strip_prefix(ENGINE);
        let found = match asked {
            Some(_) if !run => Found::Broken("the container engine is asked only with --run".to_owned()),
            Some(reference) => ask(reference, &path, &LIMITS),
            None => read(repo, &path, &LIMITS),
        };
        match found {
            Found::Images(source, found) => {
                evidence.reports.push(source);
                images.items.extend(found);
                if asked.is_none()
                    && let Freshness::Stale(newer) = freshness(repo, &path)
                {
                    stale = true;
                    evidence.problems.push(Problem { path, line: None, why: older_than(&newer) });
                }
            }
            Found::Broken(why) => {
                broken = true;
                evidence.problems.push(Problem { path, line: None, why });
            }
            Found::Other(why) if named => {
                broken = true;
                evidence.problems.push(Problem { path, line: None, why: why.to_owned() });
            }
            Found::Other(_) => {}
        }
    }
    images.items.sort_by(|a, b| (&a.reference, &a.platform, &a.path).cmp(&(&b.reference, &b.platform, &b.path)));
    evidence.state = match (broken, stale, evidence.reports.is_empty(), images.items.is_empty()) {
        (true, _, _, _) => State::Unreadable,
        (false, true, _, _) => State::Stale,
        (false, false, true, _) => State::Absent,
        (false, false, false, true) => State::Empty,
        (false, false, false, false) => State::Found,
    };
    Area { facts: (!images.items.is_empty()).then_some(images), evidence }
}

/// Whether anything that the image is built from is newer than it.
fn freshness(repo: &Repo, path: &str) -> Freshness {
    let sources = super::dockerfiles::image_sources(repo);
    repo.freshness(path, sources.iter().map(String::as_str).filter(|source| *source != path))
}

fn older_than(newer: &[String]) -> String {
    let shown = newer.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    match newer.len().saturating_sub(3) {
        0 => format!("older than {shown}, which it is built from"),
        more => format!("older than {shown} and {more} more, which it is built from"),
    }
}

fn is_layout(repo: &Repo, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    ["oci-layout", "index.json"].iter().all(|name| repo.stream(&format!("{path}/{name}")).is_ok())
}

fn read(repo: &Repo, path: &str, limits: &Limits) -> Found {
    if is_layout(repo, path) {
        return layout(repo, path, limits);
    }
    let stream = match repo.stream(path) {
        Ok(stream) => stream,
        Err(ReadError::Unreadable(why)) if why.starts_with("a folder") => {
            return Found::Other("a folder without oci-layout and index.json: no image");
        }
        Err(error) => return Found::Broken(error.to_string()),
    };
    match archive(stream, path, limits) {
        Found::Other(why) => document(repo, path, limits).unwrap_or(Found::Other(why)),
        found @ (Found::Images(..) | Found::Broken(_)) => found,
    }
}

/// What a document tells of images; none where it is no such document.
fn document(repo: &Repo, path: &str, limits: &Limits) -> Option<Found> {
    let content = repo.read(path, DOCUMENT_BYTES).ok()?;
    match documents::images(&content.bytes, path, limits.manifests) {
        Ok(found) => found.map(|(format, images)| Found::Images(content.source(format), images)),
        Err(why) => Some(Found::Broken(why)),
    }
}

/// The image of the local engine.
fn ask(reference: &str, place: &str, limits: &Limits) -> Found {
    let reply = match crate::repo::engine::save(reference) {
        Ok(reply) => reply,
        Err(why) => return Found::Broken(why),
    };
    match archive(reply.body, place, limits) {
        Found::Images(mut source, mut images) => {
            source.tool = Some(if reply.podman { "podman" } else { "docker" }.to_owned());
            // Podman leaves a health check out of what it saves: that there is none is not known.
            for image in images.iter_mut().filter(|image| reply.podman && image.healthcheck == Some(false)) {
                image.healthcheck = None;
            }
            Found::Images(source, images)
        }
        Found::Other(why) => Found::Broken(format!("what the container engine sends is {why}")),
        Found::Broken(why) => Found::Broken(why),
    }
}

/// The images of an archive.
fn archive(stream: impl std::io::Read, path: &str, limits: &Limits) -> Found {
    let mut archive = match Archive::read(stream, limits) {
        Ok(archive) => archive,
        Err(why) if why.starts_with(tape::NO_TAR) => return Found::Other("no tar archive: no image"),
        Err(why) => return Found::Broken(why),
    };
    if !archive.has("manifest.json") && !archive.has("index.json") {
        return Found::Other("an archive with neither manifest.json nor index.json: no image");
    }
    let format = match (archive.has("manifest.json"), archive.has("index.json")) {
        (true, _) => "docker-archive",
        (false, _) => "oci-archive",
    };
    match read::images(&mut archive, path, limits) {
        Ok(images) => {
            let sha256 = archive.extent.digest.trim_start_matches("sha256:").to_owned();
            let source = Source {
                path: path.to_owned(),
                format: format.to_owned(),
                kind: None,
                tool: None,
                sha256,
                bytes: archive.extent.bytes,
            };
            Found::Images(source, images)
        }
        Err(why) => Found::Broken(why),
    }
}

/// An OCI layout's folder: what stands for it is its index, which names all else by digest.
fn layout(repo: &Repo, path: &str, limits: &Limits) -> Found {
    let index = match repo.read(&format!("{path}/index.json"), INDEX_BYTES) {
        Ok(index) => index,
        Err(error) => return Found::Broken(format!("index.json: {error}")),
    };
    match read::images(&mut Folder::new(repo, path, limits), path, limits) {
        Ok(images) => {
            let mut source = index.source("oci-layout");
            source.path = path.to_owned();
            Found::Images(source, images)
        }
        Err(why) => Found::Broken(why),
    }
}
