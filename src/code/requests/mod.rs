//! Requests that tests send: which calls are requests is data (`rules/requests/<language>.yaml`), the values of their paths
//! come from the file that they stand in and from those that it imports. Nothing is evaluated beyond that, and nothing is
//! executed.

mod focus;
mod idioms;
mod imports;
mod live;
mod mocks;
mod naming;
mod own;
mod resolve;
mod scopes;
mod skips;
mod tables;
mod texts;
mod values;
mod walk;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use super::form::{Block, Expr, ExprKind, Function, FunctionKind, Language, Module, Param, Pattern, Spread, StmtKind};
use crate::domain::change::is_test;
use crate::domain::folders::{Role, code_lies_in};
use crate::domain::method::is_method;
use crate::repo::{MAX_SOURCE_BYTES, Repo};
use idioms::{Idiom, Idioms};
use texts::field;
use values::{Choice, Read, Values};
use walk::{Chain, Link, Scope, Seen, walk};

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
    let asked = Asking::new(&own, &lowered, idioms);
    let found: Vec<BTreeSet<Request>> = own
        .par_iter()
        .map(|path| {
            let others = imported.get(path).into_iter().flatten().filter(|other| *other != path);
            let files: Vec<&Lowered> =
                std::iter::once(path).chain(others).filter_map(|path| lowered.get(path)).collect();
            sent_by(&files, idioms, &asked)
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

/// What files of tests ask for by name, and which file does where it is one alone.
struct Asking<'a>(HashMap<(Language, &'a str), Option<&'a str>>);

impl<'a> Asking<'a> {
    fn new(own: &'a BTreeSet<String>, lowered: &'a BTreeMap<String, Lowered>, idioms: &'static Idioms) -> Self {
        let files: Vec<&'a Lowered> = own.iter().filter_map(|path| lowered.get(path)).collect();
        let names: Vec<BTreeSet<&'a str>> = files.par_iter().map(|file| mentioned(file, idioms)).collect();
        let mut all: HashMap<(Language, &'a str), Option<&'a str>> = HashMap::new();
        for (file, names) in files.iter().zip(names) {
            for name in names {
                all.entry((file.language, name)).and_modify(|only| *only = None).or_insert(Some(&file.path));
            }
        }
        Self(all)
    }

    /// Whether another file than one asks for a name.
    fn outside(&self, language: Language, path: &str, name: &str) -> bool {
        self.0.get(&(language, name)).is_some_and(|only| only.is_none_or(|only| only != path))
    }
}

/// The names that a file calls or hands on, but for those that clients of libraries have.
fn mentioned<'a>(file: &'a Lowered, idioms: &'static Idioms) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    walk(&[file.blocks()], idioms.skips(file.language), &mut |seen, _| match seen {
        Seen::Chain(chain) => names.extend(chain.links.iter().filter_map(|link| link.name)),
        Seen::Mention(expr) => match &expr.kind {
            ExprKind::Name(name) => names.extend([&**name]),
            ExprKind::Path(path) => names.extend(path.last().map(|name| &**name)),
            _ => {}
        },
        Seen::Function(_, function, _) => {
            names.extend(function.params.iter().filter_map(|param| match &param.target {
                Pattern::Name(name, _) => Some(&**name),
                _ => None,
            }))
        }
        _ => {}
    });
    names.retain(|name| !idioms.is_request(file.language, name));
    names
}

/// The requests that a file sends, with what it imports: the first of `files` and the rest of them. What an imported helper
/// sends counts where it lies among tests.
fn sent_by(files: &[&Lowered], idioms: &'static Idioms, asked: &Asking<'_>) -> BTreeSet<Request> {
    let Some(own) = files.first() else { return BTreeSet::new() };
    let tests = |(at, file): (usize, &&Lowered)| at == 0 || lies_among_tests(&file.path);
    let read: Vec<Read<'_>> = files
        .iter()
        .enumerate()
        .map(|(at, file)| Read { path: &file.path, blocks: file.blocks(), tests: tests((at, file)) })
        .collect();
    let outside = |name: &str| asked.outside(own.language, &own.path, name);
    let (values, live) = Values::new(&read, own.language, idioms, &outside);
    let (mut replaced, skips) = (BTreeSet::new(), idioms.skips(own.language));
    let mocks = idioms.mocks(own.language);
    if let Some(mocks) = mocks {
        walk(&[own.blocks()], skips, &mut |seen, _| mocks.see(&seen, &mut replaced));
        mocks.see_made(files, skips, &mut replaced);
    }
    let mut apps = own::Own::default();
    if let Some(building) = idioms.apps(own.language) {
        walk(&[own.blocks()], skips, &mut |seen, _| building.see(&seen, &mut apps));
    }
    let is_sent = |chain: &Chain<'_>| mocks.is_none_or(|mocks| !mocks.is_replaced(chain, &replaced));
    let mut found = BTreeSet::new();
    let sending = values.chains.iter().filter(|(chain, scope)| values.sends(*scope, &live) && is_sent(chain));
    for (chain, scope) in sending {
        let Some(file) = files.get(values.file(*scope)) else { continue };
        for (method, url, line) in idioms.of(own.language).flat_map(|idiom| sent(idiom, chain, *scope, &values)) {
            if !apps.answers(chain, &method, &url) {
                found.insert(Request { method, url, file: file.path.clone(), line });
            }
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
fn sent<'a>(idiom: &'a Idiom, chain: &Chain<'a>, scope: Scope, values: &Values<'a>) -> Vec<(String, String, u32)> {
    let mut all = Vec::new();
    if idiom.excludes(chain) {
        return all;
    }
    for (index, link) in chain.links.iter().enumerate().filter(|(_, link)| link.call.is_some()) {
        let told = match link.name {
            Some(name) => idiom.call.get(name).map(|told| Told::Known(told)),
            None if idiom.computed => computed(chain, index).map(Told::Text),
            None => None,
        };
        let Some(told) = told else { continue };
        if matches!(told, Told::Known(_)) && values.is_helper(link.whole, scope) {
            continue;
        }
        if registers(idiom, link, scope, values) || !idiom.fits(chain, index) {
            continue;
        }
        let ask = || {
            let Some((urls, map)) = urls(idiom, link, scope, values) else { return Vec::new() };
            let urls = urls.into_iter();
            urls.map(|url| (url, map)).collect::<Vec<_>>()
        };
        let methods = |map: Options<'a>| match told {
            Told::Known("*") => methods(idiom, chain, link, (map, scope), values),
            Told::Known(method) => vec![method.to_owned()],
            Told::Text(expr) => {
                let known = method(expr, scope, values).into_iter();
                known.filter(|method| idiom.call.values().any(|own| own == method)).collect()
            }
        };
        pairs(values, &ask, &methods, 0, &mut all);
        all.iter_mut().filter(|(_, _, line)| *line == 0).for_each(|(_, _, line)| *line = link.pos.line);
    }
    all
}

/// Whether a call is handed what answers requests, and so sends none.
fn registers<'a>(idiom: &Idiom, link: &Link<'a>, scope: Scope, values: &Values<'a>) -> bool {
    let on_client = matches!(link.whole.kind, ExprKind::Member(..));
    let path = positional(link, idiom.path);
    let is_function = |expr: &'a Expr| {
        values.callees(expr, scope, 0).iter().any(|(function, _)| function.kind != FunctionKind::Getter)
    };
    link.args().iter().any(|arg| match &arg.value.kind {
        // What stands behind the parentheses of a client's call fills the request; a handler has a parameter.
        ExprKind::Function(function) if arg.spread == Spread::Behind && on_client => takes(function),
        ExprKind::Function(_) => !idiom.chain,
        _ if path.is_some_and(|path| std::ptr::eq(path, &arg.value)) => false,
        ExprKind::Str(_) | ExprKind::Int(_) => false,
        _ if idiom.lone => true,
        ExprKind::Name(_) | ExprKind::Member(..) => !idiom.chain && is_function(&arg.value),
        _ => false,
    })
}

/// Whether a lambda has a parameter that it states or asks for.
fn takes(function: &Function) -> bool {
    let unsaid = |param: &Param| matches!(&param.target, Pattern::Name(name, _) if &**name == "it");
    match function.params.as_slice() {
        [] => false,
        [one] if unsaid(one) => {
            let mut asks = false;
            let is_it = |expr: &Expr| matches!(&expr.kind, ExprKind::Name(name) if &**name == "it");
            let skips = idioms::builtin().skips(Language::Java);
            walk(&[vec![&function.body]], skips, &mut |seen, _| match seen {
                Seen::Chain(chain) => asks |= is_it(chain.root),
                Seen::Mention(expr) => asks |= is_it(expr),
                _ => {}
            });
            asks
        }
        _ => true,
    }
}

/// What tells the method of a request.
#[derive(Clone, Copy)]
enum Told<'a> {
    /// The name of what is called.
    Known(&'a str),
    /// A value: `client[method](path)`, `getattr(client, method)(path)`.
    Text(&'a Expr),
}

/// What tells the member that a link calls where that is a value.
fn computed<'a>(chain: &Chain<'a>, index: usize) -> Option<&'a Expr> {
    match (index.checked_sub(1).and_then(|before| chain.links.get(before)), &chain.root.kind) {
        (Some(before), _) if before.name == Some("getattr") => before.args().get(1).map(|arg| &arg.value),
        (None, ExprKind::Index(_, member)) => Some(member),
        _ => None,
    }
}

/// Rows and calls that one request is asked for.
const MOST_TAKEN: usize = 256;

/// Requests: each method with each URL, but of the same row of a table and of the same call of a helper where both come from
/// there.
fn pairs<'a>(
    values: &Values<'a>,
    ask: &dyn Fn() -> Vec<(String, Options<'a>)>,
    methods: &dyn Fn(Options<'a>) -> Vec<String>,
    depth: usize,
    all: &mut Vec<(String, String, u32)>,
) {
    let (urls, of_url) = values.choosing(ask);
    let first = urls.first().and_then(|(_, map)| *map);
    let (told, of_method) = values.choosing(|| methods(first));
    let both: Option<(Choice, usize)> =
        of_url.iter().find(|(choice, count)| of_method.contains_key(choice) && **count > 1).map(|(a, b)| (*a, *b));
    match both.filter(|_| depth < 4) {
        Some((choice, count)) => {
            for index in 0..count.min(MOST_TAKEN) {
                values.taking(choice, index, || pairs(values, ask, methods, depth + 1, all));
            }
        }
        None => {
            for method in &told {
                all.extend(urls.iter().map(|(url, _)| (method.clone(), url.clone(), 0)));
            }
        }
    }
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
        .map(|text| if idiom.braces { texts::braces(&text) } else { text })
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
        let told = chain
            .links
            .iter()
            .filter_map(|link| link.name)
            .find(|name| name.bytes().all(|byte| byte.is_ascii_lowercase()) && is_method(&upper(name)));
        if let Some(name) = told {
            return vec![upper(name)];
        }
    }
    vec!["GET".to_owned()]
}

/// `"POST"`, `http.MethodPost`, `Method::POST`, `POST`, a name bound to one.
fn method<'a>(expr: &'a Expr, scope: Scope, values: &Values<'a>) -> Vec<String> {
    let known = |text: &str| {
        let text = text.trim_start_matches("Method").to_uppercase();
        is_method(&text).then_some(text)
    };
    let last = |expr: &Expr| match &expr.kind {
        ExprKind::Member(_, name) => known(name),
        ExprKind::Path(path) => path.last().and_then(|name| known(name)),
        ExprKind::Name(name) => is_method(name).then(|| name.to_string()),
        _ => None,
    };
    let mut all: Vec<String> = Vec::new();
    if let Some(method) = last(expr) {
        return vec![method];
    }
    for (expr, scope) in values.literal((expr, scope), 0) {
        match last(expr) {
            Some(method) => all.push(method),
            None => all.extend(values.texts(expr, scope).iter().filter_map(|text| known(text))),
        }
    }
    all.sort();
    all.dedup();
    all
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
