//! What is known of base images: how they are named, and which do not run as root.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::evidence::env::known::built_in;
use crate::facts::env::fits;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Data {
    non_root: Vec<Base>,
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests hold the rest against"))]
    known: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests hold the rest against"))]
    unknown: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Base {
    image: String,
    #[serde(default)]
    tags: Vec<String>,
}

static DATA: LazyLock<Data> =
    LazyLock::new(|| built_in("rules/docker/base-users.yaml", include_str!("../../../rules/docker/base-users.yaml")));

/// An image's name in its parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    /// The repository, with its registry.
    pub(super) name: &'a str,
    /// The tag.
    pub(super) tag: Option<&'a str>,
    /// The digest.
    pub(super) digest: Option<&'a str>,
}

/// Takes an image's name apart.
pub(super) fn reference(text: &str) -> Reference<'_> {
    let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
    let segment = rest.rfind('/').map_or(0, |at| at + 1);
    let colon = rest[segment..].find(':').map(|at| segment + at);
    let (name, tag) = colon.map_or((rest, None), |at| (&rest[..at], Some(&rest[at + 1..])));
    Reference { name, tag: tag.filter(|tag| !tag.is_empty()), digest }
}

impl Reference<'_> {
    /// Whether it names its content: by `sha256:` and 64 hex digits.
    pub(super) fn has_digest(&self) -> bool {
        let hex = self.digest.and_then(|digest| digest.strip_prefix("sha256:"));
        hex.is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }
}

/// Whether a base image is known not to run as root.
pub(super) fn runs_without_root(base: &str) -> bool {
    let reference = reference(base);
    let mut name = reference.name;
    for prefix in ["index.docker.io/", "docker.io/", "library/"] {
        name = name.strip_prefix(prefix).unwrap_or(name);
    }
    DATA.non_root.iter().any(|known| {
        let depth = known.image.matches('/').count() == name.matches('/').count();
        let tag =
            known.tags.is_empty() || known.tags.iter().any(|glob| reference.tag.is_some_and(|tag| fits(glob, tag)));
        depth && tag && fits(&known.image, name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_knows_what_it_says() {
        for image in &DATA.known {
            assert!(runs_without_root(image), "{image}");
        }
        for image in &DATA.unknown {
            assert!(!runs_without_root(image), "{image}");
        }
    }

    #[test]
    fn a_registrys_port_is_no_tag() {
        let plain = reference("localhost:5000/app");
        assert_eq!((None, "localhost:5000/app"), (plain.tag, plain.name));
        assert_eq!(Some("1.2"), reference("localhost:5000/app:1.2").tag);
        assert!(!reference("a@sha256:12").has_digest());
    }
}
