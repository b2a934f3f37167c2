//! Statements and patterns.

use super::super::reader::{children, fields, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arm, BinaryOp, Block, Expr, ExprKind, Name, Pattern, PatternItem, Stmt, StmtKind, TypeRef, Yields,
};
use tree_sitter::Node;

impl Lowering<'_> {
    /// The statements of a module or block.
    pub(super) fn block(&mut self, node: Node<'_>) -> Block {
        let mut out = Block::new();
        for child in children(node) {
            self.statement(child, &mut out);
        }
        out
    }

    pub(super) fn block_in(&mut self, node: Node<'_>, field: &str) -> Block {
        node.child_by_field_name(field).map(|body| self.block(body)).unwrap_or_default()
    }

    pub(super) fn statement(&mut self, node: Node<'_>, out: &mut Block) {
        if !self.reader.enter(node) {
            return;
        }
        self.statement_here(node, out);
        self.reader.leave();
    }

    fn push(&self, node: Node<'_>, kind: StmtKind, out: &mut Block) {
        out.push(Stmt { kind, pos: self.pos(node) });
    }

    fn statement_here(&mut self, node: Node<'_>, out: &mut Block) {
        let kind = match node.kind() {
            "expression_statement" => {
                children(node).into_iter().for_each(|child| self.effect(child, out));
                return;
            }
            "import_statement" => return self.import(node, out),
            "import_from_statement" => return self.import_from(node, out),
            "function_definition" => StmtKind::Function(self.function(node, Vec::new(), false)),
            "class_definition" => StmtKind::Class(self.class(node, Vec::new())),
            "decorated_definition" => return self.decorated(node, out, false),
            "return_statement" => StmtKind::Return(children(node).first().map(|value| self.expr(*value))),
            "if_statement" => self.branch(node, &fields(node, "alternative")),
            "for_statement" => {
                let target = node.child_by_field_name("left").map_or(Pattern::Ignore, |left| self.pattern(left));
                let iterable = self.expr_in(node, "right");
                let body = self.block_in(node, "body");
                self.push(node, StmtKind::Each { target, iterable, yields: Yields::Elements, body }, out);
                out.extend(self.alternative(node));
                return;
            }
            "while_statement" => {
                let test = Some(self.expr_in(node, "condition"));
                let body = self.block_in(node, "body");
                self.push(node, StmtKind::Loop { test, body }, out);
                out.extend(self.alternative(node));
                return;
            }
            "try_statement" => self.guarded(node),
            "with_statement" => self.with(node),
            "match_statement" => self.matched(node),
            "global_statement" | "nonlocal_statement" => {
                StmtKind::Outer(children(node).into_iter().map(|name| self.name(name)).collect())
            }
            "delete_statement" => {
                for target in children(node) {
                    let targets = if target.kind() == "expression_list" { children(target) } else { vec![target] };
                    for target in targets {
                        let target = self.expr(target);
                        self.push(node, StmtKind::Delete(target), out);
                    }
                }
                return;
            }
            "raise_statement" => StmtKind::Throw,
            "break_statement" => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            "assert_statement" | "print_statement" | "exec_statement" => {
                let parts = children(node).into_iter().map(|part| self.expr(part)).collect();
                StmtKind::Expr(self.at(node, ExprKind::Unknown(parts)))
            }
            "pass_statement" | "future_import_statement" | "type_alias_statement" | "comment" => return,
            // Around what does not parse, statements are found all the same.
            "ERROR" => {
                children(node).into_iter().for_each(|child| self.statement(child, out));
                return;
            }
            "block" => {
                let inner = self.block(node);
                out.extend(inner);
                return;
            }
            _ => return self.effect(node, out),
        };
        self.push(node, kind, out);
    }

    fn effect(&mut self, node: Node<'_>, out: &mut Block) {
        let kind = match node.kind() {
            "assignment" => self.assignment(node),
            "augmented_assignment" => {
                let target = node.child_by_field_name("left").map_or(Pattern::Ignore, |left| self.pattern(left));
                let sign = node.child_by_field_name("operator").map(|sign| self.text(sign)).unwrap_or_default();
                StmtKind::Assign {
                    target,
                    op: Some(operator(sign.trim_end_matches('='))),
                    value: self.expr_in(node, "right"),
                }
            }
            // A docstring.
            "string" => return,
            _ => StmtKind::Expr(self.expr(node)),
        };
        self.push(node, kind, out);
    }

    /// An assignment: with a stated type it declares.
    pub(super) fn assignment(&mut self, node: Node<'_>) -> StmtKind {
        let target = node.child_by_field_name("left").map_or(Pattern::Ignore, |left| self.pattern(left));
        let ty = node.child_by_field_name("type").map(|ty| self.type_ref(ty));
        let value = node.child_by_field_name("right").map(|right| self.expr(right));
        match (ty, value) {
            (None, Some(value)) => StmtKind::Assign { target, op: None, value },
            (ty, value) => StmtKind::Bind { target, ty, value },
        }
    }

    fn branch(&mut self, node: Node<'_>, alternatives: &[Node<'_>]) -> StmtKind {
        let test = self.expr_in(node, "condition");
        let then = self.block_in(node, "consequence");
        let otherwise = match alternatives.split_first() {
            Some((first, rest)) if first.kind() == "elif_clause" => {
                let kind = self.branch(*first, rest);
                vec![Stmt { kind, pos: self.pos(*first) }]
            }
            Some((first, _)) => self.block_in(*first, "body"),
            None => Block::new(),
        };
        StmtKind::If { test, then, otherwise }
    }

    fn alternative(&mut self, node: Node<'_>) -> Block {
        node.child_by_field_name("alternative").map(|clause| self.block_in(clause, "body")).unwrap_or_default()
    }

    fn guarded(&mut self, node: Node<'_>) -> StmtKind {
        let mut body = self.block_in(node, "body");
        let mut handlers = Vec::new();
        let mut finally = Block::new();
        for clause in children(node) {
            let inner = children(clause).into_iter().rfind(|child| child.kind() == "block");
            match clause.kind() {
                "except_clause" | "except_group_clause" => {
                    handlers.push(inner.map(|block| self.block(block)).unwrap_or_default())
                }
                "else_clause" => body.extend(self.block_in(clause, "body")),
                "finally_clause" => finally = inner.map(|block| self.block(block)).unwrap_or_default(),
                _ => {}
            }
        }
        StmtKind::Try { body, handlers, finally }
    }

    fn with(&mut self, node: Node<'_>) -> StmtKind {
        let clauses = children(node).into_iter().filter(|child| child.kind() == "with_clause");
        let mut items = Vec::new();
        for item in clauses.flat_map(children).collect::<Vec<_>>() {
            let Some(value) = item.child_by_field_name("value").or_else(|| children(item).first().copied()) else {
                continue;
            };
            if value.kind() == "as_pattern" {
                let parts = children(value);
                let Some(first) = parts.first() else { continue };
                let target = value.child_by_field_name("alias").and_then(|alias| children(alias).first().copied());
                items.push((self.expr(*first), target.map(|target| self.pattern(target))));
            } else {
                items.push((self.expr(value), None));
            }
        }
        StmtKind::With { items, body: self.block_in(node, "body") }
    }

    fn matched(&mut self, node: Node<'_>) -> StmtKind {
        let subject = node.child_by_field_name("subject").map(|subject| self.expr(subject));
        let mut arms = Vec::new();
        for case in node.child_by_field_name("body").map(children).unwrap_or_default() {
            let patterns = children(case).into_iter().filter(|child| child.kind() == "case_pattern");
            let mut values = Vec::new();
            for pattern in patterns.collect::<Vec<_>>() {
                self.case_values(pattern, &mut values, 0);
            }
            arms.push(Arm { values, body: self.block_in(case, "consequence") });
        }
        StmtKind::Switch { subject, arms }
    }

    /// The values that a pattern names; a wildcard has none, so that its arm is the default.
    fn case_values(&mut self, node: Node<'_>, out: &mut Vec<Expr>, depth: usize) {
        match node.kind() {
            "case_pattern" | "union_pattern" if depth < 8 => {
                for child in children(node) {
                    self.case_values(child, out, depth + 1);
                }
            }
            "string" | "concatenated_string" | "integer" | "float" | "true" | "false" | "none" | "dotted_name" => {
                let value = if node.kind() == "dotted_name" { self.dotted(node) } else { self.expr(node) };
                out.push(value);
            }
            _ if self.text(node) == "_" => {}
            _ => out.push(self.unknown(node)),
        }
    }

    /// What is assigned to or bound.
    pub(super) fn pattern(&mut self, node: Node<'_>) -> Pattern {
        if !self.reader.enter(node) {
            return Pattern::Ignore;
        }
        let pattern = match node.kind() {
            "identifier" if self.text(node) == "_" => Pattern::Ignore,
            "identifier" => Pattern::Name(self.name(node), self.pos(node)),
            "attribute" | "subscript" => Pattern::Place(Box::new(self.expr(node))),
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list" => {
                let items = children(node);
                Pattern::List(items.into_iter().map(|item| self.pattern_item(item)).collect())
            }
            "parenthesized_expression" | "as_pattern_target" => {
                children(node).first().map_or(Pattern::Ignore, |inner| self.pattern(*inner))
            }
            _ => Pattern::Ignore,
        };
        self.reader.leave();
        pattern
    }

    fn pattern_item(&mut self, node: Node<'_>) -> PatternItem {
        let rest = matches!(node.kind(), "list_splat_pattern" | "list_splat");
        let inner = if rest { children(node).first().copied().unwrap_or(node) } else { node };
        PatternItem { target: self.pattern(inner), default: None, rest }
    }

    /// A type as written.
    pub(super) fn type_ref(&mut self, node: Node<'_>) -> TypeRef {
        let text: Name = self.text(node).into();
        if !self.reader.enter(node) {
            return TypeRef { path: Vec::new(), args: Vec::new(), text };
        }
        let mut found = self.type_here(node);
        found.text = text;
        self.reader.leave();
        found
    }

    fn type_here(&mut self, node: Node<'_>) -> TypeRef {
        let parts = children(node);
        let plain = |path: Vec<Name>| TypeRef { path, args: Vec::new(), text: "".into() };
        match node.kind() {
            "type" | "parenthesized_expression" => {
                parts.first().map_or_else(|| plain(Vec::new()), |inner| self.type_ref(*inner))
            }
            "identifier" => plain(vec![self.name(node)]),
            "attribute" | "dotted_name" | "member_type" => {
                plain(self.text(node).split('.').map(|part| part.trim().into()).collect())
            }
            "string" => plain(self.text(node).trim_matches(['"', '\'']).split('.').map(Into::into).collect()),
            "generic_type" | "subscript" => {
                let mut found = parts.first().map_or_else(|| plain(Vec::new()), |inner| self.type_ref(*inner));
                for part in parts.into_iter().skip(1) {
                    let inner = if part.kind() == "type_parameter" { children(part) } else { vec![part] };
                    found.args.extend(inner.into_iter().map(|one| self.type_ref(one)).collect::<Vec<_>>());
                }
                found
            }
            // `X | None`: the side that is a type.
            "binary_operator" | "union_type" => {
                let sides: Vec<TypeRef> = parts.into_iter().map(|side| self.type_ref(side)).collect();
                let known = sides.into_iter().find(|side| !side.path.is_empty() && &*side.path[0] != "None");
                known.unwrap_or_else(|| plain(Vec::new()))
            }
            _ => plain(Vec::new()),
        }
    }

    /// Whether a definition is `async`.
    pub(super) fn is_async(node: Node<'_>) -> bool {
        has(node, "async")
    }
}

/// The operator that a sign stands for.
pub(super) fn operator(sign: &str) -> BinaryOp {
    match sign {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Mod,
        "|" => BinaryOp::BitOr,
        "==" | "is" => BinaryOp::Eq,
        "!=" | "<>" | "is not" => BinaryOp::Ne,
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::Le,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::Ge,
        "in" => BinaryOp::In,
        "not in" => BinaryOp::NotIn,
        _ => BinaryOp::Other,
    }
}
