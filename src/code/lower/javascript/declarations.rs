//! Variables, namespaces, and the declarations of types that a value can be told by.

use super::super::reader::children;
use super::classes::base;
use super::{FrontEnd, Lowering};
use crate::code::form::{Block, Class, ClassKind, ExprKind, Field, Pattern, StmtKind};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    /// `const`, `let`, `var`, `using`: one binding for each declarator.
    pub(super) fn declaration(&mut self, node: Node<'_>, out: &mut Block) {
        for child in children(node) {
            if child.kind() != "variable_declarator" {
                continue;
            }
            let target = child.child_by_field_name("name").map_or(Pattern::Ignore, |name| self.pattern(name));
            let ty = child.child_by_field_name("type").map(|ty| self.annotation(ty));
            let value = child.child_by_field_name("value").map(|value| self.expr(value));
            self.push(child, StmtKind::Bind { target, ty, value }, out);
        }
    }

    /// A namespace; `A.B.C` nests. `declare module "x"` without values is dropped with other ambient declarations.
    pub(super) fn namespace(&mut self, node: Node<'_>, out: &mut Block) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let body = node.child_by_field_name("body").map(|body| self.block(body)).unwrap_or_default();
        let mut names = Vec::new();
        self.segments(name, &mut names);
        let Some(last) = names.pop() else { return };
        let mut inner = StmtKind::Module { name: last, attributes: Vec::new(), body: Some(body) };
        while let Some(outer) = names.pop() {
            let exported = crate::code::form::Stmt { kind: inner, pos: self.pos(node) };
            let export = StmtKind::Export(crate::code::form::Export::Declaration(Box::new(exported)));
            let mut block = Block::new();
            self.push(node, export, &mut block);
            inner = StmtKind::Module { name: outer, attributes: Vec::new(), body: Some(block) };
        }
        self.push(node, inner, out);
    }

    /// An interface, or an alias of a type: what a parameter of that type is told by. Where a value of the same name is
    /// declared too (they live in different spaces), the value is the one that counts, so the type is left out.
    pub(super) fn type_declaration(&mut self, node: Node<'_>, out: &mut Block) {
        let Some(name) = node.child_by_field_name("name") else { return };
        if self.is_value_too(node, self.text(name)) {
            return;
        }
        let mut bases = Vec::new();
        let mut members = Vec::new();
        if let Some(value) = node.child_by_field_name("value") {
            let kind = ExprKind::Type(self.ty(value));
            bases.push(base(self.at(value, kind)));
        }
        for child in children(node) {
            if child.kind() == "extends_type_clause" {
                for ty in children(child) {
                    let kind = ExprKind::Type(self.ty(ty));
                    bases.push(base(self.at(ty, kind)));
                }
            }
        }
        for child in node.child_by_field_name("body").map(children).unwrap_or_default() {
            if child.kind() == "property_signature"
                && let Some(key) = child.child_by_field_name("name")
                && let Some(name) = self.plain_key(key)
            {
                members.push(Field {
                    name,
                    ty: child.child_by_field_name("type").map(|ty| self.annotation(ty)),
                    value: None,
                    is_static: false,
                    is_embedded: false,
                    decorators: Vec::new(),
                    tag: None,
                    pos: self.pos(key),
                });
            }
        }
        let class = Class {
            name: Some(self.name(name)),
            bases,
            body: Block::new(),
            fields: members,
            decorators: Vec::new(),
            kind: ClassKind::Interface,
            pos: self.pos(name),
        };
        self.push(node, StmtKind::Class(Arc::new(class)), out);
    }

    /// Whether the block around a type declares or imports a value of that name.
    fn is_value_too(&self, node: Node<'_>, name: &str) -> bool {
        let exported = node.parent().filter(|parent| parent.kind() == "export_statement");
        let Some(block) = exported.unwrap_or(node).parent() else { return false };
        children(block).into_iter().any(|sibling| {
            let declaration = sibling.child_by_field_name("declaration").unwrap_or(sibling);
            match declaration.kind() {
                "lexical_declaration" | "variable_declaration" => children(declaration)
                    .into_iter()
                    .any(|one| one.child_by_field_name("name").is_some_and(|own| self.text(own) == name)),
                "interface_declaration" | "type_alias_declaration" => false,
                _ => declaration.child_by_field_name("name").is_some_and(|own| self.text(own) == name),
            }
        })
    }
}
