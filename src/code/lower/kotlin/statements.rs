//! Statements.

use super::super::reader::{all_children, children};
use super::functions::plain;
use super::types::TYPES;
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arm, BinaryOp, Block, CALLED_ON, Call, Expr, ExprKind, FunctionKind, Item, Param, Pattern, Spread, Stmt, StmtKind,
    Yields,
};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn push(&self, node: Node<'_>, kind: StmtKind, out: &mut Block) {
        out.push(Stmt { kind, pos: self.pos(node) });
    }

    /// A block's statements.
    pub(super) fn block(&mut self, node: Node<'_>) -> Block {
        let mut out = Block::new();
        for child in children(node) {
            self.statement(child, &mut out);
        }
        out
    }

    /// A block, or one statement as a block.
    pub(super) fn block_of(&mut self, node: Node<'_>) -> Block {
        if node.kind() == "block" {
            return self.block(node);
        }
        let mut out = Block::new();
        self.statement(node, &mut out);
        out
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
            "function_declaration" => {
                let function = self.function(node, FunctionKind::Plain);
                self.push(node, StmtKind::Function(Arc::new(function)), out);
            }
            "property_declaration" => self.variable(node, out),
            "class_declaration" | "object_declaration" => {
                if let Some(class) = self.class(node) {
                    self.push(node, StmtKind::Class(class), out);
                }
            }
            "assignment" => {
                let (target, op, value) = self.assignment(node);
                self.push(node, StmtKind::Assign { target, op, value }, out);
            }
            "return_expression" => {
                let label = self.text(node).trim_start().strip_prefix("return@");
                let named = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '`');
                let bare = label.is_some_and(|label| label.trim_start_matches(named).trim().is_empty());
                let labelled = label.is_some();
                let value = self.part(node).filter(|_| !bare).map(|value| self.expr(value));
                let kind = if self.in_lambda && !labelled { StmtKind::Leave(value) } else { StmtKind::Return(value) };
                self.push(node, kind, out);
            }
            "throw_expression" => self.push(node, StmtKind::Throw, out),
            "for_statement" => self.each(node, out),
            "while_statement" | "do_while_statement" => {
                let test = node.child_by_field_name("condition").map(|test| self.expr(test));
                let block = children(node).into_iter().rfind(|child| child.kind() == "block");
                let body = block.map(|block| self.block(block)).unwrap_or_default();
                self.push(node, StmtKind::Loop { test, body }, out);
            }
            "labeled_expression" => {
                if let Some(inner) = self.part(node) {
                    self.statement(inner, out);
                }
            }
            "block" => {
                let body = self.block(node);
                self.push(node, StmtKind::Block(body), out);
            }
            // A name for a type is that type.
            "type_alias" => {
                if let (Some(name), Some(ty)) = (node.child_by_field_name("type"), self.type_in(node)) {
                    let target = Pattern::Name(self.name(name), self.pos(name));
                    // What functions of it are called on is kept beside what says so, with the type as it is written.
                    let value = if ty.path.is_empty() && (ty.text.contains("->") || !ty.args.is_empty()) {
                        let on = ty.args.first().map_or(ExprKind::Null, |on| ExprKind::Type(on.clone()));
                        let all = [ExprKind::Str(CALLED_ON.into()), on, ExprKind::Str(ty.text.clone())];
                        let items = all.map(|kind| Item { spread: Spread::No, value: self.at(node, kind) });
                        self.at(node, ExprKind::Tuple(items.into()))
                    } else {
                        self.at(node, ExprKind::Type(ty))
                    };
                    self.push(node, StmtKind::Bind { target, ty: None, value: Some(value) }, out);
                }
            }
            "label" => {}
            "ERROR" => {
                for child in children(node) {
                    self.statement(child, out);
                }
            }
            _ => {
                let value = self.expr(node);
                self.push(node, StmtKind::Expr(value), out);
            }
        }
    }

    fn variable(&mut self, node: Node<'_>, out: &mut Block) {
        let declared = children(node).into_iter().find(|child| child.kind().ends_with("variable_declaration"));
        let Some(declared) = declared else { return };
        if let Some(getter) = self.getter(node, declared) {
            self.push(node, getter, out);
            return;
        }
        let target = self.bound(declared);
        let ty = if declared.kind() == "variable_declaration" { self.type_in(declared) } else { None };
        let value = self.initial(node).map(|value| self.received(value, ty.as_ref()));
        self.push(node, StmtKind::Bind { target, ty, value }, out);
    }

    /// A property that is computed whenever it is read: what it gives is its value, and one for a type that is declared elsewhere
    /// is a function.
    fn getter(&mut self, node: Node<'_>, declared: Node<'_>) -> Option<StmtKind> {
        let body = self.getter_body(node)?;
        let name = children(declared).into_iter().find(|child| child.kind() == "identifier")?;
        let (receiver, body) = (self.receiver_of(node, declared), self.function_body(body));
        let own = self.name(name);
        if receiver.is_some() {
            let mut made = self.made(node, Some(&own), Vec::new(), body, FunctionKind::Getter);
            made.receiver = receiver;
            made.is_public = !self.is(node, "private");
            return Some(StmtKind::Function(Arc::new(made)));
        }
        let made = self.made(node, None, Vec::new(), body, FunctionKind::Plain);
        let callee = self.at(node, ExprKind::Function(Arc::new(made)));
        let value = self.at(node, ExprKind::Call(Box::new(Call { callee, args: Vec::new(), is_new: false })));
        let ty = self.type_in(declared);
        Some(StmtKind::Bind { target: self.bound(declared), ty, value: Some(value) })
    }

    /// What a property's getter does.
    pub(super) fn getter_body<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        let getter = children(node).into_iter().find(|child| child.kind() == "getter")?;
        children(getter).into_iter().find(|child| child.kind() == "function_body")
    }

    /// What a property for a type that is declared elsewhere is read of.
    pub(super) fn receiver_of(&mut self, node: Node<'_>, declared: Node<'_>) -> Option<Param> {
        let before = |child: &Node<'_>| TYPES.contains(&child.kind()) && child.end_byte() <= declared.start_byte();
        let ty = children(node).into_iter().find(before)?;
        let target = Pattern::Name("this".into(), self.pos(ty));
        Some(plain(target, Some(self.ty(ty))))
    }

    fn each(&mut self, node: Node<'_>, out: &mut Block) {
        let mut target = Pattern::Ignore;
        let mut iterable = None;
        let mut body = Block::new();
        for child in children(node) {
            match child.kind() {
                "variable_declaration" | "multi_variable_declaration" => target = self.bound(child),
                "annotation" | "label" => {}
                _ if iterable.is_none() => iterable = Some(self.expr(child)),
                _ => body = self.block_of(child),
            }
        }
        let iterable = iterable.unwrap_or_else(|| self.unknown(node));
        self.push(node, StmtKind::Each { target, iterable, yields: Yields::Elements, body }, out);
    }

    /// What an assignment assigns to, its operator, and the value.
    fn assignment(&mut self, node: Node<'_>) -> (Pattern, Option<BinaryOp>, Expr) {
        let target = match node.child_by_field_name("left") {
            Some(left) if left.kind() == "identifier" => Pattern::Name(self.name(left), self.pos(left)),
            Some(left) => Pattern::Place(Box::new(self.expr(left))),
            None => Pattern::Ignore,
        };
        let op = match node.child_by_field_name("operator").map_or("=", |operator| operator.kind()) {
            "+=" => Some(BinaryOp::Add),
            "-=" => Some(BinaryOp::Sub),
            "=" => None,
            _ => Some(BinaryOp::Other),
        };
        (target, op, self.expr_in(node, "right"))
    }

    /// `if`: the condition, then what follows it, the word `else` between the two.
    pub(super) fn branches(&mut self, node: Node<'_>) -> (Expr, Block, Block) {
        let condition = node.child_by_field_name("condition");
        let test = match condition {
            Some(condition) => self.expr(condition),
            None => self.unknown(node),
        };
        let (mut then, mut otherwise) = (Block::new(), Block::new());
        let mut behind = false;
        for child in all_children(node) {
            if child.kind() == "else" {
                behind = true;
            } else if child.is_named() && condition.is_none_or(|condition| condition.id() != child.id())
                || matches!(child.kind(), "true" | "false" | "null")
            {
                let body = self.block_of(child);
                if behind { otherwise = body } else { then = body }
            }
        }
        (test, then, otherwise)
    }

    /// The subject and the arms of a `when`.
    pub(super) fn arms(&mut self, node: Node<'_>) -> (Option<Expr>, Vec<Arm>) {
        let mut subject = None;
        let mut arms = Vec::new();
        for child in children(node) {
            if child.kind() == "when_subject" {
                subject = self.part(child).map(|inner| self.expr(inner));
                continue;
            }
            let mut arm = Arm { values: Vec::new(), body: Block::new() };
            let conditions = super::super::reader::fields(child, "condition");
            let guarded = is_guarded(child, &conditions);
            for condition in &conditions {
                let value = match condition.kind() {
                    "range_test" => self.unknown(*condition),
                    _ if guarded => self.unknown(*condition),
                    "type_test" => self.type_test(*condition, None),
                    _ => self.expr(*condition),
                };
                arm.values.push(value);
            }
            if let Some(body) = self.part(child).filter(|body| conditions.iter().all(|one| one.id() != body.id())) {
                arm.body = self.block_of(body);
            }
            arms.push(arm);
        }
        (subject, arms)
    }

    /// `when (val name = subject)`: a block that binds the name and chooses by it.
    pub(super) fn named_subject(&mut self, node: Node<'_>, subject: Option<Expr>, arms: Vec<Arm>) -> ExprKind {
        let written = children(node).into_iter().find(|child| child.kind() == "when_subject");
        let declared =
            written.and_then(|written| children(written).into_iter().find(|it| it.kind() == "variable_declaration"));
        let (declared, value) = match (declared, subject) {
            (Some(declared), Some(value)) => (declared, value),
            (_, subject) => return ExprKind::Switch(subject.map(Box::new), arms),
        };
        let target = self.bound(declared);
        let Pattern::Name(name, pos) = &target else { return ExprKind::Switch(Some(Box::new(value)), arms) };
        let (pos, subject) = (*pos, Expr { kind: ExprKind::Name(name.clone()), pos: *pos });
        let chosen = self.at(node, ExprKind::Switch(Some(Box::new(subject)), arms));
        ExprKind::Block(vec![
            Stmt { kind: StmtKind::Bind { target, ty: self.type_in(declared), value: Some(value) }, pos },
            Stmt { pos: chosen.pos, kind: StmtKind::Expr(chosen) },
        ])
    }

    /// A block as a value.
    pub(super) fn block_expr(&self, node: Node<'_>, mut body: Block) -> Expr {
        if let [Stmt { kind: StmtKind::Expr(_), .. }] = body.as_slice()
            && let Some(Stmt { kind: StmtKind::Expr(value), .. }) = body.pop()
        {
            return value;
        }
        self.at(node, ExprKind::Block(body))
    }
}

/// Whether what a branch of `when` asks besides was left out of the source, with blanks in its place: there is room for it
/// before the arrow.
fn is_guarded(entry: Node<'_>, conditions: &[Node<'_>]) -> bool {
    const SHORTEST: usize = "if a ".len();
    let arrow = all_children(entry).into_iter().find(|part| part.kind() == "->");
    let room = arrow.zip(conditions.last()).map(|(arrow, last)| arrow.start_byte().saturating_sub(last.end_byte()));
    room.is_some_and(|room| room > SHORTEST)
}
