//! Lists and maps, which may be known in part only.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::value::{Spot, Value};
use crate::code::form::Name;

/// Entries of a map that are looked through one by one.
const FEW_ENTRIES: usize = 12;

/// What kind of list a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListKind {
    /// A list.
    List,
    /// A tuple.
    Tuple,
    /// A set.
    Set,
}

/// A list, which may be known in part only.
#[derive(Debug)]
pub(crate) struct List {
    /// The known elements.
    pub(crate) items: RefCell<Vec<Value>>,
    /// Whether there may be more.
    pub(crate) partial: Cell<bool>,
    /// Where what is not known came in.
    pub(crate) opened: Cell<Option<Spot>>,
    /// Its kind.
    pub(crate) kind: ListKind,
    /// What stands before the names of the routes in it: any of these.
    pub(crate) names: RefCell<Vec<Value>>,
}

/// A key of a map.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A number.
    Int(i64),
    /// A string.
    Str(Name),
    /// Something with an identity.
    Identity(usize),
}

/// A map in insertion order, which may be known in part only.
#[derive(Debug, Default)]
pub(crate) struct Map {
    entries: RefCell<Vec<(Key, Value, Value)>>,
    index: RefCell<BTreeMap<Key, usize>>,
    /// Whether there may be more, or other values under known keys.
    pub(crate) partial: Cell<bool>,
    /// Whether it is a `Map` of its own kind, whose entries are no members.
    pub(crate) keyed: Cell<bool>,
    /// Whether it holds what the environment does.
    pub(crate) environment: Cell<bool>,
    /// Makes what is absent: Python's `defaultdict`.
    pub(crate) factory: RefCell<Option<Value>>,
}

impl Map {
    /// The value under `key`.
    pub(crate) fn get(&self, key: &Key) -> Option<Value> {
        let at = *self.index.borrow().get(key)?;
        self.entries.borrow().get(at).map(|(_, _, value)| value.clone())
    }

    /// The value under a name.
    pub(crate) fn named(&self, name: &str) -> Option<Value> {
        let entries = self.entries.borrow();
        // A key to look up by has to be made; few entries are looked through sooner.
        if entries.len() <= FEW_ENTRIES {
            let same = |key: &Key| matches!(key, Key::Str(known) if &**known == name);
            return entries.iter().find(|(key, _, _)| same(key)).map(|(_, _, value)| value.clone());
        }
        drop(entries);
        self.get(&Key::Str(name.into()))
    }

    /// Puts a value under a key.
    pub(crate) fn set(&self, key: Key, shown: Value, value: Value) {
        let mut entries = self.entries.borrow_mut();
        match self.index.borrow().get(&key) {
            Some(&at) => entries[at].2 = value,
            None => entries.push((key.clone(), shown, value)),
        }
        let last = entries.len().saturating_sub(1);
        self.index.borrow_mut().entry(key).or_insert(last);
    }

    /// Puts a value under a name.
    pub(crate) fn put(&self, name: &str, value: Value) {
        let name: Name = name.into();
        self.set(Key::Str(name.clone()), Value::Str(name), value);
    }

    /// Takes the value under a key out.
    pub(crate) fn remove(&self, key: &Key) -> Option<Value> {
        let at = self.index.borrow_mut().remove(key)?;
        let (_, _, value) = self.entries.borrow_mut().remove(at);
        for other in self.index.borrow_mut().values_mut() {
            if *other > at {
                *other -= 1;
            }
        }
        Some(value)
    }

    /// Keys and values in order.
    pub(crate) fn pairs(&self) -> Vec<(Value, Value)> {
        self.entries.borrow().iter().map(|(_, key, value)| (key.clone(), value.clone())).collect()
    }

    /// How many entries are known.
    pub(crate) fn len(&self) -> usize {
        self.entries.borrow().len()
    }
}

impl List {
    /// Notes where what is not known came in, where something did.
    pub(crate) fn note_opened(&self, spot: Spot) {
        if self.partial.get() && self.opened.get().is_none() {
            self.opened.set(Some(spot));
        }
    }
}
