//! Names that need no example: what the platform provides, and what libraries and tools read by themselves.

use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::facts::env::fits;
use crate::yaml;

/// Reads data that is built in.
pub(in crate::evidence) fn built_in<T: DeserializeOwned>(file: &str, text: &str) -> T {
    yaml::parse(file, text).and_then(|node| node.read()).unwrap_or_else(|mistake| {
        unreachable!("{}: {}: built-in data is read by a test", mistake.place, mistake.message)
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Platform {
    system: Vec<String>,
    tools: Vec<String>,
    ci: Vec<String>,
    hosts: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests hold the rest against"))]
    provided: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests hold the rest against"))]
    own: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Libraries {
    groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    names: Vec<String>,
    #[serde(default)]
    with: Vec<String>,
    /// Images of containers that read them.
    #[serde(default)]
    images: Vec<String>,
}

static PLATFORM: LazyLock<Platform> =
    LazyLock::new(|| built_in("rules/env/platform.yaml", include_str!("../../../rules/env/platform.yaml")));

static LIBRARIES: LazyLock<Libraries> =
    LazyLock::new(|| built_in("rules/env/library-reads.yaml", include_str!("../../../rules/env/library-reads.yaml")));

/// Whether the platform provides a variable.
pub(super) fn is_platform(name: &str) -> bool {
    let data = &*PLATFORM;
    [&data.system, &data.tools, &data.ci, &data.hosts].into_iter().flatten().any(|pattern| fits(pattern, name))
}

/// Whether a library among `dependencies`, a container of one of `images`, or a tool that everybody has reads a variable by
/// itself.
pub(super) fn is_read_by_others(name: &str, dependencies: &[String], images: &[String]) -> bool {
    let any = |wanted: &[String], there: &[String]| wanted.iter().any(|it| there.iter().any(|name| fits(it, name)));
    LIBRARIES.groups.iter().filter(|group| group.names.iter().any(|pattern| fits(pattern, name))).any(|group| {
        let everywhere = group.with.is_empty() && group.images.is_empty();
        everywhere || any(&group.with, dependencies) || any(&group.images, images)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_names_are_told_from_the_projects_own() {
        for name in &PLATFORM.provided {
            assert!(is_platform(name), "{name}");
        }
        for name in &PLATFORM.own {
            assert!(!is_platform(name), "{name}");
        }
    }

    #[test]
    fn a_library_reads_its_names_where_it_is_declared() {
        let with = ["sqlx".to_owned()];
        assert!(is_read_by_others("DATABASE_URL", &with, &[]));
        assert!(!is_read_by_others("DATABASE_URL", &["pydantic-settings".to_owned()], &[]));
        assert!(is_read_by_others("COMPOSE_PROJECT_NAME", &[], &[]));
        assert!(is_read_by_others("POSTGRES_PASSWORD", &[], &["postgres".to_owned()]));
        assert!(!is_read_by_others("POSTGRES_PASSWORD", &[], &["redis".to_owned()]));
    }
}
