//! Letting go of what code gets that nobody sees.

use super::machine::Machine;
use super::value::{Args, Spot, Value};

impl Machine<'_> {
    /// Functions that unseen code gets are called by it; routers that it gets may be served by it.
    pub(crate) fn let_go(&mut self, args: &Args) {
        for value in args.list.iter().chain(args.named.iter().map(|(_, value)| value)) {
            self.escape(value);
        }
    }

    /// What a call that is not followed is given may be served.
    pub(super) fn escape_all(&mut self, args: &Args) {
        for value in &args.list {
            self.served(value);
        }
    }

    /// A value goes where nobody sees it.
    pub(crate) fn escape(&mut self, value: &Value) {
        self.doubtful += 1;
        self.escape_here(value);
        self.doubtful -= 1;
    }

    fn escape_here(&mut self, value: &Value) {
        match value {
            Value::Function(closure) if !closure.entered.get() => {
                let spot = Spot { module: closure.scope.module, line: closure.function.pos.line };
                self.enter(&closure.clone(), None, Args::unknown(), spot);
            }
            Value::Bound(bound) => {
                if let Value::Function(closure) = &bound.callee
                    && !closure.entered.get()
                {
                    let spot = Spot { module: closure.scope.module, line: closure.function.pos.line };
                    self.enter(&closure.clone(), Some(bound.receiver.clone()), Args::unknown(), spot);
                }
            }
            Value::Alt(all) => {
                self.stand_beside(all);
                all.iter().for_each(|one| self.escape(one));
            }
            Value::List(list) => {
                let items = list.items.borrow().clone();
                items.iter().take(64).for_each(|one| self.escape_shallow(one));
            }
            Value::Map(map) => {
                let pairs = map.pairs();
                pairs.iter().take(64).for_each(|(_, one)| self.escape_shallow(one));
            }
            other => self.served(other),
        }
    }

    fn escape_shallow(&mut self, value: &Value) {
        match value {
            Value::Function(_) | Value::Bound(_) if self.waits(value) => self.go_later(value),
            Value::Function(_) | Value::Bound(_) | Value::Object(_) => self.escape(value),
            _ => {}
        }
    }
}
