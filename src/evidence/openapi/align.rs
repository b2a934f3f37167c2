//! Documents held against the route inventory. Names of parameters make no difference; a route for all methods answers each;
//! a wildcard at a route's end is what a document spells as a parameter, and stands for nothing else. A parameter that is called
//! a version is the same as one that is written (`v1`), as one side may say it and the other leave it open.
//!
//! # The base path
//! Each document has one: what its servers (or `basePath`) say. Documents often leave it out, or name the one that a gateway
//! adds. So where the declared one fits no route, or none is declared, others are tried: each literal beginning of a route,
//! and the declared one without its first segments. One is taken where it makes more operations fit than the declared one
//! does, and at least two of them (or all there are) have a word of their own, so that `/` and `/{id}` prove nothing. The most
//! fits win, then one that has a word of the document's path, one of the version that it says it has, one that no twin took, and
//! the shortest. It is one base for the whole document: nothing is ever moved alone. Of several declared ones all count under
//! which the code has something.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Read;
use super::operations::Found;
use crate::domain::template::{Segment, Template};
use crate::facts::openapi::Operation;
use crate::facts::routes::Route;

/// A base path has at most this many segments.
const MOST_SEGMENTS: usize = 6;
/// More beginnings than this are not tried: the most frequent ones are.
const MOST_TRIED: usize = 200;

/// Routes, held against operations.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Those that a document should have.
    pub(super) routes: Vec<Operation>,
    /// Those of them that none has.
    pub(super) undocumented: Vec<Operation>,
    /// How many no document can express.
    pub(super) wild: usize,
    /// How many a library registers, none of them in a document.
    pub(super) of_libraries: usize,
}

/// The route inventory, to be asked by template.
pub(super) struct Inventory<'a> {
    routes: Vec<(Template, &'a Route)>,
    methods: HashMap<Template, BTreeSet<&'a str>>,
    versions: Versions<'a>,
}

/// Paths with a version in them, by what they are with any version.
#[derive(Default)]
struct Versions<'a>(HashMap<Template, Vec<(Template, &'a str)>>);

impl<'a> Versions<'a> {
    fn add(&mut self, path: &str, method: &'a str) {
        if let Some(any) = any_version(path) {
            self.0.entry(any).or_default().push((Template::parse(path), method));
        }
    }

    /// Whether one answers a path, written or open as the version is.
    fn has(&self, method: &str, path: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let Some(alike) = any_version(path).and_then(|any| self.0.get(&any)) else { return false };
        let template = Template::parse(path);
        alike.iter().any(|(other, answered)| {
            (*answered == method || *answered == "ANY" || method == "ANY") && may_be(&template, other)
        })
    }
}

/// A path with any version, where it has one.
fn any_version(path: &str) -> Option<Template> {
    let mut found = false;
    let mut out = Template::parse(path);
    let written = path.split('/').filter(|segment| !segment.is_empty());
    for (segment, written) in out.0.iter_mut().zip(written) {
        let name = written.trim_matches(['{', '}', ':']).to_ascii_lowercase();
        let is_version = match segment {
            Segment::Parameter => name.contains("version") || matches!(&*name, "v" | "ver"),
            Segment::Literal(text) => is_version(text),
            Segment::Mixed(_) | Segment::Wildcard => false,
        };
        if is_version {
            *segment = Segment::Literal("{version}".to_owned());
            found = true;
        }
    }
    found.then_some(out)
}

/// Whether paths that are the same with any version are so with their own.
fn may_be(left: &Template, right: &Template) -> bool {
    left.0.iter().zip(&right.0).all(|pair| match pair {
        (Segment::Literal(left), Segment::Literal(right)) => left == right,
        _ => true,
    })
}

/// The versions that are written in a path.
fn versions(path: &Template) -> BTreeSet<&str> {
    let segments = path.0.iter().filter_map(|segment| match segment {
        Segment::Literal(text) => Some(text.as_str()),
        Segment::Parameter | Segment::Mixed(_) | Segment::Wildcard => None,
    });
    segments.filter(|text| is_version(text)).collect()
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
    })
}

/// Whether a base has a version, and none that one of the declared ones has which have any: no gateway makes one of the other.
fn is_other_version(base: &Template, declared: &[Template]) -> bool {
    let own = versions(base);
    let said: BTreeSet<&str> = declared.iter().flat_map(versions).collect();
    !own.is_empty() && !said.is_empty() && own.is_disjoint(&said)
}

/// What a document says of where it belongs: how well a base has a word of its path, else the version that it says it has.
fn told_by(read: &Read, base: &Template) -> usize {
    let words: BTreeSet<String> = read
        .path
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| !word.is_empty())
        .collect();
    let release = read.release.as_deref().unwrap_or_default().trim_start_matches('v');
    let major = format!("v{}", release.split('.').next().unwrap_or_default());
    let has = |wanted: &dyn Fn(&str) -> bool| {
        base.0.iter().any(|segment| matches!(segment, Segment::Literal(text) if wanted(&text.to_lowercase())))
    };
    if has(&|text| words.contains(text)) {
        2
    } else {
        usize::from(has(&|text| text == major || text.strip_prefix('v') == Some(release)))
    }
}

/// The bases of a document: one at least, the one that fits best first.
#[derive(Debug, Clone)]
pub(super) struct Bases {
    /// The paths.
    pub(super) paths: Vec<String>,
    /// It is another than the declared ones.
    pub(super) found: bool,
}

impl<'a> Inventory<'a> {
    pub(super) fn new(routes: impl Iterator<Item = &'a Route>) -> Self {
        let routes: Vec<_> =
            routes.filter(|route| route.is_http()).map(|route| (Template::parse(&route.path), route)).collect();
        let mut methods: HashMap<Template, BTreeSet<&str>> = HashMap::new();
        let mut versions = Versions::default();
        for (template, route) in &routes {
            versions.add(&route.path, &route.method);
            methods.entry(template.clone()).or_default().insert(&route.method);
            if template.is_wild() && template.has_literal() {
                methods.entry(template.tamed()).or_default().insert(&route.method);
            }
        }
        Self { routes, methods, versions }
    }

    fn has(&self, method: &str, template: &Template) -> bool {
        self.methods.get(template).is_some_and(|methods| methods.contains(method) || methods.contains("ANY"))
    }

    /// The literal beginnings of routes, the most frequent first.
    fn beginnings(&self) -> Vec<Template> {
        let mut counts: BTreeMap<Template, usize> = BTreeMap::new();
        for (template, _) in &self.routes {
            let literal = template.0.iter().take_while(|segment| matches!(segment, Segment::Literal(_))).count();
            for length in 1..=literal.min(MOST_SEGMENTS) {
                *counts.entry(Template(template.0[..length].to_vec())).or_default() += 1;
            }
        }
        let mut all: Vec<(Template, usize)> = counts.into_iter().collect();
        all.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        all.into_iter().take(MOST_TRIED).map(|(template, _)| template).collect()
    }

    /// How many operations that have a word of their own fit under a base.
    fn score(&self, found: &[(Template, &Found)], base: &Template) -> usize {
        let fits = |template: &Template, found: &Found| {
            template.has_literal()
                && (self.has(&found.method, &template.under(base))
                    || self.versions.has(&found.method, &under(&written(base), &found.path)))
        };
        found.iter().filter(|(template, found)| fits(template, found)).count()
    }

    /// The bases of a document; of others that fit alike it is none that is taken.
    pub(super) fn bases(&self, read: &Read, taken: &BTreeSet<&str>) -> Bases {
        let root = vec!["/".to_owned()];
        let declared = if read.declared.is_empty() { &root } else { &read.declared };
        let own: Vec<(Template, &Found)> = read
            .found
            .iter()
            .filter(|found| found.bases.is_empty())
            .map(|found| (Template::parse(&found.path), found))
            .collect();
        let mut scored: Vec<(usize, &String)> =
            declared.iter().map(|base| (self.score(&own, &Template::parse(base)), base)).collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let best = scored.first().map_or(0, |(score, _)| *score);
        let first = scored.first().map_or("/", |(_, base)| base.as_str());
        let left_out = declared.iter().all(|base| base == "/");
        if best > 0 && !left_out {
            let fitting = scored.iter().filter(|(score, _)| *score > 0);
            return Bases { paths: fitting.map(|(_, base)| (*base).clone()).collect(), found: false };
        }
        let words = own.iter().filter(|(template, _)| template.has_literal()).count();
        let enough = words.min(2).max(best + 1);
        let said: Vec<Template> = declared.iter().map(|base| Template::parse(base)).collect();
        let mut tried: Vec<Template> = self.beginnings();
        tried.extend(said.iter().flat_map(|whole| (1..=whole.0.len()).map(|cut| Template(whole.0[cut..].to_vec()))));
        let better = tried
            .into_iter()
            .filter(|base| !is_other_version(base, &said))
            .map(|base| (self.score(&own, &base), base))
            .filter(|(score, _)| words > 0 && *score >= enough)
            .min_by_key(|(score, base)| {
                let told = (told_by(read, base), !taken.contains(&*written(base)));
                (std::cmp::Reverse((*score, told)), base.0.len(), base.clone())
            });
        match better {
            Some((_, base)) => Bases { paths: vec![written(&base)], found: true },
            None => Bases { paths: vec![first.to_owned()], found: false },
        }
    }

    /// How many operations of a document routes answer, under the base that fits best.
    pub(super) fn answered(&self, read: &Read) -> usize {
        let bases = self.bases(read, &BTreeSet::new());
        super::placed(self, read, &bases.paths).filter(|operation| !self.lacks(operation)).count()
    }

    /// The first route that answers an operation.
    pub(super) fn answering(&self, operation: &Operation) -> Option<&'a Route> {
        if self.lacks(operation) {
            return None;
        }
        let alone = |route: &'a Route| !Self::new(std::iter::once(route)).lacks(operation);
        self.routes.iter().map(|(_, route)| *route).find(|route| alone(route))
    }

    /// The operations under their base that no route answers.
    pub(super) fn lacks(&self, operation: &Operation) -> bool {
        !self.has(&operation.method, &Template::parse(&operation.path))
            && !self.versions.has(&operation.method, &operation.path)
    }

    /// The routes, held against operations.
    pub(super) fn held<'o>(&self, operations: impl Iterator<Item = &'o Operation>) -> Held {
        let mut documented: HashMap<Template, BTreeSet<&str>> = HashMap::new();
        let mut versions = Versions::default();
        for operation in operations {
            versions.add(&operation.path, &operation.method);
            documented.entry(Template::parse(&operation.path)).or_default().insert(&operation.method);
        }
        let mut held: BTreeMap<(String, String), Operation> = BTreeMap::new();
        let mut missing: BTreeMap<(String, String), Operation> = BTreeMap::new();
        let (mut wild, mut of_libraries) = (BTreeSet::new(), BTreeSet::new());
        for (template, route) in &self.routes {
            let knows = |template: &Template| {
                documented
                    .get(template)
                    .is_some_and(|methods| route.method == "ANY" || methods.contains(route.method.as_str()))
            };
            let known = knows(template)
                || (template.is_wild() && template.has_literal() && knows(&template.tamed()))
                || versions.has(&route.method, &route.path);
            let key = (route.path.clone(), route.method.clone());
            if !known && template.is_wild() {
                wild.insert(key);
                continue;
            }
            if !known && route.library.is_some() {
                of_libraries.insert(key);
                continue;
            }
            let operation = Operation {
                path: route.path.clone(),
                method: route.method.clone(),
                file: route.file.clone(),
                line: route.line,
            };
            if !known {
                missing.entry(key.clone()).or_insert_with(|| operation.clone());
            }
            held.entry(key).or_insert(operation);
        }
        Held {
            routes: held.into_values().collect(),
            undocumented: missing.into_values().collect(),
            wild: wild.len(),
            of_libraries: of_libraries.len(),
        }
    }
}

/// A base as a path.
fn written(base: &Template) -> String {
    let text = |segment: &Segment| match segment {
        Segment::Literal(text) | Segment::Mixed(text) => text.clone(),
        Segment::Parameter => "{}".to_owned(),
        Segment::Wildcard => "{*}".to_owned(),
    };
    format!("/{}", base.0.iter().map(text).collect::<Vec<_>>().join("/"))
}

/// A path under a base.
pub(super) fn under(base: &str, path: &str) -> String {
    let whole = format!("{}/{}", base.trim_end_matches('/'), path.trim_matches('/'));
    let whole = whole.trim_end_matches('/');
    if whole.is_empty() { "/".to_owned() } else { whole.to_owned() }
}
