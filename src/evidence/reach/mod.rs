//! Which routes the requests of tests reach. A part of a URL that is not known fits a parameter and no literal; where several
//! routes fit, the most literal one answers, as a router would choose. A URL whose beginning is not known (`${BASE}/users`) may
//! stand under a literal prefix, the shortest that fits; so may one without a slash before it, which a client puts behind its
//! own address. A host that is not this machine is another service.

mod bases;

use std::collections::{BTreeMap, BTreeSet};

use super::services::Services;
use crate::code::requests::{Asked, HOLE, Request, Requests, asked};
use crate::domain::template::{Segment, Template};
use crate::facts::Problem;
use crate::facts::routes::{Route, Routes, TestBase, TestSite, TestsRead, Unnamed};
use bases::{Inventory, Sent};

/// Places that are kept for one route.
const MOST_SITES: usize = 20;
/// Requests that reach nothing and are listed.
const MOST_UNMATCHED: usize = 100;
/// What a template that takes all that follows has at least, of what is not literal.
const WILD: usize = 1_000;
/// A part of a path that is not known.
const HOLES: &str = "\u{0}";

/// What paths are asked for by, and the paths.
pub(super) type Names = BTreeSet<(String, String)>;

/// Adds to routes where tests reach them. Tests of a service reach its routes and those that go with all; tests that lie in no
/// service, or in that of the root, may ask for any.
pub(super) fn add(routes: &mut Routes, requests: &Requests, services: &Services, names: &Names) {
    let service = |file: &str| services.of_file(file).filter(|folder| !folder.is_empty());
    let mut asking: BTreeMap<Option<&str>, Vec<&Request>> = BTreeMap::new();
    for one in &requests.items {
        asking.entry(service(&one.file)).or_default().push(one);
    }
    let owners: Vec<Option<&str>> = routes.items.iter().map(|route| service(&route.file)).collect();
    let mut came = Came::default();
    for (from, asked) in asking {
        let is_open = |owner: &Option<&str>| from.is_none() || owner.is_none() || *owner == from;
        let open: Vec<usize> = (0..owners.len()).filter(|index| is_open(&owners[*index])).collect();
        let items: Vec<Route> = open.iter().map(|index| routes.items[*index].clone()).collect();
        let (seen, named) = (Routes { items, ..Routes::default() }, named_in(names, routes, &open));
        let sent = reach(&seen, &asked, &named);
        came.hits.extend(sent.hits.into_iter().map(|(index, site)| (open[index], site)));
        came.lost.extend(sent.lost);
        came.bases.extend(sent.bases);
        came.unnamed.extend(sent.unnamed);
    }
    for (index, site) in came.hits {
        routes.items[index].tests.push(site);
    }
    for route in &mut routes.items {
        route.tests.sort();
        route.tests.dedup();
        route.tests_left_out = route.tests.len().saturating_sub(MOST_SITES);
        route.tests.truncate(MOST_SITES);
    }
    came.unnamed.sort();
    came.bases.sort();
    let problem =
        |(path, line, why): &(String, u32, String)| Problem { path: path.clone(), line: Some(*line), why: why.clone() };
    let owning: BTreeSet<&str> = owners.into_iter().flatten().collect();
    routes.tests = Some(TestsRead {
        files: requests.files,
        requests: requests.items.len(),
        unmatched: came.lost.len(),
        unmatched_left_out: came.lost.len().saturating_sub(MOST_UNMATCHED),
        unmatched_requests: came.lost.into_iter().take(MOST_UNMATCHED).map(Sent::unmatched).collect(),
        bases: came.bases,
        unnamed: came.unnamed,
        services: owning.into_iter().map(str::to_owned).collect(),
        problems: requests.problems.iter().map(problem).collect(),
    });
}

/// The names of routes that tests can ask for which see some of them alone; those of paths that no route has stay.
fn named_in(names: &Names, routes: &Routes, open: &[usize]) -> Names {
    let seen: BTreeSet<&str> = open.iter().map(|index| &*routes.items[*index].path).collect();
    let all: BTreeSet<&str> = routes.items.iter().map(|route| &*route.path).collect();
    names.iter().filter(|(_, path)| seen.contains(&**path) || !all.contains(&**path)).cloned().collect()
}

/// What came of requests.
#[derive(Debug, Default)]
struct Came {
    /// The routes that they reach, by their places, and from where.
    hits: Vec<(usize, TestSite)>,
    lost: BTreeSet<Sent>,
    bases: Vec<TestBase>,
    unnamed: Vec<Unnamed>,
}

/// Which of some routes requests reach.
fn reach(routes: &Routes, requests: &[&Request], names: &Names) -> Came {
    let templates: Vec<Template> = routes.items.iter().map(|route| Template::parse(&route.path)).collect();
    let mut sites: BTreeMap<(&str, &str), Vec<TestSite>> = BTreeMap::new();
    for one in requests {
        let site = TestSite { file: one.file.clone(), line: one.line };
        sites.entry((&one.method, &one.url)).or_default().push(site);
    }
    let mut inventory = Inventory::default();
    let mut came = Came::default();
    for ((method, url), sites) in sites {
        let (reached, wild) = match asked(url) {
            None => addressed(routes, &templates, method, url),
            Some(asked) => {
                let named = named(routes, &templates, method, &asked, names).unwrap_or_else(|reason| {
                    let told = |site: &TestSite| {
                        let (file, name) = (site.file.clone(), asked.name.to_owned());
                        Unnamed { file, line: site.line, name, reason: reason.to_owned() }
                    };
                    came.unnamed.extend(sites.iter().map(told));
                    Vec::new()
                });
                (named, false)
            }
        };
        let sent = sites.iter().map(|site| Sent::new(site, method, url));
        if reached.is_empty() {
            came.lost.extend(sent);
        } else if wild {
            // Below a base that its file leaves out there may be what it is meant for.
            inventory.note(method, url, &sites, false);
            inventory.caught(sent, &reached);
            continue;
        }
        inventory.note(method, url, &sites, !reached.is_empty());
        came.hits.extend(reached.iter().flat_map(|index| sites.iter().map(|site| (*index, site.clone()))));
    }
    let (bases, late, doubtful) = inventory.under_bases(routes, &templates);
    came.bases = bases;
    came.lost.extend(doubtful);
    for (sent, index) in late {
        came.lost.remove(&sent);
        came.hits.push((index, sent.site));
    }
    came
}

/// Whether a route answers a method.
fn answers(route: &Route, method: &str) -> bool {
    matches!(route.method.as_str(), "ANY") || route.method == method
}

/// The routes that a URL reaches, and whether these only take whatever no other route answers.
fn addressed(routes: &Routes, templates: &[Template], method: &str, url: &str) -> (Vec<usize>, bool) {
    let Some(target) = Target::parse(url) else { return (Vec::new(), false) };
    let fits: Vec<((usize, usize), usize)> = templates
        .iter()
        .enumerate()
        .filter(|(index, _)| answers(&routes.items[*index], method))
        .filter_map(|(index, template)| target.fits(template).map(|fit| (fit, index)))
        .collect();
    let best = fits.iter().map(|(fit, _)| *fit).min();
    let reached = fits.iter().filter(|(fit, _)| Some(*fit) == best).map(|(_, index)| *index).collect();
    (reached, best.is_some_and(|(_, loose)| loose >= WILD))
}

/// The routes whose path is asked for by name: by the whole name, else by its last part, and only where one path is left.
fn named(
    routes: &Routes,
    templates: &[Template],
    method: &str,
    asked: &Asked<'_>,
    names: &Names,
) -> Result<Vec<usize>, &'static str> {
    let name = asked.name.trim_start_matches('.').replace('.', ":");
    let spelt = |own: &str| own.replace('.', ":");
    let last = |name: &str| name.rsplit(':').next().unwrap_or_default().to_owned();
    let mut paths: BTreeSet<&str> =
        names.iter().filter(|(own, _)| spelt(own) == name).map(|(_, path)| path.as_str()).collect();
    if paths.is_empty() {
        let (wanted, spaced) = (last(&name), name.contains(':'));
        let alike = names.iter().filter(|(own, _)| {
            let own = spelt(own);
            // What says no namespace is not in one.
            last(&own) == wanted && (spaced || !own.contains(':'))
        });
        paths = alike.map(|(_, path)| path.as_str()).collect();
    }
    if paths.is_empty() {
        return Err("no route that is known has this name");
    }
    let (least, most) = asked.parameters;
    paths.retain(|path| (least..=most).contains(&path.matches('{').count()));
    let path = match paths.iter().collect::<Vec<_>>().as_slice() {
        [] => return Err("no route of this name has as many parameters"),
        [path] => **path,
        _ => return Err("several paths have this name"),
    };
    let rest = asked.rest.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    if !rest.is_empty() {
        let whole: Vec<&str> = path.split('/').map(|part| if part.contains('{') { HOLES } else { part }).collect();
        return Ok(addressed(routes, templates, method, &format!("{}/{rest}", whole.join("/"))).0);
    }
    let own = routes.items.iter().enumerate();
    let reached: Vec<usize> =
        own.filter(|(_, route)| route.path == path && answers(route, method)).map(|(index, _)| index).collect();
    if reached.is_empty() { Err("the route of this name does not answer this method") } else { Ok(reached) }
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
        if !path.starts_with('/') && (floating || path.starts_with('.')) {
            return None;
        }
        let floating = floating || !(path.is_empty() || path.starts_with('/'));
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
            return Some(loose + WILD);
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
                    tests_left_out: 0,
                    service: None,
                }
            })
            .collect();
        let mut all = Routes { items, ..Routes::default() };
        let one =
            Request { method: method.to_owned(), url: url.replace("{}", "\u{0}"), file: "t.js".to_owned(), line: 2 };
        let sent = Requests { items: [one].into(), files: 1, ..Requests::default() };
        add(&mut all, &sent, &Services::default(), &Names::new());
        let hit = all.items.iter().filter(|route| !route.tests.is_empty());
        hit.map(|route| format!("{} {}", route.method, route.path)).collect()
    }

    #[test]
    fn tests_of_one_service_reach_no_route_of_another() {
        let app = "const express = require('express');\nconst app = express();\napp.get('/health', h);\nmodule.exports = app;\n";
        let test = "const app = require('../app');\ntest('it', async () => { await request(app).get('/health'); });\n";
        let files = |tests: &'static str| {
            [("a/package.json", "{}"), ("b/package.json", "{}"), ("a/app.js", app), ("b/app.js", app), (tests, test)]
        };
        let reached = |tests: &'static str| {
            let routes = read_in(&files(tests));
            let hit: Vec<String> =
                routes.items.iter().filter(|it| !it.tests.is_empty()).map(|it| it.file.clone()).collect();
            (hit, routes.tests.expect("tests").unmatched)
        };
        assert_eq!((vec!["b/app.js".to_owned()], 0), reached("b/tests/b.test.js"));
        assert_eq!((vec!["a/app.js".to_owned(), "b/app.js".to_owned()], 0), reached("tests/all.test.js"));
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

    #[test]
    fn a_path_without_a_slash_stands_behind_the_clients_address() {
        let routes = ["GET /ingredients/{id}/recipes", "GET /api/items/{id}"];
        assert_eq!(vec!["GET /ingredients/{id}/recipes"], reached(&routes, "GET", "ingredients/{}/recipes"));
        assert_eq!(vec!["GET /api/items/{id}"], reached(&routes, "GET", "items/3"));
        assert!(reached(&routes, "GET", "text/plain").is_empty());
    }

    #[test]
    fn tests_may_leave_out_what_only_the_entry_point_puts_before() {
        let app = "const express = require('express');\nconst r = express.Router();\nr.get('/users/:id', h);\nr.post('/users', h);\nr.get('/boxes', h);\nconst app = express();\napp.use('/api/v2', r);\napp.get('/boxes/top', h);\napp.listen(1);\n";
        let test =
            "it('x', async () => {\n  await request(app).get('/users/3');\n  await request(app).post('/users');\n});\n";
        let (told, _) = reached_in(&[("app.js", app), ("test/users.test.js", test)]);
        assert_eq!(vec!["2 GET /api/v2/users/{id}", "3 POST /api/v2/users"], told);
        let one = "it('x', async () => {\n  await request(app).get('/users/3');\n});\n";
        let (told, _) = reached_in(&[("app.js", app), ("test/users.test.js", one)]);
        assert!(told.is_empty(), "one request proves no base: {told:?}");
        let whole = "it('x', async () => {\n  await request(app).get('/users/3');\n  await request(app).post('/users');\n  await request(app).get('/boxes/top');\n});\n";
        let (told, _) = reached_in(&[("app.js", app), ("test/users.test.js", whole)]);
        assert_eq!(vec!["4 GET /boxes/top"], told, "this file says whole paths");
    }

    const REST: &str = "const express = require('express');\nconst r = express.Router();\nr.get('/users', h);\nr.get('/boxes', h);\nconst app = express();\napp.use('/api/v1', r);\napp.get('*', spa);\napp.listen(1);\n";

    #[test]
    fn a_route_for_the_rest_answers_only_what_no_base_explains() {
        let test = "it('x', () => {\n  request(app).get('/users');\n  request(app).get('/boxes');\n  request(app).get('/nothing/there');\n});\n";
        let (told, _) = reached_in(&[("app.js", REST), ("test/users.test.js", test)]);
        let (rest, known): (Vec<&String>, Vec<&String>) = told.iter().partition(|one| one.contains("/{*"));
        assert_eq!(vec!["2 GET /api/v1/users", "3 GET /api/v1/boxes"], known);
        assert!(rest.len() == 1 && rest[0].starts_with("4 GET /{*"), "{told:?}");
        let one = "it('x', () => {\n  request(app).get('/users');\n});\n";
        let files = [("app.js", REST), ("test/users.test.js", one)];
        assert!(reached_in(&files).0.is_empty(), "one request proves no base, and it is hardly meant for the rest");
        let read = read_in(&files).tests.expect("tests");
        let lost: Vec<String> = read
            .unmatched_requests
            .iter()
            .map(|it| format!("{}:{} {} {}", it.file, it.line, it.method, it.url))
            .collect();
        assert_eq!((1, vec!["test/users.test.js:2 GET /users".to_owned()]), (read.unmatched, lost));
        let whole = "it('x', () => {\n  request(app).get('/users');\n  request(app).get('/api/v1/boxes');\n});\n";
        let (told, _) = reached_in(&[("app.js", REST), ("test/users.test.js", whole)]);
        assert!(told.len() == 2 && told[0].starts_with("2 GET /{*"), "this file says whole paths: {told:?}");
    }

    #[test]
    fn what_is_left_out_of_lists_is_counted() {
        let calls = |path: &str, count: usize| format!("  request(app).get('{path}');\n").repeat(count);
        let test = format!("it('x', () => {{\n{}{}}});\n", calls("/api/v1/users", 23), calls("/other", 104));
        let app = REST.replace("app.get('*', spa);", "");
        let routes = read_in(&[("app.js", &app), ("test/users.test.js", &test)]);
        let users = routes.items.iter().find(|route| route.path == "/api/v1/users").expect("a route");
        assert_eq!((20, 3), (users.tests.len(), users.tests_left_out));
        let read = routes.tests.expect("tests");
        assert_eq!((104, 100, 4), (read.unmatched, read.unmatched_requests.len(), read.unmatched_left_out));
    }

    #[test]
    fn what_an_app_registers_is_no_request() {
        let app = "const express = require('express');\nconst app = express();\napp.get('/a', h);\napp.get('/b', h);\nmodule.exports = app;\n";
        let test = "const request = require('supertest');\nconst app = require('../app');\nconst get = (path) => request(app).get(path);\ntest('1', () => expect(1).toBe(1));\n";
        assert!(reached_in(&[("app.js", app), ("test/a.test.js", test)]).0.is_empty());
        let called = format!("{test}test('2', () => get('/a'));\n");
        assert_eq!(vec!["3 GET /a"], reached_in(&[("app.js", app), ("test/a.test.js", &called)]).0);
    }

    /// Files, and the routes with the requests that reach them.
    fn read_in(files: &[(&str, &str)]) -> Routes {
        let repo = crate::repo::Repo::in_memory(files);
        let analysis = crate::code::analyse(&repo);
        let mut routes = crate::evidence::routes::collect(&analysis).facts.expect("routes");
        let services = Services::of(&repo, &routes.items);
        add(&mut routes, &crate::code::requests::requests(&repo), &services, &analysis.names);
        routes
    }

    /// Files, and which requests of which line of them reach which routes; what asks by name and reaches none.
    fn reached_in(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let routes = read_in(files);
        let reached = routes.items.iter().flat_map(|route| {
            let told = move |site: &TestSite| format!("{} {} {}", site.line, route.method, route.path);
            route.tests.iter().map(told)
        });
        let mut reached: Vec<String> = reached.collect();
        reached.sort_by_key(|text| text.split(' ').next().and_then(|line| line.parse::<u32>().ok()));
        let unnamed = routes.tests.expect("tests").unnamed;
        (reached, unnamed.into_iter().map(|one| format!("{} {}: {}", one.line, one.name, one.reason)).collect())
    }

    const DJANGO: &[(&str, &str)] = &[
        ("manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_.settings')\n"),
        ("site_/settings.py", "ROOT_URLCONF = 'site_.urls'\n"),
        (
            "site_/urls.py",
            "from django.urls import include, path\nurlpatterns = [\n    path('api/', include('shop.urls')),\n    path('old/', include(('depot.urls', 'depot'), namespace='store')),\n]\n",
        ),
        (
            "shop/urls.py",
            "from django.urls import include, path\nfrom rest_framework.routers import DefaultRouter\nfrom .views import BoxViewSet, CrateViewSet, health\napp_name = 'shop'\nrouter = DefaultRouter()\nrouter.register('boxes', BoxViewSet)\nrouter.register('crates', CrateViewSet, basename='crate')\nurlpatterns = [path('health/', health, name='health'), path('', include(router.urls))]\n",
        ),
        (
            "shop/views.py",
            "from rest_framework.decorators import action, api_view\nfrom rest_framework.viewsets import ModelViewSet, ReadOnlyModelViewSet\nfrom .models import Box\nclass BoxViewSet(ModelViewSet):\n    queryset = Box.objects.all()\n    @action(detail=True, methods=['post'])\n    def seal_up(self, request, pk): ...\n    @action(detail=False, url_path='empty-ones', url_name='hollow')\n    def empty(self, request): ...\nclass CrateViewSet(ReadOnlyModelViewSet): ...\n@api_view(['GET'])\ndef health(request): ...\n",
        ),
        (
            "depot/urls.py",
            "from django.urls import path\nfrom shop.views import health\nurlpatterns = [path('a/', health, name='twice'), path('b/<int:n>/', health, name='twice'), path('c/<int:n>/', health, name='one')]\n",
        ),
    ];

    #[test]
    fn django_paths_are_asked_for_by_name() {
        let test = r#"
from django.urls import reverse as r, reverse_lazy
LIST = reverse_lazy("shop:box-list")
def detail(pk, tail=""):
    return r("shop:box-detail", args=[pk]) + tail
class BoxTests(TestCase):
    def setUp(self):
        self.url = r("shop:crate-list")
    def test_all(self):
        self.client.get(LIST)
        self.client.put(detail(3), {})
        self.client.get(self.url + "?page=2")
        self.client.post(r("shop:box-seal-up", kwargs={"pk": 1}))
        self.client.get(r("shop:box-hollow"))
        self.client.get(r("store:twice"))
        self.client.get(r("depot:twice", args=(1,)))
        self.client.get(r("health"))
        self.client.post(r("store:one", args=x))
        self.client.delete(r("shop:crate-list"))
class OtherTests(TestCase):
    def setUp(self):
        self.url = r("shop:health")
    def url_of(self, name):
        return r(f"shop:{name}")
    def test_url(self):
        self.client.get(self.url)
        self.client.get(self.url_of("box-list"))
        self.client.post(self.url_of("crate-list"))
"#;
        let mut files = DJANGO.to_vec();
        files.push(("shop/tests.py", test));
        let (reached, unnamed) = reached_in(&files);
        let wanted = [
            "10 GET /api/boxes",
            "11 PUT /api/boxes/{pk}",
            "12 GET /api/crates",
            "13 POST /api/boxes/{pk}/seal_up",
            "14 GET /api/boxes/empty-ones",
            "15 GET /old/a",
            "16 GET /old/b/{n}",
            "26 GET /api/health",
            "27 GET /api/boxes",
        ];
        assert_eq!(wanted.to_vec(), reached);
        let wanted = [
            "17 health: no route that is known has this name",
            "18 store:one: the route of this name does not answer this method",
            "19 shop:crate-list: the route of this name does not answer this method",
            "28 shop:crate-list: the route of this name does not answer this method",
        ];
        assert_eq!(wanted.to_vec(), unnamed);
    }

    #[test]
    fn fixtures_and_bases_in_other_files_name_paths() {
        let fixtures = "import pytest\nfrom django.urls import reverse\n@pytest.fixture\ndef boxes_url():\n    return reverse('shop:box-list')\n";
        let test = "from django.urls import reverse\nclass Base:\n    @property\n    def url(self):\n        return reverse('shop:crate-detail', args=[self.id])\nclass TestBox(Base):\n    def test_one(self, client, boxes_url):\n        client.post(boxes_url)\n        client.get(self.url)\n";
        let mut files = DJANGO.to_vec();
        files.extend([("conftest.py", fixtures), ("shop/tests/test_box.py", test)]);
        let (reached, unnamed) = reached_in(&files);
        assert_eq!(vec!["8 POST /api/boxes", "9 GET /api/crates/{pk}"], reached);
        assert!(unnamed.is_empty(), "{unnamed:?}");
    }

    #[test]
    fn flask_endpoints_and_fastapi_functions_name_paths() {
        let app = "from flask import Blueprint, Flask\nfrom flask.views import MethodView\nbp = Blueprint('crates', __name__, url_prefix='/crates')\n@bp.get('/<int:id>')\ndef one(id): ...\n@bp.route('/all', endpoint='every')\ndef many(): ...\nclass Shelf(MethodView):\n    def put(self): ...\napp = Flask(__name__)\napp.add_url_rule('/shelf', view_func=Shelf.as_view('shelf'))\napp.register_blueprint(bp)\n";
        let test = "from flask import url_for\ndef test_it(client):\n    client.get(url_for('crates.one', id=1, page=2))\n    client.get(url_for('crates.every'))\n    client.put(url_for('shelf'))\n    client.get(url_for('crates.one'))\n";
        let (reached, unnamed) = reached_in(&[("app.py", app), ("tests/test_app.py", test)]);
        assert_eq!(vec!["3 GET /crates/{id}", "4 GET /crates/all", "5 PUT /shelf"], reached);
        assert_eq!(vec!["6 crates.one: no route of this name has as many parameters"], unnamed);

        let app = "from fastapi import APIRouter, FastAPI\nrouter = APIRouter(prefix='/boxes')\n@router.get('/{id}')\nasync def read_box(id: int): ...\n@router.post('', name='boxes:make')\nasync def make(): ...\napp = FastAPI()\napp.include_router(router, prefix='/api')\n";
        let test = "async def test_it(app, client):\n    await client.get(app.url_path_for('read_box', id=1))\n    await client.post(app.url_path_for('boxes:make'))\n";
        let (reached, unnamed) = reached_in(&[("app.py", app), ("tests/test_app.py", test)]);
        assert_eq!(vec!["2 GET /api/boxes/{id}", "3 POST /api/boxes"], reached);
        assert!(unnamed.is_empty(), "{unnamed:?}");
    }
}
