//! Lists and maps, which may be known in part only.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::age::Age;
use super::super::value::{ClassValue, Spot, Value};
use crate::code::form::Name;

/// The most entries of a map that are looked through one by one.
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
    /// When it was made.
    pub(crate) age: Age,
    /// The type of its own that it is of.
    pub(crate) class: RefCell<Option<Rc<ClassValue>>>,
    /// What stands before the names of the routes in it: any of these.
    pub(crate) names: RefCell<Vec<Value>>,
    /// Members that it was given besides its elements.
    pub(crate) members: RefCell<Option<Rc<Map>>>,
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
    /// Where each entry stands, where they are more than few.
    index: RefCell<BTreeMap<Key, usize>>,
    /// Whether there may be more, or other values under known keys.
    pub(crate) partial: Cell<bool>,
    /// Whether it is a `Map` of its own kind, whose entries are no members.
    pub(crate) keyed: Cell<bool>,
    /// Whether it holds what the environment does.
    pub(crate) environment: Cell<bool>,
    /// What changed the names that it has from there, in order; something unknown where that is not known.
    pub(crate) renamed: RefCell<Vec<Value>>,
    /// Makes what is absent: Python's `defaultdict`.
    pub(crate) factory: RefCell<Option<Value>>,
    /// When it was made.
    age: Age,
}

impl Map {
    /// Where an entry stands. Few are looked through one by one; the index is kept for more.
    fn position(&self, is_it: impl Fn(&Key) -> bool, key: impl FnOnce() -> Key) -> Option<usize> {
        let entries = self.entries.borrow();
        if entries.len() <= FEW_ENTRIES {
            return entries.iter().position(|(known, _, _)| is_it(known));
        }
        self.index.borrow().get(&key()).copied()
    }

    /// The value under `key`.
    pub(crate) fn get(&self, key: &Key) -> Option<Value> {
        let at = self.position(|known| known == key, || key.clone())?;
        self.entries.borrow().get(at).map(|(_, _, value)| value.clone())
    }

    /// The value under a name.
    pub(crate) fn named(&self, name: &str) -> Option<Value> {
        let same = |key: &Key| matches!(key, Key::Str(known) if &**known == name);
        let at = self.position(same, || Key::Str(name.into()))?;
        self.entries.borrow().get(at).map(|(_, _, value)| value.clone())
    }

    /// Puts a value under a key.
    pub(crate) fn set(&self, key: Key, shown: Value, value: Value) {
        self.age.written();
        let at = self.position(|known| *known == key, || key.clone());
        let mut entries = self.entries.borrow_mut();
        match at.and_then(|at| entries.get_mut(at)) {
            Some(entry) => entry.2 = value,
            None => {
                let mut index = self.index.borrow_mut();
                match entries.len() {
                    few if few < FEW_ENTRIES => {}
                    FEW_ENTRIES => {
                        index.extend(entries.iter().enumerate().map(|(at, (key, _, _))| (key.clone(), at)));
                        index.insert(key.clone(), FEW_ENTRIES);
                    }
                    many => {
                        index.insert(key.clone(), many);
                    }
                }
                entries.push((key, shown, value));
            }
        }
    }

    /// Puts a value under a name.
    pub(crate) fn put(&self, name: &str, value: Value) {
        let name: Name = name.into();
        self.set(Key::Str(name.clone()), Value::Str(name), value);
    }

    /// Takes the value under a key out.
    pub(crate) fn remove(&self, key: &Key) -> Option<Value> {
        let at = self.position(|known| known == key, || key.clone())?;
        self.age.written();
        let mut entries = self.entries.borrow_mut();
        let (_, _, value) = entries.remove(at);
        let mut index = self.index.borrow_mut();
        index.clear();
        if entries.len() > FEW_ENTRIES {
            index.extend(entries.iter().enumerate().map(|(at, (key, _, _))| (key.clone(), at)));
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
    /// A member that it was given.
    pub(crate) fn named(&self, name: &str) -> Option<Value> {
        self.members.borrow().as_ref()?.named(name)
    }

    /// Notes where what is not known came in, where something did.
    pub(crate) fn note_opened(&self, spot: Spot) {
        if self.partial.get() && self.opened.get().is_none() {
            self.opened.set(Some(spot));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_their_order_and_their_keys_however_many_there_are() {
        let map = Map::default();
        let count = 3 * FEW_ENTRIES;
        let all = i64::try_from(count).expect("a small number");
        for number in (0..all).chain(0..all) {
            map.set(Key::Int(number), Value::Int(number), Value::Int(number * 10));
        }
        assert_eq!(map.len(), count);
        for gone in (0..all).filter(|number| number % 3 != 0) {
            assert!(matches!(map.remove(&Key::Int(gone)), Some(Value::Int(value)) if value == gone * 10));
            assert!(map.get(&Key::Int(gone)).is_none());
            assert!(matches!(map.get(&Key::Int(all - 3)), Some(Value::Int(value)) if value == (all - 3) * 10));
        }
        map.put("name", Value::Int(1));
        assert!(matches!(map.named("name"), Some(Value::Int(1))));
        let keys: Vec<i64> = map
            .pairs()
            .iter()
            .filter_map(|(key, _)| if let Value::Int(key) = key { Some(*key) } else { None })
            .collect();
        assert_eq!(keys, (0..all).filter(|number| number % 3 == 0).collect::<Vec<_>>());
    }
}
