//! The front end for Java.
//!
//! Annotations are decorators, an annotation's declaration is an interface whose members return their defaults. Several
//! methods of one name stay apart: which one a call means is the evaluator's to tell. Method references are members.

mod classes;
mod expressions;
mod imports;
mod literals;
mod members;
mod statements;
#[cfg(test)]
mod tests;
mod types;

use super::reader::{Reader, parse};
use crate::code::form::{Expr, ExprKind, Language, Module, Name, Pos};
use tree_sitter::Node;

/// Lowers one file. Whatever cannot be parsed is noted in the module's errors and the rest goes on around it.
pub fn lower(source: &str) -> Module {
    let mut module = Module { language: Language::Java, package: None, body: Vec::new(), errors: Vec::new() };
    let Some(tree) = parse(&tree_sitter_java::LANGUAGE.into(), source) else {
        module.errors.push(Pos { line: 1, column: 1 });
        return module;
    };
    let mut lowering = Lowering { reader: Reader::new(source) };
    lowering.reader.note_errors(tree.root_node());
    module.package = lowering.package(tree.root_node());
    module.body = lowering.file(tree.root_node());
    module.errors = lowering.reader.into_errors();
    module
}

/// A file being lowered; the rooms of this front end each add the constructs of their name.
struct Lowering<'s> {
    reader: Reader<'s>,
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
