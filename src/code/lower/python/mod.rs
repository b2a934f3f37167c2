//! The front end for Python 3.
//!
//! `self` stays the first parameter that it is. What is annotated in a class is a field too, so that models of settings see
//! its type and value.

mod definitions;
mod expressions;
mod imports;
mod literals;
mod statements;
#[cfg(test)]
mod tests;

use super::reader::{Reader, parse};
use crate::code::form::{Expr, ExprKind, Language, Module, Name, Pos};
use tree_sitter::Node;

/// Lowers one file. Whatever cannot be parsed is noted in the module's errors and the rest goes on around it.
pub fn lower(source: &str) -> Module {
    let mut module = Module { language: Language::Python, package: None, body: Vec::new(), errors: Vec::new() };
    let Some(tree) = parse(&tree_sitter_python::LANGUAGE.into(), source) else {
        module.errors.push(Pos { line: 1, column: 1 });
        return module;
    };
    let mut lowering = Lowering { reader: Reader::new(source), yields: false };
    lowering.reader.note_errors(tree.root_node());
    module.body = lowering.block(tree.root_node());
    module.errors = lowering.reader.into_errors();
    module
}

/// A file being lowered; the rooms of this front end each add the constructs of their name.
struct Lowering<'s> {
    reader: Reader<'s>,
    /// Whether the function that is being lowered yields.
    yields: bool,
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
