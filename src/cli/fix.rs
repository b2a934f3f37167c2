//! `donegate fix`: mends what can be mended, and only when it is asked to.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::dod::Plan;
use crate::engine;
use crate::facts::env::{Env, Gap, fits};
use crate::repo::{ReadError, Repo, host};
use crate::verdict::exit;

use super::args;
use super::{Stop, print, request};

/// A longer file is no example.
const MAX_BYTES: u64 = 1 << 20;

/// The file that is made where there is none.
const NEW: &str = ".env.example";

/// How many places a comment names.
const PLACES: usize = 3;

/// What the DoD's rules say of the environment.
#[derive(Debug, Default)]
struct Wanted {
    example: Option<String>,
    ignore: Vec<String>,
}

/// Appends to the example files what they lack.
pub(super) fn env(arguments: &args::FixEnv) -> Result<u8, Stop> {
    let request = request(arguments.path.clone(), &arguments.dod);
    let mut wanted = wanted(&engine::plan(&request)?);
    if let Some(file) = &arguments.example {
        wanted.example = Some(file.clone());
    }
    let example = wanted.example.as_deref().map(|file| file.trim_start_matches("./"));
    if example.is_some_and(leaves) {
        return Err(Stop::Wrong("the example file must lie inside the repository".to_owned()));
    }
    let facts = engine::environment(&request, example)?;
    let area = facts.env.as_ref().ok_or_else(|| Stop::Wrong("the environment was not collected".to_owned()))?;
    let Ok(env) = area.proven() else {
        print("no source that is read: what it wants of its environment is not known, and nothing was changed\n")?;
        return Ok(exit::BLOCKED);
    };
    let additions = additions(env, example, &wanted.ignore);
    if additions.is_empty() {
        return print("every variable that the code reads is documented: nothing to add\n");
    }
    let repo = Repo::open(&arguments.path).map_err(|why| Stop::Wrong(format!("cannot open the repository: {why}")))?;
    let mut said = String::new();
    for (file, missing) in &additions {
        said += &append(&repo, file, missing, arguments.dry_run)?;
    }
    print(&said)
}

fn wanted(plan: &Plan) -> Wanted {
    let mut wanted = Wanted::default();
    for rule in plan.rules.iter().filter(|rule| !rule.off && rule.check.name() == "env") {
        if let Some(file) = rule.parameters["example"].as_str() {
            wanted.example.get_or_insert_with(|| file.to_owned());
        }
        let names = rule.parameters["ignore"].as_array().into_iter().flatten();
        wanted.ignore.extend(names.filter_map(|name| name.as_str()).map(str::to_owned));
    }
    wanted
}

/// Whether a path leads out of the repository.
fn leaves(path: &str) -> bool {
    path.is_empty() || path.starts_with('/') || path.contains('\\') || path.split('/').any(|part| part == "..")
}

/// What is missing, by the file that it belongs into: the one that is given, else the workspace's own or one around it, else a
/// new one at the root.
fn additions<'a>(env: &'a Env, example: Option<&str>, ignore: &[String]) -> BTreeMap<String, Vec<Gap<'a>>> {
    let mut additions: BTreeMap<String, Vec<Gap<'a>>> = BTreeMap::new();
    for gap in env.gaps(|entry| example.is_none_or(|file| entry.file == file)) {
        if gap.is_first() && !ignore.iter().any(|pattern| fits(pattern, &gap.used.name)) {
            let file = example.or(gap.example).unwrap_or(NEW).to_owned();
            additions.entry(file).or_default().push(gap);
        }
    }
    additions
}

/// Appends to one file; what was done, in words. A dry run tells the lines, as they would be added, and adds none.
fn append(repo: &Repo, file: &str, missing: &[Gap<'_>], dry: bool) -> Result<String, Stop> {
    let root = repo.root().ok_or_else(|| Stop::Wrong("there is no folder to write to".to_owned()))?;
    let before = match repo.read(file, MAX_BYTES) {
        Ok(content) => Some(content.bytes.to_vec()),
        Err(ReadError::Absent) => None,
        Err(error @ (ReadError::Unreadable(_) | ReadError::TooLarge { .. })) => {
            return Err(Stop::Wrong(format!("cannot read {file}: {error}")));
        }
    };
    let made = before.is_none();
    if dry {
        let verb = if made { "would make" } else { "would add to" };
        return Ok(format!("{verb} {file}:\n{}\n", lines(missing)));
    }
    let mut bytes = before.unwrap_or_default();
    let end = line_end(&bytes);
    if !bytes.is_empty() {
        let ended = bytes.ends_with(b"\n");
        bytes.extend_from_slice(if ended { end.to_owned() } else { end.repeat(2) }.as_bytes());
    }
    bytes.extend_from_slice(lines(missing).replace('\n', end).as_bytes());
    host::write_file(&root.join(file), &bytes).map_err(|error| Stop::Wrong(format!("cannot write {file}: {error}")))?;
    let names: Vec<&str> = missing.iter().map(|gap| gap.used.name.as_str()).collect();
    let verb = if made { "made" } else { "added to" };
    Ok(format!("{verb} {file}: {}\n", names.join(", ")))
}

/// How the lines of a file end: as its first does.
fn line_end(bytes: &[u8]) -> &'static str {
    let first = bytes.iter().position(|&byte| byte == b'\n');
    let returns = first.and_then(|at| at.checked_sub(1)).and_then(|at| bytes.get(at)) == Some(&b'\r');
    if returns { "\r\n" } else { "\n" }
}

/// A comment and an empty value for each.
fn lines(missing: &[Gap<'_>]) -> String {
    let mut text = String::new();
    for Gap { used, sites, .. } in missing {
        let shown: Vec<String> =
            sites.iter().take(PLACES).map(|site| format!("{}:{}", printable(&site.file), site.line)).collect();
        let more = sites.len().saturating_sub(PLACES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let need = if used.required { "required" } else { "optional" };
        let _ = writeln!(text, "# {need}; read in {}{more}", shown.join(", "));
        let _ = writeln!(text, "{}=", printable(&used.name));
    }
    text
}

/// Without line ends, so that no name writes lines of its own.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::env::{Documented, Site, Used};

    fn used(name: &str, file: &str) -> Used {
        let site = Site { file: file.to_owned(), line: 3 };
        Used { name: name.to_owned(), required: true, sites: vec![site], platform: name == "PATH", one_of: Vec::new() }
    }

    fn key(name: &str, file: &str) -> Documented {
        let workspace = file.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        Documented { name: name.to_owned(), file: file.to_owned(), line: 1, commented: false, workspace, unused: false }
    }

    #[test]
    fn what_is_missing_goes_into_the_nearest_example() {
        let env = Env {
            used: vec![used("A", "apps/api/x.js"), used("B", "apps/web/x.js"), used("PATH", "x.js"), used("C", "x.js")],
            documented: vec![
                key("Z", "apps/api/.env.example"),
                key("c", ".env.example"),
                key("D", ".env.docker.example"),
            ],
            ..Env::default()
        };
        let shown = |example: Option<&str>, ignore: &[String]| -> Vec<(String, Vec<String>)> {
            let names = |all: Vec<Gap<'_>>| all.iter().map(|gap| gap.used.name.clone()).collect();
            additions(&env, example, ignore).into_iter().map(|(file, all)| (file, names(all))).collect()
        };
        let of = |file: &str, names: &[&str]| (file.to_owned(), names.iter().map(|&name| name.to_owned()).collect());
        assert_eq!(vec![of(".env.example", &["B"]), of("apps/api/.env.example", &["A"])], shown(None, &[]));
        assert_eq!(vec![of("other", &["A", "B", "C"])], shown(Some("other"), &[]));
        assert!(shown(None, &["A".to_owned(), "B*".to_owned()]).is_empty());
    }

    #[test]
    fn a_comment_says_where_each_is_read() {
        let mut many = used("A", "a.js");
        many.sites = (1..=5).map(|line| Site { file: "a.js".to_owned(), line }).collect();
        let gap = Gap { used: &many, example: None, sites: many.sites.iter().collect() };
        assert_eq!("# required; read in a.js:1, a.js:2, a.js:3 and 2 more\nA=\n", lines(&[gap]));
        assert!(leaves("../x") && leaves("/x") && leaves("") && !leaves("config/.env.example"));
    }
}
