//! What every front end does alike: it walks the tree within bounds, and gives unknown where it cannot go.

use super::super::form::{Block, Expr, ExprKind, Language, Module, Name, Pattern, Pos, Stmt, StmtKind};
use super::chains;
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

    /// Lowers one expression. A long chain is a block of several: each piece of it is bound before what goes on from there,
    /// so that what is long is not deep.
    fn expr(&mut self, node: Node<'_>) -> Expr {
        if let Some(name) = self.reader().piece_at(node) {
            return self.at(node, ExprKind::Name(name));
        }
        let pieces = chains::pieces(node, |node| self.reader().piece_at(node).is_some());
        if pieces.is_empty() {
            return self.level(node);
        }
        let mut block = Block::new();
        for piece in pieces {
            let value = self.level(piece);
            let pos = value.pos;
            let target = Pattern::Name(self.reader_mut().hold_piece(piece), pos);
            block.push(Stmt { kind: StmtKind::Bind { target, ty: None, value: Some(value) }, pos });
        }
        let last = self.level(node);
        let pos = last.pos;
        block.push(Stmt { kind: StmtKind::Expr(last), pos });
        Expr { kind: ExprKind::Block(block), pos }
    }

    /// Lowers one expression, one level deeper than what is around it.
    fn level(&mut self, node: Node<'_>) -> Expr {
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
