//! Which tests of a file (of a folder, where a runner takes one as a whole) run where some are declared to run alone: those, what
//! holds them, and what stands in them; in one that holds others that run alone, those. What is no declaration of a test (a hook, a
//! helper) is left as it is.

use std::collections::{BTreeMap, BTreeSet};

use super::skips::Skips;
use super::walk::{Chain, Scope, Seen, Walked, chain as chain_of};
use crate::code::form::{Expr, ExprKind};

/// The calls that declare tests which do not run, by what is called.
pub(super) type Unfocused = BTreeSet<usize>;

/// What tells a chain of calls apart: what it calls last.
pub(super) fn key(chain: &Chain<'_>) -> Option<usize> {
    let last = chain.links.iter().rev().find(|link| link.call.is_some())?;
    Some(std::ptr::from_ref::<Expr>(last.whole).addr())
}

/// A call that declares a test or a group of them.
struct Declared {
    key: usize,
    /// It is to run alone.
    alone: bool,
    /// Where it stands.
    scope: Scope,
    /// The functions that it is handed.
    functions: Vec<usize>,
    /// The calls that it is handed.
    calls: Vec<usize>,
}

/// Gathers what a walk meets.
#[derive(Default)]
pub(super) struct Focus {
    declared: Vec<Declared>,
    /// The scopes of functions.
    functions: BTreeMap<usize, Scope>,
}

impl Focus {
    /// Notes what declares tests.
    pub(super) fn see(&mut self, seen: &Seen<'_>, scope: Scope, skips: &Skips) {
        match seen {
            Seen::Function(_, function, own) => {
                self.functions.insert(std::ptr::from_ref(*function).addr(), *own);
            }
            Seen::Chain(chain) => {
                let (Some(alone), Some(own)) = (skips.declares(chain), key(chain)) else { return };
                let (mut functions, mut calls) = (Vec::new(), Vec::new());
                for arg in chain.links.iter().flat_map(|link| link.args()) {
                    match &arg.value.kind {
                        ExprKind::Function(function) => functions.push(std::ptr::from_ref(&**function).addr()),
                        ExprKind::Call(_) => calls.extend(key(&chain_of(&arg.value))),
                        _ => {}
                    }
                }
                self.declared.push(Declared { key: own, alone, scope, functions, calls });
            }
            _ => {}
        }
    }

    /// The declarations that do not run; of all files, where what runs alone does so among all of them.
    pub(super) fn unfocused(self, around: &Walked, of_all: bool) -> Unfocused {
        let Self { declared, functions } = self;
        if !declared.iter().any(|one| one.alone) {
            return Unfocused::new();
        }
        let outwards = |scope: Scope| {
            std::iter::successors(Some(scope), |at| around.get(*at).copied().filter(|outer| outer != at))
        };
        let file = |scope: Scope| outwards(scope).last();
        let inside: Vec<BTreeSet<Scope>> = declared
            .iter()
            .map(|one| one.functions.iter().filter_map(|function| functions.get(function).copied()).collect())
            .collect();
        let within = |inner: &Declared, outer: usize| {
            declared[outer].calls.contains(&inner.key)
                || outwards(inner.scope).any(|scope| inside[outer].contains(&scope))
        };
        let holds = |outer: usize| declared.iter().any(|one| one.alone && within(one, outer));
        let runs = |at: usize, one: &Declared| {
            let files_alone =
                declared.iter().any(|other| other.alone && (of_all || file(other.scope) == file(one.scope)));
            let in_one =
                || (0..declared.len()).any(|outer| declared[outer].alone && within(one, outer) && !holds(outer));
            !files_alone || one.alone || holds(at) || in_one()
        };
        let out = declared.iter().enumerate().filter(|(at, one)| !runs(*at, one));
        out.map(|(_, one)| one.key).collect()
    }
}
