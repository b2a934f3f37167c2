//! The front end for Kotlin, to the same form as Java: what a companion or an object has is static, a primary constructor's
//! properties are fields, a trailing lambda is the last argument, and its last expression is returned.

mod classes;
mod expressions;
mod functions;
mod imports;
mod literals;
mod statements;
#[cfg(test)]
mod tests;
mod types;

use super::reader::{Reader, parse};
use crate::code::form::{Decorator, Expr, ExprKind, Language, Module, Name, Pos};
use tree_sitter::Node;

/// Signs that may open type arguments and that nothing closes, of which the grammar takes time by their square. Source has a
/// handful: comparisons.
const MOST_OPEN: usize = 2_000;

/// Lowers one file. Whatever cannot be parsed is noted in the module's errors and the rest goes on around it.
pub fn lower(source: &str) -> Module {
    let mut module = Module { language: Language::Java, package: None, body: Vec::new(), errors: Vec::new() };
    let signs = |sign: u8| source.bytes().filter(|byte| *byte == sign).count();
    let bounded = signs(b'<') <= signs(b'>') + MOST_OPEN;
    let tree = bounded.then(|| parse(&tree_sitter_kotlin_ng::LANGUAGE.into(), source)).flatten();
    let Some(tree) = tree else {
        module.errors.push(Pos { line: 1, column: 1 });
        return module;
    };
    let mut lowering = Lowering { reader: Reader::new(source), pending: Vec::new() };
    // `[]` is a list without elements, for which the grammar wants one; ends of members may be left out on one line.
    let fine = |node: Node<'_>| {
        let empty = node.parent().is_some_and(|parent| parent.kind() == "collection_literal");
        node.is_missing() && (empty || node.kind().starts_with('_'))
    };
    lowering.reader.note_errors_but(tree.root_node(), fine);
    module.package = lowering.package(tree.root_node());
    module.body = lowering.file(tree.root_node());
    module.errors = lowering.reader.into_errors();
    module
}

/// A file being lowered; the rooms of this front end each add the constructs of their name.
struct Lowering<'s> {
    reader: Reader<'s>,
    /// Annotations that the grammar took for an expression before the declaration that they stand on.
    pending: Vec<Decorator>,
}

impl<'s> Lowering<'s> {
    fn text(&self, node: Node<'_>) -> &'s str {
        self.reader.text(node)
    }

    /// A name, without the backquotes that it may stand in.
    fn name(&self, node: Node<'_>) -> Name {
        self.text(node).trim_matches('`').into()
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
