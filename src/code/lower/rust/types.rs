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
        self.path_with(node, false, out);
    }

    /// The same, with the types that are stated in it: `Table::<User>::routes` is `Table`, `<User>`, `routes`.
    pub(super) fn path_with(&mut self, node: Node<'_>, types: bool, out: &mut Vec<Name>) {
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
                "generic_type" | "generic_type_with_turbofish" | "generic_function" => {
                    if types && let Some(stated) = self.stated(part) {
                        parts.push(stated);
                    }
                    part.child_by_field_name("type").or_else(|| part.child_by_field_name("function"))
                }
                "qualified_type" => part.child_by_field_name("type"),
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

    /// The types that a path states in one place, between angles; none where none of them has a name.
    fn stated(&self, node: Node<'_>) -> Option<Name> {
        let all = node.child_by_field_name("type_arguments").map(children).unwrap_or_default();
        let named = |ty: &Node<'_>| match ty.kind() {
            "type_identifier" | "scoped_type_identifier" => self.text(*ty).to_owned(),
            "generic_type" => ty.child_by_field_name("type").map_or("_", |ty| self.text(ty)).to_owned(),
            _ => "_".to_owned(),
        };
        let all: Vec<String> = all.iter().filter(|ty| ty.kind() != "lifetime").map(named).collect();
        all.iter().any(|ty| ty != "_").then(|| format!("<{}>", all.join(",")).into())
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
