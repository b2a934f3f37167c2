//! What a module's settings and build add to routes: the prefix that all of them have, and the routes of libraries that the
//! build names.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::env::said::Strength;
use super::super::machine::Machine;
use super::super::routes::forest::Found;
use super::super::value::Spot;
use crate::code::form::{Language, Name};
use crate::code::holes::{has_hole, has_unknown, hole};
use crate::code::models::{LibraryModel, LibraryRoute, PrefixModel, put_together, tidy};
use crate::code::resolve::{Home, Settings};
use crate::code::select::has_word;

/// Paths that one route may have over the modules that serve it.
const MOST_HOMES: usize = 16;

impl Machine<'_> {
    /// Puts the prefixes of the modules before the routes that annotations and functions tell.
    pub(crate) fn settle(&mut self, found: Vec<Found>) -> Vec<Found> {
        let mut out = Vec::new();
        for one in found {
            if self.modules[one.spot.module.0].language != Language::Java {
                out.push(one);
                continue;
            }
            // What an interface tells runs where the class is that implements it.
            let file = self.file(Spot { module: one.by.unwrap_or(one.spot.module), ..one.spot }).to_owned();
            let homes = self.tree.homes_of(&file);
            // Code of no build's module runs under no settings.
            let homes = match homes.is_empty() {
                true => [Rc::new(Home::bare(self.tree.module_of(&file)))].into(),
                false => homes,
            };
            for home in homes.iter().take(MOST_HOMES) {
                let prefixes = self.prefixes(&one.framework, home, Some(&file));
                for own in self.ended(&one, home) {
                    for prefix in &prefixes {
                        let path = put_together(Default::default(), prefix, &own);
                        self.keep_whole(Found { path: tidy(&path), ..one.clone() }, &mut out);
                    }
                }
            }
        }
        out
    }

    /// A route's paths with what its servlet's mapping has them end with. One that ends otherwise is not answered.
    fn ended(&mut self, found: &Found, home: &Home) -> Vec<String> {
        let own = |model: &&&PrefixModel| model.framework == found.framework && !model.servlets.is_empty();
        let endings: Vec<String> =
            self.models.prefixes.iter().filter(own).flat_map(|model| home.endings(&model.servlets)).collect();
        if endings.is_empty() {
            return vec![found.path.clone()];
        }
        let out: BTreeSet<String> = endings.iter().filter_map(|ending| with_ending(&found.path, ending)).collect();
        if out.is_empty() {
            let reason = format!(
                "the servlet that answers is mapped to *{} alone: what asks for this is not known",
                endings.join(", *")
            );
            self.note(found.spot, reason);
        }
        out.into_iter().collect()
    }

    fn keep_whole(&mut self, found: Found, out: &mut Vec<Found>) {
        if has_unknown(&found.path) {
            self.note_path(found.spot, &found.path);
        } else {
            out.push(found);
        }
    }

    /// What stands before every route of a framework in a module; an application's part only before those of a file.
    pub(in crate::code::eval) fn prefix(&mut self, framework: &str, home: &Rc<Home>, file: Option<&str>) -> String {
        self.prefixes(framework, home, file).swap_remove(0)
    }

    /// The same where servlets that hold the same stand at several places: there is one at least.
    fn prefixes(&mut self, framework: &str, home: &Rc<Home>, file: Option<&str>) -> Vec<String> {
        for (path, line, why) in &home.problems {
            let id = self.module_of(path, Language::Java);
            self.note(
                Spot { module: id, line: *line },
                format!("settings that cannot be read may say a prefix: {why}"),
            );
        }
        let folders: Vec<&str> =
            file.map(|file| self.tree.module_of(file)).into_iter().chain([&*home.folder]).collect();
        let own = home.context.clone().or_else(|| self.context_of(&folders, Some(home))).unwrap_or_default();
        let mut out = vec![own.clone()];
        for model in self.models.prefixes.iter().filter(|model| model.framework == framework) {
            if !counts(model, home) || (model.application && file.is_none()) {
                continue;
            }
            let said = file.filter(|_| model.application).map(|file| self.application_path(framework, file));
            let said = said.filter(|path| !path.is_empty());
            let set = || model.keys.iter().find_map(|key| home.settings.get(key));
            let piece = home.mapped(&model.servlets, file.unwrap_or_default());
            if piece.is_none() && !home.rooted {
                let mapped = self.mapped_in_code(&model.servlets, &folders, home);
                if !mapped.is_empty() {
                    let alone = home.context.is_none() && out.iter().all(|one| *one == own);
                    let before = out.first().cloned().unwrap_or_default();
                    let place = |(context, mapped): (Option<String>, String)| {
                        let context = context.filter(|_| alone).unwrap_or_else(|| before.clone());
                        put_together(Default::default(), &context, &mapped)
                    };
                    out = mapped.into_iter().map(place).collect();
                    continue;
                }
            }
            let piece = piece.or(said).or_else(|| self.deployed_piece(model, home));
            let piece = piece.or_else(|| set().map(|setting| self.filled_where_deployed(&setting.value, home)));
            let piece = piece.or_else(|| self.agreed(model, home));
            let usual = Some(model.usual.clone()).filter(|usual| !usual.is_empty());
            let piece = piece.or_else(|| {
                self.tell_elsewhere(model, home);
                usual
            });
            if let Some(piece) = piece {
                out.iter_mut().for_each(|one| *one = put_together(Default::default(), one, &piece));
            }
        }
        out
    }

    /// What files of deployment set the variable to that stands for a setting; of those outside of the module only where no other
    /// service may be meant. What the settings say outright counts more than what a published image is run with.
    fn deployed_piece(&mut self, model: &PrefixModel, home: &Home) -> Option<String> {
        let only = self.is_the_only_one(home);
        let variable = |key: &String| -> String {
            key.chars().map(|c| if matches!(c, '.' | '-') { '_' } else { c.to_ascii_uppercase() }).collect()
        };
        let outright = model.keys.iter().filter_map(|key| home.settings.get(key));
        let outright = outright.into_iter().any(|set| !set.value.contains("${") && !set.value.contains('@'));
        let least = if outright { Strength::Built } else { Strength::Published };
        model.keys.iter().find_map(|key| self.deployed_in(&variable(key), &home.folder, only, least))
    }

    /// A setting with its placeholders filled; one that is nothing else and has no value is what files of deployment set it to.
    fn filled_where_deployed(&mut self, value: &str, home: &Home) -> String {
        let filled = home.settings.filled(value);
        let name = value.strip_prefix("${").and_then(|value| value.strip_suffix('}'));
        match name.filter(|_| has_hole(&filled)) {
            Some(name) => {
                let only = self.is_the_only_one(home);
                self.deployed_in(name, &home.folder, only, Strength::Published).unwrap_or(filled)
            }
            None => filled,
        }
    }

    /// Whether no other module of the repository runs.
    fn is_the_only_one(&self, home: &Home) -> bool {
        let all = self.tree.homes();
        let others = || all.iter().filter(|other| other.folder != home.folder && !other.library);
        all.len() <= 1 || (home.runs() && others().all(|other| !other.runs()))
    }

    /// What all settings agree on each of which counts where a profile is active.
    fn agreed(&self, model: &PrefixModel, home: &Home) -> Option<String> {
        let said = |settings: &Settings| {
            let set = model.keys.iter().find_map(|key| settings.get(key));
            set.map(|set| home.settings.filled(&set.value)).filter(|path| !has_hole(path))
        };
        let all: Option<BTreeSet<String>> = home.profiles.iter().map(|(_, settings)| said(settings)).collect();
        let all = all?;
        all.first().filter(|_| all.len() == 1).cloned()
    }

    /// Tells settings of a prefix that the module may not read.
    fn tell_elsewhere(&mut self, model: &PrefixModel, home: &Home) {
        for (path, settings) in home.elsewhere.iter().chain(&home.profiles) {
            let profile = home.profiles.iter().any(|(one, _)| one == path);
            let set = model.keys.iter().find_map(|key| settings.get(key));
            let Some(setting) = set.filter(|set| !set.value.trim_matches('/').is_empty()) else { continue };
            let module = self.module_of(path, Language::Java);
            let reason = match profile {
                true => "these settings say a prefix where their profile is active: routes are listed without it",
                false => {
                    "these settings say a prefix, but nothing says that the service reads them: its routes are listed without it"
                }
            };
            self.note(Spot { module, line: setting.line }, reason);
        }
    }

    /// The path that an annotation on an application of the same module says.
    fn application_path(&self, framework: &str, file: &str) -> String {
        let module = self.tree.module_of(file);
        let mut all = self.applications.iter().filter(|(name, _, _)| name == framework);
        let here: Vec<_> = all.clone().filter(|(_, spot, _)| self.tree.module_of(self.file(*spot)) == module).collect();
        let found = match here.as_slice() {
            [] if self.applications.len() == 1 => all.next(),
            [] => None,
            [one] => Some(*one),
            several => match self.application_of(several, file) {
                Some(one) => Some(one),
                None => return hole("application"),
            },
        };
        found.map(|(_, _, path)| path.clone()).unwrap_or_default()
    }

    /// The one of several applications that serves the class of a file: the first that names it, or its package; else the one
    /// that names none. None where each names others.
    fn application_of<'a>(&self, all: &[&'a Application], file: &str) -> Option<&'a Application> {
        let class = file.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
        let said = |one: &&&Application| self.tree.text(self.file(one.1)).unwrap_or_default();
        let names = |one: &&&Application| {
            let text = said(one);
            has_word(&text, class) || packages(&text).any(|package| in_package(file, package))
        };
        let chooses = |one: &&&Application| {
            let text = said(one);
            ["getClasses", "getSingletons", "register"].iter().any(|word| text.contains(word))
                || packages(&text).next().is_some()
        };
        let found = all.iter().find(names).or_else(|| all.iter().find(|one| !chooses(one)));
        // Where all are said to be at one path, which of them it is does not matter.
        let same = all.iter().all(|one| one.2 == all[0].2);
        found.or_else(|| all.first().filter(|_| same)).copied()
    }

    /// The routes of libraries that builds name.
    pub(crate) fn library_routes(&mut self) -> Vec<Found> {
        let homes: Vec<Rc<Home>> = self.tree.homes().to_vec();
        let mut out = Vec::new();
        for home in homes {
            for library in self.models.libraries.iter().copied() {
                let Some((path, line)) = library.with.iter().find_map(|name| home.names(name)) else { continue };
                // A program may do without settings.
                if !home.runs() && !self.tree.starts(&home.folder) {
                    continue;
                }
                let id = self.module_of(&path, Language::Java);
                let spot = Spot { module: id, line };
                if let Some(reason) = &library.unresolved {
                    self.note(spot, reason.clone());
                }
                if library.unless.iter().any(|setting| is_set(&home, setting)) {
                    continue;
                }
                for route in &library.routes {
                    if let Some(found) = self.library_route(library, route, &home, spot) {
                        out.push(found);
                    }
                }
            }
        }
        out
    }

    fn library_route(
        &mut self,
        library: &LibraryModel,
        route: &LibraryRoute,
        home: &Rc<Home>,
        spot: Spot,
    ) -> Option<Found> {
        if !route.with.iter().all(|name| home.names(name).is_some()) {
            return None;
        }
        if let (Some(exposed), Some(name)) = (&library.exposed, &route.name) {
            let included = home.settings.list(&exposed.include).unwrap_or_else(|| exposed.default.clone());
            let excluded = home.settings.list(&exposed.exclude).unwrap_or_default();
            let has = |list: &[String]| list.iter().any(|one| one == "*" || one == name);
            if included.iter().any(|one| has_hole(one)) {
                self.note(spot, format!("which routes {} exposes is not known", library.name));
                return None;
            }
            let is = |settings: &[String]| settings.iter().any(|one| is_set(home, &one.replace("{name}", name)));
            let chosen = exposed.on.iter().any(|one| home.settings.get(&one.replace("{name}", name)).is_some());
            if !has(&included) || has(&excluded) || is(&exposed.off) || (is(&exposed.unless) && !chosen) {
                return None;
            }
        }
        let apart = library.apart.as_ref().is_some_and(|key| home.settings.get(key).is_some());
        let own = home.settings.filled(&route.path);
        // A path that is set with a slash before it is the whole one.
        let (own, whole) = own.rsplit_once("//").map_or((own.clone(), false), |(_, path)| (format!("/{path}"), true));
        let prefix = if apart || whole { String::new() } else { self.prefix(&library.framework, home, None) };
        let path = tidy(&put_together(Default::default(), &prefix, &own));
        let found = Found {
            path,
            method: route.method.clone(),
            framework: library.framework.clone(),
            spot,
            conditional: false,
            library: Some(library.name.clone()),
            by: None,
        };
        let mut kept = Vec::new();
        self.keep_whole(found, &mut kept);
        kept.pop()
    }

    /// Notes an application's path.
    pub(crate) fn note_application(&mut self, framework: &str, spot: Spot, path: String) {
        self.applications.push((framework.to_owned(), spot, path));
    }

    /// A text of an annotation with its placeholders filled by the settings of the code's module.
    pub(crate) fn filled(&self, text: &Name, spot: Spot) -> Name {
        if !text.contains("${") && !text.contains("#{") {
            return text.clone();
        }
        let homes = self.tree.homes_of(self.file(spot));
        match homes.first() {
            Some(home) => home.settings.filled(text).into(),
            None => Home::default().settings.filled(text).into(),
        }
    }
}

/// Whether a module sets something to a value, `false` where none is written: `a.enabled`, `a.port=-1`.
fn is_set(home: &Home, setting: &str) -> bool {
    let (key, value) = setting.split_once('=').unwrap_or((setting, "false"));
    home.settings.get(key).is_some_and(|setting| home.settings.filled(&setting.value).eq_ignore_ascii_case(value))
}

/// A path as it is asked for where only such an ending is answered; none where it ends otherwise.
fn with_ending(path: &str, ending: &str) -> Option<String> {
    let path = tidy(path);
    let last = path.rsplit('/').next().unwrap_or_default();
    let (stem, literal) = last.rsplit_once('}').map_or((false, last), |(_, behind)| (true, behind));
    match last {
        "" => None,
        _ if last.ends_with(ending) || last.starts_with("{*") => Some(path),
        _ if literal.contains('.') && (stem || !literal.starts_with('.')) => None,
        _ => Some(format!("{path}{ending}")),
    }
}

/// An application: framework, place, path.
type Application = (String, Spot, String);

/// The packages that an application says its classes are in.
fn packages(text: &str) -> impl Iterator<Item = &str> {
    let calls = text.split("packages(").skip(1).filter_map(|rest| rest.split_once(')'));
    calls.flat_map(|(given, _)| given.split('"').skip(1).step_by(2))
}

/// Whether a file is in a package or below it.
fn in_package(file: &str, package: &str) -> bool {
    let folders = format!("/{}/", package.replace('.', "/"));
    file.contains(&folders)
}

/// Whether a setting counts in a module.
fn counts(model: &PrefixModel, home: &Home) -> bool {
    let named = |names: &[String]| names.iter().any(|name| home.names(name).is_some());
    match (model.with.is_empty(), model.without.is_empty()) {
        (true, true) => true,
        (false, true) => named(&model.with),
        (_, false) => named(&model.with) || !named(&model.without),
    }
}
