//! The JSON documents of images, as far as they are read: OCI indexes and manifests, `docker save`'s list, configurations.

use std::collections::BTreeMap;

use serde::Deserialize;

/// An index or a manifest; which of them is told by what it holds.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    /// Of an index: what it lists.
    pub(super) manifests: Option<Vec<Descriptor>>,
    /// Of a manifest: the configuration.
    pub(super) config: Option<Descriptor>,
    /// Of a manifest: the layers, lowest first.
    pub(super) layers: Option<Vec<Descriptor>>,
    /// What else the manifest is of, if it is of no image.
    pub(super) artifact_type: Option<String>,
}

/// Names a blob.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Descriptor {
    /// What it is.
    pub(super) media_type: String,
    /// Its digest.
    pub(super) digest: String,
    /// Its size.
    pub(super) size: u64,
    /// The platform, in an index.
    pub(super) platform: Option<Platform>,
    /// Names and marks.
    pub(super) annotations: Option<BTreeMap<String, String>>,
    /// What else it is, if it is no image.
    pub(super) artifact_type: Option<String>,
}

impl Descriptor {
    /// An annotation.
    pub(super) fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether it names something that goes with an image and is none: an attestation, a signature.
    pub(super) fn is_companion(&self) -> bool {
        self.artifact_type.is_some()
            || self.annotation("vnd.docker.reference.type") == Some("attestation-manifest")
            || self.platform.as_ref().is_some_and(|platform| platform.os == "unknown")
    }
}

/// Where an image runs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Platform {
    /// The operating system.
    pub(super) os: String,
    /// The processor.
    pub(super) architecture: String,
    /// Its variant.
    pub(super) variant: Option<String>,
}

/// One image of `docker save`'s `manifest.json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Saved {
    /// The configuration's name in the archive.
    pub(super) config: String,
    /// The image's names.
    #[serde(default)]
    pub(super) repo_tags: Option<Vec<String>>,
    /// The layers' names in the archive, lowest first.
    #[serde(default)]
    pub(super) layers: Option<Vec<String>>,
}

/// What `image inspect` prints of one image.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Inspected {
    /// The digest of its configuration.
    pub(super) id: String,
    /// Its names.
    pub(super) repo_tags: Option<Vec<String>>,
    /// The operating system.
    pub(super) os: String,
    /// The processor.
    pub(super) architecture: String,
    /// Its variant.
    pub(super) variant: Option<String>,
    /// Bytes of the unpacked layers, as the engine counts them.
    pub(super) size: u64,
    /// How a container of it runs.
    pub(super) config: Option<Runtime>,
    /// Its layers.
    #[serde(rename = "RootFS")]
    pub(super) root_fs: Option<InspectedLayers>,
}

/// The layers in what `image inspect` prints.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InspectedLayers {
    /// The digests of the decompressed layers, lowest first.
    pub(super) layers: Option<Vec<String>>,
}

/// An image's configuration.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Config {
    /// The operating system.
    pub(super) os: String,
    /// The processor.
    pub(super) architecture: String,
    /// Its variant.
    pub(super) variant: Option<String>,
    /// How a container of it runs.
    pub(super) config: Option<Runtime>,
    /// The digests of the decompressed layers.
    pub(super) rootfs: Option<RootFs>,
    /// The instructions that made it.
    pub(super) history: Option<Vec<Step>>,
}

/// How a container runs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Runtime {
    /// The user.
    pub(super) user: Option<String>,
    /// The ports, as keys.
    pub(super) exposed_ports: Option<BTreeMap<String, serde_json::Value>>,
    /// The environment: `NAME=value`.
    pub(super) env: Option<Vec<String>>,
    /// The health check.
    pub(super) healthcheck: Option<Healthcheck>,
}

/// A health check.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Healthcheck {
    /// `["NONE"]`, `["CMD", …]`, `["CMD-SHELL", …]`; empty inherits.
    pub(super) test: Option<Vec<String>>,
}

/// The layers of a configuration.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RootFs {
    /// The digests of the decompressed layers, lowest first.
    pub(super) diff_ids: Vec<String>,
}

/// One instruction of the history.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Step {
    /// The instruction.
    pub(super) created_by: Option<String>,
    /// Whether it made no layer.
    pub(super) empty_layer: bool,
}
