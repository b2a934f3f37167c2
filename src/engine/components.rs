//! A repository of several components: each folder with a DoD of its own is judged by it, and the root folds what they came
//! to into one report. Paths are told from the root, rules as `component/rule`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::dod::Plan;
use crate::domain::change::{ChangeStatus, Changes, Risk, RiskLevel};
use crate::domain::finding::{Finding, Location};
use crate::domain::folders::{Role, is_within};
use crate::repo::{Repo, glob_set};
use crate::verdict::exhibits::Exhibits;
use crate::verdict::{Report, RuleResult, fold};

use super::source::{self, NAMES};
use super::waivers::is_remark;
use super::{Refusal, Request, check_one, judge};

/// Folders that hold what is tried, shown or taken from elsewhere: a DoD in there is no component unless the root names it.
const NO_COMPONENTS: &[Role] =
    &[Role::Vendored, Role::Fixture, Role::Examples, Role::Sample, Role::Template, Role::Test];

/// The components of a tree.
pub(super) struct Components {
    /// Their folders, sorted.
    pub(super) folders: Vec<String>,
    /// Folders with a DoD that are none.
    left_out: Vec<String>,
}

/// Finds the folders that have a DoD of their own: those that the root's `components` names, else all.
///
/// # Errors
/// A component that is named has no DoD.
pub(super) fn find(repo: &Repo, plan: Option<&Plan>) -> Result<Components, Refusal> {
    let with_dod: BTreeSet<&str> = repo
        .files()
        .iter()
        .filter_map(|entry| entry.path.rsplit_once('/'))
        .filter(|(_, name)| NAMES.contains(name))
        .map(|(folder, _)| folder)
        .collect();
    let mut all = Components { folders: Vec::new(), left_out: Vec::new() };
    match plan.and_then(|plan| plan.components.as_ref()) {
        Some(globs) => {
            for glob in globs.iter().filter(|glob| !glob.contains(['*', '?', '[', '{'])) {
                let folder = glob.trim_end_matches('/');
                if !with_dod.contains(folder) {
                    return Err(Refusal::new(format!(
                        "the component `{folder}` has no donegate.yaml: write one (`donegate init {folder}`), or take it out of \
                         `components`"
                    )));
                }
            }
            let globs: Vec<String> = globs.iter().map(|glob| glob.trim_end_matches('/').to_owned()).collect();
            let set = glob_set(&globs)
                .map_err(|why| Refusal::new(format!("a glob under `components` is malformed: {why}")))?;
            all.folders = with_dod.into_iter().filter(|folder| set.is_match(folder)).map(str::to_owned).collect();
        }
        None => {
            for folder in with_dod {
                let foreign = is_within(folder, NO_COMPONENTS);
                if foreign { &mut all.left_out } else { &mut all.folders }.push(folder.to_owned());
            }
        }
    }
    Ok(all)
}

/// Judges the root, where it has a DoD, and every component; one report.
///
/// # Errors
/// The first refusal.
pub(super) fn check(request: &Request, home: Repo, own: Option<Plan>, found: &Components) -> Result<Report, Refusal> {
    let home = Arc::new(home);
    let plans: Vec<(String, Plan)> = found
        .folders
        .iter()
        .map(|folder| Ok((folder.clone(), source::of_folder(&home, folder)?)))
        .collect::<Result<_, Refusal>>()?;
    known_ids(request, own.as_ref(), &plans)?;
    let root = match &own {
        Some(plan) if judge::choose(plan, &chosen(request, plan, None)).is_ok() => {
            Some(check_one(&chosen(request, plan, None), super::open(request)?)?)
        }
        _ => None,
    };
    let mut parts = Vec::new();
    for (folder, plan) in &plans {
        let request = chosen(request, plan, Some(folder));
        if judge::choose(plan, &request).is_err() {
            continue;
        }
        let repo = Repo::component(&home, folder)
            .map_err(|why| Refusal::new(format!("cannot open the component {folder}: {why}")))?;
        parts.push(check_one(&request, repo)?);
    }
    if root.is_none() && parts.is_empty() {
        return Err(Refusal::new("no rule is left to judge"));
    }
    let mut whole = folded(request, &home, root, parts)?;
    lose(&mut whole, &home, &found.folders);
    if !found.left_out.is_empty() {
        let first = &found.left_out[0];
        whole.notes.push(format!(
            "{} of tests, fixtures or examples with a DoD of their own, the first {first}: they are no components unless \
             `components` names them",
            if found.left_out.len() == 1 { "1 folder".to_owned() } else { format!("{} folders", found.left_out.len()) }
        ));
    }
    Ok(whole)
}

/// The request for one part: of `--only` and `--skip` what speaks of it, by the rule's id or by `component/rule`.
fn chosen(request: &Request, plan: &Plan, folder: Option<&str>) -> Request {
    let speaks = |id: &String| -> Option<String> {
        let own = match folder {
            Some(folder) => id.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).unwrap_or(id),
            None => id,
        };
        plan.rules.iter().any(|rule| rule.id == own).then(|| own.to_owned())
    };
    let mut part = Request {
        only: request.only.iter().filter_map(speaks).collect(),
        skip: request.skip.iter().filter_map(speaks).collect(),
        ..request.clone()
    };
    if !request.only.is_empty() && part.only.is_empty() {
        // Nothing of this part is asked for: leave nothing of it.
        part.skip = plan.rules.iter().map(|rule| rule.id.clone()).collect();
    }
    part
}

/// Refuses an id that neither the root nor a component has.
fn known_ids(request: &Request, own: Option<&Plan>, plans: &[(String, Plan)]) -> Result<(), Refusal> {
    let ids = |plan: &Plan| plan.rules.iter().map(|rule| rule.id.clone()).collect::<Vec<_>>();
    let mut known: BTreeSet<String> = own.map(ids).unwrap_or_default().into_iter().collect();
    for (folder, plan) in plans {
        known.extend(ids(plan).into_iter().flat_map(|id| [format!("{folder}/{id}"), id]));
    }
    match request.only.iter().chain(&request.skip).find(|id| !known.contains(*id)) {
        None => Ok(()),
        Some(id) => {
            let help = crate::domain::node::nearest(id, known.iter().map(String::as_str))
                .map_or_else(|| "`donegate rules` lists them".to_owned(), |name| format!("did you mean `{name}`?"));
            Err(Refusal::new(format!("there is no rule `{id}`: {help}")))
        }
    }
}

/// One report of all parts. The change set is the whole tree's, and so is its approval.
fn folded(request: &Request, home: &Repo, root: Option<Report>, parts: Vec<Report>) -> Result<Report, Refusal> {
    let judged = parts.len();
    let mut whole = match root {
        Some(report) => report,
        None => {
            let empty = Plan::empty();
            let mut inputs = super::collect::Inputs::new(home, &empty, request, None)?;
            let mut notes = vec!["the root has no donegate.yaml: its components are judged alone".to_owned()];
            super::risks(home, None, request, &mut inputs, &mut notes);
            let changes = inputs.changes().cloned();
            Report {
                verdict: crate::verdict::Verdict::Complete,
                rules: Vec::new(),
                stage: request.stage,
                partial: judge::partial(request),
                dod_files: Vec::new(),
                metrics: crate::verdict::Metrics {
                    tests_added: changes.as_ref().map(super::collect::tests_added).unwrap_or_default(),
                    ..crate::verdict::Metrics::default()
                },
                exhibits: Exhibits::default(),
                task: super::task(request, home, &empty),
                changes,
                completed_at: home.clock.printed(),
                notes,
            }
        }
    };
    whole.partial = judge::partial(request);
    let alone = whole.rules.is_empty() && judged == 1;
    for part in parts {
        for file in part.dod_files {
            if !whole.dod_files.contains(&file) {
                whole.dod_files.push(file);
            }
        }
        if alone {
            let added = std::mem::take(&mut whole.metrics.tests_added);
            whole.metrics = crate::verdict::Metrics { tests_added: added, ..part.metrics };
        }
        let risks = part.changes.map(|changes| changes.risks).unwrap_or_default();
        if let Some(changes) = &mut whole.changes {
            changes.risks.extend(risks.into_iter().filter(|risk| risk.kind == super::gate::KIND));
            crate::evidence::risks::sort(&mut changes.risks);
        }
        extend(&mut whole.exhibits, part.exhibits);
        whole.rules.extend(part.rules);
        // The change set is told once.
        let own = part.notes.into_iter().filter(|note| !whole.notes.iter().any(|other| note.ends_with(other)));
        let own: Vec<String> = own.collect();
        whole.notes.extend(own);
    }
    whole.verdict = fold(&whole.rules, whole.changes.as_ref());
    Ok(whole)
}

/// What the root has not measured is shown as the components have it.
fn extend(whole: &mut Exhibits, part: Exhibits) {
    match (&mut whole.coverage, part.coverage) {
        (Some(have), Some(more)) => {
            for file in more.files {
                if !have.files.iter().any(|one| one.path == file.path) {
                    have.files.push(file);
                }
            }
            have.files.sort_by(|a, b| a.path.cmp(&b.path));
        }
        (have @ None, more) => *have = more,
        (Some(_), None) => {}
    }
    match (&mut whole.routes, part.routes) {
        (Some(have), Some(more)) => {
            for route in more.items {
                let same = |one: &&mut crate::verdict::exhibits::RouteShown| {
                    one.place == route.place && one.method == route.method && one.path == route.path
                };
                match have.items.iter_mut().find(same) {
                    Some(one) => {
                        one.documented = one.documented.or(route.documented);
                        one.tests = one.tests.or(route.tests);
                        one.answer = one.answer.take().or(route.answer);
                    }
                    None => have.items.push(route),
                }
            }
            let unresolved = more.unresolved.into_iter().filter(|one| !have.unresolved.contains(one));
            let unresolved: Vec<_> = unresolved.collect();
            have.unresolved.extend(unresolved);
        }
        (have @ None, more) => *have = more,
        (Some(_), None) => {}
    }
    match (&mut whole.env, part.env) {
        (Some(have), Some(more)) => {
            for one in more.items {
                if !have.items.iter().any(|other| other.name == one.name) {
                    have.items.push(one);
                }
            }
            have.items.sort_by(|a, b| (a.state, &a.name).cmp(&(b.state, &b.name)));
            let dynamic: Vec<_> = more.dynamic.into_iter().filter(|one| !have.dynamic.contains(one)).collect();
            have.dynamic.extend(dynamic);
        }
        (have @ None, more) => *have = more,
        (Some(_), None) => {}
    }
    for image in part.images {
        if !whole.images.contains(&image) {
            whole.images.push(image);
        }
    }
}

/// Whether the change takes away a folder's DoD, or the root's word on which folders count.
pub(super) fn may_lose(report: &Report) -> bool {
    let is_dod = |path: &str| NAMES.contains(&path.rsplit('/').next().unwrap_or(path));
    let files = report.changes.iter().flat_map(|changes| &changes.files);
    files
        .filter(|file| file.status != ChangeStatus::Added)
        .any(|file| is_dod(file.from.as_deref().unwrap_or(&file.path)))
}

/// Adds a risk for each component that the base has and the head does not: nobody asks anything of it any more.
pub(super) fn lose(report: &mut Report, home: &Repo, now: &[String]) {
    let base = report.changes.as_ref().and_then(|changes| changes.base.as_deref());
    let Some(base) = base.filter(|_| may_lose(report)) else { return };
    let Ok(old) = home.open_at(base) else { return };
    let plan = source::own(&old).ok().flatten();
    let Ok(before) = find(&old, plan.as_ref()) else { return };
    let lost: Vec<Risk> = before
        .folders
        .into_iter()
        .filter(|folder| !now.contains(folder))
        .map(|folder| Risk {
            kind: super::gate::KIND.to_owned(),
            level: RiskLevel::High,
            file: format!("{folder}/{}", NAMES[0]),
            line: None,
            why: format!(
                "the component `{folder}` is judged no more: its Definition of Done is gone, or `components` leaves it out"
            ),
        })
        .collect();
    if let (Some(changes), false) = (&mut report.changes, lost.is_empty()) {
        changes.risks.extend(lost);
        crate::evidence::risks::sort(&mut changes.risks);
        report.verdict = fold(&report.rules, Some(changes));
    }
}

/// Tells a component's report from the root: its rules by `component/rule`, its files by their whole path.
pub(super) fn from_root(report: &mut Report, repo: &Repo, folder: &str) {
    let path = |path: &str| whole_path(folder, path);
    for rule in &mut report.rules {
        of_rule(rule, repo, folder);
    }
    if let Some(changes) = &mut report.changes {
        tell_changes(changes, folder);
    }
    let places = &mut report.exhibits;
    for file in places.coverage.iter_mut().flat_map(|shown| &mut shown.files) {
        file.path = path(&file.path);
    }
    if let Some(routes) = &mut places.routes {
        routes.items.iter_mut().filter_map(|route| route.place.as_mut()).for_each(|at| at.file = path(&at.file));
        routes.unresolved.iter_mut().for_each(|(at, _)| at.file = path(&at.file));
    }
    if let Some(env) = &mut places.env {
        for one in &mut env.items {
            one.sites.iter_mut().chain(one.documented.as_mut()).for_each(|at| at.file = path(&at.file));
        }
        env.dynamic.iter_mut().for_each(|(at, _)| at.file = path(&at.file));
    }
    report.metrics.tests_added.iter_mut().for_each(|file| *file = path(file));
    for proof in [&mut report.metrics.coverage_proof, &mut report.metrics.tests_proof] {
        if let crate::verdict::Proof::Reports(files) = proof {
            files.iter_mut().for_each(|file| *file = path(file));
        }
    }
    report.notes.iter_mut().for_each(|note| *note = format!("{folder}: {note}"));
}

fn of_rule(rule: &mut RuleResult, repo: &Repo, folder: &str) {
    rule.id = format!("{folder}/{}", rule.id);
    rule.component = Some(folder.to_owned());
    let of = |finding: &mut Finding| {
        let remark = is_remark(finding);
        // A waiver stands in a DoD, whose place is told from the root already.
        if let Some(Location { file, .. }) = finding.location.as_mut().filter(|_| !remark) {
            *file = whole_path(folder, file);
        }
    };
    rule.findings.iter_mut().chain(&mut rule.known).for_each(of);
    rule.waived.iter_mut().for_each(|one| of(&mut one.finding));
    // What is no file of the tree (a command, a URL) is told as it is.
    for source in rule.evidence.iter_mut().filter(|source| repo.exists(&source.path)) {
        source.path = whole_path(folder, &source.path);
    }
}

fn tell_changes(changes: &mut Changes, folder: &str) {
    for file in &mut changes.files {
        file.path = whole_path(folder, &file.path);
        file.from = file.from.as_deref().map(|from| whole_path(folder, from));
    }
    changes.risks.iter_mut().for_each(|risk| risk.file = whole_path(folder, &risk.file));
}

/// A path of a component as the root has it; one that begins with `/` is told from the root already.
fn whole_path(folder: &str, path: &str) -> String {
    path.strip_prefix('/').map_or_else(|| format!("{folder}/{path}"), str::to_owned)
}
