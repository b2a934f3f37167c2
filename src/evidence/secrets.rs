//! Secrets that are committed: the files of the source tree, searched by detectors that are data
//! (`rules/secrets/patterns.yaml`). Rather silent than noisy: a value counts where its form tells what it is, or where it is
//! random and stands under a secret's name. Values are never handed on.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use regex::bytes::Regex;
use serde::Deserialize;

use crate::domain::provenance::Source;
use crate::facts::secrets::{Secret, SecretAnswer, SecretQuery, Secrets};
use crate::facts::{Area, Evidence, Problem, State};
use crate::repo::Repo;

use super::env::known::built_in;
use super::env::secret::{entropy, is_placeholder, is_secret_name};
use super::files;

/// A file over this size is not searched, which is said: 4 MiB.
const MAX_BYTES: u64 = 4 << 20;
/// Bytes of a line around a keyword that are looked at.
const WINDOW: usize = 1_000;
/// Places of one file that are kept.
const MAX_PLACES: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Data {
    detectors: Vec<Detector>,
    skip: Vec<String>,
    generated: Vec<String>,
    foreign: Vec<String>,
    made_up: Vec<String>,
    dummies: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Detector {
    id: String,
    title: String,
    keywords: Vec<String>,
    pattern: String,
    entropy: f64,
    #[serde(default)]
    everywhere: bool,
}

/// The detectors, ready to search.
struct Search {
    data: Data,
    patterns: Vec<Regex>,
    keywords: AhoCorasick,
    /// The detector of each keyword.
    owners: Vec<usize>,
}

/// The detector whose pattern is made of names that are words in `rules/env/secrets.yaml`.
const NAMED: &str = "named-secret";

/// An assignment in code: a name, and a quoted text.
const QUOTED: &str = r#"([A-Za-z_][A-Za-z0-9_.-]{1,60})["']?\]?\s*(?::\s*[A-Za-z]{1,20}\s*)?(?:=|:|=>|:=)\s*["'`]([^"'`\s]{16,200})["'`]"#;
/// An assignment in a file of settings: the text may stand without quotes.
const BARE: &str =
    r#"^\s*(?:export\s+|-\s+)?([A-Za-z_][A-Za-z0-9_.-]{1,60})\s*[=:]\s*["']?([^"'\s#]{16,200})["']?\s*(?:#.*)?$"#;

static SEARCH: LazyLock<Search> = LazyLock::new(|| {
    let data: Data = built_in("rules/secrets/patterns.yaml", include_str!("../../rules/secrets/patterns.yaml"));
    let regex =
        |text: &str| Regex::new(text).unwrap_or_else(|error| unreachable!("built-in data is read by a test: {error}"));
    let patterns = data
        .detectors
        .iter()
        .map(|detector| if detector.id == NAMED { regex(QUOTED) } else { regex(&detector.pattern) });
    let patterns = patterns.collect();
    let all = data.detectors.iter().enumerate();
    let (owners, words): (Vec<usize>, Vec<&str>) =
        all.flat_map(|(at, detector)| detector.keywords.iter().map(move |word| (at, word.as_str()))).unzip();
    let keywords =
        AhoCorasick::new(words).unwrap_or_else(|error| unreachable!("built-in data is read by a test: {error}"));
    Search { patterns, keywords, owners, data }
});

static BARE_PATTERN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(BARE).unwrap_or_else(|error| unreachable!("a constant pattern: {error}")));

/// Searches the files that a query means.
///
/// # Errors
/// A glob is malformed, and how.
pub fn answer(repo: &Repo, query: &SecretQuery) -> Result<SecretAnswer, String> {
    let mut evidence = Evidence::new(State::Absent, query.paths.clone());
    let mut secrets = Secrets::default();
    let all = files::matching(repo, &query.paths)?;
    let wanted = all.into_iter().filter(|entry| !entry.link && !is_foreign(&entry.path));
    let searched: Vec<(&str, Result<Vec<Secret>, Problem>)> =
        wanted.collect::<Vec<_>>().into_par_iter().map(|entry| (&*entry.path, of_file(repo, &entry.path))).collect();
    for (_, result) in searched {
        match result {
            Ok(found) => {
                secrets.searched += 1;
                secrets.items.extend(found);
            }
            Err(problem) => evidence.problems.push(problem),
        }
    }
    secrets.items.sort();
    if secrets.searched > 0 {
        evidence.state = State::Found;
        evidence.reports = sources(repo, &secrets);
    } else if !evidence.problems.is_empty() {
        evidence.state = State::Unreadable;
    }
    Ok(Area { facts: Some(secrets), evidence })
}

/// The files in which something was found.
fn sources(repo: &Repo, secrets: &Secrets) -> Vec<Source> {
    let mut paths: Vec<&str> = secrets.items.iter().map(|item| item.file.as_str()).collect();
    paths.dedup();
    paths.into_iter().filter_map(|path| Some(repo.read(path, MAX_BYTES).ok()?.source("file"))).collect()
}

fn of_file(repo: &Repo, path: &str) -> Result<Vec<Secret>, Problem> {
    let content = repo.read(path, MAX_BYTES).map_err(|error| Problem {
        path: path.to_owned(),
        line: None,
        why: format!("not searched: {error}"),
    })?;
    // What has a NUL among its first bytes is no text.
    if content.bytes.iter().take(8_000).any(|byte| *byte == 0) {
        return Ok(Vec::new());
    }
    Ok(search(path, &content.bytes))
}

/// Generated files, others' code and files that are no text.
fn is_foreign(path: &str) -> bool {
    let data = &SEARCH.data;
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let lower = name.to_ascii_lowercase();
    folders.split('/').any(|folder| data.foreign.iter().any(|known| known == folder))
        || data.generated.iter().any(|known| known == name)
        || data.skip.iter().any(|ending| lower.strip_suffix(ending.as_str()).is_some_and(|stem| stem.ends_with('.')))
}

/// Places where values are mostly made up: tests, fixtures, documentation.
fn is_made_up(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let words = |text: &str, known: &str| text.split(['.', '_', '-']).any(|word| word == known);
    let part = |part: &str| SEARCH.data.made_up.iter().any(|known| part == known || words(part, known));
    crate::domain::change::is_test(path)
        || lower.ends_with(".md")
        || lower.ends_with(".rst")
        || lower.split('/').any(part)
}

/// Files of settings, where a text needs no quotes.
fn is_settings(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit('.').next().unwrap_or_default();
    name.starts_with(".env")
        || matches!(ending, "env" | "properties" | "ini" | "cfg" | "conf" | "yaml" | "yml" | "toml" | "tfvars")
}

/// The secrets of a file's bytes.
fn search(path: &str, bytes: &[u8]) -> Vec<Secret> {
    let search = &*SEARCH;
    let made_up = is_made_up(path);
    let settings = is_settings(path);
    let mut found: Vec<Secret> = Vec::new();
    let mut seen: Vec<(usize, usize)> = Vec::new();
    let (mut line, mut counted) = (1_u32, 0);
    for hit in search.keywords.find_overlapping_iter(bytes) {
        let at = search.owners[hit.pattern().as_usize()];
        let detector = &search.data.detectors[at];
        if made_up && !detector.everywhere {
            continue;
        }
        let start = memchr::memrchr(b'\n', &bytes[..hit.start()]).map_or(0, |newline| newline + 1);
        if seen.contains(&(at, start)) {
            continue;
        }
        if seen.last().is_some_and(|(_, last)| *last != start) {
            seen.clear();
        }
        seen.push((at, start));
        if detector.id == NAMED && in_example(bytes, start) {
            continue;
        }
        let Some((column, length)) = secret_in(detector, at, window(bytes, start, hit.start()), settings) else {
            continue;
        };
        let passed = memchr::memchr_iter(b'\n', &bytes[counted..start]).count();
        line = line.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX));
        counted = start;
        let known = found.iter().any(|old| old.line == line && (old.column == column || detector.id == NAMED));
        if !known && found.len() < MAX_PLACES {
            found.push(Secret {
                file: path.to_owned(),
                line,
                column,
                detector: detector.id.clone(),
                title: detector.title.clone(),
                length,
                allowed: allowance(bytes, start),
            });
        }
    }
    found
}

/// Whether the line that starts at `start`, or one of the three above it, calls what follows an example.
fn in_example(bytes: &[u8], start: usize) -> bool {
    let above = memchr::memrchr_iter(b'\n', &bytes[..start]).nth(3).unwrap_or(0);
    let from = above.max(start.saturating_sub(400));
    let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at).min(start + WINDOW);
    bytes[from..end].to_ascii_lowercase().windows(7).any(|word| word == b"example")
}

/// What is looked at around a keyword: its line and, for keys in several lines, the next ones; a long line in part.
fn window(bytes: &[u8], start: usize, hit: usize) -> &[u8] {
    let from = if hit - start > WINDOW { hit - WINDOW } else { start };
    &bytes[from..bytes.len().min(hit + WINDOW)]
}

/// The column and length of a detector's secret in the first line of a text.
fn secret_in(detector: &Detector, at: usize, text: &[u8], settings: bool) -> Option<(u32, u64)> {
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    let line = &text[..end];
    let place = |start: usize, secret: &str| Some((u32::try_from(start + 1).ok()?, secret.chars().count() as u64));
    if detector.id == NAMED {
        let bare = settings.then_some(&*BARE_PATTERN);
        return bare
            .into_iter()
            .chain([&SEARCH.patterns[at]])
            .flat_map(|pattern| pattern.captures_iter(line))
            .find_map(|hit| {
                let name = std::str::from_utf8(hit.get(1)?.as_bytes()).ok()?;
                let value = hit.get(2)?;
                let secret = std::str::from_utf8(value.as_bytes()).ok()?;
                let name = name.rsplit('.').next().unwrap_or(name);
                let real = is_secret_name(name) && is_random(secret, detector.entropy) && !is_dummy(secret);
                if real { place(value.start(), secret) } else { None }
            });
    }
    // A private key's second line is the proof that it is one.
    let text = if detector.id == "private-key" { text } else { line };
    SEARCH.patterns[at].captures_iter(text).filter(|hit| hit.get(0).is_some_and(|all| all.start() <= end)).find_map(
        |hit| {
            let value = hit.get(1)?;
            let secret = std::str::from_utf8(value.as_bytes()).ok()?;
            let host = hit.get(2).and_then(|host| std::str::from_utf8(host.as_bytes()).ok());
            let local = host.is_some_and(|host| {
                [
                    "example.com",
                    "example.org",
                    "example.net",
                    ".local",
                    ".test",
                    ".invalid",
                    "localhost",
                    "host.com",
                    "domain.com",
                ]
                .iter()
                .any(|end| host.ends_with(end))
                    || host.starts_with("127.")
                    || host == "0.0.0.0"
            });
            let real =
                entropy(secret) >= detector.entropy && !local && (detector.id == "private-key" || !is_dummy(secret));
            if real { place(value.start(), secret) } else { None }
        },
    )
}

/// Long, of letters and digits, without the marks of a path, a URL, a sentence or a call, and as varied as chance makes it.
fn is_random(value: &str, least: f64) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-!@#$%^&*()~.".contains(&byte));
    let words = value.split(['.', '_', '-', '/']).filter(|word| word.len() > 2);
    // An identifier's parts are words; a secret's are not.
    let spoken = words.clone().count() > 1
        && words.clone().filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic())).count() * 2
            >= words.count();
    let changes =
        value.as_bytes().windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    plain
        && digits >= 3
        && changes >= 4
        && !spoken
        && !value.contains("://")
        && !value.starts_with(['/', '.', '$', '@', '#'])
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && entropy(value) >= least
}

fn is_dummy(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    is_placeholder(value) || SEARCH.data.dummies.iter().any(|word| lower.contains(word.as_str()))
}

/// The reason of an inline `donegate:allow secret -- reason` on the line that starts at `start` or the one above it; empty where
/// it gives none.
fn allowance(bytes: &[u8], start: usize) -> Option<String> {
    let end = |from: usize| memchr::memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |at| from + at);
    let own = &bytes[start..end(start)];
    let above = start.checked_sub(1).map(|newline| {
        let from = memchr::memrchr(b'\n', &bytes[..newline]).map_or(0, |at| at + 1);
        &bytes[from..newline]
    });
    [Some(own), above].into_iter().flatten().find_map(|line| {
        let text = String::from_utf8_lossy(line).into_owned();
        let (_, after) = text.split_once("donegate:allow secret")?;
        let reason = after.trim_start().strip_prefix("--").unwrap_or_default();
        let reason = reason.trim().trim_end_matches("*/").trim_end_matches("-->").trim();
        Some(reason.chars().take(200).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        detector: String,
        file: String,
        #[serde(default)]
        found: Vec<String>,
        #[serde(default)]
        ordinary: Vec<String>,
    }

    #[test]
    fn detectors_find_their_samples_and_nothing_that_resembles_them() {
        let text = include_str!("../../rules/secrets/patterns.test.yaml");
        let samples: Vec<Sample> = built_in("rules/secrets/patterns.test.yaml", text);
        for sample in &samples {
            let found = search(&sample.file, sample.found.concat().as_bytes());
            let names: Vec<&str> = found.iter().map(|one| one.detector.as_str()).collect();
            assert!(sample.found.is_empty() || names.contains(&sample.detector.as_str()), "{sample:?}: {names:?}");
            let ordinary = search(&sample.file, sample.ordinary.concat().as_bytes());
            assert!(ordinary.is_empty(), "{sample:?}: {ordinary:?}");
        }
        for detector in &SEARCH.data.detectors {
            assert!(samples.iter().any(|one| one.detector == detector.id && !one.found.is_empty()), "{}", detector.id);
        }
    }

    #[test]
    fn places_and_allowances() {
        let key = concat!("AKIA", "Q3EGRT7NMPLS5ZXW");
        let text = format!(
            "a\nk = {key}\nk = {key} # donegate:allow secret -- revoked in 2020\n# donegate:allow secret\nk = {key}"
        );
        let found = search("a.py", text.as_bytes());
        let shown: Vec<(u32, u32, Option<&str>)> =
            found.iter().map(|one| (one.line, one.column, one.allowed.as_deref())).collect();
        assert_eq!(vec![(2, 5, None), (3, 5, Some("revoked in 2020")), (5, 5, Some(""))], shown);
    }

    #[test]
    fn any_bytes_are_searched_without_a_panic() {
        let mut state = 7_u64;
        for length in 0..400 {
            let mut bytes: Vec<u8> = Vec::new();
            for _ in 0..length {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                bytes.push(u8::try_from(state >> 56).unwrap_or(0));
            }
            bytes.extend_from_slice(b"\nPRIVATE KEY-----\ntoken = '\xff\xfe");
            assert!(search("a.js", &bytes).is_empty());
        }
    }
}
