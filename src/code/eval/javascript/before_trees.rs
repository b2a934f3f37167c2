//! What settings say that stands before the paths of controllers that no app is given.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ClassValue, Value};
use super::tree::controller_note;
use crate::code::models::TreeWord;

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
}
