//! Expressions.

use super::super::reader::{all_children, children};
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arg, BinaryOp, Call, Entry, Expr, ExprKind, Item, LogicalOp, Name, Pattern, Spread, TypeRef, UnaryOp,
};
use tree_sitter::Node;

impl Lowering<'_> {
    /// Lowers one expression by its kind.
    pub(super) fn expression(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "call_expression" => self.call(node),
            "field_expression" => self.member(node),
            "parenthesized_expression" | "try_expression" | "reference_expression" => self.first(node),
            "assignment_expression" if self.attribute => self.expr_in(node, "right"),
            "if_expression" => self.conditional(node),
            "match_expression" => self.switch(node),
            "closure_expression" => self.closure(node),
            "macro_invocation" => self.macro_call(node),
            "async_block" => {
                let inner = children(node).into_iter().rev().find(|child| child.kind() == "block");
                let body = inner.map(|block| self.body(block)).unwrap_or_default();
                let callee = self.lexical(node, Vec::new(), body, true);
                self.at(node, ExprKind::Call(Box::new(Call { callee, args: Vec::new(), is_new: false })))
            }
            "generic_function" => match node.child_by_field_name("function") {
                Some(function) if matches!(function.kind(), "identifier" | "scoped_identifier") => {
                    let kind = self.path_expr(node);
                    self.at(node, kind)
                }
                _ => self.expr_in(node, "function"),
            },
            "unary_expression" if self.text(node).starts_with('*') => self.first(node),
            _ => {
                let kind = self.simple(node);
                self.at(node, kind)
            }
        }
    }

    fn simple(&mut self, node: Node<'_>) -> ExprKind {
        match node.kind() {
            "identifier" | "field_identifier" | "crate" | "type_identifier" => ExprKind::Name(self.name(node)),
            "self" => ExprKind::This,
            "scoped_identifier" => self.path_expr(node),
            "boolean_literal" => ExprKind::Bool(self.text(node) == "true"),
            "integer_literal" => self.integer(node),
            "float_literal" => self.float(node),
            "char_literal" => self.character(node),
            "string_literal" | "raw_string_literal" => ExprKind::Str(self.string(node)),
            "unit_expression" => ExprKind::Tuple(Vec::new()),
            "tuple_expression" => ExprKind::Tuple(self.items_of(node)),
            "array_expression" if node.child_by_field_name("length").is_none() => ExprKind::List(self.items_of(node)),
            "struct_expression" => self.composite(node),
            "index_expression" => match children(node).as_slice() {
                [object, range] if range.kind() == "range_expression" => self.slice(*object, *range),
                [object, index] => ExprKind::Index(Box::new(self.expr(*object)), Box::new(self.expr(*index))),
                _ => ExprKind::Unknown(Vec::new()),
            },
            "unary_expression" => {
                let op = if self.text(node).starts_with('!') { UnaryOp::Not } else { UnaryOp::Minus };
                ExprKind::Unary(op, Box::new(self.first(node)))
            }
            "binary_expression" => self.binary(node),
            "assignment_expression" | "compound_assignment_expr" => {
                let (target, op, value) = self.assignment(node);
                ExprKind::Assign(Box::new(target), op, Box::new(value))
            }
            "await_expression" => ExprKind::Await(Box::new(self.first(node))),
            "type_cast_expression" => {
                let value = self.expr_in(node, "value");
                let ty = node.child_by_field_name("type").unwrap_or(node);
                ExprKind::Cast(Box::new(value), self.ty(ty))
            }
            "block" | "unsafe_block" | "const_block" | "try_block" => ExprKind::Block(self.inner_block(node)),
            // Control flow where a value may stand: a block that does it.
            "return_expression"
            | "break_expression"
            | "continue_expression"
            | "for_expression"
            | "while_expression"
            | "loop_expression" => {
                let mut block = Vec::new();
                self.statement(node, &[], false, &mut block);
                ExprKind::Block(block)
            }
            _ => {
                let parts = children(node).into_iter().map(|child| self.expr(child)).collect();
                ExprKind::Unknown(parts)
            }
        }
    }

    fn path_expr(&mut self, node: Node<'_>) -> ExprKind {
        let mut path: Vec<Name> = Vec::new();
        self.path_with(node, true, &mut path);
        match path.as_slice() {
            [only] => ExprKind::Name(only.clone()),
            _ => ExprKind::Path(path),
        }
    }

    fn member(&mut self, node: Node<'_>) -> Expr {
        let object = self.expr_in(node, "value");
        match node.child_by_field_name("field") {
            Some(field) => {
                let kind = ExprKind::Member(Box::new(object), self.name(field));
                self.at(field, kind)
            }
            None => object,
        }
    }

    fn call(&mut self, node: Node<'_>) -> Expr {
        let mut function = node.child_by_field_name("function");
        let mut stated = Vec::new();
        if let Some(generic) = function.filter(|function| function.kind() == "generic_function") {
            function = generic.child_by_field_name("function");
            stated = generic.child_by_field_name("type_arguments").map(children).unwrap_or_default();
        }
        let callee = match function {
            // A call and its member are one level: chains are long where they are not deep.
            Some(function) if function.kind() == "field_expression" => self.member(function),
            Some(function) => self.expr(function),
            None => self.unknown(node),
        };
        let pos = if matches!(callee.kind, ExprKind::Member(..)) { callee.pos } else { self.pos(node) };
        let mut args = Vec::new();
        for child in node.child_by_field_name("arguments").map(children).unwrap_or_default() {
            if child.kind() != "attribute_item" {
                args.push(Arg { name: None, spread: Spread::No, value: self.expr(child) });
            }
        }
        // The types that a call states (`f::<T>()`) go with it under names that no parameter has.
        stated.retain(|ty| ty.kind() != "lifetime");
        for (at, ty) in stated.into_iter().enumerate().filter(|(_, ty)| self.text(*ty) != "_").collect::<Vec<_>>() {
            let kind = ExprKind::Type(self.ty(ty));
            args.push(Arg { name: Some(stated_type(at)), spread: Spread::No, value: self.at(ty, kind) });
        }
        Expr { kind: ExprKind::Call(Box::new(Call { callee, args, is_new: false })), pos }
    }

    /// `text[from..to]`; one whose end is meant too is not known.
    fn slice(&mut self, object: Node<'_>, range: Node<'_>) -> ExprKind {
        let parts = all_children(range);
        let Some(at) = parts.iter().position(|part| part.kind() == "..") else { return ExprKind::Unknown(Vec::new()) };
        let from = parts[..at].last().map(|from| Box::new(self.expr(*from)));
        let to = parts[at + 1..].first().map(|to| Box::new(self.expr(*to)));
        ExprKind::Slice(Box::new(self.expr(object)), from, to)
    }

    fn items_of(&mut self, node: Node<'_>) -> Vec<Item> {
        let mut items = Vec::new();
        for child in children(node).into_iter().filter(|child| child.kind() != "attribute_item") {
            items.push(Item { spread: Spread::No, value: self.expr(child) });
        }
        items
    }

    fn composite(&mut self, node: Node<'_>) -> ExprKind {
        let mut ty = TypeRef { path: Vec::new(), args: Vec::new(), text: "".into() };
        if let Some(name) = node.child_by_field_name("name") {
            ty.text = self.name(name);
            self.path(name, &mut ty.path);
        }
        let mut entries = Vec::new();
        let body = node.child_by_field_name("body");
        for child in body.map(children).unwrap_or_default() {
            match child.kind() {
                "field_initializer" => {
                    let Some(field) = child.child_by_field_name("field") else { continue };
                    let key = self.at(field, ExprKind::Str(self.name(field)));
                    let value = self.expr_in(child, "value");
                    entries.push(Entry::Pair(key, value));
                }
                "shorthand_field_initializer" => {
                    let Some(name) = children(child).into_iter().find(|part| part.kind() == "identifier") else {
                        continue;
                    };
                    let key = self.at(name, ExprKind::Str(self.name(name)));
                    let value = self.expr(name);
                    entries.push(Entry::Pair(key, value));
                }
                _ => {
                    let base = self.first(child);
                    entries.push(Entry::Spread(base));
                }
            }
        }
        let map = self.at(node, ExprKind::Map(entries));
        ExprKind::Composite(ty, Box::new(map))
    }

    fn binary(&mut self, node: Node<'_>) -> ExprKind {
        let left = Box::new(self.expr_in(node, "left"));
        let right = Box::new(self.expr_in(node, "right"));
        match node.child_by_field_name("operator").map_or("", |operator| operator.kind()) {
            "&&" => ExprKind::Logical(LogicalOp::And, left, right),
            "||" => ExprKind::Logical(LogicalOp::Or, left, right),
            sign => ExprKind::Binary(binary_op(sign), left, right),
        }
    }

    /// What an assignment assigns to, its operator, and the value.
    pub(super) fn assignment(&mut self, node: Node<'_>) -> (Pattern, Option<BinaryOp>, Expr) {
        let target = match node.child_by_field_name("left") {
            Some(left) if left.kind() == "identifier" => Pattern::Name(self.name(left), self.pos(left)),
            Some(left) => Pattern::Place(Box::new(self.expr(left))),
            None => Pattern::Ignore,
        };
        let sign = node.child_by_field_name("operator").map(|operator| operator.kind().trim_end_matches('='));
        (target, sign.map(binary_op), self.expr_in(node, "right"))
    }
}

/// The name under which the type at a place goes that a call states.
pub(crate) fn stated_type(at: usize) -> Name {
    if at == 0 { "<>".into() } else { format!("<{at}>").into() }
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
