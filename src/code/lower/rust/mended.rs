//! What Rust allows and the grammar does not know, told by signs of the same length: every node stands at the byte where it
//! stands in the file, and texts and lines are read off the file itself.
//!
//! - Arguments of a type behind two colons: `type Pool = Manager::<Connection>;`.
//! - The type of nothing before a bound: `where (): Serialize`.

use std::sync::LazyLock;

use regex::Regex;
use tree_sitter::{Node, Tree};

use super::super::reader::parse;

/// A type with two colons before its arguments, where no expression may stand.
static TURBOFISH: LazyLock<Regex> = LazyLock::new(|| {
    let before = r"(?:\btype\s+\w+\s*(?:<[^<>=;]*>\s*)?=|->|[^:]:)\s*&?\s*(?:'\w+\s+)?(?:mut\s+)?";
    Regex::new(&format!(r"{before}(?:\w+::)*\w+(::)<")).expect("a valid pattern: a test uses it")
});

/// The type of nothing that a bound is about.
static NOTHING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:\bwhere|,)\s*(\(\))\s*:[^:]").expect("a valid pattern: a test uses it"));

/// Parses: the source as it is, or a mended one where that is taken better.
pub(super) fn parsed(source: &str) -> Option<Tree> {
    let grammar = tree_sitter_rust::LANGUAGE.into();
    let tree = parse(&grammar, source)?;
    if !tree.root_node().has_error() {
        return Some(tree);
    }
    let mended = mended(source).and_then(|mended| parse(&grammar, &mended));
    match mended {
        Some(other) if mistakes(other.root_node()) < mistakes(tree.root_node()) => Some(other),
        _ => Some(tree),
    }
}

/// The source with other signs; none where there is nothing to mend.
fn mended(source: &str) -> Option<String> {
    let mut bytes = source.as_bytes().to_vec();
    let mut put = |pattern: &Regex, sign: &[u8; 2], fits: &dyn Fn(usize) -> bool| {
        for found in pattern.captures_iter(source).filter_map(|found| found.get(1)) {
            if let (true, Some(place)) = (fits(found.end()), bytes.get_mut(found.range())) {
                place.copy_from_slice(sign);
            }
        }
    };
    put(&TURBOFISH, b"  ", &|at| ends_a_type(source.as_bytes().get(at..).unwrap_or_default()));
    put(&NOTHING, b"__", &|_| true);
    let mended = String::from_utf8(bytes).ok()?;
    (mended != source).then_some(mended)
}

/// Whether behind the arguments that begin here stands what stands behind a type and no call or path.
fn ends_a_type(rest: &[u8]) -> bool {
    let mut depth = 0_usize;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'<' => depth += 1,
            // The arrow of a function's type.
            b'>' if at > 0 && rest[at - 1] == b'-' => {}
            b'>' => depth = depth.saturating_sub(1),
            b';' | b'{' | b'}' => return false,
            _ => {}
        }
        if depth == 0 {
            let next = rest[at + 1..].iter().find(|byte| !byte.is_ascii_whitespace());
            return !matches!(next, Some(b':' | b'(' | b'.'));
        }
    }
    false
}

/// How many places of a tree the grammar makes no sense of.
fn mistakes(root: Node<'_>) -> usize {
    let mut count = 0;
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        count += usize::from(node.is_error() || node.is_missing());
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return count;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_grammar_does_not_know_parses() {
        for source in [
            "type Pool = r2d2::Manager::<PgConnection>;\n",
            "type Pool<T> = Manager::<T>;\nfn pool() -> Result::<Pool<u8>, Box<dyn Fn() -> u8>> { make::<u8>() }\n",
            "struct State { pool: Pool::<Manager<Pg>>, at: u8 }\n",
            "impl Answer<()> where (): Serialize { fn ok() -> Self { Self } }\n",
            "fn f<T>() where T: Clone, (): From<T> {}\n",
        ] {
            let tree = parsed(source).expect("a tree");
            assert_eq!(0, mistakes(tree.root_node()), "{source}");
        }
    }

    #[test]
    fn expressions_are_left_as_they_are() {
        assert_eq!(None, mended("let a = S { b: Vec::<u8>::new(), c: parse::<u8>(x), d: sizes::<u8>.len() };"));
    }
}
