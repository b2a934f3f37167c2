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

use super::front::{self, FrontEnd};
use super::reader::{Reader, parse};
use crate::code::form::{Expr, Language, Module};
use tree_sitter::Node;

/// Lowers one file. Whatever cannot be parsed is noted in the module's errors and the rest goes on around it.
pub fn lower(source: &str) -> Module {
    let tree = parse(&tree_sitter_python::LANGUAGE.into(), source);
    let lowering = Lowering { reader: Reader::new(source), yields: false };
    front::module(Language::Python, tree, lowering, |lowering, root, module| module.body = lowering.block(root))
}

/// A file being lowered; the rooms of this front end each add the constructs of their name.
struct Lowering<'s> {
    reader: Reader<'s>,
    /// Whether the function that is being lowered yields.
    yields: bool,
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
