//! Scopes: names and what they are bound to.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::age::Age;
use super::value::{ModuleId, Value};
use crate::code::form::Name;

/// A shared scope.
pub(crate) type ScopeRef = Rc<Scope>;

/// What a scope belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    /// A module.
    Module,
    /// A function's call.
    Function,
    /// A class body.
    Class,
    /// A block.
    Block,
}

/// Names and what they are bound to.
#[derive(Debug)]
pub(crate) struct Scope {
    /// What it belongs to.
    pub(crate) kind: ScopeKind,
    /// The module that its code stands in.
    pub(crate) module: ModuleId,
    /// The scope around it.
    pub(crate) parent: Option<ScopeRef>,
    /// The bindings.
    pub(crate) names: RefCell<BTreeMap<Name, Value>>,
    /// Names that assignment reaches outside the function.
    pub(crate) outer: RefCell<BTreeSet<Name>>,
    /// What a star import may have brought besides.
    pub(crate) open: Cell<bool>,
    /// How many branches ran when it was made: what is bound in it by those within them needs not be undone.
    pub(crate) depth: usize,
    /// When it was made.
    pub(crate) age: Age,
}

impl Scope {
    /// A scope of a module.
    pub(crate) fn module(module: ModuleId) -> ScopeRef {
        Self::build(ScopeKind::Module, module, None, 0)
    }

    /// A scope inside another.
    pub(crate) fn inside(parent: &ScopeRef, kind: ScopeKind) -> ScopeRef {
        Self::build(kind, parent.module, Some(parent.clone()), parent.depth)
    }

    /// A scope of a call that is made while `depth` branches run.
    pub(crate) fn of_call(parent: &ScopeRef, depth: usize) -> ScopeRef {
        Self::build(ScopeKind::Function, parent.module, Some(parent.clone()), depth)
    }

    /// A scope inside another, for the code of another module: a Go file's within its package's.
    pub(crate) fn within(parent: &ScopeRef, kind: ScopeKind, module: ModuleId) -> ScopeRef {
        Self::build(kind, module, Some(parent.clone()), parent.depth)
    }

    fn build(kind: ScopeKind, module: ModuleId, parent: Option<ScopeRef>, depth: usize) -> ScopeRef {
        Rc::new(Scope {
            kind,
            module,
            parent,
            names: RefCell::default(),
            outer: RefCell::default(),
            open: Cell::new(false),
            depth,
            age: Age::default(),
        })
    }

    /// What a name is bound to in this scope alone.
    pub(crate) fn own(&self, name: &str) -> Option<Value> {
        self.names.borrow().get(name).cloned()
    }

    /// Binds a name here and returns what it was bound to.
    pub(crate) fn set(&self, name: &Name, value: Value) -> Option<Value> {
        self.names.borrow_mut().insert(name.clone(), value)
    }
}

/// The scope that binds `name`, from `scope` outwards. A class body's names are not seen from functions within it where
/// `skip_classes` says so (Python).
pub(crate) fn find(scope: &ScopeRef, name: &str, skip_classes: bool) -> Option<ScopeRef> {
    let mut at = Some(scope);
    let mut inner = true;
    while let Some(here) = at {
        let hidden = skip_classes && here.kind == ScopeKind::Class && !inner;
        if !hidden && here.names.borrow().contains_key(name) {
            return Some(here.clone());
        }
        if here.kind == ScopeKind::Function {
            inner = false;
        }
        at = here.parent.as_ref();
    }
    None
}

/// The scope that binds `name` within the functions around, below any class or module.
pub(crate) fn find_local(scope: &ScopeRef, name: &str) -> Option<ScopeRef> {
    let mut at = Some(scope);
    while let Some(here) = at.filter(|here| matches!(here.kind, ScopeKind::Function | ScopeKind::Block)) {
        if here.names.borrow().contains_key(name) {
            return Some(here.clone());
        }
        at = here.parent.as_ref();
    }
    None
}

/// The innermost scope of a function, class or module.
pub(crate) fn frame_of(scope: &ScopeRef) -> ScopeRef {
    let mut at = scope;
    while at.kind == ScopeKind::Block {
        match &at.parent {
            Some(parent) => at = parent,
            None => break,
        }
    }
    at.clone()
}

/// The scope of the module.
pub(crate) fn top_of(scope: &ScopeRef) -> ScopeRef {
    let mut at = scope;
    while let Some(parent) = &at.parent {
        at = parent;
    }
    at.clone()
}
