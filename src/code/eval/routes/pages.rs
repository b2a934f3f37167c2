//! Routers that files hold which a library finds by their place: `users/[id]/route.py` stands at `/users/{id}`.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Map, Modelled, Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::models::PagesWord;
use crate::code::resolve::folder_of;

/// The most files that one folder gives.
const MOST: usize = 2_000;

impl Machine<'_> {
    /// Mounts the routers of a folder's files on what a call has made.
    pub(in crate::code::eval) fn pages(
        &mut self,
        word: &PagesWord,
        model: Option<&Modelled>,
        made: &Value,
        bound: &Rc<Map>,
        spot: Spot,
    ) {
        let Value::Object(made) = made else { return };
        let Some(node) = made.model.borrow().as_ref().map(|it| it.node) else { return };
        let given = match (self.argument_at(bound, &word.folder, spot), model) {
            (Value::Undefined, Some(model)) => self.argument_at(&model.args.clone(), &word.folder, spot),
            (given, _) => given,
        };
        let given = if given.is_nothing() { Value::text(word.usual.as_str()) } else { given };
        let folder =
            given.as_whole_text().and_then(|folder| self.around(&folder, spot, |path| self.tree.has_folder(path)));
        let Some(folder) = folder else {
            return self.note(spot, "the folder whose files are routes here is not known");
        };
        let prefix = format!("{folder}/");
        let is_page = |path: &&Name| path.starts_with(&prefix) && path.rsplit('/').next() == Some(word.file.as_str());
        let files: Vec<Name> = self.tree.files().filter(is_page).take(MOST).cloned().collect();
        for file in files {
            let id = self.module_of(&file, Language::Python);
            self.load(id);
            let router = self.module_member(id, &word.member.as_str().into());
            let folders = folder_of(&file).get(prefix.len()..).unwrap_or_default();
            let path: String = folders.split('/').filter(|part| !part.is_empty()).map(segment).collect();
            self.mount(node, Value::text(path), router, (false, false), Spot { module: id, line: 1 });
        }
    }
}

/// What a folder is in a path: `[id]` is a parameter, `(group)` nothing.
fn segment(part: &str) -> String {
    let within = |open: char, close: char| part.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    match (within('(', ')'), within('[', ']')) {
        (Some(_), _) => String::new(),
        (None, Some(name)) => format!("/{{{}}}", name.trim_start_matches('.')),
        (None, None) => format!("/{part}"),
    }
}
