//! Expressions.

use super::super::reader::{children, fields};
use super::statements::operator;
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arg, BinaryOp, Call, Comprehension, ComprehensionKind, Entry, Expr, ExprKind, Item, LogicalOp, Pattern, Spread,
    StmtKind, UnaryOp,
};
use tree_sitter::Node;

/// The kinds of nodes that may begin with a star which stands before all of them.
const PRIMARIES: &[&str] = &[
    "attribute",
    "call",
    "subscript",
    "binary_operator",
    "boolean_operator",
    "comparison_operator",
    "conditional_expression",
];

impl Lowering<'_> {
    /// Lowers one expression by its kind.
    pub(super) fn expression(&mut self, node: Node<'_>) -> Expr {
        let kind = match node.kind() {
            "identifier" => ExprKind::Name(self.name(node)),
            "none" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "integer" => self.integer(node),
            "float" => self.text(node).replace('_', "").parse().map_or(ExprKind::Unknown(Vec::new()), ExprKind::Float),
            "string" | "concatenated_string" => return self.string(node),
            "attribute" => return self.attribute(node),
            "dotted_name" => return self.dotted(node),
            "subscript" => self.subscript(node),
            "call" => return self.call(node),
            "lambda" => return self.lambda(node),
            // A star in front of more than a name: the item around it is spread (`leads_with_star`).
            "parenthesized_expression" | "list_splat" => {
                return self.first(node);
            }
            "list" => ExprKind::List(self.items(node)),
            "tuple" | "expression_list" | "pattern_list" => ExprKind::Tuple(self.items(node)),
            "set" => ExprKind::Set(self.items(node)),
            "dictionary" => self.dictionary(node),
            "list_comprehension" => self.comprehension(node, ComprehensionKind::List),
            "set_comprehension" => self.comprehension(node, ComprehensionKind::Set),
            "dictionary_comprehension" => self.comprehension(node, ComprehensionKind::Map),
            "generator_expression" => self.comprehension(node, ComprehensionKind::Generator),
            "binary_operator" => {
                let sign = node.child_by_field_name("operator").map(|sign| self.text(sign)).unwrap_or_default();
                let (left, right) = (self.expr_in(node, "left"), self.expr_in(node, "right"));
                ExprKind::Binary(operator(sign), Box::new(left), Box::new(right))
            }
            "boolean_operator" => {
                let sign = node.child_by_field_name("operator").map(|sign| self.text(sign)).unwrap_or_default();
                let op = if sign == "and" { LogicalOp::And } else { LogicalOp::Or };
                let (left, right) = (self.expr_in(node, "left"), self.expr_in(node, "right"));
                ExprKind::Logical(op, Box::new(left), Box::new(right))
            }
            "not_operator" => ExprKind::Unary(UnaryOp::Not, Box::new(self.expr_in(node, "argument"))),
            "unary_operator" => {
                let op = match node.child_by_field_name("operator").map(|sign| self.text(sign)) {
                    Some("-") => UnaryOp::Minus,
                    Some("+") => UnaryOp::Plus,
                    _ => UnaryOp::Other,
                };
                ExprKind::Unary(op, Box::new(self.expr_in(node, "argument")))
            }
            "comparison_operator" => self.comparison(node),
            "conditional_expression" => {
                let parts = children(node);
                let [then, test, otherwise] = parts.as_slice() else { return self.unknown(node) };
                let test = Box::new(self.expr(*test));
                ExprKind::Conditional(test, Box::new(self.expr(*then)), Box::new(self.expr(*otherwise)))
            }
            "named_expression" => {
                let target = self.bound(node);
                ExprKind::Assign(Box::new(target), None, Box::new(self.expr_in(node, "value")))
            }
            "assignment" => match self.assignment(node) {
                StmtKind::Assign { target, op, value } => ExprKind::Assign(Box::new(target), op, Box::new(value)),
                StmtKind::Bind { target, value: Some(value), .. } => {
                    ExprKind::Assign(Box::new(target), None, Box::new(value))
                }
                _ => ExprKind::Unknown(Vec::new()),
            },
            "await" => ExprKind::Await(Box::new(self.first(node))),
            "yield" => {
                self.yields = true;
                ExprKind::Yield(children(node).first().map(|value| Box::new(self.expr(*value))))
            }
            "type" => ExprKind::Type(self.type_ref(node)),
            "ellipsis" => ExprKind::Unknown(Vec::new()),
            _ => {
                let parts = children(node).into_iter().map(|part| self.expr(part)).collect();
                ExprKind::Unknown(parts)
            }
        };
        self.at(node, kind)
    }

    fn integer(&self, node: Node<'_>) -> ExprKind {
        let text = self.text(node).replace('_', "").to_ascii_lowercase();
        let parsed = match text.get(..2) {
            Some("0x") => i64::from_str_radix(&text[2..], 16).ok(),
            Some("0o") => i64::from_str_radix(&text[2..], 8).ok(),
            Some("0b") => i64::from_str_radix(&text[2..], 2).ok(),
            _ => text.parse().ok(),
        };
        parsed.map_or(ExprKind::Unknown(Vec::new()), ExprKind::Int)
    }

    /// `a.b`: it stands where its member's name stands.
    fn attribute(&mut self, node: Node<'_>) -> Expr {
        let object = self.expr_in(node, "object");
        let Some(name) = node.child_by_field_name("attribute") else { return object };
        Expr { kind: ExprKind::Member(Box::new(object), self.name(name)), pos: self.pos(name) }
    }

    /// `a.b.c` where the grammar keeps it in one piece.
    pub(super) fn dotted(&mut self, node: Node<'_>) -> Expr {
        let mut parts = children(node).into_iter();
        let Some(first) = parts.next() else { return self.unknown(node) };
        let first = self.at(first, ExprKind::Name(self.name(first)));
        parts.fold(first, |object, part| Expr {
            kind: ExprKind::Member(Box::new(object), self.name(part)),
            pos: self.pos(part),
        })
    }

    fn subscript(&mut self, node: Node<'_>) -> ExprKind {
        let object = Box::new(self.expr_in(node, "value"));
        let indices = fields(node, "subscript");
        match indices.as_slice() {
            [one] if one.kind() == "slice" => {
                // The ends by the colons around them.
                let mut cursor = one.walk();
                let (mut ends, mut colons): ([Option<Box<Expr>>; 2], usize) = ([None, None], 0);
                for child in one.children(&mut cursor).collect::<Vec<_>>() {
                    if child.kind() == ":" {
                        colons += 1;
                    } else if colons < 2 && child.is_named() {
                        ends[colons] = Some(Box::new(self.expr(child)));
                    }
                }
                let [from, to] = ends;
                ExprKind::Slice(object, from, to)
            }
            [one] => ExprKind::Index(object, Box::new(self.expr(*one))),
            [] => ExprKind::Unknown(vec![*object]),
            several => {
                let items = several.iter().map(|one| Item { spread: Spread::No, value: self.expr(*one) }).collect();
                ExprKind::Index(object, Box::new(self.at(node, ExprKind::Tuple(items))))
            }
        }
    }

    fn call(&mut self, node: Node<'_>) -> Expr {
        let callee = self.expr_in(node, "function");
        let args = match node.child_by_field_name("arguments") {
            Some(list) if list.kind() == "argument_list" => self.args(list),
            Some(generator) => vec![Arg { name: None, spread: Spread::No, value: self.expr(generator) }],
            None => Vec::new(),
        };
        if matches!(&callee.kind, ExprKind::Name(name) if &**name == "super") {
            return self.at(node, ExprKind::Super);
        }
        let pos = callee.pos;
        Expr { kind: ExprKind::Call(Box::new(Call { callee, args, is_new: false })), pos }
    }

    /// Arguments; also the bases of a class.
    pub(super) fn args(&mut self, node: Node<'_>) -> Vec<Arg> {
        children(node)
            .into_iter()
            .map(|child| match child.kind() {
                "keyword_argument" => Arg {
                    name: child.child_by_field_name("name").map(|name| self.name(name)),
                    spread: Spread::No,
                    value: self.expr_in(child, "value"),
                },
                _ => {
                    let item = self.item(child);
                    Arg { name: None, spread: item.spread, value: item.value }
                }
            })
            .collect()
    }

    fn items(&mut self, node: Node<'_>) -> Vec<Item> {
        children(node).into_iter().map(|child| self.item(child)).collect()
    }

    fn item(&mut self, node: Node<'_>) -> Item {
        let spread = match node.kind() {
            "list_splat_pattern" => Spread::List,
            "dictionary_splat" => Spread::Map,
            _ if leads_with_star(node) => return Item { spread: Spread::List, value: self.expr(node) },
            _ => Spread::No,
        };
        let inner = if spread == Spread::No { node } else { children(node).first().copied().unwrap_or(node) };
        Item { spread, value: self.expr(inner) }
    }

    fn dictionary(&mut self, node: Node<'_>) -> ExprKind {
        let mut entries = Vec::new();
        for child in children(node) {
            match child.kind() {
                "pair" => entries.push(Entry::Pair(self.expr_in(child, "key"), self.expr_in(child, "value"))),
                "dictionary_splat" => {
                    if let Some(inner) = children(child).first() {
                        entries.push(Entry::Spread(self.expr(*inner)));
                    }
                }
                _ => {}
            }
        }
        ExprKind::Map(entries)
    }

    fn comprehension(&mut self, node: Node<'_>, kind: ComprehensionKind) -> ExprKind {
        let mut clauses: Vec<(Pattern, Expr, Vec<Expr>)> = Vec::new();
        for child in children(node) {
            match child.kind() {
                "for_in_clause" => {
                    let target = child.child_by_field_name("left").map_or(Pattern::Ignore, |left| self.pattern(left));
                    clauses.push((target, self.expr_in(child, "right"), Vec::new()));
                }
                "if_clause" => {
                    let test = children(child).first().map(|test| self.expr(*test));
                    if let (Some((_, _, tests)), Some(test)) = (clauses.last_mut(), test) {
                        tests.push(test);
                    }
                }
                _ => {}
            }
        }
        let Some(body) = node.child_by_field_name("body") else { return ExprKind::Unknown(Vec::new()) };
        let (key, element) = if body.kind() == "pair" {
            (Some(self.expr_in(body, "key")), self.expr_in(body, "value"))
        } else {
            (None, self.expr(body))
        };
        ExprKind::Comprehension(Box::new(Comprehension { kind, key, element, clauses }))
    }

    /// `a < b`; a chain of them holds where each pair does.
    fn comparison(&mut self, node: Node<'_>) -> ExprKind {
        let signs: Vec<BinaryOp> =
            fields(node, "operators").into_iter().map(|sign| operator(self.text(sign))).collect();
        let parts = children(node);
        let mut whole: Option<ExprKind> = None;
        for (pair, op) in parts.windows(2).zip(signs) {
            let one = ExprKind::Binary(op, Box::new(self.expr(pair[0])), Box::new(self.expr(pair[1])));
            whole = Some(match whole {
                Some(before) => {
                    let (before, one) = (self.at(node, before), self.at(node, one));
                    ExprKind::Logical(LogicalOp::And, Box::new(before), Box::new(one))
                }
                None => one,
            });
        }
        whole.unwrap_or(ExprKind::Unknown(Vec::new()))
    }
}

/// Whether a star leads an item: the grammar reads `[*a.b]` as a member of `*a`.
fn leads_with_star(node: Node<'_>) -> bool {
    let mut at = node;
    while PRIMARIES.contains(&at.kind()) {
        let Some(first) = at.named_child(0) else { return false };
        at = first;
    }
    at.kind() == "list_splat"
}
