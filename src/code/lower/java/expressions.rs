//! Expressions.

use super::super::reader::{children, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arg, BinaryOp, Block, Call, Expr, ExprKind, FunctionKind, Item, LogicalOp, Pattern, Spread, Stmt, StmtKind,
    TypeRef, TypeTest, UnaryOp,
};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    /// Lowers one expression by its kind.
    pub(super) fn expression(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "method_invocation" => self.call(node),
            "field_access" => self.access(node, "field"),
            "method_reference" => self.reference(node),
            "object_creation_expression" => self.creation(node),
            "lambda_expression" => self.lambda(node),
            "parenthesized_expression" => self.first(node),
            "scoped_identifier" | "scoped_type_identifier" | "generic_type" => self.dotted(node),
            _ => {
                let kind = self.simple(node);
                self.at(node, kind)
            }
        }
    }

    fn simple(&mut self, node: Node<'_>) -> ExprKind {
        match node.kind() {
            "identifier" | "type_identifier" => ExprKind::Name(self.name(node)),
            "this" => ExprKind::This,
            "super" => ExprKind::Super,
            "null_literal" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "string_literal" => ExprKind::Str(self.string(node)),
            "character_literal" => self.character(node),
            "decimal_integer_literal" | "hex_integer_literal" | "octal_integer_literal" | "binary_integer_literal" => {
                self.integer(node)
            }
            "decimal_floating_point_literal" | "hex_floating_point_literal" => self.float(node),
            "class_literal" => match children(node).first() {
                Some(&ty) => ExprKind::Member(Box::new(self.dotted(ty)), "class".into()),
                None => ExprKind::Unknown(Vec::new()),
            },
            "array_initializer" => ExprKind::List(self.items(node)),
            "array_creation_expression" => match node.child_by_field_name("value") {
                Some(value) => ExprKind::List(self.items(value)),
                None => ExprKind::Unknown(Vec::new()),
            },
            "array_access" => {
                let object = self.expr_in(node, "array");
                ExprKind::Index(Box::new(object), Box::new(self.expr_in(node, "index")))
            }
            "unary_expression" => {
                let op = match node.child_by_field_name("operator").map(|sign| sign.kind()) {
                    Some("!") => UnaryOp::Not,
                    Some("-") => UnaryOp::Minus,
                    Some("+") => UnaryOp::Plus,
                    _ => UnaryOp::Other,
                };
                ExprKind::Unary(op, Box::new(self.expr_in(node, "operand")))
            }
            "update_expression" => self.update(node),
            "binary_expression" => self.binary(node),
            "assignment_expression" => {
                let (target, op, value) = self.assignment(node);
                ExprKind::Assign(Box::new(target), op, Box::new(value))
            }
            "ternary_expression" => {
                let test = Box::new(self.expr_in(node, "condition"));
                let then = Box::new(self.expr_in(node, "consequence"));
                ExprKind::Conditional(test, then, Box::new(self.expr_in(node, "alternative")))
            }
            "cast_expression" => {
                let value = self.expr_in(node, "value");
                let ty = node.child_by_field_name("type").unwrap_or(node);
                ExprKind::Cast(Box::new(value), self.ty(ty))
            }
            "switch_expression" => {
                let (subject, arms) = self.switch(node);
                ExprKind::Switch(Some(Box::new(subject)), arms)
            }
            "instanceof_expression" => {
                let value = self.expr_in(node, "left");
                match node.child_by_field_name("right") {
                    Some(ty) => {
                        let (ty, target) = (self.ty(ty), self.pattern_in(node, "name"));
                        ExprKind::Is(Box::new(TypeTest { value: Some(value), ty, positive: true, target }))
                    }
                    None => ExprKind::Unknown(vec![value]),
                }
            }
            _ => {
                let parts = children(node).into_iter().map(|child| self.expr(child)).collect();
                ExprKind::Unknown(parts)
            }
        }
    }

    /// The value that a variable starts with: an array may be written as its elements alone.
    pub(super) fn initial(&mut self, node: Node<'_>) -> Expr {
        self.expr(node)
    }

    fn items(&mut self, node: Node<'_>) -> Vec<Item> {
        let mut items = Vec::new();
        for child in children(node) {
            items.push(Item { spread: Spread::No, value: self.expr(child) });
        }
        items
    }

    /// `a.b`: it stands where its member's name stands. `Outer.this` is `this`.
    fn access(&mut self, node: Node<'_>, field: &str) -> Expr {
        let Some(name) = node.child_by_field_name(field) else { return self.unknown(node) };
        if name.kind() == "this" {
            return self.at(node, ExprKind::This);
        }
        let object = self.expr_in(node, "object");
        Expr { kind: ExprKind::Member(Box::new(object), self.name(name)), pos: self.pos(name) }
    }

    /// `object.name(…)`, `name(…)`.
    fn call(&mut self, node: Node<'_>) -> Expr {
        let callee = match (node.child_by_field_name("object"), node.child_by_field_name("name")) {
            (Some(_), _) => self.access(node, "name"),
            (None, Some(name)) => self.at(name, ExprKind::Name(self.name(name))),
            (None, None) => self.unknown(node),
        };
        let args = node.child_by_field_name("arguments").map(|list| self.args(list)).unwrap_or_default();
        let pos = callee.pos;
        Expr { kind: ExprKind::Call(Box::new(Call { callee, args, is_new: false })), pos }
    }

    pub(super) fn args(&mut self, list: Node<'_>) -> Vec<Arg> {
        let mut args = Vec::new();
        for child in children(list) {
            args.push(Arg { name: None, spread: Spread::No, value: self.expr(child) });
        }
        args
    }

    /// `new T(…)`, with a body a class of its own.
    fn creation(&mut self, node: Node<'_>) -> Expr {
        let Some(ty) = node.child_by_field_name("type") else { return self.unknown(node) };
        let body = children(node).into_iter().find(|child| child.kind() == "class_body");
        let callee = match body {
            Some(body) => self.anonymous(ty, body),
            None => self.dotted(ty),
        };
        let args = node.child_by_field_name("arguments").map(|list| self.args(list)).unwrap_or_default();
        self.at(node, ExprKind::Call(Box::new(Call { callee, args, is_new: true })))
    }

    /// `object::name` is the member; `T::new` is the class itself.
    fn reference(&mut self, node: Node<'_>) -> Expr {
        let parts = children(node);
        let Some(&object) = parts.first() else { return self.unknown(node) };
        let object = if object.kind() == "array_type" { self.unknown(object) } else { self.expr(object) };
        match parts.last().filter(|last| last.kind() == "identifier" && parts.len() > 1) {
            Some(&name) if !has(node, "new") => {
                let pos = self.pos(name);
                let member = Expr { kind: ExprKind::Member(Box::new(object), self.name(name)), pos };
                Expr { kind: ExprKind::Cast(Box::new(member), TypeRef::reference()), pos }
            }
            _ => object,
        }
    }

    fn lambda(&mut self, node: Node<'_>) -> Expr {
        let params = match node.child_by_field_name("parameters") {
            Some(one) if one.kind() == "identifier" => vec![crate::code::form::Param {
                target: Pattern::Name(self.name(one), self.pos(one)),
                default: None,
                kind: crate::code::form::ParamKind::Plain,
                ty: None,
                decorators: Vec::new(),
                is_field: false,
            }],
            Some(list) => self.params(list),
            None => Vec::new(),
        };
        let body = match node.child_by_field_name("body") {
            Some(body) if body.kind() == "block" => self.block(body),
            Some(body) => {
                let value = self.expr(body);
                vec![Stmt { pos: value.pos, kind: StmtKind::Return(Some(value)) }]
            }
            None => Block::new(),
        };
        let mut function = self.made(node, "", params, body, FunctionKind::Lexical);
        (function.name, function.is_public) = (None, false);
        self.at(node, ExprKind::Function(Arc::new(function)))
    }

    /// `i++`.
    fn update(&mut self, node: Node<'_>) -> ExprKind {
        let Some(&place) = children(node).first() else { return ExprKind::Unknown(Vec::new()) };
        let op = if has(node, "++") { BinaryOp::Add } else { BinaryOp::Sub };
        let target = self.target(place);
        ExprKind::Assign(Box::new(target), Some(op), Box::new(self.at(node, ExprKind::Int(1))))
    }

    fn target(&mut self, node: Node<'_>) -> Pattern {
        match node.kind() {
            "identifier" => Pattern::Name(self.name(node), self.pos(node)),
            _ => Pattern::Place(Box::new(self.expr(node))),
        }
    }

    /// What an assignment assigns to, its operator, and the value.
    pub(super) fn assignment(&mut self, node: Node<'_>) -> (Pattern, Option<BinaryOp>, Expr) {
        let target = match node.child_by_field_name("left") {
            Some(left) => self.target(left),
            None => Pattern::Ignore,
        };
        let sign = node.child_by_field_name("operator").map_or("=", |operator| operator.kind());
        let op = sign.strip_suffix('=').filter(|sign| !sign.is_empty()).map(binary_op);
        (target, op, self.expr_in(node, "right"))
    }

    fn binary(&mut self, node: Node<'_>) -> ExprKind {
        let sign = node.child_by_field_name("operator").map_or("", |operator| operator.kind());
        let left = Box::new(self.expr_in(node, "left"));
        let right = Box::new(self.expr_in(node, "right"));
        match sign {
            "&&" => ExprKind::Logical(LogicalOp::And, left, right),
            "||" => ExprKind::Logical(LogicalOp::Or, left, right),
            sign => ExprKind::Binary(binary_op(sign), left, right),
        }
    }
}

/// The operator that a sign stands for.
fn binary_op(sign: &str) -> BinaryOp {
    match sign {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Mod,
        "==" => BinaryOp::Eq,
        "!=" => BinaryOp::Ne,
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::Le,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::Ge,
        "|" => BinaryOp::BitOr,
        _ => BinaryOp::Other,
    }
}
