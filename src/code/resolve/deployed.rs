//! Where servers deploy the modules of a Java build, as the repository says outside of the modules' own descriptors: Liberty's
//! `server.xml`, the descriptor of an archive of several (`application.xml`, or what its build tells the plugin that writes it),
//! what a build tells the plugin of a server that it runs in, and the name of the archive in a server's image.

use std::collections::{BTreeMap, BTreeSet};

use super::markup::Element;
use super::settings::properties;
use super::{Tree, folder_of, under};
use crate::code::form::Name;
use crate::code::holes::{has_hole, hole};
use crate::code::select::is_own;

/// The most files that are looked at.
const MOST: usize = 400;
/// Placeholders within placeholders.
const MOST_NESTED: usize = 4;
/// What a build tells the plugins of servers that the module runs in: the plugin, and the way to the path.
const PLUGINS: &[(&str, &[&str])] = &[
    ("payara-micro-maven-plugin", &["contextRoot"]),
    ("meecrowave-maven-plugin", &["webContextPath"]),
    ("wildfly-jar-maven-plugin", &["contextRoot"]),
];
/// Properties of a build that say it.
const PROPERTIES: &[&str] = &["swarm.context.path", "thorntail.context.path"];
/// Folders of servers in images, in which an archive's name is its path.
const IMAGES: &[&str] = &["/webapps/", "/standalone/deployments/", "/dropins/", "/payara/deployments/", "/autodeploy/"];

/// What servers and archives of a tree deploy.
#[derive(Debug, Default)]
pub(super) struct Deployments {
    all: Vec<Deployment>,
}

/// One that deploys something.
#[derive(Debug)]
struct Deployment {
    /// The module of the build that says so.
    module: String,
    /// What is deployed, without its ending.
    what: String,
    /// Where; a hole where it is not known.
    path: String,
    /// The path is said, not merely taken from a name.
    said: bool,
    /// Whatever is not named by another may be meant.
    any: bool,
}

impl Deployments {
    /// Reads what deploys the modules of a tree.
    pub(super) fn read(tree: &Tree<'_>) -> Self {
        let mut out = Deployments::default();
        let looks = |path: &&Name| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let liberty = name.ends_with(".xml") && (name == "server.xml" || path.contains("liberty/config/"));
            is_own(path) && (liberty || matches!(name, "application.xml" | "pom.xml") || name.contains("Dockerfile"))
        };
        for path in tree.files().filter(looks).take(MOST) {
            let Some(text) = tree.text(path) else { continue };
            let name = path.rsplit('/').next().unwrap_or(path);
            if name.contains("Dockerfile") {
                out.read_image(tree, path, &text);
                continue;
            }
            let words = ["pplication", "webModule", "context"];
            let Some(read) = Element::read(&text).ok().filter(|_| words.iter().any(|word| text.contains(word))) else {
                continue;
            };
            match read.name.as_str() {
                "server" => out.read_server(tree, path, &read),
                "application" => out.read_archive(tree, path, &read),
                "project" => out.read_build(tree, path, &read),
                _ => {}
            }
        }
        out
    }

    fn put(&mut self, tree: &Tree<'_>, file: &str, what: &str, path: &str, said: bool, any: bool) {
        let stem = what.rsplit(['/', '\\']).next().unwrap_or(what);
        let stem = [".war", ".jar", ".xml"].iter().find_map(|ending| stem.strip_suffix(ending)).unwrap_or(stem);
        let module = tree.module_of(file).to_owned();
        let path = format!("/{}", path.trim_matches('/'));
        self.all.push(Deployment { module, what: stem.to_owned(), path, said, any });
    }

    /// Liberty's configuration: what has no path of its own stands under its name.
    fn read_server(&mut self, tree: &Tree<'_>, file: &Name, server: &Element) {
        let variables = variables(tree, file, server);
        let kinds = ["webApplication", "application", "springBootApplication"];
        for one in kinds.iter().flat_map(|kind| server.all(kind)) {
            let location = filled(one.attribute("location").unwrap_or_default(), &variables, 0);
            if location.ends_with(".ear") {
                continue;
            }
            let said = one.attribute("contextRoot").or_else(|| one.attribute("context-root"));
            let path = said.or_else(|| one.attribute("name")).map(|path| filled(path, &variables, 0));
            let stem = location.rsplit('/').next().unwrap_or_default();
            let path = path.unwrap_or_else(|| stem.strip_suffix(".war").unwrap_or(stem).to_owned());
            self.put(tree, file, &location, &path, said.is_some(), true);
        }
    }

    /// The descriptor of an archive of several.
    fn read_archive(&mut self, tree: &Tree<'_>, file: &Name, archive: &Element) {
        for web in archive.all("web") {
            if let (Some(what), Some(path)) = (web.text_at(&["web-uri"]), web.text_at(&["context-root"])) {
                self.put(tree, file, what, path, true, false);
            }
        }
    }

    /// What a build tells the plugins that deploy.
    fn read_build(&mut self, tree: &Tree<'_>, file: &Name, build: &Element) {
        let variables = of_build(build);
        for web in build.all("webModule") {
            if let (Some(what), Some(path)) = (web.text_at(&["artifactId"]), web.text_at(&["contextRoot"])) {
                self.put(tree, file, what, &filled(path, &variables, 0), true, false);
            }
        }
        for plugin in build.all("plugin") {
            let Some(name) = plugin.text_at(&["artifactId"]) else { continue };
            for (_, way) in PLUGINS.iter().filter(|(known, _)| *known == name) {
                let mut whole = vec!["configuration"];
                whole.extend(*way);
                if let Some(path) = plugin.text_at(&whole) {
                    self.put(tree, file, "", &filled(path, &variables, 0), true, true);
                }
            }
            for option in plugin.all("option").iter().filter(|it| it.text_at(&["key"]) == Some("--contextroot")) {
                if let Some(path) = option.text_at(&["value"]) {
                    self.put(tree, file, "", &filled(path, &variables, 0), true, true);
                }
            }
        }
        let property = PROPERTIES.iter().find_map(|key| build.all(key).first().map(|it| it.text.clone()));
        if let Some(path) = property {
            self.put(tree, file, "", &filled(&path, &variables, 0), true, true);
        }
    }

    /// The name that an archive has in a server's image: `COPY target/a.war /usr/local/tomcat/webapps/b.war`.
    fn read_image(&mut self, tree: &Tree<'_>, file: &Name, text: &str) {
        let contexts = copied(text).filter(|(from, to)| to.contains("/conf") && from.ends_with("server.xml"));
        let contexts: BTreeMap<String, String> =
            contexts.flat_map(|(from, _)| contexts_of(tree, folder_of(file), from)).collect();
        for (from, to) in copied(text) {
            let name = IMAGES.iter().find_map(|folder| to.split_once(folder)).map(|(_, name)| name);
            let Some(name) = name.and_then(|name| name.strip_suffix(".war")) else { continue };
            if name.contains(['/', '$', '*']) {
                continue;
            }
            // Versions and deeper paths stand in a name: `a#b##1`.
            let name = name.split("##").next().unwrap_or(name).replace('#', "/");
            let path = if name == "ROOT" { "" } else { &name };
            let path = contexts.get(&name).map_or(path, String::as_str);
            self.put(tree, file, from, path, false, true);
        }
    }

    /// Where a module is deployed: by what is said, or else only by a name.
    pub(super) fn of(&self, folder: &str, names: &[String], said: bool) -> Option<String> {
        let own = |one: &Deployment| one.module == folder;
        let named = |one: &Deployment| is_named(&one.what, names);
        // What stands in the module itself counts more than a name that others may have too.
        let apart = !self.all.iter().any(|one| own(one) && one.any);
        let kinds: [&dyn Fn(&Deployment) -> bool; 3] =
            [&|one| own(one) && named(one), &|one| own(one) && one.any, &|one| apart && named(one)];
        let paths = kinds.iter().find_map(|fits| {
            let all = self.all.iter().filter(|one| one.said == said && fits(one));
            let paths: BTreeSet<&str> = all.map(|one| one.path.as_str()).collect();
            (!paths.is_empty()).then_some(paths)
        })?;
        match paths.into_iter().collect::<Vec<_>>().as_slice() {
            [one] => Some((*one).to_owned()),
            _ => Some(hole("context root")),
        }
    }
}

/// What an image's file copies, and where to.
fn copied(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("COPY ") || line.starts_with("ADD "));
    lines.filter_map(|line| {
        let words = line.split_whitespace().skip(1).filter(|word| !word.starts_with("--"));
        let mut words = words.map(|word| word.trim_matches(['"', '[', ']', ',']));
        let (from, to) = (words.next()?, words.next()?);
        words.next().is_none().then_some((from, to))
    })
}

/// Where Tomcat's configuration puts the archives in its folder, by their names: `<Context path="" docBase="a"/>`.
fn contexts_of(tree: &Tree<'_>, folder: &str, file: &str) -> Vec<(String, String)> {
    let file = file.trim_start_matches("./");
    let text = [under(folder, file), file.to_owned()].iter().find_map(|path| tree.text(path));
    let Some(read) = text.and_then(|text| Element::read(&text).ok()) else { return Vec::new() };
    let said = read.all("Context").into_iter().filter_map(|one| {
        let base = one.attribute("docBase")?.rsplit('/').next()?;
        let path = one.attribute("path").filter(|path| !path.contains("${"))?;
        Some((base.strip_suffix(".war").unwrap_or(base).to_owned(), path.to_owned()))
    });
    said.collect()
}

/// Whether an archive is called as a module's build calls it, perhaps with its version behind.
fn is_named(what: &str, names: &[String]) -> bool {
    names.iter().filter(|name| !name.is_empty()).any(|name| {
        what.strip_prefix(name.as_str()).is_some_and(|rest| {
            let version =
                rest.strip_prefix('-').is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit() || c == '$'));
            rest.is_empty() || version
        })
    })
}

/// The names that a module's build gives to what it makes.
pub(super) fn names(builds: &[(Name, String)], folder: &str) -> Vec<String> {
    let own = builds.iter().find(|(path, _)| folder_of(path) == folder);
    let mut out: Vec<String> = folder.rsplit('/').next().map(str::to_owned).into_iter().collect();
    if let Some(read) = own.filter(|(path, _)| path.ends_with(".xml")).and_then(|(_, text)| Element::read(text).ok()) {
        let variables = of_build(&read);
        let all = [read.text_at(&["artifactId"]), read.text_at(&["build", "finalName"])];
        out = all.into_iter().flatten().map(|name| filled(name, &variables, 0)).collect();
    }
    out
}

/// What builds, nearest first, put in the place of `@name@` in settings.
pub(super) fn filtered(builds: &[(Name, String)]) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (_, text) in builds.iter().rev().filter(|(path, _)| path.ends_with(".xml")) {
        if let Ok(read) = Element::read(text) {
            let variables = of_build(&read);
            let whole = variables.iter().map(|(name, value)| (name.clone(), filled(value, &variables, 0)));
            out.extend(whole.filter(|(_, value)| !has_hole(value)).collect::<Vec<_>>());
        }
    }
    out
}

/// What a build's placeholders may stand for.
fn of_build(build: &Element) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for properties in build.all("properties").into_iter().rev() {
        out.extend(properties.children.iter().map(|one| (one.name.clone(), one.text.clone())));
    }
    // The profile that is active where none is asked for.
    let usual = |profile: &&Element| profile.text_at(&["activation", "activeByDefault"]) == Some("true");
    for properties in build.all("profile").into_iter().filter(usual).flat_map(|profile| profile.all("properties")) {
        out.extend(properties.children.iter().map(|one| (one.name.clone(), one.text.clone())));
    }
    for (key, way) in
        [("artifactId", &["artifactId"][..]), ("build.finalName", &["build", "finalName"]), ("name", &["name"])]
    {
        if let Some(text) = build.text_at(way) {
            out.insert(format!("project.{key}"), text.to_owned());
        }
    }
    out
}

/// What the placeholders of Liberty's configuration stand for: its own variables, those of the files beside it, and those that
/// the build hands over.
fn variables(tree: &Tree<'_>, file: &Name, server: &Element) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let module = tree.module_of(file);
    if let Some(build) = tree.text(&under(module, "pom.xml")).and_then(|text| Element::read(&text).ok()) {
        for (key, value) in of_build(&build) {
            if let Some(name) = key.strip_prefix("liberty.var.") {
                out.insert(name.to_owned(), value.clone());
            }
            out.insert(key, value);
        }
        for given in build.all("bootstrapProperties").iter().flat_map(|it| &it.children) {
            out.insert(given.name.clone(), given.text.clone());
        }
    }
    for name in ["bootstrap.properties", "server.env"] {
        let text = tree.text(&under(folder_of(file), name)).unwrap_or_default();
        out.extend(properties(&text).into_iter().map(|(key, value, _)| (key, value)));
    }
    for one in server.all("variable") {
        if let (Some(name), Some(value)) = (one.attribute("name"), one.attribute("value")) {
            out.insert(name.to_owned(), value.to_owned());
        } else if let (Some(name), Some(value)) = (one.attribute("name"), one.attribute("defaultValue")) {
            out.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
    }
    out
}

/// A text with its placeholders filled; a hole for what is not known.
fn filled(text: &str, variables: &BTreeMap<String, String>, depth: usize) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        out.push_str(before);
        let (name, behind) = behind.split_once('}').unwrap_or((behind, ""));
        let name = name.strip_prefix("env.").unwrap_or(name);
        match variables.get(name).filter(|_| depth < MOST_NESTED) {
            Some(value) => out.push_str(&filled(value, variables, depth + 1)),
            None => out.push_str(&hole(name)),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}
