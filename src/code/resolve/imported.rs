//! Settings that stand beside those that a module of a Java build reads by default: those that it imports, and those of which
//! nothing says whether it reads them.

use super::builds::Home;
use super::settings::Settings;
use super::{Tree, folder_of, servlets, under};
use crate::code::form::Name;
use crate::code::select::is_own;

/// Files of configuration that may name others.
const MOST_NAMING: usize = 200;
/// What classes of configuration are called.
const CLASSES: &[&str] = &["Config", "Application", "Properties", "App", "Main"];
/// What in XML has placeholders filled by files.
const PLACEHOLDERS: &[&str] = &["property-placeholder", "PlaceholderConfigurer", "PropertiesFactoryBean"];
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

/// The files of settings that Spring's configuration of a module names: in XML, and by an annotation on classes that are called
/// like configuration. The last one counts most.
pub(super) fn named(tree: &Tree<'_>, folder: &str) -> Vec<String> {
    let webs: Vec<String> = servlets::PLACES.iter().map(|place| under(folder, place)).collect();
    let resources = under(folder, RESOURCES);
    let inside = |path: &str, outer: &str| path.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    let looks = |path: &&Name| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let class = [".java", ".kt"].iter().find_map(|ending| name.strip_suffix(ending));
        match class {
            Some(class) => inside(path, &under(folder, "src/main")) && CLASSES.iter().any(|word| class.contains(word)),
            None => path.ends_with(".xml") && (inside(path, &resources) || webs.iter().any(|web| inside(path, web))),
        }
    };
    let mut out: Vec<String> = Vec::new();
    for path in tree.files().filter(looks).take(MOST_NAMING) {
        let Some(text) = tree.text(path) else { continue };
        let marks: &[&str] = if path.ends_with(".xml") { PLACEHOLDERS } else { &["@PropertySource"] };
        if !marks.iter().any(|mark| text.contains(mark)) {
            continue;
        }
        for word in text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ',' | ';')) {
            if !is_settings(word) || word.contains("${") {
                continue;
            }
            let on_class_path = ["classpath:", "classpath*:"].iter().find_map(|start| word.strip_prefix(start));
            let places: Vec<String> = match (on_class_path, word.find("WEB-INF/")) {
                (Some(rest), _) => vec![under(&resources, rest.trim_start_matches('/'))],
                (None, Some(at)) => webs.iter().map(|web| under(web, word.get(at..).unwrap_or_default())).collect(),
                (None, None) => Vec::new(),
            };
            out.extend(places.iter().flat_map(|place| matching(tree, place)).take(MOST));
        }
    }
    out.reverse();
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|path| seen.insert(path.clone()));
    out.truncate(MOST);
    out
}

/// The files that a path names, whose last part may hold one star.
fn matching(tree: &Tree<'_>, place: &str) -> Vec<String> {
    let Some((before, behind)) = place.split_once('*') else {
        return if tree.has(place) { vec![place.to_owned()] } else { Vec::new() };
    };
    let fits = |path: &&Name| {
        let between = path.strip_prefix(before).and_then(|rest| rest.strip_suffix(behind));
        between.is_some_and(|between| !between.contains('/'))
    };
    tree.files().filter(fits).take(MOST).map(|path| path.to_string()).collect()
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
    let files = tree.files().filter(|path| {
        is_settings(path)
            && near(path)
            && is_own(path)
            && !is_for_a_profile(path)
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

/// The files of a module's settings each of which counts where a profile is active, but those for tests.
pub(super) fn for_profiles(tree: &Tree<'_>, folder: &str) -> Vec<(Name, Settings)> {
    let places: Vec<String> =
        [RESOURCES, "src/main/resources/config", "config"].iter().map(|place| under(folder, place)).collect();
    let tests = |path: &str| path.rsplit('/').next().is_some_and(|name| name.starts_with("application-test"));
    let files = tree.files().filter(|path| {
        is_settings(path)
            && is_for_a_profile(path)
            && !tests(path)
            && is_own(path)
            && places.iter().any(|place| folder_of(path) == place)
    });
    let read = files.take(MOST).filter_map(|path| {
        let mut settings = Settings::default();
        settings.add(path, &tree.text(path)?);
        // What the file says of the profile that it is called after counts as the rest of it does.
        settings.activate(&[profile_of(path).to_owned()]);
        Some((path.clone(), settings))
    });
    read.filter(|(_, settings)| !settings.is_empty()).collect()
}

/// The profile that a file of settings is called after.
fn profile_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.split_once('-').map_or("", |(_, profile)| profile)
}

fn is_for_a_profile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("application-") || name.starts_with("bootstrap-")
}

fn is_settings(path: &str) -> bool {
    [".yml", ".yaml", ".properties"].iter().any(|ending| path.ends_with(ending))
}
