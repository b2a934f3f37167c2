//! What runners of tests skip, and which functions they call: data under `rules/requests`.

use serde::Deserialize;

use super::walk::{Chain, Link, chain};
use crate::code::form::{
    Arg, Block, Decorator, Entry, Expr, ExprKind, Function, FunctionKind, Pattern, Stmt, StmtKind,
};

/// How tests of a language are skipped.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Skips {
    /// Marks of functions and classes.
    marks: Vec<String>,
    /// Marks that skip where their condition is true.
    marks_if: Vec<String>,
    /// Arguments of a mark that skip where they are false.
    off: Vec<String>,
    /// Names that marks for all of a block are bound to.
    bound: Vec<String>,
    /// Names that, bound to what is false, say that nothing of a block is a test.
    denied: Vec<String>,
    /// Arguments of a call that ends a test by which it ends all of a file.
    whole: Vec<String>,
    /// Members before the call that declares a test, and its options.
    modifiers: Vec<String>,
    /// Calls that declare a test which is skipped.
    calls: Vec<String>,
    /// Calls that end a test.
    ends: Vec<String>,
    /// Calls that declare a test or a group of them.
    tests: Vec<String>,
    /// Members of these that declare none.
    hooks: Vec<String>,
    /// Members before the call that declares what runs alone.
    alone: Vec<String>,
    /// Calls that declare what runs alone.
    alone_calls: Vec<String>,
    /// Calls that stand for a row of a table of tests which runs alone.
    alone_rows: Vec<String>,
    /// Arguments of what declares a test by which it runs alone.
    alone_args: Vec<String>,
    /// Arguments of what declares a test by which it is skipped.
    skipped_args: Vec<String>,
    /// The name of a package may stand before the call that declares a test.
    qualified: bool,
    /// What runs alone does so among all tests of its folder.
    alone_in_folder: bool,
}

/// Which functions the runner of a language calls by itself.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Runs {
    /// What their names begin with.
    beginnings: Vec<String>,
    /// Their names.
    names: Vec<String>,
    /// What their marks end with; every mark where this is a star.
    marks: Vec<String>,
    /// Marks that say nothing of that.
    besides: Vec<String>,
    /// A word that the name of a class has which extends nothing and whose functions it calls by the beginning of their names.
    classes: Option<String>,
    /// Of several functions of one name in one place there is the last alone.
    last: bool,
}

fn has(words: &[String], name: &str) -> bool {
    words.iter().any(|word| word == name)
}

fn root<'a>(chain: &Chain<'a>) -> Option<&'a str> {
    match &chain.root.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Path(path) => path.last().map(|name| &**name),
        _ => None,
    }
}

/// The last name of a mark, and its call.
fn mark(expr: &Expr) -> (Option<&str>, Option<Link<'_>>) {
    let mut chain = chain(expr);
    let root = root(&chain);
    let last = chain.links.pop();
    (last.as_ref().and_then(|link| link.name).or(root), last)
}

fn is_text(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Str(_) | ExprKind::Template(_))
}

impl Skips {
    /// Whether one of the marks skips what it stands before.
    pub(super) fn marked(&self, marks: &[Decorator]) -> bool {
        marks.iter().any(|one| self.marks(&one.expr))
    }

    fn marks(&self, expr: &Expr) -> bool {
        let (Some(name), last) = mark(expr) else { return false };
        let args = last.as_ref().map(Link::args).unwrap_or_default();
        let holds =
            || args.first().is_some_and(|arg| arg.name.is_none() && matches!(arg.value.kind, ExprKind::Bool(true)));
        let off = |name: &str| has(&self.off, name);
        has(&self.marks, name)
            || (has(&self.marks_if, name) && holds())
            || args
                .iter()
                .any(|arg| arg.name.as_deref().is_some_and(off) && matches!(arg.value.kind, ExprKind::Bool(false)))
    }

    /// Whether a block says of itself that all of it is skipped.
    pub(super) fn skips_all(&self, block: &Block) -> bool {
        let ends =
            |value: &Expr| self.ends_test(value) && mark(value).1.is_some_and(|last| self.is_of_whole(last.args()));
        let says = |stmt: &Stmt| {
            if let StmtKind::Expr(value) = &stmt.kind {
                return ends(value);
            }
            let (StmtKind::Bind { target, value: Some(value), .. } | StmtKind::Assign { target, value, .. }) =
                &stmt.kind
            else {
                return false;
            };
            let Pattern::Name(name, _) = target else { return false };
            if has(&self.denied, name) {
                return matches!(value.kind, ExprKind::Bool(false));
            }
            has(&self.bound, name)
                && match &value.kind {
                    ExprKind::List(items) => items.iter().any(|item| self.marks(&item.value)),
                    _ => self.marks(value),
                }
        };
        !self.bound.is_empty() && block.iter().any(says)
    }

    /// Whether the arguments of a call that ends a test say that it ends all of a file.
    fn is_of_whole(&self, args: &[Arg]) -> bool {
        let says = |arg: &Arg| {
            arg.name.as_deref().is_some_and(|name| has(&self.whole, name))
                && matches!(arg.value.kind, ExprKind::Bool(true))
        };
        args.iter().any(says)
    }

    /// Whether nothing runs behind a statement in its block.
    pub(super) fn ends(&self, stmt: &Stmt) -> bool {
        match &stmt.kind {
            StmtKind::Return(_) | StmtKind::Throw => true,
            StmtKind::Expr(value) => self.ends_test(value),
            _ => false,
        }
    }

    fn ends_test(&self, expr: &Expr) -> bool {
        let inner = if let ExprKind::Await(inner) = &expr.kind { inner } else { expr };
        let (Some(name), Some(last)) = mark(inner) else { return false };
        let plain = match last.args() {
            [] => true,
            [first, rest @ ..] => {
                let function = rest.iter().any(|arg| matches!(arg.value.kind, ExprKind::Function(_)));
                // A condition may not hold.
                !function
                    && (self.modifiers.is_empty()
                        || is_text(&first.value)
                        || matches!(first.value.kind, ExprKind::Bool(true)))
            }
        };
        last.call.is_some() && plain && has(&self.ends, name)
    }

    /// Whether a chain of calls declares tests that are skipped.
    pub(super) fn skipped(&self, chain: &Chain<'_>) -> bool {
        let Some(last) = chain.links.iter().rev().find(|link| link.call.is_some()) else { return false };
        let args = last.args();
        let declares = args.last().is_some_and(|arg| {
            matches!(
                arg.value.kind,
                ExprKind::Function(_) | ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Call(_)
            )
        });
        if !declares {
            return false;
        }
        if self.called(chain).any(|name| has(&self.calls, name)) {
            return true;
        }
        if self.called(chain).any(|name| has(&self.tests, name)) && has_named(args, &self.skipped_args) {
            return true;
        }
        let declared = root(chain).is_some() && before_calls(&chain.links).any(|name| has(&self.modifiers, name));
        let modified =
            args.len() > 1 && !matches!(args[0].value.kind, ExprKind::Function(_)) && (declared || self.tagged(chain));
        modified || (args.len() > 1 && args.iter().any(|arg| self.told(&arg.value)))
    }

    /// What a chain begins with, behind the name of a package where one may stand before it.
    fn called<'c>(&self, chain: &'c Chain<'_>) -> impl Iterator<Item = &'c str> {
        let first = chain.links.first().and_then(|link| link.name);
        root(chain).or(first).into_iter().chain(first.filter(|_| self.qualified))
    }

    /// Whether what runs alone does so among all tests of its folder, and not of its file.
    pub(super) fn is_alone_in_folder(&self) -> bool {
        self.alone_in_folder
    }

    /// Whether there is a way to have tests run alone.
    pub(super) fn knows_alone(&self) -> bool {
        !self.alone.is_empty() || !self.alone_calls.is_empty()
    }

    /// Whether a chain of calls declares a test or a group of them, and if so, whether one that is to run alone.
    pub(super) fn declares(&self, chain: &Chain<'_>) -> Option<bool> {
        let last = chain.links.iter().rev().find(|link| link.call.is_some())?;
        if self.called(chain).any(|name| has(&self.alone_rows, name)) {
            return Some(true);
        }
        let handed = |kind: &ExprKind| matches!(kind, ExprKind::Function(_) | ExprKind::Name(_) | ExprKind::Call(_));
        last.args().iter().skip(1).find(|arg| handed(&arg.value.kind))?;
        let inner;
        let own = match &chain.root.kind {
            // `` test.only.each`…`("…", …) ``
            ExprKind::Unknown(parts) => {
                inner = super::walk::chain(parts.first()?);
                &inner
            }
            _ => chain,
        };
        let names = || own.links.iter().filter_map(|link| link.name);
        if self.called(own).any(|name| has(&self.alone_calls, name)) {
            return Some(true);
        }
        let declares = self.called(own).any(|name| has(&self.tests, name));
        (declares && !names().any(|name| has(&self.hooks, name)))
            .then(|| names().any(|name| has(&self.alone, name)) || has_named(last.args(), &self.alone_args))
    }

    /// `` test.skip.each`…`("…", …) ``
    fn tagged(&self, chain: &Chain<'_>) -> bool {
        let ExprKind::Unknown(parts) = &chain.root.kind else { return false };
        let Some(callee) = parts.first() else { return false };
        let own = super::walk::chain(callee);
        own.links.iter().any(|link| link.name.is_some_and(|name| has(&self.modifiers, name)))
            || root(&own).is_some_and(|name| has(&self.calls, name))
    }

    /// `{ skip: true }`
    fn told(&self, options: &Expr) -> bool {
        let ExprKind::Map(entries) = &options.kind else { return false };
        entries.iter().any(|entry| match entry {
            Entry::Pair(key, value) => {
                matches!(&key.kind, ExprKind::Str(key) if has(&self.modifiers, key))
                    && (is_text(value) || matches!(value.kind, ExprKind::Bool(true)))
            }
            Entry::Spread(_) => false,
        })
    }
}

/// Whether one of some names, or a member of such a name, is among arguments.
fn has_named(args: &[Arg], names: &[String]) -> bool {
    args.iter().any(|arg| match &arg.value.kind {
        ExprKind::Name(name) | ExprKind::Member(_, name) => has(names, name),
        _ => false,
    })
}

/// The names of links up to the first call, it included.
fn before_calls<'c>(links: &'c [Link<'_>]) -> impl Iterator<Item = &'c str> {
    let called = links.iter().position(|link| link.call.is_some()).map_or(links.len(), |at| at + 1);
    links[..called].iter().filter_map(|link| link.name)
}

impl Runs {
    /// Whether of several functions of one name in one place there is the last alone.
    pub(super) fn is_last_alone(&self) -> bool {
        self.last
    }

    /// Whether a runner looks for tests in a class of a name that extends nothing.
    pub(super) fn looks_into(&self, class: &str) -> bool {
        self.classes.as_ref().is_none_or(|word| class.to_lowercase().contains(word.as_str()))
    }

    /// Whether a runner calls a function by how its name begins alone.
    pub(super) fn calls_by_beginning(&self, name: &str, function: &Function) -> bool {
        function.kind != FunctionKind::Constructor
            && !name.starts_with('_')
            && !has(&self.names, name)
            && self.beginnings.iter().any(|beginning| name.starts_with(beginning.as_str()))
    }

    /// Whether a runner calls a function of a name by itself.
    pub(super) fn calls(&self, name: &str, function: &Function) -> bool {
        let marked = |one: &Decorator| {
            let Some(name) = mark(&one.expr).0.filter(|name| !has(&self.besides, name)) else { return false };
            self.marks.iter().any(|mark| mark == "*" || name.ends_with(mark.as_str()))
        };
        function.kind == FunctionKind::Constructor
            || self.beginnings.iter().any(|beginning| name.starts_with(beginning.as_str()))
            || has(&self.names, name)
            || function.decorators.iter().any(marked)
    }
}
