//! Package URLs (`pkg:npm/%40scope/name@1.0.0?type=x#sub`), by the specification package-url/purl-spec.

/// A package that a package URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Purl {
    /// Its type: `npm`, `pypi`, `cargo`, `golang`, `maven`, `gem`, `composer`, `deb`, `oci`, …
    pub(super) kind: String,
    /// Its name as its ecosystem writes it, the namespace included.
    pub(super) name: String,
    pub(super) version: Option<String>,
}

impl Purl {
    /// The ecosystem as lockfiles tell it.
    pub(super) fn ecosystem(&self) -> Option<&'static str> {
        ecosystem(&self.kind)
    }
}

/// The name that donegate has for an ecosystem, from the many that reports have.
pub(super) fn ecosystem(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "npm" | "yarn" | "pnpm" | "bun" | "node-pkg" | "javascript" | "node" => "npm",
        "pypi" | "pip" | "pipenv" | "poetry" | "uv" | "pdm" | "python" | "python-pkg" => "pypi",
        "cargo" | "crates.io" | "rust" | "rust-crate" | "rustbinary" | "rust-binary" => "cargo",
        "go" | "golang" | "gomod" | "gomodules" | "go-module" | "gobinary" | "govendor" | "golangdep" => "go",
        "maven" | "gradle" | "jar" | "pom" | "java-archive" | "sbt" | "java" => "maven",
        "rubygems" | "gem" | "bundler" | "gemspec" | "ruby" => "rubygems",
        "packagist" | "composer" | "composer-vendor" | "php-composer" | "php" => "packagist",
        "nuget" | "dotnet-core" | "dotnet" | "packages-props" => "nuget",
        _ => return None,
    })
}

/// Reads a package URL.
pub(super) fn parse(text: &str) -> Option<Purl> {
    let rest = text.trim().strip_prefix("pkg:")?.trim_start_matches('/');
    let rest = rest.split(['?', '#']).next()?;
    let (kind, path) = rest.split_once('/')?;
    let (path, version) = match path.rsplit_once('@') {
        Some((path, version)) if !path.is_empty() => (path, Some(version)),
        _ => (path, None),
    };
    let segments: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
    let kind = kind.to_ascii_lowercase();
    let glue = if kind == "maven" { ":" } else { "/" };
    let whole = matches!(kind.as_str(), "npm" | "golang" | "maven" | "composer" | "github" | "swift");
    let name = if whole { segments.join(glue) } else { segments.last()?.clone() };
    (!name.is_empty()).then(|| Purl { kind, name, version: version.map(decode).filter(|version| !version.is_empty()) })
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (first, tail) {
            (b'%', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                bytes.push(hex(*high).unwrap_or(0) * 16 + hex(*low).unwrap_or(0));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_their_ecosystem() {
        for (text, name, version) in [
            ("pkg:npm/%40scope/name@1.0.0?a=b#c", "@scope/name", Some("1.0.0")),
            ("pkg:maven/org.acme/lib@2", "org.acme:lib", Some("2")),
            ("pkg:deb/debian/curl@7.50.3-1", "curl", Some("7.50.3-1")),
            ("pkg:pypi/flask", "flask", None),
        ] {
            let purl = parse(text).expect("a package URL");
            assert_eq!((name, version), (purl.name.as_str(), purl.version.as_deref()), "{text}");
        }
        assert_eq!(None, parse("npm:left-pad"));
        assert_eq!(None, parse("pkg:npm"));
    }
}
