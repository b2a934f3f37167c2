//! Which projects of a repository others name among their dependencies: by name, by path, or by the place in a build of Gradle.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;
use toml::Value as Toml;

use super::{MAX_BYTES, counts};
use crate::code::under;
use crate::evidence::dependencies;
use crate::repo::Repo;

/// What a manifest says.
#[derive(Debug, Default)]
struct Said {
    /// Whose names these are: projects of one kind know each other.
    kind: &'static str,
    /// What the project is called.
    name: Option<String>,
    /// What it depends on.
    needs: Vec<Need>,
}

/// What a project depends on.
#[derive(Debug)]
enum Need {
    Name(String),
    /// A folder, from the manifest's.
    Path(String),
    /// The last parts of a folder, with a dash or none between words.
    End(String),
    /// A constant of the build that holds such parts.
    Constant(String),
}

fn expression(text: &str) -> Regex {
    Regex::new(text).expect("a fixed expression")
}

static MODULE: LazyLock<Regex> = LazyLock::new(|| expression(r"(?m)^\s*module\s+(\S+)"));
static REQUIRED: LazyLock<Regex> = LazyLock::new(|| expression(r"(?m)^\s*(?:require\s+)?([^\s(]+)\s+v\d"));
static REPLACED: LazyLock<Regex> = LazyLock::new(|| expression(r"(?m)=>\s*(\.\.?/\S+)"));
static LOCAL: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?m)^\s*(?:-e\s+|--editable[ =])?(?:file:)?(\.\.?/[^\s;#\[]+)"));
static FILE: LazyLock<Regex> = LazyLock::new(|| expression(r"@\s*file:(\.\.?/[^\s;#]+)"));
/// What says of parts of a Maven project that they are not its own dependencies.
static ASIDE: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    ["parent", "dependencyManagement", "build", "reporting"]
        .map(|part| expression(&format!(r"(?s)<{part}>.*?</{part}>")))
        .to_vec()
});
static DEPENDENCY: LazyLock<Regex> = LazyLock::new(|| expression(r"(?s)<dependency>.*?</dependency>"));
static ARTIFACT: LazyLock<Regex> = LazyLock::new(|| expression(r"<artifactId>\s*([^<\s]+)\s*</artifactId>"));
/// A project of a Gradle build; one with a block that begins a line is configured there, and not used.
static PROJECT: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r#"(?m)(^[ \t]*)?\bproject\s*\(?\s*(?:path\s*[:=]\s*)?(?:["']:?([\w:.-]+)["']|([A-Z]\w*(?:\.\w+)+))[^)\n]*\)?[ \t]*(\{)?"#,
    )
});
static ACCESSOR: LazyLock<Regex> = LazyLock::new(|| expression(r"\bprojects\.([A-Za-z]\w*(?:\.\w+)*)"));
static CONSTANT: LazyLock<Regex> = LazyLock::new(|| expression(r#"\b(\w+)\s*=\s*["']:([\w:.-]+)["']"#));

/// Those of some projects that others name as dependencies.
pub(super) fn depended_on(repo: &Repo, projects: &BTreeSet<&str>) -> BTreeSet<String> {
    let mut names: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
    let mut needs: Vec<(&str, &'static str, Need)> = Vec::new();
    let mut constants: BTreeMap<String, String> = BTreeMap::new();
    for entry in repo.files().iter().filter(|entry| !entry.link) {
        let (folder, file) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
        let is_of_build = folder.split('/').any(|part| part == "buildSrc") && file.ends_with(".kt");
        if !(is_of_build || is_manifest(file)) || !counts(&entry.path) {
            continue;
        }
        let Ok(content) = repo.read(&entry.path, MAX_BYTES) else { continue };
        let text = content.lossy();
        if is_of_build || file.contains("gradle") {
            constants.extend(CONSTANT.captures_iter(&text).map(|found| (found[1].to_owned(), found[2].to_owned())));
        }
        let said = said(file, &text);
        if let Some(name) = said.name {
            names.entry((said.kind, name)).or_default().push(folder);
        }
        needs.extend(said.needs.into_iter().map(|need| (folder, said.kind, need)));
    }
    let mut found = BTreeSet::new();
    for (from, kind, need) in needs {
        let meant: Vec<&str> = match need {
            Need::Name(name) => names.get(&(kind, name)).into_iter().flatten().copied().collect(),
            Need::Path(path) => {
                vec![&*under(from, &path)].into_iter().filter_map(|path| projects.get(path).copied()).collect()
            }
            Need::End(end) => ending(projects, &end),
            Need::Constant(name) => constants.get(&name).map(|end| ending(projects, end)).unwrap_or_default(),
        };
        let others = meant.into_iter().filter(|folder| *folder != from && projects.contains(folder));
        found.extend(others.map(str::to_owned));
    }
    found
}

/// The projects whose folders end as a place in a build of Gradle says: in all its parts, else in the last.
fn ending<'p>(projects: &BTreeSet<&'p str>, place: &str) -> Vec<&'p str> {
    let plain = |text: &str| text.replace(['-', '_'], "").to_lowercase();
    let parts: Vec<String> = place.split([':', '.']).filter(|part| !part.is_empty()).map(plain).collect();
    let ends = |count: usize| {
        let last = &parts[parts.len() - count..];
        let is_one = |folder: &&&str| {
            let own: Vec<String> = folder.split('/').map(plain).collect();
            own.ends_with(last)
        };
        projects.iter().filter(is_one).copied().collect::<Vec<_>>()
    };
    (1..=parts.len()).rev().map(ends).find(|found| !found.is_empty()).unwrap_or_default()
}

fn is_manifest(file: &str) -> bool {
    matches!(
        file,
        "package.json" | "pom.xml" | "build.gradle" | "build.gradle.kts" | "Cargo.toml" | "go.mod" | "pyproject.toml"
    ) || (file.starts_with("requirements") && file.ends_with(".txt"))
}

/// The name of a module of Go.
pub(super) fn module(text: &str) -> Option<String> {
    MODULE.captures(text).map(|found| found[1].trim_matches('"').to_owned())
}

fn said(file: &str, text: &str) -> Said {
    match file {
        "package.json" => package(text),
        "pom.xml" => maven(text),
        "build.gradle" | "build.gradle.kts" => gradle(text),
        "Cargo.toml" => cargo(text),
        "go.mod" => Said {
            kind: "go",
            name: module(text),
            needs: all(&REQUIRED, text).map(Need::Name).chain(all(&REPLACED, text).map(Need::Path)).collect(),
        },
        "pyproject.toml" => python(text),
        _ if file.ends_with(".txt") => {
            Said { kind: "python", name: None, needs: all(&LOCAL, text).map(Need::Path).collect() }
        }
        _ => Said::default(),
    }
}

fn all<'t>(expression: &'t Regex, text: &'t str) -> impl Iterator<Item = String> + 't {
    expression.captures_iter(text).map(|found| found[1].to_owned())
}

fn package(text: &str) -> Said {
    let Ok(json) = serde_json::from_str::<Json>(text) else { return Said::default() };
    let tables = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
    let entries = tables.iter().filter_map(|table| json.get(table)?.as_object()).flatten();
    let need = |(name, version): (&String, &Json)| {
        let version = version.as_str().unwrap_or_default();
        let path = ["file:", "link:", "portal:", "workspace:"].iter().find_map(|kind| version.strip_prefix(kind));
        match path.filter(|path| path.starts_with('.')) {
            Some(path) => Need::Path(path.to_owned()),
            None => Need::Name(name.clone()),
        }
    };
    let needs = entries.map(need).collect();
    Said { kind: "npm", name: json.get("name").and_then(Json::as_str).map(str::to_owned), needs }
}

fn maven(text: &str) -> Said {
    let own = ASIDE.iter().fold(text.to_owned(), |text, aside| aside.replace_all(&text, "").into_owned());
    let needs = DEPENDENCY.find_iter(&own).filter_map(|found| ARTIFACT.captures(found.as_str()));
    let needs = needs.map(|found| Need::Name(found[1].to_owned())).collect();
    let name = ARTIFACT.captures(&DEPENDENCY.replace_all(&own, "")).map(|found| found[1].to_owned());
    Said { kind: "maven", name, needs }
}

fn gradle(text: &str) -> Said {
    let used = PROJECT.captures_iter(text).filter(|found| found.get(1).is_none() || found.get(4).is_none());
    let projects = used.filter_map(|found| match (found.get(2), found.get(3)) {
        (Some(place), _) => Some(Need::End(place.as_str().to_owned())),
        (None, constant) => {
            constant.and_then(|it| it.as_str().rsplit('.').next()).map(|it| Need::Constant(it.to_owned()))
        }
    });
    Said { kind: "gradle", name: None, needs: projects.chain(all(&ACCESSOR, text).map(Need::End)).collect() }
}

fn cargo(text: &str) -> Said {
    let Ok(toml) = toml::from_str::<Toml>(text) else { return Said::default() };
    let targets = toml.get("target").and_then(Toml::as_table).into_iter().flat_map(|table| table.values());
    let tables = std::iter::once(&toml).chain(targets).filter_map(|of| of.get("dependencies")?.as_table());
    let need = |(name, how): (&String, &Toml)| match how.get("path").and_then(Toml::as_str) {
        Some(path) => Some(Need::Path(path.to_owned())),
        None => how.get("workspace").map(|_| Need::Name(name.clone())),
    };
    let needs = tables.flatten().filter_map(need).collect();
    Said { kind: "cargo", name: text_at(&toml, &["package", "name"]), needs }
}

fn python(text: &str) -> Said {
    let Ok(toml) = toml::from_str::<Toml>(text) else { return Said::default() };
    let declared = dependencies::declared_by_python(text);
    let mut needs: Vec<Need> = declared.into_iter().map(|name| Need::Name(spelt(&name))).collect();
    needs.extend(all(&FILE, text).map(Need::Path));
    for table in [["tool", "poetry", "dependencies"], ["tool", "uv", "sources"]] {
        let entries = table.iter().try_fold(&toml, |value, key| value.get(key)).and_then(Toml::as_table);
        let paths = entries.into_iter().flat_map(|table| table.values()).filter_map(|how| how.get("path")?.as_str());
        needs.extend(paths.map(|path| Need::Path(path.to_owned())));
    }
    let name = text_at(&toml, &["project", "name"]).or_else(|| text_at(&toml, &["tool", "poetry", "name"]));
    Said { kind: "python", name: name.map(|name| spelt(&name)), needs }
}

/// A name of a package of Python as indexes compare it.
fn spelt(name: &str) -> String {
    name.replace(['_', '.'], "-").to_lowercase()
}

fn text_at(toml: &Toml, path: &[&str]) -> Option<String> {
    path.iter().try_fold(toml, |value, key| value.get(key)).and_then(Toml::as_str).map(str::to_owned)
}
