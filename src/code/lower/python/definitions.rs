//! Functions, classes and what decorates them.

use std::sync::Arc;

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Block, Class, ClassKind, Decorator, Expr, ExprKind, Field, Function, FunctionKind, Param, ParamKind, Pattern, Stmt,
    StmtKind,
};
use tree_sitter::Node;

impl Lowering<'_> {
    /// A definition behind decorators.
    pub(super) fn decorated(&mut self, node: Node<'_>, out: &mut Block, in_class: bool) {
        let decorators: Vec<Decorator> = children(node)
            .into_iter()
            .filter(|child| child.kind() == "decorator")
            .filter_map(|child| Some((child, *children(child).first()?)))
            .map(|(child, inner)| Decorator { expr: self.expr(inner), pos: self.pos(child) })
            .collect();
        let Some(definition) = node.child_by_field_name("definition") else { return };
        let kind = match definition.kind() {
            "class_definition" => StmtKind::Class(self.class(definition, decorators)),
            _ => StmtKind::Function(self.function(definition, decorators, in_class)),
        };
        out.push(Stmt { kind, pos: self.pos(definition) });
    }

    /// A function. In a class its decorators tell how it is called.
    pub(super) fn function(&mut self, node: Node<'_>, decorators: Vec<Decorator>, in_class: bool) -> Arc<Function> {
        let name = node.child_by_field_name("name").map(|name| self.name(name));
        let mut kind = match name.as_deref() {
            Some("__init__") if in_class => FunctionKind::Constructor,
            _ if in_class => FunctionKind::Method,
            _ => FunctionKind::Plain,
        };
        let mut kept = Vec::new();
        for decorator in decorators {
            match &decorator.expr.kind {
                ExprKind::Name(name) if &**name == "staticmethod" => kind = FunctionKind::Static,
                ExprKind::Name(name) if &**name == "classmethod" => kind = FunctionKind::ClassMethod,
                ExprKind::Name(name) if matches!(&**name, "property" | "cached_property") => {
                    kind = FunctionKind::Getter
                }
                ExprKind::Member(_, name) if &**name == "cached_property" => kind = FunctionKind::Getter,
                _ => kept.push(decorator),
            }
        }
        let params = node.child_by_field_name("parameters").map(|params| self.params(params)).unwrap_or_default();
        let returns = node.child_by_field_name("return_type").map(|ty| self.type_ref(ty));
        let outside = std::mem::replace(&mut self.yields, false);
        let body = self.block_in(node, "body");
        let is_generator = std::mem::replace(&mut self.yields, outside);
        let is_public = name.as_deref().is_none_or(|name| !name.starts_with('_'));
        Arc::new(Function {
            name,
            params,
            receiver: None,
            body,
            decorators: kept,
            parameters: Vec::new(),
            returns,
            kind,
            is_async: Self::is_async(node),
            is_generator,
            is_public,
            pos: self.pos(node),
        })
    }

    /// Parameters; those behind `*` are given by name alone.
    pub(super) fn params(&mut self, node: Node<'_>) -> Vec<Param> {
        let mut all = Vec::new();
        let mut by_name = false;
        for child in children(node) {
            let (target, default, ty, kind) = match child.kind() {
                "identifier" => (child, None, None, ParamKind::Plain),
                "default_parameter" | "typed_default_parameter" => {
                    let Some(name) = child.child_by_field_name("name") else { continue };
                    (name, child.child_by_field_name("value"), child.child_by_field_name("type"), ParamKind::Plain)
                }
                "typed_parameter" => {
                    let Some(first) = children(child).first().copied() else { continue };
                    let kind = splat(first);
                    (first, None, child.child_by_field_name("type"), kind)
                }
                "list_splat_pattern" | "dictionary_splat_pattern" => (child, None, None, splat(child)),
                "keyword_separator" => {
                    by_name = true;
                    continue;
                }
                _ => continue,
            };
            let inner = if splat(target) == ParamKind::Plain {
                target
            } else {
                children(target).first().copied().unwrap_or(target)
            };
            let param = Param {
                target: self.pattern(inner),
                default: default.map(|default| self.expr(default)),
                kind: if by_name && kind == ParamKind::Plain { ParamKind::Keyword } else { kind },
                ty: ty.map(|ty| self.type_ref(ty)),
                decorators: Vec::new(),
                is_field: false,
            };
            by_name |= kind == ParamKind::Rest;
            all.push(param);
        }
        all
    }

    /// A class.
    pub(super) fn class(&mut self, node: Node<'_>, decorators: Vec<Decorator>) -> Arc<Class> {
        let bases = node.child_by_field_name("superclasses").map(|list| self.args(list)).unwrap_or_default();
        let mut body = Block::new();
        let mut fields = Vec::new();
        for child in node.child_by_field_name("body").map(children).unwrap_or_default() {
            self.member(child, &mut body, &mut fields);
        }
        Arc::new(Class {
            name: node.child_by_field_name("name").map(|name| self.name(name)),
            bases,
            body,
            fields,
            decorators,
            kind: ClassKind::Class,
            pos: self.pos(node),
        })
    }

    fn member(&mut self, node: Node<'_>, body: &mut Block, fields: &mut Vec<Field>) {
        match node.kind() {
            "function_definition" => {
                let kind = StmtKind::Function(self.function(node, Vec::new(), true));
                body.push(Stmt { kind, pos: self.pos(node) });
            }
            "decorated_definition" => self.decorated(node, body, true),
            "expression_statement" => {
                for inner in children(node) {
                    if inner.kind() == "assignment" {
                        self.field(inner, fields);
                    }
                }
                self.statement(node, body);
            }
            _ => self.statement(node, body),
        }
    }

    /// What is annotated is a field too; its value is lowered a second time for that.
    fn field(&mut self, node: Node<'_>, fields: &mut Vec<Field>) {
        let (Some(name), Some(ty)) = (node.child_by_field_name("left"), node.child_by_field_name("type")) else {
            return;
        };
        if name.kind() != "identifier" {
            return;
        }
        let field = Field {
            name: self.name(name),
            ty: Some(self.type_ref(ty)),
            value: node.child_by_field_name("right").map(|value| self.expr(value)),
            is_static: false,
            is_embedded: false,
            decorators: Vec::new(),
            tag: None,
            pos: self.pos(node),
        };
        fields.push(field);
    }

    /// A lambda: its value is returned.
    pub(super) fn lambda(&mut self, node: Node<'_>) -> Expr {
        let params = node.child_by_field_name("parameters").map(|params| self.params(params)).unwrap_or_default();
        let value = self.expr_in(node, "body");
        let pos = self.pos(node);
        let body = vec![Stmt { kind: StmtKind::Return(Some(value)), pos }];
        let function = Function {
            name: None,
            params,
            receiver: None,
            body,
            decorators: Vec::new(),
            returns: None,
            kind: FunctionKind::Lexical,
            is_async: false,
            parameters: Vec::new(),
            is_generator: false,
            is_public: false,
            pos,
        };
        self.at(node, ExprKind::Function(Arc::new(function)))
    }
}

fn splat(node: Node<'_>) -> ParamKind {
    match node.kind() {
        "list_splat_pattern" => ParamKind::Rest,
        "dictionary_splat_pattern" => ParamKind::KeywordRest,
        _ => ParamKind::Plain,
    }
}

impl Lowering<'_> {
    /// A pattern that an assignment expression binds.
    pub(super) fn bound(&mut self, node: Node<'_>) -> Pattern {
        node.child_by_field_name("name").map_or(Pattern::Ignore, |name| self.pattern(name))
    }
}
