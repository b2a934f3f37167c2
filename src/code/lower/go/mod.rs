//! The front end for Go.
//!
//! Pointers are looked through: `*T` is a `T`, `&x` and `*x` are x. A file that the default build leaves out (by its build
//! constraint) is empty. Types without a name keep a word of the language as theirs: `[]`, `map`, `func`, `chan`; a struct
//! without one becomes a class of its own, named by its place.

mod constraints;
mod declarations;
mod expressions;
mod literals;
mod statements;
#[cfg(test)]
mod tests;
mod types;

use super::reader::{Reader, parse};
use crate::code::form::{Block, Expr, ExprKind, Language, Module, Name, Pos, Stmt, StmtKind};
use tree_sitter::Node;

/// Lowers one file. Whatever cannot be parsed is noted in the module's errors and the rest goes on around it.
pub fn lower(source: &str) -> Module {
    let mut module = Module { language: Language::Go, package: None, body: Vec::new(), errors: Vec::new() };
    if !constraints::holds(source) {
        return module;
    }
    let Some(tree) = parse(&tree_sitter_go::LANGUAGE.into(), source) else {
        module.errors.push(Pos { line: 1, column: 1 });
        return module;
    };
    let mut lowering = Lowering { reader: Reader::new(source), results: Vec::new(), structs: Vec::new(), iota: None };
    lowering.reader.note_errors(tree.root_node());
    module.package = lowering.package(tree.root_node());
    let body = lowering.file(tree.root_node());
    module.body = std::mem::take(&mut lowering.structs);
    module.body.extend(body);
    module.errors = lowering.reader.into_errors();
    module
}

/// A file being lowered; the rooms of this front end each add the constructs of their name.
struct Lowering<'s> {
    reader: Reader<'s>,
    /// The named results of the functions around, innermost last: what a bare `return` returns.
    results: Vec<Vec<Name>>,
    /// The structs without a name, as classes.
    structs: Block,
    /// The value of `iota`, within a constant's declaration.
    iota: Option<i64>,
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

    fn push(&self, node: Node<'_>, kind: StmtKind, out: &mut Block) {
        out.push(Stmt { kind, pos: self.pos(node) });
    }
}
