//! The front end for Rust.
//!
//! Macro calls keep their tokens, and their arguments where these parse as expressions; references, `?`, dereferences
//! and patterns like `Some(x)` are looked through, since the evaluator's values have none of them.

mod arms;
mod beside;
mod blocks;
mod expand;
mod expressions;
mod gates;
mod items;
mod literals;
mod macros;
mod mended;
mod paste;
mod patterns;
#[cfg(test)]
mod tests;
mod tokens;
mod types;
mod uses;

pub use expand::{expand, expression};
pub(crate) use expressions::stated_type;

use super::front::{self, FrontEnd};
use super::reader::{Reader, children};
use crate::code::form::{Expr, Language, Module, Name};
use tree_sitter::Node;

/// Lowers one file. Whatever cannot be parsed is noted in the module's errors and the rest goes on around it.
pub fn lower(source: &str) -> Module {
    let tree = mended::parsed(source);
    let lowering = Lowering { reader: Reader::new(source), macros: 0, attribute: false };
    front::module(Language::Rust, tree, lowering, |lowering, root, module| module.body = lowering.items(root))
}

/// A file being lowered; the rooms of this front end each add the constructs of their name.
struct Lowering<'s> {
    reader: Reader<'s>,
    /// How many macro calls stand around this piece: each is parsed by itself.
    macros: usize,
    /// Whether this stands in an attribute: what is assigned to there are names of the attribute's own.
    attribute: bool,
}

impl<'s> FrontEnd<'s> for Lowering<'s> {
    fn reader(&self) -> &Reader<'s> {
        &self.reader
    }

    fn reader_mut(&mut self) -> &mut Reader<'s> {
        &mut self.reader
    }

    /// `r#match` is called `match`.
    fn name(&self, node: Node<'_>) -> Name {
        let text = self.text(node);
        let raw = text.strip_prefix("r#").filter(|name| name.starts_with(|c: char| c.is_alphabetic() || c == '_'));
        raw.unwrap_or(text).into()
    }

    fn expr_of_kind(&mut self, node: Node<'_>) -> Expr {
        self.expression(node)
    }

    fn first(&mut self, node: Node<'_>) -> Expr {
        let inner = children(node).into_iter().find(|child| child.kind() != "mutable_specifier");
        match inner {
            Some(child) => self.expr(child),
            None => self.unknown(node),
        }
    }
}
