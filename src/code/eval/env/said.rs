//! What a repository's own files of deployment say of a variable for which the code has no default: `.env.example`, a compose
//! file, a Dockerfile. A prefix of paths is known where exactly one value stands beside the code that reads it, or above.

use std::collections::{BTreeMap, BTreeSet};

use super::super::machine::Machine;
use super::super::value::{EnvValue, ModuleId, Value};
use crate::code::form::Name;
use crate::code::resolve::folder_of;

/// Parts of the names of variables that hold what stands in paths.
const PARTS: &[&str] = &[
    "PREFIX", "PATH", "BASE", "BASEPATH", "ROOT", "ROUTE", "ROUTES", "API", "VERSION", "CONTEXT", "MOUNT", "URL", "URI",
];
/// What stands in for a value.
const STAND_INS: &[&str] = &["your", "change", "xxx", "example", "placeholder", "todo"];
/// The longest value.
const LONGEST: usize = 60;

/// The values that files of a folder give to variables, by folder and name.
pub(in crate::code::eval) type Said = BTreeMap<Name, BTreeMap<String, BTreeMap<String, Strength>>>;

/// How much a value counts against what the program's own settings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// It is given to a published image, which runs anywhere under other values too.
    Published,
    /// It is given to what is built here.
    Built,
}

impl Machine<'_> {
    /// The one value that a variable without a default is given beside where it is read, for what stands in paths.
    pub(in crate::code::eval) fn deployed_value(&mut self, env: &EnvValue) -> Option<Value> {
        let [read] = env.reads[..] else { return None };
        let read = &self.reads[read];
        if read.dynamic {
            return None;
        }
        let (name, module) = (read.name.clone(), read.spot.module);
        self.deployed(&name, module)
    }

    /// The one value that files beside a module's or above it give to a variable.
    pub(super) fn deployed(&mut self, name: &str, module: ModuleId) -> Option<Value> {
        if !is_of_paths(name) {
            return None;
        }
        let file = self.modules[module.0].files.first().unwrap_or(&self.modules[module.0].path).clone();
        if self.said.is_none() {
            self.said = Some(self.read_said());
        }
        let said = self.said.as_ref()?;
        let mut folder = folder_of(&file);
        loop {
            if let Some(values) = said.get(folder).and_then(|names| names.get(name)) {
                let [value] = &values.keys().collect::<Vec<_>>()[..] else { return None };
                return Some(Value::text(value.as_str()));
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder_of(folder);
        }
    }

    /// The one value that the files of a folder give to a variable: where the service is the only one of the repository, of any
    /// folder. What counts less than asked for is passed over.
    pub(in crate::code::eval) fn deployed_in(
        &mut self,
        name: &str,
        folder: &str,
        only: bool,
        least: Strength,
    ) -> Option<String> {
        if !is_of_paths(name) {
            return None;
        }
        if self.said.is_none() {
            self.said = Some(self.read_said());
        }
        let said = self.said.as_ref()?;
        let all: BTreeSet<&String> = said
            .iter()
            .filter(|(place, _)| only || ***place == *folder)
            .filter_map(|(_, names)| names.get(name))
            .flatten()
            .filter(|(_, strength)| **strength >= least)
            .map(|(value, _)| value)
            .collect();
        let mut all = all.into_iter();
        all.next().filter(|_| all.next().is_none()).cloned()
    }

    fn read_said(&self) -> Said {
        let mut out = Said::new();
        for path in self.tree.files() {
            let file = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
            if !deploys(&file) || path.contains("node_modules/") {
                continue;
            }
            let text = self.tree.text(path).unwrap_or_default();
            let published = if file.contains("compose") { published(&text) } else { BTreeSet::new() };
            for (at, line) in text.lines().enumerate() {
                let strength = if published.contains(&at) { Strength::Published } else { Strength::Built };
                let all = assigned(line).map(|(name, value)| (name.to_owned(), value)).into_iter();
                for (name, value) in all.chain(started_with(line)) {
                    if is_of_paths(&name) && is_of_path(value) {
                        let names = out.entry(folder_of(path).into()).or_default();
                        let known = names.entry(name).or_default().entry(value.to_owned()).or_insert(strength);
                        *known = strength.max(*known);
                    }
                }
            }
        }
        out
    }
}

/// Whether a file says what the variables of a program are where it runs; that of tests says nothing of the service.
fn deploys(file: &str) -> bool {
    let compose = file.contains("compose") && (file.ends_with(".yml") || file.ends_with(".yaml"));
    let variables = file.starts_with(".env") || file.ends_with(".env") || file.starts_with("env.");
    (variables || compose || file.starts_with("dockerfile")) && !file.contains("test") && !file.contains("ci")
}

/// The lines of a compose file's services that run an image which no build here makes.
fn published(text: &str) -> BTreeSet<usize> {
    let mut out = BTreeSet::new();
    let mut services = false;
    let mut depth = None;
    let mut block: Vec<(usize, &str)> = Vec::new();
    let mut close = |block: &mut Vec<(usize, &str)>| {
        let says = |key: &str| block.iter().any(|(_, line)| line.trim_start().starts_with(key));
        if says("image:") && !says("build:") {
            out.extend(block.iter().map(|(at, _)| *at));
        }
        block.clear();
    };
    for (at, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let indent = line.len() - bare.len();
        if indent == 0 {
            close(&mut block);
            (services, depth) = (bare.starts_with("services:"), None);
        } else if services && indent <= *depth.get_or_insert(indent) {
            close(&mut block);
        }
        block.push((at, line));
    }
    close(&mut block);
    out
}

/// The variable that a line gives a value to, and the value.
fn assigned(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let line = ["- ", "export ", "ENV "].iter().find_map(|begin| line.strip_prefix(begin)).unwrap_or(line);
    let line = line.trim_matches(['"', '\'']);
    let (name, value) = line.split_once('=').or_else(|| line.split_once(": "))?;
    let value = value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']);
    Some((name.trim(), value))
}

/// The settings that a command of Java's is started with, as variables: `-Dserver.servlet.context-path=/x`, and with two dashes.
fn started_with(line: &str) -> impl Iterator<Item = (String, &str)> {
    let comment = line.trim_start().starts_with('#');
    let words = line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '[' | ']'));
    let given = words.filter_map(|word| word.strip_prefix("-D").or_else(|| word.strip_prefix("--"))?.split_once('='));
    given.filter(move |(name, _)| !comment && name.contains('.')).map(|(name, value)| {
        let name: String =
            name.chars().map(|c| if matches!(c, '.' | '-') { '_' } else { c.to_ascii_uppercase() }).collect();
        (name, value)
    })
}

/// Whether a variable holds what stands in paths, by its name.
fn is_of_paths(name: &str) -> bool {
    let is_part = |part: &str| PARTS.contains(&part);
    name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') && name.split('_').any(is_part)
}

/// Whether a value may stand in a path.
fn is_of_path(value: &str) -> bool {
    let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c));
    let lower = value.to_ascii_lowercase();
    !value.is_empty() && value.len() < LONGEST && plain && !STAND_INS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{assigned, deploys, is_of_path, is_of_paths, published, started_with};

    #[test]
    fn services_of_images_that_are_not_built_here_are_told_apart() {
        let text = "services:\n  a:\n    image: x/a\n    environment:\n      - P=/a\n\n  b:\n    build: .\n    image: b\nvolumes:\n  c:\n";
        assert_eq!(vec![1, 2, 3, 4], published(text).into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn settings_are_read_off_commands() {
        let line = "ENTRYPOINT [\"java\", \"-Dserver.servlet.context-path=/a\", \"-jar\", \"a.jar\", \"--x.y=1\"]";
        let read: Vec<_> = started_with(line).collect();
        assert_eq!(vec![("SERVER_SERVLET_CONTEXT_PATH".to_owned(), "/a"), ("X_Y".to_owned(), "1")], read);
        assert_eq!(0, started_with("# java -Dserver.servlet.context-path=/a").count());
    }

    #[test]
    fn values_are_read_as_files_of_deployment_write_them() {
        assert_eq!(Some(("API_PREFIX", "/api")), assigned("export API_PREFIX='/api' # where"));
        assert_eq!(Some(("API_PREFIX", "/api")), assigned("      - API_PREFIX=/api"));
        assert_eq!(Some(("API_PREFIX", "/api")), assigned("  API_PREFIX: \"/api\""));
        assert_eq!(Some(("API_PREFIX", "/api")), assigned("ENV API_PREFIX=/api"));
        assert_eq!(None, assigned("# API_PREFIX=/api"));
        assert!(is_of_paths("API_PREFIX") && !is_of_paths("NODE_ENV") && !is_of_paths("Path"));
        assert!(is_of_path("/api/v1") && !is_of_path("http://a.b") && !is_of_path("your-prefix") && !is_of_path(""));
        assert!(deploys(".env.example") && deploys("docker-compose.yml") && !deploys(".env.test"));
    }
}
