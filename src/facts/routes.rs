//! Which endpoints the code has.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Problem;
use crate::domain::template::Template;

/// The route inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Routes {
    /// The routes, by path, method, file and line; each (method, path, file, line) once.
    pub items: Vec<Route>,
    /// Registrations that could not be evaluated, by file and line.
    pub unresolved: Vec<Unresolved>,
    /// What was read of the tests for `items[].tests`; none where that was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<TestsRead>,
}

/// What was read of the tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TestsRead {
    /// Files of tests.
    pub files: usize,
    /// Requests that stand in them.
    pub requests: usize,
    /// How many of them reach no route that is known: another service's, a path that is not there, one that is not known.
    #[serde(default)]
    pub unmatched: usize,
    /// The first hundred of those that reach none, by file and line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmatched_requests: Vec<Unmatched>,
    /// How many more there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unmatched_left_out: usize,
    /// The base paths that files of tests leave out, below which their requests were found, by file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bases: Vec<TestBase>,
    /// Those that ask for a path by the name of a route and reach none, by file and line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unnamed: Vec<Unnamed>,
    /// The folders of the services that were told apart: tests that lie in one reach no route of another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Files of tests that cannot be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// A request that reaches no route that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Unmatched {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The method in upper case.
    pub method: String,
    /// The URL or path as far as it is known, with `{}` for each part that is not.
    pub url: String,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The base path that a file of tests leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct TestBase {
    /// The file.
    pub file: String,
    /// What stands before the paths that it asks for.
    pub base: String,
}

/// A request whose path is asked for by the name of a route, where that leads to no route.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Unnamed {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The name.
    pub name: String,
    /// Why it leads to none.
    pub reason: String,
}

/// A place in a test that sends a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct TestSite {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Route {
    /// The method in upper case; `ANY` for all.
    pub method: String,
    /// The path with its full prefix: parameters `{name}`, wildcard `{*name}`, no trailing slash but for `/` itself.
    pub path: String,
    /// The framework: `express`, `fastapi`, …
    pub framework: String,
    /// The file that registers it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// Registered only under a condition that is not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conditional: bool,
    /// The library that registers it on the service's behalf, where it is not the service's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    /// The folder of the service that it belongs to, `.` for the root's, where the repository has several; none where there is
    /// one, and where it goes with all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Where tests send requests that reach it, by file and line; the first twenty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<TestSite>,
    /// How many more places there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tests_left_out: usize,
}

/// A registration that could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Unresolved {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// Why it is not known.
    pub reason: String,
    /// The paths that it may have, each with a star for what is not known; none where it may have any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
}

impl Unresolved {
    /// Whether it may be what answers at a path. What stands before paths (a base path, a router's) may be missing in them, and
    /// so may the ending that a server asks for (`/orders.do`); the names of parameters make no difference.
    #[must_use]
    pub fn may_be(&self, path: &str) -> bool {
        let path = Template::parse(path).spelled();
        let bare = path.rsplit_once('.').filter(|(_, ending)| !ending.contains('/')).map_or(&*path, |(bare, _)| bare);
        self.paths.is_empty()
            || self.paths.iter().any(|one| {
                // What is not known may be nothing, and the slash before it then too.
                // A parameter without a known name reads like one that takes all.
                let one = Template::parse(one).spelled().replace("{+}", "*").replace("/*", "*");
                ends_like(&path, &one) || ends_like(bare, &one)
            })
    }
}

/// Whether a text ends in what a pattern spells, in which a star is any text.
fn ends_like(text: &str, pattern: &str) -> bool {
    let mut pieces = pattern.rsplit('*');
    let last = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_suffix(last) else { return false };
    pieces.all(|piece| match rest.rfind(piece) {
        Some(at) => {
            rest = rest.get(..at).unwrap_or_default();
            true
        }
        None => false,
    })
}

impl Route {
    /// Whether it is a method on a path as HTTP knows them: what gRPC and tRPC call a method is none, and what frameworks
    /// answer by themselves is not counted.
    #[must_use]
    pub fn is_http(&self) -> bool {
        !matches!(self.method.as_str(), "RPC" | "QUERY" | "MUTATION" | "SUBSCRIPTION" | "HEAD" | "OPTIONS")
    }
}
