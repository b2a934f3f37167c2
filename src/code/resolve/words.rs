//! Which files of a language of classes in packages may hold a word: what a class is called is looked for in all of them, for many
//! classes, and each file is read for that once.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::text_at;
use crate::code::form::Name;
use crate::repo::Repo;

/// So many bits a file has for its runs of letters: a kilobyte, of which most files fill less than a tenth.
const BITS: usize = 8 * 1024;

/// A bit for each run of letters that a file has; a run that it has not may have the same one.
type Bits = Box<[u64]>;

/// The runs of letters of files.
#[derive(Debug)]
pub(super) struct Words {
    of: BTreeMap<Name, Bits>,
}

impl Words {
    /// Reads the files.
    pub(super) fn read(repo: &Repo, files: &BTreeSet<&Name>) -> Self {
        let of = files.par_iter().map(|path| {
            let text = text_at(repo, path).unwrap_or_default();
            ((*path).clone(), runs(&text))
        });
        Self { of: of.collect::<Vec<_>>().into_iter().collect() }
    }

    /// Whether a file may hold a word that is no part of a longer one; true where the file is none of these.
    pub(super) fn may_have(&self, path: &str, word: &str) -> bool {
        let Some(own) = self.of.get(path) else { return true };
        letters(word.as_bytes()).all(|run| {
            let (at, bit) = place(run);
            own.get(at).is_some_and(|bits| bits & bit != 0)
        })
    }
}

/// The bits of a text's runs of letters.
fn runs(text: &str) -> Bits {
    let mut all = vec![0; BITS / 64];
    for (at, bit) in letters(text.as_bytes()).map(place) {
        if let Some(bits) = all.get_mut(at) {
            *bits |= bit;
        }
    }
    all.into()
}

/// The longest runs of letters.
fn letters(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| !byte.is_ascii_alphabetic()).filter(|run| !run.is_empty())
}

/// Where the bit of a run is (FNV-1a, the same on every machine).
fn place(run: &[u8]) -> (usize, u64) {
    let mixed = run.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    let at = mixed as usize % BITS;
    (at / 64, 1 << (at % 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::select::has_word;

    #[test]
    fn a_file_that_has_a_word_may_have_it() {
        let texts = ["class Foo2Bar {}", "Foo2Barn foo(Bar_x)", "x2Foo\u{e9}Bar", "", "Foo_Bar 22"];
        let files: Vec<(String, &str)> = (0..).zip(texts).map(|(at, text)| (format!("F{at}.java"), text)).collect();
        let given: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let repo = Repo::in_memory(&given);
        let names: Vec<Name> = files.iter().map(|(path, _)| path.as_str().into()).collect();
        let words = Words::read(&repo, &names.iter().collect());
        for word in ["Foo", "Bar", "Foo2Bar", "Bar_x", "22", "foo", "Barn", "Fo", ""] {
            for (path, text) in &files {
                assert!(words.may_have(path, word) || !has_word(text, word), "{word} in {text}");
            }
        }
        assert!(
            !words.may_have("F0.java", "Fo") && !words.may_have("F3.java", "Foo") && words.may_have("G.java", "Foo")
        );
    }
}
