//! The settings of a module of a Java build: what `application.properties` and `application.yml` say by default, with
//! placeholders filled. Names are compared as Spring does: without regard to case, dashes and underscores.

use std::collections::BTreeMap;

use crate::code::form::Name;
use crate::code::holes::{HOLE, hole};
use crate::domain::node::{Node, Value};

/// Placeholders within placeholders.
const MOST_NESTED: usize = 4;
/// Placeholders in one text.
const MOST_PLACES: usize = 16;
/// Entries of a document that are left out because they do not parse.
const MOST_BROKEN: usize = 4;

/// What says the profiles that a document is for.
const PROFILED: &[&str] = &["spring.config.activate.on-profile", "spring.profiles"];
/// What every name begins with by which a document says when it counts, in the one form.
const ACTIVATING: &str = "spring.config.activate.";
/// What stands before names that count in production (Quarkus), in the one form.
const PRODUCTION: &str = "%prod.";

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// Its value as written.
    pub(crate) value: String,
    /// The line, from 1.
    pub(crate) line: u32,
}

/// Settings by their names in the one form.
#[derive(Debug, Default, Clone)]
pub(crate) struct Settings {
    values: BTreeMap<String, Setting>,
    /// Lists by name: their elements in order.
    lists: BTreeMap<String, Vec<String>>,
    /// What counts only where a profile is active: the condition, as it is written, the file, and what is set then.
    profiled: Vec<(String, Name, Settings)>,
    /// What a build puts in the place of `@name@`.
    built: BTreeMap<String, String>,
    /// What holds where nothing else is said.
    under: BTreeMap<String, Setting>,
}

impl Settings {
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.lists.is_empty()
    }

    /// Takes what a file says over what was said before. What cannot be read gives why, with its line.
    pub(crate) fn add(&mut self, name: &str, text: &str) -> Vec<(u32, String)> {
        if name.ends_with(".properties") {
            for document in documents_of_properties(text) {
                let mut read = Settings::default();
                for (key, value, line) in document {
                    read.values.insert(normal(&key), Setting { value, line });
                }
                self.take(name, read);
            }
            return Vec::new();
        }
        let mut problems = Vec::new();
        for (first, mut document) in documents(text) {
            for _ in 0..=MOST_BROKEN {
                match crate::yaml::parse_foreign(name, &document) {
                    Ok(node) => {
                        let mut read = Settings::default();
                        read.flatten("", &node, first);
                        self.take(name, read);
                        break;
                    }
                    Err(mistake) => {
                        let line = mistake.place.line;
                        problems.push((line + first, mistake.message));
                        match without_entry(&document, line) {
                            Some(rest) => document = rest,
                            None => break,
                        }
                    }
                }
            }
        }
        problems
    }

    /// Takes what a document says, or keeps it for the profile that it is for.
    fn take(&mut self, file: &str, mut read: Settings) {
        read.overlay_production();
        let condition = PROFILED.iter().find_map(|key| read.list(key)).map(|all| all.join(","));
        match condition {
            Some(condition) => self.profiled.push((condition, file.into(), read)),
            // What counts for other reasons, on a platform, counts nowhere here.
            None if read.values.keys().any(|name| name.starts_with(ACTIVATING)) => {}
            None => self.overlay(&read),
        }
    }

    fn overlay(&mut self, more: &Settings) {
        for (name, setting) in &more.values {
            self.lists.remove(name);
            self.values.insert(name.clone(), setting.clone());
        }
        for (name, list) in &more.lists {
            self.values.remove(name);
            self.lists.insert(name.clone(), list.clone());
        }
    }

    /// What is said of the profile that Quarkus runs under in production counts there.
    fn overlay_production(&mut self) {
        let told = self.values.iter().filter_map(|(name, it)| Some((name.strip_prefix(PRODUCTION)?.to_owned(), it)));
        let told: Vec<(String, Setting)> = told.map(|(name, it)| (name, it.clone())).collect();
        self.values.extend(told);
    }

    /// Takes what is set for the profiles that are active, in the order in which it is written.
    pub(crate) fn activate(&mut self, active: &[String]) {
        for (condition, file, settings) in std::mem::take(&mut self.profiled) {
            if holds(&condition, active) {
                self.overlay(&settings);
            } else {
                self.profiled.push((condition, file, settings));
            }
        }
    }

    /// What is set for profiles that are not active, but those for tests, with the files.
    pub(super) fn inactive(&self) -> impl Iterator<Item = (Name, Settings)> {
        let counts =
            self.profiled.iter().filter(|(condition, ..)| !condition.contains("test") && !condition.contains('!'));
        counts.map(|(_, file, settings)| (file.clone(), settings.clone()))
    }

    /// Says what a build puts in the place of `@name@`.
    pub(crate) fn built(&mut self, names: BTreeMap<String, String>) {
        self.built = names;
    }

    fn flatten(&mut self, prefix: &str, node: &Node, first: u32) {
        let line = node.place.line + first;
        match &node.value {
            Value::Map(entries) => {
                for (key, inner) in entries {
                    // `~` sets what stands around it (Quarkus).
                    let own = key.name == "~";
                    let name = if own {
                        prefix.to_owned()
                    } else if prefix.is_empty() {
                        key.name.clone()
                    } else {
                        format!("{prefix}.{}", key.name)
                    };
                    self.flatten(&name, inner, first);
                }
            }
            Value::List(items) => {
                let texts = items.iter().filter_map(text_of).collect();
                self.lists.insert(normal(prefix), texts);
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => {
                if let Some(value) = text_of(node) {
                    self.values.insert(normal(prefix), Setting { value, line });
                }
            }
        }
    }

    /// The setting of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Setting> {
        let name = normal(name);
        self.values.get(&name).or_else(|| self.under.get(&name))
    }

    /// The setting whose name begins and ends with these, where there is one alone.
    pub(crate) fn only_between(&self, begin: &str, end: &str) -> Option<&Setting> {
        let end = normal(end);
        let within = self.values.range(begin.to_owned()..).take_while(|(name, _)| name.starts_with(begin));
        let mut all = within.filter(|(name, _)| name.ends_with(&end)).map(|(_, setting)| setting);
        all.next().filter(|_| all.next().is_none())
    }

    /// Takes what a file says where nothing else is said: that alone makes no module one that runs.
    pub(crate) fn add_under(&mut self, name: &str, text: &str) {
        let mut read = Settings::default();
        match name.ends_with(".conf") {
            true => {
                let said = super::hocon::read(text);
                read.values =
                    said.into_iter().map(|(key, value, line)| (normal(&key), Setting { value, line })).collect();
            }
            false => {
                read.add(name, text);
            }
        }
        for (name, setting) in read.values {
            self.under.entry(name).or_insert(setting);
        }
    }

    /// The elements of a list, or of a value with commas; none where it is not set.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        let name = normal(name);
        if let Some(list) = self.lists.get(&name) {
            return Some(list.iter().map(|one| self.filled(one)).collect());
        }
        let whole = self.values.get(&name)?;
        Some(self.filled(&whole.value).split(',').map(|one| one.trim().to_owned()).collect())
    }

    /// A text with its placeholders filled: by a setting, else by their default, else by a hole.
    pub(crate) fn filled(&self, text: &str) -> String {
        let name = text.strip_prefix('@').and_then(|text| text.strip_suffix('@'));
        match name.and_then(|name| self.built.get(name)) {
            Some(built) => self.fill(built, 1),
            None => self.fill(text, 0),
        }
    }

    fn fill(&self, text: &str, depth: usize) -> String {
        let mut out = String::new();
        let mut rest = text;
        for _ in 0..MOST_PLACES {
            let Some((at, opened)) = opening(rest) else { break };
            out.push_str(rest.get(..at).unwrap_or_default());
            let inner = rest.get(at + opened..).unwrap_or_default();
            let Some(end) = closing(inner) else {
                out.push_str(&hole("setting"));
                return out;
            };
            let body = inner.get(..end).unwrap_or_default();
            out.push_str(&self.placeholder(body, depth));
            rest = inner.get(end + 1..).unwrap_or_default();
        }
        out.push_str(rest);
        let built = out.starts_with('@') && out.ends_with('@') && out.len() > 1;
        if out.contains("#{") || built || text.contains(HOLE) { hole("setting") } else { out }
    }

    fn placeholder(&self, body: &str, depth: usize) -> String {
        let (name, default) = match body.split_once(':') {
            Some((name, default)) => (name.trim(), Some(default)),
            None => (body.trim(), None),
        };
        if depth >= MOST_NESTED {
            return hole(name);
        }
        match (self.get(name), default) {
            (Some(setting), _) => self.fill(&setting.value, depth + 1),
            (None, Some(default)) => self.fill(default, depth + 1),
            (None, None) => hole(name),
        }
    }
}

/// Where the next placeholder opens, and how long its opening is.
fn opening(text: &str) -> Option<(usize, usize)> {
    text.find("${").map(|at| (at, 2))
}

/// Where the placeholder ends that has just opened.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A setting's name in the one form.
fn normal(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

fn text_of(node: &Node) -> Option<String> {
    match node.to_json() {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(truth) => Some(truth.to_string()),
        serde_json::Value::Null => Some(String::new()),
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
    }
}

/// A document without the outermost entry that a line, from 1, lies in, the other lines where they were: what is wrong in one
/// entry says nothing about the others. None where there is no such entry.
fn without_entry(document: &str, line: u32) -> Option<String> {
    let lines: Vec<&str> = document.lines().collect();
    let opens = |line: &&str| line.starts_with(|c: char| !c.is_whitespace() && c != '#');
    let at = usize::try_from(line).ok()?.checked_sub(1)?.min(lines.len().checked_sub(1)?);
    let begin = lines.get(..=at)?.iter().rposition(opens)?;
    let length = lines.get(begin + 1..)?.iter().position(opens).map_or(lines.len() - begin, |next| next + 1);
    let gone = begin..begin + length;
    let kept = lines.iter().enumerate().map(|(at, line)| if gone.contains(&at) { "" } else { line });
    Some(kept.flat_map(|line| [line, "\n"]).collect())
}

/// Whether the condition of a document holds where these profiles are active: alternatives, each of which may ask for several.
fn holds(condition: &str, active: &[String]) -> bool {
    let one = |term: &str| match term.trim() {
        "" => false,
        "default" => active.is_empty(),
        term => match term.strip_prefix('!') {
            Some(other) => !active.iter().any(|name| name == other.trim()),
            None => active.iter().any(|name| name == term),
        },
    };
    condition.split([',', '|']).any(|all| all.split('&').all(one))
}

/// The documents of a file, each with the number of lines before it. `@name@`, which builds replace, is quoted.
fn documents(text: &str) -> Vec<(u32, String)> {
    let mut out: Vec<(u32, String)> = vec![(0, String::new())];
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        // A document begins, perhaps with a comment.
        if line.strip_prefix("---").is_some_and(|rest| rest.trim().is_empty() || rest.trim_start().starts_with('#')) {
            out.push((u32::try_from(at + 1).unwrap_or(u32::MAX), String::new()));
            continue;
        }
        let Some((_, document)) = out.last_mut() else { continue };
        if let Some((blanks, rest)) = line.split_once("~:")
            && blanks.trim().is_empty()
        {
            document.extend([blanks, "\"~\":", rest, "\n"]);
            continue;
        }
        match line.split_once(": @") {
            Some((key, rest)) if rest.trim_end().ends_with('@') => {
                document.extend([key, ": \"@", rest.trim_end(), "\""]);
            }
            _ => document.push_str(line),
        }
        document.push('\n');
    }
    out.retain(|(_, document)| document.lines().any(|line| !line.trim().is_empty() && !line.trim().starts_with('#')));
    out
}

/// The documents of a properties file: keys and values with their lines.
fn documents_of_properties(text: &str) -> Vec<Vec<(String, String, u32)>> {
    let parts = text.lines().enumerate().filter(|(_, line)| matches!(line.trim_end(), "#---" | "!---"));
    let parts: Vec<u32> = parts.map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect();
    let mut out = vec![Vec::new(); parts.len() + 1];
    for one in properties(text) {
        let at = parts.iter().filter(|part| **part < one.2).count();
        if let Some(document) = out.get_mut(at) {
            document.push(one);
        }
    }
    out
}

/// Keys and values of a properties file with their lines; a backslash at the end goes on in the next line.
pub(crate) fn properties(text: &str) -> Vec<(String, String, u32)> {
    let mut out = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let mut whole = line.trim_start().to_owned();
        if whole.starts_with(['#', '!']) {
            continue;
        }
        while whole.ends_with('\\') {
            whole.pop();
            match lines.next() {
                Some((_, more)) => whole.push_str(more.trim_start()),
                None => break,
            }
        }
        let Some(cut) = whole.find(['=', ':']) else { continue };
        let (key, value) = whole.split_at(cut);
        let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
        out.push((key.trim().to_owned(), value.get(1..).unwrap_or_default().trim().to_owned(), line));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_regard_to_their_spelling() {
        let mut settings = Settings::default();
        let text =
            "server:\n  servlet:\n    contextPath: /a\n---\nspring.config.activate.on-profile: x\nserver.port: 1\n";
        assert!(settings.add("application.yml", text).is_empty());
        assert_eq!(Some("/a"), settings.get("server.servlet.context-path").map(|it| it.value.as_str()));
        assert_eq!(Some(3), settings.get("server.servlet.context-path").map(|it| it.line));
        assert!(settings.get("server.port").is_none());
    }

    #[test]
    fn an_entry_that_does_not_parse_is_told_and_leaves_the_others() {
        let mut settings = Settings::default();
        let text = "a:\n  b: 1\nspring:\n  url: *gone\n  user: x\n\nserver:\n  servlet:\n    context-path: /c\n";
        assert_eq!(
            vec![4],
            settings.add("application.yml", text).into_iter().map(|(line, _)| line).collect::<Vec<_>>()
        );
        assert_eq!(Some(9), settings.get("server.servlet.context-path").map(|it| it.line));
        assert!(settings.get("a.b").is_some() && settings.get("spring.user").is_none());
    }

    #[test]
    fn a_document_that_is_no_map_is_told_once_for_each_part() {
        let mut settings = Settings::default();
        assert_eq!(1, settings.add("application.yml", "  - a\n b: [\n").len());
        assert!(settings.is_empty());
    }

    #[test]
    fn a_tilde_sets_what_stands_around_it() {
        let mut settings = Settings::default();
        assert!(
            settings
                .add("application.yml", "quarkus:\n  http:\n    cors:\n      ~: true\n    root-path: /a\n")
                .is_empty()
        );
        assert_eq!(Some("true"), settings.get("quarkus.http.cors").map(|it| it.value.as_str()));
        assert_eq!(Some("/a"), settings.get("quarkus.http.root-path").map(|it| it.value.as_str()));
    }

    #[test]
    fn documents_for_profiles_count_where_those_are_active() {
        let base = "server.port=1\na=/base\n#---\nspring.config.activate.on-profile=dev\na=/dev\n#---\nspring.config.activate.on-profile=!prod\nb=/b\n";
        let path = |active: &[&str], name: &str| {
            let mut settings = Settings::default();
            settings.add("application.properties", base);
            settings.add("application.yml", "c: &c { d: /d }\ne: { <<: *c }\n\"%prod\": { f: /f }\n");
            settings.activate(&active.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
            settings.get(name).map(|it| it.value.clone()).unwrap_or_default()
        };
        assert_eq!((path(&[], "a"), path(&["dev"], "a")), ("/base".to_owned(), "/dev".to_owned()));
        assert_eq!((path(&[], "b"), path(&["prod"], "b")), ("/b".to_owned(), String::new()));
        assert_eq!((path(&[], "e.d"), path(&[], "f")), ("/d".to_owned(), "/f".to_owned()));
    }

    #[test]
    fn placeholders_are_filled_by_settings_and_defaults() {
        let mut settings = Settings::default();
        settings.add("application.properties", "# no=1\na = /x\nb=${a}/${C:${D:y}}\nlist=p, \\\n  q\n");
        assert_eq!("/x/y", settings.filled("${b}"));
        assert_eq!(vec!["p", "q"], settings.list("list").unwrap_or_default());
        assert!(settings.filled("/z/${none}").contains(crate::code::holes::HOLE));
        assert!(settings.filled("${open").contains(crate::code::holes::HOLE));
    }
}
