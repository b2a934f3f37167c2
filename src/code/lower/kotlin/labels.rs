//! `this@name`: what a block, a function or a class around is called on. Where something within asks for it, it is bound there
//! under that name, which no name of the language is like.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{Block, Expr, ExprKind, Name, Pattern, Stmt, StmtKind};
use tree_sitter::Node;

/// What stands before a label.
const THIS: &str = "this@";

impl Lowering<'_> {
    /// What is meant by `this`, with a label or without one.
    pub(super) fn this(&self, node: Node<'_>) -> ExprKind {
        let label = self.text(node).strip_prefix(THIS).map(str::trim);
        match label.and_then(|label| self.labels.iter().find(|own| ***own == *label)) {
            Some(label) => ExprKind::Name(bound_as(label)),
            None => ExprKind::This,
        }
    }

    /// A body that may ask for what it is called on by this label.
    pub(super) fn labelled(
        &mut self,
        node: Node<'_>,
        label: Option<Name>,
        body: impl FnOnce(&mut Self) -> Block,
    ) -> Block {
        let asks = |label: &Name| {
            let text = self.text(node);
            let asked = bound_as(label);
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            text.match_indices(&*asked).any(|(at, _)| text.get(at + asked.len()..).is_some_and(ends))
        };
        let Some(label) = label.filter(asks) else { return body(self) };
        self.labels.push(label.clone());
        let mut out = body(self);
        self.labels.pop();
        let pos = self.pos(node);
        let value = Some(Expr { pos, kind: ExprKind::This });
        let kind = StmtKind::Bind { target: Pattern::Name(bound_as(&label), pos), ty: None, value };
        out.insert(0, Stmt { pos, kind });
        out
    }

    /// The label of a lambda: the one before it, else the name of the function that it is given.
    pub(super) fn label_of(&self, lambda: Node<'_>) -> Option<Name> {
        let mut at = lambda.parent()?;
        let before = self.reader.between(at.start_byte(), lambda.start_byte());
        if let Some(label) = before.trim_end().strip_suffix('@') {
            return label.split_whitespace().next_back().map(Name::from);
        }
        while at.kind() != "call_expression" {
            if !matches!(at.kind(), "annotated_lambda" | "value_argument" | "value_arguments") {
                return None;
            }
            at = at.parent()?;
        }
        let mut function = children(at).into_iter().next()?;
        while matches!(function.kind(), "call_expression" | "navigation_expression") {
            let parts = children(function);
            function = match function.kind() {
                "call_expression" => *parts.first()?,
                _ => *parts.last()?,
            };
        }
        (function.kind() == "identifier").then(|| self.name(function))
    }
}

/// The name under which what is meant by a label is bound.
fn bound_as(label: &Name) -> Name {
    format!("{THIS}{label}").into()
}
