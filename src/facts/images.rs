//! What the container images are.

use schemars::JsonSchema;
use serde::Serialize;

/// Container images that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Images {
    /// One for each image and platform, by reference and platform.
    pub items: Vec<Image>,
}

/// One image for one platform.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Image {
    /// The archive or folder that it was read from.
    pub path: String,
    /// Its name and tag, else its manifest's digest, else the archive's path.
    pub reference: String,
    /// `linux/amd64`.
    pub platform: String,
    /// Sum of the layers as stored, where they are stored compressed or told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compressed_bytes: Option<u64>,
    /// Sum of the decompressed layer tars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncompressed_bytes: Option<u64>,
    /// The layers, lowest first.
    pub layers: Vec<Layer>,
    /// The user it runs as; none where the configuration names none.
    pub user: Option<String>,
    /// The ports it exposes, sorted: `8080/tcp`.
    pub exposed_ports: Vec<String>,
    /// The names of its environment variables, sorted; never the values.
    pub env: Vec<String>,
    /// Whether it has a health check; none where the evidence cannot tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<bool>,
    /// Names in `env` that look like secrets and hold a value, sorted.
    pub secret_env: Vec<String>,
    /// The decompressed layers of the base, where the history tells which they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_bytes: Option<u64>,
    /// The ten largest files that a later layer deletes: they still count. Largest first.
    pub deleted_files: Vec<Deleted>,
    /// Files that hold secrets, in whichever layer, by path.
    pub secret_files: Vec<SecretFile>,
    /// Whether the evidence says nothing of how it runs: neither user nor ports, environment or health check.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_config: bool,
}

/// A file that a later layer deletes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Deleted {
    /// Its path from the image's root, without the first slash.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// The layer that holds it, from 1.
    pub layer: usize,
}

/// A file that holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct SecretFile {
    /// Its path from the image's root, without the first slash.
    pub path: String,
    /// The layer that holds it, from 1.
    pub layer: usize,
}

/// A layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Layer {
    /// The digest of the layer as stored, `sha256:…`.
    pub digest: String,
    /// Its size as stored, if that is compressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compressed_bytes: Option<u64>,
    /// The size of its decompressed tar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncompressed_bytes: Option<u64>,
    /// The instruction that made it, where the history tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
}

/// Whether a `USER` is root: by name or number, with a group or without.
#[must_use]
pub fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default().trim();
    let windows = name.rsplit('\\').next().is_some_and(|name| name.eq_ignore_ascii_case("ContainerAdministrator"));
    name.is_empty() || name == "root" || windows || name.parse::<u64>() == Ok(0)
}
