//! The measured areas, as the page shows them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::finding::Location;
use crate::verdict::exhibits::{
    CoverageShown, EnvShown, FileShown, ImageShown, RouteShown, RoutesShown, VariableShown, VariableState,
};

use super::place;

/// Rows of a table, files of a folder: more are counted and not listed.
const SHOWN: usize = 1_000;
/// Folders at the most: where there are more, they are told less deep.
const FOLDERS: usize = 60;

/// A part of a whole: how much of it, and as a text of one decimal, cut and not rounded.
#[derive(Serialize)]
struct Part {
    covered: u64,
    total: u64,
    missed: u64,
    /// Of a bar of 1000.
    width: u64,
    percent: String,
}

impl Part {
    fn of(covered: u64, total: u64) -> Self {
        let covered = covered.min(total);
        let share = u128::from(covered) * 1000 / u128::from(total.max(1));
        let width = u64::try_from(share).unwrap_or(1000);
        Self { covered, total, missed: total - covered, width, percent: format!("{}.{}", width / 10, width % 10) }
    }
}

#[derive(Serialize)]
pub(super) struct Coverage {
    doubt: Option<String>,
    whole: Part,
    folders: Vec<Folder>,
}

#[derive(Serialize)]
struct Folder {
    path: String,
    part: Part,
    files: Vec<File>,
    more: usize,
}

#[derive(Serialize)]
struct File {
    name: String,
    part: Part,
}

impl Coverage {
    pub(super) fn of(shown: &CoverageShown) -> Self {
        let deepest = shown.files.iter().map(|file| file.path.matches('/').count()).max().unwrap_or(0);
        let mut depth = deepest;
        let mut groups = grouped(&shown.files, depth);
        while groups.len() > FOLDERS && depth > 1 {
            depth -= 1;
            groups = grouped(&shown.files, depth);
        }
        let sum = |files: &[&FileShown]| {
            let both = files.iter().fold((0_u64, 0_u64), |sum, file| {
                (sum.0.saturating_add(file.covered), sum.1.saturating_add(file.total))
            });
            Part::of(both.0, both.1)
        };
        let mut folders: Vec<Folder> = groups
            .into_iter()
            .map(|(path, files)| {
                let inside = |file: &FileShown| {
                    let name = file.path.strip_prefix(path).unwrap_or(&file.path).trim_start_matches('/');
                    File { name: name.to_owned(), part: Part::of(file.covered, file.total) }
                };
                let mut list: Vec<File> = files.iter().map(|file| inside(file)).collect();
                list.sort_by(|a, b| (b.part.missed, &a.name).cmp(&(a.part.missed, &b.name)));
                let more = list.len().saturating_sub(SHOWN);
                list.truncate(SHOWN);
                let path = if path.is_empty() { "(top)".to_owned() } else { format!("{path}/") };
                Folder { path, part: sum(&files), files: list, more }
            })
            .collect();
        folders.sort_by(|a, b| (b.part.missed, &a.path).cmp(&(a.part.missed, &b.path)));
        Self { doubt: shown.doubt.clone(), whole: sum(&shown.files.iter().collect::<Vec<_>>()), folders }
    }
}

/// Files by their folder, which is told so many names deep.
fn grouped(files: &[FileShown], depth: usize) -> BTreeMap<&str, Vec<&FileShown>> {
    let mut groups: BTreeMap<&str, Vec<&FileShown>> = BTreeMap::new();
    for file in files {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let end = folder.match_indices('/').nth(depth.saturating_sub(1)).map_or(folder.len(), |(at, _)| at);
        groups.entry(&folder[..end]).or_default().push(file);
    }
    groups
}

#[derive(Serialize)]
pub(super) struct Routes {
    doubt: Option<String>,
    items: Vec<Route>,
    more: usize,
    unresolved: Vec<Open>,
    probed: Option<String>,
    documents: bool,
    tests: bool,
}

#[derive(Serialize)]
struct Route {
    method: String,
    path: String,
    framework: Option<String>,
    place: Option<String>,
    conditional: bool,
    documented: Option<bool>,
    tests: Option<usize>,
    answer: Option<String>,
    well: bool,
}

/// Something that is not known.
#[derive(Serialize)]
struct Open {
    place: String,
    why: String,
}

fn opens(list: &[(Location, String)]) -> Vec<Open> {
    list.iter().take(SHOWN).map(|(at, why)| Open { place: place(at), why: why.clone() }).collect()
}

impl Routes {
    pub(super) fn of(shown: &RoutesShown) -> Self {
        let item = |route: &RouteShown| Route {
            method: route.method.clone(),
            path: route.path.clone(),
            framework: route.framework.clone(),
            place: route.place.as_ref().map(place),
            conditional: route.conditional,
            documented: route.documented,
            tests: route.tests,
            answer: route.answer.clone(),
            well: route.answer.as_deref().is_some_and(|answer| answer.starts_with('2')),
        };
        Self {
            doubt: shown.doubt.clone(),
            items: shown.items.iter().take(SHOWN).map(item).collect(),
            more: shown.items.len().saturating_sub(SHOWN),
            unresolved: opens(&shown.unresolved),
            probed: shown.probed.clone(),
            documents: shown.items.iter().any(|route| route.documented.is_some()),
            tests: shown.items.iter().any(|route| route.tests.is_some()),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Env {
    doubt: Option<String>,
    items: Vec<Variable>,
    more: usize,
    missing: usize,
    dynamic: Vec<Open>,
}

#[derive(Serialize)]
struct Variable {
    name: String,
    key: &'static str,
    state: &'static str,
    required: bool,
    site: Option<String>,
    more: usize,
    documented: Option<String>,
}

impl Env {
    pub(super) fn of(shown: &EnvShown) -> Self {
        let item = |one: &VariableShown| {
            let (key, state) = match one.state {
                VariableState::Missing => ("fail", "missing"),
                VariableState::Unused => ("waits", "unused"),
                VariableState::Documented => ("pass", "documented"),
                VariableState::Platform => ("na", "platform"),
            };
            Variable {
                name: one.name.clone(),
                key,
                state,
                required: one.required,
                site: one.sites.first().map(place),
                more: one.sites.len().saturating_sub(1),
                documented: one.documented.as_ref().map(place),
            }
        };
        Self {
            doubt: shown.doubt.clone(),
            items: shown.items.iter().take(SHOWN).map(item).collect(),
            more: shown.items.len().saturating_sub(SHOWN),
            missing: shown.items.iter().filter(|one| one.state == VariableState::Missing).count(),
            dynamic: opens(&shown.dynamic),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Image {
    reference: String,
    platform: String,
    unpacked: Option<String>,
    compressed: Option<String>,
    user: Option<String>,
    healthcheck: Option<bool>,
    layers: Vec<Layer>,
    base: Option<String>,
}

#[derive(Serialize)]
struct Layer {
    number: usize,
    size: Option<String>,
    /// Of a bar of 1000, against the largest.
    width: u64,
    base: bool,
    made_by: String,
}

impl Image {
    pub(super) fn of(shown: &ImageShown) -> Self {
        let largest = shown.layers.iter().filter_map(|layer| layer.bytes).max().unwrap_or(0).max(1);
        let width = |bytes: u64| u64::try_from(u128::from(bytes) * 1000 / u128::from(largest)).unwrap_or(1000);
        let layers = shown.layers.iter().enumerate().take(SHOWN).map(|(index, layer)| Layer {
            number: index + 1,
            size: layer.bytes.map(size),
            width: layer.bytes.map_or(0, width),
            base: layer.base,
            made_by: layer.made_by.clone().unwrap_or_else(|| "(not told)".to_owned()),
        });
        let base: u64 = shown.layers.iter().filter(|layer| layer.base).filter_map(|layer| layer.bytes).sum();
        Self {
            layers: layers.collect(),
            reference: shown.reference.clone(),
            platform: shown.platform.clone(),
            unpacked: shown.unpacked.map(size),
            compressed: shown.compressed.map(size),
            user: shown.user.clone(),
            healthcheck: shown.healthcheck,
            base: (base > 0).then(|| size(base)),
        }
    }
}

/// Bytes for a person: three digits and a decimal unit.
fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB", "PB", "EB"];
    let mut unit = 1_000_u64;
    for (index, name) in units.iter().enumerate() {
        let last = index + 1 == units.len();
        if bytes < 1_000 {
            return format!("{bytes} B");
        }
        if last || bytes / unit < 1_000 {
            let tenths = u128::from(bytes) * 10 / u128::from(unit);
            return if tenths < 1_000 {
                format!("{}.{} {name}", tenths / 10, tenths % 10)
            } else {
                format!("{} {name}", tenths / 10)
            };
        }
        unit = unit.saturating_mul(1_000);
    }
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_unit_that_a_person_would_take() {
        let told: Vec<String> = [0, 999, 1_000, 99_960, 123_456, 500_000_000, u64::MAX].map(size).to_vec();
        assert_eq!(vec!["0 B", "999 B", "1.0 kB", "99.9 kB", "123 kB", "500 MB", "18.4 EB"], told);
    }

    #[test]
    fn folders_are_told_less_deep_where_there_are_many() {
        let file = |path: String| FileShown { path, covered: 1, total: 2 };
        let few = CoverageShown { doubt: None, files: vec![file("a/b/c.rs".into()), file("d.rs".into())] };
        let paths: Vec<String> = Coverage::of(&few).folders.into_iter().map(|folder| folder.path).collect();
        assert_eq!(vec!["(top)", "a/b/"], paths);
        let many = (0..200).map(|n| file(format!("src/m{}/n{n}/f.rs", n % 5))).collect();
        let folded = Coverage::of(&CoverageShown { doubt: None, files: many });
        assert_eq!(5, folded.folders.len());
        assert!(folded.folders.iter().all(|folder| folder.files.len() == 40));
    }

    #[test]
    fn the_worst_folder_stands_first_and_shares_are_cut() {
        let file = |path: &str, covered, total| FileShown { path: path.to_owned(), covered, total };
        let shown = CoverageShown { doubt: None, files: vec![file("a/x", 2, 3), file("b/y", 0, 9), file("c/z", 5, 5)] };
        let coverage = Coverage::of(&shown);
        let told: Vec<(&str, &str)> =
            coverage.folders.iter().map(|folder| (folder.path.as_str(), folder.part.percent.as_str())).collect();
        assert_eq!(vec![("b/", "0.0"), ("a/", "66.6"), ("c/", "100.0")], told);
    }
}
