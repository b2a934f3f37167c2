//! What is risky in a change: detectors over its files, as data under `rules/risks/`.
//!
//! A detector looks at the lines that the change adds, or at files that it takes away. What a DoD asks less is not for here:
//! the engine compares the two.

mod detectors;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

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
        added(repo, file, &fitting, &mut risks);
        if risks.len() > MOST {
            break;
        }
    }
    sort(&mut risks);
    risks.truncate(MOST);
    risks
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

/// The detectors of added lines over one file.
fn added(repo: &Repo, file: &ChangedFile, fitting: &[&Detector], risks: &mut Vec<Risk>) {
    let looking: Vec<&&Detector> = fitting.iter().filter(|detector| detector.on == On::Added).collect();
    if looking.is_empty() || file.status == ChangeStatus::Deleted {
        return;
    }
    let Ok(content) = repo.read(&file.path, MAX_SOURCE_BYTES) else { return };
    let text = String::from_utf8_lossy(&content.bytes);
    let mut told: Vec<&Detector> = Vec::new();
    for (number, line) in (1_u32..).zip(text.lines()) {
        if !file.lines.iter().any(|(first, last)| (*first..=*last).contains(&number)) {
            continue;
        }
        for detector in looking.iter().filter(|detector| detector.line.as_ref().is_some_and(|it| it.is_match(line))) {
            if !detector.once || !told.iter().any(|one| std::ptr::eq(*one, **detector)) {
                risks.push(risk(detector, file, Some(number)));
                told.push(detector);
            }
        }
    }
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
