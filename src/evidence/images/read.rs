//! Images out of blobs: manifests are followed, every digest is verified, every layer measured.

use super::limits::Limits;
use super::measure::{Extent, Measured};
use super::model::{Config, Descriptor, Manifest, Runtime, Saved};
use super::store::Store;
use super::summary;
use super::tape::shown;
use crate::evidence::env::secret;
use crate::facts::images::{Image, Layer};

/// An image and the digest of its configuration, by which two lists of one archive are brought together.
struct Found {
    image: Image,
    config: String,
}

/// The images of an archive or layout, by reference and platform.
///
/// # Errors
/// What is wrong, as a fragment: one broken image makes the whole unreadable, for it is not known what it would have been.
pub(super) fn images(store: &mut dyn Store, path: &str, limits: &Limits) -> Result<Vec<Image>, String> {
    let saved = store.blob("manifest.json")?;
    let index = store.blob("index.json")?;
    let mut found = Vec::new();
    if let Some(index) = &index {
        let top: Manifest = json(index, "index.json")?;
        let mut walk = Walk { store: &mut *store, limits, path, partial: saved.is_some(), seen: 0, found: Vec::new() };
        for descriptor in top.manifests.unwrap_or_default() {
            walk.descend(&descriptor, None, 0)?;
        }
        found = walk.found;
    }
    if let Some(saved) = &saved {
        let list: Vec<Saved> = json(saved, "manifest.json")?;
        if list.len() > limits.manifests {
            return Err(format!("it lists more than {} images", limits.manifests));
        }
        for entry in &list {
            add_saved(store, path, entry, limits, &mut found)?;
        }
    }
    let mut images: Vec<Image> = found.into_iter().map(|found| found.image).collect();
    images.sort_by(|a, b| (&a.reference, &a.platform).cmp(&(&b.reference, &b.platform)));
    Ok(images)
}

/// The walk over an index and those nested in it.
struct Walk<'a> {
    store: &'a mut dyn Store,
    limits: &'a Limits,
    path: &'a str,
    /// Whether platforms may be listed whose blobs were not saved: `docker save` does that.
    partial: bool,
    seen: usize,
    found: Vec<Found>,
}

impl Walk<'_> {
    fn descend(&mut self, descriptor: &Descriptor, reference: Option<&str>, depth: usize) -> Result<(), String> {
        self.seen += 1;
        if self.seen > self.limits.manifests || depth > self.limits.depth {
            return Err("its indexes list too much or nest too deep".to_owned());
        }
        if descriptor.is_companion() {
            return Ok(());
        }
        let name = blob_name(&descriptor.digest)?;
        if self.partial && depth > 0 && self.store.blob(&name)?.is_none() {
            return Ok(());
        }
        let reference = name_of(descriptor).or(reference).map(str::to_owned);
        let manifest: Manifest = json(&verified(self.store, descriptor)?, &name)?;
        if let Some(nested) = &manifest.manifests {
            for inner in nested {
                self.descend(inner, reference.as_deref(), depth + 1)?;
            }
            return Ok(());
        }
        let Some(config) = &manifest.config else { return Err(format!("{name} is neither an index nor a manifest")) };
        if manifest.artifact_type.is_some() || !is_image_config(&config.media_type) {
            return Ok(());
        }
        let docker = config.media_type.starts_with("application/vnd.docker.");
        let parsed: Config = json(&verified(self.store, config)?, &config.digest)?;
        let layers = manifest.layers.unwrap_or_default();
        check_count(layers.len(), self.limits)?;
        let mut measured = Vec::with_capacity(layers.len());
        for layer in &layers {
            measured.push(verified(self.store, layer)?);
        }
        let reference = reference.unwrap_or_else(|| descriptor.digest.clone());
        let mut image = build(self.path, reference, &parsed, &measured, docker || self.partial)?;
        if image.platform.is_empty() {
            let told = descriptor.platform.as_ref();
            let told = told.map(|it| platform(&it.os, &it.architecture, it.variant.as_deref()));
            image.platform = told.unwrap_or_default();
        }
        self.found.push(Found { image, config: config.digest.clone() });
        Ok(())
    }
}

/// Adds an image of `docker save`'s list, or its name where the index told the image already.
fn add_saved(
    store: &mut dyn Store,
    path: &str,
    entry: &Saved,
    limits: &Limits,
    found: &mut Vec<Found>,
) -> Result<(), String> {
    let config =
        store.blob(&entry.config)?.ok_or_else(|| format!("the configuration {} is missing", shown(&entry.config)))?;
    let stem = entry.config.rsplit('/').next().unwrap_or_default().trim_end_matches(".json");
    if stem.len() == 64 && config.stored.digest != format!("sha256:{stem}") {
        return Err(format!("{} is not what its name says: its digest is wrong", shown(&entry.config)));
    }
    let tag = entry.repo_tags.iter().flatten().min().cloned();
    let known: Vec<&mut Found> = found.iter_mut().filter(|found| found.config == config.stored.digest).collect();
    if !known.is_empty() {
        for found in known {
            if let Some(tag) = &tag {
                found.image.reference.clone_from(tag);
            }
        }
        return Ok(());
    }
    let parsed: Config = json(&config, &entry.config)?;
    let names = entry.layers.as_deref().unwrap_or_default();
    check_count(names.len(), limits)?;
    let mut layers = Vec::with_capacity(names.len());
    for name in names {
        layers.push(store.blob(name)?.ok_or_else(|| format!("the layer {} is missing", shown(name)))?);
    }
    let image = build(path, tag.unwrap_or_else(|| path.to_owned()), &parsed, &layers, true)?;
    found.push(Found { image, config: config.stored.digest.clone() });
    Ok(())
}

fn check_count(layers: usize, limits: &Limits) -> Result<(), String> {
    if layers > limits.manifests {
        return Err(format!("an image has more than {} layers", limits.manifests));
    }
    Ok(())
}

/// One image. `docker` tells that its configuration would name a health check if there were one: the OCI form has no
/// place for it, and what converts to it drops it.
fn build(path: &str, reference: String, config: &Config, blobs: &[Measured], docker: bool) -> Result<Image, String> {
    let diff_ids = config.rootfs.as_ref().map(|rootfs| rootfs.diff_ids.as_slice()).unwrap_or_default();
    if diff_ids.len() != blobs.len() {
        return Err(format!("the configuration names {} layers, the manifest {}", diff_ids.len(), blobs.len()));
    }
    let made: Vec<Option<String>> = config
        .history
        .iter()
        .flatten()
        .filter(|step| !step.empty_layer)
        .map(|step| step.created_by.as_deref().map(secret::redact))
        .collect();
    let mut layers = Vec::with_capacity(blobs.len());
    let mut contents = Vec::with_capacity(blobs.len());
    let (mut unpacked_sum, mut stored_sum) = (0_u64, Some(0_u64));
    for (index, (blob, diff_id)) in blobs.iter().zip(diff_ids).enumerate() {
        let unpacked = unpacked(blob)?;
        if unpacked.digest != *diff_id {
            return Err(format!("the layer {} is not what the configuration names: its digest is wrong", index + 1));
        }
        contents.push(match &blob.contents {
            None => None,
            Some(Ok(contents)) => Some(contents.clone()),
            Some(Err(why)) => return Err(format!("the layer {} cannot be walked: {why}", index + 1)),
        });
        let compressed = blob.unpacked.is_some().then_some(blob.stored.bytes);
        unpacked_sum = unpacked_sum.checked_add(unpacked.bytes).ok_or("its size is beyond counting")?;
        stored_sum = stored_sum.zip(compressed).and_then(|(sum, bytes)| sum.checked_add(bytes));
        layers.push(Layer {
            digest: blob.stored.digest.clone(),
            compressed_bytes: compressed,
            uncompressed_bytes: Some(unpacked.bytes),
            created_by: if made.len() == blobs.len() { made[index].clone() } else { None },
        });
    }
    let mut image = Image {
        path: path.to_owned(),
        reference,
        platform: platform(&config.os, &config.architecture, config.variant.as_deref()),
        compressed_bytes: stored_sum.filter(|_| !layers.is_empty()),
        uncompressed_bytes: Some(unpacked_sum),
        base_bytes: summary::base_layers(config.history.as_deref().unwrap_or_default())
            .filter(|_| made.len() == layers.len())
            .and_then(|count| layers.iter().take(count).map(|layer: &Layer| layer.uncompressed_bytes).sum()),
        deleted_files: summary::deleted(&contents),
        secret_files: summary::secret_files(&contents),
        layers,
        healthcheck: docker.then_some(false),
        ..Image::default()
    };
    runtime(&mut image, config.config.as_ref());
    Ok(image)
}

/// What the configuration says of how it runs.
pub(super) fn runtime(image: &mut Image, runtime: Option<&Runtime>) {
    let Some(runtime) = runtime else { return };
    image.user = runtime.user.clone().filter(|user| !user.is_empty());
    image.exposed_ports = runtime.exposed_ports.iter().flatten().map(|(port, _)| port.clone()).collect();
    for entry in runtime.env.iter().flatten() {
        let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
        image.env.push(name.to_owned());
        if secret::is_secret(name, value) {
            image.secret_env.push(name.to_owned());
        }
    }
    for names in [&mut image.env, &mut image.secret_env] {
        names.sort_unstable();
        names.dedup();
    }
    if let Some(test) = runtime.healthcheck.as_ref().and_then(|check| check.test.as_deref())
        && let Some(first) = test.first()
    {
        image.healthcheck = Some(first != "NONE");
    }
}

fn unpacked(blob: &Measured) -> Result<&Extent, String> {
    match &blob.unpacked {
        None => Ok(&blob.stored),
        Some(Ok(extent)) => Ok(extent),
        Some(Err(why)) => Err(format!("the layer {} cannot be decompressed: {why}", blob.stored.digest)),
    }
}

/// `os/architecture[/variant]`.
pub(super) fn platform(os: &str, architecture: &str, variant: Option<&str>) -> String {
    let parts = [os, architecture, variant.unwrap_or_default()];
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("/")
}

/// The name that an index gives an image.
fn name_of(descriptor: &Descriptor) -> Option<&str> {
    descriptor
        .annotation("io.containerd.image.name")
        .or_else(|| descriptor.annotation("org.opencontainers.image.ref.name"))
}

fn is_image_config(media_type: &str) -> bool {
    matches!(
        media_type,
        "" | "application/vnd.oci.image.config.v1+json" | "application/vnd.docker.container.image.v1+json"
    )
}

/// Where an OCI layout holds the blob of a digest.
fn blob_name(digest: &str) -> Result<String, String> {
    match digest.strip_prefix("sha256:") {
        Some(hex) if hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) => {
            Ok(format!("blobs/sha256/{hex}"))
        }
        _ => Err(format!("`{}` is no SHA-256 digest", shown(digest))),
    }
}

/// The blob that a descriptor names, if it is what the descriptor says.
fn verified(store: &mut dyn Store, descriptor: &Descriptor) -> Result<Measured, String> {
    let name = blob_name(&descriptor.digest)?;
    let blob = store.blob(&name)?.ok_or_else(|| format!("the blob {} is missing", descriptor.digest))?;
    if blob.stored.digest != descriptor.digest {
        return Err(format!("the blob {} is not what its name says: its digest is wrong", descriptor.digest));
    }
    if descriptor.size != 0 && blob.stored.bytes != descriptor.size {
        return Err(format!("the blob {} has {} bytes, not {}", descriptor.digest, blob.stored.bytes, descriptor.size));
    }
    Ok(blob)
}

fn json<T: serde::de::DeserializeOwned>(blob: &Measured, name: &str) -> Result<T, String> {
    let bytes = blob.json.as_deref().ok_or_else(|| format!("{} is no JSON document, or too large", shown(name)))?;
    serde_json::from_slice(bytes).map_err(|error| format!("{}: {error}", shown(name)))
}
