//! Collecting: the areas that rules need, each once, in parallel; then the answers to what rules ask of files and people.

use std::collections::{BTreeMap, BTreeSet};

use std::sync::OnceLock;

use serde_json::{Value as Json, json};

use crate::dod::Plan;
use crate::domain::change::{Approval, ChangeStatus, Changes, Risk};
use crate::domain::units::Span;
use crate::evidence::attestations::{self, Ledger};
use crate::evidence::{self, Collected, Context, Reading, coverage, dependencies, files, secrets};
use crate::facts::attestations::AttestationQuery;
use crate::facts::probes::{ProbeAnswer, ProbeQuery, Probes};
use crate::facts::{Area, AreaName, Evidence, Facts, Need, State};
use crate::repo::{Content, Repo, http};

use super::remembered::Remembered;
use super::run::{self, Leave};
use super::{Refusal, Request, places, source};

/// Questions that are put to the running service at a time.
const AT_ONCE: usize = 8;

/// The rule that approvals of risks are given for, whether a DoD has a rule of that name or not.
pub const RISK: &str = "risk";

/// What collecting starts from.
pub(super) struct Inputs<'a> {
    repo: &'a Repo,
    places: BTreeMap<AreaName, Vec<String>>,
    changes: Area<Changes>,
    /// What the index holds is judged.
    staged: bool,
    outside: Option<&'a Content>,
    self_attest: bool,
    max_age: Option<Span>,
    /// The DoD.
    plan: &'a Plan,
    /// Whether what the DoD names may be run.
    run: bool,
    /// Where the running service is asked.
    probe: Option<String>,
    /// The commands that the DoD names as evidence.
    evidence_runs: BTreeMap<AreaName, Vec<Vec<String>>>,
    /// Which commands may be run.
    leave: Leave,
    /// What the code says, where somebody has read it already.
    pub(super) reading: Reading,
    /// What `when` may ask about; made when the first rule asks.
    world: OnceLock<Json>,
}

impl<'a> Inputs<'a> {
    /// Asks git for the change set.
    ///
    /// # Errors
    /// The base that was named is not known, or a glob is malformed.
    pub(super) fn new(
        repo: &'a Repo,
        plan: &'a Plan,
        request: &Request,
        outside: Option<&'a Content>,
    ) -> Result<Self, Refusal> {
        let changes = match repo.changes(request.base.as_deref(), request.staged) {
            Ok(changes) => Area::found(changes, Evidence::new(State::Found, Vec::new())),
            Err(why) if request.base.is_some() => {
                let base = request.base.as_deref().unwrap_or_default();
                return Err(Refusal::new(format!("cannot compare with the base `{base}`: {why}")));
            }
            Err(why) => {
                let mut evidence = Evidence::new(State::Absent, Vec::new());
                evidence.problems.push(crate::facts::Problem { path: ".git".to_owned(), line: None, why });
                Area::missing(evidence)
            }
        };
        Self::with_changes(repo, plan, request, outside, changes)
    }

    /// What starts from the tree as it is: nothing that is asked for speaks of changes.
    ///
    /// # Errors
    /// A glob is malformed.
    pub(super) fn without_changes(repo: &'a Repo, plan: &'a Plan, request: &Request) -> Result<Self, Refusal> {
        let unasked = Area::missing(Evidence::new(State::Absent, Vec::new()));
        Self::with_changes(repo, plan, request, None, unasked)
    }

    fn with_changes(
        repo: &'a Repo,
        plan: &'a Plan,
        request: &Request,
        outside: Option<&'a Content>,
        changes: Area<Changes>,
    ) -> Result<Self, Refusal> {
        let places = places(plan, request);
        for globs in places.values() {
            crate::repo::glob_set(globs)
                .map_err(|why| Refusal::new(format!("a glob for evidence is malformed: {why}")))?;
        }
        let probe = request.probe.as_deref().map(http::base).transpose().map_err(Refusal::new)?;
        let base = changes.facts.as_ref().and_then(|changes| changes.base.as_deref());
        let leave = Leave::new(repo, plan, request.run, base);
        Ok(Self {
            repo,
            places,
            plan,
            run: request.run,
            probe,
            changes,
            staged: request.staged,
            outside,
            self_attest: plan.self_attest,
            max_age: plan.max_age,
            evidence_runs: plan.evidence.iter().map(|(area, places)| (*area, places.run.clone())).collect(),
            leave,
            reading: Reading::default(),
            world: OnceLock::new(),
        })
    }
}

impl Inputs<'_> {
    /// The change set, where it is known.
    pub(super) fn changes(&self) -> Option<&Changes> {
        self.changes.facts.as_ref()
    }

    /// Takes the risks of the change set and what takes its migrations back, and looks for somebody who has approved them.
    pub(super) fn found_risks(&mut self, risks: Vec<Risk>, ways_back: Vec<String>) {
        let Some(changes) = &self.changes.facts else { return };
        let (mut approval, mut void) = (None, Vec::new());
        if !risks.is_empty() {
            let digest = Some(crate::evidence::risks::digest(self.repo, changes));
            let query = AttestationQuery { rule: RISK.to_owned(), covers: Vec::new(), digest };
            let answer = ledger_of(self).answer(self.repo, &query);
            void.extend(answer.problems.iter().map(|problem| format!("{}: {}", problem.path, problem.why)));
            for given in answer.given {
                match given.void {
                    Some(why) => void.push(format!("the approval by {} does not count: {why}", given.by)),
                    None if approval.is_none() => {
                        approval = Some(Approval { by: given.by, at: given.at, note: given.note });
                    }
                    None => {}
                }
            }
        }
        if let Some(changes) = &mut self.changes.facts {
            changes.risks = risks;
            changes.ways_back = ways_back;
            changes.approval = approval;
            changes.void_approvals = void;
        }
    }

    /// The languages, frameworks and files of the tree, as `when` sees them.
    pub(super) fn world(&self) -> &Json {
        self.world.get_or_init(|| {
            let files: Vec<&str> = self.repo.files().iter().map(|entry| &*entry.path).collect();
            json!({ "languages": languages(self.repo), "frameworks": source::frameworks(self.repo), "files": files })
        })
    }
}

/// The languages of the source files, sorted.
fn languages(repo: &Repo) -> BTreeSet<&'static str> {
    let of = |path: &str| match path.rsplit_once('.')?.1 {
        "js" | "jsx" | "mjs" | "cjs" => Some("javascript"),
        "ts" | "tsx" | "mts" | "cts" => Some("typescript"),
        "py" => Some("python"),
        "go" => Some("go"),
        "rs" => Some("rust"),
        "java" => Some("java"),
        "kt" | "kts" => Some("kotlin"),
        "rb" => Some("ruby"),
        "php" => Some("php"),
        "cs" => Some("csharp"),
        "sql" => Some("sql"),
        "sh" | "bash" => Some("shell"),
        _ => None,
    };
    repo.files().iter().filter_map(|entry| of(&entry.path)).collect()
}

/// Collects what is needed.
///
/// # Errors
/// A rule's glob or expression is malformed (its reading refuses that earlier, so this is the last wall).
pub(super) fn collect(inputs: &Inputs<'_>, needs: &[Need]) -> Result<Facts, Refusal> {
    let mut facts = Facts { today: Some(inputs.repo.clock.today()), ..Facts::default() };
    let areas: BTreeSet<AreaName> = needs
        .iter()
        .filter_map(|need| match need {
            Need::Area(area) => Some(*area),
            Need::Files(_)
            | Need::Dependencies
            | Need::Attestation(_)
            | Need::Coverage(_)
            | Need::Probe(_)
            | Need::RouteTests
            | Need::Command(_)
            | Need::Secrets(_)
            | Need::EnvExample(_) => None,
        })
        .collect();
    let (commands, not_run) = inputs.leave.evidence(inputs.repo, &areas, &inputs.evidence_runs);
    let named = env_examples(needs);
    let mut context = Context::new(inputs.repo, &inputs.places, inputs.changes.facts.as_ref());
    context.env_examples = &named;
    if let Some(max_age) = inputs.max_age {
        context.max_age = max_age;
    }
    context.run = inputs.run;
    context.route_tests = needs.contains(&Need::RouteTests);
    context.commands = &commands;
    context.reading = inputs.reading.clone();
    let mut remembered = Remembered::of(inputs.repo, inputs.staged && !context.route_tests, &areas, &named);
    let known = remembered.take();
    let left: BTreeSet<AreaName> =
        areas.iter().copied().filter(|area| !known.iter().any(|one| run::area_of(one) == *area)).collect();
    let evaluated = left.contains(&AreaName::Routes) || left.contains(&AreaName::Env);
    known.into_iter().for_each(|one| one.store(&mut facts));
    for mut one in side_by_side(&left, &context) {
        run::note(&mut one, &commands, &not_run);
        run::tell_step(&mut one, inputs.repo);
        one.store(&mut facts);
    }
    remembered.keep(inputs.repo, &facts, evaluated);
    facts.changes = Some(inputs.changes.clone());
    if needs.contains(&Need::Dependencies) {
        facts.dependencies = Some(dependencies::collect(inputs.repo));
    }
    facts.probes = probes(inputs, needs);
    let mut ledger = None;
    for need in needs.iter().collect::<BTreeSet<_>>() {
        match need {
            Need::Files(query) => {
                let answer = files::answer(inputs.repo, query).map_err(Refusal::new)?;
                facts.files.push((query.clone(), answer));
            }
            Need::Attestation(query) => {
                let ledger = ledger.get_or_insert_with(|| ledger_of(inputs));
                facts.attestations.push((query.clone(), ledger.answer(inputs.repo, query)));
            }
            Need::Coverage(query) => {
                let answer = coverage::answer(&context, facts.coverage.as_ref(), query);
                facts.coverage_answers.push((query.clone(), answer));
            }
            Need::Command(query) => {
                facts.commands.push((query.clone(), inputs.leave.command(inputs.repo, query)));
            }
            Need::Secrets(query) => {
                let answer = secrets::answer(inputs.repo, query).map_err(Refusal::new)?;
                facts.secrets.push((query.clone(), answer));
            }
            Need::Area(_) | Need::Dependencies | Need::Probe(_) | Need::EnvExample(_) | Need::RouteTests => {}
        }
    }
    Ok(facts)
}

/// The example files that rules name.
fn env_examples(needs: &[Need]) -> Vec<String> {
    let named = needs.iter().filter_map(|need| match need {
        Need::EnvExample(path) => Some(path.clone()),
        Need::Area(_)
        | Need::Files(_)
        | Need::Dependencies
        | Need::Attestation(_)
        | Need::Coverage(_)
        | Need::Probe(_)
        | Need::Command(_)
        | Need::Secrets(_)
        | Need::RouteTests => None,
    });
    named.collect()
}

/// Runs the areas' collectors, a thread each, and gives what they bring in the order of the areas. They are no tasks of the
/// pool that reads files: two areas wait for one reading of the code, and a task that waits there for work of its own
/// pool waits for ever where the pool has no thread to spare.
fn side_by_side(areas: &BTreeSet<AreaName>, context: &Context<'_>) -> Vec<Collected> {
    let collectors: Vec<_> = areas.iter().filter_map(|area| evidence::of(*area)).collect();
    std::thread::scope(|scope| {
        let run = |collector: &'static dyn evidence::Collector| {
            std::thread::Builder::new().spawn_scoped(scope, move || collector.collect(context)).map_err(|_| collector)
        };
        let running: Vec<_> = collectors.into_iter().map(run).collect();
        let finish =
            |one: Result<std::thread::ScopedJoinHandle<'_, Collected>, &'static dyn evidence::Collector>| match one {
                Ok(thread) => thread.join().unwrap_or_else(|bug| std::panic::resume_unwind(bug)),
                Err(collector) => collector.collect(context),
            };
        running.into_iter().map(finish).collect()
    })
}

/// Asks the running service what rules want to know, several questions at a time. Where the DoD names a service that may be
/// started, it is started for that and stopped behind it.
fn probes(inputs: &Inputs<'_>, needs: &[Need]) -> Option<Probes> {
    let asked: BTreeSet<&ProbeQuery> = needs
        .iter()
        .filter_map(|need| match need {
            Need::Probe(query) => Some(query),
            Need::Area(_)
            | Need::Files(_)
            | Need::Dependencies
            | Need::Attestation(_)
            | Need::Coverage(_)
            | Need::RouteTests
            | Need::Command(_)
            | Need::Secrets(_)
            | Need::EnvExample(_) => None,
        })
        .collect();
    let serve = inputs.plan.serve.as_ref().filter(|_| inputs.run && !asked.is_empty());
    let base = inputs.probe.clone().or_else(|| http::origin(&serve?.ready))?;
    let commit = inputs.changes.facts.as_ref().and_then(|changes| changes.base.as_deref());
    let service = serve.map(|serve| super::serve::start(inputs.repo, inputs.plan, serve, commit)).transpose();
    let answers = match &service {
        Ok(_) => ask(&base, &asked.into_iter().collect::<Vec<_>>()),
        Err(why) => asked.into_iter().map(|query| (query.clone(), ProbeAnswer::Unreached(why.clone()))).collect(),
    };
    drop(service);
    Some(Probes { base, answers })
}

fn ask(base: &str, asked: &[&ProbeQuery]) -> Vec<(ProbeQuery, ProbeAnswer)> {
    let mut answers = Vec::new();
    for some in asked.chunks(AT_ONCE) {
        std::thread::scope(|scope| {
            let running: Vec<_> = some.iter().map(|query| scope.spawn(|| evidence::probe::ask(base, query))).collect();
            for (query, one) in some.iter().zip(running) {
                let surprise = |_| ProbeAnswer::Unreached("a bug in the probe".to_owned());
                answers.push(((*query).clone(), one.join().unwrap_or_else(surprise)));
            }
        });
    }
    answers
}

fn ledger_of(inputs: &Inputs<'_>) -> Ledger {
    let base = inputs.changes.facts.as_ref().and_then(|changes| changes.base.as_deref());
    let rules = attestations::Rules { outside: inputs.outside, base, self_attest: inputs.self_attest };
    Ledger::read(inputs.repo, rules)
}

/// New test files of a change set, by path.
pub(super) fn tests_added(changes: &Changes) -> Vec<String> {
    let added = changes.files.iter().filter(|file| file.status == ChangeStatus::Added);
    added.filter(|file| crate::domain::change::is_test(&file.path)).map(|file| file.path.clone()).collect()
}

/// What a reader of the report should know beside the rules.
pub(super) fn notes(repo: &Repo, facts: &Facts) -> Vec<String> {
    let mut notes = Vec::new();
    match &facts.changes {
        Some(Area { facts: Some(changes), .. }) => {
            notes.extend(changes.note.clone());
            notes.extend(changes.void_approvals.iter().cloned());
            notes.extend(changes.approval.as_ref().map(|by| {
                format!("{} risks of the change are approved by {}: {}", changes.risks.len(), by.by, by.note)
            }));
        }
        Some(Area { facts: None, evidence }) => {
            let why = evidence.problems.first().map_or("unknown", |problem| problem.why.as_str());
            notes.push(format!("the change set is not known: {why}"));
        }
        None => {}
    }
    if let Some(routes) =
        facts.routes.as_ref().and_then(|area| area.facts.as_ref()).filter(|routes| !routes.unresolved.is_empty())
    {
        let first = &routes.unresolved[0];
        notes.push(format!(
            "{} route registrations could not be resolved, the first at {}:{}: {} (`donegate facts routes` lists them)",
            routes.unresolved.len(),
            first.file,
            first.line,
            first.reason
        ));
    }
    if let Some(first) = repo.skipped().first() {
        let more = repo.skipped().len() - 1;
        let rest = if more == 0 { String::new() } else { format!(", and {more} more") };
        notes.push(format!("left out: {} ({}){rest}", first.path, first.why));
    }
    notes
}
