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

use super::front::{self, FrontEnd};
use super::reader::{Reader, parse};
use crate::code::form::{Expr, Language, Module};
use tree_sitter::Node;

/// Lowers one file. Whatever cannot be parsed is noted in the module's errors and the rest goes on around it.
pub fn lower(source: &str) -> Module {
    let tree = parse(&tree_sitter_java::LANGUAGE.into(), source);
    front::module(Language::Java, tree, Lowering { reader: Reader::new(source) }, |lowering, root, module| {
        module.package = lowering.package(root);
        module.body = lowering.file(root);
    })
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
