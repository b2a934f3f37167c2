//! Statements.

use super::super::reader::{children, fields, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{Arm, Block, Expr, ExprKind, Pattern, Stmt, StmtKind, TypeTest, Yields};
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn push(&self, node: Node<'_>, kind: StmtKind, out: &mut Block) {
        out.push(Stmt { kind, pos: self.pos(node) });
    }

    /// Lowers one statement.
    pub(super) fn statement(&mut self, node: Node<'_>, out: &mut Block) {
        if !self.reader.enter(node) {
            return;
        }
        self.statement_here(node, out);
        self.reader.leave();
    }

    fn statement_here(&mut self, node: Node<'_>, out: &mut Block) {
        match node.kind() {
            "local_variable_declaration" => self.variables(node, out),
            "expression_statement" => {
                if let Some(&inner) = children(node).first() {
                    self.effect(inner, out);
                }
            }
            "if_statement" => {
                let test = self.expr_in(node, "condition");
                let then = self.branch(node, "consequence");
                let otherwise = self.branch(node, "alternative");
                self.push(node, StmtKind::If { test, then, otherwise }, out);
            }
            "enhanced_for_statement" => {
                let target = self.pattern_in(node, "name");
                let iterable = self.expr_in(node, "value");
                let body = self.branch(node, "body");
                self.push(node, StmtKind::Each { target, iterable, yields: Yields::Elements, body }, out);
            }
            "for_statement" => self.counted(node, out),
            "while_statement" | "do_statement" => {
                let test = Some(self.expr_in(node, "condition"));
                let body = self.branch(node, "body");
                self.push(node, StmtKind::Loop { test, body }, out);
            }
            "switch_expression" => {
                let (subject, arms) = self.switch(node);
                self.push(node, StmtKind::Switch { subject: Some(subject), arms }, out);
            }
            "try_statement" | "try_with_resources_statement" => self.guarded(node, out),
            "return_statement" => {
                let value = children(node).first().map(|&value| self.expr(value));
                self.push(node, StmtKind::Return(value), out);
            }
            "yield_statement" => {
                if let Some(&value) = children(node).first() {
                    let value = self.expr(value);
                    self.push(node, StmtKind::Expr(value), out);
                }
            }
            "throw_statement" => self.push(node, StmtKind::Throw, out),
            "break_statement" => self.push(node, StmtKind::Break, out),
            "continue_statement" => self.push(node, StmtKind::Continue, out),
            "block" | "constructor_body" => {
                let body = self.block(node);
                self.push(node, StmtKind::Block(body), out);
            }
            "synchronized_statement" => {
                let body = self.branch(node, "body");
                self.push(node, StmtKind::Block(body), out);
            }
            "labeled_statement" => {
                if let Some(&inner) = children(node).last() {
                    self.statement(inner, out);
                }
            }
            "explicit_constructor_invocation" => self.delegation(node, out),
            "assert_statement" | "import_declaration" | "package_declaration" => {}
            _ => match self.class(node) {
                Some(class) => self.push(node, StmtKind::Class(class), out),
                None if node.kind() == "ERROR" => {
                    for child in children(node) {
                        self.statement(child, out);
                    }
                }
                None => self.effect(node, out),
            },
        }
    }

    /// An expression for its effect.
    fn effect(&mut self, node: Node<'_>, out: &mut Block) {
        match node.kind() {
            "assignment_expression" => {
                let (target, op, value) = self.assignment(node);
                self.push(node, StmtKind::Assign { target, op, value }, out);
            }
            "switch_expression" => self.statement(node, out),
            _ => {
                let value = self.expr(node);
                self.push(node, StmtKind::Expr(value), out);
            }
        }
    }

    fn variables(&mut self, node: Node<'_>, out: &mut Block) {
        let stated = node.child_by_field_name("type").filter(|ty| self.text(*ty) != "var");
        for declared in children(node).into_iter().filter(|child| child.kind() == "variable_declarator") {
            let target = self.pattern_in(declared, "name");
            let ty = stated.map(|ty| self.ty(ty));
            let value = declared.child_by_field_name("value").map(|value| self.initial(value));
            self.push(declared, StmtKind::Bind { target, ty, value }, out);
        }
    }

    pub(super) fn pattern_in(&self, node: Node<'_>, field: &str) -> Pattern {
        match node.child_by_field_name(field) {
            Some(name) if name.kind() != "underscore_pattern" => Pattern::Name(self.name(name), self.pos(name)),
            _ => Pattern::Ignore,
        }
    }

    /// The statement in a field as a block.
    fn branch(&mut self, node: Node<'_>, field: &str) -> Block {
        match node.child_by_field_name(field) {
            Some(inner) if inner.kind() == "block" => self.block(inner),
            Some(inner) => {
                let mut out = Block::new();
                self.statement(inner, &mut out);
                out
            }
            None => Block::new(),
        }
    }

    /// `for (a; b; c)`.
    fn counted(&mut self, node: Node<'_>, out: &mut Block) {
        let mut block = Block::new();
        for init in fields(node, "init") {
            match init.kind() {
                "local_variable_declaration" => self.variables(init, &mut block),
                _ => self.effect(init, &mut block),
            }
        }
        let test = node.child_by_field_name("condition").map(|test| self.expr(test));
        let mut body = self.branch(node, "body");
        for update in fields(node, "update") {
            self.effect(update, &mut body);
        }
        self.push(node, StmtKind::Loop { test, body }, &mut block);
        self.push(node, StmtKind::Block(block), out);
    }

    fn guarded(&mut self, node: Node<'_>, out: &mut Block) {
        let mut body = node.child_by_field_name("body").map(|body| self.block(body)).unwrap_or_default();
        if let Some(resources) = node.child_by_field_name("resources") {
            let mut items = Vec::new();
            for resource in children(resources).into_iter().filter(|child| child.kind() == "resource") {
                let value = match resource.child_by_field_name("value") {
                    Some(value) => self.expr(value),
                    None => match children(resource).first() {
                        Some(&inner) => self.expr(inner),
                        None => continue,
                    },
                };
                items.push((value, Some(self.pattern_in(resource, "name"))));
            }
            body = vec![Stmt { kind: StmtKind::With { items, body }, pos: self.pos(node) }];
        }
        let mut handlers = Vec::new();
        let mut finally = Block::new();
        for child in children(node) {
            match child.kind() {
                "catch_clause" => handlers.push(self.branch(child, "body")),
                "finally_clause" => {
                    finally = children(child).first().map(|&block| self.block(block)).unwrap_or_default();
                }
                _ => {}
            }
        }
        self.push(node, StmtKind::Try { body, handlers, finally }, out);
    }

    /// `this(…)` and `super(…)` at a constructor's start.
    fn delegation(&mut self, node: Node<'_>, out: &mut Block) {
        let args = node.child_by_field_name("arguments").map(|list| self.args(list)).unwrap_or_default();
        let own = node.child_by_field_name("constructor").is_some_and(|word| word.kind() == "this");
        let callee = if own {
            let this = self.at(node, ExprKind::This);
            self.at(node, ExprKind::Member(Box::new(this), "constructor".into()))
        } else {
            self.at(node, ExprKind::Super)
        };
        let call = crate::code::form::Call { callee, args, is_new: false };
        let value = self.at(node, ExprKind::Call(Box::new(call)));
        self.push(node, StmtKind::Expr(value), out);
    }

    /// `case T name` of a `switch`: the arm binds the name to what is switched on, where that has a name of its own.
    fn of_type(&mut self, node: Node<'_>, switch: Node<'_>, body: &mut Block) -> Expr {
        let pattern = children(node).into_iter().find(|child| child.kind() == "type_pattern");
        let Some(pattern) = pattern else { return self.unknown(node) };
        let parts = children(pattern);
        let [ty, name] = parts.as_slice() else { return self.unknown(node) };
        let ty = self.ty(*ty);
        let subject = switch.child_by_field_name("condition").and_then(|subject| children(subject).first().copied());
        if let Some(subject) = subject.filter(|subject| subject.kind() == "identifier") {
            let target = Pattern::Name(self.name(*name), self.pos(*name));
            let value = Some(self.expr(subject));
            self.push(pattern, StmtKind::Bind { target, ty: Some(ty.clone()), value }, body);
        }
        self.at(node, ExprKind::Is(Box::new(TypeTest { value: None, ty, positive: true, target: Pattern::Ignore })))
    }

    /// The subject and the arms of a `switch`; a group of labels is one arm.
    pub(super) fn switch(&mut self, node: Node<'_>) -> (Expr, Vec<Arm>) {
        let subject = self.expr_in(node, "condition");
        let mut arms = Vec::new();
        for group in node.child_by_field_name("body").map(children).unwrap_or_default() {
            let mut arm = Arm { values: Vec::new(), body: Block::new() };
            let mut default = false;
            for child in children(group) {
                if child.kind() == "switch_label" {
                    default |= has(child, "default");
                    for value in children(child) {
                        let value = match value.kind() {
                            "pattern" => self.of_type(value, node, &mut arm.body),
                            "guard" => self.unknown(value),
                            _ => self.expr(value),
                        };
                        arm.values.push(value);
                    }
                    // What is asked besides may not hold.
                    if children(child).iter().any(|value| value.kind() == "guard") {
                        arm.values = vec![self.unknown(child)];
                    }
                } else {
                    self.statement(child, &mut arm.body);
                }
            }
            if default {
                arm.values.clear();
            }
            arms.push(arm);
        }
        (subject, arms)
    }
}
