//! Statements, blocks, and the expressions that control what runs.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{Arm, Block, Expr, ExprKind, LogicalOp, Pattern, Stmt, StmtKind, UnaryOp, Yields};
use tree_sitter::Node;

/// What the subject of a `match` is called where an arm binds parts of it: no name of the language.
const SUBJECT: &str = "match";

impl Lowering<'_> {
    /// The body of a function or closure: a tail expression is returned.
    pub(super) fn body(&mut self, node: Node<'_>) -> Block {
        if node.kind() != "block" {
            let value = self.expr(node);
            return vec![Stmt { pos: value.pos, kind: StmtKind::Return(Some(value)) }];
        }
        let mut block = self.block(node);
        if has_tail(node)
            && let Some(last) = block.pop()
        {
            block.push(returned(last));
        }
        block
    }

    /// A block's statements; a tail expression is the last one.
    pub(super) fn block(&mut self, node: Node<'_>) -> Block {
        let mut out = Block::new();
        let mut attributes = Vec::new();
        let all = children(node);
        let tail = if has_tail(node) { all.last().map(Node::id) } else { None };
        for child in all {
            if child.kind() == "attribute_item" {
                attributes.push(child);
                continue;
            }
            let is_tail = Some(child.id()) == tail;
            self.statement(child, &std::mem::take(&mut attributes), is_tail, &mut out);
        }
        out
    }

    /// Lowers one statement. A tail keeps its form as a value.
    pub(super) fn statement(&mut self, node: Node<'_>, attributes: &[Node<'_>], is_tail: bool, out: &mut Block) {
        if !self.reader.enter(node) {
            return;
        }
        self.gated(node, attributes, out, |lowering, out| lowering.statement_here(node, attributes, is_tail, out));
        self.reader.leave();
    }

    fn statement_here(&mut self, node: Node<'_>, attributes: &[Node<'_>], is_tail: bool, out: &mut Block) {
        if self.item(node, attributes, out) {
            return;
        }
        match node.kind() {
            "let_declaration" => self.binding(node, out),
            "expression_statement" => {
                if let Some(&inner) = children(node).first() {
                    self.effect(inner, is_tail, out);
                }
            }
            "ERROR" => out.extend(self.items(node)),
            _ => self.effect(node, is_tail, out),
        }
    }

    fn binding(&mut self, node: Node<'_>, out: &mut Block) {
        let target = node.child_by_field_name("pattern").map_or(Pattern::Ignore, |pattern| self.pattern(pattern));
        let ty = node.child_by_field_name("type").map(|ty| self.ty(ty));
        let value = node.child_by_field_name("value").map(|value| self.expr(value));
        let bound = self.taken(&target, node);
        self.push(node, StmtKind::Bind { target, ty, value }, out);
        if let Some(alternative) = node.child_by_field_name("alternative") {
            let otherwise = self.block(alternative);
            let test = self.at(alternative, ExprKind::Unary(UnaryOp::Maybe, Box::new(bound)));
            self.push(alternative, StmtKind::If { test, then: Block::new(), otherwise }, out);
        }
    }

    /// What a pattern has bound, where that is one name.
    fn taken(&self, target: &Pattern, node: Node<'_>) -> Expr {
        match target {
            Pattern::Name(name, _) => self.at(node, ExprKind::Name(name.clone())),
            Pattern::List(items) if items.len() == 1 => match items.first() {
                Some(item) => self.taken(&item.target, node),
                None => self.at(node, ExprKind::Unknown(Vec::new())),
            },
            _ => self.at(node, ExprKind::Unknown(Vec::new())),
        }
    }

    /// An expression for its effect, or as the value of its block.
    fn effect(&mut self, node: Node<'_>, is_tail: bool, out: &mut Block) {
        match node.kind() {
            "if_expression" if !is_tail || node.child_by_field_name("alternative").is_none() => self.branch(node, out),
            "match_expression" if !is_tail => {
                let (subject, arms, bound) = self.matching(node);
                self.with_subject(node, bound, out, |lowering, out| {
                    lowering.push(node, StmtKind::Switch { subject: Some(subject), arms }, out);
                });
            }
            "for_expression" => {
                let target = node.child_by_field_name("pattern").map_or(Pattern::Ignore, |name| self.pattern(name));
                let iterable = self.expr_in(node, "value");
                let body = self.block_in(node, "body");
                self.push(node, StmtKind::Each { target, iterable, yields: Yields::Elements, body }, out);
            }
            "while_expression" | "loop_expression" => {
                let mut body = Block::new();
                let test = node.child_by_field_name("condition").map(|test| self.condition(test, &mut body));
                body.extend(self.block_in(node, "body"));
                self.push(node, StmtKind::Loop { test, body }, out);
            }
            "return_expression" => {
                let value = children(node).first().map(|&value| self.expr(value));
                self.push(node, StmtKind::Return(value), out);
            }
            "break_expression" => self.push(node, StmtKind::Break, out),
            "continue_expression" => self.push(node, StmtKind::Continue, out),
            "block" | "unsafe_block" if !is_tail => {
                let body = self.inner_block(node);
                self.push(node, StmtKind::Block(body), out);
            }
            "assignment_expression" | "compound_assignment_expr" => {
                let (target, op, value) = self.assignment(node);
                self.push(node, StmtKind::Assign { target, op, value }, out);
            }
            "macro_invocation" => self.macro_statement(node, out),
            _ => {
                let value = self.expr(node);
                self.push(node, StmtKind::Expr(value), out);
            }
        }
    }

    fn block_in(&mut self, node: Node<'_>, field: &str) -> Block {
        node.child_by_field_name(field).map(|block| self.block(block)).unwrap_or_default()
    }

    /// The block behind a keyword (`unsafe`, `async`), or the node itself.
    pub(super) fn inner_block(&mut self, node: Node<'_>) -> Block {
        let inner = children(node).into_iter().rev().find(|child| child.kind() == "block");
        match inner {
            Some(block) if node.kind() != "block" => self.block(block),
            _ => self.block(node),
        }
    }

    fn branch(&mut self, node: Node<'_>, out: &mut Block) {
        let mut block = Block::new();
        let test = match node.child_by_field_name("condition") {
            Some(test) => self.condition(test, &mut block),
            None => self.unknown(node),
        };
        let then = self.block_in(node, "consequence");
        let mut otherwise = Block::new();
        if let Some(&clause) = node.child_by_field_name("alternative").map(children).unwrap_or_default().first() {
            match clause.kind() {
                "if_expression" => self.statement(clause, &[], false, &mut otherwise),
                _ => otherwise = self.block(clause),
            }
        }
        let branch = StmtKind::If { test, then, otherwise };
        if block.is_empty() {
            return self.push(node, branch, out);
        }
        self.push(node, branch, &mut block);
        self.push(node, StmtKind::Block(block), out);
    }

    /// A condition. What `if let` binds is bound before, and whether it fits is unknown.
    fn condition(&mut self, node: Node<'_>, before: &mut Block) -> Expr {
        match node.kind() {
            "let_condition" => {
                let target = node.child_by_field_name("pattern").map_or(Pattern::Ignore, |name| self.pattern(name));
                let value = node.child_by_field_name("value").map(|value| self.expr(value));
                let test = match (&target, value) {
                    // What binds nothing asks of the value itself.
                    (Pattern::Ignore, Some(value)) => value,
                    (_, value) => {
                        let bound = self.taken(&target, node);
                        self.push(node, StmtKind::Bind { target, ty: None, value }, before);
                        bound
                    }
                };
                self.at(node, ExprKind::Unary(UnaryOp::Maybe, Box::new(test)))
            }
            "let_chain" => {
                let mut all = Vec::new();
                for part in children(node) {
                    all.push(self.condition(part, before));
                }
                let mut parts = all.into_iter();
                let first = parts.next().unwrap_or_else(|| self.unknown(node));
                parts.fold(first, |left, right| {
                    self.at(node, ExprKind::Logical(LogicalOp::And, Box::new(left), Box::new(right)))
                })
            }
            _ => self.expr(node),
        }
    }

    /// `if` as a value.
    pub(super) fn conditional(&mut self, node: Node<'_>) -> Expr {
        let mut block = Block::new();
        let test = match node.child_by_field_name("condition") {
            Some(test) => self.condition(test, &mut block),
            None => self.unknown(node),
        };
        let then = node.child_by_field_name("consequence").map_or_else(Block::new, |then| self.block(then));
        let then = self.at(node, ExprKind::Block(then));
        let clause = node.child_by_field_name("alternative").map(children).unwrap_or_default().first().copied();
        let otherwise = match clause {
            Some(clause) => self.expr(clause),
            None => self.at(node, ExprKind::Tuple(Vec::new())),
        };
        let kind = ExprKind::Conditional(Box::new(test), Box::new(then), Box::new(otherwise));
        let value = self.at(node, kind);
        if block.is_empty() {
            return value;
        }
        self.push(node, StmtKind::Expr(value), &mut block);
        self.at(node, ExprKind::Block(block))
    }

    /// `match` as a value.
    pub(super) fn switch(&mut self, node: Node<'_>) -> Expr {
        let (subject, arms, bound) = self.matching(node);
        let value = self.at(node, ExprKind::Switch(Some(Box::new(subject)), arms));
        if bound.is_none() {
            return value;
        }
        let mut block = Block::new();
        self.bind_subject(node, bound, &mut block);
        self.push(node, StmtKind::Expr(value), &mut block);
        self.at(node, ExprKind::Block(block))
    }

    /// The subject to compare, the arms, and the subject's expression where arms bind parts of it under [`SUBJECT`].
    fn matching(&mut self, node: Node<'_>) -> (Expr, Vec<Arm>, Option<Expr>) {
        let subject = self.expr_in(node, "value");
        let mut arms = Vec::new();
        let mut any = false;
        for child in node.child_by_field_name("body").map(children).unwrap_or_default() {
            let Some(pattern) = child.child_by_field_name("pattern") else { continue };
            let target = children(pattern).first().map_or(Pattern::Ignore, |&inner| self.pattern(inner));
            let values = self.arm_values(pattern);
            let mut body = Block::new();
            if Self::binds(&target) && !self.is_constant(pattern) {
                any = true;
                let value = Some(self.at(pattern, ExprKind::Name(SUBJECT.into())));
                self.push(pattern, StmtKind::Bind { target, ty: None, value }, &mut body);
            }
            if let Some(value) = child.child_by_field_name("value") {
                match value.kind() {
                    "block" => body.extend(self.block(value)),
                    _ => self.statement(value, &[], true, &mut body),
                }
            }
            arms.push(Arm { values: values.unwrap_or_default(), body });
        }
        if !any {
            return (subject, arms, None);
        }
        (self.at(node, ExprKind::Name(SUBJECT.into())), arms, Some(subject))
    }

    /// An arm's name that is written like a constant binds nothing.
    fn is_constant(&self, pattern: Node<'_>) -> bool {
        children(pattern)
            .first()
            .is_some_and(|inner| inner.kind() == "identifier" && self.text(*inner).starts_with(char::is_uppercase))
    }

    fn bind_subject(&self, node: Node<'_>, bound: Option<Expr>, out: &mut Block) {
        if bound.is_some() {
            let target = Pattern::Name(SUBJECT.into(), self.pos(node));
            self.push(node, StmtKind::Bind { target, ty: None, value: bound }, out);
        }
    }

    fn with_subject(
        &mut self,
        node: Node<'_>,
        bound: Option<Expr>,
        out: &mut Block,
        inside: impl FnOnce(&mut Self, &mut Block),
    ) {
        if bound.is_none() {
            return inside(self, out);
        }
        let mut block = Block::new();
        self.bind_subject(node, bound, &mut block);
        inside(self, &mut block);
        self.push(node, StmtKind::Block(block), out);
    }
}

/// A tail expression as what is returned.
fn returned(stmt: Stmt) -> Stmt {
    let kind = match stmt.kind {
        StmtKind::Expr(value) => StmtKind::Return(Some(value)),
        StmtKind::Perhaps(inner) => StmtKind::Perhaps(Box::new(returned(*inner))),
        other => other,
    };
    Stmt { kind, pos: stmt.pos }
}

/// Whether a block ends in an expression without a semicolon.
fn has_tail(node: Node<'_>) -> bool {
    let Some(&last) = children(node).last() else { return false };
    match last.kind() {
        "expression_statement" => {
            let mut cursor = last.walk();
            !last.children(&mut cursor).any(|child| child.kind() == ";")
        }
        kind => !(kind.ends_with("_item") || kind.ends_with("_declaration") || kind == "empty_statement"),
    }
}
