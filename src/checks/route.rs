//! `route`: an endpoint that the code must have, or must not.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::route_probe::Probe;
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::template::{Segment, Template};
use crate::facts::probes::ProbeQuery;
use crate::facts::routes::{Route, Routes, Unresolved};
use crate::facts::{AreaName, Facts, Need};

/// The check.
pub const ROUTE: CheckOf<RouteRule> =
    CheckOf { name: "route", page: include_str!("route.md"), stage: Stage::Commit, parameters: PhantomData };

/// What a rule of a repository of several services does not ask.
const ONE_IS_ENOUGH: &str = "a rule of the whole repository is met where one service has the route; a donegate.yaml in a service's folder asks it of that one";
/// Services that are named.
const NAMED: usize = 5;

/// Which endpoint is meant.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RouteRule {
    /// The method; GET where none is given.
    method: Option<String>,
    /// The path.
    path: Option<String>,
    /// Several paths of which one is enough.
    any_of: Vec<String>,
    /// It must not be there.
    absent: bool,
    /// What the running service must answer, where it is asked (`--probe`).
    probe: Option<Probe>,
}

impl RouteRule {
    fn method(&self) -> String {
        self.method.as_deref().unwrap_or("GET").to_uppercase()
    }

    fn paths(&self) -> Vec<&str> {
        self.path.iter().chain(&self.any_of).map(String::as_str).collect()
    }

    /// The questions to the running service; none where the rule has none.
    fn queries(&self) -> Result<Vec<ProbeQuery>, String> {
        let Some(probe) = &self.probe else { return Ok(Vec::new()) };
        self.paths().iter().map(|path| probe.query(&self.method(), path)).collect()
    }

    /// What the code says, beside what the service answered.
    fn beside(&self, routes: Option<&Routes>) -> String {
        let Some(routes) = routes else { return "the code's routes are not known".to_owned() };
        match routes.items.iter().find(|route| self.meets(route)) {
            Some(route) => format!("the code has it at {}:{}", route.file, route.line),
            None => format!("it is not among the code's {} routes", routes.items.len()),
        }
    }

    fn answers(&self, route: &Route) -> bool {
        let method = self.method();
        route.method == method || route.method == "ANY" || method == "ANY"
    }

    /// A parameter or wildcard never satisfies a literal path; ANY satisfies every method.
    fn meets(&self, route: &Route) -> bool {
        self.answers(route) && self.paths().iter().any(|path| Template::parse(path) == Template::parse(&route.path))
    }

    /// What must not be there may be answered by a route for all that is below a path of its own, too.
    fn covers(&self, route: &Route) -> bool {
        let template = Template::parse(&route.path);
        let [first @ Segment::Literal(_), .., Segment::Wildcard] = template.0.as_slice() else { return false };
        let before = &template.0[..template.0.len() - 1];
        let is_below = |path: &Template| {
            let fits = |(own, asked): (&Segment, &Segment)| own == asked || *own == Segment::Parameter;
            path.0.first() == Some(first) && path.0.len() >= before.len() && before.iter().zip(&path.0).all(fits)
        };
        self.answers(route) && self.paths().iter().any(|path| is_below(&Template::parse(path)))
    }

    fn verdict(&self, rule: &RuleContext<'_>, routes: &Routes, required: String) -> Judgement {
        let is_meant = |route: &&Route| self.meets(route) || (self.absent && self.covers(route));
        let found: Vec<&Route> = routes.items.iter().filter(is_meant).collect();
        let open: Vec<&Unresolved> =
            routes.unresolved.iter().filter(|one| self.paths().iter().any(|path| one.may_be(path))).collect();
        let sure = found.iter().find(|route| !route.conditional);
        let measured = match sure.or(found.first()) {
            Some(route) => {
                let whose = Holders::of(&found, routes).map(|holders| holders.words()).unwrap_or_default();
                format!("{} {} at {}:{}{whose}", route.method, route.path, route.file, route.line)
            }
            None => format!("{} routes, none of them this one", routes.items.len()),
        };
        if self.absent {
            if found.is_empty() && open.is_empty() {
                return Judgement::new(Outcome::Pass, required, measured);
            }
            if found.is_empty() {
                return unresolved(rule, &open, routes.items.len(), required);
            }
            let mut judgement = Judgement::new(Outcome::Fail, required, measured);
            judgement.findings = found
                .iter()
                .map(|route| {
                    let message = format!("{} {} must not be there", route.method, route.path);
                    Finding::new(rule.id, &route.path, message, Some(Location::line(&route.file, route.line)))
                })
                .collect();
            return judgement.next("remove the route");
        }
        if let Some(first) = found.first() {
            let mut judgement = Judgement::new(Outcome::Pass, required, measured);
            if sure.is_none() {
                judgement.notes.push(format!("registered only under a condition, at {}:{}", first.file, first.line));
            }
            judgement.notes.extend(Holders::of(&found, routes).map(|_| ONE_IS_ENOUGH.to_owned()));
            return judgement;
        }
        if !open.is_empty() {
            return unresolved(rule, &open, routes.items.len(), required);
        }
        let message = format!("no route {required}");
        let mut judgement = Judgement::new(Outcome::Fail, required.clone(), measured);
        judgement.findings.push(Finding::new(rule.id, self.paths().join(" "), message, near(self, routes)));
        judgement.next(format!("register {required}"))
    }
}

/// Which of several services have a route that not all of them have.
struct Holders<'r> {
    with: BTreeSet<&'r str>,
    without: BTreeSet<&'r str>,
}

impl<'r> Holders<'r> {
    /// None where there are not several services, where all have it, and where what they share has it.
    fn of(found: &[&'r Route], routes: &'r Routes) -> Option<Self> {
        let all: BTreeSet<&str> = routes.items.iter().filter_map(|route| route.service.as_deref()).collect();
        let with: Option<BTreeSet<&str>> = found.iter().map(|route| route.service.as_deref()).collect();
        let with = with?;
        let without: BTreeSet<&str> = all.difference(&with).copied().collect();
        (!without.is_empty()).then_some(Self { with, without })
    }

    fn words(&self) -> String {
        let all = self.with.len() + self.without.len();
        let verb = if self.with.len() == 1 { "has" } else { "have" };
        format!(
            "; {} of {all} services {verb} it ({}), not {}",
            self.with.len(),
            named(&self.with),
            named(&self.without)
        )
    }
}

/// Some folders, the first ones by name.
fn named(folders: &BTreeSet<&str>) -> String {
    let first: Vec<&str> = folders.iter().copied().take(NAMED).collect();
    match folders.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// The route nearest to the one that is missing: same path under another method, or the same last segment.
fn near(rule: &RouteRule, routes: &Routes) -> Option<Location> {
    let paths = rule.paths();
    let same = routes
        .items
        .iter()
        .find(|route| paths.iter().any(|path| Template::parse(path) == Template::parse(&route.path)));
    let last = |path: &str| Template::parse(path).0.last().cloned();
    let alike = || {
        routes
            .items
            .iter()
            .find(|route| paths.iter().any(|path| last(path).is_some() && last(path) == last(&route.path)))
    };
    same.or_else(alike).map(|route| Location::line(&route.file, route.line))
}

/// The route was not found, and something could not be resolved: it may be that.
fn unresolved(rule: &RuleContext<'_>, open: &[&Unresolved], known: usize, required: String) -> Judgement {
    let mut judgement = Judgement::new(Outcome::NoEvidence, required, format!("{known} routes"));
    judgement.findings = open
        .iter()
        .take(20)
        .map(|one| {
            let at = Location::line(&one.file, one.line);
            Finding::new(rule.id, &one.reason, format!("not resolved: {}", one.reason), Some(at))
        })
        .collect();
    let (count, those) = match open.len() {
        1 => ("1 registration".to_owned(), "that"),
        count => (format!("{count} registrations"), "those"),
    };
    judgement.next(format!(
        "it is not among the routes, and {count} that may be it could not be resolved: write {those} with literal paths, or probe the running service"
    ))
}

impl Judge for RouteRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        let queries = self.queries().unwrap_or_default();
        std::iter::once(Need::Area(AreaName::Routes)).chain(queries.into_iter().map(Need::Probe)).collect()
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        if self.paths().is_empty() {
            return Judgement::new(Outcome::Error, "a route", "").next("name a `path`");
        }
        let paths = self.paths().join(" or ");
        let required = format!("{} {paths}", self.method());
        let Some(area) = &facts.routes else {
            return Judgement::new(Outcome::NoEvidence, required, "").next("routes are not collected");
        };
        let queries = match self.queries() {
            Ok(queries) => queries,
            Err(why) => return Judgement::new(Outcome::Error, required, "").next(why),
        };
        if let (Some(probe), Some(probes)) = (&self.probe, &facts.probes) {
            let required = format!("{required} {}", probe.words(self.absent));
            let mut judgement = probe.judge(rule, &queries, probes, &required, self.absent);
            judgement.notes.push(self.beside(area.proven().ok()));
            return judgement;
        }
        let mut judgement = match area.proven() {
            Ok(routes) => self.verdict(rule, routes, if self.absent { format!("no {required}") } else { required }),
            Err(evidence) => {
                let step = "register it in code that donegate reads (JavaScript, TypeScript, Python, Go, Rust, Java, Kotlin), \
                            or let --probe URL ask the running service";
                Judgement::no_evidence(rule, required, evidence, step)
            }
        };
        if judgement.evidence.is_empty() {
            judgement.evidence = area.evidence.reports.clone();
        }
        if self.probe.is_some() {
            judgement.notes.push("judged by the code alone: --probe URL asks the running service".to_owned());
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Area, Evidence, State};

    fn route(method: &str, path: &str) -> Route {
        Route {
            method: method.to_owned(),
            path: path.to_owned(),
            framework: "express".to_owned(),
            file: "app.js".to_owned(),
            line: 3,
            conditional: false,
            library: None,
            tests: Vec::new(),
            tests_left_out: 0,
            service: None,
        }
    }

    fn outcome(rule: RouteRule, items: Vec<Route>, unresolved: usize) -> Outcome {
        let one = Unresolved {
            file: "a.js".to_owned(),
            line: 1,
            reason: "a path that is not known".to_owned(),
            paths: Vec::new(),
        };
        let routes = Routes { items, unresolved: vec![one; unresolved], tests: None };
        let area = Area::found(routes, Evidence::new(State::Found, Vec::new()));
        let facts = Facts { routes: Some(area), ..Facts::default() };
        rule.judge(&RuleContext { id: "health" }, &facts).outcome
    }

    fn health() -> RouteRule {
        RouteRule { path: Some("/health".to_owned()), ..RouteRule::default() }
    }

    #[test]
    fn a_literal_path_wants_that_path() {
        assert_eq!(Outcome::Pass, outcome(health(), vec![route("GET", "/health")], 0));
        assert_eq!(Outcome::Pass, outcome(health(), vec![route("ANY", "/health")], 0));
        assert_eq!(Outcome::Fail, outcome(health(), vec![route("POST", "/health")], 0));
        assert_eq!(Outcome::Fail, outcome(health(), vec![route("GET", "/{anything}")], 0));
        assert_eq!(Outcome::Fail, outcome(health(), vec![route("GET", "/{*rest}")], 0));
    }

    #[test]
    fn a_path_that_is_known_in_part_may_be_it_only_where_it_fits() {
        let judged = |paths: &[&str]| {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            let one = Unresolved { file: "a.js".to_owned(), line: 1, reason: String::new(), paths };
            let routes = Routes { items: vec![route("GET", "/x")], unresolved: vec![one], tests: None };
            let area = Area::found(routes, Evidence::new(State::Found, Vec::new()));
            let facts = Facts { routes: Some(area), ..Facts::default() };
            health().judge(&RuleContext { id: "health" }, &facts).outcome
        };
        for fits in ["/*", "/*/health", "/hea*", "*health", "/health/*", "/*/*", "/health*/", "/h*l*h"] {
            assert_eq!(Outcome::NoEvidence, judged(&[fits]), "{fits}");
        }
        for other in ["/orders/*", "/*/orders", "/*/healthz", "/{id}/*", "/*/health/{id}"] {
            assert_eq!(Outcome::Fail, judged(&[other]), "{other}");
        }
        assert_eq!(Outcome::NoEvidence, judged(&["/orders/*", "/*"]));
        let may_be = |known: &str, path: &str| {
            let paths = vec![known.to_owned()];
            Unresolved { file: "a.js".to_owned(), line: 1, reason: String::new(), paths }.may_be(path)
        };
        for (known, path) in
            [("/*/{userId}", "/users/:id"), ("/*/orders", "/shop/orders.do"), ("/*/{*rest}", "/files/{*path}")]
        {
            assert!(may_be(known, path), "{known} {path}");
        }
        for (known, path) in
            [("/*/{userId}", "/users/me"), ("/a/*/{*rest}", "/files/me"), ("/*/orders", "/shop/orders/{id}")]
        {
            assert!(!may_be(known, path), "{known} {path}");
        }
    }

    #[test]
    fn what_is_unresolved_may_be_it() {
        assert_eq!(Outcome::NoEvidence, outcome(health(), vec![route("GET", "/x")], 1));
        assert_eq!(Outcome::Pass, outcome(health(), vec![route("GET", "/health")], 1));
        let absent = || RouteRule { absent: true, ..health() };
        assert_eq!(Outcome::NoEvidence, outcome(absent(), vec![], 1));
        assert_eq!(Outcome::Pass, outcome(absent(), vec![], 0));
        assert_eq!(Outcome::Fail, outcome(absent(), vec![route("GET", "/health/")], 0));
    }

    #[test]
    fn what_must_not_be_there_may_lie_below_a_wildcard() {
        let absent = |path: &str, known: &str| {
            let rule = RouteRule { absent: true, path: Some(path.to_owned()), ..RouteRule::default() };
            outcome(rule, vec![route("GET", known)], 0)
        };
        for (path, known) in [
            ("/debug/vars", "/debug/{*}"),
            ("/debug/pprof", "/debug/pprof/{*}"),
            ("/debug/pprof/heap/x", "/debug/{*rest}"),
            ("/debug/a/b", "/debug/{one}/{*}"),
        ] {
            assert_eq!(Outcome::Fail, absent(path, known), "{path} {known}");
        }
        for (path, known) in [
            ("/debug/vars", "/{*}"),
            ("/debug", "/{page}"),
            ("/debug/vars", "/debug/{name}"),
            ("/de", "/debug/{*}"),
            ("/debug", "/debug/pprof/{*}"),
        ] {
            assert_eq!(Outcome::Pass, absent(path, known), "{path} {known}");
        }
        let there = RouteRule { path: Some("/debug/vars".to_owned()), ..RouteRule::default() };
        assert_eq!(Outcome::Fail, outcome(there, vec![route("GET", "/debug/{*}")], 0), "it proves nothing there");
    }

    #[test]
    fn the_proof_says_which_of_several_services_have_it() {
        let judged = |services: &[(&str, Option<&str>)]| {
            let owned = |(path, service): &(&str, Option<&str>)| {
                let file = format!("{}/app.js", service.unwrap_or("shared"));
                Route { file, service: service.map(str::to_owned), ..route("GET", path) }
            };
            let routes = Routes { items: services.iter().map(owned).collect(), unresolved: Vec::new(), tests: None };
            let area = Area::found(routes, Evidence::new(State::Found, Vec::new()));
            let facts = Facts { routes: Some(area), ..Facts::default() };
            let judgement = health().judge(&RuleContext { id: "health" }, &facts);
            assert_eq!(Outcome::Pass, judgement.outcome);
            (judgement.measured, judgement.notes.len())
        };
        let (measured, notes) = judged(&[("/health", Some("b")), ("/x", Some("a")), ("/health", Some("c"))]);
        assert_eq!(
            ("GET /health at b/app.js:3; 2 of 3 services have it (b, c), not a".to_owned(), 1),
            (measured, notes)
        );
        let (measured, notes) = judged(&[("/health", Some("a")), ("/health", Some("."))]);
        assert_eq!(("GET /health at a/app.js:3".to_owned(), 0), (measured, notes), "all have it");
        let (measured, notes) = judged(&[("/health", None), ("/x", Some("a")), ("/y", Some("b"))]);
        assert_eq!(("GET /health at shared/app.js:3".to_owned(), 0), (measured, notes), "it goes with all");
        let folders = ["a", "b", "c", "d", "e", "f", "g"].map(|folder| ("/x", Some(folder)));
        let (measured, _) = judged(&[folders.as_slice(), &[("/health", Some("h"))]].concat());
        assert!(measured.ends_with("; 1 of 8 services has it (h), not a, b, c, d, e and 2 more"), "{measured}");
    }

    #[test]
    fn names_of_parameters_make_no_difference() {
        let user = RouteRule { path: Some("/users/:userId".to_owned()), ..RouteRule::default() };
        assert_eq!(Outcome::Pass, outcome(user, vec![route("GET", "/users/{id}")], 0));
    }
}
