//! Classes, interfaces, enums, records and annotation types.

use super::super::reader::{children, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arg, Block, Call, Class, ClassKind, Expr, ExprKind, Field, Function, FunctionKind, INITIALISER, Param, ParamKind,
    Pattern, Spread, Stmt, StmtKind,
};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    /// Whether a keyword stands among the modifiers.
    pub(super) fn is(&self, node: Node<'_>, modifier: &str) -> bool {
        children(node).into_iter().any(|child| child.kind() == "modifiers" && has(child, modifier))
    }

    /// A type's declaration.
    pub(super) fn class(&mut self, node: Node<'_>) -> Option<Arc<Class>> {
        let kind = match node.kind() {
            "class_declaration" if self.is(node, "abstract") => ClassKind::Abstract,
            "class_declaration" => ClassKind::Class,
            "record_declaration" => ClassKind::Struct,
            "interface_declaration" => ClassKind::Interface,
            "annotation_type_declaration" => ClassKind::Annotation,
            "enum_declaration" => ClassKind::Enum,
            _ => return None,
        };
        let name = node.child_by_field_name("name")?;
        let mut class = Class {
            name: Some(self.name(name)),
            bases: self.bases(node),
            body: Block::new(),
            fields: Vec::new(),
            decorators: self.annotations(node),
            kind,
            pos: self.pos(name),
        };
        if let Some(params) = node.child_by_field_name("parameters") {
            self.components(params, &mut class);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.body(body, &mut class);
        }
        Some(Arc::new(class))
    }

    /// What is extended and implemented, in order.
    fn bases(&mut self, node: Node<'_>) -> Vec<Arg> {
        let mut out = Vec::new();
        for child in children(node) {
            if !matches!(child.kind(), "superclass" | "super_interfaces" | "extends_interfaces") {
                continue;
            }
            for inner in children(child) {
                let all = if inner.kind() == "type_list" { children(inner) } else { vec![inner] };
                for ty in all {
                    let base = self.base(ty);
                    out.push(base);
                }
            }
        }
        out
    }

    fn base(&mut self, node: Node<'_>) -> Arg {
        let kind = ExprKind::Type(self.ty(node));
        Arg { name: None, spread: Spread::No, value: self.at(node, kind) }
    }

    /// A record's components are its fields and its constructor's parameters.
    fn components(&mut self, node: Node<'_>, class: &mut Class) {
        let mut params = self.params(node);
        for (param, child) in params.iter_mut().zip(children(node)) {
            param.is_field = true;
            let Pattern::Name(name, pos) = &param.target else { continue };
            class.fields.push(Field {
                name: name.clone(),
                ty: param.ty.clone(),
                value: None,
                is_static: false,
                is_embedded: false,
                decorators: self.annotations(child),
                tag: None,
                pos: *pos,
            });
        }
        let constructor = self.made(node, "constructor", params, Block::new(), FunctionKind::Constructor);
        class.body.push(Stmt { kind: StmtKind::Function(Arc::new(constructor)), pos: self.pos(node) });
    }

    /// The members of a body.
    pub(super) fn body(&mut self, node: Node<'_>, class: &mut Class) {
        let mut initial = Block::new();
        for child in children(node) {
            match child.kind() {
                "enum_constant" => self.constant(child, class),
                "enum_body_declarations" => self.body(child, class),
                "block" => {
                    let block = self.block(child);
                    initial.push(Stmt { kind: StmtKind::Block(block), pos: self.pos(child) });
                }
                _ => self.member(child, class),
            }
        }
        if !initial.is_empty() {
            let made = self.made(node, INITIALISER, Vec::new(), initial, FunctionKind::Method);
            class.body.push(Stmt { kind: StmtKind::Function(Arc::new(made)), pos: self.pos(node) });
        }
    }

    /// A constant of an enum is a static field that holds an instance.
    fn constant(&mut self, node: Node<'_>, class: &mut Class) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let own = class.name.clone().unwrap_or_else(|| "".into());
        let mut callee = self.at(node, ExprKind::Name(own));
        // One with a body is of a class of its own.
        if let Some(body) = node.child_by_field_name("body") {
            let base = Arg { name: None, spread: Spread::No, value: callee };
            callee = self.without_name(vec![base], body, node);
        }
        let args = node.child_by_field_name("arguments").map(|list| self.args(list)).unwrap_or_default();
        let value = self.at(node, ExprKind::Call(Box::new(Call { callee, args, is_new: true })));
        class.fields.push(Field {
            name: self.name(name),
            ty: None,
            value: Some(value),
            is_static: true,
            is_embedded: false,
            decorators: self.annotations(node),
            tag: None,
            pos: self.pos(name),
        });
    }

    /// A class without a name that extends the type it is made of.
    pub(super) fn anonymous(&mut self, ty: Node<'_>, body: Node<'_>) -> Expr {
        let base = self.base(ty);
        self.without_name(vec![base], body, ty)
    }

    fn without_name(&mut self, bases: Vec<Arg>, body: Node<'_>, at: Node<'_>) -> Expr {
        let mut class = Class {
            name: None,
            bases,
            body: Block::new(),
            fields: Vec::new(),
            decorators: Vec::new(),
            kind: ClassKind::Class,
            pos: self.pos(body),
        };
        self.body(body, &mut class);
        self.at(at, ExprKind::Class(Arc::new(class)))
    }

    /// A function that is not written as a method.
    pub(super) fn made(
        &self,
        node: Node<'_>,
        name: &str,
        params: Vec<Param>,
        body: Block,
        kind: FunctionKind,
    ) -> Function {
        Function {
            name: Some(name.into()),
            params,
            receiver: None,
            body,
            decorators: Vec::new(),
            returns: None,
            kind,
            is_async: false,
            parameters: Vec::new(),
            is_generator: false,
            is_public: true,
            pos: self.pos(node),
        }
    }

    /// Parameters with their types and annotations.
    pub(super) fn params(&mut self, node: Node<'_>) -> Vec<Param> {
        let mut out = Vec::new();
        for child in children(node) {
            let (name, ty, kind) = match child.kind() {
                "formal_parameter" => {
                    (child.child_by_field_name("name"), child.child_by_field_name("type"), ParamKind::Plain)
                }
                "spread_parameter" => {
                    let inner = children(child);
                    let declared = inner.iter().find(|part| part.kind() == "variable_declarator");
                    let name = declared.and_then(|declared| declared.child_by_field_name("name"));
                    let ty = inner.iter().find(|part| part.kind() != "modifiers").copied();
                    (name, ty, ParamKind::Rest)
                }
                "identifier" => (Some(child), None, ParamKind::Plain),
                _ => continue,
            };
            out.push(Param {
                target: name.map_or(Pattern::Ignore, |name| Pattern::Name(self.name(name), self.pos(name))),
                default: None,
                kind,
                ty: ty.map(|ty| self.ty(ty)),
                decorators: self.annotations(child),
                is_field: false,
            });
        }
        out
    }
}
