//! Blocks that may fail: what is tried, what is done instead, and flags that tell which it was.

use super::machine::{Flow, Machine};
use super::scope::ScopeRef;
use super::value::Value;
use crate::code::form::{Block, Language, Name, Stmt};

impl Machine<'_> {
    /// A block that may fail, what is done where it does, and what is done in any case.
    pub(super) fn stmt_try(&mut self, body: &Block, handlers: &[Block], finally: &Block, scope: &ScopeRef) -> Flow {
        let first = self.reads.len();
        let (flow, mut flags) = self.attempted(body, scope);
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
