//! Actions of Struts 2 whose names have stars that choose their class or method: the classes and their methods tell what the stars
//! stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::super::machine::Machine;
use super::super::value::{ClassValue, Spot, Value};
use super::listed_actions::{MOST_PAGES, PAGES};
use crate::code::form::{ClassKind, Function, FunctionKind, Language, Name, StmtKind};
use crate::code::mentions;
use crate::code::resolve::{Action, Actions, Choice, Package};

/// The most paths that one action may have.
const MOST_PATHS: usize = 2_000;
/// Packages that extend packages.
const MOST_PARENTS: usize = 16;
/// The library whose version says whether methods have to be allowed where nothing else does, and the first one that asks for it.
const LIBRARY: &str = "struts2-core";
const ASKING: (u32, u32) = (2, 5);
/// What Struts' own package allows.
const ALLOWED: &str = "execute,input,back,cancel,browse,save,delete,list,index";
/// What stands before a pattern among allowed methods.
const PATTERN: &str = "regex:";
/// The method that answers where none is named.
const USUAL: &str = "execute";
/// Methods by which a method without a result answers itself.
const ANSWERING: [&str; 2] = ["getWriter", "getOutputStream"];

/// What is known of a method that an action may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sure {
    /// It answers.
    Answers,
    /// It answers where something asks for it; else that is told.
    Told,
    /// It answers where something asks for it.
    Asked,
}

/// A star of a name, from 1, and what it stands for.
type Star = (usize, String);

/// A path that an action may have.
#[derive(Debug)]
struct Chosen {
    path: String,
    /// The class and the method that answer.
    of: (Name, Name),
    sure: Sure,
}

/// The packages of every file by their names, and whether methods have to be allowed where they do not say.
struct Packages {
    known: BTreeMap<String, Package>,
    strict: bool,
}

impl Machine<'_> {
    /// The paths of the actions whose stars choose their class or method, by the places of file and action; those of which neither
    /// is known are left out.
    pub(super) fn starred_actions(&mut self, read: &[(Name, Actions)]) -> BTreeMap<(usize, usize), Vec<String>> {
        let known = read.iter().flat_map(|(_, listed)| &listed.packages);
        let known = known.map(|package| (package.name.clone(), package.clone())).collect();
        let mut packages = Packages { known, strict: false };
        let mut found: Vec<((usize, usize), Spot, Vec<Chosen>)> = Vec::new();
        for (at, (file, listed)) in read.iter().enumerate() {
            let starred = listed.actions.iter().enumerate().filter(|(_, action)| action.choice.is_some());
            let starred: Vec<(usize, &Action)> = starred.collect();
            if starred.is_empty() {
                continue;
            }
            let version = self.tree.library_version(file, LIBRARY);
            packages.strict = version.map_or(listed.strict, |version| version >= ASKING);
            let module = self.module_of(file, Language::Java);
            for (place, action) in starred {
                let Some(choice) = &action.choice else { continue };
                let allowed = packages.allowed(choice, listed.packages.get(choice.package));
                if let Some(chosen) = self.paths_chosen(file, action, choice, allowed.as_deref()) {
                    found.push(((at, place), Spot { module, line: action.line }, chosen));
                }
            }
        }
        let open = found.iter().flat_map(|(_, _, chosen)| chosen).filter(|one| one.sure != Sure::Answers);
        let asked = self.asked_for(&open.map(|one| last(&one.path).to_owned()).collect());
        let plain = read.iter().flat_map(|(_, listed)| &listed.actions).filter(|action| !action.path.contains('*'));
        let mut seen: BTreeSet<String> = plain.map(|action| action.path.clone()).collect();
        let mut out = BTreeMap::new();
        for (place, spot, chosen) in found {
            let answers = |one: &&Chosen| one.sure == Sure::Answers || asked.contains(last(&one.path));
            let told = chosen.iter().filter(|one| one.sure == Sure::Told && !answers(one));
            let told: BTreeSet<String> = told.map(|one| format!("{}.{}", one.of.0, one.of.1)).collect();
            if !told.is_empty() {
                let told: Vec<&str> = told.iter().map(String::as_str).collect();
                let reason =
                    format!("methods that are inherited or have no result may answer here, too: {}", told.join(", "));
                self.note(spot, reason);
            }
            let paths = chosen.iter().filter(answers).map(|one| one.path.clone());
            out.insert(place, paths.filter(|path| seen.insert(path.clone())).collect());
        }
        out
    }

    /// The paths that an action may have; none where its classes or methods are not known.
    fn paths_chosen(
        &mut self,
        file: &Name,
        action: &Action,
        choice: &Choice,
        allowed: Option<&[String]>,
    ) -> Option<Vec<Chosen>> {
        let mut classes: Vec<(Option<Star>, Rc<ClassValue>)> = Vec::new();
        match choice.class.contains('{') {
            true => {
                for (star, full) in self.classes_like(&choice.class) {
                    let class = self.class_of(file, &full).filter(|class| class.class.kind == ClassKind::Class);
                    classes.extend(class.map(|class| (Some(star), class)));
                }
            }
            false => {
                let named = self.tree.beans().get(&choice.class).into_iter().flatten().next().cloned();
                let full = named.unwrap_or_else(|| choice.class.clone());
                classes.extend(self.class_of(file, &full).map(|class| (None, class)));
            }
        }
        let mut out = Vec::new();
        let mut any = false;
        for (star, class) in classes {
            let name = class.class.name.clone()?;
            for (method, sure) in self.action_methods(&class) {
                let second = match choice.method.as_str() {
                    said if said.contains('{') => match fitting(said, &method) {
                        Some(second) => Some(second),
                        None => continue,
                    },
                    said if *method == *if said.is_empty() { USUAL } else { said } => None,
                    _ => continue,
                };
                any = true;
                let stars: Vec<Star> = star.clone().into_iter().chain(second).collect();
                let Some(path) = filled(&action.path, &stars) else { continue };
                if out.len() < MOST_PATHS && is_allowed(allowed, &method) {
                    let sure = if choice.method.contains('{') { sure } else { Sure::Answers };
                    out.push(Chosen { path, of: (name.clone(), method), sure });
                }
            }
        }
        if any {
            return Some(out);
        }
        // What is allowed tells the methods of a class that is not seen.
        let methods = choice.allowed.as_ref().filter(|all| all.iter().all(|one| is_plain(one)))?;
        let told = |method: &String| {
            let path = filled(&action.path, &[fitting(&choice.method, method)?])?;
            Some(Chosen { path, of: ("".into(), method.as_str().into()), sure: Sure::Answers })
        };
        (!choice.class.contains('{')).then(|| methods.iter().filter_map(told).collect())
    }

    /// What a class's methods without parameters are to an action that may choose any of them.
    fn action_methods(&mut self, class: &Rc<ClassValue>) -> Vec<(Name, Sure)> {
        let mut out: Vec<(Name, Sure)> = Vec::new();
        for ancestor in self.ancestors(class) {
            let Value::Class(one) = ancestor else {
                let usual = matches!(&ancestor, Value::Unknown(path) if path.ends_with("ActionSupport"));
                if usual && !out.iter().any(|(name, _)| &**name == USUAL) {
                    out.push((USUAL.into(), Sure::Asked));
                }
                continue;
            };
            let own = Rc::ptr_eq(&one, class);
            let written = one.class.clone();
            for stmt in &written.body {
                let StmtKind::Function(function) = &stmt.kind else { continue };
                let Some(name) = function.name.clone() else { continue };
                if function.kind != FunctionKind::Method || !function.is_public || !function.params.is_empty() {
                    continue;
                }
                let bodiless = function.body.is_empty() && written.kind != ClassKind::Class;
                if !bodiless
                    && !out.iter().any(|(known, _)| *known == name)
                    && let Some(sure) = sureness(function, &name, own)
                {
                    out.push((name, sure));
                }
            }
        }
        out
    }

    /// The full names of the classes that a pattern may mean, with the star that each is: by what containers call them, and by
    /// themselves.
    fn classes_like(&self, pattern: &str) -> Vec<(Star, String)> {
        let mut out = Vec::new();
        for (name, classes) in self.tree.beans() {
            let star = fitting(pattern, name);
            out.extend(
                star.into_iter().flat_map(|star| classes.iter().map(move |class| (star.clone(), class.clone()))),
            );
        }
        let Some((package, last)) = pattern.rsplit_once('.') else { return out };
        if package.contains('{') {
            return out;
        }
        let folder = format!("/{}/", package.replace('.', "/"));
        for path in self.tree.classes() {
            let Some((_, stem)) = format!("/{path}").strip_suffix(".java").and_then(|path| {
                let (before, stem) = path.rsplit_once('/')?;
                format!("{before}/").ends_with(&folder).then(|| (before.to_owned(), stem.to_owned()))
            }) else {
                continue;
            };
            out.extend(fitting(last, &stem).map(|star| (star, format!("{package}.{stem}"))));
        }
        out
    }

    /// Which of these names of actions the repository's pages ask for.
    fn asked_for(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        let all: Vec<&String> = names.iter().collect();
        let Ok(automaton) = AhoCorasick::new(&all) else { return out };
        if all.is_empty() {
            return out;
        }
        let is_page = |path: &&Name| PAGES.iter().any(|end| path.ends_with(end)) && !path.ends_with(".min.js");
        for text in self.tree.files().filter(is_page).take(MOST_PAGES).filter_map(|path| self.tree.text(path)) {
            for found in automaton.find_overlapping_iter(&text) {
                let before = text.get(..found.start()).and_then(|text| text.chars().next_back());
                let behind = text.get(found.end()..).unwrap_or_default();
                let Some(name) = all.get(found.pattern().as_usize()) else { continue };
                // A word of its own is asked for behind a slash alone.
                let begins = match name.chars().all(char::is_alphanumeric) {
                    true => before == Some('/'),
                    false => !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')),
                };
                if begins && behind.starts_with(['.', '?', '"', '\'', '#', ';', '&', '`']) {
                    out.insert((*name).clone());
                }
            }
        }
        out
    }
}

impl Packages {
    /// The methods that an action may call, where not all.
    fn allowed(&self, choice: &Choice, package: Option<&Package>) -> Option<Vec<String>> {
        let strict = package.and_then(|package| package.strict).unwrap_or(self.strict);
        if !strict && choice.allowed.is_none() {
            return None;
        }
        let mut out = choice.allowed.clone().unwrap_or_default();
        let mut open: Vec<&Package> = package.into_iter().collect();
        for _ in 0..MOST_PARENTS {
            let Some(package) = open.pop() else { break };
            out.extend(package.allowed.iter().cloned());
            open.extend(package.extends.iter().filter_map(|name| self.known.get(name)));
        }
        if strict {
            out.extend(ALLOWED.split(',').map(str::to_owned));
        }
        Some(out)
    }
}

/// What a method without parameters is to an action that may choose it.
fn sureness(function: &Function, name: &str, own: bool) -> Option<Sure> {
    let begins = |word: &str| {
        name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| !c.is_lowercase()))
    };
    let getter = ["get", "is", "has"].iter().any(|word| begins(word) && *word != name);
    match function.returns.as_ref().and_then(|ty| ty.path.last()).map(|name| &**name) {
        _ if name == "toString" => None,
        Some("String") if function.returns.as_ref().is_some_and(|ty| !ty.args.is_empty()) => None,
        Some("String") => Some(match (getter, own) {
            (true, _) => Sure::Asked,
            (false, true) => Sure::Answers,
            (false, false) => Sure::Told,
        }),
        // What Struts calls before an action.
        None | Some("void") if begins("validate") || begins("prepare") || begins("set") => None,
        None | Some("void") => {
            let members = mentions::of_function(function).members;
            let answers = own && ANSWERING.iter().any(|name| members.contains(*name));
            Some(if answers {
                Sure::Answers
            } else if own {
                Sure::Told
            } else {
                Sure::Asked
            })
        }
        Some(_) => None,
    }
}

/// Whether a method is among those that are allowed.
fn is_allowed(allowed: Option<&[String]>, method: &str) -> bool {
    allowed.is_none_or(|all| {
        all.iter().any(|one| match one.strip_prefix(PATTERN) {
            Some(pattern) => Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|pattern| pattern.is_match(method)),
            None => one == method || one == "*",
        })
    })
}

/// Whether an allowed method is named and no pattern.
pub(super) fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The star, from 1, that a text is in a pattern with one `{1}`, and what it stands for.
fn fitting(pattern: &str, text: &str) -> Option<Star> {
    let (before, rest) = pattern.split_once('{')?;
    let (star, behind) = rest.split_once('}')?;
    let star: usize = star.parse().ok().filter(|star| *star > 0 && !behind.contains('{'))?;
    let inner = text.strip_prefix(before)?.strip_suffix(behind)?;
    (!inner.is_empty() && !inner.contains(['/', '.'])).then(|| (star, inner.to_owned()))
}

/// A path with its stars, from 1, as they are told; one that is not told stays. None where two tell the same one otherwise.
fn filled(path: &str, stars: &[Star]) -> Option<String> {
    let mut out = String::new();
    let mut signs = path.chars().peekable();
    let mut at = 0;
    while let Some(sign) = signs.next() {
        if sign != '*' {
            out.push(sign);
            continue;
        }
        at += 1;
        let double = signs.next_if_eq(&'*').is_some();
        let mut told = stars.iter().filter(|(star, _)| *star == at).map(|(_, text)| text);
        match (told.next(), told.next()) {
            (Some(text), None) => out.push_str(text),
            (Some(text), Some(other)) if text == other => out.push_str(text),
            (Some(_), Some(_)) => return None,
            (None, _) => out.push_str(if double { "**" } else { "*" }),
        }
    }
    stars.iter().all(|(star, _)| (1..=at).contains(star)).then_some(out)
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_what_fits() {
        assert_eq!(fitting("a.{1}Action", "a.UserAction"), Some((1, "User".to_owned())));
        assert_eq!(fitting("{2}", "list"), Some((2, "list".to_owned())));
        assert_eq!(fitting("{1}{2}", "list"), None);
        assert_eq!(fitting("{1}Action", "Action"), None);
        let stars = [(1, "user".to_owned()), (2, "list".to_owned())];
        assert_eq!(filled("/*_*", &stars).as_deref(), Some("/user_list"));
        assert_eq!(filled("/*_*", &stars[1..]).as_deref(), Some("/*_list"));
        assert_eq!(filled("/*", &stars), None);
        assert_eq!(filled("/*", &[(1, "a".to_owned()), (1, "b".to_owned())]), None);
    }

    #[test]
    fn methods_are_allowed_by_names_and_patterns() {
        let all = ["save".to_owned(), "regex:list.*".to_owned()];
        assert!(is_allowed(None, "x") && is_allowed(Some(&all), "save") && is_allowed(Some(&all), "listAll"));
        assert!(!is_allowed(Some(&all), "drop") && !is_allowed(Some(&[]), "save"));
    }
}
