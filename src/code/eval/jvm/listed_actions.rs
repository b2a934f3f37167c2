//! Routes that configuration lists: Struts' actions and the routes of Play.

use std::collections::{BTreeMap, BTreeSet};

use super::super::machine::Machine;
use super::super::routes::forest::Found;
use super::super::value::Spot;
use super::starred_actions::is_plain;
use crate::code::form::{Language, Name};
use crate::code::holes::has_hole;
use crate::code::models::{Syntax, put_together, spell, tidy};
use crate::code::resolve::{Action, Actions, endings, folder_of, under};
use crate::code::select::is_own;

/// The most files that belong to one another.
const MOST_FILES: usize = 200;
/// The file that lists Play's routes, in a module's folder, and what may set what stands before them.
const PLAY: &str = "conf/routes";
const PLAY_SETTINGS: &str = "conf/application.conf";

/// What ends a path of Struts 2 where nothing is set; it may be left out.
const USUAL: &str = ".action";
/// Files that ask for paths, and how many of them are looked at.
pub(super) const PAGES: &[&str] = &[".jsp", ".jspf", ".html", ".js", ".ftl", ".vm", ".tag", ".xml"];
pub(super) const MOST_PAGES: usize = 2_000;
/// What stands before a path that a page asks for.
const ASKING: &[&str] =
    &["href=\"", "href='", "href = \"", "location=\"", "location='", "url: \"", "url:\"", "url: '", "url:'", "src=\""];

impl Machine<'_> {
    /// The routes that files of the repository list.
    pub(in crate::code::eval) fn listed_actions(&mut self) -> Vec<Found> {
        let mut found = self.struts_actions();
        found = self.settle(found);
        found.append(&mut self.play_routes());
        found
    }

    fn struts_actions(&mut self) -> Vec<Found> {
        let named = |path: &&Name| {
            let name = path.rsplit('/').next().unwrap_or(path);
            name.starts_with("struts") && name.ends_with(".xml") && !name.contains("plugin") && is_own(path)
        };
        let mut open: Vec<Name> = self.tree.files().filter(named).take(MOST_FILES).cloned().collect();
        let mut read: Vec<(Name, Actions)> = Vec::new();
        let mut seen: BTreeSet<Name> = BTreeSet::new();
        while let Some(path) = open.pop() {
            if !seen.insert(path.clone()) || seen.len() > MOST_FILES {
                continue;
            }
            let Some(text) = self.tree.text(&path).filter(|text| text.contains("<struts")) else { continue };
            match self.tree.struts(&text) {
                Ok(listed) => {
                    let beside = listed.includes.iter().map(|one| under(folder_of(&path), &one.name));
                    open.extend(beside.filter(|path| self.tree.has(path)).map(Name::from));
                    read.push((path, listed));
                }
                Err((line, why)) => {
                    let module = self.module_of(&path, Language::Java);
                    self.note(Spot { module, line }, format!("what Struts answers cannot be read: {why}"));
                }
            }
        }
        read.sort_by(|a, b| a.0.cmp(&b.0));
        let constants = self.struts_constants(&read);
        let conventional = self.conventional_actions(&constants);
        // As they are written: what pages ask for beyond that says nothing of all others.
        let names: BTreeSet<String> = read
            .iter()
            .flat_map(|(_, listed)| &listed.actions)
            .chain(conventional.iter().map(|(action, _)| action))
            .flat_map(names_written)
            .filter(|name| !name.is_empty())
            .collect();
        let second = match endings(&constants) {
            Some(said) => said,
            None if names.is_empty() => Vec::new(),
            None => vec![self.usual_ending(&names)],
        };
        let mut out = Vec::new();
        for (action, spot) in conventional {
            for ending in &second {
                let paths = spell(Syntax::Ant, &format!("{}{ending}", action.path));
                out.extend(paths.into_iter().map(|path| listed_at(&action, "struts", path, spot)));
            }
        }
        let starred = self.starred_actions(&read);
        for (file, (path, listed)) in read.into_iter().enumerate() {
            let first = self.tree.text(&path).is_some_and(|text| text.contains("<struts-config"));
            let patterns = if first { self.struts_mapped(&path) } else { Vec::new() };
            let module = self.module_of(&path, Language::Java);
            for (place, action) in listed.actions.iter().enumerate() {
                let spot = Spot { module, line: action.line };
                let own = [action.path.clone()];
                let chosen = starred.get(&(file, place)).map_or(&own[..], Vec::as_slice);
                // A name that is empty has no ending.
                let ended = |path: &String, ending: &String| match path.ends_with('/') {
                    true => path.clone(),
                    false => format!("{path}{ending}"),
                };
                let whole: Vec<String> = match first {
                    true => patterns.iter().map(|pattern| pattern.replacen('*', &action.path, 1)).collect(),
                    false => {
                        chosen.iter().flat_map(|path| second.iter().map(move |ending| ended(path, ending))).collect()
                    }
                };
                if whole.is_empty() && !chosen.is_empty() {
                    self.note(spot, "what paths are mapped to Struts is not known");
                }
                for path in whole {
                    out.extend(
                        spell(Syntax::Ant, &path).into_iter().map(|path| listed_at(action, "struts", path, spot)),
                    );
                }
            }
        }
        out
    }

    /// The settings of Struts 2: what properties say counts more.
    fn struts_constants(&self, read: &[(Name, Actions)]) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        for (_, listed) in read {
            out.extend(listed.constants.clone());
        }
        let files = self.tree.files().filter(|path| path.ends_with("/struts.properties") && is_own(path));
        for text in files.filter_map(|path| self.tree.text(path)) {
            out.extend(self.tree.struts_properties(&text));
        }
        out
    }

    /// What the paths of Struts 2 end with where no settings say it: they are asked for with the usual ending or without, as
    /// the repository's own pages do.
    fn usual_ending(&self, names: &BTreeSet<String>) -> String {
        let is_page = |path: &&Name| PAGES.iter().any(|end| path.ends_with(end)) && !path.ends_with(".min.js");
        let mut bare = false;
        for text in self.tree.files().filter(is_page).take(MOST_PAGES).filter_map(|path| self.tree.text(path)) {
            let signs = ['"', '\'', '?', ';', '#', '<', ' '];
            let with = |(at, _): (usize, &str)| {
                let before = text.get(..at).unwrap_or_default();
                let behind = text.get(at + USUAL.len()..).unwrap_or_default();
                let start =
                    before.rfind(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-')).map_or(0, |it| it + 1);
                before.get(start..).is_some_and(|name| names.contains(name)) && behind.starts_with(signs)
            };
            if text.match_indices(USUAL).any(with) {
                return USUAL.to_owned();
            }
            bare |= ASKING.iter().any(|word| {
                text.split(word).skip(1).any(|rest| {
                    let asked = rest.split(['"', '\'', '?']).next().unwrap_or_default();
                    names.contains(asked.rsplit('/').next().unwrap_or_default())
                })
            });
        }
        if bare { String::new() } else { USUAL.to_owned() }
    }

    /// The patterns that a descriptor maps to Struts' servlet in the module of a file, a star where the action's path stands.
    fn struts_mapped(&self, file: &str) -> Vec<String> {
        let homes = self.tree.homes_of(file);
        let servlets = homes.iter().flat_map(|home| &home.servlets).filter(|servlet| {
            servlet.class.ends_with("ActionServlet") || servlet.params.iter().any(|name| name == "config")
        });
        let patterns = servlets.flat_map(|servlet| &servlet.patterns).map(|(pattern, _)| pattern.clone());
        patterns.filter(|pattern| pattern.contains('*')).map(|pattern| pattern.replace("/*", "*")).collect()
    }

    fn play_routes(&mut self) -> Vec<Found> {
        let is_list = |path: &&Name| {
            let folder = path.strip_suffix(PLAY).filter(|folder| folder.is_empty() || folder.ends_with('/'));
            folder.is_some() && is_own(path)
        };
        let files: Vec<Name> = self.tree.files().filter(is_list).cloned().collect();
        let mut out = Vec::new();
        for path in files {
            let folder = path.strip_suffix(PLAY).unwrap_or_default().trim_end_matches('/').to_owned();
            let prefix = self.play_context(&folder);
            let mut open = vec![(path, prefix)];
            let mut seen: BTreeSet<Name> = BTreeSet::new();
            while let Some((path, prefix)) = open.pop() {
                if !seen.insert(path.clone()) || seen.len() > MOST_FILES {
                    continue;
                }
                let module = self.module_of(&path, Language::Java);
                let text = self.tree.text(&path).unwrap_or_default();
                let listed = self.tree.play(&text);
                for action in &listed.actions {
                    let spot = Spot { module, line: action.line };
                    let whole = tidy(&put_together(Default::default(), &prefix, &action.path));
                    match has_hole(&whole) {
                        true => self.note(spot, "what stands before the routes of Play is not known"),
                        false => out.push(listed_at(action, "play", whole, spot)),
                    }
                }
                for include in listed.includes {
                    let name = include.name.strip_suffix(".Routes").unwrap_or(&include.name);
                    let file = under(folder_of(&path), &format!("{name}.routes"));
                    match self.tree.has(&file) {
                        true => open.push((file.into(), put_together(Default::default(), &prefix, &include.prefix))),
                        false => {
                            let spot = Spot { module, line: include.line };
                            self.note(spot, "the routes that are taken in here are not in the repository");
                        }
                    }
                }
            }
        }
        out
    }

    /// What Play's settings put before every route of a module.
    fn play_context(&self, folder: &str) -> String {
        let text = self.tree.text(&under(folder, PLAY_SETTINGS)).unwrap_or_default();
        let set = text.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            matches!(key.trim(), "play.http.context" | "application.context").then(|| value.trim().to_owned())
        });
        match set {
            Some(value) if value.contains("${") => crate::code::holes::hole("context"),
            Some(value) => value.trim_matches('"').to_owned(),
            None => String::new(),
        }
    }
}

/// What the names of an action are as its configuration writes them.
fn names_written(action: &Action) -> Vec<String> {
    let name = action.path.rsplit('/').next().unwrap_or_default();
    let choice =
        action.choice.as_ref().filter(|choice| choice.method == "{1}" && action.path.matches('*').count() == 1);
    match choice.and_then(|choice| choice.allowed.as_ref()).filter(|all| all.iter().all(|one| is_plain(one))) {
        Some(methods) => methods.iter().map(|method| name.replace('*', method)).collect(),
        None => vec![name.to_owned()],
    }
}

fn listed_at(action: &Action, framework: &str, path: String, spot: Spot) -> Found {
    Found {
        path: tidy(&path),
        method: action.method.clone(),
        framework: framework.to_owned(),
        spot,
        conditional: false,
        library: action.asset.then(|| "Assets".to_owned()),
        by: None,
    }
}
