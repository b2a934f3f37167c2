//! Branches, functions and statements of a file in few bytes: a report of hundreds of megabytes names millions of them, and
//! all must be kept until the last report is read, for another may speak of the same file.

use super::Record;

/// What a record's lists hold, as numbers of seven bits a byte, the lines as differences.
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

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Packed {
    /// By line and name: covered and all.
    pub(super) fn branches(&self) -> impl Iterator<Item = ((u32, u64), (u32, u32))> {
        let (mut numbers, mut line) = (Numbers(self.branches.iter()), 0_u32);
        std::iter::from_fn(move || {
            line = line.saturating_add(small(numbers.next()?));
            let (id, covered) = (numbers.next()?, numbers.next()?);
            let (covered, total) = match covered {
                0 | 1 => (covered, 1),
                more => (more - 2, numbers.next()?),
            };
            Some(((line, id), (small(covered), small(total))))
        })
    }

    /// By line and name: hit or not.
    pub(super) fn functions(&self) -> impl Iterator<Item = ((u32, u64), bool)> {
        let (mut numbers, mut line) = (Numbers(self.functions.iter()), 0_u32);
        std::iter::from_fn(move || {
            let (step, id) = (numbers.next()?, numbers.next()?);
            line = line.saturating_add(small(step >> 1));
            Some(((line, id), step & 1 == 1))
        })
    }

    /// By place: hit or not, and the weight.
    pub(super) fn statements(&self) -> impl Iterator<Item = (u64, (bool, u64))> {
        let mut numbers = Numbers(self.statements.iter());
        std::iter::from_fn(move || Some((numbers.next()?, (numbers.next()? == 1, numbers.next()?))))
    }
}

impl Record {
    /// Packs what is listed, together with what was packed before.
    pub(super) fn pack(&mut self) {
        let packed = std::mem::take(&mut self.packed);
        packed.branches().for_each(|(key, value)| self.branches.push(key, value));
        packed.functions().for_each(|(key, value)| self.functions.push(key, value));
        packed.statements().for_each(|(key, value)| self.statements.push(key, value));
        let (mut bytes, mut before) = (Vec::new(), 0);
        for ((line, id), (covered, total)) in self.branches.take() {
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
        for ((line, id), hit) in self.functions.take() {
            put(&mut bytes, u64::from(line - before) << 1 | u64::from(hit));
            before = line;
            put(&mut bytes, id);
        }
        self.packed.functions = bytes.into_boxed_slice();
        let mut bytes = Vec::new();
        for (id, (hit, weight)) in self.statements.take() {
            put(&mut bytes, id);
            put(&mut bytes, u64::from(hit));
            put(&mut bytes, weight);
        }
        self.packed.statements = bytes.into_boxed_slice();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_is_told_again(
            branches in prop::collection::btree_map(any::<(u32, u64)>(), any::<(u32, u32)>(), 0..30),
            functions in prop::collection::btree_map(any::<(u32, u64)>(), any::<bool>(), 0..30),
            statements in prop::collection::btree_map(any::<u64>(), any::<(bool, u64)>(), 0..30),
        ) {
            let mut record = Record::default();
            branches.iter().for_each(|(key, value)| record.branches.push(*key, *value));
            functions.iter().for_each(|(key, value)| record.functions.push(*key, *value));
            statements.iter().for_each(|(key, value)| record.statements.push(*key, *value));
            record.pack();
            record.pack();
            let packed = &record.packed;
            prop_assert_eq!(branches, packed.branches().collect::<BTreeMap<_, _>>());
            prop_assert_eq!(functions, packed.functions().collect::<BTreeMap<_, _>>());
            prop_assert_eq!(statements, packed.statements().collect::<BTreeMap<_, _>>());
        }
    }
}
