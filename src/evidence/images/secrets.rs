//! Files that hold secrets: by name they may, by content they do.

use std::sync::LazyLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use crate::evidence::env::known::built_in;
use crate::evidence::env::secret;

/// A file with a secret is at most this long: 64 KiB.
pub(super) const MAX_BYTES: u64 = 64 << 10;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    may: Vec<String>,
    never: Vec<String>,
    marks: Vec<String>,
}

struct Known {
    may: GlobSet,
    never: GlobSet,
    marks: Vec<String>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let data: Data =
        built_in("rules/docker/secret-files.yaml", include_str!("../../../rules/docker/secret-files.yaml"));
    Known { may: set(&data.may), never: set(&data.never), marks: data.marks }
});

fn set(globs: &[String]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        if let Ok(glob) = GlobBuilder::new(glob).literal_separator(true).build() {
            builder.add(glob);
        }
    }
    builder.build().unwrap_or_default()
}

/// Whether a file of that name may hold a secret.
pub(super) fn may_hold(path: &str) -> bool {
    KNOWN.may.is_match(path) && !KNOWN.never.is_match(path)
}

/// Whether a file holds one: a private key, a token of a known kind, or a value behind a secret's name that waits for nobody
/// to replace it.
pub(super) fn holds(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let assigned = |line: &str| {
        let line = line.trim().trim_start_matches("export ");
        let Some((name, value)) = line.split_once(['=', ':']) else { return false };
        let (name, value) = (name.trim(), value.trim().trim_matches(['"', '\'', ',']));
        !name.starts_with('#') && secret::is_secret(name, value) && !secret::is_placeholder(value)
    };
    let marked = |line: &str| {
        KNOWN.marks.iter().any(|mark| {
            let value = line.split_once(mark.as_str()).map(|(_, value)| value.trim_matches([' ', '"', '=', ':', ',']));
            value.is_some_and(|value| value.len() >= 4 && !value.starts_with('$') && !secret::is_placeholder(value))
        })
    };
    text.lines().any(|line| line.contains("PRIVATE KEY-----") || assigned(line) || marked(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_content_tell_together() {
        for path in [
            "app/.env",
            "etc/token.env",
            "root/.ssh/id_rsa",
            "home/app/.aws/credentials",
            "app/.npmrc",
            "srv/tls/server.key",
        ] {
            assert!(may_hold(path), "{path}");
        }
        for path in ["app/.env.example", "etc/ssl/certs/ca.pem", "usr/share/doc/x/server.key", "app/index.js"] {
            assert!(!may_hold(path), "{path}");
        }
        for text in [
            "DB_PASSWORD=s3cr3t-9x",
            "-----BEGIN PRIVATE KEY-----\n",
            "//registry.npmjs.org/:_authToken=npm_q9Zt4",
            "machine x login y password hunter22z",
        ] {
            assert!(holds(text.as_bytes()), "{text}");
        }
        for text in ["PORT=80", "DB_PASSWORD=changeme", "# DB_PASSWORD=s3cr3t-9x", "//r/:_authToken=${NPM_TOKEN}", ""] {
            assert!(!holds(text.as_bytes()), "{text}");
        }
    }
}
