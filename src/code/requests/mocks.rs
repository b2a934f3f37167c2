//! Clients that a file of tests puts something else for, whose calls send nothing: data under `rules/requests`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Lowered;
use super::imports::required;
use super::skips::Skips;
use super::walk::{Chain, Seen, chain, walk};
use crate::code::form::{Export, Expr, ExprKind, Imported, Pattern, PatternField, StmtKind};

/// Clients that are made of clients.
const MOST_MADE: usize = 4;

/// The clients of a file that something stands for.
struct Made<'a> {
    path: &'a str,
    names: BTreeSet<&'a str>,
    /// Whether the file gives such a one as a whole.
    default: bool,
}

impl Made<'_> {
    /// Whether an import may mean the file.
    fn is_meant(&self, source: &str) -> bool {
        let bare = |path: &str| {
            let (folders, last) = path.rsplit_once('/').unwrap_or(("", path));
            let stem = last.split('.').next().unwrap_or(last);
            let named = if stem == "index" { folders.rsplit('/').next().unwrap_or_default() } else { stem };
            named.to_owned()
        };
        source.starts_with('.') && bare(source) == bare(self.path)
    }
}

/// How tests of a language put something else for a client.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Mocks {
    /// What makes functions and modules that only seem to be those.
    by: Vec<String>,
    /// Its calls that replace a module, the first argument.
    modules: Vec<String>,
    /// The names under which modules of clients are known.
    clients: BTreeMap<String, String>,
    /// Its calls of clients that make others.
    makers: Vec<String>,
    /// The objects whose members are known everywhere.
    globals: Vec<String>,
    /// Its calls that replace one of these, by name.
    stubs: Vec<String>,
    /// Its calls that replace a member, the second argument, of an object, where one that begins with `answers` follows.
    spies: Vec<String>,
    /// What the calls behind a spy begin with that answer for the member.
    answers: String,
}

fn has(words: &[String], name: &str) -> bool {
    words.iter().any(|word| word == name)
}

fn name(expr: &Expr) -> Option<&str> {
    if let ExprKind::Name(name) = &expr.kind { Some(name) } else { None }
}

fn text(expr: &Expr) -> Option<&str> {
    if let ExprKind::Str(text) = &expr.kind { Some(text) } else { None }
}

impl Mocks {
    /// Adds the names of clients that something stands for.
    pub(super) fn see<'a>(&'a self, seen: &Seen<'a>, found: &mut BTreeSet<&'a str>) {
        match seen {
            Seen::Chain(chain) => found.extend(self.replaced(chain)),
            Seen::Bind(Pattern::Place(place), value) => {
                if let ExprKind::Member(object, member) = &place.kind
                    && name(object).is_some_and(|object| has(&self.globals, object))
                    && self.is_made(value)
                {
                    found.insert(member);
                }
            }
            _ => {}
        }
    }

    /// Whether a value is one that only seems to be what it stands for.
    fn is_made(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Function(_) => true,
            ExprKind::Call(_) => name(chain(value).root).is_some_and(|root| has(&self.by, root)),
            _ => false,
        }
    }

    fn replaced<'a>(&'a self, chain: &Chain<'a>) -> Option<&'a str> {
        name(chain.root).filter(|root| has(&self.by, root))?;
        let at = chain.links.iter().position(|link| link.call.is_some())?;
        let (link, args) = (&chain.links[at], chain.links[at].args());
        let called = link.name?;
        if has(&self.modules, called) {
            return self.clients.get(text(&args.first()?.value)?).map(String::as_str);
        }
        if has(&self.stubs, called) {
            return text(&args.first()?.value);
        }
        let answers =
            || chain.links[at + 1..].iter().any(|link| link.name.is_some_and(|it| it.starts_with(&self.answers)));
        let of_globals = has(&self.spies, called) && has(&self.globals, name(&args.first()?.value)?);
        (of_globals && answers()).then(|| text(&args.get(1)?.value)).flatten()
    }

    /// Adds the names of what is made of such clients (`axios.create()`), in the file of tests and in those that it imports.
    pub(super) fn see_made<'a>(&'a self, files: &[&'a Lowered], skips: &'static Skips, found: &mut BTreeSet<&'a str>) {
        let [own, others @ ..] = files else { return };
        if found.is_empty() || self.makers.is_empty() {
            return;
        }
        let others: Vec<Made<'a>> = others.iter().map(|file| self.made_in(file, skips, &[], found)).collect();
        let own = self.made_in(own, skips, &others, found);
        found.extend(own.names);
    }

    /// The clients of a file that something stands for, with what it imports of such of other files.
    fn made_in<'a>(
        &'a self,
        file: &'a Lowered,
        skips: &'static Skips,
        others: &[Made<'a>],
        replaced: &BTreeSet<&'a str>,
    ) -> Made<'a> {
        let mut made = Made { path: &file.path, names: replaced.clone(), default: false };
        let client = |source: &str| self.clients.get(source).is_some_and(|client| replaced.contains(client.as_str()));
        let of_default =
            |source: &str| client(source) || others.iter().any(|made| made.default && made.is_meant(source));
        let of_name =
            |source: &str, name: &str| others.iter().any(|made| made.names.contains(name) && made.is_meant(source));
        // What is made of one that is made stands behind it or before.
        for _ in 0..MOST_MADE {
            let before = made.names.len();
            walk(&[file.blocks()], skips, &mut |seen, _| match seen {
                Seen::Import(import) => made.names.extend(import.names.iter().filter_map(|name| {
                    let is_one = match &name.what {
                        Imported::Default | Imported::Module => of_default(&import.source),
                        Imported::Named(taken) => of_name(&import.source, taken),
                        Imported::All => false,
                    };
                    is_one.then_some(&*name.alias)
                })),
                Seen::Bind(Pattern::Name(bound, _), value)
                    if self.is_client(value, &made.names) || required(value).is_some_and(of_default) =>
                {
                    made.names.insert(bound);
                }
                Seen::Bind(Pattern::Map(fields), value) => {
                    let Some(source) = required(value) else { return };
                    for field in fields {
                        if let PatternField::Key { key, target: Pattern::Name(bound, _), .. } = field
                            && text(key).is_some_and(|key| of_name(source, key))
                        {
                            made.names.insert(bound);
                        }
                    }
                }
                Seen::Bind(Pattern::Place(place), value) => {
                    let whole = matches!(&place.kind, ExprKind::Member(object, member)
                        if name(object) == Some("module") && &**member == "exports");
                    made.default |= whole && self.is_client(value, &made.names);
                }
                _ => {}
            });
            if made.names.len() == before {
                break;
            }
        }
        made.default |= file.module.body.iter().any(|stmt| match &stmt.kind {
            StmtKind::Export(Export::Default(value)) => self.is_client(value, &made.names),
            _ => false,
        });
        made
    }

    /// Whether a value is a client by its name, or one that a call makes of such.
    fn is_client(&self, value: &Expr, names: &BTreeSet<&str>) -> bool {
        let chain = chain(value);
        match chain.links.as_slice() {
            [] => name(value).is_some_and(|value| names.contains(value)),
            [only] => {
                only.call.is_some()
                    && only.name.is_some_and(|called| has(&self.makers, called))
                    && name(chain.root).is_some_and(|root| names.contains(root))
            }
            _ => false,
        }
    }

    /// Whether a chain of calls begins with a client that something stands for.
    pub(super) fn is_replaced(&self, chain: &Chain<'_>, replaced: &BTreeSet<&str>) -> bool {
        let first = chain.links.first().and_then(|link| link.name);
        match name(chain.root) {
            Some(root) if has(&self.globals, root) => first.is_some_and(|first| replaced.contains(first)),
            Some(root) => replaced.contains(root),
            None => false,
        }
    }
}
