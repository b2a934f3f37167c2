//! Which routes the requests of tests reach. A part of a URL that is not known fits a parameter and no literal; where several
//! routes fit, the most literal one answers, as a router would choose. A URL whose beginning is not known (`${BASE}/users`) may
//! stand under a literal prefix, the shortest that fits; a host that is not this machine is another service.

use std::collections::BTreeMap;

use crate::code::requests::{HOLE, Requests};
use crate::domain::template::{Segment, Template};
use crate::facts::Problem;
use crate::facts::routes::{Routes, TestSite, TestsRead};

/// Places that are kept for one route.
const MOST_SITES: usize = 20;

/// Adds to routes where tests reach them.
pub(super) fn add(routes: &mut Routes, requests: &Requests) {
    let templates: Vec<Template> = routes.items.iter().map(|route| Template::parse(&route.path)).collect();
    let mut sites: BTreeMap<(&str, &str), Vec<TestSite>> = BTreeMap::new();
    for one in &requests.items {
        let site = TestSite { file: one.file.clone(), line: one.line };
        sites.entry((&one.method, &one.url)).or_default().push(site);
    }
    for ((method, url), sites) in sites {
        let Some(target) = Target::parse(url) else { continue };
        let fits: Vec<((usize, usize), usize)> = templates
            .iter()
            .enumerate()
            .filter(|(index, _)| {
                matches!(routes.items[*index].method.as_str(), "ANY") || routes.items[*index].method == method
            })
            .filter_map(|(index, template)| target.fits(template).map(|fit| (fit, index)))
            .collect();
        let Some(best) = fits.iter().map(|(fit, _)| *fit).min() else { continue };
        for (_, index) in fits.iter().filter(|(fit, _)| *fit == best) {
            routes.items[*index].tests.extend(sites.iter().cloned());
        }
    }
    for route in &mut routes.items {
        route.tests.sort();
        route.tests.dedup();
        route.tests.truncate(MOST_SITES);
    }
    let problem =
        |(path, line, why): &(String, u32, String)| Problem { path: path.clone(), line: Some(*line), why: why.clone() };
    routes.tests = Some(TestsRead {
        files: requests.files,
        requests: requests.items.len(),
        problems: requests.problems.iter().map(problem).collect(),
    });
}

/// Where a request goes.
struct Target<'a> {
    pieces: Vec<&'a str>,
    /// Whether something unknown stands before the path.
    floating: bool,
}

impl<'a> Target<'a> {
    fn parse(url: &'a str) -> Option<Self> {
        let (mut rest, mut floating) = (url, false);
        if let Some((scheme, after)) = url.split_once("://") {
            let known = matches!(scheme, "http" | "https" | "ws" | "wss") || scheme.contains(HOLE);
            let end = after.find('/').unwrap_or(after.len());
            if !known || !is_here(&after[..end]) {
                return None;
            }
            rest = &after[end..];
        } else if url.starts_with(HOLE) {
            floating = true;
            rest = url.trim_start_matches(HOLE);
        }
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        if !path.starts_with('/') && (floating || !path.is_empty()) {
            return None;
        }
        Some(Self { pieces: path.split('/').filter(|piece| !piece.is_empty()).collect(), floating })
    }

    /// How well a route fits: the length of the prefix that must be added, then how much of it is not literal.
    fn fits(&self, template: &Template) -> Option<(usize, usize)> {
        if let Some(loose) = fit(&template.0, &self.pieces) {
            return Some((0, loose));
        }
        let words = self.pieces.iter().any(|piece| !piece.contains(HOLE));
        let prefix = template.0.len().checked_sub(self.pieces.len()).filter(|prefix| *prefix > 0)?;
        let literal = template.0[..prefix].iter().all(|segment| matches!(segment, Segment::Literal(_)));
        if !self.floating || !words || !literal || template.is_wild() {
            return None;
        }
        let own = template.0[prefix..].iter().any(|segment| matches!(segment, Segment::Literal(_)));
        fit(&template.0[prefix..], &self.pieces).filter(|_| own).map(|loose| (prefix, loose))
    }
}

/// Whether a host is the service under test: this machine, a name of a test client, or not known.
fn is_here(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) || port.contains(HOLE) { name } else { host }
    });
    host.contains(HOLE)
        || matches!(name, "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]" | "testserver" | "test" | "example.com")
        || !name.contains('.')
}

/// How many segments are not literal, where pieces fit segments.
fn fit(segments: &[Segment], pieces: &[&str]) -> Option<usize> {
    let mut loose = 0;
    for (index, segment) in segments.iter().enumerate() {
        if *segment == Segment::Wildcard {
            return Some(loose + 1_000);
        }
        let piece = pieces.get(index)?;
        match segment {
            Segment::Literal(text) if text == piece => {}
            Segment::Parameter => loose += 2,
            Segment::Mixed(text) => {
                let start = text.split("{}").next().unwrap_or_default();
                let end = text.rsplit("{}").next().unwrap_or_default();
                if piece.len() < start.len() + end.len() || !piece.starts_with(start) || !piece.ends_with(end) {
                    return None;
                }
                loose += 1;
            }
            Segment::Literal(_) | Segment::Wildcard => return None,
        }
    }
    (segments.len() == pieces.len()).then_some(loose)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::requests::Request;
    use crate::facts::routes::Route;

    fn reached(routes: &[&str], method: &str, url: &str) -> Vec<String> {
        let items = routes
            .iter()
            .map(|text| {
                let (method, path) = text.split_once(' ').expect("a method and a path");
                Route {
                    method: method.to_owned(),
                    path: path.to_owned(),
                    framework: "express".to_owned(),
                    file: "app.js".to_owned(),
                    line: 1,
                    conditional: false,
                    library: None,
                    tests: Vec::new(),
                }
            })
            .collect();
        let mut all = Routes { items, ..Routes::default() };
        let one =
            Request { method: method.to_owned(), url: url.replace("{}", "\u{0}"), file: "t.js".to_owned(), line: 2 };
        add(&mut all, &Requests { items: [one].into(), files: 1, ..Requests::default() });
        let hit = all.items.iter().filter(|route| !route.tests.is_empty());
        hit.map(|route| format!("{} {}", route.method, route.path)).collect()
    }

    #[test]
    fn the_most_literal_route_answers() {
        let routes = ["GET /users/{id}", "GET /users/me", "POST /users/{id}", "GET /{*all}"];
        assert_eq!(vec!["GET /users/me"], reached(&routes, "GET", "/users/me?x=1"));
        assert_eq!(vec!["GET /users/{id}"], reached(&routes, "GET", "/users/3/"));
        assert_eq!(vec!["GET /users/{id}"], reached(&routes, "GET", "/users/{}"));
        assert_eq!(vec!["GET /{*all}"], reached(&routes, "GET", "/nothing/here"));
        assert!(reached(&routes, "PUT", "/users/3").is_empty());
        assert_eq!(vec!["ANY /a"], reached(&["ANY /a"], "PUT", "/a"));
        assert_eq!(vec!["GET /f/{n}.{e}"], reached(&["GET /f/{n}.{e}"], "GET", "/f/a.txt"));
    }

    #[test]
    fn a_beginning_that_is_not_known_may_be_a_prefix() {
        let routes = ["GET /api/v1/users/{id}", "GET /api/v1/{a}/{b}"];
        assert_eq!(vec!["GET /api/v1/users/{id}"], reached(&routes, "GET", "{}/users/{}"));
        assert_eq!(vec!["GET /api/v1/users/{id}"], reached(&routes, "GET", "http://localhost:{}/api/v1/users/1"));
        assert!(reached(&routes, "GET", "/users/1").is_empty(), "a whole path is what it says");
        assert!(reached(&routes, "GET", "{}/{}/{}").is_empty(), "nothing but holes reaches nothing");
        assert!(reached(&routes, "GET", "https://api.stripe.com/api/v1/users/1").is_empty(), "another service");
        assert!(reached(&routes, "GET", "{}").is_empty());
    }
}
