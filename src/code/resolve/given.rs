//! The files of settings of a tree: what each gives is read once, however many ask for it.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Tree;
use crate::code::form::Name;
use crate::code::given;

/// The files of a tree whose names are those of settings, by path.
#[derive(Debug, Default)]
pub(super) struct Files(OnceCell<Vec<Rc<Given>>>);

impl Files {
    /// All of them, found when they are first asked for.
    pub(super) fn all(&self, tree: &Tree<'_>) -> &[Rc<Given>] {
        self.0.get_or_init(|| tree.files().filter_map(Given::of).map(Rc::new).collect())
    }
}

/// A file whose name is that of settings, or shows how such a file is written.
#[derive(Debug)]
pub(crate) struct Given {
    /// Its path.
    pub(crate) path: Name,
    /// The file that it shows how to write; none where it is one itself.
    pub(crate) shows: Option<Name>,
    text: OnceCell<Option<Rc<str>>>,
    keys: OnceCell<BTreeSet<String>>,
    texts: OnceCell<BTreeMap<String, String>>,
}

impl Given {
    fn of(path: &Name) -> Option<Self> {
        let shows = given::meant(path).map(Name::from);
        if !given::is_settings(path) && !shows.as_deref().is_some_and(given::is_settings) {
            return None;
        }
        let (text, keys, texts) = Default::default();
        Some(Self { path: path.clone(), shows, text, keys, texts })
    }

    /// The path of what it is, or shows how to write.
    pub(crate) fn name(&self) -> &Name {
        self.shows.as_ref().unwrap_or(&self.path)
    }

    /// Its text; none where it cannot be read.
    pub(crate) fn text(&self, tree: &Tree<'_>) -> Option<&Rc<str>> {
        self.text.get_or_init(|| tree.text(&self.path).map(Rc::from)).as_ref()
    }

    /// Its settings, as [`given::keys`] tells them.
    pub(crate) fn keys(&self, tree: &Tree<'_>) -> &BTreeSet<String> {
        self.keys.get_or_init(|| self.text(tree).map(|text| given::keys(self.name(), text)).unwrap_or_default())
    }

    /// The texts that it says, as [`given::texts`] tells them.
    pub(crate) fn texts(&self, tree: &Tree<'_>) -> &BTreeMap<String, String> {
        self.texts.get_or_init(|| self.text(tree).map(|text| given::texts(self.name(), text)).unwrap_or_default())
    }
}
