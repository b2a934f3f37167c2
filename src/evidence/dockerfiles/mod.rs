//! Dockerfiles.

use crate::repo::Repo;

/// What an image is built from.
pub(crate) fn image_sources(_repo: &Repo) -> Vec<String> {
    Vec::new()
}
