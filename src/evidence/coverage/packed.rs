//! Branches, functions and statements of a file in few bytes: a report of hundreds of megabytes names millions of them, and
//! all must be kept until the last report is read, for another may speak of the same file.

use std::collections::BTreeMap;

use super::Record;

/// What a record's maps hold, as numbers of seven bits a byte, the lines as differences.
#[derive(Debug, Default, Clone)]
pub(super) struct Packed {
    branches: Box<[u8]>,
    functions: Box<[u8]>,
    statements: Box<[u8]>,
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or(0));
}

/// The numbers of packed bytes.
struct Numbers<'a>(std::slice::Iter<'a, u8>);

impl Iterator for Numbers<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = *self.0.next()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
            shift += 7;
        }
    }
}

impl Record {
    /// Packs the maps.
    pub(super) fn pack(&mut self) {
        let (branches, functions, statements) = (
            std::mem::take(&mut self.branches),
            std::mem::take(&mut self.functions),
            std::mem::take(&mut self.statements),
        );
        let (mut bytes, mut before) = (Vec::new(), 0);
        for ((line, id), (covered, total)) in branches {
            put(&mut bytes, u64::from(line - before));
            before = line;
            put(&mut bytes, id);
            // One branch, hit or not, is the common case.
            match (covered, total) {
                (0 | 1, 1) => put(&mut bytes, u64::from(covered)),
                _ => {
                    put(&mut bytes, u64::from(covered) + 2);
                    put(&mut bytes, u64::from(total));
                }
            }
        }
        self.packed.branches = bytes.into_boxed_slice();
        let (mut bytes, mut before) = (Vec::new(), 0);
        for ((line, id), hit) in functions {
            put(&mut bytes, u64::from(line - before) << 1 | u64::from(hit));
            before = line;
            put(&mut bytes, id);
        }
        self.packed.functions = bytes.into_boxed_slice();
        let mut bytes = Vec::new();
        for (id, (hit, weight)) in statements {
            put(&mut bytes, id);
            put(&mut bytes, u64::from(hit));
            put(&mut bytes, weight);
        }
        self.packed.statements = bytes.into_boxed_slice();
    }

    /// Unpacks them again.
    pub(super) fn unpack(&mut self) {
        let packed = std::mem::take(&mut self.packed);
        self.branches.extend(branches(&packed.branches));
        self.functions.extend(functions(&packed.functions));
        let mut numbers = Numbers(packed.statements.iter());
        while let (Some(id), Some(hit), Some(weight)) = (numbers.next(), numbers.next(), numbers.next()) {
            self.statements.insert(id, (hit == 1, weight));
        }
    }
}

fn branches(bytes: &[u8]) -> BTreeMap<(u32, u64), (u32, u32)> {
    let mut all = BTreeMap::new();
    let (mut numbers, mut line) = (Numbers(bytes.iter()), 0_u32);
    while let (Some(step), Some(id), Some(covered)) = (numbers.next(), numbers.next(), numbers.next()) {
        line = line.saturating_add(u32::try_from(step).unwrap_or(u32::MAX));
        let (covered, total) = match covered {
            0 | 1 => (covered, 1),
            more => (more - 2, numbers.next().unwrap_or(0)),
        };
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        all.insert((line, id), (small(covered), small(total)));
    }
    all
}

fn functions(bytes: &[u8]) -> BTreeMap<(u32, u64), bool> {
    let mut all = BTreeMap::new();
    let (mut numbers, mut line) = (Numbers(bytes.iter()), 0_u32);
    while let (Some(step), Some(id)) = (numbers.next(), numbers.next()) {
        line = line.saturating_add(u32::try_from(step >> 1).unwrap_or(u32::MAX));
        all.insert((line, id), step & 1 == 1);
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(
            branches in prop::collection::btree_map(any::<(u32, u64)>(), any::<(u32, u32)>(), 0..30),
            functions in prop::collection::btree_map(any::<(u32, u64)>(), any::<bool>(), 0..30),
            statements in prop::collection::btree_map(any::<u64>(), any::<(bool, u64)>(), 0..30),
        ) {
            let mut record = Record { branches, functions, statements, ..Record::default() };
            let whole = record.clone();
            record.pack();
            prop_assert!(record.branches.is_empty() && record.functions.is_empty() && record.statements.is_empty());
            record.unpack();
            prop_assert_eq!(&whole.branches, &record.branches);
            prop_assert_eq!((&whole.functions, &whole.statements), (&record.functions, &record.statements));
        }
    }
}
