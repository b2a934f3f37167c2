//! Annotations before declarations, which the grammar may take for those of an expression that goes on with the declaration's
//! keyword as if it were a name. They are read by themselves, and the declarations without them.

use super::super::reader::{children, parse};
use super::scan::{Kind, Token, closing};
use super::{FrontEnd, Lowering};
use crate::code::form::Decorator;
use tree_sitter::Node;

/// What may stand between annotations and the keyword of a declaration.
pub(super) const MODIFIERS: &[&str] = &[
    "public",
    "private",
    "internal",
    "protected",
    "open",
    "abstract",
    "final",
    "sealed",
    "data",
    "enum",
    "annotation",
    "inner",
    "value",
    "inline",
    "suspend",
    "override",
    "lateinit",
    "const",
    "tailrec",
    "operator",
    "infix",
    "external",
    "expect",
    "actual",
    "companion",
];
/// What declarations start with.
const DECLARES: &[&str] = &["class", "interface", "object", "fun", "val", "var", "typealias"];
/// A declaration that no expression looks like.
const DECLARATION: &str = "\nclass A<in T>\n";

/// Annotations that stand before a declaration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lifted {
    /// Where they start.
    pub(super) at: usize,
    /// Where they end.
    pub(super) end: usize,
    /// The line that they start on.
    line: u32,
    /// How many signs stand before them on it.
    column: usize,
    /// Where the declaration starts.
    pub(super) before: usize,
}

/// All annotations before declarations, but those of parameters.
pub(super) fn lifted(source: &[u8], tokens: &[Token]) -> Vec<Lifted> {
    let mut out = Vec::new();
    let mut around = Vec::new();
    let (mut line, mut start, mut counted) = (1_u32, 0, 0);
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        index += 1;
        match token.kind {
            Kind::Sign(open @ (b'(' | b'[' | b'{')) => around.push(open),
            Kind::Sign(b')' | b']' | b'}') => {
                around.pop();
            }
            Kind::Sign(b'@') if !matches!(around.last(), Some(b'(' | b'[')) => {
                let Some(next) = group(source, tokens, index - 1) else { continue };
                let (at, end) = (token.at, tokens[next - 1].end);
                index = next;
                let Some(first) = tokens.get(next).filter(|_| declares(source, &tokens[next..])) else { continue };
                for (offset, byte) in source[counted..at].iter().enumerate() {
                    if *byte == b'\n' {
                        line = line.saturating_add(1);
                        start = counted + offset + 1;
                    }
                }
                counted = at;
                let column = source[start..at].iter().filter(|byte| **byte & 0xC0 != 0x80).count();
                out.push(Lifted { at, end, line, column, before: first.at });
            }
            _ => {}
        }
    }
    out
}

/// Behind the annotations that start at a token; nothing where there is none.
fn group(source: &[u8], tokens: &[Token], at: usize) -> Option<usize> {
    let mut index = at;
    let mut behind = None;
    while let Some(next) = annotation(source, tokens, index) {
        behind = Some(next);
        index = next;
    }
    behind
}

/// Behind one annotation: a place where it is used, a name, arguments.
fn annotation(source: &[u8], tokens: &[Token], at: usize) -> Option<usize> {
    let sign = tokens.get(at).filter(|token| token.is_sign(b'@'))?;
    // `this@name`, `return@name`.
    if at > 0 && tokens[at - 1].end == sign.at {
        return None;
    }
    let adjacent = |index: usize, kind: Kind| {
        tokens.get(index).is_some_and(|token| token.kind == kind && token.at == tokens[index - 1].end)
    };
    let mut index = at + 1;
    if !adjacent(index, Kind::Word) || tokens[index].is_word(source, &["file"]) {
        return None;
    }
    index += 1;
    // A label: `name@ for`.
    while adjacent(index, Kind::Sign(b'.')) || adjacent(index, Kind::Sign(b':')) {
        if !adjacent(index + 1, Kind::Word) {
            return None;
        }
        index += 2;
    }
    if adjacent(index, Kind::Sign(b'(')) {
        return closing(tokens, index).map(|close| close + 1);
    }
    Some(index)
}

/// Whether a declaration starts here.
pub(super) fn declares(source: &[u8], tokens: &[Token]) -> bool {
    let first = tokens.iter().position(|token| !token.is_word(source, MODIFIERS));
    let Some(at) = first.filter(|at| tokens[*at].is_word(source, DECLARES)) else { return false };
    // A function without a name is a value.
    !tokens[at].is_word(source, &["fun"])
        || tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Word || next.is_sign(b'<'))
}

impl Lowering<'_> {
    /// The annotations that were lifted from before a declaration.
    pub(super) fn lifted_from(&mut self, node: Node<'_>) -> Vec<Decorator> {
        let Some(lifted) = self.lifted.remove(&node.start_byte()) else { return Vec::new() };
        let written = self.reader.between(lifted.at, lifted.end);
        let source = format!("\n{}{written}{DECLARATION}", " ".repeat(lifted.column));
        let tree = parse(&tree_sitter_kotlin_ng::LANGUAGE.into(), &source);
        let mut inner = Lowering { reader: self.reader.piece(&source, lifted.line), lifted: Default::default() };
        let root = tree.as_ref().map(|tree| tree.root_node()).filter(|root| !root.has_error());
        let declared = root.map(children).unwrap_or_default().into_iter().find(|it| it.kind() == "class_declaration");
        match declared {
            Some(declared) => inner.annotations(declared),
            None => {
                let pos = self.pos(node);
                self.reader.note(pos);
                Vec::new()
            }
        }
    }
}
