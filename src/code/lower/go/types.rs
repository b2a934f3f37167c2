//! Types.

use super::super::reader::{all_children, children, fields};
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arg, Block, Class, ClassKind, Expr, ExprKind, Field, Function, FunctionKind, Name, Param, ParamKind, Pattern,
    Spread, StmtKind, TypeRef,
};
use std::sync::Arc;
use tree_sitter::Node;

/// The longest text of a type that is kept.
const TEXT: usize = 120;

impl Lowering<'_> {
    pub(super) fn ty(&mut self, node: Node<'_>) -> TypeRef {
        let text = self.text(node);
        let text: Name = if text.len() <= TEXT { text.into() } else { "".into() };
        let mut out = TypeRef { path: Vec::new(), args: Vec::new(), text };
        if !self.reader.enter(node) {
            return out;
        }
        let field = |name: &str| node.child_by_field_name(name);
        match node.kind() {
            "type_identifier" | "identifier" => out.path.push(self.name(node)),
            "qualified_type" => {
                out.path.extend([field("package"), field("name")].into_iter().flatten().map(|part| self.name(part)));
            }
            "selector_expression" => {
                out.path.extend([field("operand"), field("field")].into_iter().flatten().map(|part| self.name(part)));
            }
            "pointer_type"
            | "parenthesized_type"
            | "negated_type"
            | "type_elem"
            | "unary_expression"
            | "parenthesized_expression" => {
                if let Some(&inner) = children(node).first() {
                    let inner = self.ty(inner);
                    (out.path, out.args) = (inner.path, inner.args);
                }
            }
            "generic_type" | "type_instantiation_expression" => {
                if let Some(inner) = field("type") {
                    out.path = self.ty(inner).path;
                }
                out.args = field("type_arguments").map(|args| self.types(args)).unwrap_or_default();
            }
            "slice_type" | "array_type" | "implicit_length_array_type" => {
                self.built(&mut out, "[]", &[field("element")])
            }
            "map_type" => self.built(&mut out, "map", &[field("key"), field("value")]),
            "channel_type" => self.built(&mut out, "chan", &[field("value")]),
            "function_type" => {
                out.path.push("func".into());
                out.args = vec![self.parameter_types(field("parameters")), self.result(node).unwrap_or_else(nothing)];
            }
            "struct_type" => {
                let pos = self.pos(node);
                let name: Name = format!("struct@{}:{}", pos.line, pos.column).into();
                let class = self.structure(node, Some(name.clone()));
                self.structs.push(crate::code::form::Stmt { kind: StmtKind::Class(class), pos });
                out.path.push(name);
            }
            _ => {}
        }
        self.reader.leave();
        out
    }

    fn built(&mut self, out: &mut TypeRef, word: &str, parts: &[Option<Node<'_>>]) {
        out.path.push(word.into());
        out.args = parts.iter().flatten().map(|part| self.ty(*part)).collect();
    }

    fn types(&mut self, node: Node<'_>) -> Vec<TypeRef> {
        children(node).into_iter().map(|child| self.ty(child)).collect()
    }

    /// The types of a parameter list as a tuple.
    fn parameter_types(&mut self, list: Option<Node<'_>>) -> TypeRef {
        let params = list.map(|list| self.params(list)).unwrap_or_default();
        let args = params.into_iter().map(|param| param.ty.unwrap_or_else(nothing)).collect();
        TypeRef { path: Vec::new(), args, text: "()".into() }
    }

    /// What a function gives: a type, or a tuple of several.
    pub(super) fn result(&mut self, node: Node<'_>) -> Option<TypeRef> {
        let result = node.child_by_field_name("result")?;
        if result.kind() != "parameter_list" {
            return Some(self.ty(result));
        }
        let mut tuple = self.parameter_types(Some(result));
        if tuple.args.len() == 1 { tuple.args.pop() } else { Some(tuple) }
    }

    /// The parameters of a list; one declaration may name several.
    pub(super) fn params(&mut self, list: Node<'_>) -> Vec<Param> {
        let mut out = Vec::new();
        for child in children(list) {
            let variadic = child.kind() == "variadic_parameter_declaration";
            let Some(ty) = child.child_by_field_name("type") else { continue };
            let ty = self.ty(ty);
            let kind = if variadic { ParamKind::Rest } else { ParamKind::Plain };
            let names = fields(child, "name");
            let mut targets: Vec<Pattern> = names.iter().map(|name| self.target(*name)).collect();
            if targets.is_empty() {
                targets.push(Pattern::Ignore);
            }
            for target in targets {
                let ty = Some(ty.clone());
                out.push(Param { target, default: None, kind, ty, decorators: Vec::new(), is_field: false });
            }
        }
        out
    }

    pub(super) fn structure(&mut self, node: Node<'_>, name: Option<Name>) -> Arc<Class> {
        let list = children(node).into_iter().find(|child| child.kind() == "field_declaration_list");
        let mut fields = Vec::new();
        for declaration in list.map(children).unwrap_or_default() {
            self.field(declaration, &mut fields);
        }
        Arc::new(Class {
            name,
            bases: Vec::new(),
            body: Block::new(),
            fields,
            decorators: Vec::new(),
            kind: ClassKind::Struct,
            pos: self.pos(node),
        })
    }

    fn field(&mut self, node: Node<'_>, out: &mut Vec<Field>) {
        let Some(written) = node.child_by_field_name("type") else { return };
        let mut ty = self.ty(written);
        let tag = node.child_by_field_name("tag").map(|tag| self.string(tag));
        let names = fields(node, "name");
        let pointer = all_children(node).first().is_some_and(|child| child.kind() == "*");
        let named: Vec<(Name, Node<'_>)> = if names.is_empty() {
            if pointer {
                ty.text = format!("*{}", ty.text).into();
            }
            ty.path.last().cloned().map(|name| (name, written)).into_iter().collect()
        } else {
            names.iter().map(|name| (self.name(*name), *name)).collect()
        };
        for (name, at) in named {
            out.push(Field {
                name,
                ty: Some(ty.clone()),
                value: None,
                is_static: false,
                is_embedded: names.is_empty(),
                decorators: Vec::new(),
                tag: tag.clone(),
                pos: self.pos(at),
            });
        }
    }

    fn interface(&mut self, node: Node<'_>, name: Name) -> Arc<Class> {
        let mut class = Class {
            name: Some(name),
            bases: Vec::new(),
            body: Block::new(),
            fields: Vec::new(),
            decorators: Vec::new(),
            kind: ClassKind::Interface,
            pos: self.pos(node),
        };
        for child in children(node) {
            if child.kind() == "method_elem" {
                let method = self.signature(child);
                self.push(child, StmtKind::Function(method), &mut class.body);
            } else {
                let base = ExprKind::Type(self.ty(child));
                class.bases.push(Arg { name: None, spread: Spread::No, value: self.at(child, base) });
            }
        }
        Arc::new(class)
    }

    /// A method of an interface: it has no body.
    fn signature(&mut self, node: Node<'_>) -> Arc<Function> {
        let name = node.child_by_field_name("name");
        Arc::new(Function {
            name: name.map(|name| self.name(name)),
            params: node.child_by_field_name("parameters").map(|list| self.params(list)).unwrap_or_default(),
            receiver: None,
            body: Block::new(),
            decorators: Vec::new(),
            returns: self.result(node),
            kind: FunctionKind::Method,
            is_async: false,
            parameters: Vec::new(),
            is_generator: false,
            is_public: true,
            pos: self.pos(name.unwrap_or(node)),
        })
    }

    /// `type A …`: a struct or an interface is a class; another type of its own has the type as its base; an alias binds
    /// the name to the type.
    pub(super) fn type_declaration(&mut self, node: Node<'_>, out: &mut Block) {
        for spec in children(node) {
            let (Some(name), Some(ty)) = (spec.child_by_field_name("name"), spec.child_by_field_name("type")) else {
                continue;
            };
            let named = self.name(name);
            if spec.kind() == "type_alias" && ty.kind() != "struct_type" {
                let kind = ExprKind::Type(self.ty(ty));
                let value = Some(self.at(ty, kind));
                let target = self.target(name);
                self.push(spec, StmtKind::Bind { target, ty: None, value }, out);
                continue;
            }
            let class = match ty.kind() {
                "struct_type" => self.structure(ty, Some(named)),
                "interface_type" => self.interface(ty, named),
                _ => {
                    let base = ExprKind::Type(self.ty(ty));
                    let base = Arg { name: None, spread: Spread::No, value: self.at(ty, base) };
                    Arc::new(Class {
                        name: Some(named),
                        bases: vec![base],
                        body: Block::new(),
                        fields: Vec::new(),
                        decorators: Vec::new(),
                        kind: ClassKind::Class,
                        pos: self.pos(name),
                    })
                }
            };
            self.push(spec, StmtKind::Class(class), out);
        }
    }

    /// What a type is to an expression.
    pub(super) fn type_expr(&mut self, node: Node<'_>) -> Expr {
        let kind = ExprKind::Type(self.ty(node));
        self.at(node, kind)
    }
}

fn nothing() -> TypeRef {
    TypeRef { path: Vec::new(), args: Vec::new(), text: "".into() }
}
