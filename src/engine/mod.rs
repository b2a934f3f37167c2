//! The engine: plan, collect, judge, apply waivers, fold. It knows no format that goes in or out.

mod baseline;
mod collect;
mod components;
mod exhibits;
mod gate;
mod judge;
mod remembered;
mod run;
mod serve;
mod source;
mod waivers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::dod::{self, Plan};
use crate::domain::change::Risk;
use crate::domain::outcome::Stage;
use crate::evidence::{self, Reading};
use crate::facts::{AreaName, Evidence, Facts, Need, State};
use crate::repo::{Content, Repo, Stamp};
use crate::verdict::{Metrics, Proof, Report, Task, fold};

pub use collect::RISK;

/// What is asked of a run.
#[derive(Debug, Clone)]
pub struct Request {
    /// The repository.
    pub path: PathBuf,
    /// The DoD, relative to the repository; none for `donegate.yaml`.
    pub dod: Option<PathBuf>,
    /// A built-in profile instead of a file.
    pub profile: Option<String>,
    /// The stage that is judged.
    pub stage: Stage,
    /// The base that the change set is made against; none for the default.
    pub base: Option<String>,
    /// The change set ends at the index.
    pub staged: bool,
    /// The rules that are judged alone; empty for all.
    pub only: Vec<String>,
    /// The rules that are left out.
    pub skip: Vec<String>,
    /// Where an area's evidence is looked for: replaces the DoD's.
    pub evidence: Vec<(AreaName, String)>,
    /// A component of a monorepo.
    pub component: Option<PathBuf>,
    /// A file of attestations from outside the tree.
    pub attestations: Option<PathBuf>,
    /// An earlier report, from outside the tree: what it has does not count where a rule says `new-only`.
    pub baseline: Option<PathBuf>,
    /// Where the running service is asked; none: it is not.
    pub probe: Option<String>,
    /// Whether commands that the DoD names may be run.
    pub run: bool,
    /// The task's id; none for a repeatable one.
    pub task_id: Option<String>,
    /// The agent's name; none for the DoD's.
    pub agent: Option<String>,
    /// Passed through to the TaskOutput.
    pub next_task: Option<String>,
    /// Passed through to the TaskOutput.
    pub depends_on: Vec<String>,
    /// Areas whose figures are wanted, whether a rule needs them or not.
    pub measure: Vec<AreaName>,
}

impl Request {
    /// A request with every default, for the repository at `path`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            dod: None,
            profile: None,
            stage: Stage::Ci,
            base: None,
            staged: false,
            only: Vec::new(),
            skip: Vec::new(),
            evidence: Vec::new(),
            component: None,
            attestations: None,
            baseline: None,
            probe: None,
            run: false,
            task_id: None,
            agent: None,
            next_task: None,
            depends_on: Vec::new(),
            measure: Vec::new(),
        }
    }
}

/// Why nothing was judged: the command line or the DoD is wrong. Already in words for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, with file, line and what to do.
    pub message: String,
}

impl Refusal {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// Evaluates a repository against its DoD.
///
/// # Errors
/// The path, the DoD or an option is wrong: nothing was judged.
pub fn check(request: &Request) -> Result<Report, Refusal> {
    let repo = open(request)?;
    if request.component.is_some() || request.dod.is_some() || request.profile.is_some() {
        return check_one(request, repo);
    }
    let own = source::own(&repo)?;
    let found = components::find(&repo, own.as_ref())?;
    if !found.folders.is_empty() {
        return components::check(request, repo, own, &found);
    }
    drop(own);
    let mut report = check_one(request, repo)?;
    if components::may_lose(&report) {
        components::lose(&mut report, &open(request)?, &[]);
    }
    Ok(report)
}

/// Evaluates one tree against its DoD; a component's report is told from the root.
fn check_one(request: &Request, mut repo: Repo) -> Result<Report, Refusal> {
    let mut notes = Vec::new();
    let mut reading = Reading::default();
    let plan = source::plan(request, &repo, &reading, &mut notes)?;
    if request.staged {
        // What is left to the working tree from here on is not what the index has.
        reading = Reading::default();
    }
    repo.leave_to_working_tree(&report_globs(&plan, request)).map_err(Refusal::new)?;
    let chosen = judge::choose(&plan, request)?;
    let outside = outside(request, &repo)?;
    let mut inputs = collect::Inputs::new(&repo, &plan, request, outside.as_ref())?;
    inputs.reading = reading;
    risks(&repo, Some(&plan), request, &mut inputs, &mut notes);
    let worlds = judge::due(&plan, &chosen, request, &inputs);
    let measured = request.measure.iter().copied().map(Need::Area);
    let needs: Vec<Need> = worlds.iter().flat_map(|due| due.needs()).chain(measured).collect();
    let facts = collect::collect(&inputs, &needs)?;
    let mut rules = judge::judge(&plan, worlds, &facts);
    waivers::apply(&plan, &mut rules, &repo.clock.today());
    let changes = facts.changes.as_ref().and_then(|area| area.facts.clone());
    baseline::apply(request, &repo, &plan, changes.as_ref(), &mut rules, &mut notes);
    notes.extend(collect::notes(&repo, &facts));
    let verdict = fold(&rules, changes.as_ref());
    let mut report = Report {
        verdict,
        rules,
        stage: request.stage,
        partial: judge::partial(request),
        dod_files: plan.files.iter().map(|file| (file.path.clone(), file.sha256.clone())).collect(),
        metrics: metrics(&facts),
        exhibits: exhibits::of(&facts),
        task: task(request, &repo, &plan),
        changes,
        completed_at: repo.clock.printed(),
        notes,
    };
    if let Some(folder) = repo.folder() {
        components::from_root(&mut report, &repo, folder);
    }
    Ok(report)
}

/// Finds what is risky in the change and whether somebody has approved it.
fn risks(
    repo: &Repo,
    plan: Option<&Plan>,
    request: &Request,
    inputs: &mut collect::Inputs<'_>,
    notes: &mut Vec<String>,
) {
    let Some(changes) = inputs.changes() else { return };
    let ways_back = evidence::risks::ways_back(repo, changes);
    let mut found = evidence::risks::collect(repo, changes);
    if let (Some(base), Some(plan)) = (changes.base.clone(), plan) {
        match source::at_base(request, repo, &base) {
            Ok(source::BaseDod::Same | source::BaseDod::None) => {}
            Ok(source::BaseDod::Gone(old, path)) => found.push(from_root(repo, gate::removed(&old, &path))),
            Ok(source::BaseDod::Plan(old)) => {
                found.extend(gate::weakened(&old, plan).into_iter().map(|risk| from_root(repo, risk)));
            }
            Err(why) => notes.push(format!("the base's Definition of Done cannot be compared with: {why}")),
        }
    }
    if let Some(base) = changes.base.as_deref().filter(|_| evidence::risks::may_break(changes)) {
        // A hook has no time for two analyses of the code: routes are held against the base's from the stage ci on.
        let routes = (request.stage >= Stage::Ci).then_some(&inputs.reading);
        match repo.open_at(base) {
            Ok(old) => found.extend(evidence::risks::broken(&old, repo, changes, routes)),
            Err(why) => notes.push(format!("the base's interface cannot be compared with: {why}")),
        }
    }
    evidence::risks::sort(&mut found);
    inputs.found_risks(found, ways_back);
}

/// A DoD's place is told from the root: in a component's report that is marked by a leading `/`.
fn from_root(repo: &Repo, mut risk: Risk) -> Risk {
    if repo.folder().is_some() {
        risk.file.insert(0, '/');
    }
    risk
}

/// The digest that an approval of the change's risks is bound to.
///
/// # Errors
/// The path or the base is wrong, or there is no change set.
pub fn change_digest(request: &Request) -> Result<String, Refusal> {
    let repo = open(request)?;
    let changes = repo
        .changes(request.base.as_deref(), request.staged)
        .map_err(|why| Refusal::new(format!("the change set is not known: {why}")))?;
    Ok(evidence::risks::digest(&repo, &changes))
}

/// Collects areas of facts alone, in the order in which they are asked for.
///
/// # Errors
/// The path or an option is wrong.
pub fn facts(request: &Request, areas: &[AreaName]) -> Result<Facts, Refusal> {
    let mut repo = open(request)?;
    let plan = Plan::empty();
    repo.leave_to_working_tree(&report_globs(&plan, request)).map_err(Refusal::new)?;
    // Of what is asked for alone, git is asked for nothing else.
    let changes = areas.iter().any(|area| matches!(area, AreaName::Changes | AreaName::Coverage));
    let mut inputs = match changes || request.base.is_some() {
        true => collect::Inputs::new(&repo, &plan, request, None)?,
        false => collect::Inputs::without_changes(&repo, &plan, request)?,
    };
    if areas.contains(&AreaName::Changes) {
        let own = source::plan(request, &repo, &inputs.reading, &mut Vec::new()).ok();
        risks(&repo, own.as_ref(), request, &mut inputs, &mut Vec::new());
    }
    let mut needs: Vec<Need> = areas.iter().copied().map(Need::Area).collect();
    if areas.contains(&AreaName::Routes) {
        needs.push(Need::RouteTests);
    }
    collect::collect(&inputs, &needs)
}

/// Collects what the code reads of its environment, with an example file beside those with a usual name.
///
/// # Errors
/// The path is wrong.
pub fn environment(request: &Request, example: Option<&str>) -> Result<Facts, Refusal> {
    let repo = open(request)?;
    let plan = Plan::empty();
    let inputs = collect::Inputs::new(&repo, &plan, request, None)?;
    let example = example.map(|path| Need::EnvExample(path.to_owned()));
    let needs: Vec<Need> = std::iter::once(Need::Area(AreaName::Env)).chain(example).collect();
    collect::collect(&inputs, &needs)
}

/// Binds the reports of an area that `written` names to the content that they speak of, as both are now. The new file of
/// stamps, and the stamps that are new in it.
///
/// # Errors
/// The path or an option is wrong, or a file cannot be read.
pub fn stamp(
    request: &Request,
    area: AreaName,
    written: impl Fn(&str) -> bool,
    command: &[String],
) -> Result<(String, Vec<Stamp>), Refusal> {
    let mut repo = open(request)?;
    let plan = source::plan(request, &repo, &Reading::default(), &mut Vec::new())?;
    repo.record_freshness();
    let inputs = collect::Inputs::new(&repo, &plan, request, None)?;
    collect::collect(&inputs, &[Need::Area(area)])?;
    let stamps = repo
        .speaks_of()
        .iter()
        .filter(|(report, _)| written(report))
        .map(|(report, speaks_of)| repo.stamp(area.name(), report, speaks_of, command))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Refusal::new)?;
    Ok((repo.stamped(&stamps), stamps))
}

/// The files that lie where an area's evidence is looked for.
///
/// # Errors
/// The path or an option is wrong.
pub fn reports(request: &Request, area: AreaName) -> Result<Vec<String>, Refusal> {
    let repo = open(request)?;
    let plan = source::plan(request, &repo, &Reading::default(), &mut Vec::new())?;
    let places = places(&plan, request);
    let Some(collector) = evidence::of(area) else { return Ok(Vec::new()) };
    let globs = evidence::Context::new(&repo, &places, None).globs(collector);
    let found = repo.find(&globs, true).map_err(Refusal::new)?;
    Ok(found.iter().map(ToString::to_string).collect())
}

/// The rules as they would be judged.
///
/// # Errors
/// The path or the DoD is wrong.
pub fn plan(request: &Request) -> Result<Plan, Refusal> {
    source::plan(request, &open(request)?, &Reading::default(), &mut Vec::new())
}

/// The folder of the repository that `folder` lies in: the git work tree's top, else the folder itself.
#[must_use]
pub fn root_of(folder: &Path) -> PathBuf {
    Repo::top_of(folder)
}

/// Whether the repository is an HTTP service, by what its manifests declare or its code registers.
#[must_use]
pub fn serves_http(repo: &Repo) -> bool {
    source::serves_http(repo, &Reading::default())
}

fn open(request: &Request) -> Result<Repo, Refusal> {
    let opened = if request.staged { Repo::open_staged(&request.path) } else { Repo::open(&request.path) };
    let home = opened.map_err(|why| Refusal::new(format!("cannot open the repository: {why}")))?;
    let Some(component) = &request.component else {
        // Nobody extends what lies above without naming it by `..`.
        return Ok(match source::extends_above(&home) {
            true => match home.within_work_tree(request.staged) {
                Ok(inside) => inside,
                Err(why) => return Err(Refusal::new(format!("the DoD extends a file above the repository: {why}"))),
            },
            false => home,
        });
    };
    let named = home.relative(&request.path.join(component)).or_else(|_| home.relative(component));
    named
        .and_then(|folder| Repo::component(&std::sync::Arc::new(home), &folder))
        .map_err(|why| Refusal::new(format!("cannot open the component {}: {why}", component.display())))
}

fn outside(request: &Request, repo: &Repo) -> Result<Option<Content>, Refusal> {
    let Some(path) = &request.attestations else { return Ok(None) };
    repo.read_outside(path)
        .map(Some)
        .map_err(|error| Refusal::new(format!("cannot read the attestations in {}: {error}", path.display())))
}

/// The figures that the TaskOutput carries: those that are proven.
fn metrics(facts: &Facts) -> Metrics {
    let coverage = facts.coverage.as_ref().and_then(|area| area.proven().ok());
    let tests = facts.tests.as_ref().and_then(|area| area.proven().ok());
    let performance = facts.performance.as_ref().and_then(|area| area.proven().ok());
    let changed = facts.changes.as_ref().and_then(|area| area.facts.as_ref());
    Metrics {
        line_coverage: coverage.and_then(|coverage| coverage.lines).map(|lines| lines.percent),
        tests_passed: tests.map(|tests| tests.failed == 0 && tests.errored == 0 && tests.passed > 0),
        p95_ms: performance.and_then(|performance| performance.p95_ms),
        error_rate: performance.and_then(|performance| performance.error_rate),
        tests_added: changed.map(collect::tests_added).unwrap_or_default(),
        coverage_proof: facts.coverage.as_ref().map_or(Proof::NotAsked, |area| proof(&area.evidence)),
        tests_proof: facts.tests.as_ref().map_or(Proof::NotAsked, |area| proof(&area.evidence)),
    }
}

/// What evidence is worth as proof of a figure.
fn proof(evidence: &Evidence) -> Proof {
    if evidence.state == State::Found {
        return Proof::Reports(evidence.reports.iter().map(|report| report.path.clone()).collect());
    }
    let why = evidence.problems.first().map(|problem| format!(": {}: {}", problem.path, problem.why));
    let looked = format!(" (looked for {})", evidence.looked_for.join(", "));
    Proof::Missing(format!("the evidence is {}{}", evidence.state.name(), why.unwrap_or(looked)))
}

/// The task: as asked, else a UUIDv5 of repository, commit and DoD, so that it is repeatable.
fn task(request: &Request, repo: &Repo, plan: &Plan) -> Task {
    let id = request.task_id.clone().unwrap_or_else(|| {
        let (origin, head) = repo.identity().unwrap_or_default();
        let dod: String = plan.files.iter().map(|file| file.sha256.as_str()).collect();
        Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("donegate:{origin}:{head}:{dod}").as_bytes()).to_string()
    });
    let agent = request.agent.clone().or_else(|| plan.agent.clone()).unwrap_or_else(|| "donegate".to_owned());
    Task { id, agent, next: request.next_task.clone(), depends_on: request.depends_on.clone() }
}

/// The places where evidence lies: the DoD's, then the command line's in their stead.
fn places(plan: &Plan, request: &Request) -> BTreeMap<AreaName, Vec<String>> {
    let mut places: BTreeMap<AreaName, Vec<String>> = BTreeMap::new();
    for (area, given) in &plan.evidence {
        if !given.globs.is_empty() {
            places.insert(*area, given.globs.clone());
        }
    }
    let mut named: BTreeMap<AreaName, Vec<String>> = BTreeMap::new();
    for (area, glob) in &request.evidence {
        named.entry(*area).or_default().push(glob.clone());
    }
    places.extend(named);
    places
}

/// Where reports lie: what other tools wrote, which no commit holds.
fn report_globs(plan: &Plan, request: &Request) -> Vec<String> {
    let given = places(plan, request);
    let areas = [AreaName::Coverage, AreaName::Audit, AreaName::Tests, AreaName::Performance, AreaName::Images];
    let own = |area: &AreaName| -> Vec<String> {
        evidence::of(*area).into_iter().flat_map(|it| it.looks_for()).map(|&glob| glob.to_owned()).collect()
    };
    let reports = areas.iter().flat_map(|area| given.get(area).cloned().unwrap_or_else(|| own(area)));
    reports.chain(plan.baseline.iter().map(|path| globset::escape(path))).collect()
}

/// Loads a DoD, its mistakes rendered for a person.
fn load(from: &dod::DodSource, repo: &Repo) -> Result<Plan, Refusal> {
    dod::load(from, repo).map_err(|refusal| Refusal::new(refusal.render()))
}
