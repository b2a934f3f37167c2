//! The files that layers of settings are read from.

use std::collections::BTreeSet;

use super::super::machine::Machine;
use super::super::text::pattern_of;
use super::super::value::{Spot, Value};
use super::layers::{MANIFESTS, MOST_FILES};
use crate::code::form::Name;
use crate::code::given;
use crate::code::resolve::{folder_of, under};

impl Machine<'_> {
    /// What the files of a path say.
    pub(in crate::code::eval) fn texts_of_files(&mut self, path: &Value, spot: Spot) -> Vec<(Name, String)> {
        let pattern = path.as_text().map_or_else(|| "*".to_owned(), |text| pattern_of(&text));
        let pattern = pattern.trim_start_matches("./").trim_start_matches('/').to_owned();
        self.settings_at(&pattern, spot, &|_, _| true)
    }

    /// The settings that the files of a path give. A part of it that is not known may be anything.
    pub(in crate::code::eval) fn keys_of_file(&mut self, path: &Value, spot: Spot) -> BTreeSet<String> {
        let pattern = path.as_text().map_or_else(|| "*".to_owned(), |text| pattern_of(&text));
        let pattern = pattern.trim_start_matches("./").trim_start_matches('/');
        self.keys_of_files(pattern, spot)
    }

    /// The settings that the files give which may be at a path; `*` in it stands for anything.
    pub(in crate::code::eval) fn keys_of_files(&mut self, pattern: &str, spot: Spot) -> BTreeSet<String> {
        let files = self.files_at(pattern, spot);
        files.into_iter().flat_map(|(path, text)| given::keys(&path, &text)).collect()
    }

    /// The texts of the files that may be at a path.
    pub(in crate::code::eval) fn texts_at(&mut self, pattern: &str, spot: Spot) -> Vec<String> {
        self.files_at(pattern, spot).into_iter().map(|(_, text)| text).collect()
    }

    fn files_at(&mut self, pattern: &str, spot: Spot) -> Vec<(Name, String)> {
        let mut home = folder_of(self.file(spot)).to_owned();
        while !home.is_empty() && !MANIFESTS.iter().any(|name| self.tree.has(&under(&home, name))) {
            home = folder_of(&home).to_owned();
        }
        let paths: Vec<Name> =
            self.tree.files().filter(|file| given::may_be_at(file, pattern, &home)).take(MOST_FILES).cloned().collect();
        paths
            .into_iter()
            .filter_map(|path| {
                let text = self.tree.text(&path)?.to_string();
                Some((path, text))
            })
            .collect()
    }
}
