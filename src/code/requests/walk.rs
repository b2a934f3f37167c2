//! Walks a lowered file without an evaluator: what is bound to which name, and every chain of calls. Order does not matter to
//! those who ask, so it is a work list and no recursion. What a runner skips is not walked.

use super::focus::{Focus, Unfocused, key};
use super::skips::Skips;
use crate::code::form::{
    Arg, Block, Call, Class, Entry, Export, Expr, ExprKind, Extension, Function, Import, Pattern, PatternField, Pos,
    Stmt, StmtKind, TemplatePart, TypeRef,
};

/// A file, a function, a class or a loop: names that are bound in one are not those of another. The first ones are files.
pub(super) type Scope = usize;

/// What a walk meets, each with the scope that it stands in.
pub(super) enum Seen<'a> {
    /// A value is bound to a pattern.
    Bind(&'a Pattern, &'a Expr),
    /// The elements of something are bound to a pattern, one after the other, in a scope of their own.
    Each(&'a Pattern, &'a Expr, Scope),
    /// A function, with the name that it has or is bound to, and its own scope.
    Function(Option<Called<'a>>, &'a Function, Scope),
    /// A name has a stated type.
    Typed(&'a str, &'a TypeRef),
    /// Members for a type that is declared elsewhere, and their scope.
    Extend(&'a Extension, Scope),
    /// A module of this file, or one that it declares.
    Module(&'a str),
    /// A name or a path that is neither called nor asked for a member.
    Mention(&'a Expr),
    /// A literal with a type.
    Composite(&'a TypeRef, &'a Expr),
    /// What the function of the scope, or a block in it, gives.
    Return(&'a Expr),
    /// A class, and its own scope.
    Class(&'a Class, Scope),
    /// An import.
    Import(&'a Import),
    /// A whole chain of calls.
    Chain(Chain<'a>),
}

/// What a function is called by.
#[derive(Clone, Copy)]
pub(super) enum Called<'a> {
    /// Its name alone.
    Name(&'a str),
    /// The member of an object.
    Member(&'a str),
}

/// `a.b(1).c(2)`: its root and its links.
pub(super) struct Chain<'a> {
    /// What stands first.
    pub(super) root: &'a Expr,
    /// The members and calls behind it, in order.
    pub(super) links: Vec<Link<'a>>,
}

/// One link of a chain.
pub(super) struct Link<'a> {
    /// The member's or function's last name; none where a value is called.
    pub(super) name: Option<&'a str>,
    /// The arguments; none where it is only a member.
    pub(super) call: Option<&'a Call>,
    /// What is called, or the member.
    pub(super) whole: &'a Expr,
    /// Where.
    pub(super) pos: Pos,
}

impl<'a> Link<'a> {
    pub(super) fn args(&self) -> &'a [Arg] {
        self.call.map_or(&[], |call| &call.args)
    }
}

enum Work<'a> {
    Stmt(&'a Stmt, Scope),
    Expr(&'a Expr, Scope),
}

/// For each scope the one around it, for a file itself.
pub(super) type Walked = Vec<Scope>;

/// Walks the statements of files and everything inside of them that runs; gives for each scope the one around it.
pub(super) fn walk<'a>(
    files: &[Vec<&'a Block>],
    skips: &'static Skips,
    see: &mut impl FnMut(Seen<'a>, Scope),
) -> Walked {
    let mut unfocused = Unfocused::new();
    if skips.knows_alone() {
        let mut focus = Focus::default();
        let around = pass(files, skips, Unfocused::new(), &mut |seen, scope| focus.see(&seen, scope, skips));
        unfocused = focus.unfocused(&around, skips.is_alone_in_folder());
    }
    pass(files, skips, unfocused, see)
}

/// Walks all but some declarations of tests.
fn pass<'a>(
    files: &[Vec<&'a Block>],
    skips: &'static Skips,
    unfocused: Unfocused,
    see: &mut impl FnMut(Seen<'a>, Scope),
) -> Walked {
    let mut walker = Walker { open: Vec::new(), around: (0..files.len()).collect(), skips, unfocused, see };
    for (file, blocks) in files.iter().enumerate() {
        blocks.iter().for_each(|block| walker.all(block, file));
    }
    while let Some(work) = walker.open.pop() {
        match work {
            Work::Stmt(stmt, scope) => walker.statement(stmt, scope),
            Work::Expr(expr, scope) => walker.expression(expr, scope),
        }
    }
    walker.around
}

struct Walker<'a, 's, S> {
    open: Vec<Work<'a>>,
    around: Vec<Scope>,
    skips: &'static Skips,
    unfocused: Unfocused,
    see: &'s mut S,
}

impl<'a, S: FnMut(Seen<'a>, Scope)> Walker<'a, '_, S> {
    fn inner(&mut self, scope: Scope) -> Scope {
        self.around.push(scope);
        self.around.len() - 1
    }

    /// The statements of a block up to the one behind which nothing runs; what is declared is there all the same.
    fn all(&mut self, block: &'a Block, scope: Scope) {
        if self.skips.skips_all(block) {
            return;
        }
        let mut ended = false;
        for stmt in block {
            if !ended || matches!(stmt.kind, StmtKind::Function(_) | StmtKind::Class(_) | StmtKind::Export(_)) {
                self.open.push(Work::Stmt(stmt, scope));
            }
            ended |= self.skips.ends(stmt);
        }
    }

    fn expr(&mut self, expr: &'a Expr, scope: Scope) {
        self.open.push(Work::Expr(expr, scope));
    }

    fn exprs(&mut self, exprs: impl IntoIterator<Item = &'a Expr>, scope: Scope) {
        self.open.extend(exprs.into_iter().map(|expr| Work::Expr(expr, scope)));
    }

    fn bind(&mut self, target: &'a Pattern, value: &'a Expr, scope: Scope) {
        (self.see)(Seen::Bind(target, value), scope);
        if let Pattern::Map(fields) = target {
            for field in fields {
                if let PatternField::Key { target, default: Some(default), .. } = field {
                    (self.see)(Seen::Bind(target, default), scope);
                    self.expr(default, scope);
                }
            }
        }
        let name = match target {
            Pattern::Name(name, _) => Some(Called::Name(name)),
            Pattern::Place(place) => match &place.kind {
                ExprKind::Member(_, name) if &**name != "exports" => Some(Called::Member(name)),
                _ => None,
            },
            Pattern::List(_) | Pattern::Map(_) | Pattern::Ignore => None,
        };
        let exported = matches!(target, Pattern::Place(place) if is_export(place));
        match &value.kind {
            ExprKind::Function(function) => self.function(name, function, scope),
            ExprKind::Name(_) if exported => {}
            _ => self.object(value, exported, scope),
        }
    }

    /// A value whose functions are known by their keys; what is only exported is not asked for by that.
    fn object(&mut self, value: &'a Expr, exported: bool, scope: Scope) {
        let ExprKind::Map(entries) = &value.kind else { return self.expr(value, scope) };
        for entry in entries {
            match entry {
                Entry::Pair(key, value) => match (&key.kind, &value.kind) {
                    (ExprKind::Str(key), ExprKind::Function(function)) => {
                        self.function(Some(Called::Member(key)), function, scope);
                    }
                    (_, ExprKind::Name(_)) if exported => {}
                    _ => self.expr(value, scope),
                },
                Entry::Spread(value) => self.expr(value, scope),
            }
        }
    }

    fn each(&mut self, target: &'a Pattern, iterable: &'a Expr, scope: Scope) -> Scope {
        let own = self.inner(scope);
        (self.see)(Seen::Each(target, iterable, own), scope);
        self.expr(iterable, scope);
        own
    }

    fn statement(&mut self, stmt: &'a Stmt, scope: Scope) {
        match &stmt.kind {
            StmtKind::Bind { target, value, ty } => {
                if let (Pattern::Name(name, _), Some(ty)) = (target, ty) {
                    (self.see)(Seen::Typed(name, ty), scope);
                }
                if let Some(value) = value {
                    self.bind(target, value, scope);
                }
            }
            StmtKind::Assign { target, value, .. } => self.bind(target, value, scope),
            StmtKind::Expr(value) | StmtKind::Deferred(value) => self.expr(value, scope),
            StmtKind::Function(one) => self.function(one.name.as_deref().map(Called::Name), one, scope),
            StmtKind::Class(one) => self.class(one, scope),
            StmtKind::Extend(extension) => {
                let own = self.inner(scope);
                (self.see)(Seen::Extend(extension, own), scope);
                self.all(&extension.body, own);
            }
            StmtKind::Return(value) | StmtKind::Leave(value) => {
                if let Some(value) = value {
                    (self.see)(Seen::Return(value), scope);
                    self.object(value, false, scope);
                }
            }
            StmtKind::Import(import) => (self.see)(Seen::Import(import), scope),
            StmtKind::If { test, then, otherwise } => {
                self.expr(test, scope);
                let known = if let ExprKind::Bool(known) = test.kind { Some(known) } else { None };
                if known != Some(false) {
                    self.all(then, scope);
                }
                if known != Some(true) {
                    self.all(otherwise, scope);
                }
            }
            StmtKind::Each { target, iterable, body, .. } => {
                let own = self.each(target, iterable, scope);
                self.all(body, own);
            }
            StmtKind::Loop { test, body } => {
                self.exprs(test, scope);
                self.all(body, scope);
            }
            StmtKind::Switch { subject, arms } => {
                self.exprs(subject, scope);
                arms.iter().for_each(|arm| self.all(&arm.body, scope));
            }
            StmtKind::Try { body, handlers, finally } => {
                self.all(body, scope);
                handlers.iter().for_each(|handler| self.all(handler, scope));
                self.all(finally, scope);
            }
            StmtKind::With { items, body } => {
                for (value, target) in items {
                    if let Some(target) = target {
                        (self.see)(Seen::Bind(target, value), scope);
                    }
                    self.expr(value, scope);
                }
                self.all(body, scope);
            }
            StmtKind::Block(body) => self.all(body, scope),
            StmtKind::Export(Export::Default(value)) => {
                if !matches!(value.kind, ExprKind::Name(_)) {
                    self.object(value, true, scope);
                }
            }
            StmtKind::Perhaps(inner) | StmtKind::Test(inner) => self.open.push(Work::Stmt(inner, scope)),
            StmtKind::Export(Export::Declaration(inner)) => self.open.push(Work::Stmt(inner, scope)),
            StmtKind::Module { body, name, .. } => {
                (self.see)(Seen::Module(name), scope);
                body.iter().for_each(|body| self.all(body, scope));
            }
            StmtKind::Export(Export::Names(_) | Export::From(..) | Export::AllFrom(_))
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Throw
            | StmtKind::Delete(_)
            | StmtKind::Outer(_)
            | StmtKind::Macro(_) => {}
        }
    }

    fn function(&mut self, name: Option<Called<'a>>, one: &'a Function, scope: Scope) {
        if self.skips.marked(&one.decorators) {
            return;
        }
        let own = self.inner(scope);
        (self.see)(Seen::Function(name, one, own), scope);
        for param in &one.params {
            if let Some(default) = &param.default {
                (self.see)(Seen::Bind(&param.target, default), own);
                self.expr(default, scope);
            }
        }
        self.exprs(one.decorators.iter().map(|decorator| &decorator.expr), scope);
        self.all(&one.body, own);
    }

    fn class(&mut self, one: &'a Class, scope: Scope) {
        if self.skips.marked(&one.decorators) {
            return;
        }
        let own = self.inner(scope);
        (self.see)(Seen::Class(one, own), scope);
        self.all(&one.body, own);
        for field in &one.fields {
            match field.value.as_ref().map(|value| (value, &value.kind)) {
                Some((_, ExprKind::Function(function))) => {
                    self.function(Some(Called::Member(&field.name)), function, own);
                }
                Some((value, _)) => self.expr(value, own),
                None => {}
            }
        }
    }

    fn expression(&mut self, expr: &'a Expr, scope: Scope) {
        match &expr.kind {
            ExprKind::Call(_) | ExprKind::Member(..) => {
                let chain = chain(expr);
                let unfocused = || key(&chain).is_some_and(|key| self.unfocused.contains(&key));
                if self.skips.skipped(&chain) || unfocused() {
                    return;
                }
                for link in &chain.links {
                    self.exprs(link.args().iter().map(|arg| &arg.value), scope);
                }
                let whole = matches!(chain.root.kind, ExprKind::Call(_) | ExprKind::Member(..));
                if !whole && !matches!(chain.root.kind, ExprKind::Name(_) | ExprKind::Path(_)) {
                    self.expr(chain.root, scope);
                }
                (self.see)(Seen::Chain(chain), scope);
            }
            ExprKind::Function(inner) => self.function(None, inner, scope),
            ExprKind::Class(inner) => self.class(inner, scope),
            ExprKind::Assign(target, _, value) => self.bind(target, value, scope),
            ExprKind::Switch(subject, arms) => {
                self.exprs(subject.as_deref(), scope);
                arms.iter().for_each(|arm| self.all(&arm.body, scope));
            }
            ExprKind::Block(body) => self.all(body, scope),
            ExprKind::Comprehension(inner) => {
                let mut own = scope;
                for (target, iterable, _) in &inner.clauses {
                    own = self.each(target, iterable, own);
                }
                self.expr(&inner.element, own);
            }
            ExprKind::Composite(ty, inner) => {
                (self.see)(Seen::Composite(ty, inner), scope);
                self.expr(inner, scope);
            }
            ExprKind::Name(_) | ExprKind::Path(_) => (self.see)(Seen::Mention(expr), scope),
            _ => self.exprs(parts(expr), scope),
        }
    }
}

/// The expressions right inside of one that binds nothing.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Template(parts) => parts
            .iter()
            .filter_map(|part| match part {
                TemplatePart::Expr(expr) => Some(expr),
                TemplatePart::Text(_) => None,
            })
            .collect(),
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
            items.iter().map(|item| &item.value).collect()
        }
        ExprKind::Map(entries) => entries
            .iter()
            .map(|entry| match entry {
                Entry::Pair(_, value) | Entry::Spread(value) => value,
            })
            .collect(),
        ExprKind::Composite(_, inner)
        | ExprKind::Unary(_, inner)
        | ExprKind::Await(inner)
        | ExprKind::Cast(inner, _)
        | ExprKind::Slice(inner, _, _) => vec![inner],
        ExprKind::Binary(_, left, right) | ExprKind::Logical(_, left, right) | ExprKind::Index(left, right) => {
            vec![left, right]
        }
        ExprKind::Conditional(test, then, otherwise) => vec![test, then, otherwise],
        ExprKind::Is(test) => test.value.iter().collect(),
        ExprKind::Yield(inner) => inner.iter().map(|inner| &**inner).collect(),
        ExprKind::Sequence(items) | ExprKind::Unknown(items) => items.iter().collect(),
        ExprKind::Macro(inner) => inner.args.iter().map(|arg| &arg.value).collect(),
        ExprKind::Call(_)
        | ExprKind::Member(..)
        | ExprKind::Function(_)
        | ExprKind::Class(_)
        | ExprKind::Assign(..)
        | ExprKind::Switch(..)
        | ExprKind::Block(_)
        | ExprKind::Comprehension(_)
        | ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Str(_)
        | ExprKind::Regex(_)
        | ExprKind::Name(_)
        | ExprKind::Path(_)
        | ExprKind::This
        | ExprKind::Super
        | ExprKind::Type(_) => Vec::new(),
    }
}

/// Whether a place is one that gives something to other files: `exports.load`, `module.exports`.
fn is_export(place: &Expr) -> bool {
    matches!(&chain(place).root.kind, ExprKind::Name(name) if matches!(&**name, "exports" | "module"))
}

/// Takes a chain apart.
pub(super) fn chain(expr: &Expr) -> Chain<'_> {
    let mut links = Vec::new();
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::Call(call) => match &call.callee.kind {
                ExprKind::Member(object, name) => {
                    links.push(Link { name: Some(name), call: Some(call), whole: &call.callee, pos: call.callee.pos });
                    at = object;
                }
                ExprKind::Name(name) => {
                    links.push(Link { name: Some(name), call: Some(call), whole: &call.callee, pos: call.callee.pos });
                    at = &call.callee;
                    break;
                }
                ExprKind::Path(path) => {
                    let name = path.last().map(|name| &**name);
                    links.push(Link { name, call: Some(call), whole: &call.callee, pos: call.callee.pos });
                    at = &call.callee;
                    break;
                }
                _ => {
                    links.push(Link { name: None, call: Some(call), whole: &call.callee, pos: at.pos });
                    at = &call.callee;
                }
            },
            ExprKind::Member(object, name) => {
                links.push(Link { name: Some(name), call: None, whole: at, pos: at.pos });
                at = object;
            }
            ExprKind::Await(inner) | ExprKind::Cast(inner, _) if !links.is_empty() => at = inner,
            _ => break,
        }
    }
    links.reverse();
    Chain { root: at, links }
}
