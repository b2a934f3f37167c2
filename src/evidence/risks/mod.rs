//! What is risky in a change: detectors over its files, as data under `rules/risks/`.
//!
//! A detector looks at the lines that the change adds, or at files that it takes away. What a DoD asks less is not for here:
//! the engine compares the two.

mod api;
mod brackets;
mod detectors;
mod migrations;
mod order;
mod sql;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::Reading;
use crate::domain::change::{ChangeStatus, ChangedFile, Changes, Risk};
use crate::domain::provenance::hex;
use crate::repo::{MAX_SOURCE_BYTES, Repo};
use detectors::{Detector, On};

/// Risks of one change that are listed.
const MOST: usize = 2_000;

/// The risks of a change set, by level (gravest first), path, line.
#[must_use]
pub fn collect(repo: &Repo, changes: &Changes) -> Vec<Risk> {
    let mut risks = Vec::new();
    for file in &changes.files {
        let fitting: Vec<&Detector> = detectors::builtin().iter().filter(|detector| detector.fits(file)).collect();
        let gone = fitting.iter().filter(|detector| detector.on == On::Deleted);
        risks.extend(gone.map(|detector| risk(detector, file, None)));
        if file.status != ChangeStatus::Deleted {
            added(repo, changes, file, &fitting, &mut risks);
        }
        if risks.len() > MOST {
            break;
        }
    }
    sort(&mut risks);
    risks.truncate(MOST);
    risks
}

/// Whether a change can break what clients rely on, so that the base is worth opening: it takes away source, or touches
/// what may be an OpenAPI document.
#[must_use]
pub fn may_break(changes: &Changes) -> bool {
    let document = |path: &str| [".yaml", ".yml", ".json"].iter().any(|ending| path.ends_with(ending));
    changes.files.iter().any(|file| file.status != ChangeStatus::Added && document(&file.path))
        || api::may_remove(changes)
}

/// What clients of the base meet with the head: routes that are gone (evaluated only where `routes` is given, the reading of the
/// head's code: it costs an analysis of the base, too), and what its OpenAPI documents promise no more.
#[must_use]
pub fn broken(base: &Repo, head: &Repo, changes: &Changes, routes: Option<&Reading>) -> Vec<Risk> {
    let mut risks = super::openapi::breaking(base, head, &changes.files);
    if let Some(reading) = routes.filter(|_| api::may_remove(changes)) {
        risks.extend(api::removed(base, head, reading));
    }
    risks
}

/// What takes the change's migrations back, newest first.
#[must_use]
pub fn ways_back(repo: &Repo, changes: &Changes) -> Vec<String> {
    migrations::ways_back(repo, changes)
}

/// Puts risks in their order: the gravest first, then by path and line.
pub fn sort(risks: &mut Vec<Risk>) {
    risks.sort_by(|a, b| {
        (std::cmp::Reverse(a.level), &a.file, a.line, &a.why).cmp(&(
            std::cmp::Reverse(b.level),
            &b.file,
            b.line,
            &b.why,
        ))
    });
    risks.dedup();
}

/// What is risky in the lines that a file gets.
fn added(repo: &Repo, changes: &Changes, file: &ChangedFile, fitting: &[&Detector], risks: &mut Vec<Risk>) {
    let looking: Vec<&Detector> = fitting.iter().copied().filter(|detector| detector.on == On::Added).collect();
    let is_sql = file.path.to_ascii_lowercase().ends_with(".sql");
    if looking.is_empty() && !is_sql && !migrations::may_be(&file.path) {
        return;
    }
    let Ok(content) = repo.read(&file.path, MAX_SOURCE_BYTES) else { return };
    let text = String::from_utf8_lossy(&content.bytes);
    let part = migrations::part(&file.path, &text);
    let mut found = lines(file, &text, &part, &looking);
    if is_sql && !part.back {
        found.extend(sql::collect(file, &part.forward, part.layout.is_some()));
    } else if part.layout.is_some() && !part.back {
        found.extend(sql::in_code(file, &part.forward));
    }
    found.extend(order::collect(repo, changes, file, &text, &part));
    found.extend(migrations::without_way_back(repo, file, &text, &part, &found));
    risks.extend(found);
}

/// The detectors of added lines over one file. What takes a migration back is no change of the database.
fn lines(file: &ChangedFile, text: &str, part: &migrations::Part<'_>, looking: &[&Detector]) -> Vec<Risk> {
    let lines: Vec<&str> = text.lines().collect();
    let mut risks = Vec::new();
    let mut told: Vec<&Detector> = Vec::new();
    for (at, number) in (0..lines.len()).zip(1_u32..) {
        if !file.lines.iter().any(|(first, last)| (*first..=*last).contains(&number)) {
            continue;
        }
        let back = part.is_back(number);
        for detector in
            looking.iter().copied().filter(|detector| !back || !migrations::KINDS.contains(&&*detector.kind))
        {
            let again = detector.once && told.iter().any(|one| std::ptr::eq(*one, detector));
            if !again && detector.finds(&lines, at, &part.new) {
                risks.push(risk(detector, file, Some(number)));
                told.push(detector);
            }
        }
    }
    risks
}

fn risk(detector: &Detector, file: &ChangedFile, line: Option<u32>) -> Risk {
    let why = match &detector.safe {
        Some(safe) => format!("{}; {safe}", detector.why),
        None => detector.why.clone(),
    };
    Risk { kind: detector.kind.clone(), level: detector.level, file: file.path.clone(), line, why }
}

/// The digest of a change: of what it makes of each file. An approval is bound to it, and lapses with the next edit. What
/// donegate itself keeps is left out, or no approval could stand beside the change.
#[must_use]
pub fn digest(repo: &Repo, changes: &Changes) -> String {
    let mut told = String::new();
    for file in changes.files.iter().filter(|file| !file.path.starts_with(".donegate/")) {
        let content = match file.status {
            ChangeStatus::Deleted => "deleted".to_owned(),
            ChangeStatus::Added | ChangeStatus::Modified | ChangeStatus::Renamed => {
                repo.sha256(&file.path).map_or_else(|error| error.to_string(), |digest| hex(&digest))
            }
        };
        let _ = writeln!(told, "{}:{} {content}", file.path.len(), file.path);
    }
    format!("sha256:{}", hex(&Sha256::digest(told.as_bytes())))
}
