//! Loops: over what is known element by element, else once for whatever comes.

use super::machine::{Flow, Machine};
use super::scope::{Scope, ScopeKind, ScopeRef};
use super::value::{ListKind, Spot, Value};
use crate::code::form::{Block, Comprehension, ComprehensionKind, Expr, Language, Pattern, Yields};

/// Steps after which a loop that brought nothing ends.
const IDLE_LOOP_STEPS: u64 = 20_000;
/// How often a loop goes round that counts or waits.
const MOST_ROUNDS: usize = 300;

impl Machine<'_> {
    pub(super) fn stmt_each(
        &mut self,
        target: &Pattern,
        iterable: &Expr,
        yields: Yields,
        body: &Block,
        scope: &ScopeRef,
    ) -> Flow {
        let walked = self.eval(iterable, scope);
        let spot = Spot { module: scope.module, line: iterable.pos.line };
        let (items, partial) = self.walk(&walked, yields, scope);
        let single = !matches!(target, Pattern::List(_));
        for item in items.iter().take(self.limits.elements) {
            if self.exhausted() {
                return Flow::Throw;
            }
            let inner = self.loop_scope(scope);
            let item = match (yields, single, item) {
                (Yields::Pairs, true, Value::List(pair)) => {
                    pair.items.borrow().first().cloned().unwrap_or(Value::Undefined)
                }
                _ => item.clone(),
            };
            self.bind(target, item, &inner, true);
            match self.block(body, &inner) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Flow::Next,
                flow @ (Flow::Return(_) | Flow::Throw) => return flow,
            }
        }
        if items.len() > self.limits.elements {
            self.note(spot, "the loop is longer than is walked");
        }
        if partial {
            let inner = self.loop_scope(scope);
            self.conditional += 1;
            let element = self.any_entry(&walked, scope).unwrap_or_else(|| self.element_of(&walked));
            self.bind(target, element, &inner, true);
            self.perhaps(body, &inner);
            self.conditional -= 1;
        }
        Flow::Next
    }

    fn loop_scope(&self, scope: &ScopeRef) -> ScopeRef {
        if self.language(scope) == Language::Python { scope.clone() } else { Scope::inside(scope, ScopeKind::Block) }
    }

    pub(super) fn stmt_loop(&mut self, test: Option<&Expr>, body: &Block, scope: &ScopeRef) -> Flow {
        let (steps, effects) = (self.steps, self.effects);
        let mut before_last = effects;
        for _ in 0..MOST_ROUNDS {
            // It may long be over: a way out was taken under a condition that is not known, or it computes and brings nothing.
            let left = self.frames.last().map_or(0, |frame| frame.returns.len());
            if self.effects == effects && self.steps - steps > IDLE_LOOP_STEPS {
                return Flow::Next;
            }
            before_last = self.effects;
            let truth = test.and_then(|test| {
                let (value, asked) = self.condition(test, scope);
                let truth = self.truth(&value, scope);
                if truth.is_none() {
                    self.answer(&asked, false);
                }
                truth
            });
            match truth {
                Some(false) => return Flow::Next,
                Some(true) => match self.inner_block(body, scope) {
                    Flow::Next | Flow::Continue => {
                        if self.frames.last().map_or(0, |frame| frame.returns.len()) > left {
                            return Flow::Next;
                        }
                    }
                    Flow::Break => return Flow::Next,
                    flow @ (Flow::Return(_) | Flow::Throw) => return flow,
                },
                None => {
                    self.perhaps(body, scope);
                    return Flow::Next;
                }
            }
        }
        // One that waits for ever goes round for nothing.
        if let Some(test) = test.filter(|_| self.effects > before_last) {
            self.note(
                Spot { module: scope.module, line: test.pos.line },
                "the loop goes round more often than is followed",
            );
        }
        Flow::Next
    }
}

impl Machine<'_> {
    /// The value of a comprehension.
    pub(super) fn comprehension(&mut self, it: &Comprehension, scope: &ScopeRef) -> Value {
        let inner = Scope::inside(scope, ScopeKind::Function);
        let mut out = Vec::new();
        let partial = self.clauses(it, 0, &inner, &mut out);
        match it.kind {
            ComprehensionKind::Map => {
                let unknown: Vec<(Value, Value)> = out.iter().filter(|(key, _)| key.key().is_none()).cloned().collect();
                let value = Value::map(out);
                if let Value::Map(map) = &value {
                    map.partial.set(map.partial.get() || partial);
                    unknown.iter().for_each(|(key, value)| self.write_any(map, key, value));
                }
                value
            }
            ComprehensionKind::Set => {
                Value::list_of(ListKind::Set, out.into_iter().map(|(_, value)| value).collect(), partial)
            }
            ComprehensionKind::List | ComprehensionKind::Generator => {
                Value::list_of(ListKind::List, out.into_iter().map(|(_, value)| value).collect(), partial)
            }
        }
    }

    fn clauses(&mut self, it: &Comprehension, at: usize, scope: &ScopeRef, out: &mut Vec<(Value, Value)>) -> bool {
        let Some((target, iterable, tests)) = it.clauses.get(at) else {
            let key = it.key.as_ref().map_or(Value::Undefined, |key| self.eval(key, scope));
            let value = self.eval(&it.element, scope);
            out.push((key, value));
            return false;
        };
        let walked = self.eval(iterable, scope);
        let (mut items, mut partial) = self.walk(&walked, Yields::Elements, scope);
        if partial && items.is_empty() {
            items.push(self.any_entry(&walked, scope).unwrap_or_else(|| self.element_of(&walked)));
        }
        for item in items.into_iter().take(self.limits.elements) {
            if self.exhausted() {
                return true;
            }
            self.bind(target, item, scope, true);
            let mut keep = Some(true);
            for test in tests {
                let value = self.eval(test, scope);
                match self.truth(&value, scope) {
                    Some(true) => {}
                    Some(false) => keep = Some(false),
                    None => {
                        self.tolerate(&value);
                        keep = keep.filter(|keep| !keep);
                    }
                }
            }
            if keep != Some(false) {
                partial |= self.clauses(it, at + 1, scope, out);
            }
        }
        partial
    }
}
