//! Settings that stand beside those that a module of a Java build reads by default: those that it imports, and those of which
//! nothing says whether it reads them.

use super::builds::Home;
use super::settings::Settings;
use super::{Tree, folder_of, under};
use crate::code::form::Name;
use crate::code::select::is_own;

/// The most files near a module that are looked at.
const MOST: usize = 40;
/// Where resources stand.
const RESOURCES: &str = "src/main/resources";
/// What one of these is in may say a prefix, dashes and case apart.
const WORDS: &[&str] = &["contextpath", "servlet", "basepath", "rootpath"];

/// The files that settings import (`spring.config.import`) of the module's folder or its resources.
pub(super) fn imported(home: &Home) -> Vec<String> {
    let all = home.settings.list("spring.config.import").unwrap_or_default();
    let places = all.iter().filter_map(|one| {
        let one = one.strip_prefix("optional:").unwrap_or(one);
        let inside =
            |place: &str, rest: &str| under(&home.folder, &format!("{place}/{}", rest.trim_start_matches('/')));
        match one.split_once(':') {
            None => Some(inside(RESOURCES, one)),
            Some(("classpath", rest)) => Some(inside(RESOURCES, rest)),
            Some(("file", rest)) if !rest.starts_with('/') => Some(inside(".", rest)),
            Some(_) => None,
        }
    });
    places.filter(|path| is_settings(path)).collect()
}

/// Files of settings in a module's folder and its resources, or one folder below, that are not among those it reads by default
/// and whose words may say a prefix.
pub(super) fn elsewhere(tree: &Tree<'_>, folder: &str, read: &[String]) -> Vec<(Name, Settings)> {
    let resources = under(folder, RESOURCES);
    let near = |path: &str| {
        let place = folder_of(path);
        let below = |outer: &str| place == outer || (!place.is_empty() && folder_of(place) == outer);
        (below(folder) && tree.module_of(path) == folder) || below(&resources)
    };
    let for_a_profile = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.starts_with("application-") || name.starts_with("bootstrap-")
    };
    let files = tree.files().filter(|path| {
        is_settings(path)
            && near(path)
            && is_own(path)
            && !for_a_profile(path)
            && !read.iter().any(|one| **one == ***path)
    });
    let settings = files.take(MOST).filter_map(|path| {
        let text = tree.text(path)?;
        let plain: String = text.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect();
        if !WORDS.iter().any(|word| plain.contains(word)) {
            return None;
        }
        let mut settings = Settings::default();
        settings.add(path, &text);
        Some((path.clone(), settings))
    });
    settings.filter(|(_, settings)| !settings.is_empty()).collect()
}

fn is_settings(path: &str) -> bool {
    [".yml", ".yaml", ".properties"].iter().any(|ending| path.ends_with(ending))
}
