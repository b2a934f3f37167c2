//! The front end for JavaScript and TypeScript, with and without JSX.
//!
//! CommonJS stays what it is written as: calls of `require` and assignments to `module.exports`. Types are kept where
//! they can tell what an unknown value is, and dropped otherwise.

mod classes;
mod declarations;
pub(super) mod embedded;
mod expressions;
mod functions;
mod imports;
mod literals;
mod objects;
mod patterns;
mod statements;
#[cfg(test)]
mod tests;
mod types;

use super::front::{self, FrontEnd};
use super::reader::{Reader, parse};
use crate::code::form::{Expr, Language, Module};
use tree_sitter::Node;

/// The spellings of the language that the grammar tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// JavaScript, JSX included.
    JavaScript,
    /// TypeScript, where `<T>x` is a type assertion.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
}

impl Dialect {
    /// The dialect that a file's extension stands for.
    pub fn of(path: &str) -> Dialect {
        match path.rsplit_once('.').map(|(_, extension)| extension) {
            Some("ts" | "mts" | "cts") => Dialect::TypeScript,
            Some("tsx") => Dialect::Tsx,
            _ => Dialect::JavaScript,
        }
    }
}

/// Lowers one file. Whatever cannot be parsed is noted in the module's errors and the rest goes on around it.
pub fn lower(source: &str, dialect: Dialect) -> Module {
    let grammar = match dialect {
        Dialect::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
        Dialect::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Dialect::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
    };
    let tree = parse_with_text(&grammar, source, dialect);
    let lowering = Lowering { reader: Reader::new(source) };
    front::module(Language::JavaScript, tree, lowering, |lowering, root, module| module.body = lowering.block(root))
}

/// Parses. The grammar takes no `&` that stands alone in JSX's text, no types with brackets before a template and no parameters
/// that begin on the line after a method's name, as people write them: where there is an error, characters of the same length
/// stand in for those. Texts are read from the source.
fn parse_with_text(grammar: &tree_sitter::Language, source: &str, dialect: Dialect) -> Option<tree_sitter::Tree> {
    let tree = parse(grammar, source)?;
    if !tree.root_node().has_error() {
        return Some(tree);
    }
    let mut bytes = source.as_bytes().to_vec();
    for at in 1..bytes.len().saturating_sub(1) {
        if bytes[at] == b'&' && bytes[at - 1] != b'&' && bytes[at + 1].is_ascii_whitespace() {
            if dialect != Dialect::TypeScript {
                bytes[at] = b'|';
            }
        } else if bytes[at] == b'>'
            && bytes[at + 1] == b'`'
            && let Some(from) = types_before(&bytes, at)
        {
            for byte in bytes[from..=at].iter_mut().filter(|byte| **byte != b'\n') {
                *byte = b' ';
            }
        } else if bytes[at] == b'('
            && let Some(end) = line_end_of_name(&bytes, at)
        {
            bytes.swap(end, at);
        }
    }
    if bytes == source.as_bytes() {
        return Some(tree);
    }
    let other = String::from_utf8(bytes).ok().and_then(|text| parse(grammar, &text));
    Some(other.filter(|other| !other.root_node().has_error()).unwrap_or(tree))
}

/// Where the line ends that ends with the name before a parenthesis on a later one. The end of a comment is no name.
fn line_end_of_name(bytes: &[u8], open: usize) -> Option<usize> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    let before = bytes.get(..open)?;
    let name_end = before.trim_ascii_end().len();
    let line_end = name_end + before.get(name_end..)?.iter().position(|byte| *byte == b'\n')?;
    let name_start = before.get(..name_end)?.iter().rposition(|byte| !is_part(byte)).map_or(0, |at| at + 1);
    let name = before.get(name_start..name_end)?;
    let line_start = before.get(..name_end)?.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if before.get(line_start..name_start)?.windows(2).any(|two| two == b"//") {
        return None;
    }
    (!name.is_empty() && !KEYWORDS.iter().any(|word| word.as_bytes() == name)).then_some(line_end)
}

/// Words that are no names, of those that a parenthesis may follow.
const KEYWORDS: &[&str] = &[
    "await",
    "case",
    "delete",
    "do",
    "else",
    "in",
    "instanceof",
    "new",
    "of",
    "return",
    "throw",
    "typeof",
    "void",
    "yield",
];

/// Where the types begin that end at a place, behind a name: `query<any[]>`.
fn types_before(bytes: &[u8], end: usize) -> Option<usize> {
    let mut open = 0_usize;
    for at in (1..=end).rev() {
        match bytes[at] {
            b'>' => open += 1,
            b'<' if open == 1 => {
                return (bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'_' | b'$')).then_some(at);
            }
            b'<' => open -= 1,
            byte if byte.is_ascii_alphanumeric() || b" _$.,|&[]{}:;?'\"\t\r\n".contains(&byte) => {}
            _ => return None,
        }
    }
    None
}

/// A file being lowered; the rooms of this front end each add the constructs of their name.
struct Lowering<'s> {
    reader: Reader<'s>,
}

impl<'s> FrontEnd<'s> for Lowering<'s> {
    fn reader(&self) -> &Reader<'s> {
        &self.reader
    }

    fn reader_mut(&mut self) -> &mut Reader<'s> {
        &mut self.reader
    }

    fn expr_of_kind(&mut self, node: Node<'_>) -> Expr {
        self.expression(node)
    }
}
