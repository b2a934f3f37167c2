//! JavaScript's modules: relative names, `.js` that means `.ts`, index files, path aliases, workspace packages.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::super::form::{Language, Name};
use super::super::select;
use super::registries::{self, ImportMap};
use super::{Target, Tree, aliases, folder_of, under};

/// Endings that a name may leave out, in the order in which they are tried.
pub(super) const ENDINGS: &[&str] = &[
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".js",
    ".jsx",
    ".mjs",
    ".cjs",
    ".json",
    "/index.ts",
    "/index.tsx",
    "/index.mts",
    "/index.js",
    "/index.jsx",
    "/index.mjs",
    "/index.cjs",
];

/// Where a manifest says what it asks for.
const DEPENDENCIES: &[&str] = &["dependencies", "devDependencies", "peerDependencies"];

/// A `tsconfig.json`, or what says the like.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) folder: String,
    pub(super) base: String,
    pub(super) has_base: bool,
    pub(super) paths: Vec<(String, Vec<String>)>,
    /// The folder that the compiler writes to, and those whose files it may write there.
    pub(super) output: Option<(String, Vec<String>)>,
}

/// A `package.json`.
#[derive(Debug)]
struct Package {
    folder: String,
    manifest: Json,
}

/// What manifests and configurations say.
#[derive(Debug, Default)]
pub(super) struct Packages {
    configs: Vec<Config>,
    packages: BTreeMap<String, Package>,
    owners: Vec<(String, Json)>,
    /// What Deno's configurations and import maps say.
    maps: Vec<ImportMap>,
    /// Folders in which names are looked for besides, by the package's.
    roots: BTreeMap<String, Vec<String>>,
    /// Files by their paths in lower case: where those who write the code work, case may not tell files apart.
    folded: BTreeMap<String, String>,
}

impl Packages {
    /// Reads every manifest and configuration of a tree.
    pub(super) fn read(tree: &Tree<'_>) -> Self {
        let mut out = Packages::default();
        for path in tree.files() {
            let name = path.rsplit('/').next().unwrap_or(path);
            if path.contains("node_modules/") {
                continue;
            }
            if Language::of(path) == Some(Language::JavaScript) {
                out.folded.entry(path.to_lowercase()).or_insert_with(|| path.to_string());
            }
            let folder = folder_of(path).to_owned();
            if name == "package.json" {
                let Some(manifest) = tree.text(path).and_then(|text| serde_json::from_str::<Json>(&text).ok()) else {
                    continue;
                };
                if let Some(name) = manifest.get("name").and_then(Json::as_str) {
                    let package = Package { folder: folder.clone(), manifest: manifest.clone() };
                    out.packages.entry(name.to_owned()).or_insert(package);
                }
                out.configs.extend(aliases::of_manifest(&folder, &manifest));
                out.roots.insert(folder.clone(), aliases::roots(&folder, &manifest));
                out.owners.push((folder, manifest));
            } else if aliases::is_babel(name) {
                out.configs.extend(aliases::of_babel(&folder, &tree.text(path).unwrap_or_default()));
            } else if registries::is_map(name) {
                let parsed = tree.text(path).and_then(|text| serde_json::from_str::<Json>(&relaxed(&text)).ok());
                let Some(manifest) = parsed else { continue };
                if let Some((map, config)) = registries::map_of(&folder, &manifest) {
                    out.maps.push(map);
                    out.configs.extend(config);
                }
                if let Some(name) = manifest.get("name").and_then(Json::as_str) {
                    out.packages.entry(name.to_owned()).or_insert(Package { folder, manifest });
                }
            } else if (name.starts_with("tsconfig") || name.starts_with("jsconfig")) && name.ends_with(".json") {
                let parsed = tree.text(path).and_then(|text| serde_json::from_str::<Json>(&relaxed(&text)).ok());
                if let Some(config) = parsed.as_ref().and_then(|json| config(&folder, json)) {
                    out.configs.push(config);
                }
            }
        }
        out.maps.sort_by(|a, b| b.folder.len().cmp(&a.folder.len()).then_with(|| a.folder.cmp(&b.folder)));
        out.configs.sort_by(|a, b| b.folder.len().cmp(&a.folder.len()).then_with(|| a.folder.cmp(&b.folder)));
        out.owners.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        out
    }

    /// What a module's name leads to from a file.
    pub(super) fn resolve(&self, tree: &Tree<'_>, from: &str, source: &str) -> Target {
        let source = source.strip_prefix("file://").unwrap_or(source);
        let found = if source.starts_with('.') {
            let path = under(folder_of(from), source);
            file(tree, &path).or_else(|| self.in_other_case(&path)).or_else(|| self.made_of(tree, from, &path))
        } else if source.starts_with('/') {
            file(tree, source.trim_start_matches('/'))
        } else {
            self.alias(tree, from, source)
                .or_else(|| self.own_import(tree, from, source))
                .or_else(|| self.workspace(tree, source))
                .or_else(|| self.inner(tree, from, source))
        };
        match found {
            Some(path) if path.ends_with(".json") => Target::Data(path.into()),
            Some(path) => Target::File(path.into()),
            None if source.ends_with(".html") => Target::Outside(source.into()),
            // A file of the project's that is not here is no library.
            None if source.starts_with('.') || self.is_aliased(from, source) => Target::Outside("".into()),
            None => {
                let maps = self.maps.iter().filter(|map| is_under(from, &map.folder));
                match maps.into_iter().find_map(|map| map.library(source)) {
                    Some(library) => Target::Outside(library.into()),
                    None => Target::Outside(source.strip_prefix("node:").unwrap_or(source).into()),
                }
            }
        }
    }

    /// The file that a built one is made from, where a package's own code asks for what it is built to.
    fn made_of(&self, tree: &Tree<'_>, from: &str, path: &str) -> Option<String> {
        let folder = self.owner(from)?;
        let within = path.strip_prefix(folder)?.trim_start_matches('/');
        let made = built(tree, folder, within).or_else(|| built(tree, folder, &format!("{within}/index")));
        made.or_else(|| self.compiled_from(tree, from, path))
    }

    /// The file that a compiler's configuration says that a compiled one is made from.
    fn compiled_from(&self, tree: &Tree<'_>, from: &str, path: &str) -> Option<String> {
        let outputs = self.configs.iter().filter(|config| is_under(from, &config.folder));
        outputs.filter_map(|config| config.output.as_ref()).find_map(|(output, sources)| {
            let rest = path.strip_prefix(output.as_str())?.strip_prefix('/')?;
            let found = sources.iter().filter_map(|source| file(tree, &under(source, rest)));
            found.into_iter().find(|found| !found.ends_with(".d.ts"))
        })
    }

    /// The folders of the packages that depend on a package.
    pub(super) fn depending_on(&self, dependency: &str) -> Vec<String> {
        let has = |manifest: &Json| {
            DEPENDENCIES.iter().any(|kind| manifest.get(kind).and_then(|all| all.get(dependency)).is_some())
        };
        let found = self.owners.iter().filter(|(_, manifest)| has(manifest));
        found.map(|(folder, _)| folder.clone()).collect()
    }

    /// The folder of the package that a file is in.
    pub(super) fn owner(&self, file: &str) -> Option<&str> {
        self.owners.iter().find(|(folder, _)| is_under(file, folder)).map(|(folder, _)| folder.as_str())
    }

    /// What the manifest of a folder says.
    pub(super) fn manifest(&self, folder: &str) -> Option<&Json> {
        self.owners.iter().find(|(own, _)| own == folder).map(|(_, manifest)| manifest)
    }

    /// The files that scripts run by a command.
    pub(super) fn run_by(&self, tree: &Tree<'_>, command: &str) -> Vec<String> {
        let mut out = Vec::new();
        for (folder, manifest) in &self.owners {
            let scripts = manifest.get("scripts").and_then(Json::as_object);
            for script in scripts.iter().flat_map(|all| all.values()).filter_map(Json::as_str) {
                let Some((_, rest)) = script.split_once(command) else { continue };
                let words = rest.split_whitespace().take_while(|word| !matches!(*word, "&&" | "||" | ";" | "|"));
                let is_file = |word: &&str| [".js", ".ts", ".mjs", ".cjs"].iter().any(|ending| word.ends_with(ending));
                let file = words.filter(is_file).last().and_then(|word| built(tree, folder, word));
                out.extend(file.filter(|file| !out.contains(file)));
            }
        }
        out
    }

    /// The file that a package is started with: by its scripts, else as what it is for others.
    pub(super) fn entry(&self, tree: &Tree<'_>, folder: &str) -> Option<String> {
        let manifest = self.manifest(folder)?;
        let said = |name: &&str| manifest.get("scripts")?.get(*name)?.as_str();
        let scripts = ["start", "serve", "dev", "develop", "start:dev"].iter().filter_map(said);
        let words = scripts.flat_map(str::split_whitespace);
        let files = words.filter(|word| [".js", ".ts", ".mjs", ".cjs"].iter().any(|ending| word.ends_with(ending)));
        let main = manifest.get("main").and_then(Json::as_str);
        files.chain(main).chain(["server", "index", "app"]).find_map(|file| built(tree, folder, file))
    }

    /// Whether a name is an alias for files of the project, by a pattern that is no mere star.
    fn is_aliased(&self, from: &str, source: &str) -> bool {
        let configs = self.configs.iter().filter(|config| is_under(from, &config.folder));
        configs.flat_map(|config| &config.paths).any(|(pattern, targets)| {
            pattern != "*"
                && matched(pattern, source).is_some()
                && !targets.iter().any(|target| target.contains("node_modules") || target.contains("types"))
        })
    }

    fn alias(&self, tree: &Tree<'_>, from: &str, source: &str) -> Option<String> {
        for config in self.configs.iter().filter(|config| is_under(from, &config.folder)) {
            for (pattern, targets) in &config.paths {
                let Some(middle) = matched(pattern, source) else { continue };
                for target in targets {
                    if let Some(found) = file(tree, &under(&config.base, &target.replacen('*', middle, 1))) {
                        return Some(found);
                    }
                }
            }
            if config.has_base
                && let Some(found) = file(tree, &under(&config.base, source))
            {
                return Some(found);
            }
        }
        None
    }

    /// `#name`: the package's own `imports`.
    fn own_import(&self, tree: &Tree<'_>, from: &str, source: &str) -> Option<String> {
        if !source.starts_with('#') {
            return None;
        }
        let (folder, manifest) = self.owners.iter().find(|(folder, _)| is_under(from, folder))?;
        for (pattern, target) in manifest.get("imports")?.as_object()? {
            let Some(middle) = matched(pattern, source) else { continue };
            for target in strings(target) {
                if let Some(found) = built(tree, folder, &target.replacen('*', middle, 1)) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// The file at a path that is written in another case.
    fn in_other_case(&self, path: &str) -> Option<String> {
        let path = path.to_lowercase();
        let endings = ENDINGS.iter().map(|ending| under("", &format!("{path}{ending}")));
        std::iter::once(path.clone()).chain(endings).find_map(|path| self.folded.get(&path).cloned())
    }

    /// A file in one of the folders in which names of the package are looked for, or below the package by its path: where the
    /// package asks for no library of that name.
    fn inner(&self, tree: &Tree<'_>, from: &str, source: &str) -> Option<String> {
        let (library, rest) = source.split_once('/').unwrap_or((source, ""));
        // No library is called so: by convention it is where the package's own code lies.
        if matches!(library, "@" | "~") {
            let owners = self.owners.iter().filter(|(folder, _)| is_under(from, folder));
            return owners
                .flat_map(|(folder, _)| [under(folder, "src"), folder.clone()])
                .find_map(|root| file(tree, &under(&root, rest)));
        }
        if library.starts_with('@') {
            return None;
        }
        self.owners.iter().filter(|(folder, _)| is_under(from, folder)).find_map(|(folder, manifest)| {
            if DEPENDENCIES.iter().any(|kind| manifest.get(kind).is_some_and(|all| all.get(library).is_some())) {
                return None;
            }
            let named = self.roots.get(folder).into_iter().flatten().map(|root| under(root, source));
            let own = (!rest.is_empty()).then(|| under(folder, source));
            named.chain(own).find_map(|path| file(tree, &path))
        })
    }

    /// A package of the same repository.
    fn workspace(&self, tree: &Tree<'_>, source: &str) -> Option<String> {
        let cut = if source.starts_with('@') { 2 } else { 1 };
        let parts: Vec<&str> = source.split('/').collect();
        let name = parts.get(..cut.min(parts.len()))?.join("/");
        let rest = parts.get(cut..).unwrap_or_default().join("/");
        let package = self.packages.get(&name)?;
        let key = if rest.is_empty() { ".".to_owned() } else { format!("./{rest}") };
        let mut candidates = Vec::new();
        match package.manifest.get("exports") {
            Some(Json::String(target)) if rest.is_empty() => candidates.push(target.clone()),
            Some(Json::Object(exports)) => {
                for (pattern, target) in exports {
                    if let Some(middle) = matched(pattern, &key) {
                        candidates.extend(strings(target).iter().map(|target| target.replacen('*', middle, 1)));
                    }
                    if rest.is_empty() && !pattern.starts_with('.') {
                        candidates.extend(strings(target));
                    }
                }
            }
            _ => {}
        }
        if rest.is_empty() {
            for field in ["source", "main", "module", "types"] {
                candidates.extend(package.manifest.get(field).and_then(Json::as_str).map(str::to_owned));
            }
            candidates.extend(["src/index".to_owned(), "index".to_owned()]);
        } else {
            candidates.extend([rest.clone(), format!("src/{rest}")]);
        }
        candidates.iter().find_map(|candidate| built(tree, &package.folder, candidate))
    }
}

/// The file that a built file is made from: `dist/x.js` from `src/x.ts`.
pub(super) fn built(tree: &Tree<'_>, folder: &str, target: &str) -> Option<String> {
    let direct = under(folder, target);
    if let Some(found) = file(tree, &direct).filter(|found| !found.ends_with(".d.ts")) {
        return Some(found);
    }
    let trimmed = target.trim_start_matches("./");
    for output in ["dist/", "build/", "lib/", "out/"] {
        if let Some(rest) = trimmed.strip_prefix(output) {
            let stem = rest.trim_end_matches(".d.ts");
            for candidate in [format!("src/{stem}"), stem.to_owned()] {
                if let Some(found) = file(tree, &under(folder, &candidate)) {
                    return Some(found);
                }
            }
        }
    }
    None
}

/// The files whose paths begin and end with what is written, or with what it leaves out, and have one name between that.
pub(crate) fn fitting(tree: &Tree<'_>, start: &str, tail: &str) -> Vec<Name> {
    let fits = |path: &str, ending: &str| {
        let name = path.strip_prefix(start).and_then(|rest| rest.strip_suffix(ending)?.strip_suffix(tail));
        name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
    };
    let own = tree.files().filter(|path| Language::of(path) == Some(Language::JavaScript) && select::is_own(path));
    let own = own.filter(|path| !path.ends_with(".d.ts"));
    own.filter(|path| fits(path, "") || ENDINGS.iter().any(|ending| fits(path, ending))).cloned().collect()
}

/// The files whose paths end with what is written, or with what it leaves out; two of them are enough to tell.
pub(crate) fn ended_by(tree: &Tree<'_>, tail: &str) -> Vec<String> {
    let ends = |path: &str, ending: &str| {
        let before = path.strip_suffix(ending).and_then(|path| path.strip_suffix(tail));
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    let named = |path: &&Name| ends(path, "") || ENDINGS.iter().any(|ending| ends(path, ending));
    let own = tree.files().filter(|path| Language::of(path) == Some(Language::JavaScript) && select::is_own(path));
    own.filter(named).take(2).map(ToString::to_string).collect()
}

/// The file at a path, with what the path leaves out.
fn file(tree: &Tree<'_>, path: &str) -> Option<String> {
    if tree.has(path) {
        return Some(path.to_owned());
    }
    for (written, meant) in [(".js", ".ts"), (".js", ".tsx"), (".mjs", ".mts"), (".cjs", ".cts"), (".jsx", ".tsx")] {
        if let Some(stem) = path.strip_suffix(written) {
            let candidate = format!("{stem}{meant}");
            if tree.has(&candidate) {
                return Some(candidate);
            }
        }
    }
    ENDINGS.iter().map(|ending| under("", &format!("{path}{ending}"))).find(|candidate| tree.has(candidate))
}

fn is_under(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// What the star of a pattern stands for; empty where it has none and is the name.
fn matched<'a>(pattern: &str, name: &'a str) -> Option<&'a str> {
    match pattern.split_once('*') {
        Some((before, after)) => {
            let rest = name.strip_prefix(before)?;
            rest.strip_suffix(after)
        }
        None => (pattern == name).then_some(""),
    }
}

fn strings(json: &Json) -> Vec<String> {
    match json {
        Json::String(text) => vec![text.clone()],
        Json::Array(all) => all.iter().flat_map(strings).collect(),
        Json::Object(all) => all.values().flat_map(strings).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) => Vec::new(),
    }
}

fn config(folder: &str, json: &Json) -> Option<Config> {
    let options = json.get("compilerOptions")?;
    let base = options.get("baseUrl").and_then(Json::as_str);
    let mut paths: Vec<(String, Vec<String>)> = options
        .get("paths")
        .and_then(Json::as_object)
        .map(|paths| paths.iter().map(|(pattern, targets)| (pattern.clone(), strings(targets))).collect())
        .unwrap_or_default();
    paths.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
    let said = |name: &str| options.get(name).and_then(Json::as_str);
    let output = said("outDir").map(|output| {
        let listed = json.get("include").map(strings).unwrap_or_default();
        let listed = listed.iter().map(|glob| glob.split('*').next().unwrap_or_default());
        // Where no root is said it is what all files have in common.
        let roots = said("rootDir").into_iter().chain(listed).chain([".", "src"]);
        (under(folder, output), roots.map(|root| under(folder, root)).collect())
    });
    let output = output.filter(|(output, _): &(String, Vec<String>)| output != folder && !output.starts_with(".."));
    Some(Config {
        folder: folder.to_owned(),
        base: under(folder, base.unwrap_or(".")),
        has_base: base.is_some(),
        paths,
        output,
    })
}

/// JSON with comments and trailing commas as plain JSON.
fn relaxed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        if quoted {
            out.push(c);
            if c == '\\' {
                out.extend(chars.next());
            } else if c == '"' {
                quoted = false;
            }
        } else if c == '"' {
            quoted = true;
            out.push(c);
        } else if c == '/' && chars.peek() == Some(&'/') {
            for c in chars.by_ref() {
                if c == '\n' {
                    out.push('\n');
                    break;
                }
            }
        } else if c == '/' && chars.peek() == Some(&'*') {
            let mut last = ' ';
            for c in chars.by_ref().skip(1) {
                if last == '*' && c == '/' {
                    break;
                }
                last = c;
            }
        } else if matches!(c, ']' | '}') {
            let kept = out.trim_end().trim_end_matches(',').len();
            out.truncate(kept);
            out.push(c);
        } else {
            out.push(c);
        }
    }
    out
}

/// The names that a file's imports name outside of lines that are comments.
pub(crate) fn imported(text: &str) -> Vec<String> {
    let is_comment = |line: &&str| matches!(line.trim_start().as_bytes(), [b'/', b'/' | b'*', ..] | [b'*', ..]);
    let code: Vec<&str> = text.lines().filter(|line| !is_comment(line)).collect();
    specifiers(code.join("\n").as_bytes())
}

/// The names that a file's imports name, found without parsing; imports of types alone are left out.
pub(crate) fn specifiers(text: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    for word in ["from", "require", "import"] {
        for at in memchr::memmem::find_iter(text, word) {
            let rest = &text[at + word.len()..text.len().min(at + word.len() + 240)];
            let start = rest.iter().position(|byte| !matches!(byte, b' ' | b'(' | b'\n' | b'\t' | b'\r'));
            let Some((quote, name)) = start.and_then(|start| rest[start..].split_first()) else { continue };
            if !matches!(quote, b'"' | b'\'' | b'`') || (word == "from" && of_types(&text[..at])) {
                continue;
            }
            let Some(end) = name.iter().position(|byte| byte == quote || *byte == b'\n') else { continue };
            if let Ok(name) = std::str::from_utf8(&name[..end])
                && !name.is_empty()
                && name.len() < 200
            {
                out.push(name.to_owned());
            }
        }
    }
    out
}

/// Whether the statement that ends here imports or exports types alone.
fn of_types(before: &[u8]) -> bool {
    let tail = &before[before.len().saturating_sub(400)..];
    let text = String::from_utf8_lossy(tail);
    let start = text.rfind("import").max(text.rfind("export"));
    start.is_some_and(|start| text[start + 6..].trim_start().starts_with("type "))
}
