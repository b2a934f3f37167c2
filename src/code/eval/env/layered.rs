//! The files that layers of settings are read from.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Spot, Value};
use super::super::values::text::pattern_of;
use super::layers::{MANIFESTS, MOST_FILES};
use crate::code::given;
use crate::code::resolve::{Given, folder_of, under};

impl Machine<'_> {
    /// What the files of a path say.
    pub(in crate::code::eval) fn texts_of_files(&self, path: &Value, spot: Spot) -> Vec<Rc<Given>> {
        let pattern = path.as_text().map_or_else(|| "*".to_owned(), |text| pattern_of(&text));
        let pattern = pattern.trim_start_matches("./").trim_start_matches('/').to_owned();
        self.settings_at(&pattern, spot, &|_| true)
    }

    /// The settings that the files of a path give. A part of it that is not known may be anything.
    pub(in crate::code::eval) fn keys_of_file(&self, path: &Value, spot: Spot) -> BTreeSet<String> {
        let pattern = path.as_text().map_or_else(|| "*".to_owned(), |text| pattern_of(&text));
        let pattern = pattern.trim_start_matches("./").trim_start_matches('/');
        self.keys_of_files(pattern, spot)
    }

    /// The settings that the files give which may be at a path; `*` in it stands for anything.
    pub(in crate::code::eval) fn keys_of_files(&self, pattern: &str, spot: Spot) -> BTreeSet<String> {
        self.files_at(pattern, spot).iter().flat_map(|file| file.keys(self.tree).iter().cloned()).collect()
    }

    /// The texts of the files that may be at a path.
    pub(in crate::code::eval) fn texts_at(&self, pattern: &str, spot: Spot) -> Vec<Rc<str>> {
        self.files_at(pattern, spot).iter().filter_map(|file| file.text(self.tree).cloned()).collect()
    }

    fn files_at(&self, pattern: &str, spot: Spot) -> Vec<Rc<Given>> {
        let mut home = folder_of(self.file(spot)).to_owned();
        while !home.is_empty() && !MANIFESTS.iter().any(|name| self.tree.has(&under(&home, name))) {
            home = folder_of(&home).to_owned();
        }
        let fits = |file: &&Rc<Given>| given::may_be_at(&file.path, pattern, &home);
        self.tree.settings_files().iter().filter(fits).take(MOST_FILES).cloned().collect()
    }
}
