//! `route-tests`: tests send requests that reach the routes.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::RouteGlob;
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::units::{Percent, Threshold, count};
use crate::facts::routes::{Route, Routes, TestsRead};
use crate::facts::{AreaName, Facts, Need};

/// The check.
pub const ROUTE_TESTS: CheckOf<RouteTestsRule> = CheckOf {
    name: "route-tests",
    page: include_str!("route-tests.md"),
    stage: Stage::Commit,
    parameters: PhantomData,
};

/// Findings that are listed.
const SHOWN: usize = 100;

/// How many routes tests must reach.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RouteTestsRule {
    /// The share of the routes that a test reaches.
    reached: Threshold,
    /// Paths that need not be reached.
    ignore: Vec<RouteGlob>,
}

impl Default for RouteTestsRule {
    fn default() -> Self {
        Self { reached: Threshold { percent: Percent::whole(100), strict: false }, ignore: Vec::new() }
    }
}

/// A path, its method and the service.
type Counted<'a> = (&'a str, &'a str, &'a str);

impl RouteTestsRule {
    /// The routes that count, each method and path of a service once; whether a test reaches it.
    fn held<'a>(&self, routes: &'a Routes) -> BTreeMap<Counted<'a>, (&'a Route, bool)> {
        let mut held: BTreeMap<Counted<'a>, (&Route, bool)> = BTreeMap::new();
        for route in routes.items.iter().filter(|route| route.is_http()) {
            if self.ignore.iter().any(|glob| glob.matches(&route.path)) {
                continue;
            }
            // What lies beside the root's goes with all, as the root's does.
            let service = route.service.as_deref().filter(|folder| *folder != ".").unwrap_or_default();
            let known = held.entry((&route.path, &route.method, service)).or_insert((route, false));
            known.1 |= !route.tests.is_empty();
        }
        held
    }

    fn verdict(&self, rule: &RuleContext<'_>, routes: &Routes, read: &TestsRead, required: String) -> Judgement {
        let held = self.held(routes);
        let missing: Vec<&Route> = held.values().filter(|(_, reached)| !reached).map(|(route, _)| *route).collect();
        let (total, good) = (held.len() as u64, (held.len() - missing.len()) as u64);
        let lost = match read.unnamed.len() {
            0 => String::new(),
            lost => format!("; {lost} ask by a name that leads to no route"),
        };
        let bare = match read.bases.as_slice() {
            [] => String::new(),
            [one] => format!("; {} leaves out {}", one.file, one.base),
            [one, rest @ ..] => format!("; {} and {} more leave out a base such as {}", one.file, rest.len(), one.base),
        };
        let measured = format!(
            "{good} of {total} routes reached by {} in {} of tests{lost}{bare}",
            count(read.requests, "request"),
            count(read.files, "file")
        );
        let unresolved = routes.unresolved.len() as u64;
        if self.reached.met(good, total + unresolved) {
            return Judgement::new(Outcome::Pass, required, measured);
        }
        if self.reached.met(good, total) {
            let first = &routes.unresolved[0];
            let step = format!(
                "{unresolved} registrations could not be resolved and may be routes that no test reaches, the first at {}:{}: write those with literal paths",
                first.file, first.line
            );
            return Judgement::new(Outcome::NoEvidence, required, measured).next(step);
        }
        if let Some(first) = routes.unresolved.first().filter(|_| total == 0) {
            let mut judgement = Judgement::new(Outcome::NoEvidence, required, measured);
            judgement.findings = routes
                .unresolved
                .iter()
                .take(SHOWN)
                .map(|one| {
                    let at = Location::line(&one.file, one.line);
                    Finding::new(rule.id, &one.reason, format!("not resolved: {}", one.reason), Some(at))
                })
                .collect();
            return judgement.next(format!(
                "no route is known, and {unresolved} registrations could not be resolved, the first at {}:{}: write those with literal paths",
                first.file, first.line
            ));
        }
        // A file of tests that cannot be read may have the requests that are missing.
        let unreadable = read.problems.first();
        let outcome = if unreadable.is_some() { Outcome::NoEvidence } else { Outcome::Fail };
        let mut judgement = Judgement::new(outcome, required, measured);
        judgement.findings = missing
            .iter()
            .take(SHOWN)
            .map(|route| {
                let name = format!("{} {}", route.method, route.path);
                let at = Location::line(&route.file, route.line);
                Finding::new(rule.id, &name, format!("no test sends a request to {name}"), Some(at))
            })
            .collect();
        let needed = self.reached.missing(good, total).unwrap_or(missing.len() as u64);
        let more = needed.saturating_sub(1);
        let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
        judgement.next(match (unreadable, missing.first()) {
            (Some(problem), _) => {
                format!("mend {}:{}: {}", problem.path, problem.line.unwrap_or(1), problem.why)
            }
            (None, Some(route)) => {
                format!(
                    "send a request to {} {} ({}:{}){rest} from a test",
                    route.method, route.path, route.file, route.line
                )
            }
            (None, None) => "no route is left to reach: ignore fewer paths".to_owned(),
        })
    }
}

impl Judge for RouteTestsRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Area(AreaName::Routes), Need::RouteTests]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let required = format!("reached {}", self.reached);
        let Some(area) = &facts.routes else {
            return Judgement::new(Outcome::NoEvidence, required, "").next("routes are not collected");
        };
        let routes = match area.proven() {
            Ok(routes) => routes,
            Err(evidence) => {
                let step =
                    "register routes in a framework that donegate reads (`donegate facts routes` shows what was found)";
                return Judgement::no_evidence(rule, required, evidence, step);
            }
        };
        match &routes.tests {
            Some(read) if read.files > 0 => self.verdict(rule, routes, read, required),
            Some(_) | None => Judgement::new(Outcome::NoEvidence, required, "")
                .next("there are no tests in a language that is read: write some that send requests to the service"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::routes::{TestSite, Unresolved};
    use crate::facts::{Area, Evidence, Problem, State};

    fn outcome(rule: &RouteTestsRule, reached: &[bool], unresolved: usize, problems: usize) -> Outcome {
        let items = reached
            .iter()
            .enumerate()
            .map(|(index, reached)| Route {
                method: "GET".to_owned(),
                path: format!("/{index}"),
                framework: "express".to_owned(),
                file: "app.js".to_owned(),
                line: 1,
                conditional: false,
                library: None,
                tests: reached.then(|| TestSite { file: "t.js".to_owned(), line: 1 }).into_iter().collect(),
                tests_left_out: 0,
                service: None,
            })
            .collect();
        let one = Unresolved {
            file: "a.js".to_owned(),
            line: 1,
            reason: "a path that is not known".to_owned(),
            paths: Vec::new(),
        };
        let problem = Problem { path: "t.js".to_owned(), line: Some(1), why: "this does not parse".to_owned() };
        let tests = Some(TestsRead {
            files: 1,
            requests: 1,
            unmatched: 0,
            unmatched_requests: Vec::new(),
            unmatched_left_out: 0,
            bases: Vec::new(),
            unnamed: Vec::new(),
            services: Vec::new(),
            problems: vec![problem; problems],
        });
        let routes = Routes { items, unresolved: vec![one; unresolved], tests };
        let facts =
            Facts { routes: Some(Area::found(routes, Evidence::new(State::Found, Vec::new()))), ..Facts::default() };
        rule.judge(&RuleContext { id: "r" }, &facts).outcome
    }

    #[test]
    fn routes_of_two_services_are_two() {
        let route = |service: Option<&str>| Route {
            method: "GET".to_owned(),
            path: "/health".to_owned(),
            framework: "express".to_owned(),
            file: "app.js".to_owned(),
            line: 1,
            conditional: false,
            library: None,
            tests: Vec::new(),
            tests_left_out: 0,
            service: service.map(str::to_owned),
        };
        let items = [Some("a"), Some("a/in"), Some("b"), Some("."), None].map(route).to_vec();
        let routes = Routes { items, ..Routes::default() };
        let held = RouteTestsRule::default().held(&routes);
        let services: Vec<&str> = held.keys().map(|(_, _, service)| *service).collect();
        assert_eq!(["", "a", "a/in", "b"], services.as_slice());
    }

    #[test]
    fn every_route_counts_and_what_is_unknown_does_too() {
        let rule = RouteTestsRule::default();
        assert_eq!(Outcome::Pass, outcome(&rule, &[true, true], 0, 0));
        assert_eq!(Outcome::Fail, outcome(&rule, &[true, false], 0, 0));
        assert_eq!(Outcome::NoEvidence, outcome(&rule, &[true, true], 1, 0));
        assert_eq!(Outcome::NoEvidence, outcome(&rule, &[true, false], 0, 1));
        assert_eq!(Outcome::Pass, outcome(&rule, &[true], 0, 1), "what is reached is reached");
        let ignoring = RouteTestsRule { ignore: vec![RouteGlob::parse("/1").expect("a glob")], ..rule };
        assert_eq!(Outcome::Pass, outcome(&ignoring, &[true, false], 0, 0));
        let all = RouteTestsRule { ignore: vec![RouteGlob::parse("/**").expect("a glob")], ..ignoring };
        assert_eq!(Outcome::Fail, outcome(&all, &[true], 0, 0), "nothing to reach is no proof");
        assert_eq!(Outcome::NoEvidence, outcome(&all, &[true], 1, 0), "what is not resolved may be to reach");
        let rule = RouteTestsRule::default();
        assert_eq!(Outcome::NoEvidence, outcome(&rule, &[], 2, 0), "nothing is known of what there is");
        assert_eq!(Outcome::Fail, outcome(&rule, &[false], 2, 0), "this one is known");
    }
}
