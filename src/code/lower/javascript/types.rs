//! Types, reduced to what a value can be told by.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{Name, TypeRef};
use tree_sitter::Node;

/// Longer types are not kept as text: literal types and messages need the short ones.
const TEXT: usize = 300;

impl Lowering<'_> {
    /// The type behind a colon.
    pub(super) fn annotation(&mut self, node: Node<'_>) -> TypeRef {
        match children(node).first() {
            Some(&inner) if node.kind().ends_with("annotation") => self.ty(inner),
            _ => self.ty(node),
        }
    }

    pub(super) fn ty(&mut self, node: Node<'_>) -> TypeRef {
        let text = self.text(node);
        let mut out = TypeRef {
            path: Vec::new(),
            args: Vec::new(),
            text: if text.len() <= TEXT { text.into() } else { "".into() },
        };
        if !self.reader.enter(node) {
            return out;
        }
        match node.kind() {
            "generic_type" => {
                if let Some(name) = node.child_by_field_name("name") {
                    self.segments(name, &mut out.path);
                }
                out.args = node.child_by_field_name("type_arguments").map(|args| self.types(args)).unwrap_or_default();
            }
            "array_type" => {
                out.path.push("Array".into());
                out.args = self.types(node);
            }
            "readonly_type" | "parenthesized_type" => {
                if let Some(&inner) = children(node).first() {
                    out = self.ty(inner);
                }
            }
            // `X | undefined` is an X; `X & {…}` is an X too.
            "union_type" | "intersection_type" => {
                out.args = self.types(node);
                out.args.retain(|part| !matches!(part.text.as_ref(), "undefined" | "null"));
                let is_union = node.kind() == "union_type";
                if let [only] = out.args.as_slice() {
                    out = only.clone();
                } else if !is_union && let Some(named) = out.args.iter().find(|part| !part.path.is_empty()) {
                    out.path = named.path.clone();
                }
            }
            "tuple_type" => out.args = self.types(node),
            "function_type" => {
                for param in node.child_by_field_name("parameters").map(children).unwrap_or_default() {
                    if let Some(ty) = param.child_by_field_name("type") {
                        out.args.push(self.annotation(ty));
                    }
                }
            }
            _ => self.segments(node, &mut out.path),
        }
        self.reader.leave();
        out
    }

    fn types(&mut self, node: Node<'_>) -> Vec<TypeRef> {
        children(node).into_iter().map(|child| self.ty(child)).collect()
    }

    /// The segments of a name or of a dotted one; nothing for anything else.
    pub(super) fn segments(&mut self, node: Node<'_>, out: &mut Vec<Name>) {
        match node.kind() {
            "identifier" | "type_identifier" | "predefined_type" | "property_identifier" | "this_type" => {
                out.push(self.name(node));
            }
            "string" => out.push(self.string(node)),
            "nested_type_identifier" | "nested_identifier" | "member_expression" => {
                // Dotted names nest to the left, as deep as they are long.
                let mut parts = Vec::new();
                let mut here = Some(node);
                while let Some(part) = here {
                    let last = part.child_by_field_name("name").or_else(|| part.child_by_field_name("property"));
                    parts.push(self.name(last.unwrap_or(part)));
                    here = part.child_by_field_name("module").or_else(|| part.child_by_field_name("object"));
                }
                parts.reverse();
                out.append(&mut parts);
            }
            _ => {}
        }
    }
}
