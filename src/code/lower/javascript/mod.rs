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

use super::reader::{Reader, parse};
use crate::code::form::{Expr, ExprKind, Language, Module, Name, Pos};
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
    let mut module = Module { language: Language::JavaScript, package: None, body: Vec::new(), errors: Vec::new() };
    let Some(tree) = parse(&grammar, source) else {
        module.errors.push(Pos { line: 1, column: 1 });
        return module;
    };
    let mut lowering = Lowering { reader: Reader::new(source) };
    lowering.reader.note_errors(tree.root_node());
    module.body = lowering.block(tree.root_node());
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
