//! Finds and reads example files, and finds `.env` files that were committed.

use std::collections::{BTreeMap, BTreeSet};

use super::{dotenv, secret, workspaces};
use crate::domain::folders::{Role, lies_in};
use crate::domain::provenance::Source;
use crate::facts::Problem;
use crate::facts::env::{Documented, Irregular};
use crate::repo::{ReadError, Repo};

/// A longer file is no example.
const MAX_BYTES: u64 = 1 << 20;

/// Where an example is looked for first, to say so where there is none.
const USUAL: &[&str] = &[".env.example", ".env.sample", ".env.template", ".env.dist"];

/// The part of a name that says that a file of variables is an example.
const SAYS: &[&str] = &["example", "examples", "sample", "template", "dist", "tpl", "tmpl", "defaults", "default"];

/// Ends of names of other formats: `env.example.ts` is code.
const FORMATS: &[&str] = &[
    "c", "cjs", "css", "go", "html", "ini", "j2", "java", "js", "json", "jsx", "kt", "lock", "md", "mdx", "mjs", "php",
    "ps1", "py", "rb", "rs", "rst", "sh", "svelte", "toml", "ts", "tsx", "vault", "vue", "yaml", "yml", "zip",
];

/// `.env` files that are committed on purpose: for tests and CI alone.
const FOR_TESTS: &[&str] = &[".env.test", ".env.testing", ".env.ci", ".env.vault"];

/// Folders that hold other people's code or made-up trees.
const FOREIGN: &[Role] = &[Role::Vendored, Role::Fixture, Role::Test, Role::Spec];

/// What the examples say.
#[derive(Debug, Default)]
pub(super) struct Examples {
    pub(super) documented: Vec<Documented>,
    pub(super) irregular: Vec<Irregular>,
    pub(super) reports: Vec<Source>,
    pub(super) problems: Vec<Problem>,
    pub(super) looked_for: Vec<String>,
    /// The keys that other keys' values are made of: `URL=http://${HOST}`.
    pub(super) made_of: BTreeSet<String>,
    /// The projects beside the one that the root is, where that has an example of its own.
    pub(super) projects: Vec<String>,
    /// The folders that are no project, in which an example lies beside what it may be for.
    pub(super) parts: Vec<String>,
}

/// Reads the examples with a usual name in any folder, and those that rules name.
pub(super) fn read(repo: &Repo, named: &[String]) -> Examples {
    let looked_for = USUAL.iter().map(|&name| name.to_owned()).chain(named.iter().cloned()).collect();
    let mut examples = Examples { looked_for, ..Examples::default() };
    let mut paths: Vec<String> =
        repo.files().iter().map(|entry| entry.path.to_string()).filter(|path| is_example(path)).collect();
    paths.extend(named.iter().cloned());
    paths.extend(copied(repo));
    paths.sort_unstable();
    paths.dedup();
    let shown = paths.clone();
    let projects = workspaces::projects(repo);
    for path in paths {
        match repo.read(&path, MAX_BYTES) {
            Ok(content) => {
                examples.reports.push(content.source(".env.example"));
                add(
                    &mut examples,
                    &path,
                    projects.workspace_of(&path),
                    &String::from_utf8_lossy(content.text().map_or(&content.bytes, str::as_bytes)),
                );
            }
            Err(ReadError::Absent) => {}
            Err(error @ (ReadError::Unreadable(_) | ReadError::TooLarge { .. })) => {
                examples.problems.push(Problem { path, line: None, why: error.to_string() });
            }
        }
    }
    let spoken_for: BTreeSet<&str> = examples.documented.iter().map(|entry| entry.workspace.as_str()).collect();
    if spoken_for.len() > 1 && shown.iter().any(|path| !path.contains('/')) {
        examples.projects = projects.beside_the_root();
    }
    examples.parts = projects.parts(repo, &shown);
    examples.irregular.extend(committed(repo, &shown));
    examples.irregular.sort_by(|a, b| (&a.problem, &a.kind).cmp(&(&b.problem, &b.kind)));
    examples
}

fn add(examples: &mut Examples, path: &str, workspace: &str, text: &str) {
    let parsed = dotenv::parse(text);
    let irregular = |kind: &str, name: Option<&str>, line: u32, why: String| Irregular {
        kind: kind.to_owned(),
        name: name.map(str::to_owned),
        problem: Problem { path: path.to_owned(), line: Some(line), why },
    };
    let mut first: BTreeMap<String, u32> = BTreeMap::new();
    for entry in &parsed.entries {
        let name = entry.name.as_str();
        for piece in entry.value.split('$').skip(1) {
            let piece = piece.strip_prefix('{').unwrap_or(piece);
            let end = piece.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(piece.len());
            let other = piece.get(..end).filter(|other| !other.is_empty() && *other != name);
            examples.made_of.extend(other.map(str::to_owned));
        }
        if !entry.commented {
            match first.get(name) {
                Some(line) => examples.irregular.push(irregular(
                    "duplicate",
                    Some(name),
                    entry.line,
                    format!("{name} is defined on line {line} already"),
                )),
                None => {
                    first.insert(name.to_owned(), entry.line);
                }
            }
        }
        if secret::is_real_value(name, &entry.value) {
            let why = format!("the value of {name} looks like a real secret");
            examples.irregular.push(irregular("secret", Some(name), entry.line, why));
        }
    }
    examples.irregular.extend(parsed.malformed.into_iter().map(|(line, why)| irregular("malformed", None, line, why)));
    // An optional key that is active elsewhere in the file is documented once.
    let documented = parsed.entries.into_iter().filter(|entry| !entry.commented || !first.contains_key(&entry.name));
    examples.documented.extend(documented.map(|entry| Documented {
        name: entry.name,
        file: path.to_owned(),
        line: entry.line,
        commented: entry.commented,
        workspace: workspace.to_owned(),
        unused: false,
    }));
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_foreign(path: &str) -> bool {
    lies_in(path, FOREIGN)
}

fn is_example(path: &str) -> bool {
    !is_foreign(path) && is_example_name(file_name(path))
}

/// Files that a page, a script or a pipeline copies to `.env`: `cp deploy.env .env`.
/// What tests start with is theirs alone.
fn copied(repo: &Repo) -> Vec<String> {
    let mut out = Vec::new();
    for entry in repo.files().iter().filter(|entry| !entry.link && entry.bytes <= MAX_BYTES) {
        let path = &*entry.path;
        let name = file_name(path).to_ascii_lowercase();
        let tells = [".md", ".sh", ".yml", ".yaml", ".mk", ".rst", ".adoc"].iter().any(|end| name.ends_with(end))
            || matches!(name.as_str(), "makefile" | "justfile" | "dockerfile" | "package.json");
        if !tells || is_foreign(path) {
            continue;
        }
        let Ok(content) = repo.read(path, MAX_BYTES) else { continue };
        let text = String::from_utf8_lossy(&content.bytes);
        if !text.contains("cp ") && !text.contains("copy ") {
            continue;
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for line in text.lines() {
            out.extend(source_of_copy(line).and_then(|from| {
                let beside = format!("{folder}/{from}");
                [from, beside].into_iter().find(|path| repo.file(path).is_some() && !is_foreign(path))
            }));
        }
    }
    out
}

/// What a line copies to a file of the name `.env`.
fn source_of_copy(line: &str) -> Option<String> {
    let is_end = |word: &str| matches!(word, "&&" | ";" | "||" | "|");
    let mut words = line
        .split_whitespace()
        .map(|word| word.trim_matches(['`', '"', '\'', ',', ';', ')', '(']))
        .skip_while(|word| !matches!(*word, "cp" | "copy"))
        .skip(1)
        .take_while(|word| !is_end(word))
        .filter(|word| !word.starts_with('-'));
    let (from, to) = (words.next()?, words.next()?);
    let from = from.trim_start_matches("./").replace('\\', "/");
    let env = file_name(to.trim_end_matches('.')) == ".env" && file_name(&from) != ".env";
    (env && !from.contains(['$', '*', '<', '{'])).then_some(from)
}

/// A name of which one part is `env` and another says that it is an example, and whose end is no other format's:
/// `.env.local.example`, `env-example-relational`, `.env.development-example`.
fn is_example_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(['.', '-', '_']).filter(|part| !part.is_empty()).collect();
    let end = lower.rsplit_once('.').map_or("", |(_, end)| end);
    // `env.go.example` is a copy of code, whose format stands before what says that it is an example.
    let format = lower.split('.').rfind(|part| !SAYS.contains(part)).unwrap_or("");
    // Of a name that does not begin with it, what `tmpl` ends is filled in by a tool and copied by nobody.
    let filled = parts.iter().skip(1).any(|part| *part == "dotenv") && matches!(end, "tmpl" | "tpl");
    !filled
        && parts.iter().any(|part| ["env", "dotenv", "environment"].contains(part))
        && parts.iter().any(|part| SAYS.contains(part))
        && !FORMATS.contains(&end)
        && !FORMATS.contains(&format)
}

/// `.env` files among the files of the source tree, which git tracks or would track.
fn committed(repo: &Repo, shown: &[String]) -> Vec<Irregular> {
    repo.files()
        .iter()
        .map(|entry| &*entry.path)
        .filter(|path| !shown.iter().any(|it| it == path))
        .filter(|path| {
            let name = file_name(path);
            let env = name == ".env" || name.starts_with(".env.");
            env && !is_example_name(name) && !FOR_TESTS.contains(&name) && !is_foreign(path)
        })
        .filter(|path| repo.is_tracked(path) != Some(false))
        .map(|path| Irregular {
            kind: "committed".to_owned(),
            name: None,
            problem: Problem {
                path: path.to_owned(),
                line: None,
                why: "a file of real values is in version control".to_owned(),
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_all_folders_are_merged_and_their_faults_told() {
        let token = concat!("ghp_", "16C7e42F292c6912E7710c838347Ae178B4a");
        let text = format!("A=1\nB=2\nA=3\nwhat\nTOKEN={token}\n# C=\n#A=\n");
        let repo = Repo::in_memory(&[
            (".env.example", &text),
            ("api/.env.local.example", "D=1\n"),
            ("tests/.env.example", "E=1\n"),
            (".env", "F=1\n"),
            (".env.test", "G=1\n"),
        ]);
        let examples = read(&repo, &[]);
        let names: Vec<(&str, u32)> = examples.documented.iter().map(|it| (it.name.as_str(), it.line)).collect();
        assert_eq!(vec![("A", 1), ("B", 2), ("A", 3), ("TOKEN", 5), ("C", 6), ("D", 1)], names);
        let kinds: Vec<(&str, Option<u32>)> =
            examples.irregular.iter().map(|it| (it.kind.as_str(), it.problem.line)).collect();
        assert_eq!(
            vec![("committed", None), ("duplicate", Some(3)), ("malformed", Some(4)), ("secret", Some(5))],
            kinds
        );
        assert!(!format!("{examples:?}").contains(token), "the value is nowhere");
    }

    #[test]
    fn a_named_example_is_read_beside_those_with_a_usual_name() {
        let repo = Repo::in_memory(&[("config/env.txt", "A=1\n"), (".env.example", "B=1\n")]);
        let named = |path: &str| read(&repo, &[path.to_owned()]).documented.len();
        assert_eq!(vec![2, 1, 1], vec![named("config/env.txt"), named(".env.example"), named("absent")]);
        assert_eq!(1, read(&repo, &[]).documented.len());
    }

    #[test]
    fn what_is_copied_to_the_file_itself_is_an_example() {
        let repo = Repo::in_memory(&[
            ("deploy.env", "A=1\n"),
            ("other.env", "B=1\n"),
            ("docker/.env.docker", "C=1\n"),
            ("README.md", "Then `cp deploy.env .env` and\n    cp -n docker/.env.docker docker/.env && make\n"),
            ("run.sh", "cp .env /tmp\ncp $X .env\n"),
        ]);
        let examples = read(&repo, &[]);
        let names: Vec<&str> = examples.documented.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(vec!["A", "C"], names);
        assert!(examples.irregular.is_empty(), "{:?}", examples.irregular);
    }

    #[test]
    fn keys_may_be_made_of_others() {
        let repo = Repo::in_memory(&[(".env.example", "HOST=x\nURL=\"http://${HOST}:$PORT/\"\n")]);
        assert_eq!(BTreeSet::from(["HOST".to_owned(), "PORT".to_owned()]), read(&repo, &[]).made_of);
    }

    #[test]
    fn examples_have_many_names() {
        for name in [
            ".env.local.example",
            ".env.example.local",
            "example.env",
            "config.env.sample",
            ".env.production.example",
            "env-example-relational",
            ".env.development-example",
            "dotenv.sample",
            ".env.default",
        ] {
            assert!(is_example_name(name), "{name}");
        }
        for name in [
            ".env",
            ".env.local",
            ".env.production",
            "prod.env",
            "example.txt",
            ".environment",
            "env.example.ts",
            "env.go.example",
            "env-sample.md",
            "api.dotenv.prod.tmpl",
        ] {
            assert!(!is_example_name(name), "{name}");
        }
    }
}
