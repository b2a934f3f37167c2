//! Names in code that is not evaluated: tests, what is shown as an example, templates, languages without a front end.
//!
//! A look-up of words that stand where a name of a variable may: it only keeps a documented name from being called unused.

use std::collections::{BTreeMap, BTreeSet};

use crate::code;
use crate::domain::folders::{Role, code_lies_in};
use crate::repo::Repo;

/// Larger files are none that a person wrote.
const MAX_BYTES: u64 = 1 << 20;

/// Languages and formats that are not evaluated.
const ENDS: &[&str] = &[
    "astro",
    "c",
    "cc",
    "cfg",
    "clj",
    "cljs",
    "conf",
    "cpp",
    "cs",
    "csx",
    "cts",
    "dart",
    "edn",
    "eex",
    "ejs",
    "elm",
    "erl",
    "ex",
    "exs",
    "fs",
    "go",
    "gradle",
    "groovy",
    "h",
    "hbs",
    "hcl",
    "heex",
    "hpp",
    "hs",
    "htm",
    "html",
    "ini",
    "j2",
    "java",
    "jinja",
    "jinja2",
    "jl",
    "js",
    "jsx",
    "kt",
    "kts",
    "lua",
    "mjs",
    "cjs",
    "ml",
    "mts",
    "nix",
    "njk",
    "php",
    "pl",
    "pm",
    "properties",
    "pug",
    "py",
    "ipynb",
    "r",
    "rb",
    "rs",
    "scala",
    "service",
    "sol",
    "sql",
    "svelte",
    "swift",
    "tmpl",
    "toml",
    "ts",
    "tsx",
    "twig",
    "vb",
    "vue",
    "zig",
];

/// Folders of what others wrote or what was built.
const FOREIGN: &[Role] = &[Role::Vendored, Role::Built];

/// The variables that the lines of Go files are known to read.
pub(super) type Tags<'a> = BTreeMap<(&'a str, usize), Vec<&'a str>>;

/// Which of `names` stand in such code; in `all` code where it was not evaluated to its end.
pub(super) fn found(repo: &Repo, names: &BTreeSet<&str>, all: bool, tags: &Tags<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let copied = if names.is_empty() { Vec::new() } else { code::copied(repo) };
    for entry in repo.files().iter().filter(|entry| !entry.link && entry.bytes <= MAX_BYTES) {
        if found.len() == names.len() {
            break;
        }
        let of_others = all || copied.iter().any(|folder| entry.path.starts_with(folder.as_str()));
        let (looked_at, own) = (is_looked_at(&entry.path, of_others), code::is_source(&entry.path));
        if !looked_at && !own {
            continue;
        }
        let Ok(content) = repo.read(&entry.path, MAX_BYTES) else { continue };
        for (line, at) in String::from_utf8_lossy(&content.bytes).lines().zip(1..) {
            if looked_at {
                look(line, names, &mut found);
            } else {
                let read = tags.get(&(&*entry.path, at)).map_or(&[][..], Vec::as_slice);
                look_for_texts(line, names, read, &mut found);
                look_for_members(line, names, &mut found);
            }
        }
    }
    found
}

fn is_looked_at(path: &str, all: bool) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let foreign = code_lies_in(path, FOREIGN);
    let markup = matches!(end, "vue" | "svelte" | "astro");
    !foreign
        && ENDS.contains(&end)
        && (all || markup || !code::is_source(path) || code::helps_tests(path))
        && !matches!(name, "Cargo.toml" | "pyproject.toml")
}

/// A whole text of several words in the program's own code: whatever asks for it there, something may.
fn look_for_texts(line: &str, names: &BTreeSet<&str>, read: &[&str], found: &mut BTreeSet<String>) {
    if is_comment(line) || !line.contains('_') {
        return;
    }
    for quote in ['"', '\'', '`'] {
        let texts = line.split(quote).zip(line.split(quote).skip(1));
        let own = texts.filter(|(_, text)| text.contains('_') && names.contains(text));
        found.extend(own.filter(|(before, text)| !is_end_of_tag(before, text, read)).map(|(_, text)| text.to_owned()));
    }
}

/// A member of something that is called `env`: what a worker's functions are handed holds its variables.
fn look_for_members(line: &str, names: &BTreeSet<&str>, found: &mut BTreeSet<String>) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if is_comment(line) {
        return;
    }
    for (at, _) in line.match_indices("env") {
        let rest = &line[at + "env".len()..];
        let member = rest.strip_prefix('.').or_else(|| rest.strip_prefix("?.")).or_else(|| rest.strip_prefix("!."));
        if let Some(member) = member.filter(|_| !line[..at].ends_with(is_word)) {
            let end = member.find(|c| !is_word(c)).unwrap_or(member.len());
            found.extend(names.get(&member[..end]).map(|&name| name.to_owned()));
        }
    }
}

/// Whether what stands in a struct's tag is the end of the name that is read there, behind a prefix: `env:"PORT"` of `DB_PORT`.
fn is_end_of_tag(before: &str, text: &str, read: &[&str]) -> bool {
    before.ends_with(':') && read.iter().any(|name| name.len() > text.len() && name.ends_with(text))
}

fn is_comment(line: &str) -> bool {
    let trimmed = line.trim_start();
    ["#", "//", "*", "/*", "--", ";", "<!--"].iter().any(|comment| trimmed.starts_with(comment))
}

/// A word behind a quote, a dot, a bracket, `$` or `%`.
fn look(line: &str, names: &BTreeSet<&str>, found: &mut BTreeSet<String>) {
    let trimmed = line.trim_start();
    if is_comment(line) {
        return;
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut at = 0;
    while let Some(start) = line[at..].find(is_word).map(|offset| at + offset) {
        let end = line[start..].find(|c| !is_word(c)).map_or(line.len(), |offset| start + offset);
        let word = &line[start..end];
        // psql's own.
        let asked = trimmed.starts_with("\\getenv ");
        if names.contains(word) && (asked || line[..start].ends_with(['"', '\'', '`', '.', '$', '{', '%', '(', ':'])) {
            found.insert(word.to_owned());
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_that_is_not_evaluated_is_looked_at() {
        let repo = Repo::in_memory(&[
            ("tests/test_app.py", "os.environ['A']\n# os.environ['B']\n"),
            ("lib/app/config.ex", "System.get_env(\"C\")\n"),
            ("src/App.vue", "<p>{{ import.meta.env.D }}</p>\n"),
            ("src/app.py", "\"E\"\nask('L_L', \"x M_M\")\n# 'N_N'\n"),
            ("src/worker.ts", "send(c.env.O, env?.P_P, myenv.Q, env.R_R_R);\n// env.Q\n"),
            ("node_modules/x/test/a.js", "process.env.F\n"),
            ("db/init.sql", "\\getenv pass J\n-- $K\n"),
            ("index.html", "<title>%G%</title> H\n"),
            ("src/test/resources/application-test.properties", "url=${I}\n"),
        ]);
        let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L_L", "M_M", "N_N", "O", "P_P", "Q"];
        let all = found(&repo, &names.into_iter().collect(), true, &Tags::new());
        assert!(all.contains("E") && !all.contains("F"), "where the code was not evaluated to its end: {all:?}");
        let found = found(&repo, &names.into_iter().collect(), false, &Tags::new());
        assert_eq!(
            vec!["A", "C", "D", "G", "I", "J", "L_L", "O", "P_P"],
            found.iter().map(String::as_str).collect::<Vec<_>>()
        );
    }

    #[test]
    fn what_a_generator_copies_out_is_looked_at() {
        let repo = Repo::in_memory(&[
            ("cli/package.json", r#"{"name": "create-app", "bin": "index.js"}"#),
            ("cli/templates/web/package.json", "{}"),
            ("cli/templates/web/src/app.ts", "const url = process.env.WEB_URL;\n"),
        ]);
        assert_eq!(1, found(&repo, &BTreeSet::from(["WEB_URL"]), false, &Tags::new()).len());
    }

    #[test]
    fn the_end_of_a_name_that_a_tag_has_behind_a_prefix_is_no_name() {
        let repo =
            Repo::in_memory(&[("config.go", "Model string `env:\"A_MODEL\"`\nModel string `env:\"B_MODEL\"`\n")]);
        let tags = Tags::from([(("config.go", 1), vec!["BOT_A_MODEL"])]);
        let found = found(&repo, &BTreeSet::from(["A_MODEL", "B_MODEL"]), false, &tags);
        assert_eq!(BTreeSet::from(["B_MODEL".to_owned()]), found);
    }
}
