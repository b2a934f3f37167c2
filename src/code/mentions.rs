//! What a function or class mentions: every name, member and type in it and in what it holds, in no order. What is not
//! mentioned cannot be reached, so this tells what need not be evaluated.

use std::collections::BTreeSet;

use super::form::{
    Arg, Arm, Block, Class, Decorator, Entry, Export, Expr, ExprKind, Function, Item, Name, Pattern, PatternField,
    PatternItem, Stmt, StmtKind, TemplatePart, TypeRef,
};

/// Names that stand in a piece of code.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// Names that are looked up where the code stands: variables, functions, the first part of paths, types.
    pub(super) names: BTreeSet<Name>,
    /// Members, the other parts of paths, and texts that may be keys.
    pub(super) members: BTreeSet<Name>,
    /// Whether it speaks of its receiver.
    pub(super) this: bool,
}

/// What running a function mentions; its own decorators ran when it was made.
pub(super) fn of_function(function: &Function) -> Mentions {
    let mut walker = Walker::default();
    walker.inside(function);
    walker.finish()
}

/// What making an instance of a class mentions in its fields and what it extends; its members are functions of their own.
pub(super) fn of_class(class: &Class) -> Mentions {
    let mut walker = Walker::default();
    walker.outline(class);
    for stmt in class.body.iter().filter(|stmt| !matches!(stmt.kind, StmtKind::Function(_))) {
        walker.open.push(Work::Stmt(stmt));
    }
    walker.finish()
}

enum Work<'a> {
    Stmt(&'a Stmt),
    Expr(&'a Expr),
}

/// A work list and no recursion: code may be nested deeply.
#[derive(Default)]
struct Walker<'a> {
    open: Vec<Work<'a>>,
    found: Mentions,
}

impl<'a> Walker<'a> {
    fn finish(mut self) -> Mentions {
        while let Some(work) = self.open.pop() {
            match work {
                Work::Stmt(stmt) => self.stmt(stmt),
                Work::Expr(expr) => self.expr(expr),
            }
        }
        self.found
    }

    fn block(&mut self, block: &'a Block) {
        self.open.extend(block.iter().map(Work::Stmt));
    }

    fn exprs(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        self.open.extend(exprs.into_iter().map(Work::Expr));
    }

    fn args(&mut self, args: &'a [Arg]) {
        self.exprs(args.iter().map(|arg| &arg.value));
    }

    fn items(&mut self, items: &'a [Item]) {
        self.exprs(items.iter().map(|item| &item.value));
    }

    fn arms(&mut self, arms: &'a [Arm]) {
        for arm in arms {
            self.exprs(&arm.values);
            self.block(&arm.body);
        }
    }

    fn decorators(&mut self, decorators: &'a [Decorator]) {
        self.exprs(decorators.iter().map(|decorator| &decorator.expr));
    }

    fn path(&mut self, path: &[Name]) {
        self.found.names.extend(path.first().cloned());
        self.found.members.extend(path.iter().skip(1).cloned());
    }

    fn ty(&mut self, ty: &TypeRef) {
        let mut open = vec![ty];
        while let Some(ty) = open.pop() {
            self.path(&ty.path);
            open.extend(&ty.args);
        }
    }

    fn function(&mut self, function: &'a Function) {
        self.decorators(&function.decorators);
        function.params.iter().for_each(|param| self.decorators(&param.decorators));
        self.inside(function);
    }

    fn inside(&mut self, function: &'a Function) {
        for param in function.params.iter().chain(&function.receiver) {
            self.pattern(&param.target);
            self.exprs(&param.default);
            param.ty.iter().for_each(|ty| self.ty(ty));
        }
        self.block(&function.body);
    }

    fn outline(&mut self, class: &'a Class) {
        self.args(&class.bases);
        for field in &class.fields {
            field.ty.iter().for_each(|ty| self.ty(ty));
            self.exprs(&field.value);
        }
    }

    fn class(&mut self, class: &'a Class) {
        self.outline(class);
        self.decorators(&class.decorators);
        class.fields.iter().for_each(|field| self.decorators(&field.decorators));
        self.block(&class.body);
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        match pattern {
            Pattern::Name(..) | Pattern::Ignore => {}
            Pattern::Place(place) => self.open.push(Work::Expr(place)),
            Pattern::List(items) => {
                for PatternItem { target, default, .. } in items {
                    self.pattern(target);
                    self.exprs(default);
                }
            }
            Pattern::Map(fields) => {
                for field in fields {
                    match field {
                        PatternField::Key { key, target, default } => {
                            self.open.push(Work::Expr(key));
                            self.pattern(target);
                            self.exprs(default);
                        }
                        PatternField::Rest(target) => self.pattern(target),
                    }
                }
            }
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Bind { target, ty, value } => {
                self.pattern(target);
                ty.iter().for_each(|ty| self.ty(ty));
                self.exprs(value);
            }
            StmtKind::Assign { target, value, .. } => {
                self.pattern(target);
                self.open.push(Work::Expr(value));
            }
            StmtKind::Expr(value) | StmtKind::Deferred(value) | StmtKind::Delete(value) => {
                self.open.push(Work::Expr(value));
            }
            StmtKind::Function(function) => self.function(function),
            StmtKind::Class(class) => self.class(class),
            StmtKind::Extend(extension) => {
                self.ty(&extension.target);
                extension.implements.iter().for_each(|ty| self.ty(ty));
                self.decorators(&extension.decorators);
                self.block(&extension.body);
            }
            StmtKind::Return(value) | StmtKind::Leave(value) => self.exprs(value),
            StmtKind::If { test, then, otherwise } => {
                self.open.push(Work::Expr(test));
                self.block(then);
                self.block(otherwise);
            }
            StmtKind::Each { target, iterable, body, .. } => {
                self.pattern(target);
                self.open.push(Work::Expr(iterable));
                self.block(body);
            }
            StmtKind::Loop { test, body } => {
                self.exprs(test);
                self.block(body);
            }
            StmtKind::Switch { subject, arms } => {
                self.exprs(subject);
                self.arms(arms);
            }
            StmtKind::Try { body, handlers, finally } => {
                self.block(body);
                handlers.iter().for_each(|handler| self.block(handler));
                self.block(finally);
            }
            StmtKind::With { items, body } => {
                for (value, target) in items {
                    self.open.push(Work::Expr(value));
                    target.iter().for_each(|target| self.pattern(target));
                }
                self.block(body);
            }
            StmtKind::Block(body) => self.block(body),
            StmtKind::Perhaps(inner) | StmtKind::Test(inner) | StmtKind::Export(Export::Declaration(inner)) => {
                self.open.push(Work::Stmt(inner));
            }
            StmtKind::Export(Export::Default(value)) => self.open.push(Work::Expr(value)),
            StmtKind::Import(import) => {
                // What an import inside binds is told by where it leads.
                self.found.names.insert("import".into());
                self.found.names.insert(import.source.split(['.', '/']).next().unwrap_or_default().into());
            }
            StmtKind::Module { attributes, body, .. } => {
                self.decorators(attributes);
                body.iter().for_each(|body| self.block(body));
            }
            StmtKind::Export(Export::Names(_) | Export::From(..) | Export::AllFrom(_))
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Throw
            | StmtKind::Outer(_)
            | StmtKind::Macro(_) => {}
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Name(name) => {
                self.found.names.insert(name.clone());
            }
            ExprKind::Path(path) => self.path(path),
            ExprKind::This | ExprKind::Super => self.found.this = true,
            ExprKind::Member(object, name) => {
                self.found.members.insert(name.clone());
                self.open.push(Work::Expr(object));
            }
            ExprKind::Str(text) if text.len() <= 40 => {
                self.found.members.insert(text.clone());
            }
            ExprKind::Template(parts) => self.exprs(parts.iter().filter_map(|part| match part {
                TemplatePart::Expr(expr) => Some(expr),
                TemplatePart::Text(_) => None,
            })),
            ExprKind::Index(left, right) | ExprKind::Binary(_, left, right) | ExprKind::Logical(_, left, right) => {
                self.exprs([&**left, right]);
            }
            ExprKind::Slice(object, from, to) => {
                self.open.push(Work::Expr(object));
                self.exprs(from.as_deref());
                self.exprs(to.as_deref());
            }
            ExprKind::Call(call) => {
                self.open.push(Work::Expr(&call.callee));
                self.args(&call.args);
            }
            ExprKind::Function(function) => self.function(function),
            ExprKind::Class(class) => self.class(class),
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => self.items(items),
            ExprKind::Map(entries) => {
                for entry in entries {
                    match entry {
                        Entry::Pair(key, value) => self.exprs([key, value]),
                        Entry::Spread(value) => self.open.push(Work::Expr(value)),
                    }
                }
            }
            ExprKind::Composite(ty, inner) | ExprKind::Cast(inner, ty) => {
                self.ty(ty);
                self.open.push(Work::Expr(inner));
            }
            ExprKind::Unary(_, inner) | ExprKind::Await(inner) => self.open.push(Work::Expr(inner)),
            ExprKind::Conditional(test, then, otherwise) => self.exprs([&**test, then, otherwise]),
            ExprKind::Switch(subject, arms) => {
                self.exprs(subject.as_deref());
                self.arms(arms);
            }
            ExprKind::Block(body) => self.block(body),
            ExprKind::Yield(inner) => self.exprs(inner.as_deref()),
            ExprKind::Assign(target, _, value) => {
                self.pattern(target);
                self.open.push(Work::Expr(value));
            }
            ExprKind::Sequence(items) | ExprKind::Unknown(items) => self.exprs(items),
            ExprKind::Comprehension(inner) => {
                self.exprs(&inner.key);
                self.open.push(Work::Expr(&inner.element));
                for (target, iterable, conditions) in &inner.clauses {
                    self.pattern(target);
                    self.open.push(Work::Expr(iterable));
                    self.exprs(conditions);
                }
            }
            ExprKind::Is(test) => {
                self.ty(&test.ty);
                self.exprs(&test.value);
                self.pattern(&test.target);
            }
            ExprKind::Macro(inner) => {
                self.path(&inner.path);
                self.args(&inner.args);
            }
            ExprKind::Type(ty) => self.ty(ty),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Regex(_) => {}
        }
    }
}
