//! Answers to what rules ask of files: which exist, and what their text has.

use regex::RegexBuilder;

use crate::facts::Problem;
use crate::facts::files::{FileAnswer, FileFact, FileQuery};
use crate::repo::{FileEntry, Repo};

/// A file over this size is hashed and listed, and its text is not searched, which is said: 16 MiB.
const MAX_SEARCHED: u64 = 16 << 20;
/// Places of an expression that are kept for one file.
const MAX_MATCHES: usize = 1_000;
/// Characters of a match that are kept.
const MAX_MATCH_LENGTH: usize = 120;

/// Answers one query over the source tree.
///
/// # Errors
/// A glob or the expression is malformed, and how.
pub fn answer(repo: &Repo, query: &FileQuery) -> Result<FileAnswer, String> {
    let find = query.find.as_deref().map(|text| RegexBuilder::new(text).multi_line(true).build()).transpose();
    let find = find.map_err(|error| error.to_string())?;
    let mut answer = FileAnswer::default();
    for entry in matching(repo, &query.globs)? {
        let content = match repo.read(&entry.path, MAX_SEARCHED) {
            Ok(content) => content,
            Err(error) => {
                answer.problems.push(Problem { path: entry.path.to_string(), line: None, why: error.to_string() });
                continue;
            }
        };
        let mut fact = FileFact { source: content.source("file"), matches: Vec::new(), headings: Vec::new() };
        if find.is_some() || query.headings {
            match content.text() {
                Ok(text) => {
                    fact.matches = find.as_ref().map(|find| matches(text, find)).unwrap_or_default();
                    fact.headings = if query.headings { headings(text) } else { Vec::new() };
                }
                Err(offset) => {
                    let why = format!("not UTF-8 text (byte {offset})");
                    answer.problems.push(Problem { path: entry.path.to_string(), line: None, why });
                }
            }
        }
        answer.files.push(fact);
    }
    Ok(answer)
}

/// The files of the source tree that match globs, in path order; a glob with a leading `!` takes out again.
///
/// # Errors
/// A glob is malformed, and how.
pub fn matching<'a>(repo: &'a Repo, globs: &[String]) -> Result<Vec<&'a FileEntry>, String> {
    let (out, within): (Vec<String>, Vec<String>) = globs.iter().cloned().partition(|glob| glob.starts_with('!'));
    let out: Vec<String> = out.iter().map(|glob| glob.trim_start_matches('!').to_owned()).collect();
    let (within, out) = (crate::repo::glob_set(&within)?, crate::repo::glob_set(&out)?);
    Ok(repo.files().iter().filter(|entry| within.is_match(&*entry.path) && !out.is_match(&*entry.path)).collect())
}

fn matches(text: &str, find: &regex::Regex) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    let (mut line, mut counted) = (1_u32, 0);
    for hit in find.find_iter(text).take(MAX_MATCHES) {
        let passed = text[counted..hit.start()].bytes().filter(|byte| *byte == b'\n').count();
        line = line.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX));
        counted = hit.start();
        found.push((line, hit.as_str().chars().take(MAX_MATCH_LENGTH).collect()));
    }
    found
}

/// Markdown headings outside of fenced blocks: `# x` and underlined ones.
fn headings(text: &str) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    let mut fence: Option<char> = None;
    let mut before = "";
    for (number, line) in (1_u32..).zip(text.lines()) {
        let trimmed = line.trim();
        let marker = trimmed.chars().next().filter(|c| matches!(c, '`' | '~'));
        if let Some(marker) = marker.filter(|marker| trimmed.starts_with(&marker.to_string().repeat(3))) {
            fence = match fence {
                None => Some(marker),
                Some(open) if open == marker => None,
                Some(open) => Some(open),
            };
        } else if fence.is_none() {
            let level = trimmed.bytes().take_while(|byte| *byte == b'#').count();
            if (1..=6).contains(&level) && trimmed[level..].starts_with([' ', '\t']) {
                found.push((number, trimmed[level..].trim().trim_end_matches('#').trim_end().to_owned()));
            } else if !before.is_empty()
                && trimmed.len() >= 3
                && (trimmed.bytes().all(|byte| byte == b'=') || trimmed.bytes().all(|byte| byte == b'-'))
            {
                found.push((number - 1, before.to_owned()));
            }
        }
        before = trimmed;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(globs: &[&str], find: Option<&str>, headings: bool) -> FileQuery {
        let globs = globs.iter().map(|&glob| glob.to_owned()).collect();
        FileQuery { globs, find: find.map(str::to_owned), headings }
    }

    #[test]
    fn a_later_glob_takes_out_again() {
        let repo = Repo::in_memory(&[("src/a.ts", ""), ("src/a.test.ts", ""), ("b.ts", "")]);
        let answer = answer(&repo, &query(&["src/**", "!**/*.test.ts"], None, false)).expect("globs");
        assert_eq!(vec!["src/a.ts"], answer.files.iter().map(|file| file.source.path.as_str()).collect::<Vec<_>>());
    }

    #[test]
    fn matches_have_their_lines() {
        let repo = Repo::in_memory(&[("a.txt", "one\ntwo x\nthree\nx\n")]);
        let answer = answer(&repo, &query(&["a.txt"], Some("x$"), false)).expect("a query");
        assert_eq!(vec![(2, "x".to_owned()), (4, "x".to_owned())], answer.files[0].matches);
    }

    #[test]
    fn headings_in_code_are_none() {
        let repo = Repo::in_memory(&[("R.md", "Title\n=====\n```sh\n# comment\n```\n## Set-up ##\n#no\n")]);
        let answer = answer(&repo, &query(&["R.md"], None, true)).expect("a query");
        assert_eq!(vec![(1, "Title".to_owned()), (6, "Set-up".to_owned())], answer.files[0].headings);
    }
}
