//! Statements: order, branches and loops.

use std::collections::BTreeMap;

use super::env::absence::{Left, failed};
use super::jvm::order::bases_first;
use super::machine::{Flow, Journal, Machine};
use super::scope::{self, Scope, ScopeKind, ScopeRef};
use super::value::{Spot, Value};
use crate::code::form::{Arm, BinaryOp, Block, Export, Expr, ExprKind, Language, Name, Pattern, Stmt, StmtKind};

/// A declaration without what stands around it; whether it is exported, and whether it may not be compiled.
pub(super) fn declared(stmt: &Stmt) -> (&Stmt, bool, bool) {
    let (mut stmt, mut exported, mut perhaps) = (stmt, false, false);
    loop {
        stmt = match &stmt.kind {
            StmtKind::Export(Export::Declaration(inner)) => {
                exported = true;
                inner
            }
            StmtKind::Perhaps(inner) => {
                perhaps = true;
                inner
            }
            _ => return (stmt, exported, perhaps),
        };
    }
}

impl Machine<'_> {
    /// Runs a block in the scope that it is given.
    pub(crate) fn block(&mut self, body: &[Stmt], scope: &ScopeRef) -> Flow {
        self.hoist(body, scope);
        for stmt in body {
            match self.stmt(stmt, scope) {
                Flow::Next => {}
                other => return other,
            }
        }
        Flow::Next
    }

    /// Runs a block in a scope of its own, where the language has such.
    pub(crate) fn inner_block(&mut self, body: &[Stmt], scope: &ScopeRef) -> Flow {
        if self.language(scope) == Language::Python {
            self.block(body, scope)
        } else {
            let inner = Scope::inside(scope, ScopeKind::Block);
            self.block(body, &inner)
        }
    }

    /// Binds what is there before the first statement runs.
    fn hoist(&mut self, body: &[Stmt], scope: &ScopeRef) {
        let language = self.language(scope);
        if language == Language::Python {
            return;
        }
        // Functions come first: modules that import each other find them before either has run.
        for stmt in body {
            let (stmt, exported, perhaps) = declared(stmt);
            if let StmtKind::Function(function) = &stmt.kind {
                let mut closure = self.closure(function, scope, None);
                if let Some(name) = &function.name {
                    if let (true, Some(other @ (Value::Function(_) | Value::Alt(_)))) = (perhaps, scope.own(name)) {
                        closure = other.join(closure);
                    }
                    let before = scope.set(name, closure.clone());
                    self.keep_declared(name, before, scope);
                    if exported {
                        self.export(scope, name, closure);
                    }
                }
            }
        }
        let ordered = if self.has_packages(scope) { bases_first(body) } else { None };
        for stmt in ordered.unwrap_or_else(|| body.iter().collect()) {
            let (stmt, _, perhaps) = declared(stmt);
            match &stmt.kind {
                StmtKind::Import(import) if perhaps => self.perhaps_import(import, scope),
                StmtKind::Import(import) => self.import(import, scope),
                StmtKind::Macro(rules) => self.note_macro(rules, scope),
                StmtKind::Class(class) if language != Language::JavaScript => {
                    let value = self.class(class, scope);
                    if let Some(name) = &class.name {
                        self.bind_class(name, value, scope);
                    }
                }
                StmtKind::Module { name, attributes, body } if language != Language::JavaScript => {
                    self.inner_module(name, attributes, body.as_deref(), scope);
                }
                _ => {}
            }
        }
        if language == Language::Rust && scope.kind == ScopeKind::Module {
            self.rust_items(body, scope);
        }
        if language != Language::JavaScript {
            for stmt in body {
                if let StmtKind::Extend(extension) = &declared(stmt).0.kind {
                    self.extend(extension, scope);
                }
            }
        }
        if language == Language::Rust && scope.kind == ScopeKind::Module {
            self.rust_constants(body, scope);
        }
    }

    /// Runs one statement.
    pub(crate) fn stmt(&mut self, stmt: &Stmt, scope: &ScopeRef) -> Flow {
        let flow = self.nested(|machine| machine.stmt_kind(stmt, scope)).unwrap_or(Flow::Throw);
        self.left_by_block(flow)
    }

    fn stmt_kind(&mut self, stmt: &Stmt, scope: &ScopeRef) -> Flow {
        let hoisted = self.language(scope) != Language::Python;
        match &stmt.kind {
            StmtKind::Bind { target, ty, value } => {
                if !self.is_rust_item(scope) {
                    let given = value.as_ref().and_then(|value| self.value_or_way_out(value, scope));
                    match given {
                        Some(Err(flow)) => return flow,
                        Some(Ok(given)) => self.stmt_bind(target, ty.as_ref(), value.as_ref(), Some(given), scope),
                        None => self.stmt_bind(target, ty.as_ref(), value.as_ref(), None, scope),
                    }
                }
            }
            StmtKind::Assign { target, op, value } => self.stmt_assign(target, *op, value, scope),
            StmtKind::Expr(expr) | StmtKind::Deferred(expr) => {
                if !self.is_rust_item(scope) {
                    self.go_statement(expr, scope);
                    if let Some(flow) = self.chosen_way(expr, scope).or_else(|| self.macro_statement(expr, scope)) {
                        return flow;
                    }
                    self.eval(expr, scope);
                }
            }
            StmtKind::Test(_) => {}
            StmtKind::Perhaps(inner) => return self.stmt_perhaps(inner, scope),
            StmtKind::Macro(rules) => self.note_macro(rules, scope),
            StmtKind::Function(function) => {
                if hoisted {
                    return Flow::Next;
                }
                let value = self.closure(function, scope, None);
                let value = self.decorated(value, &function.decorators, scope);
                if let Some(name) = &function.name {
                    self.bind_name(name, value, scope);
                }
            }
            StmtKind::Class(class) => {
                if hoisted && self.language(scope) != Language::JavaScript {
                    return Flow::Next;
                }
                let value = self.class(class, scope);
                if let Some(name) = &class.name {
                    self.bind_name(name, value, scope);
                }
            }
            StmtKind::Extend(extension) => {
                if self.language(scope) == Language::JavaScript || !hoisted {
                    self.extend(extension, scope);
                }
            }
            StmtKind::Return(value) => {
                self.expect_returned();
                let value = value.as_ref().map_or(Value::Null, |value| self.eval(value, scope));
                self.expect_given(&value);
                return Flow::Return(value);
            }
            StmtKind::Leave(value) => return self.stmt_leave(value.as_ref(), scope),
            StmtKind::If { test, then, otherwise } => return self.stmt_if(test, then, otherwise, scope),
            StmtKind::Each { target, iterable, yields, body } => {
                return self.stmt_each(target, iterable, *yields, body, scope);
            }
            StmtKind::Loop { test, body } => return self.stmt_loop(test.as_ref(), body, scope),
            StmtKind::Switch { subject, arms } => return self.stmt_switch(subject.as_ref(), arms, scope),
            StmtKind::Try { body, handlers, finally } => return self.stmt_try(body, handlers, finally, scope),
            StmtKind::With { items, body } => {
                let mut ends = Vec::new();
                for (value, target) in items {
                    let value = self.eval(value, scope);
                    ends.push(value.clone());
                    if let Some(target) = target {
                        let entered = self.entered_context(value, scope, stmt.pos.line);
                        self.bind(target, entered, scope, true);
                    }
                }
                let flow = self.inner_block(body, scope);
                self.end_contexts(&ends);
                return flow;
            }
            StmtKind::Block(body) => return self.inner_block(body, scope),
            StmtKind::Break => return Flow::Break,
            StmtKind::Continue => return Flow::Continue,
            StmtKind::Throw => return Flow::Throw,
            StmtKind::Delete(expr) => self.delete(expr, scope),
            StmtKind::Outer(names) => {
                scope::frame_of(scope).outer.borrow_mut().extend(names.iter().cloned());
            }
            StmtKind::Import(import) => {
                if !hoisted {
                    self.import(import, scope);
                }
            }
            StmtKind::Export(export) => return self.stmt_export(export, scope),
            StmtKind::Module { name, attributes, body } => {
                if self.language(scope) == Language::JavaScript || !hoisted {
                    self.inner_module(name, attributes, body.as_deref(), scope);
                }
            }
        }
        Flow::Next
    }

    fn stmt_bind(
        &mut self,
        target: &Pattern,
        ty: Option<&crate::code::form::TypeRef>,
        value: Option<&Expr>,
        given: Option<Value>,
        scope: &ScopeRef,
    ) {
        // Python's annotation of what is there says nothing of what it is.
        if let (None, None, Pattern::Name(name, _)) = (value, &given, target)
            && self.language(scope) == Language::Python
            && scope.own(name).is_some()
        {
            return;
        }
        let written = value;
        let expected = match ty {
            Some(ty) => Some((ty.clone(), scope.clone())),
            None => self.rust_returned(target),
        };
        let outer = expected.map(|expected| self.rust.expected.replace(expected));
        let value = given.or_else(|| value.map(|value| self.eval(value, scope)));
        if let Some(outer) = outer {
            self.rust.expected = outer;
        }
        let mut value = match value {
            Some(value) => value,
            None => match ty {
                Some(ty) if self.language(scope) == Language::Go => self.go_zero(ty, scope),
                // What a library makes is there when it is asked for; the rest may be there or still be to come.
                Some(ty) => match self.typed(ty, scope) {
                    Some(Value::Object(made)) if made.model.borrow().is_some() => Value::Object(made),
                    Some(other) if self.language(scope) == Language::JavaScript => {
                        Value::Alt(vec![other, Value::Undefined].into())
                    }
                    other => other.unwrap_or(Value::Undefined),
                },
                None => Value::Undefined,
            },
        };
        if let Some(ty) = ty {
            value = self.refined(value, ty, scope);
        }
        if let Some(written) = written {
            value = self.go_bound(target, written, value, false);
            value = self.go_returned(target, written, value);
        }
        self.bind(target, value, scope, true);
    }

    fn stmt_assign(&mut self, target: &Pattern, op: Option<BinaryOp>, value: &Expr, scope: &ScopeRef) {
        let spot = Spot { module: scope.module, line: value.pos.line };
        let written = value;
        let value = self.eval(value, scope);
        let value = match op {
            None => self.go_bound(target, written, value, true),
            Some(op) => {
                if op == BinaryOp::Add && self.takes_in(target, &value, scope, spot) {
                    return;
                }
                let old = self.read_target(target, scope);
                if op == BinaryOp::Add && self.adds_one(&old, &value, scope) {
                    return;
                }
                if op == BinaryOp::Add && self.extend_list(&old, &value) {
                    if let Value::List(list) = &old {
                        list.note_opened(spot);
                    }
                    return;
                }
                self.binary(op, old, value)
            }
        };
        if matches!((target, &value), (Pattern::Name(..), Value::Env(_))) && !self.asking.is_empty() {
            let old = self.read_target(target, scope);
            self.assigned_where_absent(&old, &value);
        }
        self.bind(target, value, scope, false);
    }

    fn stmt_if(&mut self, test: &Expr, then: &Block, otherwise: &Block, scope: &ScopeRef) -> Flow {
        if self.language(scope) == Language::Python && is_program_test(test) {
            // What a file does as a program counts as what it does.
            return self.inner_block(then, scope);
        }
        let chained = self.chained.remove(&std::ptr::from_ref(test).addr());
        let (condition, asked) = self.condition(test, scope);
        match self.truth(&condition, scope) {
            Some(true) => self.inner_block(then, scope),
            Some(false) => self.inner_block(otherwise, scope),
            None => {
                // Where one of several will do, none of them is needed by itself.
                if let [Stmt { kind: StmtKind::If { test, .. }, .. }] = otherwise.as_slice() {
                    self.chained.insert(std::ptr::from_ref(test).addr());
                }
                let first = self.reads.len();
                let given = self.frames.last().map_or(0, |frame| frame.returns.len());
                self.asking.push(asked.clone());
                let flow = self.branches(&[then.as_slice(), otherwise.as_slice()], Some(test), scope);
                self.asking.pop();
                self.offered(&asked, given);
                let left = std::mem::take(&mut self.left);
                let fails = failed(then, left.first()) || (!chained && failed(otherwise, left.get(1)));
                self.answer(&asked, fails);
                if !fails {
                    self.answer_again(&asked, first);
                    if left.first() == Some(&Left::Gone) {
                        self.answer_gone(&asked);
                    }
                }
                flow
            }
        }
    }

    /// Runs alternatives of which one holds by what is asked, and joins what they bind.
    pub(crate) fn branches(&mut self, blocks: &[&[Stmt]], asked: Option<&Expr>, scope: &ScopeRef) -> Flow {
        self.conditional += 1;
        let mut finals: Vec<Journal> = Vec::new();
        let mut returns = Vec::new();
        let (mut ended, mut breaks, mut continues) = (0, 0, 0);
        let (mut left, written) = (Vec::new(), self.written.len());
        for block in blocks {
            self.journals.push(Vec::new());
            let flow = self.inner_block(block, scope);
            left.push(Left::from(&flow));
            let changes = self.rewind();
            match flow {
                Flow::Next => {
                    finals.push(changes);
                    continue;
                }
                Flow::Return(value) => returns.push(value),
                Flow::Break => breaks += 1,
                Flow::Continue => continues += 1,
                Flow::Throw => {}
            }
            ended += 1;
        }
        self.conditional -= 1;
        self.left = left;
        self.hold_written(asked, written, scope);
        if let Some(asked) = asked {
            self.hold(asked, &mut finals, &mut returns, scope);
        }
        if ended == blocks.len() {
            return match (returns.is_empty(), breaks, continues) {
                (false, _, _) => {
                    let function = self.frames.last().and_then(|frame| frame.closure.as_ref()).map(|it| &*it.function);
                    Flow::Return(Value::one_of(super::go::going_on(returns, function)))
                }
                (true, 0, 0) => Flow::Throw,
                (true, _, 0) => Flow::Break,
                (true, _, _) => Flow::Continue,
            };
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.returns.extend(returns);
        }
        self.merge(finals);
        Flow::Next
    }

    /// Undoes the changes of the innermost journal and gives what they had come to.
    pub(super) fn rewind(&mut self) -> Journal {
        let log = self.journals.pop().unwrap_or_default();
        let mut last: BTreeMap<(usize, Name), (ScopeRef, Option<Value>)> = BTreeMap::new();
        for (scope, name, _) in &log {
            let key = (std::rc::Rc::as_ptr(scope).addr(), name.clone());
            last.entry(key).or_insert_with(|| (scope.clone(), scope.own(name)));
        }
        for (scope, name, old) in log.into_iter().rev() {
            match old {
                Some(old) => scope.names.borrow_mut().insert(name, old),
                None => scope.names.borrow_mut().remove(&name),
            };
        }
        last.into_iter().map(|((_, name), (scope, value))| (scope, name, value)).collect()
    }

    /// Joins what the branches that went on have bound.
    fn merge(&mut self, finals: Vec<Journal>) {
        let count = finals.len();
        let mut all: BTreeMap<(usize, Name), (ScopeRef, Vec<Value>)> = BTreeMap::new();
        for changes in finals {
            for (scope, name, value) in changes {
                let key = (std::rc::Rc::as_ptr(&scope).addr(), name);
                let slot = all.entry(key).or_insert_with(|| (scope, Vec::new()));
                slot.1.extend(value);
            }
        }
        for ((_, name), (scope, mut values)) in all {
            if values.len() < count
                && let Some(old) = scope.own(&name)
            {
                values.insert(0, old);
            }
            self.set_in(&scope, &name, Value::one_of(values));
        }
    }

    /// Runs a statement that may not be compiled; what it binds lasts.
    fn stmt_perhaps(&mut self, inner: &Stmt, scope: &ScopeRef) -> Flow {
        self.conditional += 1;
        self.journals.push(Vec::new());
        let flow = self.stmt(inner, scope);
        let changes = self.rewind();
        self.conditional -= 1;
        self.merge(vec![changes, Journal::new()]);
        if let (Flow::Return(value), Some(frame)) = (flow, self.frames.last_mut()) {
            frame.returns.push(value);
        }
        Flow::Next
    }

    /// Runs a block whose bindings do not last: it may not run at all.
    pub(super) fn perhaps(&mut self, body: &[Stmt], scope: &ScopeRef) {
        self.branches(&[body, &[]], None, scope);
    }

    fn stmt_switch(&mut self, subject: Option<&Expr>, arms: &[Arm], scope: &ScopeRef) -> Flow {
        let value = match subject {
            Some(subject) => self.eval(subject, scope),
            None => Value::Bool(true),
        };
        let mut possible: Vec<&[Stmt]> = Vec::new();
        let mut default: Option<&[Stmt]> = None;
        for arm in arms {
            if arm.values.is_empty() {
                default = Some(&arm.body);
                continue;
            }
            let mut hit = Some(false);
            for candidate in &arm.values {
                match self.chosen(&value, candidate, scope) {
                    Some(true) => hit = Some(true),
                    Some(false) => {}
                    None => hit = hit.filter(|hit| *hit),
                }
            }
            match hit {
                Some(true) if possible.is_empty() => return self.arm(&arm.body, scope),
                Some(false) => {}
                Some(true) | None => possible.push(&arm.body),
            }
        }
        self.answer_switch(&value, arms, scope);
        if possible.is_empty() {
            return default.map_or(Flow::Next, |body| self.arm(body, scope));
        }
        possible.push(default.unwrap_or(&[]));
        match self.branches(&possible, subject, scope) {
            Flow::Break => Flow::Next,
            flow => flow,
        }
    }

    fn arm(&mut self, body: &[Stmt], scope: &ScopeRef) -> Flow {
        match self.inner_block(body, scope) {
            Flow::Break => Flow::Next,
            flow => flow,
        }
    }

    fn stmt_export(&mut self, export: &Export, scope: &ScopeRef) -> Flow {
        match export {
            Export::Default(expr) => {
                let value = self.eval(expr, scope);
                self.export(scope, &"default".into(), value);
            }
            Export::Names(names) => {
                for (local, name) in names {
                    let value = Value::Lazy(std::rc::Rc::new(super::value::Lazy::Local(scope.clone(), local.clone())));
                    self.export(scope, name, value);
                }
            }
            Export::From(source, names) => self.export_from(source, names, scope),
            Export::AllFrom(source) => self.export_all(source, scope),
            Export::Declaration(stmt) => {
                let flow = self.stmt(stmt, scope);
                self.export_declared(stmt, scope);
                return flow;
            }
        }
        Flow::Next
    }

    fn delete(&mut self, expr: &Expr, scope: &ScopeRef) {
        match &expr.kind {
            ExprKind::Name(name) => {
                if let Some(owner) = scope::find(scope, name, false) {
                    owner.names.borrow_mut().remove(name);
                }
            }
            ExprKind::Member(object, name) => {
                let object = self.eval(object, scope);
                self.remove(&object, &Value::Str(name.clone()));
            }
            ExprKind::Index(object, index) => {
                let object = self.eval(object, scope);
                let index = self.eval(index, scope);
                self.remove(&object, &index);
            }
            _ => {}
        }
    }

    fn remove(&mut self, object: &Value, key: &Value) {
        match (object, key.key()) {
            (Value::Map(map), Some(key)) => {
                map.remove(&key);
            }
            (Value::Map(map), None) => map.partial.set(true),
            (Value::Object(object), Some(key)) => {
                object.members.remove(&key);
            }
            _ => {}
        }
    }

    /// What a context manager gives to its block: what its `__enter__` returns, else itself.
    fn entered_context(&mut self, value: Value, scope: &ScopeRef, line: u32) -> Value {
        let Value::Object(object) = &value else { return value };
        let Some(class) = object.class.clone() else { return value };
        if self.class_member(&class, "__enter__").is_none() {
            return value;
        }
        let spot = super::value::Spot { module: scope.module, line };
        self.call_member(&value, &"__enter__".into(), super::value::Args::default(), scope, spot)
    }
}

/// `__name__ == "__main__"`.
fn is_program_test(test: &Expr) -> bool {
    let ExprKind::Binary(BinaryOp::Eq, left, right) = &test.kind else { return false };
    let pair = |a: &Expr, b: &Expr| {
        matches!(&a.kind, ExprKind::Name(name) if &**name == "__name__")
            && matches!(&b.kind, ExprKind::Str(text) if &**text == "__main__")
    };
    pair(left, right) || pair(right, left)
}
