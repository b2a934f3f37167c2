//! `new-only`: findings that the base has too do not count. They stay in the report, told apart.
//!
//! What the base has is told by an earlier report (`baseline:`, `--baseline`), else by judging the same rule over the base's
//! tree. A baseline that the change itself brings excuses nothing; a rule without a baseline counts everything and says so.

use std::collections::{BTreeMap, BTreeSet};

use crate::dod::Plan;
use crate::domain::change::{ChangeStatus, ChangedFile, Changes};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::Outcome;
use crate::evidence::baseline::{self, Known};
use crate::facts::Need;
use crate::repo::Repo;
use crate::verdict::RuleResult;

use super::{Request, collect, judge, waivers};

/// Checks whose findings must lie on lines that the change left alone to be known: what a fingerprint tells of a secret is
/// its kind and not which one it is.
const BY_LINE: &[&str] = &["secrets"];

/// Takes what the base has too out of the findings that count.
pub(super) fn apply(
    request: &Request,
    repo: &Repo,
    plan: &Plan,
    changes: Option<&Changes>,
    rules: &mut [RuleResult],
    notes: &mut Vec<String>,
) {
    let wanted: BTreeSet<String> = rules
        .iter()
        .filter(|rule| rule.outcome == Outcome::Fail && plan.rules.iter().any(|it| it.id == rule.id && it.new_only))
        .map(|rule| rule.id.clone())
        .collect();
    if wanted.is_empty() {
        return;
    }
    let (mut known, mut from) = saved(request, repo, plan, changes, notes);
    let missing: BTreeSet<&str> = wanted.iter().map(String::as_str).filter(|id| !known.contains_key(*id)).collect();
    if let Some(base) = changes.and_then(|changes| changes.base.as_deref()).filter(|_| !missing.is_empty()) {
        match at_base(request, repo, plan, base, &missing) {
            Ok(found) => {
                let shown = base.get(..12).unwrap_or(base);
                from.extend(found.keys().map(|id| (id.clone(), format!("the base {shown}"))));
                known.extend(found);
            }
            Err(why) => notes.push(format!("the base's findings are not known: {why}")),
        }
    }
    let files = changes.map(|changes| changes.files.as_slice()).unwrap_or_default();
    for rule in rules.iter_mut().filter(|rule| wanted.contains(&rule.id)) {
        match (known.get(&rule.id), from.get(&rule.id)) {
            (Some(prints), Some(from)) => set_apart(rule, prints, files, from),
            _ => rule.notes.push(
                "every finding counts: what the base has is not known; save `donegate check --format json` of the base and \
                 name it by `baseline:` or --baseline"
                    .to_owned(),
            ),
        }
    }
}

/// What an earlier report tells, with where each rule's findings come from.
fn saved(
    request: &Request,
    repo: &Repo,
    plan: &Plan,
    changes: Option<&Changes>,
    notes: &mut Vec<String>,
) -> (Known, BTreeMap<String, String>) {
    let (path, bytes) = match (&request.baseline, &plan.baseline) {
        (Some(path), _) => match repo.read_outside(path) {
            Ok(content) => (path.display().to_string(), content.bytes.to_vec()),
            Err(error) => {
                notes.push(format!("the baseline {} cannot be read: {error}", path.display()));
                return Default::default();
            }
        },
        (None, Some(path)) => match in_tree(repo, changes, path) {
            Ok(bytes) => (path.clone(), bytes),
            Err(why) => {
                notes.push(format!("the baseline {path} does not count: {why}"));
                return Default::default();
            }
        },
        (None, None) => return Default::default(),
    };
    match baseline::read(&path, &bytes) {
        Ok(mut known) => {
            // A report of the whole repository tells a component's rules by `component/rule`.
            if let Some(folder) = repo.folder() {
                let own = |id: String| id.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned);
                known = known.into_iter().filter_map(|(id, prints)| Some((own(id)?, prints))).collect();
            }
            let from = known.keys().map(|id| (id.clone(), path.clone())).collect();
            (known, from)
        }
        Err(problem) => {
            let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
            notes.push(format!("the baseline {}{line} does not count: {}", problem.path, problem.why));
            Default::default()
        }
    }
}

/// A baseline that the tree holds: as the base has it where the change touches it, for a change does not excuse itself.
fn in_tree(repo: &Repo, changes: Option<&Changes>, path: &str) -> Result<Vec<u8>, String> {
    let touched = changes.is_some_and(|changes| changes.files.iter().any(|file| file.path == path));
    if touched {
        let base = changes.and_then(|changes| changes.base.as_deref());
        return base.and_then(|base| repo.at_commit(base, path)).ok_or_else(|| {
            "the change brings it; let git ignore it, or give it by --baseline from outside of the tree".to_owned()
        });
    }
    match repo.read(path, baseline::MAX_BYTES) {
        Ok(content) => Ok(content.bytes.to_vec()),
        Err(error) => Err(error.to_string()),
    }
}

/// Judges rules over the base's tree; those that its tree does not decide are not in the answer.
fn at_base(request: &Request, repo: &Repo, plan: &Plan, base: &str, ids: &BTreeSet<&str>) -> Result<Known, String> {
    let old = repo.open_at(base)?;
    let alone = Request {
        stage: request.stage,
        evidence: request.evidence.clone(),
        only: ids.iter().map(|id| (*id).to_owned()).collect(),
        ..Request::new(&request.path)
    };
    let words = |refusal: super::Refusal| refusal.message;
    let inputs = collect::Inputs::new(&old, plan, &alone, None).map_err(words)?;
    let due = judge::due(plan, ids, &alone, &inputs);
    let needs: Vec<Need> = due.iter().flat_map(judge::Due::needs).collect();
    let facts = collect::collect(&inputs, &needs).map_err(words)?;
    let decided = judge::judge(plan, due, &facts)
        .into_iter()
        .filter(|rule| matches!(rule.outcome, Outcome::Pass | Outcome::Fail));
    Ok(decided
        .map(|rule| {
            let mut prints = BTreeMap::new();
            for finding in &rule.findings {
                *prints.entry(finding.fingerprint.clone()).or_default() += 1;
            }
            (rule.id, prints)
        })
        .collect())
}

/// Moves what is known to where it does not count. Where a fingerprint stands more often than at the base, those on lines that
/// the change left alone are the known ones.
fn set_apart(rule: &mut RuleResult, prints: &BTreeMap<String, usize>, files: &[ChangedFile], from: &str) {
    let mut left = prints.clone();
    let by_line = BY_LINE.contains(&rule.check.as_str());
    let findings = std::mem::take(&mut rule.findings);
    let mut is_known = vec![false; findings.len()];
    for changed in [false, true] {
        for (index, finding) in findings.iter().enumerate() {
            let on_changed = on_changed_line(finding, files);
            if on_changed != changed || waivers::is_remark(finding) || (changed && by_line) {
                continue;
            }
            let names = std::iter::once(finding.fingerprint.clone()).chain(earlier(&rule.id, finding, files));
            for print in names {
                if let Some(count) = left.get_mut(&print).filter(|count| **count > 0) {
                    *count -= 1;
                    is_known[index] = true;
                    break;
                }
            }
        }
    }
    for (finding, known) in findings.into_iter().zip(is_known) {
        if known { rule.known.push(finding) } else { rule.findings.push(finding) }
    }
    if rule.known.is_empty() {
        return;
    }
    let count = rule.known.len();
    let what = if count == 1 { "1 finding does".to_owned() } else { format!("{count} findings do") };
    rule.notes.push(format!("{what} not count: {from} has them too"));
    let new_ones = rule.findings.iter().filter(|finding| !waivers::is_remark(finding)).count();
    let told = if new_ones == 0 { "nothing is new".to_owned() } else { format!("{new_ones} new") };
    rule.measured = if rule.measured.is_empty() { told } else { format!("{}; {told}", rule.measured) };
    let new: Vec<&Finding> = rule.findings.iter().filter(|finding| !waivers::is_remark(finding)).collect();
    match new.as_slice() {
        [] => {
            rule.outcome = if rule.waived.iter().any(|one| one.by.is_some()) { Outcome::Waived } else { Outcome::Pass };
            rule.next_step = None;
        }
        [first, rest @ ..] => {
            let place = first.location.as_ref().map(|at| match at.line {
                Some(line) => format!(" ({}:{line})", at.file),
                None => format!(" ({})", at.file),
            });
            let more = if rest.is_empty() { String::new() } else { format!(", and {} more that are new", rest.len()) };
            rule.next_step = Some(format!("mend what is new: {}{}{more}", first.message, place.unwrap_or_default()));
        }
    }
}

/// The fingerprint that a finding had before its file was renamed.
fn earlier(rule: &str, finding: &Finding, files: &[ChangedFile]) -> Option<String> {
    let at = finding.location.as_ref()?;
    let from = files.iter().find(|file| file.path == at.file)?.from.clone()?;
    Some(Finding::new(rule, &finding.subject, "", Some(Location::file(from))).fingerprint)
}

/// Whether a finding lies on a line that the base does not have.
fn on_changed_line(finding: &Finding, files: &[ChangedFile]) -> bool {
    let Some(at) = &finding.location else { return false };
    let Some(file) = files.iter().find(|file| file.path == at.file) else { return false };
    let Some(line) = at.line else { return file.status == ChangeStatus::Added };
    file.status == ChangeStatus::Added || file.lines.iter().any(|(first, last)| (*first..=*last).contains(&line))
}
