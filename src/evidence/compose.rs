//! Which files describe containers that run together.

use crate::domain::folders::{Role, lies_in};

/// Whether a file is a compose file: YAML of whose name one word is `compose`, wherever it lies but among what others wrote and
/// what is made up.
pub(super) fn is_compose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    matches!(ending, "yml" | "yaml")
        && stem.split(['.', '-', '_']).any(|word| word == "compose")
        && !lies_in(path, &[Role::Vendored, Role::Fixture])
}

#[cfg(test)]
mod tests {
    use super::is_compose;

    #[test]
    fn compose_files_have_many_names() {
        for path in [
            "compose.yaml",
            "docker-compose.yml",
            "deploy/docker-compose-dev.yml",
            "docker-compose.override.yml",
            "prod.compose.yml",
            "compose.prod.yml",
            "my-compose.yaml",
            "docker/compose_db.yml",
        ] {
            assert!(is_compose(path), "{path}");
        }
        for path in ["composer.yml", "compose.json", "compose", "docker.yml", "node_modules/x/compose.yml"] {
            assert!(!is_compose(path), "{path}");
        }
    }
}
