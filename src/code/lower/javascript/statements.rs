//! Statements.

use super::super::reader::{children, fields, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{Arm, BinaryOp, Block, Expr, ExprKind, LogicalOp, Pattern, Stmt, StmtKind, Yields};
use tree_sitter::Node;

impl Lowering<'_> {
    /// The statements directly below a node: a program, a block, a case, or a piece that could not be parsed.
    pub(super) fn block(&mut self, node: Node<'_>) -> Block {
        self.statements(&children(node))
    }

    fn statements(&mut self, nodes: &[Node<'_>]) -> Block {
        let mut out = Block::new();
        for &node in nodes {
            self.statement(node, &mut out);
        }
        out
    }

    /// The body of an `if` or a loop: a block's statements, or the one statement that stands there.
    fn body(&mut self, node: Option<Node<'_>>) -> Block {
        match node {
            Some(node) if node.kind() == "statement_block" => self.block(node),
            Some(node) => self.statements(&[node]),
            None => Block::new(),
        }
    }

    pub(super) fn push(&self, node: Node<'_>, kind: StmtKind, out: &mut Block) {
        out.push(Stmt { kind, pos: self.pos(node) });
    }

    /// Lowers one statement; it may become several, or none.
    pub(super) fn statement(&mut self, node: Node<'_>, out: &mut Block) {
        if self.reader.enter(node) {
            self.statement_here(node, out);
            self.reader.leave();
        } else {
            let unknown = self.unknown(node);
            self.push(node, StmtKind::Expr(unknown), out);
        }
    }

    fn statement_here(&mut self, node: Node<'_>, out: &mut Block) {
        match node.kind() {
            "expression_statement" => {
                for child in children(node) {
                    self.effect(child, out);
                }
            }
            "lexical_declaration" | "variable_declaration" | "using_declaration" => self.declaration(node, out),
            "function_declaration" | "generator_function_declaration" => self.function_declaration(node, false, out),
            "class_declaration" | "abstract_class_declaration" => self.class_declaration(node, Vec::new(), out),
            "enum_declaration" => self.enum_declaration(node, out),
            "interface_declaration" | "type_alias_declaration" => self.type_declaration(node, out),
            "internal_module" | "module" => self.namespace(node, out),
            "import_statement" => self.import(node, out),
            "import_alias" => self.import_alias(node, out),
            "export_statement" => self.export(node, out),
            "if_statement" => self.branch(node, out),
            "for_statement" => self.for_loop(node, out),
            "for_in_statement" => self.each(node, out),
            "while_statement" | "do_statement" => self.while_loop(node, out),
            "switch_statement" => self.switch(node, out),
            "try_statement" => self.guarded(node, out),
            "return_statement" => {
                let value = children(node).first().map(|&child| self.expr(child));
                self.push(node, StmtKind::Return(value), out);
            }
            "throw_statement" => {
                for child in children(node) {
                    self.effect(child, out);
                }
                self.push(node, StmtKind::Throw, out);
            }
            "break_statement" => self.push(node, StmtKind::Break, out),
            "continue_statement" => self.push(node, StmtKind::Continue, out),
            "statement_block" | "class_static_block" => {
                let block = node.child_by_field_name("body").unwrap_or(node);
                let body = self.block(block);
                self.push(node, StmtKind::Block(body), out);
            }
            "labeled_statement" => {
                if let Some(body) = node.child_by_field_name("body") {
                    self.statement(body, out);
                }
            }
            "with_statement" => {
                if let Some(object) = node.child_by_field_name("object") {
                    self.effect(object, out);
                }
                let body = self.body(node.child_by_field_name("body"));
                self.push(node, StmtKind::Block(body), out);
            }
            "ERROR" => out.extend(self.block(node)),
            // Declarations without a value: overloads, `declare …`, directives of the shell.
            "function_signature"
            | "ambient_declaration"
            | "empty_statement"
            | "debugger_statement"
            | "hash_bang_line" => {}
            _ => self.effect(node, out),
        }
    }

    /// An expression as a statement: assignments and deletions have a form of their own there.
    pub(super) fn effect(&mut self, node: Node<'_>, out: &mut Block) {
        let kind = match node.kind() {
            "sequence_expression" | "parenthesized_expression" => {
                // As statements, so that the depth is counted.
                for child in children(node) {
                    self.statement(child, out);
                }
                return;
            }
            "internal_module" => return self.namespace(node, out),
            "assignment_expression" | "augmented_assignment_expression" | "update_expression" => {
                let (target, op, value) = self.assignment(node);
                StmtKind::Assign { target, op, value }
            }
            "unary_expression" if has(node, "delete") => match node.child_by_field_name("argument") {
                Some(argument) => StmtKind::Delete(self.expr(argument)),
                None => return,
            },
            _ => StmtKind::Expr(self.expr(node)),
        };
        self.push(node, kind, out);
    }

    /// What an assignment assigns to, its operator, and the value. `a ||= b` is `a = a || b`; `a++` is `a += 1`.
    pub(super) fn assignment(&mut self, node: Node<'_>) -> (Pattern, Option<BinaryOp>, Expr) {
        if node.kind() == "update_expression" {
            let target = node.child_by_field_name("argument").map_or(Pattern::Ignore, |target| self.pattern(target));
            let op = if has(node, "++") { BinaryOp::Add } else { BinaryOp::Sub };
            return (target, Some(op), self.at(node, ExprKind::Int(1)));
        }
        let left = node.child_by_field_name("left");
        let target = left.map_or(Pattern::Ignore, |left| self.pattern(left));
        let value = self.expr_in(node, "right");
        let sign = node.child_by_field_name("operator").map_or("=", |operator| operator.kind());
        let logical = match sign {
            "=" => return (target, None, value),
            "||=" => LogicalOp::Or,
            "&&=" => LogicalOp::And,
            "??=" => LogicalOp::Coalesce,
            _ => return (target, Some(binary_op(sign.trim_end_matches('='))), value),
        };
        let current = self.expr_in(node, "left");
        let kind = ExprKind::Logical(logical, Box::new(current), Box::new(value));
        (target, None, self.at(node, kind))
    }

    fn branch(&mut self, node: Node<'_>, out: &mut Block) {
        let test = self.expr_in(node, "condition");
        let then = self.body(node.child_by_field_name("consequence"));
        let otherwise = match node.child_by_field_name("alternative") {
            Some(clause) => self.body(children(clause).first().copied()),
            None => Block::new(),
        };
        self.push(node, StmtKind::If { test, then, otherwise }, out);
    }

    fn while_loop(&mut self, node: Node<'_>, out: &mut Block) {
        let test = Some(self.expr_in(node, "condition"));
        let body = self.body(node.child_by_field_name("body"));
        self.push(node, StmtKind::Loop { test, body }, out);
    }

    fn for_loop(&mut self, node: Node<'_>, out: &mut Block) {
        let mut block = Block::new();
        if let Some(initializer) = node.child_by_field_name("initializer") {
            self.statement(initializer, &mut block);
        }
        let test = fields(node, "condition")
            .into_iter()
            .find(|condition| condition.is_named() && condition.kind() != "empty_statement")
            .map(|condition| self.expr(condition));
        let mut body = self.body(node.child_by_field_name("body"));
        if let Some(increment) = node.child_by_field_name("increment") {
            self.effect(increment, &mut body);
        }
        self.push(node, StmtKind::Loop { test, body }, &mut block);
        self.push(node, StmtKind::Block(block), out);
    }

    fn each(&mut self, node: Node<'_>, out: &mut Block) {
        let target = node.child_by_field_name("left").map_or(Pattern::Ignore, |left| self.pattern(left));
        let iterable = self.expr_in(node, "right");
        let keys = node.child_by_field_name("operator").is_some_and(|operator| operator.kind() == "in");
        let yields = if keys { Yields::Keys } else { Yields::Elements };
        let body = self.body(node.child_by_field_name("body"));
        self.push(node, StmtKind::Each { target, iterable, yields, body }, out);
    }

    /// Cases without statements share the arm of the next one; one that falls into `default` is that arm.
    fn switch(&mut self, node: Node<'_>, out: &mut Block) {
        let subject = node.child_by_field_name("value").map(|value| self.expr(value));
        let mut arms = Vec::new();
        let mut values = Vec::new();
        let mut is_default = false;
        for case in node.child_by_field_name("body").map(children).unwrap_or_default() {
            match case.child_by_field_name("value") {
                Some(value) => values.push(self.expr(value)),
                None => is_default = true,
            }
            let statements = fields(case, "body");
            if statements.is_empty() {
                continue;
            }
            let mut body = self.statements(&statements);
            drop_final_break(&mut body);
            let shared = std::mem::take(&mut values);
            arms.push(Arm { values: if is_default { Vec::new() } else { shared }, body });
            is_default = false;
        }
        self.push(node, StmtKind::Switch { subject, arms }, out);
    }

    fn guarded(&mut self, node: Node<'_>, out: &mut Block) {
        let body = self.body(node.child_by_field_name("body"));
        let mut handlers = Vec::new();
        if let Some(handler) = node.child_by_field_name("handler") {
            let mut block = Block::new();
            if let Some(parameter) = handler.child_by_field_name("parameter") {
                let target = self.pattern(parameter);
                self.push(parameter, StmtKind::Bind { target, ty: None, value: None }, &mut block);
            }
            block.extend(self.body(handler.child_by_field_name("body")));
            handlers.push(block);
        }
        let finalizer = node.child_by_field_name("finalizer").and_then(|clause| clause.child_by_field_name("body"));
        let finally = self.body(finalizer);
        self.push(node, StmtKind::Try { body, handlers, finally }, out);
    }
}

/// The `break` that ends an arm says nothing: arms of the form do not fall through.
fn drop_final_break(body: &mut Block) {
    match body.last_mut() {
        Some(Stmt { kind: StmtKind::Break, .. }) => {
            body.pop();
        }
        Some(Stmt { kind: StmtKind::Block(inner), .. }) => drop_final_break(inner),
        _ => {}
    }
}

/// The operator that a sign stands for.
pub(super) fn binary_op(sign: &str) -> BinaryOp {
    match sign {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Mod,
        "==" | "===" => BinaryOp::Eq,
        "!=" | "!==" => BinaryOp::Ne,
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::Le,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::Ge,
        "in" => BinaryOp::In,
        "|" => BinaryOp::BitOr,
        _ => BinaryOp::Other,
    }
}
