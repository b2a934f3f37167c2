//! Statements.

use super::super::reader::{children, fields};
use super::expressions::operator;
use super::{FrontEnd, Lowering};
use crate::code::form::{Arm, BinaryOp, Block, Expr, ExprKind, Pattern, PatternItem, Stmt, StmtKind, Yields};
use tree_sitter::Node;

impl Lowering<'_> {
    /// The statements of a block or a list of them.
    pub(super) fn statements(&mut self, node: Node<'_>, out: &mut Block) {
        for child in children(node) {
            self.statement(child, out);
        }
    }

    fn body(&mut self, node: Node<'_>, field: &str) -> Block {
        let mut out = Block::new();
        if let Some(block) = node.child_by_field_name(field) {
            self.statements(block, &mut out);
        }
        out
    }

    pub(super) fn statement(&mut self, node: Node<'_>, out: &mut Block) {
        if !self.reader.enter(node) {
            return;
        }
        self.statement_here(node, out);
        self.reader.leave();
    }

    fn statement_here(&mut self, node: Node<'_>, out: &mut Block) {
        match node.kind() {
            "statement_list" => self.statements(node, out),
            "expression_statement" => {
                let Some(&inner) = children(node).first() else { return };
                let value = self.expr(inner);
                self.push(node, StmtKind::Expr(value), out);
                if self.ends(inner) {
                    self.push(node, StmtKind::Throw, out);
                }
            }
            "short_var_declaration" => {
                let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right"))
                else {
                    return;
                };
                let names = children(left);
                let value = Some(self.several(right, names.len()));
                let target = self.targets(&names);
                self.push(node, StmtKind::Bind { target, ty: None, value }, out);
            }
            "var_declaration" => self.variables(node, out),
            "const_declaration" => self.constants(node, out),
            "type_declaration" => self.type_declaration(node, out),
            "assignment_statement" => self.assignment(node, out),
            "inc_statement" | "dec_statement" => self.step(node, out),
            "return_statement" => {
                let value = match children(node).first() {
                    Some(list) => Some(self.several(*list, 1)),
                    None => {
                        let names = self.results.last().cloned().unwrap_or_default();
                        self.results_value(node, &names)
                    }
                };
                self.push(node, StmtKind::Return(value), out);
            }
            "if_statement" => self.conditional(node, out),
            "for_statement" => self.repeated(node, out),
            "expression_switch_statement" | "type_switch_statement" | "select_statement" => self.switch(node, out),
            "block" => {
                let mut body = Block::new();
                self.statements(node, &mut body);
                self.push(node, StmtKind::Block(body), out);
            }
            "go_statement" | "defer_statement" => {
                if let Some(&inner) = children(node).first() {
                    let value = self.expr(inner);
                    self.push(node, StmtKind::Deferred(value), out);
                }
            }
            "labeled_statement" => {
                if let Some(&inner) = children(node).get(1) {
                    self.statement(inner, out);
                }
            }
            "send_statement" => {
                let parts = children(node).into_iter().map(|part| self.expr(part)).collect();
                let value = self.at(node, ExprKind::Unknown(parts));
                self.push(node, StmtKind::Expr(value), out);
            }
            "break_statement" => self.push(node, StmtKind::Break, out),
            "continue_statement" => self.push(node, StmtKind::Continue, out),
            _ => {}
        }
    }

    /// A place that is assigned to.
    fn place(&mut self, node: Node<'_>) -> Pattern {
        match node.kind() {
            "identifier" => self.target(node),
            _ => Pattern::Place(Box::new(self.expr(node))),
        }
    }

    fn assignment(&mut self, node: Node<'_>, out: &mut Block) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else {
            return;
        };
        let places = children(left);
        let value = self.several(right, places.len());
        let sign = node.child_by_field_name("operator").map_or("=", |op| op.kind());
        let op = sign.strip_suffix('=').filter(|op| !op.is_empty()).map(operator);
        let target = match places.as_slice() {
            [one] => self.place(*one),
            many => {
                let item = |lowering: &mut Self, place: &Node<'_>| PatternItem {
                    target: lowering.place(*place),
                    default: None,
                    rest: false,
                };
                Pattern::List(many.iter().map(|place| item(self, place)).collect())
            }
        };
        self.push(node, StmtKind::Assign { target, op, value }, out);
    }

    fn step(&mut self, node: Node<'_>, out: &mut Block) {
        let Some(&inner) = children(node).first() else { return };
        let target = self.place(inner);
        let op = Some(if node.kind() == "inc_statement" { BinaryOp::Add } else { BinaryOp::Sub });
        let value = self.at(node, ExprKind::Int(1));
        self.push(node, StmtKind::Assign { target, op, value }, out);
    }

    /// Pushes a statement, behind the one that initialises it, in a block of theirs.
    fn initialised(&mut self, node: Node<'_>, kind: StmtKind, mut before: Block, out: &mut Block) {
        if before.is_empty() {
            self.push(node, kind, out);
        } else {
            self.push(node, kind, &mut before);
            self.push(node, StmtKind::Block(before), out);
        }
    }

    fn initialiser(&mut self, node: Node<'_>) -> Block {
        let mut out = Block::new();
        if let Some(first) = node.child_by_field_name("initializer") {
            self.statement(first, &mut out);
        }
        out
    }

    fn conditional(&mut self, node: Node<'_>, out: &mut Block) {
        let before = self.initialiser(node);
        let test = self.expr_in(node, "condition");
        let then = self.body(node, "consequence");
        let mut otherwise = Block::new();
        if let Some(alternative) = node.child_by_field_name("alternative") {
            match alternative.kind() {
                "block" => self.statements(alternative, &mut otherwise),
                _ => self.statement(alternative, &mut otherwise),
            }
        }
        self.initialised(node, StmtKind::If { test, then, otherwise }, before, out);
    }

    fn repeated(&mut self, node: Node<'_>, out: &mut Block) {
        let head = children(node).into_iter().find(|child| child.kind() != "block");
        let body = self.body(node, "body");
        match head {
            Some(range) if range.kind() == "range_clause" => {
                let names = range.child_by_field_name("left").map(children).unwrap_or_default();
                let target = if names.is_empty() { Pattern::Ignore } else { self.range_target(&names) };
                let iterable = self.expr_in(range, "right");
                self.push(node, StmtKind::Each { target, iterable, yields: Yields::Pairs, body }, out);
            }
            Some(clause) if clause.kind() == "for_clause" => {
                let before = self.initialiser(clause);
                let test = clause.child_by_field_name("condition").map(|test| self.expr(test));
                let mut steps = vec![Stmt { kind: StmtKind::Block(body), pos: self.pos(node) }];
                if let Some(update) = clause.child_by_field_name("update") {
                    self.statement(update, &mut steps);
                }
                self.initialised(node, StmtKind::Loop { test, body: steps }, before, out);
            }
            head => {
                let test = head.map(|test| self.expr(test));
                self.push(node, StmtKind::Loop { test, body }, out);
            }
        }
    }

    fn range_target(&mut self, names: &[Node<'_>]) -> Pattern {
        match names {
            [one] => self.place(*one),
            many => {
                let mut items = Vec::new();
                for place in many {
                    items.push(PatternItem { target: self.place(*place), default: None, rest: false });
                }
                Pattern::List(items)
            }
        }
    }

    /// `switch`, on a value or on a type, and `select`. Which type a value has and which channel is ready is not known:
    /// each arm may run.
    fn switch(&mut self, node: Node<'_>, out: &mut Block) {
        let mut before = self.initialiser(node);
        let alias = node.child_by_field_name("alias").and_then(|alias| children(alias).first().copied());
        let subject = match node.kind() {
            "expression_switch_statement" => node.child_by_field_name("value").map(|value| self.expr(value)),
            "type_switch_statement" => {
                let value = self.expr_in(node, "value");
                match alias {
                    Some(alias) => {
                        let target = self.target(alias);
                        let kind = StmtKind::Bind { target, ty: None, value: Some(value) };
                        self.push(alias, kind, &mut before);
                        Some(self.unknown(node))
                    }
                    None => Some(self.at(node, ExprKind::Unknown(vec![value]))),
                }
            }
            _ => Some(self.unknown(node)),
        };
        let cases = children(node).into_iter().filter(|child| child.kind().ends_with("_case"));
        let arms = cases.map(|case| self.case(case, alias)).collect();
        self.initialised(node, StmtKind::Switch { subject, arms }, before, out);
    }

    fn case(&mut self, case: Node<'_>, alias: Option<Node<'_>>) -> Arm {
        let mut body = Block::new();
        let mut values: Vec<Expr> = Vec::new();
        match case.kind() {
            "expression_case" => {
                let list = case.child_by_field_name("value").map(children).unwrap_or_default();
                values = list.into_iter().map(|value| self.expr(value)).collect();
            }
            "type_case" => {
                let types = fields(case, "type");
                let is_nil = |lowering: &Self, ty: &Node<'_>| lowering.text(*ty) == "nil";
                if let (Some(alias), [ty]) = (alias, types.as_slice())
                    && !is_nil(self, ty)
                {
                    let ty = Some(self.ty(*ty));
                    let value = Some(self.expr(alias));
                    let target = self.target(alias);
                    self.push(case, StmtKind::Bind { target, ty, value }, &mut body);
                }
                let value = |lowering: &mut Self, ty: Node<'_>| match is_nil(lowering, &ty) {
                    true => lowering.at(ty, ExprKind::Null),
                    false => lowering.type_expr(ty),
                };
                values = types.into_iter().map(|ty| value(self, ty)).collect();
            }
            "communication_case" => {
                values.push(self.unknown(case));
                if let Some(communication) = case.child_by_field_name("communication") {
                    self.communication(communication, &mut body);
                }
            }
            _ => {}
        }
        for child in children(case) {
            if child.kind() == "statement_list" {
                self.statements(child, &mut body);
            }
        }
        Arm { values, body }
    }

    fn communication(&mut self, node: Node<'_>, out: &mut Block) {
        if node.kind() == "send_statement" {
            return self.statement(node, out);
        }
        let value = self.expr_in(node, "right");
        match node.child_by_field_name("left").map(children) {
            Some(names) if !names.is_empty() => {
                let target = self.range_target(&names);
                self.push(node, StmtKind::Bind { target, ty: None, value: Some(value) }, out);
            }
            _ => self.push(node, StmtKind::Expr(value), out),
        }
    }
}
