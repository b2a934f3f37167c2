//! Apps that a file of tests builds by itself: what such an app answers by a function that is written there is no route of the
//! service, though it may have the same path.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::walk::{Chain, Link, Seen, chain};
use crate::code::form::{Expr, ExprKind, Pattern};

/// How apps are built and what they answer.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Building {
    /// The functions and classes of libraries that make one.
    by: Vec<String>,
    /// The members that register a route, and the method that each stands for; `*` for all.
    answers: BTreeMap<String, String>,
}

/// What the apps of a file answer.
#[derive(Debug, Default)]
pub(super) struct Own<'a> {
    /// Names of apps.
    apps: BTreeSet<&'a str>,
    /// Names that are, or may be, something else as well.
    others: BTreeSet<&'a str>,
    /// Names of what is made of an app: clients that send to it.
    made: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// What is registered: on which name, the method, the path.
    routes: Vec<(&'a str, &'a str, &'a str)>,
}

fn name(expr: &Expr) -> Option<&str> {
    if let ExprKind::Name(name) = &expr.kind { Some(name) } else { None }
}

/// The names that the calls of a chain are given.
fn given<'a>(chain: &Chain<'a>) -> BTreeSet<&'a str> {
    chain.links.iter().flat_map(Link::args).filter_map(|arg| name(&arg.value)).collect()
}

impl Building {
    /// Keeps what a place of a file says of apps.
    pub(super) fn see<'a>(&'a self, seen: &Seen<'a>, own: &mut Own<'a>) {
        match seen {
            Seen::Bind(Pattern::Name(bound, _), value) => {
                let value = if let ExprKind::Await(inner) = &value.kind { inner } else { *value };
                let chain = chain(value);
                if matches!(value.kind, ExprKind::Call(_))
                    && chain.links.len() == 1
                    && name(chain.root).is_some_and(|root| self.by.iter().any(|by| by == root))
                {
                    own.apps.insert(bound);
                } else {
                    own.others.insert(bound);
                    own.made.entry(bound).or_default().extend(given(&chain));
                }
            }
            Seen::Chain(chain) => own.routes.extend(self.registered(chain)),
            _ => {}
        }
    }

    /// The routes that a chain registers on a name, each with a function that is written there.
    fn registered<'a>(&'a self, chain: &Chain<'a>) -> Vec<(&'a str, &'a str, &'a str)> {
        let Some(app) = name(chain.root) else { return Vec::new() };
        let route = |link: &Link<'a>| {
            let method = self.answers.get(link.name?)?;
            let [path, .., last] = link.args() else { return None };
            match (&path.value.kind, &last.value.kind) {
                (ExprKind::Str(path), ExprKind::Function(_)) => Some((app, method.as_str(), &**path)),
                _ => None,
            }
        };
        chain.links.iter().filter_map(route).collect()
    }
}

impl Own<'_> {
    /// Whether a request that a chain sends is answered by an app of the file's own.
    pub(super) fn answers(&self, chain: &Chain<'_>, method: &str, url: &str) -> bool {
        if self.routes.is_empty() {
            return false;
        }
        let is_app = |name: &str| self.apps.contains(name) && !self.others.contains(name);
        let root = name(chain.root);
        let mut asked: BTreeSet<&str> = given(chain);
        asked.extend(root);
        asked.extend(root.and_then(|root| self.made.get(root)).into_iter().flatten());
        let path = url.split(['?', '#']).next().unwrap_or_default();
        self.routes.iter().any(|(app, own, template)| {
            asked.contains(app) && is_app(app) && (*own == "*" || *own == method) && fits(template, path)
        })
    }
}

/// Whether a path is one that a template takes.
fn fits(template: &str, path: &str) -> bool {
    let (template, path) = (template.trim_matches('/').split('/'), path.trim_matches('/').split('/'));
    let (template, path): (Vec<&str>, Vec<&str>) = (template.collect(), path.collect());
    let pair = |(own, asked): (&&str, &&str)| own == asked || own.starts_with(':');
    template.len() == path.len() && template.iter().zip(&path).all(pair)
}
