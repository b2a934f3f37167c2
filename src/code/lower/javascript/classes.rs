//! Classes and their members, enums, decorators.

use super::super::reader::{children, fields, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{Arg, Block, Class, ClassKind, Decorator, Expr, ExprKind, Field, Name, Spread, Stmt, StmtKind};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    /// `outside` are the decorators that stand before the `export` of the class.
    pub(super) fn class_declaration(&mut self, node: Node<'_>, outside: Vec<Decorator>, out: &mut Block) {
        let class = self.class(node, outside);
        self.push(node, StmtKind::Class(class), out);
    }

    pub(super) fn class(&mut self, node: Node<'_>, outside: Vec<Decorator>) -> Arc<Class> {
        let mut decorators = outside;
        for decorator in fields(node, "decorator") {
            decorators.push(self.decorator(decorator));
        }
        let mut bases = Vec::new();
        for child in children(node) {
            if child.kind() == "class_heritage" {
                self.heritage(child, &mut bases);
            }
        }
        let (body, members) = match node.child_by_field_name("body") {
            Some(body) => self.members(body),
            None => (Block::new(), Vec::new()),
        };
        let name = node.child_by_field_name("name");
        Arc::new(Class {
            name: name.map(|name| self.name(name)),
            bases,
            body,
            fields: members,
            decorators,
            kind: ClassKind::Class,
            pos: self.pos(name.unwrap_or(node)),
        })
    }

    /// What is extended. What is implemented brings no member along.
    fn heritage(&mut self, node: Node<'_>, bases: &mut Vec<Arg>) {
        for child in children(node) {
            match child.kind() {
                "extends_clause" => {
                    for value in fields(child, "value") {
                        bases.push(base(self.expr(value)));
                    }
                }
                "implements_clause" => {}
                _ => bases.push(base(self.expr(child))),
            }
        }
    }

    /// TypeScript's grammar puts a method's decorators before it, as members of the body.
    fn members(&mut self, node: Node<'_>) -> (Block, Vec<Field>) {
        let mut body = Block::new();
        let mut members = Vec::new();
        let mut pending = Vec::new();
        for child in children(node) {
            match child.kind() {
                "decorator" => pending.push(self.decorator(child)),
                "method_definition" => {
                    let mut decorators = std::mem::take(&mut pending);
                    for decorator in fields(child, "decorator") {
                        decorators.push(self.decorator(decorator));
                    }
                    let method = self.method(child, decorators);
                    self.push(child, StmtKind::Function(method), &mut body);
                }
                "field_definition" | "public_field_definition" => {
                    let decorators = std::mem::take(&mut pending);
                    self.field(child, decorators, &mut members, &mut body);
                }
                "class_static_block" | "ERROR" => self.statement(child, &mut body),
                // Signatures.
                _ => pending.clear(),
            }
        }
        (body, members)
    }

    fn field(&mut self, node: Node<'_>, outside: Vec<Decorator>, members: &mut Vec<Field>, body: &mut Block) {
        let Some(key) = node.child_by_field_name("property").or_else(|| node.child_by_field_name("name")) else {
            return;
        };
        let mut decorators = outside;
        for decorator in fields(node, "decorator") {
            decorators.push(self.decorator(decorator));
        }
        let value = node.child_by_field_name("value").map(|value| self.expr(value));
        match self.plain_key(key) {
            Some(name) => members.push(Field {
                name,
                ty: node.child_by_field_name("type").map(|ty| self.annotation(ty)),
                value,
                is_static: has(node, "static"),
                is_embedded: false,
                decorators,
                tag: None,
                pos: self.pos(key),
            }),
            // Nobody can name it; what its value does still happens.
            None => {
                let effect = self.at(node, ExprKind::Unknown(value.into_iter().collect()));
                self.push(node, StmtKind::Expr(effect), body);
            }
        }
    }

    pub(super) fn decorator(&mut self, node: Node<'_>) -> Decorator {
        let expr = self.first(node);
        Decorator { expr, pos: self.pos(node) }
    }

    /// An enum; a member without a value is one more than the one before.
    pub(super) fn enum_declaration(&mut self, node: Node<'_>, out: &mut Block) {
        let mut members = Vec::new();
        let mut next = Some(0_i64);
        for child in node.child_by_field_name("body").map(children).unwrap_or_default() {
            let key = child.child_by_field_name("name").unwrap_or(child);
            let Some(name) = self.plain_key(key) else { continue };
            let value = match child.child_by_field_name("value") {
                Some(value) => Some(self.expr(value)),
                None => next.map(|number| self.at(key, ExprKind::Int(number))),
            };
            next = match value.as_ref().map(|value| &value.kind) {
                Some(ExprKind::Int(number)) => number.checked_add(1),
                _ => None,
            };
            members.push(self.enum_member(key, name, value));
        }
        let name = node.child_by_field_name("name");
        let class = Class {
            name: name.map(|name| self.name(name)),
            bases: Vec::new(),
            body: Block::new(),
            fields: members,
            decorators: Vec::new(),
            kind: ClassKind::Enum,
            pos: self.pos(name.unwrap_or(node)),
        };
        out.push(Stmt { kind: StmtKind::Class(Arc::new(class)), pos: self.pos(node) });
    }

    fn enum_member(&self, key: Node<'_>, name: Name, value: Option<Expr>) -> Field {
        Field {
            name,
            ty: None,
            value,
            is_static: true,
            is_embedded: false,
            decorators: Vec::new(),
            tag: None,
            pos: self.pos(key),
        }
    }
}

pub(super) fn base(value: Expr) -> Arg {
    Arg { name: None, spread: Spread::No, value }
}
