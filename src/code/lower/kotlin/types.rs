//! Types and annotations.

use super::super::reader::{children, has};
use super::functions::plain;
use super::{FrontEnd, Lowering};
use crate::code::form::{Block, Call, Decorator, Expr, ExprKind, Name, Pattern, Stmt, StmtKind, TypeRef};
use std::sync::Arc;
use tree_sitter::Node;

/// Longer types are not kept as text.
const TEXT: usize = 300;

/// The kinds of nodes that are types.
pub(super) const TYPES: &[&str] =
    &["user_type", "nullable_type", "non_nullable_type", "parenthesized_type", "function_type", "dynamic"];

impl Lowering<'_> {
    /// A type as written; a nullable one is what it is where it is there.
    pub(super) fn ty(&mut self, node: Node<'_>) -> TypeRef {
        let text = self.text(node);
        let mut out = TypeRef { path: Vec::new(), args: Vec::new(), text: "".into() };
        if text.len() <= TEXT {
            out.text = text.into();
        }
        if !self.reader.enter(node) {
            return out;
        }
        for child in children(node) {
            match child.kind() {
                // What a function is called on is all that is kept of its type.
                kind if node.kind() == "function_type" && TYPES.contains(&kind) && has(node, ".") => {
                    let on = out.args.is_empty().then(|| self.ty(child));
                    out.args.extend(on);
                }
                "identifier" => out.path.push(self.name(child)),
                "type_arguments" => {
                    for argument in children(child) {
                        let inner = children(argument).into_iter().find(|child| TYPES.contains(&child.kind()));
                        if let Some(inner) = inner {
                            out.args.push(self.ty(inner));
                        }
                    }
                }
                kind if node.kind() != "function_type" && TYPES.contains(&kind) => {
                    let inner = self.ty(child);
                    (out.path, out.args) = (inner.path, inner.args);
                }
                _ => {}
            }
        }
        self.reader.leave();
        out
    }

    /// A value of a stated type: a function that is called on something has that as its receiver. What a name for a type says is
    /// known where the name is.
    pub(super) fn received(&self, value: Expr, ty: Option<&TypeRef>) -> Expr {
        let Some(ty) = ty else { return value };
        let pos = value.pos;
        let kind = match (value.kind, ty.path.as_slice(), ty.args.as_slice()) {
            (ExprKind::Function(function), [], [on]) => {
                // Nobody else has it yet.
                let mut function = function;
                if let Some(own) = Arc::get_mut(&mut function) {
                    own.receiver = Some(plain(Pattern::Name("this".into(), pos), Some(on.clone())));
                }
                ExprKind::Function(function)
            }
            (kind @ ExprKind::Function(_), [_, ..], []) => ExprKind::Cast(Box::new(Expr { kind, pos }), ty.clone()),
            (kind, ..) => kind,
        };
        Expr { kind, pos }
    }

    /// The body of a function whose result has a stated type.
    pub(super) fn returning(&self, mut body: Block, ty: Option<&TypeRef>) -> Block {
        if let Some(Stmt { kind: StmtKind::Return(value), .. }) = body.last_mut() {
            *value = value.take().map(|value| self.received(value, ty));
        }
        body
    }

    /// The type among the children.
    pub(super) fn type_in(&mut self, node: Node<'_>) -> Option<TypeRef> {
        let ty = children(node).into_iter().find(|child| TYPES.contains(&child.kind()))?;
        Some(self.ty(ty))
    }

    /// A type's name as members of its first segment.
    pub(super) fn dotted(&self, node: Node<'_>) -> Expr {
        let names: Vec<Name> = children(node)
            .into_iter()
            .filter(|child| child.kind() == "identifier")
            .map(|child| self.name(child))
            .collect();
        let mut parts = names.into_iter();
        let first = parts.next().unwrap_or_else(|| self.name(node));
        let first = self.at(node, ExprKind::Name(first));
        parts.fold(first, |object, name| self.at(node, ExprKind::Member(Box::new(object), name)))
    }

    /// The annotations among the modifiers.
    pub(super) fn annotations(&mut self, node: Node<'_>) -> Vec<Decorator> {
        let mut out = self.lifted_from(node);
        for modifiers in children(node).into_iter().filter(|child| child.kind().ends_with("modifiers")) {
            for child in children(modifiers).into_iter().filter(|child| child.kind() == "annotation") {
                let found = self.annotation(child);
                out.extend(found);
            }
        }
        out
    }

    pub(super) fn annotation(&mut self, node: Node<'_>) -> Vec<Decorator> {
        let mut out = Vec::new();
        for inner in children(node) {
            let expr = match inner.kind() {
                "constructor_invocation" => self.invocation(inner),
                kind if TYPES.contains(&kind) => self.dotted(inner),
                _ => continue,
            };
            out.push(Decorator { expr, pos: self.pos(node) });
        }
        out
    }

    /// `T(…)` behind an at-sign or among what a class extends.
    pub(super) fn invocation(&mut self, node: Node<'_>) -> Expr {
        let mut callee = None;
        let mut args = Vec::new();
        for child in children(node) {
            match child.kind() {
                "value_arguments" => args = self.args(child),
                _ => callee = Some(self.dotted(child)),
            }
        }
        let callee = callee.unwrap_or_else(|| self.unknown(node));
        self.at(node, ExprKind::Call(Box::new(Call { callee, args, is_new: false })))
    }

    /// Whether a word stands among the modifiers.
    pub(super) fn is(&self, node: Node<'_>, modifier: &str) -> bool {
        children(node)
            .into_iter()
            .filter(|child| child.kind() == "modifiers")
            .any(|modifiers| children(modifiers).into_iter().any(|one| self.text(one) == modifier))
    }
}
