//! What of a file of tests runs: what stands at its top, what a runner calls by itself, and the functions that these call. A
//! helper that nobody calls sends nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::scopes::is_fixture;
use super::skips::Runs;
use super::values::{At, Helper, Values};
use super::walk::{Link, Scope};
use crate::code::form::{Expr, ExprKind, Pattern};

/// The scopes of the functions with a name that run.
pub(super) type Live = BTreeSet<Scope>;

impl<'a> Values<'a> {
    /// Whether everything around a scope runs.
    pub(super) fn runs(&self, scope: Scope, live: &Live) -> bool {
        let mut at = scope;
        loop {
            if self.titled.contains(&at) && !live.contains(&at) {
                return false;
            }
            match self.around.get(at).copied().filter(|outer| *outer != at) {
                Some(outer) => at = outer,
                None => return true,
            }
        }
    }

    /// The function with a name that a scope stands in.
    fn owner(&self, scope: Scope) -> Option<Scope> {
        let mut at = scope;
        while !self.titled.contains(&at) {
            at = self.around.get(at).copied().filter(|outer| *outer != at)?;
        }
        Some(at)
    }

    /// The functions that run. `outside` tells of a name whether another file of tests asks for it.
    pub(super) fn live(&mut self, outside: &dyn Fn(&str) -> bool) -> Live {
        let runs = self.idioms.runs(self.language);
        self.titled = self.functions.values().flatten().map(|helper| helper.own).collect();
        let all = self.functions.iter().flat_map(|(name, helpers)| helpers.iter().map(|helper| (*name, *helper)));
        let starts = all.filter(|(name, helper)| {
            if runs.calls_by_beginning(name, helper.function) && !self.is_found(name, *helper, runs) {
                return false;
            }
            let autouse = || helper.function.decorators.iter().any(|one| says(&one.expr, "autouse"));
            let called = if is_fixture(helper.function) { autouse() } else { runs.calls(name, helper.function) };
            let asked = || self.file(helper.own) == 0 && self.is_outer(helper.own) && outside(name);
            called || self.is_anonymous(helper.own) || asked()
        });
        let mut live: Live = starts.map(|(_, helper)| helper.own).collect();
        let mut asked: BTreeMap<Option<Scope>, Vec<At<'a>>> = BTreeMap::new();
        for (expr, scope) in &self.mentions {
            asked.entry(self.owner(*scope)).or_default().push((expr, *scope));
        }
        for (chain, scope) in &self.chains {
            let links = chain.links.iter().map(|link| (link.whole, *scope));
            let own = asked.entry(self.owner(*scope)).or_default();
            own.extend(links.filter(|(whole, _)| !matches!(whole.kind, ExprKind::Call(_) | ExprKind::Function(_))));
            if let Some(link) = chain.links.last().filter(|link| fixtures(link)) {
                let named = link.args().iter().map(|arg| (&arg.value, *scope));
                own.extend(named.filter(|(value, _)| matches!(value.kind, ExprKind::Str(_))));
            }
        }
        let mut open: Vec<Option<Scope>> = live.iter().map(|own| Some(*own)).chain([None]).collect();
        while let Some(owner) = open.pop() {
            let mut found: Vec<Helper<'a>> = Vec::new();
            for (expr, scope) in asked.get(&owner).into_iter().flatten() {
                match &expr.kind {
                    ExprKind::Str(name) => found.extend(self.nearest(name, *scope)),
                    _ => found.extend(self.referred(expr, *scope, 0, false)),
                }
            }
            if let Some(own) = owner
                && let Some(body) = self.bodies.get(&own)
            {
                for param in &body.params {
                    let Pattern::Name(name, _) = &param.target else { continue };
                    found.extend(self.nearest(name, own).filter(|helper| is_fixture(helper.function)));
                }
            }
            for helper in found {
                if live.insert(helper.own) {
                    open.push(Some(helper.own));
                }
            }
        }
        live
    }

    /// Whether a runner that looks for functions by their names finds this one: no other of its name stands behind it, and it is
    /// not a member of what is no class of tests.
    fn is_found(&self, name: &str, helper: Helper<'a>, runs: &Runs) -> bool {
        let around = |own: Scope| self.around.get(own).copied().unwrap_or_default();
        let behind = |other: &Helper<'a>| {
            around(other.own) == around(helper.own) && other.function.pos.line > helper.function.pos.line
        };
        let others = self.functions.get(name).into_iter().flatten();
        if runs.is_last_alone() && others.into_iter().any(behind) {
            return false;
        }
        let class = around(helper.own);
        !self.bare.contains(&class) || self.titles.get(&class).is_none_or(|title| runs.looks_into(title))
    }

    /// Whether other files can ask for a function: it stands in no other.
    fn is_outer(&self, own: Scope) -> bool {
        let around = self.around.get(own).copied().unwrap_or_default();
        self.owner(around).is_none()
    }

    /// Whether a function is the method of a class without a name, which what it is handed to calls.
    fn is_anonymous(&self, own: Scope) -> bool {
        let around = self.around.get(own).copied().unwrap_or_default();
        self.classes.contains_key(&around) && !self.titles.contains_key(&around)
    }
}

/// Whether a link asks for fixtures by their names.
fn fixtures(link: &Link<'_>) -> bool {
    matches!(link.name, Some("usefixtures" | "getfixturevalue"))
}

/// Whether a mark has an argument.
fn says(mark: &Expr, name: &str) -> bool {
    let ExprKind::Call(call) = &mark.kind else { return false };
    call.args.iter().any(|arg| arg.name.as_deref() == Some(name) && !matches!(arg.value.kind, ExprKind::Bool(false)))
}
