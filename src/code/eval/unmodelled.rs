//! What libraries without a model may register: nothing is known of it but where it stands, which is told.

use std::collections::BTreeSet;

use super::forest::Entry;
use super::machine::Machine;
use super::value::{Args, Spot, Value};
use crate::code::form::{Expr, ExprKind, Language, Name, Pattern};

impl Machine<'_> {
    /// Keeps where something unknown that is called a router, or an app, is given a path and a function that answers it: an
    /// app's takes a request.
    pub(super) fn saw_router(&mut self, (written, it): (&Expr, &Value), name: &Name, args: &Args, spot: Spot) {
        if !matches!(it, Value::Unknown(_)) || self.modules[spot.module.0].language != Language::JavaScript {
            return;
        }
        let verb = matches!(&**name, "get" | "post" | "put" | "patch" | "delete" | "all");
        let path = args.at(0).as_text().is_some_and(|path| path.starts_with('/'));
        let Some(Value::Function(answer)) = args.list.get(1..).and_then(<[Value]>::last) else { return };
        let first = answer.function.params.first().map(|param| &param.target);
        let asked = matches!(first, Some(Pattern::Name(name, _)) if matches!(name.trim_start_matches('_'), "req" | "request" | "ctx"));
        if verb && path && (is_called(written, "router") || (asked && is_called(written, "app"))) {
            self.unknown_routers.insert(spot);
        }
    }

    /// Keeps where a decorator of something unknown is named like a method and given a path: what it decorates answers there.
    /// What stands in for others in tests is given the names of modules.
    pub(super) fn saw_decorator(&mut self, of: &Value, name: &Name, args: &Args, spot: Spot) {
        let Value::Unknown(path) = of else { return };
        let known = |path: &str| self.models.functions.contains_key(path) || self.models.makers.contains_key(path);
        if known(path) || known(&format!("{path}.{name}")) || path.split('.').any(|part| part == "mock") {
            return;
        }
        let word = name.to_ascii_lowercase();
        let word = word.strip_prefix("http_").unwrap_or(&word);
        let verb = matches!(word, "get" | "post" | "put" | "patch" | "delete" | "route" | "api_route");
        let given = |name: &str| args.named.iter().find(|(key, _)| &**key == name).map(|(_, value)| value.clone());
        let at = args.list.first().cloned().or_else(|| given("path")).or_else(|| given("rule"));
        if verb && at.and_then(|at| at.as_text()).is_some_and(|at| at.starts_with('/')) {
            self.unknown_routers.insert(spot);
        }
    }

    /// Tells of these where nothing known was given the route on the same line.
    pub(super) fn tell_unknown_routers(&mut self) {
        let entries = self.forest.nodes.iter().flat_map(|node| &node.entries);
        let known: BTreeSet<Spot> = entries.map(Entry::spot).collect();
        for spot in std::mem::take(&mut self.unknown_routers).difference(&known) {
            self.note(*spot, "the router that this registers on is not known");
        }
    }
}

/// Whether the name that code has for a value ends so.
fn is_called(value: &Expr, end: &str) -> bool {
    let (ExprKind::Name(name) | ExprKind::Member(_, name)) = &value.kind else { return false };
    let at = name.len().saturating_sub(end.len());
    name.get(at..).is_some_and(|last| last.eq_ignore_ascii_case(end))
}
