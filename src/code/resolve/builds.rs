//! The modules of a Java build: what their builds name, and under whose settings a module's code runs. A module without
//! settings of its own runs under those of the modules that depend on it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::addresses::{self, Address};
use super::deployed::{self, Deployments};
use super::documents::{self, Generated};
use super::dropwizard;
use super::imported;
use super::servlets::{self, Servlet};
use super::settings::Settings;
use super::url_beans::{self, UrlBean};
use super::{Tree, folder_of, under};
use crate::code::catalogue::{self, Catalogue, Catalogues};
use crate::code::form::Name;
use crate::code::holes::hole;
use crate::code::models::{Join, put_together};

/// Files that make a folder a module of the build.
pub(crate) const FILES: &[&str] = &["pom.xml", "build.gradle", "build.gradle.kts"];
/// Where a module's settings stand, and what they are called: what comes later counts more.
const PLACES: &[&str] = &["src/main/resources", "src/main/resources/config", "config"];
const NAMES: &[&str] = &[
    "META-INF/microprofile-config.properties",
    "bootstrap.yml",
    "bootstrap.yaml",
    "bootstrap.properties",
    "application.yml",
    "application.yaml",
    "application.properties",
];
/// Settings that other libraries read by default, among the module's resources: what comes first counts more.
const UNDER: &[&str] = &["application.conf", "reference.conf", "koin.properties"];
/// Files of Spring's configuration in one module.
const MOST_CONFIGURATIONS: usize = 200;
/// Sources of one module that are asked whether they start a program, and what says so.
const MOST_SOURCES: usize = 4_000;
const STARTING: &[&str] =
    &["void main(", "fun main(", "@SpringBootApplication", "SpringBootServletInitializer", "@QuarkusMain"];
/// Modules that depend on modules.
const MOST_DEPTH: usize = 8;

/// A module that runs.
#[derive(Debug, Default)]
pub(crate) struct Home {
    /// Its folder.
    pub(crate) folder: String,
    /// What it is set to.
    pub(crate) settings: Settings,
    /// Settings near it of which nothing says whether it reads them.
    pub(crate) elsewhere: Vec<(Name, Settings)>,
    /// Settings each of which counts where a profile is active, where none is known to be.
    pub(crate) profiles: Vec<(Name, Settings)>,
    /// Settings that could not be read: file, line, why.
    pub(crate) problems: Vec<(Name, u32, String)>,
    /// It has settings, but others that depend on it are what runs.
    pub(crate) library: bool,
    /// What a framework's own settings put before everything stands in the context.
    pub(crate) rooted: bool,
    /// Where a server is told to deploy it, before everything that it answers.
    pub(crate) context: Option<String>,
    /// The servlets that its deployment descriptor maps.
    pub(crate) servlets: Vec<Servlet>,
    /// Where Spring's configuration has CXF serve what.
    addresses: Vec<Address>,
    /// The beans that Spring's configuration in XML puts at paths.
    pub(crate) url_beans: Vec<UrlBean>,
    /// What its build generates server code of.
    pub(crate) generated: Vec<Generated>,
    /// Its build and those around it, nearest first, without what they merely manage.
    pub(super) builds: Vec<(Name, String)>,
    /// What its build's accessors stand for.
    pub(super) catalogue: Rc<Catalogue>,
}

/// What builds say that make an archive for another server.
const WARS: &[&str] = &[
    "<packaging>war</packaging>",
    "plugin:'war'",
    "plugin:\"war\"",
    "id'war'",
    "id\"war\"",
    "id(\"war\")",
    "`war`",
    "plugins{war",
    "(plugin=\"war\")",
];

impl Home {
    /// A module of no build, under no settings.
    pub(crate) fn bare(folder: &str) -> Self {
        Home { folder: folder.to_owned(), ..Home::default() }
    }

    /// Whether its build makes an archive that another server runs.
    pub(crate) fn is_war(&self) -> bool {
        let says = |text: &str| {
            let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            WARS.iter().any(|word| bare.contains(word))
        };
        self.builds.iter().any(|(_, text)| says(text))
    }

    /// The place where a build names a dependency.
    pub(crate) fn names(&self, dependency: &str) -> Option<(Name, u32)> {
        let catalogued = dependency.replace('-', ".");
        self.builds.iter().find_map(|(path, text)| {
            let brought = || self.catalogue.accessors(dependency).find_map(|accessor| catalogue::find(text, accessor));
            let at = word(text, dependency).or_else(|| word(text, &format!("libs.{catalogued}"))).or_else(brought)?;
            let line = text.get(..at)?.matches('\n').count() + 1;
            Some((path.clone(), u32::try_from(line).unwrap_or(u32::MAX)))
        })
    }

    /// Whether it has settings of its own.
    pub(crate) fn runs(&self) -> bool {
        let described = !self.servlets.is_empty() || self.context.is_some();
        !self.settings.is_empty() || !self.problems.is_empty() || described
    }

    /// What stands before everything that one of these servlets answers, by class or name, to code in a file.
    pub(crate) fn mapped(&self, servlets: &[String], file: &str) -> Option<String> {
        let servlet = self.servlets.iter().find(|servlet| servlet.is_one_of(servlets))?;
        let mapped = servlet.patterns.iter().find_map(|(pattern, _)| pattern.strip_suffix("/*").map(str::to_owned))?;
        match servlet.class.contains(".cxf.").then(|| self.address_of(file)).flatten() {
            Some(address) => Some(put_together(Join::Slash, &mapped, &address)),
            None => Some(mapped),
        }
    }

    /// What paths end with that one of these servlets answers, by class or name: empty where it answers whatever they end with.
    pub(crate) fn endings(&self, servlets: &[String]) -> Vec<String> {
        let Some(servlet) = self.servlets.iter().find(|servlet| servlet.is_one_of(servlets)) else { return Vec::new() };
        let all =
            servlet.patterns.iter().map(|(pattern, _)| pattern.strip_prefix('*').filter(|it| it.starts_with('.')));
        all.map(|ending| ending.map(str::to_owned)).collect::<Option<_>>().unwrap_or_default()
    }

    /// The address of the server that the class in a file is a service of; a hole where several servers may be it.
    fn address_of(&self, file: &str) -> Option<String> {
        let class = file.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
        let own = |name: &str| self.addresses.iter().find(|address| address.serves(name));
        let first = self.addresses.first()?;
        let alone = self.addresses.iter().all(|address| address.path == first.path).then_some(first);
        let found = alone.or_else(|| own(class)).or_else(|| own(&format!("{class}Impl")));
        Some(found.map_or_else(|| hole("address"), |address| address.path.clone()))
    }
}

/// Where a name stands that is no part of a longer one.
fn word(text: &str, name: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(part) && !after.is_some_and(|c| part(c) || c == '.') && !is_for_tests(text, *at)
    })
}

/// Whether what stands somewhere in a build is there for tests alone.
fn is_for_tests(text: &str, at: usize) -> bool {
    let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
    let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
    let dependency = before.rfind("<dependency>").filter(|start| !before[*start..].contains("</dependency>"));
    let rest = after.split("</dependency>").next().unwrap_or_default();
    let whole = dependency.and_then(|start| text.get(start..at + rest.len())).unwrap_or_default();
    line.starts_with("test") || whole.split("<scope>").skip(1).any(|scope| scope.trim_start().starts_with("test<"))
}

/// The modules of a tree's builds.
#[derive(Debug, Default)]
pub(super) struct Builds {
    homes: Vec<Rc<Home>>,
    /// What was found for a folder by `of`, which every route of the folder asks for.
    running: RefCell<BTreeMap<String, Rc<[Rc<Home>]>>>,
    /// What was found for one by `dependents`.
    around: RefCell<BTreeMap<String, Rc<BTreeSet<String>>>>,
}

impl Builds {
    /// Reads every module's build and settings.
    pub(super) fn read(tree: &Tree<'_>, folders: &BTreeSet<String>) -> Self {
        let deployments = Deployments::read(tree);
        let catalogues =
            Catalogues::read(tree.files().map(|path| &**path), |path| tree.text(path).map(|it| it.to_string()));
        let mut homes: Vec<Home> = folders.iter().map(|folder| home(tree, folder, folders, &deployments)).collect();
        for home in &mut homes {
            home.catalogue = catalogues.of(&home.folder);
        }
        let libraries: Vec<usize> = (0..homes.len()).filter(|at| is_library(tree, &homes, *at)).collect();
        for at in libraries {
            homes[at].library = true;
        }
        Builds { homes: homes.into_iter().map(Rc::new).collect(), ..Builds::default() }
    }

    /// Every module.
    pub(super) fn all(&self) -> &[Rc<Home>] {
        &self.homes
    }

    /// The modules under whose settings the code of a folder runs.
    pub(super) fn of(&self, folder: &str) -> Rc<[Rc<Home>]> {
        if let Some(known) = self.running.borrow().get(folder) {
            return known.clone();
        }
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        self.visit(folder, 0, &mut seen, &mut out);
        if out.is_empty() {
            out.extend(self.homes.iter().find(|home| home.folder == folder).cloned());
        }
        let out: Rc<[Rc<Home>]> = out.into();
        self.running.borrow_mut().insert(folder.to_owned(), out.clone());
        out
    }

    /// The modules that a module is a part of by their builds: itself, and those that depend on it or on one that does.
    pub(super) fn dependents(&self, folder: &str) -> Rc<BTreeSet<String>> {
        if let Some(known) = self.around.borrow().get(folder) {
            return known.clone();
        }
        let mut out = BTreeSet::new();
        let mut open: Vec<&Rc<Home>> = self.homes.iter().filter(|home| home.folder == folder).collect();
        while let Some(home) = open.pop() {
            if !out.insert(home.folder.clone()) {
                continue;
            }
            let Some(name) = artifact(home) else { continue };
            open.extend(self.homes.iter().filter(|other| !out.contains(&other.folder) && depends(other, &name)));
        }
        let out = Rc::new(out);
        self.around.borrow_mut().insert(folder.to_owned(), out.clone());
        out
    }

    fn visit(&self, folder: &str, depth: usize, seen: &mut BTreeSet<String>, out: &mut Vec<Rc<Home>>) {
        if depth > MOST_DEPTH || !seen.insert(folder.to_owned()) {
            return;
        }
        let Some(own) = self.homes.iter().find(|home| home.folder == folder) else { return };
        if own.runs() && !own.library {
            return out.push(own.clone());
        }
        let Some(name) = artifact(own) else { return };
        for home in self.homes.iter().filter(|home| home.folder != folder && depends(home, &name)) {
            self.visit(&home.folder, depth + 1, seen, out);
        }
    }
}

fn home(tree: &Tree<'_>, folder: &str, folders: &BTreeSet<String>, deployments: &Deployments) -> Home {
    let mut home = Home { folder: folder.to_owned(), ..Home::default() };
    let mut at = folder;
    loop {
        if folders.contains(at) {
            for name in FILES {
                let path = under(at, name);
                if tree.has(&path)
                    && let Some(text) = tree.text(&path)
                {
                    home.builds.push((path.into(), unmanaged(&text)));
                }
            }
        }
        if at.is_empty() {
            break;
        }
        at = folder_of(at);
    }
    let own: Vec<(Name, String)> = home.builds.iter().filter(|(path, _)| folder_of(path) == folder).cloned().collect();
    home.generated = documents::generated(tree, folder, &own);
    for place in servlets::PLACES {
        let path = under(folder, &format!("{place}/{}", servlets::FILE));
        if !tree.has(&path) {
            continue;
        }
        let read = tree.text(&path).ok_or((1, "it cannot be read as text".to_owned()));
        match read.and_then(|text| servlets::servlets(&text, &path.as_str().into())) {
            Ok(all) => home.servlets.extend(all),
            Err((line, why)) => home.problems.push((path.into(), line, why)),
        }
    }
    let names = deployed::names(&own, folder);
    home.context = deployments.of(folder, &names, true);
    for path in
        servlets::PLACES.iter().flat_map(|place| servlets::DEPLOYED.iter().map(move |file| format!("{place}/{file}")))
    {
        let path = under(folder, &path);
        if home.context.is_none()
            && tree.has(&path)
            && let Some(text) = tree.text(&path)
        {
            match servlets::context_root(&text) {
                Ok(said) => home.context = said,
                Err((line, why)) => home.problems.push((path.into(), line, why)),
            }
        }
    }
    home.context = home.context.or_else(|| deployments.of(folder, &names, false));
    if home.context.is_none() && home.builds.iter().any(|(_, text)| text.contains("dropwizard")) {
        dropwizard::read(tree, &mut home);
    }
    let spring = home.servlets.iter().any(|servlet| servlet.class.ends_with(".DispatcherServlet"));
    if spring || home.servlets.iter().any(|servlet| servlet.class.contains(".cxf.")) {
        let places = servlets::PLACES.iter().map(|place| under(folder, &format!("{place}/WEB-INF/")));
        let places: Vec<String> = places.chain([under(folder, "src/main/resources/")]).collect();
        let configuration = |path: &&Name| path.ends_with(".xml") && places.iter().any(|place| path.starts_with(place));
        let files: Vec<&Name> = tree.files().filter(configuration).take(MOST_CONFIGURATIONS).collect();
        let read = |path: &Name| tree.text(path).or_else(|| tree.latin(path)).map(|text| (path.clone(), text));
        for (path, text) in files.into_iter().filter_map(read) {
            home.addresses.extend(addresses::addresses(&text));
            if spring {
                let (beans, problem) = url_beans::url_beans(&text, &path);
                home.url_beans.extend(beans);
                home.problems.extend(problem.map(|(line, why)| (path, line, why)));
            }
        }
    }
    let by_default = PLACES.iter().flat_map(|place| NAMES.iter().map(move |name| format!("{place}/{name}")));
    let mut read: Vec<String> = by_default.map(|path| under(folder, &path)).collect();
    let filtered = deployed::filtered(&home.builds);
    home.settings.built(filtered);
    for path in &read {
        add(tree, &mut home, path);
    }
    let active = home.settings.list("spring.profiles.active").or_else(|| home.settings.list("spring.profiles.default"));
    let active: Vec<String> = active.unwrap_or_default().into_iter().filter(|one| is_profile(one)).collect();
    home.settings.activate(&active);
    for path in imported::imported(&home) {
        add(tree, &mut home, &path);
        read.push(path);
    }
    for path in imported::named(tree, folder) {
        if let Some(text) = tree.text(&path).or_else(|| tree.latin(&path)) {
            home.settings.add_under(&path, &text);
        }
        read.push(path);
    }
    for path in
        UNDER.iter().map(|name| under(folder, &format!("src/main/resources/{name}"))).filter(|path| tree.has(path))
    {
        if let Some(text) = tree.text(&path) {
            home.settings.add_under(&path, &text);
        }
    }
    home.elsewhere = imported::elsewhere(tree, folder, &read);
    home.settings.activate(&active);
    if active.is_empty() {
        home.profiles = imported::for_profiles(tree, folder);
        let inactive: Vec<_> = home.settings.inactive().collect();
        home.profiles.extend(inactive);
    }
    for profile in &active {
        for place in PLACES {
            for ending in ["yml", "yaml", "properties"] {
                add(tree, &mut home, &under(folder, &format!("{place}/application-{profile}.{ending}")));
            }
        }
    }
    home
}

/// Whether a module has settings but nothing that starts a program, while one that has both depends on it.
fn is_library(tree: &Tree<'_>, homes: &[Home], at: usize) -> bool {
    let Some(own) = homes.get(at).filter(|own| own.runs() && own.servlets.is_empty() && own.context.is_none()) else {
        return false;
    };
    let Some(name) = artifact(own) else { return false };
    let mut dependents = homes.iter().filter(|home| home.folder != own.folder && home.runs() && depends(home, &name));
    dependents.any(|home| starts(tree, &home.folder)) && !starts(tree, &own.folder)
}

/// Whether a module's code starts a program.
pub(super) fn starts(tree: &Tree<'_>, folder: &str) -> bool {
    let main = format!("{}/", under(folder, "src/main"));
    let own = |path: &&Name| {
        path.starts_with(&main) && (path.ends_with(".java") || path.ends_with(".kt")) && tree.module_of(path) == folder
    };
    tree.files().filter(own).take(MOST_SOURCES).any(|path| {
        let text = tree.text(path).unwrap_or_default();
        STARTING.iter().any(|word| text.contains(word))
    })
}

/// Whether a text may be the name of a profile.
fn is_profile(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

fn add(tree: &Tree<'_>, home: &mut Home, path: &str) {
    if !tree.has(path) {
        return;
    }
    let properties = path.ends_with(".properties");
    match tree.text(path).or_else(|| tree.latin(path).filter(|_| properties)) {
        Some(text) => {
            for (line, why) in home.settings.add(path, &text) {
                home.problems.push((path.into(), line, why));
            }
        }
        None => home.problems.push((path.into(), 1, "it cannot be read as text".to_owned())),
    }
}

/// A build without the versions that it manages for others, lines kept.
fn unmanaged(text: &str) -> String {
    let (open, close) = ("<dependencyManagement>", "</dependencyManagement>");
    match (text.find(open), text.find(close)) {
        (Some(from), Some(to)) if from < to => {
            let kept = "\n".repeat(text.get(from..to).unwrap_or_default().matches('\n').count());
            format!("{}{kept}{}", text.get(..from).unwrap_or_default(), text.get(to..).unwrap_or_default())
        }
        _ => text.to_owned(),
    }
}

/// What other builds call a module.
fn artifact(home: &Home) -> Option<String> {
    let (path, text) = home.builds.first()?;
    if path.ends_with("pom.xml") {
        let own = text.find("</parent>").map_or(text.as_str(), |at| text.get(at..).unwrap_or_default());
        let (_, rest) = own.split_once("<artifactId>")?;
        return rest.split_once("</artifactId>").map(|(name, _)| name.trim().to_owned());
    }
    home.folder.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Whether a module's own build names another module as a dependency.
fn depends(home: &Home, name: &str) -> bool {
    let Some((path, text)) = home.builds.first().filter(|(path, _)| folder_of(path) == home.folder) else {
        return false;
    };
    if path.ends_with("pom.xml") {
        let dependencies = text.split_once("<dependencies>").map_or("", |(_, rest)| rest);
        return dependencies.contains(&format!("<artifactId>{name}</artifactId>"));
    }
    let ends = [format!(":{name}\""), format!(":{name}'")];
    let accessor = camel(name);
    // `projects.libs.web`
    let accessed = |line: &str| {
        line.match_indices("projects.").any(|(at, _)| {
            let path = line.get(at..).unwrap_or_default();
            let path = path.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '_')).next().unwrap_or_default();
            path.rsplit('.').next() == Some(&accessor)
        })
    };
    text.lines().any(|line| (line.contains("project") && ends.iter().any(|end| line.contains(end))) || accessed(line))
}

/// A name as Gradle's accessors spell it.
fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for c in name.chars() {
        if matches!(c, '-' | '_') {
            upper = true;
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    out
}
