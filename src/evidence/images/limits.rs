//! How much of an image is read before it is refused.

/// Bounds on hostile archives. All are absolute: a ratio of compression says nothing, a layer of zeros is no crime.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes that all decompression of one archive or layout may come to.
    pub(super) decompressed: u64,
    /// Members of one archive.
    pub(super) members: u64,
    /// Members of one layer.
    pub(super) layer_members: u64,
    /// Files of one layer that are kept for naming: the largest.
    pub(super) largest: usize,
    /// Paths of one layer that are kept as deleted in lower ones.
    pub(super) deleted: usize,
    /// Files of one layer that are named for holding a secret.
    pub(super) secrets: usize,
    /// Bytes of one JSON document, and a sixteenth of those of all that are kept.
    pub(super) json: u64,
    /// Bytes of a long name or a pax header.
    pub(super) extension: u64,
    /// Manifests over all indexes, and layers of one image.
    pub(super) manifests: usize,
    /// How deep indexes nest.
    pub(super) depth: usize,
}

/// The bounds that hold unless a test says otherwise: 64 GiB decompressed, 100,000 members, JSON of 4 MiB, names of
/// 64 KiB, 1,000 manifests or layers, indexes 4 deep; of a layer 5,000,000 members, its 1,000 largest files, 10,000 deleted
/// paths and 50 files with secrets.
pub(super) const LIMITS: Limits = Limits {
    decompressed: 64 << 30,
    members: 100_000,
    layer_members: 5_000_000,
    largest: 1_000,
    deleted: 10_000,
    secrets: 50,
    json: 4 << 20,
    extension: 64 << 10,
    manifests: 1_000,
    depth: 4,
};
