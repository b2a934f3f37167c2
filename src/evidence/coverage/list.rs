//! Items that a report lists one by one, mostly in order and now and then twice.

/// Distinct items that are kept of one file: more than any source has.
const MAX_ITEMS: usize = 4_000_000;
/// Fewer than these are not looked through for items that stand twice.
const FEW: usize = 1 << 12;

/// Items by key. What stands twice is joined.
#[derive(Debug, Clone)]
pub(super) struct List<K, V> {
    items: Vec<(K, V)>,
    join: fn(V, V) -> V,
    /// At how many it is looked through next.
    next: usize,
    /// Some were left out.
    pub(super) over: bool,
}

impl<K: Ord + Copy, V: Copy> List<K, V> {
    pub(super) fn new(join: fn(V, V) -> V) -> Self {
        Self { items: Vec::new(), join, next: FEW, over: false }
    }

    /// Lists an item.
    pub(super) fn push(&mut self, key: K, value: V) {
        self.items.push((key, value));
        if self.items.len() >= self.next {
            self.settle();
            self.next = (2 * self.items.len()).max(FEW);
            if self.items.len() > MAX_ITEMS {
                self.over = true;
                self.items.clear();
            }
        }
    }

    /// Sorts, and joins what stands twice.
    fn settle(&mut self) {
        if !self.items.is_sorted_by_key(|(key, _)| *key) {
            self.items.sort_by_key(|(key, _)| *key);
        }
        let join = self.join;
        self.items.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 = join(earlier.1, later.1);
            }
            same
        });
    }

    /// Takes all items out, in order and each key once.
    pub(super) fn take(&mut self) -> Vec<(K, V)> {
        self.settle();
        self.next = FEW;
        std::mem::take(&mut self.items)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_holds_what_a_map_would(items in prop::collection::vec((0_u32..50, any::<u32>()), 0..200)) {
            let mut list = List::new(|one: u32, other| one.max(other));
            let mut map = BTreeMap::new();
            for (key, value) in items {
                list.push(key, value);
                let slot = map.entry(key).or_insert(value);
                *slot = value.max(*slot);
            }
            prop_assert_eq!(map.into_iter().collect::<Vec<_>>(), list.take());
        }
    }

    #[test]
    fn one_item_said_without_end_takes_no_room() {
        let mut list = List::new(|one: bool, other| one || other);
        for number in 0..1_000_000 {
            list.push(7, number == 5);
            assert!(list.items.len() <= FEW);
        }
        assert_eq!(vec![(7, true)], list.take());
    }
}
