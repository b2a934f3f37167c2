//! The base path that a file of tests leaves out. Tests often run without what the program puts before its routes (a global
//! prefix that only the entry point sets), or give their client a base address somewhere else. So where no request of a file
//! reaches a route as it is written, the literal beginnings of routes are tried: one is taken where at least two requests, and at
//! least half of them, fit below it, and more of them than below any other. It is one base for the whole file.

use std::collections::{BTreeMap, BTreeSet};

use super::{Target, answers, fit};
use crate::code::requests::{HOLE, asked};
use crate::domain::template::{Segment, Template};
use crate::facts::routes::{Routes, TestBase, TestSite, Unmatched};

/// A base has at most this many segments.
const MOST_SEGMENTS: usize = 6;
/// Requests that are tried for one file.
const MOST_REQUESTS: usize = 500;

/// A request at its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sent {
    pub(super) site: TestSite,
    method: String,
    url: String,
}

impl Sent {
    pub(super) fn new(site: &TestSite, method: &str, url: &str) -> Self {
        Self { site: site.clone(), method: method.to_owned(), url: url.to_owned() }
    }

    /// As what reaches no route.
    pub(super) fn unmatched(self) -> Unmatched {
        let url = match asked(&self.url) {
            Some(asked) => format!("{{{}}}{}", asked.name, asked.rest),
            None => self.url,
        };
        Unmatched { file: self.site.file, line: self.site.line, method: self.method, url: url.replace(HOLE, "{}") }
    }
}

/// The requests that say a whole path, by file, and the files of which one reaches a route as it is.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    lost: BTreeMap<String, BTreeSet<Sent>>,
    found: BTreeSet<String>,
    /// Requests that only a route which takes whatever is left answers, and these routes.
    caught: BTreeMap<Sent, Vec<usize>>,
}

impl Inventory {
    /// Notes what only a route that takes whatever is left answers.
    pub(super) fn caught(&mut self, sent: impl Iterator<Item = Sent>, reached: &[usize]) {
        self.caught.extend(sent.map(|sent| (sent, reached.to_vec())));
    }

    /// Notes what came of a request.
    pub(super) fn note(&mut self, method: &str, url: &str, sites: &[TestSite], reaches: bool) {
        if Target::parse(url).is_none_or(|target| target.floating) {
            return;
        }
        for site in sites {
            if reaches {
                self.found.insert(site.file.clone());
            } else {
                let sent = Sent::new(site, method, url);
                self.lost.entry(site.file.clone()).or_default().insert(sent);
            }
        }
    }

    /// The bases that files leave out, and the routes that their requests reach below them. What no base may explain is answered
    /// by the routes for the rest; what one may, though none is proven, is given last.
    pub(super) fn under_bases(&self, routes: &Routes, templates: &[Template]) -> (Vec<TestBase>, Reached, Vec<Sent>) {
        let (mut bases, mut all) = (Vec::new(), Vec::new());
        for (file, lost) in self.lost.iter().filter(|(file, _)| !self.found.contains(*file)) {
            if let Some((base, reached)) = base_of(lost, routes, templates) {
                bases.push(TestBase { file: file.clone(), base: written(base) });
                all.extend(reached);
            }
        }
        let explained: BTreeSet<Sent> = all.iter().map(|(sent, _)| sent.clone()).collect();
        let mut doubtful = Vec::new();
        for (sent, reached) in self.caught.iter().filter(|(sent, _)| !explained.contains(sent)) {
            let whole = self.found.contains(&sent.site.file);
            if whole || below((&sent.method, &sent.url), routes, templates).is_empty() {
                all.extend(reached.iter().map(|index| (sent.clone(), *index)));
            } else {
                doubtful.push(sent.clone());
            }
        }
        (bases, all, doubtful)
    }
}

/// Requests, and the routes that they reach, by their places.
type Reached = Vec<(Sent, usize)>;

/// A method, and the URL that it is sent to.
type Asked<'s> = (&'s str, &'s str);

/// The base below which most requests fit, and what they reach there.
fn base_of<'t>(lost: &BTreeSet<Sent>, routes: &Routes, templates: &'t [Template]) -> Option<(&'t [Segment], Reached)> {
    let asked: BTreeSet<Asked<'_>> = lost.iter().map(|sent| (&*sent.method, &*sent.url)).collect();
    if asked.len() < 2 || asked.len() > MOST_REQUESTS {
        return None;
    }
    let mut by_base: BTreeMap<&[Segment], BTreeMap<Asked<'_>, Vec<usize>>> = BTreeMap::new();
    for &one in &asked {
        for (base, reached) in below(one, routes, templates) {
            by_base.entry(base).or_default().insert(one, reached);
        }
    }
    let most = by_base.values().map(BTreeMap::len).max()?;
    let mut best = by_base.iter().filter(|(_, reached)| reached.len() == most);
    let (Some((base, reached)), None) = (best.next(), best.next()) else { return None };
    if most < 2 || most * 2 < asked.len() {
        return None;
    }
    let each = lost.iter().flat_map(|sent| {
        let indices = reached.get(&(&*sent.method, &*sent.url)).into_iter().flatten();
        indices.map(move |index| (sent.clone(), *index))
    });
    Some((base, each.collect()))
}

/// The routes that a request reaches below each literal beginning, the most literal ones; a word of their own has to stand
/// behind the beginning.
fn below<'t>(
    (method, url): Asked<'_>,
    routes: &Routes,
    templates: &'t [Template],
) -> BTreeMap<&'t [Segment], Vec<usize>> {
    let mut found: BTreeMap<&[Segment], (usize, Vec<usize>)> = BTreeMap::new();
    let Some(target) = Target::parse(url) else { return BTreeMap::new() };
    let is_word = |segment: &Segment| matches!(segment, Segment::Literal(_));
    for (index, template) in templates.iter().enumerate().filter(|(index, _)| answers(&routes.items[*index], method)) {
        let literal = template.0.iter().take_while(|segment| is_word(segment)).count();
        for length in 1..=literal.min(MOST_SEGMENTS) {
            let (base, rest) = template.0.split_at(length);
            let Some(loose) = fit(rest, &target.pieces).filter(|_| rest.iter().any(is_word)) else { continue };
            let slot = found.entry(base).or_insert((loose, Vec::new()));
            if loose < slot.0 {
                *slot = (loose, Vec::new());
            }
            if loose == slot.0 {
                slot.1.push(index);
            }
        }
    }
    found.into_iter().map(|(base, (_, reached))| (base, reached)).collect()
}

fn written(base: &[Segment]) -> String {
    let text =
        |segment: &Segment| if let Segment::Literal(text) = segment { format!("/{text}") } else { String::new() };
    base.iter().map(text).collect()
}
