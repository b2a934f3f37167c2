//! Requests that tests send: which calls are requests is data (`rules/requests/<language>.yaml`), the values of their paths
//! come from the file that they stand in and from those that it imports. Nothing is evaluated beyond that, and nothing is
//! executed.

mod idioms;
mod imports;
mod naming;
mod scopes;
mod values;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::form::{Block, Expr, ExprKind, Language, Module, StmtKind};
use crate::domain::change::is_test;
use crate::domain::folders::{Role, code_lies_in};
use crate::repo::{MAX_SOURCE_BYTES, Repo};
use idioms::{Idiom, Idioms};
use values::{Values, field};
use walk::{Chain, Link, Scope};

pub(crate) use naming::{Asked, asked};
pub(crate) use values::HOLE;

/// What tests send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requests {
    /// The requests.
    pub items: BTreeSet<Request>,
    /// How many files of tests there are.
    pub files: usize,
    /// Files of tests that cannot be read: file, line, why.
    pub problems: BTreeSet<(String, u32, String)>,
}

/// A request that a test sends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// The method in upper case.
    pub method: String,
    /// The URL or path; `\u{0}` for each part that is not known. Where it asks for a path by a route's name, `asked` tells it apart.
    pub url: String,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// A file that is imported and over this size is not read: 256 KiB.
const MAX_IMPORTED_BYTES: u64 = 256 << 10;

/// The methods that a request has.
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"];

/// Reads what the tests of a repository send.
#[must_use]
pub fn requests(repo: &Repo) -> Requests {
    let idioms = idioms::builtin();
    let files: Vec<_> = repo.files().iter().filter(|entry| !entry.link && may_test(&entry.path)).collect();
    let read: Vec<(Requests, Option<Lowered>)> =
        files.par_iter().map(|entry| file(repo, &entry.path, idioms)).collect();
    let mut all = Requests::default();
    let mut lowered = BTreeMap::new();
    for (one, form) in read {
        all.files += one.files;
        all.problems.extend(one.problems);
        lowered.extend(form.map(|form| (form.path.clone(), form)));
    }
    let index = imports::Index::new(repo);
    let imported: BTreeMap<String, Vec<String>> =
        lowered.values().map(|form| (form.path.clone(), index.imported(&form.path, &form.module))).collect();
    let own: BTreeSet<String> = lowered.keys().cloned().collect();
    let wanted: BTreeSet<&String> = imported.values().flatten().filter(|path| !own.contains(*path)).collect();
    let more: Vec<Option<Lowered>> = wanted.par_iter().map(|path| beside(repo, path)).collect();
    lowered.extend(more.into_iter().flatten().map(|form| (form.path.clone(), form)));
    let found: Vec<BTreeSet<Request>> = own
        .par_iter()
        .map(|path| {
            let others = imported.get(path).into_iter().flatten().filter(|other| *other != path);
            let files: Vec<&Lowered> =
                std::iter::once(path).chain(others).filter_map(|path| lowered.get(path)).collect();
            sent_by(&files, idioms)
        })
        .collect();
    all.items = found.into_iter().flatten().collect();
    all
}

/// A file in its common form.
struct Lowered {
    path: String,
    language: Language,
    module: Module,
    /// All of it is tests, and not its test modules alone.
    whole: bool,
}

impl Lowered {
    fn blocks(&self) -> Vec<&Block> {
        if self.whole { vec![&self.module.body] } else { test_modules(&self.module) }
    }
}

/// A file that a file of tests imports.
fn beside(repo: &Repo, path: &str) -> Option<Lowered> {
    let language = Language::of(path)?;
    let content = repo.read(path, MAX_IMPORTED_BYTES).ok()?;
    let module = super::lower_file(path, content.text().ok()?)?;
    Some(Lowered { path: path.to_owned(), language, module, whole: true })
}

/// The requests that a file sends, with what it imports: the first of `files` and the rest of them. What an imported helper
/// sends counts where it lies among tests.
fn sent_by(files: &[&Lowered], idioms: &'static Idioms) -> BTreeSet<Request> {
    let Some(own) = files.first() else { return BTreeSet::new() };
    let blocks: Vec<Vec<&Block>> = files.iter().map(|file| file.blocks()).collect();
    let values = Values::new(&blocks, own.language, idioms.namings(own.language));
    let mut found = BTreeSet::new();
    for (chain, scope) in &values.chains {
        let at = values.file(*scope);
        let Some(file) = files.get(at).filter(|file| at == 0 || lies_among_tests(&file.path)) else { continue };
        for (method, url, line) in idioms.of(own.language).flat_map(|idiom| sent(idiom, chain, *scope, &values)) {
            found.insert(Request { method, url, file: file.path.clone(), line });
        }
    }
    found
}

/// Whether a path's language is read and the file is the project's own.
fn may_test(path: &str) -> bool {
    Language::of(path).is_some() && !code_lies_in(path, &[Role::Vendored, Role::Built])
}

/// Whether a file is one of tests by where it lies: beside the usual folders, those whose name has `test` or `e2e` as a word.
fn lies_among_tests(path: &str) -> bool {
    let (folders, _) = path.rsplit_once('/').unwrap_or(("", path));
    let word = |word: &str| matches!(word, "test" | "tests" | "e2e" | "integration" | "k6" | "loadtest" | "loadtests");
    is_test(path) || folders.split('/').any(|folder| folder.split(['-', '_', '.']).any(word))
}

/// Reads a file: whether it is one of tests, what is wrong with it, and its form where it may send requests.
fn file(repo: &Repo, path: &str, idioms: &Idioms) -> (Requests, Option<Lowered>) {
    let mut found = Requests::default();
    let Some(language) = Language::of(path) else { return (found, None) };
    let among = lies_among_tests(path);
    let content = match repo.read(path, MAX_SOURCE_BYTES) {
        Ok(content) => content,
        Err(error) if among => {
            found.files = 1;
            found.problems.insert((path.to_owned(), 1, error.to_string()));
            return (found, None);
        }
        Err(_) => return (found, None),
    };
    if !among && !idioms.inside(language, &content.bytes) {
        return (found, None);
    }
    found.files = 1;
    if !idioms.matters(language, &content.bytes) {
        return (found, None);
    }
    let module = match super::source_text(language, &content) {
        Ok(text) => super::lower_file(path, &text),
        Err(offset) => {
            found.problems.insert((path.to_owned(), 1, format!("not UTF-8 text (byte {offset})")));
            return (found, None);
        }
    };
    let Some(module) = module else { return (found, None) };
    if let Some(at) = module.errors.first() {
        found.problems.insert((path.to_owned(), at.line, "this does not parse".to_owned()));
    }
    let form = Lowered { path: path.to_owned(), language, module, whole: among || language == Language::JavaScript };
    if form.blocks().is_empty() {
        found.files = 0;
        return (found, None);
    }
    (found, Some(form))
}

/// The modules of a Rust file that are tests.
fn test_modules(module: &Module) -> Vec<&Block> {
    let mut found = Vec::new();
    let mut open: Vec<&Block> = vec![&module.body];
    while let Some(block) = open.pop() {
        for stmt in block {
            let (stmt, tests) = match &stmt.kind {
                StmtKind::Test(inner) => (&**inner, true),
                StmtKind::Perhaps(inner) => (&**inner, false),
                _ => (stmt, false),
            };
            if let StmtKind::Module { body: Some(body), .. } = &stmt.kind {
                if tests { found.push(body) } else { open.push(body) }
            }
        }
    }
    found
}

/// The requests that a chain of calls sends, by one idiom.
fn sent<'a>(idiom: &Idiom, chain: &Chain<'a>, scope: Scope, values: &Values<'a>) -> Vec<(String, String, u32)> {
    let mut all = Vec::new();
    if idiom.excludes(chain) {
        return all;
    }
    for (index, link) in chain.links.iter().enumerate() {
        let Some(told) = link.name.filter(|_| link.call.is_some()).and_then(|name| idiom.call.get(name)) else {
            continue;
        };
        let registers = link.args().iter().any(|arg| matches!(arg.value.kind, ExprKind::Function(_)));
        if registers || !idiom.fits(chain, index) {
            continue;
        }
        let Some((urls, map)) = urls(idiom, link, scope, values) else { continue };
        let methods = if told == "*" { methods(idiom, chain, link, (map, scope), values) } else { vec![told.clone()] };
        for method in &methods {
            all.extend(urls.iter().map(|url| (method.clone(), url.clone(), link.pos.line)));
        }
    }
    all
}

/// A map of options with the scope that it stands in.
type Options<'a> = Option<(&'a Expr, Scope)>;

/// The URLs of a link, and the map of options beside them.
fn urls<'a>(idiom: &Idiom, link: &Link<'a>, scope: Scope, values: &Values<'a>) -> Option<(Vec<String>, Options<'a>)> {
    let options = idiom.options.and_then(|at| positional(link, at)).and_then(|expr| values.map(expr, scope));
    let is_url = |name: &str| matches!(name, "url" | "path" | "uri");
    let named = link.args().iter().find(|arg| arg.name.as_deref().is_some_and(is_url));
    let argument = named.map(|arg| &arg.value).or_else(|| positional(link, idiom.path))?;
    let whole = values.map(argument, scope);
    let texts = match whole {
        Some((map, scope)) => {
            let found = ["url", "path", "uri"].iter().find_map(|key| field(map, key));
            found.map(|expr| values.texts(expr, scope))?
        }
        None => values.texts(argument, scope),
    };
    let texts: Vec<String> = texts
        .into_iter()
        .map(|text| if idiom.braces { values::braces(&text) } else { text })
        .filter(|text| asked(text).is_some() || (text.contains('/') && text.chars().any(|c| c != HOLE)))
        .collect();
    Some((texts, whole.or(options)))
}

fn positional<'a>(link: &Link<'a>, at: usize) -> Option<&'a Expr> {
    link.args().iter().filter(|arg| arg.name.is_none()).nth(at).map(|arg| &arg.value)
}

fn methods<'a>(
    idiom: &Idiom,
    chain: &Chain<'a>,
    link: &Link<'a>,
    (options, scope): (Options<'a>, Scope),
    values: &Values<'a>,
) -> Vec<String> {
    let named = link.args().iter().find(|arg| arg.name.as_deref() == Some("method")).map(|arg| &arg.value);
    let argument = idiom.method.and_then(|at| positional(link, at));
    let option = options.and_then(|(map, scope)| field(map, "method").map(|expr| (expr, scope)));
    if let Some((expr, scope)) = named.or(argument).map(|expr| (expr, scope)).or(option) {
        return method(expr, scope, values);
    }
    if idiom.chain {
        for other in &chain.links {
            if other.name == Some("method")
                && let Some(argument) = other.args().first()
            {
                return method(&argument.value, scope, values);
            }
        }
        let upper = |name: &str| name.to_uppercase();
        let told =
            chain.links.iter().filter_map(|link| link.name).find(|name| {
                name.bytes().all(|byte| byte.is_ascii_lowercase()) && METHODS.contains(&upper(name).as_str())
            });
        if let Some(name) = told {
            return vec![upper(name)];
        }
    }
    vec!["GET".to_owned()]
}

/// `"POST"`, `http.MethodPost`, `Method::POST`, a name bound to one.
fn method<'a>(expr: &'a Expr, scope: Scope, values: &Values<'a>) -> Vec<String> {
    let known = |text: &str| {
        let text = text.trim_start_matches("Method").to_uppercase();
        METHODS.contains(&text.as_str()).then_some(text)
    };
    let last = match &expr.kind {
        ExprKind::Member(_, name) => known(name),
        ExprKind::Path(path) => path.last().and_then(|name| known(name)),
        _ => None,
    };
    match last {
        Some(method) => vec![method],
        None => values.texts(expr, scope).iter().filter_map(|text| known(text)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        name: String,
        files: BTreeMap<String, String>,
        requests: Vec<String>,
    }

    const SAMPLES: &[(&str, &str)] = &[
        ("javascript", include_str!("../../../rules/requests/javascript.test.yaml")),
        ("python", include_str!("../../../rules/requests/python.test.yaml")),
        ("rust", include_str!("../../../rules/requests/rust.test.yaml")),
        ("go", include_str!("../../../rules/requests/go.test.yaml")),
        ("java", include_str!("../../../rules/requests/java.test.yaml")),
    ];

    #[test]
    fn every_sample_gives_its_requests() {
        let mut wrong = Vec::new();
        for (language, text) in SAMPLES {
            let node = crate::yaml::parse(language, text).unwrap_or_else(|mistake| panic!("{mistake:?}"));
            let samples: Vec<Sample> = node.read().unwrap_or_else(|mistake| panic!("{mistake:?}"));
            assert!(!samples.is_empty(), "{language}");
            for sample in samples {
                let files: Vec<(&str, &str)> =
                    sample.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
                // A language without a front end yet says nothing.
                if files.iter().all(|(path, _)| super::super::lower_file(path, "").is_none()) {
                    continue;
                }
                let found: BTreeSet<String> = requests(&Repo::in_memory(&files))
                    .items
                    .iter()
                    .map(|one| format!("{} {} {}:{}", one.method, one.url.replace(HOLE, "{}"), one.file, one.line))
                    .collect();
                let expected: BTreeSet<String> = sample.requests.into_iter().collect();
                if found != expected {
                    wrong.push(format!("{language}, {}:\n  found {found:#?}\n  expected {expected:#?}", sample.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
