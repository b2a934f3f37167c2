//! Names of modules that say where a library is fetched from, as Deno and browsers write them, reduced to the library's own name.

use serde_json::Value as Json;

use super::javascript::Config;

/// Hosts that give packages of npm, with what stands before the package's name.
const NPM: &[&str] =
    &["esm.sh/", "cdn.skypack.dev/", "unpkg.com/", "cdn.jsdelivr.net/npm/", "ga.jspm.io/npm:", "esm.run/"];
/// Libraries that are called otherwise elsewhere than in npm.
const OTHERWISE: &[(&str, &str)] = &[("@hono/hono", "hono"), ("oak", "@oak/oak"), ("@nhttp/nhttp", "nhttp")];

/// The library's name, and what is asked for of it, in a name that says where it is fetched from; none where it is no such name.
pub(crate) fn library_of(source: &str) -> Option<String> {
    let source = source.split(['?', '#']).next().unwrap_or(source);
    if let Some(rest) = source.strip_prefix("npm:").or_else(|| source.strip_prefix("jsr:")) {
        return Some(named(rest.trim_start_matches('/')));
    }
    let rest = source.strip_prefix("https://").or_else(|| source.strip_prefix("http://"))?;
    if let Some(rest) = rest.strip_prefix("deno.land/x/") {
        let name = named(rest);
        let name = name.strip_suffix("/mod.ts").or_else(|| name.strip_suffix("/mod.js")).unwrap_or(&name);
        return Some(name.trim_end_matches(".ts").to_owned());
    }
    let rest = NPM.iter().find_map(|host| rest.strip_prefix(host))?;
    // The version of the host itself, and what it takes the package from.
    let rest = match rest.split_once('/') {
        Some((first, rest)) if first == "stable" || first == "pin" || is_version(first) => rest,
        _ => rest,
    };
    let rest = rest.strip_prefix("jsr/").unwrap_or(rest);
    Some(named(rest.trim_start_matches('*')))
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A package's name without its version, as npm calls it, with what stands behind it.
fn named(rest: &str) -> String {
    let scope = if rest.starts_with('@') { rest.find('/').map_or(0, |at| at + 1) } else { 0 };
    let end = rest[scope..].find('/').map_or(rest.len(), |at| scope + at);
    let (package, behind) = rest.split_at(end);
    let package = package[scope..].find('@').map_or(package, |at| &package[..scope + at]);
    let package = OTHERWISE.iter().find(|(other, _)| *other == package).map_or(package, |(_, name)| *name);
    format!("{package}{behind}")
}

/// What Deno's configuration, or an import map, says that names stand for.
#[derive(Debug)]
pub(super) struct ImportMap {
    /// Its folder.
    pub(super) folder: String,
    /// Libraries by name; a name that ends with a slash stands for all below it.
    libraries: Vec<(String, String)>,
}

/// Whether a file may be such a one.
pub(super) fn is_map(name: &str) -> bool {
    matches!(
        name,
        "deno.json" | "deno.jsonc" | "import_map.json" | "import-map.json" | "imports.json" | "importmap.json"
    )
}

/// Reads one: the libraries, and the files and folders that names stand for.
pub(super) fn map_of(folder: &str, json: &Json) -> Option<(ImportMap, Option<Config>)> {
    let all = json.get("imports")?.as_object()?;
    let (mut libraries, mut paths) = (Vec::new(), Vec::new());
    for (name, target) in all {
        let Some(target) = target.as_str() else { continue };
        if let Some(library) = library_of(target) {
            libraries.push((name.clone(), library));
        } else if target.starts_with(['.', '/']) {
            let target = target.trim_start_matches('/');
            let star = if name.ends_with('/') { "*" } else { "" };
            paths.push((format!("{name}{star}"), vec![format!("{target}{star}")]));
        }
    }
    paths.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
    let base = if folder.is_empty() { ".".to_owned() } else { folder.to_owned() };
    let config =
        (!paths.is_empty()).then(|| Config { folder: folder.to_owned(), base, has_base: false, paths, output: None });
    Some((ImportMap { folder: folder.to_owned(), libraries }, config))
}

impl ImportMap {
    /// The library that a name stands for.
    pub(super) fn library(&self, source: &str) -> Option<String> {
        self.libraries.iter().find_map(|(name, library)| {
            let rest = source.strip_prefix(name.as_str())?;
            let whole = rest.is_empty() || rest.starts_with('/') || name.ends_with('/');
            whole.then(|| format!("{library}{rest}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_libraries_are_reduced_to_their_names() {
        for (source, name) in [
            ("npm:express@4.18.2", Some("express")),
            ("npm:/@hono/zod-openapi@0.9/x", Some("@hono/zod-openapi/x")),
            ("jsr:@hono/hono@^4.6/cors", Some("hono/cors")),
            ("jsr:@oak/oak", Some("@oak/oak")),
            ("https://deno.land/x/hono@v3.4.1/mod.ts", Some("hono")),
            ("https://deno.land/x/hono/middleware.ts", Some("hono/middleware")),
            ("https://deno.land/x/oak@v12.6.1/mod.ts", Some("@oak/oak")),
            ("https://esm.sh/v135/hono@3?target=deno", Some("hono")),
            ("https://esm.sh/jsr/@hono/hono", Some("hono")),
            ("https://deno.land/std@0.200.0/http/server.ts", None),
            ("hono", None),
            ("./npm:x", None),
        ] {
            assert_eq!(name, library_of(source).as_deref(), "{source}");
        }
    }
}
