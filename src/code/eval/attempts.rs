//! Blocks that may fail: what is tried, what is done instead, and flags that tell which it was.

use super::machine::{Flow, Machine};
use super::scope::ScopeRef;
use super::value::{Spot, Value};
use crate::code::form::{Block, Language, Name, Stmt, StmtKind};
use crate::code::resolve::Target;

/// How far modules are followed that ask for each other.
const MOST_ASKED: usize = 2;

impl Machine<'_> {
    /// A block that may fail, what is done where it does, and what is done in any case.
    pub(super) fn stmt_try(&mut self, body: &Block, handlers: &[Block], finally: &Block, scope: &ScopeRef) -> Flow {
        let first = self.reads.len();
        let failing = if handlers.is_empty() { None } else { self.failing_import(body, scope) };
        let tried = failing.as_ref().map_or(&body[..], |(at, _)| &body[..*at]);
        let (flow, mut flags) = self.attempted(tried, scope);
        let flow = match (flow, failing) {
            (Flow::Next, Some((at, name))) => {
                let spot = Spot { module: scope.module, line: body[at].pos.line };
                let why =
                    format!("what is registered behind this import is not known: {name}, is not in the repository");
                self.note(spot, why);
                Flow::Throw
            }
            (flow, _) => flow,
        };
        let flow = match flow {
            Flow::Throw if !self.exhausted() => {
                let blocks: Vec<&[Stmt]> = handlers.iter().map(Vec::as_slice).collect();
                match blocks.as_slice() {
                    [] => Flow::Next,
                    [one] => self.inner_block(one, scope),
                    many => self.branches(many, None, scope),
                }
            }
            mut flow => {
                let mut goes_on = false;
                for handler in handlers {
                    let handled = self.unlikely(handler, scope, &mut flags);
                    goes_on |= matches!(handled, Flow::Next);
                    flow = self.given_instead(flow, handled);
                }
                // What tells whether it went well is as it was before, or as a handler sets it, where it did not.
                for (scope, name) in flags.into_iter().filter(|_| goes_on) {
                    self.set_in(&scope, &name, Value::unknown());
                }
                // Python's subscript fails where the variable is absent, which a handler takes care of.
                if self.language(scope) == Language::Python
                    && !handlers.is_empty()
                    && !handlers.iter().any(|handler| super::env::absence::fails(handler))
                {
                    self.answer_failed(first, scope.module);
                }
                flow
            }
        };
        match self.inner_block(finally, scope) {
            Flow::Next => flow,
            other => other,
        }
    }

    /// The first import of Python in a block that fails: its module asks for one that is nowhere, and says what that is.
    fn failing_import(&mut self, body: &[Stmt], scope: &ScopeRef) -> Option<(usize, String)> {
        if self.language(scope) != Language::Python {
            return None;
        }
        body.iter().enumerate().find_map(|(at, stmt)| {
            let StmtKind::Import(import) = &stmt.kind else { return None };
            let Value::Module(id) = self.target(&import.source, import.level, scope) else { return None };
            let file = self.modules[id.0].files.first().cloned()?;
            self.asked_in_vain(&file, 0).map(|name| (at, name))
        })
    }

    /// The module that a file asks for, itself or by what it asks for first, and that is nowhere.
    fn asked_in_vain(&self, file: &str, depth: usize) -> Option<String> {
        let form = self.form(file)?;
        form.body.iter().find_map(|stmt| {
            let StmtKind::Import(import) = &stmt.kind else { return None };
            let (source, level) = (&import.source, import.level);
            if level == 0 || source.is_empty() {
                return None;
            }
            if self.tree.is_absent_in_python(file, source, level) {
                let dots = ".".repeat(usize::try_from(level).unwrap_or(1));
                return Some(format!("`{dots}{source}`, which {file} asks for"));
            }
            match self.tree.resolve(Language::Python, file, source, level) {
                Target::File(inner) if depth < MOST_ASKED && *inner != *file => self.asked_in_vain(&inner, depth + 1),
                _ => None,
            }
        })
    }

    /// Runs what may fail, and gives the truth values among what it sets that were another before.
    fn attempted(&mut self, body: &[Stmt], scope: &ScopeRef) -> (Flow, Vec<(ScopeRef, Name)>) {
        self.journals.push(Vec::new());
        let flow = self.inner_block(body, scope);
        let mut flags = Vec::new();
        for (scope, name, value) in self.rewind() {
            let Some(value) = value else { continue };
            if is_flipped(scope.own(&name).as_ref(), &value) {
                flags.push((scope.clone(), name.clone()));
            }
            self.set_in(&scope, &name, value);
        }
        (flow, flags)
    }

    /// A function gives a variable, and something else where reading it fails: that is its default.
    fn given_instead(&mut self, flow: Flow, handled: Flow) -> Flow {
        match (flow, handled) {
            (Flow::Return(value @ Value::Env(_)), Flow::Return(instead)) if lacks_default(&value) => {
                Flow::Return(self.env_or(value, instead))
            }
            (flow, _) => flow,
        }
    }

    /// Runs what is not expected to run, for what it reads; nothing that it binds lasts, but what it has in the place of a
    /// variable that is absent. The truth values that it sets to another are added to the flags.
    fn unlikely(&mut self, body: &[Stmt], scope: &ScopeRef, flags: &mut Vec<(ScopeRef, Name)>) -> Flow {
        self.conditional += 1;
        self.journals.push(Vec::new());
        let flow = self.inner_block(body, scope);
        let changes = self.rewind();
        self.conditional -= 1;
        let goes_on = matches!(flow, Flow::Next);
        for (scope, name, value) in changes.into_iter().filter(|_| goes_on) {
            let Some(value) = value else { continue };
            match scope.own(&name) {
                Some(read @ Value::Env(_)) if lacks_default(&read) && !value.is_nothing() => {
                    let value = self.env_or(read, value);
                    self.set_in(&scope, &name, value);
                }
                own if is_flipped(own.as_ref(), &value) => flags.push((scope, name)),
                _ => {}
            }
        }
        flow
    }
}

/// Whether a truth value became the other one.
fn is_flipped(old: Option<&Value>, new: &Value) -> bool {
    matches!((old, new), (Some(Value::Bool(old)), Value::Bool(new)) if old != new)
}

/// Whether it is a variable in whose place nothing stands.
fn lacks_default(value: &Value) -> bool {
    matches!(value, Value::Env(env) if env.default.is_none())
}
