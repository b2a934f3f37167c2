//! Expressions.

use super::super::reader::{children, has};
use super::statements::binary_op;
use super::{FrontEnd, Lowering};
use crate::code::form::{Arg, Call, Expr, ExprKind, Item, LogicalOp, Spread, UnaryOp, with_flags};
use tree_sitter::Node;

impl Lowering<'_> {
    /// Lowers one expression by its kind.
    pub(super) fn expression(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "call_expression" => self.call(node),
            "new_expression" => self.construct(node),
            "member_expression" => self.member(node),
            "parenthesized_expression"
            | "non_null_expression"
            | "as_expression"
            | "satisfies_expression"
            | "type_assertion"
            | "instantiation_expression" => self.wrapped(node),
            "object" => self.object(node),
            "arrow_function" | "function_expression" | "generator_function" => {
                let function = self.function(node);
                self.at(node, ExprKind::Function(function))
            }
            "class" => {
                let class = self.class(node, Vec::new());
                self.at(node, ExprKind::Class(class))
            }
            _ => {
                let kind = self.simple(node);
                self.at(node, kind)
            }
        }
    }

    /// What takes a place of its own and needs no other position than the node's start.
    fn simple(&mut self, node: Node<'_>) -> ExprKind {
        match node.kind() {
            "identifier" | "import" | "shorthand_property_identifier" => ExprKind::Name(self.name(node)),
            "this" => ExprKind::This,
            "super" => ExprKind::Super,
            "null" | "undefined" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "number" => self.number(node),
            "string" => ExprKind::Str(self.string(node)),
            "template_string" => self.template(node),
            "regex" => {
                let source = self.name(node.child_by_field_name("pattern").unwrap_or(node));
                let flags = node.child_by_field_name("flags").map(|flags| self.name(flags));
                ExprKind::Regex(flags.map_or(source.clone(), |flags| with_flags(&source, &flags).into()))
            }
            "subscript_expression" => {
                let object = self.expr_in(node, "object");
                let index = self.expr_in(node, "index");
                ExprKind::Index(Box::new(object), Box::new(index))
            }
            "array" => ExprKind::List(self.items(node)),
            "assignment_expression" | "augmented_assignment_expression" | "update_expression" => {
                let (target, op, value) = self.assignment(node);
                ExprKind::Assign(Box::new(target), op, Box::new(value))
            }
            "binary_expression" => self.binary(node),
            "unary_expression" => self.unary(node),
            "ternary_expression" => {
                let test = self.expr_in(node, "condition");
                let then = self.expr_in(node, "consequence");
                let otherwise = self.expr_in(node, "alternative");
                ExprKind::Conditional(Box::new(test), Box::new(then), Box::new(otherwise))
            }
            "await_expression" => ExprKind::Await(Box::new(self.first(node))),
            "yield_expression" => ExprKind::Yield(children(node).first().map(|&child| Box::new(self.expr(child)))),
            "sequence_expression" => ExprKind::Sequence(self.parts(node)),
            // `import.meta`; `new.target` is unknown.
            "meta_property" if has(node, "import") => {
                ExprKind::Member(Box::new(self.at(node, ExprKind::Name("import".into()))), "meta".into())
            }
            _ => ExprKind::Unknown(self.parts_below(node)),
        }
    }

    /// The expressions directly below a node.
    pub(super) fn parts(&mut self, node: Node<'_>) -> Vec<Expr> {
        children(node).into_iter().map(|child| self.expr(child)).collect()
    }

    /// The expressions below a node that is not understood (markup, a piece that could not be parsed), for their effect.
    fn parts_below(&mut self, node: Node<'_>) -> Vec<Expr> {
        let mut parts = self.parts(node);
        // Markup's names and text carry nothing.
        parts.retain(|part| !matches!(&part.kind, ExprKind::Unknown(below) if below.is_empty()));
        parts
    }

    /// Parentheses, `!`, and stated types around a value.
    fn wrapped(&mut self, node: Node<'_>) -> Expr {
        let all = children(node);
        let is_prefix = node.kind() == "type_assertion";
        let value = if is_prefix { all.last() } else { all.first() };
        let Some(&value) = value else { return self.unknown(node) };
        let lowered = self.expr(value);
        let ty = match node.kind() {
            "as_expression" | "satisfies_expression" => all.get(1).copied(),
            "type_assertion" => all.first().and_then(|arguments| children(*arguments).first().copied()),
            _ => None,
        };
        match ty.map(|ty| self.ty(ty)) {
            Some(ty) => self.at(node, ExprKind::Cast(Box::new(lowered), ty)),
            None => lowered,
        }
    }

    /// A member; its place is that of the member's name.
    pub(super) fn member(&mut self, node: Node<'_>) -> Expr {
        let mut object = self.expr_in(node, "object");
        if node.child_by_field_name("optional_chain").is_some() {
            object = Expr { pos: object.pos, kind: ExprKind::Unary(UnaryOp::Maybe, Box::new(object)) };
        }
        match node.child_by_field_name("property") {
            Some(property) => {
                let kind = ExprKind::Member(Box::new(object), self.name(property));
                self.at(property, kind)
            }
            None => object,
        }
    }

    fn call(&mut self, node: Node<'_>) -> Expr {
        let callee = match node.child_by_field_name("function") {
            // A call and its member are one level: chains are long where they are not deep.
            Some(function) if function.kind() == "member_expression" => self.member(function),
            Some(function) => self.expr(function),
            None => self.unknown(node),
        };
        let pos = if matches!(callee.kind, ExprKind::Member(..)) { callee.pos } else { self.pos(node) };
        let kind = match node.child_by_field_name("arguments") {
            Some(template) if template.kind() == "template_string" => {
                let mut parts = vec![callee];
                parts.push(self.expr(template));
                ExprKind::Unknown(parts)
            }
            arguments => {
                let args = arguments.map(|arguments| self.args(arguments)).unwrap_or_default();
                ExprKind::Call(Box::new(Call { callee, args, is_new: false }))
            }
        };
        Expr { kind, pos }
    }

    fn construct(&mut self, node: Node<'_>) -> Expr {
        let callee = self.expr_in(node, "constructor");
        let args = node.child_by_field_name("arguments").map(|arguments| self.args(arguments)).unwrap_or_default();
        self.at(node, ExprKind::Call(Box::new(Call { callee, args, is_new: true })))
    }

    fn args(&mut self, node: Node<'_>) -> Vec<Arg> {
        let items = self.items(node);
        items.into_iter().map(|Item { spread, value }| Arg { name: None, spread, value }).collect()
    }

    /// The elements of an array or of an argument list. A hole (`[a, , b]`) is `undefined`.
    fn items(&mut self, node: Node<'_>) -> Vec<Item> {
        let mut items = Vec::new();
        let mut expects = true;
        for child in super::super::reader::all_children(node) {
            if child.kind() == "," {
                if expects && node.kind() == "array" {
                    items.push(Item { spread: Spread::No, value: self.at(child, ExprKind::Null) });
                }
                expects = true;
            } else if child.is_named() {
                items.push(self.item(child));
                expects = false;
            }
        }
        items
    }

    fn item(&mut self, node: Node<'_>) -> Item {
        match children(node).first() {
            Some(&inner) if node.kind() == "spread_element" => Item { spread: Spread::List, value: self.expr(inner) },
            _ => Item { spread: Spread::No, value: self.expr(node) },
        }
    }

    fn binary(&mut self, node: Node<'_>) -> ExprKind {
        let left = Box::new(self.expr_in(node, "left"));
        let right = Box::new(self.expr_in(node, "right"));
        match node.child_by_field_name("operator").map_or("", |operator| operator.kind()) {
            "&&" => ExprKind::Logical(LogicalOp::And, left, right),
            "||" => ExprKind::Logical(LogicalOp::Or, left, right),
            "??" => ExprKind::Logical(LogicalOp::Coalesce, left, right),
            sign => ExprKind::Binary(binary_op(sign), left, right),
        }
    }

    fn unary(&mut self, node: Node<'_>) -> ExprKind {
        let argument = self.expr_in(node, "argument");
        let op = match node.child_by_field_name("operator").map_or("", |operator| operator.kind()) {
            "void" if matches!(argument.kind, ExprKind::Int(_)) => return ExprKind::Null,
            "!" => UnaryOp::Not,
            "-" => UnaryOp::Minus,
            "+" => UnaryOp::Plus,
            "typeof" => UnaryOp::TypeOf,
            _ => UnaryOp::Other,
        };
        ExprKind::Unary(op, Box::new(argument))
    }
}
