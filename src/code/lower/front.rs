//! What every front end does alike: it walks the tree within bounds, and gives unknown where it cannot go.

use super::super::form::{Expr, ExprKind, Language, Module, Name, Pos};
use super::reader::{Reader, children};
use tree_sitter::{Node, Tree};

/// A file of one language being lowered.
pub(super) trait FrontEnd<'s> {
    /// The source.
    fn reader(&self) -> &Reader<'s>;

    /// The source, to go deeper into.
    fn reader_mut(&mut self) -> &mut Reader<'s>;

    /// Lowers one expression by its kind; [`FrontEnd::expr`] bounds how deeply.
    fn expr_of_kind(&mut self, node: Node<'_>) -> Expr;

    /// Whether the language allows what the grammar calls an error.
    fn is_allowed(_: Node<'_>) -> bool {
        false
    }

    /// The source text of a node.
    fn text(&self, node: Node<'_>) -> &'s str {
        self.reader().text(node)
    }

    /// The source text of a node as a name.
    fn name(&self, node: Node<'_>) -> Name {
        self.reader().name(node)
    }

    /// Where a node starts.
    fn pos(&self, node: Node<'_>) -> Pos {
        self.reader().pos(node)
    }

    /// An expression that starts where the node does.
    fn at(&self, node: Node<'_>, kind: ExprKind) -> Expr {
        Expr { kind, pos: self.pos(node) }
    }

    /// What is not known, where the node starts.
    fn unknown(&self, node: Node<'_>) -> Expr {
        self.at(node, ExprKind::Unknown(Vec::new()))
    }

    /// Lowers one expression.
    fn expr(&mut self, node: Node<'_>) -> Expr {
        if !self.reader_mut().enter(node) {
            return self.unknown(node);
        }
        let expr = self.expr_of_kind(node);
        self.reader_mut().leave();
        expr
    }

    /// The expression in a field; unknown where it is missing.
    fn expr_in(&mut self, node: Node<'_>, field: &str) -> Expr {
        match node.child_by_field_name(field) {
            Some(child) => self.expr(child),
            None => self.unknown(node),
        }
    }

    /// The expression that a node wraps; unknown where it is missing.
    fn first(&mut self, node: Node<'_>) -> Expr {
        match children(node).first() {
            Some(&child) => self.expr(child),
            None => self.unknown(node),
        }
    }
}

/// Lowers a parsed file: `fill` puts what stands in it into the module. Whatever cannot be parsed is noted in the module's
/// errors, and the rest goes on around it.
pub(super) fn module<'s, F: FrontEnd<'s>>(
    language: Language,
    tree: Option<Tree>,
    mut front: F,
    fill: impl FnOnce(&mut F, Node<'_>, &mut Module),
) -> Module {
    let mut module = Module { language, package: None, body: Vec::new(), errors: Vec::new() };
    let Some(tree) = tree else {
        module.errors.push(Pos { line: 1, column: 1 });
        return module;
    };
    front.reader_mut().note_errors(tree.root_node(), F::is_allowed);
    fill(&mut front, tree.root_node(), &mut module);
    module.errors = front.reader_mut().take_errors();
    module
}
