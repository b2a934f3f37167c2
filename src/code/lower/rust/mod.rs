//! The front end for Rust.
//!
//! Macro calls keep their tokens, and their arguments where these parse as expressions; references, `?`, dereferences
//! and patterns like `Some(x)` are looked through, since the evaluator's values have none of them.

mod blocks;
mod expand;
mod expressions;
mod gates;
mod items;
mod literals;
mod macros;
mod paste;
mod patterns;
#[cfg(test)]
mod tests;
mod tokens;
mod types;
mod uses;

pub use expand::expand;

use super::reader::{Reader, parse};
use crate::code::form::{Expr, ExprKind, Language, Module, Name, Pos};
use tree_sitter::Node;

/// Lowers one file. Whatever cannot be parsed is noted in the module's errors and the rest goes on around it.
pub fn lower(source: &str) -> Module {
    let mut module = Module { language: Language::Rust, package: None, body: Vec::new(), errors: Vec::new() };
    let Some(tree) = parse(&tree_sitter_rust::LANGUAGE.into(), source) else {
        module.errors.push(Pos { line: 1, column: 1 });
        return module;
    };
    let mut lowering = Lowering { reader: Reader::new(source), macros: 0 };
    lowering.reader.note_errors(tree.root_node());
    module.body = lowering.items(tree.root_node());
    module.errors = lowering.reader.into_errors();
    module
}

/// A file being lowered; the rooms of this front end each add the constructs of their name.
struct Lowering<'s> {
    reader: Reader<'s>,
    /// How many macro calls stand around this piece: each is parsed by itself.
    macros: usize,
}

impl<'s> Lowering<'s> {
    fn text(&self, node: Node<'_>) -> &'s str {
        self.reader.text(node)
    }

    fn name(&self, node: Node<'_>) -> Name {
        self.reader.name(node)
    }

    fn pos(&self, node: Node<'_>) -> Pos {
        self.reader.pos(node)
    }

    /// An expression that starts where the node does.
    fn at(&self, node: Node<'_>, kind: ExprKind) -> Expr {
        Expr { kind, pos: self.pos(node) }
    }

    fn unknown(&self, node: Node<'_>) -> Expr {
        self.at(node, ExprKind::Unknown(Vec::new()))
    }
}
