//! Paths and types.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{Name, TypeRef};
use tree_sitter::Node;

/// Longer types are not kept as text.
const TEXT: usize = 300;

impl Lowering<'_> {
    /// Appends the segments of a path; type arguments are left out, `<T as Trait>::f` is `T::f`.
    pub(super) fn path(&mut self, node: Node<'_>, out: &mut Vec<Name>) {
        let mut parts = Vec::new();
        let mut here = Some(node);
        while let Some(part) = here {
            here = match part.kind() {
                "scoped_identifier" | "scoped_type_identifier" => {
                    if let Some(name) = part.child_by_field_name("name") {
                        parts.push(self.name(name));
                    }
                    part.child_by_field_name("path")
                }
                "generic_type" | "generic_type_with_turbofish" | "qualified_type" => part.child_by_field_name("type"),
                "generic_function" => part.child_by_field_name("function"),
                "bracketed_type" | "reference_type" => children(part).last().copied(),
                _ => {
                    parts.push(self.name(part));
                    None
                }
            };
        }
        parts.reverse();
        out.append(&mut parts);
    }

    pub(super) fn ty(&mut self, node: Node<'_>) -> TypeRef {
        let text = self.text(node);
        let text: Name = if text.len() <= TEXT { text.into() } else { "".into() };
        let mut out = TypeRef { path: Vec::new(), args: Vec::new(), text };
        if !self.reader.enter(node) {
            return out;
        }
        match node.kind() {
            // References, `impl T` and `dyn T` are a T to whoever looks for values.
            "reference_type" | "pointer_type" => {
                if let Some(inner) = node.child_by_field_name("type") {
                    out = self.ty(inner);
                }
            }
            "abstract_type" | "dynamic_type" => {
                if let Some(inner) = node.child_by_field_name("trait") {
                    out = self.ty(inner);
                }
            }
            "bounded_type" => {
                if let Some(&inner) = children(node).first() {
                    out = self.ty(inner);
                }
            }
            "generic_type" => {
                self.path(node, &mut out.path);
                let args = node.child_by_field_name("type_arguments").map(children).unwrap_or_default();
                out.args = args
                    .into_iter()
                    .filter(|arg| arg.kind() != "lifetime")
                    .map(|arg| self.ty(arg.child_by_field_name("type").unwrap_or(arg)))
                    .collect();
            }
            "type_identifier" | "scoped_type_identifier" | "primitive_type" | "identifier" | "scoped_identifier" => {
                self.path(node, &mut out.path);
            }
            "array_type" => {
                if let Some(element) = node.child_by_field_name("element") {
                    out.args.push(self.ty(element));
                }
            }
            "tuple_type" => out.args = children(node).into_iter().map(|child| self.ty(child)).collect(),
            "function_type" => {
                if let Some(name) = node.child_by_field_name("trait") {
                    self.path(name, &mut out.path);
                }
                let params = node.child_by_field_name("parameters").map(children).unwrap_or_default();
                out.args = params.into_iter().map(|param| self.ty(param)).collect();
            }
            _ => {}
        }
        self.reader.leave();
        out
    }
}
