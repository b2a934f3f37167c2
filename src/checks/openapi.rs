//! `openapi`: the OpenAPI document tells the truth in both directions, and is valid.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::RouteGlob;
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::units::{Percent, Threshold, count};
use crate::facts::openapi::{Elsewhere, OpenApi, Operation};
use crate::facts::routes::{Routes, Unresolved};
use crate::facts::{Area, AreaName, Evidence, Facts, Need, State};

/// The check.
pub const OPENAPI: CheckOf<OpenApiRule> =
    CheckOf { name: "openapi", page: include_str!("openapi.md"), stage: Stage::Commit, parameters: PhantomData };

/// Findings of one kind that are listed.
const SHOWN: usize = 100;

/// How well documents and code must agree.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct OpenApiRule {
    /// The share of the code's routes that a document has.
    documented: Threshold,
    /// The share of the documents' operations that the code has.
    implemented: Threshold,
    /// Whether the documents must be valid.
    valid: bool,
    /// Paths that are not held against each other.
    ignore: Vec<RouteGlob>,
}

impl Default for OpenApiRule {
    fn default() -> Self {
        let all = Threshold { percent: Percent::whole(100), strict: false };
        Self { documented: all, implemented: all, valid: true, ignore: Vec::new() }
    }
}

/// One direction: how much of it holds, and what does not.
struct Side<'a> {
    limit: Threshold,
    total: u64,
    missing: Vec<&'a Operation>,
    /// What one service may have of another.
    unsure: Vec<&'a Elsewhere>,
}

impl Side<'_> {
    fn good(&self) -> u64 {
        self.total.saturating_sub((self.missing.len() + self.unsure.len()) as u64)
    }

    /// How many there would be if what is unsure held.
    fn at_best(&self) -> u64 {
        self.good() + self.unsure.len() as u64
    }

    fn asked(&self) -> bool {
        self.limit != Threshold { percent: Percent::whole(0), strict: false }
    }

    /// Whether it holds with what is sure.
    fn met(&self) -> bool {
        !self.asked() || self.limit.met(self.good(), self.total)
    }

    /// Whether it holds with what is unsure.
    fn may_hold(&self) -> bool {
        !self.asked() || self.limit.met(self.at_best(), self.total)
    }
}

impl OpenApiRule {
    fn required(&self) -> String {
        let valid = if self.valid { ", valid" } else { "" };
        format!("documented {}, implemented {}{valid}", self.documented, self.implemented)
    }

    fn counts<'a>(&self, all: &'a [Operation]) -> Vec<&'a Operation> {
        all.iter().filter(|operation| !self.ignore.iter().any(|glob| glob.matches(&operation.path))).collect()
    }

    /// What one service may have of another, by what counts of it; each once.
    fn unsure<'a>(&self, all: &'a [Elsewhere], of: fn(&Elsewhere) -> Option<&Operation>) -> Vec<&'a Elsewhere> {
        let mut seen = BTreeSet::new();
        let is_asked = |operation: &&Operation| !self.ignore.iter().any(|glob| glob.matches(&operation.path));
        all.iter().filter(|one| of(one).filter(is_asked).is_some_and(|one| seen.insert(one.clone()))).collect()
    }

    fn sides<'a>(&self, facts: &'a OpenApi) -> (Side<'a>, Side<'a>) {
        let operations: Vec<&Operation> = self
            .counts(&facts.operations)
            .into_iter()
            .filter(|operation| !matches!(operation.method.as_str(), "HEAD" | "OPTIONS"))
            .collect();
        let documented = Side {
            limit: self.documented,
            total: self.counts(&facts.held).len() as u64,
            missing: self.counts(&facts.undocumented),
            unsure: self.unsure(&facts.elsewhere, |one| Some(&one.route).filter(|_| one.alone)),
        };
        let implemented = Side {
            limit: self.implemented,
            total: operations.len() as u64,
            missing: self.counts(&facts.unimplemented),
            unsure: self.unsure(&facts.elsewhere, |one| Some(&one.operation)),
        };
        (documented, implemented)
    }
}

/// What judging gathers before it is a judgement.
struct Verdict {
    failed: Vec<String>,
    unknown: Vec<String>,
    findings: Vec<Finding>,
}

impl Verdict {
    fn add<'a>(&mut self, findings: impl Iterator<Item = Finding> + 'a) {
        self.findings.extend(findings.take(SHOWN));
    }
}

fn place(operation: &Operation) -> Option<Location> {
    Some(Location::line(&operation.file, operation.line))
}

fn name(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

/// The first of some operations with its place, and how many more there are.
fn first(operations: &[&Operation], needed: u64) -> String {
    let Some(one) = operations.first() else { return String::new() };
    let more = needed.saturating_sub(1);
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{} ({}:{}){rest}", name(one), one.file, one.line)
}

impl OpenApiRule {
    fn verdict(&self, rule: &RuleContext<'_>, facts: &OpenApi, routes: &Area<Routes>) -> Verdict {
        let mut verdict = Verdict { failed: Vec::new(), unknown: Vec::new(), findings: Vec::new() };
        if self.valid && !facts.errors.is_empty() {
            let first = &facts.errors[0];
            verdict.failed.push(format!("mend {}:{}:{}: {}", first.path, first.line, first.column, first.why));
            verdict.add(facts.errors.iter().map(|error| {
                let at = Location { file: error.path.clone(), line: Some(error.line), column: Some(error.column) };
                Finding::new(rule.id, &error.why, &error.why, Some(at))
            }));
        }
        let (documented, implemented) = self.sides(facts);
        if !documented.asked() && !implemented.asked() {
            return verdict;
        }
        let inventory = match routes.proven() {
            Ok(inventory) => inventory,
            Err(evidence) => {
                verdict.unknown.push(format!(
                    "the code's routes are not known ({}), so nothing holds the document: register them in a framework that donegate reads, or ask for `valid` alone with `documented: 0%` and `implemented: 0%`",
                    evidence.state.name()
                ));
                return verdict;
            }
        };
        documented_side(rule, &documented, &inventory.unresolved, facts, &mut verdict);
        implemented_side(rule, &implemented, &inventory.unresolved, &mut verdict);
        elsewhere(rule, [&documented, &implemented], &mut verdict);
        verdict
    }
}

/// What is in the code is known to be there: a shortfall is a failure. What could not be resolved may be a route that no
/// document has, so each such place counts as one; where no route is known at all they are all that there is.
fn documented_side(
    rule: &RuleContext<'_>,
    side: &Side<'_>,
    unresolved: &[Unresolved],
    facts: &OpenApi,
    verdict: &mut Verdict,
) {
    let none_known = side.total == 0 && !unresolved.is_empty();
    if !side.may_hold() && !none_known {
        let needed = side.limit.missing(side.at_best(), side.total).unwrap_or(side.missing.len() as u64);
        let document = match (facts.services.is_empty(), facts.documents.first()) {
            (true, Some(document)) => &document.path,
            _ => "the document of its service",
        };
        verdict.failed.push(match side.missing.is_empty() {
            true => "no route is left to hold the document against: ignore fewer paths".to_owned(),
            false => format!("describe {} in {document}", first(&side.missing, needed)),
        });
        verdict.add(side.missing.iter().map(|one| {
            let whose = if facts.services.is_empty() { "" } else { " that tells of its service" };
            Finding::new(rule.id, name(one), format!("{} is in no OpenAPI document{whose}", name(one)), place(one))
        }));
    } else if side.asked() && !side.limit.met(side.at_best(), side.total + unresolved.len() as u64) {
        verdict.unknown.push(format!(
            "{} could not be resolved and may be routes that no document has, the first at {}:{}: write those with literal paths",
            count(unresolved.len(), "registration"),
            unresolved[0].file,
            unresolved[0].line
        ));
        verdict.add(unresolved_findings(rule, unresolved));
    }
}

/// An operation that the code seems to lack may be one of those that could not be resolved.
fn implemented_side(rule: &RuleContext<'_>, side: &Side<'_>, unresolved: &[Unresolved], verdict: &mut Verdict) {
    if side.may_hold() {
        return;
    }
    let needed = side.limit.missing(side.at_best(), side.total).unwrap_or(side.missing.len() as u64);
    let what = first(&side.missing, needed);
    let findings = side.missing.iter().map(|one| {
        Finding::new(rule.id, name(one), format!("{} is documented and not in the code", name(one)), place(one))
    });
    if side.missing.is_empty() {
        verdict.failed.push("no operation is left to hold the code against: ignore fewer paths".to_owned());
    } else if unresolved.is_empty() {
        verdict.failed.push(format!("implement {what}, or take it out of the document"));
        verdict.add(findings);
    } else {
        verdict.unknown.push(format!(
            "{what} may be among the {} that could not be resolved, the first at {}:{}: write those with literal paths",
            count(unresolved.len(), "registration"),
            unresolved[0].file,
            unresolved[0].line
        ));
        verdict.add(findings);
        verdict.add(unresolved_findings(rule, unresolved));
    }
}

/// What the document of one service has and the code of another: nothing says that one hands on what the other answers.
fn elsewhere(rule: &RuleContext<'_>, sides: [&Side<'_>; 2], verdict: &mut Verdict) {
    let open = sides.into_iter().filter(|side| !side.met() && side.may_hold());
    let unsure: BTreeSet<&Elsewhere> = open.flat_map(|side| side.unsure.iter().copied()).collect();
    let Some(first) = unsure.first() else { return };
    let (operation, route) = (&first.operation, &first.route);
    let rest = match unsure.len() {
        1 => " is".to_owned(),
        number => format!(" and {} more are", number - 1),
    };
    verdict.unknown.push(format!(
        "{} ({}:{}){rest} in the code of another service ({}:{}), and nothing says whether the document's own hands it on: keep the document beside the code that answers, or name the one that tells of all in the DoD under `evidence: openapi:`",
        name(operation), operation.file, operation.line, route.file, route.line
    ));
    verdict.add(unsure.iter().map(|one| {
        let said = format!(
            "{} is in the code of another service ({}:{})",
            name(&one.operation),
            one.route.file,
            one.route.line
        );
        Finding::new(rule.id, name(&one.operation), said, place(&one.operation))
    }));
}

fn unresolved_findings<'a>(
    rule: &'a RuleContext<'_>,
    unresolved: &'a [Unresolved],
) -> impl Iterator<Item = Finding> + 'a {
    unresolved.iter().take(20).map(|one| {
        let at = Location::line(&one.file, one.line);
        Finding::new(rule.id, &one.reason, format!("not resolved: {}", one.reason), Some(at))
    })
}

/// The step where no document can be used.
fn step(evidence: &Evidence) -> String {
    match evidence.problems.first().filter(|_| evidence.state == State::Absent) {
        Some(problem) => problem.why.clone(),
        None if evidence.state == State::Empty => "write its operations under `paths`".to_owned(),
        None if evidence.state == State::Absent => {
            "write openapi.yaml, or name the document in the DoD under `evidence: openapi:`".to_owned()
        }
        None => "mend it, or name another in the DoD under `evidence: openapi:`".to_owned(),
    }
}

impl Judge for OpenApiRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Area(AreaName::Openapi), Need::Area(AreaName::Routes)]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let required = self.required();
        let (Some(area), Some(routes)) = (&facts.openapi, &facts.routes) else {
            return Judgement::new(Outcome::NoEvidence, required, "").next("documents are not collected");
        };
        let openapi = match area.proven() {
            Ok(openapi) => openapi,
            Err(evidence) => return Judgement::no_evidence(rule, required, evidence, &step(evidence)),
        };
        let verdict = self.verdict(rule, openapi, routes);
        let outcome = match (verdict.failed.is_empty(), verdict.unknown.is_empty()) {
            (false, _) => Outcome::Fail,
            (true, false) => Outcome::NoEvidence,
            (true, true) => Outcome::Pass,
        };
        let (documented, implemented) = self.sides(openapi);
        let mistakes =
            format!("{} in {}", count(openapi.errors.len(), "mistake"), count(openapi.documents.len(), "document"));
        let measured = match routes.proven() {
            Ok(_) => format!(
                "{} of {} routes documented, {} of {} operations implemented, {mistakes}",
                documented.good(),
                documented.total,
                implemented.good(),
                implemented.total
            ),
            Err(_) => mistakes,
        };
        let mut judgement = Judgement::new(outcome, required, measured);
        judgement.findings = verdict.findings;
        let steps: Vec<String> = verdict.failed.into_iter().chain(verdict.unknown).collect();
        judgement.next_step = (!steps.is_empty()).then(|| steps.join("; "));
        judgement.evidence = area.evidence.reports.iter().chain(&routes.evidence.reports).cloned().collect();
        judgement.notes.clone_from(&openapi.notes);
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::openapi::{Document, SpecError};

    fn operation(text: &str) -> Operation {
        let (method, path) = text.split_once(' ').expect("a method and a path");
        Operation { path: path.to_owned(), method: method.to_owned(), file: "app.js".to_owned(), line: 3 }
    }

    fn all(texts: &[&str]) -> Vec<Operation> {
        texts.iter().map(|text| operation(text)).collect()
    }

    fn outcome(rule: &OpenApiRule, undocumented: &[&str], unimplemented: &[&str], unresolved: usize) -> Outcome {
        let mut held = all(&["GET /a", "GET /b"]);
        let mut operations = held.clone();
        held.extend(all(undocumented));
        operations.extend(all(unimplemented));
        let openapi = OpenApi {
            documents: vec![Document { path: "o.yaml".to_owned(), version: "3.0.0".to_owned(), base: "/".to_owned() }],
            operations,
            held,
            undocumented: all(undocumented),
            unimplemented: all(unimplemented),
            ..OpenApi::default()
        };
        judge(rule, openapi, unresolved)
    }

    fn judge(rule: &OpenApiRule, openapi: OpenApi, unresolved: usize) -> Outcome {
        let one = Unresolved {
            file: "a.js".to_owned(),
            line: 1,
            reason: "a path that is not known".to_owned(),
            paths: Vec::new(),
        };
        let routes = Routes { items: Vec::new(), unresolved: vec![one; unresolved], tests: None };
        let found = || Evidence::new(State::Found, Vec::new());
        let facts = Facts {
            openapi: Some(Area::found(openapi, found())),
            routes: Some(Area::found(routes, found())),
            ..Facts::default()
        };
        rule.judge(&RuleContext { id: "openapi" }, &facts).outcome
    }

    #[test]
    fn both_directions_count() {
        let rule = OpenApiRule::default();
        assert_eq!(Outcome::Pass, outcome(&rule, &[], &[], 0));
        assert_eq!(Outcome::Fail, outcome(&rule, &["POST /c"], &[], 0));
        assert_eq!(Outcome::Fail, outcome(&rule, &[], &["POST /c"], 0));
        let ignoring = OpenApiRule { ignore: vec![RouteGlob::parse("/c/**").expect("a glob")], ..rule };
        assert_eq!(Outcome::Pass, outcome(&ignoring, &["POST /c/{id}"], &["GET /c/x/y"], 0));
        let all = OpenApiRule { ignore: vec![RouteGlob::parse("/**").expect("a glob")], ..OpenApiRule::default() };
        assert_eq!(Outcome::Fail, outcome(&all, &[], &[], 0), "nothing held against nothing proves nothing");
    }

    #[test]
    fn what_is_unresolved_may_be_either() {
        let rule = OpenApiRule::default();
        assert_eq!(Outcome::NoEvidence, outcome(&rule, &[], &["POST /c"], 1));
        assert_eq!(Outcome::NoEvidence, outcome(&rule, &[], &[], 1));
        assert_eq!(Outcome::Fail, outcome(&rule, &["POST /c"], &[], 1), "this route is known to be there");
        let openapi = OpenApi {
            documents: vec![Document { path: "o.yaml".to_owned(), version: "3.0.0".to_owned(), base: "/".to_owned() }],
            operations: all(&["GET /a"]),
            unimplemented: all(&["GET /a"]),
            ..OpenApi::default()
        };
        assert_eq!(Outcome::NoEvidence, judge(&rule, openapi.clone(), 2), "no route of the code is known");
        assert_eq!(Outcome::Fail, judge(&rule, openapi, 0), "there is none");
        let half = Threshold { percent: Percent::whole(60), strict: false };
        let lenient = OpenApiRule { documented: half, implemented: half, ..OpenApiRule::default() };
        assert_eq!(Outcome::Pass, outcome(&lenient, &[], &[], 1));
    }

    #[test]
    fn what_another_service_has_is_no_evidence() {
        let one = |text: &str, alone| Elsewhere { operation: operation(text), route: operation(text), alone };
        let came_to = |rule: &OpenApiRule, elsewhere: Vec<Elsewhere>, undocumented: &[&str]| {
            let mut held = all(&["GET /a", "GET /b"]);
            held.extend(all(undocumented));
            let mut operations = all(&["GET /a"]);
            operations.extend(elsewhere.iter().map(|one| one.operation.clone()));
            let openapi =
                OpenApi { operations, held, undocumented: all(undocumented), elsewhere, ..OpenApi::default() };
            judge(rule, openapi, 0)
        };
        let rule = OpenApiRule::default();
        assert_eq!(Outcome::NoEvidence, came_to(&rule, vec![one("GET /b", false)], &[]));
        assert_eq!(Outcome::Fail, came_to(&rule, vec![one("GET /b", false)], &["GET /c"]));
        let none = Threshold { percent: Percent::whole(0), strict: false };
        let documented = OpenApiRule { implemented: none, ..OpenApiRule::default() };
        assert_eq!(Outcome::Pass, came_to(&documented, vec![one("GET /b", false)], &[]), "its own document has it");
        assert_eq!(Outcome::NoEvidence, came_to(&documented, vec![one("GET /b", true)], &[]));
        let half = Threshold { percent: Percent::whole(50), strict: false };
        let lenient = OpenApiRule { documented: half, implemented: half, ..OpenApiRule::default() };
        assert_eq!(Outcome::Pass, came_to(&lenient, vec![one("GET /b", true)], &[]));
        let ignoring = OpenApiRule { ignore: vec![RouteGlob::parse("/b").expect("a glob")], ..rule };
        assert_eq!(Outcome::Pass, came_to(&ignoring, vec![one("GET /b", true)], &[]));
    }

    #[test]
    fn mistakes_fail_whatever_else_is_known() {
        let error = SpecError { path: "o.yaml".to_owned(), line: 1, column: 1, why: "wrong".to_owned() };
        let openapi = OpenApi { errors: vec![error], ..OpenApi::default() };
        let none = Threshold { percent: Percent::whole(0), strict: false };
        let valid = OpenApiRule { documented: none, implemented: none, ..OpenApiRule::default() };
        assert_eq!(Outcome::Fail, judge(&valid, openapi.clone(), 3));
        assert_eq!(Outcome::Pass, judge(&OpenApiRule { valid: false, ..valid }, openapi, 3));
    }
}
