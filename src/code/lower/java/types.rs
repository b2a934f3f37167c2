//! Types and annotations.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{Arg, Call, Decorator, Expr, ExprKind, Item, Name, Spread, TypeRef};
use tree_sitter::Node;

/// Longer types are not kept as text.
const TEXT: usize = 300;

impl Lowering<'_> {
    /// A type as written: arrays and wildcards have their element as argument.
    pub(super) fn ty(&mut self, node: Node<'_>) -> TypeRef {
        let text = self.text(node);
        let mut out = TypeRef { path: Vec::new(), args: Vec::new(), text: "".into() };
        if text.len() <= TEXT {
            out.text = text.into();
        }
        if !self.reader.enter(node) {
            return out;
        }
        match node.kind() {
            "generic_type" => {
                for child in children(node) {
                    if child.kind() == "type_arguments" {
                        out.args = children(child).into_iter().map(|arg| self.ty(arg)).collect();
                    } else {
                        self.path(child, &mut out.path);
                    }
                }
            }
            "array_type" => {
                if let Some(element) = node.child_by_field_name("element") {
                    out.args.push(self.ty(element));
                }
            }
            "wildcard" | "annotated_type" | "catch_type" => {
                if let Some(inner) = children(node).into_iter().rfind(|child| !child.kind().contains("annotation")) {
                    let inner = self.ty(inner);
                    (out.path, out.args) = (inner.path, inner.args);
                }
            }
            _ => self.path(node, &mut out.path),
        }
        self.reader.leave();
        out
    }

    /// Appends the segments of a dotted name; type arguments are left out.
    pub(super) fn path(&self, node: Node<'_>, out: &mut Vec<Name>) {
        let mut parts = Vec::new();
        let mut here = Some(node);
        while let Some(part) = here {
            here = None;
            match part.kind() {
                "scoped_type_identifier" | "scoped_identifier" => {
                    let all: Vec<_> =
                        children(part).into_iter().filter(|child| !child.kind().contains("annotation")).collect();
                    if let [scope, name] = all.as_slice() {
                        parts.push(self.name(*name));
                        here = Some(*scope);
                    }
                }
                "generic_type" => here = children(part).first().copied(),
                _ => parts.push(self.name(part)),
            }
        }
        parts.reverse();
        out.append(&mut parts);
    }

    /// A dotted name as members of its first segment.
    pub(super) fn dotted(&self, node: Node<'_>) -> Expr {
        let mut path = Vec::new();
        self.path(node, &mut path);
        let mut parts = path.into_iter();
        let first = parts.next().unwrap_or_else(|| "".into());
        let first = self.at(node, ExprKind::Name(first));
        parts.fold(first, |object, name| self.at(node, ExprKind::Member(Box::new(object), name)))
    }

    /// The annotations among the modifiers.
    pub(super) fn annotations(&mut self, node: Node<'_>) -> Vec<Decorator> {
        let modifiers = children(node).into_iter().find(|child| child.kind() == "modifiers");
        let mut out = Vec::new();
        for child in modifiers.map(children).unwrap_or_default() {
            if child.kind().ends_with("annotation") {
                let expr = self.annotation(child);
                out.push(Decorator { expr, pos: self.pos(child) });
            }
        }
        out
    }

    fn annotation(&mut self, node: Node<'_>) -> Expr {
        let Some(name) = node.child_by_field_name("name") else { return self.unknown(node) };
        let callee = self.dotted(name);
        let Some(list) = node.child_by_field_name("arguments") else { return callee };
        let mut args = Vec::new();
        for child in children(list) {
            let (name, value) = if child.kind() == "element_value_pair" {
                let key = child.child_by_field_name("key").map(|key| self.name(key));
                (key, child.child_by_field_name("value"))
            } else {
                (None, Some(child))
            };
            let value = match value {
                Some(value) => self.element(value),
                None => self.unknown(child),
            };
            args.push(Arg { name, spread: Spread::No, value });
        }
        self.at(node, ExprKind::Call(Box::new(Call { callee, args, is_new: false })))
    }

    /// The value of an annotation's element.
    pub(super) fn element(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "element_value_array_initializer" => {
                let mut items = Vec::new();
                for child in children(node) {
                    items.push(Item { spread: Spread::No, value: self.element(child) });
                }
                self.at(node, ExprKind::List(items))
            }
            "annotation" | "marker_annotation" => self.annotation(node),
            _ => self.expr(node),
        }
    }
}
