//! What settings say that stands before the paths of controllers that no app is given.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ClassValue, Value};
use super::globs::{matcher, texts};
use super::tree::controller_note;
use crate::code::models::TreeWord;
use crate::code::resolve::{join_paths, under};

impl Machine<'_> {
    /// Whether a controller says that nothing of the settings stands before its paths.
    pub(in crate::code::eval) fn is_bare(&mut self, class: &Rc<ClassValue>) -> bool {
        let Some(note) = controller_note(class) else { return false };
        let bare = note.action.controller.as_ref().and_then(|word| word.bare.clone());
        bare.is_some_and(|bare| matches!(self.argument_at(&note.bound, &bare, note.spot), Value::Bool(true)))
    }

    /// What the settings of a controller's package say that stands before every path.
    pub(in crate::code::eval) fn tree_setting(&mut self, tree: &TreeWord, class: &Rc<ClassValue>) -> Value {
        let (file, names) = &tree.settings;
        let package = self.tree.package_of(self.file(class.spot)).unwrap_or_default().to_owned();
        for name in names {
            let found = self.package_setting((file, name), &package);
            if !found.is_nothing() {
                return found;
            }
        }
        Value::Undefined
    }

    /// Takes a controller's routes out again where its package's settings list the files whose controllers are compiled, and its
    /// file is none of them and imported by none.
    pub(in crate::code::eval) fn leave_uncompiled(&mut self, class: &Rc<ClassValue>, node: usize) {
        let Some(tree) = &self.forest.nodes[node].model.tree else { return };
        let (settings, list) = &tree.compiled;
        let file = self.modules[class.spot.module.0].path.clone();
        let package = self.tree.package_of(&file).unwrap_or_default().to_owned();
        let at = under(&package, settings);
        if settings.is_empty() || !self.tree.has(&at) {
            return;
        }
        let listed = match self.settings_file(&at, class.spot) {
            Value::Map(map) => map.named(list).and_then(|given| texts(&given)).unwrap_or_default(),
            _ => Vec::new(),
        };
        let patterns: Vec<_> = listed.iter().map(|pattern| matcher(&join_paths(&[&package, pattern]))).collect();
        let fits = patterns.iter().any(|one| one.as_ref().is_none_or(|one| one.is_match(&*file)));
        if patterns.is_empty() || fits || !self.is_imported_by_none(class.spot.module) {
            return;
        }
        let entries = std::mem::take(&mut self.forest.nodes[node].entries);
        if let Some(tracing) = &mut self.tracing {
            let why = format!("no controller that {settings} lists");
            tracing.left.extend(entries.iter().map(|entry| (entry.spot(), why.clone())));
        }
    }
}
