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

use super::front::{self, FrontEnd};
use super::reader::{Reader, parse};
use crate::code::form::{Block, Expr, Language, Module, Name, Stmt, StmtKind};
use tree_sitter::Node;

/// Lowers one file. Whatever cannot be parsed is noted in the module's errors and the rest goes on around it.
pub fn lower(source: &str) -> Module {
    if !constraints::holds(source) {
        return Module { language: Language::Go, package: None, body: Vec::new(), errors: Vec::new() };
    }
    let tree = parse(&tree_sitter_go::LANGUAGE.into(), source);
    let lowering = Lowering { reader: Reader::new(source), results: Vec::new(), structs: Vec::new(), iota: None };
    front::module(Language::Go, tree, lowering, |lowering, root, module| {
        module.package = lowering.package(root);
        let body = lowering.file(root);
        module.body = std::mem::take(&mut lowering.structs);
        module.body.extend(body);
    })
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

impl<'s> Lowering<'s> {
    fn push(&self, node: Node<'_>, kind: StmtKind, out: &mut Block) {
        out.push(Stmt { kind, pos: self.pos(node) });
    }
}
