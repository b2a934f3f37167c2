//! Controllers that stand under paths: settings of a tree that name them by path, and controllers within controllers.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ClassValue, Map, Noted, Spot, Value};
use super::tree::{App, Walk, controller_note};
use crate::code::form::{Language, Name};
use crate::code::models::{Syntax, TreeWord, spell, tidy};
use crate::code::resolve::{folder_of, join_paths};
use crate::code::select;

/// Controllers within controllers.
const MOST_WITHIN: usize = 8;
/// The most files that a pattern names.
const MOST_FILES: usize = 500;

impl Machine<'_> {
    /// Puts the controllers that settings name under the paths that they name them by.
    pub(super) fn under_paths(&mut self, settings: &Map, tree: &TreeWord, spot: Spot, walk: &mut Walk) {
        let Some(mounts) = settings.named(&tree.mounts).map(|mounts| self.force(mounts)) else { return };
        let Value::Map(mounts) = mounts else { return walk.open.push(spot) };
        let root = settings.named(&tree.mounts_root).and_then(|root| root.as_whole_text());
        let root = root.unwrap_or_else(|| format!("/{}", folder_of(&self.modules[spot.module.0].path)).into());
        for (path, listed) in mounts.pairs() {
            let owner = usize::MAX - walk.places.len();
            walk.places.insert(owner, path);
            let mut open = None;
            for one in self.listed(&listed, &mut open) {
                let classes = match one {
                    Value::Class(class) => vec![class],
                    Value::Module(id) => self.controllers_in(id),
                    Value::Str(pattern) => self.controllers_by(&pattern.replace("${rootDir}", &root), spot),
                    Value::Map(all) => {
                        all.pairs().into_iter().filter_map(|(_, one)| class_of(self.force(one))).collect()
                    }
                    _ => {
                        open = Some(());
                        Vec::new()
                    }
                };
                walk.controllers.extend(classes.into_iter().map(|class| (class, Some(owner))));
            }
            if open.is_some() {
                walk.open.push(spot);
            }
        }
    }

    /// The controllers of the files that a pattern names; what is built is named, and what it is built from is meant.
    fn controllers_by(&mut self, pattern: &str, spot: Spot) -> Vec<Rc<ClassValue>> {
        let base = if pattern.starts_with('/') { String::new() } else { self.working_folder(spot).to_owned() };
        let pattern = join_paths(&[&base, pattern.trim_start_matches('/')]);
        let meant = match pattern.strip_suffix(".js") {
            Some(stem) => format!("{stem}.{{js,ts}}"),
            None => pattern,
        };
        let Ok(glob) = globset::GlobBuilder::new(&meant).literal_separator(true).build() else { return Vec::new() };
        let glob = glob.compile_matcher();
        let is_code = |file: &&Name| Language::of(file) == Some(Language::JavaScript) && select::is_own(file);
        let fits = self.tree.files().filter(is_code).filter(|file| glob.is_match(&***file));
        let files: Vec<Name> = fits.take(MOST_FILES).cloned().collect();
        let mut out = Vec::new();
        for file in files {
            let id = self.module_of(&file, Language::JavaScript);
            out.extend(self.controllers_in(id));
        }
        out
    }

    fn controllers_in(&mut self, id: super::super::value::ModuleId) -> Vec<Rc<ClassValue>> {
        let exports = self.all_exports(id);
        let classes = exports.into_iter().filter_map(|(_, value)| class_of(self.force(value)));
        classes.collect::<Vec<_>>().into_iter().filter(|class| controller_note(class).is_some()).collect()
    }

    /// The controllers that stand within another one.
    pub(super) fn within_of(&mut self, class: &Rc<ClassValue>) -> Vec<usize> {
        let Some(note) = controller_note(class) else { return Vec::new() };
        let Some(word) = note.action.controller.as_ref().filter(|word| !word.children.is_empty()) else {
            return Vec::new();
        };
        let children = self.argument_at(&note.bound, &word.children, note.spot);
        self.listed(&children, &mut None).iter().filter_map(Value::identity).collect()
    }

    /// Registers the controllers that stand within another one.
    pub(super) fn children(&mut self, note: Option<&Rc<Noted>>, at: (&Value, Option<&Value>), app: &App) {
        let Some((note, word)) = note.and_then(|note| Some((note, note.action.controller.as_ref()?))) else { return };
        if word.children.is_empty() || self.within > MOST_WITHIN {
            return;
        }
        let children = self.argument_at(&note.bound, &word.children, note.spot);
        let (path, place) = at;
        let place = self.behind(&[place.cloned().unwrap_or(Value::Undefined), path.clone()]);
        self.within += 1;
        for one in self.listed(&children, &mut None) {
            if let Value::Class(class) = one {
                self.controller(&class, Some(place.clone()), app);
            }
        }
        self.within -= 1;
    }
}

fn class_of(value: Value) -> Option<Rc<ClassValue>> {
    match value {
        Value::Class(class) => Some(class),
        _ => None,
    }
}

/// Whether an exclusion (method and template) speaks of a route.
pub(super) fn excludes(exclusion: &(String, String), method: &str, path: &str) -> bool {
    let (only, template) = exclusion;
    (only == "ANY" || only == method)
        && spell(Syntax::Colon, template).iter().any(|template| covers(&tidy(template), &tidy(path)))
}

/// Whether a template covers a path, segment by segment.
fn covers(template: &str, path: &str) -> bool {
    let mut path = path.trim_matches('/').split('/');
    for part in template.trim_matches('/').split('/') {
        if part.starts_with("{*") {
            return true;
        }
        match path.next() {
            Some(segment) if part == segment || (part.starts_with('{') && !segment.is_empty()) => {}
            _ => return false,
        }
    }
    path.next().is_none()
}
