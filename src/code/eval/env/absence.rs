//! What a program does where a variable is absent: it asks first, has something in its place, or fails.

use std::rc::Rc;

use super::super::machine::{Flow, Machine};
use super::super::scope::ScopeRef;
use super::super::value::{Args, EnvValue, Value};
use crate::code::form::{Arm, BinaryOp, Expr, ExprKind, Language, Stmt, StmtKind};

/// Variables of which any one will do are so many at most.
const MOST_PEERS: usize = 8;

impl Machine<'_> {
    /// Evaluates a condition; with its value come the reads that it asks about.
    pub(crate) fn condition(&mut self, test: &Expr, scope: &ScopeRef) -> (Value, Vec<usize>) {
        let outer = self.asked.replace(Vec::new());
        let value = self.eval(test, scope);
        let mut asked = std::mem::replace(&mut self.asked, outer).unwrap_or_default();
        reads_of(&value, &mut asked);
        (value, asked)
    }

    /// A value is asked whether it is there or what it is: behind a condition, what the branches do tells the rest.
    pub(crate) fn ask_about(&mut self, value: &Value) {
        match &mut self.asked {
            Some(asked) => reads_of(value, asked),
            None => self.tolerate(value),
        }
    }

    /// The same where only a condition asks; a value of its own (`!x`) may be anything's.
    pub(crate) fn ask_in_condition(&mut self, value: &Value) {
        if let Some(asked) = &mut self.asked {
            reads_of(value, asked);
        }
    }

    /// The branches of a condition have run: the program does without what it asked about, or one of them fails.
    pub(crate) fn answer(&mut self, asked: &[usize], fails: bool) {
        if fails {
            let sure: Vec<usize> = asked.iter().copied().filter(|read| !self.half_asked.contains(read)).collect();
            self.demand_reads(&sure);
        }
        for read in asked {
            self.half_asked.remove(read);
            self.reads[*read].tolerated |= !fails;
        }
    }

    /// Where a variable is absent, the function was left: what is checked after that is there.
    pub(crate) fn answer_gone(&mut self, asked: &[usize]) {
        for read in asked {
            self.reads[*read].settled = true;
        }
    }

    /// One side of an `and` alone does not make the branch that fails run: what it asks about is not demanded.
    pub(crate) fn ask_by_half(&mut self, sides: [&Value; 2], before: usize) {
        let Some(asked) = &self.asked else { return };
        self.half_asked.extend(asked.iter().skip(before));
        let mut reads = Vec::new();
        sides.into_iter().for_each(|side| reads_of(side, &mut reads));
        self.half_asked.extend(reads);
    }

    /// What a branch reads again of what its condition asked about is there.
    pub(crate) fn answer_again(&mut self, asked: &[usize], first: usize) {
        let names: Vec<String> = asked.iter().map(|read| self.reads[*read].name.clone()).collect();
        for read in self.reads.iter_mut().skip(first).filter(|read| names.contains(&read.name)) {
            read.tolerated = true;
        }
    }

    /// What fails where a variable is absent is taken care of: what a file itself read since `first` is done without.
    pub(crate) fn answer_failed(&mut self, first: usize, module: super::super::value::ModuleId) {
        let depth = self.chain().len();
        for read in self.reads.iter_mut().skip(first) {
            read.tolerated |= read.spot.module == module && read.chain.len() == depth;
        }
    }

    /// The program fails without what was read, unless something stands in its place.
    pub(crate) fn demand(&mut self, value: &Value) {
        let mut reads = Vec::new();
        reads_of(value, &mut reads);
        self.demand_reads(&reads);
    }

    fn demand_reads(&mut self, reads: &[usize]) {
        let inside = self.frames.iter().any(|frame| frame.closure.is_some());
        for read in reads {
            let read = &mut self.reads[*read];
            // A function that refuses its service is not the program that read the variable when it started.
            let before = inside && read.nodes.is_empty();
            if !read.settled && !before {
                read.demanded = true;
            }
        }
    }

    /// Something stands in for what was read.
    pub(crate) fn stand_in(&mut self, value: &Value, default: &Value) {
        let empty = matches!(default, Value::Str(text) if text.is_empty());
        if default.is_nothing() || empty {
            return;
        }
        let mut reads = Vec::new();
        reads_of(value, &mut reads);
        reads_of(default, &mut reads);
        for read in reads {
            self.reads[read].settled = true;
        }
    }

    /// One variable is taken where another one is absent: any of them will do.
    pub(crate) fn either_will_do(&mut self, first: &Value, then: &Value) {
        let mut reads = Vec::new();
        reads_of(first, &mut reads);
        let own = reads.len();
        reads_of(then, &mut reads);
        reads.retain(|read| !self.reads[*read].dynamic);
        if own == 0 || own >= reads.len() || reads.len() > MOST_PEERS {
            return;
        }
        let mut names: Vec<String> = Vec::new();
        for read in &reads {
            let read = &self.reads[*read];
            for name in std::iter::once(&read.name).chain(&read.peers) {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        if names.len() > 1 {
            reads.iter().for_each(|read| self.reads[*read].peers.clone_from(&names));
        }
    }

    /// The first of several values that is there is taken.
    pub(crate) fn first_of(&mut self, values: &[Value]) {
        if let Some((last, before)) = values.split_last()
            && values.iter().all(|one| matches!(one, Value::Env(_)))
        {
            let firsts = Value::any_of(before.to_vec());
            self.either_will_do(&firsts, last);
        }
    }

    /// Values of which one is taken where the other, that the condition asked about, is absent.
    pub(crate) fn either_of(&mut self, asked: &[usize], values: &[&Value]) {
        let is_asked = |machine: &Self, value: &Value| {
            let mut reads = Vec::new();
            reads_of(value, &mut reads);
            !reads.is_empty()
                && reads
                    .iter()
                    .all(|read| asked.iter().any(|one| machine.reads[*one].name == machine.reads[*read].name))
        };
        let (own, others): (Vec<&Value>, Vec<&Value>) = values.iter().partition(|value| is_asked(self, value));
        if let Some(own) = own.first() {
            others.iter().for_each(|other| self.either_will_do(own, other));
        }
    }

    /// A variable is assigned to where what it holds was asked about: that is absent there.
    pub(crate) fn assigned_where_absent(&mut self, old: &Value, new: &Value) {
        if !matches!((old, new), (Value::Env(_), Value::Env(_))) {
            return;
        }
        if let Some(asked) = self.asking.last().cloned() {
            self.either_of(&asked, &[old, new]);
        }
    }

    /// What a function gives where it asked about it first; what it gives after that is taken in its place.
    pub(crate) fn offered(&mut self, asked: &[usize], from: usize) {
        let given: Vec<Value> =
            self.frames.last().map(|frame| frame.returns.get(from..).unwrap_or_default().to_vec()).unwrap_or_default();
        for value in given {
            let mut reads = Vec::new();
            reads_of(&value, &mut reads);
            let names: Vec<&String> = asked.iter().map(|read| &self.reads[*read].name).collect();
            reads.retain(|read| names.contains(&&self.reads[*read].name));
            self.offers.extend(reads);
        }
    }

    /// What several returns of a function come to: variables that it offers one after the other are one.
    pub(crate) fn taken_in_turn(&mut self, value: &Value) {
        let Value::Alt(all) = value else { return };
        let envs: Vec<&Value> = all.iter().filter(|one| matches!(one, Value::Env(_))).collect();
        let Some((last, before)) = envs.split_last() else { return };
        let mut reads = Vec::new();
        before.iter().for_each(|one| reads_of(one, &mut reads));
        if !reads.is_empty() && reads.iter().all(|read| self.offers.contains(read)) {
            let firsts = Value::any_of(before.iter().map(|one| (*one).clone()).collect());
            self.either_will_do(&firsts, last);
        }
    }

    /// What a comparison says of a variable in it. Where it is equal to something, the program goes on without it: then
    /// nothing is left to ask.
    pub(crate) fn compared(&mut self, op: BinaryOp, a: &Value, b: &Value, scope: &ScopeRef) -> bool {
        let (env, other) = match (a, b) {
            (Value::Env(_), other) => (a, other),
            (other, Value::Env(_)) => (b, other),
            _ => return false,
        };
        let something = match other {
            Value::Str(text) => !text.is_empty(),
            Value::Bool(_) | Value::Int(_) => true,
            _ => false,
        };
        // Python's subscript has failed before.
        let strict = self.language(scope) == Language::Python;
        match op {
            BinaryOp::Eq if something => {
                if !strict {
                    self.tolerate(env);
                }
                true
            }
            BinaryOp::Ne if (something || other.is_nothing()) && !strict => {
                self.ask_about(env);
                false
            }
            BinaryOp::Eq | BinaryOp::Ne => {
                self.ask_in_condition(env);
                false
            }
            _ => false,
        }
    }

    /// A call that asks of its argument whether it is there; what is given back is the call's value, where that hangs on the
    /// variable: Java's `Optional`, what Go reads out of a text (with the error that tells of one that is absent).
    pub(crate) fn asked_by(&mut self, object: &Value, name: &str, args: &Args, scope: &ScopeRef) -> Option<Value> {
        let first = args.at(0);
        let Value::Env(env) = &first else { return None };
        let (language, bare) =
            (self.language(scope), Value::Env(Rc::new(EnvValue { reads: env.reads.clone(), default: None })));
        if language == Language::Go {
            let Value::Unknown(package) = object else { return None };
            let reads = name == "Atoi" || name.starts_with("Parse");
            return (reads && matches!(&**package, "strconv" | "time")).then_some(bare);
        }
        if asks_of_argument(name) {
            self.ask_about(&first);
        }
        (name == "ofNullable" && language == Language::Java).then_some(first)
    }

    /// What the arms of a switch tell of a variable that it compares: the one for the rest fails, or the program does
    /// without.
    pub(crate) fn answer_switch(&mut self, value: &Value, arms: &[Arm], scope: &ScopeRef) {
        let mut asked = Vec::new();
        reads_of(value, &mut asked);
        if asked.is_empty() {
            return;
        }
        // Rust's `Ok(v)` and `Err(e)` bind; what binds nothing (`Err(_)`, `_`) is taken where it is absent.
        let rust = self.language(scope) == Language::Rust;
        let is_text = |value: &Expr| matches!(value.kind, ExprKind::Str(_) | ExprKind::Int(_) | ExprKind::Bool(_));
        let rest = arms.iter().filter(|arm| arm.values.is_empty() || (rust && !arm.values.iter().any(is_text)));
        let binds = |arm: &&Arm| rust && matches!(arm.body.first().map(|stmt| &stmt.kind), Some(StmtKind::Bind { .. }));
        let (bound, mut absent): (Vec<&Arm>, Vec<&Arm>) = rest.partition(binds);
        let fails = match absent.pop() {
            Some(arm) => fails(&arm.body) && absent.iter().all(|arm| fails(&arm.body)),
            None => bound.iter().any(|arm| fails(&arm.body)),
        };
        self.answer(&asked, fails);
    }

    /// Whether a function does nothing but end the path.
    pub(crate) fn throws(&self, callee: &Value) -> bool {
        let Value::Function(closure) = callee else { return false };
        fails(&closure.function.body)
    }
}

/// The reads behind a value in whose place nothing stands.
pub(crate) fn reads_of(value: &Value, out: &mut Vec<usize>) {
    match value {
        Value::Env(env) => out.extend(&env.reads),
        Value::Alt(all) => all.iter().for_each(|one| reads_of(one, out)),
        _ => {}
    }
}

/// Whether a block that ran to an end fails: what it throws counts where it did not leave before.
pub(crate) fn failed(body: &[Stmt], left: Option<&Left>) -> bool {
    match left {
        Some(Left::Thrown) => true,
        _ => body.iter().any(|stmt| !matches!(stmt.kind, StmtKind::Throw) && fails_at(stmt)),
    }
}

/// How a branch was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// It ended the path.
    Thrown,
    /// It left the function or the loop.
    Gone,
    /// It goes on.
    On,
}

impl From<&Flow> for Left {
    fn from(flow: &Flow) -> Self {
        match flow {
            Flow::Throw => Left::Thrown,
            Flow::Return(_) | Flow::Break | Flow::Continue => Left::Gone,
            Flow::Next => Left::On,
        }
    }
}

/// Whether a block ends the path or gives an error.
pub(crate) fn fails(body: &[Stmt]) -> bool {
    body.iter().any(fails_at)
}

fn fails_at(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Throw => true,
        StmtKind::Return(Some(value)) => is_error(value) || is_failure(value),
        StmtKind::Expr(value) => is_error(value) || is_failure(value),
        StmtKind::Block(body) => fails(body),
        _ => false,
    }
}

/// Whether what a function gives is an error: Go's last result, Rust's `Err`.
fn is_error(value: &Expr) -> bool {
    let last = match &value.kind {
        ExprKind::Tuple(items) => items.last().map_or(value, |item| &item.value),
        _ => value,
    };
    let ExprKind::Call(call) = &last.kind else { return false };
    match &call.callee.kind {
        ExprKind::Name(name) => &**name == "Err",
        ExprKind::Path(path) => path.last().is_some_and(|name| &**name == "Err"),
        ExprKind::Member(object, name) => {
            let ExprKind::Name(package) = &object.kind else { return false };
            matches!((&**package, &**name), ("errors", "New" | "Errorf" | "Wrap" | "Wrapf") | ("fmt", "Errorf"))
        }
        _ => false,
    }
}

/// Whether an expression ends the path: a panic, an exit, a block or a call of a block that does.
pub(crate) fn is_failure(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Macro(call) => call.path.last().is_some_and(|name| {
            matches!(&**name, "panic" | "unreachable" | "todo" | "unimplemented" | "bail" | "compile_error")
        }),
        ExprKind::Call(call) => {
            let name = match &call.callee.kind {
                ExprKind::Member(_, name) | ExprKind::Name(name) => Some(name),
                ExprKind::Path(path) => path.last(),
                _ => None,
            };
            let ends = name.is_some_and(|name| {
                matches!(
                    &**name,
                    "exit"
                        | "_exit"
                        | "Exit"
                        | "exitProcess"
                        | "abort"
                        | "error"
                        | "panic"
                        | "Fatal"
                        | "Fatalf"
                        | "Fatalln"
                        | "Panic"
                        | "Panicf"
                        | "Panicln"
                )
            });
            // `logger.error(…)` says so and goes on.
            let says = matches!(&call.callee.kind, ExprKind::Member(_, name) if &**name == "error");
            let runs = name.is_some_and(|name| &**name == "run")
                && matches!(call.args.first().map(|arg| &arg.value.kind), Some(ExprKind::Function(it)) if fails(&it.body));
            (ends && !says) || runs
        }
        ExprKind::Block(body) => fails(body),
        _ => false,
    }
}

/// Whether a method only asks of its argument whether it is there or what it is.
fn asks_of_argument(name: &str) -> bool {
    matches!(
        name,
        "equals"
            | "equalsIgnoreCase"
            | "parseBoolean"
            | "includes"
            | "test"
            | "ofNullable"
            | "nonNull"
            | "isNull"
            | "isNaN"
            | "isInteger"
            | "isFinite"
            | "requireNonNullElse"
            | "requireNonNullElseGet"
    )
}
