//! Expressions.

use super::super::reader::{children, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arg, BinaryOp, Call, Entry, Expr, ExprKind, FunctionKind, Item, LogicalOp, Spread, TypeRef, UnaryOp,
};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    /// Values of a list; where several are wanted and one stands there, it is a tuple, or what is read with whether it was
    /// there.
    pub(super) fn several(&mut self, list: Node<'_>, wanted: usize) -> Expr {
        let all = if list.kind() == "expression_list" { children(list) } else { vec![list] };
        match all.as_slice() {
            [one] if wanted > 1 && one.kind() != "call_expression" => {
                let value = self.expr(*one);
                let there = self.unknown(*one);
                self.tuple(list, vec![value, there])
            }
            [one] => self.expr(*one),
            many => {
                let values = many.iter().map(|value| self.expr(*value)).collect();
                self.tuple(list, values)
            }
        }
    }

    fn tuple(&self, node: Node<'_>, values: Vec<Expr>) -> Expr {
        let items = values.into_iter().map(|value| Item { spread: Spread::No, value }).collect();
        self.at(node, ExprKind::Tuple(items))
    }

    /// Lowers one expression by its kind.
    pub(super) fn expression(&mut self, node: Node<'_>) -> Expr {
        let kind = match node.kind() {
            "identifier" | "type_identifier" | "package_identifier" | "field_identifier" => {
                ExprKind::Name(self.name(node))
            }
            "interpreted_string_literal" | "raw_string_literal" => ExprKind::Str(self.string(node)),
            "int_literal" => self.integer(node),
            "float_literal" => self.float(node),
            "rune_literal" => self.character(node),
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "nil" => ExprKind::Null,
            "iota" => self.iota.map_or(ExprKind::Unknown(Vec::new()), ExprKind::Int),
            "parenthesized_expression" | "literal_element" => return self.first(node),
            "selector_expression" => return self.selector(node),
            "index_expression" => {
                let object = self.expr_in(node, "operand");
                let index = self.expr_in(node, "index");
                ExprKind::Index(Box::new(object), Box::new(index))
            }
            "slice_expression" => {
                let object = self.expr_in(node, "operand");
                let bound = |lowering: &mut Self, field: &str| {
                    node.child_by_field_name(field).map(|bound| Box::new(lowering.expr(bound)))
                };
                ExprKind::Slice(Box::new(object), bound(self, "start"), bound(self, "end"))
            }
            "call_expression" => return self.call(node),
            "type_conversion_expression" => return self.conversion(node),
            "type_assertion_expression" => {
                let value = self.expr_in(node, "operand");
                match node.child_by_field_name("type") {
                    Some(ty) => ExprKind::Cast(Box::new(value), self.ty(ty)),
                    None => return value,
                }
            }
            // A generic function with its types is the function.
            "type_instantiation_expression" => match node.child_by_field_name("type") {
                Some(inner) => return self.expr(inner),
                None => ExprKind::Unknown(Vec::new()),
            },
            "qualified_type" => {
                let package = self.expr_in(node, "package");
                match node.child_by_field_name("name") {
                    Some(name) => ExprKind::Member(Box::new(package), self.name(name)),
                    None => return package,
                }
            }
            "binary_expression" => self.binary(node),
            "unary_expression" => return self.unary(node),
            "func_literal" => ExprKind::Function(Arc::new(self.function(node, FunctionKind::Plain))),
            "composite_literal" => {
                let ty = node.child_by_field_name("type").map(|ty| self.ty(ty));
                let body = node.child_by_field_name("body");
                return match (ty, body) {
                    (Some(ty), Some(body)) => self.composite(node, ty, body),
                    _ => self.unknown(node),
                };
            }
            "literal_value" => {
                let elided = TypeRef { path: Vec::new(), args: Vec::new(), text: "".into() };
                return self.composite(node, elided, node);
            }
            kind if kind.ends_with("_type") => return self.type_expr(node),
            _ => ExprKind::Unknown(children(node).into_iter().map(|child| self.expr(child)).collect()),
        };
        self.at(node, kind)
    }

    /// `object.name`: its place is the name's, so that the calls of a long chain have lines of their own.
    fn selector(&mut self, node: Node<'_>) -> Expr {
        let object = self.expr_in(node, "operand");
        match node.child_by_field_name("field") {
            Some(name) => Expr { kind: ExprKind::Member(Box::new(object), self.name(name)), pos: self.pos(name) },
            None => object,
        }
    }

    fn call(&mut self, node: Node<'_>) -> Expr {
        let Some(function) = node.child_by_field_name("function") else { return self.unknown(node) };
        let callee = self.expr(function);
        let makes = matches!(self.text(function), "new" | "make");
        let mut args = Vec::new();
        let given = node.child_by_field_name("arguments").map(children).unwrap_or_default();
        for (at, arg) in given.into_iter().enumerate() {
            let spread = if arg.kind() == "variadic_argument" { Spread::List } else { Spread::No };
            let value = match spread {
                Spread::List => self.first(arg),
                Spread::No | Spread::Map if makes && at == 0 => self.type_expr(arg),
                Spread::No | Spread::Map | Spread::Behind => self.argument(arg),
            };
            args.push(Arg { name: None, spread, value });
        }
        // The types of a generic function's call, for libraries that fill a value of one.
        for ty in node.child_by_field_name("type_arguments").map(children).unwrap_or_default() {
            let value = self.type_expr(ty);
            args.push(Arg { name: Some("[]".into()), spread: Spread::No, value });
        }
        let pos = callee.pos;
        Expr { kind: ExprKind::Call(Box::new(Call { callee, args, is_new: false })), pos }
    }

    /// An argument; the address of a place is told apart: who gets it may write there.
    fn argument(&mut self, node: Node<'_>) -> Expr {
        let sign = node.child_by_field_name("operator").map(|sign| sign.kind());
        let place = node.child_by_field_name("operand").map(|operand| operand.kind());
        let value = self.expr(node);
        let writes = node.kind() == "unary_expression"
            && sign == Some("&")
            && matches!(place, Some("identifier" | "selector_expression" | "index_expression"));
        if writes { self.at(node, ExprKind::Unary(UnaryOp::Address, Box::new(value))) } else { value }
    }

    /// `[]byte(x)`, `(T)(x)`: x, with the type where nothing else is known.
    fn conversion(&mut self, node: Node<'_>) -> Expr {
        let value = self.expr_in(node, "operand");
        match node.child_by_field_name("type") {
            // To the grammar `env.ParseAs[Config](options)` converts to a generic type; it may as well call a function.
            Some(ty) if ty.kind() == "generic_type" => {
                let callee = self.expr_in(ty, "type");
                let mut args = vec![Arg { name: None, spread: Spread::No, value }];
                for inner in ty.child_by_field_name("type_arguments").map(children).unwrap_or_default() {
                    let value = self.type_expr(inner);
                    args.push(Arg { name: Some("[]".into()), spread: Spread::No, value });
                }
                let pos = callee.pos;
                Expr { kind: ExprKind::Call(Box::new(Call { callee, args, is_new: false })), pos }
            }
            Some(ty) => {
                let kind = ExprKind::Cast(Box::new(value), self.ty(ty));
                self.at(node, kind)
            }
            None => value,
        }
    }

    fn unary(&mut self, node: Node<'_>) -> Expr {
        let value = self.expr_in(node, "operand");
        let op = match node.child_by_field_name("operator").map(|op| op.kind()) {
            Some("&" | "*") => return value,
            Some("!") => UnaryOp::Not,
            Some("-") => UnaryOp::Minus,
            Some("+") => UnaryOp::Plus,
            Some("<-") => return self.at(node, ExprKind::Unknown(vec![value])),
            _ => UnaryOp::Other,
        };
        self.at(node, ExprKind::Unary(op, Box::new(value)))
    }

    fn binary(&mut self, node: Node<'_>) -> ExprKind {
        let left = Box::new(self.expr_in(node, "left"));
        let right = Box::new(self.expr_in(node, "right"));
        let sign = node.child_by_field_name("operator").map_or("", |op| op.kind());
        match sign {
            "&&" => ExprKind::Logical(LogicalOp::And, left, right),
            "||" => ExprKind::Logical(LogicalOp::Or, left, right),
            sign => ExprKind::Binary(operator(sign), left, right),
        }
    }

    /// A literal with a type: a map where its elements have keys, else a list. An element that leaves its type out has an
    /// empty one; a key that is a name stays one, since the type alone tells whether it is a field's.
    fn composite(&mut self, node: Node<'_>, ty: TypeRef, body: Node<'_>) -> Expr {
        let elements = children(body);
        let keyed = elements.iter().any(|element| element.kind() == "keyed_element");
        let literal = if keyed {
            let mut entries = Vec::new();
            for element in elements {
                if element.kind() == "keyed_element" {
                    let key = self.expr_in(element, "key");
                    let value = self.expr_in(element, "value");
                    entries.push(Entry::Pair(key, value));
                }
            }
            ExprKind::Map(entries)
        } else {
            let items = elements.into_iter().map(|element| Item { spread: Spread::No, value: self.expr(element) });
            ExprKind::List(items.collect())
        };
        let literal = self.at(body, literal);
        self.at(node, ExprKind::Composite(ty, Box::new(literal)))
    }

    /// Whether a call never comes back.
    pub(super) fn ends(&self, node: Node<'_>) -> bool {
        if node.kind() != "call_expression" || has(node, "func_literal") {
            return false;
        }
        let called = node.child_by_field_name("function").map_or("", |function| self.text(function));
        let name = called.rsplit('.').next().unwrap_or(called);
        matches!(called, "panic" | "os.Exit")
            || (called.contains('.') && matches!(name, "Fatal" | "Fatalf" | "Fatalln" | "Panic" | "Panicf" | "Panicln"))
    }
}

/// The operator that a sign is.
pub(super) fn operator(sign: &str) -> BinaryOp {
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
