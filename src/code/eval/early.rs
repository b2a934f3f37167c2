//! Registries that are walked early: a function that mounts what is in a list or map may be entered before the functions that
//! put it there, where nothing says which of them a framework calls first. It is entered once more when they have run.

use std::rc::Rc;

use super::machine::Machine;
use super::scope::ScopeRef;
use super::value::{Closure, Value};
use crate::code::form::FunctionKind;

/// So many walks over nothing are kept.
const MOST: usize = 256;

/// A list or map with nothing in it that was walked, and the outermost function that did.
#[derive(Debug)]
pub(crate) struct Early {
    container: Value,
    outermost: Rc<Closure>,
}

impl Machine<'_> {
    /// Notes that a container is walked, where nothing is in it.
    pub(super) fn walks_early(&mut self, container: &Value, scope: &ScopeRef) {
        if !is_empty(container) || self.early.len() >= MOST || !self.has_packages(scope) {
            return;
        }
        let Some(outermost) = self.frames.iter().find_map(|frame| frame.closure.clone()) else { return };
        let alone = matches!(outermost.function.kind, FunctionKind::Plain | FunctionKind::Static);
        let known =
            |it: &Early| Rc::ptr_eq(&it.outermost, &outermost) && it.container.identity() == container.identity();
        if alone && !self.early.iter().any(known) {
            self.early.push(Early { container: container.clone(), outermost });
        }
    }

    /// Lets go of what was filled by the function that walked it, which has ended: that walk was none too early.
    pub(super) fn walked_in_time(&mut self, outermost: &Rc<Closure>) {
        self.early.retain(|it| !Rc::ptr_eq(&it.outermost, outermost) || is_empty(&it.container));
    }

    /// Enters the functions once more that walked what others filled later.
    pub(super) fn enter_again(&mut self) {
        let mut done: Vec<Rc<Closure>> = Vec::new();
        for early in std::mem::take(&mut self.early) {
            if is_empty(&early.container) || done.iter().any(|it| Rc::ptr_eq(it, &early.outermost)) {
                continue;
            }
            let receiver = self.unlisted_receiver(&early.outermost);
            self.enter_alone(&early.outermost, receiver);
            done.push(early.outermost);
        }
    }
}

/// Whether nothing is known to be in it.
fn is_empty(container: &Value) -> bool {
    match container {
        Value::Map(map) => map.len() == 0,
        Value::List(list) => list.items.borrow().is_empty(),
        _ => false,
    }
}
