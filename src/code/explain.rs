//! Holds a crude search for registrations against what the evaluator made of them: every place that looks like one is
//! explained by a route, by an entry under unresolved, or by a reason. What is left is a loss that nobody would see.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use rayon::prelude::*;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::form::Language;
use super::{Analysis, Trace, analyse_traced, copied, select};
use crate::domain::change::is_test;
use crate::repo::{MAX_SOURCE_BYTES, Repo};

/// How a place that looks like a registration is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Explained {
    /// By nothing: it may be a loss.
    Unexplained,
    /// By an entry under unresolved.
    Unresolved,
    /// By a reason why it registers nothing.
    Reason,
    /// By a route.
    Route,
}

/// Lines of one declaration that are looked at above another one.
const MOST_ABOVE: usize = 40;

impl Explained {
    /// Its name in outputs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Explained::Unexplained => "unexplained",
            Explained::Unresolved => "unresolved",
            Explained::Reason => "reason",
            Explained::Route => "route",
        }
    }
}

/// A place that looks like a registration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Site {
    /// How it is explained.
    pub explained: Explained,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The route, the reason, or what was seen there.
    pub why: String,
    /// The line as it stands, cut.
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    comments: Comments,
    /// What a file holds whose places are those of a client.
    #[serde(default)]
    clients: Vec<String>,
    sites: Vec<Pattern>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Comments {
    line: String,
    open: String,
    close: String,
    /// The quotes of texts that span lines.
    texts: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Pattern {
    pattern: String,
    reach: u32,
}

struct Search {
    comments: Comments,
    clients: Vec<String>,
    patterns: Vec<(Regex, u32)>,
}

static SEARCHES: LazyLock<BTreeMap<String, Search>> = LazyLock::new(|| {
    let text = include_str!("../../rules/sites.yaml");
    let node = crate::yaml::parse("rules/sites.yaml", text);
    let written: BTreeMap<String, Written> =
        node.and_then(|node| node.read()).expect("the searches are valid: a test reads them");
    let compiled = |written: Written| Search {
        comments: written.comments,
        clients: written.clients,
        patterns: written
            .sites
            .iter()
            .map(|site| (Regex::new(&site.pattern).expect("a valid pattern: a test compiles it"), site.reach))
            .collect(),
    };
    written.into_iter().map(|(language, written)| (language, compiled(written))).collect()
});

/// Explains every place of a repository that looks like a registration: what is unexplained first, then by file and line.
#[must_use]
pub fn explain(repo: &Repo) -> Vec<Site> {
    let (analysis, trace) = analyse_traced(repo);
    let known = Known::new(&analysis, &trace);
    let files: Vec<_> = repo.files().iter().filter(|entry| !entry.link).collect();
    let found: Vec<Vec<Site>> = files.par_iter().map(|entry| sites_of(repo, &entry.path, &known)).collect();
    let mut sites: Vec<Site> = found.into_iter().flatten().collect();
    sites.sort();
    sites
}

/// What is known of places.
struct Known<'a> {
    routes: BTreeMap<(&'a str, u32), String>,
    unresolved: BTreeMap<(&'a str, u32), &'a str>,
    trace: &'a Trace,
    problems: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn new(analysis: &'a Analysis, trace: &'a Trace) -> Self {
        let mut routes: BTreeMap<(&str, u32), String> = BTreeMap::new();
        for route in &analysis.routes {
            let shown = routes.entry((route.file.as_str(), route.line)).or_default();
            if shown.len() < 120 {
                let separator = if shown.is_empty() { "" } else { ", " };
                let _ = write!(shown, "{separator}{} {}", route.method, route.path);
            }
        }
        let unresolved =
            analysis.unresolved.iter().map(|(file, line, why)| ((file.as_str(), *line), why.as_str())).collect();
        let problems = analysis.problems.iter().map(|(file, _, _)| file.as_str()).collect();
        Known { routes, unresolved, trace, problems }
    }
}

fn sites_of(repo: &Repo, path: &str, known: &Known<'_>) -> Vec<Site> {
    let Some(language) = Language::of(path) else { return Vec::new() };
    let Some(search) = SEARCHES.get(language.name()) else { return Vec::new() };
    let Ok(content) = repo.read(path, MAX_SOURCE_BYTES) else { return Vec::new() };
    let text = &*content.lossy();
    let mut places: BTreeMap<usize, u32> = BTreeMap::new();
    for (pattern, reach) in &search.patterns {
        for hit in pattern.find_iter(text) {
            // A pattern may begin with what stands before, as far as on another line.
            let before = hit.as_str().len() - hit.as_str().trim_start().len();
            places.entry(hit.start() + before).or_insert(*reach);
        }
    }
    if places.is_empty() {
        return Vec::new();
    }
    let (comments, texts) = not_code(text, &search.comments);
    let mut seen = BTreeSet::new();
    let mut sites = Vec::new();
    for (at, reach) in places {
        let line = u32::try_from(text[..at].matches('\n').count() + 1).unwrap_or(u32::MAX);
        if !seen.insert(line) {
            continue;
        }
        let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        let shown: String = text[start..].lines().next().unwrap_or("").trim().chars().take(120).collect();
        let within = |all: &[(usize, usize)]| all.iter().any(|(from, to)| (*from..*to).contains(&at));
        let aside = match (within(&comments), within(&texts)) {
            (true, _) => Some("a comment"),
            (false, true) => Some("a text"),
            (false, false) => None,
        };
        let (mut explained, mut why) = explained(path, line, reach, aside, known);
        // A registration gives nothing to wait for, but for that of a plugin.
        let sent = language == Language::JavaScript && awaited(&text[start..at], &text[at..]);
        if explained == Explained::Unexplained && sent {
            (explained, why) = (Explained::Reason, "awaited: a request that is sent".to_owned());
        }
        let alone = language == Language::JavaScript && unanswered(&text[at..]);
        if explained == Explained::Unexplained && alone {
            (explained, why) = (Explained::Reason, "nothing is given that answers: a request that is sent".to_owned());
        }
        let client = search.clients.iter().any(|mark| text.contains(mark.as_str()));
        if explained == Explained::Unexplained && client {
            (explained, why) = (Explained::Reason, "an interface that sends requests".to_owned());
        }
        let tested = language == Language::Rust && of_tests(text).iter().any(|(from, to)| (*from..*to).contains(&at));
        if explained == Explained::Unexplained && tested {
            (explained, why) = (Explained::Reason, "a test".to_owned());
        }
        if explained == Explained::Unexplained && language == Language::Java && shown.starts_with('@') {
            let above = lines_above(&text[..start]).find_map(|above| known.routes.get(&(path, line - above)));
            if let Some(routes) = above {
                (explained, why) = (Explained::Route, routes.clone());
            }
        }
        if explained == Explained::Unexplained && language == Language::Java && builds_an_address(&text[..at]) {
            (explained, why) = (Explained::Reason, "an address is put together".to_owned());
        }
        sites.push(Site { explained, file: path.to_owned(), line, why, text: shown });
    }
    sites
}

fn explained(path: &str, line: u32, reach: u32, aside: Option<&str>, known: &Known<'_>) -> (Explained, String) {
    if let Some(aside) = aside {
        return (Explained::Reason, aside.to_owned());
    }
    for near in line..=line.saturating_add(reach) {
        if let Some(routes) = known.routes.get(&(path, near)) {
            return (Explained::Route, routes.clone());
        }
        if let Some(why) = known.unresolved.get(&(path, near)) {
            return (Explained::Unresolved, (*why).to_owned());
        }
    }
    if is_test(path) {
        return (Explained::Reason, "a test".to_owned());
    }
    if !select::is_own_source(path) {
        return (Explained::Reason, "not the service's own source".to_owned());
    }
    if copied::is_under(&known.trace.tested, path) {
        return (Explained::Reason, "a module that tests alone depend on".to_owned());
    }
    if copied::is_under(&known.trace.copied, path) {
        return (Explained::Reason, "a template that a generator copies out".to_owned());
    }
    if let Some(why) = known.trace.uncompiled.why(path) {
        return (Explained::Reason, why.to_owned());
    }
    for near in line..=line.saturating_add(reach) {
        if let Some(why) = known.trace.left.get(&(path.to_owned(), near)) {
            return (Explained::Reason, why.clone());
        }
        if known.trace.registrations.contains(&(path.to_owned(), near)) {
            return (Explained::Route, "its routes are listed where it is called".to_owned());
        }
    }
    if let Some(why) = known.trace.reasons.get(&(path.to_owned(), line)) {
        return (Explained::Reason, why.clone());
    }
    if known.problems.contains(path) {
        return (Explained::Unresolved, "the file does not parse".to_owned());
    }
    if !known.trace.loaded.contains(path) {
        let why = "nothing here names a library that is known, and nothing that was evaluated imports it";
        return (Explained::Reason, why.to_owned());
    }
    match known.trace.seen.get(&(path.to_owned(), line)) {
        Some(Some(why)) => (Explained::Reason, why.clone()),
        Some(None) => (Explained::Unexplained, "called on something that is not known".to_owned()),
        None => (Explained::Unexplained, "this was not evaluated".to_owned()),
    }
}

/// Where modules of Rust stand that are there for tests alone, by bytes: each ends with the brace that closes its line.
fn of_tests(text: &str) -> Spans {
    let mut spans = Vec::new();
    for (at, mark) in text.match_indices("#[cfg(test)]") {
        let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        let behind = text[at + mark.len()..].trim_start();
        let module = ["mod ", "pub mod ", "pub(crate) mod "].iter().any(|how| behind.starts_with(how));
        let indent = &text[start..at];
        if module && indent.trim().is_empty() {
            let close = format!("\n{indent}}}");
            spans.push((at, text[at..].find(&close).map_or(text.len(), |length| at + length)));
        }
    }
    spans
}

/// How far above a line of a declaration its other lines stand: annotations that lead it, of which the first tells where a route is.
fn lines_above(before: &str) -> impl Iterator<Item = u32> {
    let led = before.lines().rev().take_while(|line| {
        let line = line.trim();
        !line.is_empty() && !line.ends_with([';', '{', '}'])
    });
    (1..).zip(led).map(|(above, _)| above).take(MOST_ABOVE)
}

/// Whether the statement that is written so far puts the address of something together.
fn builds_an_address(before: &str) -> bool {
    let statement = before.rsplit([';', '{', '}']).next().unwrap_or(before);
    ["UriBuilder", "uriBuilder", "URIBuilder", "UriComponentsBuilder", "uriComponentsBuilder", "HttpUrl"]
        .iter()
        .any(|builder| statement.contains(builder))
}

/// Whether a call by a method's name gets a path and nothing else: what would answer there is not given.
fn unanswered(call: &str) -> bool {
    let Some((callee, rest)) = call.split_once('(') else { return false };
    let name = callee.split('<').next().unwrap_or(callee).trim_start_matches(['.', '?']);
    if !matches!(name, "get" | "post" | "put" | "patch" | "delete" | "head" | "options") {
        return false;
    }
    let rest = rest.trim_start();
    let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) else { return false };
    let behind = rest[1..].split_once(quote).map(|(_, behind)| behind.trim_start());
    behind.is_some_and(|behind| behind.starts_with(')') || behind.starts_with(",)"))
}

/// Whether what is called at the end of a line's start is waited for, other than by a plugin's registration.
fn awaited(before: &str, call: &str) -> bool {
    let Some((_, callee)) = before.rsplit_once("await ") else { return false };
    let plain = callee.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '?' | '!'));
    plain && !call.starts_with(".register")
}

/// Where something stands in a text, by bytes: from and up to.
type Spans = Vec<(usize, usize)>;

/// Where comments and texts stand. Quotes are followed loosely: a text ends with its line, but for backquotes.
fn not_code(text: &str, comments: &Comments) -> (Spans, Spans) {
    let (mut out, mut texts) = (Vec::new(), Vec::new());
    let mut opened = 0;
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut quote = None;
    let starts = |at: usize, word: &str| !word.is_empty() && bytes[at..].starts_with(word.as_bytes());
    while at < bytes.len() {
        let byte = bytes[at];
        if let Some(open) = quote {
            if byte == b'\\' {
                at += 1;
            } else if byte == open || (byte == b'\n' && open != b'`') {
                quote = None;
                texts.push((opened, at));
            }
            at += 1;
        } else if starts(at, &comments.line) && !(at > 0 && bytes[at - 1] == b':') {
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
            out.push((at, end));
            at = end;
        } else if let Some(mark) = comments.texts.iter().find(|mark| starts(at, mark)) {
            let from = at + mark.len();
            let close = memchr::memmem::find(&bytes[from..], mark.as_bytes());
            let end = close.map_or(bytes.len(), |length| from + length + mark.len());
            texts.push((from, end));
            at = end;
        } else if starts(at, &comments.open) {
            let from = at + comments.open.len();
            let close = memchr::memmem::find(&bytes[from..], comments.close.as_bytes());
            let end = close.map_or(bytes.len(), |length| from + length + comments.close.len());
            out.push((at, end));
            at = end;
        } else {
            if matches!(byte, b'"' | b'\'' | b'`') {
                quote = Some(byte);
                opened = at + 1;
            }
            at += 1;
        }
    }
    (out, texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(files: &[(&str, &str)]) -> Vec<String> {
        let sites = explain(&Repo::in_memory(files));
        sites.iter().map(|site| format!("{} {}:{}", site.explained.name(), site.file, site.line)).collect()
    }

    #[test]
    fn a_place_behind_an_empty_line_stands_where_it_is_written() {
        let code = "package a\nimport io.ktor.server.application.*\nimport io.ktor.server.routing.*\nfun Application.module() {\n  routing {\n    get(\"/a\") { }\n\n    post(\"/b\") { }\n  }\n}\n";
        assert_eq!(
            vec!["route src/main/kotlin/A.kt:6", "route src/main/kotlin/A.kt:8"],
            shown(&[("src/main/kotlin/A.kt", code)])
        );
    }

    #[test]
    fn tests_within_a_file_of_rust_and_addresses_in_java_have_a_reason() {
        let rust = "use axum::{routing::get, Router};\nfn main() { axum::serve(l, Router::new().route(\"/a\", get(a))); }\n#[cfg(test)]\nmod tests {\n    fn t() {\n        call(Router::new().route(\"/b\", get(a)));\n    }\n}\n";
        assert_eq!(vec!["reason src/main.rs:6", "route src/main.rs:2"], shown(&[("src/main.rs", rust)]));
        let java = "import org.springframework.web.bind.annotation.*;\n@RestController\nclass A {\n  @GetMapping(\"/a\")\n  Object a(UriComponentsBuilder builder) {\n    return of(uriComponentsBuilder\n      .path(\"/a/{id}\").build());\n  }\n}\n";
        assert_eq!(
            vec!["reason src/main/java/A.java:7", "route src/main/java/A.java:4"],
            shown(&[("src/main/java/A.java", java)])
        );
    }

    #[test]
    fn every_place_is_explained_by_a_route_an_unresolved_entry_or_a_reason() {
        let app = "const app = require('express')();\nconst axios = require('axios');\n// app.get('/no', f);\napp.get('/yes', f);\napp.get('/x/' + process.argv[2], f);\naxios.get('/elsewhere');\nnew Map().get('/key');\n/* app.get('/none', f) */\nconst help = `app.get('/text', f)`;\n";
        let files = [
            ("app.js", app),
            ("test/app.js", "app.get('/no', f)"),
            ("docs/app.js", "app.get('/no', f)"),
            ("web/a.js", "axios.get('/no')"),
        ];
        let expected = [
            "unresolved app.js:5",
            "reason app.js:3",
            "reason app.js:6",
            "reason app.js:7",
            "reason app.js:8",
            "reason app.js:9",
            "reason docs/app.js:1",
            "reason test/app.js:1",
            "reason web/a.js:1",
            "route app.js:4",
        ];
        assert_eq!(expected.to_vec(), shown(&files));
    }

    #[test]
    fn a_loss_is_seen() {
        let app = "const app = require('express')();\napp.get('/yes', f);\nload((it) => it.get('/lost', f));\n";
        assert_eq!(vec!["unexplained app.js:3", "route app.js:2"], shown(&[("app.js", app)]));
    }

    #[test]
    fn a_path_without_anything_that_answers_is_a_request() {
        let app = "const app = require('express')();\napp.get('/yes', f);\nload((it) => it.get('/asked'));\nload((it) => it.get('/lost', f));\n";
        let expected = vec!["unexplained app.js:4", "reason app.js:3", "route app.js:2"];
        let mut found = shown(&[("app.js", app)]);
        found.sort_by_key(|site| expected.iter().position(|one| one == site));
        assert_eq!(expected, found);
    }

    #[test]
    fn what_a_generator_copies_out_is_no_code_of_its_own() {
        let app = "const app = require('express')();\napp.get('/yes', f);\napp.listen(1);\n";
        let files = [
            ("package.json", "{\"bin\": \"cli.js\"}"),
            ("templates/api/package.json", "{}"),
            ("templates/api/app.js", app),
        ];
        assert_eq!(vec!["reason templates/api/app.js:2"], shown(&files));
    }

    #[test]
    fn what_no_build_compiles_has_that_for_a_reason() {
        let code = "import org.springframework.web.bind.annotation.*;\n@RestController\nclass A {\n  @GetMapping(\"/a\")\n  String a() { return \"\"; }\n}\n";
        let files = [("pom.xml", "<project/>"), ("src/main/java/A.java", code), ("old/src/main/java/B.java", code)];
        assert_eq!(vec!["reason old/src/main/java/B.java:4", "route src/main/java/A.java:4"], shown(&files));
    }

    #[test]
    fn texts_over_several_lines_and_requests_that_are_awaited_are_no_loss() {
        let api = "import os\ndef guard():\n    \"\"\"Used as:\n\n    @router.get('/admin')\n    \"\"\"\n    return os.environ['X']\n";
        let client = "const base = process.env.BASE;\nclass Api {\n  async me() {\n    const it = await this.client.get<Me>('/me');\n    return it;\n  }\n}\n";
        assert_eq!(vec!["reason api.py:5", "reason web.ts:4"], shown(&[("api.py", api), ("web.ts", client)]));
    }

    #[test]
    fn registrations_of_every_framework_are_places() {
        let named = |language: &str, text: &str| {
            let search = &SEARCHES[language];
            search.patterns.iter().any(|(pattern, _)| pattern.is_match(text))
        };
        for (language, text) in [
            ("java", "    @Get(\"/{id}\")"),
            ("java", "    @Delete\n    fun all()"),
            ("java", "        get(\"/users/{id}\") { call.respond(1) }"),
            ("java", "        post<Users.New> { user -> }"),
            ("java", "app.get(\"/users\", Users::all);"),
            ("java", "    path(\"users\", () -> {"),
            ("java", "route().GET(\"/users\", handler::all)"),
            ("java", "POST(\"/users\", handler::make)"),
            ("java", "\"/users\" bind GET to handler"),
            ("rust", "let all = warp::path!(\"users\" / u32)"),
            ("rust", "warp::path(\"users\").and(warp::get())"),
            ("rust", "Router::with_path(\"users\").get(all)"),
            ("rust", "Route::new().at(\"/users\", get(all))"),
            ("rust", "#[oai(path = \"/users\", method = \"get\")]"),
            ("python", "@get(\"/users\")"),
            ("python", "app.router.add_get('/users', all)"),
            ("python", "Route('/users', all)"),
            ("go", "beego.Router(\"/users\", &Users{})"),
            ("go", "r.Methods(\"GET\").Path(\"/users\")"),
        ] {
            assert!(named(language, text), "{language}: {text}");
        }
        for (language, text) in [
            ("java", "map.get(\"users\")"),
            ("java", "val GET = \"/users\""),
            ("rust", "let path = at(3);"),
            ("python", "Path(\"users\")"),
        ] {
            assert!(!named(language, text), "{language}: {text}");
        }
    }

    #[test]
    fn an_annotation_below_the_one_that_tells_the_place_is_of_the_same_route() {
        let code = "package a;\nimport javax.ws.rs.*;\n@Path(\"/a\")\npublic class A {\n    private int x;\n    @Path(\"/b\")\n    @Produces(\n        \"text/plain\")\n    @GET\n    public String b() { return \"\"; }\n}\n";
        let shown = shown(&[("src/main/java/a/A.java", code)]);
        assert!(shown.iter().all(|one| one.starts_with("route")), "{shown:?}");
        assert!(shown.iter().any(|one| one.contains(":9")), "{shown:?}");
    }

    #[test]
    fn interfaces_that_send_requests_are_no_loss() {
        let client = "import org.springframework.cloud.openfeign.FeignClient;\nimport org.springframework.web.bind.annotation.GetMapping;\n@FeignClient(name = \"x\")\ninterface Client {\n  @GetMapping(\"/x\")\n  String x();\n}\n";
        assert_eq!(vec!["reason src/main/java/Client.java:5"], shown(&[("src/main/java/Client.java", client)]));
    }

    #[test]
    fn every_language_with_a_front_end_has_a_search() {
        for language in ["javascript", "python", "go", "rust", "java"] {
            assert!(SEARCHES.contains_key(language), "{language}");
        }
    }
}
