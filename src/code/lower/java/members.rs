//! What stands in a class's body.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{Block, Class, ClassKind, Field, Function, FunctionKind, Stmt, StmtKind};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    /// A member of a class.
    pub(super) fn member(&mut self, node: Node<'_>, class: &mut Class) {
        if !self.reader.enter(node) {
            return;
        }
        self.member_here(node, class);
        self.reader.leave();
    }

    fn member_here(&mut self, node: Node<'_>, class: &mut Class) {
        match node.kind() {
            "field_declaration" | "constant_declaration" => self.field(node, class),
            "method_declaration" | "annotation_type_element_declaration" => {
                let function = self.method(node);
                class.body.push(Stmt { kind: StmtKind::Function(Arc::new(function)), pos: self.pos(node) });
            }
            "constructor_declaration" => {
                let params = node.child_by_field_name("parameters").map(|list| self.params(list)).unwrap_or_default();
                let body = node.child_by_field_name("body").map(|body| self.block(body)).unwrap_or_default();
                let mut function = self.made(node, "constructor", params, body, FunctionKind::Constructor);
                function.decorators = self.annotations(node);
                class.body.push(Stmt { kind: StmtKind::Function(Arc::new(function)), pos: self.pos(node) });
            }
            "static_initializer" => {
                for inner in children(node) {
                    let body = self.block(inner);
                    class.body.push(Stmt { kind: StmtKind::Block(body), pos: self.pos(inner) });
                }
            }
            _ => {
                if let Some(inner) = self.class(node) {
                    class.body.push(Stmt { kind: StmtKind::Class(inner), pos: self.pos(node) });
                }
            }
        }
    }

    /// A field; an interface's are static.
    fn field(&mut self, node: Node<'_>, class: &mut Class) {
        let is_static = self.is(node, "static") || matches!(class.kind, ClassKind::Interface | ClassKind::Annotation);
        for declared in children(node).into_iter().filter(|child| child.kind() == "variable_declarator") {
            let Some(name) = declared.child_by_field_name("name") else { continue };
            let ty = node.child_by_field_name("type").map(|ty| self.ty(ty));
            let value = declared.child_by_field_name("value").map(|value| self.initial(value));
            class.fields.push(Field {
                name: self.name(name),
                ty,
                value,
                is_static,
                is_embedded: false,
                decorators: self.annotations(node),
                tag: None,
                pos: self.pos(name),
            });
        }
    }

    /// A method. What a method without a body gives is not known; an annotation's element gives its default.
    fn method(&mut self, node: Node<'_>) -> Function {
        let name = node.child_by_field_name("name");
        let body = match (node.child_by_field_name("body"), node.child_by_field_name("value")) {
            (Some(body), _) => self.block(body),
            (None, Some(value)) => {
                let value = self.element(value);
                vec![Stmt { pos: value.pos, kind: StmtKind::Return(Some(value)) }]
            }
            (None, None) => {
                let value = self.unknown(node);
                vec![Stmt { pos: value.pos, kind: StmtKind::Return(Some(value)) }]
            }
        };
        Function {
            name: name.map(|name| self.name(name)),
            params: node.child_by_field_name("parameters").map(|list| self.params(list)).unwrap_or_default(),
            receiver: None,
            body,
            decorators: self.annotations(node),
            returns: node.child_by_field_name("type").map(|ty| self.ty(ty)),
            kind: if self.is(node, "static") { FunctionKind::Static } else { FunctionKind::Method },
            is_async: false,
            parameters: Vec::new(),
            is_generator: false,
            is_public: self.is(node, "public"),
            pos: self.pos(name.unwrap_or(node)),
        }
    }

    /// A block's statements.
    pub(super) fn block(&mut self, node: Node<'_>) -> Block {
        let mut out = Block::new();
        for child in children(node) {
            self.statement(child, &mut out);
        }
        out
    }
}
