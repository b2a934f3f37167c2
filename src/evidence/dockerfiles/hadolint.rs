//! hadolint's ids beside our demands, and its inline ignores: `# hadolint ignore=DL3008` before an instruction, or
//! `# hadolint global ignore=…` anywhere. One without a reason is not honoured.
//!
//! The reason stands behind the list (`# hadolint ignore=DL3007 the mirror has no other tag`), or in a comment beside it
//! that starts with `reason:`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::evidence::env::known::built_in;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    ids: Vec<Same>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Same {
    demand: String,
    #[serde(default)]
    kind: String,
    id: String,
}

static DATA: LazyLock<Data> =
    LazyLock::new(|| built_in("rules/docker/hadolint.yaml", include_str!("../../../rules/docker/hadolint.yaml")));

/// hadolint's id of a demand of a kind.
pub(super) fn id(demand: &str, kind: &str) -> Option<&'static str> {
    DATA.ids
        .iter()
        .find(|same| same.demand == demand && (same.kind.is_empty() || same.kind == kind))
        .map(|same| &*same.id)
}

/// An inline ignore.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ignore {
    /// The line of the instruction that it stands before; none where it holds for the whole file.
    line: Option<u32>,
    ids: Vec<String>,
    /// Why, where it says so.
    pub(super) reason: Option<String>,
}

/// What may be ignored: the inline ignores of a Dockerfile.
pub(super) fn ignores(text: &str) -> Vec<Ignore> {
    let mut all = Vec::new();
    let mut open: Vec<Ignore> = Vec::new();
    let mut reason: Option<String> = None;
    for (number, line) in (1_u32..).zip(text.lines()) {
        let trimmed = line.trim();
        if let Some(comment) = trimmed.strip_prefix('#') {
            if let Some(ignore) = pragma(comment.trim()) {
                open.push(ignore);
            } else if let Some(why) = comment.trim().strip_prefix("reason:") {
                reason = told(why);
            }
        } else if !trimmed.is_empty() {
            for mut ignore in open.drain(..) {
                ignore.line = ignore.line.map(|_| number);
                ignore.reason = ignore.reason.or_else(|| reason.clone());
                all.push(ignore);
            }
            reason = None;
        }
    }
    all
}

fn pragma(comment: &str) -> Option<Ignore> {
    let rest = comment.strip_prefix("hadolint")?.trim_start();
    let (line, rest) = rest.strip_prefix("global").map_or((Some(0), rest), |rest| (None, rest.trim_start()));
    let mut rest = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?.trim_start();
    let mut ids = Vec::new();
    loop {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        ids.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None => break,
        }
    }
    Some(Ignore { line, ids, reason: told(rest) })
}

/// A reason has words: two at least.
fn told(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '#' | '-' | ':' | '—' | '–' | '(' | ')'));
    (text.split_whitespace().count() >= 2).then(|| text.chars().take(200).collect())
}

/// The ignore that holds for an id at a line: one with a reason, if there is one.
pub(super) fn at<'a>(all: &'a [Ignore], line: u32, id: &str) -> Option<&'a Ignore> {
    let holds = |ignore: &&Ignore| ignore.line.is_none_or(|at| at == line) && ignore.ids.iter().any(|one| one == id);
    let mut holding: Vec<&Ignore> = all.iter().filter(holds).collect();
    holding.sort_by_key(|ignore| ignore.reason.is_none());
    holding.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ignore_holds_for_the_next_instruction_and_says_why() {
        let text = "# hadolint ignore=DL3007,DL3006 the mirror has one tag\nFROM a:latest\n# hadolint ignore=DL3009\nRUN x\n\
                    # reason: it is a build image\n# hadolint ignore=DL3015\n\nRUN y\n# hadolint global ignore=DL3002 # needs port 80\nRUN z\n";
        let all = ignores(text);
        assert_eq!(Some("the mirror has one tag"), at(&all, 2, "DL3006").and_then(|one| one.reason.as_deref()));
        assert_eq!(None, at(&all, 4, "DL3009").expect("one").reason);
        assert_eq!(Some("it is a build image"), at(&all, 8, "DL3015").and_then(|one| one.reason.as_deref()));
        assert_eq!(Some("needs port 80"), at(&all, 1, "DL3002").and_then(|one| one.reason.as_deref()));
        assert_eq!(None, at(&all, 4, "DL3006"));
    }

    #[test]
    fn ids_are_hadolints() {
        for same in &DATA.ids {
            let digits = same.id.strip_prefix("DL").unwrap_or_default();
            assert!(digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{}", same.id);
        }
        assert_eq!(Some("DL3009"), id("package-cache", "apt"));
        assert_eq!(None, id("package-cache", "npm"));
    }
}
