//! Clients that a file of tests puts something else for, whose calls send nothing: data under `rules/requests`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::walk::{Chain, Seen, chain};
use crate::code::form::{Expr, ExprKind, Pattern};

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
